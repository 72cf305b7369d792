//! Certificates that are about to end.

use std::time::SystemTime;

use super::super::certificate::Certificate;

/// Days before the end at which one is told, the last at the end itself.
const STEPS: [u32; 6] = [60, 30, 14, 7, 1, 0];
const DAY: u64 = 86_400;

/// A certificate ends soon, or has ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alarm {
    /// The certificate, by the SHA-256 of its DER.
    pub fingerprint: String,
    /// Its serial number.
    pub serial: String,
    /// When it ends.
    pub not_after: SystemTime,
    /// The step that was reached: 60, 30, 14, 7 or 1 days before the end, or 0 from the end on.
    /// It is what to give as `last` the next time.
    pub step: u32,
}

/// The alarm that is due for a certificate, if one is. `last` is the step of the alarm given
/// before for this very certificate; each step is told once, and steps that were slept through
/// are not told afterwards.
pub fn alarm(certificate: &Certificate, now: SystemTime, last: Option<u32>) -> Option<Alarm> {
    let left = certificate.not_after().duration_since(now).ok();
    let step = STEPS.into_iter().rev().find(|step| match left {
        None => true,
        Some(left) => *step > 0 && left.as_secs() <= u64::from(*step) * DAY,
    })?;
    last.is_none_or(|last| step < last).then(|| Alarm {
        fingerprint: certificate.fingerprint(),
        serial: certificate.serial().to_owned(),
        not_after: certificate.not_after(),
        step,
    })
}
