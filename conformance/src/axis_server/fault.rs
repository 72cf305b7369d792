//! Faults as data: which call, when, how often, and what goes wrong.

use std::sync::Mutex;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::directory::Directory;
use super::http::{Drip, Plan};
use super::stop::lock;

/// A rule of faults.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FaultRule {
    /// The call without its slash, e.g. `sendEdoc`; `*` is every call.
    #[serde(default = "every_call")]
    pub call: String,
    /// How many calls of this name pass before.
    #[serde(default)]
    pub after: u64,
    /// How often it happens; 0 is without end.
    #[serde(default = "once")]
    pub times: u64,
    /// How likely it is each time, from 0 to 1, by the seed of the axis.
    #[serde(default = "certain")]
    pub chance: f64,
    /// What goes wrong.
    pub fault: Fault,
}

fn every_call() -> String {
    "*".to_owned()
}

fn once() -> u64 {
    1
}

fn certain() -> f64 {
    1.0
}

/// What goes wrong.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
#[non_exhaustive]
pub enum Fault {
    /// A pause before the call is looked at.
    Delay {
        /// Its length in milliseconds.
        ms: u64,
    },
    /// The connection closes after so many bytes of the request, head included,
    /// at latest at its end. The call does not happen.
    CloseAfterRequest {
        /// The bytes.
        bytes: u64,
    },
    /// The call happens, and the connection closes after so many bytes of the
    /// answer, head included, at latest at its end.
    CloseAfterAnswer {
        /// The bytes.
        bytes: u64,
    },
    /// The call happens, and the answer is HTTP 502 with a page.
    BadGateway,
    /// The call happens, and the answer is HTTP 200 with a page.
    NotJson,
    /// The call happens, and the answer is HTTP 200 with this body.
    Body {
        /// The body.
        body: String,
    },
    /// Another code than the call has.
    WrongCode {
        /// The code.
        code: String,
        /// Whether the call happens all the same.
        #[serde(default)]
        accepted: bool,
    },
    /// The keys of the answer come in other case, and values without quotes.
    OddJson,
    /// The `Date` of the answer is off.
    WrongDate {
        /// By how many seconds.
        seconds: i64,
    },
    /// Every row of a listing comes twice.
    DuplicateListing,
    /// The rows of a listing come in another order, by the seed.
    Reorder,
    /// The answer comes slowly.
    Drip {
        /// Bytes at a time.
        bytes: usize,
        /// The pause between, in milliseconds.
        ms: u64,
    },
    /// A packet that names this organ is refused; others are accepted.
    RefuseOrgan {
        /// The organ, by its old or new code.
        organ: String,
        /// The code of the refusal.
        #[serde(default = "locked")]
        code: String,
        /// Whether the other receivers of the refused packet get it all the same.
        #[serde(default)]
        rest_accepted: bool,
    },
}

fn locked() -> String {
    "23".to_owned()
}

impl Fault {
    /// Its word.
    pub fn word(&self) -> &'static str {
        match self {
            Fault::Delay { .. } => "delay",
            Fault::CloseAfterRequest { .. } => "close-after-request",
            Fault::CloseAfterAnswer { .. } => "close-after-answer",
            Fault::BadGateway => "bad-gateway",
            Fault::NotJson => "not-json",
            Fault::Body { .. } => "body",
            Fault::WrongCode { .. } => "wrong-code",
            Fault::OddJson => "odd-json",
            Fault::WrongDate { .. } => "wrong-date",
            Fault::DuplicateListing => "duplicate-listing",
            Fault::Reorder => "reorder",
            Fault::Drip { .. } => "drip",
            Fault::RefuseOrgan { .. } => "refuse-organ",
        }
    }
}

/// A rule and how far it is.
#[derive(Clone, Debug, Serialize)]
pub struct FaultState {
    /// The rule.
    #[serde(flatten)]
    pub rule: FaultRule,
    /// Calls that it applied to so far.
    pub seen: u64,
    /// How often it happened.
    pub happened: u64,
}

impl FaultState {
    /// Counts a call; whether the fault happens to it.
    fn meets(&mut self, random: &mut Random) -> bool {
        self.seen += 1;
        let is_due = self.seen > self.rule.after
            && (self.rule.times == 0 || self.happened < self.rule.times)
            && (self.rule.chance >= 1.0 || random.fraction() < self.rule.chance);
        self.happened += u64::from(is_due);
        is_due
    }
}

/// The faults of an axis.
#[derive(Debug)]
pub(super) struct Faults(Mutex<Rules>);

#[derive(Debug)]
struct Rules {
    states: Vec<FaultState>,
    random: Random,
}

/// What happens to one call.
#[derive(Clone, Debug, Default)]
pub(super) struct Happening {
    pub(super) words: Vec<&'static str>,
    pub(super) bad_gateway: bool,
    pub(super) not_json: bool,
    /// Another body.
    pub(super) body: Option<String>,
    /// A code, and whether the call happens.
    pub(super) wrong_code: Option<(String, bool)>,
    pub(super) odd_json: bool,
    /// Seconds.
    pub(super) wrong_date: i64,
    pub(super) duplicate: bool,
    pub(super) reorder: Option<u64>,
}

/// An organ that is refused.
#[derive(Clone, Debug)]
pub(super) struct RefusedOrgan {
    pub(super) organ: String,
    pub(super) code: String,
    pub(super) rest_accepted: bool,
}

impl Faults {
    pub(super) fn new(rules: Vec<FaultRule>, seed: u64) -> Self {
        let faults = Faults(Mutex::new(Rules {
            states: Vec::new(),
            random: Random(seed),
        }));
        faults.set(rules);
        faults
    }

    /// Replaces all rules.
    pub(super) fn set(&self, rules: Vec<FaultRule>) {
        let mut all = lock(&self.0);
        all.states.clear();
        all.states.extend(rules.into_iter().map(begin));
    }

    /// Adds a rule.
    pub(super) fn add(&self, rule: FaultRule) {
        lock(&self.0).states.push(begin(rule));
    }

    pub(super) fn states(&self) -> Vec<FaultState> {
        lock(&self.0).states.clone()
    }

    /// What happens to the next call of a name.
    pub(super) fn plan(&self, call: &str) -> (Plan, Happening) {
        let mut all = lock(&self.0);
        let Rules { states, random } = &mut *all;
        let (mut plan, mut happening) = (Plan::default(), Happening::default());
        for state in states {
            let applies = (state.rule.call == "*" || state.rule.call == call)
                && !matches!(state.rule.fault, Fault::RefuseOrgan { .. });
            if !applies || !state.meets(random) {
                continue;
            }
            happening.words.push(state.rule.fault.word());
            match &state.rule.fault {
                Fault::Delay { ms } => plan.delay = Duration::from_millis(*ms),
                Fault::CloseAfterRequest { bytes } => plan.cut_request = Some(*bytes),
                Fault::CloseAfterAnswer { bytes } => plan.cut_answer = Some(*bytes),
                Fault::BadGateway => happening.bad_gateway = true,
                Fault::NotJson => happening.not_json = true,
                Fault::Body { body } => happening.body = Some(body.clone()),
                Fault::WrongCode { code, accepted } => {
                    happening.wrong_code = Some((code.clone(), *accepted));
                }
                Fault::WrongDate { seconds } => happening.wrong_date = *seconds,
                Fault::OddJson => happening.odd_json = true,
                Fault::DuplicateListing => happening.duplicate = true,
                Fault::Reorder => happening.reorder = Some(random.next()),
                Fault::Drip { bytes, ms } => {
                    plan.drip = Some(Drip {
                        bytes: *bytes,
                        pause: Duration::from_millis(*ms),
                    });
                }
                Fault::RefuseOrgan { .. } => {}
            }
        }
        (plan, happening)
    }

    /// The organs among some that are refused; counted only when one is named.
    pub(super) fn refused(&self, directory: &Directory, organs: &[String]) -> Vec<RefusedOrgan> {
        let mut all = lock(&self.0);
        let Rules { states, random } = &mut *all;
        let mut refused = Vec::new();
        for state in states {
            let Fault::RefuseOrgan {
                organ,
                code,
                rest_accepted,
            } = &state.rule.fault
            else {
                continue;
            };
            let organ = directory.canonical(organ).to_owned();
            let found = RefusedOrgan {
                code: code.clone(),
                rest_accepted: *rest_accepted,
                organ,
            };
            if organs.contains(&found.organ) && state.meets(random) {
                refused.push(found);
            }
        }
        refused
    }
}

fn begin(rule: FaultRule) -> FaultState {
    FaultState {
        rule,
        seen: 0,
        happened: 0,
    }
}

/// SplitMix64: the same numbers for the same seed.
#[derive(Clone, Debug)]
pub(super) struct Random(pub(super) u64);

impl Random {
    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// From 0 to below 1.
    fn fraction(&mut self) -> f64 {
        // 53 bits fit a double exactly.
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// Shuffles rows.
    pub(super) fn shuffle<T>(&mut self, rows: &mut [T]) {
        for last in (1..rows.len()).rev() {
            let other = self.next() % (last as u64 + 1);
            rows.swap(last, usize::try_from(other).unwrap_or_default());
        }
    }
}
