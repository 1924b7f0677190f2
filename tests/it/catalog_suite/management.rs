//! Whose turn a round of partition management is: one node's of all over a store.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use skep::catalog::{Metastore, Settings};
use skep::store::{Store, open};
use skep::warehouse::{Warehouse, WarehouseConfig};

use crate::backend::now_ms;

const HOUR: Duration = Duration::from_hours(1);
const MINUTE_MS: i64 = 60_000;

/// Another node over the same store; SQLite has one only, whose claims race all the same.
async fn node(t: &super::TestMetastore) -> Metastore {
    let store: Store = match t.store.store.kind() {
        "postgres" => open(&t.store.options, now_ms).await.unwrap(),
        _ => t.store.store.clone(),
    };
    let config = WarehouseConfig { managed_root: "file:/nowhere".to_owned(), ..WarehouseConfig::default() };
    let warehouse = Warehouse::new(config, Arc::new(now_ms)).unwrap();
    Metastore::new(store, Arc::new(warehouse), Settings::default(), t.clock.clone())
}

/// Who of eight nodes that ask at once got the turn.
async fn claim(nodes: &[Metastore], interval: Duration) -> Vec<usize> {
    let names: Vec<String> = (0..8).map(|number| number.to_string()).collect();
    let claims = names.iter().enumerate().map(|(at, name)| nodes[at % nodes.len()].management_claim(name, interval));
    let won = join_all(claims).await.into_iter().map(Result::unwrap).enumerate();
    won.filter(|(_, won)| *won).map(|(at, _)| at).collect()
}

catalog_cases! {
    async fn one_of_many_nodes_does_a_round(t: &TestMetastore) {
        let nodes = [node(t).await, node(t).await];
        let [first] = claim(&nodes, HOUR).await[..] else { panic!("one of them") };
        // It is at it: nobody else, however long it takes.
        let holder = first.to_string();
        for _ in 0..12 {
            assert!(t.clock.advance_ms(9 * MINUTE_MS));
            assert!(claim(&nodes, Duration::ZERO).await.iter().all(|at| *at == first));
            nodes[0].management_renew(&holder, false).await.unwrap();
        }
        // Who is not at it renews nothing.
        nodes[1].management_renew("another", true).await.unwrap();
        assert!(claim(&nodes, Duration::ZERO).await.iter().all(|at| *at == first));
        // It is done: the next round is whoever's, once the interval is over.
        nodes[1].management_renew(&holder, true).await.unwrap();
        assert!(claim(&nodes, HOUR).await.is_empty());
        assert!(t.clock.advance_ms(60 * MINUTE_MS));
        assert_eq!(claim(&nodes, HOUR).await.len(), 1);
    }

    async fn the_turn_of_a_node_that_died_goes_to_another(t: &TestMetastore) {
        let nodes = [node(t).await, node(t).await];
        assert!(nodes[0].management_claim("a", Duration::from_mins(1)).await.unwrap());
        assert!(t.clock.advance_ms(9 * MINUTE_MS));
        assert!(!nodes[1].management_claim("b", Duration::from_mins(1)).await.unwrap());
        assert!(t.clock.advance_ms(2 * MINUTE_MS));
        assert!(nodes[1].management_claim("b", Duration::from_mins(1)).await.unwrap());
        // It was not dead, only slow: what it says now is of no weight.
        nodes[0].management_renew("a", true).await.unwrap();
        assert!(t.clock.advance_ms(2 * MINUTE_MS));
        assert!(!nodes[0].management_claim("a", Duration::from_mins(1)).await.unwrap());
    }
}
