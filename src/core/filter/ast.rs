//! The syntax tree that filter strings and Kryo expressions are both lowered to. Operators live in enums without
//! `_ =>` arms, so that the compiler names every interpreter that a new one needs.

use crate::types::KeyType;

/// A typed value. SQL NULL is a value here; three-valued logic is the evaluator's.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    Null,
    Boolean(bool),
    Integer(i64),
    Double(f64),
    /// `digits * 10^-scale`
    Decimal {
        digits: i128,
        scale: u8,
    },
    Text(String),
    /// Days since 1970-01-01.
    Date(i32),
    /// Seconds since 1970-01-01T00:00:00 without a zone, and nanoseconds.
    Timestamp {
        seconds: i64,
        nanos: u32,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CompareOp {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    /// `<=>`: NULL equals NULL; never unknown.
    NullSafeEqual,
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

/// An expression over the partition keys of a table.
#[derive(Debug, Clone, PartialEq)]
pub enum Expr {
    Literal(Value),
    /// Index into the table's partition keys.
    Key(usize),
    Cast {
        operand: Box<Expr>,
        to: KeyType,
    },
    Compare {
        op: CompareOp,
        left: Box<Expr>,
        right: Box<Expr>,
    },
    And(Vec<Expr>),
    Or(Vec<Expr>),
    Not(Box<Expr>),
    IsNull(Box<Expr>),
    /// `(operands) IN (rows)`; every row is as long as `operands` (one for a plain IN, several for STRUCT).
    In {
        operands: Vec<Expr>,
        rows: Vec<Vec<Expr>>,
    },
    Between {
        operand: Box<Expr>,
        low: Box<Expr>,
        high: Box<Expr>,
    },
    Like {
        operand: Box<Expr>,
        pattern: String,
        dialect: LikeDialect,
    },
    /// Something that cannot be evaluated here, with what it was: it makes its partition "unknown", which is not NULL.
    Unknown(String),
}
