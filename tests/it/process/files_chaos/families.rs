//! The names that the test uses: groups of two databases and five families of tables.

use std::fmt;

/// So many groups: two databases each, the first at its default place, the second at a given one of the other kind of
/// store.
pub const GROUPS: usize = 6;
/// Objects with a LOCATION in or above another object's place choose it among the families of these last groups.
pub const NESTED_GROUPS: usize = 2;

/// Who owns the data of a family's tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Managed,
    /// Data stays at a drop.
    External,
    /// External with `external.table.purge`.
    Purged,
}

/// A set of table names that exclude file writers from DDL together.
#[derive(Clone, Copy, Debug)]
pub struct Family {
    pub number: usize,
    pub group: usize,
    pub kind: Kind,
    pub is_partitioned: bool,
}

/// A table's name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Name {
    pub database: String,
    pub table: String,
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.database, self.table)
    }
}

const FORMS: [(Kind, bool); 5] = [
    (Kind::Managed, false),
    (Kind::Managed, true),
    (Kind::External, true),
    (Kind::Purged, false),
    (Kind::Purged, true),
];
/// What the tables of a family are called besides its number.
const TABLES: [&str; 4] = ["", "_new", "_old", "_b"];

/// Gives all families, by number.
pub fn families() -> Vec<Family> {
    let form = |number: usize| {
        let (kind, is_partitioned) = FORMS[number % FORMS.len()];
        Family { number, group: number / FORMS.len(), kind, is_partitioned }
    };
    (0..GROUPS * FORMS.len()).map(form).collect()
}

/// Gives the two databases of a group.
pub fn databases(group: usize) -> [String; 2] {
    [format!("g{group}x"), format!("g{group}y")]
}

impl Family {
    /// Gives all names of the family: four tables in each of the group's databases.
    pub fn names(&self) -> Vec<Name> {
        let name = |database: &String, table: &&str| Name {
            database: database.clone(),
            table: format!("t{}{table}", self.number),
        };
        databases(self.group)
            .iter()
            .flat_map(|database| TABLES.iter().map(move |table| name(database, table)))
            .collect()
    }

    /// Gives a name that is used once.
    pub fn name_once(&self, database: usize, number: u64) -> Name {
        Name { database: databases(self.group)[database].clone(), table: format!("t{}_{number}", self.number) }
    }

    /// Whether objects of other families may be given a place in or above one of this family's.
    pub fn may_be_nested(&self) -> bool {
        self.group >= GROUPS - NESTED_GROUPS
    }

    /// Whether its files are Parquet, which can be registered.
    pub fn is_parquet(&self) -> bool {
        self.is_partitioned && self.kind != Kind::Managed
    }

    /// Whether a drop deletes the data.
    pub fn drops_data(&self) -> bool {
        self.kind != Kind::External
    }
}

/// Gives the name of a partition as its directory has it.
pub fn partition_name(values: &[String; 2]) -> String {
    format!("dt={}/h={}", values[0], values[1])
}
