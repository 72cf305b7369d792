//! Which earlier document an action or a status speaks of.
//!
//! The sources point more ways than one (inferred): a recall names its target
//! in `Bussiness/DocumentId`, else in every `ResponseFor/DocumentId`, else in
//! its own `DocumentId`; an update in `Bussiness/DocumentId`; a replacement in
//! every `ReplacementInfo` that names the reader's own organ. Act only on a
//! known document of the same sender; else ask the host.

use std::collections::HashMap;

use super::codes::{BusinessType, StatusCode};
use super::date::Date;
use super::document::{Document, ResponseFor, Status};
use super::ids::{DocumentId, OrganId};

/// Whether a recall names its target elsewhere than in `Bussiness/DocumentId`.
pub(crate) fn recall_named_elsewhere(document: &Document) -> bool {
    document.business_type() == BusinessType::Recall
        && document
            .bussiness()
            .is_some_and(|bussiness| bussiness.document_id.is_none())
}

impl Document {
    /// The documents this one acts on, as `own` organ sees it; empty for a new
    /// document and where none is named.
    pub fn targets(&self, own: &OrganId) -> Vec<&DocumentId> {
        let Some(bussiness) = self.bussiness() else {
            return Vec::new();
        };
        let named = bussiness.document_id.as_ref();
        match self.business_type() {
            BusinessType::Recall => {
                if let Some(id) = named {
                    return vec![id];
                }
                let responses: Vec<_> = self
                    .response_for
                    .iter()
                    .filter_map(|response| response.document_id.as_ref())
                    .collect();
                if responses.is_empty() {
                    return self.document_id.as_ref().into_iter().collect();
                }
                responses
            }
            BusinessType::Update => named.into_iter().collect(),
            BusinessType::Replace => bussiness
                .replacement_info_list
                .iter()
                .flat_map(|list| &list.replacement_info)
                .filter(|info| {
                    info.organ_id_list
                        .as_ref()
                        .is_some_and(|list| list.organ_id.contains(own))
                })
                .filter_map(|info| info.document_id.as_ref())
                .collect(),
            BusinessType::New | BusinessType::Other(_) => Vec::new(),
        }
    }

    /// The receivers, each once: an old code and the new one of the same organ
    /// are one delivery. `old_to_new` comes from the directory (`oldCode`,
    /// `code102`).
    pub fn receivers<'a>(&'a self, old_to_new: &'a HashMap<OrganId, OrganId>) -> Vec<&'a OrganId> {
        let mut receivers: Vec<&OrganId> = Vec::new();
        for organ in self.to.iter().filter_map(|organ| organ.organ_id.as_ref()) {
            let current = old_to_new.get(organ).unwrap_or(organ);
            if !receivers.contains(&current) {
                receivers.push(current);
            }
        }
        receivers
    }
}

/// What identifies a document on the sender's side: its id, or where that does
/// not match, organ, code and date.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct DocumentKey {
    /// The organ that issued it.
    pub organ: OrganId,
    /// Its id.
    pub id: Option<DocumentId>,
    /// Number and notation in one text, e.g. `7816/VPCP-TTĐT`.
    pub code: Option<String>,
    /// Its date.
    pub date: Option<Date>,
}

impl DocumentKey {
    /// The key of a document; `None` where it names no sender.
    pub fn of(document: &Document) -> Option<Self> {
        let code = document.code.as_ref();
        let number = code.and_then(|code| code.code_number.as_deref());
        let notation = code.and_then(|code| code.code_notation.as_deref());
        Some(DocumentKey {
            organ: document.sender()?.clone(),
            id: document.document_id.clone(),
            code: match (number, notation) {
                (Some(number), Some(notation)) => Some(format!("{number}/{notation}")),
                (one, other) => one.or(other).map(str::to_owned),
            },
            date: document
                .promulgation_info
                .as_ref()
                .and_then(|info| info.promulgation_date),
        })
    }

    /// Whether a status speaks of this document, by the id in any of its
    /// written forms, else by code and date.
    fn is_meant_by(&self, response: &ResponseFor) -> bool {
        if let (Some(own), Some(meant)) = (&self.id, &response.document_id) {
            if normal_id(own.as_str(), None)
                == normal_id(meant.as_str(), response.organ_id.as_ref())
            {
                return true;
            }
        }
        let same_date = self.date.is_some() && self.date == response.promulgation_date;
        let same_code = self.code.is_some() && self.code == response.code;
        same_date && same_code
    }
}

/// An id in normal form: a date in it written `yyyy/MM/dd`, and the receiver's
/// organ in front of it taken off (both seen).
fn normal_id(id: &str, receiver: Option<&OrganId>) -> String {
    let mut id = id.trim();
    if let Some(organ) = receiver {
        let rest = id.strip_prefix(organ.as_str());
        // The organ in front of `organ,date,code` is a prefix only if another
        // organ follows it.
        if let Some(rest) = rest.and_then(|rest| rest.strip_prefix([',', '-', '_', '/'])) {
            if rest.split(',').count() >= 3 {
                id = rest;
            }
        }
    }
    let parts: Vec<String> = id
        .split(',')
        .map(|part| {
            Date::parse_known(part.trim()).map_or_else(|| part.trim().to_owned(), Date::official)
        })
        .collect();
    parts.join(",")
}

/// How the sender and the receiver of a document stand in a status about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parties {
    /// The organ that issued the document.
    pub sender: OrganId,
    /// The organ that received it.
    pub receiver: OrganId,
    /// Whether the two stood in each other's place.
    pub swapped: bool,
}

impl Status {
    /// Which of the known documents the status speaks of, and who is who.
    ///
    /// `known` gives the documents exchanged between a sender and a receiver
    /// (in that order). 13 is seen with the two organs swapped: both ways are
    /// tried, and the status is taken only where exactly one document fits.
    pub fn find_document<'k>(
        &self,
        known: impl Fn(&OrganId, &OrganId) -> Vec<&'k DocumentKey>,
    ) -> Option<(&'k DocumentKey, Parties)> {
        let from = self.sender()?;
        let response = self.response_for.as_ref()?;
        let other = response.organ_id.as_ref()?;
        let asked_by_sender = self.status_code == Some(StatusCode::RecallRequested);
        let expected = if asked_by_sender {
            (from, other)
        } else {
            (other, from)
        };
        let mut found = Vec::new();
        for (sender, receiver, swapped) in [
            (expected.0, expected.1, false),
            (expected.1, expected.0, true),
        ] {
            if swapped && !asked_by_sender {
                break;
            }
            for key in known(sender, receiver) {
                if key.organ == *sender && key.is_meant_by(response) {
                    let parties = Parties {
                        sender: sender.clone(),
                        receiver: receiver.clone(),
                        swapped,
                    };
                    found.push((key, parties));
                }
            }
        }
        match found.len() {
            1 => found.pop(),
            _ => None,
        }
    }
}
