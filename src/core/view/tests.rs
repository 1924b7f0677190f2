//! What definitions become, and what is refused.

use std::sync::Arc;

use super::*;
use crate::table::{Column, Shape, Storage, Table, TableType};
use crate::{Kind, Result};

fn columns(all: &[(&str, &str)]) -> Vec<Column> {
    let column =
        |(name, of): &(&str, &str)| Column { name: (*name).into(), type_name: Some((*of).into()), comment: None };
    all.iter().map(column).collect()
}

fn table(database: &str, name: &str, data: &[(&str, &str)]) -> Table {
    let shape = Shape { columns: Some(columns(data)), ..Shape::default() };
    Table {
        database: database.into(),
        name: name.into(),
        storage: Some(Storage { shape: Arc::new(shape), location: Some("file:/t".into()) }),
        partition_keys: columns(&[("dt", "string")]),
        ..Table::default()
    }
}

fn tables() -> Vec<Table> {
    let orders = [
        ("id", "bigint"),
        ("shop", "int"),
        ("price", "decimal(10,2)"),
        ("weight", "double"),
        ("note", "string"),
        ("at", "timestamp"),
        ("tags", "array<string>"),
        ("order", "varchar(9)"),
    ];
    let iceberg =
        Table { parameters: [("table_type".to_owned(), "ICEBERG".to_owned())].into(), ..table("d", "ice", &[]) };
    let view = Table { table_type: TableType::View, ..table("d", "view", &[("a", "int")]) };
    vec![table("d", "orders", &orders), table("e", "shops", &[("id", "int"), ("name", "string")]), iceberg, view]
}

fn texts(sql: &str) -> Result<ViewTexts> {
    ViewDefinition::parse(sql)?.texts("d", &tables())
}

#[track_caller]
fn refused(sql: &str, expected: &str) {
    match texts(sql) {
        Err(error) => assert!(error.message.contains(expected), "{sql}: {}", error.message),
        Ok(texts) => panic!("{sql}: {texts:?}"),
    }
}

#[test]
fn both_texts_of_one_definition() {
    let made = texts("select ID, upper(note) as note, price * 2 as twice, o.\"order\" from Orders o where dt > '2024-01-01' -- all\n").unwrap();
    assert_eq!(
        made.hive,
        "SELECT `o`.`id` AS `id`, CAST(UPPER(`o`.`note`) AS string) AS `note`, CAST(CAST((`o`.`price` * CAST(2 AS bigint)) AS \
         decimal(30,2)) AS decimal(30,2)) AS `twice`, `o`.`order` AS `order` FROM `d`.`orders` `o` WHERE (`o`.`dt` > '2024-01-01')"
    );
    assert_eq!(
        made.trino,
        "SELECT \"o\".\"id\" AS \"id\", CAST(UPPER(\"o\".\"note\") AS varchar) AS \"note\", CAST(CAST((\"o\".\"price\" * CAST(2 AS \
         bigint)) AS decimal(30,2)) AS decimal(30,2)) AS \"twice\", \"o\".\"order\" AS \"order\" FROM \"d\".\"orders\" \"o\" WHERE \
         (\"o\".\"dt\" > '2024-01-01')"
    );
    assert_eq!(
        made.columns,
        columns(&[("id", "bigint"), ("note", "string"), ("twice", "decimal(30,2)"), ("order", "varchar(9)")])
    );
}

#[test]
fn joins_groups_unions_and_queries_within() {
    let made = texts(
        "SELECT s.name, count(*) AS orders, sum(o.price) AS total, avg(weight) AS weight FROM orders o \
         LEFT OUTER JOIN e.shops s ON o.shop = s.id WHERE o.at >= TIMESTAMP '2024-01-01 00:00:00' \
         GROUP BY s.name HAVING count(DISTINCT o.id) > 1",
    )
    .unwrap();
    assert!(
        made.hive.contains("FROM `d`.`orders` `o` LEFT JOIN `e`.`shops` `s` ON (`o`.`shop` = `s`.`id`) WHERE"),
        "{}",
        made.hive
    );
    assert!(made.hive.ends_with("GROUP BY `s`.`name` HAVING (COUNT(DISTINCT `o`.`id`) > 1)"), "{}", made.hive);
    assert_eq!(
        made.columns,
        columns(&[("name", "string"), ("orders", "bigint"), ("total", "decimal(38,2)"), ("weight", "double")])
    );
    let made = texts(
        "SELECT x.n, 'a' AS kind FROM (SELECT DISTINCT note AS n FROM orders) x UNION ALL SELECT name, NULL FROM e.shops",
    )
    .unwrap();
    assert_eq!(made.columns, columns(&[("n", "string"), ("kind", "string")]));
    assert!(made.trino.ends_with("UNION ALL SELECT \"shops\".\"name\" AS \"n\", CAST(NULL AS varchar) AS \"kind\" FROM \"e\".\"shops\" \"shops\""), "{}", made.trino);
    let all = texts("SELECT * FROM orders").unwrap();
    assert_eq!(all.columns.len(), 9, "with the partition key");
    assert_eq!(all.columns[6].type_name.as_deref(), Some("array<string>"));
    let own = texts("SELECT shop + 1 AS next, count(*) AS n FROM orders GROUP BY shop + 1").unwrap();
    assert!(own.hive.contains("GROUP BY (CAST(`orders`.`shop` AS bigint) + CAST(1 AS bigint))"), "{}", own.hive);
    assert_eq!(
        ViewDefinition::parse("SELECT 1 AS a FROM b JOIN c.d ON true JOIN b x ON true").unwrap().tables(),
        [(None, "b".to_owned()), (Some("c".to_owned()), "d".to_owned())]
    );
}

#[test]
fn engines_agree_by_what_is_written_for_each() {
    let of = |sql: &str| texts(&format!("SELECT {sql} AS x FROM orders")).unwrap();
    let inner = |text: &str| text.strip_prefix("SELECT CAST(").unwrap().rsplit_once(" AS ").unwrap().0.to_owned();
    assert!(inner(&of("trim(note)").trino).starts_with("TRIM(BOTH ' ' FROM \"orders\".\"note\")"));
    assert!(inner(&of("length(note)").trino).starts_with("CAST(LENGTH(\"orders\".\"note\") AS integer)"));
    assert!(inner(&of("weight / 4").hive).starts_with("(`orders`.`weight` / CAST(CAST(4 AS bigint) AS double))"));
    assert!(inner(&of(r"'it''s \ here'").hive).starts_with(r"'it\'s \\ here'"));
    assert!(inner(&of(r"'it''s \ here'").trino).starts_with(r"'it''s \ here'"));
    assert!(
        inner(&of("case shop when 1 then 1 else 2.5 end").hive)
            .contains("THEN CAST(1 AS decimal(11,1)) ELSE CAST(2.5 AS decimal(11,1)) END")
    );
    assert!(of("weight > 1").hive.contains("(`orders`.`weight` > CAST(1 AS double))"));
    assert!(of("shop in (1, 2, 3)").hive.contains("(`orders`.`shop` IN (1, 2, 3))"), "no CAST that stops pruning");
    for (sql, expected) in
        [("count(*)", "bigint"), ("-shop", "bigint"), ("year(at)", "int"), ("nullif(note, '')", "string")]
    {
        assert_eq!(of(sql).columns[0].type_name.as_deref(), Some(expected), "{sql}");
    }
}

#[test]
fn what_engines_read_differently_is_refused() {
    for (sql, expected) in [
        ("SELECT id / shop AS x FROM orders", "division is by a number"),
        ("SELECT id / 0.0 AS x FROM orders", "division is by a number"),
        ("SELECT id % 1.5 AS x FROM orders", "division is by a number"),
        ("SELECT cast(note AS int) AS x FROM orders", "a CAST of string to int does not"),
        ("SELECT cast(note AS varchar(3)) AS x FROM orders", "a CAST of string to varchar(3)"),
        ("SELECT cast(id AS int) AS x FROM orders", "a CAST of bigint to int"),
        ("SELECT cast(id AS blob) AS x FROM orders", "character 19: a CAST goes to"),
        ("SELECT id FROM orders WHERE note = 5", "int cannot be compared with string"),
        ("SELECT id FROM orders WHERE at > '2024-01-01'", "string cannot be compared with timestamp"),
        ("SELECT id FROM orders WHERE note = NULL", "use IS NULL"),
        ("SELECT id FROM orders WHERE note LIKE 'a\\_b'", "a backslash in a pattern"),
        ("SELECT id FROM orders WHERE tags = tags", "only passed on"),
        ("SELECT now() AS x FROM orders", "now with 0 arguments is none"),
        ("SELECT avg(price) AS x FROM orders", "rounded differently"),
        ("SELECT row_number() OVER (ORDER BY id) AS x FROM orders", "windows sort NULL differently"),
        ("SELECT id FROM orders ORDER BY id", "no order and no limit"),
        ("SELECT id FROM orders UNION SELECT id FROM orders", "UNION ALL is expected"),
        ("SELECT weight, count(*) AS n FROM orders GROUP BY weight", "floating-point"),
        ("SELECT shop FROM orders GROUP BY 1", "the place of a column"),
        ("SELECT substr(note, 0) AS x FROM orders", "substr takes integers from 1 on"),
        ("SELECT 1e3 AS x FROM orders", "with an exponent"),
        ("SELECT id FROM ice", "a table of ICEBERG"),
        ("SELECT a FROM view", "skep views create"),
    ] {
        refused(sql, expected);
    }
}

#[test]
fn what_is_wrong_is_told_with_its_place() {
    for (sql, expected) in [
        ("SELECT idd FROM orders", "character 8: there is no column `idd`; there are id, shop"),
        ("SELECT x.id FROM orders", "there is no `x` in FROM, but orders"),
        ("SELECT id FROM orders o JOIN e.shops ON o.shop = shops.id", "is a column of `o` and of `shops`"),
        ("SELECT id, id FROM orders", "two columns are called `id`"),
        ("SELECT id + 1 FROM orders", "this column needs a name"),
        ("SELECT note, count(*) AS n FROM orders", "`note` must be in GROUP BY"),
        ("SELECT * FROM orders GROUP BY id", "`*` does not go together"),
        ("SELECT id FROM orders WHERE count(*) > 1", "an aggregate stands in SELECT and HAVING only"),
        ("SELECT sum(count(*)) AS x FROM orders", "not within another one"),
        ("SELECT id FROM orders WHERE id", "WHERE needs a condition; this is bigint"),
        ("SELECT id FROM orders, e.shops", "not by a comma"),
        ("SELECT id FROM orders JOIN orders ON true", "two sources are called `orders`"),
        ("SELECT id FROM nowhere", "there is no table d.nowhere"),
        ("SELECT id FROM orders UNION ALL SELECT id, note FROM orders", "the first SELECT has 1 columns, this one 2"),
        ("SELECT id FROM orders UNION ALL SELECT note FROM orders", "is bigint and string"),
        ("SELECT NULL AS x FROM orders", "say of which type"),
        ("SELECT 'abc FROM orders", "this quote has no end"),
        ("SELECT id FROM orders;", "has no meaning here"),
        ("SELECT id FROM orders WHERE DATE '2024-13-01' = cast(at AS date)", "dates are written"),
        ("", "SELECT is expected; found the end"),
        ("DROP TABLE orders", "SELECT is expected; found `drop`"),
        ("SELECT id FROM (SELECT id FROM orders)", "needs a name"),
    ] {
        refused(sql, expected);
    }
    assert_eq!(texts("SELECT id FROM nowhere").unwrap_err().kind, Kind::NotFound);
}

#[test]
fn what_coral_cannot_translate_is_known() {
    let check =
        |sql: &str| ViewDefinition::parse(sql).unwrap().coral_check().map_err(|error| error.message.into_owned());
    check("SELECT note, upper(note) AS big FROM orders WHERE id > 3").unwrap();
    for (sql, expected) in [
        ("SELECT note FROM orders GROUP BY note HAVING count(*) > 1", "translate HAVING"),
        ("SELECT note, count(*) AS n FROM orders GROUP BY note", "translate aggregates"),
        ("SELECT 1 + max(id) AS n FROM orders", "translate aggregates"),
        ("SELECT x.id FROM (SELECT id FROM orders WHERE 1 + year(at) > 2000) x", "TIMESTAMP '…', year"),
        ("SELECT CASE WHEN day(at) IN (1) THEN 1 END AS x FROM orders", "TIMESTAMP '…', year"),
    ] {
        assert!(check(sql).unwrap_err().contains(expected), "{sql}");
    }
}

#[test]
fn bounds() {
    let deep = |n: usize| format!("SELECT {}1{} AS x FROM orders", "(".repeat(n), ")".repeat(n));
    texts(&deep(20)).unwrap();
    refused(&deep(10_000), "more than 48 levels");
    refused(&format!("SELECT {} AS x FROM orders", vec!["1"; 5_000].join("+")), "more than 200 operators");
    refused(&format!("SELECT {}1 AS x FROM orders", "- ".repeat(5_000)), "more than 48 levels");
    refused(&format!("SELECT id FROM orders WHERE {} true", "NOT ".repeat(5_000)), "more than 48 levels");
    refused(&"(".repeat(TEXT_MAX + 1), "bytes; a definition has at most");
    texts(&format!("SELECT id FROM orders WHERE id IN ({})", vec!["1"; 10_000].join(","))).unwrap();
}

proptest::proptest! {
    /// Whatever stands there, it is an answer or an error.
    #[test]
    fn no_text_panics(text in "[a-z'\"`(), .*/%+=<>0-9-]{0,80}") {
        drop(texts(&text));
        drop(texts(&format!("SELECT {text} AS x FROM orders WHERE {text}")));
    }
}
