//! What the person is asked about the screen: of something that came, and of a
//! document at its receivers.

use std::fs;
use std::io;
use std::path::PathBuf;

use lienthong::Language;
use lienthong::packet::{Priority, StatusCode, SteeringType};
use ring::digest::{SHA256, digest};
use serde_json::{Map, Value, json};

use super::form;
use super::person::{Reply, Turn};
use super::planted::{self, Planted, planted, same_number};
use super::{Came, Heard, Manual};
use crate::suite::by_hand::Sight;
use crate::suite::text::t;
use crate::suite::verdict::Stop;

impl Manual {
    /// What the person sees of something with this number.
    pub(super) fn item(&mut self, typed: &str, candidates: &[Planted]) -> Turn<Value> {
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
        let own = |error: io::Error| Heard::Ended(Stop::own(error));
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
    pub(super) fn why(&mut self, id: &str, organ: &str, member: &str) -> Turn<Value> {
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
        let recipient = self.recipient(&number, organ, member)?;
        self.vain += 1;
        Ok(json!({ "outgoing": { "id": id, "recipients": [recipient] } }))
    }

    /// What the product shows of a document at one of its receivers: of one member, or
    /// (empty) of all that the case looks at.
    fn recipient(&mut self, number: &str, organ: &str, member: &str) -> Turn<Value> {
        let language = self.person.language;
        let mut recipient = Map::new();
        recipient.insert("organ".to_owned(), json!(organ));
        let head = match language {
            Language::English => format!("Look at the document {number} that you sent to {organ}."),
            Language::Vietnamese => format!("Xem văn bản {number} đã gửi tới {organ}."),
        };
        let is_meant = |name: &str| member.is_empty() || member == name;
        for sight in self.sights {
            let (name, value) = match sight {
                Sight::Status if is_meant("status") => {
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
                Sight::Change if is_meant("change") => {
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
                Sight::Delivery if is_meant("delivery") => {
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
                Sight::Cause if member.is_empty() => {
                    let question = t(
                        "Does the product say why it could not be delivered?",
                        "Phần mềm có nêu nguyên nhân không gửi được không?",
                    );
                    let told = self.person.yes(question.of(language))?;
                    ("error", json!(told.then_some("shown")))
                }
                Sight::Reason if member.is_empty() => {
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
