//! Commands to the product, and its life.

use std::sync::PoisonError;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::Lab;
use crate::suite::bench::start_product;
use crate::suite::evidence::{Actor, Evidence};
use crate::suite::product::{Heard, Manual, Means};
use crate::suite::said;
use crate::suite::verdict::{Outcome, Stop};

/// An error that a product answered with.
#[derive(Clone, Debug)]
pub struct Refusal(pub Value);

impl Refusal {
    /// Its `kind`.
    pub fn kind(&self) -> &str {
        self.0.get("kind").and_then(Value::as_str).unwrap_or("")
    }
}

impl Lab {
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

    pub(super) fn is_by_hand(&self) -> bool {
        self.means == Means::Manual
    }

    /// Something with the person at the screen, where the product has no driver.
    pub(super) fn person<T>(&self, with: impl FnOnce(&mut Manual) -> T) -> Option<T> {
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
