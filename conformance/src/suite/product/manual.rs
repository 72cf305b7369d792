//! A product without a driver: a person is told what to click, and says what the
//! screen shows. What comes of it is watched at the axis and in a folder.
//!
//! Of what came in, the person types number and notation. By these the suite knows
//! which of the packets it laid into the queue is meant, and gives the case that
//! packet's id; nothing else of it counts as seen that the person was not asked for.

mod form;
mod person;
mod planted;

use std::fmt::Write as _;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use lienthong::Language;
use lienthong::packet::{Priority, StatusCode, SteeringType};
use ring::digest::{SHA256, digest};
use serde_json::{Map, Value, json};

use super::{Declaration, Heard, Product};
use crate::axis_server::{QueueState, TestAxis};
use crate::suite::bench::PEER;
use crate::suite::by_hand::{self, Sight};
use crate::suite::case::{Case, Run};
use crate::suite::text::{Said, t};

pub(crate) use person::Over;
use person::{Person, Reply, Turn};
use planted::{Planted, planted, same_number};

/// The commands that can be put to a person. `why` is put as questions.
const COMMANDS: &[&str] = &[
    "send", "poll", "accept", "refuse", "report", "recall", "agree", "decline", "why",
];

/// After so many looks in a row at which nothing new was seen, it is not there.
const VAIN_LOOKS: u32 = 3;

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
            "why" => self.why(text("packet"), text("organ")),
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
                        "Refuse (return) the document, without registering it",
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
        let keys = self.person.of(t(
            "Press Enter when it is done; type no if the product does not let you.",
            "Xong thì ấn Enter; phần mềm không cho làm thì gõ `không`.",
        ));
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
        let keys = self.person.of(t(
            "Press Enter when it is done; type no if the product does not let you. If the product \
             numbers it by itself, type the number and notation that it got.",
            "Xong thì ấn Enter; phần mềm không cho làm thì gõ `không`. Phần mềm tự cấp số thì gõ \
             số và ký hiệu được cấp.",
        ));
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

    /// What the person sees of something with this number.
    fn item(&mut self, typed: &str, candidates: &[Planted]) -> Turn<Value> {
        let asks_kind = self.has(Sight::Kind) || candidates.iter().any(|one| one.acts);
        let is_action = asks_kind && self.is_action()?;
        let fits = |one: &&Planted| one.acts == is_action;
        let unnamed = |one: &&Planted| !self.named.contains(&one.delivery);
        let found = candidates
            .iter()
            .filter(fits)
            .find(unnamed)
            .or_else(|| candidates.iter().find(unnamed))
            .or_else(|| candidates.iter().find(fits))
            .or(candidates.first())
            .cloned();
        let document_id = found.as_ref().map(|one| one.document_id.clone());
        let document_id = document_id.unwrap_or_default();
        self.named
            .extend(found.iter().map(|one| one.delivery.clone()));
        let id = self.incoming(typed, &document_id, is_action);
        let mut item = Map::new();
        let mut put = |name: &str, value: Value| {
            item.insert(name.to_owned(), value);
        };
        put("incoming", json!(id));
        put("lease", json!("0"));
        put("typed", json!(typed));
        put("is_action", json!(is_action));
        if is_action {
            let about = match found.as_ref().is_some_and(|one| one.is_status) {
                // The product shows such a request by the document that it is about.
                true => typed.to_owned(),
                false => {
                    let question = self.person.of(t(
                        "Number and notation of the document that this request is about, as the \
                         product shows it:",
                        "Phần mềm cho biết yêu cầu này đối với văn bản nào? Gõ số và ký hiệu.",
                    ));
                    self.person.field(question)?
                }
            };
            if !about.is_empty() {
                put("acts_on", json!(self.acted_on(&about)));
            }
        }
        let mut fields = Map::new();
        for sight in self.sights {
            self.see(*sight, found.as_ref(), &mut item, &mut fields)?;
        }
        let shown = match found.as_ref().is_some_and(|one| one.is_status) {
            true => {
                fields.insert("StatusCode".to_owned(), json!("13"));
                fields.insert(
                    "ResponseFor".to_owned(),
                    json!({ "DocumentId": document_id }),
                );
                "status"
            }
            false => {
                let (number, notation) = typed.split_once('/').unwrap_or((typed, ""));
                fields.insert(
                    "Code".to_owned(),
                    json!({ "CodeNumber": number.trim(), "CodeNotation": notation.trim() }),
                );
                fields.insert("DocumentId".to_owned(), json!(document_id));
                "document"
            }
        };
        item.insert(shown.to_owned(), Value::Object(fields));
        Ok(Value::Object(item))
    }

    fn is_action(&mut self) -> Turn<bool> {
        let question = self.person.of(t(
            "As what does the product show it?\n\
             \x20 1 a document   2 a request to recall one   3 an update   4 a replacement",
            "Phần mềm hiện mục đó là gì?\n\
             \x20 1 văn bản   2 yêu cầu thu hồi   3 cập nhật   4 thay thế",
        ));
        self.person.choose(question, |reply| match reply {
            Reply::Typed(typed) if typed == "1" => Some(false),
            Reply::Typed(typed) => ["2", "3", "4"].contains(&typed.as_str()).then_some(true),
            _ => None,
        })
    }

    /// The id that the case knows something by; the same for the same.
    fn incoming(&mut self, number: &str, document_id: &str, is_action: bool) -> String {
        let same = |came: &&Came| {
            same_number(&came.number, number)
                && came.is_action == is_action
                && came.document_id == document_id
        };
        if let Some(known) = self.came.iter().find(same) {
            return known.id.clone();
        }
        let id = format!("came-by-hand-{}", self.came.len() + 1);
        self.came.push(Came {
            id: id.clone(),
            number: number.to_owned(),
            document_id: document_id.to_owned(),
            is_action,
        });
        id
    }

    /// The id of a document that a request is about.
    fn acted_on(&mut self, number: &str) -> String {
        let known = |came: &&Came| same_number(&came.number, number) && !came.is_action;
        if let Some(known) = self.came.iter().find(known) {
            return known.id.clone();
        }
        // It may have come without having been shown.
        let queued = self.axis.queued();
        let all = planted(
            &self.axis,
            queued.get(self.before..).unwrap_or_default(),
            &self.organ,
        );
        let document = all
            .iter()
            .find(|one| !one.acts && same_number(&one.number, number));
        let document_id = document.map_or("", |one| one.document_id.as_str());
        self.incoming(number, document_id, false)
    }

    /// Asks for one thing that the case looks at.
    fn see(
        &mut self,
        sight: Sight,
        found: Option<&Planted>,
        item: &mut Map<String, Value>,
        fields: &mut Map<String, Value>,
    ) -> Turn<()> {
        let language = self.person.language;
        let own = |pick: fn(&Planted) -> &String| found.map(pick).cloned().unwrap_or_default();
        let mut put = |name: &str, value: String| {
            if !value.is_empty() {
                fields.insert(name.to_owned(), json!(value));
            }
        };
        match sight {
            Sight::Subject => {
                let label = t("Subject", "Trích yếu").of(language);
                put(
                    "Subject",
                    self.person.compare(label, &own(|one| &one.subject))?,
                );
            }
            Sight::Kind => {}
            Sight::TypeName => {
                let label = t("Kind of document", "Loại văn bản").of(language);
                let name = self.person.compare(label, &own(|one| &one.type_name))?;
                fields.insert("DocumentType".to_owned(), json!({ "TypeName": name }));
            }
            Sight::Sender => {
                let question = t(
                    "Code of the organ that sent it, as the product shows it (such as H99.02):",
                    "Mã định danh của cơ quan gửi, như phần mềm đang hiện (ví dụ H99.02):",
                );
                let organ = self.person.field(question.of(language))?;
                item.insert("from".to_owned(), json!(organ));
            }
            Sight::DueDate => {
                let question = t("By when is it to be answered?", "Hạn trả lời:");
                put(
                    "DueDate",
                    form::iso(&self.person.field(question.of(language))?),
                );
            }
            Sight::Priority => {
                let labels = Priority::ALL
                    .iter()
                    .map(|it| (it.number(), it.label(language)));
                let question = listed(
                    t("How urgent is it? Type the number.", "Độ khẩn? Gõ số.").of(language),
                    labels,
                );
                if let Ok(number) = self.person.field(&question)?.parse::<u32>() {
                    fields.insert("OtherInfo".to_owned(), json!({ "Priority": number }));
                }
            }
            Sight::Steering => {
                let labels = SteeringType::ALL
                    .iter()
                    .map(|it| (it.number(), it.label(language)));
                let question = listed(
                    t(
                        "Does it direct, or report on a directive? Type the number.",
                        "Văn bản chỉ đạo hay báo cáo kết quả chỉ đạo? Gõ số.",
                    )
                    .of(language),
                    labels,
                );
                if let Ok(number) = self.person.field(&question)?.parse::<u32>() {
                    fields.insert("SteeringType".to_owned(), json!(number));
                }
            }
            Sight::Tasks => {
                let question = t(
                    "Its task codes, with commas between them:",
                    "Các mã nhiệm vụ, cách nhau bằng dấu phẩy:",
                );
                let typed = self.person.field(question.of(language))?;
                let codes: Vec<&str> = typed.split(',').map(str::trim).collect();
                fields.insert("ResponseForTask".to_owned(), json!({ "TaskCode": codes }));
            }
            Sight::Answers => {
                let question = t(
                    "Which document that you sent does it answer, by what the product shows? Number \
                     and notation:",
                    "Phần mềm cho biết đây là trả lời của văn bản đã gửi nào? Gõ số và ký hiệu:",
                );
                let typed = self.person.field(question.of(language))?;
                let sent = self
                    .sent
                    .iter()
                    .find(|sent| same_number(&sent.number, &typed));
                let answers = sent.map_or(typed.as_str(), |sent| sent.id.as_str());
                item.insert("answers".to_owned(), json!(answers));
            }
            Sight::Conflict => {
                let question = t(
                    "Does the product warn of a document with the same number or id?",
                    "Phần mềm có cảnh báo trùng số hoặc trùng mã với văn bản khác không?",
                );
                let warned = self.person.yes(question.of(language))?;
                item.insert("conflict".to_owned(), json!(warned));
            }
            Sight::Reason => {
                if item.get("is_action") == Some(&Value::Bool(true)) {
                    let label = t("Reason of the request", "Lý do của yêu cầu").of(language);
                    put(
                        "Description",
                        self.person.compare(label, &own(|one| &one.reason))?,
                    );
                }
            }
            Sight::Files => {
                let order = found.map(|one| one.files.clone()).unwrap_or_default();
                let (files, paths) = self.save(&order)?;
                item.insert("attachments".to_owned(), json!(files));
                item.insert("files".to_owned(), json!(paths));
            }
            // Asked where the case looks at it.
            Sight::Hold | Sight::Status | Sight::Change | Sight::Delivery | Sight::Cause => {}
        }
        Ok(())
    }

    /// Lets the person save the files of what is shown: names, lengths and digests,
    /// as far as they are known in the order of the packet; and the paths.
    fn save(&mut self, order: &[String]) -> Turn<(Vec<Value>, Vec<PathBuf>)> {
        let own = |error: io::Error| Heard::Ended(crate::suite::verdict::Stop::own(error));
        self.asked += 1;
        let folder = self.folder.join(self.asked.to_string());
        fs::create_dir_all(&folder).map_err(own)?;
        let place = folder.display();
        let step = match self.person.language {
            Language::English => format!(
                "Save all its files, under the names that the product gives them, into this empty \
                 folder:\n  {place}\n\
                 Press Enter when it is done; type no if there are none."
            ),
            Language::Vietnamese => format!(
                "Lưu tất cả tệp kèm, giữ nguyên tên phần mềm đặt, vào thư mục trống này:\n  \
                 {place}\n\
                 Xong thì ấn Enter; không có tệp nào thì gõ `không`."
            ),
        };
        loop {
            let reply = self.person.ask(&step)?;
            let mut files = Vec::new();
            for entry in fs::read_dir(&folder).map_err(own)? {
                let entry = entry.map_err(own)?;
                let bytes = fs::read(entry.path()).map_err(own)?;
                let name = entry.file_name().to_string_lossy().into_owned();
                let place = order.iter().position(|known| *known == name);
                let hash = digest(&SHA256, &bytes);
                let hex: String = hash.as_ref().iter().map(|b| format!("{b:02x}")).collect();
                let file = json!({ "name": name, "bytes": bytes.len(), "sha256": hex });
                files.push((place.unwrap_or(usize::MAX), name, file, entry.path()));
            }
            if files.is_empty() && reply == Reply::Enter {
                let words = self
                    .person
                    .of(t("The folder is still empty.", "Thư mục vẫn trống."));
                self.person.say(words);
                continue;
            }
            files.sort_by(|one, other| (one.0, &one.1).cmp(&(other.0, &other.1)));
            return Ok(files
                .into_iter()
                .map(|(_, _, file, path)| (file, path))
                .unzip());
        }
    }

    /// What the product shows of a packet.
    fn why(&mut self, id: &str, organ: &str) -> Turn<Value> {
        let number = self.name(id);
        let came = self.came.iter().find(|came| came.id == id).cloned();
        if let Some(came) = came {
            self.await_fetched();
            let question = match self.person.language {
                Language::English => {
                    format!("Look at the document {number} that came. Can it still be opened?")
                }
                Language::Vietnamese => {
                    format!("Xem lại văn bản đến {number}. Còn mở được văn bản không?")
                }
            };
            let is_there = self.person.yes(&question)?;
            let mut shown = json!({
                "id": id, "document_id": came.document_id,
                "kept": is_there, "destroyed": !is_there,
            });
            if self.has(Sight::Hold) {
                let question = self.person.of(t(
                    "Is it held: does the product let nothing be done with it, because somebody \
                     asks for it back?",
                    "Văn bản có đang bị tạm giữ (không xử lý tiếp được vì có yêu cầu thu hồi, thay \
                     thế) không?",
                ));
                let held = self.person.yes(question)?;
                if let Some(shown) = shown.as_object_mut() {
                    shown.insert("on_hold".to_owned(), json!(held));
                }
            }
            self.vain += 1;
            return Ok(json!({ "incoming": shown }));
        }
        if organ.is_empty() && self.has(Sight::Delivery) {
            return Ok(json!({}));
        }
        if organ.is_empty() {
            // What a product remembers of a document as a whole is nothing to click.
            return Err(Heard::Refused(json!({ "kind": "not-by-hand" })));
        }
        self.await_fetched();
        let recipient = self.recipient(&number, organ)?;
        self.vain += 1;
        Ok(json!({ "outgoing": { "id": id, "recipients": [recipient] } }))
    }

    /// What the product shows of a document at one of its receivers.
    fn recipient(&mut self, number: &str, organ: &str) -> Turn<Value> {
        let language = self.person.language;
        let mut recipient = Map::new();
        recipient.insert("organ".to_owned(), json!(organ));
        let head = match language {
            Language::English => format!("Look at the document {number} that you sent to {organ}."),
            Language::Vietnamese => format!("Xem văn bản {number} đã gửi tới {organ}."),
        };
        for sight in self.sights {
            let (name, value) = match sight {
                Sight::Status => {
                    let labels = StatusCode::ALL.iter();
                    let labels = labels
                        .filter(|code| code.number() < 10)
                        .map(|code| (code.number(), code.label(language)));
                    let question = t(
                        "Which state of it at this receiver does the product show? Type the number.",
                        "Phần mềm đang hiện trạng thái nào ở nơi nhận này? Gõ số.",
                    );
                    let question = listed(question.of(language), labels);
                    let typed = self.person.field(&format!("{head}\n{question}"))?;
                    let code = typed.parse::<u32>().ok().map(StatusCode::from_number);
                    ("status", json!(code.map(StatusCode::official)))
                }
                Sight::Change => {
                    let question = t(
                        "What does the product show of its recall at this receiver?\n\
                         \x20 1 none was asked for   2 asked for, no answer yet   3 agreed   4 declined",
                        "Phần mềm hiện gì về việc thu hồi ở nơi nhận này?\n\
                         \x20 1 không có yêu cầu   2 đã yêu cầu, chưa trả lời   3 đồng ý   4 không \
                         đồng ý",
                    );
                    let words = ["none", "requested", "agreed", "declined"];
                    let question = format!("{head}\n{}", question.of(language));
                    ("change", json!(self.one_of(&question, &words)?))
                }
                Sight::Delivery => {
                    let question = t(
                        "What does the product show of the delivery to this receiver?\n\
                         \x20 1 on its way   2 delivered   3 could not be delivered",
                        "Phần mềm hiện gì về việc gửi tới nơi nhận này?\n\
                         \x20 1 đang gửi   2 đã gửi   3 không gửi được",
                    );
                    let words = ["queued", "accepted", "failed"];
                    let question = format!("{head}\n{}", question.of(language));
                    ("delivery", json!(self.one_of(&question, &words)?))
                }
                Sight::Cause => {
                    let question = t(
                        "Does the product say why it could not be delivered?",
                        "Phần mềm có nêu nguyên nhân không gửi được không?",
                    );
                    let told = self.person.yes(question.of(language))?;
                    ("error", json!(told.then_some("shown")))
                }
                Sight::Reason => {
                    let label = t("Its reason", "Lý do nơi nhận nêu").of(language);
                    let queued = self.axis.queued();
                    let now = queued.get(self.before..).unwrap_or_default();
                    let expected = planted::reason_from(&self.axis, now, organ);
                    ("reason", json!(self.person.compare(label, &expected)?))
                }
                _ => continue,
            };
            recipient.insert(name.to_owned(), value);
        }
        Ok(Value::Object(recipient))
    }

    /// One of these, by its number from 1.
    fn one_of(&mut self, question: &str, words: &[&'static str]) -> Turn<&'static str> {
        self.person.choose(question, |reply| match reply {
            Reply::Typed(typed) => {
                let place = typed.parse::<usize>().ok()?.checked_sub(1)?;
                words.get(place).copied()
            }
            _ => None,
        })
    }
}

/// A question, and what its numbers mean.
fn listed<'l>(question: &str, labels: impl Iterator<Item = (u32, Option<&'l str>)>) -> String {
    let labels: Vec<String> = labels
        .map(|(number, label)| format!("{number} {}", label.unwrap_or("")))
        .collect();
    format!("{question}\n  {}", labels.join("   "))
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
