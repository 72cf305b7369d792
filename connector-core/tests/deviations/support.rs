//! Packets for the tests, and what is asserted of every packet that is read.

use std::io;

use lienthong::packet::attachment::encode_reader;
use lienthong::packet::{
    AttachmentSink, CheckOptions, Discard, Document, Packet, ReadOptions, ReceivedAttachment,
    Status, check, read_packet,
};
use lienthong::{Config, Finding, FindingCode, Language, Severity};

/// Declares tests by the row of the table they show, and lists them.
macro_rules! rows {
    ($($(#[doc = $doc:literal])* $row:literal $name:ident $body:block)*) => {
        pub(crate) const TESTS: &[(u32, &str)] = &[$(($row, stringify!($name))),*];
        $($(#[doc = $doc])* #[test] fn $name() $body)*
    };
}
pub(crate) use rows;

pub(crate) const PDF: &[u8] =
    b"%PDF-1.7\nv\xc4\x83n b\xe1\xba\xa3n th\xc3\xad d\xe1\xbb\xa5\n%%EOF\n";

/// A document that deviates in nothing.
pub(crate) fn document() -> String {
    DOCUMENT.replace("{PDF}", &base64(PDF))
}

const DOCUMENT: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<edXML xmlns="http://www.mic.gov.vn/TBT/QCVN_102_2016">
  <edXML:edXMLEnvelope xmlns:edXML="http://www.mic.gov.vn/TBT/QCVN_102_2016">
    <edXML:edXMLHeader>
      <edXML:MessageHeader>
        <edXML:From>
          <edXML:OrganId>H99.01</edXML:OrganId>
          <edXML:OrganName>Sở Thí dụ</edXML:OrganName>
        </edXML:From>
        <edXML:To>
          <edXML:OrganId>H99.02</edXML:OrganId>
          <edXML:OrganName>Ủy ban Thí dụ</edXML:OrganName>
        </edXML:To>
        <edXML:DocumentId>H99.01,2025/09/30,12/AB</edXML:DocumentId>
        <edXML:Code>
          <edXML:CodeNumber>12</edXML:CodeNumber>
          <edXML:CodeNotation>AB</edXML:CodeNotation>
        </edXML:Code>
        <edXML:PromulgationInfo>
          <edXML:Place>Nơi Thí dụ</edXML:Place>
          <edXML:PromulgationDate>2025/09/30</edXML:PromulgationDate>
        </edXML:PromulgationInfo>
        <edXML:DocumentType>
          <edXML:Type>2</edXML:Type>
          <edXML:TypeDetail>18</edXML:TypeDetail>
          <edXML:TypeName>Công văn</edXML:TypeName>
        </edXML:DocumentType>
        <edXML:Subject>Về việc thí dụ</edXML:Subject>
        <edXML:SignerInfo>
          <edXML:FullName>Nguyễn Thị Thí Dụ</edXML:FullName>
        </edXML:SignerInfo>
        <edXML:DueDate>2025/10/20</edXML:DueDate>
        <edXML:OtherInfo>
          <edXML:Priority>1</edXML:Priority>
        </edXML:OtherInfo>
        <edXML:SteeringType>1</edXML:SteeringType>
        <edXML:ToPlaces>
          <edXML:Place>Như trên</edXML:Place>
        </edXML:ToPlaces>
      </edXML:MessageHeader>
      <edXML:TraceHeaderList>
        <edXML:Bussiness>
          <edXML:BussinessDocType>0</edXML:BussinessDocType>
        </edXML:Bussiness>
        <edXML:TraceHeader>
          <edXML:OrganId>H99.01</edXML:OrganId>
          <edXML:Timestamp>2025/09/30 08:00:00</edXML:Timestamp>
        </edXML:TraceHeader>
      </edXML:TraceHeaderList>
    </edXML:edXMLHeader>
    <edXML:edXMLBody>
      <edXML:edXMLManifest version="1.0">
        <edXML:Reference>
          <edXML:ContentId>cid:1</edXML:ContentId>
          <edXML:ContentType>application/pdf</edXML:ContentType>
          <edXML:AttachmentName>thí dụ.pdf</edXML:AttachmentName>
        </edXML:Reference>
      </edXML:edXMLManifest>
    </edXML:edXMLBody>
  </edXML:edXMLEnvelope>
  <AttachmentEncoded>
    <Attachment>
      <ContentId>cid:1</ContentId>
      <AttachmentName>thí dụ.pdf</AttachmentName>
      <ContentType>application/pdf</ContentType>
      <edXML:ContentTransferEncoded xmlns:edXML="http://www.mic.gov.vn/TBT/QCVN_102_2016">{PDF}</edXML:ContentTransferEncoded>
    </Attachment>
  </AttachmentEncoded>
</edXML>
"#;

/// A status that deviates in nothing: H99.02 reports to H99.01.
pub(crate) fn status() -> String {
    STATUS.to_owned()
}

const STATUS: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<edXML xmlns="http://www.mic.gov.vn/TBT/QCVN_102_2016">
  <edXML:edXMLEnvelope xmlns:edXML="http://www.mic.gov.vn/TBT/QCVN_102_2016">
    <edXML:edXMLHeader>
      <edXML:MessageHeader>
        <edXML:From>
          <edXML:OrganId>H99.02</edXML:OrganId>
          <edXML:OrganName>Ủy ban Thí dụ</edXML:OrganName>
        </edXML:From>
        <edXML:ResponseFor>
          <edXML:OrganId>H99.01</edXML:OrganId>
          <edXML:Code>12/AB</edXML:Code>
          <edXML:DocumentId>H99.01,2025/09/30,12/AB</edXML:DocumentId>
          <edXML:PromulgationDate>2025/09/30</edXML:PromulgationDate>
        </edXML:ResponseFor>
        <edXML:StatusCode>01</edXML:StatusCode>
        <edXML:Description>Đã đến</edXML:Description>
        <edXML:Timestamp>2025/09/30 09:00:00</edXML:Timestamp>
      </edXML:MessageHeader>
    </edXML:edXMLHeader>
  </edXML:edXMLEnvelope>
</edXML>
"#;

/// Changes one place of a packet; it must be there, once.
pub(crate) fn edit(packet: &str, from: &str, to: &str) -> String {
    assert_eq!(packet.matches(from).count(), 1, "place to edit: {from}");
    packet.replace(from, to)
}

/// Takes out everything from one text to the end of another.
pub(crate) fn cut(packet: &str, from: &str, to: &str) -> String {
    let start = packet.find(from).unwrap();
    let end = start + packet[start..].find(to).unwrap() + to.len();
    format!("{}{}", &packet[..start], &packet[end..])
}

/// The document with one element's text changed.
pub(crate) fn with_text(element: &str, old: &str, new: &str) -> String {
    let tagged = |text| format!("<edXML:{element}>{text}</edXML:{element}>");
    edit(&document(), &tagged(old), &tagged(new))
}

/// The document with other bytes in its attachment.
pub(crate) fn with_data(data: &[u8]) -> String {
    edit(&document(), &base64(PDF), &base64(data))
}

pub(crate) fn base64(bytes: &[u8]) -> String {
    let mut text = Vec::new();
    encode_reader(&mut &*bytes, &mut text).unwrap();
    String::from_utf8(text).unwrap()
}

/// Line and column of a byte, counted anew: independent of the reader.
fn line_column(text: &[u8], byte: usize) -> (u64, u64) {
    let before = String::from_utf8_lossy(&text[..byte]);
    let line = before.matches('\n').count() + 1;
    let column = before
        .rsplit('\n')
        .next()
        .unwrap_or_default()
        .chars()
        .count()
        + 1;
    (line as u64, column as u64)
}

/// A packet that was read, with the bytes it was read from.
pub(crate) struct Case {
    pub(crate) text: Vec<u8>,
    pub(crate) packet: Packet,
}

pub(crate) fn read(text: impl Into<Vec<u8>>) -> Case {
    read_with(text, &[])
}

/// Reads with some configuration keys set.
pub(crate) fn read_with(text: impl Into<Vec<u8>>, keys: &[(&str, &str)]) -> Case {
    let text = text.into();
    let options = ReadOptions::from_config(&config(keys));
    let packet = read_packet(text.as_slice(), &options, &mut Discard).unwrap();
    speaks(packet.findings());
    for sending in [false, true] {
        let mut options = CheckOptions::default();
        options.sending = sending;
        speaks(&check(&packet, &options));
    }
    Case { text, packet }
}

pub(crate) fn config(keys: &[(&str, &str)]) -> Config {
    let mut config = Config::new();
    for (name, value) in keys {
        config.set(name, value).unwrap();
    }
    config
}

/// Every message says something, in two languages, with nothing left to fill in.
pub(crate) fn speaks(findings: &[Finding]) {
    for finding in findings {
        let english = finding.message(Language::English);
        let vietnamese = finding.message(Language::Vietnamese);
        let code = finding.code;
        assert!(
            !english.trim().is_empty() && !vietnamese.trim().is_empty(),
            "{code}"
        );
        assert_ne!(english, vietnamese, "{code}");
        for message in [english, vietnamese] {
            assert!(!message.contains(['{', '}']), "{code}: {message}");
            assert!(
                !message.contains("  ") && !message.contains("= ("),
                "{code}: {message}"
            );
        }
    }
}

/// Asserts one finding of this code and path: severity and place.
#[track_caller]
fn assert_finding(
    findings: &[Finding],
    text: &[u8],
    (code, severity, path): (FindingCode, Severity, &str),
    marker: Option<&str>,
) -> Finding {
    let found: Vec<_> = findings
        .iter()
        .filter(|finding| finding.code == code && finding.path == path)
        .collect();
    let [finding] = found.as_slice() else {
        let all: Vec<String> = findings.iter().map(ToString::to_string).collect();
        panic!(
            "{} findings {code} at {path:?} among\n{}",
            found.len(),
            all.join("\n")
        );
    };
    assert_eq!(finding.severity, severity, "{code}");
    let place = finding.position.map(|at| (at.byte, at.line, at.column));
    let expected = marker.map(|marker| {
        let byte = memchr::memmem::find(text, marker.as_bytes()).expect("the marker is there");
        let (line, column) = line_column(text, byte);
        (byte as u64, line, column)
    });
    assert_eq!(place, expected, "position of {finding}");
    (*finding).clone()
}

impl Case {
    pub(crate) fn document(&self) -> &Document {
        self.packet.document().expect("a document")
    }

    pub(crate) fn status(&self) -> &Status {
        self.packet.status().expect("a status")
    }

    pub(crate) fn attachment(&self) -> &ReceivedAttachment {
        assert_eq!(self.packet.attachments.len(), 1);
        &self.packet.attachments[0]
    }

    /// Reading found this, at the first place where the packet has `marker`.
    #[track_caller]
    pub(crate) fn found(
        &self,
        code: FindingCode,
        severity: Severity,
        path: &str,
        marker: &str,
    ) -> Finding {
        assert_finding(
            self.packet.findings(),
            &self.text,
            (code, severity, path),
            Some(marker),
        )
    }

    /// Reading found this, of no certain place.
    #[track_caller]
    pub(crate) fn found_nowhere(
        &self,
        code: FindingCode,
        severity: Severity,
        path: &str,
    ) -> Finding {
        assert_finding(
            self.packet.findings(),
            &self.text,
            (code, severity, path),
            None,
        )
    }

    pub(crate) fn check(&self, sending: bool, keys: &[(&str, &str)]) -> Vec<Finding> {
        let mut options = CheckOptions::from_config(&config(keys));
        options.sending = sending;
        let findings = check(&self.packet, &options);
        speaks(&findings);
        findings
    }

    /// The check of the packet as received finds this.
    #[track_caller]
    pub(crate) fn checked(&self, code: FindingCode, severity: Severity, path: &str, marker: &str) {
        let expected = (code, severity, path);
        assert_finding(&self.check(false, &[]), &self.text, expected, Some(marker));
    }

    /// The check of the packet as one to be sent finds this.
    #[track_caller]
    pub(crate) fn sending(&self, code: FindingCode, severity: Severity) {
        let findings = self.check(true, &[]);
        let found = findings.iter().find(|finding| finding.code == code);
        assert_eq!(
            found.map(|finding| finding.severity),
            Some(severity),
            "{code}"
        );
    }

    /// Neither reading nor the check finds this.
    #[track_caller]
    pub(crate) fn lacks(&self, code: FindingCode) {
        let findings = self.check(false, &[]);
        let found = findings.iter().find(|finding| finding.code == code);
        assert!(found.is_none(), "{}", found.unwrap());
    }

    /// Reading and the check find this and nothing else.
    #[track_caller]
    pub(crate) fn finds_only(&self, expected: &[FindingCode]) {
        let mut found: Vec<_> = self
            .check(false, &[])
            .iter()
            .map(|finding| finding.code)
            .collect();
        let mut expected = expected.to_vec();
        found.sort();
        expected.sort();
        assert_eq!(found, expected);
    }
}

/// Keeps the bytes of the attachments.
#[derive(Default)]
pub(crate) struct Keep {
    pub(crate) raw: Vec<u8>,
    pub(crate) entry: Vec<u8>,
}

impl AttachmentSink for Keep {
    fn raw(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.raw.extend_from_slice(bytes);
        Ok(())
    }

    fn entry(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.entry.extend_from_slice(bytes);
        Ok(())
    }
}

/// The bytes of the only attachment: as they travelled, and what was inside.
pub(crate) fn bytes_of(case: &Case) -> Keep {
    let mut keep = Keep::default();
    read_packet(case.text.as_slice(), &ReadOptions::default(), &mut keep).unwrap();
    keep
}

#[test]
fn the_packets_to_start_from_deviate_in_nothing() {
    read(document()).finds_only(&[FindingCode::SignatureAbsent]);
    read(status()).finds_only(&[]);
}
