//! What is said of a signature: one word, and the reasons for it.

use std::borrow::Cow;
use std::fmt;

use serde::{Serialize, Serializer};

use crate::finding::Language;

/// What a signature is worth. Whatever is not [`Verdict::Valid`] proves nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// It holds, and its key leads to a trusted anchor.
    Valid,
    /// It does not hold, or its form is one that a forger needs.
    Invalid,
    /// It holds, but its key leads to no configured anchor, or may not sign.
    Untrusted,
    /// It holds, but a certificate was not valid at the time of judgement.
    Expired,
    /// It holds, but a certificate was revoked.
    Revoked,
    /// It holds, but whether its certificate was revoked could not be learnt in time.
    RevocationUnknown,
    /// It uses what this library does not judge. It may be sound.
    Unsupported,
    /// It rests on SHA-1, which proves nothing any more.
    Legacy,
    /// A block that only fills the signature's place.
    Placeholder,
    /// There is none.
    Absent,
}

impl Verdict {
    /// Every verdict.
    pub const ALL: [Verdict; 10] = [
        Verdict::Valid,
        Verdict::Invalid,
        Verdict::Untrusted,
        Verdict::Expired,
        Verdict::Revoked,
        Verdict::RevocationUnknown,
        Verdict::Unsupported,
        Verdict::Legacy,
        Verdict::Placeholder,
        Verdict::Absent,
    ];

    /// The stable word.
    pub fn as_str(self) -> &'static str {
        match self {
            Verdict::Valid => "valid",
            Verdict::Invalid => "invalid",
            Verdict::Untrusted => "untrusted",
            Verdict::Expired => "expired",
            Verdict::Revoked => "revoked",
            Verdict::RevocationUnknown => "revocation-unknown",
            Verdict::Unsupported => "unsupported",
            Verdict::Legacy => "legacy",
            Verdict::Placeholder => "placeholder",
            Verdict::Absent => "absent",
        }
    }

    /// The word in Vietnamese, as a clerk reads it.
    pub fn vietnamese(self) -> &'static str {
        match self {
            Verdict::Valid => "hợp lệ",
            Verdict::Invalid => "không hợp lệ",
            Verdict::Untrusted => "không đáng tin cậy",
            Verdict::Expired => "chứng thư hết hạn",
            Verdict::Revoked => "chứng thư bị thu hồi",
            Verdict::RevocationUnknown => "chưa rõ chứng thư có bị thu hồi",
            Verdict::Unsupported => "không hỗ trợ",
            Verdict::Legacy => "thuật toán lạc hậu",
            Verdict::Placeholder => "chữ ký giả lập",
            Verdict::Absent => "không có",
        }
    }

    /// Whether there is a signature and it was found to be wrong. A policy that asks that
    /// nothing be invalid means this.
    pub fn is_broken(self) -> bool {
        matches!(self, Verdict::Invalid | Verdict::Revoked)
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

macro_rules! reason_codes {
    ($($variant:ident = $code:literal, $en:literal, $vi:literal;)*) => {
        /// Why a verdict is what it is. The table behind it is the single source of the code
        /// and both messages.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum ReasonCode {
            $(#[doc = $en] $variant,)*
        }

        impl ReasonCode {
            /// Every code, in the order of the reference page.
            pub const ALL: &'static [ReasonCode] = &[$(ReasonCode::$variant,)*];

            /// The stable word of this code; it is never given another meaning.
            pub fn as_str(self) -> &'static str {
                match self { $(ReasonCode::$variant => $code,)* }
            }

            /// The message with its place-holders, e.g. `{element}`.
            pub fn template(self, language: Language) -> &'static str {
                match (self, language) {
                    $((ReasonCode::$variant, Language::English) => $en,
                      (ReasonCode::$variant, Language::Vietnamese) => $vi,)*
                }
            }
        }
    };
}

reason_codes! {
    // --- The packet ---
    PacketUnreadable = "packet-unreadable",
        "The packet cannot be read to its end ({detail}), so nothing in it can be trusted.",
        "Không đọc được hết gói tin ({detail}) nên không thể tin nội dung nào.";

    // --- The form of the signature: signature/xmldsig ---
    DigestDiffers = "digest-differs",
        "The packet is not the one that was signed.",
        "Gói tin không còn đúng như khi ký.";
    ValueDiffers = "value-differs",
        "The signature value was not made with the key of any certificate it carries.",
        "Giá trị chữ ký không khớp với khóa của chứng thư nào kèm theo.";
    PropertiesDiffer = "properties-differ",
        "The signature's own properties (XAdES) are not those that were signed.",
        "Các thuộc tính của chữ ký (XAdES) không còn đúng như khi ký.";
    SigningCertificateDiffers = "signing-certificate-differs",
        "The signed properties (XAdES) name another certificate than the one whose key signed.",
        "Thuộc tính đã ký (XAdES) nêu chứng thư khác với chứng thư có khóa đã ký.";
    SignatureMalformed = "signature-malformed",
        "The signature breaks the schema of XML signatures in {element}.",
        "Chữ ký sai cấu trúc chữ ký XML tại {element}.";
    Base64Malformed = "base64-malformed",
        "{element} of the signature is not exact base64.",
        "{element} của chữ ký không đúng dạng base64.";
    SignatureRepeated = "signature-repeated",
        "There is more than one XML signature.",
        "Có nhiều hơn một chữ ký XML.";
    PacketInSignature = "packet-in-signature",
        "Parts of a packet stand inside the signature, where nothing signs them.",
        "Có thành phần gói tin nằm trong khối chữ ký, nơi không được chữ ký bảo vệ.";
    IdRepeated = "id-repeated",
        "The id that the signature refers to stands on more than one element.",
        "Mã Id mà chữ ký tham chiếu xuất hiện ở nhiều phần tử.";
    LeadingJunk = "bytes-before-document",
        "Bytes stand before the XML document, so that other programs do not read it at all.",
        "Có byte thừa trước tài liệu XML nên phần mềm khác không đọc được.";
    PrefixUnbound = "prefix-undeclared",
        "A prefix is used that was never declared, so there is no canonical form.",
        "Có tiền tố chưa được khai báo nên không lập được dạng chuẩn tắc.";
    FormUnsupported = "canonical-form-unsupported",
        "A namespace is no absolute URI, or there are too many declarations for a canonical form.",
        "Có không gian tên không phải URI tuyệt đối, hoặc quá nhiều khai báo để lập dạng chuẩn tắc.";
    CommentPresent = "comment-present",
        "There are comments, which no signature covers; a signed packet must have none.",
        "Có chú thích XML, phần mà chữ ký không bảo vệ; gói tin đã ký không được có.";
    InstructionPresent = "instruction-present",
        "There are processing instructions; a signed packet must have none.",
        "Có chỉ thị xử lý XML; gói tin đã ký không được có.";
    CDataInSignature = "cdata-in-signature",
        "A CDATA section stands in the signature, where no signing software writes one.",
        "Có đoạn CDATA trong khối chữ ký, điều mà phần mềm ký không tạo ra.";
    DeclarationUnsupported = "declaration-unsupported",
        "The XML declaration names a version other than 1.0 or an encoding other than UTF-8.",
        "Khai báo XML nêu phiên bản khác 1.0 hoặc bảng mã khác UTF-8.";
    SignatureMisplaced = "signature-misplaced",
        "The XML signature does not stand at its place (in the header of a packet, last in a sealed file).",
        "Chữ ký XML không nằm đúng chỗ (trong phần đầu của gói tin, hoặc cuối tệp niêm phong).";
    SignatureLate = "signature-late",
        "More than {maximum} bytes stand before the signature.",
        "Có hơn {maximum} byte đứng trước chữ ký.";
    SignatureTooLarge = "signature-too-large",
        "The signature is longer than {maximum} bytes.",
        "Khối chữ ký dài hơn {maximum} byte.";
    PartUnsupported = "part-unsupported",
        "{element} of the signature has a part that is not judged here.",
        "{element} của chữ ký có thành phần không được hỗ trợ.";
    AlgorithmUnsupported = "algorithm-unsupported",
        "{element} names an algorithm that is not judged here ({algorithm}).",
        "{element} nêu thuật toán không được hỗ trợ ({algorithm}).";
    TransformUnsupported = "transform-unsupported",
        "The transforms are not the allowed ones: enveloped signature, then at most one canonical form.",
        "Các phép biến đổi khác với loại được phép: chữ ký bao trong, rồi tối đa một dạng chuẩn tắc.";
    ReferenceUnsupported = "reference-unsupported",
        "The signature refers to something else than the whole document and its own properties.",
        "Chữ ký tham chiếu đến phần khác ngoài toàn bộ tài liệu và thuộc tính của chính nó.";
    CertificateMissing = "certificate-missing",
        "The signature carries no certificate.",
        "Chữ ký không kèm chứng thư.";
    CertificatesTooMany = "certificates-too-many",
        "The signature carries more than {maximum} certificates.",
        "Chữ ký kèm hơn {maximum} chứng thư.";
    CertificateUnreadable = "certificate-unreadable",
        "A certificate in the signature cannot be read.",
        "Không đọc được một chứng thư kèm trong chữ ký.";
    KeyUnsupported = "key-unsupported",
        "The certificate's key does not fit the algorithm: RSA needs 2048 bits and exponent 65537, ECDSA the curve of its digest.",
        "Khóa của chứng thư không hợp với thuật toán: RSA cần 2048 bit và số mũ 65537, ECDSA cần đường cong tương ứng.";
    Sha1 = "sha1",
        "The signature rests on SHA-1, which can be forged.",
        "Chữ ký dựa trên SHA-1, có thể bị giả mạo.";
    OtherNamespace = "signature-namespace",
        "The signature block stands outside the namespace of XML signatures: it fills a place and signs nothing.",
        "Khối chữ ký không thuộc không gian tên chữ ký XML: chỉ giữ chỗ, không ký gì.";
    KnownStub = "signature-stub",
        "The signature block is the sample that many programs copy: it signs nothing.",
        "Khối chữ ký là mẫu được nhiều phần mềm sao chép: không ký gì.";

    // --- The seal: signature/seal ---
    SealDiffers = "seal-differs",
        "The packet is not the one that was sealed; it differs in {elements}.",
        "Gói tin không đúng với nội dung đã niêm phong; khác ở {elements}.";
    SealRepeated = "seal-repeated",
        "The packet has {count} seals; a genuine one has one.",
        "Gói tin có {count} niêm phong; gói tin đúng chỉ có một.";
    SealMalformed = "seal-malformed",
        "The seal is not of the form of seals; see {element}.",
        "Niêm phong sai khuôn dạng; xem {element}.";
    SealTooLarge = "seal-too-large",
        "The seal is longer than {maximum} bytes and was not looked at.",
        "Niêm phong dài hơn {maximum} byte nên không được xét.";
    SealVersion = "seal-version",
        "The seal is of a version that this library does not know.",
        "Niêm phong thuộc phiên bản mà thư viện này chưa biết.";
    SealRebuilt = "seal-rebuilt",
        "A rebuild on the way made up or dropped {elements}; all else is as it was sealed.",
        "Trục dựng lại gói tin đã tự thêm hoặc làm mất {elements}; phần còn lại đúng như khi niêm phong.";
    SealOfUnknown = "seal-of-unknown",
        "The packet is no document, so a seal in it says nothing.",
        "Gói tin không phải là văn bản nên niêm phong trong đó không có giá trị.";

    // --- Trust: signature/trust ---
    NoAnchors = "no-anchors",
        "No certificate to trust is configured.",
        "Chưa cấu hình chứng thư tin cậy nào.";
    IssuerUnknown = "issuer-unknown",
        "The signer's certificate leads to no certificate that is trusted.",
        "Chứng thư người ký không dẫn đến chứng thư tin cậy nào.";
    ChainTooComplex = "chain-too-complex",
        "The certificates that came along are too many or too entangled to be checked.",
        "Các chứng thư kèm theo quá nhiều hoặc quá rối nên không kiểm tra được.";
    CertificateUnsupported = "certificate-unsupported",
        "A certificate of the chain has a form that is not supported ({detail}).",
        "Một chứng thư trong chuỗi có dạng không được hỗ trợ ({detail}).";
    CertificateSha1 = "certificate-sha1",
        "A certificate of the chain is signed with SHA-1.",
        "Một chứng thư trong chuỗi được ký bằng SHA-1.";
    CertificateExpired = "certificate-expired",
        "The certificate {serial} ended on {date}, before the time of judgement.",
        "Chứng thư {serial} đã hết hạn ngày {date}, trước thời điểm xét.";
    CertificateNotYetValid = "certificate-not-yet-valid",
        "The certificate {serial} begins on {date}, after the time of judgement.",
        "Chứng thư {serial} có hiệu lực từ ngày {date}, sau thời điểm xét.";
    SignerKeyUsage = "signer-key-usage",
        "The signer's certificate allows neither digital signatures nor non-repudiation.",
        "Chứng thư người ký không cho phép ký số hoặc chống chối bỏ.";
    SignerPurpose = "signer-purpose",
        "The signer's certificate is for other purposes only: servers, time stamps or OCSP answers.",
        "Chứng thư người ký chỉ dùng cho việc khác: máy chủ, dấu thời gian hoặc trả lời OCSP.";
    SignerIsAuthority = "signer-is-authority",
        "The signer's certificate is that of an authority, and it is not trusted by itself.",
        "Chứng thư người ký là của tổ chức chứng thực và không được tin cậy trực tiếp.";
    IssuerMayNotSign = "issuer-may-not-sign",
        "A certificate of the chain was issued with a certificate that may issue none.",
        "Một chứng thư trong chuỗi được cấp bởi chứng thư không có quyền cấp.";
    PathLength = "path-length",
        "There are more authorities in the chain than one of them allows.",
        "Chuỗi có nhiều cấp chứng thực hơn mức một cấp trên cho phép.";
    NameConstraint = "name-constraint",
        "A name in the chain is outside what its authority may issue, or that limit is of a kind not supported.",
        "Một tên trong chuỗi nằm ngoài phạm vi được cấp, hoặc loại giới hạn đó không được hỗ trợ.";
    SignerPinned = "signer-pinned",
        "The signer's certificate itself is in the trust folder.",
        "Chính chứng thư người ký nằm trong thư mục tin cậy.";
    CertificateRevoked = "certificate-revoked",
        "The certificate {serial} was revoked on {date} (reason code {reason}).",
        "Chứng thư {serial} đã bị thu hồi ngày {date} (mã lý do {reason}).";
    RevokedLater = "revoked-later",
        "The certificate {serial} was revoked on {date}, after the time of judgement.",
        "Chứng thư {serial} bị thu hồi ngày {date}, sau thời điểm xét.";
    RevocationNotChecked = "revocation-not-checked",
        "Whether the certificates were revoked was not checked: no source is configured.",
        "Chưa kiểm tra chứng thư có bị thu hồi hay không: chưa cấu hình nguồn nào.";
    RevocationStale = "revocation-stale",
        "What is known of the revocation of {serial} should have been renewed by {date}; it still counts for a while.",
        "Dữ liệu thu hồi của chứng thư {serial} lẽ ra phải được cập nhật trước {date}; tạm thời vẫn được dùng.";
    RevocationUnknown = "revocation-unknown",
        "Whether the certificate {serial} was revoked could not be learnt.",
        "Không biết được chứng thư {serial} có bị thu hồi hay không.";
    RevocationUnsupported = "revocation-unsupported",
        "A revocation list was not used, because its form is not supported ({detail}).",
        "Một danh sách thu hồi không được dùng vì dạng của nó không được hỗ trợ ({detail}).";
    RevocationSourceFailed = "revocation-source-failed",
        "No usable revocation data came from {host}.",
        "Không lấy được dữ liệu thu hồi dùng được từ {host}.";
    SignerUnmapped = "signer-unmapped",
        "Nothing says which organ the signer's certificate belongs to.",
        "Chưa có thông tin chứng thư người ký thuộc cơ quan nào.";
    SignerOtherOrgan = "signer-other-organ",
        "The signer's certificate belongs to another organ than {organ}.",
        "Chứng thư người ký thuộc cơ quan khác, không phải {organ}.";
}

impl Serialize for ReasonCode {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl fmt::Display for ReasonCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// One reason for a verdict.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason {
    /// What kind of reason it is.
    pub code: ReasonCode,
    /// What fills the place-holders of the message: names of elements and algorithms, ids,
    /// organs, dates. Never text of the packet, never a person's name.
    pub values: Vec<(&'static str, Cow<'static, str>)>,
}

impl Reason {
    pub(crate) fn new(code: ReasonCode) -> Self {
        Reason {
            code,
            values: Vec::new(),
        }
    }

    #[must_use]
    pub(crate) fn with(mut self, name: &'static str, value: impl Into<Cow<'static, str>>) -> Self {
        self.values.push((name, value.into()));
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

impl Serialize for Reason {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Message {
            en: String,
            vi: String,
        }
        #[derive(Serialize)]
        struct Shape {
            code: ReasonCode,
            message: Message,
        }
        Shape {
            code: self.code,
            message: Message {
                en: self.message(Language::English),
                vi: self.message(Language::Vietnamese),
            },
        }
        .serialize(serializer)
    }
}
