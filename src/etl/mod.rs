//! What jobs wrote becomes tables: registration, discovery, scan planning. Here the catalog and the lake meet; neither
//! knows the other.

mod bare;
mod discover;
mod discover_compare;
mod discover_look;
mod discover_report;
mod discover_state;
mod draft;
mod dump;
mod fill;
mod gather;
mod land;
mod manage;
mod partitions;
mod quarantine;
mod register;
mod report;
mod request;

pub use discover_report::{Discover, Discovered, Limits, Names};
pub use dump::{Dump, DumpReport};
pub use manage::Round;
pub use quarantine::{Quarantined, quarantine_drop, quarantine_list, quarantine_publish};
pub use register::{Etl, Progress};
pub use report::{Finding, Outcome, Report, Severity};
pub use request::{KnownColumn, KnownFile, Mode, Register, TableName};
