//! JSON that a host gives.

use serde::de::DeserializeOwned;

/// Why JSON could not be read, and where. No value of it is told: they may be what a clerk wrote.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Misread {
    /// What is wrong, in English.
    pub reason: String,
    /// The line, from 1.
    pub line: usize,
    /// The column, from 1.
    pub column: usize,
}

/// Reads JSON of a known shape.
///
/// # Errors
/// What is no JSON, or of another shape.
pub fn read<T: DeserializeOwned>(text: &str) -> Result<T, Misread> {
    serde_json::from_str(text).map_err(|error| {
        let words = error.to_string();
        let words = words.split(" at line ").next().unwrap_or_default();
        let shown = !error.is_data()
            || ["unknown field", "duplicate field"]
                .iter()
                .any(|start| words.starts_with(start));
        let reason = match shown {
            true => words,
            false => "a value of another type",
        };
        Misread {
            reason: reason.to_owned(),
            line: error.line(),
            column: error.column(),
        }
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that fails may stop")]
mod tests {
    use super::*;

    #[derive(Debug, serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Staff {
        #[serde(rename = "Mobile")]
        mobile: String,
    }

    fn misread(text: &str) -> (String, usize, usize) {
        let misread = read::<Staff>(text).unwrap_err();
        (misread.reason, misread.line, misread.column)
    }

    #[test]
    fn what_has_the_shape_is_read() {
        let staff: Staff = read("{ \"Mobile\": \"0900\" }").unwrap();
        assert_eq!(staff.mobile, "0900");
    }

    #[test]
    fn a_value_of_another_type_is_placed_and_not_shown() {
        let (reason, line, column) = misread("{\n  \"Mobile\": 913 }");
        assert_eq!(reason, "a value of another type");
        assert_eq!((line, column), (2, 15));
    }

    #[test]
    fn a_member_that_is_not_known_is_named() {
        let (reason, ..) = misread("{ \"Mobil\": \"bi mat\" }");
        assert!(reason.starts_with("unknown field `Mobil`"), "{reason}");
        assert!(!reason.contains("bi mat"), "{reason}");
    }

    #[test]
    fn what_is_no_json_is_placed() {
        let (reason, line, column) = misread("{ \"Mobile\" ");
        assert_eq!(reason, "EOF while parsing an object");
        assert_eq!((line, column), (1, 11));
    }
}
