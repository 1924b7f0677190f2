//! Skep's own interface over real sockets, on SQLite and Postgres: a server process, tonic's client.

/// Makes `on_sqlite::case` and `on_postgres::case` from one function.
macro_rules! grpc_cases {
    ($(async fn $name:ident($field:ident: &Field) $body:block)+) => {
        $(async fn $name($field: &crate::grpc::fixture::Field) $body)+
        mod on_sqlite { $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)] async fn $name() {
            super::$name(&crate::grpc::fixture::sqlite().await).await;
        })+ }
        mod on_postgres { $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)] async fn $name() {
            super::$name(&crate::grpc::fixture::postgres().await).await;
        })+ }
    };
}

mod changes;
mod commits;
mod databases;
mod descriptors;
mod errors;
pub mod fixture;
mod partitions;
mod requests;
mod tables;
mod versions;
mod views;
