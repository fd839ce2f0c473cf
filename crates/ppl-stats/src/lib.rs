//! Convergence diagnostics and summaries of draws.
