//! What may be written after `skep`. Values are not read here: a flag means what the variable and the key of the
//! same name mean, so all go one way (`config`).

use std::path::PathBuf;

use clap::{Parser, Subcommand};

use super::commands::ClientCommand;
use super::transfer::{ExportArgs, ImportArgs};
use crate::config::{ConfigError, Sources};

/// A metastore that speaks Hive's Thrift interface.
#[derive(Debug, Parser)]
#[command(name = "skep", version, disable_help_subcommand = true, max_term_width = 100)]
#[command(after_help = "Exit codes: 0 done; 1 the server or this machine said no; 2 wrong command line; 3 nobody \
answers at the endpoint")]
pub struct Args {
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Serve Hive's clients until SIGTERM
    Serve(ConfigArgs),
    /// Bring the store's schema up to this version, then exit
    Migrate(ConfigArgs),
    /// Look at the configuration
    #[command(subcommand)]
    Config(ConfigCommand),
    #[command(flatten)]
    Client(Box<ClientCommand>),
    /// Print what a shell needs to complete these commands
    #[command(after_help = "Examples:\n  skep completion bash > /etc/bash_completion.d/skep\n  \
skep completion fish > ~/.config/fish/completions/skep.fish")]
    Completion { shell: clap_complete::Shell },
    /// Copy all metadata of another metastore into this one
    Import(ImportArgs),
    /// Copy all metadata of this metastore into another one
    Export(ExportArgs),
    /// Print the version
    Version,
}

#[derive(Debug, Subcommand)]
pub enum ConfigCommand {
    /// Print every key, its value and where that came from; passwords are masked
    Print(ConfigArgs),
}

/// Each flag has a variable (SKEP_STORE, …) and a key in the file.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct ConfigArgs {
    /// Configuration file [default: skep.toml, if there is one]
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Database: sqlite:PATH or postgres://USER@HOST/DATABASE [default: sqlite:skep-data/skep.db]
    #[arg(long, value_name = "URL")]
    pub store: Option<String>,
    /// Root of managed tables [default: file:skep-data/warehouse]
    #[arg(long, value_name = "URI")]
    pub warehouse: Option<String>,
    /// Root of external tables [default: the warehouse]
    #[arg(long, value_name = "URI")]
    pub external_warehouse: Option<String>,
    /// Address for Hive's clients [default: 127.0.0.1:9083]
    #[arg(long, value_name = "ADDR")]
    pub thrift_listen: Option<String>,
    /// Address for gRPC, metrics, health and the page [default: 127.0.0.1:9084]
    #[arg(long, value_name = "ADDR")]
    pub api_listen: Option<String>,
    /// hive-site.xml, metastore-site.xml, or a folder that holds them
    #[arg(long, value_name = "FILE")]
    pub hive_conf: Option<String>,
    /// Agree to listen beyond this machine although clients are not authenticated
    #[arg(long)]
    pub allow_unauthenticated: bool,
}

impl ConfigArgs {
    /// These flags, with the environment and working directory of this process.
    pub fn sources(self) -> Result<Sources, ConfigError> {
        Ok(self.over(Sources::of_process()?))
    }

    /// These flags over other sources.
    pub fn over(self, sources: Sources) -> Sources {
        let flags = [
            ("--store", "store.url", self.store),
            ("--warehouse", "warehouse.root", self.warehouse),
            ("--external-warehouse", "warehouse.external_root", self.external_warehouse),
            ("--thrift-listen", "server.thrift_listen", self.thrift_listen),
            ("--api-listen", "server.api_listen", self.api_listen),
            ("--hive-conf", "server.hive_conf", self.hive_conf),
            (
                "--allow-unauthenticated",
                "server.allow_unauthenticated",
                self.allow_unauthenticated.then(|| "true".to_owned()),
            ),
        ];
        let flags = flags.into_iter().filter_map(|(flag, key, text)| Some((flag, key, text?)));
        Sources { flags: flags.collect(), config_file: self.config, ..sources }
    }
}

#[cfg(test)]
mod tests {
    use clap::{CommandFactory, Parser};

    use super::{Args, Command};
    use crate::config::{Config, Sources};

    #[test]
    fn the_command_line_is_well_formed() {
        Args::command().debug_assert();
    }

    #[test]
    fn every_flag_has_a_key_and_a_variable() {
        let line = [
            "skep",
            "serve",
            "--config",
            "c",
            "--store",
            "s",
            "--warehouse",
            "w",
            "--external-warehouse",
            "x",
            "--thrift-listen",
            "t",
            "--api-listen",
            "a",
            "--hive-conf",
            "h",
            "--allow-unauthenticated",
        ];
        let Command::Serve(args) = Args::parse_from(line).command else { panic!("serve was asked for") };
        let sources = args.over(Sources::default());
        assert_eq!(sources.flags.len(), 7);
        for (flag, key, _) in &sources.flags {
            assert!(Config::key_names().any(|known| known == *key), "{key}");
            let variable = format!("SKEP_{}", flag[2..].replace('-', "_").to_uppercase());
            assert!(Config::has_variable(&variable), "{variable}");
        }
        assert_eq!(sources.config_file.as_deref(), Some("c".as_ref()));
    }
}
