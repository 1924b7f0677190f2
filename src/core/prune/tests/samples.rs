//! What the tests make sets of.

use super::super::{PartitionSet, PartitionSetBuilder};
use crate::types::KeyType;

pub fn set(key_types: &[KeyType], rows: &[Vec<String>]) -> PartitionSet {
    let mut set = PartitionSetBuilder::new(key_types);
    for row in rows {
        set.push(row);
    }
    set.finish()
}

/// Numbers without an order, the same at every run of a seed.
pub struct Numbers(pub u64);

impl Numbers {
    pub fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % end
    }
}
