"""The documents of agreements: in every language of a version, with the fingerprint of all that they say."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from pipeline.measure.measurement import Measurement
from pipeline.merge.agreement import AgreementContext
from pipeline.merge.document import Document, Wanted, files_behind, retained
from pipeline.merge.drafting import agreement_context
from pipeline.merge.plain import canonical, plain, restored
from pipeline.merge.words import Labels, Words
from pipeline.model.agreements import Agreement
from pipeline.model.portfolio import Portfolio
from pipeline.model.register import Registration

_OF_FINGERPRINT = ("fingerprint", "fingerprint_short")


@dataclass(frozen=True, slots=True)
class Contract:
    """All that a version says: `content` is what gets registered (JSON), `digest` its SHA-256 in hexadecimal."""

    content: str
    digest: str
    contexts: Mapping[str, AgreementContext]


def contract(portfolio: Portfolio, agreement: Agreement, labels: Labels) -> Contract:
    """A version in its languages: as it was signed where that is registered, else as the sources are now.

    What was signed keeps its words, whatever became of the catalogue, the calendars or the parties since.
    """
    contexts = {
        language: agreement_context(portfolio, agreement, Words(language, labels[language]))
        for language in agreement.languages
    }
    registration = portfolio.registration(agreement)
    if registration is None:
        content = _content(agreement, contexts)
        digest = hashlib.sha256(content.encode()).hexdigest()
    else:
        content, digest = registration.content, registration.digest
        recorded = json.loads(content)["documents"]
        contexts = {
            language: restored(contexts[language], recorded[language]) for language in contexts if language in recorded
        }
    return Contract(content, digest, {language: _marked(context, digest) for language, context in contexts.items()})


def _content(agreement: Agreement, contexts: Mapping[str, AgreementContext]) -> str:
    documents: dict[str, Any] = {language: plain(context) for language, context in contexts.items()}
    for document in documents.values():
        for name in _OF_FINGERPRINT:
            del document[name]
    said = {key: value for key, (value, _) in agreement.content.items()}
    return canonical({"agreement": said, "documents": documents})


def _marked(context: AgreementContext, digest: str) -> AgreementContext:
    return replace(context, fingerprint=digest, fingerprint_short=short(digest))


def short(digest: str) -> str:
    """The beginning of a digest as people read it out: `01ab-23cd-45ef-6789`."""
    return "-".join(digest[start : start + 4] for start in range(0, 16, 4))


def contract_documents(portfolio: Portfolio, agreement: Agreement, labels: Labels) -> Iterator[Document]:
    """The documents of one version, the binding language first."""
    made = contract(portfolio, agreement, labels)
    registration = portfolio.registration(agreement)
    earlier = [one.source for one in portfolio.agreements[agreement.id] if one.version <= agreement.version]
    for language, context in made.contexts.items():
        ending = "" if language == agreement.language else f".{language}"
        yield Document(
            kind=agreement.kind,
            stem=f"{agreement.other_party}/agreements/{agreement.id}_{agreement.version.slug}{ending}",
            language=language,
            agreement=agreement.id,
            version=str(agreement.version),
            day=agreement.revision.date,
            retain_until=retained(portfolio, agreement.effective.end),
            context=context,
            sources=files_behind(portfolio, agreement, *earlier, exports=_registered(registration)),
            template=registration.templates.get(language, "") if registration else "",
            words=registration.words.get(language, "") if registration else "",
        )


def _registered(registration: Registration | None) -> tuple[str, ...]:
    return (registration.source.file, registration.file) if registration else ()


def _every(kind: str, portfolio: Portfolio, labels: Labels, wanted: Wanted) -> Iterator[Document]:
    for versions in portfolio.agreements.values():
        if versions[0].kind == kind and wanted.customer in {"", versions[0].customer}:
            for agreement in versions:
                yield from contract_documents(portfolio, agreement, labels)


def slas(portfolio: Portfolio, measurement: Measurement | None, labels: Labels, wanted: Wanted) -> Iterator[Document]:
    """Every version of every SLA."""
    del measurement
    return _every("sla", portfolio, labels, wanted)


def olas(portfolio: Portfolio, measurement: Measurement | None, labels: Labels, wanted: Wanted) -> Iterator[Document]:
    """Every version of every OLA; none of them belongs to one customer."""
    del measurement
    return _every("ola", portfolio, labels, wanted)


def ucs(portfolio: Portfolio, measurement: Measurement | None, labels: Labels, wanted: Wanted) -> Iterator[Document]:
    """Every version of every UC; none of them belongs to one customer."""
    del measurement
    return _every("uc", portfolio, labels, wanted)
