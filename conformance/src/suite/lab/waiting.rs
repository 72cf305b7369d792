//! Waiting, and looking at the axis. Every wait has an end.

use std::time::{Duration, Instant};

use super::Lab;
use crate::axis_server::{Fault, FaultRule, WireEntry};
use crate::suite::evidence::Actor;
use crate::suite::product::Manual;
use crate::suite::said;
use crate::suite::text::Said;
use crate::suite::verdict::{Outcome, Stop};

impl Lab {
    /// Waits until something is so, letting the product ask the axis meanwhile.
    ///
    /// # Errors
    /// It is not so in time: a failure with this text.
    pub fn until<T>(
        &mut self,
        what: Said,
        is_so: impl FnMut(&mut Lab) -> Outcome<Option<T>>,
    ) -> Outcome<T> {
        self.wait(what, true, is_so)
    }

    /// The same without a word to the product, which acts by its own clock: for
    /// cases in which an answer may stand still.
    ///
    /// # Errors
    /// It is not so in time: a failure with this text.
    pub fn until_by_itself<T>(
        &mut self,
        what: Said,
        is_so: impl FnMut(&mut Lab) -> Outcome<Option<T>>,
    ) -> Outcome<T> {
        self.wait(what, false, is_so)
    }

    fn wait<T>(
        &mut self,
        what: Said,
        ticks: bool,
        mut is_so: impl FnMut(&mut Lab) -> Outcome<Option<T>>,
    ) -> Outcome<T> {
        let mut end = Instant::now() + self.patience;
        let mut is_told = false;
        self.person(Manual::wait_begins);
        loop {
            let begun = Instant::now();
            if let Some(found) = is_so(self)? {
                return Ok(found);
            }
            if let Some((in_vain, often)) = self.person(|person| person.looked_in_vain()) {
                // The time of a person is not the product's.
                end += begun.elapsed();
                if often {
                    return Err(Stop::Fail(what));
                }
                if in_vain {
                    self.next_round();
                } else if !is_told && end < Instant::now() + self.patience - Self::SILENCE {
                    is_told = true;
                    self.tell_awaited(&what);
                }
            }
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(Stop::Fail(what));
            }
            if ticks {
                self.tick()?;
            }
            // The next call of the product, or soon, where it calls nobody.
            let wait = left.min(Duration::from_millis(50));
            self.axis.wire_log(self.last_call(), wait);
        }
    }

    /// How long a person waits without being told for what.
    const SILENCE: Duration = Duration::from_secs(1);

    fn tell_awaited(&self, what: &Said) {
        let Said { en, vi } = what;
        let seconds = self.patience.as_secs();
        let said = said!(
            "… waiting for the product, at most {seconds} seconds; so far: {en}",
            "… đang chờ phần mềm, tối đa {seconds} giây; hiện tại: {vi}"
        );
        self.person(|person| person.tell(&said));
    }

    /// Lets the product ask the axis once more, before a person looks again.
    fn next_round(&self) {
        let from = self.last_call();
        let begun = Instant::now();
        let end = begun + self.patience / 4;
        loop {
            let log = self.axis.wire_log(from, Duration::ZERO);
            let lists = log.iter().filter(|entry| entry.path.contains("List"));
            let left = end.saturating_duration_since(Instant::now());
            // Nobody is asked again at once, however quick the product is.
            let is_due = lists.count() >= 4 && begun.elapsed() >= Self::SILENCE;
            if is_due || left.is_zero() {
                return;
            }
            let wait = left.min(Duration::from_millis(100));
            self.axis.wire_log(self.last_call(), wait);
        }
    }

    /// The number of the last exchange.
    pub fn last_call(&self) -> u64 {
        let last = self
            .axis
            .wire_log(0, Duration::ZERO)
            .last()
            .map(|last| last.number);
        last.unwrap_or_default()
    }

    /// The calls of one name since the lab began.
    pub fn calls(&self, name: &str) -> Vec<WireEntry> {
        let mut log = self.axis.wire_log(self.since, Duration::ZERO);
        log.retain(|entry| entry.path.rsplit('/').next() == Some(name));
        log
    }

    /// All calls since the lab began.
    pub fn wire(&self) -> Vec<WireEntry> {
        self.axis.wire_log(self.since, Duration::ZERO)
    }

    /// Lets a call fail `times` times (0: always).
    pub fn fault(&self, call: &str, times: u64, fault: Fault) {
        self.evidence.add(
            Actor::Suite,
            Actor::Axis,
            "fault",
            vec![
                ("call".to_owned(), call.to_owned()),
                ("what".to_owned(), fault.word().to_owned()),
                ("times".to_owned(), times.to_string()),
            ],
        );
        self.axis.add_fault(FaultRule {
            call: call.to_owned(),
            after: 0,
            times,
            chance: 1.0,
            fault,
        });
    }

    /// Ends all faults.
    pub fn no_faults(&self) {
        self.evidence
            .add(Actor::Suite, Actor::Axis, "no more faults", Vec::new());
        self.axis.set_faults([]);
    }
}
