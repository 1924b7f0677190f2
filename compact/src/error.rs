//! Why a compaction ends badly: what is said, and the exit code that scripts read.

use std::error::Error as _;

/// As `skep` itself has them.
pub const REFUSED: u8 = 1;
pub const USAGE: u8 = 2;
pub const UNREACHABLE: u8 = 3;

#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct Error {
    pub code: u8,
    pub message: String,
}

pub type Result<T> = std::result::Result<T, Error>;

impl Error {
    pub fn new(message: impl Into<String>) -> Self {
        Self { code: REFUSED, message: message.into() }
    }
    pub fn usage(message: impl Into<String>) -> Self {
        Self { code: USAGE, message: message.into() }
    }
    /// Of something that has a name.
    pub fn about(what: impl std::fmt::Display, error: impl std::fmt::Display) -> Self {
        Self::new(format!("{what}: {error}"))
    }
}

impl From<tonic::Status> for Error {
    fn from(status: tonic::Status) -> Self {
        let is_gone = status.code() == tonic::Code::Unavailable && status.source().is_some();
        Self { code: if is_gone { UNREACHABLE } else { REFUSED }, message: status.message().to_owned() }
    }
}
