//! Ordinary views that all engines read: one definition, in SQL that means the same everywhere, is checked against the tables
//! that it names and written in Hive's language and in Trino's. What engines would read differently is refused. No I/O.

mod ast;
mod check;
mod definition;
mod expr;
mod functions;
mod lex;
mod object;
mod parse;
mod parse_expr;
mod scope;
mod select;
mod sql_type;
#[cfg(test)]
mod tests;
mod typed;

pub use definition::{VIEW_SQL, ViewDefinition, ViewTable, ViewTexts};
pub use lex::TEXT_MAX;
pub use object::ViewObject;
