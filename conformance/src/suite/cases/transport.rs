//! The connection to the axis: encrypted, and with the right far side.

use rustls::SupportedProtocolVersion;
use rustls::version::{TLS12, TLS13};

use crate::suite::bench::{Bench, PEER};
use crate::suite::case::{
    Case,
    Chapter::Transport,
    Level::{Must, Should},
    Need::{Command, Feature, Fresh, Setting},
    Run,
};
use crate::suite::lab::Lab;
use crate::suite::said;
use crate::suite::text::t;
use crate::suite::tls::{Authority, Behaviour, Front, Identity};
use crate::suite::verdict::{Outcome, Stop, ensure};

const NEEDS: &[crate::suite::case::Need] = &[
    Feature("tls"),
    Setting("axis.ca_file"),
    Command("send"),
    Command("why"),
    Fresh,
];

pub(super) const CASES: &[Case] = &[
    Case {
        id: "transport-trusted",
        chapter: Transport,
        level: Must,
        clauses: &["QD28-13"],
        refusal: None,
        title: t(
            "A document travels to an axis with a trusted certificate, and nothing of it in the clear",
            "Văn bản tới được trục có chứng thư tin cậy, không lộ nội dung trên đường",
        ),
        why: t(
            "The connection is to be encrypted and authenticated.",
            "Kết nối phải được mã hóa và xác thực.",
        ),
        steps: &[t(
            "The axis stands behind TLS with a certificate of the authority in axis.ca_file; a document is sent.",
            "Trục dùng TLS với chứng thư do tổ chức trong axis.ca_file cấp; gửi một văn bản.",
        )],
        expected: t(
            "It arrives; the bytes on the wire show neither the system id nor the document's number.",
            "Văn bản tới nơi; trên đường truyền không thấy mã hệ thống hay số văn bản.",
        ),
        needs: NEEDS,
        quick: true,
        run: Run::Connector(trusted),
    },
    Case {
        id: "transport-unknown-authority",
        chapter: Transport,
        level: Must,
        clauses: &["QD28-13", "P20"],
        refusal: Some(t(
            "Nothing is sent to an axis whose certificate nobody vouches for.",
            "Không gửi gì tới trục có chứng thư không được bảo đảm.",
        )),
        title: t(
            "An axis with a certificate of an unknown authority gets nothing",
            "Trục có chứng thư của tổ chức lạ không nhận được gì",
        ),
        why: t(
            "Checks that are switched off let anybody read the mail.",
            "Tắt kiểm tra chứng thư là để ai cũng đọc được văn bản.",
        ),
        steps: &[t(
            "The far side has a certificate of another authority of the same name.",
            "Bên kia có chứng thư của một tổ chức khác cùng tên.",
        )],
        expected: t(
            "The product tries, makes no call, and does not say that the document is delivered.",
            "Phần mềm có thử, không thực hiện lời gọi nào và không báo đã gửi.",
        ),
        needs: NEEDS,
        quick: true,
        run: Run::Connector(unknown_authority),
    },
    Case {
        id: "transport-other-host",
        chapter: Transport,
        level: Must,
        clauses: &["QD28-13", "P20"],
        refusal: Some(t(
            "Nothing is sent to a host that the certificate does not name.",
            "Không gửi gì tới máy mà chứng thư không nêu.",
        )),
        title: t(
            "A trusted certificate of another host is refused",
            "Chứng thư tin cậy nhưng của máy khác bị từ chối",
        ),
        why: t(
            "Who holds any certificate of the authority could stand in for the axis.",
            "Nếu không, ai có một chứng thư bất kỳ cũng giả được trục.",
        ),
        steps: &[t(
            "The far side has a certificate for another name and address.",
            "Bên kia có chứng thư cho tên và địa chỉ khác.",
        )],
        expected: t("No call is made.", "Không có lời gọi nào."),
        needs: NEEDS,
        quick: true,
        run: Run::Connector(other_host),
    },
    Case {
        id: "transport-expired",
        chapter: Transport,
        level: Must,
        clauses: &["QD28-13"],
        refusal: Some(t(
            "Nothing is sent to an axis whose certificate has ended.",
            "Không gửi gì tới trục có chứng thư hết hạn.",
        )),
        title: t(
            "A certificate that has ended is refused",
            "Chứng thư hết hạn bị từ chối",
        ),
        why: t(
            "Nobody vouches for its key any more.",
            "Không còn ai bảo đảm cho khóa đó.",
        ),
        steps: &[t(
            "The far side's certificate ended yesterday.",
            "Chứng thư của bên kia hết hạn hôm qua.",
        )],
        expected: t("No call is made.", "Không có lời gọi nào."),
        needs: NEEDS,
        quick: true,
        run: Run::Connector(expired),
    },
    Case {
        id: "transport-wrong-purpose",
        chapter: Transport,
        level: Should,
        clauses: &["QD28-13"],
        refusal: Some(t(
            "Nothing is sent to a far side that shows a client's certificate.",
            "Không gửi gì khi bên kia dùng chứng thư máy khách.",
        )),
        title: t(
            "A certificate for clients does not make an axis",
            "Chứng thư máy khách không dùng làm trục được",
        ),
        why: t(
            "Each connected system has one; none of them is the axis.",
            "Hệ thống kết nối nào cũng có; không hệ thống nào là trục.",
        ),
        steps: &[t(
            "The far side has a certificate for client authentication only.",
            "Bên kia có chứng thư chỉ dùng xác thực máy khách.",
        )],
        expected: t("No call is made.", "Không có lời gọi nào."),
        needs: NEEDS,
        quick: true,
        run: Run::Connector(wrong_purpose),
    },
    Case {
        id: "transport-broken-handshake",
        chapter: Transport,
        level: Must,
        clauses: &["QD28-13", "P05", "wire-retry"],
        refusal: Some(t(
            "A broken handshake is no delivery.",
            "Bắt tay thất bại không phải là đã gửi.",
        )),
        title: t(
            "A handshake that breaks is tried again, and the document arrives once",
            "Bắt tay TLS bị đứt thì thử lại, văn bản tới nơi một lần",
        ),
        why: t(
            "Such breaks are the weather of long lines.",
            "Đường truyền dài thường gặp lỗi này.",
        ),
        steps: &[t(
            "The far side closes each connection at its first bytes; then it works.",
            "Bên kia đóng mọi kết nối ngay từ byte đầu; sau đó hoạt động lại.",
        )],
        expected: t(
            "Not delivered before, delivered once after.",
            "Trước đó chưa gửi được; sau đó gửi đúng một lần.",
        ),
        needs: NEEDS,
        quick: true,
        run: Run::Connector(broken_handshake),
    },
    Case {
        id: "transport-no-fallback",
        chapter: Transport,
        level: Must,
        clauses: &["QD28-13"],
        refusal: Some(t(
            "Nothing is said in the clear to a far side that does not encrypt.",
            "Không gửi bản rõ khi bên kia không mã hóa.",
        )),
        title: t(
            "Where https is configured, nothing goes out unencrypted",
            "Đã cấu hình https thì không gửi gì không mã hóa",
        ),
        why: t(
            "Who is in between needs only to answer in the clear.",
            "Kẻ đứng giữa chỉ cần trả lời không mã hóa.",
        ),
        steps: &[t(
            "The far side answers in plain HTTP to all that comes.",
            "Bên kia trả lời bằng HTTP thường với mọi yêu cầu.",
        )],
        expected: t(
            "The system id never stands on the wire; the document is not delivered.",
            "Mã hệ thống không xuất hiện trên đường truyền; văn bản chưa được gửi.",
        ),
        needs: NEEDS,
        quick: true,
        run: Run::Connector(no_fallback),
    },
    Case {
        id: "transport-no-redirect",
        chapter: Transport,
        level: Must,
        clauses: &["QD28-13", "P20"],
        refusal: Some(t(
            "A redirect to an unencrypted address is not followed.",
            "Không đi theo chuyển hướng sang địa chỉ không mã hóa.",
        )),
        title: t(
            "A redirect does not lead documents out of the encrypted connection",
            "Chuyển hướng không đưa văn bản ra khỏi kết nối mã hóa",
        ),
        why: t(
            "Packet and HMAC would go to wherever the answer says.",
            "Gói tin và HMAC sẽ tới bất cứ đâu câu trả lời chỉ.",
        ),
        steps: &[t(
            "The trusted far side answers 307 with the plain address of the axis.",
            "Bên kia (được tin cậy) trả 307 kèm địa chỉ không mã hóa của trục.",
        )],
        expected: t(
            "The axis gets no call there.",
            "Trục không nhận lời gọi nào ở đó.",
        ),
        needs: NEEDS,
        quick: true,
        run: Run::Connector(no_redirect),
    },
    Case {
        id: "transport-versions",
        chapter: Transport,
        level: Should,
        clauses: &["QD28-13"],
        refusal: None,
        title: t(
            "TLS 1.2 and TLS 1.3 are both spoken",
            "Dùng được cả TLS 1.2 và TLS 1.3",
        ),
        why: t(
            "Gateways of both ages are in service.",
            "Hiện có cổng kết nối thuộc cả hai thế hệ.",
        ),
        steps: &[t(
            "The far side takes only 1.2, then only 1.3.",
            "Bên kia chỉ nhận 1.2, sau đó chỉ nhận 1.3.",
        )],
        expected: t(
            "A document arrives each time.",
            "Lần nào văn bản cũng tới nơi.",
        ),
        needs: NEEDS,
        quick: true,
        run: Run::Connector(versions),
    },
    Case {
        id: "transport-client-certificate",
        chapter: Transport,
        level: Should,
        clauses: &["QD28-13"],
        refusal: None,
        title: t(
            "The product shows its client certificate where it is asked for",
            "Phần mềm xuất trình chứng thư máy khách khi được yêu cầu",
        ),
        why: t(
            "Some axes authenticate systems that way.",
            "Có trục xác thực hệ thống bằng cách này.",
        ),
        steps: &[t(
            "The far side demands a certificate of the authority; the product has one.",
            "Bên kia yêu cầu chứng thư do tổ chức cấp; phần mềm có chứng thư.",
        )],
        expected: t("The document arrives.", "Văn bản tới nơi."),
        needs: &[
            Feature("tls"),
            Feature("client-certificate"),
            Setting("axis.ca_file"),
            Setting("axis.client_certificate"),
            Setting("axis.client_key"),
            Command("send"),
            Fresh,
        ],
        quick: true,
        run: Run::Connector(client_certificate),
    },
];

const BOTH: &[&SupportedProtocolVersion] = &[&TLS12, &TLS13];

/// A product that trusts an authority, and a front with this behaviour.
fn behind(
    bench: &Bench,
    authority: &Authority,
    behaviour: Behaviour,
    client: Option<&Identity>,
) -> Outcome<(Lab, Front)> {
    let ca = authority.file(bench.folder())?;
    let client = client
        .map(|client| client.files(bench.folder()))
        .transpose()?;
    let mut front = None;
    let lab = bench.lab_between(
        |_| {},
        |between| {
            let made = Front::start(between.axis.address(), behaviour)?;
            between.url = made.url();
            between.set("axis.ca_file", ca.display().to_string());
            if let Some((certificate, key)) = &client {
                between.set("axis.client_certificate", certificate.display().to_string());
                between.set("axis.client_key", key.display().to_string());
            }
            front = Some(made);
            Ok(())
        },
    )?;
    let front = front.ok_or_else(|| Stop::own("no front"))?;
    Ok((lab, front))
}

fn authority() -> Outcome<Authority> {
    Authority::new("Made-up authority of connections")
}

fn trusted(bench: &Bench) -> Outcome {
    let authority = authority()?;
    let server = authority.server(|_| {})?.serving(BOTH, None)?;
    let (mut lab, front) = behind(bench, &authority, server, None)?;
    let letter = lab.letter(&[PEER]);
    lab.send(&letter)?;
    lab.await_letter(&letter)?;
    let shows = front.shows(crate::suite::bench::SYSTEM) || front.shows(letter.document_id());
    ensure(!shows, || {
        said!(
            "the system id or the document stands on the wire in the clear",
            "mã hệ thống hoặc văn bản lộ trên đường truyền"
        )
    })
}

/// What the product was given to send does not get anywhere, although it tries.
fn gets_nowhere(lab: &mut Lab, front: &Front) -> Outcome {
    let letter = lab.letter(&[PEER]);
    let outgoing = lab.send(&letter)?;
    let before = front.over();
    let what = said!(
        "the product did not try to reach the axis",
        "phần mềm không thử kết nối tới trục"
    );
    lab.until(what, |_| Ok((front.over() >= before + 2).then_some(())))?;
    let calls = lab.wire().len();
    ensure(calls == 0, || {
        said!(
            "{calls} calls reached the axis",
            "có {calls} lời gọi tới trục"
        )
    })?;
    let recipient = lab.recipient(&outgoing, PEER)?;
    let delivery = super::steps::text(&recipient, "/delivery").to_owned();
    ensure(delivery != "accepted", || {
        said!(
            "the product says that the document is delivered",
            "phần mềm báo đã gửi được văn bản"
        )
    })?;
    ensure(!front.shows(crate::suite::bench::SYSTEM), || {
        said!(
            "the system id stands on the wire in the clear",
            "mã hệ thống lộ trên đường truyền"
        )
    })
}

fn refused(bench: &Bench, identity: impl FnOnce(&Authority) -> Outcome<Identity>) -> Outcome {
    let authority = authority()?;
    let server = identity(&authority)?.serving(BOTH, None)?;
    let (mut lab, front) = behind(bench, &authority, server, None)?;
    gets_nowhere(&mut lab, &front)
}

fn unknown_authority(bench: &Bench) -> Outcome {
    refused(bench, |_| authority()?.server(|_| {}))
}

fn other_host(bench: &Bench) -> Outcome {
    refused(bench, |authority| {
        authority.server(|params| {
            params.subject_alt_names = vec![
                rcgen::SanType::IpAddress([127, 0, 0, 99].into()),
                rcgen::SanType::IpAddress([192, 0, 2, 1].into()),
            ];
        })
    })
}

fn expired(bench: &Bench) -> Outcome {
    refused(bench, |authority| {
        authority.server(|params| {
            params.not_after = time::OffsetDateTime::now_utc() - time::Duration::days(1);
        })
    })
}

fn wrong_purpose(bench: &Bench) -> Outcome {
    refused(bench, |authority| {
        authority.server(|params| {
            params.extended_key_usages = vec![rcgen::ExtendedKeyUsagePurpose::ClientAuth];
        })
    })
}

fn broken_handshake(bench: &Bench) -> Outcome {
    let authority = authority()?;
    let server = authority.server(|_| {})?.serving(BOTH, None)?;
    let (mut lab, front) = behind(bench, &authority, Behaviour::Close, None)?;
    let letter = lab.letter(&[PEER]);
    let outgoing = lab.send(&letter)?;
    let before = front.over();
    let what = said!("the product did not try again", "phần mềm không thử lại");
    lab.until(what, |_| Ok((front.over() >= before + 2).then_some(())))?;
    front.behave(server);
    lab.await_letter(&letter)?;
    lab.await_recipient(&outgoing, PEER, "delivery", &["accepted"])?;
    let times = lab.deliveries().len();
    ensure(times == 1, || {
        said!("the axis has it {times} times", "trục có {times} lần")
    })
}

fn no_fallback(bench: &Bench) -> Outcome {
    let authority = authority()?;
    let answer = "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    let plain = Behaviour::Plain(answer.to_owned());
    let (mut lab, front) = behind(bench, &authority, plain, None)?;
    gets_nowhere(&mut lab, &front)
}

fn no_redirect(bench: &Bench) -> Outcome {
    let authority = authority()?;
    let server = authority.server(|_| {})?.serving(BOTH, None)?;
    let (mut lab, front) = behind(bench, &authority, Behaviour::Close, None)?;
    let axis = lab.axis.url();
    let answer = format!(
        "HTTP/1.1 307 Temporary Redirect\r\nLocation: {axis}/sendEdoc\r\n\
         Content-Length: 0\r\nConnection: close\r\n\r\n"
    );
    if let Behaviour::Serve(config) = server {
        front.behave(Behaviour::Answer(config, answer));
    }
    gets_nowhere(&mut lab, &front)
}

fn versions(bench: &Bench) -> Outcome {
    let authority = authority()?;
    let identity = authority.server(|_| {})?;
    let old = identity.serving(&[&TLS12], None)?;
    let (mut lab, front) = behind(bench, &authority, old, None)?;
    for new in [false, true] {
        if new {
            front.behave(identity.serving(&[&TLS13], None)?);
        }
        let letter = lab.letter(&[PEER]);
        lab.send(&letter)?;
        lab.await_letter(&letter)?;
    }
    Ok(())
}

fn client_certificate(bench: &Bench) -> Outcome {
    let authority = authority()?;
    let server = authority.server(|_| {})?.serving(BOTH, Some(&authority))?;
    let client = authority.client()?;
    let (mut lab, _front) = behind(bench, &authority, server, Some(&client))?;
    let letter = lab.letter(&[PEER]);
    lab.send(&letter)?;
    lab.await_letter(&letter).map(drop)
}
