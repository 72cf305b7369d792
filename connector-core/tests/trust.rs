//! Trust: chains, use, dates and revocation, over certificates made by OpenSSL, whose own
//! opinion is asked for every one of them.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test ends at the first surprise; helpers are not seen as tests"
)]

mod pki;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

use lienthong::environment::Environment;
use lienthong::error::ErrorKind;
use lienthong::signature::certificate::Certificate;
use lienthong::signature::trust::{
    Judgement, Options, Organs, OrgansFile, SignerOrgan, Trust, TrustFolder, alarm, attribute,
};
use lienthong::signature::verdict::{ReasonCode, Verdict};
use pki::{AUTHORITY, Folder, SIGNER, Wish};
use proptest::prelude::*;

/// 1 June 2026, when all is well.
const JUNE: u64 = 1_780_272_000;
const DAY: u64 = 86_400;

fn time(seconds: u64) -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(seconds)
}

fn certificate(folder: &Folder, name: &str) -> Certificate {
    Certificate::from_der(&folder.read(&format!("{name}.der"))).unwrap()
}

/// One question to both.
struct Case<'a> {
    anchors: &'a [&'a str],
    others: &'a [&'a str],
    lists: &'a [&'a str],
    at: u64,
}

impl Case<'_> {
    fn trust(&self, folder: &Folder) -> Trust {
        let files: Vec<(String, Vec<u8>)> = self
            .anchors
            .iter()
            .map(|name| format!("{name}.crt"))
            .chain(self.lists.iter().map(|name| (*name).to_owned()))
            .map(|name| (name.clone(), folder.read(&name)))
            .collect();
        let files = files.iter().map(|(name, bytes)| (&**name, &**bytes));
        Trust::from_files(files, Options::default()).unwrap()
    }

    fn ours(&self, folder: &Folder, signer: &str) -> Judgement {
        let others: Vec<Certificate> = self
            .others
            .iter()
            .map(|name| certificate(folder, name))
            .collect();
        self.trust(folder)
            .judge(&certificate(folder, signer), &others, time(self.at))
    }

    /// Whether OpenSSL takes it, for signing.
    fn theirs(&self, folder: &Folder, signer: &str) -> bool {
        let together = |names: &[&str], ending: &str| -> Vec<u8> {
            names
                .iter()
                .flat_map(|name| folder.read(&format!("{name}{ending}")))
                .collect()
        };
        folder.write("anchors.pem", together(self.anchors, ".crt"));
        folder.write("others.pem", together(self.others, ".crt"));
        let mut words = format!(
            "verify -no-CApath -no-CAstore -CAfile anchors.pem -purpose smimesign -attime {}",
            self.at
        );
        if !self.others.is_empty() {
            words += " -untrusted others.pem";
        }
        if !self.lists.is_empty() {
            folder.write("lists.pem", together(self.lists, ""));
            words += " -crl_check_all -CRLfile lists.pem";
        }
        folder
            .try_openssl(&format!("{words} {signer}.crt"))
            .status
            .success()
    }

    /// Our verdict and reasons, after both were found to agree.
    fn agreed(&self, folder: &Folder, signer: &str) -> (Verdict, Vec<ReasonCode>) {
        let ours = self.ours(folder, signer);
        let theirs = self.theirs(folder, signer);
        assert_eq!(
            ours.verdict == Verdict::Valid,
            theirs,
            "{signer}: {:?}",
            ours.reasons
        );
        said(&ours)
    }
}

fn said(judgement: &Judgement) -> (Verdict, Vec<ReasonCode>) {
    let reasons = judgement.reasons.iter().map(|reason| reason.code).collect();
    (judgement.verdict, reasons)
}

const PLAIN: Case<'_> = Case {
    anchors: &["root"],
    others: &["middle"],
    lists: &[],
    at: JUNE,
};

/// root, middle and signer; each as wished.
fn three(root: &Wish<'_>, middle: &Wish<'_>, signer: &Wish<'_>) -> Folder {
    let folder = Folder::new();
    folder.issue("root", "root", root);
    folder.issue("root", "middle", middle);
    folder.issue("middle", "signer", signer);
    folder
}

/// What it is, the three wishes, and what is to be said of the signer.
type Row<'a> = (
    &'a str,
    Wish<'a>,
    Wish<'a>,
    Wish<'a>,
    Verdict,
    &'a [ReasonCode],
);

fn with<'a>(wish: &Wish<'a>, extensions: &'a str) -> Wish<'a> {
    Wish {
        extensions,
        ..wish.clone()
    }
}

#[test]
fn chains_are_judged_as_openssl_judges_them() {
    use ReasonCode as R;
    use Verdict as V;
    const CA: &str = "basicConstraints=critical,CA:TRUE";
    let (authority, signer) = (AUTHORITY, SIGNER);
    let fine = [R::RevocationNotChecked];
    let cases: &[Row<'_>] = &[
        (
            "all well",
            authority.clone(),
            authority.clone(),
            signer.clone(),
            V::Valid,
            &fine,
        ),
        (
            "nonRepudiation alone",
            authority.clone(),
            authority.clone(),
            with(&signer, "keyUsage=nonRepudiation"),
            V::Valid,
            &fine,
        ),
        (
            "no keyUsage anywhere",
            with(&authority, CA),
            with(&authority, CA),
            with(&signer, "basicConstraints=CA:FALSE"),
            V::Valid,
            &fine,
        ),
        (
            "for e-mail",
            authority.clone(),
            authority.clone(),
            with(
                &signer,
                "keyUsage=digitalSignature\nextendedKeyUsage=emailProtection,clientAuth",
            ),
            V::Valid,
            &fine,
        ),
        (
            "for servers only",
            authority.clone(),
            authority.clone(),
            with(
                &signer,
                "keyUsage=digitalSignature\nextendedKeyUsage=serverAuth",
            ),
            V::Untrusted,
            &[R::SignerPurpose],
        ),
        (
            "keyEncipherment alone",
            authority.clone(),
            authority.clone(),
            with(&signer, "keyUsage=keyEncipherment,keyAgreement"),
            V::Untrusted,
            &[R::SignerKeyUsage],
        ),
        (
            "middle is no authority",
            authority.clone(),
            with(&authority, "basicConstraints=CA:FALSE"),
            signer.clone(),
            V::Untrusted,
            &[R::IssuerMayNotSign],
        ),
        (
            "middle may not issue",
            authority.clone(),
            with(&authority, "basicConstraints=CA:TRUE\nkeyUsage=cRLSign"),
            signer.clone(),
            V::Untrusted,
            &[R::IssuerMayNotSign],
        ),
        (
            "the anchor's path length",
            with(&authority, "basicConstraints=critical,CA:TRUE,pathlen:0"),
            authority.clone(),
            signer.clone(),
            V::Untrusted,
            &[R::PathLength],
        ),
        (
            "a path length that is enough",
            with(&authority, "basicConstraints=critical,CA:TRUE,pathlen:1"),
            with(&authority, "basicConstraints=critical,CA:TRUE,pathlen:0"),
            signer.clone(),
            V::Valid,
            &fine,
        ),
        (
            "an unknown critical extension",
            authority.clone(),
            authority.clone(),
            with(&signer, "1.2.3.4=critical,ASN1:NULL"),
            V::Untrusted,
            &[R::CertificateUnsupported],
        ),
        (
            "an unknown extension",
            authority.clone(),
            authority.clone(),
            with(&signer, "1.2.3.4=ASN1:NULL"),
            V::Valid,
            &fine,
        ),
        (
            "names inside",
            authority.clone(),
            with(
                &authority,
                "basicConstraints=CA:TRUE\nnameConstraints=critical,permitted;DNS:h98.example",
            ),
            with(&signer, "subjectAltName=DNS:a.h98.example"),
            V::Valid,
            &fine,
        ),
        (
            "names outside",
            authority.clone(),
            with(
                &authority,
                "basicConstraints=CA:TRUE\nnameConstraints=critical,permitted;DNS:h98.example",
            ),
            with(&signer, "subjectAltName=DNS:a.h99.example"),
            V::Untrusted,
            &[R::NameConstraint],
        ),
        (
            "an excluded name",
            authority.clone(),
            with(
                &authority,
                "basicConstraints=CA:TRUE\nnameConstraints=critical,excluded;DNS:h98.example",
            ),
            with(&signer, "subjectAltName=DNS:a.h98.example"),
            V::Untrusted,
            &[R::NameConstraint],
        ),
        (
            "an authority as signer that may not sign",
            authority.clone(),
            authority.clone(),
            authority.clone(),
            V::Untrusted,
            &[R::SignerIsAuthority],
        ),
        (
            "RSA and PSS-sized keys",
            Wish {
                key: "rsa4096",
                ..authority.clone()
            },
            Wish {
                key: "rsa3072",
                digest: "sha512",
                ..authority.clone()
            },
            Wish {
                key: "rsa2048",
                digest: "sha384",
                ..signer.clone()
            },
            V::Valid,
            &fine,
        ),
        (
            "P-384",
            Wish {
                key: "p384",
                ..authority.clone()
            },
            Wish {
                key: "p384",
                digest: "sha384",
                ..authority.clone()
            },
            signer.clone(),
            V::Valid,
            &fine,
        ),
    ];
    for (name, root, middle, signer, verdict, reasons) in cases {
        let folder = three(root, middle, signer);
        let (ours, why) = PLAIN.agreed(&folder, "signer");
        assert_eq!((ours, &*why), (*verdict, *reasons), "{name}");
    }
}

#[test]
fn where_openssl_is_more_lenient_a_chain_is_refused() {
    for (middle, signer) in [
        // Constraints on directory names are not understood, so nothing passes them.
        (
            "basicConstraints=CA:TRUE\nnameConstraints=critical,permitted;dirName:dn\n[dn]\nC=VN",
            "keyUsage=digitalSignature",
        ),
        // Policies that must be understood.
        (
            "basicConstraints=CA:TRUE",
            "certificatePolicies=critical,1.2.3.4",
        ),
    ] {
        let folder = three(
            &AUTHORITY,
            &with(&AUTHORITY, middle),
            &with(&SIGNER, signer),
        );
        assert!(PLAIN.theirs(&folder, "signer"));
        assert_eq!(PLAIN.ours(&folder, "signer").verdict, Verdict::Untrusted);
    }
}

#[test]
fn every_certificate_has_to_be_in_date_at_the_time_of_judgement() {
    let short = |wish: &Wish<'static>, from, to| Wish {
        from,
        to,
        ..wish.clone()
    };
    let (spring, autumn) = ("20260301000000Z", "20260901000000Z");
    for (root, middle, signer) in [
        (short(&AUTHORITY, spring, autumn), AUTHORITY, SIGNER),
        (AUTHORITY, short(&AUTHORITY, spring, autumn), SIGNER),
        (AUTHORITY, AUTHORITY, short(&SIGNER, spring, autumn)),
    ] {
        let folder = three(&root, &middle, &signer);
        assert_eq!(PLAIN.agreed(&folder, "signer").0, Verdict::Valid);
        for (at, reason) in [
            (JUNE - 120 * DAY, ReasonCode::CertificateNotYetValid),
            (JUNE + 120 * DAY, ReasonCode::CertificateExpired),
        ] {
            let case = Case { at, ..PLAIN };
            let (verdict, reasons) = case.agreed(&folder, "signer");
            assert_eq!((verdict, reasons), (Verdict::Expired, vec![reason]));
            // Who would not be trusted in June is not trusted later either.
            let nowhere = Case {
                others: &[],
                ..case
            };
            let (verdict, reasons) = nowhere.agreed(&folder, "signer");
            assert_eq!(
                (verdict, reasons),
                (Verdict::Untrusted, vec![ReasonCode::IssuerUnknown])
            );
        }
    }
}

#[test]
fn strangers_and_missing_links_are_not_trusted() {
    let folder = three(&AUTHORITY, &AUTHORITY, &SIGNER);
    folder.issue("other", "other", &AUTHORITY);
    // The same name as the root, another key.
    folder.issue(
        "forged",
        "forged",
        &Wish {
            subject: "/C=VN/O=Made_up/CN=root",
            ..AUTHORITY
        },
    );
    for case in [
        Case {
            others: &[],
            ..PLAIN
        },
        Case {
            anchors: &["other"],
            ..PLAIN
        },
        Case {
            anchors: &["forged"],
            ..PLAIN
        },
    ] {
        let (verdict, reasons) = case.agreed(&folder, "signer");
        assert_eq!(
            (verdict, reasons),
            (Verdict::Untrusted, vec![ReasonCode::IssuerUnknown])
        );
    }
    let none = Trust::from_files([], Options::default()).unwrap();
    let judgement = none.judge(&certificate(&folder, "signer"), &[], time(JUNE));
    assert_eq!(
        said(&judgement),
        (Verdict::Untrusted, vec![ReasonCode::NoAnchors])
    );
}

#[test]
fn a_middle_authority_in_the_folder_is_an_anchor() {
    let folder = three(&AUTHORITY, &AUTHORITY, &SIGNER);
    let case = Case {
        anchors: &["middle"],
        others: &[],
        ..PLAIN
    };
    let judgement = case.ours(&folder, "signer");
    assert_eq!(judgement.verdict, Verdict::Valid);
    assert_eq!(judgement.chain.len(), 2);
}

#[test]
fn a_signer_in_the_folder_is_trusted_itself_and_vouches_for_nobody() {
    let folder = Folder::new();
    // As `openssl req -x509` makes them: an authority of its own.
    folder.issue(
        "pinned",
        "pinned",
        &with(&AUTHORITY, "basicConstraints=CA:TRUE"),
    );
    folder.issue("leaf", "leaf", &SIGNER);
    folder.issue("leaf", "victim", &SIGNER);
    let case = Case {
        anchors: &["pinned", "leaf"],
        others: &[],
        ..PLAIN
    };
    let fine = (
        Verdict::Valid,
        vec![ReasonCode::SignerPinned, ReasonCode::RevocationNotChecked],
    );
    assert_eq!(said(&case.ours(&folder, "pinned")), fine);
    assert_eq!(said(&case.ours(&folder, "leaf")), fine);
    assert_eq!(case.ours(&folder, "victim").verdict, Verdict::Untrusted);
    let late = Case {
        at: JUNE + 400 * DAY,
        ..case
    };
    let expired = (Verdict::Expired, vec![ReasonCode::CertificateExpired]);
    assert_eq!(said(&late.ours(&folder, "leaf")), expired);
}

#[test]
fn a_root_that_may_only_issue_signs_no_packet_even_from_the_folder() {
    let folder = Folder::new();
    folder.issue("root", "root", &AUTHORITY);
    let case = Case {
        others: &[],
        ..PLAIN
    };
    let refused = (Verdict::Untrusted, vec![ReasonCode::SignerKeyUsage]);
    assert_eq!(said(&case.ours(&folder, "root")), refused);
}

#[test]
fn sha1_in_a_chain_is_legacy_and_in_an_anchor_nothing() {
    let sha1 = Wish {
        digest: "sha1",
        key: "rsa2048",
        ..SIGNER
    };
    let old_root = Wish {
        digest: "sha1",
        key: "rsa2048",
        ..AUTHORITY
    };
    let middle = Wish {
        key: "rsa2048",
        ..AUTHORITY
    };
    let folder = three(&old_root, &middle, &sha1);
    let legacy = (Verdict::Legacy, vec![ReasonCode::CertificateSha1]);
    assert_eq!(said(&PLAIN.ours(&folder, "signer")), legacy);
    folder.issue("middle", "newer", &SIGNER);
    assert_eq!(PLAIN.ours(&folder, "newer").verdict, Verdict::Valid);
}

#[test]
fn of_two_ways_to_an_anchor_the_one_that_holds_counts() {
    let folder = three(&AUTHORITY, &AUTHORITY, &SIGNER);
    folder.issue("second", "second", &AUTHORITY);
    // The same authority, certified by another root.
    folder.write("cross.key", folder.read("middle.key"));
    folder.issue(
        "second",
        "cross",
        &Wish {
            subject: "/C=VN/O=Made_up/CN=middle",
            ..AUTHORITY
        },
    );
    let both = Case {
        others: &["middle", "cross"],
        ..PLAIN
    };
    for (anchors, fitting) in [
        (&["root"][..], "middle"),
        (&["second"], "cross"),
        (&["root", "second"], "cross"),
    ] {
        let case = Case { anchors, ..both };
        assert_eq!(case.ours(&folder, "signer").verdict, Verdict::Valid);
        // OpenSSL tries one issuer of a name only; given the right one, it agrees.
        let others = &[fitting];
        assert!(Case { others, ..case }.theirs(&folder, "signer"));
    }
    let (from, to) = ("20260501000000Z", "20260701000000Z");
    folder.revoke("root", "middle", "superseded");
    folder.backdate("root", "260401000000Z");
    for by in ["root", "second", "middle"] {
        folder.list(by, &format!("{by}.crl"), from, to);
    }
    let lists = &["root.crl", "second.crl", "middle.crl"];
    let one = Case { lists, ..PLAIN };
    let revoked = (Verdict::Revoked, vec![ReasonCode::CertificateRevoked]);
    assert_eq!(one.agreed(&folder, "signer"), revoked);
    let two = Case {
        anchors: &["root", "second"],
        lists,
        ..both
    };
    assert_eq!(said(&two.ours(&folder, "signer")), (Verdict::Valid, vec![]));
}

#[test]
fn revocation_lists_are_judged_as_openssl_judges_them() {
    use ReasonCode as R;
    use Verdict as V;
    let (from, to) = ("20260501000000Z", "20260701000000Z");
    let folder = three(&AUTHORITY, &AUTHORITY, &SIGNER);
    folder.issue("middle", "second", &SIGNER);
    folder.issue("root", "other", &AUTHORITY);
    folder.write("impostor.key", folder.read("other.key"));
    folder.issue(
        "impostor",
        "impostor",
        &Wish {
            subject: "/C=VN/O=Made_up/CN=middle",
            ..AUTHORITY
        },
    );
    folder.list("root", "root.crl", from, to);
    folder.list("middle", "middle.crl", from, to);
    folder.list("impostor", "impostor.crl", from, to);
    folder.revoke("middle", "signer", "keyCompromise");
    folder.backdate("middle", "260515000000Z");
    folder.list("middle", "revoked.crl", from, to);
    folder.list("middle", "old.crl", "20260401000000Z", "20260501000000Z");
    folder.revoke("root", "middle", "CACompromise");
    folder.backdate("root", "260515000000Z");
    folder.list("root", "root-revoked.crl", from, to);
    let unknown = (V::RevocationUnknown, vec![R::RevocationUnknown]);
    let revoked = (V::Revoked, vec![R::CertificateRevoked]);
    for (signer, lists, expected) in [
        (
            "signer",
            &["root.crl", "middle.crl"][..],
            (V::Valid, vec![]),
        ),
        ("signer", &["root.crl", "revoked.crl"], revoked.clone()),
        ("second", &["root.crl", "revoked.crl"], (V::Valid, vec![])),
        ("second", &["root-revoked.crl", "middle.crl"], revoked),
        ("second", &["root.crl"], unknown.clone()),
        ("second", &["middle.crl"], unknown.clone()),
        ("second", &["root.crl", "impostor.crl"], unknown.clone()),
        ("second", &["root.crl", "old.crl"], unknown),
    ] {
        let case = Case { lists, ..PLAIN };
        assert_eq!(case.agreed(&folder, signer), expected, "{signer} {lists:?}");
    }
}

#[test]
fn a_list_counts_through_the_grace_and_says_so_and_no_longer() {
    let folder = three(&AUTHORITY, &AUTHORITY, &SIGNER);
    let last = "20260601000000Z";
    for by in ["root", "middle"] {
        folder.list(by, &format!("{by}.crl"), "20260501000000Z", last);
    }
    let lists = &["root.crl", "middle.crl"];
    let at = |seconds| {
        said(
            &Case {
                lists,
                at: JUNE + seconds,
                ..PLAIN
            }
            .ours(&folder, "signer"),
        )
    };
    let stale = (Verdict::Valid, vec![ReasonCode::RevocationStale; 2]);
    assert_eq!(at(0), (Verdict::Valid, vec![]));
    assert_eq!(at(1), stale);
    assert_eq!(at(4 * 3_600), stale);
    let unknown = (
        Verdict::RevocationUnknown,
        vec![ReasonCode::RevocationUnknown],
    );
    assert_eq!(at(4 * 3_600 + 1), unknown);
}

#[test]
fn a_revocation_after_the_time_of_judgement_counts_only_for_a_lost_key() {
    for (reason, verdict, code) in [
        ("superseded", Verdict::Valid, ReasonCode::RevokedLater),
        (
            "keyCompromise",
            Verdict::Revoked,
            ReasonCode::CertificateRevoked,
        ),
    ] {
        let folder = three(&AUTHORITY, &AUTHORITY, &SIGNER);
        folder.revoke("middle", "signer", reason);
        folder.backdate("middle", "260701000000Z");
        let (from, to) = ("20260715000000Z", "20260815000000Z");
        folder.list("root", "root.crl", from, to);
        folder.list("middle", "middle.crl", from, to);
        let case = Case {
            lists: &["root.crl", "middle.crl"],
            ..PLAIN
        };
        assert_eq!(said(&case.ours(&folder, "signer")), (verdict, vec![code]));
        let later = Case {
            at: JUNE + 50 * DAY,
            ..case
        };
        let revoked = (Verdict::Revoked, vec![ReasonCode::CertificateRevoked]);
        assert_eq!(later.agreed(&folder, "signer"), revoked);
    }
}

#[test]
fn lists_in_forms_that_are_not_supported_prove_nothing_and_it_is_said() {
    for extension in [
        "issuingDistributionPoint=critical,@i\n[i]\nindirectCRL=TRUE",
        "2.5.29.27=critical,ASN1:INTEGER:1",
        "issuingDistributionPoint=critical,@i\n[i]\nonlysomereasons=keyCompromise",
        "1.2.3.4=critical,ASN1:NULL",
    ] {
        let folder = three(&AUTHORITY, &AUTHORITY, &SIGNER);
        let (from, to) = ("20260501000000Z", "20260701000000Z");
        folder.list("root", "root.crl", from, to);
        let config = String::from_utf8(folder.read("middle.cnf")).unwrap();
        folder.write("middle.cnf", config + extension + "\n");
        folder.list("middle", "middle.crl", from, to);
        let case = Case {
            lists: &["root.crl", "middle.crl"],
            ..PLAIN
        };
        let (verdict, reasons) = said(&case.ours(&folder, "signer"));
        assert_eq!(verdict, Verdict::RevocationUnknown, "{extension}");
        let expected = [
            ReasonCode::RevocationUnknown,
            ReasonCode::RevocationUnsupported,
        ];
        assert_eq!(reasons, expected, "{extension}");
    }
}

#[test]
fn a_list_of_one_kind_of_certificates_says_nothing_of_the_other() {
    let folder = three(&AUTHORITY, &AUTHORITY, &SIGNER);
    let (from, to) = ("20260501000000Z", "20260701000000Z");
    folder.list("root", "root.crl", from, to);
    let config = String::from_utf8(folder.read("middle.cnf")).unwrap();
    for (scope, verdict) in [
        ("onlyuser", Verdict::Valid),
        ("onlyCA", Verdict::RevocationUnknown),
    ] {
        let extension = format!("issuingDistributionPoint=critical,@i\n[i]\n{scope}=TRUE\n");
        folder.write("middle.cnf", config.clone() + &extension);
        folder.list("middle", "middle.crl", from, to);
        let case = Case {
            lists: &["root.crl", "middle.crl"],
            ..PLAIN
        };
        assert_eq!(case.agreed(&folder, "signer").0, verdict, "{scope}");
    }
}

fn clock() -> (Arc<AtomicU64>, Environment) {
    let now = Arc::new(AtomicU64::new(JUNE));
    let shown = Arc::clone(&now);
    let clock = Arc::new(move || time(shown.load(Ordering::Relaxed)));
    (now, Environment::with_clock(clock))
}

#[test]
fn the_folder_is_read_again_when_it_changes_and_a_broken_file_changes_nothing() {
    let folder = three(&AUTHORITY, &AUTHORITY, &SIGNER);
    let place = folder.path("trust");
    folder.write("trust/readme.txt", "not read");
    folder.write("trust/root.CER", folder.read("root.der"));
    let (now, environment) = clock();
    let minute = Duration::from_secs(60);
    let trust = TrustFolder::open(&place, Options::default(), minute, &environment).unwrap();
    let signer = certificate(&folder, "signer");
    let others = [certificate(&folder, "middle")];
    let judged = || trust.current().judge(&signer, &others, time(JUNE)).verdict;
    assert_eq!(judged(), Verdict::Valid);
    // A list turns up: it is seen a minute later, not before.
    folder.list(
        "root",
        "trust/root.crl",
        "20260501000000Z",
        "20260701000000Z",
    );
    assert_eq!(judged(), Verdict::Valid);
    now.fetch_add(60, Ordering::Relaxed);
    assert_eq!(judged(), Verdict::RevocationUnknown);
    folder.list(
        "middle",
        "trust/middle.crl",
        "20260501000000Z",
        "20260701000000Z",
    );
    now.fetch_add(60, Ordering::Relaxed);
    assert_eq!(judged(), Verdict::Valid);
    folder.write("trust/broken.crl", "half");
    now.fetch_add(60, Ordering::Relaxed);
    assert_eq!(judged(), Verdict::Valid);
    assert!(trust.problem().unwrap().contains("broken.crl"));
    std::fs::remove_file(folder.path("trust/broken.crl")).unwrap();
    std::fs::remove_file(folder.path("trust/root.CER")).unwrap();
    now.fetch_add(60, Ordering::Relaxed);
    assert_eq!(judged(), Verdict::Untrusted);
    assert_eq!(trust.problem(), None);
}

#[test]
fn a_file_of_the_folder_that_is_not_what_its_name_says_is_named() {
    let folder = Folder::new();
    folder.issue("root", "root", &AUTHORITY);
    let root = folder.read("root.crt");
    for (name, bytes) in [
        ("a.pem", b"nothing".to_vec()),
        ("b.crl", folder.read("root.der")),
        ("c.pem", folder.read("root.key")),
        ("d.crt", root[..root.len() / 2].to_vec()),
        ("e.cer", Vec::new()),
    ] {
        let error = Trust::from_files([(name, &*bytes)], Options::default()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::TrustUnreadable, "{name}");
        assert!(error.to_string().contains(name));
    }
}

#[test]
fn two_certificates_that_overlap_roll_over_without_a_refusal() {
    let folder = Folder::new();
    folder.issue("root", "root", &AUTHORITY);
    let name = "/C=VN/O=Made_up/CN=organ";
    let (from, to) = ("20260501000000Z", "20270501000000Z");
    folder.issue(
        "root",
        "old",
        &Wish {
            subject: name,
            to: "20260701000000Z",
            ..SIGNER
        },
    );
    folder.issue(
        "root",
        "new",
        &Wish {
            subject: name,
            from,
            to,
            ..SIGNER
        },
    );
    let (old, new) = (certificate(&folder, "old"), certificate(&folder, "new"));
    let map = format!(
        "# both, while they overlap\nH98.01 sha256 {}\nH98.01 sha256 {}\n",
        old.fingerprint(),
        new.fingerprint().to_uppercase()
    );
    let organs = Organs::from_text(&map).unwrap();
    let trust = Case {
        others: &[],
        ..PLAIN
    }
    .trust(&folder);
    let accepted = |signer: &Certificate, at| {
        let mut judgement = trust.judge(signer, &[], time(at));
        let standing = attribute(&mut judgement, Some(&organs), "H98.01");
        judgement.verdict == Verdict::Valid && standing.satisfies()
    };
    // Signed with the old until 10 June, with the new from then on; each may be late by weeks.
    for day in 0..90 {
        let at = JUNE - 60 * DAY + day * DAY;
        let signer = if at < JUNE + 10 * DAY { &old } else { &new };
        assert!(accepted(signer, at), "day {day}");
    }
    for signer in [&old, &new] {
        assert!(accepted(signer, JUNE));
    }
}

#[test]
fn another_organs_signer_never_satisfies_and_an_unmapped_one_only_without_a_map() {
    let folder = three(&AUTHORITY, &AUTHORITY, &SIGNER);
    let signer = certificate(&folder, "signer");
    let valid = PLAIN.ours(&folder, "signer");
    for (map, standing, reason, satisfies) in [
        (
            None,
            SignerOrgan::NoMap,
            Some(ReasonCode::SignerUnmapped),
            true,
        ),
        (
            Some(String::new()),
            SignerOrgan::Unmapped,
            Some(ReasonCode::SignerUnmapped),
            false,
        ),
        (
            Some(format!("H98.01,H98.02 sha256 {}", signer.fingerprint())),
            SignerOrgan::Own,
            None,
            true,
        ),
        (
            Some(format!(
                "H98.02 serial 00:{} issuer {}",
                signer.serial(),
                signer.issuer()
            )),
            SignerOrgan::Other,
            Some(ReasonCode::SignerOtherOrgan),
            false,
        ),
        (
            Some(format!(
                "H98.02 subject {0}\n\nH98.01 subject {0}",
                signer.subject()
            )),
            SignerOrgan::Own,
            None,
            true,
        ),
        (
            Some("H98.01 subject CN=somebody".to_owned()),
            SignerOrgan::Unmapped,
            Some(ReasonCode::SignerUnmapped),
            false,
        ),
    ] {
        let organs = map.map(|map| Organs::from_text(&map).unwrap());
        let mut judgement = valid.clone();
        assert_eq!(
            attribute(&mut judgement, organs.as_ref(), "H98.01"),
            standing
        );
        assert_eq!(standing.satisfies(), satisfies);
        let mut codes = judgement.reasons.iter().map(|reason| reason.code);
        assert!(reason.is_none_or(|reason| codes.any(|code| code == reason)));
        // Another organ's key may not speak for this one.
        let untrusted = standing == SignerOrgan::Other;
        assert_eq!(judgement.verdict == Verdict::Untrusted, untrusted);
    }
}

#[test]
fn a_line_of_the_organs_file_that_cannot_be_read_is_named() {
    for line in [
        "H98.01",
        "H98.01 sha256",
        "H98.01 sha256 abcd",
        "H98.01 md5 abcd",
        ",H98 subject CN=x",
        "H98 01 subject CN=x",
        "H98.01 serial 12 CN=x",
        "H98.01 serial xy issuer CN=x",
    ] {
        let error = Organs::from_text(&format!("# fine\n\n{line}\n")).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::OrgansUnreadable, "{line}");
        assert!(error.to_string().contains("[line=3]"));
    }
    let folder = Folder::new();
    let path = folder.write("organs", "H98.01 subject CN=x\n");
    let (now, environment) = clock();
    let file = OrgansFile::open(&path, Duration::from_secs(60), &environment).unwrap();
    folder.write("organs", "H98.01 nonsense\n");
    now.fetch_add(60, Ordering::Relaxed);
    _ = file.current();
    assert!(file.problem().unwrap().contains("[line=1]"));
}

#[test]
fn names_that_differ_are_never_written_alike() {
    let folder = Folder::new();
    let subject = |name: &str, subject: &str| {
        folder.key(name, "p256");
        let path = folder.path("");
        let key = format!("{name}.key");
        let out = format!("{name}.der");
        let words = [
            "req", "-x509", "-new", "-utf8", "-key", &key, "-subj", subject, "-days", "9",
            "-outform", "DER", "-out", &out,
        ];
        assert!(pki::run(&path, "openssl", &words).status.success());
        let theirs = pki::run(
            &path,
            "openssl",
            &[
                "x509",
                "-inform",
                "DER",
                "-in",
                &out,
                "-noout",
                "-subject",
                "-nameopt",
                "RFC2253,-esc_msb,utf8",
            ],
        );
        let theirs = String::from_utf8(theirs.stdout).unwrap();
        let theirs = theirs
            .trim_end_matches('\n')
            .strip_prefix("subject=")
            .unwrap()
            .to_owned();
        let ours = certificate(&folder, name).subject().to_owned();
        assert_eq!(ours, theirs);
        ours
    };
    let two = subject("two", "/O=Ministry/CN=x");
    let one = subject("one", "/CN=x,O=Ministry");
    assert_ne!(one, two);
    subject("odd", "/C=VN/O=Ủy ban #1/OU=#a; \"b\"<c>+/CN= x ");
}

#[test]
fn alarms_come_once_at_each_step() {
    let folder = Folder::new();
    folder.issue(
        "root",
        "root",
        &Wish {
            to: "20260601000000Z",
            ..AUTHORITY
        },
    );
    let root = certificate(&folder, "root");
    let mut last = None;
    let mut told = Vec::new();
    for day in (0..100).rev() {
        // Looked at twice a day.
        for _ in 0..2 {
            if let Some(alarm) = alarm(&root, time(JUNE + 1 - day * DAY), last) {
                assert_eq!(alarm.fingerprint, root.fingerprint());
                told.push((day, alarm.step));
                last = Some(alarm.step);
            }
        }
    }
    assert_eq!(told, [(60, 60), (30, 30), (14, 14), (7, 7), (1, 1), (0, 0)]);
    // Who slept through some is told the nearest, once.
    let late = alarm(&root, time(JUNE - 5 * DAY), Some(60)).unwrap();
    assert_eq!(late.step, 7);
    assert_eq!(alarm(&root, time(JUNE - 5 * DAY), Some(7)), None);
}

#[test]
fn a_thousand_certificates_in_a_packet_cost_little() {
    let folder = three(&AUTHORITY, &AUTHORITY, &SIGNER);
    folder.issue("root", "noise", &AUTHORITY);
    let mut others = vec![certificate(&folder, "noise"); 1_000];
    others[0] = certificate(&folder, "middle");
    let trust = PLAIN.trust(&folder);
    let signer = certificate(&folder, "signer");
    assert_eq!(
        trust.judge(&signer, &others, time(JUNE)).verdict,
        Verdict::Valid
    );
    // Certificates that all bear the name and key of the issuer, and are different ones.
    let mut others: Vec<Certificate> = Vec::new();
    for _ in 0..16 {
        folder.issue("noise", "middle", &AUTHORITY);
        others.push(certificate(&folder, "middle"));
    }
    let judgement = trust.judge(&signer, &others, time(JUNE));
    assert_eq!(judgement.verdict, Verdict::Untrusted);
}

#[test]
fn a_chain_that_is_remembered_is_judged_anew_at_every_time() {
    let folder = three(&AUTHORITY, &AUTHORITY, &SIGNER);
    let (from, to) = ("20260501000000Z", "20260701000000Z");
    folder.list("root", "root.crl", from, to);
    folder.list("middle", "middle.crl", from, to);
    let trust = Case {
        lists: &["root.crl", "middle.crl"],
        ..PLAIN
    }
    .trust(&folder);
    let signer = certificate(&folder, "signer");
    let others = [certificate(&folder, "middle")];
    let at = |days: u64| {
        trust
            .judge(&signer, &others, time(JUNE + days * DAY))
            .verdict
    };
    for _ in 0..2 {
        assert_eq!(at(0), Verdict::Valid);
        assert_eq!(at(40), Verdict::RevocationUnknown);
        assert_eq!(at(400), Verdict::Expired);
    }
    // What came along is part of what is remembered.
    let alone = trust.judge(&signer, &[], time(JUNE)).verdict;
    assert_eq!(alone, Verdict::Untrusted);
    let start = std::time::Instant::now();
    for _ in 0..1_000 {
        assert_eq!(at(0), Verdict::Valid);
    }
    println!("{:?} for each of 1,000", start.elapsed() / 1_000);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn certificates_and_lists_that_were_changed_are_read_or_refused_and_never_panic(
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
        cut in any::<prop::sample::Index>(),
    ) {
        static MADE: std::sync::OnceLock<(Vec<Vec<u8>>, Trust)> = std::sync::OnceLock::new();
        let (files, trust) = MADE.get_or_init(|| {
            let folder = three(&AUTHORITY, &AUTHORITY, &with(&SIGNER,
                "keyUsage=digitalSignature\nextendedKeyUsage=emailProtection\n\
                 crlDistributionPoints=URI:http://crl.example/a.crl\n\
                 authorityInfoAccess=OCSP;URI:http://ocsp.example/\nsubjectAltName=email:a@b.example"));
            folder.revoke("middle", "signer", "superseded");
            folder.list("middle", "middle.crl", "20260501000000Z", "20260701000000Z");
            folder.openssl("crl -in middle.crl -outform DER -out list.crl");
            let names = ["signer.der", "middle.der", "list.crl"];
            (names.map(|name| folder.read(name)).to_vec(), PLAIN.trust(&folder))
        });
        for (number, file) in files.iter().enumerate() {
            let mut bytes = file.clone();
            for (place, value) in &changes {
                let place = place.index(bytes.len());
                bytes[place] = *value;
            }
            for bytes in [&bytes[..], &file[..cut.index(file.len())]] {
                let name = if number == 2 { "x.crl" } else { "x.cer" };
                _ = Trust::from_files([(name, bytes)], Options::default());
                if let Some(certificate) = Certificate::from_der(bytes) {
                    let middle = Certificate::from_der(&files[1]).unwrap();
                    let judgement = trust.judge(&certificate, &[middle], time(JUNE));
                    prop_assert!(
                        judgement.verdict != Verdict::Valid || files.iter().any(|file| file == bytes)
                    );
                }
            }
        }
    }
}
