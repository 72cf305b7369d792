//! Made-up packets, and ways to rebuild them.
#![allow(dead_code)] // Each test file uses its own part.

pub(crate) mod made;

use lienthong_conformance::rebuild::{Flavour, RebuildFailure, RebuildOptions, rebuild};

pub(crate) const NAMESPACE: &str = "http://www.mic.gov.vn/TBT/QCVN_102_2016";
pub(crate) const HOP: &str = "001.00.20.TT2";
pub(crate) const NOW: &str = "2026/05/17 18:16:33";
pub(crate) const BOTH: [Flavour; 2] = [Flavour::AsSeen, Flavour::V0_0_3];

pub(crate) fn options(flavour: Flavour) -> RebuildOptions {
    RebuildOptions::new(flavour, HOP, NOW, 7)
}

pub(crate) fn try_rebuild(packet: &[u8], flavour: Flavour) -> Result<Vec<u8>, RebuildFailure> {
    let mut out = Vec::new();
    rebuild(packet, &mut out, options(flavour)).map(|()| out)
}

pub(crate) fn rebuilt(packet: &str, flavour: Flavour) -> String {
    String::from_utf8(try_rebuild(packet.as_bytes(), flavour).unwrap()).unwrap()
}

/// A packet in parts, each XML text.
#[derive(Clone)]
pub(crate) struct Parts {
    pub(crate) from: String,
    pub(crate) to: String,
    pub(crate) id: String,
    pub(crate) steering: String,
    pub(crate) message: String,
    pub(crate) header: String,
    pub(crate) manifest: String,
    pub(crate) attachments: String,
}

impl Default for Parts {
    fn default() -> Self {
        Parts {
            from: "<From><OrganId>H41.02</OrganId></From>".into(),
            to: "<To><OrganId>H14.03</OrganId></To>".into(),
            id: "<DocumentId>doc-1</DocumentId>".into(),
            steering: "<SteeringType>1</SteeringType>".into(),
            message: String::new(),
            header: String::new(),
            manifest: String::new(),
            attachments: String::new(),
        }
    }
}

impl Parts {
    pub(crate) fn message(message: &str) -> Self {
        Parts {
            message: message.into(),
            ..Parts::default()
        }
    }

    pub(crate) fn header(header: &str) -> Self {
        Parts {
            header: header.into(),
            ..Parts::default()
        }
    }

    pub(crate) fn attachments(attachments: &str) -> Self {
        Parts {
            attachments: attachments.into(),
            ..Parts::default()
        }
    }

    pub(crate) fn xml(&self) -> String {
        let Parts {
            from,
            to,
            id,
            steering,
            message,
            header,
            manifest,
            attachments,
        } = self;
        format!(
            "<edXML xmlns=\"{NAMESPACE}\"><edXMLEnvelope><edXMLHeader><MessageHeader>\
             {from}{to}{id}{steering}{message}</MessageHeader>{header}</edXMLHeader><edXMLBody>\
             <edXMLManifest>{manifest}</edXMLManifest></edXMLBody></edXMLEnvelope>\
             <AttachmentEncoded>{attachments}</AttachmentEncoded></edXML>"
        )
    }

    pub(crate) fn rebuilt(&self, flavour: Flavour) -> String {
        rebuilt(&self.xml(), flavour)
    }

    pub(crate) fn failure(&self, flavour: Flavour) -> RebuildFailure {
        try_rebuild(self.xml().as_bytes(), flavour).unwrap_err()
    }
}

pub(crate) fn base64(bytes: &[u8]) -> String {
    base64_simd::STANDARD.encode_to_string(bytes)
}

/// An attachment; an empty type writes none.
pub(crate) fn attachment(id: &str, name: &str, content_type: &str, bytes: &[u8]) -> String {
    let content_type = match content_type {
        "" => String::new(),
        some => format!("<ContentType>{some}</ContentType>"),
    };
    format!(
        "<Attachment><ContentId>{id}</ContentId><AttachmentName>{name}</AttachmentName>\
         {content_type}<ContentTransferEncoded>{}</ContentTransferEncoded></Attachment>",
        base64(bytes)
    )
}

/// The base64 texts of the attachments of a packet.
pub(crate) fn data(packet: &str) -> Vec<Vec<u8>> {
    packet
        .split("<edXML:ContentTransferEncoded xmlns:edXML=\"")
        .skip(1)
        .map(|rest| {
            let rest = rest.split_once('>').unwrap().1;
            let text = rest.split_once('<').unwrap().0;
            base64_simd::STANDARD.decode_to_vec(text).unwrap()
        })
        .collect()
}

/// A ZIP of stored entries.
pub(crate) fn zip(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut directory = Vec::new();
    for (name, bytes) in entries {
        let mut crc = flate2::Crc::new();
        crc.update(bytes);
        let mut common = vec![10, 0, 0, 8, 0, 0, 0, 0, 0x21, 0];
        common.extend(crc.sum().to_le_bytes());
        common.extend((bytes.len() as u32).to_le_bytes());
        common.extend((bytes.len() as u32).to_le_bytes());
        common.extend((name.len() as u16).to_le_bytes());
        common.extend([0, 0]);
        directory.extend(b"PK\x01\x02\x0a\x00");
        directory.extend(&common);
        directory.extend([0; 10]);
        directory.extend((out.len() as u32).to_le_bytes());
        directory.extend(name.as_bytes());
        out.extend(b"PK\x03\x04");
        out.extend(&common);
        out.extend(name.as_bytes());
        out.extend(*bytes);
    }
    let start = out.len() as u32;
    out.extend(&directory);
    out.extend(b"PK\x05\x06\0\0\0\0");
    out.extend((entries.len() as u16).to_le_bytes());
    out.extend((entries.len() as u16).to_le_bytes());
    out.extend((directory.len() as u32).to_le_bytes());
    out.extend(start.to_le_bytes());
    out.extend([0, 0]);
    out
}
