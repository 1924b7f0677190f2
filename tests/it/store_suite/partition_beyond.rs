//! Tables that do not fit into the memory for partitions: the same bytes as from memory, of one version, a page at a
//! time.

use std::sync::{Arc, Mutex};

use skep::catalog::{
    Metastore, PAGE_BYTES, PAGE_ROWS, PartitionColumns, PartitionPick, PartitionQuery, PartitionReading, RequestScope,
    Settings, TableRef,
};
use skep::clock::Clock;
use skep::hms::{CallObserver, CallRecord, ConnectionLimits, Dispatcher, Outcome, Services, Wire, routes, serve};
use skep::store::{Change, Store};
use skep::warehouse::{Warehouse, WarehouseConfig};
use skep_core::Kind;
use skep_core::name::{DEFAULT_PARTITION, partition_name};
use skep_core::partition::Partition;
use skep_core::table::{Column, Serde, Shape, Storage, Table};
use skep_thrift::{Method, methods as m, types as t};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use super::basics::database;
use crate::backend::{TestStore, now_ms};

use crate::wire::client::{BINARY, COMPACT, Client, FRAMED_BINARY, FRAMED_COMPACT, call};

const CHANGE: Change<'static> = Change { operation: "test", by: None };
/// Too little for any table here.
const TINY: u64 = 64 << 10;
const LARGE: u64 = 512 << 20;

/// How calls ended.
#[derive(Clone, Default)]
struct Ended(Arc<Mutex<Vec<(&'static str, Outcome)>>>);

impl CallObserver for Ended {
    fn connection_opened(&self) {}
    fn connection_closed(&self) {}
    fn connection_refused(&self) {}
    fn connection_foreign(&self) {}
    fn call_finished(&self, call: &CallRecord<'_>) {
        self.0.lock().unwrap().push((call.method, call.outcome));
    }
}

/// A server over a store.
struct Node {
    metastore: Metastore,
    clock: Clock,
    addr: std::net::SocketAddr,
    ended: Ended,
}

impl Node {
    async fn new(store: &Store, cache_memory_max: u64) -> Self {
        let warehouse = WarehouseConfig { managed_root: "file:/w".into(), ..WarehouseConfig::default() };
        let warehouse = Warehouse::new(warehouse, Arc::new(now_ms)).unwrap();
        let clock = Clock::manual(now_ms());
        let settings = Settings { cache_memory_max, ..Settings::default() };
        let metastore = Metastore::new(store.clone(), Arc::new(warehouse), settings, clock.clone());
        let config = Arc::new(skep::config::Config::default());
        let services = Arc::new(Services { metastore: metastore.clone(), config, started_at: 0 });
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let addr = listener.local_addr().unwrap();
        let ended = Ended::default();
        let dispatcher = Arc::new(Dispatcher::new(routes(), services, Arc::new(ended.clone())));
        tokio::spawn(serve(listener, dispatcher, ConnectionLimits::default(), CancellationToken::new()));
        Self { metastore, clock, addr, ended }
    }

    async fn client(&self, wire: Wire) -> Client {
        Client::connect(self.addr, wire).await
    }

    /// The whole reply to a call, as it came.
    async fn bytes<M: Method>(&self, wire: Wire, args: &M::Args) -> Vec<u8> {
        let mut client = self.client(wire).await;
        client.send(&call::<M>(wire, 1, args)).await;
        client.message().await.unwrap()
    }
}

fn column(name: &str, type_name: &str) -> Column {
    Column { name: name.into(), type_name: Some(type_name.into()), comment: None }
}

fn shape(columns: usize) -> Arc<Shape> {
    Arc::new(Shape {
        columns: Some((0..columns).map(|n| column(&format!("c{n}"), "int")).collect()),
        serde: Some(Serde::default()),
        ..Shape::default()
    })
}

fn keys() -> Vec<Column> {
    vec![column("ds", "string"), column("hr", "int"), column("day", "date")]
}

fn partition(values: [String; 3], number: usize, parameters: usize) -> Partition {
    let name = partition_name(&keys(), &values).unwrap();
    let location = if number.is_multiple_of(5) { format!("s3://own/{number}") } else { format!("file:/w/t/{name}") };
    Partition {
        storage: Some(Storage { shape: shape(number % 3), location: Some(location) }),
        parameters: [("number".to_owned(), number.to_string()), ("text".to_owned(), "x".repeat(parameters))].into(),
        values: values.into(),
        name,
        ..Partition::default()
    }
}

/// Partitions with all that is unusual in a value.
fn partitions(count: usize, parameters: usize) -> Vec<Partition> {
    let all = (0..count).map(|n| {
        let ds = match n % 10 {
            0 => String::new(),
            1 => DEFAULT_PARTITION.to_owned(),
            2 => "a/b=c".to_owned(),
            3 => "é %".to_owned(),
            _ => format!("d{}", n % 4),
        };
        let day = if n % 3 == 0 { format!("2024-3-{}", n % 9 + 1) } else { format!("2024-03-{:02}", n % 9 + 1) };
        partition([ds, if n % 2 == 0 { n.to_string() } else { format!("0{n}") }, day], n, parameters)
    });
    // An empty value and the default partition's are one name.
    let by_name: std::collections::BTreeMap<String, Partition> = all.map(|p| (p.name.clone(), p)).collect();
    by_name.into_values().collect()
}

async fn table_made(t: &TestStore) -> i64 {
    let table = Table {
        catalog: "hive".into(),
        database: "d".into(),
        name: "t".into(),
        partition_keys: keys(),
        storage: Some(Storage { shape: shape(2), location: Some("file:/w/t".into()) }),
        ..Table::default()
    };
    database(&t.store).await;
    let mut txn = t.store.write().await.unwrap();
    let id = txn.table_create(&table, None, CHANGE, None).await.unwrap().unwrap();
    txn.commit().await.unwrap();
    id
}

/// Some go and some come, in one version.
async fn change(store: &Store, id: i64, gone: &[String], came: &[Partition]) {
    let mut txn = store.write_table(id).await.unwrap();
    let version = txn.table_commit(id, None, CHANGE).await.unwrap();
    txn.partition_remove_many(id, version, gone).await.unwrap();
    txn.partition_add_many(id, version, Some("file:/w/t"), came).await.unwrap();
    txn.commit().await.unwrap();
}

fn all_args() -> m::GetPartitionsArgs {
    m::GetPartitionsArgs { db_name: Some("d".into()), tbl_name: Some("t".into()), max_parts: -1 }
}

fn by_filter(filter: &str, max_parts: i16) -> m::GetPartitionsByFilterArgs {
    m::GetPartitionsByFilterArgs {
        db_name: Some("d".into()),
        tbl_name: Some("t".into()),
        filter: Some(filter.into()),
        max_parts,
    }
}

fn expr(expr: &[u8], order: Option<&str>) -> t::PartitionsByExprRequest {
    t::PartitionsByExprRequest {
        db_name: "d".into(),
        tbl_name: "t".into(),
        expr: expr.to_vec(),
        order: order.map(str::to_owned),
        ..t::PartitionsByExprRequest::default()
    }
}

const FILTERS: &[&str] = &[
    "",
    "ds = 'd1'",
    "ds = 'a/b=c' and hr > 100",
    "ds in ('d1', 'd3', 'é %', 'no') and hr < 3000",
    "ds = '__HIVE_DEFAULT_PARTITION__'",
    "ds = ''",
    "hr > 4000",
    "hr = 5",
    "hr = 77",
    "day = '2024-03-01'",
    "day = '2024-03-01' and ds = 'd1'",
    "ds like 'd%' and day > '2024-03-05'",
    "ds = 'd1' or hr = 7",
    "ds = 'nothing'",
];

/// Compares the replies of both for a call on a wire.
async fn same<M: Method>(nodes: &[Node; 2], wire: Wire, args: M::Args) {
    let [tiny, large] = nodes;
    let (left, right) = (tiny.bytes::<M>(wire, &args).await, large.bytes::<M>(wire, &args).await);
    assert!(left == right, "{} on {wire:?}: {} and {} bytes", M::NAME, left.len(), right.len());
    assert!(left.len() > 20);
}

async fn same_lists(nodes: &[Node; 2], wire: Wire) {
    let (db, tbl) = (Some("d".into()), Some("t".into()));
    for max_parts in [-1, 3000, 7, 0] {
        let args = m::GetPartitionsArgs { max_parts, ..all_args() };
        same::<m::GetPartitions>(nodes, wire, args).await;
        let args = m::GetPartitionNamesArgs { db_name: db.clone(), tbl_name: tbl.clone(), max_parts };
        same::<m::GetPartitionNames>(nodes, wire, args).await;
    }
    let req = t::PartitionsRequest { db_name: "d".into(), tbl_name: "t".into(), ..t::PartitionsRequest::default() };
    let skip = t::PartitionsRequest { skip_column_schema_for_partition: Some(true), ..req.clone() };
    for req in [&req, &skip] {
        same::<m::GetPartitionsReq>(nodes, wire, m::GetPartitionsReqArgs { req: Some(req.clone()) }).await;
        let args = m::FetchPartitionNamesReqArgs { partition_req: Some(req.clone()) };
        same::<m::FetchPartitionNamesReq>(nodes, wire, args).await;
    }
    let (user_name, group_names) = (Some("ann".into()), Some(vec!["g".to_owned()]));
    let (db_name, tbl_name, max_parts) = (db.clone(), tbl.clone(), -1);
    let args = m::GetPartitionsWithAuthArgs { db_name, tbl_name, max_parts, user_name, group_names };
    same::<m::GetPartitionsWithAuth>(nodes, wire, args).await;
    same::<m::GetPartitionsPspec>(nodes, wire, m::GetPartitionsPspecArgs { db_name: db, tbl_name: tbl, max_parts: -1 })
        .await;
}

async fn same_prefixes(nodes: &[Node; 2], wire: Wire) {
    for values in [vec!["d1"], vec!["", "0077"], vec!["d3", "", "2024-03-02"], vec!["", "", "2024-03-02"], vec![""]] {
        let part_vals = Some(values.into_iter().map(str::to_owned).collect());
        let (db_name, tbl_name, max_parts) = (Some("d".into()), Some("t".into()), -1);
        let args = m::GetPartitionsPsArgs {
            db_name: db_name.clone(),
            tbl_name: tbl_name.clone(),
            part_vals: part_vals.clone(),
            max_parts,
        };
        same::<m::GetPartitionsPs>(nodes, wire, args).await;
        let args = m::GetPartitionNamesPsArgs { db_name, tbl_name, part_vals: part_vals.clone(), max_parts };
        same::<m::GetPartitionNamesPs>(nodes, wire, args).await;
        let req = t::GetPartitionsPsWithAuthRequest {
            db_name: "d".into(),
            tbl_name: "t".into(),
            part_vals: part_vals.clone(),
            ..t::GetPartitionsPsWithAuthRequest::default()
        };
        same::<m::GetPartitionsPsWithAuthReq>(nodes, wire, m::GetPartitionsPsWithAuthReqArgs { req: Some(req) }).await;
        let req = t::GetPartitionNamesPsRequest {
            db_name: "d".into(),
            tbl_name: "t".into(),
            part_values: part_vals,
            ..t::GetPartitionNamesPsRequest::default()
        };
        same::<m::GetPartitionNamesPsReq>(nodes, wire, m::GetPartitionNamesPsReqArgs { req: Some(req) }).await;
    }
}

async fn same_filters(nodes: &[Node; 2], wire: Wire) {
    for filter in FILTERS {
        for max_parts in [-1, 2000] {
            same::<m::GetPartitionsByFilter>(nodes, wire, by_filter(filter, max_parts)).await;
        }
        let (db_name, tbl_name) = (Some("d".into()), Some("t".into()));
        let args = m::GetNumPartitionsByFilterArgs { db_name, tbl_name, filter: Some((*filter).into()) };
        same::<m::GetNumPartitionsByFilter>(nodes, wire, args).await;
        for order in [None, Some("1,0:-+")] {
            let req = expr(filter.as_bytes(), order);
            same::<m::GetPartitionsByExpr>(nodes, wire, m::GetPartitionsByExprArgs { req: Some(req.clone()) }).await;
            same::<m::GetPartitionNamesReq>(nodes, wire, m::GetPartitionNamesReqArgs { req: Some(req) }).await;
        }
    }
    // What cannot be read keeps all, as unknown.
    let req = Some(expr(&[1, 2, 3, 250], None));
    same::<m::GetPartitionsByExpr>(nodes, wire, m::GetPartitionsByExprArgs { req }).await;
}

async fn same_names(nodes: &[Node; 2], wire: Wire, names: Vec<String>) {
    let (db_name, tbl_name) = (Some("d".into()), Some("t".into()));
    let args = m::GetPartitionsByNamesArgs { db_name, tbl_name, names: Some(names.clone()) };
    same::<m::GetPartitionsByNames>(nodes, wire, args).await;
    let req = t::GetPartitionsByNamesRequest {
        db_name: "d".into(),
        tbl_name: "t".into(),
        names: Some(names),
        ..t::GetPartitionsByNamesRequest::default()
    };
    same::<m::GetPartitionsByNamesReq>(nodes, wire, m::GetPartitionsByNamesReqArgs { req: Some(req) }).await;
}

fn question(pick: PartitionPick) -> PartitionQuery {
    PartitionQuery { table: TableRef::new("hive", "d", "t"), pick, limit: None, scope: RequestScope::Unlimited }
}

/// Reads a reply's first bytes, so that it has begun, and nothing more.
async fn begun(node: &Node, wire: Wire) -> (Client, Vec<u8>) {
    let mut client = Client::connect_narrow(node.addr, wire).await;
    client.send(&call::<m::GetPartitions>(wire, 1, &all_args())).await;
    let first = client.some_bytes(1000).await;
    (client, first)
}

store_cases! {
    async fn every_spelling_gives_what_memory_gives(t: &TestStore) {
        let id = table_made(t).await;
        let all = partitions(5200, 10);
        change(&t.store, id, &[], &all).await;
        // Removed rows lie about.
        let gone: Vec<String> = all.iter().step_by(17).map(|p| p.name.clone()).collect();
        change(&t.store, id, &gone, &[]).await;
        let nodes = [Node::new(&t.store, TINY).await, Node::new(&t.store, LARGE).await];
        let mut names: Vec<String> = all.iter().step_by(2).map(|p| p.name.clone()).rev().collect();
        names.extend(["ds=no/hr=1/day=1".to_owned(), all[4].name.clone()]);
        for wire in [BINARY, FRAMED_COMPACT] {
            same_lists(&nodes, wire).await;
        }
        same_names(&nodes, FRAMED_BINARY, names).await;
        same_prefixes(&nodes, COMPACT).await;
        same_filters(&nodes, BINARY).await;
        let [none, all] = nodes.map(|node| node.metastore.partition_cache_bytes());
        assert!(none < 1_000 && all > 100_000, "only that it does not fit is kept of the one, {none} bytes: {all}");
    }

    async fn a_page_is_all_that_is_in_memory(t: &TestStore) {
        let id = table_made(t).await;
        let all = partitions(5000, 4000);
        change(&t.store, id, &[], &all).await;
        let node = Node::new(&t.store, TINY).await;
        for (columns, at_least) in [(PartitionColumns::All, 15), (PartitionColumns::Names, 2)] {
            let reading = node.metastore.partitions_stream(&question(PartitionPick::All)).await.unwrap();
            let PartitionReading::Paged(mut pages) = reading else { panic!("it is in memory") };
            let (mut names, mut count) = (Vec::new(), 0);
            while let Some(page) = pages.next(columns).await.unwrap() {
                assert!(page.len() <= PAGE_ROWS && page.bytes() < 2 * PAGE_BYTES, "{} {}", page.len(), page.bytes());
                names.extend(page.names());
                count += 1;
            }
            assert!(count >= at_least, "{count} pages");
            assert!(names.iter().eq(all.iter().map(|p| &p.name)));
        }
        // What must be there as a whole is refused with words.
        let answer = node.metastore.partitions_read(&question(PartitionPick::All)).await;
        let refused = answer.unwrap_err();
        assert!(refused.kind == Kind::Meta && refused.message.contains("cache.memory_max"), "{refused:?}");
    }

    async fn a_slow_reader_sees_one_version(t: &TestStore) {
        let id = table_made(t).await;
        let all = partitions(2500, 4000);
        change(&t.store, id, &[], &all).await;
        let node = Node::new(&t.store, TINY).await;
        for (wire, keep) in [(BINARY, true), (FRAMED_COMPACT, false)] {
            let before = node.bytes::<m::GetPartitions>(wire, &all_args()).await;
            let (mut client, first) = begun(&node, wire).await;
            // Others change, remove and add, all over the table; the second time they end with the table itself.
            for round in 0..3 {
                let of_round = |p: &&Partition| p.parameters["number"].parse::<usize>().unwrap() % 3 == round;
                let old: Vec<&Partition> = all.iter().filter(of_round).collect();
                let names: Vec<String> = old.iter().map(|p| p.name.clone()).collect();
                let change_of = |p: &&Partition| Partition { create_time: 7 + i32::from(keep), ..Partition::clone(p) };
                let mut came: Vec<Partition> = old.iter().filter(|p| p.values[0] != "d1").map(change_of).collect();
                came.push(partition(["new".into(), format!("{round}{keep}"), "2024-01-01".into()], round, 5));
                change(&t.store, id, &names, &came).await;
            }
            if !keep {
                let mut txn = t.store.write().await.unwrap();
                txn.table_drop(id, "", CHANGE, None).await.unwrap();
                txn.commit().await.unwrap();
            }
            let rest = client.message().await.unwrap();
            assert!(rest == before, "{} and {} bytes", rest.len(), before.len());
            assert!(before.len() > first.len());
            if keep {
                assert!(node.bytes::<m::GetPartitions>(wire, &all_args()).await != before);
                let now = node.metastore.partitions_stream(&question(PartitionPick::All)).await.unwrap();
                let names: Vec<String> = {
                    let PartitionReading::Paged(mut pages) = now else { panic!("it is in memory") };
                    let mut names = Vec::new();
                    while let Some(page) = pages.next(PartitionColumns::Names).await.unwrap() {
                        names.extend(page.names());
                    }
                    names
                };
                let d1 = |name: &String| name.starts_with("ds=d1/");
                assert!(!names.iter().any(d1) && names.iter().filter(|name| name.starts_with("ds=new/")).count() == 3);
            }
        }
    }

    async fn a_version_that_is_purged_ends_the_connection(t: &TestStore) {
        let id = table_made(t).await;
        let all = partitions(2500, 4000);
        change(&t.store, id, &[], &all).await;
        let node = Node::new(&t.store, TINY).await;
        // In time the rows are gone: by the clock, and by looking.
        for by_clock in [true, false] {
            let (mut client, _) = begun(&node, BINARY).await;
            if by_clock {
                node.clock.advance_ms(32 * 24 * 3_600_000);
            } else {
                let mut txn = t.store.write_table(id).await.unwrap();
                let version = txn.table_commit(id, None, CHANGE).await.unwrap();
                txn.partition_remove_all(id, version).await.unwrap();
                let horizon = skep::store::Horizon { from: version, ..Default::default() };
                txn.purge_before(id, &horizon, 100_000).await.unwrap();
                txn.commit().await.unwrap();
            }
            client.wait_closed().await;
            let ended = node.ended.0.lock().unwrap().pop().unwrap();
            assert_eq!(ended, ("get_partitions", Outcome::Undeclared(Kind::Unavailable)));
        }
    }
}
