//! Which fields of partitions a request wants (get_partitions_with_specs, semantics §7).

use std::collections::BTreeSet;

use skep_core::{Error, Result};
use skep_thrift::types as t;

/// Every name that a request may use. A struct's name stands for all its fields.
const FIELDS: &[&str] = &[
    "values",
    "dbName",
    "tableName",
    "catName",
    "createTime",
    "lastAccessTime",
    "writeId",
    "isStatsCompliant",
    "parameters",
    "privileges",
    "colStats",
    "fileMetadata",
    "sd",
    "sd.cols",
    "sd.cols.name",
    "sd.cols.type",
    "sd.cols.comment",
    "sd.location",
    "sd.inputFormat",
    "sd.outputFormat",
    "sd.compressed",
    "sd.numBuckets",
    "sd.serdeInfo",
    "sd.serdeInfo.name",
    "sd.serdeInfo.serializationLib",
    "sd.serdeInfo.parameters",
    "sd.serdeInfo.description",
    "sd.serdeInfo.serializerClass",
    "sd.serdeInfo.deserializerClass",
    "sd.serdeInfo.serdeType",
    "sd.bucketCols",
    "sd.sortCols",
    "sd.sortCols.col",
    "sd.sortCols.order",
    "sd.parameters",
    "sd.skewedInfo",
    "sd.skewedInfo.skewedColNames",
    "sd.skewedInfo.skewedColValues",
    "sd.skewedInfo.skewedColValueLocationMaps",
    "sd.storedAsSubDirectories",
];

/// The wanted fields; without any, all are.
#[derive(Debug, Clone, Default)]
pub struct Projection(Option<BTreeSet<&'static str>>);

impl Projection {
    pub fn new(fields: &[String]) -> Result<Self> {
        if fields.is_empty() {
            return Ok(Self(None));
        }
        let known = |field: &String| {
            FIELDS.iter().copied().find(|known| known == field).ok_or_else(|| {
                Error::meta(format!("Invalid field name {field:?} of partitions; these are: {}", FIELDS.join(", ")))
            })
        };
        fields.iter().map(known).collect::<Result<_>>().map(|fields| Self(Some(fields)))
    }

    /// Whether a field is wanted, by itself or with the struct that it is in.
    pub fn has(&self, field: &str) -> bool {
        let Some(fields) = &self.0 else { return true };
        let parents = field.match_indices('.').map(|(dot, _)| &field[..dot]);
        parents.chain([field]).any(|name| fields.contains(name))
    }

    /// Whether a struct or something in it is wanted.
    pub fn touches(&self, name: &str) -> bool {
        let below = |field: &&str| field.strip_prefix(name).is_some_and(|rest| rest.starts_with('.'));
        self.has(name) || self.0.as_ref().is_some_and(|fields| fields.iter().any(below))
    }

    /// Takes away what is not wanted.
    pub fn storage(&self, sd: &mut t::StorageDescriptor) {
        if self.has("sd") {
            return;
        }
        self.keep("sd.location", &mut sd.location);
        self.keep("sd.inputFormat", &mut sd.input_format);
        self.keep("sd.outputFormat", &mut sd.output_format);
        self.keep("sd.compressed", &mut sd.compressed);
        self.keep("sd.numBuckets", &mut sd.num_buckets);
        self.keep("sd.bucketCols", &mut sd.bucket_cols);
        self.keep("sd.parameters", &mut sd.parameters);
        self.keep("sd.storedAsSubDirectories", &mut sd.stored_as_sub_directories);
        if let Some(columns) = self.part("sd.cols", &mut sd.cols) {
            for column in columns.make_mut() {
                self.keep("sd.cols.name", &mut column.name);
                self.keep("sd.cols.type", &mut column.r#type);
                self.keep("sd.cols.comment", &mut column.comment);
            }
        }
        if let Some(orders) = self.part("sd.sortCols", &mut sd.sort_cols) {
            for order in orders {
                self.keep("sd.sortCols.col", &mut order.col);
                self.keep("sd.sortCols.order", &mut order.order);
            }
        }
        if let Some(serde) = self.part("sd.serdeInfo", &mut sd.serde_info) {
            self.keep("sd.serdeInfo.name", &mut serde.name);
            self.keep("sd.serdeInfo.serializationLib", &mut serde.serialization_lib);
            self.keep("sd.serdeInfo.parameters", &mut serde.parameters);
            self.keep("sd.serdeInfo.description", &mut serde.description);
            self.keep("sd.serdeInfo.serializerClass", &mut serde.serializer_class);
            self.keep("sd.serdeInfo.deserializerClass", &mut serde.deserializer_class);
            self.keep("sd.serdeInfo.serdeType", &mut serde.serde_type);
        }
        if let Some(skewed) = self.part("sd.skewedInfo", &mut sd.skewed_info) {
            self.keep("sd.skewedInfo.skewedColNames", &mut skewed.skewed_col_names);
            self.keep("sd.skewedInfo.skewedColValues", &mut skewed.skewed_col_values);
            self.keep("sd.skewedInfo.skewedColValueLocationMaps", &mut skewed.skewed_col_value_location_maps);
        }
    }

    /// The same for a whole partition.
    pub fn partition(&self, partition: &mut t::Partition) {
        self.keep("values", &mut partition.values);
        self.keep("dbName", &mut partition.db_name);
        self.keep("tableName", &mut partition.table_name);
        self.keep("catName", &mut partition.cat_name);
        self.keep("createTime", &mut partition.create_time);
        self.keep("lastAccessTime", &mut partition.last_access_time);
        self.keep("parameters", &mut partition.parameters);
        self.keep("privileges", &mut partition.privileges);
        self.keep("writeId", &mut partition.write_id);
        if let Some(sd) = self.part("sd", &mut partition.sd) {
            self.storage(sd);
        }
    }

    fn keep<T: Default>(&self, field: &str, value: &mut T) {
        if !self.has(field) {
            *value = T::default();
        }
    }

    /// A struct of which something is wanted; else it goes.
    fn part<'a, T>(&self, name: &str, value: &'a mut Option<T>) -> Option<&'a mut T> {
        if !self.touches(name) {
            *value = None;
        }
        value.as_mut()
    }
}

#[cfg(test)]
mod tests {
    use skep_core::Kind;

    use super::*;

    fn projection(fields: &[&str]) -> Projection {
        Projection::new(&fields.iter().map(|field| (*field).to_owned()).collect::<Vec<_>>()).unwrap()
    }

    fn full() -> t::Partition {
        let column = t::FieldSchema { name: Some("c".into()), r#type: Some("int".into()), comment: Some("x".into()) };
        t::Partition {
            values: Some(vec!["1".into()]),
            create_time: 7,
            sd: Some(t::StorageDescriptor {
                cols: Some(vec![column].into()),
                location: Some("file:/t".into()),
                num_buckets: 4,
                serde_info: Some(t::SerDeInfo { name: Some("s".into()), ..t::SerDeInfo::default() }),
                ..t::StorageDescriptor::default()
            }),
            parameters: Some(Vec::new()),
            ..t::Partition::default()
        }
    }

    #[test]
    fn without_fields_everything_stays() {
        let mut partition = full();
        projection(&[]).partition(&mut partition);
        assert_eq!(partition, full());
    }

    #[test]
    fn a_struct_stands_for_its_fields_and_a_field_for_itself() {
        let mut partition = full();
        projection(&["values", "sd.cols.name", "sd.cols.type", "sd.serdeInfo"]).partition(&mut partition);
        let sd = partition.sd.clone().unwrap();
        assert_eq!((partition.create_time, partition.parameters), (0, None));
        assert_eq!((sd.location, sd.num_buckets), (None, 0));
        assert_eq!(sd.serde_info, full().sd.unwrap().serde_info);
        let column = &sd.cols.unwrap()[0];
        assert_eq!((column.name.as_deref(), column.comment.as_deref()), (Some("c"), None));
        let mut partition = full();
        projection(&["parameters"]).partition(&mut partition);
        assert_eq!((partition.sd, partition.values), (None, None));
    }

    #[test]
    fn unknown_fields_are_refused() {
        for field in ["", "invalid.field.name", "sd.", "sd.cols.name.x", "SD"] {
            assert_eq!(Projection::new(&[field.to_owned()]).unwrap_err().kind, Kind::Meta, "{field}");
        }
    }
}
