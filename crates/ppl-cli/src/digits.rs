//! Numbers with as many digits as are known.

/// Decimals more than which, and values from which, powers of ten read better.
const MOST_DECIMALS: i32 = 7;
const LARGEST: f64 = 1e9;

/// How many decimals a number has whose Monte Carlo standard error is `mcse`: the last is the first uncertain one.
/// Without an error, none.
pub fn decimals(mcse: f64) -> Option<i32> {
    (mcse > 0.0 && mcse.is_finite()).then(|| (-mcse.log10().floor()) as i32)
}

/// A number to so many decimals, in powers of ten where that is shorter; six digits where the decimals are unknown.
pub fn number(value: f64, decimals: Option<i32>) -> String {
    match decimals {
        _ if value.is_nan() => "-".to_string(),
        _ if value.is_infinite() => if value > 0.0 { "inf" } else { "-inf" }.to_string(),
        None => general(value),
        Some(places) if places > MOST_DECIMALS || value.abs() >= LARGEST => scientific(value, places),
        Some(places) => fixed(value, places.max(0)),
    }
}

fn fixed(value: f64, places: i32) -> String {
    let text = format!("{value:.*}", places as usize);
    // −0.00 is 0.00 to a reader.
    match text.strip_prefix('-') {
        Some(rest) if rest.bytes().all(|b| b == b'0' || b == b'.') => rest.to_string(),
        _ => text,
    }
}

/// Digits after the first in powers of ten, so that the last digit stands at `places` decimals.
fn scientific(value: f64, places: i32) -> String {
    let exponent = if value == 0.0 { 0 } else { value.abs().log10().floor() as i32 };
    format!("{value:.*e}", (exponent + places).clamp(0, 8) as usize)
}

/// Up to six digits.
fn general(value: f64) -> String {
    if value == 0.0 {
        return "0".to_string();
    }
    let exponent = value.abs().log10().floor() as i32;
    if !(-5..9).contains(&exponent) {
        return format!("{value:.5e}");
    }
    let text = format!("{value:.*}", (5 - exponent).max(0) as usize);
    match text.contains('.') {
        true => text.trim_end_matches('0').trim_end_matches('.').to_string(),
        false => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_digit_is_the_first_uncertain_one() {
        for (value, mcse, text) in [
            (4.4321, 0.0213, "4.43"),
            (123.456, 2.3, "123"),
            (123_456.0, 34.0, "123456"),
            (0.000_512_3, 0.000_004, "0.000512"),
            (-0.001, 0.02, "0.00"),
            (1.2345e-9, 2e-11, "1.23e-9"),
            (6.022_14e23, 3e20, "6.022e23"),
        ] {
            assert_eq!(number(value, decimals(mcse)), text, "{value} ± {mcse}");
        }
    }

    #[test]
    fn without_an_error_a_number_is_shown_plainly() {
        for (value, text) in
            [(1.0, "1"), (0.0, "0"), (0.1, "0.1"), (1e12, "1.00000e12"), (f64::NAN, "-"), (f64::NEG_INFINITY, "-inf")]
        {
            assert_eq!(number(value, decimals(f64::NAN)), text);
        }
    }
}
