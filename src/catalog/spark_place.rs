//! Where Spark puts a table of its own: it decides that itself, by the database's location as it knows it, and writes there
//! whatever the metastore answers. Of a managed table it sends no location, only the SerDe's parameter `path`.

use skep_core::Location;
use skep_core::table::{Table, TableType};

/// The parameter of tables that Spark reads by a source of its own.
const PROVIDER: &str = "spark.sql.sources.provider";
/// The SerDe's parameter that says where.
const PATH: &str = "path";

/// Gives a managed table of Spark's that names no location the one that Spark writes to. An external one names its own;
/// its `path` may be a file.
pub(super) fn spark_place(table: &mut Table) {
    let is_managed = table.table_type == TableType::Managed && !table.flag("EXTERNAL");
    if !is_managed || !table.parameters.contains_key(PROVIDER) {
        return;
    }
    let Some(storage) = table.storage.as_mut().filter(|s| s.location.as_deref().is_none_or(str::is_empty)) else {
        return;
    };
    let path = storage.shape.serde.as_ref().and_then(|serde| serde.parameters.get(PATH));
    if let Some(place) = path.and_then(|path| Location::parse(path).ok()).filter(|place| !place.is_root()) {
        storage.location = Some(place.to_string());
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use skep_core::table::{Serde, Shape, Storage};

    fn placed(table_type: TableType, provider: Option<&str>, location: Option<&str>, path: &str) -> Option<String> {
        let serde = Serde { parameters: [(PATH.to_owned(), path.to_owned())].into(), ..Serde::default() };
        let shape = Arc::new(Shape { serde: Some(serde), ..Shape::default() });
        let mut table = Table {
            table_type,
            parameters: provider.map(|provider| (PROVIDER.to_owned(), provider.to_owned())).into_iter().collect(),
            storage: Some(Storage { shape, location: location.map(str::to_owned) }),
            ..Table::default()
        };
        spark_place(&mut table);
        table.location().map(str::to_owned)
    }

    #[test]
    fn only_what_spark_leaves_open_is_filled_in() {
        let managed = TableType::Managed;
        assert_eq!(placed(managed, Some("parquet"), None, "file:///w/d.db/t").as_deref(), Some("file:/w/d.db/t"));
        assert_eq!(placed(managed, Some("json"), Some(""), "s3a://b/w/t").as_deref(), Some("s3a://b/w/t"));
        assert_eq!(placed(managed, Some("parquet"), Some("file:/named"), "file:/w/t").as_deref(), Some("file:/named"));
        assert_eq!(placed(managed, None, None, "file:/w/t"), None, "nobody says that it is Spark's");
        assert_eq!(placed(TableType::External, Some("json"), None, "file:/w/one.json"), None);
        for bad in ["", "relative/t", "/", "s3://b"] {
            assert_eq!(placed(managed, Some("parquet"), None, bad), None, "{bad}");
        }
    }
}
