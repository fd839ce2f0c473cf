//! Threads that take the parts of one job after the other.
//!
//! A job is announced by one word, from which whoever is free takes a part by counting it down. The word also carries the
//! number of the job, so a part is taken of the job that was read or not at all, and whoever announced the job does not
//! go on before every part that was taken is finished, whether it ended well or in a panic.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::thread::{self, JoinHandle};

/// How often a thread without work looks for some before it goes to sleep: some tens of microseconds, longer than a
/// sampler mostly needs from one gradient to the next.
const LOOKS: usize = 2000;

/// Threads that help the one that owns them.
#[derive(Debug)]
pub(super) struct Crew {
    board: Arc<Board>,
    helpers: Vec<JoinHandle<()>>,
}

impl Crew {
    /// A thread for each function of a job and one of its parts. Threads that the system refuses are done without.
    pub(super) fn new<F: FnMut(usize, usize) + Send + 'static>(work: impl IntoIterator<Item = F>) -> Self {
        let board = Arc::new(Board::default());
        let spawn = |work: F| {
            let board = board.clone();
            thread::Builder::new().name("gradient".into()).spawn(move || help(&board, work)).ok()
        };
        Crew { helpers: work.into_iter().filter_map(spawn).collect(), board: board.clone() }
    }

    /// Does all parts of a job, together with the helpers.
    ///
    /// # Panics
    /// Where a helper has panicked.
    pub(super) fn share(&self, job: usize, parts: usize, mut own: impl FnMut(usize)) {
        self.board.announce(job, parts);
        self.helpers.iter().for_each(|helper| helper.thread().unpark());
        let all = AllTaken { board: &self.board, parts };
        while let Some((_, part)) = self.board.take() {
            let _part = Taken { board: &self.board, by_helper: false };
            own(part);
        }
        drop(all);
        assert!(!self.board.broken.load(Ordering::Relaxed), "a thread that shares a gradient has panicked");
    }
}

impl Drop for Crew {
    fn drop(&mut self) {
        self.board.over.store(true, Ordering::Release);
        for helper in self.helpers.drain(..) {
            helper.thread().unpark();
            // A panic of a helper was reported by its own thread.
            let _ = helper.join();
        }
    }
}

/// What a helper does all its life.
fn help(board: &Board, mut work: impl FnMut(usize, usize)) {
    let mut looks = 0;
    while !board.over.load(Ordering::Acquire) {
        if let Some((job, part)) = board.take() {
            let _part = Taken { board, by_helper: true };
            work(job, part);
            looks = 0;
        } else if looks < LOOKS {
            looks += 1;
            std::hint::spin_loop();
        } else {
            // An announcement since the last look has left a token, with which this returns at once.
            thread::park();
            looks = 0;
        }
    }
}

/// What the threads of a crew tell each other.
#[derive(Debug, Default)]
#[repr(align(128))]
struct Board {
    /// Which announcement it is (32 bits), of which job (24 bits), and how many of its parts are not taken (8 bits).
    word: AtomicU64,
    over: AtomicBool,
    broken: AtomicBool,
    finished: Line<AtomicUsize>,
}

/// Something on cache lines of its own.
#[derive(Debug, Default)]
#[repr(align(128))]
struct Line<T>(T);

const LEFT: u64 = 0xff;
const JOB: u64 = 0xff_ffff;

impl Board {
    /// All parts of the job before are finished.
    fn announce(&self, job: usize, parts: usize) {
        debug_assert!(job as u64 <= JOB && parts as u64 <= LEFT);
        self.finished.0.store(0, Ordering::Relaxed);
        let count = (self.word.load(Ordering::Relaxed) >> 32) + 1;
        self.word.store(count << 32 | (job as u64) << 8 | parts as u64, Ordering::Release);
    }

    /// The job and a part of it that nobody has taken.
    fn take(&self) -> Option<(usize, usize)> {
        let mut word = self.word.load(Ordering::Relaxed);
        while word & LEFT > 0 {
            match self.word.compare_exchange_weak(word, word - 1, Ordering::Acquire, Ordering::Relaxed) {
                Ok(_) => return Some(((word >> 8 & JOB) as usize, (word & LEFT) as usize - 1)),
                Err(now) => word = now,
            }
        }
        None
    }
}

/// A part that was taken: finished in any case, so that nobody waits for it in vain.
struct Taken<'a> {
    board: &'a Board,
    by_helper: bool,
}

impl Drop for Taken<'_> {
    fn drop(&mut self) {
        if self.by_helper && thread::panicking() {
            self.board.broken.store(true, Ordering::Relaxed);
        }
        self.board.finished.0.fetch_add(1, Ordering::Release);
    }
}

/// Lets nobody take further parts and waits for those that were taken.
struct AllTaken<'a> {
    board: &'a Board,
    parts: usize,
}

impl Drop for AllTaken<'_> {
    fn drop(&mut self) {
        let left = self.board.word.fetch_and(!LEFT, Ordering::Relaxed) & LEFT;
        let (taken, mut looks) = (self.parts - left as usize, 0);
        while self.board.finished.0.load(Ordering::Acquire) < taken {
            looks += 1;
            // Whoever has the last part may wait for a processor.
            if looks < LOOKS { std::hint::spin_loop() } else { thread::yield_now() }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::panic::{AssertUnwindSafe, catch_unwind};
    use std::sync::atomic::AtomicU32;

    use super::*;

    /// How often each part of each job was done.
    type Counts = Arc<Vec<[AtomicU32; 8]>>;

    fn count(counts: &Counts, job: usize, part: usize) {
        counts[job][part].fetch_add(1, Ordering::Relaxed);
    }

    fn counts(jobs: usize) -> Counts {
        Arc::new((0..jobs).map(|_| Default::default()).collect())
    }

    fn crew(helpers: usize, counts: &Counts) -> Crew {
        Crew::new((0..helpers).map(|_| {
            let counts = counts.clone();
            move |job: usize, part: usize| count(&counts, job, part)
        }))
    }

    #[test]
    fn every_part_is_done_once_and_before_the_job_ends() {
        for helpers in [0, 1, 2, 7] {
            let counts = counts(3);
            let crew = crew(helpers, &counts);
            for round in 0..2000 {
                let (job, parts) = (round % 3, 1 + round % 8);
                counts[job].iter().for_each(|count| count.store(0, Ordering::Relaxed));
                crew.share(job, parts, |part| count(&counts, job, part));
                let done: Vec<u32> = counts[job].iter().map(|count| count.load(Ordering::Relaxed)).collect();
                assert!(done.iter().enumerate().all(|(k, &n)| n == u32::from(k < parts)), "{done:?}");
            }
        }
    }

    #[test]
    fn helpers_that_sleep_wake_for_a_job_and_for_the_end() {
        let counts = counts(1);
        let crew = crew(2, &counts);
        for _ in 0..3 {
            thread::sleep(std::time::Duration::from_millis(5));
            crew.share(0, 8, |part| count(&counts, 0, part));
        }
        thread::sleep(std::time::Duration::from_millis(5));
        drop(crew);
        assert!(counts[0].iter().all(|count| count.load(Ordering::Relaxed) == 3));
        assert_eq!(Arc::strong_count(&counts), 1);
    }

    #[test]
    fn a_panic_of_the_owner_ends_the_job_and_leaves_the_crew_usable() {
        let entered = Arc::new(AtomicBool::new(false));
        let wait = || {
            let entered = entered.clone();
            move |_: usize, _: usize| {
                // Two helpers that wait leave parts to the owner.
                while !entered.load(Ordering::Relaxed) {
                    thread::yield_now();
                }
            }
        };
        for _ in 0..20 {
            entered.store(false, Ordering::Relaxed);
            let crew = Crew::new((0..2).map(|_| wait()));
            let job = || {
                crew.share(0, 8, |_| {
                    entered.store(true, Ordering::Relaxed);
                    panic!("on purpose")
                });
            };
            assert!(catch_unwind(AssertUnwindSafe(job)).is_err());
            crew.share(0, 8, |_| {});
        }
    }

    #[test]
    fn a_panic_of_a_helper_is_the_owners_too() {
        let crew = Crew::new([|_: usize, _: usize| panic!("on purpose")]);
        let wait = || thread::sleep(std::time::Duration::from_millis(1));
        let all = || (0..1000).for_each(|_| crew.share(0, 8, |_| wait()));
        assert!(catch_unwind(AssertUnwindSafe(all)).is_err());
    }

    #[test]
    fn crews_come_and_go() {
        for round in 0..200 {
            let counts = counts(1);
            let crew = crew(round % 4, &counts);
            crew.share(0, round % 9, |part| count(&counts, 0, part));
            drop(crew);
            assert_eq!(Arc::strong_count(&counts), 1);
        }
    }
}
