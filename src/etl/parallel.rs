//! Work for the processor alone, shared by its cores.

use std::num::NonZero;
use std::thread;

use skep_core::{Error, Result};

/// Fewer are not worth a thread.
const ITEMS_MIN: usize = 256;

/// What is made of each, in their order. Errors: the first one's that fails.
pub(super) fn map_all<T: Sync, R: Send>(items: &[T], make: impl Fn(&T) -> Result<R> + Sync) -> Result<Vec<R>> {
    let cores = thread::available_parallelism().map_or(1, NonZero::get);
    let share = items.len().div_ceil(cores).max(ITEMS_MIN);
    let Some((first, others)) = items.split_at_checked(share) else { return items.iter().map(make).collect() };
    let map = |items: &[T]| items.iter().map(&make).collect::<Result<Vec<R>>>();
    thread::scope(|scope| {
        let others: Vec<_> = others.chunks(share).map(|items| scope.spawn(move || map(items))).collect();
        let mut all = map(first)?;
        for other in others {
            all.append(&mut other.join().map_err(|_| Error::internal("a thread that shared the work ended early"))??);
        }
        Ok(all)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_in_order_whatever_their_number() {
        for count in [0, 1, ITEMS_MIN - 1, ITEMS_MIN, ITEMS_MIN + 1, 5 * ITEMS_MIN + 3] {
            let items: Vec<usize> = (0..count).collect();
            let doubled: Vec<usize> = items.iter().map(|item| item * 2).collect();
            assert_eq!(map_all(&items, |item| Ok(item * 2)).unwrap(), doubled);
        }
    }

    #[test]
    fn the_first_error_is_told() {
        let items: Vec<usize> = (0..4 * ITEMS_MIN).collect();
        let wrong = |item: &usize| if item % 300 == 299 { Err(Error::meta(format!("{item}"))) } else { Ok(*item) };
        assert_eq!(map_all(&items, wrong).unwrap_err().message, "299");
    }
}
