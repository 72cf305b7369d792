//! Directives, and reports on them.

use serde_json::{Value, json};

use super::steps::{header, sent, take_document, text};
use crate::suite::bench::{Bench, PEER};
use crate::suite::case::{
    Case,
    Chapter::Directive,
    Level::{Must, Should},
    Need::Command,
    Run,
};
use crate::suite::lab::Lab;
use crate::suite::letter::{Letter, Made};
use crate::suite::said;
use crate::suite::text::t;
use crate::suite::verdict::{Outcome, ensure};

pub(super) const CASES: &[Case] = &[
    Case {
        id: "directive-received-whole",
        chapter: Directive,
        level: Must,
        clauses: &["flow-directive", "QD28-10.2"],
        refusal: None,
        title: t(
            "A directive is shown with its steering type, its deadline and its tasks",
            "Văn bản chỉ đạo được hiện đủ loại chỉ đạo, hạn trả lời và nhiệm vụ",
        ),
        why: t(
            "A deadline that is lost on the way is missed.",
            "Mất hạn trên đường đi là trễ hạn.",
        ),
        steps: &[t(
            "A document with SteeringType 1, DueDate and two TaskCodes comes.",
            "Nhận văn bản có SteeringType 1, DueDate và hai TaskCode.",
        )],
        expected: t(
            "`poll` shows all of it as it was sent.",
            "`poll` hiện đủ như đã gửi.",
        ),
        needs: &[Command("poll")],
        quick: true,
        run: Run::Connector(received_whole),
    },
    Case {
        id: "directive-sent-whole",
        chapter: Directive,
        level: Must,
        clauses: &["flow-directive", "QD28-10.1"],
        refusal: None,
        title: t(
            "A directive goes out with its steering type and its deadline",
            "Văn bản chỉ đạo gửi đi có loại chỉ đạo và hạn trả lời",
        ),
        why: t(
            "Else the receiver cannot follow it.",
            "Thiếu thì bên nhận không theo dõi được.",
        ),
        steps: &[t(
            "The product sends a document with SteeringType 1 and a DueDate.",
            "Phần mềm gửi văn bản có SteeringType 1 và DueDate.",
        )],
        expected: t(
            "Both stand in the packet, the date as yyyy/MM/dd.",
            "Gói tin có cả hai, ngày dạng yyyy/MM/dd.",
        ),
        needs: &[Command("send")],
        quick: true,
        run: Run::Connector(sent_whole),
    },
    Case {
        id: "directive-report-sent",
        chapter: Directive,
        level: Must,
        clauses: &["flow-directive"],
        refusal: None,
        title: t(
            "A report names the directive and every task it reports on",
            "Báo cáo nêu văn bản chỉ đạo và mọi nhiệm vụ được báo cáo",
        ),
        why: t(
            "By these the one who gave the order closes the tasks.",
            "Nơi giao dựa vào đó để kết thúc nhiệm vụ.",
        ),
        steps: &[t(
            "A directive with tasks comes; the product sends a report on it with three TaskCodes.",
            "Nhận chỉ đạo có nhiệm vụ; phần mềm gửi báo cáo nêu ba TaskCode.",
        )],
        expected: t(
            "SteeringType 2, ResponseFor with organ, number, id and date, ResponseForTask with the three codes in order.",
            "SteeringType 2, ResponseFor có cơ quan, số, mã, ngày; ResponseForTask có ba mã đúng thứ tự.",
        ),
        needs: &[Command("send")],
        quick: true,
        run: Run::Connector(report_sent),
    },
    Case {
        id: "directive-report-on-several",
        chapter: Directive,
        level: Should,
        clauses: &["flow-directive", "QCVN102"],
        refusal: None,
        title: t(
            "A report may answer several documents",
            "Một báo cáo trả lời được nhiều văn bản",
        ),
        why: t(
            "ResponseFor stands any number of times.",
            "ResponseFor được lặp nhiều lần.",
        ),
        steps: &[t(
            "The product sends a report with two ResponseFor.",
            "Phần mềm gửi báo cáo có hai ResponseFor.",
        )],
        expected: t(
            "Both stand in the packet, in order.",
            "Gói tin có cả hai, đúng thứ tự.",
        ),
        needs: &[Command("send")],
        quick: true,
        run: Run::Connector(report_on_several),
    },
    Case {
        id: "directive-report-paired",
        chapter: Directive,
        level: Should,
        clauses: &["flow-directive"],
        refusal: None,
        title: t(
            "A report that comes is shown as the answer to the product's directive",
            "Báo cáo đến được hiện là trả lời cho văn bản chỉ đạo",
        ),
        why: t(
            "Nobody should have to look for what it answers.",
            "Không ai phải tự tìm xem nó trả lời văn bản nào.",
        ),
        steps: &[t(
            "The product sends a directive; the peer answers with SteeringType 2, ResponseFor and TaskCode.",
            "Phần mềm gửi chỉ đạo; cơ quan nhận trả lời bằng SteeringType 2, ResponseFor và TaskCode.",
        )],
        expected: t(
            "`answers` of the report is the directive.",
            "`answers` của báo cáo là văn bản chỉ đạo.",
        ),
        needs: &[Command("send"), Command("poll"), Command("why")],
        quick: true,
        run: Run::Connector(report_paired),
    },
    Case {
        id: "directive-tasks-lost",
        chapter: Directive,
        level: Should,
        clauses: &["flow-directive", "rebuild"],
        refusal: Some(t(
            "A report is not turned away because its tasks are missing.",
            "Không từ chối báo cáo vì thiếu danh sách nhiệm vụ.",
        )),
        title: t(
            "A report whose tasks were lost on the way is still the answer to its directive",
            "Báo cáo bị mất danh sách nhiệm vụ trên đường vẫn khớp văn bản chỉ đạo",
        ),
        why: t(
            "One hub is known to drop ResponseForTask.",
            "Có trục làm mất ResponseForTask khi dựng lại gói tin.",
        ),
        steps: &[t(
            "The peer answers a directive with SteeringType 2 and ResponseFor, without tasks.",
            "Cơ quan nhận trả lời bằng SteeringType 2 và ResponseFor, không có nhiệm vụ.",
        )],
        expected: t(
            "It is shown, and `answers` is the directive.",
            "Báo cáo được hiện và `answers` là văn bản chỉ đạo.",
        ),
        needs: &[Command("send"), Command("poll"), Command("why")],
        quick: true,
        run: Run::Connector(tasks_lost),
    },
    Case {
        id: "directive-empty-response-for",
        chapter: Directive,
        level: Must,
        clauses: &["D16", "D15"],
        refusal: Some(t(
            "An empty ResponseFor is no answer to anything, and no reason to turn the document away.",
            "ResponseFor rỗng không phải là trả lời, cũng không phải lý do từ chối.",
        )),
        title: t(
            "A document with an empty ResponseFor is taken, as the answer to nothing",
            "Văn bản có ResponseFor rỗng vẫn được nhận, không khớp với văn bản nào",
        ),
        why: t(
            "The element stands empty in many packets.",
            "Rất nhiều gói tin để rỗng phần tử này.",
        ),
        steps: &[t(
            "The product has sent a directive; a document with <ResponseFor/> and an empty DueDate comes.",
            "Phần mềm đã gửi chỉ đạo; nhận văn bản có <ResponseFor/> và DueDate rỗng.",
        )],
        expected: t(
            "It is shown; `answers` is null; it has no deadline.",
            "Văn bản được hiện; `answers` là null; không có hạn trả lời.",
        ),
        needs: &[Command("send"), Command("poll"), Command("why")],
        quick: true,
        run: Run::Connector(empty_response_for),
    },
    Case {
        id: "directive-answer-of-another-matter",
        chapter: Directive,
        level: Should,
        clauses: &["flow-directive", "P07"],
        refusal: Some(t(
            "A report on an unknown document is not paired with the product's directive.",
            "Báo cáo về văn bản lạ không bị khớp với chỉ đạo của phần mềm.",
        )),
        title: t(
            "A report on another organ's directive is not taken for an answer to ours",
            "Báo cáo về chỉ đạo của cơ quan khác không bị nhận nhầm",
        ),
        why: t(
            "A wrong pair closes a task that is still open.",
            "Khớp nhầm sẽ đóng nhiệm vụ chưa xong.",
        ),
        steps: &[t(
            "The product has sent a directive; the peer's report names a document of a third organ.",
            "Phần mềm đã gửi chỉ đạo; báo cáo đến nêu văn bản của cơ quan thứ ba.",
        )],
        expected: t(
            "It is shown; `answers` is null.",
            "Báo cáo được hiện; `answers` là null.",
        ),
        needs: &[Command("send"), Command("poll"), Command("why")],
        quick: true,
        run: Run::Connector(answer_of_another_matter),
    },
    Case {
        id: "directive-priority-number",
        chapter: Directive,
        level: Should,
        clauses: &["P26", "D19"],
        refusal: Some(t(
            "A number outside the table is not turned into another.",
            "Số ngoài danh mục không bị đổi thành số khác.",
        )),
        title: t(
            "The priority is shown by the number it came with, also one outside the table",
            "Độ khẩn hiện đúng số đã nhận, kể cả số ngoài danh mục",
        ),
        why: t(
            "Systems that renumber make flash telegrams of ordinary letters.",
            "Hệ thống tự đổi số sẽ biến công văn thường thành hỏa tốc.",
        ),
        steps: &[t(
            "Two documents come, with Priority 3 and Priority 71.",
            "Nhận hai văn bản có Priority 3 và Priority 71.",
        )],
        expected: t("`poll` shows 3 and 71.", "`poll` hiện 3 và 71."),
        needs: &[Command("poll")],
        quick: true,
        run: Run::Connector(priority_number),
    },
    Case {
        id: "directive-impossible-deadline",
        chapter: Directive,
        level: Should,
        clauses: &["P16", "flow-directive"],
        refusal: Some(t(
            "`send` with a deadline that is no date is refused.",
            "`send` với hạn trả lời không phải ngày hợp lệ bị từ chối.",
        )),
        title: t(
            "A directive with an impossible deadline is not sent",
            "Không gửi chỉ đạo có hạn trả lời không tồn tại",
        ),
        why: t(
            "A hop turns 30 February into 2 March without a word.",
            "Trục lặng lẽ đổi 30/02 thành 02/03.",
        ),
        steps: &[t(
            "The product is told to send a document with DueDate 2026-02-30.",
            "Yêu cầu phần mềm gửi văn bản có DueDate 2026-02-30.",
        )],
        expected: t(
            "An error, and nothing at the axis.",
            "Báo lỗi, không có gì tới trục.",
        ),
        needs: &[Command("send"), Command("why")],
        quick: true,
        run: Run::Connector(impossible_deadline),
    },
];

fn number(value: &Value, pointer: &str) -> Option<u64> {
    value.pointer(pointer).and_then(Value::as_u64)
}

fn texts(value: &Value, pointer: &str) -> Vec<String> {
    let all = value.pointer(pointer).and_then(Value::as_array);
    all.into_iter()
        .flatten()
        .filter_map(|one| one.as_str().map(str::to_owned))
        .collect()
}

fn tasks(codes: &[&str]) -> String {
    let codes: String = codes
        .iter()
        .map(|code| format!("<edXML:TaskCode>{code}</edXML:TaskCode>"))
        .collect();
    format!("<edXML:ResponseForTask>{codes}</edXML:ResponseForTask>")
}

fn received_whole(bench: &Bench) -> Outcome {
    let mut lab = bench.lab()?;
    let mut made = Made::document(PEER, lab.organ(), lab.number());
    made.steering = 1;
    made.more = "<edXML:DueDate>2026/04/15</edXML:DueDate>".to_owned();
    made.tasks = tasks(&["NV-01", "NV-02"]);
    let item = take_document(&mut lab, &made)?;
    let steering = number(&item.0, "/document/SteeringType");
    let due = item.text("/document/DueDate");
    let codes = texts(&item.0, "/document/ResponseForTask/TaskCode").join(", ");
    ensure(
        steering == Some(1) && due == "2026-04-15" && codes == "NV-01, NV-02",
        || {
            let steering = steering.unwrap_or_default();
            said!(
                "shown are SteeringType {steering}, DueDate `{due}`, tasks {codes}",
                "hiện SteeringType {steering}, DueDate `{due}`, nhiệm vụ {codes}"
            )
        },
    )
}

fn sent_whole(bench: &Bench) -> Outcome {
    let mut lab = bench.lab()?;
    let letter = lab
        .letter(&[PEER])
        .with("/SteeringType", json!(1))
        .with("/DueDate", json!("2026-04-15"));
    lab.send(&letter)?;
    let packet = lab.await_letter(&letter)?;
    let document = header(&packet)?;
    let steering = number(&document, "/SteeringType");
    let written = String::from_utf8_lossy(&packet.bytes).contains(">2026/04/15<");
    ensure(steering == Some(1) && written, || {
        let steering = steering.unwrap_or_default();
        said!(
            "the packet has SteeringType {steering}, or no DueDate 2026/04/15",
            "gói tin có SteeringType {steering}, hoặc thiếu DueDate 2026/04/15"
        )
    })
}

/// `ResponseFor` of a document of a peer, in JSON.
fn answering(made: &Made) -> Value {
    json!({
        "OrganId": made.from,
        "Code": format!("{}/TD-VP", made.number),
        "DocumentId": made.document_id,
        "PromulgationDate": "2026-03-04",
    })
}

fn report_sent(bench: &Bench) -> Outcome {
    let mut lab = bench.lab()?;
    let mut made = Made::document(PEER, lab.organ(), lab.number());
    made.steering = 1;
    made.tasks = tasks(&["NV-01", "NV-02", "NV-03"]);
    take_document(&mut lab, &made)?;
    let codes = ["NV-03", "NV-01", "NV-02"];
    let letter = lab
        .letter(&[PEER])
        .with("/SteeringType", json!(2))
        .with("/ResponseFor", json!([answering(&made)]))
        .with("/ResponseForTask", json!({ "TaskCode": codes }));
    lab.send(&letter)?;
    let packet = lab.await_letter(&letter)?;
    let document = header(&packet)?;
    let right = number(&document, "/SteeringType") == Some(2)
        && document.pointer("/ResponseFor") == Some(&json!([answering(&made)]))
        && texts(&document, "/ResponseForTask/TaskCode") == codes;
    ensure(right, || {
        said!(
            "the packet does not name the directive and its tasks as given",
            "gói tin không nêu văn bản chỉ đạo và nhiệm vụ như đã cho"
        )
    })
}

fn report_on_several(bench: &Bench) -> Outcome {
    let mut lab = bench.lab()?;
    let both: Vec<Value> = (0..2)
        .map(|_| answering(&Made::document(PEER, lab.organ(), lab.number())))
        .collect();
    let letter = lab
        .letter(&[PEER])
        .with("/SteeringType", json!(2))
        .with("/ResponseFor", json!(both));
    lab.send(&letter)?;
    let packet = lab.await_letter(&letter)?;
    let document = header(&packet)?;
    ensure(
        document.pointer("/ResponseFor") == Some(&json!(both)),
        || {
            said!(
                "the packet does not have both ResponseFor as given",
                "gói tin không có đủ hai ResponseFor như đã cho"
            )
        },
    )
}

/// A directive of the product's at the axis.
fn directive(lab: &mut Lab) -> Outcome<(Letter, String)> {
    let letter = lab
        .letter(&[PEER])
        .with("/SteeringType", json!(1))
        .with("/DueDate", json!("2026-04-15"));
    let outgoing = lab.send(&letter)?;
    lab.await_recipient(&outgoing, PEER, "delivery", &["accepted"])?;
    Ok((letter, outgoing))
}

/// A report of the peer on a document of the product's.
fn report_on(lab: &Lab, letter: &Letter) -> Made {
    let mut about = Made::document(lab.organ(), PEER, 0);
    letter.document_id().clone_into(&mut about.document_id);
    text(&letter.header, "/Code/CodeNumber").clone_into(&mut about.number);
    let mut report = Made::document(PEER, lab.organ(), lab.number());
    report.steering = 2;
    report.responses = about.as_response();
    report
}

fn ensure_answers(lab: &mut Lab, report: &Made, wanted: &str) -> Outcome {
    let item = take_document(lab, report)?;
    let answers = item.text("/answers");
    ensure(answers == wanted, || {
        said!(
            "the report answers `{answers}`, not `{wanted}`",
            "báo cáo khớp với `{answers}`, không phải `{wanted}`"
        )
    })
}

fn report_paired(bench: &Bench) -> Outcome {
    let mut lab = bench.lab()?;
    // Another one, so that a guess may be wrong.
    let (letter, outgoing) = directive(&mut lab)?;
    directive(&mut lab)?;
    let mut report = report_on(&lab, &letter);
    report.tasks = tasks(&["NV-01"]);
    ensure_answers(&mut lab, &report, &outgoing)
}

fn tasks_lost(bench: &Bench) -> Outcome {
    let mut lab = bench.lab()?;
    let (letter, outgoing) = directive(&mut lab)?;
    let report = report_on(&lab, &letter);
    ensure_answers(&mut lab, &report, &outgoing)
}

fn empty_response_for(bench: &Bench) -> Outcome {
    let mut lab = bench.lab()?;
    directive(&mut lab)?;
    let mut made = Made::document(PEER, lab.organ(), lab.number());
    made.more = "<edXML:DueDate></edXML:DueDate>".to_owned();
    made.responses = "<edXML:ResponseFor></edXML:ResponseFor>".to_owned();
    let item = take_document(&mut lab, &made)?;
    let (answers, due) = (item.text("/answers"), item.text("/document/DueDate"));
    ensure(answers.is_empty() && due.is_empty(), || {
        said!(
            "it answers `{answers}`, and is due on `{due}`",
            "khớp với `{answers}`, hạn trả lời `{due}`"
        )
    })
}

fn answer_of_another_matter(bench: &Bench) -> Outcome {
    let mut lab = bench.lab()?;
    sent(&mut lab, &[PEER])?;
    directive(&mut lab)?;
    let other = Made::document(crate::suite::bench::OTHER, PEER, lab.number());
    let mut report = Made::document(PEER, lab.organ(), lab.number());
    report.steering = 2;
    report.responses = other.as_response();
    ensure_answers(&mut lab, &report, "")
}

fn priority_number(bench: &Bench) -> Outcome {
    let mut lab = bench.lab()?;
    for priority in [3, 71] {
        let mut made = Made::document(PEER, lab.organ(), lab.number());
        made.more = format!(
            "<edXML:OtherInfo><edXML:Priority>{priority}</edXML:Priority></edXML:OtherInfo>"
        );
        let item = take_document(&mut lab, &made)?;
        let shown = number(&item.0, "/document/OtherInfo/Priority").unwrap_or_default();
        ensure(shown == priority, || {
            said!(
                "Priority {priority} is shown as {shown}",
                "Priority {priority} được hiện là {shown}"
            )
        })?;
    }
    Ok(())
}

fn impossible_deadline(bench: &Bench) -> Outcome {
    let mut lab = bench.lab()?;
    let letter = lab
        .letter(&[PEER])
        .with("/SteeringType", json!(1))
        .with("/DueDate", json!("2026-02-30"));
    lab.refused("send", letter.command())?;
    sent(&mut lab, &[PEER])?;
    let any = lab
        .sent()?
        .iter()
        .any(|packet| packet.document_id() == letter.document_id());
    ensure(!any, || {
        said!("it reached the axis", "văn bản vẫn tới trục")
    })
}
