//! Hostile input: files that attack who unpacks them, and answers of an axis
//! that attack who asks.

use serde_json::json;

use super::attachment::{noise, sha256};
use super::hostile::{BASE, Past, outside, past};
use crate::axis_server::{Fault, Kind};
use crate::suite::archive::{Entry, entry, zip};
use crate::suite::bench::{Bench, PEER};
use crate::suite::case::{Case, Run};
use crate::suite::lab::Lab;
use crate::suite::letter::Made;
use crate::suite::said;
use crate::suite::text::t;
use crate::suite::verdict::{Outcome, Stop, ensure};

pub(super) const CASES: &[Case] = &[
    Case {
        id: "hostile-zip-ratio",
        clauses: &["P15", "S10", "D25"],
        refusal: Some(t(
            "A file that grows a thousandfold is not unpacked.",
            "Tệp phình gấp nghìn lần không bị giải nén.",
        )),
        title: t("A ZIP bomb stays packed", "Bom ZIP không bị giải nén"),
        why: t(
            "A packet of some kilobytes would fill the disk of the agency.",
            "Gói tin vài kilobyte có thể làm đầy ổ đĩa của cơ quan.",
        ),
        steps: &[t(
            "A ZIP around 32 MB of zeros comes as bang-ke.xls.",
            "ZIP bọc 32 MB số 0 tới nơi với tên bang-ke.xls.",
        )],
        expected: t(
            "No file of that size is laid down; the good document after it is received.",
            "Không có tệp lớn như vậy được ghi ra; văn bản tốt tới sau vẫn được nhận.",
        ),
        run: Run::Connector(zip_ratio),
        ..BASE
    },
    Case {
        id: "hostile-zip-lies",
        clauses: &["P15", "S10", "D25"],
        refusal: Some(t(
            "The stated length of an entry is not believed.",
            "Không tin độ dài mà ZIP tự khai.",
        )),
        title: t(
            "A ZIP that states a false length does no harm",
            "ZIP khai sai độ dài không gây hại",
        ),
        why: t(
            "Limits that look at the stated length are passed by a lie.",
            "Giới hạn theo độ dài tự khai bị vượt qua bằng lời khai sai.",
        ),
        steps: &[t(
            "A ZIP comes that states 100 bytes and holds 16 MB of zeros.",
            "ZIP khai 100 byte nhưng chứa 16 MB số 0 tới nơi.",
        )],
        expected: t(
            "The document is shown without that file unpacked, or put aside; the next is received.",
            "Văn bản hiện ra mà tệp đó không bị giải nén, hoặc để riêng; gói sau vẫn nhận được.",
        ),
        run: Run::Connector(zip_lies),
        ..BASE
    },
    Case {
        id: "hostile-zip-entries",
        clauses: &["S10", "D25"],
        refusal: Some(t(
            "A ZIP of tens of thousands of entries is not unpacked.",
            "ZIP hàng chục nghìn mục không bị giải nén.",
        )),
        title: t(
            "A ZIP of very many entries stays as it is",
            "ZIP có rất nhiều mục được giữ nguyên",
        ),
        why: t(
            "Each entry would be a file; no disk bears millions.",
            "Mỗi mục thành một tệp; không ổ đĩa nào chịu được hàng triệu.",
        ),
        steps: &[t(
            "A ZIP of 20,000 entries comes as bang-ke.xls.",
            "ZIP 20.000 mục tới nơi với tên bang-ke.xls.",
        )],
        expected: t(
            "At most one file is laid down for it, the ZIP itself.",
            "Nhiều nhất một tệp được ghi ra, chính là tệp ZIP.",
        ),
        run: Run::Connector(zip_entries),
        ..BASE
    },
    Case {
        id: "hostile-zip-slip",
        clauses: &["P15", "S10", "D25"],
        refusal: Some(t(
            "No file is written where the name of an entry points to.",
            "Không ghi tệp theo đường dẫn trong tên mục của ZIP.",
        )),
        title: t(
            "An entry named ../../ leaves nothing outside",
            "Mục ZIP mang tên ../../ không ghi gì ra ngoài",
        ),
        why: t(
            "So a packet replaces programs of the receiver.",
            "Bằng cách này gói tin có thể thay chương trình của bên nhận.",
        ),
        steps: &[t(
            "ZIPs come whose entries are named by paths upwards and absolute paths.",
            "ZIP có mục đặt tên bằng đường dẫn lùi và đường dẫn tuyệt đối tới nơi.",
        )],
        expected: t(
            "Nothing is written outside the folder for the files.",
            "Không có gì được ghi ra ngoài thư mục chứa tệp.",
        ),
        run: Run::Connector(zip_slip),
        ..BASE
    },
    Case {
        id: "hostile-file-name",
        clauses: &["P15", "P14", "S10"],
        refusal: Some(t(
            "No file is written where an AttachmentName points to.",
            "Không ghi tệp theo đường dẫn trong AttachmentName.",
        )),
        title: t(
            "A file name with a path leaves nothing outside",
            "Tên tệp chứa đường dẫn không ghi gì ra ngoài",
        ),
        why: t(
            "The name is a text of the sender, not a place on the receiver's disk.",
            "Tên tệp là chữ của bên gửi, không phải vị trí trên đĩa bên nhận.",
        ),
        steps: &[t(
            "Files come that are named ../../…, by an absolute path, and with backslashes.",
            "Tệp mang tên ../../…, đường dẫn tuyệt đối và dấu gạch chéo ngược tới nơi.",
        )],
        expected: t(
            "All files lie in the folder they were asked for in.",
            "Mọi tệp nằm trong thư mục được yêu cầu.",
        ),
        run: Run::Connector(file_name),
        ..BASE
    },
    Case {
        id: "hostile-odd-names",
        clauses: &["P14", "QD28-10.1"],
        refusal: Some(t(
            "No name keeps the file from being received.",
            "Không tên nào ngăn được việc nhận tệp.",
        )),
        title: t(
            "Names that no disk takes do not lose the file",
            "Tên mà ổ đĩa không nhận không làm mất tệp",
        ),
        why: t(
            "Long names and names of devices end the unpacking in careless products.",
            "Tên dài và tên thiết bị làm phần mềm cẩu thả dừng khi lưu tệp.",
        ),
        steps: &[t(
            "A document comes with files named . and .. and CON, with a line end, and with 300 letters.",
            "Văn bản có các tệp tên . và .. và CON, có xuống dòng, dài 300 chữ tới nơi.",
        )],
        expected: t(
            "The document is shown, and the bytes of all five are there.",
            "Văn bản hiện ra và có đủ byte của cả năm tệp.",
        ),
        run: Run::Connector(odd_names),
        ..BASE
    },
    Case {
        id: "hostile-answer-deep",
        clauses: &["P04", "wire-answer", "D39"],
        refusal: Some(t(
            "The answer is a failure of the call, and no empty list.",
            "Câu trả lời bị coi là lỗi, không phải danh sách rỗng.",
        )),
        title: t(
            "A deeply nested answer of the axis does not end the product",
            "Câu trả lời lồng sâu của trục không làm phần mềm dừng",
        ),
        steps: &[t(
            "The list of packets is answered with 100,000 nested brackets; then rightly.",
            "Danh sách gói tin được trả lời bằng 100.000 ngoặc lồng nhau, sau đó trả lời đúng.",
        )],
        run: Run::Connector(answer_deep),
        ..BASE
    },
    Case {
        id: "hostile-answer-rows",
        clauses: &["D39", "wire-list", "P15"],
        refusal: Some(t(
            "Rows that make no sense are passed over; no id becomes a header or a path.",
            "Bỏ qua dòng vô nghĩa; mã không thành tiêu đề HTTP hay đường dẫn.",
        )),
        title: t(
            "Absurd rows in a list neither stop the product nor split its requests",
            "Dòng vô lý trong danh sách không làm dừng phần mềm hay chẻ yêu cầu",
        ),
        why: t(
            "An id with a line end adds headers to the next request.",
            "Mã có ký tự xuống dòng sẽ thêm tiêu đề vào yêu cầu kế tiếp.",
        ),
        steps: &[t(
            "The list has rows with ids that are null, numbers, paths, very long, and with line ends.",
            "Danh sách có dòng mang mã null, số, đường dẫn, rất dài và có xuống dòng.",
        )],
        run: Run::Connector(answer_rows),
        ..BASE
    },
    Case {
        id: "hostile-answer-packet",
        clauses: &["wire-get", "P-hand-off", "P04"],
        refusal: Some(t(
            "What is no packet is not acknowledged in place of the packet.",
            "Không xác nhận gói tin khi thứ lấy về không phải gói tin.",
        )),
        title: t(
            "An answer without a packet does not lose the packet",
            "Câu trả lời không có gói tin không làm mất gói tin",
        ),
        why: t(
            "Who stores a page of a proxy and acknowledges has lost a document.",
            "Lưu trang lỗi của máy trung gian rồi xác nhận là mất văn bản.",
        ),
        steps: &[t(
            "Fetching is answered twice with data that are no base64 and with no data; then rightly.",
            "Lấy gói tin hai lần nhận dữ liệu không phải base64 và không có dữ liệu, sau đó đúng.",
        )],
        expected: t(
            "The document is received in the end.",
            "Cuối cùng văn bản vẫn được nhận.",
        ),
        run: Run::Connector(answer_packet),
        ..BASE
    },
];

/// A packet with one ZIP under a name that is none of a ZIP.
fn with_zip(lab: &Lab, archive: &[u8]) -> Vec<u8> {
    let made = Made::document(PEER, lab.organ(), lab.number()).files(&[("bang-ke.xls", archive)]);
    let zipped = made
        .xml()
        .replace("application/octet-stream", "application/zip");
    zipped.into_bytes()
}

/// The bytes of all files that were laid down.
fn laid_down(past: &Past) -> u64 {
    let files = past
        .shown
        .iter()
        .filter_map(crate::suite::lab::Item::files)
        .flatten();
    files
        .filter_map(|path| std::fs::metadata(path).ok())
        .map(|file| file.len())
        .sum()
}

fn stays_packed(bench: &Bench, archive: &[u8]) -> Outcome {
    let mut lab = bench.lab()?;
    let bytes = with_zip(&lab, archive);
    let past = past(&mut lab, &bytes)?;
    let most = 2 * archive.len() as u64 + 4096;
    let came = laid_down(&past);
    let stated = past
        .shown
        .iter()
        .flat_map(crate::suite::lab::Item::attachments);
    let stated = stated.map(|(_, bytes, _)| bytes).max().unwrap_or_default();
    ensure(came <= most && stated <= most, || {
        said!(
            "{came} bytes were laid down, {stated} are shown",
            "ghi ra {came} byte, hiện {stated} byte"
        )
    })
}

fn zip_ratio(bench: &Bench) -> Outcome {
    stays_packed(bench, &zip(&[entry("bang-ke.xls", &vec![0; 32 << 20])])?)
}

fn zip_lies(bench: &Bench) -> Outcome {
    let zeros = vec![0; 16 << 20];
    let lying = Entry {
        stated: Some(100),
        ..entry("bang-ke.xls", &zeros)
    };
    stays_packed(bench, &zip(&[lying])?)
}

fn zip_entries(bench: &Bench) -> Outcome {
    let names: Vec<String> = (0..20_000).map(|number| format!("{number}.xls")).collect();
    let entries: Vec<Entry<'_>> = names.iter().map(|name| entry(name, b"x")).collect();
    let archive = zip(&entries)?;
    let mut lab = bench.lab()?;
    let bytes = with_zip(&lab, &archive);
    let past = past(&mut lab, &bytes)?;
    let files = past
        .shown
        .iter()
        .filter_map(crate::suite::lab::Item::files)
        .flatten()
        .count();
    ensure(files <= 1, || {
        said!("{files} files were laid down", "ghi ra {files} tệp")
    })
}

fn zip_slip(bench: &Bench) -> Outcome {
    let mut lab = bench.lab()?;
    let number = lab.number();
    let name = format!("td-thoat-{number}.xls");
    let absolute = lab.folder().join(&name).display().to_string();
    for path in [
        format!("../{name}"),
        format!("../../../{name}"),
        absolute,
        format!("a/../../{name}"),
    ] {
        let bytes = with_zip(&lab, &zip(&[entry(&path, &noise(300, 71))])?);
        past(&mut lab, &bytes)?;
    }
    outside(&lab, &[name])
}

fn file_name(bench: &Bench) -> Outcome {
    let mut lab = bench.lab()?;
    let number = lab.number();
    let name = format!("td-thoat-{number}.pdf");
    let absolute = lab.folder().join(&name).display().to_string();
    let (up, far, back) = (
        format!("../{name}"),
        format!("../../../{name}"),
        format!("..\\..\\{name}"),
    );
    let pdf = noise(300, 72);
    let files: Vec<(&str, &[u8])> = [up.as_str(), &far, &absolute, &back]
        .into_iter()
        .map(|name| (name, pdf.as_slice()))
        .collect();
    let made = Made::document(PEER, lab.organ(), lab.number()).files(&files);
    let past = past(&mut lab, &made.bytes())?;
    outside(&lab, &[name])?;
    let own = lab.folder().canonicalize().map_err(Stop::own)?;
    for path in past
        .shown
        .iter()
        .filter_map(crate::suite::lab::Item::files)
        .flatten()
    {
        let place = path.canonicalize().map_err(Stop::own)?;
        let inside = place.strip_prefix(&own).is_ok_and(|rest| {
            let first = rest.iter().next();
            first.is_some_and(|folder| folder.to_string_lossy().starts_with("came-"))
        });
        ensure(inside, || {
            said!(
                "a file lies outside of its folder",
                "có tệp nằm ngoài thư mục"
            )
        })?;
    }
    Ok(())
}

fn odd_names(bench: &Bench) -> Outcome {
    let mut lab = bench.lab()?;
    let long = format!("{}.pdf", "tên rất dài ".repeat(25));
    let names = [".", "..", "CON", "hai\ndòng.pdf", long.as_str()];
    let bytes: Vec<Vec<u8>> = (73..78).map(|seed| noise(300, seed)).collect();
    let files: Vec<(&str, &[u8])> = names
        .into_iter()
        .zip(bytes.iter().map(Vec::as_slice))
        .collect();
    let made = Made::document(PEER, lab.organ(), lab.number()).files(&files);
    lab.deliver(PEER, Kind::Document, &made.bytes())?;
    let item = lab.take_document(&made.document_id, |_| {})?;
    let shown: Vec<String> = item
        .attachments()
        .into_iter()
        .map(|(_, _, sum)| sum)
        .collect();
    let files = item.files().map(|files| {
        let read = files.iter().filter_map(|path| std::fs::read(path).ok());
        read.map(|bytes| sha256(&bytes)).collect::<Vec<_>>()
    });
    for (number, bytes) in bytes.iter().enumerate() {
        let sum = sha256(bytes);
        let there = shown.contains(&sum) && files.as_ref().is_none_or(|all| all.contains(&sum));
        let number = number + 1;
        ensure(there, || {
            said!("attachment {number} is lost", "mất tệp kèm {number}")
        })?;
    }
    Ok(())
}

/// Answers the lists so for a while, and then a good document has to come.
fn lists_answered(lab: &mut Lab, body: String) -> Outcome {
    lab.fault("getReceivedEdocList", 4, Fault::Body { body });
    let from = lab.last_call();
    lab.tick()?;
    let what = said!("the product did not ask again", "phần mềm không hỏi lại");
    lab.until(what, |lab| {
        let log = lab.axis.wire_log(from, std::time::Duration::ZERO);
        let mut bad = log.iter().filter(|entry| !entry.faults.is_empty());
        Ok(bad.nth(3).map(|_| ()))
    })?;
    lab.no_faults();
    let good = Made::document(PEER, lab.organ(), lab.number());
    let delivery = lab.deliver(PEER, Kind::Document, &good.bytes())?;
    lab.take_document(&good.document_id, |_| {})?;
    lab.await_acknowledgement(&delivery).map(|_| ())
}

fn answer_deep(bench: &Bench) -> Outcome {
    let mut lab = bench.lab()?;
    let deep = "[".repeat(100_000);
    let head = "{\"status\":\"OK\",\"ErrorCode\":\"0\",\"ErrorDesc\":\"\",\"data\":";
    lists_answered(&mut lab, format!("{head}{deep}"))
}

fn answer_rows(bench: &Bench) -> Outcome {
    let mut lab = bench.lab()?;
    let id = |id: serde_json::Value| json!({ "docId": id, "from": PEER, "messageType": "edoc" });
    let body = json!({
        "status": "OK", "ErrorCode": "0", "ErrorDesc": "",
        "data": [
            null, 7, "chữ", [], {},
            id(json!(null)), id(json!(12_345)), id(json!("")), id(json!("../../../etc/passwd")),
            id(json!("x\r\nX-Td-Them: 1")), id(json!("x".repeat(100_000))),
            { "docId": { "docId": [] }, "to": 9, "created_time": {} },
        ],
    });
    lists_answered(&mut lab, body.to_string())?;
    let split = lab.wire().into_iter().any(|entry| {
        let mut names = entry.headers.iter();
        names.any(|(name, _)| name.eq_ignore_ascii_case("x-td-them"))
    });
    ensure(!split, || {
        said!(
            "an id became a header of a request",
            "mã trở thành tiêu đề của yêu cầu"
        )
    })
}

fn answer_packet(bench: &Bench) -> Outcome {
    let mut lab = bench.lab()?;
    for call in ["getEdoc", "downloadEdoc"] {
        for data in [",\"data\":\"@@@ đây không phải base64 @@@\"", ""] {
            let body =
                format!("{{\"status\":\"OK\",\"ErrorCode\":\"0\",\"ErrorDesc\":\"\"{data}}}");
            lab.fault(call, 1, Fault::Body { body });
        }
    }
    let made = Made::document(PEER, lab.organ(), lab.number());
    let delivery = lab.deliver(PEER, Kind::Document, &made.bytes())?;
    lab.take_document(&made.document_id, |_| {})?;
    lab.await_acknowledgement(&delivery).map(|_| ())
}
