//! Column statistics through the store: marks, merging, aggregation, atomicity.

use skep::catalog::{StatisticsChanged, StatisticsDelete, StatisticsScope, StatisticsUpdate, TableCreate};
use skep_core::Kind;
use skep_core::stats::{Bytes, ColumnData, ColumnStatistics, Ranged};

use super::fixture::{Field, at, field, table};

const MARK: &str = "COLUMN_STATS_ACCURATE";

pub fn column(name: &str, low: i64, high: i64, distinct: i64) -> ColumnStatistics {
    let data = ColumnData::Long(Ranged {
        low: Some(low),
        high: Some(high),
        nulls: 1,
        distinct,
        bit_vectors: Some(Bytes(vec![0, 159, 255])),
        histogram: Some(Bytes(vec![1])),
    });
    ColumnStatistics {
        column: name.into(),
        column_type: "bigint".into(),
        engine: "hive".into(),
        last_analyzed: 0,
        data,
    }
}

fn range(column: &ColumnStatistics) -> &Ranged<i64> {
    let ColumnData::Long(range) = &column.data else { panic!("{column:?}") };
    range
}

impl Field {
    async fn put(
        &self,
        name: &str,
        columns: Vec<(Option<&str>, Vec<ColumnStatistics>)>,
        merge: bool,
    ) -> skep_core::Result<()> {
        let columns = columns.into_iter().map(|(p, c)| (p.map(str::to_owned), c)).collect();
        self.metastore.statistics_update(&self.caller, StatisticsUpdate { at: at(name), columns, merge }).await
    }
    async fn delete(&self, name: &str, of: StatisticsScope, columns: Option<&[&str]>) -> skep_core::Result<()> {
        let columns = columns.map(|all| all.iter().map(|c| (*c).to_owned()).collect());
        let request = StatisticsDelete { at: at(name), of, columns, engine: "hive".into() };
        self.metastore.statistics_delete(&self.caller, request).await
    }
    async fn mark(&self, name: &str) -> Option<String> {
        self.metastore.table_get(&at(name)).await.unwrap().parameters.get(MARK).cloned()
    }
}

store_cases! {
    async fn statistics_of_a_table_are_marked_merged_and_deleted(t: &TestStore) {
        let f = field(t, |_| ()).await;
        let before = f.table("t", &[]).await;
        f.put("t", vec![(None, vec![column("A", 3, 9, 5)])], false).await.unwrap();
        let after = f.metastore.table_get(&at("t")).await.unwrap();
        assert_eq!(after.version, before.version + 1, "the mark is a change of the table");
        assert!(f.mark("t").await.unwrap().contains(r#""COLUMN_STATS":{"a":"true"}"#));
        // What is marked already changes nothing of the table.
        f.put("t", vec![(None, vec![column("a", 4, 8, 4)])], false).await.unwrap();
        assert_eq!(f.metastore.table_get(&at("t")).await.unwrap().version, after.version);
        // Merged: `a` is accurate; `b` is not, and left out.
        f.put("t", vec![(None, vec![column("a", 6, 20, 2), column("b", 1, 1, 1)])], true).await.unwrap();
        let found = f.metastore.table_statistics(&at("t"), "hive", None).await.unwrap();
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].column.as_str(), found[0].last_analyzed), ("a", 1_700_000_000));
        let merged = range(&found[0]);
        assert_eq!((merged.low, merged.high, merged.nulls), (Some(4), Some(20), 2));
        assert_eq!((&merged.bit_vectors, &merged.histogram), (&None, &None), "sketches stay here by default");
        // Impala's are apart, and leave Hive's marks alone.
        let of_impala = ColumnStatistics { engine: "impala".into(), ..column("b", 0, 0, 0) };
        f.put("t", vec![(None, vec![of_impala])], false).await.unwrap();
        assert_eq!(f.metastore.table_statistics(&at("t"), "impala", None).await.unwrap()[0].column, "b");
        assert!(!f.mark("t").await.unwrap().contains(r#""b""#));
        let none = f.metastore.column_statistics(&at("t"), "hive", None, "b").await.unwrap_err();
        assert_eq!(none.kind, Kind::NotFound);
        f.delete("t", StatisticsScope::Table, Some(&["A"])).await.unwrap();
        assert!(!f.mark("t").await.unwrap().contains(r#""a""#));
        assert_eq!(f.delete("t", StatisticsScope::Table, None).await.unwrap_err().kind, Kind::NotFound);
        assert_eq!(f.metastore.table_statistics(&at("t"), "impala", None).await.unwrap().len(), 1);
        assert_eq!(f.metastore.table_statistics(&at("none"), "hive", None).await.unwrap_err().kind, Kind::NotFound);
        let kinds = f.event_kinds().await;
        let stats = "UPDATE_TBL_COL_STAT_EVENT";
        assert_eq!(kinds[2..], [stats, stats, stats, stats, "DELETE_TBL_COL_STAT_EVENT"]);
    }

    async fn statistics_of_partitions_are_all_stored_or_none(t: &TestStore) {
        let f = field(t, |_| ()).await;
        let table = f.table("t", &["p"]).await;
        let names = f.partitions(&table, 3).await;
        let mut all: Vec<_> = names.iter().map(|n| (Some(n.as_str()), vec![column("a", 1, 2, 2)])).collect();
        all.push((Some("p=none"), vec![column("a", 1, 2, 2)]));
        let version = f.metastore.table_get(&at("t")).await.unwrap().version;
        let events = f.events().await.len();
        assert_eq!(f.put("t", all.clone(), false).await.unwrap_err().kind, Kind::NotFound);
        assert_eq!(f.metastore.table_get(&at("t")).await.unwrap().version, version);
        assert_eq!(f.events().await.len(), events);
        let columns = ["a".to_owned()];
        assert!(f.metastore.partition_statistics(&at("t"), "hive", &names, &columns).await.unwrap().is_empty());
        all.pop();
        // A partition that comes twice is merged; its key's case does not matter.
        all.push((Some("P=2"), vec![column("a", -5, 0, 1)]));
        f.put("t", all, false).await.unwrap();
        let found = f.metastore.partition_statistics(&at("t"), "hive", &names, &columns).await.unwrap();
        assert_eq!(found.keys().collect::<Vec<_>>(), ["p=1", "p=2", "p=3"]);
        assert_eq!((range(&found["p=2"][0]).low, range(&found["p=2"][0]).nulls), (Some(-5), 2));
        let partitions = f.partition_list("t").await;
        assert_eq!(partitions.len(), 3);
        for partition in &partitions {
            assert_eq!(partition.parameters["numRows"], "1", "other parameters stay");
            assert_eq!(partition.parameters[MARK], r#"{"COLUMN_STATS":{"a":"true"}}"#);
        }
        assert_eq!(f.metastore.table_get(&at("t")).await.unwrap().version, version + 1, "one version for all");
        let events = f.events().await.split_off(events);
        assert_eq!(events.len(), 3);
        assert!(events.iter().all(|e| e.kind == "UPDATE_PART_COL_STAT_EVENT"));
        assert_eq!(events[1].version, Some((table.id, version + 1)));
        let body: StatisticsChanged = serde_json::from_str(&events[1].body).unwrap();
        assert_eq!((body.partition.as_deref(), body.columns.len()), (Some("p=2"), 1));
        // Of one partition alone.
        f.delete("t", StatisticsScope::Partitions(vec!["p=1".into()]), None).await.unwrap();
        let found = f.metastore.partition_statistics(&at("t"), "hive", &names, &columns).await.unwrap();
        assert_eq!(found.len(), 2);
        assert_eq!(f.partition_list("t").await[0].parameters[MARK], "{}");
        f.delete("t", StatisticsScope::AllPartitions, Some(&["a"])).await.unwrap();
        assert!(f.metastore.partition_statistics(&at("t"), "hive", &names, &columns).await.unwrap().is_empty());
    }

    async fn partitions_merge_by_their_own_marks(t: &TestStore) {
        let f = field(t, |_| ()).await;
        let table = f.table("t", &["p"]).await;
        let names = f.partitions(&table, 2).await;
        f.put("t", vec![(Some("p=1"), vec![column("a", 1, 2, 2)])], false).await.unwrap();
        let both = vec![(Some("p=1"), vec![column("a", 5, 9, 3)]), (Some("p=2"), vec![column("a", 5, 9, 3)])];
        f.put("t", both, true).await.unwrap();
        let found = f.metastore.partition_statistics(&at("t"), "hive", &names, &["a".into()]).await.unwrap();
        assert_eq!(found.keys().collect::<Vec<_>>(), ["p=1"], "nobody knows what is in p=2 besides");
        assert_eq!((range(&found["p=1"][0]).low, range(&found["p=1"][0]).high), (Some(1), Some(9)));
    }

    async fn many_partitions_are_aggregated(t: &TestStore) {
        let f = field(t, |settings| settings.stats_fetch_kll = true).await;
        let table = f.table("t", &["p"]).await;
        let names = f.partitions(&table, 1_500).await;
        let all = names
            .iter()
            .enumerate()
            .map(|(n, name)| (Some(name.as_str()), vec![column("a", n as i64, n as i64 + 1, 2), column("b", 0, 0, 1)]))
            .collect();
        f.put("t", all, false).await.unwrap();
        f.delete("t", StatisticsScope::Partitions(vec!["p=7".into()]), Some(&["b"])).await.unwrap();
        let columns = ["A".to_owned(), "b".to_owned()];
        let answer = f.metastore.statistics_aggregate(&at("t"), "hive", &names, &columns).await.unwrap();
        assert_eq!(answer.partitions_found, 1_499);
        let a = range(&answer.columns[0]);
        assert_eq!((a.low, a.high, a.nulls), (Some(0), Some(1_500), 1_500));
        let one = f.metastore.statistics_aggregate(&at("t"), "hive", &names[..1], &columns[..1]).await.unwrap();
        assert!(range(&one.columns[0]).histogram.is_some() && range(&one.columns[0]).bit_vectors.is_none());
        let none = f.metastore.statistics_aggregate(&at("t"), "hive", &[], &columns).await.unwrap();
        assert_eq!((none.columns.len(), none.partitions_found), (0, 0));
    }

    async fn writers_of_statistics_lose_no_mark(t: &TestStore) {
        let f = std::sync::Arc::new(field(t, |_| ()).await);
        f.table("t", &[]).await;
        let writers = (0..12).map(|n| {
            let f = std::sync::Arc::clone(&f);
            tokio::spawn(async move { f.put("t", vec![(None, vec![column(&format!("c{n}"), 0, 1, 1)])], false).await })
        });
        for writer in writers.collect::<Vec<_>>() {
            writer.await.unwrap().unwrap();
        }
        let mark = f.mark("t").await.unwrap();
        assert!((0..12).all(|n| mark.contains(&format!("\"c{n}\":\"true\""))), "{mark}");
        assert_eq!(f.metastore.table_statistics(&at("t"), "hive", None).await.unwrap().len(), 12);
    }

    async fn a_new_table_brings_its_statistics(t: &TestStore) {
        let f = field(t, |_| ()).await;
        let request = TableCreate {
            table: table("t", &[]),
            statistics: vec![column("a", 1, 2, 3)],
            ..TableCreate::default()
        };
        f.metastore.table_create(&f.caller, request).await.unwrap();
        assert_eq!(f.metastore.table_statistics(&at("t"), "hive", None).await.unwrap().len(), 1);
        f.metastore.table_drop(&f.caller, &at("t"), true, &std::collections::BTreeMap::default()).await.unwrap();
        f.table("t", &[]).await;
        assert!(f.metastore.table_statistics(&at("t"), "hive", None).await.unwrap().is_empty());
    }
}
