//! A clerk made of wires: reads what the suite asks on one side, and works a product by
//! its lines on the other. It knows what a clerk can see and no more: numbers and
//! notations, states, files.

use std::collections::HashMap;
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde_json::{Value, json};

const SUITE: &str = env!("CARGO_BIN_EXE_lienthong-conformance");

/// A product that runs, and takes lines.
pub(crate) struct Product {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Product {
    pub(crate) fn start(program: &[String], folder: &Path, axis: &str) -> Self {
        let mut command = Command::new(&program[0]);
        command
            .args(&program[1..])
            .arg("--store")
            .arg(folder.join("store"))
            .args(["--organ", "H99.01", "--axis", axis])
            .args(["--system", "td.product", "--secret-file"])
            .arg(folder.join("secret"));
        for setting in [
            "receive.interval=20",
            "send.pause=50",
            "send.longest_pause=200",
            "send.ask_after=50",
            "send.unknown_wait=200",
        ] {
            command.args(["--set", setting]);
        }
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let input = child.stdin.take().unwrap();
        let output = BufReader::new(child.stdout.take().unwrap());
        let mut product = Product {
            child,
            input,
            output,
        };
        assert_eq!(product.line()["ready"], true);
        product
    }

    /// Null where the product is gone.
    fn line(&mut self) -> Value {
        let mut line = String::new();
        let _ = self.output.read_line(&mut line);
        serde_json::from_str(&line).unwrap_or_default()
    }

    /// `ok`, else none.
    pub(crate) fn ask(&mut self, command: Value) -> Option<Value> {
        let written = writeln!(self.input, "{command}").and_then(|()| self.input.flush());
        written.ok()?;
        let mut answer = self.line();
        answer.get_mut("ok").map(Value::take)
    }
}

impl Drop for Product {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// How a clerk works.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Habit {
    Careful,
    /// Works a product that numbers what is sent by itself.
    OwnNumbers,
    /// Sends to the first receiver only.
    ForgetsReceivers,
    /// Types a number that is not on the screen.
    Mistypes,
    /// Never sees anything in the list.
    Blind,
    /// Says that it is done where the product refused.
    NeverSaysNo,
    /// Agrees to every request, unasked.
    Agrees,
}

pub(crate) struct Clerk {
    habit: Habit,
    folder: PathBuf,
    program: Vec<String>,
    product: Option<Product>,
    /// By number, what was sent and what came.
    sent: HashMap<String, String>,
    came: Vec<(String, Value)>,
    recipient: Value,
    count: usize,
}

/// What became of a run.
pub(crate) struct Done {
    pub(crate) code: i32,
    /// All that was on the screen.
    pub(crate) screen: String,
    pub(crate) report: Value,
}

impl Done {
    /// Id, verdict and what was seen of the cases that are not left to look at.
    pub(crate) fn verdicts(&self) -> Vec<(String, String, String)> {
        let chapters = self.report["chapters"].as_array().unwrap();
        let cases = chapters
            .iter()
            .flat_map(|chapter| chapter["cases"].as_array().unwrap());
        cases
            .map(|case| {
                let text = |value: &Value| value.as_str().unwrap_or("").to_owned();
                (
                    text(&case["id"]),
                    text(&case["verdict"]),
                    text(&case["got"]["en"]),
                )
            })
            .collect()
    }

    pub(crate) fn verdict(&self, id: &str) -> String {
        let all = self.verdicts();
        let found = all.into_iter().find(|(known, ..)| known == id);
        found.map(|(_, verdict, _)| verdict).unwrap_or_default()
    }
}

/// Runs the suite by hand, with answers to its questions; none closes the input.
pub(crate) fn by_hand(
    folder: &Path,
    language: &str,
    arguments: &[&str],
    mut answer: impl FnMut(&str) -> Option<String>,
) -> Done {
    let secret = folder.join("secret");
    fs::write(&secret, "made-up secret\n").unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let axis: SocketAddr = listener.local_addr().unwrap();
    drop(listener);
    let out = folder.join("out");
    let mut suite = Command::new(SUITE)
        .args(["--lang", language, "run", "--manual", "--listen"])
        .arg(axis.to_string())
        .arg("--secret-file")
        .arg(&secret)
        .arg("--out")
        .arg(&out)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = suite.stdin.take();
    let mut shown = BufReader::new(suite.stderr.take().unwrap());
    let (mut screen, mut from) = (Vec::new(), 0);
    let mut byte = [0];
    while shown.read(&mut byte).unwrap() > 0 {
        screen.push(byte[0]);
        if !screen.ends_with(b"\n> ") {
            continue;
        }
        let step = String::from_utf8_lossy(&screen[from..]).into_owned();
        match answer(&step) {
            Some(line) => {
                screen.extend(line.as_bytes());
                screen.push(b'\n');
                let input = input.as_mut().unwrap();
                let _ = writeln!(input, "{line}").and_then(|()| input.flush());
            }
            None => input = None,
        }
        from = screen.len();
    }
    let code = suite.wait().unwrap().code().unwrap();
    let report = fs::read(out.join("report.json")).unwrap_or_default();
    Done {
        code,
        screen: String::from_utf8_lossy(&screen).into_owned(),
        report: serde_json::from_slice(&report).unwrap_or_default(),
    }
}

/// The text after a beginning, up to the end of its line.
pub(crate) fn after<'t>(text: &'t str, beginning: &str) -> Option<&'t str> {
    let (_, rest) = text.split_once(beginning)?;
    Some(rest.lines().next().unwrap_or("").trim())
}

/// The lines `label: text` of a step.
fn fields(step: &str) -> Vec<(&str, &str)> {
    let lines = step.lines().filter_map(|line| line.strip_prefix("  "));
    lines.filter_map(|line| line.split_once(": ")).collect()
}

/// What a form is left without.
const EMPTY: &str = "(leave it empty)";

impl Clerk {
    pub(crate) fn new(folder: &Path, program: Vec<String>, habit: Habit) -> Self {
        Clerk {
            habit,
            folder: folder.to_owned(),
            program,
            product: None,
            sent: HashMap::new(),
            came: Vec::new(),
            recipient: Value::Null,
            count: 0,
        }
    }

    fn ask(&mut self, command: Value) -> Option<Value> {
        self.product.as_mut().unwrap().ask(command)
    }

    /// What the product says to a step that a clerk carries out.
    fn act(&mut self, command: Value) -> String {
        let done = self.ask(command).is_some();
        match done || self.habit == Habit::NeverSaysNo {
            true => String::new(),
            false => "no".to_owned(),
        }
    }

    fn number(item: &Value) -> String {
        let text = |path: &str| item.pointer(path).and_then(Value::as_str);
        match (
            text("/document/Code/CodeNumber"),
            text("/status/ResponseFor/Code"),
        ) {
            (Some(number), _) => {
                let notation = text("/document/Code/CodeNotation").unwrap_or("");
                format!("{number}/{notation}")
            }
            (_, Some(code)) => code.to_owned(),
            _ => "-".to_owned(),
        }
    }

    /// The last thing of a number that came, a request or not.
    fn of_number(&self, number: &str, is_action: bool) -> Value {
        let mut all = self.came.iter().rev();
        let found =
            all.find(|(known, item)| known == number && (item["is_action"] == true) == is_action);
        found.map(|(_, item)| item.clone()).unwrap_or_default()
    }

    fn send(&mut self, step: &str) -> String {
        let mut number = after(step, "number and notation ").unwrap().to_owned();
        if self.habit == Habit::OwnNumbers {
            number.insert(0, '9');
        }
        let (code, notation) = number.split_once('/').unwrap();
        self.count += 1;
        let mut document = json!({
            "From": { "OrganId": "H99.01", "OrganName": "Cơ quan thí dụ" },
            // Products make ids of their own.
            "DocumentId": format!("H99.01-clerk-{}", self.count),
            "Code": { "CodeNumber": code, "CodeNotation": notation },
            "PromulgationInfo": { "Place": "Thí dụ" },
            "TraceHeaderList": {},
        });
        let (mut files, mut secret) = (Vec::new(), false);
        let (mut responses, mut tasks) = (Vec::new(), Vec::new());
        let mut reason = String::new();
        for (label, text) in fields(step) {
            if text == EMPTY {
                continue;
            }
            let coded = || -> u32 {
                let number = text.rsplit(['(', ' ']).next().unwrap();
                number.trim_end_matches(')').parse().unwrap()
            };
            match label {
                "to" => {
                    let mut to: Vec<Value> = text
                        .split(", ")
                        .map(|organ| json!({ "OrganId": organ }))
                        .collect();
                    if self.habit == Habit::ForgetsReceivers {
                        to.truncate(1);
                    }
                    document["To"] = json!(to);
                }
                "subject" => document["Subject"] = json!(text),
                "date" => document["PromulgationInfo"]["PromulgationDate"] = json!(text),
                "kind" => document["DocumentType"] = json!({ "Type": 2, "TypeName": text }),
                "answer due by" => document["DueDate"] = json!(text),
                "urgency" => document["OtherInfo"] = json!({ "Priority": coded() }),
                "directive" => document["SteeringType"] = json!(coded()),
                "signer's title" => document["SignerInfo"] = json!({ "Position": text }),
                "task" => tasks.push(text.to_owned()),
                "in answer to" => {
                    let (code, rest) = text.split_once(" of ").unwrap();
                    let (organ, date) = rest.split_once(", ").unwrap();
                    let id = self.of_number(code, false)["document"]["DocumentId"].take();
                    responses.push(json!({
                        "OrganId": organ, "Code": code, "DocumentId": id,
                        "PromulgationDate": date,
                    }));
                }
                "it updates" | "it replaces" => {
                    let id = format!("H99.01-clerk-{}", self.number_of_sent(text));
                    document["TraceHeaderList"]["Bussiness"] = match label {
                        "it updates" => json!({
                            "BussinessDocType": 2, "DocumentId": id, "Paper": 0,
                            "BussinessDocumentInfo": [{ "DocumentInfo": 1, "DocumentReceiver": 0 }],
                        }),
                        _ => json!({
                            "BussinessDocType": 3, "Paper": 0,
                            "ReplacementInfoList": [{ "ReplacementInfo": [{
                                "DocumentId": id, "OrganIdList": { "OrganId": ["H99.02"] },
                            }] }],
                        }),
                    };
                }
                "reason" => text.clone_into(&mut reason),
                "mark it as" => secret = true,
                "file" => files.push(text.to_owned()),
                other => panic!("the clerk does not know what `{other}` is: {step}"),
            }
        }
        if !responses.is_empty() {
            document["ResponseFor"] = json!(responses);
        }
        if !tasks.is_empty() {
            document["ResponseForTask"] = json!({ "TaskCode": tasks });
        }
        if let Some(business) = document["TraceHeaderList"].get_mut("Bussiness") {
            business["BussinessDocReason"] = json!(reason);
        }
        let command = json!({
            "do": "send", "contains_state_secret": secret,
            "document": document, "attach": files,
        });
        match self.ask(command) {
            Some(ok) => {
                let out = ok["outgoing"].as_str().unwrap_or("").to_owned();
                self.sent
                    .insert(number.clone(), format!("{out} {}", self.count));
                match self.habit {
                    Habit::OwnNumbers => number,
                    _ => String::new(),
                }
            }
            None if self.habit == Habit::NeverSaysNo => String::new(),
            None => "no".to_owned(),
        }
    }

    /// `out-…` of a document that was sent.
    fn out(&self, number: &str) -> String {
        let known = self.sent.get(number).map(String::as_str).unwrap_or("");
        known.split(' ').next().unwrap_or("").to_owned()
    }

    fn number_of_sent(&self, number: &str) -> String {
        let known = self.sent.get(number).map(String::as_str).unwrap_or("");
        known.split(' ').nth(1).unwrap_or("").to_owned()
    }

    fn look(&mut self) -> String {
        if self.habit == Habit::Blind {
            return "no".to_owned();
        }
        let folder = self.folder.join(format!("files-{}", self.came.len()));
        let item = self.ask(json!({ "do": "poll", "timeout_ms": 50, "extract_to": folder }));
        let mut item = item.unwrap_or_default()["item"].take();
        if item.is_null() {
            return String::new();
        }
        if self.habit == Habit::Agrees && item["is_action"] == true {
            self.ask(json!({ "do": "agree", "incoming": item["incoming"] }));
        }
        let mut number = Self::number(&item);
        item["number"] = json!(number);
        self.came.push((number.clone(), item));
        if self.habit == Habit::Mistypes {
            number.push('1');
        }
        number
    }

    /// Saves the files of what was shown last, as a browser would.
    fn save(&mut self, folder: &str) -> String {
        let item = &self.came.last().unwrap().1;
        let files = item["files"].as_array().cloned().unwrap_or_default();
        let names = item["attachments"].as_array().cloned().unwrap_or_default();
        for (file, name) in files.iter().zip(&names) {
            // A damaged one has a name, and nothing to save.
            let Some(file) = file.as_str() else { continue };
            let name = name["name"].as_str().unwrap_or("file");
            fs::copy(file, Path::new(folder).join(name)).unwrap();
        }
        match files.is_empty() {
            true => "no".to_owned(),
            false => String::new(),
        }
    }

    /// The answer to a step.
    pub(crate) fn answer(&mut self, screen: &str) -> Option<String> {
        if let Some(axis) = after(screen, "Point the product to ") {
            let axis = axis.split(',').next().unwrap();
            let product = Product::start(&self.program, &self.folder, axis);
            self.product = Some(product);
        }
        if screen.contains("Nothing with this number was sent") {
            return Some(format!("{}1", self.came.last()?.0));
        }
        let screen = screen.trim_end_matches("\n> ");
        let step = screen.rsplit("\n\n").next().unwrap().trim_start();
        Some(self.step(step))
    }

    fn step(&mut self, step: &str) -> String {
        let last = self
            .came
            .last()
            .map(|(_, item)| item.clone())
            .unwrap_or_default();
        let shown = |path: &str| last.pointer(path).and_then(Value::as_str).unwrap_or("");
        let number = |path: &str| last.pointer(path).map_or(String::new(), Value::to_string);
        let field = |label: &str| {
            let all = fields(step);
            let found = all.into_iter().find(|(known, _)| *known == label);
            found.map(|(_, text)| text).filter(|text| *text != EMPTY)
        };
        let yes = |is: bool| if is { "y" } else { "no" }.to_owned();
        if step.starts_with("The product is the organ") {
            return String::new();
        }
        if step.starts_with("The product calls, but") {
            return "no".to_owned();
        }
        if step.starts_with("Send a new document") {
            return self.send(step);
        }
        if step.contains("What has come in") {
            return self.look();
        }
        if step.starts_with("As what does the product show it") {
            let kind = last.pointer("/document/TraceHeaderList/Bussiness/BussinessDocType");
            return match (last["is_action"] == true, kind.and_then(Value::as_u64)) {
                (false, _) => "1",
                (_, Some(2)) => "3",
                (_, Some(3)) => "4",
                _ => "2",
            }
            .to_owned();
        }
        if step.starts_with("Number and notation of the document that this request is about") {
            let target = shown("/acts_on").to_owned();
            let known = self
                .came
                .iter()
                .find(|(_, item)| item["incoming"] == target);
            if let Some((number, _)) = known {
                return number.clone();
            }
            let why = self
                .ask(json!({ "do": "why", "packet": target }))
                .unwrap_or_default();
            let id = why["incoming"]["document_id"].as_str().unwrap_or("");
            return id.rsplit(',').next().unwrap().to_owned();
        }
        for (label, path) in [
            ("Subject", "/document/Subject"),
            ("Kind of document", "/document/DocumentType/TypeName"),
        ] {
            if step.starts_with(&format!("{label}:")) {
                let expected = after(step, "exactly this: ");
                return match shown(path) {
                    text if Some(text) == expected => "y".to_owned(),
                    text => text.to_owned(),
                };
            }
        }
        if step.starts_with("Reason of the request:") {
            let business = shown("/document/TraceHeaderList/Bussiness/BussinessDocReason");
            let reasons = [shown("/status/Description"), business];
            let expected = after(step, "exactly this: ").unwrap();
            return yes(reasons.contains(&expected));
        }
        if step.starts_with("Code of the organ that sent it") {
            return shown("/from").to_owned();
        }
        if step.starts_with("By when is it to be answered") {
            return shown("/document/DueDate").to_owned();
        }
        if step.starts_with("How urgent is it") {
            return number("/document/OtherInfo/Priority");
        }
        if step.starts_with("Does it direct") {
            return number("/document/SteeringType");
        }
        if step.starts_with("Its task codes") {
            let codes = last.pointer("/document/ResponseForTask/TaskCode");
            let codes = codes.and_then(Value::as_array).cloned().unwrap_or_default();
            let codes: Vec<&str> = codes.iter().filter_map(Value::as_str).collect();
            return codes.join(", ");
        }
        if step.starts_with("Which document that you sent does it answer") {
            let answers = shown("/answers").to_owned();
            let known = self
                .sent
                .iter()
                .find(|(_, out)| out.split(' ').next() == Some(answers.as_str()));
            return known.map_or(answers, |(number, _)| number.clone());
        }
        if step.starts_with("Does the product warn") {
            return yes(!matches!(
                last["conflict"],
                Value::Null | Value::Bool(false)
            ));
        }
        if step.starts_with("Save all its files") {
            let folder = step.lines().nth(1).unwrap().trim().to_owned();
            return self.save(&folder);
        }
        if let Some(number) = after(step, "Accept (register) the document ") {
            let item = self.of_number(number, false);
            return self.act(json!({
                "do": "accept", "incoming": item["incoming"], "lease": item["lease"],
            }));
        }
        if let Some(number) = after(step, "refuse (return) the document ") {
            let item = self.of_number(number, false);
            return self.act(json!({
                "do": "refuse", "incoming": item["incoming"], "lease": item["lease"],
                "reason": field("reason").unwrap_or(""),
            }));
        }
        if let Some(rest) = after(step, "Set the state of the document ") {
            let (number, state) = rest.split_once(" to: ").unwrap();
            let code = state.rsplit('(').next().unwrap().trim_end_matches(')');
            let item = self.of_number(number, false);
            let mut command = json!({
                "do": "report", "incoming": item["incoming"], "code": code,
            });
            if let Some(note) = field("note").or(field("reason")) {
                command["note"] = json!(note);
            }
            if let Some(staff) = field("member of staff") {
                command["staff"] = json!({ "Staff": staff, "Department": field("department") });
            }
            return self.act(command);
        }
        for word in ["Agree", "Decline"] {
            let Some(number) = after(step, &format!("{word} to the request that concerns "))
                .or(after(step, &format!("{word} the request that concerns ")))
            else {
                continue;
            };
            let mut item = self.of_number(number, true);
            if item.is_null() {
                item = self.of_number(number, false);
            }
            let mut command = json!({
                "do": word.to_lowercase(), "incoming": item["incoming"],
            });
            if let Some(note) = field("reason").or(field("note")) {
                command["note"] = json!(note);
            }
            return self.act(command);
        }
        if let Some(number) = after(step, "Recall the document that you sent, ") {
            let mut command = json!({ "do": "recall", "outgoing": self.out(number) });
            if let Some(reason) = field("reason") {
                command["reason"] = json!(reason);
            }
            if let Some(organs) = field("from these receivers only") {
                command["organs"] = json!(organs.split(", ").collect::<Vec<_>>());
            }
            return self.act(command);
        }
        if let Some(rest) = after(step, "Look at the document ") {
            if let Some((number, _)) = rest.split_once(" that came.") {
                let (item, request) = (self.of_number(number, false), self.of_number(number, true));
                let packet = match item.is_null() {
                    // Never shown before it was withdrawn.
                    true => &request["acts_on"],
                    false => &item["incoming"],
                };
                let why = self.ask(json!({ "do": "why", "packet": packet }));
                self.recipient = why.unwrap_or_default()["incoming"].take();
                return yes(self.recipient["destroyed"] != true);
            }
            let (number, rest) = rest.split_once(" that you sent to ").unwrap();
            let organ = rest.trim_end_matches('.');
            let why = self.ask(json!({ "do": "why", "packet": self.out(number) }));
            let recipients = why.unwrap_or_default()["outgoing"]["recipients"].take();
            let recipients = recipients.as_array().cloned().unwrap_or_default();
            let found = recipients.into_iter().find(|one| one["organ"] == organ);
            self.recipient = found.unwrap_or_default();
            let word = |name: &str| self.recipient[name].as_str().unwrap_or("").to_owned();
            if step.contains("Which state of it") {
                return word("status");
            }
            if step.contains("What does the product show of its recall") {
                let words = ["none", "requested", "agreed", "declined"];
                let place = words.iter().position(|known| *known == word("change"));
                return (1 + place.unwrap_or(0)).to_string();
            }
            return match word("delivery").as_str() {
                "accepted" => "2",
                "failed" | "held" | "dropped" => "3",
                _ => "1",
            }
            .to_owned();
        }
        if step.starts_with("Is it held") {
            return yes(self.recipient["on_hold"] == true);
        }
        if step.starts_with("Its reason:") {
            let expected = after(step, "exactly this: ");
            return yes(self.recipient["reason"].as_str() == expected);
        }
        if step.starts_with("Does the product say why") {
            let told = ["error", "remote_code", "reason", "last_answer"];
            return yes(told.iter().any(|name| !self.recipient[*name].is_null()));
        }
        panic!("the clerk does not understand: {step}");
    }
}
