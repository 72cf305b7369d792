//! What a file is by its first bytes.
//!
//! The declared type of an attachment is not to be trusted: it is wrong, or differs between
//! manifest and attachment, in packets seen. The bytes decide. Detection here is a matter
//! of signatures only; it never says that a file is whole or harmless.

/// How many bytes from the start of a file [`detect`] looks at.
pub const DETECTION_HEAD: usize = 4096;

/// How far into a file a PDF header may stand (PDF 1.7 reference, appendix H, note 13).
const PDF_HEADER_WITHIN: usize = 1024;

/// A kind of file that can be told by its first bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum DetectedType {
    /// No bytes at all.
    Empty,
    /// Portable Document Format.
    Pdf,
    /// A ZIP archive that is none of the kinds below.
    Zip,
    /// Word, Office Open XML.
    Docx,
    /// Excel, Office Open XML.
    Xlsx,
    /// PowerPoint, Office Open XML.
    Pptx,
    /// Office Open XML whose kind the first bytes do not tell.
    Ooxml,
    /// OpenDocument text.
    Odt,
    /// OpenDocument spreadsheet.
    Ods,
    /// OpenDocument presentation.
    Odp,
    /// Another OpenDocument kind, such as a drawing.
    OdfOther,
    /// EPUB book.
    Epub,
    /// Compound file: `.doc`, `.xls`, `.ppt`, `.msg` and others.
    Ole,
    /// Rich Text Format.
    Rtf,
    /// PNG image.
    Png,
    /// JPEG image.
    Jpeg,
    /// GIF image.
    Gif,
    /// TIFF image.
    Tiff,
    /// BMP image.
    Bmp,
    /// WebP image.
    Webp,
    /// RAR archive.
    Rar,
    /// 7-Zip archive.
    SevenZip,
    /// gzip file.
    Gzip,
    /// A program for Windows or DOS.
    WindowsProgram,
    /// A program for Linux or another system with ELF.
    ElfProgram,
    /// XML, in an encoding like ASCII or in UTF-16 with a byte order mark.
    Xml,
    /// HTML.
    Html,
    /// Text in UTF-8 or UTF-16 with a byte order mark, or in UTF-8 without one.
    Text,
    /// None of these.
    Unknown,
}

/// Tells the kind of a file by its first bytes.
///
/// Give the first [`DETECTION_HEAD`] bytes, or all of a shorter file; more are not looked at.
#[must_use]
pub fn detect(head: &[u8]) -> DetectedType {
    let head = head.get(..DETECTION_HEAD).unwrap_or(head);
    if head.is_empty() {
        return DetectedType::Empty;
    }
    if head.starts_with(b"PK\x03\x04") {
        return detect_zip(head);
    }
    if let Some((_, found)) = SIGNATURES
        .iter()
        .find(|(signature, _)| head.starts_with(signature))
    {
        return *found;
    }
    if head.starts_with(b"RIFF") && head.get(8..12) == Some(b"WEBP") {
        return DetectedType::Webp;
    }
    if is_bmp(head) {
        return DetectedType::Bmp;
    }
    // Before text: the header may follow some lines of junk.
    let front = head.get(..PDF_HEADER_WITHIN).unwrap_or(head);
    if memchr::memmem::find(front, b"%PDF-").is_some() {
        return DetectedType::Pdf;
    }
    // Two letters alone would catch too much text, so this comes late and looks further.
    if is_windows_program(head) {
        return DetectedType::WindowsProgram;
    }
    detect_text(head)
}

/// Signatures at the very start that decide alone.
const SIGNATURES: [(&[u8], DetectedType); 18] = [
    (b"%PDF-", DetectedType::Pdf),
    // An empty archive, and the mark of one that was to be split.
    (b"PK\x05\x06", DetectedType::Zip),
    (b"PK\x07\x08PK\x03\x04", DetectedType::Zip),
    (b"PK00PK\x03\x04", DetectedType::Zip),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", DetectedType::Ole),
    (b"{\\rtf", DetectedType::Rtf),
    (b"\x89PNG\r\n\x1a\n", DetectedType::Png),
    (b"\xff\xd8\xff", DetectedType::Jpeg),
    (b"GIF87a", DetectedType::Gif),
    (b"GIF89a", DetectedType::Gif),
    (b"II*\0", DetectedType::Tiff),
    (b"MM\0*", DetectedType::Tiff),
    (b"II+\0", DetectedType::Tiff),
    (b"MM\0+", DetectedType::Tiff),
    (b"Rar!\x1a\x07", DetectedType::Rar),
    (b"7z\xbc\xaf\x27\x1c", DetectedType::SevenZip),
    (b"\x1f\x8b\x08", DetectedType::Gzip),
    (b"\x7fELF", DetectedType::ElfProgram),
];

fn is_bmp(head: &[u8]) -> bool {
    // The second reserved field and a known size of the next header keep text out.
    head.starts_with(b"BM")
        && head.get(6..10) == Some(&[0; 4])
        && head
            .get(14..18)
            .and_then(|bytes| <[u8; 4]>::try_from(bytes).ok())
            .map(u32::from_le_bytes)
            .is_some_and(|size| matches!(size, 12 | 40 | 52 | 56 | 64 | 108 | 124))
}

fn is_windows_program(head: &[u8]) -> bool {
    let Some(place) = head
        .strip_prefix(b"MZ")
        .and_then(|_| head.get(0x3c..0x40))
        .and_then(|bytes| <[u8; 4]>::try_from(bytes).ok())
        .map(u32::from_le_bytes)
        .and_then(|place| usize::try_from(place).ok())
    else {
        return false;
    };
    match head.get(place..place.saturating_add(2)) {
        Some(mark) => matches!(mark, b"PE" | b"NE" | b"LE" | b"LX"),
        // The mark is beyond what we see: believe it unless the file looks like text.
        None => std::str::from_utf8(head).is_err(),
    }
}

/// Looks at the local file headers of a ZIP as far as the head reaches.
fn detect_zip(head: &[u8]) -> DetectedType {
    let mut found = DetectedType::Zip;
    let mut at = 0;
    let mut first = true;
    while let Some(entry) = head.get(at..).and_then(LocalEntry::read) {
        if first && entry.name == b"mimetype" && entry.stored {
            return detect_mimetype(entry.data);
        }
        first = false;
        match office_part(entry.name) {
            Some(DetectedType::Ooxml) => found = DetectedType::Ooxml,
            Some(kind) => return kind,
            None => {}
        }
        match entry.length {
            Some(length) => at = at.saturating_add(length),
            // The size comes after the data, so look for the next header.
            None => {
                let from = at.saturating_add(4);
                let Some(next) = head
                    .get(from..)
                    .and_then(|rest| memchr::memmem::find(rest, b"PK\x03\x04"))
                else {
                    break;
                };
                at = from + next;
            }
        }
    }
    found
}

/// One local header of a ZIP, and what follows it.
struct LocalEntry<'a> {
    name: &'a [u8],
    /// What is there of the data.
    data: &'a [u8],
    stored: bool,
    /// Header and data; `None` if the size stands after the data.
    length: Option<usize>,
}

impl<'a> LocalEntry<'a> {
    fn read(bytes: &'a [u8]) -> Option<Self> {
        let half = |at: usize| {
            let pair = bytes.get(at..at + 2)?.try_into().ok()?;
            Some(usize::from(u16::from_le_bytes(pair)))
        };
        let size = bytes.get(18..22)?.try_into().ok().map(u32::from_le_bytes)?;
        let size = usize::try_from(size).ok()?;
        let start = 30 + half(26)? + half(28)?;
        if !bytes.starts_with(b"PK\x03\x04") {
            return None;
        }
        let streamed = half(6)? & 8 != 0 && size == 0;
        let data = bytes.get(start..).unwrap_or_default();
        Some(Self {
            name: bytes.get(30..30 + half(26)?)?,
            data: if streamed {
                data
            } else {
                data.get(..size).unwrap_or(data)
            },
            stored: half(8)? == 0,
            length: (!streamed).then(|| start.saturating_add(size)),
        })
    }
}

fn office_part(name: &[u8]) -> Option<DetectedType> {
    if name.starts_with(b"word/") {
        Some(DetectedType::Docx)
    } else if name.starts_with(b"xl/") {
        Some(DetectedType::Xlsx)
    } else if name.starts_with(b"ppt/") {
        Some(DetectedType::Pptx)
    } else if name == b"[Content_Types].xml" || name == b"_rels/.rels" {
        Some(DetectedType::Ooxml)
    } else {
        None
    }
}

fn detect_mimetype(data: &[u8]) -> DetectedType {
    const ODF: &[u8] = b"application/vnd.oasis.opendocument.";
    if data.starts_with(b"application/epub+zip") {
        return DetectedType::Epub;
    }
    match data.strip_prefix(ODF) {
        Some(kind) if kind.starts_with(b"text") => DetectedType::Odt,
        Some(kind) if kind.starts_with(b"spreadsheet") => DetectedType::Ods,
        Some(kind) if kind.starts_with(b"presentation") => DetectedType::Odp,
        Some(_) => DetectedType::OdfOther,
        None => DetectedType::Zip,
    }
}

fn detect_text(head: &[u8]) -> DetectedType {
    let decoded;
    let text = if let Some(rest) = head.strip_prefix(b"\xff\xfe") {
        decoded = utf16(rest, u16::from_le_bytes);
        decoded.as_deref()
    } else if let Some(rest) = head.strip_prefix(b"\xfe\xff") {
        decoded = utf16(rest, u16::from_be_bytes);
        decoded.as_deref()
    } else {
        utf8(head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head))
    };
    let Some(text) = text else {
        return DetectedType::Unknown;
    };
    let start = text.trim_start();
    let begins = |mark: &str| {
        start
            .get(..mark.len())
            .is_some_and(|front| front.eq_ignore_ascii_case(mark))
    };
    if begins("<?xml") {
        DetectedType::Xml
    } else if begins("<!doctype html") || begins("<html") {
        DetectedType::Html
    } else if text
        .chars()
        .any(|c| c.is_control() && !matches!(c, '\t' | '\r' | '\n' | '\u{c}'))
    {
        DetectedType::Unknown
    } else {
        DetectedType::Text
    }
}

/// The head as UTF-8, without a character that is cut at its end.
fn utf8(head: &[u8]) -> Option<&str> {
    match std::str::from_utf8(head) {
        Ok(text) => Some(text),
        Err(error) if error.error_len().is_none() => head
            .get(..error.valid_up_to())
            .and_then(|whole| std::str::from_utf8(whole).ok()),
        Err(_) => None,
    }
}

fn utf16(head: &[u8], unit: fn([u8; 2]) -> u16) -> Option<String> {
    let units = head
        .chunks_exact(2)
        .filter_map(|pair| pair.try_into().ok())
        .map(unit);
    let mut text = String::new();
    let mut decoded = char::decode_utf16(units).peekable();
    while let Some(c) = decoded.next() {
        match c {
            Ok(c) => text.push(c),
            // The half of a pair that was cut off at the end.
            Err(_) if decoded.peek().is_none() => {}
            Err(_) => return None,
        }
    }
    Some(text)
}

impl DetectedType {
    /// A stable lower-case word for logs and JSON.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.words().0
    }

    /// The registered media type, or the one in common use.
    #[must_use]
    pub fn media_type(self) -> &'static str {
        self.words().1
    }

    /// Whether files of this kind are packed already, so that deflate gains nothing.
    pub(crate) fn is_compressed(self) -> bool {
        matches!(
            self,
            Self::Zip
                | Self::Docx
                | Self::Xlsx
                | Self::Pptx
                | Self::Ooxml
                | Self::Odt
                | Self::Ods
                | Self::Odp
                | Self::OdfOther
                | Self::Epub
                | Self::Png
                | Self::Jpeg
                | Self::Gif
                | Self::Webp
                | Self::Rar
                | Self::SevenZip
                | Self::Gzip
        )
    }

    /// The usual extensions of this kind, in lower case. Empty where any may stand.
    fn extensions(self) -> &'static [&'static str] {
        self.words().2
    }

    /// Name, media type, extensions.
    fn words(self) -> (&'static str, &'static str, &'static [&'static str]) {
        const BYTES: &str = "application/octet-stream";
        match self {
            Self::Empty => ("empty", BYTES, &[]),
            Self::Pdf => ("pdf", "application/pdf", &["pdf"]),
            Self::Zip => ("zip", "application/zip", &["zip"]),
            Self::Docx => (
                "docx",
                "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
                &["docx", "docm", "dotx", "dotm"],
            ),
            Self::Xlsx => (
                "xlsx",
                "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
                &["xlsx", "xlsm", "xltx", "xltm", "xlsb"],
            ),
            Self::Pptx => (
                "pptx",
                "application/vnd.openxmlformats-officedocument.presentationml.presentation",
                &["pptx", "pptm", "potx", "potm", "ppsx", "ppsm"],
            ),
            // `application/vnd.openxmlformats` is not registered, but says what is known.
            Self::Ooxml => (
                "ooxml",
                "application/vnd.openxmlformats",
                &[
                    "docx", "docm", "dotx", "dotm", "xlsx", "xlsm", "xltx", "xltm", "xlsb", "pptx",
                    "pptm", "potx", "potm", "ppsx", "ppsm", "vsdx", "xps",
                ],
            ),
            Self::Odt => (
                "odt",
                "application/vnd.oasis.opendocument.text",
                &["odt", "ott"],
            ),
            Self::Ods => (
                "ods",
                "application/vnd.oasis.opendocument.spreadsheet",
                &["ods", "ots"],
            ),
            Self::Odp => (
                "odp",
                "application/vnd.oasis.opendocument.presentation",
                &["odp", "otp"],
            ),
            Self::OdfOther => (
                "odf",
                "application/vnd.oasis.opendocument.graphics",
                &["odg", "otg", "odf", "odc", "odb", "odi", "odm"],
            ),
            Self::Epub => ("epub", "application/epub+zip", &["epub"]),
            Self::Ole => (
                "ole",
                "application/x-ole-storage",
                &[
                    "doc", "dot", "xls", "xlt", "ppt", "pps", "pot", "msg", "mpp", "vsd", "pub",
                ],
            ),
            // Word opens RTF under the name of its own files, and offices send it so.
            Self::Rtf => ("rtf", "application/rtf", &["rtf", "doc"]),
            Self::Png => ("png", "image/png", &["png"]),
            Self::Jpeg => ("jpeg", "image/jpeg", &["jpg", "jpeg", "jpe", "jfif"]),
            Self::Gif => ("gif", "image/gif", &["gif"]),
            Self::Tiff => ("tiff", "image/tiff", &["tif", "tiff"]),
            Self::Bmp => ("bmp", "image/bmp", &["bmp", "dib"]),
            Self::Webp => ("webp", "image/webp", &["webp"]),
            Self::Rar => ("rar", "application/vnd.rar", &["rar"]),
            Self::SevenZip => ("7z", "application/x-7z-compressed", &["7z"]),
            Self::Gzip => ("gzip", "application/gzip", &["gz", "tgz", "svgz", "emz"]),
            Self::WindowsProgram => (
                "windows-program",
                "application/vnd.microsoft.portable-executable",
                &["exe", "dll", "sys", "scr", "com", "cpl", "ocx"],
            ),
            Self::ElfProgram => ("elf-program", "application/x-elf", &["so", "elf"]),
            Self::Xml => ("xml", "application/xml", &[]),
            Self::Html => ("html", "text/html", &["html", "htm", "xhtml", "mht"]),
            Self::Text => ("text", "text/plain", &[]),
            Self::Unknown => ("unknown", BYTES, &[]),
        }
    }
}

/// Every kind with a signature that the file must then begin with.
const SIGNED: [DetectedType; 22] = [
    DetectedType::Pdf,
    DetectedType::Zip,
    DetectedType::Docx,
    DetectedType::Xlsx,
    DetectedType::Pptx,
    DetectedType::Ooxml,
    DetectedType::Odt,
    DetectedType::Ods,
    DetectedType::Odp,
    DetectedType::Epub,
    DetectedType::Ole,
    DetectedType::Rtf,
    DetectedType::Png,
    DetectedType::Jpeg,
    DetectedType::Gif,
    DetectedType::Tiff,
    DetectedType::Bmp,
    DetectedType::Webp,
    DetectedType::Rar,
    DetectedType::SevenZip,
    DetectedType::Gzip,
    DetectedType::WindowsProgram,
];

/// Whether an extension (without dot, any case) fits what was detected.
///
/// `Some(true)` when it is one of the usual ones of that kind, `Some(false)` when either the
/// detected kind has others or the extension belongs to a kind that would have been told by
/// its signature, and `None` when nothing can be said: for an empty file, and for an
/// extension that is not known here on a file without signature.
#[must_use]
pub fn extension_matches(ext: &str, detected: DetectedType) -> Option<bool> {
    let ext = ext.to_ascii_lowercase();
    let is_one_of = |kind: DetectedType| kind.extensions().contains(&ext.as_str());
    if detected == DetectedType::Empty {
        return None;
    }
    if is_one_of(detected) {
        return Some(true);
    }
    let claims_signature = SIGNED.iter().any(|kind| is_one_of(*kind));
    match detected {
        DetectedType::Text | DetectedType::Xml | DetectedType::Unknown => {
            let usual: &[&str] = match detected {
                DetectedType::Text => &["txt", "csv", "log", "md"],
                DetectedType::Xml => &["xml", "xsd", "xsl", "xslt", "svg", "edxml"],
                _ => &[],
            };
            if usual.contains(&ext.as_str()) {
                Some(true)
            } else if claims_signature {
                Some(false)
            } else {
                None
            }
        }
        // An office file may hold its telling part later than the first bytes, and many
        // formats of others are a ZIP inside.
        DetectedType::Zip if is_one_of(DetectedType::Ooxml) || !claims_signature => None,
        _ => Some(false),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A local header of a stored entry, with its data.
    fn entry(name: &str, data: &[u8], flags: u16) -> Vec<u8> {
        let size = if flags & 8 == 0 { data.len() as u32 } else { 0 };
        let mut bytes = b"PK\x03\x04\x14\0".to_vec();
        bytes.extend(flags.to_le_bytes());
        bytes.extend([0; 10]);
        bytes.extend(size.to_le_bytes());
        bytes.extend(size.to_le_bytes());
        bytes.extend((name.len() as u16).to_le_bytes());
        bytes.extend([0; 2]);
        bytes.extend(name.as_bytes());
        bytes.extend(data);
        bytes
    }

    #[test]
    fn kinds_are_told() {
        use DetectedType::*;
        let junk_pdf = [b"\0".repeat(1000).as_slice(), b"%PDF-1.7"].concat();
        let late_pdf = [b"\0".repeat(1021).as_slice(), b"%PDF-1.7"].concat();
        let cases: Vec<(Vec<u8>, DetectedType)> = vec![
            (vec![], Empty),
            (b"%PDF-1.4\n".to_vec(), Pdf),
            (junk_pdf, Pdf),
            (late_pdf, Unknown),
            (entry("a.pdf", b"%PDF-1.4", 0), Zip),
            (b"PK\x05\x06".to_vec(), Zip),
            (b"PK\x03\x04".to_vec(), Zip),
            (
                [
                    entry("[Content_Types].xml", b"<x/>", 0),
                    entry("word/document.xml", b"", 0),
                ]
                .concat(),
                Docx,
            ),
            (
                [
                    entry("[Content_Types].xml", b"<x/>", 8),
                    entry("_rels/.rels", b"", 8),
                    entry("xl/workbook.xml", b"", 8),
                ]
                .concat(),
                Xlsx,
            ),
            (entry("ppt/presentation.xml", b"", 0), Pptx),
            (entry("[Content_Types].xml", b"<x/>", 8), Ooxml),
            (
                entry("mimetype", b"application/vnd.oasis.opendocument.text", 0),
                Odt,
            ),
            (
                entry(
                    "mimetype",
                    b"application/vnd.oasis.opendocument.spreadsheet",
                    0,
                ),
                Ods,
            ),
            (entry("mimetype", b"application/epub+zip", 0), Epub),
            (entry("mimetype", b"other", 0), Zip),
            (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0".to_vec(), Ole),
            (b"{\\rtf1".to_vec(), Rtf),
            (b"\xff\xd8\xff\xe0".to_vec(), Jpeg),
            (b"RIFF\0\0\0\0WEBPVP8 ".to_vec(), Webp),
            (b"MZ and more text".to_vec(), Text),
            ("BM là tin".as_bytes().to_vec(), Text),
            (b"\xef\xbb\xbf<?xml version='1.0'?>".to_vec(), Xml),
            (b"\xff\xfe<\0?\0x\0m\0l\0 \0".to_vec(), Xml),
            (b" \n<!DOCTYPE HTML>".to_vec(), Html),
            ("Chính phủ".as_bytes().to_vec(), Text),
            (b"Ch\xc3\xadnh ph\xe1\xbb".to_vec(), Text),
            (b"a\0b".to_vec(), Unknown),
            (b"\xff\xff\xff".to_vec(), Unknown),
        ];
        for (head, expected) in cases {
            assert_eq!(detect(&head), expected, "{head:?}");
        }
    }

    #[test]
    fn every_start_of_a_file_is_taken() {
        let file = [entry("[Content_Types].xml", b"x", 8), vec![0xff; 5000]].concat();
        for end in 0..file.len() {
            let _ = detect(&file[..end]);
        }
        // Lengths that point far away do not matter.
        let mut wild = entry("a", b"", 0);
        wild[18..22].fill(0xff);
        wild[26..30].fill(0xff);
        assert_eq!(detect(&wild), DetectedType::Zip);
    }

    #[test]
    fn extensions_are_compared() {
        use DetectedType::*;
        for (ext, detected, expected) in [
            ("pdf", Pdf, Some(true)),
            ("PDF", Pdf, Some(true)),
            ("docx", Pdf, Some(false)),
            ("pdf", Text, Some(false)),
            ("pdf", Unknown, Some(false)),
            ("xyz", Unknown, None),
            ("xyz", Pdf, Some(false)),
            ("txt", Text, Some(true)),
            ("docx", Zip, None),
            ("odt", Zip, Some(false)),
            ("jar", Zip, None),
            ("docx", Ooxml, Some(true)),
            ("xlsx", Docx, Some(false)),
            ("doc", Ole, Some(true)),
            ("doc", Rtf, Some(true)),
            ("pdf", Empty, None),
            ("pdf", WindowsProgram, Some(false)),
        ] {
            assert_eq!(
                extension_matches(ext, detected),
                expected,
                "{ext} {detected:?}"
            );
        }
    }
}
