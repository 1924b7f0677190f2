//! Times for people, in UTC.

use std::fmt;

use serde_json::{Value, json};
use skep_proto::admin::v1 as p;
use skep_proto::admin::v1::as_of::State;

/// Days since the epoch → year, month, day (proleptic Gregorian).
pub fn civil(days: i64) -> (i64, u32, u32) {
    // Years begin in March, so that the leap day is the last; 400 years are one era.
    let shifted = days + 719_468;
    let (era, day_of_era) = (shifted.div_euclid(146_097), shifted.rem_euclid(146_097));
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    (year_of_era + era * 400 + i64::from(month <= 2), month as u32, day as u32)
}

/// The reverse of [`civil`]; none where there is no such day.
pub fn days(year: i64, month: u32, day: u32) -> Option<i64> {
    if !(1..=12).contains(&month) || !(1..=31).contains(&day) || !(0..=9_999).contains(&year) {
        return None;
    }
    let from_march = year - i64::from(month <= 2);
    let (era, year_of_era) = (from_march.div_euclid(400), from_march.rem_euclid(400));
    let month_from_march = i64::from((month + 9) % 12);
    let day_of_year = (153 * month_from_march + 2) / 5 + i64::from(day) - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    let days = era * 146_097 + day_of_era - 719_468;
    (civil(days) == (year, month, day)).then_some(days)
}

/// `2024-01-02`.
pub fn day_text(days: i64) -> String {
    let (year, month, day) = civil(days);
    format!("{year:04}-{month:02}-{day:02}")
}

/// A point in time, kept with the unit in which a server tells it, so that no command takes one unit for the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    /// Since the epoch.
    Seconds(i64),
    /// Since the epoch.
    Millis(i64),
}

impl Moment {
    /// Reads `2024-01-02`, `2024-01-02 03:04` or `2024-01-02T03:04:05`; none for other texts.
    pub fn parse(text: &str) -> Option<Self> {
        let (day, time) = text.split_once([' ', 'T']).map_or((text, None), |(day, time)| (day, Some(time)));
        let numbers =
            |text: &str, by: char| text.split(by).map(|part| part.parse::<u32>().ok()).collect::<Option<Vec<_>>>();
        let [year, month, day] = numbers(day, '-')?.try_into().ok()?;
        let midnight = days(year.into(), month, day)? * 86_400;
        let (hour, minute, second) = match time.map(|time| numbers(time.trim_end_matches('Z'), ':')) {
            None => (0, 0, 0),
            Some(parts) => match parts?.as_slice() {
                [hour, minute] => (*hour, *minute, 0),
                [hour, minute, second] => (*hour, *minute, *second),
                _ => return None,
            },
        };
        let is_valid = hour < 24 && minute < 60 && second < 60;
        is_valid.then(|| Self::Seconds(midnight + i64::from(hour * 3_600 + minute * 60 + second)))
    }

    /// Reads an argument: a time as [`Self::parse`] takes it, or milliseconds since the epoch.
    ///
    /// # Errors
    /// Says what is allowed.
    pub fn argument(text: &str) -> Result<Self, String> {
        let number = || text.parse().ok().map(Self::Millis);
        Self::parse(text)
            .or_else(number)
            .ok_or_else(|| "it is a time (UTC) as 2024-01-02 or 2024-01-02 03:04[:05], or milliseconds".to_owned())
    }

    /// Gives it in seconds, as requests and arithmetic of days want it.
    pub fn seconds(self) -> i64 {
        match self {
            Self::Seconds(seconds) => seconds,
            Self::Millis(ms) => ms.div_euclid(1_000),
        }
    }

    /// Gives it in milliseconds, as requests want it.
    pub fn millis(self) -> i64 {
        match self {
            Self::Seconds(seconds) => seconds.saturating_mul(1_000),
            Self::Millis(ms) => ms,
        }
    }

    /// Writes it for people: nothing for 0 and less, which in a server's answer stand for "not known".
    pub fn told(self) -> String {
        if self.seconds() <= 0 { String::new() } else { self.to_string() }
    }

    /// Makes a cell of a server's answer: text for people, the number as it was told for programs.
    pub fn cell(self, is_table: bool) -> Value {
        match self {
            _ if is_table => json!(self.told()),
            Self::Seconds(number) | Self::Millis(number) => json!(number),
        }
    }
}

impl fmt::Display for Moment {
    /// `2024-01-02 03:04:05`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (days, second) = (self.seconds().div_euclid(86_400), self.seconds().rem_euclid(86_400));
        write!(f, "{} {:02}:{:02}:{:02}", day_text(days), second / 3_600, second / 60 % 60, second % 60)
    }
}

/// Reads which state of a table is meant: the number of a version, or a time as [`Moment::parse`] takes it.
pub fn as_of(text: &str) -> Result<p::AsOf, String> {
    let state = match text.parse() {
        Ok(version) => State::Version(version),
        Err(_) => Moment::parse(text)
            .map(|moment| State::TimeMs(moment.millis()))
            .ok_or("it is the number of a version, or a time (UTC) as 2024-01-02 or 2024-01-02 03:04[:05]")?,
    };
    Ok(p::AsOf { state: Some(state) })
}

/// `2 d 3 h`, the two largest parts.
pub fn span_text(seconds: i64) -> String {
    let sign = if seconds < 0 { "-" } else { "" };
    let seconds = seconds.unsigned_abs();
    let parts = [(seconds / 86_400, "d"), (seconds / 3_600 % 24, "h"), (seconds / 60 % 60, "min"), (seconds % 60, "s")];
    let first = parts.iter().position(|(count, _)| *count > 0).unwrap_or(parts.len() - 1);
    let told: Vec<_> = parts.iter().skip(first).take(2).filter(|(count, _)| *count > 0).collect();
    if told.is_empty() {
        return "0 s".to_owned();
    }
    let told: Vec<_> = told.into_iter().map(|(count, unit)| format!("{count} {unit}")).collect();
    format!("{sign}{}", told.join(" "))
}

/// Milliseconds of `90min`, `36h` or `30d`; none for other texts.
pub fn parse_span_ms(text: &str) -> Option<i64> {
    let end = text.find(|c: char| !c.is_ascii_digit())?;
    let unit = match text[end..].trim_start() {
        "min" => 60_000,
        "h" => 3_600_000,
        "d" => 86_400_000,
        _ => return None,
    };
    text[..end].parse::<i64>().ok()?.checked_mul(unit)
}

/// `12.3 MiB`.
pub fn bytes_text(bytes: u64) -> String {
    const UNITS: [&str; 6] = ["KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];
    if bytes < 1_024 {
        return format!("{bytes} B");
    }
    let (mut amount, mut unit) = (bytes as f64 / 1_024.0, 0);
    while amount >= 1_023.95 && unit + 1 < UNITS.len() {
        amount /= 1_024.0;
        unit += 1;
    }
    format!("{amount:.1} {}", UNITS[unit])
}

#[cfg(test)]
mod tests {
    use skep_proto::admin::v1::as_of::State;

    use serde_json::json;

    use super::{Moment, as_of, bytes_text, civil, day_text, days, parse_span_ms, span_text};

    #[test]
    fn both_units_are_the_same_moment() {
        let (seconds, millis) = (Moment::Seconds(1_700_000_000), Moment::Millis(1_700_000_000_123));
        assert_eq!([seconds.told(), millis.told()], ["2023-11-14 22:13:20"; 2]);
        assert_eq!(
            [seconds.cell(true), millis.cell(true)],
            [json!("2023-11-14 22:13:20"), json!("2023-11-14 22:13:20")]
        );
        assert_eq!([seconds.cell(false), millis.cell(false)], [json!(1_700_000_000), json!(1_700_000_000_123_i64)]);
        assert_eq!([Moment::Seconds(0).told(), Moment::Millis(0).told(), Moment::Millis(-5).told()], [""; 3]);
        assert_eq!(
            [Moment::Seconds(0).to_string(), Moment::Millis(-1).to_string()],
            ["1970-01-01 00:00:00", "1969-12-31 23:59:59"]
        );
        let argument = |text| Moment::argument(text).map(Moment::millis);
        assert_eq!(argument("2023-11-14 22:13:20"), Ok(1_700_000_000_000));
        assert_eq!(argument("1700000000123"), Ok(1_700_000_000_123));
        assert!(argument("yesterday").unwrap_err().contains("2024-01-02"));
    }

    #[test]
    fn states() {
        let of = |text: &str| as_of(text).unwrap().state.unwrap();
        assert_eq!(of("17"), State::Version(17));
        assert_eq!(of("1970-01-02"), State::TimeMs(86_400_000));
        assert_eq!(of("1970-01-01T01:00:02"), State::TimeMs(3_602_000));
        for bad in ["", "x", "1970-13-01", "1970-01-01 25:00", "1970-01-01 1"] {
            assert!(as_of(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn every_day_is_itself() {
        let mut before = None;
        for day in -800_000..3_000_000_i64 / 4 {
            let (year, month, of_month) = civil(day);
            if (0..=9_999).contains(&year) {
                assert_eq!(days(year, month, of_month), Some(day));
            }
            assert!(before.is_none_or(|before| before < (year, month, of_month)));
            before = Some((year, month, of_month));
        }
        assert_eq!((day_text(0), day_text(19_782)), ("1970-01-01".to_owned(), "2024-02-29".to_owned()));
        assert_eq!((days(2023, 2, 29), days(2024, 13, 1), days(2024, 4, 31)), (None, None, None));
    }

    #[test]
    fn spans() {
        assert_eq!(
            ["90min", "36h", "30 d"].map(parse_span_ms),
            [Some(5_400_000), Some(129_600_000), Some(2_592_000_000)]
        );
        assert_eq!(["", "h", "3", "3w", "-3h", "3.5h", "99999999999999999d"].map(parse_span_ms), [None; 7]);
    }

    #[test]
    fn texts() {
        assert_eq!(
            [span_text(0), span_text(59), span_text(3_600), span_text(-93_784)],
            ["0 s", "59 s", "1 h", "-1 d 2 h"]
        );
        assert_eq!([bytes_text(0), bytes_text(1_536), bytes_text(u64::MAX)], ["0 B", "1.5 KiB", "16.0 EiB"]);
    }
}
