//! What Linux says of a process.

use std::fs;
use std::time::Duration;

use super::Outcome;

/// Linux counts the time of processes in hundredths of a second, whatever its own clock.
const TICK: Duration = Duration::from_millis(10);

/// The fields of `/proc/PROCESS/stat` after the command's name: the state is the first.
fn stat(process: u32) -> Outcome<Vec<u64>> {
    let text = fs::read_to_string(format!("/proc/{process}/stat"))?;
    let rest = text.rsplit_once(") ").ok_or("no name in stat")?.1;
    Ok(rest.split(' ').map(|word| word.trim().parse().unwrap_or_default()).collect())
}

fn ticks(count: u64) -> Duration {
    TICK * u32::try_from(count).unwrap_or(u32::MAX)
}

/// Processor time of a process.
pub fn cpu(process: u32) -> Outcome<Duration> {
    let stat = stat(process)?;
    Ok(ticks(stat[11] + stat[12]))
}

/// Processor time of a process, of its children, and of those of them that ended.
pub fn cpu_with_children(process: u32) -> Outcome<Duration> {
    let own = stat(process)?;
    let mut sum: u64 = own[11..15].iter().sum();
    for entry in fs::read_dir("/proc")? {
        let Some(child) = entry?.file_name().to_str().and_then(|name| name.parse().ok()) else { continue };
        // One may end while we look; then it is among those that ended, the next time.
        if let Ok(its) = stat(child)
            && its[1] == u64::from(process)
        {
            sum += its[11] + its[12];
        }
    }
    Ok(ticks(sum))
}

/// Bytes of memory that are really there.
#[derive(Clone, Copy)]
pub struct Memory {
    pub now: u64,
    /// Since the process began, or since [`peak_reset`].
    pub peak: u64,
}

pub fn memory(process: u32) -> Outcome<Memory> {
    let status = fs::read_to_string(format!("/proc/{process}/status"))?;
    let read = |key: &str| -> Outcome<u64> {
        let line = status.lines().find_map(|line| line.strip_prefix(key)).ok_or("no such line in status")?;
        Ok(line.trim().trim_end_matches(" kB").parse::<u64>()? << 10)
    };
    Ok(Memory { now: read("VmRSS:")?, peak: read("VmHWM:")? })
}

/// Lets the peak begin anew.
pub fn peak_reset(process: u32) -> Outcome<()> {
    Ok(fs::write(format!("/proc/{process}/clear_refs"), "5")?)
}
