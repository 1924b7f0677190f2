//! Constraints.

use skep::catalog::{Constraint, ConstraintKind, ForeignColumn, ForeignKeyQuery, KeyColumn, TableAlter, TableCreate};
use skep_core::Kind;

use super::fixture::{Field, at, field, table};

fn constraint(name: &str, kind: ConstraintKind) -> Constraint {
    Constraint { name: name.into(), kind, enable: true, validate: false, rely: true }
}

fn key(columns: &[&str]) -> Vec<KeyColumn> {
    columns.iter().zip(1..).map(|(c, sequence)| KeyColumn { name: (*c).to_owned(), sequence }).collect()
}

fn primary(name: &str, columns: &[&str]) -> Constraint {
    constraint(name, ConstraintKind::PrimaryKey { columns: key(columns) })
}

fn foreign(name: &str, parent: &str, columns: &[(&str, &str)]) -> Constraint {
    let columns = columns
        .iter()
        .zip(1..)
        .map(|((own, theirs), sequence)| ForeignColumn { name: (*own).into(), parent: (*theirs).into(), sequence })
        .collect();
    constraint(
        name,
        ConstraintKind::ForeignKey {
            parent: ("hive".into(), "d".into(), parent.into()),
            parent_id: 0,
            columns,
            parent_key: None,
            update_rule: 1,
            delete_rule: 2,
        },
    )
}

fn not_null(name: &str, column: &str) -> Constraint {
    constraint(name, ConstraintKind::NotNull { column: column.into() })
}

impl Field {
    async fn add(&self, name: &str, constraints: &[Constraint]) -> skep_core::Result<()> {
        self.metastore.constraints_add(&self.caller, &at(name), constraints).await
    }
    async fn constraint_names(&self, name: &str) -> Vec<String> {
        self.metastore.constraint_list(&at(name)).await.unwrap().into_iter().map(|c| c.name).collect()
    }
}

store_cases! {
    async fn constraints_are_named_checked_and_dropped(t: &TestStore) {
        let f = field(t, |_| ()).await;
        f.table("t", &["p"]).await;
        f.add("t", &[primary("", &["a", "p"]), not_null("NN", "b")]).await.unwrap();
        let names = f.constraint_names("t").await;
        assert_eq!(names[0], "nn");
        assert!(names[1].starts_with("pk_"), "{names:?}");
        let refused = async |constraint: Constraint| f.add("t", &[not_null("kept?", "a"), constraint]).await.unwrap_err();
        let second = refused(primary("other", &["b"])).await;
        assert_eq!(second.kind, Kind::Meta);
        assert!(second.message.contains("Primary key already exists for: hive.d.t"), "{second}");
        assert_eq!(refused(not_null("nn", "a")).await.kind, Kind::InvalidObject);
        assert_eq!(refused(not_null("x", "none")).await.kind, Kind::InvalidObject);
        assert_eq!(f.constraint_names("t").await, names, "all or none");
        assert_eq!(f.add("none", &[not_null("x", "a")]).await.unwrap_err().kind, Kind::InvalidObject);
        assert!(f.constraint_names("none").await.is_empty());
        // A row's check has no column; a name that the server made is free again after a drop.
        let check = ConstraintKind::Check { column: None, expression: "a < b".into() };
        f.add("t", &[constraint("c", check)]).await.unwrap();
        f.metastore.constraint_drop(&f.caller, &at("t"), &names[1].to_uppercase()).await.unwrap();
        let again = f.metastore.constraint_drop(&f.caller, &at("t"), &names[1]).await.unwrap_err();
        assert_eq!(again.kind, Kind::NotFound);
        f.add("t", &[primary("", &["b"])]).await.unwrap();
        assert_eq!(f.constraint_names("t").await, ["c".to_owned(), "nn".to_owned(), names[1].clone()]);
        let kinds = f.event_kinds().await;
        let pk = "ADD_PRIMARYKEY";
        assert_eq!(kinds[2..], [pk, "ADD_NOTNULLCONSTRAINT", "ADD_CHECKCONSTRAINT", "DROP_CONSTRAINT", pk]);
    }

    async fn foreign_keys_follow_their_parent(t: &TestStore) {
        let f = field(t, |_| ()).await;
        f.table("parent", &[]).await;
        f.table("child", &[]).await;
        let fk = || foreign("fk", "parent", &[("b", "a")]);
        assert_eq!(f.add("child", &[fk()]).await.unwrap_err().kind, Kind::Meta, "no key there");
        f.add("parent", &[primary("pp", &["a"])]).await.unwrap();
        assert_eq!(f.add("child", &[foreign("fk", "none", &[("b", "a")])]).await.unwrap_err().kind, Kind::InvalidObject);
        assert_eq!(f.add("child", &[foreign("fk", "parent", &[("b", "b")])]).await.unwrap_err().kind, Kind::Meta);
        f.add("child", &[fk()]).await.unwrap();
        let parent = f.metastore.table_get(&at("parent")).await.unwrap();
        let new = skep_core::table::Table { name: "renamed".into(), ..(*parent).clone() };
        let alter = TableAlter {
            at: at("parent"), new, environment: std::collections::BTreeMap::default(), cascade: false, expected: None
        };
        f.metastore.table_alter(&f.caller, alter).await.unwrap();
        let of_parent = ForeignKeyQuery {
            catalog: "hive".into(), parent_table: Some("RENAMED".into()), ..ForeignKeyQuery::default()
        };
        let found = f.metastore.foreign_key_list(&of_parent).await.unwrap();
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].0, at("child"));
        let ConstraintKind::ForeignKey { parent, parent_key, .. } = &found[0].1.kind else { panic!("kind") };
        assert_eq!((parent.2.as_str(), parent_key.as_deref()), ("renamed", Some("pp")));
        let of_child = ForeignKeyQuery {
            catalog: "hive".into(), database: Some("d".into()), table: Some("child".into()),
            parent_table: Some("parent".into()), ..ForeignKeyQuery::default()
        };
        assert!(f.metastore.foreign_key_list(&of_child).await.unwrap().is_empty(), "its name of old");
        f.metastore.table_drop(&f.caller, &at("renamed"), true, &std::collections::BTreeMap::default()).await.unwrap();
        assert!(f.metastore.foreign_key_list(&ForeignKeyQuery { parent_table: None, ..of_child }).await.unwrap().is_empty());
        assert!(f.constraint_names("child").await.is_empty());
    }

    async fn a_new_table_brings_its_constraints_or_is_not_made(t: &TestStore) {
        let f = field(t, |_| ()).await;
        let create = |name: &str, constraints| {
            f.metastore.table_create(&f.caller, TableCreate { table: table(name, &[]), constraints, ..Default::default() })
        };
        // The foreign key refers to the key that comes with it.
        create("t", vec![foreign("self", "t", &[("b", "a")]), primary("pk", &["a"])]).await.unwrap();
        assert_eq!(f.constraint_names("t").await, ["pk", "self"]);
        let twice = vec![not_null("n", "a"), not_null("N", "b")];
        assert_eq!(create("u", twice).await.unwrap_err().kind, Kind::InvalidObject);
        assert_eq!(f.metastore.table_get(&at("u")).await.unwrap_err().kind, Kind::NotFound);
        f.metastore.table_drop(&f.caller, &at("t"), true, &std::collections::BTreeMap::default()).await.unwrap();
        f.table("t", &[]).await;
        assert!(f.constraint_names("t").await.is_empty(), "constraints die with their table");
    }
}
