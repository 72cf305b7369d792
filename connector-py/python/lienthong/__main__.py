"""``python -m lienthong``: what an operator asks a store at night.

``lienthong --help`` says it all; docs: connector-py/README.md.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path
from typing import Any, Dict, List, Optional

import lienthong

from . import _native
from ._connector import Connector
from ._errors import DeveloperError, Error, OperatorError
from ._findings import Finding
from ._packets import Document, Packet
from ._report import Judged, Report
from ._store import IncomingView, OutgoingView, Sent
from ._terminal import Screen, add_words, language, local, plain, size

__all__ = ["main"]

_WORDS = {
    "document": "văn bản",
    "status": "trạng thái",
    "unknown": "không rõ",
    "error": "lỗi",
    "warning": "cảnh báo",
    "note": "ghi chú",
    "good": "tốt",
    "bad": "hỏng",
    "queued": "chờ gửi",
    "sending": "đang gửi",
    "outcome-unknown": "chưa rõ kết quả",
    "held": "giữ lại",
    "accepted": "trục đã nhận",
    "failed": "không gửi được",
    "dropped": "đã bỏ",
    "arrived": "đã đến",
    "refused": "từ chối",
    "registered": "đã tiếp nhận",
    "assigned": "đã phân công",
    "processing": "đang xử lý",
    "finished": "hoàn thành",
    "recalled": "đã thu hồi",
    "recall-requested": "đã yêu cầu thu hồi",
    "update-requested": "đã yêu cầu cập nhật",
    "replacement-requested": "đã yêu cầu thay thế",
    "waiting": "đang chờ",
    "offered": "chờ bàn giao",
    "leased": "đang bàn giao",
    "sender": "bên gửi",
    "receiver": "bên nhận",
    "operator": "cán bộ vận hành",
    "developer": "lập trình viên",
    "certificate-authority": "tổ chức chứng thực",
    "valid": "hợp lệ",
    "invalid": "không hợp lệ",
    "absent": "không có",
    "untrusted": "chưa tin cậy",
    "expired": "hết hạn",
    "revoked": "đã thu hồi chứng thư",
    "revocation-unknown": "chưa rõ chứng thư có bị thu hồi",
    "unsupported": "không hỗ trợ",
    "proven": "đã chứng minh",
    "refuted": "bị bác bỏ",
    "unproven": "chưa chứng minh",
}


add_words(_WORDS)


def word(screen: Screen, given: Optional[str]) -> str:
    """A word of a state in the language of the screen."""
    if given is None:
        return ""
    return _WORDS.get(given, given) if screen.vi else given


def message(screen: Screen, of: Any) -> str:
    """The text of something in the language of the screen."""
    return plain(of.vi if screen.vi else of.en)


# inspect


def inspect(arguments: argparse.Namespace, screen: Screen) -> int:
    """Tree, findings and signatures of packets."""
    worst = 0
    for path in arguments.packet:
        packet = lienthong.read(path)
        report = packet.verify(trust=arguments.trust, organs=arguments.organs)
        if arguments.json:
            told = {**packet.to_dict(), "signatures": report.to_dict()}
            screen.say(json.dumps(told, ensure_ascii=False))
        else:
            screen.tree(_tree(screen, path, packet, arguments.content))
            _signatures(screen, report)
            _findings(screen, list(packet.check()))
        if packet.check().worst == "error":
            worst = 1
    return worst


def _tree(screen: Screen, path: str, packet: Packet, content: bool) -> Any:
    kind = packet.kind if packet.readable else None
    named = word(screen, kind) or screen.pick("unreadable", "không đọc được")
    dialect = f" ({packet.dialect})" if packet.dialect else ""
    top = f"{plain(path)}: {named}{dialect}, {size(packet.size)}"
    below: List[Any] = []
    header = packet.header
    if header is not None:
        below.append((screen.pick("header", "phần đầu"), _header(header.to_dict(), content)))
    files: List[Any] = []
    for attachment in packet.attachments:
        info = attachment.info
        wrapped = screen.pick(", in a ZIP", ", trong ZIP") if info.wrapped else ""
        name = f" {plain(info.name)}" if content and info.name else ""
        digest = (info.sha256 or "")[:16]
        kind = info.detected_type or "?"
        files.append(
            (f"{attachment.number}  {size(info.size)}  {kind}{wrapped}  {digest}{name}", [])
        )
    if files:
        below.append((f"{screen.pick('attachments', 'tệp kèm')}: {len(files)}", files))
    if packet.meaning_digest:
        meaning = screen.pick("meaning", "mã băm nội dung")
        below.append((f"{meaning}  {packet.meaning_digest[:32]}…", []))
    return top, below


_IDS = {"OrganId", "DocumentId", "CodeNumber", "CodeNotation", "Code", "TaskCode", "StatusCode"}


def _header(told: Dict[str, Any], content: bool) -> List[Any]:
    """Names and ids; what people wrote only where that is asked for, else how long it is."""
    lines: List[Any] = []
    for name, value in told.items():
        if isinstance(value, dict):
            lines.append((name, _header(value, content)))
            continue
        for one in value if isinstance(value, list) else [value]:
            if isinstance(one, dict):
                lines.append((name, _header(one, content)))
            elif content or not isinstance(one, str) or name in _IDS or name.endswith("Date"):
                lines.append((f"{name}  {plain(one)}", []))
            else:
                lines.append((f"{name}  ({len(one)})", []))
    return lines


def _signatures(screen: Screen, report: Report) -> None:
    rows = []
    for name, judged in (
        (screen.pick("packet signature", "chữ ký gói tin"), report.packet_signature),
        (screen.pick("seal", "niêm phong"), report.seal),
    ):
        rows.append((name, word(screen, judged.verdict), _signer(judged), _reasons(screen, judged)))
    rows.append(
        (screen.pick("authenticity", "tính xác thực"), word(screen, report.authenticity), "", "")
    )
    head = screen.pick("signature,verdict,signer,reasons", "chữ ký,kết luận,người ký,lý do")
    screen.table(head.split(","), rows)


def _signer(judged: Judged) -> str:
    if judged.signer is None:
        return ""
    return ", ".join(judged.signer.organs) or judged.signer.sha256[:16]


def _reasons(screen: Screen, judged: Judged) -> str:
    return "; ".join(f"{one.code}: {message(screen, one.message)}" for one in judged.reasons)


def _findings(screen: Screen, findings: List[Finding]) -> None:
    if not findings:
        screen.say(screen.pick("  nothing odd", "  không có gì bất thường"))
        return
    head = screen.pick("severity,code,place,element,message", "mức,mã,vị trí,phần tử,thông báo")
    screen.table(
        head.split(","),
        [
            (
                word(screen, one.severity),
                one.code,
                f"{one.position.line}:{one.position.column}" if one.position else "",
                one.path,
                message(screen, one.message),
            )
            for one in findings
        ],
    )


# The store


def opened(arguments: argparse.Namespace, *, worker: bool = False) -> Connector:
    """The store: as a client beside whoever is its worker, or as its worker where there is none
    and one is wanted."""
    settings = lienthong.Settings(arguments.config, environment=True)
    for given in arguments.set:
        name, _, value = given.partition("=")
        settings.set(name, value)
    if arguments.store:
        settings.set("store.path", arguments.store)
    store = settings.get("store.path")
    if not worker and store and not Path(store).is_dir():
        # A question makes no store.
        raise SystemExit(f"lienthong: {store}: no such folder")
    if not settings.get("connector.organs"):
        # Questions need none.
        settings.set("connector.organs", "-")
    if worker:
        try:
            return Connector(settings)
        except OperatorError as failed:
            if failed.code != "store-in-use":
                raise
    settings.set("connector.role", "client")
    return Connector(settings)


def send(arguments: argparse.Namespace, screen: Screen) -> int:
    """Stores packets, or documents made of JSON and files, and waits until the axis has them."""
    status = 0
    with opened(arguments, worker=True) as connector:
        for path in arguments.packet:
            total = sum(Path(one).stat().st_size for one in arguments.attach)
            document: Any = path
            if path.endswith(".json"):
                document = _document(path, arguments.attach)
            else:
                total = Path(path).stat().st_size
            text = screen.pick("storing", "đang lưu")
            with screen.bar(text, total) as bar:
                sent = connector.send(
                    document,
                    contains_state_secret=arguments.contains_state_secret == "yes",
                    progress=bar.update,
                )
            again = screen.pick(" (was there)", " (đã có)") if sent.again else ""
            screen.say(f"{plain(path)}: {sent.outgoing}{again}")
            if arguments.no_wait:
                continue
            status = max(status, _delivered(arguments, screen, connector, sent))
    return status


def _document(path: str, attach: List[str]) -> Document:
    told = json.loads(Path(path).read_text(encoding="utf-8"))
    document = Document.from_dict(told.get("document", told))
    for file in attach:
        document.attach(file)
    return document


def _delivered(
    arguments: argparse.Namespace, screen: Screen, connector: Connector, sent: Sent
) -> int:
    try:
        connector.transfers()
        with screen.bar(screen.pick("sending", "đang gửi"), None) as bar:
            why = connector.wait_delivered(sent, arguments.timeout, progress=bar.update)
    except DeveloperError:
        # Another process is the worker, and knows how far it is.
        why = connector.wait_delivered(sent, arguments.timeout)
    assert why.outgoing is not None
    _recipients(screen, why.outgoing)
    delivered = all(one.delivery == "accepted" for one in why.outgoing.recipients)
    return 0 if delivered else 1


def _recipients(screen: Screen, view: OutgoingView) -> None:
    head = screen.pick(
        "recipient,state,delivery,tries,since,next try,error,axis,who acts",
        "nơi nhận,trạng thái,chuyển,số lần,từ lúc,lần tới,lỗi,mã trục,ai xử lý",
    )
    screen.table(
        head.split(","),
        [
            (
                one.organ,
                word(screen, one.state),
                word(screen, one.delivery),
                one.attempts,
                local(one.since),
                local(one.next_try),
                one.error,
                one.remote_code,
                word(screen, one.who_acts),
            )
            for one in view.recipients
        ],
    )


def why(arguments: argparse.Namespace, screen: Screen) -> int:
    """Where a packet stands, why, and who has to act."""
    with opened(arguments) as connector:
        told = connector.why(arguments.id)
        if arguments.json:
            screen.say(json.dumps(told.to_dict(), ensure_ascii=False))
            return 0
        view = told.packet
        document = plain(view.document_id or "")
        screen.title(f"{view.id}: {word(screen, view.kind)} {document}")
        if isinstance(view, OutgoingView):
            _recipients(screen, view)
        else:
            _incoming(screen, view)
        happened = {one["what"]: one[screen.pick("en", "vi")] for one in journal_words()}
        head = screen.pick("when,packet,organ,code,what", "lúc,gói tin,cơ quan,mã,việc")
        screen.say()
        screen.table(
            head.split(","),
            [
                (
                    local(one.at),
                    one.outgoing or one.incoming,
                    one.organ,
                    one.code,
                    happened.get(one.what, one.what),
                )
                for one in told.journal
            ],
        )
        return 0


def journal_words() -> List[Dict[str, str]]:
    """What the words of a journal say, in both languages."""
    told: List[Dict[str, str]] = json.loads(_native.journal_words())
    return told


def _incoming(screen: Screen, view: IncomingView) -> None:
    rows = [
        (screen.pick("from", "bên gửi"), view.from_),
        (screen.pick("for", "bên nhận"), view.own),
        (screen.pick("received", "nhận lúc"), local(view.received)),
        (screen.pick("state", "trạng thái"), word(screen, view.state)),
        (screen.pick("shown", "số lần bàn giao"), view.shown),
        (screen.pick("reported", "đã báo"), view.status),
        (screen.pick("acts on", "tác động lên"), view.acts_on),
        (screen.pick("answers", "trả lời"), view.answers),
    ]
    if view.signatures is not None:
        seal = screen.pick("authenticity", "tính xác thực")
        rows.append((seal, word(screen, view.signatures.authenticity)))
    if view.on_hold:
        rows.append((screen.pick("on hold", "đang giữ"), "✓"))
    screen.table(("", ""), [row for row in rows if row[1] not in (None, "")])


def retry(arguments: argparse.Namespace, screen: Screen) -> int:
    """Has what failed, is held or waits tried again at once."""
    with opened(arguments) as connector:
        count = connector.retry(arguments.id, arguments.organ)
    screen.say(screen.pick(f"recipients: {count}", f"số nơi nhận: {count}"))
    return 0 if count else 1


def drop(arguments: argparse.Namespace, screen: Screen) -> int:
    """Gives up what is not delivered; asks before it does."""
    question = screen.pick(
        f"Give up {arguments.id}? It will not be sent any more. [y/N] ",
        f"Bỏ {arguments.id}? Gói tin sẽ không được gửi nữa. [c/K] ",
    )
    if not arguments.yes:
        if not sys.stdin.isatty() or input(question).strip().lower() not in ("y", "yes", "c", "có"):
            screen.say(screen.pick("nothing was done", "chưa làm gì"))
            return 1
    with opened(arguments) as connector:
        count = connector.drop(arguments.id, arguments.organ)
    screen.say(screen.pick(f"recipients: {count}", f"số nơi nhận: {count}"))
    return 0 if count else 1


def stats(arguments: argparse.Namespace, screen: Screen) -> int:
    """Counters, what is oldest, who is silent."""
    with opened(arguments) as connector:
        told = connector.stats()
    if arguments.json:
        screen.say(json.dumps(told.to_dict(), ensure_ascii=False))
        return 0
    names = {
        "recipient": screen.pick("sent to recipients", "gửi tới nơi nhận"),
        "incoming": screen.pick("came", "đến"),
        "arrival": screen.pick("arrivals", "gói tin về"),
    }
    rows = []
    for name, count in sorted(told.counts.items()):
        table, _, state = name.partition(".")
        rows.append((names.get(table, table), word(screen, state), count))
    screen.table(screen.pick("what,state,count", "loại,trạng thái,số").split(","), rows)
    screen.say()
    moments = [
        (
            screen.pick("oldest undelivered", "chưa gửi được lâu nhất"),
            local(told.oldest_undelivered),
        ),
        (screen.pick("axis asked", "hỏi trục lần cuối"), local(told.listed)),
        (screen.pick("asking failed", "hỏi trục lỗi lúc"), local(told.list_failed)),
        (screen.pick("with", "lỗi"), told.list_error),
    ]
    screen.table(("", ""), [row for row in moments if row[1]])
    silent = [
        (one.organ, local(one.last_answer), local(one.silent_since))
        for one in told.recipients
        if one.silent_since is not None
    ]
    if silent:
        head = screen.pick("silent,last answer,owes since", "im lặng,trả lời cuối,chờ từ")
        screen.say()
        screen.table(head.split(","), silent)
    return 0


def watch(arguments: argparse.Namespace, screen: Screen) -> int:
    """Tells events as they come; those that are told come again to whoever deals with them."""
    with opened(arguments) as connector:
        last = 0
        said = False
        while True:
            # Looked at, not done: they are for the host program.
            events = [one for one in connector.events(limit=1_000_000) if one.number > last]
            for one in events:
                last = one.number
                text = message(screen, one)
                where = " ".join(filter(None, (one.outgoing, one.incoming, one.organ, one.code)))
                screen.say(f"{local(one.at)}  {plain(where):<40}  {text}")
                said = True
            if arguments.once and (not events or said):
                return 0
            if not events:
                # Those that are not done are there at once each time: nothing to wait for.
                time.sleep(0.5)


def doctor(arguments: argparse.Namespace, screen: Screen) -> int:
    """Looks at configuration, store, disk, clock, axis and queues."""
    with opened(arguments, worker=arguments.worker) as connector:
        checks = connector.doctor()
    if arguments.json:
        screen.say(json.dumps([one.to_dict() for one in checks], ensure_ascii=False))
    else:
        head = screen.pick("check,health,what", "mục,tình trạng,nội dung").split(",")
        screen.table(head, [(c.name, word(screen, c.health), message(screen, c)) for c in checks])
    return 1 if any(one.health == "bad" for one in checks) else 0


def parser(vi: bool) -> argparse.ArgumentParser:
    """The command line."""

    def pick(en: str, vi_text: str) -> str:
        return vi_text if vi else en

    top = argparse.ArgumentParser(
        prog="lienthong",
        description=pick(
            "Packets and stores of the national document axis.",
            "Gói tin và kho dữ liệu của trục liên thông văn bản quốc gia.",
        ),
    )
    top.add_argument("--lang", choices=("en", "vi"), help=pick("language", "ngôn ngữ"))
    top.add_argument("--version", action="version", version=lienthong.__version__)
    commands = top.add_subparsers(dest="command", required=True, metavar=pick("COMMAND", "LỆNH"))

    def command(name: str, work: Any, en: str, vi_text: str) -> argparse.ArgumentParser:
        one = commands.add_parser(name, help=pick(en, vi_text), description=pick(en, vi_text))
        one.set_defaults(work=work)
        one.add_argument(
            "--lang", choices=("en", "vi"), default=argparse.SUPPRESS, help=argparse.SUPPRESS
        )
        return one

    def of_store(one: argparse.ArgumentParser) -> None:
        one.add_argument("--store", help=pick("folder of the store", "thư mục kho dữ liệu"))
        one.add_argument("--config", help=pick("file of settings", "tệp cấu hình"))
        one.add_argument(
            "--set",
            action="append",
            default=[],
            metavar="KEY=VALUE",
            help=pick("any setting", "khóa cấu hình bất kỳ"),
        )

    def as_json(one: argparse.ArgumentParser) -> None:
        one.add_argument("--json", action="store_true", help=pick("as JSON", "dạng JSON"))

    one = command(
        "inspect",
        inspect,
        "tree, findings and signatures of packets",
        "cấu trúc, phát hiện và chữ ký của gói tin",
    )
    one.add_argument("packet", nargs="+", metavar=pick("PACKET", "GÓI_TIN"))
    one.add_argument("--trust", help=pick("folder of trusted certificates", "thư mục tin cậy"))
    one.add_argument("--organs", help=pick("file that maps organs", "tệp gán cơ quan"))
    one.add_argument(
        "--content",
        action="store_true",
        help=pick("show what people wrote, too", "hiện cả nội dung do người viết"),
    )
    as_json(one)
    one = command(
        "send",
        send,
        "store packets for sending, or documents made of JSON",
        "lưu để gửi: gói tin, hoặc văn bản từ JSON",
    )
    one.add_argument("packet", nargs="+", metavar=pick("PACKET|META.json", "GÓI_TIN|META.json"))
    one.add_argument(
        "--attach", nargs="+", default=[], help=pick("files of META.json", "tệp kèm của META.json")
    )
    one.add_argument(
        "--contains-state-secret",
        choices=("yes", "no"),
        required=True,
        help=pick("has to be stated", "bắt buộc nêu rõ (bí mật nhà nước)"),
    )
    one.add_argument(
        "--no-wait", action="store_true", help=pick("do not wait for the axis", "không chờ trục")
    )
    one.add_argument(
        "--timeout", type=float, default=60, help=pick("seconds to wait", "số giây chờ")
    )
    of_store(one)
    one = command("watch", watch, "events as they come", "theo dõi sự kiện")
    one.add_argument(
        "--once", action="store_true", help=pick("only those there are", "chỉ một lần")
    )
    of_store(one)
    one = command("why", why, "where a packet stands", "gói tin đang ở đâu, vì sao")
    one.add_argument("id", metavar="out-N|in-N")
    as_json(one)
    of_store(one)
    for name, work, en, vi_text in (
        ("retry", retry, "try again what failed or is held", "gửi lại gói tin lỗi hoặc bị giữ"),
        ("drop", drop, "give up what is not delivered", "bỏ gói tin chưa gửi được"),
    ):
        one = command(name, work, en, vi_text)
        one.add_argument("id", metavar="out-N")
        one.add_argument("--organ", help=pick("one recipient only", "chỉ một nơi nhận"))
        if name == "drop":
            one.add_argument("--yes", action="store_true", help=pick("do not ask", "không hỏi lại"))
        of_store(one)
    one = command("stats", stats, "counters, what is oldest, who is silent", "số liệu của kho")
    as_json(one)
    of_store(one)
    one = command("doctor", doctor, "look at everything", "kiểm tra toàn bộ")
    one.add_argument(
        "--worker",
        action="store_true",
        help=pick("as worker, which asks the axis", "với vai trò worker, có hỏi trục"),
    )
    as_json(one)
    of_store(one)
    return top


def main(arguments: Optional[List[str]] = None) -> int:
    """The whole program; gives its exit status: 0 well, 1 something is wrong, 2 wrong usage."""
    words = sys.argv[1:] if arguments is None else arguments
    wanted = None
    for index, given in enumerate(words):
        if given.startswith("--lang="):
            wanted = given.partition("=")[2]
        elif given == "--lang" and index + 1 < len(words):
            wanted = words[index + 1]
    chosen = language(wanted if wanted in ("en", "vi") else None)
    parsed = parser(chosen == "vi").parse_args(words)
    screen = Screen(chosen)
    try:
        return int(parsed.work(parsed, screen))
    except Error as failed:
        text = failed.message_vi if screen.vi else failed.message
        print(f"lienthong: {text}", file=sys.stderr)
        return 1
    except OSError as failed:
        print(f"lienthong: {failed}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
