//! Signatures that do not keep to the grammar, and what is said of them.

use lienthong::signature::verdict::Verdict::{self, *};
use lienthong::signature::xmldsig::SignOptions;

use crate::support::*;

const DSIG: &str = "http://www.w3.org/2000/09/xmldsig#";

/// Each form is made from one that holds.
fn assert_judged(cases: &[(&str, &str, Verdict, &str)]) {
    let signed = signed();
    for (from, to, verdict, reason) in cases {
        assert!(signed.contains(from), "{from}");
        let changed = signed.replacen(from, to, 1);
        let (found, reasons) = judged(changed.as_bytes());
        assert_eq!(found, *verdict, "{from} -> {to}: {reasons:?}");
        assert_eq!(
            reasons.first().copied().unwrap_or_default(),
            *reason,
            "{from} -> {to}"
        );
    }
}

#[test]
fn the_schema_is_kept_to_the_letter() {
    assert_judged(&[
        (
            "<SignedInfo>",
            "<SignedInfo Foo=\"1\">",
            Invalid,
            "signature-malformed",
        ),
        (
            "<SignedInfo>",
            "<SignedInfo xml:lang=\"vi\">",
            Unsupported,
            "part-unsupported",
        ),
        (
            "<SignedInfo>",
            "<SignedInfo>text",
            Invalid,
            "signature-malformed",
        ),
        (
            "</SignedInfo>",
            "<SignatureMethod/></SignedInfo>",
            Invalid,
            "signature-malformed",
        ),
        (
            "<X509Data>",
            "text<X509Data>",
            Unsupported,
            "part-unsupported",
        ),
        (
            "<SignatureValue>",
            "text<SignatureValue>",
            Invalid,
            "signature-malformed",
        ),
        (
            "<SignatureValue>",
            "<SignatureValue/><SignatureValue>",
            Invalid,
            "base64-malformed",
        ),
        (
            "<Reference URI=\"\">",
            "<Reference URI=\"\"><Nothing/>",
            Invalid,
            "signature-malformed",
        ),
        (
            "<DigestValue>",
            "<DigestValue><b/>",
            Invalid,
            "signature-malformed",
        ),
        (
            "<KeyInfo>",
            "<KeyInfo/><KeyInfo>",
            Invalid,
            "signature-malformed",
        ),
        (
            "</SignedInfo>",
            "</SignedInfo><SignedInfo/>",
            Invalid,
            "signature-malformed",
        ),
        (
            "<SignatureMethod Algorithm",
            "<SignatureMethod algorithm",
            Invalid,
            "signature-malformed",
        ),
        (" URI=\"\"", "", Unsupported, "reference-unsupported"),
        (
            " URI=\"\"",
            " URI=\"#part\"",
            Unsupported,
            "reference-unsupported",
        ),
        (
            " URI=\"\"",
            " URI=\"http://example.invalid/\"",
            Unsupported,
            "reference-unsupported",
        ),
        (
            " URI=\"\"",
            " URI=\"#xpointer(/)\"",
            Unsupported,
            "reference-unsupported",
        ),
    ]);
}

#[test]
fn values_have_one_spelling() {
    assert_judged(&[
        (
            "</DigestValue>",
            "A</DigestValue>",
            Invalid,
            "base64-malformed",
        ),
        (
            "=</DigestValue>",
            "</DigestValue>",
            Invalid,
            "base64-malformed",
        ),
        (
            "=</DigestValue>",
            "==</DigestValue>",
            Invalid,
            "base64-malformed",
        ),
        (
            "</SignatureValue>",
            "=</SignatureValue>",
            Invalid,
            "base64-malformed",
        ),
        (
            "<DigestValue>",
            "<DigestValue>-",
            Invalid,
            "base64-malformed",
        ),
        (
            "<X509Certificate>",
            "<X509Certificate>*",
            Invalid,
            "base64-malformed",
        ),
        (
            "<X509Certificate>",
            "<X509Certificate>AAAA",
            Unsupported,
            "certificate-unreadable",
        ),
    ]);
}

#[test]
fn white_space_and_line_ends_in_values_are_nothing() {
    let signed = signed();
    for (from, to) in [
        ("<SignatureValue>", "<SignatureValue>\r\n \t"),
        ("<SignatureValue>", "<SignatureValue>&#13;\n"),
        (
            "<X509Certificate>MIIE",
            "<X509Certificate>M&#xD;&#xA; I I\nE",
        ),
        ("<KeyInfo>", "\n<KeyInfo>\n"),
    ] {
        if signed.contains(from) {
            let changed = signed.replacen(from, to, 1);
            assert_eq!(judged(changed.as_bytes()), (Valid, vec![]), "{to}");
        }
    }
    // In what is signed, it is signed.
    let changed = signed.replacen("<DigestValue>", "<DigestValue>\n", 1);
    assert_eq!(judged(changed.as_bytes()), (Invalid, vec!["value-differs"]));
}

#[test]
fn algorithms_are_those_of_the_list() {
    let rsa = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256";
    let sha256 = "http://www.w3.org/2001/04/xmlenc#sha256";
    let exclusive = "<Transform Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\"/>";
    let enveloped =
        "<Transform Algorithm=\"http://www.w3.org/2000/09/xmldsig#enveloped-signature\"/>";
    let method = "<CanonicalizationMethod Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\"/>";
    let transform = |uri: &str| format!("<Transform Algorithm=\"{uri}\"/>");
    assert_judged(&[
        (
            rsa,
            "http://www.w3.org/2000/09/xmldsig#rsa-sha1",
            Legacy,
            "sha1",
        ),
        (
            rsa,
            "http://www.w3.org/2000/09/xmldsig#dsa-sha1",
            Legacy,
            "sha1",
        ),
        (
            sha256,
            "http://www.w3.org/2000/09/xmldsig#sha1",
            Legacy,
            "sha1",
        ),
        (
            rsa,
            "http://www.w3.org/2000/09/xmldsig#hmac-sha1",
            Unsupported,
            "algorithm-unsupported",
        ),
        (
            rsa,
            "http://www.w3.org/2001/04/xmldsig-more#hmac-sha256",
            Unsupported,
            "algorithm-unsupported",
        ),
        (rsa, "urn:other", Unsupported, "algorithm-unsupported"),
        (
            rsa,
            "http://www.w3.org/2001/04/xmldsig-more#rsa-sha512",
            Invalid,
            "value-differs",
        ),
        (
            rsa,
            "http://www.w3.org/2007/05/xmldsig-more#sha256-rsa-MGF1",
            Invalid,
            "value-differs",
        ),
        (
            rsa,
            "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256",
            Invalid,
            "value-differs",
        ),
        (
            sha256,
            "http://www.w3.org/2001/04/xmldsig-more#md5",
            Unsupported,
            "algorithm-unsupported",
        ),
        (
            sha256,
            "http://www.w3.org/2001/04/xmlenc#sha512",
            Invalid,
            "digest-differs",
        ),
        (
            method,
            "<CanonicalizationMethod Algorithm=\"http://www.w3.org/TR/2001/REC-xml-c14n-20010315#WithComments\"/>",
            Unsupported,
            "algorithm-unsupported",
        ),
        (
            method,
            "<CanonicalizationMethod Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\"><InclusiveNamespaces xmlns=\"http://www.w3.org/2001/10/xml-exc-c14n#\" PrefixList=\"edXML\"/></CanonicalizationMethod>",
            Unsupported,
            "part-unsupported",
        ),
        (
            exclusive,
            &transform("http://www.w3.org/TR/xml-exc-c14n#"),
            Unsupported,
            "transform-unsupported",
        ),
        (
            exclusive,
            &transform("http://www.w3.org/TR/1999/REC-xpath-19991116"),
            Unsupported,
            "transform-unsupported",
        ),
        (
            exclusive,
            &transform("http://www.w3.org/TR/1999/REC-xslt-19991116"),
            Unsupported,
            "transform-unsupported",
        ),
        (
            exclusive,
            &transform("http://www.w3.org/2000/09/xmldsig#base64"),
            Unsupported,
            "transform-unsupported",
        ),
        (enveloped, "", Unsupported, "transform-unsupported"),
        (enveloped, exclusive, Unsupported, "transform-unsupported"),
        (
            exclusive,
            &format!("{exclusive}{exclusive}"),
            Unsupported,
            "part-unsupported",
        ),
    ]);
}

#[test]
fn there_is_one_signature_at_its_place() {
    let signed = signed();
    let start = signed.find("<Signature ").unwrap();
    let end = signed.find("</Signature>").unwrap() + "</Signature>".len();
    let (block, without) = (
        &signed[start..end],
        format!("{}{}", &signed[..start], &signed[end..]),
    );
    let moved = |place: &str, to: String| judged(once(&without, place, &to).as_bytes());
    let misplaced = (Unsupported, vec!["signature-misplaced"]);
    assert_eq!(moved("</edXML>", format!("{block}</edXML>")), misplaced);
    let body = "<edXML:edXMLBody>";
    assert_eq!(moved(body, format!("{block}{body}")), misplaced);
    assert_eq!(moved(body, format!("{body}{block}")), misplaced);
    assert_eq!(
        moved(
            "<edXML:MessageHeader>",
            format!("<edXML:MessageHeader>{block}")
        ),
        misplaced
    );
    // Elsewhere in the header it is at its place, and the rest is what was signed.
    let header = "<edXML:edXMLHeader>";
    assert_eq!(moved(header, format!("{header}{block}")), (Valid, vec![]));
    let second = moved(header, format!("{header}{block}{block}"));
    assert_eq!(second, (Invalid, vec!["signature-repeated"]));
    let inside = signed.replacen(
        "</KeyInfo>",
        &format!("</KeyInfo><Object>{block}</Object>"),
        1,
    );
    assert_eq!(
        judged(inside.as_bytes()),
        (Invalid, vec!["signature-repeated"])
    );
    assert_eq!(judged(without.as_bytes()), (Absent, vec![]));
    let head = format!("{header}</edXML:edXMLHeader>{header}{block}");
    assert_eq!(moved(header, head), misplaced);
}

#[test]
fn nothing_of_a_packet_hides_in_a_signature() {
    let packet = packet();
    let packet = packet.split_once("?>").unwrap().1;
    assert_judged(&[
        (
            "</KeyInfo>",
            &format!("</KeyInfo><Object>{packet}</Object>"),
            Invalid,
            "packet-in-signature",
        ),
        (
            "</KeyInfo>",
            "</KeyInfo><Object><edXML xmlns=\"\"/></Object>",
            Invalid,
            "packet-in-signature",
        ),
        (
            "</KeyInfo>",
            "</KeyInfo><Object><x><edXMLHeader/></x></Object>",
            Invalid,
            "packet-in-signature",
        ),
        (
            "</X509Data>",
            "</X509Data><KeyValue><edXMLHeader/></KeyValue>",
            Invalid,
            "packet-in-signature",
        ),
        (
            "</KeyInfo>",
            "</KeyInfo><Object>text</Object>",
            Unsupported,
            "part-unsupported",
        ),
        (
            "</KeyInfo>",
            "</KeyInfo><Object/>",
            Unsupported,
            "part-unsupported",
        ),
        (
            "</KeyInfo>",
            "</KeyInfo><Object><Manifest/></Object>",
            Unsupported,
            "part-unsupported",
        ),
        (
            "</KeyInfo>",
            "</KeyInfo><Object><SignatureProperties/></Object>",
            Unsupported,
            "part-unsupported",
        ),
        (
            "</X509Data>",
            "</X509Data><RetrievalMethod URI=\"#a\"/>",
            Unsupported,
            "part-unsupported",
        ),
        (
            "</X509Data>",
            "</X509Data><x xmlns=\"urn:x\"/>",
            Unsupported,
            "part-unsupported",
        ),
        ("<X509Data>", "<KeyName>a</KeyName><X509Data>", Valid, ""),
        (
            "<X509Data>",
            "<KeyValue><RSAKeyValue><Modulus>AAAA</Modulus></RSAKeyValue></KeyValue><X509Data>",
            Valid,
            "",
        ),
    ]);
}

#[test]
fn what_other_parsers_may_read_otherwise_is_refused() {
    assert_judged(&[
        (
            "<edXML:edXMLBody>",
            "<!-- --><edXML:edXMLBody>",
            Unsupported,
            "comment-present",
        ),
        (
            "<SignedInfo>",
            "<SignedInfo><!-- -->",
            Unsupported,
            "comment-present",
        ),
        (
            "</DigestValue>",
            "<!-- --></DigestValue>",
            Unsupported,
            "comment-present",
        ),
        (
            "<SignedInfo>",
            "<SignedInfo><?pi?>",
            Unsupported,
            "instruction-present",
        ),
        (
            "<edXML:edXMLBody>",
            "<?pi?><edXML:edXMLBody>",
            Invalid,
            "digest-differs",
        ),
        (
            "</DigestValue>",
            "<![CDATA[ ]]></DigestValue>",
            Unsupported,
            "cdata-in-signature",
        ),
        (
            "encoding=\"UTF-8\"",
            "encoding=\"ISO-8859-1\"",
            Unsupported,
            "declaration-unsupported",
        ),
        (
            "<?xml version=\"1.0\"",
            "<?xml version=\"1.1\"",
            Unsupported,
            "declaration-unsupported",
        ),
        ("<?xml", "junk<?xml", Invalid, "bytes-before-document"),
        ("<?xml", "\n<?xml", Invalid, "bytes-before-document"),
        ("<?xml", "\u{FEFF}<?xml", Valid, ""),
        (
            "<edXML:edXMLBody>",
            "<edXML:edXMLBody><x:y/>",
            Invalid,
            "prefix-undeclared",
        ),
        (
            "<edXML:edXMLBody>",
            "<edXML:edXMLBody xmlns:a=\"b\">",
            Unsupported,
            "canonical-form-unsupported",
        ),
        ("?>", "?><!DOCTYPE edXML>", Invalid, "packet-unreadable"),
        ("</edXML>", "", Invalid, "packet-unreadable"),
        ("</edXML>", "</edXML>x", Invalid, "packet-unreadable"),
        ("</edXML>", "</edXML>\n\n", Valid, ""),
    ]);
}

#[test]
fn a_signature_in_another_namespace_fills_a_place() {
    let placeholder = |namespace: &str| {
        (
            Placeholder,
            vec![if namespace == DSIG {
                "signature-stub"
            } else {
                "signature-namespace"
            }],
        )
    };
    let signed = signed();
    for other in [
        "http://www.mic.gov.vn/TBT/QCVN_102_2016",
        "urn:x",
        "",
        "http://www.w3.org/2000/09/xmldsig",
    ] {
        let changed = signed.replacen(
            &format!("<Signature xmlns=\"{DSIG}\""),
            &format!("<Signature xmlns=\"{other}\""),
            1,
        );
        assert_eq!(judged(changed.as_bytes()), placeholder(other), "{other}");
    }
    let start = signed.find("<X509Certificate>").unwrap();
    let end = signed.rfind("</X509Certificate>").unwrap();
    let stub = format!(
        "{}<X509Certificate>MIIFqTCCBJG{}",
        &signed[..start],
        &signed[end..]
    );
    assert_eq!(judged(stub.as_bytes()), placeholder(DSIG));
}

#[test]
fn signed_properties_are_those_of_this_signature() {
    let time = std::time::SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(1_800_000_000);
    let signed = signed_by(
        &packet(),
        &TestSigner::usual(),
        &SignOptions::default().at(time),
    );
    let (_, id) = signed.split_once("Id=\"properties-").unwrap();
    let id = id.split('"').next().unwrap();
    let properties = format!("properties-{id}");
    let uses = format!("URI=\"#{properties}\"");
    let start = signed.find("<Object>").unwrap();
    let end = signed.find("</Object>").unwrap() + "</Object>".len();
    let object = &signed[start..end];
    for (from, to, verdict, reason) in [
        (
            "<xades:SigningTime>2",
            "<xades:SigningTime>3".to_owned(),
            Invalid,
            "properties-differ",
        ),
        (
            uses.as_str(),
            "URI=\"#other\"".to_owned(),
            Unsupported,
            "reference-unsupported",
        ),
        (object, String::new(), Unsupported, "reference-unsupported"),
        (
            object,
            format!("{object}<Object/>"),
            Unsupported,
            "part-unsupported",
        ),
        (
            "<edXML:edXMLBody>",
            format!("<edXML:edXMLBody id=\"{properties}\">"),
            Invalid,
            "digest-differs",
        ),
        (
            "<KeyInfo>",
            format!("<KeyInfo Id=\"{properties}\">"),
            Invalid,
            "id-repeated",
        ),
        (
            "Target=\"#",
            "Target=\"#x".to_owned(),
            Invalid,
            "signature-malformed",
        ),
        (
            "</xades:SignedProperties>",
            "</xades:SignedProperties><xades:UnsignedProperties/>".to_owned(),
            Unsupported,
            "part-unsupported",
        ),
        (
            "<xades:SigningTime>",
            "<x xmlns=\"urn:x\"/><xades:SigningTime>".to_owned(),
            Unsupported,
            "part-unsupported",
        ),
    ] {
        let changed = once(&signed, from, &to);
        let (found, reasons) = judged(changed.as_bytes());
        assert_eq!(
            (found, reasons.first().copied()),
            (verdict, Some(reason)),
            "{from}"
        );
    }
}

#[test]
fn too_much_before_a_signature_and_too_long_a_signature_are_not_judged() {
    use lienthong::signature::xmldsig::{Limits, Place, check_document};
    let signed = signed();
    for (max_before, max_signature, reason) in [
        (100, 1 << 20, "signature-late"),
        (1 << 20, 1_000, "signature-too-large"),
    ] {
        let limits = Limits {
            max_before,
            max_signature,
        };
        let checked = check_document(signed.as_bytes(), Place::Header, Default::default(), limits);
        let checked = checked.unwrap();
        assert_eq!(checked.verdict, Unsupported);
        assert_eq!(checked.reasons[0].code.as_str(), reason);
    }
}
