//! The filter language: one syntax tree for Hive's filter strings and for serialised expressions.

pub mod ast;
mod condition;
mod lex;
pub mod parse;
