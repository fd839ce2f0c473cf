//! What the text of one cell says.

/// Whether a trimmed text stands for a value that is not known.
pub(crate) fn is_blank(text: &str) -> bool {
    matches!(text, "" | "NA" | "NaN" | "nan" | "null")
}

/// The number a trimmed text spells, infinities included; NaN for a blank, nothing for any other text.
pub(crate) fn number(text: &str) -> Option<f64> {
    if is_blank(text) {
        return Some(f64::NAN);
    }
    text.parse().ok().filter(|x: &f64| !x.is_nan())
}

/// Whether it looks like a number with a decimal comma, as in `1,5`.
pub(crate) fn has_decimal_comma(text: &str) -> bool {
    let mut parts = text.split(',');
    let (Some(whole), Some(decimals), None) = (parts.next(), parts.next(), parts.next()) else {
        return false;
    };
    let whole = whole.strip_prefix(['-', '+']).unwrap_or(whole);
    let digits = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit());
    digits(whole) && digits(decimals)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blanks_are_the_five_spellings_and_no_others() {
        for text in ["", "NA", "NaN", "nan", "null"] {
            assert!(is_blank(text) && number(text).unwrap().is_nan(), "{text:?}");
        }
        for text in ["na", "N/A", ".", "-", "NULL", "None", "-nan", "NAN"] {
            assert_eq!(number(text).map(f64::to_bits), None, "{text:?}");
        }
    }

    #[test]
    fn infinities_have_the_usual_spellings() {
        for text in ["Inf", "inf", "Infinity", "+Inf", "infinity"] {
            assert_eq!(number(text), Some(f64::INFINITY), "{text:?}");
        }
        for text in ["-Inf", "-inf", "-Infinity"] {
            assert_eq!(number(text), Some(f64::NEG_INFINITY), "{text:?}");
        }
    }

    #[test]
    fn a_decimal_comma_is_noticed() {
        assert!(has_decimal_comma("1,5") && has_decimal_comma("-10,25"));
        assert!(!has_decimal_comma("1,000,000") && !has_decimal_comma("a,b") && !has_decimal_comma("1,"));
    }
}
