//! A directory file: CSV with a line of names, or one JSON object a line.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;

use serde::de::{Deserialize, Deserializer};
use serde_json::Value;

use super::super::error::AxisError;
use super::{Directory, Unit};

/// Bytes of one line.
const MOST_LINE: usize = 1 << 20;

/// Loads a directory file.
pub(in super::super) fn load(path: &Path) -> Result<Directory, AxisError> {
    let file = File::open(path).map_err(AxisError::file(path))?;
    let mut records = Records {
        source: BufReader::with_capacity(1 << 16, file),
        path,
        line: 0,
        first: 0,
    };
    let mut directory = Directory::default();
    let Some(first) = records.next_record()? else {
        return Ok(directory);
    };
    let first = first.trim_start_matches('\u{feff}');
    if first.trim_start().starts_with('{') {
        let mut line = first.to_owned();
        loop {
            if !line.trim().is_empty() {
                let unit = serde_json::from_str(&line)
                    // The text of the error may hold a value; its place does not.
                    .map_err(|error| records.flaw(format!("column {}", error.column())))?;
                records.add(&mut directory, unit)?;
            }
            match records.next_line()? {
                Some(next) => line = next,
                None => return Ok(directory),
            }
        }
    }
    let columns = fields(first).ok_or_else(|| records.flaw("an open quotation mark"))?;
    if !columns.iter().any(|name| name.trim() == "code") {
        return Err(records.flaw("no column `code`, nor JSON"));
    }
    while let Some(record) = records.next_record()? {
        if record.trim().is_empty() {
            continue;
        }
        let values = fields(&record).ok_or_else(|| records.flaw("an open quotation mark"))?;
        if values.len() != columns.len() {
            return Err(records.flaw("another number of fields than the first line"));
        }
        let mut unit = Unit::default();
        for (column, value) in columns.iter().zip(values) {
            let value = value.trim();
            match column.trim() {
                "code" => unit.code = value.into(),
                "oldCode" | "code102" => unit.old_code = value.into(),
                "name" => unit.name = value.into(),
                "mail" => unit.mail = value.into(),
                "id" => unit.id = value.into(),
                "pid" => unit.pid = value.into(),
                "level" => unit.level = value.into(),
                "centerCode" => unit.center_code = value.into(),
                "version" => unit.version = value.into(),
                "modifyDate" => unit.modify_date = value.into(),
                "deleted" => unit.deleted = is_true(value),
                "locked" => unit.locked = is_true(value),
                _ => {}
            }
        }
        records.add(&mut directory, unit)?;
    }
    Ok(directory)
}

struct Records<'p> {
    source: BufReader<File>,
    path: &'p Path,
    /// The line that was read last, and the first of its record.
    line: usize,
    first: usize,
}

impl Records<'_> {
    fn flaw(&self, reason: impl Into<String>) -> AxisError {
        AxisError::Line {
            path: self.path.to_owned(),
            line: self.first,
            reason: reason.into(),
        }
    }

    fn add(&self, directory: &mut Directory, unit: Unit) -> Result<(), AxisError> {
        if unit.code.is_empty() {
            return Err(self.flaw("no code"));
        }
        if directory.add(unit) {
            Ok(())
        } else {
            Err(self.flaw("this code stands in an earlier line, too"))
        }
    }

    fn next_line(&mut self) -> Result<Option<String>, AxisError> {
        let mut line = Vec::new();
        let mut limited = std::io::Read::take(&mut self.source, MOST_LINE as u64);
        limited
            .read_until(b'\n', &mut line)
            .map_err(AxisError::file(self.path))?;
        if line.is_empty() {
            return Ok(None);
        }
        self.line += 1;
        self.first = self.line;
        if line.len() == MOST_LINE {
            return Err(self.flaw("the line is too long"));
        }
        let line = String::from_utf8(line).map_err(|_| self.flaw("not UTF-8"))?;
        Ok(Some(line))
    }

    /// A CSV record, which may go over several lines.
    fn next_record(&mut self) -> Result<Option<String>, AxisError> {
        let Some(mut record) = self.next_line()? else {
            return Ok(None);
        };
        let first = self.line;
        while record.bytes().filter(|&byte| byte == b'"').count() % 2 == 1
            && !record.trim_start_matches('\u{feff}').starts_with('{')
            && record.len() < MOST_LINE
        {
            let Some(next) = self.next_line()? else {
                break;
            };
            record.push_str(&next);
        }
        self.first = first;
        Ok(Some(record))
    }
}

/// The fields of a CSV record; none if a quotation mark stays open.
fn fields(record: &str) -> Option<Vec<String>> {
    let record = record.strip_suffix('\n').unwrap_or(record);
    let record = record.strip_suffix('\r').unwrap_or(record);
    if !record.contains('"') {
        // Nearly all are so.
        return Some(record.split(',').map(str::to_owned).collect());
    }
    let mut fields = Vec::new();
    let mut field = String::new();
    let mut letters = record.chars().peekable();
    let mut quoted = false;
    while let Some(letter) = letters.next() {
        match letter {
            '"' if quoted && letters.peek() == Some(&'"') => {
                letters.next();
                field.push('"');
            }
            '"' if quoted => quoted = false,
            '"' if field.is_empty() => quoted = true,
            ',' if !quoted => fields.push(std::mem::take(&mut field)),
            other => field.push(other),
        }
    }
    fields.push(field);
    (!quoted).then_some(fields)
}

fn is_true(text: &str) -> bool {
    matches!(text, "1" | "true" | "True" | "TRUE")
}

/// Text, also where it was written as a number, a truth value or null.
pub(super) fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Box<str>, D::Error> {
    Ok(match Value::deserialize(deserializer)? {
        Value::String(text) => text.trim().into(),
        Value::Number(number) => number.to_string().into(),
        Value::Bool(truth) => truth.to_string().into(),
        Value::Null | Value::Array(_) | Value::Object(_) => Box::default(),
    })
}

/// A truth value, also where it was written as text or a number.
pub(super) fn truth<'de, D: Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    text(deserializer).map(|text| is_true(&text))
}
