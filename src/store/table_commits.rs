//! What changes a table: one statement for its row, its version's row and the event that tells of it. SQLite knows no
//! `with` that writes; there each text is a sequence of statements, which costs it nothing. A `…_once` is such a statement as
//! a whole write: what a transaction would lock first is its condition, and the commit comes with it.

use serde::Serialize;
use skep_core::table::{Table, TableType};
use skep_core::{Error, PlaceKey, Result};

use super::driver::{Arg, ColumnArg, Row, Sql};
use super::events::{EventRow, NewEvent};
use super::file_tasks::FILE_TASK;
use super::lane::unknown;
use super::lease::unfenced;
use super::tables::TableHead;
use super::txn::{Txn, to_json};

/// Postgres's texts, with further conditions for a write of one statement.
macro_rules! create_text {
    ([$($condition:tt)*] $tail:literal) => {
        concat!(
            "with d as (select d.id from database d join catalog c on c.id = d.catalog_id \
                 where c.name = $1 and d.name = $2 and ($15::text is null or d.definition = $15)",
            $($condition)*,
            " for share of d), \
             t as (insert into tbl (database_id, name, kind, version, definition_version, changed_at) \
                 select d.id, $3, $4, 1, 1, (extract(epoch from clock_timestamp()) * 1000)::bigint from d \
                 returning id, changed_at), \
             v as (insert into table_version (table_id, version, definition, operation, at, by_user, request_id) \
                 select t.id, 1, $5, $6, t.changed_at, $7, $14 from t), \
             e as (insert into event (at, kind, catalog, database, tbl, table_id, version, body) \
                 select $8, $9, $10, $11, $12, t.id, 1, $13 from t where $9::text is not null)",
            $tail
        )
    };
}
macro_rules! commit_text {
    ($($condition:tt)*) => {
        concat!(
            "with t as (update tbl set version = version + 1, \
                 changed_at = greatest(changed_at + 1, (extract(epoch from clock_timestamp()) * 1000)::bigint), \
                 definition_version = case when $2::text is null then definition_version else version + 1 end, \
                 name = coalesce($3, name), kind = coalesce($4, kind), database_id = coalesce($5, database_id) \
                 where id = $1 and dropped_at is null",
            $($condition)*,
            " returning version, changed_at), \
             v as (insert into table_version (table_id, version, definition, operation, at, by_user, request_id) \
                 select $1, t.version, $2, $6, t.changed_at, $7, $14 from t), \
             e as (insert into event (at, kind, catalog, database, tbl, table_id, version, body) \
                 select $8, $9, $10, $11, $12, $1, t.version, $13 from t where $9::text is not null) \
             select version from t"
        )
    };
}
/// What `drop_text` begins with: the table changes only from the version that was looked at.
macro_rules! drop_text {
    ($alone:literal [$($condition:tt)*] $tail:literal) => {
        concat!(
            "with n as (select version, ", $alone, " as alone, \
                 greatest(changed_at + 1, (extract(epoch from clock_timestamp()) * 1000)::bigint) as at \
                 from tbl where id = $1 and dropped_at is null",
            $($condition)*,
            "), \
             t as (update tbl set version = n.version + 1, changed_at = n.at, dropped_at = n.at from n \
                 where tbl.id = $1 and tbl.version = n.version and (tbl.crowded = 0 or n.alone = 0) \
                 returning tbl.version, n.at), \
             v as (insert into table_version (table_id, version, operation, at, by_user, request_id) \
                 select $1, t.version, $2, t.at, $3, $12 from t), \
             s as (delete from statistics where table_id = $1 and exists (select 1 from t)), \
             d as (delete from document where exists (select 1 from t) and ((kind = 'constraint' and scope = $4) \
                 or (kind = 'partition_mark' and scope = $4) or (kind = 'privilege' and scope = $5))), \
             e as (insert into event (at, kind, catalog, database, tbl, table_id, version, body) \
                 select $6, $7, $8, $9, $10, $1, t.version, $11 from t where $7::text is not null)",
            $tail
        )
    };
}

/// A new table as its version 1. Gives no row where there is no such database, or not as the caller
/// knows it; it is kept from being dropped.
const TABLE_CREATE: Sql = Sql::per_dialect(
    "table_create",
    create_text!([""] " select id from t"),
    "insert into tbl (database_id, name, kind, version, definition_version, changed_at) \
         select d.id, $3, $4, 1, 1, cast(unixepoch('subsec') * 1000 as integer) from database d \
         join catalog c on c.id = d.catalog_id \
         where c.name = $1 and d.name = $2 and ($15 is null or d.definition = $15); \
     insert into table_version (table_id, version, definition, operation, at, by_user, request_id) \
         select t.id, 1, $5, $6, t.changed_at, $7, $14 from tbl t join database d on d.id = t.database_id \
         join catalog c on c.id = d.catalog_id \
         where c.name = $1 and d.name = $2 and t.name = $3 and t.dropped_at is null; \
     insert into event (at, kind, catalog, database, tbl, table_id, version, body) \
         select $8, $9, $10, $11, $12, t.id, 1, $13 from tbl t join database d on d.id = t.database_id \
         join catalog c on c.id = d.catalog_id \
         where c.name = $1 and d.name = $2 and t.name = $3 and t.dropped_at is null and $9 is not null; \
     select t.id from tbl t join database d on d.id = t.database_id join catalog c on c.id = d.catalog_id \
         where c.name = $1 and d.name = $2 and t.name = $3 and t.dropped_at is null",
);
/// The same in a database whose places nothing else lies at or around, with the place ($17; none for a view) that is the
/// table's alone: where somebody has it, the place's index says so.
const TABLE_CREATE_ONCE: Sql = Sql::per_dialect(
    "table_create_once",
    create_text!(
        [" and d.crowded = 0", unfenced!("$16")]
        ", p as (insert into place (key, rank, kind, owner, leaf, location) \
             select $17, 0, 0, t.id, $18, $19 from t where $17::text is not null) \
         select id from t"
    ),
    "select id from tbl where false",
);
/// The next version; its time is the database's clock, strictly rising.
const TABLE_COMMIT: Sql = Sql::per_dialect(
    "table_commit",
    commit_text!(""),
    "update tbl set version = version + 1, \
         changed_at = max(changed_at + 1, cast(unixepoch('subsec') * 1000 as integer)), \
         definition_version = case when $2 is null then definition_version else version + 1 end, \
         name = coalesce($3, name), kind = coalesce($4, kind), database_id = coalesce($5, database_id) \
         where id = $1 and dropped_at is null; \
     insert into table_version (table_id, version, definition, operation, at, by_user, request_id) \
         select $1, version, $2, $6, changed_at, $7, $14 from tbl where id = $1 and dropped_at is null; \
     insert into event (at, kind, catalog, database, tbl, table_id, version, body) \
         select $8, $9, $10, $11, $12, $1, version, $13 from tbl \
         where id = $1 and dropped_at is null and $9 is not null; \
     select version from tbl where id = $1 and dropped_at is null",
);
/// The same, of a table that is in the version `$15`.
const TABLE_COMMIT_ONCE: Sql = Sql::per_dialect(
    "table_commit_once",
    commit_text!(" and version = $15", unfenced!("$16")),
    "select version from tbl where false",
);
/// The last version, and with it all that hangs on a table by its id.
const TABLE_DROP: Sql = Sql::per_dialect(
    "table_drop",
    drop_text!("0" [""] " select version from t"),
    "update tbl set version = version + 1, \
         changed_at = max(changed_at + 1, cast(unixepoch('subsec') * 1000 as integer)) \
         where id = $1 and dropped_at is null; \
     insert into table_version (table_id, version, operation, at, by_user, request_id) \
         select $1, version, $2, changed_at, $3, $12 from tbl where id = $1 and dropped_at is null; \
     delete from statistics where table_id = $1; \
     delete from document where (kind = 'constraint' and scope = $4) or (kind = 'partition_mark' and scope = $4) \
         or (kind = 'privilege' and scope = $5); \
     insert into event (at, kind, catalog, database, tbl, table_id, version, body) \
         select $6, $7, $8, $9, $10, $1, version, $11 from tbl \
         where id = $1 and dropped_at is null and $7 is not null; \
     update tbl set dropped_at = changed_at where id = $1 and dropped_at is null returning version",
);
/// The same, of a table that is in the version `$13`, that no materialized view can read and whose place is its alone; with
/// at most one task to record, which holds the place from then on.
const TABLE_DROP_ONCE: Sql = Sql::per_dialect(
    "table_drop_once",
    drop_text!(
        "1" [" and version = $13 and not exists (select 1 from tbl where kind = 3 and dropped_at is null)", unfenced!("$14")]
        ", x as (insert into file_task (body, since, at, attempts) \
             select u.body, $15, 0, 0 from t, unnest($16::text[]) u (body) returning id), \
         h as (update place set kind = 10, owner = x.id, leaf = 1 from x where place.kind = 0 and place.owner = $1), \
         p as (delete from place using t where place.owner = $1 and (place.kind in (2, 3, 4) \
             or (place.kind = 0 and not exists (select 1 from x)))) \
         select t.version, x.id from t left join x on true"
    ),
    "select version, id from tbl where false",
);

pub(super) const ALL: &[&Sql] =
    &[&TABLE_CREATE, &TABLE_CREATE_ONCE, &TABLE_COMMIT, &TABLE_COMMIT_ONCE, &TABLE_DROP, &TABLE_DROP_ONCE];

/// Who does what: recorded with each version.
#[derive(Debug, Clone, Copy)]
pub struct Change<'a> {
    /// `alter_table`, `add_partitions`, …
    pub operation: &'static str,
    pub by: Option<&'a str>,
}

/// A table's new definition.
#[derive(Debug, Clone, Copy)]
pub struct Definition<'a> {
    pub table: &'a Table,
    /// The database that it lies in from now on; None: where it lay.
    pub database_id: Option<i64>,
}

impl<'a> Definition<'a> {
    /// Of a table that stays in its database.
    pub fn of(table: &'a Table) -> Self {
        Self { table, database_id: None }
    }
}

/// An event that only says "this version", in its type.
type Tale<'a> = NewEvent<'a, ()>;

/// What messages call a definition.
const TABLE: &str = "a table";

fn kind_code(kind: TableType) -> i64 {
    match kind {
        TableType::Managed => 0,
        TableType::External => 1,
        TableType::View => 2,
        TableType::MaterializedView => 3,
    }
}

/// The arguments of a statement that makes a version, without its fence.
fn create_args<'a>(
    table: &'a Table,
    definition: &'a str,
    stored_as: Option<&'a str>,
    change: Change<'a>,
    event: &'a EventRow<'_>,
    request_id: Option<&'a str>,
) -> Vec<Arg<'a>> {
    let mut args = vec![
        Arg::Text(&table.catalog),
        Arg::Text(&table.database),
        Arg::Text(&table.name),
        Arg::I64(kind_code(table.table_type)),
        Arg::Text(definition),
        Arg::Text(change.operation),
        Arg::OptText(change.by),
    ];
    args.extend(event.args());
    args.extend([Arg::OptText(request_id), Arg::OptText(stored_as)]);
    args
}

fn commit_args<'a>(
    table_id: i64,
    text: Option<&'a str>,
    definition: Option<Definition<'a>>,
    change: Change<'a>,
    event: &'a EventRow<'_>,
    request_id: Option<&'a str>,
) -> Vec<Arg<'a>> {
    let mut args = vec![
        Arg::I64(table_id),
        Arg::OptText(text),
        Arg::OptText(definition.map(|new| new.table.name.as_str())),
        Arg::OptI64(definition.map(|new| kind_code(new.table.table_type))),
        Arg::OptI64(definition.and_then(|new| new.database_id)),
        Arg::Text(change.operation),
        Arg::OptText(change.by),
    ];
    args.extend(event.args());
    args.push(Arg::OptText(request_id));
    args
}

fn drop_args<'a>(
    table_id: i64,
    scopes: &'a [String; 2],
    change: Change<'a>,
    event: &'a EventRow<'_>,
    request_id: Option<&'a str>,
) -> Vec<Arg<'a>> {
    let [own, privileges] = scopes;
    let mut args = vec![
        Arg::I64(table_id),
        Arg::Text(change.operation),
        Arg::OptText(change.by),
        Arg::Text(own),
        Arg::Text(privileges),
    ];
    args.extend(event.args());
    args.push(Arg::OptText(request_id));
    args
}

impl Txn {
    /// Stores a new table as its version 1 and gives its id; none where its database is not there, or stored in another
    /// form than this. A taken name is `AlreadyExists`. `event` gets the version that this makes.
    pub async fn table_create(
        &mut self,
        table: &Table,
        stored_as: Option<&str>,
        change: Change<'_>,
        event: Option<&Tale<'_>>,
    ) -> Result<Option<i64>> {
        let definition = to_json(TABLE, table)?;
        let (event, request_id) = (EventRow::of(event, self.now_ms())?, self.request_id());
        let args = create_args(table, &definition, stored_as, change, &event, request_id.as_deref());
        // All rows, so that SQLite comes to the end of its sequence.
        Ok(self.list(&TABLE_CREATE, &args, |row| row.i64(0)).await?.pop())
    }

    /// Stores a new table in one statement that commits by itself, with the place that is to be its alone (none for a
    /// view). Gives none where its database is not as it is known, or crowded. Errors: Conflict where the place is taken.
    pub async fn table_create_once(
        &mut self,
        table: &Table,
        place: Option<&PlaceKey>,
        stored_as: Option<&str>,
        change: Change<'_>,
        event: Option<&Tale<'_>>,
    ) -> Result<Option<i64>> {
        let definition = to_json(TABLE, table)?;
        let (event, fence) = (EventRow::of(event, self.now_ms())?, self.fence()?);
        let mut args = create_args(table, &definition, stored_as, change, &event, None);
        args.extend([
            Arg::Text(&fence),
            Arg::OptText(place.map(PlaceKey::as_str)),
            Arg::I64(i64::from(!table.is_partitioned())),
            Arg::Text(table.location().unwrap_or_default()),
        ]);
        Ok(self.list(&TABLE_CREATE_ONCE, &args, |row| row.i64(0)).await.map_err(unknown)?.pop())
    }

    /// Begins the table's next version, which partitions are then added to and removed in, and gives its number.
    pub async fn table_commit(
        &mut self,
        table_id: i64,
        definition: Option<Definition<'_>>,
        change: Change<'_>,
    ) -> Result<i64> {
        self.table_commit_told(table_id, definition, change, None::<&Tale<'_>>).await
    }

    /// The same, with the event that tells of it: it gets the version that this makes.
    pub async fn table_commit_told<B: Serialize>(
        &mut self,
        table_id: i64,
        definition: Option<Definition<'_>>,
        change: Change<'_>,
        event: Option<&NewEvent<'_, B>>,
    ) -> Result<i64> {
        self.table_changes(table_id);
        let text = definition.map(|new| to_json(TABLE, new.table)).transpose()?;
        let (event, request_id) = (EventRow::of(event, self.now_ms())?, self.request_id());
        let args = commit_args(table_id, text.as_deref(), definition, change, &event, request_id.as_deref());
        let version = self.list(&TABLE_COMMIT, &args, |row| row.i64(0)).await?.pop();
        version.ok_or_else(|| Error::not_found("the table was dropped meanwhile"))
    }

    /// The same as a write of one statement, of a table that is in this version; none where it is not.
    pub async fn table_commit_once<B: Serialize>(
        &mut self,
        of: TableHead,
        definition: Definition<'_>,
        change: Change<'_>,
        event: &NewEvent<'_, B>,
    ) -> Result<Option<i64>> {
        self.table_changes(of.id);
        let text = to_json(TABLE, definition.table)?;
        let (event, fence) = (EventRow::of(Some(event), self.now_ms())?, self.fence()?);
        let mut args = commit_args(of.id, Some(&text), Some(definition), change, &event, None);
        args.extend([Arg::I64(of.version), Arg::Text(&fence)]);
        Ok(self.list(&TABLE_COMMIT_ONCE, &args, |row| row.i64(0)).await.map_err(unknown)?.pop())
    }

    /// Drops a locked table: gone for ordinary reads, kept for those of an explicit version until retention ends it.
    /// Its statistics, constraints, marks and privileges go at once; the latter lie in `privilege_scope`.
    pub async fn table_drop(
        &mut self,
        table_id: i64,
        privilege_scope: &str,
        change: Change<'_>,
        event: Option<&Tale<'_>>,
    ) -> Result<i64> {
        self.table_changes(table_id);
        let (event, request_id) = (EventRow::of(event, self.now_ms())?, self.request_id());
        let scopes = [table_id.to_string(), privilege_scope.to_owned()];
        let args = drop_args(table_id, &scopes, change, &event, request_id.as_deref());
        let version = self.list(&TABLE_DROP, &args, |row| row.i64(0)).await?.pop();
        version.ok_or_else(|| Error::not_found("the table was dropped meanwhile"))
    }

    /// Drops a table in one statement that commits by itself: one that is in this version, that no materialized view can
    /// read and whose place nothing else lies around. `task` is what is then to be done to its files; it gets an id and
    /// the table's place. Gives none where it is otherwise.
    pub async fn table_drop_once<T: Serialize + Sync>(
        &mut self,
        of: TableHead,
        privilege_scope: &str,
        change: Change<'_>,
        event: &Tale<'_>,
        task: Option<&T>,
    ) -> Result<Option<Option<i64>>> {
        self.table_changes(of.id);
        let (event, fence) = (EventRow::of(Some(event), self.now_ms())?, self.fence()?);
        let scopes = [of.id.to_string(), privilege_scope.to_owned()];
        let bodies = [ColumnArg::Text(task.iter().map(|body| to_json(FILE_TASK, body)).collect::<Result<_>>()?)];
        let mut args = drop_args(of.id, &scopes, change, &event, None);
        args.extend([Arg::I64(of.version), Arg::Text(&fence), Arg::I64(self.now_ms()), Arg::Columns(&bodies)]);
        Ok(self.list(&TABLE_DROP_ONCE, &args, |row: &Row| row.opt_i64(1)).await.map_err(unknown)?.pop())
    }
}
