//! Counters, gauges and histograms, and their text for Prometheus. Labels are `'static`, but for names of event logs, whose
//! number is bounded: no stranger makes a series.

use std::fmt;
use std::sync::atomic::Ordering;

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::{Registry, Unit};

/// The media type of [`Metrics::encode`].
pub const CONTENT_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// Seconds, from a cached look-up to a bulk load.
const SECONDS: [f64; 14] = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1.0, 5.0, 30.0];

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct CallLabels {
    method: &'static str,
    outcome: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct MethodLabels {
    method: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct FrontLabels {
    front: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct TransactionLabels {
    transaction: &'static str,
    outcome: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct NameLabels {
    transaction: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct LogLabels {
    log: String,
}

/// An event log in figures.
#[derive(Debug, Clone, Default)]
pub struct LogFigures {
    /// `catalog.database.table`.
    pub log: String,
    /// What the final view reads beside the snapshot.
    pub partitions: i64,
    pub rows: i64,
    pub bytes: i64,
    pub late: i64,
    /// None without a snapshot.
    pub snapshot_age_seconds: Option<i64>,
}

/// So many event logs have series of their own: they are made by administrators, and bounded all the same.
const LOGS_MAX: usize = 200;

/// Gauges of event logs.
#[derive(Default)]
struct LogGauges {
    partitions: Family<LogLabels, Gauge>,
    rows: Family<LogLabels, Gauge>,
    bytes: Family<LogLabels, Gauge>,
    late: Family<LogLabels, Gauge>,
    snapshot_age: Family<LogLabels, Gauge>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OutcomeLabels {
    outcome: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ChangeLabels {
    change: &'static str,
}

type Histograms<L> = Family<L, Histogram, fn() -> Histogram>;

/// The metrics of a node. One instance, shared; every method is a few atomic operations.
pub struct Metrics {
    registry: Registry,
    calls: Family<CallLabels, Counter>,
    call_seconds: Histograms<MethodLabels>,
    connections_open: Family<FrontLabels, Gauge>,
    connections_refused: Family<FrontLabels, Counter>,
    received_bytes: Family<FrontLabels, Counter>,
    sent_bytes: Family<FrontLabels, Counter>,
    pool_in_use: Gauge,
    pool_idle: Gauge,
    cache_tables: Gauge,
    cache_bytes: Gauge,
    cache_hits: Counter,
    cache_misses: Counter,
    transactions: Family<TransactionLabels, Counter>,
    transaction_seconds: Histograms<NameLabels>,
    transaction_retries: Family<NameLabels, Counter>,
    logs: LogGauges,
    file_deletions: Gauge,
    file_moves: Gauge,
    file_oldest_seconds: Gauge,
    discovery_tables: Family<OutcomeLabels, Counter>,
    discovery_partitions: Family<ChangeLabels, Counter>,
}

fn seconds() -> Histogram {
    Histogram::new(SECONDS)
}

impl Metrics {
    /// Fresh metrics. `store` is the kind of the database.
    pub fn new(store: &'static str) -> Self {
        let mut metrics = Self {
            registry: Registry::with_prefix("skep"),
            calls: Family::default(),
            call_seconds: Family::new_with_constructor(seconds),
            connections_open: Family::default(),
            connections_refused: Family::default(),
            received_bytes: Family::default(),
            sent_bytes: Family::default(),
            pool_in_use: Gauge::default(),
            pool_idle: Gauge::default(),
            cache_tables: Gauge::default(),
            cache_bytes: Gauge::default(),
            cache_hits: Counter::default(),
            cache_misses: Counter::default(),
            transactions: Family::default(),
            transaction_seconds: Family::new_with_constructor(seconds),
            transaction_retries: Family::default(),
            logs: LogGauges::default(),
            file_deletions: Gauge::default(),
            file_moves: Gauge::default(),
            file_oldest_seconds: Gauge::default(),
            discovery_tables: Family::default(),
            discovery_partitions: Family::default(),
        };
        metrics.register_logs();
        metrics.register_fronts();
        metrics.register_store(store);
        metrics
    }

    fn register_fronts(&mut self) {
        let to = &mut self.registry;
        to.register("calls", "Calls answered, by method and outcome", self.calls.clone());
        let about = "Time from a call's last byte to its answer";
        to.register_with_unit("call_duration", about, Unit::Seconds, self.call_seconds.clone());
        to.register("connections_open", "Connections now", self.connections_open.clone());
        to.register("connections_refused", "Connections over the limit", self.connections_refused.clone());
        to.register_with_unit("received", "Bytes of messages received", Unit::Bytes, self.received_bytes.clone());
        to.register_with_unit("sent", "Bytes of messages sent", Unit::Bytes, self.sent_bytes.clone());
    }

    fn register_store(&mut self, store: &'static str) {
        let to = &mut self.registry;
        let build = Info::new([("version", env!("CARGO_PKG_VERSION")), ("store", store)]);
        to.register("build", "Version and store of this node", build);
        to.register("pool_in_use", "Store connections in use", self.pool_in_use.clone());
        to.register("pool_idle", "Store connections waiting for work", self.pool_idle.clone());
        to.register(
            "file_deletions_pending",
            "Calls whose deletions of files are not done",
            self.file_deletions.clone(),
        );
        to.register("file_moves_pending", "Renames that are under way, or whose node died", self.file_moves.clone());
        to.register("file_task_oldest_seconds", "Age of the oldest of both", self.file_oldest_seconds.clone());
        to.register("cache_tables", "Tables whose definition is in memory", self.cache_tables.clone());
        to.register_with_unit("cache", "Memory of definitions and partitions", Unit::Bytes, self.cache_bytes.clone());
        to.register("cache_hits", "Reads answered from memory", self.cache_hits.clone());
        to.register("cache_misses", "Reads that had to load", self.cache_misses.clone());
        to.register("transactions", "Store transactions, by name and outcome", self.transactions.clone());
        let about = "Time of store transactions with their retries";
        to.register_with_unit("transaction_duration", about, Unit::Seconds, self.transaction_seconds.clone());
        let about = "Store transactions run again after a serialization failure";
        to.register("transaction_retries", about, self.transaction_retries.clone());
        let about = "Tables that the background held against the lake";
        to.register("discovery_tables", about, self.discovery_tables.clone());
        let about = "Partitions that the background changed, by what it did";
        to.register("discovery_partitions", about, self.discovery_partitions.clone());
    }

    fn register_logs(&mut self) {
        let (to, of) = (&mut self.registry, &self.logs);
        let about = "Partitions that a final view reads beside its snapshot";
        to.register("event_log_lag_partitions", about, of.partitions.clone());
        to.register("event_log_lag_rows", "Rows of these partitions, as they tell", of.rows.clone());
        let about = "Bytes of these partitions, as they tell";
        to.register_with_unit("event_log_lag", about, Unit::Bytes, of.bytes.clone());
        to.register("event_log_late_partitions", "Those of them at or before the watermark", of.late.clone());
        let about = "Time since the snapshot that is shown was made";
        to.register_with_unit("event_log_snapshot_age", about, Unit::Seconds, of.snapshot_age.clone());
    }

    /// All event logs as they are now; those that are gone have no series any more.
    pub fn logs_set(&self, all: &[LogFigures]) {
        let of = &self.logs;
        for family in [&of.partitions, &of.rows, &of.bytes, &of.late, &of.snapshot_age] {
            family.clear();
        }
        for one in all.iter().take(LOGS_MAX) {
            let set = |family: &Family<LogLabels, Gauge>, value: i64| {
                family.get_or_create(&LogLabels { log: one.log.clone() }).set(value);
            };
            set(&of.partitions, one.partitions);
            set(&of.rows, one.rows);
            set(&of.bytes, one.bytes);
            set(&of.late, one.late);
            if let Some(age) = one.snapshot_age_seconds {
                set(&of.snapshot_age, age);
            }
        }
    }

    /// What is left to be done to files: deletions, moves, and the age of the oldest in seconds.
    pub fn file_tasks_set(&self, deletions: i64, moves: i64, oldest_seconds: i64) {
        self.file_deletions.set(deletions);
        self.file_moves.set(moves);
        self.file_oldest_seconds.set(oldest_seconds);
    }

    /// A call has been answered. `outcome` is `ok` or the error's kind.
    pub fn call_finished(&self, method: &'static str, outcome: &'static str, seconds: f64) {
        self.calls.get_or_create(&CallLabels { method, outcome }).inc();
        self.call_seconds.get_or_create(&MethodLabels { method }).observe(seconds);
    }

    /// Counts a connection of a front (`thrift`, `api`) as open until the guard is dropped.
    pub fn connection_opened(&self, front: &'static str) -> OpenConnection {
        let gauge = self.connections_open.get_or_create(&FrontLabels { front }).clone();
        gauge.inc();
        OpenConnection(gauge)
    }

    /// Changes the count of a front's open connections, where no guard can be held.
    pub fn connections_open_add(&self, front: &'static str, change: i64) {
        self.connections_open.get_or_create(&FrontLabels { front }).inc_by(change);
    }

    /// A connection over the cap, or of a foreign protocol.
    pub fn connection_refused(&self, front: &'static str) {
        self.connections_refused.get_or_create(&FrontLabels { front }).inc();
    }

    /// Bytes of whole messages that a front received.
    pub fn bytes_received(&self, front: &'static str, bytes: u64) {
        self.received_bytes.get_or_create(&FrontLabels { front }).inc_by(bytes);
    }

    /// Bytes of answers that a front sent.
    pub fn bytes_sent(&self, front: &'static str, bytes: u64) {
        self.sent_bytes.get_or_create(&FrontLabels { front }).inc_by(bytes);
    }

    /// The store's connections now.
    pub fn pool_set(&self, in_use: u32, idle: u32) {
        self.pool_in_use.set(i64::from(in_use));
        self.pool_idle.set(i64::from(idle));
    }

    /// What the caches hold now.
    pub fn cache_set(&self, tables: usize, bytes: usize) {
        self.cache_tables.set(i64::try_from(tables).unwrap_or(i64::MAX));
        self.cache_bytes.set(i64::try_from(bytes).unwrap_or(i64::MAX));
    }

    /// How many reads were answered from memory since the start, and how many had to load first.
    pub fn cache_reads_set(&self, hits: u64, misses: u64) {
        self.cache_hits.inner().store(hits, Ordering::Relaxed);
        self.cache_misses.inner().store(misses, Ordering::Relaxed);
    }

    /// A store transaction ended, after so many runs beyond the first. `outcome` is `ok` or the error's kind.
    pub fn transaction_finished(&self, transaction: &'static str, outcome: &'static str, seconds: f64, retries: u32) {
        let name = NameLabels { transaction };
        self.transactions.get_or_create(&TransactionLabels { transaction, outcome }).inc();
        self.transaction_seconds.get_or_create(&name).observe(seconds);
        if retries > 0 {
            self.transaction_retries.get_or_create(&name).inc_by(u64::from(retries));
        }
    }

    /// A round of partition management is over: tables that went well, and others.
    pub fn discovery_tables(&self, good: u64, failed: u64) {
        for (outcome, count) in [("ok", good), ("failed", failed)] {
            self.discovery_tables.get_or_create(&OutcomeLabels { outcome }).inc_by(count);
        }
    }

    /// What it did to partitions.
    pub fn discovery_partitions(&self, changes: [(&'static str, u64); 4]) {
        for (change, count) in changes {
            self.discovery_partitions.get_or_create(&ChangeLabels { change }).inc_by(count);
        }
    }

    /// All metrics as OpenMetrics text.
    pub fn encode(&self) -> Result<String, fmt::Error> {
        let mut text = String::new();
        encode(&mut text, &self.registry)?;
        Ok(text)
    }
}

/// A connection counted as open.
#[derive(Debug)]
pub struct OpenConnection(Gauge);

impl Drop for OpenConnection {
    fn drop(&mut self) {
        self.0.dec();
    }
}

#[cfg(test)]
mod tests {
    use super::{LogFigures, Metrics};

    #[test]
    fn what_happened_is_what_is_told() {
        let metrics = Metrics::new("sqlite");
        metrics.call_finished("get_table", "ok", 0.002);
        metrics.call_finished("get_table", "ok", 7.0);
        metrics.call_finished("get_table", "not_found", 0.002);
        metrics.connection_refused("thrift");
        let open = metrics.connection_opened("thrift");
        drop(metrics.connection_opened("thrift"));
        metrics.bytes_received("thrift", 10);
        metrics.pool_set(3, 13);
        metrics.cache_set(2, 77);
        metrics.cache_reads_set(5, 4);
        metrics.cache_reads_set(6, 4);
        metrics.file_tasks_set(2, 1, 90);
        metrics.transaction_finished("table_create", "ok", 0.01, 2);
        let log = LogFigures { log: "hive.d.gone".to_owned(), ..LogFigures::default() };
        metrics.logs_set(std::slice::from_ref(&log));
        metrics.logs_set(&[LogFigures { log: "hive.d.e".to_owned(), rows: 9, snapshot_age_seconds: Some(5), ..log }]);
        metrics.discovery_tables(2, 1);
        metrics.discovery_partitions([("added", 3), ("dropped", 0), ("synced", 0), ("expired", 0)]);
        let text = metrics.encode().unwrap();
        assert!(!text.contains("gone"), "{text}");
        for line in [
            r#"skep_event_log_lag_rows{log="hive.d.e"} 9"#,
            r#"skep_event_log_snapshot_age_seconds{log="hive.d.e"} 5"#,
            r#"skep_discovery_tables_total{outcome="failed"} 1"#,
            r#"skep_discovery_partitions_total{change="added"} 3"#,
            r#"skep_calls_total{method="get_table",outcome="ok"} 2"#,
            r#"skep_calls_total{method="get_table",outcome="not_found"} 1"#,
            r#"skep_call_duration_seconds_bucket{le="0.0025",method="get_table"} 2"#,
            r#"skep_call_duration_seconds_count{method="get_table"} 3"#,
            r#"skep_connections_open{front="thrift"} 1"#,
            r#"skep_connections_refused_total{front="thrift"} 1"#,
            r#"skep_received_bytes_total{front="thrift"} 10"#,
            "skep_pool_in_use 3",
            "skep_cache_tables 2",
            "skep_cache_bytes 77",
            "skep_cache_hits_total 6",
            "skep_cache_misses_total 4",
            "skep_pool_idle 13",
            "skep_file_deletions_pending 2",
            "skep_file_moves_pending 1",
            "skep_file_task_oldest_seconds 90",
            r#"skep_transactions_total{transaction="table_create",outcome="ok"} 1"#,
            r#"skep_transaction_retries_total{transaction="table_create"} 2"#,
        ] {
            assert!(text.lines().any(|found| found == line), "{line} in\n{text}");
        }
        assert!(text.contains("skep_build_info{") && text.ends_with("# EOF\n"), "{text}");
        drop(open);
        assert!(metrics.encode().unwrap().contains(r#"skep_connections_open{front="thrift"} 0"#));
    }
}
