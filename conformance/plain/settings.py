"""The command line, and the settings this product honours: names and ranges of docs/config.md."""

import os
import urllib.parse

from failure import Failure

MS = 86_400_000

# key: (default, lowest, highest) for numbers, (default, words) for words, (default,) for texts
SETTINGS = {
    "packet.max_depth": (64, 8, 1000),
    "packet.max_elements": (50_000, 100, 10_000_000),
    "packet.max_attributes": (64, 4, 1000),
    "packet.max_leading_junk": (1024, 0, 1 << 20),
    "packet.max_text": (262_144, 1024, 1 << 26),
    "packet.max_header": (8_388_608, 65_536, 1 << 30),
    "packet.max_attachments": (1000, 0, 100_000),
    "packet.max_attachment_size": (1 << 32, 1024, 1 << 40),
    "packet.max_total_size": (1 << 33, 1024, 1 << 40),
    "packet.max_zip_ratio": (200, 2, 100_000),
    "packet.raw_extensions": ("pdf,doc,docx,xls,xlsx,zip",),
    "axis.url": ("",),
    "axis.system_id": ("",),
    "axis.secret": ("",),
    "axis.allow_plaintext": ("false", ("true", "false")),
    "axis.ca_file": ("",),
    "axis.client_certificate": ("",),
    "axis.client_key": ("",),
    "axis.hash_file": ("unpadded", ("unpadded", "standard")),
    "axis.user_agent": ("JAVASDKAgent/1.0.0 XRoad/VPCP",),
    "axis.connect_timeout": (10_000, 1, MS),
    "axis.idle_timeout": (60_000, 1, MS),
    "axis.max_header": (6144, 1024, 1 << 20),
    "axis.max_answer": (67_108_864, 1024, 1 << 30),
    "axis.max_rows": (1_000_000, 1, 10_000_000),
    "axis.max_packet": (12_884_901_888, 1024, 1 << 40),
    "store.path": ("",),
    "connector.role": ("worker", ("worker", "client")),
    "connector.organs": ("",),
    "send.parallel": (4, 1, 64),
    "send.pause": (2000, 1, MS),
    "send.longest_pause": (900_000, 1, MS),
    "send.give_up": (120, 120, 8760),
    "send.unknown": ("resend", ("resend", "hold")),
    "send.ask_after": (5000, 1, MS),
    "send.unknown_wait": (60_000, 0, MS),
    "send.clock_tolerance": (600_000, 0, MS),
    "receive.interval": (30_000, 10, MS),
    "receive.report_arrival": ("true", ("true", "false")),
    "receive.refuse_unreadable": ("false", ("true", "false")),
    "receive.action_wait": (168, 1, 8760),
    "handoff.lease": (300_000, 1, MS),
    "status.longest_note": (500, 1, 100_000),
    "status.answer_recall": ("true", ("true", "false")),
    "status.answer_update": ("true", ("true", "false")),
    "status.answer_replace": ("true", ("true", "false")),
    "directory.refresh": (24, 0, 8760),
}

USAGE = """\
usage: dms.py --store DIR --organ CODE... [--axis URL --system ID --secret-file FILE]
              [--client] [--set KEY=VALUE]... [--mutant NAME]"""


class Usage(Exception):
    """The arguments are wrong."""


class Settings:
    def __init__(self):
        self.values = {key: rule[0] for key, rule in SETTINGS.items()}

    def __getitem__(self, key):
        return self.values[key]

    def flag(self, key):
        return self.values[key] == "true"

    def set(self, key, value):
        rule = SETTINGS.get(key)
        if rule is None:
            raise Usage("there is no setting %r" % key)
        if isinstance(rule[0], int):
            if not value.isascii() or not value.isdigit() or not rule[1] <= int(value) <= rule[2]:
                raise Usage("%s must be from %d to %d" % (key, rule[1], rule[2]))
            self.values[key] = int(value)
        elif len(rule) == 2 and value not in rule[1]:
            raise Usage("%s must be one of %s" % (key, ", ".join(rule[1])))
        else:
            self.values[key] = value

    @property
    def organs(self):
        return [organ.strip() for organ in self["connector.organs"].split(",") if organ.strip()]

    @property
    def is_worker(self):
        return self["connector.role"] == "worker"

    def check(self, may_be_plain=False):
        """What has to be there before anything is opened."""
        needed = ["store.path", "connector.organs"]
        if self.is_worker:
            needed += ["axis.url", "axis.system_id", "axis.secret"]
        for key in needed:
            if not self[key]:
                raise Failure("config-missing", key=key)
        if not self.is_worker:
            return
        address = urllib.parse.urlsplit(self["axis.url"])
        if address.scheme not in ("http", "https") or not address.hostname:
            raise Failure("config-invalid-value", key="axis.url")
        here = may_be_plain or address.hostname in ("localhost", "::1") or address.hostname.startswith("127.")
        if address.scheme == "http" and not here and not self.flag("axis.allow_plaintext"):
            raise Failure("axis-plaintext")


def from_arguments(arguments):
    """Settings and the name of a mutant, or None."""
    settings, organs, mutant = Settings(), [], None
    rest = iter(arguments)
    plain = {"--store": "store.path", "--axis": "axis.url", "--system": "axis.system_id"}
    for name in rest:
        if name == "--client":
            settings.set("connector.role", "client")
            continue
        value = next(rest, None)
        if value is None:
            raise Usage("%s needs a value" % name)
        if name in plain:
            settings.set(plain[name], value)
        elif name == "--secret-file":
            settings.set("axis.secret", read_secret(value))
        elif name == "--organ":
            organs.append(value)
        elif name == "--mutant":
            mutant = value
        elif name == "--set" and "=" in value:
            settings.set(*value.split("=", 1))
        else:
            raise Usage("unknown option %s" % name)
    if organs:
        settings.set("connector.organs", ",".join(organs))
    return settings, mutant


def read_secret(path):
    try:
        with open(os.fspath(path), encoding="utf-8", newline="") as file:
            secret = file.read()
    except (OSError, UnicodeDecodeError) as error:
        raise Usage("the secret's file cannot be read: %s" % type(error).__name__)
    for end in ("\r\n", "\n", "\r"):
        if secret.endswith(end):
            return secret[: -len(end)]
    return secret
