"""Who signs with which key, as the PKI says it. Knows no message."""

import attrs
import numpy as np

from turncoat.protocols.aggregation.messages import Clients
from turncoat.protocols.primitives.signatures import KEY_BYTES, SigningKey, verifies


@attrs.frozen(eq=False)
class Directory:
    """d_v^PK of the registered clients: the keys stand in the order of the (ascending) clients."""

    clients: Clients
    keys: bytes = attrs.field(repr=False)

    def __contains__(self, client: object) -> bool:
        return bool(np.any(self.clients == client))

    def signed(self, client: int, signature: bytes, text: bytes) -> bool:
        """Is this that client's signature? Of a client that is not registered there is none."""
        place = int(np.searchsorted(self.clients, client))
        if place == self.clients.size or self.clients[place] != client:
            return False
        key = self.keys[KEY_BYTES * place : KEY_BYTES * (place + 1)]
        return verifies(key, signature, text)


@attrs.frozen(eq=False)
class Identity:
    """A client's own signing key, and everybody's public ones."""

    key: SigningKey
    directory: Directory
