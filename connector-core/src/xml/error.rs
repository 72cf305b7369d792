//! Why a document was refused, and where.
//!
//! No message holds a word of the document itself: packets carry personal data, and errors
//! are logged.

use std::io;

use serde::Serialize;

/// A place in the raw bytes of a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
pub struct Position {
    /// Bytes before this place, a byte order mark included.
    pub byte: u64,
    /// The line, from 1. LF, CRLF and a lone CR end a line.
    pub line: u64,
    /// The column, from 1, counted in characters; a byte order mark has none.
    pub column: u64,
}

/// A refusal: what was wrong and where it was noticed.
#[derive(Debug, thiserror::Error)]
#[error("{kind} (line {}, column {}, byte {})", position.line, position.column, position.byte)]
pub struct XmlError {
    /// What was wrong.
    #[source]
    pub kind: XmlErrorKind,
    /// Where it was noticed.
    pub position: Position,
}

/// What was wrong.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum XmlErrorKind {
    /// The source could not be read.
    #[error("the source could not be read: {0}")]
    Io(io::Error),
    /// The document breaks a rule of XML 1.0 or of Namespaces in XML 1.0.
    #[error("not well-formed XML: {0}")]
    NotWellFormed(Flaw),
    /// The bytes look like UTF-16, UTF-32 or another encoding that is not UTF-8.
    #[error("the encoding is not UTF-8")]
    UnsupportedEncoding,
    /// A byte sequence that is not UTF-8.
    #[error("invalid UTF-8")]
    InvalidUtf8,
    /// A character, written out or by reference, that XML 1.0 does not allow.
    #[error("a character that XML does not allow")]
    InvalidCharacter,
    /// A document type declaration.
    #[error("a document type declaration is not allowed")]
    DoctypeForbidden,
    /// A reference to an entity other than `lt`, `gt`, `amp`, `apos` and `quot`.
    #[error("a reference to an unknown entity")]
    UnknownEntity,
    /// A limit of the reader was passed.
    #[error("the limit {limit} of {maximum} is exceeded")]
    LimitExceeded {
        /// Name of the limit, as in [`Limits`](super::Limits).
        limit: &'static str,
        /// Its value.
        maximum: u64,
    },
    /// The input ended inside the document.
    #[error("the document ends too early")]
    UnexpectedEnd,
}

impl XmlErrorKind {
    /// The same finding once more, for callers who ask again after a failure.
    pub(super) fn repeated(&self) -> Self {
        match self {
            // An I/O error cannot be cloned; its kind says enough the second time.
            Self::Io(error) => Self::Io(io::Error::from(error.kind())),
            Self::NotWellFormed(flaw) => Self::NotWellFormed(*flaw),
            Self::UnsupportedEncoding => Self::UnsupportedEncoding,
            Self::InvalidUtf8 => Self::InvalidUtf8,
            Self::InvalidCharacter => Self::InvalidCharacter,
            Self::DoctypeForbidden => Self::DoctypeForbidden,
            Self::UnknownEntity => Self::UnknownEntity,
            Self::LimitExceeded { limit, maximum } => Self::LimitExceeded {
                limit,
                maximum: *maximum,
            },
            Self::UnexpectedEnd => Self::UnexpectedEnd,
        }
    }
}

impl From<Flaw> for XmlErrorKind {
    fn from(flaw: Flaw) -> Self {
        Self::NotWellFormed(flaw)
    }
}

/// The rule of XML that was broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum Flaw {
    /// A name is missing, or has a character that names must not have.
    #[error("a name is missing or malformed")]
    Name,
    /// A name has a colon in the wrong place or more than one.
    #[error("a colon in the wrong place of a name")]
    QualifiedName,
    /// Something in a tag that is not an attribute.
    #[error("a malformed tag")]
    Tag,
    /// An attribute has no `=`.
    #[error("an attribute without a value")]
    AttributeWithoutValue,
    /// An attribute value has no quotes round it.
    #[error("an attribute value without quotes")]
    UnquotedValue,
    /// No white space before an attribute.
    #[error("no white space before an attribute")]
    NoSpaceBeforeAttribute,
    /// `<` in an attribute value.
    #[error("'<' in an attribute value")]
    LessThanInValue,
    /// Two attributes of one element have the same name.
    #[error("an attribute is there twice")]
    DuplicateAttribute,
    /// `&` that begins no reference, or a reference without its `;`.
    #[error("a malformed reference")]
    Reference,
    /// An end tag that does not match the open element.
    #[error("an end tag that does not match")]
    MismatchedEndTag,
    /// `]]>` in text.
    #[error("']]>' in text")]
    CDataEndInText,
    /// `--` in a comment.
    #[error("'--' in a comment")]
    DoubleHyphen,
    /// `<!` that begins neither a comment nor a CDATA section.
    #[error("unknown markup after '<!'")]
    Markup,
    /// A malformed processing instruction.
    #[error("a malformed processing instruction")]
    ProcessingInstruction,
    /// An XML declaration anywhere but at the start.
    #[error("an XML declaration in the wrong place")]
    MisplacedDeclaration,
    /// A malformed XML declaration.
    #[error("a malformed XML declaration")]
    Declaration,
    /// Text, a reference or a CDATA section outside the root element.
    #[error("text outside the root element")]
    TextOutsideRoot,
    /// A second root element.
    #[error("a second root element")]
    SecondRoot,
    /// A use of the prefixes `xml` or `xmlns`, or of their namespaces, that is not allowed.
    #[error("a reserved prefix or namespace")]
    ReservedNamespace,
    /// A prefix bound to the empty string.
    #[error("a prefix bound to no namespace")]
    EmptyPrefixBinding,
}

impl Flaw {
    /// The rule in Vietnamese; `Display` says it in English.
    #[must_use]
    pub fn vietnamese(self) -> &'static str {
        match self {
            Self::Name => "thiếu tên hoặc tên sai dạng",
            Self::QualifiedName => "dấu hai chấm đặt sai chỗ trong tên",
            Self::Tag => "thẻ sai dạng",
            Self::AttributeWithoutValue => "thuộc tính không có giá trị",
            Self::UnquotedValue => "giá trị thuộc tính không có dấu nháy",
            Self::NoSpaceBeforeAttribute => "thiếu khoảng trắng trước thuộc tính",
            Self::LessThanInValue => "có '<' trong giá trị thuộc tính",
            Self::DuplicateAttribute => "thuộc tính bị lặp",
            Self::Reference => "tham chiếu sai dạng",
            Self::MismatchedEndTag => "thẻ đóng không khớp",
            Self::CDataEndInText => "có ']]>' trong văn bản",
            Self::DoubleHyphen => "có '--' trong chú thích",
            Self::Markup => "cú pháp lạ sau '<!'",
            Self::ProcessingInstruction => "chỉ thị xử lý sai dạng",
            Self::MisplacedDeclaration => "khai báo XML đặt sai chỗ",
            Self::Declaration => "khai báo XML sai dạng",
            Self::TextOutsideRoot => "có văn bản ngoài phần tử gốc",
            Self::SecondRoot => "có phần tử gốc thứ hai",
            Self::ReservedNamespace => "dùng tiền tố hoặc không gian tên dành riêng",
            Self::EmptyPrefixBinding => "tiền tố không gắn với không gian tên nào",
        }
    }
}
