//! Attachments: those that the product sends.

use std::path::PathBuf;

use ring::digest::{SHA256, digest};
use serde_json::json;

use crate::suite::archive::{entry, zip};
use crate::suite::bench::{Bench, PEER};
use crate::suite::case::{Case, Chapter::Attachment, Level::Must, Need::Command, Run};
use crate::suite::lab::{Lab, SentPacket};
use crate::suite::said;
use crate::suite::sample::Sample;
use crate::suite::text::t;
use crate::suite::verdict::{Outcome, ensure};

pub(super) const BASE: Case = Case {
    id: "",
    chapter: Attachment,
    level: Must,
    clauses: &["QD28-10.1"],
    refusal: None,
    title: t("", ""),
    why: t("", ""),
    steps: &[],
    expected: t(
        "Name and SHA-256 of each file in the packet at the axis are those of the file on disk.",
        "Tên và SHA-256 của từng tệp trong gói tin tại trục đúng như tệp trên đĩa.",
    ),
    needs: &[Command("send")],
    quick: true,
    run: Run::Connector(one),
};

pub(super) const CASES: &[Case] = &[
    Case {
        id: "attachment-one-whole",
        clauses: &["QD28-10.1", "QD28-9.1"],
        title: t(
            "A file arrives byte by byte",
            "Tệp kèm tới nơi nguyên từng byte",
        ),
        why: t(
            "The file is the document: all else is only its cover.",
            "Tệp kèm chính là văn bản, phần còn lại chỉ là bì thư.",
        ),
        steps: &[t(
            "The product sends a PDF with bytes of every value.",
            "Phần mềm gửi một tệp PDF có đủ mọi giá trị byte.",
        )],
        run: Run::Connector(one),
        ..BASE
    },
    Case {
        id: "attachment-all",
        clauses: &["QD28-10.1", "QD28-9.1"],
        refusal: Some(t(
            "No file is left out, none is added.",
            "Không bỏ sót, không thêm tệp nào.",
        )),
        title: t(
            "All attachments are sent, in their order",
            "Gửi đủ mọi tệp kèm, đúng thứ tự",
        ),
        why: t(
            "The regulation asks for the content and all attachments.",
            "Quy định yêu cầu gửi nội dung và mọi tệp kèm theo.",
        ),
        steps: &[t(
            "The product sends a document with seven files of several kinds.",
            "Phần mềm gửi văn bản có bảy tệp nhiều loại.",
        )],
        run: Run::Connector(all),
        ..BASE
    },
    Case {
        id: "attachment-same-name",
        clauses: &["QD28-10.1", "P14"],
        refusal: Some(t(
            "The second file of a name is not dropped, nor put over the first.",
            "Tệp thứ hai cùng tên không bị bỏ, không đè lên tệp thứ nhất.",
        )),
        title: t(
            "Two files of the same name both arrive",
            "Hai tệp cùng tên đều tới nơi",
        ),
        why: t(
            "Each annex of a province may be called bieu-mau.pdf.",
            "Nhiều phụ lục có thể cùng tên bieu-mau.pdf.",
        ),
        steps: &[t(
            "The product sends a document with two files of one name and different bytes.",
            "Phần mềm gửi văn bản có hai tệp cùng tên, nội dung khác nhau.",
        )],
        run: Run::Connector(same_name),
        ..BASE
    },
    Case {
        id: "attachment-vietnamese-name",
        clauses: &["QD28-10.2", "P14"],
        title: t(
            "A name with Vietnamese letters, blanks and signs arrives whole",
            "Tên tệp tiếng Việt, có dấu cách và ký hiệu, tới nơi nguyên vẹn",
        ),
        why: t(
            "The name is all that tells the clerk which annex it is.",
            "Tên tệp là thứ duy nhất cho văn thư biết đó là phụ lục nào.",
        ),
        steps: &[t(
            "The product sends a file whose name has marks, blanks, & and brackets.",
            "Phần mềm gửi tệp có tên gồm dấu tiếng Việt, dấu cách, dấu & và ngoặc.",
        )],
        run: Run::Connector(vietnamese_name),
        ..BASE
    },
    Case {
        id: "attachment-zip-stays",
        clauses: &["D25", "rebuild", "QD28-10.1"],
        refusal: Some(t(
            "The clerk's ZIP is not opened, packed again or packed twice.",
            "Tệp ZIP của văn thư không bị mở, nén lại hay nén hai lần.",
        )),
        title: t(
            "A ZIP that the clerk attached travels as it is",
            "Tệp ZIP do văn thư đính kèm được gửi nguyên trạng",
        ),
        why: t(
            "A ZIP around one file looks like the wrapping of the standard, and is none.",
            "ZIP chứa một tệp trông giống lớp bọc của quy chuẩn nhưng không phải.",
        ),
        steps: &[t(
            "The product sends ho-so.zip, which holds one file.",
            "Phần mềm gửi ho-so.zip chứa một tệp.",
        )],
        expected: t(
            "The data in the packet are the bytes of the ZIP.",
            "Dữ liệu trong gói tin đúng là các byte của tệp ZIP.",
        ),
        run: Run::Connector(zip_stays),
        ..BASE
    },
    Case {
        id: "attachment-signed-pdf",
        clauses: &["QD28-4", "ND30-5", "ND30-I"],
        refusal: Some(t(
            "The PDF is not repaired, linearised, packed or otherwise written anew.",
            "Tệp PDF không bị sửa, tối ưu, nén hay ghi lại.",
        )),
        title: t(
            "A signed PDF stands in the packet unpacked and untouched",
            "Tệp PDF đã ký nằm trong gói tin nguyên trạng, không nén",
        ),
        why: t(
            "The signature with legal force covers its very bytes.",
            "Chữ ký có giá trị pháp lý gắn với đúng các byte của tệp.",
        ),
        steps: &[t(
            "The product sends a PDF with an appended signature section and odd line ends.",
            "Phần mềm gửi tệp PDF có phần chữ ký nối thêm và ký tự xuống dòng lẫn lộn.",
        )],
        expected: t(
            "The base64 in the packet decodes to the bytes of the file.",
            "Base64 trong gói tin giải mã ra đúng các byte của tệp.",
        ),
        run: Run::Connector(signed_pdf),
        ..BASE
    },
    Case {
        id: "attachment-unusual-extension",
        clauses: &["rebuild", "D25", "QD28-10.1"],
        title: t(
            "Files of unusual and upper-case extensions arrive whole",
            "Tệp có phần mở rộng lạ hoặc viết hoa tới nơi nguyên vẹn",
        ),
        why: t(
            "Such files are wrapped on the way, and must come out as they went in.",
            "Tệp như vậy được bọc trên đường đi và phải lấy ra đúng như lúc gửi.",
        ),
        steps: &[t(
            "The product sends ban-ve.DWG, du-lieu.json and THUYET-MINH.PDF.",
            "Phần mềm gửi ban-ve.DWG, du-lieu.json và THUYET-MINH.PDF.",
        )],
        run: Run::Connector(unusual),
        ..BASE
    },
    Case {
        id: "attachment-large-whole",
        clauses: &["P13", "P12", "QD28-10.1"],
        refusal: Some(t(
            "A file of several megabytes is not skipped without a word.",
            "Tệp vài megabyte không bị bỏ qua âm thầm.",
        )),
        title: t(
            "A file of four megabytes arrives whole",
            "Tệp bốn megabyte tới nơi nguyên vẹn",
        ),
        why: t(
            "Scanned annexes are large; connectors were seen to leave them out.",
            "Phụ lục quét thường lớn; từng có phần mềm bỏ qua.",
        ),
        steps: &[t(
            "The product sends a PDF of four megabytes.",
            "Phần mềm gửi tệp PDF bốn megabyte.",
        )],
        run: Run::Connector(large),
        ..BASE
    },
    Case {
        id: "attachment-missing-file",
        clauses: &["QD28-10.1", "P03"],
        refusal: Some(t(
            "`send` is refused; the document does not go without its file.",
            "`send` bị từ chối; văn bản không được gửi mà thiếu tệp.",
        )),
        title: t(
            "A document whose file cannot be read is not sent without it",
            "Văn bản có tệp không đọc được thì không gửi thiếu tệp",
        ),
        why: t(
            "A cover without its content has no legal effect, and nobody notices.",
            "Gói tin thiếu nội dung không có giá trị mà không ai biết.",
        ),
        steps: &[t(
            "The product is told to attach one file that is there and one that is not.",
            "Yêu cầu phần mềm đính kèm một tệp có thật và một tệp không tồn tại.",
        )],
        expected: t(
            "An error, and nothing at the axis.",
            "Báo lỗi, và không có gì tới trục.",
        ),
        run: Run::Connector(missing_file),
        ..BASE
    },
    Case {
        id: "attachment-empty-file",
        clauses: &["rebuild", "QD28-10.1"],
        refusal: Some(t(
            "`send` is refused, since a hop loses a packet with an empty attachment.",
            "`send` bị từ chối vì trục làm mất gói tin có tệp rỗng.",
        )),
        title: t(
            "An empty file is refused at once",
            "Tệp rỗng bị từ chối ngay",
        ),
        why: t(
            "The rebuild fails on it and the packet never arrives, without a word.",
            "Trục dựng lại lỗi và gói tin không tới nơi mà không báo.",
        ),
        steps: &[t(
            "The product is told to send a document with a file of no bytes.",
            "Yêu cầu phần mềm gửi văn bản kèm tệp 0 byte.",
        )],
        expected: t(
            "An error, and nothing at the axis.",
            "Báo lỗi, và không có gì tới trục.",
        ),
        run: Run::Connector(empty_file),
        ..BASE
    },
    Case {
        id: "attachment-changed-later",
        clauses: &["QD28-10.1", "P05"],
        refusal: Some(t(
            "What changes on the disk after `send` does not travel.",
            "Thay đổi trên đĩa sau khi `send` không được gửi đi.",
        )),
        title: t(
            "The file travels as it was when it was sent",
            "Tệp được gửi đúng như tại thời điểm gửi",
        ),
        why: t(
            "What was signed off is what was there when the clerk pressed the button.",
            "Nội dung được duyệt là nội dung lúc văn thư bấm gửi.",
        ),
        steps: &[
            t(
                "The axis does not take packets; the product is told to send, and says done.",
                "Trục tạm không nhận; yêu cầu gửi và phần mềm báo xong.",
            ),
            t(
                "The file is overwritten and removed; then the axis takes packets.",
                "Tệp bị ghi đè rồi xóa; sau đó trục nhận lại.",
            ),
        ],
        run: Run::Connector(changed_later),
        ..BASE
    },
];

/// Bytes of every value, so many of them, that do not pack well.
pub(super) fn noise(length: usize, seed: u32) -> Vec<u8> {
    let mut state = seed | 1;
    let mut bytes: Vec<u8> = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\r\n".to_vec();
    bytes.extend(0..=255);
    while bytes.len() < length {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        bytes.extend(state.to_le_bytes());
    }
    bytes.extend(b"\n%%EOF\n");
    bytes
}

/// SHA-256 in hex.
pub(super) fn sha256(bytes: &[u8]) -> String {
    let digest = digest(&SHA256, bytes);
    digest
        .as_ref()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

/// Sends these files, and gives the packet.
fn send(lab: &mut Lab, files: &[(&str, &[u8])]) -> Outcome<SentPacket> {
    let mut letter = lab.letter(&[PEER]);
    for (name, bytes) in files {
        letter = letter.attach(&lab.file(name, bytes)?);
    }
    lab.send(&letter)?;
    lab.await_letter(&letter)
}

/// That a packet has these files and no others.
fn holds(sent: &SentPacket, files: &[(&str, &[u8])]) -> Outcome {
    let (count, expected) = (sent.packet.attachments.len(), files.len());
    ensure(count == expected, || {
        said!(
            "{count} attachments for {expected} files",
            "{count} tệp kèm cho {expected} tệp"
        )
    })?;
    for (number, (one, (name, bytes))) in sent.packet.attachments.iter().zip(files).enumerate() {
        let number = number + 1;
        ensure(one.name.as_deref() == Some(*name), || {
            said!(
                "attachment {number} has another name",
                "tệp kèm {number} mang tên khác"
            )
        })?;
        let came = one.content().map(|content| content.sha256_hex());
        let (came, expected) = (came.unwrap_or_default(), sha256(bytes));
        ensure(came == expected, || {
            said!(
                "attachment {number} has SHA-256 {came}, the file {expected}",
                "tệp kèm {number} có SHA-256 {came}, tệp gốc {expected}"
            )
        })?;
    }
    Ok(())
}

/// The decoded data of the attachments, as they stand in the packet.
fn data(sent: &SentPacket) -> Outcome<Vec<Vec<u8>>> {
    let tree = Sample::new("document", sent.bytes.clone())?.tree()?;
    let all = tree
        .all("Attachment/ContentTransferEncoded")
        .map(|element| {
            let packed: String = element.text.split_ascii_whitespace().collect();
            base64_simd::STANDARD
                .decode_to_vec(packed)
                .unwrap_or_default()
        });
    Ok(all.collect())
}

fn arrive(bench: &Bench, files: &[(&str, &[u8])]) -> Outcome {
    let mut lab = bench.lab()?;
    let sent = send(&mut lab, files)?;
    holds(&sent, files)
}

fn one(bench: &Bench) -> Outcome {
    arrive(bench, &[("cong-van.pdf", &noise(20_000, 1))])
}

fn all(bench: &Bench) -> Outcome {
    let bytes: Vec<Vec<u8>> = (1..=7)
        .map(|seed| noise(500 * seed as usize, seed))
        .collect();
    let names = [
        "cong-van.pdf",
        "phu-luc-1.docx",
        "phu-luc-2.xlsx",
        "du-thao.doc",
        "bang-ke.xls",
        "ghi-chu.txt",
        "anh.png",
    ];
    let files: Vec<(&str, &[u8])> = names
        .into_iter()
        .zip(bytes.iter().map(Vec::as_slice))
        .collect();
    arrive(bench, &files)
}

fn same_name(bench: &Bench) -> Outcome {
    let (first, second) = (noise(900, 3), noise(1_100, 4));
    arrive(
        bench,
        &[("bieu-mau.pdf", &first), ("bieu-mau.pdf", &second)],
    )
}

fn vietnamese_name(bench: &Bench) -> Outcome {
    let name = "Phụ lục số 01 (bổ sung) – Đề án & Kế hoạch ổn định.pdf";
    arrive(bench, &[(name, &noise(700, 5))])
}

fn zip_stays(bench: &Bench) -> Outcome {
    let archive = zip(&[entry("ben-trong.pdf", &noise(800, 6))])?;
    let mut lab = bench.lab()?;
    let sent = send(&mut lab, &[("ho-so.zip", &archive)])?;
    ensure(data(&sent)? == [archive], || {
        said!("the bytes are others", "các byte đã khác")
    })
}

fn signed_pdf(bench: &Bench) -> Outcome {
    let mut pdf = noise(3_000, 7);
    pdf.extend(b"\r8 0 obj\r\n<</Type/Sig/SubFilter/adbe.pkcs7.detached/ByteRange[0 9 9 9]>>\n");
    pdf.extend(b"endobj\nstartxref\n0\n%%EOF   \r\r\n\0\0");
    let mut lab = bench.lab()?;
    let sent = send(&mut lab, &[("van-ban.pdf", &pdf)])?;
    ensure(data(&sent)? == [pdf], || {
        said!("the bytes are others", "các byte đã khác")
    })
}

fn unusual(bench: &Bench) -> Outcome {
    let bytes: Vec<Vec<u8>> = (8..=10).map(|seed| noise(1_000, seed)).collect();
    let names = ["ban-ve.DWG", "du-lieu.json", "THUYET-MINH.PDF"];
    let files: Vec<(&str, &[u8])> = names
        .into_iter()
        .zip(bytes.iter().map(Vec::as_slice))
        .collect();
    arrive(bench, &files)
}

fn large(bench: &Bench) -> Outcome {
    arrive(bench, &[("ban-quet.pdf", &noise(4 << 20, 11))])
}

/// That a `send` with these files is refused, and leaves nothing at the axis.
fn refuses(lab: &mut Lab, files: &[PathBuf]) -> Outcome {
    let mut letter = lab.letter(&[PEER]);
    for path in files {
        letter = letter.attach(path);
    }
    lab.refused("send", letter.command())?;
    lab.looked_at_axis()?;
    ensure(lab.sent()?.is_empty(), || {
        said!("a packet reached the axis", "có gói tin tới trục")
    })
}

fn missing_file(bench: &Bench) -> Outcome {
    let mut lab = bench.lab()?;
    let there = lab.file("cong-van.pdf", &noise(500, 12))?;
    let gone = lab.folder().join("khong-co.pdf");
    refuses(&mut lab, &[there, gone])
}

fn empty_file(bench: &Bench) -> Outcome {
    let mut lab = bench.lab()?;
    let there = lab.file("cong-van.pdf", &noise(500, 13))?;
    let empty = lab.file("rong.pdf", b"")?;
    refuses(&mut lab, &[there, empty])
}

fn changed_later(bench: &Bench) -> Outcome {
    let mut lab = bench.lab()?;
    let bytes = noise(2_000, 14);
    let path = lab.file("cong-van.pdf", &bytes)?;
    let letter = lab.letter(&[PEER]).attach(&path);
    lab.fault(
        "sendEdoc",
        0,
        crate::axis_server::Fault::WrongCode {
            code: "20".to_owned(),
            accepted: false,
        },
    );
    lab.send(&letter)?;
    std::fs::write(&path, b"%PDF-1.4\nchanged\n").map_err(crate::suite::verdict::Stop::own)?;
    std::fs::remove_file(&path).map_err(crate::suite::verdict::Stop::own)?;
    lab.note(
        "file removed",
        &[("sha256", json!(sha256(&bytes)).to_string())],
    );
    lab.no_faults();
    let sent = lab.await_letter(&letter)?;
    holds(&sent, &[("cong-van.pdf", &bytes)])
}
