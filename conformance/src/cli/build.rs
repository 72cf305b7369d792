//! `build`: makes a packet from a META and files.

use std::fs::File;
use std::io::{self, BufWriter, Read, Write};
use std::path::{Path, PathBuf};

use lienthong::packet::attachment::WrappingPolicy;
use lienthong::packet::{Attachment, DocumentBuilder, StatusBuilder};
use lienthong::{Error, ErrorKind, Finding, Language, Severity};
use tempfile::NamedTempFile;

use super::failure::Failure;
use super::meta::{self, AttachmentMeta, Meta};
use super::options::BuildArguments;
use super::{Exit, Session, text};

/// A META holds a header; none is near this size.
const LARGEST_META: u64 = 64 << 20;

pub(super) fn run(arguments: &BuildArguments, session: &mut Session<'_>) -> Result<Exit, Failure> {
    let config = arguments.rules.config()?;
    let (_, check) = arguments.rules.options(true, session)?;
    spare_inputs(arguments)?;
    let meta = read_meta(&arguments.meta)?;
    let about = arguments.meta.to_string_lossy();
    match meta {
        Meta::Status(status) => {
            if !arguments.attach.is_empty() {
                return Err(Failure::new(
                    Exit::Usage,
                    "a status has no attachments; leave --attach out.",
                    "trạng thái không có tệp kèm; bỏ --attach.",
                ));
            }
            let built = StatusBuilder::from_status(*status)
                .check_options(check)
                .build();
            match built {
                Err(error) => refuse(&about, &error, session),
                Ok(packet) => {
                    let bytes = write(&arguments.out, |out| packet.write_to(out))?;
                    done(&arguments.out, bytes, packet.findings(), session)
                }
            }
        }
        Meta::Document(document, facts) => {
            let attachments = attachments(&arguments.attach, facts, session)?;
            let mut builder = DocumentBuilder::from_document(*document)
                .wrapping(WrappingPolicy::from_config(&config))
                .check_options(check);
            for attachment in attachments {
                builder = builder.attach(attachment);
            }
            match builder.build() {
                Err(error) => refuse(&about, &error, session),
                Ok(mut packet) => {
                    let bytes = write(&arguments.out, |out| packet.write_to(out))?;
                    done(&arguments.out, bytes, packet.findings(), session)
                }
            }
        }
    }
}

/// The packet never takes the place of a file it is made from.
fn spare_inputs(arguments: &BuildArguments) -> Result<(), Failure> {
    let Ok(out) = arguments.out.canonicalize() else {
        return Ok(());
    };
    let mut inputs = arguments.attach.iter().chain([&arguments.meta]);
    let same = |input: &PathBuf| input.canonicalize().is_ok_and(|input| input == out);
    if !inputs.any(same) {
        return Ok(());
    }
    let out = arguments.out.display();
    Err(Failure::new(
        Exit::Usage,
        format!("{out}: the packet would overwrite a file it is made from; choose another --out."),
        format!("{out}: gói tin sẽ ghi đè lên tệp nguồn của chính nó; chọn --out khác."),
    ))
}

fn read_meta(path: &Path) -> Result<Meta, Failure> {
    let mut bytes = Vec::new();
    File::open(path)
        .and_then(|file| file.take(LARGEST_META + 1).read_to_end(&mut bytes))
        .map_err(|error| Failure::reading(path, &error))?;
    let file = path.to_string_lossy();
    if bytes.len() as u64 > LARGEST_META {
        return Err(Failure::new(
            Exit::Errors,
            format!("{file}: larger than 64 MiB; this is no META. Attach files with --attach."),
            format!("{file}: lớn hơn 64 MiB; không phải META. Kèm tệp bằng --attach."),
        ));
    }
    meta::parse(&bytes).map_err(|problems| {
        Failure::new(
            Exit::Errors,
            meta::list(&problems, &file, Language::English),
            meta::list(&problems, &file, Language::Vietnamese),
        )
    })
}

/// The files to attach, each with what the META says in its place.
fn attachments(
    paths: &[impl AsRef<Path>],
    facts: Vec<AttachmentMeta>,
    session: &mut Session<'_>,
) -> Result<Vec<Attachment>, Failure> {
    // Otherwise a packet fed back would lose files without a word.
    if facts.len() > paths.len() {
        let (listed, given) = (facts.len(), paths.len());
        return Err(Failure::new(
            Exit::Usage,
            format!(
                "META lists {listed} attachments, --attach names {given} files; name a file for \
                 each, or take AttachmentEncoded out of META."
            ),
            format!(
                "META nêu {listed} tệp kèm, --attach nêu {given} tệp; cần nêu đủ tệp, hoặc bỏ \
                 AttachmentEncoded khỏi META."
            ),
        ));
    }
    let mut facts = facts.into_iter();
    let mut attachments = Vec::with_capacity(paths.len());
    let mut failed = None;
    for path in paths {
        let path = path.as_ref();
        let facts = facts.next().unwrap_or_default();
        match attachment(path, facts) {
            Ok(attachment) => attachments.push(attachment),
            // All of them are named, the last as the failure itself.
            Err(failure) => {
                if let Some(earlier) = failed.replace(failure) {
                    session.complain(&earlier);
                }
            }
        }
    }
    failed.map_or(Ok(attachments), Err)
}

fn attachment(path: &Path, facts: AttachmentMeta) -> Result<Attachment, Failure> {
    let opened = File::open(path).and_then(|file| file.metadata());
    let metadata = opened.map_err(|error| Failure::reading(path, &error))?;
    if metadata.is_dir() {
        return Err(Failure::reading(path, &io::ErrorKind::IsADirectory.into()));
    }
    let mut attachment = Attachment::from_path(path)
        .map_err(|error| Failure::library(Exit::Usage, &path.to_string_lossy(), &error))?;
    let present = |text: Option<String>| text.filter(|text| !text.trim().is_empty());
    if let Some(name) = present(facts.attachment_name) {
        attachment = attachment.named(name);
    }
    if let Some(description) = present(facts.description) {
        attachment = attachment.described(description);
    }
    if let Some(id) = present(facts.content_id) {
        attachment = attachment.with_content_id(&id);
    }
    Ok(attachment)
}

/// Writes a packet under a temporary name and renames it when it is whole.
fn write(
    path: &Path,
    packet: impl FnOnce(&mut (dyn Write + Send)) -> lienthong::Result<u64>,
) -> Result<u64, Failure> {
    let failed = |error: io::Error| Failure::writing(path, &error);
    if path.is_dir() {
        return Err(failed(io::ErrorKind::IsADirectory.into()));
    }
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let file = temporary(folder).map_err(failed)?;
    let mut out = BufWriter::with_capacity(1 << 16, file);
    let bytes = packet(&mut out).map_err(|error| {
        let exit = match error.kind() {
            ErrorKind::Io => Exit::Usage,
            _ => Exit::Errors,
        };
        Failure::library(exit, &path.to_string_lossy(), &error)
    })?;
    let file = out.into_inner().map_err(|error| failed(error.into()))?;
    file.persist(path).map_err(|error| failed(error.error))?;
    Ok(bytes)
}

fn temporary(folder: &Path) -> io::Result<NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".lienthong-").suffix(".part");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        // As any new file; the process's mask takes off what it does not want.
        builder.permissions(std::fs::Permissions::from_mode(0o666));
    }
    builder.tempfile_in(folder)
}

fn refuse(about: &str, error: &Error, session: &mut Session<'_>) -> Result<Exit, Failure> {
    if error.kind() != ErrorKind::PacketImpossible {
        return Err(Failure::library(Exit::Errors, about, error));
    }
    let words = error.kind().message(session.language);
    session.say(&text::plain(&format!("{about}: {words}")))?;
    text::findings(error.findings(), session)?;
    Ok(Exit::Errors)
}

fn done(
    path: &Path,
    bytes: u64,
    findings: &[Finding],
    session: &mut Session<'_>,
) -> Result<Exit, Failure> {
    let warnings = text::counts(
        &[Severity::Warning, Severity::Note],
        findings,
        session.language,
    );
    let line = match session.language {
        Language::English => format!("written, {bytes} bytes; {warnings}"),
        Language::Vietnamese => format!("đã ghi, {bytes} byte; {warnings}"),
    };
    session.say(&text::plain(&format!("{}: {line}", path.display())))?;
    text::findings(findings, session)?;
    Ok(Exit::Clean)
}
