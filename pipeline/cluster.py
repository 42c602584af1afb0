"""The workers of a Dask cluster as an executor: documents are rendered there, and come back as bytes.

A worker renders with this very program, its fonts and its libraries, or not at all: it tells what it has before it gets
work, and every job looks again, for workers that joined later. Templates and labels go to each worker once.
"""

from __future__ import annotations

import logging
import os
import platform
import re
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any

from pipeline.merge.words import Labels
from pipeline.options import ROOT
from pipeline.publish.digests import combined, digest, folder_digests, of_all
from pipeline.publish.uptodate import program
from pipeline.render import fonts
from pipeline.render.pdf import render_pdf
from pipeline.render.renderers import Job, Rendered

PROBE = '<html lang="zh-CN"><title>Probe</title><body><p>服务级别 <b>99.95%</b></p></body></html>'
"""A page whose bytes are the same only where Pango, HarfBuzz and all below them are."""

LOOK = 0.5
"""Seconds between two looks at whether a result that is waited for can still come."""

_ONE_AT_A_TIME = threading.RLock()  # a worker may have several threads, and rendering is made for one


class ClusterLost(ConnectionError):  # noqa: N818 - it names a state of other machines
    """The cluster cannot be had, or not any more."""


class UnlikeWorker(ConnectionError):  # noqa: N818 - as above
    """Workers that would make other documents; the message names them."""


@dataclass(frozen=True, slots=True)
class Kit:
    """What a worker needs besides the program: the files of the templates' folder, the labels, and who it must be."""

    files: Mapping[str, bytes] = field(repr=False)
    labels: Labels = field(repr=False)
    state: Mapping[str, str] = field(repr=False)
    digest: str


def pack(templates: Path, labels: Labels) -> Kit:
    """The kit for a folder of templates."""
    names = folder_digests(templates, "")
    files = {name[1:]: (templates / name[1:]).read_bytes() for name in names}
    return Kit(files, labels, state(), combined([of_all(names.items()), repr(sorted(labels.items()))]))


@cache
def state() -> Mapping[str, str]:
    """What decides the bytes of documents here, besides templates and labels, by what it is called."""
    with _ONE_AT_A_TIME:
        return {
            "version of this program": program("")[0],
            "Python": ".".join(platform.python_version_tuple()[:2]),
            "libraries": combined(f"{name}=={_version(name)}" for name in _pinned()),
            "fonts": fonts.digest(),
            "Pango, HarfBuzz or zlib": digest(render_pdf(PROBE, "pdf/probe.html", ROOT / "templates")),
        }


def _pinned() -> list[str]:
    lock = ROOT / "requirements.lock"
    return re.findall(r"^([\w.-]+)==", lock.read_text(encoding="utf-8"), re.MULTILINE) if lock.is_file() else []


def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:  # one for other systems
        return ""


@contextmanager
def cluster(address: str, templates: Path, labels: Labels) -> Iterator[Cluster]:
    """The workers of the scheduler at `address`; ClusterLost, or UnlikeWorker where they are not like this machine."""
    try:
        import distributed  # noqa: PLC0415 - an extra that most do without
    except ImportError:
        msg = "a cluster needs the package distributed: pip install 'slm-documents[cluster]'"
        raise ClusterLost(msg) from None
    for name in [name for name in logging.root.manager.loggerDict if name.startswith(("distributed", "tornado"))]:
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)  # what it would say is said here, in one line
    try:
        client = distributed.Client(address, security=_security(address))
    except (OSError, ValueError) as reason:
        msg = f"no scheduler answers at {address}: {reason}"
        raise ClusterLost(msg) from None
    except TypeError:  # Dask's word for TLS without all certificates
        msg = (
            f"{address} needs SLM_CLUSTER_CA, SLM_CLUSTER_CERT and SLM_CLUSTER_KEY, or certificates in Dask's settings"
        )
        raise ClusterLost(msg) from None
    try:
        yield Cluster(client, address, pack(templates, labels))
    finally:
        client.close(timeout=1)


def _security(address: str) -> Any:  # noqa: ANN401 - the library is loaded only when it is asked for
    """The certificates for `tls://`, of the environment or else of Dask's own settings; None without TLS."""
    from distributed import Security  # noqa: PLC0415 - as above

    names = {
        "tls_ca_file": "SLM_CLUSTER_CA",
        "tls_client_cert": "SLM_CLUSTER_CERT",
        "tls_client_key": "SLM_CLUSTER_KEY",
    }
    given = {name: os.environ[variable] for name, variable in names.items() if os.environ.get(variable)}
    return Security(require_encryption=True, **given) if address.startswith("tls://") else None


class Cluster:
    """An executor whose workers have shown that they make the documents that this machine would make."""

    def __init__(self, client: Any, address: str, kit: Kit) -> None:  # noqa: ANN401 - as above
        import dask  # noqa: PLC0415 - as above

        self._client, self._address = client, address
        self.patience = dask.utils.parse_timedelta(dask.config.get("distributed.comm.timeouts.connect"))
        self._alone_since: float | None = None
        try:
            client.wait_for_workers(1, timeout=self.patience)
            _check(client.run(state, on_error="return"), kit.state)
            self.width = sum(client.nthreads().values())
        except TimeoutError:
            raise self._no_workers() from None
        self._kit = client.submit(_deliver, kit, key=f"slm-kit-{kit.digest}-{combined(kit.state.values())}")

    def submit(self, function: Callable[[Job], Rendered], job: Job, /) -> _Promise:
        """Have a document rendered on one of the workers."""
        sent = replace(job, templates=Path(), labels={})
        return _Promise(self, self._client.submit(_work, self._kit, function, sent, pure=False), job.document.stem)

    def look(self) -> None:
        """ClusterLost when nobody has been there to work for longer than Dask takes to connect."""
        if self._client.nthreads():
            self._alone_since = None
        elif self._alone_since is None:
            self._alone_since = time.monotonic()
        elif time.monotonic() - self._alone_since > self.patience:
            raise self._no_workers()

    def lost(self) -> ClusterLost:
        """The scheduler is gone."""
        return ClusterLost(f"the scheduler at {self._address} is gone: nothing was written")

    def _no_workers(self) -> ClusterLost:
        return ClusterLost(f"the scheduler at {self._address} has had no workers for {self.patience:g} s")


class _Promise:
    """A document that a worker makes."""

    def __init__(self, home: Cluster, future: Any, stem: str) -> None:  # noqa: ANN401 - as above
        self._home, self._future, self._stem = home, future, stem

    def result(self) -> Rendered:
        """Wait for the files; ClusterLost when they cannot come any more."""
        from distributed import CancelledError, KilledWorker, wait  # noqa: PLC0415 - as above

        try:
            while True:
                try:
                    wait([self._future], timeout=LOOK)
                    made: Rendered = self._future.result(timeout=self._home.patience)
                except TimeoutError:
                    self._home.look()
                else:
                    return made
        except KilledWorker:
            msg = f"one worker after another was ended by {self._stem} (out of memory?)"
            raise ClusterLost(msg) from None
        except (ClusterLost, UnlikeWorker):
            raise
        except (CancelledError, OSError):
            raise self._home.lost() from None

    def cancel(self) -> None:
        """Give it up."""
        self._future.release()


def _check(found: Mapping[str, Any], wanted: Mapping[str, str]) -> None:
    """UnlikeWorker with a clause for every worker that is not as wanted."""
    unlike = {address: _difference(one, wanted) for address, one in sorted(found.items())}
    said = [f"the worker {address} {difference}" for address, difference in unlike.items() if difference]
    if said:
        raise UnlikeWorker("; ".join(said))


def _difference(found: Any, wanted: Mapping[str, str]) -> str:  # noqa: ANN401 - a worker may answer anything
    if not isinstance(found, Mapping):
        return f"cannot work for this program: {found}"
    other = [name for name, value in wanted.items() if found.get(name) != value]
    return f"has another {other[0]} than this machine" if other else ""


def _deliver(kit: Kit) -> Kit:
    """A task of its own, so that the cluster hands the kit on among its workers, and again when one is lost."""
    return kit


def _work(kit: Kit, function: Callable[[Job], Rendered], job: Job) -> Rendered:
    """Runs on a worker."""
    from distributed import get_worker  # noqa: PLC0415 - as above

    worker = get_worker()
    _check({worker.address: state()}, kit.state)
    with _ONE_AT_A_TIME:
        folder = Path(worker.local_directory) / f"slm-{kit.digest[:16]}"
        if not folder.exists():
            for name, content in kit.files.items():
                path = folder.with_suffix(".new") / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content)
            folder.with_suffix(".new").rename(folder)
        return function(replace(job, templates=folder, labels=kit.labels))
