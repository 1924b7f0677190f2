//! A database that falls silent, hosts of which some are dead, and commits that a database has lost.

use std::net::SocketAddr;
use std::time::Duration;

use skep::catalog::{TableAlter, TableCreate};
use skep::store::{StoreOptions, open};
use skep_core::Kind;
use skep_core::table::Parameters;
use sqlx::{AssertSqlSafe, Connection as _};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream, tcp};
use tokio::sync::watch;

use super::basics::database;
use super::fixture::{Field, at, field, table};
use super::heads::{change, create, current};
use super::lease::raw;
use crate::backend::{now_ms, postgres_options};

/// Longer than any wait that the store allows itself here, shorter than those that it must not allow itself.
const HANGS: Duration = Duration::from_mins(1);

/// What lies between a node and its database. While it is silent, bytes are taken and none is passed on.
struct Network {
    address: SocketAddr,
    is_silent: watch::Sender<bool>,
}

impl Network {
    async fn before(database: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (is_silent, state) = watch::channel(false);
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let state = state.clone();
                tokio::spawn(async move {
                    let server = TcpStream::connect(database).await.unwrap();
                    let ((from, to), (back_from, back_to)) = (client.into_split(), server.into_split());
                    tokio::join!(pass(from, back_to, state.clone()), pass(back_from, to, state));
                });
            }
        });
        Self { address, is_silent }
    }
}

async fn pass(mut from: tcp::OwnedReadHalf, mut to: tcp::OwnedWriteHalf, mut is_silent: watch::Receiver<bool>) {
    let mut bytes = vec![0; 8192];
    while let Ok(count @ 1..) = from.read(&mut bytes).await {
        if is_silent.wait_for(|is_silent| !is_silent).await.is_err() || to.write_all(&bytes[..count]).await.is_err() {
            return;
        }
    }
}

/// Options whose URL names these hosts for the test's database.
fn with_hosts(options: &StoreOptions, hosts: &[SocketAddr], parameters: &str) -> StoreOptions {
    let (login, host, database) = parts(&options.url);
    let hosts: Vec<String> = hosts.iter().map(ToString::to_string).collect();
    assert!(!host.contains(','));
    let url = format!("postgres://{login}@{}/{database}?{parameters}", hosts.join(","));
    StoreOptions { url, acquire_timeout: Duration::from_secs(2), ..options.clone() }
}

fn parts(url: &str) -> (&str, &str, &str) {
    let (_, rest) = url.split_once("://").unwrap();
    let (login, rest) = rest.rsplit_once('@').unwrap();
    let (host, database) = rest.split_once('/').unwrap();
    (login, host, database.split('?').next().unwrap())
}

async fn database_address(options: &StoreOptions) -> SocketAddr {
    tokio::net::lookup_host(parts(&options.url).1).await.unwrap().next().unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_silent_database_fails_calls_until_it_is_back() {
    let options = postgres_options().await;
    let network = Network::before(database_address(&options).await).await;
    let store = open(&with_hosts(&options, &[network.address], "sslmode=disable"), now_ms).await.unwrap();
    database(&store).await;
    let id = create(&store, "t").await;
    // One call within a transaction, one that finds a connection at rest, one that asks for a table's version.
    let mut write = store.write_table(id).await.unwrap();
    network.is_silent.send_replace(true);
    let silent = async {
        let (within, rested, asked) =
            tokio::join!(write.table_commit(id, None, super::heads::CHANGE), store.ping(), current(&store, "t"));
        [within.unwrap_err().kind, rested.unwrap_err().kind, asked.unwrap_err().kind]
    };
    let kinds = tokio::time::timeout(HANGS, silent).await.expect("no call hangs as long as the database is silent");
    assert!(kinds.iter().all(|kind| matches!(kind, Kind::Lost | Kind::Unavailable)), "{kinds:?}");
    drop(write);
    network.is_silent.send_replace(false);
    let back = async {
        while store.ping().await.is_err() {}
        change(&store, id, None).await;
        current(&store, "t").await.unwrap().unwrap().head.version
    };
    assert_eq!(tokio::time::timeout(HANGS, back).await.unwrap(), 2, "the write within the silence was undone");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_store_opens_wherever_the_primary_is_named() {
    let options = postgres_options().await;
    // It takes connections and never says a word, as a frozen host does.
    let frozen = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let gone = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (frozen_at, gone_at) = (frozen.local_addr().unwrap(), gone.local_addr().unwrap());
    drop(gone);
    let primary = database_address(&options).await;
    for hosts in [[frozen_at, gone_at, primary], [primary, frozen_at, gone_at], [gone_at, primary, frozen_at]] {
        let options = with_hosts(&options, &hosts, "sslmode=disable&connect_timeout=3600");
        let store =
            tokio::time::timeout(HANGS, open(&options, now_ms)).await.expect("hosts are asked at once").unwrap();
        store.ping().await.unwrap();
    }
    let nobody = with_hosts(&options, &[frozen_at, gone_at], "sslmode=disable&connect_timeout=3600");
    let opened = tokio::time::timeout(HANGS, open(&nobody, now_ms)).await.expect("looking has an end");
    assert!(matches!(opened.unwrap_err().kind, Kind::Lost | Kind::Unavailable));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn memory_follows_a_database_that_has_lost_commits() {
    let store = crate::backend::postgres().await;
    let Field { metastore, caller, .. } = &field(&store, |_| {}).await;
    let create = TableCreate { table: table("t", &[]), ..TableCreate::default() };
    metastore.table_create(caller, create).await.unwrap();
    let alter = async |value: &str| {
        let mut new = skep_core::table::Table::clone(&*metastore.table_get(&at("t")).await.unwrap());
        new.parameters.insert("p".to_owned(), value.to_owned());
        let alter = TableAlter { at: at("t"), new, environment: Parameters::new(), cascade: false, expected: None };
        metastore.table_alter(caller, alter).await.unwrap();
        metastore.table_get(&at("t")).await.unwrap()
    };
    let kept = alter("kept").await;
    assert_eq!(alter("lost").await.version, kept.version + 1);
    let mut conn = raw(&store.options).await;
    let back = format!(
        "delete from table_version where version > {0}; update tbl set version = {0}, definition_version = {0}",
        kept.version
    );
    sqlx::raw_sql(AssertSqlSafe(back)).execute(&mut conn).await.unwrap();
    conn.close().await.unwrap();
    let read = metastore.table_get(&at("t")).await.unwrap();
    assert_eq!((read.version, read.parameters.get("p").map(String::as_str)), (kept.version, Some("kept")));
    assert_eq!(alter("again").await.version, kept.version + 1);
}
