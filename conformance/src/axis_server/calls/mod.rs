//! The thirteen calls.

mod agencies;
mod receive;
mod send;

use std::io;
use std::sync::Arc;

use super::answer::Answer;
use super::clock;
use super::fault::Happening;
use super::http::{Answered, Head, Incoming, Plan, Service};
use super::intake::NotTaken;
use super::refusal::{Cause, Refusal};
use super::shared::Shared;
use super::signed::{self, Signed};

/// Calls by name, with their methods.
const CALLS: &[(&str, &[&str])] = &[
    ("sendEdoc", &["POST"]),
    ("getReceivedEdocList", &["POST"]),
    ("getEdoc", &["POST"]),
    ("downloadEdoc", &["GET"]),
    ("updateStatus", &["POST"]),
    ("getSentEdocList", &["POST"]),
    ("countReceiveEdoc", &["POST", "GET"]),
    ("countReceiveStatus", &["POST", "GET"]),
    ("getAgenciesList", &["POST"]),
    ("getAgenciesListQD20", &["POST"]),
    ("getSynchronizeUnit", &["POST"]),
    ("registerAgency", &["POST"]),
    ("deleteAgency", &["POST"]),
];

/// Bytes of the body of a call that brings no packet.
const MOST_BODY: u64 = 64 << 10;

/// Answers calls for an axis.
pub(super) struct Calls(pub(super) Arc<Shared>);

/// A call whose signature holds.
struct Call<'c> {
    axis: &'c Shared,
    system: &'c Arc<str>,
    signed: Signed,
    happening: &'c Happening,
}

/// What a call comes to: an answer, a refusal, or a failure of the axis or of
/// the connection.
enum Stopped {
    Refused(Refusal),
    /// The axis could not go on; the reason is not the caller's business.
    Failed,
    /// The connection is gone.
    Connection(io::Error),
}

impl From<Refusal> for Stopped {
    fn from(refusal: Refusal) -> Self {
        Stopped::Refused(refusal)
    }
}

impl From<Cause> for Stopped {
    fn from(cause: Cause) -> Self {
        Stopped::Refused(cause.into())
    }
}

impl From<NotTaken> for Stopped {
    fn from(why: NotTaken) -> Self {
        match why {
            NotTaken::Refused(refusal) => refusal.into(),
            NotTaken::Failed(error) => failed(error),
        }
    }
}

/// A failure of the axis's own disk.
fn failed(_: io::Error) -> Stopped {
    Stopped::Failed
}

impl Calls {
    fn name<'h>(&self, head: &'h Head) -> Option<&'h str> {
        let rest = head.path().strip_prefix(&self.0.config.base_path)?;
        rest.strip_prefix('/')
    }

    fn call(
        &self,
        name: &str,
        head: &Head,
        happening: &Happening,
        body: &mut Incoming<'_>,
    ) -> Result<Answer, Stopped> {
        let (system, signed) = self.authenticate(head)?;
        let call = Call {
            axis: &self.0,
            system,
            signed,
            happening,
        };
        // A call whose request breaks off does not happen.
        if !matches!(name, "sendEdoc" | "registerAgency") {
            let body = body.small(MOST_BODY).map_err(Stopped::Connection)?;
            body.ok_or_else(|| Refusal::about(Cause::Parameter, "the body is too long"))?;
        }
        match name {
            "sendEdoc" => call.send(body),
            "getReceivedEdocList" => call.received_list(),
            "getEdoc" => call.packet(true),
            "downloadEdoc" => call.packet(false),
            "updateStatus" => call.update_status(),
            "getSentEdocList" => call.sent_list(),
            "countReceiveEdoc" | "countReceiveStatus" => call.count(name),
            "getAgenciesList" | "getAgenciesListQD20" | "getSynchronizeUnit" => call.units(name),
            "registerAgency" => call.register(body),
            "deleteAgency" => call.delete(),
            _ => Err(Cause::Parameter.into()),
        }
    }

    fn authenticate(&self, head: &Head) -> Result<(&Arc<str>, Signed), Refusal> {
        let id = signed::system_id(head).ok_or(Cause::UnknownSystem)?;
        let (id, secret) = self
            .0
            .systems
            .get_key_value(id)
            .ok_or(Cause::UnknownSystem)?;
        let signed = signed::verify(head, secret.as_bytes())
            .map_err(|flaw| Refusal::about(Cause::Signature, flaw.text()))?;
        if let Some(most) = self.0.config.max_skew {
            let said = signed.get("timestamp").and_then(clock::timestamp);
            let near = said.is_some_and(|said| said.abs_diff(clock::now()) <= most);
            if !near {
                return Err(Cause::Skew.into());
            }
        }
        Ok((id, signed))
    }
}

impl Service for Calls {
    type Case = Happening;

    fn plan(&self, head: &Head) -> (Plan, Happening) {
        self.0.faults.plan(self.name(head).unwrap_or_default())
    }

    fn answer(
        &self,
        head: &Head,
        happening: &Happening,
        body: &mut Incoming<'_>,
    ) -> io::Result<Answer> {
        let name = self.name(head).unwrap_or_default();
        let Some((_, methods)) = CALLS.iter().find(|(known, _)| *known == name) else {
            return Ok(Answer::plain(404, "There is no such call.\n"));
        };
        if !methods.contains(&head.method()) {
            return Ok(Answer::plain(405, "The call has another method.\n"));
        }
        let of_sending = name == "sendEdoc";
        let refuse = |mut refusal: Refusal| {
            refusal.of_sending = of_sending;
            self.0.config.codes.refuse(&refusal)
        };
        let wrong = happening.wrong_code.as_ref().map(|(code, accepted)| {
            let refusal = Refusal {
                code: Some(code.clone()),
                ..Cause::Internal.into()
            };
            (refuse(refusal), *accepted)
        });
        let wrong = match wrong {
            Some((answer, false)) => return Ok(answer),
            Some((answer, true)) => Some(answer),
            None => None,
        };
        let answer = match self.call(name, head, happening, body) {
            Ok(answer) => answer,
            Err(Stopped::Refused(refusal)) => refuse(refusal),
            Err(Stopped::Failed) => refuse(Cause::Internal.into()),
            Err(Stopped::Connection(error)) => return Err(error),
        }
        .dated(happening.wrong_date);
        Ok(if happening.bad_gateway {
            Answer::page(502, "Bad Gateway")
        } else if happening.not_json {
            Answer::page(200, "Welcome")
        } else if let Some(body) = &happening.body {
            Answer::body(body)
        } else if happening.odd_json {
            wrong.unwrap_or(answer).odd()
        } else {
            wrong.unwrap_or(answer)
        })
    }

    fn note(&self, happening: Option<Happening>, answered: &Answered<'_>) {
        let words = happening.map(|happening| happening.words);
        self.0.log.note(answered, &words.unwrap_or_default());
    }
}
