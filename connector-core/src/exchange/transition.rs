//! Which status may follow which, as data.
//!
//! The order is not published. Seen: 01, then 03, then 04 and 05, and not from
//! every product 06; 02 ends. All else here is assumed, and chosen so that what
//! comes late or twice changes nothing.

use serde::Serialize;

use super::model::{Change, StatusEffect};
use crate::packet::StatusCode;

/// One row of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Transition {
    /// The last status that counted; `None` for a document that is sent and not
    /// yet answered.
    pub from: Option<StatusCode>,
    /// The status that comes.
    pub code: StatusCode,
    /// What it does.
    pub effect: StatusEffect,
    /// Whether this was seen, or assumed.
    pub source: Source,
}

/// Where a rule comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Source {
    /// Seen between products.
    Observed,
    /// Chosen here.
    Assumed,
}

use Source::{Assumed, Observed};
use StatusCode::{Arrived, Assigned, Finished, Processing, Refused, Registered};
use StatusEffect::{Applied, Illegal, Late, Repeated};

const fn row(
    from: Option<StatusCode>,
    code: StatusCode,
    effect: StatusEffect,
    source: Source,
) -> Transition {
    Transition {
        from,
        code,
        effect,
        source,
    }
}

/// Every pair of a document's status and a status that comes. A pair that is
/// not here (a code outside the list) is [`StatusEffect::Illegal`].
pub const TRANSITIONS: &[Transition] = &[
    row(None, Arrived, Applied, Observed),
    row(None, Refused, Applied, Observed),
    row(None, Registered, Applied, Assumed),
    row(None, Assigned, Applied, Assumed),
    row(None, Processing, Applied, Assumed),
    row(None, Finished, Applied, Assumed),
    row(Some(Arrived), Arrived, Repeated, Assumed),
    row(Some(Arrived), Refused, Applied, Observed),
    row(Some(Arrived), Registered, Applied, Observed),
    row(Some(Arrived), Assigned, Applied, Assumed),
    row(Some(Arrived), Processing, Applied, Assumed),
    row(Some(Arrived), Finished, Applied, Assumed),
    row(Some(Registered), Arrived, Late, Assumed),
    row(Some(Registered), Refused, Illegal, Assumed),
    row(Some(Registered), Registered, Repeated, Assumed),
    row(Some(Registered), Assigned, Applied, Observed),
    row(Some(Registered), Processing, Applied, Observed),
    row(Some(Registered), Finished, Applied, Assumed),
    row(Some(Assigned), Arrived, Late, Assumed),
    row(Some(Assigned), Refused, Illegal, Assumed),
    row(Some(Assigned), Registered, Late, Assumed),
    row(Some(Assigned), Assigned, Repeated, Assumed),
    row(Some(Assigned), Processing, Applied, Observed),
    row(Some(Assigned), Finished, Applied, Assumed),
    row(Some(Processing), Arrived, Late, Assumed),
    row(Some(Processing), Refused, Illegal, Assumed),
    row(Some(Processing), Registered, Late, Assumed),
    row(Some(Processing), Assigned, Late, Assumed),
    row(Some(Processing), Processing, Repeated, Observed),
    row(Some(Processing), Finished, Applied, Observed),
    row(Some(Finished), Arrived, Late, Assumed),
    row(Some(Finished), Refused, Illegal, Assumed),
    row(Some(Finished), Registered, Late, Assumed),
    row(Some(Finished), Assigned, Late, Assumed),
    row(Some(Finished), Processing, Late, Assumed),
    row(Some(Finished), Finished, Repeated, Assumed),
    row(Some(Refused), Arrived, Late, Assumed),
    row(Some(Refused), Refused, Repeated, Assumed),
    row(Some(Refused), Registered, Illegal, Observed),
    row(Some(Refused), Assigned, Illegal, Observed),
    row(Some(Refused), Processing, Illegal, Observed),
    row(Some(Refused), Finished, Illegal, Observed),
];

/// What a status of a receiver does to a document that stands at `from`. A
/// document that was recalled takes no more: what still comes is late.
pub fn effect(from: Option<StatusCode>, recalled: bool, code: StatusCode) -> StatusEffect {
    let found = TRANSITIONS
        .iter()
        .find(|row| row.from == from && row.code == code)
        .map_or(Illegal, |row| row.effect);
    match found {
        Applied if recalled => Late,
        effect => effect,
    }
}

/// Whether a receiver may report `code` for a document that stands at `from`:
/// what applies, and a 05 again.
pub fn may_report(from: Option<StatusCode>, code: StatusCode) -> bool {
    let again = code == Processing && from == Some(Processing);
    again || effect(from, false, code) == Applied
}

/// What an answer (15, 16) does to a change that stands at `change`.
pub fn answer(change: Change, code: StatusCode) -> (StatusEffect, Change) {
    match (change, code) {
        (Change::Requested, StatusCode::ChangeAgreed) => (Applied, Change::Agreed),
        (Change::Requested, StatusCode::ChangeDeclined) => (Applied, Change::Declined),
        (Change::Agreed, StatusCode::ChangeAgreed)
        | (Change::Declined, StatusCode::ChangeDeclined) => (Repeated, change),
        _ => (Illegal, change),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CODES: [StatusCode; 6] = [Arrived, Refused, Registered, Assigned, Processing, Finished];

    #[test]
    fn every_pair_stands_in_the_table_once() {
        let states = std::iter::once(None).chain(CODES.map(Some));
        for from in states {
            for code in CODES {
                let rows = TRANSITIONS
                    .iter()
                    .filter(|row| row.from == from && row.code == code);
                assert_eq!(rows.count(), 1, "{from:?} {code:?}");
            }
        }
        assert_eq!(TRANSITIONS.len(), 7 * 6);
    }

    /// All sequences of up to eight codes, with one outside the list: 7^8.
    #[test]
    fn no_sequence_of_up_to_eight_statuses_goes_back_or_leaves_an_end() {
        fn order(status: Option<StatusCode>) -> u32 {
            match status {
                None => 0,
                Some(Arrived) => 1,
                Some(Registered) => 2,
                Some(Assigned) => 3,
                Some(Processing) => 4,
                Some(_) => 5,
            }
        }
        fn go(from: Option<StatusCode>, left: u32, seen: &mut u64) {
            *seen += 1;
            if left == 0 {
                return;
            }
            for code in CODES.into_iter().chain([StatusCode::Other(9)]) {
                match effect(from, false, code) {
                    Applied => {
                        assert!(order(Some(code)) > order(from), "{from:?} {code:?}");
                        assert!(!matches!(from, Some(Refused | Finished)));
                        assert!(code != StatusCode::Other(9));
                        go(Some(code), left - 1, seen);
                    }
                    Repeated => {
                        assert_eq!(from, Some(code));
                        go(from, left - 1, seen);
                    }
                    Late | Illegal => go(from, left - 1, seen),
                    other => panic!("{other:?}"),
                }
                assert_ne!(effect(from, true, code), Applied);
            }
        }
        let mut seen = 0;
        go(None, 8, &mut seen);
        assert_eq!(seen, (7u64.pow(9) - 1) / 6);
    }

    #[test]
    fn only_what_was_asked_for_can_be_agreed_or_declined() {
        use Change::{Agreed, Declined, Requested};
        let (agree, decline) = (StatusCode::ChangeAgreed, StatusCode::ChangeDeclined);
        assert_eq!(answer(Requested, agree), (Applied, Agreed));
        assert_eq!(answer(Requested, decline), (Applied, Declined));
        for change in Change::ALL.iter().copied().filter(|one| *one != Requested) {
            for code in [agree, decline] {
                let (effect, after) = answer(change, code);
                assert_ne!(effect, Applied);
                assert_eq!(after, change);
            }
        }
    }
}
