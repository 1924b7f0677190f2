//! Writes: partitions come and go, and a column is added to all.

use skep_bench::data;
use skep_thrift::{methods as m, types as t};

use super::client::Client;
use super::report::{Unit, number};
use super::server::Server;
use super::{Outcome, Session, calls, limits};

const BATCH: usize = 1_000;
/// At most so many partitions are dropped by name; the others go with the table.
const DROPPED_MAX: usize = 100_000;

/// Makes the table and adds the partitions that are to be added by calls.
pub fn fill(session: &mut Session<'_>, server: &Server) -> Outcome<()> {
    let (mut client, meter) = (server.connect()?, server.meter());
    client.call::<m::CreateDatabase>(&calls::create_database())?;
    client.call::<m::CreateTable>(&calls::create_table())?;
    let made = client.call::<m::GetTable>(&calls::get_table())?;
    let location = made.sd.and_then(|sd| sd.location).ok_or("a table without a location")?;
    let (rows, before) = (session.arguments.thrift, session.database.bytes()?);
    let requests = (0..rows).step_by(BATCH).map(|begin| {
        let request = data::add_request(&location, begin, rows.min(begin + BATCH));
        m::AddPartitionsReqArgs { request: Some(request) }
    });
    let sample = meter.each(requests, |args| client.call::<m::AddPartitionsReq>(&args).map(drop))?;
    let operation = format!("`add_partitions_req`, {} in batches of {BATCH}; CPU of one", number(rows as u64));
    session.report.calls(operation, &sample, Unit::Partitions(BATCH), 1);
    limits::directories(session, meter, BATCH)?;
    let grown = session.database.bytes()?.saturating_sub(before) / rows as u64;
    session.report.fact("database, a partition", format!("{grown} B"), "with indexes, versions and events");
    Ok(())
}

/// Adds a column to the table and all its partitions, drops some of them and then all.
pub fn change(session: &mut Session<'_>, server: &Server) -> Outcome<()> {
    let (mut client, meter) = (server.connect()?, server.meter());
    let mut new = client.call::<m::GetTable>(&calls::get_table())?;
    let columns = new.sd.as_mut().and_then(|sd| sd.cols.as_mut()).ok_or("a table without columns")?;
    columns.make_mut().push(t::FieldSchema {
        name: Some("added".to_owned()),
        r#type: Some("int".to_owned()),
        comment: None,
    });
    let expected = columns.len();
    let sample =
        meter.each([calls::alter_table_cascade(new)], |args| client.call::<m::AlterTableWithCascade>(&args))?;
    session.report.calls("add a column with CASCADE", &sample, Unit::Call, 1);
    let one = client.call::<m::GetPartitionsByFilter>(&calls::filtered(&data::filter_of_one(7)))?;
    let cascaded = one.iter().filter_map(|partition| partition.sd.as_ref()?.cols.as_ref()).all(|c| c.len() == expected);
    if one.len() != 1 || !cascaded {
        return Err("CASCADE did not reach the partitions".into());
    }
    drop_partitions(session, &mut client, server)?;
    let sample = meter.each([()], |()| client.call::<m::DropTable>(&calls::drop_table()))?;
    session.report.calls("`drop_table` with the other partitions", &sample, Unit::Call, 1);
    Ok(())
}

fn drop_partitions(session: &mut Session<'_>, client: &mut Client, server: &Server) -> Outcome<()> {
    let rows = session.arguments.rows;
    let dropped = (rows / 2).min(DROPPED_MAX) / BATCH * BATCH;
    let requests = (0..dropped).step_by(BATCH).map(|begin| calls::drop_partitions(begin, begin + BATCH));
    let sample = server.meter().each(requests, |args| client.call::<m::DropPartitionsReq>(&args).map(drop))?;
    let operation = format!("`drop_partitions_req`, {} in batches of {BATCH}; CPU of one", number(dropped as u64));
    session.report.calls(operation, &sample, Unit::Partitions(BATCH), 1);
    let left = client.call::<m::GetNumPartitionsByFilter>(&calls::counted(""))?;
    if left as usize == rows - dropped { Ok(()) } else { Err(format!("{left} partitions are left").into()) }
}
