//! Both ways with xmlsec1, the JDK and Apache Santuario.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, SystemTime};

use lienthong::crypto::algorithm::SignatureAlgorithm;
use lienthong::signature::verdict::Verdict::{self, *};
use lienthong::signature::xmldsig::{Place, SignOptions, sign_document};

use crate::support::*;

const C14N: &str = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315";
const EXC_C14N: &str = "http://www.w3.org/2001/10/xml-exc-c14n#";
const RSA_SHA256: &str = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256";
const SHA256: &str = "http://www.w3.org/2001/04/xmlenc#sha256";

/// A signed file, and whether it was changed afterwards.
struct Made {
    file: PathBuf,
    what: String,
    pss: bool,
    holds: bool,
}

/// What is signed here, in every algorithm, as it is and with a change.
fn made(folder: &Path) -> Vec<Made> {
    let time = SystemTime::UNIX_EPOCH + Duration::from_secs(1_800_000_000);
    let mut all = Vec::new();
    for (index, (key, algorithm)) in signers().into_iter().enumerate() {
        let signer = TestSigner::new(key, algorithm);
        let plain = SignOptions::default();
        for (kind, options) in [("plain", plain.clone()), ("xades", plain.at(time))] {
            let signed = signed_by(&packet(), &signer, &options);
            let seal = format!("<seal xmlns=\"urn:x\">\n  <a>{index}</a>\n</seal>\n");
            let seal = sign_document(seal.as_bytes(), &signer, &options).unwrap();
            let altered = once(&signed, "V/v thí dụ", "V/v thí  dụ");
            for (form, bytes, holds) in [
                ("packet", signed.as_bytes(), true),
                ("seal", seal.as_slice(), true),
                ("altered", altered.as_bytes(), false),
            ] {
                let file = folder.join(format!("{index}-{kind}-{form}.xml"));
                fs::write(&file, bytes).unwrap();
                all.push(Made {
                    file,
                    what: format!("{kind} {form} {key} {algorithm}"),
                    pss: matches!(algorithm, SignatureAlgorithm::RsaPss(_)),
                    holds,
                });
            }
        }
    }
    all
}

#[test]
fn xmlsec1_verifies_what_is_signed_here() {
    if !tool("xmlsec1", Command::new("xmlsec1").arg("--version")) {
        return;
    }
    let version = Command::new("xmlsec1").arg("--version").output().unwrap();
    let version = String::from_utf8(version.stdout).unwrap();
    // RSA-PSS came with 1.2.38 and 1.3.
    let knows_pss = !version.contains(" 1.2.3");
    let folder = tempfile::tempdir().unwrap();
    for made in made(folder.path()) {
        if made.pss && !knows_pss {
            continue;
        }
        let output = Command::new("xmlsec1")
            .args(["--verify", "--enabled-key-data", "x509"])
            .arg("--id-attr:Id")
            .arg("http://uri.etsi.org/01903/v1.3.2#:SignedProperties")
            .arg("--trusted-pem")
            .arg(key_file("ca.crt"))
            .arg(&made.file)
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.success(), made.holds, "{}: {said}", made.what);
    }
}

/// The words of a task.
fn task(words: &[&dyn AsRef<Path>]) -> String {
    let words = words.iter().map(|word| word.as_ref().to_str().unwrap());
    words.collect::<Vec<_>>().join("\t")
}

/// A provider of signatures in Java.
struct Java {
    name: &'static str,
    class_path: &'static str,
}

const JDK: Java = Java {
    name: "jdk",
    class_path: ".",
};
/// As Debian has it.
const SANTUARIO: Java = Java {
    name: "santuario",
    class_path: "/usr/share/java/xmlsec.jar:/usr/share/java/slf4j-api.jar:\
        /usr/share/java/slf4j-nop.jar:/usr/share/java/commons-codec.jar",
};

impl Java {
    fn is_there(&self) -> bool {
        tool("a JDK, 17 or later", Command::new("javac").arg("--version"))
            && (self.name == "jdk"
                || tool(
                    "Apache Santuario",
                    Command::new("test").args(["-e", "/usr/share/java/xmlsec.jar"]),
                ))
    }

    /// One answer for each task.
    fn ask(&self, tasks: &[String]) -> Vec<String> {
        let program = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/xmldsig/Oracle.java");
        let mut java = Command::new("java")
            .args(["-Dfile.encoding=UTF-8", "-cp", self.class_path])
            .arg(program)
            .arg(self.name)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut input = java.stdin.take().unwrap();
        let lines = tasks.join("\n");
        let writing = std::thread::spawn(move || writeln!(input, "{lines}").unwrap());
        let output = java.wait_with_output().unwrap();
        writing.join().unwrap();
        assert!(output.status.success());
        let text = String::from_utf8(output.stdout).unwrap();
        let answers: Vec<String> = text.lines().map(str::to_owned).collect();
        assert_eq!(answers.len(), tasks.len());
        answers
    }
}

fn assert_verified_by(java: &Java) {
    if !java.is_there() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let made = made(folder.path());
    let authority = key_file("ca.crt");
    let tasks: Vec<String> = made
        .iter()
        .map(|made| task(&[&"verify", &made.file, &authority]))
        .collect();
    for (made, answer) in made.iter().zip(java.ask(&tasks)) {
        // Santuario 2.1 looks for the JDK's RSA-PSS under a name that it does not have.
        if made.pss && java.name == "santuario" && answer.contains("NoSuchAlgorithm") {
            continue;
        }
        let expected = if made.holds { "valid" } else { "invalid" };
        assert_eq!(answer, expected, "{}", made.what);
    }
}

#[test]
fn the_jdk_verifies_what_is_signed_here() {
    assert_verified_by(&JDK);
}

#[test]
fn santuario_verifies_what_is_signed_here() {
    assert_verified_by(&SANTUARIO);
}

/// What others are asked to sign, and what is to be said of it.
struct Asked {
    key: &'static str,
    method: &'static str,
    digest: &'static str,
    canonical: &'static str,
    transform: &'static str,
    flags: &'static str,
    verdict: Verdict,
}

fn asked() -> Vec<Asked> {
    let usual = |flags, verdict| Asked {
        key: "rsa2048",
        method: RSA_SHA256,
        digest: SHA256,
        canonical: EXC_C14N,
        transform: EXC_C14N,
        flags,
        verdict,
    };
    let mut all = Vec::new();
    // Every algorithm; both forms of SignedInfo and of the document, and no form at all.
    let forms = [
        (C14N, C14N),
        (C14N, EXC_C14N),
        (EXC_C14N, C14N),
        (EXC_C14N, EXC_C14N),
        (C14N, ""),
    ];
    let flags = [
        "",
        "prefix",
        "key-name,key-value",
        "prefix,key-value",
        "key-name",
    ];
    for (index, (key, algorithm)) in signers().into_iter().enumerate() {
        let (canonical, transform) = forms[index % forms.len()];
        all.push(Asked {
            key,
            method: algorithm.uri(),
            digest: algorithm.digest().uri(),
            canonical,
            transform,
            ..usual(flags[index / 4 % flags.len()], Valid)
        });
    }
    for (canonical, transform) in forms {
        for flags in flags {
            all.push(Asked {
                canonical,
                transform,
                ..usual(flags, Valid)
            });
        }
    }
    // Beyond the rules.
    for flags in [
        "root",
        "xpath",
        "prefix-list",
        "part",
        "two-references",
        "no-certificate",
        "no-certificate,key-value",
        "retrieval",
        "properties",
    ] {
        all.push(usual(flags, Unsupported));
    }
    for (canonical, transform) in [
        ("http://www.w3.org/2006/12/xml-c14n11", EXC_C14N),
        (EXC_C14N, "http://www.w3.org/2006/12/xml-c14n11"),
        (
            "http://www.w3.org/TR/2001/REC-xml-c14n-20010315#WithComments",
            EXC_C14N,
        ),
        (
            EXC_C14N,
            "http://www.w3.org/2001/10/xml-exc-c14n#WithComments",
        ),
    ] {
        all.push(Asked {
            canonical,
            transform,
            ..usual("", Unsupported)
        });
    }
    let ecdsa_sha256 = "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256";
    let ecdsa_sha512 = "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha512";
    for (key, method) in [
        ("rsa1024", RSA_SHA256),
        ("p521", ecdsa_sha256),
        ("p384", ecdsa_sha256),
        ("p521", ecdsa_sha512),
    ] {
        all.push(Asked {
            key,
            method,
            ..usual("", Unsupported)
        });
    }
    all.push(Asked {
        digest: "http://www.w3.org/2000/09/xmldsig#sha1",
        ..usual("", Legacy)
    });
    all.push(Asked {
        method: "http://www.w3.org/2000/09/xmldsig#rsa-sha1",
        ..usual("", Legacy)
    });
    all
}

/// Says what is thought of a file that somebody else signed, and of the same once changed.
fn assert_thought_of(file: &Path, verdict: Verdict, what: &str) {
    let signed = fs::read_to_string(file).unwrap();
    let checked = check(&signed);
    assert_eq!(checked.verdict, verdict, "{what}: {:?}", checked.reasons);
    let dribbled = check_at(Place::Header, Dribble(signed.as_bytes(), 0));
    assert_eq!(
        (dribbled.verdict, dribbled.reasons),
        (verdict, checked.reasons),
        "{what}"
    );
    let altered = check(&once(&signed, "V/v thí dụ", "V/v thí  dụ"));
    assert_ne!(altered.verdict, Valid, "{what}");
    if verdict == Valid {
        assert_eq!(altered.verdict, Invalid, "{what}");
        assert_eq!(altered.reasons[0].code.as_str(), "digest-differs", "{what}");
    }
}

fn assert_verifies_what_is_signed_by(java: &Java) {
    if !java.is_there() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let source = folder.path().join("packet.xml");
    fs::write(&source, packet()).unwrap();
    let asked = asked();
    let file = |index: usize| folder.path().join(format!("{index}.xml"));
    let tasks: Vec<String> = asked
        .iter()
        .enumerate()
        .map(|(index, asked)| {
            let key = key_file(&format!("{}.key", asked.key));
            let certificate = key_file(&format!("{}.crt", asked.key));
            let authority = key_file("ca.crt");
            task(&[
                &"sign",
                &source,
                &file(index),
                &key,
                &certificate,
                &authority,
                &asked.method,
                &asked.digest,
                &asked.canonical,
                &asked.transform,
                &asked.flags,
            ])
        })
        .collect();
    let mut signed = 0;
    for (index, (asked, answer)) in asked.iter().zip(java.ask(&tasks)).enumerate() {
        let what = format!(
            "{} {} {} {} [{}]",
            asked.key, asked.method, asked.canonical, asked.transform, asked.flags
        );
        if answer != "signed" {
            // The JDK refuses SHA-1 or a short key; Santuario 2.1 does not know RSA-PSS.
            let excused = asked.verdict != Valid || asked.method.contains("MGF1");
            assert!(excused, "{what}: {answer}");
            eprintln!("not signed by {}: {what}", java.name);
            continue;
        }
        signed += 1;
        assert_thought_of(&file(index), asked.verdict, &what);
    }
    assert!(signed >= 35, "{signed}");
}

#[test]
fn what_the_jdk_signs_within_the_rules_verifies_here_and_is_unsupported_beyond() {
    assert_verifies_what_is_signed_by(&JDK);
}

#[test]
fn what_santuario_signs_within_the_rules_verifies_here_and_is_unsupported_beyond() {
    assert_verifies_what_is_signed_by(&SANTUARIO);
}

#[test]
fn what_xmlsec1_signs_within_the_rules_verifies_here_and_is_unsupported_beyond() {
    if !tool("xmlsec1", Command::new("xmlsec1").arg("--version")) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let mut signed = 0;
    for (index, asked) in asked().into_iter().enumerate() {
        let known = asked.flags.split(',').all(|flag| {
            matches!(
                flag,
                "" | "prefix" | "key-name" | "key-value" | "no-certificate" | "xpath"
            )
        });
        if !known || asked.method.contains("MGF1") {
            continue;
        }
        let template = template(&asked);
        let source = once(
            &packet(),
            "</edXML:edXMLHeader>",
            &format!("{template}</edXML:edXMLHeader>"),
        );
        let (unsigned, file) = (
            folder.path().join("in.xml"),
            folder.path().join(format!("{index}.xml")),
        );
        fs::write(&unsigned, source).unwrap();
        let key = |end: &str| {
            key_file(&format!("{}.{end}", asked.key))
                .display()
                .to_string()
        };
        let output = Command::new("xmlsec1")
            .args(["--sign", "--privkey-pem"])
            .arg(format!(
                "{},{},{}",
                key("key"),
                key("crt"),
                key_file("ca.crt").display()
            ))
            .arg("--output")
            .arg(&file)
            .arg(&unsigned)
            .output()
            .unwrap();
        let what = format!(
            "{} {} {} [{}]",
            asked.key, asked.method, asked.canonical, asked.flags
        );
        if !output.status.success() {
            assert_ne!(
                asked.verdict,
                Valid,
                "{what}: {}",
                String::from_utf8_lossy(&output.stderr)
            );
            eprintln!("not signed by xmlsec1: {what}");
            continue;
        }
        signed += 1;
        assert_thought_of(&file, asked.verdict, &what);
    }
    assert!(signed >= 30, "{signed}");
}

/// What xmlsec1 fills in.
fn template(asked: &Asked) -> String {
    let has = |flag: &str| asked.flags.split(',').any(|other| other == flag);
    let mut transforms = vec![
        "<Transform Algorithm=\"http://www.w3.org/2000/09/xmldsig#enveloped-signature\"/>"
            .to_owned(),
    ];
    if has("xpath") {
        transforms.push("<Transform Algorithm=\"http://www.w3.org/TR/1999/REC-xpath-19991116\"><XPath>not(ancestor-or-self::AttachmentEncoded)</XPath></Transform>".to_owned());
    }
    if !asked.transform.is_empty() {
        transforms.push(format!("<Transform Algorithm=\"{}\"/>", asked.transform));
    }
    let mut keys = String::new();
    if has("key-name") {
        keys.push_str("<KeyName/>");
    }
    if has("key-value") {
        keys.push_str("<KeyValue/>");
    }
    if !has("no-certificate") {
        keys.push_str("<X509Data><X509SubjectName/><X509IssuerSerial/><X509SKI/><X509Certificate/></X509Data>");
    }
    let text = format!(
        "<Signature xmlns=\"http://www.w3.org/2000/09/xmldsig#\">\n  <SignedInfo>\n    \
         <CanonicalizationMethod Algorithm=\"{}\"/>\n    <SignatureMethod Algorithm=\"{}\"/>\n    \
         <Reference URI=\"\">\n<Transforms>{}</Transforms>\n<DigestMethod Algorithm=\"{}\"/>\
         <DigestValue/>\n</Reference></SignedInfo>\n<SignatureValue/>\n<KeyInfo>{keys}</KeyInfo>\
         </Signature>",
        asked.canonical,
        asked.method,
        transforms.concat(),
        asked.digest
    );
    if !has("prefix") {
        return text;
    }
    let text = text.replace("<", "<ds:").replace("<ds:/", "</ds:");
    text.replace("<ds:Signature xmlns=", "<ds:Signature xmlns:ds=")
}
