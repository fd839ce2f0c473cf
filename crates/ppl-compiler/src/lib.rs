//! Syntax tree and data to a log-density graph.
