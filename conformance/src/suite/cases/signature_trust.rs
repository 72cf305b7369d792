//! Signatures of packets that come: whose certificate is trusted, when and for what.

use super::signature_steps::{VERIFIES, ensure_valid, forged, forgery, shown, verifying};
use super::steps::text;
use crate::axis_server::Kind;
use crate::suite::bench::{Bench, PEER};
use crate::suite::case::{
    Case,
    Chapter::Signature,
    Level::{Must, Should},
    Need::{Feature, Fresh, Setting},
    Run,
};
use crate::suite::letter::Made;
use crate::suite::said;
use crate::suite::signing::{Authority, Key, Signing};
use crate::suite::text::t;
use crate::suite::verdict::{Outcome, ensure};

pub(super) const CASES: &[Case] = &[
    Case {
        id: "signature-expired",
        chapter: Signature,
        level: Must,
        clauses: &["S08", "S09", "QD28-18"],
        refusal: Some(t(
            "A certificate that has ended is not `valid`.",
            "Chứng thư hết hạn không phải `valid`.",
        )),
        title: t(
            "A signature with a certificate that has ended is not valid",
            "Chữ ký bằng chứng thư hết hạn thì không hợp lệ",
        ),
        why: t(
            "The authority vouches for its time only.",
            "Tổ chức chứng thực chỉ bảo đảm trong thời hạn.",
        ),
        steps: &[t(
            "The signer's certificate ended yesterday.",
            "Chứng thư của người ký hết hạn hôm qua.",
        )],
        expected: t(
            "The verdict is not `valid`.",
            "Kết luận không phải `valid`.",
        ),
        needs: VERIFIES,
        quick: true,
        run: Run::Connector(expired),
    },
    Case {
        id: "signature-revoked",
        chapter: Signature,
        level: Must,
        clauses: &["S08", "S09", "QD28-18"],
        refusal: Some(t(
            "A revoked certificate is not `valid`.",
            "Chứng thư bị thu hồi không phải `valid`.",
        )),
        title: t(
            "A signature with a revoked certificate is not valid",
            "Chữ ký bằng chứng thư bị thu hồi thì không hợp lệ",
        ),
        why: t(
            "The key may be in wrong hands.",
            "Khóa có thể đã lọt vào tay kẻ khác.",
        ),
        steps: &[
            t(
                "A revocation list that names the certificate lies in the trust folder; a packet comes.",
                "Thư mục tin cậy có danh sách thu hồi nêu chứng thư; một gói tin đến.",
            ),
            t(
                "The same with a list that does not name it.",
                "Làm lại với danh sách không nêu chứng thư.",
            ),
        ],
        expected: t(
            "Not `valid` the first time, `valid` the second.",
            "Lần đầu không phải `valid`, lần sau là `valid`.",
        ),
        needs: VERIFIES,
        quick: true,
        run: Run::Connector(revoked),
    },
    Case {
        id: "signature-wrong-purpose",
        chapter: Signature,
        level: Should,
        clauses: &["S08"],
        refusal: Some(t(
            "A certificate that may not sign is not `valid`.",
            "Chứng thư không được phép ký thì không `valid`.",
        )),
        title: t(
            "A certificate for encrypting only does not sign packets",
            "Chứng thư chỉ dùng mã hóa không ký được gói tin",
        ),
        why: t(
            "Libraries leave the check of keyUsage to who calls them.",
            "Thư viện thường để người gọi tự kiểm tra keyUsage.",
        ),
        steps: &[t(
            "The signer's certificate has keyUsage keyEncipherment only.",
            "Chứng thư của người ký chỉ có keyUsage keyEncipherment.",
        )],
        expected: t(
            "The verdict is not `valid`.",
            "Kết luận không phải `valid`.",
        ),
        needs: VERIFIES,
        quick: true,
        run: Run::Connector(wrong_purpose),
    },
    Case {
        id: "signature-other-organ",
        chapter: Signature,
        level: Should,
        clauses: &["S08", "QD28-9.1"],
        refusal: Some(t(
            "Another organ's signer does not prove who sent it.",
            "Người ký của cơ quan khác không chứng minh được nơi gửi.",
        )),
        title: t(
            "A trusted signer of another organ does not make the sender proven",
            "Người ký tin cậy của cơ quan khác không xác thực được nơi gửi",
        ),
        why: t(
            "Else every organ could sign for every other.",
            "Nếu không, cơ quan nào cũng ký thay cơ quan khác được.",
        ),
        steps: &[t(
            "The map of organs gives the certificate to another organ than From.",
            "Bảng gán cơ quan ghi chứng thư thuộc cơ quan khác với From.",
        )],
        expected: t(
            "`authenticity` is not `proven`.",
            "`authenticity` không phải `proven`.",
        ),
        needs: &[
            Feature("signature-verify"),
            Setting("signature.trust"),
            Setting("signature.organs"),
            Fresh,
        ],
        quick: true,
        run: Run::Connector(other_organ),
    },
    Case {
        id: "signature-required",
        chapter: Signature,
        level: Should,
        clauses: &["QD28-9.1", "QD28-5.4"],
        refusal: Some(t(
            "Where a signature is required, an unsigned document is refused with 02 and a reason.",
            "Khi yêu cầu chữ ký, văn bản không ký bị từ chối bằng 02 kèm lý do.",
        )),
        title: t(
            "A product told to ask for signatures refuses what has none, and says so",
            "Phần mềm được cấu hình bắt buộc chữ ký thì từ chối văn bản không ký và báo lại",
        ),
        why: t(
            "Authenticity is checked before acceptance, and the sender told.",
            "Phải kiểm tra tính xác thực trước khi nhận và báo bên gửi.",
        ),
        steps: &[t(
            "With signature.policy require-packet, an unsigned document comes, then a signed one.",
            "Với signature.policy là require-packet, nhận một văn bản không ký rồi một văn bản đã ký.",
        )],
        expected: t(
            "02 with a reason for the first, which is never shown; the second is shown.",
            "02 kèm lý do cho văn bản đầu và không hiện; văn bản sau được hiện.",
        ),
        needs: &[
            Feature("signature-verify"),
            Setting("signature.trust"),
            Setting("signature.policy"),
            Fresh,
        ],
        quick: true,
        run: Run::Connector(required),
    },
];

fn expired(bench: &Bench) -> Outcome {
    forgery(bench, |authority, made| {
        let certificate = authority.certificate(Key::Signer, |params| {
            params.not_after = time::OffsetDateTime::now_utc() - time::Duration::days(1);
        })?;
        Signing::new(&certificate).sign(made)
    })
}

fn revoked(bench: &Bench) -> Outcome {
    let authority = Authority::trusted(bench.folder())?;
    for revoked in [true, false] {
        authority.revoke(revoked)?;
        let mut lab = bench.lab_with(|setup| {
            setup.set("signature.trust", authority.trust().display().to_string());
        })?;
        let made = Made::document(PEER, lab.organ(), lab.number());
        let certificate = authority.certificate(Key::Signer, |_| {})?;
        if revoked {
            let xml = Signing::new(&certificate).sign(&made)?;
            forged(&mut lab, &xml)?;
            // The store of the first product is another's.
            lab.kill()?;
            let _ = std::fs::remove_dir_all(bench.folder().join("store"));
        } else {
            ensure_valid(&mut lab, &made, &certificate)?;
        }
    }
    Ok(())
}

fn wrong_purpose(bench: &Bench) -> Outcome {
    forgery(bench, |authority, made| {
        let certificate = authority.certificate(Key::Signer, |params| {
            params.key_usages = vec![rcgen::KeyUsagePurpose::KeyEncipherment];
        })?;
        Signing::new(&certificate).sign(made)
    })
}

fn other_organ(bench: &Bench) -> Outcome {
    let (mut lab, authority, made) = verifying(bench, |setup, folder| {
        let map = folder.join("organs.txt");
        std::fs::write(&map, "H99.09 subject CN=Made-up signer\n")
            .map_err(crate::suite::verdict::Stop::own)?;
        setup.set("signature.organs", map.display().to_string());
        Ok(())
    })?;
    let certificate = authority.certificate(Key::Signer, |_| {})?;
    let xml = Signing::new(&certificate).sign(&made)?;
    let item = shown(&mut lab, &made.document_id, xml.as_bytes())?;
    let authenticity = text(&item.0, "/signatures/authenticity");
    ensure(!authenticity.is_empty() && authenticity != "proven", || {
        said!(
            "`authenticity` is `{authenticity}`",
            "`authenticity` là `{authenticity}`"
        )
    })
}

fn required(bench: &Bench) -> Outcome {
    let (mut lab, authority, unsigned) = verifying(bench, |setup, _| {
        setup.set("signature.policy", "require-packet");
        Ok(())
    })?;
    lab.deliver(PEER, Kind::Document, &unsigned.bytes())?;
    let refusal = lab.await_status("02", &unsigned.document_id)?;
    let status = super::steps::header(&refusal)?;
    ensure(!text(&status, "/Description").is_empty(), || {
        said!("02 gives no reason", "02 không nêu lý do")
    })?;
    let signed = Made::document(PEER, lab.organ(), lab.number());
    let certificate = authority.certificate(Key::Signer, |_| {})?;
    ensure_valid(&mut lab, &signed, &certificate)
}
