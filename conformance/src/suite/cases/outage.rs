//! Errors and outages: what the axis refuses, what breaks off, what is silent.

use std::collections::BTreeSet;
use std::io;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::thread;

use serde_json::json;

use super::traffic::{AWAY, about, arrived_once, at, copies, later, same};
use crate::axis_server::{Fault, Kind};
use crate::suite::bench::{Bench, OTHER, PEER};
use crate::suite::case::{
    Case,
    Chapter::Outage,
    Level::{May, Must, Should},
    Need::{Command, Feature, Fresh, Setting},
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
    Case {
        id: "outage-cut-requests",
        chapter: Outage,
        level: Must,
        clauses: &["wire-retry", "wire-send"],
        refusal: None,
        title: t(
            "A request that breaks off, wherever, costs no document",
            "Yêu cầu bị ngắt ở bất kỳ đâu cũng không làm mất văn bản",
        ),
        why: t(
            "Lines break in the head, in the packet, and at its end.",
            "Đường truyền có thể ngắt ở phần đầu, giữa gói tin hoặc ở cuối.",
        ),
        steps: &[t(
            "For a document each, the request breaks off after 10, 900 and 3,000 bytes.",
            "Mỗi văn bản bị ngắt yêu cầu một lần, sau 10, 900 và 3.000 byte.",
        )],
        expected: t(
            "Each arrives whole, once.",
            "Từng văn bản tới nơi đầy đủ, đúng một lần.",
        ),
        needs: &[Command("send")],
        quick: true,
        run: Run::Connector(cut_requests),
    },
    Case {
        id: "outage-cut-answers",
        chapter: Outage,
        level: Must,
        clauses: &["wire-retry", "wire-answer"],
        refusal: None,
        title: t(
            "An answer that breaks off leaves no document in doubt for ever",
            "Câu trả lời bị ngắt không làm văn bản mãi không rõ kết quả",
        ),
        why: t(
            "The axis has it, the sender does not know.",
            "Trục đã có văn bản nhưng bên gửi không biết.",
        ),
        steps: &[t(
            "For a document each, the axis takes it, and its answer breaks off after 0, 30 and 180 bytes.",
            "Mỗi văn bản được trục nhận nhưng câu trả lời bị ngắt sau 0, 30 và 180 byte.",
        )],
        expected: t(
            "Each stands at accepted in the end; all copies have the same bytes.",
            "Cuối cùng từng văn bản ở trạng thái đã nhận; mọi bản có cùng dữ liệu.",
        ),
        needs: &[Command("send")],
        quick: true,
        run: Run::Connector(cut_answers),
    },
    Case {
        id: "outage-ask-before-resend",
        chapter: Outage,
        level: May,
        clauses: &["wire-retry", "P02"],
        refusal: Some(t("No second copy is sent.", "Không gửi bản thứ hai.")),
        title: t(
            "Where no answer came, the axis is asked before the packet goes again",
            "Khi không có trả lời, phần mềm hỏi trục trước khi gửi lại",
        ),
        why: t(
            "Blind resending makes duplicates at every receiver.",
            "Gửi lại mù quáng sinh trùng lặp ở mọi nơi nhận.",
        ),
        steps: &[t(
            "The axis takes a document; its answer does not arrive.",
            "Trục nhận văn bản; câu trả lời không tới.",
        )],
        expected: t(
            "The document stands at accepted, and the axis has it once.",
            "Văn bản ở trạng thái đã nhận, và trục chỉ có một bản.",
        ),
        needs: &[Command("send")],
        quick: true,
        run: Run::Connector(ask_before_resend),
    },
    Case {
        id: "outage-slow-answer",
        chapter: Outage,
        level: Must,
        clauses: &["wire-answer", "wire-retry"],
        refusal: Some(t("It is not sent a second time.", "Không gửi lần thứ hai.")),
        title: t(
            "A slow answer is waited for",
            "Câu trả lời chậm vẫn được chờ",
        ),
        why: t(
            "Impatience sends every packet twice on bad days.",
            "Thiếu kiên nhẫn sẽ gửi trùng mọi gói tin trong những ngày mạng kém.",
        ),
        steps: &[t(
            "The answer to sendEdoc drips in over half a second.",
            "Câu trả lời sendEdoc nhỏ giọt trong nửa giây.",
        )],
        expected: t(
            "Accepted, and the axis has it once.",
            "Đã được nhận, và trục chỉ có một bản.",
        ),
        needs: &[Command("send")],
        quick: true,
        run: Run::Connector(slow_answer),
    },
    Case {
        id: "outage-odd-json",
        chapter: Outage,
        level: Must,
        clauses: &["D39", "P21", "wire-answer"],
        refusal: None,
        title: t(
            "Answers with other keys and bare values are understood",
            "Hiểu được câu trả lời có khóa viết khác và giá trị không có ngoặc kép",
        ),
        why: t(
            "The answer differs from its documentation; it is an answer all the same.",
            "Câu trả lời khác tài liệu nhưng vẫn là câu trả lời.",
        ),
        steps: &[t(
            "Every answer has errorCode as a number, errorDesc, and docId without quotes.",
            "Mọi câu trả lời có errorCode là số, errorDesc, và docId không có ngoặc kép.",
        )],
        expected: t(
            "A document is sent once; one that comes is shown and acknowledged.",
            "Văn bản gửi đi đúng một lần; văn bản đến được hiện và xác nhận.",
        ),
        needs: &[Command("send"), Command("poll")],
        quick: true,
        run: Run::Connector(odd_json),
    },
    Case {
        id: "outage-recovery",
        chapter: Outage,
        level: Must,
        clauses: &["P05", "P06", "QD28-6.2"],
        refusal: None,
        title: t(
            "After an outage everything that waited goes out, once, by itself",
            "Sau gián đoạn, mọi gói tin đang chờ tự được gửi đi, đúng một lần",
        ),
        why: t(
            "No button, no list of the morning after.",
            "Không cần bấm nút, không cần rà danh sách sáng hôm sau.",
        ),
        steps: &[
            t(
                "The axis is away; the product is given eight documents and the statuses 03, 04, 06 of one that came.",
                "Trục gián đoạn; giao cho phần mềm tám văn bản và các trạng thái 03, 04, 06 của một văn bản đến.",
            ),
            t("The axis is back.", "Trục hoạt động trở lại."),
        ],
        expected: t(
            "Each document once; the statuses once and in their order.",
            "Mỗi văn bản một lần; các trạng thái một lần và đúng thứ tự.",
        ),
        needs: &[Command("send"), Command("poll"), Command("report")],
        quick: true,
        run: Run::Connector(recovery),
    },
    Case {
        id: "outage-kill-while-sending",
        chapter: Outage,
        level: Must,
        clauses: &["P-hand-off", "P06", "wire-retry"],
        refusal: None,
        title: t(
            "A crash in the middle of sending loses nothing",
            "Phần mềm hỏng khi đang gửi không làm mất văn bản",
        ),
        why: t(
            "Nobody knows what the axis has; the store has to.",
            "Không ai biết trục đã có gì; kho dữ liệu phải biết.",
        ),
        steps: &[t(
            "The product is killed while sendEdoc of three documents is under way; it is started again.",
            "Dừng đột ngột phần mềm khi đang gửi ba văn bản; khởi động lại.",
        )],
        expected: t(
            "Each stands at accepted in the end; all copies of one have the same bytes.",
            "Cuối cùng từng văn bản ở trạng thái đã nhận; mọi bản của một văn bản có cùng dữ liệu.",
        ),
        needs: &[Command("send"), Command("why"), Feature("restart"), Fresh],
        quick: true,
        run: Run::Connector(kill_while_sending),
    },
    Case {
        id: "outage-retry",
        chapter: Outage,
        level: Should,
        clauses: &["P05"],
        refusal: None,
        title: t(
            "What failed is tried again when an operator says so",
            "Văn bản thất bại được gửi lại khi người vận hành yêu cầu",
        ),
        why: t(
            "A locked organ is unlocked; the document need not be made anew.",
            "Cơ quan bị khóa được mở lại; không cần tạo lại văn bản.",
        ),
        steps: &[t(
            "sendEdoc is answered once with 23; then `retry`.",
            "sendEdoc bị trả lời 23 một lần; sau đó `retry`.",
        )],
        expected: t(
            "The document arrives, once, under the same id and with the same hash-file.",
            "Văn bản tới đúng một lần, cùng mã và cùng hash-file.",
        ),
        needs: &[Command("send"), Command("why"), Command("retry")],
        quick: true,
        run: Run::Connector(retry),
    },
    Case {
        id: "outage-drop",
        chapter: Outage,
        level: Should,
        clauses: &["P06"],
        refusal: Some(t("It is not sent.", "Không gửi.")),
        title: t(
            "What was dropped is not sent any more",
            "Văn bản đã bỏ không còn được gửi",
        ),
        why: t(
            "A wrong document that waits must be stopped.",
            "Văn bản sai đang chờ phải chặn được.",
        ),
        steps: &[t(
            "The axis takes nothing; a document is given and dropped; the axis takes packets again.",
            "Trục chưa nhận gì; giao một văn bản rồi bỏ; trục nhận gói tin trở lại.",
        )],
        expected: t(
            "`why` says dropped, and the axis never gets it.",
            "`why` cho biết đã bỏ, và trục không bao giờ nhận được.",
        ),
        needs: &[Command("send"), Command("why"), Command("drop")],
        quick: true,
        run: Run::Connector(drop),
    },
    Case {
        id: "outage-one-refused-of-two",
        chapter: Outage,
        level: Should,
        clauses: &["P03", "wire-codes", "flow-document"],
        refusal: None,
        title: t(
            "A receiver that is refused does not hold the others",
            "Một nơi nhận bị từ chối không cản trở nơi nhận khác",
        ),
        why: t(
            "Twenty-five agencies wait because of one that was dissolved.",
            "Hai mươi lăm cơ quan phải chờ vì một cơ quan đã giải thể.",
        ),
        steps: &[t(
            "A document goes to two organs; the axis refuses every packet that names one of them (23).",
            "Văn bản gửi tới hai cơ quan; trục từ chối mọi gói tin có nêu một trong hai (23).",
        )],
        expected: t(
            "The other organ has the document; the refused one is shown as failed, the other as accepted.",
            "Cơ quan kia có văn bản; nơi bị từ chối hiện là thất bại, nơi kia là đã được nhận.",
        ),
        needs: &[Command("send"), Command("why")],
        quick: true,
        run: Run::Connector(one_refused_of_two),
    },
    Case {
        id: "outage-partly-accepted",
        chapter: Outage,
        level: Must,
        clauses: &["P03", "P06"],
        refusal: Some(t(
            "The refused one does not become accepted.",
            "Nơi bị từ chối không thành đã được nhận.",
        )),
        title: t(
            "Success and failure are told for each receiver",
            "Báo thành công hay thất bại cho từng nơi nhận",
        ),
        why: t(
            "\"Sent\" was shown for a document that one of two never got.",
            "Từng có văn bản báo \"đã gửi\" trong khi một trong hai nơi không nhận được.",
        ),
        steps: &[t(
            "A document goes to two organs; the axis takes it for one and answers 23 for the other.",
            "Văn bản gửi tới hai cơ quan; trục nhận cho một nơi và trả lời 23 vì nơi kia.",
        )],
        expected: t(
            "The refused organ is not shown as accepted.",
            "Cơ quan bị từ chối không hiện là đã được nhận.",
        ),
        needs: &[Command("send"), Command("why")],
        quick: true,
        run: Run::Connector(partly_accepted),
    },
    Case {
        id: "outage-clock-off",
        chapter: Outage,
        level: Should,
        clauses: &["QD28-14"],
        refusal: Some(t(
            "`doctor` does not say that all is well.",
            "`doctor` không báo mọi thứ đều tốt.",
        )),
        title: t(
            "A clock that is not that of the axis is seen",
            "Phát hiện đồng hồ lệch so với trục",
        ),
        why: t(
            "Vietnamese time, synchronised with the axis (art. 14).",
            "Giờ Việt Nam, đồng bộ với trục (Điều 14).",
        ),
        steps: &[t(
            "The Date of every answer is a day off.",
            "Date của mọi câu trả lời lệch một ngày.",
        )],
        expected: t(
            "`doctor` says of something that it is not well, which was well before.",
            "`doctor` báo có mục không tốt mà trước đó tốt.",
        ),
        needs: &[Command("doctor"), Fresh],
        quick: true,
        run: Run::Connector(clock_off),
    },
    Case {
        id: "outage-silent-axis",
        chapter: Outage,
        level: Must,
        clauses: &["wire-retry", "P04"],
        refusal: Some(t(
            "It is not told as sent before.",
            "Không báo đã gửi trước đó.",
        )),
        title: t(
            "An axis that takes calls and never answers stops nothing for ever",
            "Trục nhận lời gọi mà không trả lời không làm phần mềm treo mãi",
        ),
        why: t(
            "A hanging call held a whole connector for days.",
            "Một lời gọi treo từng giữ cả phần mềm kết nối nhiều ngày.",
        ),
        steps: &[
            t(
                "Every call stands still for longer than the limit; the product is given a document and asked for it.",
                "Mọi lời gọi đứng yên quá giới hạn; giao văn bản và hỏi về văn bản đó.",
            ),
            t("The axis answers again.", "Trục trả lời trở lại."),
        ],
        expected: t(
            "Commands are answered all the while; the document arrives afterwards.",
            "Lệnh vẫn được trả lời suốt thời gian đó; văn bản tới nơi sau đó.",
        ),
        needs: &[
            Command("send"),
            Command("why"),
            Setting("axis.idle_timeout"),
            Fresh,
        ],
        quick: true,
        run: Run::Connector(silent_axis),
    },
    Case {
        id: "outage-credentials-resumed",
        chapter: Outage,
        level: Should,
        clauses: &["wire-codes", "P05"],
        refusal: Some(t(
            "Code 15 is not the end of the document.",
            "Mã 15 không phải kết quả cuối của văn bản.",
        )),
        title: t(
            "A document that met wrong credentials goes by itself when they are right",
            "Văn bản gặp lỗi xác thực tự được gửi khi thông tin đã đúng",
        ),
        why: t(
            "The packet is not at fault; nobody should have to press a hundred buttons.",
            "Lỗi không ở gói tin; không ai phải bấm gửi lại hàng trăm lần.",
        ),
        steps: &[
            t(
                "The product is started with another secret and given a document; the axis refuses it.",
                "Khởi động phần mềm với khóa khác và giao một văn bản; trục từ chối.",
            ),
            t(
                "The secret is corrected; the product is started anew.",
                "Sửa khóa; khởi động lại phần mềm.",
            ),
        ],
        expected: t(
            "The document arrives, once, without `retry`.",
            "Văn bản tới đúng một lần mà không cần `retry`.",
        ),
        needs: &[Command("send"), Command("why"), Feature("restart"), Fresh],
        quick: true,
        run: Run::Connector(credentials_resumed),
    },
    Case {
        id: "outage-back-off",
        chapter: Outage,
        level: Should,
        clauses: &["P05", "wire-retry"],
        refusal: Some(t(
            "It does not call without end.",
            "Không gọi liên tục không nghỉ.",
        )),
        title: t(
            "Between attempts there are pauses",
            "Giữa các lần thử có khoảng nghỉ",
        ),
        why: t(
            "An axis that comes up again falls under a thousand callers that never rest.",
            "Trục vừa khôi phục sẽ lại sập nếu hàng nghìn phần mềm gọi liên tục.",
        ),
        steps: &[t(
            "sendEdoc is always answered with 20 for a second and a half; the pauses are set to at most 50 ms, doubled up to 400 ms.",
            "Trong một giây rưỡi, sendEdoc luôn bị trả lời 20; khoảng nghỉ đặt tối đa 50 ms, tăng dần tới 400 ms.",
        )],
        expected: t(
            "No more than forty attempts.",
            "Không quá bốn mươi lần thử.",
        ),
        needs: &[
            Command("send"),
            Setting("send.pause"),
            Setting("send.longest_pause"),
        ],
        quick: true,
        run: Run::Connector(back_off),
    },
];

/// Words of `delivery` that say that no more is tried.
const ENDED: &[&str] = &["failed", "held", "dropped"];

/// An answer with another code; the call does not happen.
fn refused_with(code: &str) -> Fault {
    Fault::WrongCode {
        code: code.to_owned(),
        accepted: false,
    }
}

/// Sends a document to the peer; gives it and its `out-…`.
fn given(lab: &mut Lab) -> Outcome<(Letter, String)> {
    let letter = lab.letter(&[PEER]);
    let out = lab.send(&letter)?;
    Ok((letter, out))
}

/// That a document is accepted in the end, and that all that the axis has of
/// it has the same bytes.
fn accepted_in_the_end(lab: &mut Lab, letter: &Letter, out: &str) -> Outcome {
    lab.await_letter(letter)?;
    if lab.ask("why", json!({ "packet": out }))?.is_ok() {
        lab.await_recipient(out, PEER, "delivery", &["accepted"])?;
    }
    same_bytes_all(lab, letter.document_id())
}

fn same_bytes_all(lab: &Lab, id: &str) -> Outcome {
    let all = copies(lab, id)?;
    let first = all.first().map(|packet| &packet.bytes);
    ensure(
        all.iter().all(|packet| Some(&packet.bytes) == first),
        || {
            about(
                id,
                "the axis has copies with different bytes",
                "trục có các bản với dữ liệu khác nhau",
            )
        },
    )
}

/// That a recipient is not told to have got it.
fn not_accepted(lab: &mut Lab, out: &str, organ: &str) -> Outcome {
    let recipient = lab.recipient(out, organ)?;
    ensure(*at(&recipient, "delivery") != json!("accepted"), || {
        said!(
            "the recipient {organ} is shown as accepted",
            "nơi nhận {organ} hiện là đã được nhận"
        )
    })
}

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

/// That all attempts bring the same bytes, by their digests.
fn one_digest(lab: &Lab) -> Outcome {
    let calls = lab.calls("sendEdoc");
    let of = |name: &str| -> BTreeSet<String> {
        let values = calls.iter().filter_map(|call| call.header(name));
        values.map(str::to_owned).collect()
    };
    for name in ["XroadVnpt-hash-file", "Content-Length"] {
        let count = of(name).len();
        ensure(count == 1, || {
            said!(
                "the attempts have {count} values of {name}",
                "các lần thử có {count} giá trị {name}"
            )
        })?;
    }
    Ok(())
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
    let what = said!("the product sent nothing", "phần mềm không gửi gì");
    lab.until(what, |lab| {
        Ok((!lab.calls("sendEdoc").is_empty()).then_some(()))
    })?;
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

/// What `doctor` says is good, or (not good) warns of.
fn health(lab: &mut Lab, good: bool) -> Outcome<BTreeSet<String>> {
    let report = lab.done("doctor", json!({}))?;
    let all = report.as_array().cloned().unwrap_or_default();
    Ok(all
        .iter()
        .filter(|one| (*at(one, "health") == "good") == good)
        .filter_map(|one| at(one, "name").as_str())
        .map(str::to_owned)
        .collect())
}

/// Waits until `doctor` is not well about something that was good.
fn becomes_unwell(lab: &mut Lab, before: &BTreeSet<String>, why: &str) -> Outcome {
    let what = said!(
        "`doctor` says that all is as well as before ({why})",
        "`doctor` vẫn báo mọi thứ tốt như trước ({why})"
    );
    lab.until(what, |lab| {
        let unwell = health(lab, false)?;
        Ok(unwell.intersection(before).next().map(|_| ()))
    })
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

fn cut_requests(bench: &Bench) -> Outcome {
    let mut lab = bench.lab()?;
    for bytes in [10, 900, 3_000] {
        lab.fault("sendEdoc", 1, Fault::CloseAfterRequest { bytes });
        let (letter, _) = given(&mut lab)?;
        lab.await_letter(&letter)?;
        arrived_once(&mut lab, letter.document_id())?;
    }
    Ok(())
}

fn cut_answers(bench: &Bench) -> Outcome {
    let mut lab = bench.lab()?;
    for bytes in [0, 30, 180] {
        lab.fault("sendEdoc", 1, Fault::CloseAfterAnswer { bytes });
        let (letter, out) = given(&mut lab)?;
        accepted_in_the_end(&mut lab, &letter, &out)?;
    }
    Ok(())
}

fn ask_before_resend(bench: &Bench) -> Outcome {
    let mut lab = bench.lab()?;
    lab.fault("sendEdoc", 1, Fault::CloseAfterAnswer { bytes: 0 });
    let (letter, out) = given(&mut lab)?;
    accepted_in_the_end(&mut lab, &letter, &out)?;
    arrived_once(&mut lab, letter.document_id())
}

fn slow_answer(bench: &Bench) -> Outcome {
    let mut lab = bench.lab()?;
    lab.fault("sendEdoc", 1, Fault::Drip { bytes: 5, ms: 10 });
    let (letter, out) = given(&mut lab)?;
    accepted_in_the_end(&mut lab, &letter, &out)?;
    arrived_once(&mut lab, letter.document_id())
}

fn odd_json(bench: &Bench) -> Outcome {
    let mut lab = bench.lab()?;
    lab.fault("*", 0, Fault::OddJson);
    let (letter, out) = given(&mut lab)?;
    accepted_in_the_end(&mut lab, &letter, &out)?;
    let made = Made::document(PEER, lab.organ(), lab.number());
    let id = lab.deliver(PEER, Kind::Document, &made.bytes())?;
    lab.take_and_accept()?;
    lab.await_acknowledgement(&id)?;
    arrived_once(&mut lab, letter.document_id())
}

fn recovery(bench: &Bench) -> Outcome {
    let mut lab = bench.lab()?;
    let made = Made::document(PEER, lab.organ(), lab.number());
    lab.deliver(PEER, Kind::Document, &made.bytes())?;
    let item = lab.take_and_accept()?;
    lab.await_status("01", &made.document_id)?;
    lab.fault("*", 0, AWAY);
    let mut letters = Vec::new();
    for _ in 0..8 {
        letters.push(given(&mut lab)?.0);
    }
    for code in ["03", "04", "06"] {
        let members = json!({ "incoming": item.incoming(), "code": code });
        lab.done("report", members)?;
    }
    lab.no_faults();
    for letter in &letters {
        lab.await_letter(letter)?;
    }
    lab.await_status("06", &made.document_id)?;
    later(&mut lab)?;
    for letter in &letters {
        let id = letter.document_id();
        let count = copies(&lab, id)?.len();
        ensure(count == 1, || {
            said!("{id} was sent {count} times", "{id} được gửi {count} lần")
        })?;
    }
    let codes = lab.statuses_about(&made.document_id)?;
    ensure(codes == ["01", "03", "04", "06"], || {
        let codes = codes.join(", ");
        said!(
            "the statuses went as {codes}",
            "trạng thái được gửi là {codes}"
        )
    })
}

fn kill_while_sending(bench: &Bench) -> Outcome {
    let mut lab = bench.lab_with(|_| {})?;
    lab.fault("sendEdoc", 0, Fault::Delay { ms: 1_500 });
    let mut all = Vec::new();
    for _ in 0..3 {
        all.push(given(&mut lab)?);
    }
    let what = said!("the product sent nothing", "phần mềm không gửi gì");
    lab.until_by_itself(what, |lab| {
        let faults = lab.axis.faults();
        Ok(faults.iter().any(|fault| fault.happened > 0).then_some(()))
    })?;
    lab.kill()?;
    lab.no_faults();
    lab.begin()?;
    for (letter, out) in &all {
        accepted_in_the_end(&mut lab, letter, out)?;
    }
    Ok(())
}

fn retry(bench: &Bench) -> Outcome {
    let mut lab = bench.lab()?;
    lab.fault("sendEdoc", 1, refused_with("23"));
    let (letter, out) = given(&mut lab)?;
    lab.await_recipient(&out, PEER, "delivery", &["failed", "held"])?;
    lab.done("retry", json!({ "outgoing": out }))?;
    accepted_in_the_end(&mut lab, &letter, &out)?;
    one_digest(&lab)?;
    arrived_once(&mut lab, letter.document_id())
}

fn drop(bench: &Bench) -> Outcome {
    let mut lab = bench.lab()?;
    lab.fault("sendEdoc", 0, AWAY);
    let (letter, out) = given(&mut lab)?;
    let what = said!("nothing can be dropped", "không bỏ được văn bản");
    // One whose attempt is under way need not count.
    lab.until(what, |lab| {
        let dropped = lab.done("drop", json!({ "outgoing": out }))?;
        let count = at(&dropped, "recipients").as_u64().unwrap_or(0);
        Ok((count > 0).then_some(()))
    })?;
    // An attempt that was under way ends before the axis takes packets.
    lab.looked_at_axis()?;
    lab.looked_at_axis()?;
    lab.no_faults();
    later(&mut lab)?;
    let recipient = lab.recipient(&out, PEER)?;
    same("delivery", at(&recipient, "delivery"), &json!("dropped"))?;
    ensure(copies(&lab, letter.document_id())?.is_empty(), || {
        said!("it was sent", "văn bản vẫn được gửi")
    })
}

fn one_refused_of_two(bench: &Bench) -> Outcome {
    let mut lab = bench.lab()?;
    let out = refusing(&mut lab, false)?;
    lab.await_recipient(&out, OTHER, "delivery", ENDED)?;
    lab.await_recipient(&out, PEER, "delivery", &["accepted"])?;
    let to_peer = lab.deliveries().iter().any(|one| one.organ == PEER);
    ensure(to_peer, || {
        said!("{PEER} did not get it", "{PEER} không nhận được văn bản")
    })
}

/// Sends to two organs, of which the axis refuses one.
fn refusing(lab: &mut Lab, rest_accepted: bool) -> Outcome<String> {
    let fault = Fault::RefuseOrgan {
        organ: OTHER.to_owned(),
        code: "23".to_owned(),
        rest_accepted,
    };
    lab.fault("sendEdoc", 0, fault);
    let letter = lab.letter(&[PEER, OTHER]);
    lab.send(&letter)
}

fn partly_accepted(bench: &Bench) -> Outcome {
    let mut lab = bench.lab()?;
    let out = refusing(&mut lab, true)?;
    let what = said!("the product sent nothing", "phần mềm không gửi gì");
    lab.until(what, |lab| {
        Ok((!lab.calls("sendEdoc").is_empty()).then_some(()))
    })?;
    for _ in 0..2 {
        lab.looked_at_axis()?;
        not_accepted(&mut lab, &out, OTHER)?;
    }
    lab.await_recipient(&out, OTHER, "delivery", ENDED)
        .map(|_| ())
}

fn clock_off(bench: &Bench) -> Outcome {
    let mut lab = bench.lab_with(|_| {})?;
    lab.looked_at_axis()?;
    let before = health(&mut lab, true)?;
    lab.fault("*", 0, Fault::WrongDate { seconds: 86_400 });
    becomes_unwell(&mut lab, &before, "wrong-date")
}

fn silent_axis(bench: &Bench) -> Outcome {
    let mut lab = bench.lab_with(|setup| setup.set("axis.idle_timeout", "500"))?;
    lab.fault("*", 0, Fault::Delay { ms: 2_500 });
    let (letter, out) = given(&mut lab)?;
    let what = said!(
        "the product did not try again after a call without an answer",
        "phần mềm không thử lại sau lời gọi không được trả lời"
    );
    lab.until_by_itself(what, |lab| {
        not_accepted(lab, &out, PEER)?;
        let faults = lab.axis.faults();
        Ok(faults.iter().any(|fault| fault.happened >= 4).then_some(()))
    })?;
    lab.no_faults();
    accepted_in_the_end(&mut lab, &letter, &out)
}

fn credentials_resumed(bench: &Bench) -> Outcome {
    let mut lab = bench.lab_with(|setup| setup.secret("a secret of yesterday"))?;
    let (letter, out) = given(&mut lab)?;
    let what = said!("the product sent nothing", "phần mềm không gửi gì");
    lab.until(what, |lab| {
        Ok((!lab.calls("sendEdoc").is_empty()).then_some(()))
    })?;
    // So that it has heard the answer, too.
    for _ in 0..2 {
        lab.looked_at_axis()?;
    }
    not_accepted(&mut lab, &out, PEER)?;
    lab.kill()?;
    std::fs::write(lab.folder().join("secret"), lab.secret()).map_err(Stop::own)?;
    lab.begin()?;
    accepted_in_the_end(&mut lab, &letter, &out)?;
    arrived_once(&mut lab, letter.document_id())
}

fn back_off(bench: &Bench) -> Outcome {
    let mut lab = bench.lab()?;
    lab.fault("sendEdoc", 0, refused_with("20"));
    given(&mut lab)?;
    // Nothing is shown meanwhile: this is the time that passes.
    lab.poll(1_500)?;
    let count = lab.calls("sendEdoc").len();
    ensure((1..=40).contains(&count), || {
        said!("there were {count} attempts", "có {count} lần thử")
    })
}
