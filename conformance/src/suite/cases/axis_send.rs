//! An axis or gateway: what it takes, and what it turns away.

use lienthong::axis::{Acknowledgement, MessageType, Outcome as Sent};
use lienthong::packet::{Discard, ReadOptions, read_packet};
use serde_json::{Value, json};

use super::steps::text;
use crate::suite::case::{
    Case,
    Chapter::{Send, Signature, Status},
    Level::{Must, Should},
    Run,
};
use crate::suite::gateway::{Account, Call, Gateway, padded};
use crate::suite::letter::{Made, status_xml};
use crate::suite::said;
use crate::suite::text::t;
use crate::suite::verdict::{Outcome, Stop, ensure};

pub(super) const CASES: &[Case] = &[
    Case {
        id: "send-axis-delivers",
        chapter: Send,
        level: Must,
        clauses: &["QD28-10.1", "wire-send", "rebuild"],
        refusal: None,
        title: t(
            "The axis hands out the document that it took, with the texts of its header",
            "Trục giao đúng văn bản đã nhận, giữ nguyên nội dung phần đầu",
        ),
        why: t(
            "A hop may write it anew, but not change what it says.",
            "Trục được dựng lại gói tin nhưng không được đổi nội dung.",
        ),
        steps: &[t(
            "The first system sends a document; the second lists and fetches it.",
            "Hệ thống thứ nhất gửi văn bản; hệ thống thứ hai liệt kê và lấy về.",
        )],
        expected: t(
            "Sender, receiver, id, number, date, kind and subject are those that were sent; the file has its name.",
            "Nơi gửi, nơi nhận, mã, số, ngày, loại, trích yếu đúng như đã gửi; tệp giữ tên.",
        ),
        needs: &[],
        quick: true,
        run: Run::Axis(delivers),
    },
    Case {
        id: "signature-axis-files-untouched",
        chapter: Signature,
        level: Must,
        clauses: &["QD28-4", "ND30-5", "rebuild"],
        refusal: None,
        title: t(
            "The axis leaves every byte of a file as it was",
            "Trục giữ nguyên từng byte của tệp",
        ),
        why: t(
            "The legal signatures are inside the PDFs; one byte breaks them.",
            "Chữ ký số có giá trị pháp lý nằm trong PDF; sai một byte là hỏng.",
        ),
        steps: &[t(
            "A document with a PDF and a DOCX of all byte values is sent and fetched.",
            "Gửi rồi lấy về văn bản có một PDF và một DOCX chứa mọi giá trị byte.",
        )],
        expected: t(
            "The decoded files have the lengths and SHA-256 of those sent.",
            "Tệp giải mã có đúng độ dài và SHA-256 như đã gửi.",
        ),
        needs: &[],
        quick: true,
        run: Run::Axis(files_untouched),
    },
    Case {
        id: "send-axis-answer-form",
        chapter: Send,
        level: Must,
        clauses: &["wire-answer", "D39", "P21"],
        refusal: None,
        title: t(
            "An answer to sendEdoc has all that clients look for, also where it refuses",
            "Câu trả lời sendEdoc đủ thành phần, kể cả khi từ chối",
        ),
        why: t(
            "The official SDK breaks on a null or a missing DocId.",
            "SDK chính thức lỗi khi gặp null hoặc thiếu DocId.",
        ),
        steps: &[t(
            "A right packet and one that is no XML are sent.",
            "Gửi một gói tin đúng và một gói không phải XML.",
        )],
        expected: t(
            "HTTP 200, texts status, ErrorCode, ErrorDesc, DocId, and no null; OK exactly where the code is 0.",
            "HTTP 200, có status, ErrorCode, ErrorDesc, DocId dạng chuỗi, không có null; OK khi và chỉ khi mã là 0.",
        ),
        needs: &[],
        quick: true,
        run: Run::Axis(answer_form),
    },
    Case {
        id: "send-axis-wrong-hash",
        chapter: Send,
        level: Should,
        clauses: &["wire-send", "QD28-9.1"],
        refusal: Some(t(
            "A packet whose hash-file differs is refused.",
            "Gói tin có hash-file sai bị từ chối.",
        )),
        title: t(
            "A packet that differs from its hash-file is refused and not handed on",
            "Gói tin sai hash-file bị từ chối, không chuyển tiếp",
        ),
        why: t(
            "It was damaged on the way.",
            "Gói tin đã hỏng trên đường truyền.",
        ),
        steps: &[t(
            "A packet is sent with the hash of another.",
            "Gửi gói tin kèm mã băm của gói khác.",
        )],
        expected: t(
            "An ErrorCode other than 0; the receiver never gets it.",
            "ErrorCode khác 0; bên nhận không nhận được.",
        ),
        needs: &[],
        quick: true,
        run: Run::Axis(wrong_hash),
    },
    Case {
        id: "send-axis-hash-forms",
        chapter: Send,
        level: Should,
        clauses: &["wire-send"],
        refusal: None,
        title: t(
            "hash-file is taken with and without zeros, and with a line end after the packet",
            "Chấp nhận hash-file có hoặc không có số 0 đứng đầu, và CRLF sau gói tin",
        ),
        why: t(
            "The official SDK writes it without zeros and appends CRLF; others do neither.",
            "SDK chính thức bỏ số 0 và thêm CRLF; phần mềm khác thì không.",
        ),
        steps: &[t(
            "Three packets are sent: hash without zeros, standard hash, and a body with CRLF appended.",
            "Gửi ba gói: mã băm bỏ số 0, mã băm chuẩn, và thân có thêm CRLF.",
        )],
        expected: t("All three are taken.", "Cả ba được nhận."),
        needs: &[],
        quick: true,
        run: Run::Axis(hash_forms),
    },
    Case {
        id: "send-axis-unknown-receiver",
        chapter: Send,
        level: Must,
        clauses: &["wire-codes", "P03", "QD28-8"],
        refusal: Some(t(
            "A packet to an organ that is not there is refused, with 18.",
            "Gói tin tới cơ quan không tồn tại bị từ chối với mã 18.",
        )),
        title: t(
            "A packet to an unknown receiver is refused",
            "Gói tin tới nơi nhận không tồn tại bị từ chối",
        ),
        why: t(
            "Accepted, it would lie nowhere, and the sender wait.",
            "Nếu nhận, gói tin không nằm ở đâu còn bên gửi cứ chờ.",
        ),
        steps: &[t(
            "A document is sent to a code that nobody has.",
            "Gửi văn bản tới mã không ai có.",
        )],
        expected: t("ErrorCode 18.", "ErrorCode là 18."),
        needs: &[],
        quick: true,
        run: Run::Axis(unknown_receiver),
    },
    Case {
        id: "send-axis-not-xml",
        chapter: Send,
        level: Should,
        clauses: &["wire-codes", "P27"],
        refusal: Some(t(
            "What is no XML is refused, with 10.",
            "Nội dung không phải XML bị từ chối với mã 10.",
        )),
        title: t(
            "A packet that is no XML is refused",
            "Gói tin không phải XML bị từ chối",
        ),
        why: t(
            "The receiver would get a poison packet.",
            "Bên nhận sẽ gặp gói tin hỏng.",
        ),
        steps: &[t(
            "Text with the right hash is sent.",
            "Gửi đoạn chữ với mã băm đúng.",
        )],
        expected: t("ErrorCode 10.", "ErrorCode là 10."),
        needs: &[],
        quick: true,
        run: Run::Axis(not_xml),
    },
    Case {
        id: "send-axis-not-standard",
        chapter: Send,
        level: Should,
        clauses: &["wire-codes", "QCVN102"],
        refusal: Some(t(
            "A document that names no receiver is refused, with 22.",
            "Văn bản không nêu nơi nhận bị từ chối với mã 22.",
        )),
        title: t(
            "A packet not to standard is refused",
            "Gói tin không đúng chuẩn bị từ chối",
        ),
        why: t(
            "A rebuild fails on it silently.",
            "Khi dựng lại, gói này bị mất mà không báo.",
        ),
        steps: &[t(
            "A document without any To is sent, without the parameter `to`.",
            "Gửi văn bản không có To và không có tham số `to`.",
        )],
        expected: t("ErrorCode 22.", "ErrorCode là 22."),
        needs: &[],
        quick: true,
        run: Run::Axis(not_standard),
    },
    Case {
        id: "send-axis-to-parameter",
        chapter: Send,
        level: Should,
        clauses: &["wire-many", "wire-send"],
        refusal: Some(t(
            "A receiver that stands in the packet alone gets nothing where `to` is given.",
            "Khi có `to`, nơi nhận chỉ nêu trong gói không nhận được.",
        )),
        title: t(
            "The parameter `to` says who gets the packet",
            "Tham số `to` quyết định nơi nhận gói tin",
        ),
        why: t(
            "Senders use it to serve a part of the receivers.",
            "Bên gửi dùng nó để gửi cho một phần nơi nhận.",
        ),
        steps: &[t(
            "A document To both systems' organs is sent with `to` the second's.",
            "Gửi văn bản có To là cơ quan của cả hai hệ thống, `to` chỉ nêu cơ quan thứ hai.",
        )],
        expected: t(
            "The second gets it; the first does not.",
            "Cơ quan thứ hai nhận được; cơ quan thứ nhất không.",
        ),
        needs: &[],
        quick: true,
        run: Run::Axis(to_parameter),
    },
    Case {
        id: "status-axis-route",
        chapter: Status,
        level: Must,
        clauses: &["wire-status", "QCVN102"],
        refusal: Some(t(
            "A status is not listed among the documents.",
            "Trạng thái không nằm trong danh sách văn bản.",
        )),
        title: t(
            "A status goes to the organ of its ResponseFor, into the list of statuses",
            "Trạng thái tới cơ quan ở ResponseFor, vào danh sách trạng thái",
        ),
        why: t(
            "It has no To; nothing else tells where it belongs.",
            "Trạng thái không có To; không có gì khác chỉ nơi nhận.",
        ),
        steps: &[t(
            "The first system sends a status about a document of the second.",
            "Hệ thống thứ nhất gửi trạng thái về văn bản của hệ thống thứ hai.",
        )],
        expected: t(
            "The second finds it with messagetype status, and not with edoc.",
            "Hệ thống thứ hai thấy nó với messagetype status, không thấy với edoc.",
        ),
        needs: &[],
        quick: true,
        run: Run::Axis(status_route),
    },
];

/// Sends a document of the first system; it has to be taken.
pub(super) fn send(gateway: &Gateway, made: &Made) -> Outcome {
    let outcome = gateway.send(&gateway.one, &made.bytes(), MessageType::Edoc)?;
    ensure(matches!(outcome, Sent::Accepted { .. }), || {
        said!(
            "a right packet was not accepted",
            "gói tin đúng không được chấp nhận"
        )
    })
}

/// The delivery of a document to the second system: id and bytes.
pub(super) fn delivery(gateway: &Gateway, made: &Made) -> Outcome<(String, Vec<u8>)> {
    let id = made.document_id.clone();
    let what = said!(
        "the document {id} is not in the receiver's list",
        "văn bản {id} không có trong danh sách của bên nhận"
    );
    gateway.await_delivery(MessageType::Edoc, what, |bytes| contains(bytes, &id))
}

pub(super) fn contains(bytes: &[u8], text: &str) -> bool {
    String::from_utf8_lossy(bytes).contains(text)
}

/// How often a document lies in an account's list, after a later one has come through.
pub(super) fn times_listed(gateway: &Gateway, account: &Account, id: &str) -> Outcome<usize> {
    let marker = gateway.document();
    send(gateway, &marker)?;
    let (marker, _) = delivery(gateway, &marker)?;
    gateway.acknowledge(&marker, Acknowledgement::Done)?;
    let client = gateway.client(account)?;
    let mut times = 0;
    for row in client.list_received(MessageType::Edoc).map_err(Stop::own)? {
        let mut bytes = Vec::new();
        client.get(&row.doc_id, &mut bytes).map_err(Stop::own)?;
        times += usize::from(contains(&bytes, id));
    }
    Ok(times)
}

pub(super) fn ensure_absent(gateway: &Gateway, id: &str) -> Outcome {
    let times = times_listed(gateway, &gateway.two, id)?;
    ensure(times == 0, || {
        said!(
            "the refused document {id} is handed out",
            "văn bản {id} bị từ chối vẫn được giao"
        )
    })
}

pub(super) fn ensure_code(code: &str, wanted: &str) -> Outcome {
    ensure(code == wanted, || {
        said!(
            "the code is {code}, not {wanted}",
            "mã là {code}, không phải {wanted}"
        )
    })
}

fn delivers(gateway: &Gateway) -> Outcome {
    let mut made = gateway.document();
    made.subject = "V/v thí dụ: \"dấu ngoặc\" & dấu < > của bộ kiểm thử".to_owned();
    send(gateway, &made)?;
    let (id, bytes) = delivery(gateway, &made)?;
    let packet =
        read_packet(&bytes[..], &ReadOptions::default(), &mut Discard).map_err(Stop::own)?;
    let document = serde_json::to_value(packet.document()).map_err(Stop::own)?;
    for (pointer, wanted) in [
        ("/From/OrganId", made.from.as_str()),
        ("/To/0/OrganId", &gateway.two.organ),
        ("/DocumentId", &made.document_id),
        ("/Code/CodeNumber", &made.number),
        ("/Code/CodeNotation", "TD-VP"),
        ("/PromulgationInfo/PromulgationDate", "2026-03-04"),
        ("/DocumentType/TypeName", "Công văn"),
        ("/Subject", &made.subject),
    ] {
        ensure(text(&document, pointer) == wanted, || {
            said!(
                "{pointer} is not what was sent",
                "{pointer} không như đã gửi"
            )
        })?;
    }
    let named = packet
        .attachments
        .first()
        .and_then(|file| file.name.clone());
    ensure(named.as_deref() == Some("cong-van.pdf"), || {
        said!(
            "the file has another name, or is not there",
            "tệp mang tên khác hoặc không có"
        )
    })?;
    gateway.acknowledge(&id, Acknowledgement::Done)
}

fn files_untouched(gateway: &Gateway) -> Outcome {
    let bytes: Vec<u8> = (0..=255).cycle().take(70_001).collect();
    let pdf = [b"%PDF-1.4\n", &bytes[..]].concat();
    let docx = [b"PK\x05\x06", &[0; 18][..]].concat();
    let made = gateway
        .document()
        .files(&[("Công văn.pdf", &pdf), ("phu-luc.docx", &docx)]);
    send(gateway, &made)?;
    let (id, bytes) = delivery(gateway, &made)?;
    let packet =
        read_packet(&bytes[..], &ReadOptions::default(), &mut Discard).map_err(Stop::own)?;
    for (index, sent) in [&pdf, &docx].into_iter().enumerate() {
        let content = packet
            .attachments
            .get(index)
            .and_then(|file| file.content());
        let number = index + 1;
        ensure(
            content.is_some_and(|content| content.sha256_hex() == padded(sent)),
            || {
                said!(
                    "file {number} has other bytes than were sent",
                    "tệp thứ {number} khác với tệp đã gửi"
                )
            },
        )?;
    }
    gateway.acknowledge(&id, Acknowledgement::Done)
}

fn has_null(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(all) => all.iter().any(has_null),
        Value::Object(all) => all.values().any(has_null),
        _ => false,
    }
}

fn answer_form(gateway: &Gateway) -> Outcome {
    for (packet, is_right) in [
        (gateway.document().bytes(), true),
        (b"made up".to_vec(), false),
    ] {
        let answer = gateway.answered(&Call::sending(&gateway.one, "edoc", &packet))?;
        let value = answer.json()?;
        let is_text = |name: &str| value.get(name).is_some_and(Value::is_string);
        let whole = ["status", "ErrorCode", "ErrorDesc", "DocId"]
            .into_iter()
            .all(is_text);
        let word = text(&value, "/status");
        let right = answer.status == 200
            && whole
            && !has_null(&value)
            && (word == "OK") == is_right
            && (answer.code()? == "0") == is_right;
        ensure(right, || {
            let (status, code) = (answer.status, text(&value, "/ErrorCode"));
            said!(
                "the answer (HTTP {status}, {word}, {code}) lacks a part or contradicts itself",
                "câu trả lời (HTTP {status}, {word}, {code}) thiếu thành phần hoặc mâu thuẫn"
            )
        })?;
    }
    Ok(())
}

fn wrong_hash(gateway: &Gateway) -> Outcome {
    let made = gateway.document();
    let call = Call::sending(&gateway.one, "edoc", &made.bytes());
    let other = crate::suite::gateway::unpadded(b"another packet");
    let answer = gateway.answered(&call.with("hash-file", &other))?;
    ensure(answer.is_refusal(), || {
        said!("it was accepted", "gói tin vẫn được nhận")
    })?;
    ensure_absent(gateway, &made.document_id)
}

fn hash_forms(gateway: &Gateway) -> Outcome {
    for form in ["unpadded", "standard", "line end"] {
        let packet = gateway.document().bytes();
        let mut call = Call::sending(&gateway.one, "edoc", &packet);
        match form {
            "standard" => call = call.with("hash-file", &padded(&packet)),
            "line end" => call.body.extend_from_slice(b"\r\n"),
            _ => {}
        }
        gateway.done(&call)?;
    }
    Ok(())
}

/// A code that no organ of the directory has.
const NOBODY: &str = "H99.98.77.66";

fn unknown_receiver(gateway: &Gateway) -> Outcome {
    let mut made = gateway.document();
    made.to = vec![NOBODY.to_owned()];
    let answer = gateway.answered(&Call::sending(&gateway.one, "edoc", &made.bytes()))?;
    ensure_code(&answer.code()?, "18")
}

/// `/getReceivedEdocList`.
pub(super) fn listing(account: &Account, kind: &str) -> Call {
    let parameters = [("servicetype", "eDoc"), ("messagetype", kind)];
    Call::new("getReceivedEdocList", account, &parameters)
}

fn not_xml(gateway: &Gateway) -> Outcome {
    let text = "Văn bản không phải XML".as_bytes();
    let answer = gateway.answered(&Call::sending(&gateway.one, "edoc", text))?;
    ensure_code(&answer.code()?, "10")
}

fn not_standard(gateway: &Gateway) -> Outcome {
    let mut made = gateway.document();
    made.to = Vec::new();
    let answer = gateway.answered(&Call::sending(&gateway.one, "edoc", &made.bytes()))?;
    ensure_code(&answer.code()?, "22")
}

fn to_parameter(gateway: &Gateway) -> Outcome {
    let mut made = gateway.document();
    made.to.push(gateway.one.organ.clone());
    let to = json!([gateway.two.organ]).to_string();
    let call = Call::sending(&gateway.one, "edoc", &made.bytes()).with("to", &to);
    gateway.done(&call)?;
    let (id, _) = delivery(gateway, &made)?;
    gateway.acknowledge(&id, Acknowledgement::Done)?;
    let times = times_listed(gateway, &gateway.one, &made.document_id)?;
    ensure(times == 0, || {
        said!(
            "an organ that `to` does not name has it",
            "cơ quan không có trong `to` vẫn nhận được"
        )
    })
}

fn status_route(gateway: &Gateway) -> Outcome {
    let about = Made::document(&gateway.two.organ, &gateway.one.organ, gateway.number());
    let number = format!("{}/TD-VP", about.number);
    let id = about.document_id.clone();
    let status = status_xml(
        &gateway.one.organ,
        &gateway.two.organ,
        &number,
        &id,
        "03",
        "",
    );
    gateway.done(&Call::sending(&gateway.one, "status", status.as_bytes()))?;
    let what = said!(
        "the status is not in the receiver's list of statuses",
        "trạng thái không có trong danh sách trạng thái của bên nhận"
    );
    let (delivery, _) =
        gateway.await_delivery(MessageType::Status, what, |bytes| contains(bytes, &id))?;
    let times = times_listed(gateway, &gateway.two, &id)?;
    gateway.acknowledge(&delivery, Acknowledgement::Done)?;
    ensure(times == 0, || {
        said!(
            "the status is listed among the documents",
            "trạng thái nằm trong danh sách văn bản"
        )
    })
}
