//! What a footer tells of a file.

use super::bounds::Bounds;

/// Columns beyond these have no facts: they are read, not pruned by.
pub const COLUMNS_MAX: usize = 1000;
/// Row groups beyond these are told together with their neighbours.
pub const ROW_GROUPS_MAX: usize = 1000;
/// Bounds of row groups, columns times groups: where there were more, neighbouring groups are told together.
pub const GROUP_BOUNDS_MAX: usize = 10_000;

/// A file's rows, its top-level primitive columns, its row groups.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct FileFacts {
    pub rows: u64,
    pub columns: Vec<ColumnFacts>,
    /// In the file's order.
    pub row_groups: Vec<RowGroupFacts>,
}

/// One column over the whole file.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ColumnFacts {
    /// In lower case.
    pub name: String,
    /// Hive's type of it in this file.
    pub hive_type: String,
    /// Timestamps that are instants (adjusted to UTC): sessions show them in their own zones, so a comparison with a
    /// text must leave room of a day on both sides.
    pub is_instant: bool,
    pub bounds: Bounds,
    /// Number of distinct values, where the file tells or its dictionaries let guess.
    pub distinct: Option<u64>,
    /// Bytes of all texts or byte strings together, before encoding.
    pub value_bytes: Option<u64>,
}

/// A row group, or some that lie together.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct RowGroupFacts {
    /// Where it begins, in bytes.
    pub offset: u64,
    /// Compressed bytes; of several together, the bytes that they lie in.
    pub length: u64,
    pub rows: u64,
    /// As the file's columns; empty where there is one group, whose bounds are the columns' own.
    pub bounds: Vec<Bounds>,
}

impl FileFacts {
    /// The bounds of a column in a row group.
    pub fn group_bounds(&self, group: usize, column: usize) -> Option<&Bounds> {
        let own = self.row_groups.get(group)?.bounds.get(column);
        own.or_else(|| self.columns.get(column).filter(|_| self.row_groups.len() == 1).map(|c| &c.bounds))
    }

    /// Brings it within the limits: columns are left out, neighbouring row groups told together. Takes the bounds of
    /// groups away where there is one.
    pub fn bound(&mut self) {
        self.columns.truncate(COLUMNS_MAX);
        let columns = self.columns.len();
        for group in &mut self.row_groups {
            group.bounds.truncate(columns);
        }
        let most = ROW_GROUPS_MAX.min(GROUP_BOUNDS_MAX / columns.max(1)).max(1);
        if self.row_groups.len() > most {
            let together = self.row_groups.len().div_ceil(most);
            self.row_groups = self.row_groups.chunks(together).filter_map(groups_join).collect();
        }
        if let [only] = self.row_groups.as_mut_slice() {
            only.bounds = Vec::new();
        }
    }

    pub fn column(&self, name: &str) -> Option<&ColumnFacts> {
        self.columns.iter().find(|column| column.name == name)
    }
}

impl RowGroupFacts {
    fn end(&self) -> u64 {
        self.offset.saturating_add(self.length)
    }
}

fn groups_join(groups: &[RowGroupFacts]) -> Option<RowGroupFacts> {
    let (first, rest) = groups.split_first()?;
    Some(rest.iter().fold(first.clone(), |all, next| RowGroupFacts {
        offset: all.offset.min(next.offset),
        length: all.end().max(next.end()) - all.offset.min(next.offset),
        rows: all.rows.saturating_add(next.rows),
        bounds: all.bounds.iter().zip(&next.bounds).map(|(a, b)| a.union(all.rows, b, next.rows)).collect(),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::types::Value;

    #[test]
    fn too_many_groups_are_told_together() {
        let bounds = |n: i64| Bounds {
            low: Some(Value::Integer(n)),
            high: Some(Value::Integer(n)),
            nulls: Some(1),
            ..Bounds::default()
        };
        let group = |n: u64| RowGroupFacts { offset: 4 + n * 10, length: 10, rows: 2, bounds: vec![bounds(n as i64)] };
        let mut facts =
            FileFacts { rows: 5000, columns: vec![ColumnFacts::default()], row_groups: (0..2500).map(group).collect() };
        facts.bound();
        assert_eq!(facts.row_groups.len(), 834);
        assert_eq!(facts.row_groups.iter().map(|g| g.rows).sum::<u64>(), 5000);
        assert_eq!(facts.row_groups[1].bounds[0].high, Some(Value::Integer(5)));
        assert_eq!(facts.row_groups[1].bounds[0].nulls, Some(3));
        facts.row_groups.truncate(1);
        facts.bound();
        assert!(facts.row_groups[0].bounds.is_empty() && facts.group_bounds(0, 0).is_some());
    }
}
