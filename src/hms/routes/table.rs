//! The table: every method that Skep answers, a block a family.

use super::route::Routes;
use crate::hms::handlers;

/// All routes of the Thrift front. Panics if a method stands here twice: a mistake that no start survives.
pub fn routes() -> Routes {
    Routes::default()
        .and(handlers::catalogs::routes())
        .and(handlers::compactions::routes())
        .and(handlers::connectors::routes())
        .and(handlers::constraints::routes())
        .and(handlers::databases::routes())
        .and(handlers::session::routes())
        .and(handlers::functions::routes())
        .and(handlers::privileges::routes())
        .and(handlers::roles::routes())
        .and(handlers::runtime_stats::routes())
        .and(handlers::statistics::routes())
        .and(handlers::partitions_by::routes())
        .and(handlers::partition_names::routes())
        .and(handlers::partitions_read::routes())
        .and(handlers::tables::routes())
        .and(handlers::tables_schema::routes())
        .and(handlers::tables_write::routes())
        .and(handlers::indexes::routes())
        .and(handlers::locks::routes())
        .and(handlers::notifications::routes())
        .and(handlers::transactions::routes())
        .and(handlers::types::routes())
        .and(handlers::partitions_add::routes())
        .and(handlers::partitions_alter::routes())
        .and(handlers::partitions_drop::routes())
}
