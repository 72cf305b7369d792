use std::time::{Duration, UNIX_EPOCH};

use super::*;
use crate::crypto::digest::sha256;

#[test]
fn the_digest_of_abc_has_its_known_unpadded_form() {
    assert_eq!(
        unpadded(&sha256(b"abc")),
        "ba7816bf8f1cfea414140de5dae2223b0361a396177a9cb410ff61f2015ad"
    );
}

#[test]
fn a_time_stamp_is_vietnamese_time_with_milliseconds_in_four_digits() {
    // 2026-11-22T00:13:36.143Z, by `date -d @1795306416`.
    let now = UNIX_EPOCH + Duration::from_millis(1_795_306_416_143);
    assert_eq!(timestamp(now), "22112026T071336+0143");
    let now = UNIX_EPOCH + Duration::from_millis(1_767_200_399_007);
    assert_eq!(timestamp(now), "31122025T235959+0007");
}

#[test]
fn a_string_escapes_what_json_must_and_the_two_foreign_line_ends_only() {
    let mut text = String::new();
    json_string(&mut text, "\"\\/=<>&'Hà\n\u{1}\u{2028}\u{2029}");
    assert_eq!(text, r#""\"\\/=<>&'Hà\n\u0001\u2028\u2029""#);
}

/// Signed text, HMAC and parameters of a captured request.
fn captured(request: &str) -> (String, String, Vec<(String, String)>) {
    let header = |name: &str| {
        let line = request.lines().find_map(|line| line.strip_prefix(name));
        line.unwrap().trim().to_owned()
    };
    let names = header("XroadVnpt-sign-header-key:");
    let parameters = names.split(';').map(|name| {
        let value = header(&format!("XroadVnpt-{name}:"));
        (name.to_owned(), value)
    });
    (
        header("XroadVnpt-sign-header:"),
        header("XroadVnpt-hash-header:"),
        parameters.collect(),
    )
}

fn verify(request: &str) {
    let (text, hash, parameters) = captured(request);
    let parameters: Vec<_> = parameters.iter().map(|(n, v)| (&**n, &**v)).collect();
    assert_eq!(signed_text(&parameters), text);
    // A made-up secret.
    let key = hmac::Key::new(hmac::HMAC_SHA256, b"c2VjcmV0LWZvci10ZXN0cw==");
    assert_eq!(hex(hmac::sign(&key, text.as_bytes()).as_ref()), hash);
}

#[test]
fn requests_of_the_official_software_are_signed_as_we_sign() {
    // Same form as captured ones, values made up; the HMACs by `openssl dgst`.
    let requests = include_str!("../../tests/fixtures/vxp-requests.http");
    assert_eq!(requests.split("\n\n").map(verify).count(), 2);
    // The captured ones, where they lie beside the working copy.
    let folder = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../shared/spec/vectors/vxp-http"
    );
    for file in std::fs::read_dir(folder).into_iter().flatten() {
        verify(&std::fs::read_to_string(file.unwrap().path()).unwrap());
    }
}
