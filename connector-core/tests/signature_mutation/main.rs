//! Changed signed packets, against what libxml2 says of them.
//!
//! Genuine packets of every form of signature are changed at random, in bytes and in nodes, and
//! verified. An oracle that shares no code with the verifier (`oracle.py`) says what each may
//! be called. It must hold:
//!
//! * A packet is never valid whose canonical form without the `Signature` is another one, or
//!   whose `Signature` says something else or leaves the grammar. One that is valid is read as
//!   the original is.
//! * A packet that is as much the signed one as the original is valid, or refused by a rule that
//!   has a name, never because something differs.
//!
//! `MUTATIONS=100000` or `MUTATE_SECONDS=3600` is the long form, `MUTATE_SEED` another seed. The
//! keys are new in each run, so a seed repeats the choices and not every byte; a packet that
//! breaks a rule is printed whole.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::cast_possible_truncation,
    reason = "a test ends at the first surprise; helpers are not seen as tests"
)]

mod mutate;
mod oracle;
mod packets;
#[path = "../pki/mod.rs"]
#[allow(unreachable_pub, reason = "shared with other tests")]
mod pki;
#[path = "../xml_support/mod.rs"]
mod xml_support;

use std::collections::BTreeMap;
use std::time::{Duration, Instant, SystemTime};

use lienthong::packet::document::Document;
use lienthong::packet::{Discard, ReadOptions};
use lienthong::signature::{ReasonCode, Verdict};
use mutate::mutant;
use oracle::{Answer, Oracle};
use packets::{Genuine, World};
use xml_support::canonical::Chance;

const BATCH: usize = 200;

/// What a verifier says of a packet.
struct Opinion {
    verdict: Verdict,
    reasons: Vec<ReasonCode>,
    is_seal: bool,
    /// What is read from it: the header, and the digests of the attachments.
    read: Option<(Document, Vec<Option<[u8; 32]>>)>,
}

impl World {
    fn verify(&self, genuine: &Genuine, document: &[u8]) -> Opinion {
        let packet = genuine.packet(document);
        let options = ReadOptions::default();
        let at = SystemTime::now();
        let verified = self
            .verifier
            .verify(packet.as_slice(), &options, at, &mut Discard);
        let verified = verified.unwrap();
        let judged = if genuine.is_seal() {
            verified.report.seal
        } else {
            verified.report.packet_signature
        };
        let files = verified.packet.attachments.iter();
        let files = files.map(|file| file.raw.map(|raw| raw.sha256)).collect();
        let read = verified.packet.document().cloned();
        Opinion {
            verdict: judged.verdict,
            reasons: judged.reasons.iter().map(|reason| reason.code).collect(),
            is_seal: genuine.is_seal(),
            // A seal is itself one of the files.
            read: read
                .filter(|_| !genuine.is_seal())
                .map(|document| (document, files)),
        }
    }
}

/// A verifier, or what stands for one.
type Verify<'w> = dyn Fn(&Genuine, &[u8]) -> Opinion + 'w;

struct Plan {
    seed: u64,
    mutations: u64,
    time: Option<Duration>,
}

impl Plan {
    fn of_environment() -> Self {
        let number = |variable: &str| {
            let text = std::env::var(variable).ok()?;
            Some(text.parse::<u64>().unwrap())
        };
        let time = number("MUTATE_SECONDS").map(Duration::from_secs);
        let most = if time.is_some() { u64::MAX } else { 3_000 };
        Plan {
            seed: number("MUTATE_SEED").unwrap_or(5),
            mutations: number("MUTATIONS").unwrap_or(most),
            time,
        }
    }
}

#[derive(Default)]
struct Tally {
    mutants: u64,
    /// By what the oracle and the verifier said.
    outcomes: BTreeMap<String, u64>,
}

impl Tally {
    fn count(&mut self, outcome: String) {
        *self.outcomes.entry(outcome).or_default() += 1;
    }

    fn sum(&self, prefix: &str) -> u64 {
        let matching = self.outcomes.iter();
        let matching = matching.filter(|(name, _)| name.starts_with(prefix));
        matching.map(|(_, count)| count).sum()
    }
}

/// What is wrong with an opinion, if anything.
fn wrong(answer: &Answer, opinion: &Opinion, original: &Opinion) -> Option<String> {
    const DIFFERS: [ReasonCode; 4] = [
        ReasonCode::DigestDiffers,
        ReasonCode::ValueDiffers,
        ReasonCode::PropertiesDiffer,
        ReasonCode::SealDiffers,
    ];
    let valid = opinion.verdict == Verdict::Valid;
    match answer {
        Answer::Not(why) if valid => Some(format!("valid, but {why}")),
        Answer::Same | Answer::Allowed if valid => {
            (opinion.read != original.read).then(|| "valid, but something else is read".to_owned())
        }
        // A seal is known by its root; without one that can be read it is a file like others.
        Answer::Same if opinion.is_seal && opinion.verdict == Verdict::Absent => None,
        Answer::Same => {
            let differs = opinion.reasons.iter().find(|code| DIFFERS.contains(code));
            match (differs, opinion.reasons.is_empty()) {
                (Some(code), _) => Some(format!("the same, but {}", code.as_str())),
                (None, true) => Some(format!("the same, but {} for no reason", opinion.verdict)),
                (None, false) => None,
            }
        }
        _ => None,
    }
}

/// Changes packets until the plan is fulfilled or a rule is broken: then says how.
fn campaign(world: &World, verify: &Verify<'_>, plan: &Plan) -> Result<Option<Tally>, String> {
    let Some(mut oracle) = Oracle::of(&world.genuine) else {
        return Ok(None);
    };
    let originals: Vec<Opinion> = world
        .genuine
        .iter()
        .map(|genuine| world.verify(genuine, &genuine.text))
        .collect();
    let donors: Vec<&[u8]> = world.genuine.iter().map(|g| g.text.as_slice()).collect();
    let start = Instant::now();
    let mut tally = Tally::default();
    while tally.mutants < plan.mutations && plan.time.is_none_or(|time| start.elapsed() < time) {
        let mut batch = Vec::new();
        while batch.len() < BATCH && tally.mutants < plan.mutations {
            let number = tally.mutants;
            tally.mutants += 1;
            let mut chance = Chance(plan.seed.wrapping_mul(0x5851_F42D_4C95_7F2D) ^ (number << 1));
            let index = chance.below(world.genuine.len());
            let mutant = mutant(&world.genuine[index].text, &mut chance, &donors);
            batch.push((number, index, mutant.text, mutant.done));
        }
        let documents: Vec<(u32, &[u8])> = batch
            .iter()
            .map(|(_, index, text, _)| (*index as u32, text.as_slice()))
            .collect();
        oracle.ask(&documents);
        let opinions: Vec<Opinion> = batch
            .iter()
            .map(|(_, index, text, _)| verify(&world.genuine[*index], text))
            .collect();
        for ((mutant, opinion), answer) in
            batch.iter().zip(opinions).zip(oracle.answers(batch.len()))
        {
            let (number, index, text, done) = mutant;
            if let Some(wrong) = wrong(&answer, &opinion, &originals[*index]) {
                return Err(format!(
                    "{wrong}\nMUTATE_SEED={} mutant {number} of {:?} by {done:?}: {:?}\n{}",
                    plan.seed,
                    world.genuine[*index].name,
                    opinion.reasons,
                    String::from_utf8_lossy(text)
                ));
            }
            let said = match &answer {
                Answer::Same => "same",
                Answer::Allowed => "allowed",
                Answer::Not(_) => "other",
            };
            let reason = opinion.reasons.first().map_or("", |code| code.as_str());
            let reason = if opinion.verdict == Verdict::Valid {
                ""
            } else {
                reason
            };
            tally.count(format!("{said}: {} {reason}", opinion.verdict));
        }
    }
    Ok(Some(tally))
}

#[test]
fn no_changed_packet_is_valid_and_none_that_is_unchanged_in_meaning_differs() {
    let plan = Plan::of_environment();
    println!("MUTATE_SEED={}", plan.seed);
    let world = World::new();
    for genuine in &world.genuine {
        let opinion = world.verify(genuine, &genuine.text);
        assert_eq!(opinion.verdict, Verdict::Valid, "{}", genuine.name);
    }
    let start = Instant::now();
    let verify = |genuine: &Genuine, text: &[u8]| world.verify(genuine, text);
    let tally = campaign(&world, &verify, &plan).unwrap_or_else(|broken| panic!("{broken}"));
    let Some(tally) = tally else { return };
    println!(
        "{} mutants in {:.0} s",
        tally.mutants,
        start.elapsed().as_secs_f64()
    );
    for (outcome, count) in &tally.outcomes {
        println!("{count:>9}  {outcome}");
    }
    // A run that changes nothing, or everything, would hold as well.
    assert!(tally.sum("same: valid") > tally.mutants / 100);
    assert!(tally.sum("same: ") > tally.sum("same: valid"));
    assert!(tally.sum("other: invalid digest-differs") > tally.mutants / 50);
}

#[test]
fn a_signature_that_others_cannot_read_is_refused_where_nothing_is_signed_too() {
    let world = World::new();
    let genuine = &world.genuine[3];
    let text = std::str::from_utf8(&genuine.text).unwrap();
    for (with, verdict, reason) in [
        (
            "<ds:KeyName xmlns:n='relative'>",
            Verdict::Unsupported,
            ReasonCode::FormUnsupported,
        ),
        (
            "<ds:KeyName n:undeclared=''>",
            Verdict::Invalid,
            ReasonCode::PrefixUnbound,
        ),
    ] {
        let changed = text.replacen("<ds:KeyName>", with, 1);
        assert_ne!(changed, text);
        let opinion = world.verify(genuine, changed.as_bytes());
        assert_eq!(
            (opinion.verdict, &opinion.reasons[..]),
            (verdict, &[reason][..])
        );
    }
}

/// What a broken verifier would do before it looks at a packet, in its text.
type Fault = fn(&Genuine, &[u8]) -> Vec<u8>;

fn text_between<'t>(text: &'t str, start: &str, end: &str) -> Option<&'t str> {
    let from = text.find(start)? + start.len();
    let to = text[from..].find(end)? + from;
    Some(&text[from..to])
}

/// The document with all between two marks as in the original.
fn ignoring(genuine: &Genuine, text: &[u8], start: &str, end: &str) -> Vec<u8> {
    let (Ok(text), Ok(original)) = (
        std::str::from_utf8(text),
        std::str::from_utf8(&genuine.text),
    ) else {
        return text.to_vec();
    };
    match (
        text_between(text, start, end),
        text_between(original, start, end),
    ) {
        (Some(theirs), Some(own)) => {
            let both = |inner: &str| format!("{start}{inner}{end}");
            text.replacen(&both(theirs), &both(own), 1).into_bytes()
        }
        _ => text.as_bytes().to_vec(),
    }
}

#[test]
fn a_broken_verifier_is_found_out() {
    let world = World::new();
    let faults: [(&str, Fault); 6] = [
        ("ignores the text of an element", |genuine, text| {
            ignoring(genuine, text, "<edXML:OrganName>", "</edXML:OrganName>")
        }),
        ("ignores the attributes of the body", |genuine, text| {
            ignoring(genuine, text, "<edXML:edXMLManifest", ">")
        }),
        ("ignores what follows the header", |genuine, text| {
            ignoring(
                genuine,
                text,
                "</edXML:edXMLHeader>",
                "</edXML:edXMLEnvelope>",
            )
        }),
        ("ignores what stands behind KeyInfo", |genuine, text| {
            ignoring(genuine, text, "</KeyInfo>", "</Signature>")
        }),
        ("ignores comments in the signature", |_, text| {
            let text = String::from_utf8_lossy(text);
            text.replace("<!---->", "").into_bytes()
        }),
        ("ignores white space in SignedInfo", |genuine, text| {
            ignoring(genuine, text, "<SignedInfo>", "</SignedInfo>")
        }),
    ];
    let plan = |seed| Plan {
        seed,
        mutations: 6_000,
        time: None,
    };
    for (seed, (name, fault)) in (1..).zip(faults) {
        let verify = |genuine: &Genuine, text: &[u8]| world.verify(genuine, &fault(genuine, text));
        match campaign(&world, &verify, &plan(seed)) {
            Ok(None) => return,
            Ok(Some(_)) => panic!("{name}: not found out"),
            Err(broken) => assert!(broken.starts_with("valid, but "), "{name}: {broken}"),
        }
    }
    // And one that is too strict.
    let verify = |genuine: &Genuine, text: &[u8]| {
        let mut opinion = world.verify(genuine, text);
        if text.windows(2).any(|bytes| bytes == b"='") && opinion.verdict == Verdict::Valid {
            opinion.verdict = Verdict::Invalid;
            opinion.reasons = vec![ReasonCode::DigestDiffers];
        }
        opinion
    };
    if let Ok(Some(_)) = campaign(&world, &verify, &plan(9)) {
        panic!("strict in quotes: not found out");
    }
}
