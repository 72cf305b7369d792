//! What the simulated Office does, as data: rules for what comes in, and
//! commands by the clock.

use lienthong::packet::{BusinessType, StatusCode};
use serde::{Deserialize, Serialize};

use super::command::OfficeCommand;
use crate::axis_server::store::QueueState;

/// What the Office is told at the start.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct OfficeConfig {
    /// The pause before each status after the first where no rule says
    /// otherwise, in milliseconds.
    pub after_ms: u64,
    /// How a packet that cannot be read is acknowledged (assumed: `fail`).
    pub unreadable: QueueState,
    /// The rules; the first that fits a packet and is due counts.
    #[serde(rename = "rule")]
    pub rules: Vec<OfficeRule>,
    /// Commands, one after another.
    pub script: Vec<Scripted>,
}

impl Default for OfficeConfig {
    fn default() -> Self {
        OfficeConfig {
            after_ms: 0,
            unreadable: QueueState::Fail,
            rules: Vec::new(),
            script: Vec::new(),
        }
    }
}

/// A command by the clock.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scripted {
    /// The pause after the command before, or after the start.
    #[serde(default)]
    pub after_ms: u64,
    /// What is done.
    pub command: OfficeCommand,
}

/// What a packet to the Office wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum What {
    /// It is a new document.
    Document,
    /// It takes one back: a status 13, or a packet of type 1.
    Recall,
    /// It updates one: type 2.
    Update,
    /// It replaces one: type 3.
    Replace,
}

impl What {
    pub(super) fn of(business: BusinessType) -> Self {
        match business {
            BusinessType::Recall => What::Recall,
            BusinessType::Update => What::Update,
            BusinessType::Replace => What::Replace,
            BusinessType::New | BusinessType::Other(_) => What::Document,
        }
    }
}

/// What a check must find.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Flaw {
    /// A warning or an error.
    Warning,
    /// An error.
    Error,
}

/// A rule of the Office.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OfficeRule {
    /// What the packet must want; empty is what the reaction is made for:
    /// changes for `agree` and `decline`, else new documents.
    #[serde(default)]
    pub what: Vec<What>,
    /// The organ that sends it, by its old or new code; `*` is every one.
    #[serde(default = "every")]
    pub from: String,
    /// Its `DocumentId` (of a status 13, that of the document it is about); `*`
    /// is every one.
    #[serde(default = "every")]
    pub document_id: String,
    /// Only packets in which the library's check finds so much.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub flawed: Option<Flaw>,
    /// How many packets that fit pass before.
    #[serde(default)]
    pub after: u64,
    /// How often it counts; 0 is without end.
    #[serde(default)]
    pub times: u64,
    /// What the Office does.
    pub reaction: Reaction,
}

fn every() -> String {
    "*".to_owned()
}

impl OfficeRule {
    /// A rule for every packet for which the reaction is made.
    pub fn new(reaction: Reaction) -> Self {
        OfficeRule {
            what: Vec::new(),
            from: every(),
            document_id: every(),
            flawed: None,
            after: 0,
            times: 0,
            reaction,
        }
    }

    pub(super) fn is_for(&self, what: What) -> bool {
        match (&*self.what, &self.reaction) {
            ([], Reaction::Agree { .. } | Reaction::Decline { .. }) => what != What::Document,
            ([], _) => what == What::Document,
            (named, _) => named.contains(&what),
        }
    }
}

/// What the Office does with a packet.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
#[non_exhaustive]
pub enum Reaction {
    /// It sends statuses, one after another.
    Statuses {
        /// The statuses.
        steps: Vec<Step>,
    },
    /// It says that the document has come (01), and refuses it (02).
    Refuse {
        /// The reason.
        #[serde(default = "refused")]
        reason: String,
        /// The pause before 02.
        #[serde(default)]
        after_ms: u64,
    },
    /// It agrees to a recall, an update or a replacement (15).
    Agree {
        /// The pause before.
        #[serde(default)]
        after_ms: u64,
        /// Which document the status names.
        #[serde(default)]
        about: About,
    },
    /// It declines it (16).
    Decline {
        /// The reason.
        #[serde(default = "declined")]
        reason: String,
        /// The pause before.
        #[serde(default)]
        after_ms: u64,
        /// Which document the status names.
        #[serde(default)]
        about: About,
    },
    /// It says nothing.
    Silent {},
}

/// A status of a schedule.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// The status.
    pub code: StatusCode,
    /// The pause after the one before.
    #[serde(default)]
    pub after_ms: u64,
    /// The reason or remark.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// Which document an answer to a packet of type 1, 2 or 3 names. Not known of
/// the real Office; the answer to a status 13 always names the document.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum About {
    /// The document that is to change (assumed).
    #[default]
    Target,
    /// The packet that asks for it.
    Packet,
}

const UNKNOWN_TARGET: &str = "Không tìm thấy văn bản được nêu.";

fn refused() -> String {
    "Từ chối tiếp nhận để thử nghiệm.".to_owned()
}

fn declined() -> String {
    "Từ chối để thử nghiệm.".to_owned()
}

impl Reaction {
    /// What the Office does where no rule counts (assumed for changes).
    pub(super) fn usual(what: What, target_is_known: bool, after_ms: u64) -> Self {
        match what {
            What::Document => Reaction::Statuses {
                steps: [
                    StatusCode::Arrived,
                    StatusCode::Registered,
                    StatusCode::Assigned,
                    StatusCode::Processing,
                    StatusCode::Finished,
                ]
                .map(|code| Step {
                    code,
                    after_ms: if code == StatusCode::Arrived {
                        0
                    } else {
                        after_ms
                    },
                    reason: None,
                })
                .to_vec(),
            },
            _ if target_is_known => Reaction::Agree {
                after_ms: 0,
                about: About::Target,
            },
            _ => Reaction::Decline {
                reason: UNKNOWN_TARGET.to_owned(),
                after_ms: 0,
                about: About::Target,
            },
        }
    }

    pub(super) fn about(&self) -> About {
        match self {
            Reaction::Agree { about, .. } | Reaction::Decline { about, .. } => *about,
            _ => About::Packet,
        }
    }

    /// The statuses it comes to.
    pub(super) fn steps(self) -> Vec<Step> {
        let step = |code, after_ms, reason| Step {
            code,
            after_ms,
            reason,
        };
        match self {
            Reaction::Statuses { steps } => steps,
            Reaction::Refuse { reason, after_ms } => vec![
                step(StatusCode::Arrived, 0, None),
                step(StatusCode::Refused, after_ms, Some(reason)),
            ],
            Reaction::Agree { after_ms, .. } => {
                vec![step(StatusCode::ChangeAgreed, after_ms, None)]
            }
            Reaction::Decline {
                reason, after_ms, ..
            } => vec![step(StatusCode::ChangeDeclined, after_ms, Some(reason))],
            Reaction::Silent {} => Vec::new(),
        }
    }
}

/// A rule and how far it is.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct OfficeRuleState {
    /// The rule.
    #[serde(flatten)]
    pub rule: OfficeRule,
    /// Packets that it fitted so far.
    pub seen: u64,
    /// How often it counted.
    pub happened: u64,
}

impl OfficeRuleState {
    pub(super) fn new(rule: OfficeRule) -> Self {
        OfficeRuleState {
            rule,
            seen: 0,
            happened: 0,
        }
    }

    /// Counts a packet that the rule fits; whether the rule counts.
    pub(super) fn meets(&mut self) -> bool {
        self.seen += 1;
        let is_due = self.seen > self.rule.after
            && (self.rule.times == 0 || self.happened < self.rule.times);
        self.happened += u64::from(is_due);
        is_due
    }
}
