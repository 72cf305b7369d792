//! `run`: the suite.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use lienthong::Language;
use lienthong::crypto::keys::FileSigner;

use super::failure::Failure;
use super::options::{DiffArguments, ProfileArgument, RunArguments};
use super::sign::password;
use super::{Exit, Session};
use crate::suite::by_hand;
use crate::suite::case::{Case, Chapter};
use crate::suite::gateway::Account;
use crate::suite::product::Means;
use crate::suite::report::{
    CaseReport, Report, SCHEMA, SignError, badge, diff, html, junit, sign_file, signed_by,
    write_certificates,
};
use crate::suite::run::{NotRun, Plan, Progress, Subject, choose};
use crate::suite::verdict::Verdict;
use crate::suite::{cases, run as runner};

/// Runs the suite, or lists its cases.
pub(super) fn run(arguments: &RunArguments, session: &mut Session<'_>) -> Result<Exit, Failure> {
    if arguments.list {
        return list(arguments, session);
    }
    let plan = plan(arguments, session)?;
    let signer = signer(arguments)?;
    if let Some(out) = &arguments.out {
        fs::create_dir_all(out).map_err(|error| Failure::writing(out, &error))?;
    }
    let folder = tempfile::Builder::new()
        .prefix("lienthong-run-")
        .tempdir()
        .map_err(|error| Failure::writing(&std::env::temp_dir(), &error))?;
    let language = session.language;
    let is_by_hand = arguments.manual;
    let done = {
        let screen = &mut *session.err;
        runner::run(&plan, folder.path(), &mut |progress| {
            if is_by_hand && matches!(progress, Progress::Done(case) if !is_led(&case.id)) {
                return;
            }
            // Who does not look at the progress loses nothing.
            let _ = writeln!(screen, "{}", progress_line(&progress, language));
        })
    };
    let report = match done {
        Ok(report) => report,
        Err(not_run) => {
            let (said, exit) = match not_run {
                NotRun::Usage(said) => (said, Exit::Usage),
                NotRun::Unreachable(said) => (said, Exit::Unreachable),
                NotRun::Own(said) => (said, Exit::Own),
            };
            let _ = writeln!(session.err, "lienthong-conformance: {}", said.of(language));
            return Ok(exit);
        }
    };
    if let Some(out) = &arguments.out {
        write_reports(&report, out, signer.as_ref(), language)?;
    }
    summary(&report, session)?;
    if is_by_hand {
        let all = report.chapters.iter().flat_map(|chapter| &chapter.cases);
        let left = all.filter(|case| !is_led(&case.id)).count();
        let words = match language {
            Language::English => format!(
                "{left} of the cases by hand need a driver, or somebody who looks: nobody can be led through them."
            ),
            Language::Vietnamese => format!(
                "Trong số ca làm tay, {left} ca không hướng dẫn trên màn hình được: cần driver hoặc người tự xem xét."
            ),
        };
        session.say(&words)?;
    }
    Ok(match report.exit {
        0 => Exit::Clean,
        3 => Exit::Unreachable,
        _ => Exit::Errors,
    })
}

/// Writes all reports into a folder; signed where there is somebody to sign.
fn write_reports(
    report: &Report,
    out: &Path,
    signer: Option<&FileSigner>,
    language: Language,
) -> Result<(), Failure> {
    let by = signer.and_then(|signer| signed_by(signer));
    let json_path = out.join("report.json");
    let json = serde_json::to_vec_pretty(report)
        .map_err(|error| Failure::writing(&json_path, &error.into()))?;
    let page = html(report, by.as_ref(), language == Language::Vietnamese);
    for (name, bytes) in [
        ("report.json", json),
        ("report.html", page.into_bytes()),
        ("junit.xml", junit(report).into_bytes()),
        ("badge.svg", badge(report).into_bytes()),
    ] {
        let path = out.join(name);
        fs::write(&path, bytes).map_err(|error| Failure::writing(&path, &error))?;
    }
    let Some(signer) = signer else {
        // A signature of an earlier run must not stand beside this one.
        for name in ["report.json.sig", "report.html.sig", "signer.pem"] {
            let _ = fs::remove_file(out.join(name));
        }
        return Ok(());
    };
    for name in ["report.json", "report.html"] {
        let path = out.join(name);
        sign_file(&path, signer).map_err(|error| match error {
            SignError::File(error) => Failure::writing(&path, &error),
            SignError::Signer(error) => {
                Failure::library(Exit::Usage, &path.to_string_lossy(), &error)
            }
        })?;
    }
    let path = out.join("signer.pem");
    write_certificates(&path, signer).map_err(|error| Failure::writing(&path, &error))
}

/// The certifier's key, opened before the run: a wrong password is no matter to
/// find out about afterwards.
fn signer(arguments: &RunArguments) -> Result<Option<FileSigner>, Failure> {
    let Some(key) = &arguments.key else {
        return Ok(None);
    };
    let password = arguments.password_file.as_deref().map(password);
    let password = password.transpose()?;
    FileSigner::open(key, arguments.cert.as_deref(), password.as_ref(), None)
        .map(Some)
        .map_err(|error| Failure::library(Exit::Usage, &key.to_string_lossy(), &error))
}

fn plan(arguments: &RunArguments, session: &Session<'_>) -> Result<Plan, Failure> {
    let subject = if let Some(url) = &arguments.driver_url {
        Subject::Connector(Means::Http(url.clone()))
    } else if arguments.manual {
        Subject::Connector(Means::Manual)
    } else if !arguments.packets.is_empty() {
        Subject::Packets(packets(&arguments.packets)?)
    } else if let Some(url) = &arguments.axis {
        let mut settings = Vec::new();
        if let Some(file) = &arguments.ca_file {
            settings.push(("axis.ca_file".to_owned(), file.display().to_string()));
        }
        Subject::Axis {
            url: url.clone(),
            one: account(arguments.one.as_deref())?,
            two: account(arguments.two.as_deref())?,
            settings,
        }
    } else {
        Subject::Connector(Means::Process(arguments.program.clone()))
    };
    let mut plan = Plan::new(subject);
    plan.only.clone_from(&arguments.only);
    plan.full = arguments.profile == ProfileArgument::Full;
    plan.strict = arguments.strict;
    plan.seed = arguments.seed;
    // What a person has set up asks the axis at its own pace.
    let usual = if arguments.manual { 180 } else { 10 };
    plan.patience = Duration::from_secs(arguments.timeout.unwrap_or(usual).max(1));
    plan.jobs = match arguments.jobs {
        0 => 2 * std::thread::available_parallelism().map_or(2, usize::from),
        jobs => jobs,
    };
    plan.organ.clone_from(&arguments.organ);
    plan.listen = arguments.listen;
    plan.language = session.language;
    if let Some(file) = &arguments.secret_file {
        plan.secret = Some(secret(file)?);
    }
    if let Some(file) = &arguments.expected_failures {
        let text = fs::read_to_string(file).map_err(|error| Failure::reading(file, &error))?;
        let ids = text
            .lines()
            .map(|line| line.split('#').next().unwrap_or(""));
        plan.expected_failures = ids
            .map(|id| id.trim().to_owned())
            .filter(|id| !id.is_empty())
            .collect();
    }
    Ok(plan)
}

/// `ID:ORGAN:FILE`.
fn account(text: Option<&str>) -> Result<Account, Failure> {
    let mut parts = text.unwrap_or("").splitn(3, ':');
    let (Some(system), Some(organ), Some(file)) = (parts.next(), parts.next(), parts.next()) else {
        return Err(Failure::new(
            Exit::Usage,
            "--one and --two are ID:ORGAN:FILE",
            "--one và --two có dạng ID:CƠ_QUAN:TỆP",
        ));
    };
    Ok(Account {
        system: system.to_owned(),
        secret: secret(Path::new(file))?,
        organ: organ.to_owned(),
    })
}

fn secret(file: &Path) -> Result<String, Failure> {
    let text = fs::read_to_string(file).map_err(|error| Failure::reading(file, &error))?;
    Ok(text.trim_end_matches(['\r', '\n']).to_owned())
}

/// The packets of folders, and those that are named.
fn packets(paths: &[PathBuf]) -> Result<Vec<PathBuf>, Failure> {
    let mut files = Vec::new();
    for path in paths {
        if !path.is_dir() {
            files.push(path.clone());
            continue;
        }
        let entries = fs::read_dir(path).map_err(|error| Failure::reading(path, &error))?;
        let mut found = Vec::new();
        for entry in entries {
            let file = entry
                .map_err(|error| Failure::reading(path, &error))?
                .path();
            let is_packet = file.extension().is_some_and(|extension| {
                extension.eq_ignore_ascii_case("edxml") || extension.eq_ignore_ascii_case("xml")
            });
            if is_packet {
                found.push(file);
            }
        }
        found.sort();
        files.extend(found);
    }
    Ok(files)
}

fn list(arguments: &RunArguments, session: &mut Session<'_>) -> Result<Exit, Failure> {
    let chosen: Vec<&Case> = cases::all().collect();
    if !arguments.only.is_empty() {
        let any = Subject::Connector(Means::Manual);
        if let Err(said) = choose(&any, &arguments.only) {
            let _ = writeln!(
                session.err,
                "lienthong-conformance: {}",
                said.of(session.language)
            );
            return Ok(Exit::Usage);
        }
    }
    for case in chosen {
        let meant = arguments.only.is_empty()
            || arguments.only.iter().any(|name| {
                case.id == name
                    || case.chapter.word() == name
                    || case.clauses.contains(&name.as_str())
            });
        if meant && (!arguments.manual || by_hand::is_led(case)) {
            let line = format!(
                "{}\t{}\t{}\t{}",
                case.id,
                case.level.word(),
                case.clauses.join(","),
                case.title.of(session.language)
            );
            session.say(&line)?;
        }
    }
    Ok(Exit::Clean)
}

fn is_led(id: &str) -> bool {
    cases::all().any(|case| case.id == id && by_hand::is_led(case))
}

/// The word of a verdict on a screen.
fn shown(verdict: Verdict, language: Language) -> &'static str {
    match (verdict, language) {
        (Verdict::Pass, Language::English) => "pass",
        (Verdict::Pass, Language::Vietnamese) => "đạt",
        (Verdict::Fail, Language::English) => "FAIL",
        (Verdict::Fail, Language::Vietnamese) => "KHÔNG ĐẠT",
        (Verdict::Warn, Language::English) => "warn",
        (Verdict::Warn, Language::Vietnamese) => "cảnh báo",
        (Verdict::Skip, Language::English) => "skip",
        (Verdict::Skip, Language::Vietnamese) => "bỏ qua",
        (Verdict::NotApplicable, Language::English) => "n/a",
        (Verdict::NotApplicable, Language::Vietnamese) => "không áp dụng",
        (Verdict::Inconclusive, Language::English) => "undecided",
        (Verdict::Inconclusive, Language::Vietnamese) => "chưa kết luận",
        (Verdict::Manual, Language::English) => "manual",
        (Verdict::Manual, Language::Vietnamese) => "làm tay",
    }
}

fn progress_line(progress: &Progress<'_>, language: Language) -> String {
    match progress {
        Progress::Standing {
            url,
            system,
            secret,
        } => match language {
            Language::English => {
                format!("Point the product to {url}, system {system}, secret {secret}")
            }
            Language::Vietnamese => {
                format!("Trỏ phần mềm tới {url}, hệ thống {system}, khóa {secret}")
            }
        },
        Progress::Done(case) => line(case, language),
    }
}

fn line(case: &CaseReport, language: Language) -> String {
    let got = case.got.as_ref().map(|got| got.of(language));
    let word = shown(case.verdict, language);
    match (case.verdict, got) {
        (Verdict::Pass, _) | (_, None) => format!("{word:<10} {}", case.id),
        (_, Some(got)) => format!("{word:<10} {}: {got}", case.id),
    }
}

fn summary(report: &Report, session: &mut Session<'_>) -> Result<(), Failure> {
    let language = session.language;
    for chapter in Chapter::ALL {
        let Some(found) = report.chapters.iter().find(|one| one.id == chapter.word()) else {
            continue;
        };
        let passed = found
            .cases
            .iter()
            .filter(|case| case.verdict == Verdict::Pass)
            .count();
        session.say(&format!(
            "{:>4}/{:<4} {}",
            passed,
            found.cases.len(),
            chapter.title().of(language)
        ))?;
    }
    let counts: Vec<String> = report
        .counts
        .iter()
        .map(|(verdict, count)| format!("{count} {}", shown(*verdict, language)))
        .collect();
    session.say(&counts.join(", "))?;
    for id in &report.unexpected_passes {
        let words = session.pick(
            "was expected to fail and passed",
            "nằm trong danh sách lỗi đã biết nhưng đạt",
        );
        session.say(&format!("{id}: {words}"))?;
    }
    let words = match report.exit {
        0 => session.pick(
            "All MUST cases passed.",
            "Mọi yêu cầu bắt buộc (MUST) đều đạt.",
        ),
        _ => session.pick(
            "Not all MUST cases passed.",
            "Chưa đạt hết các yêu cầu bắt buộc (MUST).",
        ),
    };
    session.say(words)
}

/// Shows what changed between two reports; for the worse is an error.
pub(super) fn difference(
    arguments: &DiffArguments,
    session: &mut Session<'_>,
) -> Result<Exit, Failure> {
    let (old, new) = (read_report(&arguments.old)?, read_report(&arguments.new)?);
    let language = session.language;
    let changes = diff(&old, &new);
    let mut exit = Exit::Clean;
    if old.cases_digest != new.cases_digest {
        let words = session.pick(
            "The two reports are of different suites; cases may have changed.",
            "Hai báo cáo thuộc hai bộ kiểm thử khác nhau; các ca có thể đã thay đổi.",
        );
        session.say(words)?;
    }
    if changes.is_empty() {
        let words = session.pick("No verdict changed.", "Không có kết luận nào thay đổi.");
        session.say(words)?;
    }
    for change in changes {
        let word = |verdict: Option<Verdict>| verdict.map_or("-", |it| shown(it, language));
        let mark = if change.is_worse() { "!" } else { " " };
        session.say(&format!(
            "{mark} {:<6} {}: {} → {}",
            change.level,
            change.id,
            word(change.old),
            word(change.new)
        ))?;
        if change.is_worse() {
            exit = Exit::Errors;
        }
    }
    Ok(exit)
}

fn read_report(path: &Path) -> Result<Report, Failure> {
    let path = match path.is_dir() {
        true => path.join("report.json"),
        false => path.to_owned(),
    };
    let bytes = fs::read(&path).map_err(|error| Failure::reading(&path, &error))?;
    let report = serde_json::from_slice::<Report>(&bytes).ok();
    report
        .filter(|report| report.schema == SCHEMA)
        .ok_or_else(|| {
            let path = path.display();
            Failure::new(
                Exit::Usage,
                format!("{path}: this is no report of this suite ({SCHEMA})."),
                format!("{path}: đây không phải báo cáo của bộ kiểm thử này ({SCHEMA})."),
            )
        })
}
