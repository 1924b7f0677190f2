//! How tables are written on the command line.

use std::str::FromStr;

use skep_proto::admin::v1::TableName;

/// `db.t` or `cat.db.t`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableArg {
    /// Empty: the default one.
    pub catalog: String,
    pub database: String,
    pub table: String,
}

impl TableArg {
    pub fn name(&self) -> TableName {
        TableName { catalog: self.catalog.clone(), database: self.database.clone(), table: self.table.clone() }
    }
}

impl std::fmt::Display for TableArg {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if !self.catalog.is_empty() {
            write!(f, "{}.", self.catalog)?;
        }
        write!(f, "{}.{}", self.database, self.table)
    }
}

impl FromStr for TableArg {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let parts: Vec<&str> = text.split('.').collect();
        let (catalog, database, table) = match parts.as_slice() {
            [database, table] => ("", *database, *table),
            [catalog, database, table] if !catalog.is_empty() => (*catalog, *database, *table),
            _ => return Err("a table is written DATABASE.TABLE or CATALOG.DATABASE.TABLE".to_owned()),
        };
        if database.is_empty() || table.is_empty() {
            return Err("a part of the name is empty".to_owned());
        }
        Ok(Self { catalog: catalog.to_owned(), database: database.to_owned(), table: table.to_owned() })
    }
}

/// `DB` or `CAT.DB`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DatabaseArg {
    /// Empty: the default one.
    pub catalog: String,
    pub database: String,
}

impl FromStr for DatabaseArg {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (catalog, database) = text.split_once('.').unwrap_or(("", text));
        if database.is_empty() || database.contains('.') || text.starts_with('.') {
            return Err("a database is written DATABASE or CATALOG.DATABASE".to_owned());
        }
        Ok(Self { catalog: catalog.to_owned(), database: database.to_owned() })
    }
}

/// `KEY=VALUE`.
pub fn pair(text: &str) -> Result<(String, String), String> {
    let (key, value) = text.split_once('=').ok_or("it is written KEY=VALUE")?;
    if key.is_empty() { Err("the key is empty".to_owned()) } else { Ok((key.to_owned(), value.to_owned())) }
}

#[cfg(test)]
mod tests {
    use super::{DatabaseArg, TableArg};

    #[test]
    fn names() {
        let of = |text: &str| text.parse::<TableArg>();
        assert_eq!(of("a.b").unwrap().to_string(), "a.b");
        assert_eq!(of("c.a.b").unwrap().to_string(), "c.a.b");
        for bad in ["t", "", ".t", "a.", "a..b", ".a.b", "a.b.c.d"] {
            assert!(of(bad).is_err(), "{bad}");
        }
        assert_eq!("c.d".parse::<DatabaseArg>().unwrap().catalog, "c");
        for bad in ["", ".", "a.b.c", ".b"] {
            assert!(bad.parse::<DatabaseArg>().is_err(), "{bad}");
        }
    }
}
