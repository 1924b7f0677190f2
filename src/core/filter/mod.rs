//! The filter language: one syntax tree for Hive's filter strings and for serialised expressions; reading, printing and
//! evaluating it. Nothing here knows how partitions are stored.

pub mod ast;
mod bind;
mod blame;
mod bound;
mod call;
mod condition;
mod condition_call;
pub mod eval;
mod fixed;
mod lex;
mod membership;
mod merge;
pub mod parse;
mod pattern;
mod print;
mod select;
mod table_filter;

pub use ast::{CompareOp, Expr, LikeDialect, Value};
pub use bound::Filter;
pub use eval::{Reading, Truth};
pub use fixed::Fixed;
pub(crate) use pattern::literal_prefix;
pub(crate) use select::Part;
pub use select::{Selector, Verdict};
pub use table_filter::TableFilter;

#[cfg(test)]
pub(crate) mod tests;
