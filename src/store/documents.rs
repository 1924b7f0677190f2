//! Documents and counters: the cold nouns (functions, constraints, roles, privileges, …), one JSON each.

use serde::Serialize;
use serde::de::DeserializeOwned;
use skep_core::Result;

use super::driver::{Arg, ColumnArg, Sql};
use super::txn::{Txn, to_json};

const DOCUMENT_GET: Sql =
    Sql::both("document_get", "select body from document where kind = $1 and scope = $2 and name = $3");
const DOCUMENT_LIST: Sql =
    Sql::both("document_list", "select name, body from document where kind = $1 and scope = $2 order by name");
const DOCUMENT_LIST_ALL: Sql =
    Sql::both("document_list_all", "select scope, name, body from document where kind = $1 order by scope, name");
const DOCUMENT_PUT: Sql = Sql::both(
    "document_put",
    "insert into document (kind, scope, name, body) values ($1, $2, $3, $4) \
     on conflict (kind, scope, name) do update set body = excluded.body",
);
const DOCUMENT_INSERT: Sql =
    Sql::both("document_insert", "insert into document (kind, scope, name, body) values ($1, $2, $3, $4)");
const DOCUMENT_INSERT_MANY: Sql = Sql::per_dialect(
    "document_insert_many",
    "insert into document (kind, scope, name, body) select $1, $2, u.* from unnest($3::text[], $4::text[]) u",
    "insert into document (kind, scope, name, body) select $1, $2, value->>0, value->>1 from json_each($3) where true",
);
const DOCUMENT_DELETE_MANY: Sql = Sql::per_dialect(
    "document_delete_many",
    "delete from document where kind = $1 and scope = $2 and name = any($3)",
    "delete from document where kind = $1 and scope = $2 and name in (select value from json_each($3))",
);
const DOCUMENT_DELETE: Sql =
    Sql::both("document_delete", "delete from document where kind = $1 and scope = $2 and name = $3");
const DOCUMENT_DELETE_SCOPE: Sql =
    Sql::both("document_delete_scope", "delete from document where kind = $1 and scope = $2");
const DOCUMENT_DELETE_BEFORE: Sql =
    Sql::both("document_delete_before", "delete from document where kind = $1 and scope = $2 and name < $3");
const COUNTER_NEXT: Sql = Sql::both(
    "counter_next",
    "insert into counter (name, last) values ($1, $2) on conflict (name) do update \
     set last = counter.last + $2 returning last",
);
const COUNTER_GET: Sql = Sql::both("counter_get", "select last from counter where name = $1");

pub(super) const ALL: &[&Sql] = &[
    &DOCUMENT_GET,
    &DOCUMENT_LIST,
    &DOCUMENT_LIST_ALL,
    &DOCUMENT_PUT,
    &DOCUMENT_INSERT,
    &DOCUMENT_INSERT_MANY,
    &DOCUMENT_DELETE_MANY,
    &DOCUMENT_DELETE,
    &DOCUMENT_DELETE_SCOPE,
    &DOCUMENT_DELETE_BEFORE,
    &COUNTER_NEXT,
    &COUNTER_GET,
];

/// What a document is of. Its scope is a database's or table's id as text, or empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DocumentKind {
    /// Scope: database id.
    Function,
    /// Scope: table id; name: constraint name.
    Constraint,
    /// Scope: empty; name: role.
    Role,
    /// Scope: empty; name: role, principal and type.
    RoleGrant,
    /// Scope: the object; name: authorizer, principal, privilege, grantor.
    Privilege,
    /// Facts of the store itself. Scope: empty.
    Node,
    /// Scope: empty; name: creation time and number.
    RuntimeStat,
    /// Events that a partition was marked for. Scope: table id.
    PartitionMark,
    /// Scope: empty.
    Type,
    /// Scope: empty.
    DataConnector,
    /// Scope: empty; name: the log's table id.
    EventLog,
    /// Registrations that were refused. Scope: empty; name: a number.
    Quarantine,
    /// Statistics of whole tables. Scope: empty; name: the table's id.
    Totals,
}

impl DocumentKind {
    fn as_str(self) -> &'static str {
        match self {
            Self::Function => "function",
            Self::Constraint => "constraint",
            Self::Role => "role",
            Self::RoleGrant => "role_grant",
            Self::Privilege => "privilege",
            Self::Node => "node",
            Self::RuntimeStat => "runtime_stat",
            Self::PartitionMark => "partition_mark",
            Self::Type => "type",
            Self::DataConnector => "data_connector",
            Self::EventLog => "event_log",
            Self::Quarantine => "quarantine",
            Self::Totals => "totals",
        }
    }

    /// What messages call a document of it.
    fn noun(self) -> &'static str {
        match self {
            Self::Function => "a function",
            Self::Constraint => "a constraint",
            Self::Role => "a role",
            Self::RoleGrant => "a grant of a role",
            Self::Privilege => "a privilege",
            Self::Node => "a fact of the store",
            Self::RuntimeStat => "a runtime statistic",
            Self::PartitionMark => "a mark of a partition",
            Self::Type => "a type",
            Self::DataConnector => "a data connector",
            Self::EventLog => "an event log",
            Self::Quarantine => "a refused registration",
            Self::Totals => "statistics of a table",
        }
    }
}

impl Txn {
    pub async fn document_get<T: DeserializeOwned>(
        &mut self,
        kind: DocumentKind,
        scope: &str,
        name: &str,
    ) -> Result<Option<T>> {
        let args = [Arg::Text(kind.as_str()), Arg::Text(scope), Arg::Text(name)];
        self.first(&DOCUMENT_GET, &args).await?.map(|row| row.json(0)).transpose()
    }
    /// All of one scope, by name.
    pub async fn document_list<T: DeserializeOwned + Send>(
        &mut self,
        kind: DocumentKind,
        scope: &str,
    ) -> Result<Vec<(String, T)>> {
        self.list(&DOCUMENT_LIST, &[Arg::Text(kind.as_str()), Arg::Text(scope)], |row| {
            Ok((row.string(0)?, row.json(1)?))
        })
        .await
    }
    /// All of a kind: scope, name, document.
    pub async fn document_list_all<T: DeserializeOwned + Send>(
        &mut self,
        kind: DocumentKind,
    ) -> Result<Vec<(String, String, T)>> {
        self.list(&DOCUMENT_LIST_ALL, &[Arg::Text(kind.as_str())], |row| {
            Ok((row.string(0)?, row.string(1)?, row.json(2)?))
        })
        .await
    }
    /// Stores or replaces.
    pub async fn document_put<T: Serialize>(
        &mut self,
        kind: DocumentKind,
        scope: &str,
        name: &str,
        body: &T,
    ) -> Result<()> {
        self.document_write(&DOCUMENT_PUT, kind, scope, name, &to_json(kind.noun(), body)?).await
    }
    /// Stores; a taken name is `AlreadyExists`.
    pub async fn document_insert<T: Serialize>(
        &mut self,
        kind: DocumentKind,
        scope: &str,
        name: &str,
        body: &T,
    ) -> Result<()> {
        self.document_write(&DOCUMENT_INSERT, kind, scope, name, &to_json(kind.noun(), body)?).await
    }
    async fn document_write(
        &mut self,
        sql: &'static Sql,
        kind: DocumentKind,
        scope: &str,
        name: &str,
        body: &str,
    ) -> Result<()> {
        let args = [Arg::Text(kind.as_str()), Arg::Text(scope), Arg::Text(name), Arg::Text(body)];
        self.execute(sql, &args).await.map(drop)
    }
    /// Stores names and documents.
    pub async fn document_insert_many<T: Serialize>(
        &mut self,
        kind: DocumentKind,
        scope: &str,
        all: &[(String, T)],
    ) -> Result<()> {
        if all.is_empty() {
            return Ok(());
        }
        let names = all.iter().map(|(name, _)| name.clone()).collect();
        let bodies = all.iter().map(|(_, body)| to_json(kind.noun(), body)).collect::<Result<_>>()?;
        let columns = [ColumnArg::Text(names), ColumnArg::Text(bodies)];
        let args = [Arg::Text(kind.as_str()), Arg::Text(scope), Arg::Columns(&columns)];
        self.execute(&DOCUMENT_INSERT_MANY, &args).await.map(drop)
    }
    pub async fn document_delete_many(&mut self, kind: DocumentKind, scope: &str, names: &[String]) -> Result<()> {
        if names.is_empty() {
            return Ok(());
        }
        let args = [Arg::Text(kind.as_str()), Arg::Text(scope), Arg::Texts(names)];
        self.execute(&DOCUMENT_DELETE_MANY, &args).await.map(drop)
    }
    /// False when there was none.
    pub async fn document_delete(&mut self, kind: DocumentKind, scope: &str, name: &str) -> Result<bool> {
        let args = [Arg::Text(kind.as_str()), Arg::Text(scope), Arg::Text(name)];
        Ok(self.execute(&DOCUMENT_DELETE, &args).await? > 0)
    }
    /// Deletes all of a scope; gives how many.
    pub async fn document_delete_scope(&mut self, kind: DocumentKind, scope: &str) -> Result<u64> {
        self.execute(&DOCUMENT_DELETE_SCOPE, &[Arg::Text(kind.as_str()), Arg::Text(scope)]).await
    }

    /// Deletes those of a scope whose names sort (by bytes) before this; gives how many.
    pub async fn document_delete_before(&mut self, kind: DocumentKind, scope: &str, name: &str) -> Result<u64> {
        self.execute(&DOCUMENT_DELETE_BEFORE, &[Arg::Text(kind.as_str()), Arg::Text(scope), Arg::Text(name)]).await
    }

    /// Takes the next `count` numbers of a counter and gives the last of them; the first ever is 1.
    pub async fn counter_next(&mut self, name: &str, count: i64) -> Result<i64> {
        self.one(&COUNTER_NEXT, &[Arg::Text(name), Arg::I64(count)]).await?.i64(0)
    }
    /// The last number given; 0 before the first.
    pub async fn counter_get(&mut self, name: &str) -> Result<i64> {
        self.first(&COUNTER_GET, &[Arg::Text(name)]).await?.map_or(Ok(0), |row| row.i64(0))
    }
}
