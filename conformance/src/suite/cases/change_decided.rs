//! Recalls that peers ask for: what is decided, and what follows.

use serde_json::{Value, json};

use super::change_steps::{
    REASON, acting, action_on, agree, ensure_there, is_action, next_action, no_answer, recalled,
};
use super::steps::{header, received, reporting, text, why_incoming};
use super::traffic::until_a_later_one;
use crate::axis_server::Kind;
use crate::suite::bench::{Bench, OTHER, PEER};
use crate::suite::case::{
    Case,
    Chapter::Change,
    Level::{Must, Should},
    Need::Command,
    Run,
};
use crate::suite::lab::{Lab, SentPacket};
use crate::suite::letter::{Made, made_recall, status_xml};
use crate::suite::said;
use crate::suite::text::t;
use crate::suite::verdict::{Outcome, ensure};

pub(super) const CASES: &[Case] = &[
    Case {
        id: "change-agree-destroys",
        chapter: Change,
        level: Must,
        clauses: &["QD28-9.2", "ND30-18.4b", "ND30-VI-recall"],
        refusal: None,
        title: t(
            "Agreed, the document is destroyed and the sender gets 15",
            "Khi đồng ý, văn bản được hủy và bên gửi nhận 15",
        ),
        why: t(
            "The receiver cancels the recalled document and says that it did.",
            "Bên nhận hủy văn bản bị thu hồi và báo lại.",
        ),
        steps: &[t(
            "13 comes; the product agrees.",
            "13 đến; phần mềm đồng ý.",
        )],
        expected: t(
            "`destroyed` of the document is true, `kept` false; 15 about it goes to its sender.",
            "`destroyed` của văn bản là true, `kept` là false; 15 về văn bản được gửi cho bên gửi.",
        ),
        needs: &[Command("agree"), Command("why")],
        quick: true,
        run: Run::Connector(agree_destroys),
    },
    Case {
        id: "change-recall-stays-known",
        chapter: Change,
        level: Must,
        clauses: &["ND30-VI-recall"],
        refusal: Some(t(
            "What the recall says of itself is not destroyed with the document.",
            "Dữ liệu của chính yêu cầu thu hồi không bị hủy cùng văn bản.",
        )),
        title: t(
            "After the destruction the recall itself is still on record",
            "Sau khi hủy, thông tin thu hồi vẫn còn lưu",
        ),
        why: t(
            "Somebody will ask why the document is gone.",
            "Sẽ có người hỏi vì sao văn bản không còn.",
        ),
        steps: &[t(
            "A recall is agreed to; `why` is asked about recall and document.",
            "Đồng ý thu hồi; hỏi `why` về yêu cầu và về văn bản.",
        )],
        expected: t(
            "Both answer, with the sender's organ and the document's id.",
            "Cả hai đều trả lời, có cơ quan gửi và mã văn bản.",
        ),
        needs: &[Command("agree"), Command("why")],
        quick: true,
        run: Run::Connector(recall_stays_known),
    },
    Case {
        id: "change-decline",
        chapter: Change,
        level: Must,
        clauses: &["flow-change", "QD28-5.4"],
        refusal: Some(t("The document is not destroyed.", "Văn bản không bị hủy.")),
        title: t(
            "Declined, the document stays and the sender gets 16 with the reason",
            "Khi từ chối, văn bản được giữ và bên gửi nhận 16 kèm lý do",
        ),
        why: t(
            "The sender must not believe that it is gone.",
            "Bên gửi không được hiểu nhầm là đã hủy.",
        ),
        steps: &[t(
            "A recall by packet comes; the product declines with a note.",
            "Nhận gói thu hồi; phần mềm từ chối kèm ghi chú.",
        )],
        expected: t(
            "16 with the note at the axis; `destroyed` of the document is false.",
            "16 kèm ghi chú tại trục; `destroyed` của văn bản là false.",
        ),
        needs: &[Command("decline"), Command("why")],
        quick: true,
        run: Run::Connector(decline),
    },
    Case {
        id: "change-decline-needs-reason",
        chapter: Change,
        level: Should,
        clauses: &["flow-change", "QD28-5.4"],
        refusal: Some(t(
            "`decline` without a note is refused.",
            "`decline` không có ghi chú bị từ chối.",
        )),
        title: t(
            "A recall is not declined without a reason",
            "Không từ chối thu hồi mà không nêu lý do",
        ),
        why: t(
            "The sender has to know why its document stays in force there.",
            "Bên gửi cần biết vì sao văn bản vẫn còn hiệu lực ở đó.",
        ),
        steps: &[t(
            "13 comes; `decline` is given without `note`.",
            "13 đến; gọi `decline` không có `note`.",
        )],
        expected: t("An error; no 16 at the axis.", "Báo lỗi; trục không có 16."),
        needs: &[Command("decline")],
        quick: true,
        run: Run::Connector(decline_needs_reason),
    },
    Case {
        id: "change-decided-once",
        chapter: Change,
        level: Must,
        clauses: &["flow-change", "P08"],
        refusal: Some(t(
            "A second decision is refused; nothing more is sent.",
            "Quyết định lần hai bị từ chối; không gửi thêm gì.",
        )),
        title: t(
            "A recall is decided once",
            "Yêu cầu thu hồi chỉ được quyết định một lần",
        ),
        why: t(
            "15 and 16 to one request leave the sender with nothing it can believe.",
            "Vừa 15 vừa 16 thì bên gửi không biết tin cái nào.",
        ),
        steps: &[t(
            "13 comes; the product agrees, and then declines.",
            "13 đến; phần mềm đồng ý rồi lại từ chối.",
        )],
        expected: t(
            "The second gives an error; 15 alone at the axis.",
            "Lần hai báo lỗi; trục chỉ có 15.",
        ),
        needs: &[Command("agree"), Command("decline")],
        quick: true,
        run: Run::Connector(decided_once),
    },
    Case {
        id: "change-agree-to-no-action",
        chapter: Change,
        level: Must,
        clauses: &["flow-change"],
        refusal: Some(t(
            "`agree` to an ordinary document is refused.",
            "`agree` với văn bản thường bị từ chối.",
        )),
        title: t(
            "An ordinary document cannot be agreed away",
            "Không thể \"đồng ý thu hồi\" một văn bản thường",
        ),
        why: t(
            "One slip of the hand would destroy a document nobody recalled.",
            "Một thao tác nhầm sẽ hủy văn bản không ai thu hồi.",
        ),
        steps: &[t(
            "A document is accepted; `agree` is given for it.",
            "Tiếp nhận văn bản; gọi `agree` với chính văn bản đó.",
        )],
        expected: t(
            "An error; not destroyed; no 15 at the axis.",
            "Báo lỗi; không bị hủy; trục không có 15.",
        ),
        needs: &[Command("agree"), Command("why")],
        quick: true,
        run: Run::Connector(agree_to_no_action),
    },
    Case {
        id: "change-recall-by-another",
        chapter: Change,
        level: Must,
        clauses: &["D17", "QD28-9.1"],
        refusal: Some(t(
            "A recall of another organ's document is not carried out, whatever is answered to it.",
            "Yêu cầu thu hồi văn bản của cơ quan khác không được thực hiện, dù trả lời thế nào.",
        )),
        title: t(
            "An organ cannot recall the document of another",
            "Cơ quan này không thể thu hồi văn bản của cơ quan khác",
        ),
        why: t(
            "Anybody at the axis could have any document destroyed.",
            "Nếu không, ai trên trục cũng có thể làm hủy văn bản bất kỳ.",
        ),
        steps: &[
            t(
                "A document of a peer is accepted; another organ sends a recall of it, once as 13 and once as a packet.",
                "Tiếp nhận văn bản; cơ quan khác gửi yêu cầu thu hồi nó, một lần bằng 13, một lần bằng gói tin.",
            ),
            t(
                "What the product shows as an action is agreed to.",
                "Nếu phần mềm hiện thành yêu cầu thì trả lời đồng ý.",
            ),
        ],
        expected: t("The document is not destroyed.", "Văn bản không bị hủy."),
        needs: &[Command("poll"), Command("agree"), Command("why")],
        quick: true,
        run: Run::Connector(recall_by_another),
    },
    Case {
        id: "change-unknown-target",
        chapter: Change,
        level: Must,
        clauses: &["D17", "P01", "P08"],
        refusal: Some(t(
            "A recall of an unknown document is answered by nothing that nobody decided.",
            "Không tự trả lời yêu cầu thu hồi văn bản chưa biết.",
        )),
        title: t(
            "A recall of a document that never came is taken and holds nothing up",
            "Yêu cầu thu hồi văn bản chưa từng đến được nhận và không làm tắc việc khác",
        ),
        why: t(
            "One stray recall must not stop the mail, nor pass for a destroyed document.",
            "Một yêu cầu lạc không được làm tắc hàng đợi, cũng không được coi là đã hủy.",
        ),
        steps: &[t(
            "13 about a document that never came arrives, then an ordinary document.",
            "Nhận 13 về văn bản chưa từng đến, sau đó một văn bản thường.",
        )],
        expected: t(
            "13 is acknowledged; the document is shown and accepted; no 15 at the axis.",
            "13 được xác nhận; văn bản được hiện và tiếp nhận; trục không có 15.",
        ),
        needs: &[Command("poll")],
        quick: true,
        run: Run::Connector(unknown_target),
    },
    Case {
        id: "change-recall-before-taken",
        chapter: Change,
        level: Must,
        clauses: &["ND30-VI-recall", "P08"],
        refusal: Some(t(
            "A document whose recall was agreed to is not handed out afterwards.",
            "Văn bản đã đồng ý thu hồi không được bàn giao nữa.",
        )),
        title: t(
            "A recall works for a document that nobody has taken yet",
            "Thu hồi được cả văn bản chưa ai tiếp nhận",
        ),
        why: t(
            "The clerk would register a document that was withdrawn.",
            "Văn thư sẽ vào sổ văn bản đã bị rút.",
        ),
        steps: &[
            t(
                "A document and a 13 about it arrive before anybody looks.",
                "Văn bản và 13 về nó cùng đến trước khi có người xem.",
            ),
            t("The action is agreed to.", "Đồng ý với yêu cầu."),
        ],
        expected: t(
            "15 at the axis; the document is destroyed and not shown any more.",
            "15 tại trục; văn bản bị hủy và không hiện lại.",
        ),
        needs: &[Command("poll"), Command("agree"), Command("why")],
        quick: true,
        run: Run::Connector(recall_before_taken),
    },
    Case {
        id: "change-no-status-after-recall",
        chapter: Change,
        level: Should,
        clauses: &["ND30-VI-recall", "QD28-9.2"],
        refusal: Some(t(
            "`report` about a destroyed document is refused.",
            "`report` về văn bản đã hủy bị từ chối.",
        )),
        title: t(
            "No processing is reported for a document that was destroyed",
            "Không báo xử lý cho văn bản đã hủy",
        ),
        why: t(
            "The sender would see a withdrawn document at work.",
            "Bên gửi sẽ thấy văn bản đã rút vẫn đang được xử lý.",
        ),
        steps: &[t(
            "A recall is agreed to; 06 is reported.",
            "Đồng ý thu hồi; rồi báo 06.",
        )],
        expected: t("An error; no 06 at the axis.", "Báo lỗi; trục không có 06."),
        needs: &[Command("agree"), Command("report")],
        quick: true,
        run: Run::Connector(no_status_after_recall),
    },
];

/// The answer (15 or 16) to an action, which may name the document or the action.
fn await_answer(lab: &mut Lab, code: &str, ids: &[&str]) -> Outcome<SentPacket> {
    let said = said!(
        "no {code} reached the axis",
        "không có trạng thái {code} tới trục"
    );
    lab.await_sent(said, |packet| {
        packet.code() == code && ids.contains(&packet.document_id().as_str())
    })
}

fn agree_destroys(bench: &Bench) -> Outcome {
    let mut lab = bench.lab()?;
    let (made, item, action) = recalled(&mut lab)?;
    agree(&mut lab, &action)?;
    let answer = await_answer(&mut lab, "15", &[&made.document_id])?;
    ensure(answer.to == [PEER], || {
        let to = answer.to.join(", ");
        said!("15 went to {to}", "15 được gửi tới {to}")
    })?;
    let what = said!(
        "the document is not shown as destroyed",
        "văn bản không được hiện là đã hủy"
    );
    lab.until(what, |lab| {
        let view = why_incoming(lab, item.incoming())?;
        let gone = view.get("destroyed") == Some(&Value::Bool(true))
            && view.get("kept") == Some(&Value::Bool(false));
        Ok(gone.then_some(()))
    })
}

fn recall_stays_known(bench: &Bench) -> Outcome {
    let mut lab = bench.lab()?;
    let (made, item, action) = recalled(&mut lab)?;
    agree(&mut lab, &action)?;
    await_answer(&mut lab, "15", &[&made.document_id])?;
    let document = why_incoming(&mut lab, item.incoming())?;
    let recall = why_incoming(&mut lab, action.incoming())?;
    let known = text(&document, "/document_id") == made.document_id
        && text(&document, "/from") == PEER
        && text(&recall, "/from") == PEER;
    ensure(known, || {
        said!(
            "`why` does not know the recall or its document any more",
            "`why` không còn biết yêu cầu thu hồi hoặc văn bản"
        )
    })
}

fn decline(bench: &Bench) -> Outcome {
    let mut lab = bench.lab()?;
    let (made, item) = received(&mut lab)?;
    let recall = acting(&lab, 1, &made);
    lab.deliver(PEER, Kind::Document, &recall.bytes())?;
    let action = action_on(&mut lab, &item)?;
    let note = "Văn bản đã triển khai";
    let members = json!({ "incoming": action.incoming(), "note": note });
    lab.done("decline", members)?;
    let answer = await_answer(&mut lab, "16", &[&made.document_id, &recall.document_id])?;
    let status = header(&answer)?;
    ensure(text(&status, "/Description") == note, || {
        said!("16 has another reason", "16 mang lý do khác")
    })?;
    ensure_there(&mut lab, &item)
}

fn decline_needs_reason(bench: &Bench) -> Outcome {
    let mut lab = bench.lab()?;
    let (_, _, action) = recalled(&mut lab)?;
    lab.refused("decline", json!({ "incoming": action.incoming() }))?;
    no_answer(&mut lab, &["16"])
}

fn decided_once(bench: &Bench) -> Outcome {
    let mut lab = bench.lab()?;
    let (made, _, action) = recalled(&mut lab)?;
    agree(&mut lab, &action)?;
    let members = json!({ "incoming": action.incoming(), "note": "Đổi ý" });
    lab.refused("decline", members)?;
    await_answer(&mut lab, "15", &[&made.document_id])?;
    no_answer(&mut lab, &["16"])
}

fn agree_to_no_action(bench: &Bench) -> Outcome {
    let mut lab = bench.lab()?;
    let (_, item) = received(&mut lab)?;
    lab.refused("agree", json!({ "incoming": item.incoming() }))?;
    no_answer(&mut lab, &["15"])?;
    ensure_there(&mut lab, &item)
}

/// Delivers an ordinary document and takes it; on the way, actions are agreed
/// to as a careless clerk would.
fn careless_until_next(lab: &mut Lab) -> Outcome {
    until_a_later_one(lab, |lab, item, _| {
        if is_action(item) {
            // Whether it is refused is the product's choice; what it does is looked at.
            let _ = lab.ask("agree", json!({ "incoming": item.incoming() }))?;
            return Ok(());
        }
        lab.accept(item)
    })
}

fn recall_by_another(bench: &Bench) -> Outcome {
    let mut lab = bench.lab()?;
    let (made, item) = received(&mut lab)?;
    let number = format!("{}/TD-VP", made.number);
    let status = status_xml(OTHER, lab.organ(), &number, &made.document_id, "13", REASON);
    let status = lab.deliver(OTHER, Kind::Status, status.as_bytes())?;
    let packet = Made::document(OTHER, lab.organ(), lab.number()).acting(1, &made, REASON);
    let packet = lab.deliver(OTHER, Kind::Document, &packet.bytes())?;
    for delivery in [status, packet] {
        lab.await_acknowledgement(&delivery)?;
    }
    careless_until_next(&mut lab)?;
    ensure_there(&mut lab, &item)
}

fn unknown_target(bench: &Bench) -> Outcome {
    let mut lab = bench.lab()?;
    let never_came = Made::document(PEER, lab.organ(), lab.number());
    let recall = made_recall(&never_came, lab.organ(), REASON);
    let delivery = lab.deliver(PEER, Kind::Status, &recall)?;
    lab.await_acknowledgement(&delivery)?;
    let marker = Made::document(PEER, lab.organ(), lab.number());
    lab.deliver(PEER, Kind::Document, &marker.bytes())?;
    let what = said!(
        "a document that came later is not shown",
        "văn bản đến sau không được hiện"
    );
    lab.until(what, |lab| {
        let Some(item) = lab.poll(200)? else {
            return Ok(None);
        };
        let is_it = item.text("/document/DocumentId") == marker.document_id;
        Ok(is_it.then_some(()))
    })?;
    no_answer(&mut lab, &["15"])
}

fn recall_before_taken(bench: &Bench) -> Outcome {
    let mut lab = bench.lab()?;
    let made = Made::document(PEER, lab.organ(), lab.number());
    let document = lab.deliver(PEER, Kind::Document, &made.bytes())?;
    lab.await_acknowledgement(&document)?;
    let recall = made_recall(&made, lab.organ(), REASON);
    let recall = lab.deliver(PEER, Kind::Status, &recall)?;
    lab.await_acknowledgement(&recall)?;
    let action = next_action(&mut lab)?;
    let target = action.text("/acts_on").to_owned();
    agree(&mut lab, &action)?;
    await_answer(&mut lab, "15", &[&made.document_id])?;
    let view = why_incoming(&mut lab, &target)?;
    ensure(view.get("destroyed") == Some(&Value::Bool(true)), || {
        said!("the document was not destroyed", "văn bản không bị hủy")
    })?;
    lab.nothing_comes(said!(
        "the withdrawn document is shown all the same",
        "văn bản đã rút vẫn được hiện"
    ))
}

fn no_status_after_recall(bench: &Bench) -> Outcome {
    let mut lab = bench.lab()?;
    let (made, item, action) = recalled(&mut lab)?;
    agree(&mut lab, &action)?;
    await_answer(&mut lab, "15", &[&made.document_id])?;
    lab.refused("report", reporting(&item, "06", None))?;
    no_answer(&mut lab, &["06"])
}
