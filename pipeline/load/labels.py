"""The fixed words of documents, one flat file per language under `templates/locales/`."""

from __future__ import annotations

from pathlib import Path

from pipeline.load.characters import Glyphs
from pipeline.load.marked_yaml import parse
from pipeline.model.quantities import LANGUAGES
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
    if len(labels) == len(LANGUAGES):
        problems += _differences(labels, sources)
    return labels, tuple(problems)


def _differences(labels: Mapping[str, Mapping[str, str]], sources: Mapping[str, Source]) -> Iterator[Problem]:
    """Keys and placeholders in which the languages differ."""
    every = {key: frozenset[str]().union(*(_placeholders(words.get(key, "")) for words in labels.values())) for words in labels.values() for key in words}
    for language, words in labels.items():
        for key, wanted in sorted(every.items()):
            if (key,) not in sources[language].marks:
                place = Place(sources[language].file)
                yield error(place, "translation-missing", f"{key} is missing", "the other languages have it")
            elif key in words and _placeholders(words[key]) != wanted:
                ...
