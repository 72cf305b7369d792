//! Made-up certificates and keys for one test.

use std::fs;
use std::path::PathBuf;

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair, KeyUsagePurpose,
};
use tempfile::TempDir;

/// A folder with an anchor in `trust/`, and keys and certificates from it.
pub(crate) struct Pki {
    pub(crate) folder: TempDir,
    issuer: CertifiedIssuer<'static, KeyPair>,
}

impl Pki {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut params = CertificateParams::new([]).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        params
            .distinguished_name
            .push(DnType::CommonName, "Test anchor");
        let issuer = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
        let trust = folder.path().join("trust");
        fs::create_dir(&trust).unwrap();
        fs::write(trust.join("anchor.pem"), issuer.pem()).unwrap();
        let pki = Pki { folder, issuer };
        pki.signer("h99-01");
        pki
    }

    /// Makes a key and a certificate `NAME.key`, `NAME.pem`; gives the certificate's SHA-256.
    pub(crate) fn signer(&self, name: &str) -> String {
        self.signer_with(name, |_| ())
    }

    /// The same with more in the certificate.
    pub(crate) fn signer_with(
        &self,
        name: &str,
        more: impl FnOnce(&mut CertificateParams),
    ) -> String {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new([]).unwrap();
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params
            .distinguished_name
            .push(DnType::CommonName, format!("Signer {name}"));
        more(&mut params);
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        fs::write(self.path(&format!("{name}.key")), key.serialize_pem()).unwrap();
        fs::write(self.path(&format!("{name}.pem")), certificate.pem()).unwrap();
        let digest = ring::digest::digest(&ring::digest::SHA256, certificate.der());
        digest
            .as_ref()
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect()
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }
}
