//! Database errors → ours, by what a caller can do about them.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use skep_core::{Error, Kind};

/// When a connection was last found dead.
static LOST: Mutex<Option<Instant>> = Mutex::new(None);

/// The connections of a database that ends do not all die at once.
const DYING_FOR: Duration = Duration::from_secs(5);

/// Whether a connection was found dead since another began its rest, or shortly before: who restarts a database ends
/// all of them.
pub fn lost_within(rest: Duration) -> bool {
    let lost = *LOST.lock().unwrap_or_else(PoisonError::into_inner);
    lost.is_some_and(|at| at.elapsed() <= rest.saturating_add(DYING_FOR))
}

/// Maps a driver's error. Messages never hold a URL, so never a password.
pub fn convert(statement: &str, error: &sqlx::Error) -> Error {
    let converted = kind_and_text(statement, error);
    if converted.kind == Kind::Lost {
        *LOST.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
    }
    converted
}

fn kind_and_text(statement: &str, error: &sqlx::Error) -> Error {
    match error {
        sqlx::Error::Database(e) => {
            let code = e.code().unwrap_or_default();
            let kind = kind_of(&code);
            // Not a name: who placed something there at the same moment was quicker.
            if kind == Kind::AlreadyExists && is_place(e.as_ref()) {
                return Error::new(
                    Kind::Conflict,
                    format!("{statement}: another one took the place at the same moment"),
                );
            }
            if kind == Kind::Lost {
                return Error::new(
                    kind,
                    format!("the database cannot be reached now ({}, {code}); try again", e.message()),
                );
            }
            if kind == Kind::AlreadyExists {
                return Error::new(kind, format!("{statement}: the name is taken"));
            }
            Error::new(kind, format!("{}: the database said: {} ({code})", statement, e.message()))
        }
        sqlx::Error::PoolTimedOut => {
            Error::new(Kind::Unavailable, "the database gave no connection in time; try again")
        }
        sqlx::Error::PoolClosed | sqlx::Error::WorkerCrashed => {
            Error::new(Kind::Unavailable, format!("the store is closed ({error})"))
        }
        // A protocol's error is what the driver makes of a connection that a balancer ends in its first bytes.
        sqlx::Error::Io(_) | sqlx::Error::Tls(_) | sqlx::Error::Protocol(_) => {
            Error::new(Kind::Lost, format!("the database cannot be reached now ({error}); try again"))
        }
        sqlx::Error::Configuration(e) => Error::new(Kind::Unavailable, e.to_string()),
        other => Error::new(Kind::Internal, format!("{statement}: {other}")),
    }
}

/// Tells whether the connection ended, or its host is no primary now. Nothing that was not committed before is done.
pub fn is_lost(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(_) | sqlx::Error::Protocol(_) => true,
        sqlx::Error::Database(error) => kind_of(&error.code().unwrap_or_default()) == Kind::Lost,
        _ => false,
    }
}

fn is_place(error: &dyn sqlx::error::DatabaseError) -> bool {
    error.constraint() == Some("place_by_key") || error.message().contains("place.key")
}

/// Postgres's SQLSTATE or SQLite's extended result code.
fn kind_of(code: &str) -> Kind {
    match code {
        // unique_violation; SQLITE_CONSTRAINT_UNIQUE, _PRIMARYKEY
        "23505" | "2067" | "1555" => Kind::AlreadyExists,
        // serialization_failure, deadlock_detected; SQLITE_BUSY, _BUSY_SNAPSHOT, _BUSY_RECOVERY, _LOCKED
        "40001" | "40P01" | "5" | "517" | "261" | "6" => Kind::Conflict,
        // cannot_connect_now, admin_shutdown, crash_shutdown, too_many_connections, read_only_sql_transaction
        "57P03" | "57P01" | "57P02" | "53300" | "25006" => Kind::Lost,
        c if c.starts_with("08") => Kind::Lost,
        // program_limit_exceeded: a name too long for an index
        "54000" => Kind::Meta,
        _ => Kind::Internal,
    }
}
