"""Errors that a caller is told: kinds and numbers as in docs/errors.md."""

# kind: (number, try again, who acts, English, Vietnamese)
KINDS = {
    "invalid-argument": (1, "never", "developer", "An argument is wrong; correct the call.", "Tham số không đúng; cần sửa lời gọi."),
    "config-unknown-key": (2, "never", "operator", "This product has no such setting.", "Phần mềm này không có khóa cấu hình đó."),
    "config-invalid-value": (3, "never", "operator", "The value of a setting is out of its form or range.", "Giá trị cấu hình sai dạng hoặc ngoài phạm vi."),
    "io": (4, "safe", "operator", "A file could not be read or written; check path, rights and space.", "Không đọc hoặc ghi được tệp; kiểm tra đường dẫn, quyền và dung lượng."),
    "packet-unreadable": (5, "never", "sender", "The packet cannot be read; the findings say why.", "Không đọc được gói tin; xem các phát hiện."),
    "packet-impossible": (6, "never", "sender", "The packet would not arrive as it is; the findings say what to correct.", "Gói tin như vậy sẽ không đến nơi; xem các phát hiện để sửa."),
    "config-missing": (20, "never", "operator", "A setting that is needed has no value.", "Thiếu giá trị của một khóa cấu hình cần thiết."),
    "axis-plaintext": (21, "never", "operator", "The connection to the axis must be encrypted: use https, or set axis.allow_plaintext.", "Kết nối tới trục phải được mã hóa: dùng https, hoặc đặt axis.allow_plaintext."),
    "axis-unreachable": (22, "safe", "operator", "No connection to the axis; nothing was sent.", "Không kết nối được tới trục; chưa gửi gì."),
    "axis-untrusted": (23, "never", "operator", "The axis's certificate is not trusted; nothing was sent.", "Chứng thư của trục không đáng tin cậy; chưa gửi gì."),
    "axis-interrupted": (24, "safe", "operator", "The connection ended before the packet was sent whole.", "Kết nối bị ngắt trước khi gửi xong gói tin."),
    "axis-no-answer": (25, "safe", "operator", "The axis gave no whole answer.", "Trục không trả lời trọn vẹn."),
    "axis-sent-no-answer": (26, "may-duplicate", "operator", "The packet was sent and no valid answer came; the same bytes will go again.", "Gói tin đã gửi nhưng không có trả lời hợp lệ; sẽ gửi lại đúng các byte đó."),
    "axis-not-an-answer": (27, "safe", "operator", "What came back is no answer of this axis.", "Nội dung trả về không phải trả lời của trục."),
    "axis-answer-too-large": (28, "never", "operator", "The answer of the axis passes a limit.", "Trả lời của trục vượt giới hạn."),
    "axis-refused-packet": (29, "never", "sender", "The axis refuses the packet; correct it and send it as a new one.", "Trục từ chối gói tin; sửa và gửi lại như gói mới."),
    "axis-refused-organ": (30, "never", "operator", "The axis does not know or has locked an organ.", "Trục không có hoặc đã khóa một cơ quan."),
    "axis-credentials": (31, "never", "operator", "The axis refuses system id or secret.", "Trục từ chối mã hệ thống hoặc khóa bí mật."),
    "axis-try-later": (32, "safe", "operator", "The axis reports a fault of its own.", "Trục báo lỗi nội bộ."),
    "axis-unknown-refusal": (33, "safe", "operator", "The axis refuses with a code that is not known.", "Trục từ chối với mã chưa biết."),
    "closed": (36, "never", "developer", "This product is closed.", "Phần mềm đã đóng."),
    "store-in-use": (40, "never", "operator", "Another worker holds this store.", "Kho dữ liệu đang do tiến trình khác giữ."),
    "store-failed": (44, "safe", "operator", "The store could not be read or written; nothing was changed.", "Không đọc hoặc ghi được kho dữ liệu; không có gì thay đổi."),
    "internal": (45, "never", "developer", "A fault of this product itself.", "Lỗi của chính phần mềm này."),
    "state-secret": (46, "never", "sender", "Documents with state secrets must not be sent this way; nothing was stored.", "Không được gửi văn bản có bí mật nhà nước qua trục; chưa lưu gì."),
    "document-id-taken": (47, "never", "sender", "A document with this id and another content was sent already; nothing was stored.", "Đã gửi văn bản cùng mã nhưng nội dung khác; chưa lưu gì."),
    "not-found": (48, "never", "developer", "There is no such packet in this store.", "Không có gói tin này trong kho."),
    "lease-lost": (49, "never", "developer", "This hand-off is over; poll again.", "Lần bàn giao này đã hết hiệu lực; hãy lấy lại."),
    "status-illegal": (50, "never", "receiver", "This status does not follow from where the document stands; nothing was sent.", "Trạng thái không hợp với trạng thái hiện tại của văn bản; chưa gửi gì."),
    "document-frozen": (51, "never", "sender", "The document was recalled; nothing more may be done with it.", "Văn bản đã được thu hồi; không thao tác được nữa."),
    "payload-gone": (52, "never", "operator", "The packet's bytes are not kept any more.", "Dữ liệu gói tin không còn được giữ."),
    "not-own-organ": (53, "never", "operator", "The organ is not one of this product's own.", "Cơ quan này không thuộc phần mềm."),
    "not-for-client": (54, "never", "developer", "Only the worker of a store can do this.", "Chỉ tiến trình worker của kho làm được việc này."),
}


class Failure(Exception):
    """What a caller is told. Its texts hold ids, organs and codes, nothing that people wrote."""

    def __init__(self, kind, findings=(), remote_code=None, **context):
        super().__init__(kind)
        self.kind = kind
        self.findings = list(findings)
        self.remote_code = remote_code
        self.context = {name: str(value) for name, value in context.items()}

    def to_json(self):
        number, retry, who, english, vietnamese = KINDS[self.kind]
        return {
            "kind": self.kind, "number": number, "retry": retry, "who_acts": who,
            "message": english, "message_vi": vietnamese,
            "context": self.context, "findings": self.findings,
        }


def misuse(reason):
    return Failure("invalid-argument", reason=reason)


def who_acts(kind):
    return KINDS[kind][2] if kind in KINDS else None
