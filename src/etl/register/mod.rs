//! From files to one commit: gather them, read their footers, hold them against the table, publish. The other rooms end
//! in the same steps; this one knows none of them.

pub mod bare;
mod before;
pub mod content;
pub mod draft;
mod dump;
pub mod fill;
mod footer;
pub mod formats;
pub mod gather;
pub mod land;
pub mod log_rules;
pub mod partitions;
mod quarantine;
pub mod registration;
pub mod report;
pub mod request;
mod told;

pub use dump::{Dump, DumpReport};
pub use quarantine::{Quarantined, quarantine_drop, quarantine_list, quarantine_publish};
pub use registration::{Etl, Progress};
pub use report::{Finding, Outcome, Report, Severity};
pub use request::{KnownBounds, KnownColumn, KnownFile, KnownRowGroup, Mode, Register, TableName};
