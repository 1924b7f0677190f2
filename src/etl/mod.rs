//! What jobs wrote becomes tables: registration, discovery, scan planning. Here the catalog and the lake meet; neither
//! knows the other.

mod draft;
mod footer;
mod gather;
mod partitions;
mod quarantine;
mod register;
mod report;
mod request;

pub use quarantine::{Quarantined, quarantine_drop, quarantine_list, quarantine_publish};
pub use register::{Etl, Progress};
pub use report::{Finding, Outcome, Report, Severity};
pub use request::{KnownColumn, KnownFile, Mode, Register, TableName};
