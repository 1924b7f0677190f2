//! Batches that were refused and kept, to be published when what was wrong is mended.

use serde::{Deserialize, Serialize};
use skep_core::{Error, Location, Result};

use super::registration::{Etl, Progress};
use super::report::{Finding, Report, Severity};
use super::request::Register;
use crate::catalog::{Caller, Metastore, RequestKey};

/// A batch in quarantine.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Quarantined {
    pub request: Register,
    /// Milliseconds since the epoch.
    pub at_ms: i64,
    pub user: Option<String>,
    /// Files that the request named, and errors.
    pub files: i64,
    pub errors: i64,
    pub first: Option<Finding>,
}

impl Etl {
    pub(in crate::etl) async fn quarantine_put(
        &self,
        caller: &Caller,
        request: &Register,
        report: &Report,
    ) -> Result<String> {
        let is_error = |finding: &&Finding| finding.severity == Severity::Error;
        let batch = Quarantined {
            request: request.clone(),
            at_ms: self.clock.now_ms(),
            user: caller.user().map(str::to_owned),
            files: (request.uris.len() + request.files.len()) as i64,
            errors: report.findings.iter().filter(is_error).count() as i64,
            first: report.findings.iter().find(is_error).cloned(),
        };
        let named = request.uris.iter().map(String::as_str).chain(request.files.iter().map(|file| file.uri.as_str()));
        let places: Vec<Location> = named.filter_map(|uri| Location::parse(uri).ok()).collect();
        self.metastore.quarantine_insert(&batch, &places).await
    }
}

/// Batches by id, the oldest first.
pub async fn quarantine_list(metastore: &Metastore) -> Result<Vec<(String, Quarantined)>> {
    metastore.quarantine_list().await
}

/// Forgets a batch. Errors: NotFound.
pub async fn quarantine_drop(metastore: &Metastore, id: &str) -> Result<()> {
    if metastore.quarantine_delete(id).await? { Ok(()) } else { Err(unknown(id)) }
}

/// Registers a batch anew; it leaves quarantine when that succeeds.
pub async fn quarantine_publish(
    etl: &Etl,
    caller: &Caller,
    id: &str,
    without_bad_files: bool,
    key: Option<&RequestKey>,
    progress: &Progress,
) -> Result<(Report, bool)> {
    let batch: Option<Quarantined> = etl.metastore.quarantine_get(id).await?;
    let batch = match (batch, key) {
        (Some(batch), _) => batch,
        // It may have been published by the very request that comes again.
        (None, Some(key)) if let Some(answer) = etl.metastore.request_answer(key).await? => {
            return Ok((super::registration::report_read(&answer)?, true));
        }
        (None, _) => return Err(unknown(id)),
    };
    let request = Register { quarantine: false, without_bad_files, ..batch.request };
    let (report, replayed) = etl.register(caller, &request, key, progress).await?;
    if report.outcome != super::report::Outcome::Refused {
        etl.metastore.quarantine_delete(id).await?;
    }
    Ok((report, replayed))
}

fn unknown(id: &str) -> Error {
    Error::not_found(format!("there is no batch {id:?} in quarantine"))
}
