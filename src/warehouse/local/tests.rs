use super::*;
use crate::warehouse::aside::{self, Way};
use crate::warehouse::config::FileScope;
use crate::warehouse::contents::{local_delete, local_files};
use crate::warehouse::deletion::Emptying;
use skep_core::PlaceKey;
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
    fn contents(&self, name: &str) -> Emptying {
        let files = local_files(&self.at(name)).unwrap().unwrap();
        Emptying { location: self.location(name), skip_trash: false, files }
    }
    fn write(&self, name: &str) {
        fs::create_dir_all(self.at(name).parent().unwrap()).unwrap();
        fs::write(self.at(name), name).unwrap();
    }
    fn trashed(&self, name: &str) -> PathBuf {
        self.at("home/.Trash/Current").join(self.at(name).strip_prefix("/").unwrap())
    }
}

/// A deletion as a task does it, each with a token of its own.
fn delete(guard: &Guard, trash: Option<&Trash>, path: &Path, now_millis: i64) -> Result<Removal> {
    let token = path.display().to_string().replace('/', "_");
    aside::delete(&Way { guard, trash, now_millis, token: &token, except: &[] }, path)
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
    assert_eq!(rename(&field.guard, &field.at("wh/link/theirs"), &field.location("wh/t")).unwrap(), Moved::Kept);
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
fn emptying_keeps_the_directory_and_what_came_since() {
    let field = field();
    for trash in [None, Some(&field.trash)] {
        for name in ["f", "p=1/f", "_SUCCESS", "again"] {
            field.write(&format!("wh/t/{name}"));
        }
        fs::set_permissions(field.at("wh/t"), fs::Permissions::from_mode(0o750)).unwrap();
        let emptying = field.contents("wh/t");
        assert_eq!(emptying.files.len(), 4);
        fs::remove_file(field.at("wh/t/again")).unwrap();
        field.write("wh/t/other");
        field.write("wh/t/again");
        for _ in 0..2 {
            local_delete(&emptying, trash, NOW).unwrap();
            let mut left: Vec<_> = fs::read_dir(field.at("wh/t")).unwrap().map(|e| e.unwrap().file_name()).collect();
            left.sort();
            assert_eq!(left, ["again", "other"]);
        }
        assert_eq!(fs::metadata(field.at("wh/t")).unwrap().permissions().mode() & 0o777, 0o750);
        for name in ["again", "other"] {
            fs::remove_file(field.at(&format!("wh/t/{name}"))).unwrap();
        }
    }
    assert!(field.trashed("wh/t/p=1/f").exists() && field.trashed("wh/t/_SUCCESS").exists());
}

#[test]
fn what_others_have_is_left_and_what_comes_later_too() {
    let field = field();
    for name in ["f", "sub/f", "theirs/f", "sub/deep/theirs/f", "sub/deep/f"] {
        field.write(&format!("wh/t/{name}"));
    }
    let except = ["wh/t/theirs", "wh/t/sub/deep/theirs"].map(|name| PlaceKey::of(&field.location(name)));
    let way = Way { guard: &field.guard, trash: None, now_millis: NOW, token: "1", except: &except };
    for _ in 0..2 {
        assert_eq!(aside::delete(&way, &field.at("wh/t")).unwrap(), Removal::Deleted);
        assert!(field.at("wh/t/theirs/f").exists() && field.at("wh/t/sub/deep/theirs/f").exists());
        assert!(!field.at("wh/t/f").exists() && !field.at("wh/t/sub/f").exists());
        assert!(!field.at("wh/t/sub/deep/f").exists());
    }
    // A deletion that was begun, and whose place is somebody's by the time it is repeated.
    let way = Way { except: &[], token: "2", ..way };
    field.write("wh/.skep-deleted-2/old");
    field.write("wh/u/new");
    assert_eq!(aside::delete(&way, &field.at("wh/u")).unwrap(), Removal::Deleted);
    assert!(field.at("wh/u/new").exists() && !field.at("wh/.skep-deleted-2").exists());
}

#[test]
fn what_was_moved_for_nothing_is_moved_back() {
    let field = field();
    field.write("wh/to/f");
    move_back(&field.at("wh/to"), &field.at("wh/from")).unwrap();
    assert!(field.at("wh/from/f").exists() && !field.at("wh/to").exists());
    // Somebody made the old place again meanwhile.
    field.write("wh/to/g");
    field.write("wh/to/p=1/h");
    fs::create_dir_all(field.at("wh/from/p=1")).unwrap();
    move_back(&field.at("wh/to"), &field.at("wh/from")).unwrap();
    for name in ["f", "g", "p=1/h"] {
        assert!(field.at(&format!("wh/from/{name}")).exists(), "{name}");
    }
    assert!(!field.at("wh/to").exists());
    move_back(&field.at("wh/to"), &field.at("wh/from")).unwrap();
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
    assert_eq!(to("wh/a.db/t", "wh/b.db/u").unwrap(), Moved::Moved);
    assert!(field.at("wh/b.db/u/f").exists() && !field.at("wh/a.db/t").exists());
    assert_eq!(to("wh/a.db/t", "wh/c.db/v").unwrap(), Moved::Missing);
    assert!(!field.at("wh/c.db").exists());
    fs::create_dir_all(field.at("wh/c.db/v")).unwrap();
    assert!(to("wh/b.db/u", "wh/c.db/v").unwrap_err().message.contains("already exists"));
    assert!(to("wh/b.db/u", "wh/b.db/u").unwrap_err().message.contains("within"));
    assert!(to("wh/b.db/u", "wh/b.db/u/x/y").unwrap_err().message.contains("within"));
    assert!(!field.at("wh/b.db/u/x").exists());
    assert_eq!(to("wh/b.db/u", "out/moved").unwrap(), Moved::Moved);
    assert_eq!(field.delete("out/moved"), Removal::Deleted, "what we moved out of a root is still ours");
    field.write("out/theirs/f");
    assert_eq!(to("out/theirs", "wh/d.db/t").unwrap(), Moved::Kept, "what is not ours is not moved away");
    assert!(field.at("out/theirs/f").exists());
}
