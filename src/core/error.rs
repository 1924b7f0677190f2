//! The one error of Skep. Its kinds mirror what Hive's interface can declare; a front turns a kind into the
//! exception that the called method declares, so code below a front never knows a protocol.

use std::borrow::Cow;
use std::fmt;

/// What went wrong, by what the caller can do about it. Which call uses which: `semantics.md §14`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// The named database, table, partition, function, … is not there (NoSuchObjectException).
    NotFound,
    /// A database asked for by calls that distinguish it (UnknownDBException).
    UnknownDatabase,
    /// A table asked for by calls that distinguish it (UnknownTableException).
    UnknownTable,
    /// The name is taken (AlreadyExistsException).
    AlreadyExists,
    /// The object that was sent is not valid (InvalidObjectException).
    InvalidObject,
    /// The operation is not allowed on what is there (InvalidOperationException).
    InvalidOperation,
    /// Anything else that the caller can mend, null arguments and bad filters too (MetaException).
    Meta,
    /// A configuration key that may not be read (ConfigValSecurityException).
    ConfigValue,
    /// Input of the wrong form (InvalidInputException).
    InvalidInput,
    /// A partition that the event calls do not know (UnknownPartitionException).
    UnknownPartition,
    /// Keys and values that are none of the table's (InvalidPartitionException).
    InvalidPartition,
    NoSuchLock,
    NoSuchTxn,
    TxnAborted,
    TxnOpen,
    /// What the called method has no exception for, and Hive's own server fails the whole call with. Only where clients
    /// are known to expect that.
    Undeclared,
    /// Another transaction won; nothing was done and the operation may be run again.
    Conflict,
    /// The connection to the database ended before anything was committed; the operation may be run again.
    Lost,
    /// The database behind the store cannot be reached now; the call may be repeated.
    Unavailable,
    /// A stored row that is not as it must be.
    Corrupt,
    /// Our own fault.
    Internal,
}

impl Kind {
    /// A short, fixed word for labels and logs.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NotFound => "not_found",
            Self::UnknownDatabase => "unknown_database",
            Self::UnknownTable => "unknown_table",
            Self::AlreadyExists => "already_exists",
            Self::InvalidObject => "invalid_object",
            Self::InvalidOperation => "invalid_operation",
            Self::Meta => "meta",
            Self::ConfigValue => "config_value",
            Self::InvalidInput => "invalid_input",
            Self::UnknownPartition => "unknown_partition",
            Self::InvalidPartition => "invalid_partition",
            Self::NoSuchLock => "no_such_lock",
            Self::NoSuchTxn => "no_such_txn",
            Self::TxnAborted => "txn_aborted",
            Self::TxnOpen => "txn_open",
            Self::Undeclared => "undeclared",
            Self::Conflict => "conflict",
            // Who called need not tell them apart.
            Self::Lost | Self::Unavailable => "unavailable",
            Self::Corrupt => "corrupt",
            Self::Internal => "internal",
        }
    }
}

/// An error: a kind, and a message for the caller that names what was wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Error {
    pub kind: Kind,
    pub message: Cow<'static, str>,
}

pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    pub fn new(kind: Kind, message: impl Into<Cow<'static, str>>) -> Self {
        Self { kind, message: message.into() }
    }
    pub fn not_found(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(Kind::NotFound, message)
    }
    pub fn already_exists(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(Kind::AlreadyExists, message)
    }
    pub fn invalid_object(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(Kind::InvalidObject, message)
    }
    pub fn invalid_operation(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(Kind::InvalidOperation, message)
    }
    pub fn meta(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(Kind::Meta, message)
    }
    pub fn internal(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(Kind::Internal, message)
    }
    /// The same message under another kind: HMS converts exceptions at several borders.
    #[must_use]
    pub fn with_kind(self, kind: Kind) -> Self {
        Self { kind, ..self }
    }
    /// Turns one kind into another and leaves all others alone.
    #[must_use]
    pub fn recast(self, from: Kind, to: Kind) -> Self {
        if self.kind == from { self.with_kind(to) } else { self }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Error {}
