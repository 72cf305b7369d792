//! Attachments: those that come, in all the forms in which they were seen.

use super::attachment::{BASE as SENT, noise, sha256};
use super::hostile::{finding_codes, past};
use crate::axis_server::Kind;
use crate::suite::archive::{Entry, entry, zip};
use crate::suite::bench::{Bench, PEER};
use crate::suite::case::{Case, Level::Should, Need::Command, Run};
use crate::suite::lab::{Item, Lab};
use crate::suite::letter::{Made, NAMESPACE};
use crate::suite::said;
use crate::suite::text::t;
use crate::suite::verdict::{Outcome, Stop, ensure};

const BASE: Case = Case {
    expected: t(
        "Name and SHA-256 of each file that is shown and laid down are those that were sent.",
        "Tên và SHA-256 của từng tệp được hiện và lưu ra đúng như bên gửi đã gửi.",
    ),
    needs: &[Command("poll"), Command("accept")],
    run: Run::Connector(whole),
    ..SENT
};

pub(super) const CASES: &[Case] = &[
    Case {
        id: "attachment-received-whole",
        clauses: &["QD28-9.1", "QD28-4", "ND30-5"],
        refusal: Some(t(
            "No byte of a received file is repaired or written anew.",
            "Không byte nào của tệp nhận được bị sửa hay ghi lại.",
        )),
        title: t(
            "A received file is handed on byte by byte",
            "Tệp nhận được chuyển nguyên từng byte",
        ),
        why: t(
            "The signature in the file holds over its very bytes.",
            "Chữ ký trong tệp chỉ đúng với đúng các byte đó.",
        ),
        steps: &[t(
            "A peer sends two PDFs with bytes of every value.",
            "Cơ quan khác gửi hai tệp PDF có đủ mọi giá trị byte.",
        )],
        run: Run::Connector(whole),
        ..BASE
    },
    Case {
        id: "attachment-received-same-name",
        clauses: &["P14", "QD28-9.1"],
        refusal: Some(t(
            "The second file of a name does not take the place of the first.",
            "Tệp thứ hai cùng tên không đè lên tệp thứ nhất.",
        )),
        title: t(
            "Two received files of one name are both there",
            "Nhận hai tệp cùng tên thì có đủ cả hai",
        ),
        why: t(
            "A receiver that loses one has not the whole document.",
            "Bên nhận mất một tệp là không có đủ văn bản.",
        ),
        steps: &[t(
            "A peer sends a document with two files of the same name.",
            "Cơ quan khác gửi văn bản có hai tệp cùng tên.",
        )],
        run: Run::Connector(received_same_name),
        ..BASE
    },
    Case {
        id: "attachment-type-wrong",
        level: Should,
        clauses: &["D24"],
        title: t(
            "The bytes decide, not the declared type",
            "Kiểu tệp xác định theo dữ liệu, không theo khai báo",
        ),
        why: t(
            "Real packets declare a PDF as a ZIP in one place and as a PDF in the other.",
            "Gói tin thật có nơi khai PDF là ZIP, nơi khác khai là PDF.",
        ),
        steps: &[t(
            "A PDF comes that is declared as application/zip in the manifest and as text at the file.",
            "Tệp PDF tới nơi, danh sách khai application/zip, khối tệp khai text.",
        )],
        run: Run::Connector(type_wrong),
        ..BASE
    },
    Case {
        id: "attachment-unwrapped",
        clauses: &["D25", "rebuild"],
        title: t(
            "A file that a hop wrapped comes out of its ZIP",
            "Tệp bị trục bọc ZIP được lấy ra",
        ),
        why: t(
            "The clerk needs the spreadsheet, not a ZIP that is called .xls.",
            "Văn thư cần bảng tính chứ không phải tệp ZIP mang tên .xls.",
        ),
        steps: &[t(
            "Files come as ZIPs around <uuid>.<ext>, one with its lengths behind the data.",
            "Các tệp tới dưới dạng ZIP bọc <uuid>.<ext>, một tệp có độ dài ghi sau dữ liệu.",
        )],
        run: Run::Connector(unwrapped),
        ..BASE
    },
    Case {
        id: "attachment-zip-not-opened",
        clauses: &["D25"],
        refusal: Some(t(
            "A ZIP whose own name is a ZIP's is not opened.",
            "ZIP có tên là .zip không bị mở.",
        )),
        title: t(
            "A ZIP that was sent as a ZIP stays one",
            "Tệp gửi dưới dạng ZIP vẫn là ZIP",
        ),
        why: t(
            "Its sum would differ from that of the sender, and so would a signature.",
            "Nếu mở, mã băm và chữ ký sẽ khác bên gửi.",
        ),
        steps: &[t(
            "A peer sends ho-so.zip, which holds one file.",
            "Cơ quan khác gửi ho-so.zip chứa một tệp.",
        )],
        run: Run::Connector(zip_not_opened),
        ..BASE
    },
    Case {
        id: "attachment-zip-of-many",
        clauses: &["D25", "S10"],
        refusal: Some(t(
            "A ZIP with several entries is not reduced to one of them.",
            "ZIP nhiều mục không bị rút còn một mục.",
        )),
        title: t(
            "A ZIP of several files is never taken for a wrapping",
            "ZIP nhiều tệp không bị coi là lớp bọc",
        ),
        why: t(
            "Taking its first entry loses the others.",
            "Chỉ lấy mục đầu sẽ mất các tệp còn lại.",
        ),
        steps: &[t(
            "A ZIP with two entries comes under the name bang-ke.xls.",
            "ZIP có hai mục tới nơi với tên bang-ke.xls.",
        )],
        expected: t(
            "The bytes of the ZIP itself are kept.",
            "Giữ nguyên các byte của tệp ZIP.",
        ),
        run: Run::Connector(zip_of_many),
        ..BASE
    },
    Case {
        id: "attachment-entry-name",
        clauses: &["D26", "P15"],
        refusal: Some(t(
            "The name inside the ZIP is not shown nor written to the disk.",
            "Tên bên trong ZIP không được hiện hay ghi ra đĩa.",
        )),
        title: t(
            "The name of a file is that of the packet, not of the entry",
            "Tên tệp lấy theo gói tin, không theo mục trong ZIP",
        ),
        why: t(
            "The entry is called by the hop; a program may hide behind another name.",
            "Tên mục do trục đặt; mã độc có thể giấu sau tên khác.",
        ),
        steps: &[t(
            "A ZIP around cai-dat.exe comes as bao-cao.xls.",
            "ZIP bọc cai-dat.exe tới nơi với tên bao-cao.xls.",
        )],
        expected: t(
            "bao-cao.xls is shown, its bytes those of the entry or of the ZIP; no cai-dat.exe.",
            "Hiện bao-cao.xls với byte của mục hoặc của ZIP; không có cai-dat.exe.",
        ),
        run: Run::Connector(entry_name),
        ..BASE
    },
    Case {
        id: "attachment-zip-corrupt",
        clauses: &["D27", "QD28-9.1"],
        refusal: Some(t(
            "A half-unpacked file is not passed off as the file.",
            "Không đưa phần giải nén dở dang làm tệp.",
        )),
        title: t(
            "A damaged ZIP leaves header and other files usable",
            "ZIP hỏng không ảnh hưởng phần đầu và các tệp khác",
        ),
        why: t(
            "The clerk has to see which document it is, to ask for it again.",
            "Văn thư cần biết là văn bản nào để đề nghị gửi lại.",
        ),
        steps: &[t(
            "A document comes with a ZIP that is cut and a PDF that is whole.",
            "Văn bản tới nơi có một ZIP bị cắt và một PDF nguyên vẹn.",
        )],
        expected: t(
            "The document is shown, the PDF is whole, the other file is raw or marked as unreadable.",
            "Văn bản được hiện, PDF nguyên vẹn, tệp kia giữ thô hoặc báo không đọc được.",
        ),
        run: Run::Connector(zip_corrupt),
        ..BASE
    },
    Case {
        id: "attachment-placeholder",
        clauses: &["D27", "S07"],
        refusal: Some(t(
            "Text that is no base64 is not decoded to garbage.",
            "Chữ không phải base64 không bị giải mã thành rác.",
        )),
        title: t(
            "Text in place of base64 spoils that file only",
            "Chữ thay cho base64 chỉ làm hỏng tệp đó",
        ),
        why: t(
            "Lenient decoders make a file of it that nobody can open.",
            "Bộ giải mã dễ dãi tạo ra tệp không ai mở được.",
        ),
        steps: &[t(
            "A document comes whose first file holds a sentence, the second a PDF.",
            "Văn bản tới nơi có tệp thứ nhất là một câu chữ, tệp thứ hai là PDF.",
        )],
        expected: t(
            "It is put aside; or shown, with the PDF whole and the other file without bytes or with its raw text.",
            "Được để riêng; hoặc hiện ra với PDF nguyên vẹn, tệp kia không có dữ liệu hoặc giữ chữ gốc.",
        ),
        run: Run::Connector(placeholder),
        ..BASE
    },
    Case {
        id: "attachment-placeholder-header",
        level: Should,
        clauses: &["D27"],
        title: t(
            "A document with a file that cannot be decoded is shown all the same",
            "Văn bản có tệp không giải mã được vẫn được hiện",
        ),
        why: t(
            "The clerk has to see which document it is, to ask for it again.",
            "Văn thư cần biết là văn bản nào để đề nghị gửi lại.",
        ),
        steps: &[t(
            "A document comes whose first file holds a sentence, the second a PDF.",
            "Văn bản tới nơi có tệp thứ nhất là một câu chữ, tệp thứ hai là PDF.",
        )],
        expected: t(
            "Its header is shown, and the fault stays with the one file.",
            "Phần đầu được hiện, lỗi chỉ thuộc về tệp đó.",
        ),
        run: Run::Connector(placeholder_header),
        ..BASE
    },
    Case {
        id: "attachment-content-id",
        level: Should,
        clauses: &["D28"],
        title: t(
            "Files are joined to their lines whatever stands before the id",
            "Ghép tệp với danh sách dù ContentId viết kiểu nào",
        ),
        why: t(
            "Hops add a cid: each, so the two places differ.",
            "Mỗi trục thêm một cid: nên hai nơi khác nhau.",
        ),
        steps: &[t(
            "Three files come, in another order than the manifest, with cid:, without, and with two.",
            "Ba tệp tới nơi khác thứ tự danh sách, có cid:, không có, có hai lần.",
        )],
        run: Run::Connector(content_ids),
        ..BASE
    },
    Case {
        id: "attachment-by-order",
        level: Should,
        clauses: &["D29"],
        title: t(
            "Files without an id are joined by their place",
            "Tệp không có mã được ghép theo thứ tự",
        ),
        why: t(
            "Old packets name files by xlink:href only.",
            "Gói tin cũ chỉ nêu tệp bằng xlink:href.",
        ),
        steps: &[t(
            "Two files come whose names stand only in References with xlink:href and without type.",
            "Hai tệp tới nơi, tên chỉ có ở Reference với xlink:href, không có kiểu.",
        )],
        run: Run::Connector(by_order),
        ..BASE
    },
    Case {
        id: "attachment-in-envelope",
        level: Should,
        clauses: &["D30"],
        title: t(
            "Files inside the envelope are found",
            "Tìm được tệp nằm trong phong bì",
        ),
        why: t(
            "One dialect has them in edXMLAttachments; the document would come without content.",
            "Có dạng đặt tệp trong edXMLAttachments; nếu bỏ qua thì văn bản không có nội dung.",
        ),
        steps: &[t(
            "A document comes with edXMLAttachments in its envelope and nothing beside it.",
            "Văn bản tới nơi có edXMLAttachments trong phong bì, ngoài ra không có tệp.",
        )],
        run: Run::Connector(in_envelope),
        ..BASE
    },
    Case {
        id: "attachment-base64-once",
        clauses: &["D31", "QD28-9.1"],
        refusal: Some(t(
            "A file whose content looks like base64 is not decoded again.",
            "Tệp có nội dung giống base64 không bị giải mã lần nữa.",
        )),
        title: t(
            "Outside the SOAP form, base64 is decoded once",
            "Ngoài dạng SOAP, base64 chỉ giải mã một lần",
        ),
        why: t(
            "Keys and certificates are files of base64; decoding them changes them.",
            "Khóa và chứng thư là tệp base64; giải mã thêm sẽ làm đổi tệp.",
        ),
        steps: &[t(
            "A text file comes that holds nothing but base64.",
            "Tệp văn bản tới nơi chỉ chứa base64.",
        )],
        run: Run::Connector(base64_once),
        ..BASE
    },
    Case {
        id: "attachment-unlisted",
        clauses: &["QD28-10.1", "QD28-9.1"],
        refusal: Some(t(
            "A file is not dropped because the manifest does not name it.",
            "Không bỏ tệp vì danh sách không nêu.",
        )),
        title: t(
            "A file that the manifest does not list is there all the same",
            "Tệp không có trong danh sách vẫn được nhận",
        ),
        why: t(
            "Lists are made anew on the way and may fall short.",
            "Danh sách bị lập lại trên đường đi và có thể thiếu.",
        ),
        steps: &[t(
            "A document comes with two files and one line in its manifest.",
            "Văn bản tới nơi có hai tệp, danh sách chỉ có một dòng.",
        )],
        run: Run::Connector(unlisted),
        ..BASE
    },
    Case {
        id: "attachment-listed-missing",
        level: Should,
        clauses: &["QD28-9.1"],
        refusal: Some(t(
            "An incomplete document is not shown as if nothing were amiss.",
            "Văn bản thiếu tệp không được hiện như bình thường.",
        )),
        title: t(
            "A file that is listed and did not come is told",
            "Báo khi thiếu tệp có trong danh sách",
        ),
        why: t(
            "Completeness is to be checked before acceptance.",
            "Phải kiểm tra tính đầy đủ trước khi tiếp nhận.",
        ),
        steps: &[t(
            "A whole document comes, and one whose manifest has a line more than there are files.",
            "Một văn bản đủ tới nơi, và một văn bản có danh sách nhiều hơn số tệp.",
        )],
        expected: t(
            "The second has a finding that the first has not, or is not shown as a document.",
            "Văn bản thứ hai có cảnh báo mà văn bản đầu không có, hoặc không được hiện.",
        ),
        run: Run::Connector(listed_missing),
        ..BASE
    },
];

/// A packet with these lines in its manifest and these attachments.
fn packet(lab: &Lab, lines: &str, attachments: &str) -> (Made, String) {
    let made = Made::document(PEER, lab.organ(), lab.number()).files(&[]);
    let manifest = "<edXML:edXMLManifest version=\"1.0\">";
    let xml = made
        .xml()
        .replace(manifest, &format!("{manifest}{lines}"))
        .replace(
            "<AttachmentEncoded>",
            &format!("<AttachmentEncoded>{attachments}"),
        );
    (made, xml)
}

/// A line of a manifest.
fn line(id: &str, kind: &str, name: &str) -> String {
    format!(
        "<edXML:Reference><edXML:ContentId>{id}</edXML:ContentId>\
         <edXML:ContentType>{kind}</edXML:ContentType>\
         <edXML:AttachmentName>{name}</edXML:AttachmentName></edXML:Reference>"
    )
}

/// An attachment with elements before its data.
fn attachment(head: &str, data: &str) -> String {
    format!(
        "<Attachment>{head}<edXML:ContentTransferEncoded xmlns:edXML=\"{NAMESPACE}\">{data}\
         </edXML:ContentTransferEncoded></Attachment>"
    )
}

fn base64(bytes: &[u8]) -> String {
    base64_simd::STANDARD.encode_to_string(bytes)
}

/// Delivers a packet of a peer, and takes the document of it.
fn receive(lab: &mut Lab, made: &Made, xml: &str) -> Outcome<Item> {
    lab.deliver(PEER, Kind::Document, xml.as_bytes())?;
    lab.take_document(&made.document_id, |_| {})
}

/// The sums of what was laid down, else of what is said.
fn sums(item: &Item) -> Outcome<Vec<String>> {
    let Some(files) = item.files() else {
        return Ok(item
            .attachments()
            .into_iter()
            .map(|(_, _, sum)| sum)
            .collect());
    };
    let read = |path| {
        std::fs::read(path)
            .map(|bytes| sha256(&bytes))
            .map_err(Stop::own)
    };
    files.into_iter().map(read).collect()
}

/// That these files came and no others.
fn came(item: &Item, files: &[(&str, &[u8])]) -> Outcome {
    let shown = item.attachments();
    let (count, expected) = (shown.len(), files.len());
    ensure(count == expected, || {
        said!(
            "{count} attachments are shown, {expected} came",
            "hiện {count} tệp kèm, thực nhận {expected}"
        )
    })?;
    let laid_down = sums(item)?;
    for (number, ((name, bytes), shown)) in files.iter().zip(&shown).enumerate() {
        let (number, sum) = (number + 1, sha256(bytes));
        ensure(shown.0 == *name, || {
            said!(
                "attachment {number} is shown under another name",
                "tệp kèm {number} hiện dưới tên khác"
            )
        })?;
        let other = &shown.2;
        ensure(*other == sum && laid_down.contains(&sum), || {
            said!(
                "attachment {number} should have SHA-256 {sum}, {other} is shown",
                "tệp kèm {number} phải có SHA-256 {sum}, đang hiện {other}"
            )
        })?;
    }
    Ok(())
}

fn received(bench: &Bench, files: &[(&str, &[u8])]) -> Outcome {
    let mut lab = bench.lab()?;
    let made = Made::document(PEER, lab.organ(), lab.number()).files(files);
    let item = receive(&mut lab, &made, &made.xml())?;
    came(&item, files)
}

fn whole(bench: &Bench) -> Outcome {
    let (first, second) = (noise(30_000, 21), noise(2_000, 22));
    received(bench, &[("cong-van.pdf", &first), ("Phụ lục.pdf", &second)])
}

fn received_same_name(bench: &Bench) -> Outcome {
    let (first, second) = (noise(800, 23), noise(800, 24));
    received(
        bench,
        &[("bieu-mau.pdf", &first), ("bieu-mau.pdf", &second)],
    )
}

fn type_wrong(bench: &Bench) -> Outcome {
    let mut lab = bench.lab()?;
    let pdf = noise(900, 25);
    let head = "<ContentId>cid:1</ContentId><AttachmentName>a.pdf</AttachmentName>\
                <ContentType>text/plain</ContentType>";
    let lines = line("cid:1", "application/zip", "a.pdf");
    let (made, xml) = packet(&lab, &lines, &attachment(head, &base64(&pdf)));
    let item = receive(&mut lab, &made, &xml)?;
    came(&item, &[("a.pdf", &pdf)])
}

/// Delivers ZIPs under these names, and takes the document.
fn zips(lab: &mut Lab, all: &[(&str, &[u8])]) -> Outcome<Item> {
    let (mut lines, mut attachments) = (String::new(), String::new());
    for (number, (name, bytes)) in all.iter().enumerate() {
        let id = format!("cid:{number}");
        lines.push_str(&line(&id, "application/zip", name));
        let head = format!(
            "<ContentId>{id}</ContentId><AttachmentName>{name}</AttachmentName>\
             <ContentType>application/zip</ContentType>"
        );
        attachments.push_str(&attachment(&head, &base64(bytes)));
    }
    let (made, xml) = packet(lab, &lines, &attachments);
    receive(lab, &made, &xml)
}

fn unwrapped(bench: &Bench) -> Outcome {
    let mut lab = bench.lab()?;
    let (first, second) = (noise(5_000, 26), noise(700, 27));
    let plain = zip(&[entry("0b9a4c1e-6f6e-4b0e-9d0a-3f1f0c5b7a11.xls", &first)])?;
    let described = zip(&[Entry {
        described: true,
        ..entry("5d2d2d8e-93c5-4a62-8df6-0f4d1f0f9c22.TXT", &second)
    }])?;
    let item = zips(
        &mut lab,
        &[("bang-ke.xls", &plain), ("GHI-CHU.TXT", &described)],
    )?;
    came(&item, &[("bang-ke.xls", &first), ("GHI-CHU.TXT", &second)])
}

fn zip_not_opened(bench: &Bench) -> Outcome {
    let mut lab = bench.lab()?;
    let archive = zip(&[entry("trong.pdf", &noise(600, 28))])?;
    let item = zips(&mut lab, &[("ho-so.zip", &archive)])?;
    came(&item, &[("ho-so.zip", &archive)])
}

fn zip_of_many(bench: &Bench) -> Outcome {
    let mut lab = bench.lab()?;
    let (first, second) = (noise(600, 29), noise(600, 30));
    let archive = zip(&[entry("mot.xls", &first), entry("hai.xls", &second)])?;
    let item = zips(&mut lab, &[("bang-ke.xls", &archive)])?;
    came(&item, &[("bang-ke.xls", &archive)])
}

fn entry_name(bench: &Bench) -> Outcome {
    let mut lab = bench.lab()?;
    let mut program = b"MZ\x90\0".to_vec();
    program.extend(noise(500, 31));
    let archive = zip(&[entry("cai-dat.exe", &program)])?;
    let item = zips(&mut lab, &[("bao-cao.xls", &archive)])?;
    let known = [sha256(&program), sha256(&archive)];
    let right = matches!(item.attachments().as_slice(),
        [(name, _, sum)] if name == "bao-cao.xls" && known.contains(sum));
    ensure(right, || {
        said!(
            "another name or other bytes are shown",
            "hiện tên khác hoặc byte khác"
        )
    })?;
    let files = item.files().unwrap_or_default();
    let by_entry = files.iter().any(|path| path.ends_with("cai-dat.exe"));
    ensure(!by_entry, || {
        said!(
            "a file bears the name of the entry",
            "tệp mang tên của mục trong ZIP"
        )
    })
}

/// That the second of two is whole, and the first is nothing but `raw` or absent.
fn second_whole(item: &Item, raw: &[u8], second: &[u8]) -> Outcome {
    let (bad, good) = (sha256(raw), sha256(second));
    let shown = item.attachments();
    ensure(shown.iter().any(|(_, _, sum)| *sum == good), || {
        said!("the whole file is not shown", "không hiện tệp nguyên vẹn")
    })?;
    let others = shown
        .iter()
        .map(|(_, _, sum)| sum.clone())
        .chain(sums(item)?);
    let made_up = others
        .into_iter()
        .find(|sum| !sum.is_empty() && *sum != good && *sum != bad);
    ensure(made_up.is_none(), || {
        said!(
            "something else is passed off as the damaged file",
            "đưa dữ liệu khác làm tệp hỏng"
        )
    })
}

fn zip_corrupt(bench: &Bench) -> Outcome {
    let mut lab = bench.lab()?;
    let mut archive = zip(&[entry("x.xls", &noise(4_000, 32))])?;
    archive.truncate(archive.len() / 2);
    let pdf = noise(700, 33);
    let item = zips(
        &mut lab,
        &[("bang-ke.xls", &archive), ("cong-van.pdf", &pdf)],
    )?;
    second_whole(&item, &archive, &pdf)
}

/// A packet whose first file is a sentence in place of base64.
fn with_placeholder(lab: &Lab, text: &str, pdf: &[u8]) -> (Made, String) {
    let (mut lines, mut attachments) = (String::new(), String::new());
    for (id, name, data) in [("1", "a.pdf", text.to_owned()), ("2", "b.pdf", base64(pdf))] {
        lines.push_str(&line(&format!("cid:{id}"), "application/pdf", name));
        let head = format!(
            "<ContentId>cid:{id}</ContentId><AttachmentName>{name}</AttachmentName>\
             <ContentType>application/pdf</ContentType>"
        );
        attachments.push_str(&attachment(&head, &data));
    }
    packet(lab, &lines, &attachments)
}

const SENTENCE: &str = "Nội dung tệp đã được lược bỏ";

fn placeholder(bench: &Bench) -> Outcome {
    let mut lab = bench.lab()?;
    let pdf = noise(700, 34);
    let (_, xml) = with_placeholder(&lab, SENTENCE, &pdf);
    let past = past(&mut lab, xml.as_bytes())?;
    match past.shown.first() {
        Some(item) => second_whole(item, SENTENCE.as_bytes(), &pdf),
        None => Ok(()),
    }
}

fn placeholder_header(bench: &Bench) -> Outcome {
    let mut lab = bench.lab()?;
    let (made, xml) = with_placeholder(&lab, SENTENCE, &noise(700, 34));
    receive(&mut lab, &made, &xml).map(|_| ())
}

fn content_ids(bench: &Bench) -> Outcome {
    let mut lab = bench.lab()?;
    let bytes: Vec<Vec<u8>> = (35..38).map(|seed| noise(400, seed)).collect();
    let ids = [
        ("cid:9001", "cid:cid:9001"),
        ("9002", "cid:9002"),
        ("cid:cid:9003", "9003"),
    ];
    let names = ["mot.pdf", "hai.pdf", "ba.pdf"];
    let (mut lines, mut attachments) = (String::new(), String::new());
    for ((listed, _), name) in ids.iter().zip(names).rev() {
        lines.push_str(&line(listed, "application/pdf", name));
    }
    for ((_, id), bytes) in ids.iter().zip(&bytes) {
        let head = format!("<ContentId>{id}</ContentId><ContentType>application/pdf</ContentType>");
        attachments.push_str(&attachment(&head, &base64(bytes)));
    }
    let (made, xml) = packet(&lab, &lines, &attachments);
    let item = receive(&mut lab, &made, &xml)?;
    let files: Vec<(&str, &[u8])> = names
        .into_iter()
        .zip(bytes.iter().map(Vec::as_slice))
        .collect();
    came(&item, &files)
}

fn by_order(bench: &Bench) -> Outcome {
    let mut lab = bench.lab()?;
    let bytes: Vec<Vec<u8>> = (38..40).map(|seed| noise(400, seed)).collect();
    let names = ["mot.pdf", "hai.pdf"];
    let (mut lines, mut attachments) = (String::new(), String::new());
    for (name, bytes) in names.iter().zip(&bytes) {
        lines.push_str(&format!(
            "<edXML:Reference xmlns:xlink=\"http://www.w3.org/1999/xlink\" xlink:href=\"#{name}\">\
             <edXML:AttachmentName>{name}</edXML:AttachmentName></edXML:Reference>"
        ));
        attachments.push_str(&attachment("", &base64(bytes)));
    }
    let (made, xml) = packet(&lab, &lines, &attachments);
    let item = receive(&mut lab, &made, &xml)?;
    let files: Vec<(&str, &[u8])> = names
        .into_iter()
        .zip(bytes.iter().map(Vec::as_slice))
        .collect();
    came(&item, &files)
}

fn in_envelope(bench: &Bench) -> Outcome {
    let mut lab = bench.lab()?;
    let pdf = noise(900, 41);
    let (made, xml) = packet(&lab, "", "");
    let (data, length) = (base64(&pdf), pdf.len());
    let inside = format!(
        "<edXML:edXMLAttachments><edXML:Attachment><edXML:AttachmentName>a.pdf</edXML:AttachmentName>\
         <edXML:AttachmentType>application/pdf</edXML:AttachmentType>\
         <edXML:AttachmentSize>{length}</edXML:AttachmentSize>\
         <edXML:AttachmentData>{data}</edXML:AttachmentData></edXML:Attachment>\
         </edXML:edXMLAttachments></edXML:edXMLEnvelope>"
    );
    let xml = xml
        .replace("</edXML:edXMLEnvelope>", &inside)
        .replace("<AttachmentEncoded></AttachmentEncoded>", "");
    let item = receive(&mut lab, &made, &xml)?;
    came(&item, &[("a.pdf", &pdf)])
}

fn base64_once(bench: &Bench) -> Outcome {
    let text = base64(&noise(600, 42));
    received(bench, &[("khoa.txt", text.as_bytes())])
}

fn unlisted(bench: &Bench) -> Outcome {
    let mut lab = bench.lab()?;
    let (first, second) = (noise(500, 43), noise(500, 44));
    let files: [(&str, &[u8]); 2] = [("mot.pdf", &first), ("hai.pdf", &second)];
    let made = Made::document(PEER, lab.organ(), lab.number()).files(&files);
    let xml = made.xml();
    // The last line of the manifest goes.
    let start = xml.rfind("<edXML:Reference>").unwrap_or_default();
    let end = xml.rfind("</edXML:Reference>").unwrap_or_default() + "</edXML:Reference>".len();
    let (before, after) = (xml.get(..start), xml.get(end..));
    let xml = [before.unwrap_or_default(), after.unwrap_or_default()].concat();
    let item = receive(&mut lab, &made, &xml)?;
    came(&item, &files)
}

fn listed_missing(bench: &Bench) -> Outcome {
    let mut lab = bench.lab()?;
    let good = Made::document(PEER, lab.organ(), lab.number());
    let usual = finding_codes(&receive(&mut lab, &good, &good.xml())?);
    let bad = Made::document(PEER, lab.organ(), lab.number());
    let more = line("cid:khong-co", "application/pdf", "khong-co.pdf");
    let end = "</edXML:edXMLManifest>";
    let xml = bad.xml().replace(end, &format!("{more}{end}"));
    let delivery = lab.deliver(PEER, Kind::Document, xml.as_bytes())?;
    lab.await_acknowledgement(&delivery)?;
    let after = Made::document(PEER, lab.organ(), lab.number());
    lab.deliver(PEER, Kind::Document, &after.bytes())?;
    let mut shown: Option<Vec<String>> = None;
    lab.take_document(&after.document_id, |item| shown = Some(finding_codes(item)))?;
    let told = shown.is_none_or(|codes| codes.iter().any(|code| !usual.contains(code)));
    ensure(told, || {
        said!("nothing is said of it", "không có cảnh báo nào")
    })
}
