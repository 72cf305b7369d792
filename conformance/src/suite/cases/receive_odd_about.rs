//! Receiving: statuses and actions as real software writes them, and which document they are about.

use serde_json::{Value, json};

use super::traffic::{SOAP, about, at, id_of, noise, same, sha256};
use crate::axis_server::Kind;
use crate::rebuild::{Flavour, RebuildOptions, rebuild};
use crate::suite::bench::{Bench, OTHER, PEER};
use crate::suite::case::{
    Case,
    Chapter::Receive,
    Level::{Must, Should},
    Need::Command,
    Run,
};
use crate::suite::lab::Lab;
use crate::suite::letter::{Letter, Made, NAMESPACE, made_recall, made_status, status_xml};
use crate::suite::said;
use crate::suite::text::t;
use crate::suite::verdict::{Outcome, Stop, ensure};

pub(super) const CASES: &[Case] = &[
    Case {
        id: "receive-status-dialects",
        chapter: Receive,
        level: Should,
        clauses: &["D32"],
        refusal: None,
        title: t(
            "A status counts wherever it stands in the packet",
            "Trạng thái được ghi nhận dù nằm ở vị trí nào trong gói tin",
        ),
        why: t(
            "Three products write it in three places.",
            "Ba phần mềm ghi ở ba vị trí khác nhau.",
        ),
        steps: &[t(
            "The product sends three documents; statuses come in MessageHeader, in Status, and in a SOAP header.",
            "Phần mềm gửi ba văn bản; trạng thái đến trong MessageHeader, trong Status và trong tiêu đề SOAP.",
        )],
        expected: t(
            "All three documents stand at 03.",
            "Cả ba văn bản có trạng thái 03.",
        ),
        needs: &[Command("send"), Command("why")],
        quick: true,
        run: Run::Connector(status_dialects),
    },
    Case {
        id: "receive-status-forms",
        chapter: Receive,
        level: Should,
        clauses: &["D34", "D35", "P07"],
        refusal: None,
        title: t(
            "A status counts with its id, date and code in other forms",
            "Trạng thái ghi mã, ngày, số trạng thái dạng khác vẫn được ghi nhận",
        ),
        why: t(
            "Statuses that match nothing leave the sender in the dark.",
            "Trạng thái không khớp khiến bên gửi không biết tình hình.",
        ),
        steps: &[t(
            "Statuses come with the code 3, with dashes in the id's date, with the receiver before the id, and with another id but the right number and date.",
            "Các trạng thái có mã 3, ngày trong mã văn bản dùng gạch nối, có mã bên nhận đứng trước, và mã khác nhưng đúng số, ngày được chuyển tới.",
        )],
        expected: t(
            "Each document stands at 03.",
            "Từng văn bản có trạng thái 03.",
        ),
        needs: &[Command("send"), Command("why")],
        quick: true,
        run: Run::Connector(status_forms),
    },
    Case {
        id: "receive-unknown-status",
        chapter: Receive,
        level: Must,
        clauses: &["D35"],
        refusal: Some(t(
            "77 does not become the state.",
            "77 không trở thành trạng thái.",
        )),
        title: t(
            "A status code that nobody knows changes nothing",
            "Mã trạng thái lạ không làm thay đổi gì",
        ),
        why: t(
            "A guess would tell the sender what the receiver never said.",
            "Đoán mò sẽ báo cho bên gửi điều bên nhận chưa từng nói.",
        ),
        steps: &[t(
            "The receiver reports 01, then 77.",
            "Bên nhận báo 01, rồi 77.",
        )],
        expected: t(
            "The document stands at 01; the next status, 03, counts.",
            "Văn bản vẫn ở 01; trạng thái 03 sau đó được ghi nhận.",
        ),
        needs: &[Command("send"), Command("why")],
        quick: true,
        run: Run::Connector(unknown_status),
    },
    Case {
        id: "receive-recall-swapped",
        chapter: Receive,
        level: Should,
        clauses: &["D33"],
        refusal: None,
        title: t(
            "A recall by status is understood with its organs either way round",
            "Hiểu được trạng thái 13 dù hai cơ quan bị đảo",
        ),
        why: t("Both forms are in use.", "Thực tế có cả hai cách ghi."),
        steps: &[t(
            "A document comes and is accepted; then 13 with sender and receiver swapped.",
            "Văn bản được nhận; sau đó đến trạng thái 13 đảo bên gửi và bên nhận.",
        )],
        expected: t(
            "It is shown as an action on that document.",
            "Được hiện là yêu cầu đối với đúng văn bản đó.",
        ),
        needs: &[Command("poll")],
        quick: true,
        run: Run::Connector(recall_swapped),
    },
    Case {
        id: "receive-recall-by-response",
        chapter: Receive,
        level: Should,
        clauses: &["D17", "flow-change"],
        refusal: None,
        title: t(
            "A recall that names its document only in ResponseFor is understood",
            "Hiểu được yêu cầu thu hồi chỉ nêu văn bản ở ResponseFor",
        ),
        why: t(
            "Real recalls leave Bussiness/DocumentId out.",
            "Yêu cầu thu hồi thực tế thường bỏ trống Bussiness/DocumentId.",
        ),
        steps: &[t(
            "A document comes and is accepted; then a packet of type 1 whose target stands in ResponseFor.",
            "Văn bản được nhận; sau đó đến gói tin loại 1 chỉ nêu văn bản ở ResponseFor.",
        )],
        expected: t(
            "It is shown as an action on that document.",
            "Được hiện là yêu cầu đối với đúng văn bản đó.",
        ),
        needs: &[Command("poll")],
        quick: true,
        run: Run::Connector(recall_by_response),
    },
    Case {
        id: "receive-foreign-recall",
        chapter: Receive,
        level: Must,
        clauses: &["D17", "QD28-9.2"],
        refusal: Some(t(
            "The recall does not touch the document.",
            "Yêu cầu thu hồi không ảnh hưởng tới văn bản.",
        )),
        title: t(
            "Nobody recalls the document of another organ",
            "Không cơ quan nào thu hồi được văn bản của cơ quan khác",
        ),
        why: t(
            "Else any organ could make another's documents vanish.",
            "Nếu không, bất kỳ cơ quan nào cũng làm mất được văn bản của nơi khác.",
        ),
        steps: &[t(
            "A document comes from one peer and is accepted; another peer sends 13 for it.",
            "Nhận văn bản của một cơ quan; cơ quan khác gửi trạng thái 13 cho văn bản đó.",
        )],
        expected: t(
            "The document is not on hold, not recalled, its data kept; what is shown does not act on it.",
            "Văn bản không bị tạm giữ, không bị thu hồi, dữ liệu còn nguyên; nếu có hiện thì không gắn với văn bản đó.",
        ),
        needs: &[Command("poll"), Command("why")],
        quick: true,
        run: Run::Connector(foreign_recall),
    },
    Case {
        id: "receive-replacement-repeated",
        chapter: Receive,
        level: Should,
        clauses: &["D18", "flow-change"],
        refusal: None,
        title: t(
            "A replacement that names its document twice is one replacement",
            "Văn bản thay thế nêu trùng hai lần chỉ là một yêu cầu",
        ),
        why: t(
            "Two requests would want two decisions.",
            "Hai yêu cầu sẽ đòi hai quyết định.",
        ),
        steps: &[t(
            "A document comes and is accepted; then a replacement with the same ReplacementInfo twice.",
            "Văn bản được nhận; sau đó đến văn bản thay thế có ReplacementInfo lặp hai lần.",
        )],
        expected: t(
            "One action on that document is shown.",
            "Chỉ hiện một yêu cầu đối với văn bản đó.",
        ),
        needs: &[Command("poll")],
        quick: true,
        run: Run::Connector(replacement_repeated),
    },
    Case {
        id: "receive-status-as-edoc",
        chapter: Receive,
        level: Must,
        clauses: &["D42", "wire-status"],
        refusal: None,
        title: t(
            "The content decides what a packet is, not the axis's word",
            "Nội dung quyết định loại gói tin, không phải lời của trục",
        ),
        why: t(
            "Statuses of some products come among the documents.",
            "Trạng thái của một số phần mềm nằm trong danh sách văn bản.",
        ),
        steps: &[t(
            "The product sends a document; its status 03 comes with messagetype edoc.",
            "Phần mềm gửi một văn bản; trạng thái 03 đến với messagetype edoc.",
        )],
        expected: t(
            "The document stands at 03; nothing is shown as a new document.",
            "Văn bản có trạng thái 03; không hiện như văn bản mới.",
        ),
        needs: &[Command("send"), Command("why")],
        quick: true,
        run: Run::Connector(status_as_edoc),
    },
    Case {
        id: "receive-rebuilt",
        chapter: Receive,
        level: Must,
        clauses: &["rebuild", "D45", "D25", "D28"],
        refusal: None,
        title: t(
            "A rebuilt packet is shown as it was meant",
            "Gói tin đã bị trục dựng lại vẫn được hiện đúng nội dung",
        ),
        why: t(
            "Every packet of the national axis has been rebuilt.",
            "Mọi gói tin qua trục quốc gia đều bị dựng lại.",
        ),
        steps: &[t(
            "Documents with a PDF, a text and a ZIP come, rebuilt in both known ways.",
            "Văn bản kèm PDF, tệp chữ và ZIP, đã dựng lại theo cả hai cách đã biết, được chuyển tới.",
        )],
        expected: t(
            "Same id, number, subject; the files by name and digest, unwrapped.",
            "Đúng mã, số, trích yếu; tệp đúng tên và mã băm, đã lấy ra khỏi ZIP bọc ngoài.",
        ),
        needs: &[Command("poll")],
        quick: true,
        run: Run::Connector(rebuilt),
    },
    Case {
        id: "receive-status-right-document",
        chapter: Receive,
        level: Must,
        clauses: &["P07", "D34"],
        refusal: Some(t(
            "The other document does not change.",
            "Văn bản kia không đổi.",
        )),
        title: t(
            "A status counts for its document, not for another of the same number",
            "Trạng thái được ghi cho đúng văn bản, không phải văn bản khác trùng số",
        ),
        why: t(
            "Numbers begin anew each year: 12/TD-VP is many documents.",
            "Số văn bản đánh lại từ đầu mỗi năm: 12/TD-VP có thể là nhiều văn bản.",
        ),
        steps: &[t(
            "The product sends two documents with the same number and notation, of two years; the receiver reports 03 for one, then 04 for the other.",
            "Phần mềm gửi hai văn bản trùng số, ký hiệu nhưng khác năm; bên nhận báo 03 cho văn bản này rồi 04 cho văn bản kia.",
        )],
        expected: t(
            "Each status changes its own document only.",
            "Mỗi trạng thái chỉ làm thay đổi đúng văn bản của nó.",
        ),
        needs: &[Command("send"), Command("why")],
        quick: true,
        run: Run::Connector(status_right_document),
    },
];

/// Sends a document and waits until the axis has it.
fn accepted(lab: &mut Lab) -> Outcome<(Letter, String)> {
    let letter = lab.letter(&[PEER]);
    let out = lab.send(&letter)?;
    lab.await_recipient(&out, PEER, "delivery", &["accepted"])?;
    Ok((letter, out))
}

fn status_dialects(bench: &Bench) -> Outcome {
    let mut lab = bench.lab()?;
    for dialect in ["MessageHeader", "Status", "SOAP"] {
        let (letter, out) = accepted(&mut lab)?;
        let usual = made_status(PEER, &letter, "03", "");
        let usual = String::from_utf8_lossy(&usual).into_owned();
        let xml = match dialect {
            "MessageHeader" => usual,
            "Status" => usual.replace("edXML:MessageHeader>", "edXML:Status>"),
            _ => {
                let inside = usual.split_once("<edXML:MessageHeader>");
                let inside = inside.and_then(|(_, rest)| rest.split_once("</edXML:MessageHeader>"));
                let inside = inside.map_or("", |(inside, _)| inside);
                format!(
                    "<s:Envelope xmlns:s=\"{SOAP}\"><s:Header>\
                     <edXML:Status xmlns:edXML=\"{NAMESPACE}\">{inside}</edXML:Status>\
                     </s:Header></s:Envelope>"
                )
            }
        };
        lab.deliver(PEER, Kind::Status, xml.as_bytes())?;
        lab.note("dialect", &[("place", dialect.to_owned())]);
        lab.await_recipient(&out, PEER, "status", &["03"])?;
    }
    Ok(())
}

fn status_forms(bench: &Bench) -> Outcome {
    let mut lab = bench.lab()?;
    for form in ["3", "dashes", "receiver", "number"] {
        let (letter, out) = accepted(&mut lab)?;
        let id = letter.document_id().to_owned();
        let named = match form {
            "dashes" => id.replace("2026/03/04", "2026-03-04"),
            "receiver" => format!("{PEER},{id}"),
            "number" => "5e515fca-3627-4f2e-b517-000000000000".to_owned(),
            _ => id,
        };
        let code = if form == "3" { "3" } else { "03" };
        let number = letter.header.pointer("/Code/CodeNumber");
        let number = number.and_then(Value::as_str).unwrap_or("");
        let own = lab.organ().to_owned();
        let xml = status_xml(PEER, &own, &format!("{number}/TD-VP"), &named, code, "");
        lab.deliver(PEER, Kind::Status, xml.as_bytes())?;
        lab.note("form", &[("form", form.to_owned())]);
        lab.await_recipient(&out, PEER, "status", &["03"])?;
    }
    Ok(())
}

fn unknown_status(bench: &Bench) -> Outcome {
    let mut lab = bench.lab()?;
    let (letter, out) = accepted(&mut lab)?;
    lab.deliver(PEER, Kind::Status, &made_status(PEER, &letter, "01", ""))?;
    lab.await_recipient(&out, PEER, "status", &["01"])?;
    let id = lab.deliver(PEER, Kind::Status, &made_status(PEER, &letter, "77", ""))?;
    lab.await_acknowledgement(&id)?;
    lab.looked_at_axis()?;
    let recipient = lab.recipient(&out, PEER)?;
    same("status", at(&recipient, "status"), &json!("01"))?;
    lab.deliver(PEER, Kind::Status, &made_status(PEER, &letter, "03", ""))?;
    lab.await_recipient(&out, PEER, "status", &["03"])
        .map(|_| ())
}

/// A document that came and was accepted, with its `in-…`.
fn original(lab: &mut Lab) -> Outcome<(Made, String)> {
    let made = Made::document(PEER, lab.organ(), lab.number());
    lab.deliver(PEER, Kind::Document, &made.bytes())?;
    let item = lab.take_and_accept()?;
    Ok((made, item.incoming().to_owned()))
}

/// That the next item is an action on this one.
fn acts_on(lab: &mut Lab, incoming: &str) -> Outcome {
    let item = lab.take()?;
    same("is_action", at(&item.0, "is_action"), &json!(true))?;
    same("acts_on", at(&item.0, "acts_on"), &json!(incoming))?;
    // What a clerk would decide; so it does not come again.
    lab.accept(&item)
}

fn recall_swapped(bench: &Bench) -> Outcome {
    let mut lab = bench.lab()?;
    let (made, incoming) = original(&mut lab)?;
    let own = lab.organ().to_owned();
    let number = format!("{}/TD-VP", made.number);
    let xml = status_xml(
        &own,
        PEER,
        &number,
        &made.document_id,
        "13",
        "Ban hành nhầm",
    );
    lab.deliver(PEER, Kind::Status, xml.as_bytes())?;
    acts_on(&mut lab, &incoming)
}

fn recall_by_response(bench: &Bench) -> Outcome {
    let mut lab = bench.lab()?;
    let (made, incoming) = original(&mut lab)?;
    let mut recall = Made::document(PEER, lab.organ(), lab.number());
    recall.responses = made.as_response();
    recall.business = "<edXML:Bussiness><edXML:BussinessDocType>1</edXML:BussinessDocType>\
                       <edXML:BussinessDocReason>Ban hành nhầm</edXML:BussinessDocReason>\
                       <edXML:Paper>0</edXML:Paper></edXML:Bussiness>"
        .to_owned();
    lab.deliver(PEER, Kind::Document, &recall.bytes())?;
    acts_on(&mut lab, &incoming)
}

fn foreign_recall(bench: &Bench) -> Outcome {
    let mut lab = bench.lab()?;
    let (made, incoming) = original(&mut lab)?;
    let forged = Made {
        from: OTHER.to_owned(),
        ..made
    };
    let own = lab.organ().to_owned();
    let recall = made_recall(&forged, &own, "Không phải của tôi");
    let id = lab.deliver(OTHER, Kind::Status, &recall)?;
    lab.await_acknowledgement(&id)?;
    lab.looked_at_axis()?;
    if let Some(item) = lab.poll(100)? {
        lab.accept(&item)?;
        ensure(item.text("/acts_on") != incoming, || {
            said!(
                "the recall of another organ acts on {incoming}",
                "yêu cầu thu hồi của cơ quan khác gắn với {incoming}"
            )
        })?;
    }
    let why = lab.done("why", json!({ "packet": incoming }))?;
    for (name, expected) in [("on_hold", false), ("destroyed", false)] {
        let got = at(at(&why, "incoming"), name).as_bool().unwrap_or(false);
        ensure(got == expected, || about(name, "it is so", "đã xảy ra"))?;
    }
    Ok(())
}

fn replacement_repeated(bench: &Bench) -> Outcome {
    let mut lab = bench.lab()?;
    let (made, incoming) = original(&mut lab)?;
    let own = lab.organ().to_owned();
    let replacement = Made::document(PEER, &own, lab.number()).acting(3, &made, "Sai số liệu");
    let xml = replacement.xml();
    let info = xml.split_once("<edXML:ReplacementInfo>");
    let info = info.and_then(|(_, rest)| rest.split_once("</edXML:ReplacementInfo>"));
    let info = info.map_or(String::new(), |(inside, _)| {
        format!("<edXML:ReplacementInfo>{inside}</edXML:ReplacementInfo>")
    });
    let xml = xml.replace(&info, &format!("{info}{info}"));
    lab.deliver(PEER, Kind::Document, xml.as_bytes())?;
    acts_on(&mut lab, &incoming)?;
    lab.nothing_comes(said!("it is shown twice", "yêu cầu được hiện hai lần"))
}

fn status_as_edoc(bench: &Bench) -> Outcome {
    let mut lab = bench.lab()?;
    let (letter, out) = accepted(&mut lab)?;
    let status = made_status(PEER, &letter, "03", "");
    lab.deliver(PEER, Kind::Document, &status)?;
    lab.await_recipient(&out, PEER, "status", &["03"])?;
    lab.nothing_comes(said!(
        "the status is shown as a document",
        "trạng thái bị hiện như văn bản"
    ))
}

fn rebuilt(bench: &Bench) -> Outcome {
    let mut lab = bench.lab()?;
    for (word, flavour) in [("as-seen", Flavour::AsSeen), ("0.0.3", Flavour::V0_0_3)] {
        lab.note("rebuild", &[("flavour", word.to_owned())]);
        let pdf = noise(3_000, 11);
        // A ZIP of no entry: its own bytes have to pass.
        let zip = b"PK\x05\x06\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0";
        let made = Made::document(PEER, lab.organ(), lab.number()).files(&[
            ("Quyết định.pdf", &pdf),
            ("Phụ lục.txt", "Kính gửi: các đơn vị\r\n".as_bytes()),
            ("ho-so.zip", zip),
        ]);
        let now = "2026/03/04 09:00:00";
        let options = RebuildOptions::new(flavour, "000.00.00.W00", now, lab.number());
        let mut built = Vec::new();
        rebuild(&made.bytes()[..], &mut built, options).map_err(Stop::own)?;
        lab.deliver(PEER, Kind::Document, &built)?;
        let item = lab.take_and_accept()?;
        same("DocumentId", &json!(id_of(&item)), &json!(made.document_id))?;
        same(
            "Subject",
            &json!(item.text("/document/Subject")),
            &json!(made.subject),
        )?;
        let expected: Vec<_> = made
            .files
            .iter()
            .map(|(name, _, bytes)| (name.clone(), sha256(bytes)))
            .collect();
        let files = item.attachments().into_iter();
        let got: Vec<_> = files.map(|(name, _, digest)| (name, digest)).collect();
        ensure(got == expected, || {
            said!(
                "the files of the rebuilt packet are others ({word})",
                "tệp kèm của gói tin dựng lại không đúng ({word})"
            )
        })?;
    }
    Ok(())
}

fn status_right_document(bench: &Bench) -> Outcome {
    let mut lab = bench.lab()?;
    let (letter, first) = accepted(&mut lab)?;
    let other = letter
        .clone()
        .with(
            "/DocumentId",
            json!(format!("{}-later", letter.document_id())),
        )
        .with("/PromulgationInfo/PromulgationDate", json!("2025-03-04"))
        .with("/Subject", json!("V/v việc khác"));
    let second = lab.send(&other)?;
    lab.await_recipient(&second, PEER, "delivery", &["accepted"])?;
    // Once for each, so that no luck with the order helps.
    for (about, code, out) in [(&letter, "03", &first), (&other, "04", &second)] {
        let untouched = if out == &first { &second } else { &first };
        let before = lab.recipient(untouched, PEER)?;
        lab.deliver(PEER, Kind::Status, &made_status(PEER, about, code, ""))?;
        lab.await_recipient(out, PEER, "status", &[code])?;
        let after = lab.recipient(untouched, PEER)?;
        same("status", at(&after, "status"), at(&before, "status"))?;
    }
    Ok(())
}
