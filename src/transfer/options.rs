//! What a transfer is to do.

use super::address::Address;

#[derive(Debug, Clone)]
pub struct Options {
    pub from: Address,
    pub to: Address,
    /// Databases to copy, by Hive's pattern (`sales_*|hr`); none: all.
    pub databases: Option<String>,
    /// Say what would be done, and do nothing.
    pub dry_run: bool,
    /// Replace what is newer at the target, or has nothing to do with the source but the name.
    pub overwrite: bool,
    /// The user that both metastores are told.
    pub user: Option<String>,
}
