//! A filter that is ready to be evaluated.

use super::ast::{Expr, LikeDialect, Value};
use super::bind::{Typing, key_types, null_texts, resolve};
use super::blame::placed;
use super::call;
use super::eval::{Reading, Scope, Truth, truth};
use super::parse::{Parsed, parse};
use super::pattern::Patterns;
use crate::name::DEFAULT_PARTITION;
use crate::table::Column;
use crate::types::KeyType;
use crate::{Error, Result};

/// A filter over the partition keys of one table, from a filter text or a serialised expression.
///
/// `key = '__HIVE_DEFAULT_PARTITION__'` means IS NULL and `!=` IS NOT NULL, within IN too. A partition is kept by a
/// filter text where [`Filter::matches_any_reading`]; a serialised expression has one reading, and its caller decides
/// what NULL and unknown mean (semantics §8).
#[derive(Debug)]
pub struct Filter {
    expr: Expr,
    key_types: Vec<KeyType>,
    default_partition: String,
    readings: &'static [Reading],
    keeps_unknown: bool,
    patterns: Patterns,
}

impl Filter {
    /// Reads a filter text for a table with these partition keys. A blank text keeps everything. Errors are of kind
    /// Meta: bad syntax, unknown keys, a literal that the key's type has no common ground with, bounds exceeded. They
    /// name the character that they are about and what was expected.
    pub fn parse(text: &str, partition_keys: &[Column]) -> Result<Self> {
        Self::bind(parse(text)?, partition_keys).map_err(|error| {
            let (types, null_texts) = (key_types(partition_keys), null_texts(DEFAULT_PARTITION));
            let typing = Typing { types: &types, null_texts: &null_texts, coerce: true };
            placed(error, text, partition_keys, &typing)
        })
    }

    /// Resolves the keys of a parsed filter, without case, and gives literals their keys' types.
    pub fn bind(parsed: Parsed, partition_keys: &[Column]) -> Result<Self> {
        let (expr, types) = (resolve(parsed, partition_keys)?, key_types(partition_keys));
        Self::new(expr, types, DEFAULT_PARTITION, true)
    }

    /// A filter of a serialised expression, whose casts and literals stay as they are. `default_partition` is the
    /// request's name of the default partition; `__HIVE_DEFAULT_PARTITION__` is one in any case.
    pub fn from_expr(expr: Expr, key_types: Vec<KeyType>, default_partition: &str) -> Result<Self> {
        Self::new(expr, key_types, default_partition, false)
    }

    fn new(expr: Expr, key_types: Vec<KeyType>, default_partition: &str, coerce: bool) -> Result<Self> {
        let typing = Typing { types: &key_types, null_texts: &null_texts(default_partition), coerce };
        let expr = typing.condition(expr)?;
        let calls = call::count(&expr);
        if calls > call::MAX_CALLS {
            let most = call::MAX_CALLS;
            return Err(Error::meta(format!("The filter has {calls} calls of functions, {most} are allowed")));
        }
        let patterns = Patterns::of(&expr)?;
        Ok(Self {
            readings: readings(&expr),
            keeps_unknown: coerce && calls > 0,
            patterns,
            default_partition: default_partition.to_owned(),
            expr,
            key_types,
        })
    }

    /// The bound tree, for interpreters of their own (an index over many partitions).
    pub fn expr(&self) -> &Expr {
        &self.expr
    }

    /// The request's name of the default partition.
    pub fn default_partition(&self) -> &str {
        &self.default_partition
    }

    pub fn key_types(&self) -> &[KeyType] {
        &self.key_types
    }

    /// Whether a filter text keeps what it cannot decide: where a function's answer is unknown.
    pub fn keeps_unknown(&self) -> bool {
        self.keeps_unknown
    }

    /// The readings that can differ: one, or two where a LIKE of a filter text can be read both ways.
    pub fn readings(&self) -> &'static [Reading] {
        self.readings
    }

    /// Whether every partition is kept without looking.
    pub fn keeps_everything(&self) -> bool {
        matches!(&self.expr, Expr::And(children) if children.is_empty())
    }

    /// The value that a partition's text for a key is.
    pub fn value(&self, key: usize, text: &str) -> Value {
        let key_type = self.key_types.get(key).copied().unwrap_or(KeyType::Text);
        Value::of_partition(text, key_type, &self.default_partition)
    }

    /// All values of a partition.
    pub fn values(&self, partition_values: &[String]) -> Vec<Value> {
        partition_values.iter().enumerate().map(|(key, text)| self.value(key, text)).collect()
    }

    /// Evaluates on one value per key.
    pub fn evaluate(&self, values: &[Value], reading: Reading) -> Truth {
        let values: Vec<&Value> = values.iter().collect();
        self.evaluate_part(&self.expr, &values, reading)
    }

    /// Evaluates a part of this filter's tree.
    pub(crate) fn evaluate_part(&self, part: &Expr, values: &[&Value], reading: Reading) -> Truth {
        truth(part, self.scope(values, reading))
    }

    pub(super) fn scope<'a>(&'a self, values: &'a [&'a Value], reading: Reading) -> Scope<'a> {
        Scope { values, reading, patterns: &self.patterns }
    }

    /// Whether a partition is returned: under one reading at least, the whole filter is true, or a function's answer is
    /// unknown.
    pub fn matches_any_reading(&self, values: &[Value]) -> bool {
        self.readings.iter().any(|reading| self.evaluate(values, *reading).is_kept(self.keeps_unknown))
    }

    /// Whether the readings disagree on a partition: then a drop by this filter is refused.
    pub fn readings_differ(&self, values: &[Value]) -> bool {
        let kept = |reading: &Reading| self.evaluate(values, *reading).is_kept(self.keeps_unknown);
        let mut kept = self.readings.iter().map(kept);
        let first = kept.next();
        kept.any(|other| Some(other) != first)
    }
}

fn readings(expr: &Expr) -> &'static [Reading] {
    let mut either = false;
    expr.visit(&mut |node| either |= matches!(node, Expr::Like { dialect: LikeDialect::Either, .. }));
    if either { &[Reading::Sql, Reading::JavaRegex] } else { &[Reading::Sql] }
}
