//! Certificates, revocation lists and key files that somebody else wrote are read or refused.
#![no_main]

use std::time::{Duration, SystemTime};

use libfuzzer_sys::fuzz_target;
use lienthong::crypto::keys::FileSigner;
use lienthong::signature::certificate::Certificate;
use lienthong::signature::trust::{Options, Trust};
use secrecy::SecretString;

fuzz_target!(|bytes: &[u8]| {
    _ = Trust::from_files([("a.crl", bytes)], Options::default());
    let password = SecretString::from("made up");
    _ = FileSigner::from_bytes(bytes, None, Some(&password), None);
    let trust = Trust::from_files([("a.cer", bytes)], Options::default());
    if let (Ok(trust), Some(certificate)) = (trust, Certificate::from_der(bytes)) {
        let at = SystemTime::UNIX_EPOCH + Duration::from_secs(1_780_272_000);
        _ = trust.judge(&certificate, &[certificate.clone()], at);
    }
});
