//! Closed lists of codes. A number outside its list is kept as it came.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::element::{Context, Element, Node, Walk, coded_text};
use crate::finding::{FindingCode, Language};

macro_rules! code_list {
    ($(#[$meta:meta])* $name:ident {
        $($(#[$code_meta:meta])* $variant:ident = $number:literal, $en:literal, $vi:literal;)*
    }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash)]
        pub enum $name {
            $(#[doc = concat!(stringify!($number), ": ", $en, " (", $vi, ").")]
            $(#[$code_meta])*
            $variant,)*
            /// A number outside the list, kept.
            Other(u32),
        }

        impl $name {
            /// The codes of the list, without [`Self::Other`].
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The code of a number.
            pub fn from_number(number: u32) -> Self {
                match number { $($number => Self::$variant,)* other => Self::Other(other) }
            }

            /// The number of the code.
            pub fn number(self) -> u32 {
                match self { $(Self::$variant => $number,)* Self::Other(number) => number }
            }

            /// Its name, `None` outside the list.
            pub fn label(self, language: Language) -> Option<&'static str> {
                match (self, language) {
                    $((Self::$variant, Language::English) => Some($en),
                      (Self::$variant, Language::Vietnamese) => Some($vi),)*
                    (Self::Other(_), _) => None,
                }
            }

            fn is_known(self) -> bool {
                !matches!(self, Self::Other(_))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}", self.number())
            }
        }
    };
}

macro_rules! numeric {
    ($($type:ty),*) => {
        $(impl Serialize for $type {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_u32(self.number())
            }
        }

        impl<'de> Deserialize<'de> for $type {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                u32::deserialize(deserializer).map(Self::from_number)
            }
        }

        impl Element for $type {
            fn read(node: Node, context: &mut Context) -> Option<Self> {
                let code = Self::from_number(read_number(&node, context)?);
                report_unknown(code.is_known(), code.number(), &node, context);
                Some(code)
            }

            fn walk(
                &self,
                element: &'static str,
                number: Option<usize>,
                max: usize,
                walker: &mut dyn Walk,
            ) {
                walker.leaf(element, number, &self.number().to_string(), max);
            }

            fn is_absent(&self) -> bool {
                false
            }

            fn show(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Debug::fmt(self, f)
            }
        })*
    };
}

/// A whole number; white space around it was taken off. No sign, nothing else.
fn read_number(node: &Node, context: &mut Context) -> Option<u32> {
    let text = coded_text(node, context)?;
    let plain = text.bytes().all(|byte| byte.is_ascii_digit());
    let number = plain.then(|| text.parse().ok()).flatten();
    if number.is_none() {
        context.report(FindingCode::NumberInvalid);
    }
    number
}

fn report_unknown(known: bool, number: u32, node: &Node, context: &mut Context) {
    if !known {
        let finding = context
            .finding(FindingCode::CodeUnknown)
            .with("element", node.name.to_string())
            .with("value", number.to_string());
        context.findings.push(finding);
    }
}

code_list! {
    /// How urgent a document is (độ khẩn).
    Priority {
        Normal = 0, "normal", "thường";
        Urgent = 1, "urgent", "khẩn";
        VeryUrgent = 2, "very urgent", "thượng khẩn";
        Flash = 3, "flash", "hỏa tốc";
        FlashTimed = 4, "flash by the hour", "hỏa tốc hẹn giờ";
    }
}

code_list! {
    /// Whether a document directs or reports (chỉ đạo, điều hành). The list
    /// 0/1/2 is assumed: a second one, shifted by one, exists (1 none, 2
    /// directive, 3 report).
    SteeringType {
        None = 0, "none", "không";
        Directive = 1, "directive", "chỉ đạo";
        Report = 2, "report on a directive", "báo cáo kết quả chỉ đạo";
    }
}

code_list! {
    /// What a document does to an earlier one (`BussinessDocType`).
    BusinessType {
        New = 0, "new", "văn bản mới";
        Recall = 1, "recall", "thu hồi";
        Update = 2, "update", "cập nhật";
        Replace = 3, "replace", "thay thế";
    }
}

code_list! {
    /// The class of a document (`DocumentType/Type`). In real data the numbers
    /// contradict the list; `TypeName` is what can be trusted.
    DocumentClass {
        Legal = 1, "legal normative document", "văn bản quy phạm pháp luật";
        Administrative = 2, "administrative document", "văn bản hành chính";
    }
}

code_list! {
    /// Whether something applies (`Paper`, `DocumentInfo`, `DocumentReceiver`).
    ZeroOne {
        No = 0, "no", "không";
        Yes = 1, "yes", "có";
    }
}

code_list! {
    /// What happens to a receiver in an update (`ReceiverType`; observed).
    ReceiverChange {
        Removed = 0, "taken off the receivers", "bỏ khỏi nơi nhận";
        Added = 1, "newly added", "thêm mới";
    }
}

numeric!(
    Priority,
    SteeringType,
    BusinessType,
    DocumentClass,
    ZeroOne,
    ReceiverChange
);

code_list! {
    /// The state of a document at its receiver (`StatusCode`), two digits. 13
    /// goes from the sender to the receiver, all others the other way. 07–12
    /// and 14 are not used by any known source.
    StatusCode {
        Arrived = 1, "arrived", "đã đến";
        Refused = 2, "refused", "từ chối tiếp nhận";
        Registered = 3, "registered", "đã tiếp nhận";
        Assigned = 4, "assigned", "phân công";
        Processing = 5, "processing", "đang xử lý";
        Finished = 6, "finished", "hoàn thành";
        RecallRequested = 13, "recall requested", "yêu cầu lấy lại";
        ChangeAgreed = 15, "update or recall agreed", "đồng ý cập nhật, lấy lại";
        ChangeDeclined = 16, "update or recall declined", "từ chối cập nhật, lấy lại";
    }
}

impl StatusCode {
    /// The form of packets: two digits.
    pub fn official(self) -> String {
        format!("{:02}", self.number())
    }
}

impl Serialize for StatusCode {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.official())
    }
}

impl<'de> Deserialize<'de> for StatusCode {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let plain = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        plain
            .then(|| text.parse().ok().map(Self::from_number))
            .flatten()
            .ok_or_else(|| de::Error::custom("a status code is a text of two digits"))
    }
}

impl Element for StatusCode {
    fn read(node: Node, context: &mut Context) -> Option<Self> {
        let code = Self::from_number(read_number(&node, context)?);
        if node.text.trim() != code.official() {
            let finding = context
                .finding(FindingCode::StatusCodeForm)
                .with("value", code.official());
            context.findings.push(finding);
        }
        report_unknown(code.is_known(), code.number(), &node, context);
        Some(code)
    }

    fn walk(
        &self,
        element: &'static str,
        number: Option<usize>,
        max: usize,
        walker: &mut dyn Walk,
    ) {
        walker.leaf(element, number, &self.official(), max);
    }

    fn is_absent(&self) -> bool {
        false
    }

    fn show(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

impl Element for u32 {
    fn read(node: Node, context: &mut Context) -> Option<Self> {
        read_number(&node, context)
    }

    fn walk(
        &self,
        element: &'static str,
        number: Option<usize>,
        max: usize,
        walker: &mut dyn Walk,
    ) {
        walker.leaf(element, number, &self.to_string(), max);
    }

    fn is_absent(&self) -> bool {
        false
    }

    fn show(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

impl Element for bool {
    fn read(node: Node, context: &mut Context) -> Option<Self> {
        let text = coded_text(&node, context)?;
        let flag = [("true", true), ("1", true), ("false", false), ("0", false)]
            .iter()
            .find(|(word, _)| text.eq_ignore_ascii_case(word))
            .map(|(_, flag)| *flag);
        if flag.is_none() {
            context.report(FindingCode::FlagInvalid);
        }
        flag
    }

    fn walk(
        &self,
        element: &'static str,
        number: Option<usize>,
        max: usize,
        walker: &mut dyn Walk,
    ) {
        walker.leaf(element, number, if *self { "true" } else { "false" }, max);
    }

    fn is_absent(&self) -> bool {
        false
    }

    fn show(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

/// A kind of document (loại văn bản) of the amended regulation (SĐ1:2022).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kind {
    /// The class in whose list it stands.
    pub class: DocumentClass,
    /// Its number (`TypeDetail`).
    pub number: u32,
    /// Its name (`TypeName`).
    pub name: &'static str,
    /// Its abbreviation in Decree 30/2020, where one is known.
    pub abbreviation: Option<&'static str>,
    /// Whether the number is inferred rather than seen in the regulation.
    pub assumed: bool,
}

const fn legal(number: u32, name: &'static str) -> Kind {
    Kind {
        class: DocumentClass::Legal,
        number,
        name,
        abbreviation: None,
        assumed: false,
    }
}

const fn administrative(number: u32, name: &'static str, abbreviation: &'static str) -> Kind {
    Kind {
        class: DocumentClass::Administrative,
        number,
        name,
        abbreviation: if abbreviation.is_empty() {
            None
        } else {
            Some(abbreviation)
        },
        assumed: matches!(number, 10..=17 | 27..=32),
    }
}

/// The kinds of documents of SĐ1:2022, with the abbreviations of Decree 30/2020.
pub const KINDS: &[Kind] = &[
    legal(1, "Hiến pháp"),
    legal(2, "Luật"),
    legal(3, "Pháp lệnh"),
    legal(4, "Lệnh"),
    legal(5, "Nghị quyết"),
    legal(6, "Nghị quyết liên tịch"),
    legal(7, "Nghị định"),
    legal(8, "Quyết định"),
    legal(9, "Thông tư"),
    legal(10, "Thông tư liên tịch"),
    legal(11, "Chỉ thị (của UBND)"),
    legal(12, "Bộ luật"),
    legal(
        13,
        "Văn bản của chính quyền đơn vị hành chính - kinh tế đặc biệt",
    ),
    administrative(1, "Nghị quyết (cá biệt)", "NQ"),
    administrative(2, "Quyết định (cá biệt)", "QĐ"),
    administrative(3, "Chỉ thị", "CT"),
    administrative(4, "Quy chế", "QC"),
    administrative(5, "Quy định", "QyĐ"),
    administrative(6, "Thông cáo", "TC"),
    administrative(7, "Thông báo", "TB"),
    administrative(8, "Hướng dẫn", "HD"),
    administrative(9, "Chương trình", "CTr"),
    administrative(10, "Kế hoạch", "KH"),
    administrative(11, "Phương án", "PA"),
    administrative(12, "Đề án", "ĐA"),
    administrative(13, "Dự án", "DA"),
    administrative(14, "Báo cáo", "BC"),
    administrative(15, "Biên bản", "BB"),
    administrative(16, "Tờ trình", "TTr"),
    administrative(17, "Hợp đồng", "HĐ"),
    administrative(18, "Công văn", ""),
    administrative(19, "Công điện", "CĐ"),
    administrative(20, "Bản ghi nhớ", "BGN"),
    administrative(21, "Bản cam kết", ""),
    administrative(22, "Bản thỏa thuận", "BTT"),
    administrative(23, "Giấy chứng nhận", ""),
    administrative(24, "Giấy ủy quyền", "GUQ"),
    administrative(25, "Giấy mời", "GM"),
    administrative(26, "Giấy giới thiệu", "GGT"),
    administrative(27, "Giấy nghỉ phép", "GNP"),
    administrative(28, "Giấy đi đường", ""),
    administrative(29, "Giấy biên nhận hồ sơ", ""),
    administrative(30, "Phiếu gửi", "PG"),
    administrative(31, "Phiếu chuyển", "PC"),
    administrative(32, "Thư công", ""),
];

/// The kind with this number in the list of this class.
pub fn kind(class: DocumentClass, number: u32) -> Option<&'static Kind> {
    KINDS
        .iter()
        .find(|kind| kind.class == class && kind.number == number)
}
