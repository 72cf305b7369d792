//! Sending: what may be sent, from whom and to whom.

use serde_json::{Value, json};

use super::traffic::{
    AWAY, arrived_once, at, copies, files_of, later, noise, nothing_sent, same, sha256,
};
use crate::axis_server::Kind;
use crate::suite::bench::{Bench, OTHER, PEER};
use crate::suite::case::{
    Case,
    Chapter::Send,
    Level::{Must, Should},
    Need::Command,
    Run,
};
use crate::suite::letter::made_status;
use crate::suite::said;
use crate::suite::text::t;
use crate::suite::verdict::{Outcome, Stop, ensure};

pub(super) const CASES: &[Case] = &[
    Case {
        id: "send-state-secret",
        chapter: Send,
        level: Must,
        clauses: &["QD28-1.2"],
        refusal: Some(t(
            "`send` is refused and nothing is stored.",
            "`send` bị từ chối và không lưu gì.",
        )),
        title: t(
            "A document with state secrets is refused",
            "Văn bản chứa bí mật nhà nước bị từ chối",
        ),
        why: t(
            "It must not go this way at all (art. 1.2).",
            "Loại văn bản này không được gửi qua hệ thống (khoản 2 Điều 1).",
        ),
        steps: &[t(
            "The product is told to send a document with contains_state_secret = true.",
            "Yêu cầu phần mềm gửi văn bản với contains_state_secret = true.",
        )],
        expected: t(
            "An error; nothing at the axis; `find` does not know it.",
            "Báo lỗi; không có gì tới trục; `find` không thấy.",
        ),
        needs: &[Command("send")],
        quick: true,
        run: Run::Connector(state_secret),
    },
    Case {
        id: "send-secrecy-stated",
        chapter: Send,
        level: Should,
        clauses: &["QD28-1.2"],
        refusal: Some(t(
            "`send` is refused where nobody said that there is no secret.",
            "`send` bị từ chối khi chưa ai khẳng định không có bí mật.",
        )),
        title: t(
            "Nobody is assumed to have looked for secrets",
            "Không mặc định rằng văn bản không chứa bí mật",
        ),
        why: t(
            "A default would decide what a person has to decide.",
            "Giá trị mặc định sẽ quyết định thay cho người có trách nhiệm.",
        ),
        steps: &[t(
            "The product is told to send a document without contains_state_secret.",
            "Yêu cầu phần mềm gửi văn bản không kèm contains_state_secret.",
        )],
        expected: t(
            "An error, and nothing at the axis.",
            "Báo lỗi, và không có gì tới trục.",
        ),
        needs: &[Command("send")],
        quick: true,
        run: Run::Connector(secrecy_stated),
    },
    Case {
        id: "send-foreign-sender",
        chapter: Send,
        level: Must,
        clauses: &["wire-codes", "P17"],
        refusal: Some(t(
            "`send` is refused, or the failure stands in `why`; no one gets it.",
            "`send` bị từ chối, hoặc `why` cho thấy thất bại; không nơi nào nhận.",
        )),
        title: t(
            "A document of an organ that is not the product's is not sent",
            "Không gửi thay cho cơ quan không thuộc phần mềm",
        ),
        why: t(
            "The axis refuses a sender that is not registered (19).",
            "Trục từ chối bên gửi không được đăng ký (mã 19).",
        ),
        steps: &[t(
            "The product is told to send a document whose From is a peer's organ.",
            "Yêu cầu phần mềm gửi văn bản có From là cơ quan khác.",
        )],
        expected: t(
            "An error, or the state failed; nothing in any queue.",
            "Báo lỗi, hoặc trạng thái thất bại; không có trong hàng đợi nào.",
        ),
        needs: &[Command("send"), Command("why")],
        quick: true,
        run: Run::Connector(foreign_sender),
    },
    Case {
        id: "send-missing-file",
        chapter: Send,
        level: Must,
        clauses: &["QD28-10.1"],
        refusal: Some(t("`send` is refused.", "`send` bị từ chối.")),
        title: t(
            "A document whose file is missing is refused",
            "Văn bản có tệp kèm không tồn tại bị từ chối",
        ),
        why: t(
            "Content and all attachments are sent, or nothing (art. 10.1).",
            "Phải gửi đủ nội dung và mọi tệp kèm (khoản 1 Điều 10).",
        ),
        steps: &[t(
            "The product is told to attach one file that is there and one that is not.",
            "Yêu cầu phần mềm kèm một tệp có thật và một tệp không tồn tại.",
        )],
        expected: t(
            "An error, and nothing at the axis.",
            "Báo lỗi, và không có gì tới trục.",
        ),
        needs: &[Command("send")],
        quick: true,
        run: Run::Connector(missing_file),
    },
    Case {
        id: "send-own-copy",
        chapter: Send,
        level: Must,
        clauses: &["QD28-10.1", "P05"],
        refusal: Some(t(
            "Bytes written to the file later are never sent.",
            "Dữ liệu ghi vào tệp sau đó không bao giờ được gửi.",
        )),
        title: t(
            "What was signed off is sent, not what the file became",
            "Gửi đúng tệp lúc ra lệnh, không phải tệp đã bị sửa sau đó",
        ),
        why: t(
            "The file in the clerk's folder may change while the axis is away.",
            "Tệp trong thư mục của văn thư có thể thay đổi khi trục gián đoạn.",
        ),
        steps: &[
            t(
                "The axis takes nothing; the product is given a document with a file.",
                "Trục chưa nhận gì; giao cho phần mềm văn bản có tệp kèm.",
            ),
            t(
                "The file is overwritten; then the axis takes packets again.",
                "Ghi đè tệp; sau đó trục nhận gói tin trở lại.",
            ),
        ],
        expected: t(
            "The attachment has the first content.",
            "Tệp kèm có nội dung ban đầu.",
        ),
        needs: &[Command("send")],
        quick: true,
        run: Run::Connector(own_copy),
    },
    Case {
        id: "send-repeated-receiver",
        chapter: Send,
        level: Should,
        clauses: &["QCVN102"],
        refusal: Some(t(
            "`send` is refused, or the organ gets it once.",
            "`send` bị từ chối, hoặc cơ quan chỉ nhận một lần.",
        )),
        title: t(
            "An organ that is named twice gets one document",
            "Cơ quan bị ghi hai lần chỉ nhận một văn bản",
        ),
        why: t(
            "Else its registry enters the document twice.",
            "Nếu không, văn thư nơi nhận sẽ vào sổ hai lần.",
        ),
        steps: &[t(
            "The product is told to send a document with the same organ twice in To.",
            "Yêu cầu phần mềm gửi văn bản có cùng một cơ quan hai lần trong To.",
        )],
        expected: t(
            "An error, or one delivery.",
            "Báo lỗi, hoặc chỉ có một lần chuyển.",
        ),
        needs: &[Command("send")],
        quick: true,
        run: Run::Connector(repeated_receiver),
    },
    Case {
        id: "send-history",
        chapter: Send,
        level: Should,
        clauses: &["QD28-6.3", "QD28-10.2", "ND30-VI-state"],
        refusal: None,
        title: t(
            "The way of a document can be told with times",
            "Tra cứu được lịch sử gửi kèm thời gian",
        ),
        why: t(
            "Sending, receipt and processing are followed automatically (art. 6.3).",
            "Việc gửi, nhận, xử lý phải được theo dõi tự động (khoản 3 Điều 6).",
        ),
        steps: &[t(
            "The product sends a document; the receiver reports 01 and 03.",
            "Phần mềm gửi một văn bản; bên nhận báo 01 và 03.",
        )],
        expected: t(
            "The journal of `why` has entries for its sending and both codes, with times that do not run back.",
            "Nhật ký của `why` có mục gửi và cả hai mã trạng thái, thời gian không chạy lùi.",
        ),
        needs: &[Command("send"), Command("why")],
        quick: true,
        run: Run::Connector(history),
    },
];

fn state_secret(bench: &Bench) -> Outcome {
    let mut lab = bench.lab()?;
    let letter = lab.letter(&[PEER]);
    let mut members = letter.command();
    members
        .as_object_mut()
        .and_then(|all| all.insert("contains_state_secret".to_owned(), json!(true)));
    lab.refused("send", members)?;
    if bench.declaration().knows("find") {
        let organ = lab.organ().to_owned();
        let members = json!({ "from": organ, "document_id": letter.document_id() });
        let found = lab.done("find", members)?;
        same("outgoing", at(&found, "outgoing"), &json!([]))?;
    }
    later(&mut lab)?;
    ensure(copies(&lab, letter.document_id())?.is_empty(), || {
        said!("it was sent", "văn bản vẫn được gửi")
    })
}

fn secrecy_stated(bench: &Bench) -> Outcome {
    let mut lab = bench.lab()?;
    let mut members = lab.letter(&[PEER]).command();
    if let Value::Object(members) = &mut members {
        members.remove("contains_state_secret");
    }
    lab.refused("send", members)?;
    nothing_sent(&lab)
}

fn foreign_sender(bench: &Bench) -> Outcome {
    let mut lab = bench.lab()?;
    let letter = lab
        .letter(&[OTHER])
        .with("/From/OrganId", json!(PEER))
        .with(
            "/DocumentId",
            json!(format!("{PEER}-2026-{}", lab.number())),
        );
    if let Ok(ok) = lab.ask("send", letter.command())? {
        let out = at(&ok, "outgoing").as_str().unwrap_or("").to_owned();
        lab.await_recipient(&out, OTHER, "delivery", &["failed", "held", "dropped"])?;
    }
    ensure(lab.deliveries().is_empty(), || {
        said!("an organ got the document", "có cơ quan nhận được văn bản")
    })
}

fn missing_file(bench: &Bench) -> Outcome {
    let mut lab = bench.lab()?;
    let there = lab.file("cong-van.pdf", b"%PDF-1.4\nmade up\n")?;
    let gone = there.with_file_name("phu-luc.pdf");
    let letter = lab.letter(&[PEER]).attach(&there).attach(&gone);
    lab.refused("send", letter.command())?;
    nothing_sent(&lab)
}

fn own_copy(bench: &Bench) -> Outcome {
    let mut lab = bench.lab()?;
    let signed = noise(40_000, 5);
    let file = lab.file("to-trinh.pdf", &signed)?;
    lab.fault("sendEdoc", 0, AWAY);
    let letter = lab.letter(&[PEER]).attach(&file);
    lab.send(&letter)?;
    std::fs::write(&file, noise(40_000, 6)).map_err(Stop::own)?;
    lab.no_faults();
    let packet = lab.await_letter(&letter)?;
    ensure(
        files_of(&packet) == [("to-trinh.pdf".to_owned(), sha256(&signed))],
        || {
            said!(
                "the attachment is not the file as it was when `send` was answered",
                "tệp kèm không phải tệp tại thời điểm `send` được trả lời"
            )
        },
    )
}

fn repeated_receiver(bench: &Bench) -> Outcome {
    let mut lab = bench.lab()?;
    let letter = lab.letter(&[PEER, PEER]);
    if lab.ask("send", letter.command())?.is_err() {
        return nothing_sent(&lab);
    }
    lab.await_letter(&letter)?;
    arrived_once(&mut lab, letter.document_id())?;
    let to = copies(&lab, letter.document_id())?;
    ensure(to.iter().all(|packet| packet.to == [PEER]), || {
        said!("it was delivered twice", "văn bản được chuyển hai lần")
    })
}

fn history(bench: &Bench) -> Outcome {
    let mut lab = bench.lab()?;
    let letter = lab.letter(&[PEER]);
    let out = lab.send(&letter)?;
    lab.await_recipient(&out, PEER, "delivery", &["accepted"])?;
    for code in ["01", "03"] {
        let status = made_status(PEER, &letter, code, "");
        lab.deliver(PEER, Kind::Status, &status)?;
        lab.await_recipient(&out, PEER, "status", &[code])?;
    }
    let why = lab.done("why", json!({ "packet": out }))?;
    let journal = at(&why, "journal").as_array().cloned().unwrap_or_default();
    let times: Vec<i64> = journal
        .iter()
        .filter_map(|line| at(line, "at").as_i64())
        .collect();
    ensure(times.len() == journal.len() && times.is_sorted(), || {
        said!(
            "the times of the journal are missing or run back",
            "thời gian trong nhật ký bị thiếu hoặc chạy lùi"
        )
    })?;
    let codes: Vec<&str> = journal
        .iter()
        .filter_map(|line| at(line, "code").as_str())
        .collect();
    let sent = journal.iter().any(|line| at(line, "code").is_null());
    ensure(
        sent && codes.contains(&"01") && codes.contains(&"03"),
        || {
            let codes = codes.join(", ");
            said!(
                "the journal has only these codes: {codes}",
                "nhật ký chỉ có các mã: {codes}"
            )
        },
    )
}
