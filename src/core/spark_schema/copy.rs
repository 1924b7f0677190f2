//! The copy in a table's parameters, kept in step with its columns.
//!
//! Spark writes `spark.sql.sources.schema` where that fits into one parameter and `….numParts`, `….part.N` otherwise (before
//! Spark 3.1 always), and reads either. Keys are the last fields; which they are is noted apart, and does not change.

use std::collections::HashMap;

use crate::lake::HiveType;
use crate::table::{Column, Parameters, Table};

use super::data_type::{Nested, SparkField, SparkType};

const SCHEMA: &str = "spark.sql.sources.schema";
const PARTS: &str = "spark.sql.sources.schema.numParts";
const PART: &str = "spark.sql.sources.schema.part.";
/// So many UTF-16 units a parameter has at most: what a metastore's column takes.
const PART_MAX: usize = 4_000;
/// More parts are no schema that anybody wrote.
const PARTS_READ_MAX: usize = 10_000;

/// How new columns are spelled in the files that brought them, by their names in lower case.
pub type WrittenNames = HashMap<String, String>;

/// Keeps the copy in step when a table's columns change: new columns are added before the keys, types and comments that
/// changed are changed, columns that went are taken out; what else Spark noted (case of names, what may be null,
/// metadata) stays. A table without a copy, and one whose copy cannot be read, is left as it is.
pub fn spark_schema_follow(old: &Table, new: &mut Table, written: &WrittenNames) {
    let Some((mut fields, has_parts)) = read(&new.parameters) else { return };
    let before = fields.clone();
    let columns = new.columns().to_vec();
    // Where Spark holds a schema for one that Hive cannot have, Hive's columns are a stand-in.
    let is_stand_in = |column: &Column| {
        is_stand_in(old.columns()) && old.columns().iter().any(|stand_in| stand_in.name == column.name)
    };
    let named = |list: &[Column], name: &str| list.iter().any(|column| column.name.to_lowercase() == name);
    fields.retain(|field| {
        let name = field.name.to_lowercase();
        named(&columns, &name) || !named(old.columns(), &name) || named(&new.partition_keys, &name)
    });
    for column in columns.iter().filter(|column| !is_stand_in(column)) {
        column_follow(&mut fields, column, old, &new.partition_keys, written);
    }
    if fields != before {
        write(&mut new.parameters, fields, has_parts);
    }
}

/// Of a table that Hive cannot have, Spark gives it one column of this name.
fn is_stand_in(columns: &[Column]) -> bool {
    matches!(columns, [only] if only.name == "col" && only.type_name.as_deref() == Some("array<string>"))
}

fn column_follow(fields: &mut Vec<SparkField>, column: &Column, old: &Table, keys: &[Column], written: &WrittenNames) {
    let name = column.name.to_lowercase();
    let hive_type = column.type_name.as_deref().and_then(HiveType::parse);
    let was = old.columns().iter().find(|old| old.name.to_lowercase() == name);
    if let Some(field) = fields.iter_mut().find(|field| field.name.to_lowercase() == name) {
        if let Some(hive_type) = hive_type.filter(|_| was.is_none_or(|was| was.type_name != column.type_name)) {
            field.retype(&hive_type);
        }
        if was.is_some_and(|was| was.comment != column.comment) {
            field.comment_set(column.comment.as_deref());
        }
        return;
    }
    let spelled = written.get(&name).unwrap_or(&column.name);
    let Some(mut field) = hive_type.and_then(|hive_type| SparkField::of(spelled, &hive_type)) else { return };
    field.comment_set(column.comment.as_deref());
    let is_key = |field: &SparkField| keys.iter().any(|key| key.name.eq_ignore_ascii_case(&field.name));
    let at = fields.iter().position(is_key).unwrap_or(fields.len());
    fields.insert(at, field);
}

/// The fields, and whether they are in parts.
fn read(parameters: &Parameters) -> Option<(Vec<SparkField>, bool)> {
    let (text, has_parts) = if let Some(text) = parameters.get(SCHEMA) {
        (text.clone(), false)
    } else {
        let count: usize = parameters.get(PARTS)?.parse().ok().filter(|count| *count <= PARTS_READ_MAX)?;
        let parts = (0..count).map(|at| parameters.get(&format!("{PART}{at}")).map(String::as_str));
        (parts.collect::<Option<String>>()?, true)
    };
    match serde_json::from_str(&text).ok()? {
        SparkType::Nested(Nested::Struct { fields }) => Some((fields, has_parts)),
        _ => None,
    }
}

/// Writes them as they were, in parts or not, as far as they fit.
fn write(parameters: &mut Parameters, fields: Vec<SparkField>, has_parts: bool) {
    let schema = SparkType::Nested(Nested::Struct { fields });
    // Texts and numbers alone: it cannot fail.
    let Ok(text) = serde_json::to_string(&schema) else { return };
    parameters.retain(|key, _| key != SCHEMA && key != PARTS && !key.starts_with(PART));
    let parts = parts(&text);
    if !has_parts && parts.len() == 1 {
        parameters.insert(SCHEMA.to_owned(), text);
        return;
    }
    parameters.insert(PARTS.to_owned(), parts.len().to_string());
    for (at, part) in parts.iter().enumerate() {
        parameters.insert(format!("{PART}{at}"), (*part).to_owned());
    }
}

fn parts(text: &str) -> Vec<&str> {
    let (mut parts, mut start, mut units) = (Vec::new(), 0, 0);
    for (at, c) in text.char_indices() {
        if units + c.len_utf16() > PART_MAX {
            parts.push(&text[start..at]);
            (start, units) = (at, 0);
        }
        units += c.len_utf16();
    }
    parts.push(&text[start..]);
    parts
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::table::{Shape, Storage};

    const COPY: &str = r#"{"type":"struct","fields":[{"name":"Id","type":"integer","nullable":false,"metadata":{}},{"name":"S","type":{"type":"struct","fields":[{"name":"In","type":"string","nullable":true,"metadata":{}}]},"nullable":true,"metadata":{"comment":"c"}},{"name":"dt","type":"date","nullable":true,"metadata":{}}]}"#;

    fn columns(list: &[(&str, &str)]) -> Vec<Column> {
        let column = |(name, kind): &(&str, &str)| Column {
            name: (*name).to_owned(),
            type_name: Some((*kind).to_owned()),
            comment: None,
        };
        list.iter().map(column).collect()
    }

    fn table(list: &[(&str, &str)], parameters: &[(&str, &str)]) -> Table {
        let shape = Shape { columns: Some(columns(list)), ..Shape::default() };
        Table {
            storage: Some(Storage { shape: Arc::new(shape), location: None }),
            partition_keys: columns(&[("dt", "date")]),
            parameters: parameters.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect(),
            ..Table::default()
        }
    }

    fn altered(old: &Table, list: &[(&str, &str)]) -> Table {
        let mut new = Table { parameters: old.parameters.clone(), ..table(list, &[]) };
        let written = [("extra".to_owned(), "eXtra".to_owned())].into();
        spark_schema_follow(old, &mut new, &written);
        new
    }

    #[test]
    fn the_copy_follows_the_columns() {
        let old = table(
            &[("id", "int"), ("s", "struct<in:string>")],
            &[(SCHEMA, COPY), ("spark.sql.create.version", "3.5.1")],
        );
        let columns = [("id", "bigint"), ("s", "struct<in:string,more:date>"), ("extra", "array<int>"), ("b", "void")];
        let new = altered(&old, &columns);
        let wanted = r#"{"type":"struct","fields":[{"name":"Id","type":"long","nullable":false,"metadata":{}},{"name":"S","type":{"type":"struct","fields":[{"name":"In","type":"string","nullable":true,"metadata":{}},{"name":"more","type":"date","nullable":true,"metadata":{}}]},"nullable":true,"metadata":{"comment":"c"}},{"name":"eXtra","type":{"type":"array","elementType":"integer","containsNull":true},"nullable":true,"metadata":{}},{"name":"b","type":"void","nullable":true,"metadata":{}},{"name":"dt","type":"date","nullable":true,"metadata":{}}]}"#;
        assert_eq!(new.parameters[SCHEMA], wanted);
        assert_eq!(new.parameters["spark.sql.create.version"], "3.5.1");
        // Back again: what went is taken out, what stays keeps its spelling.
        let back = altered(&new, &[("id", "int"), ("s", "struct<in:string>")]);
        assert_eq!(back.parameters, old.parameters);
    }

    #[test]
    fn a_long_copy_is_in_parts_and_stays_so() {
        let old = table(&[("id", "int"), ("s", "struct<in:string>")], &[(SCHEMA, COPY)]);
        let names: Vec<String> = (0..100).map(|n| format!("a_rather_long_näme_of_column_{n}_😀")).collect();
        let mut wide = vec![("id", "int"), ("s", "struct<in:string>")];
        wide.extend(names.iter().map(|name| (name.as_str(), "string")));
        let new = altered(&old, &wide);
        let count: usize = new.parameters[PARTS].parse().unwrap();
        assert!(count > 1 && !new.parameters.contains_key(SCHEMA));
        assert!((0..count).all(|at| new.parameters[&format!("{PART}{at}")].encode_utf16().count() <= PART_MAX));
        let whole: String = (0..count).map(|at| new.parameters[&format!("{PART}{at}")].clone()).collect();
        let (fields, has_parts) = read(&new.parameters).unwrap();
        assert!(has_parts && fields.len() == 103 && whole.contains("_99_😀"));
        let short = altered(&new, &[("id", "int"), ("s", "struct<in:string>")]);
        assert_eq!(
            (short.parameters[PARTS].as_str(), short.parameters.len()),
            ("1", 2),
            "{:?}",
            short.parameters.keys()
        );
        assert_eq!(short.parameters[&format!("{PART}0")], COPY);
    }

    #[test]
    fn what_is_no_copy_stays_as_it_is() {
        let add = [("id", "int"), ("s", "struct<in:string>"), ("extra", "int")];
        for parameters in [
            &[][..],
            &[(SCHEMA, "{")],
            &[(SCHEMA, "\"long\"")],
            &[(PARTS, "2"), ("spark.sql.sources.schema.part.0", COPY)],
            &[(PARTS, "99999999999")],
        ] {
            let old = table(&add[..2], parameters);
            assert_eq!(altered(&old, &add).parameters, old.parameters);
        }
        // Nothing changes where no column does, and a column that another client left out of the copy comes to it.
        let old = table(&add[..2], &[(SCHEMA, COPY)]);
        assert_eq!(altered(&old, &add[..2]).parameters, old.parameters);
        let left_out = table(&add, &[(SCHEMA, COPY)]);
        assert!(altered(&left_out, &add).parameters[SCHEMA].contains("eXtra"));
        // Spark's own schema of a table that Hive cannot have, beside the stand-in.
        let stand_in = table(&[("col", "array<string>")], &[(SCHEMA, COPY)]);
        assert_eq!(altered(&stand_in, &[("col", "array<string>")]).parameters, stand_in.parameters);
        let added = altered(&stand_in, &[("col", "array<string>"), ("extra", "int")]);
        let (fields, _) = read(&added.parameters).unwrap();
        assert_eq!(fields.iter().map(|field| field.name.as_str()).collect::<Vec<_>>(), ["Id", "S", "eXtra", "dt"]);
    }
}
