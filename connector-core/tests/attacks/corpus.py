"""The list of what is made: each case with what a verifier has to say of it.

Three kinds:
- `attack`: never `valid` in what it attacks; the policy `strict` is never met.
- `genuine`: an honest signer may have made it; never `invalid`.
- `equal`: another spelling of a genuine packet with the same canonical form; `valid`, or refused
  by a rule.
"""
CASES = []
WORDS = (
    "valid invalid untrusted expired revoked revocation-unknown unsupported legacy placeholder"
    " absent"
).split()


class Case:
    def __init__(self, name, kind, packet, seal, strict, reason, make, gain):
        for word in packet.split("|") + seal.split("|"):
            assert word in WORDS, f"{name}: {word}"
        self.name, self.kind, self.packet, self.seal = name, kind, packet, seal
        self.strict, self.reason, self.make, self.gain = strict, reason, make, gain


def case(kind, packet, seal, strict, reason, each):
    def add(function):
        assert function.__doc__ and "\n" not in function.__doc__, function.__name__
        name, gain = function.__name__.replace("_", "-"), function.__doc__
        if each is None:
            CASES.append(Case(name, kind, packet, seal, strict, reason, function, gain))
        for word, argument in (each or {}).items():
            CASES.append(
                Case(f"{name}-{word}", kind, packet, seal, strict, reason,
                     lambda world, argument=argument: function(world, argument), gain)
            )
        return function

    return add


def attack(packet, seal="absent", reason="", each=None):
    """A hostile packet; with `each`, one for every argument."""
    return case("attack", packet, seal, "no", reason, each)


def genuine(packet, seal="absent", reason="", each=None, strict=None):
    """An honest one. `strict` says whether the policy of this name is met."""
    assert "invalid" not in packet.split("|") + seal.split("|")
    if strict is None:
        words = {packet, seal}
        strict = "yes" if "valid" in words else "" if "valid" in (packet + "|" + seal) else "no"
    return case("genuine", packet, seal, strict, reason, each)


def equal(packet, seal="absent", reason="", each=None):
    """The same packet in other words."""
    strict = "yes" if "valid" in (packet, seal) else ""
    return case("equal", packet, seal, strict, reason, each)
