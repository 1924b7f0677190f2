//! Where a value came from.

use std::fmt;

/// The source of a key's value, for `skep config print` and for error messages.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Origin {
    #[default]
    Default,
    /// A property of a Hive file.
    Hive { file: String, property: String },
    /// `skep.toml`.
    File(String),
    /// A `SKEP_…` variable.
    Variable(String),
    /// A flag of the command line.
    Flag(&'static str),
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::Hive { file, property } => write!(f, "{property} in {file}"),
            Self::File(file) => f.write_str(file),
            Self::Variable(name) => f.write_str(name),
            Self::Flag(flag) => f.write_str(flag),
        }
    }
}
