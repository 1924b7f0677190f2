//! Pruning: the partitions of one table version, by column, and a filter evaluated over all of them at once. A key's
//! values are numbered in their order and each knows its rows, so that a comparison is a look-up; AND, OR and NOT are
//! operations on sets of rows, of which only those are made that the answer needs. Nothing here knows names, locations
//! or where the rows came from.

mod codes;
mod column;
mod condition;
mod dictionary;
mod evaluate;
mod postings;
mod rows;
mod set;
mod steps;
mod truths;
mod tuples;

pub use evaluate::Verdicts;
pub use rows::Rows;
pub use set::{PartitionSet, PartitionSetBuilder, Source};
pub use truths::Truths;

#[cfg(test)]
mod tests;
