//! Identifiers and directory.

use std::time::Duration;

use serde_json::{Value, json};

use crate::axis_server::{Fault, FaultRule, Kind};
use crate::suite::bench::{Bench, PEER, PEERS, Setup};
use crate::suite::case::{
    Case, Chapter::Directory, Level::Must, Level::Should, Need::Command, Need::Fresh, Run,
};
use crate::suite::lab::{Lab, SentPacket};
use crate::suite::letter::Made;
use crate::suite::said;
use crate::suite::sample::Sample;
use crate::suite::text::t;
use crate::suite::verdict::{Outcome, Stop, ensure};

const BASE: Case = Case {
    id: "",
    chapter: Directory,
    level: Must,
    clauses: &["flow-identifiers"],
    refusal: None,
    title: t("", ""),
    why: t("", ""),
    steps: &[],
    expected: t("", ""),
    needs: &[Command("send"), Fresh],
    quick: true,
    run: Run::Connector(old_and_new),
};

pub(super) const CASES: &[Case] = &[
    Case {
        id: "directory-old-and-new-code",
        level: Should,
        clauses: &["D22", "P17", "flow-identifiers", "wire-directory"],
        refusal: Some(t(
            "No second delivery to the organ; or `send` is refused.",
            "Không gửi lần thứ hai tới cơ quan; hoặc `send` bị từ chối.",
        )),
        title: t(
            "An organ that is named by its old and its new code gets one delivery",
            "Cơ quan có cả mã cũ và mã mới trong nơi nhận chỉ nhận một lần",
        ),
        why: t(
            "Lists of receivers hold both codes since the recoding; offices register twice.",
            "Sau khi đổi mã, danh sách nơi nhận có cả hai mã; cơ quan vào sổ hai lần.",
        ),
        steps: &[
            t(
                "The directory of the axis maps an old code to a new one.",
                "Danh mục của trục đối chiếu một mã cũ với mã mới.",
            ),
            t(
                "The product sends a document to both codes.",
                "Phần mềm gửi văn bản tới cả hai mã.",
            ),
        ],
        expected: t(
            "The organ has the document once, or the product refuses to send it.",
            "Cơ quan có văn bản đúng một lần, hoặc phần mềm không cho gửi.",
        ),
        run: Run::Connector(old_and_new),
        ..BASE
    },
    Case {
        id: "directory-repeated-receiver",
        clauses: &["QCVN102", "D22"],
        refusal: Some(t(
            "`send` is refused, or the organ is named once.",
            "`send` bị từ chối, hoặc cơ quan chỉ được nêu một lần.",
        )),
        title: t(
            "A receiver that is entered twice gets one document",
            "Nơi nhận nhập hai lần chỉ nhận một văn bản",
        ),
        why: t(
            "The packet may not name a receiver twice.",
            "Gói tin không được nêu một nơi nhận hai lần.",
        ),
        steps: &[t(
            "The product is told to send to the same organ twice.",
            "Yêu cầu phần mềm gửi tới cùng một cơ quan hai lần.",
        )],
        expected: t(
            "An error, or one To and one delivery.",
            "Báo lỗi, hoặc một To và một lần gửi.",
        ),
        needs: &[Command("send")],
        run: Run::Connector(repeated),
        ..BASE
    },
    Case {
        id: "directory-organ-forms",
        clauses: &["D23", "QD20-2020", "P17"],
        refusal: Some(t(
            "No document is turned away for the form of its sender's code.",
            "Không từ chối văn bản vì dạng mã của bên gửi.",
        )),
        title: t(
            "Documents of organs with codes of every form are received",
            "Nhận được văn bản của cơ quan có mã ở mọi dạng",
        ),
        why: t(
            "The directory decides which code there is, not a pattern; documents would be lost.",
            "Danh mục quyết định mã nào tồn tại, không phải khuôn mẫu; nếu chặn sẽ mất văn bản.",
        ),
        steps: &[t(
            "Documents come from eight codes: old and new form, digits only, a hub, an enterprise, with colons.",
            "Văn bản tới từ tám mã: dạng cũ, dạng mới, toàn số, hệ thống trung gian, doanh nghiệp, có dấu hai chấm.",
        )],
        expected: t(
            "Each is shown with the sender's code as it was written.",
            "Mỗi văn bản hiện đúng mã bên gửi như đã viết.",
        ),
        needs: &[Command("poll"), Command("accept")],
        run: Run::Connector(organ_forms),
        ..BASE
    },
    Case {
        id: "directory-long-code",
        clauses: &["QD20-2020", "QCVN102"],
        title: t(
            "A code of 35 characters is sent whole",
            "Mã định danh 35 ký tự được gửi nguyên vẹn",
        ),
        why: t(
            "Fields of 13 characters of the old form cut the new codes.",
            "Trường 13 ký tự theo mã cũ sẽ cắt cụt mã mới.",
        ),
        steps: &[t(
            "The product sends a document to an organ with a code of 35 characters.",
            "Phần mềm gửi văn bản tới cơ quan có mã 35 ký tự.",
        )],
        expected: t("The organ has the document.", "Cơ quan đó có văn bản."),
        run: Run::Connector(long_code),
        ..BASE
    },
    Case {
        id: "directory-unknown-receiver",
        clauses: &["wire-codes", "P03", "QD28-8", "QD09-2025"],
        refusal: Some(t(
            "The recipient fails with code 18, visibly, and is not tried again by itself.",
            "Nơi nhận báo lỗi mã 18, thấy được, và không tự gửi lại.",
        )),
        title: t(
            "A receiver that does not exist (any more) is told to the sender",
            "Nơi nhận không (còn) tồn tại được báo cho người gửi",
        ),
        why: t(
            "Codes were closed by mergers; a document to one of them goes nowhere.",
            "Nhiều mã đã đóng do sáp nhập; văn bản gửi tới mã đó không đi đâu cả.",
        ),
        steps: &[
            t(
                "The product sends to a code that the directory does not have.",
                "Phần mềm gửi tới mã không có trong danh mục.",
            ),
            t(
                "The axis answers 18; the product looks at the axis twice more.",
                "Trục trả mã 18; phần mềm hỏi trục thêm hai lần.",
            ),
        ],
        expected: t(
            "`why` shows it as failed, with an error; it is not sent again.",
            "`why` hiện không gửi được, kèm lỗi; không gửi lại.",
        ),
        needs: &[Command("send"), Command("why")],
        run: Run::Connector(unknown_receiver),
        ..BASE
    },
    Case {
        id: "directory-locked-receiver",
        clauses: &["wire-codes", "wire-retry", "P03"],
        refusal: Some(t(
            "The recipient fails with code 23, visibly, and is not tried again by itself.",
            "Nơi nhận báo lỗi mã 23, thấy được, và không tự gửi lại.",
        )),
        title: t(
            "A locked receiver is told to the sender",
            "Nơi nhận bị khóa được báo cho người gửi",
        ),
        why: t(
            "Success told while nobody got it is the worst of all answers.",
            "Báo thành công trong khi không ai nhận là điều tệ nhất.",
        ),
        steps: &[t(
            "The product sends to an organ that the axis has locked.",
            "Phần mềm gửi tới cơ quan bị trục khóa.",
        )],
        expected: t(
            "`why` shows it as failed, with an error; it is not sent again.",
            "`why` hiện không gửi được, kèm lỗi; không gửi lại.",
        ),
        needs: &[Command("send"), Command("why")],
        run: Run::Connector(locked_receiver),
        ..BASE
    },
    Case {
        id: "directory-sender-unregistered",
        clauses: &["wire-codes", "wire-retry"],
        refusal: Some(t(
            "The sending fails with code 19, visibly, and is not tried again for ever.",
            "Việc gửi báo lỗi mã 19, thấy được, và không gửi lại mãi.",
        )),
        title: t(
            "A sender that is not registered learns of it",
            "Bên gửi chưa đăng ký phải được biết",
        ),
        why: t(
            "Nothing of that organ will ever leave until an operator acts.",
            "Không văn bản nào của cơ quan đi được cho tới khi người vận hành xử lý.",
        ),
        steps: &[t(
            "The axis answers a sending with 19.",
            "Trục trả mã 19 cho lần gửi.",
        )],
        expected: t(
            "`why` shows it as failed, with an error; it is not sent again.",
            "`why` hiện không gửi được, kèm lỗi; không gửi lại.",
        ),
        needs: &[Command("send"), Command("why")],
        run: Run::Connector(sender_unregistered),
        ..BASE
    },
    Case {
        id: "directory-foreign-sender",
        clauses: &["QD28-9.1", "QD28-13"],
        refusal: Some(t("`send` is refused.", "`send` bị từ chối.")),
        title: t(
            "Nothing is sent in the name of an organ of others",
            "Không gửi thay cơ quan khác",
        ),
        why: t(
            "A document under a foreign name is a forgery, whoever made the mistake.",
            "Văn bản mang tên cơ quan khác là giả mạo, dù do nhầm lẫn.",
        ),
        steps: &[t(
            "The product is told to send a document whose From is an organ it does not serve.",
            "Yêu cầu phần mềm gửi văn bản có From là cơ quan không thuộc phần mềm.",
        )],
        expected: t(
            "An error, and nothing at the axis.",
            "Báo lỗi, và không có gì tới trục.",
        ),
        needs: &[Command("send")],
        run: Run::Connector(foreign_sender),
        ..BASE
    },
    Case {
        id: "directory-several-organs",
        clauses: &["flow-document", "QD28-8"],
        title: t(
            "A product of several organs keeps them apart",
            "Phần mềm phục vụ nhiều cơ quan phải tách riêng từng cơ quan",
        ),
        why: t(
            "A document in the book of another office is not received.",
            "Văn bản nằm trong sổ của cơ quan khác coi như chưa nhận.",
        ),
        steps: &[
            t(
                "A document addressed to two organs of the product is delivered to both.",
                "Một văn bản gửi tới hai cơ quan của phần mềm được chuyển tới cả hai.",
            ),
            t(
                "The product sends a document in the name of the second.",
                "Phần mềm gửi văn bản thay cơ quan thứ hai.",
            ),
        ],
        expected: t(
            "It is shown for each with `own`, each organ reports 01 itself; the sent one names the second as sender.",
            "Hiện cho từng cơ quan với `own`, mỗi cơ quan tự báo 01; văn bản gửi đi nêu cơ quan thứ hai.",
        ),
        needs: &[Command("send"), Command("poll"), Command("accept"), Fresh],
        run: Run::Connector(several_organs),
        ..BASE
    },
    Case {
        id: "directory-answer-to-old-code",
        clauses: &["flow-identifiers", "ND30-21.2", "P07"],
        title: t(
            "A sender under its old code hears of the arrival",
            "Bên gửi dùng mã cũ vẫn được báo đã nhận",
        ),
        why: t(
            "Products that were not updated send under old codes for years.",
            "Phần mềm chưa cập nhật còn gửi bằng mã cũ nhiều năm.",
        ),
        steps: &[t(
            "A document comes whose From is the old code of an organ.",
            "Văn bản tới nơi có From là mã cũ của một cơ quan.",
        )],
        expected: t(
            "Status 01 about it is in the queue of that organ.",
            "Trạng thái 01 nằm trong hàng đợi của cơ quan đó.",
        ),
        needs: &[Command("poll"), Command("accept"), Fresh],
        run: Run::Connector(answer_to_old),
        ..BASE
    },
    Case {
        id: "directory-sender-recoded",
        level: Should,
        clauses: &["P17", "P18", "flow-identifiers"],
        refusal: Some(t(
            "The second copy is no new document.",
            "Bản thứ hai không thành văn bản mới.",
        )),
        title: t(
            "The same document under the sender's old and new code is one",
            "Cùng văn bản dưới mã cũ và mã mới của bên gửi chỉ là một",
        ),
        why: t(
            "Two routes give doubles, each with another form of the code.",
            "Hai đường truyền sinh bản trùng, mỗi bản một dạng mã.",
        ),
        steps: &[t(
            "A document comes from the old code, and again from the new code of the same organ.",
            "Văn bản tới từ mã cũ, rồi tới lại từ mã mới của cùng cơ quan.",
        )],
        expected: t(
            "It is shown once; the second is acknowledged done, or shown as a repetition.",
            "Chỉ hiện một lần; bản thứ hai được xác nhận done hoặc hiện là bản trùng.",
        ),
        needs: &[Command("poll"), Command("accept"), Fresh],
        run: Run::Connector(sender_recoded),
        ..BASE
    },
    Case {
        id: "directory-unavailable",
        clauses: &["P04", "wire-directory", "P21"],
        refusal: Some(t(
            "A directory that cannot be had stops nothing.",
            "Không lấy được danh mục thì không dừng việc gì.",
        )),
        title: t(
            "Without a directory documents are sent and received all the same",
            "Không có danh mục vẫn gửi và nhận được văn bản",
        ),
        why: t(
            "Agency calls fail more often than others; documents have deadlines.",
            "Lệnh danh mục hay lỗi hơn lệnh khác, còn văn bản có thời hạn.",
        ),
        steps: &[t(
            "All agency calls are answered with a page; a document goes, and one comes.",
            "Mọi lệnh danh mục trả về trang web; gửi một văn bản và nhận một văn bản.",
        )],
        expected: t("Both arrive.", "Cả hai tới nơi."),
        needs: &[Command("send"), Command("poll"), Command("accept"), Fresh],
        run: Run::Connector(unavailable),
        ..BASE
    },
];

/// The new and the old code of an organ of the peers.
const NEW: &str = "H98.01";
const OLD: &str = "000.00.01.H98";

/// Gives the peers another organ.
fn peers_have(setup: &mut Setup, organ: &str) {
    setup.axis(|config| {
        let peers = config
            .systems
            .iter_mut()
            .find(|system| system.id == PEERS.0);
        if let Some(peers) = peers {
            peers.organs.push(organ.to_owned());
        }
    });
}

/// A lab whose directory has an organ with two codes; the product has had time
/// to look at it.
fn recoded(bench: &Bench) -> Outcome<Lab> {
    let path = bench.folder().join("units.csv");
    let units = format!("code,oldCode,name\n{NEW},{OLD},Cơ quan thí dụ đổi mã\n");
    std::fs::write(&path, units).map_err(Stop::own)?;
    let mut lab = bench.lab_with(|setup| {
        setup.axis(|config| config.directory = Some(path));
        peers_have(setup, NEW);
    })?;
    // Who never asks for it has no use for it.
    let asked = |lab: &Lab| {
        let log = lab.axis.wire_log(0, Duration::ZERO);
        log.iter()
            .any(|entry| entry.path.contains("Agencies") || entry.path.contains("Unit"))
    };
    let end = std::time::Instant::now() + lab.patience() / 4;
    while !asked(&lab) && std::time::Instant::now() < end {
        lab.looked_at_axis()?;
    }
    lab.looked_at_axis()?;
    Ok(lab)
}

fn of_letter(lab: &Lab, id: &str) -> Outcome<Vec<SentPacket>> {
    let mut sent = lab.sent()?;
    sent.retain(|packet| packet.kind == Kind::Document && packet.document_id() == id);
    Ok(sent)
}

fn old_and_new(bench: &Bench) -> Outcome {
    let mut lab = recoded(bench)?;
    let letter = lab.letter(&[NEW, OLD]);
    if lab.ask("send", letter.command())?.is_err() {
        return Ok(());
    }
    lab.await_letter(&letter)?;
    // What else there is to send goes meanwhile.
    let other = lab.letter(&[PEER]);
    lab.send(&other)?;
    lab.await_letter(&other)?;
    lab.looked_at_axis()?;
    // This axis knows the two as one; another may deliver to each that is named.
    let named = lab.calls("sendEdoc").into_iter().any(|entry| {
        let mut to = entry
            .headers
            .iter()
            .filter(|(name, _)| name.eq_ignore_ascii_case("xroadvnpt-to"));
        to.any(|(_, value)| value.contains(NEW) && value.contains(OLD))
    });
    ensure(!named, || {
        said!(
            "the call to send names both codes",
            "lời gọi gửi nêu cả hai mã"
        )
    })?;
    let count: usize = of_letter(&lab, letter.document_id())?
        .iter()
        .map(|packet| packet.to.iter().filter(|organ| *organ == NEW).count())
        .sum();
    ensure(count == 1, || {
        said!("{NEW} has it {count} times", "{NEW} có văn bản {count} lần")
    })
}

fn repeated(bench: &Bench) -> Outcome {
    let mut lab = bench.lab()?;
    let letter = lab.letter(&[PEER, PEER]);
    if lab.ask("send", letter.command())?.is_err() {
        return ensure(lab.sent()?.is_empty(), || {
            said!("it was refused, and sent", "bị từ chối nhưng vẫn gửi")
        });
    }
    let sent = lab.await_letter(&letter)?;
    let tree = Sample::new("document", sent.bytes)?.tree()?;
    let named = tree.all("MessageHeader/To/OrganId").count();
    lab.looked_at_axis()?;
    let count = of_letter(&lab, letter.document_id())?.len();
    ensure(named == 1 && count == 1, || {
        said!(
            "{named} To in {count} packets",
            "{named} To trong {count} gói tin"
        )
    })
}

fn organ_forms(bench: &Bench) -> Outcome {
    const FORMS: &[&str] = &[
        "000.00.00.H98",
        "G98",
        "H98.17",
        "02.98.W00",
        "010203040506",
        "vxp.saas.98",
        "H98.DN.001",
        "CS:GOV:H98",
    ];
    let mut lab = bench.lab()?;
    for form in FORMS {
        let made = Made::document(form, lab.organ(), lab.number());
        lab.deliver(form, Kind::Document, &made.bytes())?;
        let item = lab.take_document(&made.document_id, |_| {})?;
        let shown = [item.text("/from"), item.text("/document/From/OrganId")];
        ensure(
            shown.contains(form) || item.0.get("typed").is_some(),
            || said!("{form} is shown otherwise", "{form} hiện khác"),
        )?;
    }
    Ok(())
}

fn long_code(bench: &Bench) -> Outcome {
    let organ = "H98.ABCDEFGHIJ.KLMNOPQRST.UVWXYZ012";
    let mut lab = bench.lab_with(|setup| peers_have(setup, organ))?;
    let letter = lab.letter(&[organ]);
    lab.send(&letter)?;
    let sent = lab.await_letter(&letter)?;
    ensure(sent.to == [organ], || {
        said!("it went to another organ", "văn bản tới cơ quan khác")
    })
}

/// That a recipient fails in sight, and is left alone from then on.
fn fails_for_good(lab: &mut Lab, organ: &str) -> Outcome {
    let letter = lab.letter(&[organ]);
    let Ok(ok) = lab.ask("send", letter.command())? else {
        // Who knows the directory may refuse at once.
        return Ok(());
    };
    let id = ok
        .get("outgoing")
        .and_then(Value::as_str)
        .unwrap_or("")
        .to_owned();
    lab.await_recipient(&id, organ, "delivery", &["failed", "dropped"])?;
    let recipient = lab.recipient(&id, organ)?;
    let told = ["error", "remote_code", "reason", "last_answer"]
        .iter()
        .any(|member| recipient.get(*member).is_some_and(|value| !value.is_null()));
    ensure(told, || {
        said!("`why` does not say why", "`why` không nêu nguyên nhân")
    })?;
    let before = lab.calls("sendEdoc").len();
    lab.looked_at_axis()?;
    lab.looked_at_axis()?;
    let again = lab.calls("sendEdoc").len() - before;
    ensure(again == 0, || {
        said!("it was sent {again} times more", "gửi lại thêm {again} lần")
    })?;
    // The way is free for others.
    lab.no_faults();
    let other = lab.letter(&[PEER]);
    lab.send(&other)?;
    lab.await_letter(&other).map(|_| ())
}

fn unknown_receiver(bench: &Bench) -> Outcome {
    fails_for_good(&mut bench.lab()?, "H98.77")
}

fn locked_receiver(bench: &Bench) -> Outcome {
    let mut lab = bench.lab()?;
    lab.fault(
        "sendEdoc",
        0,
        Fault::RefuseOrgan {
            organ: "H99.09".to_owned(),
            code: "23".to_owned(),
            rest_accepted: false,
        },
    );
    fails_for_good(&mut lab, "H99.09")
}

fn sender_unregistered(bench: &Bench) -> Outcome {
    let mut lab = bench.lab()?;
    lab.fault(
        "sendEdoc",
        0,
        Fault::WrongCode {
            code: "19".to_owned(),
            accepted: false,
        },
    );
    fails_for_good(&mut lab, PEER)
}

fn foreign_sender(bench: &Bench) -> Outcome {
    let mut lab = bench.lab()?;
    let letter = lab.letter(&[PEER]).with("/From/OrganId", json!("H99.08"));
    lab.refused("send", letter.command())?;
    lab.looked_at_axis()?;
    ensure(lab.calls("sendEdoc").is_empty(), || {
        said!("it was sent", "văn bản đã được gửi")
    })
}

fn several_organs(bench: &Bench) -> Outcome {
    const SECOND: &str = "H98.10";
    let mut lab = bench.lab_with(|setup| setup.organ(SECOND))?;
    let first = lab.organ().to_owned();
    let mut made = Made::document(PEER, &first, lab.number());
    made.to.push(SECOND.to_owned());
    for organ in [&first, SECOND] {
        lab.deliver_to(organ, PEER, Kind::Document, &made.bytes())?;
    }
    let mut shown = Vec::new();
    for _ in 0..2 {
        let item = lab.take_document(&made.document_id, |_| {})?;
        shown.push(item.text("/own").to_owned());
    }
    shown.sort();
    let both = shown.join(", ");
    ensure(shown == [SECOND.to_owned(), first.clone()], || {
        said!("it is shown for {both}", "hiện cho {both}")
    })?;
    for organ in [&first, SECOND] {
        let what = said!("no 01 from {organ}", "không có 01 từ {organ}");
        lab.await_sent(what, |packet| {
            let text = String::from_utf8_lossy(&packet.bytes).into_owned();
            let from = crate::suite::tree::Tree::read(&text).unwrap_or_default();
            packet.code() == "01"
                && packet.document_id() == made.document_id
                && from.text("MessageHeader/From/OrganId") == organ
        })?;
    }
    let letter = lab.letter(&[PEER]).with("/From/OrganId", json!(SECOND));
    lab.send(&letter)?;
    let sent = lab.await_letter(&letter)?;
    let tree = Sample::new("document", sent.bytes)?.tree()?;
    ensure(tree.text("MessageHeader/From/OrganId") == SECOND, || {
        said!("it names another sender", "nêu nơi gửi khác")
    })
}

fn answer_to_old(bench: &Bench) -> Outcome {
    let mut lab = recoded(bench)?;
    let made = Made::document(OLD, lab.organ(), lab.number());
    lab.deliver(OLD, Kind::Document, &made.bytes())?;
    lab.take_document(&made.document_id, |_| {})?;
    let sent = lab.await_status("01", &made.document_id)?;
    let to = sent.to.join(", ");
    ensure(sent.to == [NEW], || {
        said!("it went to {to}", "trạng thái tới {to}")
    })
}

fn sender_recoded(bench: &Bench) -> Outcome {
    let mut lab = recoded(bench)?;
    let made = Made::document(OLD, lab.organ(), lab.number());
    let xml = made.xml();
    lab.deliver(OLD, Kind::Document, xml.as_bytes())?;
    lab.take_document(&made.document_id, |_| {})?;
    let organ = |code: &str| format!("<edXML:OrganId>{code}</edXML:OrganId>");
    let again = xml.replace(&organ(OLD), &organ(NEW));
    let delivery = lab.deliver(NEW, Kind::Document, again.as_bytes())?;
    lab.await_acknowledgement(&delivery)?;
    lab.looked_at_axis()?;
    let item = lab.poll(200)?;
    let told = item.is_none_or(|item| {
        let is_true = |name: &str| item.0.get(name) == Some(&json!(true));
        is_true("conflict") || is_true("redelivered")
    });
    ensure(told, || {
        said!("it is shown as a new document", "hiện như văn bản mới")
    })
}

fn unavailable(bench: &Bench) -> Outcome {
    let mut lab = bench.lab_with(|setup| {
        setup.axis(|config| {
            for call in [
                "getAgenciesList",
                "getAgenciesListQD20",
                "getSynchronizeUnit",
            ] {
                config.faults.push(FaultRule {
                    call: call.to_owned(),
                    after: 0,
                    times: 0,
                    chance: 1.0,
                    fault: Fault::NotJson,
                });
            }
        });
    })?;
    let letter = lab.letter(&[PEER]);
    lab.send(&letter)?;
    lab.await_letter(&letter)?;
    let made = Made::document(PEER, lab.organ(), lab.number());
    lab.deliver(PEER, Kind::Document, &made.bytes())?;
    lab.take_document(&made.document_id, |_| {})?;
    lab.await_status("01", &made.document_id).map(|_| ())
}
