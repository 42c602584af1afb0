"""The fixed words of documents, one flat file per language under `templates/locales/`."""

from __future__ import annotations

from pathlib import Path

from pipeline.load.characters import Glyphs
from pipeline.load.marked_yaml import parse
from pipeline.model.quantities import LANGUAGES
from pipeline.problems import Place, Problem, error


def load_labels(templates: Path, glyphs: Glyphs) -> tuple[dict[str, dict[str, str]], tuple[Problem, ...]]:
    """All label files as language -> key -> words; a key that one language lacks is an error."""
    labels: dict[str, dict[str, str]] = {}
    problems: list[Problem] = []
    for language in LANGUAGES:
        file = f"templates/locales/{language}.yaml"
        path = templates / "locales" / f"{language}.yaml"
        if not path.is_file():
            problems.append(error(Place(file), "missing-file", "the file is missing"))
            continue
        value, source, mistakes = parse(path.read_bytes(), file, glyphs)
        problems += mistakes
        if mistakes or not isinstance(value, dict):
            continue
        for key, words in value.items():
            if not isinstance(words, str):
                problems.append(error(source.at(key), "wrong-type", f"{key} must be a text", "put it in quotes"))
        labels[language] = {key: words for key, words in value.items() if isinstance(words, str)}
    every = {key for words in labels.values() for key in words}
    problems += [
        error(Place(f"templates/locales/{language}.yaml"), "translation-missing", f"{key} is missing")
        for language, words in labels.items()
        for key in sorted(every - words.keys())
    ]
    return labels, tuple(problems)
