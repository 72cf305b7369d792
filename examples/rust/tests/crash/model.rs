//! What the host programs of both agencies know: what they sent, were shown,
//! accepted and reported. They live through every kill.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde_json::Value;

/// A document that the sender's host wants to have sent.
pub(crate) struct Document {
    pub(crate) id: String,
    pub(crate) to: Vec<&'static str>,
    pub(crate) command: Value,
    /// SHA-256 of each file, by its name.
    pub(crate) files: BTreeMap<String, String>,
    /// The id in the sender's store, once `send` was answered.
    pub(crate) outgoing: Option<String>,
    pub(crate) asked: u32,
    pub(crate) recall: Recall,
    /// A process is asked about it just now.
    pub(crate) busy: bool,
}

/// How far the wish to have a document back is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Recall {
    Never,
    Planned,
    /// It was asked for and not answered: it may have happened or not.
    Unsure,
    Asked,
}

/// A row of the receiver's inbox, as it was shown.
#[derive(Default)]
pub(crate) struct Item {
    pub(crate) document: usize,
    pub(crate) is_action: bool,
    /// The attempts that were seen.
    pub(crate) shown: BTreeSet<u64>,
    /// The attempt that was accepted, and answered so.
    pub(crate) accepted: Option<u64>,
    pub(crate) accept_asked: bool,
    pub(crate) refused: bool,
    pub(crate) refuse_asked: bool,
    /// Agreed or declined, and answered so.
    pub(crate) decided: bool,
    pub(crate) decision_asked: bool,
    /// The last status that is to be reported, was answered, was asked for.
    pub(crate) wanted: u64,
    pub(crate) reported: u64,
    pub(crate) report_asked: u64,
    pub(crate) busy: bool,
}

impl Item {
    fn is_over(&self) -> bool {
        self.accepted.is_some() || self.refused || self.decided
    }
}

#[derive(Default)]
pub(crate) struct Books {
    pub(crate) documents: Vec<Document>,
    pub(crate) by_id: HashMap<String, usize>,
    pub(crate) items: BTreeMap<String, Item>,
    /// What must not have happened.
    pub(crate) wrong: Vec<String>,
}

impl Books {
    /// Deliveries that the receiver's host has not decided on, as far as it
    /// knows.
    pub(crate) fn open(&self) -> usize {
        let wanted: usize = self.documents.iter().map(|one| one.to.len()).sum();
        let over = self.items.values().filter(|one| one.is_over()).count();
        wanted.saturating_sub(over)
    }

    pub(crate) fn add(&mut self, document: Document) -> usize {
        let at = self.documents.len();
        self.by_id.insert(document.id.clone(), at);
        self.documents.push(document);
        at
    }

    /// What a `send` gave.
    pub(crate) fn sent(&mut self, at: usize, answer: &Value) {
        let document = &mut self.documents[at];
        let id = answer["outgoing"].as_str().unwrap_or_default().to_owned();
        let again = answer["again"].as_bool();
        match &document.outgoing {
            Some(known) if *known != id || again != Some(true) => self.wrong.push(format!(
                "{} was {known}, and another send gave {answer}",
                document.id
            )),
            None if document.asked == 1 && again != Some(false) => self
                .wrong
                .push(format!("the first send of {} gave {answer}", document.id)),
            _ => {}
        }
        document.outgoing = Some(id);
    }

    /// What a `poll` showed; the id of the row, and whether it is an action.
    pub(crate) fn shown(&mut self, view: &Value, wanted: u64) -> Option<String> {
        let id = view["incoming"].as_str()?.to_owned();
        let is_action = view["is_action"] == true;
        let attempt = view["attempt"].as_u64()?;
        let document_id = if is_action {
            view["status"]["ResponseFor"]["DocumentId"].as_str()
        } else {
            view["document"]["DocumentId"].as_str()
        };
        let known = document_id.and_then(|id| self.by_id.get(id)).copied();
        let Some(document) = known else {
            self.wrong.push(format!(
                "{id} was shown, which nobody sent: {document_id:?}"
            ));
            return None;
        };
        if view["redelivered"] != (attempt > 1) {
            self.wrong
                .push(format!("{id}, attempt {attempt}, has another mark"));
        }
        if !is_action {
            let files: BTreeMap<String, String> = view["attachments"]
                .as_array()
                .into_iter()
                .flatten()
                .map(|one| {
                    let text = |key: &str| one[key].as_str().unwrap_or_default().to_owned();
                    (text("name"), text("sha256"))
                })
                .collect();
            let sent = &self.documents[document];
            if files != sent.files {
                self.wrong
                    .push(format!("{id} ({}) has other files than sent", sent.id));
            }
            if !sent.to.iter().any(|organ| view["own"] == **organ) {
                self.wrong
                    .push(format!("{id} ({}) came to {}", sent.id, view["own"]));
            }
        }
        let item = self.items.entry(id.clone()).or_insert_with(|| Item {
            document,
            is_action,
            wanted,
            ..Item::default()
        });
        if !item.shown.insert(attempt) {
            self.wrong
                .push(format!("{id} was shown twice as attempt {attempt}"));
        }
        if item.accepted.is_some_and(|accepted| attempt > accepted) {
            self.wrong
                .push(format!("{id} was shown again after it was accepted"));
        }
        Some(id)
    }
}
