//! From files to one commit: gather them, read their footers, hold them against the table, publish. The other rooms end
//! in the same steps; this one knows none of them.

pub(super) mod bare;
pub(super) mod draft;
mod dump;
pub(super) mod fill;
mod footer;
pub(super) mod gather;
pub(super) mod land;
pub(super) mod log_rules;
pub(super) mod partitions;
mod quarantine;
pub(super) mod registration;
pub(super) mod report;
pub(super) mod request;

pub use dump::{Dump, DumpReport};
pub use quarantine::{Quarantined, quarantine_drop, quarantine_list, quarantine_publish};
pub use registration::{Etl, Progress};
pub use report::{Finding, Outcome, Report, Severity};
pub use request::{KnownColumn, KnownFile, Mode, Register, TableName};
