"""Pages are made from the templates folder alone: nothing else is opened, nobody is asked, no link leads away."""

from __future__ import annotations

import base64
import io
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pikepdf
import pytest

from pipeline.render.pdf import render_pdf
from pipeline.render.templates import TemplateMistake

SVG = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="9" height="9">{}</svg>'
BOX = '<rect width="9" height="9"/>'
HEAD = "<head>"


def page(body: str) -> str:
    head, _, rest = body.partition(HEAD) if HEAD in body else ("", "", body)
    return f'<html lang="zh-CN"><head><title>t</title>{head}</head><body>{rest}</body></html>'


def picture(svg: str) -> str:
    return f'<img alt="x" src="data:image/svg+xml;base64,{base64.b64encode(svg.encode()).decode()}">'


def drawn(inside: str) -> str:
    return picture(SVG.format(inside))


def within(inside: str) -> str:
    """The same for a picture in a picture."""
    content = base64.b64encode(SVG.format(inside).encode()).decode()
    return f'<image width="5" height="5" href="data:image/svg+xml;base64,{content}"/>'


class Watch:
    """Paths opened and hosts asked while it is on; a hook of the interpreter can never be taken off again."""

    def __init__(self) -> None:
        self.on = False
        self.seen: list[str] = []
        sys.addaudithook(self._note)

    def _note(self, event: str, arguments: tuple[object, ...]) -> None:
        if self.on and event in {"open", "socket.connect", "socket.getaddrinfo", "urllib.Request", "subprocess.Popen"}:
            self.seen.append(f"{event} {arguments[:2]}")


WATCH = Watch()


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    """A folder with secrets, beside the templates."""
    made = tmp_path / "outside"
    made.mkdir()
    (made / "secret.svg").write_text(SVG.format(BOX), encoding="utf-8")
    (made / "secret.css").write_text("p {color: red}", encoding="utf-8")
    (made / "secret.txt").write_text("CANARY", encoding="utf-8")
    return made


@pytest.fixture
def folder(tmp_path: Path, outside: Path) -> Path:
    """Templates, among them links and files that want to lead outside."""
    made = tmp_path / "templates"
    (made / "pdf").mkdir(parents=True)
    (tmp_path / "templates-of-others").symlink_to(outside)
    (made / "pdf" / "ok.svg").write_text(SVG.format(BOX), encoding="utf-8")
    (made / "pdf" / "link.svg").symlink_to(outside / "secret.svg")
    (made / "pdf" / "loop.svg").symlink_to(made / "pdf" / "loop.svg")
    (made / "pdf" / "gone.svg").symlink_to(outside / "gone.svg")
    (made / "pdf" / "folder").symlink_to(outside)
    (made / "pdf" / "chain.css").write_text(f'@import "{(outside / "secret.css").as_uri()}";', encoding="utf-8")
    os.mkfifo(made / "pdf" / "pipe.svg")
    return made


@pytest.fixture
def watched(folder: Path) -> Iterator[list[str]]:
    render_pdf(page("x"), "pdf/x.html", folder)  # libraries are loaded before anybody watches
    WATCH.seen.clear()
    WATCH.on = True
    yield WATCH.seen
    WATCH.on = False


HTTP = "http://127.0.0.1:9/x"
REFUSED = {
    "a file of the system": '<img alt="x" src="file:///etc/passwd">',
    "a path upwards": '<img alt="x" src="../../outside/secret.svg">',
    "a folder whose name begins alike": '<img alt="x" src="../../templates-of-others/secret.svg">',
    "dots in percent": '<img alt="x" src="%2e%2e/%2e%2e/outside/secret.svg">',
    "dots in percent twice": '<img alt="x" src="%252e%252e/%252e%252e/outside/secret.svg">',
    "slashes in percent": '<img alt="x" src="..%2f..%2foutside%2fsecret.svg">',
    "backslashes": r'<img alt="x" src="..\..\outside\secret.svg">',
    "overlong dots": '<img alt="x" src="%c0%ae%c0%ae/%c0%ae%c0%ae/outside/secret.svg">',
    "a NUL": '<img alt="x" src="ok.svg%00.png">',
    "a query behind": '<img alt="x" src="../../outside/secret.svg?ok.svg">',
    "a scheme in capitals": '<img alt="x" src="FILE://{outside}/secret.svg">',
    "a space before": '<img alt="x" src=" file://{outside}/secret.svg">',
    "a share": '<img alt="x" src="file://files.example.com/share/x.svg">',
    "a share that seems to be inside": '<img alt="x" src="file://files.example.com{folder}/pdf/ok.svg">',
    "no scheme": '<img alt="x" src="//example.com/x.svg">',
    "http": f'<img alt="x" src="{HTTP}">',
    "https": '<img alt="x" src="https://127.0.0.1:9/x">',
    "ftp": '<img alt="x" src="ftp://127.0.0.1:9/x">',
    "another scheme": '<img alt="x" src="jar:file://{outside}/secret.svg!/x">',
    "a link": '<img alt="x" src="link.svg">',
    "a link to itself": '<img alt="x" src="loop.svg">',
    "a link to nothing": '<img alt="x" src="gone.svg">',
    "a link to a folder": '<img alt="x" src="folder/secret.svg">',
    "a pipe": '<img alt="x" src="pipe.svg">',
    "a device": '<link rel="attachment" href="file:///dev/zero"><head>x',
    "another base": '<base href="file://{outside}/"><head><img alt="x" src="secret.svg">',
    "an import of a style": '<style>@import "file://{outside}/secret.css";</style><head>x',
    "a style": '<link rel="stylesheet" href="file://{outside}/secret.css"><head>x',
    "a style that imports": '<link rel="stylesheet" href="chain.css"><head>x',
    "a style in an address": '<link rel="stylesheet" href="data:text/css,@import%20%22http://127.0.0.1:9/x%22;"><head>x',
    "a background": '<p style="background: url(file://{outside}/secret.svg)">x</p>',
    "a background in escapes": r'<p style="background: u\72l(\66ile:///etc/hostname)">x</p>',
    "a mark of a list": f'<ul><li style="list-style-image: url({HTTP})">x</li></ul>',
    "a border": '<p style="border: 1px solid; border-image: url(file://{outside}/secret.svg) 1">x</p>',
    "content": "<style>p::before {{content: url(file://{outside}/secret.svg)}}</style><head><p>x</p>",
    "a font": f'<style>@font-face {{{{font-family: q; src: url({HTTP})}}}}</style><head><p style="font-family: q">',
    "a font of the machine": '<style>@font-face {{font-family: q; src: local("Arial")}}</style><head>x',
    "an object": '<object data="file://{outside}/secret.svg"></object>',
    "an embedded object": '<embed src="file://{outside}/secret.svg">',
    "an attachment": '<link rel="attachment" href="file://{outside}/secret.txt"><head>x',
    "an attachment of a link": '<a rel="attachment" href="file://{outside}/secret.txt">x</a>',
    "an attachment by a link": '<link rel="attachment" href="folder/secret.txt"><head>x',
    "an attachment from a network": f'<a rel="attachment" href="{HTTP}">x</a>',
    "a picture in a picture": drawn('<image href="file:///etc/hostname" width="5" height="5"/>'),
    "the same by XLink": drawn('<image xlink:href="file:///etc/hostname" width="5" height="5"/>'),
    "the same from a network": drawn(f'<image href="{HTTP}" width="5" height="5"/>'),
    "a picture three deep": drawn(within(f'<image href="{HTTP}" width="5" height="5"/>')),
    "a picture on the page": SVG.format('<image href="file://{outside}/secret.svg" width="5" height="5"/>'),
    "a page in a picture": SVG.format('<foreignObject><img src="file://{outside}/secret.svg"/></foreignObject>'),
    "a style in a picture": drawn(f"<style>@import url({HTTP});</style>{BOX}"),
    "a font in a picture": drawn(
        f'<style>@font-face {{font-family: q; src: url({HTTP})}} text {{font-family: q}}</style><text y="8">a</text>'
    ),
    "an entity": picture('<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/hostname">]>' + SVG.format("<text>&x;</text>")),
    "entities of entities": picture(
        '<!DOCTYPE svg [<!ENTITY a0 "aaaaaaaaaa">'
        + "".join(f'<!ENTITY a{one} "{f"&a{one - 1};" * 10}">' for one in range(1, 9))
        + "]>"
        + SVG.format("<text>&a8;</text>")
    ),
    "a link to a site": '<a href="https://example.com">x</a>',
    "a link to a file": '<a href="file:///etc/passwd">x</a>',
    "a link to a template": '<a href="ok.svg">x</a>',
    "a script as a link": '<a href="javascript:alert(1)">x</a>',
    "a link by style": '<p style="-weasy-link: url(https://example.com)">x</p>',
}
IGNORED = {
    "use of another picture": drawn('<use href="file:///etc/hostname#a"/>'),
    "use from a network": drawn(f'<use xlink:href="{HTTP}#a"/>'),
    "a filter": drawn(f'<rect width="5" height="5" filter="url({HTTP}#f)" mask="url({HTTP}#f)"/>'),
    "a colour": drawn(f'<rect width="5" height="5" fill="url({HTTP}#f)" clip-path="url({HTTP}#f)"/>'),
    "a picture in a filter": drawn(f'<filter id="f"><feImage href="{HTTP}"/></filter>{BOX}'),
    "an instruction": picture(f'<?xml-stylesheet href="{HTTP}"?>' + SVG.format(BOX)),
    "a link in a picture": drawn(f'<a href="{HTTP}">{BOX}</a>'),
    "a frame": f'<iframe src="{HTTP}"></iframe>',
    "a film": f'<video src="{HTTP}" poster="{HTTP}"></video>',
    "a form": f'<form action="{HTTP}"><input type="image" src="{HTTP}"></form>',
    "an icon": f'<link rel="icon" href="{HTTP}"><head>x',
    "another size": f'<img alt="x" src="ok.svg" srcset="{HTTP} 2x">',
    "a way on": f'<meta http-equiv="refresh" content="0;url={HTTP}"><head>x',
}


def strange(seen: list[str], outside: Path) -> list[str]:
    wanted = (str(outside), "/etc/passwd", "/etc/hostname", "/dev/zero", "pipe.svg", "socket.", "subprocess.")
    return [one for one in seen if any(word in one for word in wanted)]


def filled(body: str, folder: Path, outside: Path) -> str:
    return page(
        body.replace("{outside}", str(outside)).replace("{folder}", str(folder)).replace("{{", "{").replace("}}", "}")
    )


@pytest.mark.parametrize("attack", REFUSED)
def test_what_leads_outside_is_a_mistake_and_is_not_opened(
    attack: str, folder: Path, outside: Path, watched: list[str]
) -> None:
    with pytest.raises(TemplateMistake):
        render_pdf(filled(REFUSED[attack], folder, outside), "pdf/x.html", folder)
    assert strange(watched, outside) == []


@pytest.mark.parametrize("attack", IGNORED)
def test_what_pages_cannot_show_is_neither_opened_nor_kept(
    attack: str, folder: Path, outside: Path, watched: list[str]
) -> None:
    made = render_pdf(filled(IGNORED[attack], folder, outside), "pdf/x.html", folder)
    assert strange(watched, outside) == []
    assert b"127.0.0.1" not in b"".join(layers(made))


def layers(content: bytes) -> Iterator[bytes]:
    with pikepdf.open(io.BytesIO(content)) as document:
        for one in document.objects:
            yield one.read_bytes() if isinstance(one, pikepdf.Stream) else repr(one).encode()


def test_the_watch_sees_what_is_opened(outside: Path, watched: list[str]) -> None:
    (outside / "secret.txt").read_text(encoding="utf-8")
    assert len(strange(watched, outside)) == 1


def test_files_of_the_templates_data_in_the_page_and_mails_are_let_through(folder: Path) -> None:
    body = (
        f'<img alt="x" src="ok.svg">{drawn(BOX)}<a href="mailto:a@example.com">x</a><a href="#y">x</a><p id="y">y</p>'
    )
    made = render_pdf(page(body), "pdf/x.html", folder)
    assert b"mailto:a@example.com" in b"".join(layers(made))


def test_a_picture_whose_name_has_signs_of_addresses_is_found(folder: Path) -> None:
    (folder / "pdf" / "50% 港口.svg").write_text(SVG.format(BOX), encoding="utf-8")
    assert render_pdf(page('<img alt="x" src="50%25%20港口.svg">'), "pdf/x.html", folder).startswith(b"%PDF")
