//! Which of a table's keys are a day and an hour, and what values say as times.

use super::moment::days;

/// What stands for NULL.
const DEFAULT_PARTITION: &str = "__HIVE_DEFAULT_PARTITION__";

/// Which keys tell the time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TimeKeys {
    day: DayKeys,
    /// Position of the hour's key.
    hour: Option<usize>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum DayKeys {
    /// `2024-01-02` or `20240102`, maybe with the hour: `2024-01-02-05`.
    One(usize),
    Three {
        year: usize,
        month: usize,
        day: usize,
    },
}

/// A day since the epoch, and an hour of it where the keys say one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Slot {
    pub day: i64,
    pub hour: Option<u32>,
}

impl TimeKeys {
    /// By the names of the keys, and by a partition's values, for names may say anything.
    pub fn detect(keys: &[String], values: &[String]) -> Option<Self> {
        let named = |names: &[&str]| keys.iter().position(|key| names.contains(&key.to_ascii_lowercase().as_str()));
        let three = named(&["year", "yyyy", "y"]).zip(named(&["month", "mm", "mon"])).zip(named(&["day", "dd", "d"]));
        let three = three.map(|((year, month), day)| DayKeys::Three { year, month, day });
        let one = || values.iter().position(|value| date(value).is_some()).map(DayKeys::One);
        let found = |day: DayKeys| {
            let hour = named(&["hour", "hr", "hh", "h", "dt_hour", "event_hour"]).filter(|at| day != DayKeys::One(*at));
            Self { day, hour }
        };
        let all = three.into_iter().chain(one()).map(found);
        all.into_iter().find(|keys| keys.slot(values).is_some())
    }

    /// None where a value is no time.
    pub fn slot(&self, values: &[String]) -> Option<Slot> {
        let value = |at: usize| values.get(at).map(String::as_str).filter(|value| *value != DEFAULT_PARTITION);
        let number = |at: usize| value(at)?.parse::<u32>().ok();
        let (day, hour_within) = match self.day {
            DayKeys::One(at) => date(value(at)?)?,
            DayKeys::Three { year, month, day } => {
                (days(i64::from(number(year)?), number(month)?, number(day)?)?, None)
            }
        };
        let hour = match self.hour {
            Some(at) => Some(number(at).filter(|hour| *hour < 24)?),
            None => hour_within,
        };
        Some(Slot { day, hour })
    }
}

/// `2024-01-02`, `20240102`, and these with an hour behind them.
fn date(text: &str) -> Option<(i64, Option<u32>)> {
    if !text.is_ascii() {
        return None;
    }
    let number = |from: usize, to: usize| -> Option<u32> {
        let part = text.get(from..to)?;
        part.bytes().all(|byte| byte.is_ascii_digit()).then(|| part.parse().ok())?
    };
    let is_dashed = text.get(4..5) == Some("-") && text.get(7..8) == Some("-");
    let (day, rest) = if is_dashed {
        (days(i64::from(number(0, 4)?), number(5, 7)?, number(8, 10)?)?, text.get(10..)?)
    } else {
        (days(i64::from(number(0, 4)?), number(4, 6)?, number(6, 8)?)?, text.get(8..)?)
    };
    if rest.is_empty() {
        return Some((day, None));
    }
    let hour = rest.trim_start_matches(['-', 'T', ' ', '_']);
    // `2024-01-02 05:00:00` is an hour, too.
    let hour = hour.strip_suffix(":00:00").or_else(|| hour.strip_suffix(":00")).unwrap_or(hour);
    let hour: u32 = (hour.len() <= 2).then(|| hour.parse().ok())??;
    (hour < 24).then_some((day, Some(hour)))
}

impl Slot {
    /// Seconds since the epoch when the slot begins.
    pub fn begin(self) -> i64 {
        self.day * 86_400 + i64::from(self.hour.unwrap_or(0)) * 3_600
    }
    /// When it is over, and so when its data can be whole.
    pub fn end(self) -> i64 {
        self.begin() + self.step()
    }
    /// Seconds to the next slot.
    pub fn step(self) -> i64 {
        if self.hour.is_some() { 3_600 } else { 86_400 }
    }
}

#[cfg(test)]
mod tests {
    use super::{Slot, TimeKeys, date};

    fn slot(keys: &[&str], values: &[&str]) -> Option<Slot> {
        let owned = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
        TimeKeys::detect(&owned(keys), &owned(values))?.slot(&owned(values))
    }

    #[test]
    fn keys_of_many_tables() {
        let of = |day, hour| Some(Slot { day, hour });
        assert_eq!(slot(&["dt", "hour"], &["2024-02-29", "05"]), of(19_782, Some(5)));
        assert_eq!(slot(&["country", "day"], &["de", "20240229"]), of(19_782, None));
        assert_eq!(slot(&["year", "month", "day", "hh"], &["2024", "2", "29", "7"]), of(19_782, Some(7)));
        assert_eq!(slot(&["hour_key"], &["2024-02-29-13"]), of(19_782, Some(13)));
        assert_eq!(slot(&["ts"], &["2024-02-29 13:00:00"]), of(19_782, Some(13)));
        assert_eq!(slot(&["country"], &["de"]), None);
        assert_eq!(slot(&["dt", "hour"], &["2024-02-30", "05"]), None);
        assert_eq!(slot(&["dt", "hour"], &["2024-02-29", "24"]), None);
        assert_eq!(slot(&["dt"], &["__HIVE_DEFAULT_PARTITION__"]), None);
    }

    #[test]
    fn texts_that_are_no_dates() {
        for text in ["", "2024", "2024-1-1", "2024-01-01x", "+024-01-01", "20240101999", "ä024-01-01"] {
            assert_eq!(date(text), None, "{text}");
        }
    }
}
