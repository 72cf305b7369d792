//! A canonical form is its own canonical form: of a document, of an element cut out, and of what
//! is left without it. How the input is cut up changes nothing.
#![no_main]

use std::io::{self, Read};

use libfuzzer_sys::fuzz_target;
use lienthong::xml::{Ancestors, Canonical, CanonicalError, Event, Form, Limits, Reader};

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

struct Making {
    canonical: Canonical,
    written: Vec<u8>,
    result: Result<(), CanonicalError>,
}

impl Making {
    fn new(canonical: Canonical) -> Self {
        Self {
            canonical,
            written: Vec::new(),
            result: Ok(()),
        }
    }

    fn event(&mut self, event: &Event<'_>) {
        let mut out = |piece: &[u8]| self.written.extend_from_slice(piece);
        let result = self.canonical.event(event, &mut out);
        assert!(self.result.is_ok() || self.result == result);
        self.result = result;
    }

    fn end(self) -> Result<Vec<u8>, CanonicalError> {
        self.result.map(|()| self.written)
    }
}

/// The document, its second element if it has one, and the document without that; none if the
/// tokeniser refuses the document.
fn forms<R: Read>(source: R, form: Form) -> Option<[Result<Vec<u8>, CanonicalError>; 3]> {
    let mut reader = Reader::new(source, Limits::default());
    let mut whole = Making::new(Canonical::document(form));
    let mut without = Making::new(Canonical::document(form));
    let mut second: Option<Making> = None;
    let mut ancestors = Ancestors::default();
    let mut starts = 0;
    // Elements open, from the second one on while it is open.
    let mut inside = 0;
    loop {
        let event = reader.next_event().ok()?;
        whole.event(&event);
        if let Event::Start(_) = event {
            starts += 1;
            if starts == 2 {
                second = Some(Making::new(Canonical::subtree(form, &ancestors)));
            }
            if starts == 2 || inside > 0 {
                inside += 1;
            }
        }
        match &mut second {
            Some(second) if inside > 0 => second.event(&event),
            _ => {
                ancestors.event(&event);
                without.event(&event);
            }
        }
        if matches!(event, Event::End(_)) && inside > 0 {
            inside -= 1;
        }
        if matches!(event, Event::EndOfDocument) {
            let second = second.map_or(Ok(Vec::new()), Making::end);
            return Some([whole.end(), second, without.end()]);
        }
    }
}

fuzz_target!(|data: &[u8]| {
    for form in [Form::Inclusive, Form::Exclusive] {
        let Some(whole) = forms(data, form) else {
            return;
        };
        let cut = Dribble {
            rest: data,
            step: data.len(),
        };
        assert_eq!(forms(cut, form).as_ref(), Some(&whole));
        for written in whole.into_iter().flatten() {
            if written.is_empty() {
                continue;
            }
            let again = forms(written.as_slice(), form).expect("a canonical form is well-formed");
            assert_eq!(again[0].as_ref(), Ok(&written));
        }
    }
});
