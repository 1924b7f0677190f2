//! Looking for the primary: all hosts are asked at once, each again and again.

use std::time::Duration;

use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions as _, Error, PgConnection};
use tokio::time::{Instant, sleep, timeout, timeout_at};

use super::hosts::Hosts;
use super::primary::{STANDBY, Timeline, check, silent};

/// Pause before a host that was no primary is asked again.
const PAUSE: Duration = Duration::from_millis(200);
/// The other hosts may answer for so long after the first primary: of two the younger is chosen.
const OTHERS: Duration = Duration::from_millis(300);

/// A connection to a host that says it is the primary.
pub struct Found {
    pub host: usize,
    pub conn: PgConnection,
    pub timeline: Option<Timeline>,
}

impl Found {
    fn is_older_than(&self, other: Option<Timeline>) -> bool {
        self.timeline.zip(other).is_some_and(|(own, other)| own.is_older_than(other))
    }
}

/// Connects to one host, which must be a primary that syncs its commits.
pub async fn connect(host: &PgConnectOptions, within: Duration) -> Result<(PgConnection, Option<Timeline>), Error> {
    let connect = async {
        let mut conn = host.connect().await?;
        let timeline = check(&mut conn).await?;
        Ok((conn, timeline))
    };
    timeout(within, connect).await.unwrap_or_else(|_| Err(silent(within)))
}

/// Finds the primary among the hosts, until `deadline`. One that writes an older timeline than `known` was replaced and
/// is none.
///
/// # Errors
/// What the hosts said last, the least temporary of it. It is given at once where no host will say another thing soon.
pub async fn primary_find(hosts: &Hosts, known: Option<Timeline>, deadline: Instant) -> Result<Found, Error> {
    let ask = |host: usize, pause: Duration| async move {
        sleep(pause).await;
        (host, connect(&hosts.all[host], hosts.connect_timeout).await)
    };
    let mut asked: FuturesUnordered<_> = (0..hosts.all.len()).map(|host| ask(host, Duration::ZERO)).collect();
    let mut said: Vec<Option<Error>> = hosts.all.iter().map(|_| None).collect();
    let (mut best, mut until): (Option<Found>, Instant) = (None, deadline);
    while let Ok(Some((host, answer))) = timeout_at(until, asked.next()).await {
        match answer.map(|(conn, timeline)| Found { host, conn, timeline }) {
            Ok(found) if found.is_older_than(known) => {
                said[host] = Some(Error::Configuration(REPLACED.into()));
                asked.push(ask(host, PAUSE));
            }
            Ok(found) => {
                let timeline = found.timeline;
                if best.as_ref().is_none_or(|best| best.is_older_than(timeline)) {
                    best = Some(found);
                }
                until = until.min(Instant::now() + OTHERS);
            }
            Err(error) => {
                let lasts = is_lasting(&error);
                said[host] = Some(error);
                if !lasts {
                    asked.push(ask(host, PAUSE));
                }
            }
        }
        let all_asked = said
            .iter()
            .enumerate()
            .all(|(at, said)| said.is_some() || best.as_ref().is_some_and(|best| best.host == at));
        if best.is_some() && all_asked {
            break;
        }
    }
    best.ok_or_else(|| {
        let mut said: Vec<Error> = said.into_iter().flatten().collect();
        said.sort_by_key(|error| !is_lasting(error));
        said.into_iter().next().unwrap_or_else(|| silent(hosts.connect_timeout))
    })
}

const REPLACED: &str = "the database host was replaced by another primary; it is behind";

/// Whether a host will say the same in a second: it is no use to ask again.
pub fn is_lasting(error: &Error) -> bool {
    match error {
        Error::Configuration(error) => ![STANDBY, REPLACED].contains(&error.to_string().as_str()),
        Error::Tls(_) => true,
        // invalid_authorization_specification and what belongs to it; invalid_catalog_name
        Error::Database(error) => error.code().is_some_and(|code| code.starts_with("28") || code == "3D000"),
        _ => false,
    }
}
