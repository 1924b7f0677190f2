//! Hive 2 writes dates and timestamps as instants of the client's clock, without saying where that clock hangs.

use crate::types::{Value, calendar};

/// What is known of the time zone of clients that speak Hive 2.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ClientZone {
    /// Nothing: a constant is then every value that some zone from -12:00 to +14:00 makes of it, and what depends on
    /// the difference is unknown.
    #[default]
    Unknown,
    /// Seconds east of UTC.
    Fixed { offset: i32 },
}

const DAY: i64 = 86_400;
const WESTERNMOST: i64 = -12 * 3600;
const EASTERNMOST: i64 = 14 * 3600;
/// Zones of our time differ from UTC by whole quarters of an hour.
const QUARTER: i64 = 900;

impl ClientZone {
    pub const UTC: Self = Self::Fixed { offset: 0 };

    /// The days that a java.sql.Date can mean, first and last. It denotes some zone's midnight: nearly always one day
    /// fits. Midnight in Hawaii is the next day's midnight in Kiribati, and the same holds between American Samoa
    /// and New Zealand: then it is two.
    pub(super) fn days(self, millis: i64) -> Option<(Value, Value)> {
        let seconds = millis.div_euclid(1000);
        let (first, last) = match self {
            Self::Fixed { offset } => {
                let day = seconds.checked_add(i64::from(offset))?.div_euclid(DAY);
                (day, day)
            }
            Self::Unknown => {
                let (west, east) = (seconds.checked_add(WESTERNMOST)?, seconds.checked_add(EASTERNMOST)?);
                // Not a midnight of today's zones: an old local time, or a Date with a time of day.
                let is_midnight = millis.rem_euclid(1000) == 0 && seconds.rem_euclid(QUARTER) == 0;
                let first = if is_midnight { (west - 1).div_euclid(DAY) + 1 } else { west.div_euclid(DAY) };
                (first, east.div_euclid(DAY))
            }
        };
        Some((day(first)?, day(last)?))
    }

    /// The timestamps that a java.sql.Timestamp can mean, earliest and latest.
    pub(super) fn timestamps(self, millis: i64, nanos: u32) -> Option<(Value, Value)> {
        let (west, east) = match self {
            Self::Fixed { offset } => (i64::from(offset), i64::from(offset)),
            Self::Unknown => (WESTERNMOST, EASTERNMOST),
        };
        let seconds = millis.div_euclid(1000);
        let value = |offset: i64| {
            let seconds = seconds.checked_add(offset)?;
            in_calendar(seconds.div_euclid(DAY)).then_some(Value::Timestamp { seconds, nanos })
        };
        Some((value(west)?, value(east)?))
    }
}

fn day(days: i64) -> Option<Value> {
    in_calendar(days).then_some(Value::Date(days as i32))
}

/// Hive's years: 0 to 9999.
fn in_calendar(days: i64) -> bool {
    let bound = |year, month, day| calendar::days(year, month, day).map_or(0, i64::from);
    (bound(0, 1, 1)..=bound(9999, 12, 31)).contains(&days)
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY_18263: i64 = 18_263 * DAY * 1000;

    fn days(zone: ClientZone, millis: i64) -> (i32, i32) {
        match zone.days(millis) {
            Some((Value::Date(first), Value::Date(last))) => (first, last),
            other => panic!("{other:?}"),
        }
    }

    /// Every zone's midnight is among the days, and alone except where two zones share it.
    #[test]
    fn every_zones_midnight() {
        for quarters in -48..=56_i64 {
            let offset = quarters * QUARTER;
            let (first, last) = days(ClientZone::Unknown, DAY_18263 - offset * 1000);
            assert!((first..=last).contains(&18_263), "{quarters}");
            let has_twin = quarters <= -40 || quarters >= 48;
            assert_eq!(last - first, i32::from(has_twin), "{quarters}");
            let fixed = ClientZone::Fixed { offset: offset as i32 };
            assert_eq!(days(fixed, DAY_18263 - offset * 1000), (18_263, 18_263));
        }
    }

    #[test]
    fn no_midnight_is_every_day_it_can_be() {
        assert_eq!(days(ClientZone::Unknown, DAY_18263 + 1), (18_262, 18_263));
        assert_eq!(ClientZone::Unknown.days(i64::MAX), None);
        assert_eq!(ClientZone::Unknown.days(i64::MIN), None);
        assert_eq!(ClientZone::UTC.timestamps(i64::MIN, 0), None);
    }
}
