"""What honest parties do. Protocols see the world only through `Party`."""

if __name__ != "turncoat.protocols":
    raise ImportError("import turncoat.protocols, not protocols: every class would exist twice")
