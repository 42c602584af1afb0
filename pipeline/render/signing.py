"""Makes a Word text ready to sign: open fields in locked terms, and lines to sign on.

Whoever edits a template in Word writes plain text where a field belongs, a mark in double brackets:

    [[sign:SIDE:N:FIELD|what the field is for|what shows while it is empty|value or date format]]

SIDE is `customer` or `provider`, N counts the signatories of a side from 1 (in a loop: `{{ loop.index }}`), FIELD is

- `name` and `title`: a text control, filled with the value when there is one;
- `date`: a date picker; its last entry is the date format, such as `yyyy年M月d日`;
- `line`: Word's own signature line, which suggests the signatory of that name and title; what shows while it is empty
  is not used, its last entry is the party.

A mark takes the looks of the text around it. A document that has one is locked but for its fields; one that has none
(a draft, minutes) is left as it is.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from lxml import etree

from pipeline.problems import Place, error
from pipeline.render.contents import style_ids
from pipeline.render.controls import SPACE, Field, W, control
from pipeline.render.package import PARSER, to_bytes, words
from pipeline.render.signature_line import add_picture, signature_line
from pipeline.render.templates import TemplateMistake

_MARK = re.compile(
    r"\[\[sign:(customer|provider):([1-9]\d?):(name|title|date|line)"
    r"\|([^|]*?)(?:\|([^|]*?)(?:\|(.*?))?)?\]\]"
)
_START = "[[sign:"
_ALMOST = re.compile(r"[\[【〔{]\s*[\[【〔{]\s*sign\s*:", re.IGNORECASE)
"""A mark in any spelling, full-width signs made narrow."""
_OPENS = re.compile(r"[\[【〔{［﹇︻︹﹝︷﹛｛]")
"""What a mark may begin with before it is made narrow: to do that to every text takes longer."""
_BESIDE = re.compile(r"word/(header|footer|footnote|endnote|comment|glossary/)[^/]*\.xml")
_FIRST_PERMISSION = 700001
# what the schema puts before the protection in the settings
_BEFORE_PROTECTION = """writeProtection view zoom removePersonalInformation removeDateAndTime doNotDisplayPageBoundaries
    displayBackgroundShape printPostScriptOverText printFractionalCharacterWidth printFormsData embedTrueTypeFonts
    embedSystemFonts saveSubsetFonts saveFormsData mirrorMargins alignBordersAndEdges bordersDoNotSurroundHeader
    bordersDoNotSurroundFooter gutterAtTop hideSpellingErrors hideGrammaticalErrors activeWritingStyle proofState
    formsDesign attachedTemplate linkStyles stylePaneFormatFilter stylePaneSortMethod documentType mailMerge
    revisionView trackRevisions doNotTrackMoves doNotTrackFormatting""".split()  # noqa: SIM905 - one name a line would hide the code


_bracketed: Any = etree.XPath("//w:t[contains(., '[')]", namespaces={"w": W[1:-1]})


_everything: Any = etree.XPath("string()", smart_strings=False)


@dataclass(frozen=True, slots=True, eq=False)
class _Spot:
    """Where the mark of a field stood: behind a run whose looks it shares."""

    field: Field
    run: etree._Element


def make_signable(document: etree._Element, parts: dict[str, bytes], language: str, file: str) -> None:
    """Marks to fields, and the protection around them; TemplateMistake for a mark that cannot be read."""
    bracketed = (p for text in _bracketed(document) for p in reversed(list(text.iterancestors(f"{W}p"))))
    marked = [one for one in dict.fromkeys(bracketed) if _START in words(one)]
    spots = [spot for paragraph in marked for spot in _spots(paragraph)]
    _refuse_unread_marks(document, parts, file)
    _refuse_equal_tags([spot.field for spot in spots], file)
    if not spots:
        return
    values = {spot.field.tag: spot.field.value.strip() for spot in spots}
    blank_style = style_ids(parts["word/styles.xml"]).get("placeholder text", "")
    lines = [spot for spot in spots if spot.field.name == "line"]
    picture = add_picture(parts) if lines else ""
    for number, spot in enumerate(spots, _FIRST_PERMISSION):
        field = spot.field
        if field.name == "line":
            signer, title = (values.get(f"sign:{field.side}:{field.number}:{one}", "") for one in ("name", "title"))
            made = signature_line(field, lines.index(spot), picture, signer, title)
        else:
            made = control(field, spot.run.find(f"{W}rPr"), blank_style, language)
        permission = {f"{W}id": str(number)}
        start = etree.Element(f"{W}permStart", {**permission, f"{W}edGrp": "everyone"})
        for element in (etree.Element(f"{W}permEnd", permission), made, start):
            spot.run.addnext(element)
        _drop_if_empty(spot.run)
    parts["word/settings.xml"] = _protected(parts["word/settings.xml"])


def _spots(paragraph: etree._Element) -> Iterator[_Spot]:
    """Cut the marks out of a paragraph, also where Word has spread one over several runs."""
    while found := _MARK.search(words(paragraph)):
        run = _cut(paragraph, found.start(), found.end())
        yield _Spot(Field(*(entry or "" for entry in found.groups())), run)


def _cut(paragraph: etree._Element, start: int, end: int) -> etree._Element:
    """Take out the characters from `start` to `end`; the run that ends where they began."""
    position, ending = 0, None
    for text in list(paragraph.iter(f"{W}t")):
        words, run = text.text or "", text.getparent()
        first, last = max(start - position, 0), min(end - position, len(words))
        position += len(words)
        if first >= last or run is None:
            continue
        if ending is None:
            ending = run
            _split(run, text, words[last:])
            words = words[:last]
        text.text = words[:first] + words[last:]
    if ending is None:
        msg = f"no text from {start} to {end}"
        raise ValueError(msg)
    return ending


def _split(run: etree._Element, text: etree._Element, rest: str) -> None:
    """Move the `rest` of a run's text, and what follows it in the run, into a run of its own."""
    after = etree.Element(f"{W}r")
    properties = run.find(f"{W}rPr")
    if properties is not None:
        after.append(deepcopy(properties))
    if rest:
        etree.SubElement(after, f"{W}t", {SPACE: "preserve"}).text = rest
    after.extend(list(text.itersiblings()))
    if any(part.tag != f"{W}rPr" for part in after):
        run.addnext(after)


def _drop_if_empty(run: etree._Element) -> None:
    paragraph = run.getparent()
    if paragraph is not None and not any(part.text or part.tag not in {f"{W}rPr", f"{W}t"} for part in run):
        paragraph.remove(run)


def _refuse_unread_marks(document: etree._Element, parts: Mapping[str, bytes], file: str) -> None:
    """A mark that nobody reads would be printed in a contract: misspelt ones, and any in a running head or a note."""
    places = [("the text", document)] if _has_almost(document) else []
    for name, content in parts.items():
        if (beside := _BESIDE.fullmatch(name)) and _is_almost(content):
            places.append((f"a {beside[1].strip('/')} ({name})", etree.fromstring(content, PARSER)))
    for place, part in places:
        for paragraph in part.iter(f"{W}p"):
            text = _normal(paragraph)
            found = _ALMOST.search(text)
            if found is not None:
                message = f"cannot read the signature field “{text[found.start() :][:60]}” in {place}"
                hint = (
                    "write [[sign:SIDE:N:FIELD|label|blank|value]] in the body, with SIDE customer or provider, "
                    "N from 1, FIELD name, title, date or line"
                )
                raise TemplateMistake(error(Place(file), "template", message, hint))


@lru_cache(maxsize=256)
def _is_almost(content: bytes) -> bool:
    """Of a part, which most documents take from their template as it is."""
    return _has_almost(etree.fromstring(content, PARSER))


def _has_almost(part: etree._Element) -> bool:
    # all that is text at all is had at once
    return _OPENS.search(_everything(part)) is not None and _ALMOST.search(_normal(part)) is not None


def _normal(part: etree._Element) -> str:
    return unicodedata.normalize("NFKC", "".join([one.text or "" for one in part.iter("{*}t")]))


def _refuse_equal_tags(fields: Sequence[Field], file: str) -> None:
    """Two fields of one name could not be told apart in a signed copy."""
    for tag, times in Counter(field.tag for field in fields).items():
        if times > 1:
            message = f"the signature field {tag} appears {times} times"
            raise TemplateMistake(error(Place(file), "template", message, "number it by its loop: {{ loop.index }}"))


@lru_cache(maxsize=64)
def _protected(settings: bytes) -> bytes:
    tree = etree.fromstring(settings, PARSER)
    for old in tree.findall(f"{W}documentProtection"):
        tree.remove(old)
    place = sum(1 for one in tree if etree.QName(one).localname in _BEFORE_PROTECTION)
    tree.insert(place, etree.Element(f"{W}documentProtection", {f"{W}edit": "readOnly", f"{W}enforcement": "1"}))
    return to_bytes(tree)
