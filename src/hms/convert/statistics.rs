//! Column statistics. A union must always have exactly one member set: Java readers break on an empty one.

use skep_core::stats::{
    BinaryData, BooleanData, Bytes, ColumnData, ColumnStatistics, Decimal, Float, Ranged, StringData,
};
use skep_core::{Error, Result};
use skep_thrift::types as t;

fn bytes_in(bytes: Option<Vec<u8>>) -> Option<Bytes> {
    bytes.map(Bytes)
}
fn bytes_out(bytes: Option<Bytes>) -> Option<Vec<u8>> {
    bytes.map(|b| b.0)
}

fn decimal_in(decimal: t::Decimal) -> Decimal {
    Decimal { unscaled: Bytes(decimal.unscaled), scale: decimal.scale }
}
fn decimal_out(decimal: Decimal) -> t::Decimal {
    t::Decimal { scale: decimal.scale, unscaled: decimal.unscaled.0 }
}

/// The ranged kinds differ in the type of their bounds alone.
macro_rules! ranged_in {
    ($data:expr, $bound:expr) => {
        Ranged {
            low: $data.low_value.map($bound),
            high: $data.high_value.map($bound),
            nulls: $data.num_nulls,
            distinct: $data.num_d_vs,
            bit_vectors: bytes_in($data.bit_vectors),
            histogram: bytes_in($data.histogram),
        }
    };
}
macro_rules! ranged_out {
    ($kind:ident, $data:expr, $bound:expr) => {
        Some(t::$kind {
            low_value: $data.low.map($bound),
            high_value: $data.high.map($bound),
            num_nulls: $data.nulls,
            num_d_vs: $data.distinct,
            bit_vectors: bytes_out($data.bit_vectors),
            histogram: bytes_out($data.histogram),
        })
    };
}

fn data_in(data: t::ColumnStatisticsData) -> Option<ColumnData> {
    let t::ColumnStatisticsData {
        boolean_stats,
        long_stats,
        double_stats,
        string_stats,
        binary_stats,
        decimal_stats,
        date_stats,
        timestamp_stats,
    } = data;
    let boolean = |d: t::BooleanColumnStatsData| {
        let bit_vectors = bytes_in(d.bit_vectors);
        ColumnData::Boolean(BooleanData { trues: d.num_trues, falses: d.num_falses, nulls: d.num_nulls, bit_vectors })
    };
    let string = |d: t::StringColumnStatsData| {
        ColumnData::String(StringData {
            max_length: d.max_col_len,
            average_length: Float(d.avg_col_len),
            nulls: d.num_nulls,
            distinct: d.num_d_vs,
            bit_vectors: bytes_in(d.bit_vectors),
        })
    };
    let binary = |d: t::BinaryColumnStatsData| {
        ColumnData::Binary(BinaryData {
            max_length: d.max_col_len,
            average_length: Float(d.avg_col_len),
            nulls: d.num_nulls,
            bit_vectors: bytes_in(d.bit_vectors),
        })
    };
    None.or_else(|| boolean_stats.map(boolean))
        .or_else(|| long_stats.map(|d| ColumnData::Long(ranged_in!(d, |v| v))))
        .or_else(|| double_stats.map(|d| ColumnData::Double(ranged_in!(d, Float))))
        .or_else(|| string_stats.map(string))
        .or_else(|| binary_stats.map(binary))
        .or_else(|| decimal_stats.map(|d| ColumnData::Decimal(ranged_in!(d, decimal_in))))
        .or_else(|| date_stats.map(|d| ColumnData::Date(ranged_in!(d, |v: t::Date| v.days_since_epoch))))
        .or_else(|| {
            timestamp_stats.map(|d| ColumnData::Timestamp(ranged_in!(d, |v: t::Timestamp| v.seconds_since_epoch)))
        })
}

fn data_out(data: ColumnData) -> t::ColumnStatisticsData {
    let mut out = t::ColumnStatisticsData::default();
    match data {
        ColumnData::Boolean(d) => {
            out.boolean_stats = Some(t::BooleanColumnStatsData {
                num_trues: d.trues,
                num_falses: d.falses,
                num_nulls: d.nulls,
                bit_vectors: bytes_out(d.bit_vectors),
            });
        }
        ColumnData::String(d) => {
            out.string_stats = Some(t::StringColumnStatsData {
                max_col_len: d.max_length,
                avg_col_len: d.average_length.0,
                num_nulls: d.nulls,
                num_d_vs: d.distinct,
                bit_vectors: bytes_out(d.bit_vectors),
            });
        }
        ColumnData::Binary(d) => {
            out.binary_stats = Some(t::BinaryColumnStatsData {
                max_col_len: d.max_length,
                avg_col_len: d.average_length.0,
                num_nulls: d.nulls,
                bit_vectors: bytes_out(d.bit_vectors),
            });
        }
        ColumnData::Long(d) => out.long_stats = ranged_out!(LongColumnStatsData, d, |v| v),
        ColumnData::Double(d) => out.double_stats = ranged_out!(DoubleColumnStatsData, d, |v: Float| v.0),
        ColumnData::Decimal(d) => out.decimal_stats = ranged_out!(DecimalColumnStatsData, d, decimal_out),
        ColumnData::Date(d) => {
            out.date_stats = ranged_out!(DateColumnStatsData, d, |days_since_epoch| t::Date { days_since_epoch });
        }
        ColumnData::Timestamp(d) => {
            out.timestamp_stats =
                ranged_out!(TimestampColumnStatsData, d, |seconds_since_epoch| t::Timestamp { seconds_since_epoch });
        }
    }
    out
}

/// One struct's columns. A column without data is an InvalidObject.
pub fn statistics_in(statistics: t::ColumnStatistics) -> Result<Vec<ColumnStatistics>> {
    let (engine, last_analyzed) = (statistics.engine, statistics.stats_desc.last_analyzed.unwrap_or_default());
    let column = |o: t::ColumnStatisticsObj| {
        let data = data_in(o.stats_data)
            .ok_or_else(|| Error::invalid_object(format!("the statistics of column {} have no data", o.col_name)))?;
        Ok(ColumnStatistics {
            column: o.col_name.to_lowercase(),
            column_type: o.col_type.to_lowercase(),
            engine: engine.clone(),
            last_analyzed,
            data,
        })
    };
    statistics.stats_obj.into_iter().map(column).collect()
}

/// Columns for a client that may be older than 4.0: those never name a catalog here, cannot read statistics of timestamps,
/// and lose all others with them (Trino). Before 4.0 they were numbers of seconds.
pub fn columns_statistics_told(
    catalog: Option<&str>,
    mut columns: Vec<ColumnStatistics>,
) -> Vec<t::ColumnStatisticsObj> {
    for column in columns.iter_mut().filter(|_| catalog.is_none()) {
        column.data = match std::mem::replace(&mut column.data, ColumnData::Boolean(BooleanData::default())) {
            ColumnData::Timestamp(data) => ColumnData::Long(data),
            other => other,
        };
    }
    columns_statistics_out(columns)
}

pub fn columns_statistics_out(columns: Vec<ColumnStatistics>) -> Vec<t::ColumnStatisticsObj> {
    let column = |c: ColumnStatistics| t::ColumnStatisticsObj {
        col_name: c.column,
        col_type: c.column_type,
        stats_data: data_out(c.data),
    };
    columns.into_iter().map(column).collect()
}

/// Statistics of a table, or of its partition of this name.
pub fn statistics_out(
    columns: Vec<ColumnStatistics>,
    at: &crate::catalog::TableRef,
    partition: Option<&str>,
    engine: &str,
) -> t::ColumnStatistics {
    t::ColumnStatistics {
        stats_desc: t::ColumnStatisticsDesc {
            is_tbl_level: partition.is_none(),
            db_name: at.database.clone(),
            table_name: at.table.clone(),
            part_name: partition.map(str::to_owned),
            last_analyzed: columns.iter().map(|c| c.last_analyzed).max(),
            cat_name: Some(at.catalog.clone()),
        },
        stats_obj: columns_statistics_out(columns),
        is_stats_compliant: None,
        engine: engine.to_owned(),
    }
}
