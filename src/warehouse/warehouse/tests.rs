use super::*;
use crate::warehouse::FileScope;
use std::fs;

struct Field {
    dir: tempfile::TempDir,
    warehouse: Warehouse,
}

fn config(dir: &Path) -> WarehouseConfig {
    WarehouseConfig {
        managed_root: format!("file:{}/wh", dir.display()),
        allowed_roots: vec!["s3a://bucket/wh".to_owned()],
        trash_home: Some(dir.join("home")),
        ..WarehouseConfig::default()
    }
}

async fn field(change: impl FnOnce(&mut WarehouseConfig)) -> Field {
    let dir = tempfile::tempdir().unwrap();
    let mut config = config(dir.path());
    change(&mut config);
    let warehouse = Warehouse::new(config, Arc::new(|| 1_700_000_000_000)).unwrap();
    warehouse.roots_create().await.unwrap();
    Field { dir, warehouse }
}

impl Field {
    fn at(&self, name: &str) -> Location {
        Location::file(self.dir.path().join(name).to_str().unwrap()).unwrap()
    }
    fn deletion(&self, name: &str) -> Deletion {
        Deletion::new(self.at(name), false)
    }
}

#[tokio::test]
async fn a_table_lives_and_goes_to_the_trash() {
    let field = field(|config| config.trash_interval_minutes = 30).await;
    let table = field.at("wh/d.db/t");
    assert!(field.warehouse.directory_create(&table, Some("no-such-user-here")).await.unwrap().newly_made());
    assert!(!field.warehouse.directory_create(&table, None).await.unwrap().newly_made());
    fs::write(Path::new(table.path()).join("f"), "123").unwrap();
    let counted = field.warehouse.files_summaries(&[table.clone(), field.at("wh/none")]).await.unwrap();
    assert_eq!(counted[0], Some(FilesSummary { num_files: 1, total_size: 3, is_empty: false }));
    assert_eq!(counted[1], Some(FilesSummary::nothing()));
    let renamed = field.at("wh/d.db/u");
    assert_eq!(field.warehouse.directory_rename(&table, &renamed).await.unwrap(), Moved::Moved);
    let removal = field.warehouse.directory_delete(&field.deletion("wh/d.db/u")).await.unwrap();
    let trash = field.dir.path().join("home/.Trash/Current").join(renamed.path().trim_start_matches('/'));
    assert_eq!(removal, Removal::Trashed(trash.clone()));
    assert!(trash.join("f").exists());
    // carried out again, after a crash before the record was struck off
    assert_eq!(field.warehouse.directory_delete(&field.deletion("wh/d.db/u")).await.unwrap(), Removal::Missing);
    assert!(!field.warehouse.directory_exists(&renamed).await.unwrap());
}

#[tokio::test]
async fn purge_skips_the_trash() {
    let field = field(|config| config.trash_interval_minutes = 30).await;
    field.warehouse.directory_create(&field.at("wh/t"), None).await.unwrap();
    let purge = Deletion { skip_trash: true, ..field.deletion("wh/t") };
    assert_eq!(field.warehouse.directory_delete(&purge).await.unwrap(), Removal::Deleted);
    assert!(!field.dir.path().join("home").exists());
}

#[tokio::test]
async fn truncation_keeps_the_directory() {
    let field = field(|_| ()).await;
    fs::create_dir_all(field.dir.path().join("wh/t/p=1")).unwrap();
    fs::write(field.dir.path().join("wh/t/p=1/f"), "123").unwrap();
    let files = field.warehouse.directory_files(&field.at("wh/t")).await.unwrap().unwrap();
    let emptying = Emptying { location: field.at("wh/t"), skip_trash: false, files };
    field.warehouse.directory_empty(&emptying).await.unwrap();
    assert!(field.warehouse.files_summary(&field.at("wh/t")).await.unwrap().unwrap().is_empty);
    assert!(field.warehouse.directory_exists(&field.at("wh/t")).await.unwrap());
}

#[tokio::test]
async fn many_directories_or_none() {
    let field = field(|_| ()).await;
    fs::write(field.dir.path().join("wh/file"), "").unwrap();
    let locations = ["wh/t/p=1", "wh/t/p=2", "wh/file/p=3"].map(|name| field.at(name)).to_vec();
    assert!(field.warehouse.directories_create(locations.clone(), None).await.is_err());
    assert!(!field.warehouse.directory_exists(&field.at("wh/t")).await.unwrap());
    let created = field.warehouse.directories_create(locations[..2].to_vec(), None).await.unwrap();
    assert!(created.iter().all(Created::newly_made));
    field.warehouse.directories_undo(created).await.unwrap();
    assert!(!field.warehouse.directory_exists(&field.at("wh/t")).await.unwrap());
}

#[tokio::test]
async fn what_several_threads_made_goes_as_a_whole() {
    let field = field(|_| ()).await;
    let hours = (0..2 * DIRECTORIES_A_THREAD).map(|hour| format!("wh/t/day={}/hour={hour}", hour / 150));
    let mut locations: Vec<Location> = hours.map(|name| field.at(&name)).collect();
    let good = std::mem::replace(&mut locations[200], field.at(&format!("wh/t/day=1/{}", "x".repeat(300))));
    assert!(field.warehouse.directories_create(locations.clone(), None).await.is_err());
    assert!(!field.warehouse.directory_exists(&field.at("wh/t")).await.unwrap());
    locations[200] = good;
    let created = field.warehouse.directories_create(locations.clone(), None).await.unwrap();
    assert!(created.iter().all(Created::newly_made) && created.len() == locations.len());
    assert!(locations.iter().all(|location| Path::new(location.path()).is_dir()));
}

#[tokio::test]
async fn untouched_places_are_accepted_and_left_alone() {
    let field = field(|config| config.file_scope = FileScope::Roots).await;
    for location in
        [Location::parse("hdfs://nn:8020/wh/t").unwrap(), Location::parse("s3://else/t").unwrap(), field.at("out/t")]
    {
        let warehouse = &field.warehouse;
        assert!(!warehouse.directory_create(&location, None).await.unwrap().newly_made());
        assert!(warehouse.directory_exists(&location).await.unwrap());
        assert_eq!(warehouse.files_summary(&location).await.unwrap(), None);
        let deletion = Deletion::new(location.clone(), true);
        assert!(matches!(warehouse.directory_delete(&deletion).await.unwrap(), Removal::Kept(_)));
        assert_eq!(warehouse.directory_files(&location).await.unwrap(), None);
        assert_eq!(warehouse.directory_rename(&location, &field.at("wh/t")).await.unwrap(), Moved::Kept);
        assert!(warehouse.is_writable(&location, Some("no-such-user-here")).await.unwrap());
    }
    assert!(!field.dir.path().join("out").exists());
}

#[tokio::test]
async fn a_directory_outside_is_made_and_only_then_ours_to_delete() {
    let field = field(|_| ()).await;
    fs::create_dir_all(field.dir.path().join("out/theirs")).unwrap();
    field.warehouse.directory_create(&field.at("out/theirs"), None).await.unwrap();
    field.warehouse.directory_create(&field.at("out/ours"), None).await.unwrap();
    let theirs = field.warehouse.directory_delete(&field.deletion("out/theirs")).await.unwrap();
    assert!(matches!(theirs, Removal::Kept(_)), "{theirs:?}");
    assert_eq!(field.warehouse.directory_delete(&field.deletion("out/ours")).await.unwrap(), Removal::Deleted);
}

#[tokio::test]
async fn object_roots_are_never_deleted() {
    let field = field(|_| ()).await;
    for text in ["s3://bucket/wh", "s3n://bucket/"] {
        let deletion = Deletion::new(Location::parse(text).unwrap(), false);
        assert!(matches!(field.warehouse.directory_delete(&deletion).await.unwrap(), Removal::Kept(_)));
    }
    let table = Location::parse("s3://bucket/wh/t").unwrap();
    assert!(!field.warehouse.directory_create(&table, None).await.unwrap().newly_made());
    assert_eq!(field.warehouse.directory_rename(&table, &table.join("x")).await.unwrap(), Moved::Kept);
}

#[tokio::test]
async fn storage_checks_only_when_on() {
    use std::os::unix::fs::PermissionsExt;
    for on in [false, true] {
        let field = field(|config| config.storage_checks = on).await;
        fs::set_permissions(field.dir.path().join("wh"), fs::Permissions::from_mode(0o755)).unwrap();
        let stranger = field.warehouse.is_writable(&field.at("wh"), Some("no-such-user-here")).await.unwrap();
        assert_eq!(stranger, !on);
        assert!(field.warehouse.is_writable(&field.at("wh"), None).await.unwrap());
    }
}

#[test]
fn deletions_are_recorded_as_json() {
    let deletion: Deletion = serde_json::from_str(r#"{"location":"s3a://b/t/"}"#).unwrap();
    assert!(!deletion.skip_trash && deletion.keys.is_empty() && !deletion.token.is_empty());
    let text = serde_json::to_string(&deletion).unwrap();
    assert_eq!(serde_json::from_str::<Deletion>(&text).unwrap(), deletion);
}

#[test]
fn configurations_are_checked() {
    let build = |change: &dyn Fn(&mut WarehouseConfig)| {
        let mut config = config(Path::new("/nowhere"));
        change(&mut config);
        Warehouse::new(config, Arc::new(|| 0))
    };
    let here = std::env::current_dir().unwrap();
    let relative = build(&|config| config.managed_root = "file:data/wh".to_owned()).unwrap();
    assert_eq!(relative.layout().managed_root().path(), here.join("data/wh").to_str().unwrap());
    assert!(build(&|config| config.managed_root = "hdfs://nn/wh".to_owned()).is_ok());
    assert!(build(&|config| config.managed_root = "/".to_owned()).is_err());
    assert!(build(&|config| config.managed_root = String::new()).is_err());
    assert!(build(&|config| config.allowed_roots = vec!["hdfs://nn/wh".to_owned()]).is_err());
    assert!(build(&|config| config.external_root = Some(" ".to_owned())).is_ok());
    let no_home = |config: &mut WarehouseConfig| {
        config.trash_interval_minutes = 1;
        config.trash_home = Some("relative".into());
    };
    assert!(build(&no_home).is_err());
}
