//! What the benchmarks have in common: the table that they measure.

pub mod data;
