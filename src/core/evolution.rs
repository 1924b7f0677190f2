//! How a table's columns may change (`alter_table`), and what a change means for statistics, semantics §4.

use std::collections::HashMap;

use crate::name::normalize;
use crate::table::Column;
use crate::{Error, Result};

/// Tables of these SerDes may change column types freely: Hive's default of
/// `metastore.allow.incompatible.col.type.changes.serdes`.
pub const SERDES_WITH_FREE_TYPES: [&str; 2] =
    ["org.apache.hadoop.hive.kudu.KuduSerDe", "org.apache.iceberg.mr.hive.HiveIcebergSerDe"];

/// What Hive's rules tell apart. Types outside of these groups are compatible with themselves only.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Group {
    Void,
    /// By how much fits: a change may only go up.
    Number(u8),
    Text,
    /// date, datetime, timestamp.
    Time,
    /// Primitive, without conversions from it: boolean, binary, intervals.
    Other,
    NotPrimitive,
}

/// `decimal` of `decimal(10,2)`, in lower case, with the other spellings of a type replaced.
fn type_word(type_name: &str) -> String {
    let end = type_name.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(type_name.len());
    match type_name[..end].to_ascii_lowercase().as_str() {
        "integer" => "int".to_owned(),
        "numeric" => "decimal".to_owned(),
        word => word.to_owned(),
    }
}

fn group(word: &str) -> Group {
    match word {
        "void" => Group::Void,
        "tinyint" => Group::Number(1),
        "smallint" => Group::Number(2),
        "int" => Group::Number(3),
        "bigint" => Group::Number(4),
        "decimal" => Group::Number(5),
        "float" => Group::Number(6),
        "double" => Group::Number(7),
        "string" | "varchar" | "char" => Group::Text,
        "date" | "datetime" | "timestamp" => Group::Time,
        "boolean" | "binary" | "interval_year_month" | "interval_day_time" => Group::Other,
        _ => Group::NotPrimitive,
    }
}

/// Whether a column of type `from` may become one of type `to` while
/// `metastore.disallow.incompatible.col.type.changes` is on. Only the types' names count: lengths, precisions and
/// what is inside an array, map or struct may change at will.
pub fn column_type_change_compatible(from: &str, to: &str) -> bool {
    let (from, to) = (type_word(from), type_word(to));
    if from == to {
        return true;
    }
    match (group(&from), group(&to)) {
        (Group::NotPrimitive, _) | (_, Group::NotPrimitive) => false,
        (Group::Void, _) | (Group::Text | Group::Number(_) | Group::Time, Group::Text) => true,
        (Group::Number(from), Group::Number(to)) => from < to,
        (Group::Text | Group::Time | Group::Number(_) | Group::Other, _) => false,
    }
}

/// Checks a new column list against the old one, position by position as far as both go. Views and tables of
/// [`SERDES_WITH_FREE_TYPES`] are the caller's to leave out.
///
/// # Errors
/// InvalidOperation in Hive's words, which engines parse.
pub fn columns_compatible(old: &[Column], new: &[Column]) -> Result<()> {
    fn type_of(column: &Column) -> &str {
        column.type_name.as_deref().unwrap_or_default()
    }
    let wrong: Vec<&str> = old
        .iter()
        .zip(new)
        .filter(|(old, new)| !column_type_change_compatible(type_of(old), type_of(new)))
        .map(|(_, new)| new.name.as_str())
        .collect();
    if wrong.is_empty() {
        return Ok(());
    }
    Err(Error::invalid_operation(format!(
        "The following columns have types incompatible with the existing columns in their respective positions :\n{}",
        wrong.join(",")
    )))
}

/// The old columns (normal form) that are not in the new list by name and type: their statistics are dropped.
/// Positions and comments do not count.
pub fn columns_changed(old: &[Column], new: &[Column]) -> Vec<String> {
    fn type_of(column: &Column) -> String {
        column.type_name.as_deref().unwrap_or_default().to_lowercase()
    }
    let types: HashMap<String, String> = new.iter().map(|c| (normalize(&c.name), type_of(c))).collect();
    old.iter()
        .map(|column| (normalize(&column.name), type_of(column)))
        .filter(|(name, type_name)| types.get(name) != Some(type_name))
        .map(|(name, _)| name)
        .collect()
}

/// Whether the new list begins with all of the old one (name without case, type and comment): then nothing changed
/// but that columns were appended, and partition statistics stay.
pub fn columns_appended_only(old: &[Column], new: &[Column]) -> bool {
    let same = |a: &Column, b: &Column| {
        a.name.to_lowercase() == b.name.to_lowercase() && a.type_name == b.type_name && a.comment == b.comment
    };
    old.len() <= new.len() && old.iter().zip(new).all(|(a, b)| same(a, b))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Kind;

    fn columns(list: &[(&str, &str)]) -> Vec<Column> {
        list.iter()
            .map(|(name, type_name)| Column {
                name: (*name).to_owned(),
                type_name: Some((*type_name).to_owned()),
                comment: None,
            })
            .collect()
    }

    /// All pairs of primitive types, so that a slip in one arm shows.
    #[test]
    fn the_whole_table_of_primitive_types() {
        const TYPES: [&str; 17] = [
            "void",
            "boolean",
            "tinyint",
            "smallint",
            "int",
            "bigint",
            "decimal",
            "float",
            "double",
            "string",
            "varchar",
            "char",
            "date",
            "timestamp",
            "binary",
            "interval_year_month",
            "array",
        ];
        let row = |from: &str| {
            let to = TYPES.iter().filter(|to| **to != from && column_type_change_compatible(from, to));
            format!("{from}: {}\n", to.copied().collect::<Vec<_>>().join(" "))
        };
        let rows: String = TYPES.into_iter().map(row).collect();
        let wanted = "\
void: boolean tinyint smallint int bigint decimal float double string varchar char date timestamp binary interval_year_month
boolean: \ntinyint: smallint int bigint decimal float double string varchar char
smallint: int bigint decimal float double string varchar char
int: bigint decimal float double string varchar char
bigint: decimal float double string varchar char
decimal: float double string varchar char
float: double string varchar char
double: string varchar char
string: varchar char
varchar: string char
char: string varchar
date: string varchar char
timestamp: string varchar char
binary: \ninterval_year_month: \narray: \n";
        assert_eq!(rows, wanted);
    }

    #[test]
    fn only_type_names_count() {
        assert!(column_type_change_compatible("decimal(10,2)", "DECIMAL(5,4)"));
        assert!(column_type_change_compatible("array<int>", "array<struct<a:string>>"));
        assert!(column_type_change_compatible("integer", "int"));
        assert!(!column_type_change_compatible("array<int>", "map<int,int>"));
        assert!(!column_type_change_compatible("struct<a:int>", "string"));
        assert!(!column_type_change_compatible("string", "int"));
        assert!(column_type_change_compatible("", ""));
    }

    #[test]
    fn the_error_lists_new_names() {
        let old = columns(&[("a", "string"), ("b", "int"), ("c", "double"), ("gone", "int")]);
        let new = columns(&[("x", "int"), ("b", "bigint"), ("y", "int")]);
        let error = columns_compatible(&old, &new).unwrap_err();
        assert_eq!(error.kind, Kind::InvalidOperation);
        assert_eq!(
            error.message,
            "The following columns have types incompatible with the existing columns in their respective positions :\nx,y"
        );
        assert!(columns_compatible(&old, &old[..1]).is_ok());
    }

    #[test]
    fn changed_columns_are_those_without_an_equal() {
        let old = columns(&[("A", "int"), ("b", "int"), ("c", "string")]);
        let new = columns(&[("c", "STRING"), ("b", "bigint"), ("a", "int"), ("d", "int")]);
        assert_eq!(columns_changed(&old, &new), ["b"]);
        assert_eq!(columns_changed(&old, &[]), ["a", "b", "c"]);
    }

    #[test]
    fn appending_is_told_apart() {
        let old = columns(&[("A", "int"), ("b", "int")]);
        let new = columns(&[("a", "int"), ("b", "int"), ("c", "int")]);
        assert!(columns_appended_only(&old, &new));
        assert!(!columns_appended_only(&new, &old));
        assert!(!columns_appended_only(&old, &columns(&[("b", "int"), ("a", "int")])));
    }
}
