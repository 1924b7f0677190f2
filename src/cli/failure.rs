//! Why a client command ends badly: what is said, and the exit code that scripts read.

use std::error::Error as _;
use std::fmt::Write as _;
use std::io;
use std::process::ExitCode;

use tonic::{Code, Status};
use tonic_types::StatusExt as _;

/// The end of a command that did not do what it was asked for.
#[derive(Debug)]
pub struct Failure {
    pub code: u8,
    /// Empty where there is nothing to say: who read us has gone.
    pub message: String,
}

impl Failure {
    /// The server, or this machine, said no.
    pub const SERVER: u8 = 1;
    /// The command line was wrong; the same code as a flag that does not exist.
    pub const USAGE: u8 = 2;
    /// Nobody answers at the endpoint.
    pub const UNREACHABLE: u8 = 3;

    pub fn new(code: u8, message: impl Into<String>) -> Self {
        Self { code, message: message.into() }
    }
    pub fn usage(message: impl Into<String>) -> Self {
        Self::new(Self::USAGE, message)
    }
    pub fn exit_code(&self) -> ExitCode {
        ExitCode::from(self.code)
    }
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Failure {}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            // `| head` has seen enough.
            io::ErrorKind::BrokenPipe => Self::new(0, ""),
            _ => Self::new(Self::SERVER, format!("output: {error}")),
        }
    }
}

impl From<Status> for Failure {
    fn from(status: Status) -> Self {
        if status.code() == Code::Unavailable && status.source().is_some() {
            return Self::new(Self::UNREACHABLE, format!("the connection broke off: {}", status.message()));
        }
        let mut message = status.message().to_owned();
        if message.is_empty() {
            status.code().description().clone_into(&mut message);
        }
        let details = status.get_error_details();
        for violation in details.bad_request().into_iter().flat_map(|bad| &bad.field_violations) {
            // What the message says already is not said again.
            if !message.contains(&violation.field) {
                let _ = write!(message, " (field {})", violation.field);
            }
        }
        if status.code() == Code::Unimplemented {
            message = format!("the server does not know this call; it may be older than this command ({message})");
        }
        Self::new(Self::SERVER, message)
    }
}
