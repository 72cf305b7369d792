//! Signing and verifying packets: as whole processes beside `xmlsec1` and the JDK, and in this
//! process beside what the hash, base64 and RSA cost at least. See
//! connector-core/benches/README.md.
//!
//! Figures of processes come from `/usr/bin/time`: wall clock, processor time of all threads,
//! peak memory. Processor time in this process comes from `/proc/self/stat`. Rounds are
//! interleaved.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    clippy::indexing_slicing,
    clippy::panic
)]

use std::fs::{self, File};
use std::io::{self, Cursor, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use base64_simd::{Out, STANDARD};
use lienthong::crypto::keys::FileSigner;
use lienthong::crypto::signer::Signer;
use lienthong::packet::document::Organ;
use lienthong::packet::{Attachment, Date, Discard, DocumentBuilder, ReadOptions};
use lienthong::signature::trust::{Options, Trust};
use lienthong::signature::xmldsig::{Limits, Place, SignOptions, check_document, sign};
use lienthong::signature::{Verdict, Verifier};
use lienthong::xml;
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair, KeyUsagePurpose,
};
use ring::digest::{SHA256, digest};

const OURS: &str = env!("CARGO_BIN_EXE_lienthong-conformance");

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let short = arguments.iter().any(|argument| argument == "--short");
    let wanted = |name: &str| {
        let all = !arguments.iter().any(|one| !one.starts_with("--"));
        all || arguments.iter().any(|one| one == name)
    };
    let keys = Keys::new();
    if wanted("processes") {
        let sizes: &[(&str, usize, usize)] = if short {
            &[("5 KB", 5_000, 1), ("1 MB", 1_000_000, 1)]
        } else {
            &[
                ("5 KB", 5_000, 11),
                ("1 MB", 1_000_000, 11),
                ("50 MB", 50_000_000, 7),
                ("200 MB", 200_000_000, 3),
            ]
        };
        processes(&keys, sizes);
    }
    if wanted("inside") {
        let (bytes, rounds) = if short {
            (4_000_000, 2)
        } else {
            (50_000_000, 9)
        };
        long(&keys, bytes, rounds);
        small(&keys, if short { 20 } else { 1_000 });
        at_once(&keys, if short { 10 } else { 400 });
    }
}

/// A key of RSA-2048 and its certificate, from an authority with another.
struct Keys {
    folder: tempfile::TempDir,
    signer: FileSigner,
    authority: String,
}

impl Keys {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let make = |name: &str| {
            let path = folder.path().join(name);
            let made = Command::new("openssl")
                .args(["genpkey", "-algorithm", "RSA", "-out"])
                .arg(&path)
                .args(["-pkeyopt", "rsa_keygen_bits:2048"])
                .stderr(Stdio::null())
                .status();
            assert!(made.unwrap().success(), "openssl is needed");
            fs::read_to_string(path).unwrap()
        };
        let pem = make("key.pem");
        let own = KeyPair::from_pem(&make("authority.pem")).unwrap();
        let mut params = CertificateParams::new([]).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
        let name = &mut params.distinguished_name;
        name.push(DnType::CommonName, "Made-up authority");
        let authority = CertifiedIssuer::self_signed(params, own).unwrap();
        let mut params = CertificateParams::new([]).unwrap();
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.distinguished_name.push(DnType::CommonName, "H99.01");
        let pair = KeyPair::from_pem(&pem).unwrap();
        let certificate = params.signed_by(&pair, &authority).unwrap().pem();
        fs::write(folder.path().join("own.pem"), &certificate).unwrap();
        fs::create_dir(folder.path().join("trust")).unwrap();
        fs::write(folder.path().join("trust/anchor.pem"), authority.pem()).unwrap();
        let signer =
            FileSigner::from_bytes(pem.as_bytes(), Some(certificate.as_bytes()), None, None);
        Keys {
            signer: signer.unwrap(),
            authority: authority.pem(),
            folder,
        }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// A packet of about so many bytes, with one attachment.
    fn packet(&self, bytes: usize) -> Vec<u8> {
        let mut attachment = b"%PDF-1.7\n".to_vec();
        let mut state = 0x9E37_79B9_7F4A_7C15_u64;
        while attachment.len() < bytes.saturating_sub(3_000) / 4 * 3 {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            attachment.extend_from_slice(&state.to_le_bytes());
        }
        let organ = |id: &str| Organ {
            organ_id: Some(id.into()),
            organ_name: Some("Cơ quan thí dụ".into()),
            ..Organ::default()
        };
        let mut document = DocumentBuilder::new(organ("H99.01"), "H99.01-2026-000001")
            .to(organ("H99.02"))
            .code("1", "TD-VP")
            .promulgated("Thí dụ", Date::new(2026, 1, 2).unwrap())
            .subject("V/v đo tốc độ")
            .attach(Attachment::from_bytes("công văn.pdf", attachment))
            .build()
            .unwrap();
        let mut packet = Vec::new();
        document.write_to(&mut packet).unwrap();
        packet
    }

    fn signed(&self, packet: &[u8]) -> Vec<u8> {
        let mut out = Cursor::new(Vec::new());
        sign(packet, &mut out, &self.signer, &SignOptions::default()).unwrap();
        out.into_inner()
    }

    fn verifier(&self) -> Verifier {
        let files = [("anchor.pem", self.authority.as_bytes())];
        Verifier::new(Trust::from_files(files, Options::default()).unwrap(), None)
    }
}

/// One run of a program.
#[derive(Clone, Copy)]
struct Run {
    wall: f64,
    processor: f64,
    kib: f64,
}

struct Program {
    name: &'static str,
    command: Vec<String>,
    runs: Vec<Run>,
}

impl Program {
    fn new(name: &'static str, words: &[&str], paths: &[&Path]) -> Self {
        let paths = paths.iter().map(|path| path.to_str().unwrap());
        // A path stands where the word is `%`.
        let mut paths = paths.map(str::to_owned);
        let word = |word: &&str| match word.strip_suffix('%') {
            Some(before) => before.to_owned() + &paths.next().unwrap(),
            None => (*word).to_owned(),
        };
        Program {
            name,
            command: words.iter().map(word).collect(),
            runs: Vec::new(),
        }
    }

    fn run(&mut self) {
        let start = Instant::now();
        let output = Command::new("/usr/bin/time")
            .args(["-f", "%U %S %M"])
            .args(&self.command)
            .stdout(Stdio::null())
            .output()
            .unwrap();
        let wall = start.elapsed().as_secs_f64() * 1e3;
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{}: {said}", self.name);
        let figures: Vec<f64> = said
            .lines()
            .last()
            .unwrap()
            .split(' ')
            .map(|figure| figure.parse().unwrap())
            .collect();
        self.runs.push(Run {
            wall,
            processor: (figures[0] + figures[1]) * 1e3,
            kib: figures[2],
        });
    }

    fn median(&self, of: fn(&Run) -> f64) -> f64 {
        spread(self.runs.iter().map(of).collect())[0]
    }
}

/// Median, least, most.
fn spread(mut figures: Vec<f64>) -> [f64; 3] {
    figures.sort_by(f64::total_cmp);
    [
        figures[figures.len() / 2],
        figures[0],
        figures[figures.len() - 1],
    ]
}

fn is_there(program: &str) -> bool {
    Command::new(program)
        .arg("--version")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok()
}

/// A signature that xmlsec1 fills in.
const TEMPLATE: &str = "<Signature xmlns=\"http://www.w3.org/2000/09/xmldsig#\"><SignedInfo>\
<CanonicalizationMethod Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\"/>\
<SignatureMethod Algorithm=\"http://www.w3.org/2001/04/xmldsig-more#rsa-sha256\"/>\
<Reference URI=\"\"><Transforms>\
<Transform Algorithm=\"http://www.w3.org/2000/09/xmldsig#enveloped-signature\"/>\
<Transform Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\"/></Transforms>\
<DigestMethod Algorithm=\"http://www.w3.org/2001/04/xmlenc#sha256\"/><DigestValue/>\
</Reference></SignedInfo><SignatureValue/><KeyInfo><X509Data><X509Certificate/></X509Data>\
</KeyInfo></Signature>";

fn processes(keys: &Keys, sizes: &[(&str, usize, usize)]) {
    if !is_there("/usr/bin/time") {
        println!("NOT MEASURED: /usr/bin/time is missing");
        return;
    }
    let (xmlsec, java) = (is_there("xmlsec1"), is_there("javac"));
    if java {
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/Dsig.java");
        let compiled = Command::new("javac")
            .arg("-d")
            .args([keys.folder.path(), &source])
            .status();
        assert!(compiled.unwrap().success());
    }
    let mut idle = Program::new("idle", &[OURS, "--version"], &[]);
    (0..3).for_each(|_| idle.run());
    let idle = idle.median(|run| run.kib);
    println!("whole processes; ms of wall clock (median, least, most), of processor time (median)");
    println!("idle: {idle:.0} KiB");
    for (label, bytes, rounds) in sizes {
        let packet = keys.packet(*bytes);
        let signed = keys.path("signed.edxml");
        fs::write(&signed, keys.signed(&packet)).unwrap();
        let (unsigned, template) = (keys.path("unsigned.edxml"), keys.path("template.edxml"));
        fs::write(&unsigned, &packet).unwrap();
        let end = b"</edXML:edXMLHeader>";
        let at = packet.windows(end.len()).position(|part| part == end);
        let (before, behind) = packet.split_at(at.unwrap());
        fs::write(&template, [before, TEMPLATE.as_bytes(), behind].concat()).unwrap();
        drop(packet);
        File::open(&template).unwrap().sync_all().unwrap();
        let mut programs = programs(keys, &signed, &unsigned, &template, xmlsec, java);
        for _ in 0..*rounds {
            programs.iter_mut().for_each(Program::run);
        }
        println!("\n{label}, {rounds} rounds");
        report(&programs, idle);
    }
}

fn programs(
    keys: &Keys,
    signed: &Path,
    unsigned: &Path,
    template: &Path,
    xmlsec: bool,
    java: bool,
) -> Vec<Program> {
    let (key, own, trust) = (
        keys.path("key.pem"),
        keys.path("own.pem"),
        keys.path("trust"),
    );
    let (anchor, out, classes) = (
        keys.path("trust/anchor.pem"),
        keys.path("out"),
        keys.path(""),
    );
    let mut programs = vec![
        Program::new(
            "verify",
            &[OURS, "verify", "%", "--trust", "%"],
            &[signed, &trust],
        ),
        Program::new(
            "sign",
            &[OURS, "sign", "%", "--key", "%", "--cert", "%", "--out", "%"],
            &[unsigned, &key, &own, &out],
        ),
    ];
    if xmlsec {
        programs.push(Program::new(
            "xmlsec1 verify",
            &[
                "xmlsec1",
                "--verify",
                "--enabled-key-data",
                "x509",
                "--trusted-pem",
                "%",
                "%",
            ],
            &[&anchor, signed],
        ));
        let both = format!("{},{}", key.display(), own.display());
        programs.push(Program::new(
            "xmlsec1 sign",
            &[
                "xmlsec1",
                "--sign",
                "--privkey-pem",
                &both,
                "--output",
                "%",
                "%",
            ],
            &[&out, template],
        ));
    }
    if java {
        programs.push(Program::new(
            "JDK verify",
            &["java", "-cp", "%", "Dsig", "verify", "%", "%"],
            &[&classes, signed, &own],
        ));
        programs.push(Program::new(
            "JDK sign",
            &["java", "-cp", "%", "Dsig", "sign", "%", "%", "%", "%"],
            &[&classes, unsigned, &key, &own, &out],
        ));
    }
    programs
}

fn report(programs: &[Program], idle: f64) {
    for program in programs {
        let [median, least, most] = spread(program.runs.iter().map(|run| run.wall).collect());
        let kib = program.median(|run| run.kib);
        println!(
            "{:<16} {median:>9.1} {least:>9.1} {most:>9.1}   {:>8.0}   over idle {:>8.0} KiB",
            program.name,
            program.median(|run| run.processor),
            kib - idle
        );
    }
    for (own, peer, target) in [
        ("verify", "xmlsec1 verify", "4"),
        ("verify", "JDK verify", "10"),
        ("sign", "xmlsec1 sign", "2.2"),
        ("sign", "JDK sign", "9"),
    ] {
        let find = |name: &str| programs.iter().find(|program| program.name == name);
        let (Some(own), Some(peer)) = (find(own), find(peer)) else {
            println!("{peer}: NOT MEASURED, it is not there");
            continue;
        };
        let wall = peer.median(|run| run.wall) / own.median(|run| run.wall);
        let processor = peer.median(|run| run.processor) / own.median(|run| run.processor);
        println!(
            "{} is {wall:.1} times as fast as {} ({processor:.1} by processor time); at 50 MB the target is {target}",
            own.name, peer.name
        );
    }
}

/// Takes what is written, and forgets it.
#[derive(Default)]
struct Nowhere(u64);

impl Write for Nowhere {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 += bytes.len() as u64;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Seek for Nowhere {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        if let SeekFrom::Start(at) = to {
            self.0 = at;
        }
        Ok(self.0)
    }
}

/// Processor time of this process with all its threads, in milliseconds.
fn processor() -> f64 {
    let stat = fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let behind = stat.rsplit(')').next().unwrap_or_default();
    let fields: Vec<f64> = behind.split(' ').filter_map(|f| f.parse().ok()).collect();
    // After the name and the state: user and system time are the 11th and the 12th, in ticks
    // of a hundredth of a second.
    fields
        .get(10..12)
        .map_or(0.0, |both| (both[0] + both[1]) * 10.0)
}

/// Base64 as it is decoded at best: by blocks that stay in the cache.
fn decode(text: &[u8]) -> usize {
    let mut room = vec![0; 16 * 1024];
    let blocks = text.chunks(16 * 1024);
    blocks
        .map(
            |block| match STANDARD.decode(block, Out::from_slice(&mut room)) {
                Ok(bytes) => bytes.len(),
                Err(_) => 0,
            },
        )
        .sum()
}

/// A name, what is measured, and its figures.
type Operation<'o> = (&'static str, Box<dyn Fn() + 'o>, Vec<f64>, f64);

fn measure(operations: &mut [Operation<'_>], rounds: usize, repeat: usize) {
    for _ in 0..rounds {
        for (_, operation, walls, processors) in operations.iter_mut() {
            let before = processor();
            for _ in 0..repeat {
                let start = Instant::now();
                operation();
                walls.push(start.elapsed().as_secs_f64() * 1e3);
            }
            *processors += processor() - before;
        }
    }
}

fn long(keys: &Keys, bytes: usize, rounds: usize) {
    let packet = keys.packet(bytes);
    let signed = keys.signed(&packet);
    let end = signed.len() - 400;
    let start = end - bytes / 10 * 9;
    let text = &signed[start..end - (end - start) % 4];
    assert!(decode(text) == text.len() / 4 * 3);
    let verifier = keys.verifier();
    let (options, now) = (ReadOptions::default(), SystemTime::now());
    let share = signed.len() as f64 / text.len() as f64;
    let check = || {
        let limits = Limits::from(&options);
        let checked = check_document(
            signed.as_slice(),
            Place::Header,
            xml::Limits::default(),
            limits,
        );
        assert_eq!(checked.unwrap().verdict, Verdict::Valid);
    };
    let verify = || {
        let verified = verifier.verify(signed.as_slice(), &options, now, &mut Discard);
        assert_eq!(
            verified.unwrap().report.packet_signature.verdict,
            Verdict::Valid
        );
    };
    let signs = || {
        let options = SignOptions::default();
        sign(
            packet.as_slice(),
            Nowhere::default(),
            &keys.signer,
            &options,
        )
        .unwrap();
    };
    let mut operations: [Operation<'_>; 5] = [
        (
            "SHA-256",
            Box::new(|| assert!(digest(&SHA256, &signed).as_ref().len() == 32)),
            Vec::new(),
            0.0,
        ),
        (
            "base64",
            Box::new(|| assert!(decode(text) > 0)),
            Vec::new(),
            0.0,
        ),
        ("check_document", Box::new(check), Vec::new(), 0.0),
        ("Verifier::verify", Box::new(verify), Vec::new(), 0.0),
        ("sign", Box::new(signs), Vec::new(), 0.0),
    ];
    let repeat = 3;
    measure(&mut operations, rounds, repeat);
    println!("\nin this process, {bytes} bytes; ms of wall clock and of processor time");
    let times = (rounds * repeat) as f64;
    for (name, _, walls, processor) in &operations {
        let [median, least, most] = spread(walls.clone());
        println!(
            "{name:<18} {median:>8.2} {least:>8.2} {most:>8.2}   {:>8.2}",
            processor / times
        );
    }
    let least = |index: usize| spread(operations[index].2.clone())[1];
    let busy = |index: usize| operations[index].3 / times;
    println!(
        "one thread: SHA-256 + base64 is {:.2} of check_document + base64 (processor time; target 0.75)",
        (busy(0) + busy(1) * share) / (busy(2) + busy(1) * share)
    );
    println!(
        "two threads: SHA-256 is {:.2} of check_document (target 0.85), {:.2} of Verifier::verify, which decodes and digests the attachment as well (least wall clock)",
        least(0) / least(2),
        least(0) / least(3)
    );
}

fn small(keys: &Keys, times: usize) {
    let packet = keys.packet(10_000);
    let signed = keys.signed(&packet);
    let verifier = keys.verifier();
    let (options, now) = (ReadOptions::default(), SystemTime::now());
    let verify = || {
        let verified = verifier.verify(signed.as_slice(), &options, now, &mut Discard);
        assert_eq!(
            verified.unwrap().report.packet_signature.verdict,
            Verdict::Valid
        );
    };
    let signs = || {
        let options = SignOptions::default();
        let out = Cursor::new(Vec::with_capacity(16 * 1024));
        sign(packet.as_slice(), out, &keys.signer, &options).unwrap();
    };
    let mut operations: [Operation<'_>; 3] = [
        (
            "RSA-2048",
            Box::new(|| drop(keys.signer.sign(b"made up").unwrap())),
            Vec::new(),
            0.0,
        ),
        ("sign", Box::new(signs), Vec::new(), 0.0),
        ("verify", Box::new(verify), Vec::new(), 0.0),
    ];
    measure(&mut operations, times, 3);
    println!("\nin this process, 10 KB, warm; ms of wall clock");
    for (name, _, walls, _) in &operations {
        let [median, least, most] = spread(walls.clone());
        println!("{name:<18} {median:>8.3} {least:>8.3} {most:>8.3}");
    }
    let least = |index: usize| spread(operations[index].2.clone())[1];
    println!(
        "sign is {:.2} RSA operations (target 1.3), verify {:.3} ms (target 0.15); least of all",
        least(1) / least(0),
        least(2)
    );
}

/// Packets a second, signed by 16 threads, and bare RSA by as many.
fn at_once(keys: &Keys, times: usize) {
    let packet = keys.packet(10_000);
    let options = SignOptions::default();
    let signs = || {
        let out = Cursor::new(Vec::with_capacity(16 * 1024));
        sign(packet.as_slice(), out, &keys.signer, &options).unwrap();
    };
    let bare = || drop(keys.signer.sign(b"made up").unwrap());
    let rate = |work: &(dyn Fn() + Sync)| {
        let start = Instant::now();
        thread::scope(|scope| {
            for _ in 0..16 {
                scope.spawn(|| (0..times).for_each(|_| work()));
            }
        });
        (16 * times) as f64 / start.elapsed().max(Duration::from_nanos(1)).as_secs_f64()
    };
    let mut figures: [Vec<f64>; 2] = Default::default();
    for _ in 0..3 {
        figures[0].push(rate(&bare));
        figures[1].push(rate(&signs));
    }
    let [bare, signed] = figures.map(|figures| spread(figures)[0]);
    println!(
        "\n16 threads at once: {signed:.0} packets of 10 KB a second, {:.2} of bare RSA ({bare:.0})",
        signed / bare
    );
}
