//! Outages: an axis that is away, or refuses what it is given.

use std::net::{SocketAddr, TcpListener, TcpStream};
use std::{io, thread};

use serde_json::json;

use super::traffic::{
    AWAY, accepted_in_the_end, arrived_once, at, becomes_unwell, copies, given, health, later,
    not_accepted, one_digest, refused_with, same, tried,
};
use crate::axis_server::{Fault, Kind};
use crate::suite::bench::{Bench, PEER};
use crate::suite::case::{
    Case,
    Chapter::Outage,
    Level::{Must, Should},
    Need::{Command, Feature, Fresh},
    Run,
};
use crate::suite::lab::Lab;
use crate::suite::letter::{Letter, Made};
use crate::suite::said;
use crate::suite::text::t;
use crate::suite::verdict::{Outcome, Stop, ensure};

pub(super) const CASES: &[Case] = &[
    Case {
        id: "outage-away-at-start",
        chapter: Outage,
        level: Must,
        clauses: &["P04", "P05", "wire-retry"],
        refusal: None,
        title: t(
            "The product starts and takes documents while the axis is away",
            "Phần mềm khởi động và nhận lệnh gửi khi trục đang gián đoạn",
        ),
        why: t(
            "A clerk's work must not depend on a line that fails every day.",
            "Công việc của văn thư không thể phụ thuộc đường truyền hay hỏng.",
        ),
        steps: &[
            t(
                "Nobody listens at the axis's address; the product is started and given a document.",
                "Không có ai nghe ở địa chỉ của trục; khởi động phần mềm và giao một văn bản.",
            ),
            t("The axis comes up.", "Trục hoạt động."),
        ],
        expected: t(
            "`send` is answered; the document arrives once the axis is there, once.",
            "`send` được trả lời; văn bản tới khi trục hoạt động, đúng một lần.",
        ),
        needs: &[Command("send"), Fresh],
        quick: true,
        run: Run::Connector(away_at_start),
    },
    Case {
        id: "outage-same-bytes",
        chapter: Outage,
        level: Must,
        clauses: &["P05", "wire-retry"],
        refusal: Some(t(
            "No attempt makes a new packet.",
            "Không lần thử nào tạo gói tin mới.",
        )),
        title: t(
            "Every attempt sends the same bytes under the same id",
            "Mọi lần thử đều gửi đúng dữ liệu cũ, đúng mã cũ",
        ),
        why: t(
            "Else what arrives twice looks like two documents.",
            "Nếu không, gói tin đến hai lần sẽ trông như hai văn bản.",
        ),
        steps: &[t(
            "The connection breaks off at the end of the first three attempts, before the axis answers.",
            "Ba lần gửi đầu bị ngắt ở cuối, trước khi trục trả lời.",
        )],
        expected: t(
            "All attempts have the same hash-file and length; the document arrives once.",
            "Mọi lần thử có cùng hash-file và độ dài; văn bản tới đúng một lần.",
        ),
        needs: &[Command("send")],
        quick: true,
        run: Run::Connector(same_bytes),
    },
    Case {
        id: "outage-try-again",
        chapter: Outage,
        level: Must,
        clauses: &["wire-retry", "wire-codes", "P05"],
        refusal: None,
        title: t(
            "Errors of the axis itself (20, 21) are tried again without a person",
            "Lỗi của chính trục (20, 21) được tự động thử lại",
        ),
        why: t(
            "Daily outages must not end in a list of failed documents.",
            "Trục trặc hằng ngày không được biến thành danh sách văn bản gửi lỗi.",
        ),
        steps: &[t(
            "sendEdoc is answered with 20, then with 21, then it works.",
            "sendEdoc bị trả lời 20, rồi 21, sau đó hoạt động.",
        )],
        expected: t(
            "The document arrives, once, and stands at accepted.",
            "Văn bản tới đúng một lần và ở trạng thái đã được nhận.",
        ),
        needs: &[Command("send")],
        quick: true,
        run: Run::Connector(try_again),
    },
    Case {
        id: "outage-refused-packet",
        chapter: Outage,
        level: Must,
        clauses: &["wire-retry", "wire-codes", "P05"],
        refusal: Some(t("It is not sent again.", "Không gửi lại.")),
        title: t(
            "A refused packet (10, 22) is final, and shown with its code",
            "Gói tin bị từ chối (10, 22) là kết quả cuối, hiện kèm mã lỗi",
        ),
        why: t(
            "The same bytes will be refused again; the clerk has to correct the document.",
            "Gửi lại đúng dữ liệu sẽ lại bị từ chối; văn thư phải sửa văn bản.",
        ),
        steps: &[t(
            "sendEdoc is answered once with 10; for another document once with 22.",
            "sendEdoc bị trả lời một lần 10; với văn bản khác, một lần 22.",
        )],
        expected: t(
            "Each stands at failed (or held) with the code in `why`; neither is sent again by itself.",
            "Từng văn bản ở trạng thái thất bại (hoặc giữ lại), có mã trong `why`; không tự gửi lại.",
        ),
        needs: &[Command("send"), Command("why")],
        quick: true,
        run: Run::Connector(refused_packet),
    },
    Case {
        id: "outage-refused-organ",
        chapter: Outage,
        level: Must,
        clauses: &["wire-retry", "wire-codes", "P03", "P17"],
        refusal: Some(t(
            "None of them becomes accepted.",
            "Không văn bản nào thành đã được nhận.",
        )),
        title: t(
            "A refused organ (18, 19, 23) is shown, not taken for success",
            "Cơ quan bị từ chối (18, 19, 23) được hiện rõ, không coi là thành công",
        ),
        why: t(
            "The document reached nobody; the directory has to be corrected.",
            "Văn bản không tới ai; cần sửa danh mục cơ quan.",
        ),
        steps: &[t(
            "sendEdoc is answered with each of these codes, for one document each.",
            "sendEdoc lần lượt bị trả lời từng mã này, mỗi mã một văn bản.",
        )],
        expected: t(
            "Each stands at failed (or held), with the code in `why`.",
            "Từng văn bản ở trạng thái thất bại (hoặc giữ lại), có mã trong `why`.",
        ),
        needs: &[Command("send"), Command("why")],
        quick: true,
        run: Run::Connector(refused_organ),
    },
    Case {
        id: "outage-credentials",
        chapter: Outage,
        level: Must,
        clauses: &["wire-codes", "QD28-13", "P06"],
        refusal: Some(t("Nothing is told as sent.", "Không báo là đã gửi.")),
        title: t(
            "Wrong credentials are seen, and lose nothing",
            "Sai thông tin xác thực được phát hiện và không làm mất văn bản",
        ),
        why: t(
            "A changed secret is an operator's matter; documents wait for it.",
            "Đổi khóa bí mật là việc của người vận hành; văn bản phải được chờ.",
        ),
        steps: &[
            t(
                "The product is started with another secret and given a document.",
                "Khởi động phần mềm với khóa khác và giao một văn bản.",
            ),
            t(
                "The secret is corrected; the product is started anew.",
                "Sửa khóa; khởi động lại phần mềm.",
            ),
        ],
        expected: t(
            "`doctor` has something bad; the document is not accepted; after the correction it arrives (`retry` may be needed).",
            "`doctor` báo mục xấu; văn bản chưa được nhận; sửa xong thì văn bản tới nơi (có thể cần `retry`).",
        ),
        needs: &[
            Command("send"),
            Command("why"),
            Command("doctor"),
            Feature("restart"),
            Fresh,
        ],
        quick: true,
        run: Run::Connector(credentials),
    },
    Case {
        id: "outage-unknown-code",
        chapter: Outage,
        level: Should,
        clauses: &["wire-codes", "P21"],
        refusal: Some(t(
            "It is not taken for success.",
            "Không coi là thành công.",
        )),
        title: t(
            "A code that nobody knows is shown as it is",
            "Mã lỗi lạ được hiện nguyên văn",
        ),
        why: t(
            "The list of codes may not be complete; only the operator of the axis can explain one.",
            "Danh mục mã có thể chưa đủ; chỉ đơn vị vận hành trục giải thích được.",
        ),
        steps: &[t(
            "sendEdoc is answered with 97.",
            "sendEdoc bị trả lời 97.",
        )],
        expected: t(
            "`why` shows 97 at the recipient, which is not accepted.",
            "`why` hiện 97 ở nơi nhận, nơi nhận chưa ở trạng thái đã được nhận.",
        ),
        needs: &[Command("send"), Command("why")],
        quick: true,
        run: Run::Connector(unknown_code),
    },
    Case {
        id: "outage-page-is-no-answer",
        chapter: Outage,
        level: Must,
        clauses: &["wire-answer", "wire-retry", "P03"],
        refusal: Some(t(
            "The page is not taken for an answer.",
            "Không coi trang web là câu trả lời.",
        )),
        title: t(
            "A web page in place of an answer is no success",
            "Trang web thay cho câu trả lời không phải là thành công",
        ),
        why: t(
            "A proxy's page with HTTP 200 was taken for success; the document was nowhere.",
            "Trang của proxy với HTTP 200 từng bị coi là thành công trong khi văn bản không tới đâu.",
        ),
        steps: &[
            t(
                "Every call is answered by a page with HTTP 200; the product is given a document.",
                "Mọi lời gọi được trả lời bằng một trang web HTTP 200; giao văn bản cho phần mềm.",
            ),
            t("The page vanishes.", "Trang web không còn."),
        ],
        expected: t(
            "Before, the document is not accepted; after, it is; all that the axis has of it is the same bytes.",
            "Trước đó văn bản chưa ở trạng thái đã nhận; sau đó thì có; mọi bản ở trục có cùng dữ liệu.",
        ),
        needs: &[Command("send"), Command("why"), Fresh],
        quick: true,
        run: Run::Connector(page_is_no_answer),
    },
    Case {
        id: "outage-bad-gateway",
        chapter: Outage,
        level: Must,
        clauses: &["wire-answer", "wire-retry", "P05"],
        refusal: None,
        title: t(
            "HTTP 502 is an outage, not the end",
            "HTTP 502 là gián đoạn, không phải thất bại cuối cùng",
        ),
        why: t(
            "Proxies answer so while the axis is restarted.",
            "Proxy trả lời như vậy khi trục đang khởi động lại.",
        ),
        steps: &[t(
            "sendEdoc is answered twice with HTTP 502.",
            "sendEdoc hai lần bị trả lời HTTP 502.",
        )],
        expected: t(
            "The document stands at accepted in the end; all copies at the axis have the same bytes.",
            "Cuối cùng văn bản ở trạng thái đã nhận; mọi bản ở trục có cùng dữ liệu.",
        ),
        needs: &[Command("send")],
        quick: true,
        run: Run::Connector(bad_gateway),
    },
    Case {
        id: "outage-list-never-empty",
        chapter: Outage,
        level: Must,
        clauses: &["P04", "wire-list", "wire-answer"],
        refusal: Some(t(
            "`doctor` does not say that all is well.",
            "`doctor` không báo mọi thứ đều tốt.",
        )),
        title: t(
            "A failed list is never \"nothing new\"",
            "Lỗi lấy danh sách không bao giờ trông như không có văn bản mới",
        ),
        why: t(
            "Whole days of documents were missed so.",
            "Từng có nơi bỏ lỡ văn bản cả ngày vì lỗi này.",
        ),
        steps: &[
            t(
                "A document waits; the list is answered by a page, HTTP 502, code 20, and not at all.",
                "Có văn bản đang chờ; danh sách lần lượt được trả lời bằng trang web, HTTP 502, mã 20, và không trả lời.",
            ),
            t("The list works again.", "Danh sách hoạt động trở lại."),
        ],
        expected: t(
            "Each time `doctor` says of something that it is not well, which was well before; in the end the document is shown.",
            "Mỗi lần `doctor` báo có mục không tốt mà trước đó tốt; cuối cùng văn bản được hiện.",
        ),
        needs: &[Command("poll"), Command("doctor")],
        quick: true,
        run: Run::Connector(list_never_empty),
    },
];

/// An address where nobody listens.
fn nobody() -> Outcome<SocketAddr> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).map_err(Stop::own)?;
    listener.local_addr().map_err(Stop::own)
}

/// Lets an axis be reached at an address. The thread ends with the first call
/// after the axis is gone.
fn come_up(at: SocketAddr, axis: SocketAddr) -> Outcome {
    let listener = TcpListener::bind(at).map_err(Stop::own)?;
    thread::spawn(move || {
        for near in listener.incoming() {
            let (Ok(near), Ok(far)) = (near, TcpStream::connect(axis)) else {
                break;
            };
            let (Ok(near_again), Ok(far_again)) = (near.try_clone(), far.try_clone()) else {
                break;
            };
            pass(near, far);
            pass(far_again, near_again);
        }
    });
    Ok(())
}

/// Hands on what comes, until its end.
fn pass(mut from: TcpStream, mut to: TcpStream) {
    thread::spawn(move || {
        let _ = io::copy(&mut from, &mut to);
        let _ = to.shutdown(std::net::Shutdown::Write);
    });
}

fn away_at_start(bench: &Bench) -> Outcome {
    let at = nobody()?;
    let mut lab = bench.lab_with(|setup| setup.url(format!("http://{at}")))?;
    let (letter, _) = given(&mut lab)?;
    come_up(at, lab.axis.address())?;
    lab.await_letter(&letter)?;
    arrived_once(&mut lab, letter.document_id())
}

fn same_bytes(bench: &Bench) -> Outcome {
    let mut lab = bench.lab()?;
    lab.fault("sendEdoc", 3, Fault::CloseAfterRequest { bytes: u64::MAX });
    let (letter, _) = given(&mut lab)?;
    lab.await_letter(&letter)?;
    one_digest(&lab)?;
    arrived_once(&mut lab, letter.document_id())
}

fn try_again(bench: &Bench) -> Outcome {
    let mut lab = bench.lab()?;
    lab.fault("sendEdoc", 1, refused_with("20"));
    lab.fault("sendEdoc", 2, refused_with("21"));
    let (letter, out) = given(&mut lab)?;
    accepted_in_the_end(&mut lab, &letter, &out)?;
    arrived_once(&mut lab, letter.document_id())
}

/// Lets a sending be refused once with a code; it ends there, with the code.
fn ends_with(lab: &mut Lab, code: &str) -> Outcome<Letter> {
    lab.fault("sendEdoc", 1, refused_with(code));
    let (letter, out) = given(lab)?;
    lab.await_recipient(&out, PEER, "delivery", &["failed", "held"])?;
    let recipient = lab.recipient(&out, PEER)?;
    same("remote_code", at(&recipient, "remote_code"), &json!(code))?;
    Ok(letter)
}

fn refused_packet(bench: &Bench) -> Outcome {
    let mut lab = bench.lab()?;
    for code in ["10", "22"] {
        let letter = ends_with(&mut lab, code)?;
        later(&mut lab)?;
        ensure(copies(&lab, letter.document_id())?.is_empty(), || {
            said!(
                "it was sent again after {code}",
                "vẫn gửi lại sau mã {code}"
            )
        })?;
    }
    Ok(())
}

fn refused_organ(bench: &Bench) -> Outcome {
    let mut lab = bench.lab()?;
    for code in ["18", "19", "23"] {
        ends_with(&mut lab, code)?;
    }
    Ok(())
}

fn credentials(bench: &Bench) -> Outcome {
    let mut lab = bench.lab_with(|setup| setup.secret("a secret of yesterday"))?;
    let (letter, out) = given(&mut lab)?;
    let what = said!(
        "`doctor` has nothing bad while the axis refuses the credentials",
        "`doctor` không báo mục xấu khi trục từ chối thông tin xác thực"
    );
    lab.until(what, |lab| {
        let report = lab.done("doctor", json!({}))?;
        let all = report.as_array().cloned().unwrap_or_default();
        Ok(all
            .iter()
            .any(|one| *at(one, "health") == "bad")
            .then_some(()))
    })?;
    not_accepted(&mut lab, &out, PEER)?;
    lab.kill()?;
    std::fs::write(lab.folder().join("secret"), lab.secret()).map_err(Stop::own)?;
    lab.begin()?;
    let what = said!(
        "the document was not sent after the secret was corrected",
        "văn bản không được gửi sau khi sửa khóa bí mật"
    );
    lab.until(what, |lab| {
        let recipient = lab.recipient(&out, PEER)?;
        if matches!(at(&recipient, "delivery").as_str(), Some("failed" | "held")) {
            lab.ask("retry", json!({ "outgoing": out }))?.ok();
        }
        Ok((*at(&recipient, "delivery") == json!("accepted")).then_some(()))
    })?;
    arrived_once(&mut lab, letter.document_id())
}

fn unknown_code(bench: &Bench) -> Outcome {
    let mut lab = bench.lab()?;
    lab.fault("sendEdoc", 0, refused_with("97"));
    let (_, out) = given(&mut lab)?;
    lab.await_recipient(&out, PEER, "remote_code", &["97"])?;
    not_accepted(&mut lab, &out, PEER)
}

fn page_is_no_answer(bench: &Bench) -> Outcome {
    let mut lab = bench.lab_with(|_| {})?;
    lab.fault("*", 0, Fault::NotJson);
    let (letter, out) = given(&mut lab)?;
    tried(&mut lab)?;
    for _ in 0..2 {
        lab.looked_at_axis()?;
        not_accepted(&mut lab, &out, PEER)?;
    }
    lab.no_faults();
    accepted_in_the_end(&mut lab, &letter, &out)
}

fn bad_gateway(bench: &Bench) -> Outcome {
    let mut lab = bench.lab()?;
    lab.fault("sendEdoc", 2, Fault::BadGateway);
    let (letter, out) = given(&mut lab)?;
    accepted_in_the_end(&mut lab, &letter, &out)
}

fn list_never_empty(bench: &Bench) -> Outcome {
    let mut lab = bench.lab()?;
    lab.looked_at_axis()?;
    let before = health(&mut lab, true)?;
    let made = Made::document(PEER, lab.organ(), lab.number());
    let mut is_delivered = false;
    for fault in [Fault::NotJson, Fault::BadGateway, refused_with("20"), AWAY] {
        let word = fault.word();
        lab.fault("getReceivedEdocList", 0, fault);
        if !is_delivered {
            // Only now, so that no earlier list has it.
            lab.looked_at_axis()?;
            lab.deliver(PEER, Kind::Document, &made.bytes())?;
            is_delivered = true;
        }
        becomes_unwell(&mut lab, &before, word)?;
        ensure(lab.poll(0)?.is_none(), || {
            said!("it is shown all the same", "văn bản vẫn được hiện")
        })?;
        lab.axis.set_faults([]);
    }
    let item = lab.take_and_accept()?;
    same(
        "DocumentId",
        &json!(item.text("/document/DocumentId")),
        &json!(made.document_id),
    )
}
