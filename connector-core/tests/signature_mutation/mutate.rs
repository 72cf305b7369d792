//! Changes to a document: of bytes, of its nodes, and of how it is written.

use std::ops::Range;

use crate::xml_support::canonical::Chance;

/// An element of a document; ranges of its bytes.
#[derive(Clone, Debug)]
struct Element {
    /// From the start of its start tag to the end of its end tag.
    whole: Range<usize>,
    /// Its start tag.
    tag: Range<usize>,
    /// Its name in the start tag.
    name: Range<usize>,
    /// Between the tags; empty for an empty-element tag.
    content: Range<usize>,
}

/// A changed document in the making.
pub(crate) struct Mutant<'m> {
    pub(crate) text: Vec<u8>,
    /// What was done, in order.
    pub(crate) done: Vec<&'static str>,
    chance: &'m mut Chance,
    /// Documents from which parts may come.
    donors: &'m [&'m [u8]],
}

type Change = fn(&mut Mutant<'_>) -> Option<()>;

/// Every change, by its name.
const CHANGES: &[(&str, Change)] = &[
    ("flip a bit", |m| m.flip()),
    ("put a byte", |m| m.put_byte()),
    ("insert a byte", |m| m.insert_byte()),
    ("delete bytes", |m| m.delete_bytes()),
    ("repeat bytes", |m| m.repeat_bytes()),
    ("swap bytes", |m| m.swap_bytes()),
    ("change a letter of base64", |m| m.base64_letter()),
    ("spare bits of base64", |m| m.base64_spare()),
    ("wrap base64", |m| m.base64_wrap()),
    ("move an element", |m| m.move_element()),
    ("repeat an element", |m| m.repeat_element()),
    ("delete an element", |m| m.delete_element()),
    ("swap elements", |m| m.swap_elements()),
    ("wrap an element", |m| m.wrap_element()),
    ("unwrap an element", |m| m.unwrap_element()),
    ("rename an element", |m| m.rename_element()),
    ("another prefix", |m| m.change_prefix()),
    ("graft an element", |m| m.graft()),
    ("move the signature", |m| m.move_signature()),
    ("empty an element", |m| m.empty_element()),
    ("change a text", |m| m.change_text()),
    ("declare a namespace", |m| m.declare()),
    ("add an attribute", |m| m.add_attribute()),
    ("drop an attribute", |m| m.drop_attribute()),
    ("swap attributes", |m| m.swap_attributes()),
    ("swap attributes", |m| m.swap_attributes()),
    ("change quotes", |m| m.change_quotes()),
    ("change quotes", |m| m.change_quotes()),
    ("change an attribute", |m| m.change_attribute()),
    ("space in a tag", |m| m.space_in_tag()),
    ("space in a tag", |m| m.space_in_tag()),
    ("other tags of an empty element", |m| m.other_empty()),
    ("other tags of an empty element", |m| m.other_empty()),
    ("white space between", |m| m.white_space()),
    ("a comment", |m| m.comment()),
    ("an instruction", |m| m.instruction()),
    ("CDATA", |m| m.cdata()),
    ("CDATA", |m| m.cdata()),
    ("a reference", |m| m.reference()),
    ("a reference", |m| m.reference()),
    ("an entity", |m| m.entity()),
    ("line ends", |m| m.line_ends()),
    ("the declaration", |m| m.declaration()),
    ("around the document", |m| m.around()),
];

const BYTES: &[u8] = b"<>&\"'/=:!?-[]#; \t\r\nA0\x00\x01\x7F\x80\xC3\xFF";
const SPACE: &[&str] = &[" ", "\n", "\r\n", "\t", "\r", "  \n"];
const WRAPPERS: &[&str] = &[
    "x",
    "ds:Object",
    "Object",
    "Signature",
    "edXML:MessageHeader",
    "edXMLHeader",
    "Manifest",
    "SignatureProperties",
    "KeyInfo",
    "x xmlns=\"\"",
    "Object xmlns=\"http://www.w3.org/2000/09/xmldsig#\"",
];
const NAMES: &[&str] = &[
    "Signature",
    "SignedInfo",
    "SignatureValue",
    "Object",
    "Manifest",
    "KeyInfo",
    "KeyName",
    "X509Data",
    "X509SubjectName",
    "X509CRL",
    "Reference",
    "RetrievalMethod",
    "Subject",
    "OrganId",
    "Attachment",
    "x",
];
const PREFIXES: &[&str] = &["", "ds:", "edXML:", "x:", "xml:", "n:"];
const URIS: &[&str] = &[
    "http://www.w3.org/2000/09/xmldsig#",
    "http://www.w3.org/2009/xmldsig11#",
    "http://uri.etsi.org/01903/v1.3.2#",
    "http://www.mic.gov.vn/TBT/QCVN_102_2016",
    "urn:x",
    "relative",
    "",
];
const VALUES: &[&str] = &[
    "",
    "s",
    "#s",
    "s1",
    "p1",
    "vi",
    "&#32;&#10;",
    "http://www.w3.org/2000/09/xmldsig#sha1",
    "http://www.w3.org/2000/09/xmldsig#hmac-sha1",
    "http://www.w3.org/2000/09/xmldsig#enveloped-signature",
    "http://www.w3.org/2000/09/xmldsig#base64",
    "http://www.w3.org/2001/04/xmlenc#sha512",
    "http://www.w3.org/2001/04/xmldsig-more#rsa-sha512",
    "http://www.w3.org/2001/10/xml-exc-c14n#",
    "http://www.w3.org/2001/10/xml-exc-c14n#WithComments",
    "http://www.w3.org/TR/2001/REC-xml-c14n-20010315",
    "http://www.w3.org/TR/1999/REC-xpath-19991116",
];

/// Changes a document in one to three ways.
pub(crate) fn mutant<'m>(
    text: &[u8],
    chance: &'m mut Chance,
    donors: &'m [&'m [u8]],
) -> Mutant<'m> {
    let mut mutant = Mutant {
        text: text.to_vec(),
        done: Vec::new(),
        chance,
        donors,
    };
    let wanted = [1, 1, 1, 2, 2, 3][mutant.chance.below(6)];
    while mutant.done.len() < wanted {
        let (name, change) = CHANGES[mutant.chance.below(CHANGES.len())];
        if change(&mut mutant).is_some() {
            mutant.done.push(name);
        }
    }
    mutant
}

fn find(text: &[u8], from: usize, what: &[u8]) -> Option<usize> {
    let rest = text.get(from..)?;
    let at = rest.windows(what.len()).position(|bytes| bytes == what)?;
    Some(from + at)
}

/// The elements of a document that is well-formed or nearly so, in order.
fn elements(text: &[u8]) -> Vec<Element> {
    let mut found: Vec<Element> = Vec::new();
    let mut open: Vec<usize> = Vec::new();
    let mut at = 0;
    while let Some(start) = find(text, at, b"<") {
        let skipped = [
            (&b"<!--"[..], &b"-->"[..]),
            (b"<![CDATA[", b"]]>"),
            (b"<?", b"?>"),
            (b"<!", b">"),
        ];
        let other = skipped
            .iter()
            .find(|(begins, _)| text[start..].starts_with(begins));
        if let Some((_, ends)) = other {
            match find(text, start, ends) {
                Some(end) => at = end + ends.len(),
                None => break,
            }
            continue;
        }
        let mut quote = None;
        let rest = text[start..].iter().position(|&byte| match quote {
            Some(open) => {
                if byte == open {
                    quote = None;
                }
                false
            }
            None => {
                if matches!(byte, b'"' | b'\'') {
                    quote = Some(byte);
                }
                byte == b'>'
            }
        });
        let Some(end) = rest.map(|rest| start + rest + 1) else {
            break;
        };
        at = end;
        if text[start..].starts_with(b"</") {
            if let Some(index) = open.pop() {
                found[index].content.end = start;
                found[index].whole.end = end;
            }
            continue;
        }
        let name = text[start + 1..end]
            .iter()
            .take_while(|&&byte| !matches!(byte, b' ' | b'\t' | b'\r' | b'\n' | b'/' | b'>'))
            .count();
        let empty = text[..end].ends_with(b"/>");
        if !empty {
            open.push(found.len());
        }
        found.push(Element {
            whole: start..end,
            tag: start..end,
            name: start + 1..start + 1 + name,
            content: end..end,
        });
    }
    found
}

/// The attributes of a start tag: each from its name to its closing quote.
fn attributes(text: &[u8], element: &Element) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut at = element.name.end;
    while at < element.tag.end {
        let space = |byte: &u8| matches!(byte, b' ' | b'\t' | b'\r' | b'\n');
        let Some(start) = text[at..element.tag.end].iter().position(|b| !space(b)) else {
            break;
        };
        let start = at + start;
        let quoted = text[start..element.tag.end]
            .iter()
            .position(|byte| matches!(byte, b'"' | b'\''));
        let Some(open) = quoted.map(|place| start + place) else {
            break;
        };
        let Some(close) = find(text, open + 1, &text[open..=open]) else {
            break;
        };
        found.push(start..close + 1);
        at = close + 1;
    }
    found
}

impl Mutant<'_> {
    fn pick<T: Copy>(&mut self, from: &[T]) -> Option<T> {
        (!from.is_empty()).then(|| from[self.chance.below(from.len())])
    }

    fn replace(&mut self, range: Range<usize>, with: &[u8]) -> Option<()> {
        self.text.splice(range, with.iter().copied());
        Some(())
    }

    /// The `Signature` and what is in it, or nothing.
    fn signature(&self) -> Range<usize> {
        let all = elements(&self.text);
        let found = all
            .iter()
            .find(|element| self.local(element) == b"Signature");
        found.map_or(0..0, |element| element.whole.clone())
    }

    fn local(&self, element: &Element) -> &[u8] {
        let name = &self.text[element.name.clone()];
        let colon = name.iter().position(|byte| *byte == b':');
        &name[colon.map_or(0, |colon| colon + 1)..]
    }

    /// Some element; every other time one of the signature.
    fn element(&mut self) -> Option<Element> {
        let mut all = elements(&self.text);
        if self.chance.below(2) == 0 {
            let inside = self.signature();
            all.retain(|element| inside.contains(&element.whole.start));
        }
        let index = self.chance.below(all.len().max(1));
        all.into_iter().nth(index)
    }

    /// Some element other than the root.
    fn inner(&mut self) -> Option<Element> {
        self.element()
            .filter(|element| element.whole.len() * 10 < self.text.len() * 9)
    }

    /// A place between elements.
    fn between(&mut self) -> Option<usize> {
        let element = self.element()?;
        let places = [
            element.whole.start,
            element.whole.end,
            element.content.start,
            element.content.end,
        ];
        self.pick(&places)
    }

    /// Some byte; half of the time one of the signature, else mostly one of the head.
    fn place(&mut self) -> usize {
        let signature = self.signature();
        let range = match self.chance.below(4) {
            0 | 1 if !signature.is_empty() => signature,
            2 => 0..self.text.len().min(3_000),
            _ => 0..self.text.len(),
        };
        range.start + self.chance.below(range.len().max(1))
    }

    /// A text that is not empty, without markup in it.
    fn run(&mut self) -> Option<Range<usize>> {
        let element = self.element()?;
        let content = &self.text[element.content.clone()];
        let plain = !content.is_empty() && !content.contains(&b'<');
        plain.then_some(element.content)
    }

    /// A text in base64, mostly of the signature.
    fn base64(&mut self) -> Option<Range<usize>> {
        let run = self.run()?;
        let letters = self.text[run.clone()]
            .iter()
            .filter(|byte| byte.is_ascii_alphanumeric() || b"+/=".contains(byte));
        (letters.count() >= 40).then_some(run)
    }

    fn flip(&mut self) -> Option<()> {
        let (at, bit) = (self.place(), self.chance.below(8));
        *self.text.get_mut(at)? ^= 1 << bit;
        Some(())
    }

    fn put_byte(&mut self) -> Option<()> {
        let (at, byte) = (self.place(), self.pick(BYTES)?);
        *self.text.get_mut(at)? = byte;
        Some(())
    }

    fn insert_byte(&mut self) -> Option<()> {
        let (at, byte) = (self.place(), self.pick(BYTES)?);
        self.replace(at..at, &[byte])
    }

    fn delete_bytes(&mut self) -> Option<()> {
        let at = self.place();
        let count = 1 + self.chance.below(3);
        self.replace(at..(at + count).min(self.text.len()), b"")
    }

    fn repeat_bytes(&mut self) -> Option<()> {
        let at = self.place();
        let count = 1 + self.chance.below(40);
        let bytes = self.text[at..(at + count).min(self.text.len())].to_vec();
        let to = self.place();
        self.replace(to..to, &bytes)
    }

    fn swap_bytes(&mut self) -> Option<()> {
        let (one, other) = (self.place(), self.place());
        self.text.swap(one, other);
        Some(())
    }

    fn base64_letter(&mut self) -> Option<()> {
        let run = self.base64()?;
        let at = run.start + self.chance.below(run.len());
        self.text[at] = self.pick(b"AQgw/+=-_ \n")?;
        Some(())
    }

    /// Other bits behind the last byte, or other padding.
    fn base64_spare(&mut self) -> Option<()> {
        let run = self.base64()?;
        let last = self.text[run.clone()]
            .iter()
            .rposition(|byte| byte.is_ascii_alphanumeric() || b"+/".contains(byte))?;
        let last = run.start + last;
        match self.chance.below(3) {
            0 => {
                // The next letter of the alphabet differs in the last bit.
                self.text[last] = self.text[last].wrapping_add(1);
                Some(())
            }
            1 => self.replace(last + 1..run.end, b""),
            _ => self.replace(last + 1..last + 1, b"="),
        }
    }

    fn base64_wrap(&mut self) -> Option<()> {
        let run = self.base64()?;
        let end = self.pick(&["\n", "\r\n", "&#13;\n", " ", "&#10;", "\u{a0}"])?;
        let at = run.start + self.chance.below(run.len());
        self.replace(at..at, end.as_bytes())
    }

    fn move_element(&mut self) -> Option<()> {
        let element = self.inner()?;
        let bytes = self.text[element.whole.clone()].to_vec();
        let to = self.between()?;
        if element.whole.contains(&to) {
            return None;
        }
        if to < element.whole.start {
            self.replace(element.whole, b"")?;
            self.replace(to..to, &bytes)
        } else {
            self.replace(to..to, &bytes)?;
            self.replace(element.whole, b"")
        }
    }

    fn repeat_element(&mut self) -> Option<()> {
        let element = self.inner()?;
        let bytes = self.text[element.whole].to_vec();
        let to = self.between()?;
        self.replace(to..to, &bytes)
    }

    fn delete_element(&mut self) -> Option<()> {
        let element = self.inner()?;
        self.replace(element.whole, b"")
    }

    fn swap_elements(&mut self) -> Option<()> {
        let (one, other) = (self.inner()?.whole, self.inner()?.whole);
        let (first, second) = if one.start < other.start {
            (one, other)
        } else {
            (other, one)
        };
        if first.end > second.start {
            return None;
        }
        let (a, b) = (
            self.text[first.clone()].to_vec(),
            self.text[second.clone()].to_vec(),
        );
        self.replace(second, &a)?;
        self.replace(first, &b)
    }

    fn wrap_element(&mut self) -> Option<()> {
        let element = self.element()?.whole;
        let with = self.pick(WRAPPERS)?;
        let name = with.split(' ').next().unwrap_or_default();
        self.replace(element.end..element.end, format!("</{name}>").as_bytes())?;
        self.replace(element.start..element.start, format!("<{with}>").as_bytes())
    }

    fn unwrap_element(&mut self) -> Option<()> {
        let element = self.element()?;
        let content = self.text[element.content].to_vec();
        self.replace(element.whole, &content)
    }

    fn rename(&mut self, element: &Element, name: &[u8]) -> Option<()> {
        if element.content.end < element.whole.end {
            let close = element.content.end..element.whole.end;
            self.replace(close, &[b"</", name, b">"].concat())?;
        }
        self.replace(element.name.clone(), name)
    }

    fn rename_element(&mut self) -> Option<()> {
        let element = self.element()?;
        let old = &self.text[element.name.clone()];
        let colon = old.iter().position(|byte| *byte == b':');
        let prefix = old[..colon.map_or(0, |colon| colon + 1)].to_vec();
        let name = self.pick(NAMES)?;
        self.rename(&element, &[&prefix, name.as_bytes()].concat())
    }

    /// Another prefix, perhaps with a declaration that makes it mean the same.
    fn change_prefix(&mut self) -> Option<()> {
        let element = self.element()?;
        let prefix = self.pick(PREFIXES)?;
        let name = [prefix.as_bytes(), self.local(&element)].concat();
        let declares = self.chance.below(2) == 0;
        let uri = self.pick(URIS)?;
        let declaration = match prefix.strip_suffix(':') {
            Some(prefix) => format!(" xmlns:{prefix}=\"{uri}\""),
            None => format!(" xmlns=\"{uri}\""),
        };
        if element.content.end < element.whole.end {
            let close = element.content.end..element.whole.end;
            self.replace(close, &[b"</", name.as_slice(), b">"].concat())?;
        }
        if declares {
            let at = element.name.end;
            self.replace(at..at, declaration.as_bytes())?;
        }
        self.replace(element.name, &name)
    }

    /// An element of another document, in the place of one or beside it.
    fn graft(&mut self) -> Option<()> {
        let donor = self.pick(self.donors)?;
        let mut parts = elements(donor);
        parts.retain(|part| part.whole.len() * 10 < donor.len() * 9);
        let target = self.inner()?;
        let same: Vec<usize> = (0..parts.len())
            .filter(|&index| {
                let name = &donor[parts[index].name.clone()];
                let local = name.rsplit(|byte| *byte == b':').next();
                local == Some(self.local(&target))
            })
            .collect();
        let index = if same.is_empty() || self.chance.below(4) == 0 {
            self.chance.below(parts.len())
        } else {
            self.pick(&same)?
        };
        let bytes = &donor[parts[index].whole.clone()];
        match self.chance.below(3) {
            0 => self.replace(target.whole.end..target.whole.end, bytes),
            _ => self.replace(target.whole, bytes),
        }
    }

    fn move_signature(&mut self) -> Option<()> {
        let signature = self.signature();
        if signature.is_empty() {
            return None;
        }
        let bytes = self.text[signature.clone()].to_vec();
        self.replace(signature, b"")?;
        let header: Vec<Element> = elements(&self.text)
            .into_iter()
            .filter(|element| {
                let local = self.local(element);
                matches!(
                    local,
                    b"MessageHeader" | b"TraceHeaderList" | b"edXMLHeader" | b"Seal"
                )
            })
            .collect();
        let index = self.chance.below(header.len().max(1));
        let element = header.get(index)?;
        let places = [
            element.whole.start,
            element.whole.end,
            element.content.end,
            element.content.start,
        ];
        let to = self.pick(&places)?;
        self.replace(to..to, &bytes)
    }

    fn empty_element(&mut self) -> Option<()> {
        let element = self.inner()?;
        self.replace(element.content, b"")
    }

    fn change_text(&mut self) -> Option<()> {
        let run = self.run()?;
        let with = self.pick(&["", "x", "H98.01", " ", "AQID", "2026/01/01", "&lt;", "ế"])?;
        match self.chance.below(3) {
            0 => self.replace(run.end..run.end, with.as_bytes()),
            1 => self.replace(run.start..run.start, with.as_bytes()),
            _ => self.replace(run, with.as_bytes()),
        }
    }

    /// Puts something into a start tag, behind the name or behind the attributes.
    fn put_in_tag(&mut self, element: &Element, text: &str) -> Option<()> {
        let end = attributes(&self.text, element)
            .last()
            .map_or(element.name.end, |last| last.end);
        let at = self.pick(&[element.name.end, end])?;
        self.replace(at..at, text.as_bytes())
    }

    fn declare(&mut self) -> Option<()> {
        let element = self.element()?;
        let prefix = self.pick(&["xmlns", "xmlns:ds", "xmlns:edXML", "xmlns:x", "xmlns:n"])?;
        let uri = self.pick(URIS)?;
        self.put_in_tag(&element, &format!(" {prefix}=\"{uri}\""))
    }

    fn add_attribute(&mut self) -> Option<()> {
        let element = self.element()?;
        let names = [
            "Id",
            "ID",
            "id",
            "xml:id",
            "URI",
            "Type",
            "Algorithm",
            "xml:lang",
            "x",
            "ds:Id",
            "x:a",
        ];
        let (name, value) = (self.pick(&names)?, self.pick(VALUES)?);
        self.put_in_tag(&element, &format!(" {name}=\"{value}\""))
    }

    /// Some attribute of some element; elements without are passed over.
    fn attribute(&mut self) -> Option<Range<usize>> {
        (0..20).find_map(|_| {
            let element = self.element()?;
            let all = attributes(&self.text, &element);
            let index = self.chance.below(all.len().max(1));
            all.into_iter().nth(index)
        })
    }

    fn drop_attribute(&mut self) -> Option<()> {
        let attribute = self.attribute()?;
        self.replace(attribute, b"")
    }

    fn swap_attributes(&mut self) -> Option<()> {
        (0..40).find_map(|_| {
            let element = self.element()?;
            let all = attributes(&self.text, &element);
            let (first, second) = (all.first()?.clone(), all.last()?.clone());
            (first != second).then_some(())?;
            let a = self.text[first.clone()].to_vec();
            let b = self.text[second.clone()].to_vec();
            self.replace(second, &a)?;
            self.replace(first, &b)
        })
    }

    fn change_quotes(&mut self) -> Option<()> {
        let attribute = self.attribute()?;
        let quote = self.text[attribute.end - 1];
        let other = if quote == b'"' { b'\'' } else { b'"' };
        for byte in &mut self.text[attribute] {
            if *byte == quote {
                *byte = other;
            }
        }
        Some(())
    }

    fn change_attribute(&mut self) -> Option<()> {
        let attribute = self.attribute()?;
        let quote = self.text[attribute.end - 1];
        let open = find(&self.text, attribute.start, &[quote])?;
        let value = self.pick(VALUES)?;
        self.replace(open + 1..attribute.end - 1, value.as_bytes())
    }

    fn space_in_tag(&mut self) -> Option<()> {
        let element = self.element()?;
        let space = self.pick(SPACE)?;
        let mut places = vec![element.name.end, element.tag.end - 1];
        for attribute in attributes(&self.text, &element) {
            places.push(attribute.start);
            places.extend(find(&self.text, attribute.start, b"="));
        }
        let close = element.whole.end - 1;
        places.push(close);
        let at = self.pick(&places)?;
        self.replace(at..at, space.as_bytes())
    }

    fn other_empty(&mut self) -> Option<()> {
        (0..40).find_map(|_| {
            let element = self.element()?;
            if element.tag == element.whole && self.text[..element.tag.end].ends_with(b"/>") {
                let name = self.text[element.name.clone()].to_vec();
                let slash = element.tag.end - 2;
                return self.replace(
                    slash..element.tag.end,
                    &[b"></", name.as_slice(), b">"].concat(),
                );
            }
            (element.content.is_empty() && element.tag != element.whole).then_some(())?;
            self.replace(element.tag.end - 1..element.whole.end, b"/>")
        })
    }

    fn white_space(&mut self) -> Option<()> {
        let (at, space) = (self.between()?, self.pick(SPACE)?);
        self.replace(at..at, space.as_bytes())
    }

    /// A place in a text, at the edge of a character, or between elements.
    fn in_text(&mut self) -> Option<usize> {
        match (self.chance.below(2), self.run()) {
            (0, Some(run)) => {
                let at = run.start + self.chance.below(run.len());
                (self.text[at] & 0xC0 != 0x80).then_some(at)
            }
            _ => self.between(),
        }
    }

    fn comment(&mut self) -> Option<()> {
        let (at, with) = (self.in_text()?, self.pick(&["<!---->", "<!-- < & ế -->"])?);
        self.replace(at..at, with.as_bytes())
    }

    fn instruction(&mut self) -> Option<()> {
        let (at, with) = (self.in_text()?, self.pick(&["<?x?>", "<?x <&>?>"])?);
        self.replace(at..at, with.as_bytes())
    }

    /// A part of a text as CDATA, or an empty section.
    fn cdata(&mut self) -> Option<()> {
        if self.chance.below(3) == 0 {
            let at = self.in_text()?;
            return self.replace(at..at, b"<![CDATA[]]>");
        }
        let run = self.run()?;
        let text = &self.text[run.clone()];
        if text.contains(&b'&') || text.contains(&b'\r') {
            return None;
        }
        let (from, to) = (
            self.chance.below(text.len()),
            self.chance.below(text.len()) + 1,
        );
        let (from, to) = (run.start + from.min(to - 1), run.start + to.max(from));
        let edge = |at: usize| self.text.get(at).is_none_or(|byte| byte & 0xC0 != 0x80);
        (edge(from) && edge(to)).then_some(())?;
        self.replace(to..to, b"]]>")?;
        self.replace(from..from, b"<![CDATA[")
    }

    /// A character written by its number.
    fn reference(&mut self) -> Option<()> {
        let range = match self.chance.below(2) {
            0 => self.run()?,
            _ => {
                let attribute = self.attribute()?;
                let quote = self.text[attribute.end - 1];
                find(&self.text, attribute.start, &[quote])? + 1..attribute.end - 1
            }
        };
        (!range.is_empty()).then_some(())?;
        let text = std::str::from_utf8(&self.text[range.clone()]).ok()?;
        let characters: Vec<(usize, char)> = text.char_indices().collect();
        // A part of a reference, a line end that is not what it looks like: no fair exchange.
        let fair = !text.contains(['&', '\r', '\n', '\t']);
        let (at, character) = self.pick(&characters).filter(|_| fair)?;
        let code = u32::from(character);
        let with = match self.chance.below(3) {
            0 => format!("&#{code};"),
            1 => format!("&#x{code:X};"),
            _ => format!("&#x000{code:x};"),
        };
        let at = range.start + at;
        self.replace(at..at + character.len_utf8(), with.as_bytes())
    }

    fn entity(&mut self) -> Option<()> {
        let at = self.in_text()?;
        let with = self.pick(&["&lt;", "&amp;", "&x;", "&#0;", "&#xD;", "&#x110000;", "&"])?;
        self.replace(at..at, with.as_bytes())?;
        if self.chance.below(2) == 0 {
            let root = find(&self.text, 0, b"<edXML")?;
            self.replace(root..root, b"<!DOCTYPE edXML [<!ENTITY x \"\">]>")?;
        }
        Some(())
    }

    fn line_ends(&mut self) -> Option<()> {
        let from = self.place();
        let (what, with) = self.pick(&[("\r\n", "\n"), ("\n", "\r\n"), ("\n", "\r")])?;
        let at = find(&self.text, from, what.as_bytes())?;
        self.replace(at..at + what.len(), with.as_bytes())
    }

    fn declaration(&mut self) -> Option<()> {
        let end = match self.text.starts_with(b"<?xml") {
            true => find(&self.text, 0, b"?>")? + 2,
            false => 0,
        };
        let declarations = [
            "",
            "<?xml version='1.0'?>",
            "<?xml version=\"1.1\"?>",
            "<?xml version=\"1.0\" encoding=\"utf-8\"?>",
            "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>",
            "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>",
        ];
        let with = self.pick(&declarations)?;
        self.replace(0..end, with.as_bytes())
    }

    fn around(&mut self) -> Option<()> {
        let with = self.pick(&[
            "\u{feff}",
            "\n",
            " ",
            "x",
            "<!-- x -->",
            "<?x y?>",
            "<x/>",
            "\0",
            "&#32;",
        ])?;
        let at = self.pick(&[0, self.text.len()])?;
        self.replace(at..at, with.as_bytes())
    }
}
