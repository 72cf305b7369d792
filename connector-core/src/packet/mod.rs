//! The packet: documents, statuses and their attachments.

pub mod attachment;
