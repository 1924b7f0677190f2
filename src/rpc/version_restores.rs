//! Of `skep.admin.v1.VersionService`: restoring versions, and what expired ones left behind.

use skep_proto::admin::v1 as p;

use super::cx::Cx;
use super::error::{Answer, Refusal, refused_field};
use super::mutation::{Mutation, key_of};
use super::page::{after, page_size, token};
use super::versions::as_of;
use crate::catalog::{Expired, ExpiredPage, ExpiredQuery};
use crate::etl::{Finding, NameList, Outcome, Restore, RestoreReport, Severity};

const RESTORE: &str = "VersionService/RestoreVersion";
pub const DELETE_EXPIRED: &str = "VersionService/DeleteExpired";

pub async fn restore(cx: Cx, mut request: p::RestoreVersionRequest) -> Answer<p::RestoreVersionResponse> {
    let at = cx.table(request.table.take(), "table")?;
    let request_id = std::mem::take(&mut request.request_id);
    let key = key_of(RESTORE, &request_id, &(at.to_string(), &request));
    let caller = cx.caller(&request.user);
    let Some(as_of) = as_of(request.as_of) else {
        return Err(refused_field("as_of", "a version or a time is needed"));
    };
    let restore = Restore {
        at,
        as_of,
        redefine: request.definition,
        dry_run: request.dry_run,
        allow_missing: request.allow_missing,
        skip_files: request.skip_files,
    };
    // A dry run is a question: it may be asked again and get another answer.
    let key = key.filter(|_| !restore.dry_run);
    let done = Box::pin(cx.services().etl.restore(&caller, &restore, key.as_ref())).await;
    let (report, replayed) = done.map_err(|error| Refusal::from(error).at("as_of"))?;
    Ok(report_out(report, replayed))
}

#[expect(clippy::unnecessary_wraps, reason = "fields that are messages are optional")]
fn names_out(list: NameList) -> Option<p::PartitionNameList> {
    Some(p::PartitionNameList { count: list.count, names: list.first })
}

fn report_out(report: RestoreReport, replayed: bool) -> p::RestoreVersionResponse {
    let outcome = match report.outcome {
        Outcome::Registered => p::RestoreOutcome::Restored,
        Outcome::Unchanged => p::RestoreOutcome::Unchanged,
        Outcome::Refused => p::RestoreOutcome::Refused,
        Outcome::Planned => p::RestoreOutcome::Planned,
    };
    let finding = |one: Finding| p::RestoreFinding {
        warning: one.severity != Severity::Error,
        uri: one.uri,
        code: one.code,
        message: one.message,
    };
    p::RestoreVersionResponse {
        outcome: outcome.into(),
        restored_version: report.restored_version,
        version: report.version,
        redefined: report.redefined,
        came: names_out(report.came),
        went: names_out(report.went),
        changed: names_out(report.changed),
        left: names_out(report.left),
        partitions_looked_at: report.partitions_looked_at,
        files_looked_at: report.files_looked_at,
        findings: report.findings.into_iter().map(finding).collect(),
        findings_left_out: report.findings_left_out,
        replayed,
    }
}

fn query(cx: &Cx, table: Option<p::TableName>, size: i32, page_token: &str) -> Answer<ExpiredQuery> {
    let table = table.map(|name| cx.table(Some(name), "table")).transpose()?;
    let foreign = || refused_field("page_token", "it is none that this server gave");
    let after = after(page_token)?.map(|last| last.parse().map_err(|_| foreign())).transpose()?;
    Ok(ExpiredQuery { table, after: after.unwrap_or_default(), limit: page_size(size)? })
}

fn place_out(one: Expired) -> p::ExpiredPlace {
    let mut parts = one.place.table.splitn(3, '.').map(str::to_owned);
    let mut part = || parts.next().unwrap_or_default();
    p::ExpiredPlace {
        location: one.place.location,
        table: Some(p::TableName { catalog: part(), database: part(), table: part() }),
        partition: one.place.partition,
        expired_ms: one.place.at_ms,
        files: one.files.map(|files| files as i64),
        bytes: one.bytes.map(|bytes| bytes as i64),
        kept: one.kept.unwrap_or_default(),
    }
}

fn page_out(page: ExpiredPage) -> (Vec<p::ExpiredPlace>, String) {
    let next = page.next.map(|last| token(&last.to_string()));
    (page.places.into_iter().map(place_out).collect(), next.unwrap_or_default())
}

pub async fn expired_list(cx: Cx, request: p::ListExpiredRequest) -> Answer<p::ListExpiredResponse> {
    let query = query(&cx, request.table, request.page_size, &request.page_token)?;
    let (places, next_page_token) = page_out(cx.metastore().expired_list(&query).await?);
    Ok(p::ListExpiredResponse { places, next_page_token })
}

pub async fn expired_delete(cx: Cx, request: p::DeleteExpiredRequest) -> Answer<p::DeleteExpiredResponse> {
    let mutation = Mutation::new(DELETE_EXPIRED, &request.request_id, &request);
    let _ = cx.caller(&request.user);
    let query = query(&cx, request.table, request.page_size, &request.page_token)?;
    // No directory is read within a transaction.
    let looked = if mutation.is_answered(&cx).await? {
        ExpiredPage::default()
    } else {
        cx.metastore().expired_look(&query).await?
    };
    mutation
        .run(&cx, &[], |within| {
            let looked = looked.clone();
            async move {
                let (places, next_page_token) = page_out(within.expired_delete(&looked).await?);
                Ok(p::DeleteExpiredResponse { places, next_page_token })
            }
        })
        .await
}
