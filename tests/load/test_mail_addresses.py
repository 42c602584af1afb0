"""A mail address in the sources is one that every mail server takes, and nothing else."""

from __future__ import annotations

import pytest

from pipeline.load.rules import READERS


@pytest.mark.parametrize(
    "address",
    ["dan@acme.example.com", "d.o'ray+slm@acme.example.com", "a_b-c@x-1.example.com", "x@xn--fiqs8s.example.xn--p1ai"],
)
def test_an_address_is_taken_as_it_is(address: str) -> None:
    assert READERS["email"](address) == address


@pytest.mark.parametrize(
    "address",
    [
        "dan",
        "dan@acme",
        "dan@acme.example.com\nBcc: spy@example.com",
        "dan@acme.example.com, spy@example.com",
        "Dan <dan@acme.example.com>",
        "dan @acme.example.com",
        ".dan@acme.example.com",
        "dan..ray@acme.example.com",
        "dan@-acme.example.com",
        "dan@acme..com",
        "丹尼@acme.example.com",
        "dan@东澜.example.com",
        "dan@acme.example.com\r",
        "dan@[127.0.0.1]",
        '"dan ray"@acme.example.com',
        "a" * 65 + "@acme.example.com",
        "dan@" + "a" * 64 + ".example.com",
    ],
)
def test_anything_else_is_refused_in_words(address: str) -> None:
    with pytest.raises(ValueError, match="is not a mail address"):
        READERS["email"](address)
