//! `check`: reads packets and says what is odd or wrong with them.

use std::fs::File;
use std::path::Path;

use lienthong::FindingCode;
use lienthong::packet::{AttachmentSink, Discard, Packet, ReadOptions, read_packet};

use super::failure::Failure;
use super::options::{CheckArguments, Format};
use super::report::Report;
use super::{Exit, Session, json, text};

pub(super) fn run(arguments: &CheckArguments, session: &mut Session<'_>) -> Result<Exit, Failure> {
    if arguments.codes {
        match arguments.format {
            Format::Text => text::codes(FindingCode::ALL, session)?,
            Format::Json => json::codes(FindingCode::ALL, session)?,
        }
        return Ok(Exit::Clean);
    }
    let (read, check) = arguments.rules.options(arguments.sending, session)?;
    let mut worst = Exit::Clean;
    for path in &arguments.packets {
        let exit = match open_and_read(path, &read, &mut Discard) {
            Ok(packet) => {
                Report::new(path, &packet, &check, &[]).print(arguments.format, session)?
            }
            // The other packets are looked at all the same.
            Err(failure) => {
                session.complain(&failure);
                failure.exit
            }
        };
        worst = worst.max(exit);
    }
    Ok(worst)
}

/// Reads the packet in a file; a file that cannot be read is a failure, a
/// packet that cannot be is none.
pub(super) fn open_and_read(
    path: &Path,
    options: &ReadOptions,
    sink: &mut dyn AttachmentSink,
) -> Result<Packet, Failure> {
    let file = File::open(path).map_err(|error| Failure::reading(path, &error))?;
    // Said before reading: a folder can be opened, and fails only then.
    if file.metadata().is_ok_and(|metadata| metadata.is_dir()) {
        let error = std::io::ErrorKind::IsADirectory.into();
        return Err(Failure::reading(path, &error));
    }
    read_packet(file, options, sink)
        .map_err(|error| Failure::library(Exit::Usage, &path.to_string_lossy(), &error))
}
