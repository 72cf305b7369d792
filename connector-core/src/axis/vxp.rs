//! Profile V, the national axis: parameters as signed headers, 13 calls, JSON
//! answers in which `ErrorCode` decides (observed of the official Java SDK
//! 2.0.1; the codes from a provincial guide, inferred for this axis).

use std::fmt::Write as _;
use std::time::SystemTime;

use ring::hmac;
use secrecy::{ExposeSecret, SecretString};
use time::{OffsetDateTime, UtcOffset};

use super::answer::Answer;
use super::profile::{
    Acknowledging, Authenticator, Call, CallBody, Classifier, Envelope, Framing, Profile, Queries,
    Query, StatusDialect, Verdict,
};
use super::rows::NewAgency;
use super::{Acknowledgement, MessageType, RefusalClass};
use crate::crypto::digest::hex;

const PREFIX: &str = "XroadVnpt-";
/// The version of the protocol; it is not signed.
const VERSION: &str = "3.0.201608";
const OCTETS: &str = "application/octet-stream";
const JSON: &str = "application/json";

/// The parts of this dialect.
pub(super) fn profile(
    system_id: &str,
    secret: &SecretString,
    user_agent: &str,
    padded_hash: bool,
) -> Profile {
    Profile {
        authenticator: Box::new(SignedHeaders {
            system_id: system_id.to_owned(),
            key: hmac::Key::new(hmac::HMAC_SHA256, secret.expose_secret().as_bytes()),
            user_agent: user_agent.to_owned(),
        }),
        framing: Box::new(RawBody { padded_hash }),
        queries: Box::new(CallTable),
        acknowledging: Box::new(UpdateStatus),
        classifier: Box::new(ErrorCode),
        statuses: Box::new(Words),
    }
}

/// HMAC-SHA256 over a JSON text of the parameters; the text travels along.
struct SignedHeaders {
    system_id: String,
    key: hmac::Key,
    user_agent: String,
}

impl Authenticator for SignedHeaders {
    fn headers(&self, call: &Call, now: SystemTime) -> Vec<(String, String)> {
        let timestamp = timestamp(now);
        let mut parameters = vec![("systemid", self.system_id.as_str())];
        parameters.extend(
            call.parameters
                .iter()
                .map(|(name, value)| (*name, &**value)),
        );
        parameters.push(("timestamp", &timestamp));
        parameters.push(("Content-Type", call.content_type));

        let names: Vec<_> = parameters.iter().map(|(name, _)| *name).collect();
        let signed = signed_text(&parameters);
        let hash = hex(hmac::sign(&self.key, signed.as_bytes()).as_ref());
        let mut headers = vec![("Content-Type".to_owned(), call.content_type.to_owned())];
        headers.extend(
            parameters
                .iter()
                .map(|(name, value)| (format!("{PREFIX}{name}"), (*value).to_owned())),
        );
        headers.push((format!("{PREFIX}sign-header-key"), names.join(";")));
        headers.push((format!("{PREFIX}sign-header"), signed));
        headers.push((format!("{PREFIX}hash-header"), hash));
        headers.push((format!("{PREFIX}version"), VERSION.to_owned()));
        headers.push(("User-Agent".to_owned(), self.user_agent.clone()));
        headers
    }
}

/// The text that is signed: a JSON object of the headers, in their order.
fn signed_text(parameters: &[(&str, &str)]) -> String {
    let mut text = String::from("{");
    for (index, (name, value)) in parameters.iter().enumerate() {
        if index > 0 {
            text.push(',');
        }
        json_string(&mut text, &format!("{PREFIX}{name}"));
        text.push(':');
        json_string(&mut text, value);
    }
    text.push('}');
    text
}

/// Escapes only what the official software escapes: quotes, backslashes,
/// control characters, and the two line ends that are none to JSON.
fn json_string(out: &mut String, text: &str) {
    out.push('"');
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            '\0'..='\u{1f}' | '\u{2028}' | '\u{2029}' => {
                // Writing to a string does not fail.
                let _ = write!(out, "\\u{:04x}", u32::from(character));
            }
            other => out.push(other),
        }
    }
    out.push('"');
}

/// `ddMMyyyy'T'HHmmss+SSSS` in Vietnamese time. What looks like an offset are
/// milliseconds in four digits (observed).
fn timestamp(now: SystemTime) -> String {
    // Vietnam has one zone without summer time. The offset is within range, so
    // the other branch is never taken.
    let zone = UtcOffset::from_hms(7, 0, 0).unwrap_or(UtcOffset::UTC);
    let time = OffsetDateTime::from(now).to_offset(zone);
    format!(
        "{:02}{:02}{:04}T{:02}{:02}{:02}+{:04}",
        time.day(),
        u8::from(time.month()),
        time.year(),
        time.hour(),
        time.minute(),
        time.second(),
        time.millisecond(),
    )
}

/// Each byte without its leading zero, as Java's `Integer.toHexString` writes it.
fn unpadded(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:x}")).collect()
}

/// The packet is the body, and nothing else is in it.
struct RawBody {
    padded_hash: bool,
}

impl Framing for RawBody {
    fn send(&self, envelope: &Envelope<'_>) -> Call {
        let hash = if self.padded_hash {
            hex(&envelope.sha256)
        } else {
            unpadded(&envelope.sha256)
        };
        let mut parameters = vec![
            ("servicetype", "eDoc".to_owned()),
            ("messagetype", envelope.word.to_owned()),
            ("hash-file", hash),
            ("from", envelope.from.to_owned()),
        ];
        if !envelope.to.is_empty() {
            parameters.push(("to", recipients(envelope.to)));
        }
        Call {
            operation: "axis.send",
            get: false,
            path: "/sendEdoc",
            content_type: OCTETS,
            parameters,
            body: CallBody::Packet,
            repeatable: false,
        }
    }
}

fn recipients(to: &[&str]) -> String {
    let mut text = String::from("[");
    for (index, organ) in to.iter().enumerate() {
        if index > 0 {
            text.push(',');
        }
        json_string(&mut text, organ);
    }
    text.push(']');
    text
}

/// The calls beside sending and acknowledging.
struct CallTable;

impl Queries for CallTable {
    fn call(&self, query: &Query<'_>) -> Call {
        let of = |word: &str| {
            vec![
                ("servicetype", "eDoc".to_owned()),
                ("messagetype", word.to_owned()),
            ]
        };
        let id = |id: &str| vec![("docId", id.to_owned())];
        let (operation, path, parameters, body) = match query {
            Query::Received(word) => ("axis.list_received", "/getReceivedEdocList", of(word), ""),
            Query::Get(doc) => ("axis.get", "/getEdoc", id(doc), "{}"),
            Query::Download(doc) => ("axis.download", "/downloadEdoc", id(doc), ""),
            Query::Sent(word, doc) => {
                let mut parameters = of(word);
                // Without an id the axis lists all it was sent (assumed).
                if !doc.is_empty() {
                    parameters.extend(id(doc));
                }
                ("axis.sent_list", "/getSentEdocList", parameters, "")
            }
            Query::CountDocuments(word) => {
                ("axis.count_documents", "/countReceiveEdoc", of(word), "{}")
            }
            Query::CountStatuses(word) => {
                ("axis.count_statuses", "/countReceiveStatus", of(word), "{}")
            }
            Query::Agencies => ("axis.agencies", "/getAgenciesList", Vec::new(), ""),
            Query::AgenciesQd20(level) => (
                "axis.agencies_qd20",
                "/getAgenciesListQD20",
                vec![("level", (*level).to_owned())],
                "",
            ),
            Query::Units => ("axis.units", "/getSynchronizeUnit", Vec::new(), ""),
            Query::Register(agency) => {
                return Call {
                    operation: "axis.register_agency",
                    get: false,
                    path: "/registerAgency",
                    content_type: JSON,
                    parameters: Vec::new(),
                    body: CallBody::Text(registration(agency)),
                    repeatable: false,
                };
            }
            Query::Delete(code) => (
                "axis.delete_agency",
                "/deleteAgency",
                vec![("AgencyCode", (*code).to_owned())],
                "{}",
            ),
        };
        Call {
            operation,
            get: matches!(query, Query::Download(_)),
            path,
            content_type: JSON,
            parameters,
            body: CallBody::Text(body.to_owned()),
            // An agency that is gone is unknown.
            repeatable: !matches!(query, Query::Delete(_)),
        }
    }
}

/// The body of `/registerAgency`; absent fields are left out, never `null`.
fn registration(agency: &NewAgency) -> String {
    let mut text = String::from("{");
    for (name, value) in [
        ("id", Some(&agency.id)),
        ("pcode", Some(&agency.parent_code)),
        ("code", Some(&agency.code)),
        ("name", Some(&agency.name)),
        ("mail", Some(&agency.mail)),
        ("mobile", agency.mobile.as_ref()),
        ("fax", agency.fax.as_ref()),
    ] {
        let Some(value) = value else { continue };
        if text.len() > 1 {
            text.push(',');
        }
        json_string(&mut text, name);
        text.push(':');
        json_string(&mut text, value);
    }
    text.push('}');
    text
}

struct UpdateStatus;

impl Acknowledging for UpdateStatus {
    fn call(&self, doc_id: &str, acknowledgement: Acknowledgement) -> Call {
        let word = match acknowledgement {
            Acknowledgement::Processing => "processing",
            Acknowledgement::Done => "done",
            Acknowledgement::Fail => "fail",
        };
        Call {
            operation: "axis.acknowledge",
            get: false,
            path: "/updateStatus",
            content_type: JSON,
            // Both spellings of the name are in use; this one was seen on the wire.
            parameters: vec![("docid", doc_id.to_owned()), ("status", word.to_owned())],
            body: CallBody::Text("{}".to_owned()),
            repeatable: true,
        }
    }
}

/// `ErrorCode` decides; the word in `status` must not contradict it.
struct ErrorCode;

impl Classifier for ErrorCode {
    fn classify(&self, http_status: u16, answer: &Answer) -> Verdict {
        let code = answer.code.as_deref().map(str::trim).unwrap_or_default();
        let class = match code {
            "" => return Verdict::NotPromised,
            "0" => {
                let fail = answer.status.as_deref().is_some_and(|status| {
                    let status = status.trim();
                    !status.is_empty() && !status.eq_ignore_ascii_case("OK")
                });
                return if fail || !(200..300).contains(&http_status) {
                    Verdict::NotPromised
                } else {
                    Verdict::Accepted
                };
            }
            "10" | "22" => RefusalClass::Packet,
            "18" | "19" | "23" => RefusalClass::Organ,
            "15" => RefusalClass::Credentials,
            "20" | "21" => RefusalClass::TryLater,
            _ => RefusalClass::Unknown,
        };
        Verdict::Refused(class, code.to_owned())
    }
}

struct Words;

impl StatusDialect for Words {
    fn word(&self, message_type: MessageType) -> &'static str {
        match message_type {
            MessageType::Edoc => "edoc",
            MessageType::Status => "status",
        }
    }
}

#[cfg(test)]
#[path = "vxp_tests.rs"]
mod tests;
