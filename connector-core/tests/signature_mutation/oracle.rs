//! The oracle's process, and what it says of documents.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use crate::packets::Genuine;

/// What a changed document may be called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    /// It is as much the signed document as the original.
    Same,
    /// It may be valid, and differs where nothing is signed.
    Allowed,
    /// It may not be valid, and why.
    Not(String),
}

pub(crate) struct Oracle {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Oracle {
    /// None where it cannot be asked.
    pub(crate) fn of(genuine: &[Genuine]) -> Option<Self> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/signature_mutation");
        let loads = Command::new("python3")
            .args(["-c", "import ctypes; ctypes.CDLL('libxml2.so.2')"])
            .stderr(Stdio::null())
            .status()
            .is_ok_and(|status| status.success());
        if !loads {
            assert!(
                std::env::var_os("CI").is_none(),
                "python3 or libxml2 is missing"
            );
            println!("NOT COMPARED: python3 or libxml2 is missing");
            return None;
        }
        let mut child = Command::new("python3")
            .arg(folder.join("oracle.py"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut oracle = Oracle {
            input: child.stdin.take().unwrap(),
            output: BufReader::new(child.stdout.take().unwrap()),
            child,
        };
        let originals: Vec<(u32, &[u8])> = genuine
            .iter()
            .enumerate()
            .map(|(index, genuine)| {
                let place = u32::from(genuine.is_seal()) << 31;
                (index as u32 | place, genuine.text.as_slice())
            })
            .collect();
        oracle.ask(&originals);
        let answers = oracle.answers(originals.len());
        assert!(answers.iter().all(|answer| *answer == Answer::Same));
        Some(oracle)
    }

    /// Gives it a batch: the number of each one's original, and its bytes.
    pub(crate) fn ask(&mut self, batch: &[(u32, &[u8])]) {
        let mut bytes = (batch.len() as u32).to_le_bytes().to_vec();
        for (number, document) in batch {
            bytes.extend_from_slice(&number.to_le_bytes());
            bytes.extend_from_slice(&(document.len() as u32).to_le_bytes());
            bytes.extend_from_slice(document);
        }
        self.input.write_all(&bytes).unwrap();
        self.input.flush().unwrap();
    }

    /// What it says of the batch.
    pub(crate) fn answers(&mut self, count: usize) -> Vec<Answer> {
        (0..count)
            .map(|_| {
                let mut line = String::new();
                self.output.read_line(&mut line).unwrap();
                match line.trim_end() {
                    "same" => Answer::Same,
                    "allowed" => Answer::Allowed,
                    "" => panic!("the oracle failed"),
                    why => Answer::Not(why.to_owned()),
                }
            })
            .collect()
    }
}

impl Drop for Oracle {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
