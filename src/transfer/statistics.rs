//! Column statistics of tables and partitions.

use std::collections::BTreeMap;

use skep_thrift::types as t;

use super::canonical::TableAt;
use super::copier::{Copier, Mode};
use super::error::CallError;
use super::fields::Fields;

const OF_TABLE: &str = "table column statistics";
const OF_PARTITION: &str = "partition column statistics";

/// By column.
type Columns = BTreeMap<String, t::ColumnStatisticsObj>;

fn by_column(all: Vec<t::ColumnStatisticsObj>) -> Columns {
    all.into_iter().map(|column| (column.col_name.clone(), column)).collect()
}

fn fields(column: &t::ColumnStatisticsObj) -> Fields {
    let t::ColumnStatisticsObj { col_name: _, col_type, stats_data } = column;
    let mut fields = Fields::from([("colType".to_owned(), col_type.clone())]);
    let mut plain = stats_data.clone();
    for (name, sketch) in sketches(&mut plain) {
        if let Some(sketch) = sketch.take() {
            fields.insert(name.to_owned(), format!("{sketch:?}"));
        }
    }
    fields.insert("statsData".to_owned(), format!("{plain:?}"));
    fields
}

/// The bytes that servers send only if they are set to.
fn sketches(data: &mut t::ColumnStatisticsData) -> Vec<(&'static str, &mut Option<Vec<u8>>)> {
    let t::ColumnStatisticsData {
        boolean_stats,
        long_stats,
        double_stats,
        string_stats,
        binary_stats,
        decimal_stats,
        date_stats,
        timestamp_stats,
    } = data;
    let mut all = Vec::new();
    macro_rules! take {
        ($($stats:ident: $($field:ident $name:literal),+;)+) => {
            $(if let Some(stats) = $stats { $(all.push(($name, &mut stats.$field));)+ })+
        };
    }
    take! {
        boolean_stats: bit_vectors "bitVectors";
        long_stats: bit_vectors "bitVectors", histogram "histogram";
        double_stats: bit_vectors "bitVectors", histogram "histogram";
        string_stats: bit_vectors "bitVectors";
        binary_stats: bit_vectors "bitVectors";
        decimal_stats: bit_vectors "bitVectors", histogram "histogram";
        date_stats: bit_vectors "bitVectors", histogram "histogram";
        timestamp_stats: bit_vectors "bitVectors", histogram "histogram";
    }
    all
}

impl Copier<'_> {
    /// Columns whose statistics are to be written; in a comparison none, and what differs is noted.
    fn statistics_step(
        &self,
        kind: &'static str,
        object: &str,
        source: Columns,
        mut target: Columns,
        again: bool,
    ) -> Columns {
        let count = source.len() as u64;
        self.recorder.count(kind, |all| match self.mode {
            _ if again => {}
            Mode::Compare => all.compared += count,
            _ => all.found += count,
        });
        let mut due = Columns::new();
        for (name, column) in source {
            let found = target.remove(&name);
            let mut differing = match &found {
                None => vec![("(all of it)".to_owned(), Some("there".to_owned()), None)],
                Some(found) => super::fields::differences(&fields(&column), &fields(found)),
            };
            // A server that is not set to send sketches does not show that it has them.
            differing.retain(|(field, source, target)| {
                let hidden = target.is_none() && (field == "bitVectors" || field == "histogram");
                if hidden && self.mode == Mode::Compare {
                    self.recorder.not_kept(kind, object, field.clone(), source.clone(), None);
                }
                !hidden
            });
            if differing.is_empty() {
                if self.mode != Mode::Compare && !again {
                    self.recorder.count(kind, |all| all.unchanged += 1);
                }
            } else if self.mode == Mode::Compare {
                for (field, source, target) in differing {
                    self.recorder.difference(&format!("{kind} {object}.{name}"), field, source, target);
                }
            } else {
                let is_new = found.is_none();
                if !again {
                    self.recorder.count(kind, |all| if is_new { all.created += 1 } else { all.altered += 1 });
                }
                due.insert(name, column);
            }
        }
        if self.mode == Mode::Compare {
            for name in target.into_keys() {
                let object = format!("{kind} {object}.{name}");
                self.recorder.difference(&object, "(all of it)".to_owned(), None, Some("there".to_owned()));
            }
        }
        due
    }

    /// True if something was written.
    pub async fn table_statistics(
        &self,
        at: &TableAt,
        table: &t::Table,
        is_there: bool,
        again: bool,
    ) -> Result<bool, CallError> {
        let columns = table.sd.iter().filter_map(|sd| sd.cols.as_ref()).flat_map(|columns| columns.iter());
        let columns: Vec<String> = columns.filter_map(|column| column.name.clone()).collect();
        if columns.is_empty() {
            return Ok(false);
        }
        let (object, mut changed) = (at.to_string(), false);
        for engine in self.source.engines() {
            let source = self.source.table_statistics(at, engine, &columns).await;
            let Some(source) = self.read(OF_TABLE, &object, source)?.map(by_column) else { continue };
            if source.is_empty() && self.mode != Mode::Compare {
                continue;
            }
            if !self.target.engines().contains(engine) {
                if !source.is_empty() {
                    let why = "the target does not keep statistics of several engines apart";
                    self.recorder.left_out(format!("column statistics of {engine}"), Some(source.len() as u64), why);
                }
                continue;
            }
            let target =
                if is_there { self.target.table_statistics(at, engine, &columns).await } else { Ok(Vec::new()) };
            let Some(target) = self.read(OF_TABLE, &object, target)?.map(by_column) else { continue };
            let due = self.statistics_step(OF_TABLE, &object, source, target, again);
            if self.mode != Mode::Copy || due.is_empty() {
                continue;
            }
            let mut by_time: BTreeMap<Option<i64>, Vec<t::ColumnStatisticsObj>> = BTreeMap::new();
            for (name, column) in due {
                let time = if *engine == "hive" { self.source.last_analyzed(at, &name).await? } else { None };
                by_time.entry(time).or_default().push(column);
            }
            for (time, columns) in by_time {
                let outcome = self.target.table_statistics_set(at, engine, time, columns).await;
                changed |= self.read(OF_TABLE, &object, outcome)?.is_some();
            }
        }
        Ok(changed)
    }

    /// True if something was written. `known`: the partitions that the target had before.
    pub async fn partition_statistics(
        &self,
        at: &TableAt,
        columns: &[String],
        names: &[String],
        known: &[String],
        again: bool,
    ) -> Result<bool, CallError> {
        let (object, mut changed) = (at.to_string(), false);
        for engine in self.source.engines() {
            let source = self.source.partition_statistics(at, engine, columns, names).await;
            let Some(source) = self.read(OF_PARTITION, &object, source)? else { continue };
            if source.is_empty() && self.mode != Mode::Compare {
                continue;
            }
            if !self.target.engines().contains(engine) {
                let count = source.iter().map(|(_, columns)| columns.len() as u64).sum();
                let why = "the target does not keep statistics of several engines apart";
                self.recorder.left_out(format!("column statistics of {engine}"), Some(count), why);
                continue;
            }
            let target = self.target.partition_statistics(at, engine, columns, known).await;
            let Some(target) = self.read(OF_PARTITION, &object, target)? else { continue };
            let mut target: BTreeMap<String, Vec<t::ColumnStatisticsObj>> = target.into_iter().collect();
            let mut due = Vec::new();
            for (name, columns) in source {
                let there = by_column(target.remove(&name).unwrap_or_default());
                let columns =
                    self.statistics_step(OF_PARTITION, &format!("{at}/{name}"), by_column(columns), there, again);
                if !columns.is_empty() {
                    due.push((name, columns.into_values().collect()));
                }
            }
            for (name, columns) in target {
                self.statistics_step(OF_PARTITION, &format!("{at}/{name}"), Columns::new(), by_column(columns), again);
            }
            if self.mode == Mode::Copy && !due.is_empty() {
                let times = if *engine == "hive" { self.times(at, &due).await? } else { BTreeMap::new() };
                let outcome = self.target.partition_statistics_set(at, engine, due, &times).await;
                changed |= self.read(OF_PARTITION, &object, outcome)?.is_some();
            }
        }
        Ok(changed)
    }

    /// When the statistics of these partitions were computed.
    async fn times(
        &self,
        at: &TableAt,
        due: &[(String, Vec<t::ColumnStatisticsObj>)],
    ) -> Result<BTreeMap<String, i64>, CallError> {
        let first = |(name, columns): &'_ (String, Vec<t::ColumnStatisticsObj>)| {
            columns.first().map(|column| (name.clone(), column.col_name.clone()))
        };
        let all: Vec<(String, String)> = due.iter().filter_map(first).collect();
        let named: Vec<(&str, &str)> = all.iter().map(|(name, column)| (name.as_str(), column.as_str())).collect();
        let times = self.source.partitions_analyzed(at, &named).await;
        Ok(self.read(OF_PARTITION, &at.to_string(), times)?.unwrap_or_default())
    }
}
