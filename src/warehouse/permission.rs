//! Who may write where: users of the operating system by name, and the check of permission bits that
//! `metastore.authorization.storage.checks` asks for.

use super::guard::is_missing;
use std::ffi::OsStr;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

/// A user as the operating system knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Account {
    pub(super) uid: u32,
    /// The primary group comes first.
    pub(super) gids: Vec<u32>,
}

impl Account {
    /// The account of that name, if there is one.
    pub(super) fn by_name(name: &str) -> Option<Self> {
        if name.is_empty() || name.contains('\0') {
            return None;
        }
        let user = uzers::get_user_by_name(OsStr::new(name))?;
        let mut gids = vec![user.primary_group_id()];
        let others = uzers::get_user_groups(OsStr::new(name), user.primary_group_id()).unwrap_or_default();
        gids.extend(others.iter().map(uzers::Group::gid));
        Some(Self { uid: user.uid(), gids })
    }

    /// The account of this process.
    pub(super) fn of_process() -> Self {
        let mut gids = vec![uzers::get_effective_gid()];
        gids.extend(uzers::group_access_list().unwrap_or_default().iter().map(uzers::Group::gid));
        Self { uid: uzers::get_effective_uid(), gids }
    }
}

/// Whether the bits let `account` write: the owner's bits for the owner, else the group's for its members, else the
/// others'. A user that the operating system does not know (none) is one of the others. As in Hive, the
/// bits bind root too: they say what an administrator wants, not what the system would let pass.
pub(super) fn bits_allow_write(mode: u32, uid: u32, gid: u32, account: Option<&Account>) -> bool {
    match account {
        Some(account) if account.uid == uid => mode & 0o200 != 0,
        Some(account) if account.gids.contains(&gid) => mode & 0o020 != 0,
        _ => mode & 0o002 != 0,
    }
}

/// Whether `user` (none: this process) may write at `path`. What does not exist forbids nothing; what cannot be looked
/// at is forbidden: HMS's `Warehouse.isWritable`.
pub(super) fn is_writable(path: &Path, user: Option<&str>) -> bool {
    match std::fs::metadata(path) {
        Ok(found) => {
            let account = user.map_or_else(|| Some(Account::of_process()), Account::by_name);
            bits_allow_write(found.mode(), found.uid(), found.gid(), account.as_ref())
        }
        Err(e) => is_missing(&e),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs::{Permissions, set_permissions};
    use std::os::unix::fs::PermissionsExt;

    fn account(uid: u32, gids: &[u32]) -> Account {
        Account { uid, gids: gids.to_vec() }
    }

    #[test]
    fn owner_then_group_then_others() {
        let (ann, bob, eve) = (account(10, &[10, 50]), account(11, &[11, 50]), account(12, &[12]));
        let may = |mode, who: &Account| bits_allow_write(mode, 10, 50, Some(who));
        assert!(may(0o755, &ann) && !may(0o755, &bob) && !may(0o755, &eve));
        assert!(may(0o775, &bob) && !may(0o775, &eve));
        assert!(may(0o757, &eve));
        // the first class that fits decides, even when a later one would allow
        assert!(!may(0o577, &ann) && !may(0o757, &bob));
        assert!(!may(0o000, &account(0, &[0])));
        assert!(!bits_allow_write(0o775, 10, 50, None) && bits_allow_write(0o777, 10, 50, None));
    }

    #[test]
    fn unknown_users_have_the_bits_of_others() {
        let dir = tempfile::tempdir().unwrap();
        for (mode, may) in [(0o755, false), (0o777, true)] {
            set_permissions(dir.path(), Permissions::from_mode(mode)).unwrap();
            assert_eq!(is_writable(dir.path(), Some("no-such-user-here")), may);
            assert_eq!(is_writable(dir.path(), Some("a\0b")), may);
            assert!(is_writable(dir.path(), None));
        }
        assert!(is_writable(&dir.path().join("none"), Some("no-such-user-here")));
    }

    #[test]
    fn root_is_known() {
        let root = Account::by_name("root").unwrap();
        assert_eq!(root.uid, 0);
        assert_eq!(Account::by_name("no-such-user-here"), None);
    }
}
