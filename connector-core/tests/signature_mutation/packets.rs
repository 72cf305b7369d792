//! Genuine signed packets, of the forms that a signature may have.

use std::sync::Arc;
use std::time::SystemTime;

use base64_simd::STANDARD;
use lienthong::crypto::algorithm::SignatureAlgorithm;
use lienthong::crypto::keys::FileSigner;
use lienthong::crypto::signer::Signer;
use lienthong::packet::document::Organ;
use lienthong::packet::{Attachment, Date, DocumentBuilder, ReadOptions};
use lienthong::signature::Verifier;
use lienthong::signature::seal::seal_packet;
use lienthong::signature::trust::{Options, Trust};
use lienthong::signature::xmldsig::{SignOptions, sign};
use lienthong::xml::{Event, Limits, Reader};
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair, KeyUsagePurpose,
};

use crate::pki::Folder;
use crate::xml_support::canonical::forms;

/// What is changed, and how it comes to the verifier.
pub(crate) struct Genuine {
    pub(crate) name: &'static str,
    /// The signed document: a packet, or the seal out of one.
    pub(crate) text: Vec<u8>,
    /// What stands before and behind a seal's base64 in its packet.
    around: Option<(Vec<u8>, Vec<u8>)>,
}

impl Genuine {
    /// Whether the report on the seal counts.
    pub(crate) fn is_seal(&self) -> bool {
        self.around.is_some()
    }

    /// The packet with a document in the place of the genuine one.
    pub(crate) fn packet(&self, document: &[u8]) -> Vec<u8> {
        match &self.around {
            None => document.to_vec(),
            Some((before, behind)) => {
                let text = STANDARD.encode_to_string(document);
                [before, text.as_bytes(), behind].concat()
            }
        }
    }
}

pub(crate) struct World {
    pub(crate) verifier: Verifier,
    pub(crate) genuine: Vec<Genuine>,
}

/// An authority and the signers it certified.
struct Pki {
    folder: Folder,
    authority: CertifiedIssuer<'static, KeyPair>,
}

impl Pki {
    fn new() -> Self {
        let mut params = CertificateParams::new([]).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
        params
            .distinguished_name
            .push(DnType::CommonName, "Made-up authority");
        Pki {
            folder: Folder::new(),
            authority: CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap(),
        }
    }

    fn signer(&self, kind: &str, algorithm: Option<SignatureAlgorithm>) -> Arc<FileSigner> {
        self.folder.key(kind, kind);
        let key = self.folder.read(&format!("{kind}.key"));
        let pair = KeyPair::from_pem(std::str::from_utf8(&key).unwrap()).unwrap();
        let mut params = CertificateParams::new([]).unwrap();
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params
            .distinguished_name
            .push(DnType::CommonName, format!("H99.01 {kind}"));
        let own = params.signed_by(&pair, &self.authority).unwrap();
        let chain = own.pem() + &self.authority.pem();
        let signer = FileSigner::from_bytes(&key, Some(chain.as_bytes()), None, algorithm);
        Arc::new(signer.unwrap())
    }
}

impl World {
    pub(crate) fn new() -> Self {
        let pki = Pki::new();
        let rsa = pki.signer("rsa2048", None);
        let pss = SignatureAlgorithm::ALL[5];
        let rsa_pss = pki.signer("rsa3072", Some(pss));
        let p256 = pki.signer("p256", None);
        let p384 = pki.signer("p384", None);
        let options = SignOptions::default();
        let sealed = sealed(&unsigned(3), p256.as_ref());
        let packet = |name, text| Genuine {
            name,
            text,
            around: None,
        };
        let genuine = vec![
            packet("own, RSA", signed(&unsigned(1), rsa.as_ref(), &options)),
            packet(
                "own, EC, XAdES",
                signed(
                    &unsigned(2),
                    p256.as_ref(),
                    &options.clone().at(SystemTime::now()),
                ),
            ),
            packet("own, sealed", signed(&sealed, rsa.as_ref(), &options)),
            packet(
                "ds:, C14N 1.0, wrapped",
                prefixed(&unsigned(4), p384.as_ref()),
            ),
            packet("enveloped only, PSS", bare(&unsigned(5), rsa_pss.as_ref())),
            packet(
                "ds:, XAdES first",
                properties_first(&unsigned(6), rsa.as_ref()),
            ),
            seal_of(&sealed),
        ];
        let anchor = pki.authority.pem();
        let trust = Trust::from_files([("anchor.pem", anchor.as_bytes())], Options::default());
        World {
            verifier: Verifier::new(trust.unwrap(), None),
            genuine,
        }
    }
}

/// Packets of different numbers: the signature of one is no signature of another.
fn unsigned(number: u32) -> Vec<u8> {
    let organ = |id: &str| Organ {
        organ_id: Some(id.into()),
        organ_name: Some("Cơ quan <thí dụ> & nghiệm".to_owned()),
        ..Organ::default()
    };
    let pdf: Vec<u8> = b"%PDF-1.7\n".iter().copied().chain(0..=255).collect();
    let mut document = DocumentBuilder::new(organ("H99.01"), format!("H99.01-2026-{number}"))
        .to(organ("H99.02"))
        .to(organ("H98.01"))
        .code("12", "TD-VP")
        .promulgated("Thí dụ", Date::new(2026, 3, 4).unwrap())
        .subject("V/v thí dụ, dòng một\ndòng hai \"𠀋\"")
        .attach(Attachment::from_bytes("công văn.pdf", pdf))
        .attach(Attachment::from_bytes("ghi chú.txt", *b"made up"))
        .build()
        .unwrap();
    let mut packet = Vec::new();
    document.write_to(&mut packet).unwrap();
    packet
}

fn signed(packet: &[u8], signer: &dyn Signer, options: &SignOptions) -> Vec<u8> {
    let mut out = std::io::Cursor::new(Vec::new());
    sign(packet, &mut out, signer, options).unwrap();
    out.into_inner()
}

fn sealed(packet: &[u8], signer: &dyn Signer) -> Vec<u8> {
    let (mut source, mut out) = (std::io::Cursor::new(packet), Vec::new());
    seal_packet(&mut source, &ReadOptions::default(), signer, &mut out).unwrap();
    out
}

/// The seal of a packet: the last text of an attachment.
fn seal_of(packet: &[u8]) -> Genuine {
    let text = std::str::from_utf8(packet).unwrap();
    let end = text.rfind("</edXML:ContentTransferEncoded>").unwrap();
    let start = text[..end].rfind('>').unwrap() + 1;
    Genuine {
        name: "seal, EC",
        text: STANDARD.decode_to_vec(&packet[start..end]).unwrap(),
        around: Some((packet[..start].to_vec(), packet[end..].to_vec())),
    }
}

const C14N: &str = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315";
const EXC_C14N: &str = "http://www.w3.org/2001/10/xml-exc-c14n#";
const SHA256: &str = "http://www.w3.org/2001/04/xmlenc#sha256";
const ENVELOPED: &str = "http://www.w3.org/2000/09/xmldsig#enveloped-signature";

/// Canonical XML 1.0 throughout, a prefix that the root declares, lines as other software
/// breaks them, and a packet with more in it than we write ourselves.
fn prefixed(packet: &[u8], signer: &dyn Signer) -> Vec<u8> {
    let packet = std::str::from_utf8(packet).unwrap();
    let packet = packet
        .replacen(
            "<edXML ",
            "<edXML xmlns:ds='http://www.w3.org/2000/09/xmldsig#' xmlns:unused=\"urn:x\" \
             xml:lang = 'vi'\n  xml:space=\"preserve\" ",
            1,
        )
        .replacen("V/v th", "V/v&#x20;<![CDATA[<th]]>&gt;\r\n&#13;", 1);
    let template = format!(
        "<ds:Signature Id=\"s\">\n  <ds:SignedInfo>\n    <ds:CanonicalizationMethod Algorithm=\"{C14N}\" />\n    \
         <ds:SignatureMethod Algorithm='{method}'></ds:SignatureMethod>\n    <ds:Reference URI=\"\">\n\
         <ds:Transforms><ds:Transform Algorithm=\"{ENVELOPED}\"/><ds:Transform Algorithm=\"{C14N}\"/>\
         </ds:Transforms><ds:DigestMethod Algorithm=\"{SHA256}\"/><ds:DigestValue>DIGEST\n</ds:DigestValue>\
         </ds:Reference>\n  </ds:SignedInfo>\n  <ds:SignatureValue>VALUE</ds:SignatureValue>\n  \
         <ds:KeyInfo><ds:KeyName>k</ds:KeyName><ds:X509Data><ds:X509Certificate>CERTIFICATE0\
         </ds:X509Certificate>\n<ds:X509Certificate>CERTIFICATE1</ds:X509Certificate></ds:X509Data>\
         </ds:KeyInfo>\n</ds:Signature>",
        method = signer.algorithm().uri(),
    );
    by_hand(&packet, &template, signer, "\n", false)
}

/// No canonical form named, and what `KeyInfo` may hold besides.
fn bare(packet: &[u8], signer: &dyn Signer) -> Vec<u8> {
    let packet = std::str::from_utf8(packet).unwrap();
    let template = format!(
        "<Signature xmlns=\"http://www.w3.org/2000/09/xmldsig#\"><SignedInfo>\
         <CanonicalizationMethod Algorithm=\"{EXC_C14N}\"/><SignatureMethod Algorithm=\"{method}\"/>\
         <Reference URI=\"\"><Transforms><Transform Algorithm=\"{ENVELOPED}\"/></Transforms>\
         <DigestMethod Algorithm=\"{SHA256}\"/><DigestValue>DIGEST</DigestValue></Reference>\
         </SignedInfo><SignatureValue>VALUE</SignatureValue><KeyInfo><KeyValue><RSAKeyValue>\
         <Modulus>AQAB</Modulus><Exponent>AQAB</Exponent></RSAKeyValue></KeyValue><X509Data>\
         <X509Certificate>CERTIFICATE0</X509Certificate><X509SubjectName>CN=H99.01</X509SubjectName>\
         <X509IssuerSerial><X509IssuerName>CN=x</X509IssuerName><X509SerialNumber>1\
         </X509SerialNumber></X509IssuerSerial></X509Data></KeyInfo></Signature>",
        method = signer.algorithm().uri(),
    );
    by_hand(packet, &template, signer, "&#13;\n", false)
}

/// Signed properties of the older kind, referred to before the document.
fn properties_first(packet: &[u8], signer: &dyn Signer) -> Vec<u8> {
    let packet = std::str::from_utf8(packet).unwrap();
    let of_certificate = digest(&signer.certificates()[0]);
    let template = format!(
        "<ds:Signature xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\" Id=\"s1\"><ds:SignedInfo>\
         <ds:CanonicalizationMethod Algorithm=\"{EXC_C14N}\"/><ds:SignatureMethod Algorithm=\"{method}\"/>\
         <ds:Reference Type=\"http://uri.etsi.org/01903#SignedProperties\" URI=\"#p1\"><ds:Transforms>\
         <ds:Transform Algorithm=\"{EXC_C14N}\"/></ds:Transforms><ds:DigestMethod Algorithm=\"{SHA256}\"/>\
         <ds:DigestValue>PROPERTIES</ds:DigestValue></ds:Reference><ds:Reference Id=\"r\" URI=\"\">\
         <ds:Transforms><ds:Transform Algorithm=\"{ENVELOPED}\"/><ds:Transform Algorithm=\"{EXC_C14N}\"/>\
         </ds:Transforms><ds:DigestMethod Algorithm=\"{SHA256}\"/><ds:DigestValue>DIGEST</ds:DigestValue>\
         </ds:Reference></ds:SignedInfo><ds:SignatureValue Id=\"v\">VALUE</ds:SignatureValue><ds:KeyInfo>\
         <ds:X509Data><ds:X509Certificate>CERTIFICATE0</ds:X509Certificate></ds:X509Data></ds:KeyInfo>\
         <ds:Object><x:QualifyingProperties xmlns:x=\"http://uri.etsi.org/01903/v1.3.2#\" Target=\"#s1\">\
         <x:SignedProperties Id=\"p1\"><x:SignedSignatureProperties><x:SigningTime>2026-11-22T08:00:00+07:00\
         </x:SigningTime><x:SigningCertificate><x:Cert><x:CertDigest><ds:DigestMethod Algorithm=\"{SHA256}\"/>\
         <ds:DigestValue>{of_certificate}</ds:DigestValue></x:CertDigest><x:IssuerSerial><ds:X509IssuerName>CN=x\
         </ds:X509IssuerName><ds:X509SerialNumber>1</ds:X509SerialNumber></x:IssuerSerial></x:Cert>\
         </x:SigningCertificate></x:SignedSignatureProperties></x:SignedProperties></x:QualifyingProperties>\
         </ds:Object></ds:Signature>",
        method = signer.algorithm().uri(),
    );
    by_hand(packet, &template, signer, "\r\n", true)
}

fn digest(bytes: &[u8]) -> String {
    STANDARD.encode_to_string(ring::digest::digest(&ring::digest::SHA256, bytes))
}

/// The number of the first element of this name, from 1.
fn number(document: &str, local: &str) -> usize {
    let mut reader = Reader::new(document.as_bytes(), Limits::default());
    let mut number = 0;
    loop {
        match reader.next_event().unwrap() {
            Event::Start(tag) => {
                number += 1;
                if tag.local() == local {
                    return number;
                }
            }
            Event::EndOfDocument => panic!("no {local}"),
            _ => {}
        }
    }
}

/// Puts a signature into the header of a packet and fills in what it leaves open.
fn by_hand(
    packet: &str,
    template: &str,
    signer: &dyn Signer,
    line_end: &str,
    exclusive: bool,
) -> Vec<u8> {
    let mut template = template.to_owned();
    for (index, certificate) in signer.certificates().iter().enumerate() {
        let text = wrapped(certificate, line_end);
        template = template.replace(&format!("CERTIFICATE{index}"), &text);
    }
    let at = packet.find("</edXML:edXMLHeader>").unwrap();
    let mut text = [&packet[..at], &template, &packet[at..]].concat();
    if template.contains("PROPERTIES") {
        let [.., properties] = forms(text.as_bytes(), number(&text, "SignedProperties"), 0);
        text = text.replace("PROPERTIES", &digest(&properties.unwrap()));
    }
    let [_, _, inclusive_rest, exclusive_rest, ..] =
        forms(text.as_bytes(), 1, number(&text, "Signature"));
    let rest = if exclusive {
        exclusive_rest
    } else {
        inclusive_rest
    };
    text = text.replace("DIGEST", &digest(&rest.unwrap()));
    let [.., inclusive, exclusive] = forms(text.as_bytes(), number(&text, "SignedInfo"), 0);
    let info = if template.contains(&format!("CanonicalizationMethod Algorithm=\"{C14N}\"")) {
        inclusive
    } else {
        exclusive
    };
    let value = signer.sign(&info.unwrap()).unwrap();
    text.replace("VALUE", &wrapped(&value, line_end)).into()
}

/// Base64 in lines.
fn wrapped(bytes: &[u8], line_end: &str) -> String {
    let text = STANDARD.encode_to_string(bytes);
    let lines: Vec<&str> = text
        .as_bytes()
        .chunks(76)
        .map(|line| std::str::from_utf8(line).unwrap())
        .collect();
    lines.join(line_end)
}
