//! Receiving: what arrives by itself, for whom, and what cannot be read.

use serde_json::json;

use super::traffic::{DOWNLOADS, at, deliver, has_files, is_of, made, same, take_all};
use crate::axis_server::{Fault, Kind, QueueState};
use crate::suite::bench::{Bench, PEER};
use crate::suite::case::{
    Case,
    Chapter::Receive,
    Level::{Must, Should},
    Need::{Command, Feature, Fresh, Setting},
    Run,
};
use crate::suite::lab::Lab;
use crate::suite::letter::NAMESPACE;
use crate::suite::said;
use crate::suite::text::t;
use crate::suite::verdict::{Outcome, Stop, ensure};

pub(super) const CASES: &[Case] = &[
    Case {
        id: "receive-arrival-by-itself",
        chapter: Receive,
        level: Must,
        clauses: &["ND30-VI-receipt", "ND30-21.2", "flow-document"],
        refusal: None,
        title: t(
            "Receipt is reported by the software itself",
            "Phần mềm tự động báo đã nhận",
        ),
        why: t(
            "Decree 30: notice of receipt is automatic, within the day.",
            "Nghị định 30: thông báo đã nhận phải tự động và trong ngày.",
        ),
        steps: &[t(
            "A document comes; nobody does anything.",
            "Văn bản được chuyển tới; không ai thao tác.",
        )],
        expected: t(
            "Status 01 about it reaches the axis, once, with the sender's organ, id, code and date.",
            "Trạng thái 01 của văn bản tới trục đúng một lần, đúng cơ quan gửi, mã, số ký hiệu và ngày.",
        ),
        needs: &[Command("poll")],
        quick: true,
        run: Run::Connector(arrival_by_itself),
    },
    Case {
        id: "receive-two-organs",
        chapter: Receive,
        level: Must,
        clauses: &["flow-document", "P17"],
        refusal: None,
        title: t(
            "Two organs of one product each get their own",
            "Hai cơ quan dùng chung phần mềm, mỗi nơi nhận phần của mình",
        ),
        why: t(
            "One connection serves many agencies; each registers for itself.",
            "Một kết nối phục vụ nhiều cơ quan; mỗi cơ quan vào sổ riêng.",
        ),
        steps: &[t(
            "The same document comes to two organs of the product.",
            "Cùng một văn bản được chuyển tới hai cơ quan của phần mềm.",
        )],
        expected: t(
            "It is shown once for each, with `own`; both send 01 in their own name.",
            "Mỗi cơ quan được hiện một lần, có `own`; cả hai gửi 01 bằng tên của mình.",
        ),
        needs: &[Command("poll"), Fresh],
        quick: true,
        run: Run::Connector(two_organs),
    },
    Case {
        id: "receive-while-away",
        chapter: Receive,
        level: Must,
        clauses: &["P04", "wire-list"],
        refusal: None,
        title: t(
            "What came while it was away is received",
            "Nhận đủ gói tin đến trong lúc phần mềm tắt",
        ),
        why: t(
            "A weekend's documents wait in the queue of the axis.",
            "Văn bản của cả cuối tuần nằm chờ trong hàng đợi của trục.",
        ),
        steps: &[t(
            "The product is killed; three documents come; it is started again.",
            "Dừng phần mềm; ba văn bản được chuyển tới; khởi động lại.",
        )],
        expected: t(
            "All three are shown, each once.",
            "Cả ba văn bản được hiện, mỗi văn bản một lần.",
        ),
        needs: &[Command("poll"), Feature("restart"), Fresh],
        quick: true,
        run: Run::Connector(while_away),
    },
    Case {
        id: "receive-kill-while-fetching",
        chapter: Receive,
        level: Must,
        clauses: &["P-hand-off", "wire-get"],
        refusal: None,
        title: t(
            "A crash during a download loses nothing",
            "Phần mềm hỏng khi đang tải không làm mất gói tin",
        ),
        why: t(
            "A packet that was marked too early is never listed again.",
            "Gói tin bị đánh dấu quá sớm sẽ không được liệt kê lại.",
        ),
        steps: &[t(
            "While a document drips out of the axis, the product is killed; it is started again.",
            "Khi văn bản đang tải chậm, dừng đột ngột phần mềm; khởi động lại.",
        )],
        expected: t("The document is shown, whole.", "Văn bản được hiện đầy đủ."),
        needs: &[
            Command("poll"),
            Feature("restart"),
            Setting("receive.interval"),
            Fresh,
        ],
        quick: true,
        run: Run::Connector(kill_while_fetching),
    },
    Case {
        id: "receive-poison-aside",
        chapter: Receive,
        level: Must,
        clauses: &["P01", "D07", "P22", "QD28-9.1"],
        refusal: Some(t(
            "Bad packets are neither shown nor fetched for ever.",
            "Gói tin hỏng không được hiện và không bị tải mãi.",
        )),
        title: t(
            "A packet that cannot be read is kept aside and holds up nothing",
            "Gói tin không đọc được được giữ riêng và không cản trở gói khác",
        ),
        why: t(
            "It comes back for ever, or vanishes without a trace.",
            "Nếu không, gói tin hỏng quay lại mãi hoặc biến mất không dấu vết.",
        ),
        steps: &[
            t(
                "A packet that is no XML, one that is not well-formed, and a good one come.",
                "Một gói không phải XML, một gói XML sai cú pháp và một gói tốt được chuyển tới.",
            ),
            t(
                "The product is killed and started again.",
                "Dừng đột ngột phần mềm rồi khởi động lại.",
            ),
        ],
        expected: t(
            "The good one is shown; the two others are acknowledged and stand in `quarantine`, also after the restart; none of them is shown or answered with 01.",
            "Gói tốt được hiện; hai gói kia được xác nhận và nằm trong `quarantine`, kể cả sau khi khởi động lại; không gói nào được hiện hay báo 01.",
        ),
        needs: &[
            Command("poll"),
            Command("quarantine"),
            Feature("restart"),
            Fresh,
        ],
        quick: true,
        run: Run::Connector(poison_aside),
    },
    Case {
        id: "receive-unknown-body",
        chapter: Receive,
        level: Must,
        clauses: &["D38", "P01"],
        refusal: Some(t(
            "It is not shown as a document.",
            "Không hiện như một văn bản.",
        )),
        title: t(
            "A packet with no document inside is kept aside",
            "Gói tin không chứa văn bản được giữ riêng",
        ),
        why: t(
            "Reports of virus scanners come in the form of packets.",
            "Báo cáo của phần mềm quét vi-rút từng được gửi dưới dạng gói tin.",
        ),
        steps: &[t(
            "A packet in the right namespace without document or status comes, then a good one.",
            "Một gói đúng không gian tên nhưng không có văn bản hay trạng thái được chuyển tới, rồi một gói tốt.",
        )],
        expected: t(
            "It stands in `quarantine`, is acknowledged, and the good one is shown.",
            "Gói đó nằm trong `quarantine`, được xác nhận, và gói tốt được hiện.",
        ),
        needs: &[Command("poll"), Command("quarantine"), Fresh],
        quick: true,
        run: Run::Connector(unknown_body),
    },
    Case {
        id: "receive-reordered-list",
        chapter: Receive,
        level: Should,
        clauses: &["wire-list", "P10"],
        refusal: None,
        title: t(
            "The order of the list loses nothing",
            "Thứ tự danh sách không làm sót gói tin",
        ),
        why: t(
            "A connector that remembers the last row only leaves the others.",
            "Phần mềm chỉ nhớ dòng cuối sẽ bỏ sót các dòng khác.",
        ),
        steps: &[t(
            "Six documents come in two batches; the lists come in any order.",
            "Sáu văn bản được chuyển tới theo hai đợt; danh sách bị xáo trộn.",
        )],
        expected: t(
            "All six are shown, each once.",
            "Cả sáu văn bản được hiện, mỗi văn bản một lần.",
        ),
        needs: &[Command("poll")],
        quick: true,
        run: Run::Connector(reordered_list),
    },
    Case {
        id: "receive-by-itself",
        chapter: Receive,
        level: Must,
        clauses: &["QD28-6.3", "ND30-21.2", "wire-list"],
        refusal: None,
        title: t(
            "The axis is asked without anybody asking for it",
            "Phần mềm tự hỏi trục, không cần ai yêu cầu",
        ),
        why: t(
            "Receipt is acknowledged within the day, also on the clerk's day off.",
            "Phải báo đã nhận trong ngày, kể cả ngày văn thư nghỉ.",
        ),
        steps: &[t(
            "A document comes; the suite gives no command but `poll`.",
            "Văn bản được chuyển tới; bộ kiểm thử không ra lệnh nào ngoài `poll`.",
        )],
        expected: t(
            "It is shown, acknowledged `done`, and 01 is sent.",
            "Văn bản được hiện, được xác nhận `done`, và 01 được gửi.",
        ),
        needs: &[Command("poll"), Setting("receive.interval"), Fresh],
        quick: true,
        run: Run::Connector(by_itself),
    },
];

fn arrival_by_itself(bench: &Bench) -> Outcome {
    let mut lab = bench.lab()?;
    let made = made(&lab, 100);
    deliver(&mut lab, &made)?;
    let status = lab.await_status("01", &made.document_id)?;
    ensure(status.to == [PEER], || {
        said!("01 did not go to the sender", "01 không gửi tới bên gửi")
    })?;
    let about = status
        .packet
        .status()
        .and_then(|status| status.response_for.clone());
    let about = serde_json::to_value(about).map_err(Stop::own)?;
    same("OrganId", at(&about, "OrganId"), &json!(PEER))?;
    let code = json!(format!("{}/TD-VP", made.number));
    same("Code", at(&about, "Code"), &code)?;
    same(
        "PromulgationDate",
        at(&about, "PromulgationDate"),
        &json!("2026-03-04"),
    )?;
    lab.looked_at_axis()?;
    let codes = lab.statuses_about(&made.document_id)?;
    ensure(codes == ["01"], || {
        let codes = codes.join(", ");
        said!("it sent {codes}", "phần mềm gửi {codes}")
    })
}

fn two_organs(bench: &Bench) -> Outcome {
    const SECOND: &str = "H99.11";
    let mut lab = bench.lab_with(|setup| setup.organ(SECOND))?;
    let own = lab.organ().to_owned();
    let mut made = made(&lab, 100);
    made.to.push(SECOND.to_owned());
    let bytes = made.bytes();
    lab.deliver(PEER, Kind::Document, &bytes)?;
    lab.deliver_to(SECOND, PEER, Kind::Document, &bytes)?;
    let mut shown = Vec::new();
    for _ in 0..2 {
        let item = lab.take_and_accept()?;
        is_of(&item, &made)?;
        shown.push(item.text("/own").to_owned());
    }
    shown.sort();
    ensure(shown == [own.clone(), SECOND.to_owned()], || {
        let shown = shown.join(", ");
        said!("it was shown for {shown}", "văn bản được hiện cho {shown}")
    })?;
    lab.nothing_comes(said!("it is shown a third time", "văn bản hiện lần thứ ba"))?;
    let what = said!(
        "not both organs sent 01",
        "không phải cả hai cơ quan đều gửi 01"
    );
    lab.until(what, |lab| {
        let sent = lab.sent()?;
        let mut from: Vec<String> = sent
            .iter()
            .filter(|packet| packet.code() == "01")
            .filter_map(|packet| Some(packet.packet.status()?.sender()?.to_string()))
            .collect();
        from.sort();
        Ok((from == [own.clone(), SECOND.to_owned()]).then_some(()))
    })
}

fn while_away(bench: &Bench) -> Outcome {
    let mut lab = bench.lab_with(|_| {})?;
    lab.kill()?;
    let mut ids = Vec::new();
    for _ in 0..3 {
        let made = made(&lab, 1_000);
        deliver(&mut lab, &made)?;
        ids.push(made.document_id);
    }
    lab.begin()?;
    take_all(&mut lab, &ids)?;
    lab.nothing_comes(said!("one is shown twice", "có văn bản hiện hai lần"))
}

fn kill_while_fetching(bench: &Bench) -> Outcome {
    let mut lab = bench.lab_with(|_| {})?;
    for call in DOWNLOADS {
        lab.fault(call, 0, Fault::Drip { bytes: 500, ms: 50 });
    }
    let made = made(&lab, 60_000);
    deliver(&mut lab, &made)?;
    let what = said!("the product fetched nothing", "phần mềm không tải gì");
    lab.until_by_itself(what, |lab| {
        let faults = lab.axis.faults();
        let happened = faults.iter().any(|fault| fault.happened > 0);
        Ok(happened.then_some(()))
    })?;
    lab.kill()?;
    lab.no_faults();
    lab.begin()?;
    let item = lab.take_and_accept()?;
    is_of(&item, &made)?;
    has_files(&item, &made)
}

/// How many packets stand in quarantine.
fn aside(lab: &mut Lab) -> Outcome<usize> {
    let all = lab.done("quarantine", json!({}))?;
    Ok(all.as_array().map_or(0, Vec::len))
}

fn poison_aside(bench: &Bench) -> Outcome {
    let mut lab = bench.lab_with(|_| {})?;
    let broken = made(&lab, 100)
        .xml()
        .replace("<edXML:From>", "<edXML:From><edXML:From>");
    let mut bad = Vec::new();
    for bytes in [&b"no packet at all"[..], broken.as_bytes()] {
        bad.push(lab.deliver(PEER, Kind::Document, bytes)?);
    }
    let good = made(&lab, 100);
    deliver(&mut lab, &good)?;
    let item = lab.take_and_accept()?;
    is_of(&item, &good)?;
    for id in &bad {
        lab.await_acknowledgement(id)?;
    }
    let what = said!(
        "not both stand in quarantine",
        "không phải cả hai đều nằm trong khu cách ly"
    );
    lab.until(what, |lab| Ok((aside(lab)? == 2).then_some(())))?;
    lab.restart()?;
    lab.nothing_comes(said!(
        "a packet that cannot be read is shown",
        "gói tin không đọc được lại được hiện"
    ))?;
    let still = aside(&mut lab)?;
    ensure(still == 2, || {
        said!(
            "{still} of 2 stand in quarantine after the restart",
            "sau khởi động lại chỉ còn {still} trên 2 gói trong khu cách ly"
        )
    })?;
    lab.await_status("01", &good.document_id)?;
    let mut sent: Vec<Vec<u8>> = lab.sent()?.into_iter().map(|packet| packet.bytes).collect();
    // What went again byte for byte around the restart is no other status.
    sent.dedup();
    let statuses = sent.len();
    ensure(statuses == 1, || {
        said!(
            "{statuses} statuses were sent",
            "{statuses} trạng thái đã gửi"
        )
    })?;
    for id in &bad {
        let fetched = DOWNLOADS.map(|call| {
            let calls = lab.calls(call);
            let of_it = calls
                .iter()
                .filter(|c| c.header("XroadVnpt-docId") == Some(id));
            of_it.count()
        });
        let times: usize = fetched.iter().sum();
        ensure(times <= 2, || {
            said!("{id} was fetched {times} times", "{id} bị tải {times} lần")
        })?;
    }
    Ok(())
}

fn unknown_body(bench: &Bench) -> Outcome {
    let mut lab = bench.lab_with(|_| {})?;
    let strange = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\r\n<edXML xmlns=\"{NAMESPACE}\">\
         <ScanReport><Result>found</Result></ScanReport></edXML>\r\n"
    );
    let bad = lab.deliver(PEER, Kind::Document, strange.as_bytes())?;
    let good = made(&lab, 100);
    deliver(&mut lab, &good)?;
    let item = lab.take_and_accept()?;
    is_of(&item, &good)?;
    lab.await_acknowledgement(&bad)?;
    let what = said!(
        "it does not stand in quarantine",
        "không nằm trong khu cách ly"
    );
    lab.until(what, |lab| Ok((aside(lab)? == 1).then_some(())))?;
    lab.nothing_comes(said!("it is shown", "gói tin đó được hiện"))
}

fn reordered_list(bench: &Bench) -> Outcome {
    let mut lab = bench.lab()?;
    lab.fault("getReceivedEdocList", 0, Fault::Reorder);
    for _ in 0..2 {
        let mut ids = Vec::new();
        for _ in 0..3 {
            let made = made(&lab, 100);
            deliver(&mut lab, &made)?;
            ids.push(made.document_id);
        }
        take_all(&mut lab, &ids)?;
    }
    lab.nothing_comes(said!("one is shown twice", "có văn bản hiện hai lần"))
}

fn by_itself(bench: &Bench) -> Outcome {
    let mut lab = bench.lab_with(|_| {})?;
    let what = said!(
        "the product does not ask the axis by itself",
        "phần mềm không tự hỏi trục"
    );
    // Once at the start is not enough.
    lab.until_by_itself(what.clone(), |lab| {
        Ok((lab.calls("getReceivedEdocList").len() > 2).then_some(()))
    })?;
    let made = made(&lab, 100);
    let id = deliver(&mut lab, &made)?;
    let item = lab.until_by_itself(what, |lab| lab.poll(100))?;
    lab.accept(&item)?;
    is_of(&item, &made)?;
    let what = said!(
        "it is not acknowledged and answered with 01 by itself",
        "không tự xác nhận và báo 01"
    );
    lab.until_by_itself(what, |lab| {
        let is_done = lab.state_of(&id) == Some(QueueState::Done);
        let codes = lab.statuses_about(&made.document_id)?;
        Ok((is_done && codes == ["01"]).then_some(()))
    })
}
