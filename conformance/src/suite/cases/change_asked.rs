//! Recalls, updates and replacements that the product asks for.

use serde_json::{Value, json};

use super::steps::{answer, header, sent, settled, text};
use crate::axis_server::Kind;
use crate::suite::bench::{Bench, OTHER, PEER};
use crate::suite::case::{
    Case,
    Chapter::Change,
    Level::{May, Must, Should},
    Need::Command,
    Run,
};
use crate::suite::lab::{Lab, SentPacket};
use crate::suite::letter::Letter;
use crate::suite::said;
use crate::suite::text::t;
use crate::suite::verdict::{Outcome, ensure};

const REASON: &str = "Ban hành nhầm số, đề nghị lấy lại";

pub(super) const CASES: &[Case] = &[
    Case {
        id: "change-recall-each",
        chapter: Change,
        level: Must,
        clauses: &["QD28-8", "P08"],
        refusal: None,
        title: t(
            "A recall goes to every receiver as a status 13 with its reason",
            "Yêu cầu lấy lại (13) tới mọi nơi nhận kèm lý do",
        ),
        why: t(
            "A receiver that is not asked keeps working on a wrong document.",
            "Nơi không được báo sẽ tiếp tục xử lý văn bản sai.",
        ),
        steps: &[
            t(
                "A document goes to two organs.",
                "Gửi văn bản tới hai cơ quan.",
            ),
            t(
                "The product recalls it with a reason.",
                "Phần mềm yêu cầu lấy lại kèm lý do.",
            ),
        ],
        expected: t(
            "Each of the two has a status 13 of the product's organ with the document's id and the reason.",
            "Mỗi nơi có một trạng thái 13 từ cơ quan của phần mềm, nêu mã văn bản và lý do.",
        ),
        needs: &[Command("send"), Command("why"), Command("recall")],
        quick: true,
        run: Run::Connector(recall_each),
    },
    Case {
        id: "change-recall-some",
        chapter: Change,
        level: Must,
        clauses: &["QD28-8", "P03"],
        refusal: Some(t(
            "Nothing goes to a receiver that was not named.",
            "Không gửi gì tới nơi nhận không được nêu.",
        )),
        title: t(
            "A recall from one receiver leaves the others alone",
            "Lấy lại ở một nơi nhận không ảnh hưởng nơi khác",
        ),
        why: t(
            "The others would destroy a document that is theirs to keep.",
            "Nơi khác sẽ hủy văn bản mà họ phải giữ.",
        ),
        steps: &[t(
            "A document goes to two organs; it is recalled from the second only.",
            "Gửi tới hai cơ quan; chỉ yêu cầu lấy lại ở cơ quan thứ hai.",
        )],
        expected: t(
            "13 lies in the queue of the second alone; `change` of the first is none.",
            "13 chỉ có trong hàng đợi của cơ quan thứ hai; `change` của cơ quan thứ nhất là none.",
        ),
        needs: &[Command("send"), Command("why"), Command("recall")],
        quick: true,
        run: Run::Connector(recall_some),
    },
    Case {
        id: "change-recall-reason-needed",
        chapter: Change,
        level: Should,
        clauses: &["QD28-8"],
        refusal: Some(t(
            "`recall` without a reason is refused.",
            "`recall` không có lý do bị từ chối.",
        )),
        title: t(
            "A recall without a reason is refused",
            "Yêu cầu lấy lại không có lý do bị từ chối",
        ),
        why: t(
            "The receiver decides by the reason.",
            "Bên nhận căn cứ lý do để quyết định.",
        ),
        steps: &[t(
            "A sent document is recalled without `reason`.",
            "Yêu cầu lấy lại văn bản đã gửi mà không có `reason`.",
        )],
        expected: t("An error; no 13 at the axis.", "Báo lỗi; trục không có 13."),
        needs: &[Command("send"), Command("why"), Command("recall")],
        quick: true,
        run: Run::Connector(recall_reason_needed),
    },
    Case {
        id: "change-recall-unknown",
        chapter: Change,
        level: Should,
        clauses: &["QD28-8", "P08"],
        refusal: Some(t(
            "`recall` of what was never sent is refused.",
            "`recall` văn bản chưa từng gửi bị từ chối.",
        )),
        title: t(
            "What was never sent cannot be recalled",
            "Không thể lấy lại văn bản chưa từng gửi",
        ),
        why: t(
            "A 13 about nothing makes receivers search in vain.",
            "13 về văn bản không tồn tại khiến bên nhận tìm vô ích.",
        ),
        steps: &[t(
            "An outgoing id that was never given is recalled.",
            "Yêu cầu lấy lại một mã gửi chưa từng được cấp.",
        )],
        expected: t("An error; no 13 at the axis.", "Báo lỗi; trục không có 13."),
        needs: &[Command("recall")],
        quick: true,
        run: Run::Connector(recall_unknown),
    },
    Case {
        id: "change-recall-once",
        chapter: Change,
        level: Should,
        clauses: &["P08"],
        refusal: Some(t(
            "No second 13 goes to a receiver that has not answered the first.",
            "Không gửi 13 lần hai khi nơi nhận chưa trả lời.",
        )),
        title: t(
            "A recall that was not answered is not sent twice",
            "Yêu cầu lấy lại chưa được trả lời thì không gửi lần hai",
        ),
        why: t(
            "The receiver would have two requests to decide on.",
            "Bên nhận sẽ có hai yêu cầu phải trả lời.",
        ),
        steps: &[t(
            "A document is recalled twice.",
            "Yêu cầu lấy lại một văn bản hai lần.",
        )],
        expected: t("One 13 at the axis.", "Trục chỉ có một trạng thái 13."),
        needs: &[Command("send"), Command("why"), Command("recall")],
        quick: true,
        run: Run::Connector(recall_once),
    },
    Case {
        id: "change-recall-agreed",
        chapter: Change,
        level: Must,
        clauses: &["QD28-9.2", "ND30-VI-recall", "flow-change"],
        refusal: None,
        title: t(
            "15 is shown as agreement, and the recalled document is frozen",
            "15 được hiện là đồng ý, văn bản bị lấy lại được đóng băng",
        ),
        why: t(
            "The sender has to know that the copy is gone, and must not change the document any more.",
            "Bên gửi phải biết bản đã hủy và không được sửa văn bản nữa.",
        ),
        steps: &[t(
            "A document to one organ is recalled; the organ answers 15.",
            "Lấy lại văn bản gửi một cơ quan; cơ quan đó trả lời 15.",
        )],
        expected: t(
            "`change` of the recipient is agreed, and `frozen` of the document true.",
            "`change` của nơi nhận là agreed và `frozen` của văn bản là true.",
        ),
        needs: &[Command("send"), Command("why"), Command("recall")],
        quick: true,
        run: Run::Connector(recall_agreed),
    },
    Case {
        id: "change-recall-declined",
        chapter: Change,
        level: Must,
        clauses: &["flow-change", "P08"],
        refusal: Some(t(
            "A declined recall is not shown as one that was agreed to.",
            "Yêu cầu bị từ chối không được hiện là đã đồng ý.",
        )),
        title: t(
            "16 is shown as a refusal, and the document stands as before",
            "16 được hiện là từ chối, văn bản giữ nguyên tình trạng",
        ),
        why: t(
            "The document is still valid at the receiver.",
            "Văn bản vẫn còn hiệu lực ở bên nhận.",
        ),
        steps: &[t(
            "The receiver reports 03; the document is recalled; the receiver answers 16 with a reason.",
            "Bên nhận báo 03; văn bản được yêu cầu lấy lại; bên nhận trả lời 16 kèm lý do.",
        )],
        expected: t(
            "`change` is declined, the recipient's status still 03, the document not frozen.",
            "`change` là declined, trạng thái vẫn 03, văn bản không đóng băng.",
        ),
        needs: &[Command("send"), Command("why"), Command("recall")],
        quick: true,
        run: Run::Connector(recall_declined),
    },
    Case {
        id: "change-answers-apart",
        chapter: Change,
        level: Must,
        clauses: &["flow-document", "flow-change"],
        refusal: Some(t(
            "One receiver's 15 does not count for the other.",
            "15 của nơi này không tính cho nơi khác.",
        )),
        title: t(
            "Each receiver's answer to a recall counts for itself",
            "Trả lời lấy lại của mỗi nơi nhận chỉ tính cho nơi đó",
        ),
        why: t(
            "One copy that is left is one too many.",
            "Còn sót một bản là chưa lấy lại xong.",
        ),
        steps: &[t(
            "A document to two organs is recalled; only the first answers 15.",
            "Lấy lại văn bản gửi hai cơ quan; chỉ cơ quan thứ nhất trả lời 15.",
        )],
        expected: t(
            "`change` is agreed for the first and requested for the second.",
            "`change` là agreed ở nơi thứ nhất và requested ở nơi thứ hai.",
        ),
        needs: &[Command("send"), Command("why"), Command("recall")],
        quick: true,
        run: Run::Connector(answers_apart),
    },
    Case {
        id: "change-answer-of-a-stranger",
        chapter: Change,
        level: Must,
        clauses: &["QD28-8", "flow-change"],
        refusal: Some(t(
            "15 of an organ that was not asked does not count.",
            "15 của cơ quan không được yêu cầu không được tính.",
        )),
        title: t(
            "A stranger cannot agree to a recall",
            "Cơ quan ngoài cuộc không thể đồng ý thay",
        ),
        why: t(
            "The sender would believe a copy destroyed that is still there.",
            "Bên gửi sẽ tưởng bản đã hủy trong khi vẫn còn.",
        ),
        steps: &[t(
            "A document to one organ is recalled; another organ answers 15, then the receiver 16.",
            "Lấy lại văn bản gửi một cơ quan; cơ quan khác trả lời 15, sau đó nơi nhận trả lời 16.",
        )],
        expected: t(
            "`change` stays requested after the first, and is declined after the second.",
            "Sau lần đầu `change` vẫn là requested; sau lần hai là declined.",
        ),
        needs: &[Command("send"), Command("why"), Command("recall")],
        quick: true,
        run: Run::Connector(answer_of_a_stranger),
    },
    Case {
        id: "change-answer-unasked",
        chapter: Change,
        level: Should,
        clauses: &["flow-change"],
        refusal: Some(t(
            "15 where nothing was asked does not count.",
            "15 khi chưa ai yêu cầu không được tính.",
        )),
        title: t(
            "An agreement that nobody asked for changes nothing",
            "Trả lời đồng ý khi chưa ai yêu cầu không làm thay đổi gì",
        ),
        why: t(
            "Nothing was recalled, so nothing may be shown as recalled.",
            "Chưa yêu cầu lấy lại thì không thể hiện là đã lấy lại.",
        ),
        steps: &[t(
            "The receiver of a document answers 15 although nothing was asked.",
            "Bên nhận gửi 15 dù chưa có yêu cầu nào.",
        )],
        expected: t(
            "It is acknowledged; `change` is none and the document not frozen.",
            "Được xác nhận; `change` là none, văn bản không đóng băng.",
        ),
        needs: &[Command("send"), Command("why")],
        quick: true,
        run: Run::Connector(answer_unasked),
    },
    Case {
        id: "change-answer-ambiguous",
        chapter: Change,
        level: May,
        clauses: &["flow-change", "P08"],
        refusal: Some(t(
            "An answer that may be meant for two requests is applied to none until somebody says which.",
            "Trả lời có thể hiểu cho hai yêu cầu thì chưa áp dụng cho đến khi có người chỉ rõ.",
        )),
        title: t(
            "A 15 that may answer an update or a recall is not guessed at",
            "Không đoán khi 15 có thể trả lời cập nhật hoặc lấy lại",
        ),
        why: t(
            "Agreement to an update must not pass for a destroyed document.",
            "Đồng ý cập nhật không được hiểu thành đã hủy văn bản.",
        ),
        steps: &[
            t(
                "An update of a document is sent, and the document recalled; 15 comes, naming the document.",
                "Gửi bản cập nhật rồi yêu cầu lấy lại cùng văn bản; có 15 nêu mã văn bản.",
            ),
            t(
                "`assign` says that 15 was meant for the update; a second 15 comes.",
                "`assign` chỉ rõ 15 là trả lời cho bản cập nhật; sau đó có 15 thứ hai.",
            ),
        ],
        expected: t(
            "The document's `change` stays requested before and after; a second 15 makes it agreed.",
            "`change` của văn bản trước và sau vẫn là requested; 15 thứ hai mới làm thành agreed.",
        ),
        needs: &[
            Command("send"),
            Command("why"),
            Command("recall"),
            Command("assign"),
        ],
        quick: true,
        run: Run::Connector(answer_ambiguous),
    },
    Case {
        id: "change-update-sent",
        chapter: Change,
        level: Must,
        clauses: &["flow-change", "QCVN102", "P08"],
        refusal: None,
        title: t(
            "An update and a replacement name the document they act on",
            "Gói cập nhật và thay thế nêu đúng văn bản bị tác động",
        ),
        why: t(
            "Without it the receiver takes them for new documents.",
            "Thiếu thì bên nhận coi là văn bản mới.",
        ),
        steps: &[t(
            "A document is sent; then a packet of type 2 and one of type 3 about it.",
            "Gửi văn bản; sau đó gửi gói loại 2 và loại 3 về nó.",
        )],
        expected: t(
            "BussinessDocType is 2 with the document's id in Bussiness/DocumentId, and 3 with id and organ in ReplacementInfo.",
            "BussinessDocType là 2 với mã ở Bussiness/DocumentId, và 3 với mã cùng cơ quan ở ReplacementInfo.",
        ),
        needs: &[Command("send"), Command("why")],
        quick: true,
        run: Run::Connector(update_sent),
    },
    Case {
        id: "change-waits-for-original",
        chapter: Change,
        level: Must,
        clauses: &["flow-order"],
        refusal: Some(t(
            "The update does not pass while its document is refused for the time being.",
            "Bản cập nhật không vượt khi văn bản gốc còn bị từ chối tạm thời.",
        )),
        title: t(
            "An update does not overtake the document it is about",
            "Bản cập nhật không vượt trước văn bản gốc",
        ),
        why: t(
            "It would arrive about a document that the receiver does not have.",
            "Bản cập nhật sẽ đến khi bên nhận chưa có văn bản.",
        ),
        steps: &[
            t(
                "The axis answers the next three packets with 20.",
                "Trục trả mã 20 cho ba gói tin kế tiếp.",
            ),
            t(
                "A document is sent, and at once an update of it.",
                "Gửi văn bản và ngay sau đó bản cập nhật.",
            ),
        ],
        expected: t(
            "Both arrive, the document first.",
            "Cả hai tới nơi, văn bản gốc trước.",
        ),
        needs: &[Command("send")],
        quick: true,
        run: Run::Connector(waits_for_original),
    },
];

fn recall(lab: &mut Lab, outgoing: &str) -> Outcome {
    let members = json!({ "outgoing": outgoing, "reason": REASON });
    lab.done("recall", members).map(drop)
}

/// The recalls of a document at the axis.
fn recalls(lab: &Lab, letter: &Letter) -> Outcome<Vec<SentPacket>> {
    let mut sent = lab.sent()?;
    sent.retain(|packet| packet.code() == "13" && packet.document_id() == letter.document_id());
    Ok(sent)
}

fn await_recalls(lab: &mut Lab, letter: &Letter, count: usize) -> Outcome<Vec<SentPacket>> {
    let what = said!(
        "not all {count} recalls reached the axis",
        "chưa đủ {count} yêu cầu lấy lại tới trục"
    );
    lab.until(what, |lab| {
        let found = recalls(lab, letter)?;
        let reached: usize = found.iter().map(|packet| packet.to.len()).sum();
        Ok((reached >= count).then_some(found))
    })
}

fn change_of(lab: &mut Lab, outgoing: &str, organ: &str) -> Outcome<String> {
    let recipient = lab.recipient(outgoing, organ)?;
    Ok(text(&recipient, "/change").to_owned())
}

fn ensure_change(lab: &mut Lab, outgoing: &str, organ: &str, wanted: &str) -> Outcome {
    let change = change_of(lab, outgoing, organ)?;
    ensure(change == wanted, || {
        said!(
            "`change` of {organ} is {change}, not {wanted}",
            "`change` của {organ} là {change}, không phải {wanted}"
        )
    })
}

fn is_frozen(lab: &mut Lab, outgoing: &str) -> Outcome<bool> {
    let why = lab.done("why", json!({ "packet": outgoing }))?;
    Ok(why.pointer("/outgoing/frozen") == Some(&Value::Bool(true)))
}

fn recall_each(bench: &Bench) -> Outcome {
    let mut lab = bench.lab()?;
    let (letter, outgoing) = sent(&mut lab, &[PEER, OTHER])?;
    recall(&mut lab, &outgoing)?;
    let recalls = await_recalls(&mut lab, &letter, 2)?;
    let mut to: Vec<&str> = recalls
        .iter()
        .flat_map(|packet| packet.to.iter().map(String::as_str))
        .collect();
    to.sort_unstable();
    ensure(to == [PEER, OTHER], || {
        let to = to.join(", ");
        said!("13 went to {to}", "13 được gửi tới {to}")
    })?;
    for packet in &recalls {
        let status = header(packet)?;
        let right = text(&status, "/From/OrganId") == lab.organ()
            && text(&status, "/Description") == REASON
            && packet.kind == Kind::Status;
        ensure(right, || {
            said!(
                "a 13 has another sender or reason",
                "có trạng thái 13 sai nơi gửi hoặc lý do"
            )
        })?;
    }
    Ok(())
}

fn recall_some(bench: &Bench) -> Outcome {
    let mut lab = bench.lab()?;
    let (letter, outgoing) = sent(&mut lab, &[PEER, OTHER])?;
    let members = json!({ "outgoing": outgoing, "reason": REASON, "organs": [OTHER] });
    lab.done("recall", members)?;
    await_recalls(&mut lab, &letter, 1)?;
    settled(&mut lab)?;
    let found = recalls(&lab, &letter)?;
    let to: Vec<String> = found.into_iter().flat_map(|packet| packet.to).collect();
    ensure(to == [OTHER], || {
        let to = to.join(", ");
        said!("13 went to {to}", "13 được gửi tới {to}")
    })?;
    ensure_change(&mut lab, &outgoing, PEER, "none")
}

fn recall_reason_needed(bench: &Bench) -> Outcome {
    let mut lab = bench.lab()?;
    let (letter, outgoing) = sent(&mut lab, &[PEER])?;
    lab.refused("recall", json!({ "outgoing": outgoing }))?;
    settled(&mut lab)?;
    ensure(recalls(&lab, &letter)?.is_empty(), || {
        said!("a 13 reached the axis", "có trạng thái 13 tới trục")
    })
}

fn recall_unknown(bench: &Bench) -> Outcome {
    let mut lab = bench.lab()?;
    lab.refused(
        "recall",
        json!({ "outgoing": "out-999999", "reason": REASON }),
    )?;
    lab.looked_at_axis()?;
    ensure(
        lab.sent()?.iter().all(|packet| packet.code() != "13"),
        || said!("a 13 reached the axis", "có trạng thái 13 tới trục"),
    )
}

fn recall_once(bench: &Bench) -> Outcome {
    let mut lab = bench.lab()?;
    let (letter, outgoing) = sent(&mut lab, &[PEER])?;
    recall(&mut lab, &outgoing)?;
    await_recalls(&mut lab, &letter, 1)?;
    // An error and an empty list are equally good.
    let _ = lab.ask("recall", json!({ "outgoing": outgoing, "reason": REASON }))?;
    settled(&mut lab)?;
    let times = recalls(&lab, &letter)?.len();
    ensure(times == 1, || {
        said!("13 was sent {times} times", "13 được gửi {times} lần")
    })
}

/// A document to the peer, and the request to give it back at the axis.
fn recalled(lab: &mut Lab) -> Outcome<(Letter, String)> {
    let (letter, outgoing) = sent(lab, &[PEER])?;
    recall(lab, &outgoing)?;
    await_recalls(lab, &letter, 1)?;
    lab.await_recipient(&outgoing, PEER, "change", &["requested"])?;
    Ok((letter, outgoing))
}

fn recall_agreed(bench: &Bench) -> Outcome {
    let mut lab = bench.lab()?;
    let (letter, outgoing) = recalled(&mut lab)?;
    answer(&mut lab, PEER, &letter, "15", "Đã hủy văn bản")?;
    lab.await_recipient(&outgoing, PEER, "change", &["agreed"])?;
    let frozen = is_frozen(&mut lab, &outgoing)?;
    ensure(frozen, || {
        said!("the document is not frozen", "văn bản không được đóng băng")
    })
}

fn recall_declined(bench: &Bench) -> Outcome {
    let mut lab = bench.lab()?;
    let (letter, outgoing) = sent(&mut lab, &[PEER])?;
    answer(&mut lab, PEER, &letter, "03", "")?;
    lab.await_recipient(&outgoing, PEER, "status", &["03"])?;
    recall(&mut lab, &outgoing)?;
    await_recalls(&mut lab, &letter, 1)?;
    answer(&mut lab, PEER, &letter, "16", "Văn bản đã vào sổ")?;
    lab.await_recipient(&outgoing, PEER, "change", &["declined"])?;
    lab.await_recipient(&outgoing, PEER, "status", &["03"])?;
    let frozen = is_frozen(&mut lab, &outgoing)?;
    ensure(!frozen, || {
        said!(
            "the document is frozen although its recall was declined",
            "văn bản bị đóng băng dù yêu cầu lấy lại bị từ chối"
        )
    })
}

fn answers_apart(bench: &Bench) -> Outcome {
    let mut lab = bench.lab()?;
    let (letter, outgoing) = sent(&mut lab, &[PEER, OTHER])?;
    recall(&mut lab, &outgoing)?;
    await_recalls(&mut lab, &letter, 2)?;
    answer(&mut lab, PEER, &letter, "15", "Đã hủy văn bản")?;
    lab.await_recipient(&outgoing, PEER, "change", &["agreed"])?;
    ensure_change(&mut lab, &outgoing, OTHER, "requested")
}

fn answer_of_a_stranger(bench: &Bench) -> Outcome {
    let mut lab = bench.lab()?;
    let (letter, outgoing) = recalled(&mut lab)?;
    let strange = answer(&mut lab, OTHER, &letter, "15", "Đồng ý thay")?;
    lab.await_acknowledgement(&strange)?;
    settled(&mut lab)?;
    ensure_change(&mut lab, &outgoing, PEER, "requested")?;
    answer(&mut lab, PEER, &letter, "16", "Văn bản đã vào sổ")?;
    lab.await_recipient(&outgoing, PEER, "change", &["declined"])
        .map(drop)
}

fn answer_unasked(bench: &Bench) -> Outcome {
    let mut lab = bench.lab()?;
    let (letter, outgoing) = sent(&mut lab, &[PEER])?;
    let unasked = answer(&mut lab, PEER, &letter, "15", "Đồng ý")?;
    lab.await_acknowledgement(&unasked)?;
    settled(&mut lab)?;
    ensure_change(&mut lab, &outgoing, PEER, "none")?;
    let frozen = is_frozen(&mut lab, &outgoing)?;
    ensure(!frozen, || {
        said!(
            "the document is frozen although nobody recalled it",
            "văn bản bị đóng băng dù không ai yêu cầu lấy lại"
        )
    })
}

/// A document of the product's that updates (2) or replaces (3) another.
fn acting(lab: &Lab, kind: u32, target: &Letter) -> Letter {
    let mut business = json!({
        "BussinessDocType": kind,
        "BussinessDocReason": "Sửa nội dung",
        "Paper": 0,
    });
    let more = if kind == 3 {
        json!({ "ReplacementInfoList": [{ "ReplacementInfo": [{
            "DocumentId": target.document_id(),
            "OrganIdList": { "OrganId": [PEER] },
        }] }] })
    } else {
        json!({
            "DocumentId": target.document_id(),
            "BussinessDocumentInfo": [{ "DocumentInfo": 1, "DocumentReceiver": 0 }],
        })
    };
    if let (Some(business), Value::Object(more)) = (business.as_object_mut(), more) {
        business.extend(more);
    }
    lab.letter(&[PEER])
        .with("/TraceHeaderList", json!({ "Bussiness": business }))
}

fn answer_ambiguous(bench: &Bench) -> Outcome {
    let mut lab = bench.lab()?;
    let (letter, outgoing) = sent(&mut lab, &[PEER])?;
    let update = acting(&lab, 2, &letter);
    let updating = lab.send(&update)?;
    lab.await_letter(&update)?;
    lab.await_recipient(&updating, PEER, "delivery", &["accepted"])?;
    recall(&mut lab, &outgoing)?;
    await_recalls(&mut lab, &letter, 1)?;
    lab.await_recipient(&outgoing, PEER, "change", &["requested"])?;
    let came = answer(&mut lab, PEER, &letter, "15", "Đồng ý")?;
    lab.await_acknowledgement(&came)?;
    settled(&mut lab)?;
    ensure_change(&mut lab, &outgoing, PEER, "requested")?;
    let members = json!({ "outgoing": updating, "organ": PEER, "code": "15" });
    lab.done("assign", members)?;
    ensure_change(&mut lab, &outgoing, PEER, "requested")?;
    // What comes next can only be meant for the recall.
    answer(&mut lab, PEER, &letter, "15", "Đã hủy văn bản")?;
    lab.await_recipient(&outgoing, PEER, "change", &["agreed"])
        .map(drop)
}

fn update_sent(bench: &Bench) -> Outcome {
    let mut lab = bench.lab()?;
    let (letter, _) = sent(&mut lab, &[PEER])?;
    for (kind, pointer) in [
        (2, "/TraceHeaderList/Bussiness/DocumentId"),
        (
            3,
            "/TraceHeaderList/Bussiness/ReplacementInfoList/0/ReplacementInfo/0/DocumentId",
        ),
    ] {
        let action = acting(&lab, kind, &letter);
        lab.send(&action)?;
        let packet = lab.await_letter(&action)?;
        let document = header(&packet)?;
        let found = document
            .pointer("/TraceHeaderList/Bussiness/BussinessDocType")
            .and_then(Value::as_u64);
        let target = text(&document, pointer);
        let right = found == Some(kind.into()) && target == letter.document_id();
        ensure(right, || {
            said!(
                "the packet of type {kind} names `{target}` at the axis",
                "gói tin loại {kind} tại trục nêu `{target}`"
            )
        })?;
    }
    Ok(())
}

fn waits_for_original(bench: &Bench) -> Outcome {
    let mut lab = bench.lab()?;
    let fault = crate::axis_server::Fault::WrongCode {
        code: "20".to_owned(),
        accepted: false,
    };
    lab.fault("sendEdoc", 3, fault);
    let letter = lab.letter(&[PEER]);
    lab.send(&letter)?;
    let update = acting(&lab, 2, &letter);
    lab.send(&update)?;
    lab.await_letter(&update)?;
    let sent = lab.sent()?;
    let first = sent.first().map(SentPacket::document_id);
    ensure(first.as_deref() == Some(letter.document_id()), || {
        said!(
            "the update reached the axis before its document",
            "bản cập nhật tới trục trước văn bản gốc"
        )
    })
}
