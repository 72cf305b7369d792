//! Key files, made by OpenSSL and by the JDK's keytool; what is signed is verified by OpenSSL.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test ends at the first surprise; helpers are not seen as tests"
)]

mod pki;

use std::sync::Arc;
use std::thread;

use lienthong::Config;
use lienthong::crypto::algorithm::{KeyKind, SignatureAlgorithm};
use lienthong::crypto::keys::FileSigner;
use lienthong::crypto::signer::Signer;
use lienthong::error::{Error, ErrorKind};
use lienthong::signature::certificate::Certificate;
use pki::{Folder, run};
use secrecy::SecretString;

const MESSAGE: &[u8] = b"<ds:SignedInfo>made up</ds:SignedInfo>";
const PASSWORD: &str = "canary-4711";

fn open(folder: &Folder, key: &str, certificate: Option<&str>) -> Result<FileSigner, Error> {
    open_with(folder, key, certificate, Some(PASSWORD), None)
}

fn open_with(
    folder: &Folder,
    key: &str,
    certificate: Option<&str>,
    password: Option<&str>,
    algorithm: Option<SignatureAlgorithm>,
) -> Result<FileSigner, Error> {
    let certificate = certificate.map(|name| folder.path(name));
    let password = password.map(SecretString::from);
    FileSigner::open(
        &folder.path(key),
        certificate.as_deref(),
        password.as_ref(),
        algorithm,
    )
}

/// r and s side by side, as OpenSSL wants them.
fn der_of(value: &[u8]) -> Vec<u8> {
    let integer = |half: &[u8]| {
        let start = half.iter().position(|byte| *byte != 0).unwrap();
        let mut content = half[start..].to_vec();
        if content[0] >= 0x80 {
            content.insert(0, 0);
        }
        [&[2, u8::try_from(content.len()).unwrap()], &content[..]].concat()
    };
    let (r, s) = value.split_at(value.len() / 2);
    let both = [integer(r), integer(s)].concat();
    [&[0x30, u8::try_from(both.len()).unwrap()], &both[..]].concat()
}

/// Whether OpenSSL takes the value for the message, under the first certificate.
fn holds(folder: &Folder, signer: &FileSigner, value: &[u8]) -> bool {
    let name = signer.algorithm().to_string();
    let value = if name.starts_with("ecdsa") {
        der_of(value)
    } else {
        value.to_vec()
    };
    folder.write("value", value);
    folder.write("message", MESSAGE);
    folder.write("own.der", &signer.certificates()[0]);
    folder.write(
        "public",
        folder.openssl("x509 -inform DER -in own.der -noout -pubkey"),
    );
    let digest = ["256", "384", "512"]
        .into_iter()
        .find(|bits| name.contains(&format!("sha{bits}")))
        .unwrap();
    let padding = if name.contains("MGF1") {
        " -sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:digest"
    } else {
        ""
    };
    folder
        .try_openssl(&format!(
            "dgst -sha{digest}{padding} -verify public -signature value message"
        ))
        .status
        .success()
}

fn signs(folder: &Folder, signer: &FileSigner) {
    let value = signer.sign(MESSAGE).unwrap();
    assert!(holds(folder, signer, &value), "{}", signer.algorithm());
}

fn kind(result: Result<FileSigner, Error>) -> ErrorKind {
    let error = result.err().unwrap();
    assert!(!error.to_string().contains(PASSWORD));
    error.kind()
}

#[test]
fn every_algorithm_makes_values_that_openssl_takes() {
    let folder = Folder::new();
    for (kind, kinds) in [
        ("rsa2048", &SignatureAlgorithm::ALL[..6]),
        ("rsa3072", &SignatureAlgorithm::ALL[..1]),
        ("rsa4096", &SignatureAlgorithm::ALL[2..4]),
        ("p256", &SignatureAlgorithm::ALL[6..7]),
        ("p384", &SignatureAlgorithm::ALL[7..]),
    ] {
        folder.key(kind, kind);
        folder.self_signed(kind);
        let (key, certificate) = (format!("{kind}.key"), format!("{kind}.crt"));
        let usual = open(&folder, &key, Some(&certificate)).unwrap();
        if kind.starts_with("rsa") {
            assert_eq!(usual.algorithm().to_string(), "rsa-sha256");
        } else {
            assert_eq!(usual.algorithm(), kinds[0]);
        }
        for algorithm in kinds {
            let signer = open_with(&folder, &key, Some(&certificate), None, Some(*algorithm));
            let signer = signer.unwrap();
            assert_eq!(signer.algorithm(), *algorithm);
            signs(&folder, &signer);
        }
    }
}

#[test]
fn every_form_of_a_key_file_opens() {
    let folder = Folder::new();
    for kind in ["rsa2048", "p256", "p384"] {
        folder.key("k", kind);
        folder.self_signed("k");
        let old = if kind == "rsa2048" { "rsa" } else { "ec" };
        let pass = format!("-passout pass:{PASSWORD}");
        for (name, words) in [
            ("pkcs8.pem", "pkcs8 -topk8 -nocrypt -in k.key".to_owned()),
            (
                "pkcs8.der",
                "pkcs8 -topk8 -nocrypt -in k.key -outform DER".to_owned(),
            ),
            (
                "old.pem",
                format!(
                    "{old} -in k.key{}",
                    if old == "rsa" { " -traditional" } else { "" }
                ),
            ),
            (
                "old.der",
                format!(
                    "{old} -in k.key -outform DER{}",
                    if old == "rsa" { " -traditional" } else { "" }
                ),
            ),
            (
                "no-public.pem",
                format!(
                    "{old} -in k.key{}",
                    if old == "ec" {
                        " -no_public"
                    } else {
                        " -traditional"
                    }
                ),
            ),
            ("locked.pem", format!("pkcs8 -topk8 -in k.key {pass}")),
            (
                "locked.der",
                format!("pkcs8 -topk8 -in k.key -outform DER {pass}"),
            ),
            (
                "aes128.pem",
                format!("pkcs8 -topk8 -in k.key -v2 aes-128-cbc -v2prf hmacWithSHA1 {pass}"),
            ),
            (
                "aes192.pem",
                format!("pkcs8 -topk8 -in k.key -v2 aes-192-cbc -v2prf hmacWithSHA512 {pass}"),
            ),
            (
                "des3.pem",
                format!("pkcs8 -topk8 -in k.key -v2 des3 {pass}"),
            ),
            (
                "v1.pem",
                format!("pkcs8 -topk8 -in k.key -v1 PBE-SHA1-3DES {pass}"),
            ),
        ] {
            folder.openssl(&format!("{words} -out {name}"));
            let signer = open(&folder, name, Some("k.crt"))
                .unwrap_or_else(|error| panic!("{kind} {name}: {error}"));
            signs(&folder, &signer);
        }
        // Key and certificate in one file of text.
        folder.write(
            "both.pem",
            [folder.read("k.key"), folder.read("k.crt")].concat(),
        );
        signs(&folder, &open(&folder, "both.pem", None).unwrap());
    }
}

#[test]
fn pkcs12_opens_in_every_encryption_that_is_about() {
    let folder = Folder::new();
    for key in ["rsa2048", "p256"] {
        folder.key("k", key);
        folder.self_signed("k");
        for (name, options) in [
            ("modern", ""),
            ("legacy", "-legacy"),
            (
                "3des",
                "-legacy -certpbe PBE-SHA1-3DES -keypbe PBE-SHA1-3DES",
            ),
            (
                "2des",
                "-legacy -certpbe PBE-SHA1-2DES -keypbe PBE-SHA1-2DES",
            ),
            (
                "rc2-40",
                "-legacy -certpbe PBE-SHA1-RC2-40 -keypbe PBE-SHA1-RC2-40",
            ),
            (
                "rc2-128",
                "-legacy -certpbe PBE-SHA1-RC2-128 -keypbe PBE-SHA1-RC2-128",
            ),
            (
                "aes128",
                "-certpbe AES-128-CBC -keypbe AES-128-CBC -macalg sha384",
            ),
            ("sha512", "-macalg sha512 -iter 1"),
            ("open-certificates", "-certpbe NONE"),
            ("open-key", "-keypbe NONE"),
            ("no-mac", "-nomac"),
        ] {
            let options = if options.is_empty() {
                String::new()
            } else {
                format!(" {options}")
            };
            folder.openssl(&format!(
                "pkcs12 -export -inkey k.key -in k.crt -out k.p12 -passout pass:{PASSWORD}{options}"
            ));
            let signer = open(&folder, "k.p12", None)
                .unwrap_or_else(|error| panic!("{key} {name}: {error}"));
            signs(&folder, &signer);
            assert_eq!(signer.certificates().len(), 1);
            // With the key and the certificates open, nothing tells a wrong password.
            let wrong = open_with(&folder, "k.p12", None, Some("wrong"), None);
            assert_eq!(kind(wrong), ErrorKind::KeyPassword, "{key} {name}");
            let none = open_with(&folder, "k.p12", None, None, None);
            assert_eq!(kind(none), ErrorKind::KeyPassword, "{key} {name}");
        }
    }
}

#[test]
fn an_empty_password_and_one_beyond_ascii_open_pkcs12() {
    let folder = Folder::new();
    folder.key("k", "p256");
    folder.self_signed("k");
    for password in ["", "mật khẩu€"] {
        for options in [&[][..], &["-legacy"]] {
            let path = folder.path("");
            let pass = format!("pass:{password}");
            let mut words = vec!["pkcs12", "-export", "-inkey", "k.key", "-in", "k.crt"];
            words.extend(["-out", "k.p12", "-passout", &pass]);
            words.extend(options);
            let made = run(&path, "openssl", &words);
            assert!(made.status.success());
            let signer = open_with(&folder, "k.p12", None, Some(password), None);
            signs(&folder, &signer.unwrap());
        }
    }
}

#[test]
fn pkcs12_of_the_jdk_opens_old_and_modern() {
    let folder = Folder::new();
    let path = folder.path("");
    for (number, (algorithm, old)) in [("RSA", false), ("RSA", true), ("EC", false), ("EC", true)]
        .into_iter()
        .enumerate()
    {
        let store = format!("java{number}.p12");
        let legacy = "-J-Dkeystore.pkcs12.legacy=true";
        let size = if algorithm == "RSA" { "2048" } else { "256" };
        let mut words = vec![
            "-genkeypair",
            "-storetype",
            "PKCS12",
            "-alias",
            "made-up",
            "-dname",
            "CN=made up",
            "-keyalg",
            algorithm,
            "-keysize",
            size,
            "-keystore",
            &store,
            "-storepass",
            PASSWORD,
        ];
        if old {
            words.push(legacy);
        }
        let made = run(&path, "keytool", &words);
        assert!(
            made.status.success(),
            "{}",
            String::from_utf8_lossy(&made.stdout)
        );
        let signer = open(&folder, &store, None)
            .unwrap_or_else(|error| panic!("{algorithm} {old}: {error}"));
        signs(&folder, &signer);
        let wrong = open_with(&folder, &store, None, Some("wrong"), None);
        assert_eq!(kind(wrong), ErrorKind::KeyPassword);
    }
}

/// Every value written with an open length, octet strings of the outer layer in pieces.
fn as_ber(der: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut rest = der;
    while let [tag, first, ..] = rest {
        let count = usize::from(first & 0x7f);
        let (head, length) = if *first < 0x80 {
            (2, usize::from(*first))
        } else {
            let bytes = &rest[2..2 + count];
            let length = bytes
                .iter()
                .fold(0, |sum, byte| (sum << 8) | usize::from(*byte));
            (2 + count, length)
        };
        let content = &rest[head..head + length];
        if tag & 0x20 != 0 {
            out.extend([*tag, 0x80]);
            out.extend(as_ber(content));
            out.extend([0, 0]);
        } else if *tag == 4 && length > 200 {
            out.extend([0x24, 0x80]);
            for piece in content.chunks(100) {
                out.extend([4, u8::try_from(piece.len()).unwrap()]);
                out.extend(piece);
            }
            out.extend([0, 0]);
        } else {
            out.extend(&rest[..head + length]);
        }
        rest = &rest[head + length..];
    }
    out
}

#[test]
fn pkcs12_with_open_lengths_opens_as_other_programs_read_it() {
    let folder = Folder::new();
    folder.key("k", "rsa2048");
    folder.self_signed("k");
    folder.openssl(&format!(
        "pkcs12 -export -inkey k.key -in k.crt -out k.p12 -passout pass:{PASSWORD}"
    ));
    folder.write("ber.p12", as_ber(&folder.read("k.p12")));
    // OpenSSL reads it too, so it is what it should be.
    folder.openssl(&format!(
        "pkcs12 -in ber.p12 -noenc -passin pass:{PASSWORD} -out read.pem"
    ));
    signs(&folder, &open(&folder, "ber.p12", None).unwrap());
}

#[test]
fn the_chain_stands_leaf_first_whatever_the_order_in_the_file() {
    let folder = Folder::new();
    for name in ["root", "middle", "leaf", "stranger"] {
        folder.key(name, "p256");
    }
    folder.self_signed("root");
    folder.self_signed("stranger");
    for (name, by) in [("middle", "root"), ("leaf", "middle")] {
        folder.openssl(&format!(
            "req -new -key {name}.key -subj /CN={name} -out {name}.csr"
        ));
        folder.openssl(&format!(
            "x509 -req -in {name}.csr -CA {by}.crt -CAkey {by}.key -days 30 -out {name}.crt"
        ));
    }
    let order = ["root", "stranger", "leaf", "middle"];
    let all: Vec<u8> = order
        .iter()
        .flat_map(|name| folder.read(&format!("{name}.crt")))
        .collect();
    folder.write("all.pem", all);
    let signer = open(&folder, "leaf.key", Some("all.pem")).unwrap();
    let der = |name: &str| folder.openssl(&format!("x509 -in {name}.crt -outform DER"));
    assert_eq!(
        signer.certificates(),
        [der("leaf"), der("middle"), der("root")]
    );
}

#[test]
fn what_cannot_sign_is_refused_by_its_kind() {
    let folder = Folder::new();
    for kind in ["rsa1024", "rsa2048", "p256", "p521", "ed25519"] {
        folder.key(kind, kind);
        folder.self_signed(kind);
    }
    let open = |key: &str, certificate: &str| open(&folder, key, Some(certificate));
    for weak in ["rsa1024", "p521", "ed25519"] {
        let (key, certificate) = (format!("{weak}.key"), format!("{weak}.crt"));
        assert_eq!(
            kind(open(&key, &certificate)),
            ErrorKind::KeyUnsuitable,
            "{weak}"
        );
    }
    for (key, certificate) in [("rsa2048.key", "p256.crt"), ("p256.key", "rsa2048.crt")] {
        assert_eq!(kind(open(key, certificate)), ErrorKind::KeyCertificate);
    }
    let none = open_with(&folder, "p256.key", None, None, None);
    assert_eq!(kind(none), ErrorKind::KeyCertificate);
    assert_eq!(kind(open("p256.crt", "p256.crt")), ErrorKind::KeyUnreadable);
    for (key, algorithm) in [("p256", 0), ("rsa2048", 6), ("p256", 7)] {
        let (file, certificate) = (format!("{key}.key"), format!("{key}.crt"));
        let algorithm = Some(SignatureAlgorithm::ALL[algorithm]);
        let refused = open_with(&folder, &file, Some(&certificate), None, algorithm);
        assert_eq!(kind(refused), ErrorKind::KeyUnsuitable);
    }
    folder.openssl(&format!(
        "rsa -in rsa2048.key -traditional -aes128 -passout pass:{PASSWORD} -out old.pem"
    ));
    let error = open("old.pem", "rsa2048.crt").err().unwrap();
    assert!(error.to_string().contains("openssl pkcs8 -topk8"));
    folder.write("noise", b"neither");
    assert_eq!(kind(open("noise", "rsa2048.crt")), ErrorKind::KeyUnreadable);
    assert_eq!(kind(open("nowhere", "rsa2048.crt")), ErrorKind::Io);
}

#[test]
fn a_wrong_or_missing_password_is_said_and_nothing_else() {
    let folder = Folder::new();
    folder.key("k", "rsa2048");
    folder.self_signed("k");
    folder.openssl(&format!(
        "pkcs8 -topk8 -in k.key -passout pass:{PASSWORD} -out locked.pem"
    ));
    for password in [None, Some("wrong")] {
        let refused = open_with(&folder, "locked.pem", Some("k.crt"), password, None);
        assert_eq!(kind(refused), ErrorKind::KeyPassword);
    }
    let shown = format!("{:?}", open(&folder, "locked.pem", Some("k.crt")).unwrap());
    assert_eq!(shown, "FileSigner { algorithm: RsaPkcs1(Sha256), .. }");
}

#[test]
fn the_keys_of_the_configuration_make_the_same_signer() {
    let folder = Folder::new();
    folder.key("k", "rsa2048");
    folder.self_signed("k");
    folder.openssl(&format!(
        "pkcs8 -topk8 -in k.key -passout pass:{PASSWORD} -out locked.pem"
    ));
    let mut config = Config::new();
    assert!(FileSigner::from_config(&config).unwrap().is_none());
    let text = |name: &str| folder.path(name).display().to_string();
    config
        .set("signature.key_file", &text("locked.pem"))
        .unwrap();
    config
        .set("signature.certificate_file", &text("k.crt"))
        .unwrap();
    config.set("signature.key_password", PASSWORD).unwrap();
    config
        .set("signature.algorithm", "sha384-rsa-MGF1")
        .unwrap();
    let signer = FileSigner::from_config(&config).unwrap().unwrap();
    assert_eq!(signer.algorithm(), SignatureAlgorithm::ALL[4]);
    signs(&folder, &signer);
    for algorithm in SignatureAlgorithm::ALL {
        config
            .set("signature.algorithm", &algorithm.to_string())
            .unwrap();
    }
}

#[test]
fn sixteen_threads_sign_with_one_signer() {
    let folder = Folder::new();
    for kind in ["rsa2048", "p256"] {
        folder.key("k", kind);
        folder.self_signed("k");
        let signer = Arc::new(open(&folder, "k.key", Some("k.crt")).unwrap());
        let threads: Vec<_> = (0..16)
            .map(|_| {
                let signer = Arc::clone(&signer);
                thread::spawn(move || {
                    let values = (0..20).map(|_| signer.sign(MESSAGE).unwrap());
                    values.collect::<Vec<_>>()
                })
            })
            .collect();
        let mut values: Vec<Vec<u8>> = threads
            .into_iter()
            .flat_map(|thread| thread.join().unwrap())
            .collect();
        assert_eq!(values.len(), 320);
        if kind == "rsa2048" {
            // PKCS#1 v1.5 is the same every time, so one look is enough.
            values.dedup();
            assert_eq!(values.len(), 1);
        }
        for value in values.iter().step_by(40) {
            assert!(holds(&folder, &signer, value));
        }
    }
}

#[test]
fn damaged_files_end_in_an_error_and_never_in_a_panic() {
    let folder = Folder::new();
    folder.key("k", "p256");
    folder.self_signed("k");
    folder.openssl(&format!(
        "pkcs12 -export -inkey k.key -in k.crt -iter 1 -out k.p12 -passout pass:{PASSWORD}"
    ));
    folder.openssl("pkcs8 -topk8 -nocrypt -in k.key -outform DER -out k.der");
    let password = SecretString::from(PASSWORD);
    let certificate = folder.read("k.crt");
    for name in ["k.p12", "k.der"] {
        let whole = folder.read(name);
        for place in 0..whole.len() {
            for value in [0, 0x24, 0x30, 0x80, 0xff] {
                let mut bytes = whole.clone();
                bytes[place] = value;
                _ = FileSigner::from_bytes(&bytes, Some(&certificate), Some(&password), None);
            }
            let cut = &whole[..place];
            assert!(
                FileSigner::from_bytes(cut, Some(&certificate), Some(&password), None).is_err()
            );
        }
    }
}

#[test]
fn the_name_of_an_algorithm_leads_back_to_it() {
    for algorithm in SignatureAlgorithm::ALL {
        let name = algorithm.to_string();
        assert_eq!(SignatureAlgorithm::from_name(&name), Some(algorithm));
    }
    for none in ["", "hmac-sha1", "rsa-sha1", "RSA-SHA256"] {
        assert_eq!(SignatureAlgorithm::from_name(none), None);
    }
}

#[test]
fn certificates_one_behind_the_other_are_taken_apart() {
    let folder = Folder::new();
    let mut run = Vec::new();
    for kind in ["p256", "p384"] {
        folder.key(kind, kind);
        folder.self_signed(kind);
        run.extend(folder.openssl(&format!("x509 -in {kind}.crt -outform DER")));
    }
    let all = Certificate::all_from_der(&run).unwrap();
    let kinds: Vec<_> = all.iter().map(|one| one.key().kind).collect();
    assert_eq!(kinds, [KeyKind::P256, KeyKind::P384]);
    let together: Vec<u8> = all.iter().flat_map(|one| one.der().to_vec()).collect();
    assert_eq!(together, run);
    assert!(Certificate::all_from_der(&[]).unwrap().is_empty());
    assert!(Certificate::all_from_der(&run[..run.len() - 1]).is_none());
    run.push(0);
    assert!(Certificate::all_from_der(&run).is_none());
}
