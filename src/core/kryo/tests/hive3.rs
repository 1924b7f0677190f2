//! Hive 3.1's dates, which no vector shows: Hive 2's stream with Hive's own Date in it, whose LocalDate is written field
//! by field (Kryo 3.0.3 knows no java.time) or in Kryo 4's short form.

use super::vectors::{find, vectors};
use crate::kryo::{Decoded, Style, decode};

/// 2020-01-02 of the Hive 2 vector: class number, reference marker, milliseconds.
const SQL_DATE: [u8; 10] = [0x0c, 1, 0, 0, 1, 0x6f, 0x63, 0x8d, 0x44, 0];

fn with_hive_date(local_date: &[u8]) -> Vec<u8> {
    let bytes = vectors().into_iter().find(|vector| vector.name == "init_eq_date").unwrap().bytes;
    let at = find(&bytes, &SQL_DATE);
    let mut name = b"org.apache.hadoop.hive.common.type.Date".to_vec();
    *name.last_mut().unwrap() |= 0x80;
    // The class takes name 4, and those that follow move on by one.
    let mut rest = bytes[at + SQL_DATE.len()..].to_vec();
    for (name, id) in [("org.apache.hadoop.hive.ql.udf", 4), ("org.apache.hadoop.io.Boolean", 5)] {
        let at = find(&rest, name.as_bytes()) - 1;
        assert_eq!(rest[at], id);
        rest[at] += 1;
    }
    [&bytes[..at], &[1, 4], &name, &[1, 1], local_date, &rest].concat()
}

#[test]
fn dates_in_both_forms() {
    // day and month as shorts, year as a zigzag varint; year as a varint, month, day.
    for form in [&[0, 2, 0, 1, 0xc8, 0x1f][..], &[0xe4, 0x0f, 1, 2]] {
        match decode(&with_hive_date(form)) {
            Ok(Decoded::Expression(node, _)) => assert_eq!(node.print(Style::Marked), "(dt = DATE'2020-01-02')"),
            other => panic!("{other:?}"),
        }
    }
    assert!(decode(&with_hive_date(&[0, 31, 0, 2, 0xc8, 0x1f])).is_err(), "31 February");
}
