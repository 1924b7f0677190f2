//! How facts are stored: a text in the database. `1` (the form's version) and base64 of a packed form:
//! rows, columns (name, type, flags, bounds, distinct, bytes), row groups (offset, length, rows, bounds); numbers are
//! varints, signed ones zigzag.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;

use crate::types::Value;
use crate::{Error, Kind, Result};

use super::bounds::{Bounds, Nan};
use super::facts::{ColumnFacts, FileFacts, RowGroupFacts};
use super::facts_reader::Reader;

/// Flags of bounds.
pub(super) const HAS_LOW: u8 = 1;
pub(super) const HAS_HIGH: u8 = 2;
pub(super) const LOW_EXACT: u8 = 4;
pub(super) const HIGH_EXACT: u8 = 8;
pub(super) const HAS_NULLS: u8 = 16;
pub(super) const NAN_PERHAPS: u8 = 32;
/// Flags of columns.
pub(super) const INSTANT: u8 = 1;
pub(super) const HAS_DISTINCT: u8 = 2;
pub(super) const HAS_BYTES: u8 = 4;
/// Kinds of values.
pub(super) const FALSE: u8 = 0;
pub(super) const TRUE: u8 = 1;
pub(super) const INTEGER: u8 = 2;
pub(super) const DOUBLE: u8 = 3;
pub(super) const DECIMAL: u8 = 4;
pub(super) const TEXT: u8 = 5;
pub(super) const DATE: u8 = 6;
pub(super) const TIMESTAMP: u8 = 7;

impl FileFacts {
    /// The stored form. Call [`FileFacts::bound`] first: the form holds what it is given.
    pub fn to_text(&self) -> String {
        let mut out = Vec::with_capacity(64 + self.columns.len() * 48);
        number(&mut out, self.rows.into());
        number(&mut out, self.columns.len() as u128);
        for column in &self.columns {
            column_write(&mut out, column);
        }
        number(&mut out, self.row_groups.len() as u128);
        for group in &self.row_groups {
            number(&mut out, group.offset.into());
            number(&mut out, group.length.into());
            number(&mut out, group.rows.into());
            number(&mut out, group.bounds.len() as u128);
            group.bounds.iter().for_each(|bounds| bounds_write(&mut out, bounds));
        }
        format!("1{}", STANDARD_NO_PAD.encode(out))
    }

    /// Reads the stored form.
    ///
    /// # Errors
    /// Corrupt for anything else.
    pub fn parse(text: &str) -> Result<Self> {
        Self::parse_some(text, |_| true)
    }

    /// The same, with the facts of wanted columns alone: the others are nameless, and nothing is said of them.
    ///
    /// # Errors
    /// Corrupt for anything else.
    pub fn parse_some(text: &str, is_wanted: impl Fn(&str) -> bool) -> Result<Self> {
        let corrupt = |why: &str| Error::new(Kind::Corrupt, format!("Stored facts of a file cannot be read: {why}"));
        let packed = text.strip_prefix('1').ok_or_else(|| corrupt("not of version 1"))?;
        let bytes = STANDARD_NO_PAD.decode(packed).map_err(|e| corrupt(&e.to_string()))?;
        let mut reader = Reader::new(&bytes);
        let facts = facts_read(&mut reader, is_wanted).ok_or_else(|| corrupt("broken off or malformed"))?;
        if reader.is_done() { Ok(facts) } else { Err(corrupt("bytes left over")) }
    }
}

fn facts_read(reader: &mut Reader<'_>, is_wanted: impl Fn(&str) -> bool) -> Option<FileFacts> {
    let rows = reader.u64()?;
    let (columns, wanted): (Vec<ColumnFacts>, Vec<bool>) =
        reader.list(4, |reader| reader.column(&is_wanted))?.into_iter().unzip();
    let row_groups = reader.list(4, |reader| {
        let mut wanted = wanted.iter();
        Some(RowGroupFacts {
            offset: reader.u64()?,
            length: reader.u64()?,
            rows: reader.u64()?,
            bounds: reader.list(1, |reader| reader.bounds(wanted.next().is_none_or(|wanted| *wanted)))?,
        })
    })?;
    Some(FileFacts { rows, columns, row_groups })
}

fn number(out: &mut Vec<u8>, mut n: u128) {
    while n >= 0x80 {
        out.push(n as u8 | 0x80);
        n >>= 7;
    }
    out.push(n as u8);
}

fn signed(out: &mut Vec<u8>, n: i128) {
    number(out, ((n << 1) ^ (n >> 127)).cast_unsigned());
}

fn text(out: &mut Vec<u8>, text: &str) {
    number(out, text.len() as u128);
    out.extend_from_slice(text.as_bytes());
}

fn column_write(out: &mut Vec<u8>, column: &ColumnFacts) {
    text(out, &column.name);
    text(out, &column.hive_type);
    let flag = |is: bool, flag: u8| if is { flag } else { 0 };
    out.push(
        flag(column.is_instant, INSTANT)
            | flag(column.distinct.is_some(), HAS_DISTINCT)
            | flag(column.value_bytes.is_some(), HAS_BYTES),
    );
    bounds_write(out, &column.bounds);
    column.distinct.into_iter().chain(column.value_bytes).for_each(|n| number(out, n.into()));
}

fn bounds_write(out: &mut Vec<u8>, bounds: &Bounds) {
    let flag = |is: bool, flag: u8| if is { flag } else { 0 };
    let low = bounds.low.as_ref().filter(|value| !value.is_null());
    let high = bounds.high.as_ref().filter(|value| !value.is_null());
    out.push(
        flag(low.is_some(), HAS_LOW)
            | flag(high.is_some(), HAS_HIGH)
            | flag(bounds.low_is_exact, LOW_EXACT)
            | flag(bounds.high_is_exact, HIGH_EXACT)
            | flag(bounds.nulls.is_some(), HAS_NULLS)
            | flag(bounds.nan == Nan::Perhaps, NAN_PERHAPS),
    );
    low.into_iter().chain(high).for_each(|value| value_write(out, value));
    if let Some(nulls) = bounds.nulls {
        number(out, nulls.into());
    }
}

fn value_write(out: &mut Vec<u8>, value: &Value) {
    match value {
        // never written: see above
        Value::Null | Value::Boolean(false) => out.push(FALSE),
        Value::Boolean(true) => out.push(TRUE),
        Value::Integer(n) => {
            out.push(INTEGER);
            signed(out, (*n).into());
        }
        Value::Double(f) => {
            out.push(DOUBLE);
            out.extend_from_slice(&f.to_bits().to_le_bytes());
        }
        Value::Decimal { digits, scale } => {
            out.push(DECIMAL);
            signed(out, *digits);
            out.push(*scale);
        }
        Value::Text(value) => {
            out.push(TEXT);
            text(out, value);
        }
        Value::Date(days) => {
            out.push(DATE);
            signed(out, (*days).into());
        }
        Value::Timestamp { seconds, nanos } => {
            out.push(TIMESTAMP);
            signed(out, (*seconds).into());
            number(out, (*nanos).into());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn value() -> impl Strategy<Value = Value> {
        prop_oneof![
            any::<bool>().prop_map(Value::Boolean),
            any::<i64>().prop_map(Value::Integer),
            any::<f64>().prop_filter("NaN is no bound", |f| !f.is_nan()).prop_map(Value::Double),
            (any::<i64>(), 0..=38_u8).prop_map(|(n, scale)| Value::Decimal { digits: i128::from(n) << 50, scale }),
            ".{0,20}".prop_map(Value::Text),
            any::<i32>().prop_map(Value::Date),
            (any::<i64>(), 0..1_000_000_000_u32).prop_map(|(seconds, nanos)| Value::Timestamp { seconds, nanos }),
        ]
    }

    fn bounds() -> impl Strategy<Value = Bounds> {
        let option = proptest::option::of::<_>;
        (option(value()), option(value()), any::<(bool, bool, bool)>(), proptest::option::of(any::<u64>())).prop_map(
            |(low, high, (low_is_exact, high_is_exact, nan), nulls)| {
                let nan = if nan { Nan::Perhaps } else { Nan::None };
                Bounds { low, high, low_is_exact, high_is_exact, nulls, nan }
            },
        )
    }

    fn facts() -> impl Strategy<Value = FileFacts> {
        let column = (".{0,9}", "[a-z<>:,]{0,20}", any::<bool>(), bounds(), any::<(Option<u64>, Option<u64>)>());
        let column = column.prop_map(|(name, hive_type, is_instant, bounds, (distinct, value_bytes))| ColumnFacts {
            name,
            hive_type,
            is_instant,
            bounds,
            distinct,
            value_bytes,
        });
        let group = (any::<(u64, u64, u64)>(), proptest::collection::vec(bounds(), 0..4))
            .prop_map(|((offset, length, rows), bounds)| RowGroupFacts { offset, length, rows, bounds });
        (any::<u64>(), proptest::collection::vec(column, 0..4), proptest::collection::vec(group, 0..4))
            .prop_map(|(rows, columns, row_groups)| FileFacts { rows, columns, row_groups })
    }

    proptest! {
        #[test]
        fn facts_come_back(facts in facts()) {
            prop_assert_eq!(FileFacts::parse(&facts.to_text()).unwrap(), facts);
        }

        #[test]
        fn wanted_columns_are_as_in_the_whole(facts in facts(), wanted in "[a-m]") {
            let is_wanted = |name: &str| name > wanted.as_str();
            let some = FileFacts::parse_some(&facts.to_text(), is_wanted).unwrap();
            prop_assert_eq!((some.rows, some.columns.len()), (facts.rows, facts.columns.len()));
            for (at, (one, column)) in some.columns.iter().zip(&facts.columns).enumerate() {
                let is_right = if is_wanted(&column.name) { one == column } else { one.name.is_empty() };
                prop_assert!(is_right, "{} {}", column.name, one.name);
                for group in 0..facts.row_groups.len() {
                    let bounds = [some.row_groups[group].bounds.get(at), facts.row_groups[group].bounds.get(at)];
                    prop_assert!(!is_wanted(&column.name) || bounds[0] == bounds[1]);
                }
            }
        }

        #[test]
        fn damaged_facts_are_an_error_or_other_facts(facts in facts(), at in any::<usize>(), byte in any::<u8>(), cut in any::<bool>()) {
            let mut bytes = STANDARD_NO_PAD.decode(&facts.to_text()[1..]).unwrap();
            let at = at % bytes.len();
            if cut { bytes.truncate(at) } else { bytes[at] = byte }
            let _ = FileFacts::parse(&format!("1{}", STANDARD_NO_PAD.encode(&bytes)));
        }
    }

    #[test]
    fn the_stored_form_stays() {
        let facts = FileFacts { rows: 7, ..FileFacts::default() };
        assert_eq!(facts.to_text(), "1BwAA");
        assert_eq!(FileFacts::parse("1BwAA").unwrap(), facts);
        for bad in ["", "2BwAA", "1BwA", "1BwAAAA", "1!", "1B////////w8"] {
            assert_eq!(FileFacts::parse(bad).unwrap_err().kind, Kind::Corrupt, "{bad}");
        }
    }
}
