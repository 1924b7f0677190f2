//! The least and the greatest value of a column, safe to compare.

use std::cmp::Ordering;

use serde::{Deserialize, Serialize};

use crate::types::Value;

/// Texts are kept up to so many bytes: enough to prune by, and a file's facts stay small.
pub const TEXT_BOUND_MAX: usize = 64;

/// What a column holds in a file or a row group. A bound that is not exact is still a bound: no value lies beyond it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Bounds {
    pub low: Option<Value>,
    /// Of floating point columns without their NaN: see [`Bounds::high_with_nan`].
    pub high: Option<Value>,
    /// Whether the bounds are values that are there, and not texts that were cut.
    pub low_is_exact: bool,
    pub high_is_exact: bool,
    /// How many values are null; None where the file does not tell.
    pub nulls: Option<u64>,
    /// Whether values may be NaN, which Hive holds for greater than all others. Only for floating point columns.
    pub nan: Nan,
}

/// What is known of NaN.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Nan {
    /// There is none: of other types always.
    #[default]
    None,
    /// Footers of most writers do not tell.
    Perhaps,
}

impl Bounds {
    /// The upper bound to prune by: none where a NaN may hide above it.
    pub fn high_with_nan(&self) -> Option<&Value> {
        self.high.as_ref().filter(|_| self.nan == Nan::None)
    }

    /// Whether all of `rows` values are known to be null.
    pub fn is_all_null(&self, rows: u64) -> bool {
        self.nulls == Some(rows)
    }

    /// Bounds of both together. A side that holds nothing but nulls (`rows` of them) does not take part in the range.
    #[must_use]
    pub fn union(&self, rows: u64, other: &Self, other_rows: u64) -> Self {
        let nulls = self.nulls.zip(other.nulls).map(|(one, two)| one.saturating_add(two));
        if self.is_all_null(rows) {
            return Self { nulls, ..other.clone() };
        }
        if other.is_all_null(other_rows) {
            return Self { nulls, ..self.clone() };
        }
        let (low, low_is_exact) =
            pick((&self.low, self.low_is_exact), (&other.low, other.low_is_exact), Ordering::Less);
        let (high, high_is_exact) =
            pick((&self.high, self.high_is_exact), (&other.high, other.high_is_exact), Ordering::Greater);
        let nan = if self.nan == Nan::None { other.nan } else { self.nan };
        Self { low, high, low_is_exact, high_is_exact, nulls, nan }
    }
}

/// The outer one of two bounds; none where one is unknown.
fn pick(one: (&Option<Value>, bool), two: (&Option<Value>, bool), outer: Ordering) -> (Option<Value>, bool) {
    let (Some(left), Some(right)) = (one.0, two.0) else { return (None, false) };
    match left.compare(right) {
        None => (None, false),
        Some(Ordering::Equal) => (Some(left.clone()), one.1 || two.1),
        Some(order) if order == outer => (Some(left.clone()), one.1),
        Some(_) => (Some(right.clone()), two.1),
    }
}

/// A lower bound of a text: the text itself, or its beginning (which is less). Returns whether it is the text.
pub fn text_low(text: &str) -> (String, bool) {
    let kept = &text[..text.floor_char_boundary(TEXT_BOUND_MAX)];
    (kept.to_owned(), kept.len() == text.len())
}

/// An upper bound of a text: the text itself, or its beginning with the last character raised, so that it is greater
/// than all that begin so. None where no character can be raised.
pub fn text_high(text: &str) -> Option<(String, bool)> {
    if text.len() <= TEXT_BOUND_MAX {
        return Some((text.to_owned(), true));
    }
    let mut kept = text[..text.floor_char_boundary(TEXT_BOUND_MAX)].to_owned();
    while let Some(last) = kept.pop() {
        // the next scalar value: UTF-8 sorts as its scalar values do
        let next = (u32::from(last) + 1..=u32::from(last) + 0x801).find_map(char::from_u32);
        if let Some(next) = next {
            kept.push(next);
            return Some((kept, false));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn known(low: i64, high: i64, nulls: u64) -> Bounds {
        Bounds {
            low: Some(Value::Integer(low)),
            high: Some(Value::Integer(high)),
            low_is_exact: true,
            high_is_exact: true,
            nulls: Some(nulls),
            nan: Nan::None,
        }
    }

    #[test]
    fn together() {
        assert_eq!(known(1, 5, 1).union(9, &known(-1, 3, 2), 9), known(-1, 5, 3));
        let unknown = Bounds::default();
        assert_eq!(known(1, 5, 1).union(9, &unknown, 9), unknown);
        let nulls = Bounds { nulls: Some(4), ..Bounds::default() };
        assert_eq!(known(1, 5, 1).union(9, &nulls, 4), known(1, 5, 5), "nulls have no bounds");
        assert_eq!(nulls.union(4, &known(1, 5, 1), 9), known(1, 5, 5));
    }

    #[test]
    fn nan_hides_above() {
        let bounds = Bounds { high: Some(Value::Double(1.0)), nan: Nan::Perhaps, ..Bounds::default() };
        assert_eq!(bounds.high_with_nan(), None);
        assert_eq!(text_high(&"\u{10ffff}".repeat(40)), None);
        assert_eq!(text_high(&"\u{d7ff}".repeat(40)).unwrap().0, "\u{d7ff}".repeat(20) + "\u{e000}");
    }

    proptest! {
        #[test]
        fn cut_texts_are_bounds(text in ".{0,120}", tail in ".{0,9}") {
            let (low, exact) = text_low(&text);
            prop_assert!(low <= text && exact == (low == text) && low.len() <= TEXT_BOUND_MAX);
            if let Some((high, exact)) = text_high(&text) {
                prop_assert!(high >= text && exact == (high == text) && high.len() <= TEXT_BOUND_MAX + 1);
                if !exact {
                    let longer = format!("{text}{tail}");
                    prop_assert!(high > longer);
                }
            }
        }
    }
}
