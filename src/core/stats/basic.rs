//! Basic statistics: parameters of tables and partitions.

use super::accuracy::Accuracy;
use crate::table::Parameters;

pub const NUM_FILES: &str = "numFiles";
/// Bytes of all files.
pub const TOTAL_SIZE: &str = "totalSize";
pub const NUM_ROWS: &str = "numRows";
/// Bytes that the rows take uncompressed.
pub const RAW_DATA_SIZE: &str = "rawDataSize";
/// From 4.0; always 0 on what we list.
pub const NUM_ERASURE_CODED_FILES: &str = "numFilesErasureCoded";

/// All of them.
pub const BASIC_STATISTICS: [&str; 5] = [NUM_FILES, NUM_ROWS, TOTAL_SIZE, RAW_DATA_SIZE, NUM_ERASURE_CODED_FILES];
/// Those that a listing of files gives.
pub const FAST_STATISTICS: [&str; 3] = [NUM_FILES, TOTAL_SIZE, NUM_ERASURE_CODED_FILES];

/// Key of a call's environment (and, transiently, of parameters): `true` leaves all statistics as they are.
pub const DO_NOT_UPDATE_STATS: &str = "DO_NOT_UPDATE_STATS";
/// Key of a call's environment: `TASK` where the numbers come from a job, `USER` where somebody set them.
pub const STATS_GENERATED: &str = "STATS_GENERATED";

/// Sets what a listing found.
pub fn fast_statistics_set(parameters: &mut Parameters, files: u64, bytes: u64) {
    parameters.insert(NUM_FILES.to_owned(), files.to_string());
    parameters.insert(TOTAL_SIZE.to_owned(), bytes.to_string());
    parameters.insert(NUM_ERASURE_CODED_FILES.to_owned(), "0".to_owned());
}

pub fn fast_statistics_clear(parameters: &mut Parameters) {
    for key in FAST_STATISTICS {
        parameters.remove(key);
    }
}

/// Whether a listing would tell nothing new: then none is made.
pub fn fast_statistics_complete(parameters: &Parameters) -> bool {
    FAST_STATISTICS.iter().all(|key| parameters.contains_key(*key))
}

/// Whether both have all fast statistics with equal numbers. A value that is no number equals nothing.
pub fn fast_statistics_same(old: &Parameters, new: &Parameters) -> bool {
    let number = |parameters: &Parameters, key: &str| parameters.get(key).and_then(|v| v.parse::<i64>().ok());
    FAST_STATISTICS.iter().all(|key| number(old, key).is_some() && number(old, key) == number(new, key))
}

/// After a change of data: basic statistics are accurate where a job has just computed them
/// (`STATS_GENERATED` = `TASK` in the call's environment), else all accuracy marks go.
pub fn basic_state_update(parameters: &mut Parameters, stats_generated: Option<&str>) {
    if stats_generated == Some("TASK") {
        Accuracy::edit(parameters, Accuracy::set_basic);
    } else {
        Accuracy::clear(parameters);
    }
}

/// The statistics of an empty table or partition (create as empty, truncate): zeros, accurate, for all columns too.
pub fn zero_statistics_set<'a>(parameters: &mut Parameters, columns: impl IntoIterator<Item = &'a str>) {
    for key in BASIC_STATISTICS {
        parameters.insert(key.to_owned(), "0".to_owned());
    }
    parameters.remove(crate::registration::REGISTERED);
    Accuracy::edit(parameters, |accuracy| {
        accuracy.set_basic();
        accuracy.add_columns(columns);
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fast_statistics() {
        let mut parameters = Parameters::new();
        assert!(!fast_statistics_complete(&parameters));
        assert!(!fast_statistics_same(&parameters, &parameters));
        fast_statistics_set(&mut parameters, 3, 1 << 40);
        assert_eq!(parameters[TOTAL_SIZE], "1099511627776");
        assert!(fast_statistics_complete(&parameters));
        let mut other = parameters.clone();
        assert!(fast_statistics_same(&parameters, &other));
        other.insert(NUM_FILES.into(), "4".into());
        assert!(!fast_statistics_same(&parameters, &other));
        other.insert(NUM_FILES.into(), "many".into());
        assert!(!fast_statistics_same(&other, &other));
        fast_statistics_clear(&mut parameters);
        assert!(parameters.is_empty());
    }

    #[test]
    fn only_jobs_leave_basic_statistics_accurate() {
        let mut parameters = Parameters::new();
        basic_state_update(&mut parameters, Some("TASK"));
        assert_eq!(parameters["COLUMN_STATS_ACCURATE"], r#"{"BASIC_STATS":"true"}"#);
        basic_state_update(&mut parameters, Some("USER"));
        assert!(parameters.is_empty());
        zero_statistics_set(&mut parameters, ["b", "a"]);
        assert_eq!(parameters.len(), 6);
        assert_eq!(
            parameters["COLUMN_STATS_ACCURATE"],
            r#"{"BASIC_STATS":"true","COLUMN_STATS":{"a":"true","b":"true"}}"#
        );
    }
}
