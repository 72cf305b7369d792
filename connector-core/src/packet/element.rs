//! How one element of a header becomes a field of the model and back.
//!
//! Every group of the model is declared once, with [`group!`](crate::packet::element::group):
//! field, element name, longest text and documentation, in the order in which
//! the elements are written. Reading, writing, checking, JSON and the normal
//! form all go by that one declaration.

use std::collections::HashMap;
use std::fmt;
use std::hash::{DefaultHasher, Hash, Hasher};

use crate::finding::{Finding, FindingCode, Findings};
use crate::xml::Position;

/// An element of the header as it was read: small, bounded, untyped.
#[derive(Debug, Default)]
pub(crate) struct Node {
    pub(crate) name: Box<str>,
    /// The text as it stands, not trimmed.
    pub(crate) text: String,
    pub(crate) children: Vec<Node>,
    pub(crate) position: Option<Position>,
    pub(crate) has_attributes: bool,
}

/// Where elements stood in the file, for findings made after reading.
/// Bounded: a packet with very many elements loses positions, not findings.
#[derive(Clone, Debug, Default)]
pub(crate) struct Positions(HashMap<u64, Position>);

const MOST_POSITIONS: usize = 10_000;

impl Positions {
    fn key(path: &str) -> u64 {
        let mut hasher = DefaultHasher::new();
        path.hash(&mut hasher);
        hasher.finish()
    }

    fn insert(&mut self, path: &str, position: Position) {
        if self.0.len() < MOST_POSITIONS {
            self.0.insert(Self::key(path), position);
            // The first of many answers to the path without a number as well.
            if path.contains("[1]") {
                self.0.insert(Self::key(&path.replace("[1]", "")), position);
            }
        }
    }

    /// The position of the element, or of the nearest one around it.
    pub(crate) fn find(&self, path: &str) -> Option<Position> {
        let mut path = path;
        loop {
            if let Some(position) = self.0.get(&Self::key(path)) {
                return Some(*position);
            }
            path = path.rsplit_once('/')?.0;
        }
    }
}

/// Where the reader is, and what it has found so far.
pub(crate) struct Context {
    path: String,
    lengths: Vec<usize>,
    here: Vec<Option<Position>>,
    pub(crate) findings: Findings,
    pub(crate) positions: Positions,
}

impl Context {
    pub(crate) fn new(max_findings: usize) -> Self {
        Context {
            path: String::new(),
            lengths: Vec::new(),
            here: Vec::new(),
            findings: Findings::new(max_findings),
            positions: Positions::default(),
        }
    }

    /// Goes into an element; `number` counts repeated ones from 1.
    pub(crate) fn enter(&mut self, name: &str, number: Option<usize>, position: Option<Position>) {
        self.lengths.push(self.path.len());
        self.here.push(position);
        if !self.path.is_empty() {
            self.path.push('/');
        }
        self.path.push_str(name);
        if let Some(number) = number {
            self.path.push_str(&format!("[{number}]"));
        }
        if let Some(position) = position {
            self.positions.insert(&self.path, position);
        }
    }

    pub(crate) fn leave(&mut self) {
        if let Some(length) = self.lengths.pop() {
            self.path.truncate(length);
        }
        self.here.pop();
    }

    pub(crate) fn path(&self) -> &str {
        &self.path
    }

    pub(crate) fn finding(&self, code: FindingCode) -> Finding {
        let mut finding = Finding::new(code, self.path.clone());
        finding.position = self
            .here
            .iter()
            .rev()
            .copied()
            .find_map(|position| position);
        finding
    }

    /// A finding about the element one is in, by its name.
    pub(crate) fn report(&mut self, code: FindingCode) {
        let name = element_of(&self.path).to_owned();
        let finding = self.finding(code).with("element", name);
        self.findings.push(finding);
    }
}

/// The last element of a path, without its number.
pub(crate) fn element_of(path: &str) -> &str {
    let last = path.rsplit('/').next().unwrap_or(path);
    last.split('[').next().unwrap_or(last)
}

/// Follows the leaves of the model in write order.
pub(crate) trait Walk {
    /// A group starts; `number` counts repeated ones from 1.
    fn enter(&mut self, element: &'static str, number: Option<usize>);
    /// The group ends.
    fn leave(&mut self, element: &'static str);
    /// An element with text; `max` is the longest text the table allows, in
    /// characters, 0 where none is known.
    fn leaf(&mut self, element: &'static str, number: Option<usize>, text: &str, max: usize);
}

/// A value that one element holds: a text, an id, a date, a number, a group.
pub(crate) trait Element: Sized {
    /// Reads it; `None` where the element is empty or cannot be understood
    /// (with a finding).
    fn read(node: Node, context: &mut Context) -> Option<Self>;
    /// Shows it to a walker.
    fn walk(&self, element: &'static str, number: Option<usize>, max: usize, walker: &mut dyn Walk);
    /// Whether nothing would be written for it.
    fn is_absent(&self) -> bool;
    /// Brings texts into the form in which they are written and read back.
    fn tidy(&mut self) {}
    /// What `Debug` may show: ids, codes, numbers and dates, never texts.
    fn show(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result;

    /// Puts a text where `below` leads to from here; without one, takes away
    /// what stands there. Gives what is left.
    fn put(
        _old: Option<Self>,
        element: &'static str,
        below: &[Step<'_>],
        text: Option<&str>,
        context: &mut Context,
    ) -> Result<Option<Self>, Misplaced> {
        if !below.is_empty() {
            return Err(Misplaced::NoSuchElement);
        }
        let Some(text) = text.filter(|text| !text.trim().is_empty()) else {
            return Ok(None);
        };
        let node = Node {
            name: element.into(),
            text: text.to_owned(),
            ..Node::default()
        };
        match Self::read(node, context) {
            Some(value) => Ok(Some(value)),
            None => Err(Misplaced::NoValue),
        }
    }
}

/// One element of a path, and which of several, from 1.
#[derive(Clone, Copy)]
pub(crate) struct Step<'p> {
    pub(crate) element: &'p str,
    pub(crate) number: Option<usize>,
}

/// Why a text cannot be put somewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Misplaced {
    /// The path leads nowhere, or to a group.
    NoSuchElement,
    /// The text is no value of the element.
    NoValue,
}

/// A field of a group: an element that may stand once, or many times.
pub(crate) trait Field {
    fn read(&mut self, element: &'static str, node: Node, context: &mut Context);
    fn walk(&self, element: &'static str, max: usize, walker: &mut dyn Walk);
    fn is_absent(&self) -> bool;
    fn tidy(&mut self);
    fn show(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result;
    /// As [`Element::put`]; where it fails, what stood there may be gone.
    fn put(
        &mut self,
        element: &'static str,
        number: Option<usize>,
        below: &[Step<'_>],
        text: Option<&str>,
        context: &mut Context,
    ) -> Result<(), Misplaced>;
}

impl<T: Element> Field for Option<T> {
    fn read(&mut self, element: &'static str, node: Node, context: &mut Context) {
        context.enter(element, None, node.position);
        if self.is_some() {
            context.report(FindingCode::ElementRepeated);
        }
        if let Some(value) = T::read(node, context) {
            *self = Some(value);
        }
        context.leave();
    }

    fn walk(&self, element: &'static str, max: usize, walker: &mut dyn Walk) {
        if let Some(value) = self.as_ref().filter(|value| !value.is_absent()) {
            value.walk(element, None, max, walker);
        }
    }

    fn is_absent(&self) -> bool {
        self.as_ref().is_none_or(Element::is_absent)
    }

    fn tidy(&mut self) {
        if let Some(value) = self {
            value.tidy();
        }
        if Field::is_absent(self) {
            *self = None;
        }
    }

    fn show(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_ref().map_or(Ok(()), |value| value.show(f))
    }

    fn put(
        &mut self,
        element: &'static str,
        number: Option<usize>,
        below: &[Step<'_>],
        text: Option<&str>,
        context: &mut Context,
    ) -> Result<(), Misplaced> {
        if number.is_some_and(|number| number != 1) {
            return Err(Misplaced::NoSuchElement);
        }
        *self = T::put(self.take(), element, below, text, context)?;
        Ok(())
    }
}

impl<T: Element> Field for Vec<T> {
    fn read(&mut self, element: &'static str, node: Node, context: &mut Context) {
        context.enter(element, Some(self.len() + 1), node.position);
        if let Some(value) = T::read(node, context) {
            self.push(value);
        }
        context.leave();
    }

    fn walk(&self, element: &'static str, max: usize, walker: &mut dyn Walk) {
        let present = self.iter().filter(|value| !value.is_absent());
        for (index, value) in present.enumerate() {
            value.walk(element, Some(index + 1), max, walker);
        }
    }

    fn is_absent(&self) -> bool {
        self.iter().all(Element::is_absent)
    }

    fn tidy(&mut self) {
        self.iter_mut().for_each(Element::tidy);
        self.retain(|value| !value.is_absent());
    }

    fn show(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[")?;
        for (index, value) in self.iter().enumerate() {
            if index > 0 {
                write!(f, ", ")?;
            }
            value.show(f)?;
        }
        write!(f, "]")
    }

    fn put(
        &mut self,
        element: &'static str,
        number: Option<usize>,
        below: &[Step<'_>],
        text: Option<&str>,
        context: &mut Context,
    ) -> Result<(), Misplaced> {
        let index = number.unwrap_or(1).wrapping_sub(1);
        if index > self.len() {
            return Err(Misplaced::NoSuchElement);
        }
        let old = (index < self.len()).then(|| self.remove(index));
        if let Some(value) = T::put(old, element, below, text, context)? {
            self.insert(index, value);
        }
        Ok(())
    }
}

/// The trimmed text of a leaf; an empty one is absent, with a finding.
pub(crate) fn leaf_text<'n>(node: &'n Node, context: &mut Context) -> Option<&'n str> {
    for child in &node.children {
        let element = child.name.to_string();
        context.enter(&element, None, child.position);
        context.report(FindingCode::ElementUnknown);
        context.leave();
    }
    let text = node.text.trim();
    if text.is_empty() {
        context.report(FindingCode::ElementEmpty);
        return None;
    }
    Some(text)
}

/// The text of a leaf that holds an id, a date or a number: there, fillers
/// such as `N/A` mean absent.
pub(crate) fn coded_text<'n>(node: &'n Node, context: &mut Context) -> Option<&'n str> {
    let text = leaf_text(node, context)?;
    if is_filler(text) {
        context.report(FindingCode::FillerText);
        return None;
    }
    Some(text)
}

fn is_filler(text: &str) -> bool {
    ["n/a", "na", "null", "-"]
        .iter()
        .any(|filler| text.eq_ignore_ascii_case(filler))
}

/// Whether an element with text of its own form holds an id or a number all
/// the same, so that a filler in it means absent.
fn is_coded(element: &str) -> bool {
    element == "CodeNumber" || element.ends_with("Id")
}

impl Element for String {
    fn read(node: Node, context: &mut Context) -> Option<Self> {
        let text = if is_coded(&node.name) {
            coded_text(&node, context)?
        } else {
            leaf_text(&node, context)?
        };
        if text.len() == node.text.len() {
            return Some(node.text);
        }
        Some(text.to_owned())
    }

    fn walk(
        &self,
        element: &'static str,
        number: Option<usize>,
        max: usize,
        walker: &mut dyn Walk,
    ) {
        walker.leaf(element, number, self, max);
    }

    fn is_absent(&self) -> bool {
        self.trim().is_empty()
    }

    fn tidy(&mut self) {
        tidy_text(self);
    }

    fn show(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // A text may hold a subject or a name.
        f.write_str("…")
    }
}

/// Trims a text and gives it XML's line ends, as it will be read back.
pub(crate) fn tidy_text(text: &mut String) {
    if text.contains('\r') {
        *text = text.replace("\r\n", "\n").replace('\r', "\n");
    }
    if text.trim().len() != text.len() {
        *text = text.trim().to_owned();
    }
}

/// Reads the children of a group in any order.
pub(crate) fn read_group<G: Group>(node: Node, context: &mut Context) -> Option<G> {
    let mut group = G::default();
    if !node.text.trim().is_empty() {
        context.report(FindingCode::TextUnexpected);
    }
    let mut order = Order::new(G::ELEMENTS);
    for child in node.children {
        order.follow(&child.name);
        if let Err(child) = group.read_child(child, context) {
            context.enter(&child.name, None, child.position);
            context.report(FindingCode::ElementUnknown);
            context.leave();
        }
    }
    if order.broken {
        context.report(FindingCode::ElementOrder);
    }
    if group.is_absent() {
        context.report(FindingCode::ElementEmpty);
        return None;
    }
    Some(group)
}

/// Whether elements follow each other in an official order.
pub(crate) struct Order {
    elements: &'static [&'static str],
    last: usize,
    pub(crate) broken: bool,
}

impl Order {
    pub(crate) fn new(elements: &'static [&'static str]) -> Self {
        Order {
            elements,
            last: 0,
            broken: false,
        }
    }

    pub(crate) fn follow(&mut self, element: &str) {
        if let Some(place) = self.elements.iter().position(|known| *known == element) {
            self.broken |= place < self.last;
            self.last = place;
        }
    }
}

/// A group of elements.
pub(crate) trait Group: Default {
    /// The names of its children in write order.
    const ELEMENTS: &'static [&'static str];
    /// Reads one child; gives it back where its name is not known here.
    fn read_child(&mut self, child: Node, context: &mut Context) -> Result<(), Node>;
    /// Shows the children to a walker.
    fn walk_children(&self, walker: &mut dyn Walk);
    /// Whether no child would be written.
    fn is_absent(&self) -> bool;
    /// As [`Field::put`], from this group on.
    fn put_child(
        &mut self,
        path: &[Step<'_>],
        text: Option<&str>,
        context: &mut Context,
    ) -> Result<(), Misplaced>;
}

/// Declares a group: see the module's documentation.
macro_rules! group {
    ($(#[$meta:meta])* pub struct $name:ident {
        $($(#[$field_meta:meta])* $field:ident: $type:ty = $element:literal $(, max $max:literal)?;)*
    }) => {
        $(#[$meta])*
        #[derive(Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
        #[serde(deny_unknown_fields)]
        pub struct $name {
            $($(#[$field_meta])*
            #[serde(
                rename = $element,
                default,
                skip_serializing_if = "crate::packet::element::Field::is_absent"
            )]
            pub $field: $type,)*
        }

        impl crate::packet::element::Group for $name {
            const ELEMENTS: &'static [&'static str] = &[$($element),*];

            fn read_child(
                &mut self,
                child: crate::packet::element::Node,
                context: &mut crate::packet::element::Context,
            ) -> Result<(), crate::packet::element::Node> {
                match &*child.name {
                    $($element => {
                        crate::packet::element::Field::read(&mut self.$field, $element, child, context);
                        Ok(())
                    })*
                    _ => Err(child),
                }
            }

            fn walk_children(&self, walker: &mut dyn crate::packet::element::Walk) {
                $(crate::packet::element::Field::walk(
                    &self.$field, $element, 0 $(+ $max)?, walker);)*
            }

            fn is_absent(&self) -> bool {
                $(crate::packet::element::Field::is_absent(&self.$field))&&*
            }

            fn put_child(
                &mut self,
                path: &[crate::packet::element::Step<'_>],
                text: Option<&str>,
                context: &mut crate::packet::element::Context,
            ) -> Result<(), crate::packet::element::Misplaced> {
                match path.split_first().map(|(step, below)| (step.element, step.number, below)) {
                    $(Some(($element, number, below)) => crate::packet::element::Field::put(
                        &mut self.$field, $element, number, below, text, context),)*
                    _ => Err(crate::packet::element::Misplaced::NoSuchElement),
                }
            }
        }

        impl crate::packet::element::Element for $name {
            fn read(
                node: crate::packet::element::Node,
                context: &mut crate::packet::element::Context,
            ) -> Option<Self> {
                crate::packet::element::read_group(node, context)
            }

            fn walk(
                &self,
                element: &'static str,
                number: Option<usize>,
                _max: usize,
                walker: &mut dyn crate::packet::element::Walk,
            ) {
                walker.enter(element, number);
                crate::packet::element::Group::walk_children(self, walker);
                walker.leave(element);
            }

            fn is_absent(&self) -> bool {
                crate::packet::element::Group::is_absent(self)
            }

            fn tidy(&mut self) {
                $(crate::packet::element::Field::tidy(&mut self.$field);)*
            }

            fn show(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                std::fmt::Debug::fmt(self, f)
            }

            fn put(
                old: Option<Self>,
                _element: &'static str,
                below: &[crate::packet::element::Step<'_>],
                text: Option<&str>,
                context: &mut crate::packet::element::Context,
            ) -> Result<Option<Self>, crate::packet::element::Misplaced> {
                use crate::packet::element::Group;

                let mut group = old.unwrap_or_default();
                match (below, text) {
                    // A group as a whole can be taken away, and has no text.
                    ([], None) => return Ok(None),
                    _ => group.put_child(below, text, context)?,
                }
                Ok((!Group::is_absent(&group)).then_some(group))
            }
        }

        impl std::fmt::Debug for $name {
            /// Ids, codes, numbers and dates; texts of the packet are not shown.
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, "{} {{", stringify!($name))?;
                $(if !crate::packet::element::Field::is_absent(&self.$field) {
                    write!(f, " {}: ", $element)?;
                    crate::packet::element::Field::show(&self.$field, f)?;
                    f.write_str(";")?;
                })*
                f.write_str(" }")
            }
        }
    };
}
pub(crate) use group;
