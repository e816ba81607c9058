"""Which privacy checks there are, as data: loads neither numpy nor trio, so that `list` stays fast.

A check is named after what it shows. A *control* is broken on purpose and must be found leaking: a
checker that has never failed proves nothing. A check is tested by being registered.
"""

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from importlib import import_module
from types import MappingProxyType
from typing import Any, Literal

import attrs

Method = Literal["exact", "ideal", "statistical", "extraction"]
Verdict = Literal["PERFECT", "SOUND", "CLEAN", "LEAK", "INCONCLUSIVE"]


@attrs.frozen
class CheckInfo:
    """A check as users name it. target: `module:function`; what it returns depends on the method:
    ensembles (exact), pairs of worlds (ideal), experiments (statistical, extraction). expects: the
    verdict of each of them. control: of which check it is the planted leak."""

    name: str
    method: Method
    summary: str
    target: str
    expects: Verdict
    cites: tuple[str, ...] = ()
    control: bool = False

    def make(self) -> tuple[Any, ...]:
        """What the method runs."""
        module, _, function = self.target.partition(":")
        return tuple(getattr(import_module(module), function)())


_HERE = "turncoat.adversary.privacy.checks."


def _exact(name: str, summary: str, target: str, *cites: str) -> CheckInfo:
    return CheckInfo(name, "exact", summary, _HERE + target, "PERFECT", cites)


def _ideal(name: str, summary: str, target: str, *cites: str) -> CheckInfo:
    return CheckInfo(name, "ideal", summary, _HERE + target, "PERFECT", cites)


def _statistical(name: str, summary: str, target: str) -> CheckInfo:
    return CheckInfo(name, "statistical", summary, _HERE + target, "CLEAN")


def _planted(name: str, summary: str, target: str) -> CheckInfo:
    return CheckInfo(name, "statistical", summary, _HERE + target, "LEAK", control=True)


def _extraction(name: str, summary: str, target: str) -> CheckInfo:
    return CheckInfo(name, "extraction", summary, _HERE + target, "CLEAN")


def _control(name: str, summary: str, target: str, *cites: str) -> CheckInfo:
    return CheckInfo(name, "exact", summary, _HERE + target, "LEAK", cites, control=True)


def _table(*infos: CheckInfo) -> Mapping[str, CheckInfo]:
    return MappingProxyType({info.name: info for info in infos})


CHECKS = _table(
    _exact("additive-n2", "additive sharing, 2 parties, F_5", "sharing:additive_2"),
    _exact("additive-n3", "additive sharing, 3 parties, any 2, F_5", "sharing:additive_3"),
    _exact("additive-n4", "additive sharing, 4 parties, any 3, F_5", "sharing:additive_4"),
    _exact("shamir-n3", "Shamir's sharing, n = 3, t = 1, F_5", "sharing:shamir_3", "Shamir79"),
    _exact("shamir-n5", "Shamir's sharing, n = 5, t = 2, F_7", "sharing:shamir_5", "Shamir79"),
    _exact("bgw-xy-closed-f5", "[xy] before opening, n = 3, F_5", "bgw:xy_closed_5", "GRR98"),
    _exact("bgw-xy-f5", "xy opened, n = 3, F_5", "bgw:xy_5", "BGW88", "GRR98"),
    _exact("bgw-xy-closed-f7", "[xy] before opening, n = 3, F_7", "bgw:xy_closed_7", "GRR98"),
    _exact("bgw-xy-f7", "xy opened, n = 3, F_7", "bgw:xy_7", "BGW88", "GRR98"),
    _exact(
        "bgw-xy+w-closed-f5", "[xy + w] before opening, n = 3, F_5", "bgw:xyw_closed_5", "GRR98"
    ),
    _exact("bgw-xy+w-f5", "xy + w opened, n = 3, F_5", "bgw:xyw_5", "BGW88", "GRR98"),
    _exact(
        "bgw-xy+w-closed-f7", "[xy + w] before opening, n = 3, F_7", "bgw:xyw_closed_7", "GRR98"
    ),
    _exact("bgw-xy+w-f7", "xy + w opened, n = 3, F_7", "bgw:xyw_7", "BGW88", "GRR98"),
    _exact("beaver-closed-f5", "Beaver's product, closed, F_5", "beaver:closed", "Beaver91"),
    _exact("beaver-f5", "Beaver's product, opened, F_5", "beaver:opened", "Beaver91"),
    _exact("masked-sum", "toy aggregation, nobody lost, F_5", "masked_sum:complete", "BIKMMPRSS17"),
    _exact(
        "masked-sum-dropout", "toy aggregation, a client lost before its input",
        "masked_sum:dropout", "BIKMMPRSS17",
    ),
    _exact(
        "masked-sum-late", "toy aggregation, a masked input comes too late",
        "masked_sum:late", "BIKMMPRSS17",
    ),
    _exact(
        "masked-sum-colluding", "toy aggregation, the server and a client together",
        "masked_sum:colluding", "BIKMMPRSS17",
    ),
    _exact("spdz-honest-f5", "SPDZ online, and with a lie of 0, F_5", "spdz:honest", "DPSZ12"),
    CheckInfo(
        "spdz-lie-f5", "exact", "SPDZ online, a lie of 1 in an opening: 9/25 apart",
        _HERE + "spdz:lied_to", "SOUND", ("DPSZ12", "DKLPSS13, figure 'MACCheck'"),
    ),
    _ideal("ideal-bgw-f5", "BGW xy + w against F_SFE, every seat, F_5", "ideal_worlds:bgw"),
    _ideal(
        "ideal-broadcast-f5", "echo broadcast against F_BC, heard and equivocated, F_5",
        "broadcast_and_coins:broadcast", "GL05",
    ),
    _ideal(
        "ideal-refused-coin-f5", "a committed coin toss against F_Coin, one does not open, F_5",
        "broadcast_and_coins:refused_coin", "Blum81",
    ),
    _ideal(
        "ideal-random-bit-f5", "a random bit, every seat, given no second attempt, F_5",
        "broadcast_and_coins:bit", "DFKNT06",
    ),
    _ideal("ideal-coin-f5", "a coin toss among friends against F_Coin, F_5", "ideal_worlds:coin"),
    CheckInfo(
        "ideal-spdz-opening-f5", "ideal", "a lie in an SPDZ opening against F_Open: 9/25 apart",
        _HERE + "spdz:against_ideal", "SOUND", ("DPSZ12", "DKLPSS13, figure 'MACCheck'"),
    ),
    CheckInfo(
        "ideal-biased-coin", "ideal", "a coin toss in which P1's coins are stuck at 0",
        _HERE + "ideal_worlds:biased_coin", "LEAK", control=True,
    ),
    CheckInfo(
        "ideal-unreduced", "ideal", "xy + w with a constant resharing against F_SFE",
        _HERE + "ideal_worlds:zero_resharing", "LEAK", control=True,
    ),
    _control("no-degree-reduction", "xy opened on a polynomial of degree 2t", "controls:unreduced"),
    _control("zero-resharing", "P1 reshares with a coefficient 0", "controls:zero_resharing"),
    _control("one-too-many", "t + 1 parties of BGW look together", "controls:one_too_many"),
    _control("b-used-twice", "one b of a triple masks two factors", "controls:b_used_twice"),
    _control("no-self-masks", "toy aggregation without self masks", "controls:no_self_masks"),
    _control("unmasked-share", "a dealer's polynomial is its secret", "controls:unmasked_share"),
    _control("reused-coin", "two dealings from the same coins", "controls:reused_coin"),
    _control("secret-size", "a message as long as a secret is large", "controls:secret_size"),
    _control("secret-time", "a message as late as a secret is large", "controls:secret_time"),
    _control("secret-abort", "an abort if a secret is 0", "controls:secret_abort"),
    _statistical("views-bgw", "BGW xy + w, n = 3 and n = 5, 61 bits", "large_fields:bgw_views"),
    _statistical(
        "views-bgw-compressed", "BGW xy + w with seeds expanded by AES-128, 61 bits",
        "large_fields:compressed_views",
    ),
    _statistical(
        "views-masked-sum", "toy aggregation with a late input, 61 bits",
        "large_fields:masked_sum_views",
    ),
    _statistical(
        "views-aggregation", "aggregation with its cryptography, n = 4, server and a client",
        "aggregation:views",
    ),
    _planted("views-unmasked-share", "an unmasked share, 61 bits", "large_fields:unmasked_share"),
    _planted("views-reused-coin", "a reused coin, 61 bits", "large_fields:reused_coin"),
    _planted("views-secret-size", "a secret-dependent size, 61 bits", "large_fields:secret_size"),
    _planted("views-secret-time", "a secret-dependent time, 61 bits", "large_fields:secret_time"),
    _planted("views-secret-abort", "a secret-dependent abort", "large_fields:secret_abort"),
    _extraction("extract-bare", "is a share of BGW the input?", "large_fields:bare_shares"),
    _extraction("extract-few", "do t shares of BGW determine it?", "large_fields:few_shares"),
    _extraction(
        "extract-related", "does one secret of a dealer give away another?",
        "large_fields:related_dealings",
    ),
    _extraction(
        "extract-late-input", "does a masked input that comes late give the input away?",
        "aggregation:late_input",
    ),
    _extraction(
        "extract-split-views", "do split survivors open an input, if 2·threshold > n?",
        "aggregation:split_views_refused",
    ),
    _extraction(
        "extract-swapped-keys", "does a server that swaps keys read an input, if there is a PKI?",
        "aggregation_keys:swapped_with_pki",
    ),
    CheckInfo(
        "extract-swapped-keys-planted", "extraction", "and if there is none",
        _HERE + "aggregation_keys:swapped", "LEAK", ("BIKMMPRSS17",), control=True,
    ),
    CheckInfo(
        "extract-split-views-planted", "extraction", "and if 2·threshold ≤ n, semi-honest variant",
        _HERE + "aggregation:split_views", "LEAK", ("BIKMMPRSS17",), control=True,
    ),
)  # fmt: skip


def check(name: str) -> CheckInfo:
    """A check by name. Raises ValueError, with the nearest name, for an unknown one."""
    try:
        return CHECKS[name]
    except KeyError:
        near = get_close_matches(name, CHECKS, n=1)
        hint = f"; did you mean {near[0]!r}?" if near else ""
        raise ValueError(f"there is no privacy check {name!r}{hint}") from None


def of_method(method: Method) -> Iterator[CheckInfo]:
    """The checks of one method, in order."""
    return (info for info in CHECKS.values() if info.method == method)
