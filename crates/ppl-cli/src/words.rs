//! Numbers of things, and shares of them.

/// `0 draws`, `1 draw`, `2 draws`
pub fn count(number: usize, what: &str) -> String {
    match (number, what.strip_suffix('y')) {
        (1, _) => format!("1 {what}"),
        (_, Some(stem)) => format!("{number} {stem}ies"),
        (_, None) => format!("{number} {what}s"),
    }
}

/// A share, to two digits.
pub fn percent(part: usize, whole: usize) -> String {
    match 100.0 * part as f64 / whole.max(1) as f64 {
        p if p < 1.0 => format!("{p:.2} %"),
        p => format!("{p:.0} %"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn things_are_counted_in_words() {
        assert_eq!([count(0, "draw"), count(1, "draw"), count(2, "draw")], ["0 draws", "1 draw", "2 draws"]);
        assert_eq!([count(1, "trajectory"), count(9, "trajectory")], ["1 trajectory", "9 trajectories"]);
        assert_eq!([percent(1, 400), percent(2, 3)], ["0.25 %", "67 %"]);
    }
}
