//! Times for people, in UTC.

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

/// `2024-01-02 03:04:05`, of seconds since the epoch; nothing for 0 and less, which stand for "not known".
pub fn time_text(seconds: i64) -> String {
    if seconds <= 0 {
        return String::new();
    }
    let (days, second) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
    format!("{} {:02}:{:02}:{:02}", day_text(days), second / 3_600, second / 60 % 60, second % 60)
}

/// Seconds since the epoch of `2024-01-02`, `2024-01-02 03:04` or `2024-01-02T03:04:05`; none for other texts.
pub fn parse_time(text: &str) -> Option<i64> {
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
    (hour < 24 && minute < 60 && second < 60).then(|| midnight + i64::from(hour * 3_600 + minute * 60 + second))
}

/// Which state of a table: the number of a version, or a time as [`parse_time`] takes it.
pub fn as_of(text: &str) -> Result<p::AsOf, String> {
    let state = match text.parse() {
        Ok(version) => State::Version(version),
        Err(_) => parse_time(text)
            .map(|seconds| State::TimeMs(seconds * 1_000))
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

    use super::{as_of, bytes_text, civil, day_text, days, parse_span_ms, span_text, time_text};

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
        assert_eq!(time_text(1_700_000_000), "2023-11-14 22:13:20");
        assert_eq!(time_text(0), "");
        assert_eq!(
            [span_text(0), span_text(59), span_text(3_600), span_text(-93_784)],
            ["0 s", "59 s", "1 h", "-1 d 2 h"]
        );
        assert_eq!([bytes_text(0), bytes_text(1_536), bytes_text(u64::MAX)], ["0 B", "1.5 KiB", "16.0 EiB"]);
    }
}
