use super::*;
use crate::warehouse::config::FileScope;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};

const NOW: i64 = 1_700_000_000_000;

struct Field {
    dir: tempfile::TempDir,
    guard: Guard,
    trash: Trash,
}

/// `wh` is the root, `home` has the trash, `out` is neither.
fn field() -> Field {
    let dir = tempfile::tempdir().unwrap();
    for name in ["wh", "home", "out"] {
        fs::create_dir(dir.path().join(name)).unwrap();
    }
    let root = Location::file(dir.path().join("wh").to_str().unwrap()).unwrap();
    let trash = Trash::new(&dir.path().join("home"));
    let guard = Guard::new(FileScope::Made, &[root], vec![dir.path().join("home"), trash.root().to_owned()]);
    Field { dir, guard, trash }
}

impl Field {
    fn at(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }
    fn location(&self, name: &str) -> Location {
        Location::file(self.at(name).to_str().unwrap()).unwrap()
    }
    fn create(&self, name: &str) -> Result<Created> {
        let mut created = Created::default();
        Maker::new(&self.guard, None).create(&self.at(name), &mut created).map(|()| created)
    }
    fn delete(&self, name: &str) -> Removal {
        delete(&self.guard, None, &self.at(name), NOW).unwrap()
    }
    fn write(&self, name: &str) {
        fs::create_dir_all(self.at(name).parent().unwrap()).unwrap();
        fs::write(self.at(name), name).unwrap();
    }
    fn trashed(&self, name: &str) -> PathBuf {
        self.at("home/.Trash/Current").join(self.at(name).strip_prefix("/").unwrap())
    }
}

#[test]
fn creation_knows_what_is_new_and_takes_it_back() {
    let field = field();
    let created = field.create("wh/d.db/t").unwrap();
    assert!(created.newly_made());
    assert_eq!(created.made, [field.at("wh/d.db"), field.at("wh/d.db/t")]);
    assert!(!field.create("wh/d.db/t").unwrap().newly_made());
    // a failed commit must not take the data of others with it
    field.write("wh/d.db/other");
    undo(std::slice::from_ref(&created));
    assert!(!field.at("wh/d.db/t").exists() && field.at("wh/d.db/other").exists());
    undo(std::slice::from_ref(&created));
}

#[test]
fn creation_over_a_file_fails() {
    let field = field();
    field.write("wh/file");
    let e = field.create("wh/file").unwrap_err();
    assert_eq!(e.kind, skep_core::Kind::Meta);
    assert!(e.message.contains("wh/file") && e.message.contains("not a directory"), "{e}");
    assert!(field.create("wh/file/t").is_err());
    let (mut created, long) = (Created::default(), field.at(&format!("wh/new/{}", "x".repeat(300))));
    assert!(Maker::new(&field.guard, None).create(&long, &mut created).is_err());
    assert_eq!(created.made, [field.at("wh/new")], "parents can be taken back");
}

#[test]
fn directories_are_given_to_their_user_inside_the_roots_only() {
    if !is_root() {
        return;
    }
    let field = field();
    let nobody = Account { uid: 65534, gids: vec![65534] };
    let make = |name: &str| {
        Maker::new(&field.guard, Some(&nobody)).create(&field.at(name), &mut Created::default()).unwrap();
    };
    make("wh/d.db/t");
    make("out/t");
    for (name, uid) in [("wh", 0), ("wh/d.db", 65534), ("wh/d.db/t", 65534), ("out/t", 0)] {
        assert_eq!(fs::metadata(field.at(name)).unwrap().uid(), uid, "{name}");
    }
}

#[test]
fn what_the_process_may_not_do_is_an_error_that_names_the_path() {
    if is_root() {
        return;
    }
    let field = field();
    field.write("wh/closed/t/f");
    fs::set_permissions(field.at("wh/closed"), fs::Permissions::from_mode(0o000)).unwrap();
    let create = field.create("wh/closed/new").unwrap_err();
    let delete = delete(&field.guard, None, &field.at("wh/closed/t"), NOW).unwrap_err();
    fs::set_permissions(field.at("wh/closed"), fs::Permissions::from_mode(0o755)).unwrap();
    for e in [create, delete] {
        assert!(e.message.contains("wh/closed") && e.message.contains("denied"), "{e}");
    }
    assert!(field.at("wh/closed/t/f").exists());
}

fn is_root() -> bool {
    Account::of_process().uid == 0
}

#[test]
fn deletes_in_roots_and_what_was_made_here() {
    let field = field();
    field.write("wh/d.db/t/f");
    assert_eq!(field.delete("wh/d.db/t"), Removal::Deleted);
    assert_eq!(field.delete("wh/d.db/t"), Removal::Missing);
    field.write("out/theirs/f");
    assert!(!field.create("out/theirs").unwrap().newly_made());
    assert!(matches!(field.delete("out/theirs"), Removal::Kept(_)));
    assert!(field.at("out/theirs/f").exists());
    field.create("out/ours/t").unwrap();
    field.write("out/ours/t/f");
    assert_eq!(field.delete("out/ours/t"), Removal::Deleted);
    assert!(matches!(field.delete("wh"), Removal::Kept(_)));
}

#[test]
fn a_link_out_of_the_root_cannot_be_used_to_delete() {
    let field = field();
    field.write("out/theirs/f");
    symlink(field.at("out"), field.at("wh/link")).unwrap();
    assert!(matches!(field.delete("wh/link/theirs"), Removal::Kept(_)));
    assert!(matches!(empty(&field.guard, None, &field.at("wh/link/theirs"), NOW).unwrap(), Removal::Kept(_)));
    assert!(matches!(empty(&field.guard, None, &field.at("wh/link"), NOW).unwrap(), Removal::Kept(_)));
    assert!(!rename(&field.guard, &field.at("wh/link/theirs"), &field.location("wh/t")).unwrap());
    assert_eq!(field.delete("wh/link"), Removal::Deleted);
    assert!(field.at("out/theirs/f").exists());
}

#[test]
fn deletion_goes_through_the_trash() {
    let field = field();
    field.write("wh/d.db/t/f");
    let take = |name: &str| delete(&field.guard, Some(&field.trash), &field.at(name), NOW).unwrap();
    assert_eq!(take("wh/d.db/t"), Removal::Trashed(field.trashed("wh/d.db/t")));
    assert!(field.trashed("wh/d.db/t/f").exists() && !field.at("wh/d.db/t").exists());
    assert_eq!(take("wh/d.db/t"), Removal::Missing);
    // what is in the trash is deleted for good, where it may be deleted at all
    let anywhere = Guard::new(FileScope::Anywhere, &[], vec![field.trash.root().to_owned()]);
    let again = delete(&anywhere, Some(&field.trash), &field.trashed("wh/d.db/t"), NOW).unwrap();
    assert_eq!(again, Removal::Deleted);
    // a trash that cannot take it: the data stays and the error says so
    fs::remove_dir_all(field.at("home")).unwrap();
    field.write("home");
    field.write("wh/d.db/t/f");
    let e = delete(&field.guard, Some(&field.trash), &field.at("wh/d.db/t"), NOW).unwrap_err();
    assert!(e.message.contains("trash"), "{e}");
    assert!(field.at("wh/d.db/t/f").exists());
}

#[test]
fn emptying_keeps_the_directory() {
    let field = field();
    for trash in [None, Some(&field.trash)] {
        for name in ["f", "p=1/f", "_SUCCESS"] {
            field.write(&format!("wh/t/{name}"));
        }
        fs::set_permissions(field.at("wh/t"), fs::Permissions::from_mode(0o750)).unwrap();
        assert_eq!(empty(&field.guard, trash, &field.at("wh/t"), NOW).unwrap(), Removal::Deleted);
        assert_eq!(fs::read_dir(field.at("wh/t")).unwrap().count(), 0);
        assert_eq!(fs::metadata(field.at("wh/t")).unwrap().permissions().mode() & 0o777, 0o750);
    }
    assert!(field.trashed("wh/t/p=1/f").exists() && field.trashed("wh/t/_SUCCESS").exists());
    assert_eq!(empty(&field.guard, None, &field.at("wh/none"), NOW).unwrap(), Removal::Missing);
    assert!(matches!(empty(&field.guard, None, &field.at("wh"), NOW).unwrap(), Removal::Kept(_)));
    assert!(field.at("wh/t").exists());
}

#[test]
fn only_empty_directories_are_removed_as_empty() {
    let field = field();
    field.write("wh/t/p=1/f");
    assert!(!remove_if_empty(&field.guard, &field.at("wh/t/p=1")).unwrap());
    fs::remove_file(field.at("wh/t/p=1/f")).unwrap();
    assert!(remove_if_empty(&field.guard, &field.at("wh/t/p=1")).unwrap());
    assert!(!remove_if_empty(&field.guard, &field.at("wh/t/p=1")).unwrap());
    assert!(remove_if_empty(&field.guard, &field.at("wh/t")).unwrap());
    assert!(!remove_if_empty(&field.guard, &field.at("wh")).unwrap(), "a root stays");
    assert!(!remove_if_empty(&field.guard, &field.at("out")).unwrap(), "not ours");
}

#[test]
fn renames_as_hive_does() {
    let field = field();
    field.write("wh/a.db/t/f");
    let to = |from: &str, to: &str| rename(&field.guard, &field.at(from), &field.location(to));
    assert!(to("wh/a.db/t", "wh/b.db/u").unwrap());
    assert!(field.at("wh/b.db/u/f").exists() && !field.at("wh/a.db/t").exists());
    assert!(to("wh/a.db/t", "wh/c.db/v").unwrap_err().message.contains("does not exist"));
    assert!(!field.at("wh/c.db").exists());
    fs::create_dir_all(field.at("wh/c.db/v")).unwrap();
    assert!(to("wh/b.db/u", "wh/c.db/v").unwrap_err().message.contains("already exists"));
    assert!(to("wh/b.db/u", "wh/b.db/u").unwrap_err().message.contains("within"));
    assert!(to("wh/b.db/u", "wh/b.db/u/x/y").unwrap_err().message.contains("within"));
    assert!(!field.at("wh/b.db/u/x").exists());
    assert!(to("wh/b.db/u", "out/moved").unwrap());
    assert_eq!(field.delete("out/moved"), Removal::Deleted, "what we moved out of a root is still ours");
    field.write("out/theirs/f");
    assert!(!to("out/theirs", "wh/d.db/t").unwrap(), "what is not ours is not moved away");
    assert!(field.at("out/theirs/f").exists());
}
