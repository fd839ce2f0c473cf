//! How a command ends.

use std::io;

/// The exit codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// All is well.
    Fine = 0,
    /// The model, the data or the run is wrong.
    Wrong = 1,
    /// The command was used wrongly.
    Usage = 2,
    /// The run finished, but convergence checks failed.
    Unconverged = 3,
}

/// Why a command did not do what it should.
#[derive(Debug)]
pub enum Failure {
    /// The command was used wrongly; what to do instead.
    Usage(String),
    /// The model, the data, the run or a file is wrong.
    Wrong(String),
    /// It has been reported already.
    Reported,
    /// Nobody reads the output any more, which is none of our business.
    NoReader,
}

impl Failure {
    /// A file that could not be written or read.
    pub fn file(path: &std::path::Path, error: &io::Error) -> Failure {
        Failure::Wrong(format!("`{}`: {error}", path.display()))
    }
}

/// A failure to write to stdout or stderr.
impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        match error.kind() == io::ErrorKind::BrokenPipe {
            true => Failure::NoReader,
            false => Failure::Wrong(format!("the output cannot be written: {error}")),
        }
    }
}
