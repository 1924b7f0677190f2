//! Keys that a Hive file spreads over several properties: the store (JDBC URL, user, password), the listen address
//! (host, port), and object stores (`fs.s3a.…`).

use std::collections::BTreeMap;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// Properties by name, after substitution.
pub type Properties = BTreeMap<String, String>;

/// A key made of several properties: the key, its text, and the property that is named as its origin.
pub type Joined = (&'static str, String, &'static str);

pub const JDBC_URL: &str = "javax.jdo.option.ConnectionURL";
const JDBC_USER: &str = "javax.jdo.option.ConnectionUserName";
const JDBC_PASSWORD: &str = "javax.jdo.option.ConnectionPassword";
const LOGIN: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// `fs.s3a` properties and the option of the object_store crate that means the same.
const S3A: [(&str, &str); 5] = [
    ("fs.s3a.access.key", "aws_access_key_id"),
    ("fs.s3a.endpoint", "aws_endpoint"),
    ("fs.s3a.endpoint.region", "aws_region"),
    ("fs.s3a.secret.key", "aws_secret_access_key"),
    ("fs.s3a.session.token", "aws_session_token"),
];
/// Two that are turned round: `true` here means `false` there.
const S3A_INVERTED: [(&str, &str); 2] = [
    ("fs.s3a.connection.ssl.enabled", "aws_allow_http"),
    ("fs.s3a.path.style.access", "aws_virtual_hosted_style_request"),
];
const PORT: [&str; 2] = ["metastore.thrift.port", "hive.metastore.port"];
const HOST: [&str; 2] = ["metastore.thrift.bind.host", "hive.metastore.thrift.bind.host"];

/// Whether this module reads the property.
pub fn is_joined(name: &str) -> bool {
    [JDBC_URL, JDBC_USER, JDBC_PASSWORD].contains(&name)
        || PORT.contains(&name)
        || HOST.contains(&name)
        || S3A.iter().chain(&S3A_INVERTED).any(|(property, _)| *property == name)
}

/// The store. `Some(Err)` says why the JDBC URL cannot be used; it matters only when no other source names a store.
pub fn store(properties: &Properties) -> Option<Result<Vec<Joined>, String>> {
    let url = properties.get(JDBC_URL)?.trim();
    let Some(rest) = url.strip_prefix("jdbc:postgresql:") else {
        let kind = url.strip_prefix("jdbc:").and_then(|rest| rest.split(':').next()).unwrap_or("unknown");
        return Some(Err(format!(
            "{JDBC_URL} names a database of kind {kind}; Skep keeps its data in Postgres or SQLite, so give --store"
        )));
    };
    // `jdbc:postgresql:db` is short for the default host.
    let rest = rest.strip_prefix("//").map_or_else(|| format!("localhost/{rest}"), str::to_owned);
    let (place, query) = rest.split_once('?').unwrap_or((&rest, ""));
    let parameters: Vec<_> = query.split('&').filter_map(|pair| pair.split_once('=')).collect();
    let parameter = |name: &str| parameters.iter().find(|(known, _)| *known == name).map(|(_, value)| *value);
    let encode = |text: &str| utf8_percent_encode(text, LOGIN).to_string();
    let login = |property: &str, name: &str| match properties.get(property) {
        Some(text) => Some(encode(text)),
        None => parameter(name).map(str::to_owned), // already encoded in the URL
    };
    let login = match (login(JDBC_USER, "user"), login(JDBC_PASSWORD, "password")) {
        (Some(user), Some(password)) => format!("{user}:{password}@"),
        (Some(user), None) => format!("{user}@"),
        (None, _) => String::new(),
    };
    let kept = ["sslmode", "sslrootcert"].iter().filter_map(|name| Some(format!("{name}={}", parameter(name)?)));
    let kept = kept.collect::<Vec<_>>().join("&");
    let mark = if kept.is_empty() { "" } else { "?" };
    let mut keys = vec![("store.url", format!("postgres://{login}{place}{mark}{kept}"), JDBC_URL)];
    keys.extend(parameter("currentSchema").map(|schema| ("store.schema", schema.to_owned(), JDBC_URL)));
    Some(Ok(keys))
}

/// The listen address. A file that names only the port means all addresses to Hive; here the default host stays.
pub fn thrift_listen(properties: &Properties) -> Option<Joined> {
    let find = |names: [&'static str; 2]| {
        names.into_iter().find_map(|name| properties.get(name).map(|text| (name, text.trim())))
    };
    let (host, port) = (find(HOST).filter(|(_, host)| !host.is_empty()), find(PORT));
    let origin = host.or(port)?.0;
    let host = host.map_or("127.0.0.1", |(_, host)| host);
    let host = if host.contains(':') { format!("[{host}]") } else { host.to_owned() };
    Some(("server.thrift_listen", format!("{host}:{}", port.map_or("9083", |(_, port)| port)), origin))
}

/// The options of object stores.
pub fn object_store(properties: &Properties) -> Option<Joined> {
    let plain =
        S3A.iter().filter_map(|(name, option)| Some((*name, *option, properties.get(*name)?.trim().to_owned())));
    let inverted = S3A_INVERTED.iter().filter_map(|(name, option)| {
        let flag: bool = properties.get(*name)?.trim().parse().ok()?;
        Some((*name, *option, (!flag).to_string()))
    });
    let found: Vec<_> = plain.chain(inverted).collect();
    let origin = found.first()?.0;
    let pairs: Vec<_> = found.iter().map(|(_, option, value)| format!("{option}={value}")).collect();
    Some(("warehouse.object_store", pairs.join(","), origin))
}

#[cfg(test)]
mod tests {
    use super::{Properties, object_store, store, thrift_listen};

    fn properties(pairs: &[(&str, &str)]) -> Properties {
        pairs.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect()
    }

    #[test]
    fn a_jdbc_url_becomes_a_store_url() {
        let found = store(&properties(&[
            (
                "javax.jdo.option.ConnectionURL",
                "jdbc:postgresql://db:5433/metastore?ssl=true&sslmode=require&currentSchema=hms",
            ),
            ("javax.jdo.option.ConnectionUserName", "hive"),
            ("javax.jdo.option.ConnectionPassword", "p@ss/wörd:?"),
        ]));
        let found = found.unwrap().unwrap();
        assert_eq!(found[0].1, "postgres://hive:p%40ss%2Fw%C3%B6rd%3A%3F@db:5433/metastore?sslmode=require");
        assert_eq!((found[1].0, found[1].1.as_str()), ("store.schema", "hms"));
        let short =
            store(&properties(&[("javax.jdo.option.ConnectionURL", "jdbc:postgresql:m?user=u&password=a%40b")]));
        assert_eq!(short.unwrap().unwrap()[0].1, "postgres://u:a%40b@localhost/m");
    }

    #[test]
    fn other_databases_are_refused_by_name_and_without_their_login() {
        let other = "jdbc:mysql://db/m?user=u&password=hush";
        let error = store(&properties(&[("javax.jdo.option.ConnectionURL", other)])).unwrap().unwrap_err();
        assert!(error.contains("kind mysql") && error.contains("--store") && !error.contains("hush"), "{error}");
        assert!(store(&properties(&[])).is_none());
    }

    #[test]
    fn host_and_port_make_one_address() {
        let listen = |pairs: &[(&str, &str)]| thrift_listen(&properties(pairs)).map(|(_, text, _)| text);
        assert_eq!(listen(&[("metastore.thrift.port", "9090")]).as_deref(), Some("127.0.0.1:9090"));
        assert_eq!(
            listen(&[("hive.metastore.port", "1"), ("metastore.thrift.bind.host", "::1")]).as_deref(),
            Some("[::1]:1")
        );
        assert_eq!(listen(&[("metastore.thrift.bind.host", "")]), None);
    }

    #[test]
    fn s3a_properties_become_options() {
        let found =
            object_store(&properties(&[("fs.s3a.endpoint", "http://s3:9000"), ("fs.s3a.path.style.access", "true")]));
        let (_, text, origin) = found.unwrap();
        assert_eq!(text, "aws_endpoint=http://s3:9000,aws_virtual_hosted_style_request=false");
        assert_eq!(origin, "fs.s3a.endpoint");
    }
}
