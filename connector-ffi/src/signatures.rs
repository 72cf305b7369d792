//! Signatures of packets: what they are worth, and making them.

use std::ffi::c_char;
use std::io::Write;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use lienthong::axis::HttpFetch;
use lienthong::bytes::Kept;
use lienthong::crypto::signer::Signer;
use lienthong::environment::Environment;
use lienthong::packet::{Discard, ReadOptions};
use lienthong::signature::seal::seal_packet;
use lienthong::signature::xmldsig::{SignOptions, sign_to_pipe};
use lienthong::signature::{Policy, Verifier};

use crate::boundary::{call, guard};
use crate::config::{Settings, lienthong_config_t, settings};
use crate::error::lienthong_error_t;
use crate::failure::{Failure, Result};
use crate::handle::{self, Object};
use crate::input::{millis, out, out_bytes, text};
use crate::log::logged;
use crate::packet::{self, PacketObject, lienthong_packet_t};
use crate::signer::{self, lienthong_signer_t};
use crate::stream::new_file;

/// Judges the signatures of packets by the keys signature.... of a config: trusted certificates, map
/// of organs, revocation, policy. Trust folder and map are read again when they change.
///
/// Made with `lienthong_verifier_new`, freed with `lienthong_verifier_free`. One for a whole server,
/// used by any number of threads at once: it keeps the revocation data it has fetched.
#[allow(non_camel_case_types, reason = "its name in C")]
pub struct lienthong_verifier_t {
    _opaque: [u8; 0],
}

/// A signature (XMLDSig) over the whole packet, which a hop that rebuilds packets breaks.
pub const LIENTHONG_SIGN_PACKET: i32 = 1;
/// A seal (niêm phong): an attachment that vouches for header and files through such a hop.
pub const LIENTHONG_SIGN_SEAL: i32 = 2;
/// A seal, and a signature over the packet with the seal in it.
pub const LIENTHONG_SIGN_BOTH: i32 = 3;

struct VerifierObject {
    verifier: Verifier,
    policy: Policy,
    settings: Settings,
}

impl Object for VerifierObject {
    type C = lienthong_verifier_t;
    const KIND: u32 = 9;
}

/// Makes a verifier. `config` may be NULL: then nobody is trusted.
///
/// `*verifier` belongs to the caller; `config` may be freed. Fails with io, trust-unreadable,
/// organs-unreadable. Any thread.
#[unsafe(no_mangle)]
pub extern "C" fn lienthong_verifier_new(
    config: *const lienthong_config_t,
    verifier: *mut *mut lienthong_verifier_t,
    error: *mut *mut lienthong_error_t,
) -> i32 {
    call("lienthong_verifier_new", error, || {
        let place = out("verifier", verifier)?;
        let settings = settings(config)?;
        let fetch = Arc::new(HttpFetch::from_config(&settings.config));
        let verifier = logged(settings.log.as_deref(), || {
            Verifier::from_config(&settings.config, Some(fetch), &Environment::system())
        })?;
        let policy = settings.config.get("signature.policy").unwrap_or_default();
        place.write(handle::put(VerifierObject {
            verifier,
            policy: policy.parse().unwrap_or(Policy::Strict),
            settings,
        })?);
        Ok(())
    })
}

/// Frees a verifier. NULL, and one that was freed already, are left alone. Any thread.
#[unsafe(no_mangle)]
pub extern "C" fn lienthong_verifier_free(verifier: *mut lienthong_verifier_t) {
    guard("lienthong_verifier_free", (), || {
        handle::free::<VerifierObject>(verifier);
    });
}

/// Reads a packet once more and gives the report on its signatures as JSON, judged for a time `at` in
/// milliseconds since 1970-01-01 UTC; 0 is now. Gives 1 in `met` where signature.policy is satisfied,
/// else 0; `met` may be NULL.
///
/// `*report` is freed with `lienthong_string_free`; its signers may be persons: not for logs. That a
/// signature is wrong, or absent, is no failure of this call. Revocation data may be fetched, within
/// signature.fetch_timeout for each source. Fails with io, payload-gone. Any thread.
#[unsafe(no_mangle)]
pub extern "C" fn lienthong_packet_verify(
    packet: *const lienthong_packet_t,
    verifier: *const lienthong_verifier_t,
    at: i64,
    report: *mut *mut c_char,
    met: *mut i32,
    error: *mut *mut lienthong_error_t,
) -> i32 {
    call("lienthong_packet_verify", error, || {
        let place = out("report", report)?;
        let at = time("at", at)?.unwrap_or_else(SystemTime::now);
        let packet = packet::get(packet)?;
        let object = handle::get::<VerifierObject>(verifier)?;
        let options = ReadOptions::from_config(&packet.settings.config);
        let source = packet.source.open()?;
        let verified = logged(object.settings.log.as_deref(), || {
            object.verifier.verify(source, &options, at, &mut Discard)
        })?;
        if let Ok(met) = out("met", met) {
            met.write(object.policy.is_met(&verified.report).into());
        }
        place.text(verified.report.to_json());
        Ok(())
    })
}

/// A time; `None` for 0.
fn time(name: &'static str, at: i64) -> Result<Option<SystemTime>> {
    let since: Duration = millis(name, at)?;
    let time = SystemTime::UNIX_EPOCH
        .checked_add(since)
        .ok_or_else(|| Failure::argument(name, "beyond all times"))?;
    Ok((at != 0).then_some(time))
}

/// What is to be made, by whom.
struct Signing {
    signer: Arc<dyn Signer>,
    seal: bool,
    sign: Option<Option<SystemTime>>,
}

impl Signing {
    fn new(signer: *const lienthong_signer_t, what: i32, at: i64) -> Result<Self> {
        let at = time("at", at)?;
        let (seal, sign) = match what {
            LIENTHONG_SIGN_PACKET => (false, Some(at)),
            LIENTHONG_SIGN_SEAL => (true, None),
            LIENTHONG_SIGN_BOTH => (true, Some(at)),
            _ => return Err(Failure::argument("what", "not LIENTHONG_SIGN_...")),
        };
        Ok(Signing {
            signer: signer::get(signer)?,
            seal,
            sign,
        })
    }

    fn write(&self, packet: &PacketObject, to: &mut dyn Write) -> Result<u64> {
        let config = &packet.settings.config;
        let mut source = packet.source.open()?;
        let options = ReadOptions::from_config(config);
        let Some(at) = self.sign else {
            return Ok(seal_packet(&mut source, &options, &*self.signer, to)?);
        };
        let mut signing = SignOptions::from_config(config);
        signing.signing_time = at;
        if !self.seal {
            return Ok(sign_to_pipe(source, to, &*self.signer, &signing)?);
        }
        let sealed = Kept::written(|sealed| -> Result<u64> {
            Ok(seal_packet(&mut source, &options, &*self.signer, sealed)?)
        })?;
        Ok(sign_to_pipe(sealed.reader(), to, &*self.signer, &signing)?)
    }
}

/// Writes the packet into a new file, signed, sealed or both (`what`: LIENTHONG_SIGN_...); every other
/// byte stays as it is. One that is there already is left alone (io).
///
/// `at`, in milliseconds since 1970-01-01 UTC, is the time that the packet's signature claims, in the
/// properties of XAdES-B; 0 leaves them out. Gives its length in bytes; `length` may be NULL. Fails
/// with already-signed, not-signable, packet-unreadable, packet-impossible (a seal already, or a
/// signature that a seal would break), signer-unfit, signing-failed; then there is no file.
#[unsafe(no_mangle)]
pub extern "C" fn lienthong_packet_sign_to_path(
    packet: *const lienthong_packet_t,
    signer: *const lienthong_signer_t,
    what: i32,
    at: i64,
    path: *const c_char,
    length: *mut u64,
    error: *mut *mut lienthong_error_t,
) -> i32 {
    call("lienthong_packet_sign_to_path", error, || {
        let path = text("path", path)?;
        let signing = Signing::new(signer, what, at)?;
        let packet = packet::get(packet)?;
        let written = new_file(path, |to| signing.write(&packet, to))?;
        if let Ok(place) = out("length", length) {
            place.write(written);
        }
        Ok(())
    })
}

/// Gives the bytes of the packet, signed, sealed or both, all at once.
///
/// `*data` is freed with `lienthong_bytes_free`. As `lienthong_packet_sign_to_path`.
#[unsafe(no_mangle)]
pub extern "C" fn lienthong_packet_sign_to_bytes(
    packet: *const lienthong_packet_t,
    signer: *const lienthong_signer_t,
    what: i32,
    at: i64,
    data: *mut *mut u8,
    length: *mut usize,
    error: *mut *mut lienthong_error_t,
) -> i32 {
    call("lienthong_packet_sign_to_bytes", error, || {
        let place = out_bytes(data, length)?;
        let signing = Signing::new(signer, what, at)?;
        let mut signed = Vec::new();
        signing.write(&*packet::get(packet)?, &mut signed)?;
        place.write(signed);
        Ok(())
    })
}
