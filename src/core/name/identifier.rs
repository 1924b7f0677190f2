//! Identifiers (catalog, database, table, column, function): normal form and validity, semantics §2.

use std::fmt::Write;

/// The form in which identifiers are stored and compared: without surrounding blanks and control characters, in
/// lower case.
pub fn normalize(identifier: &str) -> String {
    identifier.trim_matches(|c| c <= ' ').to_lowercase()
}

/// What a name may hold besides letters, digits and `_`, where the server allows special characters.
const SPECIAL_CHARACTERS: &str = " \"%&'()*+,-./:;<=>?[]_|{}$^!~#@`";

/// Whether a database, table or function may be called so. `special_characters` is the server's setting
/// `metastore.support.special.characters.tablename`, and false for functions. Column names are not checked at all.
pub fn validate_name(name: &str, special_characters: bool) -> bool {
    let valid =
        |c: char| c.is_ascii_alphanumeric() || c == '_' || (special_characters && SPECIAL_CHARACTERS.contains(c));
    !name.is_empty() && name.chars().all(valid)
}

/// The last component of a table's default location: every UTF-16 unit that is no letter, digit or `_` becomes
/// `-CODE-` with its decimal code (semantics §4). The name is taken as it is: lower-case it first.
pub fn directory_name(table: &str) -> String {
    let mut out = String::with_capacity(table.len());
    for c in table.chars() {
        if c == '_' || (c.len_utf16() == 1 && c.is_alphanumeric()) {
            out.push(c);
        } else {
            for unit in c.encode_utf16(&mut [0; 2]) {
                // Writing into a String cannot fail.
                let _ = write!(out, "-{unit}-");
            }
        }
    }
    out
}

/// The type text of columns that only the SerDe knows.
const TYPE_FROM_DESERIALIZER: &str = "<derived from deserializer>";

const TYPE_NAMES: [&str; 25] = [
    "array",
    "bigint",
    "binary",
    "boolean",
    "char",
    "date",
    "datetime",
    "decimal",
    "double",
    "float",
    "int",
    "interval_day_time",
    "interval_year_month",
    "map",
    "null",
    "smallint",
    "string",
    "struct",
    "timestamp",
    "timestamplocaltz",
    "tinyint",
    "uniontype",
    "unknown",
    "varchar",
    "void",
];

/// Whether Hive would take this type for a column. Like Hive it looks at the first token only (letters, digits, `_`),
/// so `array<nonsense>` passes (semantics §2).
pub fn valid_column_type(type_name: &str) -> bool {
    let end = type_name.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(type_name.len());
    type_name == TYPE_FROM_DESERIALIZER || TYPE_NAMES.contains(&&type_name[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn normal_form_is_trimmed_and_lower_case() {
        assert_eq!(normalize("\t Sales_2024 \n"), "sales_2024");
        assert_eq!(normalize("ÄÖ"), "äö");
        // Java's trim leaves the no-break space.
        assert_eq!(normalize("\u{a0}x"), "\u{a0}x");
    }

    #[test]
    fn names_are_word_characters_and_maybe_more() {
        assert!(validate_name("t_1", false));
        assert!(!validate_name("", false));
        assert!(!validate_name("", true));
        assert!(!validate_name("a b", false));
        for c in SPECIAL_CHARACTERS.chars() {
            assert!(validate_name(&format!("a{c}b"), true), "{c:?}");
        }
        assert!(!validate_name("é", true));
        assert!(!validate_name("a\nb", true));
        assert!(!validate_name("a\\b", true));
    }

    #[test]
    fn directories_are_encoded() {
        assert_eq!(directory_name("web logs/v2"), "web-32-logs-47-v2");
        assert_eq!(directory_name("été_1"), "été_1");
        assert_eq!(directory_name("a😀"), "a-55357--56832-");
    }

    #[test]
    fn types_are_known_by_their_first_token() {
        for good in ["int", "decimal(10,2)", "array<whatever>", "timestamp with local time zone", "void", "varchar(3)"]
        {
            assert!(valid_column_type(good), "{good}");
        }
        assert!(valid_column_type(TYPE_FROM_DESERIALIZER));
        for bad in ["", "integer", "INT", " int", "int4", "<int>", "derp"] {
            assert!(!valid_column_type(bad), "{bad}");
        }
    }
}
