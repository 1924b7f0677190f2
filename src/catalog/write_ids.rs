//! Write ids: numbers of transactions within a table, in the names of an ACID table's files (`semantics.md §12`).

use skep_core::transaction::{TransactionKind, TransactionState, ValidTransactions};
use skep_core::{Error, Kind, Result};

use super::metastore::Metastore;
use super::reference::TableRef;
use super::transactions::full_name_parse;
use crate::store::{Txn, WriteIdPlace};

/// What a reader may see of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ValidWriteIds {
    /// As it was asked for.
    pub table: String,
    pub high_water_mark: i64,
    /// Those up to it that are not committed, ascending, each with: is it aborted?
    pub invalid: Vec<(i64, bool)>,
}

impl ValidWriteIds {
    pub fn min_open(&self) -> Option<i64> {
        self.invalid.iter().find(|(_, aborted)| !aborted).map(|(id, _)| *id)
    }
}

/// How a reader says what it sees.
#[derive(Debug, Clone, Copy)]
pub enum Snapshot<'a> {
    /// What is committed now.
    Now,
    /// Hive's text of valid transactions.
    Transactions(&'a str),
    /// What was there up to this write id.
    WriteId(i64),
}

fn place(at: &TableRef) -> WriteIdPlace<'_> {
    (&at.catalog, &at.database, &at.table)
}

impl Metastore {
    /// One write id of the table for each transaction, by transaction; who has one keeps it, unless `again`.
    pub async fn write_id_allocate(&self, at: &TableRef, txn_ids: &[i64], again: bool) -> Result<Vec<(i64, i64)>> {
        self.store
            .retrying("write_id_allocate", || async {
                let (mut txn, _) = self.locks_begin().await?;
                let rows = self.transactions_check(&mut txn, txn_ids).await?;
                if let Some(reader) = rows.iter().find(|row| row.kind == TransactionKind::ReadOnly.code()) {
                    return Err(Error::meta(format!(
                        "txnid:{} is read only: no write id of {at} can be given to it",
                        reader.id
                    )));
                }
                if again {
                    txn.write_id_delete(place(at), txn_ids).await?;
                }
                let all = txn.write_id_allocate(place(at), txn_ids).await?;
                txn.commit().await?;
                Ok(all)
            })
            .await
    }

    /// The highest write id given; 0 before the first.
    pub async fn write_id_max(&self, at: &TableRef) -> Result<i64> {
        self.store.peek().await?.write_id_max(place(at)).await
    }

    /// What a reader sees of tables, named `db.table`.
    pub async fn write_ids_valid(&self, tables: &[String], snapshot: Snapshot<'_>) -> Result<Vec<ValidWriteIds>> {
        let mut txn = self.store.read().await?;
        let given = match snapshot {
            Snapshot::Transactions(text) => Some(ValidTransactions::parse(text)?),
            Snapshot::Now | Snapshot::WriteId(_) => None,
        };
        let mut all = Vec::with_capacity(tables.len());
        for name in tables {
            let at = full_name_parse(name, self.default_catalog())?;
            let valid = match &given {
                Some(valid) => valid.clone(),
                None => self.valid_transactions(&mut txn, &at, snapshot).await?,
            };
            let high_water_mark = txn.write_id_high_water_mark(place(&at), valid.high_water_mark).await?;
            let rows = txn.write_id_list(place(&at), valid.high_water_mark).await?;
            let invalid = rows.into_iter().filter(|(_, by)| !valid.is_valid(*by));
            let invalid = invalid.map(|(id, by)| (id, valid.is_aborted(by))).collect();
            all.push(ValidWriteIds { table: name.clone(), high_water_mark, invalid });
        }
        Ok(all)
    }

    async fn valid_transactions(&self, txn: &mut Txn, at: &TableRef, to: Snapshot<'_>) -> Result<ValidTransactions> {
        let high_water_mark = match to {
            Snapshot::WriteId(id) => txn.write_id_txn(place(at), id).await?.ok_or_else(|| {
                Error::new(Kind::NoSuchTxn, format!("{at} has no write id {id}, or it is of long ago"))
            })?,
            Snapshot::Now | Snapshot::Transactions(_) => txn.acid_high_water_mark().await?,
        };
        let (mut open, mut aborted) = (Vec::new(), Vec::new());
        for row in txn.acid_uncommitted().await? {
            if row.state == TransactionState::Open { open.push(row.id) } else { aborted.push(row.id) }
        }
        Ok(ValidTransactions::new(high_water_mark, &open, &aborted))
    }
}
