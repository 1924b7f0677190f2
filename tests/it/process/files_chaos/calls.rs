//! Calls of one client: by Thrift and gRPC, to a node that may die meanwhile; and what is sent.

use std::time::Duration;

use skep_proto::admin::v1 as p;
use skep_thrift::call::Answer;
use skep_thrift::{Method, methods as m, types as t};
use tonic::transport::{Channel, Endpoint};
use tonic::{Code, Status};

use super::super::client::Client;
use super::families::{Kind, Name};
use super::judge::UNKNOWN;
use super::nodes::Address;
use super::places::normal;
use super::world::World;
use crate::grpc::fixture::column;

/// The parameter that says which object a table or partition is.
pub const OBJECT: &str = "chaos.id";

/// An answer that never came: whether the call was done, or still is under way, nobody knows.
#[derive(Clone, Copy, Debug)]
pub struct Lost(pub Address);

/// What a server answered: a reply, or a refusal, after which the call is over, whatever it has done.
pub type Answered<R> = Result<Result<R, String>, Lost>;

/// The connections of a client to one node.
pub struct Caller<'w> {
    world: &'w World,
    pub address: Address,
    thrift: Option<Client>,
    channel: Channel,
}

/// A table or partition as the metastore shows it.
#[derive(Clone, Debug)]
pub struct Shown<T> {
    pub object: u32,
    pub place: String,
    pub definition: T,
}

impl<'w> Caller<'w> {
    pub fn new(world: &'w World, address: Address) -> Self {
        let _within = world.runtime.enter();
        let endpoint = Endpoint::from_shared(format!("http://{}", address.api)).unwrap();
        let channel = endpoint.timeout(Duration::from_mins(1)).connect_lazy();
        Self { world, address, thrift: None, channel }
    }

    /// Calls by Thrift.
    pub fn thrift<M: Method>(&mut self, args: &M::Args) -> Answered<M::Reply>
    where
        M::Reply: std::fmt::Debug,
    {
        let lost = Lost(self.address);
        let mut client = match self.thrift.take() {
            Some(client) => client,
            None => Client::connect(self.address.thrift).map_err(|_| lost)?,
        };
        let answer = client.call::<M>(args).map_err(|_| lost)?;
        self.thrift = Some(client);
        Ok(match answer {
            Answer::Reply(reply) => Ok(reply),
            other => Err(format!("{other:?}")),
        })
    }

    /// Calls by gRPC.
    pub fn grpc<R, F>(&self, call: impl FnOnce(Channel) -> F) -> Answered<R>
    where
        F: Future<Output = Result<tonic::Response<R>, Status>>,
    {
        self.ask(|channel| async { call(channel).await.map(tonic::Response::into_inner) })
    }

    /// Calls by gRPC, and takes what the answer comes to.
    pub fn ask<R, F>(&self, call: impl FnOnce(Channel) -> F) -> Answered<R>
    where
        F: Future<Output = Result<R, Status>>,
    {
        match self.world.runtime.block_on(call(self.channel.clone())) {
            Ok(reply) => Ok(Ok(reply)),
            Err(status) => match status.code() {
                // What the client's side says when a connection breaks.
                Code::Unavailable | Code::Unknown | Code::Cancelled | Code::DeadlineExceeded | Code::Internal => {
                    Err(Lost(self.address))
                }
                _ => Ok(Err(format!("{:?}: {}", status.code(), status.message()))),
            },
        }
    }

    /// Asks for a table; none where it is not there.
    pub fn table(&mut self, name: &Name) -> Result<Option<Shown<t::Table>>, Lost> {
        let args = m::GetTableArgs { dbname: Some(name.database.clone()), tbl_name: Some(name.table.clone()) };
        let Ok(table) = self.thrift::<m::GetTable>(&args)? else { return Ok(None) };
        Ok(shown(table.parameters.as_ref(), table.sd.as_ref()).map(|(object, place)| {
            self.world.model.lock().seen(object, &place);
            Shown { object, place, definition: table }
        }))
    }

    /// Asks for a partition; none where it is not there.
    pub fn partition(&mut self, name: &Name, values: &[String; 2]) -> Result<Option<Shown<t::Partition>>, Lost> {
        let args = m::GetPartitionArgs {
            db_name: Some(name.database.clone()),
            tbl_name: Some(name.table.clone()),
            part_vals: Some(values.to_vec()),
        };
        let Ok(partition) = self.thrift::<m::GetPartition>(&args)? else { return Ok(None) };
        Ok(partition_shown(partition).inspect(|shown| self.world.model.lock().seen(shown.object, &shown.place)))
    }

    /// Asks for all partitions of a table.
    pub fn partitions(&mut self, name: &Name) -> Result<Vec<Shown<t::Partition>>, Lost> {
        let (db_name, tbl_name) = (Some(name.database.clone()), Some(name.table.clone()));
        let args = m::GetPartitionsArgs { db_name, tbl_name, max_parts: -1 };
        let partitions = self.thrift::<m::GetPartitions>(&args)?.unwrap_or_default();
        Ok(partitions.into_iter().filter_map(partition_shown).collect())
    }
}

fn shown(parameters: Option<&Vec<(String, String)>>, storage: Option<&t::StorageDescriptor>) -> Option<(u32, String)> {
    let object = parameters.into_iter().flatten().find(|(key, _)| key == OBJECT);
    let object = object.and_then(|(_, object)| object.parse().ok()).unwrap_or(UNKNOWN);
    Some((object, normal(storage?.location.as_deref()?)))
}

fn partition_shown(partition: t::Partition) -> Option<Shown<t::Partition>> {
    let (object, place) = shown(partition.parameters.as_ref(), partition.sd.as_ref())?;
    Some(Shown { object, place, definition: partition })
}

const INPUT: &str = "org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat";
const OUTPUT: &str = "org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat";
const LIBRARY: &str = "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe";
/// Columns of all tables, and partition keys.
const COLUMNS: [(&str, &str); 2] = [("id", "bigint"), ("name", "string")];
const KEYS: [(&str, &str); 2] = [("dt", "string"), ("h", "string")];

fn columns(all: &[(&str, &str)]) -> Vec<t::FieldSchema> {
    let column = |(name, kind): &(&str, &str)| t::FieldSchema {
        name: Some((*name).to_owned()),
        r#type: Some((*kind).to_owned()),
        ..Default::default()
    };
    all.iter().map(column).collect()
}

fn storage(location: Option<&str>) -> t::StorageDescriptor {
    t::StorageDescriptor {
        cols: Some(columns(&COLUMNS).into()),
        location: location.map(str::to_owned),
        input_format: Some(INPUT.to_owned()),
        output_format: Some(OUTPUT.to_owned()),
        serde_info: Some(t::SerDeInfo { serialization_lib: Some(LIBRARY.to_owned()), ..Default::default() }),
        ..Default::default()
    }
}

/// Gives the parameters that a table of a kind has.
fn parameters(object: u32, kind: Kind) -> Vec<(String, String)> {
    let mut all = vec![(OBJECT.to_owned(), object.to_string())];
    if kind != Kind::Managed {
        all.push(("EXTERNAL".to_owned(), "TRUE".to_owned()));
    }
    if kind == Kind::Purged {
        all.push(("external.table.purge".to_owned(), "true".to_owned()));
    }
    all
}

/// Makes a table to be sent by Thrift.
pub fn thrift_table(name: &Name, object: u32, kind: Kind, is_partitioned: bool, location: Option<&str>) -> t::Table {
    let table_type = if kind == Kind::Managed { "MANAGED_TABLE" } else { "EXTERNAL_TABLE" };
    t::Table {
        table_name: Some(name.table.clone()),
        db_name: Some(name.database.clone()),
        sd: Some(storage(location)),
        partition_keys: is_partitioned.then(|| columns(&KEYS)),
        table_type: Some(table_type.to_owned()),
        parameters: Some(parameters(object, kind)),
        ..Default::default()
    }
}

/// Makes a partition to be sent by Thrift.
pub fn thrift_partition(name: &Name, object: u32, values: &[String; 2], location: Option<&str>) -> t::Partition {
    t::Partition {
        values: Some(values.to_vec()),
        db_name: Some(name.database.clone()),
        table_name: Some(name.table.clone()),
        sd: Some(storage(location)),
        parameters: Some(vec![(OBJECT.to_owned(), object.to_string())]),
        ..Default::default()
    }
}

#[expect(clippy::unnecessary_wraps, reason = "fields that are messages are optional")]
pub fn grpc_name(name: &Name) -> Option<p::TableName> {
    Some(p::TableName { catalog: String::new(), database: name.database.clone(), table: name.table.clone() })
}

/// Makes a table to be sent by gRPC.
pub fn grpc_table(name: &Name, object: u32, kind: Kind, is_partitioned: bool) -> p::Table {
    let columns = |all: [(&str, &str); 2]| all.map(|(name, kind)| column(name, kind)).to_vec();
    let table_type = if kind == Kind::Managed { p::TableType::Managed } else { p::TableType::External };
    p::Table {
        name: grpc_name(name),
        partition_keys: if is_partitioned { columns(KEYS) } else { Vec::new() },
        table_type: table_type.into(),
        parameters: parameters(object, kind).into_iter().collect(),
        storage: Some(p::Storage {
            columns: Some(p::ColumnList { columns: columns(COLUMNS) }),
            input_format: Some(INPUT.to_owned()),
            output_format: Some(OUTPUT.to_owned()),
            serde: Some(p::Serde { library: Some(LIBRARY.to_owned()), ..p::Serde::default() }),
            ..p::Storage::default()
        }),
        ..p::Table::default()
    }
}

/// Makes a partition to be sent by gRPC, at its default place.
pub fn grpc_partition(object: u32, values: &[String; 2]) -> p::Partition {
    p::Partition {
        values: values.to_vec(),
        parameters: [(OBJECT.to_owned(), object.to_string())].into(),
        ..p::Partition::default()
    }
}
