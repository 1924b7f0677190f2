//! Statistics of a table as Spark reads them: it takes no others for the columns, nor for a table with partitions. They are
//! table parameters, with values as Spark's own ANALYZE writes them (version 2 of its form).

use super::column::{ColumnData, ColumnStatistics, Ranged};
use super::totals::Totals;
use crate::table::Parameters;
use crate::types::calendar::{format_date, format_timestamp};
use crate::types::decimal;

/// What the keys begin with.
pub const SPARK_STATISTICS: &str = "spark.sql.statistics.";

/// The parameters that say this to Spark.
pub fn spark_statistics(totals: &Totals) -> Parameters {
    let mut all = Parameters::new();
    all.insert(format!("{SPARK_STATISTICS}totalSize"), totals.bytes.to_string());
    all.insert(format!("{SPARK_STATISTICS}numRows"), totals.rows.to_string());
    for column in &totals.columns {
        let prefix = format!("{SPARK_STATISTICS}colStats.{}.", column.column);
        let told = told(column);
        all.extend(told.into_iter().map(|(key, value)| (format!("{prefix}{key}"), value)));
        all.insert(format!("{prefix}version"), "2".to_owned());
    }
    all
}

/// Keys below the column's, and values.
fn told(column: &ColumnStatistics) -> Vec<(&'static str, String)> {
    // Lengths of texts are whole numbers, rounded up.
    let length = |average: f64| (average.ceil() as i64).to_string();
    match &column.data {
        ColumnData::Boolean(data) => {
            let distinct = i64::from(data.trues > 0) + i64::from(data.falses > 0);
            let mut told = vec![("distinctCount", distinct.to_string()), ("nullCount", data.nulls.to_string())];
            if distinct > 0 {
                told.push(("min", (data.falses == 0).to_string()));
                told.push(("max", (data.trues > 0).to_string()));
            }
            told
        }
        ColumnData::String(data) => vec![
            ("distinctCount", data.distinct.to_string()),
            ("nullCount", data.nulls.to_string()),
            ("avgLen", length(data.average_length.0)),
            ("maxLen", data.max_length.to_string()),
        ],
        ColumnData::Binary(data) => vec![
            ("nullCount", data.nulls.to_string()),
            ("avgLen", length(data.average_length.0)),
            ("maxLen", data.max_length.to_string()),
        ],
        ColumnData::Long(data) => ranged(data, |n| Some(n.to_string())),
        ColumnData::Date(data) => ranged(data, |days| i32::try_from(*days).ok().map(format_date)),
        // Spark reads them as of UTC, with just so many digits.
        ColumnData::Timestamp(data) => ranged(data, |at| Some(format!("{}.000000", format_timestamp(*at, 0)))),
        ColumnData::Double(data) => ranged(data, |n| n.0.is_finite().then(|| n.0.to_string())),
        ColumnData::Decimal(data) => ranged(data, |n| Some(decimal::format(n.digits()?, u8::try_from(n.scale).ok()?))),
    }
}

fn ranged<T>(data: &Ranged<T>, text: impl Fn(&T) -> Option<String>) -> Vec<(&'static str, String)> {
    let mut told = vec![("distinctCount", data.distinct.to_string()), ("nullCount", data.nulls.to_string())];
    // One bound alone says nothing to Spark.
    if let (Some(low), Some(high)) = (data.low.as_ref().and_then(&text), data.high.as_ref().and_then(&text)) {
        told.extend([("min", low), ("max", high)]);
    }
    told
}

#[cfg(test)]
mod tests {
    use super::super::column::{BooleanData, StringData};
    use super::super::decimal::Decimal;
    use super::super::encoding::Float;
    use super::*;

    fn of(data: ColumnData) -> Vec<String> {
        let column = ColumnStatistics {
            column: "c".into(),
            column_type: "t".into(),
            engine: "hive".into(),
            last_analyzed: 1,
            data,
        };
        let totals = Totals { partitions: 1, files: 1, bytes: 10, rows: 4, columns: vec![column] };
        let all = spark_statistics(&totals);
        assert_eq!(
            (all["spark.sql.statistics.totalSize"].as_str(), all["spark.sql.statistics.numRows"].as_str()),
            ("10", "4")
        );
        assert_eq!(all["spark.sql.statistics.colStats.c.version"], "2");
        let of_column = |(key, value): (&String, &String)| {
            key.strip_prefix("spark.sql.statistics.colStats.c.").map(|key| format!("{key}={value}"))
        };
        all.iter().filter_map(of_column).filter(|text| text != "version=2").collect()
    }

    fn range<T>(low: T, high: T) -> Ranged<T> {
        Ranged { low: Some(low), high: Some(high), nulls: 1, distinct: 3, bit_vectors: None, histogram: None }
    }

    #[test]
    fn every_kind_as_spark_parses_it() {
        let bounds = |low: &str, high: &str| {
            ["distinctCount=3".to_owned(), format!("max={high}"), format!("min={low}"), "nullCount=1".to_owned()]
        };
        assert_eq!(of(ColumnData::Long(range(-1, 7))), bounds("-1", "7"));
        assert_eq!(of(ColumnData::Date(range(0, 19_723))), bounds("1970-01-01", "2024-01-01"));
        assert_eq!(
            of(ColumnData::Timestamp(range(-1, 0))),
            bounds("1969-12-31 23:59:59.000000", "1970-01-01 00:00:00.000000")
        );
        assert_eq!(of(ColumnData::Double(range(Float(-0.5), Float(2.0)))), bounds("-0.5", "2"));
        assert_eq!(of(ColumnData::Double(range(Float(f64::NAN), Float(2.0)))), ["distinctCount=3", "nullCount=1"]);
        assert_eq!(of(ColumnData::Decimal(range(Decimal::new(-150, 2), Decimal::new(7, 2)))), bounds("-1.50", "0.07"));
        let text = StringData { max_length: 9, average_length: Float(2.5), nulls: 1, distinct: 3, bit_vectors: None };
        assert_eq!(of(ColumnData::String(text)), ["avgLen=3", "distinctCount=3", "maxLen=9", "nullCount=1"]);
        let no = BooleanData { trues: 0, falses: 4, nulls: 0, bit_vectors: None };
        assert_eq!(of(ColumnData::Boolean(no)), ["distinctCount=1", "max=false", "min=false", "nullCount=0"]);
    }
}
