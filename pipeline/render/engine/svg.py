"""Charts: lengths and places in them, read and turned by plain arithmetic."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from weasyprint.matrix import Matrix
from weasyprint.svg import utils

from pipeline.render.engine import replace

_normalize, _size = utils.normalize, utils.size


def _product(one: Any, other: Any) -> Any:  # noqa: ANN401 - WeasyPrint has no types
    """`Matrix.__matmul__`: the same sums in the same order."""
    (p, q, r), (s, t, u), (v, w, x) = other
    made = Matrix.__new__(Matrix)
    list.extend(made, ([a * p + b * s + c * v, a * q + b * t + c * w, a * r + b * u + c * x] for a, b, c in one))
    return made


def install() -> None:
    """Let charts be drawn like this."""
    Matrix.__matmul__ = _product
    replace(_normalize, lru_cache(maxsize=4096)(_normalize))
    replace(_size, lru_cache(maxsize=16384)(_size))
