//! Why bytes were refused.

use super::message::ErrorCode;

/// A message that cannot be read. From the scanner or a head, the connection is out of step and must be closed. From
/// the arguments of a complete message, [`WireError::MissingField`] is an honest peer's slip: answer and go on.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WireError {
    /// The message ends inside a value.
    #[error("message ends in the middle of a value")]
    Truncated,
    /// A string or container length below zero.
    #[error("negative length {0}")]
    NegativeLength(i64),
    /// The message is longer than [`super::Limits::message_bytes`].
    #[error("message is longer than {limit} bytes")]
    MessageTooLong { limit: usize },
    /// A string is longer than [`super::Limits::string_bytes`].
    #[error("string of {len} bytes is longer than {limit}")]
    StringTooLong { len: usize, limit: usize },
    /// A method name is longer than 255 bytes.
    #[error("method name of {0} bytes is longer than 255")]
    NameTooLong(usize),
    /// More container elements than [`super::Limits::elements`].
    #[error("message has more than {limit} container elements")]
    TooManyElements { limit: usize },
    /// Deeper than [`super::Limits::depth`].
    #[error("message nests deeper than {limit}")]
    TooDeep { limit: usize },
    /// The decoded elements would take more than [`super::Limits::memory_bytes`].
    #[error("decoded message would take more than {limit} bytes")]
    TooMuchMemory { limit: usize },
    /// A type code Thrift does not have.
    #[error("unknown type code {0}")]
    UnknownType(u8),
    /// The elements of a container have another type than the interface says.
    #[error("container elements have type {found:?}, not {expected:?}")]
    ElementType { found: super::Kind, expected: super::Kind },
    /// Not a message of this protocol.
    #[error("bad message header: {0:#x}")]
    BadHeader(u32),
    /// A variable-length number that does not end, or does not fit its type.
    #[error("number is too long for its type")]
    BadNumber,
    /// TJSON text that is not what the type needs.
    #[error("JSON at byte {at}: expected {expected}")]
    Json { at: usize, expected: &'static str },
    /// A required field was not sent.
    #[error("Required field '{field}' is unset! Struct:{owner}")]
    MissingField { owner: &'static str, field: &'static str },
}

impl WireError {
    /// The code a peer is told this error by: always 7, as Java does.
    pub fn code(&self) -> ErrorCode {
        ErrorCode::ProtocolError
    }
}
