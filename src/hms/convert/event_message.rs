//! The JSON forms of messages about tables, field by field as Hive's readers want them: its flags are texts.

use serde::Serialize;
use skep_core::table::{Parameters, Table};

use super::event::Pairs;
use crate::catalog::Event;

/// What all of them begin with.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Common<'a> {
    server: &'static str,
    service_principal: &'static str,
    db: &'a str,
    table: &'a str,
    table_type: &'static str,
    /// Seconds since the epoch.
    timestamp: i64,
}

impl<'a> Common<'a> {
    pub fn new(event: &Event, table: &'a Table) -> Self {
        Self {
            server: "",
            service_principal: "",
            db: &table.database,
            table: &table.name,
            table_type: table.table_type.as_str(),
            timestamp: event.at,
        }
    }
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct OfTable<'a> {
    #[serde(flatten)]
    pub common: Common<'a>,
    pub table_obj_json: String,
    /// Of a made one only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub files: Option<[&'static str; 0]>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Altered<'a> {
    #[serde(flatten)]
    pub common: Common<'a>,
    pub table_obj_before_json: String,
    pub table_obj_after_json: String,
    pub is_truncate_op: String,
    pub write_id: i64,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AddedOrDropped<'a> {
    #[serde(flatten)]
    pub common: Common<'a>,
    pub table_obj_json: String,
    pub partitions: Vec<Pairs>,
    /// Of added ones only, like the files.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub partition_list_json: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub partition_files: Option<[&'static str; 0]>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AlterPartition<'a> {
    #[serde(flatten)]
    pub common: Common<'a>,
    pub table_obj_json: String,
    pub key_values: Pairs,
    pub partition_obj_before_json: String,
    pub partition_obj_after_json: String,
    pub is_truncate_op: String,
    pub write_id: i64,
}

/// INSERT, and RELOAD with the flag that says of which sort.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Fired<'a> {
    #[serde(flatten)]
    pub common: Common<'a>,
    pub table_obj_json: String,
    pub ptn_obj_json: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub replace: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub files: Option<&'a Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refresh_event: Option<String>,
}

/// Statistics of a table or a partition were stored.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Statistics<'a> {
    pub server: &'static str,
    pub service_principal: &'static str,
    pub database: &'a str,
    pub timestamp: i64,
    pub write_id: i64,
    pub col_stats_json: String,
    pub table_obj_json: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub part_vals: Option<Vec<String>>,
    pub parameters: &'a Parameters,
}

/// Statistics of a table or a partition were deleted.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct StatisticsGone<'a> {
    pub server: &'static str,
    pub service_principal: &'static str,
    pub database: &'a str,
    pub timestamp: i64,
    pub col_name: Option<&'a String>,
    pub engine: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub part_name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub part_values: Option<Vec<String>>,
}
