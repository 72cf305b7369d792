//! An axis or gateway: whom it believes, and what does it no harm.

use lienthong::axis::Acknowledgement;
use serde_json::Value;

use super::axis_send::{
    contains, delivery, ensure_absent, ensure_code, listing, send, times_listed,
};
use crate::suite::case::{
    Case,
    Chapter::{Duplicate, Hostile, Outage, Transport},
    Level::{Must, Should},
    Run,
};
use crate::suite::gateway::{Call, Gateway};
use crate::suite::said;
use crate::suite::text::t;
use crate::suite::verdict::{Outcome, ensure};

pub(super) const CASES: &[Case] = &[
    Case {
        id: "transport-axis-foreign-sender",
        chapter: Transport,
        level: Must,
        clauses: &["QD28-13", "wire-codes"],
        refusal: Some(t(
            "A packet in the name of another system's organ is refused.",
            "Gói tin mạo danh cơ quan của hệ thống khác bị từ chối.",
        )),
        title: t(
            "A system cannot send in the name of an organ that is not its own",
            "Hệ thống không thể gửi thay cơ quan không thuộc mình",
        ),
        why: t(
            "Every status and recall rests on who sent it.",
            "Mọi trạng thái và thu hồi đều dựa vào nơi gửi.",
        ),
        steps: &[t(
            "The first system sends a document with `from` the second's organ, signed with its own secret.",
            "Hệ thống thứ nhất gửi văn bản với `from` là cơ quan của hệ thống thứ hai, ký bằng khóa của mình.",
        )],
        expected: t(
            "An ErrorCode other than 0; it is not handed out.",
            "ErrorCode khác 0; không được giao.",
        ),
        needs: &[],
        quick: true,
        run: Run::Axis(foreign_sender),
    },
    Case {
        id: "transport-axis-wrong-secret",
        chapter: Transport,
        level: Must,
        clauses: &["wire-hmac", "QD28-13", "wire-codes"],
        refusal: Some(t(
            "A call signed with another secret is refused, with 15.",
            "Lời gọi ký bằng khóa khác bị từ chối với mã 15.",
        )),
        title: t(
            "A call that is signed with a wrong secret is refused",
            "Lời gọi ký sai khóa bị từ chối",
        ),
        why: t(
            "The HMAC is all that tells systems apart.",
            "HMAC là thứ duy nhất phân biệt các hệ thống.",
        ),
        steps: &[t(
            "A list and a packet are asked with the right id and a wrong secret.",
            "Gọi lấy danh sách và gửi gói tin với mã đúng nhưng khóa sai.",
        )],
        expected: t(
            "ErrorCode 15 both times; no row, nothing handed on.",
            "Cả hai lần ErrorCode 15; không có dòng nào, không chuyển gói nào.",
        ),
        needs: &[],
        quick: true,
        run: Run::Axis(wrong_secret),
    },
    Case {
        id: "transport-axis-altered-parameter",
        chapter: Transport,
        level: Must,
        clauses: &["wire-parameters", "wire-hmac"],
        refusal: Some(t(
            "A header that says something else than was signed is refused.",
            "Tiêu đề khác nội dung đã ký bị từ chối.",
        )),
        title: t(
            "A parameter that was changed after signing is refused",
            "Tham số bị sửa sau khi ký bị từ chối",
        ),
        why: t(
            "Else the signature protects a text that nobody uses.",
            "Nếu không, chữ ký chỉ bảo vệ đoạn văn không ai dùng.",
        ),
        steps: &[t(
            "The header `from` of a signed call is changed to another organ.",
            "Sửa tiêu đề `from` của lời gọi đã ký thành cơ quan khác.",
        )],
        expected: t("An ErrorCode other than 0.", "ErrorCode khác 0."),
        needs: &[],
        quick: true,
        run: Run::Axis(altered_parameter),
    },
    Case {
        id: "transport-axis-old-timestamp",
        chapter: Transport,
        level: Should,
        clauses: &["wire-timestamp"],
        refusal: None,
        title: t(
            "A timestamp of an hour ago is accepted",
            "Chấp nhận timestamp cách đây một giờ",
        ),
        why: t(
            "The official SDK makes it once for an object's life (assumed that it must be accepted).",
            "SDK chính thức chỉ tạo một lần cho cả vòng đời (giả định phải chấp nhận).",
        ),
        steps: &[t(
            "A list is asked for with a fixed timestamp of the past.",
            "Lấy danh sách với timestamp cố định trong quá khứ.",
        )],
        expected: t("ErrorCode 0.", "ErrorCode là 0."),
        needs: &[],
        quick: true,
        run: Run::Axis(old_timestamp),
    },
    Case {
        id: "transport-axis-names-any-case",
        chapter: Transport,
        level: Should,
        clauses: &["wire-parameters"],
        refusal: None,
        title: t(
            "Parameter names are understood in any case",
            "Hiểu tên tham số không phân biệt hoa thường",
        ),
        why: t(
            "docId and docid are both sent by the same SDK.",
            "Cùng một SDK gửi cả docId lẫn docid.",
        ),
        steps: &[t(
            "A list is asked for with MessageType and SERVICETYPE.",
            "Lấy danh sách với MessageType và SERVICETYPE.",
        )],
        expected: t(
            "ErrorCode 0, and an array of rows.",
            "ErrorCode 0 và có mảng dòng.",
        ),
        needs: &[],
        quick: true,
        run: Run::Axis(names_any_case),
    },
    Case {
        id: "transport-axis-continue",
        chapter: Transport,
        level: Should,
        clauses: &["wire-answer"],
        refusal: None,
        title: t(
            "Expect: 100-continue is answered",
            "Có trả lời Expect: 100-continue",
        ),
        why: t(
            "The SDK waits for it before it sends a body.",
            "SDK chờ tín hiệu này mới gửi thân.",
        ),
        steps: &[t(
            "The head of a count call is sent alone, with Expect.",
            "Chỉ gửi phần đầu của lời gọi đếm, kèm Expect.",
        )],
        expected: t(
            "100 or a final answer, without the body.",
            "Trả lời 100 hoặc câu trả lời cuối, chưa cần thân.",
        ),
        needs: &[],
        quick: true,
        run: Run::Axis(continues),
    },
    Case {
        id: "duplicate-axis-receiver-twice",
        chapter: Duplicate,
        level: Should,
        clauses: &["D22", "P18"],
        refusal: Some(t(
            "The second mention gives no second delivery.",
            "Nêu lần hai không tạo thêm lần giao.",
        )),
        title: t(
            "A receiver that is named twice gets one delivery",
            "Nơi nhận nêu hai lần chỉ được giao một lần",
        ),
        why: t(
            "Two deliveries become two registered documents.",
            "Giao hai lần thành hai văn bản vào sổ.",
        ),
        steps: &[t(
            "A document whose To names the same organ twice is sent.",
            "Gửi văn bản có To nêu cùng một cơ quan hai lần.",
        )],
        expected: t(
            "One row in that organ's list.",
            "Danh sách của cơ quan đó có một dòng.",
        ),
        needs: &[],
        quick: true,
        run: Run::Axis(receiver_twice),
    },
    Case {
        id: "outage-axis-half-a-packet",
        chapter: Outage,
        level: Must,
        clauses: &["wire-send", "P03"],
        refusal: Some(t(
            "A packet that did not come whole is not handed out.",
            "Gói tin chưa đến đủ không được giao.",
        )),
        title: t(
            "A packet that was cut off on its way to the axis reaches nobody",
            "Gói tin đứt giữa đường tới trục không đến tay ai",
        ),
        why: t(
            "Half a document is worse than none.",
            "Nửa văn bản còn tệ hơn không có.",
        ),
        steps: &[t(
            "The connection ends in the middle of the packet; then another document is sent.",
            "Kết nối đứt giữa gói tin; sau đó gửi một văn bản khác.",
        )],
        expected: t(
            "The second document arrives; of the first nothing.",
            "Văn bản sau tới nơi; văn bản trước không có gì.",
        ),
        needs: &[],
        quick: true,
        run: Run::Axis(half_a_packet),
    },
    Case {
        id: "hostile-axis-entities",
        chapter: Hostile,
        level: Must,
        clauses: &["P15"],
        refusal: Some(t(
            "A packet with a DOCTYPE is refused, or at least no entity in it is expanded.",
            "Gói tin có DOCTYPE bị từ chối, hoặc ít nhất không khai triển thực thể.",
        )),
        title: t(
            "The axis expands no entities of a packet",
            "Trục không khai triển thực thể trong gói tin",
        ),
        why: t(
            "Files of the server would travel to a stranger.",
            "Tệp của máy chủ có thể bị gửi cho người lạ.",
        ),
        steps: &[t(
            "A packet with a DOCTYPE that defines an entity, used in the subject, is sent.",
            "Gửi gói tin có DOCTYPE định nghĩa thực thể và dùng nó trong trích yếu.",
        )],
        expected: t(
            "It is refused, or comes without the entity's text in the subject.",
            "Bị từ chối, hoặc giao mà trích yếu không có nội dung thực thể.",
        ),
        needs: &[],
        quick: true,
        run: Run::Axis(entities),
    },
    Case {
        id: "hostile-axis-two-lengths",
        chapter: Hostile,
        level: Should,
        clauses: &["wire-send"],
        refusal: Some(t(
            "A request with two different lengths is refused.",
            "Yêu cầu có hai độ dài khác nhau bị từ chối.",
        )),
        title: t(
            "A request with two Content-Length is not taken",
            "Không nhận yêu cầu có hai Content-Length",
        ),
        why: t(
            "Two servers in a row would see two different requests.",
            "Hai máy chủ nối tiếp sẽ hiểu thành hai yêu cầu khác nhau.",
        ),
        steps: &[t(
            "A packet is sent with its length and with another.",
            "Gửi gói tin với độ dài đúng và một độ dài khác.",
        )],
        expected: t("No ErrorCode 0.", "Không có ErrorCode 0."),
        needs: &[],
        quick: true,
        run: Run::Axis(two_lengths),
    },
];

fn foreign_sender(gateway: &Gateway) -> Outcome {
    let mut made = gateway.document();
    made.from.clone_from(&gateway.two.organ);
    let call = Call::sending(&gateway.one, "edoc", &made.bytes());
    let answer = gateway.answered(&call.with("from", &gateway.two.organ))?;
    ensure(answer.is_refusal(), || {
        said!("it was accepted", "gói tin vẫn được nhận")
    })?;
    ensure_absent(gateway, &made.document_id)
}

fn wrong_secret(gateway: &Gateway) -> Outcome {
    let mut wrong = gateway.two.clone();
    wrong.secret.push('x');
    let answer = gateway.answered(&listing(&wrong, "edoc"))?;
    ensure_code(&answer.code()?, "15")?;
    let rows = answer.json()?;
    let rows = rows.get("data").and_then(Value::as_array);
    ensure(rows.is_none_or(Vec::is_empty), || {
        said!("rows were handed out", "vẫn trả về các dòng")
    })?;
    let made = gateway.document();
    let mut wrong = gateway.one.clone();
    wrong.secret.push('x');
    let answer = gateway.answered(&Call::sending(&wrong, "edoc", &made.bytes()))?;
    ensure_code(&answer.code()?, "15")?;
    ensure_absent(gateway, &made.document_id)
}

fn altered_parameter(gateway: &Gateway) -> Outcome {
    let made = gateway.document();
    let mut call = Call::sending(&gateway.one, "edoc", &made.bytes());
    call.lies
        .push(("from".to_owned(), gateway.two.organ.clone()));
    let answer = gateway.answered(&call)?;
    ensure(answer.is_refusal(), || {
        said!("it was accepted", "lời gọi vẫn được chấp nhận")
    })
}

fn old_timestamp(gateway: &Gateway) -> Outcome {
    let call = listing(&gateway.two, "edoc").with("timestamp", "21112025T071335+0686");
    gateway.done(&call).map(drop)
}

fn names_any_case(gateway: &Gateway) -> Outcome {
    let parameters = [("SERVICETYPE", "eDoc"), ("MessageType", "edoc")];
    let call = Call::new("getReceivedEdocList", &gateway.two, &parameters);
    let value = gateway.done(&call)?;
    ensure(value.get("data").is_some_and(Value::is_array), || {
        said!("there is no array of rows", "không có mảng dòng")
    })
}

fn continues(gateway: &Gateway) -> Outcome {
    let parameters = [("servicetype", "eDoc"), ("messagetype", "edoc")];
    let mut call = Call::new("countReceiveEdoc", &gateway.two, &parameters);
    call.body = b"{}".to_vec();
    call.lines.push("Expect: 100-continue".to_owned());
    let status = gateway.first_status(&call)?;
    ensure(matches!(status, 100 | 200), || {
        said!(
            "the answer is HTTP {status}",
            "câu trả lời là HTTP {status}"
        )
    })
}

fn receiver_twice(gateway: &Gateway) -> Outcome {
    let mut made = gateway.document();
    made.to.push(gateway.two.organ.clone());
    send(gateway, &made)?;
    delivery(gateway, &made)?;
    let times = times_listed(gateway, &gateway.two, &made.document_id)?;
    ensure(times == 1, || {
        said!("it is listed {times} times", "có {times} dòng")
    })
}

fn half_a_packet(gateway: &Gateway) -> Outcome {
    let made = gateway.document().files(&[("a.pdf", &[b'x'; 60_000])]);
    let call = Call::sending(&gateway.one, "edoc", &made.bytes());
    gateway.cut(&call, 40_000)?;
    ensure_absent(gateway, &made.document_id)
}

fn entities(gateway: &Gateway) -> Outcome {
    let mut made = gateway.document();
    made.subject = "THUC-THE".to_owned();
    let doctype = "<!DOCTYPE edXML [<!ENTITY le \"khai-trien\">]>\r\n<edXML ";
    let xml = made
        .xml()
        .replacen("<edXML ", doctype, 1)
        .replace("THUC-THE", "dau-&le;-cuoi");
    let answer = gateway.answered(&Call::sending(&gateway.one, "edoc", xml.as_bytes()))?;
    if answer.is_refusal() {
        return Ok(());
    }
    let (id, bytes) = delivery(gateway, &made)?;
    gateway.acknowledge(&id, Acknowledgement::Done)?;
    ensure(!contains(&bytes, "dau-khai-trien"), || {
        said!("the entity was expanded", "thực thể đã bị khai triển")
    })
}

fn two_lengths(gateway: &Gateway) -> Outcome {
    let made = gateway.document();
    let mut call = Call::sending(&gateway.one, "edoc", &made.bytes());
    let length = call.body.len();
    call.lines.push(format!("Content-Length: {length}"));
    call.lines.push("Content-Length: 7".to_owned());
    let answer = gateway.call(&call)?;
    ensure(answer.is_none_or(|answer| answer.is_refusal()), || {
        said!("it was accepted", "yêu cầu vẫn được chấp nhận")
    })
}
