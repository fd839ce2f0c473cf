//! The parser that pest writes from `grammar/ppl.pest`.

// The derive documents neither the parser nor its rules.
#![allow(missing_docs)]

#[derive(pest_derive::Parser)]
#[grammar = "../../grammar/ppl.pest"]
pub(crate) struct Grammar;
