//! Named types, which no statement makes and no table uses: clients keep them here by `create_type`.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};
use skep_core::name::validate_name;
use skep_core::table::Column;
use skep_core::{Error, Kind, Result};

use super::metastore::Metastore;
use crate::store::DocumentKind;

/// A struct with fields, or a list or map of other types. Names keep their case.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NamedType {
    pub name: String,
    /// The elements of a list, the keys of a map.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub type1: Option<String>,
    /// The values of a map.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub type2: Option<String>,
    #[serde(default)]
    pub fields: Vec<Column>,
}

impl Metastore {
    /// The type. None of that name is NotFound.
    pub async fn type_get(&self, name: &str) -> Result<NamedType> {
        let found = self.store.peek().await?.document_get(DocumentKind::Type, "", name.trim()).await?;
        found.ok_or_else(|| Error::not_found(format!("Type \"{name}\" not found.")))
    }

    /// Stores a type. A taken name is AlreadyExists; a wrong name or field InvalidObject.
    pub async fn type_create(&self, named: NamedType) -> Result<()> {
        check(&named)?;
        let named = &named;
        self.store
            .retrying("type_create", move || async move {
                let mut txn = self.store.write().await?;
                let stored = txn.document_insert(DocumentKind::Type, "", &named.name, named).await;
                let taken = || Error::already_exists(format!("Type {} already exists", named.name));
                stored.map_err(|e| if e.kind == Kind::AlreadyExists { taken() } else { e })?;
                txn.commit().await
            })
            .await
    }

    /// Forgets a type. One that is not there is no error, as in Hive.
    pub async fn type_drop(&self, name: &str) -> Result<()> {
        self.store
            .retrying("type_drop", move || async move {
                let mut txn = self.store.write().await?;
                txn.document_delete(DocumentKind::Type, "", name.trim()).await?;
                txn.commit().await
            })
            .await
    }
}

/// The types of fields may be names of types yet to come, so they are not looked up.
fn check(named: &NamedType) -> Result<()> {
    if !validate_name(&named.name, false) {
        return Err(Error::invalid_object(format!(
            "Invalid type name \"{}\": only letters, digits and _ are allowed",
            named.name
        )));
    }
    let mut seen = HashSet::new();
    for field in &named.fields {
        let wrong =
            |what: &str| Err(Error::invalid_object(format!("Type {}: field \"{}\" {what}", named.name, field.name)));
        if field.name.is_empty() {
            return wrong("has no name");
        }
        if field.type_name.as_deref().is_none_or(str::is_empty) {
            return wrong("has no type");
        }
        if !seen.insert(&field.name) {
            return wrong("stands there twice");
        }
    }
    Ok(())
}
