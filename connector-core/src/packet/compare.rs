//! What was sent against what arrived: which differences are a rebuild's, and
//! which are not.

use std::collections::BTreeMap;

use super::document::Document;
use super::element::{Group, Walk, element_of};
use super::meaning::{collapse, is_left_out};
use crate::finding::{Finding, FindingCode};

/// Compares the headers of a document as it was sent and as it arrived.
///
/// What a rebuild is known to make up is a note, what it is known to drop a
/// warning, everything else an error. Hops are not compared.
pub fn compare(sent: &Document, received: &Document) -> Vec<Finding> {
    let sent = leaves(sent);
    let received = leaves(received);
    let mut findings = Vec::new();
    let mut report = |code, path: &str| {
        let element = element_of(path).to_owned();
        findings.push(Finding::new(code, path).with("element", element));
    };
    for (path, text) in &received {
        match sent.get(path) {
            Some(own) if own == text => {}
            None if made_up(path, text) => report(FindingCode::RebuildMadeUp, path),
            _ => report(FindingCode::ContentAltered, path),
        }
    }
    for path in sent.keys().filter(|path| !received.contains_key(*path)) {
        let dropped = path.contains("/ToPlaces/") || path.contains("/ResponseForTask/");
        report(
            if dropped {
                FindingCode::RebuildDropped
            } else {
                FindingCode::ContentAltered
            },
            path,
        );
    }
    findings
}

/// Whether a rebuild makes up this element with this text.
fn made_up(path: &str, text: &str) -> bool {
    let mut parts = path.rsplit('/');
    let element = parts.next().unwrap_or_default();
    let parent = parts.next().unwrap_or_default();
    let parent = if parent == "MessageHeader" {
        ""
    } else {
        parent
    };
    match element {
        "Direction" => text == "false",
        "PromulgationAmount" | "PageAmount" => text == "1",
        // A random UUID where there was no id.
        "DocumentId" => parent.is_empty() && is_uuid(text),
        _ => is_left_out(parent, element, text) && parent != "ToPlaces",
    }
}

fn is_uuid(text: &str) -> bool {
    let groups: Vec<&str> = text.split('-').collect();
    groups.iter().map(|group| group.len()).eq([8, 4, 4, 4, 12])
        && groups
            .iter()
            .all(|group| group.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

fn leaves(document: &Document) -> BTreeMap<String, String> {
    let mut walk = Leaves {
        path: vec!["MessageHeader".to_owned()],
        leaves: BTreeMap::new(),
    };
    document.walk_children(&mut walk);
    walk.leaves
}

struct Leaves {
    path: Vec<String>,
    leaves: BTreeMap<String, String>,
}

impl Walk for Leaves {
    fn enter(&mut self, element: &'static str, number: Option<usize>) {
        if element == "TraceHeaderList" {
            // It stands beside MessageHeader, and is the last of the walk.
            self.path.clear();
        }
        self.path.push(match number {
            Some(number) => format!("{element}[{number}]"),
            None => element.to_owned(),
        });
    }

    fn leave(&mut self, _element: &'static str) {
        self.path.pop();
    }

    fn leaf(&mut self, element: &'static str, number: Option<usize>, text: &str, _max: usize) {
        if self
            .path
            .iter()
            .any(|part| part.starts_with("TraceHeader["))
        {
            return;
        }
        self.enter(element, number);
        self.leaves.insert(self.path.join("/"), collapse(text));
        self.path.pop();
    }
}
