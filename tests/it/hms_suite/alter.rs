//! What an altered table does to what hangs on it; remote databases; what partitions bring along.

use skep_thrift::{Exception, methods as m, types as t};

use super::{TestClient, columns, partition, table};

#[expect(clippy::unnecessary_wraps, reason = "nearly all fields of requests are optional")]
fn some(text: &str) -> Option<String> {
    Some(text.to_owned())
}

impl TestClient {
    async fn primary_key(&mut self, of: &str, names: &[&str]) {
        let column = |(at, name): (usize, &&str)| t::SQLPrimaryKey {
            table_db: some("d"),
            table_name: some(of),
            column_name: some(name),
            key_seq: at as i32 + 1,
            pk_name: some(&format!("pk_{of}")),
            ..t::SQLPrimaryKey::default()
        };
        let req = t::AddPrimaryKeyRequest { primary_key_cols: names.iter().enumerate().map(column).collect() };
        self.ok::<m::AddPrimaryKey>(m::AddPrimaryKeyArgs { req: Some(req) }).await;
    }
    async fn primary_key_of(&mut self, of: &str) -> Vec<String> {
        let request = t::PrimaryKeysRequest { db_name: "d".into(), tbl_name: of.into(), ..Default::default() };
        let keys = self.ok::<m::GetPrimaryKeys>(m::GetPrimaryKeysArgs { request: Some(request) }).await.primary_keys;
        keys.into_iter().map(|k| k.column_name.unwrap()).collect()
    }
    async fn not_null(&mut self, of: &str, name: &str) {
        let column = t::SQLNotNullConstraint {
            cat_name: some("hive"),
            table_db: some("d"),
            table_name: some(of),
            column_name: some(name),
            ..t::SQLNotNullConstraint::default()
        };
        let req = t::AddNotNullConstraintRequest { not_null_constraint_cols: vec![column] };
        self.ok::<m::AddNotNullConstraint>(m::AddNotNullConstraintArgs { req: Some(req) }).await;
    }
    async fn not_null_of(&mut self, of: &str) -> Vec<String> {
        let request = t::NotNullConstraintsRequest {
            cat_name: "hive".into(),
            db_name: "d".into(),
            tbl_name: of.into(),
            ..t::NotNullConstraintsRequest::default()
        };
        let args = m::GetNotNullConstraintsArgs { request: Some(request) };
        let all = self.ok::<m::GetNotNullConstraints>(args).await.not_null_constraints;
        all.into_iter().map(|c| c.column_name.unwrap()).collect()
    }
    /// `child.b` refers to `parent.a`.
    async fn foreign_key(&mut self, child: &str, parent: &str) {
        let column = t::SQLForeignKey {
            pktable_db: some("d"),
            pktable_name: some(parent),
            pkcolumn_name: some("a"),
            fktable_db: some("d"),
            fktable_name: some(child),
            fkcolumn_name: some("b"),
            key_seq: 1,
            fk_name: some(&format!("fk_{child}")),
            ..t::SQLForeignKey::default()
        };
        let req = t::AddForeignKeyRequest { foreign_key_cols: vec![column] };
        self.ok::<m::AddForeignKey>(m::AddForeignKeyArgs { req: Some(req) }).await;
    }
    async fn foreign_keys_of(&mut self, child: &str) -> usize {
        let request = t::ForeignKeysRequest {
            foreign_db_name: some("d"),
            foreign_tbl_name: some(child),
            ..t::ForeignKeysRequest::default()
        };
        self.ok::<m::GetForeignKeys>(m::GetForeignKeysArgs { request: Some(request) }).await.foreign_keys.len()
    }
    async fn columns_alter(&mut self, of: &str, names: &[&str], cascade: bool) {
        let mut new = self.table_get("d", of).await;
        new.sd.as_mut().unwrap().cols = Some(columns(names).into());
        let args = m::AlterTableWithCascadeArgs { dbname: some("d"), tbl_name: some(of), new_tbl: Some(new), cascade };
        self.ok::<m::AlterTableWithCascade>(args).await;
    }
}

hms_cases! {
    async fn constraints_lose_columns_that_change_and_keep_those_that_move(c: &mut TestClient) {
        c.database("d").await;
        for name in ["t", "u", "v"] {
            c.table(table(name, &[])).await;
        }
        c.primary_key("t", &["a", "b"]).await;
        c.primary_key("u", &["a"]).await;
        c.not_null("t", "a").await;
        c.not_null("t", "b").await;
        c.foreign_key("v", "u").await;
        c.columns_alter("t", &["b", "a", "more"], false).await;
        assert_eq!(c.primary_key_of("t").await, ["a", "b"]);
        assert_eq!(c.not_null_of("t").await.len(), 2);
        c.columns_alter("t", &["b", "renamed", "more"], false).await;
        assert_eq!(c.primary_key_of("t").await, ["b"]);
        assert_eq!(c.not_null_of("t").await, ["b"]);
        // The parent's column takes the foreign key along.
        assert_eq!(c.foreign_keys_of("v").await, 1);
        c.columns_alter("u", &["c", "b"], false).await;
        assert_eq!((c.primary_key_of("u").await.len(), c.foreign_keys_of("v").await), (0, 0));
        c.columns_alter("t", &["x"], false).await;
        assert_eq!((c.primary_key_of("t").await.len(), c.not_null_of("t").await.len()), (0, 0));
        // The name is free again.
        c.primary_key("t", &["x"]).await;
    }

    async fn constraints_stay_while_partitions_have_the_old_columns(c: &mut TestClient) {
        c.database("d").await;
        c.table(table("t", &["p"])).await;
        c.ok::<m::AddPartition>(m::AddPartitionArgs { new_part: Some(partition("t", "1")) }).await;
        c.not_null("t", "a").await;
        c.columns_alter("t", &["c", "b"], false).await;
        assert_eq!(c.not_null_of("t").await, ["a"]);
        c.not_null("t", "c").await;
        c.columns_alter("t", &["e", "b"], true).await;
        assert_eq!(c.not_null_of("t").await, ["a"]);
    }

    async fn nothing_is_made_in_remote_databases(c: &mut TestClient) {
        let connector = t::DataConnector { name: some("far"), r#type: some("mysql"), url: some("jdbc:x"), ..Default::default() };
        let request = t::CreateDataConnectorRequest { connector };
        c.ok::<m::CreateDataconnectorReq>(m::CreateDataconnectorReqArgs { connector_req: Some(request) }).await;
        let database = t::Database {
            name: some("d"),
            r#type: Some(t::DatabaseType::REMOTE),
            connector_name: some("far"),
            remote_dbname: some("there"),
            ..t::Database::default()
        };
        c.ok::<m::CreateDatabase>(m::CreateDatabaseArgs { database: Some(database) }).await;
        let refused = |what: &str| (Exception::Meta, what.to_owned());
        let create = m::CreateTableArgs { tbl: Some(table("t", &["p"])) };
        assert_eq!(c.fails::<m::CreateTable>(create).await, refused("Create table in REMOTE database d is not allowed"));
        let alter = m::AlterTableArgs { dbname: some("d"), tbl_name: some("t"), new_tbl: Some(table("t", &["p"])) };
        assert_eq!(c.fails::<m::AlterTable>(alter).await, refused("Alter table in REMOTE database d is not allowed"));
        let drop = m::DropTableArgs { dbname: some("d"), name: some("t"), delete_data: true };
        assert_eq!(c.fails::<m::DropTable>(drop).await, refused("Drop table in REMOTE database d is not allowed"));
        let add = m::AddPartitionsArgs { new_parts: Some(vec![partition("t", "1")]) };
        let expected = refused("Operation add_partitions not supported for REMOTE database d");
        assert_eq!(c.fails::<m::AddPartitions>(add).await, expected);
        let function = t::Function {
            function_name: some("f"), db_name: some("d"), class_name: some("C"), ..t::Function::default()
        };
        let create = m::CreateFunctionArgs { func: Some(function) };
        assert_eq!(c.fails::<m::CreateFunction>(create).await.0, Exception::Meta);
    }

    async fn partitions_bring_their_statistics_along(c: &mut TestClient) {
        c.database("d").await;
        c.table(table("t", &["p"])).await;
        let data = t::StringColumnStatsData { max_col_len: 9, num_nulls: 1, num_d_vs: 3, ..Default::default() };
        let statistics = t::ColumnStatistics {
            stats_desc: t::ColumnStatisticsDesc {
                db_name: "d".into(), table_name: "t".into(), part_name: some("p=1"), ..Default::default()
            },
            stats_obj: vec![t::ColumnStatisticsObj {
                col_name: "a".into(),
                col_type: "string".into(),
                stats_data: t::ColumnStatisticsData { string_stats: Some(data.clone()), ..Default::default() },
            }],
            ..t::ColumnStatistics::default()
        };
        let new = t::Partition { col_stats: Some(statistics), ..partition("t", "1") };
        let request = t::AddPartitionsRequest {
            db_name: "d".into(), tbl_name: "t".into(), parts: vec![new, partition("t", "2")], if_not_exists: true,
            ..t::AddPartitionsRequest::default()
        };
        c.ok::<m::AddPartitionsReq>(m::AddPartitionsReqArgs { request: Some(request) }).await;
        let request = t::PartitionsStatsRequest {
            db_name: "d".into(),
            tbl_name: "t".into(),
            col_names: vec!["a".into()],
            part_names: vec!["p=1".into(), "p=2".into()],
            ..t::PartitionsStatsRequest::default()
        };
        let args = m::GetPartitionsStatisticsReqArgs { request: Some(request) };
        let found = c.ok::<m::GetPartitionsStatisticsReq>(args).await.part_stats;
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].0.as_str(), found[0].1[0].stats_data.string_stats.clone()), ("p=1", Some(data)));
    }

    async fn a_clone_without_a_write_id_is_a_rename(c: &mut TestClient) {
        c.database("d").await;
        c.table(table("t", &["p"])).await;
        c.ok::<m::AddPartition>(m::AddPartitionArgs { new_part: Some(partition("t", "1")) }).await;
        let request = |write_id| t::RenamePartitionRequest {
            db_name: "d".into(),
            table_name: "t".into(),
            part_vals: vec!["1".into()],
            new_part: t::Partition { write_id: Some(write_id), ..partition("t", "2") },
            clone_part: Some(true),
            ..t::RenamePartitionRequest::default()
        };
        let copies = m::RenamePartitionReqArgs { req: Some(request(7)) };
        assert_eq!(c.fails::<m::RenamePartitionReq>(copies).await.0, Exception::Meta);
        c.ok::<m::RenamePartitionReq>(m::RenamePartitionReqArgs { req: Some(request(-1)) }).await;
        let names = m::GetPartitionNamesArgs { db_name: some("d"), tbl_name: some("t"), max_parts: -1 };
        assert_eq!(c.ok::<m::GetPartitionNames>(names).await, ["p=2"]);
    }
}
