//! Files and directories on S3: the server against an implementation of S3's protocol, which fails where a test says so.

/// Makes `on_sqlite::case` and `on_postgres::case` from one function: a server whose environment names an S3 of the
/// case's own.
macro_rules! s3_cases {
    ($(async fn $name:ident($field:ident: &Field, $s3:ident: &S3) $body:block)+) => {
        $(async fn $name($field: &crate::grpc::fixture::Field, $s3: &crate::etl::s3::server::S3) $body)+
        mod on_sqlite { $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)] async fn $name() {
            let s3 = crate::etl::s3::server::S3::start().await;
            super::$name(&crate::grpc::fixture::sqlite_with(&s3.variables()).await, &s3).await;
        })+ }
        mod on_postgres { $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)] async fn $name() {
            let s3 = crate::etl::s3::server::S3::start().await;
            super::$name(&crate::grpc::fixture::postgres_with(&s3.variables()).await, &s3).await;
        })+ }
    };
}

mod bucket;
mod discover;
mod failures;
mod odd_keys;
mod register;
pub mod server;
mod strangers;
mod warehouse;
