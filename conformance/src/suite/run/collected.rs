//! Packets under test: those in a folder, and those that a product sends.

use std::time::Instant;

use serde_json::json;

use super::{Listener, NotRun, Plan, Progress, Results, case_report, guarded};
use crate::axis_server::Kind;
use crate::suite::bench::{Bench, PEER};
use crate::suite::case::{Case, Run};
use crate::suite::evidence::Evidence;
use crate::suite::letter::{Letter, Made};
use crate::suite::product::{Declaration, Means};
use crate::suite::said;
use crate::suite::sample::Sample;
use crate::suite::text::Said;
use crate::suite::verdict::{Outcome, Stop};

/// Packets that the product sends: documents of several kinds, and statuses.
pub(super) fn sample(bench: &Bench) -> Outcome<Vec<Sample>> {
    let collect = || -> Outcome<Vec<Sample>> {
        let mut lab = bench.lab()?;
        bench.person(|person| {
            person.tell(&said!(
                "(What you send and answer now is for all cases about packets.)",
                "(Các gói tin gửi và trả lời lúc này dùng chung cho mọi ca về gói tin.)"
            ));
        });
        let pdf = lab.file("Công văn.pdf", b"%PDF-1.4\nmade up\n")?;
        let text = lab.file("Phụ lục 1.txt", "Kính gửi\n".as_bytes())?;
        let one = lab.letter(&[PEER]).attach(&pdf).attach(&text);
        let many = lab
            .letter(&[PEER, "H99.04", "H99.05"])
            .with("/DueDate", json!("2026-04-01"))
            .with("/OtherInfo", json!({ "Priority": 1 }))
            .attach(&pdf);
        let mut letters = vec![one, many];
        if bench.means != Means::Manual {
            // Nobody types all that into a form.
            letters.extend(
                letters
                    .first()
                    .map(|one| whole(lab.letter(&[PEER]), one).attach(&pdf)),
            );
        }
        for letter in &letters {
            lab.send(letter)?;
            lab.await_letter(letter)?;
        }
        let made = Made::document(PEER, lab.organ(), lab.number());
        lab.deliver(PEER, Kind::Document, &made.bytes())?;
        let item = lab.take_and_accept()?;
        lab.await_status("01", &made.document_id)?;
        let incoming = json!({ "incoming": item.incoming(), "code": "03" });
        if bench.declaration.knows("report") && lab.ask("report", incoming)?.is_ok() {
            lab.await_status("03", &made.document_id)?;
        }
        let made = Made::document(PEER, lab.organ(), lab.number());
        lab.deliver(PEER, Kind::Document, &made.bytes())?;
        let item = lab.take()?;
        let refusal = json!({
            "incoming": item.incoming(), "lease": item.text("/lease"),
            "reason": "Gửi nhầm cơ quan", "staff": { "Staff": "Người xử lý thử" },
        });
        if bench.declaration.knows("refuse") && lab.ask("refuse", refusal)?.is_ok() {
            lab.await_status("02", &made.document_id)?;
        }
        let sent = lab.sent()?;
        let named = sent.into_iter().enumerate().map(|(number, packet)| {
            let word = match packet.kind {
                Kind::Document => "document",
                Kind::Status => "status",
            };
            Sample::new(format!("{word} {}", number + 1), packet.bytes)
        });
        named.collect()
    };
    collect().map_err(|stop| match stop {
        // What a person said of it.
        Stop::Manual(_) => stop,
        other => {
            let Said { en, vi } = other.said();
            Stop::Inconclusive(said!(
                "no packets could be collected: {en}",
                "không thu được gói tin nào: {vi}"
            ))
        }
    })
}

/// A letter with every part of a header, which answers and updates another.
fn whole(letter: Letter, other: &Letter) -> Letter {
    let about = other.document_id();
    letter
        .with("/Subject", json!("V/v thí dụ \"đủ\" phần: a < b & c > d"))
        .with("/Content", json!("Nội dung tóm tắt"))
        .with(
            "/SignerInfo",
            json!({ "Competence": "KT.", "Position": "Phó Giám đốc", "FullName": "Người ký thử" }),
        )
        .with("/DueDate", json!("2026-04-01"))
        .with(
            "/OtherInfo",
            json!({
                "Priority": 2, "SphereOfPromulgation": "Thí dụ", "PromulgationAmount": 3,
                "PageAmount": 2, "Direction": true, "Appendixes": { "Appendix": ["Phụ lục 1"] },
            }),
        )
        .with(
            "/ResponseFor",
            json!([{ "OrganId": PEER, "DocumentId": "thi-du-1" }]),
        )
        .with("/SteeringType", json!(2))
        .with("/ResponseForTask", json!({ "TaskCode": ["NV-1", "NV-2"] }))
        .with("/ToPlaces", json!({ "Place": ["Như trên", "Lưu: VT"] }))
        .with(
            "/TraceHeaderList",
            json!({ "Bussiness": {
                "DocumentId": about, "BussinessDocType": 2,
                "BussinessDocReason": "Sửa trích yếu", "Paper": 0,
                "BussinessDocumentInfo": [{ "DocumentInfo": 1, "DocumentReceiver": 0 }],
            } }),
        )
}

/// A case over packets: all it applies to have to pass, and there has to be one.
pub(super) fn each(samples: &[Sample], run: fn(&Sample) -> Outcome) -> Outcome {
    let mut last = None;
    let mut applied = false;
    for sample in samples {
        match run(sample) {
            Ok(()) => applied = true,
            Err(Stop::NotApplicable(why)) => last = Some(why),
            Err(stop) => return Err(stop),
        }
    }
    match (applied, last) {
        (false, Some(why)) => Err(Stop::NotApplicable(why)),
        (false, None) => Err(Stop::NotApplicable(said!("no packets", "không có gói tin"))),
        (true, _) => Ok(()),
    }
}

pub(super) fn packets(
    plan: &Plan,
    files: &[std::path::PathBuf],
    chosen: &[&'static Case],
    listener: Listener<'_>,
) -> Result<Results, NotRun> {
    let mut samples = Vec::new();
    for file in files {
        let name = file
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let bytes = std::fs::read(file).map_err(|error| {
            let place = file.display();
            NotRun::Unreachable(said!(
                "{place} cannot be read: {error}",
                "không đọc được {place}: {error}"
            ))
        })?;
        let sample = Sample::new(name, bytes).map_err(|_| {
            let place = file.display();
            NotRun::Own(said!(
                "{place} could not be looked at",
                "không xem xét được {place}"
            ))
        })?;
        samples.push(sample);
    }
    if samples.is_empty() {
        return Err(NotRun::Usage(said!(
            "there are no packets (.edxml, .xml) to look at",
            "không có gói tin nào (.edxml, .xml)"
        )));
    }
    let mut results = Vec::new();
    for case in chosen {
        let begun = Instant::now();
        let outcome = match case.run {
            Run::Packet(run) => guarded(|| each(&samples, run)),
            _ => Err(Stop::own("a case about something else")),
        };
        let report = case_report(plan, case, outcome, begun.elapsed(), &Evidence::default());
        listener(Progress::Done(&report));
        results.push((case.chapter, report));
    }
    let declaration = Declaration {
        product: "packets".to_owned(),
        version: samples.len().to_string(),
        ..Declaration::default()
    };
    Ok((declaration, results, None))
}
