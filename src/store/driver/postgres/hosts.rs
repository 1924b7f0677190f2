//! The hosts that a store's URL names, and what its parameters ask for.

use std::str::FromStr as _;
use std::time::Duration;

use skep_core::{Error, Result};
use sqlx::postgres::PgConnectOptions;

/// A connection must be there within this time where the URL has no `connect_timeout`.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// The parameters that the driver reads.
const DRIVER: &[&str] = &[
    "sslmode",
    "sslrootcert",
    "sslcert",
    "sslkey",
    "host",
    "hostaddr",
    "port",
    "dbname",
    "user",
    "password",
    "application_name",
    "options",
    "statement-cache-capacity",
];

/// All hosts of a store's URL.
#[derive(Debug, Clone)]
pub struct Hosts {
    /// How to connect to each.
    pub all: Vec<PgConnectOptions>,
    pub connect_timeout: Duration,
}

impl Hosts {
    /// Reads `postgres://user:password@host1:1,host2:2/database?parameters`, as libpq would.
    ///
    /// # Errors
    /// Meta where it is not a URL, or where a parameter is not known or asks for what a store cannot do. No message holds
    /// the password.
    pub fn parse(url: &str) -> Result<Self> {
        let bad = || Error::meta("the store's URL is not a valid postgres:// URL");
        let (scheme, rest) = url.split_once("://").ok_or_else(bad)?;
        let (rest, parameters) = rest.split_once('?').unwrap_or((rest, ""));
        let (authority, database) = rest.find('/').map_or((rest, ""), |at| rest.split_at(at));
        let (user, hosts) = authority.rsplit_once('@').map_or(("", authority), |(_, hosts)| {
            let (user, _) = authority.split_at(authority.len() - hosts.len());
            (user, hosts)
        });
        let (connect_timeout, parameters) = parameters_read(parameters)?;
        let all = hosts.split(',').map(|host| {
            // The parser's own message could quote the URL, and with it the password.
            let options = PgConnectOptions::from_str(&format!("{scheme}://{user}{host}{database}{parameters}"));
            options.map_err(|_| bad())
        });
        Ok(Self { all: all.collect::<Result<_>>()?, connect_timeout })
    }
}

/// Gives the time to connect within, and the parameters that are left for the driver.
fn parameters_read(text: &str) -> Result<(Duration, String)> {
    let (mut timeout, mut left) = (CONNECT_TIMEOUT, String::new());
    for pair in text.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        match name {
            "connect_timeout" => timeout = timeout_read(value)?,
            // The store always looks for the primary.
            "target_session_attrs" if matches!(value, "any" | "read-write" | "primary") => {}
            "target_session_attrs" => {
                return Err(Error::meta(format!(
                    "the store's URL asks for target_session_attrs={value}; a store needs a primary: leave it out, or write \
                     read-write, primary or any"
                )));
            }
            name if DRIVER.contains(&name) || name.starts_with("options[") => {
                left.push(if left.is_empty() { '?' } else { '&' });
                left.push_str(pair);
            }
            name => {
                let known = DRIVER.join(", ");
                return Err(Error::meta(format!(
                    "the store's URL has the parameter {name}, which is not known; known are connect_timeout, \
                     target_session_attrs, {known} and options[NAME]"
                )));
            }
        }
    }
    Ok((timeout, left))
}

/// Reads seconds; 0 stands for the default, since no wait is without end here.
fn timeout_read(value: &str) -> Result<Duration> {
    match value.parse::<u32>() {
        Ok(0) => Ok(CONNECT_TIMEOUT),
        Ok(seconds) => Ok(Duration::from_secs(u64::from(seconds))),
        Err(_) => Err(Error::meta(format!(
            "the store's URL has connect_timeout={value}; it is a whole number of seconds, 0 for the default of \
             {CONNECT_TIMEOUT:?}"
        ))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hosts(url: &str) -> Vec<String> {
        let hosts = Hosts::parse(url).unwrap();
        hosts
            .all
            .iter()
            .map(|host| format!("{}:{} {:?}", host.get_host(), host.get_port(), host.get_database()))
            .collect()
    }

    #[test]
    fn every_host_has_the_login_the_database_and_the_parameters() {
        let url = "postgres://u:p%40@h1:1,h2:2/d?sslmode=disable&connect_timeout=7&application_name=x";
        assert_eq!(hosts(url), ["h1:1 Some(\"d\")", "h2:2 Some(\"d\")"]);
        let read = Hosts::parse(url).unwrap();
        assert_eq!(read.connect_timeout, Duration::from_secs(7));
        assert!(read.all.iter().all(|host| host.get_username() == "u" && host.get_application_name() == Some("x")));
        assert_eq!(hosts("postgresql://h1,[::1]:2/d?target_session_attrs=read-write").len(), 2);
        assert_eq!(Hosts::parse("postgres://h/d?connect_timeout=0").unwrap().connect_timeout, CONNECT_TIMEOUT);
    }

    #[test]
    fn what_a_store_cannot_do_is_refused_by_name() {
        for (parameters, says) in [
            ("target_session_attrs=standby", "a store needs a primary"),
            ("connect_timeout=soon", "connect_timeout=soon"),
            ("keepalives_idle=3", "keepalives_idle, which is not known; known are connect_timeout"),
        ] {
            let error = Hosts::parse(&format!("postgres://u:secret@h/d?{parameters}")).unwrap_err();
            assert!(error.message.contains(says) && !error.message.contains("secret"), "{error:?}");
        }
    }
}
