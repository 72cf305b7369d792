//! The cases that a person at a screen can be led through, where a product has no
//! driver (`--manual`).
//!
//! Such a case asks for nothing but what can be clicked, and judges by what is seen
//! at the axis, in saved files, and in what the person is asked about the screen. What
//! that is beyond *is it there, and under which number* stands here beside the case:
//! what is not asked for is not taken for seen.

use super::case::{Case, Run};

/// Something on the screen that a case looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sight {
    /// Of what came: the subject.
    Subject,
    /// Whether it is shown as a document or as a request.
    Kind,
    /// The name of its kind (công văn, quyết định…).
    TypeName,
    /// The code of the organ that sent it.
    Sender,
    /// By when it is to be answered.
    DueDate,
    /// How urgent it is.
    Priority,
    /// Whether it directs, or reports on a directive.
    Steering,
    /// The tasks of a directive.
    Tasks,
    /// Which document that was sent it answers.
    Answers,
    /// Whether there is a warning of another one with its number or id.
    Conflict,
    /// Its files, saved.
    Files,
    /// The reason of a request, or of a receiver's refusal.
    Reason,
    /// Whether nothing may be done with it, because somebody asks for it back.
    Hold,
    /// Of what was sent: its state at a receiver.
    Status,
    /// How its recall stands at a receiver.
    Change,
    /// Whether it was delivered.
    Delivery,
    /// That the product says why it was not.
    Cause,
}

/// The cases about a connector, with what the person is asked besides. Left out are
/// those that ask for what no screen has (ids, findings, a lease, another setting), and
/// those that leave the product busy for the cases after them, or ask for a dozen of the
/// same.
const LED: &[(&str, &[Sight])] = &[
    ("attachment-one-whole", &[]),
    ("attachment-all", &[]),
    ("attachment-same-name", &[]),
    ("attachment-vietnamese-name", &[]),
    ("attachment-zip-stays", &[]),
    ("attachment-signed-pdf", &[]),
    ("attachment-unusual-extension", &[]),
    ("attachment-large-whole", &[]),
    ("attachment-empty-file", &[]),
    ("attachment-changed-later", &[]),
    ("attachment-received-whole", &[Sight::Files]),
    ("attachment-type-wrong", &[Sight::Files]),
    ("attachment-unwrapped", &[Sight::Files]),
    ("attachment-zip-not-opened", &[Sight::Files]),
    ("attachment-zip-of-many", &[Sight::Files]),
    ("attachment-entry-name", &[Sight::Files]),
    ("attachment-zip-corrupt", &[Sight::Files]),
    ("attachment-placeholder", &[Sight::Files]),
    ("attachment-placeholder-header", &[]),
    ("attachment-content-id", &[Sight::Files]),
    ("attachment-by-order", &[Sight::Files]),
    ("attachment-in-envelope", &[Sight::Files]),
    ("attachment-base64-once", &[Sight::Files]),
    ("attachment-unlisted", &[Sight::Files]),
    ("directory-repeated-receiver", &[]),
    ("directory-organ-forms", &[]),
    (
        "directory-unknown-receiver",
        &[Sight::Delivery, Sight::Cause],
    ),
    (
        "directory-locked-receiver",
        &[Sight::Delivery, Sight::Cause],
    ),
    (
        "directory-sender-unregistered",
        &[Sight::Delivery, Sight::Cause],
    ),
    ("send-each-receiver", &[]),
    ("send-empty-receivers", &[]),
    ("send-signed-call", &[]),
    ("send-timestamp-vietnam", &[]),
    ("send-timestamp-anew", &[]),
    ("send-known-length", &[]),
    ("send-hash-of-body", &[]),
    ("send-document-parameters", &[]),
    ("send-status-as-status", &[]),
    ("send-ascii-parameters", &[]),
    ("send-own-state-each", &[Sight::Status]),
    ("send-without-id", &[]),
    ("send-impossible-date", &[]),
    ("send-state-secret", &[]),
    ("send-own-copy", &[]),
    ("send-repeated-receiver", &[]),
    ("packet-values-whole", &[]),
    ("receive-done-without-clerk", &[]),
    ("receive-whole-before-done", &[Sight::Files]),
    ("receive-slow-download", &[Sight::Files]),
    ("receive-refuse-tells", &[]),
    ("receive-refuse-why", &[]),
    ("receive-arrival-by-itself", &[]),
    ("receive-reordered-list", &[]),
    (
        "receive-odd-envelope",
        &[Sight::Subject, Sight::Sender, Sight::Kind, Sight::Files],
    ),
    (
        "receive-odd-namespaces",
        &[Sight::Subject, Sight::Sender, Sight::Kind, Sight::Files],
    ),
    (
        "receive-odd-bytes",
        &[Sight::Subject, Sight::Sender, Sight::Kind, Sight::Files],
    ),
    (
        "receive-odd-trace",
        &[Sight::Subject, Sight::Sender, Sight::Kind, Sight::Files],
    ),
    ("receive-odd-ids", &[]),
    ("receive-odd-dates", &[Sight::DueDate]),
    (
        "receive-odd-codes",
        &[
            Sight::Subject,
            Sight::Sender,
            Sight::Kind,
            Sight::Files,
            Sight::TypeName,
            Sight::Priority,
        ],
    ),
    (
        "receive-odd-order",
        &[Sight::Subject, Sight::Sender, Sight::Kind, Sight::Files],
    ),
    ("receive-status-dialects", &[Sight::Status]),
    ("receive-status-forms", &[Sight::Status]),
    ("receive-unknown-status", &[Sight::Status]),
    ("receive-recall-swapped", &[]),
    ("receive-recall-by-response", &[]),
    ("receive-foreign-recall", &[Sight::Hold]),
    ("receive-replacement-repeated", &[]),
    ("receive-status-as-edoc", &[Sight::Status]),
    ("receive-rebuilt", &[Sight::Subject, Sight::Files]),
    ("duplicate-listed-twice", &[]),
    ("duplicate-other-delivery", &[]),
    ("duplicate-after-acceptance", &[]),
    ("duplicate-rebuilt-copy", &[]),
    ("duplicate-same-id-other-content", &[Sight::Conflict]),
    ("duplicate-two-senders", &[Sight::Sender]),
    ("duplicate-status-harmless", &[Sight::Status]),
    ("duplicate-lost-acknowledgement", &[]),
    ("duplicate-acknowledgement-refused", &[]),
    ("duplicate-recall-once", &[]),
    ("status-in-order", &[]),
    ("status-elements", &[]),
    ("status-staff", &[]),
    ("status-messagetype", &[]),
    ("status-to-sender-only", &[]),
    ("status-waits-its-turn", &[]),
    ("status-progress-repeats", &[]),
    ("status-refusal-reason", &[]),
    ("status-refusal-without-reason", &[]),
    ("status-nothing-after-refusal", &[]),
    ("status-shown-to-sender", &[Sight::Status]),
    ("status-receivers-apart", &[Sight::Status]),
    ("status-refusal-shown", &[Sight::Status, Sight::Reason]),
    ("status-matched-by-date-form", &[Sight::Status]),
    ("status-matched-by-number", &[Sight::Status]),
    ("status-other-number-not-matched", &[Sight::Status]),
    ("status-one-digit", &[Sight::Status]),
    ("status-listed-as-document", &[Sight::Status]),
    ("status-dialects", &[Sight::Status]),
    ("status-late-arrival", &[Sight::Status]),
    ("status-refused-stays-refused", &[Sight::Status]),
    ("status-of-a-stranger", &[Sight::Status]),
    ("change-recall-each", &[]),
    ("change-recall-some", &[Sight::Change, Sight::Status]),
    ("change-recall-reason-needed", &[Sight::Status]),
    ("change-recall-once", &[Sight::Status]),
    ("change-answers-apart", &[Sight::Change]),
    (
        "change-answer-of-a-stranger",
        &[Sight::Change, Sight::Status],
    ),
    ("change-update-sent", &[]),
    ("change-waits-for-original", &[]),
    ("change-asked-by-status", &[Sight::Reason]),
    ("change-asked-by-packet", &[]),
    ("change-target-in-response-for", &[]),
    ("change-target-is-own-id", &[]),
    ("change-swapped-organs", &[]),
    ("change-nothing-before-the-word", &[]),
    ("change-agree-destroys", &[]),
    ("change-decline", &[]),
    ("change-decline-needs-reason", &[]),
    ("change-decided-once", &[]),
    ("change-agree-to-no-action", &[]),
    ("change-recall-by-another", &[]),
    ("change-unknown-target", &[]),
    ("change-recall-before-taken", &[]),
    ("change-no-status-after-recall", &[]),
    ("change-update-shown", &[]),
    ("change-update-before-document", &[]),
    ("change-replacement-twice", &[]),
    ("change-replacement-for-others", &[Sight::Hold]),
    (
        "directive-received-whole",
        &[Sight::Steering, Sight::DueDate, Sight::Tasks],
    ),
    ("directive-sent-whole", &[]),
    ("directive-report-sent", &[]),
    ("directive-report-paired", &[Sight::Answers]),
    ("directive-tasks-lost", &[Sight::Answers]),
    (
        "directive-empty-response-for",
        &[Sight::Answers, Sight::DueDate],
    ),
    ("directive-answer-of-another-matter", &[Sight::Answers]),
    ("directive-priority-number", &[Sight::Priority]),
    ("directive-impossible-deadline", &[]),
    ("outage-same-bytes", &[]),
    ("outage-try-again", &[Sight::Delivery]),
    ("outage-bad-gateway", &[Sight::Delivery]),
    ("outage-cut-requests", &[]),
    ("outage-cut-answers", &[Sight::Delivery]),
    ("outage-ask-before-resend", &[Sight::Delivery]),
    ("outage-slow-answer", &[Sight::Delivery]),
    ("outage-odd-json", &[Sight::Delivery]),
    ("outage-one-refused-of-two", &[Sight::Delivery]),
    ("outage-partly-accepted", &[Sight::Delivery]),
    ("outage-recovery", &[]),
    ("hostile-entity-expansion", &[Sight::Subject]),
    ("hostile-external-entity", &[Sight::Subject]),
    ("hostile-depth", &[]),
    ("hostile-many-tags", &[]),
    ("hostile-long-text", &[]),
    ("hostile-invalid-utf8", &[]),
    ("hostile-invalid-character", &[]),
    ("hostile-utf16", &[Sight::Subject]),
    ("hostile-truncated", &[]),
    ("hostile-not-xml", &[]),
    ("hostile-poison-queue", &[]),
    ("hostile-zip-ratio", &[Sight::Files]),
    ("hostile-zip-lies", &[Sight::Files]),
    ("hostile-zip-entries", &[Sight::Files]),
    ("hostile-answer-deep", &[]),
    ("hostile-answer-rows", &[]),
    ("hostile-answer-packet", &[]),
    ("privacy-no-path-in-packets", &[]),
    ("privacy-state-secret", &[]),
];

/// What the person is asked about the screen in a case; none where nobody can be led
/// through it. Cases about packets need nothing but packets that were sent.
pub fn sights(case: &Case) -> Option<&'static [Sight]> {
    match case.run {
        Run::Packet(_) => Some(&[]),
        Run::Connector(_) => {
            let led = LED.iter().find(|(id, _)| *id == case.id);
            led.map(|(_, sights)| *sights)
        }
        Run::Axis(_) => None,
    }
}

/// Whether a person can be led through it.
pub fn is_led(case: &Case) -> bool {
    sights(case).is_some()
}

#[cfg(test)]
mod tests {
    use super::{LED, is_led};
    use crate::suite::case::{Need, Run};
    use crate::suite::cases;
    use crate::suite::product::Manual;

    #[test]
    fn what_a_person_is_led_through_needs_nothing_but_clicks() {
        let screen = Manual::declaration();
        for (id, _) in LED {
            let case = cases::all().find(|case| case.id == *id);
            let needs = case.map(|case| (case.needs, matches!(case.run, Run::Connector(_))));
            let clicks = needs.is_some_and(|(needs, is_connector)| {
                is_connector
                    && needs
                        .iter()
                        .all(|need| matches!(need, Need::Command(word) if screen.knows(word)))
            });
            assert!(clicks, "{id}");
            assert_eq!(
                LED.iter().filter(|(other, _)| other == id).count(),
                1,
                "{id}"
            );
        }
    }

    #[test]
    fn the_guide_says_how_many_cases_a_person_is_led_through() {
        let count = cases::all().filter(|case| is_led(case)).count();
        let guide = include_str!("../../../docs/certify.md");
        for words in [format!("{count} ca"), format!("{count} cases")] {
            assert!(
                guide.contains(&words),
                "docs/certify.md does not say `{words}`"
            );
        }
    }
}
