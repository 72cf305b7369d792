//! Elements of a header by their names, for hosts that know the standard and not
//! our types.
//!
//! A path is that of a finding without `MessageHeader/`: `Subject`,
//! `To[2]/OrganId`. Repeated elements are counted from 1; without a number the
//! first is meant.

use super::document::{Document, Status};
use super::element::{Context, Group, Misplaced, Step, Walk};
use crate::error::{Error, ErrorKind, Result};

/// Deeper than any element is.
const DEEPEST: usize = 16;

impl Document {
    /// Puts a text into an element, or takes the element away. One more than
    /// there are of a repeated element adds one.
    ///
    /// # Errors
    /// `invalid-argument` for a path that is no element, or a text that is no
    /// value of it; then nothing is changed.
    pub fn set_element(&mut self, path: &str, text: Option<&str>) -> Result<()> {
        set(self, path, text)
    }

    /// The text of an element in the form of the packet; `None` where it is
    /// absent.
    ///
    /// # Errors
    /// `invalid-argument` for a path that is no element with text.
    pub fn element(&self, path: &str) -> Result<Option<String>> {
        get(self, path)
    }

    /// How many there are of an element, or of a group.
    ///
    /// # Errors
    /// `invalid-argument` for a path that is no element.
    pub fn element_count(&self, path: &str) -> Result<usize> {
        count(self, path)
    }
}

impl Status {
    /// As [`Document::element`].
    ///
    /// # Errors
    /// As [`Document::element`].
    pub fn element(&self, path: &str) -> Result<Option<String>> {
        get(self, path)
    }

    /// As [`Document::element_count`].
    ///
    /// # Errors
    /// As [`Document::element_count`].
    pub fn element_count(&self, path: &str) -> Result<usize> {
        count(self, path)
    }
}

fn refused(path: &str, reason: &'static str) -> Error {
    // Element names are short; what is longer is none and may be anything.
    let error = Error::new(ErrorKind::InvalidArgument, "packet.element");
    let error = match path.len() <= 120 {
        true => error.with("element", path.to_owned()),
        false => error,
    };
    error.with("reason", reason)
}

const NO_ELEMENT: &str = "there is no such element";

fn steps(path: &str) -> Result<Vec<Step<'_>>> {
    let step = |part| match str::split_once(part, '[') {
        None => Some(Step {
            element: part,
            number: None,
        }),
        Some((element, number)) => {
            let number = number.strip_suffix(']')?.parse().ok()?;
            Some(Step {
                element,
                number: Some(number),
            })
        }
    };
    path.split('/')
        .take(DEEPEST)
        .map(step)
        .collect::<Option<Vec<_>>>()
        .ok_or_else(|| refused(path, NO_ELEMENT))
}

fn set<G: Group + Clone>(group: &mut G, path: &str, text: Option<&str>) -> Result<()> {
    let steps = steps(path)?;
    let mut changed = group.clone();
    let put = changed.put_child(&steps, text, &mut Context::new(0));
    put.map_err(|misplaced| match misplaced {
        Misplaced::NoSuchElement => refused(path, NO_ELEMENT),
        Misplaced::NoValue => refused(path, "this is no value of the element"),
    })?;
    *group = changed;
    Ok(())
}

/// The path with a number at each step that may repeat, if it is an element.
fn known<G: Group>(path: &str) -> Result<Vec<Step<'_>>> {
    let steps = steps(path)?;
    let first: Vec<_> = steps
        .iter()
        .map(|step| Step {
            number: None,
            ..*step
        })
        .collect();
    let there = G::default().put_child(&first, None, &mut Context::new(0));
    match there {
        Ok(()) => Ok(steps),
        Err(_) => Err(refused(path, NO_ELEMENT)),
    }
}

fn get<G: Group>(group: &G, path: &str) -> Result<Option<String>> {
    let mut found = Found::of(known::<G>(path)?, false);
    group.walk_children(&mut found);
    match found.is_group {
        true => Err(refused(path, "this is a group; name an element in it")),
        false => Ok(found.text),
    }
}

fn count<G: Group>(group: &G, path: &str) -> Result<usize> {
    let mut found = Found::of(known::<G>(path)?, true);
    group.walk_children(&mut found);
    Ok(found.count)
}

/// Looks for a path while it walks.
struct Found<'p> {
    path: Vec<Step<'p>>,
    /// Whether the last step counts whatever its number.
    all: bool,
    /// How deep the walk is, and how many steps of the path were met.
    depth: usize,
    met: usize,
    text: Option<String>,
    is_group: bool,
    count: usize,
}

impl<'p> Found<'p> {
    fn of(path: Vec<Step<'p>>, all: bool) -> Self {
        Found {
            path,
            all,
            depth: 0,
            met: 0,
            text: None,
            is_group: false,
            count: 0,
        }
    }

    /// Whether this is the next step of the path; and whether the last one.
    fn meets(&self, element: &str, number: Option<usize>) -> (bool, bool) {
        let last = self.met + 1 == self.path.len();
        let meets = self.met == self.depth
            && self.path.get(self.met).is_some_and(|step| {
                let any = last && self.all && step.number.is_none();
                let same = step.number.unwrap_or(1) == number.unwrap_or(1);
                step.element == element && (any || same)
            });
        (meets, last)
    }
}

impl Walk for Found<'_> {
    fn enter(&mut self, element: &'static str, number: Option<usize>) {
        let (meets, last) = self.meets(element, number);
        if meets && last {
            self.is_group = true;
            self.count += 1;
        } else if meets {
            self.met += 1;
        }
        self.depth += 1;
    }

    fn leave(&mut self, _element: &'static str) {
        self.depth -= 1;
        self.met = self.met.min(self.depth);
    }

    fn leaf(&mut self, element: &'static str, number: Option<usize>, text: &str, _max: usize) {
        if self.meets(element, number) == (true, true) {
            self.text = Some(text.to_owned());
            self.count += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_put_by_name_is_what_the_type_holds() {
        let mut document = Document::default();
        for (path, text) in [
            ("Subject", "V/v thí dụ"),
            ("From/OrganId", "H99.01"),
            ("To/OrganId", "H99.02"),
            ("To[2]/OrganId", "H99.03"),
            ("To[1]/OrganName", "Cơ quan thí dụ"),
            ("PromulgationInfo/PromulgationDate", "2026-03-04"),
            ("OtherInfo/Priority", "2"),
            ("OtherInfo/Direction", "true"),
            ("ToPlaces/Place[1]", "Như trên"),
            ("ToPlaces/Place[2]", "Lưu: VT"),
            ("TraceHeaderList/Bussiness/BussinessDocType", "1"),
        ] {
            document.set_element(path, Some(text)).unwrap();
        }
        let json = serde_json::to_value(&document).unwrap();
        let wanted = serde_json::json!({
            "From": {"OrganId": "H99.01"},
            "To": [{"OrganId": "H99.02", "OrganName": "Cơ quan thí dụ"}, {"OrganId": "H99.03"}],
            "PromulgationInfo": {"PromulgationDate": "2026-03-04"},
            "Subject": "V/v thí dụ",
            "OtherInfo": {"Priority": 2, "Direction": true},
            "ToPlaces": {"Place": ["Như trên", "Lưu: VT"]},
            "TraceHeaderList": {"Bussiness": {"BussinessDocType": 1}},
        });
        assert_eq!(json, wanted);
        for (path, text) in [
            ("To[2]/OrganId", Some("H99.03")),
            ("To[3]/OrganId", None),
            ("To/OrganId", Some("H99.02")),
            ("PromulgationInfo/PromulgationDate", Some("2026/03/04")),
            ("ToPlaces/Place[2]", Some("Lưu: VT")),
            ("Content", None),
        ] {
            assert_eq!(document.element(path).unwrap().as_deref(), text, "{path}");
        }
        assert_eq!(document.element_count("To").unwrap(), 2);
        assert_eq!(document.element_count("To[2]/OrganId").unwrap(), 1);
        assert_eq!(document.element_count("ToPlaces/Place").unwrap(), 2);
        assert_eq!(document.element_count("ResponseFor").unwrap(), 0);
        document.set_element("To[1]", None).unwrap();
        document.set_element("ToPlaces/Place[1]", None).unwrap();
        document
            .set_element("ToPlaces/Place[1]", Some(" "))
            .unwrap();
        assert_eq!(document.element("To/OrganId").unwrap().unwrap(), "H99.03");
        assert_eq!(document.element_count("ToPlaces").unwrap(), 0);
    }

    #[test]
    fn what_is_no_element_or_no_value_is_refused_and_changes_nothing() {
        let mut document = Document::default();
        document.set_element("To/OrganId", Some("H99.02")).unwrap();
        let before = document.clone();
        for (path, text) in [
            ("Subjekt", "x"),
            ("", "x"),
            ("To", "x"),
            ("To[0]/OrganId", "x"),
            ("To[3]/OrganId", "x"),
            ("To[1/OrganId", "x"),
            ("To[2]/OrganIdd", "x"),
            ("From[2]/OrganId", "x"),
            ("Subject/OrganId", "x"),
            ("DueDate", "2026-02-30"),
            ("OtherInfo/Priority", "urgent"),
            ("DocumentId", "N/A"),
        ] {
            let error = document.set_element(path, Some(text)).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidArgument, "{path}");
            assert_eq!(document, before, "{path}");
        }
        for path in ["Subjekt", "From/Subject", "To"] {
            assert!(document.element(path).is_err(), "{path}");
        }
        assert!(document.element_count("Subjekt").is_err());
    }
}
