//! How far values that readers show may lie beyond what a file says of them.

use super::bounds::Bounds;
use super::evolve_type::{Fit, fit};
use super::hive_type::HiveType;
use crate::types::{KeyType, Value};

/// Points in time are shown in a zone that we do not know: it is within a day.
const ZONES_SECONDS: i64 = 86_400;
/// Readers round timestamps, to seconds at most.
const ROUNDING_SECONDS: i64 = 1;
/// 1582-10-15, in days: what was before was written by two calendars, which readers take for each other.
const CALENDARS_DAYS: i32 = -141_427;

/// What readers do to the values of a column.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Slack {
    #[default]
    None,
    /// Timestamps that are points in time.
    Zone,
    /// Other timestamps.
    Rounding,
    /// Floats of 32 bits, which some compare as such and some as doubles.
    Float,
    /// Texts are cut to so many characters.
    Cut(u32),
}

impl Slack {
    /// What there is between a column of a table and that of a file. None where the file's bounds say nothing of what
    /// readers show: types that readers convert or that have no order, char (which is read with or without blanks).
    pub fn between(table: &HiveType, file: &HiveType, is_instant: bool) -> Option<Self> {
        if fit(table, file) != Fit::Same {
            return None;
        }
        let is_float = |kind: &HiveType| *kind == HiveType::Primitive("float".to_owned());
        let is_char = |kind: &HiveType| matches!(KeyType::parse(&kind.to_string()), KeyType::Char(_));
        match KeyType::parse(&table.to_string()) {
            _ if is_char(file) => None,
            KeyType::Text => (*table == HiveType::Primitive("string".to_owned())).then_some(Self::None),
            KeyType::Varchar(length) => Some(Self::Cut(length)),
            KeyType::Char(_) => None,
            KeyType::Float | KeyType::Double if is_float(table) || is_float(file) => Some(Self::Float),
            KeyType::Timestamp => Some(if is_instant { Self::Zone } else { Self::Rounding }),
            KeyType::Boolean
            | KeyType::Integer(_)
            | KeyType::Float
            | KeyType::Double
            | KeyType::Decimal { .. }
            | KeyType::Date => Some(Self::None),
        }
    }

    /// Bounds that hold for what readers show: none above a NaN, none in a time of two calendars.
    pub fn edges(self, bounds: &Bounds) -> (Option<Value>, Option<Value>) {
        let certain = |value: &&Value| match value {
            Value::Date(days) => *days >= CALENDARS_DAYS,
            Value::Timestamp { seconds, .. } => *seconds >= i64::from(CALENDARS_DAYS) * 86_400,
            _ => true,
        };
        let low = bounds.low.as_ref().filter(certain).and_then(|low| self.lower(low));
        (low, bounds.high_with_nan().filter(certain).and_then(|high| self.higher(high)))
    }

    fn lower(self, low: &Value) -> Option<Value> {
        match (self, low) {
            (Self::Zone, Value::Timestamp { seconds, nanos }) => moved(*seconds, *nanos, -ZONES_SECONDS),
            (Self::Rounding, Value::Timestamp { seconds, nanos }) => moved(*seconds, *nanos, -ROUNDING_SECONDS),
            (Self::Float, Value::Double(f)) => Some(Value::Double((*f as f32).next_down().into())),
            // A text's beginning is less; what was less stays so when both are cut.
            (Self::Cut(length), Value::Text(text)) => Some(Value::Text(text.chars().take(length as usize).collect())),
            _ => Some(low.clone()),
        }
    }

    fn higher(self, high: &Value) -> Option<Value> {
        match (self, high) {
            (Self::Zone, Value::Timestamp { seconds, nanos }) => moved(*seconds, *nanos, ZONES_SECONDS),
            (Self::Rounding, Value::Timestamp { seconds, nanos }) => moved(*seconds, *nanos, ROUNDING_SECONDS),
            (Self::Float, Value::Double(f)) => Some(Value::Double((*f as f32).next_up().into())),
            _ => Some(high.clone()),
        }
    }
}

fn moved(seconds: i64, nanos: u32, by: i64) -> Option<Value> {
    Some(Value::Timestamp { seconds: seconds.checked_add(by)?, nanos })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_that_bounds_can_be_used_for() {
        let between = |table: &str, file: &str| {
            Slack::between(&HiveType::parse(table).unwrap(), &HiveType::parse(file).unwrap(), false)
        };
        for (table, file, wanted) in [
            ("bigint", "int", Some(Slack::None)),
            ("int", "bigint", None),
            ("double", "float", Some(Slack::Float)),
            ("double", "double", Some(Slack::None)),
            ("string", "varchar(3)", Some(Slack::None)),
            ("varchar(3)", "string", Some(Slack::Cut(3))),
            ("char(3)", "string", None),
            ("string", "char(3)", None),
            ("decimal(12,4)", "decimal(10,2)", Some(Slack::None)),
            ("decimal(10,2)", "decimal(12,4)", None),
            ("timestamp", "timestamp", Some(Slack::Rounding)),
            ("timestamp with local time zone", "timestamp", None),
            ("date", "timestamp", None),
            ("binary", "string", None),
            ("array<int>", "array<int>", None),
        ] {
            assert_eq!(between(table, file), wanted, "{table} <- {file}");
        }
    }

    #[test]
    fn edges_are_wide_enough() {
        let bounds = |low: Value, high: Value| Bounds { low: Some(low), high: Some(high), ..Bounds::default() };
        let text = |text: &str| Value::Text(text.to_owned());
        assert_eq!(Slack::Cut(2).edges(&bounds(text("äbc"), text("xyz"))), (Some(text("äb")), Some(text("xyz"))));
        let old = bounds(Value::Date(-150_000), Value::Date(0));
        assert_eq!(Slack::None.edges(&old), (None, Some(Value::Date(0))));
        let tenth = Value::Double(0.1_f32.into());
        let (low, high) = Slack::Float.edges(&bounds(tenth.clone(), tenth));
        let exact = Value::Double(0.1);
        assert!(low.unwrap().compare(&exact).unwrap().is_lt() && high.unwrap().compare(&exact).unwrap().is_gt());
    }
}
