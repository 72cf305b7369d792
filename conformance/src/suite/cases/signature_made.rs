//! Signatures and seals that the product makes, and seals that come to it.

use lienthong::Config;
use lienthong::crypto::keys::FileSigner;
use lienthong::environment::Environment;
use lienthong::packet::{Discard, ReadOptions};
use lienthong::signature::report::Report;
use lienthong::signature::seal::seal_packet;
use lienthong::signature::{Verdict, Verifier};

use crate::axis_server::Kind;
use crate::rebuild::{Flavour, RebuildOptions, rebuild};
use crate::suite::bench::{Bench, PEER};
use crate::suite::case::{
    Case,
    Chapter::Signature,
    Level::{Must, Should},
    Need::{Command, Feature, Fresh, Setting},
    Run,
};
use crate::suite::lab::{Lab, SentPacket};
use crate::suite::letter::Made;
use crate::suite::said;
use crate::suite::signing::{Authority, Key};
use crate::suite::text::t;
use crate::suite::verdict::{Outcome, Stop, ensure};

pub(super) const CASES: &[Case] = &[
    Case {
        id: "signature-made",
        chapter: Signature,
        level: Should,
        clauses: &["S05", "S06", "QD28-4"],
        refusal: None,
        title: t(
            "A packet that the product signs verifies elsewhere",
            "Gói tin phần mềm ký được kiểm tra thành công ở nơi khác",
        ),
        why: t(
            "Who signs and verifies with the same mistake notices nothing.",
            "Ký và tự kiểm tra cùng một lỗi thì không ai phát hiện.",
        ),
        steps: &[t(
            "With signature.sign and a made-up key, the product sends a document with a file.",
            "Bật signature.sign với khóa tự tạo, phần mềm gửi văn bản có tệp.",
        )],
        expected: t(
            "The suite's verifier says `valid`; with one letter changed it does not.",
            "Bộ kiểm thử kết luận `valid`; sửa một chữ thì không còn.",
        ),
        needs: &[
            Feature("sign"),
            Setting("signature.sign"),
            Setting("signature.key_file"),
            Setting("signature.certificate_file"),
            Command("send"),
            Fresh,
        ],
        quick: true,
        run: Run::Connector(made),
    },
    Case {
        id: "signature-seal-survives",
        chapter: Signature,
        level: Should,
        clauses: &["rebuild", "S09"],
        refusal: None,
        title: t(
            "A seal that the product makes is still valid after a hop has rebuilt the packet",
            "Niêm phong do phần mềm tạo vẫn hợp lệ sau khi trục dựng lại gói tin",
        ),
        why: t(
            "Signatures over the packet do not survive; that is why there are seals.",
            "Chữ ký trên cả gói không còn sau khi dựng lại; vì vậy mới cần niêm phong.",
        ),
        steps: &[t(
            "With signature.seal_for all, a document is sent; the suite rebuilds the packet as hops do.",
            "Bật signature.seal_for là all, gửi văn bản; bộ kiểm thử dựng lại gói tin như trục.",
        )],
        expected: t(
            "The seal is valid before and after; with one letter changed it is not.",
            "Niêm phong hợp lệ trước và sau; sửa một chữ thì không còn.",
        ),
        needs: &[
            Feature("seal"),
            Setting("signature.seal_for"),
            Setting("signature.key_file"),
            Setting("signature.certificate_file"),
            Command("send"),
            Fresh,
        ],
        quick: true,
        run: Run::Connector(seal_survives),
    },
    Case {
        id: "signature-seal-altered",
        chapter: Signature,
        level: Must,
        clauses: &["QD28-9.1", "S09"],
        refusal: Some(t(
            "A seal beside an altered file is not `valid`.",
            "Niêm phong bên cạnh tệp bị sửa không phải `valid`.",
        )),
        title: t(
            "A sealed packet with an altered file is not shown as sealed",
            "Gói có niêm phong nhưng tệp bị sửa không được coi là còn nguyên",
        ),
        why: t(
            "The clerk would trust a file that nobody sealed.",
            "Văn thư sẽ tin một tệp không ai niêm phong.",
        ),
        steps: &[t(
            "A rebuilt packet with its seal comes whole, and another with a file changed.",
            "Nhận một gói dựng lại còn nguyên niêm phong và một gói có tệp bị sửa.",
        )],
        expected: t(
            "The seal's verdict is `valid` for the first and not for the second.",
            "Kết luận niêm phong là `valid` với gói đầu, không phải với gói sau.",
        ),
        needs: &[
            Feature("seal"),
            Feature("signature-verify"),
            Setting("signature.trust"),
            Command("poll"),
            Fresh,
        ],
        quick: true,
        run: Run::Connector(seal_altered),
    },
];

/// A lab whose product signs with the signer's key, as `key` and `value` say.
fn signing(bench: &Bench, key: &str, value: &str) -> Outcome<(Lab, Authority)> {
    let authority = Authority::trusted(bench.folder())?;
    let certificate = authority.certificate(Key::Signer, |_| {})?;
    let (key_path, certificate_path) = (
        bench.folder().join("made-up-key.pem"),
        bench.folder().join("made-up-certificate.pem"),
    );
    std::fs::write(&key_path, Key::Signer.pem()).map_err(Stop::own)?;
    std::fs::write(&certificate_path, &certificate.pem).map_err(Stop::own)?;
    let lab = bench.lab_with(|setup| {
        setup.set(key, value);
        setup.set("signature.key_file", key_path.display().to_string());
        setup.set(
            "signature.certificate_file",
            certificate_path.display().to_string(),
        );
    })?;
    Ok((lab, authority))
}

fn judge(authority: &Authority, bytes: &[u8]) -> Outcome<Report> {
    let mut config = Config::new();
    config
        .set("signature.trust", &authority.trust().display().to_string())
        .map_err(Stop::own)?;
    let environment = Environment::system();
    let verifier = Verifier::from_config(&config, None, &environment).map_err(Stop::own)?;
    let verified = verifier
        .verify(
            bytes,
            &ReadOptions::default(),
            std::time::SystemTime::now(),
            &mut Discard,
        )
        .map_err(Stop::own)?;
    Ok(verified.report)
}

fn sent_with_file(lab: &mut Lab) -> Outcome<SentPacket> {
    let file = lab.file("Công văn.pdf", b"%PDF-1.4\nmade up\n")?;
    let letter = lab.letter(&[PEER]).attach(&file);
    lab.send(&letter)?;
    lab.await_letter(&letter)
}

fn ensure_verdict(verdict: Verdict, is_valid: bool, of: &str) -> Outcome {
    ensure((verdict == Verdict::Valid) == is_valid, || {
        said!(
            "the verdict on the packet ({of}) is {verdict}",
            "kết luận về gói tin ({of}) là {verdict}"
        )
    })
}

fn changed(bytes: &[u8]) -> Vec<u8> {
    let text = String::from_utf8_lossy(bytes).into_owned();
    text.replacen("V/v thí dụ", "V/v thí đụ", 1).into_bytes()
}

fn made(bench: &Bench) -> Outcome {
    let (mut lab, authority) = signing(bench, "signature.sign", "true")?;
    let packet = sent_with_file(&mut lab)?;
    let verdict = judge(&authority, &packet.bytes)?.packet_signature.verdict;
    ensure_verdict(verdict, true, "as sent")?;
    let altered = judge(&authority, &changed(&packet.bytes))?;
    ensure_verdict(altered.packet_signature.verdict, false, "altered")
}

fn rebuilt(bytes: &[u8]) -> Outcome<Vec<u8>> {
    let mut out = Vec::new();
    let options = RebuildOptions::new(Flavour::AsSeen, "000.00.00.W00", "2026/03/04 09:00:00", 7);
    rebuild(bytes, &mut out, options).map_err(Stop::own)?;
    Ok(out)
}

fn seal_survives(bench: &Bench) -> Outcome {
    let (mut lab, authority) = signing(bench, "signature.seal_for", "all")?;
    let packet = sent_with_file(&mut lab)?;
    ensure_verdict(
        judge(&authority, &packet.bytes)?.seal.verdict,
        true,
        "as sent",
    )?;
    let rebuilt = rebuilt(&packet.bytes)?;
    ensure_verdict(judge(&authority, &rebuilt)?.seal.verdict, true, "rebuilt")?;
    let altered = judge(&authority, &changed(&rebuilt))?;
    ensure_verdict(altered.seal.verdict, false, "altered")
}

fn seal_altered(bench: &Bench) -> Outcome {
    let authority = Authority::trusted(bench.folder())?;
    let certificate = authority.certificate(Key::Signer, |_| {})?;
    let signer = FileSigner::from_bytes(
        Key::Signer.pem().as_bytes(),
        Some(certificate.pem.as_bytes()),
        None,
        None,
    )
    .map_err(Stop::own)?;
    let mut lab = bench.lab_with(|setup| {
        setup.set("signature.trust", authority.trust().display().to_string());
    })?;
    for altered in [false, true] {
        let made = Made::document(PEER, lab.organ(), lab.number());
        let mut sealed = Vec::new();
        seal_packet(
            &mut std::io::Cursor::new(made.bytes()),
            &ReadOptions::default(),
            &signer,
            &mut sealed,
        )
        .map_err(Stop::own)?;
        let mut bytes = rebuilt(&sealed)?;
        if altered {
            let text = String::from_utf8_lossy(&bytes).into_owned();
            bytes = text.replacen("JVBERi0xLjQ", "JVBERi0xLjU", 1).into_bytes();
        }
        lab.deliver(PEER, Kind::Document, &bytes)?;
        let item = lab.take_and_accept()?;
        let verdict = item.text("/signatures/seal/verdict");
        ensure(
            (verdict == "valid") != altered && !verdict.is_empty(),
            || {
                said!(
                    "the verdict on the seal is `{verdict}`",
                    "kết luận về niêm phong là `{verdict}`"
                )
            },
        )?;
    }
    Ok(())
}
