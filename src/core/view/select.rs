//! Putting a query together from its parts.

use super::sql_type::SqlType;
use super::typed::{Texts, Typed};
use crate::Result;
use crate::event_log::Dialect;

/// A column of a select.
#[derive(Debug)]
pub(super) struct Output {
    pub name: String,
    pub typed: Typed,
}

/// A select whose parts are checked.
#[derive(Debug)]
pub(super) struct SelectTexts {
    pub is_distinct: bool,
    pub outputs: Vec<Output>,
    pub from: Texts,
    pub filter: Option<Texts>,
    pub group: Vec<Texts>,
    pub having: Option<Texts>,
}

/// All branches with columns of these types: each column that is not one of a table, or not of its type, is a CAST, so that no
/// engine finds another type than the view declares.
pub(super) fn query_texts(branches: &[SelectTexts], columns: &[(String, SqlType)]) -> Result<Texts> {
    let mut all = Vec::with_capacity(branches.len());
    for branch in branches {
        let mut outputs = Vec::with_capacity(columns.len());
        for (output, (name, of)) in branch.outputs.iter().zip(columns) {
            let is_as_declared = output.typed.is_column && output.typed.of == *of;
            let typed = if is_as_declared { output.typed.clone() } else { output.typed.cast(of)? };
            outputs.push(Texts::of(|dialect| format!("{} AS {}", typed.get(dialect), dialect.name(name))));
        }
        all.push(Texts::of(|dialect| select_text(branch, &Texts::joined(&outputs, ", "), dialect)));
    }
    Ok(Texts::joined(&all, " UNION ALL "))
}

fn select_text(select: &SelectTexts, outputs: &Texts, dialect: Dialect) -> String {
    let distinct = if select.is_distinct { "DISTINCT " } else { "" };
    let mut parts = vec![format!("SELECT {distinct}{} FROM {}", outputs.get(dialect), select.from.get(dialect))];
    parts.extend(select.filter.iter().map(|filter| format!("WHERE {}", filter.get(dialect))));
    if !select.group.is_empty() {
        parts.push(format!("GROUP BY {}", Texts::joined(&select.group, ", ").get(dialect)));
    }
    parts.extend(select.having.iter().map(|having| format!("HAVING {}", having.get(dialect))));
    parts.join(" ")
}
