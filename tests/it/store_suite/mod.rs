//! One suite of cases for all backends.

/// Makes `on_sqlite::case` and `on_postgres::case` from one function.
macro_rules! store_cases {
    ($(async fn $name:ident($store:ident: &TestStore) $body:block)+) => {
        $(async fn $name($store: &crate::backend::TestStore) $body)+
        mod on_sqlite { $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)] async fn $name() {
            super::$name(&crate::backend::sqlite().await).await;
        })+ }
        mod on_postgres { $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)] async fn $name() {
            super::$name(&crate::backend::postgres().await).await;
        })+ }
    };
}

mod basics;
mod connectors;
mod constraints;
mod failover;
pub mod fixture;
mod functions;
mod heads;
pub mod lease;
mod migration;
mod nul;
mod once;
mod one_commit;
mod partition_beyond;
mod partition_cold;
mod partition_drops;
mod partition_follow;
mod partition_reads;
mod partition_writes;
mod places;
mod roles;
mod statistics;
mod together;
mod types;
