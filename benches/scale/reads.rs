//! Reads by one client: of a server that has just started, and of one that holds the table in memory.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use skep_bench::data::{self, A_DAY, REGIONS};
use skep_thrift::methods as m;

use super::client::{Client, Exchange};
use super::measure::{Sample, timed};
use super::report::{Unit, bytes, number, time};
use super::server::Server;
use super::{Outcome, Session, calls, limits};

/// A reply must stay below 2 GiB, so of larger tables so many partitions are read at once.
const STREAMED_MAX: usize = 1_000_000;

/// All partitions, or as many as one reply may hold.
pub fn streamed(client: &mut Client, rows: usize) -> Outcome<(String, Exchange)> {
    if rows <= STREAMED_MAX {
        return Ok(("`get_partitions`, all".to_owned(), client.learn_list::<m::GetPartitions>(&calls::all(), rows)?));
    }
    let count = STREAMED_MAX / A_DAY * A_DAY;
    let args = calls::filtered(&data::filter_of_days(0, count));
    let exchange = client.learn_list::<m::GetPartitionsByFilter>(&args, count)?;
    Ok((format!("filter → {}", number(count as u64)), exchange))
}

/// A filter that only the whole table answers: its key is the last.
fn whole(client: &mut Client, rows: usize) -> Outcome<()> {
    let args = calls::counted(&format!("region = '{}'", REGIONS[0]));
    let count = client.call::<m::GetNumPartitionsByFilter>(&args)?;
    if count as usize == rows.div_ceil(REGIONS.len()) { Ok(()) } else { Err(format!("{count} of {rows}").into()) }
}

/// Servers that have just started.
pub fn cold(session: &mut Session<'_>) -> Outcome<()> {
    let rows = session.arguments.rows;
    let server = Server::start(session.arguments)?;
    let mut client = server.connect()?;
    let sample = server.meter().each([()], |()| whole(&mut client, rows))?;
    session.report.calls("cold: first answer that needs the whole table", &sample, Unit::Call, 1);
    drop((client, server));
    let server = Server::start(session.arguments)?;
    let sample = meanwhile(&server, rows)?;
    session.report.calls("cold: filter of the leading keys → 1, while the table loads", &sample, Unit::Call, 1);
    Ok(())
}

/// Filters that fix the leading keys, until another client has the answer that needs all.
fn meanwhile(server: &Server, rows: usize) -> Outcome<Sample> {
    let (mut other, mut client, done) = (server.connect()?, server.connect()?, AtomicBool::new(false));
    let one = calls::filtered(&data::filter_of_one(rows / 2));
    server.meter().during(|| {
        std::thread::scope(|scope| {
            let loading = scope.spawn(|| {
                let result = whole(&mut other, rows);
                done.store(true, Ordering::Release);
                result
            });
            let mut times = Vec::new();
            while times.is_empty() || !done.load(Ordering::Acquire) {
                let call = || client.call::<m::GetPartitionsByFilter>(&one).map(|found| assert_eq!(found.len(), 1));
                times.push(timed(call)?);
            }
            loading.join().map_err(|_| "the loading client died")??;
            Ok::<Vec<Duration>, _>(times)
        })
    })
}

/// A server that holds the table.
pub fn hot(session: &mut Session<'_>, server: &Server) -> Outcome<()> {
    let rows = session.arguments.rows;
    let mut client = server.connect()?;
    whole(&mut client, rows)?;
    let memory = server.memory()?.now;
    session.report.fact("server: memory, the table hot", bytes(memory), "resident");
    let table = client.learn::<m::GetTable>(&calls::get_table())?;
    repeat(session, server, &mut client, "`get_table`", &table)?;
    let one = client.learn_list::<m::GetPartitionsByFilter>(&calls::filtered(&data::filter_of_one(rows / 2)), 1)?;
    repeat(session, server, &mut client, "filter → 1", &one)?;
    let (begin, days) = (rows / 2 / A_DAY, (rows / 100 / A_DAY).max(1));
    let filter = data::filter_of_days(begin * A_DAY, (begin + days) * A_DAY);
    let part = client.learn_list::<m::GetPartitionsByFilter>(&calls::filtered(&filter), days * A_DAY)?;
    repeat(session, server, &mut client, &format!("filter → 1 %: {}", number((days * A_DAY) as u64)), &part)?;
    for count in [1_000, 5_000] {
        let named = client.learn_list::<m::GetPartitionsByNames>(&calls::by_names(rows, count), count)?;
        let operation = format!("`get_partitions_by_names`, {}", number(count as u64));
        repeat(session, server, &mut client, &operation, &named)?;
    }
    let names = client.learn_list::<m::GetPartitionNames>(&calls::names(), rows)?;
    repeat(session, server, &mut client, "`get_partition_names`, all", &names)?;
    let (operation, all) = streamed(&mut client, rows)?;
    let took = repeat(session, server, &mut client, &operation, &all)?;
    let (socket, copy) = (limits::loopback(all.bytes)?, limits::memory_copy(all.bytes)?);
    session.report.limit("limit: as many bytes through a loopback socket", socket, all.bytes);
    session.report.limit("limit: copying them in memory", copy, all.bytes);
    let share = 100.0 * socket.as_secs_f64() / took.permille(0).as_secs_f64();
    let note = format!("best {} beside {} of the socket alone", time(took.permille(0)), time(socket));
    session.report.fact("draining all, of the raw loopback rate", format!("{share:.0} %"), note);
    Ok(())
}

fn repeat(
    session: &mut Session<'_>,
    server: &Server,
    client: &mut Client,
    operation: &str,
    exchange: &Exchange,
) -> Outcome<Sample> {
    let sample = server.meter().repeated(session.arguments.time, || client.repeat(exchange))?;
    session.report.calls(operation, &sample, Unit::Bytes(exchange.bytes), 1);
    Ok(sample)
}
