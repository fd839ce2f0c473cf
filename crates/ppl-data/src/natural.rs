//! The order in which people expect labels.

use std::cmp::Ordering;

/// Natural order, a total order of texts: first those that are numbers, by value; then the others with each run of
/// digits compared by value, so that `s2` comes before `s10`. Texts that are equal so far (`s2`, `s02`) follow the
/// order of their characters.
///
/// ```
/// let mut labels = ["s10", "12", "s2", "3"];
/// labels.sort_by(|a, b| ppl_data::natural_order(a, b));
/// assert_eq!(labels, ["3", "12", "s2", "s10"]);
/// ```
pub fn natural_order(a: &str, b: &str) -> Ordering {
    let by_kind = match (finite(a), finite(b)) {
        (Some(x), Some(y)) => x.partial_cmp(&y).unwrap_or(Ordering::Equal),
        (Some(_), None) => Ordering::Less,
        (None, Some(_)) => Ordering::Greater,
        (None, None) => by_chunks(a, b),
    };
    by_kind.then_with(|| a.cmp(b))
}

fn finite(text: &str) -> Option<f64> {
    text.parse().ok().filter(|x: &f64| x.is_finite())
}

fn by_chunks(mut a: &str, mut b: &str) -> Ordering {
    loop {
        let (Some(x), Some(y)) = (a.chars().next(), b.chars().next()) else {
            return a.len().cmp(&b.len());
        };
        let order = if x.is_ascii_digit() && y.is_ascii_digit() {
            by_value(take_digits(&mut a), take_digits(&mut b))
        } else {
            a = &a[x.len_utf8()..];
            b = &b[y.len_utf8()..];
            x.cmp(&y)
        };
        if order != Ordering::Equal {
            return order;
        }
    }
}

fn take_digits<'a>(text: &mut &'a str) -> &'a str {
    let end = text.bytes().position(|b| !b.is_ascii_digit()).unwrap_or(text.len());
    let (digits, rest) = text.split_at(end);
    *text = rest;
    digits
}

/// Whole numbers of any length, by value.
fn by_value(a: &str, b: &str) -> Ordering {
    let (a, b) = (a.trim_start_matches('0'), b.trim_start_matches('0'));
    a.len().cmp(&b.len()).then_with(|| a.cmp(b))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn sorted(mut labels: Vec<&str>) -> Vec<&str> {
        labels.sort_by(|a, b| natural_order(a, b));
        labels
    }

    #[test]
    fn runs_of_digits_count_by_value() {
        assert_eq!(sorted(vec!["s10", "s2", "s1", "s02"]), ["s1", "s02", "s2", "s10"]);
        assert_eq!(sorted(vec!["v1.10", "v1.9"]), ["v1.9", "v1.10"]);
    }

    #[test]
    fn numbers_go_by_value_and_before_text() {
        assert_eq!(
            sorted(vec!["b", "10", "-3", "1.25", "1.5", "007", "a"]),
            ["-3", "1.25", "1.5", "007", "10", "a", "b"]
        );
    }

    #[test]
    fn digits_beyond_any_machine_number_still_count_by_value() {
        let (small, large) = ("x".to_string() + &"9".repeat(400), "x1".to_string() + &"0".repeat(400));
        assert_eq!(natural_order(&small, &large), Ordering::Less);
    }

    proptest! {
        #[test]
        fn it_is_a_total_order(a in "[-a-c0-2.é ]{0,5}", b in "[-a-c0-2.é ]{0,5}", c in "[-a-c0-2.é ]{0,5}") {
            prop_assert_eq!(natural_order(&a, &b), natural_order(&b, &a).reverse());
            prop_assert_eq!(natural_order(&a, &b) == Ordering::Equal, a == b);
            if natural_order(&a, &b).is_le() && natural_order(&b, &c).is_le() {
                prop_assert!(natural_order(&a, &c).is_le());
            }
        }
    }
}
