"""How hard properties are tried: a little at the desk, more and always alike in CI."""

import os

from hypothesis import HealthCheck, settings

# No deadline: an example's time says more about the machine's load than about the code.
COMMON = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow]}

settings.register_profile("desk", max_examples=40, **COMMON)
settings.register_profile("ci", max_examples=200, derandomize=True, print_blob=True, **COMMON)
settings.load_profile("ci" if os.environ.get("CI") == "true" else "desk")
