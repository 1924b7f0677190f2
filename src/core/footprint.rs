//! Roughly what definitions take in memory, for caches that are bounded by it. Of a table nearly all is small: texts with an
//! allocation each, and the nodes of small maps, which weigh many times what is written in them.

use crate::table::{Column, CreationMetadata, Parameters, Shape, Skewed, Table};

/// What the allocator takes for each piece, beside rounding it up.
const ALLOCATION: usize = 16;
/// A map's node has room for eleven entries, and is half full at least; small maps have one.
const NODE_ENTRIES: usize = 6;

/// An allocation of so many bytes.
const fn piece(bytes: usize) -> usize {
    if bytes == 0 { 0 } else { bytes.next_multiple_of(16) + ALLOCATION }
}

fn text(text: &str) -> usize {
    piece(text.len())
}

fn optional(of: Option<&String>) -> usize {
    of.map_or(0, |of| text(of))
}

fn texts(of: &[String]) -> usize {
    piece(size_of_val(of)) + of.iter().map(|one| text(one)).sum::<usize>()
}

fn parameters(of: &Parameters) -> usize {
    const NODE: usize = 11 * 2 * size_of::<String>() + 16;
    let nodes = of.len().div_ceil(NODE_ENTRIES) * piece(NODE);
    nodes + of.iter().map(|(key, value)| text(key) + text(value)).sum::<usize>()
}

fn columns(of: &[Column]) -> usize {
    let own = |one: &Column| text(&one.name) + optional(one.type_name.as_ref()) + optional(one.comment.as_ref());
    piece(size_of_val(of)) + of.iter().map(own).sum::<usize>()
}

fn skewed(of: &Skewed) -> usize {
    let values = of.values.iter().map(|list| texts(list)).sum::<usize>();
    let places = of.locations.iter().map(|(list, place)| texts(list) + text(place)).sum::<usize>();
    texts(&of.columns) + piece(size_of_val(&*of.values)) + values + piece(size_of_val(&*of.locations)) + places
}

fn creation(of: &CreationMetadata) -> usize {
    let source = |one: &crate::table::SourceTable| text(&one.catalog) + text(&one.database) + text(&one.table);
    let sources = piece(size_of_val(&*of.source_tables)) + of.source_tables.iter().map(source).sum::<usize>();
    let own = optional(of.catalog.as_ref()) + text(&of.database) + text(&of.table);
    own + texts(&of.tables_used) + optional(of.valid_txn_list.as_ref()) + sources
}

impl Shape {
    /// Gives roughly what it takes in memory, for caches.
    pub fn bytes(&self) -> usize {
        let serde = self.serde.as_ref().map_or(0, |serde| {
            let names = [&serde.name, &serde.library, &serde.description];
            let classes = [&serde.serializer_class, &serde.deserializer_class];
            let all = names.into_iter().chain(classes).map(|name| optional(name.as_ref())).sum::<usize>();
            all + parameters(&serde.parameters)
        });
        let formats = optional(self.input_format.as_ref()) + optional(self.output_format.as_ref());
        let sort_columns = self.sort_columns.iter().map(|one| text(&one.column)).sum::<usize>();
        let order = texts(&self.bucket_columns) + piece(size_of_val(&*self.sort_columns)) + sort_columns;
        let skew = self.skewed.as_ref().map_or(0, skewed);
        piece(size_of::<Self>())
            + columns(self.columns())
            + formats
            + serde
            + order
            + parameters(&self.parameters)
            + skew
    }
}

impl Table {
    /// Gives roughly what it takes in memory, for caches.
    pub fn bytes(&self) -> usize {
        let names = text(&self.catalog) + text(&self.database) + text(&self.name) + optional(self.owner.as_ref());
        let storage = self.storage.as_ref();
        let place = storage.map_or(0, |storage| storage.shape.bytes() + optional(storage.location.as_ref()));
        let views = optional(self.view_original_text.as_ref()) + optional(self.view_expanded_text.as_ref());
        let made_of = self.creation_metadata.as_ref().map_or(0, creation);
        let lists = columns(&self.partition_keys) + parameters(&self.parameters);
        piece(size_of::<Self>()) + names + place + lists + views + made_of
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::table::{Serde, Storage};

    /// What an allocator that keeps 16 bytes beside each piece would be asked for.
    #[test]
    fn every_text_counts() {
        let empty = Table::default().bytes();
        assert!(empty >= size_of::<Table>());
        let column = |name: &str| Column { name: name.into(), type_name: Some("string".into()), comment: None };
        let shape = Shape {
            columns: Some(vec![column("a"), column("b")]),
            serde: Some(Serde { library: Some("x".repeat(100)), ..Serde::default() }),
            ..Shape::default()
        };
        let storage = Some(Storage { shape: Arc::new(shape), location: None });
        let table = Table { storage, ..Table::default() };
        // The shape, the list, four short texts, the library.
        let wanted = piece(size_of::<Shape>()) + piece(2 * size_of::<Column>()) + 4 * 32 + 128;
        assert_eq!(table.bytes(), empty + wanted);
        let parameters = (0..7).map(|n| (format!("key{n}"), "v".repeat(1_000))).collect();
        let more = Table { parameters, ..table.clone() };
        let grown = more.bytes() - table.bytes();
        assert!((7 * 1_040..9 * 1_040).contains(&grown), "{grown}");
    }
}
