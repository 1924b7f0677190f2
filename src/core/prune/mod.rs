//! Pruning: the partitions of one table version, by column, and a filter evaluated over all of them at once. What a
//! filter asks of one key is evaluated once per distinct value of that key; AND, OR and NOT are operations on sets of
//! rows. Nothing here knows names, locations or where the rows came from.

mod bits;
mod column;
mod evaluate;
mod set;
mod truths;

pub use bits::Bits;
pub use evaluate::Verdicts;
pub use set::{PartitionSet, Source};
pub use truths::Truths;

#[cfg(test)]
mod tests;
