//! Hostile input: packets that attack their reader. After each the product has
//! to go on, and a good packet behind it has to be received.

use std::net::TcpListener;
use std::path::Path;

use crate::axis_server::{Kind, QueueState};
use crate::suite::bench::{Bench, OTHER, PEER};
use crate::suite::case::{Case, Chapter::Hostile, Level::Must, Need::Command, Run};
use crate::suite::lab::{Item, Lab};
use crate::suite::letter::Made;
use crate::suite::said;
use crate::suite::text::t;
use crate::suite::verdict::{Outcome, Stop, ensure};

pub(super) const BASE: Case = Case {
    id: "",
    chapter: Hostile,
    level: Must,
    clauses: &["P15", "P01"],
    refusal: Some(t(
        "It is not shown as a document; it is put aside and acknowledged.",
        "Không hiện như văn bản; được để riêng và xác nhận.",
    )),
    title: t("", ""),
    why: t(
        "One packet of one agency must not stop the documents of all others.",
        "Một gói tin của một cơ quan không được chặn văn bản của các cơ quan khác.",
    ),
    steps: &[],
    expected: t(
        "The product goes on, acknowledges it, and receives the good document after it.",
        "Phần mềm tiếp tục chạy, xác nhận gói tin và nhận được văn bản tốt tới sau.",
    ),
    needs: &[Command("poll"), Command("accept")],
    quick: true,
    run: Run::Connector(not_xml),
};

pub(super) const CASES: &[Case] = &[
    Case {
        id: "hostile-entity-expansion",
        clauses: &["P15", "S02"],
        refusal: Some(t(
            "No entity of a document type is expanded.",
            "Không khai triển thực thể của khai báo DTD.",
        )),
        title: t(
            "Entities that grow into gigabytes do no harm",
            "Thực thể phình tới hàng gigabyte không gây hại",
        ),
        steps: &[t(
            "Packets come with a document type of one small entity, and of nested ones (ten thousand million characters); good ones after them.",
            "Gói tin có DTD với một thực thể nhỏ, rồi với thực thể lồng nhau (mười tỷ ký tự) tới nơi; sau đó là gói tin tốt.",
        )],
        run: Run::Connector(entity_expansion),
        ..BASE
    },
    Case {
        id: "hostile-external-entity",
        clauses: &["P15", "S02"],
        refusal: Some(t(
            "No file of the machine and no address is read for a packet.",
            "Không đọc tệp của máy hay địa chỉ mạng theo yêu cầu của gói tin.",
        )),
        title: t(
            "A packet cannot make the product read files or open addresses",
            "Gói tin không thể bắt phần mềm đọc tệp hay mở địa chỉ mạng",
        ),
        why: t(
            "By such entities keys leave the machine inside an answer.",
            "Qua thực thể như vậy khóa bí mật có thể bị lấy khỏi máy.",
        ),
        steps: &[t(
            "Packets come with entities that name a file of the suite and an address of the suite.",
            "Gói tin tới nơi có thực thể trỏ vào một tệp và một địa chỉ của bộ kiểm thử.",
        )],
        expected: t(
            "The text of the file appears nowhere, nobody calls the address, the good document comes.",
            "Nội dung tệp không xuất hiện ở đâu, không ai gọi địa chỉ, văn bản tốt tới nơi.",
        ),
        run: Run::Connector(external_entity),
        ..BASE
    },
    Case {
        id: "hostile-depth",
        clauses: &["S02", "P01"],
        refusal: Some(t(
            "Depth is bounded: no stack runs over.",
            "Độ sâu có giới hạn, không tràn ngăn xếp.",
        )),
        title: t(
            "A hundred thousand nested elements do not end the product",
            "Một trăm nghìn phần tử lồng nhau không làm phần mềm dừng",
        ),
        steps: &[t(
            "A packet comes whose header nests 100,000 elements.",
            "Gói tin có phần đầu lồng 100.000 phần tử tới nơi.",
        )],
        run: Run::Connector(depth),
        ..BASE
    },
    Case {
        id: "hostile-many-tags",
        clauses: &["S02", "P01"],
        refusal: Some(t(
            "Elements and attributes are bounded.",
            "Số phần tử và thuộc tính có giới hạn.",
        )),
        title: t(
            "Hundreds of thousands of elements and attributes do not hold it up",
            "Hàng trăm nghìn phần tử và thuộc tính không làm phần mềm nghẽn",
        ),
        steps: &[t(
            "Packets come with 200,000 elements, and with 20,000 attributes on one.",
            "Gói tin có 200.000 phần tử, và có phần tử mang 20.000 thuộc tính, tới nơi.",
        )],
        run: Run::Connector(many_tags),
        ..BASE
    },
    Case {
        id: "hostile-long-text",
        clauses: &["S02", "P01"],
        refusal: Some(t(
            "The length of a text is bounded, or is borne.",
            "Độ dài văn bản có giới hạn, hoặc chịu được.",
        )),
        title: t(
            "A subject of eight megabytes does no harm",
            "Trích yếu tám megabyte không gây hại",
        ),
        steps: &[t(
            "A packet comes whose subject has eight million characters.",
            "Gói tin có trích yếu tám triệu ký tự tới nơi.",
        )],
        expected: t(
            "The packet is put aside or shown; the good one after it is received.",
            "Gói tin được để riêng hoặc hiện ra; gói tin tốt tới sau vẫn được nhận.",
        ),
        run: Run::Connector(long_text),
        ..BASE
    },
    Case {
        id: "hostile-invalid-utf8",
        clauses: &["S02", "QD28-9.1"],
        title: t(
            "Bytes that are no UTF-8 are not guessed at",
            "Không đoán các byte không phải UTF-8",
        ),
        why: t(
            "A text that is repaired is not the one that was sent, and another product shows another.",
            "Văn bản bị tự sửa không còn là văn bản đã gửi; phần mềm khác lại hiện khác.",
        ),
        steps: &[t(
            "A packet comes with broken UTF-8 in its subject.",
            "Gói tin có UTF-8 hỏng trong trích yếu tới nơi.",
        )],
        run: Run::Connector(invalid_utf8),
        ..BASE
    },
    Case {
        id: "hostile-invalid-character",
        clauses: &["S02", "D07"],
        title: t(
            "Characters that XML does not allow are refused, written out or by number",
            "Từ chối ký tự XML không cho phép, viết trực tiếp hay bằng số",
        ),
        why: t(
            "A NUL cuts texts in databases and file names.",
            "Ký tự NUL cắt cụt chuỗi trong cơ sở dữ liệu và tên tệp.",
        ),
        steps: &[t(
            "Packets come with &#0; and with the byte 01 in their subjects.",
            "Gói tin có &#0; và byte 01 trong trích yếu tới nơi.",
        )],
        run: Run::Connector(invalid_character),
        ..BASE
    },
    Case {
        id: "hostile-utf16",
        clauses: &["S02"],
        refusal: Some(t(
            "It is put aside, or read rightly; never shown garbled.",
            "Được để riêng hoặc đọc đúng; không hiện sai chữ.",
        )),
        title: t(
            "A packet in UTF-16 is not shown garbled",
            "Gói tin UTF-16 không bị hiện sai chữ",
        ),
        why: t(
            "Filters that look for tags byte by byte do not see them there.",
            "Bộ lọc tìm thẻ theo byte không thấy thẻ trong dạng này.",
        ),
        steps: &[t(
            "A packet comes that is written in UTF-16 and says so.",
            "Gói tin viết bằng UTF-16 và khai đúng như vậy tới nơi.",
        )],
        run: Run::Connector(utf16),
        ..BASE
    },
    Case {
        id: "hostile-truncated",
        clauses: &["D07", "QD28-9.1", "P01"],
        title: t(
            "A packet that is cut off is not taken for a document",
            "Gói tin bị cắt cụt không được coi là văn bản",
        ),
        why: t(
            "Its last attachments are missing, and its sender believes they came.",
            "Thiếu các tệp cuối mà bên gửi tưởng đã tới.",
        ),
        steps: &[t(
            "A packet comes that ends in the middle of its attachment.",
            "Gói tin kết thúc giữa chừng tệp kèm tới nơi.",
        )],
        run: Run::Connector(truncated),
        ..BASE
    },
    Case {
        id: "hostile-two-headers",
        clauses: &["S01", "D07", "QD28-9.1"],
        refusal: Some(t(
            "It is put aside, or shown with a warning; the second header never counts as well.",
            "Được để riêng hoặc hiện kèm cảnh báo; không tính cả hai phần đầu.",
        )),
        title: t(
            "A packet with two headers is not one good document, and not two",
            "Gói tin có hai phần đầu không phải một văn bản tốt, cũng không phải hai",
        ),
        why: t(
            "One product takes the first, another the last: two documents under one signature.",
            "Phần mềm này lấy phần đầu, phần mềm kia lấy phần sau: hai văn bản trong một chữ ký.",
        ),
        steps: &[t(
            "A packet comes with two MessageHeaders of different ids.",
            "Gói tin có hai MessageHeader khác mã định danh tới nơi.",
        )],
        run: Run::Connector(two_headers),
        ..BASE
    },
    Case {
        id: "hostile-not-xml",
        clauses: &["P01", "D07"],
        title: t(
            "Bytes that are no XML are put aside",
            "Byte không phải XML được để riêng",
        ),
        steps: &[t(
            "Bytes of a picture, a ZIP and an HTML page come as packets.",
            "Byte của ảnh, tệp ZIP và trang HTML tới nơi như gói tin.",
        )],
        run: Run::Connector(not_xml),
        ..BASE
    },
    Case {
        id: "hostile-empty-packet",
        clauses: &["P01", "wire-get"],
        title: t(
            "A packet of no bytes is no document, and holds up nothing",
            "Gói tin 0 byte không phải văn bản và không chặn gói khác",
        ),
        steps: &[t(
            "A packet of no bytes comes, and a good one after it.",
            "Gói tin 0 byte tới nơi, sau đó là gói tin tốt.",
        )],
        refusal: Some(t(
            "It is not shown as a document.",
            "Không hiện như văn bản.",
        )),
        expected: t(
            "Nothing is shown of it, and the good document after it is received.",
            "Không hiện gì từ gói tin đó và nhận được văn bản tốt tới sau.",
        ),
        run: Run::Connector(empty_packet),
        ..BASE
    },
    Case {
        id: "hostile-poison-queue",
        clauses: &["P01", "P-hand-off"],
        refusal: Some(t(
            "None of them is fetched again and again.",
            "Không gói nào bị lấy đi lấy lại mãi.",
        )),
        title: t(
            "Poison packets at the head of the queue do not block it",
            "Gói tin hỏng đứng đầu hàng đợi không làm nghẽn hàng đợi",
        ),
        why: t(
            "A poison packet that is never acknowledged comes back for ever.",
            "Gói tin hỏng không được xác nhận sẽ quay lại mãi.",
        ),
        steps: &[
            t(
                "Ten packets that nobody can read stand before a good one.",
                "Mười gói tin không đọc được đứng trước một gói tin tốt.",
            ),
            t(
                "The product looks at the axis again.",
                "Phần mềm hỏi lại trục.",
            ),
        ],
        expected: t(
            "The good one is received, all ten are acknowledged and not fetched again.",
            "Gói tin tốt được nhận, cả mười gói được xác nhận và không bị lấy lại.",
        ),
        run: Run::Connector(poison_queue),
        ..BASE
    },
    Case {
        id: "hostile-organ-code",
        clauses: &["P15", "P14", "D23"],
        refusal: Some(t(
            "No file is written where an organ code or document id points to.",
            "Không ghi tệp theo đường dẫn nằm trong mã cơ quan hay mã văn bản.",
        )),
        title: t(
            "Codes and ids in the form of paths and commands are only texts",
            "Mã có dạng đường dẫn hay câu lệnh chỉ là chuỗi",
        ),
        why: t(
            "Ids become names of folders and parts of queries in careless products.",
            "Phần mềm cẩu thả dùng mã làm tên thư mục hoặc ghép vào câu truy vấn.",
        ),
        steps: &[t(
            "A document comes from ../../td-muc-dich with a DocumentId that closes a quotation.",
            "Văn bản tới từ ../../td-muc-dich với DocumentId đóng ngoặc truy vấn.",
        )],
        expected: t(
            "It is shown with these texts as they are, or put aside; nothing is written outside.",
            "Hiện nguyên các chuỗi đó hoặc để riêng; không ghi gì ra ngoài.",
        ),
        run: Run::Connector(organ_code),
        ..BASE
    },
];

/// What came of a packet.
pub(super) struct Past {
    /// What the product showed besides the good document.
    pub(super) shown: Vec<Item>,
    /// The id of the delivery.
    pub(super) delivery: String,
}

/// Delivers bytes, a good document after them, and waits until that is received
/// and both are acknowledged.
pub(super) fn past(lab: &mut Lab, bytes: &[u8]) -> Outcome<Past> {
    let delivery = lab.deliver(PEER, Kind::Document, bytes)?;
    let good = Made::document(OTHER, lab.organ(), lab.number());
    let behind = lab.deliver(OTHER, Kind::Document, &good.bytes())?;
    let mut shown = Vec::new();
    lab.take_document(&good.document_id, |item| shown.push(item.clone()))?;
    lab.await_acknowledgement(&behind)?;
    lab.await_acknowledgement(&delivery)?;
    // It may be acknowledged before it is shown.
    lab.looked_at_axis()?;
    while let Some(item) = lab.poll(50)? {
        lab.accept(&item)?;
        shown.push(item);
    }
    Ok(Past { shown, delivery })
}

/// The same, where nothing may be shown of it.
fn put_aside(lab: &mut Lab, bytes: &[u8]) -> Outcome {
    let past = past(lab, bytes)?;
    ensure(past.shown.is_empty(), || {
        said!("it is shown as a document", "gói tin được hiện như văn bản")
    })
}

/// A packet of a peer, with its text changed.
pub(super) fn changed(lab: &Lab, change: impl FnOnce(String) -> String) -> Vec<u8> {
    let made = Made::document(PEER, lab.organ(), lab.number());
    change(made.xml()).into_bytes()
}

/// With another subject, put in as it is.
pub(super) fn subject(xml: &str, subject: &str) -> String {
    xml.replace("V/v thí dụ<", &format!("{subject}<"))
}

/// With a document type before the root.
fn typed(xml: &str, declarations: &str) -> String {
    xml.replacen(
        "<edXML xmlns",
        &format!("<!DOCTYPE edXML [{declarations}]>\n<edXML xmlns"),
        1,
    )
}

/// Whether something that is shown, or laid down, holds a text.
pub(super) fn shows(items: &[Item], text: &str) -> bool {
    let holds = |path: &Path| {
        let bytes = std::fs::read(path).unwrap_or_default();
        bytes
            .windows(text.len())
            .any(|part| part == text.as_bytes())
    };
    items.iter().any(|item| {
        let files = item.files().unwrap_or_default();
        item.0.to_string().contains(text) || files.iter().any(|path| holds(path))
    })
}

fn entity_expansion(bench: &Bench) -> Outcome {
    let mut lab = bench.lab()?;
    // A small one first: what expands it is only saved by its parser from the large.
    let small = "<!ENTITY a9 \"PHINH-RA\">";
    let bytes = changed(&lab, |xml| typed(&subject(&xml, "V/v &a9;"), small));
    let came = past(&mut lab, &bytes)?;
    ensure(!shows(&came.shown, "PHINH-RA"), || {
        said!("an entity was expanded", "thực thể đã bị khai triển")
    })?;
    let mut entities = "<!ENTITY a0 \"PHINH-RA-PHINH-RA\">".to_owned();
    for level in 1..10 {
        let inside = format!("&a{};", level - 1).repeat(10);
        entities.push_str(&format!("<!ENTITY a{level} \"{inside}\">"));
    }
    let bytes = changed(&lab, |xml| typed(&subject(&xml, "&a9;"), &entities));
    let past = past(&mut lab, &bytes)?;
    ensure(!shows(&past.shown, "PHINH-RA"), || {
        said!("an entity was expanded", "thực thể đã bị khai triển")
    })
}

fn external_entity(bench: &Bench) -> Outcome {
    let mut lab = bench.lab()?;
    let secret = lab.file("bi-mat.txt", b"NOI-DUNG-BI-MAT")?;
    let listener = TcpListener::bind("127.0.0.1:0").map_err(Stop::own)?;
    listener.set_nonblocking(true).map_err(Stop::own)?;
    let address = listener.local_addr().map_err(Stop::own)?;
    let secret = secret.display();
    for declarations in [
        format!("<!ENTITY x SYSTEM \"file://{secret}\">"),
        format!("<!ENTITY x SYSTEM \"http://{address}/x\">"),
        format!("<!ENTITY % p SYSTEM \"http://{address}/p\"> %p; <!ENTITY x \"x\">"),
    ] {
        let bytes = changed(&lab, |xml| typed(&subject(&xml, "&x;"), &declarations));
        let past = past(&mut lab, &bytes)?;
        ensure(!shows(&past.shown, "NOI-DUNG-BI-MAT"), || {
            said!("the file was read", "tệp đã bị đọc")
        })?;
    }
    ensure(listener.accept().is_err(), || {
        said!("the address was called", "địa chỉ đã bị gọi")
    })
}

fn depth(bench: &Bench) -> Outcome {
    let mut lab = bench.lab()?;
    let (open, close) = ("<a>".repeat(100_000), "</a>".repeat(100_000));
    let bytes = changed(&lab, |xml| {
        xml.replacen(
            "<edXML:Subject>",
            &format!("{open}{close}<edXML:Subject>"),
            1,
        )
    });
    past(&mut lab, &bytes).map(|_| ())
}

fn many_tags(bench: &Bench) -> Outcome {
    let mut lab = bench.lab()?;
    let many = "<edXML:To><edXML:OrganId>H99.09</edXML:OrganId></edXML:To>".repeat(100_000);
    let bytes = changed(&lab, |xml| {
        xml.replacen("<edXML:To>", &format!("{many}<edXML:To>"), 1)
    });
    past(&mut lab, &bytes)?;
    let attributes: String = (0..20_000)
        .map(|number| format!(" a{number}=\"\""))
        .collect();
    let bytes = changed(&lab, |xml| {
        xml.replacen(
            "<edXML:Subject>",
            &format!("<edXML:Subject{attributes}>"),
            1,
        )
    });
    past(&mut lab, &bytes).map(|_| ())
}

fn long_text(bench: &Bench) -> Outcome {
    let mut lab = bench.lab()?;
    let long = "a".repeat(8 << 20);
    let bytes = changed(&lab, |xml| subject(&xml, &long));
    past(&mut lab, &bytes).map(|_| ())
}

/// A packet whose subject is these bytes.
fn with_bytes(lab: &Lab, inside: &[u8]) -> Vec<u8> {
    let bytes = changed(lab, |xml| subject(&xml, "CHO-NAY"));
    let mark = b"CHO-NAY";
    let at = bytes.windows(mark.len()).position(|part| part == mark);
    let (before, after) = bytes.split_at(at.unwrap_or_default());
    [before, inside, after.get(mark.len()..).unwrap_or_default()].concat()
}

fn invalid_utf8(bench: &Bench) -> Outcome {
    let mut lab = bench.lab()?;
    let bytes = with_bytes(&lab, b"V/v \xc3\x28 \xed\xa0\x80 \xff");
    put_aside(&mut lab, &bytes)
}

fn invalid_character(bench: &Bench) -> Outcome {
    let mut lab = bench.lab()?;
    for inside in [&b"V/v &#0; x"[..], b"V/v \x01 x", b"V/v &#xFFFE; x"] {
        let bytes = with_bytes(&lab, inside);
        put_aside(&mut lab, &bytes)?;
    }
    Ok(())
}

fn utf16(bench: &Bench) -> Outcome {
    let mut lab = bench.lab()?;
    let bytes = changed(&lab, |xml| xml.replacen("UTF-8", "UTF-16", 1));
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let units = text.encode_utf16().flat_map(u16::to_le_bytes);
    let bytes: Vec<u8> = [0xFF, 0xFE].into_iter().chain(units).collect();
    let past = past(&mut lab, &bytes)?;
    let right = past
        .shown
        .iter()
        .all(|item| item.text("/document/Subject") == "V/v thí dụ");
    ensure(right, || said!("it is shown garbled", "hiện sai chữ"))
}

fn truncated(bench: &Bench) -> Outcome {
    let mut lab = bench.lab()?;
    let pdf = super::attachment::noise(3_000, 61);
    let made = Made::document(PEER, lab.organ(), lab.number()).files(&[("a.pdf", &pdf)]);
    let mut bytes = made.bytes();
    bytes.truncate(bytes.len() - 1_500);
    put_aside(&mut lab, &bytes)
}

fn two_headers(bench: &Bench) -> Outcome {
    let mut lab = bench.lab()?;
    let good = Made::document(PEER, lab.organ(), lab.number());
    let usual = {
        lab.deliver(PEER, Kind::Document, &good.bytes())?;
        finding_codes(&lab.take_document(&good.document_id, |_| {})?)
    };
    let (first, second) = (
        Made::document(PEER, lab.organ(), lab.number()).xml(),
        Made::document(PEER, lab.organ(), lab.number()).xml(),
    );
    let (open, close) = ("<edXML:MessageHeader>", "</edXML:MessageHeader>");
    let start = second.find(open).unwrap_or_default();
    let end = second.find(close).unwrap_or_default() + close.len();
    let header = second.get(start..end).unwrap_or_default();
    let bytes = first.replacen(open, &format!("{header}{open}"), 1);
    let past = past(&mut lab, bytes.as_bytes())?;
    ensure(past.shown.len() <= 1, || {
        said!("both headers count", "cả hai phần đầu đều được tính")
    })?;
    let told = past.shown.iter().all(|item| {
        let codes = finding_codes(item);
        codes.iter().any(|code| !usual.contains(code))
    });
    ensure(told, || {
        said!(
            "nothing is said of the second",
            "không cảnh báo phần đầu thứ hai"
        )
    })
}

/// The codes of the findings of an item.
pub(super) fn finding_codes(item: &Item) -> Vec<String> {
    let findings = item.0.get("findings").and_then(serde_json::Value::as_array);
    let codes = findings
        .into_iter()
        .flatten()
        .filter_map(|one| one.get("code")?.as_str());
    codes.map(str::to_owned).collect()
}

fn not_xml(bench: &Bench) -> Outcome {
    let mut lab = bench.lab()?;
    for bytes in [
        &b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01"[..],
        b"PK\x03\x04\x14\0\0\0\0\0\0\0!\0",
        b"<html><head><title>Welcome</title></head><body>Welcome</body></html>",
    ] {
        put_aside(&mut lab, bytes)?;
    }
    Ok(())
}

fn empty_packet(bench: &Bench) -> Outcome {
    let mut lab = bench.lab()?;
    // Whether it is acknowledged is open: it looks like an answer without a packet.
    lab.deliver(PEER, Kind::Document, b"")?;
    let good = Made::document(OTHER, lab.organ(), lab.number());
    let behind = lab.deliver(OTHER, Kind::Document, &good.bytes())?;
    let mut shown = 0;
    lab.take_document(&good.document_id, |_| shown += 1)?;
    lab.await_acknowledgement(&behind)?;
    ensure(shown == 0, || {
        said!("it is shown as a document", "gói tin được hiện như văn bản")
    })?;
    lab.nothing_comes(said!(
        "it is shown as a document",
        "gói tin được hiện như văn bản"
    ))
}

fn poison_queue(bench: &Bench) -> Outcome {
    let mut lab = bench.lab()?;
    let mut poison = Vec::new();
    for number in 0..10_u8 {
        let bytes = [b"\xfe<edXML><From><From>".as_slice(), &[number]].concat();
        poison.push(lab.deliver(PEER, Kind::Document, &bytes)?);
    }
    let last = past(&mut lab, b"<edXML><From><From>")?;
    poison.push(last.delivery);
    let shown = last.shown.len();
    ensure(shown == 0, || {
        said!("{shown} are shown", "{shown} gói được hiện")
    })?;
    for delivery in &poison {
        lab.await_acknowledgement(delivery)?;
    }
    // Of these only: a product that runs already may still try for another's.
    let fetched = |lab: &Lab| {
        let calls = lab.calls("getEdoc").into_iter();
        let calls = calls.chain(lab.calls("downloadEdoc"));
        let of_them = calls.filter(|call| {
            let id = call.header("XroadVnpt-docId");
            poison.iter().any(|poison| Some(poison.as_str()) == id)
        });
        of_them.count()
    };
    let before = fetched(&lab);
    lab.looked_at_axis()?;
    lab.looked_at_axis()?;
    let again = fetched(&lab) - before;
    ensure(again == 0, || {
        said!(
            "{again} are fetched again after they were acknowledged",
            "{again} gói bị lấy lại sau khi đã xác nhận"
        )
    })?;
    let left = poison
        .iter()
        .filter(|id| !matches!(lab.state_of(id), Some(QueueState::Done | QueueState::Fail)));
    let left = left.count();
    ensure(left == 0, || {
        said!(
            "{left} are not acknowledged",
            "{left} gói chưa được xác nhận"
        )
    })
}

fn organ_code(bench: &Bench) -> Outcome {
    let mut lab = bench.lab()?;
    let number = lab.number();
    let target = format!("td-muc-dich-{number}");
    let (organ, id) = (
        format!("../../{target}"),
        format!("'); DROP TABLE packets;--,../../{target}"),
    );
    let bytes = changed(&lab, |xml| {
        let at = xml.find("<edXML:DocumentId>").unwrap_or_default();
        let end = xml.find("</edXML:DocumentId>").unwrap_or_default();
        let (before, after) = (xml.get(..at), xml.get(end..));
        let xml = format!(
            "{}<edXML:DocumentId>{id}{}",
            before.unwrap_or_default(),
            after.unwrap_or_default()
        );
        xml.replacen(
            &format!("<edXML:OrganId>{PEER}<"),
            &format!("<edXML:OrganId>{organ}<"),
            1,
        )
    });
    let past = past(&mut lab, &bytes)?;
    let whole = past
        .shown
        .iter()
        .all(|item| item.text("/document/DocumentId") == id);
    ensure(whole, || {
        said!("the id is shown otherwise", "mã văn bản hiện khác")
    })?;
    outside(&lab, &[target])
}

/// That nothing of these names stands in a folder above those for files.
pub(super) fn outside(lab: &Lab, names: &[String]) -> Outcome {
    for folder in lab.folder().ancestors() {
        for name in names {
            ensure(!folder.join(name).exists(), || {
                said!(
                    "a file was written outside of its folder",
                    "có tệp bị ghi ra ngoài thư mục"
                )
            })?;
        }
    }
    Ok(())
}
