//! A Hive configuration: `hive-site.xml`, `metastore-site.xml`, or the folder that holds them.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use super::error::ConfigError;
use super::hive_key::hive_key;
use super::hive_store::{self, Properties, is_joined};
use super::origin::Origin;

/// The files of a folder, in the order in which Hive reads them: a later one wins.
const FILES: [&str; 4] = ["core-site.xml", "hive-site.xml", "hivemetastore-site.xml", "metastore-site.xml"];
/// A configuration larger than this is not one.
const FILE_BYTES_MAX: u64 = 4 << 20;
/// `${a}` that names `${b}` and so on, as deep as Hadoop goes.
const SUBSTITUTION_DEPTH_MAX: u32 = 20;

/// Properties that a metastore's file usually has and that mean nothing here: Java classes, connection pools, metrics.
const WITHOUT_MEANING: &[&str] = &[
    "hadoop.tmp.dir",
    "javax.jdo.option.ConnectionDriverName",
    "metastore.event.message.factory",
    "metastore.execute.setugi",
    "metastore.expression.proxy",
    "metastore.metrics.enabled",
    "metastore.schema.verification",
    "metastore.server.min.threads",
    "metastore.task.threads.always",
    "metastore.thrift.uris",
    "metastore.try.direct.sql",
    "metastore.try.direct.sql.ddl",
    "metastore.uris",
    "fs.trash.checkpoint.interval",
];

/// Properties by which a Hive file demands protection that is not served yet, and their harmless values.
const PROTECTION: [(&str, &[&str]); 4] = [
    ("metastore.sasl.enabled", &["false"]),
    ("metastore.use.SSL", &["false"]),
    ("metastore.authentication", &["NONE", "NOSASL"]),
    ("metastore.thrift.transport.mode", &["binary"]),
];

/// What a Hive configuration says, in our words.
#[derive(Debug, Default)]
pub struct HiveConf {
    /// `section.key`, text, origin.
    pub keys: Vec<(String, String, Origin)>,
    /// Properties nobody here knows.
    pub unknown: Vec<String>,
    /// Properties that demand protection which is not served.
    pub protection: Vec<String>,
    /// Why the file's database cannot be the store.
    pub store_error: Option<String>,
}

/// Reads a file or folder. `variables` are for `${env.NAME}`.
pub fn hive_conf(path: &Path, variables: &BTreeMap<String, String>) -> Result<HiveConf, ConfigError> {
    let wrong = |text: String| ConfigError::new(format!("Hive configuration {}: {text}", path.display()));
    let is_folder = fs::metadata(path).map_err(|error| wrong(error.to_string()))?.is_dir();
    let files: Vec<PathBuf> = if is_folder {
        FILES.iter().map(|name| path.join(name)).filter(|file| file.is_file()).collect()
    } else {
        vec![path.to_owned()]
    };
    if files.is_empty() {
        return Err(wrong(format!("holds none of {}", FILES.join(", "))));
    }
    let mut properties = Properties::new();
    let mut origins = BTreeMap::new();
    for file in files {
        let wrong = |text: String| ConfigError::new(format!("{}: {text}", file.display()));
        let size = fs::metadata(&file).map_err(|error| wrong(error.to_string()))?.len();
        if size > FILE_BYTES_MAX {
            return Err(wrong(format!("{size} bytes; a Hive configuration has at most {FILE_BYTES_MAX}")));
        }
        let text = fs::read_to_string(&file).map_err(|error| wrong(error.to_string()))?;
        let name = file.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
        for (property, value) in xml_properties(&text).map_err(wrong)? {
            origins.insert(property.clone(), name.clone());
            properties.insert(property, value);
        }
    }
    let properties = substituted(&properties, variables);
    translate(&properties, &origins).map_err(|text| wrong(text.0))
}

/// The properties of the XML text, in order.
fn xml_properties(text: &str) -> Result<Vec<(String, String)>, String> {
    let document = roxmltree::Document::parse(text).map_err(|error| error.to_string())?;
    let root = document.root_element();
    if root.tag_name().name() != "configuration" {
        return Err(format!("<configuration> is wanted, this is <{}>", root.tag_name().name()));
    }
    let mut found = Vec::new();
    for element in root.children().filter(roxmltree::Node::is_element) {
        if element.tag_name().name() != "property" {
            return Err(format!("<{}> is not read; put its properties into this file", element.tag_name().name()));
        }
        let part = |name: &str| {
            let child = element.children().find(|child| child.tag_name().name() == name)?;
            Some(
                child.descendants().filter(roxmltree::Node::is_text).filter_map(|text| text.text()).collect::<String>(),
            )
        };
        if let Some(name) = part("name") {
            found.push((name.trim().to_owned(), part("value").unwrap_or_default()));
        }
    }
    Ok(found)
}

/// Replaces `${name}` and `${env.NAME}`; what cannot be resolved stays as it is, as in Hadoop.
fn substituted(properties: &Properties, variables: &BTreeMap<String, String>) -> Properties {
    let resolve = |name: &str| match name.strip_prefix("env.") {
        Some(variable) => {
            let (variable, default) =
                variable.split_once(":-").map_or((variable, None), |(name, default)| (name, Some(default)));
            variables.get(variable).cloned().or(default.map(str::to_owned))
        }
        None => properties.get(name).cloned(),
    };
    let expand = |value: &String| {
        let mut value = value.clone();
        for _ in 0..SUBSTITUTION_DEPTH_MAX {
            let Some(next) = replaced_once(&value, resolve) else { break };
            if next.len() as u64 > FILE_BYTES_MAX {
                break;
            }
            value = next;
        }
        value
    };
    properties.iter().map(|(name, value)| (name.clone(), expand(value))).collect()
}

/// The text with its first resolvable `${…}` replaced.
fn replaced_once(text: &str, resolve: impl Fn(&str) -> Option<String>) -> Option<String> {
    let mut from = 0;
    while let Some(start) = text[from..].find("${").map(|at| from + at) {
        let end = start + text[start..].find('}')?;
        if let Some(value) = resolve(&text[start + 2..end]) {
            return Some(format!("{}{value}{}", &text[..start], &text[end + 1..]));
        }
        from = start + 2;
    }
    None
}

fn translate(properties: &Properties, origins: &BTreeMap<String, String>) -> Result<HiveConf, ConfigError> {
    let mut conf = HiveConf::default();
    let origin = |property: &str| Origin::Hive {
        file: origins.get(property).cloned().unwrap_or_default(),
        property: property.to_owned(),
    };
    for (name, text) in properties {
        let newer = name.strip_prefix("hive.").filter(|newer| newer.starts_with("metastore.")).unwrap_or(name);
        if let Some((row, is_newer)) = hive_key(name) {
            if is_newer || !properties.contains_key(row.name) {
                let text = row.form.read(text).map_err(|error| ConfigError::new(format!("{name}: {error}")))?;
                conf.keys.push((row.key.to_owned(), text, origin(name)));
            }
        } else if let Some((_, harmless)) = PROTECTION.iter().find(|(known, _)| *known == newer) {
            let text = text.trim();
            if !text.is_empty() && !harmless.iter().any(|value| value.eq_ignore_ascii_case(text)) {
                conf.protection.push(format!("{name}={text}"));
            }
        } else if !is_joined(name) && !WITHOUT_MEANING.contains(&newer) {
            conf.unknown.push(name.clone());
        }
    }
    match hive_store::store(properties) {
        Some(Ok(keys)) => {
            conf.keys.extend(keys.into_iter().map(|(key, text, from)| (key.to_owned(), text, origin(from))));
        }
        Some(Err(error)) => conf.store_error = Some(error),
        None => {}
    }
    let joined = [hive_store::thrift_listen(properties), hive_store::object_store(properties)];
    conf.keys.extend(joined.into_iter().flatten().map(|(key, text, from)| (key.to_owned(), text, origin(from))));
    Ok(conf)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::proptest;

    use super::{Properties, substituted, translate, xml_properties};

    fn conf(xml: &str) -> super::HiveConf {
        let properties: Properties = xml_properties(xml).unwrap().into_iter().collect();
        translate(&properties, &BTreeMap::new()).unwrap()
    }

    fn property(name: &str, value: &str) -> String {
        format!("<property><name>{name}</name><value>{value}</value></property>")
    }

    #[test]
    fn the_newer_spelling_wins_whatever_the_order() {
        let (newer, older) = (property("metastore.dml.events", "false"), property("hive.metastore.dml.events", "true"));
        for xml in [format!("{newer}{older}"), format!("{older}{newer}")] {
            let found = conf(&format!("<configuration>{xml}</configuration>"));
            assert_eq!(found.keys.len(), 1);
            assert_eq!(found.keys[0].1, "false");
        }
    }

    #[test]
    fn a_demand_for_protection_is_seen_and_its_absence_is_not() {
        let on = property("hive.metastore.sasl.enabled", "true") + &property("metastore.authentication", "LDAP");
        let off = property("metastore.sasl.enabled", " FALSE ") + &property("hive.metastore.authentication", "NOSASL");
        let found = conf(&format!("<configuration>{on}</configuration>"));
        assert_eq!(found.protection, ["hive.metastore.sasl.enabled=true", "metastore.authentication=LDAP"]);
        assert!(conf(&format!("<configuration>{off}</configuration>")).protection.is_empty());
    }

    #[test]
    fn values_are_substituted_and_a_circle_ends() {
        let pairs = [("a", "${b}/${env.HOME}/${env.NO:-d}/${c}"), ("b", "${x}B"), ("x", "X"), ("o", "${o}o")];
        let properties = pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
        let found = substituted(&properties, &BTreeMap::from([("HOME".to_owned(), "/h".to_owned())]));
        assert_eq!(found["a"], "XB//h/d/${c}");
        assert_eq!(found["o"], format!("${{o}}{}", "o".repeat(21)));
    }

    #[test]
    fn a_file_of_another_kind_is_refused() {
        for (xml, why) in [
            ("<conf/>", "<configuration> is wanted"),
            ("<configuration><xi:include xmlns:xi='x' href='y'/></configuration>", "<include> is not read"),
            ("<!DOCTYPE x [<!ENTITY a 'b'>]><configuration/>", "DTD"),
            ("<configuration>", ""),
        ] {
            let error = xml_properties(xml).unwrap_err();
            assert!(error.contains(why), "{error}");
        }
    }

    proptest! {
        #[test]
        fn no_file_brings_the_reader_down(name in ".{0,20}", value in "[${}a-z.:-]{0,30}", noise in ".{0,60}") {
            let _ = xml_properties(&noise);
            let properties = Properties::from([(name.clone(), value.clone()), ("a".to_owned(), value)]);
            let _ = translate(&substituted(&properties, &BTreeMap::from([(name.clone(), name)])), &BTreeMap::new());
        }
    }
}
