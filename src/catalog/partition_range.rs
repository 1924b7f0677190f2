//! From a question that fixes the first keys of a table to ranges of partition names: the way to its answer where the
//! table is not in memory.

use skep_core::Result;
use skep_core::filter::Fixed;
use skep_core::name::{DEFAULT_PARTITION, escape_into};
use skep_core::table::Table;

use super::partition_pick::Bound;
use crate::store::{NameRange, Txn};

/// A question of more ranges is not worth so many look-ups.
const RANGES_MAX: usize = 64;

/// What names of partitions can begin with, key by key, as far as a question fixes the first ones.
#[derive(Debug, PartialEq, Eq)]
pub struct Leading {
    levels: Vec<Level>,
    /// Of the table.
    keys: usize,
}

/// One key.
#[derive(Debug, PartialEq, Eq)]
struct Level {
    /// As it stands in names: `key=`.
    key: String,
    values: Vec<Fixed>,
}

impl Leading {
    /// None where the first key is not fixed.
    pub fn of(bound: &Bound<'_>, table: &Table) -> Option<Self> {
        let keys = table.partition_keys.iter().enumerate();
        let levels = keys.map_while(|(at, key)| {
            let mut text = String::new();
            escape_into(&key.name.to_lowercase(), &mut text);
            text.push('=');
            Some(Level { key: text, values: bound.fixed(at).filter(|values| values.len() <= RANGES_MAX)? })
        });
        let levels: Vec<Level> = levels.collect();
        (!levels.is_empty()).then_some(Self { levels, keys: table.partition_keys.len() })
    }

    /// Disjoint ranges in the order of names, which hold all current partitions that the question can mean. None
    /// where names do not tell.
    ///
    /// A partition's name is made of the keys and values that it was added with. Keys may have been renamed or moved
    /// since then, so before names are trusted for a key, the first and the last name of each range are looked at: if
    /// they have the key in this place, so have all between them.
    pub async fn ranges(&self, txn: &mut Txn, table_id: i64) -> Result<Option<Vec<NameRange>>> {
        let mut ranges = Ranges::default();
        for (depth, level) in self.levels.iter().enumerate() {
            let next = ranges.below(level, depth + 1 == self.keys);
            if next.closed.len() + next.open.len() > RANGES_MAX || !ranges.tell(txn, table_id, level).await? {
                break;
            }
            ranges = next;
        }
        Ok(ranges.finish())
    }
}

/// What names begin with, so far.
#[derive(Debug)]
struct Ranges {
    /// Whole components, each ended by a `/`; at first, nothing.
    closed: Vec<String>,
    open: Vec<NameRange>,
}

impl Default for Ranges {
    fn default() -> Self {
        Self { closed: vec![String::new()], open: Vec::new() }
    }
}

impl Ranges {
    /// The same with one more component.
    fn below(&self, level: &Level, is_last: bool) -> Self {
        let (mut closed, mut open) = (Vec::new(), self.open.clone());
        for begin in &self.closed {
            for value in &level.values {
                let mut name = format!("{begin}{}", level.key);
                match value {
                    Fixed::Text(text) => {
                        escape_into(text, &mut name);
                        if is_last {
                            open.push(NameRange::through(&name, &name));
                        } else {
                            name.push('/');
                            closed.push(name);
                        }
                    }
                    Fixed::Beginning(text) => {
                        escape_into(text, &mut name);
                        open.push(NameRange::beginning(&name));
                    }
                }
            }
        }
        Self { closed, open }
    }

    /// Whether names have the level's key in the next place.
    async fn tell(&self, txn: &mut Txn, table_id: i64, level: &Level) -> Result<bool> {
        for begin in &self.closed {
            let range = (!begin.is_empty()).then(|| NameRange::beginning(begin));
            if let Some((first, last)) = txn.partition_ends(table_id, range.as_ref()).await? {
                let has_key = |name: &str| name.strip_prefix(begin).is_some_and(|rest| rest.starts_with(&level.key));
                if !has_key(&first) || !has_key(&last) {
                    return Ok(false);
                }
            }
        }
        Ok(true)
    }

    /// None where nothing is told.
    fn finish(self) -> Option<Vec<NameRange>> {
        if self.closed.iter().any(String::is_empty) {
            return None;
        }
        let mut all = self.open;
        all.extend(self.closed.iter().map(|begin| NameRange::beginning(begin)));
        all.sort_unstable();
        // One value may be given twice.
        all.dedup_by(|next, before| next.high <= before.high);
        Some(all)
    }
}

impl Bound<'_> {
    /// The texts that a key can have in partitions that are meant; other partitions need not be looked at, not even
    /// to say that something is unknown.
    fn fixed(&self, key: usize) -> Option<Vec<Fixed>> {
        match self {
            Self::All | Self::Names(_) | Self::Unreadable => None,
            Self::Prefix(values) => {
                let value = values.get(key).filter(|value| !value.is_empty())?;
                Some(vec![Fixed::Text(value.clone())])
            }
            Self::Filter(filter) => filter.fixed(key),
            // NULL may be unknown with the rest of the expression. Of texts, only these are NULL; dates have too many.
            Self::Expr { filter, default_partition } => {
                let is_text = filter.key_types().get(key).is_some_and(|key_type| key_type.is_text());
                let mut values = filter.fixed(key).filter(|_| is_text)?;
                let nulls = [DEFAULT_PARTITION, default_partition];
                values.extend(nulls.map(|null| Fixed::Text(null.to_owned())));
                Some(values)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use skep_core::kryo::ClientZone;
    use skep_core::table::Column;

    use super::super::partition_query::PartitionPick;
    use super::*;

    fn table() -> Table {
        let key = |name: &str, kind: &str| Column { name: name.into(), type_name: Some(kind.into()), comment: None };
        Table { partition_keys: vec![key("Ds", "string"), key("a/b", "string"), key("hr", "int")], ..Table::default() }
    }

    /// What it comes to where names can be trusted for `levels` keys.
    fn ranges(pick: &PartitionPick, levels: usize) -> Option<Vec<(String, String)>> {
        let table = table();
        let bound = Bound::new(pick, &table, ClientZone::Unknown).unwrap();
        let leading = Leading::of(&bound, &table)?;
        let mut ranges = Ranges::default();
        for (depth, level) in leading.levels.iter().take(levels).enumerate() {
            ranges = ranges.below(level, depth + 1 == leading.keys);
        }
        Some(ranges.finish()?.into_iter().map(|range| (range.low, range.high)).collect())
    }

    fn texts(ranges: &[(&str, &str)]) -> Vec<(String, String)> {
        ranges.iter().map(|(low, high)| ((*low).to_owned(), (*high).to_owned())).collect()
    }

    fn prefix(values: &[&str]) -> PartitionPick {
        PartitionPick::Prefix(values.iter().map(|value| (*value).to_owned()).collect())
    }

    #[test]
    fn first_keys_become_beginnings_of_names() {
        let filter = |text: &str| PartitionPick::Filter(text.to_owned());
        assert_eq!(ranges(&filter("ds = 'x=1'"), 9), Some(texts(&[("ds=x%3D1/", "ds=x%3D10")])));
        assert_eq!(
            ranges(&filter("DS in ('b', 'a', 'b') and hr > 5"), 9),
            Some(texts(&[("ds=a/", "ds=a0"), ("ds=b/", "ds=b0")]))
        );
        assert_eq!(ranges(&filter("hr = 5"), 9), None);
        assert_eq!(ranges(&filter("hr = 5 or ds = 'a'"), 9), None);
        assert_eq!(ranges(&filter("ds = 'a'"), 0), None, "names do not tell");
        // The last key is a number, which no name tells.
        assert_eq!(ranges(&filter("ds = 'a' and hr = 5"), 9), Some(texts(&[("ds=a/", "ds=a0")])));
    }

    #[test]
    fn first_values_are_texts_whatever_their_keys_type() {
        let whole = "ds=a/a%2Fb=__HIVE_DEFAULT_PARTITION__/hr=05";
        let high = format!("{whole}\u{1}");
        let values = ["a", DEFAULT_PARTITION, "05"];
        assert_eq!(ranges(&prefix(&values), 9), Some(texts(&[(whole, &high)])));
        assert_eq!(ranges(&prefix(&values), 1), Some(texts(&[("ds=a/", "ds=a0")])));
        assert_eq!(ranges(&prefix(&["a", ""]), 9), Some(texts(&[("ds=a/", "ds=a0")])));
        assert_eq!(ranges(&prefix(&["", "a"]), 9), None);
    }
}
