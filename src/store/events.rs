//! The notification log. Rows are written without an id, in the transaction of what they tell of; ids are given
//! afterwards, in insertion order, under the lock of a counter row: gapless, in commit order, and no writer waits.

use serde::Serialize;
use skep_core::{Error, Kind, Result};

use super::driver::{Arg, ColumnArg, Row, Sql};
use super::store::Store;
use super::txn::{Txn, to_json};

const EVENT_INSERT: Sql = Sql::both(
    "event_insert",
    "insert into event (at, kind, catalog, database, tbl, table_id, version, body) values ($1, $2, $3, $4, $5, $6, $7, $8)",
);
const EVENT_INSERT_MANY: Sql = Sql::per_dialect(
    "event_insert_many",
    "insert into event (at, kind, catalog, database, tbl, table_id, version, body) \
     select u.* from unnest($1::bigint[], $2::text[], $3::text[], $4::text[], $5::text[], $6::bigint[], $7::bigint[], \
     $8::text[]) u",
    "insert into event (at, kind, catalog, database, tbl, table_id, version, body) \
     select value->>0, value->>1, value->>2, value->>3, value->>4, value->>5, value->>6, value->>7 \
     from json_each($1) where true",
);
/// Events of one table and version that differ in their bodies, in this order.
const EVENT_INSERT_ALIKE: Sql = Sql::per_dialect(
    "event_insert_alike",
    "insert into event (at, kind, catalog, database, tbl, table_id, version, body) \
     select $1, $2, $3, $4, $5, $6, $7, u.body from unnest($8::text[]) with ordinality u (body, rank) order by u.rank",
    "insert into event (at, kind, catalog, database, tbl, table_id, version, body) \
     select $1, $2, $3, $4, $5, $6, $7, value->>0 from json_each($8) where true order by key",
);
const EVENT_UNNUMBERED: Sql = Sql::both("event_unnumbered", "select 1 from event where id is null limit 1");
const EVENT_COUNTER_MAKE: Sql = Sql::both(
    "event_counter_make",
    "insert into counter (name, last) values ('event', 0) on conflict (name) do nothing",
);
const EVENT_COUNTER_LOCK: Sql = Sql::per_dialect(
    "event_counter_lock",
    "select last from counter where name = 'event' for update",
    "select last from counter where name = 'event'",
);
const EVENT_NUMBER: Sql = Sql::both(
    "event_number",
    "update event set id = $1 + n.rank from \
     (select seq, row_number() over (order by seq) as rank from event where id is null) n where event.seq = n.seq",
);
const EVENT_COUNTER_SET: Sql =
    Sql::both("event_counter_set", "update counter set last = last + $1 where name = 'event'");
const EVENT_LIST: Sql = Sql::both(
    "event_list",
    "select id, at, kind, catalog, database, tbl, table_id, version, body from event \
     where id > $1 and id <= $2 order by id limit $3",
);
const EVENT_COUNT: Sql =
    Sql::both("event_count", "select id, catalog, database, tbl from event where id > $1 and id <= $2 order by id");
const EVENT_INSERT_SEQ: Sql = Sql::both(
    "event_insert_seq",
    "insert into event (at, kind, catalog, database, tbl, table_id, version, body) \
     values ($1, $2, $3, $4, $5, $6, $7, $8) returning seq",
);
const EVENT_IDS: Sql = Sql::per_dialect(
    "event_ids",
    "select id from event where seq = any($1) and id is not null order by id",
    "select id from event where seq in (select value from json_each($1)) and id is not null order by id",
);
const EVENT_OLDEST: Sql =
    Sql::both("event_oldest", "select id, at from event where id is not null order by id limit $1");
const EVENT_OLDEST_AT: Sql = Sql::both("event_oldest_at", "select at from event order by seq limit 1");
const EVENT_PURGE: Sql = Sql::both("event_purge", "delete from event where id <= $1");

pub(super) const ALL: &[&Sql] = &[
    &EVENT_INSERT,
    &EVENT_INSERT_MANY,
    &EVENT_INSERT_ALIKE,
    &EVENT_UNNUMBERED,
    &EVENT_COUNTER_MAKE,
    &EVENT_COUNTER_LOCK,
    &EVENT_NUMBER,
    &EVENT_COUNTER_SET,
    &EVENT_LIST,
    &EVENT_COUNT,
    &EVENT_INSERT_SEQ,
    &EVENT_IDS,
    &EVENT_OLDEST,
    &EVENT_OLDEST_AT,
    &EVENT_PURGE,
];

/// Rows go to the database in statements of at most so many.
const BATCH: usize = 10_000;

/// An event to write. What it tells of a table or its partitions stands in the table's version: the body holds only
/// what does not.
#[derive(Debug, Clone)]
pub struct NewEvent<'a, B> {
    /// Hive's event type, `CREATE_TABLE`.
    pub kind: &'static str,
    pub catalog: Option<&'a str>,
    pub database: Option<&'a str>,
    pub table: Option<&'a str>,
    /// Table id and the version that the change made.
    pub version: Option<(i64, i64)>,
    pub body: &'a B,
}

/// A numbered event.
#[derive(Debug, Clone)]
pub struct StoredEvent {
    pub id: i64,
    /// Milliseconds since the epoch.
    pub at_ms: i64,
    pub kind: String,
    pub catalog: Option<String>,
    pub database: Option<String>,
    pub table: Option<String>,
    pub version: Option<(i64, i64)>,
    /// JSON.
    pub body: String,
}

fn read(row: &Row) -> Result<StoredEvent> {
    let text = |index| -> Result<Option<String>> { Ok(row.opt_text(index)?.map(str::to_owned)) };
    Ok(StoredEvent {
        id: row.i64(0)?,
        at_ms: row.i64(1)?,
        kind: row.string(2)?,
        catalog: text(3)?,
        database: text(4)?,
        table: text(5)?,
        version: row.opt_i64(6)?.zip(row.opt_i64(7)?),
        body: row.string(8)?,
    })
}

/// What messages call an event.
const EVENT: &str = "an event";

/// An event as part of the statement that makes the version which it tells of; or none.
pub(super) struct EventRow<'a> {
    at_ms: i64,
    kind: Option<&'static str>,
    catalog: Option<&'a str>,
    database: Option<&'a str>,
    table: Option<&'a str>,
    body: String,
}

impl<'a> EventRow<'a> {
    pub(super) fn of<B: Serialize>(event: Option<&NewEvent<'a, B>>, at_ms: i64) -> Result<Self> {
        Ok(Self {
            at_ms,
            kind: event.map(|event| event.kind),
            catalog: event.and_then(|event| event.catalog),
            database: event.and_then(|event| event.database),
            table: event.and_then(|event| event.table),
            body: event.map_or_else(|| Ok(String::new()), |event| to_json(EVENT, event.body))?,
        })
    }

    /// at, kind (null: no event), catalog, database, tbl, body.
    pub(super) fn args(&self) -> [Arg<'_>; 6] {
        [
            Arg::I64(self.at_ms),
            Arg::OptText(self.kind),
            Arg::OptText(self.catalog),
            Arg::OptText(self.database),
            Arg::OptText(self.table),
            Arg::Text(&self.body),
        ]
    }
}

fn insert_args<'a, B>(event: &NewEvent<'a, B>, now_ms: i64, body: &'a str) -> [Arg<'a>; 8] {
    [
        Arg::I64(now_ms),
        Arg::Text(event.kind),
        Arg::OptText(event.catalog),
        Arg::OptText(event.database),
        Arg::OptText(event.table),
        Arg::OptI64(event.version.map(|v| v.0)),
        Arg::OptI64(event.version.map(|v| v.1)),
        Arg::Text(body),
    ]
}

impl Txn {
    /// Writes an event, to be called after the change's row lock is held: cause comes before effect.
    pub async fn event_insert<B: Serialize>(&mut self, event: &NewEvent<'_, B>) -> Result<()> {
        let body = to_json(EVENT, event.body)?;
        let now_ms = self.now_ms();
        self.execute(&EVENT_INSERT, &insert_args(event, now_ms, &body)).await.map(drop)
    }
    /// The same; gives what [`Self::event_ids`] finds the event's id by, once it is numbered.
    pub async fn event_insert_seq<B: Serialize>(&mut self, event: &NewEvent<'_, B>) -> Result<i64> {
        let body = to_json(EVENT, event.body)?;
        let now_ms = self.now_ms();
        self.one(&EVENT_INSERT_SEQ, &insert_args(event, now_ms, &body)).await?.i64(0)
    }
    /// Ids of events that were inserted by these numbers.
    pub async fn event_ids(&mut self, seqs: &[i64]) -> Result<Vec<i64>> {
        self.list(&EVENT_IDS, &[Arg::I64s(seqs)], |row| row.i64(0)).await
    }
    /// Writes many events in one statement a batch, in their order.
    pub async fn event_insert_many<B: Serialize>(&mut self, events: &[NewEvent<'_, B>]) -> Result<()> {
        let texts = |batch: &[NewEvent<'_, B>], text: fn(&NewEvent<'_, B>) -> Option<String>| {
            ColumnArg::OptText(batch.iter().map(text).collect())
        };
        for batch in events.chunks(BATCH) {
            let columns = [
                ColumnArg::I64(vec![self.now_ms(); batch.len()]),
                ColumnArg::Text(batch.iter().map(|e| e.kind.to_owned()).collect()),
                texts(batch, |e| e.catalog.map(str::to_owned)),
                texts(batch, |e| e.database.map(str::to_owned)),
                texts(batch, |e| e.table.map(str::to_owned)),
                ColumnArg::OptI64(batch.iter().map(|e| e.version.map(|v| v.0)).collect()),
                ColumnArg::OptI64(batch.iter().map(|e| e.version.map(|v| v.1)).collect()),
                ColumnArg::Text(batch.iter().map(|e| to_json(EVENT, e.body)).collect::<Result<_>>()?),
            ];
            self.execute(&EVENT_INSERT_MANY, &[Arg::Columns(&columns)]).await?;
        }
        Ok(())
    }
    /// Writes one event for each body, in their order, all of them alike but for it.
    pub async fn event_insert_alike<B: Serialize>(&mut self, alike: &NewEvent<'_, ()>, bodies: &[B]) -> Result<()> {
        let bodies = [ColumnArg::Text(bodies.iter().map(|body| to_json(EVENT, body)).collect::<Result<_>>()?)];
        let args = [
            Arg::I64(self.now_ms()),
            Arg::Text(alike.kind),
            Arg::OptText(alike.catalog),
            Arg::OptText(alike.database),
            Arg::OptText(alike.table),
            Arg::OptI64(alike.version.map(|v| v.0)),
            Arg::OptI64(alike.version.map(|v| v.1)),
            Arg::Columns(&bodies),
        ];
        self.execute(&EVENT_INSERT_ALIKE, &args).await.map(drop)
    }
    /// Events with `after < id <= up_to`, at most `limit`.
    pub async fn event_list(&mut self, after: i64, up_to: i64, limit: i64) -> Result<Vec<StoredEvent>> {
        self.list(&EVENT_LIST, &[Arg::I64(after), Arg::I64(up_to), Arg::I64(limit)], read).await
    }
    /// Calls `each` with (catalog, database, table) of every event with `after < id <= up_to`.
    pub async fn event_places(
        &mut self,
        after: i64,
        up_to: i64,
        mut each: impl FnMut(Option<&str>, Option<&str>, Option<&str>) + Send,
    ) -> Result<()> {
        self.for_each(&EVENT_COUNT, &[Arg::I64(after), Arg::I64(up_to)], |row| {
            each(row.opt_text(1)?, row.opt_text(2)?, row.opt_text(3)?);
            Ok(())
        })
        .await
    }
    /// Deletes, of the `limit` oldest events, those before the first that is not from before `at_ms`, so that what
    /// is left has no gaps; gives how many. The ids go on.
    pub async fn event_purge(&mut self, at_ms: i64, limit: i64) -> Result<u64> {
        let oldest = self.list(&EVENT_OLDEST, &[Arg::I64(limit)], |row| Ok((row.i64(0)?, row.i64(1)?))).await?;
        match oldest.iter().take_while(|(_, at)| *at < at_ms).last() {
            Some((id, _)) => self.execute(&EVENT_PURGE, &[Arg::I64(*id)]).await,
            None => Ok(0),
        }
    }
    /// When the oldest event happened, in milliseconds since the epoch.
    pub async fn event_oldest_at(&mut self) -> Result<Option<i64>> {
        self.first(&EVENT_OLDEST_AT, &[]).await?.map(|row| row.i64(0)).transpose()
    }
}

impl Store {
    /// Numbers all that is committed and unnumbered, and gives the last id. Who asks after its own write finds its
    /// event, since that is committed by then.
    pub async fn event_number(&self) -> Result<i64> {
        {
            let mut txn = self.read().await?;
            if txn.first(&EVENT_UNNUMBERED, &[]).await?.is_none() {
                return txn.counter_get("event").await;
            }
        }
        self.retrying("event_number", || async {
            let mut txn = self.write().await?;
            txn.execute(&EVENT_COUNTER_MAKE, &[]).await?;
            let last = txn.one(&EVENT_COUNTER_LOCK, &[]).await?.i64(0)?;
            let count = txn.execute(&EVENT_NUMBER, &[Arg::I64(last)]).await? as i64;
            txn.execute(&EVENT_COUNTER_SET, &[Arg::I64(count)]).await?;
            // Whether it was made or not, to number what is left is never wrong.
            let lost = |e: Error| if e.kind == Kind::Unavailable { e.with_kind(Kind::Lost) } else { e };
            txn.commit().await.map_err(lost)?;
            Ok(last + count)
        })
        .await
    }
}
