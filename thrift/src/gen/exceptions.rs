// Made by skep-thrift-gen from thrift/idl. Do not edit.

//! The exceptions that methods declare.

/// An exception of the interface. On the wire each is a struct of one field, its text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Exception {
    AlreadyExists,
    CompactionAborted,
    ConfigValSecurity,
    IndexAlreadyExists,
    InvalidInput,
    InvalidObject,
    InvalidOperation,
    InvalidPartition,
    Meta,
    NoSuchCompaction,
    NoSuchLock,
    NoSuchObject,
    NoSuchTxn,
    TxnAborted,
    TxnOpen,
    UnknownDB,
    UnknownPartition,
    UnknownTable,
}

impl Exception {
    /// As the interface calls it.
    pub fn name(self) -> &'static str {
        match self {
            Self::AlreadyExists => "AlreadyExistsException",
            Self::CompactionAborted => "CompactionAbortedException",
            Self::ConfigValSecurity => "ConfigValSecurityException",
            Self::IndexAlreadyExists => "IndexAlreadyExistsException",
            Self::InvalidInput => "InvalidInputException",
            Self::InvalidObject => "InvalidObjectException",
            Self::InvalidOperation => "InvalidOperationException",
            Self::InvalidPartition => "InvalidPartitionException",
            Self::Meta => "MetaException",
            Self::NoSuchCompaction => "NoSuchCompactionException",
            Self::NoSuchLock => "NoSuchLockException",
            Self::NoSuchObject => "NoSuchObjectException",
            Self::NoSuchTxn => "NoSuchTxnException",
            Self::TxnAborted => "TxnAbortedException",
            Self::TxnOpen => "TxnOpenException",
            Self::UnknownDB => "UnknownDBException",
            Self::UnknownPartition => "UnknownPartitionException",
            Self::UnknownTable => "UnknownTableException",
        }
    }
}
