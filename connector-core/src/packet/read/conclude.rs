//! What can only be said of a packet when its end was reached.

use super::attachments::join;
use super::structure::Structure;
use crate::finding::{Finding, FindingCode};
use crate::packet::document::{Document, ReplacementInfo, Status};
use crate::packet::element::{Group, Order};
use crate::packet::received::{
    Content, DialectNamespace, DialectShape, DialectStatus, Packet, SignatureState,
};
use crate::packet::{signature_block, target};
use crate::xml::{Position, Prolog};

impl Structure<'_> {
    pub(super) fn prolog_findings(&mut self, prolog: Prolog) {
        let start = Position {
            byte: 0,
            line: 1,
            column: 1,
        };
        if prolog.bom {
            self.report(FindingCode::ByteOrderMark, start);
        }
        if prolog.leading_junk > 0 {
            let finding = Finding::new(FindingCode::LeadingJunk, "")
                .with("bytes", prolog.leading_junk.to_string())
                .at(start);
            self.context.findings.push(finding);
        }
    }

    /// What can only be said at the end.
    pub(super) fn conclude(mut self, readable: bool, size: u64) -> Packet {
        self.dialect_findings();
        let content = self.content(readable);
        let attachments = join(
            std::mem::take(&mut self.joined),
            &self.references,
            readable,
            &mut self.context,
        );
        let signature = self.signature.unwrap_or(SignatureState::Absent);
        // What is not there may stand behind the fault.
        let known = readable || signature != SignatureState::Absent;
        if known && matches!(content, Content::Document(_)) {
            let mut finding = Finding::new(signature_block::finding(signature), "Signature");
            finding.position = self.signature_position;
            self.context.findings.push(finding);
        }
        let mut findings = self.context.findings.into_vec();
        findings.sort_by_key(|finding| finding.position.map_or(u64::MAX, |at| at.byte));
        Packet {
            readable,
            content,
            dialect: self.dialect,
            attachments,
            signature,
            size,
            findings,
            positions: self.context.positions,
        }
    }

    fn dialect_findings(&mut self) {
        let Some(dialect) = self.dialect else { return };
        let position = self.envelope_position;
        let plain = |code| {
            let mut finding = Finding::new(code, "edXMLEnvelope");
            finding.position = position;
            finding
        };
        if dialect.namespace != DialectNamespace::Qcvn {
            let finding = plain(FindingCode::NamespaceDialect).with("dialect", dialect.to_string());
            self.context.findings.push(finding);
        }
        if self.prefixed == 0 {
            self.context
                .findings
                .push(plain(FindingCode::PrefixMissing));
        } else if self.unprefixed > 0 {
            self.context
                .findings
                .push(plain(FindingCode::NamespaceMixed));
        }
        let official =
            dialect.status == DialectStatus::MessageHeader && dialect.shape != DialectShape::Soap;
        if self.found_status && !official {
            let finding = Finding::new(FindingCode::StatusDialect, "MessageHeader")
                .with("dialect", dialect.to_string());
            self.push_finding(finding);
        }
    }

    fn content(&mut self, readable: bool) -> Content {
        // Without its code a status is known by what only a status has, where
        // nothing makes it a document.
        let no_document = self.document.to.is_empty()
            && self.document.subject.is_none()
            && self.document.code.is_none();
        self.found_status |= readable && no_document && !Group::is_absent(&self.status);
        let elements: &'static [&'static str] = if self.found_status {
            Status::ELEMENTS
        } else {
            Document::ELEMENTS
        };
        let mut order = Order::new(elements);
        self.order.iter().for_each(|name| order.follow(name));
        // Elements of the other kind of packet have no place in this one's model.
        let mut foreign = std::mem::take(&mut self.order);
        foreign.retain(|name| !elements.contains(name));
        foreign.dedup();
        for name in foreign {
            let path = format!("MessageHeader/{name}");
            self.push_finding(
                Finding::new(FindingCode::ElementUnknown, path).with("element", name),
            );
        }
        if order.broken {
            let finding = Finding::new(FindingCode::ElementOrder, "MessageHeader")
                .with("element", "MessageHeader");
            self.push_finding(finding);
        }
        let mut document = std::mem::take(&mut self.document);
        if self.found_status {
            let mut status = std::mem::take(&mut self.status);
            status.from = document.from.take();
            status.response_for = document.response_for.pop();
            if !document.response_for.is_empty() {
                let finding =
                    Finding::new(FindingCode::ElementRepeated, "MessageHeader/ResponseFor")
                        .with("element", "ResponseFor");
                self.push_finding(finding);
            }
            // A status has one ResponseFor.
            self.context
                .findings
                .rename("MessageHeader/ResponseFor[1]", "MessageHeader/ResponseFor");
            return Content::Status(Box::new(status));
        }
        if Group::is_absent(&document) {
            if readable {
                self.context
                    .findings
                    .push(Finding::new(FindingCode::UnknownBody, ""));
            }
            return Content::Unknown;
        }
        self.document_findings(&mut document, readable);
        Content::Document(Box::new(document))
    }

    /// Deviations of a document that show only when all of it is known.
    /// Where the reading ended early, what is not there is not missed.
    fn document_findings(&mut self, document: &mut Document, readable: bool) {
        let path = "TraceHeaderList";
        if readable && document.trace_header_list.is_none() {
            self.push(FindingCode::TraceListMissing, path.to_owned());
        }
        if readable && !self.bussiness_seen {
            self.push(FindingCode::BusinessMissing, path.to_owned());
        }
        let Some(list) = &mut document.trace_header_list else {
            return;
        };
        for (index, hop) in list.trace_header.iter().enumerate() {
            if hop.organ_id.is_none() {
                let path = format!("{path}/TraceHeader[{}]", index + 1);
                self.push(FindingCode::TraceOrganMissing, path);
            }
        }
        if let Some(bussiness) = &mut list.bussiness {
            let mut seen: Vec<ReplacementInfo> = Vec::new();
            let mut repeated = 0;
            for list in &mut bussiness.replacement_info_list {
                list.replacement_info.retain(|info| {
                    let known = seen.contains(info);
                    if known {
                        repeated += 1;
                    } else if seen.len() < 1_000 {
                        seen.push(info.clone());
                    }
                    !known
                });
            }
            for _ in 0..repeated {
                self.push(
                    FindingCode::ReplacementRepeated,
                    format!("{path}/Bussiness/ReplacementInfoList[1]"),
                );
            }
        }
        if target::recall_named_elsewhere(document) {
            self.push(
                FindingCode::RecallTargetByResponse,
                format!("{path}/Bussiness"),
            );
        }
    }

    fn push(&mut self, code: FindingCode, path: String) {
        self.push_finding(Finding::new(code, path));
    }

    /// A finding made when all was read: its position is that of its path.
    fn push_finding(&mut self, mut finding: Finding) {
        finding.position = self.context.positions.find(&finding.path);
        self.context.findings.push(finding);
    }
}
