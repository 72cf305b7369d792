//! The packets that the Office sends. All that stands in them is made up but for
//! its code and name.

use std::io::Read;

use lienthong::packet::codes::DocumentClass;
use lienthong::packet::document::{
    Bussiness, BussinessDocumentInfo, DocumentType, Organ, OrganIdList, ReplacementInfo,
    ReplacementInfoList, ResponseFor, StaffInfo,
};
use lienthong::packet::{
    Attachment, BusinessType, Date, DocumentBuilder, OutgoingDocument, OutgoingStatus,
    StatusBuilder, StatusCode, Timestamp, ZeroOne,
};

use super::command::{OfficeDocument, OfficeError};
use super::desk::OfficeSent;
use super::script::What;
use super::{NAME, OFFICE};
use crate::axis_server::clock;

/// Bytes of the file that a document carries where nothing is said.
const USUAL_FILE: u64 = 1024;
const FILE_HEAD: &[u8] = b"%PDF-1.4\n% a made-up file\n";

fn office() -> Organ {
    Organ {
        organ_id: Some(OFFICE.into()),
        organ_name: Some(NAME.to_owned()),
        ..Organ::default()
    }
}

/// Nobody.
fn staff() -> StaffInfo {
    StaffInfo {
        department: Some("Bộ phận thử nghiệm".to_owned()),
        staff: Some("Người xử lý thử".to_owned()),
        ..StaffInfo::default()
    }
}

/// The day in Vietnam, some days from now.
pub(super) fn day(days: u32) -> Option<Date> {
    Date::in_vietnam(clock::now() + i64::from(days) * 86_400)
}

fn now() -> Option<Timestamp> {
    let now = clock::now();
    let of_day = (now + 7 * 3600).rem_euclid(86_400);
    let part = |seconds: i64| u8::try_from(seconds).ok();
    Timestamp::new(
        Date::in_vietnam(now)?,
        part(of_day / 3600)?,
        part(of_day / 60 % 60)?,
        part(of_day % 60)?,
    )
}

/// A status of the Office.
pub(super) fn status(
    about: ResponseFor,
    code: StatusCode,
    reason: Option<String>,
) -> Result<OutgoingStatus, OfficeError> {
    let now = now().ok_or_else(no_time)?;
    let mut status = StatusBuilder::new(office(), about, code, now).staff(staff());
    if let Some(reason) = reason {
        status = status.description(reason);
    }
    Ok(status.build()?)
}

/// What a packet does to an earlier one.
pub(super) struct Change<'s> {
    pub(super) what: What,
    pub(super) of: &'s OfficeSent,
    pub(super) reason: String,
}

impl Change<'_> {
    fn bussiness(self) -> Bussiness {
        let (business, replaces) = match self.what {
            What::Document => (BusinessType::New, false),
            What::Recall => (BusinessType::Recall, false),
            What::Update => (BusinessType::Update, false),
            What::Replace => (BusinessType::Replace, true),
        };
        let id = self.of.document_id.as_str();
        let replaced = ReplacementInfo {
            document_id: Some(id.into()),
            organ_id_list: Some(OrganIdList {
                organ_id: self
                    .of
                    .to
                    .iter()
                    .map(|organ| organ.as_str().into())
                    .collect(),
            }),
        };
        Bussiness {
            document_id: (!replaces).then(|| id.into()),
            bussiness_doc_type: Some(business),
            bussiness_doc_reason: Some(self.reason),
            bussiness_document_info: if self.what == What::Update {
                vec![BussinessDocumentInfo {
                    document_info: Some(ZeroOne::Yes),
                    document_receiver: Some(ZeroOne::No),
                    ..BussinessDocumentInfo::default()
                }]
            } else {
                Vec::new()
            },
            replacement_info_list: if replaces {
                vec![ReplacementInfoList {
                    replacement_info: vec![replaced],
                }]
            } else {
                Vec::new()
            },
            staff_info: vec![staff()],
            ..Bussiness::default()
        }
    }
}

/// A document of the Office. `made_up` stands where the order has no id, and
/// `count` where it has no number.
pub(super) fn document(
    order: OfficeDocument,
    to: &[String],
    change: Option<Change<'_>>,
    made_up: String,
    count: usize,
) -> Result<OutgoingDocument, OfficeError> {
    let subject = match change.as_ref().map(|change| change.what) {
        None | Some(What::Document) => "Văn bản thử nghiệm",
        Some(What::Recall) => "Thu hồi văn bản thử nghiệm",
        Some(What::Update) => "Cập nhật văn bản thử nghiệm",
        Some(What::Replace) => "Thay thế văn bản thử nghiệm",
    };
    let id = order.document_id.unwrap_or(made_up);
    let mut document = DocumentBuilder::new(office(), id)
        .code(
            order.number.unwrap_or_else(|| count.to_string()),
            order.notation.unwrap_or_else(|| "VPCP-THỬ".to_owned()),
        )
        .promulgated("Hà Nội", day(0).ok_or_else(no_time)?)
        .document_type(DocumentType {
            class: Some(DocumentClass::Administrative),
            detail: Some(18),
            type_name: Some("Công văn".to_owned()),
        })
        .subject(order.subject.unwrap_or_else(|| subject.to_owned()));
    for organ in to {
        document = document.to(Organ {
            organ_id: Some(organ.as_str().into()),
            ..Organ::default()
        });
    }
    for task in order.tasks {
        document = document.task(task);
    }
    if let Some(steering) = order.steering {
        document = document.steering(steering);
    }
    if let Some(date) = order.due_date.or_else(|| order.due_in_days.and_then(day)) {
        document = document.due_date(date);
    }
    if let Some(priority) = order.priority {
        document = document.priority(priority);
    }
    if let Some(change) = change {
        document = document.bussiness(change.bussiness());
    }
    let bytes = order.attachment_bytes.unwrap_or(USUAL_FILE);
    if bytes > 0 {
        let file = FILE_HEAD.chain(std::io::repeat(b'.')).take(bytes);
        let file = Attachment::from_reader("van-ban-thu-nghiem.pdf", file, Some(bytes));
        document = document.attach(file);
    }
    Ok(document.build()?)
}

/// The clock of the machine is beyond the years that packets know.
fn no_time() -> OfficeError {
    OfficeError::Packet("the clock of this machine".to_owned())
}
