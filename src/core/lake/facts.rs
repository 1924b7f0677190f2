//! What a file's footer tells, in the types of Hive.

use serde::{Deserialize, Serialize};

/// A bound of a text is cut to so many bytes.
const BOUND_MAX: usize = 64;

/// A column of a file, in the file's order.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct FileColumn {
    /// In lower case, as Hive has it.
    pub name: String,
    /// As the file has it.
    pub written_as: String,
    /// Hive's type.
    pub type_name: String,
}

/// Facts of one file. Bounds are texts of the column's type, as in a partition's value; timestamps are in UTC.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileFacts {
    #[serde(rename = "c")]
    pub columns: Vec<ColumnFacts>,
    /// Row groups, where there are several.
    #[serde(rename = "g", default, skip_serializing_if = "Vec::is_empty")]
    pub groups: Vec<GroupFacts>,
}

/// Of a column without nested parts, over the whole file.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ColumnFacts {
    #[serde(rename = "n")]
    pub name: String,
    #[serde(rename = "t")]
    pub type_name: String,
    #[serde(rename = "u", default, skip_serializing_if = "Option::is_none")]
    pub nulls: Option<i64>,
    /// No value is less.
    #[serde(rename = "l", default, skip_serializing_if = "Option::is_none")]
    pub min: Option<String>,
    /// No value is greater.
    #[serde(rename = "h", default, skip_serializing_if = "Option::is_none")]
    pub max: Option<String>,
    /// Distinct values, where a writer said so.
    #[serde(rename = "d", default, skip_serializing_if = "Option::is_none")]
    pub distinct: Option<i64>,
    /// Bytes of all values, where they have lengths.
    #[serde(rename = "b", default, skip_serializing_if = "Option::is_none")]
    pub bytes: Option<i64>,
}

/// A row group: where it begins, and bounds of its columns.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupFacts {
    /// Bytes from the beginning of the file.
    #[serde(rename = "o")]
    pub offset: i64,
    /// Bytes.
    #[serde(rename = "s")]
    pub length: i64,
    #[serde(rename = "r")]
    pub rows: i64,
    #[serde(rename = "b", default, skip_serializing_if = "Vec::is_empty")]
    pub bounds: Vec<GroupBounds>,
}

/// Of one column in a row group.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupBounds {
    /// Its place in the file's columns.
    #[serde(rename = "i")]
    pub column: usize,
    #[serde(rename = "u", default, skip_serializing_if = "Option::is_none")]
    pub nulls: Option<i64>,
    #[serde(rename = "l", default, skip_serializing_if = "Option::is_none")]
    pub min: Option<String>,
    #[serde(rename = "h", default, skip_serializing_if = "Option::is_none")]
    pub max: Option<String>,
}

/// A text that is not greater, of bounded length.
pub fn bound_below(text: &str) -> String {
    let mut end = BOUND_MAX.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text[..end].to_owned()
}

/// A text that is not less, of bounded length; none where there is no such text.
pub fn bound_above(text: &str) -> Option<String> {
    if text.len() <= BOUND_MAX {
        return Some(text.to_owned());
    }
    let mut cut: Vec<char> = bound_below(text).chars().collect();
    while let Some(last) = cut.pop() {
        // The next character that is one: surrogates are none.
        let next = (u32::from(last) + 1..=0x10_FFFF).find_map(char::from_u32);
        if let Some(next) = next {
            cut.push(next);
            return Some(cut.into_iter().collect());
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn bounds_hold(text in "[a-zé\u{10FFFF}\u{D7FF}]{0,100}") {
            prop_assert!(bound_below(&text) <= text);
            if let Some(above) = bound_above(&text) {
                prop_assert!(above >= text);
                prop_assert!(above.len() <= BOUND_MAX + 4);
            }
        }
    }

    #[test]
    fn the_stored_form_is_compact_and_stable() {
        let column = ColumnFacts {
            name: "a".into(),
            type_name: "int".into(),
            nulls: Some(0),
            min: Some("1".into()),
            max: Some("9".into()),
            ..ColumnFacts::default()
        };
        let facts = FileFacts { columns: vec![column], groups: Vec::new() };
        let text = serde_json::to_string(&facts).unwrap();
        assert_eq!(text, r#"{"c":[{"n":"a","t":"int","u":0,"l":"1","h":"9"}]}"#);
        assert_eq!(serde_json::from_str::<FileFacts>(&text).unwrap(), facts);
    }
}
