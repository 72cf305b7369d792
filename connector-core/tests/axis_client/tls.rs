//! TLS with an authority of the test's own, and a client certificate.

use std::io::{BufReader, Write};
use std::net::{SocketAddr, TcpListener};
use std::path::PathBuf;
use std::sync::Arc;
use std::thread;

use lienthong::axis::{Acknowledgement, Client, Outcome};
use lienthong::{Config, ErrorKind};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig, ServerConnection, StreamOwned};

use super::OK;
use super::server::{answer, read_request};

struct Authority {
    issuer: CertifiedIssuer<'static, KeyPair>,
    folder: tempfile::TempDir,
}

impl Authority {
    fn new() -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().unwrap();
        Authority {
            issuer: CertifiedIssuer::self_signed(params, key).unwrap(),
            folder: tempfile::tempdir().unwrap(),
        }
    }

    fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path
    }

    fn ca_file(&self) -> PathBuf {
        self.file("ca.pem", &self.issuer.pem())
    }

    fn issue(&self, name: &str) -> (String, String) {
        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new(vec![name.to_owned()]).unwrap();
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        (certificate.pem(), key.serialize_pem())
    }

    /// A server for `localhost`; with `ask` it wants a client certificate.
    fn serve(&self, ask: bool) -> SocketAddr {
        let (certificate, key) = self.issue("localhost");
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let builder = ServerConfig::builder_with_provider(Arc::clone(&provider))
            .with_safe_default_protocol_versions()
            .unwrap();
        let builder = if ask {
            let mut roots = RootCertStore::empty();
            let ca = CertificateDer::from_pem_slice(self.issuer.pem().as_bytes()).unwrap();
            roots.add(ca).unwrap();
            let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider);
            builder.with_client_cert_verifier(verifier.build().unwrap())
        } else {
            builder.with_no_client_auth()
        };
        let chain = vec![CertificateDer::from_pem_slice(certificate.as_bytes()).unwrap()];
        let key = PrivateKeyDer::from_pem_slice(key.as_bytes()).unwrap();
        let config = Arc::new(builder.with_single_cert(chain, key).unwrap());
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        thread::spawn(move || {
            for stream in listener.incoming() {
                let connection = ServerConnection::new(Arc::clone(&config)).unwrap();
                let mut stream = BufReader::new(StreamOwned::new(connection, stream.unwrap()));
                while read_request(&mut stream).is_some() {
                    let bytes = answer(200, "application/json", OK.as_bytes());
                    stream.get_mut().write_all(&bytes).unwrap();
                    stream.get_mut().flush().unwrap();
                }
            }
        });
        address
    }
}

fn config(address: SocketAddr, host: &str) -> Config {
    super::configured(&format!("https://{host}:{}/axis", address.port()))
}

fn set(config: &mut Config, key: &str, path: &std::path::Path) {
    config.set(key, path.to_str().unwrap()).unwrap();
}

fn call(config: &Config) -> Result<(), ErrorKind> {
    let client = super::open(config);
    let done = client.acknowledge("d", Acknowledgement::Done);
    done.map_err(|error| error.kind())
}

#[test]
fn an_axis_is_trusted_by_the_authority_that_is_configured_and_by_its_name() {
    let authority = Authority::new();
    let address = authority.serve(false);
    let mut trusting = config(address, "localhost");
    set(&mut trusting, "axis.ca_file", &authority.ca_file());
    assert_eq!(call(&trusting), Ok(()));
    // Another authority of the same form.
    let other = Authority::new();
    set(&mut trusting, "axis.ca_file", &other.ca_file());
    assert_eq!(call(&trusting), Err(ErrorKind::AxisUntrusted));
    // The right authority, but the certificate bears another name.
    let mut other_name = config(address, "127.0.0.1");
    set(&mut other_name, "axis.ca_file", &authority.ca_file());
    assert_eq!(call(&other_name), Err(ErrorKind::AxisUntrusted));
}

#[test]
fn a_client_certificate_is_shown_where_it_is_asked_for() {
    let authority = Authority::new();
    let address = authority.serve(true);
    let mut config = config(address, "localhost");
    set(&mut config, "axis.ca_file", &authority.ca_file());
    // With TLS 1.3 the refusal comes after the handshake, and the reset that follows may
    // overtake it: then nothing says why, and of a packet only that no answer came.
    assert!(call(&config).is_err());
    let mut packet = std::io::Cursor::new(b"x");
    match super::open(&config).send(&mut packet, &super::to(&["A"])) {
        Err(error) => assert_eq!(error.kind(), ErrorKind::AxisUntrusted),
        Ok(deliveries) => assert!(
            deliveries
                .iter()
                .all(|delivery| matches!(delivery.outcome, Outcome::NoAnswer(_))),
            "{deliveries:?}"
        ),
    }
    let (certificate, key) = authority.issue("client");
    let certificate = authority.file("client.pem", &certificate);
    set(&mut config, "axis.client_certificate", &certificate);
    let error = Client::open(&config).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ConfigMissing);
    let key = authority.file("client.key", &key);
    set(&mut config, "axis.client_key", &key);
    assert_eq!(call(&config), Ok(()));
}

#[test]
fn files_that_are_not_what_they_should_be_are_refused_when_opening() {
    let authority = Authority::new();
    let mut broken = config(([127, 0, 0, 1], 1).into(), "localhost");
    let junk = authority.file("junk.pem", "-----BEGIN canary-----");
    for key in ["axis.ca_file", "axis.client_certificate"] {
        let mut config = broken.clone();
        set(&mut config, "axis.client_key", &junk);
        set(&mut config, key, &junk);
        let error = Client::open(&config).unwrap_err();
        let allowed = [ErrorKind::ConfigInvalidValue, ErrorKind::ConfigMissing];
        assert!(allowed.contains(&error.kind()), "{error}");
        assert!(!format!("{error}{error:?}").contains("canary"));
    }
    set(
        &mut broken,
        "axis.ca_file",
        &authority.folder.path().join("none"),
    );
    let error = Client::open(&broken).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Io);
}
