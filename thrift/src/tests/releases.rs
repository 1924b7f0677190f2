//! What only some releases send.

use super::written;
use crate::methods::METHODS;
use crate::types::{AddDynamicPartitions, Decimal, InsertEventRequestData, StringColumnStatsData, Table};
use crate::wire::{Decode, Encode, Kind, Set, Slot, WireError};
use crate::{Exception, Limits, MethodInfo, Protocol, Reader, Writer};

fn read<T: Decode>(protocol: Protocol, write: impl FnOnce(&mut Writer)) -> Result<T, WireError> {
    let bytes = written(protocol, |w| {
        let outer = w.struct_begin();
        write(w);
        w.struct_end(outer);
    });
    T::decode(&mut Reader::new(protocol, &bytes, Limits::default()))
}

fn text(text: &str) -> String {
    text.to_owned()
}

#[test]
fn all_methods() {
    // Hive's 295 of seven releases, and the 13 of fb303.
    assert_eq!(METHODS.len(), 308);
    assert!(METHODS.is_sorted_by_key(|method| method.name));
    for method in METHODS {
        assert_eq!(MethodInfo::find(method.name).unwrap().name, method.name);
    }
    assert!(MethodInfo::find("get_tabl").is_none());
    let oneway: Vec<_> = METHODS.iter().filter(|method| method.oneway).map(|method| method.name).collect();
    assert_eq!(oneway, ["reinitialize", "shutdown"]);
    let get_table = MethodInfo::find("get_table").unwrap();
    assert_eq!((get_table.since, get_table.until), ("2.3", Some("4.0")));
    assert_eq!(get_table.throws[1].exception, Exception::NoSuchObject);
    assert!(METHODS.iter().all(|method| method.name.len() < 255));
}

/// 2.3 has no write id, so all its fields stand one place earlier.
#[test]
fn add_dynamic_partitions() {
    for protocol in super::PROTOCOLS {
        let old: AddDynamicPartitions = read(protocol, |w| {
            7_i64.put(w, 1);
            text("db").put(w, 2);
            text("tbl").put(w, 3);
            vec![text("p=1")].put(w, 4);
            2_i32.put(w, 5);
        })
        .unwrap();
        assert_eq!((old.dbname_v2, old.dbname), (Some(text("db")), Some(text("tbl"))));
        assert_eq!((old.writeid, old.partitionnames_v2), (None, Some(vec![text("p=1")])));
        let new: AddDynamicPartitions = read(protocol, |w| {
            7_i64.put(w, 1);
            8_i64.put(w, 2);
            text("db").put(w, 3);
            text("tbl").put(w, 4);
            vec![text("p=1")].put(w, 5);
        })
        .unwrap();
        assert_eq!((new.writeid, new.dbname_v2, new.dbname), (Some(8), None, Some(text("db"))));
        assert_eq!((new.tablename, new.partitionnames), (Some(text("tbl")), Some(vec![text("p=1")])));
    }
}

#[test]
fn insert_event() {
    for protocol in super::PROTOCOLS {
        let old: InsertEventRequestData = read(protocol, |w| {
            vec![text("f")].put(w, 1);
            vec![text("sum")].put(w, 2);
        })
        .unwrap();
        assert_eq!((old.replace, old.files_added_v2), (None, Some(vec![text("f")])));
        let new: InsertEventRequestData = read(protocol, |w| {
            true.put(w, 1);
            vec![text("f")].put(w, 2);
        })
        .unwrap();
        assert_eq!((new.replace, new.files_added), (Some(true), Some(vec![text("f")])));
    }
}

/// 2.3.10's catalog name, where others have a struct; and types that no release has there.
#[test]
fn wrong_types_are_passed_over() {
    for protocol in super::PROTOCOLS {
        let table: Table = read(protocol, |w| {
            Set(vec![true, false]).put(w, 1);
            vec![(text("a"), vec![vec![1_i64]])].put(w, 4);
            text("hive").put(w, 16);
            true.put(w, 60);
            1.5_f64.put(w, 61);
            text("x").put(w, 30);
        })
        .unwrap();
        assert_eq!(table, Table { cat_name_v2: Some(text("hive")), ..read(protocol, |_| {}).unwrap() });
    }
}

#[test]
fn missing_required() {
    let error = read::<Decimal>(Protocol::Binary, |w| 2_i16.put(w, 3)).unwrap_err();
    assert_eq!(error, WireError::MissingField { owner: "Decimal", field: "unscaled" });
    assert_eq!(error.to_string(), "Required field 'unscaled' is unset! Struct:Decimal");
    // A required field of the wrong type did not come either.
    let error = read::<Decimal>(Protocol::Binary, |w| 1_i64.put(w, 1)).unwrap_err();
    assert!(matches!(error, WireError::MissingField { .. }));
}

/// Java writes Decimal's scale before its value.
#[test]
fn decimal_order() {
    let decimal = Decimal { scale: 2, unscaled: vec![1, 44] };
    let bytes = written(Protocol::Binary, |w| decimal.encode(w));
    assert_eq!(bytes, [6, 0, 3, 0, 2, 11, 0, 1, 0, 0, 0, 2, 1, 44, 0]);
}

/// 2.3 calls sketches strings; they are not text.
#[test]
fn sketches_keep_their_bytes() {
    let sketch = vec![b'H', b'L', b'L', 0xff, 0x80];
    let stats = StringColumnStatsData { bit_vectors: Some(sketch.clone()), ..Default::default() };
    let bytes = written(Protocol::Binary, |w| stats.encode(w));
    let again = StringColumnStatsData::decode(&mut Reader::new(Protocol::Binary, &bytes, Limits::default())).unwrap();
    assert_eq!(again.bit_vectors, Some(sketch));
}

/// Some peers write type 0 for the elements of an empty container.
#[test]
fn empty_containers() {
    let table: Table = read(Protocol::Binary, |w| {
        w.field_begin(Kind::List, 8);
        w.raw(&[0, 0, 0, 0, 0]);
        w.field_begin(Kind::Map, 9);
        w.raw(&[0, 0, 0, 0, 0, 0]);
        w.field_begin(Kind::List, 40);
        w.raw(&[0, 0, 0, 0, 0]);
    })
    .unwrap();
    assert_eq!((table.partition_keys, table.parameters), (Some(vec![]), Some(vec![])));
}
