//! Tests of the filter language as a whole.

mod grammar;
mod misfits;
mod operators;
pub(crate) mod oracle;
mod selection;
mod table_filters;
