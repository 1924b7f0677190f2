//! Methods of Hive's interface that Skep leaves out, each with its reason.

const COMPACTION: &str = "a call between Hive's compaction workers and cleaners and Hive's own metastore: here compactions are queued, not done";
const FILE_METADATA: &str = "the file metadata cache was a cache in HBase, which Hive itself gave up";
const MATERIALIZED: &str =
    "whether a materialized view is stale is told by the history of ACID writes, which is not kept";
const PROCEDURES: &str = "stored procedures and packages are HPL/SQL's, which runs in HiveServer2 only";
const PROPERTIES: &str = "the property store is an experiment of Hive 4 that no engine uses";
const REPLICATION: &str = "replication of Hive clusters (REPL DUMP and LOAD) is not supported";
const SCHEDULED: &str = "scheduled queries are run by HiveServer2 against its own metastore";
const SCHEMAS: &str =
    "the schema registry of Hive 3 was never used by Hive; registries of their own have taken its place";
const TOKENS: &str = "delegation tokens and their keys need SASL: without it nobody could use one";
const WORKLOAD: &str = "resource plans steer HiveServer2's own executors";

/// (method, why). They are answered like a method that does not exist, which clients take for an older server.
pub const REFUSED: &[(&str, &str)] = &[
    ("find_columns_with_stats", COMPACTION),
    ("find_next_compact", COMPACTION),
    ("find_next_compact2", COMPACTION),
    ("get_latest_committed_compaction_info", COMPACTION),
    ("mark_cleaned", COMPACTION),
    ("mark_compacted", COMPACTION),
    ("mark_failed", COMPACTION),
    ("mark_refused", COMPACTION),
    ("remove_compaction_metrics_data", COMPACTION),
    ("set_hadoop_jobid", COMPACTION),
    ("submit_for_cleanup", COMPACTION),
    ("update_compaction_metrics_data", COMPACTION),
    ("update_compactor_state", COMPACTION),
    ("update_transaction_statistics", COMPACTION),
    ("cache_file_metadata", FILE_METADATA),
    ("clear_file_metadata", FILE_METADATA),
    ("get_file_metadata", FILE_METADATA),
    ("get_file_metadata_by_expr", FILE_METADATA),
    ("put_file_metadata", FILE_METADATA),
    ("get_lock_materialization_rebuild", MATERIALIZED),
    ("get_materialization_invalidation_info", MATERIALIZED),
    ("heartbeat_lock_materialization_rebuild", MATERIALIZED),
    ("add_package", PROCEDURES),
    ("create_stored_procedure", PROCEDURES),
    ("drop_package", PROCEDURES),
    ("drop_stored_procedure", PROCEDURES),
    ("find_package", PROCEDURES),
    ("get_all_packages", PROCEDURES),
    ("get_all_stored_procedures", PROCEDURES),
    ("get_stored_procedure", PROCEDURES),
    ("get_properties", PROPERTIES),
    ("set_properties", PROPERTIES),
    ("add_replication_metrics", REPLICATION),
    ("add_write_ids_to_min_history", REPLICATION),
    ("add_write_notification_log", REPLICATION),
    ("add_write_notification_log_in_batch", REPLICATION),
    ("cm_recycle", REPLICATION),
    ("get_all_write_event_info", REPLICATION),
    ("get_replayed_txns_for_policy", REPLICATION),
    ("get_replication_metrics", REPLICATION),
    ("repl_tbl_writeid_state", REPLICATION),
    ("seed_txn_id", REPLICATION),
    ("seed_write_id", REPLICATION),
    ("get_scheduled_query", SCHEDULED),
    ("scheduled_query_maintenance", SCHEDULED),
    ("scheduled_query_poll", SCHEDULED),
    ("scheduled_query_progress", SCHEDULED),
    ("add_schema_version", SCHEMAS),
    ("add_serde", SCHEMAS),
    ("alter_ischema", SCHEMAS),
    ("create_ischema", SCHEMAS),
    ("drop_ischema", SCHEMAS),
    ("drop_schema_version", SCHEMAS),
    ("get_ischema", SCHEMAS),
    ("get_schema_all_versions", SCHEMAS),
    ("get_schema_latest_version", SCHEMAS),
    ("get_schema_version", SCHEMAS),
    ("get_schemas_by_cols", SCHEMAS),
    ("get_serde", SCHEMAS),
    ("map_schema_version_to_serde", SCHEMAS),
    ("set_schema_version_state", SCHEMAS),
    ("add_master_key", TOKENS),
    ("add_token", TOKENS),
    ("cancel_delegation_token", TOKENS),
    ("get_all_token_identifiers", TOKENS),
    ("get_delegation_token", TOKENS),
    ("get_master_keys", TOKENS),
    ("get_token", TOKENS),
    ("remove_master_key", TOKENS),
    ("remove_token", TOKENS),
    ("renew_delegation_token", TOKENS),
    ("update_master_key", TOKENS),
    ("alter_resource_plan", WORKLOAD),
    ("alter_wm_pool", WORKLOAD),
    ("alter_wm_trigger", WORKLOAD),
    ("create_or_drop_wm_trigger_to_pool_mapping", WORKLOAD),
    ("create_or_update_wm_mapping", WORKLOAD),
    ("create_resource_plan", WORKLOAD),
    ("create_wm_pool", WORKLOAD),
    ("create_wm_trigger", WORKLOAD),
    ("drop_resource_plan", WORKLOAD),
    ("drop_wm_mapping", WORKLOAD),
    ("drop_wm_pool", WORKLOAD),
    ("drop_wm_trigger", WORKLOAD),
    ("get_active_resource_plan", WORKLOAD),
    ("get_all_resource_plans", WORKLOAD),
    ("get_resource_plan", WORKLOAD),
    ("get_triggers_for_resourceplan", WORKLOAD),
    ("validate_resource_plan", WORKLOAD),
];

/// Why the method is refused; None if it is not.
pub fn refused_why(method: &str) -> Option<&'static str> {
    REFUSED.iter().find(|(name, _)| *name == method).map(|(_, why)| *why)
}
