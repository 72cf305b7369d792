//! What the product sends, and what becomes of it.

use std::path::PathBuf;

use lienthong::packet::{Discard, Packet, ReadOptions, read_packet};
use serde_json::{Value, json};

use super::Lab;
use crate::axis_server::{Kind, Queued};
use crate::suite::letter::Letter;
use crate::suite::said;
use crate::suite::text::Said;
use crate::suite::verdict::{Outcome, Stop};

/// A packet that the axis took from the product.
#[derive(Debug)]
pub struct SentPacket {
    /// The organs it went to.
    pub to: Vec<String>,
    /// Document or status.
    pub kind: Kind,
    /// Its bytes as they were sent.
    pub bytes: Vec<u8>,
    /// What a reader makes of them.
    pub packet: Packet,
}

impl SentPacket {
    /// The code of a status, two digits; empty for a document.
    pub fn code(&self) -> String {
        let status = self.packet.status().and_then(|status| status.status_code);
        status.map(|code| code.official()).unwrap_or_default()
    }

    /// Whether it is the document of a letter: by its id, or, where a product gives
    /// its documents ids of its own, by number and notation.
    pub fn is(&self, letter: &Letter) -> bool {
        self.kind == Kind::Document
            && (self.document_id() == letter.document_id() || self.number() == letter.number())
    }

    /// Number and notation of a document, as a clerk reads them.
    fn number(&self) -> String {
        let document = self.packet.document();
        let code = document.and_then(|document| document.code.as_ref());
        let part = |text: Option<&String>| text.cloned().unwrap_or_default();
        let number = part(code.and_then(|code| code.code_number.as_ref()));
        let notation = part(code.and_then(|code| code.code_notation.as_ref()));
        format!("{number}/{notation}")
    }

    /// The document id that it bears, or (a status) that it is about.
    pub fn document_id(&self) -> String {
        let id = match (self.packet.document(), self.packet.status()) {
            (Some(document), _) => document.document_id.as_ref(),
            (_, Some(status)) => status
                .response_for
                .as_ref()
                .and_then(|about| about.document_id.as_ref()),
            _ => None,
        };
        id.map(ToString::to_string).unwrap_or_default()
    }
}

impl Lab {
    /// A document of the product's organ, with a number of its own.
    pub fn letter(&self, to: &[&str]) -> Letter {
        Letter::new(&self.organ, to, self.number())
    }

    /// Writes a file to attach.
    ///
    /// # Errors
    /// The disk of the suite.
    pub fn file(&self, name: &str, bytes: &[u8]) -> Outcome<PathBuf> {
        let folder = self.folder.join(format!("files-{}", self.number()));
        std::fs::create_dir_all(&folder).map_err(Stop::own)?;
        let path = folder.join(name);
        std::fs::write(&path, bytes).map_err(Stop::own)?;
        Ok(path)
    }

    /// Lets the product send, and gives its `out-…`.
    ///
    /// # Errors
    /// It is refused.
    pub fn send(&mut self, letter: &Letter) -> Outcome<String> {
        if self.is_by_hand() {
            self.by_hand.push(letter.clone());
        }
        let ok = self.done("send", letter.command())?;
        self.renumber(letter);
        let id = ok.get("outgoing").and_then(Value::as_str);
        id.map(str::to_owned).ok_or_else(|| {
            Stop::Fail(said!(
                "the answer to `send` has no `outgoing`",
                "câu trả lời của `send` không có `outgoing`"
            ))
        })
    }

    /// Notes the number that the product gave a letter in place of ours.
    fn renumber(&self, letter: &Letter) {
        let asked = letter.number();
        let given = self.renumbered.iter().find(|(known, _)| *known == asked);
        if let Some((_, given)) = given {
            letter.was_numbered(given);
        }
    }

    /// Every packet that the axis has from the product since the lab began, in
    /// the order it was taken.
    ///
    /// # Errors
    /// The axis's disk, or a packet that no reader can take.
    pub fn sent(&self) -> Outcome<Vec<SentPacket>> {
        let mut packets: Vec<(String, SentPacket)> = Vec::new();
        for delivery in self.deliveries() {
            if delivery.from != self.organ && !self.is_own(&delivery.from) {
                continue;
            }
            let known = packets.iter_mut().find(|(id, _)| *id == delivery.sender_id);
            if let Some((_, packet)) = known {
                packet.to.push(delivery.organ);
                continue;
            }
            let bytes = self.axis.packet(&delivery.id).map_err(Stop::own)?;
            let packet = read_packet(&bytes[..], &ReadOptions::default(), &mut Discard)
                .map_err(Stop::own)?;
            packets.push((
                delivery.sender_id,
                SentPacket {
                    to: vec![delivery.organ],
                    kind: delivery.kind,
                    bytes,
                    packet,
                },
            ));
        }
        let packets: Vec<SentPacket> = packets.into_iter().map(|(_, packet)| packet).collect();
        for letter in &self.by_hand {
            if let Some(packet) = packets.iter().find(|packet| packet.is(letter)) {
                letter.went_as(&packet.document_id());
            }
        }
        Ok(packets)
    }

    fn is_own(&self, organ: &str) -> bool {
        let own = self.start.as_ref().map(|start| &start.organs);
        own.is_some_and(|own| own.iter().any(|known| known == organ))
    }

    /// All deliveries of the axis since the lab began.
    pub fn deliveries(&self) -> Vec<Queued> {
        self.axis
            .queued()
            .into_iter()
            .skip(self.queued_before)
            .collect()
    }

    /// Waits for a packet of the product's that fits.
    ///
    /// # Errors
    /// None comes in time.
    pub fn await_sent(
        &mut self,
        what: Said,
        fits: impl Fn(&SentPacket) -> bool,
    ) -> Outcome<SentPacket> {
        self.until(what, |lab| {
            Ok(lab.sent()?.into_iter().find(|packet| fits(packet)))
        })
    }

    /// Waits for the document of a letter at the axis.
    ///
    /// # Errors
    /// It does not come in time.
    pub fn await_letter(&mut self, letter: &Letter) -> Outcome<SentPacket> {
        self.renumber(letter);
        let id = letter.document_id().to_owned();
        let said = said!(
            "the document {id} did not reach the axis",
            "văn bản {id} không tới được trục"
        );
        let sent = self.await_sent(said, |packet| packet.is(letter))?;
        if self.is_by_hand() {
            letter.went_as(&sent.document_id());
        }
        Ok(sent)
    }

    /// Waits for a status of the product's about a document.
    ///
    /// # Errors
    /// It does not come in time.
    pub fn await_status(&mut self, code: &str, about: &str) -> Outcome<SentPacket> {
        let said = said!(
            "no status {code} about {about} reached the axis",
            "không có trạng thái {code} của văn bản {about} tới trục"
        );
        self.await_sent(said, |packet| {
            packet.kind == Kind::Status && packet.code() == code && packet.document_id() == about
        })
    }

    /// The statuses that the product sent about a document, in their order.
    ///
    /// # Errors
    /// As [`sent`](Self::sent).
    pub fn statuses_about(&self, document_id: &str) -> Outcome<Vec<String>> {
        let sent = self.sent()?;
        let about = sent
            .iter()
            .filter(|packet| packet.kind == Kind::Status && packet.document_id() == document_id);
        Ok(about.map(SentPacket::code).collect())
    }

    /// The same, what was sent again byte for byte counting once: after a kill, or an answer that
    /// was lost, a packet may go again.
    ///
    /// # Errors
    /// As [`sent`](Self::sent).
    pub fn distinct_statuses_about(&self, document_id: &str) -> Outcome<Vec<String>> {
        let mut seen: Vec<Vec<u8>> = Vec::new();
        let mut codes = Vec::new();
        for packet in self.sent()? {
            let is_about = packet.kind == Kind::Status && packet.document_id() == document_id;
            if is_about && !seen.contains(&packet.bytes) {
                codes.push(packet.code());
                seen.push(packet.bytes);
            }
        }
        Ok(codes)
    }

    /// The word in `why` for a recipient: `/state`, `/delivery`, `/status`, `/change`…
    ///
    /// # Errors
    /// `why` is refused.
    pub fn recipient(&mut self, outgoing: &str, organ: &str) -> Outcome<Value> {
        self.recipient_with(outgoing, organ, "")
    }

    /// The same, where only one member (empty: any) is looked at.
    fn recipient_with(&mut self, outgoing: &str, organ: &str, member: &str) -> Outcome<Value> {
        let members = match self.is_by_hand() {
            // A person is asked about one receiver, and one thing, at a time.
            true => json!({ "packet": outgoing, "organ": organ, "member": member }),
            false => json!({ "packet": outgoing }),
        };
        let ok = self.done("why", members)?;
        let all = ok.pointer("/outgoing/recipients").and_then(Value::as_array);
        let found = all
            .into_iter()
            .flatten()
            .find(|one| one.get("organ").and_then(Value::as_str) == Some(organ));
        found.cloned().ok_or_else(|| {
            Stop::Fail(said!(
                "`why` does not show the recipient {organ}",
                "`why` không có nơi nhận {organ}"
            ))
        })
    }

    /// Waits until a member of a recipient in `why` has one of these values. By
    /// hand, that it was delivered is seen at the axis, unless the case is about that.
    ///
    /// # Errors
    /// It has another in the end.
    pub fn await_recipient(
        &mut self,
        outgoing: &str,
        organ: &str,
        member: &str,
        values: &[&str],
    ) -> Outcome<String> {
        let wanted = values.join(", ");
        let what = said!(
            "`{member}` of recipient {organ} did not become {wanted}",
            "`{member}` của nơi nhận {organ} không thành {wanted}"
        );
        let number = self
            .person(|person| person.number_at_axis(outgoing))
            .flatten();
        if let (Some(number), "delivery", true) = (number, member, values.contains(&"accepted")) {
            let what = said!(
                "the document {number} did not reach the axis for {organ}",
                "văn bản {number} gửi {organ} không tới được trục"
            );
            return self.until(what, |lab| {
                let arrived = lab.sent()?.iter().any(|packet| {
                    packet.number() == number && packet.to.iter().any(|to| to == organ)
                });
                Ok(arrived.then(|| "accepted".to_owned()))
            });
        }
        self.until(what, |lab| {
            let recipient = lab.recipient_with(outgoing, organ, member)?;
            let value = recipient.get(member).and_then(Value::as_str).unwrap_or("");
            Ok(values.contains(&value).then(|| value.to_owned()))
        })
    }
}
