"""Columns of texts that lie in memory one behind the other are columns of the same texts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.model.packed import PackedTexts

ANYTHING = st.text(st.characters(exclude_categories=()), max_size=12)


@given(st.lists(ANYTHING, max_size=8), st.data())
def test_texts_come_back_as_they_were(texts: list[str], data: st.DataObject) -> None:
    packed = PackedTexts(texts)
    assert (len(packed), list(packed)) == (len(texts), texts)
    assert [packed[row] for row in range(len(texts))] == texts
    rows = data.draw(st.lists(st.integers(0, len(texts) - 1), max_size=8)) if texts else []
    assert list(packed.take(rows)) == [texts[row] for row in rows]
    wanted = set(data.draw(st.lists(st.sampled_from(texts), max_size=3))) if texts else set()
    assert packed.among(wanted) == [row for row, text in enumerate(texts) if text in wanted]


def test_there_is_nothing_behind_the_last() -> None:
    packed = PackedTexts(["一", "two"])
    assert (packed[-1], packed[-2]) == ("two", "一")
    with pytest.raises(IndexError):
        packed[2]
