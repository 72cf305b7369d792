//! Sending: the call, its parameters, the packet, and who gets it.

use serde_json::json;

use lienthong::packet::Timestamp;

use super::traffic::{AWAY, noise, nothing_sent, sha256};
use crate::axis_server::{Kind, WireEntry};
use crate::suite::bench::{Bench, OTHER, PEER};
use crate::suite::case::{
    Case,
    Chapter::Send,
    Level::{Must, Should},
    Need::Command,
    Run,
};
use crate::suite::lab::Lab;
use crate::suite::letter::{Made, made_status};
use crate::suite::said;
use crate::suite::text::t;
use crate::suite::verdict::{Outcome, Stop, ensure};

pub(super) const CASES: &[Case] = &[
    Case {
        id: "send-each-receiver",
        chapter: Send,
        level: Must,
        clauses: &["flow-document", "P03"],
        refusal: None,
        title: t(
            "Every receiver gets the document",
            "Mọi nơi nhận đều nhận được văn bản",
        ),
        why: t(
            "A receiver that is left out learns nothing of its task.",
            "Nơi nhận bị bỏ sót sẽ không biết nhiệm vụ của mình.",
        ),
        steps: &[
            t(
                "The product sends a document to two organs.",
                "Phần mềm gửi một văn bản tới hai cơ quan.",
            ),
            t(
                "The suite looks at whom the axis has it for.",
                "Bộ kiểm thử xem trục giữ văn bản cho những cơ quan nào.",
            ),
        ],
        expected: t(
            "Both organs have it in their queue, once.",
            "Cả hai cơ quan đều có văn bản trong hàng đợi, mỗi nơi một lần.",
        ),
        needs: &[Command("send")],
        quick: true,
        run: Run::Connector(each_receiver),
    },
    Case {
        id: "send-empty-receivers",
        chapter: Send,
        level: Must,
        clauses: &["rebuild"],
        refusal: Some(t(
            "`send` is refused with the finding receiver-missing or its like.",
            "`send` bị từ chối vì thiếu nơi nhận.",
        )),
        title: t(
            "A document without a receiver is refused at once",
            "Văn bản không có nơi nhận bị từ chối ngay",
        ),
        why: t(
            "A hop drops such a packet without a word; the clerk would wait for ever.",
            "Trục bỏ gói tin như vậy mà không báo; văn thư sẽ chờ mãi.",
        ),
        steps: &[t(
            "The product is told to send a document with an empty list of receivers.",
            "Yêu cầu phần mềm gửi văn bản có danh sách nơi nhận rỗng.",
        )],
        expected: t(
            "An error, and nothing at the axis.",
            "Báo lỗi, và không có gì tới trục.",
        ),
        needs: &[Command("send")],
        quick: true,
        run: Run::Connector(empty_receivers),
    },
    Case {
        id: "send-signed-call",
        chapter: Send,
        level: Must,
        clauses: &["wire-hmac", "wire-parameters", "QD28-13"],
        refusal: None,
        title: t(
            "Every call is signed with all of its parameters",
            "Mọi lời gọi đều được ký kèm toàn bộ tham số",
        ),
        why: t(
            "A parameter that is not signed may be changed on the way; an axis does not take it.",
            "Tham số không được ký có thể bị sửa trên đường truyền và trục sẽ không chấp nhận.",
        ),
        steps: &[
            t(
                "The product sends a document and asks for its packets.",
                "Phần mềm gửi một văn bản và hỏi gói tin đến.",
            ),
            t(
                "The axis checks the HMAC of each call; the suite compares the signed names with the headers.",
                "Trục kiểm tra HMAC của từng lời gọi; bộ kiểm thử so tên tham số đã ký với các tiêu đề.",
            ),
        ],
        expected: t(
            "No call is answered with 15, and each XroadVnpt header of a parameter is among the signed names.",
            "Không lời gọi nào bị trả lời 15, và mọi tiêu đề tham số XroadVnpt đều nằm trong danh sách đã ký.",
        ),
        needs: &[Command("send")],
        quick: true,
        run: Run::Connector(signed_call),
    },
    Case {
        id: "send-timestamp-vietnam",
        chapter: Send,
        level: Must,
        clauses: &["QD28-14", "wire-timestamp"],
        refusal: None,
        title: t(
            "Calls bear Vietnamese time in the form of the axis",
            "Lời gọi ghi giờ Việt Nam đúng khuôn dạng của trục",
        ),
        why: t(
            "Times of sending and receipt are evidence; Decision 28 asks for Vietnamese time.",
            "Thời điểm gửi, nhận là căn cứ pháp lý; Quyết định 28 yêu cầu giờ Việt Nam.",
        ),
        steps: &[
            t("The product sends a document.", "Phần mềm gửi một văn bản."),
            t(
                "The suite reads the timestamp of each call.",
                "Bộ kiểm thử đọc timestamp của từng lời gọi.",
            ),
        ],
        expected: t(
            "ddMMyyyy'T'HHmmss+SSSS, within two minutes of the time in Vietnam.",
            "Dạng ddMMyyyy'T'HHmmss+SSSS, lệch không quá hai phút so với giờ Việt Nam.",
        ),
        needs: &[Command("send")],
        quick: true,
        run: Run::Connector(timestamp_vietnam),
    },
    Case {
        id: "send-timestamp-anew",
        chapter: Send,
        level: Should,
        clauses: &["wire-timestamp"],
        refusal: Some(t(
            "No timestamp of an earlier call is used again for all later ones.",
            "Không dùng mãi timestamp của lời gọi trước cho các lời gọi sau.",
        )),
        title: t(
            "Each call has a timestamp of its own",
            "Mỗi lời gọi có timestamp riêng",
        ),
        why: t(
            "An axis that looks at the time refuses a connector that made its timestamp once.",
            "Trục kiểm tra thời gian sẽ từ chối phần mềm chỉ tạo timestamp một lần.",
        ),
        steps: &[t(
            "The product makes several calls.",
            "Phần mềm thực hiện nhiều lời gọi.",
        )],
        expected: t(
            "Their timestamps are not all the same.",
            "Các timestamp không giống hệt nhau.",
        ),
        needs: &[Command("send")],
        quick: true,
        run: Run::Connector(timestamp_anew),
    },
    Case {
        id: "send-known-length",
        chapter: Send,
        level: Must,
        clauses: &["wire-send", "P12"],
        refusal: Some(t(
            "No packet goes out in chunks.",
            "Không gửi gói tin dạng chunked.",
        )),
        title: t(
            "A packet is sent with its length, not in chunks",
            "Gói tin được gửi kèm độ dài, không chia chunked",
        ),
        why: t(
            "Servers in use refuse a chunked body: the document never arrives.",
            "Máy chủ đang dùng từ chối thân chunked nên văn bản không tới nơi.",
        ),
        steps: &[t(
            "The product sends a document with an attachment of 700 KB.",
            "Phần mềm gửi văn bản có tệp kèm 700 KB.",
        )],
        expected: t(
            "sendEdoc has a Content-Length that fits the body, and no Transfer-Encoding.",
            "sendEdoc có Content-Length khớp với thân và không có Transfer-Encoding.",
        ),
        needs: &[Command("send")],
        quick: true,
        run: Run::Connector(known_length),
    },
    Case {
        id: "send-hash-of-body",
        chapter: Send,
        level: Must,
        clauses: &["wire-send"],
        refusal: None,
        title: t(
            "hash-file is the digest of the packet that is sent",
            "hash-file là mã băm của chính gói tin được gửi",
        ),
        why: t(
            "An axis that compares it refuses any other.",
            "Trục có đối chiếu sẽ từ chối nếu mã băm khác.",
        ),
        steps: &[
            t("The product sends a document.", "Phần mềm gửi một văn bản."),
            t(
                "The suite takes the SHA-256 of the bytes at the axis.",
                "Bộ kiểm thử tính SHA-256 của dữ liệu tại trục.",
            ),
        ],
        expected: t(
            "The header holds it, in the usual form or in that of the official kit (no leading zeros).",
            "Tiêu đề chứa đúng mã băm, dạng thông thường hoặc dạng của bộ công cụ chính thức (bỏ số 0 đầu).",
        ),
        needs: &[Command("send")],
        quick: true,
        run: Run::Connector(hash_of_body),
    },
    Case {
        id: "send-document-parameters",
        chapter: Send,
        level: Must,
        clauses: &["wire-send", "wire-parameters"],
        refusal: None,
        title: t(
            "A document is sent as edoc, from its own organ",
            "Văn bản được gửi với messagetype edoc, từ đúng cơ quan",
        ),
        why: t(
            "The axis routes by these parameters.",
            "Trục định tuyến theo các tham số này.",
        ),
        steps: &[t(
            "The product sends a document.",
            "Phần mềm gửi một văn bản.",
        )],
        expected: t(
            "POST /sendEdoc with servicetype eDoc, messagetype edoc and from = the organ of From.",
            "POST /sendEdoc với servicetype eDoc, messagetype edoc và from là cơ quan ở From.",
        ),
        needs: &[Command("send")],
        quick: true,
        run: Run::Connector(document_parameters),
    },
    Case {
        id: "send-status-as-status",
        chapter: Send,
        level: Must,
        clauses: &["wire-status", "D42"],
        refusal: None,
        title: t(
            "A status is sent with messagetype status",
            "Trạng thái được gửi với messagetype status",
        ),
        why: t(
            "Receivers ask for statuses by this word.",
            "Bên nhận lấy trạng thái theo từ khóa này.",
        ),
        steps: &[
            t(
                "A document comes to the product.",
                "Một văn bản được chuyển tới phần mềm.",
            ),
            t(
                "The suite looks at the call that brings status 01.",
                "Bộ kiểm thử xem lời gọi gửi trạng thái 01.",
            ),
        ],
        expected: t(
            "messagetype is status, from is the product's organ.",
            "messagetype là status, from là cơ quan của phần mềm.",
        ),
        needs: &[Command("poll")],
        quick: true,
        run: Run::Connector(status_as_status),
    },
    Case {
        id: "send-ascii-parameters",
        chapter: Send,
        level: Must,
        clauses: &["wire-ascii"],
        refusal: Some(t(
            "Nothing but printable ASCII leaves in a parameter.",
            "Tham số chỉ chứa ký tự ASCII in được.",
        )),
        title: t(
            "Vietnamese text stays in the packet",
            "Chữ tiếng Việt chỉ nằm trong gói tin",
        ),
        why: t(
            "Other characters break the signature of the call on the way.",
            "Ký tự khác làm hỏng chữ ký của lời gọi trên đường truyền.",
        ),
        steps: &[t(
            "The product sends a document with Vietnamese names, subject, notation, document id and file name.",
            "Phần mềm gửi văn bản có tên cơ quan, trích yếu, ký hiệu, mã văn bản và tên tệp bằng tiếng Việt.",
        )],
        expected: t(
            "It arrives, and every parameter header is printable ASCII.",
            "Văn bản tới nơi, và mọi tiêu đề tham số là ASCII in được.",
        ),
        needs: &[Command("send")],
        quick: true,
        run: Run::Connector(ascii_parameters),
    },
    Case {
        id: "send-own-state-each",
        chapter: Send,
        level: Must,
        clauses: &["flow-document", "QD28-8", "P06", "ND30-VI-state"],
        refusal: Some(t(
            "What one receiver reports changes nothing for the other.",
            "Trạng thái của nơi nhận này không làm đổi nơi nhận kia.",
        )),
        title: t(
            "Each receiver has a state of its own",
            "Mỗi nơi nhận có trạng thái riêng",
        ),
        why: t(
            "The sender has to see who has it and who has not.",
            "Bên gửi phải thấy nơi nào đã nhận, nơi nào chưa.",
        ),
        steps: &[
            t(
                "The product sends a document to two organs.",
                "Phần mềm gửi một văn bản tới hai cơ quan.",
            ),
            t(
                "One of them reports 01 and 03.",
                "Một cơ quan báo trạng thái 01 rồi 03.",
            ),
        ],
        expected: t(
            "`why` shows 03 for that one; the other stands at accepted, without a status.",
            "`why` cho thấy 03 ở cơ quan đó; cơ quan kia chỉ mới được trục nhận, chưa có trạng thái.",
        ),
        needs: &[Command("send"), Command("why")],
        quick: true,
        run: Run::Connector(own_state_each),
    },
    Case {
        id: "send-recall-after-document",
        chapter: Send,
        level: Should,
        clauses: &["flow-order", "QD28-8"],
        refusal: Some(t(
            "A recall never reaches the axis before its document.",
            "Yêu cầu thu hồi không bao giờ tới trục trước văn bản.",
        )),
        title: t(
            "What belongs to a document does not overtake it",
            "Gói tin liên quan không vượt lên trước văn bản gốc",
        ),
        why: t(
            "A receiver cannot take back what it has not got; the document would come after its recall and stay.",
            "Bên nhận không thể hủy văn bản chưa tới; văn bản sẽ đến sau yêu cầu thu hồi và ở lại.",
        ),
        steps: &[
            t(
                "The axis takes nothing; the product sends a document and recalls it.",
                "Trục chưa nhận gì; phần mềm gửi rồi thu hồi một văn bản.",
            ),
            t(
                "The axis takes packets again.",
                "Trục nhận gói tin trở lại.",
            ),
        ],
        expected: t(
            "The document first, then status 13; or the recall is refused, or neither is sent.",
            "Văn bản tới trước, trạng thái 13 tới sau; hoặc lệnh thu hồi bị từ chối, hoặc cả hai không được gửi.",
        ),
        needs: &[Command("send"), Command("recall"), Command("why")],
        quick: true,
        run: Run::Connector(recall_after_document),
    },
    Case {
        id: "send-urgent-first",
        chapter: Send,
        level: Should,
        clauses: &["QD28-6.2", "P26"],
        refusal: None,
        title: t(
            "An urgent document does not wait behind others",
            "Văn bản khẩn không phải chờ sau văn bản thường",
        ),
        why: t(
            "Urgent ones are sent right after signing (art. 6.2).",
            "Văn bản khẩn phải gửi ngay sau khi ký (khoản 2 Điều 6).",
        ),
        steps: &[
            t(
                "The axis takes nothing; the product is given twelve documents, then one with Priority 3.",
                "Trục chưa nhận gì; giao cho phần mềm mười hai văn bản thường, rồi một văn bản hỏa tốc (Priority 3).",
            ),
            t(
                "The axis takes packets again.",
                "Trục nhận gói tin trở lại.",
            ),
        ],
        expected: t(
            "The urgent one arrives before at least half of the others.",
            "Văn bản hỏa tốc tới trước ít nhất một nửa số văn bản còn lại.",
        ),
        needs: &[Command("send")],
        quick: true,
        run: Run::Connector(urgent_first),
    },
];

fn each_receiver(bench: &Bench) -> Outcome {
    let mut lab = bench.lab()?;
    let letter = lab.letter(&[PEER, OTHER]);
    lab.send(&letter)?;
    lab.await_letter(&letter)?;
    let what = said!(
        "not both receivers have the document",
        "không phải cả hai nơi nhận đều có văn bản"
    );
    let mut to = lab.until(what, |lab| {
        let to: Vec<String> = lab
            .sent()?
            .into_iter()
            .filter(|packet| packet.is(&letter))
            .flat_map(|packet| packet.to)
            .collect();
        Ok((to.len() >= 2).then_some(to))
    })?;
    to.sort();
    ensure(to == [PEER, OTHER], || {
        let to = to.join(", ");
        said!("it went to {to}", "văn bản tới {to}")
    })
}

fn empty_receivers(bench: &Bench) -> Outcome {
    let mut lab = bench.lab()?;
    let letter = lab.letter(&[]);
    lab.refused("send", letter.command())?;
    nothing_sent(&lab)
}

/// Sends a document and waits until the axis has it.
fn one_sent(lab: &mut Lab) -> Outcome {
    let letter = lab.letter(&[PEER]);
    lab.send(&letter)?;
    lab.await_letter(&letter).map(|_| ())
}

/// The calls that brought a packet; a call is noted when it is over.
fn sendings(lab: &mut Lab) -> Outcome<Vec<WireEntry>> {
    let what = said!("no packet was taken", "không gói tin nào được nhận");
    lab.until(what, |lab| {
        let mut calls = lab.calls("sendEdoc");
        calls.retain(|call| call.code.as_deref() == Some("0"));
        Ok((!calls.is_empty()).then_some(calls))
    })
}

/// That a header of each call has a value.
fn all_have(calls: &[WireEntry], header: &str, value: &str) -> Outcome {
    for call in calls {
        let got = call.header(header).unwrap_or("");
        ensure(got == value, || {
            said!(
                "{header} is `{got}`, not `{value}`",
                "{header} là `{got}`, không phải `{value}`"
            )
        })?;
    }
    Ok(())
}

/// The parameter that a header is, in small letters.
fn parameter(header: &str) -> Option<String> {
    let name = header.to_ascii_lowercase();
    let name = name.strip_prefix("xroadvnpt-")?;
    let unsigned = ["sign-header-key", "sign-header", "hash-header", "version"];
    (!unsigned.contains(&name)).then(|| name.to_owned())
}

fn signed_call(bench: &Bench) -> Outcome {
    let mut lab = bench.lab()?;
    // Several receivers: `to` is the parameter that is easiest to sign wrongly.
    let letter = lab.letter(&[OTHER, PEER]);
    lab.send(&letter)?;
    lab.await_letter(&letter)?;
    lab.looked_at_axis()?;
    for call in lab.wire() {
        let path = &call.path;
        ensure(call.code.as_deref() != Some("15"), || {
            said!(
                "the axis refused the signature of {path}",
                "trục không chấp nhận chữ ký của {path}"
            )
        })?;
        let names = call.header("XroadVnpt-sign-header-key").unwrap_or("");
        let names: Vec<String> = names.split(';').map(str::to_ascii_lowercase).collect();
        let always = ["systemid", "timestamp", "content-type"];
        let sent = call.headers.iter().filter_map(|(name, _)| parameter(name));
        for name in sent.chain(always.map(str::to_owned)) {
            ensure(names.contains(&name), || {
                said!(
                    "the parameter `{name}` of {path} is not signed",
                    "tham số `{name}` của {path} không được ký"
                )
            })?;
        }
    }
    Ok(())
}

/// Whether a timestamp of the wire is near a moment, in milliseconds.
fn is_near(stamp: &str, at: u64) -> bool {
    const SECONDS: i64 = 120;
    let Some((moment, millis)) = stamp.split_once('+') else {
        return false;
    };
    let four_digits = millis.len() == 4 && millis.bytes().all(|byte| byte.is_ascii_digit());
    let at = i64::try_from(at / 1000).unwrap_or_default();
    four_digits
        && (at - SECONDS..=at + SECONDS).any(|second| {
            let there = Timestamp::in_vietnam(second).map(Timestamp::official);
            // yyyy/MM/dd HH:mm:ss
            let there = there.unwrap_or_default();
            let (day, time) = there.split_once(' ').unwrap_or_default();
            let day: String = day.rsplit('/').collect();
            moment == format!("{day}T{}", time.replace(':', ""))
        })
}

fn timestamp_vietnam(bench: &Bench) -> Outcome {
    let mut lab = bench.lab()?;
    one_sent(&mut lab)?;
    for call in lab.wire() {
        let stamp = call.header("XroadVnpt-timestamp").unwrap_or("");
        // A call may wait a while for its connection, not two minutes.
        ensure(is_near(stamp, call.at), || {
            said!(
                "timestamp `{stamp}` is not the time in Vietnam",
                "timestamp `{stamp}` không phải giờ Việt Nam"
            )
        })?;
    }
    Ok(())
}

fn timestamp_anew(bench: &Bench) -> Outcome {
    let mut lab = bench.lab()?;
    one_sent(&mut lab)?;
    let what = said!(
        "all calls have the same timestamp",
        "mọi lời gọi có cùng một timestamp"
    );
    lab.until(what, |lab| {
        let calls = lab.wire();
        let mut stamps: Vec<&str> = calls
            .iter()
            .filter_map(|call| call.header("XroadVnpt-timestamp"))
            .collect();
        stamps.dedup();
        Ok((stamps.len() > 1).then_some(()))
    })
}

fn known_length(bench: &Bench) -> Outcome {
    let mut lab = bench.lab()?;
    let file = lab.file("phu-luc.pdf", &noise(700_000, 7))?;
    let letter = lab.letter(&[PEER]).attach(&file);
    lab.send(&letter)?;
    lab.await_letter(&letter)?;
    for call in sendings(&mut lab)? {
        let said = call.header("Transfer-Encoding").unwrap_or("");
        ensure(said.is_empty(), || {
            said!("Transfer-Encoding: {said}", "Transfer-Encoding: {said}")
        })?;
        let length = call.header("Content-Length").unwrap_or("");
        let body = call.body_bytes.to_string();
        ensure(length == body, || {
            said!(
                "Content-Length `{length}` for a body of {body} bytes",
                "Content-Length `{length}` trong khi thân dài {body} byte"
            )
        })?;
    }
    Ok(())
}

fn hash_of_body(bench: &Bench) -> Outcome {
    let mut lab = bench.lab()?;
    let letter = lab.letter(&[PEER]);
    lab.send(&letter)?;
    let packet = lab.await_letter(&letter)?;
    let usual = sha256(&packet.bytes);
    let unpadded: String = usual
        .as_bytes()
        .chunks(2)
        .filter_map(|pair| std::str::from_utf8(pair).ok())
        .map(|pair| pair.strip_prefix('0').unwrap_or(pair))
        .collect();
    for call in sendings(&mut lab)? {
        let got = call.header("XroadVnpt-hash-file").unwrap_or("");
        ensure(got == usual || got == unpadded, || {
            said!(
                "hash-file is `{got}`, the packet's digest {usual}",
                "hash-file là `{got}`, mã băm của gói tin là {usual}"
            )
        })?;
    }
    Ok(())
}

fn document_parameters(bench: &Bench) -> Outcome {
    let mut lab = bench.lab()?;
    one_sent(&mut lab)?;
    let calls = sendings(&mut lab)?;
    all_have(&calls, "XroadVnpt-messagetype", "edoc")?;
    all_have(&calls, "XroadVnpt-servicetype", "eDoc")?;
    all_have(&calls, "XroadVnpt-from", lab.organ())
}

fn status_as_status(bench: &Bench) -> Outcome {
    let mut lab = bench.lab()?;
    let made = Made::document(PEER, lab.organ(), lab.number());
    lab.deliver(PEER, Kind::Document, &made.bytes())?;
    lab.take_and_accept()?;
    lab.await_status("01", &made.document_id)?;
    let calls = sendings(&mut lab)?;
    all_have(&calls, "XroadVnpt-messagetype", "status")?;
    all_have(&calls, "XroadVnpt-from", lab.organ())
}

fn ascii_parameters(bench: &Bench) -> Outcome {
    let mut lab = bench.lab()?;
    let file = lab.file("Tờ trình số 5.pdf", b"%PDF-1.4\nmade up\n")?;
    let id = format!("{}-{}-ĐỀ-ÁN", lab.organ(), lab.number());
    let letter = lab
        .letter(&[PEER])
        .with("/DocumentId", json!(id))
        .with("/Code/CodeNotation", json!("TĐ-ĐKQG"))
        .with("/Subject", json!("V/v đề nghị “thẩm định” quỹ đất – đợt 2"))
        .attach(&file);
    lab.send(&letter)?;
    lab.await_letter(&letter)?;
    for call in lab.wire() {
        for (name, value) in &call.headers {
            // Of a long value the log has the beginning, of one that is no
            // UTF-8 the length.
            let seen = value
                .split_once('…')
                .map_or(value.as_str(), |(seen, _)| seen);
            let is_plain = seen.bytes().all(|byte| (b' '..=b'~').contains(&byte));
            let known = [
                "from",
                "to",
                "messagetype",
                "servicetype",
                "docid",
                "status",
            ];
            let is_hidden = seen.starts_with('(')
                && seen.ends_with(" bytes)")
                && parameter(name).is_some_and(|name| known.contains(&name.as_str()));
            ensure(is_plain && !is_hidden, || {
                said!(
                    "the header {name} holds other characters",
                    "tiêu đề {name} chứa ký tự khác"
                )
            })?;
        }
    }
    Ok(())
}

fn own_state_each(bench: &Bench) -> Outcome {
    let mut lab = bench.lab()?;
    let letter = lab.letter(&[PEER, OTHER]);
    let out = lab.send(&letter)?;
    for organ in [PEER, OTHER] {
        lab.await_recipient(&out, organ, "delivery", &["accepted"])?;
    }
    for code in ["01", "03"] {
        let status = made_status(PEER, &letter, code, "");
        lab.deliver(PEER, Kind::Status, &status)?;
    }
    lab.await_recipient(&out, PEER, "status", &["03"])?;
    let other = lab.recipient(&out, OTHER)?;
    let status = other.get("status").and_then(serde_json::Value::as_str);
    ensure(status.is_none(), || {
        let status = status.unwrap_or("");
        said!(
            "{OTHER} stands at {status}, though it reported nothing",
            "{OTHER} có trạng thái {status} dù chưa báo gì"
        )
    })
}

fn recall_after_document(bench: &Bench) -> Outcome {
    let mut lab = bench.lab()?;
    lab.fault("sendEdoc", 0, AWAY);
    let letter = lab.letter(&[PEER]);
    let out = lab.send(&letter)?;
    let recalled = lab.ask(
        "recall",
        json!({ "outgoing": out, "reason": "Ban hành nhầm" }),
    )?;
    lab.no_faults();
    if recalled.is_err() {
        return Ok(());
    }
    let what = said!(
        "neither a recall was sent nor the document dropped",
        "không gửi yêu cầu thu hồi và cũng không bỏ văn bản"
    );
    lab.until(what, |lab| {
        let asked = lab.sent()?.iter().any(|packet| packet.code() == "13");
        let recipient = lab.recipient(&out, PEER)?;
        let delivery = recipient.get("delivery").and_then(|word| word.as_str());
        Ok((asked || matches!(delivery, Some("dropped" | "failed"))).then_some(()))
    })?;
    let sent = lab.sent()?;
    let place = |code: &str| sent.iter().position(|packet| packet.code() == code);
    match (place(""), place("13")) {
        (_, None) => Ok(()),
        (Some(document), Some(recall)) if document < recall => Ok(()),
        _ => Err(Stop::Fail(said!(
            "the recall reached the axis before its document",
            "yêu cầu thu hồi tới trục trước văn bản"
        ))),
    }
}

fn urgent_first(bench: &Bench) -> Outcome {
    let mut lab = bench.lab()?;
    lab.fault("sendEdoc", 0, AWAY);
    let mut usual = Vec::new();
    for _ in 0..12 {
        let letter = lab.letter(&[PEER]);
        lab.send(&letter)?;
        usual.push(letter.document_id().to_owned());
    }
    let letter = lab.letter(&[PEER]);
    let urgent = letter.with("/OtherInfo", json!({ "Priority": 3 }));
    lab.send(&urgent)?;
    lab.no_faults();
    lab.await_letter(&urgent)?;
    let sent = lab.sent()?;
    let before = sent
        .iter()
        .take_while(|packet| packet.document_id() != urgent.document_id())
        .count();
    ensure(before <= usual.len() / 2, || {
        said!(
            "{before} of the twelve went before it",
            "{before} trên mười hai văn bản thường được gửi trước"
        )
    })
}
