//! The check: what a packet's elements say against the table of elements, and
//! against what working axes and receivers are known to do with them.

use std::collections::HashSet;

use super::attachment::name::extension;
use super::attachment::wrapping::WRAPPED_CONTENT_TYPE;
use super::codes::{BusinessType, StatusCode};
use super::date::Date;
use super::document::{Document, Status};
use super::element::{Group, Positions, Walk};
use super::ids::OrganId;
use super::outgoing::Attachment;
use super::received::{Content, Packet};
use crate::config::Config;
use crate::finding::{Finding, FindingCode, Severity};

/// For which axis a packet is checked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Profile {
    /// The national axis: the literal prefix `edXML:` is needed (observed).
    #[default]
    National,
    /// A provincial axis: XML without that prefix was seen to be taken.
    Provincial,
}

impl Profile {
    /// The profiles by name.
    pub const ALL: &'static [(&'static str, Profile)] = &[
        ("national", Profile::National),
        ("provincial", Profile::Provincial),
    ];

    /// The profile of a name.
    pub fn by_name(name: &str) -> Option<Self> {
        let named = Self::ALL.iter().find(|(known, _)| *known == name)?;
        Some(named.1)
    }
}

/// How a packet is checked.
#[derive(Clone, Debug)]
pub struct CheckOptions {
    /// For which axis.
    pub profile: Profile,
    /// Whether the packet is about to be sent; else it was received.
    pub sending: bool,
    /// The day it is in Vietnam, to find dates in the future; `None` = not checked.
    pub today: Option<Date>,
    organ_ids: bool,
    max_reason: usize,
    max_findings: usize,
}

impl CheckOptions {
    /// By a configuration, for a received packet.
    pub fn from_config(config: &Config) -> Self {
        CheckOptions {
            profile: Profile::National,
            sending: false,
            today: None,
            organ_ids: config.flag("packet.check_organ_ids"),
            max_reason: config.size("packet.max_reason"),
            max_findings: config.size("packet.max_findings"),
        }
    }

    /// For a packet that is about to be sent.
    pub fn sending() -> Self {
        CheckOptions {
            sending: true,
            ..Self::default()
        }
    }
}

impl Default for CheckOptions {
    fn default() -> Self {
        Self::from_config(&Config::new())
    }
}

/// Values of the official kit's sample packets that are seen in real ones. The
/// signature's own are judged with the signature.
const SAMPLE_VALUES: &[(&str, &str)] = &[
    ("DocumentId", "000.00.00.G22,2015/09/30,7816/VPCP-TTĐT"),
    ("DocumentId", "9fbfbad2-f1f8-4256-a2eb-50fb1061cddb"),
    (
        "OrganAdd",
        "Số 03, đường Trường Thi, Thành phố Vinh, Tỉnh Nghệ An, Việt Nam",
    ),
    ("Timestamp", "2018/06/20 16:35:56"),
    ("Timestamp", "2018/09/28 00:00:00"),
];

/// Words with which a type name that is really a business reason starts (assumed).
const REASON_WORDS: &[&str] = &["thu hồi", "thay thế", "cập nhật", "lấy lại"];

/// Checks a packet that was read. What reading found is part of the answer,
/// with the severities of the options.
pub fn check(packet: &Packet, options: &CheckOptions) -> Vec<Finding> {
    let mut check = Check::new(options, &packet.positions);
    match &packet.content {
        Content::Document(document) if packet.readable => {
            check.document(document);
            for attachment in &packet.attachments {
                let name = attachment.name.as_deref();
                let is_zip = attachment
                    .raw
                    .is_some_and(|raw| raw.detected == super::attachment::magic::DetectedType::Zip);
                check.attachment(attachment.number, name, is_zip && !attachment.is_wrapped());
                if attachment.content_type.is_none() {
                    check.attachment_finding(FindingCode::AttachmentTypeMissing, attachment.number);
                }
            }
            if packet.attachments.is_empty() {
                check.push(Finding::new(FindingCode::NoAttachment, "AttachmentEncoded"));
            }
        }
        Content::Status(status) if packet.readable => check.status(status),
        _ => {}
    }
    let mut findings = packet.findings.clone();
    findings.extend(check.findings);
    for finding in &mut findings {
        finding.severity = severity(finding.code, options);
        if options.sending && is_left_closed(packet, finding) {
            finding.severity = Severity::Warning;
        }
    }
    findings.sort_by_key(|finding| finding.position.map_or(u64::MAX, |at| at.byte));
    findings
}

/// Whether a finding is of a ZIP that cannot be opened, and that no hop opens
/// either: only what is declared as a ZIP, or as nothing, is (observed). A file
/// that travels as it is need not be what its first bytes say.
fn is_left_closed(packet: &Packet, finding: &Finding) -> bool {
    let of_zip = matches!(
        finding.code,
        FindingCode::AttachmentZipRefused | FindingCode::AttachmentZipCorrupt
    );
    of_zip
        && packet.attachments.iter().any(|attachment| {
            let declared = attachment.content_type.as_deref();
            declared.is_some_and(|declared| declared != WRAPPED_CONTENT_TYPE)
                && finding.path == format!("AttachmentEncoded/Attachment[{}]", attachment.number)
        })
}

fn severity(code: FindingCode, options: &CheckOptions) -> Severity {
    let about_prefix = matches!(
        code,
        FindingCode::PrefixMissing | FindingCode::NamespaceMixed
    );
    if !options.sending || (about_prefix && options.profile == Profile::Provincial) {
        code.severity()
    } else {
        code.severity_when_sending()
    }
}

/// Checks a document that is to be written.
pub(crate) fn check_outgoing(
    document: &Document,
    attachments: &[Attachment],
    options: &CheckOptions,
) -> Vec<Finding> {
    let positions = Positions::default();
    let mut check = Check::new(options, &positions);
    check.document(document);
    let mut ids = HashSet::new();
    for (index, attachment) in attachments.iter().enumerate() {
        let number = index + 1;
        let name = Some(attachment.name.as_str()).filter(|name| !name.is_empty());
        let is_zip = extension(&attachment.name).is_some_and(|ext| ext.eq_ignore_ascii_case("zip"));
        check.attachment(number, name, is_zip);
        if attachment.is_empty() {
            check.push(empty_attachment(number));
        }
        let path = format!("AttachmentEncoded/Attachment[{number}]");
        check.text(&path, "Description", &attachment.description, 0);
        if let Some(id) = &attachment.content_id {
            check.text(&path, "ContentId", id.as_str(), 0);
        }
        if !ids.insert(attachment.content_id.clone()) {
            check.attachment_finding(FindingCode::ContentIdRepeated, number);
        }
    }
    if attachments.is_empty() {
        check.push(Finding::new(FindingCode::NoAttachment, "AttachmentEncoded"));
    }
    check.findings
}

/// An attachment without data in a packet that is to be written.
pub(crate) fn empty_attachment(number: usize) -> Finding {
    let path = format!("AttachmentEncoded/Attachment[{number}]");
    let mut finding =
        Finding::new(FindingCode::AttachmentEmpty, path).with("number", number.to_string());
    finding.severity = finding.code.severity_when_sending();
    finding
}

/// Checks a status on its own.
pub(crate) fn check_status(status: &Status, options: &CheckOptions) -> Vec<Finding> {
    let positions = Positions::default();
    let mut check = Check::new(options, &positions);
    check.status(status);
    check.findings
}

struct Check<'a> {
    options: &'a CheckOptions,
    positions: &'a Positions,
    findings: Vec<Finding>,
}

impl<'a> Check<'a> {
    fn new(options: &'a CheckOptions, positions: &'a Positions) -> Self {
        Check {
            options,
            positions,
            findings: Vec::new(),
        }
    }

    fn push(&mut self, mut finding: Finding) {
        finding.severity = severity(finding.code, self.options);
        finding.position = self.positions.find(&finding.path);
        // An error has room of its own: it decides the verdict.
        let room = match finding.severity {
            Severity::Error => self.options.max_findings.saturating_mul(2),
            _ => self.options.max_findings,
        };
        if self.findings.len() < room {
            self.findings.push(finding);
        }
    }

    fn header(&mut self, code: FindingCode, path: &str) {
        let element = path.to_owned();
        self.push(Finding::new(code, format!("MessageHeader/{path}")).with("element", element));
    }

    fn attachment_finding(&mut self, code: FindingCode, number: usize) {
        self.push(
            Finding::new(code, format!("AttachmentEncoded/Attachment[{number}]"))
                .with("number", number.to_string()),
        );
    }

    /// The text of one element: its length and its characters.
    fn text(&mut self, path: &str, element: &'static str, text: &str, max: usize) {
        if max > 0 {
            let length = text.chars().count();
            if length > max {
                self.push(
                    Finding::new(FindingCode::TooLong, format!("{path}/{element}"))
                        .with("element", element)
                        .with("length", length.to_string())
                        .with("maximum", max.to_string()),
                );
            }
        }
        if !text.chars().all(is_xml_character) {
            self.push(
                Finding::new(FindingCode::TextInvalid, format!("{path}/{element}"))
                    .with("element", element),
            );
        }
        if SAMPLE_VALUES.contains(&(element, text)) {
            // An address may be an agency's own; the id of the sample is nobody's.
            let code = match (path, element) {
                ("MessageHeader", "DocumentId") => FindingCode::SampleDocumentId,
                _ => FindingCode::SampleValue,
            };
            self.push(Finding::new(code, format!("{path}/{element}")).with("element", element));
        }
    }

    fn leaves(&mut self, group: &impl Group) {
        let mut walk = LeafWalk {
            check: self,
            path: vec!["MessageHeader".to_owned()],
        };
        group.walk_children(&mut walk);
    }

    fn document(&mut self, document: &Document) {
        self.leaves(document);
        self.sender(document.sender());
        self.receivers(document);
        let code = document.code.as_ref();
        let info = document.promulgation_info.as_ref();
        let date = info.and_then(|info| info.promulgation_date);
        let needed = [
            ("DocumentId", document.document_id.is_none()),
            (
                "Code/CodeNumber",
                code.is_none_or(|code| code.code_number.is_none()),
            ),
            (
                "Code/CodeNotation",
                code.is_none_or(|code| code.code_notation.is_none()),
            ),
            ("PromulgationInfo/PromulgationDate", date.is_none()),
            ("Subject", document.subject.is_none()),
        ];
        for (path, missing) in needed {
            if missing {
                self.header(FindingCode::ElementMissing, path);
            }
        }
        let from = document.from.as_ref();
        let advised = [
            (
                "From/OrganName",
                from.is_some_and(|from| from.organ_name.is_none()),
            ),
            ("SteeringType", document.steering_type.is_none()),
        ];
        for (path, missing) in advised {
            if missing {
                self.header(FindingCode::ElementAdvised, path);
            }
        }
        if let (Some(date), Some(today)) = (date, self.options.today)
            && date > today
        {
            let path = "MessageHeader/PromulgationInfo/PromulgationDate";
            self.push(Finding::new(FindingCode::DateInFuture, path).with("date", date.to_string()));
        }
        let number = code.and_then(|code| code.code_number.as_deref());
        if number.is_some_and(|number| !number.bytes().all(|byte| byte.is_ascii_digit())) {
            self.header(FindingCode::CodeNumberForm, "Code/CodeNumber");
        }
        if document_id_contradicts(document) {
            self.header(FindingCode::DocumentIdHint, "DocumentId");
        }
        self.type_name(document);
        self.business(document);
    }

    fn sender(&mut self, sender: Option<&OrganId>) {
        match sender {
            None => self.header(FindingCode::SenderMissing, "From/OrganId"),
            Some(organ) => self.organ_form(organ, "MessageHeader/From/OrganId"),
        }
    }

    fn organ_form(&mut self, organ: &OrganId, path: &str) {
        if self.options.organ_ids && !has_published_form(organ.as_str()) {
            self.push(
                Finding::new(FindingCode::OrganIdForm, path).with("organ", organ.to_string()),
            );
        }
    }

    fn receivers(&mut self, document: &Document) {
        if document.to.is_empty() {
            self.header(FindingCode::ReceiverMissing, "To");
        }
        let mut seen = HashSet::new();
        for (index, receiver) in document.to.iter().enumerate() {
            let path = format!("To[{}]/OrganId", index + 1);
            let Some(organ) = &receiver.organ_id else {
                self.header(FindingCode::ReceiverMissing, &path);
                continue;
            };
            let path = format!("MessageHeader/{path}");
            self.organ_form(organ, &path);
            if !seen.insert(organ.as_str()) {
                self.push(
                    Finding::new(FindingCode::ReceiverRepeated, path.as_str())
                        .with("organ", organ.to_string()),
                );
            }
        }
        for (index, receiver) in document.to.iter().enumerate() {
            // One without an id was told already.
            let Some(organ) = receiver.organ_id.as_ref().map(OrganId::as_str) else {
                continue;
            };
            let new_code = organ.strip_prefix("000.00.00.");
            let marked = receiver.organization_in_charge.as_deref() == Some("TLTVBQG_CDMDD_QD20")
                || receiver
                    .organ_name
                    .as_deref()
                    .is_some_and(|name| name.trim_end().ends_with("(Mã cũ)(qd20)"));
            if marked || new_code.is_some_and(|code| seen.contains(code)) {
                self.push(
                    Finding::new(
                        FindingCode::OrganCodesOldAndNew,
                        format!("MessageHeader/To[{}]/OrganId", index + 1),
                    )
                    .with("organ", organ.to_owned()),
                );
            }
        }
    }

    fn type_name(&mut self, document: &Document) {
        let name = document
            .document_type
            .as_ref()
            .and_then(|kind| kind.type_name.as_deref());
        let reason = document
            .bussiness()
            .and_then(|bussiness| bussiness.bussiness_doc_reason.as_deref());
        let Some(name) = name else { return };
        let lower = name.to_lowercase();
        if reason == Some(name) || REASON_WORDS.iter().any(|word| lower.starts_with(word)) {
            self.header(FindingCode::ReasonInTypeName, "DocumentType/TypeName");
        }
    }

    fn business(&mut self, document: &Document) {
        let Some(bussiness) = document.bussiness() else {
            return;
        };
        let path = "TraceHeaderList/Bussiness";
        let infos: Vec<_> = bussiness
            .replacement_info_list
            .iter()
            .flat_map(|list| &list.replacement_info)
            .collect();
        match document.business_type() {
            BusinessType::Update if bussiness.document_id.is_none() => {
                self.push(Finding::new(FindingCode::UpdateTargetMissing, path));
            }
            BusinessType::Replace if !infos.iter().any(|info| info.document_id.is_some()) => {
                self.push(Finding::new(FindingCode::ReplacementMissing, path));
            }
            _ => {}
        }
        for info in infos {
            let organs = info.organ_id_list.as_ref();
            if organs.is_none_or(|list| list.organ_id.is_empty()) {
                self.push(Finding::new(
                    FindingCode::ReplacementOrgansMissing,
                    format!("{path}/ReplacementInfoList[1]"),
                ));
            }
        }
    }

    fn attachment(&mut self, number: usize, name: Option<&str>, is_zip: bool) {
        let path = format!("AttachmentEncoded/Attachment[{number}]");
        let Some(name) = name else {
            self.attachment_finding(FindingCode::AttachmentNameMissing, number);
            return;
        };
        self.text(&path, "AttachmentName", name, 200);
        match extension(name) {
            None => self.attachment_finding(FindingCode::AttachmentNameNoExtension, number),
            Some(extension)
                if is_zip && extension != "zip" && extension.eq_ignore_ascii_case("zip") =>
            {
                self.attachment_finding(FindingCode::AttachmentNameZipCase, number);
            }
            Some(_) => {}
        }
    }

    fn status(&mut self, status: &Status) {
        self.leaves(status);
        self.sender(status.sender());
        if status.addressee().is_none() {
            self.header(FindingCode::StatusAddresseeMissing, "ResponseFor/OrganId");
        }
        let named = status.response_for.as_ref().is_some_and(|response| {
            response.document_id.is_some()
                || (response.code.is_some() && response.promulgation_date.is_some())
        });
        if !named {
            self.header(FindingCode::StatusTargetMissing, "ResponseFor");
        }
        if status.timestamp.is_none() {
            self.header(FindingCode::ElementAdvised, "Timestamp");
        }
        let Some(code) = status.status_code else {
            self.header(FindingCode::StatusCodeMissing, "StatusCode");
            return;
        };
        let path = "MessageHeader/Description";
        let needs_reason = matches!(
            code,
            StatusCode::Refused | StatusCode::RecallRequested | StatusCode::ChangeDeclined
        );
        match &status.description {
            None if needs_reason => self.push(
                Finding::new(FindingCode::StatusReasonMissing, path)
                    .with("status", code.official()),
            ),
            Some(reason) => {
                let length = reason.chars().count();
                if length > self.options.max_reason {
                    self.push(
                        Finding::new(FindingCode::StatusReasonLong, path)
                            .with("length", length.to_string())
                            .with("maximum", self.options.max_reason.to_string()),
                    );
                }
            }
            None => {}
        }
    }
}

/// Whether a `organ,date,code` in the id says something else than the document.
fn document_id_contradicts(document: &Document) -> bool {
    let Some(id) = &document.document_id else {
        return false;
    };
    let parts: Vec<&str> = id.as_str().splitn(3, ',').map(str::trim).collect();
    let [organ, date, code] = parts.as_slice() else {
        return false;
    };
    let own = super::target::DocumentKey::of(document);
    let own_date = own.as_ref().and_then(|key| key.date);
    let own_code = own.as_ref().and_then(|key| key.code.as_deref());
    document
        .sender()
        .is_some_and(|sender| sender.as_str() != *organ)
        || Date::parse_known(date).is_none_or(|date| own_date.is_some_and(|own| own != date))
        || own_code.is_some_and(|own| own != *code)
}

/// The old form (13 characters in 4 groups), the new one (Decision 20/2020:
/// up to 35 of `0-9A-Z.`), or a registration number.
fn has_published_form(organ: &str) -> bool {
    let plain = organ
        .bytes()
        .all(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase() || byte == b'.');
    plain && !organ.is_empty() && organ.len() <= 35 && organ.split('.').all(|part| !part.is_empty())
}

/// Whether XML 1.0 allows a character.
fn is_xml_character(character: char) -> bool {
    matches!(character,
        '\t' | '\n' | '\r' | ' '..='\u{D7FF}' | '\u{E000}'..='\u{FFFD}' | '\u{10000}'..)
}

struct LeafWalk<'c, 'a> {
    check: &'c mut Check<'a>,
    path: Vec<String>,
}

fn step(element: &str, number: Option<usize>) -> String {
    match number {
        Some(number) => format!("{element}[{number}]"),
        None => element.to_owned(),
    }
}

impl Walk for LeafWalk<'_, '_> {
    fn enter(&mut self, element: &'static str, number: Option<usize>) {
        if element == "TraceHeaderList" {
            // It stands beside MessageHeader, and is the last of the walk.
            self.path.clear();
        }
        self.path.push(step(element, number));
    }

    fn leave(&mut self, _element: &'static str) {
        self.path.pop();
    }

    fn leaf(&mut self, element: &'static str, _number: Option<usize>, text: &str, max: usize) {
        let path = self.path.join("/");
        self.check.text(&path, element, text, max);
    }
}
