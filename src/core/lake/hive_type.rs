//! Hive's types as they are written: `struct<a:int,b:array<decimal(3,1)>>`.

use std::fmt;

use crate::{Error, Result};

/// Integers, by how much fits.
const NUMBERS: [&str; 4] = ["tinyint", "smallint", "int", "bigint"];
/// Types may nest so deep.
const DEPTH_MAX: usize = 64;
/// And be so long, in bytes.
const LENGTH_MAX: usize = 1 << 20;

/// A type, names in lower case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HiveType {
    /// With its arguments: `decimal(10,2)`.
    Primitive(String),
    Array(Box<HiveType>),
    Map(Box<HiveType>, Box<HiveType>),
    Struct(Vec<(String, HiveType)>),
}

impl HiveType {
    /// Errors (InvalidObject) name the text.
    pub fn parse(text: &str) -> Result<Self> {
        let wrong = || {
            let shown: String = text.chars().take(200).collect();
            Error::invalid_object(format!(
                "{shown:?} is not a type: it must be a primitive, array<…>, map<…,…> or struct<a:…>"
            ))
        };
        if text.len() > LENGTH_MAX {
            return Err(wrong());
        }
        let lower = text.to_ascii_lowercase();
        let mut rest = lower.as_str();
        let parsed = read(&mut rest, 0).ok_or_else(wrong)?;
        if rest.trim().is_empty() { Ok(parsed) } else { Err(wrong()) }
    }

    /// Precision and scale of a decimal.
    pub fn decimal(&self) -> Option<(u8, u8)> {
        let Self::Primitive(text) = self else { return None };
        if text == "decimal" {
            return Some((10, 0));
        }
        let (precision, scale) = text.strip_prefix("decimal(")?.strip_suffix(')')?.split_once(',').or(None)?;
        Some((precision.parse().ok()?, scale.parse().ok()?))
    }

    /// Whether every value of `self` is one of `other`, in all engines.
    pub fn widens_to(&self, other: &Self) -> bool {
        if let (Some((precision, scale)), Some((wider, more))) = (self.decimal(), other.decimal()) {
            return more >= scale && i16::from(wider) - i16::from(more) >= i16::from(precision) - i16::from(scale);
        }
        let (Self::Primitive(from), Self::Primitive(to)) = (self, other) else { return false };
        let rank = |name: &str| NUMBERS.iter().position(|known| *known == name);
        match (rank(from), rank(to)) {
            (Some(from), Some(to)) => from <= to,
            _ => matches!((from.as_str(), to.as_str()), ("float", "double")),
        }
    }

    /// Whether `other` is this with fields added at the end of structs.
    pub fn grows_to(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Struct(fields), Self::Struct(more)) => {
                more.len() >= fields.len()
                    && fields.iter().zip(more).all(|((name, one), (same, two))| name == same && one.grows_to(two))
            }
            (Self::Array(one), Self::Array(two)) => one.grows_to(two),
            (Self::Map(key, value), Self::Map(other_key, other_value)) => {
                key == other_key && value.grows_to(other_value)
            }
            (one, two) => one == two,
        }
    }
}

fn read(rest: &mut &str, depth: usize) -> Option<HiveType> {
    if depth > DEPTH_MAX {
        return None;
    }
    *rest = rest.trim_start();
    let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(rest.len());
    let word = &rest[..end];
    *rest = &rest[end..];
    match word {
        "array" => {
            let element = bracketed(rest, |rest| read(rest, depth + 1))?;
            Some(HiveType::Array(Box::new(element)))
        }
        "map" => bracketed(rest, |rest| {
            let key = read(rest, depth + 1)?;
            take(rest, ',')?;
            Some(HiveType::Map(Box::new(key), Box::new(read(rest, depth + 1)?)))
        }),
        "struct" => bracketed(rest, |rest| fields(rest, depth + 1)),
        "" => None,
        word => primitive(word, rest),
    }
}

fn fields(rest: &mut &str, depth: usize) -> Option<HiveType> {
    let mut fields = Vec::new();
    loop {
        *rest = rest.trim_start();
        let end = rest.find(':')?;
        let name = rest[..end].trim().trim_matches('`').to_owned();
        if name.is_empty() || name.contains(['<', '>', ',', '(', ')']) {
            return None;
        }
        *rest = &rest[end + 1..];
        fields.push((name, read(rest, depth)?));
        if take(rest, ',').is_none() {
            return Some(HiveType::Struct(fields));
        }
    }
}

fn primitive(word: &str, rest: &mut &str) -> Option<HiveType> {
    let word = match word {
        "integer" => "int",
        "dec" | "numeric" => "decimal",
        other => other,
    };
    if word == "timestamp" && rest.trim_start().starts_with("with local time zone") {
        *rest = &rest.trim_start()["with local time zone".len()..];
        return Some(HiveType::Primitive("timestamp with local time zone".to_owned()));
    }
    if !rest.trim_start().starts_with('(') {
        return Some(HiveType::Primitive(if word == "decimal" { "decimal(10,0)".to_owned() } else { word.to_owned() }));
    }
    take(rest, '(')?;
    let end = rest.find(')')?;
    let numbers: Vec<u32> = rest[..end].split(',').map(|n| n.trim().parse().ok()).collect::<Option<_>>()?;
    *rest = &rest[end + 1..];
    match (word, numbers.as_slice()) {
        ("decimal", [precision]) => Some(HiveType::Primitive(format!("decimal({precision},0)"))),
        ("decimal", [precision, scale]) => Some(HiveType::Primitive(format!("decimal({precision},{scale})"))),
        ("varchar" | "char", [length]) => Some(HiveType::Primitive(format!("{word}({length})"))),
        _ => None,
    }
}

fn bracketed(rest: &mut &str, inside: impl FnOnce(&mut &str) -> Option<HiveType>) -> Option<HiveType> {
    take(rest, '<')?;
    let found = inside(rest)?;
    take(rest, '>')?;
    Some(found)
}

fn take(rest: &mut &str, wanted: char) -> Option<()> {
    *rest = rest.trim_start().strip_prefix(wanted)?;
    Some(())
}

impl fmt::Display for HiveType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Primitive(text) => f.write_str(text),
            Self::Array(element) => write!(f, "array<{element}>"),
            Self::Map(key, value) => write!(f, "map<{key},{value}>"),
            Self::Struct(fields) => {
                f.write_str("struct<")?;
                for (at, (name, type_name)) in fields.iter().enumerate() {
                    write!(f, "{}{name}:{type_name}", if at == 0 { "" } else { "," })?;
                }
                f.write_str(">")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn any_type() -> impl Strategy<Value = HiveType> {
        let leaf = prop_oneof![
            Just("int"),
            Just("string"),
            Just("decimal(10,2)"),
            Just("varchar(3)"),
            Just("timestamp"),
            Just("timestamp with local time zone")
        ]
        .prop_map(|text| HiveType::Primitive(text.to_owned()));
        leaf.prop_recursive(4, 24, 4, |inner| {
            prop_oneof![
                inner.clone().prop_map(|t| HiveType::Array(Box::new(t))),
                (inner.clone(), inner.clone()).prop_map(|(k, v)| HiveType::Map(Box::new(k), Box::new(v))),
                prop::collection::vec(("[a-z][a-z0-9_ ]{0,4}[a-z]", inner), 1..4).prop_map(HiveType::Struct),
            ]
        })
    }

    proptest! {
        #[test]
        fn what_is_printed_is_read_again(one in any_type()) {
            prop_assert_eq!(HiveType::parse(&one.to_string()).unwrap(), one.clone());
            prop_assert!(one.grows_to(&one));
        }

        #[test]
        fn no_text_panics(text in "[a-z<>(),: 0-9`é]{0,60}") {
            let _ = HiveType::parse(&text);
        }
    }

    #[test]
    fn deep_and_wrong_texts_are_refused() {
        for bad in [
            "",
            "array<",
            "array<int",
            "map<int>",
            "struct<>",
            "struct<a>",
            "decimal(x)",
            "int)",
            "a b",
            &"array<".repeat(100_000),
        ] {
            assert!(HiveType::parse(bad).is_err(), "{bad:.40}");
        }
    }

    #[test]
    fn what_fits_into_what() {
        let t = |text: &str| HiveType::parse(text).unwrap();
        for (from, to) in
            [("int", "bigint"), ("float", "double"), ("decimal(5,2)", "decimal(7,2)"), ("decimal(5,2)", "decimal(8,4)")]
        {
            assert!(t(from).widens_to(&t(to)) && !t(to).widens_to(&t(from)), "{from} {to}");
        }
        for (from, to) in
            [("int", "double"), ("date", "timestamp"), ("int", "string"), ("decimal(5,2)", "decimal(5,3)")]
        {
            assert!(!t(from).widens_to(&t(to)), "{from} {to}");
        }
        assert!(t("array<struct<a:int>>").grows_to(&t("array<struct<a:int,b:string>>")));
        assert!(!t("struct<a:int>").grows_to(&t("struct<b:int,a:int>")));
    }
}
