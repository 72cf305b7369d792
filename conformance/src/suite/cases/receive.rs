//! Receiving: fetched, acknowledged, and handed to the host program.

use serde_json::{Value, json};

use super::traffic::{DOWNLOADS, at, deliver, has_files, is_of, made, noise, same, sha256};
use crate::axis_server::{Fault, QueueState};
use crate::suite::bench::{Bench, PEER};
use crate::suite::case::{
    Case,
    Chapter::Receive,
    Level::{Must, Should},
    Need::{Command, Feature, Fresh, Setting},
    Run,
};
use crate::suite::lab::Item;
use crate::suite::letter::Made;
use crate::suite::said;
use crate::suite::text::t;
use crate::suite::verdict::{Outcome, Stop, ensure};

pub(super) const CASES: &[Case] = &[
    Case {
        id: "receive-store-before-done",
        chapter: Receive,
        level: Must,
        clauses: &[
            "P01",
            "P-hand-off",
            "wire-acknowledge",
            "flow-acknowledgement",
        ],
        refusal: Some(t(
            "Nothing is acknowledged before it is safe.",
            "Không xác nhận khi chưa lưu an toàn.",
        )),
        title: t(
            "A packet is stored before it is acknowledged",
            "Gói tin được lưu trước khi xác nhận",
        ),
        why: t(
            "What was acknowledged is not listed again: a crash in between loses the document for good.",
            "Gói tin đã xác nhận không còn trong danh sách: phần mềm hỏng đúng lúc đó là mất hẳn văn bản.",
        ),
        steps: &[
            t(
                "A document comes; the answer to updateStatus drips out of the axis.",
                "Văn bản được chuyển tới; câu trả lời updateStatus của trục ra rất chậm.",
            ),
            t(
                "As soon as the axis has it as done, the product is killed; then it is started again.",
                "Ngay khi trục ghi nhận done, dừng đột ngột phần mềm; sau đó khởi động lại.",
            ),
        ],
        expected: t(
            "The document is shown after the restart.",
            "Văn bản được hiện sau khi khởi động lại.",
        ),
        needs: &[
            Command("poll"),
            Feature("restart"),
            Setting("receive.interval"),
            Fresh,
        ],
        quick: true,
        run: Run::Connector(store_before_done),
    },
    Case {
        id: "receive-done-without-clerk",
        chapter: Receive,
        level: Must,
        clauses: &["wire-acknowledge", "flow-acknowledgement"],
        refusal: None,
        title: t(
            "A stored packet is acknowledged `done`, without waiting for a person",
            "Gói tin đã lưu được xác nhận `done`, không chờ người xử lý",
        ),
        why: t(
            "The acknowledgement is of the transport; a queue that waits for clerks runs full.",
            "Đây là xác nhận truyền nhận; hàng đợi chờ văn thư sẽ bị đầy.",
        ),
        steps: &[t(
            "A document comes; nobody looks at it.",
            "Văn bản được chuyển tới; chưa ai xem.",
        )],
        expected: t(
            "The axis is told `done` for it.",
            "Trục nhận được `done` cho gói tin đó.",
        ),
        needs: &[Command("poll")],
        quick: true,
        run: Run::Connector(done_without_clerk),
    },
    Case {
        id: "receive-whole-before-done",
        chapter: Receive,
        level: Must,
        clauses: &["wire-get", "wire-acknowledge", "QD28-9.1"],
        refusal: Some(t(
            "Neither done nor fail for half a packet.",
            "Không báo done hay fail cho gói tin chưa tải đủ.",
        )),
        title: t(
            "A packet that came in half is not acknowledged",
            "Gói tin tải dở không được xác nhận",
        ),
        why: t(
            "Completeness is checked before acceptance (art. 9.1).",
            "Phải kiểm tra tính đầy đủ trước khi tiếp nhận (khoản 1 Điều 9).",
        ),
        steps: &[
            t(
                "Every download breaks off after some bytes.",
                "Mọi lần tải về đều bị ngắt giữa chừng.",
            ),
            t("Downloads work again.", "Việc tải về hoạt động trở lại."),
        ],
        expected: t(
            "No word to the axis before; then the whole document, its file with the right digest, and `done`.",
            "Không báo gì cho trục trước đó; sau đó hiện đủ văn bản, tệp đúng mã băm, rồi `done`.",
        ),
        needs: &[Command("poll")],
        quick: true,
        run: Run::Connector(whole_before_done),
    },
    Case {
        id: "receive-slow-download",
        chapter: Receive,
        level: Must,
        clauses: &["wire-get", "QD28-9.1"],
        refusal: None,
        title: t(
            "A packet that comes slowly and in pieces comes whole",
            "Gói tin tải chậm, từng mảnh vẫn đủ nội dung",
        ),
        why: t(
            "Lines of remote agencies are slow; pieces end in mid-character and in mid-base64.",
            "Đường truyền ở xa rất chậm; mảnh dữ liệu có thể cắt giữa ký tự, giữa khối base64.",
        ),
        steps: &[t(
            "A document of 60 KB drips out of the axis in small pieces.",
            "Văn bản 60 KB được trục trả về từng mảnh nhỏ.",
        )],
        expected: t("Its file has the right digest.", "Tệp kèm đúng mã băm."),
        needs: &[Command("poll")],
        quick: true,
        run: Run::Connector(slow_download),
    },
    Case {
        id: "receive-item-fields",
        chapter: Receive,
        level: Must,
        clauses: &["QD28-10.2", "QD28-10.1", "D37"],
        refusal: None,
        title: t(
            "The host is shown what came, whole",
            "Phần mềm nhận được đầy đủ nội dung văn bản đến",
        ),
        why: t(
            "Ids, number, date, summary, sender and attachments have to be shown (art. 10.2).",
            "Phải hiện mã định danh, số, ngày, trích yếu, nơi gửi và tệp kèm (khoản 2 Điều 10).",
        ),
        steps: &[t(
            "A document with three files comes, two of the same name.",
            "Văn bản có ba tệp được chuyển tới, trong đó hai tệp trùng tên.",
        )],
        expected: t(
            "Sender, own organ, id, code, date, subject, and each file by name, length and digest; the extracted files have these bytes.",
            "Bên gửi, cơ quan nhận, mã, số ký hiệu, ngày, trích yếu và từng tệp theo tên, độ dài, mã băm; tệp trích ra đúng nội dung.",
        ),
        needs: &[Command("poll")],
        quick: true,
        run: Run::Connector(item_fields),
    },
    Case {
        id: "receive-not-accepted-again",
        chapter: Receive,
        level: Must,
        clauses: &["P-hand-off", "flow-document"],
        refusal: None,
        title: t(
            "What the host did not accept is shown again, marked",
            "Văn bản phần mềm chưa nhận được hiện lại, có đánh dấu",
        ),
        why: t(
            "A host that dies with the document in its hand must not lose it.",
            "Phần mềm chủ hỏng khi đang xử lý không được làm mất văn bản.",
        ),
        steps: &[t(
            "A document is shown and not accepted; the lease runs out.",
            "Văn bản được hiện nhưng không nhận; hết thời hạn giữ.",
        )],
        expected: t(
            "It is shown again with redelivered = true and attempt 2; accepted then, it is not shown a third time.",
            "Văn bản được hiện lại với redelivered = true, attempt 2; nhận rồi thì không hiện lần thứ ba.",
        ),
        needs: &[Command("poll"), Setting("handoff.lease"), Fresh],
        quick: true,
        run: Run::Connector(not_accepted_again),
    },
    Case {
        id: "receive-old-lease",
        chapter: Receive,
        level: Should,
        clauses: &["P-hand-off"],
        refusal: Some(t(
            "`accept` with the old lease is refused.",
            "`accept` với mã giữ cũ bị từ chối.",
        )),
        title: t(
            "A hand-off that is over cannot be accepted",
            "Không thể nhận theo lần bàn giao đã hết hạn",
        ),
        why: t(
            "Two clerks would both believe that the document is theirs.",
            "Nếu không, hai văn thư cùng tưởng mình đã nhận.",
        ),
        steps: &[t(
            "A document is shown twice, since its first lease ran out; the first lease is accepted.",
            "Văn bản được hiện hai lần do hết hạn giữ; nhận bằng mã giữ của lần đầu.",
        )],
        expected: t(
            "An error; the second lease can be accepted.",
            "Báo lỗi; mã giữ của lần hai nhận được.",
        ),
        needs: &[Command("poll"), Setting("handoff.lease"), Fresh],
        quick: true,
        run: Run::Connector(old_lease),
    },
    Case {
        id: "receive-restart-shows-again",
        chapter: Receive,
        level: Must,
        clauses: &["P-hand-off", "P01"],
        refusal: None,
        title: t(
            "A document that was shown and not accepted survives a crash",
            "Văn bản đã hiện mà chưa nhận không mất khi phần mềm hỏng",
        ),
        why: t(
            "It was acknowledged to the axis: nobody sends it again.",
            "Trục đã được xác nhận nên không ai gửi lại.",
        ),
        steps: &[t(
            "A document is shown; the product is killed and started again.",
            "Văn bản được hiện; dừng đột ngột phần mềm rồi khởi động lại.",
        )],
        expected: t(
            "It is shown again, with redelivered = true.",
            "Văn bản được hiện lại với redelivered = true.",
        ),
        needs: &[Command("poll"), Feature("restart"), Fresh],
        quick: true,
        run: Run::Connector(restart_shows_again),
    },
    Case {
        id: "receive-refuse-tells",
        chapter: Receive,
        level: Must,
        clauses: &["QD28-5.4", "flow-document"],
        refusal: None,
        title: t(
            "A refusal tells the sender at once, with the reason",
            "Từ chối thì báo ngay cho bên gửi kèm lý do",
        ),
        why: t(
            "Who refuses has to tell the sender at the same time (art. 5.4).",
            "Bên từ chối phải đồng thời thông báo cho bên gửi (khoản 4 Điều 5).",
        ),
        steps: &[t(
            "A document comes and is refused with a reason.",
            "Văn bản được chuyển tới và bị từ chối kèm lý do.",
        )],
        expected: t(
            "Status 02 with this reason reaches the axis, for the sender; the document is not shown again.",
            "Trạng thái 02 kèm đúng lý do tới trục cho bên gửi; văn bản không hiện lại.",
        ),
        needs: &[Command("poll"), Command("refuse")],
        quick: true,
        run: Run::Connector(refuse_tells),
    },
    Case {
        id: "receive-refuse-why",
        chapter: Receive,
        level: Must,
        clauses: &["QD28-5.4"],
        refusal: Some(t("`refuse` is refused.", "Lệnh `refuse` bị từ chối.")),
        title: t(
            "A refusal without a reason is not taken",
            "Không chấp nhận từ chối mà thiếu lý do",
        ),
        why: t(
            "The receiver is answerable for it; the sender has to know what to correct.",
            "Bên từ chối phải chịu trách nhiệm; bên gửi cần biết để sửa.",
        ),
        steps: &[t(
            "A document comes and is refused with an empty reason.",
            "Văn bản được chuyển tới và bị từ chối với lý do rỗng.",
        )],
        expected: t(
            "An error, and no 02 at the axis.",
            "Báo lỗi, và không có trạng thái 02 tới trục.",
        ),
        needs: &[Command("poll"), Command("refuse")],
        quick: true,
        run: Run::Connector(refuse_why),
    },
    Case {
        id: "receive-give-back",
        chapter: Receive,
        level: Should,
        clauses: &["P-hand-off"],
        refusal: None,
        title: t(
            "What is given back is shown again",
            "Văn bản trả lại hàng chờ được hiện lại",
        ),
        why: t(
            "A host that cannot go on now must neither accept nor refuse.",
            "Phần mềm chưa xử lý được thì không nên nhận, cũng không nên từ chối.",
        ),
        steps: &[t(
            "A document is shown, given back, and asked for again.",
            "Văn bản được hiện, trả lại hàng chờ rồi hỏi lại.",
        )],
        expected: t(
            "The same document, with redelivered = true; no status 02 meanwhile.",
            "Đúng văn bản đó với redelivered = true; trong lúc đó không có trạng thái 02.",
        ),
        needs: &[Command("poll"), Command("give_back")],
        quick: true,
        run: Run::Connector(give_back),
    },
];

fn is_redelivered(item: &Item) -> Outcome {
    let attempt = at(&item.0, "attempt").as_u64().unwrap_or(0);
    ensure(
        *at(&item.0, "redelivered") == json!(true) && attempt > 1,
        || {
            said!(
                "it is not marked as shown before (attempt {attempt})",
                "không được đánh dấu là đã hiện trước đó (lần {attempt})"
            )
        },
    )
}

fn store_before_done(bench: &Bench) -> Outcome {
    let mut lab = bench.lab_with(|_| {})?;
    lab.fault("updateStatus", 0, Fault::Drip { bytes: 1, ms: 100 });
    let made = made(&lab, 3_000);
    let id = deliver(&mut lab, &made)?;
    let what = said!(
        "the product did not acknowledge the packet",
        "phần mềm không xác nhận gói tin"
    );
    lab.until_by_itself(what, |lab| {
        Ok((lab.state_of(&id) == Some(QueueState::Done)).then_some(()))
    })?;
    lab.kill()?;
    lab.no_faults();
    lab.begin()?;
    let item = lab.take_and_accept()?;
    is_of(&item, &made)?;
    has_files(&item, &made)
}

fn done_without_clerk(bench: &Bench) -> Outcome {
    let mut lab = bench.lab()?;
    let made = made(&lab, 100);
    let id = deliver(&mut lab, &made)?;
    let state = lab.await_acknowledgement(&id)?;
    ensure(state == QueueState::Done, || {
        let word = state.word();
        said!("it was acknowledged `{word}`", "được xác nhận `{word}`")
    })
}

fn whole_before_done(bench: &Bench) -> Outcome {
    let mut lab = bench.lab()?;
    for call in DOWNLOADS {
        lab.fault(call, 0, Fault::CloseAfterAnswer { bytes: 1_500 });
    }
    let made = made(&lab, 20_000);
    let id = deliver(&mut lab, &made)?;
    let what = said!(
        "the product did not try the download again",
        "phần mềm không thử tải lại"
    );
    lab.until(what, |lab| {
        let tried = DOWNLOADS.map(|call| lab.calls(call).len());
        Ok((tried.iter().sum::<usize>() >= 2).then_some(()))
    })?;
    let state = lab.state_of(&id);
    let is_open = !matches!(state, Some(QueueState::Done | QueueState::Fail));
    ensure(is_open, || {
        said!(
            "half a packet was acknowledged",
            "gói tin tải dở đã bị xác nhận"
        )
    })?;
    let early = lab.poll(0)?;
    ensure(early.is_none(), || {
        said!("half a packet was shown", "gói tin tải dở đã được hiện")
    })?;
    lab.no_faults();
    let item = lab.take_and_accept()?;
    is_of(&item, &made)?;
    has_files(&item, &made)?;
    lab.await_acknowledgement(&id).map(|_| ())
}

fn slow_download(bench: &Bench) -> Outcome {
    let mut lab = bench.lab()?;
    for call in DOWNLOADS {
        lab.fault(call, 0, Fault::Drip { bytes: 797, ms: 1 });
    }
    let made = made(&lab, 60_000);
    deliver(&mut lab, &made)?;
    let item = lab.take_and_accept()?;
    is_of(&item, &made)?;
    has_files(&item, &made)
}

fn item_fields(bench: &Bench) -> Outcome {
    let mut lab = bench.lab()?;
    let one = noise(4_000, 1);
    let two = noise(5_000, 2);
    let made = Made::document(PEER, lab.organ(), lab.number()).files(&[
        ("Phụ lục.pdf", &one),
        ("Quyết định.pdf", &two),
        ("Phụ lục.pdf", &two),
    ]);
    deliver(&mut lab, &made)?;
    let item = lab.take_and_accept()?;
    is_of(&item, &made)?;
    has_files(&item, &made)?;
    for (place, expected) in [
        ("/from", PEER),
        ("/own", lab.organ()),
        ("/document/From/OrganId", PEER),
        ("/document/To/0/OrganId", lab.organ()),
        ("/document/Code/CodeNumber", &made.number),
        ("/document/Code/CodeNotation", "TD-VP"),
        ("/document/PromulgationInfo/PromulgationDate", "2026-03-04"),
        ("/document/Subject", &made.subject),
    ] {
        same(place, &json!(item.text(place)), &json!(expected))?;
    }
    let paths = at(&item.0, "files").as_array().cloned().unwrap_or_default();
    let mut digests = Vec::new();
    for path in paths.iter().filter_map(Value::as_str) {
        digests.push(sha256(&std::fs::read(path).map_err(Stop::own)?));
    }
    ensure(
        digests == [sha256(&one), sha256(&two), sha256(&two)],
        || {
            said!(
                "the extracted files hold other bytes",
                "tệp trích ra không đúng nội dung"
            )
        },
    )
}

fn not_accepted_again(bench: &Bench) -> Outcome {
    let mut lab = bench.lab_with(|setup| setup.set("handoff.lease", "300"))?;
    let made = made(&lab, 100);
    deliver(&mut lab, &made)?;
    let first = lab.take()?;
    is_of(&first, &made)?;
    same("redelivered", at(&first.0, "redelivered"), &json!(false))?;
    let second = lab.take()?;
    is_of(&second, &made)?;
    is_redelivered(&second)?;
    lab.accept(&second)?;
    // Longer than the lease: what is shown again would be shown now.
    let third = lab.poll(500)?;
    ensure(third.is_none(), || {
        said!(
            "an accepted document is shown again",
            "văn bản đã nhận lại được hiện"
        )
    })
}

fn old_lease(bench: &Bench) -> Outcome {
    let mut lab = bench.lab_with(|setup| setup.set("handoff.lease", "400"))?;
    let made = made(&lab, 100);
    deliver(&mut lab, &made)?;
    let first = lab.take()?;
    let mut second = lab.take()?;
    let members = json!({ "incoming": first.incoming(), "lease": first.text("/lease") });
    lab.refused("accept", members)?;
    // A slow machine may have let the second run out, too.
    for _ in 0..5 {
        let members = json!({ "incoming": second.incoming(), "lease": second.text("/lease") });
        if lab.ask("accept", members)?.is_ok() {
            return Ok(());
        }
        second = lab.take()?;
    }
    Err(Stop::Fail(said!(
        "the lease that is in force cannot be accepted either",
        "mã giữ đang có hiệu lực cũng không nhận được"
    )))
}

fn restart_shows_again(bench: &Bench) -> Outcome {
    let mut lab = bench.lab_with(|setup| {
        if bench.declaration().takes("handoff.lease") {
            setup.set("handoff.lease", "500");
        }
    })?;
    let made = made(&lab, 3_000);
    let id = deliver(&mut lab, &made)?;
    lab.take()?;
    lab.await_acknowledgement(&id)?;
    lab.restart()?;
    let item = lab.take_and_accept()?;
    is_of(&item, &made)?;
    is_redelivered(&item)?;
    has_files(&item, &made)
}

fn refuse_tells(bench: &Bench) -> Outcome {
    const REASON: &str = "Sai nơi nhận: văn bản thuộc thẩm quyền cơ quan khác";
    let mut lab = bench.lab()?;
    let made = made(&lab, 100);
    deliver(&mut lab, &made)?;
    let item = lab.take()?;
    let members = json!({
        "incoming": item.incoming(), "lease": item.text("/lease"), "reason": REASON,
    });
    lab.done("refuse", members)?;
    let status = lab.await_status("02", &made.document_id)?;
    ensure(status.to == [PEER], || {
        said!("02 did not go to the sender", "02 không gửi tới bên gửi")
    })?;
    let said = status
        .packet
        .status()
        .and_then(|status| status.description.clone());
    ensure(said.as_deref() == Some(REASON), || {
        said!("02 bears another reason", "02 mang lý do khác")
    })?;
    lab.nothing_comes(said!(
        "a refused document is shown again",
        "văn bản đã từ chối lại được hiện"
    ))
}

fn refuse_why(bench: &Bench) -> Outcome {
    let mut lab = bench.lab()?;
    let made = made(&lab, 100);
    deliver(&mut lab, &made)?;
    let item = lab.take()?;
    let members = json!({
        "incoming": item.incoming(), "lease": item.text("/lease"), "reason": "",
    });
    lab.refused("refuse", members)?;
    lab.looked_at_axis()?;
    let codes = lab.statuses_about(&made.document_id)?;
    ensure(!codes.iter().any(|code| code == "02"), || {
        said!("02 was sent", "02 vẫn được gửi")
    })?;
    lab.accept(&item)
}

fn give_back(bench: &Bench) -> Outcome {
    let mut lab = bench.lab()?;
    let made = made(&lab, 100);
    deliver(&mut lab, &made)?;
    let item = lab.take()?;
    let members = json!({ "incoming": item.incoming(), "lease": item.text("/lease") });
    lab.done("give_back", members)?;
    let item = lab.take()?;
    is_of(&item, &made)?;
    is_redelivered(&item)?;
    let codes = lab.statuses_about(&made.document_id)?;
    ensure(!codes.iter().any(|code| code == "02"), || {
        said!("02 was sent", "02 vẫn được gửi")
    })?;
    lab.accept(&item)
}
