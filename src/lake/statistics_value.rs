//! Bounds out of a column chunk's statistics: only those that are safe to compare.

use super::schema_leaf::LeafKind;
use parquet::basic::ColumnOrder;
use parquet::file::statistics::Statistics;
use skep_core::lake::{Bounds, Nan, text_high, text_low};
use skep_core::types::Value;

/// One bound, and whether it is a value that is there.
type Bound = Option<(Value, bool)>;

/// Reads the statistics of `rows` values.
pub(super) fn bounds(statistics: Option<&Statistics>, kind: LeafKind, order: ColumnOrder) -> Bounds {
    let nan = match kind {
        LeafKind::Float | LeafKind::Double | LeafKind::Half
            if statistics.and_then(Statistics::nan_count_opt) != Some(0) =>
        {
            Nan::Perhaps
        }
        _ => Nan::None,
    };
    let Some(statistics) = statistics else { return Bounds { nan, ..Bounds::default() } };
    let nulls = statistics.null_count_opt();
    let unknown = Bounds { nulls, nan, ..Bounds::default() };
    if !is_trusted(statistics, kind, order) {
        return unknown;
    }
    let low = statistics.min_bytes_opt().and_then(|bytes| low(bytes, kind, statistics.min_is_exact()));
    let high = statistics.max_bytes_opt().and_then(|bytes| high(bytes, kind, statistics.max_is_exact()));
    if let (Some((low, _)), Some((high, _))) = (&low, &high)
        && low.compare(high).is_none_or(std::cmp::Ordering::is_gt)
    {
        // a writer that had its order wrong
        return unknown;
    }
    let is_float = matches!(kind, LeafKind::Float | LeafKind::Double | LeafKind::Half);
    if is_float && (low.is_none() || high.is_none()) {
        // a NaN on one side says that the writer compared with it
        return unknown;
    }
    let (low, low_is_exact) = low.map_or((None, false), |(value, exact)| (Some(value), exact));
    let (high, high_is_exact) = high.map_or((None, false), |(value, exact)| (Some(value), exact));
    Bounds { low, high, low_is_exact, high_is_exact, nulls, nan }
}

/// Statistics of before 2018 name no order, and writers took bytes and unsigned numbers for signed.
fn is_trusted(statistics: &Statistics, kind: LeafKind, order: ColumnOrder) -> bool {
    let is_signed_number = matches!(
        kind,
        LeafKind::Boolean
            | LeafKind::Signed
            | LeafKind::Float
            | LeafKind::Double
            | LeafKind::Date
            | LeafKind::Timestamp(..)
            | LeafKind::DecimalInteger(_)
    );
    match order {
        ColumnOrder::UNKNOWN => false,
        ColumnOrder::UNDEFINED => is_signed_number,
        _ => is_signed_number || !statistics.is_min_max_deprecated(),
    }
}

fn low(bytes: &[u8], kind: LeafKind, is_exact: bool) -> Bound {
    match kind {
        LeafKind::Text => {
            // a cut text may end within a character: what comes before is less still
            let whole = match std::str::from_utf8(bytes) {
                Ok(text) => text,
                Err(e) => std::str::from_utf8(&bytes[..e.valid_up_to()]).ok()?,
            };
            let (text, is_whole) = text_low(whole);
            Some((Value::Text(text), is_exact && is_whole && whole.len() == bytes.len()))
        }
        _ => match value(bytes, kind)? {
            Value::Double(0.0) => Some((Value::Double(-0.0), true)),
            other => Some((other, true)),
        },
    }
}

fn high(bytes: &[u8], kind: LeafKind, is_exact: bool) -> Bound {
    match kind {
        LeafKind::Text => {
            let (text, is_whole) = text_high(std::str::from_utf8(bytes).ok()?)?;
            Some((Value::Text(text), is_exact && is_whole))
        }
        _ => match value(bytes, kind)? {
            Value::Double(0.0) => Some((Value::Double(0.0), true)),
            other => Some((other, true)),
        },
    }
}

/// A number, of four or eight bytes.
fn integer(bytes: &[u8]) -> Option<i64> {
    match bytes.len() {
        4 => Some(i32::from_le_bytes(bytes.try_into().ok()?).into()),
        8 => Some(i64::from_le_bytes(bytes.try_into().ok()?)),
        _ => None,
    }
}

fn value(bytes: &[u8], kind: LeafKind) -> Option<Value> {
    Some(match kind {
        LeafKind::Boolean => Value::Boolean(*bytes.first()? != 0),
        LeafKind::Signed => Value::Integer(integer(bytes)?),
        LeafKind::Unsigned => Value::Integer(i64::from(u32::from_le_bytes(bytes.try_into().ok()?))),
        LeafKind::UnsignedBig => Value::Decimal { digits: u64::from_le_bytes(bytes.try_into().ok()?).into(), scale: 0 },
        LeafKind::Float => number(f32::from_le_bytes(bytes.try_into().ok()?).into())?,
        LeafKind::Double => number(f64::from_le_bytes(bytes.try_into().ok()?))?,
        LeafKind::Half => number(half(u16::from_le_bytes(bytes.try_into().ok()?)))?,
        LeafKind::DecimalInteger(scale) => Value::Decimal { digits: integer(bytes)?.into(), scale },
        LeafKind::DecimalBytes(scale) => Value::Decimal { digits: digits(bytes)?, scale },
        LeafKind::Date => Value::Date(i32::from_le_bytes(bytes.try_into().ok()?)),
        LeafKind::Timestamp(unit, _) => {
            let n = integer(bytes)?;
            let nanos = n.rem_euclid(unit) * (1_000_000_000 / unit);
            Value::Timestamp { seconds: n.div_euclid(unit), nanos: u32::try_from(nanos).ok()? }
        }
        LeafKind::Text | LeafKind::Bytes | LeafKind::Unordered => return None,
    })
}

fn number(f: f64) -> Option<Value> {
    (!f.is_nan()).then_some(Value::Double(f))
}

/// A decimal's digits: two's complement, big-endian.
fn digits(bytes: &[u8]) -> Option<i128> {
    let is_negative = bytes.first().is_some_and(|b| b & 0x80 != 0);
    let mut all = [if is_negative { 0xff } else { 0 }; 16];
    let start = 16_usize.checked_sub(bytes.len())?;
    all[start..].copy_from_slice(bytes);
    Some(i128::from_be_bytes(all))
}

/// IEEE 754 binary16.
fn half(bits: u16) -> f64 {
    let sign = if bits & 0x8000 == 0 { 1.0 } else { -1.0 };
    let (exponent, fraction) = (i32::from(bits >> 10 & 0x1f), f64::from(bits & 0x3ff));
    match exponent {
        0 => sign * fraction * 2_f64.powi(-24),
        31 if fraction == 0.0 => sign * f64::INFINITY,
        31 => f64::NAN,
        _ => sign * (1.0 + fraction / 1024.0) * 2_f64.powi(exponent - 15),
    }
}
