"""Which language an article is in: py3langid, believed only where it is sure."""

from __future__ import annotations

import functools

MIN_CHARS = 40  # of fewer, names and numbers decide rather than words
PROBE_CHARS = 800  # more text does not change the answer and costs time
SURE = 0.9  # English fragments of 60 characters and more that were taken for another language stayed below 0.85 (news of 2014)


def detect_language(text: str) -> str:
    """Return the ISO 639-1 code of the text's language, or "und" where the text is too short or the detector unsure."""
    if len(text) < MIN_CHARS:
        return "und"
    language, probability = _identifier().classify(text[:PROBE_CHARS])
    return str(language) if probability >= SURE else "und"


@functools.cache
def _identifier():  # noqa: ANN202 - py3langid carries no types
    from py3langid.langid import MODEL_FILE, LanguageIdentifier  # here, since its model takes half a second to load

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
