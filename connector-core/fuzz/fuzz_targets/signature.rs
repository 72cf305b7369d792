//! What is judged does not depend on how the input is cut up; a document is valid only if it is
//! one that was signed, but for its signature; and what is signed here is valid here.
#![no_main]

use std::io::{self, Cursor, Read};
use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use lienthong::crypto::algorithm::SignatureAlgorithm;
use lienthong::crypto::signer::Signer;
use lienthong::packet::{Discard, ReadOptions};
use lienthong::signature::verdict::Verdict;
use lienthong::signature::xmldsig::{
    Checked, Limits, Place, SignOptions, check_document, check_packet, sign_document, sign_to_pipe,
};
use lienthong::xml::{self, Canonical, Event, Form, Reader};
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair};

/// What was signed, by keys that are not in here.
const SIGNED: [(Place, &[u8]); 4] = [
    (Place::Header, include_bytes!("../seeds/signature/plain.xml")),
    (Place::Header, include_bytes!("../seeds/signature/xades.xml")),
    (Place::Header, include_bytes!("../seeds/signature/jdk-inclusive.xml")),
    (Place::RootEnd, include_bytes!("../seeds/signature/seal.xml")),
];

const DSIG: &str = "http://www.w3.org/2000/09/xmldsig#";

struct Dribble<'a> {
    rest: &'a [u8],
    step: usize,
}

impl Read for Dribble<'_> {
    fn read(&mut self, space: &mut [u8]) -> io::Result<usize> {
        // 1 to 7 bytes, in turn.
        self.step = self.step % 7 + 1;
        let count = self.step.min(space.len()).min(self.rest.len());
        let (now, later) = self.rest.split_at(count);
        space[..count].copy_from_slice(now);
        self.rest = later;
        Ok(count)
    }
}

struct Key {
    key: EcdsaKeyPair,
    certificates: Vec<Vec<u8>>,
}

static KEY: LazyLock<Key> = LazyLock::new(|| {
    let pem = |text: &str| {
        let lines = text.lines().filter(|line| !line.starts_with("-----"));
        let text: String = lines.collect();
        base64_simd::STANDARD.decode_to_vec(text).expect("a PEM file")
    };
    let key = pem(include_str!("../../tests/fixtures/keys/p256.key"));
    let kind = &ECDSA_P256_SHA256_FIXED_SIGNING;
    Key {
        key: EcdsaKeyPair::from_pkcs8(kind, &key, &SystemRandom::new()).expect("a key"),
        certificates: vec![pem(include_str!("../../tests/fixtures/keys/p256.crt"))],
    }
});

impl Signer for Key {
    fn algorithm(&self) -> SignatureAlgorithm {
        SignatureAlgorithm::EcdsaP256
    }

    fn certificates(&self) -> &[Vec<u8>] {
        &self.certificates
    }

    fn sign(&self, message: &[u8]) -> lienthong::Result<Vec<u8>> {
        let value = self.key.sign(&SystemRandom::new(), message).expect("a value");
        Ok(value.as_ref().to_vec())
    }
}

fn check(source: impl Read, place: Place) -> Checked {
    let limits = Limits::from(&ReadOptions::default());
    check_document(source, place, xml::Limits::default(), limits).expect("memory can be read")
}

/// The canonical form without the signature.
fn rest(document: &[u8]) -> Vec<u8> {
    let mut reader = Reader::new(document, xml::Limits::default());
    let mut canonical = Canonical::document(Form::Inclusive);
    let mut written = Vec::new();
    let mut inside = 0;
    loop {
        let event = reader.next_event().expect("a valid document is well-formed");
        match &event {
            Event::Start(tag)
                if inside > 0 || tag.local() == "Signature" && tag.namespace().is(DSIG) =>
            {
                inside += 1;
            }
            Event::End(_) if inside > 0 => inside -= 1,
            Event::EndOfDocument => return written,
            _ if inside > 0 => {}
            _ => {
                let mut out = |piece: &[u8]| written.extend_from_slice(piece);
                canonical.event(&event, &mut out).expect("it has a canonical form");
            }
        }
    }
}

static RESTS: LazyLock<Vec<(Place, Vec<u8>)>> = LazyLock::new(|| {
    let rests = SIGNED.iter().map(|(place, document)| {
        assert_eq!(check(*document, *place).verdict, Verdict::Valid);
        (*place, rest(document))
    });
    rests.collect()
});

fuzz_target!(|data: &[u8]| {
    for place in [Place::Header, Place::RootEnd] {
        let checked = check(data, place);
        let cut = check(Dribble { rest: data, step: data.len() }, place);
        assert_eq!(cut.verdict, checked.verdict);
        assert_eq!(cut.reasons, checked.reasons);
        assert_eq!(cut.signer, checked.signer);
        if checked.verdict == Verdict::Valid {
            let rest = rest(data);
            assert!(RESTS.iter().any(|(at, signed)| *at == place && *signed == rest));
            assert!(checked.signer.is_some());
        } else {
            assert!(checked.signer.is_none() || checked.verdict == Verdict::Unsupported);
            assert!(!checked.reasons.is_empty() || checked.verdict == Verdict::Absent);
        }
    }
    let (packet, read) = check_packet(data, &ReadOptions::default(), &mut Discard).expect("memory");
    let alone = check(data, Place::Header);
    if packet.readable {
        assert_eq!((read.verdict, read.reasons), (alone.verdict, alone.reasons));
    } else {
        assert_eq!(read.verdict, Verdict::Invalid);
    }
    let options = SignOptions::default();
    let mut signed = Vec::new();
    if sign_to_pipe(Cursor::new(data), &mut signed, &*KEY, &options).is_ok() {
        assert_eq!(check(signed.as_slice(), Place::Header).verdict, Verdict::Valid);
    }
    if let Ok(signed) = sign_document(data, &*KEY, &options) {
        assert_eq!(check(signed.as_slice(), Place::RootEnd).verdict, Verdict::Valid);
    }
});
