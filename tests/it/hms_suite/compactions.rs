//! The queue of compactions.

use skep_thrift::call::Answer;
use skep_thrift::{methods as m, types as t};

use super::{TestClient, partition, transactional};

const MAJOR: t::CompactionType = t::CompactionType(2);
const MINOR: t::CompactionType = t::CompactionType(1);

fn request(table: &str, partition: Option<&str>, kind: t::CompactionType) -> t::CompactionRequest {
    t::CompactionRequest {
        dbname: "d".into(),
        tablename: table.into(),
        partitionname: partition.map(str::to_owned),
        r#type: kind,
        ..t::CompactionRequest::default()
    }
}

impl TestClient {
    async fn compact(&mut self, request: t::CompactionRequest) -> t::CompactionResponse {
        self.ok::<m::Compact2>(m::Compact2Args { rqst: Some(request) }).await
    }
    async fn compactions(&mut self, request: t::ShowCompactRequest) -> Vec<t::ShowCompactResponseElement> {
        self.ok::<m::ShowCompact>(m::ShowCompactArgs { rqst: Some(request) }).await.compacts
    }
    async fn ids(&mut self, request: t::ShowCompactRequest) -> Vec<i64> {
        self.compactions(request).await.into_iter().map(|c| c.id.unwrap()).collect()
    }
    async fn all(&mut self) -> Vec<(String, Option<String>)> {
        let all = self.compactions(t::ShowCompactRequest::default()).await;
        all.into_iter().map(|c| (format!("{}.{}", c.dbname, c.tablename), c.partitionname)).collect()
    }
    async fn abort(&mut self, ids: &[i64]) -> Vec<(i64, String, String)> {
        let rqst = t::AbortCompactionRequest { compaction_ids: ids.to_vec(), ..Default::default() };
        let answer = self.ok::<m::AbortCompactions>(m::AbortCompactionsArgs { rqst: Some(rqst) }).await;
        let mut all: Vec<_> = answer
            .abortedcompacts
            .into_iter()
            .map(|(id, e)| {
                assert_eq!(id, e.compaction_id);
                (id, e.status.unwrap(), e.message.unwrap())
            })
            .collect();
        all.sort();
        all
    }
}

fn place(table: &str, partition: Option<&str>) -> (String, Option<String>) {
    (table.to_owned(), partition.map(str::to_owned))
}

hms_cases! {
    async fn a_place_waits_once_and_is_shown(c: &mut TestClient) {
        let full = t::CompactionRequest {
            dbname: "D".into(),
            runas: Some("ann".into()),
            pool_name: Some("p1".into()),
            initiator_id: Some("host-manual".into()),
            initiator_version: Some("4.0.1".into()),
            properties: Some(vec![("k".into(), "v".into())]),
            number_of_buckets: Some(4),
            order_by_clause: Some("a".into()),
            ..request("T", None, MAJOR)
        };
        let first = c.compact(full).await;
        assert_eq!((first.id, first.state.as_str(), first.accepted, first.errormessage), (1, "initiated", true, None));
        // Whatever its kind.
        let again = c.compact(request("t", None, MINOR)).await;
        assert_eq!((again.id, again.state.as_str(), again.accepted), (-1, "refused", false));
        assert_eq!(again.errormessage.unwrap(), "Compaction is already scheduled with state='initiated' and id=1");
        c.ok::<m::Compact>(m::CompactArgs { rqst: Some(request("t", Some("p=1"), MINOR)) }).await;
        // A refused one took no number.
        assert_eq!(c.compact(request("t", Some("p=2"), MAJOR)).await.id, 3);
        assert!(!c.compact(request("t", Some("P=2"), MAJOR)).await.accepted);
        let shown = c.compactions(t::ShowCompactRequest::default()).await;
        assert_eq!(shown.len(), 3);
        assert_eq!(shown[0], t::ShowCompactResponseElement {
            dbname: "d".into(),
            tablename: "t".into(),
            r#type: MAJOR,
            state: "initiated".into(),
            run_as: Some("ann".into()),
            hightest_txn_id: Some(0),
            hadoop_job_id: "None".into(),
            id: Some(1),
            enqueue_time: Some(crate::backend::now_ms()),
            initiator_id: Some("host-manual".into()),
            initiator_version: Some("4.0.1".into()),
            pool_name: Some("p1".into()),
            next_txn_id: Some(0),
            txn_id: Some(0),
            commit_time: Some(0),
            ..t::ShowCompactResponseElement::default()
        });
        assert_eq!(shown[1].pool_name.as_deref(), Some("default"));
        // No exception is declared, so a bad request fails as a call.
        for bad in [t::CompactionType(0), t::CompactionType(9)] {
            let Answer::Error(6, _) = c.answer::<m::Compact2>(m::Compact2Args { rqst: Some(request("t", None, bad)) }).await
            else { panic!() };
        }
    }

    async fn filters_order_and_limit(c: &mut TestClient) {
        for (table, partition, kind) in [
            ("b", None, MAJOR), ("a", Some("p=1"), MINOR), ("a", Some("p=2"), MAJOR), ("c", None, MINOR),
        ] {
            c.server.clock.advance_ms(5);
            let pool = (table == "c").then(|| "fast".to_owned());
            c.compact(t::CompactionRequest { pool_name: pool, ..request(table, partition, kind) }).await;
        }
        assert_eq!(c.abort(&[2]).await, [(2, "Success".into(), "Successfully aborted compaction".into())]);
        let all = t::ShowCompactRequest::default;
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(c.ids(all()).await, [1, 3, 4, 2]);
        assert_eq!(c.ids(t::ShowCompactRequest { id: Some(3), ..all() }).await, [3]);
        assert_eq!(c.ids(t::ShowCompactRequest { db_name: some("D"), tb_name: some("A"), ..all() }).await, [3, 2]);
        assert_eq!(c.ids(t::ShowCompactRequest { db_name: some("e"), ..all() }).await, [] as [i64; 0]);
        assert_eq!(c.ids(t::ShowCompactRequest { part_name: some("p=2"), ..all() }).await, [3]);
        assert_eq!(c.ids(t::ShowCompactRequest { r#type: Some(MINOR), ..all() }).await, [4, 2]);
        assert_eq!(c.ids(t::ShowCompactRequest { state: some("x"), ..all() }).await, [2]);
        assert_eq!(c.ids(t::ShowCompactRequest { state: some("w"), ..all() }).await, [] as [i64; 0]);
        assert_eq!(c.ids(t::ShowCompactRequest { pool_name: some("fast"), ..all() }).await, [4]);
        let order = "\"CC_TABLE\"\tDESC,\"CC_PARTITION\"\tASC";
        assert_eq!(c.ids(t::ShowCompactRequest { order: some(order), ..all() }).await, [4, 1, 2, 3]);
        assert_eq!(c.ids(t::ShowCompactRequest { order: some("CC_ID"), limit: Some(2), ..all() }).await, [1, 2]);
        let injected = t::ShowCompactRequest { order: some("1; drop table compaction"), ..all() };
        let Answer::Error(6, _) = c.answer::<m::ShowCompact>(m::ShowCompactArgs { rqst: Some(injected) }).await else { panic!() };
    }

    async fn an_aborted_one_makes_room_and_is_forgotten_in_time(c: &mut TestClient) {
        c.compact(request("t", None, MAJOR)).await;
        c.server.clock.advance_ms(1000);
        let outcome = c.abort(&[1, 7, 1]).await;
        assert_eq!(outcome[0].1, "Success");
        assert_eq!(outcome[1..], [(7, "Error".into(), "No Such Compaction Id Available".into())]);
        let message = "Error while aborting compaction as compaction is in state-aborted";
        assert_eq!(c.abort(&[1]).await, [(1, "Error".into(), message.into())]);
        let shown = c.compactions(t::ShowCompactRequest::default()).await.remove(0);
        assert_eq!((shown.state.as_str(), shown.end_time), ("aborted", Some(crate::backend::now_ms() + 1000)));
        assert!(shown.error_message.is_some());
        assert_eq!(c.compact(request("t", None, MAJOR)).await.id, 2);
        c.server.clock.advance_ms(8 * 86_400_000);
        c.server.metastore.locks_sweep().await.unwrap();
        assert_eq!(c.ids(t::ShowCompactRequest::default()).await, [2]);
        let Answer::Error(6, _) = c.answer::<m::AbortCompactions>(m::AbortCompactionsArgs { rqst: Some(t::AbortCompactionRequest::default()) }).await
        else { panic!() };
    }

    async fn the_queue_follows_its_tables(c: &mut TestClient) {
        c.database("d").await;
        c.database("e").await;
        for name in ["t", "u", "v"] {
            c.table(transactional(name, &["p"])).await;
            let value = |v| m::AddPartitionArgs { new_part: Some(partition(name, v)) };
            c.ok::<m::AddPartition>(value("1")).await;
            c.ok::<m::AddPartition>(value("2")).await;
            for place in [None, Some("p=1"), Some("p=2")] {
                c.compact(request(name, place, MAJOR)).await;
            }
        }
        c.ok::<m::DropTable>(m::DropTableArgs { dbname: Some("d".into()), name: Some("v".into()), delete_data: true }).await;
        let drop = m::DropPartitionByNameArgs {
            db_name: Some("d".into()), tbl_name: Some("t".into()), part_name: Some("p=1".into()), delete_data: true,
        };
        c.ok::<m::DropPartitionByName>(drop).await;
        let rename = m::RenamePartitionArgs {
            db_name: Some("d".into()),
            tbl_name: Some("t".into()),
            part_vals: Some(vec!["2".into()]),
            new_part: Some(partition("t", "3")),
        };
        c.ok::<m::RenamePartition>(rename).await;
        let mut moved = c.table_get("d", "u").await;
        (moved.db_name, moved.table_name) = (Some("e".into()), Some("w".into()));
        let alter = m::AlterTableArgs { dbname: Some("d".into()), tbl_name: Some("u".into()), new_tbl: Some(moved) };
        c.ok::<m::AlterTable>(alter).await;
        assert_eq!(c.all().await, [
            place("d.t", None), place("d.t", Some("p=3")),
            place("e.w", None), place("e.w", Some("p=1")), place("e.w", Some("p=2")),
        ]);
        c.compact(t::CompactionRequest { dbname: "e".into(), ..request("absent", None, MAJOR) }).await;
        let drop = m::DropDatabaseArgs { name: Some("e".into()), delete_data: true, cascade: true };
        c.ok::<m::DropDatabase>(drop).await;
        assert_eq!(c.all().await, [place("d.t", None), place("d.t", Some("p=3"))]);
    }
}
