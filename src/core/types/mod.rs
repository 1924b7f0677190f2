//! Hive types as partition keys have them, and typed values: read from text, compared. Nothing here knows a time
//! zone: Hive's dates and timestamps have none.

pub mod calendar;
mod compare;
pub mod decimal;
mod key_type;
mod value;

pub use key_type::{IntegerWidth, KeyType};
pub use value::Value;
