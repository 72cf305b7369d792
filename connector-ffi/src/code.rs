//! The numbers of errors, and what is known of each without an error at hand.

use std::ffi::{CStr, CString, c_char};
use std::sync::OnceLock;

use lienthong::error::{Retry, WhoActs};
use lienthong::{ErrorKind, Language};

use crate::boundary::guard;
use crate::input::c_text;
use crate::number;

/// invalid-argument: An argument is not acceptable. Correct the call.
pub const LIENTHONG_ERROR_INVALID_ARGUMENT: i32 = 1;
/// config-unknown-key: There is no such configuration key. See the configuration reference.
pub const LIENTHONG_ERROR_CONFIG_UNKNOWN_KEY: i32 = 2;
/// config-invalid-value: The value of a configuration key is out of its range or form. See the
/// configuration reference.
pub const LIENTHONG_ERROR_CONFIG_INVALID_VALUE: i32 = 3;
/// io: A file or stream could not be read or written. Check the path, the rights and the free
/// space.
pub const LIENTHONG_ERROR_IO: i32 = 4;
/// packet-unreadable: The packet cannot be read; the finding says why. Its bytes are untouched.
/// Ask the sender for it again.
pub const LIENTHONG_ERROR_PACKET_UNREADABLE: i32 = 5;
/// packet-impossible: The packet would not arrive as it is; the findings say what to correct.
pub const LIENTHONG_ERROR_PACKET_IMPOSSIBLE: i32 = 6;
/// attachment-length: An attachment's source gave another number of bytes than was stated. Open
/// the file anew and build the packet again.
pub const LIENTHONG_ERROR_ATTACHMENT_LENGTH: i32 = 7;
/// attachment-unreadable: The attachment's data in the packet cannot be decoded. Ask the sender
/// for it again.
pub const LIENTHONG_ERROR_ATTACHMENT_UNREADABLE: i32 = 8;
/// attachment-too-large: An attachment that has to be wrapped in a ZIP is larger than a ZIP can
/// hold (4 GiB).
pub const LIENTHONG_ERROR_ATTACHMENT_TOO_LARGE: i32 = 9;
/// config-missing: A configuration key that is needed here has no value. Set it.
pub const LIENTHONG_ERROR_CONFIG_MISSING: i32 = 20;
/// axis-plaintext: The connection to the axis must be encrypted (Decision 28/2018, art. 13).
/// Use https, or set axis.allow_plaintext where the network itself is encrypted.
pub const LIENTHONG_ERROR_AXIS_PLAINTEXT: i32 = 21;
/// axis-unreachable: No connection to the axis; nothing was sent. Check address, network and
/// axis, then try again.
pub const LIENTHONG_ERROR_AXIS_UNREACHABLE: i32 = 22;
/// axis-untrusted: No encrypted connection could be agreed with the axis; nothing was sent.
/// Check its certificate, axis.ca_file and the client certificate.
pub const LIENTHONG_ERROR_AXIS_UNTRUSTED: i32 = 23;
/// axis-interrupted: The connection ended before the packet was sent whole, so the axis cannot
/// have it. Try again.
pub const LIENTHONG_ERROR_AXIS_INTERRUPTED: i32 = 24;
/// axis-no-answer: The axis gave no whole answer. The call may be repeated without harm.
pub const LIENTHONG_ERROR_AXIS_NO_ANSWER: i32 = 25;
/// axis-sent-no-answer: The packet was sent, but no valid answer came: the axis may have it or
/// not. Send the same bytes again; the receiver may see them twice.
pub const LIENTHONG_ERROR_AXIS_SENT_NO_ANSWER: i32 = 26;
/// axis-not-an-answer: What came back is not an answer of this axis. Check what stands between
/// here and the axis, then try again.
pub const LIENTHONG_ERROR_AXIS_NOT_AN_ANSWER: i32 = 27;
/// axis-answer-too-large: The answer of the axis passes a limit. Raise the configuration key
/// that is named, if such answers are expected.
pub const LIENTHONG_ERROR_AXIS_ANSWER_TOO_LARGE: i32 = 28;
/// axis-refused-packet: The axis refuses the packet. Correct it and send it as a new one.
pub const LIENTHONG_ERROR_AXIS_REFUSED_PACKET: i32 = 29;
/// axis-refused-organ: The axis does not know or has locked an organ. Compare the directory.
pub const LIENTHONG_ERROR_AXIS_REFUSED_ORGAN: i32 = 30;
/// axis-credentials: The axis refuses system id or secret. Check axis.system_id and
/// axis.secret.
pub const LIENTHONG_ERROR_AXIS_CREDENTIALS: i32 = 31;
/// axis-try-later: The axis reports a fault of its own. Try again later, within limits.
pub const LIENTHONG_ERROR_AXIS_TRY_LATER: i32 = 32;
/// axis-unknown-refusal: The axis refuses with a code that is not known here. Ask its operator
/// what it means; trying again does no harm.
pub const LIENTHONG_ERROR_AXIS_UNKNOWN_REFUSAL: i32 = 33;
/// axis-not-tried: Nothing was sent to these recipients, because an earlier part of the same
/// sending failed. Try again when its reason is gone.
pub const LIENTHONG_ERROR_AXIS_NOT_TRIED: i32 = 34;
/// packet-changed: The packet's bytes changed while it was being sent; it was not sent whole.
/// Keep the file untouched and send it again.
pub const LIENTHONG_ERROR_PACKET_CHANGED: i32 = 35;
/// closed: The handle is closed. Open a new one.
pub const LIENTHONG_ERROR_CLOSED: i32 = 36;
/// after-fork: A connector was open when this process was forked. Open connectors after the
/// fork only, or start a new program.
pub const LIENTHONG_ERROR_AFTER_FORK: i32 = 37;
/// out-of-resources: The system gave no thread or no event queue. Check its limits.
pub const LIENTHONG_ERROR_OUT_OF_RESOURCES: i32 = 38;
/// store-in-use: Another worker holds this store. Only one may: open as client
/// (connector.role), or stop the other.
pub const LIENTHONG_ERROR_STORE_IN_USE: i32 = 40;
/// store-on-network: The store lies on a network file system, whose locks and syncs cannot be
/// trusted. Put store.path on a local disk.
pub const LIENTHONG_ERROR_STORE_ON_NETWORK: i32 = 41;
/// store-newer: The store was written by a newer version of this library. Use that version or
/// newer.
pub const LIENTHONG_ERROR_STORE_NEWER: i32 = 42;
/// store-full: The disk of the store is full; nothing was stored. Free space, then try again.
pub const LIENTHONG_ERROR_STORE_FULL: i32 = 43;
/// store-failed: The store could not be read or written; nothing was changed. Check disk and
/// rights of store.path.
pub const LIENTHONG_ERROR_STORE_FAILED: i32 = 44;
/// internal: The library contradicts itself: a fault of its own. Report it.
pub const LIENTHONG_ERROR_INTERNAL: i32 = 45;
/// state-secret: Documents with state secrets must not be sent this way (Decision 28/2018, art.
/// 1.2); nothing was stored.
pub const LIENTHONG_ERROR_STATE_SECRET: i32 = 46;
/// document-id-taken: A document with this id and type but another content was sent already;
/// nothing was stored. Give the new one an id of its own.
pub const LIENTHONG_ERROR_DOCUMENT_ID_TAKEN: i32 = 47;
/// not-found: There is no such packet in this store.
pub const LIENTHONG_ERROR_NOT_FOUND: i32 = 48;
/// lease-lost: This hand-off is over: it was decided, or shown again after its lease. Poll
/// again.
pub const LIENTHONG_ERROR_LEASE_LOST: i32 = 49;
/// status-illegal: This status does not follow from where the document stands; nothing was
/// sent. See the table of transitions.
pub const LIENTHONG_ERROR_STATUS_ILLEGAL: i32 = 50;
/// document-frozen: The document was recalled: nothing may be done with it any more.
pub const LIENTHONG_ERROR_DOCUMENT_FROZEN: i32 = 51;
/// payload-gone: The packet's bytes are not kept any more: purged by age, or destroyed after a
/// recall.
pub const LIENTHONG_ERROR_PAYLOAD_GONE: i32 = 52;
/// not-own-organ: The organ is not one of this connector's own. Check connector.organs.
pub const LIENTHONG_ERROR_NOT_OWN_ORGAN: i32 = 53;
/// not-for-client: Only the worker of a store can do this. Call it in the worker's process.
pub const LIENTHONG_ERROR_NOT_FOR_CLIENT: i32 = 54;
/// already-signed: The document carries an XML signature already, which a second one would break;
/// nothing was signed.
pub const LIENTHONG_ERROR_ALREADY_SIGNED: i32 = 60;
/// not-signable: The document cannot be signed as it is; the cause says why.
pub const LIENTHONG_ERROR_NOT_SIGNABLE: i32 = 61;
/// signer-unfit: Key, certificate and algorithm of the signer do not belong together; nothing was
/// signed. Check the key and its certificate.
pub const LIENTHONG_ERROR_SIGNER_UNFIT: i32 = 62;
/// key-unreadable: The key file holds no key that can be used; the reason says why. Give PEM,
/// PKCS#8 or PKCS#12.
pub const LIENTHONG_ERROR_KEY_UNREADABLE: i32 = 70;
/// key-password: The password of the key file is missing or wrong, or the file is damaged.
pub const LIENTHONG_ERROR_KEY_PASSWORD: i32 = 71;
/// key-unsuitable: The key cannot sign: RSA with 2048 to 4096 bits, P-256 and P-384 can, with an
/// algorithm of their own kind.
pub const LIENTHONG_ERROR_KEY_UNSUITABLE: i32 = 72;
/// key-certificate: No readable certificate belongs to the key. Give the certificate file of this
/// very key.
pub const LIENTHONG_ERROR_KEY_CERTIFICATE: i32 = 73;
/// signing-failed: The key made no signature; nothing was sent. Try again, then check the key.
pub const LIENTHONG_ERROR_SIGNING_FAILED: i32 = 74;
/// trust-unreadable: A file in the trust folder is not what its name says. Correct or remove it.
pub const LIENTHONG_ERROR_TRUST_UNREADABLE: i32 = 75;
/// organs-unreadable: The file that maps certificates to organs has a line that cannot be read.
/// Correct it.
pub const LIENTHONG_ERROR_ORGANS_UNREADABLE: i32 = 76;

/// English.
pub const LIENTHONG_ENGLISH: i32 = 1;
/// Vietnamese, with diacritics.
pub const LIENTHONG_VIETNAMESE: i32 = 2;

/// It will fail again until something is changed.
pub const LIENTHONG_RETRY_NEVER: i32 = 1;
/// It may be tried again without harm.
pub const LIENTHONG_RETRY_SAFE: i32 = 2;
/// It may be tried again, but what was sent may arrive twice.
pub const LIENTHONG_RETRY_MAY_DUPLICATE: i32 = 3;

/// The one who sends the packet, or the program that builds it.
pub const LIENTHONG_ACTS_SENDER: i32 = 1;
/// The one who receives the packet.
pub const LIENTHONG_ACTS_RECEIVER: i32 = 2;
/// The operator of this installation.
pub const LIENTHONG_ACTS_OPERATOR: i32 = 3;
/// The developer who calls this library.
pub const LIENTHONG_ACTS_DEVELOPER: i32 = 4;
/// The authority that issues certificates.
pub const LIENTHONG_ACTS_CERTIFICATE_AUTHORITY: i32 = 5;

pub(crate) fn retry(retry: Retry) -> i32 {
    match retry {
        Retry::Never => LIENTHONG_RETRY_NEVER,
        Retry::Safe => LIENTHONG_RETRY_SAFE,
        Retry::MayDuplicate => LIENTHONG_RETRY_MAY_DUPLICATE,
    }
}

pub(crate) fn who_acts(who: WhoActs) -> i32 {
    match who {
        WhoActs::Sender => LIENTHONG_ACTS_SENDER,
        WhoActs::Receiver => LIENTHONG_ACTS_RECEIVER,
        WhoActs::Operator => LIENTHONG_ACTS_OPERATOR,
        WhoActs::Developer => LIENTHONG_ACTS_DEVELOPER,
        WhoActs::CertificateAuthority => LIENTHONG_ACTS_CERTIFICATE_AUTHORITY,
    }
}

fn kind(code: i32) -> Option<ErrorKind> {
    ErrorKind::ALL
        .iter()
        .copied()
        .find(|kind| number(*kind) == code)
}

/// The constant texts of one kind, as C texts.
struct Texts {
    name: CString,
    messages: [CString; 2],
}

/// Made at the first question and kept: what is given out is good for ever.
fn texts(code: i32) -> Option<&'static Texts> {
    static ALL: OnceLock<Vec<Texts>> = OnceLock::new();
    let all = ALL.get_or_init(|| {
        let of = |kind: &ErrorKind| Texts {
            name: c_text(kind.name()),
            messages: [Language::English, Language::Vietnamese]
                .map(|language| c_text(kind.message(language))),
        };
        ErrorKind::ALL.iter().map(of).collect()
    });
    let index = ErrorKind::ALL
        .iter()
        .position(|kind| number(*kind) == code)?;
    all.get(index)
}

/// Which of the two messages a language is; what is not Vietnamese is English.
pub(crate) fn of_language(messages: &[CString; 2], language: i32) -> *const c_char {
    let [english, vietnamese] = messages;
    match language {
        LIENTHONG_VIETNAMESE => vietnamese.as_ptr(),
        _ => english.as_ptr(),
    }
}

/// How many error codes this library has. For `lienthong_code_at`.
///
/// Any thread. Never fails.
#[unsafe(no_mangle)]
pub extern "C" fn lienthong_code_count() -> usize {
    guard("lienthong_code_count", 0, || ErrorKind::ALL.len())
}

/// The error code of a place, from 0, in the order of the numbers; 0 beyond the last.
///
/// Any thread.
#[unsafe(no_mangle)]
pub extern "C" fn lienthong_code_at(index: usize) -> i32 {
    guard("lienthong_code_at", 0, || {
        ErrorKind::ALL.get(index).map_or(0, |kind| number(*kind))
    })
}

/// The stable name of a code, e.g. "store-full"; "ok" for LIENTHONG_OK, NULL for no code.
///
/// Good for ever, never freed. Any thread.
#[unsafe(no_mangle)]
pub extern "C" fn lienthong_code_name(code: i32) -> *const c_char {
    const OK: &CStr = c"ok";
    guard("lienthong_code_name", std::ptr::null(), || match code {
        0 => OK.as_ptr(),
        code => texts(code).map_or(std::ptr::null(), |texts| texts.name.as_ptr()),
    })
}

/// What a code means and what to do next, in LIENTHONG_ENGLISH or LIENTHONG_VIETNAMESE;
/// NULL for no code.
///
/// Good for ever, never freed. Any thread.
#[unsafe(no_mangle)]
pub extern "C" fn lienthong_code_message(code: i32, language: i32) -> *const c_char {
    guard("lienthong_code_message", std::ptr::null(), || {
        texts(code).map_or(std::ptr::null(), |texts| {
            of_language(&texts.messages, language)
        })
    })
}

/// Whether what failed with a code may be tried again: LIENTHONG_RETRY_...; 0 for no code.
///
/// Any thread.
#[unsafe(no_mangle)]
pub extern "C" fn lienthong_code_retry(code: i32) -> i32 {
    guard("lienthong_code_retry", 0, || {
        kind(code).map_or(0, |kind| retry(kind.retry()))
    })
}

/// Who has to act after a code: LIENTHONG_ACTS_...; 0 for no code.
///
/// Any thread.
#[unsafe(no_mangle)]
pub extern "C" fn lienthong_code_who_acts(code: i32) -> i32 {
    guard("lienthong_code_who_acts", 0, || {
        kind(code).map_or(0, |kind| who_acts(kind.who_acts()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_the_core_has_its_constant() {
        let constants = [
            (ErrorKind::InvalidArgument, LIENTHONG_ERROR_INVALID_ARGUMENT),
            (
                ErrorKind::ConfigUnknownKey,
                LIENTHONG_ERROR_CONFIG_UNKNOWN_KEY,
            ),
            (
                ErrorKind::ConfigInvalidValue,
                LIENTHONG_ERROR_CONFIG_INVALID_VALUE,
            ),
            (ErrorKind::Io, LIENTHONG_ERROR_IO),
            (
                ErrorKind::PacketUnreadable,
                LIENTHONG_ERROR_PACKET_UNREADABLE,
            ),
            (
                ErrorKind::PacketImpossible,
                LIENTHONG_ERROR_PACKET_IMPOSSIBLE,
            ),
            (
                ErrorKind::AttachmentLength,
                LIENTHONG_ERROR_ATTACHMENT_LENGTH,
            ),
            (
                ErrorKind::AttachmentUnreadable,
                LIENTHONG_ERROR_ATTACHMENT_UNREADABLE,
            ),
            (
                ErrorKind::AttachmentTooLarge,
                LIENTHONG_ERROR_ATTACHMENT_TOO_LARGE,
            ),
            (ErrorKind::ConfigMissing, LIENTHONG_ERROR_CONFIG_MISSING),
            (ErrorKind::AxisPlaintext, LIENTHONG_ERROR_AXIS_PLAINTEXT),
            (ErrorKind::AxisUnreachable, LIENTHONG_ERROR_AXIS_UNREACHABLE),
            (ErrorKind::AxisUntrusted, LIENTHONG_ERROR_AXIS_UNTRUSTED),
            (ErrorKind::AxisInterrupted, LIENTHONG_ERROR_AXIS_INTERRUPTED),
            (ErrorKind::AxisNoAnswer, LIENTHONG_ERROR_AXIS_NO_ANSWER),
            (
                ErrorKind::AxisSentNoAnswer,
                LIENTHONG_ERROR_AXIS_SENT_NO_ANSWER,
            ),
            (
                ErrorKind::AxisNotAnAnswer,
                LIENTHONG_ERROR_AXIS_NOT_AN_ANSWER,
            ),
            (
                ErrorKind::AxisAnswerTooLarge,
                LIENTHONG_ERROR_AXIS_ANSWER_TOO_LARGE,
            ),
            (
                ErrorKind::AxisRefusedPacket,
                LIENTHONG_ERROR_AXIS_REFUSED_PACKET,
            ),
            (
                ErrorKind::AxisRefusedOrgan,
                LIENTHONG_ERROR_AXIS_REFUSED_ORGAN,
            ),
            (ErrorKind::AxisCredentials, LIENTHONG_ERROR_AXIS_CREDENTIALS),
            (ErrorKind::AxisTryLater, LIENTHONG_ERROR_AXIS_TRY_LATER),
            (
                ErrorKind::AxisUnknownRefusal,
                LIENTHONG_ERROR_AXIS_UNKNOWN_REFUSAL,
            ),
            (ErrorKind::AxisNotTried, LIENTHONG_ERROR_AXIS_NOT_TRIED),
            (ErrorKind::PacketChanged, LIENTHONG_ERROR_PACKET_CHANGED),
            (ErrorKind::Closed, LIENTHONG_ERROR_CLOSED),
            (ErrorKind::AfterFork, LIENTHONG_ERROR_AFTER_FORK),
            (ErrorKind::OutOfResources, LIENTHONG_ERROR_OUT_OF_RESOURCES),
            (ErrorKind::StoreInUse, LIENTHONG_ERROR_STORE_IN_USE),
            (ErrorKind::StoreOnNetwork, LIENTHONG_ERROR_STORE_ON_NETWORK),
            (ErrorKind::StoreNewer, LIENTHONG_ERROR_STORE_NEWER),
            (ErrorKind::StoreFull, LIENTHONG_ERROR_STORE_FULL),
            (ErrorKind::StoreFailed, LIENTHONG_ERROR_STORE_FAILED),
            (ErrorKind::Internal, LIENTHONG_ERROR_INTERNAL),
            (ErrorKind::StateSecret, LIENTHONG_ERROR_STATE_SECRET),
            (
                ErrorKind::DocumentIdTaken,
                LIENTHONG_ERROR_DOCUMENT_ID_TAKEN,
            ),
            (ErrorKind::NotFound, LIENTHONG_ERROR_NOT_FOUND),
            (ErrorKind::LeaseLost, LIENTHONG_ERROR_LEASE_LOST),
            (ErrorKind::StatusIllegal, LIENTHONG_ERROR_STATUS_ILLEGAL),
            (ErrorKind::DocumentFrozen, LIENTHONG_ERROR_DOCUMENT_FROZEN),
            (ErrorKind::PayloadGone, LIENTHONG_ERROR_PAYLOAD_GONE),
            (ErrorKind::NotOwnOrgan, LIENTHONG_ERROR_NOT_OWN_ORGAN),
            (ErrorKind::NotForClient, LIENTHONG_ERROR_NOT_FOR_CLIENT),
            (ErrorKind::AlreadySigned, LIENTHONG_ERROR_ALREADY_SIGNED),
            (ErrorKind::NotSignable, LIENTHONG_ERROR_NOT_SIGNABLE),
            (ErrorKind::SignerUnfit, LIENTHONG_ERROR_SIGNER_UNFIT),
            (ErrorKind::KeyUnreadable, LIENTHONG_ERROR_KEY_UNREADABLE),
            (ErrorKind::KeyPassword, LIENTHONG_ERROR_KEY_PASSWORD),
            (ErrorKind::KeyUnsuitable, LIENTHONG_ERROR_KEY_UNSUITABLE),
            (ErrorKind::KeyCertificate, LIENTHONG_ERROR_KEY_CERTIFICATE),
            (ErrorKind::SigningFailed, LIENTHONG_ERROR_SIGNING_FAILED),
            (ErrorKind::TrustUnreadable, LIENTHONG_ERROR_TRUST_UNREADABLE),
            (
                ErrorKind::OrgansUnreadable,
                LIENTHONG_ERROR_ORGANS_UNREADABLE,
            ),
        ];
        assert_eq!(
            constants.len(),
            ErrorKind::ALL.len(),
            "a new kind of error needs its constant in code.rs, and its row here"
        );
        for (kind, constant) in constants {
            assert_eq!(number(kind), constant, "{}", kind.name());
        }
    }

    #[test]
    fn every_code_can_be_listed_with_its_texts() {
        for index in 0..lienthong_code_count() {
            let code = lienthong_code_at(index);
            assert!(code > 0 && !lienthong_code_name(code).is_null());
            assert!(!lienthong_code_message(code, LIENTHONG_VIETNAMESE).is_null());
            assert!(lienthong_code_retry(code) > 0 && lienthong_code_who_acts(code) > 0);
        }
        assert_eq!(lienthong_code_at(usize::MAX), 0);
        assert!(lienthong_code_name(-1).is_null() && lienthong_code_message(9_999, 1).is_null());
    }
}
