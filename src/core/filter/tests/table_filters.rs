//! Filters of tables.

use crate::Kind;
use crate::filter::TableFilter;
use crate::table::{Table, TableType};

fn table() -> Table {
    Table {
        name: "sales".into(),
        owner: Some("alice".into()),
        last_access_time: 90,
        table_type: TableType::External,
        parameters: [("table_type", "ICEBERG"), ("count", "50"), ("Case", "x"), ("spark.sql.p", "1")]
            .map(|(key, value)| (key.to_owned(), value.to_owned()))
            .into(),
        ..Table::default()
    }
}

#[test]
fn fields() {
    let cases = [
        ("", true),
        ("hive_filter_field_owner__ = \"alice\"", true),
        ("hive_filter_field_owner__ != \"alice\"", false),
        ("hive_filter_field_owner__ like \".*ali.*\"", true),
        ("hive_filter_field_owner__ like \"a%\"", false),
        ("hive_filter_field_owner__ like \"ali\"", false),
        ("hive_filter_field_owner__ like \"(\"", false),
        ("hive_filter_field_owner__ > \"a\" and hive_filter_field_owner__ < \"b\"", true),
        ("hive_filter_field_last_access__ > 30", true),
        ("hive_filter_field_last_access__ > 90", false),
        ("hive_filter_field_last_access__ between 9 and 100", true),
        ("hive_filter_field_last_access__ = \"90\"", true),
        ("hive_filter_field_tableName__ like 's.*' or hive_filter_field_tableName__ = 'x'", true),
        ("hive_filter_field_tableType__ = 'EXTERNAL_TABLE'", true),
        ("hive_filter_field_tableType__ in ('MANAGED_TABLE', 'VIRTUAL_VIEW')", false),
        // Parameters are compared as text, with the case of their names.
        ("hive_filter_field_params__table_type = \"ICEBERG\"", true),
        ("hive_filter_field_params__table_type LIKE \"ICEBERG\"", true),
        ("hive_filter_field_params__table_type <> \"HUDI\"", true),
        ("hive_filter_field_params__count = 50", true),
        ("hive_filter_field_params__count like \"5.\"", true),
        ("hive_filter_field_params__Case = 'x'", true),
        ("hive_filter_field_params__case = 'x'", false),
        ("`hive_filter_field_params__spark.sql.p` = 1", true),
        // What is not there is NULL.
        ("hive_filter_field_params__none = \"50\"", false),
        ("hive_filter_field_params__none != \"50\"", false),
        ("not hive_filter_field_params__none = \"50\"", false),
        ("hive_filter_field_params__none is null", true),
        // The default partition's name means nothing here.
        ("hive_filter_field_params__none = '__HIVE_DEFAULT_PARTITION__'", false),
    ];
    for (text, kept) in cases {
        let filter = TableFilter::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"));
        assert_eq!(filter.matches(&table()), kept, "{text}");
    }
}

#[test]
fn restrictions() {
    let cases = [
        ("hive_filter_field_params__count > 5", "Only =, <>, != and LIKE"),
        ("hive_filter_field_params__count between 1 and 5", "Only =, <>, != and LIKE"),
        ("hive_filter_field_owner__ = 'x' and not (5 <= hive_filter_field_params__count)", "Only =, <>, != and LIKE"),
        ("hive_filter_field_last_access__ like '5'", "LIKE is not supported"),
        ("owner = 'x'", "Invalid key name in filter: owner"),
        ("hive_filter_field_params__ = 'x'", "Invalid key name"),
        ("hive_filter_field_owner__ = ", "found the end"),
        ("hive_filter_field_last_access__ = 2024-01-01", "cannot be compared with a date"),
    ];
    for (text, message) in cases {
        let error = TableFilter::parse(text).expect_err(text);
        assert_eq!(error.kind, Kind::Meta, "{text}");
        assert!(error.message.contains(message), "{text}: {error}");
    }
}
