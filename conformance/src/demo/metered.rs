//! A reader or writer that tells how far it is.

use std::io::{self, Read, Seek, SeekFrom, Write};

use super::{Event, Listener, Step, Who};

/// Passes everything on, and tells the listener of every piece.
pub(super) struct Metered<'m, 'l, T> {
    inner: T,
    listener: &'m mut Listener<'l>,
    who: Who,
    /// The work of each pass from the start; the last one goes on for all later ones.
    steps: &'static [Step],
    pass: usize,
    done: u64,
    total: Option<u64>,
}

impl<'m, 'l, T> Metered<'m, 'l, T> {
    /// Bytes of one step.
    pub(super) fn new(
        inner: T,
        who: Who,
        steps: &'static [Step],
        total: Option<u64>,
        listener: &'m mut Listener<'l>,
    ) -> Self {
        Metered {
            inner,
            listener,
            who,
            steps,
            pass: 0,
            done: 0,
            total,
        }
    }

    fn count(&mut self, bytes: usize) {
        self.done += bytes as u64;
        let last = self.steps.len().saturating_sub(1);
        let Some(&step) = self.steps.get(self.pass.min(last)) else {
            return;
        };
        if bytes > 0 {
            (self.listener)(Event::Progress {
                who: self.who,
                step,
                done: self.done,
                total: self.total,
            });
        }
    }
}

impl<T: Read> Read for Metered<'_, '_, T> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let bytes = self.inner.read(buffer)?;
        self.count(bytes);
        Ok(bytes)
    }
}

impl<T: Write> Write for Metered<'_, '_, T> {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        let bytes = self.inner.write(buffer)?;
        self.count(bytes);
        Ok(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

impl<T: Seek> Seek for Metered<'_, '_, T> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let place = self.inner.seek(to)?;
        // The next pass begins where bytes of this one have gone by.
        if place < self.done {
            self.pass += 1;
        }
        self.done = place;
        Ok(place)
    }
}
