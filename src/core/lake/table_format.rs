//! Formats whose tables are more than their data files: a log or manifests say which of these count. To register such
//! files one by one would double rows and bring back deleted ones.

use std::fmt;

use crate::table::Table;

/// A table format with a log of its own.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum TableFormat {
    Delta,
    Hudi,
    Iceberg,
    /// Of which a storage handler or another format's own name is all that is known.
    Other(String),
}

/// What stands in a format's directory: the name of an entry, and how the names in it end.
pub static MARKERS: [(TableFormat, &str, &str); 3] = [
    (TableFormat::Delta, "_delta_log", ""),
    (TableFormat::Hudi, ".hoodie", ""),
    (TableFormat::Iceberg, "metadata", ".metadata.json"),
];

/// Providers of Spark, in lower case, whose tables are no plain files.
const PROVIDERS: [&str; 4] = ["delta", "hudi", "iceberg", "paimon"];

impl TableFormat {
    /// Tells of which format a table is, by what its engine noted: a table type, Spark's provider, a storage handler, an
    /// input format. None for a table that is its files.
    pub fn of_table(table: &Table) -> Option<Self> {
        let parameter = |key: &str| table.parameters.get(key).map(|value| value.trim().to_ascii_lowercase());
        let named = |word: String| PROVIDERS.contains(&word.as_str()).then(|| Self::named(&word));
        let noted = ["table_type", "spark.sql.sources.provider"];
        let by_name = noted.into_iter().find_map(|key| parameter(key).and_then(named));
        let shape = table.storage.as_ref().map(|storage| &storage.shape);
        let classes = shape.into_iter().flat_map(|shape| {
            shape.input_format.iter().chain(shape.serde.as_ref().and_then(|serde| serde.library.as_ref()))
        });
        let by_class = || {
            classes.map(|class| class.to_ascii_lowercase()).find_map(|class| match class.as_str() {
                class if class.contains("hudi") || class.contains("hoodie") => Some(Self::Hudi),
                class if class.contains("iceberg") => Some(Self::Iceberg),
                class if class.contains("delta.hive") => Some(Self::Delta),
                class if class.contains("symlinktextinputformat") => Some(Self::Other("symlink manifest".to_owned())),
                _ => None,
            })
        };
        let by_handler = || {
            let handler = table.parameters.get("storage_handler").filter(|handler| !handler.trim().is_empty())?;
            let lower = handler.to_ascii_lowercase();
            let known = PROVIDERS.iter().find(|name| lower.contains(*name));
            Some(known.map_or_else(|| Self::Other(handler.clone()), |name| Self::named(name)))
        };
        by_name.or_else(by_class).or_else(by_handler)
    }

    fn named(word: &str) -> Self {
        match word {
            "delta" => Self::Delta,
            "hudi" => Self::Hudi,
            "iceberg" => Self::Iceberg,
            other => Self::Other(other.to_owned()),
        }
    }

    /// Finds a format's directory in the path of an entry below some place: the format, and the part of the path before
    /// its marker.
    pub fn of_path(path: &str) -> Option<(Self, &str)> {
        let mut start = 0;
        for segment in path.split('/') {
            let rest = path.get(start + segment.len()..).unwrap_or_default();
            let found = MARKERS.iter().find(|(_, marker, suffix)| {
                let is_within = suffix.is_empty() || (rest.ends_with(*suffix) && !rest[1..].contains('/'));
                segment == *marker && is_within
            });
            if let Some((format, ..)) = found {
                return Some((format.clone(), path.get(..start).unwrap_or_default().trim_end_matches('/')));
            }
            start += segment.len() + 1;
        }
        None
    }
}

impl fmt::Display for TableFormat {
    /// As its makers call it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Delta => "Delta Lake",
            Self::Hudi => "Hudi",
            Self::Iceberg => "Iceberg",
            Self::Other(name) => name,
        })
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::table::{Serde, Shape, Storage};

    #[test]
    fn tables_by_what_their_engines_note() {
        let with = |key: &str, value: &str| Table {
            parameters: [(key.to_owned(), value.to_owned())].into(),
            ..Table::default()
        };
        for (key, value, format) in [
            ("table_type", "ICEBERG", Some(TableFormat::Iceberg)),
            ("table_type", "hudi", Some(TableFormat::Hudi)),
            ("table_type", "MANAGED_TABLE", None),
            ("spark.sql.sources.provider", "delta", Some(TableFormat::Delta)),
            ("spark.sql.sources.provider", "DELTA", Some(TableFormat::Delta)),
            ("spark.sql.sources.provider", "parquet", None),
            ("storage_handler", "org.apache.iceberg.mr.hive.HiveIcebergStorageHandler", Some(TableFormat::Iceberg)),
            ("storage_handler", "io.delta.hive.DeltaStorageHandler", Some(TableFormat::Delta)),
            ("storage_handler", "org.x.Kudu", Some(TableFormat::Other("org.x.Kudu".into()))),
            ("storage_handler", " ", None),
            ("comment", "iceberg", None),
        ] {
            assert_eq!(TableFormat::of_table(&with(key, value)), format, "{key}={value}");
        }
        let of_class = |input: &str, library: &str| {
            let serde = Some(Serde { library: Some(library.to_owned()), ..Serde::default() });
            let shape = Shape { input_format: Some(input.to_owned()), serde, ..Shape::default() };
            TableFormat::of_table(&Table {
                storage: Some(Storage { shape: Arc::new(shape), location: None }),
                ..Table::default()
            })
        };
        let serde = "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe";
        assert_eq!(of_class("org.apache.hudi.hadoop.HoodieParquetInputFormat", serde), Some(TableFormat::Hudi));
        assert_eq!(of_class("org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat", serde), None);
        assert!(of_class("org.apache.hadoop.hive.ql.io.SymlinkTextInputFormat", serde).is_some());
    }

    #[test]
    fn directories_by_what_lies_in_them() {
        for (path, found) in [
            ("_delta_log/00.json", Some((TableFormat::Delta, ""))),
            ("_delta_log", Some((TableFormat::Delta, ""))),
            ("a/b/_delta_log/_last_checkpoint", Some((TableFormat::Delta, "a/b"))),
            ("t/.hoodie/hoodie.properties", Some((TableFormat::Hudi, "t"))),
            ("t/metadata/00001-ab.metadata.json", Some((TableFormat::Iceberg, "t"))),
            ("metadata/v1.metadata.json", Some((TableFormat::Iceberg, ""))),
            ("metadata/x/v1.metadata.json", None),
            ("metadata/part-0.parquet", None),
            ("metadata", None),
            ("x.metadata.json", None),
            ("dt=1/_delta_log2/f", None),
            ("", None),
        ] {
            assert_eq!(TableFormat::of_path(path), found, "{path}");
        }
    }
}
