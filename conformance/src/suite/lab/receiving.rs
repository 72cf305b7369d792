//! What peers send to the product, and what it shows of it.

use std::path::PathBuf;
use std::time::Duration;

use serde_json::{Value, json};

use super::Lab;
use crate::axis_server::{Kind, QueueState};
use crate::suite::evidence::Actor;
use crate::suite::said;
use crate::suite::text::Said;
use crate::suite::verdict::{Outcome, Stop, ensure};

/// What `poll` gave.
#[derive(Clone, Debug)]
pub struct Item(pub Value);

impl Item {
    /// The value at a JSON pointer, as text; empty where there is none.
    pub fn text(&self, pointer: &str) -> &str {
        self.0
            .pointer(pointer)
            .and_then(Value::as_str)
            .unwrap_or("")
    }

    /// Its `in-…`.
    pub fn incoming(&self) -> &str {
        self.text("/incoming")
    }

    /// The files that it laid down, where it says so.
    pub fn files(&self) -> Option<Vec<PathBuf>> {
        let files = self.0.get("files")?.as_array()?;
        Some(
            files
                .iter()
                .filter_map(Value::as_str)
                .map(PathBuf::from)
                .collect(),
        )
    }

    /// Name, length and SHA-256 (hex) of each attachment.
    pub fn attachments(&self) -> Vec<(String, u64, String)> {
        let all = self.0.get("attachments").and_then(Value::as_array);
        let text = |value: &Value, name: &str| {
            let value = value.get(name).and_then(Value::as_str);
            value.unwrap_or("").to_owned()
        };
        all.into_iter()
            .flatten()
            .map(|one| {
                let bytes = one.get("bytes").and_then(Value::as_u64).unwrap_or(0);
                (text(one, "name"), bytes, text(one, "sha256"))
            })
            .collect()
    }
}

impl Lab {
    /// Puts a packet of a peer into the product's queue, as it is. Gives the
    /// id of the delivery.
    ///
    /// # Errors
    /// The axis's disk.
    pub fn deliver(&mut self, from: &str, kind: Kind, bytes: &[u8]) -> Outcome<String> {
        let organ = self.organ.clone();
        self.deliver_to(&organ, from, kind, bytes)
    }

    /// The same for another organ of the product's.
    ///
    /// # Errors
    /// The axis's disk.
    pub fn deliver_to(
        &mut self,
        organ: &str,
        from: &str,
        kind: Kind,
        bytes: &[u8],
    ) -> Outcome<String> {
        let id = self
            .axis
            .plant(from, organ, kind, bytes)
            .map_err(Stop::own)?;
        let what = match kind {
            Kind::Document => "document",
            Kind::Status => "status",
        };
        self.evidence.add(
            Actor::Peer,
            Actor::Axis,
            what,
            vec![
                ("from".to_owned(), from.to_owned()),
                ("doc".to_owned(), id.clone()),
                ("bytes".to_owned(), bytes.len().to_string()),
            ],
        );
        Ok(id)
    }

    /// The next packet that the product shows; it has to show one.
    ///
    /// # Errors
    /// Nothing is shown in time.
    pub fn take(&mut self) -> Outcome<Item> {
        let what = said!(
            "the product shows no incoming packet",
            "phần mềm không hiện gói tin đến nào"
        );
        self.until(what, |lab| lab.poll(200))
    }

    /// Waits until the product shows a document of this id, and accepts it; what
    /// it shows before is accepted as well, and handed to `other`.
    ///
    /// # Errors
    /// It does not show it in time.
    pub fn take_document(&mut self, id: &str, mut other: impl FnMut(&Item)) -> Outcome<Item> {
        let what = said!(
            "the product does not show the document {id}",
            "phần mềm không hiện văn bản {id}"
        );
        self.until(what, |lab| {
            let Some(item) = lab.poll(200)? else {
                return Ok(None);
            };
            lab.accept(&item)?;
            if item.text("/document/DocumentId") == id || item.text("/typed").contains(id) {
                return Ok(Some(item));
            }
            other(&item);
            Ok(None)
        })
    }

    /// Takes and accepts the next packet.
    ///
    /// # Errors
    /// Nothing is shown, or it cannot be accepted.
    pub fn take_and_accept(&mut self) -> Outcome<Item> {
        let item = self.take()?;
        self.accept(&item)?;
        Ok(item)
    }

    /// Accepts what was shown.
    ///
    /// # Errors
    /// It is refused.
    pub fn accept(&mut self, item: &Item) -> Outcome {
        let members = json!({ "incoming": item.incoming(), "lease": item.text("/lease") });
        self.done("accept", members).map(|_| ())
    }

    /// Asks once for the next packet.
    ///
    /// # Errors
    /// The product does not answer.
    pub fn poll(&mut self, timeout_ms: u64) -> Outcome<Option<Item>> {
        let folder = self.folder.join(format!("came-{}", self.number()));
        let ok = self.done(
            "poll",
            json!({ "timeout_ms": timeout_ms, "extract_to": folder }),
        )?;
        Ok(match ok.get("item") {
            None | Some(Value::Null) => None,
            Some(item) => Some(Item(item.clone())),
        })
    }

    /// That the product shows nothing (more), after it has looked at the axis.
    ///
    /// # Errors
    /// It shows something.
    pub fn nothing_comes(&mut self, why: Said) -> Outcome {
        self.looked_at_axis()?;
        let item = self.poll(100)?;
        ensure(item.is_none(), || why)
    }

    /// Waits until the product has asked the axis for its list once more, and
    /// nothing of what is listed is left untouched.
    ///
    /// # Errors
    /// It does not ask in time.
    pub fn looked_at_axis(&mut self) -> Outcome {
        let from = self.last_call();
        self.tick()?;
        let what = said!(
            "the product did not ask the axis for its packets",
            "phần mềm không hỏi trục về gói tin"
        );
        // Once for documents and once for statuses. Nobody says when a product that
        // is worked by hand is through with what it was listed: the next round does.
        let lists = if self.is_by_hand() { 4 } else { 2 };
        self.until(what, |lab| {
            let asked = lab
                .axis
                .wire_log(from, Duration::ZERO)
                .iter()
                .filter(|entry| entry.path.contains("getReceivedEdocList"))
                .count();
            Ok((asked >= lists).then_some(()))
        })
    }

    /// Waits for the word with which the product acknowledges a delivery.
    ///
    /// # Errors
    /// There is none in time.
    pub fn await_acknowledgement(&mut self, delivery: &str) -> Outcome<QueueState> {
        let what = said!(
            "the delivery {delivery} was not acknowledged",
            "gói tin {delivery} không được xác nhận"
        );
        self.until(what, |lab| {
            let state = lab.state_of(delivery);
            Ok(state.filter(|state| matches!(state, QueueState::Done | QueueState::Fail)))
        })
    }

    /// Where a delivery stands.
    pub fn state_of(&self, delivery: &str) -> Option<QueueState> {
        let all = self.axis.queued();
        let found = all.into_iter().find(|queued| queued.id == delivery);
        found.map(|queued| queued.state)
    }

    /// Puts away what an earlier case left.
    pub(crate) fn clear(&mut self) -> Outcome {
        if self.is_by_hand() {
            return Ok(());
        }
        for _ in 0..50 {
            let Some(item) = self.poll(0)? else { break };
            let members = json!({ "incoming": item.incoming(), "lease": item.text("/lease") });
            let _ = self.ask("accept", members)?;
        }
        Ok(())
    }
}
