//! `sign`: signs a packet, and seals it where that is asked for.

use std::fs;
use std::io::{BufWriter, Seek, SeekFrom, Write};
use std::path::Path;

use lienthong::crypto::keys::FileSigner;
use lienthong::packet::ReadOptions;
use lienthong::signature::seal::seal_packet;
use lienthong::signature::xmldsig::{self, SignOptions};
use secrecy::SecretString;
use tempfile::NamedTempFile;

use super::failure::Failure;
use super::options::SignArguments;
use super::verify::open;
use super::{Exit, Session};

pub(super) fn run(arguments: &SignArguments, session: &mut Session<'_>) -> Result<Exit, Failure> {
    let config = arguments.rules.config()?;
    let password = arguments
        .password_file
        .as_deref()
        .map(password)
        .transpose()?;
    let signer = FileSigner::open(
        &arguments.key,
        arguments.cert.as_deref(),
        password.as_ref(),
        None,
    )
    .map_err(|error| Failure::library(Exit::Usage, &arguments.key.to_string_lossy(), &error))?;
    let path = &arguments.packet;
    let mut packet = open(path)?;
    let refuse = |error| Failure::library(Exit::Errors, &path.to_string_lossy(), &error);
    let out = &arguments.out;
    if out
        .canonicalize()
        .is_ok_and(|out| path.canonicalize().is_ok_and(|path| path == out))
    {
        let out = out.display();
        return Err(Failure::new(
            Exit::Usage,
            format!(
                "{out}: the signed packet would overwrite the unsigned one; choose another --out."
            ),
            format!("{out}: gói tin đã ký sẽ ghi đè lên gói chưa ký; chọn --out khác."),
        ));
    }
    let options = ReadOptions::from_config(&config);
    let folder = out
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    let writing = |error| Failure::writing(out, &error);
    if arguments.seal {
        let mut sealed = NamedTempFile::new_in(folder).map_err(writing)?;
        let mut buffered = BufWriter::new(sealed.as_file_mut());
        seal_packet(&mut packet, &options, &signer, &mut buffered).map_err(refuse)?;
        buffered.flush().map_err(writing)?;
        drop(buffered);
        packet = sealed.into_file();
        packet.seek(SeekFrom::Start(0)).map_err(writing)?;
    }
    let mut signed = NamedTempFile::new_in(folder).map_err(writing)?;
    xmldsig::sign(
        &packet,
        signed.as_file_mut(),
        &signer,
        &SignOptions::from_config(&config),
    )
    .map_err(refuse)?;
    let bytes = signed.as_file().metadata().map_err(writing)?.len();
    signed.persist(out).map_err(|error| writing(error.error))?;
    let (seal, bytes_word) = (
        if arguments.seal {
            session.pick("sealed and signed", "đã niêm phong và ký")
        } else {
            session.pick("signed", "đã ký")
        },
        session.pick("bytes", "byte"),
    );
    let line = format!(
        "{}: {seal}, {bytes} {bytes_word}",
        super::text::plain(&out.to_string_lossy())
    );
    session.say(&line)?;
    Ok(Exit::Clean)
}

/// A password is the first line of its file, so that it is on no command line.
pub(super) fn password(path: &Path) -> Result<SecretString, Failure> {
    let text = fs::read_to_string(path).map_err(|error| Failure::reading(path, &error))?;
    Ok(text.lines().next().unwrap_or_default().to_owned().into())
}
