//! Room for recursion over deep trees.

use std::panic::resume_unwind;
use std::thread;

/// Address space of the thread; pages are only used where the stack reaches.
const STACK: usize = 256 << 20;

/// Runs `work` on a thread with a large stack, because the compiler recurses over trees as deep as the parser allows.
pub(crate) fn with_large_stack<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    thread::scope(|scope| {
        let thread = thread::Builder::new().name("compile".into()).stack_size(STACK);
        let spawned = thread.spawn_scoped(scope, work).expect("a thread can be started");
        spawned.join().unwrap_or_else(|panic| resume_unwind(panic))
    })
}
