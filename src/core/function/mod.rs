//! Hive's deterministic built-in functions over primitive values: what a call takes, what type it has, what it answers.
//! Nothing here knows partitions or protocols. What Hive's releases would not surely answer is unknown, never a guess:
//! who prunes by it keeps what he is not sure of.

mod arithmetic;
mod call;
mod conditional;
mod convert;
mod date;
mod date_format;
mod date_math;
mod decimal_math;
mod lookup;
mod math;
mod number_text;
mod pad;
mod regex;
mod resolve;
mod result_type;
mod search;
mod table;
mod text;

pub use call::{Call, Generation, Type};
pub(crate) use convert::convert;
pub(crate) use lookup::{by_class, by_name, names_like};
pub(crate) use regex::JavaRegex;
pub(crate) use resolve::{call, cast, integer_type};
pub(crate) use result_type::common_type;
pub(crate) use table::{CASE, Function};

#[cfg(test)]
mod tests;
