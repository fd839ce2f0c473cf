//! Harness of the suites beside it.
