//! What a file's schema asks of a table, by a policy.

use std::collections::HashMap;

use crate::table::Column;

use super::evolve_type::{Fit, fit};
use super::finding::Finding;
use super::hive_type::HiveType;
use super::schema::{FileColumn, FileSchema};

/// How far files may differ from the table.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Policy {
    /// They have the table's columns, no more and no less.
    Strict,
    /// New columns, and new fields of structs, are added to the table.
    #[default]
    AddColumns,
    /// Types may widen, too.
    Widen,
}

/// A column that gets another type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TypeChange {
    pub name: String,
    pub old_type: String,
    pub new_type: String,
}

/// What would have to change so that the table reads the file. It may be published only without error findings.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SchemaChange {
    pub add: Vec<Column>,
    pub change: Vec<TypeChange>,
    pub findings: Vec<Finding>,
}

impl SchemaChange {
    pub fn has_errors(&self) -> bool {
        self.findings.iter().any(Finding::is_error)
    }

    pub fn is_empty(&self) -> bool {
        self.add.is_empty() && self.change.is_empty()
    }

    /// Makes the change, so that the next file is held against what this one made of the table.
    pub fn apply(&self, columns: &mut Vec<Column>) {
        for change in &self.change {
            if let Some(column) = columns.iter_mut().find(|column| column.name.to_lowercase() == change.name) {
                column.type_name = Some(change.new_type.clone());
            }
        }
        columns.extend(self.add.iter().cloned());
    }
}

/// Holds a file's schema against a table's columns and keys. Columns meet by name without case, as Spark, Trino and
/// Hive read Parquet by default, blanks around it included; places do not count. The schema's own findings are part of
/// the answer.
pub fn schema_compare(columns: &[Column], keys: &[Column], file: &FileSchema, policy: Policy) -> SchemaChange {
    let mut change = SchemaChange { findings: file.findings.clone(), ..SchemaChange::default() };
    let places: HashMap<String, usize> = columns.iter().zip(0..).map(|(c, at)| (c.name.to_lowercase(), at)).collect();
    let mut is_seen = vec![false; columns.len()];
    let mut last = None;
    let mut is_reordered = false;
    for column in &file.columns {
        if keys.iter().any(|key| key.name.to_lowercase() == column.name) {
            change.findings.push(key_in_file(&column.name));
            continue;
        }
        if column.written_name != column.name {
            change.findings.push(Finding::info(
                "case_differs",
                format!(
                    "The column {} is written {:?}: Spark (unless spark.sql.caseSensitive), Trino and Hive read it without regard to case",
                    column.name, column.written_name
                ),
            ));
        }
        change.findings.extend(name_findings(&column.written_name));
        let Some(at) = places.get(&column.name) else {
            match columns.iter().chain(keys).find(|other| is_told_apart_by_blanks(&other.name, &column.name)) {
                Some(other) => change.findings.push(blanks_clash(&column.written_name, &other.name)),
                None => change.column_new(column, policy),
            }
            continue;
        };
        is_seen[*at] = true;
        is_reordered |= last.is_some_and(|last| last > *at);
        last = Some(*at);
        let table_type = columns[*at].type_name.as_deref().unwrap_or_default();
        change.column_compare(&column.name, table_type, &column.hive_type, policy);
    }
    if is_reordered {
        change.findings.push(Finding::info(
            "columns_reordered",
            "The file has the columns in another order: Spark, Trino and Hive read them by name, but Hive with parquet.column.index.access and Trino with hive.parquet.use-column-names=false by place",
        ));
    }
    for (column, _) in columns.iter().zip(is_seen).filter(|(_, is_seen)| !is_seen) {
        change.column_missing(&column.name, policy);
    }
    change
}

/// What some reader makes of a column's name.
fn name_findings(written: &str) -> impl Iterator<Item = Finding> {
    let comma = written.contains(',').then(|| {
        Finding::warning(
            "column_comma",
            format!(
                "The column {written:?} has a comma in its name: Hive takes it for two columns, and Spark alters no table that has it"
            ),
        )
    });
    let blank = (written.trim() != written).then(|| {
        Finding::warning(
            "column_blank",
            format!("The column {written:?} has blanks around its name: it is found only where they are written, too"),
        )
    });
    comma.into_iter().chain(blank)
}

/// Whether only blanks around them make two names different ones: nobody could tell them apart in a statement.
fn is_told_apart_by_blanks(one: &str, other: &str) -> bool {
    one.trim().to_lowercase() == other.trim().to_lowercase() && one.to_lowercase() != other.to_lowercase()
}

fn blanks_clash(written: &str, other: &str) -> Finding {
    Finding::error(
        "name_clash",
        format!(
            "The column {written:?} differs from the table's {other:?} in blanks alone: readers find neither by the other's name; write it as {other:?}"
        ),
    )
}

fn key_in_file(name: &str) -> Finding {
    Finding::warning(
        "partition_key_in_file",
        format!(
            "The column {name} is in the file, and it is a partition key: Spark, Trino and Hive show the partition's value and do not read the file's"
        ),
    )
}

impl SchemaChange {
    fn column_new(&mut self, column: &FileColumn, policy: Policy) {
        let (name, hive_type) = (&column.name, &column.hive_type);
        let Some(known) = column.known_type() else {
            self.findings.push(Finding::info(
                "type_unknown",
                format!("The column {name} ({hive_type}) holds nothing but nulls and tells no type: it is not added"),
            ));
            return;
        };
        if policy == Policy::Strict {
            self.findings.push(Finding::error(
                "column_extra",
                format!(
                    "The column {name} ({hive_type}) is in the file and not in the table; the policy strict adds none"
                ),
            ));
            return;
        }
        if known != *hive_type {
            self.findings.push(Finding::info(
                "type_unknown",
                format!(
                    "The column {name} is {hive_type} in the file: parts that hold nothing but nulls are left out, it is added as {known}"
                ),
            ));
        }
        self.add.push(Column { name: name.clone(), type_name: Some(known), comment: None });
    }

    fn column_missing(&mut self, name: &str, policy: Policy) {
        let what = format!("The column {name} of the table is not in the file");
        self.findings.push(if policy == Policy::Strict {
            Finding::error("column_missing", format!("{what}; the policy strict wants all"))
        } else {
            Finding::info("column_missing", format!("{what}: it reads as NULL"))
        });
    }

    fn column_compare(&mut self, name: &str, table_type: &str, file_type: &str, policy: Policy) {
        let (table, file) = (HiveType::parse(table_type), HiveType::parse(file_type));
        let found = match (&table, &file) {
            (Some(table), Some(file)) => fit(table, file),
            _ if table_type.eq_ignore_ascii_case(file_type) => Fit::Same,
            _ => Fit::Conflict,
        };
        let mut changed = |new: &HiveType| {
            self.change.push(TypeChange {
                name: name.to_owned(),
                old_type: table_type.to_owned(),
                new_type: new.to_string(),
            });
        };
        let differ = format!("The column {name} is {file_type} in the file and {table_type} in the table");
        match (&found, policy) {
            (Fit::Same, _) => {}
            (Fit::Add(new), Policy::AddColumns | Policy::Widen) | (Fit::Widen(new), Policy::Widen) => changed(new),
            (Fit::Add(_), Policy::Strict) => self.findings.push(Finding::error(
                "column_extra",
                format!("{differ}; the policy strict adds no fields"),
            )),
            (Fit::Widen(new), Policy::Strict | Policy::AddColumns) => self.findings.push(Finding::error(
                "type_conflict",
                format!(
                    "{differ}: by name, Spark, Trino and Hive all fail or cut values; the policy widen would make it {new}"
                ),
            )),
            (Fit::Conflict, _) => self.findings.push(Finding::error(
                "type_conflict",
                format!("{differ}: Spark, Trino and Hive find it by name and cannot read it as the table's type"),
            )),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::schema::FileColumn;
    use super::*;

    fn columns(list: &[(&str, &str)]) -> Vec<Column> {
        let column = |(name, kind): &(&str, &str)| Column {
            name: (*name).to_owned(),
            type_name: Some((*kind).to_owned()),
            comment: None,
        };
        list.iter().map(column).collect()
    }

    fn file(list: &[(&str, &str)]) -> FileSchema {
        let column = |(name, kind): &(&str, &str)| FileColumn {
            name: name.to_lowercase(),
            written_name: (*name).to_owned(),
            hive_type: (*kind).to_owned(),
            is_optional: true,
        };
        FileSchema { columns: list.iter().map(column).collect(), findings: Vec::new() }
    }

    fn codes(change: &SchemaChange) -> Vec<&'static str> {
        change.findings.iter().map(|finding| finding.code).collect()
    }

    #[test]
    fn policies() {
        let mut table = columns(&[("a", "int"), ("b", "string"), ("s", "struct<x:int>")]);
        let keys = columns(&[("dt", "string")]);
        let written =
            file(&[("B", "string"), ("a", "bigint"), ("s", "struct<x:int,y:int>"), ("n", "date"), ("dt", "int")]);
        let strict = schema_compare(&table, &keys, &written, Policy::Strict);
        assert_eq!(
            codes(&strict),
            [
                "case_differs",
                "type_conflict",
                "column_extra",
                "column_extra",
                "partition_key_in_file",
                "columns_reordered"
            ]
        );
        let added = schema_compare(&table, &keys, &written, Policy::AddColumns);
        assert!(added.has_errors() && added.add == columns(&[("n", "date")]));
        assert!(added.findings[1].message.contains("widen would make it bigint"), "{}", added.findings[1]);
        let widened = schema_compare(&table, &keys, &written, Policy::Widen);
        assert!(!widened.has_errors() && widened.change.len() == 2, "{widened:?}");
        widened.apply(&mut table);
        assert_eq!(table, columns(&[("a", "bigint"), ("b", "string"), ("s", "struct<x:int,y:int>"), ("n", "date")]));
        assert!(schema_compare(&table, &keys, &written, Policy::AddColumns).is_empty());
        let narrow = schema_compare(&table, &keys, &file(&[("a", "int")]), Policy::AddColumns);
        assert_eq!(codes(&narrow), ["column_missing"; 3]);
        assert!(!narrow.has_errors() && narrow.is_empty());
        assert!(schema_compare(&table, &keys, &file(&[("a", "int")]), Policy::Strict).has_errors());
    }

    #[test]
    fn types_that_nobody_knows() {
        let table = columns(&[("u", "uniontype<int,string>"), ("v", "int")]);
        assert!(!schema_compare(&table, &[], &file(&[("u", "uniontype<int,string>")]), Policy::Widen).has_errors());
        assert!(schema_compare(&table, &[], &file(&[("u", "int")]), Policy::Widen).has_errors());
        let void = file(&[("w", "void"), ("l", "array<void>"), ("s", "struct<a:map<string,void>>"), ("v", "void")]);
        let void = schema_compare(&table, &[], &void, Policy::Widen);
        assert!(void.is_empty() && !void.has_errors());
    }

    /// What pandas writes of columns without a value, and then with one, in one batch or over days.
    #[test]
    fn a_later_type_replaces_void() {
        let mut table = columns(&[("id", "int"), ("made_before", "array<void>")]);
        let day = |list: &[(&str, &str)], table: &mut Vec<Column>| {
            let change = schema_compare(table, &[], &file(list), Policy::AddColumns);
            assert!(!change.has_errors(), "{change:?}");
            change.apply(table);
        };
        day(&[("id", "int"), ("l", "array<void>"), ("s", "struct<a:int,b:void>")], &mut table);
        assert_eq!(table, columns(&[("id", "int"), ("made_before", "array<void>"), ("s", "struct<a:int>")]));
        day(
            &[("id", "int"), ("made_before", "array<date>"), ("l", "array<string>"), ("s", "struct<b:date>")],
            &mut table,
        );
        let after =
            [("id", "int"), ("made_before", "array<date>"), ("s", "struct<a:int,b:date>"), ("l", "array<string>")];
        assert_eq!(table, columns(&after));
        day(&[("id", "int"), ("l", "array<void>"), ("s", "struct<a:void,b:void>")], &mut table);
        assert_eq!(table, columns(&after));
    }

    #[test]
    fn names_keep_their_blanks_and_never_meet_half() {
        let mut table = columns(&[("id", "int")]);
        let written = file(&[("id", "int"), (" Name ", "string")]);
        let change = schema_compare(&table, &[], &written, Policy::AddColumns);
        assert_eq!(change.add, columns(&[(" name ", "string")]));
        change.apply(&mut table);
        assert!(schema_compare(&table, &[], &written, Policy::Strict).is_empty(), "the same file once more");
        let half = schema_compare(&table, &[], &file(&[("id", "int"), ("name", "string")]), Policy::AddColumns);
        assert!(half.is_empty() && half.has_errors() && codes(&half)[0] == "name_clash", "{half:?}");
        let found =
            schema_compare(&table, &[], &file(&[("id", "int"), (" name ", "string"), ("a,b", "int")]), Policy::Widen);
        assert_eq!(codes(&found), ["column_blank", "column_comma"]);
        assert!(!found.has_errors());
        let of_key = schema_compare(&table, &columns(&[("dt", "string")]), &file(&[("dt ", "string")]), Policy::Widen);
        assert!(of_key.has_errors(), "{of_key:?}");
    }
}
