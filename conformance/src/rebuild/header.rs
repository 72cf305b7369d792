//! What becomes of the header: order, what is made up, what is dropped, and
//! what makes the hop fail.

use super::schema::{self, Element, Kind, Occurs};
use super::source::{Node, Source};
use super::{Flavour, RebuildFailure, RebuildOptions, dates};

/// An element as it will be written.
#[derive(Debug)]
pub(super) struct Shaped {
    pub(super) name: &'static str,
    pub(super) text: String,
    pub(super) attribute: Option<(&'static str, String)>,
    pub(super) children: Vec<Shaped>,
}

impl Shaped {
    pub(super) fn text(name: &'static str, text: impl Into<String>) -> Self {
        Shaped {
            name,
            text: text.into(),
            attribute: None,
            children: Vec::new(),
        }
    }

    pub(super) fn group(name: &'static str, children: Vec<Shaped>) -> Self {
        Shaped {
            name,
            text: String::new(),
            attribute: None,
            children,
        }
    }

    /// The text of a child.
    pub(super) fn leaf(&self, name: &str) -> Option<&str> {
        let child = self.children.iter().find(|child| child.name == name)?;
        Some(&child.text)
    }

    pub(super) fn child_mut(&mut self, name: &str) -> Option<&mut Shaped> {
        self.children.iter_mut().find(|child| child.name == name)
    }

    /// Puts a child where it belongs in the write order.
    fn insert(&mut self, order: &[Element], child: Shaped) {
        let place = |name| order.iter().position(|element| element.name == name);
        let own = place(child.name);
        let before = self
            .children
            .iter()
            .take_while(|other| place(other.name) <= own)
            .count();
        self.children.insert(before, child);
    }

    /// Makes a child up where it is absent.
    fn make_up(&mut self, order: &[Element], name: &'static str, text: &str) {
        if self.child_mut(name).is_none() {
            self.insert(order, Shaped::text(name, text));
        }
    }
}

/// The header as it will be written.
#[derive(Debug)]
pub(super) struct Header {
    pub(super) is_status: bool,
    pub(super) message: Shaped,
    pub(super) trace: Option<Shaped>,
    pub(super) signature: Option<Shaped>,
}

/// Shapes the header by the flavour's rules.
pub(super) fn shape(
    source: &mut Source,
    options: &mut RebuildOptions,
) -> Result<Header, RebuildFailure> {
    let raw = source
        .message
        .take()
        .ok_or(RebuildFailure::NoMessageHeader)?;
    let is_0_0_3 = options.flavour == Flavour::V0_0_3;
    if raw.child("StatusCode").is_some() {
        // The status parser: no trace, no signature, no body.
        return Ok(Header {
            is_status: true,
            message: group(raw, &schema::STATUS, is_0_0_3),
            trace: None,
            signature: None,
        });
    }
    if is_0_0_3 {
        fail_where_it_fails(&raw, source)?;
    }
    let had_document_id = raw.child("DocumentId").is_some();
    let mut message = group(raw, &schema::DOCUMENT, is_0_0_3);
    let mut trace = source
        .trace
        .take()
        .map(|node| group(node, &schema::TRACE, is_0_0_3));
    let signature = source
        .signature
        .take()
        .map(|node| group(node, &schema::SIGNATURE, false));
    if let Some(other) = message.child_mut("OtherInfo") {
        if is_0_0_3 {
            other.make_up(schema::OTHER_INFO, "Priority", "0");
            other.make_up(schema::OTHER_INFO, "PromulgationAmount", "1");
            other.make_up(schema::OTHER_INFO, "PageAmount", "1");
        }
        other.make_up(schema::OTHER_INFO, "Direction", "false");
    }
    if is_0_0_3 {
        drop_and_make_up(&mut message, had_document_id, options);
    } else {
        let hop = vec![
            Shaped::text("OrganId", options.hop.as_str()),
            Shaped::text("Timestamp", options.now.as_str()),
        ];
        trace
            .get_or_insert_with(|| Shaped::group("TraceHeaderList", Vec::new()))
            .children
            .push(Shaped::group("TraceHeader", hop));
    }
    Ok(Header {
        is_status: false,
        message,
        trace,
        signature,
    })
}

/// The rules of 0.0.3 for `MessageHeader`, beyond order and form.
fn drop_and_make_up(message: &mut Shaped, had_document_id: bool, options: &mut RebuildOptions) {
    message.children.retain(|child| match child.name {
        "From" | "To" => !child.children.is_empty(),
        "ToPlaces" | "ResponseForTask" => false,
        _ => true,
    });
    let Kind::Group(order, _) = schema::DOCUMENT.kind else {
        return;
    };
    message.make_up(order, "SteeringType", "0");
    if !had_document_id {
        message.make_up(order, "DocumentId", &options.uuids.take());
    }
    if message.child_mut("DocumentType").is_none() {
        message.insert(order, Shaped::group("DocumentType", Vec::new()));
    }
    if let Some(kind) = message.child_mut("DocumentType") {
        let class = kind.leaf("Type").and_then(|text| text.parse::<i32>().ok());
        kind.children.retain(|child| child.name != "Type");
        // It is the first child.
        let class = class.unwrap_or(2).to_string();
        kind.children.insert(0, Shaped::text("Type", class));
    }
}

fn fail_where_it_fails(message: &Node, source: &Source) -> Result<(), RebuildFailure> {
    if message.child("To").is_none() {
        return Err(RebuildFailure::NoReceiver);
    }
    // The text as it stands, blanks included.
    let steering = message.child("SteeringType");
    if steering.is_some_and(|node| node.text.parse::<i32>().is_err()) {
        return Err(RebuildFailure::SteeringType);
    }
    let signed = source
        .signature
        .as_ref()
        .and_then(|node| node.child("SignedInfo"));
    if signed.is_some_and(|info| info.child("Reference").is_none()) {
        return Err(RebuildFailure::SignatureWithoutReference);
    }
    let business = source
        .trace
        .as_ref()
        .and_then(|node| node.child("Bussiness"));
    if business.is_some_and(has_empty_organ_id_list) {
        return Err(RebuildFailure::EmptyOrganIdList);
    }
    Ok(())
}

fn has_empty_organ_id_list(node: &Node) -> bool {
    // As deep as the tokeniser lets elements be.
    (&*node.name == "OrganIdList" && node.child("OrganId").is_none())
        || node.children.iter().any(has_empty_organ_id_list)
}

/// Shapes a group that is there, whatever is in it.
pub(super) fn group(node: Node, element: &Element, parses_dates: bool) -> Shaped {
    element_of(node, element, parses_dates)
        .unwrap_or_else(|| Shaped::group(element.name, Vec::new()))
}

/// Shapes an element: known children in write order; an empty leaf is dropped,
/// a group stays.
fn element_of(node: Node, element: &Element, parses_dates: bool) -> Option<Shaped> {
    let attribute = |name: &'static str| {
        let found = node.attributes.iter().find(|(own, _)| **own == *name)?;
        Some((name, found.1.to_string()))
    };
    match element.kind {
        Kind::Attribute(name) => Some(Shaped {
            attribute: attribute(name),
            ..Shaped::text(element.name, "")
        }),
        Kind::Group(children, name) => Some(Shaped {
            attribute: name.and_then(attribute),
            ..Shaped::group(
                element.name,
                children_of(node.children, children, parses_dates),
            )
        }),
        Kind::Date if parses_dates => {
            dates::date(trim(&node.text)).map(|text| Shaped::text(element.name, text))
        }
        Kind::Timestamp if parses_dates => {
            dates::timestamp(trim(&node.text)).map(|text| Shaped::text(element.name, text))
        }
        Kind::Text | Kind::Date | Kind::Timestamp => {
            (!node.text.is_empty()).then(|| Shaped::text(element.name, trim(&node.text)))
        }
    }
}

fn children_of(nodes: Vec<Node>, elements: &[Element], parses_dates: bool) -> Vec<Shaped> {
    let mut sorted: Vec<Vec<Node>> = elements.iter().map(|_| Vec::new()).collect();
    for node in nodes {
        let place = elements
            .iter()
            .position(|element| *element.name == *node.name);
        let Some(kept) = place.and_then(|place| sorted.get_mut(place)) else {
            continue;
        };
        let occurs = place
            .and_then(|place| elements.get(place))
            .map(|element| element.occurs);
        match occurs {
            Some(Occurs::First) if !kept.is_empty() => {}
            Some(Occurs::Last) => *kept = vec![node],
            _ => kept.push(node),
        }
    }
    elements
        .iter()
        .zip(sorted)
        .flat_map(|(element, nodes)| {
            nodes
                .into_iter()
                .filter_map(|node| element_of(node, element, parses_dates))
        })
        .collect()
}

/// Takes XML's white space off both ends.
fn trim(text: &str) -> &str {
    text.trim_matches([' ', '\t', '\r', '\n'])
}
