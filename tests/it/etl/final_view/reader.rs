//! A reader as engines are: the view's text, then the partitions that it names, then what lies there.

use std::collections::BTreeSet;

use skep_core::event_log::trino_view_sql;
use skep_thrift::call::Answer;
use skep_thrift::{Method, methods as m, types as t};

use super::condition::Condition;
use super::events::{Arrival, Event, Latest, alive, fold};
use super::lake::Lake;
use super::load::{DATABASE, LOG, SNAPSHOTS, VIEW};
use crate::process::client::Client;

/// Of so many reads one goes by names, as Trino does, the others by a filter, as Spark does.
const BY_NAMES: usize = 32;
const NAMES_AT_ONCE: usize = 1_000;

pub struct Reader<'l> {
    client: Client,
    lake: &'l Lake,
    reads: usize,
}

/// What a view's text says.
pub struct Text {
    pub snapshot: Option<String>,
    /// None: the whole log.
    pub condition: Option<Condition>,
}

#[expect(clippy::unnecessary_wraps, reason = "Hive's arguments are optional")]
fn some(name: &str) -> Option<String> {
    Some(name.to_owned())
}

impl Text {
    /// Of a text in Hive's or in Trino's language.
    fn parse(text: &str) -> Result<Self, String> {
        let text = text.replace('"', "`");
        let snapshot = text.split_once(".`snapshot_id` = '").and_then(|(_, rest)| rest.split('\'').next());
        let log = text.split_once(&format!("FROM `{DATABASE}`.`{LOG}`")).ok_or("the text reads no log")?.1;
        let condition = log.strip_prefix(" WHERE ").map(Condition::parse).transpose()?;
        Ok(Self { snapshot: snapshot.map(str::to_owned), condition })
    }
}

impl<'l> Reader<'l> {
    pub fn new(client: Client, lake: &'l Lake) -> Self {
        Self { client, lake, reads: 0 }
    }

    fn ask<M: Method>(&mut self, args: &M::Args) -> Result<M::Reply, String>
    where
        M::Reply: std::fmt::Debug,
    {
        match self.client.call::<M>(args) {
            Ok(Answer::Reply(reply)) => Ok(reply),
            other => Err(format!("{}: {other:?}", M::NAME)),
        }
    }

    /// The view's text: every other time Trino's.
    pub fn text(&mut self) -> Result<Text, String> {
        self.reads += 1;
        let view = self.ask::<m::GetTable>(&m::GetTableArgs { dbname: some(DATABASE), tbl_name: some(VIEW) })?;
        let text = if self.reads.is_multiple_of(2) {
            trino_view_sql(&view.view_original_text.unwrap_or_default()).ok_or("no text of Trino's")?
        } else {
            view.view_expanded_text.unwrap_or_default()
        };
        Text::parse(&text).map_err(|error| format!("{error}\n{text}"))
    }

    fn by_filter(&mut self, table: &str, filter: String) -> Result<Vec<t::Partition>, String> {
        let args = m::GetPartitionsByFilterArgs {
            db_name: some(DATABASE),
            tbl_name: some(table),
            filter: Some(filter),
            max_parts: -1,
        };
        self.ask::<m::GetPartitionsByFilter>(&args)
    }

    fn by_names(&mut self, condition: Option<&Condition>) -> Result<Vec<t::Partition>, String> {
        let mut names = self.names(LOG)?;
        names.retain(|name| condition.is_none_or(|condition| keeps(condition, name)));
        let mut found = Vec::with_capacity(names.len());
        for names in names.chunks(NAMES_AT_ONCE) {
            let args = m::GetPartitionsByNamesArgs {
                db_name: some(DATABASE),
                tbl_name: some(LOG),
                names: Some(names.to_vec()),
            };
            found.extend(self.ask::<m::GetPartitionsByNames>(&args)?);
        }
        if found.len() == names.len() { Ok(found) } else { Err(format!("{} of {} names", found.len(), names.len())) }
    }

    /// All partitions of a table.
    pub fn names(&mut self, table: &str) -> Result<Vec<String>, String> {
        let args = m::GetPartitionNamesArgs { db_name: some(DATABASE), tbl_name: some(table), max_parts: -1 };
        self.ask::<m::GetPartitionNames>(&args)
    }

    /// The view's rows, by key.
    pub fn read(&mut self) -> Result<Vec<Event>, String> {
        let text = self.text()?;
        let mut latest = Latest::new();
        let mut snapshot = None;
        if let Some(id) = &text.snapshot {
            let found = self.by_filter(SNAPSHOTS, format!("snapshot_id = '{id}'"))?;
            let [one] = found.as_slice() else { return Err(format!("{} partitions are snapshot {id}", found.len())) };
            let place = location(one)?;
            fold(&mut latest, self.lake.events(place)?.iter());
            snapshot = Some(place.to_owned());
        }
        let partitions = if self.reads.is_multiple_of(BY_NAMES) || text.condition.is_none() {
            self.by_names(text.condition.as_ref())?
        } else {
            let filter = text.condition.as_ref().map(Condition::filter).unwrap_or_default();
            self.by_filter(LOG, filter)?
        };
        let mut seen = BTreeSet::new();
        for partition in &partitions {
            let place = location(partition)?;
            let (number, events) = Arrival::at(place).ok_or_else(|| format!("{place} is no arrival's"))?;
            if !seen.insert(number) || snapshot.as_ref().is_some_and(|snapshot| self.lake.has(snapshot, number)) {
                return Err(format!("the events of {place} are read twice"));
            }
            fold(&mut latest, &events);
        }
        Ok(alive(&latest))
    }
}

fn keeps(condition: &Condition, name: &str) -> bool {
    let values = name.strip_prefix("dt=").and_then(|rest| rest.split_once("/hour="));
    let (dt, hour) = values.unwrap_or_else(|| panic!("no name of an arrival: {name}"));
    condition.keeps(dt, hour.parse().unwrap())
}

fn location(partition: &t::Partition) -> Result<&str, String> {
    let place = partition.sd.as_ref().and_then(|sd| sd.location.as_deref());
    place.ok_or_else(|| format!("no place: {:?}", partition.values))
}
