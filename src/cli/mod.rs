//! The command line.

mod args;

pub use args::{Args, Command, ConfigArgs, ConfigCommand};
