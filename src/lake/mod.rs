//! The data lake: which files lie below a place, and what their footers tell. Knows object stores and Parquet, nothing
//! of catalogs and tables. What it finds is told in the words of `skep_core::lake`.

mod bounds;
mod depth;
mod footer;
mod list;
mod place;
mod schema;

pub use footer::{Footer, FooterProblem, footers_read};
pub use list::{FoundFile, Listing, SkipReason, Skipped};
pub use place::Lake;
