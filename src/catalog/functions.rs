//! Functions (`semantics.md §11`): names of classes and the resources that hold them; engines run them.

use skep_core::name::{Pattern, normalize, validate_name};
use skep_core::table::Function;
use skep_core::{Error, Kind, Result};

use super::metastore::Metastore;
use super::remote::RemoteRefusal;
use crate::store::{DocumentKind, NewEvent, Txn};

fn missing(name: &str) -> Error {
    Error::not_found(format!("Function {name} does not exist"))
}

/// The documents' scope: functions belong to a database.
fn scope(database_id: i64) -> String {
    database_id.to_string()
}

impl Metastore {
    /// The function. No such function or database is NotFound.
    pub async fn function_get(&self, catalog: &str, database: &str, name: &str) -> Result<Function> {
        let (catalog, database, name) = (normalize(catalog), normalize(database), normalize(name));
        let mut txn = self.store.read().await?;
        let Some(stored) = txn.database_get(&catalog, &database).await? else { return Err(missing(&name)) };
        txn.document_get(DocumentKind::Function, &scope(stored.id), &name).await?.ok_or_else(|| missing(&name))
    }

    /// Functions of a database that a pattern takes (all without one), by name; none of an unknown database.
    pub async fn function_list(&self, catalog: &str, database: &str, pattern: Option<&str>) -> Result<Vec<Function>> {
        let pattern = Pattern::new(pattern.unwrap_or("*"))?;
        let mut txn = self.store.read().await?;
        let Some(stored) = txn.database_get(&normalize(catalog), &normalize(database)).await? else {
            return Ok(Vec::new());
        };
        let all = txn.document_list::<Function>(DocumentKind::Function, &scope(stored.id)).await?;
        Ok(all.into_iter().filter(|(name, _)| pattern.matches(name)).map(|(_, function)| function).collect())
    }

    /// All functions of the default catalog, by database and name.
    pub async fn function_list_all(&self) -> Result<Vec<Function>> {
        let all = self.store.peek().await?.document_list_all::<Function>(DocumentKind::Function).await?;
        let mut all: Vec<Function> = all.into_iter().map(|(_, _, function)| function).collect();
        all.retain(|function| function.catalog == self.default_catalog());
        all.sort_by(|a, b| (&a.database, &a.name).cmp(&(&b.database, &b.name)));
        Ok(all)
    }

    /// Without a time it is made now.
    pub async fn function_create(&self, function: Function) -> Result<()> {
        let create_time = self.time_settle(function.create_time);
        let function = &Function { create_time, ..function_settle(function)? };
        self.store
            .retrying("function_create", move || async move {
                let mut txn = self.store.write().await?;
                let scope = function_scope(&mut txn, function).await?;
                if txn.document_get::<Function>(DocumentKind::Function, &scope, &function.name).await?.is_some() {
                    return Err(taken(&function.name));
                }
                // Two creates may both get here, on two nodes: the store's key decides.
                let stored = txn.document_insert(DocumentKind::Function, &scope, &function.name, function).await;
                stored.map_err(|e| if e.kind == Kind::AlreadyExists { taken(&function.name) } else { e })?;
                txn.event_insert(&event("CREATE_FUNCTION", function)).await?;
                txn.commit().await
            })
            .await
    }

    /// Changes name, database, owner, class and type; resources and creation time stay, as in Hive. Whatever is wrong
    /// is a Meta error.
    pub async fn function_alter(&self, catalog: &str, database: &str, name: &str, new: Function) -> Result<()> {
        let meta = |e: Error| match e.kind {
            Kind::NotFound | Kind::AlreadyExists | Kind::InvalidObject => e.with_kind(Kind::Meta),
            _ => e,
        };
        let new = &function_settle(new).map_err(meta)?;
        let (catalog, database, name) = (&normalize(catalog), &normalize(database), &normalize(name));
        let altered = self.store.retrying("function_alter", move || async move {
            let mut txn = self.store.write().await?;
            let from = txn.database_share(catalog, database).await?.ok_or_else(|| missing(name))?;
            let from = scope(from.id);
            let to = function_scope(&mut txn, new).await?;
            let old = txn.document_get::<Function>(DocumentKind::Function, &from, name).await?;
            let old = old.ok_or_else(|| missing(name))?;
            let after = Function { create_time: old.create_time, resources: old.resources, ..new.clone() };
            if (&from, name) == (&to, &after.name) {
                txn.document_put(DocumentKind::Function, &to, name, &after).await?;
            } else {
                if txn.document_get::<Function>(DocumentKind::Function, &to, &after.name).await?.is_some() {
                    return Err(taken(&after.name));
                }
                txn.document_delete(DocumentKind::Function, &from, name).await?;
                txn.document_insert(DocumentKind::Function, &to, &after.name, &after).await?;
            }
            txn.commit().await
        });
        altered.await.map_err(meta)
    }

    pub async fn function_drop(&self, catalog: &str, database: &str, name: &str) -> Result<()> {
        let (catalog, database, name) = (&normalize(catalog), &normalize(database), &normalize(name));
        self.store
            .retrying("function_drop", move || async move {
                let mut txn = self.store.write().await?;
                let stored = txn.database_share(catalog, database).await?.ok_or_else(|| missing(name))?;
                let scope = scope(stored.id);
                let function = txn.document_get::<Function>(DocumentKind::Function, &scope, name).await?;
                let function = function.ok_or_else(|| missing(name))?;
                if !txn.document_delete(DocumentKind::Function, &scope, name).await? {
                    return Err(missing(name));
                }
                txn.event_insert(&event("DROP_FUNCTION", &function)).await?;
                txn.commit().await
            })
            .await
    }
}

/// Names in normal form; what a function must have.
fn function_settle(function: Function) -> Result<Function> {
    if !validate_name(&function.name, false) {
        return Err(Error::invalid_object(format!("{} is not a valid object name", function.name)));
    }
    if function.class_name.is_none() {
        return Err(Error::invalid_object("Function class name cannot be null"));
    }
    if function.owner_type.is_none() || function.function_type.is_none() {
        return Err(Error::meta("Function owner type and function type cannot be null"));
    }
    Ok(Function {
        catalog: normalize(&function.catalog),
        database: normalize(&function.database),
        name: normalize(&function.name),
        ..function
    })
}

/// The scope of a function's database, which is kept from being dropped.
async fn function_scope(txn: &mut Txn, function: &Function) -> Result<String> {
    let database = txn.database_share(&function.catalog, &function.database).await?;
    let database =
        database.ok_or_else(|| Error::not_found(format!("The database {} does not exist", function.database)))?;
    RemoteRefusal::Operation("create_function").check(&database.database)?;
    Ok(scope(database.id))
}

fn taken(name: &str) -> Error {
    Error::already_exists(format!("Function {name} already exists"))
}

fn event<'a>(kind: &'static str, function: &'a Function) -> NewEvent<'a, Function> {
    NewEvent {
        kind,
        catalog: Some(&function.catalog),
        database: Some(&function.database),
        table: None,
        version: None,
        body: function,
    }
}
