//! Places where a test can make the process die. For tests of crashes only:
//! without the cargo feature `failpoints` all of this is nothing.
//!
//! `LIENTHONG_FAILPOINT=name:N` ends the process at the N-th passage of the
//! place. It ends by `abort`, which loses exactly what SIGKILL loses: what the
//! process has in memory. No destructor and no buffer is run or written out.

/// Every place, sorted. Each is used once.
pub const NAMES: &[&str] = &[
    "action-decided",
    "blob-before-unlink",
    "blob-folder-synced",
    "blob-renamed",
    "blob-synced",
    "handoff-accepted",
    "handoff-given-back",
    "handoff-refused",
    "handoff-shown",
    "inbox-acknowledged",
    "inbox-caught-up",
    "inbox-fetched",
    "inbox-listed",
    "inbox-stored",
    "inbox-understood",
    "keeper-asked",
    "keeper-settled",
    "outbox-answered",
    "outbox-claimed",
    "outbox-noted",
    "recall-stored",
    "report-stored",
    "send-spooled",
    "send-stored",
    "store-before-commit",
    "store-committed",
    "worker-recovered",
];

/// Every place where the process can be made to die, sorted.
pub fn names() -> &'static [&'static str] {
    NAMES
}

/// Dies here, where a test asked for it.
macro_rules! failpoint {
    ($name:literal) => {
        #[cfg(feature = "failpoints")]
        $crate::failpoint::pass($name);
    };
}
pub(crate) use failpoint;

#[cfg(feature = "failpoints")]
pub(crate) fn pass(name: &str) {
    use std::sync::OnceLock;
    use std::sync::atomic::{AtomicU64, Ordering};

    static ASKED: OnceLock<Option<(String, u64)>> = OnceLock::new();
    static PASSED: AtomicU64 = AtomicU64::new(0);

    let asked = ASKED.get_or_init(|| {
        let text = std::env::var("LIENTHONG_FAILPOINT").ok()?;
        let (name, number) = text.rsplit_once(':')?;
        Some((name.to_owned(), number.parse().ok()?))
    });
    if let Some((asked, number)) = asked
        && asked == name
        && PASSED.fetch_add(1, Ordering::SeqCst) + 1 == *number
    {
        std::process::abort();
    }
}

/// Whether the store has a fault that a test of power cuts has to find
/// (`LIENTHONG_MUTANT`).
#[cfg(feature = "failpoints")]
pub(crate) fn mutant(name: &str) -> bool {
    use std::sync::OnceLock;
    static MUTANT: OnceLock<Option<String>> = OnceLock::new();
    MUTANT
        .get_or_init(|| std::env::var("LIENTHONG_MUTANT").ok())
        .as_deref()
        == Some(name)
}

/// Never, without the feature.
#[cfg(not(feature = "failpoints"))]
pub(crate) fn mutant(_name: &str) -> bool {
    false
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    fn places(folder: &Path, found: &mut Vec<String>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                places(&path, found);
            } else if path.extension().is_some_and(|end| end == "rs") {
                let text = std::fs::read_to_string(&path).unwrap();
                let call = concat!("failpoint", "!(\"");
                found.extend(
                    text.split(call)
                        .skip(1)
                        .filter_map(|rest| Some(rest.split_once('"')?.0.to_owned())),
                );
            }
        }
    }

    #[test]
    fn the_list_of_failpoints_is_that_of_the_source_each_once() {
        let mut found = Vec::new();
        places(
            &Path::new(env!("CARGO_MANIFEST_DIR")).join("src"),
            &mut found,
        );
        found.sort();
        assert_eq!(found, super::names());
    }
}
