//! The one error type of the library.
//!
//! An [`Error`] says what was being done, what stands in the way, whether
//! trying again is safe and who has to act, in English and Vietnamese. The
//! numbers of its kinds come from one table and are never reused.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use serde::ser::{Serialize, SerializeStruct, Serializer};

use crate::finding::{Finding, Language};

/// Whether the same operation may be tried again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Retry {
    /// It will fail again until something is changed.
    Never,
    /// It may be tried again without harm.
    Safe,
    /// It may be tried again, but what was sent may arrive twice.
    MayDuplicate,
}

impl Retry {
    /// The word in JSON.
    pub fn word(self) -> &'static str {
        match self {
            Retry::Never => "never",
            Retry::Safe => "safe",
            Retry::MayDuplicate => "may-duplicate",
        }
    }
}

/// Who has to act before it can succeed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WhoActs {
    /// The one who sends the packet, or the program that builds it.
    Sender,
    /// The one who receives the packet.
    Receiver,
    /// The operator of this installation.
    Operator,
    /// The developer who calls this library.
    Developer,
    /// The authority that issues certificates.
    CertificateAuthority,
}

impl WhoActs {
    /// The word in JSON.
    pub fn word(self) -> &'static str {
        match self {
            WhoActs::Sender => "sender",
            WhoActs::Receiver => "receiver",
            WhoActs::Operator => "operator",
            WhoActs::Developer => "developer",
            WhoActs::CertificateAuthority => "certificate-authority",
        }
    }
}

macro_rules! error_kinds {
    ($($variant:ident = $number:literal, $name:literal, $retry:ident, $who:ident, $en:literal, $vi:literal;)*) => {
        /// What kind of error it is. Misuse, a peer's fault and an own fault are
        /// different kinds.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum ErrorKind {
            $(#[doc = $en] $variant,)*
        }

        impl ErrorKind {
            /// Every kind, in the order of its number.
            pub const ALL: &'static [ErrorKind] = &[$(ErrorKind::$variant,)*];

            /// The stable number, the same in every language.
            pub fn number(self) -> u32 {
                match self { $(ErrorKind::$variant => $number,)* }
            }

            /// The stable name.
            pub fn name(self) -> &'static str {
                match self { $(ErrorKind::$variant => $name,)* }
            }

            /// Whether trying again is safe.
            pub fn retry(self) -> Retry {
                match self { $(ErrorKind::$variant => Retry::$retry,)* }
            }

            /// Who has to act.
            pub fn who_acts(self) -> WhoActs {
                match self { $(ErrorKind::$variant => WhoActs::$who,)* }
            }

            /// What it means and what to do next.
            pub fn message(self, language: Language) -> &'static str {
                match (self, language) {
                    $((ErrorKind::$variant, Language::English) => $en,
                      (ErrorKind::$variant, Language::Vietnamese) => $vi,)*
                }
            }
        }
    };
}

error_kinds! {
    InvalidArgument = 1, "invalid-argument", Never, Developer,
        "An argument is not acceptable. Correct the call.",
        "Tham số không hợp lệ. Cần sửa lời gọi.";
    ConfigUnknownKey = 2, "config-unknown-key", Never, Operator,
        "There is no such configuration key. See the configuration reference.",
        "Không có khóa cấu hình này. Xem tài liệu cấu hình.";
    ConfigInvalidValue = 3, "config-invalid-value", Never, Operator,
        "The value of a configuration key is out of its range or form. See the configuration reference.",
        "Giá trị của khóa cấu hình sai dạng hoặc ngoài phạm vi. Xem tài liệu cấu hình.";
    Io = 4, "io", Safe, Operator,
        "A file or stream could not be read or written. Check the path, the rights and the free space.",
        "Không đọc hoặc ghi được tệp hay luồng dữ liệu. Kiểm tra đường dẫn, quyền truy cập và dung lượng trống.";
    PacketUnreadable = 5, "packet-unreadable", Never, Sender,
        "The packet cannot be read; the finding says why. Its bytes are untouched. Ask the sender for it again.",
        "Không đọc được gói tin; xem phát hiện kèm theo. Dữ liệu gốc không bị thay đổi. Đề nghị bên gửi gửi lại.";
    PacketImpossible = 6, "packet-impossible", Never, Sender,
        "The packet would not arrive as it is; the findings say what to correct.",
        "Gói tin này sẽ không đến được nơi nhận; xem các phát hiện để sửa.";
    AttachmentLength = 7, "attachment-length", Never, Sender,
        "An attachment's source gave another number of bytes than was stated. Open the file anew and build the packet again.",
        "Nguồn của tệp kèm cho số byte khác với khai báo. Mở lại tệp và tạo lại gói tin.";
    AttachmentUnreadable = 8, "attachment-unreadable", Never, Sender,
        "The attachment's data in the packet cannot be decoded. Ask the sender for it again.",
        "Không giải mã được dữ liệu tệp kèm trong gói tin. Đề nghị bên gửi gửi lại.";
    AttachmentTooLarge = 9, "attachment-too-large", Never, Sender,
        "An attachment that has to be wrapped in a ZIP is larger than a ZIP can hold (4 GiB).",
        "Tệp kèm cần bọc ZIP lớn hơn mức ZIP chứa được (4 GiB).";
    ConfigMissing = 20, "config-missing", Never, Operator,
        "A configuration key that is needed here has no value. Set it.",
        "Thiếu giá trị của khóa cấu hình cần cho việc này. Hãy đặt giá trị.";
    AxisPlaintext = 21, "axis-plaintext", Never, Operator,
        "The connection to the axis must be encrypted (Decision 28/2018, art. 13). Use https, or set axis.allow_plaintext where the network itself is encrypted.",
        "Kết nối tới trục phải được mã hóa (Quyết định 28/2018/QĐ-TTg, Điều 13). Dùng https, hoặc đặt axis.allow_plaintext khi chính đường truyền đã được mã hóa.";
    AxisUnreachable = 22, "axis-unreachable", Safe, Operator,
        "No connection to the axis; nothing was sent. Check address, network and axis, then try again.",
        "Không kết nối được tới trục; chưa gửi gì. Kiểm tra địa chỉ, mạng và trục rồi thử lại.";
    AxisUntrusted = 23, "axis-untrusted", Never, Operator,
        "No encrypted connection could be agreed with the axis; nothing was sent. Check its certificate, axis.ca_file and the client certificate.",
        "Không thiết lập được kết nối mã hóa với trục; chưa gửi gì. Kiểm tra chứng thư của trục, axis.ca_file và chứng thư máy khách.";
    AxisInterrupted = 24, "axis-interrupted", Safe, Operator,
        "The connection ended before the packet was sent whole, so the axis cannot have it. Try again.",
        "Kết nối bị ngắt khi gói tin chưa gửi xong nên trục chưa thể nhận được. Hãy thử lại.";
    AxisNoAnswer = 25, "axis-no-answer", Safe, Operator,
        "The axis gave no whole answer. The call may be repeated without harm.",
        "Trục không trả lời trọn vẹn. Có thể gọi lại mà không gây hại.";
    AxisSentNoAnswer = 26, "axis-sent-no-answer", MayDuplicate, Operator,
        "The packet was sent, but no valid answer came: the axis may have it or not. Send the same bytes again; the receiver may see them twice.",
        "Gói tin đã gửi nhưng không có trả lời hợp lệ: trục có thể đã nhận hoặc chưa. Gửi lại đúng các byte đó; bên nhận có thể thấy hai lần.";
    AxisNotAnAnswer = 27, "axis-not-an-answer", Safe, Operator,
        "What came back is not an answer of this axis. Check what stands between here and the axis, then try again.",
        "Nội dung trả về không phải là trả lời của trục. Kiểm tra các thiết bị trung gian giữa nơi này và trục rồi thử lại.";
    AxisAnswerTooLarge = 28, "axis-answer-too-large", Never, Operator,
        "The answer of the axis passes a limit. Raise the configuration key that is named, if such answers are expected.",
        "Trả lời của trục vượt giới hạn. Nâng khóa cấu hình được nêu nếu trả lời như vậy là bình thường.";
    AxisRefusedPacket = 29, "axis-refused-packet", Never, Sender,
        "The axis refuses the packet. Correct it and send it as a new one.",
        "Trục từ chối gói tin. Sửa gói tin và gửi lại như gói mới.";
    AxisRefusedOrgan = 30, "axis-refused-organ", Never, Operator,
        "The axis does not know or has locked an organ. Compare the directory.",
        "Trục không có hoặc đã khóa một cơ quan. Đối chiếu danh mục cơ quan.";
    AxisCredentials = 31, "axis-credentials", Never, Operator,
        "The axis refuses system id or secret. Check axis.system_id and axis.secret.",
        "Trục từ chối mã hệ thống hoặc khóa bí mật. Kiểm tra axis.system_id và axis.secret.";
    AxisTryLater = 32, "axis-try-later", Safe, Operator,
        "The axis reports a fault of its own. Try again later, within limits.",
        "Trục báo lỗi nội bộ. Thử lại sau, trong giới hạn.";
    AxisUnknownRefusal = 33, "axis-unknown-refusal", Safe, Operator,
        "The axis refuses with a code that is not known here. Ask its operator what it means; trying again does no harm.",
        "Trục từ chối với mã chưa biết. Hỏi đơn vị vận hành trục; có thể thử lại mà không gây hại.";
    AxisNotTried = 34, "axis-not-tried", Safe, Operator,
        "Nothing was sent to these recipients, because an earlier part of the same sending failed. Try again when its reason is gone.",
        "Chưa gửi cho các nơi nhận này vì một phần trước của cùng lần gửi đã lỗi. Thử lại khi nguyên nhân đó được khắc phục.";
    PacketChanged = 35, "packet-changed", Never, Developer,
        "The packet's bytes changed while it was being sent; it was not sent whole. Keep the file untouched and send it again.",
        "Dữ liệu gói tin thay đổi trong khi gửi; gói tin chưa gửi xong. Giữ nguyên tệp và gửi lại.";
    Closed = 36, "closed", Never, Developer,
        "The handle is closed. Open a new one.",
        "Kết nối đã đóng. Hãy mở kết nối mới.";
    AfterFork = 37, "after-fork", Never, Developer,
        "A connector was open when this process was forked. Open connectors after the fork only, or start a new program.",
        "Kết nối đã được mở từ trước khi fork tiến trình này. Chỉ mở kết nối sau khi fork, hoặc khởi chạy chương trình mới.";
    OutOfResources = 38, "out-of-resources", Safe, Operator,
        "The system gave no thread or no event queue. Check its limits.",
        "Hệ thống không cấp được luồng xử lý hoặc hàng đợi sự kiện. Kiểm tra giới hạn của hệ thống.";
    StoreInUse = 40, "store-in-use", Never, Operator,
        "Another worker holds this store. Only one may: open as client (connector.role), or stop the other.",
        "Kho dữ liệu đang do một tiến trình worker khác giữ. Chỉ được một: mở với vai trò client (connector.role) hoặc dừng tiến trình kia.";
    StoreOnNetwork = 41, "store-on-network", Never, Operator,
        "The store lies on a network file system, whose locks and syncs cannot be trusted. Put store.path on a local disk.",
        "Kho dữ liệu nằm trên hệ thống tệp mạng, không bảo đảm được khóa và ghi bền. Đặt store.path trên đĩa cục bộ.";
    StoreNewer = 42, "store-newer", Never, Operator,
        "The store was written by a newer version of this library. Use that version or newer.",
        "Kho dữ liệu do phiên bản mới hơn của thư viện tạo ra. Dùng phiên bản đó hoặc mới hơn.";
    StoreFull = 43, "store-full", Safe, Operator,
        "The disk of the store is full; nothing was stored. Free space, then try again.",
        "Đĩa chứa kho dữ liệu đã đầy; chưa lưu gì. Giải phóng dung lượng rồi thử lại.";
    StoreFailed = 44, "store-failed", Safe, Operator,
        "The store could not be read or written; nothing was changed. Check disk and rights of store.path.",
        "Không đọc hoặc ghi được kho dữ liệu; không có gì thay đổi. Kiểm tra đĩa và quyền truy cập store.path.";
    Internal = 45, "internal", Never, Developer,
        "The library contradicts itself: a fault of its own. Report it.",
        "Thư viện gặp lỗi nội bộ. Hãy báo lỗi này.";
    StateSecret = 46, "state-secret", Never, Sender,
        "Documents with state secrets must not be sent this way (Decision 28/2018, art. 1.2); nothing was stored.",
        "Không được gửi văn bản chứa bí mật nhà nước qua trục (Quyết định 28/2018/QĐ-TTg, Điều 1.2); chưa lưu gì.";
    DocumentIdTaken = 47, "document-id-taken", Never, Sender,
        "A document with this id and type but another content was sent already; nothing was stored. Give the new one an id of its own.",
        "Đã gửi một văn bản cùng mã và cùng loại nghiệp vụ nhưng nội dung khác; chưa lưu gì. Đặt mã định danh riêng cho văn bản mới.";
    NotFound = 48, "not-found", Never, Developer,
        "There is no such packet in this store.",
        "Không có gói tin này trong kho dữ liệu.";
    LeaseLost = 49, "lease-lost", Never, Developer,
        "This hand-off is over: it was decided, or shown again after its lease. Poll again.",
        "Lần bàn giao này đã hết hiệu lực: đã được xử lý hoặc đã bàn giao lại sau thời hạn giữ. Hãy lấy lại (poll).";
    StatusIllegal = 50, "status-illegal", Never, Receiver,
        "This status does not follow from where the document stands; nothing was sent. See the table of transitions.",
        "Trạng thái này không hợp với trạng thái hiện tại của văn bản; chưa gửi gì. Xem bảng chuyển trạng thái.";
    DocumentFrozen = 51, "document-frozen", Never, Sender,
        "The document was recalled: nothing may be done with it any more.",
        "Văn bản đã được thu hồi: không thể thao tác trên văn bản này nữa.";
    PayloadGone = 52, "payload-gone", Never, Operator,
        "The packet's bytes are not kept any more: purged by age, or destroyed after a recall.",
        "Dữ liệu gói tin không còn: đã xóa theo thời hạn lưu, hoặc đã hủy sau khi thu hồi.";
    NotOwnOrgan = 53, "not-own-organ", Never, Operator,
        "The organ is not one of this connector's own. Check connector.organs.",
        "Cơ quan này không thuộc bộ kết nối. Kiểm tra connector.organs.";
    NotForClient = 54, "not-for-client", Never, Developer,
        "Only the worker of a store can do this. Call it in the worker's process.",
        "Chỉ tiến trình worker của kho dữ liệu làm được việc này. Hãy gọi trong tiến trình worker.";
    AlreadySigned = 60, "already-signed", Never, Sender,
        "The document carries an XML signature already, which a second one would break; nothing was signed.",
        "Tài liệu đã có chữ ký XML; ký thêm sẽ làm hỏng chữ ký đó nên chưa ký gì.";
    NotSignable = 61, "not-signable", Never, Sender,
        "The document cannot be signed as it is; the cause says why.",
        "Không thể ký tài liệu này; xem nguyên nhân kèm theo.";
    SignerUnfit = 62, "signer-unfit", Never, Operator,
        "Key, certificate and algorithm of the signer do not belong together; nothing was signed. Check the key and its certificate.",
        "Khóa, chứng thư và thuật toán ký không khớp nhau; chưa ký gì. Kiểm tra khóa và chứng thư.";
    KeyUnreadable = 70, "key-unreadable", Never, Operator,
        "The key file holds no key that can be used; the reason says why. Give PEM, PKCS#8 or PKCS#12.",
        "Tệp khóa không có khóa dùng được; xem lý do kèm theo. Hãy dùng tệp PEM, PKCS#8 hoặc PKCS#12.";
    KeyPassword = 71, "key-password", Never, Operator,
        "The password of the key file is missing or wrong, or the file is damaged.",
        "Thiếu mật khẩu hoặc sai mật khẩu của tệp khóa, hoặc tệp bị hỏng.";
    KeyUnsuitable = 72, "key-unsuitable", Never, Operator,
        "The key cannot sign: RSA with 2048 to 4096 bits, P-256 and P-384 can, with an algorithm of their own kind.",
        "Khóa không ký được: chỉ dùng RSA 2048 đến 4096 bit, P-256 hoặc P-384, với thuật toán cùng loại.";
    KeyCertificate = 73, "key-certificate", Never, Operator,
        "No readable certificate belongs to the key. Give the certificate file of this very key.",
        "Không có chứng thư đọc được nào khớp với khóa. Hãy chỉ đúng tệp chứng thư của khóa này.";
    SigningFailed = 74, "signing-failed", Safe, Operator,
        "The key made no signature; nothing was sent. Try again, then check the key.",
        "Không tạo được chữ ký bằng khóa này; chưa gửi gì. Thử lại, rồi kiểm tra khóa.";
    TrustUnreadable = 75, "trust-unreadable", Never, Operator,
        "A file in the trust folder is not what its name says. Correct or remove it.",
        "Một tệp trong thư mục tin cậy không đúng như tên gọi. Hãy sửa hoặc xóa tệp đó.";
    OrgansUnreadable = 76, "organs-unreadable", Never, Operator,
        "The file that maps certificates to organs has a line that cannot be read. Correct it.",
        "Tệp gán chứng thư cho cơ quan có dòng không đọc được. Hãy sửa dòng đó.";
}

/// An error: what, why, and what to do next.
#[derive(Debug)]
pub struct Error(Box<Inner>);

#[derive(Debug)]
struct Inner {
    kind: ErrorKind,
    operation: &'static str,
    context: Vec<(&'static str, Cow<'static, str>)>,
    findings: Vec<Finding>,
    source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

impl Error {
    /// An error that was found outside the library, by whoever brings it to another language.
    pub fn new(kind: ErrorKind, operation: &'static str) -> Self {
        Error(Box::new(Inner {
            kind,
            operation,
            context: Vec::new(),
            findings: Vec::new(),
            source: None,
        }))
    }

    /// `signing-failed`, for a [`Signer`](crate::crypto::signer::Signer) of a host's own. The cause
    /// is shown and logged: no secret, no name.
    #[must_use]
    pub fn signing_failed(cause: impl Into<Cow<'static, str>>) -> Self {
        Error::new(ErrorKind::SigningFailed, "signer.sign").with("cause", cause)
    }

    /// With a name and a value that place it: an id, an organ, a code, a key; nothing a person wrote.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<Cow<'static, str>>) -> Self {
        self.0.context.push((name, value.into()));
        self
    }

    pub(crate) fn because(
        mut self,
        source: impl Into<Box<dyn std::error::Error + Send + Sync>>,
    ) -> Self {
        self.0.source = Some(source.into());
        self
    }

    pub(crate) fn finding(mut self, findings: Vec<Finding>) -> Self {
        self.0.findings = findings;
        self
    }

    pub(crate) fn io(operation: &'static str, source: std::io::Error) -> Self {
        Error::new(ErrorKind::Io, operation).because(source)
    }

    /// What kind of error it is.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// Whether trying again is safe.
    pub fn retry(&self) -> Retry {
        self.0.kind.retry()
    }

    /// Who has to act.
    pub fn who_acts(&self) -> WhoActs {
        self.0.kind.who_acts()
    }

    /// What was being done, e.g. `packet.build`.
    pub fn operation(&self) -> &'static str {
        self.0.operation
    }

    /// Names and values that place the error: ids, organs, codes, keys.
    pub fn context(&self) -> &[(&'static str, Cow<'static, str>)] {
        &self.0.context
    }

    /// The far side's own code: only an axis has one.
    pub fn remote_code(&self) -> Option<&str> {
        let of_axis = self.0.kind.name().starts_with("axis-");
        let code = self.0.context.iter().find(|(name, _)| *name == "code");
        code.filter(|_| of_axis).map(|(_, code)| code.as_ref())
    }

    /// The findings behind the error: all that is wrong with the packet, at once.
    pub fn findings(&self) -> &[Finding] {
        &self.0.findings
    }

    /// The whole message in a language, findings included.
    pub fn message(&self, language: Language) -> String {
        let mut text = format!("{}: {}", self.0.operation, self.0.kind.message(language));
        for (name, value) in &self.0.context {
            text.push_str(&format!(" [{name}={value}]"));
        }
        if let Some(source) = &self.0.source {
            text.push_str(&format!(" ({source})"));
        }
        for finding in &self.0.findings {
            text.push_str(&format!(
                "\n  {} {}: {}",
                finding.code,
                finding.path,
                finding.message(language)
            ));
        }
        text
    }
}

/// Everything that is known of the error, with the names of docs/c-abi.md.
impl Serialize for Error {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        let context: BTreeMap<&str, &str> = self
            .context()
            .iter()
            .map(|(name, value)| (*name, value.as_ref()))
            .collect();
        let mut told = serializer.serialize_struct("Error", 10)?;
        told.serialize_field("kind", self.kind().name())?;
        told.serialize_field("number", &self.kind().number())?;
        told.serialize_field("retry", self.retry().word())?;
        told.serialize_field("who_acts", self.who_acts().word())?;
        told.serialize_field("operation", self.operation())?;
        told.serialize_field("message", &self.message(Language::English))?;
        told.serialize_field("message_vi", &self.message(Language::Vietnamese))?;
        told.serialize_field("remote_code", &self.remote_code())?;
        told.serialize_field("context", &context)?;
        told.serialize_field("findings", self.findings())?;
        told.end()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message(Language::English))
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &self.0.source {
            Some(source) => Some(source.as_ref()),
            None => None,
        }
    }
}

/// A result with the library's [`Error`].
pub type Result<T> = std::result::Result<T, Error>;

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_error_is_told_whole_in_json() {
        let error = Error::new(ErrorKind::NotFound, "connector.why").with("id", "out-7");
        assert_eq!(
            json!(error),
            json!({
                "kind": "not-found",
                "number": 48,
                "retry": "never",
                "who_acts": "developer",
                "operation": "connector.why",
                "message": "connector.why: There is no such packet in this store. [id=out-7]",
                "message_vi": "connector.why: Không có gói tin này trong kho dữ liệu. [id=out-7]",
                "remote_code": null,
                "context": { "id": "out-7" },
                "findings": [],
            })
        );
    }

    #[test]
    fn only_an_axis_has_a_code_of_its_own() {
        let code = |kind| {
            let error = Error::new(kind, "axis.send").with("code", "23");
            error.remote_code().map(str::to_owned)
        };
        assert_eq!(code(ErrorKind::AxisRefusedPacket).as_deref(), Some("23"));
        assert_eq!(code(ErrorKind::StatusIllegal), None);
    }
}
