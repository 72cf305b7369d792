//! The tokeniser, seen from outside.

mod xml_support;

use xml_support::events;

#[test]
fn a_small_document_gives_its_events() {
    let document = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\r\n<!-- c --><e:a xmlns:e=\"urn:e\" \
        e:x='1&lt;&#x1EBF;\t2' y=\"z\">một\r\nhai<b/>&amp;<![CDATA[<ba>]]></e:a><?pi x?>\n";
    assert_eq!(
        events(document.as_bytes()).unwrap(),
        [
            "declaration 1.0 Some(\"UTF-8\") None",
            "comment",
            "start e:a {urn:e} [e=urn:e] e:x{urn:e}=\"1<ế 2\" y=\"z\"",
            "Literal \"một\\nhai\"",
            "start b",
            "end b",
            "Reference \"&\"",
            "CData \"<ba>\"",
            "end e:a {urn:e}",
            "pi pi",
            "eof",
        ]
    );
}
