//! Packet form: what a product makes of what it is told to send.

use serde_json::json;

use super::packet::{BASE, prefix};
use super::packet_values::{SAMPLE, no_sample_values};
use crate::suite::bench::{Bench, PEER};
use crate::suite::case::{Case, Level::Should, Need::Command, Run};
use crate::suite::letter::Made;
use crate::suite::said;
use crate::suite::sample::Sample;
use crate::suite::text::t;
use crate::suite::verdict::{Outcome, ensure};

pub(super) const CASES: &[Case] = &[
    Case {
        id: "packet-values-whole",
        clauses: &["P28", "P25", "D21", "QD28-10.2"],
        title: t(
            "What the clerk typed arrives letter by letter",
            "Nội dung văn thư nhập tới nơi nguyên từng chữ",
        ),
        why: t(
            "Marks, ampersands and separators were lost or split by connectors.",
            "Dấu tiếng Việt, dấu & và ký tự ngăn cách từng bị mất hoặc bị tách.",
        ),
        steps: &[t(
            "The product sends a document whose texts have < > & \" ' # ; and Vietnamese letters.",
            "Phần mềm gửi văn bản có < > & \" ' # ; và chữ tiếng Việt.",
        )],
        expected: t(
            "Subject, notation and signer at the axis are those that were given.",
            "Trích yếu, ký hiệu, người ký tại trục đúng như đã nhập.",
        ),
        needs: &[Command("send")],
        run: Run::Connector(values_whole),
        ..BASE
    },
    Case {
        id: "packet-sample-refused",
        level: Should,
        clauses: &["D41", "P24"],
        refusal: Some(t(
            "`send` is refused, or what it sends is free of the sample.",
            "`send` bị từ chối, hoặc gói tin gửi đi không còn dữ liệu mẫu.",
        )),
        title: t(
            "A document with values of the official sample is not sent",
            "Văn bản mang dữ liệu mẫu không được gửi đi",
        ),
        why: t(
            "Sample data that reaches production stays in the registers of others.",
            "Dữ liệu mẫu lọt ra thực tế sẽ nằm lại trong sổ của cơ quan khác.",
        ),
        steps: &[t(
            "The product is told to send a document with the DocumentId of the sample.",
            "Yêu cầu phần mềm gửi văn bản có DocumentId của gói tin mẫu.",
        )],
        expected: t(
            "An error, or nothing of the sample at the axis.",
            "Báo lỗi, hoặc không có dữ liệu mẫu tới trục.",
        ),
        needs: &[Command("send")],
        run: Run::Connector(sample_refused),
        ..BASE
    },
    Case {
        id: "packet-control-character",
        clauses: &["S02", "D07", "P27"],
        refusal: Some(t(
            "`send` is refused, or the character does not travel.",
            "`send` bị từ chối, hoặc ký tự đó không được gửi đi.",
        )),
        title: t(
            "A character that XML does not allow never reaches the axis",
            "Ký tự XML không cho phép không tới được trục",
        ),
        why: t(
            "Texts pasted from other programs have them; the whole packet is unreadable then.",
            "Văn bản dán từ phần mềm khác có thể chứa ký tự này, làm hỏng cả gói tin.",
        ),
        steps: &[t(
            "The product is told to send a document whose subject has the character U+0001.",
            "Yêu cầu phần mềm gửi văn bản có trích yếu chứa ký tự U+0001.",
        )],
        expected: t(
            "An error, or a well-formed packet without it.",
            "Báo lỗi, hoặc gói tin đúng cú pháp không có ký tự đó.",
        ),
        needs: &[Command("send")],
        run: Run::Connector(control_character),
        ..BASE
    },
    Case {
        id: "packet-foreign-form",
        level: Should,
        clauses: &["P11", "P27", "D04"],
        refusal: Some(t(
            "`send` is refused, or the packet is written anew in the right form.",
            "`send` bị từ chối, hoặc gói tin được ghi lại đúng dạng.",
        )),
        title: t(
            "A ready-made packet in a form that the national axis refuses is not passed on",
            "Gói tin làm sẵn sai dạng mà trục quốc gia từ chối thì không được chuyển tiếp",
        ),
        why: t(
            "The province says ok, the nation refuses, and nobody learns of it.",
            "Trục tỉnh nhận, trục quốc gia từ chối mà không ai biết.",
        ),
        steps: &[t(
            "The product is told to send a packet whose envelope has no prefix.",
            "Yêu cầu phần mềm gửi gói tin có phong bì không tiền tố.",
        )],
        expected: t(
            "An error, or the prefix in what reaches the axis.",
            "Báo lỗi, hoặc gói tin tới trục có tiền tố.",
        ),
        needs: &[Command("send")],
        run: Run::Connector(foreign_form),
        ..BASE
    },
];

fn values_whole(bench: &Bench) -> Outcome {
    let mut lab = bench.lab()?;
    let subject = "V/v \"thử\" <Ưu đãi> & 'quyền lợi' ở Đắk Lắk; số #1, ổn định 50%";
    let notation = "QĐ#1-UBND;ĐT";
    let letter = lab
        .letter(&[PEER])
        .with("/Subject", json!(subject))
        .with("/Code/CodeNotation", json!(notation))
        .with(
            "/SignerInfo",
            json!({ "Position": "Chủ tịch & Ủy viên <thử>" }),
        );
    lab.send(&letter)?;
    let sent = lab.await_letter(&letter)?;
    let tree = Sample::new("document", sent.bytes)?.tree()?;
    for (path, value) in [
        ("MessageHeader/Subject", subject),
        ("Code/CodeNotation", notation),
        ("SignerInfo/Position", "Chủ tịch & Ủy viên <thử>"),
    ] {
        ensure(tree.text(path) == value, || {
            said!(
                "{path} arrived otherwise",
                "{path} tới nơi khác nội dung đã nhập"
            )
        })?;
    }
    Ok(())
}

fn sample_refused(bench: &Bench) -> Outcome {
    let mut lab = bench.lab()?;
    let id = SAMPLE.first().copied().unwrap_or_default();
    let letter = lab.letter(&[PEER]).with("/DocumentId", json!(id));
    if lab.ask("send", letter.command())?.is_err() {
        return ensure(lab.sent()?.is_empty(), || {
            said!("it was refused, and sent", "bị từ chối nhưng vẫn gửi")
        });
    }
    let sent = lab.await_sent(said!("nothing was sent", "không gửi gì"), |_| true)?;
    no_sample_values(&Sample::new("document", sent.bytes)?)
}

fn control_character(bench: &Bench) -> Outcome {
    let mut lab = bench.lab()?;
    let letter = lab
        .letter(&[PEER])
        .with("/Subject", json!("V/v thí\u{1} dụ"));
    if lab.ask("send", letter.command())?.is_err() {
        return ensure(lab.sent()?.is_empty(), || {
            said!("it was refused, and sent", "bị từ chối nhưng vẫn gửi")
        });
    }
    let sent = lab.await_letter(&letter)?;
    let sample = Sample::new("document", sent.bytes)?;
    let text = sample.text();
    let has = text.contains('\u{1}') || text.contains("&#1;") || text.contains("&#x1;");
    sample.ensure(!has, || {
        said!("the character travels", "ký tự đó được gửi đi")
    })?;
    sample.tree().map(|_| ())
}

fn foreign_form(bench: &Bench) -> Outcome {
    let mut lab = bench.lab()?;
    let made = Made::document(lab.organ(), PEER, lab.number());
    let xml = made.xml().replace("edXML:", "");
    let path = lab.file("goi-tin.edxml", xml.as_bytes())?;
    let members = json!({ "contains_state_secret": false, "packet": path });
    if lab.ask("send", members)?.is_err() {
        return ensure(lab.sent()?.is_empty(), || {
            said!("it was refused, and sent", "bị từ chối nhưng vẫn gửi")
        });
    }
    let sent = lab.await_sent(said!("nothing was sent", "không gửi gì"), |_| true)?;
    prefix(&Sample::new("document", sent.bytes)?)
}
