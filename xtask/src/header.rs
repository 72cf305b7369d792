//! The C header, read: what the declarations for other languages are made from.
//!
//! It knows the shape that cbindgen writes and refuses what it does not know.

/// What stands in `lienthong.h`.
pub(crate) struct Header {
    pub(crate) constants: Vec<Constant>,
    /// The handles: `lienthong_config_t`, ….
    pub(crate) handles: Vec<String>,
    pub(crate) callbacks: Vec<Function>,
    pub(crate) functions: Vec<Function>,
}

pub(crate) struct Constant {
    pub(crate) about: String,
    pub(crate) name: String,
    pub(crate) value: String,
}

/// A function, or the type of a callback.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Function {
    pub(crate) result: String,
    pub(crate) name: String,
    pub(crate) parameters: Vec<Parameter>,
}

#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Parameter {
    /// Without `struct`, its stars at the end: `const lienthong_config_t *`.
    pub(crate) kind: String,
    pub(crate) name: String,
}

impl Header {
    pub(crate) fn read(text: &str) -> Result<Self, String> {
        let mut header = Header {
            constants: vec![],
            handles: vec![],
            callbacks: vec![],
            functions: vec![],
        };
        let (mut about, mut statement) = (String::new(), String::new());
        let mut in_banner = false;
        for line in text.lines() {
            if line.starts_with("/*") || in_banner {
                in_banner = !line.contains("*/");
            } else if let Some(comment) = line.strip_prefix("//") {
                about = format!("{about}\n{}", comment.trim());
            } else if let Some(define) = line.strip_prefix("#define LIENTHONG_") {
                // The guard has no value.
                if let Some((name, value)) = define.split_once(' ') {
                    header.constants.push(Constant {
                        about: about.trim().to_owned(),
                        name: name.to_owned(),
                        value: value.to_owned(),
                    });
                }
                about.clear();
            } else if line.starts_with('#') || line.starts_with("extern ") || line.starts_with('}')
            {
                about.clear();
            } else if !line.is_empty() {
                statement = format!("{statement} {}", line.trim());
                if statement.ends_with(';') {
                    header.take(statement.trim_matches([' ', ';']))?;
                    statement.clear();
                    about.clear();
                }
            }
        }
        match statement.is_empty() && !header.functions.is_empty() {
            true => Ok(header),
            false => Err("the header does not end with a whole declaration".into()),
        }
    }

    fn take(&mut self, statement: &str) -> Result<(), String> {
        let unknown = || format!("the header has a declaration of unknown shape: {statement}");
        if let Some(rest) = statement.strip_prefix("typedef struct ") {
            let (_, name) = rest.split_once(' ').ok_or_else(unknown)?;
            self.handles.push(name.to_owned());
        } else if let Some(rest) = statement.strip_prefix("typedef ") {
            let plain = rest.replacen("(*", "", 1).replacen(")(", "(", 1);
            self.callbacks.push(function(&plain).ok_or_else(unknown)?);
        } else {
            self.functions
                .push(function(statement).ok_or_else(unknown)?);
        }
        Ok(())
    }
}

fn function(text: &str) -> Option<Function> {
    let (head, rest) = text.split_once('(')?;
    let Parameter { kind, name } = parameter(head)?;
    let parameters = match rest.strip_suffix(')')? {
        "void" => vec![],
        list => list.split(',').map(parameter).collect::<Option<_>>()?,
    };
    Some(Function {
        result: kind,
        name,
        parameters,
    })
}

fn parameter(text: &str) -> Option<Parameter> {
    let text = text.trim().replace("struct ", "");
    let start = text.rfind([' ', '*'])? + 1;
    let (kind, name) = text.split_at(start);
    Some(Parameter {
        kind: kind.trim().to_owned(),
        name: name.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "/* banner\n * more */\n#ifndef LIENTHONG_H\n#define LIENTHONG_H\n\
        // One.\n// Two.\n#define LIENTHONG_X 7\n\n// A handle.\n\
        typedef struct lienthong_a_t lienthong_a_t;\n\n\
        typedef int32_t (*lienthong_write_fn)(void *user_data, const uint8_t *data);\n\
        #ifdef __cplusplus\nextern \"C\" {\n#endif\n// Does it.\n\
        int32_t lienthong_do(const struct lienthong_a_t *a,\n    char **json);\n\
        const char *lienthong_version(void);\n}  // extern\n";

    #[test]
    fn constants_come_with_their_comments_and_without_the_guard() {
        let header = Header::read(TEXT).unwrap();
        let found: Vec<_> = header.constants.iter().collect();
        assert_eq!(found.len(), 1);
        assert_eq!(
            (
                found[0].about.as_str(),
                found[0].name.as_str(),
                found[0].value.as_str()
            ),
            ("One.\nTwo.", "X", "7")
        );
    }

    #[test]
    fn a_declaration_over_several_lines_is_one() {
        let header = Header::read(TEXT).unwrap();
        assert_eq!(header.handles, ["lienthong_a_t"]);
        assert_eq!(header.functions.len(), 2);
        let parameter = |kind: &str, name: &str| Parameter {
            kind: kind.into(),
            name: name.into(),
        };
        assert_eq!(
            header.functions[0].parameters,
            [
                parameter("const lienthong_a_t *", "a"),
                parameter("char **", "json")
            ]
        );
        assert_eq!(header.functions[1].result, "const char *");
        assert_eq!(header.callbacks[0].name, "lienthong_write_fn");
        assert_eq!(header.callbacks[0].parameters[1].kind, "const uint8_t *");
    }

    #[test]
    fn what_is_cut_off_is_refused() {
        assert!(Header::read("int32_t lienthong_do(\n").is_err());
    }
}
