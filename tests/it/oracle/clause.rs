//! A filter of the model as SQLite's WHERE clause. A key has three columns: its value (`v`), for texts the number that it
//! is beside a number (`n`), and what LIKE sees (`t`).

use super::item::Sql;
use super::literal::{Literal, Meaning};
use super::model::{Listed, Model};

/// How the LIKEs of a filter are read; the whole filter is read one way or the other.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Reading {
    Sql,
    Java,
}

/// A condition with the values of its question marks.
#[derive(Debug, Default)]
pub struct Clause {
    pub sql: String,
    pub values: Vec<Sql>,
}

impl Clause {
    /// What a filter keeps: a partition that the whole filter is true for, under one reading at least.
    pub fn new(model: &Model) -> Self {
        let mut clause = Self::default();
        clause.add(model, Reading::Sql);
        if model.has_like() {
            clause.sql.push_str(" OR ");
            clause.add(model, Reading::Java);
        }
        clause
    }

    fn push(&mut self, sql: &str) {
        self.sql.push_str(sql);
    }

    fn value(&mut self, value: Sql) {
        self.push("?");
        self.values.push(value);
    }

    fn add(&mut self, model: &Model, reading: Reading) {
        self.push("(");
        match model {
            Model::Compare { key, op, literal, reversed } => self.compare(*key, op, literal, *reversed),
            Model::Default { key, op, .. } => self.null(*key, matches!(*op, "!=" | "<>")),
            Model::Between { key, negated, low, high } => self.between(*key, *negated, low, high),
            Model::In { key, negated, list, .. } => self.member(*key, *negated, list),
            Model::Structs { keys, negated, rows } => self.members(keys, *negated, rows),
            Model::Like { key, negated, pattern } => {
                self.push(if *negated { "NOT (" } else { "(" });
                match reading {
                    Reading::Sql => {
                        self.push(&format!("t{key} LIKE ? ESCAPE '\\'"));
                        self.values.push(Sql::Text(pattern.like()));
                    }
                    Reading::Java => {
                        // NULL where the value is, false where nothing matches.
                        self.push(&format!("t{key} <> t{key}"));
                        for glob in pattern.globs() {
                            self.push(&format!(" OR t{key} GLOB ?"));
                            self.values.push(Sql::Text(glob));
                        }
                    }
                }
                self.push(")");
            }
            Model::IsNull { key, negated } => self.null(*key, *negated),
            Model::Not(inner) => {
                self.push("NOT ");
                self.add(inner, reading);
            }
            Model::And(children) => self.joined(children, " AND ", reading),
            Model::Or(children) => self.joined(children, " OR ", reading),
        }
        self.push(")");
    }

    fn joined(&mut self, children: &[Model], glue: &str, reading: Reading) {
        for (at, child) in children.iter().enumerate() {
            self.push(if at > 0 { glue } else { "" });
            self.add(child, reading);
        }
    }

    fn null(&mut self, key: usize, negated: bool) {
        self.push(&format!("v{key} IS {}NULL", if negated { "NOT " } else { "" }));
    }

    fn compare(&mut self, key: usize, op: &str, literal: &Literal, reversed: bool) {
        let (column, value) = beside(key, literal);
        let op = if op == "<=>" { "IS" } else { op };
        if reversed {
            self.value(value);
            self.push(&format!(" {op} {column}"));
        } else {
            self.push(&format!("{column} {op} "));
            self.value(value);
        }
    }

    fn between(&mut self, key: usize, negated: bool, low: &Literal, high: &Literal) {
        let ((low_column, low_value), (high_column, high_value)) = (beside(key, low), beside(key, high));
        if low_column == high_column {
            self.push(&format!("{low_column} {}BETWEEN ? AND ?", if negated { "NOT " } else { "" }));
        } else {
            self.push(&format!("{}({low_column} >= ? AND {high_column} <= ?)", if negated { "NOT " } else { "" }));
        }
        self.values.extend([low_value, high_value]);
    }

    fn member(&mut self, key: usize, negated: bool, list: &[Listed]) {
        self.push(if negated { "NOT (" } else { "(" });
        let literals: Vec<(String, Sql)> = list.iter().flatten().map(|literal| beside(key, literal)).collect();
        let mut parts = Vec::new();
        for column in [format!("v{key}"), format!("n{key}")] {
            let values: Vec<Sql> =
                literals.iter().filter(|(its, _)| *its == column).map(|(_, value)| value.clone()).collect();
            if !values.is_empty() {
                parts.push(format!("{column} IN ({})", vec!["?"; values.len()].join(",")));
                self.values.extend(values);
            }
        }
        if list.iter().any(Option::is_none) {
            parts.push(format!("v{key} IS NULL"));
        }
        self.push(&parts.join(" OR "));
        self.push(")");
    }

    /// As SQLite's own comparison of row values where all literals stand beside values, else written out.
    fn members(&mut self, keys: &[usize], negated: bool, rows: &[Vec<Listed>]) {
        let plain = |item: &Listed| item.as_ref().is_some_and(|literal| matches!(literal.meaning, Meaning::Value(_)));
        self.push(if negated { "NOT (" } else { "(" });
        if keys.len() > 1 && rows.iter().flatten().all(plain) {
            let columns: Vec<String> = keys.iter().map(|key| format!("v{key}")).collect();
            let row = format!("({})", vec!["?"; keys.len()].join(","));
            self.push(&format!("({}) IN (VALUES {})", columns.join(","), vec![row; rows.len()].join(",")));
            for row in rows {
                self.values.extend(keys.iter().zip(row).filter_map(|(key, item)| Some(beside(*key, item.as_ref()?).1)));
            }
        } else {
            for (at, row) in rows.iter().enumerate() {
                self.push(if at > 0 { " OR (" } else { "(" });
                for (at, (key, item)) in keys.iter().zip(row).enumerate() {
                    self.push(if at > 0 { " AND " } else { "" });
                    match item {
                        Some(literal) => self.compare(*key, "=", literal, false),
                        None => self.null(*key, false),
                    }
                }
                self.push(")");
            }
        }
        self.push(")");
    }
}

/// The column that a literal is compared with, and the literal's value.
fn beside(key: usize, literal: &Literal) -> (String, Sql) {
    match &literal.meaning {
        Meaning::Value(value) => (format!("v{key}"), value.clone()),
        Meaning::Number(value) => (format!("n{key}"), value.clone()),
        // Only shown: nobody asks SQLite about a filter that is refused.
        Meaning::Refused => (format!("v{key}"), Sql::Null),
    }
}
