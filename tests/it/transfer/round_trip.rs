//! What is copied is the same: by the report, and by the calls of a client that knows nothing of the copier.

use skep_thrift::methods as m;
use skep_thrift::types as t;

use super::fixture::{DB, Pair, add, command, create, map, partition, report, some, table};
use crate::process::client::Client;

fn table_of(client: &mut Client, catalog: &str, name: &str) -> t::Table {
    let request = t::GetTableRequest {
        db_name: DB.to_owned(),
        tbl_name: name.to_owned(),
        cat_name: some(catalog),
        capabilities: None,
        ..Default::default()
    };
    let table = client.get::<m::GetTableReq>(&m::GetTableReqArgs { req: Some(request) }).table;
    t::Table { id: None, ..table }
}

/// Everything that a server says of itself, as text.
fn all_of(client: &mut Client) -> Vec<String> {
    let mut all = Vec::new();
    for catalog in client.get::<m::GetCatalogs>(&m::GetCatalogsArgs {}).names.unwrap() {
        let args = m::GetCatalogArgs { cat_name: Some(t::GetCatalogRequest { name: Some(catalog.clone()) }) };
        all.push(format!("{:?}", client.get::<m::GetCatalog>(&args)));
        let pattern = Some(format!("@{catalog}#"));
        for database in client.get::<m::GetDatabases>(&m::GetDatabasesArgs { pattern }) {
            let name = Some(format!("@{catalog}#{database}"));
            all.push(format!("{:?}", client.get::<m::GetDatabase>(&m::GetDatabaseArgs { name: name.clone() })));
            for table in client.get::<m::GetAllTables>(&m::GetAllTablesArgs { db_name: name.clone() }) {
                all.push(format!("{:?}", table_of(client, &catalog, &table)));
                let args = m::GetPartitionsArgs { db_name: name.clone(), tbl_name: Some(table.clone()), max_parts: -1 };
                all.extend(client.get::<m::GetPartitions>(&args).iter().map(|partition| format!("{partition:?}")));
                let request = t::AllTableConstraintsRequest {
                    db_name: database.clone(),
                    tbl_name: table,
                    cat_name: catalog.clone(),
                    ..Default::default()
                };
                let args = m::GetAllTableConstraintsArgs { request: Some(request) };
                all.push(format!("{:?}", client.get::<m::GetAllTableConstraints>(&args)));
            }
        }
    }
    for column in ["id", "name", "price"] {
        for table in ["plain", "parts"] {
            let args =
                m::GetTableColumnStatisticsArgs { db_name: some(DB), tbl_name: some(table), col_name: some(column) };
            all.push(format!("{:?}", client.get::<m::GetTableColumnStatistics>(&args)));
        }
    }
    for engine in ["hive", "impala"] {
        let request = t::PartitionsStatsRequest {
            db_name: DB.to_owned(),
            tbl_name: "parts".to_owned(),
            col_names: ["id", "name", "price"].map(str::to_owned).into(),
            part_names: vec!["dt=UPPER/hour=Lower".to_owned()],
            engine: engine.to_owned(),
            ..Default::default()
        };
        let args = m::GetPartitionsStatisticsReqArgs { request: Some(request) };
        all.push(format!("{:?}", client.get::<m::GetPartitionsStatisticsReq>(&args)));
    }
    let args = m::GetPartitionColumnStatisticsArgs {
        db_name: some(DB),
        tbl_name: some("parts"),
        part_name: some("dt=UPPER/hour=Lower"),
        col_name: some("id"),
    };
    let about = client.get::<m::GetPartitionColumnStatistics>(&args);
    assert_eq!(about.stats_desc.last_analyzed, Some(1_500_000_100));
    all.push(format!("{about:?}"));
    all.push(format!("{:?}", client.get::<m::GetAllFunctions>(&m::GetAllFunctionsArgs {})));
    for role in ["readers", "writers"] {
        let args =
            m::GetPrincipalsInRoleArgs { request: Some(t::GetPrincipalsInRoleRequest { role_name: role.to_owned() }) };
        all.push(format!("{:?}", client.get::<m::GetPrincipalsInRole>(&args)));
    }
    let carl = m::ListRolesArgs { principal_name: some("carl"), principal_type: Some(t::PrincipalType::GROUP) };
    all.push(format!("{:?}", client.get::<m::ListRoles>(&carl)));
    let args = m::ListPrivilegesArgs { principal_name: None, principal_type: None, hive_object: None };
    let mut privileges = client.get::<m::ListPrivileges>(&args);
    privileges.sort_by_key(|privilege| format!("{privilege:?}"));
    all.extend(privileges.iter().map(|privilege| format!("{privilege:?}")));
    all
}

pub fn assert_same(pair: &Pair) {
    let mut source = Client::connect(pair.source.address).unwrap();
    let mut target = Client::connect(pair.target.address).unwrap();
    let (source, target) = (all_of(&mut source), all_of(&mut target));
    assert_eq!(source.len(), target.len());
    for (source, target) in source.iter().zip(&target) {
        assert_eq!(source, target);
    }
}

#[test]
fn all_that_there_is_is_copied_and_no_file_touched() {
    let pair = Pair::new(2500);
    let (report, done) = pair.import(&[]);
    assert!(done && report["complete"] == true, "{report:#}");
    assert_eq!(report["difference_count"], 0);
    assert_eq!(report["objects"]["partition"]["created"], 2504);
    assert_eq!(report["objects"]["partition"]["compared"], 2504);
    assert_eq!(report["objects"]["table"]["created"], 9);
    assert_same(&pair);
    // The one of the catalog that Skep starts with, and nothing in it.
    let warehouse = pair.target_folder().join("warehouse");
    assert_eq!(std::fs::read_dir(warehouse).unwrap().count(), 0);
    let (again, done) = pair.import(&[]);
    assert!(done);
    for (kind, count) in again["objects"].as_object().unwrap() {
        assert_eq!((&count["created"], &count["altered"]), (&0.into(), &0.into()), "{kind}");
    }
}

#[test]
fn an_export_is_an_import_seen_from_the_other_side() {
    let pair = Pair::new(3);
    let (from, to) = (format!("thrift://{}", pair.source.address), format!("thrift://{}", pair.target.address));
    let (report, done) = report(&command(&["export", &to, "--from", &from, "--output", "json"]).output().unwrap());
    assert!(done && report["complete"] == true, "{report:#}");
    assert_same(&pair);
}

#[test]
fn a_dry_run_changes_nothing() {
    let pair = Pair::new(1200);
    let mut target = Client::connect(pair.target.address).unwrap();
    let before = target.get::<m::GetCurrentNotificationEventId>(&m::GetCurrentNotificationEventIdArgs {});
    let (report, done) = pair.import(&["--dry-run"]);
    assert!(done, "{report:#}");
    assert_eq!(report["complete"], false);
    assert_eq!(report["objects"]["partition"]["created"], 1204);
    assert_eq!(report["objects"]["table"]["created"], 9);
    assert_eq!(before, target.get::<m::GetCurrentNotificationEventId>(&m::GetCurrentNotificationEventIdArgs {}));
}

#[test]
fn only_the_databases_that_were_asked_for() {
    let pair = Pair::new(0);
    let (report, done) = pair.import(&["--databases", "empty_*"]);
    assert!(done, "{report:#}");
    let mut target = Client::connect(pair.target.address).unwrap();
    let names = target.get::<m::GetAllDatabases>(&m::GetAllDatabasesArgs {});
    assert_eq!(names, ["default", "empty_one"]);
    let left_out = report["left_out"].as_array().unwrap();
    assert!(left_out.iter().any(|left| left["what"] == "roles"), "{left_out:?}");
}

fn alter(client: &mut Client, name: &str, change: impl FnOnce(&mut t::Table)) {
    let mut table = table_of(client, "hive", name);
    change(&mut table);
    let args = m::AlterTableArgs { dbname: some(DB), tbl_name: some(name), new_tbl: Some(table) };
    client.get::<m::AlterTable>(&args);
}

fn stamp(table: &mut t::Table, time: &str) {
    let parameters = table.parameters.as_mut().unwrap();
    parameters.retain(|(key, _)| key != "transient_lastDdlTime");
    parameters.extend(map(&[("transient_lastDdlTime", time), ("note", time)]).unwrap());
}

#[test]
fn what_changed_at_the_source_follows() {
    let pair = Pair::new(5);
    assert!(pair.import(&[]).1);
    let mut source = Client::connect(pair.source.address).unwrap();
    alter(&mut source, "plain", |table| stamp(table, "1600000000"));
    add(&mut source, "parts", vec![partition("parts", &["new", "1"])]);
    create(&mut source, table("later", "EXTERNAL_TABLE", &[]));
    let (report, done) = pair.import(&[]);
    assert!(done && report["complete"] == true, "{report:#}");
    let tables = &report["objects"]["table"];
    assert_eq!((&tables["created"], &tables["altered"]), (&1.into(), &1.into()));
    assert_eq!(report["objects"]["partition"]["created"], 1);
    assert_same(&pair);
}

#[test]
fn what_is_newer_or_another_at_the_target_stays() {
    let pair = Pair::new(5);
    assert!(pair.import(&[]).1);
    let mut target = Client::connect(pair.target.address).unwrap();
    alter(&mut target, "plain", |table| stamp(table, "1700000000"));
    target.get::<m::DropTable>(&m::DropTableArgs { dbname: some(DB), name: some("bare"), delete_data: false });
    let mut other = table("bare", "EXTERNAL_TABLE", &[]);
    other.sd.as_mut().unwrap().location = Some(format!("file:{}", pair.path().join("other").display()));
    create(&mut target, other);
    add(&mut target, "many", vec![partition("many", &["only here"])]);
    let (report, done) = pair.import(&[]);
    assert!(!done && report["complete"] == false);
    let conflicts = report["conflicts"].as_array().unwrap();
    let objects: Vec<_> = conflicts.iter().map(|conflict| conflict["object"].as_str().unwrap()).collect();
    assert_eq!(objects.len(), 2, "{conflicts:?}");
    assert!(objects.contains(&"table hive.sales.plain") && objects.contains(&"table hive.sales.bare"), "{objects:?}");
    let (report, done) = pair.import(&["--overwrite"]);
    // Partitions that only the target has are told, and stay.
    assert!(!done);
    assert_eq!(report["conflict_count"], 0);
    let differences = report["differences"].as_array().unwrap();
    assert_eq!(differences.len(), 1, "{differences:?}");
    assert_eq!(differences[0]["object"], "partition hive.sales.many/n=only here");
    let args = m::DropPartitionByNameArgs {
        db_name: some(DB),
        tbl_name: some("many"),
        part_name: some("n=only here"),
        delete_data: false,
    };
    target.get::<m::DropPartitionByName>(&args);
    assert!(pair.import(&[]).1);
    assert_same(&pair);
}
