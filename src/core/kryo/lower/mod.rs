//! Nodes → the filter language, with Hive's types: what cannot be evaluated here becomes [`Expr::Unknown`] in its
//! place, so the rest of a predicate still prunes.
//!
//! [`Expr::Unknown`]: crate::filter::Expr::Unknown

mod call;
mod comparison;
mod lowering;
mod operand;
mod predicate;

pub use lowering::{filter, lower};
