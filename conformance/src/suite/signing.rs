//! Keys, certificates and signatures of the suite, all of them made up. The
//! signatures are put together here by hand: no code of the library under test
//! has a part in them.

use std::path::{Path, PathBuf};

use base64_simd::STANDARD;
use rcgen::{
    BasicConstraints, CertificateParams, CertificateRevocationListParams, CertifiedIssuer, DnType,
    IsCa, KeyIdMethod, KeyPair, KeyUsagePurpose, RevocationReason, RevokedCertParams, SerialNumber,
};
use ring::rand::SystemRandom;
use ring::signature::{RSA_PKCS1_SHA256, RsaKeyPair, RsaPublicKeyComponents};
use time::{Duration, OffsetDateTime};

use super::letter::{Made, NAMESPACE};
use super::verdict::{Outcome, Stop};

/// A key made up for the suite: nothing else in the world rests on it.
#[derive(Clone, Copy)]
pub(crate) enum Key {
    /// Of a signer whose certificate the authority issued.
    Signer,
    /// Of somebody else.
    Stranger,
}

const AUTHORITY: &str = include_str!("keys/made-up-authority.pem");

impl Key {
    pub(crate) fn pem(self) -> &'static str {
        match self {
            Key::Signer => include_str!("keys/made-up-signer.pem"),
            Key::Stranger => include_str!("keys/made-up-stranger.pem"),
        }
    }

    fn rsa(self) -> Outcome<RsaKeyPair> {
        let text: String = self
            .pem()
            .lines()
            .filter(|line| !line.starts_with('-'))
            .collect();
        let der = STANDARD.decode_to_vec(text).map_err(Stop::own)?;
        RsaKeyPair::from_pkcs8(&der).map_err(Stop::own)
    }
}

/// An authority, and what it issues.
pub(crate) struct Authority {
    folder: PathBuf,
    issuer: CertifiedIssuer<'static, KeyPair>,
}

/// A certificate.
pub(crate) struct Certificate {
    /// DER.
    pub(crate) der: Vec<u8>,
    /// PEM.
    pub(crate) pem: String,
}

/// What names a person or organisation here.
fn named(name: &str) -> Outcome<CertificateParams> {
    let mut params = CertificateParams::new([]).map_err(Stop::own)?;
    params.distinguished_name.push(DnType::CommonName, name);
    let now = OffsetDateTime::now_utc();
    params.not_before = now - Duration::days(30);
    params.not_after = now + Duration::days(365);
    Ok(params)
}

impl Authority {
    /// An authority whose certificate lies in a trust folder.
    pub(crate) fn trusted(folder: &Path) -> Outcome<Self> {
        let mut params = named("Made-up authority")?;
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let key = KeyPair::from_pem(AUTHORITY).map_err(Stop::own)?;
        let issuer = CertifiedIssuer::self_signed(params, key).map_err(Stop::own)?;
        let authority = Authority {
            folder: folder.to_owned(),
            issuer,
        };
        let trust = authority.trust();
        std::fs::create_dir_all(&trust).map_err(Stop::own)?;
        std::fs::write(trust.join("anchor.pem"), authority.issuer.pem()).map_err(Stop::own)?;
        Ok(authority)
    }

    /// The trust folder.
    pub(crate) fn trust(&self) -> PathBuf {
        self.folder.join("trust")
    }

    /// A certificate of a signer, with changes.
    pub(crate) fn certificate(
        &self,
        key: Key,
        change: impl FnOnce(&mut CertificateParams),
    ) -> Outcome<Certificate> {
        let mut params = named("Made-up signer")?;
        params.serial_number = Some(SerialNumber::from(SERIAL));
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        change(&mut params);
        let key = KeyPair::from_pem(key.pem()).map_err(Stop::own)?;
        let made = params.signed_by(&key, &self.issuer).map_err(Stop::own)?;
        Ok(Certificate {
            der: made.der().to_vec(),
            pem: made.pem(),
        })
    }

    /// A certificate that vouches for itself, under a trusted signer's name.
    pub(crate) fn self_signed(&self, key: Key) -> Outcome<Certificate> {
        let mut params = named("Made-up signer")?;
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        let key = KeyPair::from_pem(key.pem()).map_err(Stop::own)?;
        let made = params.self_signed(&key).map_err(Stop::own)?;
        Ok(Certificate {
            der: made.der().to_vec(),
            pem: made.pem(),
        })
    }

    /// Lays down a revocation list that names the signer's certificate, or none.
    pub(crate) fn revoke(&self, revoked: bool) -> Outcome {
        let now = OffsetDateTime::now_utc();
        let entry = RevokedCertParams {
            serial_number: SerialNumber::from(SERIAL),
            revocation_time: now - Duration::days(10),
            reason_code: Some(RevocationReason::KeyCompromise),
            invalidity_date: None,
        };
        let list = CertificateRevocationListParams {
            this_update: now - Duration::days(1),
            next_update: now + Duration::days(30),
            crl_number: SerialNumber::from(1),
            issuing_distribution_point: None,
            revoked_certs: revoked.then_some(entry).into_iter().collect(),
            key_identifier_method: KeyIdMethod::Sha256,
        };
        let list = list.signed_by(&self.issuer).map_err(Stop::own)?;
        let pem = list.pem().map_err(Stop::own)?;
        std::fs::write(self.trust().join("list.crl"), pem).map_err(Stop::own)
    }
}

const SERIAL: u64 = 0x4c54_0001;

/// The namespace of XML signatures.
pub(crate) const DSIG: &str = "http://www.w3.org/2000/09/xmldsig#";
pub(crate) const EXCLUSIVE: &str = "http://www.w3.org/2001/10/xml-exc-c14n#";

/// How a packet is signed. What stands here may be wrong on purpose.
pub(crate) struct Signing<'c> {
    pub(crate) key: Key,
    pub(crate) certificate: &'c Certificate,
    /// Whether the digest is a SHA-1.
    pub(crate) sha1: bool,
    /// A transform before the canonical form, and what is left of the packet by it.
    pub(crate) selected: Option<(String, String)>,
    /// Whether the key stands there bare, in place of the certificate.
    pub(crate) key_value: bool,
}

impl<'c> Signing<'c> {
    pub(crate) fn new(certificate: &'c Certificate) -> Self {
        Signing {
            key: Key::Signer,
            certificate,
            sha1: false,
            selected: None,
            key_value: false,
        }
    }

    /// The packet with its enveloped signature, after the block that is there, if any.
    pub(crate) fn sign(&self, made: &Made) -> Outcome<String> {
        let mut made = made.clone();
        let xml = made.xml();
        // What `Made` writes is its own canonical form, from root to root.
        let canonical = xml
            .find("<edXML ")
            .zip(xml.rfind("</edXML>"))
            .and_then(|(from, to)| xml.get(from..to + "</edXML>".len()))
            .unwrap_or_default();
        let (selecting, digested) = match &self.selected {
            Some((transform, left)) => (transform.as_str(), left.as_str()),
            None => ("", canonical),
        };
        let (algorithm, digest) = match self.sha1 {
            true => (
                "http://www.w3.org/2000/09/xmldsig#sha1",
                &ring::digest::SHA1_FOR_LEGACY_USE_ONLY,
            ),
            false => (
                "http://www.w3.org/2001/04/xmlenc#sha256",
                &ring::digest::SHA256,
            ),
        };
        let digest = ring::digest::digest(digest, digested.as_bytes());
        let digest = STANDARD.encode_to_string(digest.as_ref());
        let info = format!(
            "><CanonicalizationMethod Algorithm=\"{EXCLUSIVE}\"></CanonicalizationMethod>\
             <SignatureMethod Algorithm=\"http://www.w3.org/2001/04/xmldsig-more#rsa-sha256\">\
             </SignatureMethod><Reference URI=\"\"><Transforms>\
             <Transform Algorithm=\"{DSIG}enveloped-signature\"></Transform>{selecting}\
             <Transform Algorithm=\"{EXCLUSIVE}\"></Transform></Transforms>\
             <DigestMethod Algorithm=\"{algorithm}\"></DigestMethod>\
             <DigestValue>{digest}</DigestValue></Reference></SignedInfo>"
        );
        let signed = format!("<SignedInfo xmlns=\"{DSIG}\"{info}");
        let key = self.key.rsa()?;
        let mut value = vec![0; key.public().modulus_len()];
        key.sign(
            &RSA_PKCS1_SHA256,
            &SystemRandom::new(),
            signed.as_bytes(),
            &mut value,
        )
        .map_err(|_| Stop::own("no signature could be made"))?;
        let value = STANDARD.encode_to_string(value);
        let key_info = if self.key_value {
            let public: RsaPublicKeyComponents<Vec<u8>> = key.public().into();
            let modulus = STANDARD.encode_to_string(public.n);
            let exponent = STANDARD.encode_to_string(public.e);
            format!(
                "<KeyValue><RSAKeyValue><Modulus>{modulus}</Modulus>\
                 <Exponent>{exponent}</Exponent></RSAKeyValue></KeyValue>"
            )
        } else {
            let certificate = STANDARD.encode_to_string(&self.certificate.der);
            format!("<X509Data><X509Certificate>{certificate}</X509Certificate></X509Data>")
        };
        let block = format!(
            "<Signature xmlns=\"{DSIG}\"><SignedInfo{info}<SignatureValue>{value}</SignatureValue>\
             <KeyInfo>{key_info}</KeyInfo></Signature>"
        );
        made.signature.push_str(&block);
        Ok(made.xml())
    }
}

/// The block that many programs copy into their packets: it signs nothing.
pub(crate) fn stub() -> String {
    let value = STANDARD.encode_to_string([0x5a; 256]);
    let digest = STANDARD.encode_to_string([0x5a; 20]);
    format!(
        "<edXML:Signature><edXML:SignedInfo>\
         <edXML:CanonicalizationMethod Algorithm=\"http://www.w3.org/TR/2001/REC-xml-c14n-20010315\"/>\
         <edXML:SignatureMethod Algorithm=\"{DSIG}rsa-sha1\"/><edXML:Reference URI=\"\">\
         <edXML:Transforms><edXML:Transform Algorithm=\"{DSIG}enveloped-signature\"/>\
         </edXML:Transforms><edXML:DigestMethod Algorithm=\"{DSIG}sha1\"/>\
         <edXML:DigestValue>{digest}</edXML:DigestValue></edXML:Reference></edXML:SignedInfo>\
         <edXML:SignatureValue>{value}</edXML:SignatureValue><edXML:KeyInfo><edXML:X509Data>\
         <edXML:X509SubjectName>CN=user05</edXML:X509SubjectName>\
         <edXML:X509Certificate>MIIDTDCCAjQ</edXML:X509Certificate></edXML:X509Data>\
         </edXML:KeyInfo></edXML:Signature>"
    )
}

/// The canonical form of one element of the header, as an XPath transform leaves it.
pub(crate) fn alone(name: &str, text: &str) -> String {
    format!("<edXML:{name} xmlns:edXML=\"{NAMESPACE}\">{text}</edXML:{name}>")
}
