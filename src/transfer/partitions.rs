//! Partitions, in batches: their names first, then a thousand at a time, several batches on their way.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use skep_thrift::types as t;

use super::canonical::TableAt;
use super::copier::{Copier, Mode, Step};
use super::error::CallError;
use super::fields::{differences, partition_fields};
use super::kept::is_due;
use super::tables::newer;

const BATCH: usize = 1000;
/// Of one table; each holds two batches in memory.
const BATCHES_AT_ONCE: usize = 4;

const KIND: &str = "partition";

/// What all batches of one table share.
struct Work<'a> {
    at: &'a TableAt,
    table: &'a t::Table,
    /// At the target.
    there: BTreeSet<String>,
    total: usize,
    done: AtomicUsize,
    changed: AtomicBool,
    again: bool,
}

impl Copier<'_> {
    /// True if something was changed.
    pub async fn partitions(
        &self,
        at: &TableAt,
        table: &t::Table,
        is_there: bool,
        again: bool,
    ) -> Result<bool, CallError> {
        let object = at.to_string();
        let Some(names) = self.read(KIND, &object, self.source.partition_names(at).await)? else { return Ok(false) };
        let there = if is_there { self.target.partition_names(at).await } else { Ok(Vec::new()) };
        let Some(there) = self.read(KIND, &object, there)? else { return Ok(false) };
        let there: BTreeSet<String> = there.into_iter().collect();
        let count = names.len() as u64;
        match self.mode {
            Mode::Compare => {
                self.recorder.count(KIND, |all| all.compared += count);
                self.partitions_strange(at, &names, &there);
            }
            Mode::Plan if there.is_empty() => {
                self.recorder.count(KIND, |all| (all.found, all.created) = (all.found + count, all.created + count));
                return Ok(false);
            }
            _ if again => {}
            _ => self.recorder.count(KIND, |all| all.found += count),
        }
        let (done, changed) = (AtomicUsize::new(0), AtomicBool::new(false));
        let work = &Work { at, table, there, total: names.len(), done, changed, again };
        let batches = stream::iter(names.chunks(BATCH)).map(|names| self.batch(work, names));
        batches.buffer_unordered(BATCHES_AT_ONCE).try_collect::<()>().await?;
        Ok(work.changed.load(Ordering::Relaxed))
    }

    /// Partitions that only the target has: nothing is dropped here.
    fn partitions_strange(&self, at: &TableAt, names: &[String], there: &BTreeSet<String>) {
        let known: BTreeSet<&String> = names.iter().collect();
        for name in there.iter().filter(|name| !known.contains(name)) {
            let object = format!("{KIND} {at}/{name}");
            self.recorder.difference(&object, "(all of it)".to_owned(), None, Some("there".to_owned()));
        }
    }

    async fn batch(&self, work: &Work<'_>, names: &[String]) -> Result<(), CallError> {
        let at = work.at;
        let object = format!("{at} ({} partitions from {})", names.len(), names.first().map_or("", String::as_str));
        let Some(source) = self.read(KIND, &object, self.source.partitions(at, names).await)? else { return Ok(()) };
        let known: Vec<String> = names.iter().filter(|name| work.there.contains(*name)).cloned().collect();
        let target = self.target.partitions(at, &known).await;
        let Some(target) = self.read(KIND, &object, target)? else { return Ok(()) };
        let target: BTreeMap<Vec<String>, t::Partition> =
            target.into_iter().map(|partition| (partition.values.clone().unwrap_or_default(), partition)).collect();
        let columns = columns_of(work.table, &source);
        let mut changed = false;
        if self.mode == Mode::Compare {
            self.batch_compare(at, &source, &target);
        } else {
            let Some(stored) = self.batch_copy(work, &object, source, &target).await? else { return Ok(()) };
            changed = stored;
        }
        changed |= self.partition_statistics(at, &columns, names, &known, work.again).await?;
        work.changed.fetch_or(changed, Ordering::Relaxed);
        let done = work.done.fetch_add(names.len(), Ordering::Relaxed) + names.len();
        if work.total > BATCH {
            let did = match self.mode {
                Mode::Compare => "compared",
                _ if changed => "copied",
                _ => "checked",
            };
            self.recorder.say(&format!("{did} {done} of {} partitions of {at}", work.total));
        }
        Ok(())
    }

    fn batch_compare(&self, at: &TableAt, source: &[t::Partition], target: &BTreeMap<Vec<String>, t::Partition>) {
        for partition in source {
            let values = partition.values.clone().unwrap_or_default();
            let object = format!("{KIND} {at}/{}", values.join("/"));
            let Some(found) = target.get(&values) else {
                self.recorder.difference(&object, "(all of it)".to_owned(), Some("there".to_owned()), None);
                continue;
            };
            if found == partition {
                continue;
            }
            for difference in differences(&partition_fields(partition), &partition_fields(found)) {
                let is_due = is_due(self.target, &difference);
                let (field, source, target) = difference;
                if is_due {
                    self.recorder.difference(&object, field, source, target);
                } else {
                    self.recorder.not_kept(KIND, &object, field, source, target);
                }
            }
        }
    }

    /// True if something was stored; none if the batch could not be.
    async fn batch_copy(
        &self,
        work: &Work<'_>,
        object: &str,
        source: Vec<t::Partition>,
        target: &BTreeMap<Vec<String>, t::Partition>,
    ) -> Result<Option<bool>, CallError> {
        let (mut to_add, mut to_alter, mut unchanged) = (Vec::new(), Vec::new(), 0);
        for partition in source {
            let Some(found) = target.get(partition.values.as_deref().unwrap_or_default()) else {
                to_add.push(partition);
                continue;
            };
            let same = *found == partition
                || !differences(&partition_fields(&partition), &partition_fields(found))
                    .iter()
                    .any(|difference| is_due(self.target, difference));
            if same {
                unchanged += 1;
                continue;
            }
            let clash = newer(partition.parameters.as_ref(), found.parameters.as_ref());
            match clash.filter(|_| !self.options.overwrite && !work.again) {
                Some(why) => {
                    let values = partition.values.unwrap_or_default().join("/");
                    self.recorder.conflict(&format!("{KIND} {}/{values}", work.at), why);
                }
                None => to_alter.push(partition),
            }
        }
        let (added, altered) = (to_add.len() as u64, to_alter.len() as u64);
        if self.mode == Mode::Copy {
            for (step, partitions) in [(Step::Create, to_add), (Step::Alter, to_alter)] {
                if partitions.is_empty() {
                    continue;
                }
                let outcome = match step {
                    Step::Create => self.target.partitions_add(work.at, partitions).await,
                    _ => self.target.partitions_alter(work.at, partitions).await,
                };
                if self.read(KIND, object, outcome)?.is_none() {
                    return Ok(None);
                }
            }
        }
        if !work.again {
            self.recorder.count(KIND, |all| {
                all.created += added;
                all.altered += altered;
                all.unchanged += unchanged;
            });
        }
        Ok(Some(self.mode == Mode::Copy && added + altered > 0))
    }
}

/// The columns that statistics may be of: the table's, and those that only its partitions have.
fn columns_of(table: &t::Table, partitions: &[t::Partition]) -> Vec<String> {
    let storages = table.sd.iter().chain(partitions.iter().filter_map(|partition| partition.sd.as_ref()));
    let mut names = BTreeSet::new();
    let mut last = None;
    for columns in storages.filter_map(|sd| sd.cols.as_ref()) {
        // Neighbours mostly share them.
        if last.is_none_or(|last| last != columns) {
            names.extend(columns.iter().filter_map(|column| column.name.clone()));
        }
        last = Some(columns);
    }
    names.into_iter().collect()
}
