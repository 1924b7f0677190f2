//! Types of expressions, as far as engines agree on them.

use crate::Result;
use crate::event_log::{Dialect, trino_type};

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum SqlType {
    /// Of a bare NULL.
    Null,
    Boolean,
    /// So many bytes: 1, 2, 4, 8.
    Integer(u8),
    Float,
    Double,
    Decimal(u8, u8),
    /// Of at most so many characters; None: `string`.
    Text(Option<u32>),
    Date,
    Timestamp,
    /// A type of Hive's whose values are passed on and nothing else.
    Other(String),
}

/// The most digits of a decimal.
pub(super) const DIGITS_MAX: u8 = 38;
const VARCHAR_MAX: u32 = 65_535;

impl SqlType {
    /// Of a type as Hive writes it.
    pub fn parse(hive: &str) -> Self {
        let text = hive.trim().to_ascii_lowercase();
        let (word, arguments) = text.split_once('(').map_or((text.as_str(), None), |(word, rest)| {
            (word.trim(), Some(rest.trim_end_matches(')').replace(' ', "")))
        });
        match (word, arguments.as_deref()) {
            ("boolean", None) => Self::Boolean,
            ("tinyint", None) => Self::Integer(1),
            ("smallint", None) => Self::Integer(2),
            ("int" | "integer", None) => Self::Integer(4),
            ("bigint", None) => Self::Integer(8),
            ("float", None) => Self::Float,
            ("double", None) => Self::Double,
            ("string", None) => Self::Text(None),
            ("varchar", Some(length)) => match length.parse() {
                Ok(length @ 1..=VARCHAR_MAX) => Self::Text(Some(length)),
                _ => Self::Other(text),
            },
            ("date", None) => Self::Date,
            ("timestamp", None) => Self::Timestamp,
            ("decimal", arguments) => {
                let (precision, scale) = arguments.unwrap_or("10,0").split_once(',').unwrap_or(("", ""));
                let whole = arguments.filter(|text| !text.contains(','));
                let precision = whole.unwrap_or(precision).parse();
                let scale = if whole.is_some() { Ok(0) } else { scale.parse() };
                match (precision, scale) {
                    (Ok(precision @ 1..=DIGITS_MAX), Ok(scale)) if scale <= precision => {
                        Self::Decimal(precision, scale)
                    }
                    _ => Self::Other(text),
                }
            }
            _ => Self::Other(text),
        }
    }

    /// As Hive writes it.
    pub fn hive(&self) -> String {
        match self {
            Self::Null => "void".to_owned(),
            Self::Boolean => "boolean".to_owned(),
            Self::Integer(1) => "tinyint".to_owned(),
            Self::Integer(2) => "smallint".to_owned(),
            Self::Integer(4) => "int".to_owned(),
            Self::Integer(_) => "bigint".to_owned(),
            Self::Float => "float".to_owned(),
            Self::Double => "double".to_owned(),
            Self::Decimal(precision, scale) => format!("decimal({precision},{scale})"),
            Self::Text(None) => "string".to_owned(),
            Self::Text(Some(length)) => format!("varchar({length})"),
            Self::Date => "date".to_owned(),
            Self::Timestamp => "timestamp".to_owned(),
            Self::Other(text) => text.clone(),
        }
    }

    /// As a dialect writes it.
    pub fn text(&self, dialect: Dialect) -> Result<String> {
        match dialect {
            Dialect::Hive => Ok(self.hive()),
            Dialect::Trino => trino_type(&self.hive()),
        }
    }

    /// An integer as a decimal; None of what has no exact digits.
    pub fn digits(&self) -> Option<(u8, u8)> {
        match self {
            Self::Integer(1) => Some((3, 0)),
            Self::Integer(2) => Some((5, 0)),
            Self::Integer(4) => Some((10, 0)),
            Self::Integer(_) => Some((19, 0)),
            Self::Decimal(precision, scale) => Some((*precision, *scale)),
            _ => None,
        }
    }

    pub fn is_number(&self) -> bool {
        matches!(self, Self::Integer(_) | Self::Float | Self::Double | Self::Decimal(..))
    }

    fn is_floating(&self) -> bool {
        matches!(self, Self::Float | Self::Double)
    }

    /// The type that holds the values of both; None where there is none.
    pub fn union(&self, other: &Self) -> Option<Self> {
        match (self, other) {
            (one, other) if one == other => Some(one.clone()),
            (Self::Null, known) | (known, Self::Null) => Some(known.clone()),
            (Self::Integer(one), Self::Integer(other)) => Some(Self::Integer(*one.max(other))),
            (Self::Text(one), Self::Text(other)) => {
                Some(Self::Text(one.zip(*other).map(|(one, other)| one.max(other))))
            }
            (one, other) if one.is_number() && other.is_number() && (one.is_floating() || other.is_floating()) => {
                Some(Self::Double)
            }
            (one, other) => {
                let ((p, s), (q, t)) = one.digits().zip(other.digits())?;
                let scale = s.max(t);
                let precision = (p - s).max(q - t) + scale;
                (precision <= DIGITS_MAX).then_some(Self::Decimal(precision, scale))
            }
        }
    }

    /// Whether a CAST of this to another gives the same in all engines, whatever the value.
    pub fn casts_to(&self, to: &Self) -> bool {
        match (self, to) {
            (one, other) if one == other => true,
            (Self::Null, other) => !matches!(other, Self::Other(_) | Self::Null),
            (Self::Integer(from), Self::Integer(to)) => from <= to,
            (one, Self::Double) => one.is_number(),
            (one, Self::Decimal(q, t)) => one.digits().is_some_and(|(p, s)| p - s <= q - t),
            (Self::Integer(_) | Self::Date, Self::Text(None))
            | (Self::Date, Self::Timestamp)
            | (Self::Timestamp, Self::Date) => true,
            // Spark does not cut.
            (Self::Text(from), Self::Text(to)) => to.is_none_or(|to| from.is_some_and(|from| from <= to)),
            _ => false,
        }
    }
}
