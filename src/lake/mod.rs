//! The lake: what data files lie where, and what their Parquet footers tell. It lists prefixes and reads footers, of
//! `file:` and of object stores; it writes nothing, and knows no catalog and no store.
//!
//! **Never a short list.** A listing that fails half-way is an error. What is left out on purpose (hidden files,
//! markers) is told with its reason.
//!
//! **Every file by itself.** What is wrong with one file is that file's [`FileProblem`]; no byte of it makes us panic,
//! recurse or allocate without bound (`metadata_guard`).

mod column_facts;
mod facts;
mod footer;
mod footers;
#[expect(clippy::module_inception, reason = "the noun of this folder")]
mod lake;
mod list;
mod list_local;
mod look;
mod metadata_guard;
mod problem;
mod schema;
mod schema_leaf;
mod source;
mod statistics_value;

#[cfg(test)]
mod s3_test;
#[cfg(test)]
mod tests;

pub use footer::ParquetFile;
pub use footers::{FileRead, Progress};
pub use lake::{Lake, LakeFile, Limits};
pub use list::Listed;
pub use look::Look;
pub use problem::{FileProblem, ProblemKind};
