"""Rendering on other machines, with a real scheduler and real workers on this one."""

from __future__ import annotations

import importlib.util
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import pytest

from pipeline import cluster, parallel
from pipeline.build import gather
from pipeline.options import ROOT, Options
from pipeline.render.renderers import Job, Rendered, render_job

if os.environ.get("CI") != "true" and importlib.util.find_spec("distributed") is None:
    pytest.skip("the package distributed is not installed", allow_module_level=True)

PATIENCE = 3
PATIENT = {"DASK_DISTRIBUTED__COMM__TIMEOUTS__CONNECT": f"{PATIENCE}s"}


@dataclass(frozen=True)
class Farm:
    """A scheduler with workers, and the folder of what they say."""

    address: str
    scheduler: subprocess.Popen[bytes]
    workers: tuple[subprocess.Popen[bytes], ...]
    folder: Path


@contextmanager
def farm(
    folder: Path, *workers: Mapping[str, str], scheme: str = "tcp", options: tuple[str, ...] = (), root: Path = ROOT
) -> Iterator[Farm]:
    """A scheduler and workers, each with an environment of its own on top of this one."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = f"{scheme}://127.0.0.1:{port}"
    common = ("--no-dashboard", *options)
    with ExitStack() as running:

        def start(kind: str, *arguments: str, **environment: str) -> subprocess.Popen[bytes]:
            output = running.enter_context((folder / f"{kind}.log").open("ab"))
            started = subprocess.Popen(
                [sys.executable, "-m", f"distributed.cli.dask_{kind}", *arguments, *common],
                cwd=folder,
                env=os.environ | {"PYTHONPATH": str(root)} | environment,
                stdout=output,
                stderr=output,
            )
            running.callback(started.wait)
            running.callback(started.kill)
            return started

        scheduler = start("scheduler", "--host", address.rpartition(":")[0], "--port", str(port))
        places = ["--nthreads", "1", "--no-nanny", "--local-directory", str(folder)]
        yield Farm(address, scheduler, tuple(start("worker", address, *places, **one) for one in workers), folder)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Farm]:
    """Two workers that no test ends."""
    with farm(tmp_path_factory.mktemp("farm"), {}, {}) as running:
        yield running


@cache
def jobs() -> tuple[Job, ...]:
    """Small documents of every language."""
    options = Options(kinds=("overview", "requirements", "improvements"))
    documents, labels, _ = gather(options)
    return tuple(Job(document, options.templates, labels) for document in documents)


@cache
def serial() -> list[Mapping[str, bytes]]:
    return [render_job(job).files for job in jobs()]


def rendered(address: str, each: Callable[[Rendered], object] = lambda _: None) -> list[Mapping[str, bytes]]:
    found = []
    with cluster.cluster(address, jobs()[0].templates, jobs()[0].labels) as executor:
        for one in parallel.run(render_job, jobs(), executor):
            each(one)
            found.append(one.files)
    return found


def slm_build(address: str, output: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "pipeline", "build", "requirements", "--cluster", address, "--output", str(output)],
        cwd=ROOT,
        env=os.environ | PATIENT | environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_workers_make_the_same_bytes_as_this_machine_though_one_is_killed_in_mid_job(tmp_path: Path) -> None:
    with farm(tmp_path, {}, {}) as running:
        killed: list[int] = []

        def kill_one(_: Rendered) -> None:
            if not killed:
                killed.append(running.workers[0].pid)
                os.kill(running.workers[0].pid, signal.SIGKILL)

        both_there(running)
        assert len(jobs()) > 4
        assert rendered(running.address, kill_one) == serial()
        assert killed


@pytest.mark.slow
def test_templates_are_those_of_the_build_not_those_of_the_worker(shared: Farm, tmp_path: Path) -> None:
    templates = Path(shutil.copytree(ROOT / "templates", tmp_path / "templates"))
    page = templates / "pdf/overview.html"
    page.write_text(page.read_text(encoding="utf-8").replace("<h1", '<h1 style="color: #123456"'), encoding="utf-8")
    job = next(replace(job, templates=templates) for job in jobs() if job.document.kind == "overview")
    with cluster.cluster(shared.address, templates, job.labels) as executor:
        (made,) = parallel.run(render_job, [job], executor)
    assert made.files == render_job(job).files
    assert made.files != render_job(replace(job, templates=ROOT / "templates")).files


@pytest.mark.slow
def test_a_mistake_in_a_template_comes_back_as_a_problem(shared: Farm, tmp_path: Path) -> None:
    templates = Path(shutil.copytree(ROOT / "templates", tmp_path / "templates"))
    (templates / "pdf/overview.html").write_text("{{ unheard_of }}", encoding="utf-8")
    job = next(replace(job, templates=templates) for job in jobs() if job.document.kind == "overview")
    with cluster.cluster(shared.address, templates, job.labels) as executor:
        (made,) = parallel.run(render_job, [job], executor)
    assert [str(one) for one in made.problems] == [str(one) for one in render_job(job).problems]
    assert "unheard_of" in str(made.problems[0])


@pytest.mark.slow
def test_the_command_builds_with_a_cluster(shared: Farm, tmp_path: Path) -> None:
    done = slm_build(shared.address, tmp_path / "output")
    assert (done.returncode, done.stdout.split(":")[0]) == (0, "4 documents"), done.stderr
    made = {path.name for path in (tmp_path / "output").rglob("*.docx")}
    assert len(made) == 4


@pytest.mark.slow
def test_without_workers_it_ends_after_the_time_that_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    patient(monkeypatch)
    with farm(tmp_path, {}) as running:
        began = 0.0

        def kill(_: Rendered) -> None:
            nonlocal began
            began = began or time.monotonic()
            running.workers[0].kill()

        with pytest.raises(cluster.ClusterLost, match=f"has had no workers for {PATIENCE} s"):
            rendered(running.address, kill)
        assert PATIENCE < time.monotonic() - began < PATIENCE + 10


def test_a_scheduler_that_goes_is_told_at_once(tmp_path: Path) -> None:
    with farm(tmp_path, {}) as running, pytest.raises(cluster.ClusterLost, match=r"the scheduler at \S+ is gone"):
        rendered(running.address, lambda _: running.scheduler.kill())


@pytest.mark.slow
def test_a_scheduler_that_is_not_there_is_one_line(tmp_path: Path) -> None:
    done = slm_build("tcp://127.0.0.1:9", tmp_path / "output")
    assert (done.returncode, done.stdout) == (3, "")
    (line,) = [line for line in done.stderr.splitlines() if ": warning: " not in line]
    assert line.startswith("slm: the environment: no scheduler answers at tcp://127.0.0.1:9")
    assert not (tmp_path / "output").exists()


def test_a_worker_with_another_version_is_named_and_refused(tmp_path: Path) -> None:
    other = Path(shutil.copytree(ROOT / "pipeline", tmp_path / "other/pipeline")).parent
    (other / "pipeline/another.py").write_text("", encoding="utf-8")
    (other / "requirements.lock").write_bytes((ROOT / "requirements.lock").read_bytes())
    (other / "templates").symlink_to(ROOT / "templates")
    with farm(tmp_path, {}, {"PYTHONPATH": str(other), "SLM_FONTS": str(ROOT / ".fonts")}) as running:
        both_there(running)
        done = slm_build(running.address, tmp_path / "output")
    assert done.returncode == 3
    (line,) = [line for line in done.stderr.splitlines() if ": warning: " not in line]
    assert line.startswith("slm: the environment: the worker tcp://127.0.0.1:")
    assert line.endswith(" has another version of this program than this machine")
    assert not (tmp_path / "output").exists()


@pytest.mark.slow
def test_a_worker_with_a_program_that_knows_no_clusters_is_named_and_refused(tmp_path: Path) -> None:
    (tmp_path / "pipeline").mkdir()
    (tmp_path / "pipeline/__init__.py").touch()
    unlike = pytest.raises(cluster.UnlikeWorker, match=r"the worker tcp://\S+ cannot work for this program: .*pipeline")
    with farm(tmp_path, {"PYTHONPATH": str(tmp_path)}) as running, unlike:
        rendered(running.address)


@pytest.mark.slow
def test_with_tls_only_those_who_show_a_certificate_come_in(tmp_path: Path) -> None:
    trustme = pytest.importorskip("trustme")
    authority, files = trustme.CA(), {name: tmp_path / f"{name}.pem" for name in ("ca", "cert", "key")}
    shown = authority.issue_cert("127.0.0.1")
    authority.cert_pem.write_to_path(files["ca"])
    shown.cert_chain_pems[0].write_to_path(files["cert"])
    shown.private_key_pem.write_to_path(files["key"])
    options = tuple(f"--tls-{'ca-file' if name == 'ca' else name}={path}" for name, path in files.items())
    environment = {f"SLM_CLUSTER_{name.upper()}": str(path) for name, path in files.items()}
    with farm(tmp_path, {}, scheme="tls", options=options) as running:
        done = slm_build(running.address, tmp_path / "output", **environment)
        assert (done.returncode, done.stdout.split(":")[0]) == (0, "4 documents"), done.stderr
        done = slm_build(running.address, tmp_path / "without", SLM_CLUSTER_CA=str(files["ca"]))
    assert done.returncode == 3
    (line,) = [line for line in done.stderr.splitlines() if ": warning: " not in line]
    assert line.startswith(f"slm: the environment: {running.address} needs SLM_CLUSTER_CA")


def test_a_worker_that_differs_is_told_by_what_differs() -> None:
    mine = cluster.state()
    for name in mine:
        with pytest.raises(cluster.UnlikeWorker, match=f"the worker tcp://a:1 has another {name} than this machine"):
            cluster._check({"tcp://a:1": {**mine, name: "other"}, "tcp://b:1": mine}, mine)


def test_both_kinds_of_workers_at_once_are_wrong_usage() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "pipeline", "build", "--cluster", "tcp://127.0.0.1:9", "--workers", "2"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "--workers are processes of this machine" in done.stderr


def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    import dask

    monkeypatch.setattr(dask.config, "config", {**dask.config.config})
    dask.config.set({"distributed.comm.timeouts.connect": f"{PATIENCE}s"})


def both_there(running: Farm) -> None:
    """Wait until every worker has joined."""
    from distributed import Client

    with Client(running.address, set_as_default=False) as client:
        client.wait_for_workers(len(running.workers), timeout=60)
