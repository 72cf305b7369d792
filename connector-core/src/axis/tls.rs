//! TLS with ring, configured here and nowhere else: no process-wide provider.

use std::fs;
use std::sync::Arc;

use rustls::client::ClientConfig;
use rustls::crypto::ring::default_provider;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::{ConfigBuilder, RootCertStore, WantsVerifier};
use secrecy::{ExposeSecret, SecretSlice};
use tokio_rustls::TlsConnector;

use super::settings::{Target, invalid, missing};
use crate::config::Config;
use crate::error::{Error, ErrorKind, Result};

/// TLS towards one server.
#[derive(Clone)]
pub(super) struct Tls {
    pub(super) connector: TlsConnector,
    pub(super) name: ServerName<'static>,
}

impl Tls {
    /// `None` for a target without TLS.
    ///
    /// # Errors
    /// `config-invalid-value` for files that hold no certificate or key,
    /// `config-missing` for one of certificate and key without the other, `io`
    /// for files that cannot be read.
    pub(super) fn of(config: &Config, target: &Target) -> Result<Option<Self>> {
        if !target.tls {
            return Ok(None);
        }
        let name = ServerName::try_from(target.host.clone())
            .map_err(|_| invalid("axis.url", "not a host name"))?;
        let builder = ClientConfig::builder_with_provider(Arc::new(default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(|error| Error::new(ErrorKind::OutOfResources, "axis.open").because(error))?;
        let config = client(builder, config)?;
        Ok(Some(Tls {
            connector: TlsConnector::from(Arc::new(config)),
            name,
        }))
    }
}

fn client(
    builder: ConfigBuilder<ClientConfig, WantsVerifier>,
    config: &Config,
) -> Result<ClientConfig> {
    const CERTIFICATE: &str = "axis.client_certificate";
    const KEY: &str = "axis.client_key";
    let builder = builder.with_root_certificates(roots(config)?);
    let (certificate, key) = match (config.text(CERTIFICATE), config.text(KEY)) {
        (None, None) => return Ok(builder.with_no_client_auth()),
        (Some(_), None) => return Err(missing(KEY)),
        (None, Some(_)) => return Err(missing(CERTIFICATE)),
        (Some(certificate), Some(key)) => (certificate, key),
    };
    let chain = certificates(CERTIFICATE, certificate)?;
    // The bytes of the file are wiped when they are no longer needed.
    let bytes = SecretSlice::from(read(KEY, key)?);
    let key = PrivateKeyDer::from_pem_slice(bytes.expose_secret())
        .map_err(|_| invalid(KEY, "no private key in it"))?;
    builder
        .with_client_auth_cert(chain, key)
        .map_err(|_| invalid(KEY, "not a key for the client certificate"))
}

/// Those of `axis.ca_file`, else those of the system.
fn roots(config: &Config) -> Result<RootCertStore> {
    const KEY: &str = "axis.ca_file";
    let mut roots = RootCertStore::empty();
    if let Some(path) = config.text(KEY) {
        for certificate in certificates(KEY, path)? {
            roots
                .add(certificate)
                .map_err(|_| invalid(KEY, "a certificate that cannot be trusted"))?;
        }
    } else {
        // A system may hold certificates that no longer parse; the others serve.
        let found = rustls_native_certs::load_native_certs();
        roots.add_parsable_certificates(found.certs);
    }
    if roots.is_empty() {
        return Err(missing(KEY));
    }
    Ok(roots)
}

fn certificates(key: &'static str, path: &str) -> Result<Vec<CertificateDer<'static>>> {
    let bytes = read(key, path)?;
    let list: std::result::Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&bytes).collect();
    match list {
        Ok(list) if !list.is_empty() => Ok(list),
        _ => Err(invalid(key, "no certificate in it")),
    }
}

fn read(key: &'static str, path: &str) -> Result<Vec<u8>> {
    fs::read(path).map_err(|error| Error::io("axis.open", error).with("key", key))
}
