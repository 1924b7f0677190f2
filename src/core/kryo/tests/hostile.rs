//! Streams that no Hive wrote: nested, shared and cyclic objects, announced sizes.

use super::vectors::vectors;
use crate::kryo::decode;
use crate::kryo::generation::readings;

const FUNCTION: &str = "org.apache.hadoop.hive.ql.plan.ExprNodeGenericFuncDesc";

/// A Kryo string as an ASCII run.
fn ascii(text: &str) -> Vec<u8> {
    let mut bytes = text.as_bytes().to_vec();
    *bytes.last_mut().unwrap() |= 0x80;
    bytes
}

/// The start of an untyped Hive 2 expression: the root and its list of children, up to the list's length.
fn list_start() -> Vec<u8> {
    [&[1, 1, 0][..], &ascii("java.util.ArrayList"), &[1]].concat()
}

#[test]
fn nesting_is_bounded_and_needs_little_stack() {
    let mut bytes = [list_start(), vec![1, 1, 1], ascii(FUNCTION), vec![1]].concat();
    for _ in 0..100_000 {
        // class ArrayList, new, one element; class ExprNodeGenericFuncDesc, new
        bytes.extend([1, 0, 1, 1, 1, 1, 1]);
    }
    let thread = std::thread::Builder::new().stack_size(1 << 20);
    let error = thread.spawn(move || decode(&bytes).unwrap_err()).unwrap().join().unwrap();
    assert!(error.reason.contains("nested"), "{error}");
}

#[test]
fn deep_expressions_of_hive_need_little_stack() {
    let line = include_str!("../testdata/hive4.tsv").lines().find(|line| line.starts_with("deep_or\t")).unwrap();
    let bytes = super::vectors::from_hex(line.rsplit('\t').next().unwrap());
    let thread = std::thread::Builder::new().stack_size(1 << 20);
    thread.spawn(move || decode(&bytes).map(drop).unwrap()).unwrap().join().unwrap();
}

#[test]
fn a_list_cannot_be_longer_than_its_bytes() {
    let bytes = [list_start(), vec![0xff, 0xff, 0xff, 0xff, 0x0f]].concat();
    assert!(decode(&bytes).is_err());
    let mut reasons = readings(&bytes).filter_map(|(_, reading)| reading.err()).map(|error| error.reason);
    assert!(reasons.any(|reason| reason.contains("longer than the bytes left")));
}

#[test]
fn a_list_that_holds_its_owner_is_an_error() {
    // The only child is a reference to the root.
    let bytes = [list_start(), vec![1, 1, 1], ascii(FUNCTION), vec![2], rest()].concat();
    let error = decode(&bytes).unwrap_err();
    assert!(error.reason.contains("nested"), "{error}");
}

/// Fifty levels of pairs of the same object would be 2^50 nodes.
#[test]
fn shared_objects_are_counted() {
    let mut bytes = [list_start(), vec![2, 1, 1], ascii(FUNCTION), vec![1]].concat();
    for _ in 0..49 {
        bytes.extend([1, 0, 1, 2, 1, 1, 1]);
    }
    // The innermost has no children; every other one has itself's first child as its second.
    bytes.extend([1, 0, 1, 0]);
    bytes.extend(rest());
    for level in (1..50_u8).rev() {
        // Objects 0 and 1 are the root and its list; object 2n is the function at level n.
        bytes.extend([1, 1, 2 * (level + 1) + 2]);
        bytes.extend(rest_again());
    }
    bytes.extend([1, 1, 4]);
    bytes.extend(rest_again());
    let error = decode(&bytes).unwrap_err();
    assert!(error.reason.contains("nodes"), "{error}");
}

/// genericUDF, isSortedExpr and typeInfo of a function, with their classes.
fn rest() -> Vec<u8> {
    let udf = ascii("org.apache.hadoop.hive.ql.udf.generic.GenericUDFOPAnd");
    let type_info = ascii("org.apache.hadoop.hive.serde2.typeinfo.PrimitiveTypeInfo");
    [vec![1, 2], udf, vec![1, 0, 0, 1, 3], type_info, vec![1, 1], ascii("boolean")].concat()
}

/// The same, with the classes known: no string is shared.
fn rest_again() -> Vec<u8> {
    [vec![1, 2, 1, 0, 0, 1, 3, 1, 1], ascii("boolean")].concat()
}

/// A long text that a thousand columns share would be copied a thousand times.
#[test]
fn shared_texts_are_counted() {
    let name = "x".repeat(100_000);
    let column = ascii("org.apache.hadoop.hive.ql.plan.ExprNodeColumnDesc");
    let type_info = ascii("org.apache.hadoop.hive.serde2.typeinfo.PrimitiveTypeInfo");
    let mut bytes = [list_start(), vec![0xe8, 0x07], vec![1, 1], column, vec![1, 1], ascii(&name)].concat();
    // The first column is object 2, its name 3, its type 4 and that one's name 5.
    bytes.extend([vec![0, 0, 0, 1, 2], type_info, vec![1, 1], ascii("string")].concat());
    for _ in 1..1000 {
        bytes.extend([1, 1, 1, 5, 0, 0, 0, 1, 2, 6]);
    }
    let udf = ascii("org.apache.hadoop.hive.ql.udf.generic.GenericUDFOPAnd");
    bytes.extend([vec![1, 3], udf, vec![1, 0, 0, 1, 2, 6]].concat());
    let error = decode(&bytes).unwrap_err();
    assert!(error.reason.contains("text"), "{error}");
}

#[test]
fn unknown_classes_are_named() {
    let bytes = [vec![1, 1, 0], ascii("com.example.Gadget\u{7}"), vec![1]].concat();
    let error = decode(&bytes).unwrap_err();
    assert!(error.reason.contains("`com.example.Gadget?`"), "{error}");
    let error = crate::Error::from(error);
    assert_eq!(error.kind, crate::Kind::Meta);
}

/// A class name in the place of any other that the stream names.
#[test]
fn exchanged_classes_end() {
    for vector in vectors().iter().step_by(11) {
        let mut bytes = vector.bytes.clone();
        for place in 0..bytes.len().saturating_sub(2) {
            let old = [bytes[place], bytes[place + 1]];
            for id in [0, 3] {
                bytes[place..place + 2].copy_from_slice(&[1, id]);
                drop(decode(&bytes));
            }
            bytes[place..place + 2].copy_from_slice(&old);
        }
    }
}
