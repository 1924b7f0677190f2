//! Column statistics as they are stored: the eight kinds of Hive's `ColumnStatisticsData`.

use serde::{Deserialize, Serialize};

use super::decimal::Decimal;
use super::encoding::{Bytes, Float};

/// The engine of statistics whose sender names none (all clients before 4.0).
pub const DEFAULT_ENGINE: &str = "hive";

fn default_engine() -> String {
    DEFAULT_ENGINE.to_owned()
}

/// The statistics of one column of a table or partition, as one engine wrote them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ColumnStatistics {
    /// In normal form.
    pub column: String,
    /// The type as the engine named it, `bigint`; not always that of the table's column.
    pub column_type: String,
    #[serde(default = "default_engine")]
    pub engine: String,
    /// Seconds since the epoch.
    #[serde(default)]
    pub last_analyzed: i64,
    pub data: ColumnData,
}

/// What is known, by the kind of the column's type. Exactly one kind: an unset union breaks Java readers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ColumnData {
    Boolean(BooleanData),
    Long(Ranged<i64>),
    Double(Ranged<Float>),
    String(StringData),
    Binary(BinaryData),
    Decimal(Ranged<Decimal>),
    /// Days since 1970-01-01.
    Date(Ranged<i64>),
    /// Seconds since the epoch. From 4.0: older clients cannot read it.
    Timestamp(Ranged<i64>),
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct BooleanData {
    pub trues: i64,
    pub falses: i64,
    pub nulls: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bit_vectors: Option<Bytes>,
}

/// Kinds with an order.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Ranged<T> {
    #[serde(default = "Option::default", skip_serializing_if = "Option::is_none")]
    pub low: Option<T>,
    #[serde(default = "Option::default", skip_serializing_if = "Option::is_none")]
    pub high: Option<T>,
    pub nulls: i64,
    /// Number of distinct values.
    pub distinct: i64,
    /// A sketch of the distinct values: [`super::HyperLogLog`], or an older `FM` one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bit_vectors: Option<Bytes>,
    /// A KLL sketch, from 4.0; kept, not read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub histogram: Option<Bytes>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct StringData {
    /// Bytes.
    pub max_length: i64,
    /// Bytes.
    pub average_length: Float,
    pub nulls: i64,
    /// Number of distinct values.
    pub distinct: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bit_vectors: Option<Bytes>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct BinaryData {
    /// Bytes.
    pub max_length: i64,
    /// Bytes.
    pub average_length: Float,
    pub nulls: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bit_vectors: Option<Bytes>,
}

impl ColumnData {
    /// Whether both are of one kind, and so can be merged.
    pub fn same_kind(&self, other: &Self) -> bool {
        std::mem::discriminant(self) == std::mem::discriminant(other)
    }

    /// Takes the sketches away, which clients get only where the server is set to send them
    /// (`metastore.stats.fetch.bitvector`, `metastore.stats.fetch.kll`).
    pub fn sketches_clear(&mut self, bit_vectors: bool, histogram: bool) {
        let (sketch, kll) = match self {
            Self::Boolean(data) => (&mut data.bit_vectors, None),
            Self::String(data) => (&mut data.bit_vectors, None),
            Self::Binary(data) => (&mut data.bit_vectors, None),
            Self::Long(data) | Self::Date(data) | Self::Timestamp(data) => {
                (&mut data.bit_vectors, Some(&mut data.histogram))
            }
            Self::Double(data) => (&mut data.bit_vectors, Some(&mut data.histogram)),
            Self::Decimal(data) => (&mut data.bit_vectors, Some(&mut data.histogram)),
        };
        if bit_vectors {
            *sketch = None;
        }
        if let Some(kll) = kll.filter(|_| histogram) {
            *kll = None;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stored_form_is_compact_and_stable() {
        let statistics = ColumnStatistics {
            column: "c".into(),
            column_type: "bigint".into(),
            engine: "hive".into(),
            last_analyzed: 7,
            data: ColumnData::Long(Ranged { low: Some(-1), nulls: 2, distinct: 3, ..Ranged::default() }),
        };
        let text = serde_json::to_string(&statistics).unwrap();
        assert_eq!(
            text,
            r#"{"column":"c","column_type":"bigint","engine":"hive","last_analyzed":7,"data":{"long":{"low":-1,"nulls":2,"distinct":3}}}"#
        );
        assert_eq!(serde_json::from_str::<ColumnStatistics>(&text).unwrap(), statistics);
    }

    #[test]
    fn every_kind_comes_back() {
        let bytes = Some(Bytes(vec![0, 255, 7]));
        let ranged =
            Ranged { low: Some(1), high: None, nulls: 1, distinct: 2, bit_vectors: bytes.clone(), histogram: None };
        let decimal = Decimal { unscaled: Bytes(vec![0xff, 0x38]), scale: 2 };
        let kinds = [
            ColumnData::Boolean(BooleanData { trues: 1, falses: 2, nulls: 3, bit_vectors: bytes.clone() }),
            ColumnData::Long(ranged.clone()),
            ColumnData::Double(Ranged {
                high: Some(Float(f64::INFINITY)),
                histogram: bytes.clone(),
                ..Ranged::default()
            }),
            ColumnData::String(StringData { average_length: Float(2.5), bit_vectors: bytes, ..StringData::default() }),
            ColumnData::Binary(BinaryData { max_length: 9, ..BinaryData::default() }),
            ColumnData::Decimal(Ranged { low: Some(decimal), ..Ranged::default() }),
            ColumnData::Date(ranged.clone()),
            ColumnData::Timestamp(ranged),
        ];
        for data in kinds {
            let text = serde_json::to_string(&data).unwrap();
            assert_eq!(serde_json::from_str::<ColumnData>(&text).unwrap(), data, "{text}");
            let mut bare = data.clone();
            bare.sketches_clear(true, true);
            assert!(!serde_json::to_string(&bare).unwrap().contains("bit_vectors"));
        }
    }
}
