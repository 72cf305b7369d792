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
mod pipe;
pub mod read;
pub mod received;
pub(crate) mod signature_block;
pub mod target;
mod view;
pub(crate) mod write;

pub use check::{CheckOptions, Profile, check};
pub use codes::{
    BusinessType, DocumentClass, Priority, ReceiverChange, StatusCode, SteeringType, ZeroOne,
};
pub use compare::{ElementFate, Fate, compare, fates};
pub use date::{Date, Timestamp};
pub use document::{Document, Status};
pub use extract::{ExtractedFile, ToFolder, ToWriter};
pub use ids::{ContentId, DocumentId, OrganId, TaskCode};
pub use meaning::MeaningDigest;
pub(crate) use meaning::collapse;
pub(crate) use outgoing::content_id;
pub use outgoing::{
    Attachment, DocumentBuilder, OutgoingDocument, OutgoingStatus, RefusedDocument, StatusBuilder,
};
pub use read::{AttachmentSink, Discard, ReadOptions, read_packet};
pub use received::{Content, Packet, ReceivedAttachment, SignatureState};
pub use view::{AttachmentView, PacketView};
pub(crate) use write::{NAMESPACE as DATA_NAMESPACE, escape};
