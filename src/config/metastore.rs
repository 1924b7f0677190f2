//! `[metastore]`: behaviour that Hive lets an administrator choose. The Hive name of each key is in `hive_key.rs`.

use std::time::Duration;

use super::quantity::ByteSize;
use super::section::section;

section! {
    /// Behaviour towards Hive's clients.
    Metastore in "metastore" {
        /// Catalog of calls that name none. Impala insists on `hive`.
        default_catalog: String = "hive".to_owned(),
        /// Hive 4's table translation: a managed table that is not transactional becomes external and purged.
        translate_tables: bool = false,
        /// What clients are told to fetch at a time (tables).
        batch_retrieve_max: u32 = 300,
        /// What clients are told to fetch at a time (partitions).
        batch_retrieve_partition_max: u32 = 1_000,
        /// Most partitions that one call may ask of a table; `none`: no bound.
        limit_partition_request: Option<u64> = None,
        /// Memory for what is known of tables that were used lately: an eighth for definitions, replies that are made of them
        /// and lists of partition names, the rest for partitions (some 3 KiB for a table without any). A table whose
        /// partitions need more is read from the database at every call, page by page. The whole process takes up to 100 MiB
        /// beside it, however many tables there are.
        cache_memory_max: ByteSize = ByteSize::mib(512),
        /// List files for numFiles and totalSize when a table or partition is made or changed.
        stats_autogather: bool = true,
        /// Send NDV sketches with column statistics.
        stats_fetch_bitvector: bool = false,
        /// Send KLL histograms with column statistics.
        stats_fetch_kll: bool = false,
        /// From 0 (the lower bound) to 1 (the upper) where the distinct values of partitions cannot be merged.
        stats_ndv_tuner: f64 = 0.0,
        /// Refuse ALTER TABLE that changes a column's type in a way old data cannot be read.
        disallow_incompatible_col_type_changes: bool = true,
        /// Refuse insert-only tables to clients that do not say they understand them.
        client_capability_check: bool = true,
        /// Partition values must match this regular expression; empty: all do.
        partition_name_whitelist_pattern: String = String::new(),
        /// Zone of the clocks of Hive 2 clients, which write timestamps of expressions as moments: `UTC` or an offset as `+02:00`;
        /// `unknown`: partitions that the zone decides of are kept.
        hive2_time_zone: String = "unknown".to_owned(),
        /// Order in which limited partition lists are cut; the metastore knows `PART_NAME asc` and `PART_NAME desc`.
        partition_order_expr: String = "PART_NAME asc".to_owned(),
        /// Table parameters that new partitions copy; `*`: all.
        partition_inherit_table_properties: Vec<String> = Vec::new(),
        /// Table names may hold more than letters, digits and `_`.
        special_characters_in_table_names: bool = true,
        /// A transaction or lock without heartbeat ends after so long.
        txn_timeout: Duration = Duration::from_mins(5),
        /// Most transactions that one call may open.
        txn_max_open_batch: u32 = 1_000,
        /// Write an event for each INSERT that a client reports. Impala refuses to start without.
        dml_events: bool = true,
        /// Notification events are purged after so long.
        event_ttl: Duration = Duration::from_hours(24),
        /// Versions of tables, also of dropped ones, are kept for so long.
        retention: Duration = Duration::from_hours(30 * 24),
        /// Most versions of one table that are kept, besides pinned ones and those of the time of `event_ttl`; 0: no limit.
        versions_max: u32 = 0,
        /// So many versions of a table are kept, however old.
        versions_min: u32 = 1,
        /// How often tables with `discover.partitions=true` are held against the lake, and partitions older than their
        /// `partition.retention.period` dropped; by one node at a time. 0: never.
        partition_management_interval: Duration = Duration::ZERO,
        /// Most events in one answer.
        max_event_response: u32 = 1_000_000,
    }
}

impl Metastore {
    /// Whether limited partition lists are cut in falling order of names; `None`: the expression is not one we know.
    pub fn partition_order(&self) -> Option<Order> {
        let words: Vec<_> = self.partition_order_expr.split_whitespace().map(str::to_ascii_uppercase).collect();
        match words.iter().map(String::as_str).collect::<Vec<_>>()[..] {
            ["PART_NAME"] | ["PART_NAME", "ASC"] => Some(Order::Rising),
            ["PART_NAME", "DESC"] => Some(Order::Falling),
            _ => None,
        }
    }
}

impl Metastore {
    /// Seconds east of UTC that Hive 2 clients' clocks hang, inside none for `unknown`; `None`: the text is not one we know.
    pub fn hive2_zone_offset(&self) -> Option<Option<i32>> {
        let text = self.hive2_time_zone.as_str();
        if text.eq_ignore_ascii_case("unknown") {
            return Some(None);
        }
        if text.eq_ignore_ascii_case("utc") || text == "Z" {
            return Some(Some(0));
        }
        let (sign, digits) = match text.split_at_checked(1)? {
            ("+", digits) => (1, digits),
            ("-", digits) => (-1, digits),
            _ => return None,
        };
        let (hours, minutes) = digits.split_once(':')?;
        let number = |part: &str, max: i32| {
            let fits = part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_digit());
            part.parse().ok().filter(|number| fits && (0..=max).contains(number))
        };
        Some(Some(sign * (number(hours, 18)? * 3600 + number(minutes, 59)? * 60)))
    }
}

/// The order of partition names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    Rising,
    Falling,
}
