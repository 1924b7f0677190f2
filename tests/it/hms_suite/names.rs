//! Names of all partitions, asked for again and again: the kept answer is never an old one.

use skep_thrift::{methods as m, types as t};

use super::{TestClient, partition, table};

impl TestClient {
    /// So often that the last answers come from what is kept.
    async fn all_names(&mut self, of: &str, limit: i16) -> Vec<String> {
        let args =
            || m::GetPartitionNamesArgs { db_name: Some("d".into()), tbl_name: Some(of.into()), max_parts: limit };
        let first = self.ok::<m::GetPartitionNames>(args()).await;
        for _ in 0..3 {
            assert_eq!(self.ok::<m::GetPartitionNames>(args()).await, first);
        }
        first
    }
    async fn partitions_add(&mut self, of: &str, values: &[&str]) {
        let new_parts = values.iter().map(|value| partition(of, value)).collect::<Vec<_>>();
        self.ok::<m::AddPartitions>(m::AddPartitionsArgs { new_parts: Some(new_parts) }).await;
    }
    async fn partition_drop(&mut self, of: &str, value: &str) {
        let args = m::DropPartitionArgs {
            db_name: Some("d".into()),
            tbl_name: Some(of.into()),
            part_vals: Some(vec![value.into()]),
            delete_data: false,
        };
        self.ok::<m::DropPartition>(args).await;
    }
}

hms_cases! {
    async fn each_change_is_seen(client: &mut TestClient) {
        client.database("d").await;
        client.table(table("t", &["k"])).await;
        assert_eq!(client.all_names("t", -1).await, Vec::<String>::new());
        client.partitions_add("t", &["a", "b", "c"]).await;
        assert_eq!(client.all_names("t", -1).await, ["k=a", "k=b", "k=c"]);
        client.partition_drop("t", "b").await;
        assert_eq!(client.all_names("t", -1).await, ["k=a", "k=c"]);
        client.partitions_add("t", &["b"]).await;
        assert_eq!(client.all_names("t", -1).await, ["k=a", "k=b", "k=c"]);
    }

    async fn a_limit_is_kept_to(client: &mut TestClient) {
        client.database("d").await;
        client.table(table("t", &["k"])).await;
        client.partitions_add("t", &["a", "b", "c"]).await;
        for (limit, count) in [(-1, 3), (2, 2), (3, 3), (0, 0), (4, 3), (1, 1), (-1, 3)] {
            assert_eq!(client.all_names("t", limit).await.len(), count, "of at most {limit}");
        }
    }

    async fn another_table_of_the_name_has_its_own(client: &mut TestClient) {
        client.database("d").await;
        client.table(table("t", &["k"])).await;
        client.table(table("u", &["k"])).await;
        client.partitions_add("t", &["a"]).await;
        client.partitions_add("u", &["z"]).await;
        assert_eq!(client.all_names("t", -1).await, ["k=a"]);
        let drop = m::DropTableArgs { dbname: Some("d".into()), name: Some("t".into()), delete_data: true };
        client.ok::<m::DropTable>(drop).await;
        assert_eq!(client.all_names("t", -1).await, Vec::<String>::new());
        let new_tbl = Some(t::Table { table_name: Some("t".into()), ..client.table_get("d", "u").await });
        let rename = m::AlterTableArgs { dbname: Some("d".into()), tbl_name: Some("u".into()), new_tbl };
        client.ok::<m::AlterTable>(rename).await;
        assert_eq!(client.all_names("t", -1).await, ["k=z"]);
        assert_eq!(client.all_names("u", -1).await, Vec::<String>::new());
    }
}
