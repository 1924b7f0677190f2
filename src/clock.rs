//! The time, as an argument: whoever needs it takes a [`Clock`], so that tests set it instead of sleeping.
//!
//! What two nodes compare (locks, leases, ages) they compare by the clock that they have in common, their database's:
//! [`Clock::database`]. The clock of a machine says when something was on that machine, and no more.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// A source of wall-clock time. Cheap to clone; clones of a clock that is set or followed move together.
#[derive(Debug, Clone)]
pub struct Clock(Source);

#[derive(Debug, Clone)]
enum Source {
    /// Whatever the function says.
    Function(fn() -> i64),
    Manual(Arc<AtomicI64>),
    /// The time since the machine's start, and so many milliseconds.
    Database(Arc<AtomicI64>),
}

impl Default for Clock {
    fn default() -> Self {
        Self::system()
    }
}

impl From<fn() -> i64> for Clock {
    fn from(now_ms: fn() -> i64) -> Self {
        Self(Source::Function(now_ms))
    }
}

impl Clock {
    /// Reads the clock of the machine.
    pub fn system() -> Self {
        Self(Source::Function(system_ms))
    }

    /// Makes a clock that stands still until it is set or advanced, for tests.
    pub fn manual(now_ms: i64) -> Self {
        Self(Source::Manual(Arc::new(AtomicI64::new(now_ms))))
    }

    /// Makes a clock that goes by a database's: from `now_ms`, the machine's time, until the first look at that one
    /// ([`Self::follow`]), and by the time since the last look from then on. Setting the machine's clock does not touch it.
    pub fn database(now_ms: i64) -> Self {
        Self(Source::Database(Arc::new(AtomicI64::new(now_ms.saturating_sub(monotonic_ms())))))
    }

    /// Tells whether this clock goes by a database's, which whoever compares times of two nodes then has to ask.
    pub fn is_database(&self) -> bool {
        matches!(self.0, Source::Database(_))
    }

    /// Milliseconds since the epoch. A machine whose clock stands before 1970 reads 0.
    pub fn now_ms(&self) -> i64 {
        match &self.0 {
            Source::Function(now_ms) => now_ms(),
            Source::Manual(now_ms) => now_ms.load(Ordering::SeqCst),
            Source::Database(ahead) => ahead.load(Ordering::SeqCst).saturating_add(monotonic_ms()),
        }
    }

    /// Whole seconds since the epoch, the unit of Hive's `createTime` and `transient_lastDdlTime`.
    pub fn now_seconds(&self) -> i64 {
        self.now_ms() / 1000
    }

    /// Takes over what the database's clock said at some moment between two of [`monotonic`]; gives by how many
    /// milliseconds this clock was set. It is not set by more than what it said proves, so a look that took long (the
    /// process was halted, the network slow) does not make it worse. Other clocks stay as they are.
    pub fn follow(&self, database_ms: i64, sent: Duration, received: Duration) -> i64 {
        let Source::Database(ahead) = &self.0 else { return 0 };
        let least = database_ms.saturating_sub(millis(received));
        // Each of both is cut to whole milliseconds.
        let most = database_ms.saturating_add(1).saturating_sub(millis(sent)).max(least);
        let settle = |old: i64| old.clamp(least, most);
        let before = ahead.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |old| Some(settle(old)));
        let (Ok(before) | Err(before)) = before;
        settle(before).saturating_sub(before)
    }

    /// Sets a manual clock. Others are not ours to set: there it does nothing and returns false.
    pub fn set_ms(&self, now_ms: i64) -> bool {
        let Source::Manual(cell) = &self.0 else { return false };
        cell.store(now_ms, Ordering::SeqCst);
        true
    }

    /// Moves a manual clock by so many milliseconds; false on others.
    pub fn advance_ms(&self, by_ms: i64) -> bool {
        let Source::Manual(cell) = &self.0 else { return false };
        cell.fetch_add(by_ms, Ordering::SeqCst);
        true
    }
}

fn millis(time: Duration) -> i64 {
    i64::try_from(time.as_millis()).unwrap_or(i64::MAX)
}

fn monotonic_ms() -> i64 {
    millis(monotonic())
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
    use std::time::Duration;

    use super::{Clock, millis, monotonic, system_ms};

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
    fn a_followed_clock_is_set_by_what_a_look_proves() {
        const DAY_MS: i64 = 86_400_000;
        let clock = Clock::database(system_ms());
        let other = clock.clone();
        // The machine's until the first look.
        assert!((clock.now_ms() - system_ms()).abs() < DAY_MS);
        let now = monotonic();
        let there = clock.now_ms() + 10 * DAY_MS;
        assert!(clock.follow(there, now, now) >= 9 * DAY_MS);
        let shown = other.now_ms();
        assert!((there..there + DAY_MS).contains(&shown), "{shown} {there}");
        // A look that took an hour proves nothing within that hour, and does not move the clock.
        let hour = Duration::from_hours(1);
        let (sent, received) = (monotonic(), monotonic() + hour);
        assert_eq!(clock.follow(there + millis(hour) / 2, sent, received), 0);
        // Set back, and what is not followed.
        let now = monotonic();
        assert!(clock.follow(there - DAY_MS, now, now) <= -DAY_MS / 2);
        assert!(clock.now_ms() < there);
        assert_eq!(Clock::system().follow(0, now, now), 0);
        assert!(clock.is_database() && !Clock::system().is_database() && !Clock::manual(0).is_database());
        assert!(!clock.set_ms(0) && !clock.advance_ms(1));
    }

    #[test]
    fn the_systems_clock_is_past_2026_and_cannot_be_set() {
        let clock = Clock::system();
        assert!(clock.now_seconds() > 1_767_000_000);
        assert!(!clock.set_ms(0) && !clock.advance_ms(1));
    }
}
