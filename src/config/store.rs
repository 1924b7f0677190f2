//! `[store]`: the database.

use std::time::Duration;

use super::section::section;
use super::setting::Setting;
use super::store_url::StoreUrl;

section! {
    /// The database behind the server.
    Store in "store" {
        /// sqlite:PATH or postgres://USER:PASSWORD@HOST:PORT/DATABASE. The password is never printed; prefer the variable
        /// SKEP_STORE to the flag, which others on the machine can read.
        url: StoreUrl = default_url(),
        /// Schema of a Postgres store, which must be there; not set: the first of the user's search_path. SQLite has none.
        schema: Option<String> = None,
        /// Connections of this node to a Postgres store. SQLite has one writer whatever stands here.
        pool_size: u32 = 16,
        /// A call waits so long for a free connection, then it fails as unavailable.
        acquire_timeout: Duration = Duration::from_secs(10),
        /// The database ends a statement that runs longer.
        statement_timeout: Duration = Duration::from_mins(5),
        /// This node is the only one over its Postgres: reads then need not ask the database. It holds a lease there;
        /// while it does, another node neither starts nor writes. SQLite is always a single node's.
        single_node: bool = false,
        /// Of a single node that died, so long its lease keeps others waiting. At least 1s.
        single_node_lease: Duration = Duration::from_secs(10),
    }
}

#[expect(clippy::expect_used, reason = "a constant, read by every test")]
fn default_url() -> StoreUrl {
    StoreUrl::parse("sqlite:skep-data/skep.db").expect("the default is a store URL")
}
