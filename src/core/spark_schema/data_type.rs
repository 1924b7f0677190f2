//! Spark's types as it writes them in JSON, and Hive's beside them.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::lake::HiveType;

/// The key of a field's metadata where Spark notes a type that it shows as `string`.
const CHAR_VARCHAR: &str = "__CHAR_VARCHAR_TYPE_STRING";

/// A type: a name, or a structure.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub(super) enum SparkType {
    Name(String),
    Nested(Nested),
    /// What only a program knows, as user-defined types.
    Other(Value),
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "lowercase")]
pub(super) enum Nested {
    #[serde(rename_all = "camelCase")]
    Array {
        element_type: Box<SparkType>,
        contains_null: bool,
    },
    #[serde(rename_all = "camelCase")]
    Map {
        key_type: Box<SparkType>,
        value_type: Box<SparkType>,
        value_contains_null: bool,
    },
    Struct {
        fields: Vec<SparkField>,
    },
}

/// A column, or a field of a struct.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct SparkField {
    pub name: String,
    #[serde(rename = "type")]
    pub data_type: SparkType,
    pub nullable: bool,
    #[serde(default)]
    pub metadata: Map<String, Value>,
}

impl SparkField {
    /// Makes a field of Hive's type; none for types that Spark has not.
    pub fn of(name: &str, hive_type: &HiveType) -> Option<Self> {
        let mut metadata = Map::new();
        if let Some(noted) = char_varchar(hive_type) {
            metadata.insert(CHAR_VARCHAR.to_owned(), noted.into());
        }
        Some(Self { name: name.to_owned(), data_type: SparkType::of(hive_type)?, nullable: true, metadata })
    }

    /// Gives it another type, and leaves what that does not concern (names' case, comments, what may be null) as it is.
    /// False for types that Spark has not.
    pub fn retype(&mut self, hive_type: &HiveType) -> bool {
        let Some(new) = self.data_type.retyped(hive_type) else { return false };
        self.data_type = new;
        match char_varchar(hive_type) {
            Some(noted) => self.metadata.insert(CHAR_VARCHAR.to_owned(), noted.into()),
            None => self.metadata.remove(CHAR_VARCHAR),
        };
        true
    }

    /// Notes a comment, or that there is none.
    pub fn comment_set(&mut self, comment: Option<&str>) {
        match comment {
            Some(comment) => self.metadata.insert("comment".to_owned(), comment.into()),
            None => self.metadata.remove("comment"),
        };
    }
}

/// Spark shows these as text; it notes only that of a column what its length is, as old versions know no such type.
fn char_varchar(hive_type: &HiveType) -> Option<String> {
    match hive_type {
        HiveType::Primitive(name) if name.starts_with("varchar(") || name.starts_with("char(") => Some(name.clone()),
        _ => None,
    }
}

impl SparkType {
    /// None for types that Spark has not.
    pub fn of(hive_type: &HiveType) -> Option<Self> {
        Some(match hive_type {
            HiveType::Decimal { precision, scale } => Self::Name(format!("decimal({precision},{scale})")),
            HiveType::Primitive(name) => Self::Name(primitive(name)?.to_owned()),
            HiveType::List(element) => {
                Self::Nested(Nested::Array { element_type: Box::new(Self::of(element)?), contains_null: true })
            }
            HiveType::Map(key, value) => Self::Nested(Nested::Map {
                key_type: Box::new(Self::of(key)?),
                value_type: Box::new(Self::of(value)?),
                value_contains_null: true,
            }),
            HiveType::Struct(fields) => {
                let fields = fields.iter().map(|(name, field)| SparkField::of(name, field));
                Self::Nested(Nested::Struct { fields: fields.collect::<Option<_>>()? })
            }
        })
    }

    /// The same with Hive's type: what is nested keeps its fields where they have the same names.
    fn retyped(&self, hive_type: &HiveType) -> Option<Self> {
        Some(match (self, hive_type) {
            (Self::Nested(Nested::Array { element_type, contains_null }), HiveType::List(element)) => {
                let element_type = Box::new(element_type.retyped(element)?);
                Self::Nested(Nested::Array { element_type, contains_null: *contains_null })
            }
            (Self::Nested(Nested::Map { key_type, value_type, value_contains_null }), HiveType::Map(key, value)) => {
                let (key_type, value_type) = (Box::new(key_type.retyped(key)?), Box::new(value_type.retyped(value)?));
                Self::Nested(Nested::Map { key_type, value_type, value_contains_null: *value_contains_null })
            }
            (Self::Nested(Nested::Struct { fields }), HiveType::Struct(wanted)) => {
                let field = |(name, hive_type): &(String, HiveType)| match fields
                    .iter()
                    .find(|field| field.name.to_lowercase() == *name)
                {
                    Some(known) => {
                        let mut known = known.clone();
                        known.retype(hive_type).then_some(known)
                    }
                    None => SparkField::of(name, hive_type),
                };
                Self::Nested(Nested::Struct { fields: wanted.iter().map(field).collect::<Option<_>>()? })
            }
            // A timestamp without a zone is Hive's timestamp, too.
            (Self::Name(own), HiveType::Primitive(name)) if own == "timestamp_ntz" && name == "timestamp" => {
                self.clone()
            }
            _ => Self::of(hive_type)?,
        })
    }
}

/// Spark's name of one of Hive's primitive types.
fn primitive(hive_name: &str) -> Option<&'static str> {
    Some(match hive_name {
        "boolean" => "boolean",
        "tinyint" => "byte",
        "smallint" => "short",
        "int" => "integer",
        "bigint" => "long",
        "float" => "float",
        "double" => "double",
        "string" => "string",
        "binary" => "binary",
        "date" => "date",
        "timestamp" => "timestamp",
        "void" => "void",
        name if name.starts_with("varchar(") || name.starts_with("char(") => "string",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn hive(text: &str) -> HiveType {
        HiveType::parse(text).unwrap()
    }

    #[test]
    fn types_as_spark_writes_them() {
        for (hive_type, json) in [
            ("bigint", r#""long""#),
            ("decimal(10,2)", r#""decimal(10,2)""#),
            ("array<tinyint>", r#"{"type":"array","elementType":"byte","containsNull":true}"#),
            ("map<string,date>", r#"{"type":"map","keyType":"string","valueType":"date","valueContainsNull":true}"#),
            (
                "struct<a:int,b:struct<c:float>>",
                r#"{"type":"struct","fields":[{"name":"a","type":"integer","nullable":true,"metadata":{}},{"name":"b","type":{"type":"struct","fields":[{"name":"c","type":"float","nullable":true,"metadata":{}}]},"nullable":true,"metadata":{}}]}"#,
            ),
        ] {
            let made = SparkType::of(&hive(hive_type)).unwrap();
            assert_eq!(serde_json::to_string(&made).unwrap(), json);
            assert_eq!(serde_json::from_str::<SparkType>(json).unwrap(), made);
        }
        assert_eq!(SparkType::of(&hive("array<timestamp with local time zone>")), None);
        let varchar = SparkField::of("v", &hive("varchar(7)")).unwrap();
        let json =
            r#"{"name":"v","type":"string","nullable":true,"metadata":{"__CHAR_VARCHAR_TYPE_STRING":"varchar(7)"}}"#;
        assert_eq!(serde_json::to_string(&varchar).unwrap(), json);
    }

    #[test]
    fn another_type_leaves_the_rest() {
        let json = r#"{"name":"S","type":{"type":"struct","fields":[{"name":"Deep","type":{"type":"array","elementType":"integer","containsNull":false},"nullable":false,"metadata":{"comment":"x"}}]},"nullable":false,"metadata":{"id":7}}"#;
        let mut field: SparkField = serde_json::from_str(json).unwrap();
        assert!(field.retype(&hive("struct<deep:array<bigint>,new:int>")));
        let wanted = r#"{"name":"S","type":{"type":"struct","fields":[{"name":"Deep","type":{"type":"array","elementType":"long","containsNull":false},"nullable":false,"metadata":{"comment":"x"}},{"name":"new","type":"integer","nullable":true,"metadata":{}}]},"nullable":false,"metadata":{"id":7}}"#;
        assert_eq!(serde_json::to_string(&field).unwrap(), wanted);
        let mut ntz = SparkField { data_type: SparkType::Name("timestamp_ntz".into()), ..field.clone() };
        assert!(ntz.retype(&hive("timestamp")) && ntz.data_type == SparkType::Name("timestamp_ntz".into()));
        assert!(!field.retype(&hive("interval_day_time")));
    }

    #[test]
    fn types_that_are_not_known_come_back() {
        let json = r#"{"type":"udt","class":"x.Point","pyClass":null,"sqlType":"double"}"#;
        let read: SparkType = serde_json::from_str(json).unwrap();
        assert_eq!(serde_json::to_value(&read).unwrap(), serde_json::from_str::<Value>(json).unwrap());
    }

    proptest! {
        #[test]
        fn every_type_comes_back(text in "(array<|map<string,|struct<a:int,b:){0,5}(int|date|decimal\\(5,1\\))>{0,5}") {
            if let Some(made) = HiveType::parse(&text).and_then(|read| SparkType::of(&read)) {
                let json = serde_json::to_string(&made).unwrap();
                prop_assert_eq!(serde_json::from_str::<SparkType>(&json).unwrap(), made);
            }
        }

        #[test]
        fn no_text_panics(text in "[\\[\\]{}:,\"a-z0-9]{0,60}") {
            let _ = serde_json::from_str::<SparkField>(&text);
        }
    }
}
