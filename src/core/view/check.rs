//! Holding a definition against the tables that it names: what a select is in both languages.

use std::collections::BTreeSet;

use super::ast::{Item, JoinKind, Query, Select, Source, SourceKind};
use super::expr::Exprs;
use super::lex::error;
use super::scope::{Scope, ScopeSource};
use super::select::{Output, SelectTexts, query_texts};
use super::sql_type::SqlType;
use super::typed::{Texts, Typed};
use crate::{Error, Result};

/// A definition's text, and how tables are found.
pub(super) struct Checker<'c> {
    pub text: &'c str,
    /// Columns and partition keys of a table, its database and its name.
    pub table: &'c dyn Fn(Option<&str>, &str) -> Result<FoundTable>,
}

pub(super) struct FoundTable {
    pub database: String,
    pub name: String,
    pub columns: Vec<(String, SqlType)>,
}

/// A query as it is in both languages, and its columns.
pub(super) struct Checked {
    pub texts: Texts,
    pub columns: Vec<(String, SqlType)>,
}

impl Checker<'_> {
    pub fn wrong(&self, at: usize, what: &str) -> Error {
        error(self.text, at, what)
    }

    pub fn query(&self, query: &Query) -> Result<Checked> {
        let mut branches: Vec<SelectTexts> = Vec::with_capacity(query.branches.len());
        for select in &query.branches {
            let branch = self.select(select, branches.is_empty())?;
            if let Some(first) = branches.first()
                && first.outputs.len() != branch.outputs.len()
            {
                let (one, other) = (first.outputs.len(), branch.outputs.len());
                return Err(self.wrong(select.at, &format!("the first SELECT has {one} columns, this one {other}")));
            }
            branches.push(branch);
        }
        let mut columns: Vec<(String, SqlType)> = Vec::new();
        for (at, first) in branches.first().map_or(&[][..], |first| &first.outputs).iter().enumerate() {
            let mut of = SqlType::Null;
            for (branch, select) in branches.iter().zip(&query.branches) {
                let other = &branch.outputs[at].typed.of;
                of = of.union(other).ok_or_else(|| {
                    let what = format!("the column `{}` is {} and {}", first.name, of.hive(), other.hive());
                    self.wrong(select.at, &what)
                })?;
            }
            if of == SqlType::Null {
                let what = format!("the column `{}` is always NULL: say of which type, CAST(NULL AS …)", first.name);
                return Err(self.wrong(query.branches[0].at, &what));
            }
            columns.push((first.name.clone(), of));
        }
        Ok(Checked { texts: query_texts(&branches, &columns)?, columns })
    }

    /// Columns have the names of the first one's.
    fn select(&self, select: &Select, is_first: bool) -> Result<SelectTexts> {
        let mut scope = Scope::default();
        let mut from = self.source(&select.from, &mut scope)?;
        for join in &select.joins {
            let source = self.source(&join.source, &mut scope)?;
            let word = match join.kind {
                JoinKind::Inner => "JOIN",
                JoinKind::Left => "LEFT JOIN",
                JoinKind::Right => "RIGHT JOIN",
                JoinKind::Full => "FULL JOIN",
                JoinKind::Cross => "CROSS JOIN",
            };
            let on = join.on.as_ref().map(|on| Exprs::rows(self, &scope).condition(on, "ON")).transpose()?;
            from = Texts::of(|dialect| {
                let on = on.as_ref().map_or(String::new(), |on| format!(" ON {}", on.get(dialect)));
                format!("{} {word} {}{on}", from.get(dialect), source.get(dialect))
            });
        }
        let rows = Exprs::rows(self, &scope);
        let filter = select.filter.as_ref().map(|filter| rows.condition(filter, "WHERE")).transpose()?;
        let mut group = Vec::with_capacity(select.group.len());
        for expr in &select.group {
            let key = rows.expr(expr)?;
            if !key.is_column && key.texts.hive.bytes().all(|b| b.is_ascii_digit()) {
                return Err(self.wrong(
                    expr.at,
                    "GROUP BY takes expressions; the place of a column is not the same in all engines",
                ));
            }
            group.push(rows.comparable(key, expr.at, "GROUP BY")?.texts);
        }
        let is_grouped = !group.is_empty() || select.having.is_some() || Exprs::has_aggregates(select);
        let exprs = if is_grouped { Exprs::groups(self, &scope, &group) } else { Exprs::rows(self, &scope) };
        let having = select.having.as_ref().map(|having| exprs.condition(having, "HAVING")).transpose()?;
        let outputs = self.outputs(select, &scope, &exprs, is_first)?;
        if select.is_distinct {
            for output in &outputs {
                exprs.comparable(output.typed.clone(), select.at, "DISTINCT")?;
            }
        }
        Ok(SelectTexts { is_distinct: select.is_distinct, outputs, from, filter, group, having })
    }

    fn outputs(&self, select: &Select, scope: &Scope, exprs: &Exprs<'_>, is_first: bool) -> Result<Vec<Output>> {
        let mut outputs: Vec<(usize, String, Typed)> = Vec::new();
        for item in &select.items {
            match item {
                Item::All { at, .. } if exprs.is_grouped() => {
                    return Err(self.wrong(*at, "`*` does not go together with GROUP BY"));
                }
                Item::All { at, of } => {
                    let all = scope.all(of.as_deref());
                    let all = all.ok_or_else(|| self.wrong(*at, "there is no such source in FROM"))?;
                    outputs.extend(all.into_iter().map(|(name, typed)| (*at, name, typed)));
                }
                Item::Expr { expr, name } => {
                    let typed = exprs.expr(expr)?;
                    let name = match (name, &expr.node) {
                        (Some(name), _) | (None, super::ast::Node::Column { name, .. }) => name.clone(),
                        _ if !is_first => String::new(),
                        _ => return Err(self.wrong(expr.at, "this column needs a name: … AS name")),
                    };
                    outputs.push((expr.at, name, typed));
                }
            }
        }
        let mut names = BTreeSet::new();
        for (at, name, _) in &outputs {
            if !names.insert(name) && is_first {
                return Err(self.wrong(*at, &format!("two columns are called `{name}`")));
            }
        }
        Ok(outputs.into_iter().map(|(_, name, typed)| Output { name, typed }).collect())
    }

    fn source(&self, source: &Source, scope: &mut Scope) -> Result<Texts> {
        let (texts, name, columns) = match &source.what {
            SourceKind::Query(query) => {
                let checked = self.query(query)?;
                let texts = Texts::of(|dialect| format!("({})", checked.texts.get(dialect)));
                (texts, source.alias.clone().unwrap_or_default(), checked.columns)
            }
            SourceKind::Table { database, table } => {
                let found = (self.table)(database.as_deref(), table)
                    .map_err(|error| self.wrong(source.at, &error.message).with_kind(error.kind))?;
                let texts =
                    Texts::of(|dialect| format!("{}.{}", dialect.name(&found.database), dialect.name(&found.name)));
                (texts, source.alias.clone().unwrap_or_else(|| found.name.clone()), found.columns)
            }
        };
        if scope.sources.iter().any(|other| other.name == name) {
            return Err(self.wrong(source.at, &format!("two sources are called `{name}`: give one another name")));
        }
        let texts = Texts::of(|dialect| format!("{} {}", texts.get(dialect), dialect.name(&name)));
        scope.sources.push(ScopeSource { name, columns });
        Ok(texts)
    }
}
