//! Writers that go on until the server or its database dies under them.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::Sender;

use skep_thrift::call::Answer;
use skep_thrift::{Method, methods as m, types as t};

use super::client::Client;
use super::ledger::{BATCH, Write, values};

pub const DATABASE: &str = "crash";

pub fn columns(names: &[&str]) -> Vec<t::FieldSchema> {
    let column = |name: &&str| t::FieldSchema {
        name: Some((*name).to_owned()),
        r#type: Some("string".to_owned()),
        ..Default::default()
    };
    names.iter().map(column).collect()
}

pub fn storage() -> t::StorageDescriptor {
    t::StorageDescriptor {
        cols: Some(columns(&["id", "note"]).into()),
        input_format: Some("org.apache.hadoop.mapred.TextInputFormat".to_owned()),
        output_format: Some("org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat".to_owned()),
        serde_info: Some(t::SerDeInfo {
            serialization_lib: Some("org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe".to_owned()),
            ..Default::default()
        }),
        ..Default::default()
    }
}

fn partition(table: &str, batch: &str, at: usize, state: &str) -> t::Partition {
    t::Partition {
        values: Some(values(batch, at)),
        db_name: Some(DATABASE.to_owned()),
        table_name: Some(table.to_owned()),
        sd: Some(storage()),
        parameters: Some(vec![("state".to_owned(), state.to_owned())]),
        ..Default::default()
    }
}

/// Makes the call; an error says how it was answered, if it was.
fn tell<M: Method>(client: &mut Client, args: M::Args) -> Result<(), String>
where
    M::Reply: std::fmt::Debug,
{
    match client.call::<M>(&args) {
        Ok(Answer::Reply(_)) => Ok(()),
        other => Err(format!("{}: {other:?}", M::NAME)),
    }
}

/// The partitions of a batch, all in one state.
pub fn batch_as(table: &str, batch: &str, state: &str) -> Vec<t::Partition> {
    (0..BATCH).map(|at| partition(table, batch, at, state)).collect()
}

/// Makes a write; an error is one whose fate is not known.
pub fn write(client: &mut Client, write: &Write) -> Result<(), String> {
    let database = Some(DATABASE.to_owned());
    match write {
        Write::Create { table } => {
            let table = t::Table {
                table_name: Some(table.clone()),
                db_name: database,
                sd: Some(storage()),
                partition_keys: Some(columns(&["batch", "at"])),
                table_type: Some("EXTERNAL_TABLE".to_owned()),
                parameters: Some(vec![("EXTERNAL".to_owned(), "TRUE".to_owned())]),
                ..Default::default()
            };
            tell::<m::CreateTable>(client, m::CreateTableArgs { tbl: Some(table) })
        }
        Write::Add { table, batch } => {
            tell::<m::AddPartitions>(client, m::AddPartitionsArgs { new_parts: Some(batch_as(table, batch, "added")) })
        }
        Write::Alter { table, batch } => {
            let args = m::AlterPartitionsArgs {
                db_name: database,
                tbl_name: Some(table.clone()),
                new_parts: Some(batch_as(table, batch, "altered")),
            };
            tell::<m::AlterPartitions>(client, args)
        }
        Write::Drop { table, batch } => {
            let args = m::DropPartitionArgs {
                db_name: database,
                tbl_name: Some(table.clone()),
                part_vals: Some(values(batch, 0)),
                delete_data: false,
            };
            tell::<m::DropPartition>(client, args)
        }
    }
}

/// What a writer wrote in a round, in order; of the last one it may not know whether it was done.
#[derive(Debug, Default)]
pub struct Written {
    pub acknowledged: Vec<Write>,
    pub unknown: Option<Write>,
}

/// Writes to `table` (and makes tables of its own) until a call fails or `stop` is set. Tells of every call's end.
pub fn work(
    address: SocketAddr,
    table: &str,
    writer: usize,
    stop: &AtomicBool,
    tell: &Sender<Result<(), String>>,
) -> Written {
    let mut written = Written::default();
    let mut client = Client::connect(address).unwrap();
    for number in 0.. {
        let (table, batch) = (table.to_owned(), format!("{writer}-{number}"));
        let mut writes = vec![Write::Add { table: table.clone(), batch: batch.clone() }];
        if number % 3 == writer % 3 {
            writes.push(Write::Alter { table: table.clone(), batch: batch.clone() });
            writes.push(Write::Create { table: format!("{table}_{writer}_{number}") });
        }
        writes.push(Write::Drop { table, batch });
        for each in writes {
            if stop.load(Ordering::SeqCst) {
                return written;
            }
            let done = write(&mut client, &each);
            let failed = done.is_err();
            // Nobody listens any more once the kill is over.
            let _ = tell.send(done);
            if failed {
                written.unknown = Some(each);
                return written;
            }
            written.acknowledged.push(each);
        }
    }
    written
}
