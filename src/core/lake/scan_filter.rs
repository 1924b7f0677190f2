//! A filter of rows, for those who plan a scan: which part of it partitions answer, and which row groups of a file can
//! have rows that it keeps.

use std::collections::HashMap;

use super::facts::{COLUMNS_MAX, FileFacts, RowGroupFacts};
use super::hive_type::HiveType;
use super::possible::Known;
use super::slack::Slack;
use crate::filter::parse::parse;
use crate::filter::{Expr, Filter, Value};
use crate::name::DEFAULT_PARTITION;
use crate::table::Column;
use crate::{Error, Kind, Result};

/// How many of a table's columns a message names.
const COLUMNS_SHOWN: usize = 50;
/// So many types of files are remembered for a column; jobs may tell of any.
const TYPES_KEPT: usize = 256;

/// A filter over a table's partition keys and columns. Rows that it keeps are in what it leaves, whatever reader looks;
/// the reader filters again.
#[derive(Debug)]
pub struct ScanFilter {
    /// The conditions of keys alone, as a text; empty: none.
    partitions: String,
    /// The other ones, over the keys and the columns that they name.
    rows: Filter,
    /// These columns.
    columns: Vec<Asked>,
}

/// A column that the filter asks for.
#[derive(Debug)]
struct Asked {
    name: String,
    /// None for what has no type that we know.
    hive_type: Option<HiveType>,
    /// By the type that a file has for it (and whether its values are points in time): whether bounds can be used.
    slacks: HashMap<(String, bool), Option<Slack>>,
}

/// Where a file says something of an asked column.
#[derive(Debug, Clone, Copy)]
enum Place {
    /// It is not in the file: it reads as NULL.
    Missing,
    /// Among the file's columns.
    At(usize, Slack),
    Unknown,
}

const NULL: &Value = &Value::Null;

impl ScanFilter {
    /// Reads a filter text; a blank one keeps everything. Columns meet by name without case, keys before columns.
    ///
    /// # Errors
    /// Meta for what is no filter, for a column that the table has not, for a literal that does not fit its column.
    pub fn parse(text: &str, keys: &[Column], columns: &[Column]) -> Result<Self> {
        let parsed = parse(text)?;
        let all: Vec<Column> = keys.iter().chain(columns).cloned().collect();
        let mut places: HashMap<String, usize> = HashMap::new();
        for (column, at) in all.iter().zip(0..) {
            places.entry(column.name.to_lowercase()).or_insert(at);
        }
        let mut unknown = None;
        parsed.visit(&mut |node| {
            let name = node.as_key().filter(|name| !places.contains_key(&name.to_lowercase()));
            unknown = unknown.take().or_else(|| name.cloned());
        });
        if let Some(name) = unknown {
            return Err(column_unknown(&name, &all));
        }
        // Says where a literal stands that fits no column.
        Filter::parse(text, &all)?;
        let conditions = match parsed {
            Expr::And(conditions) => conditions,
            other => vec![other],
        };
        let place = |name: &String| places.get(&name.to_lowercase()).copied().unwrap_or_default();
        let (mut of_keys, mut of_rows, mut asked) = (Vec::new(), Vec::new(), Vec::new());
        for condition in conditions {
            let mut named: Vec<usize> = Vec::new();
            condition.visit(&mut |node| named.extend(node.as_key().map(place)));
            if named.iter().all(|at| *at < keys.len()) {
                of_keys.push(condition);
            } else if !names_default_partition(&condition) {
                asked.extend(named.into_iter().filter(|at| *at >= keys.len()));
                of_rows.push(condition);
            }
        }
        asked.sort_unstable();
        asked.dedup();
        let bound: Vec<Column> = keys.iter().cloned().chain(asked.iter().map(|at| all[*at].clone())).collect();
        Ok(Self {
            partitions: joined(of_keys).to_string(),
            rows: Filter::bind(joined(of_rows), &bound)?,
            columns: bound.iter().skip(keys.len()).map(Asked::new).collect(),
        })
    }

    /// The part that partitions answer, as a filter text; empty: all are meant.
    pub fn partitions(&self) -> &str {
        &self.partitions
    }

    /// Whether files need not be looked into: all rows of the partitions are kept.
    pub fn is_answered_by_partitions(&self) -> bool {
        self.rows.keeps_everything()
    }

    /// A partition's values, as the other methods want them.
    pub fn key_values(&self, partition_values: &[String]) -> Vec<Value> {
        self.rows.values(partition_values)
    }

    /// Whether a partition can have rows that are kept, whatever is in its files.
    pub fn may_keep_partition(&self, keys: &[Value]) -> bool {
        let known: Vec<Known<'_>> = keys.iter().map(Known::Value).collect();
        self.rows.may_keep(&known)
    }

    /// A file's stored facts, as far as the filter asks for them.
    ///
    /// # Errors
    /// Corrupt for what is none.
    pub fn facts(&self, text: &str) -> Result<FileFacts> {
        FileFacts::parse_some(text, |name| self.columns.iter().any(|column| column.name == name))
    }

    /// Whether a file, or one of a block's, can have rows that are kept.
    pub fn may_keep_file(&mut self, keys: &[Value], facts: &FileFacts) -> bool {
        let places = self.places(facts);
        self.keeps(keys, &places, facts, None)
    }

    /// The row groups of a file that can have rows that are kept. None where the file has none such; empty where it
    /// does not tell of row groups.
    pub fn row_groups<'f>(&mut self, keys: &[Value], facts: &'f FileFacts) -> Option<Vec<&'f RowGroupFacts>> {
        let places = self.places(facts);
        if !self.keeps(keys, &places, facts, None) {
            return None;
        }
        if facts.row_groups.len() <= 1 {
            return Some(facts.row_groups.iter().collect());
        }
        let groups = facts.row_groups.iter().enumerate();
        let kept = groups.filter(|(at, _)| self.keeps(keys, &places, facts, Some(*at))).map(|(_, group)| group);
        let kept: Vec<&RowGroupFacts> = kept.collect();
        (!kept.is_empty()).then_some(kept)
    }

    fn places(&mut self, facts: &FileFacts) -> Vec<Place> {
        self.columns.iter_mut().map(|column| column.place(facts)).collect()
    }

    /// Whether a file, or a row group of it, can have rows that are kept.
    fn keeps(&self, keys: &[Value], places: &[Place], facts: &FileFacts, group: Option<usize>) -> bool {
        let rows = group.and_then(|group| facts.row_groups.get(group)).map_or(facts.rows, |group| group.rows);
        let of_column = |place: &Place| {
            let Place::At(column, slack) = *place else {
                return if matches!(place, Place::Missing) { Known::Value(NULL) } else { Known::Nothing };
            };
            let bounds = match group {
                Some(group) => facts.group_bounds(group, column),
                None => facts.columns.get(column).map(|column| &column.bounds),
            };
            bounds.map_or(Known::Nothing, |bounds| Known::Bounds { bounds, rows, slack })
        };
        let known: Vec<Known<'_>> = keys.iter().map(Known::Value).chain(places.iter().map(of_column)).collect();
        self.rows.may_keep(&known)
    }
}

/// An error that names the columns that there are.
pub fn column_unknown(name: &str, columns: &[Column]) -> Error {
    let known: Vec<&str> = columns.iter().take(COLUMNS_SHOWN).map(|column| column.name.as_str()).collect();
    let more = if columns.len() > COLUMNS_SHOWN { ", …" } else { "" };
    Error::new(Kind::Meta, format!("the table has no column `{name}`; it has: {}{more}", known.join(", ")))
}

fn joined(mut conditions: Vec<Expr<String>>) -> Expr<String> {
    match (conditions.len(), conditions.pop()) {
        (1, Some(only)) => only,
        (_, last) => Expr::And(conditions.into_iter().chain(last).collect()),
    }
}

/// In a filter the default partition's name stands for NULL; in a file it is a text like any other.
fn names_default_partition(condition: &Expr<String>) -> bool {
    let mut is_named = false;
    condition
        .visit(&mut |node| is_named |= matches!(node.as_literal(), Some(Value::Text(t)) if t == DEFAULT_PARTITION));
    is_named
}

impl Asked {
    fn new(column: &Column) -> Self {
        let hive_type = column.type_name.as_deref().and_then(HiveType::parse);
        Self { name: column.name.to_lowercase(), hive_type, slacks: HashMap::new() }
    }

    fn place(&mut self, facts: &FileFacts) -> Place {
        // Facts are of columns that are not nested.
        let Some(hive_type @ (HiveType::Primitive(_) | HiveType::Decimal { .. })) = &self.hive_type else {
            return Place::Unknown;
        };
        let Some(at) = facts.columns.iter().position(|column| column.name == self.name) else {
            return if facts.columns.len() < COLUMNS_MAX { Place::Missing } else { Place::Unknown };
        };
        let column = &facts.columns[at];
        let known = self.slacks.get(&(column.hive_type.clone(), column.is_instant)).copied();
        let slack = known.unwrap_or_else(|| {
            let file_type = HiveType::parse(&column.hive_type);
            let slack = file_type.and_then(|file_type| Slack::between(hive_type, &file_type, column.is_instant));
            if self.slacks.len() == TYPES_KEPT {
                self.slacks.clear();
            }
            self.slacks.insert((column.hive_type.clone(), column.is_instant), slack);
            slack
        });
        slack.map_or(Place::Unknown, |slack| Place::At(at, slack))
    }
}
