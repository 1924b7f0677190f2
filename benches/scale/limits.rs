//! What this machine can do at most: copying bytes, a socket over loopback, Postgres's COPY, making directories.

use std::fs;
use std::hint::black_box;
use std::io::Write as _;
use std::net::{TcpListener, TcpStream};
use std::time::{Duration, Instant};

use skep_bench::data;

use super::client::drain;
use super::measure::{Meter, timed};
use super::report::{Unit, number, time};
use super::{Outcome, Session};

/// What a sender writes at a time: the server sends pieces of this size.
const PIECE: usize = 128 << 10;
const TRIES: usize = 5;

fn best(mut call: impl FnMut() -> Outcome<Duration>) -> Outcome<Duration> {
    let times: Outcome<Vec<_>> = (0..TRIES).map(|_| call()).collect();
    Ok(times?.into_iter().min().unwrap_or_default())
}

/// The best time of so many bytes through a socket, drained as the client drains replies.
pub fn loopback(bytes: usize) -> Outcome<Duration> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?;
    let mut chunk = vec![0; 256 << 10];
    best(|| {
        let sender = std::thread::spawn(move || -> Outcome<()> {
            let (mut stream, piece) = (TcpStream::connect(address)?, vec![7; PIECE]);
            let mut left = bytes;
            while left > 0 {
                let count = left.min(PIECE);
                stream.write_all(&piece[..count])?;
                left -= count;
            }
            Ok(())
        });
        let (mut stream, _) = listener.accept()?;
        let took = timed(|| drain(&mut stream, &mut chunk, bytes))?;
        sender.join().map_err(|_| "the sender died")??;
        Ok(took)
    })
}

/// The best time of copying so many bytes.
pub fn memory_copy(bytes: usize) -> Outcome<Duration> {
    let (from, mut to) = (vec![7_u8; bytes], vec![1_u8; bytes]);
    best(|| {
        let begin = Instant::now();
        black_box(&mut to).copy_from_slice(black_box(&from));
        Ok(begin.elapsed())
    })
}

/// Postgres's own copy of the partitions' rows, out and (of tables that are not huge) in.
pub fn copy(session: &mut Session<'_>, meter: Meter) -> Outcome<()> {
    let rows = number(session.arguments.rows as u64);
    let (database, report) = (&session.database, &mut session.report);
    let out = meter.each(0..3, |_| database.copy_out())?;
    let note = format!("{rows} rows, by name; {} of CPU", time(out.database / 3));
    report.fact("limit: `COPY` out", time(out.permille(0)), note);
    if session.arguments.rows <= 1_000_000 {
        let file = session.arguments.folder.join("rows");
        database.rows_save(&file)?;
        let load = meter.each([()], |()| database.rows_load(&file))?;
        let each = time(load.database.div_f64(session.arguments.rows as f64));
        report.fact(
            "limit: `COPY` in",
            time(load.median()),
            format!("{rows} rows, same indexes, one commit; {each} of CPU a row"),
        );
        fs::remove_file(file)?;
        database.rows_forget()?;
    }
    Ok(())
}

/// The directories of the partitions that are added by calls, made by nothing but the kernel: beside the warehouse, which
/// so lies on the same file system. The time is this process's own.
pub fn directories(session: &mut Session<'_>, meter: Meter, batch: usize) -> Outcome<()> {
    let (rows, place) = (session.arguments.thrift, session.arguments.folder.join("directories"));
    let batches =
        (0..rows).step_by(batch).map(|begin| (begin..rows.min(begin + batch)).map(|row| place.join(data::name(row))));
    let meter = Meter { server: std::process::id(), ..meter };
    let sample = meter
        .each(batches.map(Iterator::collect), |batch: Vec<_>| Ok(batch.iter().try_for_each(fs::create_dir_all)?))?;
    session.report.calls("limit: making as many directories; CPU of one", &sample, Unit::Partitions(batch), 1);
    Ok(fs::remove_dir_all(place)?)
}
