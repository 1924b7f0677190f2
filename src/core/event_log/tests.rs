//! The text of views, and the order of partitions.

use std::cmp::Ordering;
use std::sync::Arc;

use super::*;
use crate::Kind;
use crate::table::{Column, Shape, Storage, Table};

fn columns(all: &[(&str, &str)]) -> Vec<Column> {
    let column = |(name, type_name): &(&str, &str)| Column {
        name: (*name).into(),
        type_name: Some((*type_name).into()),
        comment: None,
    };
    all.iter().map(column).collect()
}

fn table() -> Table {
    let data = [("id", "bigint"), ("op", "string"), ("ts", "timestamp"), ("seq", "bigint"), ("name", "string")];
    let shape = Shape { columns: Some(columns(&data)), ..Shape::default() };
    Table {
        catalog: "hive".into(),
        database: "db".into(),
        name: "events".into(),
        storage: Some(Storage { shape: Arc::new(shape), location: Some("file:/e".into()) }),
        partition_keys: columns(&[("dt", "string"), ("hour", "int")]),
        ..Table::default()
    }
}

fn log() -> EventLog {
    EventLog {
        keys: vec!["id".into()],
        order: vec!["ts".into(), "seq".into()],
        is_order_total: true,
        operation: Some(Operation { column: "op".into(), deletes: vec!["D".into()] }),
        snapshot_table: "snapshots".into(),
        view: "latest".into(),
        trino_catalog: None,
        compacted_view: None,
        tombstones_ms: None,
    }
}

fn at(dt: &str, hour: &str) -> Boundary {
    Boundary(vec![dt.into(), hour.into()])
}

fn shown<'a>(id: &'a str, watermark: &'a Boundary) -> ViewSnapshot<'a> {
    ViewSnapshot { id, watermark, horizon: None }
}

#[test]
fn the_text_reads_a_snapshot_and_what_came_since() {
    let (log, table, watermark, late) = (log(), table(), at("2024-01-02", "06"), [at("2024-01-01", "3")]);
    let input = ViewInput { log: &log, table: &table, snapshot: Some(shown("s1", &watermark)), late: &late };
    assert_eq!(
        final_view_text(input, Dialect::Hive).unwrap(),
        "SELECT `r`.`id`, `r`.`op`, `r`.`ts`, `r`.`seq`, `r`.`name` FROM (SELECT `u`.`id`, `u`.`op`, `u`.`ts`, `u`.`seq`, \
         `u`.`name`, ROW_NUMBER() OVER (PARTITION BY `u`.`id` ORDER BY `u`.`ts` DESC, `u`.`seq` DESC) AS `skep_rank` FROM \
         (SELECT `snapshots`.`id`, `snapshots`.`op`, `snapshots`.`ts`, `snapshots`.`seq`, `snapshots`.`name` FROM \
         `db`.`snapshots` WHERE `snapshots`.`snapshot_id` = 's1' UNION ALL SELECT `events`.`id`, `events`.`op`, \
         `events`.`ts`, `events`.`seq`, `events`.`name` FROM `db`.`events` WHERE ((`events`.`dt` > '2024-01-02' OR \
         (`events`.`dt` = '2024-01-02' AND `events`.`hour` > 6)) OR (`events`.`dt` = '2024-01-01' AND `events`.`hour` = 3))) \
         `u`) `r` WHERE `r`.`skep_rank` = 1 AND (`r`.`op` IS NULL OR `r`.`op` NOT IN ('D'))"
    );
    let trino = final_view_text(input, Dialect::Trino).unwrap();
    assert!(trino.contains("\"events\".\"hour\" > 6") && !trino.contains('`'));
    let many = vec![at("2024-01-01", "3"); LATE_MAX + 1];
    let failed = final_view_text(ViewInput { late: &many, ..input }, Dialect::Hive).unwrap_err();
    assert_eq!(failed.kind, Kind::InvalidOperation);
}

#[test]
fn without_a_snapshot_it_reads_the_log() {
    let (log, table) = (EventLog { operation: None, is_order_total: false, ..log() }, table());
    let input = ViewInput { log: &log, table: &table, snapshot: None, late: &[] };
    let text = final_view_text(input, Dialect::Hive).unwrap();
    assert!(!text.contains("snapshot") && !text.contains("dt"), "{text}");
    assert!(text.contains("ORDER BY `u`.`ts` DESC, `u`.`seq` DESC, `u`.`op` DESC, `u`.`name` DESC"), "{text}");
    assert!(text.ends_with("WHERE `r`.`skep_rank` = 1"), "{text}");
}

#[test]
fn texts_cannot_break_out_of_their_quotes() {
    let mut log = log();
    log.operation = Some(Operation { column: "op".into(), deletes: vec![r"a'b\".into()] });
    let table = table();
    let watermark = at("x' OR '1'='1", "1");
    let input = ViewInput { log: &log, table: &table, snapshot: Some(shown("s", &watermark)), late: &[] };
    let hive = final_view_text(input, Dialect::Hive).unwrap();
    assert!(hive.contains(r"NOT IN ('a\'b\\')") && hive.contains(r"> 'x\' OR \'1\'=\'1'"), "{hive}");
    let trino = final_view_text(input, Dialect::Trino).unwrap();
    assert!(trino.contains(r"NOT IN ('a''b\')") && trino.contains("> 'x'' OR ''1''=''1'"), "{trino}");
}

#[test]
fn a_compaction_keeps_deletions() {
    let (log, table, watermark) = (log(), table(), at("2024-01-02", "6"));
    let input = ViewInput { log: &log, table: &table, snapshot: Some(shown("s1", &watermark)), late: &[] };
    let text =
        snapshot_query_text(input, &[at("2024-01-02", "7"), at("2024-01-02", "8")], None, Dialect::Hive).unwrap();
    assert!(text.ends_with("WHERE `r`.`skep_rank` = 1"), "{text}");
    assert!(text.contains("WHERE ((`events`.`dt` = '2024-01-02' AND `events`.`hour` IN (7, 8)))"), "{text}");
    let apart =
        snapshot_query_text(input, &[at("2024-01-02", "7"), at("2024-01-03", "7")], None, Dialect::Trino).unwrap();
    assert!(
        apart.contains(r#"("events"."dt" = '2024-01-02' AND "events"."hour" = 7) OR ("events"."dt" = '2024-01-03'"#),
        "{apart}"
    );
    let none = snapshot_query_text(input, &[], None, Dialect::Hive).unwrap();
    assert!(none.contains("WHERE (1 = 0)"), "{none}");
}

#[test]
fn what_is_older_than_the_horizon_does_not_count() {
    let (log, table, watermark, late) = (log(), table(), at("2024-01-02", "6"), [at("2024-01-01", "3")]);
    let horizon = "2024-01-01 00:00:00";
    let snapshot = Some(ViewSnapshot { horizon: Some(horizon), ..shown("s1", &watermark) });
    let input = ViewInput { log: &log, table: &table, snapshot, late: &late };
    let hive = final_view_text(input, Dialect::Hive).unwrap();
    let bar = "AND `events`.`ts` >= CAST('2024-01-01 00:00:00' AS TIMESTAMP))";
    assert!(hive.contains(&format!("`events`.`hour` = 3)) {bar}")), "{hive}");
    assert!(
        !hive.split(" UNION ALL ").next().unwrap().contains("CAST"),
        "the snapshot's rows count however old: {hive}"
    );

    let partitions = [at("2024-01-02", "7")];
    let barred = barred_query_text(input, &partitions, Dialect::Trino).unwrap().unwrap();
    assert!(barred.ends_with(r#""events"."ts" < CAST('2024-01-01 00:00:00' AS TIMESTAMP))"#), "{barred}");
    let plain = ViewInput { snapshot: Some(shown("s1", &watermark)), ..input };
    assert_eq!(barred_query_text(plain, &partitions, Dialect::Trino).unwrap(), None);

    let text = snapshot_query_text(input, &partitions, Some("2024-01-02 00:00:00"), Dialect::Hive).unwrap();
    assert!(text.contains(bar), "{text}");
    let kept =
        "AND ((`r`.`op` IS NULL OR `r`.`op` NOT IN ('D')) OR `r`.`ts` >= CAST('2024-01-02 00:00:00' AS TIMESTAMP))";
    assert!(text.ends_with(kept), "{text}");
    // The first one bars nothing: all that was in the log counts, however old.
    let first = ViewInput { snapshot: None, ..input };
    let text = snapshot_query_text(first, &partitions, Some(horizon), Dialect::Hive).unwrap();
    assert!(
        text.ends_with("`r`.`ts` >= CAST('2024-01-01 00:00:00' AS TIMESTAMP))") && text.matches("CAST").count() == 1
    );
}

#[test]
fn horizons_are_texts_that_order_as_times() {
    let (log, table) = (log(), table());
    let time = EventTime::of(&log, &table).unwrap();
    assert_eq!(time.text(1_704_067_199_999), "2023-12-31 23:59:59");
    assert_eq!(EventTime::Date.text(1_704_067_199_999), "2023-12-31");
    assert!(time.text(1_704_067_199_999) < time.text(1_704_067_200_000));
    for one in [time, EventTime::Date] {
        assert!(one.value(&one.text(0)).is_some() && one.value("x").is_none());
    }
    let by_number = EventLog { order: vec!["seq".into()], ..log };
    assert_eq!(EventTime::of(&by_number, &table), None);
}

#[test]
fn partitions_are_ordered_by_the_types_of_their_keys() {
    let arrival = ArrivalOrder::of(&table()).unwrap();
    let order = |one: &Boundary, other: &Boundary| arrival.compare(one, other);
    assert_eq!(order(&at("2024-01-02", "9"), &at("2024-01-02", "10")), Ordering::Less);
    assert_eq!(order(&at("2024-01-03", "1"), &at("2024-01-02", "10")), Ordering::Greater);
    assert_eq!(order(&at("2024-01-02", "06"), &at("2024-01-02", "6")), Ordering::Equal);
    for bad in [at("2024-01-02", "x"), at("2024-01-02", "__HIVE_DEFAULT_PARTITION__"), Boundary(vec!["a".into()])] {
        assert_eq!(arrival.boundary(&bad.0).unwrap_err().kind, Kind::InvalidObject, "{bad:?}");
    }
    let double = Table { partition_keys: columns(&[("d", "double")]), ..table() };
    assert!(ArrivalOrder::of(&double).unwrap_err().message.contains("double"));
}

#[test]
fn what_cannot_be_a_log_is_named() {
    let day = Some(86_400_000);
    let cases: [(&str, EventLog, Table); 12] = [
        ("no key column", EventLog { keys: vec![], ..log() }, table()),
        ("there is no key column `x`; the table has id, op", EventLog { keys: vec!["x".into()], ..log() }, table()),
        ("`dt` is a partition key", EventLog { keys: vec!["dt".into()], ..log() }, table()),
        ("named twice", EventLog { order: vec!["ts".into(), "ts".into()], ..log() }, table()),
        ("no partition keys", log(), Table { partition_keys: vec![], ..table() }),
        ("a view cannot", log(), Table { table_type: crate::table::TableType::View, ..table() }),
        (
            "must be a string",
            EventLog { operation: Some(Operation { column: "seq".into(), deletes: vec!["1".into()] }), ..log() },
            table(),
        ),
        (
            "at least one value",
            EventLog { operation: Some(Operation { column: "op".into(), deletes: vec![] }), ..log() },
            table(),
        ),
        (
            "`seq`, must be a timestamp or a date",
            EventLog { order: vec!["seq".into()], tombstones_ms: day, ..log() },
            table(),
        ),
        ("no operation column", EventLog { operation: None, tombstones_ms: day, ..log() }, table()),
        ("3600000 to", EventLog { tombstones_ms: Some(0), ..log() }, table()),
        ("has no order in all engines", EventLog { is_order_total: false, ..log() }, with_map()),
    ];
    for (expected, log, table) in cases {
        let error = log.check(&table).unwrap_err();
        assert!(error.message.contains(expected), "{expected}: {}", error.message);
        assert_eq!(error.kind, Kind::InvalidObject);
    }
    log().check(&table()).unwrap();
    log().check(&with_map()).unwrap();
}

fn with_map() -> Table {
    let shape =
        Shape { columns: Some([table().columns(), &columns(&[("m", "map<int,int>")])].concat()), ..Shape::default() };
    Table { storage: Some(Storage { shape: Arc::new(shape), location: Some("file:/e".into()) }), ..table() }
}
