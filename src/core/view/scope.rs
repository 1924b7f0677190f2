//! Which columns an expression can name.

use super::sql_type::SqlType;
use super::typed::Typed;

/// A table or query in FROM, by its name there.
#[derive(Debug)]
pub(super) struct ScopeSource {
    pub name: String,
    pub columns: Vec<(String, SqlType)>,
}

#[derive(Debug, Default)]
pub(super) struct Scope {
    pub sources: Vec<ScopeSource>,
}

impl Scope {
    /// The column of this name. Errors say what there is.
    pub fn column(&self, of: Option<&str>, name: &str) -> Result<Typed, String> {
        let sources = self.sources.iter().filter(|source| of.is_none_or(|of| source.name == of));
        let mut found = None;
        let mut known = false;
        for source in sources {
            known = true;
            let Some((_, kind)) = source.columns.iter().find(|(column, _)| column == name) else { continue };
            if let Some((other, _)) = found {
                return Err(format!("`{name}` is a column of `{other}` and of `{}`: say which", source.name));
            }
            found = Some((source.name.as_str(), kind));
        }
        match (found, of) {
            (Some((source, kind)), _) => Ok(column(source, name, kind)),
            (None, Some(of)) if !known => {
                let names: Vec<_> = self.sources.iter().map(|source| source.name.as_str()).collect();
                Err(format!("there is no `{of}` in FROM, but {}", names.join(", ")))
            }
            (None, _) => Err(format!("there is no column `{name}`; there are {}", self.names(of))),
        }
    }

    /// All columns, of one source or of all; None where there is no such source.
    pub fn all(&self, of: Option<&str>) -> Option<Vec<(String, Typed)>> {
        let sources: Vec<_> = self.sources.iter().filter(|source| of.is_none_or(|of| source.name == of)).collect();
        let columns = sources.iter().flat_map(|source| {
            source.columns.iter().map(|(name, kind)| (name.clone(), column(&source.name, name, kind)))
        });
        (!sources.is_empty()).then(|| columns.collect())
    }

    fn names(&self, of: Option<&str>) -> String {
        const SHOWN: usize = 30;
        let sources = self.sources.iter().filter(|source| of.is_none_or(|of| source.name == of));
        let all: Vec<&str> = sources.flat_map(|source| &source.columns).map(|(name, _)| name.as_str()).collect();
        let more = if all.len() > SHOWN { ", …" } else { "" };
        format!("{}{more}", all[..all.len().min(SHOWN)].join(", "))
    }
}

fn column(source: &str, name: &str, of: &SqlType) -> Typed {
    let typed = Typed::new(of.clone(), |dialect| format!("{}.{}", dialect.name(source), dialect.name(name)));
    Typed { is_column: true, ..typed }
}
