//! Outages: what is tried again, when, and for whom.

use serde_json::json;

use super::traffic::{
    AWAY, accepted_in_the_end, arrived_once, at, becomes_unwell, copies, given, health, later,
    not_accepted, one_digest, refused_with, same, tried,
};
use crate::axis_server::Fault;
use crate::suite::bench::{Bench, OTHER, PEER};
use crate::suite::case::{
    Case,
    Chapter::Outage,
    Level::{Must, Should},
    Need::{Command, Feature, Fresh, Setting},
    Run,
};
use crate::suite::lab::Lab;
use crate::suite::said;
use crate::suite::text::t;
use crate::suite::verdict::{Outcome, Stop, ensure};

pub(super) const CASES: &[Case] = &[
    Case {
        id: "outage-retry",
        chapter: Outage,
        level: Should,
        clauses: &["P05"],
        refusal: None,
        title: t(
            "What failed is tried again when an operator says so",
            "Văn bản thất bại được gửi lại khi người vận hành yêu cầu",
        ),
        why: t(
            "A locked organ is unlocked; the document need not be made anew.",
            "Cơ quan bị khóa được mở lại; không cần tạo lại văn bản.",
        ),
        steps: &[t(
            "sendEdoc is answered once with 23; then `retry`.",
            "sendEdoc bị trả lời 23 một lần; sau đó `retry`.",
        )],
        expected: t(
            "The document arrives, once, under the same id and with the same hash-file.",
            "Văn bản tới đúng một lần, cùng mã và cùng hash-file.",
        ),
        needs: &[Command("send"), Command("why"), Command("retry")],
        quick: true,
        run: Run::Connector(retry),
    },
    Case {
        id: "outage-drop",
        chapter: Outage,
        level: Should,
        clauses: &["P06"],
        refusal: Some(t("It is not sent.", "Không gửi.")),
        title: t(
            "What was dropped is not sent any more",
            "Văn bản đã bỏ không còn được gửi",
        ),
        why: t(
            "A wrong document that waits must be stopped.",
            "Văn bản sai đang chờ phải chặn được.",
        ),
        steps: &[t(
            "The axis takes nothing; a document is given and dropped; the axis takes packets again.",
            "Trục chưa nhận gì; giao một văn bản rồi bỏ; trục nhận gói tin trở lại.",
        )],
        expected: t(
            "`why` says dropped, and the axis never gets it.",
            "`why` cho biết đã bỏ, và trục không bao giờ nhận được.",
        ),
        needs: &[Command("send"), Command("why"), Command("drop")],
        quick: true,
        run: Run::Connector(drop),
    },
    Case {
        id: "outage-one-refused-of-two",
        chapter: Outage,
        level: Should,
        clauses: &["P03", "wire-codes", "flow-document"],
        refusal: None,
        title: t(
            "A receiver that is refused does not hold the others",
            "Một nơi nhận bị từ chối không cản trở nơi nhận khác",
        ),
        why: t(
            "Twenty-five agencies wait because of one that was dissolved.",
            "Hai mươi lăm cơ quan phải chờ vì một cơ quan đã giải thể.",
        ),
        steps: &[t(
            "A document goes to two organs; the axis refuses every packet that names one of them (23).",
            "Văn bản gửi tới hai cơ quan; trục từ chối mọi gói tin có nêu một trong hai (23).",
        )],
        expected: t(
            "The other organ has the document; the refused one is shown as failed, the other as accepted.",
            "Cơ quan kia có văn bản; nơi bị từ chối hiện là thất bại, nơi kia là đã được nhận.",
        ),
        needs: &[Command("send"), Command("why")],
        quick: true,
        run: Run::Connector(one_refused_of_two),
    },
    Case {
        id: "outage-partly-accepted",
        chapter: Outage,
        level: Must,
        clauses: &["P03", "P06"],
        refusal: Some(t(
            "The refused one does not become accepted.",
            "Nơi bị từ chối không thành đã được nhận.",
        )),
        title: t(
            "Success and failure are told for each receiver",
            "Báo thành công hay thất bại cho từng nơi nhận",
        ),
        why: t(
            "\"Sent\" was shown for a document that one of two never got.",
            "Từng có văn bản báo \"đã gửi\" trong khi một trong hai nơi không nhận được.",
        ),
        steps: &[t(
            "A document goes to two organs; the axis takes it for one and answers 23 for the other.",
            "Văn bản gửi tới hai cơ quan; trục nhận cho một nơi và trả lời 23 vì nơi kia.",
        )],
        expected: t(
            "The refused organ is not shown as accepted.",
            "Cơ quan bị từ chối không hiện là đã được nhận.",
        ),
        needs: &[Command("send"), Command("why")],
        quick: true,
        run: Run::Connector(partly_accepted),
    },
    Case {
        id: "outage-clock-off",
        chapter: Outage,
        level: Should,
        clauses: &["QD28-14"],
        refusal: Some(t(
            "`doctor` does not say that all is well.",
            "`doctor` không báo mọi thứ đều tốt.",
        )),
        title: t(
            "A clock that is not that of the axis is seen",
            "Phát hiện đồng hồ lệch so với trục",
        ),
        why: t(
            "Vietnamese time, synchronised with the axis (art. 14).",
            "Giờ Việt Nam, đồng bộ với trục (Điều 14).",
        ),
        steps: &[t(
            "The Date of every answer is a day off.",
            "Date của mọi câu trả lời lệch một ngày.",
        )],
        expected: t(
            "`doctor` says of something that it is not well, which was well before.",
            "`doctor` báo có mục không tốt mà trước đó tốt.",
        ),
        needs: &[Command("doctor"), Fresh],
        quick: true,
        run: Run::Connector(clock_off),
    },
    Case {
        id: "outage-silent-axis",
        chapter: Outage,
        level: Must,
        clauses: &["wire-retry", "P04"],
        refusal: Some(t(
            "It is not told as sent before.",
            "Không báo đã gửi trước đó.",
        )),
        title: t(
            "An axis that takes calls and never answers stops nothing for ever",
            "Trục nhận lời gọi mà không trả lời không làm phần mềm treo mãi",
        ),
        why: t(
            "A hanging call held a whole connector for days.",
            "Một lời gọi treo từng giữ cả phần mềm kết nối nhiều ngày.",
        ),
        steps: &[
            t(
                "Every call stands still for longer than the limit; the product is given a document and asked for it.",
                "Mọi lời gọi đứng yên quá giới hạn; giao văn bản và hỏi về văn bản đó.",
            ),
            t("The axis answers again.", "Trục trả lời trở lại."),
        ],
        expected: t(
            "Commands are answered all the while; the document arrives afterwards.",
            "Lệnh vẫn được trả lời suốt thời gian đó; văn bản tới nơi sau đó.",
        ),
        needs: &[
            Command("send"),
            Command("why"),
            Setting("axis.idle_timeout"),
            Fresh,
        ],
        quick: true,
        run: Run::Connector(silent_axis),
    },
    Case {
        id: "outage-credentials-resumed",
        chapter: Outage,
        level: Should,
        clauses: &["wire-codes", "P05"],
        refusal: Some(t(
            "Code 15 is not the end of the document.",
            "Mã 15 không phải kết quả cuối của văn bản.",
        )),
        title: t(
            "A document that met wrong credentials goes by itself when they are right",
            "Văn bản gặp lỗi xác thực tự được gửi khi thông tin đã đúng",
        ),
        why: t(
            "The packet is not at fault; nobody should have to press a hundred buttons.",
            "Lỗi không ở gói tin; không ai phải bấm gửi lại hàng trăm lần.",
        ),
        steps: &[
            t(
                "The product is started with another secret and given a document; the axis refuses it.",
                "Khởi động phần mềm với khóa khác và giao một văn bản; trục từ chối.",
            ),
            t(
                "The secret is corrected; the product is started anew.",
                "Sửa khóa; khởi động lại phần mềm.",
            ),
        ],
        expected: t(
            "The document arrives, once, without `retry`.",
            "Văn bản tới đúng một lần mà không cần `retry`.",
        ),
        needs: &[Command("send"), Command("why"), Feature("restart"), Fresh],
        quick: true,
        run: Run::Connector(credentials_resumed),
    },
    Case {
        id: "outage-back-off",
        chapter: Outage,
        level: Should,
        clauses: &["P05", "wire-retry"],
        refusal: Some(t(
            "It does not call without end.",
            "Không gọi liên tục không nghỉ.",
        )),
        title: t(
            "Between attempts there are pauses",
            "Giữa các lần thử có khoảng nghỉ",
        ),
        why: t(
            "An axis that comes up again falls under a thousand callers that never rest.",
            "Trục vừa khôi phục sẽ lại sập nếu hàng nghìn phần mềm gọi liên tục.",
        ),
        steps: &[t(
            "sendEdoc is always answered with 20 for a second and a half; the pauses are set to at most 50 ms, doubled up to 400 ms.",
            "Trong một giây rưỡi, sendEdoc luôn bị trả lời 20; khoảng nghỉ đặt tối đa 50 ms, tăng dần tới 400 ms.",
        )],
        expected: t(
            "No more than forty attempts.",
            "Không quá bốn mươi lần thử.",
        ),
        needs: &[
            Command("send"),
            Setting("send.pause"),
            Setting("send.longest_pause"),
        ],
        quick: true,
        run: Run::Connector(back_off),
    },
];

/// Words of `delivery` that say that no more is tried.
const ENDED: &[&str] = &["failed", "held", "dropped"];

fn retry(bench: &Bench) -> Outcome {
    let mut lab = bench.lab()?;
    lab.fault("sendEdoc", 1, refused_with("23"));
    let (letter, out) = given(&mut lab)?;
    lab.await_recipient(&out, PEER, "delivery", &["failed", "held"])?;
    lab.done("retry", json!({ "outgoing": out }))?;
    accepted_in_the_end(&mut lab, &letter, &out)?;
    one_digest(&lab)?;
    arrived_once(&mut lab, letter.document_id())
}

fn drop(bench: &Bench) -> Outcome {
    let mut lab = bench.lab()?;
    lab.fault("sendEdoc", 0, AWAY);
    let (letter, out) = given(&mut lab)?;
    let what = said!("nothing can be dropped", "không bỏ được văn bản");
    // One whose attempt is under way need not count.
    lab.until(what, |lab| {
        let dropped = lab.done("drop", json!({ "outgoing": out }))?;
        let count = at(&dropped, "recipients").as_u64().unwrap_or(0);
        Ok((count > 0).then_some(()))
    })?;
    // An attempt that was under way ends before the axis takes packets.
    lab.looked_at_axis()?;
    lab.looked_at_axis()?;
    lab.no_faults();
    later(&mut lab)?;
    let recipient = lab.recipient(&out, PEER)?;
    same("delivery", at(&recipient, "delivery"), &json!("dropped"))?;
    ensure(copies(&lab, letter.document_id())?.is_empty(), || {
        said!("it was sent", "văn bản vẫn được gửi")
    })
}

fn one_refused_of_two(bench: &Bench) -> Outcome {
    let mut lab = bench.lab()?;
    let out = refusing(&mut lab, false)?;
    lab.await_recipient(&out, OTHER, "delivery", ENDED)?;
    lab.await_recipient(&out, PEER, "delivery", &["accepted"])?;
    let to_peer = lab.deliveries().iter().any(|one| one.organ == PEER);
    ensure(to_peer, || {
        said!("{PEER} did not get it", "{PEER} không nhận được văn bản")
    })
}

/// Sends to two organs, of which the axis refuses one.
fn refusing(lab: &mut Lab, rest_accepted: bool) -> Outcome<String> {
    let fault = Fault::RefuseOrgan {
        organ: OTHER.to_owned(),
        code: "23".to_owned(),
        rest_accepted,
    };
    lab.fault("sendEdoc", 0, fault);
    let letter = lab.letter(&[PEER, OTHER]);
    lab.send(&letter)
}

fn partly_accepted(bench: &Bench) -> Outcome {
    let mut lab = bench.lab()?;
    let out = refusing(&mut lab, true)?;
    tried(&mut lab)?;
    for _ in 0..2 {
        lab.looked_at_axis()?;
        not_accepted(&mut lab, &out, OTHER)?;
    }
    lab.await_recipient(&out, OTHER, "delivery", ENDED)
        .map(|_| ())
}

fn clock_off(bench: &Bench) -> Outcome {
    let mut lab = bench.lab_with(|_| {})?;
    lab.looked_at_axis()?;
    let before = health(&mut lab, true)?;
    lab.fault("*", 0, Fault::WrongDate { seconds: 86_400 });
    becomes_unwell(&mut lab, &before, "wrong-date")
}

fn silent_axis(bench: &Bench) -> Outcome {
    let mut lab = bench.lab_with(|setup| setup.set("axis.idle_timeout", "500"))?;
    lab.fault("*", 0, Fault::Delay { ms: 2_500 });
    let (letter, out) = given(&mut lab)?;
    let what = said!(
        "the product did not try again after a call without an answer",
        "phần mềm không thử lại sau lời gọi không được trả lời"
    );
    lab.until_by_itself(what, |lab| {
        not_accepted(lab, &out, PEER)?;
        let faults = lab.axis.faults();
        Ok(faults.iter().any(|fault| fault.happened >= 4).then_some(()))
    })?;
    lab.no_faults();
    accepted_in_the_end(&mut lab, &letter, &out)
}

fn credentials_resumed(bench: &Bench) -> Outcome {
    let mut lab = bench.lab_with(|setup| setup.secret("a secret of yesterday"))?;
    let (letter, out) = given(&mut lab)?;
    tried(&mut lab)?;
    // So that it has heard the answer, too.
    for _ in 0..2 {
        lab.looked_at_axis()?;
    }
    not_accepted(&mut lab, &out, PEER)?;
    lab.kill()?;
    std::fs::write(lab.folder().join("secret"), lab.secret()).map_err(Stop::own)?;
    lab.begin()?;
    accepted_in_the_end(&mut lab, &letter, &out)?;
    arrived_once(&mut lab, letter.document_id())
}

fn back_off(bench: &Bench) -> Outcome {
    let mut lab = bench.lab()?;
    lab.fault("sendEdoc", 0, refused_with("20"));
    given(&mut lab)?;
    // Nothing is shown meanwhile: this is the time that passes.
    lab.poll(1_500)?;
    let count = lab.calls("sendEdoc").len();
    ensure((1..=40).contains(&count), || {
        said!("there were {count} attempts", "có {count} lần thử")
    })
}
