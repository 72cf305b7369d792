//! Files of a document: from a path, from memory, from a file object.

use std::fs::File;
use std::path::PathBuf;

use lienthong::bytes::Kept;
use lienthong::packet::Attachment;

use crate::call::Result;
use crate::stream::{Progress, Told};

/// A file to be attached, in a form from which any number of packets can be made.
pub(crate) struct Attached {
    pub(crate) from: From,
    pub(crate) description: Option<String>,
    pub(crate) content_id: Option<String>,
}

pub(crate) enum From {
    Path(PathBuf, Option<String>),
    Kept(String, Kept),
}

impl Attached {
    pub(crate) fn name(&self) -> String {
        match &self.from {
            From::Path(_, Some(name)) | From::Kept(name, _) => name.clone(),
            From::Path(path, None) => path
                .file_name()
                .map(|name| name.to_string_lossy().into_owned())
                .unwrap_or_default(),
        }
    }

    /// Bytes; of a file on disk as long as it is now.
    pub(crate) fn length(&self) -> Option<u64> {
        match &self.from {
            From::Path(path, _) => path.metadata().ok().map(|metadata| metadata.len()),
            From::Kept(_, kept) => Some(kept.length()),
        }
    }

    pub(crate) fn length_in_memory(&self) -> usize {
        match &self.from {
            From::Kept(_, kept) => kept.in_memory().map_or(0, <[u8]>::len),
            From::Path(..) => 0,
        }
    }

    pub(crate) fn attachment(&self, progress: Option<&Progress>) -> Result<Attachment> {
        let mut attachment = match (&self.from, progress) {
            (From::Path(path, name), None) => {
                let attachment = Attachment::from_path(path)?;
                match name {
                    Some(name) => attachment.named(name),
                    None => attachment,
                }
            }
            (From::Path(path, _), Some(_)) => {
                let file = File::open(path)?;
                let length = file.metadata()?.len();
                Attachment::from_reader(self.name(), Told::new(file, progress), Some(length))
            }
            (From::Kept(name, kept), None) => Attachment::from_kept(name, kept.clone()),
            (From::Kept(name, kept), Some(_)) => {
                let read = Told::new(kept.reader(), progress);
                Attachment::from_reader(name, read, Some(kept.length()))
            }
        };
        if let Some(description) = &self.description {
            attachment = attachment.described(description);
        }
        if let Some(id) = &self.content_id {
            attachment = attachment.with_content_id(id);
        }
        Ok(attachment)
    }
}
