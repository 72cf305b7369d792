//! The packet (gói tin edXML): documents, statuses and their attachments.

pub mod attachment;
pub mod codes;
pub mod date;
pub mod document;
pub(crate) mod element;
pub mod ids;

pub use codes::{
    BusinessType, DocumentClass, Priority, ReceiverChange, StatusCode, SteeringType, ZeroOne,
};
pub use date::{Date, Timestamp};
pub use document::{Document, Status};
pub use ids::{ContentId, DocumentId, OrganId, TaskCode};
