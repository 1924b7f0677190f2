//! The proleptic Gregorian calendar, without zones: dates are days since 1970-01-01, timestamps seconds and
//! nanoseconds since its midnight. Text forms are Hive's: `yyyy-mm-dd`, `yyyy-mm-dd hh:mm:ss[.f{1,9}]`.

const DAY_SECONDS: i64 = 86_400;
/// Days of 400 years, after which the calendar repeats.
const ERA_DAYS: i64 = 146_097;
/// Days from 0000-03-01 to 1970-01-01.
const EPOCH_DAYS: i64 = 719_468;

/// Days since the epoch; none where the calendar has no such day or the year is outside 0 to 9999.
pub fn days(year: i32, month: u32, day: u32) -> Option<i32> {
    if !(0..=9999).contains(&year) || !(1..=12).contains(&month) || day < 1 || day > month_length(year, month) {
        return None;
    }
    // Years are counted from March, so that the leap day is a year's last.
    let shifted_year = i64::from(if month > 2 { year } else { year - 1 });
    let shifted_month = i64::from((month + 9) % 12);
    let era = shifted_year.div_euclid(400);
    let year_of_era = shifted_year.rem_euclid(400);
    let day_of_year = (153 * shifted_month + 2) / 5 + i64::from(day) - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    Some((era * ERA_DAYS + day_of_era - EPOCH_DAYS) as i32)
}

/// Year, month and day of a number of days since the epoch.
pub fn civil(days: i32) -> (i32, u32, u32) {
    let from_march = i64::from(days) + EPOCH_DAYS;
    let era = from_march.div_euclid(ERA_DAYS);
    let day_of_era = from_march.rem_euclid(ERA_DAYS);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year as i32, month as u32, day as u32)
}

fn month_length(year: i32, month: u32) -> u32 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        _ => 31,
    }
}

/// Midnight at the start of a day, in seconds.
pub fn midnight(days: i32) -> i64 {
    i64::from(days) * DAY_SECONDS
}

/// The day that a second lies in.
pub fn day_of(seconds: i64) -> i32 {
    seconds.div_euclid(DAY_SECONDS) as i32
}

/// Days of `yyyy-mm-dd`; like Hive, month and day may have one digit.
pub fn parse_date(text: &str) -> Option<i32> {
    let (year, rest) = text.split_once('-')?;
    let (month, day) = rest.split_once('-')?;
    days(digits(year, 4, 4)? as i32, digits(month, 1, 2)?, digits(day, 1, 2)?)
}

/// Seconds and nanoseconds of `yyyy-mm-dd hh:mm:ss[.f{1,9}]` (a `T` may part day and time); a day alone is its
/// midnight.
pub fn parse_timestamp(text: &str) -> Option<(i64, u32)> {
    let Some((date, time)) = text.split_once([' ', 'T']) else {
        return Some((midnight(parse_date(text)?), 0));
    };
    let (time, fraction) = time.split_once('.').map_or((time, None), |(time, fraction)| (time, Some(fraction)));
    let (hour, rest) = time.split_once(':')?;
    let (minute, second) = rest.split_once(':')?;
    let (hour, minute, second) = (digits(hour, 1, 2)?, digits(minute, 1, 2)?, digits(second, 1, 2)?);
    if hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let nanos = match fraction {
        None => 0,
        Some(fraction) => digits(fraction, 1, 9)? * 10_u32.pow(9 - fraction.len() as u32),
    };
    Some((midnight(parse_date(date)?) + i64::from(hour * 3600 + minute * 60 + second), nanos))
}

/// A number of `shortest` to `longest` ASCII digits and nothing else; at most nine digits.
fn digits(text: &str, shortest: usize, longest: usize) -> Option<u32> {
    let fits = (shortest..=longest).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    if fits { text.parse().ok() } else { None }
}

/// `yyyy-mm-dd`.
pub fn format_date(days: i32) -> String {
    let (year, month, day) = civil(days);
    format!("{year:04}-{month:02}-{day:02}")
}

/// `yyyy-mm-dd hh:mm:ss`, with a fraction where there is one, without its trailing zeros.
pub fn format_timestamp(seconds: i64, nanos: u32) -> String {
    let date = format_date(day_of(seconds));
    let time = seconds.rem_euclid(DAY_SECONDS);
    let mut text = format!("{date} {:02}:{:02}:{:02}", time / 3600, time / 60 % 60, time % 60);
    if nanos != 0 {
        text.push('.');
        text.push_str(format!("{nanos:09}").trim_end_matches('0'));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Walks the whole calendar day by day: the sum of month lengths is the independent oracle.
    #[test]
    fn every_day_of_ten_thousand_years() {
        let mut expected = days(0, 1, 1).unwrap();
        assert_eq!(expected, -719_528);
        for year in 0..=9999 {
            let leap = (year % 4 == 0) ^ (year % 100 == 0) ^ (year % 400 == 0);
            for (month, length) in [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31].into_iter().enumerate() {
                let (month, length) = (month as u32 + 1, length + u32::from(leap && month == 1));
                for day in 1..=length {
                    assert_eq!(days(year, month, day), Some(expected));
                    assert_eq!(civil(expected), (year, month, day));
                    expected += 1;
                }
                assert_eq!(days(year, month, length + 1), None);
            }
        }
        assert_eq!(days(1970, 1, 1), Some(0));
    }

    #[test]
    fn text_forms() {
        for text in ["1970-01-01", "2024-02-29", "0000-01-01", "9999-12-31", "1969-12-31"] {
            assert_eq!(format_date(parse_date(text).unwrap()), text);
        }
        assert_eq!(parse_date("2024-1-5"), parse_date("2024-01-05"));
        for bad in [
            "2023-02-29",
            "2024-13-01",
            "2024-00-01",
            "24-01-01",
            "2024-01-001",
            "2024-01",
            "",
            "２０２４-01-01",
            "2024-01-01 ",
        ] {
            assert_eq!(parse_date(bad), None, "{bad}");
        }
        for text in ["1970-01-01 00:00:00", "1969-12-31 23:59:59.999999999", "2024-02-29 12:34:56.5"] {
            let (seconds, nanos) = parse_timestamp(text).unwrap();
            assert_eq!(format_timestamp(seconds, nanos), text);
        }
        assert_eq!(parse_timestamp("1969-12-31 23:59:59.5"), Some((-1, 500_000_000)));
        assert_eq!(parse_timestamp("1970-01-02"), Some((86_400, 0)));
        assert_eq!(parse_timestamp("1970-01-02T00:00:00.0"), Some((86_400, 0)));
        for bad in [
            "2024-01-01 24:00:00",
            "2024-01-01 00:60:00",
            "2024-01-01 00:00:60",
            "2024-01-01 00:00",
            "2024-01-01 00:00:00.",
            "2024-01-01 00:00:00.1234567890",
            "2024-01-01  00:00:00",
            "2024-01-01 00:00:00Z",
        ] {
            assert_eq!(parse_timestamp(bad), None, "{bad}");
        }
    }
}
