//! Volume and parallelism: many receivers, many packets, long ones.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::traffic::{AWAY, at, copies, files_of, id_of, noise, sha256};
use crate::axis_server::{Fault, Kind, QueueState, System};
use crate::suite::bench::{Bench, PEER, Setup};
use crate::suite::case::{
    Case,
    Chapter::Volume,
    Level::{Must, Should},
    Need::{Command, Fresh},
    Run,
};
use crate::suite::lab::Lab;
use crate::suite::letter::{Letter, Made, made_status};
use crate::suite::said;
use crate::suite::text::t;
use crate::suite::verdict::{Outcome, ensure};

pub(super) const CASES: &[Case] = &[
    Case {
        id: "volume-26-receivers",
        chapter: Volume,
        level: Must,
        clauses: &["flow-volume", "QD28-8", "flow-document"],
        refusal: None,
        title: t(
            "A usual document goes to twenty-six receivers, each once",
            "Văn bản thông thường gửi tới hai mươi sáu nơi nhận, mỗi nơi một lần",
        ),
        why: t(
            "That many receivers a document has on average.",
            "Trung bình một văn bản có chừng đó nơi nhận.",
        ),
        steps: &[t(
            "The product sends a document to 26 organs.",
            "Phần mềm gửi một văn bản tới 26 cơ quan.",
        )],
        expected: t(
            "Each has one delivery; `why` shows 26 recipients, all accepted.",
            "Mỗi nơi có một lần chuyển; `why` hiện 26 nơi nhận, tất cả đã được nhận.",
        ),
        needs: &[Command("send"), Command("why"), Fresh],
        quick: true,
        run: Run::Connector(receivers_26),
    },
    Case {
        id: "volume-200-receivers",
        chapter: Volume,
        level: Must,
        clauses: &["wire-many", "flow-volume"],
        refusal: None,
        title: t(
            "Two hundred receivers do not overrun the head of a call",
            "Hai trăm nơi nhận không làm tràn phần đầu lời gọi",
        ),
        why: t(
            "The list of receivers stands in a header, twice; common servers stop at 8 KB.",
            "Danh sách nơi nhận nằm trong tiêu đề hai lần; máy chủ thông dụng chỉ nhận 8 KB.",
        ),
        steps: &[t(
            "The axis takes heads of 8 KB; the product sends a document to 200 organs.",
            "Trục chỉ nhận phần đầu 8 KB; phần mềm gửi văn bản tới 200 cơ quan.",
        )],
        expected: t(
            "Each organ has the document once, with the same bytes.",
            "Mỗi cơ quan có văn bản đúng một lần, cùng dữ liệu.",
        ),
        needs: &[Command("send"), Fresh],
        quick: true,
        run: Run::Connector(receivers_200),
    },
    Case {
        id: "volume-drain",
        chapter: Volume,
        level: Should,
        clauses: &["flow-volume", "P05", "QD28-6.2"],
        refusal: None,
        title: t(
            "A hundred documents that waited go out, each once",
            "Một trăm văn bản đang chờ được gửi hết, mỗi văn bản một lần",
        ),
        why: t(
            "After an outage at noon all of the morning goes at once.",
            "Sau gián đoạn buổi trưa, mọi văn bản buổi sáng được gửi cùng lúc.",
        ),
        steps: &[t(
            "The axis is away; the product is given 100 documents; the axis is back.",
            "Trục gián đoạn; giao cho phần mềm 100 văn bản; trục hoạt động trở lại.",
        )],
        expected: t(
            "The axis has each once.",
            "Trục có mỗi văn bản đúng một lần.",
        ),
        needs: &[Command("send")],
        quick: false,
        run: Run::Connector(drain),
    },
    Case {
        id: "volume-receive-200",
        chapter: Volume,
        level: Should,
        clauses: &["flow-volume", "P10", "wire-list"],
        refusal: None,
        title: t(
            "Two hundred packets that wait are all received, each once",
            "Hai trăm gói tin đang chờ được nhận đủ, mỗi gói một lần",
        ),
        why: t(
            "A province's queue after a weekend.",
            "Hàng đợi của một tỉnh sau cuối tuần.",
        ),
        steps: &[t(
            "200 documents wait at the axis.",
            "200 văn bản chờ ở trục.",
        )],
        expected: t(
            "Each is shown once and acknowledged `done`.",
            "Mỗi văn bản được hiện một lần và xác nhận `done`.",
        ),
        needs: &[Command("poll")],
        quick: false,
        run: Run::Connector(receive_200),
    },
    Case {
        id: "volume-large-out",
        chapter: Volume,
        level: Must,
        clauses: &["QD28-10.1", "P13", "P12"],
        refusal: None,
        title: t(
            "A document of 20 MB is sent whole",
            "Văn bản 20 MB được gửi đầy đủ",
        ),
        why: t(
            "Files of 28 MB were seen; others were skipped in silence.",
            "Từng có tệp 28 MB; có phần mềm âm thầm bỏ qua.",
        ),
        steps: &[t(
            "The product sends a document with a file of 20 MB.",
            "Phần mềm gửi văn bản kèm tệp 20 MB.",
        )],
        expected: t(
            "It arrives; its file has the same digest.",
            "Văn bản tới nơi; tệp đúng mã băm.",
        ),
        needs: &[Command("send")],
        quick: false,
        run: Run::Connector(large_out),
    },
    Case {
        id: "volume-large-in",
        chapter: Volume,
        level: Must,
        clauses: &["QD28-10.1", "P13", "wire-get"],
        refusal: None,
        title: t(
            "A document of 20 MB is received whole",
            "Văn bản 20 MB được nhận đầy đủ",
        ),
        why: t(
            "Connectors skipped large packets without a word.",
            "Có phần mềm bỏ qua gói tin lớn mà không báo.",
        ),
        steps: &[t(
            "A document with a file of 20 MB comes.",
            "Văn bản kèm tệp 20 MB được chuyển tới.",
        )],
        expected: t(
            "It is shown; its file has the same length and digest.",
            "Văn bản được hiện; tệp đúng độ dài và mã băm.",
        ),
        needs: &[Command("poll")],
        quick: false,
        run: Run::Connector(large_in),
    },
    Case {
        id: "volume-statuses",
        chapter: Volume,
        level: Should,
        clauses: &["flow-volume", "P07", "wire-status"],
        refusal: None,
        title: t(
            "Three hundred statuses are matched to their documents",
            "Ba trăm trạng thái được khớp với đúng văn bản",
        ),
        why: t(
            "A hundred receivers report three times within minutes.",
            "Một trăm nơi nhận báo ba lần trong vài phút.",
        ),
        steps: &[t(
            "A document goes to 100 organs; each reports 01, 03 and 05 (300 statuses).",
            "Văn bản gửi tới 100 cơ quan; mỗi nơi báo 01, 03 và 05 (300 trạng thái).",
        )],
        expected: t(
            "Every recipient stands at 05.",
            "Mọi nơi nhận ở trạng thái 05.",
        ),
        needs: &[Command("send"), Command("why"), Fresh],
        quick: false,
        run: Run::Connector(statuses),
    },
    Case {
        id: "volume-busy-answers",
        chapter: Volume,
        level: Should,
        clauses: &["flow-volume", "P19"],
        refusal: None,
        title: t(
            "Commands are answered while much is under way",
            "Lệnh vẫn được trả lời khi đang xử lý nhiều việc",
        ),
        why: t(
            "The clerk's screen must not stand still because a line is slow.",
            "Màn hình của văn thư không được đứng vì đường truyền chậm.",
        ),
        steps: &[t(
            "Thirty documents wait at an axis whose every call takes 200 ms; `why` and `stats` are asked ten times.",
            "Ba mươi văn bản chờ gửi qua trục mà mỗi lời gọi mất 200 ms; hỏi `why` và `stats` mười lần.",
        )],
        expected: t(
            "Each answer comes within two seconds.",
            "Mỗi câu trả lời tới trong vòng hai giây.",
        ),
        needs: &[Command("send"), Command("why"), Command("stats")],
        quick: true,
        run: Run::Connector(busy_answers),
    },
];

/// Bytes of a long file.
const LONG: usize = 20 << 20;

/// Made-up organs at the axis.
fn organs(setup: &mut Setup, count: usize) -> Vec<String> {
    let organs: Vec<String> = (1..=count)
        .map(|number| format!("H98.{number:03}"))
        .collect();
    let system = System {
        id: "td.many".to_owned(),
        secret: "made-up secret of many".to_owned(),
        organs: organs.clone(),
    };
    setup.axis(|axis| axis.systems.push(system));
    organs
}

/// Sends a document to all of these.
fn to_all(lab: &mut Lab, organs: &[String]) -> Outcome<(Letter, String)> {
    let to: Vec<&str> = organs.iter().map(String::as_str).collect();
    let letter = lab.letter(&to);
    let out = lab.send(&letter)?;
    Ok((letter, out))
}

/// Waits until every organ has a delivery; that each has one only.
fn each_has_one(lab: &mut Lab, organs: &[String]) -> Outcome {
    let what = said!(
        "not all organs have the document",
        "không phải mọi cơ quan đều có văn bản"
    );
    lab.until(what, |lab| {
        Ok((lab.deliveries().len() >= organs.len()).then_some(()))
    })?;
    lab.looked_at_axis()?;
    let mut got: Vec<String> = lab.deliveries().into_iter().map(|one| one.organ).collect();
    got.sort();
    ensure(got == organs, || {
        let count = got.len();
        said!(
            "there are {count} deliveries, not one for each",
            "có {count} lần chuyển, không phải mỗi nơi một lần"
        )
    })
}

/// How many recipients have a value in a member of `why`.
fn recipients_with(lab: &mut Lab, out: &str, member: &str, value: &str) -> Outcome<usize> {
    let why = lab.done("why", json!({ "packet": out }))?;
    let all = why
        .pointer("/outgoing/recipients")
        .and_then(Value::as_array);
    let all = all.into_iter().flatten();
    Ok(all.filter(|one| at(one, member) == &json!(value)).count())
}

/// Waits until all recipients are there; as long as more and more are, it goes
/// on.
fn await_all(lab: &mut Lab, out: &str, member: &str, value: &str, count: usize) -> Outcome {
    let mut reached = 0;
    while reached < count {
        let what = said!(
            "{reached} of {count} recipients have {value}",
            "{reached} trên {count} nơi nhận là {value}"
        );
        reached = lab.until(what, |lab| {
            let now = recipients_with(lab, out, member, value)?;
            Ok((now > reached).then_some(now))
        })?;
    }
    Ok(())
}

fn receivers_26(bench: &Bench) -> Outcome {
    let mut all = Vec::new();
    let mut lab = bench.lab_with(|setup| all = organs(setup, 26))?;
    let (_, out) = to_all(&mut lab, &all)?;
    each_has_one(&mut lab, &all)?;
    await_all(&mut lab, &out, "delivery", "accepted", all.len())
}

fn receivers_200(bench: &Bench) -> Outcome {
    let mut all = Vec::new();
    let mut lab = bench.lab_with(|setup| {
        all = organs(setup, 200);
        setup.axis(|axis| axis.max_head = 8 << 10);
    })?;
    let (letter, _) = to_all(&mut lab, &all)?;
    each_has_one(&mut lab, &all)?;
    let sent = copies(&lab, letter.document_id())?;
    let first = sent.first().map(|packet| &packet.bytes);
    ensure(sent.iter().all(|one| Some(&one.bytes) == first), || {
        said!(
            "receivers have packets with different bytes",
            "các nơi nhận có gói tin với dữ liệu khác nhau"
        )
    })
}

fn drain(bench: &Bench) -> Outcome {
    const COUNT: usize = 100;
    let mut lab = bench.lab()?;
    lab.fault("sendEdoc", 0, AWAY);
    let mut ids = Vec::new();
    for _ in 0..COUNT {
        let letter = lab.letter(&[PEER]);
        lab.send(&letter)?;
        ids.push(letter.document_id().to_owned());
    }
    lab.no_faults();
    for reached in (10..=COUNT).step_by(10) {
        let what = said!(
            "fewer than {reached} of {COUNT} documents were sent",
            "chưa gửi được {reached} trên {COUNT} văn bản"
        );
        lab.until(what, |lab| {
            Ok((lab.deliveries().len() >= reached).then_some(()))
        })?;
    }
    lab.looked_at_axis()?;
    let mut got: Vec<String> = lab.sent()?.iter().map(|one| one.document_id()).collect();
    got.sort();
    ids.sort();
    ensure(got == ids, || {
        let count = got.len();
        said!(
            "the axis has {count} packets, not each document once",
            "trục có {count} gói tin, không phải mỗi văn bản một lần"
        )
    })
}

fn receive_200(bench: &Bench) -> Outcome {
    const COUNT: usize = 200;
    let mut lab = bench.lab()?;
    let (mut ids, mut deliveries) = (Vec::new(), Vec::new());
    for _ in 0..COUNT {
        let made = Made::document(PEER, lab.organ(), lab.number());
        deliveries.push(lab.deliver(PEER, Kind::Document, &made.bytes())?);
        ids.push(made.document_id);
    }
    let mut shown = Vec::new();
    while shown.len() < COUNT {
        shown.push(id_of(&lab.take_and_accept()?).to_owned());
    }
    lab.nothing_comes(said!("one is shown twice", "có văn bản hiện hai lần"))?;
    shown.sort();
    ids.sort();
    ensure(shown == ids, || {
        said!(
            "not each is shown once",
            "không phải mỗi văn bản được hiện một lần"
        )
    })?;
    for id in deliveries {
        let state = lab.await_acknowledgement(&id)?;
        ensure(state == QueueState::Done, || {
            said!(
                "{id} was not acknowledged done",
                "{id} không được xác nhận done"
            )
        })?;
    }
    Ok(())
}

fn large_out(bench: &Bench) -> Outcome {
    let mut lab = bench.lab()?;
    let bytes = noise(LONG, 21);
    let file = lab.file("ho-so-thiet-ke.pdf", &bytes)?;
    let letter = lab.letter(&[PEER]).attach(&file);
    lab.send(&letter)?;
    let what = said!("it did not reach the axis", "văn bản không tới trục");
    lab.until(what, |lab| Ok((!lab.deliveries().is_empty()).then_some(())))?;
    let packet = lab.await_letter(&letter)?;
    ensure(
        files_of(&packet) == [("ho-so-thiet-ke.pdf".to_owned(), sha256(&bytes))],
        || said!("the file is another", "tệp kèm không còn đúng"),
    )
}

fn large_in(bench: &Bench) -> Outcome {
    let mut lab = bench.lab()?;
    let bytes = noise(LONG, 22);
    let made = Made::document(PEER, lab.organ(), lab.number());
    let made = made.files(&[("ho-so-thiet-ke.pdf", &bytes)]);
    lab.deliver(PEER, Kind::Document, &made.bytes())?;
    let item = lab.take_and_accept()?;
    let expected = ("ho-so-thiet-ke.pdf".to_owned(), LONG as u64, sha256(&bytes));
    ensure(item.attachments() == [expected], || {
        said!("the file is another", "tệp kèm không còn đúng")
    })
}

fn statuses(bench: &Bench) -> Outcome {
    let mut all = Vec::new();
    let mut lab = bench.lab_with(|setup| all = organs(setup, 100))?;
    let (letter, out) = to_all(&mut lab, &all)?;
    await_all(&mut lab, &out, "delivery", "accepted", all.len())?;
    for code in ["01", "03", "05"] {
        for organ in &all {
            let status = made_status(organ, &letter, code, "");
            lab.deliver(organ, Kind::Status, &status)?;
        }
        await_all(&mut lab, &out, "status", code, all.len())?;
    }
    Ok(())
}

fn busy_answers(bench: &Bench) -> Outcome {
    let mut lab = bench.lab()?;
    lab.fault("*", 0, Fault::Delay { ms: 200 });
    let mut last = String::new();
    for _ in 0..30 {
        let letter = lab.letter(&[PEER]);
        last = lab.send(&letter)?;
    }
    for _ in 0..10 {
        for (command, members) in [("why", json!({ "packet": last })), ("stats", json!({}))] {
            let asked = Instant::now();
            lab.done(command, members)?;
            ensure(asked.elapsed() < Duration::from_secs(2), || {
                said!(
                    "`{command}` was answered after more than two seconds",
                    "`{command}` được trả lời sau hơn hai giây"
                )
            })?;
        }
    }
    Ok(())
}
