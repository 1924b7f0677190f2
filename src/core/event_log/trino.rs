//! Trino's own form of a view: a comment in the original text that holds a JSON document.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde::Serialize;

use crate::table::Column;
use crate::{Error, Result};

/// The parameter that marks such a view.
pub const TRINO_MARK: (&str, &str) = ("presto_view", "true");
/// Without this comment Trino says that there is no such table.
pub const TRINO_COMMENT: (&str, &str) = ("comment", "Presto View");

/// Types may nest so deep.
const DEPTH_MAX: usize = 64;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Definition<'a> {
    original_sql: &'a str,
    catalog: &'a str,
    schema: &'a str,
    columns: Vec<ViewColumn<'a>>,
    run_as_invoker: bool,
}

#[derive(Serialize)]
struct ViewColumn<'a> {
    name: &'a str,
    #[serde(rename = "type")]
    type_name: String,
}

/// The original text of a view for Trino. Errors (InvalidObject): a type that Trino has no equal of.
pub fn trino_view_text(sql: &str, catalog: &str, schema: &str, columns: &[Column]) -> Result<String> {
    let columns = columns.iter().map(|column| {
        let type_name = trino_type(column.type_name.as_deref().unwrap_or_default())?;
        Ok(ViewColumn { name: &column.name, type_name })
    });
    let columns = columns.collect::<Result<_>>()?;
    let definition = Definition { original_sql: sql, catalog, schema, columns, run_as_invoker: false };
    let json = serde_json::to_vec(&definition).map_err(|e| Error::internal(format!("a view's definition: {e}")))?;
    Ok(format!("/* Presto View: {} */", BASE64_STANDARD.encode(json)))
}

/// The query of a text that [`trino_view_text`] made; None of another text.
pub fn trino_view_sql(text: &str) -> Option<String> {
    let encoded = text.strip_prefix("/* Presto View: ")?.strip_suffix(" */")?;
    let definition: serde_json::Value = serde_json::from_slice(&BASE64_STANDARD.decode(encoded).ok()?).ok()?;
    Some(definition.get("originalSql")?.as_str()?.to_owned())
}

/// Trino's name of a Hive type.
pub fn trino_type(hive: &str) -> Result<String> {
    let text: String = hive.trim().to_ascii_lowercase();
    convert(&text, 0).ok_or_else(|| Error::invalid_object(format!("the type {hive:?} is none that Trino can read")))
}

fn convert(text: &str, depth: usize) -> Option<String> {
    if depth > DEPTH_MAX {
        return None;
    }
    let text = text.trim();
    if let Some(element) = inside(text, "array<") {
        return Some(format!("array({})", convert(element, depth + 1)?));
    }
    if let Some(entries) = inside(text, "map<") {
        let parts = split(entries);
        let [key, value] = parts.as_slice() else { return None };
        return Some(format!("map({},{})", convert(key, depth + 1)?, convert(value, depth + 1)?));
    }
    if let Some(fields) = inside(text, "struct<") {
        let field = |field: &&str| {
            let (name, type_name) = field.split_once(':')?;
            Some(format!("\"{}\" {}", name.trim().replace('"', "\"\""), convert(type_name, depth + 1)?))
        };
        let fields: Option<Vec<String>> = split(fields).iter().map(field).collect();
        return Some(format!("row({})", fields?.join(",")));
    }
    primitive(text)
}

fn primitive(text: &str) -> Option<String> {
    let (word, arguments) = text.split_once('(').map_or((text, None), |(word, rest)| (word.trim(), Some(rest)));
    let arguments = arguments.map(|rest| rest.trim_end_matches(')').replace(' ', ""));
    Some(match (word, arguments) {
        ("boolean" | "tinyint" | "smallint" | "bigint" | "double" | "date", None) => word.to_owned(),
        ("int" | "integer", None) => "integer".to_owned(),
        ("float", None) => "real".to_owned(),
        ("string", None) => "varchar".to_owned(),
        ("binary", None) => "varbinary".to_owned(),
        ("timestamp", None) => "timestamp(6)".to_owned(),
        ("timestamp with local time zone", None) => "timestamp(6) with time zone".to_owned(),
        ("decimal", None) => "decimal(10,0)".to_owned(),
        ("decimal" | "varchar" | "char", Some(arguments)) => format!("{word}({arguments})"),
        _ => return None,
    })
}

/// What stands between `begin` and the closing bracket.
fn inside<'t>(text: &'t str, begin: &str) -> Option<&'t str> {
    text.strip_prefix(begin)?.strip_suffix('>')
}

/// At commas outside of brackets.
fn split(text: &str) -> Vec<&str> {
    let (mut depth, mut begin, mut parts) = (0_usize, 0, Vec::new());
    for (at, c) in text.char_indices() {
        match c {
            '<' | '(' => depth += 1,
            '>' | ')' => depth = depth.saturating_sub(1),
            ',' if depth == 0 => {
                parts.push(&text[begin..at]);
                begin = at + 1;
            }
            _ => {}
        }
    }
    parts.push(&text[begin..]);
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types() {
        for (hive, trino) in [
            ("int", "integer"),
            ("decimal(12, 2)", "decimal(12,2)"),
            ("array<int>", "array(integer)"),
            ("map<string,array<bigint>>", "map(varchar,array(bigint))"),
            (
                "struct<a:int,b:decimal(3,1),c:struct<d:timestamp>>",
                "row(\"a\" integer,\"b\" decimal(3,1),\"c\" row(\"d\" timestamp(6)))",
            ),
        ] {
            assert_eq!(trino_type(hive).unwrap(), trino, "{hive}");
        }
        for bad in ["", "uniontype<int>", "map<int>", "struct<a>", "array<", &"array<".repeat(100_000)] {
            assert!(trino_type(bad).is_err(), "{bad:.40}");
        }
    }

    #[test]
    fn the_text_is_a_comment_that_holds_json() {
        let columns = [Column { name: "a".into(), type_name: Some("int".into()), comment: None }];
        let text = trino_view_text("SELECT 1", "hive", "d", &columns).unwrap();
        let encoded = text.strip_prefix("/* Presto View: ").and_then(|rest| rest.strip_suffix(" */")).unwrap();
        let json = String::from_utf8(BASE64_STANDARD.decode(encoded).unwrap()).unwrap();
        assert_eq!(
            json,
            r#"{"originalSql":"SELECT 1","catalog":"hive","schema":"d","columns":[{"name":"a","type":"integer"}],"runAsInvoker":false}"#
        );
        assert_eq!(trino_view_sql(&text).as_deref(), Some("SELECT 1"));
        assert_eq!(trino_view_sql("/* Presto View: e30= */"), None);
    }
}
