//! The clauses that cases come from: laws, the known deviations of real
//! packets, the known pains of connectors, rules of verification, and what was
//! observed.

use super::text::{Text, t};

/// A clause.
#[derive(Clone, Copy, Debug)]
pub struct Clause {
    /// Its id, which cases name.
    pub id: &'static str,
    /// What kind of source it is.
    pub source: Source,
    /// Where it stands, and what it says.
    pub text: Text,
    /// Why there is no case, where there is none.
    pub without_case: Option<Text>,
}

/// The kinds of sources.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Source {
    /// Decision 28/2018/QĐ-TTg.
    Decision28,
    /// Decree 30/2020/NĐ-CP.
    Decree30,
    /// Other law: QCVN 102:2016/BTTTT, Decision 20/2020, Decision 09/2025.
    Other,
    /// A flow that was observed.
    Flow,
    /// A known deviation of real packets.
    Deviation,
    /// A known pain of connectors.
    Pain,
    /// A rule that makes a verifier immune.
    Verifier,
    /// The wire as observed.
    Wire,
}

impl Source {
    /// Its name.
    pub fn name(self) -> Text {
        match self {
            Source::Decision28 => t("Decision 28/2018/QĐ-TTg", "Quyết định 28/2018/QĐ-TTg"),
            Source::Decree30 => t("Decree 30/2020/NĐ-CP", "Nghị định 30/2020/NĐ-CP"),
            Source::Other => t("Other regulations", "Quy định khác"),
            Source::Flow => t("Observed flows", "Luồng nghiệp vụ quan sát được"),
            Source::Deviation => t(
                "Deviations of real packets (observed)",
                "Sai khác của gói tin thực tế (quan sát)",
            ),
            Source::Pain => t(
                "Pains of connectors (observed)",
                "Lỗi thường gặp của phần mềm kết nối (quan sát)",
            ),
            Source::Verifier => t("Rules of verification", "Quy tắc kiểm tra chữ ký"),
            Source::Wire => t("The wire (observed)", "Giao thức đường truyền (quan sát)"),
        }
    }
}

/// The clause of an id.
pub fn clause(id: &str) -> Option<&'static Clause> {
    CLAUSES.iter().find(|clause| clause.id == id)
}

const fn of(source: Source, id: &'static str, en: &'static str, vi: &'static str) -> Clause {
    Clause {
        id,
        source,
        text: t(en, vi),
        without_case: None,
    }
}

const fn without(mut clause: Clause, en: &'static str, vi: &'static str) -> Clause {
    clause.without_case = Some(t(en, vi));
    clause
}

use Source::{Decision28, Decree30, Deviation, Flow, Other, Pain, Verifier, Wire};

/// Every clause.
#[rustfmt::skip]
pub const CLAUSES: &[Clause] = &[
    of(Decision28, "QD28-1.2", "art. 1.2: not for documents with state secrets", "khoản 2 Điều 1: không áp dụng với văn bản có bí mật nhà nước"),
    of(Decision28, "QD28-4", "art. 4: a digitally signed document replaces paper, an unsigned one is for information", "Điều 4: văn bản có chữ ký số thay văn bản giấy, không ký số chỉ để tham khảo"),
    of(Decision28, "QD28-5.4", "art. 5.4: a receiver may refuse, and must tell the sender at the same time", "khoản 4 Điều 5: bên nhận có quyền từ chối và phải báo ngay cho bên gửi"),
    of(Decision28, "QD28-6.2", "art. 6.2: sent on the day of signing, urgent ones right after signing", "khoản 2 Điều 6: gửi ngay trong ngày ký, văn bản khẩn gửi ngay sau khi ký"),
    of(Decision28, "QD28-6.3", "art. 6.3: the state of sending, receiving and processing is followed automatically", "khoản 3 Điều 6: tự động theo dõi tình trạng gửi, nhận, xử lý"),
    of(Decision28, "QD28-8", "art. 8: the sender checks that it reached the right receiver; recall is a notice through the system", "Điều 8: bên gửi kiểm tra đúng nơi nhận; thu hồi bằng thông báo trên hệ thống"),
    of(Decision28, "QD28-9.1", "art. 9.1: completeness, integrity and authenticity are checked before acceptance", "khoản 1 Điều 9: kiểm tra tính đầy đủ, toàn vẹn, xác thực trước khi tiếp nhận"),
    of(Decision28, "QD28-9.2", "art. 9.2: status is returned after acceptance; a recalled document is cancelled and the sender told", "khoản 2 Điều 9: trả trạng thái sau tiếp nhận; hủy văn bản bị thu hồi và báo lại bên gửi"),
    of(Decision28, "QD28-10.1", "art. 10.1: content and all attachments are sent", "khoản 1 Điều 10: gửi đầy đủ nội dung và tệp kèm"),
    of(Decision28, "QD28-10.2", "art. 10.2: what software must show: ids, number, date, kind, summary, states, sender, receiver, times, history", "khoản 2 Điều 10: thông tin phần mềm phải hiện: định danh, số, ngày, loại, trích yếu, trạng thái, nơi gửi, nơi nhận, thời gian, lịch sử"),
    of(Decision28, "QD28-11", "art. 11: statistics come automatically", "Điều 11: thống kê tự động"),
    of(Decision28, "QD28-13", "art. 13: the connection is encrypted and authenticated", "Điều 13: kết nối được mã hóa và xác thực"),
    of(Decision28, "QD28-14", "art. 14: Vietnamese time, synchronised with the axis", "Điều 14: giờ Việt Nam, đồng bộ với trục"),
    without(of(Decision28, "QD28-16", "art. 16: a conformity announcement is registered", "Điều 16: công bố hợp quy"), "the suite itself is the means to it", "chính bộ kiểm thử này phục vụ việc đó"),
    of(Decision28, "QD28-18", "art. 18: certificates by the Government Cipher Committee", "Điều 18: chứng thư số của Ban Cơ yếu Chính phủ"),
    of(Decision28, "QD28-19", "art. 19: periodic backup", "Điều 19: sao lưu định kỳ"),
    of(Decree30, "ND30-5", "art. 5: an original is signed by the competent person and the organisation", "Điều 5: bản gốc điện tử có chữ ký số của người có thẩm quyền và của cơ quan"),
    of(Decree30, "ND30-18.4b", "art. 18.4b: a recalled electronic document is cancelled by the receiver, who says so", "điểm b khoản 4 Điều 18: bên nhận hủy văn bản điện tử bị thu hồi và thông báo"),
    of(Decree30, "ND30-21.2", "art. 21.2: receipt is acknowledged within the day", "khoản 2 Điều 21: thông báo đã nhận ngay trong ngày"),
    of(Decree30, "ND30-I", "annex I: attachments in separate files are each signed by the organisation", "Phụ lục I: phụ lục ở tệp riêng được ký số riêng"),
    of(Decree30, "ND30-VI-receipt", "annex VI: the software notifies receipt by itself", "Phụ lục VI: phần mềm tự động thông báo đã nhận"),
    of(Decree30, "ND30-VI-duplicate", "annex VI: it warns on a duplicate id or number, notation and issuer", "Phụ lục VI: cảnh báo trùng mã định danh hoặc trùng số, ký hiệu, cơ quan ban hành"),
    of(Decree30, "ND30-VI-state", "annex VI: it shows receipt and processing state to the sender, and keeps access history", "Phụ lục VI: cho bên gửi biết tình trạng nhận, xử lý; lưu lịch sử truy cập"),
    of(Decree30, "ND30-VI-recall", "annex VI: at a recall the sender freezes the document, the receiver destroys it, the recall's own data stays", "Phụ lục VI: khi thu hồi, bên gửi đóng băng văn bản đi, bên nhận hủy văn bản đến, dữ liệu thu hồi được giữ"),
    of(Other, "QCVN102", "QCVN 102:2016/BTTTT, amended by SĐ1:2022: the packet", "QCVN 102:2016/BTTTT và Sửa đổi 1:2022: gói tin"),
    of(Other, "QD20-2020", "Decision 20/2020/QĐ-TTg: organ ids of up to 35 characters", "Quyết định 20/2020/QĐ-TTg: mã định danh tới 35 ký tự"),
    of(Other, "QD09-2025", "Decision 09/2025: organ codes that were closed", "Quyết định 09/2025: các mã định danh đã đóng"),
    of(Flow, "flow-document", "document: stored, acknowledged, then 01, 02 or 03, 04, 05, 06; each receiver has a state of its own", "văn bản: lưu, xác nhận, rồi 01, 02 hoặc 03, 04, 05, 06; mỗi nơi nhận có trạng thái riêng"),
    of(Flow, "flow-change", "update, replace, recall: the receiver's clerk answers 15 or 16", "cập nhật, thay thế, thu hồi: bên nhận trả lời 15 hoặc 16"),
    of(Flow, "flow-order", "an update or replacement never arrives before the document it names without being kept", "cập nhật hoặc thay thế đến trước văn bản gốc vẫn phải được giữ"),
    of(Flow, "flow-directive", "directive and report: SteeringType 1 and 2, ResponseFor, TaskCode", "chỉ đạo và báo cáo: SteeringType 1 và 2, ResponseFor, TaskCode"),
    of(Flow, "flow-acknowledgement", "a transport acknowledgement is no status; a duplicate is acknowledged done", "xác nhận truyền nhận không phải trạng thái; gói tin trùng được xác nhận done"),
    of(Flow, "flow-identifiers", "the directory maps old and new organ codes", "danh mục đối chiếu mã cũ và mã mới"),
    of(Flow, "flow-volume", "volumes: about 26 receivers a packet, peaks of 10 a second", "khối lượng: khoảng 26 nơi nhận mỗi gói, cao điểm 10 gói/giây"),
    of(Deviation, "D01", "the root has other children", "phần tử gốc có phần tử con khác"),
    of(Deviation, "D02", "the root is the envelope itself, or SOAP", "gốc là phong bì hoặc SOAP"),
    of(Deviation, "D03", "other namespaces, or none", "không gian tên khác hoặc không có"),
    of(Deviation, "D04", "prefixed and unprefixed parts mixed", "lẫn lộn có và không có tiền tố"),
    of(Deviation, "D05", "prefixes that are not bound", "tiền tố không khai báo"),
    of(Deviation, "D06", "junk before the XML declaration", "ký tự rác trước khai báo XML"),
    of(Deviation, "D07", "not well-formed", "XML sai cú pháp"),
    of(Deviation, "D08", "CRLF, BOM, CRLF after the end", "CRLF, BOM, CRLF ở cuối"),
    of(Deviation, "D09", "Bussiness missing", "thiếu Bussiness"),
    of(Deviation, "D10", "Bussiness after TraceHeader, or spelled Business", "Bussiness sau TraceHeader hoặc viết Business"),
    of(Deviation, "D11", "TraceHeader without OrganId, or with the text null", "TraceHeader thiếu OrganId hoặc ghi null"),
    of(Deviation, "D12", "no TraceHeaderList", "không có TraceHeaderList"),
    of(Deviation, "D13", "DocumentId is a UUID, empty, or names another organ or date", "DocumentId là UUID, rỗng, hoặc nêu cơ quan, ngày khác"),
    of(Deviation, "D14", "dates of other forms", "ngày ghi dạng khác"),
    of(Deviation, "D15", "empty elements", "phần tử rỗng"),
    of(Deviation, "D16", "ResponseFor empty or repeated", "ResponseFor rỗng hoặc lặp"),
    of(Deviation, "D17", "a recall whose target stands only in ResponseFor, or names another organ's document", "thu hồi chỉ nêu văn bản ở ResponseFor, hoặc nêu văn bản của cơ quan khác"),
    of(Deviation, "D18", "the same ReplacementInfo twice", "ReplacementInfo lặp lại"),
    of(Deviation, "D19", "codes outside their table", "mã ngoài danh mục"),
    of(Deviation, "D20", "a business reason in TypeName", "lý do nghiệp vụ nằm trong TypeName"),
    of(Deviation, "D21", "CodeNumber that is no number, a code with #", "CodeNumber không phải số, mã có dấu #"),
    of(Deviation, "D22", "old and new organ code both in To", "nơi nhận có cả mã cũ và mã mới"),
    of(Deviation, "D23", "organ ids of many forms", "mã định danh nhiều dạng"),
    of(Deviation, "D24", "ContentType wrong or contradictory", "ContentType sai hoặc mâu thuẫn"),
    of(Deviation, "D25", "a ZIP around one file", "ZIP bọc một tệp"),
    of(Deviation, "D26", "the entry's type is not that of the name", "kiểu dữ liệu khác tên tệp"),
    of(Deviation, "D27", "a corrupt ZIP, or text in place of base64", "ZIP hỏng hoặc chữ thay cho base64"),
    of(Deviation, "D28", "ContentId with no, one or two cid:", "ContentId không có, có một hoặc hai cid:"),
    of(Deviation, "D29", "Reference with xlink:href, without ContentType", "Reference có xlink:href, thiếu ContentType"),
    of(Deviation, "D30", "attachments in the envelope", "tệp kèm nằm trong phong bì"),
    of(Deviation, "D31", "base64 of base64 (SOAP profile)", "base64 hai lần (dạng SOAP)"),
    of(Deviation, "D32", "a status in three places", "trạng thái ở ba vị trí khác nhau"),
    of(Deviation, "D33", "a recall by status with the two organs swapped", "trạng thái 13 đảo hai cơ quan"),
    of(Deviation, "D34", "a status names its document by another form of date or id", "trạng thái nêu văn bản bằng dạng ngày hoặc mã khác"),
    of(Deviation, "D35", "StatusCode 1 and 01, unknown codes", "StatusCode 1 và 01, mã lạ"),
    of(Deviation, "D36", "another order of children", "thứ tự phần tử con khác"),
    of(Deviation, "D37", "Signature absent, empty, stub", "chữ ký thiếu, rỗng, sao chép"),
    of(Deviation, "D38", "no document inside", "bên trong không có văn bản"),
    of(Deviation, "D39", "JSON answers with other keys and types", "câu trả lời JSON có khóa và kiểu khác"),
    of(Deviation, "D40", "attributes on TraceHeaderList", "thuộc tính trên TraceHeaderList"),
    of(Deviation, "D41", "values of the kit's sample in real packets", "giá trị mẫu trong gói tin thật"),
    of(Deviation, "D42", "statuses sent as messagetype edoc", "trạng thái gửi với messagetype edoc"),
    of(Deviation, "D43", "Manifest for edXMLManifest, SOAP bound to edXML, any root name", "Manifest thay edXMLManifest, tiền tố edXML gắn SOAP, tên gốc khác"),
    of(Deviation, "D44", "filler texts in date, number or id", "chữ điền tạm ở ngày, số, mã"),
    of(Deviation, "D45", "made-up values of a rebuild", "giá trị do trục tự thêm khi dựng lại"),
    of(Pain, "P01", "a poison packet comes back for ever", "gói tin hỏng quay lại mãi"),
    of(Pain, "P02", "a duplicate acknowledged fail", "gói tin trùng bị xác nhận fail"),
    of(Pain, "P03", "success told while forwarding failed", "báo thành công khi chuyển thất bại"),
    of(Pain, "P04", "a failed list looks like nothing new", "lỗi danh sách trông như không có gì mới"),
    of(Pain, "P05", "no automatic resend", "không tự gửi lại"),
    of(Pain, "P06", "send state lost", "mất trạng thái gửi"),
    of(Pain, "P07", "statuses do not match their document", "trạng thái không khớp văn bản"),
    of(Pain, "P08", "recall, update, replace half-built", "thu hồi, cập nhật, thay thế làm dở"),
    of(Pain, "P09", "a finished document never emits 06", "hoàn thành mà không gửi 06"),
    of(Pain, "P10", "date windows miss or repeat items", "khoảng ngày bỏ sót hoặc lặp"),
    of(Pain, "P11", "prefix, order, namespace refused at the national level", "tiền tố, thứ tự, không gian tên bị trục quốc gia từ chối"),
    of(Pain, "P12", "chunked body refused", "thân chunked bị từ chối"),
    of(Pain, "P13", "50 MB skipped silently", "tệp 50 MB bị bỏ qua âm thầm"),
    of(Pain, "P14", "file names too long, colliding", "tên tệp quá dài, trùng"),
    of(Pain, "P15", "zip slip, XXE, unlimited unzip", "zip slip, XXE, giải nén không giới hạn"),
    of(Pain, "P16", "lenient dates", "đọc ngày dễ dãi"),
    of(Pain, "P17", "directory drift", "danh mục thay đổi"),
    of(Pain, "P18", "two routes give doubles", "hai đường truyền sinh trùng lặp"),
    of(Pain, "P19", "not thread-safe", "không an toàn đa luồng"),
    of(Pain, "P20", "secrets in logs, TLS checks off, local paths on the wire", "lộ bí mật trong nhật ký, tắt kiểm tra TLS, lộ đường dẫn"),
    of(Pain, "P21", "the answer differs from its documentation", "câu trả lời khác tài liệu"),
    of(Pain, "P22", "debugging needs the exact packet", "gỡ lỗi cần đúng gói tin gốc"),
    without(of(Pain, "P23", "a token expires in mid-batch", "mã truy cập hết hạn giữa chừng"), "the national wire has no tokens; provincial profiles are not under test", "giao thức quốc gia không dùng mã truy cập; không kiểm thử giao thức tỉnh"),
    of(Pain, "P24", "sample data reaches production", "dữ liệu mẫu lọt ra thực tế"),
    of(Pain, "P25", "in-band separators in data", "ký tự ngăn cách lẫn trong dữ liệu"),
    of(Pain, "P26", "priority codes differ between systems", "mã độ khẩn khác nhau giữa các hệ thống"),
    of(Pain, "P27", "one axis refuses what another emits", "trục này từ chối gói tin trục kia phát"),
    of(Pain, "P28", "own builder and own parser disagree", "bộ ghi và bộ đọc của cùng phần mềm không khớp"),
    of(Pain, "P-hand-off", "an id is registered before a hand-off that fails, and the message is lost", "ghi nhận mã trước khi chuyển giao thất bại làm mất gói tin"),
    of(Pain, "P-reason", "a refusal itself fails when its reason is long", "lý do dài làm hỏng chính việc từ chối"),
    of(Verifier, "S01", "one parser, one pass: the same events feed digest and application", "một bộ đọc, một lượt: cùng dữ liệu cho mã băm và ứng dụng"),
    of(Verifier, "S02", "UTF-8 only, no DOCTYPE, no unknown entity, limits", "chỉ UTF-8, không DOCTYPE, không thực thể lạ, có giới hạn"),
    of(Verifier, "S03", "exactly one ds:Signature, at its place", "đúng một ds:Signature, đúng chỗ"),
    of(Verifier, "S04", "a closed grammar inside the Signature", "ngữ pháp đóng bên trong chữ ký"),
    of(Verifier, "S05", "one Reference to the whole; no XPath, XSLT", "một Reference tới toàn gói; không XPath, XSLT"),
    of(Verifier, "S06", "algorithms from a list; SHA-1 never valid", "thuật toán theo danh mục; SHA-1 không bao giờ hợp lệ"),
    of(Verifier, "S07", "strict base64", "base64 nghiêm ngặt"),
    of(Verifier, "S08", "the key comes from a chain to configured anchors", "khóa phải theo chuỗi tới neo tin cậy đã cấu hình"),
    of(Verifier, "S09", "verdicts fail closed", "kết luận theo hướng an toàn"),
    of(Verifier, "S10", "attachments with name, ratio, count and size limits", "tệp kèm có giới hạn tên, tỷ lệ, số lượng, kích thước"),
    without(of(Verifier, "S11", "attack files live in the test suite", "tệp tấn công nằm trong bộ kiểm thử"), "met by the suite's own hostile packets", "đáp ứng bởi các gói tin độc hại của bộ kiểm thử"),
    of(Wire, "wire-parameters", "parameters are headers, and are signed", "tham số là tiêu đề và được ký"),
    of(Wire, "wire-hmac", "HMAC-SHA256 over the signed text", "HMAC-SHA256 trên đoạn ký"),
    of(Wire, "wire-timestamp", "timestamp ddMMyyyy'T'HHmmss+SSSS", "timestamp ddMMyyyy'T'HHmmss+SSSS"),
    of(Wire, "wire-ascii", "parameter values in printable ASCII", "giá trị tham số là ASCII in được"),
    of(Wire, "wire-send", "/sendEdoc: raw bytes, Content-Length, hash-file", "/sendEdoc: byte gốc, Content-Length, hash-file"),
    of(Wire, "wire-list", "/getReceivedEdocList", "/getReceivedEdocList"),
    of(Wire, "wire-get", "/getEdoc, /downloadEdoc", "/getEdoc, /downloadEdoc"),
    of(Wire, "wire-acknowledge", "/updateStatus: processing, done, fail", "/updateStatus: processing, done, fail"),
    of(Wire, "wire-answer", "answers: HTTP 200, JSON, ErrorCode", "câu trả lời: HTTP 200, JSON, ErrorCode"),
    of(Wire, "wire-codes", "error codes 0, 10, 15, 18 to 23", "mã lỗi 0, 10, 15, 18 đến 23"),
    of(Wire, "wire-retry", "what is tried again and what is final", "lỗi nào thử lại, lỗi nào dừng"),
    of(Wire, "wire-status", "statuses go with messagetype status", "trạng thái gửi với messagetype status"),
    of(Wire, "wire-many", "the `to` header grows with the recipients", "tiêu đề `to` dài theo số nơi nhận"),
    of(Wire, "wire-directory", "agency calls", "các lệnh về cơ quan"),
    of(Wire, "rebuild", "a hop rebuilds packets", "trục dựng lại gói tin"),
];
