//! What jobs wrote becomes tables: registration, discovery, scan planning. Here the catalog and the lake meet; neither
//! knows the other.

mod compaction;
mod discover;
mod parallel;
mod plan;
mod register;
mod restore;

pub use compaction::{Commit, Committed, LogFile, findings_error};
pub use discover::{Discover, Discovered, Limits, Names, Round};
pub use plan::{Plan, PlanRefusal, PlanRequest, PlanSummary, PlannedFile, PlannedPartition, PlannedRowGroup};
pub use register::{
    Dump, DumpReport, Etl, Finding, KnownBounds, KnownColumn, KnownFile, KnownRowGroup, Mode, Outcome, Progress,
    Quarantined, Register, Report, Severity, TableName, quarantine_drop, quarantine_list, quarantine_publish,
};
pub use restore::{NameList, Restore, RestoreReport};
