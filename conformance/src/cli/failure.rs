//! Why a command could not be carried out, in both languages.

use std::io;
use std::path::Path;

use lienthong::{Error, Language};

use super::Exit;

/// A failure: what it is about, why, and what to do next.
#[derive(Debug)]
pub(super) struct Failure {
    pub(super) exit: Exit,
    english: String,
    vietnamese: String,
    closed_pipe: bool,
}

impl Failure {
    pub(super) fn new(
        exit: Exit,
        english: impl Into<String>,
        vietnamese: impl Into<String>,
    ) -> Self {
        Failure {
            exit,
            english: english.into(),
            vietnamese: vietnamese.into(),
            closed_pipe: false,
        }
    }

    /// A file that cannot be opened or read.
    pub(super) fn reading(path: &Path, error: &io::Error) -> Self {
        let (english, vietnamese) = cause(error);
        let path = path.display();
        Self::new(
            Exit::Usage,
            format!("{path}: cannot be read: {english}."),
            format!("{path}: không đọc được: {vietnamese}."),
        )
    }

    /// A file that cannot be written.
    pub(super) fn writing(path: &Path, error: &io::Error) -> Self {
        let (english, vietnamese) = cause(error);
        let path = path.display();
        Self::new(
            Exit::Usage,
            format!("{path}: cannot be written: {english}."),
            format!("{path}: không ghi được: {vietnamese}."),
        )
    }

    /// Standard output that cannot be written.
    pub(super) fn output(error: io::Error) -> Self {
        let closed_pipe = error.kind() == io::ErrorKind::BrokenPipe;
        Failure {
            closed_pipe,
            ..Self::writing(Path::new("standard output"), &error)
        }
    }

    /// An error of the library, about a file.
    pub(super) fn library(exit: Exit, about: &str, error: &Error) -> Self {
        Self::new(
            exit,
            format!("{about}: {}", error.message(Language::English)),
            format!("{about}: {}", error.message(Language::Vietnamese)),
        )
    }

    /// The same, about one of several things.
    pub(super) fn about(self, what: &str) -> Self {
        Failure {
            english: format!("{what}: {}", self.english),
            vietnamese: format!("{what}: {}", self.vietnamese),
            ..self
        }
    }

    pub(super) fn message(&self, language: Language) -> &str {
        match language {
            Language::English => &self.english,
            Language::Vietnamese => &self.vietnamese,
        }
    }

    pub(super) fn is_closed_pipe(&self) -> bool {
        self.closed_pipe
    }
}

/// The usual causes in words, with the next step; others as the system says.
fn cause(error: &io::Error) -> (String, String) {
    let known = match error.kind() {
        io::ErrorKind::NotFound => (
            "there is no such file or folder; check the path",
            "không có tệp hoặc thư mục này; kiểm tra đường dẫn",
        ),
        io::ErrorKind::PermissionDenied => (
            "access is denied; check the rights",
            "bị từ chối truy cập; kiểm tra quyền",
        ),
        io::ErrorKind::IsADirectory => (
            "it is a folder; name a file",
            "đây là thư mục; cần nêu tên tệp",
        ),
        io::ErrorKind::NotADirectory => (
            "a part of the path is no folder; check the path",
            "một phần của đường dẫn không phải thư mục; kiểm tra đường dẫn",
        ),
        io::ErrorKind::AlreadyExists => (
            "a file of this name is there already; choose another name",
            "đã có tệp cùng tên; chọn tên khác",
        ),
        io::ErrorKind::StorageFull => (
            "there is no space left; free some",
            "hết dung lượng trống; cần giải phóng bớt",
        ),
        _ => {
            let words = error.to_string();
            return (words.clone(), words);
        }
    };
    (known.0.to_owned(), known.1.to_owned())
}
