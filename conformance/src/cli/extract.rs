//! `extract`: writes the attachments of a packet into a folder.

use lienthong::packet::ToFolder;

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
    let mut folder = ToFolder::new(&arguments.out)
        .map_err(|error| Failure::library(Exit::Usage, &arguments.out.to_string_lossy(), &error))?
        .keep_raw(arguments.raw);
    let packet = open_and_read(path, &read, &mut folder)?;
    Report::new(path, &packet, &check, folder.files()).print(arguments.format, session)
}
