//! Packet form: what stands in the elements.

use super::packet::BASE;
use crate::suite::case::{Case, Level::Should, Run};
use crate::suite::said;
use crate::suite::sample::Sample;
use crate::suite::text::t;
use crate::suite::tree::{Element, Tree};
use crate::suite::verdict::Outcome;

pub(super) const CASES: &[Case] = &[
    Case {
        id: "packet-organs",
        clauses: &["QCVN102", "rebuild", "QD28-8"],
        refusal: Some(t(
            "No document without sender or receiver, and none that names a receiver twice.",
            "Không có văn bản thiếu nơi gửi, nơi nhận hoặc lặp nơi nhận.",
        )),
        title: t(
            "Sender and receivers are named, each receiver once",
            "Nêu đủ nơi gửi, nơi nhận; mỗi nơi nhận một lần",
        ),
        why: t(
            "No axis takes a packet without them; a repeated receiver may get it twice.",
            "Không trục nào nhận gói tin thiếu các mã này; nơi nhận lặp có thể nhận hai lần.",
        ),
        expected: t(
            "From/OrganId, at least one To/OrganId, no id twice.",
            "Có From/OrganId, ít nhất một To/OrganId, không mã nào lặp.",
        ),
        run: Run::Packet(organs),
        ..BASE
    },
    Case {
        id: "packet-document-id",
        clauses: &["QD28-10.2", "D13", "P07"],
        title: t("A document has its id", "Văn bản có mã định danh"),
        why: t(
            "Without it a hop makes up another one, and no status finds its document.",
            "Thiếu mã thì trục tự đặt mã khác và trạng thái không khớp được văn bản.",
        ),
        expected: t(
            "DocumentId of a document, ResponseFor/DocumentId of a status, neither empty.",
            "DocumentId của văn bản, ResponseFor/DocumentId của trạng thái, không rỗng.",
        ),
        run: Run::Packet(document_id),
        ..BASE
    },
    Case {
        id: "packet-required-data",
        clauses: &["QD28-10.2", "QCVN102"],
        title: t(
            "Number, notation, date and summary stand in the document",
            "Văn bản có số, ký hiệu, ngày và trích yếu",
        ),
        why: t(
            "The receiver's software has to show them, and registers by them.",
            "Phần mềm bên nhận phải hiện các thông tin này và vào sổ theo đó.",
        ),
        expected: t(
            "CodeNumber, CodeNotation, PromulgationDate and Subject are filled.",
            "CodeNumber, CodeNotation, PromulgationDate và Subject có giá trị.",
        ),
        run: Run::Packet(required),
        ..BASE
    },
    Case {
        id: "packet-dates",
        clauses: &["D14", "P16", "rebuild", "QD28-14"],
        refusal: Some(t(
            "No date in another form, and none that is no day.",
            "Không có ngày ghi dạng khác, không có ngày không tồn tại.",
        )),
        title: t(
            "Dates and times have the one form of the packet",
            "Ngày giờ theo đúng một dạng của gói tin",
        ),
        why: t(
            "A rebuild drops other forms or turns them into other days.",
            "Trục bỏ dạng khác hoặc đổi thành ngày khác.",
        ),
        expected: t(
            "yyyy/MM/dd for dates, yyyy/MM/dd HH:mm:ss for times, all of them real.",
            "Ngày dạng yyyy/MM/dd, thời điểm dạng yyyy/MM/dd HH:mm:ss, đều có thật.",
        ),
        run: Run::Packet(dates),
        ..BASE
    },
    Case {
        id: "packet-steering",
        clauses: &["rebuild", "flow-directive"],
        refusal: Some(t(
            "SteeringType never blank or padded.",
            "SteeringType không để trống, không có khoảng trắng thừa.",
        )),
        title: t(
            "SteeringType is written as a bare number",
            "SteeringType ghi đúng một số",
        ),
        why: t(
            "A rebuild fails on a blank or padded one: the packet never arrives.",
            "Trục dựng lại lỗi nếu trống hoặc thừa khoảng trắng: gói tin không tới nơi.",
        ),
        expected: t(
            "Where it stands it is digits and nothing else.",
            "Nếu có thì chỉ gồm chữ số.",
        ),
        run: Run::Packet(steering),
        ..BASE
    },
    Case {
        id: "packet-code-lists",
        level: Should,
        clauses: &["D19", "P26", "QCVN102"],
        title: t("Codes are of their lists", "Các mã thuộc danh mục"),
        why: t(
            "A priority that the receiver does not know is handled as an ordinary one.",
            "Độ khẩn lạ sẽ bị bên nhận xử lý như văn bản thường.",
        ),
        expected: t(
            "Priority 0 to 4, SteeringType 0 to 2, DocumentType/Type 1 or 2, Paper 0 or 1.",
            "Priority 0 đến 4, SteeringType 0 đến 2, DocumentType/Type 1 hoặc 2, Paper 0 hoặc 1.",
        ),
        run: Run::Packet(code_lists),
        ..BASE
    },
    Case {
        id: "packet-lengths",
        level: Should,
        clauses: &["QCVN102", "QD20-2020"],
        title: t(
            "No element is longer than its table allows",
            "Không phần tử nào dài quá quy định",
        ),
        why: t(
            "Databases of receivers cut or refuse what is longer.",
            "Cơ sở dữ liệu bên nhận cắt bớt hoặc từ chối phần vượt quá.",
        ),
        expected: t(
            "Characters of each element at most those of the table: OrganId 35, Subject 500…",
            "Số ký tự mỗi phần tử không quá bảng: OrganId 35, Subject 500…",
        ),
        run: Run::Packet(lengths),
        ..BASE
    },
    Case {
        id: "packet-no-sample-values",
        clauses: &["D41", "P24"],
        refusal: Some(t(
            "No value of the official kit's sample packets.",
            "Không có giá trị của gói tin mẫu trong bộ công cụ chính thức.",
        )),
        title: t(
            "Nothing of the official sample is left in a packet",
            "Không còn dữ liệu mẫu trong gói tin",
        ),
        why: t(
            "Real packets were seen with the address and the dates of the sample.",
            "Thực tế từng có gói tin mang địa chỉ và ngày của gói tin mẫu.",
        ),
        expected: t(
            "Neither the ids, the address, the times nor the signer of the sample.",
            "Không có mã, địa chỉ, thời điểm hay người ký của gói tin mẫu.",
        ),
        run: Run::Packet(no_sample_values),
        ..BASE
    },
    Case {
        id: "packet-no-stub-signature",
        clauses: &["D37", "QD28-4"],
        refusal: Some(t(
            "No signature block that signs nothing.",
            "Không có khối chữ ký không ký gì.",
        )),
        title: t(
            "A packet is signed truly, or not at all",
            "Gói tin được ký thật hoặc không ký",
        ),
        why: t(
            "A copied block makes an unsigned document look like an original.",
            "Khối chữ ký sao chép làm văn bản không ký trông như bản gốc.",
        ),
        expected: t(
            "Every Signature stands in the namespace of XML signatures, with a value and a certificate.",
            "Mọi Signature thuộc không gian tên chữ ký XML, có giá trị và chứng thư.",
        ),
        run: Run::Packet(no_stub_signature),
        ..BASE
    },
    Case {
        id: "packet-no-filler",
        level: Should,
        clauses: &["D44", "D11"],
        refusal: Some(t(
            "No `null`, `N/A` or `undefined` as a value.",
            "Không có `null`, `N/A`, `undefined` làm giá trị.",
        )),
        title: t(
            "No element holds a filler",
            "Không phần tử nào chứa chữ điền tạm",
        ),
        why: t(
            "Other software takes the filler for an id or a number.",
            "Phần mềm khác coi chữ điền tạm là mã hoặc số.",
        ),
        expected: t("None is there.", "Không có chữ điền tạm."),
        run: Run::Packet(no_filler),
        ..BASE
    },
    Case {
        id: "packet-status-addressee",
        clauses: &["QCVN102", "P07", "D34"],
        title: t(
            "A status says who sends it, and about which document of whom",
            "Gói trạng thái nêu bên gửi, văn bản và cơ quan của văn bản",
        ),
        why: t(
            "ResponseFor/OrganId is its only address; without a document it counts for nothing.",
            "ResponseFor/OrganId là địa chỉ duy nhất; thiếu văn bản thì trạng thái vô nghĩa.",
        ),
        expected: t(
            "From/OrganId; one ResponseFor with OrganId and DocumentId; StatusCode; Timestamp.",
            "Có From/OrganId; một ResponseFor với OrganId và DocumentId; StatusCode; Timestamp.",
        ),
        run: Run::Packet(status_addressee),
        ..BASE
    },
    Case {
        id: "packet-status-bare",
        clauses: &["QCVN102", "wire-status", "D32"],
        refusal: Some(t(
            "No To, body, attachments or signature in a status.",
            "Trạng thái không có To, thân, tệp kèm hay chữ ký.",
        )),
        title: t(
            "A status is a header and nothing more",
            "Gói trạng thái chỉ có phần đầu",
        ),
        why: t(
            "Readers take a packet with a body for a document.",
            "Bộ đọc coi gói tin có thân là văn bản.",
        ),
        expected: t(
            "Only what belongs to a status stands in it.",
            "Chỉ có các phần tử thuộc gói trạng thái.",
        ),
        run: Run::Packet(status_bare),
        ..BASE
    },
    Case {
        id: "packet-status-code",
        clauses: &["D35", "QCVN102"],
        refusal: Some(t(
            "No code of one digit, and none that nobody uses.",
            "Không có mã một chữ số, không có mã không ai dùng.",
        )),
        title: t(
            "A status code has two digits and is known",
            "Mã trạng thái có hai chữ số và thuộc danh mục",
        ),
        why: t(
            "Some readers compare texts: 3 is not 03.",
            "Có bộ đọc so sánh chuỗi: 3 khác 03.",
        ),
        expected: t("01 to 06, 13, 15 or 16.", "Thuộc 01 đến 06, 13, 15, 16."),
        run: Run::Packet(status_code),
        ..BASE
    },
    Case {
        id: "packet-status-reason",
        clauses: &["QD28-5.4", "P-reason"],
        refusal: Some(t(
            "No refusal and no recall without a reason.",
            "Không có từ chối hay thu hồi mà thiếu lý do.",
        )),
        title: t("A refusal says why", "Từ chối phải nêu lý do"),
        why: t(
            "The receiver is answerable for it and has to tell the sender.",
            "Bên nhận chịu trách nhiệm và phải báo cho bên gửi.",
        ),
        expected: t(
            "Description is filled where the code is 02, 13 or 16.",
            "Description có nội dung khi mã là 02, 13 hoặc 16.",
        ),
        run: Run::Packet(status_reason),
        ..BASE
    },
];

fn organs(sample: &Sample) -> Outcome {
    let tree = sample.tree()?;
    sample.ensure(!tree.text("MessageHeader/From/OrganId").is_empty(), || {
        said!("it names no sender", "không nêu nơi gửi")
    })?;
    sample.document_only()?;
    let mut to: Vec<&str> = tree
        .all("MessageHeader/To/OrganId")
        .map(|element| element.text.trim())
        .collect();
    sample.ensure(!to.is_empty(), || {
        said!("it names no receiver", "không nêu nơi nhận")
    })?;
    to.sort_unstable();
    let repeated = to.windows(2).find(|pair| pair.first() == pair.last());
    let organ = repeated
        .and_then(|pair| pair.first())
        .copied()
        .unwrap_or_default();
    sample.ensure(repeated.is_none(), || {
        said!("it names {organ} twice", "nêu {organ} hai lần")
    })
}

fn filled(sample: &Sample, tree: &Tree, paths: &[&str]) -> Outcome {
    for path in paths {
        sample.ensure(!tree.text(path).is_empty(), || {
            said!("{path} is missing or empty", "{path} thiếu hoặc rỗng")
        })?;
    }
    Ok(())
}

fn document_id(sample: &Sample) -> Outcome {
    let path = match sample.is_document() {
        true => "MessageHeader/DocumentId",
        false => "MessageHeader/ResponseFor/DocumentId",
    };
    filled(sample, &sample.tree()?, &[path])
}

fn required(sample: &Sample) -> Outcome {
    sample.document_only()?;
    let paths = [
        "MessageHeader/Code/CodeNumber",
        "MessageHeader/Code/CodeNotation",
        "MessageHeader/PromulgationInfo/PromulgationDate",
        "MessageHeader/Subject",
    ];
    filled(sample, &sample.tree()?, &paths)
}

/// Whether a text is a day `yyyy/MM/dd`.
fn is_day(text: &str) -> bool {
    let parts: Vec<&str> = text.split('/').collect();
    let [year, month, day] = parts.as_slice() else {
        return false;
    };
    let digits = [(year, 4), (month, 2), (day, 2)]
        .into_iter()
        .all(|(part, length)| {
            part.len() == length && part.bytes().all(|byte| byte.is_ascii_digit())
        });
    let date = year
        .parse()
        .ok()
        .zip(month.parse::<u8>().ok())
        .zip(day.parse().ok());
    digits
        && date.is_some_and(|((year, month), day)| {
            let month = time::Month::try_from(month);
            month.is_ok_and(|month| time::Date::from_calendar_date(year, month, day).is_ok())
        })
}

fn is_time(text: &str) -> bool {
    let parts: Vec<&str> = text.split(':').collect();
    let [hour, minute, second] = parts.as_slice() else {
        return false;
    };
    [(hour, 24), (minute, 60), (second, 60)]
        .into_iter()
        .all(|(part, end)| part.len() == 2 && part.parse::<u8>().is_ok_and(|number| number < end))
}

fn dates(sample: &Sample) -> Outcome {
    let tree = sample.tree()?;
    for element in tree.unsigned() {
        let text = element.text.trim();
        let holds = match element.name() {
            "PromulgationDate" | "DueDate" => is_day(text),
            "Timestamp" => {
                let parts = text.split_once(' ');
                parts.is_some_and(|(day, time)| is_day(day) && is_time(time))
            }
            _ => true,
        };
        let (path, length) = (&element.path, text.chars().count());
        sample.ensure(holds, || {
            said!(
                "{path} has another form ({length} characters)",
                "{path} ghi dạng khác ({length} ký tự)"
            )
        })?;
    }
    Ok(())
}

fn steering(sample: &Sample) -> Outcome {
    sample.document_only()?;
    let tree = sample.tree()?;
    let bare = tree.all("MessageHeader/SteeringType").all(|element| {
        let text = &element.text;
        !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
    });
    sample.ensure(bare, || {
        said!(
            "SteeringType is blank, padded or no number",
            "SteeringType trống, thừa khoảng trắng hoặc không phải số"
        )
    })
}

fn code_lists(sample: &Sample) -> Outcome {
    sample.document_only()?;
    let tree = sample.tree()?;
    let lists: &[(&str, &[&str])] = &[
        ("OtherInfo/Priority", &["0", "1", "2", "3", "4"]),
        ("MessageHeader/SteeringType", &["0", "1", "2"]),
        ("DocumentType/Type", &["1", "2"]),
        ("Bussiness/Paper", &["0", "1"]),
        ("BussinessDocumentInfo/DocumentInfo", &["0", "1"]),
        ("BussinessDocumentInfo/DocumentReceiver", &["0", "1"]),
    ];
    for (path, list) in lists {
        let other = tree
            .all(path)
            .find(|element| !list.contains(&element.text.trim()));
        let value: String = other
            .map_or("", |element| &element.text)
            .chars()
            .take(20)
            .collect();
        sample.ensure(other.is_none(), || {
            said!("{path} is {value}", "{path} là {value}")
        })?;
    }
    Ok(())
}

fn lengths(sample: &Sample) -> Outcome {
    let lists: &[(&str, usize)] = &[
        ("From/OrganId", 35),
        ("To/OrganId", 35),
        ("ResponseFor/OrganId", 35),
        ("From/OrganName", 200),
        ("To/OrganName", 200),
        ("From/OrganAdd", 250),
        ("From/Email", 100),
        ("From/Telephone", 20),
        ("From/Fax", 20),
        ("From/Website", 100),
        ("Code/CodeNumber", 11),
        ("Code/CodeNotation", 30),
        ("PromulgationInfo/Place", 50),
        ("DocumentType/TypeName", 100),
        ("MessageHeader/Subject", 500),
        ("MessageHeader/Content", 500),
        ("SignerInfo/Competence", 100),
        ("SignerInfo/Position", 100),
        ("SignerInfo/FullName", 50),
        ("OtherInfo/SphereOfPromulgation", 100),
        ("OtherInfo/TyperNotation", 10),
        ("Appendixes/Appendix", 250),
        ("ToPlaces/Place", 150),
        ("Attachment/AttachmentName", 200),
    ];
    let tree = sample.tree()?;
    for (path, most) in lists {
        let longest = tree
            .all(path)
            .map(|element| element.text.trim().chars().count())
            .max();
        let longest = longest.unwrap_or_default();
        sample.ensure(longest <= *most, || {
            said!(
                "{path} has {longest} characters, at most {most} are allowed",
                "{path} dài {longest} ký tự, tối đa {most}"
            )
        })?;
    }
    Ok(())
}

/// What the samples of the official kit hold.
pub(super) const SAMPLE: &[&str] = &[
    "000.00.00.G22,2015/09/30,7816/VPCP-TTĐT",
    "Số 03, đường Trường Thi, Thành phố Vinh, Tỉnh Nghệ An, Việt Nam",
    "CN=user05",
];

pub(super) fn no_sample_values(sample: &Sample) -> Outcome {
    let tree = sample.tree()?;
    let found = tree.elements.iter().find(|element| {
        let text = element.text.trim();
        let of_2018 = element.name() == "Timestamp" && text.starts_with("2018");
        of_2018 || SAMPLE.contains(&text)
    });
    let path = found.map_or("", |element| element.path.as_str());
    sample.ensure(found.is_none(), || {
        said!(
            "{path} holds a value of the sample",
            "{path} chứa giá trị của gói tin mẫu"
        )
    })
}

fn no_stub_signature(sample: &Sample) -> Outcome {
    const XMLDSIG: &str = "http://www.w3.org/2000/09/xmldsig#";
    let tree = sample.tree()?;
    for block in tree
        .elements
        .iter()
        .filter(|element| matches!(element.name(), "Signature" | "DigitalSignature"))
    {
        let certificate = tree.text("X509Data/X509Certificate");
        let value = tree.text("Signature/SignatureValue");
        let whole = block.space == XMLDSIG && certificate.len() > 400 && value.len() >= 86;
        let path = &block.path;
        sample.ensure(whole, || {
            said!("{path} signs nothing", "{path} không ký gì")
        })?;
    }
    Ok(())
}

fn no_filler(sample: &Sample) -> Outcome {
    const FILLERS: &[&str] = &["null", "n/a", "undefined", "none", "nil"];
    let tree = sample.tree()?;
    let found = tree.unsigned().find(|element| {
        let text = element.text.trim().to_lowercase();
        FILLERS.contains(&text.as_str())
    });
    let path = found.map_or("", |element| element.path.as_str());
    sample.ensure(found.is_none(), || {
        said!("{path} holds a filler", "{path} chứa chữ điền tạm")
    })
}

fn status_addressee(sample: &Sample) -> Outcome {
    sample.status_only()?;
    let tree = sample.tree()?;
    let paths = [
        "MessageHeader/From/OrganId",
        "MessageHeader/ResponseFor/OrganId",
        "MessageHeader/ResponseFor/DocumentId",
        "MessageHeader/StatusCode",
        "MessageHeader/Timestamp",
    ];
    filled(sample, &tree, &paths)?;
    let count = tree.all("MessageHeader/ResponseFor").count();
    sample.ensure(count == 1, || {
        said!("{count} ResponseFor", "có {count} ResponseFor")
    })
}

fn status_bare(sample: &Sample) -> Outcome {
    sample.status_only()?;
    let tree = sample.tree()?;
    let foreign = |element: &&Element| {
        matches!(
            element.name(),
            "To" | "edXMLBody" | "edXMLManifest" | "AttachmentEncoded" | "Signature" | "Subject"
        )
    };
    let found = tree.elements.iter().find(foreign);
    let path = found.map_or("", |element| element.path.as_str());
    sample.ensure(found.is_none(), || said!("there is a {path}", "có {path}"))
}

fn status_code(sample: &Sample) -> Outcome {
    const CODES: &[&str] = &["01", "02", "03", "04", "05", "06", "13", "15", "16"];
    sample.status_only()?;
    let tree = sample.tree()?;
    let code: String = tree
        .text("MessageHeader/StatusCode")
        .chars()
        .take(10)
        .collect();
    sample.ensure(CODES.contains(&code.as_str()), || {
        said!("the code is `{code}`", "mã là `{code}`")
    })
}

fn status_reason(sample: &Sample) -> Outcome {
    sample.status_only()?;
    let tree = sample.tree()?;
    let code = tree.text("MessageHeader/StatusCode");
    let needs = matches!(code, "02" | "13" | "16");
    let given = !tree.text("MessageHeader/Description").is_empty();
    sample.ensure(given || !needs, || {
        said!("{code} has no reason", "trạng thái {code} thiếu lý do")
    })
}
