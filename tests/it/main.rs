//! The one integration binary: whatever needs a socket or a database: a real Postgres (`SKEP_TEST_POSTGRES`, made by
//! `scripts/test.sh`).

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that can't go on fails")]

#[macro_use]
mod grpc;
#[macro_use]
mod store_suite;

mod backend;
mod catalog_suite;
mod cli;
mod command_line;
mod dependencies;
mod etl;
mod golden;
mod hms_suite;
mod oracle;
mod process;
mod tidy;
mod transfer;
mod web;
mod wire;
