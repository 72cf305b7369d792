//! The tokeniser against quick-xml, and against itself with the input cut up.

mod xml_support;

use lienthong::xml::{Flaw, Limits, Reader, XmlErrorKind};
use proptest::prelude::*;
use quick_xml::XmlVersion;
use quick_xml::events::{BytesStart, Event};
use quick_xml::name::ResolveResult;
use quick_xml::reader::NsReader;
use xml_support::generate::{damaged, document};
use xml_support::{Dribble, read};

/// Events collected as [`read`] does.
#[derive(Default)]
struct Collected {
    events: Vec<String>,
    text: Option<(&'static str, String)>,
}

impl Collected {
    fn flush(&mut self) {
        if let Some((kind, text)) = self.text.take() {
            self.events.push(format!("{kind} {text:?}"));
        }
    }

    fn event(&mut self, line: String) {
        self.flush();
        self.events.push(line);
    }

    fn text(&mut self, kind: &'static str, piece: &str) {
        if piece.is_empty() {
            return;
        }
        if let Some((open, text)) = &mut self.text
            && *open == kind
            && kind != "Reference"
        {
            text.push_str(piece);
            return;
        }
        self.flush();
        self.text = Some((kind, piece.into()));
    }
}

fn namespace(result: &ResolveResult<'_>) -> String {
    match result {
        ResolveResult::Unbound => String::new(),
        ResolveResult::Bound(ns) if ns.into_inner().is_empty() => String::new(),
        ResolveResult::Bound(ns) => {
            // quick-xml leaves references and line ends in namespace names as they are.
            let spaces = ns.into_inner().replace("\r\n", " ");
            let spaces = spaces.replace(['\r', '\n', '\t'], " ");
            let uri = quick_xml::escape::unescape(&spaces).unwrap_or_default();
            format!("{{{uri}}}")
        }
        ResolveResult::Unknown(_) => "{?}".into(),
    }
}

fn start(reader: &NsReader<&[u8]>, ns: &str, tag: &BytesStart<'_>) -> Result<String, String> {
    let mut declarations = String::new();
    let mut attributes = String::new();
    for attribute in tag.attributes() {
        let attribute = attribute.map_err(|e| e.to_string())?;
        let value = attribute
            .normalized_value(XmlVersion::Implicit1_0)
            .map_err(|e| e.to_string())?;
        let name = attribute.key.into_inner();
        if name == "xmlns" || name.starts_with("xmlns:") {
            let prefix = name.strip_prefix("xmlns:").unwrap_or_default();
            declarations.push_str(&format!(" [{prefix}={value}]"));
        } else {
            let (resolved, _) = reader.resolver().resolve_attribute(attribute.key);
            attributes.push_str(&format!(" {name}{}={value:?}", namespace(&resolved)));
        }
    }
    let ns = if ns.is_empty() {
        String::new()
    } else {
        format!(" {ns}")
    };
    let name = tag.name();
    Ok(format!(
        "start {}{ns}{declarations}{attributes}",
        name.into_inner()
    ))
}

/// What quick-xml makes of a document, as far as it looks.
fn oracle(document: &str) -> Result<Vec<String>, String> {
    let mut reader = NsReader::from_reader(document.as_bytes());
    reader.config_mut().enable_all_checks(true);
    let mut seen = Collected::default();
    let mut depth = 0usize;
    let mut buffer = Vec::new();
    loop {
        buffer.clear();
        let event = reader
            .read_event_into(&mut buffer)
            .map_err(|e| e.to_string())?;
        let (resolved, event) = reader.resolver().resolve_event(event);
        let ns = namespace(&resolved);
        let end = |name: &str| format!("end {name} {ns}").trim_end().to_string();
        match event {
            Event::Start(tag) => {
                depth += 1;
                seen.event(start(&reader, &ns, &tag)?);
            }
            Event::Empty(tag) => {
                seen.event(start(&reader, &ns, &tag)?);
                let name = tag.name();
                seen.event(end(name.into_inner()));
            }
            Event::End(tag) => {
                depth -= 1;
                let name = tag.name();
                seen.event(end(name.into_inner()));
            }
            Event::Text(text) if depth > 0 => seen.text("Literal", &text.xml10_content()),
            Event::CData(text) if depth > 0 => seen.text("CData", &text.xml10_content()),
            Event::GeneralRef(reference) if depth > 0 => {
                let resolved = match reference.resolve_char_ref().map_err(|e| e.to_string())? {
                    Some(c) => c,
                    None => match reference.xml10_content().as_ref() {
                        "amp" => '&',
                        "lt" => '<',
                        "gt" => '>',
                        "apos" => '\'',
                        "quot" => '"',
                        _ => return Err("unknown entity".into()),
                    },
                };
                seen.text("Reference", resolved.encode_utf8(&mut [0; 4]));
            }
            // White space, or what our reader calls leading junk; the rest it refuses.
            Event::Text(_) | Event::CData(_) | Event::GeneralRef(_) => {}
            Event::Comment(_) => seen.event("comment".into()),
            Event::PI(pi) => {
                seen.event(format!("pi {}", pi.target()));
                let data = pi.content().trim_start_matches([' ', '\t', '\r', '\n']);
                let data = data.replace("\r\n", "\n").replace('\r', "\n");
                seen.text("Literal", &data);
                seen.event("pi end".into());
            }
            Event::Decl(decl) => {
                let version = decl.version().map_err(|e| e.to_string())?;
                let encoding = decl.encoding().transpose().map_err(|e| e.to_string())?;
                let standalone = decl.standalone().transpose().map_err(|e| e.to_string())?;
                seen.event(format!(
                    "declaration {version} {encoding:?} {:?}",
                    standalone.map(|s| s == "yes")
                ));
            }
            Event::DocType(_) => return Err("document type".into()),
            Event::Eof if depth > 0 => return Err("open elements at the end".into()),
            Event::Eof => {
                seen.event("eof".into());
                return Ok(seen.events);
            }
        }
    }
}

/// What quick-xml does not look at; a document refused for such a reason may pass there.
fn beyond_the_oracle(kind: &XmlErrorKind) -> bool {
    match kind {
        // It takes whatever characters there are, by reference too, and reads any encoding.
        XmlErrorKind::InvalidCharacter | XmlErrorKind::UnsupportedEncoding => true,
        // An empty document, or one that ends before its root.
        XmlErrorKind::UnexpectedEnd => true,
        XmlErrorKind::NotWellFormed(flaw) => match flaw {
            // Names may be anything, with any number of colons.
            Flaw::Name | Flaw::QualifiedName | Flaw::Tag | Flaw::ProcessingInstruction => true,
            // A name that goes on with such a character looks like one without a value to us.
            Flaw::AttributeWithoutValue => true,
            // `<` and `]]>` are text like other text, and so is what `<` or quotes hide.
            Flaw::LessThanInValue | Flaw::CDataEndInText | Flaw::NoSpaceBeforeAttribute => true,
            // Two names of one namespace, by different prefixes.
            Flaw::DuplicateAttribute => true,
            // The order of things outside and before the root.
            Flaw::TextOutsideRoot
            | Flaw::SecondRoot
            | Flaw::MisplacedDeclaration
            | Flaw::Declaration => true,
            // Only some uses of the reserved names, and no empty prefix.
            Flaw::ReservedNamespace | Flaw::EmptyPrefixBinding => true,
            // A reference in attributes is not looked at closely, `&#X41;` for one; and
            // outside the root this oracle looks at none.
            Flaw::Reference => true,
            _ => false,
        },
        _ => false,
    }
}

fn check_against_oracle(document: &str) -> Result<(), TestCaseError> {
    let ours = read(Reader::new(document.as_bytes(), Limits::default()));
    // Leading junk is skipped here, but text like other text there.
    let from = document.find('<').unwrap_or(document.len());
    let theirs = oracle(&document[from..]);
    match (&ours.error, theirs) {
        (None, Ok(events)) => prop_assert_eq!(&ours.events, &events, "{}", document),
        (None, Err(error)) => {
            prop_assert!(false, "only quick-xml refuses {document:?}: {error}");
        }
        (Some(error), Ok(_)) => prop_assert!(
            beyond_the_oracle(&error.kind),
            "only we refuse {document:?}: {error}"
        ),
        (Some(_), Err(_)) => {}
    }
    Ok(())
}

fn check_splits(document: &[u8]) -> Result<(), TestCaseError> {
    let whole = read(Reader::new(document, Limits::default()));
    for step in [1, 2, 3, 5, 7, 64] {
        let pieces = read(Reader::new(Dribble::new(document, step), Limits::default()));
        prop_assert_eq!(&whole.events, &pieces.events);
        let key = |reading: &xml_support::Reading| {
            let error = reading.error.as_ref();
            error.map(|e| (format!("{:?}", e.kind), e.position))
        };
        prop_assert_eq!(key(&whole), key(&pieces));
        // Pieces of text differ, all else begins at the same places.
        for position in &whole.positions {
            prop_assert!(
                pieces.positions.contains(position),
                "{:?} is lost",
                position
            );
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig {
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn well_formed_documents_are_read_as_quick_xml_reads_them(document in document()) {
        let ours = read(Reader::new(document.as_bytes(), Limits::default()));
        prop_assert!(ours.error.is_none(), "{:?}", ours.error);
        check_against_oracle(&document)?;
    }

    #[test]
    fn damaged_documents_are_never_read_otherwise_than_quick_xml_reads_them(document in damaged()) {
        check_against_oracle(&document)?;
    }

    #[test]
    fn how_the_input_is_cut_up_changes_nothing(document in prop_oneof![document(), damaged()]) {
        check_splits(document.as_bytes())?;
    }

    #[test]
    fn nor_does_it_with_broken_bytes(
        document in document(),
        at in 0..500usize,
        byte in any::<u8>(),
    ) {
        let mut bytes = document.into_bytes();
        let at = at % bytes.len();
        bytes[at] = byte;
        check_splits(&bytes)?;
    }

    #[test]
    fn the_end_of_the_buffer_may_fall_anywhere(document in document(), padding in 65_300..65_536usize) {
        let plain = read(Reader::new(document.as_bytes(), Limits::default()));
        let padded = format!("{}{document}", " ".repeat(padding));
        let limits = Limits { max_leading_junk: usize::MAX, ..Limits::default() };
        let moved = read(Reader::new(padded.as_bytes(), limits));
        prop_assert_eq!(plain.events, moved.events);
        prop_assert_eq!(plain.error.is_some(), moved.error.is_some());
    }
}
