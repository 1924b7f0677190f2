//! Storage descriptors and columns.

use std::sync::Arc;

use skep_core::table::{Column, Serde, Shape, Skewed, SortColumn, Storage};
use skep_proto::admin::v1 as p;

/// Column names are stored in lower case, as Hive does.
pub fn columns_in(columns: Vec<p::Column>) -> Vec<Column> {
    let column = |column: p::Column| Column {
        name: column.name.to_lowercase(),
        type_name: column.r#type,
        comment: column.comment,
    };
    columns.into_iter().map(column).collect()
}

pub fn columns_out(columns: &[Column]) -> Vec<p::Column> {
    let column = |column: &Column| p::Column {
        name: column.name.clone(),
        r#type: column.type_name.clone(),
        comment: column.comment.clone(),
    };
    columns.iter().map(column).collect()
}

pub fn storage_in(storage: p::Storage) -> Storage {
    let lower = |names: Vec<String>| names.into_iter().map(|name| name.to_lowercase()).collect::<Vec<_>>();
    let sort = |sort: p::SortColumn| SortColumn { column: sort.column.to_lowercase(), order: sort.order };
    let skewed = |skewed: p::Skewed| Skewed {
        columns: lower(skewed.columns),
        values: skewed.values.into_iter().map(|list| list.values).collect(),
        locations: skewed.locations.into_iter().map(|place| (place.values, place.location)).collect(),
    };
    let shape = Shape {
        columns: storage.columns.map(|list| columns_in(list.columns)),
        input_format: storage.input_format,
        output_format: storage.output_format,
        compressed: storage.compressed,
        buckets: storage.buckets,
        serde: storage.serde.map(serde_in),
        bucket_columns: lower(storage.bucket_columns),
        sort_columns: storage.sort_columns.into_iter().map(sort).collect(),
        parameters: storage.parameters,
        skewed: storage.skewed.map(skewed).filter(|skewed| *skewed != Skewed::default()),
        stored_as_sub_directories: storage.stored_as_sub_directories,
    };
    Storage { shape: Arc::new(shape), location: storage.location }
}

pub fn shape_out(shape: &Shape, location: Option<String>) -> p::Storage {
    let sort = |sort: &SortColumn| p::SortColumn { column: sort.column.clone(), order: sort.order };
    p::Storage {
        columns: shape.columns.as_deref().map(|columns| p::ColumnList { columns: columns_out(columns) }),
        location,
        input_format: shape.input_format.clone(),
        output_format: shape.output_format.clone(),
        compressed: shape.compressed,
        buckets: shape.buckets,
        serde: shape.serde.as_ref().map(serde_out),
        bucket_columns: shape.bucket_columns.clone(),
        sort_columns: shape.sort_columns.iter().map(sort).collect(),
        parameters: shape.parameters.clone(),
        skewed: shape.skewed.as_ref().map(skewed_out),
        stored_as_sub_directories: shape.stored_as_sub_directories,
    }
}

fn serde_in(serde: p::Serde) -> Serde {
    Serde {
        name: serde.name,
        library: serde.library,
        parameters: serde.parameters,
        description: serde.description,
        serializer_class: serde.serializer_class,
        deserializer_class: serde.deserializer_class,
        serde_type: serde.serde_type,
    }
}

fn serde_out(serde: &Serde) -> p::Serde {
    p::Serde {
        name: serde.name.clone(),
        library: serde.library.clone(),
        parameters: serde.parameters.clone(),
        description: serde.description.clone(),
        serializer_class: serde.serializer_class.clone(),
        deserializer_class: serde.deserializer_class.clone(),
        serde_type: serde.serde_type,
    }
}

fn skewed_out(skewed: &Skewed) -> p::Skewed {
    let list = |values: &Vec<String>| p::ValueList { values: values.clone() };
    let place = |(values, location): &(Vec<String>, String)| p::SkewedLocation {
        values: values.clone(),
        location: location.clone(),
    };
    p::Skewed {
        columns: skewed.columns.clone(),
        values: skewed.values.iter().map(list).collect(),
        locations: skewed.locations.iter().map(place).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::{shape_out, storage_in};
    use skep_core::table::{Column, Serde, Shape, Skewed, SortColumn};

    /// Every field is set to something of its own: one that a conversion forgets is missed.
    #[test]
    fn nothing_is_lost() {
        let text = |text: &str| Some(text.to_owned());
        let map = |key: &str| [(key.to_owned(), "v".to_owned())].into();
        let shape = Shape {
            columns: Some(vec![Column { name: "c".into(), type_name: text("int"), comment: text("d") }]),
            input_format: text("in"),
            output_format: text("out"),
            compressed: true,
            buckets: 7,
            serde: Some(Serde {
                name: text("n"),
                library: text("l"),
                parameters: map("p"),
                description: text("desc"),
                serializer_class: text("ser"),
                deserializer_class: text("de"),
                serde_type: Some(2),
            }),
            bucket_columns: vec!["b".into()],
            sort_columns: vec![SortColumn { column: "s".into(), order: 1 }],
            parameters: map("q"),
            skewed: Some(Skewed {
                columns: vec!["c".into()],
                values: vec![vec!["1".into()], vec![]],
                locations: vec![(vec!["1".into()], "file:/x".into())],
            }),
            stored_as_sub_directories: true,
        };
        let back = storage_in(shape_out(&shape, text("file:/t")));
        assert_eq!((&*back.shape, back.location), (&shape, text("file:/t")));
        // No list is not an empty list.
        for columns in [None, Some(Vec::new())] {
            let shape = Shape { columns, ..Shape::default() };
            assert_eq!(*storage_in(shape_out(&shape, None)).shape, shape);
        }
    }
}
