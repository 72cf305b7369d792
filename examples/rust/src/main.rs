//! A document from a province to the Office of the Government, and its statuses
//! back: the whole use of `lienthong`, from top to bottom.
#![forbid(unsafe_code)]
#![allow(clippy::print_stdout, reason = "an example shows what it does")]

use std::error::Error;
use std::fs::{self, File};
use std::io::Seek;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use lienthong::axis::{Acknowledgement, Client, MessageType, Outcome, Sending};
use lienthong::packet::document::{DocumentType, Organ, ResponseFor};
use lienthong::packet::target::DocumentKey;
use lienthong::packet::{
    Attachment, CheckOptions, Date, DocumentBuilder, ReadOptions, StatusBuilder, StatusCode,
    Timestamp, ToFolder, check, read_packet,
};
use lienthong::{Config, Severity};
use lienthong_conformance::axis_server::{System, TestAxis};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

fn main() -> Result<()> {
    // Where the axis is, and who we are to it. In your program this is configuration.
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (_axis, url, province, office) = match arguments.as_slice() {
        [url, province, office] => (None, url.clone(), system(province)?, system(office)?),
        [] => {
            let province = system("province=made-up 1:H99.01")?;
            let office = system("office=made-up 2:000.00.00.G22")?;
            let axis = TestAxis::builder()
                .system(&province.id, &province.secret, &province.organs)
                .system(&office.id, &office.secret, &office.organs)
                .start()?;
            let url = axis.url();
            // It stops when it is dropped, so it is kept until the end.
            (Some(axis), url, province, office)
        }
        _ => {
            return Err(
                "usage: example-rust [URL PROVINCE=SECRET:ORGAN OFFICE=SECRET:ORGAN]".into(),
            );
        }
    };
    println!("axis      {url}");
    let at_province = open(&url, &province)?;
    let at_office = open(&url, &office)?;
    let (province, office) = (organ(&province)?, organ(&office)?);
    let folder = tempfile::tempdir()?;

    // 1. The province builds a packet around a file. `build` refuses, with all reasons
    //    at once, what would not arrive; attachments are read while the packet is written.
    let file = folder.path().join("Công văn thí dụ.txt");
    fs::write(&file, "Kính gửi: Văn phòng Chính phủ\n".repeat(10_000))?;
    let date = Date::new(2026, 3, 4).ok_or("no such day")?;
    let mut outgoing = DocumentBuilder::new(province.clone(), "H99.01,2026/03/04,7/STD-VP")
        .to(office.clone())
        .code("7", "STD-VP")
        .promulgated("Thí dụ", date)
        .document_type(DocumentType {
            type_name: Some("Công văn".to_owned()),
            ..DocumentType::default()
        })
        .subject("V/v thí dụ")
        .attach(Attachment::from_path(&file)?)
        .build()?;
    let path = folder.path().join("document.edxml");
    let bytes = outgoing.write_to(&mut File::create(&path)?)?;
    println!("province  built a packet of {bytes} B");

    // 2. It sends the packet. Keep the file: after `NoAnswer` the same bytes are sent again.
    send(&at_province, &path, &province, MessageType::Edoc)?;
    // By this it will know its document when statuses come.
    let key = DocumentKey::of(outgoing.document()).ok_or("a document without a sender")?;

    // 3. The Office fetches it into a file of its own, and reads and checks it.
    //    A deviation is a finding, not an error: real packets have many.
    let (doc_id, packet) = fetch(&at_office, MessageType::Edoc)?;
    let mut sink = ToFolder::new(folder.path().join("received"))?;
    let received = read_packet(packet, &ReadOptions::default(), &mut sink)?.into_readable()?;
    let findings = check(&received, &CheckOptions::default());
    for finding in &findings {
        println!("          {} {}", finding.severity.word(), finding.code);
    }
    if findings
        .iter()
        .any(|finding| finding.severity == Severity::Error)
    {
        return Err("the packet has errors".into());
    }

    // 4. The attachment came in a rebuilt packet, with the same bytes.
    let arrived = sink.files().first().ok_or("no attachment arrived")?;
    if fs::read(&arrived.path)? != fs::read(&file)? {
        return Err("the attachment has other bytes".into());
    }
    println!("Office    received the document and its attachment, byte for byte");

    // 5. Only what is kept safely is acknowledged: it leaves the queue.
    at_office.acknowledge(&doc_id, Acknowledgement::Done)?;

    // 6. The Office reports how far it is; the province finds its document by each status.
    let document = received.document().ok_or("this is no document")?;
    let about = DocumentKey::of(document).ok_or("a document without a sender")?;
    for code in [
        StatusCode::Arrived,
        StatusCode::Registered,
        StatusCode::Assigned,
        StatusCode::Processing,
        StatusCode::Finished,
    ] {
        let about = ResponseFor {
            organ_id: Some(about.organ.clone()),
            code: about.code.clone(),
            document_id: about.id.clone(),
            promulgation_date: about.date,
        };
        let time = Timestamp::new(date, 9, 30, 0).ok_or("no such time")?;
        let status = StatusBuilder::new(office.clone(), about, code, time).build()?;
        let path = folder.path().join("status.edxml");
        status.write_to(&mut File::create(&path)?)?;
        send(&at_office, &path, &office, MessageType::Status)?;

        let (doc_id, packet) = fetch(&at_province, MessageType::Status)?;
        let mut sink = ToFolder::new(folder.path().join("statuses"))?;
        let packet = read_packet(packet, &ReadOptions::default(), &mut sink)?.into_readable()?;
        let came = packet.status().ok_or("this is no status")?;
        // Your database answers here: documents that went from one organ to the other.
        let found = came.find_document(|_sender, _receiver| vec![&key]);
        let (found, parties) = found.ok_or("a status of no document of ours")?;
        if came.status_code != Some(code) || found != &key {
            return Err("another status than the one that was sent".into());
        }
        at_province.acknowledge(&doc_id, Acknowledgement::Done)?;
        println!("province  {}: status {}", parties.receiver, code.official());
    }
    println!("every byte and every status arrived");
    Ok(())
}

fn system(text: &str) -> Result<System> {
    System::parse(text).map_err(Into::into)
}

fn organ(system: &System) -> Result<Organ> {
    let id = system.organs.first().ok_or("a system without an organ")?;
    Ok(Organ {
        organ_id: Some(id.as_str().into()),
        organ_name: Some(format!("Cơ quan {id}")),
        ..Organ::default()
    })
}

/// One client serves any number of threads. Beyond this machine an axis is `https://`.
fn open(url: &str, system: &System) -> Result<Client> {
    let mut config = Config::new();
    config.set("axis.url", url)?;
    config.set("axis.system_id", &system.id)?;
    config.set("axis.secret", &system.secret)?;
    Ok(Client::open(&config)?)
}

fn send(client: &Client, path: &Path, from: &Organ, message_type: MessageType) -> Result<()> {
    let sending = Sending {
        from: from.organ_id.as_ref().map_or("", |id| id.as_str()),
        to: &[], // those that the packet names
        message_type,
    };
    // Many recipients may go in several requests, each with an outcome of its own.
    for delivery in client.send_file(path, &sending)? {
        match delivery.outcome {
            Outcome::Accepted { doc_id } => {
                println!(
                    "{:<9} sent, id {}",
                    sending.from,
                    doc_id.unwrap_or_default()
                );
            }
            Outcome::Refused(refusal) => return Err(format!("refused: {}", refusal.code).into()),
            Outcome::NotSent(error) | Outcome::NoAnswer(error) => return Err(error.into()),
            _ => return Err("an outcome that this program does not know".into()),
        }
    }
    Ok(())
}

/// Waits for a packet and fetches it into a file. A program of yours would ask every
/// minute or so, and find out by the content, not by the list, what a packet is.
fn fetch(client: &Client, message_type: MessageType) -> Result<(String, File)> {
    let started = Instant::now();
    while started.elapsed() < Duration::from_secs(60) {
        if let Some(row) = client.list_received(message_type)?.into_iter().next() {
            let mut file = tempfile::tempfile()?;
            client.get(&row.doc_id, &mut file)?;
            file.rewind()?;
            return Ok((row.doc_id, file));
        }
        thread::sleep(Duration::from_secs(1));
    }
    Err("nothing came within a minute".into())
}
