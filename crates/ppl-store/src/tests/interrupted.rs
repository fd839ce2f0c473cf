//! Runs that were stopped, killed or torn.

use super::*;
use std::fs;

fn read(path: &std::path::Path) -> String {
    fs::read_to_string(path).unwrap()
}

fn value<'a>(csv: &'a str, key: &str) -> &'a str {
    let start = csv.find(&format!("{key} = ")).unwrap() + key.len() + 3;
    csv[start..].lines().next().unwrap().trim_end()
}

#[test]
fn a_stopped_run_counts_the_rows_there_are() {
    let (_scratch, path) = scratch();
    write(&path, &info(Settings { draws: 1000, thin: 5, ..settings() }), 2);
    let csv = read(&path.join("csv/chain-1.csv"));
    assert_eq!((value(&csv, "num_samples"), value(&csv, "num_warmup")), ("10", "2"));
    let run = RunFolder::open(&path).unwrap();
    assert_eq!(run.record.state, State::Interrupted);
    assert_eq!(run.draws.len(), 4);
}

#[test]
fn a_run_stopped_in_warmup_counts_its_warmup_rows() {
    let (_scratch, path) = scratch();
    let settings = Settings { chains: 1, warmup: 1000, save_warmup: true, ..settings() };
    let mut folder = RunFolder::create(&path, &info(settings)).unwrap();
    let mut sink = folder.sinks().unwrap().pop().unwrap();
    (0..4).for_each(|i| put(&mut sink, &row(1, i), i, true, 0));
    let end = ChainEnd { adapted: None, accept: f64::NAN, ..end(1, Outcome::Stopped, 0) };
    sink.finish(&end).unwrap();
    folder.finish(&[end], None).unwrap();
    let csv = read(&path.join("csv/chain-1.csv"));
    assert_eq!((value(&csv, "num_samples"), value(&csv, "num_warmup")), ("0", "4"));
    let run = RunFolder::open(&path).unwrap();
    assert_eq!((run.warmup.len(), run.draws.len()), (4, 0));
    assert_eq!(run.record.chains[0].accept, None);
}

#[test]
fn a_file_torn_at_any_byte_gives_the_whole_rows_before() {
    let (_scratch, path) = scratch();
    write(&path, &info(Settings { chains: 1, ..settings() }), 3);
    let file = path.join("csv/chain-1.csv");
    let whole = fs::read(&file).unwrap();
    let mut last = usize::MAX;
    let lengths = (0..=whole.len()).rev();
    for length in lengths.filter(|length| length + 400 > whole.len() || length % 50 == 0) {
        fs::write(&file, &whole[..length]).unwrap();
        let chain = &RunFolder::open(&path).unwrap().draws.chains[0];
        assert!(chain.len() <= last, "cutting more leaves fewer rows");
        last = chain.len();
        (0..chain.len()).for_each(|draw| assert_eq!(chain.row(draw), row(1, draw)));
    }
    assert_eq!(last, 0);
}

#[test]
fn an_iteration_that_not_all_walkers_finished_is_left_out() {
    let (_scratch, path) = scratch();
    let folder = RunFolder::create(&path, &info(Settings { chains: 1, ..ensemble(10) })).unwrap();
    let mut sink = folder.sink(1).unwrap();
    (0..23).for_each(|i| put(&mut sink, &row(1, i), i / 10, false, i % 10));
    drop(sink);
    let run = RunFolder::open(&path).unwrap();
    assert_eq!((run.draws.chains.len(), run.draws.len()), (10, 20));
    assert_eq!(run.record.state, State::Running);
}

#[test]
fn a_killed_run_may_lack_files_and_a_finished_one_may_not() {
    let (_scratch, path) = scratch();
    let mut folder = RunFolder::create(&path, &info(settings())).unwrap();
    assert_eq!(RunFolder::open(&path).unwrap().draws.len(), 0);
    let ends = [1, 2].map(|chain| end(chain, Outcome::Finished, 3));
    folder.finish(&ends, None).unwrap();
    let message = RunFolder::open(&path).unwrap_err().to_string();
    assert!(message.contains("chain-1.csv"), "{message}");
}

#[test]
fn a_failed_chain_fails_the_run_and_says_why() {
    let (_scratch, path) = scratch();
    let mut folder = RunFolder::create(&path, &info(settings())).unwrap();
    folder.sinks().unwrap();
    let failure = Outcome::Failed(ppl_engine::ChainError::StepSize { step_size: 1e-300 });
    folder.finish(&[end(1, failure, 0), end(2, Outcome::Stopped, 1)], None).unwrap();
    let record = RunFolder::open(&path).unwrap().record;
    assert_eq!(record.state, State::Failed);
    assert!(record.chains[0].reason.as_ref().unwrap().contains("step size"));
    assert_eq!(record.chains[1].state, State::Interrupted);
}
