//! Puts the sources together: flags > variables > `skep.toml` > Hive file > defaults.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use super::check::check;
use super::env::{CONFIG_VARIABLE, env_keys};
use super::error::ConfigError;
use super::hive_file::{HiveConf, hive_conf};
use super::hive_store::JDBC_URL;
use super::origin::Origin;
use super::settings::Config;
use super::toml_file::toml_keys;

/// Read from the working directory when neither `--config` nor `SKEP_CONFIG` names a file.
const DEFAULT_FILE: &str = "skep.toml";
/// Unknown properties of a Hive file that are named in the log.
const NAMED_MAX: usize = 8;

/// All that a configuration is made of. Tests fill it by hand; [`Sources::of_process`] takes the process's.
#[derive(Debug, Clone, Default)]
pub struct Sources {
    /// Flag, key (`section.key`), text.
    pub flags: Vec<(&'static str, &'static str, String)>,
    /// `--config`.
    pub config_file: Option<PathBuf>,
    /// The environment; only `SKEP_…` and what a Hive file refers to is read.
    pub variables: BTreeMap<String, String>,
    /// Relative paths start here.
    pub directory: PathBuf,
}

/// A configuration, where each key came from, and what the administrator should be told once logging is on.
#[derive(Debug, Clone)]
pub struct Loaded {
    pub config: Config,
    pub notices: Vec<String>,
    pub(super) origins: BTreeMap<String, Origin>,
}

/// Texts by key, the later source over the earlier.
type Chosen = BTreeMap<String, (String, Origin)>;

impl Sources {
    /// The environment and working directory of this process, without flags. Variables that are not UTF-8 are left out.
    pub fn of_process() -> Result<Self, ConfigError> {
        let directory = std::env::current_dir()
            .map_err(|error| ConfigError::new(format!("the working directory cannot be read: {error}")))?;
        let variables =
            std::env::vars_os().filter_map(|(name, text)| Some((name.into_string().ok()?, text.into_string().ok()?)));
        Ok(Self { variables: variables.collect(), directory, ..Self::default() })
    }
}

impl Loaded {
    /// Reads and checks the configuration.
    pub fn load(sources: &Sources) -> Result<Self, ConfigError> {
        let mut upper = Chosen::new();
        let mut notices = Vec::new();
        if let Some((file, text)) = config_file(sources)? {
            for (key, text) in toml_keys(&file, &text)? {
                upper.insert(key, (text, Origin::File(file.clone())));
            }
        }
        let env = env_keys(&sources.variables)?;
        notices.extend(env.notices);
        upper.extend(env.keys.into_iter().map(|(key, variable, text)| (key, (text, Origin::Variable(variable)))));
        let flags = sources.flags.iter();
        upper.extend(flags.map(|(flag, key, text)| ((*key).to_owned(), (text.clone(), Origin::Flag(flag)))));

        let mut chosen = Chosen::new();
        let mut hive = HiveConf::default();
        if let Some((path, _)) = upper.get("server.hive_conf").filter(|(path, _)| !path.is_empty()) {
            hive = hive_conf(&sources.directory.join(path), &sources.variables)?;
            chosen.extend(hive.keys.drain(..).map(|(key, text, origin)| (key, (text, origin))));
        }
        if let Some(error) = hive.store_error.take().filter(|_| !upper.contains_key("store.url")) {
            return Err(ConfigError::new(error));
        }
        chosen.extend(upper);

        let mut loaded = Self { config: Config::default(), notices, origins: BTreeMap::new() };
        for (key, (text, origin)) in chosen {
            let set = loaded.config.set(&key, &text).unwrap_or_else(|| Err("unknown key".to_owned()));
            set.map_err(|error| ConfigError::new(format!("{key} ({origin}): {error}")))?;
            loaded.origins.insert(key, origin);
        }
        loaded.finish(sources, &hive)?;
        Ok(loaded)
    }

    /// Where a key's value came from.
    pub fn origin(&self, key: &str) -> Origin {
        self.origins.get(key).cloned().unwrap_or_default()
    }

    fn finish(&mut self, sources: &Sources, hive: &HiveConf) -> Result<(), ConfigError> {
        let wrong = |key: &str, error: String| ConfigError::new(format!("{key}: {error}"));
        let warehouse = &mut self.config.warehouse;
        warehouse.root =
            absolute_uri(&warehouse.root, &sources.directory).map_err(|error| wrong("warehouse.root", error))?;
        if let Some(root) = &mut warehouse.external_root {
            *root = absolute_uri(root, &sources.directory).map_err(|error| wrong("warehouse.external_root", error))?;
        }
        self.config.metastore.default_catalog = self.config.metastore.default_catalog.trim().to_lowercase();
        self.notices.extend(unknown_notice(&hive.unknown));
        let notices = check(&self.config, &hive.protection, |key| self.origin(key))?;
        self.notices.extend(notices);
        if matches!(self.origin("store.url"), Origin::Hive { .. }) {
            self.notices
                .push(format!("the store is the database of {JDBC_URL}; a schema of Hive's own is refused there"));
        }
        Ok(())
    }
}

fn config_file(sources: &Sources) -> Result<Option<(String, String)>, ConfigError> {
    let named = sources.config_file.clone().or_else(|| sources.variables.get(CONFIG_VARIABLE).map(PathBuf::from));
    let file = named.clone().unwrap_or_else(|| DEFAULT_FILE.into());
    match fs::read_to_string(sources.directory.join(&file)) {
        Ok(text) => Ok(Some((file.display().to_string(), text))),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound && named.is_none() => Ok(None),
        Err(error) => Err(ConfigError::new(format!("{}: {error}", file.display()))),
    }
}

fn unknown_notice(unknown: &[String]) -> Option<String> {
    let named = unknown.iter().take(NAMED_MAX).map(String::as_str).collect::<Vec<_>>().join(", ");
    let more = if unknown.len() > NAMED_MAX { ", …" } else { "" };
    let notice = || format!("properties of the Hive file that mean nothing here ({}): {named}{more}", unknown.len());
    (!unknown.is_empty()).then(notice)
}

/// A root as an absolute URI without a slash at its end: `file:/…` for local paths, others as given.
fn absolute_uri(root: &str, directory: &Path) -> Result<String, String> {
    let scheme = root.split_once(':').map(|(scheme, _)| scheme).filter(|scheme| {
        scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c))
    });
    let path = match scheme {
        None => root,
        Some("file") => {
            let path = root.trim_start_matches("file:");
            match path.strip_prefix("//") {
                Some(path) if !path.starts_with('/') => return Err(format!("`{root}` names a host; write file:/path")),
                Some(path) => path,
                None => path,
            }
        }
        Some(_) => return Ok(root.trim_end_matches('/').to_owned()),
    };
    if path.is_empty() {
        return Err(format!("`{root}` names no folder"));
    }
    let path = directory.join(path);
    if !path.is_absolute() {
        return Err(format!("`{root}` is relative, and so is the working directory"));
    }
    // Components drop `.` and doubled slashes; `..` stays, as a link may stand before it.
    let path: PathBuf = path.components().collect();
    let text = path.to_str().ok_or_else(|| format!("`{root}`: the working directory is not UTF-8"))?;
    Ok(format!("file:{text}"))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::absolute_uri;

    #[test]
    fn roots_become_absolute_uris() {
        let at = |root: &str| absolute_uri(root, Path::new("/srv"));
        for (root, uri) in [
            ("file:skep-data/warehouse", "file:/srv/skep-data/warehouse"),
            ("./w/", "file:/srv/w"),
            ("/w//x", "file:/w/x"),
            ("file:///w", "file:/w"),
            ("s3://bucket/w/", "s3://bucket/w"),
            ("hdfs://nn:8020/w", "hdfs://nn:8020/w"),
        ] {
            assert_eq!(at(root).as_deref(), Ok(uri));
        }
        for wrong in ["", "file:", "file://host/w"] {
            assert!(at(wrong).is_err(), "{wrong}");
        }
    }
}
