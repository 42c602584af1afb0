from __future__ import annotations

import io
import zipfile

import pytest

from pipeline.compare import Cause, Identity, Kind, Unreadable, compare_returned, read_identity
from pipeline.compare import package as module
from tests.compare.documents import FINGERPRINT, RELATIONS, SHORT, WORD, agreement, pack, unpack
from tests.compare.tampering import HARMLESS, str_of

SENT = agreement()
MAIN = "word/document.xml"


def cause(content: bytes) -> Cause:
    found = compare_returned(SENT, content)
    assert isinstance(found, Unreadable)
    assert found.message
    identity = read_identity(content)
    assert isinstance(identity, Unreadable)
    return found.cause


def with_body(markup: str) -> bytes:
    return pack({**unpack(SENT), MAIN: f'<w:document xmlns:w="{WORD}"><w:body>{markup}</w:body></w:document>'})


def test_the_properties_name_the_agreement() -> None:
    assert read_identity(SENT) == Identity(SHORT, FINGERPRINT, "sla-harbour-core@B/00", "zh-CN")


def test_the_footer_names_the_agreement_where_the_properties_were_lost() -> None:
    assert read_identity(HARMLESS["properties lost"](SENT)) == Identity(SHORT)


def test_a_file_without_any_fingerprint_says_so() -> None:
    parts = unpack(HARMLESS["properties lost"](SENT))
    parts["word/footer1.xml"] = str_of(parts["word/footer1.xml"]).replace(SHORT, "")
    found = read_identity(pack(parts))
    assert isinstance(found, Unreadable)
    assert found.cause is Cause.NO_FINGERPRINT


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", Cause.NOT_WORD),
        (b"just words", Cause.NOT_WORD),
        (b"%PDF-1.7\n%...", Cause.PDF),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), Cause.OLD_WORD),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "EncryptedPackage".encode("utf-16-le"), Cause.ENCRYPTED),
        (b"PK\x03\x04" + bytes(200), Cause.DAMAGED),
        (SENT[: len(SENT) // 2], Cause.DAMAGED),
        (pack({"a.txt": "hello"}), Cause.NOT_WORD),
        (pack({**unpack(SENT), MAIN: "<w:document"}), Cause.DAMAGED),
        (pack({**unpack(SENT), MAIN: "<html/>"}), Cause.NOT_WORD),
    ],
)
def test_what_is_no_readable_word_file_is_told_apart(content: bytes, expected: Cause) -> None:
    assert cause(content) is expected


def test_an_entity_bomb_is_refused() -> None:
    levels = "".join(f'<!ENTITY a{n + 1} "{f"&a{n};" * 10}">' for n in range(9))
    bomb = f'<!DOCTYPE x [<!ENTITY a0 "ha">{levels}]><w:document xmlns:w="{WORD}"><w:body>&a9;</w:body></w:document>'
    assert cause(pack({**unpack(SENT), MAIN: bomb})) is Cause.UNSAFE
    assert cause(pack({**unpack(SENT), MAIN: f'<?xml version="1.0" encoding="UTF-16"?>{bomb}'.encode("utf-16")})) in {
        Cause.UNSAFE,
        Cause.DAMAGED,
    }


def test_a_zip_bomb_is_refused() -> None:
    assert cause(pack({**unpack(SENT), "word/styles.xml": "<a>" + " " * (module.MOST_XML + 1)})) is Cause.TOO_LARGE
    assert cause(with_body("<w:p/>" * module.MOST_TAGS)) is Cause.TOO_LARGE


def test_large_pictures_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_MEDIA", 1000)
    assert cause(pack({**unpack(SENT), "word/media/huge.png": bytes(2000)})) is Cause.TOO_LARGE


def test_two_parts_of_one_name_are_refused() -> None:
    buffer = io.BytesIO(SENT)
    with zipfile.ZipFile(buffer, "a") as archive:
        archive.writestr("word/Document.xml", "<x/>")
    assert cause(buffer.getvalue()) is Cause.UNSAFE


def test_the_text_is_the_part_that_the_package_names_not_the_one_with_the_usual_name() -> None:
    parts = unpack(SENT)
    parts["word/other.xml"] = str_of(parts[MAIN]).replace("15 分钟", "10 分钟")
    parts["word/_rels/other.xml.rels"] = parts["word/_rels/document.xml.rels"]
    parts["_rels/.rels"] = str_of(parts["_rels/.rels"]).replace("word/document.xml", "word/other.xml")
    found = compare_returned(SENT, pack(parts))
    assert not isinstance(found, Unreadable)
    assert [(one.before, one.after) for one in found.differences] == [("15 分钟", "10 分钟")]


def test_deep_nesting_is_refused_or_read_but_never_crashes() -> None:
    for depth in (60, 80, 250):
        row = "<w:tbl><w:tr><w:tc>" * depth + "<w:p/>" + "</w:tc></w:tr></w:tbl>" * depth
        assert compare_returned(SENT, with_body(row)) is not None
    assert (
        compare_returned(SENT, with_body("<w:p>" + "<w:smartTag>" * 240 + "</w:smartTag>" * 240 + "</w:p>")) is not None
    )


@pytest.mark.parametrize(
    "markup",
    [
        "<w:p><w:r><w:t>乙方</w:t></w:r></w:p>" * 50_000,
        "<w:p><w:r><w:t>" + "乙方甲方" * 400_000 + "</w:t></w:r></w:p>",
        "<w:tbl>" + "<w:tr><w:tc><w:p><w:r><w:t>P1</w:t></w:r></w:p></w:tc></w:tr>" * 20_000 + "</w:tbl>",
        "<w:p><w:r><w:t>姓名：职务：日期：</w:t></w:r></w:p>" * 3_000,
    ],
    ids=["many paragraphs", "one long paragraph", "many rows", "many near matches"],
)
def test_a_huge_text_is_compared_in_seconds(markup: str) -> None:
    import time

    start = time.process_time()
    found = compare_returned(SENT, with_body(markup))
    assert isinstance(found, Unreadable) or not found.untouched
    assert time.process_time() - start < 30


WORDS = "<w:comment w:id='0' w:author='x'><w:p><w:r><w:t>我方不同意</w:t></w:r></w:p></w:comment>"
KIND = "application/vnd.openxmlformats-officedocument.wordprocessingml.comments+xml"


def with_comment(target: str, declared: str) -> bytes:
    """A comment in a part whose name says nothing."""
    parts = unpack(SENT)
    relations, end = "word/_rels/document.xml.rels", "</Relationships>"
    relation = f'<Relationship Id="rIdC" Type="{RELATIONS}/comments" Target="{target}"/>'
    parts[relations] = str_of(parts[relations]).replace(end, relation + end)
    types = "[Content_Types].xml"
    parts[types] = str_of(parts[types]).replace("</Types>", f"{declared}</Types>")
    return pack({**parts, "word/comments.dat": f'<w:comments xmlns:w="{WORD}">{WORDS}</w:comments>'})


@pytest.mark.parametrize(
    ("target", "declared"),
    [
        ("comments.dat", f'<Override PartName="/word/comments.dat" ContentType="{KIND}"/>'),
        ("comments.dat", f'<Override PartName="/Word/Comments.dat" ContentType="{KIND}; charset=utf-8"/>'),
        ("comm%65nts.dat", f'<Override PartName="/word/comm%65nts.dat" ContentType="{KIND}"/>'),
        ("comments.dat", f'<Default Extension="DAT" ContentType="{KIND}"/>'),
    ],
)
def test_a_comment_is_found_by_what_the_file_calls_it_not_by_the_name_of_its_part(target: str, declared: str) -> None:
    found = compare_returned(SENT, with_comment(target, declared))
    assert not isinstance(found, Unreadable)
    assert [(one.kind, one.after) for one in found.differences] == [(Kind.COMMENT, "我方不同意")]


def test_words_in_a_part_that_does_not_say_so_are_refused() -> None:
    assert cause(with_comment("comments.dat", "")) is Cause.UNSAFE


def test_a_bomb_in_the_list_of_parts_is_refused() -> None:
    bomb = "<Types>" + " " * (module.MOST_TYPES + 1) + "</Types>"
    assert cause(pack({**unpack(SENT), "[Content_Types].xml": bomb})) is Cause.TOO_LARGE


def test_a_small_file_that_unpacks_to_gigabytes_is_refused_without_unpacking_it() -> None:
    import resource

    buffer = io.BytesIO(SENT)
    with zipfile.ZipFile(buffer, "a", zipfile.ZIP_DEFLATED) as archive:
        for name in ("word/media/a.bin", "word/more.xml"):
            with archive.open(name, "w", force_zip64=True) as entry:
                for _ in range(600):
                    entry.write(bytes(1 << 20))
    assert len(buffer.getvalue()) < 4 << 20
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert cause(buffer.getvalue()) is Cause.TOO_LARGE
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 300 << 10  # kilobytes


def test_strict_files_are_read_like_the_usual_ones() -> None:
    parts = unpack(SENT)
    parts[MAIN] = str_of(parts[MAIN]).replace(WORD, "http://purl.oclc.org/ooxml/wordprocessingml/main")
    found = compare_returned(SENT, pack(parts))
    assert not isinstance(found, Unreadable)
    assert found.untouched
