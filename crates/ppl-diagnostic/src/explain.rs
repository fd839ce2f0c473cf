//! The pages behind `ppl explain`.

/// One page: what a code means, with a wrong and a right program.
#[derive(Clone, Copy, Debug)]
pub struct Explanation {
    /// The code it explains.
    pub code: &'static str,
    /// The page, in Markdown.
    pub page: &'static str,
}

/// Every page, in the order of the codes.
pub fn all_explanations() -> &'static [Explanation] {
    &[]
}

/// The page of a code.
pub fn explain(code: &str) -> Option<&'static Explanation> {
    all_explanations().iter().find(|e| e.code.eq_ignore_ascii_case(code))
}
