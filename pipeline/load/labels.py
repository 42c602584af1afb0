"""The fixed words of documents, one flat file per language under `templates/locales/`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from string import Formatter

from pipeline.confined import leads_inside
from pipeline.load.characters import Glyphs
from pipeline.load.marked_yaml import parse
from pipeline.model.quantities import LANGUAGES
from pipeline.model.source import Source
from pipeline.problems import Place, Problem, error


def load_labels(templates: Path, glyphs: Glyphs) -> tuple[dict[str, dict[str, str]], tuple[Problem, ...]]:
    """All label files as language -> key -> words; a key or a placeholder that one language lacks is an error."""
    labels: dict[str, dict[str, str]] = {}
    sources: dict[str, Source] = {}
    problems: list[Problem] = []
    for language in LANGUAGES:
        file = f"templates/locales/{language}.yaml"
        path = templates / "locales" / f"{language}.yaml"
        if not path.is_file():
            problems.append(error(Place(file), "missing-file", "the file is missing"))
            continue
        if not leads_inside(path, templates):
            problems.append(error(Place(file), "outside-link", "the link leads outside of the templates, or nowhere"))
            continue
        value, source, mistakes = parse(path.read_bytes(), file, glyphs)
        if value is not None and not isinstance(value, dict):
            mistakes = (*mistakes, error(source.at(), "not-a-map", "expected keys and words"))
        problems += mistakes
        if isinstance(value, dict):
            labels[language] = {key: words for key, words in value.items() if isinstance(words, str)}
            sources[language] = source
            problems += [
                error(source.at(key), "wrong-type", f"{key} must be a text", "put it in quotes")
                for key in value
                if key not in labels[language]
            ]
    problems += _differences(labels, sources)
    return labels, tuple(problems)


def _differences(labels: Mapping[str, Mapping[str, str]], sources: Mapping[str, Source]) -> Iterator[Problem]:
    """Keys that a language lacks, and placeholders that are not those of the first language."""
    for language, source in sources.items():
        for key in sorted({key for words in labels.values() for key in words}):
            if (key,) not in source.marks:
                yield error(Place(source.file), "translation-missing", f"{key} is missing")
                continue
            words = labels[language].get(key, "")
            found = _placeholders(words)
            wanted = next((_placeholders(other[key]) for other in labels.values() if key in other), found)
            if found is None:
                message = f"{key} has a mistaken placeholder"
                yield error(source.at(key), "placeholder", message, "write {name}, and {{ for a brace")
            elif wanted is not None and found != wanted:
                message = f"{key} has the placeholders {_listed(found)}, in {LANGUAGES[0]} {_listed(wanted)}"
                yield error(source.at(key), "placeholder", message, "keep the names as they are")


def _placeholders(words: str) -> frozenset[str] | None:
    """What stands in braces, such as `count` or `m:02d`; None when it cannot be read."""
    try:
        found = [(name, spec) for _, name, spec, _ in Formatter().parse(words) if name is not None]
    except ValueError:
        return None
    if not all(name.isidentifier() for name, _ in found):
        return None
    return frozenset(f"{name}:{spec}" if spec else name for name, spec in found)


def _listed(names: frozenset[str]) -> str:
    return ", ".join(f"{{{name}}}" for name in sorted(names)) or "none"
