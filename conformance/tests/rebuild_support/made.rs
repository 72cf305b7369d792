//! Documents, statuses and attachments made from a seed.

use lienthong::packet::document::*;
use lienthong::packet::*;

/// SplitMix64, and what is drawn from it.
pub(crate) struct Made(u64);

const PALETTE: &[char] = &[
    'a',
    'B',
    'z',
    '0',
    '9',
    'ế',
    'Đ',
    'ộ',
    'ữ',
    'ă',
    ' ',
    ' ',
    '\n',
    '\t',
    '&',
    '<',
    '>',
    '"',
    '\'',
    ']',
    '=',
    ':',
    '{',
    '}',
    '-',
    '/',
    ',',
    '.',
    '\u{1F600}',
    '\u{20000}',
    '\u{FFFD}',
    '\r',
];

impl Made {
    pub(crate) fn new(seed: u64) -> Self {
        Made(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    pub(crate) fn below(&mut self, end: usize) -> usize {
        (self.next() % end as u64) as usize
    }

    fn some<T>(&mut self, make: impl FnOnce(&mut Self) -> T) -> Option<T> {
        (self.below(3) > 0).then(|| make(self))
    }

    fn list<T>(&mut self, most: usize, mut make: impl FnMut(&mut Self) -> T) -> Vec<T> {
        (0..self.below(most + 1)).map(|_| make(self)).collect()
    }

    /// A text of at most `most` characters, with a letter in it.
    fn text(&mut self, most: usize) -> String {
        let length = self.below(most.min(60));
        let mut text: String = (0..length)
            .map(|_| PALETTE[self.below(PALETTE.len())])
            .collect();
        text.push('x');
        text
    }

    fn date(&mut self) -> Date {
        let (year, month) = (1950 + self.below(90) as u32, 1 + self.below(12) as u32);
        Date::new(year, month, 1 + self.below(28) as u32).unwrap()
    }

    fn timestamp(&mut self) -> Timestamp {
        let date = self.date();
        let (hour, minute) = (self.below(24) as u8, self.below(60) as u8);
        Timestamp::new(date, hour, minute, self.below(60) as u8).unwrap()
    }

    fn number(&mut self) -> u32 {
        self.below(6) as u32
    }

    fn organ(&mut self, id: String) -> Organ {
        Organ {
            organ_id: Some(id.into()),
            organization_in_charge: self.some(|made| made.text(200)),
            organ_name: self.some(|made| made.text(200)),
            organ_add: self.some(|made| made.text(200)),
            email: self.some(|made| made.text(100)),
            telephone: self.some(|made| made.text(20)),
            fax: self.some(|made| made.text(20)),
            website: self.some(|made| made.text(100)),
        }
    }

    fn response_for(&mut self) -> ResponseFor {
        ResponseFor {
            organ_id: Some(format!("G{}", self.below(30)).into()),
            code: self.some(|made| made.text(40)),
            document_id: Some(self.text(40).into()),
            promulgation_date: self.some(Self::date),
        }
    }

    fn staff_info(&mut self) -> StaffInfo {
        StaffInfo {
            department: self.some(|made| made.text(40)),
            department_id: self.some(|made| made.text(40)),
            staff: Some(self.text(40)),
            staff_id: self.some(|made| made.text(40)),
            email: self.some(|made| made.text(40)),
            mobile: self.some(|made| made.text(40)),
        }
    }

    fn bussiness(&mut self) -> Bussiness {
        let kind = BusinessType::from_number(self.below(4) as u32);
        let organs = |made: &mut Self| OrganIdList {
            organ_id: (0..1 + made.below(3))
                .map(|n| format!("H{n}.{}", made.below(99)).into())
                .collect(),
        };
        let replacement = |made: &mut Self| ReplacementInfo {
            document_id: Some(made.text(40).into()),
            organ_id_list: Some(organs(made)),
        };
        let replaces = kind == BusinessType::Replace;
        Bussiness {
            document_id: match kind {
                BusinessType::Update | BusinessType::Recall => Some(self.text(40).into()),
                _ => self.some(|made| made.text(40).into()),
            },
            bussiness_doc_type: Some(kind),
            bussiness_doc_reason: self.some(|made| made.text(100)),
            paper: self.some(|made| ZeroOne::from_number(made.below(2) as u32)),
            bussiness_document_info: self.list(2, |made| BussinessDocumentInfo {
                document_info: made.some(|made| ZeroOne::from_number(made.below(2) as u32)),
                document_receiver: Some(ZeroOne::Yes),
                receiver_list: made.list(2, |made| ReceiverList {
                    receiver: made.list(2, |made| Receiver {
                        organ_id: Some(format!("H{}", made.below(99)).into()),
                        receiver_type: made
                            .some(|made| ReceiverChange::from_number(made.below(2) as u32)),
                    }),
                }),
            }),
            replacement_info_list: if replaces {
                vec![ReplacementInfoList {
                    replacement_info: (0..1 + self.below(3)).map(|_| replacement(self)).collect(),
                }]
            } else {
                Vec::new()
            },
            staff_info: self.list(2, Self::staff_info),
        }
    }

    pub(crate) fn document(&mut self) -> Document {
        let receivers = 1 + self.below(4);
        Document {
            from: Some(self.organ("H41.02".into())),
            to: (0..receivers)
                .map(|n| self.organ(format!("H{n}.03")))
                .collect(),
            document_id: Some(self.text(60).into()),
            code: Some(Code {
                code_number: Some(self.text(11)),
                code_notation: Some(self.text(30)),
            }),
            promulgation_info: Some(PromulgationInfo {
                place: self.some(|made| made.text(50)),
                promulgation_date: Some(self.date()),
            }),
            document_type: self.some(|made| DocumentType {
                class: made.some(|made| DocumentClass::from_number(made.number())),
                detail: made.some(Self::number),
                type_name: made.some(|made| made.text(100)),
            }),
            subject: Some(self.text(500)),
            content: self.some(|made| made.text(500)),
            signer_info: self.some(|made| SignerInfo {
                competence: made.some(|made| made.text(100)),
                position: made.some(|made| made.text(100)),
                full_name: made.some(|made| made.text(50)),
            }),
            due_date: self.some(Self::date),
            other_info: self.some(|made| OtherInfo {
                priority: made.some(|made| Priority::from_number(made.number())),
                sphere_of_promulgation: made.some(|made| made.text(100)),
                typer_notation: made.some(|made| made.text(10)),
                promulgation_amount: made.some(Self::number),
                page_amount: made.some(Self::number),
                reply_fors: made.some(|made| made.text(60)),
                direction: made.some(|made| made.below(2) == 0),
                reference_codes: made.some(|made| made.text(60)),
                appendixes: made.some(|made| Appendixes {
                    appendix: made.list(3, |made| made.text(250)),
                }),
            }),
            response_for: self.list(3, Self::response_for),
            steering_type: self.some(|made| SteeringType::from_number(made.below(3) as u32)),
            response_for_task: self.some(|made| ResponseForTask {
                task_code: made.list(3, |made| made.text(20).into()),
            }),
            application_type: self.some(|made| made.text(20)),
            to_places: self.some(|made| ToPlaces {
                place: made.list(3, |made| made.text(150)),
            }),
            trace_header_list: self.some(|made| TraceHeaderList {
                bussiness: made.some(Self::bussiness),
                trace_header: made.list(2, |made| TraceHeader {
                    organ_id: Some("H41.02".into()),
                    timestamp: Some(made.timestamp()),
                }),
            }),
        }
    }

    pub(crate) fn status(&mut self) -> Status {
        let code = StatusCode::ALL[self.below(StatusCode::ALL.len())];
        Status {
            from: Some(self.organ("H14.03".into())),
            response_for: Some(self.response_for()),
            staff_info: self.some(Self::staff_info),
            status_code: Some(code),
            description: Some(self.text(400)),
            timestamp: Some(self.timestamp()),
        }
    }

    /// Name and bytes of a file; its bytes are no ZIP unless it is named so.
    pub(crate) fn file(&mut self) -> (String, Vec<u8>) {
        const EXTENSIONS: [&str; 11] = [
            "pdf", "doc", "docx", "xls", "xlsx", "zip", "txt", "PDF", "xml", "jpg", "p7s",
        ];
        let extension = EXTENSIONS[self.below(EXTENSIONS.len())];
        let length = [1, 2, 3, 100, 5_000, 70_000][self.below(6)];
        let mut bytes: Vec<u8> = (0..length).map(|_| self.next() as u8).collect();
        bytes[0] = b'%';
        if extension == "zip" {
            bytes = super::zip(&[("bên trong.txt", &bytes)]);
        }
        let name = format!("Tệp {} số {}.{extension}", self.text(20), self.below(9));
        (name.replace('/', "_"), bytes)
    }

    pub(crate) fn files(&mut self) -> Vec<(String, Vec<u8>)> {
        self.list(4, Self::file)
    }
}
