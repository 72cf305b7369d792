//! The elements that a rebuild knows, in its write order (observed: EdXML102
//! 0.0.3). What is not here disappears.

/// Which of several elements of one name is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Occurs {
    First,
    Last,
    Many,
}

/// What an element holds.
#[derive(Clone, Copy, Debug)]
pub(super) enum Kind {
    Text,
    Date,
    Timestamp,
    /// Nothing but an attribute.
    Attribute(&'static str),
    Group(&'static [Element], Option<&'static str>),
}

/// An element that is known at its place.
#[derive(Clone, Copy, Debug)]
pub(super) struct Element {
    pub(super) name: &'static str,
    pub(super) kind: Kind,
    pub(super) occurs: Occurs,
}

const fn one(name: &'static str, kind: Kind) -> Element {
    Element {
        name,
        kind,
        occurs: Occurs::Last,
    }
}

const fn text(name: &'static str) -> Element {
    one(name, Kind::Text)
}

const fn group(name: &'static str, children: &'static [Element]) -> Element {
    one(name, Kind::Group(children, None))
}

const fn many(element: Element) -> Element {
    Element {
        occurs: Occurs::Many,
        ..element
    }
}

const fn first(element: Element) -> Element {
    Element {
        occurs: Occurs::First,
        ..element
    }
}

const ORGAN: &[Element] = &[
    text("OrganId"),
    text("OrganizationInCharge"),
    text("OrganName"),
    text("OrganAdd"),
    text("Email"),
    text("Telephone"),
    text("Fax"),
    text("Website"),
];

const RESPONSE_FOR: &[Element] = &[
    text("OrganId"),
    text("Code"),
    text("DocumentId"),
    one("PromulgationDate", Kind::Date),
];

const STAFF_INFO: &[Element] = &[
    text("Department"),
    text("DepartmentId"),
    text("Staff"),
    text("StaffId"),
    text("Email"),
    text("Mobile"),
];

/// `MessageHeader` of a document.
pub(super) const DOCUMENT: Element = group(
    "MessageHeader",
    &[
        group("From", ORGAN),
        many(group("To", ORGAN)),
        text("DocumentId"),
        group("Code", &[text("CodeNumber"), text("CodeNotation")]),
        group(
            "PromulgationInfo",
            &[text("Place"), one("PromulgationDate", Kind::Date)],
        ),
        group(
            "DocumentType",
            &[text("Type"), text("TypeDetail"), text("TypeName")],
        ),
        text("Subject"),
        text("Content"),
        group(
            "SignerInfo",
            &[text("Competence"), text("Position"), text("FullName")],
        ),
        one("DueDate", Kind::Date),
        group("OtherInfo", OTHER_INFO),
        many(group("ResponseFor", RESPONSE_FOR)),
        text("SteeringType"),
        group("ResponseForTask", &[many(text("TaskCode"))]),
        text("ApplicationType"),
        group("ToPlaces", &[many(text("Place"))]),
    ],
);

/// The children of `OtherInfo`.
pub(super) const OTHER_INFO: &[Element] = &[
    text("Priority"),
    text("SphereOfPromulgation"),
    text("TyperNotation"),
    text("PromulgationAmount"),
    text("PageAmount"),
    text("ReplyFors"),
    text("Direction"),
    text("ReferenceCodes"),
    group("Appendixes", &[many(text("Appendix"))]),
];

/// `MessageHeader` of a status.
pub(super) const STATUS: Element = group(
    "MessageHeader",
    &[
        group("From", ORGAN),
        group("ResponseFor", RESPONSE_FOR),
        group("StaffInfo", STAFF_INFO),
        text("StatusCode"),
        text("Description"),
        one("Timestamp", Kind::Timestamp),
    ],
);

/// `TraceHeaderList`.
pub(super) const TRACE: Element = group(
    "TraceHeaderList",
    &[
        group(
            "Bussiness",
            &[
                text("DocumentId"),
                text("BussinessDocType"),
                text("BussinessDocReason"),
                text("Paper"),
                many(group(
                    "BussinessDocumentInfo",
                    &[
                        text("DocumentInfo"),
                        text("DocumentReceiver"),
                        many(group(
                            "ReceiverList",
                            &[many(group(
                                "Receiver",
                                &[text("OrganId"), text("ReceiverType")],
                            ))],
                        )),
                    ],
                )),
                many(group(
                    "ReplacementInfoList",
                    &[many(group(
                        "ReplacementInfo",
                        &[
                            text("DocumentId"),
                            group("OrganIdList", &[many(text("OrganId"))]),
                        ],
                    ))],
                )),
                many(group("StaffInfo", STAFF_INFO)),
            ],
        ),
        many(group("TraceHeader", TRACE_HEADER)),
    ],
);

const TRACE_HEADER: &[Element] = &[text("OrganId"), one("Timestamp", Kind::Timestamp)];

/// `Signature`: one subject name and the first certificate; `Object`, `KeyName`,
/// other children of `KeyInfo` and `Id` attributes are lost.
pub(super) const SIGNATURE: Element = group(
    "Signature",
    &[
        group(
            "SignedInfo",
            &[
                one("CanonicalizationMethod", Kind::Attribute("Algorithm")),
                one("SignatureMethod", Kind::Attribute("Algorithm")),
                many(one(
                    "Reference",
                    Kind::Group(
                        &[
                            group(
                                "Transforms",
                                &[many(one("Transform", Kind::Attribute("Algorithm")))],
                            ),
                            one("DigestMethod", Kind::Attribute("Algorithm")),
                            text("DigestValue"),
                        ],
                        Some("URI"),
                    ),
                )),
            ],
        ),
        text("SignatureValue"),
        group(
            "KeyInfo",
            &[first(group(
                "X509Data",
                &[
                    first(text("X509SubjectName")),
                    first(text("X509Certificate")),
                ],
            ))],
        ),
    ],
);

/// An entry of the manifest.
pub(super) const REFERENCE: Element = group(
    "Reference",
    &[
        text("ContentId"),
        text("ContentType"),
        text("Description"),
        text("AttachmentName"),
    ],
);

/// An attachment, but for its data.
pub(super) const ATTACHMENT: Element = group(
    "Attachment",
    &[
        text("ContentId"),
        text("AttachmentName"),
        text("Description"),
        text("FieldName"),
        text("MimeType"),
        text("ContentType"),
    ],
);
