//! The one integration binary: real sockets, a real Postgres (`SKEP_TEST_POSTGRES`, made by `scripts/test.sh`).

mod backend;
mod store_suite;
