//! What any store has to do. Each function is one test; it gets a way to open
//! handles on one new store.

use std::io::{Read, Write};
use std::sync::mpsc::channel;
use std::thread;
use std::time::{Duration, Instant};

use lienthong::exchange::Store;
use lienthong::exchange::model::*;
use lienthong::{ErrorKind, exchange::Tx};

use crate::rows::*;

/// Opens one more handle on the same store.
pub type Open<'a> = &'a (dyn Fn() -> Box<dyn Store> + Sync);

/// Does a test within one transaction on a new store.
fn within(open: Open<'_>, test: fn(&mut dyn Tx) -> lienthong::Result<()>) {
    change(&*open(), test).unwrap();
}

fn ids(rows: &[Recipient]) -> Vec<i64> {
    rows.iter().map(|row| row.id).collect()
}

pub fn rows_come_back_as_they_were_saved(open: Open<'_>) {
    let store = open();
    let saved = change(&*store, |tx| {
        let bytes = tx.add_payload(&payload(1))?;
        let mut out = Outgoing {
            payload: Some(bytes),
            status: Some(13),
            about_incoming: Some(5),
            ..outgoing()
        };
        out.id = tx.add_outgoing(&out)?;
        out.frozen = true;
        out.about_outgoing = Some(4);
        tx.save_outgoing(&out)?;

        let mut to = recipient(out.id);
        to.id = tx.add_recipient(&to)?;
        to.delivery = Delivery::Unknown;
        to.status = Some(6);
        to.change = Change::Requested;
        to.attempts = 3;
        to.waited = i64::MAX;
        to.next_at = Some(-5);
        to.rank = i64::MIN;
        to.blocked_by = Some(77);
        to.axis_doc_id = Some("axis 1".to_owned());
        to.first_try = Some(1);
        to.last_try = Some(2);
        to.unknown_since = Some(3);
        to.last_answer = Some(4);
        to.error = Some("axis-no-answer".to_owned());
        to.remote_code = Some("-1".to_owned());
        to.reason = Some("lý do".to_owned());
        to.changed = 5;
        to.answer = Some(15);
        tx.save_recipient(&to)?;

        let mut delivered = arrival("axis 2");
        delivered.id = tx.add_arrival(&delivered)?;
        delivered.acknowledged = true;
        delivered.acknowledge_attempts = 2;
        delivered.state = ArrivalState::Quarantined;
        delivered.reason = Some("xml-broken".to_owned());
        delivered.incoming = Some(9);
        delivered.payload = Some(bytes);
        tx.save_arrival(&delivered)?;

        let mut document = incoming();
        document.id = tx.add_incoming(&document)?;
        document.state = HandOffState::Leased;
        document.lease = Some(11);
        document.lease_until = Some(12);
        document.shown = 2;
        document.status = Some(3);
        document.on_hold = true;
        document.about_incoming = Some(13);
        document.about_outgoing = Some(14);
        document.change = Change::Declined;
        document.destroyed = true;
        document.conflict = true;
        document.verdict = Some("none".to_owned());
        document.targets = "a\nb".to_owned();
        tx.save_incoming(&document)?;

        let mut word = status(delivered.id);
        word.id = tx.add_status(&word)?;
        word.effect = StatusEffect::Late;
        word.recipient = Some(to.id);
        word.description = Some("đã nhận".to_owned());
        tx.save_status(&word)?;
        Ok((out, to, delivered, document, word))
    })
    .unwrap();
    drop(store);

    let store = open();
    look(&*store, |tx| {
        let (out, to, delivered, document, word) = &saved;
        assert_eq!(tx.outgoing(out.id)?.as_ref(), Some(out));
        assert_eq!(tx.recipient(to.id)?.as_ref(), Some(to));
        assert_eq!(tx.arrival(delivered.id)?.as_ref(), Some(delivered));
        assert_eq!(tx.incoming(document.id)?.as_ref(), Some(document));
        assert_eq!(tx.statuses(to.id)?, std::slice::from_ref(word));
        assert_eq!(tx.payload(out.payload.unwrap())?, Some(payload(1)));
        assert_eq!(tx.outgoing(999)?, None);
        assert_eq!(tx.recipient(999)?, None);
        assert_eq!(tx.arrival(999)?, None);
        assert_eq!(tx.incoming(999)?, None);
        assert_eq!(tx.payload(999)?, None);
        Ok(())
    })
    .unwrap();
}

pub fn a_row_that_is_not_there_cannot_be_saved(open: Open<'_>) {
    let store = open();
    let kind = |result: lienthong::Result<()>| result.unwrap_err().kind();
    for work in [
        |tx: &mut dyn Tx| {
            tx.save_outgoing(&Outgoing {
                id: 9,
                ..outgoing()
            })
        },
        |tx: &mut dyn Tx| {
            tx.save_recipient(&Recipient {
                id: 9,
                ..recipient(1)
            })
        },
        |tx: &mut dyn Tx| {
            tx.save_arrival(&Arrival {
                id: 9,
                ..arrival("a")
            })
        },
        |tx: &mut dyn Tx| {
            tx.save_incoming(&Incoming {
                id: 9,
                ..incoming()
            })
        },
        |tx: &mut dyn Tx| tx.save_status(&CameStatus { id: 9, ..status(1) }),
        |tx: &mut dyn Tx| tx.add_recipient(&recipient(9)).map(|_| ()),
    ] {
        assert_eq!(kind(store.write(Box::new(work))), ErrorKind::NotFound);
    }
}

pub fn ids_are_never_given_twice(open: Open<'_>) {
    within(open, |tx| {
        let first = tx.add_payload(&payload(1))?;
        tx.delete_payload(first)?;
        assert!(tx.add_payload(&payload(1))? > first);
        let last = tx.log(&Entry::new(1, What::Arrived))?;
        assert_eq!(tx.purge_journal(2, last, ALL)?, 1);
        assert!(tx.log(&Entry::new(1, What::Arrived))? > last);
        Ok(())
    });
}

pub fn deleted_bytes_are_named_by_no_row(open: Open<'_>) {
    within(open, |tx| {
        let bytes = tx.add_payload(&payload(1))?;
        let kept = tx.add_payload(&payload(1))?;
        let out = tx.add_outgoing(&Outgoing {
            payload: Some(bytes),
            ..outgoing()
        })?;
        let other = tx.add_outgoing(&Outgoing {
            payload: Some(kept),
            ..outgoing()
        })?;
        let delivered = tx.add_arrival(&Arrival {
            payload: Some(bytes),
            ..arrival("a")
        })?;
        let document = came(tx, |row| row.payload = Some(bytes))?;
        tx.delete_payload(bytes)?;
        assert_eq!(tx.payload(bytes)?, None);
        assert_eq!(tx.outgoing(out)?.unwrap().payload, None);
        assert_eq!(tx.arrival(delivered)?.unwrap().payload, None);
        assert_eq!(tx.incoming(document.id)?.unwrap().payload, None);
        assert_eq!(tx.outgoing(other)?.unwrap().payload, Some(kept));
        // What is not there is deleted already.
        tx.delete_payload(bytes)
    });
}

pub fn packets_of_ours_are_found_by_id_by_code_and_by_what_they_are_about(open: Open<'_>) {
    within(open, |tx| {
        let first = tx.add_outgoing(&outgoing())?;
        let second = tx.add_outgoing(&Outgoing {
            about_outgoing: Some(first),
            about_incoming: Some(3),
            ..outgoing()
        })?;
        tx.add_outgoing(&Outgoing {
            from: OTHER.to_owned(),
            ..outgoing()
        })?;
        tx.add_outgoing(&Outgoing {
            normal_id: None,
            code: None,
            ..outgoing()
        })?;
        let ids = |rows: Vec<Outgoing>| rows.iter().map(|row| row.id).collect::<Vec<_>>();
        assert_eq!(
            ids(tx.outgoing_by_id(OWN, "h98.01.2026.1")?),
            [first, second]
        );
        assert!(tx.outgoing_by_id(OWN, "another")?.is_empty());
        let by_code = tx.outgoing_by_code(OWN, "1/QĐ-X", "2026/01/02")?;
        assert_eq!(ids(by_code), [first, second]);
        assert!(tx.outgoing_by_code(OWN, "1/QĐ-X", "2026/01/03")?.is_empty());
        assert_eq!(ids(tx.outgoing_about_outgoing(first)?), [second]);
        assert_eq!(ids(tx.outgoing_about_incoming(3)?), [second]);
        assert!(tx.outgoing_about_outgoing(second)?.is_empty());
        Ok(())
    });
}

pub fn the_ready_are_queued_unblocked_and_by_rank_then_id(open: Open<'_>) {
    within(open, |tx| {
        let late = sent(tx, |row| row.rank = 5)?;
        let first = sent(tx, |row| row.rank = -1)?;
        let second = sent(tx, |row| row.rank = 5)?;
        sent(tx, |row| row.next_at = Some(1))?;
        sent(tx, |row| row.blocked_by = Some(late.id))?;
        for delivery in Delivery::ALL {
            if *delivery != Delivery::Queued {
                sent(tx, |row| row.delivery = *delivery)?;
            }
        }
        assert_eq!(ids(&tx.ready(ALL)?), [first.id, late.id, second.id]);
        assert_eq!(ids(&tx.ready(2)?), [first.id, late.id]);
        assert!(tx.ready(0)?.is_empty());
        Ok(())
    });
}

pub fn a_recipient_is_promoted_when_due_or_too_far_off(open: Open<'_>) {
    within(open, |tx| {
        let due = sent(tx, |row| row.next_at = Some(100))?;
        sent(tx, |row| row.next_at = Some(101))?;
        let far = sent(tx, |row| row.next_at = Some(1001))?;
        sent(tx, |row| row.next_at = Some(1000))?;
        let unknown = sent(tx, |row| {
            row.delivery = Delivery::Unknown;
            row.next_at = Some(1);
        })?;
        assert_eq!(tx.promote(100, 1000)?, 2);
        assert_eq!(ids(&tx.ready(ALL)?), [due.id, far.id]);
        assert_eq!(tx.recipient(unknown.id)?.unwrap().next_at, Some(1));
        assert_eq!(tx.promote(100, 1000)?, 0);
        Ok(())
    });
}

pub fn the_next_due_is_the_earliest_queued_or_unknown(open: Open<'_>) {
    within(open, |tx| {
        assert_eq!(tx.next_due()?, None);
        sent(tx, |_| ())?;
        assert_eq!(tx.next_due()?, None);
        sent(tx, |row| row.next_at = Some(50))?;
        assert_eq!(tx.next_due()?, Some(50));
        let mut unknown = sent(tx, |row| {
            row.delivery = Delivery::Unknown;
            row.next_at = Some(40);
        })?;
        assert_eq!(tx.next_due()?, Some(40));
        unknown.next_at = None;
        tx.save_recipient(&unknown)?;
        assert_eq!(tx.next_due()?, Some(0));
        Ok(())
    });
}

pub fn unknown_ones_come_when_due_those_without_time_first(open: Open<'_>) {
    within(open, |tx| {
        let unknown = |tx: &mut dyn Tx, next_at| {
            sent(tx, |row| {
                row.delivery = Delivery::Unknown;
                row.next_at = next_at;
            })
            .unwrap()
            .id
        };
        let late = unknown(tx, Some(90));
        let early = unknown(tx, Some(10));
        let at_once = unknown(tx, None);
        let far = unknown(tx, Some(1001));
        unknown(tx, Some(101));
        sent(tx, |row| row.next_at = Some(1))?;
        assert_eq!(
            ids(&tx.unknown_due(100, 1000, ALL)?),
            [at_once, early, late, far]
        );
        assert_eq!(ids(&tx.unknown_due(100, 1000, 2)?), [at_once, early]);
        Ok(())
    });
}

pub fn those_being_sent_and_those_of_a_packet_are_listed(open: Open<'_>) {
    within(open, |tx| {
        let first = sent(tx, |row| row.delivery = Delivery::Sending)?;
        let mut second = recipient(first.outgoing);
        second.id = tx.add_recipient(&second)?;
        let third = sent(tx, |row| row.delivery = Delivery::Sending)?;
        assert_eq!(ids(&tx.sending(ALL)?), [first.id, third.id]);
        assert_eq!(ids(&tx.sending(1)?), [first.id]);
        assert_eq!(ids(&tx.recipients(first.outgoing)?), [first.id, second.id]);
        Ok(())
    });
}

pub fn a_block_is_lifted_off_all_that_wait_for_it(open: Open<'_>) {
    within(open, |tx| {
        let first = sent(tx, |row| row.delivery = Delivery::Accepted)?;
        let waiting = sent(tx, |row| row.blocked_by = Some(first.id))?;
        let other = sent(tx, |row| row.blocked_by = Some(waiting.id))?;
        assert_eq!(tx.unblock(first.id)?, 1);
        assert_eq!(ids(&tx.ready(ALL)?), [waiting.id]);
        assert_eq!(
            tx.recipient(other.id)?.unwrap().blocked_by,
            Some(waiting.id)
        );
        Ok(())
    });
}

pub fn ids_of_the_axis_are_known(open: Open<'_>) {
    within(open, |tx| {
        sent(tx, |row| row.axis_doc_id = Some("a".to_owned()))?;
        assert!(tx.axis_doc_id_known("a")?);
        assert!(!tx.axis_doc_id_known("b")?);
        let delivered = tx.add_arrival(&arrival("c"))?;
        assert_eq!(tx.arrival_by_axis_id("c")?.unwrap().id, delivered);
        assert_eq!(tx.arrival_by_axis_id("a")?, None);
        Ok(())
    });
}

pub fn an_axis_id_arrives_once(open: Open<'_>) {
    let store = open();
    change(&*store, |tx| tx.add_arrival(&arrival("a"))).unwrap();
    let error = change(&*store, |tx| tx.add_arrival(&arrival("a"))).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Internal);
}

pub fn the_oldest_undelivered_counts_by_the_time_of_its_packet(open: Open<'_>) {
    within(open, |tx| {
        assert_eq!(tx.oldest_undelivered()?, None);
        for (time, delivery) in [
            (10, Delivery::Accepted),
            (20, Delivery::Failed),
            (30, Delivery::Dropped),
            (40, Delivery::Held),
            (50, Delivery::Queued),
        ] {
            sent_at(tx, time, |row| row.delivery = delivery)?;
        }
        assert_eq!(tx.oldest_undelivered()?, Some(40));
        for (time, delivery) in [(35, Delivery::Sending), (34, Delivery::Unknown)] {
            sent_at(tx, time, |row| row.delivery = delivery)?;
            assert_eq!(tx.oldest_undelivered()?, Some(time));
        }
        Ok(())
    });
}

pub fn silence_is_told_by_organ(open: Open<'_>) {
    within(open, |tx| {
        let row = |tx: &mut dyn Tx, organ: &str, last_try, last_answer| {
            sent(tx, |row| {
                row.organ = organ.to_owned();
                row.delivery = Delivery::Accepted;
                row.last_try = Some(last_try);
                row.last_answer = last_answer;
            })
            .map(|_| ())
        };
        row(tx, "H99.03", 30, None)?;
        row(tx, "H99.03", 20, None)?;
        row(tx, "H99.03", 10, Some(15))?;
        row(tx, "H99.03", 10, Some(12))?;
        row(tx, "H99.02", 10, Some(11))?;
        sent(tx, |row| row.organ = "H99.04".to_owned())?;
        // A status gets no answer.
        let ours = tx.add_outgoing(&Outgoing {
            kind: PacketKind::Status,
            ..outgoing()
        })?;
        let mut to = recipient(ours);
        to.organ = "H99.05".to_owned();
        tx.add_recipient(&to)?;
        let expected = [
            ("H99.02".to_owned(), Some(11), None),
            ("H99.03".to_owned(), Some(15), Some(20)),
            ("H99.04".to_owned(), None, None),
        ];
        assert_eq!(tx.silence(ALL)?, expected);
        assert_eq!(tx.silence(1)?, expected[..1]);
        Ok(())
    });
}

pub fn not_finished_are_those_received_and_left(open: Open<'_>) {
    within(open, |tx| {
        let mut expected = Vec::new();
        for (number, changed) in [(1, 40), (3, 30), (4, 20), (5, 10), (2, 1), (6, 1), (1, 100)] {
            let row = sent(tx, |row| {
                row.delivery = Delivery::Accepted;
                row.status = Some(number);
                row.changed = changed;
            })?;
            if [1, 3, 4, 5].contains(&number) && changed < 100 {
                expected.insert(0, row.id);
            }
        }
        assert_eq!(ids(&tx.not_finished(100, ALL)?), expected);
        assert_eq!(ids(&tx.not_finished(100, 2)?), expected[..2]);
        Ok(())
    });
}

pub fn packets_to_purge_are_old_and_at_their_end(open: Open<'_>) {
    within(open, |tx| {
        let mut ended = Vec::new();
        let mut unended = Vec::new();
        for (created, delivery, status) in [
            (30, Delivery::Accepted, Some(6)),
            (25, Delivery::Accepted, Some(2)),
            (22, Delivery::Accepted, Some(5)),
            (21, Delivery::Accepted, None),
            (20, Delivery::Failed, None),
            (10, Delivery::Dropped, None),
            (5, Delivery::Held, None),
            (5, Delivery::Queued, None),
            (100, Delivery::Accepted, Some(6)),
        ] {
            let row = sent_at(tx, created, |row| {
                row.delivery = delivery;
                row.status = status;
            })?;
            let mut out = tx.outgoing(row.outgoing)?.unwrap();
            out.payload = Some(tx.add_payload(&payload(1))?);
            tx.save_outgoing(&out)?;
            let at_end = delivery == Delivery::Dropped || matches!(status, Some(2 | 6));
            if at_end && created < 100 {
                ended.insert(0, out.id);
            }
            if (at_end || delivery == Delivery::Accepted) && created < 100 {
                unended.insert(0, out.id);
            }
        }
        // Without payload there is nothing to purge.
        sent_at(tx, 1, |row| row.delivery = Delivery::Dropped)?;
        let ids = |found: Vec<Outgoing>| found.iter().map(|row| row.id).collect::<Vec<_>>();
        assert_eq!(ids(tx.outgoing_to_purge(100, None, ALL)?), ended);
        assert_eq!(ids(tx.outgoing_to_purge(100, Some(20), ALL)?), ended);
        assert_eq!(ids(tx.outgoing_to_purge(100, Some(100), ALL)?), unended);
        assert_eq!(tx.outgoing_to_purge(100, None, 1)?.len(), 1);
        Ok(())
    });
}
pub fn arrivals_are_listed_by_what_is_to_be_done(open: Open<'_>) {
    within(open, |tx| {
        let add = |tx: &mut dyn Tx, id: &str, state, at, acknowledged| {
            tx.add_arrival(&Arrival {
                state,
                acknowledge_at: at,
                acknowledged,
                ..arrival(id)
            })
            .unwrap()
        };
        assert_eq!(tx.next_acknowledge()?, None);
        let a = add(tx, "a", ArrivalState::Stored, 50, false);
        let b = add(tx, "b", ArrivalState::Quarantined, 40, false);
        let c = add(tx, "c", ArrivalState::Understood, 5000, false);
        let d = add(tx, "d", ArrivalState::Stored, 30, true);
        add(tx, "e", ArrivalState::Dropped, 101, false);
        let ids = |rows: Vec<Arrival>| rows.iter().map(|row| row.id).collect::<Vec<_>>();
        assert_eq!(ids(tx.arrivals_to_understand(ALL)?), [a, d]);
        assert_eq!(ids(tx.arrivals_to_understand(1)?), [a]);
        assert_eq!(ids(tx.quarantined(ALL)?), [b]);
        assert_eq!(ids(tx.arrivals_to_acknowledge(100, 1000, ALL)?), [b, a, c]);
        assert_eq!(ids(tx.arrivals_to_acknowledge(100, 1000, 1)?), [b]);
        assert_eq!(tx.next_acknowledge()?, Some(40));
        Ok(())
    });
}

pub fn arrivals_to_purge_are_done_with_and_do_not_share_their_bytes(open: Open<'_>) {
    within(open, |tx| {
        let bytes = tx.add_payload(&payload(1))?;
        let shared = came(tx, |row| row.payload = Some(bytes))?;
        let add = |tx: &mut dyn Tx, id: &str, set: &dyn Fn(&mut Arrival)| {
            let mut row = Arrival {
                payload: Some(bytes),
                acknowledged: true,
                state: ArrivalState::Understood,
                stored: 10,
                ..arrival(id)
            };
            set(&mut row);
            tx.add_arrival(&row).unwrap()
        };
        let done = add(tx, "a", &|_| ());
        let dropped = add(tx, "b", &|row| {
            row.state = ArrivalState::Dropped;
            row.stored = 5;
        });
        add(tx, "c", &|row| row.incoming = Some(shared.id));
        add(tx, "d", &|row| row.acknowledged = false);
        add(tx, "e", &|row| row.state = ArrivalState::Quarantined);
        add(tx, "f", &|row| row.stored = 100);
        add(tx, "g", &|row| row.payload = None);
        let found = tx.arrivals_to_purge(100, ALL)?;
        assert_eq!(
            found.iter().map(|row| row.id).collect::<Vec<_>>(),
            [dropped, done]
        );
        Ok(())
    });
}

pub fn packets_that_came_are_found_by_id_by_code_and_by_what_they_are_about(open: Open<'_>) {
    within(open, |tx| {
        let first = came(tx, |_| ())?.id;
        let second = came(tx, |row| {
            row.about_incoming = Some(first);
            row.about_outgoing = Some(4);
            row.state = HandOffState::Waiting;
        })?
        .id;
        came(tx, |row| row.own = "H98.02".to_owned())?;
        came(tx, |row| row.sender = "H99.03".to_owned())?;
        let ids = |rows: Vec<Incoming>| rows.iter().map(|row| row.id).collect::<Vec<_>>();
        assert_eq!(
            ids(tx.incoming_by_id(OWN, OTHER, "h99.02.2026.1")?),
            [first, second]
        );
        let by_code = tx.incoming_by_code(OWN, OTHER, "2/CV-Y", "2026/01/03")?;
        assert_eq!(ids(by_code), [first, second]);
        assert!(
            tx.incoming_by_code(OWN, OTHER, "2/CV-Y", "2026/01/04")?
                .is_empty()
        );
        assert_eq!(ids(tx.incoming_about_incoming(first)?), [second]);
        assert_eq!(ids(tx.incoming_about_outgoing(4)?), [second]);
        assert_eq!(ids(tx.incoming_waiting(OWN, OTHER, ALL)?), [second]);
        assert!(tx.incoming_waiting(OWN, "H99.03", ALL)?.is_empty());
        assert!(tx.incoming_waiting(OWN, OTHER, 0)?.is_empty());
        Ok(())
    });
}

pub fn shown_next_is_the_smallest_rank_offered_or_with_its_lease_over(open: Open<'_>) {
    within(open, |tx| {
        let next = |tx: &mut dyn Tx| tx.next_to_show(100, 1000).unwrap().map(|row| row.id);
        assert_eq!(next(tx), None);
        assert_eq!(tx.next_lease_end()?, None);
        let leased = |tx: &mut dyn Tx, rank, until| {
            came(tx, |row| {
                row.state = HandOffState::Leased;
                row.rank = rank;
                row.lease_until = Some(until);
            })
            .unwrap()
        };
        leased(tx, -9, 101);
        leased(tx, -9, 1000);
        assert_eq!(next(tx), None);
        assert_eq!(tx.next_lease_end()?, Some(101));
        let offered = came(tx, |row| row.rank = 5)?;
        assert_eq!(next(tx), Some(offered.id));
        let over = leased(tx, 5, 100);
        assert_eq!(next(tx), Some(offered.id));
        let far = leased(tx, 4, 1001);
        assert_eq!(next(tx), Some(far.id));
        let before = leased(tx, 3, 50);
        assert_eq!(next(tx), Some(before.id));
        let same = leased(tx, 3, 40);
        assert_eq!(next(tx), Some(before.id));
        for mut row in [far, before, same, offered] {
            row.on_hold = true;
            tx.save_incoming(&row)?;
        }
        assert_eq!(next(tx), Some(over.id));
        assert_eq!(tx.next_lease_end()?, Some(100));
        Ok(())
    });
}

pub fn the_inbox_is_purged_of_what_is_decided_and_answered(open: Open<'_>) {
    within(open, |tx| {
        let add = |tx: &mut dyn Tx, set: &dyn Fn(&mut Incoming)| {
            let bytes = tx.add_payload(&payload(1)).unwrap();
            came(tx, |row| {
                row.payload = Some(bytes);
                row.state = HandOffState::Accepted;
                row.changed = 10;
                set(row);
            })
            .unwrap()
            .id
        };
        let accepted = add(tx, &|_| ());
        let refused = add(tx, &|row| {
            row.state = HandOffState::Refused;
            row.changed = 5;
        });
        add(tx, &|row| row.on_hold = true);
        add(tx, &|row| row.changed = 100);
        add(tx, &|row| row.payload = None);
        add(tx, &|row| row.state = HandOffState::Leased);
        let answered = add(tx, &|_| ());
        let answer = tx.add_outgoing(&Outgoing {
            about_incoming: Some(answered),
            ..outgoing()
        })?;
        let mut to = recipient(answer);
        to.id = tx.add_recipient(&to)?;
        let ids = |rows: Vec<Incoming>| rows.iter().map(|row| row.id).collect::<Vec<_>>();
        assert_eq!(ids(tx.incoming_to_purge(100, ALL)?), [refused, accepted]);
        to.delivery = Delivery::Accepted;
        tx.save_recipient(&to)?;
        assert_eq!(
            ids(tx.incoming_to_purge(100, ALL)?),
            [refused, accepted, answered]
        );
        assert_eq!(ids(tx.incoming_to_purge(100, 1)?), [refused]);
        Ok(())
    });
}

pub fn statuses_are_known_by_meaning_and_unmatched_ones_found_by_either_organ(open: Open<'_>) {
    within(open, |tx| {
        let add = |tx: &mut dyn Tx, from: &str, about: Option<&str>, effect| {
            tx.add_status(&CameStatus {
                from: from.to_owned(),
                about_organ: about.map(str::to_owned),
                effect,
                ..status(1)
            })
            .unwrap()
        };
        let a = add(tx, OTHER, Some(OWN), StatusEffect::Unmatched);
        let b = add(tx, "H99.03", Some(OTHER), StatusEffect::Unmatched);
        let c = add(tx, OTHER, Some(OTHER), StatusEffect::Unmatched);
        add(tx, OTHER, Some(OWN), StatusEffect::Applied);
        let ids = |rows: Vec<CameStatus>| rows.iter().map(|row| row.id).collect::<Vec<_>>();
        assert_eq!(ids(tx.unmatched(OTHER, ALL)?), [a, b, c]);
        assert_eq!(ids(tx.unmatched(OTHER, 2)?), [a, b]);
        assert_eq!(ids(tx.unmatched(OWN, ALL)?), [a]);
        assert!(tx.status_known(OTHER, &[9; 32])?);
        assert!(!tx.status_known(OTHER, &[8; 32])?);
        assert!(!tx.status_known(OWN, &[9; 32])?);
        Ok(())
    });
}

pub fn the_journal_tells_of_a_packet_of_events_and_is_purged(open: Open<'_>) {
    within(open, |tx| {
        let line = |tx: &mut dyn Tx, entry: Entry| tx.log(&entry).unwrap();
        let queued = line(tx, Entry::new(10, What::Queued).outgoing(1));
        let failed = line(
            tx,
            Entry::new(20, What::Failed)
                .outgoing(1)
                .organ(OTHER)
                .code("-3"),
        );
        let arrived = line(tx, Entry::new(30, What::Arrived).incoming(1));
        let both = line(
            tx,
            Entry::new(40, What::ActionAgreed).outgoing(1).incoming(1),
        );
        let numbers = |rows: Vec<Entry>| rows.iter().map(|row| row.number).collect::<Vec<_>>();
        let about = tx.journal(Some(1), None, ALL)?;
        assert_eq!(
            about[1],
            Entry {
                number: failed,
                ..Entry::new(20, What::Failed)
                    .outgoing(1)
                    .organ(OTHER)
                    .code("-3")
            }
        );
        assert_eq!(numbers(about), [queued, failed, both]);
        assert_eq!(numbers(tx.journal(None, Some(1), ALL)?), [arrived, both]);
        assert_eq!(
            numbers(tx.journal(Some(1), Some(1), 3)?),
            [queued, failed, arrived]
        );
        assert_eq!(numbers(tx.events(0, ALL)?), [failed, both]);
        assert_eq!(numbers(tx.events(failed, ALL)?), [both]);
        assert_eq!(numbers(tx.events(0, 1)?), [failed]);
        assert_eq!(tx.purge_journal(40, failed, 1)?, 1);
        assert_eq!(tx.purge_journal(40, failed, ALL)?, 1);
        assert_eq!(tx.purge_journal(20, both, ALL)?, 0);
        assert_eq!(numbers(tx.journal(Some(1), Some(1), ALL)?), [arrived, both]);
        Ok(())
    });
}

pub fn values_and_codes_are_remembered(open: Open<'_>) {
    within(open, |tx| {
        assert_eq!(tx.remembered("a")?, None);
        tx.remember("a", "1")?;
        tx.remember("a", "2")?;
        assert_eq!(tx.remembered("a")?.as_deref(), Some("2"));
        let pair = |old: &str, new: &str| (old.to_owned(), new.to_owned());
        tx.set_codes(&[pair("x", "y"), pair("z", "y")])?;
        assert_eq!(tx.current_code("x")?.as_deref(), Some("y"));
        tx.set_codes(&[pair("z", "w")])?;
        assert_eq!(tx.current_code("x")?, None);
        assert_eq!(tx.current_code("z")?.as_deref(), Some("w"));
        Ok(())
    });
}

pub fn new_codes_bring_the_senders_of_what_came_up_to_date(open: Open<'_>) {
    within(open, |tx| {
        let mut from = |own: &str, sender: &str| {
            let row = came(tx, |row| {
                row.own = own.to_owned();
                row.sender = sender.to_owned();
            });
            Ok::<_, lienthong::Error>(row?.id)
        };
        // Old codes before and behind the new one, for two organs of ours.
        let here = from(OWN, "H01")?;
        let there = from("H98.02", "H90")?;
        let other = from(OWN, "H77")?;
        let pair = |old: &str| (old.to_owned(), "H50".to_owned());
        tx.set_codes(&[pair("H01"), pair("H90")])?;
        let mut found = |own: &str, sender: &str| {
            let rows = tx.incoming_by_id(own, sender, "h99.02.2026.1")?;
            Ok::<_, lienthong::Error>(rows.iter().map(|row| row.id).collect::<Vec<_>>())
        };
        assert_eq!(found(OWN, "H50")?, [here]);
        assert_eq!(found("H98.02", "H50")?, [there]);
        assert_eq!(found(OWN, "H77")?, [other]);
        assert!(found(OWN, "H01")?.is_empty());
        assert!(found("H98.02", "H90")?.is_empty());
        // The code as it was written stays.
        let row = tx.incoming(here)?.unwrap();
        assert_eq!(row.from, incoming().from);
        Ok(())
    });
}

pub fn every_word_of_every_list_can_be_stored(open: Open<'_>) {
    within(open, |tx| {
        for delivery in Delivery::ALL {
            for change in Change::ALL {
                let row = sent(tx, |row| {
                    row.delivery = *delivery;
                    row.change = *change;
                })?;
                assert_eq!(tx.recipient(row.id)?, Some(row));
            }
        }
        for state in ArrivalState::ALL {
            let mut row = arrival(state.word());
            row.state = *state;
            row.id = tx.add_arrival(&row)?;
            assert_eq!(tx.arrival(row.id)?, Some(row));
        }
        for state in HandOffState::ALL {
            let row = came(tx, |row| row.state = *state)?;
            assert_eq!(tx.incoming(row.id)?, Some(row));
        }
        for effect in StatusEffect::ALL {
            let mut row = status(1);
            row.effect = *effect;
            row.recipient = Some(1);
            row.id = tx.add_status(&row)?;
            assert_eq!(tx.statuses(1)?.pop(), Some(row));
        }
        for what in What::ALL {
            tx.log(&Entry::new(1, *what).outgoing(1))?;
        }
        let told: Vec<What> = tx
            .journal(Some(1), None, ALL)?
            .iter()
            .map(|e| e.what)
            .collect();
        assert_eq!(told, What::ALL);
        let events: Vec<What> = tx.events(0, ALL)?.iter().map(|e| e.what).collect();
        let expected: Vec<What> = What::ALL.iter().copied().filter(|w| w.is_event()).collect();
        assert_eq!(events, expected);
        Ok(())
    });
}

pub fn counts_are_by_table_and_state(open: Open<'_>) {
    within(open, |tx| {
        assert!(tx.counts()?.is_empty());
        sent(tx, |_| ())?;
        sent(tx, |_| ())?;
        sent(tx, |row| row.delivery = Delivery::Held)?;
        tx.add_arrival(&arrival("a"))?;
        came(tx, |_| ())?;
        tx.add_status(&status(1))?;
        let mut counts = tx.counts()?;
        counts.sort();
        let count = |table, state: &str, number| (table, state.to_owned(), number);
        assert_eq!(
            counts,
            [
                count("arrival", "stored", 1),
                count("incoming", "offered", 1),
                count("recipient", "held", 1),
                count("recipient", "queued", 2),
                count("status", "applied", 1),
            ]
        );
        Ok(())
    });
}

pub fn only_old_rows_that_nothing_names_are_forgotten(open: Open<'_>) {
    within(open, |tx| {
        let done = |row: &mut Recipient| {
            row.delivery = Delivery::Accepted;
            row.changed = 10;
        };
        let old = sent_at(tx, 10, done)?;
        let with_status = tx.add_status(&CameStatus {
            recipient: Some(old.id),
            ..status(1)
        })?;
        assert!(with_status > 0);
        let named = sent_at(tx, 10, done)?;
        let reply = came(tx, |row| {
            row.changed = 200;
            row.about_outgoing = Some(named.outgoing);
        })?;
        let with_payload = sent_at(tx, 10, done)?;
        let mut out = tx.outgoing(with_payload.outgoing)?.unwrap();
        out.payload = Some(tx.add_payload(&payload(1))?);
        tx.save_outgoing(&out)?;
        let changed_lately = sent_at(tx, 10, |row| {
            done(row);
            row.changed = 100;
        })?;
        let waiting = sent_at(tx, 10, |_| ())?;
        let old_incoming = came(tx, |row| row.changed = 10)?;
        let its_arrival = tx.add_arrival(&Arrival {
            incoming: Some(old_incoming.id),
            stored: 10,
            acknowledged: true,
            state: ArrivalState::Understood,
            ..arrival("a")
        })?;
        let seen_lately = came(tx, |row| row.changed = 10)?;
        tx.add_arrival(&Arrival {
            incoming: Some(seen_lately.id),
            stored: 150,
            acknowledged: true,
            state: ArrivalState::Understood,
            ..arrival("b")
        })?;

        assert_eq!(tx.forget(100, 0)?, 0);
        assert_eq!(tx.forget(100, ALL)?, 2);
        assert_eq!(tx.outgoing(old.outgoing)?, None);
        assert_eq!(tx.recipient(old.id)?, None);
        assert!(tx.statuses(old.id)?.is_empty());
        assert_eq!(tx.incoming(old_incoming.id)?, None);
        assert_eq!(tx.arrival(its_arrival)?, None);
        for kept in [named, with_payload, changed_lately, waiting] {
            assert!(tx.outgoing(kept.outgoing)?.is_some());
        }
        assert!(tx.incoming(reply.id)?.is_some());
        assert!(tx.incoming(seen_lately.id)?.is_some());
        Ok(())
    });
}

pub fn a_failed_work_leaves_nothing_and_its_error_comes_back(open: Open<'_>) {
    let store = open();
    let error = store
        .write(Box::new(|tx| {
            tx.remember("a", "1")?;
            Err(an_error())
        }))
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidArgument);
    assert_eq!(look(&*store, |tx| tx.remembered("a")).unwrap(), None);
}

pub fn a_failed_or_panicking_work_takes_no_neighbour_with_it(open: Open<'_>) {
    let store = open();
    let store = &*store;
    let (begun, is_begun) = channel();
    let (go, wait) = channel::<()>();
    thread::scope(|scope| {
        // While the first holds the writer, the others gather into one group.
        scope.spawn(move || {
            store
                .write(Box::new(move |tx| {
                    begun.send(()).unwrap();
                    wait.recv().unwrap();
                    tx.remember("first", "1")
                }))
                .unwrap();
        });
        is_begun.recv().unwrap();
        let others: Vec<_> = (0..20)
            .map(|number| {
                scope.spawn(move || {
                    store.write(Box::new(move |tx| {
                        tx.remember(&format!("n{number}"), "1")?;
                        match number % 5 {
                            0 => Err(an_error()),
                            1 => panic!("a work of a test panics"),
                            _ => Ok(()),
                        }
                    }))
                })
            })
            .collect();
        go.send(()).unwrap();
        for (number, other) in others.into_iter().enumerate() {
            let kind = other.join().unwrap().map_err(|error| error.kind());
            let expected = match number % 5 {
                0 => Err(ErrorKind::InvalidArgument),
                1 => Err(ErrorKind::Internal),
                _ => Ok(()),
            };
            assert_eq!(kind, expected);
        }
    });
    for number in 0..20 {
        let there = look(store, |tx| tx.remembered(&format!("n{number}"))).unwrap();
        assert_eq!(there.is_some(), number % 5 > 1, "{number}");
    }
}

pub fn a_commit_is_seen_by_readers_and_other_handles_at_once(open: Open<'_>) {
    let (one, other) = (open(), open());
    for number in 0..20 {
        let value = number.to_string();
        let written = value.clone();
        one.write(Box::new(move |tx| tx.remember("a", &written)))
            .unwrap();
        for store in [&one, &other] {
            let seen = look(&**store, |tx| tx.remembered("a")).unwrap();
            assert_eq!(seen.as_ref(), Some(&value));
        }
    }
}

pub fn a_read_sees_one_state(open: Open<'_>) {
    let store = open();
    store.write(Box::new(|tx| tx.remember("a", "1"))).unwrap();
    look(&*store, |tx| {
        let before = tx.remembered("a")?;
        store.write(Box::new(|tx| tx.remember("a", "2"))).unwrap();
        assert_eq!(tx.remembered("a")?, before);
        Ok(())
    })
    .unwrap();
    let after = look(&*store, |tx| tx.remembered("a")).unwrap();
    assert_eq!(after.as_deref(), Some("2"));
}

pub fn a_read_cannot_write(open: Open<'_>) {
    let store = open();
    assert!(look(&*store, |tx| tx.remember("a", "1")).is_err());
    assert_eq!(look(&*store, |tx| tx.remembered("a")).unwrap(), None);
}

pub fn a_waiter_is_woken_by_a_commit_of_any_handle_and_by_wake(open: Open<'_>) {
    let (one, other) = (open(), open());
    let long = Duration::from_secs(30);
    // Other values each: what changes nothing need not wake anybody.
    for (writer, value) in [(&one, "1"), (&other, "2")] {
        let seen = one.generation();
        thread::scope(|scope| {
            let waiter = scope.spawn(|| one.wait(seen, long));
            writer
                .write(Box::new(move |tx| tx.remember("a", value)))
                .unwrap();
            assert_ne!(waiter.join().unwrap(), seen);
        });
    }
    let seen = one.generation();
    thread::scope(|scope| {
        let waiter = scope.spawn(|| one.wait(seen, long));
        one.wake();
        assert_ne!(waiter.join().unwrap(), seen);
    });
}

pub fn a_change_between_looking_and_waiting_is_not_missed(open: Open<'_>) {
    let (one, other) = (open(), open());
    let seen = one.generation();
    other.write(Box::new(|tx| tx.remember("a", "1"))).unwrap();
    let begun = Instant::now();
    assert_ne!(one.wait(seen, Duration::from_secs(30)), seen);
    assert!(begun.elapsed() < Duration::from_secs(10));
}

pub fn waiting_ends_with_its_time(open: Open<'_>) {
    let store = open();
    let seen = store.generation();
    assert_eq!(store.wait(seen, Duration::ZERO), seen);
    assert_eq!(store.wait(seen, Duration::from_millis(250)), seen);
}

pub fn bytes_of_any_length_are_stored_and_read(open: Open<'_>) {
    let store = open();
    for length in [0, 1, 256 * 1024, 256 * 1024 + 1, 3_000_000] {
        let bytes: Vec<u8> = (0..length).map(|at: u32| (at % 251) as u8).collect();
        let mut spool = store.spool().unwrap();
        for piece in bytes.chunks(70_001) {
            spool.write_all(piece).unwrap();
        }
        let stored = spool.finish().unwrap();
        assert_eq!(stored.payload.length, u64::from(length));
        let row = stored.payload.clone();
        let id = change(&*store, move |tx| tx.add_payload(&row)).unwrap();
        drop(stored);
        let again = open();
        let found = look(&*again, |tx| tx.payload(id)).unwrap().unwrap();
        let mut read = Vec::new();
        again
            .open_payload(&found)
            .unwrap()
            .read_to_end(&mut read)
            .unwrap();
        assert!(read == bytes, "{length}");
    }
    assert_eq!(store.sweep().unwrap(), 0);
}
