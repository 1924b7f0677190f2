//! The sources over each other, a Hive file of a real metastore, and the goldens of what is printed.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::load::{Loaded, Sources};
use super::origin::Origin;
use super::settings::Config;

/// A folder of its own under the system's temporary one, removed at the end.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("skep-config-{}-{name}", std::process::id()));
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }
    fn with(self, file: &str, text: &str) -> Self {
        fs::write(self.0.join(file), text).unwrap();
        self
    }
    fn sources(&self) -> Sources {
        Sources { directory: self.0.clone(), ..Sources::default() }
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn variables(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect()
}

fn site(properties: &[(&str, &str)]) -> String {
    let property =
        |(name, value): &(&str, &str)| format!("<property><name>{name}</name><value>{value}</value></property>\n");
    let all: String = properties.iter().map(property).collect();
    format!("<?xml version=\"1.0\"?>\n<configuration>\n{all}</configuration>\n")
}

/// What a metastore for Hive's own client tests is started with, without Hive 4's table translation.
fn suite_plain() -> String {
    site(&[
        ("javax.jdo.option.ConnectionURL", "jdbc:postgresql://127.0.0.1:19083/metastore"),
        ("javax.jdo.option.ConnectionDriverName", "org.postgresql.Driver"),
        ("javax.jdo.option.ConnectionUserName", "hive"),
        ("javax.jdo.option.ConnectionPassword", "hush"),
        ("metastore.warehouse.dir", "file:/state/warehouse"),
        ("metastore.warehouse.external.dir", "file:/state/warehouse"),
        ("metastore.task.threads.always", "org.apache.hadoop.hive.metastore.events.EventCleanerTask"),
        ("metastore.expression.proxy", "org.apache.hadoop.hive.metastore.DefaultPartitionExpressionProxy"),
        ("metastore.thrift.port", "9183"),
        ("metastore.thrift.bind.host", "127.0.0.1"),
        ("metastore.try.direct.sql", "true"),
        ("hadoop.tmp.dir", "/state/tmp"),
        ("metastore.metrics.enabled", "true"),
        ("metastore.batch.retrieve.max", "2"),
        ("metastore.batch.retrieve.table.partition.max", "2"),
        ("metastore.limit.partition.request", "100"),
        ("fs.trash.checkpoint.interval", "30"),
        ("fs.trash.interval", "30"),
        ("metastore.stats.fetch.bitvector", "true"),
        ("metastore.stats.fetch.kll", "true"),
        ("metastore.metadata.transformer.class", " "),
        ("metastore.authorization.storage.checks", "true"),
        ("metastore.client.capability.check", "false"),
    ])
}

#[test]
fn each_source_wins_over_the_next() {
    let hive = site(&[
        ("metastore.txn.timeout", "1s"),
        ("hive.metastore.batch.retrieve.max", "1"),
        ("metastore.max.event.response", "1"),
    ]);
    let file = "[server]\nhive_conf = \"hive-site.xml\"\n[metastore]\ntxn_timeout = \"2s\"\nbatch_retrieve_max = 2\n[log]\nlevel = \"warn\"";
    let folder = Folder::new("precedence").with("hive-site.xml", &hive).with("skep.toml", file);
    let mut sources = folder.sources();
    sources.variables = variables(&[("SKEP_METASTORE_TXN_TIMEOUT", "3s"), ("SKEP_STORE", "sqlite:from-variable")]);
    sources.flags = vec![("--store", "store.url", "sqlite:from-flag".to_owned())];
    let loaded = Loaded::load(&sources).unwrap();
    let config = &loaded.config;
    assert_eq!(config.metastore.max_event_response, 1);
    assert_eq!(config.metastore.batch_retrieve_max, 2);
    assert_eq!(config.metastore.txn_timeout, Duration::from_secs(3));
    assert_eq!(config.store.url.to_string(), "sqlite:from-flag");
    assert_eq!(config.metastore.batch_retrieve_partition_max, 1_000);
    let hive_origin =
        Origin::Hive { file: "hive-site.xml".to_owned(), property: "metastore.max.event.response".to_owned() };
    for (key, origin) in [
        ("metastore.max_event_response", hive_origin),
        ("metastore.batch_retrieve_max", Origin::File("skep.toml".to_owned())),
        ("metastore.txn_timeout", Origin::Variable("SKEP_METASTORE_TXN_TIMEOUT".to_owned())),
        ("store.url", Origin::Flag("--store")),
        ("store.pool_size", Origin::Default),
    ] {
        assert_eq!(loaded.origin(key), origin, "{key}");
    }
}

#[test]
fn the_configuration_file_is_the_named_one_and_must_then_be_there() {
    let folder = Folder::new("named").with("skep.toml", "nonsense").with("other.toml", "[log]\nlevel = \"debug\"");
    let mut sources = folder.sources();
    assert!(Loaded::load(&sources).is_err());
    sources.variables = variables(&[("SKEP_CONFIG", "other.toml")]);
    assert_eq!(Loaded::load(&sources).unwrap().config.log.level, "debug");
    sources.config_file = Some("missing.toml".into());
    assert!(Loaded::load(&sources).unwrap_err().to_string().starts_with("missing.toml: "));
}

#[test]
fn a_real_metastores_file_is_taken_over() {
    let folder = Folder::new("suite-plain").with("metastore-site.xml", &suite_plain());
    for hive_conf in ["metastore-site.xml", "."] {
        let mut sources = folder.sources();
        sources.flags = vec![("--hive-conf", "server.hive_conf", hive_conf.to_owned())];
        let loaded = Loaded::load(&sources).unwrap();
        let config = loaded.config.clone();
        assert_eq!(config.server.thrift_listen.to_string(), "127.0.0.1:9183");
        assert_eq!(config.store.url.expose(), "postgres://hive:hush@127.0.0.1:19083/metastore");
        assert_eq!(config.warehouse.root, "file:/state/warehouse");
        assert_eq!(config.warehouse.external_root.as_deref(), Some("file:/state/warehouse"));
        assert_eq!(config.warehouse.trash_interval, Duration::from_mins(30));
        assert!(config.warehouse.storage_checks && !config.metastore.client_capability_check);
        assert!(!config.metastore.translate_tables);
        assert!(config.metastore.stats_fetch_bitvector && config.metastore.stats_fetch_kll);
        assert_eq!((config.metastore.batch_retrieve_max, config.metastore.batch_retrieve_partition_max), (2, 2));
        assert_eq!(config.metastore.limit_partition_request, Some(100));
        assert_eq!(config.hive_value("metastore.limit.partition.request").as_deref(), Some("100"));
        assert!(loaded.notices.iter().all(|notice| !notice.contains("mean nothing")), "{:?}", loaded.notices);
        assert!(!loaded.print().contains("hush") && !format!("{loaded:?}").contains("hush"));
    }
}

#[test]
fn hives_transformer_turns_translation_on_and_unknown_properties_are_told_once() {
    let xml = site(&[
        ("metastore.metadata.transformer.class", "org.apache.hadoop.hive.metastore.MetastoreDefaultTransformer"),
        ("metastore.warehouse.dir", "file:/w"),
        ("hive.tez.container.size", "1"),
        ("hive.exec.parallel", "true"),
    ]);
    let folder = Folder::new("unknown").with("hive-site.xml", &xml);
    let mut sources = folder.sources();
    sources.variables = variables(&[("SKEP_HIVE_CONF", "hive-site.xml")]);
    let loaded = Loaded::load(&sources).unwrap();
    assert!(loaded.config.metastore.translate_tables);
    assert_eq!(
        loaded.notices,
        ["properties of the Hive file that mean nothing here (2): hive.exec.parallel, hive.tez.container.size"]
    );
}

#[test]
fn a_hive_file_of_mysql_needs_a_store_and_one_with_kerberos_an_agreement() {
    let xml =
        site(&[("javax.jdo.option.ConnectionURL", "jdbc:mysql://db/hms"), ("hive.metastore.sasl.enabled", "true")]);
    let folder = Folder::new("refused").with("hive-site.xml", &xml);
    let mut sources = folder.sources();
    sources.variables = variables(&[("SKEP_HIVE_CONF", "hive-site.xml")]);
    let error = |sources: &Sources| Loaded::load(sources).unwrap_err().to_string();
    assert!(error(&sources).contains("kind mysql"));
    sources.variables.insert("SKEP_STORE".to_owned(), "sqlite:x.db".to_owned());
    assert!(error(&sources).contains("hive.metastore.sasl.enabled=true"));
    sources.variables.insert("SKEP_ALLOW_UNAUTHENTICATED".to_owned(), "true".to_owned());
    assert!(
        Loaded::load(&sources).is_ok_and(|loaded| loaded.notices.iter().any(|notice| notice.contains("not obeyed")))
    );
}

#[test]
fn a_wrong_value_names_its_key_and_source_but_no_password() {
    let mut sources = Folder::new("wrong").sources();
    sources.variables = variables(&[("SKEP_LOG_FORMAT", "xml")]);
    assert_eq!(
        Loaded::load(&sources).unwrap_err().to_string(),
        "log.format (SKEP_LOG_FORMAT): `xml` is neither text nor json"
    );
    sources.variables = variables(&[("SKEP_STORE", "postgre://u:hush@db/m")]);
    assert!(!Loaded::load(&sources).unwrap_err().to_string().contains("hush"));
}

#[test]
fn what_is_printed_is_golden_and_reads_back() {
    let mut sources = Sources { directory: "/srv/skep".into(), ..Sources::default() };
    sources.variables = variables(&[
        ("SKEP_STORE", "postgres://skep:hush@db/skep"),
        ("SKEP_WAREHOUSE_OBJECT_STORE", "aws_endpoint=http://s3:9000,aws_secret_access_key=hush"),
    ]);
    sources.flags = vec![("--thrift-listen", "server.thrift_listen", "127.0.0.1:0".to_owned())];
    let printed = Loaded::load(&sources).unwrap().print();
    golden("tests/golden/config.toml", &printed);

    let folder = Folder::new("printed").with("skep.toml", &printed);
    let again = Loaded::load(&Sources { directory: folder.0.clone(), ..Sources::default() }).unwrap();
    let values = |text: &str| {
        text.lines().map(|line| line.rsplit_once(" # ").unwrap_or((line, "")).0.to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(values(&again.print()), values(&printed));
}

#[test]
fn the_reference_of_keys_is_up_to_date() {
    golden("docs/configuration.md", &Config::reference());
}

/// Compares with a file of the repository; `UPDATE=1` writes it.
fn golden(path: &str, text: &str) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    if std::env::var_os("UPDATE").is_some() {
        fs::write(&file, text).unwrap();
    }
    let wanted = fs::read_to_string(&file).unwrap_or_default();
    assert!(text == wanted, "{path} differs; UPDATE=1 writes it. Now:\n{text}");
}
