//! An axis behind TLS: certificates made up for the moment, and a front that
//! decrypts and hands on to the axis.

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa,
    KeyPair, KeyUsagePurpose, SanType,
};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig, ServerConnection, SupportedProtocolVersion};
use time::OffsetDateTime;

use super::verdict::{Outcome, Stop};

/// An authority for servers and clients.
pub(crate) struct Authority {
    issuer: CertifiedIssuer<'static, KeyPair>,
}

/// A certificate and its key.
pub(crate) struct Identity {
    der: Vec<u8>,
    key: KeyPair,
    pem: String,
}

impl Authority {
    pub(crate) fn new(name: &str) -> Outcome<Self> {
        let mut params = CertificateParams::new([]).map_err(Stop::own)?;
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        params.distinguished_name.push(DnType::CommonName, name);
        let key = KeyPair::generate().map_err(Stop::own)?;
        let issuer = CertifiedIssuer::self_signed(params, key).map_err(Stop::own)?;
        Ok(Authority { issuer })
    }

    /// Writes its certificate, for `axis.ca_file`.
    pub(crate) fn file(&self, folder: &Path) -> Outcome<PathBuf> {
        let path = folder.join("axis-authority.pem");
        std::fs::write(&path, self.issuer.pem()).map_err(Stop::own)?;
        Ok(path)
    }

    /// A server's certificate for this machine, with changes.
    pub(crate) fn server(&self, change: impl FnOnce(&mut CertificateParams)) -> Outcome<Identity> {
        let mut params = CertificateParams::new(["localhost".to_owned()]).map_err(Stop::own)?;
        params
            .subject_alt_names
            .push(SanType::IpAddress([127, 0, 0, 1].into()));
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        self.identity(params, change)
    }

    /// A client's certificate.
    pub(crate) fn client(&self) -> Outcome<Identity> {
        let mut params = CertificateParams::new([]).map_err(Stop::own)?;
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
        self.identity(params, |_| {})
    }

    fn identity(
        &self,
        mut params: CertificateParams,
        change: impl FnOnce(&mut CertificateParams),
    ) -> Outcome<Identity> {
        let now = OffsetDateTime::now_utc();
        params.not_before = now - time::Duration::days(30);
        params.not_after = now + time::Duration::days(30);
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params
            .distinguished_name
            .push(DnType::CommonName, "Made-up end of a connection");
        change(&mut params);
        let key = KeyPair::generate().map_err(Stop::own)?;
        let made = params.signed_by(&key, &self.issuer).map_err(Stop::own)?;
        Ok(Identity {
            der: made.der().to_vec(),
            pem: made.pem(),
            key,
        })
    }
}

impl Identity {
    /// Writes certificate and key, as a product reads them.
    pub(crate) fn files(&self, folder: &Path) -> Outcome<(PathBuf, PathBuf)> {
        let (certificate, key) = (folder.join("client.pem"), folder.join("client-key.pem"));
        std::fs::write(&certificate, &self.pem).map_err(Stop::own)?;
        std::fs::write(&key, self.key.serialize_pem()).map_err(Stop::own)?;
        Ok((certificate, key))
    }

    /// A server that bears it.
    pub(crate) fn serving(
        &self,
        versions: &[&'static SupportedProtocolVersion],
        clients_of: Option<&Authority>,
    ) -> Outcome<Behaviour> {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let builder = ServerConfig::builder_with_provider(Arc::clone(&provider))
            .with_protocol_versions(versions)
            .map_err(Stop::own)?;
        let builder = match clients_of {
            None => builder.with_no_client_auth(),
            Some(authority) => {
                let mut roots = RootCertStore::empty();
                roots
                    .add(authority.issuer.der().clone())
                    .map_err(Stop::own)?;
                let verifier =
                    WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider)
                        .build()
                        .map_err(Stop::own)?;
                builder.with_client_cert_verifier(verifier)
            }
        };
        let key = PrivateKeyDer::Pkcs8(self.key.serialize_der().into());
        let config = builder
            .with_single_cert(vec![CertificateDer::from(self.der.clone())], key)
            .map_err(Stop::own)?;
        Ok(Behaviour::Serve(Arc::new(config)))
    }
}

/// What a front does with a connection.
#[derive(Clone)]
pub(crate) enum Behaviour {
    /// Decrypts, and hands on to the axis.
    Serve(Arc<ServerConfig>),
    /// Decrypts, and answers every request with this.
    Answer(Arc<ServerConfig>, String),
    /// Reads the first bytes and closes.
    Close,
    /// Answers without any encryption.
    Plain(String),
}

/// What stands between a product and the axis.
pub(crate) struct Front {
    address: SocketAddr,
    shared: Arc<Shared>,
}

struct Shared {
    axis: SocketAddr,
    behaviour: Mutex<Behaviour>,
    connections: AtomicU64,
    /// What came over the sockets, as it was.
    raw: Mutex<Vec<u8>>,
    ends: AtomicBool,
}

/// More of the traffic than this is not kept.
const KEPT: usize = 1 << 20;

impl Front {
    pub(crate) fn start(axis: SocketAddr, behaviour: Behaviour) -> Outcome<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").map_err(Stop::own)?;
        let address = listener.local_addr().map_err(Stop::own)?;
        let shared = Arc::new(Shared {
            axis,
            behaviour: Mutex::new(behaviour),
            connections: AtomicU64::new(0),
            raw: Mutex::new(Vec::new()),
            ends: AtomicBool::new(false),
        });
        let of_thread = Arc::clone(&shared);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                if of_thread.ends.load(Ordering::SeqCst) {
                    break;
                }
                let Ok(stream) = stream else { continue };
                let shared = Arc::clone(&of_thread);
                std::thread::spawn(move || {
                    // Who breaks a connection is looked at elsewhere.
                    let _ = serve(stream, &shared);
                    shared.connections.fetch_add(1, Ordering::SeqCst);
                });
            }
        });
        Ok(Front { address, shared })
    }

    /// Its address, as a product is given it.
    pub(crate) fn url(&self) -> String {
        format!("https://{}", self.address)
    }

    /// Changes what it does with the next connections.
    pub(crate) fn behave(&self, behaviour: Behaviour) {
        *lock(&self.shared.behaviour) = behaviour;
    }

    /// How many connections are over.
    pub(crate) fn over(&self) -> u64 {
        self.shared.connections.load(Ordering::SeqCst)
    }

    /// Whether a text came over the wire in the clear.
    pub(crate) fn shows(&self, text: &str) -> bool {
        let raw = lock(&self.shared.raw);
        raw.windows(text.len()).any(|part| part == text.as_bytes())
    }
}

impl Drop for Front {
    fn drop(&mut self) {
        self.shared.ends.store(true, Ordering::SeqCst);
        // So that it looks.
        let _ = TcpStream::connect(self.address);
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A socket whose incoming bytes are kept.
struct Noted<'s> {
    stream: TcpStream,
    shared: &'s Shared,
}

impl Read for Noted<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let count = self.stream.read(buffer)?;
        let mut raw = lock(&self.shared.raw);
        if raw.len() < KEPT {
            raw.extend_from_slice(buffer.get(..count).unwrap_or_default());
        }
        Ok(count)
    }
}

impl Write for Noted<'_> {
    fn write(&mut self, buffer: &[u8]) -> std::io::Result<usize> {
        self.stream.write(buffer)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.stream.flush()
    }
}

fn serve(stream: TcpStream, shared: &Shared) -> std::io::Result<()> {
    stream.set_read_timeout(Some(Duration::from_secs(30)))?;
    stream.set_nodelay(true)?;
    let behaviour = lock(&shared.behaviour).clone();
    let mut noted = Noted { stream, shared };
    match behaviour {
        Behaviour::Close => {
            // Whatever it was: it ends here.
            let _count = noted.read(&mut [0; 512])?;
            noted.stream.shutdown(Shutdown::Both)
        }
        Behaviour::Plain(answer) => {
            let _count = noted.read(&mut [0; 512])?;
            noted.write_all(answer.as_bytes())?;
            // Whatever it says to that is kept.
            while noted.read(&mut [0; 512])? > 0 {}
            Ok(())
        }
        Behaviour::Answer(config, answer) => {
            let connection = ServerConnection::new(config).map_err(std::io::Error::other)?;
            let mut tls = rustls::StreamOwned::new(connection, noted);
            read_request(&mut tls)?;
            tls.write_all(answer.as_bytes())?;
            tls.conn.send_close_notify();
            tls.flush()
        }
        Behaviour::Serve(config) => {
            let connection = ServerConnection::new(config).map_err(std::io::Error::other)?;
            relay(noted, connection, shared.axis)
        }
    }
}

/// Reads a head and its body.
fn read_request(stream: &mut impl Read) -> std::io::Result<()> {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") {
        stream.read_exact(&mut byte)?;
        head.extend_from_slice(&byte);
    }
    let head = String::from_utf8_lossy(&head).to_ascii_lowercase();
    let length = head
        .lines()
        .find_map(|line| line.strip_prefix("content-length:"))
        .and_then(|length| length.trim().parse().ok())
        .unwrap_or(0);
    std::io::copy(&mut stream.take(length), &mut std::io::sink())?;
    Ok(())
}

/// Hands on both ways until one side ends.
fn relay(
    mut near: Noted<'_>,
    connection: ServerConnection,
    axis: SocketAddr,
) -> std::io::Result<()> {
    let mut connection = connection;
    while connection.is_handshaking() {
        connection.complete_io(&mut near)?;
    }
    let far = TcpStream::connect(axis)?;
    far.set_nodelay(true)?;
    let tls = Mutex::new(connection);
    let back = near.stream.try_clone()?;
    let (mut up, mut down) = (far.try_clone()?, far);
    std::thread::scope(|scope| {
        let tls = &tls;
        scope.spawn(move || {
            let _ = answers(&mut down, tls, &back);
            let _ = back.shutdown(Shutdown::Both);
        });
        let requests = (|| {
            let mut buffer = [0; 16_384];
            loop {
                let mut plain = Vec::new();
                {
                    let mut tls = lock(tls);
                    let _ = tls.process_new_packets();
                    let mut part = [0; 16_384];
                    while let Ok(count @ 1..) = tls.reader().read(&mut part) {
                        plain.extend_from_slice(part.get(..count).unwrap_or_default());
                    }
                }
                up.write_all(&plain)?;
                let count = near.read(&mut buffer)?;
                if count == 0 {
                    return Ok::<(), std::io::Error>(());
                }
                let mut part = buffer.get(..count).unwrap_or_default();
                let mut tls = lock(tls);
                while !part.is_empty() {
                    tls.read_tls(&mut part)?;
                    tls.process_new_packets().map_err(std::io::Error::other)?;
                    let mut plain = [0; 16_384];
                    while let Ok(count @ 1..) = tls.reader().read(&mut plain) {
                        up.write_all(plain.get(..count).unwrap_or_default())?;
                    }
                }
            }
        })();
        let _ = up.shutdown(Shutdown::Both);
        requests
    })
}

fn answers(
    down: &mut TcpStream,
    tls: &Mutex<ServerConnection>,
    mut back: &TcpStream,
) -> std::io::Result<()> {
    let mut buffer = [0; 16_384];
    loop {
        let count = down.read(&mut buffer)?;
        let mut tls = lock(tls);
        if count == 0 {
            tls.send_close_notify();
        } else {
            let part = buffer.get(..count).unwrap_or_default();
            tls.writer().write_all(part)?;
        }
        while tls.wants_write() {
            tls.write_tls(&mut back)?;
        }
        if count == 0 {
            return Ok(());
        }
    }
}
