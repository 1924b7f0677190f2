//! Privileges that objects come with, and those that partitions tell.

use skep_thrift::{Exception, methods as m, types as t};

use super::{TestClient, partition, table};

fn grants(names: &[&str]) -> Vec<t::PrivilegeGrantInfo> {
    let grant = |name: &&str| t::PrivilegeGrantInfo {
        privilege: Some((*name).into()),
        grantor: Some("root".into()),
        grantor_type: Some(t::PrincipalType::USER),
        ..t::PrivilegeGrantInfo::default()
    };
    names.iter().map(grant).collect()
}

/// A table whose partitions have privileges of their own, or not.
fn granted(name: &str, partition_level: bool) -> t::Table {
    let set = t::PrincipalPrivilegeSet {
        user_privileges: Some(vec![("ann".into(), grants(&["SELECT", "ALTER"])), ("bob".into(), grants(&["DROP"]))]),
        group_privileges: Some(vec![("staff".into(), grants(&["INSERT"]))]),
        role_privileges: Some(vec![("public".into(), grants(&["SELECT"]))]),
    };
    t::Table {
        parameters: partition_level.then(|| vec![("PARTITION_LEVEL_PRIVILEGE".into(), "TRUE".into())]),
        privileges: Some(set),
        ..table(name, &["p"])
    }
}

type Names = Vec<(String, Vec<String>)>;

/// Names of principals and of what they may.
fn names(list: Option<Vec<(String, Vec<t::PrivilegeGrantInfo>)>>) -> Option<Names> {
    let mut all: Names = list?
        .into_iter()
        .map(|(name, grants)| (name, grants.into_iter().map(|g| g.privilege.unwrap()).collect()))
        .collect();
    for (_, grants) in &mut all {
        grants.sort();
    }
    all.sort();
    Some(all)
}

/// What `names` makes of a list with these.
fn named(list: &[(&str, &[&str])]) -> Names {
    list.iter().map(|(n, g)| ((*n).into(), g.iter().map(|g| (*g).into()).collect())).collect()
}

fn of(partition: t::Partition) -> [Option<Names>; 3] {
    let set = partition.privileges.unwrap_or_default();
    [names(set.user_privileges), names(set.group_privileges), names(set.role_privileges)]
}

impl TestClient {
    async fn add(&mut self, table: &str, value: &str) {
        self.ok::<m::AddPartition>(m::AddPartitionArgs { new_part: Some(partition(table, value)) }).await;
    }
    async fn get(&mut self, table: &str, value: &str) -> t::Partition {
        let args = m::GetPartitionWithAuthArgs {
            db_name: Some("d".into()),
            tbl_name: Some(table.into()),
            part_vals: Some(vec![value.into()]),
            user_name: Some("ann".into()),
            group_names: Some(vec!["staff".into(), "guests".into()]),
        };
        self.ok::<m::GetPartitionWithAuth>(args).await
    }
    async fn list(&mut self, user: Option<&str>, groups: Option<&[&str]>) -> Vec<t::Partition> {
        let groups: Option<Vec<String>> = groups.map(|g| g.iter().map(|g| (*g).into()).collect());
        let args = m::GetPartitionsWithAuthArgs {
            db_name: Some("d".into()),
            tbl_name: Some("t".into()),
            max_parts: -1,
            user_name: user.map(str::to_owned),
            group_names: groups.clone(),
        };
        let all = self.ok::<m::GetPartitionsWithAuth>(args).await;
        let request = t::GetPartitionsPsWithAuthRequest {
            db_name: "d".into(),
            tbl_name: "t".into(),
            max_parts: -1,
            user_name: user.map(str::to_owned),
            group_names: groups,
            ..t::GetPartitionsPsWithAuthRequest::default()
        };
        let args = m::GetPartitionsPsWithAuthReqArgs { req: Some(request) };
        assert_eq!(self.ok::<m::GetPartitionsPsWithAuthReq>(args).await.partitions, all);
        all
    }
    async fn granted_on(&mut self, table: &str, value: Option<&str>) -> usize {
        let object = t::HiveObjectRef {
            object_type: Some(if value.is_some() { t::HiveObjectType::PARTITION } else { t::HiveObjectType::TABLE }),
            db_name: Some("d".into()),
            object_name: Some(table.into()),
            part_values: value.map(|v| vec![v.into()]),
            ..t::HiveObjectRef::default()
        };
        let args = m::ListPrivilegesArgs { principal_name: None, principal_type: None, hive_object: Some(object) };
        self.ok::<m::ListPrivileges>(args).await.len()
    }
}

hms_cases! {
    async fn partitions_inherit_and_tell_their_tables_privileges(c: &mut TestClient) {
        c.database("d").await;
        c.table(granted("t", true)).await;
        assert_eq!(c.granted_on("t", None).await, 5);
        c.add("t", "1").await;
        let expected = [
            Some(named(&[("ann", &["ALTER", "SELECT"])])),
            Some(named(&[("guests", &[]), ("staff", &["INSERT"])])),
            Some(named(&[("public", &["SELECT"])])),
        ];
        assert_eq!(of(c.get("t", "1").await), expected);
        // What is granted on the table later is not the partition's.
        let revoked = t::HiveObjectPrivilege {
            hive_object: Some(t::HiveObjectRef {
                object_type: Some(t::HiveObjectType::TABLE),
                db_name: Some("d".into()),
                object_name: Some("t".into()),
                ..t::HiveObjectRef::default()
            }),
            principal_name: Some("ann".into()),
            principal_type: Some(t::PrincipalType::USER),
            grant_info: grants(&["SELECT"]).pop(),
            authorizer: Some("SQL".into()),
        };
        let bag = t::PrivilegeBag { privileges: Some(vec![revoked]) };
        assert!(c.ok::<m::RevokePrivileges>(m::RevokePrivilegesArgs { privileges: Some(bag) }).await);
        c.add("t", "2").await;
        let all = c.list(Some("ann"), Some(&["staff"])).await;
        let users: Vec<_> = all.iter().map(|p| of(p.clone())[0].clone()).collect();
        assert_eq!(users, [Some(named(&[("ann", &["ALTER", "SELECT"])])), Some(named(&[("ann", &["ALTER"])]))]);
        assert_eq!(of(all[0].clone())[1], Some(named(&[("staff", &["INSERT"])])));
        let strangers = c.list(Some("eve"), Some(&[])).await;
        assert_eq!(of(strangers[0].clone()), [Some(named(&[("eve", &[])])), None, Some(named(&[("public", &["SELECT"])]))]);
        // Lists tell nothing unless both are given.
        for (user, groups) in [(Some("ann"), None), (None, Some(&["staff"][..])), (None, None)] {
            assert!(c.list(user, groups).await.iter().all(|p| p.privileges.is_none()));
        }
    }

    async fn a_table_whose_privileges_are_refused_is_not_made(c: &mut TestClient) {
        c.database("d").await;
        let twice = t::PrincipalPrivilegeSet {
            user_privileges: Some(vec![("ann".into(), grants(&["SELECT", "SELECT"]))]),
            ..t::PrincipalPrivilegeSet::default()
        };
        let refused = t::Table { privileges: Some(twice), ..table("t", &["p"]) };
        let (what, why) = c.fails::<m::CreateTable>(m::CreateTableArgs { tbl: Some(refused) }).await;
        assert_eq!(what, Exception::Meta, "{why}");
        let args = m::GetTableArgs { dbname: Some("d".into()), tbl_name: Some("t".into()) };
        assert_eq!(c.fails::<m::GetTable>(args).await.0, Exception::NoSuchObject);
        c.table(granted("t", true)).await;
        assert_eq!(c.granted_on("t", None).await, 5);
    }

    async fn a_comment_with_nul_is_a_meta_exception(c: &mut TestClient) {
        c.database("d").await;
        let args = m::CreateTableArgs {
            tbl: Some(t::Table { parameters: Some(vec![("comment".into(), "a\0b".into())]), ..table("t", &[]) }),
        };
        let (what, why) = c.fails::<m::CreateTable>(args).await;
        assert!(what == Exception::Meta && why.contains("a table holds the character U+0000"), "{what:?} {why}");
    }

    async fn a_partitions_privileges_follow_it(c: &mut TestClient) {
        c.database("d").await;
        c.table(granted("t", true)).await;
        c.add("t", "1").await;
        c.add("t", "2").await;
        let rename = m::RenamePartitionArgs {
            db_name: Some("d".into()),
            tbl_name: Some("t".into()),
            part_vals: Some(vec!["1".into()]),
            new_part: Some(partition("t", "3")),
        };
        c.ok::<m::RenamePartition>(rename).await;
        assert_eq!((c.granted_on("t", Some("1")).await, c.granted_on("t", Some("3")).await), (0, 5));
        let drop = m::DropPartitionByNameArgs {
            db_name: Some("d".into()), tbl_name: Some("t".into()), part_name: Some("p=2".into()), delete_data: true,
        };
        c.ok::<m::DropPartitionByName>(drop).await;
        assert_eq!((c.granted_on("t", Some("2")).await, c.granted_on("t", None).await), (0, 5));
        c.add("t", "2").await;
        assert_eq!(c.granted_on("t", Some("2")).await, 5);
    }

    async fn partitions_of_other_tables_tell_nothing(c: &mut TestClient) {
        c.database("d").await;
        c.table(granted("t", false)).await;
        c.add("t", "1").await;
        assert_eq!(c.get("t", "1").await.privileges, None);
        let absent = m::GetPartitionWithAuthArgs {
            db_name: Some("d".into()),
            tbl_name: Some("t".into()),
            part_vals: Some(vec!["9".into()]),
            ..m::GetPartitionWithAuthArgs::default()
        };
        assert_eq!(c.fails::<m::GetPartitionWithAuth>(absent).await.0, Exception::NoSuchObject);
        assert_eq!(c.granted_on("t", Some("1")).await, 0);
        assert_eq!(c.granted_on("t", None).await, 5);
    }
}
