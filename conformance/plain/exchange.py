"""What has to happen with packets, on rows of the store; no network here."""

from inbox import Inbox
from outbox import Outbox
from statuses import Statuses


class Exchange(Outbox, Inbox, Statuses):
    def __init__(self, settings, store, reader, writer):
        self.settings, self.store = settings, store
        self.reader, self.writer = reader, writer

    @property
    def own_organs(self):
        return [self.store.code_of(organ) for organ in self.settings.organs]

    def same_organ(self, one, other):
        return bool(one) and bool(other) and self.store.code_of(one) == self.store.code_of(other)
