//! A running `skep serve`.

use std::ffi::OsString;
use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};

pub struct Server {
    process: Child,
    /// Of the Thrift port.
    pub address: SocketAddr,
    /// Of gRPC and HTTP.
    pub api: SocketAddr,
}

impl Server {
    /// Starts the binary that is tested, with its log and its warehouse in `folder`, and waits until it is ready.
    pub fn start(folder: &Path, store: &str) -> Self {
        Self::start_with(folder, store, &[]).unwrap_or_else(|said| panic!("not ready: {said:?} {}", log_of(folder)))
    }

    /// The same with further variables; an error is what it said instead of being ready.
    pub fn start_with(folder: &Path, store: &str, variables: &[(&str, &str)]) -> Result<Self, String> {
        let warehouse = folder.join("warehouse").display().to_string();
        Self::start_at(folder, store, &warehouse, variables)
    }

    /// Starts a node whose warehouse lies elsewhere, for nodes that share one.
    pub fn start_at(folder: &Path, store: &str, warehouse: &str, variables: &[(&str, &str)]) -> Result<Self, String> {
        let log = File::options().create(true).append(true).open(folder.join("log")).unwrap();
        let mut process = Command::new(program())
            .args(["serve", "--thrift-listen", "127.0.0.1:0", "--api-listen", "127.0.0.1:0", "--store", store])
            .args(["--warehouse", warehouse])
            .env_clear()
            .env("HOME", folder)
            .envs(variables.iter().copied())
            .current_dir(folder)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .unwrap();
        let mut said = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut said).unwrap();
        let word = |start: &str| said.split(' ').find_map(|word| word.strip_prefix(start));
        let Some((address, api)) = word("thrift=").zip(word("api=")) else {
            process.wait().unwrap();
            return Err(said);
        };
        let (address, api) = (address.parse().unwrap(), api.parse().unwrap());
        Ok(Self { process, address, api })
    }

    /// Gives the number of the process.
    pub fn id(&self) -> u32 {
        self.process.id()
    }

    /// Sends a signal by its name: `STOP`, `CONT`, …
    pub fn signal(&self, name: &str) {
        let status = Command::new("kill").arg(format!("-{name}")).arg(self.process.id().to_string()).status().unwrap();
        assert!(status.success());
    }

    /// Waits for its end; true if it ended well.
    pub fn wait(&mut self) -> bool {
        self.process.wait().unwrap().success()
    }

    /// SIGKILL: it has no chance to say anything to anybody.
    pub fn kill(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }

    pub fn is_running(&mut self) -> bool {
        self.process.try_wait().unwrap().is_none()
    }

    /// Memory in use that is really there, in bytes.
    pub fn resident_bytes(&self) -> usize {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.process.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
        line.trim().trim_end_matches(" kB").parse::<usize>().unwrap() << 10
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have been killed before.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Gives the program that is tested: `SKEP_TEST_SERVER`, or the one that was built with this test.
fn program() -> OsString {
    std::env::var_os("SKEP_TEST_SERVER").unwrap_or_else(|| env!("CARGO_BIN_EXE_skep").into())
}

pub fn log_of(folder: &Path) -> String {
    std::fs::read_to_string(folder.join("log")).unwrap_or_default()
}
