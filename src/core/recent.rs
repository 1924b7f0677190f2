//! A bounded map that keeps what was used lately.

use std::borrow::Borrow;
use std::collections::HashMap;
use std::hash::Hash;

/// Two generations: what is put or used goes into the young one; when that holds half the budget it becomes the old
/// one, and what nobody used since the last change of generations goes. Every operation takes constant time, as a list
/// in order of use would, without its pointers.
#[derive(Debug)]
pub struct Recent<K, V> {
    young: Generation<K, V>,
    old: Generation<K, V>,
    /// What a generation may weigh.
    half: usize,
}

#[derive(Debug)]
struct Generation<K, V> {
    entries: HashMap<K, (V, usize)>,
    weight: usize,
}

impl<K: Hash + Eq, V> Generation<K, V> {
    fn take<Q: Hash + Eq + ?Sized>(&mut self, key: &Q) -> Option<(V, usize)>
    where
        K: Borrow<Q>,
    {
        let taken = self.entries.remove(key)?;
        self.weight -= taken.1;
        Some(taken)
    }
}

impl<K, V> Default for Generation<K, V> {
    fn default() -> Self {
        Self { entries: HashMap::new(), weight: 0 }
    }
}

impl<K: Hash + Eq + Clone, V> Recent<K, V> {
    /// Nothing that weighs more than half the budget is kept.
    pub fn new(budget: usize) -> Self {
        Self { young: Generation::default(), old: Generation::default(), half: budget / 2 }
    }

    /// The value, which counts as used.
    pub fn get<Q: Hash + Eq + ?Sized>(&mut self, key: &Q) -> Option<&V>
    where
        K: Borrow<Q>,
    {
        if !self.young.entries.contains_key(key) {
            let (owned, _) = self.old.entries.get_key_value(key)?;
            let owned = owned.clone();
            let (value, weight) = self.old.take(key)?;
            self.put(owned, value, weight);
        }
        self.young.entries.get(key).map(|(value, _)| value)
    }

    /// Keeps a value of this weight instead of what the key had.
    pub fn put(&mut self, key: K, value: V, weight: usize) {
        self.remove(&key);
        if weight > self.half {
            return;
        }
        if self.young.weight + weight > self.half {
            self.old = std::mem::take(&mut self.young);
        }
        self.young.weight += weight;
        self.young.entries.insert(key, (value, weight));
    }

    pub fn remove<Q: Hash + Eq + ?Sized>(&mut self, key: &Q) -> Option<V>
    where
        K: Borrow<Q>,
    {
        self.young.take(key).or_else(|| self.old.take(key)).map(|(value, _)| value)
    }

    pub fn clear(&mut self) {
        (self.young, self.old) = (Generation::default(), Generation::default());
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.young.entries.len() + self.old.entries.len()
    }
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
    /// What all of them weigh; never more than the budget.
    pub fn weight(&self) -> usize {
        self.young.weight + self.old.weight
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_is_used_stays_and_what_is_not_goes() {
        let mut recent = Recent::new(20);
        recent.put(0, "used", 1);
        for key in 1..1000 {
            recent.put(key, "once", 1);
            assert_eq!(recent.get(&0), Some(&"used"));
        }
        assert_eq!(recent.get(&1), None);
        assert_eq!(recent.get(&999), Some(&"once"));
    }

    #[test]
    fn what_is_too_heavy_is_not_kept_nor_what_it_replaces() {
        let mut recent = Recent::new(20);
        recent.put(1, "light", 10);
        recent.put(1, "heavy", 11);
        assert_eq!((recent.get(&1).copied(), recent.weight()), (None, 0));
    }

    proptest! {
        /// Never over the budget, never a value that was not the last put.
        #[test]
        fn bounded_and_right(steps in prop::collection::vec((0..3, 0_u8..8, 0_usize..9), 0..200)) {
            let mut recent = Recent::new(16);
            let mut last = HashMap::new();
            for (number, (what, key, weight)) in steps.into_iter().enumerate() {
                match what {
                    0 => {
                        recent.put(key, number, weight);
                        last.insert(key, number);
                    }
                    1 => {
                        recent.remove(&key);
                        last.remove(&key);
                    }
                    _ => {
                        let found = recent.get(&key).copied();
                        prop_assert!(found.is_none() || found == last.get(&key).copied());
                    }
                }
                prop_assert!(recent.weight() <= 16);
            }
        }
    }
}
