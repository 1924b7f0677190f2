//! What an expression is in both languages, and of which type.

use super::sql_type::SqlType;
use crate::Result;
use crate::event_log::Dialect;

/// The same in Hive's language and in Trino's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Texts {
    pub hive: String,
    pub trino: String,
}

impl Texts {
    pub fn of(make: impl Fn(Dialect) -> String) -> Self {
        Self { hive: make(Dialect::Hive), trino: make(Dialect::Trino) }
    }

    pub fn get(&self, dialect: Dialect) -> &str {
        match dialect {
            Dialect::Hive => &self.hive,
            Dialect::Trino => &self.trino,
        }
    }

    /// What stands between others.
    pub fn joined(all: &[Self], with: &str) -> Self {
        let one = |dialect| all.iter().map(|one| one.get(dialect)).collect::<Vec<_>>().join(with);
        Self::of(one)
    }
}

#[derive(Debug, Clone)]
pub(super) struct Typed {
    pub texts: Texts,
    pub of: SqlType,
    /// A column as it is: engines know its type from the table.
    pub is_column: bool,
}

impl Typed {
    pub fn new(of: SqlType, make: impl Fn(Dialect) -> String) -> Self {
        Self { texts: Texts::of(make), of, is_column: false }
    }

    pub fn get(&self, dialect: Dialect) -> &str {
        self.texts.get(dialect)
    }

    /// As a value of this type in both engines. Errors: InvalidObject where Trino has no such type.
    pub fn cast(&self, to: &SqlType) -> Result<Self> {
        let (hive, trino) = (to.text(Dialect::Hive)?, to.text(Dialect::Trino)?);
        let of_dialect = |dialect| if dialect == Dialect::Hive { &hive } else { &trino };
        Ok(Self::new(to.clone(), |dialect| format!("CAST({} AS {})", self.get(dialect), of_dialect(dialect))))
    }

    /// The same, unless it is of that type already.
    pub fn widened(&self, to: &SqlType) -> Result<Self> {
        if self.of == *to { Ok(self.clone()) } else { self.cast(to) }
    }
}
