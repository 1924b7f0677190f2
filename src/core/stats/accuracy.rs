//! The parameter `COLUMN_STATS_ACCURATE`: which statistics describe the data as it is now.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::name::normalize;
use crate::table::Parameters;

pub const COLUMN_STATS_ACCURATE: &str = "COLUMN_STATS_ACCURATE";

/// What the parameter says, in Hive's text form: `{"BASIC_STATS":"true","COLUMN_STATS":{"c":"true"}}`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Accuracy {
    /// Row count and sizes are accurate.
    #[serde(rename = "BASIC_STATS", default, skip_serializing_if = "Flag::is_false")]
    basic: Flag,
    /// Columns whose statistics are accurate. A flag that is not true keeps its place, as in Hive.
    #[serde(rename = "COLUMN_STATS", default, skip_serializing_if = "BTreeMap::is_empty")]
    columns: BTreeMap<String, Flag>,
}

/// A boolean that is a text in JSON.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Flag(bool);

impl Flag {
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
    fn is_false(&self) -> bool {
        !self.0
    }
}

impl Serialize for Flag {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(if self.0 { "true" } else { "false" })
    }
}

impl<'de> Deserialize<'de> for Flag {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Form {
            Text(String),
            Boolean(bool),
        }
        Ok(Self(match Form::deserialize(deserializer)? {
            Form::Text(text) => text.eq_ignore_ascii_case("true"),
            Form::Boolean(value) => value,
        }))
    }
}

impl Accuracy {
    /// Reads the parameter. Old Hive wrote plain `TRUE` for accurate basic statistics; any other text that is not of
    /// the form says that nothing is accurate.
    pub fn parse(text: &str) -> Self {
        serde_json::from_str(text)
            .unwrap_or_else(|_| Self { basic: Flag(text.eq_ignore_ascii_case("true")), columns: BTreeMap::new() })
    }

    /// What these parameters say; nothing is accurate where the parameter is missing.
    pub fn of(parameters: &Parameters) -> Self {
        parameters.get(COLUMN_STATS_ACCURATE).map_or_else(Self::default, |text| Self::parse(text))
    }

    /// Changes the parameter. It is set even if nothing is left in it (`{}`), as Hive does, but not brought into
    /// being by a change that says nothing.
    pub fn edit(parameters: &mut Parameters, change: impl FnOnce(&mut Self)) {
        let mut accuracy = Self::of(parameters);
        change(&mut accuracy);
        if accuracy != Self::default() || parameters.contains_key(COLUMN_STATS_ACCURATE) {
            parameters.insert(COLUMN_STATS_ACCURATE.to_owned(), accuracy.to_string());
        }
    }

    /// Basic statistics are no longer accurate: Hive then forgets those of the columns too.
    pub fn clear(parameters: &mut Parameters) {
        parameters.remove(COLUMN_STATS_ACCURATE);
    }

    pub fn basic(&self) -> bool {
        self.basic.0
    }

    pub fn set_basic(&mut self) {
        self.basic = Flag(true);
    }

    /// Whether this column is listed: its statistics may be merged with new ones.
    pub fn column(&self, column: &str) -> bool {
        self.columns.contains_key(&normalize(column))
    }

    /// Columns with accurate statistics, sorted.
    pub fn columns(&self) -> impl Iterator<Item = &str> {
        self.columns.iter().filter(|(_, flag)| flag.0).map(|(column, _)| column.as_str())
    }

    pub fn add_columns<'a>(&mut self, columns: impl IntoIterator<Item = &'a str>) {
        for column in columns {
            self.columns.entry(normalize(column)).or_insert(Flag(true));
        }
    }

    pub fn remove_columns<'a>(&mut self, columns: impl IntoIterator<Item = &'a str>) {
        for column in columns {
            self.columns.remove(&normalize(column));
        }
    }

    pub fn clear_columns(&mut self) {
        self.columns.clear();
    }
}

/// Hive's text form.
impl fmt::Display for Accuracy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&serde_json::to_string(self).map_err(|_| fmt::Error)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_that_of_hive() {
        let mut accuracy = Accuracy::default();
        assert_eq!(accuracy.to_string(), "{}");
        accuracy.add_columns(["B", "a"]);
        assert_eq!(accuracy.to_string(), r#"{"COLUMN_STATS":{"a":"true","b":"true"}}"#);
        accuracy.set_basic();
        accuracy.remove_columns(["A"]);
        let text = accuracy.to_string();
        assert_eq!(text, r#"{"BASIC_STATS":"true","COLUMN_STATS":{"b":"true"}}"#);
        assert_eq!(Accuracy::parse(&text), accuracy);
        accuracy.clear_columns();
        assert_eq!(accuracy.to_string(), r#"{"BASIC_STATS":"true"}"#);
    }

    #[test]
    fn other_texts_are_read_as_hive_reads_them() {
        assert!(Accuracy::parse("TRUE").basic());
        assert!(Accuracy::parse(r#"{"BASIC_STATS":true}"#).basic());
        for nothing in ["", "false", "{", "[]", "null", r#"{"BASIC_STATS":"true","x":1}"#, r#"{"BASIC_STATS":"no"}"#] {
            assert_eq!(Accuracy::parse(nothing), Accuracy::default(), "{nothing}");
        }
        let odd = Accuracy::parse(r#"{"COLUMN_STATS":{"c":"false","d":"true"}}"#);
        assert_eq!(odd.columns().collect::<Vec<_>>(), ["d"]);
        assert!(odd.column("C"));
    }

    #[test]
    fn editing_parameters() {
        let mut parameters = Parameters::new();
        Accuracy::edit(&mut parameters, |a| a.remove_columns(["c"]));
        assert!(parameters.is_empty());
        Accuracy::edit(&mut parameters, |a| a.add_columns(["c"]));
        Accuracy::edit(&mut parameters, |a| a.remove_columns(["c"]));
        assert_eq!(parameters[COLUMN_STATS_ACCURATE], "{}");
        Accuracy::clear(&mut parameters);
        assert!(parameters.is_empty());
    }
}
