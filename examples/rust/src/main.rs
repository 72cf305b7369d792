//! A document from a province to the Office of the Government, and its statuses
//! back: the whole use of `lienthong`, from top to bottom.
//!
//! The program plays both sides. Yours is one of them: a `Connector` that lives as
//! long as your server, shared by all its threads.
#![forbid(unsafe_code)]
#![allow(clippy::print_stdout, reason = "an example shows what it does")]

use std::error::Error;
use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use lienthong::connector::{HandOff, StateSecret};
use lienthong::exchange::model::{Delivery, OutgoingId};
use lienthong::packet::document::Organ;
use lienthong::packet::{Attachment, CheckOptions, Date, DocumentBuilder, StatusCode, check};
use lienthong::{Config, Connector, Language, Severity};
use lienthong_conformance::axis_server::{System, TestAxis};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// How long this program waits for anything. Yours goes on for years.
const PATIENCE: Duration = Duration::from_secs(60);

fn main() -> Result<()> {
    // Where the axis is, and who we are to it. In your program this is configuration.
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (province, office) = match arguments.as_slice() {
        [] => ("a=made-up 1:H99.01", "b=made-up 2:000.00.00.G22"),
        [_, province, office] => (province.as_str(), office.as_str()),
        _ => return Err("usage: example-rust [URL A=SECRET:ORGAN B=SECRET:ORGAN]".into()),
    };
    let (province, office) = (System::parse(province)?, System::parse(office)?);
    // For the case that you named no axis. It stops when it is dropped.
    let axis = TestAxis::builder()
        .system(&province.id, &province.secret, &province.organs)
        .system(&office.id, &office.secret, &office.organs)
        .start()?;
    let url = arguments.first().cloned().unwrap_or_else(|| axis.url());
    println!("axis      {url}");
    let folder = tempfile::tempdir()?;
    let at_province = open(&url, &province, &folder.path().join("province"))?;
    let at_office = open(&url, &office, &folder.path().join("office"))?;
    let (province, office) = (organ(&province)?, organ(&office)?);

    // 1. The province builds a document around a file. `build` refuses, with all reasons
    //    at once, what would not arrive: show them to the clerk.
    let file = folder.path().join("Công văn thí dụ.txt");
    fs::write(&file, "Kính gửi: Văn phòng Chính phủ\n".repeat(10_000))?;
    let date = Date::new(2026, 3, 4).ok_or("no such day")?;
    let mut document = DocumentBuilder::new(province, "H99.01,2026/03/04,7/STD-VP")
        .to(office)
        .code("7", "STD-VP")
        .promulgated("Thí dụ", date)
        .subject("V/v thí dụ")
        .attach(Attachment::from_path(&file)?)
        .build()?;

    // 2. When `send` returns, the packet is on disk and will be delivered, also after a
    //    crash or days without the axis. After an error nothing was stored. Where you
    //    do not know (your own server fell), call again: the same document is the same
    //    id, never a second packet. Keep the id with your record. That there are no
    //    state secrets in it is for you to say: nobody guesses.
    let sent = at_province.send(&mut document, StateSecret::NotContained)?;
    println!("province  stored {}", sent.id);
    delivered(&at_province, sent.id)?;

    // 3. The Office takes what came, in a loop of its own. Until it is accepted it is
    //    shown again: after `handoff.lease`, after a crash, marked `redelivered`.
    let came = at_office.poll(PATIENCE)?.ok_or("nothing came")?;
    if let Err(error) = take(&came, &file, &folder.path().join("received")) {
        // Of no use as it is: `refuse` tells the sender (02) with the reason. Could it
        // not be kept just now: `give_back` shows it again later.
        at_office.refuse(came.id(), came.lease(), "Gói tin không dùng được.", None)?;
        return Err(error);
    }
    came.accept()?;
    println!("Office    accepted {}, byte for byte", came.id());

    // 4. 01 went by itself as soon as the document was stored. The others are one call
    //    each, when your clerks get there; durable like a document.
    watch(&at_province, sent.id, StatusCode::Arrived)?;
    use StatusCode::{Assigned, Finished, Processing, Registered};
    for code in [Registered, Assigned, Processing, Finished] {
        let report = at_office.report(came.id(), code, None, None)?;
        delivered(&at_office, report)?;
        watch(&at_province, sent.id, code)?;
    }
    println!("every byte and every status arrived");
    Ok(())
}

/// A connector opens without the axis. One process holds a store as its worker; others
/// on the same machine open it with `connector.role` = `client`.
fn open(url: &str, system: &System, store: &Path) -> Result<Connector> {
    let mut config = Config::new();
    config.set("axis.url", url)?; // beyond this machine `https://`
    config.set("axis.system_id", &system.id)?;
    config.set("axis.secret", &system.secret)?;
    config.set("connector.organs", &system.organs.join(","))?;
    config.set("store.path", &store.to_string_lossy())?; // a local disk
    config.set("receive.interval", "100")?; // yours: leave the default
    Ok(Connector::open(&config)?)
}

/// Puts what came where it belongs. It may come again, so do this in a way that can be
/// repeated: by the document's id.
fn take(came: &HandOff, sent: &Path, folder: &Path) -> Result<()> {
    // A deviation is a finding, not an error: real packets have many.
    for finding in check(came.packet(), &CheckOptions::default()) {
        println!("          {} {}", finding.severity.word(), finding.code);
        if finding.severity == Severity::Error {
            return Err(finding.message(Language::English).into());
        }
    }
    let files = came.extract_to(folder)?;
    let arrived = fs::read(&files.first().ok_or("no attachment arrived")?.path)?;
    if arrived != fs::read(sent)? {
        return Err("the attachment has other bytes".into());
    }
    Ok(())
}

/// Waits until the axis has a packet of ours. Trouble that passes is no error: it is
/// tried again by itself for days. What failed waits for somebody: show `why` to your
/// operator, who then calls `retry` or `drop_packet`.
fn delivered(connector: &Connector, id: OutgoingId) -> Result<()> {
    let end = Instant::now() + PATIENCE;
    while Instant::now() < end {
        let packet = connector.why(id)?.outgoing.ok_or("not ours")?;
        let row = packet.recipients.first().ok_or("nobody")?; // here there is only one
        let code = row.remote_code.as_deref().unwrap_or_default();
        match row.delivery {
            Delivery::Accepted => return Ok(()),
            Delivery::Failed => return Err(format!("{id} refused: {code}").into()),
            _ => std::thread::sleep(Duration::from_millis(20)),
        }
    }
    Err(format!("{id} is still on its way").into())
}

/// Waits until a status came. An event says that something happened, and to which
/// packet; how things stand is asked for. Your program has one loop for all packets.
fn watch(connector: &Connector, id: OutgoingId, wanted: StatusCode) -> Result<()> {
    let end = Instant::now() + PATIENCE;
    while Instant::now() < end {
        let statuses = connector.statuses(id)?;
        if let Some(came) = statuses.iter().find(|one| one.code == wanted) {
            println!("province  {}: status {}", came.organ, wanted.official());
            return Ok(());
        }
        for event in connector.events(100, Duration::from_secs(1))? {
            println!("province  event: {}", event.text(Language::English));
            // Once your database has it. Until then it comes again.
            connector.events_done(event.number)?;
        }
    }
    Err(format!("no status {} within a minute", wanted.official()).into())
}

fn organ(system: &System) -> Result<Organ> {
    let id = system.organs.first().ok_or("a system without an organ")?;
    Ok(Organ {
        organ_id: Some(id.as_str().into()),
        ..Organ::default()
    })
}
