//! One place for a process: it is started, given work as a host program would,
//! killed, and started again.

use std::fs;
use std::path::Path;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use lienthong::packet::document::Organ;
use lienthong::packet::{Attachment, Date, DocumentBuilder, Priority};
use ring::digest::{SHA256, digest};
use serde_json::{Value, json};

use crate::model::{Document, Recall};
use crate::process::{Heard, Process, signal};
use crate::random::Random;
use crate::world::{RECEIVERS, SENDER, Side, World};

/// Deliveries under way, above which nothing new is sent.
const OPEN: usize = 60;
/// How long a failpoint is waited for.
const FAILPOINT_WAIT: Duration = Duration::from_millis(2_500);

/// Where a process runs.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place {
    pub(crate) side: Side,
    pub(crate) is_worker: bool,
    pub(crate) number: u64,
}

pub(crate) struct Seat<'w> {
    world: &'w World,
    place: Place,
    process: Process,
    until: Instant,
    random: &'w mut Random,
}

/// Starts processes at a place and kills them until there were enough.
pub(crate) fn run(world: &World, place: Place) {
    let mut random = Random::new(world.seed, &[place.number, 1]);
    while !world.is_over() {
        let failpoint = world.failpoint(place, &mut random);
        let life = match (&failpoint, random.below(3)) {
            (Some(_), _) => FAILPOINT_WAIT,
            (None, 0) => random.millis(30),
            (None, 1) => random.millis(120),
            (None, _) => random.millis(500),
        };
        let closes = failpoint.is_none() && random.percent(3);
        let process = world.start(place, failpoint.as_ref());
        let mut seat = Seat {
            world,
            place,
            process,
            until: Instant::now() + life,
            random: &mut random,
        };
        let mut closed = false;
        if seat.begins() {
            while Instant::now() < seat.until && !world.is_over() && seat.step() {}
            closed = closes && !seat.process.is_struck() && seat.closes();
        }
        let status = if closed {
            seat.process.end()
        } else {
            seat.process.kill()
        };
        match (signal(status), failpoint) {
            (Some(9), _) => world.killed(place, None),
            (Some(6), Some((name, _))) => world.killed(place, Some(name)),
            _ if closed && status.success() => {}
            (_, failpoint) => world.wrong(format!(
                "a process at {place:?} ended by itself: {status}, {failpoint:?}"
            )),
        }
    }
}

impl<'w> Seat<'w> {
    /// A process that nobody kills, to bring everything to its end.
    pub(crate) fn calm(world: &'w World, place: Place, random: &'w mut Random) -> Self {
        let process = world.start(place, None);
        let until = Instant::now() + Duration::from_secs(3_600);
        let mut seat = Seat {
            world,
            place,
            process,
            until,
            random,
        };
        assert!(seat.begins(), "no process at {place:?}");
        seat
    }

    fn begins(&mut self) -> bool {
        match self.process.ready(self.until) {
            Heard::Done(_) => true,
            Heard::Error(error) => {
                self.world
                    .wrong(format!("{:?} does not open: {error}", self.place));
                false
            }
            Heard::Nothing | Heard::Gone => false,
        }
    }

    fn closes(&mut self) -> bool {
        let until = Instant::now() + Duration::from_secs(30);
        match self.process.ask(&json!({ "do": "close" }), until) {
            Heard::Done(answer) if answer["in_time"] == true => true,
            other => {
                self.world
                    .wrong(format!("{:?} does not close: {other:?}", self.place));
                false
            }
        }
    }

    /// Asks; `None` where no answer comes.
    pub(crate) fn ask(&mut self, command: &Value) -> Option<Result<Value, Value>> {
        match self.process.ask(command, self.until) {
            Heard::Done(answer) => Some(Ok(answer)),
            Heard::Error(error) => Some(Err(error)),
            Heard::Nothing => {
                // Its time is over. Others may ask for the same as soon as this
                // is known, so it must not be at work any more.
                self.process.strike();
                None
            }
            Heard::Gone => None,
        }
    }

    /// Asks what must not be refused.
    pub(crate) fn must(&mut self, command: &Value) -> Option<Value> {
        match self.ask(command)? {
            Ok(answer) => Some(answer),
            Err(error) => {
                self.world
                    .wrong(format!("{command} gave {error} at {:?}", self.place));
                None
            }
        }
    }

    /// One thing that a host program does; whether the process lives.
    fn step(&mut self) -> bool {
        if self.random.percent(10) {
            let until = self.until.min(Instant::now() + self.random.millis(15));
            return self.process.live(until);
        }
        let done = match (self.place.side, self.random.below(100)) {
            (Side::Sender, 0..60) => self.sends(),
            (Side::Sender, 60..75) => self.recalls(),
            (Side::Sender, 75..95) => self.looks_around(),
            (Side::Receiver, 0..45) => self.polls(Duration::from_millis(30)),
            (Side::Receiver, 45..85) => self.reports(),
            (Side::Receiver, 85..95) => self.decides(),
            (_, _) => self.hears_events(),
        };
        match done {
            Some(true) => true,
            Some(false) => {
                let until = self.until.min(Instant::now() + Duration::from_millis(3));
                self.process.live(until)
            }
            None => false,
        }
    }

    /// Sends a new document, or one that was not answered. `Some(false)`: there
    /// was nothing to do.
    fn sends(&mut self) -> Option<bool> {
        let (at, command) = {
            let mut books = self.world.books();
            let unsent = books
                .documents
                .iter()
                .position(|one| one.outgoing.is_none() && !one.busy);
            let known = books.documents.len() as u64;
            let at = match unsent {
                Some(at) if self.random.percent(70) => at,
                // Who did not hear the answer, or lost it, asks again.
                _ if known > 0 && self.random.percent(5) => {
                    let at = usize::try_from(self.random.below(known)).unwrap();
                    if books.documents[at].busy {
                        return Some(false);
                    }
                    at
                }
                _ if books.open() < OPEN => {
                    let number = books.documents.len();
                    let document = make(&self.world.folder.join("files"), number, self.random);
                    books.add(document)
                }
                _ => return Some(false),
            };
            let document = &mut books.documents[at];
            document.busy = true;
            document.asked += 1;
            (at, document.command.clone())
        };
        let answer = self.ask(&command);
        let mut books = self.world.books();
        books.documents[at].busy = false;
        match answer? {
            Ok(answer) => books.sent(at, &answer),
            Err(error) => {
                let id = books.documents[at].id.clone();
                books.wrong.push(format!("send of {id} gave {error}"));
            }
        }
        Some(true)
    }

    fn recalls(&mut self) -> Option<bool> {
        let (at, id, recall) = {
            let mut books = self.world.books();
            let mut found = books.documents.iter_mut().enumerate();
            match found.find(|(_, one)| {
                matches!(one.recall, Recall::Planned | Recall::Unsure)
                    && one.outgoing.is_some()
                    && !one.busy
            }) {
                Some((at, document)) => {
                    document.busy = true;
                    (at, document.outgoing.clone(), document.recall)
                }
                None => return Some(false),
            }
        };
        let done = self.recall(at, &json!(id), recall);
        self.world.books().documents[at].busy = false;
        done.map(|()| true)
    }

    fn recall(&mut self, at: usize, id: &Value, recall: Recall) -> Option<()> {
        if recall == Recall::Unsure {
            let why = self.must(&json!({ "do": "why", "packet": id }))?;
            let recipients = why["outgoing"]["recipients"].as_array()?.clone();
            if recipients.iter().any(|one| one["change"] != "none") {
                self.world.books().documents[at].recall = Recall::Asked;
                return Some(());
            }
        }
        self.world.books().documents[at].recall = Recall::Unsure;
        let command = json!({
            "do": "recall", "outgoing": id, "organs": [], "reason": "Thu hồi thử"
        });
        let answer = self.must(&command)?;
        let mut books = self.world.books();
        let document = &mut books.documents[at];
        document.recall = Recall::Asked;
        let asked = answer["requests"].as_array().map_or(0, Vec::len);
        if asked != document.to.len() {
            let text = format!("recall of {} gave {answer}", document.id);
            books.wrong.push(text);
        }
        Some(())
    }

    /// Looks where a packet stands; what an operator may try again is.
    fn looks_around(&mut self) -> Option<bool> {
        let id = {
            let books = self.world.books();
            let known = books.documents.iter().rev().take(60);
            let known: Vec<_> = known.filter_map(|one| one.outgoing.clone()).collect();
            self.random.of(&known).cloned()
        };
        let Some(id) = id else {
            return Some(false);
        };
        self.tries_again(&id).map(|why| why.is_some())
    }

    /// Has a packet tried again that failed at some recipient. Gives where it
    /// stood; the inner `None`: there is none of this id.
    pub(crate) fn tries_again(&mut self, id: &str) -> Option<Option<Value>> {
        let why = match self.ask(&json!({ "do": "why", "packet": id }))? {
            Ok(why) => why,
            Err(error) if error["kind"] == "not-found" => return Some(None),
            Err(error) => {
                self.world.wrong(format!("why of {id} gave {error}"));
                return Some(None);
            }
        };
        let recipients = why["outgoing"]["recipients"].as_array();
        let failed = recipients
            .into_iter()
            .flatten()
            .any(|one| one["delivery"] == "failed");
        if failed {
            self.must(&json!({ "do": "retry", "outgoing": id }))?;
        }
        Some(Some(why))
    }

    fn hears_events(&mut self) -> Option<bool> {
        let events = self.must(&json!({ "do": "events", "limit": 50 }))?;
        let last = events
            .as_array()?
            .last()
            .map(|event| event["number"].clone());
        match last {
            Some(id) => self
                .must(&json!({ "do": "events_done", "up_to": id }))
                .map(|_| true),
            None => Some(false),
        }
    }

    /// Takes what comes and decides on it. `Some(false)`: nothing came.
    pub(crate) fn polls(&mut self, wait: Duration) -> Option<bool> {
        let millis = u64::try_from(wait.as_millis()).unwrap();
        let shown = self.must(&json!({ "do": "poll", "timeout_ms": millis }))?;
        let view = &shown["item"];
        if view.is_null() {
            return Some(false);
        }
        let wanted = 3 + self.random.below(4);
        let Some(id) = self.world.books().shown(view, wanted) else {
            return Some(true);
        };
        if view["is_action"] == true {
            // Some are left for later.
            if self.random.percent(50) {
                return self.decide(&id);
            }
            return Some(true);
        }
        let calm = self.world.is_over();
        let lease = &view["lease"];
        let pick = self.random.below(100);
        let command = match pick {
            _ if calm => json!({ "do": "accept", "incoming": id, "lease": lease }),
            0..8 => json!({
                "do": "refuse", "incoming": id, "lease": lease, "reason": "Sai nơi nhận (thử)"
            }),
            8..16 => json!({
                "do": "give_back", "incoming": id, "lease": lease,
                "pause_ms": self.random.below(50)
            }),
            16..20 => return Some(true),
            20..25 => {
                // Too late for the lease, perhaps.
                let until = Instant::now() + self.random.millis(400);
                if !self.process.live(self.until.min(until)) {
                    return None;
                }
                json!({ "do": "accept", "incoming": id, "lease": lease })
            }
            _ => json!({ "do": "accept", "incoming": id, "lease": lease }),
        };
        {
            let mut books = self.world.books();
            let item = books.items.get_mut(&id)?;
            item.accept_asked |= command["do"] == "accept";
            item.refuse_asked |= command["do"] == "refuse";
        }
        let answer = self.ask(&command)?;
        let mut books = self.world.books();
        let item = books.items.get_mut(&id)?;
        match answer {
            Ok(_) if command["do"] == "accept" => {
                let twice = item.accepted.is_some() || item.refused;
                item.accepted = view["attempt"].as_u64();
                if twice {
                    books.wrong.push(format!("{id} was accepted twice"));
                }
            }
            Ok(_) if command["do"] == "refuse" => item.refused = true,
            Ok(_) => {}
            Err(error) if error["kind"] == "lease-lost" => {}
            Err(error) => books.wrong.push(format!("{command} gave {error}")),
        }
        Some(true)
    }

    /// Reports the next status of a document that was accepted.
    pub(crate) fn reports(&mut self) -> Option<bool> {
        let (id, code, before, recalled) = {
            let mut books = self.world.books();
            let books = &mut *books;
            let found = books.items.iter_mut().find(|(_, item)| {
                !item.busy && item.accepted.is_some() && item.reported < item.wanted
            });
            let Some((id, item)) = found else {
                return Some(false);
            };
            item.busy = true;
            let code = item.reported.max(2) + 1;
            let before = item.report_asked;
            item.report_asked = code;
            let recall = books.documents[item.document].recall;
            (id.clone(), code, before, recall != Recall::Never)
        };
        let done = self.report(&id, code, before == code, recalled);
        self.world.books().items.get_mut(&id)?.busy = false;
        done.map(|()| true)
    }

    fn report(&mut self, id: &str, code: u64, again: bool, recalled: bool) -> Option<()> {
        if again {
            // A 05 may be reported as often as one likes: look before.
            let why = self.must(&json!({ "do": "why", "packet": id }))?;
            let status = why["incoming"]["status"].as_str()?.parse().ok()?;
            if code <= status {
                self.world.books().items.get_mut(id)?.reported = code;
                return Some(());
            }
        }
        let command = json!({ "do": "report", "incoming": id, "code": format!("{code:02}") });
        let answer = self.ask(&command)?;
        let mut books = self.world.books();
        let item = books.items.get_mut(id)?;
        match answer {
            Ok(_) => item.reported = code,
            // The document was taken back.
            Err(error) if error["kind"] == "status-illegal" && recalled => item.reported = code,
            Err(error) => books.wrong.push(format!("{command} gave {error}")),
        }
        Some(())
    }

    pub(crate) fn decides(&mut self) -> Option<bool> {
        let id = {
            let books = self.world.books();
            let mut items = books.items.iter();
            let found = items.find(|(_, item)| item.is_action && !item.decided && !item.busy);
            found.map(|(id, _)| id.clone())
        };
        match id {
            Some(id) => self.decide(&id),
            None => Some(false),
        }
    }

    fn decide(&mut self, id: &str) -> Option<bool> {
        let before = {
            let mut books = self.world.books();
            let item = books.items.get_mut(id)?;
            if item.busy || item.decided {
                return Some(true);
            }
            item.busy = true;
            std::mem::replace(&mut item.decision_asked, true)
        };
        let word = if self.random.percent(60) {
            "agree"
        } else {
            "decline"
        };
        let answer = self.ask(&json!({
            "do": word, "incoming": id, "note": "Theo đề nghị (thử)"
        }));
        let mut books = self.world.books();
        let item = books.items.get_mut(id)?;
        item.busy = false;
        match answer? {
            Ok(_) => item.decided = true,
            Err(error) if error["kind"] == "status-illegal" && before => item.decided = true,
            Err(error) => books.wrong.push(format!("{word} of {id} gave {error}")),
        }
        Some(true)
    }

    /// Sends what was never answered, and asks for what is to come back. Whether
    /// there was anything to do.
    pub(crate) fn finishes_sending(&mut self) -> bool {
        let mut any = false;
        loop {
            let unsent = {
                let books = self.world.books();
                let mut all = books.documents.iter();
                all.any(|one| one.outgoing.is_none())
            };
            if unsent {
                self.sends().expect("the calm process lives");
                any = true;
            } else if self.recalls().expect("the calm process lives") {
                any = true;
            } else {
                return any;
            }
            if self.world.has_wrong() {
                return any;
            }
        }
    }
}

/// A document with its files.
fn make(folder: &Path, number: usize, random: &mut Random) -> Document {
    let organ = |id: &str| Organ {
        organ_id: Some(id.into()),
        organ_name: Some(format!("Cơ quan thí dụ {id}")),
        ..Organ::default()
    };
    let to = match random.below(4) {
        0 => RECEIVERS.to_vec(),
        1 => vec![RECEIVERS[1]],
        _ => vec![RECEIVERS[0]],
    };
    let is_large = random.percent(15);
    let recall = match random.percent(if is_large { 50 } else { 12 }) {
        true => Recall::Planned,
        false => Recall::Never,
    };
    let id = format!("{SENDER}-2026-{number:06}");
    let mut builder = DocumentBuilder::new(organ(SENDER), id.clone())
        .code(number.to_string(), "TD-VPĐT")
        .promulgated("Thí dụ", Date::new(2026, 3, 4).unwrap())
        .subject("V/v thí dụ");
    for organ_id in &to {
        builder = builder.to(organ(organ_id));
    }
    if random.percent(10) {
        builder = builder.priority(Priority::from_number(1));
    }
    let mut files = std::collections::BTreeMap::new();
    let mut paths = Vec::new();
    for file in 0..1 + random.below(2) {
        let length = if is_large && file == 0 {
            200_000 + random.below(200_000)
        } else {
            10 + random.below(5_000)
        };
        let mut bytes = b"%PDF-1.4\n".to_vec();
        while (bytes.len() as u64) < length {
            bytes.extend(random.next().to_le_bytes());
        }
        let name = format!("tệp {number}-{file}.pdf");
        let path = folder.join(&name);
        fs::write(&path, &bytes).unwrap();
        let sha256 = digest(&SHA256, &bytes);
        files.insert(name, hex(sha256.as_ref()));
        paths.push(path.to_str().unwrap().to_owned());
        builder = builder.attach(Attachment::from_bytes("x.pdf", b"%PDF-1.4\n".as_slice()));
    }
    let header = builder.build().unwrap().document().clone();
    let command = json!({
        "do": "send", "document": header, "attach": paths, "contains_state_secret": false
    });
    Document {
        id,
        to,
        command,
        files,
        outgoing: None,
        asked: 0,
        recall,
        busy: false,
    }
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Bookkeeping of ends, at one place for all seats.
impl World {
    fn killed(&self, place: Place, failpoint: Option<&'static str>) {
        let count = if place.is_worker {
            &self.worker_kills
        } else {
            &self.client_kills
        };
        count.fetch_add(1, Ordering::SeqCst);
        if let Some(name) = failpoint {
            *self.hits.lock().unwrap().entry(name).or_default() += 1;
        }
    }
}
