//! Times of calls, and the processor time of server and database meanwhile. The client's own is not counted.

use std::time::{Duration, Instant};

use super::Outcome;
use super::machine;

/// Whose processor time is counted.
#[derive(Clone, Copy)]
pub struct Meter {
    pub server: u32,
    pub postmaster: u32,
}

/// What calls took.
pub struct Sample {
    /// Of each call, the shortest first.
    pub times: Vec<Duration>,
    /// From the first call to the end of the last.
    pub wall: Duration,
    pub server: Duration,
    pub database: Duration,
}

impl Meter {
    fn cpu(self) -> Outcome<(Duration, Duration)> {
        Ok((machine::cpu(self.server)?, machine::cpu_with_children(self.postmaster)?))
    }

    /// Counts processor time while `work` goes on, which gives the times of its calls.
    pub fn during(self, work: impl FnOnce() -> Outcome<Vec<Duration>>) -> Outcome<Sample> {
        let (before, begin) = (self.cpu()?, Instant::now());
        let mut times = work()?;
        let (wall, after) = (begin.elapsed(), self.cpu()?);
        times.sort_unstable();
        let [server, database] =
            [(before.0, after.0), (before.1, after.1)].map(|(before, after)| after.saturating_sub(before));
        Ok(Sample { times, wall, server, database })
    }

    /// One call for each item; making the item is not timed.
    pub fn each<T>(
        self,
        items: impl IntoIterator<Item = T>,
        mut call: impl FnMut(T) -> Outcome<()>,
    ) -> Outcome<Sample> {
        self.during(|| items.into_iter().map(|item| timed(|| call(item))).collect())
    }

    /// Calls for so long, and three times at least.
    pub fn repeated(self, time: Duration, mut call: impl FnMut() -> Outcome<()>) -> Outcome<Sample> {
        self.during(|| {
            let (begin, mut times) = (Instant::now(), Vec::new());
            while times.len() < 3 || begin.elapsed() < time {
                times.push(timed(&mut call)?);
            }
            Ok(times)
        })
    }
}

/// How long a call took.
pub fn timed(call: impl FnOnce() -> Outcome<()>) -> Outcome<Duration> {
    let begin = Instant::now();
    call()?;
    Ok(begin.elapsed())
}

impl Sample {
    /// The time that so many of a thousand calls did not pass.
    pub fn permille(&self, part: usize) -> Duration {
        let at = self.times.len() * part / 1000;
        self.times.get(at.min(self.times.len().saturating_sub(1))).copied().unwrap_or_default()
    }

    pub fn median(&self) -> Duration {
        self.permille(500)
    }

    /// The sum of the calls' times.
    pub fn total(&self) -> Duration {
        self.times.iter().sum()
    }
}
