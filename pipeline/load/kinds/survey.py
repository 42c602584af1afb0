"""`surveys/*.yaml`: a series of satisfaction surveys, with the answers or the names of the files that hold them."""

from __future__ import annotations

from pipeline.load import rules
from pipeline.load.formats.delimited import DELIMITERS, ENCODINGS
from pipeline.load.kinds.fields import (
    IDENTIFIER,
    TEXTS,
    Schema,
    Spec,
    as_text,
    as_texts,
    choice,
    keyed,
    many,
    record,
    text,
    word,
    written,
)
from pipeline.model.source import Source
from pipeline.model.surveys import Answer, Layout, Question, Round, Scale, Survey

SCORE: Schema = {"type": "integer", "required": True}
MISSING = ("-", "—", "/", "N/A", "n/a")
"""What stands for no answer where the survey does not say."""

SCHEMA: Schema = {
    "kind": word(),
    "id": IDENTIFIER,
    "title": text(),
    "agreement": IDENTIFIER,
    "purpose": text(),
    "audience": text(),
    "method": text(),
    "scale": record({"from": SCORE, "to": SCORE, "satisfied": {"type": "integer"}}, required=True),
    "questions": many(
        record(
            {
                "id": IDENTIFIER,
                "text": text(),
                "service": written("identifier", required=False),
                "since": written("date", required=False),
            }
        ),
        required=True,
        least=1,
    ),
    "overall": written("identifier", required=False),
    "table": record(
        {
            "respondent": word(required=False),
            "group": word(required=False),
            "comment": word(required=False),
            "questions": keyed(word(), required=True),
            "comments": keyed(word()),
            "values": keyed({"type": "integer"}, keys=word(required=False)),
            "missing": many(word()),
            "encoding": choice(*ENCODINGS, required=False),
            "delimiter": choice(*DELIMITERS, required=False),
        }
    ),
    "rounds": many(
        record(
            {
                "opens": written("date"),
                "closes": written("date"),
                "invited": {"type": "integer", "min": 1, "max": 10_000_000, "required": True},
                "file": written("answers", required=False),
                "answers": many(
                    record(
                        {
                            "scores": keyed(SCORE, required=True),
                            "group": word(required=False),
                            "comment": word(required=False),
                            "comments": keyed(word()),
                        }
                    )
                ),
                "analysis": TEXTS,
                "suggestions": TEXTS,
            }
        ),
        required=True,
        least=1,
    ),
}


def read(spec: Spec, source: Source) -> Survey:
    """A series; answers that lie in files of their own are read later."""
    scale = spec["scale"]
    return Survey(
        id=spec["id"],
        title=as_text(spec["title"]),
        agreement=spec["agreement"],
        purpose=as_text(spec["purpose"]),
        audience=as_text(spec["audience"]),
        method=as_text(spec["method"]),
        scale=Scale(scale["from"], scale["to"], scale.get("satisfied", scale["to"] - 1)),
        questions=tuple(
            Question(
                one["id"],
                as_text(one["text"]),
                one.get("service", ""),
                rules.read_date(one["since"]) if "since" in one else None,
            )
            for one in spec["questions"]
        ),
        overall=spec.get("overall", ""),
        rounds=tuple(_round(index, one) for index, one in enumerate(spec["rounds"])),
        layout=_layout(spec["table"]) if "table" in spec else None,
        source=source,
    )


def _round(index: int, spec: Spec) -> Round:
    return Round(
        index=index,
        opens=rules.read_date(spec["opens"]),
        closes=rules.read_date(spec["closes"]),
        invited=spec["invited"],
        held="answers" in spec or "file" in spec,
        file=spec.get("file", ""),
        analysis=as_texts(spec.get("analysis")),
        suggestions=as_texts(spec.get("suggestions")),
        answers=tuple(
            Answer(
                scores=dict(one["scores"]),
                group=one.get("group", "").strip(),
                comments={key: words.strip() for key, words in _comments(one).items()},
            )
            for one in spec.get("answers", ())
        ),
    )


def _comments(spec: Spec) -> dict[str, str]:
    general = {"": spec["comment"]} if "comment" in spec else {}
    return general | dict(spec.get("comments", {}))


def _layout(spec: Spec) -> Layout:
    return Layout(
        respondent=spec.get("respondent", ""),
        group=spec.get("group", ""),
        comment=spec.get("comment", ""),
        questions=dict(spec["questions"]),
        comments=dict(spec.get("comments", {})),
        values=dict(spec.get("values", {})),
        missing=frozenset({"", *spec.get("missing", MISSING)}),
        encoding=spec.get("encoding", "utf-8"),
        delimiter=spec.get("delimiter", ","),
    )
