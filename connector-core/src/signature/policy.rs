//! What a receiver asks of the signatures before it takes a packet.

use std::str::FromStr;

use super::report::{Authenticity, Report};
use crate::finding::Language;

/// What has to be proven. A signer who is known to be another organ than the sender, or, where
/// there is a map of organs, is not in it, satisfies none but [`Policy::Record`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Policy {
    /// Nothing: the report is kept.
    Record,
    /// A valid seal. It does not matter what a rebuild left of the packet signature.
    RequireSeal,
    /// A valid signature over the whole packet.
    RequirePacket,
    /// Nothing invalid, and one of both valid.
    Strict,
}

impl Policy {
    /// Every policy.
    pub const ALL: [Policy; 4] = [
        Policy::Record,
        Policy::RequireSeal,
        Policy::RequirePacket,
        Policy::Strict,
    ];

    /// The stable word.
    pub fn as_str(self) -> &'static str {
        match self {
            Policy::Record => "record",
            Policy::RequireSeal => "require-seal",
            Policy::RequirePacket => "require-packet",
            Policy::Strict => "strict",
        }
    }

    /// Whether a report satisfies it.
    pub fn is_met(self, report: &Report) -> bool {
        match self {
            Policy::Record => true,
            Policy::RequireSeal => report.seal.is_proof(),
            Policy::RequirePacket => report.packet_signature.is_proof(),
            Policy::Strict => report.authenticity == Authenticity::Proven,
        }
    }

    /// Why a report does not satisfy it, for the sender: which signature is missing or what is
    /// said of it, with the codes of its reasons. No subject, no name.
    pub fn complaint(self, report: &Report, language: Language) -> Option<String> {
        if self.is_met(report) {
            return None;
        }
        let both = [
            (
                "packet signature",
                "chữ ký gói tin",
                &report.packet_signature,
            ),
            ("seal", "niêm phong", &report.seal),
        ];
        let parts: Vec<String> = both
            .into_iter()
            .filter(|(english, _, judged)| match self {
                Policy::RequireSeal => *english == "seal",
                Policy::RequirePacket => *english != "seal",
                _ => !judged.is_proof(),
            })
            .map(|(english, vietnamese, judged)| {
                let codes: Vec<&str> = judged
                    .reasons
                    .iter()
                    .map(|reason| reason.code.as_str())
                    .collect();
                let codes = if codes.is_empty() {
                    String::new()
                } else {
                    format!(" ({})", codes.join(", "))
                };
                match language {
                    Language::English => format!("{english}: {}{codes}", judged.verdict),
                    Language::Vietnamese => {
                        format!("{vietnamese}: {}{codes}", judged.verdict.vietnamese())
                    }
                }
            })
            .collect();
        let parts = parts.join("; ");
        Some(match language {
            Language::English => format!("The authenticity asked for is not proven. {parts}"),
            Language::Vietnamese => {
                format!("Chưa chứng minh được tính xác thực theo yêu cầu. {parts}")
            }
        })
    }
}

impl FromStr for Policy {
    type Err = &'static str;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        Policy::ALL
            .into_iter()
            .find(|policy| policy.as_str() == word)
            .ok_or("the policies are record, require-seal, require-packet and strict")
    }
}
