//! U+0000: refused in whatever is stored, and what a store from before holds of it, or is damaged otherwise, concerns that
//! alone.

use std::fmt::Debug;
use std::path::{Path, PathBuf};

use skep::catalog::{
    CompactionRequest, Constraint, ConstraintKind, DEFAULT_AUTHORIZER, DataConnector, DatabaseDrop, EventFire,
    ExpiredQuery, Fired, NamedType, PartitionPick, PartitionQuery, Principal, Privilege, PrivilegeObject, RequestScope,
    Role, RoleGrant, StatisticsUpdate, TableAlter, TableCreate,
};
use skep_core::compaction::{CompactionKind, CompactionOptions};
use skep_core::partition::Partition;
use skep_core::stats::ColumnStatistics;
use skep_core::table::{Catalog, Column, Database, Function, Parameters, PrincipalType, Shape, Storage, Table};
use skep_core::{Kind, Result};
use sqlx::{AssertSqlSafe, Connection as _, Executor as _};

use super::fixture::{Field, at, field, field_again, table};
use super::lease::raw;
use super::partition_writes::adding;
use super::statistics::column;
use crate::backend::TestStore;

const NUL: &str = "a\0b";

fn refused<T: Debug>(what: &str, done: Result<T>) {
    let error = done.unwrap_err();
    assert_eq!(error.kind, Kind::Meta, "{what}: {error}");
    assert!(error.message.contains(what) && error.message.contains("U+0000"), "{what}: {error}");
}

fn said(text: &str) -> Parameters {
    [("comment".to_owned(), text.to_owned())].into()
}

/// A storage descriptor whose column has a comment.
fn commented(text: &str) -> Storage {
    let column = Column { name: "a".into(), type_name: Some("int".into()), comment: Some(text.into()) };
    let shape =
        Shape { columns: Some(vec![column]), serde: Some(skep_core::table::Serde::default()), ..Shape::default() };
    Storage { shape: shape.into(), location: None }
}

fn ann() -> Principal {
    Principal { kind: PrincipalType::User, name: "ann".into() }
}

impl Field {
    async fn make(&self, table: Table) -> Result<()> {
        self.metastore.table_create(&self.caller, TableCreate { table, ..TableCreate::default() }).await
    }
    async fn alter(&self, name: &str, change: impl FnOnce(&mut Table)) -> Result<()> {
        let mut new = (*self.metastore.table_get(&at(name)).await?).clone();
        change(&mut new);
        let alter = TableAlter { at: at(name), new, environment: Parameters::new(), cascade: false, expected: None };
        self.metastore.table_alter(&self.caller, alter).await
    }
    /// Gives the table another place.
    async fn move_on(&self, name: &str) {
        let moved = format!("{}-moved", self.metastore.table_get(&at(name)).await.unwrap().location().unwrap());
        self.alter(name, |table| table.storage.as_mut().unwrap().location = Some(moved)).await.unwrap();
    }
    async fn add_one(&self, table: &Table, partition: Partition) -> Result<Vec<Partition>> {
        self.metastore.partitions_add(&self.caller, &adding(table, vec![partition])).await
    }
    async fn filtered(&self, filter: &str) -> Vec<String> {
        self.metastore.table_names_by_filter("hive", "d", Some(filter), -1).await.unwrap()
    }
    async fn expired(&self) -> Vec<String> {
        let query = ExpiredQuery { limit: 100, ..ExpiredQuery::default() };
        let page = self.metastore.expired_list(&query).await.unwrap();
        page.places.into_iter().map(|one| one.place.location).collect()
    }
    /// A folder of the database, with a file in it.
    async fn folder(&self, name: &str) -> PathBuf {
        let database = self.metastore.database_get("hive", "d").await.unwrap();
        let folder = Path::new(database.location.strip_prefix("file:").unwrap()).join(name);
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join("f"), "data").unwrap();
        folder
    }
    /// Past every event, and all versions but the last.
    async fn purge(&self) -> u64 {
        self.clock.set_ms(skep::clock::system_ms() + 40 * 86_400_000);
        self.metastore.events_purge().await.unwrap();
        self.metastore.versions_purge().await.unwrap()
    }
    async fn versions(&self, name: &str) -> usize {
        self.metastore.version_list(&at(name), None, 100).await.unwrap().len()
    }
}

/// Notes a deletion that an earlier server left undone.
async fn left_undone(store: &TestStore, folder: &Path) {
    let body = serde_json::json!({"location": format!("file:{}", folder.display()), "skip_trash": true});
    behind(store, &format!("insert into deletion (body, at, attempts) values ('{body}', 0, 0)")).await;
}

/// Changes the database behind the server's back.
async fn behind(store: &TestStore, statement: &str) {
    let statement = AssertSqlSafe(statement.to_owned());
    if store.options.schema.is_some() {
        raw(&store.options).await.execute(statement).await.unwrap();
    } else {
        let mut file = sqlx::SqliteConnection::connect(&store.options.url).await.unwrap();
        file.execute(statement).await.unwrap();
    }
}

store_cases! {
    async fn objects_that_hold_it_are_refused(t: &TestStore) {
        let f = field(t, |_| ()).await;
        let (m, caller) = (&f.metastore, &f.caller);
        let made = f.table("t", &["p"]).await;
        let before = f.event_kinds().await;
        refused("a table", f.make(Table { parameters: said(NUL), ..table("n", &[]) }).await);
        refused("a table", f.make(Table { storage: Some(commented(NUL)), ..table("n", &[]) }).await);
        refused("a table", f.make(Table { parameters: [("\0".to_owned(), String::new())].into(), ..table("n", &[]) }).await);
        refused("a table", f.alter("t", |table| table.owner = Some(NUL.into())).await);
        let database = Database { catalog: "hive".into(), name: "e".into(), ..Database::default() };
        let described = Database { description: Some(NUL.into()), ..database };
        refused("a database", m.database_create(caller, described.clone()).await);
        refused("a database", m.database_alter(caller, "hive", "d", described).await);
        let location = format!("file:{}", f.folder("catalog").await.display());
        let catalog = Catalog { name: "c".into(), description: Some(NUL.into()), location, ..Catalog::default() };
        refused("a catalog", m.catalog_create(caller, catalog).await);
        let new = Partition { values: vec!["1".into()], storage: Some(commented("x")), ..Partition::default() };
        refused("a partition", f.add_one(&made, Partition { parameters: said(NUL), ..new.clone() }).await);
        refused("a storage descriptor", f.add_one(&made, Partition { storage: Some(commented(NUL)), ..new }).await);
        let statistics = ColumnStatistics { column_type: NUL.into(), ..column("a", 1, 2, 3) };
        let update = StatisticsUpdate { at: at("t"), columns: vec![(None, vec![statistics])], merge: false };
        refused("column statistics", m.statistics_update(caller, update).await);
        assert_eq!(f.event_kinds().await, before);
        assert_eq!(*m.table_get(&at("t")).await.unwrap(), made);
        assert!(!f.folder("catalog").await.parent().unwrap().join("n").exists());
        // What only looks like it, and all else that is odd, is kept as it is.
        let odd = "\\u0000 \\\\u0000 \u{1}\u{fffd}\"";
        f.make(Table { parameters: said(odd), ..table("odd", &[]) }).await.unwrap();
        assert_eq!(m.table_get(&at("odd")).await.unwrap().parameters["comment"], odd);
        let again = field_again(t).await;
        assert_eq!(again.metastore.table_get(&at("odd")).await.unwrap().parameters["comment"], odd);
    }

    async fn documents_that_hold_it_are_refused(t: &TestStore) {
        let f = field(t, |_| ()).await;
        let (m, caller) = (&f.metastore, &f.caller);
        f.table("t", &["p"]).await;
        let before = f.event_kinds().await;
        let kind = ConstraintKind::Default { column: "a".into(), value: NUL.into() };
        let constraint = Constraint { name: String::new(), kind, enable: true, validate: false, rely: true };
        refused("a constraint", m.constraints_add(caller, &at("t"), &[constraint]).await);
        let function = Function {
            catalog: "hive".into(),
            database: "d".into(),
            name: "f".into(),
            class_name: Some(NUL.into()),
            owner_type: Some(PrincipalType::User),
            function_type: Some(1),
            ..Function::default()
        };
        refused("a function", m.function_create(function).await);
        let role = |owner: &str| Role { name: "r".into(), create_time: 0, owner: Some(owner.into()) };
        refused("a role", m.role_create(role(NUL)).await);
        m.role_create(role("x")).await.unwrap();
        let by = |name: &str| Some(Principal { kind: PrincipalType::User, name: name.into() });
        let grant = RoleGrant { role: "r".into(), principal: ann(), grant_option: false, grant_time: 0, grantor: by(NUL) };
        refused("a grant of a role", m.role_grant(grant).await);
        let privilege = Privilege {
            object: PrivilegeObject::Global,
            principal: ann(),
            privilege: "SELECT".into(),
            create_time: 0,
            grantor: by(NUL),
            grant_option: false,
            authorizer: DEFAULT_AUTHORIZER.into(),
        };
        refused("a privilege", m.privileges_grant(vec![privilege]).await);
        let connector = DataConnector {
            name: "c".into(),
            connector_type: "mysql".into(),
            url: "jdbc:x".into(),
            description: Some(NUL.into()),
            parameters: Parameters::new(),
            owner: Some("ann".into()),
            owner_type: Some(PrincipalType::User),
            create_time: 0,
        };
        refused("a data connector", m.connector_create(caller, connector).await);
        let fields = vec![Column { name: "f".into(), type_name: Some("int".into()), comment: Some(NUL.into()) }];
        refused("a type", m.type_create(NamedType { name: "s".into(), fields, ..NamedType::default() }).await);
        let compaction = CompactionRequest {
            at: at("t"),
            partition: Some("p=1".into()),
            kind: CompactionKind::Major,
            pool: None,
            run_as: None,
            initiator_id: None,
            initiator_version: None,
            options: CompactionOptions { properties: said(NUL), ..CompactionOptions::default() },
        };
        refused("a compaction", m.compaction_request(&compaction).await);
        let fired = Fired { files: vec![NUL.into()], ..Fired::default() };
        refused("an event", m.event_fire(&[EventFire { at: at("t"), partition_values: None, fired }]).await);
        refused("a refused registration", m.quarantine_insert(&NUL, &[]).await);
        assert_eq!(f.event_kinds().await, before);
    }

    async fn what_a_store_holds_of_it_stops_nothing(t: &TestStore) {
        let f = field(t, |_| ()).await;
        let m = &f.metastore;
        f.make(Table { parameters: said("POISON"), ..table("poison", &[]) }).await.unwrap();
        f.table("fine", &[]).await;
        for name in ["poison", "fine"] {
            f.move_on(name).await;
        }
        let parts = f.table("parts", &["p"]).await;
        let storage = Some(commented("x"));
        let new = Partition { values: vec!["1".into()], parameters: said("POISON"), storage, ..Partition::default() };
        f.add_one(&parts, new).await.unwrap();
        let described = Database { description: Some("POISON".into()), ..m.database_get("hive", "d").await.unwrap() };
        m.database_alter(&f.caller, "hive", "d", described).await.unwrap();
        for change in [
            "update table_version set definition = replace(definition, 'POISON', 'a\\u0000b')",
            "update database set definition = replace(definition, 'POISON', 'a\\u0000b')",
            "update partition set params = replace(params, 'POISON', 'a\\u0000b')",
            "insert into deletion (body, at, attempts) values ('{', 0, 0)",
        ] {
            behind(t, change).await;
        }
        // Searches, and the things themselves, by a node that remembers nothing of them.
        let other = field_again(t).await;
        let healed = "a\u{fffd}b";
        assert_eq!(other.filtered("hive_filter_field_params__comment like \"a.*b\"").await, ["poison"]);
        assert_eq!(other.metastore.table_get(&at("poison")).await.unwrap().parameters["comment"], healed);
        assert_eq!(other.metastore.database_get("hive", "d").await.unwrap().description.as_deref(), Some(healed));
        assert_eq!(other.partition_list("parts").await[0].parameters["comment"], healed);
        let query = PartitionQuery {
            table: at("parts"), pick: PartitionPick::All, limit: None, scope: RequestScope::Unlimited,
        };
        let cached = other.metastore.partitions_read(&query).await.unwrap();
        assert_eq!(cached.partitions()[0].parameters["comment"], healed);
        // Sweeping: what is in use stays, whoever says so.
        let (unused, used) = (f.folder("unused").await, f.folder("poison-moved").await);
        left_undone(t, &unused).await;
        left_undone(t, &used).await;
        m.tasks_sweep(std::time::Duration::ZERO).await.unwrap();
        assert!(!unused.exists() && used.exists());
        // Purging, and what it leaves behind.
        let old = [f.folder("fine").await, f.folder("poison").await];
        assert!(f.purge().await > 0);
        assert_eq!((f.versions("poison").await, f.versions("fine").await), (1, 1));
        let mut expired = f.expired().await;
        expired.sort();
        assert_eq!(expired, old.map(|folder| format!("file:{}", folder.display())));
        // They can be written again, for they are read without it.
        other.alter("poison", |table| table.owner = Some("eve".into())).await.unwrap();
        let columns = vec![(Some("p=1".into()), vec![column("a", 1, 2, 3)])];
        let update = StatisticsUpdate { at: at("parts"), columns, merge: false };
        other.metastore.statistics_update(&f.caller, update).await.unwrap();
        let how = DatabaseDrop { cascade: true, ..DatabaseDrop::default() };
        other.metastore.database_drop(&f.caller, "hive", "d", how).await.unwrap();
        assert!(f.purge().await > 0);
    }

    async fn one_damaged_definition_stops_no_housekeeping(t: &TestStore) {
        let f = field(t, |_| ()).await;
        for name in ["bad", "fine"] {
            f.table(name, &[]).await;
            f.move_on(name).await;
        }
        f.table("gone", &[]).await;
        f.metastore.table_drop(&f.caller, &at("gone"), false, &Parameters::new()).await.unwrap();
        let (old, gone) = (f.folder("fine").await, f.folder("gone").await);
        let cut = "update table_version set definition = substr(definition, 1, length(definition) - 1) \
                   where definition is not null and (definition like '%bad%' or definition like '%gone%')";
        behind(t, cut).await;
        let m = &f.metastore;
        assert_eq!(field_again(t).await.metastore.table_get(&at("bad")).await.unwrap_err().kind, Kind::Corrupt);
        let (unused, used) = (f.folder("unused").await, f.folder("bad-moved").await);
        left_undone(t, &unused).await;
        left_undone(t, &used).await;
        m.tasks_sweep(std::time::Duration::ZERO).await.unwrap();
        assert!(!unused.exists() && used.exists());
        assert!(f.purge().await > 0);
        assert_eq!(f.versions("fine").await, 1);
        let mut expired = f.expired().await;
        expired.sort();
        assert_eq!(expired, [old, gone].map(|folder| format!("file:{}", folder.display())));
        assert_eq!(m.tables_managed().await.unwrap().len(), 0);
    }
}
