"""`slm portal` and `slm serve` as they are typed."""

from __future__ import annotations

import http.client
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from click.testing import CliRunner

from benchmarks.generate import main as generate
from pipeline.cli import slm
from pipeline.options import ROOT
from pipeline.publish.sites import SUMS

SMALL = ROOT / "tests/projects/small/sources"
HUNDRED_KILOBYTES = 100_000


def event(stream: http.client.HTTPResponse) -> list[str]:
    """The next event; a heartbeat is none."""
    while lines := [line.decode().rstrip("\n") for line in iter(stream.readline, b"\n")]:
        if lines != [":"]:
            return lines
    return []


def test_portal_tells_where_it_lies_and_what_changed(tmp_path: Path) -> None:
    arguments = ["portal", "--sources", str(SMALL), "--output", str(tmp_path)]
    done = CliRunner().invoke(slm, arguments)
    assert done.exit_code == 0, done.output
    files = sum(path.is_file() and path.name != SUMS for path in (tmp_path / "portal").rglob("*"))
    assert f"{tmp_path}/portal/index.html: {files} files, {files} changed" in done.output
    assert CliRunner().invoke(slm, arguments).output.rstrip().endswith("0 changed")


def test_portal_writes_nothing_for_sources_with_mistakes(tmp_path: Path) -> None:
    sources = Path(shutil.copytree(SMALL, tmp_path / "sources"))
    (sources / "policy.yaml").write_text("kind: [", encoding="utf-8")
    done = CliRunner().invoke(slm, ["portal", "--sources", str(sources), "--output", str(tmp_path / "output")])
    assert done.exit_code == 1
    assert "policy.yaml:2:1: error:" in done.output
    assert not (tmp_path / "output").exists()


def test_serve_says_which_port_is_taken(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        done = CliRunner().invoke(slm, ["serve", "--sources", str(SMALL), "--output", str(tmp_path), "--port", port])
    assert done.exit_code == 2
    assert f"port {port} cannot be had" in done.output
    assert "choose another with --port" in done.output


def test_serve_builds_shows_builds_again_and_stops_at_once(tmp_path: Path) -> None:
    sources = Path(shutil.copytree(SMALL, tmp_path / "sources"))
    command = [sys.executable, "-m", "pipeline", "serve", "--port", "0", "--sources", str(sources)]
    with subprocess.Popen(
        [*command, "--output", str(tmp_path / "output")], stdout=subprocess.PIPE, cwd=ROOT, text=True
    ) as running:
        try:
            assert running.stdout is not None
            url, _, rest = running.stdout.readline().partition("  ")
            assert rest == "(Ctrl-C stops)\n"
            connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=120)
            connection.request("GET", "/-/news?since=0")
            news = connection.getresponse()
            assert event(news) == ["event: built", "data: 1"]

            page = next((tmp_path / "output/portal").rglob("due.html"))
            before = page.read_bytes()
            organization = sources / "organization.yaml"
            text = organization.read_text(encoding="utf-8")
            organization.write_text(text + "unknown: key\n", encoding="utf-8")
            told = event(news)
            assert told[0] == "event: failed"
            assert any("organization.yaml" in line and "unknown" in line for line in told)
            assert page.read_bytes() == before

            organization.write_text(text, encoding="utf-8")
            assert event(news) == ["event: built", "data: 2"]
            connection.close()
        finally:
            asked = time.monotonic()
            running.send_signal(signal.SIGINT)
            said = running.communicate(timeout=30)[0]
    assert time.monotonic() - asked < 5
    assert running.returncode == 0
    assert said.rstrip().endswith("stopped")


@pytest.mark.slow
def test_the_first_page_stays_short_for_a_thousand_customers(tmp_path: Path) -> None:
    assert generate(["--customers", "1000", "--months", "1", "--into", str(tmp_path / "sources")]) == 0
    done = CliRunner().invoke(
        slm, ["portal", "--sources", str(tmp_path / "sources"), "--output", str(tmp_path / "output")]
    )
    assert done.exit_code == 0, done.output
    sizes = {path.name: path.stat().st_size for path in (tmp_path / "output/portal/en").glob("*.html")}
    assert sizes["index.html"] < HUNDRED_KILOBYTES
    assert max(sizes.values()) < HUNDRED_KILOBYTES
    assert "customers_10.html" in sizes
