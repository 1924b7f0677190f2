//! What a target that is no Skep sets itself, whatever it is told: Hive stamps what is created with its own time, and
//! Hive 4 turns managed tables without transactions into external ones.

use super::endpoint::Endpoint;
use super::fields::FieldDifference;

/// The parameters by which Hive 4 marks a table that it made external.
const TRANSLATED: [&str; 3] =
    ["parameters.EXTERNAL", "parameters.external.table.purge", "parameters.TRANSLATED_TO_EXTERNAL"];

/// Could the target keep the field, and does nevertheless differ?
pub fn is_due(target: &Endpoint, (field, source, found): &FieldDifference) -> bool {
    if target.keeps_all {
        return true;
    }
    match field.as_str() {
        "createTime" | "grantTime" | "writeId" | "creationMetadata.materializationTime" => false,
        "tableType" => source.as_deref() != Some("\"MANAGED_TABLE\"") || found.as_deref() != Some("\"EXTERNAL_TABLE\""),
        // Left by a translation; a source that has them itself is not excused.
        field if TRANSLATED.contains(&field) => source.is_some() || found.is_none(),
        // Made of the names, where the source counts no changes.
        field if field.starts_with("creationMetadata.sourceTables.") => source.is_some(),
        // Older releases have no such fields.
        "catName" | "catalogName" | "managedLocationUri" | "ownerType" | "type" | "sd.serdeInfo.serdeType" => {
            target.is_hive_4() || found.is_some()
        }
        _ => true,
    }
}
