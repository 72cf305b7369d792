//! What the suite itself laid into the product's queue at the axis, as a clerk
//! may come across it: by this, what is typed gets its identity.

use lienthong::packet::{BusinessType, Discard, ReadOptions, StatusCode, read_packet};

use crate::axis_server::{Queued, TestAxis};

/// A packet for the product.
#[derive(Clone, Debug)]
pub(super) struct Planted {
    /// Its id at the axis.
    pub(super) delivery: String,
    /// Number and notation of the document that it is or (13) is about.
    pub(super) number: String,
    /// The id of that document.
    pub(super) document_id: String,
    /// Whether it is a status: a request (13).
    pub(super) is_status: bool,
    /// Whether it recalls, updates or replaces.
    pub(super) acts: bool,
    pub(super) subject: String,
    pub(super) type_name: String,
    /// The reason of a request.
    pub(super) reason: String,
    /// The names of its files.
    pub(super) files: Vec<String>,
}

/// What a clerk can come across of these deliveries to an organ.
pub(super) fn planted(axis: &TestAxis, deliveries: &[Queued], organ: &str) -> Vec<Planted> {
    let to_product = deliveries
        .iter()
        .filter(|one| one.organ == organ && one.from != organ);
    to_product.filter_map(|one| read(axis, one)).collect()
}

fn read(axis: &TestAxis, one: &Queued) -> Option<Planted> {
    let bytes = axis.packet(&one.id).ok()?;
    let packet = read_packet(&bytes[..], &ReadOptions::default(), &mut Discard).ok()?;
    let files = packet.attachments.iter();
    let files = files.filter_map(|file| file.name.clone()).collect();
    let mut planted = Planted {
        delivery: one.id.clone(),
        number: String::new(),
        document_id: String::new(),
        is_status: false,
        acts: true,
        subject: String::new(),
        type_name: String::new(),
        reason: String::new(),
        files,
    };
    if let Some(status) = packet.status() {
        if status.status_code != Some(StatusCode::RecallRequested) {
            return None;
        }
        let about = status.response_for.as_ref()?;
        planted.is_status = true;
        planted.number = about.code.clone().unwrap_or_default();
        planted.document_id = about.document_id.as_ref().map(ToString::to_string)?;
        planted.reason = status.description.clone().unwrap_or_default();
        return Some(planted);
    }
    let document = packet.document()?;
    let code = document.code.as_ref();
    let part = |text: Option<&String>| text.cloned().unwrap_or_default();
    let number = part(code.and_then(|code| code.code_number.as_ref()));
    let notation = part(code.and_then(|code| code.code_notation.as_ref()));
    planted.number = format!("{number}/{notation}");
    planted.document_id = document
        .document_id
        .as_ref()
        .map(ToString::to_string)
        .unwrap_or_default();
    planted.acts = document.business_type() != BusinessType::New;
    planted.subject = part(document.subject.as_ref());
    let kind = document.document_type.as_ref();
    planted.type_name = part(kind.and_then(|kind| kind.type_name.as_ref()));
    let business = document.bussiness();
    planted.reason = part(business.and_then(|it| it.bussiness_doc_reason.as_ref()));
    Some(planted)
}

/// The last reason that an organ gave in a status.
pub(super) fn reason_from(axis: &TestAxis, deliveries: &[Queued], organ: &str) -> String {
    let of_it = deliveries.iter().rev().filter(|one| one.from == organ);
    let mut reasons = of_it.filter_map(|one| {
        let bytes = axis.packet(&one.id).ok()?;
        let packet = read_packet(&bytes[..], &ReadOptions::default(), &mut Discard).ok()?;
        packet.status()?.description.clone()
    });
    reasons.next().unwrap_or_default()
}

/// The number of a document of the product's that the axis has.
pub(super) fn number_of(axis: &TestAxis, document_id: &str) -> Option<String> {
    let all = axis.queued();
    let mut numbers = all
        .iter()
        .filter_map(|one| read(axis, one))
        .filter(|one| !one.is_status && one.document_id == document_id);
    numbers.next().map(|one| one.number)
}

/// Whether two texts are the same number and notation, whatever the spaces and
/// the size of letters.
pub(super) fn same_number(one: &str, other: &str) -> bool {
    let plain = |text: &str| -> String {
        let letters = text.chars().filter(|c| !c.is_whitespace());
        letters.flat_map(char::to_lowercase).collect()
    };
    plain(one) == plain(other)
}
