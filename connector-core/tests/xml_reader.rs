//! The tokeniser, seen from outside.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a helper of tests may fail loudly"
)]

mod xml_support;

use std::io::{self, Read};

use lienthong::xml::{Event, Flaw, Limits, Position, Reader, TextKind, XmlErrorKind};
use xml_support::{Dribble, events, read, refusal};

fn flaw(document: impl AsRef<[u8]>) -> Flaw {
    match refusal(document) {
        XmlErrorKind::NotWellFormed(flaw) => flaw,
        other => panic!("refused for another reason: {other:?}"),
    }
}

fn limit_passed(document: impl AsRef<[u8]>, limits: Limits) -> (&'static str, u64) {
    let reading = read(Reader::new(document.as_ref(), limits));
    match reading.error.map(|error| error.kind) {
        Some(XmlErrorKind::LimitExceeded { limit, maximum }) => (limit, maximum),
        other => panic!("not stopped by a limit: {other:?}"),
    }
}

#[test]
fn a_small_document_gives_its_events() {
    let document = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\r\n<!-- c --><e:a xmlns:e=\"urn:e\" \
        e:x='1&lt;&#x1EBF;\t2' y=\"z\">một\r\nhai<b/>&amp;<![CDATA[<ba>]]></e:a><?pi x?>\n";
    assert_eq!(
        events(document.as_bytes()).unwrap(),
        [
            "declaration 1.0 Some(\"UTF-8\") None",
            "comment",
            "start e:a {urn:e} [e=urn:e] e:x{urn:e}=\"1<ế 2\" y=\"z\"",
            "Literal \"một\\nhai\"",
            "start b",
            "end b",
            "Reference \"&\"",
            "CData \"<ba>\"",
            "end e:a {urn:e}",
            "pi pi",
            "Literal \"x\"",
            "pi end",
            "eof",
        ]
    );
}

#[test]
fn junk_before_the_document_is_skipped_and_counted() {
    let cases: [(&[u8], bool, u64); 8] = [
        (b"<a/>", false, 0),
        (b"\xEF\xBB\xBF<a/>", true, 0),
        (b"1212<?xml version='1.0'?><a/>", false, 4),
        (b"1212<a/>", false, 4),
        (b" \r\n<?xml version='1.0'?><a/>", false, 3),
        (b" \r\n<a/>", false, 0),
        (b"\xEF\xBB\xBF\xEF\xBB\xBF<a/>", true, 3),
        (b"\r\n\xEF\xBB\xBF<?xml version='1.0'?><a/>", false, 5),
    ];
    for (document, bom, junk) in cases {
        let mut reader = Reader::new(document, Limits::default());
        while !matches!(reader.next_event().unwrap(), Event::EndOfDocument) {}
        assert_eq!(reader.prolog().bom, bom, "{document:?}");
        assert_eq!(reader.prolog().leading_junk, junk, "{document:?}");
    }
    let limit = ("max_leading_junk", 1_024);
    let junk = |c: &str, n, rest: &str| format!("{}{rest}", c.repeat(n));
    assert_eq!(
        limit_passed(junk("x", 1025, "<a/>"), Limits::default()),
        limit
    );
    let declared = junk(" ", 1025, "<?xml version='1.0'?><a/>");
    assert_eq!(limit_passed(declared, Limits::default()), limit);
    assert!(events(junk("x", 1024, "<a/>").as_bytes()).is_ok());
    assert!(events(junk(" ", 200_000, "<a/>").as_bytes()).is_ok());
}

#[test]
fn other_encodings_are_refused_but_a_wrong_label_is_reported() {
    let utf16: Vec<u8> = "<a/>".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let utf16be: Vec<u8> = "<a/>".encode_utf16().flat_map(u16::to_be_bytes).collect();
    for document in [
        &utf16[..],
        &utf16be,
        b"\xFF\xFE<\0a\0/\0>\0",
        b"\xFE\xFF\0<\0a",
        b"\xFF\xFE\0\0<\0\0\0",
        b"\0\0\xFE\xFF\0\0\0<",
        b"\0\0\0<",
        b"junk\0<a/>",
    ] {
        assert!(matches!(
            refusal(document),
            XmlErrorKind::UnsupportedEncoding
        ));
    }
    let labelled = "<?xml version=\"1.0\" encoding=\"utf-16\"?><a>ế</a>";
    assert_eq!(
        events(labelled.as_bytes()).unwrap()[0],
        "declaration 1.0 Some(\"utf-16\") None"
    );
}

#[test]
fn line_ends_become_one_lf() {
    for step in 1..8 {
        let document = b"<a>1\r\n2\r3\n4\r\r\n5\n\r<![CDATA[\r\n\r]]>\r</a>";
        let reading = read(Reader::new(Dribble::new(document, step), Limits::default()));
        assert_eq!(
            reading.events[1..4],
            [
                "Literal \"1\\n2\\n3\\n4\\n\\n5\\n\\n\"",
                "CData \"\\n\\n\"",
                "Literal \"\\n\"",
            ]
        );
    }
}

#[test]
fn positions_name_byte_line_and_column_of_what_was_returned() {
    let document = "\u{FEFF}<a>\r\nđược <b\n x='ế'/>\r&lt;<!--\r\n-->\u{1F600}</a>";
    let at = |what: &str| document.find(what).unwrap() as u64;
    let reading = read(Reader::new(document.as_bytes(), Limits::default()));
    let position = |byte, line, column| Position { byte, line, column };
    assert_eq!(
        reading.positions,
        [
            position(3, 1, 1),
            position(6, 1, 4),
            position(at("<b"), 2, 6),
            position(at("<b"), 2, 6),
            position(at("\r&lt;"), 3, 9),
            position(at("&lt;"), 4, 1),
            position(at("<!--"), 4, 5),
            position(at("\u{1F600}"), 5, 4),
            position(at("</a>"), 5, 5),
            position(document.len() as u64, 5, 9),
        ]
    );
}

#[test]
fn offsets_cut_an_element_out_and_its_content_reads_the_same_again() {
    let document = "<a>x<t>một &amp; <![CDATA[hai]]>\r\n<!-- c --></t></a>";
    let mut reader = Reader::new(document.as_bytes(), Limits::default());
    let mut start = 0;
    let end = loop {
        match reader.next_event().unwrap() {
            Event::Start(tag) if tag.local() == "t" => start = reader.offset(),
            Event::End(tag) if tag.local() == "t" => break reader.position().byte,
            _ => {}
        }
    };
    let content = &document[start as usize..end as usize];
    assert_eq!(content, "một &amp; <![CDATA[hai]]>\r\n<!-- c -->");
    let again = read(Reader::fragment(content.as_bytes(), Limits::default()));
    assert!(again.error.is_none());
    assert_eq!(
        again.events,
        [
            "Literal \"một \"",
            "Reference \"&\"",
            "Literal \" \"",
            "CData \"hai\"",
            "Literal \"\\n\"",
            "comment",
            "eof"
        ]
    );
}

#[test]
fn a_fragment_may_be_empty_but_must_close_what_it_opens() {
    let fragment = |text: &str| read(Reader::fragment(text.as_bytes(), Limits::default()));
    assert_eq!(fragment("").events, ["eof"]);
    assert_eq!(
        fragment("\u{FEFF}x\r").events,
        [format!("Literal {:?}", "\u{FEFF}x\n"), "eof".into()]
    );
    assert_eq!(fragment("<a/><b></b>x").events.len(), 6);
    for broken in [
        "<a>",
        "</a>",
        "<a/></a>",
        "<![CDATA[",
        "&amp",
        "<?xml version='1.0'?>",
        "]]>",
    ] {
        assert!(fragment(broken).error.is_some(), "{broken}");
    }
}

#[test]
fn what_is_not_well_formed_is_refused() {
    for (document, expected) in [
        ("<a b='1'c='2'/>", Flaw::NoSpaceBeforeAttribute),
        ("<a b='1' b='2'/>", Flaw::DuplicateAttribute),
        (
            "<a xmlns:p='u' xmlns:q='u' p:b='1' q:b='2'/>",
            Flaw::DuplicateAttribute,
        ),
        ("<a xmlns='u' xmlns='v'/>", Flaw::DuplicateAttribute),
        ("<a b='<'/>", Flaw::LessThanInValue),
        ("<a b=1/>", Flaw::UnquotedValue),
        ("<a b/>", Flaw::AttributeWithoutValue),
        ("<a / >", Flaw::Tag),
        ("<a<b/></a>", Flaw::Tag),
        ("<1/>", Flaw::Name),
        ("< a/>", Flaw::Name),
        ("<a:b:c/>", Flaw::QualifiedName),
        ("<:a/>", Flaw::QualifiedName),
        ("<a:/>", Flaw::QualifiedName),
        ("<a:1/>", Flaw::QualifiedName),
        ("<a></b>", Flaw::MismatchedEndTag),
        ("<a></a x='1'>", Flaw::MismatchedEndTag),
        ("<a></>", Flaw::MismatchedEndTag),
        ("<a>]]></a>", Flaw::CDataEndInText),
        ("<a>]]]></a>", Flaw::CDataEndInText),
        ("<a>& b</a>", Flaw::Reference),
        ("<a>&amp</a>", Flaw::Reference),
        ("<a>&#;</a>", Flaw::Reference),
        ("<a>&#X41;</a>", Flaw::Reference),
        ("<a b='&'/>", Flaw::Reference),
        ("<a><!-- -- --></a>", Flaw::DoubleHyphen),
        ("<a><!-- ---></a>", Flaw::DoubleHyphen),
        ("<a><!x></a>", Flaw::Markup),
        ("<a><?x:y z?></a>", Flaw::QualifiedName),
        ("<a><??></a>", Flaw::ProcessingInstruction),
        ("<a/><?XML z?>", Flaw::MisplacedDeclaration),
        (
            "<!-- --><?xml version='1.0'?><a/>",
            Flaw::MisplacedDeclaration,
        ),
        ("<?xml?><a/>", Flaw::MisplacedDeclaration),
        ("<?xml encoding='UTF-8'?><a/>", Flaw::Declaration),
        ("<?xml version='2.0'?><a/>", Flaw::Declaration),
        (
            "<?xml version='1.0' standalone='maybe'?><a/>",
            Flaw::Declaration,
        ),
        (
            "<?xml version='1.0'encoding='UTF-8'?><a/>",
            Flaw::Declaration,
        ),
        ("<a/>x", Flaw::TextOutsideRoot),
        ("<a/>&#32;", Flaw::TextOutsideRoot),
        ("<!-- -->x<a/>", Flaw::TextOutsideRoot),
        ("<a/><![CDATA[x]]>", Flaw::TextOutsideRoot),
        ("<a/><a/>", Flaw::SecondRoot),
        ("<xmlns:a/>", Flaw::ReservedNamespace),
        ("<a xmlns:xmlns='u'/>", Flaw::ReservedNamespace),
        ("<a xmlns:xml='u'/>", Flaw::ReservedNamespace),
        (
            "<a xmlns='http://www.w3.org/XML/1998/namespace'/>",
            Flaw::ReservedNamespace,
        ),
        (
            "<a xmlns:p='http://www.w3.org/2000/xmlns/'/>",
            Flaw::ReservedNamespace,
        ),
        ("<a xmlns:p=''/>", Flaw::EmptyPrefixBinding),
    ] {
        assert_eq!(flaw(document), expected, "{document}");
    }
}

#[test]
fn an_end_inside_the_document_is_told() {
    let document = "<?xml version='1.0'?><!-- c --><a b='c'>x&amp;<![CDATA[y]]><?p q?></a>";
    for end in 0..document.len() {
        let error = refusal(&document[..end]);
        assert!(
            matches!(error, XmlErrorKind::UnexpectedEnd),
            "{end}: {error:?}"
        );
    }
}

#[test]
fn documents_types_and_entities_are_refused() {
    for document in [
        "<!DOCTYPE a><a/>",
        "<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>",
    ] {
        assert!(matches!(refusal(document), XmlErrorKind::DoctypeForbidden));
    }
    for document in ["<a>&b;</a>", "<a b='&nbsp;'/>", "<a>&ế;</a>"] {
        assert!(matches!(refusal(document), XmlErrorKind::UnknownEntity));
    }
}

#[test]
fn only_characters_of_xml_are_let_through() {
    for text in [
        "\u{0}",
        "\u{1}",
        "\u{1F}",
        "\u{FFFE}",
        "\u{FFFF}",
        "&#0;",
        "&#xD800;",
        "&#xFFFE;",
        "&#x110000;",
        "&#99999999999999999999;",
    ] {
        for document in [
            format!("<a>{text}</a>"),
            format!("<a>x{text}y</a>"),
            format!("<a b='{text}'/>"),
        ] {
            let error = refusal(&document);
            assert!(
                matches!(error, XmlErrorKind::InvalidCharacter),
                "{text:?}: {error:?}"
            );
        }
        if !text.starts_with('&') {
            for document in [
                format!("<a><![CDATA[{text}]]></a>"),
                format!("<a><!--{text}--></a>"),
                format!("<a><?p {text}?></a>"),
            ] {
                assert!(matches!(refusal(document), XmlErrorKind::InvalidCharacter));
            }
        }
    }
    for text in [
        "\u{7F}",
        "\u{85}",
        "\u{FFFD}",
        "\u{10FFFF}",
        "\u{E000}",
        "&#x10FFFF;",
        "&#9;",
    ] {
        assert!(events(format!("<a b='{text}'>{text}</a>").as_bytes()).is_ok());
    }
}

#[test]
fn broken_utf8_is_refused_everywhere() {
    for bytes in [
        &b"\x80"[..],
        b"\xC0\x80",
        b"\xE0\x80\x80",
        b"\xED\xA0\x80",
        b"\xF4\x90\x80\x80",
        b"\xF0\x80\x80\x80",
        b"\xFF",
        b"\xE1\xBA",
        b"\xC3(",
    ] {
        for (before, after) in [
            ("<a>", "</a>"),
            ("<a>x", "y</a>"),
            ("<a b='", "'/>"),
            ("<a><![CDATA[", "]]></a>"),
            ("<a><!--", "--></a>"),
            ("<a><?p ", "?></a>"),
            ("<a ", "='x'/>"),
            ("<", "/>"),
        ] {
            let document = [before.as_bytes(), bytes, after.as_bytes()].concat();
            let error = refusal(&document);
            assert!(
                matches!(error, XmlErrorKind::InvalidUtf8),
                "{before} {bytes:x?}: {error:?}"
            );
        }
    }
}

#[test]
fn prefixes_never_declared_are_tolerated_and_told() {
    let document = b"<e:a f:b='1' xml:lang='vi'><c xmlns:e='u'><e:d/></c><e:d/></e:a>";
    assert_eq!(
        events(document).unwrap()[..7],
        [
            "start e:a {?} f:b{?}=\"1\" xml:lang{http://www.w3.org/XML/1998/namespace}=\"vi\"",
            "start c [e=u]",
            "start e:d {u}",
            "end e:d {u}",
            "end c",
            "start e:d {?}",
            "end e:d {?}",
        ]
    );
}

#[test]
fn namespaces_follow_the_elements() {
    let document = "<a xmlns='u' xmlns:p='v'><p:b xmlns:p='w' xmlns='' p:x='1' x='2'><c/>\
        </p:b><c p:y='' xmlns:p='x&amp;&#x79;'/><p:c/></a>";
    assert_eq!(
        events(document.as_bytes()).unwrap(),
        [
            "start a {u} [=u] [p=v]",
            "start p:b {w} [p=w] [=] p:x{w}=\"1\" x=\"2\"",
            "start c",
            "end c",
            "end p:b {w}",
            "start c {u} [p=x&y] p:y{x&y}=\"\"",
            "end c {u}",
            "start p:c {v}",
            "end p:c {v}",
            "end a {u}",
            "eof",
        ]
    );
}

#[test]
fn attribute_values_are_normalised() {
    let document = "<a b=' \t\r\n\r\n\n&#9;&#10;&#13;&quot;\"\ttl; ' c=\"'\"/>";
    assert_eq!(
        events(document.as_bytes()).unwrap()[0],
        "start a b=\"     \\t\\n\\r\\\"\\\" tl; \" c=\"'\""
    );
}

#[test]
fn brackets_before_a_greater_sign_count_only_in_one_piece_of_text() {
    for document in [
        "<a>]]&gt;</a>",
        "<a>]]<!-- -->></a>",
        "<a>]&#93;></a>",
        "<a><![CDATA[]]]]>></a>",
        "<a>]]<![CDATA[]]>></a>",
        "<a>]\r]></a>",
        "<a>]></a>",
    ] {
        for step in [1, 2, 1000] {
            let reading = read(Reader::new(
                Dribble::new(document.as_bytes(), step),
                Limits::default(),
            ));
            assert!(reading.error.is_none(), "{document}: {:?}", reading.error);
        }
    }
    for step in 1..6 {
        let reading = read(Reader::new(
            Dribble::new(b"<a>x]]>y</a>", step),
            Limits::default(),
        ));
        let error = reading.error.unwrap();
        assert!(matches!(
            error.kind,
            XmlErrorKind::NotWellFormed(Flaw::CDataEndInText)
        ));
        assert_eq!(error.position.byte, 6);
    }
}

#[test]
fn every_limit_is_kept_to_the_number() {
    let limits = Limits {
        max_depth: 3,
        max_elements: 5,
        max_attributes: 2,
        max_tag: 40,
        max_namespaces: 2,
        max_leading_junk: 1,
    };
    let passes = |document: &str| {
        let reading = read(Reader::new(document.as_bytes(), limits));
        assert!(reading.error.is_none(), "{document}: {:?}", reading.error);
    };
    passes("<a><b><c/></b></a>");
    assert_eq!(
        limit_passed("<a><b><c><d/></c></b></a>", limits),
        ("max_depth", 3)
    );
    passes("<a><b/><b/><b/><b/></a>");
    assert_eq!(
        limit_passed("<a><b/><b/><b/><b/><b/></a>", limits),
        ("max_elements", 5)
    );
    passes("<a b='' c=''/>");
    assert_eq!(
        limit_passed("<a b='' c='' d=''/>", limits),
        ("max_attributes", 2)
    );
    passes("<a xmlns='u' xmlns:v='v'><b/></a>");
    passes("<a xmlns='u'><b xmlns='u'/><b xmlns='u'/></a>");
    assert_eq!(
        limit_passed("<a xmlns='u' xmlns:v='v'><b xmlns=''/></a>", limits),
        ("max_namespaces", 2)
    );
    passes(&format!("<{}/>", "n".repeat(37)));
    let long = ("max_tag", 40);
    assert_eq!(limit_passed(format!("<{}/>", "n".repeat(38)), limits), long);
    assert_eq!(limit_passed(format!("<{}", "n".repeat(100)), limits), long);
    assert_eq!(
        limit_passed(format!("<a b='{}", "n".repeat(100)), limits),
        long
    );
    assert_eq!(
        limit_passed(format!("<?{} ?><a/>", "n".repeat(41)), limits),
        long
    );
    assert_eq!(
        limit_passed(format!("<a></a{}>", " ".repeat(40)), limits),
        long
    );
    assert_eq!(limit_passed("xx<a/>", limits), ("max_leading_junk", 1));
    let zeros = format!("<a>&#{}65;</a>", "0".repeat(100));
    assert_eq!(limit_passed(zeros, limits), ("max_reference", 64));
}

#[test]
fn a_tag_longer_than_the_buffer_is_read_if_the_limit_allows() {
    let value = "giá trị ".repeat(40_000);
    let document = format!("<a>{}<b c='{value}'/></a>", "x".repeat(65_000));
    assert_eq!(
        limit_passed(&document, Limits::default()),
        ("max_tag", 65_536)
    );
    let limits = Limits {
        max_tag: 1_000_000,
        ..Limits::default()
    };
    let reading = read(Reader::new(document.as_bytes(), limits));
    assert!(reading.error.is_none());
    assert_eq!(reading.events[2], format!("start b c={value:?}"));
}

#[test]
fn long_comments_instructions_and_texts_pass_in_pieces() {
    let long = "- ? ] dài dòng\r\n".repeat(20_000);
    let document = format!("<a><!--{long}--><?p {long}?><![CDATA[{long}]]>{long}</a>");
    let mut reader = Reader::new(document.as_bytes(), Limits::default());
    let mut lengths = [0, 0];
    loop {
        match reader.next_event().unwrap() {
            Event::Text(text) => {
                assert!(text.bytes().len() <= 65_536);
                lengths[usize::from(text.kind() == TextKind::CData)] += text.bytes().len();
            }
            Event::EndOfDocument => break,
            _ => {}
        }
    }
    let expected = long.replace('\r', "").len();
    assert_eq!(lengths, [expected, expected]);
    assert_eq!(reader.position().line, 1 + 4 * 20_000);
}

#[test]
fn a_source_that_fails_fails_the_reader_for_good() {
    struct Failing(u8);
    impl Read for Failing {
        fn read(&mut self, space: &mut [u8]) -> io::Result<usize> {
            self.0 += 1;
            match self.0 {
                1 => Err(io::ErrorKind::Interrupted.into()),
                2 => {
                    space[..4].copy_from_slice(b"<a>x");
                    Ok(4)
                }
                3 => Err(io::ErrorKind::TimedOut.into()),
                _ => panic!("asked again after a failure"),
            }
        }
    }
    let mut reader = Reader::new(Failing(0), Limits::default());
    assert!(matches!(reader.next_event().unwrap(), Event::Start(_)));
    assert!(matches!(reader.next_event().unwrap(), Event::Text(_)));
    for _ in 0..2 {
        let error = reader.next_event().unwrap_err();
        assert!(matches!(error.kind, XmlErrorKind::Io(e) if e.kind() == io::ErrorKind::TimedOut));
    }
}

#[test]
fn messages_and_debug_output_hold_no_word_of_the_document() {
    let error = events(b"<secret>secret &secret; </secret>").unwrap_err();
    assert!(!format!("{error} {error:?}").contains("secret"));
    let mut reader = Reader::new(&b"<a b='secret'>secret</a>"[..], Limits::default());
    for _ in 0..2 {
        let event = reader.next_event().unwrap();
        assert!(!format!("{event:?}").contains("secret"));
    }
}
