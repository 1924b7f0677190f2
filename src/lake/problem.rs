//! What can be wrong with one file.

use skep_core::lake::Finding;
use std::fmt;

/// The kinds, by what the sender can do about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ProblemKind {
    /// No bytes at all.
    Empty,
    /// It begins as Parquet and does not end so: it was not closed, or cut.
    Truncated,
    NotParquet,
    /// Its footer or some columns are encrypted.
    Encrypted,
    /// Its metadata cannot be read, or contradicts itself or the file.
    Corrupt,
    /// Its metadata is beyond our limits.
    TooLarge,
    /// It is not there (any more).
    Vanished,
    /// It is not the file that was listed.
    Changed,
    /// Access is refused.
    Denied,
    /// Reading it failed: network, the store.
    Unreadable,
}

/// A file that cannot be registered, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileProblem {
    pub kind: ProblemKind,
    pub message: String,
}

impl FileProblem {
    pub fn new(kind: ProblemKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into() }
    }

    /// The short word that reports have for it.
    pub fn code(&self) -> &'static str {
        match self.kind {
            ProblemKind::Empty => "empty",
            ProblemKind::Truncated => "truncated",
            ProblemKind::NotParquet => "not_parquet",
            ProblemKind::Encrypted => "encrypted",
            ProblemKind::Corrupt => "corrupt",
            ProblemKind::TooLarge => "metadata_too_large",
            ProblemKind::Vanished => "vanished",
            ProblemKind::Changed => "changed",
            ProblemKind::Denied => "denied",
            ProblemKind::Unreadable => "unreadable",
        }
    }

    pub fn finding(&self) -> Finding {
        Finding::error(self.code(), self.message.clone())
    }
}

impl fmt::Display for FileProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}
