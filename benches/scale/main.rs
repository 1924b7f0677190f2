//! The scale benchmark: what a server over Postgres costs with a table of very many partitions. `scripts/scale.sh` starts
//! the database and calls this; Markdown goes to standard output.

mod arguments;
mod calls;
mod client;
mod database;
mod limits;
mod machine;
mod measure;
mod reads;
mod report;
mod server;
mod streams;
mod writes;

use std::error::Error;
use std::process::ExitCode;

use arguments::Arguments;
use database::Database;
use report::Report;
use server::Server;

type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

/// The session's fixed points.
struct Session<'a> {
    arguments: &'a Arguments,
    database: Database,
    report: Report,
}

fn main() -> ExitCode {
    let result = Arguments::parse(std::env::args().skip(1)).and_then(|arguments| run(&arguments));
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            report::complain(&*error);
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> Outcome<()> {
    let database = Database { url: arguments.store.clone() };
    let mut session = Session { arguments, database, report: Report::default() };
    let server = Server::start(arguments)?;
    writes::fill(&mut session, &server)?;
    // What follows is read by a server that has seen nothing of it.
    drop(server);
    session.database.fill(arguments.thrift, arguments.rows)?;
    session.database.settle()?;
    reads::cold(&mut session)?;
    let server = Server::start(arguments)?;
    reads::hot(&mut session, &server)?;
    let highest = server.memory()?.peak;
    streams::at_once(&mut session, &server)?;
    limits::copy(&mut session, server.meter())?;
    writes::change(&mut session, &server)?;
    session.report.fact(
        "server: memory, highest of all",
        report::bytes(highest.max(server.memory()?.peak)),
        "while reading and changing",
    );
    session.report.print(arguments.rows);
    Ok(())
}
