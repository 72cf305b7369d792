//! An axis or gateway: what it hands out, and to whom.

use lienthong::axis::Acknowledgement;
use serde_json::Value;

use super::axis_send::{contains, delivery, listing, send};
use super::steps::text;
use crate::suite::case::{
    Case,
    Chapter::{Directory, Receive, Send},
    Level::{Must, Should},
    Run,
};
use crate::suite::gateway::{Account, Call, Gateway};
use crate::suite::said;
use crate::suite::text::t;
use crate::suite::verdict::{Outcome, Stop, ensure};

pub(super) const CASES: &[Case] = &[
    Case {
        id: "receive-axis-until-acknowledged",
        chapter: Receive,
        level: Must,
        clauses: &["wire-acknowledge", "wire-list", "flow-acknowledgement"],
        refusal: None,
        title: t(
            "A delivery is listed until it is acknowledged done, and then no more",
            "Gói tin còn trong danh sách đến khi được xác nhận done, sau đó thì hết",
        ),
        why: t(
            "A receiver that crashed before it stored finds it again.",
            "Bên nhận hỏng trước khi lưu vẫn tìm lại được.",
        ),
        steps: &[t(
            "A document is listed twice and fetched without a word; then it is acknowledged done.",
            "Liệt kê hai lần và lấy về mà không xác nhận; sau đó xác nhận done.",
        )],
        expected: t(
            "Before, it is in every list; after, in none.",
            "Trước đó lần nào cũng có; sau đó không còn.",
        ),
        needs: &[],
        quick: true,
        run: Run::Axis(until_acknowledged),
    },
    Case {
        id: "receive-axis-done-is-final",
        chapter: Receive,
        level: Should,
        clauses: &["wire-acknowledge", "P01"],
        refusal: Some(t(
            "A later word does not bring it back.",
            "Xác nhận sau đó không làm gói tin quay lại.",
        )),
        title: t(
            "What was acknowledged done does not come back by a later word",
            "Gói tin đã xác nhận done không quay lại vì xác nhận sau",
        ),
        why: t(
            "Late answers of a worker would show documents twice.",
            "Xác nhận muộn sẽ làm văn bản hiện hai lần.",
        ),
        steps: &[t(
            "A delivery is acknowledged done, then processing, then fail.",
            "Xác nhận done, rồi processing, rồi fail.",
        )],
        expected: t("It is in no list.", "Không còn trong danh sách."),
        needs: &[],
        quick: true,
        run: Run::Axis(done_is_final),
    },
    Case {
        id: "receive-axis-processing-is-no-end",
        chapter: Receive,
        level: Must,
        clauses: &["wire-acknowledge", "P01"],
        refusal: Some(t(
            "`processing` does not end a delivery.",
            "`processing` không kết thúc việc giao.",
        )),
        title: t(
            "A delivery that is being processed can still be fetched",
            "Gói tin đang processing vẫn lấy được",
        ),
        why: t(
            "Who said processing and crashed would have lost it.",
            "Nơi đã báo processing rồi hỏng sẽ mất văn bản.",
        ),
        steps: &[t(
            "A delivery is acknowledged processing, and fetched again.",
            "Xác nhận processing rồi lấy lại lần nữa.",
        )],
        expected: t("The packet comes.", "Lấy được gói tin."),
        needs: &[],
        quick: true,
        run: Run::Axis(processing_is_no_end),
    },
    Case {
        id: "receive-axis-foreign-delivery",
        chapter: Receive,
        level: Must,
        clauses: &["wire-get", "QD28-13"],
        refusal: Some(t(
            "getEdoc and downloadEdoc of another system's delivery are refused.",
            "getEdoc và downloadEdoc gói tin của hệ thống khác bị từ chối.",
        )),
        title: t(
            "A system cannot fetch what lies for another",
            "Hệ thống không lấy được gói tin của hệ thống khác",
        ),
        why: t(
            "Ids travel in logs; they must not be keys.",
            "Mã gói tin lộ trong nhật ký, không thể là chìa khóa.",
        ),
        steps: &[t(
            "The first system asks for a delivery of the second by its id.",
            "Hệ thống thứ nhất dùng mã để lấy gói tin của hệ thống thứ hai.",
        )],
        expected: t(
            "Refused both times; no byte of the packet comes.",
            "Cả hai lần bị từ chối; không lộ nội dung.",
        ),
        needs: &[],
        quick: true,
        run: Run::Axis(foreign_delivery),
    },
    Case {
        id: "receive-axis-foreign-acknowledgement",
        chapter: Receive,
        level: Must,
        clauses: &["wire-acknowledge", "QD28-13"],
        refusal: Some(t(
            "updateStatus of another system's delivery changes nothing.",
            "updateStatus gói tin của hệ thống khác không có tác dụng.",
        )),
        title: t(
            "A system cannot acknowledge what lies for another",
            "Hệ thống không xác nhận thay hệ thống khác được",
        ),
        why: t(
            "The document would vanish from its receiver's list unseen.",
            "Văn bản sẽ biến mất khỏi danh sách trước khi bên nhận thấy.",
        ),
        steps: &[t(
            "The first system acknowledges a delivery of the second as done.",
            "Hệ thống thứ nhất xác nhận done gói tin của hệ thống thứ hai.",
        )],
        expected: t(
            "The second still finds it in its list.",
            "Hệ thống thứ hai vẫn thấy trong danh sách.",
        ),
        needs: &[],
        quick: true,
        run: Run::Axis(foreign_acknowledgement),
    },
    Case {
        id: "receive-axis-list-form",
        chapter: Receive,
        level: Must,
        clauses: &["wire-list", "wire-answer", "P04"],
        refusal: None,
        title: t(
            "A list has an array in every case, and rows with id, sender and receiver",
            "Danh sách luôn có mảng, mỗi dòng có mã, nơi gửi, nơi nhận",
        ),
        why: t(
            "A missing array looks like nothing new.",
            "Thiếu mảng trông như không có gì mới.",
        ),
        steps: &[t(
            "The lists of documents and statuses are asked for with one document waiting.",
            "Lấy danh sách văn bản và trạng thái khi có một văn bản chờ.",
        )],
        expected: t(
            "`data` is an array both times; the row of the document has docId, from and to as texts.",
            "Cả hai lần `data` là mảng; dòng của văn bản có docId, from, to dạng chuỗi.",
        ),
        needs: &[],
        quick: true,
        run: Run::Axis(list_form),
    },
    Case {
        id: "receive-axis-download",
        chapter: Receive,
        level: Should,
        clauses: &["wire-get"],
        refusal: None,
        title: t(
            "downloadEdoc gives the same packet as getEdoc",
            "downloadEdoc cho cùng gói tin với getEdoc",
        ),
        why: t(
            "Large packets are fetched that way.",
            "Gói tin lớn được lấy theo cách này.",
        ),
        steps: &[t(
            "A delivery is fetched by both calls.",
            "Lấy một gói tin bằng cả hai lời gọi.",
        )],
        expected: t(
            "The same bytes, once from base64 and once raw.",
            "Cùng các byte, một lần từ base64, một lần nguyên dạng.",
        ),
        needs: &[],
        quick: true,
        run: Run::Axis(download),
    },
    Case {
        id: "receive-axis-count",
        chapter: Receive,
        level: Should,
        clauses: &["wire-list"],
        refusal: None,
        title: t(
            "countReceiveEdoc counts what the list lists",
            "countReceiveEdoc đếm đúng danh sách",
        ),
        why: t(
            "Clients ask for the list only where there is something.",
            "Phần mềm chỉ lấy danh sách khi có gói tin.",
        ),
        steps: &[t(
            "With a document waiting, count and list are asked for.",
            "Khi có văn bản chờ, hỏi số lượng và danh sách.",
        )],
        expected: t("The count is the number of rows.", "Số lượng bằng số dòng."),
        needs: &[],
        quick: true,
        run: Run::Axis(count),
    },
    Case {
        id: "send-axis-sent-list",
        chapter: Send,
        level: Should,
        clauses: &["wire-send", "QD28-6.3"],
        refusal: None,
        title: t(
            "getSentEdocList tells the sender of its packet",
            "getSentEdocList cho bên gửi biết về gói tin của mình",
        ),
        why: t(
            "After a broken connection nothing else tells whether it arrived.",
            "Sau khi đứt kết nối, chỉ lời gọi này cho biết gói tin đã tới chưa.",
        ),
        steps: &[t(
            "A document is sent; the sender asks for what it has sent.",
            "Gửi văn bản; bên gửi hỏi danh sách đã gửi.",
        )],
        expected: t(
            "A row with the sender's and receiver's codes and the notation.",
            "Có dòng với mã bên gửi, bên nhận và số ký hiệu.",
        ),
        needs: &[],
        quick: true,
        run: Run::Axis(sent_list),
    },
    Case {
        id: "directory-axis-agencies",
        chapter: Directory,
        level: Should,
        clauses: &["wire-directory", "flow-identifiers"],
        refusal: None,
        title: t(
            "The directory lists both systems' organs by code and name",
            "Danh mục có cơ quan của cả hai hệ thống, đủ mã và tên",
        ),
        why: t(
            "Senders find receivers there.",
            "Bên gửi tra nơi nhận ở đó.",
        ),
        steps: &[t("getAgenciesList is asked for.", "Gọi getAgenciesList.")],
        expected: t(
            "An array with both codes; every row has code and name as texts.",
            "Mảng có cả hai mã; dòng nào cũng có code và name dạng chuỗi.",
        ),
        needs: &[],
        quick: true,
        run: Run::Axis(agencies),
    },
];

/// A document of the first system that lies for the second: its id, the
/// delivery's id and bytes.
fn waiting(gateway: &Gateway) -> Outcome<(String, String, Vec<u8>)> {
    let made = gateway.document();
    send(gateway, &made)?;
    let (delivery, bytes) = delivery(gateway, &made)?;
    Ok((made.document_id, delivery, bytes))
}

fn rows(gateway: &Gateway, account: &Account, kind: &str) -> Outcome<Vec<Value>> {
    let value = gateway.done(&listing(account, kind))?;
    let rows = value.get("data").and_then(Value::as_array).cloned();
    rows.ok_or_else(|| {
        Stop::Fail(said!(
            "the list of {kind} has no array `data`",
            "danh sách {kind} không có mảng `data`"
        ))
    })
}

fn is_listed(gateway: &Gateway, delivery: &str) -> Outcome<bool> {
    let rows = rows(gateway, &gateway.two, "edoc")?;
    Ok(rows.iter().any(|row| text(row, "/docId") == delivery))
}

fn ensure_listed(gateway: &Gateway, delivery: &str, wanted: bool) -> Outcome {
    let listed = is_listed(gateway, delivery)?;
    ensure(listed == wanted, || {
        let (en, vi) = match listed {
            true => ("still", "vẫn còn"),
            false => ("not", "không có"),
        };
        said!(
            "the delivery {delivery} is {en} listed",
            "gói tin {delivery} {vi} trong danh sách"
        )
    })
}

fn until_acknowledged(gateway: &Gateway) -> Outcome {
    let (_, delivery, _) = waiting(gateway)?;
    ensure_listed(gateway, &delivery, true)?;
    ensure_listed(gateway, &delivery, true)?;
    gateway.acknowledge(&delivery, Acknowledgement::Done)?;
    ensure_listed(gateway, &delivery, false)
}

fn acknowledging(account: &Account, delivery: &str, word: &str) -> Call {
    let parameters = [("docid", delivery), ("status", word)];
    let mut call = Call::new("updateStatus", account, &parameters);
    call.body = b"{}".to_vec();
    call
}

fn done_is_final(gateway: &Gateway) -> Outcome {
    let (_, delivery, _) = waiting(gateway)?;
    gateway.acknowledge(&delivery, Acknowledgement::Done)?;
    for word in ["processing", "fail"] {
        // What it answers is its own matter.
        gateway.answered(&acknowledging(&gateway.two, &delivery, word))?;
        ensure_listed(gateway, &delivery, false)?;
    }
    Ok(())
}

fn processing_is_no_end(gateway: &Gateway) -> Outcome {
    let (_, delivery, before) = waiting(gateway)?;
    gateway.done(&acknowledging(&gateway.two, &delivery, "processing"))?;
    let mut bytes = Vec::new();
    let client = gateway.client(&gateway.two)?;
    let fetched = client.get(&delivery, &mut bytes);
    gateway.acknowledge(&delivery, Acknowledgement::Done)?;
    ensure(fetched.is_ok() && bytes == before, || {
        said!(
            "the delivery cannot be fetched any more",
            "không lấy lại được gói tin"
        )
    })
}

fn getting(account: &Account, delivery: &str) -> Call {
    let mut call = Call::new("getEdoc", account, &[("docId", delivery)]);
    call.body = b"{}".to_vec();
    call
}

fn foreign_delivery(gateway: &Gateway) -> Outcome {
    let (id, delivery, _) = waiting(gateway)?;
    let download = Call::new("downloadEdoc", &gateway.one, &[("docId", &delivery)]);
    for call in [getting(&gateway.one, &delivery), download] {
        let answer = gateway.answered(&call)?;
        let data = answer.json().ok();
        let data = data.map_or(0, |value| text(&value, "/data").len());
        let leaks = contains(&answer.body, &id) || data > 0;
        ensure(answer.is_refusal() && !leaks, || {
            said!(
                "another system's packet was handed out",
                "gói tin của hệ thống khác bị lộ"
            )
        })?;
    }
    gateway.acknowledge(&delivery, Acknowledgement::Done)
}

fn foreign_acknowledgement(gateway: &Gateway) -> Outcome {
    let (_, delivery, _) = waiting(gateway)?;
    gateway.answered(&acknowledging(&gateway.one, &delivery, "done"))?;
    ensure_listed(gateway, &delivery, true)?;
    gateway.acknowledge(&delivery, Acknowledgement::Done)
}

fn list_form(gateway: &Gateway) -> Outcome {
    let (_, delivery, _) = waiting(gateway)?;
    rows(gateway, &gateway.two, "status")?;
    let rows = rows(gateway, &gateway.two, "edoc")?;
    let row = rows.iter().find(|row| text(row, "/docId") == delivery);
    let right = row.is_some_and(|row| {
        text(row, "/from") == gateway.one.organ && text(row, "/to") == gateway.two.organ
    });
    gateway.acknowledge(&delivery, Acknowledgement::Done)?;
    ensure(right, || {
        said!(
            "the row does not tell sender and receiver",
            "dòng không cho biết nơi gửi, nơi nhận"
        )
    })
}

fn download(gateway: &Gateway) -> Outcome {
    let (_, delivery, bytes) = waiting(gateway)?;
    let call = Call::new("downloadEdoc", &gateway.two, &[("docId", &delivery)]);
    let answer = gateway.answered(&call)?;
    gateway.acknowledge(&delivery, Acknowledgement::Done)?;
    ensure(answer.status == 200 && answer.body == bytes, || {
        let (one, two) = (bytes.len(), answer.body.len());
        said!(
            "the packets differ: {one} and {two} bytes",
            "hai gói tin khác nhau: {one} và {two} byte"
        )
    })
}

fn count(gateway: &Gateway) -> Outcome {
    let (_, delivery, _) = waiting(gateway)?;
    let parameters = [("servicetype", "eDoc"), ("messagetype", "edoc")];
    let mut call = Call::new("countReceiveEdoc", &gateway.two, &parameters);
    call.body = b"{}".to_vec();
    let value = gateway.done(&call)?;
    let counted = match value.get("count") {
        Some(Value::String(text)) => text.parse().ok(),
        Some(value) => value.as_u64(),
        None => None,
    };
    let rows = rows(gateway, &gateway.two, "edoc")?.len();
    gateway.acknowledge(&delivery, Acknowledgement::Done)?;
    ensure(counted == u64::try_from(rows).ok(), || {
        let counted = counted.unwrap_or_default();
        said!(
            "{counted} are counted and {rows} listed",
            "đếm được {counted}, liệt kê {rows}"
        )
    })
}

fn sent_list(gateway: &Gateway) -> Outcome {
    let (_, delivery, _) = waiting(gateway)?;
    let parameters = [
        ("servicetype", "eDoc"),
        ("messagetype", "edoc"),
        ("docId", ""),
    ];
    let value = gateway.done(&Call::new("getSentEdocList", &gateway.one, &parameters))?;
    gateway.acknowledge(&delivery, Acknowledgement::Done)?;
    let rows = value.get("data").and_then(Value::as_array);
    let found = rows.into_iter().flatten().any(|row| {
        text(row, "/fromCode") == gateway.one.organ
            && text(row, "/toCode") == gateway.two.organ
            && !text(row, "/notation").is_empty()
    });
    ensure(found, || {
        said!(
            "there is no row of the packet that was sent",
            "không có dòng của gói tin đã gửi"
        )
    })
}

fn agencies(gateway: &Gateway) -> Outcome {
    let value = gateway.done(&Call::new("getAgenciesList", &gateway.one, &[]))?;
    let rows = value.get("data").and_then(Value::as_array);
    let rows: Vec<&Value> = rows.into_iter().flatten().collect();
    let whole = rows.iter().all(|row| {
        ["code", "name"]
            .iter()
            .all(|name| row.get(name).is_some_and(Value::is_string))
    });
    let has = |organ: &str| rows.iter().any(|row| text(row, "/code") == organ);
    let (one, two) = (&gateway.one.organ, &gateway.two.organ);
    ensure(whole && has(one) && has(two), || {
        said!(
            "{one} or {two} is not listed, or a row has no code or name",
            "thiếu {one} hoặc {two}, hoặc có dòng không đủ mã, tên"
        )
    })
}
