"""The package around the text of a Word file: parts, what relates them, properties, and an archive without times."""

from __future__ import annotations

import io
import posixpath
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from xml.sax.saxutils import escape, quoteattr

from lxml import etree

PARSER = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_TYPES = "{http://schemas.openxmlformats.org/package/2006/content-types}"
_PACKAGE = "{http://schemas.openxmlformats.org/package/2006/relationships}"
_CUSTOM = "docProps/custom.xml"
_CUSTOM_TYPE = "application/vnd.openxmlformats-officedocument.custom-properties+xml"
_DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_EPOCH = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Properties:
    """What a file says about itself; `date` (YYYY-MM-DD) is the document's own, never the day it was built.

    `custom` holds properties of our own by name, which programs can read back from a file that was sent.
    """

    title: str
    author: str
    language: str
    date: str
    custom: Mapping[str, str] = field(default_factory=dict)


def to_bytes(tree: etree._Element) -> bytes:
    """A part as it lies in the archive."""
    return etree.tostring(tree, xml_declaration=True, encoding="UTF-8", standalone=True)


def add_part(parts: dict[str, bytes], name: str, content: bytes, content_type: str) -> None:
    """Put a part into the package, or in the place of the one that was there."""
    parts[name] = content
    types = etree.fromstring(parts["[Content_Types].xml"], PARSER)
    for known in types.findall(f"{_TYPES}Override"):
        if known.get("PartName") == f"/{name}":
            types.remove(known)
    etree.SubElement(types, f"{_TYPES}Override", {"PartName": f"/{name}", "ContentType": content_type})
    parts["[Content_Types].xml"] = to_bytes(types)


def relate(parts: dict[str, bytes], source: str, target: str, kind: str) -> str:
    """The id under which the part `source` ("" for the package) knows the part `target`; made where it has none."""
    folder, name = posixpath.split(source)
    file = posixpath.join(folder, "_rels", f"{name}.rels")
    relations = etree.fromstring(parts[file], PARSER)
    address = posixpath.relpath(target, folder or ".")
    for known in relations.findall(f"{_PACKAGE}Relationship"):
        if known.get("Type") == f"{RELATION}/{kind}" and known.get("Target") in {address, f"/{target}"}:
            return known.get("Id", "")
    taken = {known.get("Id") for known in relations}
    number = next(number for number in range(1, len(taken) + 2) if f"rId{number}" not in taken)
    attributes = {"Id": f"rId{number}", "Type": f"{RELATION}/{kind}", "Target": address}
    etree.SubElement(relations, f"{_PACKAGE}Relationship", attributes)
    parts[file] = to_bytes(relations)
    return f"rId{number}"


def write_properties(parts: dict[str, bytes], properties: Properties) -> None:
    """What Word shows under File > Info; a template's own custom properties give way to the document's."""
    parts["docProps/core.xml"] = _core(properties)
    if properties.custom:
        add_part(parts, _CUSTOM, _custom(properties.custom), _CUSTOM_TYPE)
        relate(parts, "", _CUSTOM, "custom-properties")


def _core(properties: Properties) -> bytes:
    title, author, language = escape(properties.title), escape(properties.author), escape(properties.language)
    moment = f"{properties.date}T00:00:00Z"
    return (
        f"{_DECLARATION}"
        '<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties"'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/"'
        ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f"<dc:title>{title}</dc:title><dc:creator>{author}</dc:creator><dc:language>{language}</dc:language>"
        f"<cp:lastModifiedBy>{author}</cp:lastModifiedBy>"
        f'<dcterms:created xsi:type="dcterms:W3CDTF">{moment}</dcterms:created>'
        f'<dcterms:modified xsi:type="dcterms:W3CDTF">{moment}</dcterms:modified>'
        "</cp:coreProperties>"
    ).encode()


def _custom(custom: Mapping[str, str]) -> bytes:
    # the format reserves the property ids 0 and 1
    properties = "".join(
        f'<property fmtid="{{D5CDD505-2E9C-101B-9397-08002B2CF9AE}}" pid="{pid}" name={quoteattr(name)}>'
        f"<vt:lpwstr>{escape(value)}</vt:lpwstr></property>"
        for pid, (name, value) in enumerate(custom.items(), 2)
    )
    return (
        f"{_DECLARATION}"
        '<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/custom-properties"'
        ' xmlns:vt="http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes">'
        f"{properties}</Properties>"
    ).encode()


def archive(parts: Mapping[str, bytes]) -> bytes:
    """A zip without times, in a fixed order: the content types first, as readers expect."""
    buffer = io.BytesIO()
    order = sorted(parts, key=lambda name: (name != "[Content_Types].xml", name != "_rels/.rels", name))
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as made:
        for name in order:
            item = zipfile.ZipInfo(name, _EPOCH)
            item.compress_type = zipfile.ZIP_DEFLATED
            item.external_attr = 0o600 << 16
            made.writestr(item, parts[name])
    return buffer.getvalue()
