//! An axis, a product at it, and the hands of a case: commands to the product,
//! packets from peers, and looks at what came of it. Every wait has an end.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use lienthong::packet::{Discard, Packet, ReadOptions, read_packet};
use serde_json::{Value, json};

use super::bench::{Bench, start_product};
use super::evidence::{Actor, Evidence};
use super::letter::Letter;
use super::product::{Declaration, Heard, Manual, Means, Product, Start};
use super::said;
use super::text::Said;
use super::verdict::{Outcome, Stop, ensure};
use crate::axis_server::{Fault, FaultRule, Kind, QueueState, Queued, TestAxis, WireEntry};

/// See the module.
pub struct Lab {
    /// The axis.
    pub axis: Arc<TestAxis>,
    product: Arc<Mutex<Box<dyn Product>>>,
    /// How it was started; none where it ran already.
    start: Option<Start>,
    means: Means,
    declaration: Declaration,
    evidence: Evidence,
    patience: Duration,
    organ: String,
    secret: String,
    folder: PathBuf,
    numbers: Arc<std::sync::atomic::AtomicU64>,
    /// What a person was given to send: the product gives it its own id.
    by_hand: Vec<Letter>,
    /// Numbers that were asked for, and those that the product gave in their place.
    renumbered: Vec<(String, String)>,
    /// Where the axis's log and queue stood when the lab began.
    since: u64,
    queued_before: usize,
}

/// An error that a product answered with.
#[derive(Clone, Debug)]
pub struct Refusal(pub Value);

impl Refusal {
    /// Its `kind`.
    pub fn kind(&self) -> &str {
        self.0.get("kind").and_then(Value::as_str).unwrap_or("")
    }
}

/// What `poll` gave.
#[derive(Clone, Debug)]
pub struct Item(pub Value);

impl Item {
    /// The value at a JSON pointer, as text; empty where there is none.
    pub fn text(&self, pointer: &str) -> &str {
        self.0
            .pointer(pointer)
            .and_then(Value::as_str)
            .unwrap_or("")
    }

    /// Its `in-…`.
    pub fn incoming(&self) -> &str {
        self.text("/incoming")
    }

    /// The files that it laid down, where it says so.
    pub fn files(&self) -> Option<Vec<PathBuf>> {
        let files = self.0.get("files")?.as_array()?;
        Some(
            files
                .iter()
                .filter_map(Value::as_str)
                .map(PathBuf::from)
                .collect(),
        )
    }

    /// Name, length and SHA-256 (hex) of each attachment.
    pub fn attachments(&self) -> Vec<(String, u64, String)> {
        let all = self.0.get("attachments").and_then(Value::as_array);
        let text = |value: &Value, name: &str| {
            let value = value.get(name).and_then(Value::as_str);
            value.unwrap_or("").to_owned()
        };
        all.into_iter()
            .flatten()
            .map(|one| {
                let bytes = one.get("bytes").and_then(Value::as_u64).unwrap_or(0);
                (text(one, "name"), bytes, text(one, "sha256"))
            })
            .collect()
    }
}

/// A packet that the axis took from the product.
#[derive(Debug)]
pub struct SentPacket {
    /// The organs it went to.
    pub to: Vec<String>,
    /// Document or status.
    pub kind: Kind,
    /// Its bytes as they were sent.
    pub bytes: Vec<u8>,
    /// What a reader makes of them.
    pub packet: Packet,
}

impl SentPacket {
    /// The code of a status, two digits; empty for a document.
    pub fn code(&self) -> String {
        let status = self.packet.status().and_then(|status| status.status_code);
        status.map(|code| code.official()).unwrap_or_default()
    }

    /// Whether it is the document of a letter: by its id, or, where a product gives
    /// its documents ids of its own, by number and notation.
    pub fn is(&self, letter: &Letter) -> bool {
        self.kind == Kind::Document
            && (self.document_id() == letter.document_id() || self.number() == letter.number())
    }

    /// Number and notation of a document, as a clerk reads them.
    fn number(&self) -> String {
        let document = self.packet.document();
        let code = document.and_then(|document| document.code.as_ref());
        let part = |text: Option<&String>| text.cloned().unwrap_or_default();
        let number = part(code.and_then(|code| code.code_number.as_ref()));
        let notation = part(code.and_then(|code| code.code_notation.as_ref()));
        format!("{number}/{notation}")
    }

    /// The document id that it bears, or (a status) that it is about.
    pub fn document_id(&self) -> String {
        let id = match (self.packet.document(), self.packet.status()) {
            (Some(document), _) => document.document_id.as_ref(),
            (_, Some(status)) => status
                .response_for
                .as_ref()
                .and_then(|about| about.document_id.as_ref()),
            _ => None,
        };
        id.map(ToString::to_string).unwrap_or_default()
    }
}

impl Lab {
    pub(crate) fn new(
        bench: &Bench,
        axis: Arc<TestAxis>,
        product: Arc<Mutex<Box<dyn Product>>>,
        start: Option<Start>,
    ) -> Self {
        axis.set_faults([]);
        let last = axis
            .wire_log(0, Duration::ZERO)
            .last()
            .map(|last| last.number);
        Lab {
            since: last.unwrap_or_default(),
            queued_before: axis.queued().len(),
            axis,
            product,
            start,
            means: bench.means.clone(),
            declaration: bench.declaration.clone(),
            evidence: bench.evidence.clone(),
            patience: bench.patience,
            organ: bench.organ.clone(),
            secret: bench.secret.clone(),
            folder: bench.folder.clone(),
            numbers: Arc::clone(&bench.numbers),
            by_hand: Vec::new(),
            renumbered: Vec::new(),
        }
    }

    /// The product's organ.
    pub fn organ(&self) -> &str {
        &self.organ
    }

    /// The secret that the product signs its calls with.
    pub fn secret(&self) -> &str {
        &self.secret
    }

    /// A folder of this case.
    pub fn folder(&self) -> &std::path::Path {
        &self.folder
    }

    /// A number that no other document of this run has.
    pub fn number(&self) -> u64 {
        self.numbers
            .fetch_add(1, std::sync::atomic::Ordering::Relaxed)
    }

    /// How long anything is waited for.
    pub fn patience(&self) -> Duration {
        self.patience
    }

    // ---- the product ----

    /// Gives a command; the answer is `ok` or `error`. No answer, or the end of
    /// the product, fails the case.
    ///
    /// # Errors
    /// There is no answer in time, or the product is gone.
    pub fn ask(&mut self, command: &str, members: Value) -> Outcome<Result<Value, Refusal>> {
        let mut line = members;
        if let Value::Object(all) = &mut line {
            all.insert("do".to_owned(), json!(command));
        } else {
            line = json!({ "do": command });
        }
        self.evidence
            .add(Actor::Suite, Actor::Product, command, ids_of(&line));
        let wait = line.get("timeout_ms").and_then(Value::as_u64).unwrap_or(0);
        let until = Instant::now() + self.patience + Duration::from_millis(wait);
        let heard = {
            let mut product = self.product.lock().unwrap_or_else(PoisonError::into_inner);
            product.ask(line, until)
        };
        let answer = |evidence: &Evidence, what: &str, value: &Value| {
            evidence.add(Actor::Product, Actor::Suite, what, ids_of(value));
        };
        match heard {
            Heard::Done(value) => {
                let part = |name: &str| value.get(name).and_then(Value::as_str);
                if let (Some(asked), Some(given)) = (part("number_asked"), part("number_given")) {
                    self.renumbered.push((asked.to_owned(), given.to_owned()));
                }
                answer(&self.evidence, "ok", &value);
                Ok(Ok(value))
            }
            Heard::Refused(error) => {
                answer(&self.evidence, "error", &error);
                Ok(Err(Refusal(error)))
            }
            Heard::Nothing => Err(Stop::Fail(said!(
                "the product did not answer the command `{command}` in time",
                "phần mềm không trả lời lệnh `{command}` đúng hạn"
            ))),
            Heard::Gone(how) => Err(Stop::Fail(said!(
                "the product ended at the command `{command}` ({how})",
                "phần mềm dừng khi nhận lệnh `{command}` ({how})"
            ))),
            Heard::Nonsense(what) => Err(Stop::Fail(said!(
                "the product answered `{command}` with something else: {what}",
                "phần mềm trả lời lệnh `{command}` sai dạng: {what}"
            ))),
            Heard::Ended(stop) => Err(stop),
        }
    }

    fn is_by_hand(&self) -> bool {
        self.means == Means::Manual
    }

    /// Something with the person at the screen, where the product has no driver.
    fn person<T>(&self, with: impl FnOnce(&mut Manual) -> T) -> Option<T> {
        let mut product = self.product.lock().unwrap_or_else(PoisonError::into_inner);
        product.person().map(with)
    }

    /// Gives a command that has to be done.
    ///
    /// # Errors
    /// It was refused, or not answered.
    pub fn done(&mut self, command: &str, members: Value) -> Outcome<Value> {
        let is_by_hand = self.is_by_hand();
        self.ask(command, members)?.map_err(|refusal| {
            if is_by_hand {
                return Stop::Fail(said!(
                    "the product did not let it be done",
                    "phần mềm không cho thực hiện"
                ));
            }
            let kind = refusal.kind();
            Stop::Fail(said!(
                "`{command}` was refused: {kind}",
                "lệnh `{command}` bị từ chối: {kind}"
            ))
        })
    }

    /// Gives a command that has to be refused.
    ///
    /// # Errors
    /// It was done, or not answered.
    pub fn refused(&mut self, command: &str, members: Value) -> Outcome<Refusal> {
        match self.ask(command, members)? {
            Err(refusal) => Ok(refusal),
            Ok(_) if self.is_by_hand() => Err(Stop::Fail(said!(
                "the product let it be done, where it has to refuse",
                "phần mềm cho thực hiện trong khi phải từ chối"
            ))),
            Ok(_) => Err(Stop::Fail(said!(
                "`{command}` was done, where it has to be refused",
                "lệnh `{command}` được thực hiện trong khi phải bị từ chối"
            ))),
        }
    }

    /// Lets it ask the axis now; without `tick` its own clock has to do.
    ///
    /// # Errors
    /// It does not answer.
    pub fn tick(&mut self) -> Outcome {
        if self.declaration.knows("tick") {
            // A refusal (the axis is away) is no matter here.
            let _ = self.ask_quietly("tick")?;
        }
        Ok(())
    }

    fn ask_quietly(&mut self, command: &str) -> Outcome<bool> {
        let until = Instant::now() + self.patience;
        let mut product = self.product.lock().unwrap_or_else(PoisonError::into_inner);
        match product.ask(json!({ "do": command }), until) {
            Heard::Done(_) => Ok(true),
            Heard::Refused(_) => Ok(false),
            Heard::Gone(how) | Heard::Nonsense(how) => Err(Stop::Fail(said!(
                "the product ended at the command `{command}` ({how})",
                "phần mềm dừng khi nhận lệnh `{command}` ({how})"
            ))),
            Heard::Nothing => Err(Stop::Fail(said!(
                "the product did not answer the command `{command}` in time",
                "phần mềm không trả lời lệnh `{command}` đúng hạn"
            ))),
            Heard::Ended(stop) => Err(stop),
        }
    }

    /// Kills it without a word, and starts it again over the same store.
    ///
    /// # Errors
    /// It cannot be killed, or does not start again.
    pub fn restart(&mut self) -> Outcome {
        self.kill()?;
        self.begin()
    }

    /// Kills it without a word.
    ///
    /// # Errors
    /// It cannot be killed.
    pub fn kill(&mut self) -> Outcome {
        self.evidence
            .add(Actor::Suite, Actor::Product, "kill", Vec::new());
        let mut product = self.product.lock().unwrap_or_else(PoisonError::into_inner);
        if product.kill() {
            return Ok(());
        }
        Err(Stop::NotApplicable(said!(
            "the product cannot be killed from here",
            "không thể dừng phần mềm từ đây"
        )))
    }

    /// Starts it again over the same store.
    ///
    /// # Errors
    /// It does not start: that is a failure, since it did before.
    pub fn begin(&mut self) -> Outcome {
        let (Means::Process(program), Some(start)) = (&self.means, &self.start) else {
            return Err(Stop::NotApplicable(said!(
                "the product cannot be started from here",
                "không thể khởi động phần mềm từ đây"
            )));
        };
        self.evidence
            .add(Actor::Suite, Actor::Product, "start", Vec::new());
        let started = start_product(program, start).map_err(|stop| match stop {
            Stop::Inconclusive(said) => Stop::Fail(said),
            other => other,
        })?;
        *self.product.lock().unwrap_or_else(PoisonError::into_inner) = Box::new(started);
        Ok(())
    }

    /// What the product wrote to its error output so far.
    pub fn error_output(&self) -> Vec<u8> {
        let path = self.start.as_ref().map(|start| start.errors.clone());
        path.and_then(|path| std::fs::read(path).ok())
            .unwrap_or_default()
    }

    // ---- sending ----

    /// A document of the product's organ, with a number of its own.
    pub fn letter(&self, to: &[&str]) -> Letter {
        Letter::new(&self.organ, to, self.number())
    }

    /// Writes a file to attach.
    ///
    /// # Errors
    /// The disk of the suite.
    pub fn file(&self, name: &str, bytes: &[u8]) -> Outcome<PathBuf> {
        let folder = self.folder.join(format!("files-{}", self.number()));
        std::fs::create_dir_all(&folder).map_err(Stop::own)?;
        let path = folder.join(name);
        std::fs::write(&path, bytes).map_err(Stop::own)?;
        Ok(path)
    }

    /// Lets the product send, and gives its `out-…`.
    ///
    /// # Errors
    /// It is refused.
    pub fn send(&mut self, letter: &Letter) -> Outcome<String> {
        if self.is_by_hand() {
            self.by_hand.push(letter.clone());
        }
        let ok = self.done("send", letter.command())?;
        self.renumber(letter);
        let id = ok.get("outgoing").and_then(Value::as_str);
        id.map(str::to_owned).ok_or_else(|| {
            Stop::Fail(said!(
                "the answer to `send` has no `outgoing`",
                "câu trả lời của `send` không có `outgoing`"
            ))
        })
    }

    /// Notes the number that the product gave a letter in place of ours.
    fn renumber(&self, letter: &Letter) {
        let asked = letter.number();
        let given = self.renumbered.iter().find(|(known, _)| *known == asked);
        if let Some((_, given)) = given {
            letter.was_numbered(given);
        }
    }

    /// Every packet that the axis has from the product since the lab began, in
    /// the order it was taken.
    ///
    /// # Errors
    /// The axis's disk, or a packet that no reader can take.
    pub fn sent(&self) -> Outcome<Vec<SentPacket>> {
        let mut packets: Vec<(String, SentPacket)> = Vec::new();
        for delivery in self.deliveries() {
            if delivery.from != self.organ && !self.is_own(&delivery.from) {
                continue;
            }
            let known = packets.iter_mut().find(|(id, _)| *id == delivery.sender_id);
            if let Some((_, packet)) = known {
                packet.to.push(delivery.organ);
                continue;
            }
            let bytes = self.axis.packet(&delivery.id).map_err(Stop::own)?;
            let packet = read_packet(&bytes[..], &ReadOptions::default(), &mut Discard)
                .map_err(Stop::own)?;
            packets.push((
                delivery.sender_id,
                SentPacket {
                    to: vec![delivery.organ],
                    kind: delivery.kind,
                    bytes,
                    packet,
                },
            ));
        }
        let packets: Vec<SentPacket> = packets.into_iter().map(|(_, packet)| packet).collect();
        for letter in &self.by_hand {
            if let Some(packet) = packets.iter().find(|packet| packet.is(letter)) {
                letter.went_as(&packet.document_id());
            }
        }
        Ok(packets)
    }

    fn is_own(&self, organ: &str) -> bool {
        let own = self.start.as_ref().map(|start| &start.organs);
        own.is_some_and(|own| own.iter().any(|known| known == organ))
    }

    /// All deliveries of the axis since the lab began.
    pub fn deliveries(&self) -> Vec<Queued> {
        self.axis
            .queued()
            .into_iter()
            .skip(self.queued_before)
            .collect()
    }

    /// Waits for a packet of the product's that fits.
    ///
    /// # Errors
    /// None comes in time.
    pub fn await_sent(
        &mut self,
        what: Said,
        fits: impl Fn(&SentPacket) -> bool,
    ) -> Outcome<SentPacket> {
        self.until(what, |lab| {
            Ok(lab.sent()?.into_iter().find(|packet| fits(packet)))
        })
    }

    /// Waits for the document of a letter at the axis.
    ///
    /// # Errors
    /// It does not come in time.
    pub fn await_letter(&mut self, letter: &Letter) -> Outcome<SentPacket> {
        self.renumber(letter);
        let id = letter.document_id().to_owned();
        let said = said!(
            "the document {id} did not reach the axis",
            "văn bản {id} không tới được trục"
        );
        let sent = self.await_sent(said, |packet| packet.is(letter))?;
        if self.is_by_hand() {
            letter.went_as(&sent.document_id());
        }
        Ok(sent)
    }

    /// Waits for a status of the product's about a document.
    ///
    /// # Errors
    /// It does not come in time.
    pub fn await_status(&mut self, code: &str, about: &str) -> Outcome<SentPacket> {
        let said = said!(
            "no status {code} about {about} reached the axis",
            "không có trạng thái {code} của văn bản {about} tới trục"
        );
        self.await_sent(said, |packet| {
            packet.kind == Kind::Status && packet.code() == code && packet.document_id() == about
        })
    }

    /// The statuses that the product sent about a document, in their order.
    ///
    /// # Errors
    /// As [`sent`](Self::sent).
    pub fn statuses_about(&self, document_id: &str) -> Outcome<Vec<String>> {
        let sent = self.sent()?;
        let about = sent
            .iter()
            .filter(|packet| packet.kind == Kind::Status && packet.document_id() == document_id);
        Ok(about.map(SentPacket::code).collect())
    }

    /// The same, what was sent again byte for byte counting once: after a kill, or an answer that
    /// was lost, a packet may go again.
    ///
    /// # Errors
    /// As [`sent`](Self::sent).
    pub fn distinct_statuses_about(&self, document_id: &str) -> Outcome<Vec<String>> {
        let mut seen: Vec<Vec<u8>> = Vec::new();
        let mut codes = Vec::new();
        for packet in self.sent()? {
            let is_about = packet.kind == Kind::Status && packet.document_id() == document_id;
            if is_about && !seen.contains(&packet.bytes) {
                codes.push(packet.code());
                seen.push(packet.bytes);
            }
        }
        Ok(codes)
    }

    // ---- receiving ----

    /// Puts a packet of a peer into the product's queue, as it is. Gives the
    /// id of the delivery.
    ///
    /// # Errors
    /// The axis's disk.
    pub fn deliver(&mut self, from: &str, kind: Kind, bytes: &[u8]) -> Outcome<String> {
        let organ = self.organ.clone();
        self.deliver_to(&organ, from, kind, bytes)
    }

    /// The same for another organ of the product's.
    ///
    /// # Errors
    /// The axis's disk.
    pub fn deliver_to(
        &mut self,
        organ: &str,
        from: &str,
        kind: Kind,
        bytes: &[u8],
    ) -> Outcome<String> {
        let id = self
            .axis
            .plant(from, organ, kind, bytes)
            .map_err(Stop::own)?;
        let what = match kind {
            Kind::Document => "document",
            Kind::Status => "status",
        };
        self.evidence.add(
            Actor::Peer,
            Actor::Axis,
            what,
            vec![
                ("from".to_owned(), from.to_owned()),
                ("doc".to_owned(), id.clone()),
                ("bytes".to_owned(), bytes.len().to_string()),
            ],
        );
        Ok(id)
    }

    /// The next packet that the product shows; it has to show one.
    ///
    /// # Errors
    /// Nothing is shown in time.
    pub fn take(&mut self) -> Outcome<Item> {
        let what = said!(
            "the product shows no incoming packet",
            "phần mềm không hiện gói tin đến nào"
        );
        self.until(what, |lab| lab.poll(200))
    }

    /// Waits until the product shows a document of this id, and accepts it; what
    /// it shows before is accepted as well, and handed to `other`.
    ///
    /// # Errors
    /// It does not show it in time.
    pub fn take_document(&mut self, id: &str, mut other: impl FnMut(&Item)) -> Outcome<Item> {
        let what = said!(
            "the product does not show the document {id}",
            "phần mềm không hiện văn bản {id}"
        );
        self.until(what, |lab| {
            let Some(item) = lab.poll(200)? else {
                return Ok(None);
            };
            lab.accept(&item)?;
            if item.text("/document/DocumentId") == id || item.text("/typed").contains(id) {
                return Ok(Some(item));
            }
            other(&item);
            Ok(None)
        })
    }

    /// Takes and accepts the next packet.
    ///
    /// # Errors
    /// Nothing is shown, or it cannot be accepted.
    pub fn take_and_accept(&mut self) -> Outcome<Item> {
        let item = self.take()?;
        self.accept(&item)?;
        Ok(item)
    }

    /// Accepts what was shown.
    ///
    /// # Errors
    /// It is refused.
    pub fn accept(&mut self, item: &Item) -> Outcome {
        let members = json!({ "incoming": item.incoming(), "lease": item.text("/lease") });
        self.done("accept", members).map(|_| ())
    }

    /// Asks once for the next packet.
    ///
    /// # Errors
    /// The product does not answer.
    pub fn poll(&mut self, timeout_ms: u64) -> Outcome<Option<Item>> {
        let folder = self.folder.join(format!("came-{}", self.number()));
        let ok = self.done(
            "poll",
            json!({ "timeout_ms": timeout_ms, "extract_to": folder }),
        )?;
        Ok(match ok.get("item") {
            None | Some(Value::Null) => None,
            Some(item) => Some(Item(item.clone())),
        })
    }

    /// That the product shows nothing (more), after it has looked at the axis.
    ///
    /// # Errors
    /// It shows something.
    pub fn nothing_comes(&mut self, why: Said) -> Outcome {
        self.looked_at_axis()?;
        let item = self.poll(100)?;
        ensure(item.is_none(), || why)
    }

    /// Waits until the product has asked the axis for its list once more, and
    /// nothing of what is listed is left untouched.
    ///
    /// # Errors
    /// It does not ask in time.
    pub fn looked_at_axis(&mut self) -> Outcome {
        let from = self.last_call();
        self.tick()?;
        let what = said!(
            "the product did not ask the axis for its packets",
            "phần mềm không hỏi trục về gói tin"
        );
        // Once for documents and once for statuses. Nobody says when a product that
        // is worked by hand is through with what it was listed: the next round does.
        let lists = if self.is_by_hand() { 4 } else { 2 };
        self.until(what, |lab| {
            let asked = lab
                .axis
                .wire_log(from, Duration::ZERO)
                .iter()
                .filter(|entry| entry.path.contains("getReceivedEdocList"))
                .count();
            Ok((asked >= lists).then_some(()))
        })
    }

    /// Waits for the word with which the product acknowledges a delivery.
    ///
    /// # Errors
    /// There is none in time.
    pub fn await_acknowledgement(&mut self, delivery: &str) -> Outcome<QueueState> {
        let what = said!(
            "the delivery {delivery} was not acknowledged",
            "gói tin {delivery} không được xác nhận"
        );
        self.until(what, |lab| {
            let state = lab.state_of(delivery);
            Ok(state.filter(|state| matches!(state, QueueState::Done | QueueState::Fail)))
        })
    }

    /// Where a delivery stands.
    pub fn state_of(&self, delivery: &str) -> Option<QueueState> {
        let all = self.axis.queued();
        let found = all.into_iter().find(|queued| queued.id == delivery);
        found.map(|queued| queued.state)
    }

    /// Puts away what an earlier case left.
    pub(crate) fn clear(&mut self) -> Outcome {
        if self.is_by_hand() {
            return Ok(());
        }
        for _ in 0..50 {
            let Some(item) = self.poll(0)? else { break };
            let members = json!({ "incoming": item.incoming(), "lease": item.text("/lease") });
            let _ = self.ask("accept", members)?;
        }
        Ok(())
    }

    // ---- waiting and looking ----

    /// Waits until something is so, letting the product ask the axis meanwhile.
    ///
    /// # Errors
    /// It is not so in time: a failure with this text.
    pub fn until<T>(
        &mut self,
        what: Said,
        is_so: impl FnMut(&mut Lab) -> Outcome<Option<T>>,
    ) -> Outcome<T> {
        self.wait(what, true, is_so)
    }

    /// The same without a word to the product, which acts by its own clock: for
    /// cases in which an answer may stand still.
    ///
    /// # Errors
    /// It is not so in time: a failure with this text.
    pub fn until_by_itself<T>(
        &mut self,
        what: Said,
        is_so: impl FnMut(&mut Lab) -> Outcome<Option<T>>,
    ) -> Outcome<T> {
        self.wait(what, false, is_so)
    }

    fn wait<T>(
        &mut self,
        what: Said,
        ticks: bool,
        mut is_so: impl FnMut(&mut Lab) -> Outcome<Option<T>>,
    ) -> Outcome<T> {
        let mut end = Instant::now() + self.patience;
        let mut is_told = false;
        self.person(Manual::wait_begins);
        loop {
            let begun = Instant::now();
            if let Some(found) = is_so(self)? {
                return Ok(found);
            }
            if let Some((in_vain, often)) = self.person(|person| person.looked_in_vain()) {
                // The time of a person is not the product's.
                end += begun.elapsed();
                if often {
                    return Err(Stop::Fail(what));
                }
                if in_vain {
                    self.next_round();
                } else if !is_told && end < Instant::now() + self.patience - Self::SILENCE {
                    is_told = true;
                    self.tell_awaited(&what);
                }
            }
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(Stop::Fail(what));
            }
            if ticks {
                self.tick()?;
            }
            // The next call of the product, or soon, where it calls nobody.
            let wait = left.min(Duration::from_millis(50));
            self.axis.wire_log(self.last_call(), wait);
        }
    }

    /// How long a person waits without being told for what.
    const SILENCE: Duration = Duration::from_secs(1);

    fn tell_awaited(&self, what: &Said) {
        let Said { en, vi } = what;
        let seconds = self.patience.as_secs();
        let said = said!(
            "… waiting for the product, at most {seconds} seconds; so far: {en}",
            "… đang chờ phần mềm, tối đa {seconds} giây; hiện tại: {vi}"
        );
        self.person(|person| person.tell(&said));
    }

    /// Lets the product ask the axis once more, before a person looks again.
    fn next_round(&self) {
        let from = self.last_call();
        let begun = Instant::now();
        let end = begun + self.patience / 4;
        loop {
            let log = self.axis.wire_log(from, Duration::ZERO);
            let lists = log.iter().filter(|entry| entry.path.contains("List"));
            let left = end.saturating_duration_since(Instant::now());
            // Nobody is asked again at once, however quick the product is.
            let is_due = lists.count() >= 4 && begun.elapsed() >= Self::SILENCE;
            if is_due || left.is_zero() {
                return;
            }
            let wait = left.min(Duration::from_millis(100));
            self.axis.wire_log(self.last_call(), wait);
        }
    }

    /// The number of the last exchange.
    pub fn last_call(&self) -> u64 {
        let last = self
            .axis
            .wire_log(0, Duration::ZERO)
            .last()
            .map(|last| last.number);
        last.unwrap_or_default()
    }

    /// The calls of one name since the lab began.
    pub fn calls(&self, name: &str) -> Vec<WireEntry> {
        let mut log = self.axis.wire_log(self.since, Duration::ZERO);
        log.retain(|entry| entry.path.rsplit('/').next() == Some(name));
        log
    }

    /// All calls since the lab began.
    pub fn wire(&self) -> Vec<WireEntry> {
        self.axis.wire_log(self.since, Duration::ZERO)
    }

    /// Lets a call fail `times` times (0: always).
    pub fn fault(&self, call: &str, times: u64, fault: Fault) {
        self.evidence.add(
            Actor::Suite,
            Actor::Axis,
            "fault",
            vec![
                ("call".to_owned(), call.to_owned()),
                ("what".to_owned(), fault.word().to_owned()),
                ("times".to_owned(), times.to_string()),
            ],
        );
        self.axis.add_fault(FaultRule {
            call: call.to_owned(),
            after: 0,
            times,
            chance: 1.0,
            fault,
        });
    }

    /// Ends all faults.
    pub fn no_faults(&self) {
        self.evidence
            .add(Actor::Suite, Actor::Axis, "no more faults", Vec::new());
        self.axis.set_faults([]);
    }

    /// The word in `why` for a recipient: `/state`, `/delivery`, `/status`, `/change`…
    ///
    /// # Errors
    /// `why` is refused.
    pub fn recipient(&mut self, outgoing: &str, organ: &str) -> Outcome<Value> {
        self.recipient_with(outgoing, organ, "")
    }

    /// The same, where only one member (empty: any) is looked at.
    fn recipient_with(&mut self, outgoing: &str, organ: &str, member: &str) -> Outcome<Value> {
        let members = match self.is_by_hand() {
            // A person is asked about one receiver, and one thing, at a time.
            true => json!({ "packet": outgoing, "organ": organ, "member": member }),
            false => json!({ "packet": outgoing }),
        };
        let ok = self.done("why", members)?;
        let all = ok.pointer("/outgoing/recipients").and_then(Value::as_array);
        let found = all
            .into_iter()
            .flatten()
            .find(|one| one.get("organ").and_then(Value::as_str) == Some(organ));
        found.cloned().ok_or_else(|| {
            Stop::Fail(said!(
                "`why` does not show the recipient {organ}",
                "`why` không có nơi nhận {organ}"
            ))
        })
    }

    /// Waits until a member of a recipient in `why` has one of these values. By
    /// hand, that it was delivered is seen at the axis, unless the case is about that.
    ///
    /// # Errors
    /// It has another in the end.
    pub fn await_recipient(
        &mut self,
        outgoing: &str,
        organ: &str,
        member: &str,
        values: &[&str],
    ) -> Outcome<String> {
        let wanted = values.join(", ");
        let what = said!(
            "`{member}` of recipient {organ} did not become {wanted}",
            "`{member}` của nơi nhận {organ} không thành {wanted}"
        );
        let number = self
            .person(|person| person.number_at_axis(outgoing))
            .flatten();
        if let (Some(number), "delivery", true) = (number, member, values.contains(&"accepted")) {
            let what = said!(
                "the document {number} did not reach the axis for {organ}",
                "văn bản {number} gửi {organ} không tới được trục"
            );
            return self.until(what, |lab| {
                let arrived = lab.sent()?.iter().any(|packet| {
                    packet.number() == number && packet.to.iter().any(|to| to == organ)
                });
                Ok(arrived.then(|| "accepted".to_owned()))
            });
        }
        self.until(what, |lab| {
            let recipient = lab.recipient_with(outgoing, organ, member)?;
            let value = recipient.get(member).and_then(Value::as_str).unwrap_or("");
            Ok(values.contains(&value).then(|| value.to_owned()))
        })
    }

    /// Notes a step of the case's own.
    pub fn note(&self, what: &str, details: &[(&str, String)]) {
        let details = details
            .iter()
            .map(|(name, value)| ((*name).to_owned(), value.clone()))
            .collect();
        self.evidence.add(Actor::Suite, Actor::Suite, what, details);
    }
}

impl Drop for Lab {
    fn drop(&mut self) {
        self.evidence.add_wire(&self.wire());
    }
}

/// Of a command or an answer, what may stand in a report: ids, codes, numbers.
fn ids_of(value: &Value) -> Vec<(String, String)> {
    const NAMES: &[&str] = &[
        "outgoing",
        "incoming",
        "packet",
        "code",
        "organ",
        "kind",
        "again",
        "timeout_ms",
        "from",
        "attempt",
        "redelivered",
        "is_action",
        "acts_on",
        "answers",
        "recipients",
        "closed",
    ];
    let mut ids = Vec::new();
    let mut add = |name: &str, value: &Value| {
        let shown = match value {
            Value::String(text) => text.clone(),
            Value::Number(_) | Value::Bool(_) => value.to_string(),
            _ => return,
        };
        ids.push((name.to_owned(), shown));
    };
    for place in [Some(value), value.get("item")].into_iter().flatten() {
        for name in NAMES {
            if let Some(value) = place.get(name) {
                add(name, value);
            }
        }
    }
    if let Some(id) = value.pointer("/document/DocumentId") {
        add("document_id", id);
    }
    ids
}
