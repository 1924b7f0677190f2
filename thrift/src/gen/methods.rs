// Made by skep-thrift-gen from thrift/idl. Do not edit.

//! The methods: a type for each, its arguments, and the table of all.

use super::types;
use crate::method::methods;

methods! {
    AbortCompactions(AbortCompactionsArgs) "abort_Compactions" call since "4.0" {
        1: rqst: Option<types::AbortCompactionRequest>,
    } -> types::AbortCompactResponse, throws [];
    AbortTxn(AbortTxnArgs) "abort_txn" call since "2.3" {
        1: rqst: Option<types::AbortTxnRequest>,
    } -> (), throws [1 NoSuchTxn];
    AbortTxns(AbortTxnsArgs) "abort_txns" call since "2.3" {
        1: rqst: Option<types::AbortTxnsRequest>,
    } -> (), throws [1 NoSuchTxn];
    AddCheckConstraint(AddCheckConstraintArgs) "add_check_constraint" call since "3.1" {
        1: req: Option<types::AddCheckConstraintRequest>,
    } -> (), throws [1 NoSuchObject, 2 Meta];
    AddDefaultConstraint(AddDefaultConstraintArgs) "add_default_constraint" call since "3.1" {
        1: req: Option<types::AddDefaultConstraintRequest>,
    } -> (), throws [1 NoSuchObject, 2 Meta];
    AddDynamicPartitions(AddDynamicPartitionsArgs) "add_dynamic_partitions" call since "2.3" {
        1: rqst: Option<types::AddDynamicPartitions>,
    } -> (), throws [1 NoSuchTxn, 2 TxnAborted];
    AddForeignKey(AddForeignKeyArgs) "add_foreign_key" call since "2.3" {
        1: req: Option<types::AddForeignKeyRequest>,
    } -> (), throws [1 NoSuchObject, 2 Meta];
    AddIndex(AddIndexArgs) "add_index" call since "2.3" until "2.3.10" {
        1: new_index: Option<types::Index>,
        2: index_table: Option<types::Table>,
    } -> types::Index, throws [1 InvalidObject, 2 AlreadyExists, 3 Meta];
    AddMasterKey(AddMasterKeyArgs) "add_master_key" call since "2.3" {
        1: key: Option<String>,
    } -> i32, throws [1 Meta];
    AddNotNullConstraint(AddNotNullConstraintArgs) "add_not_null_constraint" call since "3.1" {
        1: req: Option<types::AddNotNullConstraintRequest>,
    } -> (), throws [1 NoSuchObject, 2 Meta];
    AddPackage(AddPackageArgs) "add_package" call since "4.0" {
        1: request: Option<types::AddPackageRequest>,
    } -> (), throws [1 Meta];
    AddPartition(AddPartitionArgs) "add_partition" call since "2.3" {
        1: new_part: Option<types::Partition>,
    } -> types::Partition, throws [1 InvalidObject, 2 AlreadyExists, 3 Meta];
    AddPartitionWithEnvironmentContext(AddPartitionWithEnvironmentContextArgs) "add_partition_with_environment_context" call since "2.3" {
        1: new_part: Option<types::Partition>,
        2: environment_context: Option<types::EnvironmentContext>,
    } -> types::Partition, throws [1 InvalidObject, 2 AlreadyExists, 3 Meta];
    AddPartitions(AddPartitionsArgs) "add_partitions" call since "2.3" {
        1: new_parts: Option<Vec<types::Partition>>,
    } -> i32, throws [1 InvalidObject, 2 AlreadyExists, 3 Meta];
    AddPartitionsPspec(AddPartitionsPspecArgs) "add_partitions_pspec" call since "2.3" {
        1: new_parts: Option<Vec<types::PartitionSpec>>,
    } -> i32, throws [1 InvalidObject, 2 AlreadyExists, 3 Meta];
    AddPartitionsReq(AddPartitionsReqArgs) "add_partitions_req" call since "2.3" {
        1: request: Option<types::AddPartitionsRequest>,
    } -> types::AddPartitionsResult, throws [1 InvalidObject, 2 AlreadyExists, 3 Meta];
    AddPrimaryKey(AddPrimaryKeyArgs) "add_primary_key" call since "2.3" {
        1: req: Option<types::AddPrimaryKeyRequest>,
    } -> (), throws [1 NoSuchObject, 2 Meta];
    AddReplicationMetrics(AddReplicationMetricsArgs) "add_replication_metrics" call since "4.0" {
        1: replication_metric_list: Option<types::ReplicationMetricList>,
    } -> (), throws [1 Meta];
    AddRuntimeStats(AddRuntimeStatsArgs) "add_runtime_stats" call since "3.1" {
        1: stat: Option<types::RuntimeStat>,
    } -> (), throws [1 Meta];
    AddSchemaVersion(AddSchemaVersionArgs) "add_schema_version" call since "3.1" {
        1: schema_version: Option<types::SchemaVersion>,
    } -> (), throws [1 AlreadyExists, 2 NoSuchObject, 3 Meta];
    AddSerde(AddSerdeArgs) "add_serde" call since "3.1" {
        1: serde: Option<types::SerDeInfo>,
    } -> (), throws [1 AlreadyExists, 2 Meta];
    AddToken(AddTokenArgs) "add_token" call since "2.3" {
        1: token_identifier: Option<String>,
        2: delegation_token: Option<String>,
    } -> bool, throws [];
    AddUniqueConstraint(AddUniqueConstraintArgs) "add_unique_constraint" call since "3.1" {
        1: req: Option<types::AddUniqueConstraintRequest>,
    } -> (), throws [1 NoSuchObject, 2 Meta];
    AddWriteIdsToMinHistory(AddWriteIdsToMinHistoryArgs) "add_write_ids_to_min_history" call since "4.0" {
        1: txn_id: i64,
        2: write_ids: Option<Vec<(String, i64)>>,
    } -> (), throws [1 Meta];
    AddWriteNotificationLog(AddWriteNotificationLogArgs) "add_write_notification_log" call since "4.0" {
        1: rqst: Option<types::WriteNotificationLogRequest>,
    } -> types::WriteNotificationLogResponse, throws [];
    AddWriteNotificationLogInBatch(AddWriteNotificationLogInBatchArgs) "add_write_notification_log_in_batch" call since "4.0" {
        1: rqst: Option<types::WriteNotificationLogBatchRequest>,
    } -> types::WriteNotificationLogBatchResponse, throws [];
    AliveSince(AliveSinceArgs) "aliveSince" call since "2.3" {} -> i64, throws [];
    AllocateTableWriteIds(AllocateTableWriteIdsArgs) "allocate_table_write_ids" call since "3.1" {
        1: rqst: Option<types::AllocateTableWriteIdsRequest>,
    } -> types::AllocateTableWriteIdsResponse, throws [1 NoSuchTxn, 2 TxnAborted, 3 Meta];
    AlterCatalog(AlterCatalogArgs) "alter_catalog" call since "3.1" {
        1: rqst: Option<types::AlterCatalogRequest>,
    } -> (), throws [1 NoSuchObject, 2 InvalidOperation, 3 Meta];
    AlterDatabase(AlterDatabaseArgs) "alter_database" call since "2.3" {
        1: dbname: Option<String>,
        2: db: Option<types::Database>,
    } -> (), throws [1 Meta, 2 NoSuchObject];
    AlterDatabaseReq(AlterDatabaseReqArgs) "alter_database_req" call since "4.0.1" {
        1: alter_db_req: Option<types::AlterDatabaseRequest>,
    } -> (), throws [1 Meta, 2 NoSuchObject];
    AlterDataconnector(AlterDataconnectorArgs) "alter_dataconnector" call since "4.0" until "4.0" {
        1: name: Option<String>,
        2: connector: Option<types::DataConnector>,
    } -> (), throws [1 Meta, 2 NoSuchObject];
    AlterDataconnectorReq(AlterDataconnectorReqArgs) "alter_dataconnector_req" call since "4.0.1" {
        1: alter_req: Option<types::AlterDataConnectorRequest>,
    } -> (), throws [1 Meta, 2 NoSuchObject];
    AlterFunction(AlterFunctionArgs) "alter_function" call since "2.3" {
        1: db_name: Option<String>,
        2: func_name: Option<String>,
        3: new_func: Option<types::Function>,
    } -> (), throws [1 InvalidOperation, 2 Meta];
    AlterIndex(AlterIndexArgs) "alter_index" call since "2.3" until "2.3.10" {
        1: dbname: Option<String>,
        2: base_tbl_name: Option<String>,
        3: idx_name: Option<String>,
        4: new_idx: Option<types::Index>,
    } -> (), throws [1 InvalidOperation, 2 Meta];
    AlterIschema(AlterIschemaArgs) "alter_ischema" call since "3.1" {
        1: rqst: Option<types::AlterISchemaRequest>,
    } -> (), throws [1 NoSuchObject, 2 Meta];
    AlterPartition(AlterPartitionArgs) "alter_partition" call since "2.3" {
        1: db_name: Option<String>,
        2: tbl_name: Option<String>,
        3: new_part: Option<types::Partition>,
    } -> (), throws [1 InvalidOperation, 2 Meta];
    AlterPartitionWithEnvironmentContext(AlterPartitionWithEnvironmentContextArgs) "alter_partition_with_environment_context" call since "2.3" {
        1: db_name: Option<String>,
        2: tbl_name: Option<String>,
        3: new_part: Option<types::Partition>,
        4: environment_context: Option<types::EnvironmentContext>,
    } -> (), throws [1 InvalidOperation, 2 Meta];
    AlterPartitions(AlterPartitionsArgs) "alter_partitions" call since "2.3" {
        1: db_name: Option<String>,
        2: tbl_name: Option<String>,
        3: new_parts: Option<Vec<types::Partition>>,
    } -> (), throws [1 InvalidOperation, 2 Meta];
    AlterPartitionsReq(AlterPartitionsReqArgs) "alter_partitions_req" call since "4.0" {
        1: req: Option<types::AlterPartitionsRequest>,
    } -> types::AlterPartitionsResponse, throws [1 InvalidOperation, 2 Meta];
    AlterPartitionsWithEnvironmentContext(AlterPartitionsWithEnvironmentContextArgs) "alter_partitions_with_environment_context" call since "2.3" {
        1: db_name: Option<String>,
        2: tbl_name: Option<String>,
        3: new_parts: Option<Vec<types::Partition>>,
        4: environment_context: Option<types::EnvironmentContext>,
    } -> (), throws [1 InvalidOperation, 2 Meta];
    AlterResourcePlan(AlterResourcePlanArgs) "alter_resource_plan" call since "3.1" {
        1: request: Option<types::WMAlterResourcePlanRequest>,
    } -> types::WMAlterResourcePlanResponse, throws [1 NoSuchObject, 2 InvalidOperation, 3 Meta];
    AlterTable(AlterTableArgs) "alter_table" call since "2.3" {
        1: dbname: Option<String>,
        2: tbl_name: Option<String>,
        3: new_tbl: Option<types::Table>,
    } -> (), throws [1 InvalidOperation, 2 Meta];
    AlterTableReq(AlterTableReqArgs) "alter_table_req" call since "4.0" {
        1: req: Option<types::AlterTableRequest>,
    } -> types::AlterTableResponse, throws [1 InvalidOperation, 2 Meta];
    AlterTableWithCascade(AlterTableWithCascadeArgs) "alter_table_with_cascade" call since "2.3" {
        1: dbname: Option<String>,
        2: tbl_name: Option<String>,
        3: new_tbl: Option<types::Table>,
        4: cascade: bool,
    } -> (), throws [1 InvalidOperation, 2 Meta];
    AlterTableWithEnvironmentContext(AlterTableWithEnvironmentContextArgs) "alter_table_with_environment_context" call since "2.3" {
        1: dbname: Option<String>,
        2: tbl_name: Option<String>,
        3: new_tbl: Option<types::Table>,
        4: environment_context: Option<types::EnvironmentContext>,
    } -> (), throws [1 InvalidOperation, 2 Meta];
    AlterWmPool(AlterWmPoolArgs) "alter_wm_pool" call since "3.1" {
        1: request: Option<types::WMAlterPoolRequest>,
    } -> types::WMAlterPoolResponse, throws [1 AlreadyExists, 2 NoSuchObject, 3 InvalidObject, 4 Meta];
    AlterWmTrigger(AlterWmTriggerArgs) "alter_wm_trigger" call since "3.1" {
        1: request: Option<types::WMAlterTriggerRequest>,
    } -> types::WMAlterTriggerResponse, throws [1 NoSuchObject, 2 InvalidObject, 3 Meta];
    AppendPartition(AppendPartitionArgs) "append_partition" call since "2.3" {
        1: db_name: Option<String>,
        2: tbl_name: Option<String>,
        3: part_vals: Option<Vec<String>>,
    } -> types::Partition, throws [1 InvalidObject, 2 AlreadyExists, 3 Meta];
    AppendPartitionByName(AppendPartitionByNameArgs) "append_partition_by_name" call since "2.3" {
        1: db_name: Option<String>,
        2: tbl_name: Option<String>,
        3: part_name: Option<String>,
    } -> types::Partition, throws [1 InvalidObject, 2 AlreadyExists, 3 Meta];
    AppendPartitionByNameWithEnvironmentContext(AppendPartitionByNameWithEnvironmentContextArgs) "append_partition_by_name_with_environment_context" call since "2.3" {
        1: db_name: Option<String>,
        2: tbl_name: Option<String>,
        3: part_name: Option<String>,
        4: environment_context: Option<types::EnvironmentContext>,
    } -> types::Partition, throws [1 InvalidObject, 2 AlreadyExists, 3 Meta];
    AppendPartitionReq(AppendPartitionReqArgs) "append_partition_req" call since "4.0.1" {
        1: append_partitions_req: Option<types::AppendPartitionsRequest>,
    } -> types::Partition, throws [1 InvalidObject, 2 AlreadyExists, 3 Meta];
    AppendPartitionWithEnvironmentContext(AppendPartitionWithEnvironmentContextArgs) "append_partition_with_environment_context" call since "2.3" {
        1: db_name: Option<String>,
        2: tbl_name: Option<String>,
        3: part_vals: Option<Vec<String>>,
        4: environment_context: Option<types::EnvironmentContext>,
    } -> types::Partition, throws [1 InvalidObject, 2 AlreadyExists, 3 Meta];
    CacheFileMetadata(CacheFileMetadataArgs) "cache_file_metadata" call since "2.3" {
        1: req: Option<types::CacheFileMetadataRequest>,
    } -> types::CacheFileMetadataResult, throws [];
    CancelDelegationToken(CancelDelegationTokenArgs) "cancel_delegation_token" call since "2.3" {
        1: token_str_form: Option<String>,
    } -> (), throws [1 Meta];
    CheckLock(CheckLockArgs) "check_lock" call since "2.3" {
        1: rqst: Option<types::CheckLockRequest>,
    } -> types::LockResponse, throws [1 NoSuchTxn, 2 TxnAborted, 3 NoSuchLock];
    ClearFileMetadata(ClearFileMetadataArgs) "clear_file_metadata" call since "2.3" {
        1: req: Option<types::ClearFileMetadataRequest>,
    } -> types::ClearFileMetadataResult, throws [];
    CmRecycle(CmRecycleArgs) "cm_recycle" call since "3.1" {
        1: request: Option<types::CmRecycleRequest>,
    } -> types::CmRecycleResponse, throws [1 Meta];
    CommitTxn(CommitTxnArgs) "commit_txn" call since "2.3" {
        1: rqst: Option<types::CommitTxnRequest>,
    } -> (), throws [1 NoSuchTxn, 2 TxnAborted];
    Compact(CompactArgs) "compact" call since "2.3" {
        1: rqst: Option<types::CompactionRequest>,
    } -> (), throws [];
    Compact2(Compact2Args) "compact2" call since "2.3" {
        1: rqst: Option<types::CompactionRequest>,
    } -> types::CompactionResponse, throws [];
    CreateCatalog(CreateCatalogArgs) "create_catalog" call since "3.1" {
        1: catalog: Option<types::CreateCatalogRequest>,
    } -> (), throws [1 AlreadyExists, 2 InvalidObject, 3 Meta];
    CreateDatabase(CreateDatabaseArgs) "create_database" call since "2.3" {
        1: database: Option<types::Database>,
    } -> (), throws [1 AlreadyExists, 2 InvalidObject, 3 Meta];
    CreateDatabaseReq(CreateDatabaseReqArgs) "create_database_req" call since "4.0.1" {
        1: create_database_request: Option<types::CreateDatabaseRequest>,
    } -> (), throws [1 AlreadyExists, 2 InvalidObject, 3 Meta];
    CreateDataconnector(CreateDataconnectorArgs) "create_dataconnector" call since "4.0" until "4.0" {
        1: connector: Option<types::DataConnector>,
    } -> (), throws [1 AlreadyExists, 2 InvalidObject, 3 Meta];
    CreateDataconnectorReq(CreateDataconnectorReqArgs) "create_dataconnector_req" call since "4.0.1" {
        1: connector_req: Option<types::CreateDataConnectorRequest>,
    } -> (), throws [1 AlreadyExists, 2 InvalidObject, 3 Meta];
    CreateFunction(CreateFunctionArgs) "create_function" call since "2.3" {
        1: func: Option<types::Function>,
    } -> (), throws [1 AlreadyExists, 2 InvalidObject, 3 Meta, 4 NoSuchObject];
    /// Up to 3.1 there was one more, with the impossible id -1: NoSuchObjectException.
    CreateIschema(CreateIschemaArgs) "create_ischema" call since "3.1" {
        1: schema: Option<types::ISchema>,
    } -> (), throws [1 AlreadyExists, 2 NoSuchObject, 3 Meta];
    CreateOrDropWmTriggerToPoolMapping(CreateOrDropWmTriggerToPoolMappingArgs) "create_or_drop_wm_trigger_to_pool_mapping" call since "3.1" {
        1: request: Option<types::WMCreateOrDropTriggerToPoolMappingRequest>,
    } -> types::WMCreateOrDropTriggerToPoolMappingResponse, throws [1 AlreadyExists, 2 NoSuchObject, 3 InvalidObject, 4 Meta];
    CreateOrUpdateWmMapping(CreateOrUpdateWmMappingArgs) "create_or_update_wm_mapping" call since "3.1" {
        1: request: Option<types::WMCreateOrUpdateMappingRequest>,
    } -> types::WMCreateOrUpdateMappingResponse, throws [1 AlreadyExists, 2 NoSuchObject, 3 InvalidObject, 4 Meta];
    CreateResourcePlan(CreateResourcePlanArgs) "create_resource_plan" call since "3.1" {
        1: request: Option<types::WMCreateResourcePlanRequest>,
    } -> types::WMCreateResourcePlanResponse, throws [1 AlreadyExists, 2 InvalidObject, 3 Meta];
    CreateRole(CreateRoleArgs) "create_role" call since "2.3" {
        1: role: Option<types::Role>,
    } -> bool, throws [1 Meta];
    CreateStoredProcedure(CreateStoredProcedureArgs) "create_stored_procedure" call since "4.0" {
        1: proc: Option<types::StoredProcedure>,
    } -> (), throws [1 NoSuchObject, 2 Meta];
    CreateTable(CreateTableArgs) "create_table" call since "2.3" {
        1: tbl: Option<types::Table>,
    } -> (), throws [1 AlreadyExists, 2 InvalidObject, 3 Meta, 4 NoSuchObject];
    CreateTableReq(CreateTableReqArgs) "create_table_req" call since "4.0" {
        1: request: Option<types::CreateTableRequest>,
    } -> (), throws [1 AlreadyExists, 2 InvalidObject, 3 Meta, 4 NoSuchObject];
    CreateTableWithConstraints(CreateTableWithConstraintsArgs) "create_table_with_constraints" call since "2.3" {
        1: tbl: Option<types::Table>,
        2: primary_keys: Option<Vec<types::SQLPrimaryKey>>,
        3: foreign_keys: Option<Vec<types::SQLForeignKey>>,
        4: unique_constraints: Option<Vec<types::SQLUniqueConstraint>>,
        5: not_null_constraints: Option<Vec<types::SQLNotNullConstraint>>,
        6: default_constraints: Option<Vec<types::SQLDefaultConstraint>>,
        7: check_constraints: Option<Vec<types::SQLCheckConstraint>>,
    } -> (), throws [1 AlreadyExists, 2 InvalidObject, 3 Meta, 4 NoSuchObject];
    CreateTableWithEnvironmentContext(CreateTableWithEnvironmentContextArgs) "create_table_with_environment_context" call since "2.3" {
        1: tbl: Option<types::Table>,
        2: environment_context: Option<types::EnvironmentContext>,
    } -> (), throws [1 AlreadyExists, 2 InvalidObject, 3 Meta, 4 NoSuchObject];
    CreateType(CreateTypeArgs) "create_type" call since "2.3" {
        1: r#type: Option<types::Type>,
    } -> bool, throws [1 AlreadyExists, 2 InvalidObject, 3 Meta];
    CreateWmPool(CreateWmPoolArgs) "create_wm_pool" call since "3.1" {
        1: request: Option<types::WMCreatePoolRequest>,
    } -> types::WMCreatePoolResponse, throws [1 AlreadyExists, 2 NoSuchObject, 3 InvalidObject, 4 Meta];
    CreateWmTrigger(CreateWmTriggerArgs) "create_wm_trigger" call since "3.1" {
        1: request: Option<types::WMCreateTriggerRequest>,
    } -> types::WMCreateTriggerResponse, throws [1 AlreadyExists, 2 NoSuchObject, 3 InvalidObject, 4 Meta];
    DeleteColumnStatisticsReq(DeleteColumnStatisticsReqArgs) "delete_column_statistics_req" call since "4.1" {
        1: req: Option<types::DeleteColumnStatisticsRequest>,
    } -> bool, throws [1 NoSuchObject, 2 Meta, 3 InvalidObject, 4 InvalidInput];
    DeletePartitionColumnStatistics(DeletePartitionColumnStatisticsArgs) "delete_partition_column_statistics" call since "2.3" {
        1: db_name: Option<String>,
        2: tbl_name: Option<String>,
        3: part_name: Option<String>,
        4: col_name: Option<String>,
        5: engine: Option<String>,
    } -> bool, throws [1 NoSuchObject, 2 Meta, 3 InvalidObject, 4 InvalidInput];
    DeleteTableColumnStatistics(DeleteTableColumnStatisticsArgs) "delete_table_column_statistics" call since "2.3" {
        1: db_name: Option<String>,
        2: tbl_name: Option<String>,
        3: col_name: Option<String>,
        4: engine: Option<String>,
    } -> bool, throws [1 NoSuchObject, 2 Meta, 3 InvalidObject, 4 InvalidInput];
    DropCatalog(DropCatalogArgs) "drop_catalog" call since "3.1" {
        1: cat_name: Option<types::DropCatalogRequest>,
    } -> (), throws [1 NoSuchObject, 2 InvalidOperation, 3 Meta];
    DropConstraint(DropConstraintArgs) "drop_constraint" call since "2.3" {
        1: req: Option<types::DropConstraintRequest>,
    } -> (), throws [1 NoSuchObject, 2 Meta];
    DropDatabase(DropDatabaseArgs) "drop_database" call since "2.3" {
        1: name: Option<String>,
        2: delete_data: bool,
        3: cascade: bool,
    } -> (), throws [1 NoSuchObject, 2 InvalidOperation, 3 Meta];
    DropDatabaseReq(DropDatabaseReqArgs) "drop_database_req" call since "4.0" {
        1: req: Option<types::DropDatabaseRequest>,
    } -> (), throws [1 NoSuchObject, 2 InvalidOperation, 3 Meta];
    DropDataconnector(DropDataconnectorArgs) "drop_dataconnector" call since "4.0" until "4.0" {
        1: name: Option<String>,
        2: if_not_exists: bool,
        3: check_references: bool,
    } -> (), throws [1 NoSuchObject, 2 InvalidOperation, 3 Meta];
    DropDataconnectorReq(DropDataconnectorReqArgs) "drop_dataconnector_req" call since "4.0.1" {
        1: drop_dc_req: Option<types::DropDataConnectorRequest>,
    } -> (), throws [1 NoSuchObject, 2 InvalidOperation, 3 Meta];
    DropFunction(DropFunctionArgs) "drop_function" call since "2.3" {
        1: db_name: Option<String>,
        2: func_name: Option<String>,
    } -> (), throws [1 NoSuchObject, 2 Meta];
    DropIndexByName(DropIndexByNameArgs) "drop_index_by_name" call since "2.3" until "2.3.10" {
        1: db_name: Option<String>,
        2: tbl_name: Option<String>,
        3: index_name: Option<String>,
        4: delete_data: bool,
    } -> bool, throws [1 NoSuchObject, 2 Meta];
    DropIschema(DropIschemaArgs) "drop_ischema" call since "3.1" {
        1: name: Option<types::ISchemaName>,
    } -> (), throws [1 NoSuchObject, 2 InvalidOperation, 3 Meta];
    DropPackage(DropPackageArgs) "drop_package" call since "4.0" {
        1: request: Option<types::DropPackageRequest>,
    } -> (), throws [1 Meta];
    DropPartition(DropPartitionArgs) "drop_partition" call since "2.3" {
        1: db_name: Option<String>,
        2: tbl_name: Option<String>,
        3: part_vals: Option<Vec<String>>,
        4: delete_data: bool,
    } -> bool, throws [1 NoSuchObject, 2 Meta];
    DropPartitionByName(DropPartitionByNameArgs) "drop_partition_by_name" call since "2.3" {
        1: db_name: Option<String>,
        2: tbl_name: Option<String>,
        3: part_name: Option<String>,
        4: delete_data: bool,
    } -> bool, throws [1 NoSuchObject, 2 Meta];
    DropPartitionByNameWithEnvironmentContext(DropPartitionByNameWithEnvironmentContextArgs) "drop_partition_by_name_with_environment_context" call since "2.3" {
        1: db_name: Option<String>,
        2: tbl_name: Option<String>,
        3: part_name: Option<String>,
        4: delete_data: bool,
        5: environment_context: Option<types::EnvironmentContext>,
    } -> bool, throws [1 NoSuchObject, 2 Meta];
    DropPartitionReq(DropPartitionReqArgs) "drop_partition_req" call since "4.0.1" {
        1: drop_partition_req: Option<types::DropPartitionRequest>,
    } -> bool, throws [1 NoSuchObject, 2 Meta];
    DropPartitionWithEnvironmentContext(DropPartitionWithEnvironmentContextArgs) "drop_partition_with_environment_context" call since "2.3" {
        1: db_name: Option<String>,
        2: tbl_name: Option<String>,
        3: part_vals: Option<Vec<String>>,
        4: delete_data: bool,
        5: environment_context: Option<types::EnvironmentContext>,
    } -> bool, throws [1 NoSuchObject, 2 Meta];
    DropPartitionsReq(DropPartitionsReqArgs) "drop_partitions_req" call since "2.3" {
        1: req: Option<types::DropPartitionsRequest>,
    } -> types::DropPartitionsResult, throws [1 NoSuchObject, 2 Meta];
    DropResourcePlan(DropResourcePlanArgs) "drop_resource_plan" call since "3.1" {
        1: request: Option<types::WMDropResourcePlanRequest>,
    } -> types::WMDropResourcePlanResponse, throws [1 NoSuchObject, 2 InvalidOperation, 3 Meta];
    DropRole(DropRoleArgs) "drop_role" call since "2.3" {
        1: role_name: Option<String>,
    } -> bool, throws [1 Meta];
    DropSchemaVersion(DropSchemaVersionArgs) "drop_schema_version" call since "3.1" {
        1: schema_version: Option<types::SchemaVersionDescriptor>,
    } -> (), throws [1 NoSuchObject, 2 Meta];
    DropStoredProcedure(DropStoredProcedureArgs) "drop_stored_procedure" call since "4.0" {
        1: request: Option<types::StoredProcedureRequest>,
    } -> (), throws [1 Meta];
    DropTable(DropTableArgs) "drop_table" call since "2.3" {
        1: dbname: Option<String>,
        2: name: Option<String>,
        3: delete_data: bool,
    } -> (), throws [1 NoSuchObject, 2 Meta];
    DropTableReq(DropTableReqArgs) "drop_table_req" call since "4.0.1" {
        1: drop_table_req: Option<types::DropTableRequest>,
    } -> (), throws [1 NoSuchObject, 2 Meta];
    DropTableWithEnvironmentContext(DropTableWithEnvironmentContextArgs) "drop_table_with_environment_context" call since "2.3" {
        1: dbname: Option<String>,
        2: name: Option<String>,
        3: delete_data: bool,
        4: environment_context: Option<types::EnvironmentContext>,
    } -> (), throws [1 NoSuchObject, 2 Meta];
    DropType(DropTypeArgs) "drop_type" call since "2.3" {
        1: r#type: Option<String>,
    } -> bool, throws [1 Meta, 2 NoSuchObject];
    DropWmMapping(DropWmMappingArgs) "drop_wm_mapping" call since "3.1" {
        1: request: Option<types::WMDropMappingRequest>,
    } -> types::WMDropMappingResponse, throws [1 NoSuchObject, 2 InvalidOperation, 3 Meta];
    DropWmPool(DropWmPoolArgs) "drop_wm_pool" call since "3.1" {
        1: request: Option<types::WMDropPoolRequest>,
    } -> types::WMDropPoolResponse, throws [1 NoSuchObject, 2 InvalidOperation, 3 Meta];
    DropWmTrigger(DropWmTriggerArgs) "drop_wm_trigger" call since "3.1" {
        1: request: Option<types::WMDropTriggerRequest>,
    } -> types::WMDropTriggerResponse, throws [1 NoSuchObject, 2 InvalidOperation, 3 Meta];
    ExchangePartition(ExchangePartitionArgs) "exchange_partition" call since "2.3" {
        1: partition_specs: Option<Vec<(String, String)>>,
        2: source_db: Option<String>,
        3: source_table_name: Option<String>,
        4: dest_db: Option<String>,
        5: dest_table_name: Option<String>,
    } -> types::Partition, throws [1 Meta, 2 NoSuchObject, 3 InvalidObject, 4 InvalidInput];
    ExchangePartitions(ExchangePartitionsArgs) "exchange_partitions" call since "2.3" {
        1: partition_specs: Option<Vec<(String, String)>>,
        2: source_db: Option<String>,
        3: source_table_name: Option<String>,
        4: dest_db: Option<String>,
        5: dest_table_name: Option<String>,
    } -> Vec<types::Partition>, throws [1 Meta, 2 NoSuchObject, 3 InvalidObject, 4 InvalidInput];
    FetchPartitionNamesReq(FetchPartitionNamesReqArgs) "fetch_partition_names_req" call since "4.0.1" {
        1: partition_req: Option<types::PartitionsRequest>,
    } -> Vec<String>, throws [1 NoSuchObject, 2 Meta];
    FindColumnsWithStats(FindColumnsWithStatsArgs) "find_columns_with_stats" call since "4.0" {
        1: cr: Option<types::CompactionInfoStruct>,
    } -> Vec<String>, throws [];
    FindNextCompact(FindNextCompactArgs) "find_next_compact" call since "4.0" {
        1: worker_id: Option<String>,
    } -> types::OptionalCompactionInfoStruct, throws [1 Meta];
    FindNextCompact2(FindNextCompact2Args) "find_next_compact2" call since "4.0" {
        1: rqst: Option<types::FindNextCompactRequest>,
    } -> types::OptionalCompactionInfoStruct, throws [1 Meta];
    FindPackage(FindPackageArgs) "find_package" call since "4.0" {
        1: request: Option<types::GetPackageRequest>,
    } -> types::Package, throws [1 Meta, 2 NoSuchObject];
    FireListenerEvent(FireListenerEventArgs) "fire_listener_event" call since "2.3" {
        1: rqst: Option<types::FireEventRequest>,
    } -> types::FireEventResponse, throws [];
    FlushCache(FlushCacheArgs) "flushCache" call since "2.3" {} -> (), throws [];
    GetCounter(GetCounterArgs) "getCounter" call since "2.3" {
        1: key: Option<String>,
    } -> i64, throws [];
    GetCounters(GetCountersArgs) "getCounters" call since "2.3" {} -> Vec<(String, i64)>, throws [];
    GetCpuProfile(GetCpuProfileArgs) "getCpuProfile" call since "2.3" {
        1: profile_duration_in_sec: i32,
    } -> String, throws [];
    GetMetaConf(GetMetaConfArgs) "getMetaConf" call since "2.3" {
        1: key: Option<String>,
    } -> String, throws [1 Meta];
    GetName(GetNameArgs) "getName" call since "2.3" {} -> String, throws [];
    GetOption(GetOptionArgs) "getOption" call since "2.3" {
        1: key: Option<String>,
    } -> String, throws [];
    GetOptions(GetOptionsArgs) "getOptions" call since "2.3" {} -> Vec<(String, String)>, throws [];
    GetStatus(GetStatusArgs) "getStatus" call since "2.3" {} -> types::FbStatus, throws [];
    GetStatusDetails(GetStatusDetailsArgs) "getStatusDetails" call since "2.3" {} -> String, throws [];
    GetVersion(GetVersionArgs) "getVersion" call since "2.3" {} -> String, throws [];
    GetActiveResourcePlan(GetActiveResourcePlanArgs) "get_active_resource_plan" call since "3.1" {
        1: request: Option<types::WMGetActiveResourcePlanRequest>,
    } -> types::WMGetActiveResourcePlanResponse, throws [1 Meta];
    GetAggrStatsFor(GetAggrStatsForArgs) "get_aggr_stats_for" call since "2.3" {
        1: request: Option<types::PartitionsStatsRequest>,
    } -> types::AggrStats, throws [1 NoSuchObject, 2 Meta];
    GetAllDatabases(GetAllDatabasesArgs) "get_all_databases" call since "2.3" {} -> Vec<String>, throws [1 Meta];
    GetAllFunctions(GetAllFunctionsArgs) "get_all_functions" call since "2.3" {} -> types::GetAllFunctionsResponse, throws [1 Meta];
    GetAllMaterializedViewObjectsForRewriting(GetAllMaterializedViewObjectsForRewritingArgs) "get_all_materialized_view_objects_for_rewriting" call since "4.0" {} -> Vec<types::Table>, throws [1 Meta];
    GetAllPackages(GetAllPackagesArgs) "get_all_packages" call since "4.0" {
        1: request: Option<types::ListPackageRequest>,
    } -> Vec<String>, throws [1 Meta];
    GetAllResourcePlans(GetAllResourcePlansArgs) "get_all_resource_plans" call since "3.1" {
        1: request: Option<types::WMGetAllResourcePlanRequest>,
    } -> types::WMGetAllResourcePlanResponse, throws [1 Meta];
    GetAllStoredProcedures(GetAllStoredProceduresArgs) "get_all_stored_procedures" call since "4.0" {
        1: request: Option<types::ListStoredProcedureRequest>,
    } -> Vec<String>, throws [1 Meta];
    GetAllTableConstraints(GetAllTableConstraintsArgs) "get_all_table_constraints" call since "4.0" {
        1: request: Option<types::AllTableConstraintsRequest>,
    } -> types::AllTableConstraintsResponse, throws [1 Meta, 2 NoSuchObject];
    GetAllTables(GetAllTablesArgs) "get_all_tables" call since "2.3" {
        1: db_name: Option<String>,
    } -> Vec<String>, throws [1 Meta];
    GetAllTokenIdentifiers(GetAllTokenIdentifiersArgs) "get_all_token_identifiers" call since "2.3" {} -> Vec<String>, throws [];
    GetAllWriteEventInfo(GetAllWriteEventInfoArgs) "get_all_write_event_info" call since "4.0" {
        1: request: Option<types::GetAllWriteEventInfoRequest>,
    } -> Vec<types::WriteEventInfo>, throws [1 Meta];
    GetCatalog(GetCatalogArgs) "get_catalog" call since "3.1" {
        1: cat_name: Option<types::GetCatalogRequest>,
    } -> types::GetCatalogResponse, throws [1 NoSuchObject, 2 Meta];
    GetCatalogs(GetCatalogsArgs) "get_catalogs" call since "3.1" {} -> types::GetCatalogsResponse, throws [1 Meta];
    GetCheckConstraints(GetCheckConstraintsArgs) "get_check_constraints" call since "3.1" {
        1: request: Option<types::CheckConstraintsRequest>,
    } -> types::CheckConstraintsResponse, throws [1 Meta, 2 NoSuchObject];
    GetConfigValue(GetConfigValueArgs) "get_config_value" call since "2.3" {
        1: name: Option<String>,
        2: default_value: Option<String>,
    } -> Option<String>, throws [1 ConfigValSecurity];
    GetCurrentNotificationEventId(GetCurrentNotificationEventIdArgs) "get_current_notificationEventId" call since "2.3" {} -> types::CurrentNotificationEventId, throws [];
    GetDatabase(GetDatabaseArgs) "get_database" call since "2.3" {
        1: name: Option<String>,
    } -> types::Database, throws [1 NoSuchObject, 2 Meta];
    GetDatabaseReq(GetDatabaseReqArgs) "get_database_req" call since "4.0" {
        1: request: Option<types::GetDatabaseRequest>,
    } -> types::Database, throws [1 NoSuchObject, 2 Meta];
    GetDatabases(GetDatabasesArgs) "get_databases" call since "2.3" {
        1: pattern: Option<String>,
    } -> Vec<String>, throws [1 Meta];
    GetDatabasesReq(GetDatabasesReqArgs) "get_databases_req" call since "4.1" {
        1: request: Option<types::GetDatabaseObjectsRequest>,
    } -> types::GetDatabaseObjectsResponse, throws [1 Meta];
    GetDataconnectorReq(GetDataconnectorReqArgs) "get_dataconnector_req" call since "4.0" {
        1: request: Option<types::GetDataConnectorRequest>,
    } -> types::DataConnector, throws [1 NoSuchObject, 2 Meta];
    GetDataconnectors(GetDataconnectorsArgs) "get_dataconnectors" call since "4.0" {} -> Vec<String>, throws [1 Meta];
    GetDefaultConstraints(GetDefaultConstraintsArgs) "get_default_constraints" call since "3.1" {
        1: request: Option<types::DefaultConstraintsRequest>,
    } -> types::DefaultConstraintsResponse, throws [1 Meta, 2 NoSuchObject];
    GetDelegationToken(GetDelegationTokenArgs) "get_delegation_token" call since "2.3" {
        1: token_owner: Option<String>,
        2: renewer_kerberos_principal_name: Option<String>,
    } -> String, throws [1 Meta];
    GetFields(GetFieldsArgs) "get_fields" call since "2.3" {
        1: db_name: Option<String>,
        2: table_name: Option<String>,
    } -> Vec<types::FieldSchema>, throws [1 Meta, 2 UnknownTable, 3 UnknownDB];
    GetFieldsReq(GetFieldsReqArgs) "get_fields_req" call since "4.0" {
        1: req: Option<types::GetFieldsRequest>,
    } -> types::GetFieldsResponse, throws [1 Meta, 2 UnknownTable, 3 UnknownDB];
    GetFieldsWithEnvironmentContext(GetFieldsWithEnvironmentContextArgs) "get_fields_with_environment_context" call since "2.3" {
        1: db_name: Option<String>,
        2: table_name: Option<String>,
        3: environment_context: Option<types::EnvironmentContext>,
    } -> Vec<types::FieldSchema>, throws [1 Meta, 2 UnknownTable, 3 UnknownDB];
    GetFileMetadata(GetFileMetadataArgs) "get_file_metadata" call since "2.3" {
        1: req: Option<types::GetFileMetadataRequest>,
    } -> types::GetFileMetadataResult, throws [];
    GetFileMetadataByExpr(GetFileMetadataByExprArgs) "get_file_metadata_by_expr" call since "2.3" {
        1: req: Option<types::GetFileMetadataByExprRequest>,
    } -> types::GetFileMetadataByExprResult, throws [];
    GetForeignKeys(GetForeignKeysArgs) "get_foreign_keys" call since "2.3" {
        1: request: Option<types::ForeignKeysRequest>,
    } -> types::ForeignKeysResponse, throws [1 Meta, 2 NoSuchObject];
    GetFunction(GetFunctionArgs) "get_function" call since "2.3" {
        1: db_name: Option<String>,
        2: func_name: Option<String>,
    } -> types::Function, throws [1 Meta, 2 NoSuchObject];
    GetFunctions(GetFunctionsArgs) "get_functions" call since "2.3" {
        1: db_name: Option<String>,
        2: pattern: Option<String>,
    } -> Vec<String>, throws [1 Meta];
    GetFunctionsReq(GetFunctionsReqArgs) "get_functions_req" call since "4.1" {
        1: request: Option<types::GetFunctionsRequest>,
    } -> types::GetFunctionsResponse, throws [1 Meta];
    GetIndexByName(GetIndexByNameArgs) "get_index_by_name" call since "2.3" until "2.3.10" {
        1: db_name: Option<String>,
        2: tbl_name: Option<String>,
        3: index_name: Option<String>,
    } -> types::Index, throws [1 Meta, 2 NoSuchObject];
    GetIndexNames(GetIndexNamesArgs) "get_index_names" call since "2.3" until "2.3.10" {
        1: db_name: Option<String>,
        2: tbl_name: Option<String>,
        3: max_indexes: i16,
    } -> Vec<String>, throws [1 Meta];
    GetIndexes(GetIndexesArgs) "get_indexes" call since "2.3" until "2.3.10" {
        1: db_name: Option<String>,
        2: tbl_name: Option<String>,
        3: max_indexes: i16,
    } -> Vec<types::Index>, throws [1 NoSuchObject, 2 Meta];
    GetIschema(GetIschemaArgs) "get_ischema" call since "3.1" {
        1: name: Option<types::ISchemaName>,
    } -> types::ISchema, throws [1 NoSuchObject, 2 Meta];
    GetLatestCommittedCompactionInfo(GetLatestCommittedCompactionInfoArgs) "get_latest_committed_compaction_info" call since "4.0" {
        1: rqst: Option<types::GetLatestCommittedCompactionInfoRequest>,
    } -> types::GetLatestCommittedCompactionInfoResponse, throws [];
    GetLatestTxnidInConflict(GetLatestTxnidInConflictArgs) "get_latest_txnid_in_conflict" call since "4.0" {
        1: txn_id: i64,
    } -> i64, throws [1 Meta];
    GetLockMaterializationRebuild(GetLockMaterializationRebuildArgs) "get_lock_materialization_rebuild" call since "3.1" {
        1: db_name: Option<String>,
        2: table_name: Option<String>,
        3: txn_id: i64,
    } -> types::LockResponse, throws [];
    GetMasterKeys(GetMasterKeysArgs) "get_master_keys" call since "2.3" {} -> Vec<String>, throws [];
    GetMaterializationInvalidationInfo(GetMaterializationInvalidationInfoArgs) "get_materialization_invalidation_info" call since "3.1" {
        1: creation_metadata: Option<types::CreationMetadata>,
        2: valid_txn_list: Option<String>,
    } -> types::Materialization, throws [1 Meta, 2 InvalidOperation, 3 UnknownDB];
    GetMaterializedViewsForRewriting(GetMaterializedViewsForRewritingArgs) "get_materialized_views_for_rewriting" call since "3.1" {
        1: db_name: Option<String>,
    } -> Vec<String>, throws [1 Meta];
    GetMaxAllocatedTableWriteId(GetMaxAllocatedTableWriteIdArgs) "get_max_allocated_table_write_id" call since "4.0" {
        1: rqst: Option<types::MaxAllocatedTableWriteIdRequest>,
    } -> types::MaxAllocatedTableWriteIdResponse, throws [1 Meta];
    GetMetastoreDbUuid(GetMetastoreDbUuidArgs) "get_metastore_db_uuid" call since "3.1" {} -> String, throws [1 Meta];
    GetNextNotification(GetNextNotificationArgs) "get_next_notification" call since "2.3" {
        1: rqst: Option<types::NotificationEventRequest>,
    } -> types::NotificationEventResponse, throws [];
    GetNotNullConstraints(GetNotNullConstraintsArgs) "get_not_null_constraints" call since "3.1" {
        1: request: Option<types::NotNullConstraintsRequest>,
    } -> types::NotNullConstraintsResponse, throws [1 Meta, 2 NoSuchObject];
    GetNotificationEventsCount(GetNotificationEventsCountArgs) "get_notification_events_count" call since "3.1" {
        1: rqst: Option<types::NotificationEventsCountRequest>,
    } -> types::NotificationEventsCountResponse, throws [];
    GetNumPartitionsByFilter(GetNumPartitionsByFilterArgs) "get_num_partitions_by_filter" call since "2.3" {
        1: db_name: Option<String>,
        2: tbl_name: Option<String>,
        3: filter: Option<String>,
    } -> i32, throws [1 Meta, 2 NoSuchObject];
    GetOpenTxns(GetOpenTxnsArgs) "get_open_txns" call since "2.3" {} -> types::GetOpenTxnsResponse, throws [];
    GetOpenTxnsInfo(GetOpenTxnsInfoArgs) "get_open_txns_info" call since "2.3" {} -> types::GetOpenTxnsInfoResponse, throws [];
    GetOpenTxnsReq(GetOpenTxnsReqArgs) "get_open_txns_req" call since "4.0" {
        1: get_open_txns_request: Option<types::GetOpenTxnsRequest>,
    } -> types::GetOpenTxnsResponse, throws [];
    GetPartSpecsByFilter(GetPartSpecsByFilterArgs) "get_part_specs_by_filter" call since "2.3" {
        1: db_name: Option<String>,
        2: tbl_name: Option<String>,
        3: filter: Option<String>,
        4: max_parts: i32,
    } -> Vec<types::PartitionSpec>, throws [1 Meta, 2 NoSuchObject];
    GetPartition(GetPartitionArgs) "get_partition" call since "2.3" {
        1: db_name: Option<String>,
        2: tbl_name: Option<String>,
        3: part_vals: Option<Vec<String>>,
    } -> types::Partition, throws [1 Meta, 2 NoSuchObject];
    GetPartitionByName(GetPartitionByNameArgs) "get_partition_by_name" call since "2.3" {
        1: db_name: Option<String>,
        2: tbl_name: Option<String>,
        3: part_name: Option<String>,
    } -> types::Partition, throws [1 Meta, 2 NoSuchObject];
    GetPartitionColumnStatistics(GetPartitionColumnStatisticsArgs) "get_partition_column_statistics" call since "2.3" {
        1: db_name: Option<String>,
        2: tbl_name: Option<String>,
        3: part_name: Option<String>,
        4: col_name: Option<String>,
    } -> types::ColumnStatistics, throws [1 NoSuchObject, 2 Meta, 3 InvalidInput, 4 InvalidObject];
    /// 2.3 declares MetaException as 1: its only field is the text as well, so either reads the other.
    GetPartitionNames(GetPartitionNamesArgs) "get_partition_names" call since "2.3" {
        1: db_name: Option<String>,
        2: tbl_name: Option<String>,
        3: max_parts: i16,
    } -> Vec<String>, throws [1 NoSuchObject, 2 Meta];
    GetPartitionNamesPs(GetPartitionNamesPsArgs) "get_partition_names_ps" call since "2.3" {
        1: db_name: Option<String>,
        2: tbl_name: Option<String>,
        3: part_vals: Option<Vec<String>>,
        4: max_parts: i16,
    } -> Vec<String>, throws [1 Meta, 2 NoSuchObject];
    GetPartitionNamesPsReq(GetPartitionNamesPsReqArgs) "get_partition_names_ps_req" call since "4.0" {
        1: req: Option<types::GetPartitionNamesPsRequest>,
    } -> types::GetPartitionNamesPsResponse, throws [1 Meta, 2 NoSuchObject];
    GetPartitionNamesReq(GetPartitionNamesReqArgs) "get_partition_names_req" call since "4.0" {
        1: req: Option<types::PartitionsByExprRequest>,
    } -> Vec<String>, throws [1 Meta, 2 NoSuchObject];
    GetPartitionReq(GetPartitionReqArgs) "get_partition_req" call since "4.0" {
        1: req: Option<types::GetPartitionRequest>,
    } -> types::GetPartitionResponse, throws [1 Meta, 2 NoSuchObject];
    GetPartitionValues(GetPartitionValuesArgs) "get_partition_values" call since "2.3" {
        1: request: Option<types::PartitionValuesRequest>,
    } -> types::PartitionValuesResponse, throws [1 Meta, 2 NoSuchObject];
    GetPartitionWithAuth(GetPartitionWithAuthArgs) "get_partition_with_auth" call since "2.3" {
        1: db_name: Option<String>,
        2: tbl_name: Option<String>,
        3: part_vals: Option<Vec<String>>,
        4: user_name: Option<String>,
        5: group_names: Option<Vec<String>>,
    } -> types::Partition, throws [1 Meta, 2 NoSuchObject];
    GetPartitions(GetPartitionsArgs) "get_partitions" call since "2.3" {
        1: db_name: Option<String>,
        2: tbl_name: Option<String>,
        3: max_parts: i16,
    } -> Vec<types::Partition>, throws [1 NoSuchObject, 2 Meta];
    GetPartitionsByExpr(GetPartitionsByExprArgs) "get_partitions_by_expr" call since "2.3" {
        1: req: Option<types::PartitionsByExprRequest>,
    } -> types::PartitionsByExprResult, throws [1 Meta, 2 NoSuchObject];
    GetPartitionsByFilter(GetPartitionsByFilterArgs) "get_partitions_by_filter" call since "2.3" {
        1: db_name: Option<String>,
        2: tbl_name: Option<String>,
        3: filter: Option<String>,
        4: max_parts: i16,
    } -> Vec<types::Partition>, throws [1 Meta, 2 NoSuchObject];
    GetPartitionsByFilterReq(GetPartitionsByFilterReqArgs) "get_partitions_by_filter_req" call since "4.0" {
        1: req: Option<types::GetPartitionsByFilterRequest>,
    } -> Vec<types::Partition>, throws [1 Meta, 2 NoSuchObject];
    GetPartitionsByNames(GetPartitionsByNamesArgs) "get_partitions_by_names" call since "2.3" {
        1: db_name: Option<String>,
        2: tbl_name: Option<String>,
        3: names: Option<Vec<String>>,
    } -> Vec<types::Partition>, throws [1 Meta, 2 NoSuchObject, 3 InvalidObject];
    GetPartitionsByNamesReq(GetPartitionsByNamesReqArgs) "get_partitions_by_names_req" call since "4.0" {
        1: req: Option<types::GetPartitionsByNamesRequest>,
    } -> types::GetPartitionsByNamesResult, throws [1 Meta, 2 NoSuchObject, 3 InvalidObject];
    GetPartitionsPs(GetPartitionsPsArgs) "get_partitions_ps" call since "2.3" {
        1: db_name: Option<String>,
        2: tbl_name: Option<String>,
        3: part_vals: Option<Vec<String>>,
        4: max_parts: i16,
    } -> Vec<types::Partition>, throws [1 Meta, 2 NoSuchObject];
    GetPartitionsPsWithAuth(GetPartitionsPsWithAuthArgs) "get_partitions_ps_with_auth" call since "2.3" {
        1: db_name: Option<String>,
        2: tbl_name: Option<String>,
        3: part_vals: Option<Vec<String>>,
        4: max_parts: i16,
        5: user_name: Option<String>,
        6: group_names: Option<Vec<String>>,
    } -> Vec<types::Partition>, throws [1 NoSuchObject, 2 Meta];
    GetPartitionsPsWithAuthReq(GetPartitionsPsWithAuthReqArgs) "get_partitions_ps_with_auth_req" call since "4.0" {
        1: req: Option<types::GetPartitionsPsWithAuthRequest>,
    } -> types::GetPartitionsPsWithAuthResponse, throws [1 Meta, 2 NoSuchObject];
    GetPartitionsPspec(GetPartitionsPspecArgs) "get_partitions_pspec" call since "2.3" {
        1: db_name: Option<String>,
        2: tbl_name: Option<String>,
        3: max_parts: i32,
    } -> Vec<types::PartitionSpec>, throws [1 NoSuchObject, 2 Meta];
    GetPartitionsReq(GetPartitionsReqArgs) "get_partitions_req" call since "4.0" {
        1: req: Option<types::PartitionsRequest>,
    } -> types::PartitionsResponse, throws [1 NoSuchObject, 2 Meta];
    GetPartitionsSpecByExpr(GetPartitionsSpecByExprArgs) "get_partitions_spec_by_expr" call since "4.0" {
        1: req: Option<types::PartitionsByExprRequest>,
    } -> types::PartitionsSpecByExprResult, throws [1 Meta, 2 NoSuchObject];
    GetPartitionsStatisticsReq(GetPartitionsStatisticsReqArgs) "get_partitions_statistics_req" call since "2.3" {
        1: request: Option<types::PartitionsStatsRequest>,
    } -> types::PartitionsStatsResult, throws [1 NoSuchObject, 2 Meta];
    GetPartitionsWithAuth(GetPartitionsWithAuthArgs) "get_partitions_with_auth" call since "2.3" {
        1: db_name: Option<String>,
        2: tbl_name: Option<String>,
        3: max_parts: i16,
        4: user_name: Option<String>,
        5: group_names: Option<Vec<String>>,
    } -> Vec<types::Partition>, throws [1 NoSuchObject, 2 Meta];
    GetPartitionsWithSpecs(GetPartitionsWithSpecsArgs) "get_partitions_with_specs" call since "4.0" {
        1: request: Option<types::GetPartitionsRequest>,
    } -> types::GetPartitionsResponse, throws [1 Meta];
    GetPrimaryKeys(GetPrimaryKeysArgs) "get_primary_keys" call since "2.3" {
        1: request: Option<types::PrimaryKeysRequest>,
    } -> types::PrimaryKeysResponse, throws [1 Meta, 2 NoSuchObject];
    GetPrincipalsInRole(GetPrincipalsInRoleArgs) "get_principals_in_role" call since "2.3" {
        1: request: Option<types::GetPrincipalsInRoleRequest>,
    } -> types::GetPrincipalsInRoleResponse, throws [1 Meta];
    GetPrivilegeSet(GetPrivilegeSetArgs) "get_privilege_set" call since "2.3" {
        1: hive_object: Option<types::HiveObjectRef>,
        2: user_name: Option<String>,
        3: group_names: Option<Vec<String>>,
    } -> types::PrincipalPrivilegeSet, throws [1 Meta];
    GetProperties(GetPropertiesArgs) "get_properties" call since "4.0" {
        1: req: Option<types::PropertyGetRequest>,
    } -> types::PropertyGetResponse, throws [1 Meta, 2 NoSuchObject];
    GetReplayedTxnsForPolicy(GetReplayedTxnsForPolicyArgs) "get_replayed_txns_for_policy" call since "4.2" {
        1: policy_name: Option<String>,
    } -> types::ReplayedTxnsForPolicyResult, throws [1 Meta];
    GetReplicationMetrics(GetReplicationMetricsArgs) "get_replication_metrics" call since "4.0" {
        1: rqst: Option<types::GetReplicationMetricsRequest>,
    } -> types::ReplicationMetricList, throws [1 Meta];
    GetResourcePlan(GetResourcePlanArgs) "get_resource_plan" call since "3.1" {
        1: request: Option<types::WMGetResourcePlanRequest>,
    } -> types::WMGetResourcePlanResponse, throws [1 NoSuchObject, 2 Meta];
    GetRoleGrantsForPrincipal(GetRoleGrantsForPrincipalArgs) "get_role_grants_for_principal" call since "2.3" {
        1: request: Option<types::GetRoleGrantsForPrincipalRequest>,
    } -> types::GetRoleGrantsForPrincipalResponse, throws [1 Meta];
    GetRoleNames(GetRoleNamesArgs) "get_role_names" call since "2.3" {} -> Vec<String>, throws [1 Meta];
    GetRuntimeStats(GetRuntimeStatsArgs) "get_runtime_stats" call since "3.1" {
        1: rqst: Option<types::GetRuntimeStatsRequest>,
    } -> Vec<types::RuntimeStat>, throws [1 Meta];
    GetScheduledQuery(GetScheduledQueryArgs) "get_scheduled_query" call since "4.0" {
        1: schedule_key: Option<types::ScheduledQueryKey>,
    } -> types::ScheduledQuery, throws [1 Meta, 2 NoSuchObject];
    GetSchema(GetSchemaArgs) "get_schema" call since "2.3" {
        1: db_name: Option<String>,
        2: table_name: Option<String>,
    } -> Vec<types::FieldSchema>, throws [1 Meta, 2 UnknownTable, 3 UnknownDB];
    GetSchemaAllVersions(GetSchemaAllVersionsArgs) "get_schema_all_versions" call since "3.1" {
        1: schema_name: Option<types::ISchemaName>,
    } -> Vec<types::SchemaVersion>, throws [1 NoSuchObject, 2 Meta];
    GetSchemaLatestVersion(GetSchemaLatestVersionArgs) "get_schema_latest_version" call since "3.1" {
        1: schema_name: Option<types::ISchemaName>,
    } -> types::SchemaVersion, throws [1 NoSuchObject, 2 Meta];
    GetSchemaReq(GetSchemaReqArgs) "get_schema_req" call since "4.0" {
        1: req: Option<types::GetSchemaRequest>,
    } -> types::GetSchemaResponse, throws [1 Meta, 2 UnknownTable, 3 UnknownDB];
    GetSchemaVersion(GetSchemaVersionArgs) "get_schema_version" call since "3.1" {
        1: schema_version: Option<types::SchemaVersionDescriptor>,
    } -> types::SchemaVersion, throws [1 NoSuchObject, 2 Meta];
    GetSchemaWithEnvironmentContext(GetSchemaWithEnvironmentContextArgs) "get_schema_with_environment_context" call since "2.3" {
        1: db_name: Option<String>,
        2: table_name: Option<String>,
        3: environment_context: Option<types::EnvironmentContext>,
    } -> Vec<types::FieldSchema>, throws [1 Meta, 2 UnknownTable, 3 UnknownDB];
    GetSchemasByCols(GetSchemasByColsArgs) "get_schemas_by_cols" call since "3.1" {
        1: rqst: Option<types::FindSchemasByColsRqst>,
    } -> types::FindSchemasByColsResp, throws [1 Meta];
    GetSerde(GetSerdeArgs) "get_serde" call since "3.1" {
        1: rqst: Option<types::GetSerdeRequest>,
    } -> types::SerDeInfo, throws [1 NoSuchObject, 2 Meta];
    GetStoredProcedure(GetStoredProcedureArgs) "get_stored_procedure" call since "4.0" {
        1: request: Option<types::StoredProcedureRequest>,
    } -> types::StoredProcedure, throws [1 Meta, 2 NoSuchObject];
    GetTable(GetTableArgs) "get_table" call since "2.3" until "4.0" {
        1: dbname: Option<String>,
        2: tbl_name: Option<String>,
    } -> types::Table, throws [1 Meta, 2 NoSuchObject];
    GetTableColumnStatistics(GetTableColumnStatisticsArgs) "get_table_column_statistics" call since "2.3" {
        1: db_name: Option<String>,
        2: tbl_name: Option<String>,
        3: col_name: Option<String>,
    } -> types::ColumnStatistics, throws [1 NoSuchObject, 2 Meta, 3 InvalidInput, 4 InvalidObject];
    GetTableMeta(GetTableMetaArgs) "get_table_meta" call since "2.3" {
        1: db_patterns: Option<String>,
        2: tbl_patterns: Option<String>,
        3: tbl_types: Option<Vec<String>>,
    } -> Vec<types::TableMeta>, throws [1 Meta];
    GetTableNamesByFilter(GetTableNamesByFilterArgs) "get_table_names_by_filter" call since "2.3" {
        1: dbname: Option<String>,
        2: filter: Option<String>,
        3: max_tables: i16,
    } -> Vec<String>, throws [1 Meta, 2 InvalidOperation, 3 UnknownDB];
    /// 3.1 and 4.0 declare none of these.
    GetTableObjectsByName(GetTableObjectsByNameArgs) "get_table_objects_by_name" call since "2.3" until "4.0" {
        1: dbname: Option<String>,
        2: tbl_names: Option<Vec<String>>,
    } -> Vec<types::Table>, throws [1 Meta, 2 InvalidOperation, 3 UnknownDB];
    GetTableObjectsByNameReq(GetTableObjectsByNameReqArgs) "get_table_objects_by_name_req" call since "2.3" {
        1: req: Option<types::GetTablesRequest>,
    } -> types::GetTablesResult, throws [1 Meta, 2 InvalidOperation, 3 UnknownDB];
    GetTableReq(GetTableReqArgs) "get_table_req" call since "2.3" {
        1: req: Option<types::GetTableRequest>,
    } -> types::GetTableResult, throws [1 Meta, 2 NoSuchObject];
    GetTableStatisticsReq(GetTableStatisticsReqArgs) "get_table_statistics_req" call since "2.3" {
        1: request: Option<types::TableStatsRequest>,
    } -> types::TableStatsResult, throws [1 NoSuchObject, 2 Meta];
    GetTables(GetTablesArgs) "get_tables" call since "2.3" {
        1: db_name: Option<String>,
        2: pattern: Option<String>,
    } -> Vec<String>, throws [1 Meta];
    GetTablesByType(GetTablesByTypeArgs) "get_tables_by_type" call since "2.3" {
        1: db_name: Option<String>,
        2: pattern: Option<String>,
        3: table_type: Option<String>,
    } -> Vec<String>, throws [1 Meta];
    GetTablesExt(GetTablesExtArgs) "get_tables_ext" call since "4.0" {
        1: req: Option<types::GetTablesExtRequest>,
    } -> Vec<types::ExtendedTableInfo>, throws [1 Meta];
    GetToken(GetTokenArgs) "get_token" call since "2.3" {
        1: token_identifier: Option<String>,
    } -> String, throws [];
    GetTriggersForResourceplan(GetTriggersForResourceplanArgs) "get_triggers_for_resourceplan" call since "3.1" {
        1: request: Option<types::WMGetTriggersForResourePlanRequest>,
    } -> types::WMGetTriggersForResourePlanResponse, throws [1 NoSuchObject, 2 Meta];
    GetType(GetTypeArgs) "get_type" call since "2.3" {
        1: name: Option<String>,
    } -> types::Type, throws [1 Meta, 2 NoSuchObject];
    GetTypeAll(GetTypeAllArgs) "get_type_all" call since "2.3" {
        1: name: Option<String>,
    } -> Vec<(String, types::Type)>, throws [1 Meta];
    GetUniqueConstraints(GetUniqueConstraintsArgs) "get_unique_constraints" call since "3.1" {
        1: request: Option<types::UniqueConstraintsRequest>,
    } -> types::UniqueConstraintsResponse, throws [1 Meta, 2 NoSuchObject];
    GetValidWriteIds(GetValidWriteIdsArgs) "get_valid_write_ids" call since "3.1" {
        1: rqst: Option<types::GetValidWriteIdsRequest>,
    } -> types::GetValidWriteIdsResponse, throws [1 NoSuchTxn, 2 Meta];
    GrantPrivileges(GrantPrivilegesArgs) "grant_privileges" call since "2.3" {
        1: privileges: Option<types::PrivilegeBag>,
    } -> bool, throws [1 Meta];
    GrantRevokePrivileges(GrantRevokePrivilegesArgs) "grant_revoke_privileges" call since "2.3" {
        1: request: Option<types::GrantRevokePrivilegeRequest>,
    } -> types::GrantRevokePrivilegeResponse, throws [1 Meta];
    GrantRevokeRole(GrantRevokeRoleArgs) "grant_revoke_role" call since "2.3" {
        1: request: Option<types::GrantRevokeRoleRequest>,
    } -> types::GrantRevokeRoleResponse, throws [1 Meta];
    GrantRole(GrantRoleArgs) "grant_role" call since "2.3" {
        1: role_name: Option<String>,
        2: principal_name: Option<String>,
        3: principal_type: Option<types::PrincipalType>,
        4: grantor: Option<String>,
        5: grantor_type: Option<types::PrincipalType>,
        6: grant_option: bool,
    } -> bool, throws [1 Meta];
    Heartbeat(HeartbeatArgs) "heartbeat" call since "2.3" {
        1: ids: Option<types::HeartbeatRequest>,
    } -> (), throws [1 NoSuchLock, 2 NoSuchTxn, 3 TxnAborted];
    HeartbeatLockMaterializationRebuild(HeartbeatLockMaterializationRebuildArgs) "heartbeat_lock_materialization_rebuild" call since "3.1" {
        1: db_name: Option<String>,
        2: table_name: Option<String>,
        3: txn_id: i64,
    } -> bool, throws [];
    HeartbeatTxnRange(HeartbeatTxnRangeArgs) "heartbeat_txn_range" call since "2.3" {
        1: txns: Option<types::HeartbeatTxnRangeRequest>,
    } -> types::HeartbeatTxnRangeResponse, throws [];
    IsPartitionMarkedForEvent(IsPartitionMarkedForEventArgs) "isPartitionMarkedForEvent" call since "2.3" {
        1: db_name: Option<String>,
        2: tbl_name: Option<String>,
        3: part_vals: Option<Vec<(String, String)>>,
        4: event_type: Option<types::PartitionEventType>,
    } -> bool, throws [1 Meta, 2 NoSuchObject, 3 UnknownDB, 4 UnknownTable, 5 UnknownPartition, 6 InvalidPartition];
    ListPrivileges(ListPrivilegesArgs) "list_privileges" call since "2.3" {
        1: principal_name: Option<String>,
        2: principal_type: Option<types::PrincipalType>,
        3: hive_object: Option<types::HiveObjectRef>,
    } -> Vec<types::HiveObjectPrivilege>, throws [1 Meta];
    ListRoles(ListRolesArgs) "list_roles" call since "2.3" {
        1: principal_name: Option<String>,
        2: principal_type: Option<types::PrincipalType>,
    } -> Vec<types::Role>, throws [1 Meta];
    Lock(LockArgs) "lock" call since "2.3" {
        1: rqst: Option<types::LockRequest>,
    } -> types::LockResponse, throws [1 NoSuchTxn, 2 TxnAborted];
    MapSchemaVersionToSerde(MapSchemaVersionToSerdeArgs) "map_schema_version_to_serde" call since "3.1" {
        1: rqst: Option<types::MapSchemaVersionToSerdeRequest>,
    } -> (), throws [1 NoSuchObject, 2 Meta];
    MarkPartitionForEvent(MarkPartitionForEventArgs) "markPartitionForEvent" call since "2.3" {
        1: db_name: Option<String>,
        2: tbl_name: Option<String>,
        3: part_vals: Option<Vec<(String, String)>>,
        4: event_type: Option<types::PartitionEventType>,
    } -> (), throws [1 Meta, 2 NoSuchObject, 3 UnknownDB, 4 UnknownTable, 5 UnknownPartition, 6 InvalidPartition];
    MarkCleaned(MarkCleanedArgs) "mark_cleaned" call since "4.0" {
        1: cr: Option<types::CompactionInfoStruct>,
    } -> (), throws [1 Meta];
    MarkCompacted(MarkCompactedArgs) "mark_compacted" call since "4.0" {
        1: cr: Option<types::CompactionInfoStruct>,
    } -> (), throws [1 Meta];
    MarkFailed(MarkFailedArgs) "mark_failed" call since "4.0" {
        1: cr: Option<types::CompactionInfoStruct>,
    } -> (), throws [1 Meta];
    MarkRefused(MarkRefusedArgs) "mark_refused" call since "4.0" {
        1: cr: Option<types::CompactionInfoStruct>,
    } -> (), throws [1 Meta];
    OpenTxns(OpenTxnsArgs) "open_txns" call since "2.3" {
        1: rqst: Option<types::OpenTxnRequest>,
    } -> types::OpenTxnsResponse, throws [];
    PartitionNameHasValidCharacters(PartitionNameHasValidCharactersArgs) "partition_name_has_valid_characters" call since "2.3" {
        1: part_vals: Option<Vec<String>>,
        2: throw_exception: bool,
    } -> bool, throws [1 Meta];
    PartitionNameToSpec(PartitionNameToSpecArgs) "partition_name_to_spec" call since "2.3" {
        1: part_name: Option<String>,
    } -> Vec<(String, String)>, throws [1 Meta];
    PartitionNameToVals(PartitionNameToValsArgs) "partition_name_to_vals" call since "2.3" {
        1: part_name: Option<String>,
    } -> Vec<String>, throws [1 Meta];
    PutFileMetadata(PutFileMetadataArgs) "put_file_metadata" call since "2.3" {
        1: req: Option<types::PutFileMetadataRequest>,
    } -> types::PutFileMetadataResult, throws [];
    RefreshPrivileges(RefreshPrivilegesArgs) "refresh_privileges" call since "3.1" {
        1: obj_to_refresh: Option<types::HiveObjectRef>,
        2: authorizer: Option<String>,
        3: grant_request: Option<types::GrantRevokePrivilegeRequest>,
    } -> types::GrantRevokePrivilegeResponse, throws [1 Meta];
    Reinitialize(ReinitializeArgs) "reinitialize" oneway since "2.3" {} -> (), throws [];
    RemoveCompactionMetricsData(RemoveCompactionMetricsDataArgs) "remove_compaction_metrics_data" call since "4.0" {
        1: request: Option<types::CompactionMetricsDataRequest>,
    } -> (), throws [1 Meta];
    RemoveMasterKey(RemoveMasterKeyArgs) "remove_master_key" call since "2.3" {
        1: key_seq: i32,
    } -> bool, throws [];
    RemoveToken(RemoveTokenArgs) "remove_token" call since "2.3" {
        1: token_identifier: Option<String>,
    } -> bool, throws [];
    RenamePartition(RenamePartitionArgs) "rename_partition" call since "2.3" {
        1: db_name: Option<String>,
        2: tbl_name: Option<String>,
        3: part_vals: Option<Vec<String>>,
        4: new_part: Option<types::Partition>,
    } -> (), throws [1 InvalidOperation, 2 Meta];
    RenamePartitionReq(RenamePartitionReqArgs) "rename_partition_req" call since "4.0" {
        1: req: Option<types::RenamePartitionRequest>,
    } -> types::RenamePartitionResponse, throws [1 InvalidOperation, 2 Meta];
    RenewDelegationToken(RenewDelegationTokenArgs) "renew_delegation_token" call since "2.3" {
        1: token_str_form: Option<String>,
    } -> i64, throws [1 Meta];
    ReplTblWriteidState(ReplTblWriteidStateArgs) "repl_tbl_writeid_state" call since "3.1" {
        1: rqst: Option<types::ReplTblWriteIdStateRequest>,
    } -> (), throws [];
    RevokePrivileges(RevokePrivilegesArgs) "revoke_privileges" call since "2.3" {
        1: privileges: Option<types::PrivilegeBag>,
    } -> bool, throws [1 Meta];
    RevokeRole(RevokeRoleArgs) "revoke_role" call since "2.3" {
        1: role_name: Option<String>,
        2: principal_name: Option<String>,
        3: principal_type: Option<types::PrincipalType>,
    } -> bool, throws [1 Meta];
    ScheduledQueryMaintenance(ScheduledQueryMaintenanceArgs) "scheduled_query_maintenance" call since "4.0" {
        1: request: Option<types::ScheduledQueryMaintenanceRequest>,
    } -> (), throws [1 Meta, 2 NoSuchObject, 3 AlreadyExists, 4 InvalidInput];
    ScheduledQueryPoll(ScheduledQueryPollArgs) "scheduled_query_poll" call since "4.0" {
        1: request: Option<types::ScheduledQueryPollRequest>,
    } -> types::ScheduledQueryPollResponse, throws [1 Meta];
    ScheduledQueryProgress(ScheduledQueryProgressArgs) "scheduled_query_progress" call since "4.0" {
        1: info: Option<types::ScheduledQueryProgressInfo>,
    } -> (), throws [1 Meta, 2 InvalidOperation];
    SeedTxnId(SeedTxnIdArgs) "seed_txn_id" call since "4.0" {
        1: rqst: Option<types::SeedTxnIdRequest>,
    } -> (), throws [1 Meta];
    SeedWriteId(SeedWriteIdArgs) "seed_write_id" call since "4.0" {
        1: rqst: Option<types::SeedTableWriteIdsRequest>,
    } -> (), throws [1 Meta];
    SetMetaConf(SetMetaConfArgs) "setMetaConf" call since "2.3" {
        1: key: Option<String>,
        2: value: Option<String>,
    } -> (), throws [1 Meta];
    SetOption(SetOptionArgs) "setOption" call since "2.3" {
        1: key: Option<String>,
        2: value: Option<String>,
    } -> (), throws [];
    SetAggrStatsFor(SetAggrStatsForArgs) "set_aggr_stats_for" call since "2.3" {
        1: request: Option<types::SetPartitionsStatsRequest>,
    } -> bool, throws [1 NoSuchObject, 2 InvalidObject, 3 Meta, 4 InvalidInput];
    SetHadoopJobid(SetHadoopJobidArgs) "set_hadoop_jobid" call since "4.0" {
        1: job_id: Option<String>,
        2: cq_id: i64,
    } -> (), throws [];
    SetProperties(SetPropertiesArgs) "set_properties" call since "4.0" {
        1: req: Option<types::PropertySetRequest>,
    } -> bool, throws [1 Meta, 2 NoSuchObject];
    SetSchemaVersionState(SetSchemaVersionStateArgs) "set_schema_version_state" call since "3.1" {
        1: rqst: Option<types::SetSchemaVersionStateRequest>,
    } -> (), throws [1 NoSuchObject, 2 InvalidOperation, 3 Meta];
    SetUgi(SetUgiArgs) "set_ugi" call since "2.3" {
        1: user_name: Option<String>,
        2: group_names: Option<Vec<String>>,
    } -> Vec<String>, throws [1 Meta];
    ShowCompact(ShowCompactArgs) "show_compact" call since "2.3" {
        1: rqst: Option<types::ShowCompactRequest>,
    } -> types::ShowCompactResponse, throws [];
    ShowLocks(ShowLocksArgs) "show_locks" call since "2.3" {
        1: rqst: Option<types::ShowLocksRequest>,
    } -> types::ShowLocksResponse, throws [];
    Shutdown(ShutdownArgs) "shutdown" oneway since "2.3" {} -> (), throws [];
    SubmitForCleanup(SubmitForCleanupArgs) "submit_for_cleanup" call since "4.0" {
        1: o1: Option<types::CompactionRequest>,
        2: o2: i64,
        3: o3: i64,
    } -> bool, throws [1 Meta];
    TranslateTableDryrun(TranslateTableDryrunArgs) "translate_table_dryrun" call since "4.0" {
        1: request: Option<types::CreateTableRequest>,
    } -> types::Table, throws [1 AlreadyExists, 2 InvalidObject, 3 Meta, 4 NoSuchObject];
    TruncateTable(TruncateTableArgs) "truncate_table" call since "3.1" {
        1: db_name: Option<String>,
        2: table_name: Option<String>,
        3: part_names: Option<Vec<String>>,
    } -> (), throws [1 Meta];
    TruncateTableReq(TruncateTableReqArgs) "truncate_table_req" call since "4.0" {
        1: req: Option<types::TruncateTableRequest>,
    } -> types::TruncateTableResponse, throws [1 Meta];
    Unlock(UnlockArgs) "unlock" call since "2.3" {
        1: rqst: Option<types::UnlockRequest>,
    } -> (), throws [1 NoSuchLock, 2 TxnOpen];
    UpdateCompactionMetricsData(UpdateCompactionMetricsDataArgs) "update_compaction_metrics_data" call since "4.0" {
        1: data: Option<types::CompactionMetricsDataStruct>,
    } -> bool, throws [1 Meta];
    UpdateCompactorState(UpdateCompactorStateArgs) "update_compactor_state" call since "4.0" {
        1: cr: Option<types::CompactionInfoStruct>,
        2: txn_id: i64,
    } -> (), throws [];
    UpdateCreationMetadata(UpdateCreationMetadataArgs) "update_creation_metadata" call since "3.1" {
        1: cat_name: Option<String>,
        2: dbname: Option<String>,
        3: tbl_name: Option<String>,
        4: creation_metadata: Option<types::CreationMetadata>,
    } -> (), throws [1 Meta, 2 InvalidOperation, 3 UnknownDB];
    UpdateMasterKey(UpdateMasterKeyArgs) "update_master_key" call since "2.3" {
        1: seq_number: i32,
        2: key: Option<String>,
    } -> (), throws [1 NoSuchObject, 2 Meta];
    UpdatePartitionColumnStatistics(UpdatePartitionColumnStatisticsArgs) "update_partition_column_statistics" call since "2.3" {
        1: stats_obj: Option<types::ColumnStatistics>,
    } -> bool, throws [1 NoSuchObject, 2 InvalidObject, 3 Meta, 4 InvalidInput];
    UpdatePartitionColumnStatisticsReq(UpdatePartitionColumnStatisticsReqArgs) "update_partition_column_statistics_req" call since "4.0" {
        1: req: Option<types::SetPartitionsStatsRequest>,
    } -> types::SetPartitionsStatsResponse, throws [1 NoSuchObject, 2 InvalidObject, 3 Meta, 4 InvalidInput];
    UpdateTableColumnStatistics(UpdateTableColumnStatisticsArgs) "update_table_column_statistics" call since "2.3" {
        1: stats_obj: Option<types::ColumnStatistics>,
    } -> bool, throws [1 NoSuchObject, 2 InvalidObject, 3 Meta, 4 InvalidInput];
    UpdateTableColumnStatisticsReq(UpdateTableColumnStatisticsReqArgs) "update_table_column_statistics_req" call since "4.0" {
        1: req: Option<types::SetPartitionsStatsRequest>,
    } -> types::SetPartitionsStatsResponse, throws [1 NoSuchObject, 2 InvalidObject, 3 Meta, 4 InvalidInput];
    UpdateTransactionStatistics(UpdateTransactionStatisticsArgs) "update_transaction_statistics" call since "4.0" {
        1: req: Option<types::UpdateTransactionalStatsRequest>,
    } -> (), throws [1 Meta];
    ValidateResourcePlan(ValidateResourcePlanArgs) "validate_resource_plan" call since "3.1" {
        1: request: Option<types::WMValidateResourcePlanRequest>,
    } -> types::WMValidateResourcePlanResponse, throws [1 NoSuchObject, 2 Meta];
}
