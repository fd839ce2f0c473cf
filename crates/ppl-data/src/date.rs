//! Calendar dates as day numbers.

/// The days from 1970-01-01 to an ISO 8601 date `YYYY-MM-DD` of the Gregorian calendar; nothing for any other text,
/// and nothing for a day that does not exist, such as 2023-02-29.
///
/// ```
/// assert_eq!(ppl_data::parse_date("1970-01-31"), Some(30));
/// assert_eq!(ppl_data::parse_date("31.01.1970"), None);
/// ```
pub fn parse_date(text: &str) -> Option<i64> {
    let bytes = text.as_bytes();
    if bytes.len() != 10 || bytes[4] != b'-' || bytes[7] != b'-' {
        return None;
    }
    let (year, month, day) = (digits(&bytes[..4])?, digits(&bytes[5..7])?, digits(&bytes[8..])?);
    let exists = (1..=12).contains(&month) && (1..=days_in_month(year, month)).contains(&day);
    exists.then(|| day_number(year, month, day))
}

fn digits(bytes: &[u8]) -> Option<i64> {
    bytes.iter().try_fold(0, |n, b| b.is_ascii_digit().then(|| n * 10 + i64::from(b - b'0')))
}

fn days_in_month(year: i64, month: i64) -> i64 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days since 1970-01-01, counting years from March so that the leap day comes last
/// (H. Hinnant 2013, "chrono-compatible low-level date algorithms", `days_from_civil`).
fn day_number(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_day_follows_the_day_before() {
        let mut expected = parse_date("1896-01-01").unwrap();
        assert_eq!(expected, -27_028);
        for year in 1896..2105 {
            for month in 1..=12 {
                for day in 1..=days_in_month(year, month) {
                    assert_eq!(parse_date(&format!("{year:04}-{month:02}-{day:02}")), Some(expected));
                    expected += 1;
                }
            }
        }
    }

    #[test]
    fn days_that_do_not_exist_are_no_dates() {
        for text in
            ["2023-02-29", "1900-02-29", "2023-13-01", "2023-00-10", "2023-04-31", "2023-4-30", "2023-04-30 ", ""]
        {
            assert_eq!(parse_date(text), None, "{text:?}");
        }
        assert_eq!(parse_date("2000-02-29"), Some(11_016));
    }
}
