//! Which process of a family of forks may have stores open.
//!
//! A fork copies SQLite as it is at that moment: mutexes that a thread of the parent holds, which
//! nobody in the child will ever give back, and SQLite's own list of the file locks it has, which
//! the child does not have. So a process that was forked while a store was open opens none, not
//! even another one: it would wait without end, or believe in locks that are not there.

use std::sync::atomic::{AtomicU64, Ordering};

use crate::error::{Error, ErrorKind, Result};

/// The process that has stores open, above, and how many, in the lower half. No mutex: that could
/// be held by another thread when the process forks.
static OPEN: AtomicU64 = AtomicU64::new(0);

/// One open store of this process, until it is dropped.
#[derive(Debug)]
pub(super) struct OpenHere(());

impl OpenHere {
    /// # Errors
    /// `after-fork` where this process was forked from one that had a store open.
    pub(super) fn enter() -> Result<Self> {
        match enter(&OPEN, std::process::id()) {
            true => Ok(OpenHere(())),
            false => Err(Error::new(ErrorKind::AfterFork, "store.open")),
        }
    }
}

impl Drop for OpenHere {
    /// Never in a child: what it has of its parent is forgotten there.
    fn drop(&mut self) {
        OPEN.fetch_sub(1, Ordering::AcqRel);
    }
}

fn enter(open: &AtomicU64, process: u32) -> bool {
    let mine = u64::from(process) << 32;
    open.fetch_update(Ordering::AcqRel, Ordering::Acquire, |seen| {
        let count = seen & u64::from(u32::MAX);
        (count == 0 || seen - count == mine).then_some(mine + count + 1)
    })
    .is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_child_opens_a_store_only_where_its_parent_had_none_open() {
        let (parent, child) = (7, 8);
        let open = AtomicU64::new(0);
        assert!(enter(&open, parent) && enter(&open, parent));
        assert!(!enter(&open, child));
        open.fetch_sub(1, Ordering::Relaxed);
        assert!(!enter(&open, child));
        open.fetch_sub(1, Ordering::Relaxed);
        assert!(enter(&open, child) && enter(&open, child));
        assert!(!enter(&open, parent));
    }
}
