use crate::Limits;
use crate::sample::{Sample, Source};
use crate::types::{
    ColumnStatistics, CreationMetadata, Decimal, DoubleColumnStatsData, FieldSchema, Function, NotificationEvent,
    Partition, SkewedInfo, Table,
};
use crate::wire::{Decode, Encode, WireError, from_json, to_json};

fn round_trip<T: Sample + Encode + Decode + PartialEq + std::fmt::Debug>() {
    for seed in 0..200 {
        let value = T::sample(&mut Source::new(seed));
        let text = to_json(&value);
        assert_eq!(from_json::<T>(&text, Limits::default()).as_ref(), Ok(&value), "{text}");
    }
}

#[test]
fn round_trips() {
    round_trip::<Table>();
    round_trip::<Partition>();
    round_trip::<Function>();
    round_trip::<ColumnStatistics>();
    round_trip::<CreationMetadata>();
    round_trip::<NotificationEvent>();
}

/// The text Java's TJSONProtocol writes for these values.
#[test]
fn golden() {
    let text = |text: &str| Some(text.to_owned());
    let table = Table {
        table_name: text("t\"\u{1}\n"),
        create_time: 5,
        partition_keys: Some(vec![FieldSchema { name: text("ds"), r#type: text("string"), comment: None }]),
        parameters: Some(vec![("a".to_owned(), "é/".to_owned())]),
        temporary: true,
        ..Table::default()
    };
    assert_eq!(
        to_json(&table),
        r#"{"1":{"str":"t\"\u0001\n"},"4":{"i32":5},"5":{"i32":0},"6":{"i32":0},"8":{"lst":["rec",1,{"1":{"str":"ds"},"2":{"str":"string"}}]},"9":{"map":["str","str",1,{"a":"é/"}]},"14":{"tf":1},"18":{"i32":1}}"#
    );
    let decimal = Decimal { scale: 2, unscaled: vec![1, 44] };
    assert_eq!(to_json(&decimal), r#"{"3":{"i16":2},"1":{"str":"ASw"}}"#);
    // A list as a map's key: no JSON, but what Java writes and reads.
    let skewed = SkewedInfo {
        skewed_col_value_location_maps: Some(vec![(vec!["x".to_owned()], "file:/x".to_owned())]),
        ..SkewedInfo::default()
    };
    assert_eq!(to_json(&skewed), r#"{"3":{"map":["lst","str",1,{["str",1,"x"]:"file:/x"}]}}"#);
    let doubles =
        DoubleColumnStatsData { low_value: Some(f64::NEG_INFINITY), high_value: Some(1.5), ..Default::default() };
    assert_eq!(to_json(&doubles), r#"{"1":{"dbl":"-Infinity"},"2":{"dbl":1.5},"3":{"i64":0},"4":{"i64":0}}"#);
}

#[test]
fn reads_what_others_write() {
    // Spaces, padding, numbers in quotes, escapes of every kind, fields nobody knows.
    let text = r#" { "1" : { "str" : "\u00e9\ud83d\ude00\/\b" } , "40":{"map":["i32","lst",1,{"7":["rec",1,{}]}]},
        "4":{"i32":"12"}, "41":{"lst":["dbl",2,"NaN",1.0]}, "42":{"tf":1} } "#;
    let table: Table = from_json(text, Limits::default()).unwrap();
    assert_eq!((table.table_name.as_deref(), table.create_time), (Some("é😀/\u{8}"), 12));
    let decimal: Decimal = from_json(r#"{"3":{"i16":2},"1":{"str":"ASw="}}"#, Limits::default()).unwrap();
    assert_eq!(decimal.unscaled, [1, 44]);
}

#[test]
fn hostile() {
    let read = |text: &str| from_json::<Table>(text, Limits::default());
    let whole = to_json(&Table::sample(&mut Source::new(3)));
    for (end, _) in whole.char_indices() {
        assert!(read(&whole[..end]).is_err(), "{end}");
    }
    assert!(matches!(read(r"{} x"), Err(WireError::Json { at: 3, .. })));
    let deep = r#"{"40":{"rec":"#.repeat(50_000);
    assert_eq!(read(&deep), Err(WireError::TooDeep { limit: 64 }));
    assert!(read(r#"{"8":{"lst":["rec",2147483647,{}]}}"#).is_err());
    assert!(read(r#"{"8":{"lst":["rec",-1]}}"#).is_err());
    let mut source = Source::new(4);
    for _ in 0..2000 {
        let mut bytes = whole.clone().into_bytes();
        let at = source.below(bytes.len());
        bytes[at] = b"{}[]\",:0\\utx"[source.below(12)];
        let _ = read(&String::from_utf8_lossy(&bytes));
    }
}
