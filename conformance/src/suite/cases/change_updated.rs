//! Updates and replacements that peers ask for.

use serde_json::Value;

use super::change_steps::{acting, action_on, agree, ensure_there, next_action};
use super::steps::{received, take_document, text, why_incoming};
use super::traffic::until_a_later_one;
use crate::axis_server::Kind;
use crate::suite::bench::{Bench, OTHER, PEER};
use crate::suite::case::{
    Case,
    Chapter::Change,
    Level::{Must, Should},
    Need::Command,
    Run,
};
use crate::suite::letter::Made;
use crate::suite::said;
use crate::suite::text::t;
use crate::suite::verdict::{Outcome, ensure};

pub(super) const CASES: &[Case] = &[
    Case {
        id: "change-update-shown",
        chapter: Change,
        level: Must,
        clauses: &["flow-change", "P08", "QCVN102"],
        refusal: Some(t(
            "The document is not destroyed by the update.",
            "Bản cập nhật không làm hủy văn bản gốc.",
        )),
        title: t(
            "An update is shown as an action on its document, and destroys nothing",
            "Bản cập nhật được hiện là yêu cầu với văn bản gốc và không làm hủy gì",
        ),
        why: t(
            "Taken for a recall or for a new document, it does harm.",
            "Hiểu nhầm thành thu hồi hoặc văn bản mới đều gây hại.",
        ),
        steps: &[t(
            "A packet of type 2 about an accepted document comes and is agreed to.",
            "Nhận gói loại 2 về văn bản đã tiếp nhận; trả lời đồng ý.",
        )],
        expected: t(
            "An action with `acts_on`; the document's `destroyed` stays false.",
            "Một yêu cầu có `acts_on`; `destroyed` của văn bản vẫn là false.",
        ),
        needs: &[Command("poll"), Command("agree"), Command("why")],
        quick: true,
        run: Run::Connector(update_shown),
    },
    Case {
        id: "change-update-before-document",
        chapter: Change,
        level: Must,
        clauses: &["flow-order"],
        refusal: Some(t(
            "The update is not shown before its document is there.",
            "Chưa có văn bản gốc thì chưa hiện bản cập nhật.",
        )),
        title: t(
            "An update that comes before its document waits for it",
            "Bản cập nhật đến trước văn bản gốc được giữ lại chờ",
        ),
        why: t(
            "Queues do not promise an order; shown alone it updates nothing.",
            "Hàng đợi không bảo đảm thứ tự; hiện riêng thì không cập nhật được gì.",
        ),
        steps: &[
            t(
                "A packet of type 2 about a document that has not come is delivered.",
                "Giao gói loại 2 về văn bản chưa đến.",
            ),
            t("The document is delivered.", "Giao văn bản gốc."),
        ],
        expected: t(
            "Nothing is shown after the first; after the second, the update as an action on the document.",
            "Sau lần đầu chưa hiện gì; sau lần hai, bản cập nhật hiện là yêu cầu đối với văn bản.",
        ),
        needs: &[Command("poll"), Command("why")],
        quick: true,
        run: Run::Connector(update_before_document),
    },
    Case {
        id: "change-replacement-twice",
        chapter: Change,
        level: Should,
        clauses: &["D18"],
        refusal: Some(t(
            "The repeated target does not give a second action.",
            "Đích lặp lại không tạo thêm yêu cầu.",
        )),
        title: t(
            "A replacement that names its document twice is one action",
            "Gói thay thế nêu văn bản hai lần vẫn là một yêu cầu",
        ),
        why: t(
            "Real packets repeat the element.",
            "Gói tin thực tế có lặp phần tử này.",
        ),
        steps: &[t(
            "A packet of type 3 comes with the same ReplacementInfo twice.",
            "Nhận gói loại 3 có hai ReplacementInfo giống nhau.",
        )],
        expected: t(
            "One action on the document, and nothing more to take.",
            "Một yêu cầu đối với văn bản, không còn gì khác.",
        ),
        needs: &[Command("poll"), Command("agree")],
        quick: true,
        run: Run::Connector(replacement_twice),
    },
    Case {
        id: "change-replacement-for-others",
        chapter: Change,
        level: Must,
        clauses: &["flow-change", "P08"],
        refusal: Some(t(
            "A replacement meant for other organs' copies does not act on ours.",
            "Thay thế dành cho cơ quan khác không tác động bản của mình.",
        )),
        title: t(
            "A replacement acts only where its OrganIdList names the receiver",
            "Gói thay thế chỉ tác động khi OrganIdList có cơ quan nhận",
        ),
        why: t(
            "The document in force here would be put aside.",
            "Văn bản đang có hiệu lực ở đây sẽ bị gạt đi.",
        ),
        steps: &[t(
            "A packet of type 3 names an accepted document, but another organ in OrganIdList.",
            "Nhận gói loại 3 nêu văn bản đã tiếp nhận nhưng OrganIdList là cơ quan khác.",
        )],
        expected: t(
            "It does not act on the document, which is neither destroyed nor on hold.",
            "Không tác động văn bản; văn bản không bị hủy, không bị tạm giữ.",
        ),
        needs: &[Command("poll"), Command("why")],
        quick: true,
        run: Run::Connector(replacement_for_others),
    },
];

fn update_shown(bench: &Bench) -> Outcome {
    let mut lab = bench.lab()?;
    let (made, item) = received(&mut lab)?;
    let update = acting(&lab, 2, &made);
    lab.deliver(PEER, Kind::Document, &update.bytes())?;
    let action = action_on(&mut lab, &item)?;
    agree(&mut lab, &action)?;
    lab.looked_at_axis()?;
    ensure_there(&mut lab, &item)
}

fn update_before_document(bench: &Bench) -> Outcome {
    let mut lab = bench.lab()?;
    let made = Made::document(PEER, lab.organ(), lab.number());
    let update = acting(&lab, 2, &made);
    let delivery = lab.deliver(PEER, Kind::Document, &update.bytes())?;
    lab.await_acknowledgement(&delivery)?;
    lab.nothing_comes(said!(
        "the update is shown before its document is there",
        "bản cập nhật được hiện khi chưa có văn bản gốc"
    ))?;
    lab.deliver(PEER, Kind::Document, &made.bytes())?;
    let action = next_action(&mut lab)?;
    let target = action.text("/acts_on").to_owned();
    let view = why_incoming(&mut lab, &target)?;
    ensure(text(&view, "/document_id") == made.document_id, || {
        said!(
            "the update acts on `{target}`, which is not its document",
            "bản cập nhật tác động `{target}`, không phải văn bản gốc"
        )
    })
}

fn replacement_twice(bench: &Bench) -> Outcome {
    let mut lab = bench.lab()?;
    let (made, item) = received(&mut lab)?;
    let mut replacement = acting(&lab, 3, &made);
    let (begin, end) = ("<edXML:ReplacementInfo>", "</edXML:ReplacementInfo>");
    let inner = replacement
        .business
        .split_once(begin)
        .and_then(|(_, rest)| rest.split_once(end))
        .map(|(inner, _)| format!("{begin}{inner}{end}"))
        .unwrap_or_default();
    replacement.business = replacement.business.replacen(&inner, &inner.repeat(2), 1);
    lab.deliver(PEER, Kind::Document, &replacement.bytes())?;
    let action = action_on(&mut lab, &item)?;
    agree(&mut lab, &action)?;
    lab.nothing_comes(said!(
        "a second action is shown",
        "hiện thêm một yêu cầu thứ hai"
    ))
}

fn replacement_for_others(bench: &Bench) -> Outcome {
    let mut lab = bench.lab()?;
    let mut made = Made::document(PEER, lab.organ(), lab.number());
    made.to.push(OTHER.to_owned());
    let item = take_document(&mut lab, &made)?;
    made.to = vec![OTHER.to_owned()];
    let replacement = acting(&lab, 3, &made);
    let delivery = lab.deliver(PEER, Kind::Document, &replacement.bytes())?;
    lab.await_acknowledgement(&delivery)?;
    // Whether a packet that replaces nothing here is shown is left open.
    until_a_later_one(&mut lab, |_, came, _| {
        ensure(came.text("/acts_on") != item.incoming(), || {
            said!(
                "the replacement acts on a document that it does not replace here",
                "gói thay thế tác động văn bản mà nó không thay ở đây"
            )
        })
    })?;
    let view = why_incoming(&mut lab, item.incoming())?;
    ensure(view.get("on_hold") != Some(&Value::Bool(true)), || {
        said!("the document is on hold", "văn bản bị tạm giữ")
    })?;
    ensure_there(&mut lab, &item)
}
