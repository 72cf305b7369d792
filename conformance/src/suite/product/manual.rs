//! A product without a driver: a person is told what to click, and says what the
//! screen shows. What comes of it is watched at the axis and in a folder.
//!
//! Of what came in, the person types number and notation. By these the suite knows
//! which of the packets it laid into the queue is meant, and gives the case that
//! packet's id; nothing else of it counts as seen that the person was not asked for.

mod form;
mod person;
mod planted;
mod screen;

use std::fmt::Write as _;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use lienthong::Language;
use lienthong::packet::StatusCode;
use serde_json::{Value, json};

use super::{Declaration, Heard, Product};
use crate::axis_server::{QueueState, TestAxis};
use crate::suite::bench::PEER;
use crate::suite::by_hand::{self, Sight};
use crate::suite::case::{Case, Run};
use crate::suite::text::{Said, Text, t};

pub(crate) use person::Over;
use person::{Person, Reply, Turn};
use planted::{planted, same_number};

/// The commands that can be put to a person. `why` is put as questions.
const COMMANDS: &[&str] = &[
    "send", "poll", "accept", "refuse", "report", "recall", "agree", "decline", "why",
];

/// After so many looks in a row at which nothing new was seen, it is not there.
const VAIN_LOOKS: u32 = 3;

/// How a step is answered.
const DONE: Text = t(
    "Press Enter when it is done; type no if the product does not let you.",
    "Xong thì ấn Enter; phần mềm không cho làm thì gõ `không`.",
);

/// A person at a screen.
pub(crate) struct Manual {
    person: Person,
    /// Where the files that came are to be saved.
    folder: PathBuf,
    axis: Arc<TestAxis>,
    organ: String,
    patience: Duration,
    sights: &'static [Sight],
    /// How many deliveries the axis had when the case began.
    before: usize,
    asked: u64,
    sent: Vec<Sent>,
    came: Vec<Came>,
    /// Deliveries that the person has named.
    named: Vec<String>,
    vain: u32,
}

/// A document that the person sent.
#[derive(Clone, Debug)]
struct Sent {
    id: String,
    /// What the product numbered it.
    number: String,
    /// The id that the case had in mind.
    document_id: String,
}

/// Something that the person named.
#[derive(Clone, Debug)]
struct Came {
    id: String,
    number: String,
    document_id: String,
    is_action: bool,
}

impl Manual {
    /// At the terminal of this process.
    pub(crate) fn at_terminal(
        language: Language,
        folder: &Path,
        axis: Arc<TestAxis>,
        organ: &str,
        patience: Duration,
    ) -> Self {
        let (input, output) = (io::BufReader::new(io::stdin()), io::stderr());
        Manual {
            person: Person::new(language, Box::new(input), Box::new(output)),
            folder: folder.to_owned(),
            axis,
            organ: organ.to_owned(),
            patience,
            sights: &[],
            before: 0,
            asked: 0,
            sent: Vec::new(),
            came: Vec::new(),
            named: Vec::new(),
            vain: 0,
        }
    }

    /// What a person can be asked to do.
    pub(crate) fn declaration() -> Declaration {
        Declaration {
            product: "manual".to_owned(),
            commands: COMMANDS.iter().map(|&word| word.to_owned()).collect(),
            ..Declaration::default()
        }
    }

    /// Tells how it goes, and waits until the person has set up the product; false
    /// where nobody is there.
    pub(crate) fn introduce(&mut self) -> bool {
        self.person.help();
        let organ = &self.organ;
        let ready = match self.person.language {
            Language::English => format!(
                "The product is the organ {organ}; the others are {PEER} to H99.09.\n\
                 Press Enter as soon as it is set up and running."
            ),
            Language::Vietnamese => format!(
                "Phần mềm đóng vai cơ quan có mã {organ}; các cơ quan khác là {PEER} đến H99.09.\n\
                 Cài đặt xong và phần mềm đang chạy thì ấn Enter."
            ),
        };
        let _ = self.person.ask(&ready);
        self.person.over.is_none()
    }

    /// The axis refuses what the product calls: whether to go on all the same.
    pub(crate) fn goes_on_refused(&mut self) -> bool {
        let question = self.person.of(t(
            "The product calls, but the axis refuses every call: system id, secret or signature \
             is wrong.\n\
             Put it right and press Enter; type no to go on all the same.",
            "Phần mềm có gọi nhưng trục từ chối mọi lời gọi: sai mã hệ thống, khóa hoặc chữ ký.\n\
             Sửa xong thì ấn Enter; vẫn muốn làm tiếp thì gõ `không`.",
        ));
        !matches!(
            self.person.ask(question),
            Ok(Reply::Enter | Reply::Typed(_))
        )
    }

    /// A case begins: the person is shown which, and what it is about.
    pub(crate) fn begin(&mut self, case: &Case, (number, count): (usize, usize)) {
        self.sights = by_hand::sights(case).unwrap_or_default();
        self.before = self.axis.queued().len();
        self.sent.clear();
        self.came.clear();
        let language = self.person.language;
        let (id, level, title) = (case.id, case.level.word(), case.title.of(language));
        let mut head = format!("\n── {number}/{count} ── {id} ── {level}\n{title}");
        if matches!(case.run, Run::Connector(_)) {
            for (number, step) in case.steps.iter().enumerate() {
                let _ = write!(head, "\n  {}. {}", number + 1, step.of(language));
            }
        }
        self.person.say(&head);
    }

    /// Says something that needs no answer.
    pub(crate) fn tell(&mut self, said: &Said) {
        let words = said.of(self.person.language).to_owned();
        self.person.say(&words);
    }

    /// Why nobody answers any more, where it is so.
    pub(crate) fn over(&self) -> Option<Over> {
        self.person.over
    }

    /// A wait begins: looks are counted anew.
    pub(crate) fn wait_begins(&mut self) {
        self.vain = 0;
    }

    /// Whether the person has looked without seeing anything new; and often enough.
    pub(crate) fn looked_in_vain(&self) -> (bool, bool) {
        (self.vain > 0, self.vain >= VAIN_LOOKS)
    }

    /// Number and notation of what was sent, where the axis tells whether it was
    /// delivered: else the person is asked.
    pub(crate) fn number_at_axis(&self, id: &str) -> Option<String> {
        let is_asked = self.has(Sight::Delivery);
        self.number_sent(id).filter(|_| !is_asked)
    }

    /// Number and notation of what was sent.
    fn number_sent(&self, id: &str) -> Option<String> {
        let found = self.sent.iter().find(|sent| sent.id == id);
        found.map(|sent| sent.number.clone())
    }

    /// What a clerk calls a packet.
    fn name(&self, id: &str) -> String {
        let came = self.came.iter().find(|came| came.id == id);
        let came = came.map(|came| came.number.clone());
        came.or_else(|| self.number_sent(id))
            .unwrap_or_else(|| id.to_owned())
    }

    fn has(&self, sight: Sight) -> bool {
        self.sights.contains(&sight)
    }

    fn carry_out(&mut self, command: &Value) -> Turn<Value> {
        let text = |name: &str| command.get(name).and_then(Value::as_str).unwrap_or("");
        match text("do") {
            "send" => self.send(command),
            "poll" => self.poll(),
            "why" => self.why(text("packet"), text("organ"), text("member")),
            "report" => {
                let code = text("code").parse().map(StatusCode::from_number).ok();
                let label = code.and_then(|code| code.label(self.person.language));
                let mut step = match self.person.language {
                    Language::English => {
                        format!(
                            "Set the state of the document {} to:",
                            self.name(text("incoming"))
                        )
                    }
                    Language::Vietnamese => format!(
                        "Chuyển trạng thái văn bản {} thành:",
                        self.name(text("incoming"))
                    ),
                };
                let _ = write!(step, " {} ({})", label.unwrap_or(""), text("code"));
                self.members(&mut step, command);
                self.act(&step)
            }
            word @ ("accept" | "refuse" | "agree" | "decline" | "recall") => {
                let id = match word {
                    "recall" => text("outgoing"),
                    _ => text("incoming"),
                };
                let action = self.came.iter().any(|came| came.id == id && came.is_action);
                let what = match word {
                    // Nobody registers a request: it stays open until it is answered.
                    "accept" if action => return Ok(json!({})),
                    "accept" => t(
                        "Accept (register) the document",
                        "Tiếp nhận (vào sổ) văn bản",
                    ),
                    "refuse" => t(
                        "Without registering it, refuse (return) the document",
                        "Từ chối tiếp nhận (trả lại) văn bản",
                    ),
                    "agree" => t(
                        "Agree to the request that concerns",
                        "Đồng ý yêu cầu đối với văn bản",
                    ),
                    "decline" => t(
                        "Decline the request that concerns",
                        "Từ chối yêu cầu đối với văn bản",
                    ),
                    _ => t(
                        "Recall the document that you sent,",
                        "Thu hồi văn bản đã gửi,",
                    ),
                };
                let mut step = format!("{} {}", self.person.of(what), self.name(id));
                self.members(&mut step, command);
                self.act(&step)
            }
            _ => Err(Heard::Refused(json!({ "kind": "invalid-argument" }))),
        }
    }

    /// Adds what a command says besides what it is about.
    fn members(&self, step: &mut String, command: &Value) {
        let mut line = |label, text: &str| {
            let _ = write!(step, "\n  {}: {text}", self.person.of(label));
        };
        if let Some(organs) = command.get("organs").and_then(Value::as_array) {
            let organs: Vec<&str> = organs.iter().filter_map(Value::as_str).collect();
            let label = t("from these receivers only", "chỉ thu hồi ở nơi nhận");
            line(label, &organs.join(", "));
        }
        let text = |path: &str| command.pointer(path).and_then(Value::as_str);
        let word = text("/do").unwrap_or("");
        let asks_reason =
            ["refuse", "recall", "decline"].contains(&word) || text("/code") == Some("02");
        let reason = text("/reason").or(text("/note")).unwrap_or("");
        if !reason.is_empty() {
            let label = match asks_reason {
                true => t("reason", "lý do"),
                false => t("note", "ý kiến"),
            };
            line(label, reason);
        } else if asks_reason {
            let empty = t("(leave it empty)", "(để trống)");
            line(t("reason", "lý do"), self.person.of(empty));
        }
        for (path, label) in [
            ("/staff/Staff", t("member of staff", "cán bộ xử lý")),
            ("/staff/Department", t("department", "đơn vị xử lý")),
        ] {
            if let Some(text) = text(path) {
                line(label, text);
            }
        }
    }

    /// A step that is done, or that the product does not let the person do.
    fn act(&mut self, step: &str) -> Turn<Value> {
        let keys = self.person.of(DONE);
        let id = format!("by-hand-{}", self.asked);
        self.person
            .choose(&format!("{step}\n{keys}"), |reply| match reply {
                Reply::Enter | Reply::Yes => Some(Ok(())),
                Reply::No => Some(Err(Self::refused())),
                Reply::Typed(_) => None,
            })??;
        Ok(json!({ "outgoing": id, "requests": [id] }))
    }

    fn send(&mut self, command: &Value) -> Turn<Value> {
        let null = Value::Null;
        let document = command.get("document").unwrap_or(&null);
        let text = |path: &str| document.pointer(path).and_then(Value::as_str);
        let number = format!(
            "{}/{}",
            text("/Code/CodeNumber").unwrap_or(""),
            text("/Code/CodeNotation").unwrap_or("")
        );
        let to = document.pointer("/To").and_then(Value::as_array);
        let to: Vec<&str> = to
            .into_iter()
            .flatten()
            .filter_map(|organ| organ.get("OrganId").and_then(Value::as_str))
            .collect();
        let language = self.person.language;
        let head = t(
            "Send a new document, number and notation",
            "Gửi một văn bản mới, số và ký hiệu",
        );
        let mut step = format!("{} {number}", head.of(language));
        let mut line = |label: &str, text: &str| {
            let _ = write!(step, "\n  {label}: {text}");
        };
        let nobody = t("(leave it empty)", "(để trống)");
        let to = match to.is_empty() {
            true => nobody.of(language).to_owned(),
            false => to.join(", "),
        };
        line(t("to", "nơi nhận").of(language), &to);
        for (label, text) in form::lines(document, language) {
            line(label, &text);
        }
        if let Some(business) = document.pointer("/TraceHeaderList/Bussiness") {
            let (kind, target) = acted_on(business);
            let known = self.sent.iter().find(|sent| sent.document_id == target);
            let target = match known {
                Some(sent) => sent.number.clone(),
                None => planted::number_of(&self.axis, target).unwrap_or_default(),
            };
            let label = match kind {
                3 => t("it replaces", "thay thế văn bản"),
                _ => t("it updates", "cập nhật văn bản"),
            };
            line(label.of(language), &target);
            let reason = business.get("BussinessDocReason").and_then(Value::as_str);
            line(t("reason", "lý do").of(language), reason.unwrap_or(""));
        }
        if command.get("contains_state_secret") == Some(&Value::Bool(true)) {
            line(
                t("mark it as", "đánh dấu").of(language),
                t("containing state secrets", "có nội dung bí mật nhà nước").of(language),
            );
        }
        let files = command.get("attach").and_then(Value::as_array);
        for file in files.into_iter().flatten().filter_map(Value::as_str) {
            line(t("file", "tệp kèm").of(language), file);
        }
        let keys = self.person.of(DONE);
        let id = format!("by-hand-{}", self.asked);
        let given = self
            .person
            .choose(&format!("{step}\n{keys}"), |reply| match reply {
                Reply::Enter | Reply::Yes => Some(Ok(None)),
                Reply::No => Some(Err(Self::refused())),
                Reply::Typed(given) => given.contains('/').then(|| Ok(Some(given.clone()))),
            })??;
        self.sent.push(Sent {
            id: id.clone(),
            number: given.clone().unwrap_or_else(|| number.clone()),
            document_id: text("/DocumentId").unwrap_or("").to_owned(),
        });
        Ok(match given {
            None => json!({ "outgoing": id }),
            Some(given) => {
                json!({ "outgoing": id, "number_asked": number, "number_given": given })
            }
        })
    }

    /// What the product does not let the person do, it refuses.
    fn refused() -> Heard {
        Heard::Refused(json!({ "kind": "refused-by-the-product" }))
    }

    /// Lets the product fetch what lies at the axis before the person is to look.
    fn await_fetched(&self) {
        let end = Instant::now() + self.patience / 4;
        loop {
            let queued = self.axis.queued();
            let mut mine = queued.iter().skip(self.before);
            let is_open = |state| !matches!(state, QueueState::Done | QueueState::Fail);
            let waits = mine.any(|one| one.organ == self.organ && is_open(one.state));
            let left = end.saturating_duration_since(Instant::now());
            if !waits || left.is_zero() {
                return;
            }
            let log = self.axis.wire_log(0, Duration::ZERO);
            let last = log.last().map(|last| last.number).unwrap_or_default();
            self.axis
                .wire_log(last, left.min(Duration::from_millis(100)));
        }
    }

    fn poll(&mut self) -> Turn<Value> {
        self.await_fetched();
        let step = self.person.of(t(
            "What has come in that you have not named yet? Type its number and notation.\n\
             Enter: nothing so far; no: nothing will come.",
            "Danh sách đến có mục nào mới, chưa nhập ở đây không? Gõ số và ký hiệu.\n\
             Chưa có gì thì ấn Enter; chắc chắn không có gì thì gõ `không`.",
        ));
        let again = match (self.vain, self.person.language) {
            (0, _) => String::new(),
            (vain, Language::English) => format!("Look again ({} of {VAIN_LOOKS}). ", vain + 1),
            (vain, Language::Vietnamese) => {
                format!("Xem lại (lần {} trên {VAIN_LOOKS}). ", vain + 1)
            }
        };
        let step = format!("{again}{step}");
        let mut unknown = String::new();
        loop {
            let typed = match self.person.ask(&step)? {
                Reply::Typed(typed) => typed,
                Reply::No => {
                    self.vain = VAIN_LOOKS;
                    return Ok(json!({ "item": null }));
                }
                Reply::Enter | Reply::Yes => {
                    self.vain += 1;
                    return Ok(json!({ "item": null }));
                }
            };
            let queued = self.axis.queued();
            let (earlier, now) = queued.split_at(self.before.min(queued.len()));
            let of_number = |deliveries| {
                let mut all = planted(&self.axis, deliveries, &self.organ);
                all.retain(|one| same_number(&one.number, &typed));
                all
            };
            let candidates = of_number(now);
            if candidates.is_empty() && !of_number(earlier).is_empty() {
                let words = self.person.of(t(
                    "That one belongs to an earlier case; leave it as it is.",
                    "Mục đó thuộc ca trước; cứ để nguyên.",
                ));
                self.person.say(words);
                continue;
            }
            if candidates.is_empty() && typed != "-" && typed != unknown {
                let words = self.person.of(t(
                    "Nothing with this number was sent to the product. If the screen shows it so, \
                     type the same once more.",
                    "Không có gì mang số này được gửi tới phần mềm. Nếu màn hình hiện đúng như \
                     vậy thì gõ lại lần nữa.",
                ));
                self.person.say(words);
                unknown = typed;
                continue;
            }
            self.vain = 0;
            let item = self.item(&typed, &candidates)?;
            return Ok(json!({ "item": item }));
        }
    }
}

/// What a packet does to an earlier one, and the id of that.
fn acted_on(business: &Value) -> (u64, &str) {
    let kind = business.get("BussinessDocType").and_then(Value::as_u64);
    let text = |path: &str| business.pointer(path).and_then(Value::as_str);
    let target =
        text("/DocumentId").or_else(|| text("/ReplacementInfoList/0/ReplacementInfo/0/DocumentId"));
    (kind.unwrap_or(0), target.unwrap_or(""))
}

impl Product for Manual {
    fn ask(&mut self, command: Value, _: Instant) -> Heard {
        self.asked += 1;
        match self.carry_out(&command) {
            Ok(value) => Heard::Done(value),
            Err(heard) => heard,
        }
    }

    fn person(&mut self) -> Option<&mut Manual> {
        Some(self)
    }
}
