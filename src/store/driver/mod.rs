//! The seam to the databases: one connection type, one row type, named statements with a text per dialect. This is
//! the only room that names a driver; a further store is a variant here, a folder of migrations and an arm in `open`.

pub mod arg;
pub mod conn;
pub mod error;
pub mod nul;
pub mod postgres;
pub mod row;
pub mod sql;
pub mod wanted;

pub use arg::{Arg, ColumnArg};
pub use conn::Conn;
pub use nul::{holds_nul_escape, without_nul};
pub use row::Row;
pub use sql::Sql;
