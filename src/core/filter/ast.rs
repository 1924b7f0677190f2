//! The syntax tree that filter strings and Kryo expressions are both lowered to. Operators live in enums without
//! `_ =>` arms, so that the compiler names every interpreter that a new one needs.

use crate::Result;
use crate::function::Call;
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
    /// One of Hive's functions, conversions among them.
    Call {
        call: Call,
        arguments: Vec<Expr<K>>,
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

    /// The key that this node is.
    pub fn as_key(&self) -> Option<&K> {
        if let Self::Key(key) = self { Some(key) } else { None }
    }

    /// The literal that this node is.
    pub fn as_literal(&self) -> Option<&Value> {
        if let Self::Literal(value) = self { Some(value) } else { None }
    }

    /// The same tree with its keys named in another way.
    pub fn map_keys<L>(self, name: &mut impl FnMut(K) -> Result<L>) -> Result<Expr<L>> {
        Ok(match self {
            Self::Literal(value) => Expr::Literal(value),
            Self::Key(key) => Expr::Key(name(key)?),
            Self::Call { call, arguments } => Expr::Call { call, arguments: map_all(arguments, name)? },
            Self::Compare { op, left, right } => {
                Expr::Compare { op, left: map_box(*left, name)?, right: map_box(*right, name)? }
            }
            Self::And(children) => Expr::And(map_all(children, name)?),
            Self::Or(children) => Expr::Or(map_all(children, name)?),
            Self::Not(inner) => Expr::Not(map_box(*inner, name)?),
            Self::IsNull(inner) => Expr::IsNull(map_box(*inner, name)?),
            Self::In { operands, rows } => Expr::In {
                operands: map_all(operands, name)?,
                rows: rows.into_iter().map(|row| map_all(row, name)).collect::<Result<_>>()?,
            },
            Self::Between { operand, low, high } => Expr::Between {
                operand: map_box(*operand, name)?,
                low: map_box(*low, name)?,
                high: map_box(*high, name)?,
            },
            Self::Like { operand, pattern, dialect } => {
                Expr::Like { operand: map_box(*operand, name)?, pattern, dialect }
            }
            Self::Unknown(what) => Expr::Unknown(what),
        })
    }

    /// The nodes directly below this one.
    pub fn children(&self) -> Vec<&Self> {
        match self {
            Self::Literal(_) | Self::Key(_) | Self::Unknown(_) => Vec::new(),
            Self::Call { arguments, .. } => arguments.iter().collect(),
            Self::Like { operand, .. } => vec![operand],
            Self::Compare { left, right, .. } => vec![left, right],
            Self::And(children) | Self::Or(children) => children.iter().collect(),
            Self::Not(inner) | Self::IsNull(inner) => vec![inner],
            Self::In { operands, rows } => operands.iter().chain(rows.iter().flatten()).collect(),
            Self::Between { operand, low, high } => vec![operand, low, high],
        }
    }

    /// Visits every node, a parent before its children.
    pub fn visit<'a>(&'a self, see: &mut impl FnMut(&'a Self)) {
        see(self);
        for child in self.children() {
            child.visit(see);
        }
    }
}

fn map_box<K, L>(expr: Expr<K>, name: &mut impl FnMut(K) -> Result<L>) -> Result<Box<Expr<L>>> {
    Ok(Box::new(expr.map_keys(name)?))
}

fn map_all<K, L>(exprs: Vec<Expr<K>>, name: &mut impl FnMut(K) -> Result<L>) -> Result<Vec<Expr<L>>> {
    exprs.into_iter().map(|expr| expr.map_keys(name)).collect()
}
