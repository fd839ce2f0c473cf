//! The pages behind `ppl explain`.

/// One page: what a code means, with a wrong and a right program.
#[derive(Clone, Copy, Debug)]
pub struct Explanation {
    /// The code it explains.
    pub code: &'static str,
    /// The page, in Markdown: a title `# CODE: words`, what it means and what to do, the programs.
    pub page: &'static str,
}

impl Explanation {
    /// The title without the code.
    ///
    /// ```
    /// assert_eq!(ppl_diagnostic::explain("E0304").unwrap().title(), "index of another dim");
    /// ```
    pub fn title(&self) -> &'static str {
        let line = self.page.lines().next().unwrap_or_default();
        line.split_once(": ").map_or("", |(_, title)| title)
    }
}

macro_rules! pages {
    ($($code:ident),* $(,)?) => {
        &[$(Explanation {
            code: stringify!($code),
            page: include_str!(concat!("../explanations/", stringify!($code), ".md")),
        }),*]
    };
}

#[rustfmt::skip]
const PAGES: &[Explanation] = pages![
    E0101, E0102, E0103, E0104, E0105, E0106, E0107, E0108, E0109, E0110, E0111, E0112, E0113, E0114, E0115, E0119,
    E0201, E0202, E0203, E0204, E0205, E0206, E0208, E0209, E0210, E0211, E0212, E0213,
    E0301, E0302, E0303, E0304, E0305, E0306, E0307, E0308, E0309,
    E0401, E0402, E0403, E0404, E0405, E0406, E0407,
    E0501, E0502, E0503, E0504, E0505, E0506, E0507, E0508, E0509, E0510, E0511,
    E0520, E0521, E0522, E0523, E0524, E0525, E0526, E0527, E0528, E0529, E0530, E0531, E0532, E0533,
    E0601, E0602,
    E0901,
    W0201,
    W0301, W0302,
    W0501, W0502, W0503,
];

/// Every page, in the order of the codes.
pub fn all_explanations() -> &'static [Explanation] {
    PAGES
}

/// The page of a code, in letters of either case.
pub fn explain(code: &str) -> Option<&'static Explanation> {
    PAGES.iter().find(|explanation| explanation.code.eq_ignore_ascii_case(code))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_are_in_the_order_of_their_codes() {
        assert!(PAGES.is_sorted_by(|a, b| a.code < b.code));
    }

    #[test]
    fn every_page_begins_with_its_code_and_a_title() {
        for explanation in PAGES {
            assert!(explanation.page.starts_with(&format!("# {}: ", explanation.code)), "{}", explanation.code);
            assert!(!explanation.title().is_empty(), "{}", explanation.code);
        }
    }

    #[test]
    fn codes_are_found_in_either_case_and_nothing_else_is() {
        assert_eq!(explain("e0304").map(|e| e.code), Some("E0304"));
        assert!(explain("E0000").is_none());
        assert!(explain("").is_none());
    }
}
