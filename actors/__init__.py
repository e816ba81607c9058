"""The simulated world: who, where and when. Knows no protocol and no cryptography."""

if __name__ != "turncoat.actors":
    raise ImportError(
        "import turncoat.actors, not actors: a second copy of every class would follow"
    )
