//! Where files are read: `file:` and object stores, by one interface.

use std::sync::Arc;

use object_store::path::Path as Key;
use object_store::{ObjectStore, ObjectStoreExt as _};
use skep_core::{Error, Kind, Result};

use crate::warehouse::{Location, Warehouse};

/// The stores that files lie in. Cheap to clone.
#[derive(Clone)]
pub struct Lake {
    warehouse: Arc<Warehouse>,
}

/// A file or a prefix in an object store.
pub(super) struct Place {
    pub store: Arc<dyn ObjectStore>,
    pub key: Key,
}

impl Lake {
    /// Reads with the warehouse's credentials.
    pub fn new(warehouse: Arc<Warehouse>) -> Self {
        Self { warehouse }
    }

    /// The store of a location that is no `file:`. Errors (InvalidInput): a scheme that cannot be read.
    pub(super) fn place(&self, location: &Location) -> Result<Place> {
        match self.warehouse.object_store(location)? {
            Some((store, key)) => Ok(Place { store, key }),
            None => Err(Error::new(
                Kind::InvalidInput,
                format!("{location} cannot be read: files may lie in file:, s3:, gs: and abfs:"),
            )),
        }
    }

    /// Whether there is a file of exactly this name.
    pub async fn is_file(&self, location: &Location) -> Result<bool> {
        if location.is_file() {
            let found = tokio::fs::metadata(location.path()).await;
            return Ok(found.is_ok_and(|found| found.is_file()));
        }
        let Place { store, key } = self.place(location)?;
        match store.head(&key).await {
            Ok(_) => Ok(true),
            Err(object_store::Error::NotFound { .. }) => Ok(false),
            Err(e) => Err(failed("look at", location, &e)),
        }
    }
}

/// The error of an operation on a place.
pub(super) fn failed(doing: &str, location: &Location, e: &object_store::Error) -> Error {
    let kind = match e {
        object_store::Error::NotFound { .. } => Kind::NotFound,
        object_store::Error::PermissionDenied { .. } | object_store::Error::Unauthenticated { .. } => {
            Kind::InvalidOperation
        }
        _ => Kind::Unavailable,
    };
    Error::new(kind, format!("cannot {doing} {location}: {e}"))
}
