//! Statuses that peers send about the product's documents.

use serde_json::{Value, json};

use super::steps::{answer, sent, settled, status_of, text};
use crate::axis_server::Kind;
use crate::suite::bench::{Bench, OTHER, PEER};
use crate::suite::case::{
    Case,
    Chapter::Status,
    Level::{Must, Should},
    Need::Command,
    Run,
};
use crate::suite::lab::Lab;
use crate::suite::letter::{Letter, NAMESPACE, made_status, status_xml};
use crate::suite::said;
use crate::suite::text::t;
use crate::suite::verdict::{Outcome, ensure};

pub(super) const CASES: &[Case] = &[
    Case {
        id: "status-shown-to-sender",
        chapter: Status,
        level: Must,
        clauses: &["QD28-6.3", "ND30-VI-state"],
        refusal: None,
        title: t(
            "What the receiver reports is shown to the sender",
            "Tình trạng bên nhận báo được hiện cho bên gửi",
        ),
        why: t(
            "The state of a document is followed automatically.",
            "Tình trạng văn bản phải được theo dõi tự động.",
        ),
        steps: &[t(
            "The peer reports 01, 03, 04, 05 and 06 in turn about a document of the product's.",
            "Cơ quan nhận lần lượt báo 01, 03, 04, 05, 06 về văn bản của phần mềm.",
        )],
        expected: t(
            "`why` shows each of them as the recipient's status.",
            "`why` lần lượt hiện từng trạng thái của nơi nhận.",
        ),
        needs: &[Command("send"), Command("why")],
        quick: true,
        run: Run::Connector(shown_to_sender),
    },
    Case {
        id: "status-receivers-apart",
        chapter: Status,
        level: Must,
        clauses: &["flow-document", "P03"],
        refusal: Some(t(
            "One receiver's refusal or finish does not count for another.",
            "Việc từ chối hoặc hoàn thành của nơi này không tính cho nơi khác.",
        )),
        title: t(
            "Each receiver has a state of its own",
            "Mỗi nơi nhận có trạng thái riêng",
        ),
        why: t(
            "One who finished would hide one who refused.",
            "Nơi đã hoàn thành sẽ che mất nơi từ chối.",
        ),
        steps: &[t(
            "A document goes to two organs; one reports 06, the other 02.",
            "Gửi văn bản cho hai cơ quan; một nơi báo 06, nơi kia báo 02.",
        )],
        expected: t(
            "`why` shows 06 for the one and 02 for the other.",
            "`why` hiện 06 cho nơi này và 02 cho nơi kia.",
        ),
        needs: &[Command("send"), Command("why")],
        quick: true,
        run: Run::Connector(receivers_apart),
    },
    Case {
        id: "status-refusal-shown",
        chapter: Status,
        level: Must,
        clauses: &["QD28-5.4", "QD28-10.2"],
        refusal: None,
        title: t(
            "A refusal is shown to the sender with its reason",
            "Bên gửi thấy việc từ chối kèm lý do",
        ),
        why: t("The sender has to act on it.", "Bên gửi phải xử lý tiếp."),
        steps: &[t(
            "The peer reports 02 with a reason.",
            "Cơ quan nhận báo 02 kèm lý do.",
        )],
        expected: t(
            "`why` shows 02, and the reason in `reason` of the recipient.",
            "`why` hiện 02 và lý do trong `reason` của nơi nhận.",
        ),
        needs: &[Command("send"), Command("why")],
        quick: true,
        run: Run::Connector(refusal_shown),
    },
    Case {
        id: "status-history",
        chapter: Status,
        level: Should,
        clauses: &["QD28-10.2", "ND30-VI-state"],
        refusal: None,
        title: t(
            "All statuses that came about a document are listed, with organ and code",
            "Mọi trạng thái đã đến của văn bản được liệt kê kèm cơ quan, mã",
        ),
        why: t(
            "Software has to show the history, not the last word only.",
            "Phần mềm phải hiện lịch sử xử lý, không chỉ trạng thái cuối.",
        ),
        steps: &[t(
            "The peer reports 01, 03 and 06; `statuses` is asked for.",
            "Cơ quan nhận báo 01, 03, 06; hỏi `statuses`.",
        )],
        expected: t(
            "Three lines in this order, each with the organ.",
            "Ba dòng theo thứ tự này, dòng nào cũng có cơ quan.",
        ),
        needs: &[Command("send"), Command("why"), Command("statuses")],
        quick: true,
        run: Run::Connector(history),
    },
    Case {
        id: "status-thread",
        chapter: Status,
        level: Should,
        clauses: &["QD28-10.2"],
        refusal: None,
        title: t(
            "The thread of a document has the document and its statuses",
            "Luồng của văn bản gồm văn bản và các trạng thái của nó",
        ),
        why: t(
            "A clerk sees at one look what hangs together.",
            "Văn thư thấy ngay những gì liên quan.",
        ),
        steps: &[t(
            "The peer reports 03; `thread` is asked for.",
            "Cơ quan nhận báo 03; hỏi `thread`.",
        )],
        expected: t(
            "A line of the document sent, and one of the status 03.",
            "Một dòng của văn bản gửi và một dòng của trạng thái 03.",
        ),
        needs: &[Command("send"), Command("why"), Command("thread")],
        quick: true,
        run: Run::Connector(thread),
    },
    Case {
        id: "status-matched-by-date-form",
        chapter: Status,
        level: Should,
        clauses: &["D34", "P07"],
        refusal: None,
        title: t(
            "A status finds its document where the id is written with other dates or a prefix",
            "Trạng thái khớp văn bản dù mã ghi ngày kiểu khác hoặc thêm tiền tố",
        ),
        why: t(
            "Such statuses are common; unmatched, the sender never learns the state.",
            "Kiểu này rất phổ biến; không khớp thì bên gửi không biết tình trạng.",
        ),
        steps: &[t(
            "Of two documents, the one is answered with its id's date as yyyy-MM-dd, the other with the receiver before the id.",
            "Hai văn bản: một được trả lời với ngày dạng yyyy-MM-dd trong mã, một với mã nơi nhận đặt trước.",
        )],
        expected: t("03 stands at both.", "Cả hai đều ở trạng thái 03."),
        needs: &[Command("send"), Command("why")],
        quick: true,
        run: Run::Connector(matched_by_date_form),
    },
    Case {
        id: "status-matched-by-number",
        chapter: Status,
        level: Should,
        clauses: &["D34", "P07"],
        refusal: None,
        title: t(
            "A status finds its document by organ, number and date where the id is another",
            "Trạng thái khớp văn bản theo cơ quan, số ký hiệu, ngày khi mã khác",
        ),
        why: t(
            "Hops and products make up ids; the rest names the document.",
            "Trục và phần mềm có khi tự đặt mã; các phần khác vẫn chỉ đúng văn bản.",
        ),
        steps: &[t(
            "The peer reports 03 with a UUID as the document id and the right organ, number and date.",
            "Cơ quan nhận báo 03 với mã là UUID, còn cơ quan, số ký hiệu, ngày đúng.",
        )],
        expected: t("03 stands at the document.", "Văn bản ở trạng thái 03."),
        needs: &[Command("send"), Command("why")],
        quick: true,
        run: Run::Connector(matched_by_number),
    },
    Case {
        id: "status-other-number-not-matched",
        chapter: Status,
        level: Must,
        clauses: &["P07", "D34"],
        refusal: Some(t(
            "A status of another document changes nothing here.",
            "Trạng thái của văn bản khác không làm thay đổi gì.",
        )),
        title: t(
            "A status about another document is not taken for this one",
            "Trạng thái của văn bản khác không bị gán nhầm",
        ),
        why: t(
            "A wrong match shows a document as finished that nobody has seen.",
            "Gán nhầm làm văn bản chưa ai xem thành đã hoàn thành.",
        ),
        steps: &[
            t(
                "The peer reports 06 about an id and number that the product never sent.",
                "Cơ quan nhận báo 06 về mã và số mà phần mềm chưa từng gửi.",
            ),
            t(
                "It reports 03 about the product's document.",
                "Rồi báo 03 về văn bản của phần mềm.",
            ),
        ],
        expected: t(
            "Both are acknowledged; the document stands at 03.",
            "Cả hai được xác nhận; văn bản ở trạng thái 03.",
        ),
        needs: &[Command("send"), Command("why")],
        quick: true,
        run: Run::Connector(other_number_not_matched),
    },
    Case {
        id: "status-before-document",
        chapter: Status,
        level: Should,
        clauses: &["P07"],
        refusal: None,
        title: t(
            "A status that comes before its document is known is kept and counts later",
            "Trạng thái đến trước khi có văn bản được giữ lại và tính sau",
        ),
        why: t(
            "After a restored backup the answers are there before the document.",
            "Sau khi khôi phục dữ liệu, trả lời có khi đến trước văn bản.",
        ),
        steps: &[
            t(
                "A status 03 about a document that is not sent yet is fetched.",
                "Nhận trạng thái 03 của văn bản chưa gửi.",
            ),
            t(
                "The product sends that document.",
                "Phần mềm gửi văn bản đó.",
            ),
        ],
        expected: t(
            "The status is acknowledged at once, and 03 stands at the document in the end.",
            "Trạng thái được xác nhận ngay, và cuối cùng văn bản ở trạng thái 03.",
        ),
        needs: &[Command("send"), Command("why")],
        quick: true,
        run: Run::Connector(before_document),
    },
    Case {
        id: "status-one-digit",
        chapter: Status,
        level: Should,
        clauses: &["D35"],
        refusal: None,
        title: t("StatusCode 3 is 03", "StatusCode 3 được hiểu là 03"),
        why: t("Products write both.", "Các phần mềm ghi cả hai kiểu."),
        steps: &[t(
            "The peer reports StatusCode `3`.",
            "Cơ quan nhận báo StatusCode `3`.",
        )],
        expected: t("`why` shows 03.", "`why` hiện 03."),
        needs: &[Command("send"), Command("why")],
        quick: true,
        run: Run::Connector(one_digit),
    },
    Case {
        id: "status-unknown-code",
        chapter: Status,
        level: Should,
        clauses: &["D35", "D19"],
        refusal: Some(t(
            "An unknown code does not change where the document stands.",
            "Mã lạ không làm thay đổi tình trạng văn bản.",
        )),
        title: t(
            "A status of an unknown code is taken, kept and changes nothing",
            "Trạng thái có mã lạ được nhận, lưu và không làm thay đổi gì",
        ),
        why: t(
            "Codes 07 to 12 are nobody's; guessing at one shows a false state.",
            "Mã 07 đến 12 chưa ai dùng; đoán nghĩa sẽ hiện sai tình trạng.",
        ),
        steps: &[t(
            "The peer reports 03, then 09.",
            "Cơ quan nhận báo 03, rồi 09.",
        )],
        expected: t(
            "Both are acknowledged; the document stands at 03; 09 is in `statuses`.",
            "Cả hai được xác nhận; văn bản ở trạng thái 03; `statuses` có 09.",
        ),
        needs: &[Command("send"), Command("why"), Command("statuses")],
        quick: true,
        run: Run::Connector(unknown_code),
    },
    Case {
        id: "status-listed-as-document",
        chapter: Status,
        level: Should,
        clauses: &["D42"],
        refusal: Some(t(
            "It is not shown as a document.",
            "Không hiện thành một văn bản.",
        )),
        title: t(
            "A status that came with messagetype edoc counts as a status",
            "Trạng thái đến với messagetype edoc vẫn tính là trạng thái",
        ),
        why: t(
            "Some products send 15 and 16 that way; the content decides.",
            "Một số phần mềm gửi 15, 16 kiểu này; nội dung mới quyết định.",
        ),
        steps: &[t(
            "The axis lists a status 03 among the documents.",
            "Trục liệt kê trạng thái 03 trong danh sách văn bản.",
        )],
        expected: t(
            "`why` shows 03; `poll` shows no document.",
            "`why` hiện 03; `poll` không hiện văn bản nào.",
        ),
        needs: &[Command("send"), Command("why"), Command("poll")],
        quick: true,
        run: Run::Connector(listed_as_document),
    },
    Case {
        id: "status-dialects",
        chapter: Status,
        level: Should,
        clauses: &["D32"],
        refusal: None,
        title: t(
            "A status in a Status element or a SOAP header is read",
            "Đọc được trạng thái nằm trong phần tử Status hoặc tiêu đề SOAP",
        ),
        why: t(
            "Two provincial products write them so.",
            "Hai phần mềm cấp tỉnh ghi như vậy.",
        ),
        steps: &[t(
            "Of two documents, the one is answered in edXMLHeader/Status, the other in Envelope/Header/Status.",
            "Hai văn bản: một được trả lời bằng edXMLHeader/Status, một bằng Envelope/Header/Status.",
        )],
        expected: t("03 stands at both.", "Cả hai đều ở trạng thái 03."),
        needs: &[Command("send"), Command("why")],
        quick: true,
        run: Run::Connector(dialects),
    },
    Case {
        id: "status-late-arrival",
        chapter: Status,
        level: Should,
        clauses: &["flow-document", "P07"],
        refusal: Some(t(
            "A status that comes late does not take a later one back.",
            "Trạng thái đến muộn không kéo lùi trạng thái sau.",
        )),
        title: t(
            "A status that arrives late does not turn the state back",
            "Trạng thái đến muộn không làm lùi tình trạng",
        ),
        why: t(
            "Queues do not promise an order.",
            "Hàng đợi không bảo đảm thứ tự.",
        ),
        steps: &[t(
            "The peer's 06 comes, and its 01 after that.",
            "06 của cơ quan nhận đến trước, 01 đến sau.",
        )],
        expected: t(
            "Both are acknowledged; the document stands at 06.",
            "Cả hai được xác nhận; văn bản ở trạng thái 06.",
        ),
        needs: &[Command("send"), Command("why")],
        quick: true,
        run: Run::Connector(late_arrival),
    },
    Case {
        id: "status-refused-stays-refused",
        chapter: Status,
        level: Should,
        clauses: &["flow-document"],
        refusal: Some(t(
            "06 after 02 does not count.",
            "06 sau 02 không được tính.",
        )),
        title: t(
            "A refused document does not become finished",
            "Văn bản bị từ chối không trở thành đã hoàn thành",
        ),
        why: t(
            "02 ends it; what contradicts that must not hide the refusal.",
            "02 là kết thúc; trạng thái mâu thuẫn không được che việc từ chối.",
        ),
        steps: &[t(
            "The peer reports 02, and then 06.",
            "Cơ quan nhận báo 02, rồi 06.",
        )],
        expected: t("The document stands at 02.", "Văn bản ở trạng thái 02."),
        needs: &[Command("send"), Command("why")],
        quick: true,
        run: Run::Connector(refused_stays_refused),
    },
    Case {
        id: "status-of-a-stranger",
        chapter: Status,
        level: Must,
        clauses: &["QD28-8", "P07"],
        refusal: Some(t(
            "A status of an organ that was no receiver changes no receiver's state.",
            "Trạng thái của cơ quan không phải nơi nhận không làm thay đổi nơi nhận nào.",
        )),
        title: t(
            "An organ that never got the document cannot finish or refuse it",
            "Cơ quan không nhận văn bản thì không thể báo hoàn thành hay từ chối",
        ),
        why: t(
            "Anybody at the axis can write a status.",
            "Ai trên trục cũng có thể tạo trạng thái.",
        ),
        steps: &[t(
            "A third organ reports 02, and then the receiver 03.",
            "Cơ quan thứ ba báo 02, sau đó nơi nhận báo 03.",
        )],
        expected: t(
            "Both are acknowledged; the receiver stands at 03.",
            "Cả hai được xác nhận; nơi nhận ở trạng thái 03.",
        ),
        needs: &[Command("send"), Command("why")],
        quick: true,
        run: Run::Connector(of_a_stranger),
    },
];

fn shown_to_sender(bench: &Bench) -> Outcome {
    let mut lab = bench.lab()?;
    let (letter, outgoing) = sent(&mut lab, &[PEER])?;
    for code in ["01", "03", "04", "05", "06"] {
        answer(&mut lab, PEER, &letter, code, "")?;
        lab.await_recipient(&outgoing, PEER, "status", &[code])?;
    }
    Ok(())
}

fn receivers_apart(bench: &Bench) -> Outcome {
    let mut lab = bench.lab()?;
    let (letter, outgoing) = sent(&mut lab, &[PEER, OTHER])?;
    answer(&mut lab, PEER, &letter, "06", "")?;
    lab.await_recipient(&outgoing, PEER, "status", &["06"])?;
    let other = status_of(&mut lab, &outgoing, OTHER)?;
    ensure(other.is_empty(), || {
        said!(
            "{OTHER} stands at {other} before it said anything",
            "{OTHER} ở trạng thái {other} khi chưa báo gì"
        )
    })?;
    answer(&mut lab, OTHER, &letter, "02", "Gửi nhầm nơi nhận")?;
    lab.await_recipient(&outgoing, OTHER, "status", &["02"])?;
    stands_at(&mut lab, &outgoing, "06")
}

fn refusal_shown(bench: &Bench) -> Outcome {
    let mut lab = bench.lab()?;
    let (letter, outgoing) = sent(&mut lab, &[PEER])?;
    answer(&mut lab, PEER, &letter, "02", "Không thuộc thẩm quyền")?;
    lab.await_recipient(&outgoing, PEER, "status", &["02"])?;
    let recipient = lab.recipient(&outgoing, PEER)?;
    ensure(
        text(&recipient, "/reason").contains("Không thuộc thẩm quyền"),
        || {
            said!(
                "`why` does not show the reason of the refusal",
                "`why` không hiện lý do từ chối"
            )
        },
    )
}

/// Organ and code of the statuses that the product lists.
fn listed(lab: &mut Lab, outgoing: &str) -> Outcome<Vec<(String, String)>> {
    let list = lab.done("statuses", json!({ "outgoing": outgoing }))?;
    let lines = list.as_array().cloned().unwrap_or_default();
    Ok(lines
        .iter()
        .map(|line| {
            let organ = text(line, "/organ").to_owned();
            (organ, text(line, "/code").to_owned())
        })
        .collect())
}

fn history(bench: &Bench) -> Outcome {
    let mut lab = bench.lab()?;
    let (letter, outgoing) = sent(&mut lab, &[PEER])?;
    for code in ["01", "03", "06"] {
        answer(&mut lab, PEER, &letter, code, "")?;
        lab.await_recipient(&outgoing, PEER, "status", &[code])?;
    }
    let lines = listed(&mut lab, &outgoing)?;
    let wanted = ["01", "03", "06"].map(|code| (PEER.to_owned(), code.to_owned()));
    ensure(lines == wanted, || {
        let lines: Vec<String> = lines
            .iter()
            .map(|(organ, code)| format!("{organ} {code}"))
            .collect();
        let lines = lines.join(", ");
        said!("`statuses` lists {lines}", "`statuses` liệt kê {lines}")
    })
}

fn thread(bench: &Bench) -> Outcome {
    let mut lab = bench.lab()?;
    let (letter, outgoing) = sent(&mut lab, &[PEER])?;
    answer(&mut lab, PEER, &letter, "03", "")?;
    lab.await_recipient(&outgoing, PEER, "status", &["03"])?;
    let thread = lab.done("thread", json!({ "packet": outgoing }))?;
    let lines = thread.as_array().cloned().unwrap_or_default();
    let has = |kind: &str, code: &str| {
        lines
            .iter()
            .any(|line| text(line, "/kind") == kind && text(line, "/status") == code)
    };
    ensure(has("document", "") && has("status", "03"), || {
        let count = lines.len();
        said!(
            "`thread` has {count} lines, without the document or its status 03",
            "`thread` có {count} dòng, thiếu văn bản hoặc trạng thái 03"
        )
    })
}

/// A status 03 of the peer that names a document of the product's by another id.
fn named_otherwise(lab: &mut Lab, letter: &Letter, id: &str) -> Outcome {
    let number = text(&letter.header, "/Code/CodeNumber").to_owned();
    let number = format!("{number}/TD-VP");
    let xml = status_xml(PEER, lab.organ(), &number, id, "03", "");
    lab.deliver(PEER, Kind::Status, xml.as_bytes()).map(drop)
}

fn matched_by_date_form(bench: &Bench) -> Outcome {
    let mut lab = bench.lab()?;
    for form in ["dashes", "prefix"] {
        let (letter, outgoing) = sent(&mut lab, &[PEER])?;
        let id = match form {
            "dashes" => letter.document_id().replace("2026/03/04", "2026-03-04"),
            _ => format!("{PEER},{}", letter.document_id()),
        };
        // Nothing but the id tells which document it is.
        let xml = status_xml(PEER, lab.organ(), "", &id, "03", "");
        lab.deliver(PEER, Kind::Status, xml.as_bytes())?;
        lab.await_recipient(&outgoing, PEER, "status", &["03"])?;
    }
    Ok(())
}

fn matched_by_number(bench: &Bench) -> Outcome {
    let mut lab = bench.lab()?;
    let (letter, outgoing) = sent(&mut lab, &[PEER])?;
    named_otherwise(&mut lab, &letter, "6f1c9a52-7c1e-4b9e-9a1d-0d5be0a3c101")?;
    lab.await_recipient(&outgoing, PEER, "status", &["03"])
        .map(drop)
}

fn other_number_not_matched(bench: &Bench) -> Outcome {
    let mut lab = bench.lab()?;
    let (letter, outgoing) = sent(&mut lab, &[PEER])?;
    let never_sent = lab.letter(&[PEER]);
    let stray = answer(&mut lab, PEER, &never_sent, "06", "")?;
    lab.await_acknowledgement(&stray)?;
    answer(&mut lab, PEER, &letter, "03", "")?;
    lab.await_recipient(&outgoing, PEER, "status", &["03"])?;
    stands_at(&mut lab, &outgoing, "03")
}

fn before_document(bench: &Bench) -> Outcome {
    let mut lab = bench.lab()?;
    let letter = lab.letter(&[PEER]);
    let status = answer(&mut lab, PEER, &letter, "03", "")?;
    lab.await_acknowledgement(&status)?;
    let outgoing = lab.send(&letter)?;
    lab.await_recipient(&outgoing, PEER, "status", &["03"])
        .map(drop)
}

fn one_digit(bench: &Bench) -> Outcome {
    let mut lab = bench.lab()?;
    let (letter, outgoing) = sent(&mut lab, &[PEER])?;
    answer(&mut lab, PEER, &letter, "3", "")?;
    lab.await_recipient(&outgoing, PEER, "status", &["03"])
        .map(drop)
}

fn unknown_code(bench: &Bench) -> Outcome {
    let mut lab = bench.lab()?;
    let (letter, outgoing) = sent(&mut lab, &[PEER])?;
    answer(&mut lab, PEER, &letter, "03", "")?;
    lab.await_recipient(&outgoing, PEER, "status", &["03"])?;
    let unknown = answer(&mut lab, PEER, &letter, "09", "Mã lạ")?;
    lab.await_acknowledgement(&unknown)?;
    let what = said!(
        "09 is not in `statuses`",
        "`statuses` không có trạng thái 09"
    );
    lab.until(what, |lab| {
        let lines = listed(lab, &outgoing)?;
        Ok(lines.iter().any(|(_, code)| code == "09").then_some(()))
    })?;
    stands_at(&mut lab, &outgoing, "03")
}

fn listed_as_document(bench: &Bench) -> Outcome {
    let mut lab = bench.lab()?;
    let (letter, outgoing) = sent(&mut lab, &[PEER])?;
    let bytes = made_status(PEER, &letter, "03", "");
    lab.deliver(PEER, Kind::Document, &bytes)?;
    lab.await_recipient(&outgoing, PEER, "status", &["03"])?;
    lab.nothing_comes(said!(
        "the status is shown as a packet to take",
        "trạng thái bị hiện thành gói tin cần tiếp nhận"
    ))
}

/// A status in the two other places where products put one.
fn dialect(soap: bool, from: &str, about: &Letter) -> String {
    let (id, organ) = (about.document_id(), text(&about.header, "/From/OrganId"));
    let number = text(&about.header, "/Code/CodeNumber");
    let status = format!(
        "<edXML:Status><edXML:ResponseFor><edXML:OrganId>{organ}</edXML:OrganId>\
         <edXML:Code>{number}/TD-VP</edXML:Code><edXML:DocumentId>{id}</edXML:DocumentId>\
         <edXML:PromulgationDate>2026/03/04</edXML:PromulgationDate></edXML:ResponseFor>\
         <edXML:From><edXML:OrganId>{from}</edXML:OrganId>\
         <edXML:OrganName>Cơ quan thí dụ</edXML:OrganName></edXML:From>\
         <edXML:StatusCode>03</edXML:StatusCode><edXML:Description></edXML:Description>\
         <edXML:Timestamp>2026/03/05 09:00:00</edXML:Timestamp></edXML:Status>"
    );
    if soap {
        return format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?><SOAP-ENV:Envelope \
             xmlns:SOAP-ENV=\"http://schemas.xmlsoap.org/soap/envelope/\" \
             xmlns:edXML=\"{NAMESPACE}\"><SOAP-ENV:Header>{status}</SOAP-ENV:Header>\
             <SOAP-ENV:Body></SOAP-ENV:Body></SOAP-ENV:Envelope>"
        );
    }
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><edXML xmlns=\"{NAMESPACE}\">\
         <edXML:edXMLEnvelope xmlns:edXML=\"{NAMESPACE}\"><edXML:edXMLHeader>{status}\
         </edXML:edXMLHeader></edXML:edXMLEnvelope></edXML>"
    )
}

fn dialects(bench: &Bench) -> Outcome {
    let mut lab = bench.lab()?;
    for soap in [false, true] {
        let (letter, outgoing) = sent(&mut lab, &[PEER])?;
        let xml = dialect(soap, PEER, &letter);
        lab.deliver(PEER, Kind::Status, xml.as_bytes())?;
        lab.await_recipient(&outgoing, PEER, "status", &["03"])?;
    }
    Ok(())
}

fn late_arrival(bench: &Bench) -> Outcome {
    let mut lab = bench.lab()?;
    let (letter, outgoing) = sent(&mut lab, &[PEER])?;
    answer(&mut lab, PEER, &letter, "06", "")?;
    lab.await_recipient(&outgoing, PEER, "status", &["06"])?;
    let late = answer(&mut lab, PEER, &letter, "01", "")?;
    lab.await_acknowledgement(&late)?;
    settled(&mut lab)?;
    stands_at(&mut lab, &outgoing, "06")
}

fn refused_stays_refused(bench: &Bench) -> Outcome {
    let mut lab = bench.lab()?;
    let (letter, outgoing) = sent(&mut lab, &[PEER])?;
    answer(&mut lab, PEER, &letter, "02", "Không thuộc thẩm quyền")?;
    lab.await_recipient(&outgoing, PEER, "status", &["02"])?;
    let late = answer(&mut lab, PEER, &letter, "06", "")?;
    lab.await_acknowledgement(&late)?;
    settled(&mut lab)?;
    stands_at(&mut lab, &outgoing, "02")
}

fn of_a_stranger(bench: &Bench) -> Outcome {
    let mut lab = bench.lab()?;
    let (letter, outgoing) = sent(&mut lab, &[PEER])?;
    let strange = answer(&mut lab, OTHER, &letter, "02", "Không phải nơi nhận")?;
    lab.await_acknowledgement(&strange)?;
    settled(&mut lab)?;
    let status = status_of(&mut lab, &outgoing, PEER)?;
    ensure(status.is_empty(), || {
        said!(
            "{PEER} stands at {status} by the word of {OTHER}",
            "{PEER} ở trạng thái {status} theo lời của {OTHER}"
        )
    })?;
    answer(&mut lab, PEER, &letter, "03", "")?;
    lab.await_recipient(&outgoing, PEER, "status", &["03"])
        .map(drop)
}

fn stands_at(lab: &mut Lab, outgoing: &str, code: &str) -> Outcome {
    let status = match lab.recipient(outgoing, PEER)?.get("status") {
        Some(Value::String(status)) => status.clone(),
        _ => String::new(),
    };
    ensure(status == code, || {
        said!(
            "{PEER} stands at `{status}`, not at {code}",
            "{PEER} ở trạng thái `{status}`, không phải {code}"
        )
    })
}
