//! Findings: what a reader or a check says of a packet.
//!
//! Every finding has a stable code, a severity, a path, a position in the file
//! where one is known, and a message in English and Vietnamese. Messages name
//! elements, ids, codes, numbers and dates; they never hold a subject, a
//! person's name, a phone number or other text of the packet.

use std::borrow::Cow;
use std::fmt;

use serde::{Serialize, Serializer};

use crate::xml::Position;

/// How much a finding weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// An oddity; nothing is lost by it.
    Note,
    /// It would surprise a receiver.
    Warning,
    /// A working axis would refuse it, a rebuild would lose it, or it cannot be read.
    Error,
}

impl Severity {
    /// The word used in JSON and in the table of codes.
    pub fn word(self) -> &'static str {
        match self {
            Severity::Note => "note",
            Severity::Warning => "warning",
            Severity::Error => "error",
        }
    }
}

/// A language in which messages exist.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// English.
    English,
    /// Vietnamese, with diacritics.
    Vietnamese,
}

macro_rules! severity_when_sending {
    ($severity:ident) => {
        Severity::$severity
    };
    ($severity:ident, $sending:ident) => {
        Severity::$sending
    };
}

macro_rules! finding_codes {
    ($($variant:ident = $code:literal, $severity:ident $(/ $sending:ident)?, $source:literal,
        $en:literal, $vi:literal;)*) => {
        /// The kind of a finding. The table behind it is the single source of
        /// the code, the severities and both messages.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum FindingCode {
            $(#[doc = $en] $variant,)*
        }

        impl FindingCode {
            /// Every code, in the order of the reference page.
            pub const ALL: &'static [FindingCode] = &[$(FindingCode::$variant,)*];

            /// The stable word of this code; it is never given another meaning.
            pub fn as_str(self) -> &'static str {
                match self { $(FindingCode::$variant => $code,)* }
            }

            /// The severity for a packet that was received.
            pub fn severity(self) -> Severity {
                match self { $(FindingCode::$variant => Severity::$severity,)* }
            }

            /// The severity for a packet that is about to be sent.
            pub fn severity_when_sending(self) -> Severity {
                match self {
                    $(FindingCode::$variant => severity_when_sending!($severity $(, $sending)?),)*
                }
            }

            /// Where the rule comes from: a row of the table of known deviations
            /// (`row 6`), the table of elements (`elements`), the observed
            /// rebuilding of packets by a hop (`rebuild`), XML, or a limit.
            pub fn source(self) -> &'static str {
                match self { $(FindingCode::$variant => $source,)* }
            }

            /// The message with its place-holders, e.g. `{element}`.
            pub fn template(self, language: Language) -> &'static str {
                match (self, language) {
                    $((FindingCode::$variant, Language::English) => $en,
                      (FindingCode::$variant, Language::Vietnamese) => $vi,)*
                }
            }
        }
    };
}

finding_codes! {
    // --- It cannot be read ---
    NotWellFormed = "not-well-formed", Error, "row 7",
        "The XML is not well-formed: {detail}. Ask the sender for the packet again; its bytes are kept as they came.",
        "XML không đúng cú pháp: {detail_vi}. Đề nghị bên gửi gửi lại gói tin; dữ liệu gốc vẫn được giữ nguyên.";
    UnexpectedEnd = "unexpected-end", Error, "row 7",
        "The packet ends before its last element is closed; it was probably cut off in transfer. Ask for it again.",
        "Gói tin kết thúc khi phần tử cuối chưa đóng; có thể đã bị cắt khi truyền. Đề nghị gửi lại.";
    EncodingUnsupported = "encoding-unsupported", Error, "xml",
        "The packet is not in UTF-8. Write it again in UTF-8.",
        "Gói tin không dùng bảng mã UTF-8. Cần ghi lại bằng UTF-8.";
    InvalidUtf8 = "invalid-utf8", Error, "xml",
        "Bytes that are not UTF-8 stand here. Write the packet again in UTF-8.",
        "Tại đây có byte không phải UTF-8. Cần ghi lại gói tin bằng UTF-8.";
    InvalidCharacter = "invalid-character", Error, "xml",
        "A character stands here that XML does not allow. Remove it and write the packet again.",
        "Tại đây có ký tự mà XML không cho phép. Cần bỏ ký tự đó và ghi lại gói tin.";
    DoctypeForbidden = "doctype-forbidden", Error, "xml",
        "A document type declaration (DTD) is refused for safety. Write the packet without it.",
        "Khai báo kiểu tài liệu (DTD) bị từ chối vì lý do an toàn. Cần ghi gói tin không có khai báo này.";
    EntityUnknown = "entity-unknown", Error, "xml",
        "An entity other than the five of XML stands here; it is refused for safety.",
        "Tại đây có thực thể ngoài năm thực thể của XML; bị từ chối vì lý do an toàn.";
    LimitExceeded = "limit-exceeded", Error, "limit",
        "The packet passes the limit {limit} = {maximum}. If it is genuine, raise that configuration key.",
        "Gói tin vượt giới hạn {limit} = {maximum}. Nếu gói tin hợp lệ, hãy tăng khóa cấu hình này.";
    UnknownBody = "unknown-body", Error, "row 38",
        "No document and no status stands in this packet.",
        "Trong gói tin này không có văn bản và cũng không có trạng thái.";

    // --- Form of the file ---
    LeadingJunk = "leading-junk", Warning / Error, "row 6",
        "{bytes} bytes stand before the first tag and are skipped.",
        "Có {bytes} byte đứng trước thẻ đầu tiên và được bỏ qua.";
    ByteOrderMark = "byte-order-mark", Note, "row 8",
        "The file starts with a byte order mark.",
        "Tệp bắt đầu bằng dấu thứ tự byte (BOM).";
    TrailingWhiteSpace = "trailing-white-space", Note, "row 8",
        "{bytes} bytes of white space stand after the end; never hash such a file after the fact.",
        "Có {bytes} byte khoảng trắng sau phần kết thúc; không tính lại mã băm trên tệp như vậy.";
    EncodingLabel = "encoding-label", Warning / Error, "xml",
        "The declaration names an encoding other than UTF-8, while the bytes are UTF-8.",
        "Khai báo XML ghi bảng mã khác UTF-8 trong khi dữ liệu là UTF-8.";
    NamespaceDialect = "namespace-dialect", Warning / Error, "row 3",
        "The envelope stands in another namespace than QCVN 102:2016 (dialect {dialect}); a rebuild would fail on it.",
        "Phong bì nằm ở không gian tên khác QCVN 102:2016 (phương ngữ {dialect}); trục dựng lại gói tin sẽ lỗi.";
    NamespaceMixed = "namespace-mixed", Note / Error, "row 4",
        "Elements with the prefix edXML and without it are mixed inside the envelope; the national axis was seen to refuse those without.",
        "Trong phong bì lẫn lộn phần tử có và không có tiền tố edXML; trục quốc gia từng từ chối phần tử không có tiền tố.";
    PrefixMissing = "prefix-missing", Note / Error, "row 4",
        "The envelope is written without the literal prefix edXML; the national axis was seen to refuse that.",
        "Phong bì không ghi đúng tiền tố edXML; trục quốc gia từng từ chối gói tin như vậy.";
    PrefixUnbound = "prefix-unbound", Warning / Error, "row 5",
        "The prefix of {element} is not declared here.",
        "Tiền tố của {element} không được khai báo tại đây.";
    RootName = "root-name", Warning / Error, "row 43",
        "The root element is not edXML.",
        "Phần tử gốc không phải edXML.";
    EnvelopeIsRoot = "envelope-is-root", Warning / Error, "row 2",
        "The envelope itself is the root element.",
        "Phong bì chính là phần tử gốc.";
    SoapEnvelope = "soap-envelope", Warning / Error, "row 2",
        "The packet stands in a SOAP envelope.",
        "Gói tin nằm trong phong bì SOAP.";
    RootChildUnknown = "root-child-unknown", Note / Warning, "row 1",
        "The root has a child {element} that is not part of a packet; it is ignored.",
        "Phần tử gốc có phần tử con {element} không thuộc gói tin; được bỏ qua.";
    ElementUnknown = "element-unknown", Note / Warning, "rebuild",
        "The element {element} is not known here; it is ignored, and a rebuild would drop it.",
        "Không biết phần tử {element} tại đây; được bỏ qua, và trục dựng lại gói tin sẽ làm mất.";
    ElementRepeated = "element-repeated", Warning / Error, "rebuild",
        "The element {element} may stand once but stands again; receivers differ in which one they take.",
        "Phần tử {element} chỉ được có một nhưng bị lặp; mỗi phần mềm nhận có thể lấy một phần tử khác nhau.";
    ContentNotRead = "content-not-read", Error, "nothing is lost",
        "A second {element} stands in the packet; only the first is read. Look at the packet's own bytes for the other, and ask the sender.",
        "Trong gói tin có {element} thứ hai; chỉ đọc phần tử đầu tiên. Xem dữ liệu gốc của gói tin để biết phần còn lại và hỏi lại bên gửi.";
    ElementOrder = "element-order", Note, "row 36",
        "The children of {element} stand in another order than the official one.",
        "Các phần tử con của {element} không theo thứ tự chính thức.";
    ElementEmpty = "element-empty", Note / Warning, "row 15",
        "The element {element} is empty and read as absent.",
        "Phần tử {element} rỗng, được coi là không có.";
    TextUnexpected = "text-unexpected", Warning, "xml",
        "Text stands in the group {element}, where only elements belong; it is ignored.",
        "Có văn bản trong nhóm {element}, nơi chỉ được có phần tử; được bỏ qua.";
    ManifestName = "manifest-name", Warning / Error, "row 43",
        "The list of attachments is called Manifest instead of edXMLManifest.",
        "Danh sách tệp kèm có tên Manifest thay vì edXMLManifest.";
    SoapPrefix = "soap-prefix", Warning / Error, "row 43",
        "The prefix edXML is bound to the SOAP namespace.",
        "Tiền tố edXML gắn với không gian tên SOAP.";
    FindingsCut = "findings-cut", Warning, "limit",
        "There are more findings than {maximum}; the rest is not listed.",
        "Có nhiều hơn {maximum} phát hiện; phần còn lại không liệt kê.";

    // --- Values ---
    FillerText = "filler-text", Note / Warning, "row 44",
        "{element} holds a filler such as N/A or null; it is read as absent.",
        "{element} chứa chữ điền tạm như N/A hoặc null; được coi là không có.";
    DateFormat = "date-format", Warning / Error, "row 14",
        "{element} is written as {format} instead of yyyy/MM/dd.",
        "{element} được ghi theo dạng {format} thay vì yyyy/MM/dd.";
    DateInvalid = "date-invalid", Warning / Error, "row 14",
        "{element} is no date of a known form; it is read as absent.",
        "{element} không phải ngày theo dạng đã biết; được coi là không có.";
    NumberInvalid = "number-invalid", Warning / Error, "elements",
        "{element} is no whole number; it is read as absent.",
        "{element} không phải số nguyên; được coi là không có.";
    FlagInvalid = "flag-invalid", Warning / Error, "elements",
        "{element} is neither true nor false; it is read as absent.",
        "{element} không phải true hoặc false; được coi là không có.";
    CodeUnknown = "code-unknown", Warning, "row 19",
        "{element} = {value} is not in its list; the number is kept.",
        "{element} = {value} không có trong danh mục; giữ nguyên số.";
    SteeringPadded = "steering-padded", Warning / Error, "rebuild",
        "SteeringType is blank or padded with white space; a rebuild fails on it.",
        "SteeringType để trống hoặc có khoảng trắng thừa; trục dựng lại gói tin sẽ lỗi.";
    DocumentIdHint = "document-id-hint", Note, "row 13",
        "DocumentId names another organ, date or code than the document, or an impossible date; it is kept as an opaque text.",
        "DocumentId nêu cơ quan, ngày hoặc số ký hiệu khác với văn bản, hoặc ngày không có thật; giữ nguyên như chuỗi định danh.";
    ReasonInTypeName = "reason-in-type-name", Note, "row 20",
        "DocumentType/TypeName seems to hold a business reason (assumed); it is kept.",
        "DocumentType/TypeName có vẻ chứa lý do nghiệp vụ (giả định); được giữ nguyên.";
    CodeNumberForm = "code-number-form", Note, "row 21",
        "Code/CodeNumber is not a plain number; it is kept as text.",
        "Code/CodeNumber không phải số thuần túy; giữ nguyên dạng chuỗi.";
    OrganCodesOldAndNew = "organ-codes-old-and-new", Warning, "row 22",
        "The receivers hold an old and a new code of one organ ({organ}); it is one delivery.",
        "Nơi nhận có cả mã cũ và mã mới của cùng một cơ quan ({organ}); chỉ tính một lần gửi.";
    OrganIdForm = "organ-id-form", Warning, "row 23",
        "The organ id {organ} has neither the old nor the new form; the directory decides.",
        "Mã định danh {organ} không theo dạng cũ hay dạng mới; danh mục cơ quan quyết định.";
    SampleDocumentId = "sample-document-id", Note / Error, "row 41",
        "DocumentId is that of the official kit's sample packet. Give the document an id of its own.",
        "DocumentId là của gói tin mẫu trong bộ công cụ chính thức. Cần đặt mã định danh riêng cho văn bản.";
    SampleValue = "sample-value", Note, "row 41",
        "{element} holds a value of the official kit's sample packet.",
        "{element} chứa giá trị của gói tin mẫu trong bộ công cụ chính thức.";
    TooLong = "too-long", Warning, "elements",
        "{element} has {length} characters; the regulation's table has at most {maximum}.",
        "{element} dài {length} ký tự; bảng của quy chuẩn cho tối đa {maximum}.";
    DateInFuture = "date-in-future", Warning, "elements",
        "PromulgationDate {date} lies in the future.",
        "Ngày ban hành {date} nằm trong tương lai.";
    TextInvalid = "text-invalid", Error, "xml",
        "{element} holds a character that XML does not allow.",
        "{element} chứa ký tự mà XML không cho phép.";

    // --- Trace and business ---
    TraceListMissing = "trace-list-missing", Note / Warning, "row 12",
        "There is no TraceHeaderList.",
        "Không có TraceHeaderList.";
    TraceListAttributes = "trace-list-attributes", Note, "row 40",
        "TraceHeaderList has attributes; they are ignored, and a rebuild drops them.",
        "TraceHeaderList có thuộc tính; được bỏ qua và trục dựng lại gói tin sẽ làm mất.";
    TraceOrganMissing = "trace-organ-missing", Note / Warning, "row 11",
        "A TraceHeader names no organ.",
        "Một TraceHeader không nêu cơ quan.";
    BusinessMissing = "business-missing", Note / Warning, "row 9",
        "Bussiness is missing; type 0 (a new document) is assumed.",
        "Thiếu Bussiness; mặc định loại 0 (văn bản mới).";
    BusinessSpelling = "business-spelling", Warning / Error, "row 10",
        "The element is spelled Business; the standard's spelling is Bussiness, and a rebuild drops the other.",
        "Phần tử viết là Business; quy chuẩn viết Bussiness, và trục dựng lại gói tin sẽ làm mất cách viết kia.";
    BusinessOrder = "business-order", Note, "row 10",
        "Bussiness stands after TraceHeader.",
        "Bussiness đứng sau TraceHeader.";
    PaperMisplaced = "paper-misplaced", Note / Warning, "rebuild",
        "Paper stands directly under TraceHeaderList; it is ignored, and a rebuild drops it.",
        "Paper nằm ngay dưới TraceHeaderList; được bỏ qua và trục dựng lại gói tin sẽ làm mất.";
    ReplacementRepeated = "replacement-repeated", Note, "row 18",
        "The same ReplacementInfo stands more than once; it counts once.",
        "Cùng một ReplacementInfo bị lặp; chỉ tính một lần.";
    ReplacementMissing = "replacement-missing", Warning / Error, "elements",
        "A replacement names no document that it replaces.",
        "Văn bản thay thế không nêu văn bản bị thay thế.";
    ReplacementOrgansMissing = "replacement-organs-missing", Warning / Error, "rebuild",
        "A ReplacementInfo has no organ in OrganIdList; a rebuild fails on it.",
        "ReplacementInfo không có cơ quan trong OrganIdList; trục dựng lại gói tin sẽ lỗi.";
    UpdateTargetMissing = "update-target-missing", Warning / Error, "elements",
        "An update names no document in Bussiness/DocumentId.",
        "Văn bản cập nhật không nêu văn bản tại Bussiness/DocumentId.";
    RecallTargetByResponse = "recall-target-by-response", Note, "row 17",
        "A recall names its document elsewhere than in Bussiness/DocumentId.",
        "Yêu cầu thu hồi nêu văn bản ở chỗ khác Bussiness/DocumentId.";

    // --- What a working axis needs ---
    SenderMissing = "sender-missing", Error, "elements",
        "From/OrganId is missing; no axis takes the packet without it.",
        "Thiếu From/OrganId; không trục nào nhận gói tin nếu thiếu.";
    ReceiverMissing = "receiver-missing", Error, "elements",
        "There is no receiver (To/OrganId); a rebuild fails and the packet never arrives.",
        "Không có nơi nhận (To/OrganId); trục dựng lại gói tin sẽ lỗi và gói tin không đến.";
    ReceiverRepeated = "receiver-repeated", Warning / Error, "elements",
        "The receiver {organ} stands more than once.",
        "Nơi nhận {organ} bị lặp.";
    ElementMissing = "element-missing", Warning / Error, "elements",
        "{element} is missing; an annotated template does not mark it as optional (assumed to be needed).",
        "Thiếu {element}; mẫu có chú giải không ghi là tùy chọn (giả định là bắt buộc).";
    ElementAdvised = "element-advised", Note / Warning, "elements",
        "{element} is missing; receivers expect it (assumed).",
        "Thiếu {element}; nơi nhận thường cần (giả định).";

    // --- Attachments ---
    NoAttachment = "no-attachment", Note / Warning, "Decision 28/2018 art. 10.1",
        "A document without any attachment.",
        "Văn bản không có tệp kèm.";
    AttachmentNameMissing = "attachment-name-missing", Warning / Error, "rebuild",
        "Attachment {number} has no AttachmentName; a rebuild fails on it.",
        "Tệp kèm {number} không có AttachmentName; trục dựng lại gói tin sẽ lỗi.";
    AttachmentNameNoExtension = "attachment-name-no-extension", Note / Warning, "rebuild",
        "The name of attachment {number} has no extension; a rebuild gives it another one.",
        "Tên tệp kèm {number} không có phần mở rộng; trục dựng lại gói tin sẽ đặt phần mở rộng khác.";
    AttachmentNameZipCase = "attachment-name-zip-case", Warning / Error, "rebuild",
        "Attachment {number} is a ZIP whose extension is not written zip in small letters; a rebuild keeps only its first entry.",
        "Tệp kèm {number} là ZIP nhưng phần mở rộng không viết zip chữ thường; trục dựng lại gói tin chỉ giữ mục đầu tiên.";
    AttachmentEmpty = "attachment-empty", Warning / Error, "rebuild",
        "Attachment {number} holds no data; a rebuild fails on it.",
        "Tệp kèm {number} không có dữ liệu; trục dựng lại gói tin sẽ lỗi.";
    AttachmentTypeMissing = "attachment-type-missing", Warning / Error, "row 29",
        "Attachment {number} has no ContentType; a rebuild fails on a file that is no ZIP.",
        "Tệp kèm {number} không có ContentType; trục dựng lại gói tin sẽ lỗi với tệp không phải ZIP.";
    AttachmentTypeContradiction = "attachment-type-contradiction", Note, "row 24",
        "The declared types of attachment {number} contradict one another or the bytes; the bytes decide ({detected}).",
        "Kiểu khai báo của tệp kèm {number} mâu thuẫn nhau hoặc với dữ liệu; lấy theo dữ liệu ({detected}).";
    AttachmentTypeMismatch = "attachment-type-mismatch", Warning, "row 26",
        "The bytes of attachment {number} are of another type ({detected}) than its name says.",
        "Dữ liệu của tệp kèm {number} thuộc kiểu khác ({detected}) so với tên.";
    AttachmentUnwrapped = "attachment-unwrapped", Note, "row 25",
        "Attachment {number} was a ZIP around one file and is unwrapped.",
        "Tệp kèm {number} là ZIP bọc một tệp; tệp đó đã được lấy ra.";
    AttachmentZipCorrupt = "attachment-zip-corrupt", Error, "row 27",
        "The ZIP of attachment {number} is damaged; its raw bytes are kept. Ask the sender for the file again.",
        "ZIP của tệp kèm {number} bị hỏng; dữ liệu thô được giữ. Đề nghị bên gửi gửi lại tệp.";
    AttachmentZipRefused = "attachment-zip-refused", Warning / Error, "row 25",
        "The ZIP of attachment {number} is not opened ({reason}); its raw bytes are kept.",
        "Không mở ZIP của tệp kèm {number} ({reason}); dữ liệu thô được giữ.";
    AttachmentBase64Invalid = "attachment-base64-invalid", Error, "row 27",
        "The data of attachment {number} is not base64; the header stays usable. Ask the sender for the file again.",
        "Dữ liệu của tệp kèm {number} không phải base64; phần đầu vẫn dùng được. Đề nghị bên gửi gửi lại tệp.";
    AttachmentBase64Unpadded = "attachment-base64-unpadded", Note / Warning, "row 27",
        "The base64 of attachment {number} lacks its padding.",
        "Base64 của tệp kèm {number} thiếu ký tự đệm.";
    AttachmentDoubleBase64 = "attachment-double-base64", Note / Warning, "row 31",
        "Attachment {number} is base64 within base64, as the SOAP profile has it; both are decoded.",
        "Tệp kèm {number} mã hóa base64 hai lần theo kiểu SOAP; đã giải mã cả hai.";
    AttachmentTooLarge = "attachment-too-large", Error, "limit",
        "Attachment {number} passes the limit {limit} = {maximum} bytes. If it is genuine, raise that configuration key.",
        "Tệp kèm {number} vượt giới hạn {limit} = {maximum} byte. Nếu hợp lệ, hãy tăng khóa cấu hình này.";
    ContentIdForm = "content-id-form", Note, "row 28",
        "A ContentId of attachment {number} does not have exactly one cid: before it.",
        "ContentId của tệp kèm {number} không có đúng một cid: ở đầu.";
    ContentIdMissing = "content-id-missing", Note / Warning, "row 29",
        "Attachment {number} has no ContentId; it is joined by its place.",
        "Tệp kèm {number} không có ContentId; được ghép theo vị trí.";
    ContentIdRepeated = "content-id-repeated", Warning / Error, "elements",
        "The ContentId of attachment {number} stands more than once.",
        "ContentId của tệp kèm {number} bị lặp.";
    ReferenceHref = "reference-href", Note / Warning, "row 29",
        "A Reference of the list of attachments has attributes (xlink:href); they are ignored.",
        "Một Reference trong danh sách tệp kèm có thuộc tính (xlink:href); được bỏ qua.";
    ReferenceByOrder = "reference-by-order", Warning, "row 29",
        "No Reference bears the ContentId of attachment {number}; it is joined by its place.",
        "Không có Reference nào mang ContentId của tệp kèm {number}; được ghép theo vị trí.";
    ReferenceWithoutAttachment = "reference-without-attachment", Warning / Error, "elements",
        "Reference {number} names an attachment that is not in the packet.",
        "Reference {number} nêu tệp kèm không có trong gói tin.";
    AttachmentWithoutReference = "attachment-without-reference", Note / Warning, "elements",
        "Attachment {number} is not in the list of attachments.",
        "Tệp kèm {number} không có trong danh sách tệp kèm.";
    AttachmentsInEnvelope = "attachments-in-envelope", Warning / Error, "row 30",
        "Attachments stand in the envelope as edXMLAttachments; a rebuild does not know them.",
        "Tệp kèm nằm trong phong bì dưới dạng edXMLAttachments; trục dựng lại gói tin không nhận ra.";
    AttachmentSizeDiffers = "attachment-size-differs", Warning, "row 30",
        "Attachment {number} states another size than its data has.",
        "Tệp kèm {number} khai kích thước khác với dữ liệu.";

    // --- Signature ---
    SignatureAbsent = "signature-absent", Note, "row 37",
        "The packet has no signature.",
        "Gói tin không có chữ ký.";
    SignatureEmpty = "signature-empty", Note / Warning, "row 37",
        "The signature block is empty.",
        "Khối chữ ký rỗng.";
    SignatureStub = "signature-stub", Note / Error, "row 37",
        "The signature block is the known copied stub of the sample packets; it proves nothing.",
        "Khối chữ ký là bản sao từ gói tin mẫu; không có giá trị chứng thực.";
    SignaturePlaceholder = "signature-placeholder", Note, "row 37",
        "The signature block stands outside the XML signature namespace; it is a place-holder and is never valid.",
        "Khối chữ ký nằm ngoài không gian tên chữ ký XML; chỉ để giữ chỗ và không bao giờ hợp lệ.";
    SignatureUnverifiable = "signature-unverifiable", Note, "row 37",
        "The signature was not verified.",
        "Chữ ký chưa được kiểm tra.";

    // --- Status ---
    StatusDialect = "status-dialect", Note / Error, "row 32",
        "The status is written in the dialect {dialect}.",
        "Trạng thái được ghi theo phương ngữ {dialect}.";
    StatusCodeForm = "status-code-form", Note / Warning, "row 35",
        "StatusCode is not written with two digits; it is read as {value}.",
        "StatusCode không viết đủ hai chữ số; được đọc là {value}.";
    StatusCodeMissing = "status-code-missing", Error, "elements",
        "StatusCode is missing or no number.",
        "Thiếu StatusCode hoặc không phải số.";
    StatusAddresseeMissing = "status-addressee-missing", Error, "elements",
        "ResponseFor/OrganId is missing; a status has no other addressee.",
        "Thiếu ResponseFor/OrganId; trạng thái không có nơi nhận nào khác.";
    StatusTargetMissing = "status-target-missing", Warning / Error, "elements",
        "The status names neither the document's id nor its code and date.",
        "Trạng thái không nêu mã văn bản, cũng không nêu số ký hiệu và ngày.";
    StatusIdNormalised = "status-id-normalised", Note, "row 34",
        "ResponseFor/DocumentId is written in another form than the document's own; it is compared in normal form.",
        "ResponseFor/DocumentId ghi khác dạng của văn bản; được so sánh theo dạng chuẩn.";
    StatusReasonMissing = "status-reason-missing", Warning / Error, "elements",
        "Status {status} needs a reason in Description.",
        "Trạng thái {status} cần nêu lý do tại Description.";
    StatusReasonLong = "status-reason-long", Warning, "elements",
        "The reason has {length} characters; one product keeps at most {maximum} (observed).",
        "Lý do dài {length} ký tự; có phần mềm chỉ giữ tối đa {maximum} (quan sát được).";
    StatusSwapped = "status-swapped", Note, "row 33",
        "The sender and the receiver of the document stand swapped in this status.",
        "Bên gửi và bên nhận văn bản bị đổi chỗ trong trạng thái này.";
    KindDiffers = "kind-differs", Note / Error, "row 42",
        "The transport calls this a {transport}, the content is a {content}; the content decides.",
        "Kênh truyền báo đây là {transport}, còn nội dung là {content}; lấy theo nội dung.";

    // --- Comparison of what was sent with what arrived ---
    RebuildMadeUp = "rebuild-made-up", Note, "row 45",
        "{element} was not sent; a rebuild made it up.",
        "{element} không có khi gửi; do trục dựng lại gói tin tự thêm.";
    RebuildDropped = "rebuild-dropped", Warning, "rebuild",
        "{element} was sent; a rebuild dropped it.",
        "{element} có khi gửi; trục dựng lại gói tin đã làm mất.";
    ContentAltered = "content-altered", Error, "row 45",
        "{element} differs from what was sent.",
        "{element} khác với nội dung đã gửi.";
}

impl Serialize for FindingCode {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl fmt::Display for FindingCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// One thing a reader or a check says of a packet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What kind of finding it is.
    pub code: FindingCode,
    /// How much it weighs here.
    pub severity: Severity,
    /// Where: element names from the root, e.g. `MessageHeader/To[2]/OrganId`.
    /// Repeated elements are counted from 1.
    pub path: String,
    /// Where in the file, if it was read from one.
    pub position: Option<Position>,
    /// What fills the place-holders of the message: ids, codes, numbers, dates
    /// and element names only.
    pub values: Vec<(&'static str, Cow<'static, str>)>,
}

impl Finding {
    /// A finding with the severity for a received packet.
    pub fn new(code: FindingCode, path: impl Into<String>) -> Self {
        Finding {
            code,
            severity: code.severity(),
            path: path.into(),
            position: None,
            values: Vec::new(),
        }
    }

    /// Fills a place-holder of the message.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<Cow<'static, str>>) -> Self {
        self.values.push((name, value.into()));
        self
    }

    /// Adds a position in the file.
    #[must_use]
    pub fn at(mut self, position: Position) -> Self {
        self.position = Some(position);
        self
    }

    /// The message in a language.
    pub fn message(&self, language: Language) -> String {
        let mut message = self.code.template(language).to_owned();
        for (name, value) in &self.values {
            message = message.replace(&format!("{{{name}}}"), value);
        }
        message
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (word, code) = (self.severity.word(), self.code);
        write!(f, "{word} {code} {}", self.path)?;
        if let Some(position) = self.position {
            write!(f, " (line {}, column {})", position.line, position.column)?;
        }
        write!(f, ": {}", self.message(Language::English))
    }
}

impl Serialize for Finding {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Message {
            en: String,
            vi: String,
        }
        #[derive(Serialize)]
        struct Shape<'a> {
            code: FindingCode,
            severity: Severity,
            path: &'a str,
            position: Option<Position>,
            message: Message,
        }
        Shape {
            code: self.code,
            severity: self.severity,
            path: &self.path,
            position: self.position,
            message: Message {
                en: self.message(Language::English),
                vi: self.message(Language::Vietnamese),
            },
        }
        .serialize(serializer)
    }
}

/// A bounded list of findings, so that a hostile packet cannot fill the memory
/// with them.
#[derive(Clone, Debug)]
pub(crate) struct Findings {
    list: Vec<Finding>,
    maximum: usize,
}

impl Findings {
    pub(crate) fn new(maximum: usize) -> Self {
        Findings {
            list: Vec::new(),
            maximum,
        }
    }

    pub(crate) fn push(&mut self, finding: Finding) {
        // An error is never cut: it decides the verdict.
        if self.list.len() < self.maximum {
            self.list.push(finding);
        } else if self.list.len() == self.maximum {
            self.list.push(
                Finding::new(FindingCode::FindingsCut, "")
                    .with("maximum", self.maximum.to_string()),
            );
            self.push(finding);
        } else if finding.severity == Severity::Error && self.list.len() < 2 * self.maximum {
            self.list.push(finding);
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.list.len()
    }

    /// Gives a position to every finding since the `from`-th.
    pub(crate) fn place(&mut self, from: usize, position: Position) {
        for finding in self.list.iter_mut().skip(from) {
            finding.position = Some(position);
        }
    }

    /// Gives a path to every finding since the `from`-th.
    pub(crate) fn set_path(&mut self, from: usize, path: &str) {
        for finding in self.list.iter_mut().skip(from) {
            path.clone_into(&mut finding.path);
        }
    }

    /// Gives paths that start with `from` another start.
    pub(crate) fn rename(&mut self, from: &str, to: &str) {
        for finding in &mut self.list {
            if let Some(rest) = finding.path.strip_prefix(from) {
                finding.path = format!("{to}{rest}");
            }
        }
    }

    pub(crate) fn into_vec(self) -> Vec<Finding> {
        self.list
    }
}
