"""`turncoat doctor`: is the installation whole, are its runs deterministic, how fast is it?"""

import os
import platform
import sys
from collections.abc import Callable, Iterator
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version

import attrs
import click

import turncoat
from turncoat.cli.page import Block, Headline, Line, Mark, show

PACKAGES = ("trio", "numpy", "numba", "attrs", "cattrs", "cryptography", "click", "rich")

EPILOG = """\b
Exit codes: 0 all is well, 1 something is missing or broken.
"""


@attrs.frozen
class Finding:
    """One check. broken: it must be repaired before results can be trusted."""

    label: str
    text: str
    mark: Mark = "plain"

    @property
    def broken(self) -> bool:
        return self.mark == "bad"


@click.command(epilog=EPILOG)
def doctor() -> int:
    """Check the installation: versions, the compiled kernels, one digest, messages per second."""
    show([Headline(f"turncoat {turncoat.__version__}")])
    findings: list[Finding] = []
    for check in (_machine, _packages, _compiler, _determinism, _kernel):
        found = list(_guarded(check))
        show(_lines(found))  # as they come: the last ones take a second
        findings += found
    broken = [finding.label for finding in findings if finding.broken]
    verdict = f"broken: {', '.join(broken)}" if broken else "all is well"
    show([Line("", verdict, "bad" if broken else "good")])
    return 1 if broken else 0


def _lines(findings: list[Finding]) -> Iterator[Block]:
    for finding in findings:
        yield Line(finding.label, finding.text, finding.mark)


def _guarded(check: Callable[[], Iterator[Finding]]) -> Iterator[Finding]:
    """A check that fails to run is a finding too: that is what the command is for."""
    try:
        yield from check()
    except Exception as error:
        label = check.__name__.removeprefix("_")
        yield Finding(label, f"{type(error).__name__}: {error}", "bad")


def _machine() -> Iterator[Finding]:
    python = f"{platform.python_implementation()} {platform.python_version()}"
    supported = sys.version_info >= (3, 11)
    yield Finding("Python", f"{python}, {sys.executable}", "plain" if supported else "bad")
    yield Finding("machine", f"{platform.system()} {platform.machine()}, {_cores()} cores")


def _cores() -> int:
    """Cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _packages() -> Iterator[Finding]:
    for name in PACKAGES:
        try:
            import_module(name)
            yield Finding(name, version(name))
        except (ImportError, PackageNotFoundError) as error:
            yield Finding(name, f"cannot be imported: {error}", "bad")


def _compiler() -> Iterator[Finding]:
    """Can numba keep what it compiles? Without a cache, it compiles in every process anew."""
    from turncoat.protocols.algebra import kernels

    numba = import_module("numba")
    try:
        path: str = numba.njit(cache=True)(kernels.HELPERS[0]).stats.cache_path
    except RuntimeError:
        text = "no folder is writable; set NUMBA_CACHE_DIR, or long vectors start slowly"
        yield Finding("cache", text, "doubtful")
        return
    yield Finding("cache", f"compiled kernels are kept in {path}")
    engine = os.environ.get("TURNCOAT_ENGINE")
    if engine:
        yield Finding("engine", f"forced to {engine} by TURNCOAT_ENGINE", "doubtful")


def _determinism() -> Iterator[Finding]:
    from turncoat.cli.selftest import twins

    found = twins()
    if not found.equal:
        text = f"two digests of one scenario: {found.digests[0]} and {found.digests[1]}"
        yield Finding("digest", text, "bad")
        return
    yield Finding("digest", f"{found.digests[0]} twice", "plain" if found.held else "bad")
    if not found.held:
        yield Finding("scenario", "three parties computed a wrong variance", "bad")


def _kernel() -> Iterator[Finding]:
    from turncoat.cli.selftest import PARTIES, speed

    found = speed()
    text = f"{found.per_second:,} messages/s, {PARTIES} parties sending to all"
    yield Finding("kernel", text)
