//! HTTP/1.1 as the test axis speaks it: small, strict and on sockets of its own.
//!
//! Written by hand on `std::net`, a thread for each open connection. A library server
//! hides the socket, and the faults of this axis are about the socket: close
//! after so many bytes of a request or an answer, drip an answer byte by byte.
//! A test axis has tens of connections, not thousands, so threads are enough.

mod body;
pub mod head;
mod inlet;
mod outlet;
mod server;

pub(super) use body::Incoming;
pub(super) use head::Head;
pub(super) use outlet::Drip;
pub(super) use server::{Answered, HttpServer, Limits, Plan, Service};
