//! Statuses that the product sends.

use serde_json::json;

use super::steps::{header, received, report, reporting, take_document, text};
use crate::axis_server::{Fault, Kind};
use crate::suite::bench::{Bench, OTHER, PEER};
use crate::suite::case::{
    Case,
    Chapter::Status,
    Level::{Must, Should},
    Need::{Command, Fresh},
    Run,
};
use crate::suite::letter::Made;
use crate::suite::said;
use crate::suite::text::t;
use crate::suite::verdict::{Outcome, ensure};

pub(super) const CASES: &[Case] = &[
    Case {
        id: "status-in-order",
        chapter: Status,
        level: Must,
        clauses: &["flow-document", "QD28-9.2", "P09"],
        refusal: None,
        title: t(
            "Statuses 01 to 06 go out in the order in which they were reported",
            "Các trạng thái 01 đến 06 được gửi đúng thứ tự báo cáo",
        ),
        why: t(
            "A 06 that overtakes 03 looks like a forgery; a 06 that never goes leaves the document open for ever.",
            "Trạng thái 06 vượt trước 03 làm sai lịch sử; không gửi 06 thì văn bản treo mãi.",
        ),
        steps: &[
            t(
                "A document of a peer is accepted.",
                "Một văn bản của cơ quan khác được tiếp nhận.",
            ),
            t(
                "03, 04, 05 and 06 are reported one right after another.",
                "Lần lượt báo 03, 04, 05, 06 liền nhau.",
            ),
        ],
        expected: t(
            "The axis gets 01, 03, 04, 05, 06 in this order, each once.",
            "Trục nhận 01, 03, 04, 05, 06 đúng thứ tự, mỗi trạng thái một lần.",
        ),
        needs: &[Command("report")],
        quick: true,
        run: Run::Connector(in_order),
    },
    Case {
        id: "status-elements",
        chapter: Status,
        level: Must,
        clauses: &["QCVN102", "P07"],
        refusal: None,
        title: t(
            "A status names its sender, its document by organ, code, id and date, and its time",
            "Trạng thái nêu rõ nơi gửi, văn bản (cơ quan, số ký hiệu, mã, ngày) và thời điểm",
        ),
        why: t(
            "By these the other side finds the document; without them the status is lost.",
            "Bên kia dựa vào đó để tìm văn bản; thiếu thì trạng thái bị thất lạc.",
        ),
        steps: &[t(
            "A document is accepted and 03 is reported.",
            "Tiếp nhận một văn bản rồi báo 03.",
        )],
        expected: t(
            "From is the product's organ; one ResponseFor with the sender's organ, number/notation, document id and date as they came; StatusCode 03; a Timestamp.",
            "From là cơ quan của phần mềm; đúng một ResponseFor với cơ quan gửi, số/ký hiệu, mã và ngày như văn bản đến; StatusCode 03; có Timestamp.",
        ),
        needs: &[Command("report")],
        quick: true,
        run: Run::Connector(elements),
    },
    Case {
        id: "status-staff",
        chapter: Status,
        level: Should,
        clauses: &["QCVN102", "QD28-10.2"],
        refusal: None,
        title: t(
            "A status names the department and person that it was reported with",
            "Trạng thái ghi phòng ban và người xử lý đã báo",
        ),
        why: t(
            "The sender learns who holds its document.",
            "Bên gửi biết ai đang xử lý văn bản.",
        ),
        steps: &[t("04 is reported with `staff`.", "Báo 04 kèm `staff`.")],
        expected: t(
            "StaffInfo of the status has Department and Staff as given.",
            "StaffInfo của trạng thái có Department và Staff như đã cho.",
        ),
        needs: &[Command("report")],
        quick: true,
        run: Run::Connector(staff),
    },
    Case {
        id: "status-messagetype",
        chapter: Status,
        level: Must,
        clauses: &["wire-status"],
        refusal: None,
        title: t(
            "Statuses are sent with messagetype status",
            "Trạng thái được gửi với messagetype status",
        ),
        why: t(
            "Receivers look for statuses in that queue only.",
            "Bên nhận chỉ tìm trạng thái trong hàng đợi này.",
        ),
        steps: &[
            t("03 is reported.", "Báo 03."),
            t(
                "The suite looks at the parameters of the calls.",
                "Bộ kiểm thử xem tham số của các lời gọi.",
            ),
        ],
        expected: t(
            "Every call that carried a status says messagetype status; none carried a packet body and said edoc.",
            "Mọi lời gọi mang trạng thái đều ghi messagetype là status, không lời gọi nào ghi edoc.",
        ),
        needs: &[Command("report")],
        quick: true,
        run: Run::Connector(messagetype),
    },
    Case {
        id: "status-to-sender-only",
        chapter: Status,
        level: Must,
        clauses: &["flow-document", "P25"],
        refusal: Some(t(
            "Nothing goes to the document's other receivers.",
            "Không gửi gì tới các nơi nhận khác của văn bản.",
        )),
        title: t(
            "A status goes to the sender of the document and to nobody else",
            "Trạng thái chỉ gửi tới cơ quan đã gửi văn bản",
        ),
        why: t(
            "A status to a fellow receiver is about a document that is not its own.",
            "Nơi nhận khác không có văn bản đó để mà theo dõi.",
        ),
        steps: &[
            t(
                "A document to the product and to another organ is accepted.",
                "Tiếp nhận văn bản gửi cho phần mềm và một cơ quan khác.",
            ),
            t("03 is reported.", "Báo 03."),
        ],
        expected: t(
            "01 and 03 lie in the queue of the sender alone.",
            "01 và 03 chỉ nằm trong hàng đợi của bên gửi.",
        ),
        needs: &[Command("report")],
        quick: true,
        run: Run::Connector(to_sender_only),
    },
    Case {
        id: "status-waits-its-turn",
        chapter: Status,
        level: Must,
        clauses: &["flow-document", "wire-retry", "P05"],
        refusal: Some(t(
            "No later status passes while an earlier one is refused.",
            "Trạng thái sau không vượt khi trạng thái trước còn bị từ chối.",
        )),
        title: t(
            "A later status does not overtake one that the axis could not take yet",
            "Trạng thái sau không vượt trạng thái trước đang bị trục từ chối tạm thời",
        ),
        why: t(
            "What arrives out of order shows the sender a wrong state.",
            "Đến sai thứ tự làm bên gửi thấy sai tình trạng.",
        ),
        steps: &[
            t(
                "The axis answers the next three packets with 20 (system error).",
                "Trục trả mã 20 (lỗi hệ thống) cho ba gói tin kế tiếp.",
            ),
            t("03 and 06 are reported.", "Báo 03 rồi 06."),
        ],
        expected: t(
            "Both arrive in the end, 03 before 06.",
            "Cuối cùng cả hai đều tới, 03 trước 06.",
        ),
        needs: &[Command("report")],
        quick: true,
        run: Run::Connector(waits_its_turn),
    },
    Case {
        id: "status-survives-kill",
        chapter: Status,
        level: Must,
        clauses: &["P06", "QD28-6.3"],
        refusal: None,
        title: t(
            "A status that was reported is sent although the product was killed",
            "Trạng thái đã báo vẫn được gửi dù phần mềm bị dừng đột ngột",
        ),
        why: t(
            "What the product said yes to must not be forgotten.",
            "Việc phần mềm đã nhận thì không được quên.",
        ),
        steps: &[
            t(
                "The axis is away; 03 is reported and answered.",
                "Trục gián đoạn; báo 03 và được trả lời.",
            ),
            t(
                "The product is killed and started again; the axis is back.",
                "Dừng đột ngột rồi khởi động lại phần mềm; trục hoạt động lại.",
            ),
        ],
        expected: t("03 reaches the axis, once.", "03 tới trục, đúng một lần."),
        needs: &[Command("report"), Fresh],
        quick: true,
        run: Run::Connector(survives_kill),
    },
    Case {
        id: "status-progress-repeats",
        chapter: Status,
        level: Should,
        clauses: &["flow-document"],
        refusal: None,
        title: t(
            "05 may be reported more than once, and each goes out",
            "05 được báo nhiều lần, lần nào cũng được gửi",
        ),
        why: t(
            "Progress of a long task is told in steps.",
            "Tiến độ của việc dài được báo nhiều đợt.",
        ),
        steps: &[t(
            "05 is reported twice with different notes.",
            "Báo 05 hai lần với ghi chú khác nhau.",
        )],
        expected: t(
            "Two statuses 05 with both notes at the axis.",
            "Trục có hai trạng thái 05 với đủ hai ghi chú.",
        ),
        needs: &[Command("report")],
        quick: true,
        run: Run::Connector(progress_repeats),
    },
    Case {
        id: "status-refusal-reason",
        chapter: Status,
        level: Must,
        clauses: &["QD28-5.4"],
        refusal: None,
        title: t(
            "A refusal (02) arrives with its reason, letter for letter",
            "Từ chối (02) đến nơi kèm nguyên văn lý do",
        ),
        why: t(
            "The receiver is answerable for a refusal and has to tell the sender why.",
            "Bên nhận chịu trách nhiệm về việc từ chối và phải báo lý do cho bên gửi.",
        ),
        steps: &[t(
            "02 is reported with a reason in Vietnamese that has < & and quotes in it.",
            "Báo 02 với lý do tiếng Việt có ký tự < & và dấu nháy.",
        )],
        expected: t(
            "Description of the status is the reason.",
            "Description của trạng thái đúng là lý do đó.",
        ),
        needs: &[Command("report")],
        quick: true,
        run: Run::Connector(refusal_reason),
    },
    Case {
        id: "status-long-reason",
        chapter: Status,
        level: Must,
        clauses: &["P-reason", "QD28-5.4"],
        refusal: Some(t(
            "A reason may be cut, but never within a letter, and the refusal goes all the same.",
            "Lý do có thể bị cắt bớt nhưng không cắt giữa chữ, và từ chối vẫn phải gửi đi.",
        )),
        title: t(
            "A refusal with a very long Vietnamese reason goes out, and no letter is torn",
            "Từ chối có lý do tiếng Việt rất dài vẫn gửi được, không chữ nào bị cắt đôi",
        ),
        why: t(
            "Elsewhere refusals failed at 500 or 1,000 characters, and cut bytes made packets unreadable.",
            "Nơi khác từng lỗi khi lý do quá 500 hoặc 1.000 ký tự; cắt theo byte làm hỏng gói tin.",
        ),
        steps: &[t(
            "One document is refused by `report` of 02, another by `refuse`, with a reason of 2,400 code points whose every letter has two marks.",
            "Từ chối một văn bản bằng `report` 02 và một bằng `refuse`, với lý do dài 2.400 mã ký tự, chữ nào cũng mang hai dấu tổ hợp.",
        )],
        expected: t(
            "The status is well-formed; its Description is the reason or a beginning of it of some length that ends between letters.",
            "Trạng thái đúng cú pháp; Description là toàn bộ hoặc phần đầu đủ dài của lý do, kết thúc giữa hai chữ.",
        ),
        needs: &[Command("report"), Command("refuse")],
        quick: true,
        run: Run::Connector(long_reason),
    },
    Case {
        id: "status-refusal-without-reason",
        chapter: Status,
        level: Must,
        clauses: &["QD28-5.4"],
        refusal: Some(t(
            "`report` of 02 without a note is refused; nothing is sent.",
            "`report` 02 không có ghi chú bị từ chối; không gửi gì.",
        )),
        title: t(
            "A refusal without a reason is refused",
            "Từ chối không nêu lý do thì không được chấp nhận",
        ),
        why: t(
            "The sender could not know what to put right.",
            "Bên gửi không biết phải sửa gì.",
        ),
        steps: &[t(
            "02 is reported without `note`.",
            "Báo 02 không có `note`.",
        )],
        expected: t("An error; no 02 at the axis.", "Báo lỗi; trục không có 02."),
        needs: &[Command("report")],
        quick: true,
        run: Run::Connector(refusal_without_reason),
    },
    Case {
        id: "status-nothing-after-refusal",
        chapter: Status,
        level: Must,
        clauses: &["flow-document", "QD28-5.4"],
        refusal: Some(t(
            "`report` of 03 after 02 is refused; nothing is sent.",
            "`report` 03 sau 02 bị từ chối; không gửi gì.",
        )),
        title: t(
            "A document that was refused cannot be registered afterwards",
            "Văn bản đã từ chối thì không thể báo tiếp nhận",
        ),
        why: t(
            "02 ends it: the sender may have sent it elsewhere by now.",
            "02 là kết thúc: bên gửi có thể đã gửi nơi khác.",
        ),
        steps: &[t(
            "02 is reported with a reason, then 03.",
            "Báo 02 có lý do, rồi báo 03.",
        )],
        expected: t(
            "03 gives an error; 02 is the last status at the axis.",
            "03 báo lỗi; 02 là trạng thái cuối cùng tại trục.",
        ),
        needs: &[Command("report")],
        quick: true,
        run: Run::Connector(nothing_after_refusal),
    },
    Case {
        id: "status-no-foreign-codes",
        chapter: Status,
        level: Must,
        clauses: &["flow-change", "flow-document"],
        refusal: Some(t(
            "`report` of 13 and 15 is refused; nothing is sent.",
            "`report` mã 13 và 15 bị từ chối; không gửi gì.",
        )),
        title: t(
            "A receiver cannot report 13 or an unasked 15",
            "Bên nhận không thể tự báo 13, hoặc 15 khi chưa ai yêu cầu",
        ),
        why: t(
            "13 belongs to the sender of a document; a false 15 would pass for a destroyed document.",
            "13 là quyền của bên gửi; 15 khống bị hiểu là văn bản đã hủy.",
        ),
        steps: &[t(
            "A document is accepted; 13 and 15 are reported about it.",
            "Tiếp nhận một văn bản; báo 13 và 15 về nó.",
        )],
        expected: t(
            "Errors both times; neither code at the axis.",
            "Cả hai lần báo lỗi; trục không có mã nào trong hai mã.",
        ),
        needs: &[Command("report")],
        quick: true,
        run: Run::Connector(no_foreign_codes),
    },
    Case {
        id: "status-unknown-packet",
        chapter: Status,
        level: Should,
        clauses: &["P07"],
        refusal: Some(t(
            "`report` about a packet that never came is refused.",
            "`report` về gói tin chưa từng đến bị từ chối.",
        )),
        title: t(
            "A status about nothing is refused",
            "Không báo trạng thái cho văn bản không tồn tại",
        ),
        why: t(
            "Nobody could match it.",
            "Không ai khớp được trạng thái đó.",
        ),
        steps: &[t(
            "03 is reported for an incoming id that was never given.",
            "Báo 03 cho mã đến chưa từng được cấp.",
        )],
        expected: t(
            "An error; no status at the axis.",
            "Báo lỗi; trục không có trạng thái nào.",
        ),
        needs: &[Command("report")],
        quick: true,
        run: Run::Connector(unknown_packet),
    },
];

fn in_order(bench: &Bench) -> Outcome {
    let mut lab = bench.lab()?;
    let (made, item) = received(&mut lab)?;
    for code in ["03", "04", "05", "06"] {
        report(&mut lab, &item, code, None)?;
    }
    lab.await_status("06", &made.document_id)?;
    lab.looked_at_axis()?;
    let codes = lab.statuses_about(&made.document_id)?;
    ensure(codes == ["01", "03", "04", "05", "06"], || {
        let codes = codes.join(", ");
        said!("the axis got {codes}", "trục nhận {codes}")
    })
}

fn elements(bench: &Bench) -> Outcome {
    let mut lab = bench.lab()?;
    let (made, item) = received(&mut lab)?;
    report(&mut lab, &item, "03", None)?;
    let packet = lab.await_status("03", &made.document_id)?;
    let status = header(&packet)?;
    let number = format!("{}/TD-VP", made.number);
    for (pointer, wanted) in [
        ("/From/OrganId", lab.organ()),
        ("/ResponseFor/OrganId", PEER),
        ("/ResponseFor/Code", &number),
        ("/ResponseFor/DocumentId", &made.document_id),
        ("/ResponseFor/PromulgationDate", "2026-03-04"),
    ] {
        let found = text(&status, pointer);
        ensure(found == wanted, || {
            said!(
                "{pointer} is `{found}`, not `{wanted}`",
                "{pointer} là `{found}`, không phải `{wanted}`"
            )
        })?;
    }
    let times = String::from_utf8_lossy(&packet.bytes)
        .matches("<edXML:ResponseFor>")
        .count();
    ensure(times == 1, || {
        said!(
            "ResponseFor stands {times} times",
            "ResponseFor xuất hiện {times} lần"
        )
    })?;
    ensure(!text(&status, "/Timestamp").is_empty(), || {
        said!(
            "there is no Timestamp that can be read",
            "không có Timestamp đọc được"
        )
    })
}

fn staff(bench: &Bench) -> Outcome {
    let mut lab = bench.lab()?;
    let (made, item) = received(&mut lab)?;
    let mut members = reporting(&item, "04", None);
    if let Some(members) = members.as_object_mut() {
        members.insert(
            "staff".to_owned(),
            json!({ "Department": "Phòng Thí dụ", "Staff": "Người xử lý thử" }),
        );
    }
    lab.done("report", members)?;
    let packet = lab.await_status("04", &made.document_id)?;
    let status = header(&packet)?;
    let given = text(&status, "/StaffInfo/Department") == "Phòng Thí dụ"
        && text(&status, "/StaffInfo/Staff") == "Người xử lý thử";
    ensure(given, || {
        said!(
            "StaffInfo is not what was given",
            "StaffInfo không như đã cho"
        )
    })
}

fn messagetype(bench: &Bench) -> Outcome {
    let mut lab = bench.lab()?;
    let (made, item) = received(&mut lab)?;
    report(&mut lab, &item, "03", None)?;
    lab.await_status("03", &made.document_id)?;
    // What was sent here are statuses only.
    for call in lab.calls("sendEdoc") {
        let word = call
            .headers
            .iter()
            .find(|(name, _)| name.eq_ignore_ascii_case("xroadvnpt-messagetype"))
            .map_or("", |(_, value)| value.as_str());
        ensure(word == "status", || {
            said!(
                "a status was sent with messagetype `{word}`",
                "có trạng thái gửi với messagetype `{word}`"
            )
        })?;
    }
    Ok(())
}

fn to_sender_only(bench: &Bench) -> Outcome {
    let mut lab = bench.lab()?;
    let mut made = Made::document(PEER, lab.organ(), lab.number());
    made.to.push(OTHER.to_owned());
    let item = take_document(&mut lab, &made)?;
    report(&mut lab, &item, "03", None)?;
    lab.await_status("03", &made.document_id)?;
    for packet in lab.sent()? {
        ensure(packet.to == [PEER], || {
            let (code, to) = (packet.code(), packet.to.join(", "));
            said!("{code} went to {to}", "{code} được gửi tới {to}")
        })?;
    }
    Ok(())
}

fn waits_its_turn(bench: &Bench) -> Outcome {
    let mut lab = bench.lab()?;
    let (made, item) = received(&mut lab)?;
    lab.await_status("01", &made.document_id)?;
    lab.fault(
        "sendEdoc",
        3,
        Fault::WrongCode {
            code: "20".to_owned(),
            accepted: false,
        },
    );
    report(&mut lab, &item, "03", None)?;
    report(&mut lab, &item, "06", None)?;
    lab.await_status("06", &made.document_id)?;
    let codes = lab.statuses_about(&made.document_id)?;
    ensure(codes == ["01", "03", "06"], || {
        let codes = codes.join(", ");
        said!("the axis got {codes}", "trục nhận {codes}")
    })
}

fn survives_kill(bench: &Bench) -> Outcome {
    let mut lab = bench.lab_with(|_| {})?;
    let (made, item) = received(&mut lab)?;
    lab.await_status("01", &made.document_id)?;
    lab.fault("sendEdoc", 0, Fault::CloseAfterRequest { bytes: 40 });
    report(&mut lab, &item, "03", None)?;
    lab.kill()?;
    lab.no_faults();
    lab.begin()?;
    lab.await_status("03", &made.document_id)?;
    lab.looked_at_axis()?;
    let codes = lab.distinct_statuses_about(&made.document_id)?;
    ensure(codes == ["01", "03"], || {
        let codes = codes.join(", ");
        said!("the axis got {codes}", "trục nhận {codes}")
    })
}

fn progress_repeats(bench: &Bench) -> Outcome {
    let mut lab = bench.lab()?;
    let (made, item) = received(&mut lab)?;
    report(&mut lab, &item, "03", None)?;
    let notes = ["Đã lấy ý kiến", "Đang trình ký"];
    for note in notes {
        report(&mut lab, &item, "05", Some(note))?;
    }
    let what = said!(
        "both statuses 05 did not reach the axis",
        "hai trạng thái 05 không tới đủ"
    );
    let sent = lab.until(what, |lab| {
        let mut sent = lab.sent()?;
        sent.retain(|packet| packet.document_id() == made.document_id && packet.code() == "05");
        Ok((sent.len() >= 2).then_some(sent))
    })?;
    let mut told = Vec::new();
    for packet in &sent {
        told.push(text(&header(packet)?, "/Description").to_owned());
    }
    ensure(told == notes, || {
        said!(
            "the notes of the two statuses are not those given",
            "ghi chú của hai trạng thái không như đã cho"
        )
    })
}

fn refusal_reason(bench: &Bench) -> Outcome {
    let reason = "Gửi sai thẩm quyền: \"Sở\" < 'Bộ' & cơ quan khác";
    let mut lab = bench.lab()?;
    let (made, item) = received(&mut lab)?;
    report(&mut lab, &item, "02", Some(reason))?;
    let packet = lab.await_status("02", &made.document_id)?;
    let status = header(&packet)?;
    ensure(text(&status, "/Description") == reason, || {
        said!(
            "the Description of 02 is not the reason",
            "Description của 02 không đúng lý do"
        )
    })
}

/// A letter of one base and two marks, and what it is as one code point.
const LETTER: (&str, &str) = ("a\u{323}\u{302}", "\u{1ead}");

fn long_reason(bench: &Bench) -> Outcome {
    let mut lab = bench.lab()?;
    // Six code points and seven bytes before the letters: a cut at 500 or
    // 1,000 of either falls into a letter.
    let reason = format!("Lý do {}", LETTER.0.repeat(798));
    let whole = reason.replace(LETTER.0, LETTER.1);
    for command in ["report", "refuse"] {
        let made = Made::document(PEER, lab.organ(), lab.number());
        if command == "report" {
            let item = take_document(&mut lab, &made)?;
            report(&mut lab, &item, "02", Some(&reason))?;
        } else {
            lab.deliver(PEER, Kind::Document, &made.bytes())?;
            let item = lab.take()?;
            let members = json!({
                "incoming": item.incoming(),
                "lease": item.text("/lease"),
                "reason": reason,
            });
            lab.done("refuse", members)?;
        }
        let packet = lab.await_status("02", &made.document_id)?;
        let status = header(&packet)?;
        let told = text(&status, "/Description")
            .trim_end_matches(['.', '…', ' '])
            .replace(LETTER.0, LETTER.1);
        let length = told.chars().count();
        ensure(length >= 100 && whole.starts_with(&told), || {
            said!(
                "the reason of 02 is no beginning of what was given, or is torn in a letter ({length} letters)",
                "lý do của 02 không phải phần đầu của lý do đã cho, hoặc bị cắt giữa chữ ({length} chữ)"
            )
        })?;
    }
    Ok(())
}

fn refusal_without_reason(bench: &Bench) -> Outcome {
    let mut lab = bench.lab()?;
    let (made, item) = received(&mut lab)?;
    lab.refused("report", reporting(&item, "02", None))?;
    no_status(&mut lab, &made, &["02"])
}

fn nothing_after_refusal(bench: &Bench) -> Outcome {
    let mut lab = bench.lab()?;
    let (made, item) = received(&mut lab)?;
    report(&mut lab, &item, "02", Some("Gửi nhầm nơi nhận"))?;
    lab.refused("report", reporting(&item, "03", None))?;
    lab.await_status("02", &made.document_id)?;
    no_status(&mut lab, &made, &["03", "04", "05", "06"])
}

fn no_foreign_codes(bench: &Bench) -> Outcome {
    let mut lab = bench.lab()?;
    let (made, item) = received(&mut lab)?;
    for code in ["13", "15"] {
        lab.refused("report", reporting(&item, code, Some("Lý do thử")))?;
    }
    no_status(&mut lab, &made, &["13", "15"])
}

fn unknown_packet(bench: &Bench) -> Outcome {
    let mut lab = bench.lab()?;
    lab.refused("report", json!({ "incoming": "in-999999", "code": "03" }))?;
    lab.looked_at_axis()?;
    let any = lab.sent()?.iter().any(|sent| sent.kind == Kind::Status);
    ensure(!any, || {
        said!(
            "a status reached the axis",
            "có trạng thái được gửi tới trục"
        )
    })
}

/// That none of these was sent about a document, after the product has had its turn.
fn no_status(lab: &mut crate::suite::lab::Lab, made: &Made, codes: &[&str]) -> Outcome {
    lab.looked_at_axis()?;
    let sent = lab.statuses_about(&made.document_id)?;
    let found = sent.iter().find(|code| codes.contains(&code.as_str()));
    ensure(found.is_none(), || {
        let code = found.map_or("", String::as_str);
        said!(
            "{code} reached the axis all the same",
            "{code} vẫn được gửi tới trục"
        )
    })
}
