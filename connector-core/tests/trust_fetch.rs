//! Revocation data over the network: a small HTTP server that gives out OpenSSL's revocation
//! lists and lets `openssl ocsp` answer.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test ends at the first surprise; helpers are not seen as tests"
)]

mod pki;

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use lienthong::Config;
use lienthong::axis::HttpFetch;
use lienthong::environment::Environment;
use lienthong::signature::certificate::Certificate;
use lienthong::signature::trust::{Judgement, Options, Sources, Trust};
use lienthong::signature::verdict::{ReasonCode, Verdict};
use pki::{AUTHORITY, Folder, SIGNER, Wish};

const HOUR: u64 = 3_600;

/// What the server does with a path.
#[derive(Clone)]
enum Answer {
    /// The bytes of a file.
    File(&'static str),
    /// `openssl ocsp` with these words, for the posted request.
    Ocsp(&'static str),
    /// Head and body as they are.
    Raw(String),
    /// Nothing, until the client goes away.
    Silence,
}

struct World {
    folder: Folder,
    address: SocketAddr,
    answers: Mutex<HashMap<&'static str, Answer>>,
    asked: Mutex<Vec<String>>,
    now: Arc<AtomicU64>,
}

fn time(seconds: u64) -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(seconds)
}

/// As OpenSSL writes times.
fn written(seconds: u64) -> String {
    let text = std::process::Command::new("date")
        .args(["-u", "-d", &format!("@{seconds}"), "+%Y%m%d%H%M%SZ"])
        .output()
        .unwrap();
    String::from_utf8(text.stdout).unwrap().trim().to_owned()
}

impl World {
    /// root, middle, signer and, with the right to answer OCSP, `answerer`; root names
    /// `/root.crl`, middle `/middle.crl` and both `/ocsp`.
    fn new() -> Arc<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
        let world = Arc::new(World {
            folder: Folder::new(),
            address,
            answers: Mutex::default(),
            asked: Mutex::default(),
            now: Arc::new(AtomicU64::new(now.unwrap().as_secs())),
        });
        let places = |list: &str, ocsp: &str| {
            format!(
                "crlDistributionPoints=URI:http://{address}/{list}\n\
                 authorityInfoAccess=OCSP;URI:http://{address}/{ocsp}\n"
            )
        };
        let (from, to) = ("20200101000000Z", "20491231000000Z");
        let middle = format!("{}\n{}", AUTHORITY.extensions, places("root.crl", "root"));
        let signer = format!("{}\n{}", SIGNER.extensions, places("middle.crl", "middle"));
        let folder = &world.folder;
        folder.issue(
            "root",
            "root",
            &Wish {
                from,
                to,
                ..AUTHORITY
            },
        );
        folder.issue(
            "root",
            "middle",
            &Wish {
                from,
                to,
                extensions: &middle,
                ..AUTHORITY
            },
        );
        folder.issue(
            "middle",
            "signer",
            &Wish {
                from,
                to,
                extensions: &signer,
                ..SIGNER
            },
        );
        let extensions = "keyUsage=digitalSignature\nextendedKeyUsage=OCSPSigning";
        folder.issue(
            "middle",
            "answerer",
            &Wish {
                from,
                to,
                extensions,
                ..SIGNER
            },
        );
        folder.issue("middle", "bystander", &Wish { from, to, ..SIGNER });
        world.lists(world.at() - HOUR, world.at() + 24 * HOUR);
        world.set("/root.crl", Answer::File("root.crl"));
        world.set("/middle.crl", Answer::File("middle.crl"));
        world.set(
            "/root",
            Answer::Ocsp("-index root.index -CA root.crt -rsigner root.crt -rkey root.key"),
        );
        world.set(
            "/middle",
            Answer::Ocsp(
                "-index middle.index -CA middle.crt -rsigner answerer.crt -rkey answerer.key",
            ),
        );
        let served = Arc::downgrade(&world);
        std::thread::spawn(move || {
            while let Ok((stream, _)) = listener.accept() {
                let Some(world) = served.upgrade() else {
                    return;
                };
                std::thread::spawn(move || world.serve(stream));
            }
        });
        world
    }

    fn at(&self) -> u64 {
        self.now.load(Ordering::Relaxed)
    }

    fn set(&self, path: &'static str, answer: Answer) {
        self.answers.lock().unwrap().insert(path, answer);
    }

    fn lists(&self, from: u64, to: u64) {
        for by in ["root", "middle"] {
            self.folder
                .list(by, &format!("{by}.pem"), &written(from), &written(to));
            self.folder
                .openssl(&format!("crl -in {by}.pem -outform DER -out {by}.crl"));
        }
    }

    fn serve(&self, stream: TcpStream) {
        let mut reader = BufReader::new(stream.try_clone().unwrap());
        let mut line = String::new();
        let mut length = 0;
        let mut path = String::new();
        while reader.read_line(&mut line).is_ok_and(|count| count > 2) {
            if path.is_empty() {
                path = line.split(' ').nth(1).unwrap().to_owned();
            }
            if let Some(text) = line.to_ascii_lowercase().strip_prefix("content-length:") {
                length = text.trim().parse().unwrap();
            }
            line.clear();
        }
        let mut body = vec![0; length];
        reader.read_exact(&mut body).unwrap();
        self.asked.lock().unwrap().push(path.clone());
        let answer = self.answers.lock().unwrap().get(path.as_str()).cloned();
        let mut stream = &stream;
        let send = |mut stream: &TcpStream, bytes: &[u8]| {
            let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", bytes.len());
            _ = stream.write_all(head.as_bytes());
            _ = stream.write_all(bytes);
        };
        match answer {
            None => _ = stream.write_all(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"),
            Some(Answer::File(name)) => send(stream, &self.folder.read(name)),
            Some(Answer::Ocsp(words)) => {
                let number = self.asked.lock().unwrap().len();
                let (question, answer) = (format!("{number}.req"), format!("{number}.resp"));
                self.folder.write(&question, body);
                self.folder.openssl(&format!(
                    "ocsp {words} -reqin {question} -respout {answer} -nmin 60"
                ));
                send(stream, &self.folder.read(&answer));
            }
            Some(Answer::Raw(text)) => _ = stream.write_all(text.as_bytes()),
            Some(Answer::Silence) => _ = stream.read(&mut [0]),
        }
    }

    /// How often a path was asked for.
    fn asked(&self, path: &str) -> usize {
        let asked = self.asked.lock().unwrap();
        asked.iter().filter(|one| *one == path).count()
    }

    /// Trust in root, with revocation data as the keys say.
    fn trust(&self, keys: &[(&str, &str)]) -> Trust {
        let mut config = Config::new();
        config.set("signature.fetch_timeout", "5000").unwrap();
        for (key, value) in keys {
            config.set(key, value).unwrap();
        }
        let now = Arc::clone(&self.now);
        let environment =
            Environment::with_clock(Arc::new(move || time(now.load(Ordering::Relaxed))));
        let fetch = Arc::new(HttpFetch::from_config(&config));
        let mut options = Options::from_config(&config);
        options.sources = Sources::from_config(&config, fetch, &environment);
        let root = self.folder.read("root.crt");
        Trust::from_files([("root.crt", &*root)], options).unwrap()
    }

    fn judge(&self, trust: &Trust, name: &str) -> (Verdict, Vec<ReasonCode>) {
        let judgement = self.judgement(trust, name, self.at());
        let reasons = judgement.reasons.iter().map(|reason| reason.code);
        (judgement.verdict, reasons.collect())
    }

    fn judgement(&self, trust: &Trust, name: &str, at: u64) -> Judgement {
        let certificate =
            |name: &str| Certificate::from_der(&self.folder.read(&format!("{name}.der"))).unwrap();
        trust.judge(&certificate(name), &[certificate("middle")], time(at))
    }
}

const LISTS: (&str, &str) = ("signature.fetch_crl", "true");
const OCSP: (&str, &str) = ("signature.fetch_ocsp", "true");

fn failed() -> (Verdict, Vec<ReasonCode>) {
    let reasons = vec![
        ReasonCode::RevocationUnknown,
        ReasonCode::RevocationSourceFailed,
    ];
    (Verdict::RevocationUnknown, reasons)
}

#[test]
fn nothing_is_fetched_unless_it_is_asked_for() {
    let world = World::new();
    let trust = world.trust(&[]);
    let expected = (Verdict::Valid, vec![ReasonCode::RevocationNotChecked]);
    assert_eq!(world.judge(&trust, "signer"), expected);
    assert!(world.asked.lock().unwrap().is_empty());
}

#[test]
fn a_list_is_fetched_once_and_again_when_it_is_due() {
    let world = World::new();
    let trust = world.trust(&[LISTS]);
    std::thread::scope(|scope| {
        for _ in 0..16 {
            scope.spawn(|| {
                assert_eq!(world.judge(&trust, "signer"), (Verdict::Valid, vec![]));
            });
        }
    });
    assert_eq!(
        (world.asked("/root.crl"), world.asked("/middle.crl")),
        (1, 1)
    );
    world.folder.revoke("middle", "signer", "superseded");
    world.now.fetch_add(25 * HOUR, Ordering::Relaxed);
    world.lists(world.at() - HOUR, world.at() + 24 * HOUR);
    let revoked = (Verdict::Revoked, vec![ReasonCode::CertificateRevoked]);
    assert_eq!(world.judge(&trust, "signer"), revoked);
    assert_eq!(world.asked("/middle.crl"), 2);
}

#[test]
fn a_source_that_fails_leaves_the_verdict_unknown_and_is_not_asked_at_every_turn() {
    let world = World::new();
    let long = format!(
        "HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n{}",
        "x".repeat(100_000)
    );
    let moved = format!(
        "HTTP/1.1 302 Found\r\nLocation: http://{}/middle.crl\r\nContent-Length: 0\r\n\r\n",
        world.address
    );
    let trust = world.trust(&[
        LISTS,
        ("signature.max_crl", "50000"),
        ("signature.fetch_timeout", "2000"),
    ]);
    for (turn, answer) in [
        Answer::Raw("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nwhat".to_owned()),
        Answer::Raw(long),
        Answer::Raw(moved),
        Answer::Raw("no HTTP".to_owned()),
        Answer::File("middle.crl"),
        Answer::Silence,
    ]
    .into_iter()
    .enumerate()
    {
        world.set("/root.crl", answer);
        for _ in 0..3 {
            assert_eq!(world.judge(&trust, "signer"), failed(), "turn {turn}");
        }
        assert_eq!(world.asked("/root.crl"), turn + 1);
        world.now.fetch_add(60, Ordering::Relaxed);
    }
    world.set("/root.crl", Answer::File("root.crl"));
    assert_eq!(world.judge(&trust, "signer"), (Verdict::Valid, vec![]));
    assert_eq!(world.asked("/middle.crl"), 1);
}

#[test]
fn what_was_fetched_serves_through_the_grace_when_the_source_is_gone() {
    let world = World::new();
    let start = world.at();
    let trust = world.trust(&[LISTS]);
    assert_eq!(world.judge(&trust, "signer"), (Verdict::Valid, vec![]));
    world.answers.lock().unwrap().clear();
    let at = |hours: u64, seconds: u64| {
        world
            .now
            .store(start + hours * HOUR + seconds, Ordering::Relaxed);
        world.judge(&trust, "signer")
    };
    assert_eq!(at(24, 0), (Verdict::Valid, vec![]));
    let (verdict, reasons) = at(24, 60);
    assert_eq!(verdict, Verdict::Valid);
    assert!(reasons.contains(&ReasonCode::RevocationStale));
    assert_eq!(at(28, 0).0, Verdict::Valid);
    assert_eq!(at(28, 1).0, Verdict::RevocationUnknown);
}

#[test]
fn the_cache_folder_outlives_the_program() {
    let world = World::new();
    let cache = world.folder.path("cache").display().to_string();
    let keys = [LISTS, OCSP, ("signature.cache", cache.as_str())];
    assert_eq!(
        world.judge(&world.trust(&keys), "signer"),
        (Verdict::Valid, vec![])
    );
    world.answers.lock().unwrap().clear();
    assert_eq!(
        world.judge(&world.trust(&keys), "signer"),
        (Verdict::Valid, vec![])
    );
    // What lies there is believed no more than what comes over the network.
    for entry in std::fs::read_dir(&cache).unwrap() {
        std::fs::write(entry.unwrap().path(), b"tampered").unwrap();
    }
    let (verdict, _) = world.judge(&world.trust(&keys), "signer");
    assert_eq!(verdict, Verdict::RevocationUnknown);
}

#[test]
fn only_hosts_on_the_list_are_asked() {
    let world = World::new();
    let trust = world.trust(&[
        LISTS,
        ("signature.fetch_hosts", "crl.example, ocsp.example"),
    ]);
    assert_eq!(world.judge(&trust, "signer"), failed());
    assert!(world.asked.lock().unwrap().is_empty());
    let trust = world.trust(&[LISTS, ("signature.fetch_hosts", "crl.example,127.0.0.1")]);
    assert_eq!(world.judge(&trust, "signer"), (Verdict::Valid, vec![]));
}

#[test]
fn ocsp_answers_by_the_issuer_and_by_whom_it_let_answer_count() {
    let world = World::new();
    for nonce in ["false", "true"] {
        let trust = world.trust(&[OCSP, ("signature.ocsp_nonce", nonce)]);
        for _ in 0..3 {
            assert_eq!(world.judge(&trust, "signer"), (Verdict::Valid, vec![]));
        }
    }
    assert_eq!((world.asked("/root"), world.asked("/middle")), (2, 2));
    world.folder.revoke("middle", "signer", "superseded");
    let revoked = (Verdict::Revoked, vec![ReasonCode::CertificateRevoked]);
    world.now.fetch_add(600, Ordering::Relaxed);
    assert_eq!(world.judge(&world.trust(&[OCSP]), "signer"), revoked);
}

#[test]
fn ocsp_answers_by_anybody_else_and_about_anything_else_prove_nothing() {
    let world = World::new();
    for words in [
        // Issued by the same authority, without the right to answer.
        "-index middle.index -CA middle.crt -rsigner bystander.crt -rkey bystander.key",
        // By an authority further up.
        "-index middle.index -CA middle.crt -rsigner root.crt -rkey root.key",
        // Of an authority that never issued this certificate.
        "-index root.index -CA root.crt -rsigner root.crt -rkey root.key",
        // By the right one, whose index says nothing of it.
        "-index bystander.index -CA middle.crt -rsigner answerer.crt -rkey answerer.key",
    ] {
        world.set("/middle", Answer::Ocsp(words));
        assert_eq!(
            world.judge(&world.trust(&[OCSP]), "signer"),
            failed(),
            "{words}"
        );
    }
}

#[test]
fn an_answer_to_another_nonce_is_refused() {
    let world = World::new();
    let keys = [OCSP, ("signature.ocsp_nonce", "true")];
    assert_eq!(
        world.judge(&world.trust(&keys), "signer"),
        (Verdict::Valid, vec![])
    );
    // What was answered then, played again.
    for (path, name) in [("/root", "root.old"), ("/middle", "middle.old")] {
        let place = world
            .asked
            .lock()
            .unwrap()
            .iter()
            .position(|asked| asked == path);
        let answer = world.folder.read(&format!("{}.resp", place.unwrap() + 1));
        world.folder.write(name, answer);
        world.set(path, Answer::File(name));
    }
    assert_eq!(world.judge(&world.trust(&keys), "signer"), failed());
    // Who sends no nonce takes it.
    assert_eq!(
        world.judge(&world.trust(&[OCSP]), "signer"),
        (Verdict::Valid, vec![])
    );
}

#[test]
fn changed_ocsp_answers_never_make_a_signer_valid() {
    let world = World::new();
    let keys = [OCSP, ("signature.revocation_depth", "signer")];
    assert_eq!(
        world.judge(&world.trust(&keys), "signer"),
        (Verdict::Valid, vec![])
    );
    let whole = world.folder.read("1.resp");
    // Past the head of the response, to which the signature does not reach.
    for place in (0..whole.len()).step_by(7) {
        let mut bytes = whole.clone();
        bytes[place] ^= 0x41;
        world.folder.write("changed", &bytes);
        world.set("/middle", Answer::File("changed"));
        let verdict = world.judge(&world.trust(&keys), "signer").0;
        assert!(
            verdict != Verdict::Valid || place > 30 && is_unsigned(&whole, place),
            "{place}"
        );
    }
}

/// Whether a byte lies in the certificates behind the signature, which only help to check it.
fn is_unsigned(whole: &[u8], place: usize) -> bool {
    let certificate = whole
        .windows(2)
        .rposition(|pair| pair == [0xa0, 0x82])
        .unwrap();
    place > certificate
}

#[test]
fn fetching_works_inside_a_runtime_of_the_host() {
    let world = World::new();
    let trust = world.trust(&[LISTS]);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    let verdict = runtime.block_on(async { world.judge(&trust, "signer") });
    assert_eq!(verdict, (Verdict::Valid, vec![]));
}
