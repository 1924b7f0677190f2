//! A SQLite file by several names is one store, and one server's.

use std::os::unix::fs::symlink;

use super::server::{Server, log_of};

#[test]
fn no_name_lets_a_second_server_in() {
    let parent = tempfile::tempdir().unwrap();
    let [first, second] = ["first", "second"].map(|name| {
        let folder = parent.path().join(name);
        std::fs::create_dir(&folder).unwrap();
        folder
    });
    let (file, link, hard) = (first.join("skep.db"), second.join("link.db"), second.join("hard.db"));
    symlink(&first, second.join("folder")).unwrap();
    symlink(&file, &link).unwrap();
    let mut server = Server::start(&first, &format!("sqlite:{}", file.display()));
    std::fs::hard_link(&file, &hard).unwrap();
    let names = [file.clone(), link.clone(), second.join("folder/skep.db"), hard.clone()];
    for name in &names {
        let before = log_of(&second).len();
        assert!(Server::start_with(&second, &format!("sqlite:{}", name.display()), &[]).is_err(), "{}", name.display());
        let log = log_of(&second).split_off(before);
        assert!(log.contains("another server uses"), "{}: {log}", name.display());
    }
    server.kill();
    // What the dead one wrote last is in a file beside, by the name that it had: by another it would be lost.
    assert!(Server::start_with(&second, &format!("sqlite:{}", hard.display()), &[]).is_err());
    assert!(log_of(&second).contains("2 names (hard links)"), "{}", log_of(&second));
    std::fs::remove_file(&hard).unwrap();
    Server::start(&second, &format!("sqlite:{}", link.display()));
}
