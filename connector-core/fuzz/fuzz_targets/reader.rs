//! The packet reader never panics; how the input is cut up changes nothing; a
//! document that was read and may be sent is written and read back the same.
#![no_main]

use std::io::{self, Cursor, Read};

use libfuzzer_sys::fuzz_target;
use lienthong::packet::{
    AttachmentSink, CheckOptions, DocumentBuilder, Packet, ReadOptions, ReceivedAttachment, check,
    read_packet,
};
use lienthong::{Config, Language};

struct Dribble<'a> {
    rest: &'a [u8],
    step: usize,
}

impl Read for Dribble<'_> {
    fn read(&mut self, space: &mut [u8]) -> io::Result<usize> {
        // 1 to 13 bytes, in turn.
        self.step = self.step % 13 + 1;
        let count = self.step.min(space.len()).min(self.rest.len());
        let (now, later) = self.rest.split_at(count);
        space[..count].copy_from_slice(now);
        self.rest = later;
        Ok(count)
    }
}

/// Keeps the raw bytes of each attachment that could be decoded.
#[derive(Default)]
struct Keep {
    current: Vec<u8>,
    all: Vec<(usize, Vec<u8>)>,
}

impl AttachmentSink for Keep {
    fn start(&mut self, _number: usize) -> io::Result<()> {
        self.current.clear();
        Ok(())
    }

    fn raw(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.current.extend_from_slice(bytes);
        Ok(())
    }

    fn finish(&mut self, attachment: &ReceivedAttachment) -> io::Result<()> {
        if attachment.raw.is_some() {
            self.all.push((attachment.number, std::mem::take(&mut self.current)));
        }
        Ok(())
    }
}

fn read(source: impl Read) -> (Packet, Keep) {
    let mut config = Config::new();
    for (key, value) in [
        ("packet.max_attachment_size", "1000000"),
        ("packet.max_elements", "500"),
        ("packet.max_text", "1024"),
    ] {
        config.set(key, value).expect("within the range");
    }
    let mut keep = Keep::default();
    let packet = read_packet(source, &ReadOptions::from_config(&config), &mut keep)
        .expect("memory can be read");
    (packet, keep)
}

fuzz_target!(|data: &[u8]| {
    let (packet, kept) = read(data);
    let (cut, _) = read(Dribble { rest: data, step: 0 });
    assert_eq!(packet.content, cut.content);
    assert_eq!(packet.findings(), cut.findings());
    assert_eq!(packet.attachments, cut.attachments);
    assert_eq!(packet.meaning_digest(), cut.meaning_digest());
    for finding in check(&packet, &CheckOptions::sending()) {
        for language in [Language::English, Language::Vietnamese] {
            let message = finding.message(language);
            assert!(!message.contains('{'), "a place-holder is left: {message}");
        }
    }
    // What was streamed and what is read anew from its place are the same.
    for (number, bytes) in &kept.all {
        let attachment = &packet.attachments[number - 1];
        let mut again = Vec::new();
        attachment
            .open_raw(Cursor::new(data))
            .and_then(|mut raw| Ok(raw.read_to_end(&mut again).expect("it was read before")))
            .expect("it has data");
        assert!(again == *bytes, "attachment {number} differs");
    }
    if let Some(document) = packet.document() {
        if let Ok(mut outgoing) = DocumentBuilder::from_document(document.clone()).build() {
            let mut written = Vec::new();
            outgoing.write_to(&mut written).expect("memory takes all");
            let (back, _) = read(&written[..]);
            assert!(back.readable, "{:?}", back.findings());
            assert_eq!(back.document(), Some(outgoing.document()));
        }
    }
});
