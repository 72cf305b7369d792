//! The recorder (`recorder.c`): how it is built and loaded, and its log read.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

/// The recorder's library, built once.
pub(crate) fn library() -> &'static Path {
    static LIBRARY: OnceLock<PathBuf> = OnceLock::new();
    LIBRARY.get_or_init(|| {
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/power/recorder.c");
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
        let library = folder.join("recorder.so");
        let passing = folder.join(format!("recorder-{}.so", std::process::id()));
        let built = Command::new(std::env::var("CC").unwrap_or_else(|_| "cc".to_owned()))
            .args(["-std=gnu11", "-Wall", "-Wextra", "-Werror", "-O1"])
            .args(["-shared", "-fPIC", "-U_FORTIFY_SOURCE", "-o"])
            .args([&passing, &source])
            .status();
        assert!(built.unwrap().success(), "the recorder does not compile");
        // Another run may be using the one that is there.
        fs::rename(passing, &library).unwrap();
        library
    })
}

/// What happened, in order.
#[derive(Debug)]
pub(crate) struct Record {
    pub(crate) process: i32,
    pub(crate) what: What,
}

/// File descriptors are those of the process.
#[derive(Debug)]
pub(crate) enum What {
    Start,
    Open {
        file: i32,
        path: PathBuf,
        create: bool,
        truncate: bool,
    },
    Write {
        file: i32,
        at: usize,
        bytes: Vec<u8>,
    },
    Truncate {
        file: i32,
        length: usize,
    },
    Allocate {
        file: i32,
        end: usize,
    },
    Sync {
        file: i32,
    },
    Close {
        file: i32,
    },
    Rename(PathBuf, PathBuf),
    Link(PathBuf, PathBuf),
    Unlink(PathBuf),
    MakeFolder(PathBuf),
    RemoveFolder(PathBuf),
    /// Left by standard output.
    Output(Vec<u8>),
    /// Left by a socket.
    Network {
        file: i32,
        bytes: Vec<u8>,
    },
}

/// The bytes before the data of a record.
const HEAD: usize = 32;

/// Reads a log. The last record may be cut short where the process was killed.
pub(crate) fn read_log(path: &Path) -> Vec<Record> {
    let bytes = fs::read(path).unwrap_or_default();
    let mut rest = &bytes[..];
    let mut records = Vec::new();
    while rest.len() >= HEAD {
        let number = |at: usize| i32::from_ne_bytes(rest[at..at + 4].try_into().unwrap());
        let long = |at: usize| i64::from_ne_bytes(rest[at..at + 8].try_into().unwrap());
        let length = usize::try_from(number(0)).unwrap();
        if rest.len() < HEAD + length {
            break;
        }
        let data = rest[HEAD..HEAD + length].to_vec();
        let (kind, process, file) = (number(4), number(8), number(12));
        let (a, b) = (long(16), long(24));
        let size = |value: i64| usize::try_from(value).unwrap();
        let one = |data: Vec<u8>| PathBuf::from(String::from_utf8(data).unwrap());
        let two = |data: Vec<u8>| {
            let text = String::from_utf8(data).unwrap();
            let (from, to) = text.split_once('\0').unwrap();
            (PathBuf::from(from), PathBuf::from(to))
        };
        let what = match kind {
            0 => What::Start,
            1 => What::Open {
                file,
                path: one(data),
                create: a != 0,
                truncate: b != 0,
            },
            2 => What::Write {
                file,
                at: size(a),
                bytes: data,
            },
            3 => What::Truncate {
                file,
                length: size(a),
            },
            4 => What::Allocate {
                file,
                end: size(a + b),
            },
            5 => What::Sync { file },
            6 => What::Close { file },
            7 => {
                let (from, to) = two(data);
                What::Rename(from, to)
            }
            8 => {
                let (from, to) = two(data);
                What::Link(from, to)
            }
            9 => What::Unlink(one(data)),
            10 => What::MakeFolder(one(data)),
            11 => What::RemoveFolder(one(data)),
            12 => What::Output(data),
            13 => What::Network { file, bytes: data },
            _ => panic!(
                "the recorder cannot follow {} on {file}",
                String::from_utf8_lossy(&data)
            ),
        };
        records.push(Record { process, what });
        rest = &rest[HEAD + length..];
    }
    records
}
