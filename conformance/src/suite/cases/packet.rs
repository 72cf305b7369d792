//! Packet form: how a packet is laid out. The bytes are looked at plainly, not
//! through the library's reader.

use crate::suite::case::{Case, Chapter::Packet, Level::Must, Level::Should, Run};
use crate::suite::letter::NAMESPACE;
use crate::suite::said;
use crate::suite::sample::Sample;
use crate::suite::text::t;
use crate::suite::verdict::Outcome;

pub(super) const BASE: Case = Case {
    id: "",
    chapter: Packet,
    level: Must,
    clauses: &["QCVN102"],
    refusal: None,
    title: t("", ""),
    why: t("", ""),
    steps: &[t(
        "The bytes of each packet of the product are looked at, without its help.",
        "Xem xét từng byte của các gói tin do phần mềm tạo ra, không qua phần mềm.",
    )],
    expected: t("", ""),
    needs: &[],
    quick: true,
    run: Run::Packet(well_formed),
};

pub(super) const CASES: &[Case] = &[
    Case {
        id: "packet-well-formed",
        clauses: &["QCVN102", "D06", "D07", "D08", "S02"],
        title: t(
            "A packet is well-formed XML in UTF-8 from its first byte on",
            "Gói tin là XML đúng cú pháp, mã UTF-8, ngay từ byte đầu tiên",
        ),
        why: t(
            "Readers that are strict take nothing else; junk before the declaration was seen.",
            "Bộ đọc chặt chẽ chỉ nhận dạng này; thực tế từng có ký tự rác trước khai báo XML.",
        ),
        expected: t(
            "The XML declaration stands first and names UTF-8; what follows is one root element.",
            "Khai báo XML đứng đầu và ghi UTF-8; tiếp theo là đúng một phần tử gốc.",
        ),
        run: Run::Packet(well_formed),
        ..BASE
    },
    Case {
        id: "packet-layout",
        clauses: &["QCVN102", "D01", "D02", "D43", "P11"],
        title: t(
            "The parts stand where the regulation has them",
            "Các phần của gói tin đứng đúng vị trí quy định",
        ),
        why: t(
            "A receiver that does not find the header has no document.",
            "Bên nhận không tìm thấy phần đầu thì coi như không có văn bản.",
        ),
        expected: t(
            "edXML > edXMLEnvelope > edXMLHeader > MessageHeader; a document also has edXMLBody > edXMLManifest, and AttachmentEncoded beside the envelope.",
            "edXML > edXMLEnvelope > edXMLHeader > MessageHeader; văn bản còn có edXMLBody > edXMLManifest và AttachmentEncoded đứng cạnh phong bì.",
        ),
        run: Run::Packet(layout),
        ..BASE
    },
    Case {
        id: "packet-prefix",
        clauses: &["P11", "D04"],
        title: t(
            "Inside the envelope every element has the literal prefix edXML",
            "Trong phong bì mọi phần tử đều có đúng tiền tố edXML",
        ),
        why: t(
            "The national axis was seen to refuse packets without it.",
            "Trục quốc gia từng từ chối gói tin không có tiền tố này.",
        ),
        expected: t(
            "Each element of the envelope but a signature is written edXML:…",
            "Mọi phần tử của phong bì, trừ chữ ký, đều viết edXML:…",
        ),
        run: Run::Packet(prefix),
        ..BASE
    },
    Case {
        id: "packet-namespace",
        clauses: &["QCVN102", "D03", "D05", "rebuild"],
        refusal: Some(t(
            "No element of the packet stands in another namespace, or in none.",
            "Không phần tử nào của gói tin thuộc không gian tên khác hoặc không có không gian tên.",
        )),
        title: t(
            "All that is of the packet stands in the namespace of the regulation",
            "Mọi phần tử của gói tin thuộc không gian tên của quy chuẩn",
        ),
        why: t(
            "A hop that rebuilds packets fails on an envelope in another namespace.",
            "Trục dựng lại gói tin sẽ lỗi khi phong bì thuộc không gian tên khác.",
        ),
        expected: t(
            "http://www.mic.gov.vn/TBT/QCVN_102_2016 throughout, but for signatures.",
            "Chỉ dùng http://www.mic.gov.vn/TBT/QCVN_102_2016, trừ chữ ký.",
        ),
        run: Run::Packet(namespace),
        ..BASE
    },
    Case {
        id: "packet-order",
        level: Should,
        clauses: &["QCVN102", "D36", "P11"],
        title: t(
            "The elements of the header stand in the order of the official software",
            "Các phần tử của phần đầu theo thứ tự của phần mềm chính thức",
        ),
        why: t(
            "The national level was seen to refuse another order; a rebuild gives this one.",
            "Cấp quốc gia từng từ chối thứ tự khác; trục dựng lại theo thứ tự này.",
        ),
        expected: t(
            "The children of MessageHeader follow the known write order.",
            "Các phần tử con của MessageHeader theo đúng thứ tự ghi đã biết.",
        ),
        run: Run::Packet(order),
        ..BASE
    },
    Case {
        id: "packet-no-doctype",
        clauses: &["S02", "P15"],
        refusal: Some(t(
            "No document type declaration and no entity beyond the five of XML.",
            "Không có khai báo kiểu tài liệu, không có thực thể ngoài năm thực thể của XML.",
        )),
        title: t(
            "A packet brings no document type and no entities",
            "Gói tin không kèm khai báo DTD và thực thể",
        ),
        why: t(
            "Careful readers refuse such a packet, since attacks come that way.",
            "Bộ đọc an toàn từ chối gói tin như vậy vì đó là đường tấn công.",
        ),
        expected: t("Neither is there.", "Không có cả hai."),
        run: Run::Packet(no_doctype),
        ..BASE
    },
    Case {
        id: "packet-no-extras",
        level: Should,
        clauses: &["rebuild", "D40"],
        refusal: Some(t(
            "No comment, processing instruction, CDATA section or attribute that a rebuild drops.",
            "Không có chú thích, chỉ thị xử lý, CDATA hay thuộc tính mà trục sẽ bỏ khi dựng lại.",
        )),
        title: t(
            "A packet holds nothing that a rebuild drops by its form",
            "Gói tin không có thành phần mà trục dựng lại sẽ bỏ",
        ),
        why: t(
            "What is dropped on the way breaks every signature over it.",
            "Phần bị bỏ trên đường đi làm hỏng mọi chữ ký trên đó.",
        ),
        expected: t(
            "No comments, instructions, CDATA; of attributes only the manifest's version.",
            "Không có chú thích, chỉ thị, CDATA; chỉ có thuộc tính version của danh sách tệp.",
        ),
        run: Run::Packet(no_extras),
        ..BASE
    },
    Case {
        id: "packet-no-empty-groups",
        level: Should,
        clauses: &["rebuild", "D15", "D16"],
        refusal: Some(t(
            "No element without text and children, but for the two lists of attachments.",
            "Không có phần tử rỗng, trừ hai danh sách tệp kèm.",
        )),
        title: t(
            "What has no value is not written",
            "Phần không có giá trị thì không ghi",
        ),
        why: t(
            "A rebuild fails on some empty groups, and readers take others for values.",
            "Trục dựng lại lỗi với một số nhóm rỗng; có bộ đọc coi phần tử rỗng là giá trị.",
        ),
        expected: t(
            "Every element but edXMLManifest, AttachmentEncoded and parts of signatures holds something.",
            "Mọi phần tử trừ edXMLManifest, AttachmentEncoded và phần chữ ký đều có nội dung.",
        ),
        run: Run::Packet(no_empty_groups),
        ..BASE
    },
    Case {
        id: "packet-no-second-part",
        clauses: &["rebuild", "QCVN102"],
        refusal: Some(t(
            "No second header, manifest or list of attachments.",
            "Không có phần đầu, danh sách tệp hay khối tệp kèm thứ hai.",
        )),
        title: t(
            "What may stand once stands once",
            "Phần tử chỉ được có một thì chỉ có một",
        ),
        why: t(
            "Receivers differ in which of two they take: two agencies would hold two documents.",
            "Mỗi bên nhận lấy một phần tử khác nhau: hai cơ quan sẽ có hai văn bản khác nhau.",
        ),
        expected: t(
            "One envelope, MessageHeader, From, DocumentId, StatusCode, manifest, AttachmentEncoded at most.",
            "Nhiều nhất một phong bì, MessageHeader, From, DocumentId, StatusCode, danh sách tệp, AttachmentEncoded.",
        ),
        run: Run::Packet(no_second_part),
        ..BASE
    },
    Case {
        id: "packet-trace-list",
        level: Should,
        clauses: &["D11", "D12"],
        title: t(
            "A document has its trace list, and each hop in it an organ and a time",
            "Văn bản có danh sách vết đi, mỗi chặng có cơ quan và thời điểm",
        ),
        why: t(
            "The trace is the only record of the way that travels along.",
            "Vết đi là ghi nhận duy nhất về đường đi nằm trong gói tin.",
        ),
        expected: t(
            "TraceHeaderList is there; OrganId and Timestamp in each TraceHeader.",
            "Có TraceHeaderList; mỗi TraceHeader có OrganId và Timestamp.",
        ),
        run: Run::Packet(trace_list),
        ..BASE
    },
    Case {
        id: "packet-business",
        clauses: &["D09", "D10", "rebuild", "flow-change"],
        refusal: Some(t(
            "Never spelled Business, and never with an action whose target is not named.",
            "Không viết Business, không có nghiệp vụ mà thiếu văn bản bị tác động.",
        )),
        title: t(
            "The business part is spelled, placed and filled as it has to be",
            "Khối nghiệp vụ đúng cách viết, đúng chỗ, đủ nội dung",
        ),
        why: t(
            "A rebuild drops the other spelling: a recall would arrive as a new document.",
            "Trục bỏ cách viết khác: yêu cầu thu hồi sẽ thành văn bản mới.",
        ),
        expected: t(
            "Bussiness before TraceHeader; type 0 to 3; 1 and 2 name a document, 3 names each with organs.",
            "Bussiness đứng trước TraceHeader; loại 0 đến 3; loại 1, 2 nêu văn bản, loại 3 nêu từng văn bản kèm cơ quan.",
        ),
        run: Run::Packet(business),
        ..BASE
    },
    Case {
        id: "packet-manifest",
        clauses: &["D28", "D29", "rebuild", "QD28-10.1"],
        title: t(
            "Each attachment has its line in the manifest, a type and a name",
            "Mỗi tệp kèm có dòng trong danh sách, có kiểu và tên",
        ),
        why: t(
            "A rebuild fails on an attachment without a type or name; the packet never arrives.",
            "Trục dựng lại lỗi khi tệp thiếu kiểu hoặc tên; gói tin không tới nơi.",
        ),
        expected: t(
            "The same ContentId with one cid: in Reference and Attachment, none twice; ContentType and AttachmentName in both.",
            "Cùng một ContentId có đúng một cid: ở Reference và Attachment, không trùng; cả hai có ContentType và AttachmentName.",
        ),
        run: Run::Packet(manifest),
        ..BASE
    },
    Case {
        id: "packet-base64",
        clauses: &["S07", "D27"],
        refusal: Some(t(
            "No data that a strict reader of base64 refuses, and none that is empty.",
            "Không có dữ liệu mà bộ đọc base64 nghiêm ngặt từ chối, không có dữ liệu rỗng.",
        )),
        title: t(
            "The data of attachments is exact base64",
            "Dữ liệu tệp kèm là base64 chính xác",
        ),
        why: t(
            "Lenient readers make other bytes of anything else, and a signed file is broken.",
            "Bộ đọc dễ dãi biến dữ liệu sai thành byte khác làm hỏng tệp đã ký.",
        ),
        expected: t(
            "Each edXML:ContentTransferEncoded decodes strictly to at least one byte.",
            "Mỗi edXML:ContentTransferEncoded giải mã nghiêm ngặt được ít nhất một byte.",
        ),
        run: Run::Packet(base64),
        ..BASE
    },
];

fn well_formed(sample: &Sample) -> Outcome {
    sample.tree()?;
    let text = sample.text();
    let declaration = text.split_once("?>").map_or("", |(before, _)| before);
    sample.ensure(declaration.starts_with("<?xml "), || {
        said!(
            "it does not begin with the XML declaration",
            "không bắt đầu bằng khai báo XML"
        )
    })?;
    let is_utf8 = !declaration.contains("encoding") || {
        let lower = declaration.to_ascii_lowercase();
        lower.contains("\"utf-8\"") || lower.contains("'utf-8'")
    };
    sample.ensure(is_utf8, || {
        said!(
            "the declaration names another encoding",
            "khai báo XML ghi bảng mã khác"
        )
    })
}

fn layout(sample: &Sample) -> Outcome {
    const HEAD: &str = "edXML/edXMLEnvelope/edXMLHeader/MessageHeader";
    let tree = sample.tree()?;
    let document = [
        "edXML/edXMLEnvelope/edXMLBody/edXMLManifest",
        "edXML/AttachmentEncoded",
    ];
    let more: &[&str] = match sample.is_document() {
        true => &document,
        false => &[],
    };
    for path in std::iter::once(&HEAD).chain(more) {
        let stands = tree.elements.iter().any(|element| element.path == *path);
        sample.ensure(stands, || said!("{path} is missing", "thiếu {path}"))?;
    }
    let stray = tree.elements.iter().find(|element| {
        let known = matches!(element.name(), "edXMLEnvelope" | "AttachmentEncoded");
        element.parent() == "edXML" && !known
    });
    let name = stray.map_or("", |element| element.raw.as_str());
    sample.ensure(stray.is_none(), || {
        said!(
            "the root has a child {name}",
            "phần tử gốc có phần tử con {name}"
        )
    })
}

pub(super) fn prefix(sample: &Sample) -> Outcome {
    let tree = sample.tree()?;
    let wrong = tree.unsigned().find(|element| {
        element.path.starts_with("edXML/edXMLEnvelope") && !element.raw.starts_with("edXML:")
    });
    let name = wrong.map_or("", |element| element.raw.as_str());
    sample.ensure(wrong.is_none(), || {
        said!(
            "{name} stands in the envelope without the prefix",
            "{name} trong phong bì không có tiền tố"
        )
    })
}

fn namespace(sample: &Sample) -> Outcome {
    let tree = sample.tree()?;
    let wrong = tree.unsigned().find(|element| element.space != NAMESPACE);
    let name = wrong.map_or("", |element| element.raw.as_str());
    sample.ensure(wrong.is_none(), || {
        said!(
            "{name} is not in the namespace of the regulation",
            "{name} không thuộc không gian tên của quy chuẩn"
        )
    })
}

/// As the official software writes.
const WRITTEN: &[&str] = &[
    "From",
    "To",
    "DocumentId",
    "Code",
    "PromulgationInfo",
    "DocumentType",
    "Subject",
    "Content",
    "SignerInfo",
    "DueDate",
    "OtherInfo",
    "ResponseFor",
    "SteeringType",
    "ResponseForTask",
    "ApplicationType",
    "ToPlaces",
];

const OF_STATUS: &[&str] = &[
    "From",
    "ResponseFor",
    "StaffInfo",
    "StatusCode",
    "Description",
    "Timestamp",
];

fn order(sample: &Sample) -> Outcome {
    let tree = sample.tree()?;
    let names: Vec<&str> = tree
        .elements
        .iter()
        .filter(|element| element.parent().ends_with("/MessageHeader"))
        .map(crate::suite::tree::Element::name)
        .collect();
    let follows = |order: &[&str]| {
        let places: Vec<usize> = names
            .iter()
            .filter_map(|name| order.iter().position(|known| known == name))
            .collect();
        places.is_sorted()
    };
    let known = match sample.is_document() {
        true => follows(WRITTEN),
        false => follows(OF_STATUS),
    };
    let names = names.join(", ");
    sample.ensure(known, || said!("the order is {names}", "thứ tự là {names}"))
}

fn no_doctype(sample: &Sample) -> Outcome {
    let tree = sample.tree()?;
    sample.ensure(!tree.doctype, || {
        said!("there is a document type", "có khai báo kiểu tài liệu")
    })?;
    let names = tree.entities.join(", ");
    sample.ensure(tree.entities.is_empty(), || {
        said!("there are entities: {names}", "có thực thể lạ: {names}")
    })
}

fn no_extras(sample: &Sample) -> Outcome {
    let tree = sample.tree()?;
    let extras = tree.extras;
    sample.ensure(extras == 0, || {
        said!(
            "{extras} comments, instructions or CDATA sections",
            "có {extras} chú thích, chỉ thị hoặc CDATA"
        )
    })?;
    let attributed = tree.unsigned().find(|element| {
        let mut others = element
            .attributes
            .iter()
            .filter(|(name, _)| !(element.name() == "edXMLManifest" && name == "version"));
        others.next().is_some()
    });
    let name = attributed.map_or("", |element| element.raw.as_str());
    sample.ensure(attributed.is_none(), || {
        said!("{name} has attributes", "{name} có thuộc tính")
    })
}

fn no_empty_groups(sample: &Sample) -> Outcome {
    let tree = sample.tree()?;
    let empty = tree.unsigned().find(|element| {
        let may_be = matches!(element.name(), "edXMLManifest" | "AttachmentEncoded");
        element.children == 0 && element.text.trim().is_empty() && !may_be
    });
    let path = empty.map_or("", |element| element.path.as_str());
    sample.ensure(empty.is_none(), || said!("{path} is empty", "{path} rỗng"))
}

fn no_second_part(sample: &Sample) -> Outcome {
    const ONCE: &[&str] = &[
        "edXML/edXMLEnvelope",
        "edXMLEnvelope/edXMLHeader",
        "edXMLEnvelope/edXMLBody",
        "edXMLHeader/MessageHeader",
        "edXMLHeader/TraceHeaderList",
        "edXMLBody/edXMLManifest",
        "edXML/AttachmentEncoded",
        "MessageHeader/From",
        "MessageHeader/DocumentId",
        "MessageHeader/Code",
        "MessageHeader/PromulgationInfo",
        "MessageHeader/Subject",
        "MessageHeader/SteeringType",
        "MessageHeader/StatusCode",
        "TraceHeaderList/Bussiness",
    ];
    let tree = sample.tree()?;
    for path in ONCE {
        let count = tree.all(path).count();
        sample.ensure(count <= 1, || {
            said!(
                "{path} stands {count} times",
                "{path} xuất hiện {count} lần"
            )
        })?;
    }
    Ok(())
}

fn trace_list(sample: &Sample) -> Outcome {
    sample.document_only()?;
    let tree = sample.tree()?;
    let there = tree.all("edXMLHeader/TraceHeaderList").next().is_some();
    sample.ensure(there, || {
        said!("there is no TraceHeaderList", "không có TraceHeaderList")
    })?;
    for trace in rows(&tree, "TraceHeaderList/TraceHeader") {
        let has = |name: &str| {
            let value = trace.iter().find(|(known, _)| *known == name);
            value.is_some_and(|(_, text)| !text.is_empty() && *text != "null")
        };
        sample.ensure(has("OrganId") && has("Timestamp"), || {
            said!(
                "a TraceHeader has no organ or no time",
                "TraceHeader thiếu cơ quan hoặc thời điểm"
            )
        })?;
    }
    Ok(())
}

fn business(sample: &Sample) -> Outcome {
    sample.document_only()?;
    let tree = sample.tree()?;
    let other = tree
        .elements
        .iter()
        .any(|element| element.name() == "Business");
    sample.ensure(!other, || {
        said!("it is spelled Business", "viết là Business")
    })?;
    let children: Vec<&str> = tree
        .elements
        .iter()
        .filter(|element| element.parent().ends_with("/TraceHeaderList"))
        .map(crate::suite::tree::Element::name)
        .collect();
    let of = |name: &str| children.iter().position(|child| *child == name);
    let (business, trace) = (of("Bussiness"), of("TraceHeader"));
    let after = business
        .zip(trace)
        .is_some_and(|(business, trace)| business > trace);
    sample.ensure(!after, || {
        said!(
            "Bussiness stands after TraceHeader",
            "Bussiness đứng sau TraceHeader"
        )
    })?;
    let kind = tree.text("Bussiness/BussinessDocType");
    sample.ensure(
        business.is_none() || ["0", "1", "2", "3"].contains(&kind),
        || said!("its type is `{kind}`", "loại nghiệp vụ là `{kind}`"),
    )?;
    let named = match kind {
        "1" | "2" => !tree.text("Bussiness/DocumentId").is_empty(),
        "3" => {
            let documents = tree.all("ReplacementInfo/DocumentId").count();
            let infos = tree.all("ReplacementInfoList/ReplacementInfo").count();
            let organs = tree.all("ReplacementInfo/OrganIdList").count();
            infos > 0 && documents == infos && organs == infos
        }
        _ => true,
    };
    sample.ensure(named, || {
        said!(
            "type {kind} does not name its document",
            "nghiệp vụ loại {kind} không nêu văn bản"
        )
    })
}

/// The texts of the children of each element at a path, by name.
fn rows<'t>(tree: &'t crate::suite::tree::Tree, path: &str) -> Vec<Vec<(&'t str, &'t str)>> {
    let mut rows: Vec<Vec<(&str, &str)>> = Vec::new();
    for element in &tree.elements {
        if element.path.ends_with(path) {
            rows.push(Vec::new());
        } else if element.parent().ends_with(path)
            && let Some(row) = rows.last_mut()
        {
            row.push((element.name(), element.text.trim()));
        }
    }
    rows
}

fn manifest(sample: &Sample) -> Outcome {
    sample.document_only()?;
    let tree = sample.tree()?;
    let references = rows(&tree, "edXMLManifest/Reference");
    let attachments = rows(&tree, "AttachmentEncoded/Attachment");
    let of = |row: &[(&str, &str)], name: &str| {
        let found = row.iter().find(|(known, _)| *known == name);
        found.map_or(String::new(), |(_, value)| (*value).to_owned())
    };
    let (listed, came) = (references.len(), attachments.len());
    sample.ensure(listed == came, || {
        said!(
            "{listed} lines in the manifest for {came} attachments",
            "danh sách có {listed} dòng cho {came} tệp kèm"
        )
    })?;
    for name in ["ContentId", "ContentType", "AttachmentName"] {
        let missing = references
            .iter()
            .chain(&attachments)
            .any(|row| of(row, name).is_empty());
        sample.ensure(!missing, || said!("a {name} is missing", "thiếu {name}"))?;
    }
    let ids = |rows: &[Vec<(&str, &str)>]| -> Vec<String> {
        let mut ids: Vec<String> = rows.iter().map(|row| of(row, "ContentId")).collect();
        ids.sort();
        ids
    };
    let (mut named, there) = (ids(&references), ids(&attachments));
    sample.ensure(named == there, || {
        said!(
            "the ContentIds of manifest and attachments differ",
            "ContentId của danh sách và của tệp kèm khác nhau"
        )
    })?;
    let formed = there
        .iter()
        .all(|id| id.matches("cid:").count() == 1 && id.starts_with("cid:"));
    named.dedup();
    sample.ensure(formed && named.len() == there.len(), || {
        said!(
            "a ContentId stands twice, or has not exactly one cid:",
            "ContentId bị trùng hoặc không có đúng một cid:"
        )
    })
}

fn base64(sample: &Sample) -> Outcome {
    sample.document_only()?;
    let tree = sample.tree()?;
    let count = tree.all("AttachmentEncoded/Attachment").count();
    let data: Vec<_> = tree.all("Attachment/ContentTransferEncoded").collect();
    sample.ensure(data.len() == count, || {
        said!("an attachment has no data", "có tệp kèm không có dữ liệu")
    })?;
    for (number, element) in data.iter().enumerate() {
        let packed: String = element.text.split_ascii_whitespace().collect();
        let decoded = base64_simd::STANDARD.decode_to_vec(packed);
        let number = number + 1;
        sample.ensure(decoded.is_ok_and(|bytes| !bytes.is_empty()), || {
            said!(
                "attachment {number} is empty or not base64",
                "tệp kèm {number} rỗng hoặc không phải base64"
            )
        })?;
    }
    Ok(())
}
