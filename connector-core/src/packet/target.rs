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
use crate::finding::{Finding, FindingCode};

/// Whether a recall names its target elsewhere than in `Bussiness/DocumentId`.
pub(crate) fn recall_named_elsewhere(document: &Document) -> bool {
    document.business_type() == BusinessType::Recall
        && document
            .bussiness()
            .is_some_and(|bussiness| bussiness.document_id.is_none())
}

/// What a document acts on, held against what is known of its sender.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Targets<'d, 'k> {
    /// Known documents of the same sender: these may be acted on.
    pub known: Vec<&'k DocumentKey>,
    /// Ids of no known document of the sender, or said to be another organ's:
    /// to be asked of the host, never acted on.
    pub unknown: Vec<&'d DocumentId>,
}

impl Document {
    /// The documents this one acts on, as `own` organ sees it, each once; empty
    /// for a new document and where none is named.
    pub fn targets(&self, own: &OrganId) -> Vec<&DocumentId> {
        let mut targets = Vec::new();
        for (id, _) in self.named_targets(own) {
            if !targets.contains(&id) {
                targets.push(id);
            }
        }
        targets
    }

    /// The targets that are known documents of the same sender, and those that
    /// are not. `known` gives the documents that came from an organ.
    pub fn resolve_targets<'d, 'k>(
        &'d self,
        own: &OrganId,
        known: impl Fn(&OrganId) -> Vec<&'k DocumentKey>,
    ) -> Targets<'d, 'k> {
        let mut targets = Targets::default();
        let sender = self.sender();
        let candidates = sender.map(known).unwrap_or_default();
        for (id, organ) in self.named_targets(own) {
            let foreign = organ.is_some() && organ != sender;
            let mut fitting = candidates.iter().copied().filter(|key| {
                !foreign
                    && Some(&key.organ) == sender
                    && key
                        .id
                        .as_ref()
                        .is_some_and(|own| normal_id(own.as_str()) == normal_id(id.as_str()))
            });
            // The same document named twice by the host is one document.
            let only = fitting
                .next()
                .filter(|key| fitting.all(|other| other == *key));
            match only {
                Some(key) if targets.known.contains(&key) => {}
                Some(key) => targets.known.push(key),
                None if targets.unknown.contains(&id) => {}
                None => targets.unknown.push(id),
            }
        }
        targets
    }

    /// The ids named as targets, with the organ that is said to have issued
    /// each, where one is.
    fn named_targets(&self, own: &OrganId) -> Vec<(&DocumentId, Option<&OrganId>)> {
        let Some(bussiness) = self.bussiness() else {
            return Vec::new();
        };
        let named = bussiness.document_id.as_ref().map(|id| (id, None));
        match self.business_type() {
            BusinessType::Recall => {
                if let Some(target) = named {
                    return vec![target];
                }
                let responses: Vec<_> = self
                    .response_for
                    .iter()
                    .filter_map(|response| {
                        let id = response.document_id.as_ref()?;
                        Some((id, response.organ_id.as_ref()))
                    })
                    .collect();
                if responses.is_empty() {
                    let own_id = self.document_id.as_ref().map(|id| (id, None));
                    return own_id.into_iter().collect();
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
                .map(|id| (id, None))
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

    /// How closely a status names this document, if it does. `parties` are the
    /// organs that may stand before the id.
    fn fit(&self, response: &ResponseFor, parties: [&OrganId; 2]) -> Option<Fit> {
        if let (Some(own), Some(meant)) = (&self.id, &response.document_id) {
            if own == meant {
                return Some(Fit::Id);
            }
            let own = normal_id(own.as_str());
            if meant_ids(meant.as_str(), parties).contains(&own) {
                return Some(Fit::NormalId);
            }
        }
        let same_date = self.date.is_some() && self.date == response.promulgation_date;
        let same_code = self.code.is_some() && self.code == response.code;
        (same_date && same_code).then_some(Fit::CodeAndDate)
    }
}

/// How closely a status names a document; the closest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Fit {
    /// By its id.
    Id,
    /// By its id in another form.
    NormalId,
    /// By code and date. An update may share both with what it updates, so an
    /// id goes before.
    CodeAndDate,
}

/// The ids a status may mean by what it says, in the form in which ids are
/// compared: some products put an organ before the id.
pub(crate) fn meant_ids(said: &str, parties: [&OrganId; 2]) -> Vec<String> {
    let said = said.trim();
    let bare = parties.iter().filter_map(|organ| {
        let rest = said.strip_prefix(organ.as_str())?;
        rest.strip_prefix([',', '-', '_', '/'])
    });
    [said].into_iter().chain(bare).map(normal_id).collect()
}

/// An id with the dates in it written `yyyy/MM/dd`. Digits alone are no date
/// here: they are as likely a counter, and two of them may fall on one day.
pub(crate) fn normal_id(id: &str) -> String {
    let parts: Vec<String> = id
        .split(',')
        .map(|part| {
            let part = part.trim();
            let date = Date::parse_known(part).filter(|_| part.contains(['/', '-']));
            date.map_or_else(|| part.to_owned(), Date::official)
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
    /// What was unusual about how the status names them and the document.
    pub findings: Vec<Finding>,
}

impl Status {
    /// Which of the known documents the status speaks of, and who is who.
    ///
    /// `known` gives the documents exchanged between a sender and a receiver
    /// (in that order). 13 is seen with the two organs swapped: both ways are
    /// tried, and the status is taken only where exactly one document fits best:
    /// by its id, else by its id in another form, else by code and date.
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
        let mut found: Vec<(Fit, &DocumentKey, bool)> = Vec::new();
        for (sender, receiver, swapped) in [
            (expected.0, expected.1, false),
            (expected.1, expected.0, true),
        ] {
            if swapped && !asked_by_sender {
                break;
            }
            for key in known(sender, receiver) {
                let fit = key.fit(response, [sender, receiver]);
                let fit = fit.filter(|_| key.organ == *sender);
                // The same document named twice by the host is one document.
                let again = found.iter().any(|(_, other, _)| *other == key);
                found.extend(fit.filter(|_| !again).map(|fit| (fit, key, swapped)));
            }
        }
        let best = found.iter().map(|(fit, ..)| *fit).min()?;
        found.retain(|(fit, ..)| *fit == best);
        let &[(fit, key, swapped)] = found.as_slice() else {
            return None;
        };
        let (sender, receiver) = if swapped {
            (expected.1, expected.0)
        } else {
            expected
        };
        let mut findings = Vec::new();
        if swapped {
            findings.push(Finding::new(
                FindingCode::StatusSwapped,
                "MessageHeader/From",
            ));
        }
        if fit == Fit::NormalId {
            findings.push(Finding::new(
                FindingCode::StatusIdNormalised,
                "MessageHeader/ResponseFor/DocumentId",
            ));
        }
        let parties = Parties {
            sender: sender.clone(),
            receiver: receiver.clone(),
            swapped,
            findings,
        };
        Some((key, parties))
    }
}
