//! Made-up documents and statuses, from a seed. No organ, person, number or
//! text in them is real.

#![allow(dead_code, unreachable_pub)]
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test that cannot go on fails"
)]

use lienthong::packet::document::*;
use lienthong::packet::*;

/// A small generator: the same seed makes the same documents.
pub struct Maker(u64);

impl Maker {
    pub fn new(seed: u64) -> Self {
        Maker(seed)
    }

    /// SplitMix64.
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut value = self.0;
        value = (value ^ (value >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        value = (value ^ (value >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        value ^ (value >> 31)
    }

    pub fn below(&mut self, bound: u64) -> usize {
        (self.next() % bound) as usize
    }

    pub fn maybe<T>(&mut self, make: impl FnOnce(&mut Self) -> T) -> Option<T> {
        (self.below(3) > 0).then(|| make(self))
    }

    pub fn several<T>(&mut self, most: u64, mut make: impl FnMut(&mut Self) -> T) -> Vec<T> {
        (0..self.below(most + 1)).map(|_| make(self)).collect()
    }

    /// A text of at most `most` characters with what XML finds hard.
    pub fn text(&mut self, most: u64) -> String {
        const PARTS: &[&str] = &[
            "Thí dụ",
            "chỉ đạo",
            " ",
            "\n",
            "  ",
            "&",
            "<",
            ">",
            "]]>",
            "\"",
            "'",
            "ữ",
            "𠀋",
            "😀",
            "\t",
            "/",
            "số 12",
            "ĐẶNG",
            "e\u{301}",
            "\u{a0}",
            "--",
            "&amp;",
            "\u{85}",
            "\u{2028}",
        ];
        let mut text = String::from("T");
        while text.chars().count() + 10 < most as usize && self.below(6) > 0 {
            let part = PARTS[self.below(PARTS.len() as u64)];
            text.push_str(part);
        }
        text.push('t');
        text
    }

    pub fn organ_id(&mut self) -> OrganId {
        let (one, two) = (self.below(90) + 10, self.next() % 1_000_000);
        OrganId::new(format!("H{one}.{two}"))
    }

    pub fn document_id(&mut self) -> DocumentId {
        let one = self.next();
        DocumentId::new(format!("TD-{one:016x}"))
    }

    pub fn date(&mut self) -> Date {
        let day = self.below(28) as u32 + 1;
        Date::new(2000 + self.below(26) as u32, self.below(12) as u32 + 1, day).unwrap()
    }

    pub fn timestamp(&mut self) -> Timestamp {
        let date = self.date();
        let (hour, minute, second) = (self.below(24), self.below(60), self.below(60));
        Timestamp::new(date, hour as u8, minute as u8, second as u8).unwrap()
    }

    pub fn organ(&mut self) -> Organ {
        Organ {
            organ_id: Some(self.organ_id()),
            organization_in_charge: self.maybe(|maker| maker.text(200)),
            organ_name: Some(self.text(200)),
            organ_add: self.maybe(|maker| maker.text(250)),
            email: self.maybe(|_| "thidu@example.vn".to_owned()),
            telephone: self.maybe(|_| "000 000".to_owned()),
            fax: self.maybe(|_| "000 001".to_owned()),
            website: self.maybe(|_| "https://example.vn".to_owned()),
        }
    }

    fn staff(&mut self) -> StaffInfo {
        StaffInfo {
            department: Some(self.text(60)),
            department_id: self.maybe(|_| "PB1".to_owned()),
            staff: self.maybe(|_| "Người Thí Dụ".to_owned()),
            staff_id: self.maybe(|_| "NV1".to_owned()),
            email: self.maybe(|_| "nguoi@example.vn".to_owned()),
            mobile: self.maybe(|_| "000".to_owned()),
        }
    }

    fn response(&mut self) -> ResponseFor {
        ResponseFor {
            organ_id: Some(self.organ_id()),
            code: self.maybe(|_| "12/TD-VP".to_owned()),
            document_id: Some(self.document_id()),
            promulgation_date: self.maybe(Self::date),
        }
    }

    fn bussiness(&mut self) -> Bussiness {
        let kind = BusinessType::ALL[self.below(4)];
        let mut bussiness = Bussiness {
            document_id: self.maybe(Self::document_id),
            bussiness_doc_type: Some(kind),
            bussiness_doc_reason: self.maybe(|maker| maker.text(100)),
            paper: self.maybe(|maker| ZeroOne::from_number(maker.below(2) as u32)),
            bussiness_document_info: Vec::new(),
            replacement_info_list: Vec::new(),
            staff_info: self.several(2, Self::staff),
        };
        match kind {
            BusinessType::Update => {
                bussiness.document_id = Some(self.document_id());
                bussiness.bussiness_document_info = vec![BussinessDocumentInfo {
                    document_info: Some(ZeroOne::Yes),
                    document_receiver: Some(ZeroOne::No),
                    receiver_list: self.several(2, |maker| ReceiverList {
                        receiver: vec![Receiver {
                            organ_id: Some(maker.organ_id()),
                            receiver_type: Some(ReceiverChange::Added),
                        }],
                    }),
                }];
            }
            BusinessType::Replace => {
                let mut infos = self.several(2, Self::replacement);
                infos.push(self.replacement());
                bussiness.replacement_info_list = vec![ReplacementInfoList {
                    replacement_info: infos,
                }];
            }
            _ => {}
        }
        bussiness
    }

    fn replacement(&mut self) -> ReplacementInfo {
        let mut organs = self.several(2, Self::organ_id);
        organs.push(self.organ_id());
        ReplacementInfo {
            document_id: Some(self.document_id()),
            organ_id_list: Some(OrganIdList { organ_id: organs }),
        }
    }

    pub fn document(&mut self) -> Document {
        let mut to = self.several(4, Self::organ);
        to.push(self.organ());
        let mut document = Document {
            from: Some(self.organ()),
            to,
            document_id: Some(self.document_id()),
            code: Some(Code {
                code_number: Some(self.below(10_000).to_string()),
                code_notation: Some("TD-VPĐT".to_owned()),
            }),
            promulgation_info: Some(PromulgationInfo {
                place: self.maybe(|maker| maker.text(50)),
                promulgation_date: Some(self.date()),
            }),
            document_type: self.maybe(|maker| DocumentType {
                class: Some(DocumentClass::from_number(maker.below(4) as u32)),
                detail: maker.maybe(|maker| maker.below(40) as u32),
                type_name: maker.maybe(|_| "Công văn".to_owned()),
            }),
            subject: Some(self.text(500)),
            content: self.maybe(|maker| maker.text(500)),
            signer_info: self.maybe(|maker| SignerInfo {
                competence: maker.maybe(|_| "TL.".to_owned()),
                position: maker.maybe(|maker| maker.text(100)),
                full_name: Some("Người Thí Dụ".to_owned()),
            }),
            due_date: self.maybe(Self::date),
            other_info: self.maybe(|maker| OtherInfo {
                priority: Some(Priority::from_number(maker.below(7) as u32)),
                sphere_of_promulgation: maker.maybe(|maker| maker.text(100)),
                typer_notation: maker.maybe(|_| "TD".to_owned()),
                promulgation_amount: maker.maybe(|maker| maker.below(9) as u32),
                page_amount: maker.maybe(|maker| maker.below(9) as u32),
                reply_fors: maker.maybe(|maker| maker.text(100)),
                direction: maker.maybe(|maker| maker.below(2) == 1),
                reference_codes: maker.maybe(|maker| maker.text(100)),
                appendixes: maker.maybe(|maker| Appendixes {
                    appendix: vec![maker.text(250), maker.text(250)],
                }),
            }),
            response_for: self.several(3, Self::response),
            steering_type: Some(SteeringType::from_number(self.below(3) as u32)),
            response_for_task: self.maybe(|_| ResponseForTask {
                task_code: vec!["NV-1".into(), "NV-2".into()],
            }),
            application_type: self.maybe(|_| "THIDU".to_owned()),
            to_places: self.maybe(|maker| ToPlaces {
                place: vec![maker.text(150)],
            }),
            trace_header_list: Some(TraceHeaderList {
                bussiness: Some(self.bussiness()),
                trace_header: self.several(3, |maker| TraceHeader {
                    organ_id: Some(maker.organ_id()),
                    timestamp: Some(maker.timestamp()),
                }),
            }),
        };
        document.tidy();
        document
    }

    pub fn status(&mut self) -> Status {
        let codes = StatusCode::ALL;
        let mut status = Status {
            from: Some(self.organ()),
            response_for: Some(self.response()),
            staff_info: self.maybe(Self::staff),
            status_code: Some(codes[self.below(codes.len() as u64)]),
            description: Some(self.text(900)),
            timestamp: Some(self.timestamp()),
        };
        status.tidy();
        status
    }

    /// A name and bytes that fit it, so far as readers look.
    pub fn file(&mut self) -> (String, Vec<u8>) {
        let length = [0, 1, 2, 3, 100, 5_000, 70_000, 300_000][self.below(8)];
        let mut bytes: Vec<u8> = (0..length).map(|_| self.next() as u8).collect();
        let (extension, head): (_, &[u8]) = match self.below(5) {
            0 => ("pdf", b"%PDF-1.7\n"),
            1 => ("txt", b"text"),
            2 => ("png", b"\x89PNG\r\n\x1a\n"),
            3 => ("PDF", b"%PDF-1.4\n"),
            _ => ("dat", b""),
        };
        bytes.splice(0..0, head.iter().copied());
        if bytes.is_empty() {
            bytes.push(0);
        }
        (
            format!("Tệp thí dụ {}.{extension}", self.below(1_000)),
            bytes,
        )
    }
}

/// A document that is always the same.
pub fn fixed_document() -> DocumentBuilder {
    let organ = |id: &str, name: &str| Organ {
        organ_id: Some(id.into()),
        organ_name: Some(name.to_owned()),
        ..Organ::default()
    };
    DocumentBuilder::new(organ("H99.01", "Sở Thí dụ"), "H99.01-2026-000001")
        .to(organ("H99.02", "Phòng <Thử> & Nghiệm"))
        .to(organ("000.00.00.H98", "Ủy ban Thí dụ"))
        .code("12", "TD-VPĐT")
        .promulgated("Thí dụ", Date::new(2026, 3, 4).unwrap())
        .document_type(DocumentType {
            class: Some(DocumentClass::Administrative),
            detail: Some(18),
            type_name: Some("Công văn".to_owned()),
        })
        .subject("V/v thí dụ, dòng một\r\ndòng hai 𠀋")
        .priority(Priority::Urgent)
        .steering(SteeringType::Directive)
        .task("NV-1")
        .place("- Như trên;")
        .trace(
            "H99.01",
            Timestamp::new(Date::new(2026, 3, 4).unwrap(), 8, 30, 0).unwrap(),
        )
        .attach(
            Attachment::from_bytes("công văn.pdf", b"%PDF-1.4\nthi du\n".to_vec())
                .described("Bản chính"),
        )
        .attach(Attachment::from_bytes(
            "ghi chú.txt",
            "ghi chú\n".as_bytes().to_vec(),
        ))
}
