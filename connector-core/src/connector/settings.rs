//! What a connector takes from its configuration.

use std::path::PathBuf;
use std::time::Duration;

use crate::config::Config;
use crate::error::{Error, ErrorKind, Result};
use crate::exchange::model::Millis;
use crate::exchange::{chain, incoming, outgoing};
use crate::packet::{CheckOptions, ReadOptions};

const HOUR: i64 = 3_600_000;
const DAY: i64 = 24 * HOUR;

/// Worker or client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Owns network and timers; one for a store.
    Worker,
    /// Any number beside it.
    Client,
}

#[derive(Clone, Debug)]
pub(crate) struct Settings {
    pub(crate) folder: PathBuf,
    pub(crate) role: Role,
    /// Whether the axis is reached by TLS.
    pub(crate) encrypted: bool,
    pub(crate) send: outgoing::Policy,
    pub(crate) senders: usize,
    pub(crate) receive: incoming::Policy,
    pub(crate) receivers: usize,
    pub(crate) interval: Duration,
    pub(crate) action_wait: Millis,
    pub(crate) lease: Millis,
    pub(crate) answers: chain::Answers,
    pub(crate) not_finished: Option<Millis>,
    pub(crate) keep_payload: Option<Millis>,
    pub(crate) keep_unended: Option<Millis>,
    pub(crate) keep_ids: Millis,
    pub(crate) keep_journal: Millis,
    pub(crate) directory: Option<Duration>,
    pub(crate) read: ReadOptions,
    pub(crate) check: CheckOptions,
}

impl Settings {
    pub(crate) fn of(config: &Config) -> Result<Self> {
        let missing = |key| Error::new(ErrorKind::ConfigMissing, "connector.open").with("key", key);
        let number = |key| i64::try_from(config.number(key)).unwrap_or(i64::MAX);
        let own: Vec<String> = config
            .text("connector.organs")
            .ok_or_else(|| missing("connector.organs"))?
            .split(',')
            .map(|organ| organ.trim().to_owned())
            .collect();
        let longest_note = config.size("status.longest_note");
        let some = |days: i64| (days > 0).then(|| days.saturating_mul(DAY));
        let mut check = CheckOptions::from_config(config);
        check.sending = true;
        Ok(Settings {
            folder: config
                .text("store.path")
                .ok_or_else(|| missing("store.path"))?
                .into(),
            role: match config.get("connector.role") {
                Some("client") => Role::Client,
                _ => Role::Worker,
            },
            encrypted: config
                .text("axis.url")
                .is_some_and(|url| url.to_ascii_lowercase().starts_with("https:")),
            send: outgoing::Policy {
                pause: number("send.pause"),
                longest_pause: number("send.longest_pause"),
                give_up: number("send.give_up").saturating_mul(HOUR),
                ask_after: number("send.ask_after"),
                unknown_wait: number("send.unknown_wait"),
                hold_unknown: config.get("send.unknown") == Some("hold"),
                clock_tolerance: number("send.clock_tolerance"),
            },
            senders: config.size("send.parallel"),
            receive: incoming::Policy {
                own,
                report_arrival: config.flag("receive.report_arrival"),
                refuse_unreadable: config.flag("receive.refuse_unreadable").then(|| {
                    "Không đọc được nội dung gói tin. / The packet cannot be read.".to_owned()
                }),
                decline_recall: config.flag("status.answer_recall"),
                longest_note,
            },
            receivers: config.size("receive.parallel"),
            interval: Duration::from_millis(config.number("receive.interval")),
            action_wait: number("receive.action_wait").saturating_mul(HOUR),
            lease: number("handoff.lease"),
            answers: chain::Answers {
                recall: config.flag("status.answer_recall"),
                update: config.flag("status.answer_update"),
                replace: config.flag("status.answer_replace"),
                longest_note,
            },
            not_finished: some(number("status.not_finished_after")),
            keep_payload: some(number("keep.payload")),
            keep_unended: some(number("keep.unended")),
            keep_ids: number("keep.ids").saturating_mul(DAY),
            keep_journal: number("keep.journal").saturating_mul(DAY),
            directory: match config.number("directory.refresh") {
                0 => None,
                hours => Some(Duration::from_secs(hours.saturating_mul(3_600))),
            },
            read: ReadOptions::from_config(config),
            check,
        })
    }
}
