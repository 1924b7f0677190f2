//! A running `skep serve`.

use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};

use super::Outcome;
use super::arguments::Arguments;
use super::client::Client;
use super::machine::{self, Memory};
use super::measure::Meter;

/// Tables of more partitions do not fit the default budget of the partition cache.
const ROWS_OF_DEFAULT_CACHE: usize = 4_000_000;

pub struct Server {
    process: Child,
    address: SocketAddr,
    postmaster: u32,
}

impl Server {
    /// Starts it and waits until it is ready. Variables (`SKEP_…`) are passed on.
    pub fn start(arguments: &Arguments) -> Outcome<Self> {
        let log = File::options().create(true).append(true).open(arguments.folder.join("server.log"))?;
        let mut command = Command::new(&arguments.server);
        command
            .args(["serve", "--thrift-listen", "127.0.0.1:0", "--api-listen", "127.0.0.1:0"])
            .args(["--store", &arguments.store])
            .arg("--warehouse")
            .arg(arguments.folder.join("warehouse"))
            .current_dir(&arguments.folder);
        if arguments.rows > ROWS_OF_DEFAULT_CACHE {
            command.env("SKEP_METASTORE_CACHE_MEMORY_MAX", "4GiB");
        }
        let mut process = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(log).spawn()?;
        let mut said = String::new();
        BufReader::new(process.stdout.take().ok_or("no output")?).read_line(&mut said)?;
        let address = said.split(' ').find_map(|word| word.strip_prefix("thrift="));
        let address = address.ok_or("the server did not start; see server.log")?.parse()?;
        Ok(Self { process, address, postmaster: arguments.postmaster })
    }

    pub fn connect(&self) -> Outcome<Client> {
        Client::connect(self.address)
    }

    pub fn meter(&self) -> Meter {
        Meter { server: self.process.id(), postmaster: self.postmaster }
    }

    pub fn memory(&self) -> Outcome<Memory> {
        machine::memory(self.process.id())
    }

    pub fn peak_reset(&self) -> Outcome<()> {
        machine::peak_reset(self.process.id())
    }
}

impl Drop for Server {
    /// By SIGTERM, as an operator would: a single node gives its lease back.
    fn drop(&mut self) {
        let _ = Command::new("kill").arg(self.process.id().to_string()).status();
        let _ = self.process.wait();
    }
}
