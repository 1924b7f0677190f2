//! Why bytes are not an expression.

use std::borrow::Cow;

use thiserror::Error;

/// The longest expression that is looked at, in bytes.
pub const MAX_BYTES: usize = 8 << 20;

/// Bytes that are not an expression of a known Hive release, or not unambiguously one. A caller that prunes keeps all
/// partitions and reports them unknown; a caller that drops refuses (`design.md §4`).
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("Cannot read the partition expression: {reason} at byte {offset}")]
pub struct Error {
    pub reason: Cow<'static, str>,
    /// Where reading stopped, in bytes from the start.
    pub offset: usize,
}

impl Error {
    pub(super) fn new(offset: usize, reason: impl Into<Cow<'static, str>>) -> Self {
        Self { reason: reason.into(), offset }
    }
}

impl From<Error> for crate::Error {
    fn from(error: Error) -> Self {
        Self::meta(error.to_string())
    }
}
