//! Errors on their way out: which of the exceptions that a method declares tells an error of ours. An undeclared
//! one would break the client's decoder, so this is decided in one place, for all methods (semantics §14).

use std::borrow::Cow;

use skep_core::{Error, Kind};
use skep_thrift::{Exception, Throw};

/// Exceptions that can tell this kind, best first.
pub fn wanted(kind: Kind) -> &'static [Exception] {
    use Exception as E;
    match kind {
        // Reads declare NoSuchObject; adds and creates, InvalidObject; alters, InvalidOperation.
        Kind::NotFound => {
            &[E::NoSuchObject, E::UnknownTable, E::UnknownDB, E::InvalidObject, E::InvalidOperation, E::Meta]
        }
        Kind::UnknownDatabase => &[E::UnknownDB, E::NoSuchObject, E::InvalidObject, E::InvalidOperation, E::Meta],
        Kind::UnknownTable => &[E::UnknownTable, E::NoSuchObject, E::InvalidObject, E::InvalidOperation, E::Meta],
        Kind::UnknownPartition => {
            &[E::UnknownPartition, E::InvalidPartition, E::NoSuchObject, E::InvalidOperation, E::Meta]
        }
        Kind::InvalidPartition => &[E::InvalidPartition, E::UnknownPartition, E::InvalidObject, E::Meta],
        Kind::AlreadyExists => &[E::AlreadyExists, E::InvalidOperation, E::Meta],
        Kind::InvalidObject => &[E::InvalidObject, E::InvalidInput, E::InvalidOperation, E::Meta],
        Kind::InvalidOperation => &[E::InvalidOperation, E::Meta],
        Kind::InvalidInput => &[E::InvalidInput, E::InvalidObject, E::InvalidOperation, E::Meta],
        Kind::ConfigValue => &[E::ConfigValSecurity, E::Meta],
        Kind::NoSuchLock => &[E::NoSuchLock, E::NoSuchObject, E::Meta],
        Kind::NoSuchTxn => &[E::NoSuchTxn, E::NoSuchObject, E::Meta],
        Kind::TxnAborted => &[E::TxnAborted, E::NoSuchTxn, E::Meta],
        Kind::TxnOpen => &[E::TxnOpen, E::InvalidOperation, E::Meta],
        Kind::Undeclared => &[],
        // Never as a protocol error where it can be helped: Trino repeats a call on one for 30 s, Java reconnects.
        Kind::Meta | Kind::Conflict | Kind::Lost | Kind::Unavailable | Kind::Corrupt | Kind::Internal => &[E::Meta],
    }
}

/// The first wanted exception that the method declares; None means that only the protocol's own internal error
/// is left.
pub fn declared(kind: Kind, throws: &'static [Throw]) -> Option<&'static Throw> {
    wanted(kind).iter().find_map(|wanted| throws.iter().find(|throw| throw.exception == *wanted))
}

/// What the client reads. Words of JDO or of Thrift's transports are kept out of all messages: Java clients take
/// them as a reason to repeat the call (semantics §15).
pub fn text(error: &Error) -> Cow<'_, str> {
    match error.kind {
        Kind::Lost | Kind::Unavailable => {
            Cow::Owned(format!("The metastore cannot reach its database now, try again later: {}", error.message))
        }
        _ => Cow::Borrowed(&error.message),
    }
}
