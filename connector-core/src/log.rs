//! Lines of the log: events of `tracing`, for whoever hands them to a host in the host's own way.

use std::fmt::{self, Write};

use tracing::field::{Field, Visit};
use tracing::{Event, Metadata};

/// Whether an event is of this library. Dependencies have events of their own, which may hold what
/// passes through them.
pub fn is_ours(metadata: &Metadata<'_>) -> bool {
    metadata.target().starts_with("lienthong")
}

/// An event as a line: its message, and after it the fields as `name=value`.
pub fn line(event: &Event<'_>) -> String {
    let mut line = Line::default();
    event.record(&mut line);
    line.message + &line.fields
}

#[derive(Default)]
struct Line {
    message: String,
    fields: String,
}

impl Visit for Line {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        // Writing to a text does not fail.
        _ = match field.name() {
            "message" => write!(self.message, "{value:?}"),
            name => write!(self.fields, " {name}={value:?}"),
        };
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        _ = write!(self.fields, " {}={value}", field.name());
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that fails may stop")]
mod tests {
    use std::sync::{Arc, Mutex};

    use tracing::span::{Attributes, Id, Record};
    use tracing::{Dispatch, Subscriber};

    use super::*;

    struct Lines(Arc<Mutex<Vec<String>>>);

    impl Subscriber for Lines {
        fn enabled(&self, metadata: &Metadata<'_>) -> bool {
            is_ours(metadata)
        }
        fn event(&self, event: &Event<'_>) {
            self.0.lock().unwrap().push(line(event));
        }
        fn new_span(&self, _span: &Attributes<'_>) -> Id {
            Id::from_u64(1)
        }
        fn record(&self, _span: &Id, _values: &Record<'_>) {}
        fn record_follows_from(&self, _span: &Id, _follows: &Id) {}
        fn enter(&self, _span: &Id) {}
        fn exit(&self, _span: &Id) {}
    }

    fn lines(work: impl FnOnce()) -> Vec<String> {
        let lines = Arc::new(Mutex::new(Vec::new()));
        tracing::dispatcher::with_default(&Dispatch::new(Lines(Arc::clone(&lines))), work);
        std::mem::take(&mut *lines.lock().unwrap())
    }

    #[test]
    fn the_fields_stand_after_the_message() {
        let lines = lines(|| {
            tracing::warn!(organ = "H99.1", count = 3, id = %7, "not sent");
        });
        assert_eq!(lines, ["not sent organ=H99.1 count=3 id=7"]);
    }

    #[test]
    fn events_of_dependencies_are_not_ours() {
        let lines = lines(|| {
            tracing::warn!(target: "hyper::client", "body");
            tracing::warn!(target: "lienthong::axis", "ours");
        });
        assert_eq!(lines, ["ours"]);
    }
}
