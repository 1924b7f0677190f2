//! The same oracle asked about what a client gets: the three calls that take a filter's text, on both stores.

use skep_thrift::call::Answer;
use skep_thrift::{Exception, methods as m, types as t};

use super::clause::Clause;
use super::model::Model;
use super::random::Random;
use super::sample::{Row, Sample};
use crate::backend::{TestStore, postgres, sqlite};
use crate::hms_suite::{TestClient, partition, table};

const TABLES: u64 = 6;
const FILTERS: usize = 40;
const DATABASE: &str = "d";

impl Sample {
    async fn create(&self, name: &str, client: &mut TestClient) {
        let key = |column: skep_core::table::Column| t::FieldSchema {
            name: Some(column.name),
            r#type: column.type_name,
            ..t::FieldSchema::default()
        };
        let keys = self.columns().into_iter().map(key).collect();
        client.table(t::Table { partition_keys: Some(keys), ..table(name, &[]) }).await;
        let one = |row: &Row| t::Partition { values: Some(row.values()), ..partition(name, "") };
        let args = m::AddPartitionsArgs { new_parts: Some(self.rows.iter().map(one).collect()) };
        assert_eq!(client.ok::<m::AddPartitions>(args).await as usize, self.rows.len());
    }
}

/// What the three calls give: values, number, names; or that all refuse it and say where.
async fn asked(client: &mut TestClient, table: &str, filter: &str) -> Option<(Vec<Vec<String>>, i32, Vec<String>)> {
    let (db_name, tbl_name, max_parts) = (Some(DATABASE.to_owned()), Some(table.to_owned()), -1);
    let args = m::GetPartitionsByFilterArgs {
        db_name: db_name.clone(),
        tbl_name: tbl_name.clone(),
        filter: Some(filter.to_owned()),
        max_parts,
    };
    let partitions = client.answer::<m::GetPartitionsByFilter>(args).await;
    let args = m::GetNumPartitionsByFilterArgs { db_name, tbl_name, filter: Some(filter.to_owned()) };
    let number = client.answer::<m::GetNumPartitionsByFilter>(args).await;
    let req = t::PartitionsByExprRequest {
        db_name: DATABASE.to_owned(),
        tbl_name: table.to_owned(),
        expr: filter.as_bytes().to_vec(),
        ..t::PartitionsByExprRequest::default()
    };
    let names = client.answer::<m::GetPartitionNamesReq>(m::GetPartitionNamesReqArgs { req: Some(req) }).await;
    match (partitions, number, names) {
        (Answer::Reply(partitions), Answer::Reply(number), Answer::Reply(names)) => {
            let values = partitions.into_iter().map(|partition| partition.values.unwrap()).collect();
            Some((values, number, names))
        }
        (
            Answer::Exception(Some(Exception::Meta), why),
            Answer::Exception(Some(Exception::Meta), again),
            Answer::Exception(Some(Exception::Meta), names),
        ) => {
            assert!(why == again && why == names && why.contains("at character "), "{filter}: {why}, {again}, {names}");
            None
        }
        _ => panic!("{filter}: some calls answer, some do not"),
    }
}

async fn agrees(store: TestStore) {
    let client = &mut TestClient::new(store).await;
    client.database(DATABASE).await;
    for seed in 0..TABLES {
        let random = &mut Random::new(seed);
        let (sample, name) = (Sample::new(random), format!("t{seed}"));
        sample.create(&name, client).await;
        let mut oracle = sample.oracle().await;
        for _ in 0..FILTERS {
            let model = Model::new(&sample, 3, random);
            let filter = model.text(&sample, random);
            let Some((values, number, names)) = asked(client, &name, &filter).await else {
                assert!(model.is_refused(), "{filter} of {name} is refused");
                continue;
            };
            assert!(!model.is_refused(), "{filter} of {name} is not refused");
            let rows = oracle.rows(vec![Clause::new(&model)]).await.remove(0);
            let rows: Vec<&Row> = rows.into_iter().map(|row| &sample.rows[row]).collect();
            let wanted: Vec<String> = rows.iter().map(|row| row.name.clone()).collect();
            assert_eq!(names, wanted, "{filter} of {name}");
            assert_eq!(number as usize, wanted.len(), "{filter} of {name}");
            assert_eq!(values, rows.iter().map(|row| row.values()).collect::<Vec<_>>(), "{filter} of {name}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn clients_get_what_sqlite_keeps_from_a_sqlite_store() {
    agrees(sqlite().await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn clients_get_what_sqlite_keeps_from_a_postgres_store() {
    agrees(postgres().await).await;
}
