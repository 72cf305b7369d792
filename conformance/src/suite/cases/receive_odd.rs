//! Receiving: documents as real software writes them.

use serde_json::{Value, json};

use super::traffic::{SOAP, about, at, id_of, same, sha256};
use crate::axis_server::{Kind, QueueState, System};
use crate::suite::bench::{Bench, PEER};
use crate::suite::case::{
    Case,
    Chapter::Receive,
    Level::{Must, Should},
    Need::{Command, Fresh},
    Run,
};
use crate::suite::lab::{Item, Lab};
use crate::suite::letter::{Made, NAMESPACE};
use crate::suite::said;
use crate::suite::text::t;
use crate::suite::verdict::{Outcome, Stop, ensure};

pub(super) const CASES: &[Case] = &[
    Case {
        id: "receive-odd-envelope",
        chapter: Receive,
        level: Should,
        clauses: &["D01", "D02", "D43"],
        refusal: None,
        title: t(
            "A document is found in other wrappings",
            "Đọc được văn bản dù phong bì khác chuẩn",
        ),
        why: t(
            "Packets of older software have other roots, SOAP around them, or further parts.",
            "Gói tin của phần mềm cũ có phần tử gốc khác, bọc SOAP hoặc có thêm phần tử lạ.",
        ),
        steps: &[t(
            "Packets come with more children of the root, another root's name, `Manifest`, a SOAP envelope around, and the envelope as root.",
            "Các gói tin có thêm phần tử con ở gốc, tên gốc khác, `Manifest`, bọc SOAP, và phong bì làm gốc được chuyển tới.",
        )],
        expected: t(
            "Each is shown with its number and subject.",
            "Từng văn bản được hiện đúng số và trích yếu.",
        ),
        needs: &[Command("poll")],
        quick: true,
        run: Run::Connector(odd_envelope),
    },
    Case {
        id: "receive-odd-namespaces",
        chapter: Receive,
        level: Should,
        clauses: &["D03", "D04", "D05"],
        refusal: None,
        title: t(
            "A document is read whatever its namespace and prefixes",
            "Đọc được văn bản với không gian tên và tiền tố bất kỳ",
        ),
        why: t(
            "Three namespaces and none are in use, mixed prefixes and unbound ones, too.",
            "Thực tế có ba không gian tên, có khi không có; tiền tố lẫn lộn hoặc chưa khai báo.",
        ),
        steps: &[t(
            "Packets come in two other namespaces, in none, with mixed prefixes, and with xlink:href unbound.",
            "Các gói tin ở hai không gian tên khác, không có không gian tên, lẫn tiền tố và có xlink:href chưa khai báo được chuyển tới.",
        )],
        expected: t(
            "Each is shown with its number, subject and file.",
            "Từng văn bản được hiện đúng số, trích yếu và tệp.",
        ),
        needs: &[Command("poll")],
        quick: true,
        run: Run::Connector(odd_namespaces),
    },
    Case {
        id: "receive-odd-bytes",
        chapter: Receive,
        level: Should,
        clauses: &["D06", "D08"],
        refusal: None,
        title: t(
            "Bytes around the packet do not hide it",
            "Byte thừa quanh gói tin không làm mất văn bản",
        ),
        why: t(
            "Senders append CRLF and put a BOM or junk first.",
            "Bên gửi thêm CRLF ở cuối, BOM hoặc ký tự rác ở đầu.",
        ),
        steps: &[t(
            "Packets come with `1212` before the declaration, with a BOM, and with two CRLFs after the end.",
            "Các gói tin có `1212` trước khai báo, có BOM và có hai CRLF ở cuối được chuyển tới.",
        )],
        expected: t(
            "Each is shown with its file.",
            "Từng văn bản được hiện kèm tệp.",
        ),
        needs: &[Command("poll")],
        quick: true,
        run: Run::Connector(odd_bytes),
    },
    Case {
        id: "receive-odd-trace",
        chapter: Receive,
        level: Should,
        clauses: &["D09", "D10", "D11", "D12", "D40"],
        refusal: None,
        title: t(
            "The trace list may be missing, turned round or misspelt",
            "TraceHeaderList thiếu, đảo thứ tự hoặc viết sai vẫn đọc được",
        ),
        why: t(
            "What is absent means a new document; it is no reason to lose it.",
            "Thiếu phần này nghĩa là văn bản mới, không phải lý do để bỏ văn bản.",
        ),
        steps: &[t(
            "Packets come without TraceHeaderList, without Bussiness, with it last, spelled Business, with attributes, and with a TraceHeader that names nobody or `null`.",
            "Các gói tin thiếu TraceHeaderList, thiếu Bussiness, Bussiness đứng cuối, viết Business, có thuộc tính, và TraceHeader không nêu cơ quan hoặc ghi `null` được chuyển tới.",
        )],
        expected: t(
            "Each is shown as a new document, not as an action.",
            "Từng văn bản được hiện là văn bản mới, không phải yêu cầu nghiệp vụ.",
        ),
        needs: &[Command("poll")],
        quick: true,
        run: Run::Connector(odd_trace),
    },
    Case {
        id: "receive-odd-ids",
        chapter: Receive,
        level: Must,
        clauses: &["D13", "D21", "P07"],
        refusal: None,
        title: t(
            "Ids and numbers are texts, kept as they are",
            "Mã và số văn bản là chuỗi, giữ nguyên",
        ),
        why: t(
            "A status that names a corrected id fits nothing at the sender.",
            "Trạng thái nêu mã đã bị sửa sẽ không khớp ở bên gửi.",
        ),
        steps: &[t(
            "Documents come whose ids are a UUID, name another organ and an impossible date, and whose numbers are no numbers.",
            "Các văn bản có mã là UUID, nêu cơ quan khác và ngày không có thật, số văn bản không phải số được chuyển tới.",
        )],
        expected: t(
            "The same texts are shown, and 01 names the same id.",
            "Hiện đúng các chuỗi đó, và 01 nêu đúng mã đó.",
        ),
        needs: &[Command("poll")],
        quick: true,
        run: Run::Connector(odd_ids),
    },
    Case {
        id: "receive-odd-dates",
        chapter: Receive,
        level: Must,
        clauses: &["D14", "P16"],
        refusal: Some(t(
            "No other date than the one that was meant.",
            "Không hiện ngày nào khác ngày được ghi.",
        )),
        title: t(
            "A date of another form is read rightly or not at all",
            "Ngày ghi dạng khác được đọc đúng, hoặc coi như không có",
        ),
        why: t(
            "Lenient reading makes the year 36 of 30/10/2020 and 2 March of 30 February.",
            "Đọc dễ dãi biến 30/10/2020 thành năm 36 và 30 tháng 2 thành 2 tháng 3.",
        ),
        steps: &[t(
            "Documents come whose due dates are 30/10/2020, 2020-10-30, milliseconds of that day, and 2014/02/30.",
            "Các văn bản có hạn xử lý ghi 30/10/2020, 2020-10-30, mili giây của ngày đó, và 2014/02/30 được chuyển tới.",
        )],
        expected: t(
            "2020-10-30 or nothing for the first three, nothing for the last; each document is shown.",
            "Ba trường hợp đầu là 2020-10-30 hoặc trống, trường hợp cuối để trống; văn bản nào cũng được hiện.",
        ),
        needs: &[Command("poll")],
        quick: true,
        run: Run::Connector(odd_dates),
    },
    Case {
        id: "receive-fillers",
        chapter: Receive,
        level: Should,
        clauses: &["D15", "D16", "D44"],
        refusal: Some(t(
            "No filler is shown as a date or number.",
            "Không hiện chữ điền tạm như ngày hoặc số.",
        )),
        title: t(
            "Empty elements and fillers are no values",
            "Phần tử rỗng và chữ điền tạm không phải giá trị",
        ),
        why: t(
            "A due date `N/A` or a reply to nobody leads clerks astray.",
            "Hạn xử lý `N/A` hay trả lời văn bản rỗng làm văn thư nhầm lẫn.",
        ),
        steps: &[t(
            "A document comes with empty DueDate, ToPlaces and addresses, an empty and a repeated ResponseFor; another with N/A in date and number.",
            "Một văn bản có DueDate, ToPlaces, địa chỉ rỗng, ResponseFor rỗng và lặp; một văn bản khác ghi N/A ở ngày và số được chuyển tới.",
        )],
        expected: t(
            "Both are shown, without these values.",
            "Cả hai được hiện, không có các giá trị đó.",
        ),
        needs: &[Command("poll")],
        quick: true,
        run: Run::Connector(fillers),
    },
    Case {
        id: "receive-odd-codes",
        chapter: Receive,
        level: Must,
        clauses: &["D19", "D20", "P26"],
        refusal: Some(t(
            "No document is taken for a recall.",
            "Không coi văn bản nào là yêu cầu thu hồi.",
        )),
        title: t(
            "Codes outside their tables are kept and start nothing",
            "Mã ngoài danh mục được giữ và không kích hoạt nghiệp vụ",
        ),
        why: t(
            "A word in a type's name is no recall: nothing may be taken back for it.",
            "Chữ trong tên loại văn bản không phải yêu cầu thu hồi; không được thu hồi vì nó.",
        ),
        steps: &[t(
            "Documents come with type 71, Priority 18, and with `Thu hồi văn bản` as TypeName.",
            "Các văn bản có loại 71, Priority 18, và TypeName ghi `Thu hồi văn bản` được chuyển tới.",
        )],
        expected: t(
            "Each is shown as a document; the number 18 and the name are as they came; none is an action.",
            "Từng văn bản được hiện; số 18 và tên giữ nguyên; không văn bản nào là yêu cầu nghiệp vụ.",
        ),
        needs: &[Command("poll")],
        quick: true,
        run: Run::Connector(odd_codes),
    },
    Case {
        id: "receive-odd-order",
        chapter: Receive,
        level: Should,
        clauses: &["D36"],
        refusal: None,
        title: t(
            "The order of elements does not matter to a reader",
            "Thứ tự phần tử không ảnh hưởng việc đọc",
        ),
        why: t(
            "The regulation's list and the official builder have different orders.",
            "Danh mục trong quy chuẩn và bộ công cụ chính thức có thứ tự khác nhau.",
        ),
        steps: &[t(
            "A document comes with its header in another order, the children of From and To turned round.",
            "Một văn bản có phần đầu theo thứ tự khác, phần tử con của From và To bị đảo được chuyển tới.",
        )],
        expected: t(
            "It is shown with the same sender, id, number and subject.",
            "Văn bản được hiện đúng bên gửi, mã, số và trích yếu.",
        ),
        needs: &[Command("poll")],
        quick: true,
        run: Run::Connector(odd_order),
    },
    Case {
        id: "receive-odd-organs",
        chapter: Receive,
        level: Must,
        clauses: &["D23", "P17", "QD20-2020"],
        refusal: None,
        title: t(
            "Senders with codes of any form are taken and answered",
            "Nhận và trả lời được bên gửi có mã định danh dạng bất kỳ",
        ),
        why: t(
            "Old codes, enterprises and hidden systems send, too; the directory decides.",
            "Mã cũ, doanh nghiệp, hệ thống kết nối cũng gửi văn bản; danh mục mới quyết định.",
        ),
        steps: &[t(
            "Documents come from 000.00.01.H99, 02.29.W00, vxp.saas.03, 0123456789-012 and a code of 35 characters.",
            "Các văn bản từ 000.00.01.H99, 02.29.W00, vxp.saas.03, 0123456789-012 và một mã 35 ký tự được chuyển tới.",
        )],
        expected: t(
            "Each is shown, and 01 reaches that organ.",
            "Từng văn bản được hiện, và 01 tới đúng cơ quan đó.",
        ),
        needs: &[Command("poll"), Fresh],
        quick: true,
        run: Run::Connector(odd_organs),
    },
];

/// A document for the product, and a change of its text.
fn odd(lab: &Lab, change: impl FnOnce(&Made, String) -> String) -> (Made, String) {
    let made = Made::document(PEER, lab.organ(), lab.number());
    let xml = change(&made, made.xml());
    (made, xml)
}

/// Delivers packets, and takes them as they are shown: each with its document.
/// All are acknowledged `done`.
fn taken(lab: &mut Lab, packets: Vec<(Made, String)>) -> Outcome<Vec<(Made, Item)>> {
    let mut ids = Vec::new();
    for (_, xml) in &packets {
        ids.push(lab.deliver(PEER, Kind::Document, xml.as_bytes())?);
    }
    let mut shown = Vec::new();
    let mut missing: Vec<Made> = packets.into_iter().map(|(made, _)| made).collect();
    while !missing.is_empty() {
        let left: Vec<&str> = missing.iter().map(|made| made.number.as_str()).collect();
        let left = left.join(", ");
        let what = said!(
            "these documents are not shown: {left}",
            "các văn bản này không được hiện: {left}"
        );
        let item = lab.until(what, |lab| lab.poll(100))?;
        lab.accept(&item)?;
        let is_of = |made: &Made| {
            item.text("/document/Code/CodeNumber") == made.number
                || id_of(&item) == made.document_id
        };
        if let Some(place) = missing.iter().position(is_of) {
            shown.push((missing.remove(place), item));
        }
    }
    for id in ids {
        let state = lab.await_acknowledgement(&id)?;
        ensure(state == QueueState::Done, || {
            about(
                &id,
                "it was not acknowledged done",
                "không được xác nhận done",
            )
        })?;
    }
    Ok(shown)
}

/// That items are of new documents, with their subjects and, where told, files.
fn all_whole(shown: &[(Made, Item)], with_files: bool) -> Outcome {
    for (made, item) in shown {
        same(
            "Subject",
            &json!(item.text("/document/Subject")),
            &json!(made.subject),
        )?;
        same("from", &json!(item.text("/from")), &json!(made.from))?;
        same("is_action", at(&item.0, "is_action"), &json!(false))?;
        let files: Vec<String> = made
            .files
            .iter()
            .map(|(_, _, bytes)| sha256(bytes))
            .collect();
        let got: Vec<String> = item.attachments().into_iter().map(|file| file.2).collect();
        ensure(!with_files || got == files, || {
            about(&made.number, "other files", "tệp kèm khác")
        })?;
    }
    Ok(())
}

fn odd_envelope(bench: &Bench) -> Outcome {
    let mut lab = bench.lab()?;
    let envelope = "<edXML:edXMLEnvelope";
    let whole = vec![
        odd(&lab, |_, xml| {
            let first = "<Boundary>----=_P</Boundary><ContentId>cid:0</ContentId>\
                         <ContentType>text/xml</ContentType>";
            xml.replace(envelope, &format!("{first}{envelope}"))
        }),
        odd(&lab, |_, xml| {
            xml.replace("<edXML xmlns", "<GoiTin xmlns")
                .replace("</edXML>", "</GoiTin>")
        }),
        odd(&lab, |_, xml| xml.replace("edXMLManifest", "Manifest")),
    ];
    // Where the files of these stand is not known; the document is.
    let soap = odd(&lab, |_, xml| {
        let packet = xml.split_once("?>").map_or("", |(_, rest)| rest).trim();
        format!("<s:Envelope xmlns:s=\"{SOAP}\"><s:Body>{packet}</s:Body></s:Envelope>")
    });
    let bare = odd(&lab, |_, xml| {
        let start = xml.find(envelope).unwrap_or_default();
        let end = "</edXML:edXMLEnvelope>";
        let end = xml.find(end).map_or(start, |at| at + end.len());
        xml.get(start..end).unwrap_or_default().to_owned()
    });
    all_whole(&taken(&mut lab, whole)?, true)?;
    all_whole(&taken(&mut lab, vec![soap, bare])?, false)
}

fn odd_namespaces(bench: &Bench) -> Outcome {
    let mut lab = bench.lab()?;
    let bound = format!(" xmlns:edXML=\"{NAMESPACE}\"");
    let default = format!(" xmlns=\"{NAMESPACE}\"");
    let packets = vec![
        odd(&lab, |_, xml| {
            xml.replace(NAMESPACE, "http://www.e-doc.vn/Schema/")
        }),
        odd(&lab, |_, xml| {
            xml.replace(NAMESPACE, "http://www.go.vn/eDoc")
        }),
        odd(&lab, |_, xml| {
            xml.replace(&bound, "")
                .replace(&default, "")
                .replace("edXML:", "")
        }),
        odd(&lab, |_, xml| {
            xml.replace("edXML:Subject>", "Subject>")
                .replace("edXML:MessageHeader>", "MessageHeader>")
        }),
        odd(&lab, |_, xml| {
            xml.replace(
                "<edXML:Reference>",
                "<edXML:Reference xlink:href=\"cid:0\">",
            )
        }),
    ];
    all_whole(&taken(&mut lab, packets)?, true)
}

fn odd_bytes(bench: &Bench) -> Outcome {
    let mut lab = bench.lab()?;
    let packets = vec![
        odd(&lab, |_, xml| format!("1212{xml}")),
        odd(&lab, |_, xml| format!("\u{feff}{xml}")),
        odd(&lab, |_, xml| format!("{xml}\r\n\r\n")),
    ];
    all_whole(&taken(&mut lab, packets)?, true)
}

fn odd_trace(bench: &Bench) -> Outcome {
    let mut lab = bench.lab()?;
    let list = |xml: &str| {
        let (before, rest) = xml
            .split_once("<edXML:TraceHeaderList>")
            .unwrap_or_default();
        let (list, after) = rest
            .split_once("</edXML:TraceHeaderList>")
            .unwrap_or_default();
        [before, list, after].map(str::to_owned)
    };
    let packets = vec![
        odd(&lab, |_, xml| {
            let [before, _, after] = list(&xml);
            format!("{before}{after}")
        }),
        odd(&lab, |made, xml| xml.replace(&made.business, "")),
        odd(&lab, |made, xml| {
            let [before, inside, after] = list(&xml);
            let trace = inside.replace(&made.business, "");
            let business = &made.business;
            format!(
                "{before}<edXML:TraceHeaderList>{trace}{business}</edXML:TraceHeaderList>{after}"
            )
        }),
        odd(&lab, |_, xml| {
            xml.replace("edXML:Bussiness>", "edXML:Business>")
        }),
        odd(&lab, |_, xml| {
            let attributes = "id=\"1\" version=\"1.0\" mustUnderstand=\"1\" actor=\"x\"";
            xml.replace(
                "<edXML:TraceHeaderList>",
                &format!("<edXML:TraceHeaderList {attributes}>"),
            )
        }),
        odd(&lab, |made, xml| {
            let named = format!("<edXML:TraceHeader><edXML:OrganId>{}<", made.from);
            xml.replace(&named, "<edXML:TraceHeader><edXML:OrganId>null<")
        }),
        odd(&lab, |made, xml| {
            let named = format!(
                "<edXML:TraceHeader><edXML:OrganId>{}</edXML:OrganId>",
                made.from
            );
            xml.replace(&named, "<edXML:TraceHeader>")
        }),
    ];
    all_whole(&taken(&mut lab, packets)?, true)
}

fn odd_ids(bench: &Bench) -> Outcome {
    let mut lab = bench.lab()?;
    let number = lab.number();
    let ids = [
        format!("5e515fca-3627-4f2e-b517-{number:012}"),
        format!("000.00.00.H98,2014/02/30,{number}/KH-UB"),
        format!("{number}#TD;VP|x"),
    ];
    for id in ids {
        let (mut made, _) = odd(&lab, |_, xml| xml);
        made.document_id.clone_from(&id);
        made.number = format!("74fass{}", made.number);
        let xml = made.xml().replace(">TD-VP<", ">TD#VP<");
        let notation = json!("TD#VP");
        for (made, item) in taken(&mut lab, vec![(made, xml)])? {
            let at = |place| json!(item.text(place));
            same("DocumentId", &at("/document/DocumentId"), &json!(id))?;
            same(
                "CodeNumber",
                &at("/document/Code/CodeNumber"),
                &json!(made.number),
            )?;
            same(
                "CodeNotation",
                &at("/document/Code/CodeNotation"),
                &notation,
            )?;
        }
        lab.await_status("01", &id)?;
    }
    Ok(())
}

fn odd_dates(bench: &Bench) -> Outcome {
    let mut lab = bench.lab()?;
    // 30 October 2020, 7 in the morning in Vietnam.
    for (written, meant) in [
        ("30/10/2020", Some("2020-10-30")),
        ("2020-10-30", Some("2020-10-30")),
        ("1604016000000", Some("2020-10-30")),
        ("2014/02/30", None),
    ] {
        let (mut made, _) = odd(&lab, |_, xml| xml);
        made.more = format!("<edXML:DueDate>{written}</edXML:DueDate>");
        let xml = made.xml();
        for (_, item) in taken(&mut lab, vec![(made, xml)])? {
            let got = item.text("/document/DueDate");
            ensure(got.is_empty() || Some(got) == meant, || {
                said!("{written} became {got}", "{written} thành {got}")
            })?;
        }
    }
    Ok(())
}

fn fillers(bench: &Bench) -> Outcome {
    let mut lab = bench.lab()?;
    let (mut empty, _) = odd(&lab, |_, xml| xml);
    empty.more =
        "<edXML:DueDate></edXML:DueDate><edXML:ToPlaces><edXML:Place/></edXML:ToPlaces>".to_owned();
    empty.responses = "<edXML:ResponseFor></edXML:ResponseFor><edXML:ResponseFor/>".to_owned();
    let xml = empty.xml().replace(
        "</edXML:OrganName></edXML:From>",
        "</edXML:OrganName><edXML:OrganAdd></edXML:OrganAdd><edXML:Email/></edXML:From>",
    );
    let (mut filled, _) = odd(&lab, |_, xml| xml);
    filled.more = "<edXML:DueDate>N/A</edXML:DueDate><edXML:OtherInfo>\
                   <edXML:PageAmount>N/A</edXML:PageAmount></edXML:OtherInfo>"
        .to_owned();
    let filled_xml = filled.xml();
    let shown = taken(&mut lab, vec![(empty, xml), (filled, filled_xml)])?;
    all_whole(&shown, true)?;
    for (_, item) in &shown {
        for place in [
            "/document/DueDate",
            "/document/From/OrganAdd",
            "/document/From/Email",
            "/document/ResponseFor/0/DocumentId",
            "/document/ToPlaces/Place/0",
            "/document/OtherInfo/PageAmount",
        ] {
            let got = item.0.pointer(place).unwrap_or(&Value::Null);
            let is_nothing = matches!(got.as_str(), Some("")) || got.is_null();
            // 0 in an amount is "not stated".
            ensure(is_nothing || *got == json!(0), || {
                about(place, "it has a value", "vẫn có giá trị")
            })?;
        }
    }
    Ok(())
}

fn odd_codes(bench: &Bench) -> Outcome {
    let mut lab = bench.lab()?;
    let packets = vec![
        odd(&lab, |_, xml| {
            xml.replace("<edXML:Type>2<", "<edXML:Type>71<")
        }),
        odd(&lab, |_, xml| {
            xml.replace(">Công văn<", ">Thu hồi văn bản<")
        }),
    ];
    let (mut urgent, _) = odd(&lab, |_, xml| xml);
    urgent.more =
        "<edXML:OtherInfo><edXML:Priority>18</edXML:Priority></edXML:OtherInfo>".to_owned();
    let xml = urgent.xml();
    let mut shown = taken(&mut lab, packets)?;
    let (_, renamed) = shown.last().ok_or_else(|| Stop::own("nothing"))?;
    let names: Vec<&str> = shown
        .iter()
        .map(|(_, item)| item.text("/document/DocumentType/TypeName"))
        .collect();
    ensure(names.contains(&"Thu hồi văn bản"), || {
        let id = renamed.incoming();
        said!("{id}: TypeName is another", "{id}: TypeName bị đổi")
    })?;
    let last = taken(&mut lab, vec![(urgent, xml)])?;
    for (_, item) in &last {
        let priority = item.0.pointer("/document/OtherInfo/Priority");
        same("Priority", priority.unwrap_or(&Value::Null), &json!(18))?;
    }
    shown.extend(last);
    all_whole(&shown, true)
}

fn odd_order(bench: &Bench) -> Outcome {
    let mut lab = bench.lab()?;
    let packet = odd(&lab, |made, xml| {
        let own = lab.organ();
        let organ = |code: &str| {
            (
                format!(
                    "<edXML:OrganId>{code}</edXML:OrganId>\
                     <edXML:OrganName>Cơ quan thí dụ</edXML:OrganName>"
                ),
                format!(
                    "<edXML:OrganName>Cơ quan thí dụ</edXML:OrganName>\
                     <edXML:OrganId>{code}</edXML:OrganId>"
                ),
            )
        };
        let (from, turned_from) = organ(&made.from);
        let (to, turned_to) = organ(own);
        let subject = format!("<edXML:Subject>{}</edXML:Subject>", made.subject);
        let id = format!("<edXML:DocumentId>{}</edXML:DocumentId>", made.document_id);
        xml.replace(&from, &turned_from)
            .replace(&to, &turned_to)
            .replace(&id, "")
            .replace(&subject, &format!("{subject}{id}"))
    });
    let shown = taken(&mut lab, vec![packet])?;
    for (made, item) in &shown {
        same(
            "DocumentId",
            &json!(item.text("/document/DocumentId")),
            &json!(made.document_id),
        )?;
    }
    all_whole(&shown, true)
}

fn odd_organs(bench: &Bench) -> Outcome {
    let organs = [
        "000.00.01.H99",
        "02.29.W00",
        "vxp.saas.03",
        "0123456789-012",
        "H99.01.02.03.04.05.06.07.08.09.10.1",
    ];
    let mut lab = bench.lab_with(|setup| {
        setup.axis(|axis| {
            axis.systems.push(System {
                id: "td.others".to_owned(),
                secret: "made-up secret of the others".to_owned(),
                organs: organs.map(str::to_owned).to_vec(),
            });
        });
    })?;
    for organ in organs {
        let made = Made::document(organ, lab.organ(), lab.number());
        lab.deliver(organ, Kind::Document, &made.bytes())?;
        let item = lab.take_and_accept()?;
        same("from", &json!(item.text("/from")), &json!(organ))?;
        let status = lab.await_status("01", &made.document_id)?;
        ensure(status.to == [organ], || {
            about(organ, "01 went elsewhere", "01 gửi tới nơi khác")
        })?;
    }
    Ok(())
}
