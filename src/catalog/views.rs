//! Views that all engines read, made of one definition (`core/view`): checked against the tables that it names, then published
//! with one commit.

use std::collections::BTreeSet;

use skep_core::event_log::LogRole;
use skep_core::name::validate_name;
use skep_core::table::{Parameters, Table};
use skep_core::view::{VIEW_SQL, ViewDefinition, ViewObject, ViewTexts};
use skep_core::{Error, Kind, Result};

use super::caller::Caller;
use super::metastore::Metastore;
use super::reference::TableRef;
use super::table_alter::Altered;
use super::table_create::TableCreate;
use crate::store::{Change, Definition};

/// A view to make.
#[derive(Debug, Clone)]
pub struct ViewCreate {
    pub at: TableRef,
    /// The definition.
    pub sql: String,
    /// How Trino calls the catalog that this metastore is; None: it has no text of Trino's own.
    pub trino_catalog: Option<String>,
    /// A view of this name is replaced.
    pub replace: bool,
}

/// Trino runs views as their owner, and none without one.
const OWNER: &str = "skep";
/// Parameter that says how Trino calls the catalog.
const VIEW_TRINO_CATALOG: &str = "skep.view.trino_catalog";
/// So many views may be read by a view, and by those.
const VIEWS_MAX: usize = 1_000;

/// A view as it was defined.
#[derive(Debug, Clone)]
pub struct ViewMade {
    pub table: Table,
    pub texts: ViewTexts,
}

impl Metastore {
    /// Checks a definition: the view as it would be. Errors: InvalidObject names the character and what is wrong there;
    /// NotFound a table that is not there.
    pub async fn view_check(&self, create: &ViewCreate) -> Result<ViewMade> {
        let at = &create.at;
        if !validate_name(&at.table, false) {
            let what = format!("{:?} is not a valid name here; letters, digits and _ are", at.table);
            return Err(Error::invalid_object(what));
        }
        let definition = ViewDefinition::parse(&create.sql)?;
        if create.trino_catalog.is_none() {
            definition.coral_check()?;
        }
        let tables = self.view_tables(at, &definition).await?;
        self.view_circle_check(at, &tables).await?;
        let texts = definition.texts(&at.database, &tables)?;
        let object = ViewObject {
            catalog: &at.catalog,
            database: &at.database,
            name: &at.table,
            columns: &texts.columns,
            hive: &texts.hive,
            trino: create.trino_catalog.as_deref().map(|catalog| (texts.trino.as_str(), catalog)),
        };
        let mut table = object.table()?;
        table.parameters.insert(VIEW_SQL.to_owned(), create.sql.clone());
        if let Some(catalog) = &create.trino_catalog {
            table.parameters.insert(VIEW_TRINO_CATALOG.to_owned(), catalog.clone());
        }
        Ok(ViewMade { table, texts })
    }

    /// The tables that a definition names, as far as they are there.
    async fn view_tables(&self, at: &TableRef, definition: &ViewDefinition) -> Result<Vec<Table>> {
        let mut tables = Vec::new();
        for (database, name) in definition.tables() {
            let of = TableRef::new(&at.catalog, database.as_deref().unwrap_or(&at.database), &name);
            match self.table_get(&of).await {
                Ok(table) => tables.push((*table).clone()),
                Err(error) if error.kind == Kind::NotFound => {}
                Err(error) => return Err(error),
            }
        }
        Ok(tables)
    }

    /// A view must not read itself, by whatever other views.
    async fn view_circle_check(&self, at: &TableRef, tables: &[Table]) -> Result<()> {
        let (mut seen, mut left) = (BTreeSet::new(), tables.to_vec());
        while let Some(table) = left.pop() {
            let of = TableRef::new(&table.catalog, &table.database, &table.name);
            if of == *at {
                return Err(Error::invalid_object(format!("the view {at} would read itself")));
            }
            let Some(sql) = table.parameters.get(VIEW_SQL).filter(|_| table.is_view()) else { continue };
            if !seen.insert(of.to_string()) {
                continue;
            }
            if seen.len() > VIEWS_MAX {
                return Err(Error::invalid_object(format!("{at} would read more than {VIEWS_MAX} views")));
            }
            // One that was altered by other means is read no further.
            let Ok(definition) = ViewDefinition::parse(sql) else { continue };
            left.extend(self.view_tables(&of, &definition).await?);
        }
        Ok(())
    }

    /// Publishes a view. Errors: as [`Self::view_check`]; AlreadyExists where the name is taken and nothing is to be replaced;
    /// InvalidOperation where it is no view, or one of an event log.
    pub async fn view_create(&self, caller: &Caller, create: &ViewCreate) -> Result<ViewMade> {
        let mut made = self.view_check(create).await?;
        if create.replace && self.view_replace(caller, create, &made.table).await? {
            made.table = (*self.table_get(&create.at).await?).clone();
            return Ok(made);
        }
        let owner = caller.user().filter(|user| !user.is_empty()).unwrap_or(OWNER);
        let table = Table { owner: Some(owner.to_owned()), ..made.table.clone() };
        self.table_create(caller, TableCreate { table, ..TableCreate::default() }).await?;
        made.table = (*self.table_get(&create.at).await?).clone();
        Ok(made)
    }

    /// False: there is none yet.
    async fn view_replace(&self, caller: &Caller, create: &ViewCreate, new: &Table) -> Result<bool> {
        self.store.retrying("view_replace", || self.view_replace_once(caller, create, new)).await
    }

    async fn view_replace_once(&self, caller: &Caller, create: &ViewCreate, new: &Table) -> Result<bool> {
        let at = &create.at;
        let mut txn = self.store.write().await?;
        let Some(old) = txn.table_lock(&at.catalog, &at.database, &at.table).await? else { return Ok(false) };
        view_only(at, &old)?;
        let mut parameters = new.parameters.clone();
        parameters.insert("transient_lastDdlTime".to_owned(), self.now_seconds().to_string());
        // What another engine noted of its own text goes with that text.
        let new = Table {
            storage: new.storage.clone(),
            view_original_text: new.view_original_text.clone(),
            view_expanded_text: new.view_expanded_text.clone(),
            partition_keys: Vec::new(),
            parameters,
            ..old
        };
        let event = at.tale("ALTER_TABLE", &Altered { truncate: false, partition: None, renamed_from: None });
        let change = Change { operation: "view_replace", by: caller.user() };
        txn.table_commit_told(new.id, Some(Definition::of(&new)), change, Some(&event)).await?;
        txn.commit().await?;
        Ok(true)
    }

    /// A view that was made so. Errors: NotFound; InvalidOperation for another table or view.
    pub async fn view_get(&self, at: &TableRef) -> Result<(ViewCreate, Table)> {
        let table = self.table_get(at).await?;
        view_only(at, &table)?;
        let Some(sql) = table.parameters.get(VIEW_SQL) else {
            return Err(Error::invalid_operation(format!("{at} was not made by `skep views create`")));
        };
        let trino_catalog = table.parameters.get(VIEW_TRINO_CATALOG).cloned();
        let create = ViewCreate { at: at.clone(), sql: sql.clone(), trino_catalog, replace: false };
        Ok((create, (*table).clone()))
    }

    /// Drops a view, whoever made it. Errors: NotFound; InvalidOperation for a table, or a view of an event log.
    pub async fn view_drop(&self, caller: &Caller, at: &TableRef) -> Result<()> {
        view_only(at, &*self.table_get(at).await?)?;
        self.table_drop(caller, at, false, &Parameters::new()).await.map(drop)
    }
}

fn view_only(at: &TableRef, table: &Table) -> Result<()> {
    if !table.is_view() {
        return Err(Error::invalid_operation(format!("{at} is a table, not a view")));
    }
    match LogRole::of(table) {
        Some(_) => Err(Error::invalid_operation(format!("{at} is the view of an event log (skep logs)"))),
        None => Ok(()),
    }
}
