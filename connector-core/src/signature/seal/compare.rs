//! A seal held against the packet in which it came.

use std::collections::HashMap;

use super::read::Statement;
use crate::packet::document::Document;
use crate::packet::{ElementFate, Fate, ReceivedAttachment, collapse, fates};

/// What became of one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct FileFate {
    /// Its number in the packet, from 1; `None` where it did not arrive.
    pub(crate) number: Option<usize>,
    /// Its place in the seal, from 1; `None` where it is not sealed.
    pub(crate) sealed: Option<usize>,
    /// What became of it; never one that a rebuild accounts for.
    pub(crate) fate: Fate,
}

/// What a seal says of the packet in which it came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SealComparison {
    /// Each element of the header.
    pub(crate) elements: Vec<ElementFate>,
    /// Each attachment but the seal.
    pub(crate) files: Vec<FileFate>,
}

/// Compares; `seal` is the number of the seal's own attachment.
pub(crate) fn compare(
    statement: &Statement,
    document: &Document,
    attachments: &[ReceivedAttachment],
    seal: usize,
) -> SealComparison {
    SealComparison {
        elements: fates(&statement.document, document),
        files: files(statement, attachments, seal),
    }
}

fn files(statement: &Statement, attachments: &[ReceivedAttachment], seal: usize) -> Vec<FileFate> {
    let mut arrived: HashMap<(String, u64, String), Vec<usize>> = HashMap::new();
    let mut rest: Vec<usize> = Vec::new();
    for attachment in attachments.iter().rev() {
        if attachment.number == seal {
            continue;
        }
        let name = collapse(attachment.name.as_deref().unwrap_or_default());
        match attachment.content() {
            Some(content) => arrived
                .entry((name, content.size, content.sha256_hex()))
                .or_default()
                .push(attachment.number),
            None => rest.push(attachment.number),
        }
    }
    let mut fates = Vec::new();
    let mut left = Vec::new();
    for (index, file) in statement.files.iter().enumerate() {
        let key = (collapse(&file.name), file.size, file.sha256.clone());
        match arrived.get_mut(&key).and_then(Vec::pop) {
            Some(number) => fates.push(FileFate {
                number: Some(number),
                sealed: Some(index + 1),
                fate: Fate::Intact,
            }),
            None => left.push(index + 1),
        }
    }
    rest.extend(arrived.into_values().flatten());
    rest.sort_unstable();
    let mut rest = rest.into_iter();
    for sealed in left {
        // One that differs in name or bytes is told as one that was altered.
        let number = rest.next();
        fates.push(FileFate {
            number,
            sealed: Some(sealed),
            fate: number.map_or(Fate::Missing, |_| Fate::Altered),
        });
    }
    fates.extend(rest.map(|number| FileFate {
        number: Some(number),
        sealed: None,
        fate: Fate::Added,
    }));
    fates
}
