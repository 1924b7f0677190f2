//! How long a call is worth waiting for, and whether its client still does. A write whose client has given up is not
//! begun, nor committed: it would be carried out behind what the client has done since.

use std::time::Duration;

use skep_core::{Error, Kind, Result};
use tokio_util::sync::CancellationToken;

/// What is known of who waits for a call's answer.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// Cancelled when the client has closed the connection.
    pub gone: CancellationToken,
    /// The call waits at least so long for a database that is away.
    pub patience: Duration,
}

tokio::task_local! {
    static WANTED: Wanted;
}

/// Runs a call that somebody waits for. Calls outside of this have no client that could go.
pub async fn while_wanted<T>(wanted: Wanted, call: impl Future<Output = T>) -> T {
    WANTED.scope(wanted, call).await
}

/// Runs the rest of a call that is done whether its client waits or not: what follows a commit.
pub async fn unconditionally<T>(rest: impl Future<Output = T>) -> T {
    let wanted = Wanted { gone: CancellationToken::new(), patience: Duration::ZERO };
    WANTED.scope(wanted, rest).await
}

/// To be asked before a write begins and before it commits.
///
/// # Errors
/// Unavailable where the client is gone.
pub fn check() -> Result<()> {
    if WANTED.try_with(|wanted| wanted.gone.is_cancelled()).unwrap_or(false) {
        return Err(Error::new(
            Kind::Unavailable,
            "the client has gone before the call was carried out; nothing was done",
        ));
    }
    Ok(())
}

/// Gives the time that the running call waits for a database that is away, `at_least` this.
pub fn patience(at_least: Duration) -> Duration {
    WANTED.try_with(|wanted| wanted.patience.max(at_least)).unwrap_or(at_least)
}

/// Waits until the running call's client is gone.
pub async fn gone() {
    match WANTED.try_with(|wanted| wanted.gone.clone()) {
        Ok(gone) => gone.cancelled().await,
        Err(_) => std::future::pending().await,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LONG: Duration = Duration::from_mins(1);
    const SHORT: Duration = Duration::from_secs(1);

    #[tokio::test]
    async fn a_write_is_refused_when_its_client_is_gone() {
        let gone = CancellationToken::new();
        let call = async {
            check().unwrap();
            assert_eq!(patience(SHORT), LONG);
            gone.cancel();
            super::gone().await;
            let error = check().unwrap_err();
            unconditionally(async { check().unwrap() }).await;
            error
        };
        let wanted = Wanted { gone: gone.clone(), patience: LONG };
        assert_eq!(while_wanted(wanted, call).await.kind, Kind::Unavailable);
        check().unwrap();
        assert_eq!(patience(SHORT), SHORT);
    }
}
