//! Names of attachments: their extension, a form that is safe as a file name, and
//! uniqueness within a folder.
//!
//! A name in a packet is text from a stranger. It may hold a path, characters that turn the
//! reading direction so that `exe` looks like `pdf`, or a name that is a device on Windows.
//! Vietnamese letters are kept as they are, composed or not.

use std::collections::HashMap;

/// The longest name [`safe_file_name`] and [`UniqueNames`] give, in bytes of UTF-8.
///
/// File systems allow 255; the rest is room for what a host adds.
pub const LONGEST_FILE_NAME: usize = 200;

/// The name given when nothing of the original is left.
pub const FALLBACK_NAME: &str = "attachment";

/// The longest extension that is taken for one, in bytes.
const LONGEST_EXTENSION: usize = 16;

/// Characters that no Windows file system takes, besides the separators of a path.
const ILLEGAL_ON_WINDOWS: [char; 6] = ['<', '>', ':', '"', '|', '?'];

/// The extension of a file name, in the case it is written in, without the dot.
///
/// It is what stands after the last dot of the last part of a path, if that is 1 to 16 ASCII
/// letters or digits and something stands before the dot. Dots and white space at the end of
/// the name are not looked at, as Windows does. So `Kế hoạch 1.2 năm` has none.
#[must_use]
pub fn extension(name: &str) -> Option<&str> {
    let file = name.rsplit(['/', '\\']).next().unwrap_or(name);
    let file = file.trim_end_matches(|c: char| c == '.' || c.is_whitespace());
    let (stem, extension) = file.rsplit_once('.')?;
    let sensible = (1..=LONGEST_EXTENSION).contains(&extension.len())
        && extension.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let named = stem.chars().any(|c| c != '.' && !c.is_whitespace());
    (sensible && named).then_some(extension)
}

/// A file name made from a name of unknown origin, good on Linux, macOS and Windows.
///
/// The last part of a path is taken, without a drive letter. Control characters, characters
/// that are not seen or turn the reading direction, and leading or trailing dots and white
/// space are taken out. Characters that Windows refuses become `_`, and a name that is a
/// device there (`CON`, `LPT1`, …) gets a `_` in front. The result is never empty
/// ([`FALLBACK_NAME`]), at most [`LONGEST_FILE_NAME`] bytes long with the extension kept,
/// and unchanged if it is put in again.
#[must_use]
pub fn safe_file_name(name: &str) -> String {
    let part = name
        .rsplit(['/', '\\'])
        .find(|part| !part.trim().is_empty())
        .unwrap_or_default();
    let seen: String = part.chars().filter(|c| !is_hidden(*c)).collect();
    let seen = without_drive(seen.trim_start());
    let cleaned: String = seen
        .chars()
        .map(|c| if is_illegal(c) { '_' } else { c })
        .collect();
    let trimmed = cleaned.trim_matches(is_edge);
    if trimmed.is_empty() {
        return FALLBACK_NAME.to_owned();
    }
    let free = if is_device(trimmed) {
        format!("_{trimmed}")
    } else {
        trimmed.to_owned()
    };
    let short = shorten(&free, "");
    // Cutting at a blank can lay a device name bare; what is left is then short.
    if is_device(&short) {
        format!("_{short}")
    } else {
        short
    }
}

/// Gives every name once, without regard to case, as file systems of Windows and macOS do.
///
/// A name that is taken gets a number before its extension: `a.pdf`, `a (2).pdf`.
#[derive(Debug, Default, Clone)]
pub struct UniqueNames {
    /// Taken names in lower case, each with the number to try next.
    taken: HashMap<String, u32>,
}

impl UniqueNames {
    /// No name is taken yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The name to use for `name`, which is made safe by [`safe_file_name`] first.
    pub fn claim(&mut self, name: &str) -> String {
        let safe = safe_file_name(name);
        let key = safe.to_lowercase();
        let Some(next) = self.taken.get(&key).copied() else {
            self.taken.insert(key, 2);
            return safe;
        };
        // Counting goes on where it stopped, so that thousands of equal names stay cheap.
        let mut number = next;
        loop {
            let numbered = shorten(&safe, &format!(" ({number})"));
            number = number.saturating_add(1);
            let numbered_key = numbered.to_lowercase();
            if !self.taken.contains_key(&numbered_key) {
                self.taken.insert(numbered_key, 2);
                self.taken.insert(key, number);
                return numbered;
            }
        }
    }
}

/// Puts `suffix` before the extension and cuts the part before it to the longest length.
fn shorten(name: &str, suffix: &str) -> String {
    let (stem, extension) = match extension(name) {
        Some(extension) => name.split_at(name.len() - extension.len() - 1),
        None => (name, ""),
    };
    let room = LONGEST_FILE_NAME.saturating_sub(extension.len() + suffix.len());
    let end = (0..=room.min(stem.len()))
        .rev()
        .find(|end| stem.is_char_boundary(*end))
        .unwrap_or(0);
    let kept = stem.get(..end).unwrap_or_default();
    // A cut may end on a blank; a stem that was not cut keeps its own.
    let kept = if kept.len() < stem.len() {
        kept.trim_end_matches(is_edge)
    } else {
        kept
    };
    format!("{kept}{suffix}{extension}")
}

/// Characters that may not stand at either end of a name.
fn is_edge(c: char) -> bool {
    c == '.' || c.is_whitespace()
}

fn is_illegal(c: char) -> bool {
    c == '*' || ILLEGAL_ON_WINDOWS.contains(&c)
}

/// Characters nobody sees in a name, or that turn its reading direction.
fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{00ad}' | '\u{034f}' | '\u{061c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}'
            | '\u{17b5}' | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}'
            | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}')
}

/// Without `C:` in front, however often it is repeated.
fn without_drive(name: &str) -> &str {
    let mut name = name;
    while let Some(rest) = name
        .strip_prefix(|c: char| c.is_ascii_alphabetic())
        .and_then(|rest| rest.strip_prefix(':'))
    {
        name = rest;
    }
    name
}

/// Whether Windows takes the name for a device. What follows the first dot does not matter
/// to it.
fn is_device(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or(name).trim_end();
    let stem = stem.to_ascii_uppercase();
    if matches!(
        stem.as_str(),
        "CON" | "PRN" | "AUX" | "NUL" | "CONIN$" | "CONOUT$" | "CLOCK$"
    ) {
        return true;
    }
    stem.strip_prefix("COM")
        .or_else(|| stem.strip_prefix("LPT"))
        .is_some_and(|number| {
            let mut digits = number.chars();
            matches!(
                (digits.next(), digits.next()),
                (Some('0'..='9' | '¹' | '²' | '³'), None)
            )
        })
}

#[cfg(test)]
mod tests {
    use std::path::{Component, Path};

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn extensions() {
        for (name, expected) in [
            ("a.pdf", Some("pdf")),
            ("Tờ trình.PDF", Some("PDF")),
            ("a.tar.gz", Some("gz")),
            ("a.pdf. ", Some("pdf")),
            ("x.d/a", None),
            ("x.d\\a.doc", Some("doc")),
            (".pdf", None),
            (" .pdf", None),
            ("Kế hoạch 1.2 năm", None),
            ("số 1.Quyết", None),
            ("a.", None),
            ("", None),
            ("a.abcdefghijklmnopq", None),
        ] {
            assert_eq!(extension(name), expected, "{name:?}");
        }
    }

    #[test]
    fn safe_names() {
        for (name, expected) in [
            ("Tờ trình số 5.pdf", "Tờ trình số 5.pdf"),
            ("../../etc/passwd", "passwd"),
            ("C:\\Users\\x\\Công văn.docx", "Công văn.docx"),
            ("C:a.pdf", "a.pdf"),
            ("a/b/", "b"),
            ("..", "attachment"),
            ("", "attachment"),
            (" . . ", "attachment"),
            ("///", "attachment"),
            (".htaccess", "htaccess"),
            ("a.pdf. .", "a.pdf"),
            ("a\u{202e}fdp.exe", "afdp.exe"),
            ("a\u{200b}\u{feff}\0\r\n.pdf", "a.pdf"),
            ("a<b>:\"|?*.pdf", "a_b______.pdf"),
            ("con", "_con"),
            ("LPT1.pdf", "_LPT1.pdf"),
            ("com¹ .txt", "_com¹ .txt"),
            ("COM10.txt", "COM10.txt"),
            ("a.txt:evil", "a.txt_evil"),
        ] {
            assert_eq!(safe_file_name(name), expected, "{name:?}");
        }
    }

    #[test]
    fn long_names_are_cut_on_a_character_and_keep_the_extension() {
        let long = format!("{}.docx", "ề".repeat(300));
        let safe = safe_file_name(&long);
        assert!(safe.len() <= LONGEST_FILE_NAME && safe.len() > LONGEST_FILE_NAME - 3);
        assert!(safe.ends_with("ề.docx"));
    }

    #[test]
    fn cutting_does_not_make_a_device() {
        let name = format!("CON{}x.pdf", " ".repeat(300));
        assert_eq!(safe_file_name(&name), "_CON.pdf");
    }

    #[test]
    fn names_become_unique() {
        let mut names = UniqueNames::new();
        assert_eq!(names.claim("a.pdf"), "a.pdf");
        assert_eq!(names.claim("A.PDF"), "A (2).PDF");
        assert_eq!(names.claim("a (2).pdf"), "a (2) (2).pdf");
        assert_eq!(names.claim("a.pdf"), "a (3).pdf");
        assert_eq!(names.claim("ĐƠN"), "ĐƠN");
        assert_eq!(names.claim("đơn"), "đơn (2)");
        let long = "x".repeat(400);
        assert_eq!(names.claim(&long).len(), LONGEST_FILE_NAME);
        let second = names.claim(&long);
        assert_eq!(second.len(), LONGEST_FILE_NAME);
        assert!(second.ends_with("x (2)"));
    }

    fn hostile_name() -> impl Strategy<Value = String> {
        let piece = prop_oneof![
            3 => any::<String>(),
            2 => Just("..".to_owned()),
            2 => "[/\\\\:. ]{1,4}",
            2 => "[a-zA-Zđơềự]{1,120}",
            1 => "(con|nul|lpt1|COM9|aux)",
            1 => "\\.[a-z]{1,17}",
            1 => "[\u{200b}\u{202e}\u{0}\u{9}\u{2028}\u{a0}]{1,3}",
        ];
        proptest::collection::vec(piece, 0..8).prop_map(|pieces| pieces.concat())
    }

    proptest! {
        #[test]
        fn a_safe_name_stays_in_its_folder(name in hostile_name()) {
            let safe = safe_file_name(&name);
            let components: Vec<_> = Path::new(&safe).components().collect();
            prop_assert!(matches!(components.as_slice(), [Component::Normal(part)] if **part == *safe));
            let joined = Path::new("/folder").join(&safe);
            prop_assert_eq!(joined.parent(), Some(Path::new("/folder")));
            prop_assert!(!safe.contains(['/', '\\', ':', '\0']));
            prop_assert!(safe.len() <= LONGEST_FILE_NAME);
            prop_assert!(!safe.starts_with('.') && !safe.ends_with(['.', ' ']));
            prop_assert!(!safe.chars().any(is_hidden));
            prop_assert!(!is_device(&safe));
            prop_assert_eq!(safe_file_name(&safe), safe.clone());
        }

        #[test]
        fn claimed_names_differ(names in proptest::collection::vec("[aA]{1,2}( \\(2\\))?(\\.p)?", 1..20)) {
            let mut unique = UniqueNames::new();
            let mut seen = std::collections::HashSet::new();
            for name in names {
                let claimed = unique.claim(&name);
                prop_assert!(claimed.len() <= LONGEST_FILE_NAME);
                prop_assert!(seen.insert(claimed.to_lowercase()));
            }
        }
    }
}
