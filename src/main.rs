//! `skep`: reads the command line and hands over.

use std::io::Write as _;
use std::process::ExitCode;

use clap::Parser as _;
use skep::cli::{self, Args, Command, ConfigArgs, ConfigCommand};
use skep::config::{ConfigError, Loaded};
use skep::{serve, telemetry};

type Failure = Box<dyn std::error::Error>;

fn main() -> ExitCode {
    match run(Args::parse().command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            let client = failure.downcast_ref::<cli::Failure>();
            if client.is_none_or(|failure| !failure.message.is_empty()) {
                // Nothing is left to tell it to if standard error is closed.
                let _ = writeln!(std::io::stderr(), "skep: {failure}");
            }
            client.map_or(ExitCode::FAILURE, cli::Failure::exit_code)
        }
    }
}

fn run(command: Command) -> Result<(), Failure> {
    match command {
        Command::Serve(args) => {
            let loaded = load(args)?;
            telemetry::init(&loaded.config.log)?;
            Ok(runtime()?.block_on(serve::serve(loaded))?)
        }
        Command::Migrate(args) => {
            let loaded = load(args)?;
            telemetry::init(&loaded.config.log)?;
            Ok(runtime()?.block_on(serve::migrate(loaded))?)
        }
        Command::Config(ConfigCommand::Print(args)) => print(&load(args)?.print()),
        Command::Client(command) => Ok(runtime()?.block_on(cli::run(*command))?),
        Command::Import(args) => Ok(runtime()?.block_on(args.run())?),
        Command::Export(args) => Ok(runtime()?.block_on(args.run())?),
        Command::Completion { shell } => Ok(cli::completion(shell)?),
        Command::Version => print(concat!("skep ", env!("CARGO_PKG_VERSION"), "\n")),
    }
}

fn load(args: ConfigArgs) -> Result<Loaded, ConfigError> {
    Loaded::load(&args.sources()?)
}

fn runtime() -> std::io::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build()
}

/// A reader that has closed the pipe (`| head`) has seen enough.
fn print(text: &str) -> Result<(), Failure> {
    match std::io::stdout().write_all(text.as_bytes()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(()),
    }
}
