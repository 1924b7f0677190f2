//! Behaviour that an administrator may choose; `config` fills it.

use std::time::Duration;

use skep_core::kryo::ClientZone;

/// See `config::Metastore` for what each means to an administrator.
#[derive(Debug, Clone)]
pub struct Settings {
    pub default_catalog: String,
    /// Hive 4's translation of managed tables to external ones.
    pub translate_tables: bool,
    pub stats_autogather: bool,
    pub stats_fetch_bitvector: bool,
    pub stats_fetch_kll: bool,
    pub stats_ndv_tuner: f64,
    pub disallow_incompatible_col_type_changes: bool,
    pub client_capability_check: bool,
    pub partition_name_whitelist_pattern: String,
    /// Where the clocks of Hive 2 clients hang.
    pub client_zone: ClientZone,
    pub partition_order_descending: bool,
    pub partition_inherit_table_properties: Vec<String>,
    pub special_characters_in_table_names: bool,
    /// None: no limit.
    pub limit_partition_request: Option<u64>,
    /// Bytes that partitions of hot tables may take in memory.
    pub cache_memory_max: u64,
    pub txn_timeout: Duration,
    pub txn_max_open_batch: u32,
    pub event_ttl: Duration,
    pub max_event_response: u32,
    pub dml_events: bool,
    pub storage_checks: bool,
    /// How long versions are kept, also those of dropped tables.
    pub retention: Duration,
    /// At most so many versions of a table; 0: no limit.
    pub versions_max: u32,
    /// So many versions of a table stay, however old.
    pub versions_min: u32,
}

impl Default for Settings {
    fn default() -> Self {
        const DAY: Duration = Duration::from_hours(24);
        Self {
            default_catalog: "hive".to_owned(),
            translate_tables: false,
            stats_autogather: true,
            stats_fetch_bitvector: false,
            stats_fetch_kll: false,
            stats_ndv_tuner: 0.0,
            disallow_incompatible_col_type_changes: true,
            client_capability_check: true,
            partition_name_whitelist_pattern: String::new(),
            client_zone: ClientZone::Unknown,
            partition_order_descending: false,
            partition_inherit_table_properties: Vec::new(),
            special_characters_in_table_names: true,
            limit_partition_request: None,
            cache_memory_max: 512 << 20,
            txn_timeout: Duration::from_mins(5),
            txn_max_open_batch: 1_000,
            event_ttl: DAY,
            max_event_response: 1_000_000,
            dml_events: true,
            storage_checks: false,
            retention: 30 * DAY,
            versions_max: 0,
            versions_min: 1,
        }
    }
}
