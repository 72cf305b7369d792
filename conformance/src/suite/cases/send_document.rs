//! Sending: the document that is given, checked, kept, found, and sent as it was given.

use std::path::Path;

use serde_json::{Value, json};

use super::traffic::{
    AWAY, about, arrived_once, at, files_of, header_of, noise, nothing_sent, same, sha256,
};
use crate::axis_server::Kind;
use crate::rebuild::Flavour;
use crate::suite::bench::{Bench, OTHER, PEER};
use crate::suite::case::{
    Case,
    Chapter::Send,
    Level::{Must, Should},
    Need::{Command, Feature, Fresh},
    Run,
};
use crate::suite::lab::Lab;
use crate::suite::letter::{Letter, Made, made_status};
use crate::suite::said;
use crate::suite::text::t;
use crate::suite::verdict::{Outcome, Stop, ensure};

pub(super) const CASES: &[Case] = &[
    Case {
        id: "send-id-kept",
        chapter: Send,
        level: Must,
        clauses: &["QD28-10.2", "QCVN102", "P07", "P25"],
        refusal: None,
        title: t(
            "The document id travels as it was given",
            "Mã định danh văn bản được giữ nguyên",
        ),
        why: t(
            "Statuses come back under this id.",
            "Trạng thái trả về theo mã này.",
        ),
        steps: &[
            t(
                "The product sends documents whose ids have commas, slashes, #, ; and Vietnamese letters.",
                "Phần mềm gửi văn bản có mã chứa dấu phẩy, gạch chéo, #, ; và chữ tiếng Việt.",
            ),
            t(
                "The receiver reports 03 under the id it got.",
                "Bên nhận báo 03 theo đúng mã đã nhận.",
            ),
        ],
        expected: t(
            "The same id at the axis, and the status counts.",
            "Trục có đúng mã đó, và trạng thái được ghi nhận.",
        ),
        needs: &[Command("send"), Command("why")],
        quick: true,
        run: Run::Connector(id_kept),
    },
    Case {
        id: "send-without-id",
        chapter: Send,
        level: Must,
        clauses: &["rebuild", "P07"],
        refusal: Some(t(
            "`send` is refused, or the product gives the document an id of its own.",
            "`send` bị từ chối, hoặc phần mềm tự cấp mã cho văn bản.",
        )),
        title: t(
            "No document leaves without an id",
            "Không văn bản nào được gửi đi mà thiếu mã định danh",
        ),
        why: t(
            "A hop makes up an id, and no status finds its document again.",
            "Trục sẽ tự đặt mã, và không trạng thái nào khớp lại được với văn bản.",
        ),
        steps: &[t(
            "The product is told to send a document without DocumentId.",
            "Yêu cầu phần mềm gửi văn bản không có DocumentId.",
        )],
        expected: t(
            "An error and nothing at the axis; or a packet with an id that `find` knows.",
            "Báo lỗi và không có gì tới trục; hoặc gói tin có mã mà `find` tìm được.",
        ),
        needs: &[Command("send")],
        quick: true,
        run: Run::Connector(without_id),
    },
    Case {
        id: "send-again",
        chapter: Send,
        level: Must,
        clauses: &["ND30-VI-duplicate", "P05"],
        refusal: Some(t(
            "The second `send` adds no packet.",
            "Lần `send` thứ hai không tạo thêm gói tin.",
        )),
        title: t(
            "The same document sent again is the same document",
            "Gửi lại đúng văn bản cũ không sinh văn bản mới",
        ),
        why: t(
            "A host that got no answer has to be able to ask again.",
            "Phần mềm không nhận được trả lời phải có thể gửi lại lệnh.",
        ),
        steps: &[t(
            "The product is given the same `send` twice.",
            "Giao cho phần mềm cùng một lệnh `send` hai lần.",
        )],
        expected: t(
            "The second answer has again = true and the same id; the axis has one packet.",
            "Câu trả lời thứ hai có again = true và cùng mã; trục chỉ có một gói tin.",
        ),
        needs: &[Command("send")],
        quick: true,
        run: Run::Connector(again),
    },
    Case {
        id: "send-id-taken",
        chapter: Send,
        level: Must,
        clauses: &["ND30-VI-duplicate"],
        refusal: Some(t(
            "`send` is refused: the id is taken.",
            "`send` bị từ chối vì mã đã dùng.",
        )),
        title: t(
            "Another document under a used id is refused",
            "Văn bản khác mang mã đã dùng bị từ chối",
        ),
        why: t(
            "Receivers would take one of the two for a copy of the other.",
            "Nơi nhận sẽ coi văn bản này là bản sao của văn bản kia.",
        ),
        steps: &[t(
            "The product sends a document, then one with the same id and another subject.",
            "Phần mềm gửi một văn bản, rồi một văn bản cùng mã nhưng khác trích yếu.",
        )],
        expected: t(
            "An error; the axis has the first only.",
            "Báo lỗi; trục chỉ có văn bản đầu.",
        ),
        needs: &[Command("send")],
        quick: true,
        run: Run::Connector(id_taken),
    },
    Case {
        id: "send-answer-durable",
        chapter: Send,
        level: Must,
        clauses: &["P06", "P-hand-off", "QD28-8"],
        refusal: Some(t(
            "An answered `send` is never forgotten.",
            "Lệnh `send` đã trả lời không bao giờ bị quên.",
        )),
        title: t(
            "What `send` answered is sent, even after a crash",
            "Văn bản đã được nhận lệnh gửi vẫn được gửi dù phần mềm bị tắt đột ngột",
        ),
        why: t(
            "The clerk believes that it is on its way.",
            "Văn thư tin rằng văn bản đang được gửi.",
        ),
        steps: &[
            t(
                "The axis takes nothing; the product is given a document and answers.",
                "Trục chưa nhận gì; giao văn bản cho phần mềm và phần mềm trả lời.",
            ),
            t(
                "The product is killed, its file is deleted, and it is started again.",
                "Dừng đột ngột phần mềm, xóa tệp nguồn rồi khởi động lại.",
            ),
        ],
        expected: t(
            "The document arrives with its attachment, once.",
            "Văn bản tới nơi cùng tệp kèm, đúng một lần.",
        ),
        needs: &[Command("send"), Feature("restart"), Fresh],
        quick: true,
        run: Run::Connector(answer_durable),
    },
    Case {
        id: "send-missing-elements",
        chapter: Send,
        level: Must,
        clauses: &["QCVN102", "P27", "QD28-10.2"],
        refusal: Some(t(
            "`send` is refused before anything is sent.",
            "`send` bị từ chối trước khi gửi.",
        )),
        title: t(
            "A document without its needed elements is refused",
            "Văn bản thiếu thông tin bắt buộc bị từ chối",
        ),
        why: t(
            "An axis or a receiver refuses it later, when the clerk has gone home.",
            "Trục hoặc nơi nhận sẽ từ chối sau đó, khi văn thư không còn theo dõi.",
        ),
        steps: &[t(
            "The product is told to send documents without subject, without number, without date, without the sender's code.",
            "Yêu cầu phần mềm gửi văn bản thiếu trích yếu, thiếu số, thiếu ngày, thiếu mã bên gửi.",
        )],
        expected: t(
            "An error for each; nothing at the axis.",
            "Mỗi văn bản đều báo lỗi; không có gì tới trục.",
        ),
        needs: &[Command("send")],
        quick: true,
        run: Run::Connector(missing_elements),
    },
    Case {
        id: "send-all-findings",
        chapter: Send,
        level: Should,
        clauses: &["P27"],
        refusal: Some(t(
            "The refusal names everything that is missing.",
            "Thông báo từ chối nêu đủ mọi thông tin còn thiếu.",
        )),
        title: t(
            "A refusal lists all that is wrong at once",
            "Thông báo từ chối liệt kê một lần mọi điểm sai",
        ),
        why: t(
            "Else the clerk corrects one, is refused, corrects the next…",
            "Nếu không, văn thư phải sửa từng lỗi một và bị từ chối nhiều lần.",
        ),
        steps: &[t(
            "The product is told to send a document without subject and without date.",
            "Yêu cầu phần mềm gửi văn bản thiếu cả trích yếu lẫn ngày.",
        )],
        expected: t(
            "`findings` of the error names Subject and PromulgationDate.",
            "`findings` của lỗi nêu cả Subject và PromulgationDate.",
        ),
        needs: &[Command("send")],
        quick: true,
        run: Run::Connector(all_findings),
    },
    Case {
        id: "send-sample-values",
        chapter: Send,
        level: Should,
        clauses: &["P24", "D41"],
        refusal: Some(t("`send` is refused.", "`send` bị từ chối.")),
        title: t(
            "Values of the kit's sample packet are not sent",
            "Không gửi giá trị lấy từ gói tin mẫu của bộ công cụ",
        ),
        why: t(
            "Sample data reached production systems.",
            "Dữ liệu mẫu từng lọt vào hệ thống thật.",
        ),
        steps: &[t(
            "The product is told to send a packet with the sample's signer CN=user05 and its trace header of 2018.",
            "Yêu cầu phần mềm gửi gói tin có người ký mẫu CN=user05 và TraceHeader mẫu năm 2018.",
        )],
        expected: t(
            "An error, and nothing at the axis.",
            "Báo lỗi, và không có gì tới trục.",
        ),
        needs: &[Command("send")],
        quick: true,
        run: Run::Connector(sample_values),
    },
    Case {
        id: "send-impossible-date",
        chapter: Send,
        level: Must,
        clauses: &["D14", "P16", "rebuild"],
        refusal: Some(t("`send` is refused.", "`send` bị từ chối.")),
        title: t(
            "A date that does not exist is not sent",
            "Không gửi ngày không có thật",
        ),
        why: t(
            "A hop reads leniently: 30 February becomes 2 March, under a seal.",
            "Trục đọc ngày dễ dãi: 30 tháng 2 thành 2 tháng 3, trên văn bản có giá trị pháp lý.",
        ),
        steps: &[t(
            "The product is told to send documents dated 2026-02-30, 30/10/2020 and 2026-13-01.",
            "Yêu cầu phần mềm gửi văn bản ghi ngày 2026-02-30, 30/10/2020 và 2026-13-01.",
        )],
        expected: t(
            "An error for each; nothing at the axis.",
            "Mỗi văn bản đều báo lỗi; không có gì tới trục.",
        ),
        needs: &[Command("send")],
        quick: true,
        run: Run::Connector(impossible_date),
    },
    Case {
        id: "send-find",
        chapter: Send,
        level: Should,
        clauses: &["QD28-10.2"],
        refusal: None,
        title: t(
            "A sent document is found by its id",
            "Tìm được văn bản đã gửi theo mã định danh",
        ),
        why: t(
            "The clerk knows the document's id, not the connector's.",
            "Văn thư biết mã văn bản, không biết mã nội bộ của phần mềm kết nối.",
        ),
        steps: &[t(
            "The product sends a document; it is looked for by its id, and another id is.",
            "Phần mềm gửi một văn bản; tìm theo mã của nó và theo một mã khác.",
        )],
        expected: t(
            "The first gives the id of `send`, the second an empty list.",
            "Lần đầu ra đúng mã của `send`, lần sau ra danh sách rỗng.",
        ),
        needs: &[Command("send"), Command("find")],
        quick: true,
        run: Run::Connector(find),
    },
    Case {
        id: "send-stats",
        chapter: Send,
        level: Should,
        clauses: &["QD28-11", "P05"],
        refusal: None,
        title: t(
            "The age of what waits can be seen",
            "Thấy được văn bản chờ gửi đã bao lâu",
        ),
        why: t(
            "Statistics come automatically (art. 11); what hangs has to be seen.",
            "Thống kê phải tự động (Điều 11); văn bản bị kẹt phải được nhìn thấy.",
        ),
        steps: &[
            t(
                "The axis takes nothing; the product is given a document.",
                "Trục chưa nhận gì; giao văn bản cho phần mềm.",
            ),
            t(
                "The axis takes packets again.",
                "Trục nhận gói tin trở lại.",
            ),
        ],
        expected: t(
            "`stats` has oldest_undelivered first, and null in the end.",
            "`stats` có oldest_undelivered lúc đầu và null khi đã gửi xong.",
        ),
        needs: &[Command("send"), Command("stats"), Fresh],
        quick: true,
        run: Run::Connector(stats),
    },
    Case {
        id: "send-survives-rebuild",
        chapter: Send,
        level: Must,
        clauses: &["rebuild", "QD28-10.1", "P11", "P28"],
        refusal: None,
        title: t(
            "Meaning and files survive a rebuild by the axis",
            "Nội dung và tệp kèm còn nguyên sau khi trục dựng lại gói tin",
        ),
        why: t(
            "The national axis rebuilds packets; what does not survive that does not arrive.",
            "Trục quốc gia dựng lại gói tin; phần nào không chịu được sẽ không tới nơi.",
        ),
        steps: &[t(
            "The product sends a full document with a PDF, a text and a spreadsheet over an axis that rebuilds, in both known ways.",
            "Phần mềm gửi văn bản đầy đủ thông tin, kèm PDF, tệp chữ và bảng tính, qua trục có dựng lại gói tin theo cả hai cách đã biết.",
        )],
        expected: t(
            "The receiver's packet has the same sender, receivers, id, code, date, subject, urgency, and files by name and digest.",
            "Gói tin tới nơi nhận giữ nguyên bên gửi, nơi nhận, mã, số ký hiệu, ngày, trích yếu, độ khẩn và các tệp theo tên, mã băm.",
        ),
        needs: &[Command("send"), Fresh],
        quick: true,
        run: Run::Connector(survives_rebuild),
    },
];

fn id_kept(bench: &Bench) -> Outcome {
    let mut lab = bench.lab()?;
    for tail in ["5/TĐ-VP", "a#b;c", "2026/02/30,x y"] {
        let id = format!("{},2026/03/04,{}-{tail}", lab.organ(), lab.number());
        let letter = lab.letter(&[PEER]).with("/DocumentId", json!(id));
        let out = lab.send(&letter)?;
        lab.await_letter(&letter)?;
        let status = made_status(PEER, &letter, "03", "");
        lab.deliver(PEER, Kind::Status, &status)?;
        lab.await_recipient(&out, PEER, "status", &["03"])?;
    }
    Ok(())
}

/// A letter without a member of its header.
fn without(mut letter: Letter, group: &str, name: &str) -> Letter {
    if let Some(Value::Object(members)) = letter.header.pointer_mut(group) {
        members.remove(name);
    }
    letter
}

fn without_id(bench: &Bench) -> Outcome {
    let mut lab = bench.lab()?;
    let letter = without(lab.letter(&[PEER]), "", "DocumentId");
    if lab.ask("send", letter.command())?.is_err() {
        return nothing_sent(&lab);
    }
    let what = said!("no document reached the axis", "không văn bản nào tới trục");
    let packet = lab.await_sent(what, |packet| packet.kind == Kind::Document)?;
    ensure(!packet.document_id().trim().is_empty(), || {
        said!(
            "the document was sent without an id",
            "văn bản được gửi đi mà không có mã"
        )
    })
}

fn again(bench: &Bench) -> Outcome {
    let mut lab = bench.lab()?;
    let letter = lab.letter(&[PEER]);
    let first = lab.done("send", letter.command())?;
    lab.await_letter(&letter)?;
    let second = lab.done("send", letter.command())?;
    same("outgoing", at(&second, "outgoing"), at(&first, "outgoing"))?;
    same("again", at(&second, "again"), &json!(true))?;
    arrived_once(&mut lab, letter.document_id())
}

fn id_taken(bench: &Bench) -> Outcome {
    let mut lab = bench.lab()?;
    let letter = lab.letter(&[PEER]);
    lab.send(&letter)?;
    lab.await_letter(&letter)?;
    let other = letter.clone().with("/Subject", json!("V/v việc khác hẳn"));
    lab.refused("send", other.command())?;
    arrived_once(&mut lab, letter.document_id())
}

fn answer_durable(bench: &Bench) -> Outcome {
    let mut lab = bench.lab_with(|_| {})?;
    let bytes = noise(300_000, 3);
    let file = lab.file("quyet-dinh.pdf", &bytes)?;
    lab.fault("*", 0, AWAY);
    let letter = lab.letter(&[PEER]).attach(&file);
    lab.send(&letter)?;
    lab.kill()?;
    std::fs::remove_file(&file).map_err(Stop::own)?;
    lab.no_faults();
    lab.begin()?;
    let packet = lab.await_letter(&letter)?;
    ensure(
        files_of(&packet) == [("quyet-dinh.pdf".to_owned(), sha256(&bytes))],
        || said!("the attachment is another", "tệp kèm không còn đúng"),
    )?;
    arrived_once(&mut lab, letter.document_id())
}

fn missing_elements(bench: &Bench) -> Outcome {
    let mut lab = bench.lab()?;
    for (group, name) in [
        ("", "Subject"),
        ("/Code", "CodeNumber"),
        ("/PromulgationInfo", "PromulgationDate"),
        ("/From", "OrganId"),
    ] {
        let letter = without(lab.letter(&[PEER]), group, name);
        let answer = lab.ask("send", letter.command())?;
        ensure(answer.is_err(), || {
            about(
                name,
                "missing, and `send` was done",
                "bị thiếu nhưng lệnh `send` vẫn được thực hiện",
            )
        })?;
    }
    nothing_sent(&lab)
}

fn all_findings(bench: &Bench) -> Outcome {
    let mut lab = bench.lab()?;
    let letter = without(lab.letter(&[PEER]), "", "Subject");
    let letter = without(letter, "/PromulgationInfo", "PromulgationDate");
    let refusal = lab.refused("send", letter.command())?;
    let findings = at(&refusal.0, "findings").to_string();
    for name in ["Subject", "PromulgationDate"] {
        ensure(findings.contains(name), || {
            about(
                name,
                "missing in the findings",
                "không có trong danh sách phát hiện",
            )
        })?;
    }
    nothing_sent(&lab)
}

fn sample_values(bench: &Bench) -> Outcome {
    let mut lab = bench.lab()?;
    let mut made = Made::document(lab.organ(), PEER, lab.number());
    made.signature = "<Signature><SignedInfo><Reference URI=\"\"/></SignedInfo>\
                      <SignatureValue>AAAA</SignatureValue><KeyInfo><X509Data>\
                      <X509SubjectName>CN=user05</X509SubjectName>\
                      <X509Certificate>certificate</X509Certificate></X509Data></KeyInfo>\
                      </Signature>"
        .to_owned();
    let xml = made
        .xml()
        .replace("2026/03/04 08:00:00", "2018/06/20 16:35:56");
    let path = lab.file("sample.edxml", xml.as_bytes())?;
    let members = json!({ "contains_state_secret": false, "packet": path });
    lab.refused("send", members)?;
    nothing_sent(&lab)
}

fn impossible_date(bench: &Bench) -> Outcome {
    let mut lab = bench.lab()?;
    for date in ["2026-02-30", "2026-13-01"] {
        let letter = lab.letter(&[PEER]);
        let letter = letter.with("/PromulgationInfo/PromulgationDate", json!(date));
        lab.refused("send", letter.command())?;
    }
    nothing_sent(&lab)
}

fn find(bench: &Bench) -> Outcome {
    let mut lab = bench.lab()?;
    let letter = lab.letter(&[PEER]);
    let out = lab.send(&letter)?;
    let organ = lab.organ().to_owned();
    let ask = |id: &str| json!({ "from": organ, "document_id": id });
    let found = lab.done("find", ask(letter.document_id()))?;
    same("outgoing", at(&found, "outgoing"), &json!([out]))?;
    let none = lab.done("find", ask("H99.01-2026-none"))?;
    same("outgoing", at(&none, "outgoing"), &json!([]))
}

fn stats(bench: &Bench) -> Outcome {
    let mut lab = bench.lab_with(|_| {})?;
    lab.fault("sendEdoc", 0, AWAY);
    let letter = lab.letter(&[PEER]);
    lab.send(&letter)?;
    let waiting = lab.done("stats", json!({}))?;
    ensure(at(&waiting, "oldest_undelivered").is_number(), || {
        said!(
            "`oldest_undelivered` is no time while a document waits",
            "`oldest_undelivered` không phải thời điểm khi còn văn bản chờ gửi"
        )
    })?;
    lab.no_faults();
    lab.await_letter(&letter)?;
    let what = said!(
        "`oldest_undelivered` does not become null",
        "`oldest_undelivered` không trở về null"
    );
    lab.until(what, |lab| {
        let stats = lab.done("stats", json!({}))?;
        Ok(at(&stats, "oldest_undelivered").is_null().then_some(()))
    })
}

fn survives_rebuild(bench: &Bench) -> Outcome {
    for flavour in [Flavour::AsSeen, Flavour::V0_0_3] {
        let mut lab = bench.lab_with(|setup| setup.axis(|axis| axis.rebuild = flavour))?;
        rebuilt(&mut lab)?;
    }
    Ok(())
}

fn rebuilt(lab: &mut Lab) -> Outcome {
    let files = [
        ("Quyết định.pdf", noise(5_000, 1)),
        (
            "Phụ lục 1.txt",
            "Kính gửi: các đơn vị\r\n".as_bytes().to_vec(),
        ),
        ("Biểu số liệu.xlsx", b"PK\x03\x04 no real sheet".to_vec()),
    ];
    let mut letter = lab
        .letter(&[PEER, OTHER])
        .with("/Subject", json!("V/v \"thí dụ\" <gửi> & nhận: đợt 1"))
        .with("/DueDate", json!("2026-04-01"))
        .with("/OtherInfo", json!({ "Priority": 1, "PageAmount": 2 }))
        .with("/SteeringType", json!(0));
    let mut expected = Vec::new();
    for (name, bytes) in &files {
        letter = letter.attach(Path::new(&lab.file(name, bytes)?));
        expected.push(((*name).to_owned(), sha256(bytes)));
    }
    lab.send(&letter)?;
    let packet = lab.await_letter(&letter)?;
    let got = header_of(&packet);
    for place in [
        "/From/OrganId",
        "/To/0/OrganId",
        "/To/1/OrganId",
        "/DocumentId",
        "/Code/CodeNumber",
        "/Code/CodeNotation",
        "/PromulgationInfo/PromulgationDate",
        "/Subject",
        "/DueDate",
        "/OtherInfo/Priority",
    ] {
        let (got, sent) = (got.pointer(place), letter.header.pointer(place));
        same(
            place,
            got.unwrap_or(&Value::Null),
            sent.unwrap_or(&Value::Null),
        )?;
    }
    ensure(files_of(&packet) == expected, || {
        said!(
            "the files of the receiver's packet are others",
            "tệp kèm ở nơi nhận không còn đúng"
        )
    })
}
