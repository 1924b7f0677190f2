//! The type of a partition key.

/// The type of a partition key, as far as comparing its values needs it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum KeyType {
    /// string, and every type that has no order of its own here.
    Text,
    /// varchar(n): compared as text.
    Varchar(u32),
    /// char(n): compared as text without trailing blanks.
    Char(u32),
    Boolean,
    /// tinyint, smallint, int, bigint.
    Integer(IntegerWidth),
    Float,
    Double,
    Decimal {
        precision: u8,
        scale: u8,
    },
    Date,
    Timestamp,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum IntegerWidth {
    Tiny,
    Small,
    Int,
    Big,
}

impl IntegerWidth {
    /// Whether a number of this width can be `n`.
    pub fn holds(self, n: i64) -> bool {
        match self {
            Self::Tiny => i8::try_from(n).is_ok(),
            Self::Small => i16::try_from(n).is_ok(),
            Self::Int => i32::try_from(n).is_ok(),
            Self::Big => true,
        }
    }

    /// `n` cut to this width as Java's casts do.
    pub fn wrap(self, n: i64) -> i64 {
        match self {
            Self::Tiny => i64::from(n as i8),
            Self::Small => i64::from(n as i16),
            Self::Int => i64::from(n as i32),
            Self::Big => n,
        }
    }
}

impl KeyType {
    /// Reads Hive's type text (`decimal(10, 2)`, any case). What is not a primitive with an order of its own, is
    /// malformed or missing is [`KeyType::Text`]: such a key can still be compared by its text.
    pub fn parse(type_name: &str) -> Self {
        let lower = type_name.trim().to_ascii_lowercase();
        let (name, arguments) = match lower.split_once('(') {
            None => (lower.as_str(), Some((None, None))),
            Some((name, rest)) => (name.trim_end(), rest.strip_suffix(')').and_then(arguments)),
        };
        match (name, arguments) {
            ("varchar", Some((Some(length), None))) => Self::Varchar(length),
            ("char", Some((Some(length), None))) => Self::Char(length),
            ("decimal" | "numeric" | "dec", Some((precision, scale))) => decimal(precision, scale),
            ("boolean", Some((None, None))) => Self::Boolean,
            ("tinyint", Some((None, None))) => Self::Integer(IntegerWidth::Tiny),
            ("smallint", Some((None, None))) => Self::Integer(IntegerWidth::Small),
            ("int" | "integer", Some((None, None))) => Self::Integer(IntegerWidth::Int),
            ("bigint", Some((None, None))) => Self::Integer(IntegerWidth::Big),
            ("float", Some((None, None))) => Self::Float,
            ("double" | "double precision", Some((None, None))) => Self::Double,
            ("date", Some((None, None))) => Self::Date,
            ("timestamp", Some((None, None))) => Self::Timestamp,
            _ => Self::Text,
        }
    }

    /// string, varchar, char.
    pub fn is_text(self) -> bool {
        matches!(self, Self::Text | Self::Varchar(_) | Self::Char(_))
    }

    /// The type's family in words, for messages.
    pub fn describe(self) -> &'static str {
        match self {
            Self::Text => "string",
            Self::Varchar(_) => "varchar",
            Self::Char(_) => "char",
            Self::Boolean => "boolean",
            Self::Integer(IntegerWidth::Tiny) => "tinyint",
            Self::Integer(IntegerWidth::Small) => "smallint",
            Self::Integer(IntegerWidth::Int) => "int",
            Self::Integer(IntegerWidth::Big) => "bigint",
            Self::Float => "float",
            Self::Double => "double",
            Self::Decimal { .. } => "decimal",
            Self::Date => "date",
            Self::Timestamp => "timestamp",
        }
    }
}

/// One or two numbers between a type's parentheses.
fn arguments(text: &str) -> Option<(Option<u32>, Option<u32>)> {
    match text.split_once(',') {
        None => Some((Some(text.trim().parse().ok()?), None)),
        Some((first, second)) => Some((Some(first.trim().parse().ok()?), Some(second.trim().parse().ok()?))),
    }
}

/// Hive's default is decimal(10,0); a precision is 1 to 38, a scale at most the precision.
fn decimal(precision: Option<u32>, scale: Option<u32>) -> KeyType {
    let (precision, scale) = (precision.unwrap_or(10), scale.unwrap_or(0));
    if (1..=38).contains(&precision) && scale <= precision {
        KeyType::Decimal { precision: precision as u8, scale: scale as u8 }
    } else {
        KeyType::Text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn type_texts() {
        use IntegerWidth::{Big, Int, Small, Tiny};
        use KeyType::{Boolean, Char, Date, Decimal, Double, Float, Integer, Text, Timestamp, Varchar};
        let cases = [
            ("string", Text),
            ("STRING", Text),
            ("varchar(10)", Varchar(10)),
            ("char( 3 )", Char(3)),
            ("Boolean", Boolean),
            ("tinyint", Integer(Tiny)),
            ("smallint", Integer(Small)),
            (" int ", Integer(Int)),
            ("bigint", Integer(Big)),
            ("float", Float),
            ("double", Double),
            ("decimal", Decimal { precision: 10, scale: 0 }),
            ("decimal(38)", Decimal { precision: 38, scale: 0 }),
            ("decimal(10 , 2)", Decimal { precision: 10, scale: 2 }),
            ("date", Date),
            ("timestamp", Timestamp),
            // No order of their own here, malformed or out of range:
            ("timestamp with local time zone", Text),
            ("binary", Text),
            ("array<int>", Text),
            ("struct<a:decimal(10,2)>", Text),
            ("decimal(39,0)", Text),
            ("decimal(2,3)", Text),
            ("decimal(10,2", Text),
            ("decimal()", Text),
            ("varchar", Text),
            ("int(4)", Text),
            ("", Text),
        ];
        for (text, key_type) in cases {
            assert_eq!(KeyType::parse(text), key_type, "{text}");
        }
    }
}
