//! Signatures of packets that come: their form, and what they cover.

use super::signature_steps::{
    VERIFIES, ensure_not_valid, ensure_valid, forged, forgery, shown, verifying,
};
use crate::suite::bench::{Bench, PEER};
use crate::suite::case::{
    Case,
    Chapter::Signature,
    Level::{Must, Should},
    Need::{Command, Feature},
    Run,
};
use crate::suite::letter::Made;
use crate::suite::signing::{Authority, DSIG, Key, Signing, alone, stub};
use crate::suite::text::t;
use crate::suite::verdict::Outcome;

pub(super) const CASES: &[Case] = &[
    Case {
        id: "signature-none",
        chapter: Signature,
        level: Must,
        clauses: &["D37", "QD28-4"],
        refusal: Some(t(
            "No signature is never `valid`; it blocks nothing either.",
            "Không có chữ ký thì không bao giờ là `valid`, và cũng không bị chặn.",
        )),
        title: t(
            "A packet without a signature, or with an empty one, is taken and not called valid",
            "Gói tin không ký hoặc chữ ký rỗng vẫn được nhận và không bị coi là hợp lệ",
        ),
        why: t(
            "Most packets have none; who calls them signed makes information into an original.",
            "Đa số gói tin không ký; coi là đã ký sẽ biến bản tham khảo thành bản gốc.",
        ),
        steps: &[t(
            "Two documents come, one without a Signature and one with an empty one.",
            "Nhận hai văn bản, một không có Signature, một có Signature rỗng.",
        )],
        expected: t(
            "Both are shown; the report's verdict on the packet is not `valid`.",
            "Cả hai được hiện; kết luận về chữ ký gói tin không phải `valid`.",
        ),
        needs: &[Feature("signature-report"), Command("poll")],
        quick: true,
        run: Run::Connector(none),
    },
    Case {
        id: "signature-stub",
        chapter: Signature,
        level: Must,
        clauses: &["D37", "S03", "S09"],
        refusal: Some(t(
            "The copied stub is never `valid`; it blocks nothing either.",
            "Chữ ký mẫu sao chép không bao giờ là `valid`, và cũng không bị chặn.",
        )),
        title: t(
            "The signature block that many programs copy is not called valid",
            "Khối chữ ký mẫu bị sao chép không được coi là hợp lệ",
        ),
        why: t(
            "It signs nothing, and is in most of the packets that have one.",
            "Nó không ký gì cả mà lại có trong phần lớn gói tin.",
        ),
        steps: &[t(
            "A document with such a block (made up here in its form) comes.",
            "Nhận văn bản có khối chữ ký kiểu đó (tự tạo theo hình thức).",
        )],
        expected: t(
            "It is shown; the verdict is not `valid`.",
            "Văn bản được hiện; kết luận không phải `valid`.",
        ),
        needs: &[Feature("signature-report"), Command("poll")],
        quick: true,
        run: Run::Connector(copied_stub),
    },
    Case {
        id: "signature-valid",
        chapter: Signature,
        level: Must,
        clauses: &["S08", "QD28-9.1", "QD28-4"],
        refusal: None,
        title: t(
            "A genuine signature of a trusted signer is valid",
            "Chữ ký thật của người ký được tin cậy là hợp lệ",
        ),
        why: t(
            "A verifier that says no to everything is of no use.",
            "Bộ kiểm tra luôn từ chối thì vô dụng.",
        ),
        steps: &[t(
            "A packet signed with RSA-2048 and SHA-256 comes; its authority lies in the trust folder.",
            "Nhận gói tin ký RSA-2048, SHA-256; chứng thư gốc nằm trong thư mục tin cậy.",
        )],
        expected: t("The verdict is `valid`.", "Kết luận là `valid`."),
        needs: VERIFIES,
        quick: true,
        run: Run::Connector(valid),
    },
    Case {
        id: "signature-altered",
        chapter: Signature,
        level: Must,
        clauses: &["S05", "S09", "QD28-9.1"],
        refusal: Some(t(
            "An altered packet is not `valid`.",
            "Gói tin bị sửa không phải `valid`.",
        )),
        title: t(
            "A signed packet that was altered is not valid",
            "Gói tin đã ký mà bị sửa thì không hợp lệ",
        ),
        why: t(
            "That is what signatures are for.",
            "Chữ ký sinh ra để phát hiện việc này.",
        ),
        steps: &[t(
            "The subject of one signed packet, and a file of another, are changed.",
            "Sửa trích yếu của một gói đã ký và sửa tệp của gói khác.",
        )],
        expected: t(
            "Neither verdict is `valid`.",
            "Cả hai kết luận đều không phải `valid`.",
        ),
        needs: VERIFIES,
        quick: true,
        run: Run::Connector(altered),
    },
    Case {
        id: "signature-other-namespace",
        chapter: Signature,
        level: Must,
        clauses: &["S03", "D37"],
        refusal: Some(t(
            "A Signature outside the namespace of XML signatures is not `valid`.",
            "Signature ngoài không gian tên chữ ký XML không phải `valid`.",
        )),
        title: t(
            "A genuine signature moved into the packet's namespace is not valid",
            "Chữ ký thật bị đưa sang không gian tên của gói tin thì không hợp lệ",
        ),
        why: t(
            "Hops move it there; nobody signed that form.",
            "Trục thường đưa sang như vậy; không ai ký dạng đó.",
        ),
        steps: &[t(
            "The namespace declaration of a genuine Signature is taken off.",
            "Bỏ khai báo không gian tên của một Signature thật.",
        )],
        expected: t(
            "The verdict is not `valid`.",
            "Kết luận không phải `valid`.",
        ),
        needs: VERIFIES,
        quick: true,
        run: Run::Connector(other_namespace),
    },
    Case {
        id: "signature-untrusted",
        chapter: Signature,
        level: Must,
        clauses: &["S08", "QD28-18"],
        refusal: Some(t(
            "A signer of an unknown authority is not `valid`.",
            "Người ký thuộc tổ chức chứng thực lạ không phải `valid`.",
        )),
        title: t(
            "A genuine signature of a signer nobody trusts is not valid",
            "Chữ ký thật của người ký không được tin cậy thì không hợp lệ",
        ),
        why: t(
            "Anybody can make a certificate with any name.",
            "Ai cũng tự tạo được chứng thư mang tên bất kỳ.",
        ),
        steps: &[t(
            "A packet comes signed with a self-signed certificate that is not in the trust folder.",
            "Nhận gói tin ký bằng chứng thư tự ký không có trong thư mục tin cậy.",
        )],
        expected: t(
            "The verdict is not `valid`.",
            "Kết luận không phải `valid`.",
        ),
        needs: VERIFIES,
        quick: true,
        run: Run::Connector(untrusted),
    },
    Case {
        id: "signature-bare-key",
        chapter: Signature,
        level: Must,
        clauses: &["S04", "S08"],
        refusal: Some(t(
            "A key that the packet brings along proves nothing.",
            "Khóa do chính gói tin mang theo không chứng minh gì.",
        )),
        title: t(
            "A signature with a bare KeyValue is not valid",
            "Chữ ký chỉ kèm KeyValue thì không hợp lệ",
        ),
        why: t(
            "xmlsec1 accepts an attacker's own key where it is not told better.",
            "xmlsec1 chấp nhận khóa của kẻ tấn công nếu không được cấu hình chặt.",
        ),
        steps: &[t(
            "A stranger signs a packet and puts the key into KeyInfo/KeyValue.",
            "Người lạ ký gói tin và đặt khóa vào KeyInfo/KeyValue.",
        )],
        expected: t(
            "The verdict is not `valid`.",
            "Kết luận không phải `valid`.",
        ),
        needs: VERIFIES,
        quick: true,
        run: Run::Connector(bare_key),
    },
    Case {
        id: "signature-borrowed-certificate",
        chapter: Signature,
        level: Must,
        clauses: &["S08", "S09"],
        refusal: Some(t(
            "A trusted certificate beside another key's value proves nothing.",
            "Chứng thư tin cậy đi kèm giá trị của khóa khác không chứng minh gì.",
        )),
        title: t(
            "A trusted certificate does not vouch for what another key signed",
            "Chứng thư tin cậy không bảo đảm cho chữ ký của khóa khác",
        ),
        why: t(
            "Certificates are public; only the key proves.",
            "Chứng thư là công khai; chỉ khóa mới chứng minh.",
        ),
        steps: &[t(
            "A stranger's key signs a packet that carries the trusted signer's certificate.",
            "Khóa của người lạ ký gói tin mang chứng thư của người ký tin cậy.",
        )],
        expected: t(
            "The verdict is not `valid`.",
            "Kết luận không phải `valid`.",
        ),
        needs: VERIFIES,
        quick: true,
        run: Run::Connector(borrowed_certificate),
    },
    Case {
        id: "signature-sha1",
        chapter: Signature,
        level: Must,
        clauses: &["S06"],
        refusal: Some(t(
            "SHA-1 is never `valid`.",
            "SHA-1 không bao giờ là `valid`.",
        )),
        title: t(
            "A signature over a SHA-1 digest is not valid",
            "Chữ ký trên mã băm SHA-1 thì không hợp lệ",
        ),
        why: t(
            "Two documents with one SHA-1 can be made.",
            "Có thể tạo hai văn bản cùng một SHA-1.",
        ),
        steps: &[t(
            "The trusted signer signs with DigestMethod SHA-1.",
            "Người ký tin cậy ký với DigestMethod SHA-1.",
        )],
        expected: t(
            "The verdict is not `valid`.",
            "Kết luận không phải `valid`.",
        ),
        needs: VERIFIES,
        quick: true,
        run: Run::Connector(sha1),
    },
    Case {
        id: "signature-part-only",
        chapter: Signature,
        level: Must,
        clauses: &["S05"],
        refusal: Some(t(
            "A signature that selects by XPath is not `valid`.",
            "Chữ ký chọn phần bằng XPath không phải `valid`.",
        )),
        title: t(
            "A genuine signature over a single element does not make the packet valid",
            "Chữ ký thật chỉ trên một phần tử không làm cả gói tin hợp lệ",
        ),
        why: t(
            "Six of seven known set-ups are fooled: everything else may be changed.",
            "Sáu trên bảy cấu hình bị lừa: mọi phần khác đều có thể bị sửa.",
        ),
        steps: &[t(
            "The trusted signer's signature has an XPath transform that leaves DocumentId alone.",
            "Chữ ký của người ký tin cậy có phép biến đổi XPath chỉ giữ lại DocumentId.",
        )],
        expected: t(
            "The verdict is not `valid`.",
            "Kết luận không phải `valid`.",
        ),
        needs: VERIFIES,
        quick: true,
        run: Run::Connector(part_only),
    },
    Case {
        id: "signature-packet-in-object",
        chapter: Signature,
        level: Must,
        clauses: &["S01", "S04"],
        refusal: Some(t(
            "A packet inside the signature makes it not `valid`.",
            "Gói tin nằm trong khối chữ ký làm chữ ký không `valid`.",
        )),
        title: t(
            "A forged header hidden in Signature/Object is not passed off as signed",
            "Phần đầu giả giấu trong Signature/Object không được coi là đã ký",
        ),
        why: t(
            "The enveloped transform takes it out of the digest; every known tool accepts it.",
            "Phép biến đổi enveloped loại nó khỏi mã băm; mọi công cụ quen thuộc đều chấp nhận.",
        ),
        steps: &[t(
            "A second edXMLHeader with another subject is put into Object of a genuine signature.",
            "Đặt một edXMLHeader thứ hai với trích yếu khác vào Object của chữ ký thật.",
        )],
        expected: t(
            "The verdict is not `valid`.",
            "Kết luận không phải `valid`.",
        ),
        needs: VERIFIES,
        quick: true,
        run: Run::Connector(packet_in_object),
    },
    Case {
        id: "signature-twice",
        chapter: Signature,
        level: Must,
        clauses: &["S03"],
        refusal: Some(t(
            "Two signatures are not `valid`.",
            "Hai chữ ký thì không `valid`.",
        )),
        title: t(
            "A packet with two signature blocks is not valid",
            "Gói tin có hai khối chữ ký thì không hợp lệ",
        ),
        why: t(
            "One tool looks at the first, another at the last.",
            "Công cụ này xem khối đầu, công cụ kia xem khối cuối.",
        ),
        steps: &[t(
            "A stranger's signature is put beside the genuine one.",
            "Thêm chữ ký của người lạ bên cạnh chữ ký thật.",
        )],
        expected: t(
            "The verdict is not `valid`.",
            "Kết luận không phải `valid`.",
        ),
        needs: VERIFIES,
        quick: true,
        run: Run::Connector(twice),
    },
    Case {
        id: "signature-comment",
        chapter: Signature,
        level: Should,
        clauses: &["S02"],
        refusal: Some(t(
            "A comment in a signed packet makes it not `valid`.",
            "Chú thích trong gói đã ký làm chữ ký không `valid`.",
        )),
        title: t(
            "A comment that was put into a signed text does not pass unseen",
            "Chú thích chèn vào văn bản đã ký không lọt qua",
        ),
        why: t(
            "No signature covers it, and readers cut texts at it.",
            "Không chữ ký nào bảo vệ nó, và có bộ đọc cắt chữ tại đó.",
        ),
        steps: &[t(
            "A comment is put into From/OrganId of a signed packet.",
            "Chèn chú thích vào From/OrganId của gói đã ký.",
        )],
        expected: t(
            "The verdict is not `valid`.",
            "Kết luận không phải `valid`.",
        ),
        needs: VERIFIES,
        quick: true,
        run: Run::Connector(comment),
    },
    Case {
        id: "signature-loose-base64",
        chapter: Signature,
        level: Should,
        clauses: &["S07"],
        refusal: Some(t(
            "A digest that is no exact base64 is not `valid`.",
            "Mã băm không đúng base64 thì không `valid`.",
        )),
        title: t(
            "Base64 with foreign characters in a signature is not taken",
            "Không chấp nhận base64 lẫn ký tự lạ trong chữ ký",
        ),
        why: t(
            "What decoders skip is a place to hide things in.",
            "Phần bộ giải mã bỏ qua là chỗ để giấu dữ liệu.",
        ),
        steps: &[t(
            "Characters outside the alphabet are put into SignatureValue.",
            "Chèn ký tự ngoài bảng chữ base64 vào SignatureValue.",
        )],
        expected: t(
            "The verdict is not `valid`.",
            "Kết luận không phải `valid`.",
        ),
        needs: VERIFIES,
        quick: true,
        run: Run::Connector(loose_base64),
    },
];

fn none(bench: &Bench) -> Outcome {
    let mut lab = bench.lab()?;
    for block in ["", "<edXML:Signature></edXML:Signature>"] {
        let mut made = Made::document(PEER, lab.organ(), lab.number());
        block.clone_into(&mut made.signature);
        ensure_not_valid(&shown(&mut lab, &made.document_id, &made.bytes())?)?;
    }
    Ok(())
}

fn copied_stub(bench: &Bench) -> Outcome {
    let mut lab = bench.lab()?;
    let mut made = Made::document(PEER, lab.organ(), lab.number());
    made.signature = stub();
    ensure_not_valid(&shown(&mut lab, &made.document_id, &made.bytes())?)
}

/// Signed as it should be, and one text in it replaced, which has to stand there.
fn replaced(authority: &Authority, made: &Made, from: &str, to: &str) -> Outcome<String> {
    let certificate = authority.certificate(Key::Signer, |_| {})?;
    let xml = Signing::new(&certificate).sign(made)?;
    if !xml.contains(from) {
        return Err(crate::suite::verdict::Stop::own("nothing to forge"));
    }
    Ok(xml.replacen(from, to, 1))
}

fn valid(bench: &Bench) -> Outcome {
    let (mut lab, authority, made) = verifying(bench, |_, _| Ok(()))?;
    let certificate = authority.certificate(Key::Signer, |_| {})?;
    ensure_valid(&mut lab, &made, &certificate)
}

fn altered(bench: &Bench) -> Outcome {
    let (mut lab, authority, made) = verifying(bench, |_, _| Ok(()))?;
    let subject = replaced(&authority, &made, "V/v thí dụ", "V/v thí đụ")?;
    forged(&mut lab, &subject)?;
    let made = Made::document(PEER, lab.organ(), lab.number());
    let file = replaced(&authority, &made, "JVBERi0xLjQ", "JVBERi0xLjU")?;
    forged(&mut lab, &file)
}

fn other_namespace(bench: &Bench) -> Outcome {
    forgery(bench, |authority, made| {
        let declared = format!("<Signature xmlns=\"{DSIG}\">");
        replaced(authority, made, &declared, "<Signature>")
    })
}

fn untrusted(bench: &Bench) -> Outcome {
    forgery(bench, |authority, made| {
        // The same name and issuer's name, but nobody vouches for it.
        let certificate = authority.self_signed(Key::Stranger)?;
        let mut signing = Signing::new(&certificate);
        signing.key = Key::Stranger;
        signing.sign(made)
    })
}

fn bare_key(bench: &Bench) -> Outcome {
    forgery(bench, |authority, made| {
        let certificate = authority.certificate(Key::Signer, |_| {})?;
        let mut signing = Signing::new(&certificate);
        signing.key = Key::Stranger;
        signing.key_value = true;
        signing.sign(made)
    })
}

fn borrowed_certificate(bench: &Bench) -> Outcome {
    forgery(bench, |authority, made| {
        let certificate = authority.certificate(Key::Signer, |_| {})?;
        let mut signing = Signing::new(&certificate);
        signing.key = Key::Stranger;
        signing.sign(made)
    })
}

fn sha1(bench: &Bench) -> Outcome {
    forgery(bench, |authority, made| {
        let certificate = authority.certificate(Key::Signer, |_| {})?;
        let mut signing = Signing::new(&certificate);
        signing.sha1 = true;
        signing.sign(made)
    })
}

fn part_only(bench: &Bench) -> Outcome {
    forgery(bench, |authority, made| {
        let certificate = authority.certificate(Key::Signer, |_| {})?;
        let mut signing = Signing::new(&certificate);
        let transform = "<Transform Algorithm=\"http://www.w3.org/TR/1999/REC-xpath-19991116\">\
                         <XPath>ancestor-or-self::*[local-name()='DocumentId' and \
                         local-name(..)='MessageHeader']</XPath></Transform>";
        let left = alone("DocumentId", &made.document_id);
        signing.selected = Some((transform.to_owned(), left));
        signing.sign(made)
    })
}

fn packet_in_object(bench: &Bench) -> Outcome {
    forgery(bench, |authority, made| {
        let xml = made.xml();
        let (begin, end) = ("<edXML:edXMLHeader>", "</edXML:edXMLHeader>");
        let header = xml
            .split_once(begin)
            .and_then(|(_, rest)| rest.split_once(end))
            .map(|(header, _)| format!("{begin}{header}{end}"))
            .unwrap_or_default()
            .replace("V/v thí dụ", "V/v giả mạo");
        let object = format!("</KeyInfo><Object>{header}</Object>");
        replaced(authority, made, "</KeyInfo>", &object)
    })
}

fn twice(bench: &Bench) -> Outcome {
    forgery(bench, |authority, made| {
        let certificate = authority.certificate(Key::Signer, |_| {})?;
        let stranger = authority.self_signed(Key::Stranger)?;
        let mut other = Signing::new(&stranger);
        other.key = Key::Stranger;
        let other = other.sign(made)?;
        let block = other
            .split_once("<Signature ")
            .and_then(|(_, rest)| rest.split_once("</Signature>"))
            .map(|(block, _)| format!("<Signature {block}</Signature>"))
            .unwrap_or_default();
        // The genuine one covers the other, so that it holds by itself.
        let mut with_other = made.clone();
        with_other.signature = block;
        Signing::new(&certificate).sign(&with_other)
    })
}

fn comment(bench: &Bench) -> Outcome {
    forgery(bench, |authority, made| {
        let organ = format!("<edXML:From><edXML:OrganId>{PEER}");
        let with = format!("{organ}<!-- -->");
        replaced(authority, made, &organ, &with)
    })
}

fn loose_base64(bench: &Bench) -> Outcome {
    forgery(bench, |authority, made| {
        replaced(authority, made, "</SignatureValue>", "!*</SignatureValue>")
    })
}
