//! The reads.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use super::book::Book;
use super::lake::Lake;
use super::load::{DATABASE, LOG, Load, Pace};
use super::reader::Reader;

const READERS: usize = 4;
/// Writers get a turn for so many reads.
const READS_A_TURN: usize = 20;
/// Who reads has so long before a snapshot may go under its feet.
const GRACE: Duration = Duration::from_secs(5);

fn reads() -> usize {
    std::env::var("SKEP_VIEW_READS").map_or(10_000, |reads| reads.parse().expect("SKEP_VIEW_READS is a number"))
}

/// Reads until there were enough; gives how many of them it explained.
fn read(load: &Load, pace: &Pace, done: &AtomicUsize) -> usize {
    let mut reader = Reader::new(crate::process::client::Client::connect(load.thrift).unwrap(), &load.lake);
    let mut explained = 0;
    loop {
        let number = done.fetch_add(1, Ordering::SeqCst);
        if number >= reads() {
            return explained;
        }
        if number.is_multiple_of(READS_A_TURN) {
            pace.give();
        }
        let (begun, clock) = (load.book.read_begins(), Instant::now());
        let rows = reader.read();
        let verdict = rows.and_then(|rows| load.book.explain(begun, &rows));
        match verdict {
            Ok(is_explained) => explained += usize::from(is_explained),
            Err(_) if clock.elapsed() >= GRACE => {}
            Err(wrong) => panic!("read {number}: {wrong}"),
        }
    }
}

/// Does it turn after turn, and counts what came of it.
async fn by_turns<F>(pace: Arc<Pace>, writer: u64, turns: u32, mut work: impl FnMut(u64) -> F) -> usize
where
    F: Future<Output = bool>,
{
    let (mut chances, mut count) = (Load::chances(writer), 0);
    while pace.take(turns).await {
        count += usize::from(work(chances.next().unwrap()).await);
    }
    count
}

grpc_cases! {
    async fn every_read_of_a_final_view_is_explained(field: &Field) {
        let load = Load {
            channel: field.channel.clone(),
            thrift: field.server.address,
            base: format!("file:{}/{DATABASE}/{LOG}", field.folder.path().display()),
            book: Arc::new(Book::default()),
            lake: Arc::new(Lake::default()),
        };
        load.make().await.unwrap();
        let (pace, done) = (Arc::new(Pace::new(0)), Arc::new(AtomicUsize::new(0)));
        let mut writers = Vec::new();
        for writer in 0..2 {
            let load = load.clone();
            let work = move |chance| { let load = load.clone(); async move { load.arrive(chance).await.unwrap(); true } };
            writers.push(tokio::spawn(by_turns(Arc::clone(&pace), writer, 1, work)));
        }
        for writer in 2..4 {
            let load = load.clone();
            let work = move |chance| {
                let load = load.clone();
                async move { load.compact("a test", 60_000, chance).await.unwrap().is_some() }
            };
            writers.push(tokio::spawn(by_turns(Arc::clone(&pace), writer, 3, work)));
        }
        let rolls = load.clone();
        let work = move |chance: u64| {
            let load = rolls.clone();
            async move {
                if chance & 1 == 0 { load.roll(chance).await.unwrap() } else { load.expire(3, GRACE.as_millis() as i64).await.unwrap() }
                true
            }
        };
        writers.push(tokio::spawn(by_turns(Arc::clone(&pace), 4, 5, work)));

        let readers: Vec<_> = (0..READERS)
            .map(|_| {
                let (load, pace, done) = (load.clone(), Arc::clone(&pace), Arc::clone(&done));
                tokio::task::spawn_blocking(move || read(&load, &pace, &done))
            })
            .collect();
        let mut explained = 0;
        for reader in readers {
            explained += reader.await.unwrap();
        }
        pace.end();
        let mut did = Vec::new();
        for writer in writers {
            did.push(writer.await.unwrap());
        }
        eprintln!(
            "{explained} of {} reads explained, beside {} registrations, {} compactions, {} rollbacks and expiries",
            reads(), did[0] + did[1], did[2] + did[3], did[4]
        );
        assert!(explained * 100 >= reads() * 99 && did.iter().all(|count| *count > 0), "{did:?}");
    }
}
