//! What was sent against what arrived: which differences are a rebuild's, and
//! which are not.

use std::collections::{HashMap, HashSet};

use super::document::Document;
use super::element::{Group, Walk, element_of};
use super::meaning::{collapse, is_left_out, leaf_form};
use crate::finding::{Finding, FindingCode};

/// What became of one element with text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It arrived with its text.
    Intact,
    /// It was not sent; a rebuild is known to make it up.
    MadeUp,
    /// It was sent and did not arrive; a rebuild is known to drop it.
    Dropped,
    /// It arrived with another text.
    Altered,
    /// It was sent and did not arrive.
    Missing,
    /// It was not sent, and arrived.
    Added,
}

impl Fate {
    /// Whether neither the way nor a rebuild accounts for it.
    pub fn is_change(self) -> bool {
        matches!(self, Fate::Altered | Fate::Missing | Fate::Added)
    }
}

/// One element with text, and what became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ElementFate {
    /// Where, e.g. `MessageHeader/To[2]/OrganId`: as it was sent, or as it arrived where it
    /// was not sent.
    pub path: String,
    /// What became of it.
    pub fate: Fate,
}

/// Compares the headers of a document as it was sent and as it arrived.
///
/// What a rebuild is known to make up is a note, what it is known to drop a
/// warning, everything else an error. Hops are not compared.
pub fn compare(sent: &Document, received: &Document) -> Vec<Finding> {
    fates(sent, received)
        .into_iter()
        .filter_map(|ElementFate { path, fate }| {
            let code = match fate {
                Fate::Intact => return None,
                Fate::MadeUp => FindingCode::RebuildMadeUp,
                Fate::Dropped => FindingCode::RebuildDropped,
                Fate::Altered | Fate::Missing | Fate::Added => FindingCode::ContentAltered,
            };
            let element = element_of(&path).to_owned();
            Some(Finding::new(code, path).with("element", element))
        })
        .collect()
}

/// What became of each element of a document's header on its way, in write order; what was not
/// sent comes behind its neighbours. Elements that repeat are compared whatever their order, as
/// the meaning digest has it; hops and white space are not compared.
pub fn fates(sent: &Document, received: &Document) -> Vec<ElementFate> {
    let mut fates = Vec::new();
    match_up(&branches(sent), &branches(received), &mut fates);
    fates
}

/// An element with what is in it.
struct Branch {
    name: &'static str,
    path: String,
    /// `None` for a group.
    text: Option<String>,
    children: Vec<Branch>,
    /// The same for two branches that hold the same, whatever the order of their children.
    form: String,
}

impl Branch {
    /// Every leaf in it has had this fate, or the one that `fate` makes of it.
    fn all(&self, fate: &dyn Fn(&Branch) -> Fate, fates: &mut Vec<ElementFate>) {
        if self.text.is_some() {
            fates.push(ElementFate {
                path: self.path.clone(),
                fate: fate(self),
            });
        }
        self.children
            .iter()
            .for_each(|child| child.all(fate, fates));
    }
}

fn match_up(sent: &[Branch], received: &[Branch], fates: &mut Vec<ElementFate>) {
    let mut names: Vec<&str> = Vec::new();
    for branch in sent.iter().chain(received) {
        if !names.contains(&branch.name) {
            names.push(branch.name);
        }
    }
    for name in names {
        let of_name = |branches: &'_ [Branch]| -> Vec<usize> {
            (0..branches.len())
                .filter(|index| {
                    branches
                        .get(*index)
                        .is_some_and(|branch| branch.name == name)
                })
                .collect()
        };
        let mut arrived: HashMap<&str, Vec<usize>> = HashMap::new();
        for index in of_name(received).into_iter().rev() {
            if let Some(branch) = received.get(index) {
                arrived.entry(&branch.form).or_default().push(index);
            }
        }
        // Those that hold the same belong together, wherever they stand.
        let mut taken = vec![false; received.len()];
        let mut left = Vec::new();
        for branch in sent.iter().filter(|branch| branch.name == name) {
            let same = arrived.get_mut(&*branch.form).and_then(Vec::pop);
            match same.and_then(|index| taken.get_mut(index)) {
                Some(taken) => {
                    *taken = true;
                    branch.all(&|_| Fate::Intact, fates);
                }
                None => left.push(branch),
            }
        }
        let mut others = received
            .iter()
            .zip(&taken)
            .filter(|(branch, taken)| branch.name == name && !**taken)
            .map(|(branch, _)| branch);
        for branch in left {
            match others.next() {
                None => branch.all(&|leaf| lost(leaf), fates),
                Some(other) if branch.text.is_some() || other.text.is_some() => {
                    fates.push(ElementFate {
                        path: branch.path.clone(),
                        fate: Fate::Altered,
                    });
                }
                Some(other) => match_up(&branch.children, &other.children, fates),
            }
        }
        others.for_each(|other| other.all(&|leaf| new(leaf), fates));
    }
}

fn lost(leaf: &Branch) -> Fate {
    let known = leaf.path.contains("/ToPlaces/") || leaf.path.contains("/ResponseForTask/");
    if known { Fate::Dropped } else { Fate::Missing }
}

fn new(leaf: &Branch) -> Fate {
    let made_up = made_up(&leaf.path, leaf.text.as_deref().unwrap_or_default());
    if made_up { Fate::MadeUp } else { Fate::Added }
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

fn branches(document: &Document) -> Vec<Branch> {
    let mut walk = Branches {
        path: vec!["MessageHeader".to_owned()],
        open: vec![Vec::new()],
    };
    document.walk_children(&mut walk);
    walk.open.pop().unwrap_or_default()
}

struct Branches {
    path: Vec<String>,
    open: Vec<Vec<Branch>>,
}

impl Branches {
    fn go_into(&mut self, element: &'static str, number: Option<usize>) {
        self.path.push(match number {
            Some(number) => format!("{element}[{number}]"),
            None => element.to_owned(),
        });
    }

    fn keep(&mut self, name: &'static str, text: Option<String>, mut children: Vec<Branch>) {
        if name == "ReplacementInfoList" {
            // One that stands twice counts once, as in the meaning digest.
            let mut seen = HashSet::new();
            children.retain(|child| seen.insert(child.form.clone()));
        }
        let form = match &text {
            Some(text) => leaf_form(name, text),
            None => {
                let mut forms: Vec<&str> =
                    children.iter().map(|child| child.form.as_str()).collect();
                forms.sort_unstable();
                format!("{name}{{{}}}\n", forms.concat())
            }
        };
        let branch = Branch {
            name,
            path: self.path.join("/"),
            text,
            children,
            form,
        };
        if let Some(open) = self.open.last_mut() {
            open.push(branch);
        }
        self.path.pop();
    }
}

impl Walk for Branches {
    fn enter(&mut self, element: &'static str, number: Option<usize>) {
        if element == "TraceHeaderList" {
            // It stands beside MessageHeader, and is the last of the walk.
            self.path.clear();
        }
        self.go_into(element, number);
        self.open.push(Vec::new());
    }

    fn leave(&mut self, element: &'static str) {
        let children = self.open.pop().unwrap_or_default();
        if element == "TraceHeader" {
            self.path.pop();
        } else {
            self.keep(element, None, children);
        }
    }

    fn leaf(&mut self, element: &'static str, number: Option<usize>, text: &str, _max: usize) {
        self.go_into(element, number);
        self.keep(element, Some(collapse(text)), Vec::new());
    }
}
