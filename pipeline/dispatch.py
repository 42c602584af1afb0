"""`slm dispatch`: who gets which documents, as mails; each goes to its own party, and once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path

from pipeline.build import known_customer, label_missing, months_of, prepare
from pipeline.load.ledger import FOLDER, NAME, read_ledger
from pipeline.merge.mails import MailContext, mail_context
from pipeline.merge.parcels import Parcel, parcels
from pipeline.merge.words import Labels, MissingLabelError, Words
from pipeline.model.addressees import Addressee
from pipeline.model.ledger import Copy, Ledger, Letter, Posted, State
from pipeline.model.portfolio import Portfolio
from pipeline.options import Options
from pipeline.problems import Place, Problem, error, has_errors
from pipeline.publish.alone import ensure_free
from pipeline.publish.digests import combined, digest
from pipeline.publish.files import Staging
from pipeline.publish.ledger import Writer, alone, keep
from pipeline.publish.manifest import Entry, Manifest, read_manifest
from pipeline.publish.smtp import Postman, Receipt, Server
from pipeline.render.mail import mail

KINDS = {
    "reports": frozenset({"report"}),
    "agreements": frozenset({"sla", "ola", "uc"}),
    "minutes": frozenset({"minutes"}),
    "invitations": frozenset({"review-pack"}),
    "surveys": frozenset({"satisfaction"}),
}
"""What is sent -> the kinds of documents that it may consist of."""


@dataclass(frozen=True, slots=True)
class Request:
    """What was asked for: purposes (none means all), the time that counts as now, and who sends.

    `again` holds the ids of mails to send whatever became of them; nothing else is sent then.
    """

    now: datetime
    purposes: tuple[str, ...] = ()
    again: frozenset[str] = frozenset()
    by_hand: bool = False


@dataclass(frozen=True, slots=True)
class Mail:
    """A letter with its words and files; `before` is what the ledger knows of it, `sends` whether it is its turn."""

    letter: Letter
    context: MailContext
    files: Mapping[str, bytes]
    corrects: str
    before: Posted | None
    sends: bool


@dataclass(frozen=True, slots=True)
class Plan:
    """All mails that are due, those that went out already among them, and what stood in the way."""

    mails: tuple[Mail, ...]
    problems: tuple[Problem, ...]
    ledger: Ledger = field(default_factory=Ledger)

    @property
    def due(self) -> tuple[Mail, ...]:
        """The mails whose turn it is."""
        return tuple(one for one in self.mails if one.sends)


def plan(options: Options, request: Request) -> Plan:
    """Who gets what; no mails at all where anything is wrong with any of them. Busy during a build."""
    ensure_free(options.output)
    prepared = prepare(options)
    portfolio, problems = prepared.portfolio, prepared.problems
    ledger, found = read_ledger(options.sources)
    problems += found
    if portfolio is None or has_errors(problems):
        return Plan((), problems)
    months, found = months_of(options, portfolio)
    month = months[-1] if months else None
    today, by_hand = request.now.date(), request.by_hand
    wanted, mistakes = parcels(portfolio, month, today, request.purposes, options.customer, any_channel=by_hand)
    problems += (*found, *known_customer(options, portfolio), *mistakes)
    planning = _Planning(portfolio, prepared.labels, read_manifest(options.output), ledger, options, request)
    mails: list[Mail] = []
    for parcel in wanted:
        files, found = planning.files(parcel)
        problems += found
        try:
            mails += [planning.mail(one, parcel, files) for one in parcel.addressees if files]
        except MissingLabelError as missing:
            return Plan((), (*problems, label_missing(missing)))
    problems += tuple(_unknown(request.again, mails))
    return Plan(() if has_errors(problems) else tuple(mails), problems, ledger)


@dataclass(frozen=True, slots=True)
class _Planning:
    """All that decides who gets what; `digests` are those of the sources as they are now, each taken once."""

    portfolio: Portfolio
    labels: Labels
    manifest: Manifest
    ledger: Ledger
    options: Options
    request: Request
    digests: dict[str, str] = field(default_factory=dict)

    def files(self, parcel: Parcel) -> tuple[Mapping[Copy, bytes], tuple[Problem, ...]]:
        """The files of a parcel with their bytes; problems where they are not those that were built, or another's."""
        output = self.options.output
        entries = [entry for path, entry in sorted(self.manifest.entries.items()) if parcel.takes(path)]
        if not entries and parcel.optional:
            return {}, ()
        if not entries:
            place = parcel.agreement.source.at("reporting")
            return {}, (error(place, "not-built", f"{parcel.stem} is not in {output.name}/", "build it first: make"),)
        files: dict[Copy, bytes] = {}
        for entry in entries:
            path = output / entry.path
            content = path.read_bytes() if path.is_file() else b""
            wrong = self._wrong(entry, content, parcel)
            if wrong:
                place = Place(f"{output.name}/{entry.path}")
                return {}, (error(place, "not-sendable", wrong, "build it again: make"),)
            files[Copy(entry.path, entry.sha256, date.fromisoformat(entry.retain_until))] = content
        return files, ()

    def _wrong(self, entry: Entry, content: bytes, parcel: Parcel) -> str:
        """Why a file must not be sent, if it must not: each reason alone keeps a document from other customers."""
        party = parcel.agreement.other_party
        others = {one.source.file for one in self.portfolio.customers.values() if one.id != party}
        if digest(content) != entry.sha256:
            return "the file is not the one that was built"
        if entry.path.partition("/")[0] != party or others & {name for name, _ in entry.inputs}:
            return f"the file is not made for {party}"
        if entry.kind not in KINDS[parcel.purpose] or entry.agreement != parcel.agreement.id:
            return f"the file does not belong to {parcel.agreement.id}: the manifest was changed"
        changed = [name for name, known in entry.inputs if self._now(name) != known]
        return f"{changed[0]} was changed since the file was built" if changed else ""

    def _now(self, name: str) -> str:
        if name not in self.digests:
            path = self.options.sources / name.removeprefix("sources/")
            self.digests[name] = digest(path.read_bytes()) if path.is_file() else ""
        return self.digests[name]

    def mail(self, to: Addressee, parcel: Parcel, files: Mapping[Copy, bytes]) -> Mail:
        """One mail to one person, after what the ledger knows of earlier ones to the same address."""
        letter, corrected = self._letter(to, parcel, tuple(files))
        context = mail_context(
            self.portfolio,
            parcel,
            to,
            tuple((copy, len(content)) for copy, content in files.items()),
            corrected.day if corrected else None,
            words=Words(to.language, self.labels[to.language]),
        )
        before = self.ledger.posted.get(letter.id)
        again = self.request.again
        return Mail(
            letter=letter,
            context=context,
            files={copy.path: content for copy, content in files.items()},
            corrects=corrected.letter.message_id if corrected else "",
            before=before,
            sends=letter.id in again if again else before is None or before.state in {State.REFUSED, State.FAILED},
        )

    def _letter(self, to: Addressee, parcel: Parcel, documents: tuple[Copy, ...]) -> tuple[Letter, Posted | None]:
        """The letter that took, or will take, these documents, and the one that it corrects.

        Its id comes from the address, the documents and what it corrects: the same ones make the same letter.
        """
        address = to.address.casefold()
        known: dict[str, tuple[Copy, Posted]] = {}
        for one in self.ledger.reached:
            if one.letter.to.casefold() == address:
                known |= {copy.path: (copy, one) for copy in one.letter.documents}
        before = [known[copy.path] for copy in documents if copy.path in known]
        if len(before) == len(documents) and all(copy in documents for copy, _ in before):
            last = before[-1][1].letter
            return replace(last, documents=documents), self.ledger.posted.get(last.corrects)
        corrected = next((one for copy, one in before if copy not in documents), None)
        corrects = corrected.letter.id if corrected else ""
        digests = (part for one in documents for part in (one.path, one.sha256))
        found = combined([address, corrects, *digests])
        organization = self.portfolio.organization
        letter = Letter(
            id=found[:12],
            party=parcel.agreement.other_party,
            kind=parcel.purpose,
            agreement=parcel.agreement.id,
            version=str(parcel.agreement.version),
            to=to.address,
            name=to.name,
            message_id=f"<{found[:32]}@{organization.email.rpartition('@')[2]}>",
            corrects=corrects,
            keeper=organization.records_keeper,
            documents=documents,
        )
        return letter, corrected


def _unknown(again: frozenset[str], mails: list[Mail]) -> Iterator[Problem]:
    known = {one.letter.id for one in mails}
    for one in sorted(again - known):
        hint = "the ids of these mails: " + (", ".join(sorted(known)) or "none")
        yield error(Place("--again"), "unknown-id", f"there is no mail {one!r} among those asked for", hint)


def write(made: Plan, options: Options, request: Request) -> tuple[str, ...]:
    """Write the mails that are due as drafts into `output/dispatch/`; their paths there."""
    entries: dict[str, Entry] = {}
    with Staging(options.output) as staging:
        manifest = read_manifest(options.output)
        for one in made.due:
            letter = one.letter
            path = f"dispatch/{letter.party}/{letter.agreement}_{letter.kind}_{letter.id}.eml"
            sha256 = staging.add(path, _bytes(one, request, draft=True))
            until = max(copy.retain_until for copy in letter.documents).isoformat()
            inputs = tuple((copy.path, copy.sha256) for copy in letter.documents)
            entries[path] = Entry(path, "mail", sha256, letter.agreement, letter.version, until, letter.id, (), inputs)
        if entries:
            staging.publish(replace(manifest, entries={**manifest.entries, **entries}))
    return tuple(entries)


def send(
    options: Options, request: Request, server: Server | None
) -> Iterator[tuple[Plan, Mail | None, Receipt | None]]:
    """Deliver the mails that are due one after the other, each on record before and after; else NoServerError.

    The plan comes first, alone; then each mail with what became of it. Without a server they were handed over by hand.
    """
    records = options.sources / FOLDER
    with alone(records):
        made = plan(options, request)
        yield made, None, None
        if not made.due:
            return
        writer = Writer(records / NAME, made.ledger, request.now)
        if server is None:
            for one in made.due:
                _record(one, records, writer)
                receipt = Receipt(State.SENT, "by hand")
                writer.outcome(one.letter, receipt.state, receipt.reason)
                yield made, one, receipt
            return
        with Postman(server) as postman:
            for one in made.due:
                content = _bytes(one, request, draft=False)
                postman.ready()
                _record(one, records, writer)
                receipt = postman.deliver(one.context.sender, one.letter.to, content)
                if receipt.state is not State.UNCERTAIN:
                    writer.outcome(one.letter, receipt.state, receipt.reason)
                yield made, one, receipt


def _record(one: Mail, records: Path, writer: Writer) -> None:
    """Keep what is issued, then say that it is about to go."""
    for copy in one.letter.documents:
        keep(records, copy, one.files[copy.path])
    writer.intent(one.letter)


def _bytes(one: Mail, request: Request, *, draft: bool) -> bytes:
    return mail(one.context, one.files, request.now, one.letter.message_id, one.corrects, draft=draft)
