//! The document: every element of a packet's header, typed.
//!
//! Fields stand in the order in which they are written; texts are counted in
//! characters. Sources: the official builder and working axes (observed), the
//! amended regulation SĐ1:2022 for lengths and lists. `None` or an empty list
//! means that the element is absent; an empty element reads as absent.

use super::codes::{
    BusinessType, DocumentClass, Priority, ReceiverChange, StatusCode, SteeringType, ZeroOne,
};
use super::date::{Date, Timestamp};
use super::element::{Element, group};
use super::ids::{DocumentId, OrganId, TaskCode};

group! {
    /// An organ (cơ quan) as sender (`From`) or receiver (`To`).
    pub struct Organ {
        /// Its id in the directory (mã định danh): 13 characters in the old
        /// form, up to 35 in the new one.
        organ_id: Option<OrganId> = "OrganId", max 35;
        /// The organ above it: samples hold a name, an annotated template says
        /// it is that organ's code.
        organization_in_charge: Option<String> = "OrganizationInCharge", max 200;
        /// Its name.
        organ_name: Option<String> = "OrganName", max 200;
        /// Its postal address.
        organ_add: Option<String> = "OrganAdd", max 250;
        /// Its e-mail address.
        email: Option<String> = "Email", max 100;
        /// Its telephone number.
        telephone: Option<String> = "Telephone", max 20;
        /// Its fax number.
        fax: Option<String> = "Fax", max 20;
        /// Its web site.
        website: Option<String> = "Website", max 100;
    }
}

group! {
    /// The number and notation of a document (số, ký hiệu).
    pub struct Code {
        /// The number, e.g. `7816`; not always numeric.
        code_number: Option<String> = "CodeNumber", max 11;
        /// The notation, e.g. `VPCP-TTĐT`.
        code_notation: Option<String> = "CodeNotation", max 30;
    }
}

group! {
    /// Where and when a document was promulgated (ban hành).
    pub struct PromulgationInfo {
        /// The place.
        place: Option<String> = "Place", max 50;
        /// The date; not in the future.
        promulgation_date: Option<Date> = "PromulgationDate";
    }
}

group! {
    /// The kind of a document (loại văn bản).
    pub struct DocumentType {
        /// The class: 1 legal normative, 2 administrative (observed).
        class: Option<DocumentClass> = "Type";
        /// The number of the kind in the list of its class.
        detail: Option<u32> = "TypeDetail";
        /// The name of the kind: what can be trusted.
        type_name: Option<String> = "TypeName", max 100;
    }
}

group! {
    /// Who signed (người ký).
    pub struct SignerInfo {
        /// The authority to sign: TM., KT., TL., TUQ., Q.
        competence: Option<String> = "Competence", max 100;
        /// The title.
        position: Option<String> = "Position", max 100;
        /// The name.
        full_name: Option<String> = "FullName", max 50;
    }
}

group! {
    /// The list of appendixes (phụ lục).
    pub struct Appendixes {
        /// One appendix each.
        appendix: Vec<String> = "Appendix", max 250;
    }
}

group! {
    /// Further particulars.
    pub struct OtherInfo {
        /// How urgent it is.
        priority: Option<Priority> = "Priority";
        /// Whom it is meant for (phạm vi lưu hành).
        sphere_of_promulgation: Option<String> = "SphereOfPromulgation", max 100;
        /// The typist's mark.
        typer_notation: Option<String> = "TyperNotation", max 10;
        /// The number of copies; 0 = not stated, 1 may be made up by a rebuild.
        promulgation_amount: Option<u32> = "PromulgationAmount";
        /// The number of pages; 0 = not stated, 1 may be made up by a rebuild.
        page_amount: Option<u32> = "PageAmount";
        /// What it replies to, in words.
        reply_fors: Option<String> = "ReplyFors";
        /// Whether it directs; a rebuild adds `false`.
        direction: Option<bool> = "Direction";
        /// Codes it refers to.
        reference_codes: Option<String> = "ReferenceCodes";
        /// The appendixes.
        appendixes: Option<Appendixes> = "Appendixes";
    }
}

group! {
    /// A document that this one answers, or that a status speaks of.
    pub struct ResponseFor {
        /// The organ that issued it.
        organ_id: Option<OrganId> = "OrganId", max 35;
        /// Its number and notation in one text, e.g. `7816/VPCP-TTĐT`.
        code: Option<String> = "Code";
        /// Its id.
        document_id: Option<DocumentId> = "DocumentId";
        /// Its date.
        promulgation_date: Option<Date> = "PromulgationDate";
    }
}

group! {
    /// The tasks on which a document reports.
    pub struct ResponseForTask {
        /// One task each.
        task_code: Vec<TaskCode> = "TaskCode";
    }
}

group! {
    /// The lines of "Nơi nhận".
    pub struct ToPlaces {
        /// One line each.
        place: Vec<String> = "Place", max 150;
    }
}

group! {
    /// A receiver whom an update adds or takes off.
    pub struct Receiver {
        /// The organ.
        organ_id: Option<OrganId> = "OrganId", max 35;
        /// What happens to it.
        receiver_type: Option<ReceiverChange> = "ReceiverType";
    }
}

group! {
    /// Receivers that change.
    pub struct ReceiverList {
        /// One receiver each.
        receiver: Vec<Receiver> = "Receiver";
    }
}

group! {
    /// What an update changes.
    pub struct BussinessDocumentInfo {
        /// Whether the document's particulars change (observed).
        document_info: Option<ZeroOne> = "DocumentInfo";
        /// Whether its receivers change (observed).
        document_receiver: Option<ZeroOne> = "DocumentReceiver";
        /// Receivers that change.
        receiver_list: Vec<ReceiverList> = "ReceiverList";
    }
}

group! {
    /// The organs for which a document is replaced.
    pub struct OrganIdList {
        /// One organ each.
        organ_id: Vec<OrganId> = "OrganId", max 35;
    }
}

group! {
    /// A document that is replaced, and for whom.
    pub struct ReplacementInfo {
        /// The id of the document.
        document_id: Option<DocumentId> = "DocumentId";
        /// For whom.
        organ_id_list: Option<OrganIdList> = "OrganIdList";
    }
}

group! {
    /// Documents that are replaced.
    pub struct ReplacementInfoList {
        /// One document each.
        replacement_info: Vec<ReplacementInfo> = "ReplacementInfo";
    }
}

group! {
    /// The member of staff who acts (cán bộ xử lý).
    pub struct StaffInfo {
        /// The department.
        department: Option<String> = "Department";
        /// The department's id.
        department_id: Option<String> = "DepartmentId";
        /// The name.
        staff: Option<String> = "Staff";
        /// The member's id.
        staff_id: Option<String> = "StaffId";
        /// The e-mail address.
        email: Option<String> = "Email";
        /// The mobile number.
        mobile: Option<String> = "Mobile";
    }
}

group! {
    /// What a document does to an earlier one. The spelling is the standard's.
    pub struct Bussiness {
        /// The document acted on; to be ignored when the type is 0.
        document_id: Option<DocumentId> = "DocumentId";
        /// New, recall, update or replacement; absent = new.
        bussiness_doc_type: Option<BusinessType> = "BussinessDocType";
        /// Why.
        bussiness_doc_reason: Option<String> = "BussinessDocReason";
        /// Whether paper follows.
        paper: Option<ZeroOne> = "Paper";
        /// What an update changes.
        bussiness_document_info: Vec<BussinessDocumentInfo> = "BussinessDocumentInfo";
        /// What a replacement replaces.
        replacement_info_list: Vec<ReplacementInfoList> = "ReplacementInfoList";
        /// Who acts.
        staff_info: Vec<StaffInfo> = "StaffInfo";
    }
}

group! {
    /// One hop of a packet.
    pub struct TraceHeader {
        /// The organ or system of the hop.
        organ_id: Option<OrganId> = "OrganId", max 35;
        /// When, in Vietnamese time.
        timestamp: Option<Timestamp> = "Timestamp";
    }
}

group! {
    /// The business action and the hops so far.
    pub struct TraceHeaderList {
        /// What the document does to an earlier one.
        bussiness: Option<Bussiness> = "Bussiness";
        /// The hops, oldest first.
        trace_header: Vec<TraceHeader> = "TraceHeader";
    }
}

group! {
    /// A document: the elements of `MessageHeader`, and the trace beside it.
    /// Attachments are not part of it, since they are streamed.
    pub struct Document {
        /// The sender.
        from: Option<Organ> = "From";
        /// The receivers.
        to: Vec<Organ> = "To";
        /// The sender's id of the document.
        document_id: Option<DocumentId> = "DocumentId";
        /// Number and notation.
        code: Option<Code> = "Code";
        /// Place and date.
        promulgation_info: Option<PromulgationInfo> = "PromulgationInfo";
        /// Its kind.
        document_type: Option<DocumentType> = "DocumentType";
        /// What it is about (trích yếu).
        subject: Option<String> = "Subject", max 500;
        /// Its content in short.
        content: Option<String> = "Content", max 500;
        /// Who signed.
        signer_info: Option<SignerInfo> = "SignerInfo";
        /// By when it is to be dealt with.
        due_date: Option<Date> = "DueDate";
        /// Further particulars.
        other_info: Option<OtherInfo> = "OtherInfo";
        /// Documents it answers.
        response_for: Vec<ResponseFor> = "ResponseFor";
        /// Whether it directs or reports.
        steering_type: Option<SteeringType> = "SteeringType";
        /// Tasks it reports on.
        response_for_task: Option<ResponseForTask> = "ResponseForTask";
        /// Meaning unknown; `MCDT_DT` was seen.
        application_type: Option<String> = "ApplicationType";
        /// The lines of "Nơi nhận".
        to_places: Option<ToPlaces> = "ToPlaces";
        /// The business action and the hops; stands beside `MessageHeader`.
        trace_header_list: Option<TraceHeaderList> = "TraceHeaderList";
    }
}

group! {
    /// A status packet: what a receiver reports of a document, or (13) what a
    /// sender asks for. It has no body, no attachments and no signature.
    pub struct Status {
        /// The organ that reports.
        from: Option<Organ> = "From";
        /// The document it speaks of; its `OrganId` is the addressee.
        response_for: Option<ResponseFor> = "ResponseFor";
        /// Who acted.
        staff_info: Option<StaffInfo> = "StaffInfo";
        /// The state.
        status_code: Option<StatusCode> = "StatusCode";
        /// The reason or remark.
        description: Option<String> = "Description";
        /// When, in Vietnamese time.
        timestamp: Option<Timestamp> = "Timestamp";
    }
}

impl Document {
    /// What the document does to an earlier one; absent = new.
    pub fn business_type(&self) -> BusinessType {
        self.bussiness()
            .and_then(|bussiness| bussiness.bussiness_doc_type)
            .unwrap_or(BusinessType::New)
    }

    /// The business action, if there is one.
    pub fn bussiness(&self) -> Option<&Bussiness> {
        self.trace_header_list.as_ref()?.bussiness.as_ref()
    }

    /// The id of the sender, if there is one.
    pub fn sender(&self) -> Option<&OrganId> {
        self.from.as_ref()?.organ_id.as_ref()
    }

    /// Brings every text into the form in which it is written and read back:
    /// trimmed, with LF line ends, empty elements gone.
    pub fn tidy(&mut self) {
        Element::tidy(self);
    }
}

impl Status {
    /// The id of the organ that reports, if there is one.
    pub fn sender(&self) -> Option<&OrganId> {
        self.from.as_ref()?.organ_id.as_ref()
    }

    /// The organ the status is addressed to: `ResponseFor/OrganId`.
    pub fn addressee(&self) -> Option<&OrganId> {
        self.response_for.as_ref()?.organ_id.as_ref()
    }

    /// As [`Document::tidy`].
    pub fn tidy(&mut self) {
        Element::tidy(self);
    }
}
