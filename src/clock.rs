//! The time, as an argument: whoever needs it takes a [`Clock`], so that tests set it instead of sleeping.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// A source of wall-clock time. Cheap to clone; clones of a manual clock move together.
#[derive(Debug, Clone, Default)]
pub struct Clock(Source);

#[derive(Debug, Clone, Default)]
enum Source {
    #[default]
    System,
    Manual(Arc<AtomicI64>),
}

impl Clock {
    /// The clock of the machine.
    pub fn system() -> Self {
        Self(Source::System)
    }

    /// A clock that stands still until it is set or advanced, for tests.
    pub fn manual(now_ms: i64) -> Self {
        Self(Source::Manual(Arc::new(AtomicI64::new(now_ms))))
    }

    /// Milliseconds since the epoch. A machine whose clock stands before 1970 reads 0.
    pub fn now_ms(&self) -> i64 {
        match &self.0 {
            Source::System => system_ms(),
            Source::Manual(now_ms) => now_ms.load(Ordering::SeqCst),
        }
    }

    /// Whole seconds since the epoch, the unit of Hive's `createTime` and `transient_lastDdlTime`.
    pub fn now_seconds(&self) -> i64 {
        self.now_ms() / 1000
    }

    /// Sets a manual clock. The system's clock is not ours to set: there it does nothing and returns false.
    pub fn set_ms(&self, now_ms: i64) -> bool {
        match &self.0 {
            Source::System => false,
            Source::Manual(cell) => {
                cell.store(now_ms, Ordering::SeqCst);
                true
            }
        }
    }

    /// Moves a manual clock by so many milliseconds; false on the system's clock.
    pub fn advance_ms(&self, by_ms: i64) -> bool {
        match &self.0 {
            Source::System => false,
            Source::Manual(cell) => {
                cell.fetch_add(by_ms, Ordering::SeqCst);
                true
            }
        }
    }
}

/// Milliseconds since the epoch by the machine's clock, for those who take a plain function.
#[expect(clippy::disallowed_methods, reason = "the one place that reads the machine's clock")]
pub fn system_ms() -> i64 {
    let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since_epoch.as_millis()).unwrap_or(i64::MAX)
}

/// Time since some moment in the past, for measuring spans that must not be told too short: unlike the standard
/// library's it goes on while the machine sleeps.
pub fn monotonic() -> Duration {
    #[cfg(any(target_os = "linux", target_os = "android"))]
    let clock = rustix::time::ClockId::Boottime;
    #[cfg(not(any(target_os = "linux", target_os = "android")))]
    let clock = rustix::time::ClockId::Monotonic;
    let now = rustix::time::clock_gettime(clock);
    Duration::new(u64::try_from(now.tv_sec).unwrap_or(0), u32::try_from(now.tv_nsec).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::{Clock, monotonic};

    #[test]
    fn the_monotonic_clock_goes_forward() {
        let before = monotonic();
        assert!(monotonic() >= before && !before.is_zero());
    }

    #[test]
    fn a_manual_clock_moves_only_when_told_and_clones_move_together() {
        let clock = Clock::manual(1_999);
        let other = clock.clone();
        assert_eq!((clock.now_ms(), clock.now_seconds()), (1_999, 1));
        assert!(other.advance_ms(2));
        assert_eq!((clock.now_ms(), clock.now_seconds()), (2_001, 2));
        assert!(clock.set_ms(5));
        assert_eq!(other.now_ms(), 5);
    }

    #[test]
    fn the_systems_clock_is_past_2026_and_cannot_be_set() {
        let clock = Clock::system();
        assert!(clock.now_seconds() > 1_767_000_000);
        assert!(!clock.set_ms(0) && !clock.advance_ms(1));
    }
}
