//! Packets of a folder: each is read and checked, and sent on over a test axis
//! where it may be.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use lienthong::axis::{Acknowledgement, Client, MessageType, Sending};
use lienthong::packet::{CheckOptions, Discard, Packet, ReadOptions, check, compare, read_packet};
use lienthong::{FindingCode, Severity};

use super::document::any_error;
use super::metered::Metered;
use super::{Event, Listener, Step, StoryError, Who, name_of, post};
use crate::axis_server::TestAxis;
use crate::rebuild::Flavour;

const SYSTEM: (&str, &str) = ("demo.stand-in", "made-up secret 3");

/// The story of the packets of a folder.
#[derive(Clone, Debug)]
pub struct PacketsStory {
    /// The folder; its `.edxml` and `.xml` files are the packets.
    pub folder: PathBuf,
    /// How the axis rebuilds.
    pub rebuild: Flavour,
}

/// What became of a packet.
#[derive(Debug)]
pub struct PacketReport {
    /// The name of its file.
    pub name: String,
    /// What became of it.
    pub end: PacketEnd,
}

/// How it ended with a packet.
#[derive(Debug)]
pub enum PacketEnd {
    /// It came to every receiver as it was sent.
    Arrived,
    /// It came altered, or not to every receiver.
    Altered,
    /// It may not be sent.
    Held,
    /// It was to be sent and did not get through.
    Failed(StoryError),
}

/// A packet that may be sent.
struct Candidate {
    path: PathBuf,
    packet: Packet,
    from: String,
    to: Vec<String>,
}

impl PacketsStory {
    /// Tells it. A packet that fails does not stop the others. The axis keeps
    /// its files in `folder`, which is there and empty.
    ///
    /// # Errors
    /// The folder or a file in it cannot be read, or the axis does not start.
    pub fn tell(
        &self,
        folder: &Path,
        listener: &mut Listener<'_>,
    ) -> Result<Vec<PacketReport>, StoryError> {
        let mut reports = Vec::new();
        let mut candidates = Vec::new();
        for path in packets(&self.folder)? {
            match look_at(path, listener)? {
                Looked::MayBeSent(candidate) => candidates.push(candidate),
                Looked::Held(report) => reports.push(report),
            }
        }
        let mut organs: Vec<&String> = candidates
            .iter()
            .flat_map(|candidate| candidate.to.iter().chain([&candidate.from]))
            .collect();
        organs.sort();
        organs.dedup();
        if organs.is_empty() {
            return Ok(reports);
        }
        // One system stands in for all of them: what counts here is the way.
        let axis = TestAxis::builder()
            .system(SYSTEM.0, SYSTEM.1, organs.iter().copied())
            .data(folder.join("axis"))
            .rebuild(self.rebuild)
            .start()?;
        listener(Event::AxisStarted {
            url: axis.url(),
            rebuild: self.rebuild,
            organs: organs.into_iter().cloned().collect(),
        });
        // No connector: packets that others wrote pass as they are, statuses too,
        // and one that is lost is to be seen here, not made good.
        let client = post::client(&axis, SYSTEM.0, SYSTEM.1)?;
        for candidate in &candidates {
            let end = match pass(&client, candidate, listener) {
                Ok(true) => PacketEnd::Arrived,
                Ok(false) => PacketEnd::Altered,
                Err(error) => PacketEnd::Failed(error),
            };
            reports.push(PacketReport {
                name: name_of(&candidate.path),
                end,
            });
        }
        Ok(reports)
    }
}

/// The packets of the folder, by name.
fn packets(folder: &Path) -> Result<Vec<PathBuf>, StoryError> {
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder).map_err(StoryError::file(folder))? {
        let path = entry.map_err(StoryError::file(folder))?.path();
        let is_packet = path.extension().is_some_and(|extension| {
            extension.eq_ignore_ascii_case("edxml") || extension.eq_ignore_ascii_case("xml")
        });
        if is_packet && path.is_file() {
            paths.push(path);
        }
    }
    paths.sort();
    if paths.is_empty() {
        return Err(StoryError::NoPackets {
            path: folder.to_owned(),
        });
    }
    Ok(paths)
}

enum Looked {
    MayBeSent(Candidate),
    Held(PacketReport),
}

fn look_at(path: PathBuf, listener: &mut Listener<'_>) -> Result<Looked, StoryError> {
    let file = File::open(&path).map_err(StoryError::file(&path))?;
    let packet = read(&file, listener)?;
    let findings = check(&packet, &CheckOptions::sending());
    let mut errors: Vec<FindingCode> = Vec::new();
    for finding in &findings {
        if finding.severity == Severity::Error && !errors.contains(&finding.code) {
            errors.push(finding.code);
        }
    }
    let name = name_of(&path);
    listener(Event::PacketRead {
        name: name.clone(),
        kind: packet.kind(),
        readable: packet.readable,
        bytes: packet.size,
        findings,
    });
    let (from, to) = parties(&packet);
    if let (true, true, Some(from), false) =
        (packet.readable, errors.is_empty(), from, to.is_empty())
    {
        return Ok(Looked::MayBeSent(Candidate {
            path,
            packet,
            from,
            to,
        }));
    }
    listener(Event::PacketHeld {
        name: name.clone(),
        because: errors,
    });
    Ok(Looked::Held(PacketReport {
        name,
        end: PacketEnd::Held,
    }))
}

/// The sender and the receivers that a packet names.
fn parties(packet: &Packet) -> (Option<String>, Vec<String>) {
    let mut to: Vec<String> = Vec::new();
    let from = if let Some(document) = packet.document() {
        for organ in document
            .to
            .iter()
            .filter_map(|organ| organ.organ_id.as_ref())
        {
            if !to.iter().any(|known| known == organ.as_str()) {
                to.push(organ.to_string());
            }
        }
        document.sender()
    } else {
        let status = packet.status();
        let addressee = status.and_then(|status| status.addressee());
        to.extend(addressee.map(ToString::to_string));
        status.and_then(|status| status.sender())
    };
    (from.map(ToString::to_string), to)
}

/// Sends a packet, fetches what comes to each receiver, and compares; whether
/// all is the same.
fn pass(
    client: &Client,
    candidate: &Candidate,
    listener: &mut Listener<'_>,
) -> Result<bool, StoryError> {
    let message_type = match candidate.packet.document() {
        Some(_) => MessageType::Edoc,
        None => MessageType::Status,
    };
    let path = &candidate.path;
    let mut file = File::open(path).map_err(StoryError::file(path))?;
    let sending = Sending {
        from: &candidate.from,
        to: &[],
        message_type,
    };
    post::send(client, &mut file, &sending, listener)?;
    let rows = client.list_received(message_type)?;
    let mut all_same = rows.len() == candidate.to.len();
    for row in rows {
        let doc_id = row.doc_id;
        let (file, bytes) = post::fetch(client, &doc_id, listener)?;
        let came = read(&file, listener)?;
        let same = is_same(&candidate.packet, &came);
        client.acknowledge(&doc_id, Acknowledgement::Done)?;
        all_same &= same;
        listener(Event::PacketPassed {
            name: name_of(path),
            from: candidate.from.clone(),
            to: row.to.unwrap_or_default(),
            doc_id,
            bytes,
            same,
        });
    }
    Ok(all_same)
}

/// Whether meaning, attachments and header came as they were sent.
fn is_same(sent: &Packet, came: &Packet) -> bool {
    let contents = |packet: &Packet| -> Vec<_> {
        let all = packet.attachments.iter();
        all.map(|one| one.content().map(|content| (content.size, content.sha256)))
            .collect()
    };
    let meaning = sent.meaning_digest();
    let header = match (sent.document(), came.document()) {
        (Some(sent), Some(came)) => !any_error(&compare(sent, came)),
        _ => sent.status() == came.status(),
    };
    meaning.is_some()
        && meaning == came.meaning_digest()
        && contents(sent) == contents(came)
        && header
}

fn read(file: &File, listener: &mut Listener<'_>) -> Result<Packet, StoryError> {
    let total = file.metadata().map_err(StoryError::own)?.len();
    let metered = Metered::new(file, Who::StandIn, &[Step::Read], Some(total), listener);
    Ok(read_packet(metered, &ReadOptions::default(), &mut Discard)?)
}
