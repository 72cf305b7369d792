//! Two agencies at an axis: what they do, and what is asked of them in the end.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;
use std::time::Instant;

use lienthong::packet::document::Organ;
use lienthong::packet::{Attachment, Date, DocumentBuilder};
use lienthong_conformance::axis_server::TestAxis;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::check::{self, sha256};
use crate::product::{Agency, Died, PATIENCE, Trigger, folder};
use crate::replay::Dice;

const FROM: &str = "H99.01";
const TO: &str = "H99.02";

/// Bytes of attachments: packets of up to 256 KiB lie in the row, longer ones
/// are files.
pub(crate) const SIZES: &[usize] = &[300_000, 60_000, 2_000, 150_000];
/// One of each.
pub(crate) const FILE_AND_ROW: &[usize] = &[300_000, 2_000];
/// The largest that lie in the row.
pub(crate) const IN_ROW: &[usize] = &[190_000];

/// A document, as it is sent each time.
struct Paper {
    document_id: String,
    packet: PathBuf,
    packet_sha256: String,
    attachment_sha256: String,
}

/// A sender and a receiver at an axis whose power does not fail.
pub(crate) struct Life {
    pub(crate) axis: TestAxis,
    pub(crate) sender: Agency,
    pub(crate) receiver: Agency,
    folder: TempDir,
    seed: u64,
    sizes: &'static [usize],
    papers: BTreeMap<String, Paper>,
    /// Documents whose `send` was answered, and the sender's id of each.
    sent: BTreeMap<String, String>,
    /// Documents whose `accept` was answered, and the receiver's id of each.
    accepted: BTreeMap<String, String>,
    /// Documents whose `accept` was asked for and not answered.
    in_doubt: BTreeMap<String, String>,
    recalled: BTreeSet<String>,
    /// How many recalls were agreed to.
    pub(crate) agreed: u64,
    pub(crate) wrong: Vec<String>,
}

fn organ(id: &str) -> Organ {
    Organ {
        organ_id: Some(id.into()),
        organ_name: Some(format!("Cơ quan thí dụ {id}")),
        ..Organ::default()
    }
}

impl Life {
    /// A mutant is the receiver, which sends as well: the sender is sound.
    pub(crate) fn new(seed: u64, sizes: &'static [usize], mutant: Option<&'static str>) -> Self {
        let axis = TestAxis::builder()
            .system("td.01", "bi mat mot", [FROM])
            .system("td.02", "bi mat hai", [TO])
            .start()
            .unwrap();
        let sender = Agency::new(&axis, "td.01", "bi mat mot", FROM, None);
        let receiver = Agency::new(&axis, "td.02", "bi mat hai", TO, mutant);
        Life {
            axis,
            sender,
            receiver,
            folder: folder(),
            seed,
            sizes,
            in_doubt: BTreeMap::new(),
            recalled: BTreeSet::new(),
            agreed: 0,
            papers: BTreeMap::new(),
            sent: BTreeMap::new(),
            accepted: BTreeMap::new(),
            wrong: Vec::new(),
        }
    }

    /// Writes a new document; gives its id.
    fn write(&mut self) -> String {
        let number = self.papers.len() + 1;
        let document_id = format!("{FROM}-2026-{number:06}");
        let mut dice = Dice(self.seed ^ number as u64);
        let content: Vec<u8> = b"%PDF-1.4\n"
            .iter()
            .copied()
            .chain((0..self.sizes[(number - 1) % self.sizes.len()]).map(|_| dice.next() as u8))
            .collect();
        let attachment_sha256 = sha256(&content);
        let mut bytes = Vec::new();
        DocumentBuilder::new(organ(FROM), document_id.as_str())
            .to(organ(TO))
            .code(number.to_string(), "TD-VPĐT")
            .promulgated("Thí dụ", Date::new(2026, 3, 4).unwrap())
            .subject("V/v thí dụ")
            .attach(Attachment::from_bytes("công văn.pdf", content))
            .build()
            .unwrap()
            .write_to(&mut bytes)
            .unwrap();
        let paper = Paper {
            packet: self.folder.path().join(&document_id),
            packet_sha256: sha256(&bytes),
            attachment_sha256,
            document_id: document_id.clone(),
        };
        fs::write(&paper.packet, bytes).unwrap();
        self.papers.insert(document_id.clone(), paper);
        document_id
    }

    /// Sends the first document whose `send` was not answered, or a new one.
    pub(crate) fn send(&mut self) -> Result<String, Died> {
        let open = self.papers.keys().find(|id| !self.sent.contains_key(*id));
        let id = match open.cloned() {
            Some(id) => id,
            None => self.write(),
        };
        let paper = &self.papers[&id];
        let asked = json!({ "do": "send", "document": id, "sha256": paper.packet_sha256 });
        let answer = self.sender.must(json!({
            "id": asked,
            "do": "send",
            "packet": paper.packet,
            "contains_state_secret": false,
        }))?;
        let outgoing = answer["outgoing"].as_str().unwrap().to_owned();
        self.sent.insert(id.clone(), outgoing);
        Ok(id)
    }

    /// Takes what comes within a time: accepts documents, agrees to recalls.
    /// Gives whether anything came.
    pub(crate) fn take(&mut self, millis: u64) -> Result<bool, Died> {
        let asked = json!({ "do": "poll" });
        let answer = self
            .receiver
            .must(json!({ "id": asked, "do": "poll", "timeout_ms": millis }))?;
        let item = &answer["item"];
        if item.is_null() {
            return Ok(false);
        }
        let incoming = item["incoming"].as_str().unwrap().to_owned();
        if item["is_action"] == true {
            let asked = json!({ "do": "agree", "incoming": incoming });
            let command = json!({ "id": asked, "do": "agree", "incoming": incoming });
            let agreed = self.receiver.ask(&command)?;
            if let Err(error) = agreed
                && error["kind"] != "status-illegal"
            {
                self.wrong.push(format!("{incoming}: {error}"));
            }
            self.agreed += 1;
            return Ok(true);
        }
        let attachment = item["attachments"][0]["sha256"]
            .as_str()
            .unwrap_or_default();
        let paper = self
            .papers
            .values()
            .find(|paper| paper.attachment_sha256 == attachment);
        let Some(paper) = paper else {
            self.wrong
                .push(format!("{incoming} is no document of ours"));
            return Ok(true);
        };
        let id = paper.document_id.clone();
        if let Some(before) = self.accepted.get(&id) {
            let wrong = format!("{id} was accepted as {before} and is shown as {incoming}");
            self.wrong.push(wrong);
        }
        self.in_doubt.insert(id.clone(), incoming.clone());
        let asked = json!({ "do": "accept", "incoming": incoming });
        let accepted = self.receiver.ask(&json!({
            "id": asked,
            "do": "accept",
            "incoming": incoming,
            "lease": item["lease"],
        }))?;
        self.in_doubt.remove(&id);
        match accepted {
            Ok(_) => {
                self.accepted.insert(id, incoming.clone());
                self.report(&incoming, "03")?;
                self.report(&incoming, "06")?;
            }
            // It took us longer than the lease: it comes again.
            Err(error) if error["kind"] == "lease-lost" => {}
            Err(error) => self.wrong.push(format!("{incoming} not accepted: {error}")),
        }
        Ok(true)
    }

    /// Reports; that it was reported before a power cut is no error.
    fn report(&mut self, incoming: &str, code: &str) -> Result<(), Died> {
        let asked = json!({ "do": "report" });
        let command = json!({ "id": asked, "do": "report", "incoming": incoming, "code": code });
        if let Err(error) = self.receiver.ask(&command)?
            && error["kind"] != "status-illegal"
        {
            self.wrong.push(format!("{incoming} {code}: {error}"));
        }
        Ok(())
    }

    /// Asks the receiver to give a long document back: its file is removed. Gives
    /// whether there was one.
    pub(crate) fn recall(&mut self) -> Result<bool, Died> {
        let long = self.papers.keys().step_by(self.sizes.len());
        let mut fresh = long.filter(|id| !self.recalled.contains(*id));
        let Some(id) = fresh.find(|id| self.accepted.contains_key(*id)).cloned() else {
            return Ok(false);
        };
        let outgoing = &self.sent[&id];
        let recall = json!({
            "do": "recall", "outgoing": outgoing, "organs": [], "reason": "Gửi nhầm"
        });
        self.recalled.insert(id);
        self.sender.must(recall).map(|_| true)
    }

    /// A life without an accident, with so many documents before and after a
    /// restart, and a recall: both products are dead after it, and their records
    /// tell of it.
    pub(crate) fn quiet(&mut self, documents: [usize; 2]) {
        for (turn, documents) in documents.into_iter().enumerate() {
            self.sender.start(&Trigger::None).unwrap();
            self.receiver.start(&Trigger::None).unwrap();
            if turn == 1 {
                self.sender.start_client();
            }
            for _ in 0..documents {
                self.send().unwrap();
                while self.take(0).unwrap() {}
            }
            self.come_to_rest();
            if turn == 0 {
                assert!(self.recall().unwrap());
                assert!(self.take(30_000).unwrap(), "no recall came");
                self.sender.close();
                self.receiver.close();
            }
        }
        self.sender.kill();
        self.receiver.kill();
    }

    /// A document that was sent and not accepted yet. Where the product died over
    /// an acceptance, its store says what became of that.
    pub(crate) fn waits_for(&mut self) -> Result<Option<String>, Died> {
        while let Some((id, incoming)) = self.in_doubt.first_key_value() {
            let why = json!({ "do": "why", "packet": incoming });
            let why = self.receiver.must(why)?;
            if why["incoming"]["state"] == "accepted" {
                self.accepted.insert(id.clone(), incoming.clone());
            }
            self.in_doubt.pop_first();
        }
        let mut sent = self.sent.keys();
        Ok(sent.find(|id| !self.accepted.contains_key(*id)).cloned())
    }

    /// Sends and takes what is left, and waits until every document was
    /// accepted and its sender knows: nothing may be lost or come twice.
    pub(crate) fn come_to_rest(&mut self) {
        while self.papers.len() > self.sent.len() {
            self.send().unwrap();
        }
        let end = Instant::now() + PATIENCE;
        while let Some(waiting) = self.waits_for().unwrap() {
            if Instant::now() > end {
                self.wrong.push(format!("{waiting} was never delivered"));
                return;
            }
            self.take(100).unwrap();
        }
        let accepted: Vec<String> = self.accepted.values().cloned().collect();
        for incoming in accepted {
            self.report(&incoming, "03").unwrap();
            self.report(&incoming, "06").unwrap();
        }
        let sent: Vec<(String, String)> = self.sent.clone().into_iter().collect();
        for (id, outgoing) in sent {
            let mut state = Value::Null;
            let known = loop {
                let why = json!({ "do": "why", "packet": outgoing });
                let mut why = self.sender.must(why).unwrap();
                let found = why["outgoing"]["recipients"][0]["state"].take();
                if ["finished", "recalled", "recall-agreed"]
                    .iter()
                    .any(|word| found == *word)
                {
                    break true;
                }
                if Instant::now() > end {
                    break false;
                }
                state = found;
                // A look for what comes paces the loop, and finds what should not.
                self.take(10).unwrap();
            };
            if !known {
                self.wrong
                    .push(format!("the sender of {id} stays at {state}"));
            }
        }
    }

    /// How often the axis was given a document of ours, and how many there are.
    pub(crate) fn at_axis(&self) -> (usize, usize) {
        use lienthong_conformance::axis_server::Kind;
        let queued = self.axis.queued();
        let given = queued
            .iter()
            .filter(|one| one.organ == TO && one.kind == Kind::Document)
            .count();
        (given, self.papers.len())
    }

    /// Each document stands once in the receiver's store.
    pub(crate) fn once(&mut self) {
        let rows = rusqlite::Connection::open(self.receiver.store().join("store.db")).unwrap();
        let mut statement = rows
            .prepare("SELECT document_id FROM incoming WHERE kind = 'document'")
            .unwrap();
        let ids: Vec<String> = statement
            .query_map([], |row| row.get(0))
            .unwrap()
            .map(Result::unwrap)
            .collect();
        let distinct: BTreeSet<&String> = ids.iter().collect();
        if distinct.len() != ids.len() || distinct.len() != self.papers.len() {
            let papers = self.papers.len();
            let wrong = format!("{papers} documents are {} rows: {ids:?}", ids.len());
            self.wrong.push(wrong);
        }
        drop(statement);
        drop(rows);
        let begun = self.sender.promises.documents_begun.len();
        if begun != self.papers.len() {
            let wrong = format!("{} documents were sent as {begun}", self.papers.len());
            self.wrong.push(wrong);
        }
        for agency in [&self.sender, &self.receiver] {
            let wrong = check::check(&agency.store(), &agency.promises);
            self.wrong.extend(wrong);
        }
    }
}
