//! What a call makes, it makes in one commit with all that comes with it: statistics, privileges, constraints.

use std::path::{Path, PathBuf};

use skep::catalog::{
    Constraint, ConstraintKind, DEFAULT_AUTHORIZER, Metastore, PartitionsAdd, Principal, Privilege, PrivilegeObject,
    StatisticsScope, TableCreate,
};
use skep_core::stats::ColumnStatistics;
use skep_core::table::{PrincipalType, Table};
use skep_core::{Error, Kind, Result};

use super::fixture::{Field, at, field, table};
use super::partition_writes::{adding, names, partition};
use super::statistics::column;

fn object(name: &str) -> PrivilegeObject {
    PrivilegeObject::Table { catalog: "hive".into(), database: "d".into(), table: name.into() }
}

fn select(name: &str) -> Privilege {
    Privilege {
        object: object(name),
        principal: Principal { kind: PrincipalType::User, name: "ann".into() },
        privilege: "SELECT".into(),
        create_time: 0,
        grantor: None,
        grant_option: false,
        authorizer: DEFAULT_AUTHORIZER.into(),
    }
}

fn key() -> Constraint {
    let kind = ConstraintKind::NotNull { column: "a".into() };
    Constraint { name: String::new(), kind, enable: true, validate: false, rely: true }
}

/// A table `t` with all that it can come with.
fn whole() -> TableCreate {
    TableCreate {
        table: table("t", &["ds", "hr"]),
        constraints: vec![key()],
        statistics: vec![column("a", 1, 2, 3)],
        privileges: vec![select("t")],
        ..TableCreate::default()
    }
}

/// Such a table whose last grant, or whose statistics, cannot be stored; and what is said of it.
fn refused() -> [(TableCreate, &'static str); 2] {
    let statistics = ColumnStatistics { column_type: "big\0int".into(), ..column("a", 1, 2, 3) };
    [
        (TableCreate { privileges: vec![select("t"), select("t")], ..whole() }, "already granted to ann"),
        (TableCreate { statistics: vec![statistics], ..whole() }, "column statistics"),
    ]
}

fn folder(location: &str) -> PathBuf {
    Path::new(location.strip_prefix("file:").unwrap()).to_owned()
}

impl Field {
    async fn database_folder(&self) -> PathBuf {
        folder(&self.metastore.database_get("hive", "d").await.unwrap().location)
    }
    async fn create(&self, request: TableCreate) -> Result<()> {
        self.metastore.table_create(&self.caller, request).await
    }
    /// Adds partitions of a day with statistics of column `a` in a partition.
    async fn add_with(&self, table: &Table, hours: &[&str], of: &str) -> Result<usize> {
        let request = add_with(table, hours, of);
        Ok(self.metastore.partitions_add(&self.caller, &request).await?.len())
    }
    async fn statistics(&self, names: &[&str]) -> usize {
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        self.metastore.partition_statistics(&at("t"), "hive", &names, &["a".to_owned()]).await.unwrap().len()
    }
}

fn add_with(table: &Table, hours: &[&str], of: &str) -> PartitionsAdd {
    let partitions = hours.iter().map(|hour| partition(table, "1", hour)).collect();
    let statistics = vec![(of.to_owned(), vec![column("a", 1, 2, 3)])];
    PartitionsAdd { statistics, if_not_exists: true, ..adding(table, partitions) }
}

store_cases! {
    async fn a_table_comes_with_all_that_it_brings(t: &TestStore) {
        let f = field(t, |_| ()).await;
        let before = f.event_kinds().await.len();
        f.create(whole()).await.unwrap();
        let made = f.metastore.table_get(&at("t")).await.unwrap();
        assert_eq!(made.version, 2, "its statistics mark it");
        assert!(made.parameters.contains_key("COLUMN_STATS_ACCURATE"));
        assert_eq!(f.metastore.table_statistics(&at("t"), "hive", None).await.unwrap().len(), 1);
        assert_eq!(f.metastore.constraint_list(&at("t")).await.unwrap().len(), 1);
        let granted = f.metastore.privilege_list(None, Some(&object("t"))).await.unwrap();
        let now = i32::try_from(f.clock.now_seconds()).unwrap();
        assert_eq!(granted, [Privilege { create_time: now, ..select("t") }]);
        let kinds = f.event_kinds().await;
        assert_eq!(kinds[before..], ["CREATE_TABLE", "ADD_NOTNULLCONSTRAINT", "UPDATE_TBL_COL_STAT_EVENT"]);
        let versions: Vec<_> = f.events().await[before..].iter().map(|event| event.version).collect();
        assert_eq!(versions, [1, 1, 2].map(|version| Some((made.id, version))));
        // Its partitions, of which it has none, are known to be those of its last version.
        assert!(names(&f, "t").await.is_empty());
        assert_eq!(f.add_with(&made, &["2"], "ds=1/hr=2").await.unwrap(), 1);
    }

    async fn what_is_refused_leaves_no_table(t: &TestStore) {
        let f = field(t, |_| ()).await;
        let before = f.event_kinds().await;
        for imports in [false, true] {
            let caller = skep::catalog::Caller { imports, ..f.caller.clone() };
            for (request, why) in refused() {
                let failed = f.metastore.table_create(&caller, request).await.unwrap_err();
                assert!(failed.kind == Kind::Meta && failed.message.contains(why), "{failed}");
                assert_eq!(f.metastore.table_get(&at("t")).await.unwrap_err().kind, Kind::NotFound);
            }
        }
        assert!(!f.database_folder().await.join("t").exists());
        assert_eq!(f.event_kinds().await, before);
        assert!(f.metastore.privilege_list(None, None).await.unwrap().is_empty());
        f.create(whole()).await.unwrap();
    }

    async fn what_is_refused_leaves_no_partition(t: &TestStore) {
        let f = field(t, |_| ()).await;
        let table = f.table("t", &["ds", "hr"]).await;
        assert_eq!(f.add_with(&table, &["1"], "ds=1/hr=1").await.unwrap(), 1);
        let (version, before) = (f.metastore.table_get(&at("t")).await.unwrap().version, f.event_kinds().await);
        assert_eq!(version, 3, "added, and marked by its statistics");
        assert_eq!(before[before.len() - 2..], ["ADD_PARTITION", "UPDATE_PART_COL_STAT_EVENT"]);
        let failed = f.add_with(&table, &["2", "3"], "ds=1/hr=9").await.unwrap_err();
        assert!(failed.kind == Kind::NotFound && failed.message.contains("hr=9"), "{failed}");
        for (malformed, kind) in [("", Kind::Meta), ("hr", Kind::NotFound)] {
            assert_eq!(f.add_with(&table, &["2"], malformed).await.unwrap_err().kind, kind, "{malformed:?}");
        }
        assert_eq!(names(&f, "t").await, ["ds=1/hr=1"]);
        assert_eq!(f.metastore.table_get(&at("t")).await.unwrap().version, version);
        assert_eq!(f.event_kinds().await, before);
        let folder = folder(table.location().unwrap());
        assert!(folder.join("ds=1/hr=1").exists() && !folder.join("ds=1/hr=2").exists());
        // Also of partitions that are there already, and with the new ones.
        assert_eq!(f.add_with(&table, &["1", "2"], "ds=1/hr=1").await.unwrap(), 1);
        assert_eq!(f.add_with(&table, &["2"], "ds=1/hr=2").await.unwrap(), 0);
        assert_eq!(f.statistics(&["ds=1/hr=1", "ds=1/hr=2"]).await, 2);
        assert_eq!(f.add_with(&table, &["2"], "ds=1/hr=9").await.unwrap_err().kind, Kind::NotFound);
    }

    async fn as_part_of_a_shared_write_they_land_with_it(t: &TestStore) {
        let f = field(t, |_| ()).await;
        let caller = &f.caller;
        for fails in [true, false] {
            let done = f.metastore.together("t", None, &[], |within: Metastore| async move {
                within.table_create(caller, whole()).await?;
                let table = within.table_get(&at("t")).await?;
                within.partitions_add(caller, &add_with(&table, &["1"], "ds=1/hr=1")).await?;
                if fails { Err(Error::invalid_operation("not now")) } else { Ok(Vec::new()) }
            });
            assert_eq!(done.await.is_err(), fails);
            assert_eq!(f.metastore.table_get(&at("t")).await.is_err(), fails);
            assert_eq!(f.metastore.privilege_list(None, None).await.unwrap().is_empty(), fails);
        }
        assert_eq!(f.metastore.table_get(&at("t")).await.unwrap().version, 4);
        assert_eq!(f.statistics(&["ds=1/hr=1"]).await, 1);
        let delete = skep::catalog::StatisticsDelete {
            at: at("t"), of: StatisticsScope::Table, columns: None, engine: "hive".into(),
        };
        f.metastore.statistics_delete(caller, delete).await.unwrap();
    }
}
