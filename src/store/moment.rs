//! The time that all nodes over one database have in common: what one node writes and another compares with *now* is of
//! this clock, not of a node's.

use skep_core::Result;

use super::driver::Sql;
use super::store::Store;
use super::txn::Txn;
use crate::clock::{Clock, monotonic};

/// Milliseconds since the epoch by the database's clock, in a statement's text.
macro_rules! clock_ms {
    (postgres) => {
        "(extract(epoch from clock_timestamp()) * 1000)::bigint"
    };
    (sqlite) => {
        "cast(unixepoch('subsec') * 1000 as integer)"
    };
}
pub(super) use clock_ms;

const CLOCK: Sql =
    Sql::per_dialect("clock_get", concat!("select ", clock_ms!(postgres)), concat!("select ", clock_ms!(sqlite)));
/// Locks the counter that gives out numbers of locks; the time is read when it is locked.
const LOCK_SERIALIZE: Sql = Sql::per_dialect(
    "lock_serialize",
    concat!(
        "insert into counter (name, last) values ('lock', 0) on conflict (name) do update set last = counter.last \
         returning ",
        clock_ms!(postgres)
    ),
    concat!(
        "insert into counter (name, last) values ('lock', 0) on conflict (name) do update set last = counter.last \
         returning ",
        clock_ms!(sqlite)
    ),
);

pub(super) const ALL: &[&Sql] = &[&CLOCK, &LOCK_SERIALIZE];

/// A database's clock that is found so far from where it was expected was set, or is another database's.
const STEP_MS: i64 = 5_000;

impl Store {
    /// Looks at the database's clock where this node goes by it, so that it does from the first call on.
    pub(super) async fn clock_look(&self) -> Result<()> {
        self.moment(self.clock()).await.map(drop)
    }

    /// Reads the clock that all nodes over this database have in common; where nobody shares it, `clock` itself.
    pub async fn moment(&self, clock: &Clock) -> Result<i64> {
        if clock.is_database() { self.peek().await?.moment(clock).await } else { Ok(clock.now_ms()) }
    }
}

impl Txn {
    /// Reads the clock that all nodes over this database have in common; where nobody shares it, `clock` itself. For
    /// whatever one node writes and another compares; to be called after what the answer depends on is locked.
    pub async fn moment(&mut self, clock: &Clock) -> Result<i64> {
        if clock.is_database() { self.look(&CLOCK, clock).await } else { Ok(clock.now_ms()) }
    }

    /// Makes this transaction the only one that asks for locks or begins and ends Hive's transactions, until it ends;
    /// gives the time from when it is. To be called first: what is read after it is the latest.
    pub async fn lock_serialize(&mut self, clock: &Clock) -> Result<i64> {
        if clock.is_database() {
            return self.look(&LOCK_SERIALIZE, clock).await;
        }
        self.execute(&LOCK_SERIALIZE, &[]).await?;
        Ok(clock.now_ms())
    }

    async fn look(&mut self, sql: &'static Sql, clock: &Clock) -> Result<i64> {
        let sent = monotonic();
        let database_ms = self.one(sql, &[]).await?.i64(0)?;
        let set_by_ms = clock.follow(database_ms, sent, monotonic());
        if set_by_ms.abs() >= STEP_MS {
            tracing::warn!(
                set_by_ms,
                "the database's clock is not where this node took it to be; this node goes by the database's"
            );
        }
        Ok(database_ms)
    }
}
