//! Duplicates and replays: what comes again, and what only looks like it.

use std::time::Duration;

use serde_json::{Value, json};

use super::traffic::{AWAY, about, at, id_of, noise, same};
use crate::axis_server::{Fault, Kind, QueueState};
use crate::rebuild::{Flavour, RebuildOptions, rebuild};
use crate::suite::bench::{Bench, OTHER, PEER};
use crate::suite::case::{
    Case,
    Chapter::Duplicate,
    Level::{Must, Should},
    Need::{Command, Feature, Fresh},
    Run,
};
use crate::suite::lab::Lab;
use crate::suite::letter::{Made, made_recall, made_status};
use crate::suite::said;
use crate::suite::text::{Said, t};
use crate::suite::verdict::{Outcome, Stop, ensure};

pub(super) const CASES: &[Case] = &[
    Case {
        id: "duplicate-listed-twice",
        chapter: Duplicate,
        level: Must,
        clauses: &["flow-acknowledgement", "P02", "wire-list"],
        refusal: Some(t(
            "It is not shown a second time.",
            "Không hiện lần thứ hai.",
        )),
        title: t(
            "A packet that is listed twice is one document",
            "Gói tin bị liệt kê hai lần chỉ là một văn bản",
        ),
        why: t(
            "Lists of the axis repeat rows; the registry must not.",
            "Danh sách của trục có dòng lặp; sổ văn bản thì không được lặp.",
        ),
        steps: &[t(
            "Every list has each row twice; a document comes.",
            "Mọi danh sách đều lặp từng dòng; một văn bản được chuyển tới.",
        )],
        expected: t(
            "It is shown once, and 01 is sent once.",
            "Văn bản được hiện một lần, 01 được gửi một lần.",
        ),
        needs: &[Command("poll")],
        quick: true,
        run: Run::Connector(listed_twice),
    },
    Case {
        id: "duplicate-other-delivery",
        chapter: Duplicate,
        level: Must,
        clauses: &["flow-acknowledgement", "P02", "P18"],
        refusal: Some(t(
            "The second is neither shown nor acknowledged `fail`.",
            "Lần thứ hai không được hiện và không bị xác nhận `fail`.",
        )),
        title: t(
            "The same packet under another id of the axis is the same document",
            "Cùng gói tin dưới mã chuyển khác của trục vẫn là một văn bản",
        ),
        why: t(
            "Senders that got no answer send again; both arrive.",
            "Bên gửi không nhận được trả lời sẽ gửi lại; cả hai đều tới.",
        ),
        steps: &[t(
            "The same bytes come in two deliveries at once.",
            "Cùng dữ liệu đến trong hai lần chuyển.",
        )],
        expected: t(
            "Both are acknowledged `done`; it is shown once.",
            "Cả hai được xác nhận `done`; văn bản được hiện một lần.",
        ),
        needs: &[Command("poll")],
        quick: true,
        run: Run::Connector(other_delivery),
    },
    Case {
        id: "duplicate-after-acceptance",
        chapter: Duplicate,
        level: Must,
        clauses: &["flow-acknowledgement", "P02"],
        refusal: Some(t(
            "The replay is not shown.",
            "Lần chuyển lại không được hiện.",
        )),
        title: t(
            "A document that comes again after it was accepted is not shown again",
            "Văn bản đến lại sau khi đã nhận không được hiện lại",
        ),
        why: t(
            "It would be entered in the register twice.",
            "Nếu không sẽ vào sổ hai lần.",
        ),
        steps: &[t(
            "A document is accepted; days later (a new delivery) it comes again.",
            "Văn bản đã được nhận; sau đó lại đến bằng một lần chuyển mới.",
        )],
        expected: t(
            "The second is acknowledged `done` and not shown.",
            "Lần sau được xác nhận `done` và không hiện.",
        ),
        needs: &[Command("poll")],
        quick: true,
        run: Run::Connector(after_acceptance),
    },
    Case {
        id: "duplicate-after-restart",
        chapter: Duplicate,
        level: Must,
        clauses: &["flow-acknowledgement", "P02", "P-hand-off"],
        refusal: Some(t(
            "The replay is not shown.",
            "Lần chuyển lại không được hiện.",
        )),
        title: t(
            "A replay is recognised after a restart",
            "Nhận ra gói tin lặp sau khi khởi động lại",
        ),
        why: t(
            "Ids that are held in memory only let a replay through.",
            "Mã chỉ nhớ trong bộ nhớ sẽ để lọt gói tin lặp.",
        ),
        steps: &[t(
            "A document is accepted, the product is killed and started, the document comes again.",
            "Văn bản đã nhận, dừng đột ngột và khởi động lại phần mềm, văn bản đến lại.",
        )],
        expected: t(
            "It is acknowledged `done` and not shown.",
            "Được xác nhận `done` và không hiện.",
        ),
        needs: &[Command("poll"), Feature("restart"), Fresh],
        quick: true,
        run: Run::Connector(after_restart),
    },
    Case {
        id: "duplicate-rebuilt-copy",
        chapter: Duplicate,
        level: Should,
        clauses: &["P18", "rebuild", "flow-acknowledgement"],
        refusal: Some(t(
            "The rebuilt copy is not a new document.",
            "Bản dựng lại không phải văn bản mới.",
        )),
        title: t(
            "The same document by two routes is one document",
            "Cùng văn bản đến theo hai đường chỉ là một văn bản",
        ),
        why: t(
            "One came over the province, one over the national axis, which rebuilt it: other bytes, the same document.",
            "Một bản qua trục tỉnh, một bản qua trục quốc gia đã dựng lại: dữ liệu khác nhưng cùng văn bản.",
        ),
        steps: &[t(
            "A document comes as it was written, and again as a hop rebuilt it.",
            "Văn bản đến nguyên bản, rồi đến lại dưới dạng trục dựng lại.",
        )],
        expected: t(
            "It is shown once; both are acknowledged `done`.",
            "Văn bản được hiện một lần; cả hai được xác nhận `done`.",
        ),
        needs: &[Command("poll")],
        quick: true,
        run: Run::Connector(rebuilt_copy),
    },
    Case {
        id: "duplicate-same-id-other-content",
        chapter: Duplicate,
        level: Must,
        clauses: &["ND30-VI-duplicate", "QD28-9.1"],
        refusal: Some(t(
            "It is not taken for a copy of the first.",
            "Không bị coi là bản sao của văn bản đầu.",
        )),
        title: t(
            "Another content under a used id is neither dropped nor passed over in silence",
            "Nội dung khác mang mã đã có không bị bỏ và không bị lờ đi",
        ),
        why: t(
            "Either it is a forgery or a corrected document: a person has to decide.",
            "Đó là giả mạo hoặc bản sửa: người có thẩm quyền phải quyết định.",
        ),
        steps: &[t(
            "A document is accepted; another with the same id and another file comes.",
            "Văn bản đã nhận; một văn bản cùng mã nhưng tệp khác được chuyển tới.",
        )],
        expected: t(
            "It is acknowledged; it is shown with `conflict`, or stands in `quarantine`.",
            "Gói tin được xác nhận; được hiện với `conflict`, hoặc nằm trong `quarantine`.",
        ),
        needs: &[Command("poll")],
        quick: true,
        run: Run::Connector(same_id_other_content),
    },
    Case {
        id: "duplicate-same-number",
        chapter: Duplicate,
        level: Should,
        clauses: &["ND30-VI-duplicate"],
        refusal: None,
        title: t(
            "The same number, notation and issuer under another id is warned about",
            "Cảnh báo khi trùng số, ký hiệu, cơ quan ban hành nhưng khác mã",
        ),
        why: t(
            "Decree 30, annex VI asks for this warning by name.",
            "Phụ lục VI Nghị định 30 yêu cầu đích danh cảnh báo này.",
        ),
        steps: &[t(
            "A document comes; another with the same number, notation, issuer and date and another id comes.",
            "Một văn bản đến; một văn bản khác cùng số, ký hiệu, cơ quan ban hành, ngày nhưng khác mã được chuyển tới.",
        )],
        expected: t(
            "Both are shown; the second has `conflict` or an event names it that other documents do not have.",
            "Cả hai được hiện; văn bản thứ hai có `conflict` hoặc có sự kiện riêng mà văn bản khác không có.",
        ),
        needs: &[Command("poll"), Command("events")],
        quick: true,
        run: Run::Connector(same_number),
    },
    Case {
        id: "duplicate-two-senders",
        chapter: Duplicate,
        level: Must,
        clauses: &["ND30-VI-duplicate", "P07"],
        refusal: None,
        title: t(
            "The same id of two organs is two documents",
            "Cùng mã nhưng hai cơ quan gửi là hai văn bản",
        ),
        why: t(
            "Ids are unique within an organ only; one of the two would be lost.",
            "Mã chỉ duy nhất trong một cơ quan; nếu không sẽ mất một văn bản.",
        ),
        steps: &[t(
            "Two peers send documents with the same id, `2026-000001` and the like.",
            "Hai cơ quan gửi văn bản cùng mã, kiểu `2026-000001`.",
        )],
        expected: t("Both are shown.", "Cả hai được hiện."),
        needs: &[Command("poll")],
        quick: true,
        run: Run::Connector(two_senders),
    },
    Case {
        id: "duplicate-status-harmless",
        chapter: Duplicate,
        level: Must,
        clauses: &["P02", "wire-status", "ND30-VI-state"],
        refusal: Some(t(
            "The copy of 01 does not become the state.",
            "Bản sao của 01 không trở thành trạng thái.",
        )),
        title: t(
            "A status that comes twice counts once and harms nothing",
            "Trạng thái đến hai lần chỉ tính một lần, không gây hại",
        ),
        why: t(
            "A late copy of 01 must not take a finished document back.",
            "Bản sao muộn của 01 không được kéo lùi văn bản đã xử lý.",
        ),
        steps: &[t(
            "The receiver's 01 and 03 come, then both again.",
            "Trạng thái 01, 03 của bên nhận đến, rồi cả hai đến lại.",
        )],
        expected: t(
            "All are acknowledged `done`; the document stands at 03.",
            "Tất cả được xác nhận `done`; văn bản vẫn ở 03.",
        ),
        needs: &[Command("send"), Command("why")],
        quick: true,
        run: Run::Connector(status_harmless),
    },
    Case {
        id: "duplicate-lost-acknowledgement",
        chapter: Duplicate,
        level: Must,
        clauses: &["wire-acknowledge", "P02"],
        refusal: Some(t(
            "It is not shown a second time.",
            "Không hiện lần thứ hai.",
        )),
        title: t(
            "An acknowledgement whose answer was lost is given again, the packet not shown again",
            "Xác nhận bị mất trả lời được gửi lại, gói tin không hiện lại",
        ),
        why: t(
            "The connector cannot know whether the axis heard it.",
            "Phần mềm không biết trục đã ghi nhận hay chưa.",
        ),
        steps: &[t(
            "A document comes; the first acknowledgements break off before the axis reads them.",
            "Văn bản đến; những lần xác nhận đầu bị ngắt trước khi trục đọc.",
        )],
        expected: t(
            "In the end the axis has `done`; the document is shown once.",
            "Cuối cùng trục có `done`; văn bản được hiện một lần.",
        ),
        needs: &[Command("poll")],
        quick: true,
        run: Run::Connector(lost_acknowledgement),
    },
    Case {
        id: "duplicate-acknowledgement-refused",
        chapter: Duplicate,
        level: Should,
        clauses: &["wire-acknowledge", "wire-codes", "P01"],
        refusal: Some(t(
            "It is not shown a second time.",
            "Không hiện lần thứ hai.",
        )),
        title: t(
            "An acknowledgement that is refused does not lose or double the document",
            "Xác nhận bị từ chối không làm mất hay lặp văn bản",
        ),
        why: t(
            "An axis that is at fault refuses for hours.",
            "Trục đang lỗi có thể từ chối hàng giờ.",
        ),
        steps: &[t(
            "A document comes; updateStatus is answered with 20 three times.",
            "Văn bản đến; updateStatus bị trả lời 20 ba lần.",
        )],
        expected: t(
            "The document is shown once; the axis has `done` in the end.",
            "Văn bản được hiện một lần; cuối cùng trục có `done`.",
        ),
        needs: &[Command("poll")],
        quick: true,
        run: Run::Connector(acknowledgement_refused),
    },
    Case {
        id: "duplicate-recall-once",
        chapter: Duplicate,
        level: Must,
        clauses: &["flow-change", "P02"],
        refusal: Some(t(
            "The second is not shown.",
            "Lần thứ hai không được hiện.",
        )),
        title: t(
            "A recall that comes twice is one recall",
            "Yêu cầu thu hồi đến hai lần là một yêu cầu",
        ),
        why: t(
            "A second question after the decision would undo it.",
            "Hỏi lại sau khi đã quyết định sẽ làm rối quyết định đó.",
        ),
        steps: &[t(
            "A document is accepted; the same status 13 comes in two deliveries.",
            "Văn bản đã nhận; cùng một trạng thái 13 đến trong hai lần chuyển.",
        )],
        expected: t(
            "One action is shown; both deliveries are acknowledged `done`.",
            "Hiện một yêu cầu; cả hai lần chuyển được xác nhận `done`.",
        ),
        needs: &[Command("poll")],
        quick: true,
        run: Run::Connector(recall_once),
    },
    Case {
        id: "duplicate-old-and-new-code",
        chapter: Duplicate,
        level: Must,
        clauses: &["D22", "flow-identifiers", "P18", "QD20-2020"],
        refusal: Some(t(
            "The second is not shown.",
            "Lần thứ hai không được hiện.",
        )),
        title: t(
            "An organ named by its old and its new code gets one document",
            "Cơ quan bị ghi cả mã cũ và mã mới chỉ nhận một văn bản",
        ),
        why: t(
            "Both codes stand in To since the recoding; the axis may deliver both.",
            "Từ khi đổi mã, nơi nhận thường ghi cả hai mã; trục có thể chuyển cả hai.",
        ),
        steps: &[t(
            "A document to both codes of the product's organ comes in two deliveries.",
            "Văn bản ghi cả hai mã của cơ quan được chuyển tới hai lần.",
        )],
        expected: t(
            "It is shown once; both are acknowledged `done`.",
            "Văn bản được hiện một lần; cả hai được xác nhận `done`.",
        ),
        needs: &[Command("poll"), Fresh],
        quick: true,
        run: Run::Connector(old_and_new_code),
    },
    Case {
        id: "duplicate-sender-recoded",
        chapter: Duplicate,
        level: Should,
        clauses: &["flow-identifiers", "P17", "P18", "D22"],
        refusal: Some(t(
            "The second is not shown as a new document.",
            "Lần thứ hai không được hiện như văn bản mới.",
        )),
        title: t(
            "The same document under the sender's old and new code is one document",
            "Cùng văn bản mang mã cũ và mã mới của bên gửi là một văn bản",
        ),
        why: t(
            "Two routes name the sender by two codes; the directory says that they are one.",
            "Hai đường truyền ghi bên gửi bằng hai mã; danh mục cho biết đó là một cơ quan.",
        ),
        steps: &[t(
            "The directory has an old and a new code of a peer; its document comes under the new one, and again under the old one.",
            "Danh mục có mã cũ và mã mới của một cơ quan; văn bản của cơ quan đó đến với mã mới, rồi đến lại với mã cũ.",
        )],
        expected: t(
            "It is shown once, or the second time with `conflict`; both are acknowledged `done`.",
            "Văn bản được hiện một lần, hoặc lần hai có `conflict`; cả hai được xác nhận `done`.",
        ),
        needs: &[Command("poll"), Fresh],
        quick: true,
        run: Run::Connector(sender_recoded),
    },
];

fn made(lab: &Lab) -> Made {
    Made::document(PEER, lab.organ(), lab.number())
}

fn deliver(lab: &mut Lab, bytes: &[u8]) -> Outcome<String> {
    lab.deliver(PEER, Kind::Document, bytes)
}

fn twice() -> Said {
    said!("it is shown a second time", "gói tin được hiện lần thứ hai")
}

/// That deliveries are acknowledged `done`: a duplicate is no failure.
fn all_done(lab: &mut Lab, ids: &[String]) -> Outcome {
    for id in ids {
        let state = lab.await_acknowledgement(id)?;
        ensure(state == QueueState::Done, || {
            about(id, "acknowledged `fail`", "bị xác nhận `fail`")
        })?;
    }
    Ok(())
}

/// Takes and accepts the next packet, which is this one.
fn shown(lab: &mut Lab, made: &Made) -> Outcome<String> {
    let item = lab.take_and_accept()?;
    same("DocumentId", &json!(id_of(&item)), &json!(made.document_id))?;
    Ok(item.incoming().to_owned())
}

/// That 01 about a document was sent once.
fn one_arrival(lab: &mut Lab, id: &str) -> Outcome {
    lab.await_status("01", id)?;
    lab.looked_at_axis()?;
    let codes = lab.statuses_about(id)?;
    let count = codes.iter().filter(|code| *code == "01").count();
    ensure(count == 1, || {
        said!("01 was sent {count} times", "01 được gửi {count} lần")
    })
}

fn listed_twice(bench: &Bench) -> Outcome {
    let mut lab = bench.lab()?;
    lab.fault("getReceivedEdocList", 0, Fault::DuplicateListing);
    let made = made(&lab);
    let id = deliver(&mut lab, &made.bytes())?;
    shown(&mut lab, &made)?;
    all_done(&mut lab, &[id])?;
    lab.nothing_comes(twice())?;
    one_arrival(&mut lab, &made.document_id)
}

fn other_delivery(bench: &Bench) -> Outcome {
    let mut lab = bench.lab()?;
    let made = made(&lab);
    let bytes = made.bytes();
    let ids = [deliver(&mut lab, &bytes)?, deliver(&mut lab, &bytes)?];
    shown(&mut lab, &made)?;
    all_done(&mut lab, &ids)?;
    lab.nothing_comes(twice())?;
    one_arrival(&mut lab, &made.document_id)
}

fn after_acceptance(bench: &Bench) -> Outcome {
    let mut lab = bench.lab()?;
    let made = made(&lab);
    deliver(&mut lab, &made.bytes())?;
    shown(&mut lab, &made)?;
    let again = deliver(&mut lab, &made.bytes())?;
    all_done(&mut lab, &[again])?;
    lab.nothing_comes(twice())
}

fn after_restart(bench: &Bench) -> Outcome {
    let mut lab = bench.lab_with(|_| {})?;
    let made = made(&lab);
    let first = deliver(&mut lab, &made.bytes())?;
    shown(&mut lab, &made)?;
    all_done(&mut lab, &[first])?;
    lab.restart()?;
    let again = deliver(&mut lab, &made.bytes())?;
    all_done(&mut lab, &[again])?;
    lab.nothing_comes(twice())
}

fn rebuilt_copy(bench: &Bench) -> Outcome {
    let mut lab = bench.lab()?;
    let made = made(&lab);
    let now = "2026/03/04 09:00:00";
    let options = RebuildOptions::new(Flavour::AsSeen, "000.00.00.W00", now, lab.number());
    let mut built = Vec::new();
    rebuild(&made.bytes()[..], &mut built, options).map_err(Stop::own)?;
    let first = deliver(&mut lab, &made.bytes())?;
    shown(&mut lab, &made)?;
    let again = deliver(&mut lab, &built)?;
    all_done(&mut lab, &[first, again])?;
    lab.nothing_comes(twice())
}

/// Whether something in `quarantine` is new.
fn quarantined(lab: &mut Lab) -> Outcome<usize> {
    match lab.ask("quarantine", json!({}))? {
        Ok(all) => Ok(all.as_array().map_or(0, Vec::len)),
        Err(_) => Ok(0),
    }
}

fn is_warned(conflict: &Value) -> bool {
    !matches!(conflict, Value::Null | Value::Bool(false))
}

fn same_id_other_content(bench: &Bench) -> Outcome {
    let mut lab = bench.lab()?;
    let made = made(&lab);
    deliver(&mut lab, &made.bytes())?;
    shown(&mut lab, &made)?;
    let before = quarantined(&mut lab)?;
    let other = made.files(&[("cong-van.pdf", &noise(2_000, 9))]);
    let id = deliver(&mut lab, &other.bytes())?;
    lab.await_acknowledgement(&id)?;
    let what = said!(
        "it is neither shown nor in quarantine",
        "không được hiện và cũng không nằm trong khu cách ly"
    );
    let item = lab.until(what, |lab| {
        if let Some(item) = lab.poll(100)? {
            return Ok(Some(Some(item)));
        }
        Ok((quarantined(lab)? > before).then_some(None))
    })?;
    let Some(item) = item else { return Ok(()) };
    lab.accept(&item)?;
    same(
        "DocumentId",
        &json!(id_of(&item)),
        &json!(other.document_id),
    )?;
    ensure(is_warned(at(&item.0, "conflict")), || {
        said!(
            "it is shown without `conflict`",
            "được hiện nhưng không có `conflict`"
        )
    })
}

/// What the events say of a packet that came.
fn events_of(lab: &mut Lab, incoming: &str) -> Outcome<Vec<String>> {
    let all = lab.done("events", json!({ "limit": 10_000 }))?;
    let all = all.as_array().cloned().unwrap_or_default();
    let of_it = all
        .iter()
        .filter(|event| *at(event, "incoming") == json!(incoming));
    let words = of_it.filter_map(|event| at(event, "what").as_str());
    Ok(words.map(str::to_owned).collect())
}

fn same_number(bench: &Bench) -> Outcome {
    let mut lab = bench.lab()?;
    let made = made(&lab);
    deliver(&mut lab, &made.bytes())?;
    let first = shown(&mut lab, &made)?;
    let mut other = made.clone();
    other.document_id = format!("{}-other", made.document_id);
    other.subject = "V/v việc khác".to_owned();
    deliver(&mut lab, &other.bytes())?;
    let item = lab.take_and_accept()?;
    same(
        "DocumentId",
        &json!(id_of(&item)),
        &json!(other.document_id),
    )?;
    if is_warned(at(&item.0, "conflict")) {
        return Ok(());
    }
    let what = said!(
        "no event and no `conflict` warns of the number",
        "không có sự kiện hay `conflict` nào cảnh báo trùng số"
    );
    let second = item.incoming().to_owned();
    lab.until(what, |lab| {
        let usual = events_of(lab, &first)?;
        let here = events_of(lab, &second)?;
        Ok(here.iter().any(|word| !usual.contains(word)).then_some(()))
    })
}

fn two_senders(bench: &Bench) -> Outcome {
    let mut lab = bench.lab()?;
    let id = format!("2026-{:06}", lab.number());
    for from in [PEER, OTHER] {
        let mut made = Made::document(from, lab.organ(), lab.number());
        made.document_id.clone_from(&id);
        lab.deliver(from, Kind::Document, &made.bytes())?;
        let item = lab.take_and_accept()?;
        same("from", &json!(item.text("/from")), &json!(from))?;
        same("DocumentId", &json!(id_of(&item)), &json!(id))?;
    }
    Ok(())
}

fn status_harmless(bench: &Bench) -> Outcome {
    let mut lab = bench.lab()?;
    let letter = lab.letter(&[PEER]);
    let out = lab.send(&letter)?;
    lab.await_recipient(&out, PEER, "delivery", &["accepted"])?;
    for round in 0..2 {
        for code in ["01", "03"] {
            let status = made_status(PEER, &letter, code, "");
            let id = lab.deliver(PEER, Kind::Status, &status)?;
            all_done(&mut lab, &[id])?;
            let expected = if round == 0 { code } else { "03" };
            lab.await_recipient(&out, PEER, "status", &[expected])?;
        }
    }
    lab.looked_at_axis()?;
    let recipient = lab.recipient(&out, PEER)?;
    same("status", at(&recipient, "status"), &json!("03"))
}

fn lost_acknowledgement(bench: &Bench) -> Outcome {
    let mut lab = bench.lab()?;
    lab.fault("updateStatus", 2, AWAY);
    let made = made(&lab);
    let id = deliver(&mut lab, &made.bytes())?;
    shown(&mut lab, &made)?;
    all_done(&mut lab, &[id])?;
    lab.nothing_comes(twice())?;
    one_arrival(&mut lab, &made.document_id)
}

fn acknowledgement_refused(bench: &Bench) -> Outcome {
    let mut lab = bench.lab()?;
    let fault = Fault::WrongCode {
        code: "20".to_owned(),
        accepted: false,
    };
    lab.fault("updateStatus", 3, fault);
    let made = made(&lab);
    let id = deliver(&mut lab, &made.bytes())?;
    shown(&mut lab, &made)?;
    all_done(&mut lab, &[id])?;
    lab.nothing_comes(twice())
}

fn recall_once(bench: &Bench) -> Outcome {
    let mut lab = bench.lab()?;
    let made = made(&lab);
    deliver(&mut lab, &made.bytes())?;
    shown(&mut lab, &made)?;
    let own = lab.organ().to_owned();
    let recall = made_recall(&made, &own, "Ban hành nhầm");
    let mut ids = Vec::new();
    for _ in 0..2 {
        ids.push(lab.deliver(PEER, Kind::Status, &recall)?);
    }
    let item = lab.take_and_accept()?;
    same("is_action", at(&item.0, "is_action"), &json!(true))?;
    all_done(&mut lab, &ids)?;
    lab.nothing_comes(twice())
}

fn old_and_new_code(bench: &Bench) -> Outcome {
    const OLD: &str = "000.00.01.H99";
    let units = format!("code,oldCode,name\n{},{OLD},Cơ quan thí dụ\n", bench.organ);
    let file = bench.folder().join("units.csv");
    std::fs::write(&file, units).map_err(Stop::own)?;
    let mut lab = bench.lab_with(|setup| setup.axis(|axis| axis.directory = Some(file)))?;
    let mut made = made(&lab);
    made.to = vec![OLD.to_owned(), lab.organ().to_owned()];
    let ids = [
        lab.deliver_to(OLD, PEER, Kind::Document, &made.bytes())?,
        deliver(&mut lab, &made.bytes())?,
    ];
    shown(&mut lab, &made)?;
    all_done(&mut lab, &ids)?;
    lab.nothing_comes(twice())
}

fn sender_recoded(bench: &Bench) -> Outcome {
    const OLD: &str = "000.00.02.H99";
    let units = format!("code,oldCode,name\n{PEER},{OLD},Cơ quan thí dụ\n");
    let file = bench.folder().join("units.csv");
    std::fs::write(&file, units).map_err(Stop::own)?;
    let mut lab = bench.lab_with(|setup| setup.axis(|axis| axis.directory = Some(file)))?;
    let what = said!(
        "the product did not ask for the directory",
        "phần mềm không hỏi danh mục cơ quan"
    );
    // It may have asked before the lab began.
    lab.until(what, |lab| {
        let all = lab.axis.wire_log(0, Duration::ZERO);
        let mut paths = all.iter().map(|call| call.path.as_str());
        let asked = paths.any(|path| path.contains("Agencies") || path.contains("Unit"));
        Ok(asked.then_some(()))
    })?;
    let made = made(&lab);
    let first = deliver(&mut lab, &made.bytes())?;
    shown(&mut lab, &made)?;
    let mut recoded = made.clone();
    recoded.from = OLD.to_owned();
    let again = lab.deliver(OLD, Kind::Document, &recoded.bytes())?;
    all_done(&mut lab, &[first, again])?;
    lab.looked_at_axis()?;
    let Some(item) = lab.poll(100)? else {
        return Ok(());
    };
    lab.accept(&item)?;
    ensure(is_warned(at(&item.0, "conflict")), twice)
}
