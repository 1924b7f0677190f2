//! Roles, privileges, runtime statistics.

use skep::catalog::{Principal, Privilege, PrivilegeObject, Role, RoleGrant, TableAlter};
use skep_core::Kind;
use skep_core::table::PrincipalType::{self, User};

use super::fixture::{Field, at, field};

fn principal(kind: PrincipalType, name: &str) -> Principal {
    Principal { kind, name: name.into() }
}

fn on_table(table: &str) -> PrivilegeObject {
    PrivilegeObject::Table { catalog: "hive".into(), database: "d".into(), table: table.into() }
}

fn privilege(object: PrivilegeObject, principal: &Principal, privilege: &str) -> Privilege {
    Privilege {
        object,
        principal: principal.clone(),
        privilege: privilege.into(),
        create_time: 0,
        grantor: Some(Principal { kind: User, name: "root".into() }),
        grant_option: true,
        authorizer: "SQL".into(),
    }
}

impl Field {
    async fn role(&self, name: &str) -> skep_core::Result<()> {
        self.metastore.role_create(Role { name: name.into(), create_time: 0, owner: Some("ann".into()) }).await
    }
    async fn put_in(&self, role: &str, principal: Principal) -> skep_core::Result<()> {
        let grantor = None;
        let grant = RoleGrant { role: role.into(), principal, grant_option: true, grant_time: 0, grantor };
        self.metastore.role_grant(grant).await
    }
}

store_cases! {
    async fn roles_hold_users_and_roles_without_cycles(t: &TestStore) {
        let f = field(t, |_| ()).await;
        let m = &f.metastore;
        for name in ["public", "admin"] {
            assert_eq!(f.role(name).await.unwrap_err().kind, Kind::Meta);
            assert_eq!(m.role_drop(name).await.unwrap_err().kind, Kind::Meta);
        }
        for name in ["a", "b", "c"] {
            f.role(name).await.unwrap();
        }
        assert_eq!(f.role("a").await.unwrap_err().kind, Kind::Meta);
        assert_eq!(m.role_names().await.unwrap(), ["a", "admin", "b", "c", "public"]);
        let role = |name| principal(PrincipalType::Role, name);
        f.put_in("a", role("b")).await.unwrap();
        f.put_in("b", role("c")).await.unwrap();
        for (outer, inner) in [("c", "a"), ("b", "a"), ("a", "a"), ("a", "b"), ("a", "none"), ("public", "a")] {
            let refused = f.put_in(outer, role(inner)).await.unwrap_err();
            assert_eq!(refused.kind, Kind::Meta, "{inner} into {outer}: {refused}");
        }
        let bob = principal(User, "bob");
        f.put_in("c", bob.clone()).await.unwrap();
        let names: Vec<String> = m.role_list(&bob).await.unwrap().into_iter().map(|r| r.name).collect();
        assert_eq!(names, ["c", "public"]);
        assert_eq!(m.role_grants(&bob).await.unwrap().len(), 2);
        assert_eq!(m.role_principals("c").await.unwrap()[0].grant_time, 1_700_000_000);
        m.role_revoke("c", &bob, true).await.unwrap();
        assert!(!m.role_principals("c").await.unwrap()[0].grant_option);
        assert_eq!(m.role_revoke("c", &bob, true).await.unwrap_err().kind, Kind::Meta);
        assert_eq!(m.role_revoke("a", &bob, false).await.unwrap_err().kind, Kind::Meta);
        // What a role's roles may do, its users may; a dropped role takes all that with it.
        f.table("t", &[]).await;
        m.privileges_grant(vec![privilege(on_table("t"), &role("a"), "SELECT")]).await.unwrap();
        m.privileges_grant(vec![privilege(on_table("t"), &role("b"), "UPDATE")]).await.unwrap();
        let set = m.privilege_set(&on_table("t"), Some("bob"), &[]).await.unwrap();
        assert_eq!(set.roles.keys().collect::<Vec<_>>(), ["a", "b"]);
        m.role_drop("b").await.unwrap();
        assert!(m.privilege_set(&on_table("t"), Some("bob"), &[]).await.unwrap().roles.is_empty());
        assert_eq!(m.privilege_list(None, Some(&on_table("t"))).await.unwrap().len(), 1);
        assert!(m.role_principals("b").await.unwrap().is_empty() && m.role_principals("a").await.unwrap().is_empty());
    }

    async fn of_two_grants_that_make_a_cycle_one_wins(t: &TestStore) {
        let f = std::sync::Arc::new(field(t, |_| ()).await);
        for name in ["a", "b"] {
            f.role(name).await.unwrap();
        }
        let both = [("a", "b"), ("b", "a")].map(|(outer, inner)| {
            let f = std::sync::Arc::clone(&f);
            tokio::spawn(async move { f.put_in(outer, principal(PrincipalType::Role, inner)).await.is_ok() })
        });
        let mut won = 0;
        for grant in both {
            won += usize::from(grant.await.unwrap());
        }
        assert_eq!(won, 1);
    }

    async fn privileges_are_granted_revoked_and_follow_the_table(t: &TestStore) {
        let f = field(t, |_| ()).await;
        let m = &f.metastore;
        f.table("t", &[]).await;
        let bob = principal(User, "bob");
        let grant = |what: &str| privilege(on_table("t"), &bob, what);
        m.privileges_grant(vec![grant("SELECT"), grant("INSERT")]).await.unwrap();
        let refused = m.privileges_grant(vec![grant("DELETE"), grant("SELECT")]).await.unwrap_err();
        assert_eq!(refused.kind, Kind::Meta);
        assert_eq!(m.privilege_list(Some(&bob), Some(&on_table("t"))).await.unwrap().len(), 2, "all or none");
        assert_eq!(m.privileges_grant(vec![privilege(on_table("none"), &bob, "X")]).await.unwrap_err().kind, Kind::NotFound);
        let column = PrivilegeObject::Column {
            catalog: "hive".into(), database: "d".into(), table: "t".into(), values: vec![], column: "a".into(),
        };
        m.privileges_grant(vec![privilege(column.clone(), &bob, "SELECT")]).await.unwrap();
        m.privileges_grant(vec![privilege(PrivilegeObject::Global, &bob, "ALL")]).await.unwrap();
        m.privileges_revoke(vec![grant("select")], true).await.unwrap();
        assert_eq!(m.privileges_revoke(vec![grant("SELECT")], true).await.unwrap_err().kind, Kind::Meta);
        m.privileges_revoke(vec![grant("INSERT")], false).await.unwrap();
        assert_eq!(m.privileges_revoke(vec![grant("INSERT")], false).await.unwrap_err().kind, Kind::Meta);
        let left = m.privilege_list(None, Some(&on_table("t"))).await.unwrap();
        assert_eq!(left.len(), 1);
        assert_eq!((left[0].privilege.as_str(), left[0].grant_option, left[0].create_time), ("SELECT", false, 1_700_000_000));
        // Refreshed: another authorizer's are left alone.
        let ranger = |what: &str| Privilege { authorizer: "RANGER".into(), ..grant(what) };
        for round in [vec![ranger("A"), ranger("B")], vec![ranger("C")]] {
            m.privileges_refresh(&on_table("t"), false, "RANGER", &round).await.unwrap();
        }
        let names = async |object: &PrivilegeObject| {
            let found = m.privilege_list(Some(&bob), Some(object)).await.unwrap();
            let mut names: Vec<String> = found.into_iter().map(|p| p.privilege).collect();
            names.sort();
            names
        };
        assert_eq!(names(&on_table("t")).await, ["C", "SELECT"]);
        let table = m.table_get(&at("t")).await.unwrap();
        let new = skep_core::table::Table { name: "u".into(), ..(*table).clone() };
        let alter = TableAlter { at: at("t"), new, environment: std::collections::BTreeMap::default(), cascade: false, expected: None };
        m.table_alter(&f.caller, alter).await.unwrap();
        assert_eq!(names(&on_table("u")).await, ["C", "SELECT"]);
        let all = m.privilege_list(Some(&bob), None).await.unwrap();
        assert_eq!(all.len(), 4);
        assert_eq!(all.iter().filter(|p| p.object == on_table("u")).count(), 2);
        m.table_drop(&f.caller, &at("u"), true, &std::collections::BTreeMap::default()).await.unwrap();
        assert_eq!(m.privilege_list(None, None).await.unwrap().len(), 1, "the global one");
    }

    async fn runtime_statistics_come_latest_first(t: &TestStore) {
        let f = field(t, |_| ()).await;
        let m = &f.metastore;
        for weight in 1..=4 {
            m.runtime_stat_add(weight, vec![255; 3]).await.unwrap();
        }
        let weights = async |max, before| {
            let found = m.runtime_stat_list(max, before).await.unwrap();
            assert!(found.iter().all(|s| s.payload.0 == [255; 3] && s.create_time == 1_700_000_000));
            found.into_iter().map(|s| s.weight).collect::<Vec<_>>()
        };
        assert_eq!(weights(-1, -1).await, [4, 3, 2, 1]);
        assert_eq!(weights(5, -1).await, [4, 3]);
        assert!(weights(-1, 1_700_000_000).await.is_empty());
    }
}
