"""Prime fields F_p for p = 2^61 − 1 and every other prime p < 2^61, tiny ones included.

A field makes vectors from integers, coins or bytes, and turns them back. There is one object per
prime, so fields are compared by identity. Knows neither engines (`arithmetic.py`) nor sharing.
"""

import re
import sys
from collections.abc import Iterable, Sequence
from functools import cache
from math import prod
from typing import Any, final

import numpy as np

from turncoat.actors.randomness import Tape
from turncoat.protocols.algebra.arithmetic import Arithmetic
from turncoat.protocols.algebra.primes import is_prime
from turncoat.protocols.algebra.vec import Shape, Vec, Words

LIMIT = 2**61
