//! What a case is.

use serde::{Deserialize, Serialize};

use super::bench::Bench;
use super::gateway::Gateway;
use super::sample::Sample;
use super::text::{Text, t};
use super::verdict::Outcome;

/// One case. Its id never gets another meaning.
#[derive(Clone, Copy, Debug)]
pub struct Case {
    /// The word of its chapter and words of its own: `send-hash-of-body`.
    pub id: &'static str,
    /// The chapter it stands in.
    pub chapter: Chapter,
    /// How much it counts.
    pub level: Level,
    /// Where it comes from: ids of [`CLAUSES`](super::clause::CLAUSES).
    pub clauses: &'static [&'static str],
    /// Of a negative case, the refusal (or the staying away) that is expected.
    pub refusal: Option<Text>,
    /// What holds where it passes.
    pub title: Text,
    /// Why it matters, in one line.
    pub why: Text,
    /// What is done.
    pub steps: &'static [Text],
    /// What has to be seen.
    pub expected: Text,
    /// What the product must be able to do; else the case does not apply.
    pub needs: &'static [Need],
    /// Whether it belongs to the quick profile.
    pub quick: bool,
    /// What carries it out.
    pub run: Run,
}

/// What carries a case out, by what is under test.
#[derive(Clone, Copy, Debug)]
pub enum Run {
    /// A connector, driven and watched.
    Connector(fn(&Bench) -> Outcome),
    /// A packet: one of a folder, or one that a connector sent.
    Packet(fn(&Sample) -> Outcome),
    /// An axis or a gateway.
    Axis(fn(&Gateway) -> Outcome),
}

/// How much a case counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Level {
    /// A failure fails the product.
    Must,
    /// A failure is a warning.
    Should,
    /// A failure is worth knowing.
    May,
}

impl Level {
    /// Its word.
    pub fn word(self) -> &'static str {
        match self {
            Level::Must => "MUST",
            Level::Should => "SHOULD",
            Level::May => "MAY",
        }
    }
}

/// What a case needs of a product.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// A command of the driver contract.
    Command(&'static str),
    /// A word in `features` of the handshake.
    Feature(&'static str),
    /// A key in `settings` of the handshake: it can be given with `--set`.
    Setting(&'static str),
    /// A store and an axis of its own: the product is started for this case.
    Fresh,
}

macro_rules! chapters {
    ($($variant:ident $word:literal $en:literal $vi:literal;)*) => {
        /// The chapters, in their order.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Chapter {
            $(#[doc = $en] $variant,)*
        }

        impl Chapter {
            /// All of them.
            pub const ALL: &'static [Chapter] = &[$(Chapter::$variant,)*];

            /// Its word; the ids of its cases begin with it.
            pub fn word(self) -> &'static str {
                match self { $(Chapter::$variant => $word,)* }
            }

            /// Its title.
            pub fn title(self) -> Text {
                match self { $(Chapter::$variant => t($en, $vi),)* }
            }
        }
    };
}

chapters! {
    Packet "packet" "Packet form" "Hình thức gói tin";
    Attachment "attachment" "Attachments" "Tệp kèm theo";
    Directory "directory" "Identifiers and directory" "Mã định danh và danh mục cơ quan";
    Send "send" "Sending" "Gửi";
    Receive "receive" "Receiving and acknowledging" "Nhận và xác nhận";
    Duplicate "duplicate" "Duplicates and replays" "Trùng lặp và gửi lại";
    Status "status" "Statuses and transitions" "Trạng thái và chuyển trạng thái";
    Change "change" "Update, replace, recall" "Cập nhật, thay thế, thu hồi";
    Directive "directive" "Directives and tasks" "Văn bản chỉ đạo và nhiệm vụ";
    Signature "signature" "Signatures and authenticity" "Chữ ký và tính xác thực";
    Outage "outage" "Errors and outages" "Lỗi và gián đoạn";
    Hostile "hostile" "Hostile input" "Dữ liệu độc hại";
    Transport "transport" "Transport security" "An toàn đường truyền";
    Volume "volume" "Volume and parallelism" "Khối lượng và xử lý song song";
    Privacy "privacy" "Privacy" "Bảo vệ dữ liệu";
}

impl Case {
    /// Whether it is a negative one.
    pub fn is_negative(&self) -> bool {
        self.refusal.is_some()
    }
}
