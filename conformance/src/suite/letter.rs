//! Documents: those that the product is to send, and those that peers made.

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use serde_json::{Value, json};

/// The day of all documents here.
pub const DAY: &str = "2026-03-04";

/// A document that the product is to send.
#[derive(Clone, Debug)]
pub struct Letter {
    /// The header, in the JSON of the schema.
    pub header: Value,
    /// The files.
    pub files: Vec<PathBuf>,
    id: String,
    /// What a person's product gave it in place of ours.
    given: Arc<Given>,
}

/// An id, and number and notation, that a product made up.
#[derive(Debug, Default)]
struct Given {
    id: OnceLock<String>,
    number: OnceLock<String>,
}

impl Letter {
    pub(crate) fn new(from: &str, to: &[&str], number: u64) -> Self {
        let id = format!("{from},2026/03/04,{number}/TD-VP");
        let to: Vec<Value> = to
            .iter()
            .map(|organ| json!({ "OrganId": organ, "OrganName": "Cơ quan thí dụ nhận" }))
            .collect();
        let header = json!({
            "From": { "OrganId": from, "OrganName": "Cơ quan thí dụ gửi" },
            "To": to,
            "DocumentId": id,
            "Code": { "CodeNumber": number.to_string(), "CodeNotation": "TD-VP" },
            "PromulgationInfo": { "Place": "Thí dụ", "PromulgationDate": DAY },
            "DocumentType": { "Type": 2, "TypeDetail": 18, "TypeName": "Công văn" },
            "Subject": "V/v thí dụ của bộ kiểm thử",
        });
        Letter {
            header,
            files: Vec::new(),
            id,
            given: Arc::default(),
        }
    }

    /// Its document id.
    pub fn document_id(&self) -> &str {
        self.given.id.get().unwrap_or(&self.id)
    }

    /// Notes the id that it has at the axis: no clerk can give a document one, so
    /// what peers say of it has to name the product's own. Copies know it, too.
    pub(crate) fn went_as(&self, id: &str) {
        let _ = self.given.id.set(id.to_owned());
    }

    /// Notes number and notation that the product gave it: many count by themselves.
    pub(crate) fn was_numbered(&self, number: &str) {
        let _ = self.given.number.set(number.to_owned());
    }

    /// Number and notation, as a clerk reads them.
    pub(crate) fn number(&self) -> String {
        if let Some(given) = self.given.number.get() {
            return given.clone();
        }
        let part = |pointer: &str| self.header.pointer(pointer).and_then(Value::as_str);
        let (number, notation) = (part("/Code/CodeNumber"), part("/Code/CodeNotation"));
        format!("{}/{}", number.unwrap_or(""), notation.unwrap_or(""))
    }

    /// Sets a member of the header, by a JSON pointer to a place that is there
    /// or one below an object that is there.
    #[must_use]
    pub fn with(mut self, pointer: &str, value: Value) -> Self {
        if let Some(place) = self.header.pointer_mut(pointer) {
            *place = value;
        } else if let Some((parent, name)) = pointer.rsplit_once('/')
            && let Some(Value::Object(members)) = self.header.pointer_mut(parent)
        {
            members.insert(name.to_owned(), value);
        }
        if pointer == "/DocumentId"
            && let Some(Value::String(id)) = self.header.get("DocumentId")
        {
            self.id.clone_from(id);
            self.given = Arc::default();
        }
        self
    }

    /// Adds a file.
    #[must_use]
    pub fn attach(mut self, path: &Path) -> Self {
        self.files.push(path.to_owned());
        self
    }

    /// The members of `send`.
    pub fn command(&self) -> Value {
        json!({
            "contains_state_secret": false,
            "document": self.header,
            "attach": self.files,
        })
    }
}

/// A packet of a peer, written here by hand in the shape of the regulation: no
/// code of the writer under test has a part in it.
#[derive(Clone, Debug)]
pub struct Made {
    /// The sending organ.
    pub from: String,
    /// The receivers.
    pub to: Vec<String>,
    /// The number of `Code`.
    pub number: String,
    /// The document id.
    pub document_id: String,
    /// The subject.
    pub subject: String,
    /// `SteeringType`.
    pub steering: u32,
    /// XML between `Subject` and `ResponseFor`: `DueDate`, `OtherInfo`.
    pub more: String,
    /// The XML of `ResponseFor` elements.
    pub responses: String,
    /// The XML of `ResponseForTask`.
    pub tasks: String,
    /// The XML of `Bussiness`.
    pub business: String,
    /// The XML of a signature.
    pub signature: String,
    /// Name, content type and bytes of each file.
    pub files: Vec<(String, String, Vec<u8>)>,
}

/// The namespace of the regulation.
pub const NAMESPACE: &str = "http://www.mic.gov.vn/TBT/QCVN_102_2016";

impl Made {
    /// A document.
    pub fn document(from: &str, to: &str, number: u64) -> Self {
        Made {
            from: from.to_owned(),
            to: vec![to.to_owned()],
            number: number.to_string(),
            document_id: format!("{from},2026/03/04,{number}/TD-VP"),
            subject: "V/v thí dụ".to_owned(),
            steering: 0,
            more: String::new(),
            responses: String::new(),
            tasks: String::new(),
            business: "<edXML:Bussiness><edXML:BussinessDocType>0</edXML:BussinessDocType>\
                       <edXML:BussinessDocReason>Văn bản mới</edXML:BussinessDocReason>\
                       <edXML:Paper>0</edXML:Paper></edXML:Bussiness>"
                .to_owned(),
            signature: String::new(),
            files: vec![(
                "cong-van.pdf".to_owned(),
                "application/pdf".to_owned(),
                b"%PDF-1.4\nmade up\n".to_vec(),
            )],
        }
    }

    /// With these files only.
    #[must_use]
    pub fn files(mut self, files: &[(&str, &[u8])]) -> Self {
        self.files = files
            .iter()
            .map(|(name, bytes)| {
                let kind = match name.rsplit_once('.') {
                    Some((_, "pdf")) => "application/pdf",
                    Some((_, "zip")) => "application/zip",
                    Some((_, "txt")) => "text/plain",
                    _ => "application/octet-stream",
                };
                ((*name).to_owned(), kind.to_owned(), bytes.to_vec())
            })
            .collect();
        self
    }

    /// As a packet of type 1 (recall), 2 (update) or 3 (replacement) of another.
    #[must_use]
    pub fn acting(mut self, kind: u32, target: &Made, reason: &str) -> Self {
        let (id, organ) = (&target.document_id, &target.to);
        let organs: String = organ
            .iter()
            .map(|organ| format!("<edXML:OrganId>{organ}</edXML:OrganId>"))
            .collect();
        let what = match kind {
            3 => format!(
                "<edXML:ReplacementInfoList><edXML:ReplacementInfo>\
                 <edXML:DocumentId>{id}</edXML:DocumentId><edXML:OrganIdList>{organs}\
                 </edXML:OrganIdList></edXML:ReplacementInfo></edXML:ReplacementInfoList>"
            ),
            _ => String::new(),
        };
        let update = match kind {
            2 => "<edXML:BussinessDocumentInfo><edXML:DocumentInfo>1</edXML:DocumentInfo>\
                  <edXML:DocumentReceiver>0</edXML:DocumentReceiver>\
                  </edXML:BussinessDocumentInfo>"
                .to_owned(),
            _ => String::new(),
        };
        let named = match kind {
            3 => String::new(),
            _ => format!("<edXML:DocumentId>{id}</edXML:DocumentId>"),
        };
        self.business = format!(
            "<edXML:Bussiness>{named}<edXML:BussinessDocType>{kind}</edXML:BussinessDocType>\
             <edXML:BussinessDocReason>{reason}</edXML:BussinessDocReason>\
             <edXML:Paper>0</edXML:Paper>{update}{what}</edXML:Bussiness>"
        );
        self
    }

    /// What `ResponseFor` names this document by.
    pub fn as_response(&self) -> String {
        let organ = &self.from;
        let (number, id) = (&self.number, &self.document_id);
        format!(
            "<edXML:ResponseFor><edXML:OrganId>{organ}</edXML:OrganId>\
             <edXML:Code>{number}/TD-VP</edXML:Code><edXML:DocumentId>{id}</edXML:DocumentId>\
             <edXML:PromulgationDate>2026/03/04</edXML:PromulgationDate></edXML:ResponseFor>"
        )
    }

    /// Its bytes.
    pub fn bytes(&self) -> Vec<u8> {
        self.xml().into_bytes()
    }

    /// Its text.
    pub fn xml(&self) -> String {
        use std::fmt::Write as _;
        let mut to = String::new();
        for organ in &self.to {
            let _ = write!(
                to,
                "<edXML:To><edXML:OrganId>{organ}</edXML:OrganId>\
                 <edXML:OrganName>Cơ quan thí dụ</edXML:OrganName></edXML:To>"
            );
        }
        let (mut manifest, mut attachments) = (String::new(), String::new());
        for (index, (name, kind, bytes)) in self.files.iter().enumerate() {
            let data = base64_simd::STANDARD.encode_to_string(bytes);
            let id = format!("{}-{index}", self.number);
            let name = escaped(name);
            let _ = write!(
                manifest,
                "<edXML:Reference><edXML:ContentId>cid:{id}</edXML:ContentId>\
                 <edXML:ContentType>{kind}</edXML:ContentType>\
                 <edXML:AttachmentName>{name}</edXML:AttachmentName></edXML:Reference>"
            );
            let _ = write!(
                attachments,
                "<Attachment><ContentId>cid:{id}</ContentId>\
                 <AttachmentName>{name}</AttachmentName><ContentType>{kind}</ContentType>\
                 <edXML:ContentTransferEncoded xmlns:edXML=\"{NAMESPACE}\">{data}\
                 </edXML:ContentTransferEncoded></Attachment>"
            );
        }
        let Made {
            from,
            number,
            document_id,
            steering,
            more,
            responses,
            business,
            tasks,
            signature,
            ..
        } = self;
        let subject = escaped(&self.subject);
        format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\r\n<edXML xmlns=\"{NAMESPACE}\">\
             <edXML:edXMLEnvelope xmlns:edXML=\"{NAMESPACE}\">\
             <edXML:edXMLHeader><edXML:MessageHeader>\
             <edXML:From><edXML:OrganId>{from}</edXML:OrganId>\
             <edXML:OrganName>Cơ quan thí dụ</edXML:OrganName></edXML:From>{to}\
             <edXML:DocumentId>{document_id}</edXML:DocumentId>\
             <edXML:Code><edXML:CodeNumber>{number}</edXML:CodeNumber>\
             <edXML:CodeNotation>TD-VP</edXML:CodeNotation></edXML:Code>\
             <edXML:PromulgationInfo><edXML:Place>Thí dụ</edXML:Place>\
             <edXML:PromulgationDate>2026/03/04</edXML:PromulgationDate></edXML:PromulgationInfo>\
             <edXML:DocumentType><edXML:Type>2</edXML:Type><edXML:TypeDetail>18</edXML:TypeDetail>\
             <edXML:TypeName>Công văn</edXML:TypeName></edXML:DocumentType>\
             <edXML:Subject>{subject}</edXML:Subject>{more}{responses}\
             <edXML:SteeringType>{steering}</edXML:SteeringType>{tasks}\
             </edXML:MessageHeader><edXML:TraceHeaderList>{business}<edXML:TraceHeader>\
             <edXML:OrganId>{from}</edXML:OrganId>\
             <edXML:Timestamp>2026/03/04 08:00:00</edXML:Timestamp></edXML:TraceHeader>\
             </edXML:TraceHeaderList>{signature}</edXML:edXMLHeader>\
             <edXML:edXMLBody><edXML:edXMLManifest version=\"1.0\">{manifest}\
             </edXML:edXMLManifest></edXML:edXMLBody></edXML:edXMLEnvelope>\
             <AttachmentEncoded>{attachments}</AttachmentEncoded></edXML>\r\n"
        )
    }
}

/// The bytes of a status of a peer about a document of the product's.
pub fn made_status(from: &str, about: &Letter, code: &str, reason: &str) -> Vec<u8> {
    let text = |pointer: &str| {
        let value = about.header.pointer(pointer).and_then(Value::as_str);
        value.unwrap_or("").to_owned()
    };
    status_xml(
        from,
        &text("/From/OrganId"),
        &about.number(),
        about.document_id(),
        code,
        reason,
    )
    .into_bytes()
}

/// A recall by status (13) of a peer's own document, for the receiver of it.
pub fn made_recall(document: &Made, receiver: &str, reason: &str) -> Vec<u8> {
    let number = format!("{}/TD-VP", document.number);
    status_xml(
        &document.from,
        receiver,
        &number,
        &document.document_id,
        "13",
        reason,
    )
    .into_bytes()
}

/// A status: from whom, about which organ's document.
pub fn status_xml(
    from: &str,
    organ: &str,
    number: &str,
    document_id: &str,
    code: &str,
    reason: &str,
) -> String {
    let reason = escaped(reason);
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\r\n<edXML xmlns=\"{NAMESPACE}\">\
         <edXML:edXMLEnvelope xmlns:edXML=\"{NAMESPACE}\"><edXML:edXMLHeader>\
         <edXML:MessageHeader><edXML:From><edXML:OrganId>{from}</edXML:OrganId>\
         <edXML:OrganName>Cơ quan thí dụ</edXML:OrganName></edXML:From>\
         <edXML:ResponseFor><edXML:OrganId>{organ}</edXML:OrganId>\
         <edXML:Code>{number}</edXML:Code><edXML:DocumentId>{document_id}</edXML:DocumentId>\
         <edXML:PromulgationDate>2026/03/04</edXML:PromulgationDate></edXML:ResponseFor>\
         <edXML:StaffInfo><edXML:Department>Văn phòng</edXML:Department>\
         <edXML:Staff>Người xử lý thử</edXML:Staff></edXML:StaffInfo>\
         <edXML:StatusCode>{code}</edXML:StatusCode>\
         <edXML:Description>{reason}</edXML:Description>\
         <edXML:Timestamp>2026/03/05 09:00:00</edXML:Timestamp></edXML:MessageHeader>\
         </edXML:edXMLHeader></edXML:edXMLEnvelope></edXML>\r\n"
    )
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}
