//! Privacy: what must not leave the product.

use std::time::Duration;

use serde_json::{Value, json};

use crate::axis_server::Kind;
use crate::suite::bench::{Bench, PEER};
use crate::suite::case::{
    Case, Chapter::Privacy, Level::Must, Level::Should, Need::Command, Need::Fresh, Run,
};
use crate::suite::lab::Lab;
use crate::suite::letter::{Letter, Made, made_status};
use crate::suite::said;
use crate::suite::text::t;
use crate::suite::verdict::{Outcome, ensure};

const BASE: Case = Case {
    id: "",
    chapter: Privacy,
    level: Must,
    clauses: &["P20"],
    refusal: None,
    title: t("", ""),
    why: t(
        "What stands on the wire stands in the logs of every machine on the way.",
        "Những gì đi trên đường truyền đều nằm lại trong nhật ký của mọi máy trung gian.",
    ),
    steps: &[t(
        "The product sends a document with a file, receives one and accepts it.",
        "Phần mềm gửi một văn bản có tệp, nhận một văn bản và tiếp nhận.",
    )],
    expected: t("", ""),
    needs: &[Command("send"), Command("poll"), Command("accept"), Fresh],
    quick: true,
    run: Run::Connector(path_in_heads),
};

pub(super) const CASES: &[Case] = &[
    Case {
        id: "privacy-no-path-in-requests",
        clauses: &["P20", "wire-get"],
        refusal: Some(t(
            "No parameter `filePath` and no folder of the machine in any request.",
            "Không có tham số `filePath`, không có thư mục của máy trong yêu cầu nào.",
        )),
        title: t(
            "Requests name no place on the machine",
            "Yêu cầu gửi trục không nêu vị trí trên máy",
        ),
        expected: t(
            "No header and no path holds the folder of store or files.",
            "Không tiêu đề hay đường dẫn nào chứa thư mục lưu trữ hoặc thư mục tệp.",
        ),
        run: Run::Connector(path_in_heads),
        ..BASE
    },
    Case {
        id: "privacy-no-path-in-packets",
        refusal: Some(t(
            "Of an attached file only its name travels, not its folder.",
            "Chỉ tên tệp được gửi đi, không kèm thư mục.",
        )),
        title: t(
            "Packets name no place on the machine",
            "Gói tin không nêu vị trí trên máy",
        ),
        expected: t(
            "No packet at the axis holds the folder of the file.",
            "Không gói tin nào tại trục chứa thư mục của tệp.",
        ),
        needs: &[Command("send")],
        run: Run::Connector(path_in_packets),
        ..BASE
    },
    Case {
        id: "privacy-no-user-and-host",
        level: Should,
        refusal: Some(t(
            "Neither the account nor the name of the machine is sent.",
            "Không gửi tên tài khoản hay tên máy.",
        )),
        title: t(
            "Nobody learns which account on which machine it was",
            "Không để lộ tài khoản nào, máy nào",
        ),
        expected: t(
            "Neither stands in a request or in a packet.",
            "Không có trong yêu cầu hay gói tin.",
        ),
        run: Run::Connector(user_and_host),
        ..BASE
    },
    Case {
        id: "privacy-no-content-in-requests",
        level: Should,
        clauses: &["P20", "wire-parameters"],
        refusal: Some(t(
            "No subject, person, mail address or telephone number in a header.",
            "Không có trích yếu, tên người, thư điện tử, số điện thoại trong tiêu đề.",
        )),
        title: t(
            "What a document says stands in the packet only",
            "Nội dung văn bản chỉ nằm trong gói tin",
        ),
        expected: t(
            "No header and no path holds a text of the document.",
            "Không tiêu đề hay đường dẫn nào chứa chữ của văn bản.",
        ),
        run: Run::Connector(content_in_heads),
        ..BASE
    },
    Case {
        id: "privacy-secret-not-sent",
        clauses: &["P20", "wire-hmac", "QD28-13"],
        refusal: Some(t(
            "The secret itself never travels, only what it signs.",
            "Khóa bí mật không bao giờ được gửi, chỉ gửi chữ ký tạo từ khóa.",
        )),
        title: t(
            "The secret of the connection stays at home",
            "Khóa bí mật của kết nối không rời khỏi máy",
        ),
        why: t(
            "Whoever has it sends documents in the name of the agency.",
            "Ai có khóa đều gửi được văn bản thay cơ quan.",
        ),
        expected: t(
            "It stands in no header, path or packet.",
            "Không có trong tiêu đề, đường dẫn hay gói tin nào.",
        ),
        run: Run::Connector(secret_sent),
        ..BASE
    },
    Case {
        id: "privacy-secret-not-shown",
        clauses: &["P20", "QD28-13"],
        refusal: Some(t(
            "No answer and no line of error output shows the secret.",
            "Không câu trả lời hay dòng lỗi nào hiện khóa bí mật.",
        )),
        title: t(
            "The secret is shown nowhere, also where the axis refuses it",
            "Khóa bí mật không hiện ở đâu, kể cả khi trục từ chối",
        ),
        why: t(
            "Logs go to vendors and tickets; secrets in them are lost.",
            "Nhật ký được gửi cho nhà cung cấp; khóa nằm trong đó coi như lộ.",
        ),
        steps: &[t(
            "The product works with a secret that the axis refuses; then it is asked for all it can tell.",
            "Phần mềm chạy với khóa bị trục từ chối; sau đó hỏi mọi thông tin nó cho biết.",
        )],
        expected: t(
            "The secret stands in none of the answers and not in the error output.",
            "Khóa không có trong câu trả lời nào, không có trong luồng lỗi.",
        ),
        needs: &[Command("send"), Fresh],
        run: Run::Connector(secret_shown),
        ..BASE
    },
    Case {
        id: "privacy-error-output",
        level: Should,
        refusal: Some(t(
            "No subject, person or remark in the error output.",
            "Không có trích yếu, tên người, ý kiến trong luồng lỗi.",
        )),
        title: t(
            "Logs hold ids and codes, not what people wrote",
            "Nhật ký chỉ có mã, không có nội dung người viết",
        ),
        why: t(
            "Who may read the logs may not read the documents.",
            "Người được xem nhật ký chưa chắc được xem văn bản.",
        ),
        steps: &[t(
            "Documents and statuses with marked texts go and come, one is refused, one cannot be read.",
            "Văn bản, trạng thái mang chữ đánh dấu được gửi, nhận, bị từ chối, không đọc được.",
        )],
        expected: t(
            "None of the marks stands in the error output.",
            "Không dấu nào có trong luồng lỗi.",
        ),
        run: Run::Connector(error_output),
        ..BASE
    },
    Case {
        id: "privacy-error-answers",
        level: Should,
        refusal: Some(t(
            "An error names elements, never their texts.",
            "Lỗi chỉ nêu tên phần tử, không nêu nội dung.",
        )),
        title: t(
            "An error does not repeat the document",
            "Lỗi không nhắc lại nội dung văn bản",
        ),
        why: t(
            "Errors are logged and shown to operators.",
            "Lỗi được ghi nhật ký và hiện cho người vận hành.",
        ),
        steps: &[t(
            "Sendings with marked texts are refused: without receiver, with an unknown member, with a bad date.",
            "Yêu cầu gửi mang chữ đánh dấu bị từ chối: thiếu nơi nhận, trường lạ, ngày sai.",
        )],
        expected: t(
            "The errors hold none of the marks.",
            "Lỗi không chứa dấu nào.",
        ),
        needs: &[Command("send")],
        run: Run::Connector(error_answers),
        ..BASE
    },
    Case {
        id: "privacy-state-secret",
        clauses: &["QD28-1.2"],
        refusal: Some(t(
            "`send` is refused where the document contains a state secret.",
            "`send` bị từ chối khi văn bản có bí mật nhà nước.",
        )),
        title: t(
            "A document with state secrets is not sent",
            "Văn bản có bí mật nhà nước không được gửi",
        ),
        why: t(
            "The regulation is not for such documents; the axis is no place for them.",
            "Quy định không áp dụng với văn bản này; không được đưa lên trục.",
        ),
        steps: &[t(
            "The product is told to send a document that contains a state secret.",
            "Yêu cầu phần mềm gửi văn bản có bí mật nhà nước.",
        )],
        expected: t(
            "An error, and not one call to send.",
            "Báo lỗi, và không có lời gọi gửi nào.",
        ),
        needs: &[Command("send")],
        run: Run::Connector(state_secret),
        ..BASE
    },
    Case {
        id: "privacy-state-secret-unsaid",
        clauses: &["QD28-1.2"],
        refusal: Some(t(
            "`send` is refused where nobody said whether it contains a state secret.",
            "`send` bị từ chối khi chưa khai có bí mật nhà nước hay không.",
        )),
        title: t(
            "Somebody has to say that there is no state secret",
            "Phải có người xác nhận văn bản không chứa bí mật nhà nước",
        ),
        why: t(
            "A default would be the answer of nobody.",
            "Giá trị mặc định nghĩa là không ai chịu trách nhiệm.",
        ),
        steps: &[t(
            "The product is told to send without the statement, and with null and a text in its place.",
            "Yêu cầu phần mềm gửi mà không khai, rồi khai null và khai bằng chữ.",
        )],
        expected: t(
            "Errors, and not one call to send.",
            "Báo lỗi, và không có lời gọi gửi nào.",
        ),
        needs: &[Command("send")],
        run: Run::Connector(state_secret_unsaid),
        ..BASE
    },
];

/// Words that stand in the texts of [`marked`] documents and nowhere else.
const MARKS: &[&str] = &[
    "danhdautrichyeu",
    "danhdaunguoiky",
    "danhdau@thu.example",
    "0900123987",
    "danhdauykien",
];

/// With marks in all that people wrote.
fn marked(letter: Letter) -> Letter {
    letter
        .with("/Subject", json!("V/v danhdautrichyeu"))
        .with("/Content", json!("Tóm tắt danhdautrichyeu"))
        .with("/SignerInfo", json!({ "FullName": "danhdaunguoiky" }))
        .with("/From/Email", json!("danhdau@thu.example"))
        .with("/From/Telephone", json!("0900123987"))
}

fn marked_made(lab: &Lab) -> Made {
    let mut made = Made::document(PEER, lab.organ(), lab.number());
    made.subject = "V/v danhdautrichyeu".to_owned();
    made.more = "<edXML:SignerInfo><edXML:FullName>danhdaunguoiky</edXML:FullName>\
                 </edXML:SignerInfo>"
        .to_owned();
    made
}

/// Sends a marked document with a file, and receives one.
fn traffic(lab: &mut Lab) -> Outcome {
    let path = lab.file("cong-van.pdf", b"%PDF-1.4\nmade up\n")?;
    let letter = marked(lab.letter(&[PEER])).attach(&path);
    lab.send(&letter)?;
    lab.await_letter(&letter)?;
    let made = marked_made(lab);
    let delivery = lab.deliver(PEER, Kind::Document, &made.bytes())?;
    lab.take_document(&made.document_id, |_| {})?;
    lab.await_acknowledgement(&delivery)?;
    lab.await_status("01", &made.document_id).map(|_| ())
}

/// A lab whose axis looks for these.
fn looking_for(bench: &Bench, marks: &[String]) -> Outcome<Lab> {
    bench.lab_with(|setup| {
        let marks = marks.to_vec();
        setup.axis(|config| config.marks = marks);
    })
}

/// That no request had a mark in its head.
fn heads_clean(lab: &Lab) -> Outcome {
    let log = lab.axis.wire_log(0, Duration::ZERO);
    let found = log.iter().find_map(|entry| {
        let place = entry.marked.first()?;
        Some((entry.path.clone(), place.clone()))
    });
    let (path, place) = found.clone().unwrap_or_default();
    ensure(found.is_none(), || {
        said!("{place} of {path} holds it", "{place} của {path} có chứa")
    })
}

/// That no packet of the product holds one of these.
fn packets_clean(lab: &Lab, marks: &[String]) -> Outcome {
    for packet in lab.sent()? {
        let holds = |mark: &&String| {
            let mark = mark.as_bytes();
            packet.bytes.windows(mark.len()).any(|part| part == mark)
        };
        let id = packet.document_id();
        ensure(!marks.iter().any(|mark| holds(&mark)), || {
            said!("a packet about {id} holds it", "gói tin về {id} có chứa")
        })?;
    }
    Ok(())
}

/// The names of the folders of a case that stand nowhere else.
fn folders(bench: &Bench) -> Vec<String> {
    let whole = bench.folder().display().to_string();
    let run = bench.folder().parent().and_then(std::path::Path::file_name);
    let run = run.map(|name| name.to_string_lossy().into_owned());
    run.filter(|name| name.len() >= 8)
        .into_iter()
        .chain([whole])
        .collect()
}

fn path_in_heads(bench: &Bench) -> Outcome {
    let mut lab = looking_for(bench, &folders(bench))?;
    traffic(&mut lab)?;
    heads_clean(&lab)?;
    let log = lab.axis.wire_log(0, Duration::ZERO);
    let leaked = log.iter().any(|entry| {
        let mut names = entry.headers.iter().map(|(name, _)| name.to_lowercase());
        names.any(|name| name.ends_with("-filepath"))
    });
    ensure(!leaked, || {
        said!("`filePath` was sent", "tham số `filePath` đã được gửi")
    })
}

fn path_in_packets(bench: &Bench) -> Outcome {
    let mut lab = bench.lab()?;
    let folder = lab.file("x.pdf", b"x")?;
    let marks: Vec<String> = folder
        .parent()
        .map(|folder| folder.display().to_string())
        .into_iter()
        .chain(folders(bench))
        .collect();
    let path = lab.file("cong-van.pdf", b"%PDF-1.4\nmade up\n")?;
    let other = lab.file("ghi-chu.txt", b"made up\n")?;
    let letter = lab.letter(&[PEER]).attach(&path).attach(&other);
    lab.send(&letter)?;
    lab.await_letter(&letter)?;
    packets_clean(&lab, &marks)
}

fn user_and_host(bench: &Bench) -> Outcome {
    let (user, host) = ("td-nguoi-dung-7731", "td-may-chu-7731");
    let mut marks = vec![user.to_owned(), host.to_owned()];
    let real = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    // Short names stand in other words.
    marks
        .extend(Some(real.trim().to_owned()).filter(|name| name.len() >= 8 && name != "localhost"));
    let looked_for = marks.clone();
    let mut lab = bench.lab_with(|setup| {
        for name in ["USER", "LOGNAME", "USERNAME"] {
            setup.environment(name, user);
        }
        for name in ["HOSTNAME", "COMPUTERNAME"] {
            setup.environment(name, host);
        }
        setup.axis(|config| config.marks = looked_for);
    })?;
    traffic(&mut lab)?;
    heads_clean(&lab)?;
    packets_clean(&lab, &marks)
}

fn owned(marks: &[&str]) -> Vec<String> {
    marks.iter().map(|&mark| mark.to_owned()).collect()
}

fn content_in_heads(bench: &Bench) -> Outcome {
    let mut lab = looking_for(bench, &owned(MARKS))?;
    traffic(&mut lab)?;
    heads_clean(&lab)
}

fn secret_sent(bench: &Bench) -> Outcome {
    let secret = bench.secret.clone();
    let mut lab = looking_for(bench, std::slice::from_ref(&secret))?;
    traffic(&mut lab)?;
    heads_clean(&lab)?;
    packets_clean(&lab, &[secret])
}

/// That the error output holds none of these.
fn output_clean(lab: &Lab, marks: &[&str]) -> Outcome {
    let output = lab.error_output();
    let found = marks.iter().position(|mark| {
        let mark = mark.as_bytes();
        output.windows(mark.len()).any(|part| part == mark)
    });
    let number = found.unwrap_or_default() + 1;
    ensure(found.is_none(), || {
        said!(
            "the error output holds the marked text {number}",
            "luồng lỗi chứa chữ đánh dấu thứ {number}"
        )
    })
}

fn secret_shown(bench: &Bench) -> Outcome {
    let secret = "bi-mat-khong-duoc-lo-7732";
    let mut lab = bench.lab_with(|setup| setup.secret(secret))?;
    let letter = lab.letter(&[PEER]);
    let sent = lab.ask("send", letter.command())?;
    let id = sent
        .as_ref()
        .ok()
        .and_then(|ok| ok.get("outgoing"))
        .cloned();
    let what = said!("the product calls nobody", "phần mềm không gọi trục");
    lab.until(what, |lab| {
        let log = lab.axis.wire_log(0, Duration::ZERO);
        Ok(log
            .iter()
            .any(|entry| entry.code.as_deref() == Some("15"))
            .then_some(()))
    })?;
    let mut commands = vec![
        ("doctor", json!({})),
        ("stats", json!({})),
        ("events", json!({})),
        ("capabilities", json!({})),
        ("quarantine", json!({})),
        ("td-khong-co-lenh-nay", json!({})),
    ];
    commands.extend(id.map(|id| ("why", json!({ "packet": id }))));
    for (command, members) in commands {
        let answer = match lab.ask(command, members)? {
            Ok(answer) => answer,
            Err(refusal) => refusal.0,
        };
        ensure(!answer.to_string().contains(secret), || {
            said!(
                "the answer to `{command}` shows it",
                "câu trả lời của `{command}` có chứa khóa"
            )
        })?;
    }
    output_clean(&lab, &[secret])
}

fn error_output(bench: &Bench) -> Outcome {
    let mut lab = bench.lab_with(|_| {})?;
    traffic(&mut lab)?;
    let letter = marked(lab.letter(&[PEER]));
    lab.send(&letter)?;
    lab.await_letter(&letter)?;
    // A status with a remark, one that fits nothing, a refused sending, poison.
    for code in ["01", "02", "77"] {
        let status = made_status(PEER, &letter, code, "danhdauykien");
        let delivery = lab.deliver(PEER, Kind::Status, &status)?;
        lab.await_acknowledgement(&delivery)?;
    }
    let _ = lab.ask("send", marked(lab.letter(&[])).command())?;
    let mut poison = marked_made(&lab).bytes();
    poison.truncate(poison.len() - 40);
    let delivery = lab.deliver(PEER, Kind::Document, &poison)?;
    lab.await_acknowledgement(&delivery)?;
    let unknown = marked(lab.letter(&["H98.78"]));
    let _ = lab.ask("send", unknown.command())?;
    lab.looked_at_axis()?;
    output_clean(&lab, MARKS)
}

fn error_answers(bench: &Bench) -> Outcome {
    let mut lab = bench.lab()?;
    let letters = [
        marked(lab.letter(&[])),
        marked(lab.letter(&[PEER])).with("/KhongCo", json!("danhdauykien")),
        marked(lab.letter(&[PEER]))
            .with("/PromulgationInfo/PromulgationDate", json!("danhdauykien")),
        marked(lab.letter(&[PEER]))
            .with("/DocumentId", Value::Null)
            .with("/To", json!("danhdauykien")),
    ];
    for (number, letter) in letters.iter().enumerate() {
        let Err(refusal) = lab.ask("send", letter.command())? else {
            continue;
        };
        let text = refusal.0.to_string();
        let found = MARKS.iter().any(|mark| text.contains(mark));
        let number = number + 1;
        ensure(!found, || {
            said!(
                "error {number} repeats a text of the document",
                "lỗi thứ {number} nhắc lại nội dung văn bản"
            )
        })?;
    }
    Ok(())
}

/// That a sending is refused, and the axis hears nothing of it.
fn not_sent(lab: &mut Lab, members: Value) -> Outcome {
    lab.refused("send", members)?;
    lab.looked_at_axis()?;
    ensure(lab.calls("sendEdoc").is_empty(), || {
        said!("it was sent", "văn bản đã được gửi")
    })
}

/// A `send` with this statement about state secrets, or none.
fn with_statement(lab: &Lab, said: Option<Value>) -> Value {
    let mut command = lab.letter(&[PEER]).command();
    if let Some(members) = command.as_object_mut() {
        members.remove("contains_state_secret");
        members.extend(said.map(|said| ("contains_state_secret".to_owned(), said)));
    }
    command
}

fn state_secret(bench: &Bench) -> Outcome {
    let mut lab = bench.lab()?;
    let command = with_statement(&lab, Some(json!(true)));
    not_sent(&mut lab, command)
}

fn state_secret_unsaid(bench: &Bench) -> Outcome {
    let mut lab = bench.lab()?;
    for said in [None, Some(Value::Null), Some(json!("không"))] {
        let command = with_statement(&lab, said);
        not_sent(&mut lab, command)?;
    }
    Ok(())
}
