//! Who signs: a key in a file, or a callback of the host.

use std::ffi::{c_char, c_void};
use std::sync::Arc;

use lienthong::crypto::algorithm::SignatureAlgorithm;
use lienthong::crypto::keys::FileSigner;
use lienthong::crypto::signer::Signer;
use lienthong::signature::certificate::Certificate;
use lienthong::{Error, ErrorKind};

use crate::boundary::{call, guard};
use crate::config::{lienthong_config_t, settings};
use crate::error::lienthong_error_t;
use crate::failure::{Failure, Result};
use crate::handle::{self, Object};
use crate::input::{bytes, out, text};
use crate::log::{UserData, lienthong_drop_fn};

/// Who signs.
///
/// Made with `lienthong_signer_from_config` or `lienthong_signer_from_callback`, freed with
/// `lienthong_signer_free`. Any number of threads may use it.
#[allow(non_camel_case_types, reason = "its name in C")]
pub struct lienthong_signer_t {
    _opaque: [u8; 0],
}

/// Signs a message: the canonical form of a SignedInfo, some kilobytes, never the packet. Its digest
/// is this function's work. Writes at most `capacity` bytes (1024) to `signature` and their number to
/// `*written`; gives 0, or another number to fail.
///
/// RSA: as many bytes as the modulus. ECDSA: r and s side by side, 32 bytes each for ecdsa-sha256, 48
/// for ecdsa-sha384, not DER. Called on the thread of the call that signs, so from several threads at
/// once. It must not throw.
#[allow(non_camel_case_types, reason = "its name in C")]
pub type lienthong_sign_fn = Option<
    unsafe extern "C" fn(
        user_data: *mut c_void,
        message: *const u8,
        length: usize,
        signature: *mut u8,
        capacity: usize,
        written: *mut usize,
    ) -> i32,
>;

/// No signature is longer: RSA with 8192 bits.
const LONGEST: usize = 1024;

struct SignerObject(Arc<dyn Signer>);

impl Object for SignerObject {
    type C = lienthong_signer_t;
    const KIND: u32 = 8;
}

pub(crate) fn get(signer: *const lienthong_signer_t) -> Result<Arc<dyn Signer>> {
    Ok(Arc::clone(&handle::get::<SignerObject>(signer)?.0))
}

struct Callback {
    algorithm: SignatureAlgorithm,
    certificates: Vec<Vec<u8>>,
    sign: unsafe extern "C" fn(*mut c_void, *const u8, usize, *mut u8, usize, *mut usize) -> i32,
    user_data: UserData,
}

impl Callback {
    fn new(
        algorithm: &str,
        certificates: &[u8],
        sign: lienthong_sign_fn,
        user_data: UserData,
    ) -> Result<Self> {
        let algorithm = SignatureAlgorithm::from_name(algorithm)
            .ok_or_else(|| Failure::argument("algorithm", "none of signature.algorithm"))?;
        let unreadable = || Failure::argument("certificates", "not certificates in DER");
        let certificates = Certificate::all_from_der(certificates).ok_or_else(unreadable)?;
        let own = certificates.first().ok_or_else(unreadable)?;
        if !own.key().fits(algorithm) {
            return Err(Failure::own(ErrorKind::SignerUnfit)
                .with("cause", "the certificate's key does not fit the algorithm"));
        }
        Ok(Callback {
            algorithm,
            certificates: certificates
                .iter()
                .map(|certificate| certificate.der().to_vec())
                .collect(),
            sign: sign.ok_or_else(|| Failure::argument("sign", "NULL"))?,
            user_data,
        })
    }
}

impl Signer for Callback {
    fn algorithm(&self) -> SignatureAlgorithm {
        self.algorithm
    }

    fn certificates(&self) -> &[Vec<u8>] {
        &self.certificates
    }

    fn sign(&self, message: &[u8]) -> lienthong::Result<Vec<u8>> {
        let mut value = vec![0; LONGEST];
        let mut written = 0;
        // SAFETY: the host's function with its own pointer, which lives as long as this; the
        // message lives until it returns, and the buffer has as many bytes as it is told.
        let code = unsafe {
            (self.sign)(
                self.user_data.pointer,
                message.as_ptr(),
                message.len(),
                value.as_mut_ptr(),
                value.len(),
                &raw mut written,
            )
        };
        if code != 0 {
            return Err(Error::signing_failed(format!("the callback gave {code}")));
        }
        if written > value.len() {
            return Err(Error::signing_failed(
                "the callback wrote more than there is room for",
            ));
        }
        value.truncate(written);
        Ok(value)
    }
}

/// Makes a signer of the key file of a config: signature.key_file, key_password, certificate_file,
/// algorithm. Nothing of the key can be read back.
///
/// `*signer` belongs to the caller; `config` may be freed. Fails with config-missing where no key file
/// is set, io, key-unreadable, key-password, key-unsuitable, key-certificate. Any thread.
#[unsafe(no_mangle)]
pub extern "C" fn lienthong_signer_from_config(
    config: *const lienthong_config_t,
    signer: *mut *mut lienthong_signer_t,
    error: *mut *mut lienthong_error_t,
) -> i32 {
    call("lienthong_signer_from_config", error, || {
        let place = out("signer", signer)?;
        let missing = || Failure::own(ErrorKind::ConfigMissing).with("key", "signature.key_file");
        let file = FileSigner::from_config(&settings(config)?.config)?.ok_or_else(missing)?;
        place.write(handle::put(SignerObject(Arc::new(file)))?);
        Ok(())
    })
}

/// Makes a signer of a callback, for a key in a token or a service. `algorithm` is one of the words of
/// signature.algorithm, e.g. "ecdsa-sha256". `certificates` are in DER, one directly behind the other:
/// the one of the key, then those that lead on from it, each followed by its issuer; they are copied.
///
/// `*signer` belongs to the caller. When nobody needs `user_data` any more (signer freed, everything
/// opened with it freed), `drop`, which may be NULL, is called once with it; also where this call
/// fails. Fails with invalid-argument, signer-unfit where the key is of another kind. Any thread.
#[unsafe(no_mangle)]
pub extern "C" fn lienthong_signer_from_callback(
    algorithm: *const c_char,
    certificates: *const u8,
    length: usize,
    sign: lienthong_sign_fn,
    user_data: *mut c_void,
    drop: lienthong_drop_fn,
    signer: *mut *mut lienthong_signer_t,
    error: *mut *mut lienthong_error_t,
) -> i32 {
    // Before the guard, so that an own fault gives `user_data` back, too.
    let user_data = UserData {
        pointer: user_data,
        drop,
    };
    call("lienthong_signer_from_callback", error, || {
        let place = out("signer", signer)?;
        let (algorithm, certificates) = (
            text("algorithm", algorithm)?,
            bytes("certificates", certificates, length)?,
        );
        let callback = Callback::new(algorithm, certificates, sign, user_data)?;
        place.write(handle::put(SignerObject(Arc::new(callback)))?);
        Ok(())
    })
}

/// Frees a signer. NULL, and one that was freed already, are left alone.
///
/// It goes on signing for the connectors that were opened with it. Any thread.
#[unsafe(no_mangle)]
pub extern "C" fn lienthong_signer_free(signer: *mut lienthong_signer_t) {
    guard("lienthong_signer_free", (), || {
        handle::free::<SignerObject>(signer);
    });
}
