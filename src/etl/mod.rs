//! What jobs wrote becomes tables: registration, discovery, scan planning. Here the catalog and the lake meet; neither
//! knows the other.

mod bare;
mod compaction;
mod compaction_check;
mod discover;
mod discover_compare;
mod discover_look;
mod discover_report;
mod discover_state;
mod draft;
mod dump;
mod fill;
mod footer;
mod gather;
mod land;
mod log_rules;
mod manage;
mod parallel;
mod partitions;
mod plan;
mod plan_files;
mod plan_listing;
mod quarantine;
mod register;
mod report;
mod request;
mod restore;
mod restore_look;

pub use compaction::{Commit, Committed, LogFile, findings_error};
pub use discover_report::{Discover, Discovered, Limits, Names};
pub use dump::{Dump, DumpReport};
pub use manage::Round;
pub use plan::{Plan, PlanRefusal, PlanRequest, PlanSummary, PlannedFile, PlannedPartition, PlannedRowGroup};
pub use quarantine::{Quarantined, quarantine_drop, quarantine_list, quarantine_publish};
pub use register::{Etl, Progress};
pub use report::{Finding, Outcome, Report, Severity};
pub use request::{KnownColumn, KnownFile, Mode, Register, TableName};
pub use restore::{NameList, Restore, RestoreReport};
