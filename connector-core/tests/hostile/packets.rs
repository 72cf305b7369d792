//! Hostile packets of 2 MB: each is expensive for a careless reader. Used by
//! the memory test and by the bench.

use std::io::Write;

use flate2::Compression;
use flate2::write::DeflateEncoder;

const SIZE: usize = 2_000_000;

fn fill(head: &str, piece: impl Fn(usize) -> String, tail: &str) -> Vec<u8> {
    let mut packet = head.to_owned();
    let mut index = 0;
    while packet.len() < SIZE {
        packet.push_str(&piece(index));
        index += 1;
    }
    packet.push_str(tail);
    packet.into_bytes()
}

const OPEN: &str =
    "<edXML xmlns=\"http://www.mic.gov.vn/TBT/QCVN_102_2016\"><edXMLEnvelope><edXMLHeader>";
const CLOSE: &str = "</edXMLHeader></edXMLEnvelope></edXML>";

fn header(piece: impl Fn(usize) -> String) -> Vec<u8> {
    fill(
        &format!("{OPEN}<MessageHeader>"),
        piece,
        &format!("</MessageHeader>{CLOSE}"),
    )
}

fn inside(element: &str, piece: impl Fn(usize) -> String) -> Vec<u8> {
    fill(
        &format!("{OPEN}<MessageHeader><{element}>"),
        piece,
        &format!("</{element}></MessageHeader>{CLOSE}"),
    )
}

fn trace(piece: impl Fn(usize) -> String) -> Vec<u8> {
    fill(
        &format!("{OPEN}<MessageHeader><Subject>x</Subject></MessageHeader><TraceHeaderList>"),
        piece,
        &format!("</TraceHeaderList>{CLOSE}"),
    )
}

fn attachments(piece: impl Fn(usize) -> String) -> Vec<u8> {
    fill(
        "<edXML><edXMLEnvelope/><AttachmentEncoded>",
        piece,
        "</AttachmentEncoded></edXML>",
    )
}

/// A ZIP around zeros, more than 1,000 times smaller than what is in it.
fn bomb() -> Vec<u8> {
    let mut packed = DeflateEncoder::new(Vec::new(), Compression::best());
    let zeros = vec![0_u8; 1 << 20];
    while packed.get_ref().len() < SIZE * 3 / 4 {
        packed.write_all(&zeros).expect("memory takes all");
    }
    let packed = packed.finish().expect("memory takes all");
    let mut zip = Vec::from(*b"PK\x03\x04\x14\x00\x08\x00\x08\x00\x00\x00\x21\x00");
    zip.extend([0; 12]);
    zip.extend([5, 0, 0, 0]);
    zip.extend(b"a.txt");
    zip.extend(packed);
    let text = base64_simd::STANDARD.encode_to_string(&zip);
    format!(
        "<edXML><edXMLEnvelope/><AttachmentEncoded><Attachment><AttachmentName>a.txt</AttachmentName>\
         <ContentTransferEncoded>{text}</ContentTransferEncoded></Attachment></AttachmentEncoded></edXML>"
    )
    .into_bytes()
}

/// Every hostile packet, with its name.
pub fn all() -> Vec<(&'static str, Vec<u8>)> {
    let repeat = |text: &str| text.repeat(SIZE / text.len() + 1);
    vec![
        ("deep nesting", fill("", |_| "<a>".into(), "")),
        ("half a tag", fill("<a ", |_| "<a".into(), "")),
        ("one long name", fill("<", |_| "a".repeat(1000), "/>")),
        (
            "one long attribute",
            fill("<a b=\"", |_| "b".repeat(1000), "\"/>"),
        ),
        (
            "many attributes",
            fill("<a", |index| format!(" a{index}=\"\""), "/>"),
        ),
        (
            "many namespaces",
            fill("<a", |index| format!(" xmlns:n{index}=\"u{index}\""), "/>"),
        ),
        (
            "namespaces in depth",
            fill(
                "",
                |index| format!("<n{index}:a xmlns:n{index}=\"u{index}\" xmlns:m{index}=\"v\">"),
                "",
            ),
        ),
        (
            "comment without end",
            fill("<a><!--", |_| " - ".repeat(300), ""),
        ),
        (
            "cdata without end",
            fill("<a><![CDATA[", |_| "]]".repeat(300), ""),
        ),
        (
            "instruction without end",
            fill("<?a ", |_| "?".repeat(300), ""),
        ),
        (
            "entities",
            fill(
                "<!DOCTYPE a [",
                |index| format!("<!ENTITY e{index} \"&e{};\">", index + 1),
                "]><a/>",
            ),
        ),
        ("references", header(|_| "&#38;".into())),
        ("junk in front", fill("", |_| "junk ".into(), "<a/>")),
        ("line feeds", fill("<a>", |_| "\r\n".into(), "</a>")),
        (
            "text of one element",
            inside("Subject", |_| "x".repeat(1000)),
        ),
        ("empty receivers", header(|_| "<To/>".into())),
        (
            "receivers",
            header(|index| format!("<To><OrganId>{index}</OrganId></To>")),
        ),
        (
            "receivers with many parts",
            header(|_| {
                "<To><OrganId>A</OrganId><OrganName>B</OrganName><Email>C</Email></To>".into()
            }),
        ),
        ("unknown elements", header(|index| format!("<u{index}/>"))),
        ("wrong dates", header(|_| "<DueDate>x</DueDate>".into())),
        (
            "headers again and again",
            fill(
                OPEN,
                |_| "<MessageHeader><Subject>x</Subject></MessageHeader>".into(),
                CLOSE,
            ),
        ),
        ("places", inside("ToPlaces", |_| "<Place>x</Place>".into())),
        (
            "text between places",
            inside("ToPlaces", |_| "x<Place/>".into()),
        ),
        (
            "hops",
            trace(|_| "<TraceHeader><OrganId>x</OrganId></TraceHeader>".into()),
        ),
        (
            "replacements",
            trace(|index| {
                let info =
                    format!("<ReplacementInfo><DocumentId>{index}</DocumentId></ReplacementInfo>");
                format!(
                    "<Bussiness><ReplacementInfoList>{}</ReplacementInfoList></Bussiness>",
                    info.repeat(30_000)
                )
            }),
        ),
        ("distinct replacements", {
            let infos: String = (0..20_000)
                .map(|index| {
                    format!("<ReplacementInfo><DocumentId>{index}</DocumentId></ReplacementInfo>")
                })
                .collect();
            fill(
                &format!(
                    "{OPEN}<MessageHeader><Subject>x</Subject></MessageHeader><TraceHeaderList><Bussiness><ReplacementInfoList>{infos}"
                ),
                |_| " ".repeat(1000),
                &format!("</ReplacementInfoList></Bussiness></TraceHeaderList>{CLOSE}"),
            )
        }),
        (
            "signatures",
            fill(
                OPEN,
                |_| "<Signature><SignatureValue>x</SignatureValue></Signature>".into(),
                CLOSE,
            ),
        ),
        (
            "manifest entries",
            fill(
                "<edXML><edXMLEnvelope><edXMLBody><edXMLManifest>",
                |_| "<Reference><ContentId>x</ContentId></Reference>".into(),
                "</edXMLManifest></edXMLBody></edXMLEnvelope></edXML>",
            ),
        ),
        ("attachments", attachments(|_| "<Attachment/>".into())),
        (
            "attachments of one byte",
            attachments(|_| {
                "<Attachment><ContentId>x</ContentId><ContentTransferEncoded>QQ==</ContentTransferEncoded></Attachment>".into()
            }),
        ),
        (
            "root children",
            fill("<edXML><edXMLEnvelope/>", |_| "<x/>".into(), "</edXML>"),
        ),
        ("zip bomb", bomb()),
        (
            "base64 with spaces",
            attachments(|_| {
                format!(
                    "<Attachment><ContentTransferEncoded>{}</ContentTransferEncoded></Attachment>",
                    "Q Q = ".repeat(200_000)
                )
            }),
        ),
        (
            "not UTF-8",
            repeat("<a>\u{e9}")
                .into_bytes()
                .into_iter()
                .map(|byte| if byte == 0xA9 { 0xFF } else { byte })
                .collect(),
        ),
        ("zeros", vec![0; SIZE]),
    ]
}
