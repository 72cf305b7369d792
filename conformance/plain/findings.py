"""What a reader or a check says of a packet: the words of docs/findings.md this product uses."""

NOTE, WARNING, ERROR = "note", "warning", "error"

# word: (received, sending, English, Vietnamese)
WORDS = {
    "not-well-formed": (ERROR, ERROR, "The XML is not well-formed.", "XML không đúng cú pháp."),
    "unexpected-end": (ERROR, ERROR, "The packet ends too early.", "Gói tin kết thúc quá sớm."),
    "encoding-unsupported": (ERROR, ERROR, "The packet is not in UTF-8.", "Gói tin không dùng UTF-8."),
    "invalid-utf8": (ERROR, ERROR, "Some bytes are not UTF-8.", "Có byte không phải UTF-8."),
    "doctype-forbidden": (ERROR, ERROR, "A document type declaration is refused.", "Khai báo DTD bị từ chối."),
    "entity-unknown": (ERROR, ERROR, "An entity other than the five of XML is refused.", "Thực thể ngoài năm thực thể của XML bị từ chối."),
    "limit-exceeded": (ERROR, ERROR, "The packet passes a limit.", "Gói tin vượt giới hạn."),
    "unknown-body": (ERROR, ERROR, "There is no document and no status in it.", "Không có văn bản hay trạng thái trong gói tin."),
    "leading-junk": (WARNING, ERROR, "Bytes stand before the first tag.", "Có byte thừa trước thẻ đầu tiên."),
    "byte-order-mark": (NOTE, NOTE, "It starts with a byte order mark.", "Tệp bắt đầu bằng BOM."),
    "encoding-label": (WARNING, ERROR, "The declaration names another encoding than UTF-8.", "Khai báo ghi bảng mã khác UTF-8."),
    "namespace-dialect": (WARNING, ERROR, "The envelope is not in the namespace of QCVN 102.", "Phong bì không thuộc không gian tên QCVN 102."),
    "prefix-missing": (NOTE, ERROR, "The envelope has no literal prefix edXML.", "Phong bì không có tiền tố edXML."),
    "prefix-unbound": (WARNING, ERROR, "A prefix is not declared.", "Có tiền tố chưa khai báo."),
    "root-name": (WARNING, ERROR, "The root element is not edXML.", "Phần tử gốc không phải edXML."),
    "envelope-is-root": (WARNING, ERROR, "The envelope is the root.", "Phong bì là phần tử gốc."),
    "soap-envelope": (WARNING, ERROR, "The packet stands in a SOAP envelope.", "Gói tin nằm trong phong bì SOAP."),
    "root-child-unknown": (NOTE, WARNING, "The root has a child that is not known.", "Phần tử gốc có phần tử con lạ."),
    "element-unknown": (NOTE, WARNING, "An element is not known here; it is ignored.", "Phần tử lạ, được bỏ qua."),
    "element-repeated": (WARNING, ERROR, "An element stands again where it may stand once.", "Phần tử chỉ được có một nhưng bị lặp."),
    "content-not-read": (ERROR, ERROR, "A second part of this kind is not read.", "Phần thứ hai cùng loại không được đọc."),
    "element-order": (NOTE, NOTE, "The children stand in another order.", "Thứ tự phần tử con khác."),
    "element-empty": (NOTE, WARNING, "An empty element is read as absent.", "Phần tử rỗng được coi là không có."),
    "text-unexpected": (WARNING, WARNING, "Text stands where only elements belong.", "Có văn bản ở nơi chỉ được có phần tử."),
    "manifest-name": (WARNING, ERROR, "The list of attachments is called Manifest.", "Danh sách tệp kèm có tên Manifest."),
    "filler-text": (NOTE, WARNING, "A filler such as N/A is read as absent.", "Chữ điền tạm được coi là không có."),
    "date-format": (WARNING, ERROR, "A date is not written as yyyy/MM/dd.", "Ngày không ghi theo yyyy/MM/dd."),
    "date-invalid": (WARNING, ERROR, "No date of a known form; read as absent.", "Không phải ngày theo dạng đã biết; coi là không có."),
    "number-invalid": (WARNING, ERROR, "No whole number; read as absent.", "Không phải số nguyên; coi là không có."),
    "flag-invalid": (WARNING, ERROR, "Neither true nor false; read as absent.", "Không phải true hoặc false; coi là không có."),
    "code-unknown": (WARNING, WARNING, "The number is not in its list; it is kept.", "Số không có trong danh mục; được giữ."),
    "steering-padded": (WARNING, ERROR, "SteeringType is blank or padded.", "SteeringType để trống hoặc thừa khoảng trắng."),
    "organ-codes-old-and-new": (WARNING, WARNING, "The receivers hold an old and a new code of one organ.", "Nơi nhận có cả mã cũ và mã mới của một cơ quan."),
    "sample-value": (NOTE, ERROR, "A value of the official kit's sample stands here.", "Có giá trị của gói tin mẫu."),
    "too-long": (WARNING, WARNING, "A text is longer than the table allows.", "Văn bản dài hơn mức cho phép."),
    "date-in-future": (WARNING, WARNING, "The date lies in the future.", "Ngày nằm trong tương lai."),
    "text-invalid": (ERROR, ERROR, "A character stands here that XML does not allow.", "Có ký tự mà XML không cho phép."),
    "trace-list-missing": (NOTE, WARNING, "There is no TraceHeaderList.", "Không có TraceHeaderList."),
    "trace-organ-missing": (NOTE, WARNING, "A TraceHeader names no organ.", "Một TraceHeader không nêu cơ quan."),
    "business-missing": (NOTE, WARNING, "Bussiness is missing; type 0 is assumed.", "Thiếu Bussiness; mặc định loại 0."),
    "business-spelling": (WARNING, ERROR, "The element is spelled Business.", "Phần tử viết là Business."),
    "business-order": (NOTE, NOTE, "Bussiness stands after TraceHeader.", "Bussiness đứng sau TraceHeader."),
    "replacement-repeated": (NOTE, NOTE, "The same ReplacementInfo stands twice.", "ReplacementInfo bị lặp."),
    "replacement-missing": (WARNING, ERROR, "A replacement names no document.", "Văn bản thay thế không nêu văn bản bị thay thế."),
    "replacement-organs-missing": (WARNING, ERROR, "A ReplacementInfo has no organ.", "ReplacementInfo không có cơ quan."),
    "update-target-missing": (WARNING, ERROR, "An update names no document.", "Văn bản cập nhật không nêu văn bản."),
    "sender-missing": (ERROR, ERROR, "From/OrganId is missing.", "Thiếu From/OrganId."),
    "receiver-missing": (ERROR, ERROR, "There is no receiver.", "Không có nơi nhận."),
    "receiver-repeated": (WARNING, ERROR, "A receiver stands more than once.", "Nơi nhận bị lặp."),
    "element-missing": (WARNING, ERROR, "An element is missing (assumed to be needed).", "Thiếu phần tử (giả định là bắt buộc)."),
    "element-advised": (NOTE, WARNING, "An element is missing that receivers expect (assumed).", "Thiếu phần tử mà nơi nhận thường cần (giả định)."),
    "no-attachment": (NOTE, WARNING, "A document without any attachment.", "Văn bản không có tệp kèm."),
    "attachment-name-missing": (WARNING, ERROR, "An attachment has no name.", "Tệp kèm không có tên."),
    "attachment-name-no-extension": (NOTE, WARNING, "An attachment's name has no extension.", "Tên tệp kèm không có phần mở rộng."),
    "attachment-name-zip-case": (WARNING, ERROR, "A ZIP's extension is not written zip in small letters.", "Phần mở rộng của ZIP không viết zip chữ thường."),
    "attachment-empty": (WARNING, ERROR, "An attachment holds no data.", "Tệp kèm không có dữ liệu."),
    "attachment-type-missing": (WARNING, ERROR, "An attachment has no ContentType.", "Tệp kèm không có ContentType."),
    "attachment-type-contradiction": (NOTE, NOTE, "The declared types contradict each other or the bytes; the bytes decide.", "Kiểu khai báo mâu thuẫn; lấy theo dữ liệu."),
    "attachment-type-mismatch": (WARNING, WARNING, "The bytes are of another type than the name says.", "Dữ liệu thuộc kiểu khác so với tên."),
    "attachment-unwrapped": (NOTE, NOTE, "A ZIP around one file was taken off.", "Đã lấy tệp ra khỏi ZIP bọc ngoài."),
    "attachment-zip-corrupt": (ERROR, ERROR, "The ZIP is damaged; its raw bytes are kept.", "ZIP bị hỏng; dữ liệu thô được giữ."),
    "attachment-zip-refused": (WARNING, ERROR, "The ZIP is not opened; its raw bytes are kept.", "Không mở ZIP; dữ liệu thô được giữ."),
    "attachment-base64-invalid": (ERROR, ERROR, "The data is not base64; the header stays usable.", "Dữ liệu không phải base64; phần đầu vẫn dùng được."),
    "attachment-base64-unpadded": (NOTE, WARNING, "The base64 lacks its padding.", "Base64 thiếu ký tự đệm."),
    "attachment-double-base64": (NOTE, WARNING, "Base64 within base64 (SOAP); both are decoded.", "Base64 hai lần (SOAP); đã giải mã cả hai."),
    "attachment-too-large": (ERROR, ERROR, "An attachment passes a limit.", "Tệp kèm vượt giới hạn."),
    "reference-without-attachment": (WARNING, ERROR, "The list names an attachment that did not come.", "Danh sách nêu tệp kèm không có trong gói tin."),
    "content-id-form": (NOTE, NOTE, "A ContentId does not have exactly one cid: before it.", "ContentId không có đúng một cid:."),
    "content-id-missing": (NOTE, WARNING, "An attachment has no ContentId.", "Tệp kèm không có ContentId."),
    "attachments-in-envelope": (WARNING, ERROR, "Attachments stand in the envelope.", "Tệp kèm nằm trong phong bì."),
    "signature-absent": (NOTE, NOTE, "The packet has no signature.", "Gói tin không có chữ ký."),
    "signature-stub": (NOTE, ERROR, "The signature is the copied stub of the samples.", "Chữ ký là bản sao của gói tin mẫu."),
    "signature-placeholder": (NOTE, NOTE, "The signature is a place-holder.", "Chữ ký chỉ để giữ chỗ."),
    "signature-unverifiable": (NOTE, NOTE, "The signature was not verified.", "Chữ ký chưa được kiểm tra."),
    "status-dialect": (NOTE, ERROR, "The status is written in another dialect.", "Trạng thái ghi theo phương ngữ khác."),
    "status-code-form": (NOTE, WARNING, "StatusCode is not written with two digits.", "StatusCode không viết đủ hai chữ số."),
    "status-code-missing": (ERROR, ERROR, "StatusCode is missing or no number.", "Thiếu StatusCode hoặc không phải số."),
    "status-addressee-missing": (ERROR, ERROR, "ResponseFor/OrganId is missing.", "Thiếu ResponseFor/OrganId."),
    "status-reason-missing": (WARNING, ERROR, "This status needs a reason.", "Trạng thái này cần nêu lý do."),
    "kind-differs": (NOTE, ERROR, "The content is of another kind than the transport says; the content decides.", "Nội dung khác loại so với kênh truyền; lấy theo nội dung."),
}


def finding(word, path="", position=None, sending=False):
    received, when_sending, english, vietnamese = WORDS[word]
    return {
        "code": word, "severity": when_sending if sending else received,
        "path": path, "position": position, "message": {"en": english, "vi": vietnamese},
    }


def for_sending(findings):
    """The same findings with the severities they have when a packet is sent."""
    return [dict(one, severity=WORDS[one["code"]][1]) for one in findings]


def errors(findings):
    return [one for one in findings if one["severity"] == ERROR]
