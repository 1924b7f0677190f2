//! Filters against an oracle that shares nothing with them: a model of random filters and partitions, whose values are
//! typed by the way they are made, is written as filter text for us and as a WHERE clause for SQLite.

mod agreement;
mod cell;
mod clause;
mod item;
mod kind;
mod literal;
mod model;
mod pattern;
mod random;
mod sample;
mod wire;
