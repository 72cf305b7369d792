//! Documents with much about namespaces in them, and their canonical forms by our code.

use std::fmt::Write as _;
use std::io::Read;

use lienthong::xml::{Ancestors, Canonical, CanonicalError, Event, Form, Limits, Reader};

/// Small, seeded chance (SplitMix64).
pub(crate) struct Chance(pub(crate) u64);

impl Chance {
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) % bound as u64) as usize
    }

    fn one_in(&mut self, bound: usize) -> bool {
        self.below(bound) == 0
    }

    fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())]
    }
}

/// Hands out its bytes in pieces of changing length.
pub(crate) struct Cut<'a> {
    pub(crate) rest: &'a [u8],
    pub(crate) chance: Chance,
    pub(crate) most: usize,
}

impl Read for Cut<'_> {
    fn read(&mut self, space: &mut [u8]) -> std::io::Result<usize> {
        let count = (1 + self.chance.below(self.most))
            .min(space.len())
            .min(self.rest.len());
        let (now, later) = self.rest.split_at(count);
        space[..count].copy_from_slice(now);
        self.rest = later;
        Ok(count)
    }
}

const PREFIXES: &[&str] = &["", "p", "q", "r", "Văn", "\u{10000}", "\u{FDF0}"];
const URIS: &[&str] = &[
    "urn:1",
    "urn:2",
    "http://a.example/",
    "http://a.example/b?c=d;e#f",
    "urn:1'",
    "A+b-c.1:x",
];
const LOCALS: &[&str] = &["a", "b", "B", "a-1", "ế", "\u{10000}", "\u{FB00}", "_"];
const XML_ATTRIBUTES: &[&str] = &["lang", "space", "base", "other"];
const TEXTS: &[&str] = &[
    "a",
    "x ",
    "\r\n",
    "\r",
    "\n",
    "\t",
    " ",
    "ế",
    "\u{1F600}",
    "]",
    "]]",
    "-",
    "?",
    "'",
    "\"",
    ">",
    "=",
    "/",
    "\u{7F}",
    "\u{85}",
    "\u{2028}",
    "&amp;",
    "&lt;",
    "&gt;",
    "&apos;",
    "&quot;",
    "&#9;",
    "&#10;",
    "&#13;",
    "&#x1EBF;",
    "&#38;",
    "&#x3c;",
];
const SPACES: &[&str] = &[" ", "\n", "\r\n\t", "  "];

/// A well-formed document, and the number of its elements.
pub(crate) struct Made {
    pub(crate) text: String,
    pub(crate) elements: usize,
}

struct Maker<'a> {
    chance: &'a mut Chance,
    text: String,
    elements: usize,
    /// What each prefix stands for, the nearest last.
    bound: Vec<(&'static str, &'static str)>,
}

/// A document in which every prefix is declared, and every namespace absolute.
pub(crate) fn document(chance: &mut Chance) -> Made {
    let mut maker = Maker {
        chance,
        text: String::new(),
        elements: 0,
        bound: Vec::new(),
    };
    if maker.chance.one_in(3) {
        maker
            .text
            .push_str("<?xml version='1.0' encoding='UTF-8'?>\r\n");
    }
    maker.misc();
    maker.element(0);
    maker.misc();
    Made {
        text: maker.text,
        elements: maker.elements,
    }
}

impl Maker<'_> {
    fn misc(&mut self) {
        for _ in 0..self.chance.below(3) {
            match self.chance.below(3) {
                0 => self.text.push_str("\r\n "),
                1 => self.comment(),
                _ => self.instruction(),
            }
        }
    }

    fn comment(&mut self) {
        let text = self.texts(&["--", "<", "&"]).replace('-', "- ");
        write!(self.text, "<!--{text} -->").unwrap();
    }

    fn instruction(&mut self) {
        let target = self.chance.pick(LOCALS);
        let space = self.chance.pick(&["", " ", "\r\n\t "]);
        let data = self.texts(&["<a>", "&x", "??", "]]>"]).replace("?>", "? >");
        match space {
            "" => write!(self.text, "<?{target}?>"),
            _ => write!(self.text, "<?{target}{space}{data}?>"),
        }
        .unwrap();
    }

    fn texts(&mut self, more: &[&'static str]) -> String {
        let mut text = String::new();
        for _ in 0..self.chance.below(6) {
            if !more.is_empty() && self.chance.one_in(4) {
                text.push_str(self.chance.pick(more));
            } else {
                text.push_str(self.chance.pick(TEXTS));
            }
        }
        text
    }

    fn uri_of(&self, prefix: &str) -> &'static str {
        let bound = self.bound.iter().rev().find(|bound| bound.0 == prefix);
        bound.map_or("", |bound| bound.1)
    }

    fn declarations(&mut self) -> Vec<(&'static str, &'static str)> {
        let mut declared: Vec<(&'static str, &'static str)> = Vec::new();
        if self.chance.one_in(2) {
            for _ in 0..self.chance.below(4) {
                let prefix = self.chance.pick(PREFIXES);
                if declared.iter().any(|earlier| earlier.0 == prefix) {
                    continue;
                }
                let uri = match prefix {
                    "" if self.chance.one_in(3) => "",
                    _ => self.chance.pick(URIS),
                };
                declared.push((prefix, uri));
            }
        }
        declared
    }

    /// A prefix that stands for something.
    fn prefix(&mut self) -> &'static str {
        let prefix = self.chance.pick(PREFIXES);
        if self.uri_of(prefix).is_empty() {
            ""
        } else {
            prefix
        }
    }

    fn attributes(&mut self) -> Vec<String> {
        let mut names: Vec<(&str, &str)> = Vec::new();
        let mut written = Vec::new();
        for _ in 0..self.chance.below(5) {
            let (prefix, uri, local) = if self.chance.one_in(4) {
                ("xml", "xml", self.chance.pick(XML_ATTRIBUTES))
            } else {
                let prefix = self.prefix();
                let uri = if prefix.is_empty() {
                    ""
                } else {
                    self.uri_of(prefix)
                };
                (prefix, uri, self.chance.pick(LOCALS))
            };
            if names.contains(&(uri, local)) {
                continue;
            }
            names.push((uri, local));
            let quote = self.chance.pick(&["\"", "'"]);
            let value = self.texts(&[]).replace(quote, "&#34;");
            let colon = if prefix.is_empty() { "" } else { ":" };
            let equals = self.chance.pick(&["=", " = "]);
            written.push(format!(
                "{prefix}{colon}{local}{equals}{quote}{value}{quote}"
            ));
        }
        written
    }

    fn element(&mut self, depth: usize) {
        self.elements += 1;
        let outside = self.bound.len();
        let declared = self.declarations();
        self.bound.extend(&declared);
        let prefix = self.prefix();
        let colon = if prefix.is_empty() { "" } else { ":" };
        let name = format!("{prefix}{colon}{}", self.chance.pick(LOCALS));
        let mut parts = self.attributes();
        for (prefix, uri) in declared {
            let colon = if prefix.is_empty() { "" } else { ":" };
            let at = self.chance.below(parts.len() + 1);
            parts.insert(at, format!("xmlns{colon}{prefix}=\"{uri}\""));
        }
        self.text.push('<');
        self.text.push_str(&name);
        for part in parts {
            let space = self.chance.pick(SPACES);
            self.text.push_str(space);
            self.text.push_str(&part);
        }
        if self.chance.one_in(4) {
            self.text.push_str(" />");
        } else {
            self.text.push('>');
            for _ in 0..self.chance.below(6) {
                self.content(depth + 1);
            }
            write!(self.text, "</{name}\n>").unwrap();
        }
        self.bound.truncate(outside);
    }

    fn content(&mut self, depth: usize) {
        match self.chance.below(8) {
            0..=3 if depth < 6 && self.elements < 12 => self.element(depth),
            0 => self.comment(),
            1 => self.instruction(),
            2 => {
                let text = self.texts(&["<a>", "&", "]]"]).replace("]]>", "]] >");
                write!(self.text, "<![CDATA[{text}]]>").unwrap();
            }
            _ => {
                let text = self.texts(&[]).replace("]]>", "]] >");
                // Nor may texts side by side end a CDATA section that is none.
                let text = text.trim_start_matches([']', '>']);
                self.text.push_str(text);
            }
        }
    }
}

/// The six forms that the oracle gives, in its order.
pub(crate) type Forms = [Result<Vec<u8>, CanonicalError>; 6];

/// One canonical form in the making.
struct Making {
    canonical: Canonical,
    written: Vec<u8>,
    failure: Option<CanonicalError>,
}

impl Making {
    fn new(canonical: Canonical) -> Self {
        Self {
            canonical,
            written: Vec::new(),
            failure: None,
        }
    }

    fn event(&mut self, event: &Event<'_>) {
        let mut out = |piece: &[u8]| self.written.extend_from_slice(piece);
        if let Err(failure) = self.canonical.event(event, &mut out) {
            self.failure = Some(failure);
        }
    }

    fn end(self) -> Result<Vec<u8>, CanonicalError> {
        match self.failure {
            None => Ok(self.written),
            Some(failure) => Err(failure),
        }
    }
}

/// All six forms in one pass over one stream of events; elements are numbered from 1.
pub(crate) fn forms<R: Read>(source: R, cut: usize, left_out: usize) -> Forms {
    let mut reader = Reader::new(source, Limits::default());
    let new = |form| Making::new(Canonical::document(form));
    let mut whole = [Form::Inclusive, Form::Exclusive].map(new);
    let mut without = [Form::Inclusive, Form::Exclusive].map(new);
    let mut subtree: Option<[Making; 2]> = None;
    let mut ancestors = Ancestors::default();
    let mut seen = 0;
    let mut depth = 0usize;
    // Depth of the element that is left out, while it is open.
    let mut inside: Option<usize> = None;
    loop {
        let event = reader.next_event().unwrap();
        if let Event::Start(_) = event {
            seen += 1;
            depth += 1;
            if seen == left_out {
                inside = Some(depth);
            }
            if seen == cut {
                let new = |form| Making::new(Canonical::subtree(form, &ancestors));
                subtree = Some([Form::Inclusive, Form::Exclusive].map(new));
            }
        }
        if subtree.is_none() {
            ancestors.event(&event);
        }
        for making in &mut whole {
            making.event(&event);
        }
        if inside.is_none() {
            for making in without.iter_mut().chain(subtree.iter_mut().flatten()) {
                making.event(&event);
            }
        }
        match event {
            Event::End(_) => {
                if inside == Some(depth) {
                    inside = None;
                }
                depth -= 1;
            }
            Event::EndOfDocument => break,
            _ => {}
        }
    }
    let [a, b] = whole.map(Making::end);
    let [c, d] = without.map(Making::end);
    let [e, f] = subtree.unwrap().map(Making::end);
    [a, b, c, d, e, f]
}

/// The canonical form of a whole document.
pub(crate) fn canonical(document: &[u8], form: Form) -> Result<Vec<u8>, CanonicalError> {
    let [inclusive, exclusive, ..] = forms(document, 1, 0);
    match form {
        Form::Inclusive => inclusive,
        Form::Exclusive => exclusive,
    }
}
