//! Vectors that Hive's own releases wrote: they decode, print as Hive prints them, and whatever is done to their bytes
//! ends in an answer or an error.

use crate::kryo::class::Release;
use crate::kryo::generation::{Decoded, decode, readings};
use crate::kryo::text::Style;
use crate::kryo::{ClientZone, filter};
use crate::name::DEFAULT_PARTITION;

use super::evaluation::table;
use super::vectors::{Vector, vectors};

#[test]
fn every_vector_reads_as_hive_prints_it() {
    for vector in vectors() {
        let style = if vector.release == Release::Hive4 { Style::Marked } else { Style::Bare };
        match decode(&vector.bytes) {
            Ok(Decoded::Expression(node, _)) => assert_eq!(node.print(style), vector.text, "{}", vector.name),
            other => panic!("{}: {other:?}", vector.name),
        }
    }
}

/// Hive 2 and 3 write these expressions alike; between Hive 4 and them only one reading exists.
#[test]
fn generations_are_told_apart() {
    for Vector { name, release, typed, bytes, .. } in vectors() {
        for (dialect, reading) in readings(&bytes) {
            let is_own = if release == Release::Hive4 {
                dialect.release == Release::Hive4 && dialect.typed_root == typed
            } else {
                dialect.release < Release::Hive4
            };
            if !is_own {
                assert!(reading.is_err(), "{name} read as {dialect:?}");
            } else if !dialect.hadoop_3_4 {
                assert!(reading.is_ok(), "{name} read as {dialect:?}: {reading:?}");
            }
        }
    }
}

#[test]
fn truncated_vectors_are_errors() {
    for vector in vectors() {
        for end in 1..vector.bytes.len() {
            assert!(decode(&vector.bytes[..end]).is_err(), "{} cut at {end}", vector.name);
        }
    }
}

/// No flipped byte panics, loops or takes memory that was not announced by bytes.
#[test]
fn flipped_vectors_end() {
    let keys = table().keys;
    for vector in vectors() {
        let mut bytes = vector.bytes;
        for place in 0..bytes.len() {
            let flip = [0x01, 0x80, 0x02, 0xff, 0x40][place % 5];
            bytes[place] ^= flip;
            if let Ok(Decoded::Expression(node, generation)) = decode(&bytes) {
                drop(filter(&node, generation, &keys, DEFAULT_PARTITION, ClientZone::Unknown).unwrap());
            }
            bytes[place] ^= flip;
        }
    }
}

#[test]
fn bytes_after_the_end_are_an_error() {
    for mut vector in vectors() {
        vector.bytes.push(0);
        assert!(decode(&vector.bytes).is_err(), "{}", vector.name);
    }
}

#[test]
fn texts_are_texts() {
    let filter = "(ds='2020-01-01' AND hr='ä') OR (ds='b')";
    assert_eq!(decode(filter.as_bytes()), Ok(Decoded::Text(filter.to_owned())));
    assert_eq!(decode(b""), Ok(Decoded::Text(String::new())));
    for bad in [&b"ds=\xff"[..], b"ds=\x00", b"\x02", b"\x01", b"\x00"] {
        assert!(decode(bad).is_err(), "{bad:?}");
    }
}
