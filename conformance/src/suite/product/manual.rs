//! A product without a driver: a person is told what to click, and says when it
//! is done. What comes of it is watched at the axis and in a folder.

use std::fmt::Write as _;
use std::fs;
use std::io::{self, BufRead, Write};
use std::path::{Path, PathBuf};
use std::time::Instant;

use lienthong::Language;
use ring::digest::{SHA256, digest};
use serde_json::{Value, json};

use super::{Declaration, Heard, Product};

/// The commands that can be put to a person.
const COMMANDS: &[&str] = &[
    "send", "poll", "accept", "refuse", "report", "recall", "agree", "decline", "tick",
];

/// The cases that a person can be led through: they look at the axis and at saved
/// files only, and at no id that a product makes up by itself.
pub(crate) const CASES: &[&str] = &["send-each-receiver"];

/// A person at a screen.
pub(crate) struct Manual {
    language: Language,
    /// Where the files that came are to be saved.
    folder: PathBuf,
    asked: u64,
    /// What was sent and came, by the names that commands use.
    known: Vec<(String, String)>,
    input: Box<dyn BufRead + Send>,
    output: Box<dyn Write + Send>,
}

impl Manual {
    /// At the terminal of this process.
    pub(crate) fn at_terminal(language: Language, folder: &Path) -> Self {
        Self::new(
            language,
            folder,
            Box::new(io::BufReader::new(io::stdin())),
            Box::new(io::stderr()),
        )
    }

    pub(crate) fn new(
        language: Language,
        folder: &Path,
        input: Box<dyn BufRead + Send>,
        output: Box<dyn Write + Send>,
    ) -> Self {
        Manual {
            language,
            folder: folder.to_owned(),
            asked: 0,
            known: Vec::new(),
            input,
            output,
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

    fn pick<'t>(&self, english: &'t str, vietnamese: &'t str) -> &'t str {
        match self.language {
            Language::English => english,
            Language::Vietnamese => vietnamese,
        }
    }

    fn name(&self, id: &str) -> String {
        let known = self.known.iter().find(|(known, _)| known == id);
        known.map_or_else(|| id.to_owned(), |(_, name)| name.clone())
    }

    /// Shows a step and takes the line that is typed.
    fn show(&mut self, step: &str) -> io::Result<String> {
        writeln!(self.output, "\n{step}")?;
        self.output.flush()?;
        let mut line = String::new();
        if self.input.read_line(&mut line)? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        Ok(line.trim().to_owned())
    }

    fn carry_out(&mut self, command: &Value) -> io::Result<Result<Value, Value>> {
        let text = |name: &str| command.get(name).and_then(Value::as_str).unwrap_or("");
        let document = |path: &str| {
            let value = command.pointer(path).and_then(Value::as_str);
            value.unwrap_or("").to_owned()
        };
        let done = self.pick(
            "Press Enter when it is done; type `no` if the product does not let you.",
            "Xong thì ấn Enter; gõ `không` nếu phần mềm không cho làm.",
        );
        let mut step = String::new();
        match text("do") {
            "send" => {
                let number = document("/document/Code/CodeNumber");
                let notation = document("/document/Code/CodeNotation");
                let to: Vec<&str> = command
                    .pointer("/document/To")
                    .and_then(Value::as_array)
                    .map(|all| {
                        let ids = all.iter().filter_map(|organ| organ.get("OrganId"));
                        ids.filter_map(Value::as_str).collect()
                    })
                    .unwrap_or_default();
                let _ = writeln!(
                    step,
                    "{} {number}/{notation}",
                    self.pick(
                        "Send a new document, number and notation",
                        "Gửi một văn bản mới, số và ký hiệu"
                    )
                );
                let _ = writeln!(step, "  {}: {}", self.pick("to", "nơi nhận"), to.join(", "));
                let _ = writeln!(
                    step,
                    "  {}: {}",
                    self.pick("subject", "trích yếu"),
                    document("/document/Subject")
                );
                for file in command
                    .get("attach")
                    .and_then(Value::as_array)
                    .into_iter()
                    .flatten()
                    .filter_map(Value::as_str)
                {
                    let _ = writeln!(step, "  {}: {file}", self.pick("file", "tệp kèm"));
                }
                self.known.push((
                    format!("manual-{}", self.asked),
                    format!("{number}/{notation}"),
                ));
            }
            "poll" => {
                let _ = fs::remove_dir_all(&self.folder);
                fs::create_dir_all(&self.folder)?;
                let _ = writeln!(
                    step,
                    "{} {}",
                    self.pick(
                        "Look at the list of incoming documents. Open the newest one, and save \
                         its files into the folder",
                        "Xem danh sách văn bản đến. Mở văn bản mới nhất và lưu các tệp kèm vào \
                         thư mục"
                    ),
                    self.folder.display()
                );
                step.push_str(self.pick(
                    "Type its number and notation, or just Enter if nothing new is there.",
                    "Gõ số và ký hiệu của văn bản đó; nếu không có văn bản mới thì ấn Enter.",
                ));
                let typed = self.show(&step)?;
                if typed.is_empty() {
                    return Ok(Ok(json!({ "item": null })));
                }
                let id = format!("manual-{}", self.asked);
                self.known.push((id.clone(), typed.clone()));
                let item = json!({
                    "incoming": id, "lease": "0", "typed": typed,
                    "attachments": self.saved()?,
                });
                return Ok(Ok(json!({ "item": item })));
            }
            "tick" => return Ok(Ok(json!({}))),
            word @ ("accept" | "refuse" | "agree" | "decline" | "report") => {
                let what = match word {
                    "accept" => self.pick("Accept (register) the document", "Tiếp nhận văn bản"),
                    "refuse" => self.pick("Refuse (return) the document", "Từ chối văn bản"),
                    "agree" => self.pick("Agree to the request", "Đồng ý yêu cầu"),
                    "decline" => self.pick("Decline the request", "Từ chối yêu cầu"),
                    _ => self.pick("Set the state of the document", "Đặt trạng thái văn bản"),
                };
                let _ = writeln!(step, "{what} {}", self.name(text("incoming")));
                for (member, en, vi) in [
                    ("code", "state", "trạng thái"),
                    ("reason", "reason", "lý do"),
                    ("note", "note", "ý kiến"),
                ] {
                    if !text(member).is_empty() {
                        let _ = writeln!(step, "  {}: {}", self.pick(en, vi), text(member));
                    }
                }
            }
            "recall" => {
                let _ = writeln!(
                    step,
                    "{} {}",
                    self.pick("Recall the document", "Thu hồi văn bản"),
                    self.name(text("outgoing"))
                );
                let _ = writeln!(
                    step,
                    "  {}: {}",
                    self.pick("reason", "lý do"),
                    text("reason")
                );
            }
            _ => return Ok(Err(json!({ "kind": "invalid-argument" }))),
        }
        step.push_str(done);
        let typed = self.show(&step)?.to_lowercase();
        if ["no", "n", "không", "khong", "k"].contains(&typed.as_str()) {
            return Ok(Err(json!({ "kind": "refused-by-the-product" })));
        }
        let id = format!("manual-{}", self.asked);
        Ok(Ok(json!({ "outgoing": id, "requests": [id] })))
    }

    /// Names, lengths and digests of what was saved.
    fn saved(&self) -> io::Result<Vec<Value>> {
        let mut files = Vec::new();
        for entry in fs::read_dir(&self.folder)? {
            let entry = entry?;
            let bytes = fs::read(entry.path())?;
            let hash = digest(&SHA256, &bytes);
            let hex: String = hash.as_ref().iter().map(|b| format!("{b:02x}")).collect();
            files.push(json!({
                "name": entry.file_name().to_string_lossy(),
                "bytes": bytes.len(), "sha256": hex,
            }));
        }
        files.sort_by_key(|file| file["name"].to_string());
        Ok(files)
    }
}

impl Product for Manual {
    fn ask(&mut self, command: Value, _: Instant) -> Heard {
        self.asked += 1;
        match self.carry_out(&command) {
            Ok(Ok(value)) => Heard::Done(value),
            Ok(Err(error)) => Heard::Refused(error),
            Err(error) => Heard::Gone(error.to_string()),
        }
    }
}
