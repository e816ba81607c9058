"""One adversary, many corrupted seats. Deleting this package leaves every honest run working."""

if __name__ != "turncoat.adversary":
    raise ImportError("import turncoat.adversary, not adversary: every class would exist twice")
