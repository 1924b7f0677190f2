//! The store: everything that is durable, behind one seam. Statements and rows only; rules live in `catalog`.
//! It knows neither Thrift nor gRPC, neither directories nor sessions.

mod compactions;
mod databases;
mod deletions;
mod documents;
pub mod driver;
mod events;
mod heads;
mod history;
mod lane;
mod lease;
mod locks;
mod memory;
mod migrate;
mod open;
mod partition_pages;
mod partition_row;
mod partition_whole;
mod partitions;
mod pool;
mod purge;
mod shapes;
mod statistics;
#[expect(clippy::module_inception, reason = "the noun of this room")]
mod store;
mod table_commits;
mod tables;
mod texts;
mod transactions;
mod txn;
mod write_ids;

pub use compactions::CompactionPlace;
pub use databases::StoredDatabase;
pub use documents::DocumentKind;
pub use events::{NewEvent, StoredEvent};
pub use heads::{CurrentTable, TableName};
pub use history::{AtVersion, Side};
pub use lease::SingleNode;
pub use locks::{LockBlocker, LockFilter, LockOwner, LockPlace, LockRow};
pub use open::{StoreOptions, open};
pub use partition_pages::{NameRange, PartitionColumns};
pub use partition_row::StoredPartition;
pub use partitions::PartitionScan;
pub use shapes::Slot;
pub use statistics::StatisticsRow;
pub use store::Store;
pub use table_commits::{Change, Definition};
pub use tables::{TableHead, TablePlace};
pub use texts::statements_check;
pub use transactions::{AcidConflict, AcidOwner, AcidRow};
pub use txn::Txn;
pub use write_ids::WriteIdPlace;
