//! Well-formed documents of every shape, and damage done to them.

use proptest::prelude::*;
use proptest::sample::select;

/// One change to a document.
#[derive(Clone, Debug)]
pub(crate) enum Damage {
    Delete(usize, usize),
    Insert(usize, String),
    Copy(usize, usize, usize),
}

/// Pieces that mean something to a parser.
const PIECES: &[&str] = &[
    "<",
    ">",
    "/",
    "&",
    ";",
    "'",
    "\"",
    "=",
    " ",
    "\n",
    "\r",
    "\t",
    "]",
    "]]>",
    "--",
    "-->",
    "<!--",
    "<![CDATA[",
    "<?",
    "?>",
    "<?p?>",
    "<a>",
    "</a>",
    "<a/>",
    "&amp;",
    "&#10;",
    "&#xD;",
    "&#0;",
    "&x;",
    ":",
    "p:",
    "xmlns",
    " xmlns='u'",
    " xmlns:p='u'",
    " xmlns:p=''",
    " a='b'",
    " p:a='b'",
    "xml",
    "<?xml version='1.0'?>",
    "\u{0}",
    "\u{1}",
    "\u{FFFE}",
    "ế",
    "\u{1F600}",
    "\u{300}",
    "1",
    "-",
    ".",
    "<!DOCTYPE a>",
    "<!",
    "x",
];

fn text() -> impl Strategy<Value = String> {
    let piece = select(vec![
        "a",
        "x ",
        "\r\n",
        "\r",
        "\n",
        "\t",
        " ",
        "Độc lập",
        "Tự do",
        "ế",
        "e\u{302}\u{301}",
        "\u{1F600}",
        "\u{10FFFF}",
        "]",
        "]]",
        "-",
        "?",
        "'",
        "\"",
        "0123456789abcdef0123456789abcdef",
        "\u{7F}",
        "\u{85}",
        "\u{2028}",
        "\u{FFFD}",
        "=",
        "/",
    ]);
    prop::collection::vec(piece, 0..6).prop_map(|pieces| pieces.concat())
}

fn reference() -> impl Strategy<Value = &'static str> {
    select(vec![
        "&amp;",
        "&lt;",
        "&gt;",
        "&apos;",
        "&quot;",
        "&#10;",
        "&#13;",
        "&#9;",
        "&#x1EBF;",
        "&#128512;",
        "&#38;",
        "&#x0003c;",
    ])
}

fn local() -> impl Strategy<Value = &'static str> {
    select(vec![
        "a",
        "b",
        "Văn_bản",
        "x-1.2",
        "_",
        "ns",
        "\u{10000}",
        "a\u{B7}",
    ])
}

fn prefixed() -> impl Strategy<Value = String> {
    (select(vec!["", "", "p:", "q:", "never:", "xml:"]), local())
        .prop_map(|(p, l)| format!("{p}{l}"))
}

fn space() -> impl Strategy<Value = &'static str> {
    select(vec![" ", "\n", "\r\n\t", "  "])
}

/// An attribute and its name; equal names are sorted out later.
fn attribute() -> impl Strategy<Value = (String, String)> {
    let value = prop_oneof![3 => text(), 1 => reference().prop_map(String::from)];
    let quoted = (value, any::<bool>()).prop_map(|(value, single)| {
        let quote = if single { '\'' } else { '"' };
        format!("{quote}{}{quote}", value.replace(quote, "&#34;"))
    });
    let plain = (prefixed(), space(), select(vec!["=", " = "]), quoted).prop_map(
        |(name, space, equals, value)| (name.clone(), format!("{space}{name}{equals}{value}")),
    );
    let declaration = (
        select(vec!["xmlns", "xmlns:p", "xmlns:q"]),
        select(vec!["urn:1", "urn:2", "http://a.example/ế&amp;&#33;"]),
    )
        .prop_map(|(name, uri)| (name.into(), format!(" {name}='{uri}'")));
    prop_oneof![3 => plain, 1 => declaration, 1 => Just(("xmlns".to_string(), " xmlns=\"\"".to_string()))]
}

fn attributes() -> impl Strategy<Value = String> {
    prop::collection::vec(attribute(), 0..4).prop_map(|all| {
        let mut names: Vec<String> = Vec::new();
        let mut written = String::new();
        for (name, attribute) in all {
            // p and q may be bound to the same namespace, so local names must differ too.
            let local = name.rsplit(':').next().unwrap_or_default().to_string();
            let key = if name.starts_with("xmlns") {
                name
            } else {
                local
            };
            if !names.contains(&key) {
                written.push_str(&attribute);
                names.push(key);
            }
        }
        written
    })
}

fn comment() -> impl Strategy<Value = String> {
    text().prop_map(|text| format!("<!--{} -->", text.replace("-", "- ")))
}

fn instruction() -> impl Strategy<Value = String> {
    (local(), text()).prop_map(|(target, text)| format!("<?{target} {text}?>"))
}

fn content() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        4 => text().prop_map(|text| text.replace('&', "&amp;")),
        2 => reference().prop_map(String::from),
        1 => text().prop_map(|text| format!("<![CDATA[{}]]>", text.replace("]]>", "]] >"))),
        1 => Just("<![CDATA[]]]]>".to_string()),
        1 => Just("<![CDATA[<a>&amp;<!-- ]>]]>".to_string()),
        1 => comment(),
        1 => instruction(),
        1 => (prefixed(), attributes()).prop_map(|(name, attributes)| format!("<{name}{attributes} />")),
    ];
    leaf.prop_recursive(4, 40, 6, |inner| {
        let many = prop::collection::vec(inner, 0..6).prop_map(|all| all.concat());
        (prefixed(), attributes(), many)
            .prop_map(|(name, attributes, inner)| format!("<{name}{attributes}>{inner}</{name}\n>"))
    })
}

/// A well-formed document, but for prefixes that were never declared.
pub(crate) fn document() -> impl Strategy<Value = String> {
    let declaration = select(vec![
        "",
        "<?xml version=\"1.0\"?>",
        "<?xml version='1.0' encoding='UTF-8' standalone=\"yes\" ?>\r\n",
    ]);
    let misc = || {
        prop_oneof![
            Just(String::new()),
            comment(),
            instruction(),
            Just("\r\n ".to_string())
        ]
    };
    let children = prop::collection::vec(content(), 0..8).prop_map(|all| all.concat());
    (declaration, misc(), attributes(), children, misc()).prop_map(
        |(declaration, before, attributes, children, after)| {
            format!("{declaration}{before}<root{attributes}>{children}</root>{after}")
        },
    )
}

fn damage() -> impl Strategy<Value = Damage> {
    let at = || 0..2_000usize;
    prop_oneof![
        2 => (at(), 1..4usize).prop_map(|(at, count)| Damage::Delete(at, count)),
        3 => (at(), select(PIECES.to_vec())).prop_map(|(at, piece)| Damage::Insert(at, piece.into())),
        1 => (at(), 1..20usize, at()).prop_map(|(from, count, to)| Damage::Copy(from, count, to)),
    ]
}

/// A document with some damage, still UTF-8.
pub(crate) fn damaged() -> impl Strategy<Value = String> {
    (document(), prop::collection::vec(damage(), 1..4)).prop_map(|(document, damages)| {
        let mut chars: Vec<char> = document.chars().collect();
        for damage in damages {
            let length = chars.len();
            match damage {
                Damage::Delete(at, count) if length > 0 => {
                    let at = at % length;
                    chars.drain(at..(at + count).min(length));
                }
                Damage::Insert(at, piece) => {
                    let at = at % (length + 1);
                    chars.splice(at..at, piece.chars());
                }
                Damage::Copy(from, count, to) if length > 0 => {
                    let from = from % length;
                    let copy = chars[from..(from + count).min(length)].to_vec();
                    let to = to % (length + 1);
                    chars.splice(to..to, copy);
                }
                Damage::Delete(..) | Damage::Copy(..) => {}
            }
        }
        chars.into_iter().collect()
    })
}
