//! `doctor`: whether a connector has what it needs, and what to do where not.

use std::time::SystemTime;

use serde::Serialize;

use super::Connector;
use crate::axis::Client;
use crate::error::{ErrorKind, Result};
use crate::exchange::insight;
use crate::exchange::model::Millis;

/// How a check went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Health {
    /// As it should be.
    Good,
    /// It works, and somebody should look.
    Warning,
    /// It does not work.
    Bad,
    /// It could not be looked at here.
    Unknown,
}

/// One check.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Check {
    /// What was looked at: `configuration`, `store`, `store-write`, `disk`,
    /// `clock`, `axis`, `credentials`, `tls`, `inbox`, `outbox`, `quarantine`.
    pub name: &'static str,
    /// How it is.
    pub health: Health,
    /// What was found and what to do, in English.
    pub en: String,
    /// The same in Vietnamese.
    pub vi: String,
}

fn check(
    name: &'static str,
    health: Health,
    en: impl Into<String>,
    vi: impl Into<String>,
) -> Check {
    Check {
        name,
        health,
        en: en.into(),
        vi: vi.into(),
    }
}

/// Free space below which the disk is looked at.
const LITTLE_SPACE: u64 = 1 << 30;
/// A list older than this is silence.
const SILENT: Millis = 15 * 60_000;
/// Something undelivered for longer than this wants a look.
const LONG_WAIT: Millis = 24 * 3_600_000;
/// A clock given to the connector may differ from the system's by this, in
/// seconds.
const CLOCK: i64 = 300;

impl Connector {
    /// Looks at configuration, store, disk, clock, axis and queues. As worker it
    /// asks the axis (`countReceiveEdoc`), which may take as long as
    /// `axis.connect_timeout` and `axis.idle_timeout`.
    ///
    /// # Errors
    /// The common ones. What is wrong stands in the checks.
    pub fn doctor(&self) -> Result<Vec<Check>> {
        let shared = self.shared()?;
        let mut checks = vec![check(
            "configuration",
            Health::Good,
            format!("{} own organs", shared.settings.receive.own.len()),
            format!(
                "{} cơ quan của bộ kết nối",
                shared.settings.receive.own.len()
            ),
        )];
        let stats = shared.look(|tx| insight::stats(tx));
        checks.push(match &stats {
            Ok(_) => check("store", Health::Good, "readable", "đọc được"),
            Err(error) => check(
                "store",
                Health::Bad,
                error.kind().message(crate::Language::English),
                error.kind().message(crate::Language::Vietnamese),
            ),
        });
        checks.push(writable(self)?);
        checks.push(space(free_space(&shared.settings.folder)));
        // Any answer of the axis tells its time, a refusal, too.
        let asked = axis(self)?;
        let ahead = shared.client.as_ref().and_then(Client::clock_ahead);
        let tolerance = shared.settings.send.clock_tolerance / 1_000;
        checks.push(clock(shared.now(), ahead, tolerance));
        checks.extend(asked);
        if shared.client.is_some() {
            checks.push(tls(shared.settings.encrypted));
        }
        checks.push(listed(self)?);
        let now = shared.now();
        if let Ok(stats) = stats {
            checks.push(outbox(now, &stats));
            checks.push(quarantine(&stats));
        }
        Ok(checks)
    }
}

fn writable(connector: &Connector) -> Result<Check> {
    let shared = connector.shared()?;
    Ok(match shared.change(|tx| tx.remember("doctor", "")) {
        Ok(()) => check("store-write", Health::Good, "writable", "ghi được"),
        Err(error) => check(
            "store-write",
            Health::Bad,
            error.kind().message(crate::Language::English),
            error.kind().message(crate::Language::Vietnamese),
        ),
    })
}

#[cfg(unix)]
fn free_space(folder: &std::path::Path) -> Option<u64> {
    let disk = rustix::fs::statvfs(folder).ok()?;
    Some(disk.f_bavail.saturating_mul(disk.f_frsize))
}

#[cfg(not(unix))]
fn free_space(_folder: &std::path::Path) -> Option<u64> {
    None
}

fn space(free: Option<u64>) -> Check {
    let mib = free.map(|free| free >> 20);
    match (free, mib) {
        (Some(free), Some(mib)) if free < LITTLE_SPACE => check(
            "disk",
            Health::Warning,
            format!("{mib} MiB are free where the store lies. Free some space."),
            format!("Nơi chứa kho dữ liệu chỉ còn {mib} MiB. Hãy giải phóng dung lượng."),
        ),
        (_, Some(mib)) => check(
            "disk",
            Health::Good,
            format!("{mib} MiB are free"),
            format!("còn trống {mib} MiB"),
        ),
        _ => check(
            "disk",
            Health::Unknown,
            "free space cannot be asked for on this system",
            "không hỏi được dung lượng trống trên hệ thống này",
        ),
    }
}

/// `ahead`: the axis's clock before ours, in seconds, where it is known.
fn clock(now: Millis, ahead: Option<i64>, tolerance: i64) -> Check {
    // Nobody had this library before 2026.
    const FIRST: Millis = 1_767_200_000_000;
    let system = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    let off = system.map_or(i64::MAX, |system| {
        let system = i64::try_from(system.as_secs()).unwrap_or(i64::MAX);
        (now / 1_000).saturating_sub(system).abs()
    });
    if now < FIRST || off > CLOCK {
        return check(
            "clock",
            Health::Bad,
            "The clock is wrong. Synchronise it (Decision 28/2018, art. 14: Vietnamese time, as the axis's).",
            "Đồng hồ sai. Hãy đồng bộ thời gian (Quyết định 28/2018/QĐ-TTg, Điều 14: giờ Việt Nam, đồng bộ với trục).",
        );
    }
    match ahead {
        None => check(
            "clock",
            Health::Good,
            "plausible; whether it agrees with the axis is not known here",
            "hợp lý; không biết có khớp với trục hay không",
        ),
        Some(ahead) if ahead.saturating_abs() > tolerance => {
            let seconds = ahead.saturating_abs();
            let (en, vi) = match ahead > 0 {
                true => ("behind", "chậm"),
                false => ("ahead of", "nhanh"),
            };
            check(
                "clock",
                Health::Warning,
                format!(
                    "The clock is {seconds} s {en} the axis's; {tolerance} s are tolerated (`send.clock_tolerance`, assumed). Synchronise it (Decision 28/2018, art. 14: Vietnamese time, as the axis's)."
                ),
                format!(
                    "Đồng hồ {vi} hơn đồng hồ của trục {seconds} giây; mức cho phép là {tolerance} giây (`send.clock_tolerance`, giả định). Hãy đồng bộ thời gian (Quyết định 28/2018/QĐ-TTg, Điều 14: giờ Việt Nam, đồng bộ với trục)."
                ),
            )
        }
        Some(_) => check(
            "clock",
            Health::Good,
            format!("agrees with the axis's to {tolerance} s (assumed to be enough)"),
            format!("khớp với đồng hồ của trục, lệch không quá {tolerance} giây (mức giả định)"),
        ),
    }
}

fn axis(connector: &Connector) -> Result<Vec<Check>> {
    let shared = connector.shared()?;
    let Some(client) = &shared.client else {
        return Ok(vec![check(
            "axis",
            Health::Unknown,
            "only the worker talks to the axis",
            "chỉ tiến trình worker kết nối với trục",
        )]);
    };
    Ok(match client.count_documents() {
        Ok(count) => vec![
            check(
                "axis",
                Health::Good,
                format!("answers; {count} documents wait"),
                format!("có trả lời; {count} văn bản đang chờ"),
            ),
            check("credentials", Health::Good, "accepted", "được chấp nhận"),
        ],
        Err(error) => {
            let name = match error.kind() {
                ErrorKind::AxisCredentials => "credentials",
                _ => "axis",
            };
            vec![check(
                name,
                Health::Bad,
                error.message(crate::Language::English),
                error.message(crate::Language::Vietnamese),
            )]
        }
    })
}

fn tls(encrypted: bool) -> Check {
    if encrypted {
        return check(
            "tls",
            Health::Good,
            "the connection is encrypted, the axis's certificate is checked",
            "kết nối được mã hóa, chứng thư của trục được kiểm tra",
        );
    }
    check(
        "tls",
        Health::Warning,
        "The connection is not encrypted. It must be (Decision 28/2018, art. 13), unless the network itself is.",
        "Kết nối không được mã hóa. Phải mã hóa (Quyết định 28/2018/QĐ-TTg, Điều 13), trừ khi chính đường truyền đã được mã hóa.",
    )
}

/// An empty list, a failed one and none at all are three things.
fn listed(connector: &Connector) -> Result<Check> {
    let shared = connector.shared()?;
    let now = shared.now();
    let stats = shared.look(|tx| insight::stats(tx))?;
    let minutes = |since: Millis| now.saturating_sub(since) / 60_000;
    let kind = stats.list_error.as_deref().unwrap_or_default();
    Ok(match (stats.listed, stats.list_failed) {
        (None, None) => check(
            "inbox",
            Health::Unknown,
            "no list was asked for yet",
            "chưa hỏi danh sách gói tin chờ lần nào",
        ),
        (_, Some(bad)) => check(
            "inbox",
            Health::Bad,
            format!(
                "The last list failed {} minutes ago ({kind}). What waits is not known.",
                minutes(bad)
            ),
            format!(
                "Lần hỏi danh sách gần nhất bị lỗi cách đây {} phút ({kind}). Không biết còn gì đang chờ.",
                minutes(bad)
            ),
        ),
        (Some(good), _) if now.saturating_sub(good) > SILENT => check(
            "inbox",
            Health::Warning,
            format!(
                "The last list is {} minutes old. Is the worker running?",
                minutes(good)
            ),
            format!(
                "Danh sách gần nhất đã {} phút. Tiến trình worker có đang chạy không?",
                minutes(good)
            ),
        ),
        _ => check("inbox", Health::Good, "listed", "đã hỏi danh sách"),
    })
}

fn outbox(now: Millis, stats: &insight::Stats) -> Check {
    let of = |state: &str| {
        let name = format!("recipient.{state}");
        stats.counts.get(&name).copied().unwrap_or_default()
    };
    let (failed, held) = (of("failed"), of("held"));
    let age = stats.oldest_undelivered.map(|at| now.saturating_sub(at));
    let hours = age.unwrap_or_default() / 3_600_000;
    if failed + held > 0 || age.is_some_and(|age| age > LONG_WAIT) {
        return check(
            "outbox",
            Health::Warning,
            format!(
                "{failed} failed, {held} held, the oldest undelivered waits for {hours} hours. Ask why, then retry or drop."
            ),
            format!(
                "{failed} không gửi được, {held} đang giữ, gói tin chờ lâu nhất {hours} giờ. Xem lý do (why) rồi gửi lại hoặc bỏ."
            ),
        );
    }
    check(
        "outbox",
        Health::Good,
        format!("{} queued", of("queued")),
        format!("{} đang chờ gửi", of("queued")),
    )
}

fn quarantine(stats: &insight::Stats) -> Check {
    let count = stats.counts.get("arrival.quarantined").copied();
    match count.unwrap_or_default() {
        0 => check("quarantine", Health::Good, "empty", "trống"),
        count => check(
            "quarantine",
            Health::Warning,
            format!("{count} packets cannot be read. Look at their reasons, ask the senders."),
            format!("{count} gói tin không đọc được. Xem lý do và hỏi bên gửi."),
        ),
    }
}
