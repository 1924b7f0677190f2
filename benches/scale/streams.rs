//! Sixteen clients at once.

use std::time::{Duration, Instant};

use skep_bench::data;
use skep_thrift::methods as m;

use super::client::Exchange;
use super::measure::{Sample, timed};
use super::reads::streamed;
use super::report::{Unit, bytes};
use super::server::Server;
use super::{Outcome, Session, calls};

const CLIENTS: usize = 16;

/// Each of the clients makes the call for so long, and once at least.
fn run(server: &Server, exchange: &Exchange, time: Duration) -> Outcome<Sample> {
    let clients: Outcome<Vec<_>> = (0..CLIENTS).map(|_| server.connect()).collect();
    let mut clients = clients?;
    server.meter().during(|| {
        let begin = Instant::now();
        std::thread::scope(|scope| {
            let work = |client: &mut super::client::Client| -> Outcome<Vec<Duration>> {
                let mut times = Vec::new();
                while times.is_empty() || begin.elapsed() < time {
                    times.push(timed(|| client.repeat(exchange))?);
                }
                Ok(times)
            };
            let threads: Vec<_> = clients.iter_mut().map(|client| scope.spawn(move || work(client))).collect();
            let mut all = Vec::new();
            for thread in threads {
                all.extend(thread.join().map_err(|_| "a client died")??);
            }
            Ok(all)
        })
    })
}

pub fn at_once(session: &mut Session<'_>, server: &Server) -> Outcome<()> {
    let (rows, time) = (session.arguments.rows, session.arguments.time);
    let mut client = server.connect()?;
    let table = client.learn::<m::GetTable>(&calls::get_table())?;
    session.report.calls(format!("`get_table`, {CLIENTS} clients"), &run(server, &table, time)?, Unit::Call, CLIENTS);
    let filter = calls::filtered(&data::filter_of_one(rows / 2));
    let one = client.learn_list::<m::GetPartitionsByFilter>(&filter, 1)?;
    session.report.calls(format!("filter → 1, {CLIENTS} clients"), &run(server, &one, time)?, Unit::Call, CLIENTS);
    let (operation, all) = streamed(&mut client, rows)?;
    server.peak_reset()?;
    let sample = run(server, &all, Duration::ZERO)?;
    session.report.calls(format!("{operation}, {CLIENTS} clients"), &sample, Unit::Bytes(all.bytes), CLIENTS);
    let note = format!("highest, while {CLIENTS} clients read {} each", bytes(all.bytes as u64));
    session.report.fact("server: memory, streaming", bytes(server.memory()?.peak), note);
    Ok(())
}
