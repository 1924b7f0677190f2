//! Event logs: which snapshot a final view shows, what came late, who compacts. All of it changes in the transaction
//! of what caused it, under the lock of the log's table, and the view's text with it (`design.md §8`).

mod compaction;
mod create;
mod diff;
mod guard;
mod history;
mod lag;
mod record;
mod retention;
mod rollback;
mod view;

pub use compaction::{CompactionBegin, CompactionCommit, CompactionInput, CompactionState, CompactionWork};
pub use create::{LogAlter, LogCreate};
pub use diff::SnapshotDiff;
pub(super) use guard::{log_alter_check, log_refuse};
pub use history::{LogEnded, LogOutcome};
pub use lag::LogLag;
pub(super) use record::log_versions;
pub use record::{LogCompaction, LogRecord, LogSnapshot};
pub use retention::SnapshotsExpire;
