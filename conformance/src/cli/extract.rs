//! `extract`: writes the attachments of a packet into a folder.

use std::io;

use lienthong::packet::{AttachmentSink, ReceivedAttachment, ToFolder};

use super::check::open_and_read;
use super::failure::Failure;
use super::options::ExtractArguments;
use super::report::Report;
use super::{Exit, Session};

pub(super) fn run(
    arguments: &ExtractArguments,
    session: &mut Session<'_>,
) -> Result<Exit, Failure> {
    let (read, check) = arguments.rules.options(false, session)?;
    let path = &arguments.packet;
    // A wrong path of the packet must not leave an empty folder behind.
    if let Err(error) = path.metadata() {
        return Err(Failure::reading(path, &error));
    }
    let folder = ToFolder::new(&arguments.out)
        .map_err(|error| Failure::library(Exit::Usage, &arguments.out.to_string_lossy(), &error))?
        .keep_raw(arguments.raw);
    let mut sink = Watched {
        folder,
        failed: None,
    };
    let read = open_and_read(path, &read, &mut sink);
    if let Some(error) = &sink.failed {
        return Err(Failure::writing(&arguments.out, error));
    }
    Report::new(path, &read?, &check, sink.folder.files()).print(arguments.format, session)
}

/// The folder, and whether it was the one to fail: reading a packet ends with
/// the same kind of error whether the source or the target is at fault.
struct Watched {
    folder: ToFolder,
    failed: Option<io::Error>,
}

impl Watched {
    fn watch(&mut self, done: io::Result<()>) -> io::Result<()> {
        done.map_err(|error| {
            let kind = error.kind();
            self.failed = Some(error);
            kind.into()
        })
    }
}

impl AttachmentSink for Watched {
    fn start(&mut self, number: usize) -> io::Result<()> {
        let done = self.folder.start(number);
        self.watch(done)
    }

    fn raw(&mut self, bytes: &[u8]) -> io::Result<()> {
        let done = self.folder.raw(bytes);
        self.watch(done)
    }

    fn entry(&mut self, bytes: &[u8]) -> io::Result<()> {
        let done = self.folder.entry(bytes);
        self.watch(done)
    }

    fn finish(&mut self, attachment: &ReceivedAttachment) -> io::Result<()> {
        let done = self.folder.finish(attachment);
        self.watch(done)
    }
}
