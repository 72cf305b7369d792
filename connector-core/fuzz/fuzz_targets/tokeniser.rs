//! The tokeniser never panics, its positions never go back, and how the input is cut up
//! changes nothing.
#![no_main]

use std::io::{self, Read};

use libfuzzer_sys::fuzz_target;
use lienthong::xml::{Event, Limits, Position, Reader, TextKind};

struct Dribble<'a> {
    rest: &'a [u8],
    step: usize,
}

impl Read for Dribble<'_> {
    fn read(&mut self, space: &mut [u8]) -> io::Result<usize> {
        // 1 to 7 bytes, in turn.
        self.step = self.step % 7 + 1;
        let count = self.step.min(space.len()).min(self.rest.len());
        let (now, later) = self.rest.split_at(count);
        space[..count].copy_from_slice(now);
        self.rest = later;
        Ok(count)
    }
}

/// Events with pieces of text joined, and how it ended.
fn read<R: Read>(mut reader: Reader<R>) -> Vec<(Option<Position>, String)> {
    let mut lines: Vec<(Option<Position>, String)> = Vec::new();
    let mut last: Option<TextKind> = None;
    let mut place = 0;
    loop {
        let mut kind = None;
        let line = match reader.next_event() {
            Ok(Event::Text(text) | Event::InstructionData(text)) => {
                assert_eq!(text.as_str().as_bytes(), text.bytes());
                assert!(!text.bytes().is_empty());
                kind = Some(text.kind());
                if kind == last && kind != Some(TextKind::Reference) {
                    if let Some((_, line)) = lines.last_mut() {
                        line.push_str(text.as_str());
                    }
                    place = check(&reader, place);
                    continue;
                }
                text.as_str().to_owned()
            }
            Ok(Event::Start(tag)) => {
                let mut line = format!("<{} {:?}", tag.name(), tag.namespace());
                for a in tag.attributes() {
                    line += &format!(" {} {:?} {:?}", a.name(), a.namespace(), a.value());
                }
                for d in tag.declarations() {
                    line += &format!(" {d:?}");
                }
                line
            }
            Ok(Event::EndOfDocument) => {
                lines.push((None, "end".into()));
                return lines;
            }
            Ok(event) => format!("{event:?}"),
            Err(error) => {
                let again = reader.next_event().expect_err("an error is for good");
                assert_eq!(again.position, error.position);
                lines.push((Some(error.position), error.to_string()));
                return lines;
            }
        };
        place = check(&reader, place);
        last = kind;
        lines.push((Some(reader.position()), line));
    }
}

fn check<R: Read>(reader: &Reader<R>, before: u64) -> u64 {
    let position = reader.position();
    assert!(position.byte >= before && position.line > 0 && position.column > 0);
    assert!(reader.offset() >= position.byte);
    position.byte
}

fuzz_target!(|data: &[u8]| {
    // Small limits, so that short inputs meet them.
    let limits = Limits {
        max_depth: 8,
        max_elements: 40,
        max_attributes: 6,
        max_tag: 300,
        max_namespaces: 6,
        max_leading_junk: 10,
    };
    for limits in [limits, Limits::default()] {
        let whole = read(Reader::new(data, limits));
        let cut = read(Reader::new(
            Dribble {
                rest: data,
                step: 0,
            },
            limits,
        ));
        assert_eq!(whole, cut);
    }
    let whole = read(Reader::fragment(data, limits));
    let cut = read(Reader::fragment(
        Dribble {
            rest: data,
            step: 3,
        },
        limits,
    ));
    assert_eq!(whole, cut);
});
