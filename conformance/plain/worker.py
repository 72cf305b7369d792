"""The threads that talk to the axis: they carry, `exchange` decides."""

import json
import sys
import threading
import time

from failure import Failure
from store import now

HOUR = 3_600_000


class Worker:
    def __init__(self, settings, store, exchange, wire):
        self.settings, self.store = settings, store
        self.exchange, self.wire = exchange, wire
        self.closing = threading.Event()
        self.directory_tried = threading.Event()
        self.rest_until = 0.0  # the outbox rests: the axis is away, or refuses the credentials
        self.awake = {kind: threading.Event() for kind in ("edoc", "status")}
        self.later = {}  # axis ids that could not be fetched: (attempts, not before)
        self.threads = [threading.Thread(target=self.send_on, daemon=True) for _ in range(settings["send.parallel"])]
        self.threads += [threading.Thread(target=self.receive_on, args=(kind,), daemon=True) for kind in self.awake]

    def start(self):
        self.exchange.recover()
        for thread in self.threads:
            thread.start()

    def close(self, seconds):
        end = time.monotonic() + seconds
        self.closing.set()
        self.tick()
        for thread in self.threads:
            if thread.is_alive():
                thread.join(max(end - time.monotonic(), 0))
        return not any(thread.is_alive() for thread in self.threads)

    def tick(self):
        for awake in self.awake.values():
            awake.set()

    def log(self, text):
        """Ids, organs and codes only."""
        print("plain: " + text, file=sys.stderr, flush=True)

    # Sending.

    def send_on(self):
        self.directory_tried.wait(self.settings["axis.connect_timeout"] / 1000)
        while not self.closing.is_set():
            try:
                if not self.send_one():
                    self.store.wait(0.1)
            except Failure as failure:
                self.log("the store: " + failure.kind)
                self.closing.wait(1)

    def send_one(self):
        if time.monotonic() < self.rest_until:
            return False
        claimed = self.exchange.claim(self.wire.most_recipients)
        if claimed is None:
            return False
        packet, organs, ask = claimed
        if ask:
            self.exchange.asked(packet, organs, self.ask())
            return True
        try:
            axis_doc_id = self.hand_over(packet, organs)
        except Failure as failure:
            self.log("out-%d: %s %s" % (packet["id"], failure.kind, failure.remote_code or ""))
            rest = self.exchange.not_delivered(packet["id"], organs, failure)
            if rest:
                self.rest_until = time.monotonic() + rest / 1000
        else:
            self.exchange.delivered(packet["id"], organs, axis_doc_id)
        return True

    def ask(self):
        try:
            return self.wire.sent("edoc")
        except Failure as failure:
            self.log("list of what was sent: " + failure.kind)
            return None

    def hand_over(self, packet, organs):
        return self.wire.send(packet["payload"], packet["sender"], organs, packet["kind"] == "status")

    # Receiving.

    def receive_on(self, kind):
        while not self.closing.is_set():
            self.awake[kind].clear()
            try:
                if kind == "edoc":
                    self.learn_directory()
                self.receive(kind)
            except Failure as failure:
                self.log("list of %s: %s" % (kind, failure.kind))
            self.awake[kind].wait(self.settings["receive.interval"] / 1000)

    def learn_directory(self):
        """Old and new codes, now and then. Without them codes are taken as they are."""
        known = int(self.store.remembered("directory") or 0)
        refresh = self.settings["directory.refresh"] * HOUR
        try:
            if refresh and not known <= now() < known + refresh:
                self.store.learn(self.wire.agencies())
                self.store.remember("directory", str(now()))
        except Failure as failure:
            self.log("directory: " + failure.kind)
        finally:
            self.directory_tried.set()

    def receive(self, kind):
        rows = self.list(kind)
        for row in rows:
            if self.closing.is_set():
                return
            if not row.get("docid"):
                continue
            try:
                self.take(row)
            except Failure as failure:
                self.log("%s: %s" % (row["docid"], failure.kind))

    def list(self, kind):
        """What waits. A list that failed is remembered as failed; it is never an empty one."""
        try:
            rows = self.wire.received(kind)
        except Failure as failure:
            self.store.remember("failed-" + kind, json.dumps([now(), failure.kind]))
            raise
        if self.store.remembered("failed-" + kind) or now() - int(self.store.remembered("listed") or 0) > 60_000:
            self.store.remember("failed-" + kind, "")
            self.store.remember("listed", str(now()))
        return rows

    def take(self, row):
        """Stored first, acknowledged after."""
        doc_id = row["docid"]
        arrival = self.exchange.arrival_of(doc_id)
        if arrival is None:
            packet = self.fetch(doc_id)
            if packet is None:
                return
            number = self.exchange.keep(row, packet)
        else:
            number = arrival["id"]
        if arrival is None or arrival["state"] == "stored":
            self.exchange.understand(number)
        self.wire.acknowledge(doc_id, self.exchange.word_for(number))
        self.exchange.acknowledged(number)

    def fetch(self, doc_id):
        attempts, not_before = self.later.get(doc_id, (0, 0))
        if now() < not_before:
            return None
        try:
            packet = self.wire.fetch(doc_id)
        except Failure as failure:
            pause = min(self.settings["receive.interval"] * 2 ** min(attempts, 10), 600_000)
            self.later[doc_id] = (attempts + 1, now() + pause)
            if not attempts:
                self.store.note("not-fetched", code=failure.kind)
            raise
        self.later.pop(doc_id, None)
        return packet
