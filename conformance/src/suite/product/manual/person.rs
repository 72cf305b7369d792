//! The person at the keyboard: what is shown, and what is typed in reply.

use std::io::{self, BufRead, Write};

use lienthong::Language;

use crate::suite::product::Heard;
use crate::suite::said;
use crate::suite::text::{Said, Text, t};
use crate::suite::verdict::Stop;

/// Why nobody answers any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Over {
    /// The person ended the run.
    Left,
    /// The input came to its end.
    Closed,
}

impl Over {
    /// What a case says that was not begun, or not ended.
    pub(crate) fn said(self) -> Said {
        match self {
            Over::Left => said!(
                "the run was ended before this case",
                "người kiểm thử dừng trước ca này"
            ),
            Over::Closed => said!(
                "the input of the terminal ended before this case",
                "cửa sổ dòng lệnh đã đóng trước ca này"
            ),
        }
    }
}

/// What was typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Reply {
    /// The Enter key and nothing else.
    Enter,
    Yes,
    No,
    Typed(String),
}

pub(super) type Turn<T> = Result<T, Heard>;

/// How to answer, shown once.
const HELP: Text = t(
    "How to answer: do what is asked, then press Enter. At every question you may also type\n\
     \x20 no    the product does not let you, or does not show it\n\
     \x20 ?     you cannot do it, or cannot tell: the case is left for somebody to look at\n\
     \x20 s     pass over this case\n\
     \x20 q     end the run; what was done so far stands in the report\n\
     What came in: look at the list of incoming documents; requests to recall, update or replace\n\
     a document count, too. Type number and notation as the screen shows them, such as 12/TD-VP,\n\
     or - where it shows none. If the product numbers by itself what you send, type the number\n\
     and notation that it gave in place of Enter.\n\
     Take your time: the suite counts how long the product takes, not how long you do.",
    "Cách trả lời: làm theo yêu cầu rồi ấn Enter. Ở mọi câu hỏi đều có thể gõ\n\
     \x20 không   phần mềm không cho làm, hoặc không hiện\n\
     \x20 ?       không làm được hoặc không biết: để lại ca này cho người khác xem xét\n\
     \x20 bỏ      bỏ qua ca này\n\
     \x20 thoát   dừng tại đây; phần đã làm vẫn có trong báo cáo\n\
     Danh sách đến: gồm văn bản đến và các yêu cầu thu hồi, cập nhật, thay thế văn bản. Gõ số và\n\
     ký hiệu đúng như màn hình đang hiện, ví dụ 12/TD-VP; nếu không hiện số thì gõ -. Phần mềm\n\
     tự cấp số cho văn bản đi thì gõ số và ký hiệu được cấp thay cho Enter.\n\
     Cứ thong thả: bộ kiểm thử chỉ tính thời gian chờ phần mềm, không tính thời gian thao tác.",
);

pub(super) struct Person {
    pub(super) language: Language,
    input: Box<dyn BufRead + Send>,
    output: Box<dyn Write + Send>,
    pub(super) over: Option<Over>,
}

impl Person {
    pub(super) fn new(
        language: Language,
        input: Box<dyn BufRead + Send>,
        output: Box<dyn Write + Send>,
    ) -> Self {
        Person {
            language,
            input,
            output,
            over: None,
        }
    }

    pub(super) fn of(&self, text: Text) -> &'static str {
        text.of(self.language)
    }

    pub(super) fn help(&mut self) {
        let help = self.of(HELP);
        self.say(&format!("\n{help}"));
    }

    /// Says something that needs no answer.
    pub(super) fn say(&mut self, words: &str) {
        // Who does not look at the screen is found out at the next question.
        let _ = writeln!(self.output, "{words}");
        let _ = self.output.flush();
    }

    /// Shows a step, and takes the line that is typed.
    pub(super) fn ask(&mut self, step: &str) -> Turn<Reply> {
        if let Some(over) = self.over {
            return Err(Heard::Ended(Stop::Manual(over.said())));
        }
        let typed = self.show(step).ok().flatten();
        let Some(typed) = typed else {
            self.over = Some(Over::Closed);
            return Err(Heard::Ended(Stop::Manual(Over::Closed.said())));
        };
        match word(&typed).as_str() {
            "" => Ok(Reply::Enter),
            "y" | "yes" | "c" | "co" | "có" => Ok(Reply::Yes),
            "n" | "no" | "k" | "khong" | "không" => Ok(Reply::No),
            "?" => Err(Heard::Ended(Stop::Manual(said!(
                "the person could not do a step, or could not tell: somebody has to look",
                "người thực hiện không làm được hoặc không trả lời được một bước: cần người xem xét"
            )))),
            "s" | "skip" | "b" | "bo" | "bỏ" | "bỏ qua" | "bo qua" => {
                Err(Heard::Ended(Stop::Manual(said!(
                    "the person passed over it",
                    "người thực hiện bỏ qua ca này"
                ))))
            }
            "q" | "quit" | "t" | "thoat" | "thoát" => {
                self.over = Some(Over::Left);
                Err(Heard::Ended(Stop::Manual(said!(
                    "the person ended the run during this case",
                    "người thực hiện dừng khi đang làm ca này"
                ))))
            }
            _ => Ok(Reply::Typed(typed)),
        }
    }

    /// A line; none where the input ended.
    fn show(&mut self, step: &str) -> io::Result<Option<String>> {
        write!(self.output, "\n{step}\n> ")?;
        self.output.flush()?;
        let mut line = Vec::new();
        if self.input.read_until(b'\n', &mut line)? == 0 {
            return Ok(None);
        }
        Ok(Some(String::from_utf8_lossy(&line).trim().to_owned()))
    }

    /// Asks until one of the answers is typed.
    pub(super) fn choose<T>(
        &mut self,
        question: &str,
        mut meaning: impl FnMut(&Reply) -> Option<T>,
    ) -> Turn<T> {
        loop {
            let reply = self.ask(question)?;
            if let Some(meant) = meaning(&reply) {
                return Ok(meant);
            }
            let again = self.of(t(
                "That is none of the answers.",
                "Câu trả lời không hợp lệ.",
            ));
            self.say(again);
        }
    }

    /// Asks for a yes or a no.
    pub(super) fn yes(&mut self, question: &str) -> Turn<bool> {
        let keys = self.of(t("y = yes, no = no.", "Gõ `có` hoặc `không`."));
        self.choose(&format!("{question}\n{keys}"), |reply| match reply {
            Reply::Yes => Some(true),
            Reply::No => Some(false),
            _ => None,
        })
    }

    /// Whether the product shows a text as it is known to be; else what it shows.
    pub(super) fn compare(&mut self, what: &str, expected: &str) -> Turn<String> {
        if expected.is_empty() {
            return self.field(&format!("{what}:"));
        }
        let question = match self.language {
            Language::English => format!(
                "{what}: does the product show exactly this: {expected}\n\
                 y = yes; else type what it shows, or no if it shows nothing."
            ),
            Language::Vietnamese => format!(
                "{what}: phần mềm có hiện đúng nguyên văn sau không: {expected}\n\
                 Đúng thì gõ `có`; khác thì gõ nội dung đang hiện; không hiện gì thì gõ `không`."
            ),
        };
        self.choose(&question, |reply| match reply {
            Reply::Yes => Some(expected.to_owned()),
            Reply::No => Some(String::new()),
            Reply::Typed(text) => Some(text.clone()),
            Reply::Enter => None,
        })
    }

    /// What the product shows of something; empty where it shows none.
    pub(super) fn field(&mut self, question: &str) -> Turn<String> {
        let none = self.of(t(
            "Enter if the product shows none.",
            "Phần mềm không hiện thì ấn Enter.",
        ));
        Ok(match self.ask(&format!("{question}\n{none}"))? {
            Reply::Typed(text) => text,
            Reply::Enter | Reply::No | Reply::Yes => String::new(),
        })
    }
}

/// A typed word as it is compared: in small letters, marks that a keyboard wrote
/// apart from their letter taken off.
fn word(typed: &str) -> String {
    let letters = typed
        .chars()
        .filter(|c| !('\u{300}'..='\u{36f}').contains(c));
    letters.flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::word;

    #[test]
    fn a_word_is_understood_however_its_marks_are_typed() {
        assert_eq!(word("Không"), "không");
        assert_eq!(word("kho\u{302}ng"), "khong");
        assert_eq!(word("THOA\u{301}T"), "thoat");
    }
}
