//! A directory of checked files, for what is expensive to make and good to have again.
//!
//! A directory is used when it is one, no symbolic link, belongs to who uses it (or, where it
//! is only read, to root) and nobody else can write to it; that is asked of the open
//! directory at each use, and files are opened relative to it, so nobody can put another one
//! in its place. A file is used when it is a plain one of the same owner that nobody else can
//! write to, and holds what was written under its name (`seal.rs`): it is read whole before
//! anybody sees a part of it. Files are written beside and renamed, so readers see a whole
//! one or none, whoever else writes and whenever a writer is killed.
//!
//! The size is bounded: now and then a writer removes what wasn't used for longest. Errors
//! are no matter: what can't be read isn't there, and what can't be written isn't kept. This
//! crate doesn't know what the files are.

mod seal;

pub use seal::{HEAD, digest_of, seal, unseal};

use rustix::fd::{AsFd, BorrowedFd, IntoRawFd, OwnedFd};
use rustix::fs::{self, AtFlags, FileType, Mode, OFlags, Stat, Timespec, Timestamps};
use rustix::io::Errno;
use std::fs::File;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Largest file that is read or written.
const LARGEST: u64 = 64 << 20;
/// How old the time of a file's last use may be before it is set anew.
const TOUCHED: u64 = 600;
/// How old the remains of a writer that was killed become.
const ABANDONED: u64 = 3600;
/// Beginning of the names of files that are being written.
const UNFINISHED: &str = "tmp-";

/// Why a directory isn't used.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Refused {
    /// It isn't there, or can't be made: nobody has to know.
    Absent(String),
    /// It is there and must not be used: somebody should know.
    Unsafe(String),
}

/// What a directory is for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Use {
    /// Reading and writing; it is made where it isn't there.
    Own,
    /// Reading alone; it may be root's.
    Layer,
}

/// An open directory.
#[derive(Debug)]
pub struct Store {
    /// Always there until it is dropped.
    directory: Option<OwnedFd>,
    /// Which file that is: other code of the process may have closed the descriptor.
    identity: (u64, u64),
    path: PathBuf,
    purpose: Use,
    most: u64,
    /// Bytes written since the size was last looked at.
    written: AtomicU64,
}

/// A file in a store.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Entry {
    /// Its name.
    pub name: String,
    /// Bytes.
    pub size: u64,
    /// When it was last used, in seconds.
    pub used: u64,
}

impl Store {
    /// Opens a directory that holds so many bytes at most.
    ///
    /// # Errors
    ///
    /// Why it isn't used.
    pub fn open(path: &Path, purpose: Use, most: u64) -> Result<Store, Refused> {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let mut opened = fs::open(path, flags, Mode::empty());
        if purpose == Use::Own && matches!(opened, Err(Errno::NOENT)) {
            make(path);
            opened = fs::open(path, flags, Mode::empty());
        }
        let shown = path.display();
        let directory = opened.map_err(|error| match error {
            Errno::LOOP => Refused::Unsafe(format!("{shown} is a symbolic link")),
            // Of a symbolic link systems say the one or the other.
            Errno::NOTDIR if fs::lstat(path).is_ok_and(|s| kind(&s) == FileType::Symlink) => {
                Refused::Unsafe(format!("{shown} is a symbolic link"))
            }
            Errno::NOTDIR if fs::lstat(path).is_ok() => {
                Refused::Unsafe(format!("{shown} is no directory"))
            }
            other => Refused::Absent(format!("{shown}: {other}")),
        })?;
        let stat =
            fs::fstat(&directory).map_err(|error| Refused::Absent(format!("{shown}: {error}")))?;
        if let Err(why) = safe(&stat, purpose) {
            return Err(Refused::Unsafe(format!("{shown} {why}")));
        }
        let identity = identity(&stat);
        let (path, written) = (path.to_owned(), AtomicU64::new(0));
        Ok(Store { directory: Some(directory), identity, path, purpose, most, written })
    }

    fn directory(&self) -> BorrowedFd<'_> {
        self.directory.as_ref().expect("only dropping takes it").as_fd()
    }

    /// Where it is, or was when it was opened.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// How many bytes it holds at most.
    pub fn most(&self) -> u64 {
        self.most
    }

    /// Whether it can still be used.
    ///
    /// # Errors
    ///
    /// Why it can't.
    pub fn check(&self) -> Result<(), Refused> {
        let shown = self.path.display();
        let stat = fs::fstat(self.directory())
            .map_err(|error| Refused::Absent(format!("{shown}: {error}")))?;
        if identity(&stat) != self.identity {
            return Err(Refused::Absent(format!("{shown} was closed")));
        }
        safe(&stat, self.purpose).map_err(|why| Refused::Unsafe(format!("{shown} {why}")))?;
        match stat.st_nlink {
            0 => Err(Refused::Absent(format!("{shown} was removed"))),
            _ => Ok(()),
        }
    }

    /// The content of a file.
    pub fn get(&self, name: &str) -> Option<Vec<u8>> {
        self.check().ok()?;
        // A pipe would wait for its writer.
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
        let file = fs::openat(self.directory(), name, flags, Mode::empty()).ok()?;
        let stat = fs::fstat(&file).ok()?;
        let size = u64::try_from(stat.st_size).ok().filter(|&size| size <= LARGEST)?;
        if kind(&stat) != FileType::RegularFile || safe(&stat, self.purpose).is_err() {
            return None;
        }
        self.touch(&file, &stat);
        let mut content = Vec::with_capacity(usize::try_from(size).ok()? + 1);
        File::from(file).take(LARGEST).read_to_end(&mut content).ok()?;
        unseal(name, &content)?;
        content.drain(..HEAD);
        Some(content)
    }

    /// Notes that a file was used.
    fn touch(&self, file: &OwnedFd, stat: &Stat) {
        let used = u64::try_from(stat.st_mtime).unwrap_or(0);
        if self.purpose == Use::Own && now().abs_diff(used) > TOUCHED {
            let now = Timespec { tv_sec: now().try_into().unwrap_or(0), tv_nsec: 0 };
            let _ = fs::futimens(file, &Timestamps { last_access: now, last_modification: now });
        }
    }

    /// Writes a file, in place of another one if there is; whether that was possible.
    pub fn put(&self, name: &str, content: &[u8]) -> bool {
        self.put_file(name, &seal(name, content))
    }

    /// As [`Store::put`], of a file as [`seal`] made it.
    pub fn put_file(&self, name: &str, file: &[u8]) -> bool {
        let size = file.len() as u64;
        if self.purpose != Use::Own || size > LARGEST.min(self.most / 4) || self.check().is_err() {
            return false;
        }
        let done = self.write(name, file).is_some();
        if done {
            let written = self.written.fetch_add(size, Ordering::Relaxed) + size;
            // Short processes write little each: so it is also looked at now and then.
            let seldom = blake3::hash(&file[..HEAD.min(file.len())]).as_bytes()[0] < 8;
            if written > self.most / 32 || seldom {
                self.written.store(0, Ordering::Relaxed);
                self.trim();
            }
        }
        done
    }

    fn write(&self, name: &str, file: &[u8]) -> Option<()> {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let unfinished =
            format!("{UNFINISHED}{}-{number}-{:x}", std::process::id(), since.subsec_nanos());
        let flags =
            OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let mode = Mode::RUSR | Mode::WUSR;
        let mut out = File::from(fs::openat(self.directory(), &*unfinished, flags, mode).ok()?);
        let written = out.write_all(file);
        drop(out);
        let renamed = match written {
            Ok(()) => fs::renameat(self.directory(), &*unfinished, self.directory(), name).ok(),
            Err(_) => None,
        };
        if renamed.is_none() {
            let _ = fs::unlinkat(self.directory(), &*unfinished, AtFlags::empty());
        }
        renamed
    }

    /// Removes a file.
    pub fn remove(&self, name: &str) -> bool {
        self.check().is_ok() && fs::unlinkat(self.directory(), name, AtFlags::empty()).is_ok()
    }

    /// The bytes of a file as [`seal`] made it, if they are whole.
    pub fn file(&self, name: &str) -> Option<Vec<u8>> {
        self.get(name).map(|content| seal(name, &content))
    }

    /// All files.
    pub fn entries(&self) -> Vec<Entry> {
        self.all().into_iter().filter(|entry| !entry.name.starts_with(UNFINISHED)).collect()
    }

    fn all(&self) -> Vec<Entry> {
        if self.check().is_err() {
            return Vec::new();
        }
        let Ok(listed) = fs::Dir::read_from(self.directory()) else { return Vec::new() };
        let names =
            listed.filter_map(|entry| entry.ok()?.file_name().to_str().ok().map(str::to_owned));
        names
            .filter_map(|name| {
                let stat = fs::statat(self.directory(), &*name, AtFlags::SYMLINK_NOFOLLOW).ok()?;
                let plain = kind(&stat) == FileType::RegularFile;
                let size = u64::try_from(stat.st_size).ok()?;
                let used = u64::try_from(stat.st_mtime).unwrap_or(0);
                plain.then_some(Entry { name, size, used })
            })
            .collect()
    }

    /// Removes what wasn't used for longest until a quarter of the room is free, if there is
    /// more than there may be, and what killed writers have left.
    pub fn trim(&self) {
        let mut all = self.all();
        let old = now().saturating_sub(ABANDONED);
        all.retain(|entry| {
            let abandoned = entry.name.starts_with(UNFINISHED) && entry.used < old;
            !(abandoned && self.remove(&entry.name))
        });
        let mut total: u64 = all.iter().map(|entry| entry.size).sum();
        if total <= self.most {
            return;
        }
        all.sort_by_key(|entry| entry.used);
        for entry in all.iter().filter(|entry| !entry.name.starts_with(UNFINISHED)) {
            if total <= self.most / 4 * 3 {
                return;
            }
            if self.remove(&entry.name) {
                total -= entry.size;
            }
        }
    }
}

impl Drop for Store {
    fn drop(&mut self) {
        let Some(directory) = self.directory.take() else { return };
        // A descriptor that other code has closed, and that is another file's by now, is
        // not this one's to close.
        if !fs::fstat(&directory).is_ok_and(|stat| identity(&stat) == self.identity) {
            let _ = directory.into_raw_fd();
        }
    }
}

/// Makes a directory that is the user's alone, and what leads to it.
fn make(path: &Path) {
    use std::os::unix::fs::DirBuilderExt;
    if let Some(parent) = path.parent() {
        let _ = std::fs::DirBuilder::new().recursive(true).mode(0o700).create(parent);
    }
    let _ = std::fs::DirBuilder::new().mode(0o700).create(path);
}

fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO).as_secs()
}

fn kind(stat: &Stat) -> FileType {
    FileType::from_raw_mode(stat.st_mode)
}

fn identity(stat: &Stat) -> (u64, u64) {
    (stat.st_dev, stat.st_ino)
}

/// Whether a directory or file is safe from others; a part of a sentence why not.
fn safe(stat: &Stat, purpose: Use) -> Result<(), &'static str> {
    let user = rustix::process::geteuid().as_raw();
    let owned = stat.st_uid == user || purpose == Use::Layer && stat.st_uid == 0;
    if !owned {
        return Err("belongs to another user");
    }
    match stat.st_mode & 0o022 {
        0 => Ok(()),
        _ => Err("can be written to by others"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::{PermissionsExt, symlink};

    struct Folder(PathBuf);

    impl Folder {
        fn new(name: &str) -> Folder {
            let name = format!("cumbia-store-{}-{name}", std::process::id());
            let path = std::env::temp_dir().join(name);
            let _ = std::fs::remove_dir_all(&path);
            Folder(path)
        }

        fn open(&self, most: u64) -> Store {
            Store::open(&self.0, Use::Own, most).expect("a directory of one's own")
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            let _ = std::fs::remove_dir_all(&self.0);
        }
    }

    #[test]
    fn what_is_put_is_got() {
        let folder = Folder::new("put");
        let store = folder.open(1 << 20);
        assert_eq!(store.get("one"), None);
        assert!(store.put("one", b"first"));
        assert!(store.put("one", b"second"));
        assert_eq!(store.get("one").as_deref(), Some(&b"second"[..]));
        assert_eq!(store.entries().len(), 1);
        assert!(store.remove("one"));
        assert_eq!(store.get("one"), None);
    }

    #[test]
    fn layers_are_only_read() {
        let folder = Folder::new("layer");
        assert!(folder.open(1 << 20).put("one", b"first"));
        let layer = Store::open(&folder.0, Use::Layer, 1 << 20).expect("it is there");
        assert_eq!(layer.get("one").as_deref(), Some(&b"first"[..]));
        assert!(!layer.put("two", b"second"));
        let absent = Store::open(&folder.0.join("no"), Use::Layer, 0);
        assert!(matches!(absent, Err(Refused::Absent(_))));
    }

    #[test]
    fn what_others_can_write_to_is_refused() {
        let folder = Folder::new("modes");
        let store = folder.open(1 << 20);
        assert!(store.put("one", b"first"));
        for mode in [0o777, 0o770, 0o702] {
            let set = |mode| std::fs::set_permissions(&folder.0, PermissionsExt::from_mode(mode));
            set(mode).expect("it is ours");
            assert!(matches!(store.check(), Err(Refused::Unsafe(_))));
            assert_eq!(store.get("one"), None);
            assert!(!store.put("one", b"second"));
            assert!(matches!(Store::open(&folder.0, Use::Own, 0), Err(Refused::Unsafe(_))));
            set(0o700).expect("it is ours");
        }
        assert_eq!(store.get("one").as_deref(), Some(&b"first"[..]));
    }

    #[test]
    fn links_and_other_files_are_refused() {
        let folder = Folder::new("links");
        assert!(folder.open(1 << 20).put("one", b"first"));
        let link = folder.0.join("link");
        symlink(&folder.0, &link).expect("a link");
        for path in [link, folder.0.join("one")] {
            assert!(matches!(Store::open(&path, Use::Own, 0), Err(Refused::Unsafe(_))));
        }
        symlink(folder.0.join("one"), folder.0.join("two")).expect("a link");
        assert_eq!(folder.open(1 << 20).get("two"), None);
    }

    #[test]
    fn what_was_used_last_stays() {
        let folder = Folder::new("trim");
        let store = folder.open(100_000);
        for number in 0..20_u8 {
            assert!(store.put(&format!("{number}"), &vec![number; 10_000]));
            let time = std::fs::File::open(folder.0.join(format!("{number}")));
            let when = UNIX_EPOCH + Duration::from_secs(1000 + u64::from(number));
            if let Ok(file) = time {
                file.set_modified(when).expect("it is ours");
            }
        }
        store.trim();
        let total: u64 = store.entries().iter().map(|entry| entry.size).sum();
        assert!((40_000..=100_000).contains(&total), "{total}");
        assert!(store.get("19").is_some());
        assert!(store.get("0").is_none());
        // One that is used becomes young.
        let oldest = store.entries().into_iter().min_by_key(|entry| entry.used).expect("some");
        assert!(store.get(&oldest.name).is_some());
        let used = store.entries().into_iter().find(|entry| entry.name == oldest.name);
        assert!(used.expect("it is there").used > oldest.used + 1000);
    }

    #[test]
    fn a_directory_that_is_gone() {
        let folder = Folder::new("gone");
        let store = folder.open(1 << 20);
        std::fs::remove_dir_all(&folder.0).expect("it is ours");
        assert!(matches!(store.check(), Err(Refused::Absent(_))));
        assert!(!store.put("one", b"first"));
        assert_eq!(store.get("one"), None);
        assert!(store.entries().is_empty());
    }
}
