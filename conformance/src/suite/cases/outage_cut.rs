//! Outages: calls and answers that break off, come late or make no sense.

use serde_json::json;

use super::traffic::{AWAY, accepted_in_the_end, arrived_once, copies, given, later};
use crate::axis_server::{Fault, Kind};
use crate::suite::bench::{Bench, PEER};
use crate::suite::case::{
    Case,
    Chapter::Outage,
    Level::{May, Must},
    Need::{Command, Feature, Fresh},
    Run,
};
use crate::suite::letter::Made;
use crate::suite::said;
use crate::suite::text::t;
use crate::suite::verdict::{Outcome, ensure};

pub(super) const CASES: &[Case] = &[
    Case {
        id: "outage-cut-requests",
        chapter: Outage,
        level: Must,
        clauses: &["wire-retry", "wire-send"],
        refusal: None,
        title: t(
            "A request that breaks off, wherever, costs no document",
            "Yêu cầu bị ngắt ở bất kỳ đâu cũng không làm mất văn bản",
        ),
        why: t(
            "Lines break in the head, in the packet, and at its end.",
            "Đường truyền có thể ngắt ở phần đầu, giữa gói tin hoặc ở cuối.",
        ),
        steps: &[t(
            "For a document each, the request breaks off after 10, 900 and 3,000 bytes.",
            "Mỗi văn bản bị ngắt yêu cầu một lần, sau 10, 900 và 3.000 byte.",
        )],
        expected: t(
            "Each arrives whole, once.",
            "Từng văn bản tới nơi đầy đủ, đúng một lần.",
        ),
        needs: &[Command("send")],
        quick: true,
        run: Run::Connector(cut_requests),
    },
    Case {
        id: "outage-cut-answers",
        chapter: Outage,
        level: Must,
        clauses: &["wire-retry", "wire-answer"],
        refusal: None,
        title: t(
            "An answer that breaks off leaves no document in doubt for ever",
            "Câu trả lời bị ngắt không làm văn bản mãi không rõ kết quả",
        ),
        why: t(
            "The axis has it, the sender does not know.",
            "Trục đã có văn bản nhưng bên gửi không biết.",
        ),
        steps: &[t(
            "For a document each, the axis takes it, and its answer breaks off after 0, 30 and 180 bytes.",
            "Mỗi văn bản được trục nhận nhưng câu trả lời bị ngắt sau 0, 30 và 180 byte.",
        )],
        expected: t(
            "Each stands at accepted in the end; all copies have the same bytes.",
            "Cuối cùng từng văn bản ở trạng thái đã nhận; mọi bản có cùng dữ liệu.",
        ),
        needs: &[Command("send")],
        quick: true,
        run: Run::Connector(cut_answers),
    },
    Case {
        id: "outage-ask-before-resend",
        chapter: Outage,
        level: May,
        clauses: &["wire-retry", "P02"],
        refusal: Some(t("No second copy is sent.", "Không gửi bản thứ hai.")),
        title: t(
            "Where no answer came, the axis is asked before the packet goes again",
            "Khi không có trả lời, phần mềm hỏi trục trước khi gửi lại",
        ),
        why: t(
            "Blind resending makes duplicates at every receiver.",
            "Gửi lại mù quáng sinh trùng lặp ở mọi nơi nhận.",
        ),
        steps: &[t(
            "The axis takes a document; its answer does not arrive.",
            "Trục nhận văn bản; câu trả lời không tới.",
        )],
        expected: t(
            "The document stands at accepted, and the axis has it once.",
            "Văn bản ở trạng thái đã nhận, và trục chỉ có một bản.",
        ),
        needs: &[Command("send")],
        quick: true,
        run: Run::Connector(ask_before_resend),
    },
    Case {
        id: "outage-slow-answer",
        chapter: Outage,
        level: Must,
        clauses: &["wire-answer", "wire-retry"],
        refusal: Some(t("It is not sent a second time.", "Không gửi lần thứ hai.")),
        title: t(
            "A slow answer is waited for",
            "Câu trả lời chậm vẫn được chờ",
        ),
        why: t(
            "Impatience sends every packet twice on bad days.",
            "Thiếu kiên nhẫn sẽ gửi trùng mọi gói tin trong những ngày mạng kém.",
        ),
        steps: &[t(
            "The answer to sendEdoc drips in over half a second.",
            "Câu trả lời sendEdoc nhỏ giọt trong nửa giây.",
        )],
        expected: t(
            "Accepted, and the axis has it once.",
            "Đã được nhận, và trục chỉ có một bản.",
        ),
        needs: &[Command("send")],
        quick: true,
        run: Run::Connector(slow_answer),
    },
    Case {
        id: "outage-odd-json",
        chapter: Outage,
        level: Must,
        clauses: &["D39", "P21", "wire-answer"],
        refusal: None,
        title: t(
            "Answers with other keys and bare values are understood",
            "Hiểu được câu trả lời có khóa viết khác và giá trị không có ngoặc kép",
        ),
        why: t(
            "The answer differs from its documentation; it is an answer all the same.",
            "Câu trả lời khác tài liệu nhưng vẫn là câu trả lời.",
        ),
        steps: &[t(
            "Every answer has errorCode as a number, errorDesc, and docId without quotes.",
            "Mọi câu trả lời có errorCode là số, errorDesc, và docId không có ngoặc kép.",
        )],
        expected: t(
            "A document is sent once; one that comes is shown and acknowledged.",
            "Văn bản gửi đi đúng một lần; văn bản đến được hiện và xác nhận.",
        ),
        needs: &[Command("send"), Command("poll")],
        quick: true,
        run: Run::Connector(odd_json),
    },
    Case {
        id: "outage-recovery",
        chapter: Outage,
        level: Must,
        clauses: &["P05", "P06", "QD28-6.2"],
        refusal: None,
        title: t(
            "After an outage everything that waited goes out, once, by itself",
            "Sau gián đoạn, mọi gói tin đang chờ tự được gửi đi, đúng một lần",
        ),
        why: t(
            "No button, no list of the morning after.",
            "Không cần bấm nút, không cần rà danh sách sáng hôm sau.",
        ),
        steps: &[
            t(
                "The axis is away; the product is given eight documents and the statuses 03, 04, 06 of one that came.",
                "Trục gián đoạn; giao cho phần mềm tám văn bản và các trạng thái 03, 04, 06 của một văn bản đến.",
            ),
            t("The axis is back.", "Trục hoạt động trở lại."),
        ],
        expected: t(
            "Each document once; the statuses once and in their order.",
            "Mỗi văn bản một lần; các trạng thái một lần và đúng thứ tự.",
        ),
        needs: &[Command("send"), Command("poll"), Command("report")],
        quick: true,
        run: Run::Connector(recovery),
    },
    Case {
        id: "outage-kill-while-sending",
        chapter: Outage,
        level: Must,
        clauses: &["P-hand-off", "P06", "wire-retry"],
        refusal: None,
        title: t(
            "A crash in the middle of sending loses nothing",
            "Phần mềm hỏng khi đang gửi không làm mất văn bản",
        ),
        why: t(
            "Nobody knows what the axis has; the store has to.",
            "Không ai biết trục đã có gì; kho dữ liệu phải biết.",
        ),
        steps: &[t(
            "The product is killed while sendEdoc of three documents is under way; it is started again.",
            "Dừng đột ngột phần mềm khi đang gửi ba văn bản; khởi động lại.",
        )],
        expected: t(
            "Each stands at accepted in the end; all copies of one have the same bytes.",
            "Cuối cùng từng văn bản ở trạng thái đã nhận; mọi bản của một văn bản có cùng dữ liệu.",
        ),
        needs: &[Command("send"), Command("why"), Feature("restart"), Fresh],
        quick: true,
        run: Run::Connector(kill_while_sending),
    },
];

fn cut_requests(bench: &Bench) -> Outcome {
    let mut lab = bench.lab()?;
    for bytes in [10, 900, 3_000] {
        lab.fault("sendEdoc", 1, Fault::CloseAfterRequest { bytes });
        let (letter, _) = given(&mut lab)?;
        lab.await_letter(&letter)?;
        arrived_once(&mut lab, letter.document_id())?;
    }
    Ok(())
}

fn cut_answers(bench: &Bench) -> Outcome {
    let mut lab = bench.lab()?;
    for bytes in [0, 30, 180] {
        lab.fault("sendEdoc", 1, Fault::CloseAfterAnswer { bytes });
        let (letter, out) = given(&mut lab)?;
        accepted_in_the_end(&mut lab, &letter, &out)?;
    }
    Ok(())
}

fn ask_before_resend(bench: &Bench) -> Outcome {
    let mut lab = bench.lab()?;
    lab.fault("sendEdoc", 1, Fault::CloseAfterAnswer { bytes: 0 });
    let (letter, out) = given(&mut lab)?;
    accepted_in_the_end(&mut lab, &letter, &out)?;
    arrived_once(&mut lab, letter.document_id())
}

fn slow_answer(bench: &Bench) -> Outcome {
    let mut lab = bench.lab()?;
    lab.fault("sendEdoc", 1, Fault::Drip { bytes: 5, ms: 10 });
    let (letter, out) = given(&mut lab)?;
    accepted_in_the_end(&mut lab, &letter, &out)?;
    arrived_once(&mut lab, letter.document_id())
}

fn odd_json(bench: &Bench) -> Outcome {
    let mut lab = bench.lab()?;
    lab.fault("*", 0, Fault::OddJson);
    let (letter, out) = given(&mut lab)?;
    accepted_in_the_end(&mut lab, &letter, &out)?;
    let made = Made::document(PEER, lab.organ(), lab.number());
    let id = lab.deliver(PEER, Kind::Document, &made.bytes())?;
    lab.take_and_accept()?;
    lab.await_acknowledgement(&id)?;
    arrived_once(&mut lab, letter.document_id())
}

fn recovery(bench: &Bench) -> Outcome {
    let mut lab = bench.lab()?;
    let made = Made::document(PEER, lab.organ(), lab.number());
    lab.deliver(PEER, Kind::Document, &made.bytes())?;
    let item = lab.take_and_accept()?;
    lab.await_status("01", &made.document_id)?;
    lab.fault("*", 0, AWAY);
    let mut letters = Vec::new();
    for _ in 0..8 {
        letters.push(given(&mut lab)?.0);
    }
    for code in ["03", "04", "06"] {
        let members = json!({ "incoming": item.incoming(), "code": code });
        lab.done("report", members)?;
    }
    lab.no_faults();
    for letter in &letters {
        lab.await_letter(letter)?;
    }
    lab.await_status("06", &made.document_id)?;
    later(&mut lab)?;
    for letter in &letters {
        let id = letter.document_id();
        let count = copies(&lab, id)?.len();
        ensure(count == 1, || {
            said!("{id} was sent {count} times", "{id} được gửi {count} lần")
        })?;
    }
    let codes = lab.statuses_about(&made.document_id)?;
    ensure(codes == ["01", "03", "04", "06"], || {
        let codes = codes.join(", ");
        said!(
            "the statuses went as {codes}",
            "trạng thái được gửi là {codes}"
        )
    })
}

fn kill_while_sending(bench: &Bench) -> Outcome {
    let mut lab = bench.lab_with(|_| {})?;
    lab.fault("sendEdoc", 0, Fault::Delay { ms: 1_500 });
    let mut all = Vec::new();
    for _ in 0..3 {
        all.push(given(&mut lab)?);
    }
    let what = said!("the product sent nothing", "phần mềm không gửi gì");
    lab.until_by_itself(what, |lab| {
        let faults = lab.axis.faults();
        Ok(faults.iter().any(|fault| fault.happened > 0).then_some(()))
    })?;
    lab.kill()?;
    lab.no_faults();
    lab.begin()?;
    for (letter, out) in &all {
        accepted_in_the_end(&mut lab, letter, out)?;
    }
    Ok(())
}
