//! A plain look at the bytes of a packet: which elements stand where, written
//! how. It shares nothing with the reader of the library, so that a fault of
//! that one cannot hide a fault of a packet. It takes well-formed XML only.

use std::collections::HashMap;

/// An element.
#[derive(Clone, Debug, Default)]
pub struct Element {
    /// Its name as it is written, with its prefix.
    pub raw: String,
    /// Its namespace; empty for none.
    pub space: String,
    /// The local names from the root to it, with `/` between.
    pub path: String,
    /// Its attributes, without declarations of namespaces.
    pub attributes: Vec<(String, String)>,
    /// Its own text.
    pub text: String,
    /// How many elements stand in it.
    pub children: usize,
}

impl Element {
    /// Its name without its prefix.
    pub fn name(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or_default()
    }

    /// The path of what it stands in.
    pub fn parent(&self) -> &str {
        self.path.rsplit_once('/').map_or("", |(parent, _)| parent)
    }
}

/// What stands in a packet, in its order.
#[derive(Clone, Debug, Default)]
pub struct Tree {
    /// The elements, in the order of their beginnings.
    pub elements: Vec<Element>,
    /// Whether there is a document type declaration.
    pub doctype: bool,
    /// Comments, processing instructions and CDATA sections.
    pub extras: usize,
    /// Entities other than the five of XML.
    pub entities: Vec<String>,
}

impl Tree {
    /// Reads a text.
    ///
    /// # Errors
    /// The byte where it is not well-formed.
    pub fn read(text: &str) -> Result<Tree, usize> {
        let mut tree = Tree::default();
        let mut open: Vec<(usize, HashMap<String, String>)> = Vec::new();
        let mut at = 0;
        let mut closed = false;
        while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
            let Some(markup) = rest.strip_prefix('<') else {
                let end = rest.find('<').unwrap_or(rest.len());
                let piece = rest.get(..end).unwrap_or_default();
                match open
                    .last()
                    .and_then(|(index, _)| tree.elements.get_mut(*index))
                {
                    Some(element) => {
                        let plain = plain(piece, &mut tree.entities);
                        element.text.push_str(&plain);
                    }
                    None if piece.trim().is_empty() => {}
                    None => return Err(at),
                }
                at += end;
                continue;
            };
            let skip = |end: &str| rest.find(end).map(|found| found + end.len()).ok_or(at);
            if markup.starts_with("?xml ") && at == 0 {
                at += skip("?>")?;
            } else if markup.starts_with('?') {
                tree.extras += 1;
                at += skip("?>")?;
            } else if markup.starts_with("!--") {
                tree.extras += 1;
                at += skip("-->")?;
            } else if let Some(data) = markup.strip_prefix("![CDATA[") {
                tree.extras += 1;
                let end = data.find("]]>").ok_or(at)?;
                let element = open
                    .last()
                    .and_then(|(index, _)| tree.elements.get_mut(*index));
                let element = element.ok_or(at)?;
                element.text.push_str(data.get(..end).unwrap_or_default());
                at += skip("]]>")?;
            } else if markup.starts_with('!') {
                tree.doctype = true;
                at += skip(">")?;
            } else if let Some(name) = markup.strip_prefix('/') {
                let end = name.find('>').ok_or(at)?;
                let (index, _) = open.pop().ok_or(at)?;
                let raw = tree.elements.get(index).map(|element| element.raw.as_str());
                if raw != name.get(..end).map(str::trim_end) {
                    return Err(at);
                }
                closed = open.is_empty();
                at += skip(">")?;
            } else {
                if closed {
                    return Err(at);
                }
                let end = tag_end(markup).ok_or(at)?;
                let tag = markup.get(..end).unwrap_or_default();
                let (tag, is_empty) = match tag.strip_suffix('/') {
                    Some(tag) => (tag, true),
                    None => (tag, false),
                };
                let scope = tree.begin(tag, &open).ok_or(at)?;
                let index = tree.elements.len() - 1;
                if is_empty {
                    closed = open.is_empty();
                } else {
                    open.push((index, scope));
                }
                at += end + 2;
            }
        }
        match open.is_empty() && !tree.elements.is_empty() {
            true => Ok(tree),
            false => Err(text.len()),
        }
    }

    /// Adds the element of a tag; gives the namespaces in it.
    fn begin(
        &mut self,
        tag: &str,
        open: &[(usize, HashMap<String, String>)],
    ) -> Option<HashMap<String, String>> {
        let name_end = tag.find(char::is_whitespace).unwrap_or(tag.len());
        let (raw, mut rest) = tag.split_at(name_end);
        let mut scope = open
            .last()
            .map(|(_, scope)| scope.clone())
            .unwrap_or_default();
        let mut attributes = Vec::new();
        loop {
            rest = rest.trim_start();
            if rest.is_empty() {
                break;
            }
            let (name, after) = rest.split_once('=')?;
            let after = after.trim_start();
            let quote = after.chars().next().filter(|&c| c == '"' || c == '\'')?;
            let (value, after) = after.get(1..)?.split_once(quote)?;
            let value = plain(value, &mut self.entities);
            let name = name.trim_end();
            match name.strip_prefix("xmlns") {
                Some("") => drop(scope.insert(String::new(), value)),
                Some(prefix) if prefix.starts_with(':') => {
                    scope.insert(prefix.trim_start_matches(':').to_owned(), value);
                }
                _ => attributes.push((name.to_owned(), value)),
            }
            rest = after;
        }
        let (prefix, local) = raw.split_once(':').unwrap_or(("", raw));
        if local.is_empty() {
            return None;
        }
        let space = match scope.get(prefix) {
            Some(space) => space.clone(),
            None if prefix.is_empty() => String::new(),
            None => return None,
        };
        let parent = open
            .last()
            .and_then(|(index, _)| self.elements.get_mut(*index));
        let path = match parent {
            Some(parent) => {
                parent.children += 1;
                format!("{}/{local}", parent.path)
            }
            None => local.to_owned(),
        };
        self.elements.push(Element {
            raw: raw.to_owned(),
            space,
            path,
            attributes,
            ..Element::default()
        });
        Some(scope)
    }

    /// The elements whose path ends so.
    pub fn all<'t>(&'t self, end: &'t str) -> impl Iterator<Item = &'t Element> {
        let fits = move |element: &&Element| {
            let rest = element.path.strip_suffix(end);
            rest.is_some_and(|rest| rest.is_empty() || rest.ends_with('/'))
        };
        self.elements.iter().filter(fits)
    }

    /// The text of the first element whose path ends so; empty where there is none.
    pub fn text<'t>(&'t self, end: &'t str) -> &'t str {
        self.all(end)
            .next()
            .map_or("", |element| element.text.trim())
    }

    /// The elements that are no part of a signature.
    pub fn unsigned(&self) -> impl Iterator<Item = &Element> {
        let is_signature = |element: &&Element| {
            let mut names = element.path.split('/');
            !names.any(|name| name == "Signature" || name == "DigitalSignature")
        };
        self.elements.iter().filter(is_signature)
    }
}

/// The `>` that ends a tag, not one in a value.
fn tag_end(markup: &str) -> Option<usize> {
    let mut quote = None;
    for (at, c) in markup.char_indices() {
        match (quote, c) {
            (Some(open), c) if open == c => quote = None,
            (None, '"' | '\'') => quote = Some(c),
            (None, '>') => return Some(at),
            (_, '<') => return None,
            _ => {}
        }
    }
    None
}

/// A text with its references taken out.
fn plain(text: &str, entities: &mut Vec<String>) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('&') {
        out.push_str(before);
        let (name, after) = after.split_once(';').unwrap_or((after, ""));
        let number = match name.strip_prefix("#x") {
            Some(hex) => u32::from_str_radix(hex, 16).ok(),
            None => name
                .strip_prefix('#')
                .and_then(|digits| digits.parse().ok()),
        };
        match (name, number.and_then(char::from_u32)) {
            (_, Some(c)) => out.push(c),
            ("lt", _) => out.push('<'),
            ("gt", _) => out.push('>'),
            ("amp", _) => out.push('&'),
            ("quot", _) => out.push('"'),
            ("apos", _) => out.push('\''),
            _ => entities.push(name.chars().take(40).collect()),
        }
        rest = after;
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tree_tells_names_namespaces_and_texts() {
        let tree = Tree::read(
            "<?xml version=\"1.0\"?>\r\n<a xmlns=\"u:1\"><p:b xmlns:p='u:2' c=\"x>y\"> 1 &amp; 2</p:b><d/></a>\r\n",
        )
        .unwrap_or_default();
        let seen: Vec<_> = tree
            .elements
            .iter()
            .map(|one| (one.raw.as_str(), one.space.as_str(), one.path.as_str()))
            .collect();
        let expected = [
            ("a", "u:1", "a"),
            ("p:b", "u:2", "a/b"),
            ("d", "u:1", "a/d"),
        ];
        assert_eq!(seen, expected);
        assert_eq!(tree.text("b"), "1 & 2");
        assert_eq!(tree.all("b").next().map(|b| b.attributes.len()), Some(1));
    }

    #[test]
    fn what_is_not_well_formed_is_no_tree() {
        for text in [
            "", "<a>", "<a></b>", "<a/><a/>", "x<a/>", "<p:a/>", "<a b=1/>",
        ] {
            assert!(Tree::read(text).is_err(), "{text}");
        }
    }
}
