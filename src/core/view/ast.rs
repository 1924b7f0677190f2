//! A definition as it was parsed: names are not looked up yet.

use super::sql_type::SqlType;

/// Selects whose rows are all taken: `UNION ALL`.
#[derive(Debug)]
pub(super) struct Query {
    pub branches: Vec<Select>,
}

#[derive(Debug)]
pub(super) struct Select {
    pub at: usize,
    pub is_distinct: bool,
    pub items: Vec<Item>,
    pub from: Source,
    pub joins: Vec<Join>,
    pub filter: Option<Expr>,
    pub group: Vec<Expr>,
    pub having: Option<Expr>,
}

#[derive(Debug)]
pub(super) enum Item {
    /// `*`, or all columns of one source.
    All {
        at: usize,
        of: Option<String>,
    },
    Expr {
        expr: Expr,
        name: Option<String>,
    },
}

#[derive(Debug)]
pub(super) struct Source {
    pub at: usize,
    pub what: SourceKind,
    pub alias: Option<String>,
}

#[derive(Debug)]
pub(super) enum SourceKind {
    Table { database: Option<String>, table: String },
    Query(Box<Query>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum JoinKind {
    Inner,
    Left,
    Right,
    Full,
    Cross,
}

#[derive(Debug)]
pub(super) struct Join {
    pub kind: JoinKind,
    pub source: Source,
    pub on: Option<Expr>,
}

#[derive(Debug)]
pub(super) struct Expr {
    /// The byte that it begins at.
    pub at: usize,
    pub node: Node,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sign {
    Add,
    Subtract,
    Multiply,
    Divide,
    Modulo,
    Concat,
}

#[derive(Debug)]
pub(super) enum Node {
    Null,
    Boolean(bool),
    /// Without a fraction.
    Integer(String),
    Decimal(String),
    Text(String),
    Date(String),
    Timestamp(String),
    Column {
        of: Option<String>,
        name: String,
    },
    Not(Box<Expr>),
    Negate(Box<Expr>),
    And(Box<Expr>, Box<Expr>),
    Or(Box<Expr>, Box<Expr>),
    Math(Sign, Box<Expr>, Box<Expr>),
    /// `=`, `<>`, `<`, `<=`, `>`, `>=`.
    Compare(&'static str, Box<Expr>, Box<Expr>),
    Between {
        of: Box<Expr>,
        low: Box<Expr>,
        high: Box<Expr>,
        is_not: bool,
    },
    In {
        of: Box<Expr>,
        among: Vec<Expr>,
        is_not: bool,
    },
    Like {
        of: Box<Expr>,
        pattern: String,
        is_not: bool,
    },
    IsNull {
        of: Box<Expr>,
        is_not: bool,
    },
    Case {
        of: Option<Box<Expr>>,
        branches: Vec<(Expr, Expr)>,
        otherwise: Option<Box<Expr>>,
    },
    Cast(Box<Expr>, SqlType),
    Call {
        name: String,
        is_distinct: bool,
        arguments: Vec<Expr>,
    },
    /// `count(*)`.
    CountAll,
}
