//! What marks a partition (or a table without partitions) whose files the metastore itself knows.

use crate::stats::{NUM_ROWS, fast_statistics_same};
use crate::table::Parameters;

/// The parameter: `true` where the known files are all that the object has. Whoever changes the data through another
/// interface ends it.
pub const REGISTERED: &str = "skep.registered";

/// Whether the files of this object are known.
pub fn is_registered(parameters: &Parameters) -> bool {
    parameters.get(REGISTERED).is_some_and(|v| v.eq_ignore_ascii_case("true"))
}

/// After a change by a client that knows nothing of files: the mark stays only where nothing says that data changed.
/// Statistics alone, a comment or the like leave it.
pub fn registration_keep(old: &Parameters, new: &mut Parameters, is_moved: bool) {
    if !is_registered(new) {
        return;
    }
    let rows = |parameters: &Parameters| parameters.get(NUM_ROWS).cloned();
    let same = is_registered(old) && !is_moved && fast_statistics_same(old, new) && rows(old) == rows(new);
    let time = |parameters: &Parameters| parameters.get("transient_lastDdlTime").cloned();
    if !same || time(old) != time(new) {
        new.remove(REGISTERED);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::fast_statistics_set;

    fn registered(files: u64) -> Parameters {
        let mut parameters = Parameters::from([(REGISTERED.to_owned(), "true".to_owned())]);
        fast_statistics_set(&mut parameters, files, 100);
        parameters
    }

    #[test]
    fn only_a_change_that_leaves_data_alone_keeps_the_mark() {
        let old = registered(2);
        let mut commented = old.clone();
        commented.insert("comment".into(), "x".into());
        registration_keep(&old, &mut commented, false);
        assert!(is_registered(&commented));
        let mut moved = old.clone();
        registration_keep(&old, &mut moved, true);
        assert!(!is_registered(&moved));
        for change in [("numFiles", "3"), ("totalSize", "7"), ("numRows", "1"), ("transient_lastDdlTime", "9")] {
            let mut new = old.clone();
            new.insert(change.0.into(), change.1.into());
            registration_keep(&old, &mut new, false);
            assert!(!is_registered(&new), "{change:?}");
        }
        // A mark that a client makes up is none.
        let mut made_up = registered(2);
        registration_keep(&Parameters::new(), &mut made_up, false);
        assert!(!is_registered(&made_up));
    }
}
