//! A node's own writes keep what it has in memory current: as another node reads it, and without reading it again.

use skep::catalog::{
    Metastore, PartitionKey, PartitionPick, PartitionQuery, PartitionsDrop, PartitionsWhich, RequestScope, Settings,
    TableAlter,
};
use skep_core::partition::Partition;
use skep_core::table::{Column, Parameters, Table};

use super::fixture::{Field, at, field};
use super::partition_reads::metastore;
use super::partition_writes::{add, altering, days};

async fn read(metastore: &Metastore) -> (Table, Vec<Partition>) {
    let query =
        PartitionQuery { table: at("t"), pick: PartitionPick::All, limit: None, scope: RequestScope::Unlimited };
    let answer = metastore.partitions_read(&query).await.unwrap();
    (answer.table().clone(), answer.partitions())
}

/// The writer reads what another node does that has nothing in memory.
async fn check(f: &Field, count: usize) {
    let cold = metastore(f.metastore.store(), Settings::default());
    let (table, partitions) = read(&f.metastore).await;
    assert_eq!(partitions.len(), count);
    assert_eq!((table, partitions), read(&cold).await);
}

async fn drop_named(f: &Field, names: &[&str]) {
    let request = PartitionsDrop {
        at: at("t"),
        which: PartitionsWhich::Names(names.iter().map(|n| (*n).to_owned()).collect()),
        delete_data: true,
        if_exists: false,
        ignore_protection: false,
        environment: Parameters::new(),
    };
    f.metastore.partitions_drop(&f.caller, &request).await.unwrap();
}

async fn alter_table(f: &Field, cascade: bool, change: impl FnOnce(&mut Table)) {
    let mut new = (*f.metastore.table_get(&at("t")).await.unwrap()).clone();
    change(&mut new);
    let request = TableAlter { at: at("t"), new, environment: Parameters::new(), cascade, expected: None };
    f.metastore.table_alter(&f.caller, request).await.unwrap();
}

fn column_add(table: &mut Table) {
    let shape = std::sync::Arc::make_mut(&mut table.storage.as_mut().unwrap().shape);
    let columns = shape.columns.get_or_insert_default();
    let name = format!("more{}", columns.len());
    columns.push(Column { name, type_name: Some("int".into()), comment: None });
}

store_cases! {
    async fn a_writer_reads_what_others_read(t: &TestStore) {
        let f = field(t, |_| ()).await;
        let table = days(&f, "t", false).await;
        check(&f, 0).await;
        for step in 0..3_usize {
            add(&f, &table, &[("b", &step.to_string()), ("a", &step.to_string())]).await.unwrap();
            if step == 1 {
                check(&f, 4).await;
            }
        }
        drop_named(&f, &["ds=a/hr=0", "ds=b/hr=2"]).await;
        add(&f, &table, &[("a", "0")]).await.unwrap();
        check(&f, 5).await;
        let mut changed = f.partition_list("t").await;
        changed.truncate(2);
        for partition in &mut changed {
            partition.parameters.insert("changed".into(), "yes".into());
            let shape = std::sync::Arc::make_mut(&mut partition.storage.as_mut().unwrap().shape);
            shape.columns.get_or_insert_default().truncate(1);
        }
        f.metastore.partitions_alter(&f.caller, &altering(&table, changed)).await.unwrap();
        drop_named(&f, &["ds=a/hr=0"]).await;
        check(&f, 4).await;
        // Of the table itself; with other columns for new partitions, and then for all.
        alter_table(&f, false, |table| drop(table.parameters.insert("k".into(), "v".into()))).await;
        check(&f, 4).await;
        alter_table(&f, false, column_add).await;
        add(&f, &f.metastore.table_get(&at("t")).await.unwrap(), &[("z", "1")]).await.unwrap();
        check(&f, 5).await;
        alter_table(&f, true, |table| {
            column_add(table);
            table.parameters.insert("k".into(), "w".into());
        })
        .await;
        add(&f, &table, &[("z", "2")]).await.unwrap();
        check(&f, 6).await;
    }

    async fn what_was_written_is_not_read_again(t: &TestStore) {
        let f = field(t, |_| ()).await;
        let table = days(&f, "t", false).await;
        for step in 0..100_usize {
            add(&f, &table, &[("a", &step.to_string()), ("b", &step.to_string())]).await.unwrap();
        }
        drop_named(&f, &["ds=a/hr=7"]).await;
        // The rows go, without a version that says so: who still knows them has not looked.
        let names: Vec<String> = f.partition_list("t").await.into_iter().map(|p| p.name).collect();
        let mut txn = t.store.write_table(table.id).await.unwrap();
        assert_eq!(txn.partition_remove_many(table.id, 102, &names).await.unwrap(), 199);
        txn.commit().await.unwrap();
        assert_eq!(read(&f.metastore).await.1.len(), 199);
        assert!(read(&metastore(&t.store, Settings::default())).await.1.is_empty());
        let held = f.metastore.partition_cache_bytes();
        assert!((199..400_000).contains(&held), "{held}");
    }

    async fn somebody_elses_write_between_is_read(t: &TestStore) {
        let f = field(t, |_| ()).await;
        let table = days(&f, "t", false).await;
        let other = metastore(&t.store, Settings::default());
        add(&f, &table, &[("a", "1")]).await.unwrap();
        let key = PartitionKey::Values(vec!["a".into(), "1".into()]);
        other.partition_drop(&f.caller, &at("t"), &key, false, Parameters::new()).await.unwrap();
        add(&f, &table, &[("a", "2")]).await.unwrap();
        check(&f, 1).await;
        add(&f, &table, &[("a", "3")]).await.unwrap();
        check(&f, 2).await;
    }
}
