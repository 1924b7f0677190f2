//! Two servers; the first has one of everything, with times of long ago.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;
use skep_thrift::methods as m;
use skep_thrift::types as t;

use crate::process::client::Client;
use crate::process::server::Server;

pub const DB: &str = "sales";

pub struct Pair {
    folder: tempfile::TempDir,
    pub source: Server,
    pub target: Server,
}

pub fn server(folder: &Path, name: &str) -> Server {
    let folder = folder.join(name);
    std::fs::create_dir_all(&folder).unwrap();
    Server::start(&folder, "sqlite:skep.db")
}

#[expect(clippy::unnecessary_wraps, reason = "the fields of Thrift are optional")]
pub fn some(text: &str) -> Option<String> {
    Some(text.to_owned())
}

#[expect(clippy::unnecessary_wraps, reason = "the fields of Thrift are optional")]
pub fn map(pairs: &[(&str, &str)]) -> Option<Vec<(String, String)>> {
    Some(pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect())
}

impl Pair {
    /// The source with `partitions` in the table `many`.
    pub fn new(partitions: usize) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (source, target) = (server(folder.path(), "source"), server(folder.path(), "target"));
        seed(&mut Client::connect(source.address).unwrap(), partitions);
        Self { folder, source, target }
    }

    pub fn target_folder(&self) -> PathBuf {
        self.folder.path().join("target")
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// The command, not yet run.
    pub fn command(&self, args: &[&str]) -> Command {
        let (from, to) = (self.source.address, self.target.address);
        command(&[&["import", &format!("thrift://{from}"), "--to", &format!("thrift://{to}")], args].concat())
    }

    /// Runs an import to its end; the report and whether it said that all is well.
    pub fn import(&self, args: &[&str]) -> (Value, bool) {
        let output = self.command(&[&["--output", "json"], args].concat()).output().unwrap();
        report(&output)
    }
}

pub fn command(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_skep"));
    command.args(args).env_clear().stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

pub fn report(output: &Output) -> (Value, bool) {
    let said = String::from_utf8_lossy(&output.stderr);
    let report = serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {said}"));
    (report, output.status.success())
}

fn storage(location: Option<&str>) -> t::StorageDescriptor {
    let column = |name: &str, kind: &str, comment: Option<&str>| t::FieldSchema {
        name: some(name),
        r#type: some(kind),
        comment: comment.map(str::to_owned),
    };
    let columns = vec![
        column("id", "bigint", Some("ünïcode `quoted`")),
        column("name", "string", None),
        column("price", "decimal(10,2)", Some("")),
        column("deep", "struct<a:int,b:array<map<string,struct<x:string>>>>", None),
    ];
    t::StorageDescriptor {
        cols: Some(columns.into()),
        location: location.map(str::to_owned),
        input_format: some("in"),
        output_format: some("out"),
        num_buckets: -1,
        serde_info: Some(t::SerDeInfo {
            name: some("a serde"),
            serialization_lib: some("lib"),
            parameters: map(&[("füll", "日本"), ("empty", "")]),
            ..Default::default()
        }),
        parameters: map(&[("k", "v")]),
        ..Default::default()
    }
}

pub fn table(name: &str, kind: &str, keys: &[&str]) -> t::Table {
    let key = |name: &&str| t::FieldSchema { name: some(name), r#type: some("string"), comment: some("kéy") };
    let mut parameters = map(&[("comment", "täble"), ("transient_lastDdlTime", "1500000002"), ("empty", "")]);
    if kind == "EXTERNAL_TABLE" {
        parameters.as_mut().unwrap().push(("EXTERNAL".to_owned(), "TRUE".to_owned()));
    }
    t::Table {
        table_name: some(name),
        db_name: some(DB),
        owner: some("ann"),
        create_time: 1_500_000_000,
        last_access_time: 1_500_000_001,
        retention: 7,
        sd: Some(storage(Some(&format!("hdfs://old:8020//warehouse/{name}")))),
        partition_keys: Some(keys.iter().map(key).collect()),
        parameters,
        table_type: some(kind),
        owner_type: t::PrincipalType::ROLE,
        ..Default::default()
    }
}

pub fn partition(table: &str, values: &[&str]) -> t::Partition {
    t::Partition {
        values: Some(values.iter().map(|value| (*value).to_owned()).collect()),
        db_name: some(DB),
        table_name: some(table),
        create_time: 1_500_000_010,
        last_access_time: 1_500_000_011,
        sd: Some(storage(Some(&format!("hdfs://old:8020/warehouse/{table}/{}", values.join("/"))))),
        parameters: map(&[("numRows", "3"), ("ключ", "значение"), ("DO_NOT_UPDATE_STATS", "kept")]),
        ..Default::default()
    }
}

fn long(column: &str, low: i64) -> t::ColumnStatisticsObj {
    let data = t::LongColumnStatsData { low_value: Some(low), num_nulls: 3, num_d_vs: 9, ..Default::default() };
    t::ColumnStatisticsObj {
        col_name: column.to_owned(),
        col_type: "bigint".to_owned(),
        stats_data: t::ColumnStatisticsData { long_stats: Some(data), ..Default::default() },
    }
}

fn others() -> Vec<t::ColumnStatisticsObj> {
    let of = |name: &str, kind: &str, stats_data| t::ColumnStatisticsObj {
        col_name: name.to_owned(),
        col_type: kind.to_owned(),
        stats_data,
    };
    let decimal = t::Decimal { scale: 2, unscaled: vec![0xfb, 0x2e] };
    let decimals = t::DecimalColumnStatsData { low_value: Some(decimal), num_d_vs: 4, ..Default::default() };
    let strings =
        t::StringColumnStatsData { max_col_len: 40, avg_col_len: 3.25, num_nulls: 1, num_d_vs: 7, bit_vectors: None };
    vec![
        of("name", "string", t::ColumnStatisticsData { string_stats: Some(strings), ..Default::default() }),
        of("price", "decimal(10,2)", t::ColumnStatisticsData { decimal_stats: Some(decimals), ..Default::default() }),
    ]
}

fn statistics(table: &str, partition: Option<&str>, engine: &str) -> t::ColumnStatistics {
    let mut all = others();
    all.push(long("id", i64::MIN));
    t::ColumnStatistics {
        stats_desc: t::ColumnStatisticsDesc {
            is_tbl_level: partition.is_none(),
            db_name: DB.to_owned(),
            table_name: table.to_owned(),
            part_name: partition.map(str::to_owned),
            last_analyzed: Some(1_500_000_100),
            cat_name: None,
        },
        stats_obj: all,
        is_stats_compliant: None,
        engine: engine.to_owned(),
    }
}

/// Says that the connection's calls keep their times.
pub fn keep_times(client: &mut Client) {
    let args = m::SetMetaConfArgs { key: some("skep.import"), value: some("true") };
    client.get::<m::SetMetaConf>(&args);
}

pub fn create(client: &mut Client, table: t::Table) {
    client.get::<m::CreateTable>(&m::CreateTableArgs { tbl: Some(table) });
}

pub fn add(client: &mut Client, table: &str, partitions: Vec<t::Partition>) {
    let request = t::AddPartitionsRequest {
        db_name: DB.to_owned(),
        tbl_name: table.to_owned(),
        parts: partitions,
        ..Default::default()
    };
    client.get::<m::AddPartitionsReq>(&m::AddPartitionsReqArgs { request: Some(request) });
}

fn seed(client: &mut Client, partitions: usize) {
    keep_times(client);
    let catalog = t::Catalog {
        name: some("second"),
        description: some("The second"),
        location_uri: some("s3://bucket/second"),
        create_time: Some(1_400_000_000),
        parameters: None,
    };
    let request = t::CreateCatalogRequest { catalog: Some(catalog) };
    client.get::<m::CreateCatalog>(&m::CreateCatalogArgs { catalog: Some(request) });
    for (catalog, name) in [("hive", DB), ("second", DB), ("hive", "empty_one")] {
        let database = t::Database {
            name: some(name),
            description: some("Säles"),
            location_uri: some(&format!("hdfs://old:8020/{catalog}/{name}")),
            parameters: map(&[("k", ""), ("日", "本")]),
            owner_name: some("bob"),
            owner_type: Some(t::PrincipalType::USER),
            catalog_name: some(catalog),
            create_time: Some(1_400_000_001),
            managed_location_uri: some(&format!("hdfs://old:8020/managed/{catalog}/{name}")),
            ..Default::default()
        };
        client.get::<m::CreateDatabase>(&m::CreateDatabaseArgs { database: Some(database) });
    }
    seed_tables(client, partitions);
    seed_constraints(client);
    seed_rights(client);
    for name in ["fn_a", "fn_b"] {
        let jar = t::ResourceUri { resource_type: Some(t::ResourceType::JAR), uri: some("s3://b/ü.jar") };
        let function = t::Function {
            function_name: some(name),
            db_name: some(DB),
            class_name: some("com.example.Fn"),
            owner_name: some("ann"),
            owner_type: Some(t::PrincipalType::USER),
            create_time: 1_400_000_002,
            function_type: Some(t::FunctionType::JAVA),
            resource_uris: Some(vec![jar]),
            cat_name: some("hive"),
        };
        client.get::<m::CreateFunction>(&m::CreateFunctionArgs { func: Some(function) });
    }
}

fn seed_tables(client: &mut Client, partitions: usize) {
    create(client, table("plain", "EXTERNAL_TABLE", &[]));
    let mut empty = table("managed", "MANAGED_TABLE", &[]);
    empty.sd.as_mut().unwrap().cols = Some(Vec::new().into());
    create(client, empty);
    create(client, t::Table { cat_name: some("second"), ..table("plain", "EXTERNAL_TABLE", &[]) });
    let bare = t::Table { parameters: None, owner: None, ..table("bare", "MANAGED_TABLE", &[]) };
    create(client, bare);
    let mut odd = table("odd name", "MANAGED_TABLE", &[]);
    let sd = odd.sd.as_mut().unwrap();
    sd.bucket_cols = Some(vec!["id".to_owned()]);
    sd.sort_cols = Some(vec![t::Order { col: some("id"), order: 0 }]);
    sd.skewed_info = Some(t::SkewedInfo {
        skewed_col_names: Some(vec!["name".to_owned()]),
        skewed_col_values: Some(vec![vec!["ÿ".to_owned()]]),
        skewed_col_value_location_maps: Some(vec![(vec!["ÿ".to_owned()], "hdfs://x".to_owned())]),
    });
    create(client, odd);
    let mut view = table("a_view", "VIRTUAL_VIEW", &[]);
    view.sd.as_mut().unwrap().location = None;
    view.view_original_text = some("select 'ü\n' from plain");
    view.view_expanded_text = some("select 'ü\n' from `sales`.`plain`");
    create(client, view);
    let mut materialized = table("a_first_one", "MATERIALIZED_VIEW", &[]);
    materialized.rewrite_enabled = Some(true);
    materialized.creation_metadata = Some(t::CreationMetadata {
        cat_name: "hive".to_owned(),
        db_name: DB.to_owned(),
        tbl_name: "a_first_one".to_owned(),
        tables_used: skep_thrift::wire::Set(vec!["sales.plain".to_owned()]),
        valid_txn_list: some("5:9223372036854775807::"),
        materialization_time: Some(1_500_000_000_123),
        source_tables: None,
    });
    create(client, materialized);
    create(client, table("parts", "EXTERNAL_TABLE", &["dt", "hour"]));
    let values = [
        ["2024-01-01", "00"],
        ["a b/c=d%:é日", "x'\"\\"],
        ["__HIVE_DEFAULT_PARTITION__", "__HIVE_DEFAULT_PARTITION__"],
        ["UPPER", "Lower"],
    ];
    let mut parts: Vec<_> = values.iter().map(|values| partition("parts", values)).collect();
    parts[0].sd.as_mut().unwrap().cols = None;
    parts[1].sd = None;
    parts[2].parameters = None;
    add(client, "parts", parts);
    create(client, table("many", "EXTERNAL_TABLE", &["n"]));
    for from in (0..partitions).step_by(1000) {
        let some = from..partitions.min(from + 1000);
        add(client, "many", some.map(|n| partition("many", &[&format!("{n:06}")])).collect());
    }
    for (table, partition) in [("plain", None), ("parts", None), ("parts", Some("dt=UPPER/hour=Lower"))] {
        for engine in ["hive", "impala"] {
            let args = t::SetPartitionsStatsRequest {
                col_stats: vec![statistics(table, partition, engine)],
                engine: engine.to_owned(),
                ..Default::default()
            };
            client.get::<m::SetAggrStatsFor>(&m::SetAggrStatsForArgs { request: Some(args) });
        }
    }
}

fn seed_constraints(client: &mut Client) {
    let of = (some("hive"), some(DB), some("plain"));
    let key = |column: &str, key_seq| t::SQLPrimaryKey {
        cat_name: of.0.clone(),
        table_db: of.1.clone(),
        table_name: of.2.clone(),
        column_name: some(column),
        key_seq,
        pk_name: some("pk_plain"),
        rely_cstr: true,
        ..Default::default()
    };
    let request = t::AddPrimaryKeyRequest { primary_key_cols: vec![key("id", 1), key("name", 2)] };
    client.get::<m::AddPrimaryKey>(&m::AddPrimaryKeyArgs { req: Some(request) });
    let foreign = |column: &str, key_seq| t::SQLForeignKey {
        cat_name: some("hive"),
        pktable_db: some(DB),
        pktable_name: some("plain"),
        pkcolumn_name: some(column),
        fktable_db: some(DB),
        fktable_name: some("bare"),
        fkcolumn_name: some(column),
        key_seq,
        fk_name: some("fk_bare"),
        pk_name: some("pk_plain"),
        enable_cstr: true,
        ..Default::default()
    };
    let request = t::AddForeignKeyRequest { foreign_key_cols: vec![foreign("id", 1), foreign("name", 2)] };
    client.get::<m::AddForeignKey>(&m::AddForeignKeyArgs { req: Some(request) });
    let check = t::SQLCheckConstraint {
        cat_name: of.0.clone(),
        table_db: of.1.clone(),
        table_name: of.2.clone(),
        column_name: some("price"),
        check_expression: some("price > 0"),
        dc_name: some("cc_price"),
        validate_cstr: true,
        ..Default::default()
    };
    let request = t::AddCheckConstraintRequest { check_constraint_cols: vec![check] };
    client.get::<m::AddCheckConstraint>(&m::AddCheckConstraintArgs { req: Some(request) });
    let default = t::SQLDefaultConstraint {
        cat_name: of.0,
        table_db: of.1,
        table_name: of.2,
        column_name: some("name"),
        default_value: some("'ü'"),
        dc_name: some("dc_name"),
        ..Default::default()
    };
    let request = t::AddDefaultConstraintRequest { default_constraint_cols: vec![default] };
    client.get::<m::AddDefaultConstraint>(&m::AddDefaultConstraintArgs { req: Some(request) });
}

fn seed_rights(client: &mut Client) {
    for name in ["readers", "writers"] {
        let role = t::Role { role_name: some(name), create_time: 1_300_000_000, owner_name: some("boss") };
        client.get::<m::CreateRole>(&m::CreateRoleArgs { role: Some(role) });
    }
    let args = m::SetMetaConfArgs { key: some("skep.import.time"), value: some("1300000001") };
    client.get::<m::SetMetaConf>(&args);
    for (role, principal, kind) in
        [("readers", "carl", t::PrincipalType::USER), ("readers", "writers", t::PrincipalType::ROLE)]
    {
        let args = m::GrantRoleArgs {
            role_name: some(role),
            principal_name: some(principal),
            principal_type: Some(kind),
            grantor: some("boss"),
            grantor_type: Some(t::PrincipalType::USER),
            grant_option: true,
        };
        client.get::<m::GrantRole>(&args);
    }
    let on = |object_type, database: Option<&str>, table: Option<&str>, column: Option<&str>| t::HiveObjectRef {
        object_type: Some(object_type),
        db_name: database.map(str::to_owned),
        object_name: table.map(str::to_owned),
        part_values: None,
        column_name: column.map(str::to_owned),
        cat_name: None,
    };
    let objects = [
        on(t::HiveObjectType::GLOBAL, None, None, None),
        on(t::HiveObjectType::DATABASE, Some(DB), None, None),
        on(t::HiveObjectType::TABLE, Some(DB), Some("plain"), None),
        on(t::HiveObjectType::COLUMN, Some(DB), Some("plain"), Some("name")),
    ];
    let privilege = |object: &t::HiveObjectRef| t::HiveObjectPrivilege {
        hive_object: Some(object.clone()),
        principal_name: some("dora"),
        principal_type: Some(t::PrincipalType::GROUP),
        grant_info: Some(t::PrivilegeGrantInfo {
            privilege: some("SELECT"),
            create_time: 1_300_000_002,
            grantor: some("grantör"),
            grantor_type: Some(t::PrincipalType::USER),
            grant_option: true,
        }),
        authorizer: some("SQL"),
    };
    let bag = t::PrivilegeBag { privileges: Some(objects.iter().map(privilege).collect()) };
    client.get::<m::GrantPrivileges>(&m::GrantPrivilegesArgs { privileges: Some(bag) });
}
