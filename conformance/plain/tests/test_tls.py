"""The axis behind TLS: certificates made on the spot, a forwarder in this process."""

import os
import socket
import ssl
import subprocess
import threading
import unittest
import urllib.parse

from tests.support import WithAxis, document


class Forwarder:
    """Takes TLS connections and hands their bytes on."""

    def __init__(self, certificate, key, target):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        self.context, self.target = context, target
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = "https://localhost:%d" % self.listener.getsockname()[1]
        threading.Thread(target=self.listen, daemon=True).start()

    def listen(self):
        while True:
            try:
                plain, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.serve, args=(plain,), daemon=True).start()

    def serve(self, plain):
        try:
            near = self.context.wrap_socket(plain, server_side=True)
            far = socket.create_connection(self.target)
        except OSError:
            plain.close()
            return
        back = threading.Thread(target=self.carry, args=(far, near), daemon=True)
        back.start()
        self.carry(near, far)
        back.join()
        near.close()
        far.close()

    def carry(self, source, sink):
        try:
            while True:
                data = source.recv(65536)
                if not data:
                    break
                sink.sendall(data)
            sink.shutdown(socket.SHUT_WR)
        except OSError:
            pass


class Tls(WithAxis):
    def setUp(self):
        super().setUp()
        self.openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-keyout", "ca.key", "-out", "ca.pem",
                     "-subj", "/CN=thu nghiem")
        self.openssl("req", "-newkey", "rsa:2048", "-nodes", "-keyout", "axis.key", "-out", "axis.csr", "-subj", "/CN=localhost")
        self.write("ext", b"subjectAltName=DNS:localhost\n")
        self.openssl("x509", "-req", "-in", "axis.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", "2",
                     "-out", "axis.pem", "-extfile", "ext")
        address = urllib.parse.urlsplit(self.axis.url)
        forwarder = Forwarder(self.path("axis.pem"), self.path("axis.key"), (address.hostname, address.port))
        self.addCleanup(forwarder.listener.close)
        self.axis.url = forwarder.url

    def openssl(self, *words):
        try:
            subprocess.run(["openssl", *words], cwd=self.folder.name, check=True, capture_output=True)
        except FileNotFoundError:
            self.skipTest("openssl is not here")

    def test_an_axis_is_trusted_by_its_authority_and_by_nothing_else(self):
        trusting = self.start("a", "axis.ca_file=" + self.path("ca.pem"))
        trusting.done("send", contains_state_secret=False, document=document())
        trusting.until("out-1", lambda why: why["outgoing"]["recipients"][0]["delivery"] == "accepted")
        health = {one["name"]: one["health"] for one in trusting.done("doctor")}
        self.assertEqual((health["axis"], health["tls"]), ("good", "good"))
        doubting = self.start("b")
        doubting.done("send", contains_state_secret=False, document=document(
            From={"OrganId": "H99.02"}, To=[{"OrganId": "H99.01"}]))
        why = doubting.until("out-1", lambda why: why["outgoing"]["recipients"][0]["error"])
        self.assertEqual(why["outgoing"]["recipients"][0]["error"], "axis-untrusted")
        careless = self.start("b", "--store " + self.path("other"), "--mutant tls-unchecked")
        health = {one["name"]: one["health"] for one in careless.done("doctor")}
        self.assertEqual(health["axis"], "good")


class Plaintext(unittest.TestCase):
    def test_plaintext_beyond_this_machine_needs_a_word(self):
        from failure import Failure
        from settings import Settings
        settings = Settings()
        for key, value in (("store.path", os.devnull), ("connector.organs", "x"), ("axis.url", "http://axis.example/"),
                           ("axis.system_id", "x"), ("axis.secret", "x")):
            settings.set(key, value)
        with self.assertRaises(Failure) as refused:
            settings.check()
        self.assertEqual(refused.exception.kind, "axis-plaintext")
        settings.set("axis.allow_plaintext", "true")
        settings.check()


if __name__ == "__main__":
    unittest.main()
