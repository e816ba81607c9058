"""The command line. Commands import late, so that `--help` stays fast."""

if __name__ != "turncoat.cli":
    raise ImportError("import turncoat.cli, not cli: every class would exist twice")
