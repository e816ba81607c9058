"""Worlds from files: schema, loader, composition, verdict."""

if __name__ != "turncoat.scenarios":
    raise ImportError("import turncoat.scenarios, not scenarios: every class would exist twice")
