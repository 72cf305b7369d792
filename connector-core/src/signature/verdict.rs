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
