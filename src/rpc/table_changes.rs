//! What changes tables. Each runs within a transaction, alone or as one of a commit's.

use skep_core::spark_schema::{WrittenNames, spark_schema_follow};
use skep_core::table::{Parameters, Table};
use skep_core::{Error, Kind, Result};
use skep_proto::admin::v1 as p;

use super::convert::{kept_out, table_in};
use super::cx::Cx;
use super::error::{Answer, refused_field};
use super::mutation::Mutation;
use crate::catalog::{Caller, Metastore, PlaceKept, TableAlter, TableCreate, TableRef};

pub const CREATE: &str = "TableService/CreateTable";
pub const ALTER: &str = "TableService/AlterTable";
pub const RENAME: &str = "TableService/RenameTable";
pub const DROP: &str = "TableService/DropTable";

/// A change of a table, checked as far as the request alone tells.
#[derive(Clone)]
pub enum TableEdit {
    Create(Box<Table>),
    Alter { at: TableRef, new: Box<Table>, expected_version: i64, cascade: bool },
    Rename { at: TableRef, to: TableRef },
    Drop { at: TableRef, delete_data: bool, purge: bool, if_exists: bool },
}

/// What came of it: the table's name and version afterwards, none where it is gone.
pub struct Edited {
    pub at: TableRef,
    pub version: Option<i64>,
    pub location: String,
    /// Something was there to be dropped.
    pub dropped: bool,
    /// What of its data stays.
    pub kept: Vec<PlaceKept>,
}

impl TableEdit {
    pub fn create(cx: &Cx, request: p::CreateTableRequest, caller: &Caller) -> Answer<Self> {
        let mut given = request.table.ok_or_else(|| refused_field("table", "what to create is missing"))?;
        let at = cx.table(given.name.take(), "table.name")?;
        let mut table = table_in(given, at)?;
        if table.owner.is_none() {
            table.owner.clone_from(&caller.user);
        }
        Ok(Self::Create(Box::new(table)))
    }

    pub fn alter(cx: &Cx, request: p::AlterTableRequest) -> Answer<Self> {
        let at = cx.table(request.name, "name")?;
        let mut given = request.table.ok_or_else(|| refused_field("table", "what it shall be is missing"))?;
        let new = match given.name.take() {
            Some(name) => cx.table(Some(name), "table.name")?,
            None => at.clone(),
        };
        let new = Box::new(table_in(given, new)?);
        Ok(Self::Alter { at, new, expected_version: request.expected_version, cascade: request.cascade })
    }

    pub fn rename(cx: &Cx, request: p::RenameTableRequest) -> Answer<Self> {
        let at = cx.table(request.name, "name")?;
        Ok(Self::Rename { at, to: cx.table(request.new_name, "new_name")? })
    }

    pub fn drop_one(cx: &Cx, request: p::DropTableRequest) -> Answer<Self> {
        let at = cx.table(request.name, "name")?;
        let p::DropTableRequest { delete_data, purge, if_exists, .. } = request;
        Ok(Self::Drop { at, delete_data, purge, if_exists })
    }

    /// The table that it changes, to be locked.
    pub fn table(&self) -> Option<&TableRef> {
        match self {
            Self::Create(_) => None,
            Self::Alter { at, .. } | Self::Rename { at, .. } | Self::Drop { at, .. } => Some(at),
        }
    }

    /// Does it, within a transaction.
    pub async fn apply(self, within: &Metastore, caller: &Caller) -> Result<Edited> {
        match self {
            Self::Create(table) => {
                let at = TableRef::new(&table.catalog, &table.database, &table.name);
                within.database_get(&at.catalog, &at.database).await?;
                within.table_create(caller, TableCreate { table: *table, ..TableCreate::default() }).await?;
                edited(within, at).await
            }
            Self::Alter { at, new, expected_version, cascade } => {
                let old = within.table_get(&at).await?;
                if expected_version != 0 && old.version != expected_version {
                    return Err(Error::new(
                        Kind::InvalidOperation,
                        format!("{at} is at version {}, not {expected_version}: read it again", old.version),
                    ));
                }
                let mut new = *new;
                spark_schema_follow(&old, &mut new, &WrittenNames::new());
                alter_to(within, caller, at, new, cascade).await
            }
            Self::Rename { at, to } => {
                let mut new = (*within.table_get(&at).await?).clone();
                (new.catalog, new.database, new.name) = (to.catalog, to.database, to.table);
                alter_to(within, caller, at, new, false).await
            }
            Self::Drop { at, delete_data, purge, if_exists } => {
                let mut environment = Parameters::new();
                if purge {
                    environment.insert("ifPurge".to_owned(), "true".to_owned());
                }
                let gone =
                    Edited { at: at.clone(), version: None, location: String::new(), dropped: true, kept: Vec::new() };
                match within.table_drop(caller, &at, delete_data, &environment).await {
                    Err(error) if if_exists && error.kind == Kind::NotFound => Ok(Edited { dropped: false, ..gone }),
                    done => done.map(|kept| Edited { kept, ..gone }),
                }
            }
        }
    }
}

async fn alter_to(within: &Metastore, caller: &Caller, at: TableRef, new: Table, cascade: bool) -> Result<Edited> {
    let to = TableRef::new(&new.catalog, &new.database, &new.name);
    let request = TableAlter { at, new, environment: Parameters::new(), cascade, expected: None };
    within.table_alter(caller, request).await?;
    edited(within, to).await
}

async fn edited(within: &Metastore, at: TableRef) -> Result<Edited> {
    let table = within.table_get(&at).await?;
    let location = table.location().unwrap_or_default().to_owned();
    Ok(Edited { at, version: Some(table.version), location, dropped: false, kept: Vec::new() })
}

async fn run<R, F>(cx: &Cx, mutation: Mutation, edit: TableEdit, caller: Caller, field: &str, answer: F) -> Answer<R>
where
    R: prost::Message + Default,
    F: Fn(Edited) -> R + Clone,
{
    let tables: Vec<TableRef> = edit.table().cloned().into_iter().collect();
    let done = mutation
        .run(cx, &tables, |within| {
            let (edit, caller, answer) = (edit.clone(), caller.clone(), answer.clone());
            async move { Ok(answer(edit.apply(&within, &caller).await?)) }
        })
        .await;
    done.map_err(|refusal| refusal.at(field))
}

pub async fn create(cx: Cx, request: p::CreateTableRequest) -> Answer<p::CreateTableResponse> {
    let mutation = Mutation::new(CREATE, &request.request_id, &request);
    let caller = cx.caller(&request.user);
    let edit = TableEdit::create(&cx, request, &caller)?;
    run(&cx, mutation, edit, caller, "table", |done| p::CreateTableResponse {
        version: done.version.unwrap_or_default(),
        location: done.location,
    })
    .await
}

pub async fn alter(cx: Cx, request: p::AlterTableRequest) -> Answer<p::AlterTableResponse> {
    let mutation = Mutation::new(ALTER, &request.request_id, &request);
    let caller = cx.caller(&request.user);
    let edit = TableEdit::alter(&cx, request)?;
    run(&cx, mutation, edit, caller, "table", |done| p::AlterTableResponse {
        version: done.version.unwrap_or_default(),
        location: done.location,
    })
    .await
}

pub async fn rename(cx: Cx, request: p::RenameTableRequest) -> Answer<p::RenameTableResponse> {
    let mutation = Mutation::new(RENAME, &request.request_id, &request);
    let caller = cx.caller(&request.user);
    let edit = TableEdit::rename(&cx, request)?;
    run(&cx, mutation, edit, caller, "new_name", |done| p::RenameTableResponse {
        version: done.version.unwrap_or_default(),
        location: done.location,
    })
    .await
}

pub async fn drop_one(cx: Cx, request: p::DropTableRequest) -> Answer<p::DropTableResponse> {
    let mutation = Mutation::new(DROP, &request.request_id, &request);
    let caller = cx.caller(&request.user);
    let edit = TableEdit::drop_one(&cx, request)?;
    run(&cx, mutation, edit, caller, "name", |done| p::DropTableResponse {
        dropped: done.dropped,
        kept: kept_out(done.kept),
    })
    .await
}
