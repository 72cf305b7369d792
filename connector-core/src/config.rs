//! Configuration: one table of string keys.
//!
//! Every view of the configuration (Rust, files, environment, other languages)
//! is a view of [`KEYS`]; the reference page is generated from it. An unknown
//! key is an error.

mod sources;

use std::collections::BTreeMap;

use secrecy::SecretString;

use crate::error::{Error, ErrorKind, Result};

/// What a value looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ValueKind {
    /// A whole number within a range, both ends included.
    Number {
        /// The smallest value allowed.
        min: u64,
        /// The largest value allowed.
        max: u64,
        /// What is counted, e.g. `bytes`.
        unit: &'static str,
    },
    /// `true` or `false`.
    Flag,
    /// Words separated by commas.
    Words,
    /// Organ codes separated by commas: letters, digits, `.`, `-` and `_`.
    Organs,
    /// Printable ASCII; empty means not set.
    Text,
    /// One of these words.
    Choice(&'static [&'static str]),
    /// The path of a file or folder; empty means not set.
    Path,
    /// A text that is never shown: not by `Debug`, not in errors, not by
    /// [`Config::get`]. Empty means not set.
    Secret,
}

/// One row of the table of configuration keys.
#[derive(Clone, Copy, Debug)]
pub struct Key {
    /// The name, e.g. `packet.max_depth`.
    pub name: &'static str,
    /// What its value looks like.
    pub kind: ValueKind,
    /// The value where none is set.
    pub default: &'static str,
    /// What it means, in English.
    pub en: &'static str,
    /// What it means, in Vietnamese.
    pub vi: &'static str,
}

const fn number(
    name: &'static str,
    (min, max, unit): (u64, u64, &'static str),
    default: &'static str,
    en: &'static str,
    vi: &'static str,
) -> Key {
    Key {
        name,
        kind: ValueKind::Number { min, max, unit },
        default,
        en,
        vi,
    }
}

const fn other(
    name: &'static str,
    kind: ValueKind,
    default: &'static str,
    en: &'static str,
    vi: &'static str,
) -> Key {
    Key {
        name,
        kind,
        default,
        en,
        vi,
    }
}

const TIB: u64 = 1 << 40;
/// The longest time-out: one day.
const DAY_MS: u64 = 86_400_000;

/// The table of configuration keys.
pub const KEYS: &[Key] = &[
    number(
        "packet.max_depth",
        (8, 1_000, "levels"),
        "64",
        "How deep elements of a packet may be nested.",
        "Độ sâu lồng nhau tối đa của phần tử trong gói tin.",
    ),
    number(
        "packet.max_elements",
        (100, 10_000_000, "elements"),
        "50000",
        "How many elements a packet may have.",
        "Số phần tử tối đa của gói tin.",
    ),
    number(
        "packet.max_attributes",
        (4, 1_000, "attributes"),
        "64",
        "How many attributes one element may have.",
        "Số thuộc tính tối đa của một phần tử.",
    ),
    number(
        "packet.max_namespaces",
        (16, 10_000, "namespaces"),
        "256",
        "How many namespace declarations may be in scope at once.",
        "Số khai báo không gian tên tối đa cùng có hiệu lực.",
    ),
    number(
        "packet.max_tag",
        (1_024, 1 << 24, "bytes"),
        "65536",
        "How long one tag may be.",
        "Độ dài tối đa của một thẻ.",
    ),
    number(
        "packet.max_leading_junk",
        (0, 1 << 20, "bytes"),
        "1024",
        "How many bytes before the first tag are skipped.",
        "Số byte tối đa được bỏ qua trước thẻ đầu tiên.",
    ),
    number(
        "packet.max_text",
        (1_024, 1 << 26, "bytes"),
        "262144",
        "How long the text of one element of the header may be.",
        "Độ dài tối đa văn bản của một phần tử trong phần đầu.",
    ),
    number(
        "packet.max_header",
        (65_536, 1 << 30, "bytes"),
        "8388608",
        "How long all texts of the header may be together.",
        "Tổng độ dài tối đa của mọi văn bản trong phần đầu.",
    ),
    number(
        "packet.max_attachments",
        (0, 100_000, "attachments"),
        "1000",
        "How many attachments a packet may have.",
        "Số tệp kèm tối đa của gói tin.",
    ),
    number(
        "packet.max_attachment_size",
        (1_024, TIB, "bytes"),
        "4294967296",
        "How large one decoded attachment may be.",
        "Kích thước tối đa của một tệp kèm sau giải mã.",
    ),
    number(
        "packet.max_total_size",
        (1_024, TIB, "bytes"),
        "8589934592",
        "How large all decoded attachments may be together.",
        "Tổng kích thước tối đa của các tệp kèm sau giải mã.",
    ),
    number(
        "packet.max_zip_ratio",
        (2, 100_000, "times"),
        "200",
        "How many times larger than its ZIP an unwrapped file may be.",
        "Tệp lấy ra từ ZIP được lớn hơn ZIP tối đa bao nhiêu lần.",
    ),
    number(
        "packet.max_findings",
        (10, 1_000_000, "findings"),
        "1000",
        "How many findings are listed before the rest is cut.",
        "Số phát hiện được liệt kê tối đa.",
    ),
    other(
        "packet.raw_extensions",
        ValueKind::Words,
        "pdf,doc,docx,xls,xlsx,zip",
        "Name extensions of files that travel as they are; every other file goes into a ZIP of its own.",
        "Phần mở rộng của tệp được gửi nguyên dạng; tệp khác được bọc trong một ZIP riêng.",
    ),
    other(
        "packet.check_organ_ids",
        ValueKind::Flag,
        "false",
        "Whether organ ids are held against the published forms; the directory decides in any case.",
        "Có đối chiếu mã định danh với các dạng đã công bố hay không; danh mục cơ quan vẫn quyết định.",
    ),
    number(
        "packet.max_reason",
        (1, 100_000, "characters"),
        "1000",
        "The longest reason of a status before a warning (one product keeps this many; observed).",
        "Độ dài lý do tối đa của trạng thái trước khi cảnh báo (có phần mềm chỉ giữ số ký tự này; quan sát được).",
    ),
    other(
        "axis.url",
        ValueKind::Text,
        "",
        "The base address of the axis, e.g. https://axis.example/XrdAdapter/adapter.",
        "Địa chỉ gốc của trục, ví dụ https://axis.example/XrdAdapter/adapter.",
    ),
    other(
        "axis.system_id",
        ValueKind::Text,
        "",
        "The id that the axis gave to this connection.",
        "Mã hệ thống do trục cấp cho kết nối này.",
    ),
    other(
        "axis.secret",
        ValueKind::Secret,
        "",
        "The secret that belongs to the system id. It is never shown.",
        "Khóa bí mật đi cùng mã hệ thống. Không bao giờ được hiển thị.",
    ),
    other(
        "axis.allow_plaintext",
        ValueKind::Flag,
        "false",
        "Whether http:// may be used beyond this machine, where the network itself is encrypted (Decision 28/2018, art. 13).",
        "Có cho phép http:// ra ngoài máy này hay không, khi chính đường truyền đã được mã hóa (Quyết định 28/2018/QĐ-TTg, Điều 13).",
    ),
    other(
        "axis.ca_file",
        ValueKind::Path,
        "",
        "A PEM file with the certificate authorities to trust for the axis, in place of those of the system.",
        "Tệp PEM chứa các tổ chức chứng thực được tin cậy cho trục, thay cho danh sách của hệ thống.",
    ),
    other(
        "axis.client_certificate",
        ValueKind::Path,
        "",
        "A PEM file with the client certificate and its chain, where the axis asks for one.",
        "Tệp PEM chứa chứng thư máy khách và chuỗi chứng thư, khi trục yêu cầu.",
    ),
    other(
        "axis.client_key",
        ValueKind::Path,
        "",
        "A PEM file with the private key of the client certificate.",
        "Tệp PEM chứa khóa riêng của chứng thư máy khách.",
    ),
    other(
        "axis.hash_file",
        ValueKind::Choice(&["unpadded", "standard"]),
        "unpadded",
        "How the SHA-256 of a packet is written: without leading zeros of its bytes, as the official software does (observed), or as usual.",
        "Cách viết SHA-256 của gói tin: bỏ số 0 đứng đầu mỗi byte như phần mềm chính thức (quan sát được), hoặc theo cách thông thường.",
    ),
    other(
        "axis.user_agent",
        ValueKind::Text,
        "JAVASDKAgent/1.0.0 XRoad/VPCP",
        "The User-Agent sent to the axis. The default is the one the official software sends; that an axis asks for it is assumed.",
        "User-Agent gửi tới trục. Mặc định là giá trị của phần mềm chính thức; việc trục đòi hỏi giá trị này là giả định.",
    ),
    number(
        "axis.connect_timeout",
        (1, DAY_MS, "ms"),
        "10000",
        "How long finding, reaching and encrypting a connection may take.",
        "Thời gian tối đa để tìm địa chỉ, kết nối và thiết lập mã hóa.",
    ),
    number(
        "axis.idle_timeout",
        (1, DAY_MS, "ms"),
        "60000",
        "How long a connection may stand still while an answer or room for more bytes is awaited.",
        "Thời gian tối đa kết nối đứng yên khi đang chờ trả lời hoặc chờ gửi tiếp.",
    ),
    number(
        "axis.total_timeout",
        (0, DAY_MS, "ms"),
        "0",
        "How long one call may take in all; 0 for no such limit.",
        "Tổng thời gian tối đa của một lời gọi; 0 là không giới hạn.",
    ),
    number(
        "axis.max_connections",
        (1, 1_000, "connections"),
        "8",
        "How many connections to the axis may be open at once; further calls wait.",
        "Số kết nối tới trục được mở đồng thời; lời gọi vượt quá phải chờ.",
    ),
    number(
        "axis.keep_connection",
        (0, DAY_MS, "ms"),
        "4000",
        "How long an unused connection is kept for the next call. Longer than the axis keeps it, calls may fail (5 s is assumed of the axis).",
        "Thời gian giữ kết nối rảnh cho lời gọi sau. Nếu lâu hơn phía trục, lời gọi có thể lỗi (giả định trục giữ 5 giây).",
    ),
    number(
        "axis.max_header",
        (1_024, 1 << 20, "bytes"),
        "6144",
        "How long the head of a request may be; recipients beyond it go in further requests with the same packet (assumed: common servers stop at 8 KB).",
        "Độ dài tối đa phần đầu của yêu cầu; nơi nhận vượt quá được gửi bằng yêu cầu khác với cùng gói tin (giả định: máy chủ thông dụng dừng ở 8 KB).",
    ),
    number(
        "axis.max_answer",
        (1_024, 1 << 30, "bytes"),
        "67108864",
        "How long an answer may be, the packet in it not counted.",
        "Độ dài tối đa của trả lời, không tính gói tin bên trong.",
    ),
    number(
        "axis.max_rows",
        (1, 10_000_000, "rows"),
        "1000000",
        "How many rows a list of the axis may have.",
        "Số dòng tối đa của một danh sách từ trục.",
    ),
    number(
        "axis.max_packet",
        (1_024, TIB, "bytes"),
        "12884901888",
        "How large a packet fetched from the axis may be.",
        "Kích thước tối đa của gói tin lấy từ trục.",
    ),
    other(
        "store.path",
        ValueKind::Path,
        "",
        "The folder of the store, on a local disk. It is made where it is missing.",
        "Thư mục kho dữ liệu, trên đĩa cục bộ. Được tạo nếu chưa có.",
    ),
    other(
        "connector.role",
        ValueKind::Choice(&["worker", "client"]),
        "worker",
        "The worker of a store owns the network and the timers; there is one. Clients on the same machine send, poll and report through the same store.",
        "Worker của kho dữ liệu giữ kết nối mạng và hẹn giờ; chỉ có một. Các client trên cùng máy gửi, nhận và báo trạng thái qua cùng kho.",
    ),
    other(
        "connector.organs",
        ValueKind::Organs,
        "",
        "The codes of the organs that this connector sends and receives for.",
        "Mã các cơ quan mà bộ kết nối này gửi và nhận thay.",
    ),
    number(
        "send.parallel",
        (1, 64, "packets"),
        "4",
        "How many packets are sent at once.",
        "Số gói tin được gửi đồng thời.",
    ),
    number(
        "send.pause",
        (1, DAY_MS, "ms"),
        "2000",
        "The first pause at most before a packet is tried again; it doubles with each attempt, and any shorter one may be drawn.",
        "Khoảng nghỉ tối đa trước lần gửi lại đầu tiên; tăng gấp đôi sau mỗi lần, giá trị thực được chọn ngẫu nhiên.",
    ),
    number(
        "send.longest_pause",
        (1, DAY_MS, "ms"),
        "900000",
        "The longest pause between two attempts.",
        "Khoảng nghỉ dài nhất giữa hai lần gửi.",
    ),
    number(
        "send.give_up",
        (120, 8_760, "hours"),
        "120",
        "How long a packet is tried. After that it has failed; it is kept, and an operator may have it tried again.",
        "Thời gian tiếp tục thử gửi. Quá thời gian này gói tin được coi là không gửi được; vẫn được giữ và có thể cho gửi lại.",
    ),
    other(
        "send.unknown",
        ValueKind::Choice(&["resend", "hold"]),
        "resend",
        "What happens to a packet of unknown outcome when the axis cannot be asked: the same bytes again, or wait for an operator.",
        "Xử lý gói tin chưa rõ kết quả khi không hỏi được trục: gửi lại đúng dữ liệu đó, hoặc giữ chờ cán bộ vận hành.",
    ),
    number(
        "send.ask_after",
        (1, DAY_MS, "ms"),
        "5000",
        "How long after an unknown outcome the axis is asked what it has, and asked again.",
        "Khoảng thời gian trước khi hỏi trục (và hỏi lại) về gói tin chưa rõ kết quả.",
    ),
    number(
        "send.unknown_wait",
        (0, DAY_MS, "ms"),
        "60000",
        "How long a packet of unknown outcome that the axis does not list is waited for before it is sent again.",
        "Thời gian chờ gói tin chưa rõ kết quả mà trục không liệt kê, trước khi gửi lại.",
    ),
    number(
        "send.clock_tolerance",
        (0, DAY_MS, "ms"),
        "600000",
        "How much the clocks of axis and connector may differ when a sent packet is looked for in the axis's list, and before `doctor` warns (assumed).",
        "Độ lệch đồng hồ cho phép giữa trục và bộ kết nối khi tìm gói tin đã gửi trong danh sách của trục, và trước khi `doctor` cảnh báo (giả định).",
    ),
    number(
        "receive.interval",
        (10, DAY_MS, "ms"),
        "30000",
        "How often the axis is asked for packets that wait.",
        "Chu kỳ hỏi trục về gói tin đang chờ.",
    ),
    number(
        "receive.parallel",
        (1, 64, "packets"),
        "4",
        "How many packets are fetched at once.",
        "Số gói tin được lấy về đồng thời.",
    ),
    other(
        "receive.report_arrival",
        ValueKind::Flag,
        "true",
        "Whether 01 is sent for a document as soon as it is stored (Decree 30/2020, art. 21: receipt is acknowledged within the day).",
        "Có gửi trạng thái 01 ngay khi văn bản được lưu hay không (Nghị định 30/2020/NĐ-CP, Điều 21: xác nhận trong ngày).",
    ),
    other(
        "receive.refuse_unreadable",
        ValueKind::Flag,
        "false",
        "Whether 02 is sent for a packet of which only the header can be read.",
        "Có gửi trạng thái 02 cho gói tin chỉ đọc được phần đầu hay không.",
    ),
    number(
        "receive.action_wait",
        (1, 8_760, "hours"),
        "168",
        "How long a recall, update or replacement waits for its original before it is shown without it.",
        "Thời gian yêu cầu thu hồi, cập nhật, thay thế chờ văn bản gốc trước khi được bàn giao không kèm văn bản gốc.",
    ),
    number(
        "handoff.lease",
        (1, DAY_MS, "ms"),
        "300000",
        "How long the host program may hold a packet before it is shown again.",
        "Thời gian phần mềm được giữ một gói tin trước khi gói tin được bàn giao lại.",
    ),
    number(
        "status.longest_note",
        (1, 100_000, "characters"),
        "500",
        "Where the reason or remark of a status is cut (refusals with longer ones broke elsewhere; observed).",
        "Độ dài tối đa của lý do, ghi chú trong trạng thái; phần vượt quá bị cắt (nơi khác từng lỗi khi dài hơn; quan sát được).",
    ),
    other(
        "status.answer_recall",
        ValueKind::Flag,
        "true",
        "Whether 15 or 16 is sent when the host decides on a recall.",
        "Có gửi 15 hoặc 16 khi phần mềm quyết định về yêu cầu thu hồi hay không.",
    ),
    other(
        "status.answer_update",
        ValueKind::Flag,
        "true",
        "Whether 15 or 16 is sent when the host decides on an update.",
        "Có gửi 15 hoặc 16 khi phần mềm quyết định về yêu cầu cập nhật hay không.",
    ),
    other(
        "status.answer_replace",
        ValueKind::Flag,
        "true",
        "Whether 15 or 16 is sent when the host decides on a replacement (assumed: the words of 15 and 16 speak of update and recall only).",
        "Có gửi 15 hoặc 16 khi phần mềm quyết định về văn bản thay thế hay không (giả định: lời của 15 và 16 chỉ nói đến cập nhật, lấy lại).",
    ),
    number(
        "status.not_finished_after",
        (0, 3_650, "days"),
        "60",
        "After how long a document that a recipient has registered and not finished (06) is reported; 0 for never.",
        "Sau bao lâu thì báo văn bản mà nơi nhận đã tiếp nhận nhưng chưa hoàn thành (06); 0 là không báo.",
    ),
    number(
        "keep.payload",
        (0, 36_500, "days"),
        "400",
        "How long the bytes of packets are kept after they have come to their end; 0 for ever.",
        "Thời gian giữ dữ liệu gói tin sau khi đã xử lý xong; 0 là giữ mãi.",
    ),
    number(
        "keep.unended",
        (0, 36_500, "days"),
        "1825",
        "How long the bytes of a document are kept that was accepted and of which no end (02, 06, a recall) was heard: not every product sends 06. 0 for ever.",
        "Thời gian giữ dữ liệu văn bản đã được trục nhận nhưng không có trạng thái kết thúc (02, 06, thu hồi), vì không phải phần mềm nào cũng gửi 06; 0 là giữ mãi.",
    ),
    number(
        "keep.ids",
        (400, 36_500, "days"),
        "800",
        "How long the ids of packets are remembered, so that one that comes again is known.",
        "Thời gian nhớ mã gói tin để nhận ra gói tin đến lại.",
    ),
    number(
        "keep.journal",
        (1, 36_500, "days"),
        "800",
        "How long the journal is kept.",
        "Thời gian giữ nhật ký.",
    ),
    number(
        "directory.refresh",
        (0, 8_760, "hours"),
        "24",
        "How often old and new organ codes are taken from the axis's directory; 0 for never.",
        "Chu kỳ lấy mã cũ và mã mới của các cơ quan từ danh mục của trục; 0 là không lấy.",
    ),
    other(
        "signature.policy",
        ValueKind::Choice(&["record", "require-seal", "require-packet", "strict"]),
        "record",
        "What has to be proven before a document that came is handed off: record keeps the report only; the others refuse with 02 and the reason.",
        "Điều phải chứng minh trước khi bàn giao văn bản đến: record chỉ lưu kết quả; các mức khác từ chối bằng trạng thái 02 kèm lý do.",
    ),
    other(
        "signature.sign",
        ValueKind::Flag,
        "false",
        "Whether documents are signed as whole packets when they are sent. A hop that rebuilds packets breaks this signature.",
        "Có ký cả gói tin khi gửi văn bản hay không. Trục dựng lại gói tin thì chữ ký này không còn.",
    ),
    other(
        "signature.seal_for",
        ValueKind::Text,
        "",
        "For whom documents get a seal: all, or organs separated by commas, of which one has to be a recipient; empty for nobody.",
        "Văn bản gửi tới ai thì kèm niêm phong: all là tất cả, hoặc danh sách cơ quan cách nhau bằng dấu phẩy (có ít nhất một nơi nhận trong đó); để trống là không.",
    ),
    other(
        "signature.trust",
        ValueKind::Path,
        "",
        "The folder with the certificates to trust (.pem .crt .cer) and revocation lists (.crl).",
        "Thư mục chứa các chứng thư được tin cậy (.pem .crt .cer) và danh sách thu hồi (.crl).",
    ),
    number(
        "signature.trust_interval",
        (0, 86_400, "s"),
        "60",
        "How often, at most, the trust folder and the organs file are looked at for changes.",
        "Khoảng thời gian tối thiểu giữa hai lần xem thư mục tin cậy và tệp gán cơ quan có thay đổi không.",
    ),
    other(
        "signature.organs",
        ValueKind::Path,
        "",
        "The file that says which organs a certificate signs for.",
        "Tệp cho biết mỗi chứng thư ký thay cho những cơ quan nào.",
    ),
    other(
        "signature.fetch_crl",
        ValueKind::Flag,
        "false",
        "Whether revocation lists are fetched from the addresses in certificates.",
        "Có tải danh sách thu hồi từ địa chỉ ghi trong chứng thư hay không.",
    ),
    other(
        "signature.fetch_ocsp",
        ValueKind::Flag,
        "false",
        "Whether the OCSP service named in a certificate is asked.",
        "Có hỏi dịch vụ OCSP ghi trong chứng thư hay không.",
    ),
    other(
        "signature.ocsp_nonce",
        ValueKind::Flag,
        "false",
        "Whether an OCSP question carries a nonce; an answer with another one is refused, one without any is taken.",
        "Câu hỏi OCSP có kèm số dùng một lần (nonce) hay không; trả lời có nonce khác bị từ chối, không có nonce vẫn được nhận.",
    ),
    other(
        "signature.fetch_hosts",
        ValueKind::Text,
        "",
        "The hosts that revocation data may be fetched from, separated by commas; empty for any that a verified chain names.",
        "Các máy chủ được phép tải dữ liệu thu hồi, cách nhau bằng dấu phẩy; để trống là mọi máy chủ mà chuỗi chứng thư đã kiểm tra nêu tên.",
    ),
    number(
        "signature.fetch_timeout",
        (1, DAY_MS, "ms"),
        "10000",
        "How long one fetch of revocation data may take in all.",
        "Tổng thời gian tối đa của một lần tải dữ liệu thu hồi.",
    ),
    number(
        "signature.fetch_pause",
        (0, 86_400, "s"),
        "60",
        "How long a source of revocation data that failed is left alone.",
        "Thời gian chờ trước khi thử lại nguồn dữ liệu thu hồi vừa lỗi.",
    ),
    number(
        "signature.max_crl",
        (1_024, 1 << 30, "bytes"),
        "33554432",
        "How long a revocation list may be.",
        "Độ dài tối đa của một danh sách thu hồi.",
    ),
    number(
        "signature.revocation_grace",
        (0, 10_080, "minutes"),
        "240",
        "How long revocation data still counts after the time of its next update; then the verdict is revocation-unknown.",
        "Dữ liệu thu hồi còn được dùng bao lâu sau thời điểm cập nhật kế tiếp; quá hạn thì kết luận là chưa rõ chứng thư có bị thu hồi.",
    ),
    other(
        "signature.revocation_depth",
        ValueKind::Choice(&["chain", "signer"]),
        "chain",
        "Whether the whole chain below the anchor is checked for revocation, or the signer's certificate only.",
        "Kiểm tra thu hồi với cả chuỗi chứng thư dưới gốc tin cậy, hay chỉ với chứng thư người ký.",
    ),
    other(
        "signature.cache",
        ValueKind::Path,
        "",
        "A folder that keeps fetched revocation data over restarts; empty keeps it in memory only.",
        "Thư mục giữ dữ liệu thu hồi đã tải qua các lần khởi động lại; để trống là chỉ giữ trong bộ nhớ.",
    ),
    other(
        "signature.key_file",
        ValueKind::Path,
        "",
        "The file with the key to sign with: PEM, PKCS#8 or PKCS#12.",
        "Tệp chứa khóa để ký: PEM, PKCS#8 hoặc PKCS#12.",
    ),
    other(
        "signature.key_password",
        ValueKind::Secret,
        "",
        "The password of the key file. It is never shown.",
        "Mật khẩu của tệp khóa. Không bao giờ được hiển thị.",
    ),
    other(
        "signature.certificate_file",
        ValueKind::Path,
        "",
        "The certificates of the key, where they are not in the key file.",
        "Tệp chứng thư của khóa, khi không nằm trong tệp khóa.",
    ),
    other(
        "signature.algorithm",
        ValueKind::Choice(&[
            "",
            "rsa-sha256",
            "rsa-sha384",
            "rsa-sha512",
            "sha256-rsa-MGF1",
            "sha384-rsa-MGF1",
            "sha512-rsa-MGF1",
            "ecdsa-sha256",
            "ecdsa-sha384",
        ]),
        "",
        "The algorithm to sign with, by the last part of its name in XML; empty for rsa-sha256 or the curve's own.",
        "Thuật toán ký, theo phần cuối của tên trong XML; để trống là rsa-sha256 hoặc thuật toán của đường cong.",
    ),
];

/// A set of values for the keys of [`KEYS`].
///
/// Secrets are kept apart from the other values: `Debug` shows that one is set
/// and not what it is.
#[derive(Clone, Debug, Default)]
pub struct Config {
    values: BTreeMap<&'static str, String>,
    secrets: BTreeMap<&'static str, SecretString>,
}

impl Config {
    /// All keys at their defaults.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets one key.
    ///
    /// # Errors
    /// `config-unknown-key` for a name outside [`KEYS`], `config-invalid-value`
    /// for a value out of its form or range.
    pub fn set(&mut self, name: &str, value: &str) -> Result<()> {
        let Some(key) = KEYS.iter().find(|key| key.name == name) else {
            // The name is the caller's own, so it may be shown.
            return Err(
                Error::new(ErrorKind::ConfigUnknownKey, "config.set").with("key", name.to_owned())
            );
        };
        if key.kind == ValueKind::Secret {
            // Not trimmed: a secret is the very characters that were given out.
            self.secrets.insert(key.name, SecretString::from(value));
            return Ok(());
        }
        let value = value.trim();
        let range = match key.kind {
            ValueKind::Number { min, max, .. } => match value.parse::<u64>() {
                Ok(number) if (min..=max).contains(&number) => None,
                _ => Some(format!("{min}..={max}")),
            },
            ValueKind::Flag if matches!(value, "true" | "false") => None,
            ValueKind::Flag => Some("true, false".to_owned()),
            ValueKind::Words if value.is_empty() || value.split(',').all(is_word) => None,
            ValueKind::Words => Some("letters and digits, separated by commas".to_owned()),
            ValueKind::Organs if value.is_empty() || value.split(',').all(is_organ) => None,
            ValueKind::Organs => Some("organ codes, separated by commas".to_owned()),
            ValueKind::Text if value.bytes().all(|byte| matches!(byte, b' '..=b'~')) => None,
            ValueKind::Text => Some("printable ASCII".to_owned()),
            ValueKind::Choice(words) if words.contains(&value) => None,
            ValueKind::Choice(words) => Some(words.join(", ")),
            ValueKind::Path | ValueKind::Secret => None,
        };
        if let Some(range) = range {
            return Err(Error::new(ErrorKind::ConfigInvalidValue, "config.set")
                .with("key", key.name)
                .with("allowed", range));
        }
        self.values.insert(key.name, value.to_owned());
        Ok(())
    }

    /// The value of a key, its default where none was set; `None` for an
    /// unknown key and for a secret.
    pub fn get(&self, name: &str) -> Option<&str> {
        let key = KEYS.iter().find(|key| key.name == name)?;
        if key.kind == ValueKind::Secret {
            return None;
        }
        Some(
            self.values
                .get(key.name)
                .map_or(key.default, String::as_str),
        )
    }

    /// A number; the table guarantees that it parses.
    pub(crate) fn number(&self, name: &str) -> u64 {
        self.get(name)
            .and_then(|value| value.parse().ok())
            .unwrap_or_default()
    }

    pub(crate) fn flag(&self, name: &str) -> bool {
        self.get(name) == Some("true")
    }

    /// A text or path that is set; `None` where it is empty.
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.get(name).filter(|value| !value.is_empty())
    }

    /// A secret that is set; `None` where it is empty.
    pub(crate) fn secret(&self, name: &str) -> Option<&SecretString> {
        let secret = self.secrets.get(name)?;
        (!secrecy::ExposeSecret::expose_secret(secret).is_empty()).then_some(secret)
    }

    /// A size that is kept in memory; saturates on narrow machines.
    pub(crate) fn size(&self, name: &str) -> usize {
        usize::try_from(self.number(name)).unwrap_or(usize::MAX)
    }
}

/// A code of an organ: old forms have dots, seen ones hyphens as well.
fn is_organ(text: &str) -> bool {
    let text = text.trim();
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b".-_".contains(&byte);
    (1..=64).contains(&text.len()) && text.bytes().all(plain)
}

/// One word of a list; a dot before it, as before an extension, is allowed.
fn is_word(text: &str) -> bool {
    let text = text.trim();
    let text = text.strip_prefix('.').unwrap_or(text);
    (1..=16).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_default_is_a_value_its_own_key_accepts() {
        for key in KEYS {
            let mut config = Config::new();
            config.set(key.name, key.default).unwrap();
            let shown = (key.kind != ValueKind::Secret).then_some(key.default);
            assert_eq!(config.get(key.name), shown);
        }
    }

    #[test]
    fn an_unknown_key_and_a_value_out_of_range_are_refused_by_name() {
        let mut config = Config::new();
        let error = config.set("packet.max_dept", "10").unwrap_err();
        assert_eq!(error.kind(), ErrorKind::ConfigUnknownKey);
        assert!(error.to_string().contains("packet.max_dept"));
        let error = config.set("packet.max_depth", "2").unwrap_err();
        assert_eq!(error.kind(), ErrorKind::ConfigInvalidValue);
        assert!(error.to_string().contains("8..=1000"));
        assert_eq!(config.get("packet.max_depth"), Some("64"));
        for list in ["..", "pdf,", "p d f", "../pdf"] {
            let error = config.set("packet.raw_extensions", list).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::ConfigInvalidValue, "{list}");
        }
        config.set("packet.raw_extensions", ".pdf, ZIP").unwrap();
        config.set("packet.raw_extensions", "").unwrap();
    }

    #[test]
    fn a_secret_is_kept_as_given_and_never_shown() {
        let mut config = Config::new();
        config.set("axis.secret", " canary 7261 ").unwrap();
        let secret = config.secret("axis.secret").unwrap();
        assert_eq!(
            secrecy::ExposeSecret::expose_secret(secret),
            " canary 7261 "
        );
        assert_eq!(config.get("axis.secret"), None);
        assert!(!format!("{config:?}").contains("canary"));
    }

    #[test]
    fn a_word_outside_a_choice_and_a_text_beyond_ascii_are_refused() {
        let mut config = Config::new();
        config.set("axis.hash_file", "standard").unwrap();
        let error = config.set("axis.hash_file", "padded").unwrap_err();
        assert!(error.to_string().contains("unpadded, standard"));
        let error = config.set("axis.system_id", "hệ.thống").unwrap_err();
        assert_eq!(error.kind(), ErrorKind::ConfigInvalidValue);
        assert_eq!(config.text("axis.system_id"), None);
    }
}
