//! Guessing what the partitions without statistics hold, from the places of those that have some: Hive's linear
//! extrapolation with its density function off.

use super::merge::Bound;

/// A number at its place among the requested partitions, in name order. Places are fractions where neighbours were
/// taken together.
pub(super) struct Placed<T> {
    pub place: f64,
    pub value: T,
}

/// The end towards which a value is carried on.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Towards {
    Low,
    High,
}

/// Draws a line through the lowest and the highest value at their places and follows it to the border, first or last
/// partition, where it is lowest (or highest). None without values. `requested` is the number of partitions.
pub(super) fn extrapolate<T: Bound>(values: &[Placed<T>], requested: usize, towards: Towards) -> Option<T> {
    let by_value = |a: &&Placed<T>, b: &&Placed<T>| a.value.to_f64().total_cmp(&b.value.to_f64());
    // Of equal ones the first is the lowest and the last the highest, as after a stable sort.
    let lowest = values.iter().min_by(by_value)?;
    let highest = values.iter().max_by(by_value)?;
    let observed = || if towards == Towards::Low { &lowest.value } else { &highest.value };
    let (low_place, high_place) = (lowest.place, highest.place);
    let distance = (high_place - low_place).abs();
    if distance < f64::EPSILON {
        return Some(observed().clone());
    }
    let end = requested as f64;
    let steps = match towards {
        Towards::Low if low_place < high_place => high_place,
        Towards::Low => end - high_place,
        Towards::High if low_place < high_place => end - low_place,
        Towards::High => low_place,
    };
    let (min, max) = (lowest.value.to_f64(), highest.value.to_f64());
    let reach = (max - min) * steps / distance;
    let guess = if towards == Towards::Low { max - reach } else { min + reach };
    // What is no number, or does not fit the kind, is no better than what was seen.
    Some(Some(guess).filter(|g| g.is_finite()).and_then(T::from_f64).unwrap_or_else(|| observed().clone()))
}

/// A sum over some partitions, scaled up to all.
pub(super) fn scale_up(sum: i64, found: usize, requested: usize) -> i64 {
    let scaled = i128::from(sum) * requested as i128 / (found.max(1) as i128);
    i64::try_from(scaled).unwrap_or(if sum < 0 { i64::MIN } else { i64::MAX })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn guess(values: &[(f64, i64)], towards: Towards) -> Option<i64> {
        let values: Vec<_> = values.iter().map(|(place, value)| Placed { place: *place, value: *value }).collect();
        extrapolate(&values, 10, towards)
    }

    #[test]
    fn lines_are_followed_to_the_border() {
        // Growing by ten a partition: 0 at the first place, 100 at the end.
        assert_eq!(guess(&[(2.0, 20), (7.0, 70), (4.0, 40)], Towards::Low), Some(0));
        assert_eq!(guess(&[(2.0, 20), (7.0, 70), (4.0, 40)], Towards::High), Some(100));
        // Falling by ten.
        assert_eq!(guess(&[(2.0, 80), (7.0, 30)], Towards::Low), Some(0));
        assert_eq!(guess(&[(2.0, 80), (7.0, 30)], Towards::High), Some(100));
        assert_eq!(guess(&[(3.0, 5)], Towards::High), Some(5));
        assert_eq!(guess(&[], Towards::Low), None);
    }

    #[test]
    fn no_value_leaves_its_kind() {
        let high = guess(&[(0.0, i64::MIN), (1.0, i64::MAX)], Towards::High);
        assert_eq!(high, Some(i64::MAX));
        assert_eq!(scale_up(i64::MAX, 1, 1_000_000), i64::MAX);
        assert_eq!(scale_up(10, 3, 6), 20);
    }
}
