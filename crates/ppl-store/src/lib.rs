//! The run folder: draws out and in again.
