//! A random table with its partitions: as the model has them, as SQLite keeps them, and as we do.

use std::collections::BTreeMap;
use std::sync::Arc;

use skep_core::name::partition_name;
use skep_core::partition::Partition;
use skep_core::rows::{RowView, SegmentBuilder, TablePartitions};
use skep_core::table::{Column, Table};
use sqlx::sqlite::SqliteArguments;
use sqlx::{AssertSqlSafe, Connection as _, Executor as _, SqliteConnection};

use super::cell::Cell;
use super::clause::Clause;
use super::item::{Item, Sql};
use super::kind::{KINDS, Kind};
use super::literal::Literal;
use super::random::Random;

/// A partition key and the values that its partitions have.
#[derive(Debug)]
pub struct Key {
    pub name: &'static str,
    pub type_name: &'static str,
    pub kind: Kind,
    cells: Vec<Cell>,
}

#[derive(Debug)]
pub struct Sample {
    pub keys: Vec<Key>,
    /// In name order.
    pub rows: Vec<Row>,
}

/// A partition.
#[derive(Debug, Clone)]
pub struct Row {
    pub name: String,
    pub cells: Vec<Cell>,
}

const NAMES: [&str; 6] = ["dt", "hr", "date", "länge", "2x", "select"];

impl Key {
    /// Doubles have no text here.
    pub fn has_like(&self) -> bool {
        !matches!(self.kind, Kind::Float | Kind::Double)
    }
}

impl Row {
    pub fn texts(&self) -> Vec<&str> {
        self.cells.iter().map(|cell| cell.text.as_str()).collect()
    }

    pub fn values(&self) -> Vec<String> {
        self.cells.iter().map(|cell| cell.text.clone()).collect()
    }
}

impl Sample {
    pub fn new(random: &mut Random) -> Self {
        let mut names = NAMES.to_vec();
        let keys = (0..random.within(1, 3)).map(|_| {
            let name = names.remove(random.below(names.len()));
            let (type_name, kind) = random.pick(&KINDS);
            let cells = (0..random.within(2, 24)).map(|_| Cell::new(kind, random)).collect();
            Key { name, type_name, kind, cells }
        });
        let mut sample = Self { keys: keys.collect(), rows: Vec::new() };
        let columns = sample.columns();
        let count = if random.chance(10) { random.within(100, 1000) } else { random.within(1, 60) };
        let mut rows = BTreeMap::new();
        for _ in 0..count {
            let cells: Vec<Cell> = sample.keys.iter().map(|key| random.pick(&key.cells)).collect();
            let texts: Vec<&str> = cells.iter().map(|cell| cell.text.as_str()).collect();
            let name = partition_name(&columns, &texts).unwrap();
            rows.entry(name.clone()).or_insert(Row { name, cells });
        }
        sample.rows = rows.into_values().collect();
        sample
    }

    pub fn columns(&self) -> Vec<Column> {
        let column =
            |key: &Key| Column { name: key.name.to_owned(), type_name: Some(key.type_name.to_owned()), comment: None };
        self.keys.iter().map(column).collect()
    }

    pub fn literal(&self, key: usize, random: &mut Random) -> Literal {
        let Key { kind, cells, .. } = &self.keys[key];
        Literal::new_for(*kind, &random.pick(cells), random)
    }

    /// A key's name as somebody writes it.
    pub fn key_text(&self, key: usize, random: &mut Random) -> String {
        let name = self.keys[key].name;
        match random.below(4) {
            0 => format!("`{name}`"),
            1 => name.to_uppercase(),
            _ => name.to_owned(),
        }
    }

    /// Our partitions: a large segment, some rows of it gone, and some that came.
    pub fn partitions(&self, random: &mut Random) -> TablePartitions {
        let table = Arc::new(Table { partition_keys: self.columns(), ..Table::default() });
        let partition = |row: &Row| Partition { name: row.name.clone(), values: row.values(), ..Partition::default() };
        let mut builder = SegmentBuilder::new(&table);
        let (mut gone, mut came) = (Vec::new(), Vec::new());
        let changes = if random.chance(50) { 0 } else { 20 };
        for row in &self.rows {
            if random.chance(changes) {
                came.push((partition(row), None));
                if random.chance(50) {
                    continue;
                }
                // It was changed: the same name goes and comes.
                gone.push(row.name.clone());
            }
            builder.push_partition(&partition(row), None).unwrap();
        }
        let base = TablePartitions::new(Arc::clone(&table), [], builder.finish());
        let partitions = base.successor(table, [], &gone, &came).unwrap().unwrap();
        assert!(partitions.rows().iter().map(RowView::name).eq(self.rows.iter().map(|row| row.name.clone())));
        partitions
    }

    /// The partitions in SQLite, numbered in name order.
    pub async fn oracle(&self) -> Oracle {
        let mut connection = SqliteConnection::connect("sqlite::memory:").await.unwrap();
        let columns: Vec<String> = (0..self.keys.len()).map(|key| format!(", v{key}, n{key}, t{key}")).collect();
        let columns = columns.concat();
        connection.execute("PRAGMA case_sensitive_like = ON").await.unwrap();
        let create = format!("CREATE TABLE p (id INTEGER PRIMARY KEY{columns})");
        connection.execute(AssertSqlSafe(create)).await.unwrap();
        let insert = format!("INSERT INTO p (id{columns}) VALUES (?{})", ", ?".repeat(3 * self.keys.len()));
        let mut transaction = connection.begin().await.unwrap();
        for (id, row) in (0..).zip(&self.rows) {
            let mut query = sqlx::query(AssertSqlSafe(insert.clone())).bind(id);
            for (key, cell) in self.keys.iter().zip(&row.cells) {
                let value = cell.item.as_ref().map_or(Sql::Null, Item::sql);
                let number = cell.number.clone().map_or(Sql::Null, |number| Item::Number(number).sql());
                for sql in [value, number, cell.shown(key.kind)] {
                    query = bound(query, sql);
                }
            }
            query.execute(&mut *transaction).await.unwrap();
        }
        transaction.commit().await.unwrap();
        Oracle(connection)
    }
}

/// SQLite with the typed values of a table's partitions.
pub struct Oracle(SqliteConnection);

impl Oracle {
    /// The numbers of the rows that each of the conditions is true for.
    pub async fn rows(&mut self, clauses: Vec<Clause>) -> Vec<Vec<usize>> {
        let mut all = Vec::with_capacity(clauses.len());
        for clauses in clauses.chunks(STATEMENT) {
            let rows = |clause: &Clause| {
                format!("(SELECT group_concat(id, ' ') FROM (SELECT id FROM p WHERE {} ORDER BY id))", clause.sql)
            };
            let select = format!("SELECT {}", clauses.iter().map(rows).collect::<Vec<_>>().join(", "));
            let mut query = sqlx::query(AssertSqlSafe(select.clone())).persistent(false);
            for value in clauses.iter().flat_map(|clause| &clause.values) {
                query = bound(query, value.clone());
            }
            let row = query.fetch_one(&mut self.0).await.unwrap_or_else(|error| panic!("{select}: {error}"));
            all.extend((0..clauses.len()).map(|column| {
                let ids: Option<String> = sqlx::Row::get(&row, column);
                ids.unwrap_or_default().split_whitespace().map(|id| id.parse().unwrap()).collect::<Vec<usize>>()
            }));
        }
        all
    }
}

/// Conditions in one statement, which may have 32,766 values.
const STATEMENT: usize = 25;

type Query<'q> = sqlx::query::Query<'q, sqlx::Sqlite, SqliteArguments>;

fn bound(query: Query<'_>, value: Sql) -> Query<'_> {
    match value {
        Sql::Null => query.bind(None::<i64>),
        Sql::Integer(n) => query.bind(n),
        Sql::Real(real) => query.bind(real),
        Sql::Text(text) => query.bind(text),
    }
}
