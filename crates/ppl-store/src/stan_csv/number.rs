//! Numbers as text that gives the same bits when read.

use std::io::Write;

/// Appends the shortest text that reads back as `value`: `3`, `0.1`, `-1.5e-9`, `nan`, `inf`.
pub(crate) fn push_number(text: &mut Vec<u8>, value: f64) {
    let written = match value {
        _ if value.is_nan() => text.write_all(b"nan"),
        // Without exponent or point as long as that is short: readers parse some columns as integers.
        _ if value.fract() == 0.0 && value.abs() < 1e15 => write!(text, "{value}"),
        _ => write!(text, "{value:?}"),
    };
    written.expect("a vector takes any bytes");
}

/// Reads what [`push_number`] wrote.
pub(crate) fn parse_number(text: &str) -> Option<f64> {
    text.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn text(value: f64) -> String {
        let mut text = Vec::new();
        push_number(&mut text, value);
        String::from_utf8(text).unwrap()
    }

    #[test]
    fn numbers_are_as_short_as_they_can_be() {
        let values = [3.0, -0.0, 0.1, -1.5e-9, 1e300, f64::NAN, -f64::NAN, f64::INFINITY, f64::NEG_INFINITY];
        assert_eq!(values.map(text), ["3", "-0", "0.1", "-1.5e-9", "1e300", "nan", "nan", "inf", "-inf"]);
    }

    proptest! {
        #[test]
        fn the_bits_of_every_double_survive(bits: u64) {
            let value = f64::from_bits(bits);
            let back = parse_number(&text(value)).unwrap();
            prop_assert!(back.to_bits() == bits || (back.is_nan() && value.is_nan()));
        }
    }
}
