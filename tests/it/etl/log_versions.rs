//! Versions of event logs: a restoration is a change like any other to the final view, and retention keeps what snapshots
//! are compared with.

use std::sync::Arc;

use skep::catalog::{Restored, VersionRestore};
use skep_core::{Kind, Result};

use super::logs::{add, compact, days, make, remove, view};
use crate::store_suite::fixture::{Field, at};

async fn restore(field: &Field, table: &str, version: i64) -> Result<Restored> {
    let request = VersionRestore { at: at(table), version, redefine: false, checked: None, left: Arc::default() };
    field.metastore.version_restore(&field.caller, &request).await
}

async fn version(field: &Field) -> i64 {
    field.metastore.table_get(&at("events")).await.unwrap().version
}

store_cases! {
    async fn what_a_restoration_does_to_a_log_is_in_its_view(store: &TestStore) {
        let field = make(store, &["2024-01-01", "2024-01-03"]).await;
        let early = version(&field).await;
        add(&field, "2024-01-04").await.unwrap();
        add(&field, "2024-01-05").await.unwrap();
        let whole = version(&field).await;
        let snapshot = compact(&field).await;
        assert_eq!(view(&field).await, (Some(snapshot.clone()), days(5..=5)));

        // What came after the snapshot goes and comes back; the view follows in the same commit.
        remove(&field, "events", "day=2024-01-05").await.unwrap();
        assert!(view(&field).await.1.is_empty());
        assert_eq!(restore(&field, "events", whole).await.unwrap().came, 1);
        assert_eq!(view(&field).await, (Some(snapshot.clone()), days(5..=5)));

        // What came late and was dropped comes late again.
        add(&field, "2024-01-02").await.unwrap();
        let late = version(&field).await;
        remove(&field, "events", "day=2024-01-02").await.unwrap();
        assert_eq!(view(&field).await.1, days(5..=5));
        restore(&field, "events", late).await.unwrap();
        assert_eq!(view(&field).await.1, ["2024-01-02", "2024-01-05"]);
        assert_eq!(field.metastore.log_get(&at("events")).await.unwrap().late.len(), 1);
        // And goes again, since nothing has it yet.
        restore(&field, "events", whole).await.unwrap();
        assert_eq!(view(&field).await.1, days(5..=5));
        assert!(field.metastore.log_get(&at("events")).await.unwrap().late.is_empty());

        // What the snapshot has cannot be taken out of it.
        let before = (version(&field).await, view(&field).await);
        let taken = restore(&field, "events", early).await.unwrap_err();
        assert!(taken.kind == Kind::InvalidOperation && taken.message.contains("day=2024-01-04"), "{taken}");
        let unchecked = restore(&field, "events", 2).await.unwrap_err();
        assert!(unchecked.message.contains("no event log in that version"), "{unchecked}");
        assert_eq!((version(&field).await, view(&field).await), before);
        for table in ["events_snapshots", "latest"] {
            let refused = restore(&field, table, 1).await.unwrap_err();
            assert!(refused.message.contains("rollback"), "{refused}");
        }
    }

    async fn retention_keeps_what_a_snapshot_is_compared_with(store: &TestStore) {
        let field = make(store, &["2024-01-01", "2024-01-02", "2024-01-03"]).await;
        let snapshot = compact(&field).await;
        field.metastore.log_rollback(&field.caller, &at("events"), None).await.unwrap();
        remove(&field, "events", "day=2024-01-01").await.unwrap();
        field.clock.set_ms(skep::clock::system_ms() + 40 * 86_400_000);
        field.metastore.events_purge().await.unwrap();
        assert!(field.metastore.versions_purge().await.unwrap() > 0);
        let refused = field.metastore.log_rollback(&field.caller, &at("events"), Some(&snapshot)).await.unwrap_err();
        assert!(refused.message.contains("day=2024-01-01"), "its going is still known: {refused}");
    }
}
