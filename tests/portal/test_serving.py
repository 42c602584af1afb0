"""The portal on this machine: as published but for one script, and for nobody else."""

from __future__ import annotations

import http.client
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.portal.serving import Server
from pipeline.portal.watching import Built

PAGE = "<!DOCTYPE html>\n<html><head><title>页</title>\n</head><body></head></body></html>\n"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    output = tmp_path / "output"
    (output / "portal").mkdir(parents=True)
    (output / "portal/index.html").write_text(PAGE, encoding="utf-8")
    (output / "portal/portal.css").write_bytes(b"p {}")
    (tmp_path / "secret.html").write_text("outside", encoding="utf-8")
    made = Server(0, output, "portal/index.html", b"// reload")
    threading.Thread(target=made.serve_forever, daemon=True).start()
    yield made
    made.shutdown()
    made.server_close()


def ask(server: Server, path: str, method: str = "GET", **headers: str) -> tuple[int, dict[str, str], str]:
    connection = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=10)
    connection.request(method, path, headers=headers)
    answer = connection.getresponse()
    found = answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read().decode()
    connection.close()
    return found


def listen(server: Server, since: str) -> http.client.HTTPResponse:
    connection = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=10)
    connection.request("GET", f"/-/news?since={since}")
    return connection.getresponse()


def event(stream: http.client.HTTPResponse) -> list[str]:
    return [line.decode().rstrip("\n") for line in iter(stream.readline, b"\n")]


def test_a_page_comes_with_the_script_that_waits_and_the_file_stays_as_it_is(server: Server, tmp_path: Path) -> None:
    status, headers, text = ask(server, "/portal/index.html")
    assert (status, headers["content-type"]) == (200, "text/html; charset=utf-8")
    script = '  <script src="/-/reload.js" data-built="0" defer></script>\n'
    assert text == PAGE.replace("</head>", f"{script}</head>", 1)
    assert (tmp_path / "output/portal/index.html").read_text(encoding="utf-8") == PAGE


def test_other_files_come_as_they_are_and_nothing_is_kept_in_a_cache(server: Server) -> None:
    status, headers, text = ask(server, "/portal/portal.css")
    assert (status, text, headers["cache-control"]) == (200, "p {}", "no-store")
    assert headers["content-type"].startswith("text/css")


def test_the_address_alone_leads_to_the_portal(server: Server) -> None:
    status, headers, _ = ask(server, "/")
    assert (status, headers["location"]) == (302, "/portal/index.html")


def test_a_page_that_is_not_there_yet_waits_for_the_build_that_makes_it(server: Server) -> None:
    status, _, text = ask(server, "/portal/en/index.html")
    assert status == 404
    assert "not there yet" in text
    assert '<script src="/-/reload.js" data-built="0" defer></script>' in text


@pytest.mark.parametrize("path", ["/../secret.html", "/%2e%2e/secret.html", "/portal/../../secret.html"])
def test_nothing_outside_the_folder_is_shown(server: Server, path: str) -> None:
    status, _, text = ask(server, path)
    assert status == 404
    assert "outside" not in text


def test_folders_are_not_listed(server: Server) -> None:
    (Path(server.RequestHandlerClass.keywords["directory"]) / "catalog").mkdir()  # type: ignore[attr-defined]
    assert ask(server, "/catalog/")[0] == 404


@pytest.mark.parametrize("host", ["evil.example.com", "evil.example.com:80", ""])
def test_a_page_from_elsewhere_cannot_read_it_by_pointing_its_name_here(server: Server, host: str) -> None:
    status, _, text = ask(server, "/portal/index.html", Host=host)
    assert status == 421
    assert "页" not in text


def test_it_is_for_this_machine_only(server: Server) -> None:
    assert server.server_address[0] == "127.0.0.1"
    own = socket.gethostbyname(socket.gethostname())
    if not own.startswith("127."):
        with pytest.raises(OSError, match="refused"):
            socket.create_connection((own, server.server_port), timeout=5)


def test_only_reading_is_possible(server: Server) -> None:
    assert ask(server, "/portal/index.html", "HEAD")[0] == 405
    assert ask(server, "/portal/index.html", "POST")[0] == 501


def test_every_page_hears_of_the_next_build_and_of_one_that_fails(server: Server) -> None:
    streams = [listen(server, "0") for _ in range(3)]
    assert {stream.getheader("Content-Type") for stream in streams} == {"text/event-stream"}
    server.news.tell(Built(ok=False, said="policy.yaml:3:1: error: not valid\nnothing was written\n"))
    for stream in streams:
        assert event(stream) == [
            "event: failed",
            "data: policy.yaml:3:1: error: not valid",
            "data: nothing was written",
        ]
    server.news.tell(Built(ok=True, said="done"))
    assert [event(stream) for stream in streams] == [["event: built", "data: 1"]] * 3


def test_a_page_of_an_earlier_build_or_server_hears_at_once(server: Server) -> None:
    server.news.tell(Built(ok=True, said=""))
    for since in ("0", "7", "nonsense"):
        assert event(listen(server, since)) == ["event: built", "data: 1"]


def test_a_page_opened_after_a_build_failed_hears_why(server: Server) -> None:
    server.news.tell(Built(ok=True, said=""))
    server.news.tell(Built(ok=False, said=""))
    assert event(listen(server, "1")) == ["event: failed", "data: the build failed"]
