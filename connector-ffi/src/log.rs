//! The log of a connector: lines of `tracing` to a callback, for this connector only.

use std::ffi::{c_char, c_void};
use std::sync::Arc;

use lienthong::log::{is_ours, line};
use tracing::span::{Attributes, Id, Record};
use tracing::{Dispatch, Event, Level, Metadata, Subscriber};

use crate::failure::{Failure, Result};
use crate::input::c_text;

/// What went wrong and needs somebody.
pub const LIENTHONG_LOG_ERROR: i32 = 1;
/// What somebody should look at.
pub const LIENTHONG_LOG_WARNING: i32 = 2;
/// What happened.
pub const LIENTHONG_LOG_INFO: i32 = 3;
/// What helps to find a fault.
pub const LIENTHONG_LOG_DEBUG: i32 = 4;
/// Everything.
pub const LIENTHONG_LOG_TRACE: i32 = 5;

/// Takes a line of the log: its level (LIENTHONG_LOG_...), where in the library it was written,
/// and its text in UTF-8. Both texts are good during the call only.
///
/// Called from several threads at once. It must not throw, and must not close or free its
/// connector.
#[allow(non_camel_case_types, reason = "its name in C")]
pub type lienthong_log_fn = Option<
    unsafe extern "C" fn(
        user_data: *mut c_void,
        level: i32,
        target: *const c_char,
        message: *const c_char,
    ),
>;

/// Is told, once, that `user_data` is needed no more.
#[allow(non_camel_case_types, reason = "its name in C")]
pub type lienthong_drop_fn = Option<unsafe extern "C" fn(user_data: *mut c_void)>;

/// What a host gave, and gets back when nobody needs it any more.
pub(crate) struct UserData {
    pub(crate) pointer: *mut c_void,
    pub(crate) drop: lienthong_drop_fn,
}

// SAFETY: the pointer is passed back and never followed; the contract says that the callbacks
// are called from any thread, also several at once.
unsafe impl Send for UserData {}
// SAFETY: as above.
unsafe impl Sync for UserData {}

impl Drop for UserData {
    fn drop(&mut self) {
        if let Some(drop) = self.drop {
            // SAFETY: the host's function, for its own pointer, once.
            unsafe { drop(self.pointer) }
        }
    }
}

/// Where lines go.
#[derive(Clone)]
pub(crate) struct Log(Dispatch);

struct Callback {
    most: Level,
    call: unsafe extern "C" fn(*mut c_void, i32, *const c_char, *const c_char),
    user_data: UserData,
}

impl Log {
    /// Owns `user_data` from the first line on, also where it fails.
    pub(crate) fn new(
        level: i32,
        call: lienthong_log_fn,
        pointer: *mut c_void,
        drop: lienthong_drop_fn,
    ) -> Result<Self> {
        let user_data = UserData { pointer, drop };
        let most = match level {
            LIENTHONG_LOG_ERROR => Level::ERROR,
            LIENTHONG_LOG_WARNING => Level::WARN,
            LIENTHONG_LOG_INFO => Level::INFO,
            LIENTHONG_LOG_DEBUG => Level::DEBUG,
            LIENTHONG_LOG_TRACE => Level::TRACE,
            _ => return Err(Failure::argument("level", "not LIENTHONG_LOG_...")),
        };
        let call = call.ok_or_else(|| Failure::argument("log", "NULL"))?;
        Ok(Log(Dispatch::new(Callback {
            most,
            call,
            user_data,
        })))
    }
}

/// Does some work with its lines going to the log, if there is one.
pub(crate) fn logged<R>(log: Option<&Log>, work: impl FnOnce() -> R) -> R {
    match log {
        Some(Log(dispatch)) => tracing::dispatcher::with_default(dispatch, work),
        None => work(),
    }
}

impl Subscriber for Callback {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        *metadata.level() <= self.most && is_ours(metadata)
    }

    fn max_level_hint(&self) -> Option<tracing::level_filters::LevelFilter> {
        Some(self.most.into())
    }

    fn event(&self, event: &Event<'_>) {
        let level = match *event.metadata().level() {
            Level::ERROR => LIENTHONG_LOG_ERROR,
            Level::WARN => LIENTHONG_LOG_WARNING,
            Level::INFO => LIENTHONG_LOG_INFO,
            Level::DEBUG => LIENTHONG_LOG_DEBUG,
            Level::TRACE => LIENTHONG_LOG_TRACE,
        };
        let target = c_text(event.metadata().target());
        let message = c_text(line(event));
        // SAFETY: the host's function with its own pointer, which lives as long as this;
        // the texts live until it returns.
        unsafe {
            (self.call)(
                self.user_data.pointer,
                level,
                target.as_ptr(),
                message.as_ptr(),
            )
        }
    }

    // The library has events and no spans.
    fn new_span(&self, _span: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }
    fn record(&self, _span: &Id, _values: &Record<'_>) {}
    fn record_follows_from(&self, _span: &Id, _follows: &Id) {}
    fn enter(&self, _span: &Id) {}
    fn exit(&self, _span: &Id) {}
}

/// A config holds its log so; connectors take a share.
pub(crate) type SharedLog = Option<Arc<Log>>;
