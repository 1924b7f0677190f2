//! What `scripts/scale.sh` says.

use std::path::PathBuf;
use std::time::Duration;

use super::Outcome;

const USAGE: &str = "skep-scale --server BINARY --store URL --postmaster PROCESS --folder DIR --rows N [--thrift N] \
                     [--seconds S]";

pub struct Arguments {
    /// The binary of the server.
    pub server: PathBuf,
    /// An empty Postgres database of its own.
    pub store: String,
    /// The first process of that Postgres.
    pub postmaster: u32,
    /// For the warehouse and the server's log.
    pub folder: PathBuf,
    /// Partitions of the table.
    pub rows: usize,
    /// So many of them are added by calls; the others by SQL, as the server would have written them.
    pub thrift: usize,
    /// How long a short call is repeated.
    pub time: Duration,
}

impl Arguments {
    pub fn parse(mut words: impl Iterator<Item = String>) -> Outcome<Self> {
        let (mut server, mut store, mut folder) = (None, None, None);
        let (mut postmaster, mut rows, mut thrift, mut seconds) = (None, None, None, 2.0);
        while let Some(key) = words.next() {
            let value = words.next().ok_or(USAGE)?;
            match key.as_str() {
                "--server" => server = Some(PathBuf::from(value)),
                "--store" => store = Some(value),
                "--folder" => folder = Some(PathBuf::from(value)),
                "--postmaster" => postmaster = Some(value.parse()?),
                "--rows" => rows = Some(value.parse()?),
                "--thrift" => thrift = Some(value.parse()?),
                "--seconds" => seconds = value.parse()?,
                _ => return Err(USAGE.into()),
            }
        }
        let rows = rows.ok_or(USAGE)?;
        if rows < 6_000 {
            return Err("--rows: at least 6000, for five thousand are read by name".into());
        }
        let thrift = thrift.unwrap_or(100_000).clamp(1_000, rows);
        Ok(Self {
            server: server.ok_or(USAGE)?,
            store: store.ok_or(USAGE)?,
            postmaster: postmaster.ok_or(USAGE)?,
            folder: folder.ok_or(USAGE)?,
            rows,
            thrift,
            time: Duration::try_from_secs_f64(seconds)?,
        })
    }
}
