//! The syntax tree that filter strings and Kryo expressions are both lowered to. Operators live in enums without
//! `_ =>` arms, so that the compiler names every interpreter that a new one needs.

use crate::types::KeyType;
pub use crate::types::Value;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CompareOp {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    /// `<=>`: NULL equals NULL; never NULL itself.
    NullSafeEqual,
}

impl CompareOp {
    /// The operator that says the same with its sides exchanged.
    #[must_use]
    pub fn mirrored(self) -> Self {
        match self {
            Self::Equal => Self::Equal,
            Self::NotEqual => Self::NotEqual,
            Self::Less => Self::Greater,
            Self::LessOrEqual => Self::GreaterOrEqual,
            Self::Greater => Self::Less,
            Self::GreaterOrEqual => Self::LessOrEqual,
            Self::NullSafeEqual => Self::NullSafeEqual,
        }
    }
}

/// How a LIKE pattern reads (`engines.md`, Spark).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LikeDialect {
    /// `%`, `_`, backslash escapes.
    Sql,
    /// A Java regular expression that must match the whole value.
    JavaRegex,
    /// A filter string's LIKE: the caller evaluates the whole filter under each reading.
    Either,
}

/// An expression over the partition keys of a table. `K` names a key: an index into the table's partition keys, or the
/// name as it was written while the table is not known yet (see [`super::parse`]).
///
/// Interpreters recurse, so whoever builds a tree from a stranger's bytes bounds its depth to [`MAX_DEPTH`].
#[derive(Debug, Clone, PartialEq)]
pub enum Expr<K = usize> {
    Literal(Value),
    Key(K),
    Cast {
        operand: Box<Expr<K>>,
        to: KeyType,
    },
    Compare {
        op: CompareOp,
        left: Box<Expr<K>>,
        right: Box<Expr<K>>,
    },
    /// True where there is none.
    And(Vec<Expr<K>>),
    /// False where there is none.
    Or(Vec<Expr<K>>),
    Not(Box<Expr<K>>),
    IsNull(Box<Expr<K>>),
    /// `(operands) IN (rows)`: some row equals the operands, in every place. Every row is as long as `operands` (one
    /// for a plain IN, several for STRUCT).
    In {
        operands: Vec<Expr<K>>,
        rows: Vec<Vec<Expr<K>>>,
    },
    Between {
        operand: Box<Expr<K>>,
        low: Box<Expr<K>>,
        high: Box<Expr<K>>,
    },
    Like {
        operand: Box<Expr<K>>,
        pattern: String,
        dialect: LikeDialect,
    },
    /// Something that cannot be evaluated here, with what it was: it makes its partition "unknown", which is not NULL.
    Unknown(String),
}

/// The deepest tree that is built from what a client sent.
pub const MAX_DEPTH: usize = 200;

impl<K> Expr<K> {
    /// The filter that keeps everything.
    pub fn everything() -> Self {
        Self::And(Vec::new())
    }

    #[must_use]
    pub fn negate(self) -> Self {
        Self::Not(Box::new(self))
    }

    pub fn compare(op: CompareOp, left: Self, right: Self) -> Self {
        Self::Compare { op, left: Box::new(left), right: Box::new(right) }
    }
}
