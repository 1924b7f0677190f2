//! A file's schema in Hive's types.

use super::schema_leaf::leaf;
use parquet::basic::{ConvertedType, LogicalType, Repetition};
use parquet::schema::types::Type;
use skep_core::lake::{FileColumn, FileSchema, Finding};
use std::collections::HashSet;

/// Levels of Hive's types. The metadata's guard has bounded the tree already; lists and maps have two levels there.
const DEPTH_MAX: usize = 64;
/// A file with more findings has enough of them.
const FINDINGS_MAX: usize = 100;

/// Reads the schema. What Hive has no type for is an error finding, and the column is left out.
pub(super) fn file_schema(root: &Type) -> FileSchema {
    let mut schema = FileSchema::default();
    let mut names = HashSet::new();
    for node in root.get_fields() {
        let name = node.name().to_lowercase();
        let mut walk = Walk { path: node.name().to_owned(), findings: Vec::new() };
        if !names.insert(name.trim().to_owned()) {
            walk.error(
                "name_clash",
                "differs from another column's name in case or blanks only: Hive's names have no case",
            );
        }
        if name.trim().is_empty() || name.chars().any(char::is_control) {
            walk.error("column_name", "is a name that no table's column can have");
        }
        let found = walk.field_type(node, 0);
        schema.findings.append(&mut walk.findings);
        schema.findings.truncate(FINDINGS_MAX);
        if let Some(hive_type) = found {
            let is_optional = optional(node);
            schema.columns.push(FileColumn { name, written_name: node.name().to_owned(), hive_type, is_optional });
        }
    }
    if root.get_fields().is_empty() {
        schema.findings.push(Finding::error("no_columns", "The file has no columns"));
    }
    schema
}

fn repetition(node: &Type) -> Option<Repetition> {
    let info = node.get_basic_info();
    info.has_repetition().then(|| info.repetition())
}

fn is_repeated(node: &Type) -> bool {
    repetition(node) == Some(Repetition::REPEATED)
}

fn optional(node: &Type) -> bool {
    repetition(node) != Some(Repetition::REQUIRED)
}

/// The group of a map that has its keys and values.
fn map_entry(node: &Type) -> Option<&Type> {
    match node.get_fields() {
        [entry] if is_repeated(entry) && entry.is_group() => Some(entry),
        _ => None,
    }
}

struct Walk {
    /// The node's path, for messages.
    path: String,
    findings: Vec<Finding>,
}

impl Walk {
    fn error(&mut self, code: &'static str, why: &str) {
        self.findings.push(Finding::error(code, format!("The column {:?} {why}", self.path)));
    }

    /// The type of a field as its parent sees it: one that repeats without a list around it is an array.
    fn field_type(&mut self, node: &Type, depth: usize) -> Option<String> {
        let own = self.node_type(node, depth)?;
        Some(if is_repeated(node) { format!("array<{own}>") } else { own })
    }

    fn node_type(&mut self, node: &Type, depth: usize) -> Option<String> {
        if depth > DEPTH_MAX {
            self.error("too_deep", &format!("is nested deeper than {DEPTH_MAX} levels"));
            return None;
        }
        if node.is_primitive() {
            return self.leaf_type(node);
        }
        let info = node.get_basic_info();
        let converted = info.converted_type();
        match info.logical_type_ref() {
            Some(LogicalType::Variant(_)) => {
                self.error("variant", "is a variant, for which Hive has no type");
                None
            }
            Some(LogicalType::List) => self.list_type(node, depth),
            Some(LogicalType::Map) => self.map_type(node, depth),
            _ if converted == ConvertedType::LIST => self.list_type(node, depth),
            // A map's middle node, alone, is how old writers marked the map itself; one that repeats and has a middle
            // node of its own is the element of a list.
            _ if matches!(converted, ConvertedType::MAP | ConvertedType::MAP_KEY_VALUE)
                && (!is_repeated(node) || map_entry(node).is_some()) =>
            {
                self.map_type(node, depth)
            }
            _ => self.struct_type(node, depth),
        }
    }

    fn leaf_type(&mut self, node: &Type) -> Option<String> {
        match leaf(node) {
            Ok(leaf) => {
                if let Some((code, note)) = leaf.note {
                    self.findings.push(Finding::warning(code, format!("The column {:?}: {note}", self.path)));
                }
                Some(leaf.hive_type)
            }
            Err(why) => {
                self.error("type_unsupported", &why);
                None
            }
        }
    }

    /// The rules of Parquet for lists of two and three levels, as all writers since 2013 made them.
    fn list_type(&mut self, node: &Type, depth: usize) -> Option<String> {
        let [repeated] = node.get_fields() else {
            self.error("list_form", "is marked as a list and does not have one field");
            return None;
        };
        if !is_repeated(repeated) {
            self.error("list_form", "is marked as a list and its field does not repeat");
            return None;
        }
        let is_element = repeated.is_primitive()
            || repeated.get_fields().len() != 1
            || is_repeated(&repeated.get_fields()[0])
            || repeated.name() == "array"
            || repeated.name() == format!("{}_tuple", node.name());
        let element = if is_element {
            self.node_type(repeated, depth + 1)?
        } else {
            self.field_type(&repeated.get_fields()[0], depth + 1)?
        };
        Some(format!("array<{element}>"))
    }

    fn map_type(&mut self, node: &Type, depth: usize) -> Option<String> {
        let Some(entry) = map_entry(node) else {
            self.error("map_form", "is marked as a map and does not have one group that repeats");
            return None;
        };
        let [key, value] = entry.get_fields() else {
            self.error("map_form", "is a map whose entries have not a key and a value");
            return None;
        };
        let (key, value) = (self.field_type(key, depth + 1)?, self.field_type(value, depth + 1)?);
        Some(format!("map<{key},{value}>"))
    }

    fn struct_type(&mut self, node: &Type, depth: usize) -> Option<String> {
        let mut names = HashSet::new();
        let mut fields = Vec::with_capacity(node.get_fields().len());
        for field in node.get_fields() {
            let length = self.path.len();
            self.path.push('.');
            self.path.push_str(field.name());
            let name = field.name().to_lowercase();
            if !names.insert(name.clone()) {
                self.error("name_clash", "differs from another field's name in case only: Hive's names have no case");
            }
            if name.is_empty() || name.contains(|c: char| ":,<>()`".contains(c) || c.is_control()) {
                self.error("column_name", "is a field's name that Hive's type texts cannot have");
            }
            let found = self.field_type(field, depth + 1);
            self.path.truncate(length);
            fields.push(format!("{name}:{}", found?));
        }
        if fields.is_empty() {
            self.error("empty_struct", "is a group without fields, for which Hive has no type");
            return None;
        }
        Some(format!("struct<{}>", fields.join(",")))
    }
}
