"""How far a run has come: which round its clients are in, and how many of them have spoken in it.

For people who wait. Nothing of it reaches a message, a verdict or the digest.
"""

import attrs

from turncoat.protocols.aggregation.messages import (
    AdvertisedKeys,
    Clients,
    ConsistencySignature,
    EncryptedShares,
    KeyList,
    MaskedInput,
    RelayedShares,
    SignatureList,
    UnmaskingShares,
)
from turncoat.protocols.aggregation.payloads import ClientPayloads


@attrs.define(eq=False)
class Progress:
    """n: clients. stage: the latest round that some client has come to. spoken: how many are in
    each."""

    n: int
    stage: str = ""
    spoken: dict[str, int] = attrs.field(factory=dict[str, int])

    def count(self, stage: str) -> None:
        if stage not in self.spoken:
            self.stage = stage
        self.spoken[stage] = self.spoken.get(stage, 0) + 1

    def __str__(self) -> str:
        if not self.stage:
            return "setup"
        return f"{self.stage} {self.spoken[self.stage]:,} of {self.n:,}"


@attrs.frozen
class Counted:
    """Implements `ClientPayloads`: the same payloads, counted."""

    payloads: ClientPayloads
    progress: Progress

    def advertise(self) -> AdvertisedKeys:
        self.progress.count("AdvertiseKeys")
        return self.payloads.advertise()

    def share_keys(self, cohort: Clients, keys: KeyList) -> EncryptedShares:
        self.progress.count("ShareKeys")
        return self.payloads.share_keys(cohort, keys)

    def mask(self, senders: Clients, relayed: RelayedShares) -> MaskedInput:
        self.progress.count("MaskedInput")
        return self.payloads.mask(senders, relayed)

    def sign(self, survivors: Clients) -> ConsistencySignature:
        self.progress.count("ConsistencyCheck")
        return self.payloads.sign(survivors)

    def check_signatures(self, survivors: Clients, signers: Clients, listed: SignatureList) -> None:
        self.payloads.check_signatures(survivors, signers, listed)

    def unmask(self, survivors: Clients) -> UnmaskingShares:
        self.progress.count("Unmasking")
        return self.payloads.unmask(survivors)
