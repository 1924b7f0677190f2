//! The log's columns, and by which of them rows are sorted.

use std::sync::Arc;

use arrow_array::cast::AsArray as _;
use arrow_array::types::{Float32Type, Float64Type};
use arrow_array::{Array as _, ArrayRef};
use arrow_schema::{DataType, Field, Schema, SchemaRef, SortOptions};
use skep_proto::log::v1 as p;

use crate::error::{Error, Result};
use crate::horizon::Horizon;
use crate::types::{arrow_type, is_padded};

/// The keys rise, so that files have ranges of them. Of a key the latest event comes first: the greatest by the columns that
/// rank it, NULL the least.
const KEY: SortOptions = SortOptions { descending: false, nulls_first: true };
const RANK: SortOptions = SortOptions { descending: true, nulls_first: false };

/// What is read, sorted and written.
#[derive(Debug)]
pub struct Columns {
    /// The log's columns, and after them those that floating-point numbers are compared by.
    pub schema: SchemaRef,
    /// How many of them are the log's.
    pub count: usize,
    /// Positions of the keys.
    pub keys: Vec<usize>,
    /// Positions of columns that are padded with spaces.
    pub padded: Vec<usize>,
    /// Positions of ranking columns that are floating-point numbers.
    pub floating: Vec<usize>,
    /// Positions that rows are sorted by.
    pub order: Vec<(usize, SortOptions)>,
    pub horizon: Horizon,
}

impl Columns {
    pub fn new(work: &p::Compaction) -> Result<Self> {
        let (columns, keys, ranking) = (&work.columns, &work.key_columns, &work.ranking_columns);
        let mut fields = Vec::with_capacity(columns.len());
        let mut padded = Vec::new();
        for (at, column) in columns.iter().enumerate() {
            let hive = column.r#type();
            let known = arrow_type(hive);
            let known =
                known.ok_or_else(|| Error::new(format!("the column `{}` is {hive}: unknown here", column.name)))?;
            fields.push(Field::new(&column.name, known, true));
            if is_padded(hive) {
                padded.push(at);
            }
        }
        let position = |name: &String| {
            let found = columns.iter().position(|column| column.name == *name);
            found.ok_or_else(|| Error::new(format!("the log has no column `{name}`, which it is sorted by")))
        };
        let keys: Vec<usize> = keys.iter().map(position).collect::<Result<_>>()?;
        let ranking: Vec<usize> = ranking.iter().map(position).collect::<Result<_>>()?;
        if keys.is_empty() || ranking.is_empty() {
            return Err(Error::new(
                "the server does not say by which columns rows are told apart; is it older than this program?",
            ));
        }
        let count = fields.len();
        let (mut floating, mut order) = (Vec::new(), keys.iter().map(|key| (*key, KEY)).collect::<Vec<_>>());
        for at in ranking {
            if matches!(fields[at].data_type(), DataType::Float32 | DataType::Float64) {
                order.push((fields.len(), RANK));
                fields.push(Field::new(format!("\u{0}{at}"), fields[at].data_type().clone(), true));
                floating.push(at);
            } else {
                order.push((at, RANK));
            }
        }
        // The two zeros are equal; where nothing else tells rows apart, the same one is chosen every time.
        order.extend(floating.iter().map(|at| (*at, RANK)));
        let schema = Schema::new(fields);
        let horizon = Horizon::new(work, &schema)?;
        Ok(Self { schema: Arc::new(schema), count, keys, padded, floating, order, horizon })
    }

    /// The schema of what is written.
    pub fn written(&self) -> SchemaRef {
        Arc::new(Schema::new(self.schema.fields()[..self.count].to_vec()))
    }

    /// Numbers that order as in SQL: all that are none are one and the greatest, and zero has no sign.
    pub fn comparable(array: &ArrayRef) -> ArrayRef {
        match array.data_type() {
            DataType::Float32 => Arc::new(
                array
                    .as_primitive::<Float32Type>()
                    .unary::<_, Float32Type>(|number| if number.is_nan() { f32::NAN } else { number + 0.0 }),
            ),
            _ => Arc::new(
                array
                    .as_primitive::<Float64Type>()
                    .unary::<_, Float64Type>(|number| if number.is_nan() { f64::NAN } else { number + 0.0 }),
            ),
        }
    }
}
