//! Files for a document, from a path, from memory, from a callback.

use std::ffi::{c_char, c_void};
use std::path::PathBuf;

use lienthong::bytes::Kept;
use lienthong::packet::Attachment;

use crate::boundary::call;
use crate::document::{lienthong_document_t, with};
use crate::error::lienthong_error_t;
use crate::failure::Result;
use crate::input::{bytes, optional, text};
use crate::stream::{Pull, lienthong_read_fn};

/// A file to be attached, in a form from which any number of packets can be made.
pub(crate) struct File {
    from: From,
    pub(crate) description: Option<String>,
    pub(crate) content_id: Option<String>,
}

enum From {
    Path(PathBuf, Option<String>),
    Kept(String, Kept),
}

impl File {
    pub(crate) fn length_in_memory(&self) -> usize {
        match &self.from {
            From::Kept(_, kept) => kept.in_memory().map_or(0, <[u8]>::len),
            From::Path(..) => 0,
        }
    }

    pub(crate) fn source(&self) -> Result<Attachment> {
        Ok(match &self.from {
            From::Path(path, None) => Attachment::from_path(path)?,
            From::Path(path, Some(name)) => Attachment::from_path(path)?.named(name.as_str()),
            From::Kept(name, kept) => Attachment::from_kept(name.as_str(), kept.clone()),
        })
    }
}

fn attach(
    document: *mut lienthong_document_t,
    from: From,
    description: *const c_char,
    content_id: *const c_char,
) -> Result<()> {
    let file = File {
        from,
        description: optional("description", description)?.map(str::to_owned),
        content_id: optional("content_id", content_id)?.map(str::to_owned),
    };
    with(document, |draft| {
        draft.files.push(file);
        Ok(())
    })
}

/// Attaches a file on disk. It is read when the document is written or sent, and must stay as it
/// is until then.
///
/// `name`, `description` and `content_id` may be NULL: the name is that of the path then, and the
/// id is made. Fails with io where there is no such file.
#[unsafe(no_mangle)]
pub extern "C" fn lienthong_document_attach_path(
    document: *mut lienthong_document_t,
    path: *const c_char,
    name: *const c_char,
    description: *const c_char,
    content_id: *const c_char,
    error: *mut *mut lienthong_error_t,
) -> i32 {
    call("lienthong_document_attach_path", error, || {
        let path = text("path", path)?;
        let name = optional("name", name)?.map(str::to_owned);
        // A missing file is found here, where the caller still knows which.
        Attachment::from_path(path)?;
        attach(
            document,
            From::Path(path.into(), name),
            description,
            content_id,
        )
    })
}

/// Attaches bytes in memory, which are copied.
///
/// `description` and `content_id` may be NULL.
#[unsafe(no_mangle)]
pub extern "C" fn lienthong_document_attach_bytes(
    document: *mut lienthong_document_t,
    name: *const c_char,
    data: *const u8,
    length: usize,
    description: *const c_char,
    content_id: *const c_char,
    error: *mut *mut lienthong_error_t,
) -> i32 {
    call("lienthong_document_attach_bytes", error, || {
        let name = text("name", name)?.to_owned();
        let kept = Kept::held(bytes("data", data, length)?.to_vec());
        attach(document, From::Kept(name, kept), description, content_id)
    })
}

/// Attaches what a callback gives. It is read to its end at once, on this thread; what is longer
/// than 1 MiB lies in an unnamed temporary file until the document is freed.
///
/// `description` and `content_id` may be NULL. Fails with io where the callback fails.
#[unsafe(no_mangle)]
pub extern "C" fn lienthong_document_attach_callback(
    document: *mut lienthong_document_t,
    name: *const c_char,
    read: lienthong_read_fn,
    user_data: *mut c_void,
    description: *const c_char,
    content_id: *const c_char,
    error: *mut *mut lienthong_error_t,
) -> i32 {
    call("lienthong_document_attach_callback", error, || {
        let name = text("name", name)?.to_owned();
        // Before the callback is asked for anything.
        with(document, |_| Ok(()))?;
        let kept = Kept::all_of(&mut Pull::new(read, user_data)?)?;
        attach(document, From::Kept(name, kept), description, content_id)
    })
}
