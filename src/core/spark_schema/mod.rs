//! Spark's copy of a table's schema: it keeps one of its own in the table's parameters, with the case of names that Hive
//! has not, and of tables that it made it reads no other. Whoever changes the columns must change the copy, too.

mod copy;
mod data_type;

pub use copy::{WrittenNames, spark_schema_follow};
