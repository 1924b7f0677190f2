//! Statistics: those of columns (stored form, merging, aggregation over partitions, distinct-value sketches) and the
//! basic ones that live in parameters, semantics §9.

mod accuracy;
mod aggregate;
mod basic;
mod column;
mod decimal;
mod encoding;
mod extrapolate;
mod hll;
mod hll_stream;
mod merge;
mod spark;
mod totals;

pub use accuracy::{Accuracy, COLUMN_STATS_ACCURATE};
pub use aggregate::{Aggregate, PartitionStatistics, aggregate};
pub use basic::{
    BASIC_STATISTICS, DO_NOT_UPDATE_STATS, FAST_STATISTICS, NUM_ERASURE_CODED_FILES, NUM_FILES, NUM_ROWS,
    RAW_DATA_SIZE, STATS_GENERATED, TOTAL_SIZE, basic_state_update, fast_statistics_clear, fast_statistics_complete,
    fast_statistics_same, fast_statistics_set, zero_statistics_set,
};
pub use column::{BinaryData, BooleanData, ColumnData, ColumnStatistics, DEFAULT_ENGINE, Ranged, StringData};
pub use decimal::Decimal;
pub use encoding::{Bytes, Float};
pub use hll::HyperLogLog;
pub use merge::merge;
pub use spark::{SPARK_STATISTICS, spark_statistics};
pub use totals::Totals;
