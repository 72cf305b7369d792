//! Sending.

use crate::suite::bench::{Bench, OTHER, PEER};
use crate::suite::case::{Case, Chapter::Send, Level::Must, Need::Command, Run};
use crate::suite::said;
use crate::suite::text::t;
use crate::suite::verdict::{Outcome, ensure};

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
    ensure(lab.sent()?.is_empty(), || {
        said!("a packet reached the axis", "có gói tin tới trục")
    })
}
