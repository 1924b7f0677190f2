//! How a table's columns follow the files that are to be registered.

use super::facts::FileColumn;
use super::hive_type::HiveType;
use crate::table::{Column, Table};

/// What may change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Policy {
    /// Nothing.
    Strict,
    /// Columns may come, and fields of structs.
    #[default]
    AddColumns,
    /// Types may widen, too.
    Widen,
}

/// A column that is new or has another type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ColumnChange {
    pub name: String,
    /// None: it is new.
    pub old_type: Option<String>,
    pub new_type: String,
}

/// What a file's schema means for a table.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Evolution {
    pub changes: Vec<ColumnChange>,
    pub problems: Vec<Problem>,
}

/// What does not fit, or is worth knowing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// For programs: `type_conflict`.
    pub code: &'static str,
    pub is_error: bool,
    pub message: String,
}

fn error(code: &'static str, message: String) -> Problem {
    Problem { code, is_error: true, message }
}

fn warning(code: &'static str, message: String) -> Problem {
    Problem { code, is_error: false, message }
}

/// Holds a file's columns against the table's. `columns` are the table's as earlier files of the batch left them.
pub fn evolve(table: &Table, columns: &[Column], file: &[FileColumn], policy: Policy) -> Evolution {
    let mut found = Evolution::default();
    for (at, column) in file.iter().enumerate() {
        if file[..at].iter().any(|other| other.name == column.name) {
            found.problems.push(error(
                "case_clash",
                format!(
                    "two columns of the file differ by case only: `{}`; Hive and Spark tell them not apart",
                    column.written_as
                ),
            ));
            continue;
        }
        if let Some(key) = table.partition_keys.iter().find(|key| key.name == column.name) {
            found.problems.push(warning(
                "partition_column_in_file",
                format!("the file has the partition key `{}`, too; engines take the partition's value", key.name),
            ));
            continue;
        }
        match columns.iter().find(|known| known.name == column.name) {
            None => column_new(&mut found, column, policy),
            Some(known) => column_known(&mut found, known, column, policy),
        }
    }
    for known in columns.iter().filter(|known| !file.iter().any(|column| column.name == known.name)) {
        found.problems.push(warning(
            "missing_column",
            format!("the file lacks the column `{}`; engines read it as NULL", known.name),
        ));
    }
    order_check(&mut found, columns, file);
    found
}

fn column_new(found: &mut Evolution, column: &FileColumn, policy: Policy) {
    if policy == Policy::Strict {
        found.problems.push(error(
            "new_column",
            format!(
                "the file has the column `{} {}`, which the table has not; the policy is strict",
                column.name, column.type_name
            ),
        ));
        return;
    }
    found.changes.push(ColumnChange { name: column.name.clone(), old_type: None, new_type: column.type_name.clone() });
}

fn column_known(found: &mut Evolution, known: &Column, column: &FileColumn, policy: Policy) {
    if column.written_as != known.name && !column.written_as.eq_ignore_ascii_case(&known.name) {
        // Lower-casing of other letters differs between engines.
        found.problems.push(warning("case", format!("the column `{}` is written `{}`", known.name, column.written_as)));
    }
    let table_text = known.type_name.as_deref().unwrap_or_default();
    let (Ok(table_type), Ok(file_type)) = (HiveType::parse(table_text), HiveType::parse(&column.type_name)) else {
        found.problems.push(error("type_conflict", conflict(known, column)));
        return;
    };
    if table_type == file_type || reads_as(&file_type, &table_type) {
        return;
    }
    if file_type.grows_to(&table_type) {
        // An older file: the fields that it lacks are NULL.
        return;
    }
    let grows = table_type.grows_to(&file_type) && policy != Policy::Strict;
    let widens = table_type.widens_to(&file_type) && policy == Policy::Widen;
    if grows || widens {
        found.changes.push(ColumnChange {
            name: known.name.clone(),
            old_type: Some(table_text.to_owned()),
            new_type: column.type_name.clone(),
        });
    } else if file_type.widens_to(&table_type) && policy == Policy::Widen {
        found.problems.push(warning(
            "narrower_type",
            format!(
                "column `{}` is {} in the file and {table_text} in the table: Trino and Spark 4 read it, Spark 3 and Hive may not",
                known.name, column.type_name
            ),
        ));
    } else {
        found.problems.push(error("type_conflict", conflict(known, column)));
    }
}

/// Types that are stored alike: what engines read of the file's type as the table's.
fn reads_as(file: &HiveType, table: &HiveType) -> bool {
    let (HiveType::Primitive(file), HiveType::Primitive(table)) = (file, table) else { return false };
    let is_text = |word: &str| word == "string" || word.starts_with("varchar(") || word.starts_with("char(");
    is_text(file) && is_text(table)
}

fn conflict(known: &Column, column: &FileColumn) -> String {
    format!(
        "column `{}` is {} in the file and {} in the table: Spark, Trino and Hive fail or read wrong values",
        known.name,
        column.type_name,
        known.type_name.as_deref().unwrap_or("without type"),
    )
}

fn order_check(found: &mut Evolution, columns: &[Column], file: &[FileColumn]) {
    let places: Vec<usize> =
        file.iter().filter_map(|column| columns.iter().position(|known| known.name == column.name)).collect();
    if !places.is_sorted() {
        found.problems.push(warning(
            "reordered",
            "the file has its columns in another order; engines that read Parquet by name do not mind".to_owned(),
        ));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(name: &str, type_name: &str) -> Column {
        Column { name: name.into(), type_name: Some(type_name.into()), comment: None }
    }
    fn file(name: &str, type_name: &str) -> FileColumn {
        FileColumn { name: name.to_lowercase(), written_as: name.into(), type_name: type_name.into() }
    }
    fn codes(policy: Policy, of: &[FileColumn]) -> (Vec<String>, Vec<&'static str>) {
        let columns = [column("a", "int"), column("s", "struct<x:int>"), column("t", "string")];
        let table = Table { partition_keys: vec![column("dt", "string")], ..Table::default() };
        let found = evolve(&table, &columns, of, policy);
        let changes = found.changes.iter().map(|c| format!("{}:{}", c.name, c.new_type)).collect();
        (changes, found.problems.iter().map(|p| p.code).collect())
    }

    #[test]
    fn policies() {
        let same = [file("a", "int"), file("s", "struct<x:int>"), file("t", "varchar(3)")];
        for policy in [Policy::Strict, Policy::AddColumns, Policy::Widen] {
            assert_eq!(codes(policy, &same), (vec![], vec![]));
        }
        let more = [file("a", "int"), file("s", "struct<x:int,y:int>"), file("t", "string"), file("n", "date")];
        assert_eq!(codes(Policy::Strict, &more).1, ["type_conflict", "new_column"]);
        assert_eq!(codes(Policy::AddColumns, &more), (vec!["s:struct<x:int,y:int>".into(), "n:date".into()], vec![]));
        let wide = [file("A", "bigint"), file("s", "struct<x:int>"), file("t", "string")];
        assert_eq!(codes(Policy::AddColumns, &wide), (vec![], vec!["type_conflict"]));
        assert_eq!(codes(Policy::Widen, &wide), (vec!["a:bigint".into()], vec![]));
    }

    #[test]
    fn what_is_odd_is_told() {
        let odd = [file("t", "string"), file("a", "string"), file("dt", "string"), file("X", "int"), file("x", "int")];
        let (changes, codes) = codes(Policy::AddColumns, &odd);
        assert_eq!(changes, ["x:int"]);
        assert_eq!(codes, ["type_conflict", "partition_column_in_file", "case_clash", "missing_column", "reordered"]);
    }
}
