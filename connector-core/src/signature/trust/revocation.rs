//! Whether a certificate was revoked: what lists and answers say, and how long that counts.

use std::time::{Duration, SystemTime};

/// A certificate that is listed or answered as revoked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) date: SystemTime,
    /// The number of RFC 5280's CRLReason.
    pub(super) reason: u8,
    /// Since when the key is known or thought to be lost.
    pub(super) invalid_since: Option<SystemTime>,
}

impl Entry {
    /// Whether the revocation counts at a time. After a compromise it counts always: nobody
    /// knows since when somebody else had the key.
    fn counts(&self, at: SystemTime) -> bool {
        const KEY: u8 = 1;
        const AUTHORITY: u8 = 2;
        const ATTRIBUTE_AUTHORITY: u8 = 10;
        self.date <= at
            || self.invalid_since.is_some_and(|since| since <= at)
            || matches!(self.reason, KEY | AUTHORITY | ATTRIBUTE_AUTHORITY)
    }
}

/// What a signed list or answer says of one certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Evidence {
    pub(super) this_update: SystemTime,
    pub(super) next_update: Option<SystemTime>,
    /// `None`: not revoked.
    pub(super) entry: Option<Entry>,
}

/// How much a piece of evidence is worth at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Worth {
    /// It counts.
    Fresh,
    /// It counts for a while: it should have been renewed by then.
    Stale(SystemTime),
    /// It says nothing of that time.
    Nothing,
}

impl Evidence {
    /// A later list tells of earlier revocations too, as long as the certificate had not ended
    /// before it: ended ones are dropped from lists.
    pub(super) fn worth(&self, at: SystemTime, end: SystemTime, grace: Duration) -> Worth {
        if self.this_update > at {
            return match self.this_update <= end {
                true => Worth::Fresh,
                false => Worth::Nothing,
            };
        }
        let next = self.next_update.unwrap_or(self.this_update);
        if at <= next {
            Worth::Fresh
        } else if at.duration_since(next).is_ok_and(|late| late <= grace) {
            Worth::Stale(next)
        } else {
            Worth::Nothing
        }
    }
}

/// What is known of a certificate at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Status {
    Good,
    Stale(SystemTime),
    Revoked(Entry),
    RevokedLater(Entry),
    Unknown,
}

/// What all the evidence together says. The newest of before the time counts, and whatever is
/// later; so a hold that was lifted before the time is none.
pub(super) fn conclude(
    evidence: &[Evidence],
    at: SystemTime,
    end: SystemTime,
    grace: Duration,
) -> Status {
    let usable = evidence
        .iter()
        .map(|piece| (piece, piece.worth(at, end, grace)))
        .filter(|(_, worth)| *worth != Worth::Nothing);
    let (later, before): (Vec<_>, Vec<_>) = usable.partition(|(piece, _)| piece.this_update > at);
    let newest = before
        .into_iter()
        .max_by_key(|(piece, _)| piece.this_update);
    let all: Vec<_> = later.into_iter().chain(newest).collect();
    let entries = || all.iter().filter_map(|(piece, _)| piece.entry);
    if let Some(entry) = entries().find(|entry| entry.counts(at)) {
        return Status::Revoked(entry);
    }
    if let Some(entry) = entries().next() {
        return Status::RevokedLater(entry);
    }
    let mut status = Status::Unknown;
    for (_, worth) in &all {
        match worth {
            Worth::Fresh => return Status::Good,
            Worth::Stale(next) => status = Status::Stale(*next),
            Worth::Nothing => {}
        }
    }
    status
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hour(hour: u64) -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs(hour * 3_600)
    }

    fn listed(this: u64, next: u64, entry: Option<(u64, u8)>) -> Evidence {
        Evidence {
            this_update: hour(this),
            next_update: Some(hour(next)),
            entry: entry.map(|(date, reason)| Entry {
                date: hour(date),
                reason,
                invalid_since: None,
            }),
        }
    }

    fn said(evidence: &[Evidence], at: u64) -> Status {
        conclude(
            evidence,
            hour(at),
            hour(1_000),
            Duration::from_secs(4 * 3_600),
        )
    }

    #[test]
    fn evidence_counts_until_its_next_update_then_for_the_grace_then_no_more() {
        let list = [listed(10, 20, None)];
        assert_eq!(said(&list, 10), Status::Good);
        assert_eq!(said(&list, 20), Status::Good);
        assert_eq!(said(&list, 21), Status::Stale(hour(20)));
        assert_eq!(said(&list, 24), Status::Stale(hour(20)));
        assert_eq!(said(&list, 25), Status::Unknown);
        assert_eq!(said(&[], 10), Status::Unknown);
    }

    #[test]
    fn a_later_list_tells_of_the_past_unless_the_certificate_had_ended() {
        let list = [listed(100, 120, None)];
        assert_eq!(said(&list, 50), Status::Good);
        let grace = Duration::ZERO;
        assert_eq!(conclude(&list, hour(50), hour(99), grace), Status::Unknown);
    }

    #[test]
    fn a_revocation_after_the_time_counts_only_after_a_compromise() {
        let superseded = [listed(100, 120, Some((60, 4)))];
        assert!(matches!(said(&superseded, 59), Status::RevokedLater(_)));
        assert!(matches!(said(&superseded, 60), Status::Revoked(_)));
        for reason in [1, 2, 10] {
            let lost = [listed(100, 120, Some((60, reason)))];
            assert!(matches!(said(&lost, 59), Status::Revoked(_)));
        }
        let mut dated = listed(100, 120, Some((60, 4)));
        dated.entry.as_mut().unwrap().invalid_since = Some(hour(40));
        assert!(matches!(
            said(&[dated.clone()], 39),
            Status::RevokedLater(_)
        ));
        assert!(matches!(said(&[dated], 40), Status::Revoked(_)));
    }

    #[test]
    fn a_hold_that_was_lifted_before_the_time_is_none() {
        let lists = [listed(10, 50, Some((9, 6))), listed(20, 50, None)];
        assert_eq!(said(&lists, 30), Status::Good);
        assert!(matches!(said(&lists, 15), Status::Revoked(_)));
    }
}
