//! Data connectors: where the databases of others are, for `CREATE REMOTE DATABASE`. They are kept, and never dialled:
//! engines connect, not the metastore. Changes write no event: Hive's log has no message for them, and their
//! parameters hold passwords.

use serde::{Deserialize, Serialize};
use skep_core::name::normalize;
use skep_core::table::{Parameters, PrincipalType};
use skep_core::{Error, Kind, Result};

use super::caller::Caller;
use super::metastore::Metastore;
use super::privileges::connector_scope;
use crate::store::{DocumentKind, Txn};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DataConnector {
    pub name: String,
    /// `mysql`, `postgres`, …; engines decide which they know.
    #[serde(rename = "type")]
    pub connector_type: String,
    pub url: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    #[serde(default)]
    pub parameters: Parameters,
    pub owner: Option<String>,
    /// None in a request: a user on create, unchanged on alter.
    pub owner_type: Option<PrincipalType>,
    /// Seconds since the epoch.
    #[serde(default)]
    pub create_time: i32,
}

/// What a drop may do.
#[derive(Debug, Clone, Copy, Default)]
pub struct DataConnectorDrop {
    /// Nothing there is no error.
    pub if_exists: bool,
    /// Refuse while a remote database uses it.
    pub check_references: bool,
}

fn missing(name: &str) -> Error {
    Error::not_found(format!("DataConnector {name} doesn't exist"))
}

/// Changes of connectors come one after the other, so that each sees what the others did.
async fn lock(txn: &mut Txn) -> Result<()> {
    txn.counter_next("data_connector", 1).await.map(drop)
}

/// The connector of a normal name.
pub(super) async fn connector_find(txn: &mut Txn, name: &str) -> Result<DataConnector> {
    txn.document_get(DocumentKind::DataConnector, "", name).await?.ok_or_else(|| missing(name))
}

impl Metastore {
    pub async fn connector_get(&self, name: &str) -> Result<DataConnector> {
        connector_find(&mut self.store.peek().await?, &normalize(name)).await
    }

    /// Names, sorted.
    pub async fn connector_names(&self) -> Result<Vec<String>> {
        let all = self.store.peek().await?.document_list::<DataConnector>(DocumentKind::DataConnector, "").await?;
        Ok(all.into_iter().map(|(name, _)| name).collect())
    }

    /// Stores a connector; the caller owns it where nobody is named.
    pub async fn connector_create(&self, caller: &Caller, connector: DataConnector) -> Result<()> {
        let connector = &DataConnector {
            name: normalize(&connector.name),
            owner: connector.owner.or_else(|| caller.user.clone()),
            owner_type: Some(connector.owner_type.unwrap_or_default()),
            create_time: if caller.imports { connector.create_time } else { self.now_seconds() },
            ..connector
        };
        let name = &connector.name;
        if !self.name_is_valid(name) {
            return Err(Error::invalid_object(format!("{name} is not a valid dataconnector name")));
        }
        self.store
            .retrying("connector_create", move || async move {
                let mut txn = self.store.write().await?;
                lock(&mut txn).await?;
                let stored = txn.document_insert(DocumentKind::DataConnector, "", name, connector).await;
                let taken = || Error::already_exists(format!("DataConnector {name} already exists"));
                stored.map_err(|e| if e.kind == Kind::AlreadyExists { taken() } else { e })?;
                txn.commit().await
            })
            .await
    }

    /// Replaces URL, parameters and owner and, where given, owner type and description; never name and type.
    pub async fn connector_alter(&self, name: &str, new: DataConnector) -> Result<()> {
        let (name, new) = (&normalize(name), &new);
        self.store
            .retrying("connector_alter", move || async move {
                let mut txn = self.store.write().await?;
                lock(&mut txn).await?;
                let old = connector_find(&mut txn, name).await?;
                let after = DataConnector {
                    url: new.url.clone(),
                    parameters: new.parameters.clone(),
                    owner: new.owner.clone(),
                    owner_type: new.owner_type.or(old.owner_type),
                    description: new.description.clone().filter(|d| !d.trim().is_empty()).or(old.description),
                    ..old
                };
                txn.document_put(DocumentKind::DataConnector, "", name, &after).await?;
                txn.commit().await
            })
            .await
    }

    /// Drops a connector with the privileges on it. Remote databases that name it stay, unless asked about.
    pub async fn connector_drop(&self, name: &str, how: DataConnectorDrop) -> Result<()> {
        let name = &normalize(name);
        let dropped = self.store.retrying("connector_drop", move || async move {
            let mut txn = self.store.write().await?;
            lock(&mut txn).await?;
            connector_find(&mut txn, name).await?;
            if how.check_references
                && let Some(database) = user_of(&mut txn, name).await?
            {
                return Err(Error::invalid_operation(format!(
                    "DataConnector {name} is not dropped: the remote database {database} uses it"
                )));
            }
            txn.document_delete_scope(DocumentKind::Privilege, &connector_scope(name)).await?;
            txn.document_delete(DocumentKind::DataConnector, "", name).await?;
            txn.commit().await
        });
        match dropped.await {
            Err(error) if how.if_exists && error.kind == Kind::NotFound => Ok(()),
            dropped => dropped,
        }
    }
}

/// A remote database of any catalog that uses the connector.
async fn user_of(txn: &mut Txn, connector: &str) -> Result<Option<String>> {
    for catalog in txn.catalog_list().await? {
        for database in txn.database_list(&catalog).await? {
            let used = database.remote.as_ref().and_then(|remote| remote.connector.as_deref());
            if used.is_some_and(|used| normalize(used) == connector) {
                return Ok(Some(format!("{catalog}.{}", database.name)));
            }
        }
    }
    Ok(None)
}
