//! The runner: which cases, in what order, and what came of each.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::mpsc::channel;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use lienthong::{ErrorKind, Language};
use ring::digest::{Context, SHA256};
use serde_json::json;

use super::bench::{Bench, OWN, PEER, SYSTEM, Standing, builder};
use super::by_hand;
use super::case::{Case, Chapter, Level, Need, Run};
use super::cases;
use super::clause::clause;
use super::evidence::Evidence;
use super::gateway::{Account, Gateway};
use super::lab::Lab;
use super::letter::{Letter, Made};
use super::product::{Declaration, Http, Manual, Means, Over, Product};
use super::report::{CaseReport, ChapterReport, ClauseReport, Report, SCHEMA};
use super::said;
use super::sample::Sample;
use super::text::Said;
use super::verdict::{Outcome, Stop, Verdict};
use crate::axis_server::Kind;

/// What is under test.
#[derive(Clone)]
pub enum Subject {
    /// A connector.
    Connector(Means),
    /// Files of packets.
    Packets(Vec<std::path::PathBuf>),
    /// An axis or gateway.
    Axis {
        /// Its base address.
        url: String,
        /// A system that sends.
        one: Account,
        /// A system that receives.
        two: Account,
        /// Keys of the client, e.g. `axis.ca_file`.
        settings: Vec<(String, String)>,
    },
}

/// How a run is made.
#[derive(Clone)]
pub struct Plan {
    /// What is under test.
    pub subject: Subject,
    /// Ids of cases, chapters or clauses; none: all of the profile.
    pub only: Vec<String>,
    /// Whether cases outside the quick profile run too.
    pub full: bool,
    /// Whether a SHOULD counts as a MUST.
    pub strict: bool,
    /// The seed.
    pub seed: u64,
    /// Ids of cases that are known to fail.
    pub expected_failures: Vec<String>,
    /// How long anything is waited for.
    pub patience: Duration,
    /// Cases at once; a product that runs already takes one at a time.
    pub jobs: usize,
    /// The organ of the product.
    pub organ: String,
    /// Where the axis listens for a product that runs already.
    pub listen: Option<std::net::SocketAddr>,
    /// The secret for a product that runs already; else one is made up.
    pub secret: Option<String>,
    /// The language of what a person is shown.
    pub language: Language,
}

impl Plan {
    /// The quick profile against a subject.
    pub fn new(subject: Subject) -> Self {
        Plan {
            subject,
            only: Vec::new(),
            full: false,
            strict: false,
            seed: 1,
            expected_failures: Vec::new(),
            patience: Duration::from_secs(10),
            jobs: 4,
            organ: OWN.to_owned(),
            listen: None,
            secret: None,
            language: Language::English,
        }
    }
}

impl Plan {
    /// Numbers of documents, from a place that the seed decides.
    fn numbers(&self) -> Arc<AtomicU64> {
        let first = 1 + self.seed.wrapping_mul(10_000) % 9_000_000;
        Arc::new(AtomicU64::new(first))
    }
}

/// Why a run did not take place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotRun {
    /// No case was chosen, or a name is none.
    Usage(Said),
    /// The product could not be reached.
    Unreachable(Said),
    /// The suite itself failed.
    Own(Said),
}

/// What a listener is told while a run goes on.
pub enum Progress<'p> {
    /// Where a product that runs already has to be pointed to.
    Standing {
        /// The address of the axis.
        url: &'p str,
        /// The system's id.
        system: &'p str,
        /// Its secret.
        secret: &'p str,
    },
    /// A case is over.
    Done(&'p CaseReport),
}

/// Who listens.
pub type Listener<'l> = &'l mut dyn FnMut(Progress<'_>);

/// The cases that are meant by a subject and these names (ids, chapters,
/// clauses; none: all).
///
/// # Errors
/// A name is none.
pub fn choose(subject: &Subject, only: &[String]) -> Result<Vec<&'static Case>, Said> {
    for name in only {
        let known = cases::all().any(|case| is_meant(case, name));
        if !known {
            return Err(said!(
                "`{name}` is no case, chapter or clause; `run --list` shows them",
                "`{name}` không phải mã ca kiểm thử, chương hay điều khoản; xem `run --list`"
            ));
        }
    }
    let fits = |case: &&Case| {
        matches!(
            (subject, case.run),
            (Subject::Connector(_), Run::Connector(_) | Run::Packet(_))
                | (Subject::Packets(_), Run::Packet(_))
                | (Subject::Axis { .. }, Run::Axis(_))
        )
    };
    let meant = |case: &&Case| only.is_empty() || only.iter().any(|name| is_meant(case, name));
    Ok(cases::all().filter(fits).filter(meant).collect())
}

fn is_meant(case: &Case, name: &str) -> bool {
    case.id == name || case.chapter.word() == name || case.clauses.contains(&name)
}

/// Carries a plan out, with files in a folder that is there.
///
/// # Errors
/// Nothing was run.
pub fn run(plan: &Plan, folder: &Path, listener: Listener<'_>) -> Result<Report, NotRun> {
    let mut chosen = choose(&plan.subject, &plan.only).map_err(NotRun::Usage)?;
    // Who names a case wants it, whatever the profile.
    if plan.only.is_empty() && !plan.full {
        chosen.retain(|case| case.quick);
    }
    if chosen.is_empty() {
        return Err(NotRun::Usage(said!(
            "no case was chosen, so nothing is proven",
            "không có ca kiểm thử nào được chọn nên không chứng minh được gì"
        )));
    }
    for id in &plan.expected_failures {
        if !cases::all().any(|case| case.id == id) {
            return Err(NotRun::Usage(said!(
                "the list of expected failures names `{id}`, which is no case",
                "danh sách lỗi đã biết có `{id}`, không phải mã ca kiểm thử"
            )));
        }
    }
    let started = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .ok()
        .and_then(|since| u64::try_from(since.as_millis()).ok())
        .unwrap_or_default();
    let clock = Instant::now();
    let (declaration, results, over) = match &plan.subject {
        Subject::Connector(means) => connector(plan, means, &chosen, folder, listener)?,
        Subject::Packets(files) => packets(plan, files, &chosen, listener)?,
        Subject::Axis {
            url,
            one,
            two,
            settings,
        } => axis(plan, (url, one, two, settings), &chosen, listener)?,
    };
    let mut report = report(plan, declaration, results, started, clock.elapsed());
    if over == Some(Over::Closed) {
        // The product cannot be reached any more; what was done stays done.
        report.exit = 3;
    }
    Ok(report)
}

/// What a subject says of itself, what came of each case, and why a person ended it.
type Results = (Declaration, Vec<(Chapter, CaseReport)>, Option<Over>);

fn connector(
    plan: &Plan,
    means: &Means,
    chosen: &[&'static Case],
    folder: &Path,
    listener: Listener<'_>,
) -> Result<Results, NotRun> {
    let own = |error: &dyn std::fmt::Display| {
        NotRun::Own(said!(
            "the suite could not begin: {error}",
            "bộ kiểm thử không bắt đầu được: {error}"
        ))
    };
    let secret = match &plan.secret {
        Some(secret) => secret.clone(),
        None => format!("made-up-{}", random_word().map_err(|error| own(&error))?),
    };
    let numbers = plan.numbers();
    let mut bench = Bench {
        means: means.clone(),
        declaration: Declaration::default(),
        standing: None,
        organ: plan.organ.clone(),
        secret,
        patience: plan.patience,
        evidence: Evidence::default(),
        numbers,
        folder: folder.join("handshake"),
    };
    std::fs::create_dir_all(&bench.folder).map_err(|error| own(&error))?;
    if !matches!(means, Means::Process(_)) {
        stand(plan, means, &mut bench, folder, listener)?;
    }
    bench.declaration = handshake(means, &bench)?;
    let samples: Mutex<Option<Result<Vec<Sample>, Stop>>> = Mutex::new(None);
    let led = chosen.iter().filter(|case| by_hand::is_led(case)).count();
    let place = AtomicUsize::new(0);
    let carry_out = |case: &'static Case, number: usize| -> CaseReport {
        let evidence = Evidence::default();
        let bench = Bench {
            means: bench.means.clone(),
            declaration: bench.declaration.clone(),
            standing: bench.standing.clone(),
            organ: bench.organ.clone(),
            secret: bench.secret.clone(),
            patience: bench.patience,
            evidence: evidence.clone(),
            numbers: Arc::clone(&bench.numbers),
            folder: folder.join(format!("case-{number}")),
        };
        let begun = Instant::now();
        let outcome = match missing(case, &bench) {
            Some(stop) => Err(stop),
            None => guarded(|| {
                begin_by_hand(&bench, case, &place, led)?;
                std::fs::create_dir_all(&bench.folder).map_err(Stop::own)?;
                match case.run {
                    Run::Connector(run) => run(&bench),
                    Run::Packet(run) => {
                        let mut samples = samples.lock().unwrap_or_else(PoisonError::into_inner);
                        let samples = samples.get_or_insert_with(|| sample(&bench));
                        match samples {
                            Ok(samples) => each(samples, run),
                            Err(stop) => Err(stop.clone()),
                        }
                    }
                    Run::Axis(_) => Err(Stop::own("a case about an axis")),
                }
            }),
        };
        let _ = std::fs::remove_dir_all(&bench.folder);
        case_report(plan, case, outcome, begun.elapsed(), &evidence)
    };
    let jobs = match means {
        Means::Process(_) => plan.jobs.max(1),
        Means::Http(_) | Means::Manual => 1,
    };
    if *means == Means::Manual {
        // Each verdict is shown before the next case begins.
        let mut results = Vec::new();
        for (number, &case) in chosen.iter().enumerate() {
            let done = carry_out(case, number);
            listener(Progress::Done(&done));
            results.push((case.chapter, done));
        }
        let over = bench.person(|person| person.over()).flatten();
        return Ok((bench.declaration, results, over));
    }
    let next = AtomicUsize::new(0);
    let mut results: BTreeMap<usize, (Chapter, CaseReport)> = BTreeMap::new();
    let (say, said) = channel();
    std::thread::scope(|scope| {
        let (next, carry_out) = (&next, &carry_out);
        for _ in 0..jobs {
            let say = say.clone();
            scope.spawn(move || {
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    let Some(&case) = chosen.get(number) else {
                        break;
                    };
                    if say
                        .send((number, case.chapter, carry_out(case, number)))
                        .is_err()
                    {
                        break;
                    }
                }
            });
        }
        drop(say);
        for (number, chapter, done) in said {
            listener(Progress::Done(&done));
            results.insert(number, (chapter, done));
        }
    });
    Ok((bench.declaration, results.into_values().collect(), None))
}

/// Shows a person which case begins, where there is one who still answers.
fn begin_by_hand(bench: &Bench, case: &Case, place: &AtomicUsize, led: usize) -> Outcome {
    let over = bench.person(|person| {
        if person.over().is_none() {
            let number = 1 + place.fetch_add(1, Ordering::Relaxed);
            person.begin(case, (number, led));
        }
        person.over()
    });
    match over.flatten() {
        Some(over) => Err(Stop::Manual(over.said())),
        None => Ok(()),
    }
}

/// The axis for a product that runs already, and the product.
fn stand(
    plan: &Plan,
    means: &Means,
    bench: &mut Bench,
    folder: &Path,
    listener: Listener<'_>,
) -> Result<(), NotRun> {
    let mut axis = builder().system(SYSTEM, &bench.secret, [&bench.organ]);
    if let Some(listen) = plan.listen {
        axis = axis.configure(|config| config.listen = listen);
    }
    let axis = axis.start().map_err(|error| {
        NotRun::Own(said!(
            "the axis did not start: {error}",
            "trục thử nghiệm không khởi động: {error}"
        ))
    })?;
    let axis = Arc::new(axis);
    listener(Progress::Standing {
        url: &axis.url(),
        system: SYSTEM,
        secret: &bench.secret,
    });
    let product: Box<dyn Product> = match means {
        Means::Http(url) => Box::new(Http::new(url).map_err(|reason| {
            NotRun::Usage(said!("{reason}", "địa chỉ driver không đúng: {reason}"))
        })?),
        Means::Manual | Means::Process(_) => Box::new(Manual::at_terminal(
            plan.language,
            &folder.join("saved"),
            Arc::clone(&axis),
            &plan.organ,
            plan.patience,
        )),
    };
    bench.standing = Some(Arc::new(Standing {
        axis,
        product: Arc::new(Mutex::new(product)),
    }));
    Ok(())
}

/// Asks the product what it can do.
fn handshake(means: &Means, bench: &Bench) -> Result<Declaration, NotRun> {
    if *means == Means::Manual {
        await_first_call(bench)?;
        return Ok(Manual::declaration());
    }
    let unreachable = |stop: Stop| NotRun::Unreachable(stop.said());
    // Not `lab`: that would ask for what is not known yet.
    let mut lab = match &bench.standing {
        Some(standing) => Lab::new(
            bench,
            Arc::clone(&standing.axis),
            Arc::clone(&standing.product),
            None,
        ),
        None => bench.lab_with(|_| {}).map_err(unreachable)?,
    };
    let answer = lab.ask("capabilities", json!({})).map_err(unreachable)?;
    let declared = answer.map_err(|refusal| {
        let kind = refusal.kind();
        NotRun::Unreachable(said!(
            "the product does not know the command `capabilities`: {kind}",
            "phần mềm không biết lệnh `capabilities`: {kind}"
        ))
    })?;
    serde_json::from_value(declared).map_err(|error| {
        NotRun::Unreachable(said!(
            "the answer to `capabilities` has another shape: {error}",
            "câu trả lời của `capabilities` sai dạng: {error}"
        ))
    })
}

/// Waits until a product that a person has set up is at the axis.
fn await_first_call(bench: &Bench) -> Result<(), NotRun> {
    if bench.person(Manual::introduce) != Some(true) {
        return Err(NotRun::Unreachable(said!(
            "nobody is at the keyboard",
            "không có ai trả lời trên dòng lệnh"
        )));
    }
    let mut lab = bench.lab().map_err(|stop| NotRun::Own(stop.said()))?;
    let what = said!(
        "the product did not call the axis: look at its address, and whether it runs",
        "phần mềm chưa gọi trục: kiểm tra lại địa chỉ, và phần mềm có đang chạy không"
    );
    let called = lab.until(what, |lab| Ok((lab.last_call() > 0).then_some(())));
    called.map_err(|stop| NotRun::Unreachable(stop.said()))?;
    let mut from = 0;
    loop {
        let what = said!(
            "no call that the axis takes",
            "chưa có lời gọi nào được trục chấp nhận"
        );
        let taken = lab.until(what, |lab| {
            let log = lab.axis.wire_log(from, Duration::ZERO);
            let mut codes = log.iter().map(|call| call.code.as_deref());
            let taken = codes.any(|code| code == Some("0"));
            // The first calls are refused or taken; more say no more.
            Ok((taken || log.len() >= 4).then_some(taken))
        });
        if taken.unwrap_or(false) || bench.person(Manual::goes_on_refused) == Some(true) {
            return Ok(());
        }
        from = lab.last_call();
    }
}

/// What a case needs and the product has not.
fn missing(case: &Case, bench: &Bench) -> Option<Stop> {
    let declaration = &bench.declaration;
    if bench.means == Means::Manual && !by_hand::is_led(case) {
        return Some(Stop::Manual(said!(
            "nobody can be led through it at a screen: it needs a driver, or a look of your own",
            "không thể hướng dẫn làm trên màn hình: cần driver, hoặc tự xem xét"
        )));
    }
    for need in case.needs {
        let (has, what) = match need {
            Need::Command(word) => (declaration.knows(word), *word),
            Need::Feature(word) => (declaration.has(word), *word),
            Need::Setting(key) => (declaration.takes(key), *key),
            Need::Fresh => (bench.standing.is_none(), "fresh"),
        };
        if has {
            continue;
        }
        return Some(Stop::NotApplicable(said!(
            "the product does not declare `{what}`",
            "phần mềm không khai báo `{what}`"
        )));
    }
    None
}

/// Packets that the product sends: documents of several kinds, and statuses.
fn sample(bench: &Bench) -> Outcome<Vec<Sample>> {
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
fn each(samples: &[Sample], run: fn(&Sample) -> Outcome) -> Outcome {
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

fn packets(
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

fn axis(
    plan: &Plan,
    (url, one, two, settings): (&str, &Account, &Account, &[(String, String)]),
    chosen: &[&'static Case],
    listener: Listener<'_>,
) -> Result<Results, NotRun> {
    let numbers = plan.numbers();
    let gateway = |evidence: Evidence| Gateway {
        url: url.to_owned(),
        settings: settings.to_vec(),
        one: one.clone(),
        two: two.clone(),
        patience: plan.patience,
        evidence,
        numbers: Arc::clone(&numbers),
    };
    // Whether somebody is there at all.
    let reached = gateway(Evidence::default())
        .client(one)
        .map_err(|_| {
            NotRun::Usage(said!(
                "the address {url} is none",
                "địa chỉ {url} không hợp lệ"
            ))
        })?
        .count_documents();
    if let Err(error) = reached
        && matches!(
            error.kind(),
            ErrorKind::AxisUnreachable | ErrorKind::AxisUntrusted | ErrorKind::AxisPlaintext
        )
    {
        let kind = error.kind().name();
        return Err(NotRun::Unreachable(said!(
            "the axis at {url} was not reached: {kind}",
            "không kết nối được trục tại {url}: {kind}"
        )));
    }
    let mut results = Vec::new();
    for case in chosen {
        let evidence = Evidence::default();
        let begun = Instant::now();
        let outcome = match case.run {
            Run::Axis(run) => guarded(|| run(&gateway(evidence.clone()))),
            _ => Err(Stop::own("a case about something else")),
        };
        let report = case_report(plan, case, outcome, begun.elapsed(), &evidence);
        listener(Progress::Done(&report));
        results.push((case.chapter, report));
    }
    let declaration = Declaration {
        product: url.to_owned(),
        ..Declaration::default()
    };
    Ok((declaration, results, None))
}

/// A fault of the suite in one case must not take the others with it.
fn guarded(run: impl FnOnce() -> Outcome) -> Outcome {
    catch_unwind(AssertUnwindSafe(run)).unwrap_or_else(|_| {
        Err(Stop::Inconclusive(said!(
            "a fault of the suite itself",
            "lỗi của chính bộ kiểm thử"
        )))
    })
}

fn case_report(
    plan: &Plan,
    case: &Case,
    outcome: Outcome,
    took: Duration,
    evidence: &Evidence,
) -> CaseReport {
    let counts_as_must = case.level == Level::Must || (plan.strict && case.level == Level::Should);
    let (verdict, got) = match outcome {
        Ok(()) => (Verdict::Pass, None),
        Err(Stop::Fail(got)) if counts_as_must => (Verdict::Fail, Some(got)),
        Err(Stop::Fail(got)) => (Verdict::Warn, Some(got)),
        Err(Stop::Skip(why)) => (Verdict::Skip, Some(why)),
        Err(Stop::NotApplicable(why)) => (Verdict::NotApplicable, Some(why)),
        Err(Stop::Inconclusive(why)) => (Verdict::Inconclusive, Some(why)),
        Err(Stop::Manual(why)) => (Verdict::Manual, Some(why)),
    };
    CaseReport {
        id: case.id.to_owned(),
        level: case.level.word().to_owned(),
        clauses: case
            .clauses
            .iter()
            .filter_map(|id| clause(id))
            .map(|clause| ClauseReport {
                id: clause.id.to_owned(),
                source: clause.source.name().into(),
                text: clause.text.into(),
            })
            .collect(),
        refusal: case.refusal.map(Into::into),
        title: case.title.into(),
        why: case.why.into(),
        steps: case.steps.iter().map(|&step| step.into()).collect(),
        expected: case.expected.into(),
        verdict,
        expected_to_fail: plan.expected_failures.iter().any(|id| id == case.id),
        got,
        took: u64::try_from(took.as_millis()).unwrap_or(u64::MAX),
        evidence: evidence.events(),
    }
}

fn report(
    plan: &Plan,
    declaration: Declaration,
    results: Vec<(Chapter, CaseReport)>,
    started: u64,
    took: Duration,
) -> Report {
    let mut counts: BTreeMap<Verdict, usize> = BTreeMap::new();
    let mut must_counts: BTreeMap<Verdict, usize> = BTreeMap::new();
    let mut unexpected_passes = Vec::new();
    let mut exit = 0;
    for (_, case) in &results {
        *counts.entry(case.verdict).or_default() += 1;
        let is_must =
            case.level == Level::Must.word() || (plan.strict && case.level == Level::Should.word());
        if is_must {
            *must_counts.entry(case.verdict).or_default() += 1;
        }
        if case.expected_to_fail {
            if case.verdict == Verdict::Pass {
                unexpected_passes.push(case.id.clone());
            }
            continue;
        }
        // What was not decided was not passed.
        let passed = matches!(
            case.verdict,
            Verdict::Pass | Verdict::NotApplicable | Verdict::Skip
        );
        if is_must && !passed {
            exit = 1;
        }
    }
    // Nothing that applied is no pass.
    if counts.get(&Verdict::Pass).copied().unwrap_or_default() == 0 {
        exit = 1;
    }
    let mut chapters: Vec<ChapterReport> = Vec::new();
    for &chapter in Chapter::ALL {
        let of_it = results.iter().filter(|(its, _)| *its == chapter);
        let cases: Vec<CaseReport> = of_it.map(|(_, case)| case.clone()).collect();
        if !cases.is_empty() {
            chapters.push(ChapterReport {
                id: chapter.word().to_owned(),
                title: chapter.title().into(),
                cases,
            });
        }
    }
    Report {
        schema: SCHEMA.to_owned(),
        suite_version: lienthong::VERSION.to_owned(),
        cases_digest: cases_digest(),
        profile: match (plan.only.is_empty(), plan.full) {
            (false, _) => "chosen",
            (true, true) => "full",
            (true, false) => "quick",
        }
        .to_owned(),
        subject: match plan.subject {
            Subject::Connector(_) => "connector",
            Subject::Packets(_) => "packets",
            Subject::Axis { .. } => "axis",
        }
        .to_owned(),
        declaration,
        seed: plan.seed,
        strict: plan.strict,
        started,
        took: u64::try_from(took.as_millis()).unwrap_or(u64::MAX),
        exit,
        counts,
        must_counts,
        unexpected_passes,
        chapters,
    }
}

/// SHA-256 over what the cases say.
pub fn cases_digest() -> String {
    let mut digest = Context::new(&SHA256);
    for case in cases::all() {
        let head = [
            case.id,
            case.chapter.word(),
            case.level.word(),
            case.title.en,
            case.title.vi,
            case.why.en,
            case.why.vi,
            case.expected.en,
            case.expected.vi,
        ];
        let steps = case.steps.iter().flat_map(|step| [step.en, step.vi]);
        for text in head
            .into_iter()
            .chain(steps)
            .chain(case.clauses.iter().copied())
        {
            digest.update(text.as_bytes());
            digest.update(&[0]);
        }
    }
    let digest = digest.finish();
    digest
        .as_ref()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

fn random_word() -> Result<String, ring::error::Unspecified> {
    let mut bytes = [0; 8];
    ring::rand::SecureRandom::fill(&ring::rand::SystemRandom::new(), &mut bytes)?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}
