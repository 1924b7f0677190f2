//! Privileges on everything that was copied.

use std::collections::BTreeMap;

use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use skep_thrift::methods as m;
use skep_thrift::types as t;

use super::canonical::TableAt;
use super::copier::{Copier, Mode, Step};
use super::endpoint::{CONNECTIONS, Endpoint};
use super::error::CallError;
use super::fields::Fields;

const KIND: &str = "privilege";

/// What privileges are on, and how it is called.
struct Object {
    reference: t::HiveObjectRef,
    name: String,
}

impl Endpoint {
    async fn privileges(&self, object: &Object) -> Result<Vec<t::HiveObjectPrivilege>, CallError> {
        let hive_object = Some(object.reference.clone());
        let args = m::ListPrivilegesArgs { principal_name: None, principal_type: None, hive_object };
        self.call::<m::ListPrivileges>(&args).await
    }
}

fn name_of(privilege: &t::HiveObjectPrivilege, object: &Object) -> String {
    let info = privilege.grant_info.clone().unwrap_or_default();
    let kind = privilege.principal_type.and_then(t::PrincipalType::name).unwrap_or("USER");
    format!(
        "{} on {} to {kind} {} by {} ({})",
        info.privilege.unwrap_or_default(),
        object.name,
        privilege.principal_name.as_deref().unwrap_or_default(),
        info.grantor.unwrap_or_default(),
        privilege.authorizer.as_deref().unwrap_or("SQL"),
    )
}

fn fields(privilege: &t::HiveObjectPrivilege) -> Fields {
    let info = privilege.grant_info.clone().unwrap_or_default();
    Fields::from([
        ("createTime".to_owned(), info.create_time.to_string()),
        ("grantOption".to_owned(), info.grant_option.to_string()),
        ("grantorType".to_owned(), format!("{:?}", info.grantor_type)),
    ])
}

impl Copier<'_> {
    pub async fn privileges(&self, databases: &[(String, String)], tables: &[TableAt]) -> Result<(), CallError> {
        let global = t::HiveObjectRef { object_type: Some(t::HiveObjectType::GLOBAL), ..Default::default() };
        self.privileges_on(Object { reference: global, name: "everything".to_owned() }).await?;
        for (catalog, database) in databases {
            let reference = t::HiveObjectRef {
                object_type: Some(t::HiveObjectType::DATABASE),
                db_name: Some(database.clone()),
                cat_name: self.source.catalog_field(catalog),
                ..Default::default()
            };
            self.privileges_on(Object { reference, name: format!("{catalog}.{database}") }).await?;
        }
        let all = stream::iter(tables).map(|at| self.privileges_of_table(at)).buffer_unordered(CONNECTIONS);
        all.try_collect::<()>().await
    }

    /// On a table, its columns and, where it has them, its partitions.
    async fn privileges_of_table(&self, at: &TableAt) -> Result<(), CallError> {
        let reference = |kind| t::HiveObjectRef {
            object_type: Some(kind),
            db_name: Some(at.database.clone()),
            object_name: Some(at.table.clone()),
            cat_name: self.source.catalog_field(&at.catalog),
            ..Default::default()
        };
        let of_table = reference(t::HiveObjectType::TABLE);
        self.privileges_on(Object { reference: of_table, name: at.to_string() }).await?;
        let Some(table) = self.read(KIND, &at.to_string(), self.source.table(at).await)?.flatten() else {
            return Ok(());
        };
        let columns = table.sd.iter().filter_map(|sd| sd.cols.as_ref()).flat_map(|columns| columns.iter());
        for column in columns.chain(table.partition_keys.iter().flatten()).filter_map(|column| column.name.clone()) {
            let name = format!("{at}.{column}");
            let of_column = t::HiveObjectRef { column_name: Some(column), ..reference(t::HiveObjectType::COLUMN) };
            self.privileges_on(Object { reference: of_column, name }).await?;
        }
        let by_partition = table
            .parameters
            .iter()
            .flatten()
            .any(|(key, value)| key == "PARTITION_LEVEL_PRIVILEGE" && value.eq_ignore_ascii_case("true"));
        if by_partition && self.mode != Mode::Compare {
            let why = "Hive lists them only partition by partition";
            self.recorder.left_out("tables with privileges of single partitions", Some(1), why);
        }
        Ok(())
    }

    async fn privileges_on(&self, object: Object) -> Result<(), CallError> {
        let Some(source) = self.read(KIND, &object.name, self.source.privileges(&object).await)? else { return Ok(()) };
        if source.is_empty() && self.mode != Mode::Compare {
            return Ok(());
        }
        let target = match self.target.privileges(&object).await {
            Err(error) if !error.is_fatal() => Vec::new(),
            answer => answer?,
        };
        let mut target: BTreeMap<String, t::HiveObjectPrivilege> =
            target.into_iter().map(|privilege| (name_of(&privilege, &object), privilege)).collect();
        for privilege in source {
            let name = name_of(&privilege, &object);
            let there = target.remove(&name).map(|privilege| fields(&privilege));
            let clash = Some("the target's grant is different".to_owned());
            let step = self.step(KIND, &name, &fields(&privilege), there.as_ref(), clash);
            if step == Step::Create {
                let bag = t::PrivilegeBag { privileges: Some(vec![privilege]) };
                let args = m::GrantPrivilegesArgs { privileges: Some(bag) };
                let outcome = self.target.call::<m::GrantPrivileges>(&args).await.map(drop);
                self.did(step, KIND, &name, outcome)?;
            } else if step == Step::Alter {
                self.recorder
                    .conflict(&format!("{KIND} {name}"), "a grant is not replaced: revoke it first".to_owned());
            }
        }
        if self.mode == Mode::Compare && self.options.databases.is_none() {
            for name in target.into_keys() {
                self.recorder.difference(
                    &format!("{KIND} {name}"),
                    "(all of it)".to_owned(),
                    None,
                    Some("there".to_owned()),
                );
            }
        }
        Ok(())
    }
}
