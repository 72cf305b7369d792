//! Recalls that peers ask for.

use super::change_steps::{REASON, acting, action_on, ensure_there, no_answer, recalled};
use super::steps::received;
use crate::axis_server::Kind;
use crate::suite::bench::{Bench, PEER};
use crate::suite::case::{
    Case,
    Chapter::Change,
    Level::{Must, Should},
    Need::Command,
    Run,
};
use crate::suite::lab::Lab;
use crate::suite::letter::{Made, status_xml};
use crate::suite::said;
use crate::suite::text::t;
use crate::suite::verdict::{Outcome, ensure};

pub(super) const CASES: &[Case] = &[
    Case {
        id: "change-asked-by-status",
        chapter: Change,
        level: Must,
        clauses: &["QD28-9.2", "P08"],
        refusal: None,
        title: t(
            "A recall that comes as status 13 is shown to the clerk with document and reason",
            "Yêu cầu lấy lại (13) được hiện cho văn thư kèm văn bản và lý do",
        ),
        why: t(
            "Somebody has to decide on it; filed away with the statuses it is lost.",
            "Phải có người quyết định; lẫn vào các trạng thái khác là bị bỏ sót.",
        ),
        steps: &[t(
            "A document was accepted; its sender sends 13 about it.",
            "Văn bản đã được tiếp nhận; bên gửi gửi 13 về nó.",
        )],
        expected: t(
            "`poll` shows an action on that document, with the reason.",
            "`poll` hiện một yêu cầu đối với đúng văn bản đó, kèm lý do.",
        ),
        needs: &[Command("poll")],
        quick: true,
        run: Run::Connector(asked_by_status),
    },
    Case {
        id: "change-asked-by-packet",
        chapter: Change,
        level: Must,
        clauses: &["QD28-9.2", "P08", "QCVN102"],
        refusal: None,
        title: t(
            "A recall that comes as a packet of type 1 is shown as an action",
            "Gói thu hồi (loại 1) được hiện là một yêu cầu",
        ),
        why: t(
            "Taken for a new document, it would be registered in place of the recall.",
            "Bị coi là văn bản mới thì sẽ được vào sổ thay vì thu hồi.",
        ),
        steps: &[t(
            "A document was accepted; its sender sends a packet of type 1 that names it.",
            "Văn bản đã được tiếp nhận; bên gửi gửi gói loại 1 nêu văn bản đó.",
        )],
        expected: t(
            "`poll` shows an action on that document.",
            "`poll` hiện một yêu cầu đối với đúng văn bản đó.",
        ),
        needs: &[Command("poll")],
        quick: true,
        run: Run::Connector(asked_by_packet),
    },
    Case {
        id: "change-target-in-response-for",
        chapter: Change,
        level: Should,
        clauses: &["D17"],
        refusal: None,
        title: t(
            "A recall whose target stands only in ResponseFor finds it",
            "Gói thu hồi chỉ nêu văn bản ở ResponseFor vẫn tìm được văn bản",
        ),
        why: t(
            "Real recalls are written so.",
            "Có gói thu hồi thực tế ghi như vậy.",
        ),
        steps: &[t(
            "A packet of type 1 comes without Bussiness/DocumentId, with ResponseFor.",
            "Nhận gói loại 1 không có Bussiness/DocumentId, chỉ có ResponseFor.",
        )],
        expected: t(
            "It acts on the document of ResponseFor.",
            "Yêu cầu gắn với văn bản nêu ở ResponseFor.",
        ),
        needs: &[Command("poll")],
        quick: true,
        run: Run::Connector(target_in_response_for),
    },
    Case {
        id: "change-target-is-own-id",
        chapter: Change,
        level: Should,
        clauses: &["D17"],
        refusal: Some(t(
            "It is not taken for a second copy of the document.",
            "Không bị coi là bản trùng của văn bản.",
        )),
        title: t(
            "A recall that bears the id of its document and names nothing else acts on it",
            "Gói thu hồi mang chính mã văn bản và không nêu gì khác vẫn tác động đúng văn bản",
        ),
        why: t(
            "As a duplicate it would be thrown away, and the recall with it.",
            "Bị coi là trùng thì yêu cầu thu hồi bị bỏ mất.",
        ),
        steps: &[t(
            "A packet of type 1 comes with the document's own DocumentId and no other target.",
            "Nhận gói loại 1 có DocumentId đúng bằng mã văn bản, không nêu đích khác.",
        )],
        expected: t(
            "`poll` shows an action on the document.",
            "`poll` hiện yêu cầu đối với văn bản.",
        ),
        needs: &[Command("poll")],
        quick: true,
        run: Run::Connector(target_is_own_id),
    },
    Case {
        id: "change-swapped-organs",
        chapter: Change,
        level: Should,
        clauses: &["D33"],
        refusal: None,
        title: t(
            "A status 13 with sender and receiver swapped is understood",
            "Hiểu được trạng thái 13 bị đảo nơi gửi, nơi nhận",
        ),
        why: t(
            "Both forms are sent; both name one known document.",
            "Cả hai dạng đều có thật và đều chỉ đúng một văn bản.",
        ),
        steps: &[t(
            "13 comes with From the product's organ and ResponseFor/OrganId the sender's.",
            "Nhận 13 có From là cơ quan của phần mềm, ResponseFor/OrganId là cơ quan gửi.",
        )],
        expected: t(
            "`poll` shows an action on the document.",
            "`poll` hiện yêu cầu đối với văn bản.",
        ),
        needs: &[Command("poll")],
        quick: true,
        run: Run::Connector(swapped_organs),
    },
    Case {
        id: "change-nothing-before-the-word",
        chapter: Change,
        level: Must,
        clauses: &["flow-change", "QD28-9.2"],
        refusal: Some(t(
            "Nothing is destroyed or answered before the clerk decides.",
            "Chưa có quyết định thì không hủy, không trả lời.",
        )),
        title: t(
            "A recall by itself destroys nothing and sends no answer",
            "Riêng yêu cầu lấy lại không làm hủy văn bản và không tự trả lời",
        ),
        why: t(
            "Who can send a 13 could otherwise delete at the receiver.",
            "Nếu không, ai gửi được 13 cũng xóa được dữ liệu bên nhận.",
        ),
        steps: &[t(
            "13 comes and is shown; nobody decides.",
            "13 đến và được hiện; chưa ai quyết định.",
        )],
        expected: t(
            "`why` shows the document not destroyed; neither 15 nor 16 at the axis.",
            "`why` cho thấy văn bản chưa hủy; trục không có 15 hay 16.",
        ),
        needs: &[Command("poll"), Command("why")],
        quick: true,
        run: Run::Connector(nothing_before_the_word),
    },
];

fn asked_by_status(bench: &Bench) -> Outcome {
    let mut lab = bench.lab()?;
    let (_, _, action) = recalled(&mut lab)?;
    ensure(action.text("/status/Description") == REASON, || {
        said!(
            "the reason of the recall is not shown",
            "không hiện lý do lấy lại"
        )
    })
}

fn asked_by_packet(bench: &Bench) -> Outcome {
    let mut lab = bench.lab()?;
    let (made, item) = received(&mut lab)?;
    let recall = acting(&lab, 1, &made);
    lab.deliver(PEER, Kind::Document, &recall.bytes())?;
    action_on(&mut lab, &item).map(drop)
}

/// A recall by packet whose `Bussiness` names no document.
fn unnamed(lab: &Lab, target: &Made) -> Made {
    let mut recall = acting(lab, 1, target);
    let named = format!(
        "<edXML:DocumentId>{}</edXML:DocumentId>",
        target.document_id
    );
    recall.business = recall.business.replace(&named, "");
    recall
}

fn target_in_response_for(bench: &Bench) -> Outcome {
    let mut lab = bench.lab()?;
    let (made, item) = received(&mut lab)?;
    let mut recall = unnamed(&lab, &made);
    recall.responses = made.as_response();
    lab.deliver(PEER, Kind::Document, &recall.bytes())?;
    action_on(&mut lab, &item).map(drop)
}

fn target_is_own_id(bench: &Bench) -> Outcome {
    let mut lab = bench.lab()?;
    let (made, item) = received(&mut lab)?;
    let mut recall = unnamed(&lab, &made);
    recall.document_id.clone_from(&made.document_id);
    recall.number.clone_from(&made.number);
    lab.deliver(PEER, Kind::Document, &recall.bytes())?;
    action_on(&mut lab, &item).map(drop)
}

fn swapped_organs(bench: &Bench) -> Outcome {
    let mut lab = bench.lab()?;
    let (made, item) = received(&mut lab)?;
    let number = format!("{}/TD-VP", made.number);
    let xml = status_xml(lab.organ(), PEER, &number, &made.document_id, "13", REASON);
    lab.deliver(PEER, Kind::Status, xml.as_bytes())?;
    action_on(&mut lab, &item).map(drop)
}

fn nothing_before_the_word(bench: &Bench) -> Outcome {
    let mut lab = bench.lab()?;
    let (_, item, _) = recalled(&mut lab)?;
    no_answer(&mut lab, &["15", "16"])?;
    ensure_there(&mut lab, &item)
}
