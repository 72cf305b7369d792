//! The packet (gói tin edXML): documents, statuses and their attachments.

pub mod attachment;
mod by_name;
pub mod check;
pub mod codes;
mod compare;
pub mod date;
pub mod document;
pub(crate) mod element;
mod extract;
pub mod ids;
mod meaning;
pub mod outgoing;
pub mod read;
pub mod received;
mod signature_block;
pub mod target;
mod view;
mod write;

pub use check::{CheckOptions, Profile, check};
pub use codes::{
    BusinessType, DocumentClass, Priority, ReceiverChange, StatusCode, SteeringType, ZeroOne,
};
pub use compare::compare;
pub use date::{Date, Timestamp};
pub use document::{Document, Status};
pub use extract::{ExtractedFile, ToFolder};
pub use ids::{ContentId, DocumentId, OrganId, TaskCode};
pub use meaning::MeaningDigest;
pub use outgoing::{Attachment, DocumentBuilder, OutgoingDocument, OutgoingStatus, StatusBuilder};
pub use read::{AttachmentSink, Discard, ReadOptions, read_packet};
pub use received::{Content, Packet, ReceivedAttachment, SignatureState};
pub use view::{AttachmentView, PacketView};
