//! How fast the tokeniser is, on plain and on hostile documents. See the README
//! beside this file.
#![allow(clippy::print_stdout, reason = "what it measures is its result")]

use std::time::Instant;

use lienthong::xml::{Canonical, Event, Form, Limits, Reader};
use ring::digest::{Context, SHA256, digest};

fn measure(name: &str, document: &[u8]) {
    let mut best = f64::MAX;
    let mut seen = (0, 0);
    for _ in 0..15 {
        let start = Instant::now();
        let mut reader = Reader::new(document, Limits::default());
        seen = (0, 0);
        let result = loop {
            match reader.next_event() {
                Ok(Event::EndOfDocument) => break "read",
                Ok(Event::Text(text)) => {
                    seen.0 += 1;
                    seen.1 += text.bytes().len();
                }
                Ok(_) => seen.0 += 1,
                Err(_) => break "refused",
            }
        };
        best = best.min(start.elapsed().as_secs_f64());
        assert!(!result.is_empty());
    }
    println!(
        "{name:40} {:8.2} ms {:6.2} GB/s, {} events, {} bytes of text",
        best * 1e3,
        document.len() as f64 / best / 1e9,
        seen.0,
        seen.1
    );
}

/// Best of some rounds, in seconds.
fn best(mut work: impl FnMut()) -> f64 {
    (0..7)
        .map(|_| {
            let start = Instant::now();
            work();
            start.elapsed().as_secs_f64()
        })
        .fold(f64::MAX, f64::min)
}

fn canonical(document: &[u8], mut out: impl FnMut(&[u8])) {
    let mut reader = Reader::new(document, Limits::default());
    let mut form = Canonical::document(Form::Exclusive);
    loop {
        let Ok(event) = reader.next_event() else {
            return;
        };
        assert!(form.event(&event, &mut out).is_ok());
        if matches!(event, Event::EndOfDocument) {
            return;
        }
    }
}

/// The canonical form thrown away, the same digested, and a bare SHA-256 of the same bytes.
fn measure_canonical(name: &str, document: &[u8]) {
    let mut bytes = Vec::new();
    canonical(document, |piece| bytes.extend_from_slice(piece));
    let mut length = 0;
    let written = best(|| canonical(document, |piece| length += piece.len()));
    let digested = best(|| {
        let mut context = Context::new(&SHA256);
        canonical(document, |piece| context.update(piece));
        assert_eq!(context.finish().as_ref(), digest(&SHA256, &bytes).as_ref());
    });
    let bare = best(|| assert_eq!(digest(&SHA256, &bytes).as_ref().len(), 32));
    // Each digested round held a bare one as well.
    let digested = digested - bare;
    let rate = |seconds: f64| bytes.len() as f64 / seconds / 1e6;
    println!(
        "canonical: {name:29} {:8.0} MB/s, with SHA-256 {:6.0} MB/s, bare SHA-256 {:6.0} MB/s: {:.2}",
        rate(written),
        rate(digested),
        rate(bare),
        bare / digested
    );
}

fn main() {
    let wrap = |body: String| format!("<a>{body}</a>").into_bytes();
    let line = "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWZnaGlqa2xtbm9wcXJzdHV2d3h5ejAxMjM0";
    let short = std::env::args().any(|argument| argument == "--short");
    let n = if short { 4_000_000 } else { 48_000_000 } / line.len();
    measure("base64 on one line", &wrap(line.repeat(n)));
    measure("base64 with CRLF", &wrap(format!("{line}\r\n").repeat(n)));
    measure("base64 with LF", &wrap(format!("{line}\n").repeat(n)));
    measure(
        "base64 with &#13;",
        &wrap(format!("{line}&#13;\n").repeat(n)),
    );
    let vietnamese = "Độc lập - Tự do - Hạnh phúc, kính gửi Ủy ban nhân dân các quận. ";
    measure("Vietnamese text", &wrap(vietnamese.repeat(100_000)));
    measure("elements", &wrap("<x>text</x>\n".repeat(49_000)));
    measure_canonical("base64 on one line", &wrap(line.repeat(n)));
    measure_canonical("base64 with CRLF", &wrap(format!("{line}\r\n").repeat(n)));
    measure_canonical("Vietnamese text", &wrap(vietnamese.repeat(100_000)));
    measure_canonical("elements", &wrap("<x>text</x>\n".repeat(49_000)));

    let mb = 2_000_000;
    measure("hostile: <a<a<a", "<a".repeat(mb / 2).as_bytes());
    measure("hostile: &amp;", &wrap("&amp;".repeat(mb / 5)));
    measure("hostile: ]", &wrap("]".repeat(mb)));
    measure(
        "hostile: ] in CDATA",
        &wrap(format!("<![CDATA[{}]]>", "]".repeat(mb))),
    );
    measure("hostile: >", &wrap(">".repeat(mb)));
    measure("hostile: CR", &wrap("\r".repeat(mb)));
    measure("hostile: LF", &wrap("\n".repeat(mb)));
    measure("hostile: tab", &wrap("\t".repeat(mb)));
    measure(
        "hostile: - in a comment",
        &wrap(format!("<!--{}-->", "- ".repeat(mb / 2))),
    );
    measure(
        "hostile: ? in a PI",
        &wrap(format!("<?p {}?>", "?".repeat(mb))),
    );
    measure("hostile: comments", &wrap("<!---->".repeat(mb / 7)));
    measure("hostile: PIs", &wrap("<?p?>".repeat(mb / 5)));
    measure(
        "hostile: empty CDATA",
        &wrap("<![CDATA[]]>".repeat(mb / 12)),
    );
    measure(
        "hostile: CDATA of 1",
        &wrap("<![CDATA[x]]>".repeat(mb / 13)),
    );
    measure(
        "hostile: long name",
        format!("<{}/>", "n".repeat(mb)).as_bytes(),
    );
    measure(
        "hostile: long value",
        format!("<a b='{}'/>", "n".repeat(mb)).as_bytes(),
    );
    let long = format!("<{}/>", "n".repeat(65_000));
    measure("hostile: long names", &wrap(long.repeat(mb / 65_000)));
    let attributes: String = (0..64)
        .map(|i| format!(" {}{}=''", (b'a' + i / 26) as char, (b'a' + i % 26) as char))
        .collect();
    let tag = format!("<a{attributes}/>");
    measure("hostile: 64 attributes", &wrap(tag.repeat(mb / tag.len())));
    let attributes: String = (0..64)
        .map(|i| {
            format!(
                " aaaaaaa{}{}=''",
                (b'a' + i / 26) as char,
                (b'a' + i % 26) as char
            )
        })
        .collect();
    let tag = format!("<a{attributes}/>");
    measure(
        "hostile: 64 alike attributes",
        &wrap(tag.repeat(mb / tag.len())),
    );
    let nest = |open: &str, inner: &str, close: &str| format!("{open}{inner}{close}").into_bytes();
    let mut open = String::new();
    let mut close = String::new();
    for level in 0..4 {
        open.push_str("<a");
        for i in 0..63 {
            open.push_str(&format!(" xmlns:p{level}x{i}='u{level}x{i}'"));
        }
        open.push('>');
        close.push_str("</a>");
    }
    let attributes: String = (0..63).map(|i| format!(" p0x{i}:a=''")).collect();
    let tag = format!("<a{attributes}/>");
    measure(
        "hostile: 252 namespaces",
        &nest(&open, &tag.repeat(mb / tag.len()), &close),
    );
    let mut open = String::from("<a");
    for i in 0..63 {
        open.push_str(&format!(" xmlns:p{i}='{}{i}'", "u".repeat(1000)));
    }
    open.push('>');
    let attributes: String = (0..63).map(|i| format!(" p{i}:a=''")).collect();
    let tag = format!("<a{attributes}/>");
    measure(
        "hostile: long alike namespaces",
        &nest(&open, &tag.repeat(mb / tag.len()), "</a>"),
    );
    let tag = "<a xmlns:b=''/>".replace("''", "'u'");
    measure("hostile: declarations", &wrap(tag.repeat(49_000)));
    let attributes: String = (0..63).map(|i| format!(" xmlns:p{i}='u'")).collect();
    let tag = format!("<a{attributes}/>");
    measure(
        "hostile: 63 declarations",
        &wrap(tag.repeat(mb / tag.len())),
    );
    measure(
        "hostile: white space before",
        " \r\n".repeat(mb / 3).as_bytes(),
    );
    measure(
        "hostile: white space in a tag",
        format!("<a{}>", " ".repeat(mb)).as_bytes(),
    );
    measure("hostile: Vietnamese letters", &wrap("ế".repeat(mb / 3)));
    measure("hostile: two-byte letters", &wrap("é".repeat(mb / 2)));
    let refs = format!("<a b='{}'/>", "&#65;".repeat(13_000));
    measure(
        "hostile: references in values",
        &wrap(refs.repeat(mb / refs.len())),
    );
}
