//! `verify`: what a packet's signatures are worth.

use std::fs::File;
use std::path::Path;
use std::sync::Arc;
use std::time::SystemTime;

use lienthong::Language;
use lienthong::axis::HttpFetch;
use lienthong::environment::Environment;
use lienthong::packet::{Discard, ReadOptions};
use lienthong::signature::report::{Authenticity, Identity, Judged, Report, rfc3339};
use lienthong::signature::{Policy, Verifier};
use serde::Serialize;

use super::failure::Failure;
use super::options::{Format, VerifyArguments};
use super::text::plain;
use super::{Exit, Session};

pub(super) fn run(arguments: &VerifyArguments, session: &mut Session<'_>) -> Result<Exit, Failure> {
    let mut config = arguments.rules.config()?;
    let given = [
        ("--trust", "signature.trust", &arguments.trust),
        ("--organs", "signature.organs", &arguments.organs),
    ];
    for (option, key, path) in given {
        if let Some(path) = path {
            config
                .set(key, &path.to_string_lossy())
                .map_err(|error| Failure::library(Exit::Usage, option, &error))?;
        }
    }
    let verifier = Verifier::from_config(
        &config,
        Some(Arc::new(HttpFetch::from_config(&config))),
        &Environment::system(),
    )
    .map_err(|error| Failure::library(Exit::Usage, "verify", &error))?;
    let path = &arguments.packet;
    let file = open(path)?;
    let at = arguments.at.unwrap_or_else(SystemTime::now);
    let options = ReadOptions::from_config(&config);
    let verified = verifier
        .verify(file, &options, at, &mut Discard)
        .map_err(|error| Failure::library(Exit::Usage, &path.to_string_lossy(), &error))?;
    let report = &verified.report;
    match arguments.format {
        Format::Json => json(path, report, session)?,
        Format::Text => text(path, report, arguments.policy, session)?,
    }
    Ok(if arguments.policy.is_met(report) {
        Exit::Clean
    } else {
        Exit::Errors
    })
}

/// Opens a packet; a folder is said to be one before it is read.
pub(super) fn open(path: &Path) -> Result<File, Failure> {
    let file = File::open(path).map_err(|error| Failure::reading(path, &error))?;
    if file.metadata().is_ok_and(|metadata| metadata.is_dir()) {
        let error = std::io::ErrorKind::IsADirectory.into();
        return Err(Failure::reading(path, &error));
    }
    Ok(file)
}

fn json(path: &Path, report: &Report, session: &mut Session<'_>) -> Result<(), Failure> {
    #[derive(Serialize)]
    struct Line<'r> {
        file: &'r str,
        #[serde(flatten)]
        report: &'r Report,
    }
    let file = path.to_string_lossy();
    let line = serde_json::to_string(&Line {
        file: &file,
        report,
    })
    .map_err(|error| Failure::output(error.into()))?;
    session.say(&line)
}

fn text(
    path: &Path,
    report: &Report,
    policy: Policy,
    session: &mut Session<'_>,
) -> Result<(), Failure> {
    let authenticity = match report.authenticity {
        Authenticity::Proven => session.pick("authenticity proven", "đã chứng minh tính xác thực"),
        Authenticity::Refuted => session.pick("not authentic", "không xác thực"),
        Authenticity::Unproven => session.pick(
            "authenticity not proven",
            "chưa chứng minh được tính xác thực",
        ),
    };
    let line = format!("{}: {authenticity}", plain(&path.to_string_lossy()));
    session.say(&line)?;
    judged(
        session.pick("packet signature", "chữ ký gói tin"),
        &report.packet_signature,
        session,
    )?;
    judged(session.pick("seal", "niêm phong"), &report.seal, session)?;
    let met = if policy.is_met(report) {
        session.pick("met", "đạt")
    } else {
        session.pick("not met", "không đạt")
    };
    let (policy_word, at) = (
        session.pick("policy", "chính sách"),
        session.pick("judged for", "xét tại thời điểm"),
    );
    let line = format!(
        "  {policy_word} {}: {met} ({at} {})",
        policy.as_str(),
        rfc3339(report.at)
    );
    session.say(&line)
}

fn judged(what: &str, judged: &Judged, session: &mut Session<'_>) -> Result<(), Failure> {
    let verdict = match session.language {
        Language::English => judged.verdict.as_str(),
        Language::Vietnamese => judged.verdict.vietnamese(),
    };
    session.say(&format!("  {what}: {verdict}"))?;
    if let Some(signer) = &judged.signer {
        let word = session.pick("signed by", "người ký");
        let algorithm = judged
            .algorithm
            .map(|algorithm| format!(", {algorithm}"))
            .unwrap_or_default();
        let line = format!("      {word}: {}{algorithm}", identity(signer));
        session.say(&line)?;
    }
    if let Some(time) = judged.time {
        let word = session.pick("time claimed", "thời điểm ký theo khai báo");
        let line = format!("      {word}: {}", rfc3339(time));
        session.say(&line)?;
    }
    if !judged.covers.fields.is_empty() {
        let (fields, files) = (judged.covers.fields.len(), judged.covers.attachments.len());
        let line = match session.language {
            Language::English => {
                format!("      covers: header elements {fields}, attachments {files}")
            }
            Language::Vietnamese => {
                format!("      bảo vệ: {fields} phần tử của phần đầu, {files} tệp kèm")
            }
        };
        session.say(&line)?;
    }
    for reason in &judged.reasons {
        let message = plain(&reason.message(session.language));
        session.say(&format!("      {}: {message}", reason.code))?;
    }
    Ok(())
}

fn identity(identity: &Identity) -> String {
    let organs: Vec<&str> = identity.organs.iter().map(|organ| organ.as_str()).collect();
    let organs = if organs.is_empty() {
        String::new()
    } else {
        format!(" [{}]", organs.join(", "))
    };
    plain(&format!("{}{organs}", identity.subject))
}
