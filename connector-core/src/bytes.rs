//! Bytes at rest: kept to be read any number of times, or in a new file that appears whole.

use std::fmt;
use std::fs::File;
use std::io::{self, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::Path;
use std::sync::Arc;

use tempfile::{NamedTempFile, SpooledData, SpooledTempFile};

/// Bytes of a stream that stay in memory; what is longer goes to an unnamed file.
const IN_MEMORY: usize = 1 << 20;
/// Bytes written to a file at once.
const PIECE: usize = 256 << 10;

/// A place to write to, and to go back in.
pub trait WriteSeek: Write + Seek + Send {}

impl<T: Write + Seek + Send> WriteSeek for T {}

/// Bytes that can be read any number of times, by any number of threads.
///
/// What came as a stream lies in memory up to 1 MiB, else in a temporary file without a name,
/// which goes with its last reader.
#[derive(Clone)]
pub struct Kept(Place);

#[derive(Clone)]
enum Place {
    Memory(Arc<dyn AsRef<[u8]> + Send + Sync>),
    File(Arc<File>, u64),
}

impl Kept {
    /// Bytes that are in memory already, with whatever holds them there.
    pub fn held(bytes: impl AsRef<[u8]> + Send + Sync + 'static) -> Self {
        Kept(Place::Memory(Arc::new(bytes)))
    }

    /// Reads a source to its end, on this thread.
    ///
    /// # Errors
    /// Those of the source, and of the temporary file.
    pub fn all_of(source: &mut dyn Read) -> io::Result<Self> {
        Self::written(|place| io::copy(source, place))
    }

    /// What is written, when all of it is.
    ///
    /// # Errors
    /// Those of the writing, and of the temporary file.
    pub fn written<R, E: From<io::Error>>(
        write: impl FnOnce(&mut dyn WriteSeek) -> Result<R, E>,
    ) -> Result<Self, E> {
        let mut spool = SpooledTempFile::new(IN_MEMORY);
        write(&mut spool)?;
        Ok(match spool.into_inner() {
            SpooledData::InMemory(bytes) => Self::held(bytes.into_inner()),
            SpooledData::OnDisk(mut file) => {
                let length = file.seek(SeekFrom::End(0))?;
                Kept(Place::File(Arc::new(file), length))
            }
        })
    }

    /// How many they are.
    pub fn length(&self) -> u64 {
        match &self.0 {
            Place::Memory(bytes) => (**bytes).as_ref().len() as u64,
            Place::File(_, length) => *length,
        }
    }

    /// The bytes themselves, where they are in memory.
    pub fn in_memory(&self) -> Option<&[u8]> {
        match &self.0 {
            Place::Memory(bytes) => Some((**bytes).as_ref()),
            Place::File(..) => None,
        }
    }

    /// Reads from the start; each reader has a place of its own.
    pub fn reader(&self) -> KeptReader {
        KeptReader {
            kept: self.clone(),
            at: 0,
        }
    }
}

impl fmt::Debug for Kept {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Kept")
            .field("length", &self.length())
            .finish_non_exhaustive()
    }
}

/// Reads [`Kept`] bytes.
#[derive(Debug)]
pub struct KeptReader {
    kept: Kept,
    at: u64,
}

impl Read for KeptReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = match &self.kept.0 {
            Place::Memory(bytes) => {
                let at = usize::try_from(self.at).unwrap_or(usize::MAX);
                let mut rest = (**bytes).as_ref().get(at..).unwrap_or_default();
                rest.read(buffer)?
            }
            Place::File(file, _) => read_at(file, buffer, self.at)?,
        };
        self.at += count as u64;
        Ok(count)
    }
}

/// Not by the file's own place, which all readers share.
fn read_at(file: &File, buffer: &mut [u8], at: u64) -> io::Result<usize> {
    #[cfg(unix)]
    return std::os::unix::fs::FileExt::read_at(file, buffer, at);
    #[cfg(windows)]
    return std::os::windows::fs::FileExt::seek_read(file, buffer, at);
}

impl Seek for KeptReader {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let (base, offset) = match to {
            SeekFrom::Start(at) => (at, 0),
            SeekFrom::Current(offset) => (self.at, offset),
            SeekFrom::End(offset) => (self.kept.length(), offset),
        };
        self.at = base
            .checked_add_signed(offset)
            .ok_or(io::ErrorKind::InvalidInput)?;
        Ok(self.at)
    }
}

/// Writes a file that appears under its name when it is whole, or not at all.
///
/// One that is there already gives way only where that is wanted.
///
/// # Errors
/// Those of the writing, and of the file: there is one already, its folder is missing or full.
pub fn new_file<R, E: From<io::Error>>(
    path: &Path,
    overwrite: bool,
    write: impl FnOnce(&mut dyn WriteSeek) -> Result<R, E>,
) -> Result<R, E> {
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let mut file = part_in(folder)?;
    let done = write(&mut file)?;
    let file = file.into_inner().map_err(io::IntoInnerError::into_error)?;
    let named = match overwrite {
        true => file.persist(path),
        false => file.persist_noclobber(path),
    };
    named.map_err(|error| error.error)?;
    Ok(done)
}

/// A file that is on its way to its name, written in large pieces; it vanishes unless it gets there.
pub(crate) type Part = BufWriter<NamedTempFile>;

pub(crate) fn part_in(folder: &Path) -> io::Result<Part> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".lienthong-").suffix(".part");
    // The rights of any new file, as the process's mask leaves them: the clerk who is to open it
    // is seldom the one who runs the connector.
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    let file = builder.tempfile_in(folder)?;
    Ok(BufWriter::with_capacity(PIECE, file))
}

#[cfg(test)]
#[allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that fails may stop"
)]
mod tests {
    use std::fs;

    use super::*;

    fn pattern(length: usize) -> Vec<u8> {
        (0..length).map(|index| (index % 251) as u8).collect()
    }

    fn all(mut reader: KeptReader) -> Vec<u8> {
        let mut bytes = Vec::new();
        reader.read_to_end(&mut bytes).unwrap();
        bytes
    }

    #[test]
    fn what_is_longer_than_a_mebibyte_does_not_stay_in_memory() {
        for (length, stays) in [(0, true), (1 << 20, true), ((1 << 20) + 1, false)] {
            let bytes = pattern(length);
            let kept = Kept::all_of(&mut bytes.as_slice()).unwrap();
            assert_eq!(kept.in_memory().is_some(), stays, "{length}");
            assert_eq!(kept.length(), length as u64);
            assert!(all(kept.reader()) == bytes, "{length}");
        }
    }

    #[test]
    fn each_reader_has_a_place_of_its_own() {
        for length in [1000, 2 << 20] {
            let bytes = pattern(length);
            let kept = Kept::all_of(&mut bytes.as_slice()).unwrap();
            let mut first = kept.reader();
            first.read_exact(&mut [0; 400]).unwrap();
            assert!(all(kept.reader()) == bytes, "{length}");
            assert!(all(first) == bytes[400..], "{length}");
        }
    }

    #[test]
    fn bytes_outlive_what_was_kept_as_long_as_somebody_reads() {
        let bytes = pattern(2 << 20);
        let reader = Kept::all_of(&mut bytes.as_slice()).unwrap().reader();
        assert!(all(reader) == bytes);
    }

    #[test]
    fn a_reader_goes_anywhere_but_before_the_start() {
        for length in [1000, 2 << 20] {
            let bytes = pattern(length);
            let mut reader = Kept::all_of(&mut bytes.as_slice()).unwrap().reader();
            assert_eq!(reader.seek(SeekFrom::End(-10)).unwrap(), length as u64 - 10);
            assert_eq!(
                reader.seek(SeekFrom::Current(4)).unwrap(),
                length as u64 - 6
            );
            let mut rest = Vec::new();
            reader.read_to_end(&mut rest).unwrap();
            assert_eq!(rest, bytes[length - 6..]);
            reader.seek(SeekFrom::Start(u64::MAX)).unwrap();
            assert!(reader.seek(SeekFrom::Current(1)).is_err());
            reader.seek(SeekFrom::End(100)).unwrap();
            assert_eq!(reader.read(&mut [0; 8]).unwrap(), 0);
            assert!(reader.seek(SeekFrom::Current(-3 << 20)).is_err());
        }
    }

    #[test]
    fn what_is_held_is_read_where_it_is() {
        let bytes: Arc<[u8]> = pattern(2 << 20).into();
        let kept = Kept::held(Arc::clone(&bytes));
        assert!(std::ptr::eq(kept.in_memory().unwrap(), &*bytes));
        assert!(all(kept.reader()) == *bytes);
    }

    #[test]
    fn a_writer_may_go_back_and_change_what_it_wrote() {
        for length in [1000, 2 << 20] {
            let kept = Kept::written(|place| {
                place.write_all(&pattern(length))?;
                place.seek(SeekFrom::Start(1))?;
                place.write_all(&[255, 255])
            });
            let mut expected = pattern(length);
            expected[1..3].fill(255);
            assert!(all(kept.unwrap().reader()) == expected, "{length}");
        }
    }

    #[test]
    fn a_writer_that_fails_gives_its_own_failure() {
        let kept = Kept::written(|place| {
            place.write_all(b"half")?;
            Err::<(), _>(io::Error::other("stopped"))
        });
        assert_eq!(kept.unwrap_err().to_string(), "stopped");
    }

    #[test]
    fn nothing_of_the_bytes_is_shown() {
        let kept = Kept::held(b"mat khau".to_vec());
        assert_eq!(format!("{kept:?}"), "Kept { length: 8, .. }");
    }

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).unwrap();
        entries
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect()
    }

    #[test]
    fn a_new_file_has_its_name_only_when_it_is_whole() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("van-ban.edxml");
        let written: io::Result<usize> = new_file(&path, false, |file| {
            file.write_all(b"half")?;
            file.flush()?;
            assert!(!path.exists());
            assert_eq!(names(folder.path()).len(), 1);
            file.write_all(b" and half")?;
            Ok(13)
        });
        assert_eq!(written.unwrap(), 13);
        assert_eq!(fs::read(&path).unwrap(), b"half and half");
        assert_eq!(names(folder.path()), ["van-ban.edxml"]);
    }

    #[test]
    fn a_file_whose_writing_fails_leaves_nothing_behind() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("van-ban.edxml");
        let written: io::Result<()> = new_file(&path, true, |file| {
            file.write_all(b"half")?;
            file.flush()?;
            Err(io::Error::other("stopped"))
        });
        assert_eq!(written.unwrap_err().to_string(), "stopped");
        assert!(names(folder.path()).is_empty());
    }

    #[test]
    fn a_file_that_is_there_gives_way_only_where_that_is_wanted() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("van-ban.edxml");
        fs::write(&path, b"old").unwrap();
        let refused = new_file(&path, false, |file| file.write_all(b"new"));
        assert_eq!(refused.unwrap_err().kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(fs::read(&path).unwrap(), b"old");
        new_file(&path, true, |file| file.write_all(b"new")).unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"new");
        assert_eq!(names(folder.path()), ["van-ban.edxml"]);
    }

    #[cfg(unix)]
    #[test]
    fn a_new_file_has_the_rights_of_any_other() {
        use std::os::unix::fs::PermissionsExt;

        let folder = tempfile::tempdir().unwrap();
        let mode = |name: &str| {
            let metadata = fs::metadata(folder.path().join(name)).unwrap();
            metadata.permissions().mode() & 0o777
        };
        fs::write(folder.path().join("any"), b"").unwrap();
        let written: io::Result<()> = new_file(&folder.path().join("new"), false, |_| Ok(()));
        written.unwrap();
        assert_eq!(mode("new"), mode("any"));
    }
}
