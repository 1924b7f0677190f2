//! `skep.admin.v1.CommitService`.

use skep_core::{Error, Result};
use skep_proto::admin::v1 as p;
use skep_proto::admin::v1::commit_service_server::CommitService;
use skep_proto::admin::v1::table_change::Change;
use tonic::{Request, Response, Status};

use super::convert::{kept_out, name_out};
use super::cx::Cx;
use super::error::{Answer, Refusal, refused_field};
use super::front::Front;
use super::mutation::Mutation;
use super::partition_changes::PartitionEdit;
use super::table_changes::TableEdit;
use crate::catalog::{Caller, Metastore, TableRef};

const COMMIT: &str = "CommitService/Commit";
/// Changes of one commit.
const CHANGES_MAX: usize = 1_000;

/// Commits of several changes.
pub struct Commits(pub Front);

#[tonic::async_trait]
impl CommitService for Commits {
    async fn commit(
        &self,
        request: Request<p::CommitRequest>,
    ) -> std::result::Result<Response<p::CommitResponse>, Status> {
        self.0.change(COMMIT, request, commit).await
    }
}

#[derive(Clone)]
enum Edit {
    Table(TableEdit),
    Partition(PartitionEdit),
}

impl Edit {
    fn new(cx: &Cx, change: Change, caller: &Caller) -> Answer<Self> {
        let (request_id, user) = match &change {
            Change::CreateTable(of) => (&of.request_id, &of.user),
            Change::AlterTable(of) => (&of.request_id, &of.user),
            Change::RenameTable(of) => (&of.request_id, &of.user),
            Change::DropTable(of) => (&of.request_id, &of.user),
            Change::AddPartitions(of) => (&of.request_id, &of.user),
            Change::AlterPartitions(of) => (&of.request_id, &of.user),
            Change::DropPartitions(of) => (&of.request_id, &of.user),
        };
        if !request_id.is_empty() || !user.is_empty() {
            return Err(refused_field("changes.request_id", "request_id and user are the commit's, not a change's"));
        }
        Ok(match change {
            Change::CreateTable(of) => Self::Table(TableEdit::create(cx, of, caller)?),
            Change::AlterTable(of) => Self::Table(TableEdit::alter(cx, of)?),
            Change::RenameTable(of) => Self::Table(TableEdit::rename(cx, of)?),
            Change::DropTable(of) => Self::Table(TableEdit::drop_one(cx, of)?),
            Change::AddPartitions(of) => Self::Partition(PartitionEdit::add(cx, of)?),
            Change::AlterPartitions(of) => Self::Partition(PartitionEdit::alter(cx, of)?),
            Change::DropPartitions(of) => Self::Partition(PartitionEdit::drop_many(cx, of)?),
        })
    }

    fn table(&self) -> Option<&TableRef> {
        match self {
            Self::Table(edit) => edit.table(),
            Self::Partition(edit) => Some(edit.table()),
        }
    }

    async fn apply(self, within: &Metastore, caller: &Caller) -> Result<p::TableChangeResult> {
        Ok(match self {
            Self::Table(edit) => {
                let done = edit.apply(within, caller).await?;
                p::TableChangeResult {
                    table: Some(name_out(&done.at)),
                    version: done.version.unwrap_or_default(),
                    partitions: 0,
                    kept: kept_out(done.kept),
                }
            }
            Self::Partition(edit) => {
                let done = edit.apply(within, caller).await?;
                p::TableChangeResult {
                    table: Some(name_out(&done.at)),
                    version: done.version,
                    partitions: done.count,
                    kept: kept_out(done.kept),
                }
            }
        })
    }
}

async fn commit(cx: Cx, request: p::CommitRequest) -> Answer<p::CommitResponse> {
    let mutation = Mutation::new(COMMIT, &request.request_id, &request);
    if request.changes.is_empty() || request.changes.len() > CHANGES_MAX {
        let count = request.changes.len();
        return Err(refused_field("changes", format!("{count} changes; 1 to {CHANGES_MAX} are allowed")));
    }
    let caller = cx.caller(&request.user);
    let mut edits = Vec::new();
    for (at, change) in request.changes.into_iter().enumerate() {
        let field = format!("changes[{at}]");
        let change = change.change.ok_or_else(|| refused_field(&field, "no change is set"))?;
        edits.push(Edit::new(&cx, change, &caller).map_err(|refusal| refusal.within(&field))?);
    }
    let tables: Vec<TableRef> = edits.iter().filter_map(Edit::table).cloned().collect();
    let done = mutation
        .run(&cx, &tables, |within| {
            let (edits, caller) = (edits.clone(), caller.clone());
            async move {
                let mut results = Vec::new();
                for (at, edit) in edits.into_iter().enumerate() {
                    // Which one: the error is of all of them.
                    let done = edit.apply(&within, &caller).await;
                    results.push(done.map_err(|error| Error {
                        message: format!("changes[{at}]: {}", error.message).into(),
                        ..error
                    })?);
                }
                Ok(p::CommitResponse { results })
            }
        })
        .await;
    done.map_err(at_change)
}

/// The change that an error names is the field that is wrong.
fn at_change(refusal: Refusal) -> Refusal {
    let field = refusal.error.message.split_once(": ").map(|(field, _)| field.to_owned());
    match field.filter(|field| field.starts_with("changes[")) {
        Some(field) => refusal.at(&field),
        None => refusal,
    }
}
