//! Lets somebody else see what the reader of a packet sees.

use std::io::Read;

use crate::xml::{self, Event, Position, Prolog, XmlError};

/// Sees every event of a packet, once and in order, before the reader uses it. Whoever judges a
/// signature and whoever reads the packet thus see the same document.
pub(crate) trait Observer {
    /// The next event.
    fn event(&mut self, event: &Event<'_>);

    /// There is no next event: the document is refused.
    fn failed(&mut self, error: &XmlError);

    /// What stood before the document. Comes last.
    fn prolog(&mut self, prolog: &Prolog);
}

/// Nobody; costs nothing.
impl Observer for () {
    #[inline]
    fn event(&mut self, _event: &Event<'_>) {}

    #[inline]
    fn failed(&mut self, _error: &XmlError) {}

    #[inline]
    fn prolog(&mut self, _prolog: &Prolog) {}
}

/// The tokeniser, with an observer beside it.
pub(super) struct Tapped<'o, R, O> {
    xml: xml::Reader<R>,
    observer: &'o mut O,
}

impl<'o, R: Read, O: Observer> Tapped<'o, R, O> {
    pub(super) fn new(xml: xml::Reader<R>, observer: &'o mut O) -> Self {
        Tapped { xml, observer }
    }

    #[inline]
    pub(super) fn next_event(&mut self) -> Result<Event<'_>, XmlError> {
        match self.xml.next_event() {
            Ok(event) => {
                self.observer.event(&event);
                Ok(event)
            }
            Err(error) => {
                self.observer.failed(&error);
                Err(error)
            }
        }
    }

    pub(super) fn position(&self) -> Position {
        self.xml.position()
    }

    pub(super) fn offset(&self) -> u64 {
        self.xml.offset()
    }

    /// What stood before the document, which the observer is told as well.
    pub(super) fn prolog(&mut self) -> Prolog {
        let prolog = *self.xml.prolog();
        self.observer.prolog(&prolog);
        prolog
    }
}
