//! The command line.

use std::path::PathBuf;
use std::str::FromStr;

use skep_proto::admin::v1::TableName;

use crate::place::StorageOption;
use crate::write::Codec;

/// Less than this leaves no room to read and to write.
const MEMORY_MIN: usize = 64 << 20;

#[derive(Debug, clap::Parser)]
#[command(
    name = "skep-compact",
    version,
    about = "Compact an event log of Skep on this machine",
    after_help = "Examples:\n  skep-compact web.events\n  skep-compact web.events --memory 4GB --temporary /scratch --output json\n\n\
Object stores are reached as the environment says (AWS_ACCESS_KEY_ID, AWS_ENDPOINT, …) and by --storage-option."
)]
pub struct Args {
    /// DATABASE.TABLE, the log
    pub table: Table,
    /// Memory that it may take
    #[arg(long, value_name = "SIZE", default_value = "1GB")]
    pub memory: Size,
    /// Where rows go that do not fit into memory [default: the system's place for temporary files]
    #[arg(long, value_name = "DIRECTORY")]
    pub temporary: Option<PathBuf>,
    /// Size of the files that it writes
    #[arg(long, value_name = "SIZE", default_value = "256MB")]
    pub target_file_size: Size,
    /// How they are compressed
    #[arg(long, value_enum, default_value_t = Codec::Zstd)]
    pub codec: Codec,
    /// Sorts that run beside each other [default: one per processor, at most 4]
    #[arg(long, value_name = "NUMBER")]
    pub threads: Option<usize>,
    /// The newest partition is complete, too
    #[arg(long)]
    pub seal_newest: bool,
    /// A setting of object stores, as in the server's configuration; may be given again
    #[arg(long, value_name = "KEY=VALUE")]
    pub storage_option: Vec<StorageOption>,
    /// gRPC address of the server
    #[arg(
        long,
        env = "SKEP_ENDPOINT",
        value_name = "URL",
        default_value = "http://127.0.0.1:9084",
        hide_env_values = true
    )]
    pub endpoint: String,
    /// Who acts [default: $USER]
    #[arg(long, value_name = "NAME")]
    pub user: Option<String>,
    /// Form of the output
    #[arg(long, short, value_enum, default_value_t = Format::Table)]
    pub output: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    Table,
    Json,
}

/// `db.t` or `cat.db.t`.
#[derive(Debug, Clone)]
pub struct Table(pub TableName);

impl FromStr for Table {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let parts: Vec<&str> = text.split('.').collect();
        let (catalog, database, table) = match parts.as_slice() {
            [database, table] => ("", *database, *table),
            [catalog, database, table] if !catalog.is_empty() => (*catalog, *database, *table),
            _ => return Err("a table is written DATABASE.TABLE or CATALOG.DATABASE.TABLE".to_owned()),
        };
        if database.is_empty() || table.is_empty() {
            return Err("a part of the name is empty".to_owned());
        }
        Ok(Self(TableName { catalog: catalog.to_owned(), database: database.to_owned(), table: table.to_owned() }))
    }
}

/// Bytes: `512MB`, `2GB`, `1073741824`. A thousand of a unit is 1,024 of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Size(pub usize);

impl FromStr for Size {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let upper = text.trim().to_ascii_uppercase();
        let digits = upper.find(|c: char| !c.is_ascii_digit()).unwrap_or(upper.len());
        let (number, unit) = upper.split_at(digits);
        let shift = match unit.trim().trim_end_matches("IB").trim_end_matches('B') {
            "" => 0,
            "K" => 10,
            "M" => 20,
            "G" => 30,
            "T" => 40,
            _ => return Err(format!("{text:?}: a size is written 512MB or 2GB")),
        };
        let number: usize = number.parse().map_err(|_| format!("{text:?}: a size is written 512MB or 2GB"))?;
        number.checked_mul(1 << shift).map(Self).ok_or_else(|| format!("{text:?} is too much"))
    }
}

impl Args {
    /// What is wrong beyond the form of single options.
    pub fn problem(&self) -> Option<String> {
        if self.memory.0 < MEMORY_MIN {
            return Some(format!("--memory: at least {} MB are needed", MEMORY_MIN >> 20));
        }
        if self.threads == Some(0) || self.target_file_size.0 == 0 {
            return Some("--threads, --target-file-size: at least 1".to_owned());
        }
        None
    }

    pub fn user(&self) -> String {
        self.user.clone().or_else(|| std::env::var("USER").ok()).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes() {
        for (text, bytes) in [("1GB", 1 << 30), ("512 mb", 512 << 20), ("64MiB", 64 << 20), ("7", 7), ("3k", 3 << 10)] {
            assert_eq!(text.parse(), Ok(Size(bytes)), "{text}");
        }
        for bad in ["", "GB", "1.5GB", "1PB", "-1", "99999999999999999999", "99999999TB"] {
            assert!(bad.parse::<Size>().is_err(), "{bad}");
        }
    }
}
