//! Every kind of error against every list of exceptions that a method declares.

use std::collections::BTreeMap;
use std::fmt::Write;

use skep::hms::{declared, text, wanted};
use skep_core::{Error, Kind};
use skep_thrift::Exception;
use skep_thrift::methods::METHODS;

use crate::golden;

const KINDS: [Kind; 20] = [
    Kind::NotFound,
    Kind::UnknownDatabase,
    Kind::UnknownTable,
    Kind::UnknownPartition,
    Kind::InvalidPartition,
    Kind::AlreadyExists,
    Kind::InvalidObject,
    Kind::InvalidOperation,
    Kind::InvalidInput,
    Kind::Meta,
    Kind::ConfigValue,
    Kind::NoSuchLock,
    Kind::NoSuchTxn,
    Kind::TxnAborted,
    Kind::TxnOpen,
    Kind::Conflict,
    Kind::Lost,
    Kind::Unavailable,
    Kind::Corrupt,
    Kind::Internal,
];

/// One block a list of exceptions: which methods declare it, and what each kind of error becomes there.
#[test]
fn every_kind_is_told_by_an_exception_that_the_method_declares() {
    let mut lists: BTreeMap<Vec<Exception>, Vec<&str>> = BTreeMap::new();
    for method in METHODS {
        let mut throws: Vec<_> = method.throws.iter().map(|throw| throw.exception).collect();
        throws.sort();
        lists.entry(throws).or_default().push(method.name);
    }
    let mut out = String::new();
    for (list, methods) in lists {
        let names: Vec<_> = list.iter().map(|exception| exception.name()).collect();
        writeln!(out, "[{}]\n  of {}", names.join(", "), methods.join(" ")).unwrap();
        let method = METHODS.iter().find(|method| method.name == methods[0]).unwrap();
        let mut told: BTreeMap<&str, Vec<String>> = BTreeMap::new();
        for kind in KINDS {
            let answer = declared(kind, method.throws);
            assert!(answer.is_none_or(|throw| list.contains(&throw.exception)));
            let name = answer.map_or("internal error", |throw| throw.exception.name());
            told.entry(name).or_default().push(format!("{kind:?}"));
        }
        for (name, kinds) in told {
            writeln!(out, "  {name:30} {}", kinds.join(" ")).unwrap();
        }
    }
    golden::check("exceptions.txt", &out);
}

#[test]
fn every_kind_can_be_told_where_meta_exception_is_declared() {
    for kind in KINDS {
        assert_eq!(wanted(kind).iter().filter(|exception| **exception == Exception::Meta).count(), 1, "{kind:?}");
    }
}

/// Java clients repeat a call whose MetaException speaks of these (semantics §15).
#[test]
fn no_text_of_ours_looks_like_a_transport_fault() {
    for kind in KINDS {
        let text = text(&Error::new(kind, "")).into_owned();
        for word in ["JDO", "TTransportException", "TProtocolException"] {
            assert!(!text.contains(word), "{text}");
        }
    }
}
