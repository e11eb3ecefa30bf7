//! Times on the command line: the machine's clock, and spans such as `30d`.

use std::time::{SystemTime, UNIX_EPOCH};

use labelgate::timestamp;

use crate::failure::Failure;

const DAY_MS: i64 = 24 * 3_600_000;

/// Milliseconds since 1970 by this machine's clock.
pub fn now_ms() -> Result<i64, Failure> {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).ok();
    let now = since.and_then(|since| i64::try_from(since.as_millis()).ok());
    now.ok_or_else(|| Failure::new("expected the clock of this machine to be after 1970"))
}

/// Reads RFC 3339.
pub fn time(text: &str) -> Result<i64, Failure> {
    let time = timestamp::from_rfc3339(text);
    time.ok_or_else(|| Failure::new(format!("expected a time of RFC 3339, got `{text}`")))
}

/// A time in the future, as `2026-12-31T00:00:00Z`: a span in days (`30d`) or hours (`12h`), a date, or
/// RFC 3339.
pub fn expiry(text: &str, now_ms: i64) -> Result<String, Failure> {
    let span = |unit: char, unit_ms: i64| {
        let count = text.strip_suffix(unit)?.parse::<i64>().ok().filter(|count| *count > 0)?;
        now_ms.checked_add(count.checked_mul(unit_ms)?)
    };
    let date = || timestamp::from_rfc3339(&format!("{text}T00:00:00Z"));
    let at_ms = span('d', DAY_MS)
        .or_else(|| span('h', DAY_MS / 24))
        .or_else(|| timestamp::from_rfc3339(text))
        .or_else(date);
    let wrong = || {
        Failure::new(format!(
            "expected `--expires` as `30d`, `12h`, a date such as 2026-12-31, or RFC 3339, got `{text}`"
        ))
    };
    let at_ms = at_ms.ok_or_else(wrong)?;
    if at_ms <= now_ms {
        return Err(Failure::new(format!("expected `--expires` in the future, got `{text}`")));
    }
    utc(at_ms).ok_or_else(wrong)
}

/// `2026-12-31T00:00:00Z`, without what is under a second; none outside of the years 0 to 9999.
fn utc(at_ms: i64) -> Option<String> {
    let (days, seconds) = (at_ms.div_euclid(DAY_MS), at_ms.rem_euclid(DAY_MS) / 1000);
    // Years that start in March, so that the leap day comes last: the way back of `timestamp`.
    let days = days.checked_add(719_468)?;
    let (era, day_of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    let (hour, minute, second) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    (0..=9999)
        .contains(&year)
        .then(|| format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_written_as_they_are_read() {
        for day in (-719_000..2_900_000).step_by(97) {
            let at_ms = day * DAY_MS + 45_296_000;
            assert_eq!(timestamp::from_rfc3339(&utc(at_ms).unwrap()), Some(at_ms));
        }
        assert_eq!(utc(i64::MAX), None);
    }

    #[test]
    fn an_expiry_is_a_span_a_date_or_a_time_in_the_future() {
        let now_ms = time("2026-11-23T10:00:00Z").unwrap();
        for (text, expected) in [
            ("30d", "2026-12-23T10:00:00Z"),
            ("12h", "2026-11-23T22:00:00Z"),
            ("2026-12-31", "2026-12-31T00:00:00Z"),
            ("2026-12-31T01:00:00+01:00", "2026-12-31T00:00:00Z"),
        ] {
            assert_eq!(expiry(text, now_ms).unwrap(), expected);
        }
        for text in
            ["", "0d", "-1d", "soon", "2026-11-23", "9223372036854775807d", "2025-01-01T00:00:00Z"]
        {
            assert!(expiry(text, now_ms).is_err(), "{text}");
        }
    }
}
