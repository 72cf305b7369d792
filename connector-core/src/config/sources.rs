//! Where values come from beside single calls: files and the environment.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs::File;
use std::io::Read;
use std::path::Path;

use toml::Value;

use super::{Config, KEYS};
use crate::error::{Error, ErrorKind, Result};

const FILE: &str = "config.load_file";
const ENVIRONMENT: &str = "config.load_environment";
/// No configuration comes near this; it bounds what a wrong path costs.
const LARGEST: u64 = 1 << 20;
/// Variables of this prefix are keys.
const PREFIX: &str = "LIENTHONG_";
/// Variables of tests, which are none.
const NOT_KEYS: &[&str] = &["FAILPOINT", "MUTANT", "TEST_"];

impl Config {
    /// Takes every value of a file: TOML, or, where its name ends in
    /// `.properties`, the file of the incumbent SDK (`docs/c-abi.md` lists its
    /// keys). After an error nothing is changed.
    ///
    /// # Errors
    /// `io`; `config-unknown-key`, `config-invalid-value`. The text of the file
    /// is never shown, as secrets stand in it.
    pub fn load_file(&mut self, path: impl AsRef<Path>) -> Result<()> {
        let path = path.as_ref();
        let text = read(path)?;
        let properties = path
            .extension()
            .is_some_and(|ending| ending.eq_ignore_ascii_case("properties"));
        let mut loaded = self.clone();
        if properties {
            loaded.take_properties(&properties_of(&text))?;
        } else {
            let table: toml::Table = text.parse().map_err(|error| not_toml(&text, &error))?;
            loaded.take_table("", &table)?;
        }
        *self = loaded;
        Ok(())
    }

    /// Takes every variable `LIENTHONG_…` of the environment:
    /// `LIENTHONG_AXIS_URL` is `axis.url`. After an error nothing is changed.
    ///
    /// # Errors
    /// `config-unknown-key` for such a variable that is no key,
    /// `config-invalid-value`.
    pub fn load_environment(&mut self) -> Result<()> {
        self.take_variables(std::env::vars_os())
    }

    fn take_variables(
        &mut self,
        variables: impl Iterator<Item = (OsString, OsString)>,
    ) -> Result<()> {
        let mut loaded = self.clone();
        for (name, value) in variables {
            let Some(name) = name.to_str().and_then(|name| name.strip_prefix(PREFIX)) else {
                continue;
            };
            if NOT_KEYS.iter().any(|other| name.starts_with(other)) {
                continue;
            }
            let key = KEYS
                .iter()
                .find(|key| key.name.replace('.', "_").eq_ignore_ascii_case(name));
            let key = key.ok_or_else(|| {
                Error::new(ErrorKind::ConfigUnknownKey, ENVIRONMENT)
                    .with("key", format!("{PREFIX}{name}"))
            })?;
            let value = value
                .to_str()
                .ok_or_else(|| invalid(ENVIRONMENT, key.name, "UTF-8"))?;
            loaded.set(key.name, value)?;
        }
        *self = loaded;
        Ok(())
    }

    fn take_table(&mut self, before: &str, table: &toml::Table) -> Result<()> {
        for (name, value) in table {
            let key = match before {
                "" => name.clone(),
                before => format!("{before}.{name}"),
            };
            match value {
                Value::Table(table) => self.take_table(&key, table)?,
                Value::String(text) => self.set(&key, text)?,
                Value::Integer(number) => self.set(&key, &number.to_string())?,
                Value::Boolean(flag) => self.set(&key, &flag.to_string())?,
                Value::Array(items) => {
                    let words: Option<Vec<&str>> = items.iter().map(Value::as_str).collect();
                    let words = words.ok_or_else(|| invalid(FILE, &key, "a list of texts"))?;
                    self.set(&key, &words.join(","))?;
                }
                Value::Float(_) | Value::Datetime(_) => {
                    return Err(invalid(FILE, &key, "a text, number, true, false or list"));
                }
            }
        }
        Ok(())
    }

    /// The keys of the incumbent SDK; those of ours are themselves.
    fn take_properties(&mut self, properties: &BTreeMap<String, String>) -> Result<()> {
        for (name, value) in properties {
            let within = |least: u32, most: u32| match value.parse::<u32>() {
                Ok(number) if (least..=most).contains(&number) => Ok(()),
                _ => Err(invalid(FILE, name, &format!("{least}..={most}"))),
            };
            match name.as_str() {
                "systemid" => self.set("axis.system_id", value)?,
                "secret" => self.set("axis.secret", value)?,
                "store-path-dir" => self.set("store.path", value)?,
                "service.endpoint" if value.contains("://") => self.set("axis.url", value)?,
                "service.endpoint" => {
                    let protocol = properties.get("client.protocol");
                    let protocol = protocol.map_or("https", |text| text.as_str());
                    let protocol = protocol.to_ascii_lowercase();
                    self.set("axis.url", &format!("{protocol}://{value}"))?;
                }
                "client.protocol" => {
                    if !["http", "https"].contains(&value.to_ascii_lowercase().as_str()) {
                        return Err(invalid(FILE, name, "http, https"));
                    }
                }
                "client.max-connection" => {
                    within(1, 10)?;
                    self.set("send.parallel", value)?;
                    self.set("receive.parallel", value)?;
                }
                // The outbox tries for days, whatever stands here.
                "client.max-error-retry" => within(2, 5)?,
                // Logs go where the host says, by a callback.
                "log-error" | "isLog" => {}
                _ => self.set(name, value)?,
            }
        }
        Ok(())
    }
}

fn invalid(operation: &'static str, key: &str, allowed: &str) -> Error {
    Error::new(ErrorKind::ConfigInvalidValue, operation)
        .with("key", key.to_owned())
        .with("allowed", allowed.to_owned())
}

fn read(path: &Path) -> Result<String> {
    let mut bytes = Vec::new();
    File::open(path)
        .and_then(|file| file.take(LARGEST + 1).read_to_end(&mut bytes))
        .map_err(|error| Error::io(FILE, error))?;
    if bytes.len() as u64 > LARGEST {
        return Err(Error::new(ErrorKind::ConfigInvalidValue, FILE).with("allowed", "1 MiB"));
    }
    // Some editors put a byte order mark in front.
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&bytes);
    match std::str::from_utf8(bytes) {
        Ok(text) => Ok(text.to_owned()),
        Err(_) => Err(Error::new(ErrorKind::ConfigInvalidValue, FILE).with("allowed", "UTF-8")),
    }
}

/// The parser's own words may hold the line, and that a secret.
fn not_toml(text: &str, error: &toml::de::Error) -> Error {
    let start = error.span().map_or(0, |span| span.start);
    let before = text.as_bytes().get(..start).unwrap_or_default();
    let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
    Error::new(ErrorKind::ConfigInvalidValue, FILE)
        .with("line", line.to_string())
        .with("allowed", "TOML")
}

/// The pairs of a Java properties file: comments, `=`, `:` or a blank between
/// key and value, lines that go on after `\`, and `\uXXXX`.
fn properties_of(text: &str) -> BTreeMap<String, String> {
    let mut pairs = BTreeMap::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        let mut line = line.trim_start().to_owned();
        if line.starts_with(['#', '!']) || line.is_empty() {
            continue;
        }
        while line.chars().rev().take_while(|c| *c == '\\').count() % 2 == 1 {
            line.pop();
            match lines.next() {
                Some(next) => line.push_str(next.trim_start()),
                None => break,
            }
        }
        let mut escaped = false;
        let end = line.char_indices().find(|(_, c)| {
            let ends = !escaped && (matches!(c, '=' | ':') || c.is_whitespace());
            escaped = !escaped && *c == '\\';
            ends
        });
        let (key, rest) = line.split_at(end.map_or(line.len(), |(at, _)| at));
        let rest = rest.trim_start();
        let rest = rest.strip_prefix(['=', ':']).unwrap_or(rest);
        pairs.insert(unescaped(key), unescaped(rest.trim_start()));
    }
    pairs
}

fn unescaped(text: &str) -> String {
    let mut units: Vec<u16> = Vec::new();
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        let mut plain = |c: char| units.extend_from_slice(c.encode_utf16(&mut [0; 2]));
        match (c, if c == '\\' { chars.next() } else { None }) {
            (_, Some('t')) => plain('\t'),
            (_, Some('n')) => plain('\n'),
            (_, Some('r')) => plain('\r'),
            (_, Some('u')) => {
                let digits: String = chars.by_ref().take(4).collect();
                units.push(u16::from_str_radix(&digits, 16).unwrap_or(0xFFFD));
            }
            (_, Some(other)) => plain(other),
            (c, None) => plain(c),
        }
    }
    String::from_utf16_lossy(&units)
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn file(ending: &str, text: &str) -> tempfile::TempPath {
        let mut file = tempfile::Builder::new().suffix(ending).tempfile().unwrap();
        file.write_all(text.as_bytes()).unwrap();
        file.into_temp_path()
    }

    fn load(ending: &str, text: &str) -> Result<Config> {
        let mut config = Config::new();
        config.load_file(file(ending, text)).map(|()| config)
    }

    #[test]
    fn tables_of_a_file_are_the_parts_of_keys() {
        let text = "store.path = '/var/lib/a b'\n[axis]\nurl = 'https://x'\nallow_plaintext = true\n\
                    [connector]\norgans = ['H99.01', 'H99.02']\n[send]\nparallel = 7\n";
        let config = load(".toml", text).unwrap();
        for (key, value) in [
            ("store.path", "/var/lib/a b"),
            ("axis.url", "https://x"),
            ("axis.allow_plaintext", "true"),
            ("connector.organs", "H99.01,H99.02"),
            ("send.parallel", "7"),
        ] {
            assert_eq!(config.get(key), Some(value), "{key}");
        }
    }

    #[test]
    fn a_file_with_a_mistake_changes_nothing_and_is_not_shown() {
        for (text, kind) in [
            (
                "[send]\nparallel = 7\nparalel = 1",
                ErrorKind::ConfigUnknownKey,
            ),
            ("[send]\nparallel = 0", ErrorKind::ConfigInvalidValue),
            ("[send]\nparallel = 1.5", ErrorKind::ConfigInvalidValue),
            ("[axis]\nsecret = canary", ErrorKind::ConfigInvalidValue),
        ] {
            let mut config = Config::new();
            config.set("send.parallel", "3").unwrap();
            let error = config.load_file(file(".toml", text)).unwrap_err();
            assert_eq!(error.kind(), kind, "{text}");
            assert!(!error.to_string().contains("canary"));
            assert_eq!(config.get("send.parallel"), Some("3"));
        }
        let error = load(".toml", "a = 1\n[axis]\nsecret = canary").unwrap_err();
        assert!(error.to_string().contains("[line=3]"), "{error}");
        let error = Config::new().load_file("no such file").unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Io);
    }

    #[test]
    fn the_file_of_the_incumbent_sdk_is_understood() {
        let text = "# made up\nclient.protocol=http\nclient.max-connection : 5\n\
                    client.max-error-retry 3\nsystemid=000.00.00.H99\nsecret=a\\u0062c\\\n   d\n\
                    store-path-dir=/srv/store\nservice.endpoint=127.0.0.1:8080/adapter\n\
                    isLog=1\nlog-error=/var/log/x\nconnector.organs=H99.01\n";
        let config = load(".properties", text).unwrap();
        for (key, value) in [
            ("axis.url", "http://127.0.0.1:8080/adapter"),
            ("axis.system_id", "000.00.00.H99"),
            ("store.path", "/srv/store"),
            ("send.parallel", "5"),
            ("receive.parallel", "5"),
            ("connector.organs", "H99.01"),
        ] {
            assert_eq!(config.get(key), Some(value), "{key}");
        }
        let secret = config.secret("axis.secret").unwrap();
        assert_eq!(secrecy::ExposeSecret::expose_secret(secret), "abcd");
    }

    #[test]
    fn limits_of_the_incumbent_sdk_hold_and_other_keys_are_refused() {
        for text in [
            "client.max-connection=11",
            "client.max-error-retry=1",
            "client.protocol=ftp",
        ] {
            let error = load(".properties", text).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::ConfigInvalidValue, "{text}");
        }
        let error = load(".properties", "systemId=1").unwrap_err();
        assert_eq!(error.kind(), ErrorKind::ConfigUnknownKey);
    }

    #[test]
    fn every_key_has_one_variable_and_other_variables_are_refused() {
        let variable = |name: &str, value: &str| (OsString::from(name), OsString::from(value));
        let names: std::collections::BTreeSet<_> =
            KEYS.iter().map(|key| key.name.replace('.', "_")).collect();
        assert_eq!(names.len(), KEYS.len());
        let mut config = Config::new();
        let good = [
            variable("PATH", "/bin"),
            variable("LIENTHONG_STORE_PATH", "/srv"),
            variable("LIENTHONG_HANDOFF_LEASE", "1000"),
            variable("LIENTHONG_FAILPOINT", "x:1"),
        ];
        config.take_variables(good.into_iter()).unwrap();
        assert_eq!(config.get("store.path"), Some("/srv"));
        assert_eq!(config.get("handoff.lease"), Some("1000"));
        let bad = [variable("LIENTHONG_STORE_PAHT", "/srv")];
        let error = config.take_variables(bad.into_iter()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::ConfigUnknownKey);
    }
}
