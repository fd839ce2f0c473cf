//! A panic is a defect of ours, and is told as one.

use std::panic::{AssertUnwindSafe, catch_unwind, set_hook};
use std::sync::Mutex;

use crate::failure::{Exit, Failure};

/// Where the last panic happened and what it said.
static LAST: Mutex<Option<String>> = Mutex::new(None);

/// Runs a command; a panic in it becomes a failure that says so, and what to do.
pub fn contain(command: impl FnOnce() -> Result<Exit, Failure>) -> Result<Exit, Failure> {
    set_hook(Box::new(|panic| {
        if let Ok(mut last) = LAST.lock() {
            *last = Some(panic.to_string());
        }
    }));
    catch_unwind(AssertUnwindSafe(command)).unwrap_or_else(|_| Err(Failure::Wrong(message())))
}

fn message() -> String {
    let what = LAST.lock().ok().and_then(|mut last| last.take()).unwrap_or_default();
    format!(
        "ppl itself has a defect: {what}\n\
         Your model or data brought it to light but are not to blame; please report both, with this message."
    )
}
