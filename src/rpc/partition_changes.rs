//! What changes partitions. Each runs within a transaction, alone or as one of a commit's.

use std::collections::HashMap;

use skep_core::partition::Partition;
use skep_core::table::{Parameters, Storage, Table};
use skep_core::{Error, Kind, Result};
use skep_proto::admin::v1 as p;

use super::convert::partition_in;
use super::cx::Cx;
use super::error::{Answer, refused_field};
use super::mutation::Mutation;
use super::partition_list::NAMES_MAX;
use crate::catalog::{
    Caller, DropExpr, Metastore, PartitionsAdd, PartitionsAlter, PartitionsDrop, PartitionsWhich, TableRef,
};

pub const ADD: &str = "PartitionService/AddPartitions";
pub const ALTER: &str = "PartitionService/AlterPartitions";
pub const DROP: &str = "PartitionService/DropPartitions";

/// A change of partitions, checked as far as the request alone tells.
#[derive(Clone)]
pub enum PartitionEdit {
    Add { at: TableRef, partitions: Vec<Partition>, if_not_exists: bool },
    Alter { at: TableRef, partitions: Vec<Partition> },
    Drop(PartitionsDrop),
}

/// What came of it.
pub struct Edited {
    pub at: TableRef,
    /// Of the table, afterwards.
    pub version: i64,
    /// How many partitions were added, altered or dropped.
    pub count: i64,
}

impl PartitionEdit {
    pub fn add(cx: &Cx, request: p::AddPartitionsRequest) -> Answer<Self> {
        let at = cx.table(request.table, "table")?;
        let partitions = partitions_in(request.partitions)?;
        Ok(Self::Add { at, partitions, if_not_exists: request.if_not_exists })
    }

    pub fn alter(cx: &Cx, request: p::AlterPartitionsRequest) -> Answer<Self> {
        let at = cx.table(request.table, "table")?;
        Ok(Self::Alter { at, partitions: partitions_in(request.partitions)? })
    }

    pub fn drop_many(cx: &Cx, request: p::DropPartitionsRequest) -> Answer<Self> {
        let at = cx.table(request.table, "table")?;
        if request.names.len() > NAMES_MAX {
            let message = format!("{} names; {NAMES_MAX} are allowed", request.names.len());
            return Err(refused_field("names", message));
        }
        let which = match (request.names.is_empty(), request.filter.trim().is_empty()) {
            (false, true) => PartitionsWhich::Names(request.names),
            (true, false) => {
                PartitionsWhich::Exprs(vec![DropExpr { bytes: request.filter.into_bytes(), archive_level: None }])
            }
            (true, true) => return Err(refused_field("names", "names or a filter must say which partitions")),
            (false, false) => return Err(refused_field("names", "names and a filter do not go together")),
        };
        let mut environment = Parameters::new();
        if request.purge {
            environment.insert("ifPurge".to_owned(), "true".to_owned());
        }
        Ok(Self::Drop(PartitionsDrop {
            at,
            which,
            delete_data: request.delete_data,
            if_exists: request.if_exists,
            ignore_protection: false,
            environment,
        }))
    }

    pub fn table(&self) -> &TableRef {
        match self {
            Self::Add { at, .. } | Self::Alter { at, .. } => at,
            Self::Drop(drop) => &drop.at,
        }
    }

    /// Does it, within a transaction.
    pub async fn apply(self, within: &Metastore, caller: &Caller) -> Result<Edited> {
        let at = self.table().clone();
        // NotFound for a table that is not there, whatever Hive's words for it are in each call.
        let table = within.table_get(&at).await?;
        let count = match self {
            Self::Add { partitions, if_not_exists, .. } => {
                let partitions = partitions.into_iter().map(|partition| filled(partition, &table)).collect();
                let request = PartitionsAdd {
                    at: at.clone(),
                    partitions,
                    if_not_exists,
                    columns_of_table: false,
                    environment: Parameters::new(),
                    statistics: Vec::new(),
                };
                within.partitions_add(caller, &request).await?.len()
            }
            Self::Alter { partitions, .. } => {
                let count = partitions.len();
                let partitions = kept(within, &table, partitions).await?;
                let request =
                    PartitionsAlter { at: at.clone(), partitions, fill_columns: true, environment: Parameters::new() };
                within.partitions_alter(caller, &request).await?;
                count
            }
            Self::Drop(request) => within.partitions_drop(caller, &request).await?.len(),
        };
        let version = within.table_get(&at).await?.version;
        Ok(Edited { at, version, count: count as i64 })
    }
}

fn partitions_in(partitions: Vec<p::Partition>) -> Answer<Vec<Partition>> {
    if partitions.is_empty() {
        return Err(refused_field("partitions", "there are none"));
    }
    let numbered = partitions.into_iter().enumerate();
    numbered
        .map(|(at, partition)| {
            let field = format!("partitions[{at}]");
            if partition.values.is_empty() {
                return Err(refused_field(&format!("{field}.values"), "the values are missing"));
            }
            partition_in(partition, &field)
        })
        .collect()
}

/// What a partition does not say of its storage is the table's.
fn filled(mut partition: Partition, table: &Table) -> Partition {
    let Some(of_table) = &table.storage else { return partition };
    let says_nothing = |storage: &Storage| storage.shape.serde.is_none() && storage.shape.columns.is_none();
    match &mut partition.storage {
        None => partition.storage = Some(Storage { shape: of_table.shape.clone(), location: None }),
        // A place alone.
        Some(storage) if says_nothing(storage) => storage.shape = of_table.shape.clone(),
        Some(_) => {}
    }
    partition
}

/// What an altered partition does not say of its storage stays as it is.
async fn kept(within: &Metastore, table: &Table, partitions: Vec<Partition>) -> Result<Vec<Partition>> {
    let mut names = Vec::new();
    for partition in &partitions {
        names.push(skep_core::name::partition_name(&table.partition_keys, &partition.values)?);
    }
    let at = TableRef::new(&table.catalog, &table.database, &table.name);
    let (_, old) = within.publish_plan(&at, &names).await?;
    let mut old: HashMap<String, Partition> = old.into_iter().map(|one| (one.name.clone(), one)).collect();
    let mut all = Vec::new();
    for (mut partition, name) in partitions.into_iter().zip(names) {
        let Some(was) = old.remove(&name) else {
            return Err(Error::new(Kind::NotFound, format!("{at} has no partition {name}, or it is given twice")));
        };
        match (&mut partition.storage, was.storage) {
            (storage @ None, was) => *storage = was,
            (Some(storage), Some(was)) => {
                if storage.location.as_deref().is_none_or(str::is_empty) {
                    storage.location = was.location;
                }
                if storage.shape.serde.is_none() && storage.shape.columns.is_none() {
                    storage.shape = was.shape;
                }
            }
            (Some(_), None) => {}
        }
        partition.create_time = was.create_time;
        all.push(partition);
    }
    Ok(all)
}

async fn run<R, F>(cx: &Cx, mutation: Mutation, edit: PartitionEdit, user: &str, field: &str, answer: F) -> Answer<R>
where
    R: prost::Message + Default,
    F: Fn(Edited) -> R + Clone,
{
    let caller = cx.caller(user);
    let tables = [edit.table().clone()];
    let done = mutation
        .run(cx, &tables, |within| {
            let (edit, caller, answer) = (edit.clone(), caller.clone(), answer.clone());
            async move { Ok(answer(edit.apply(&within, &caller).await?)) }
        })
        .await;
    done.map_err(|refusal| refusal.at(field))
}

pub async fn add(cx: Cx, request: p::AddPartitionsRequest) -> Answer<p::AddPartitionsResponse> {
    let mutation = Mutation::new(ADD, &request.request_id, &request);
    let user = request.user.clone();
    let edit = PartitionEdit::add(&cx, request)?;
    run(&cx, mutation, edit, &user, "partitions", |done| p::AddPartitionsResponse {
        added: done.count,
        version: done.version,
    })
    .await
}

pub async fn alter(cx: Cx, request: p::AlterPartitionsRequest) -> Answer<p::AlterPartitionsResponse> {
    let mutation = Mutation::new(ALTER, &request.request_id, &request);
    let user = request.user.clone();
    let edit = PartitionEdit::alter(&cx, request)?;
    run(&cx, mutation, edit, &user, "partitions", |done| p::AlterPartitionsResponse { version: done.version }).await
}

pub async fn drop_many(cx: Cx, request: p::DropPartitionsRequest) -> Answer<p::DropPartitionsResponse> {
    let mutation = Mutation::new(DROP, &request.request_id, &request);
    let user = request.user.clone();
    let field = if request.names.is_empty() { "filter" } else { "names" };
    let edit = PartitionEdit::drop_many(&cx, request)?;
    run(&cx, mutation, edit, &user, field, |done| p::DropPartitionsResponse {
        dropped: done.count,
        version: done.version,
    })
    .await
}
