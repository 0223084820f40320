"""Bytes to text: encodings, binary data, line ends, mojibake.

UTF-8 comes first, since almost nothing else is valid UTF-8 by chance; then what a byte-order mark says; then Windows-1252, of which Latin-1 is a part, for text
that is nearly ASCII, as English is; charset-normalizer guesses the rest.
"""

from __future__ import annotations

import codecs
import html
import re

import ftfy
import ftfy.badness
from charset_normalizer import from_bytes

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16: its mark begins with the other's
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_MAGIC = (
    *(b"%PDF-", b"PK\x03\x04", b"\x89PNG", b"GIF8", b"\xff\xd8\xff", b"\x1f\x8b", b"BZh", b"\xfd7zXZ"),
    *(b"\x7fELF", b"PAR1", b"\xd0\xcf\x11\xe0", b"RIFF", b"{\\rtf"),
)
_CONTROL_BYTES = bytes(set(range(32)) - {9, 10, 11, 12, 13, 27} | {127})
MAX_CONTROL_SHARE = 0.005  # of the bytes; stray control characters occur in scraped text, but singly
MAX_HIGH_SHARE_1252 = 0.1  # English and its neighbours have few bytes above 127 in Windows-1252; Cyrillic or Thai are nothing but such bytes
PROBE_BYTES = 200_000

_NEWLINES = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_INVISIBLE = re.compile("[\u200b\u2060\ufeff\u00ad\u200e\u200f\u202a-\u202e\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f]")
_SPACES = re.compile("[\t\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]")
_SURROGATES = re.compile("[\ud800-\udfff]")
MAX_ESCAPES = 4  # "&amp;amp;nbsp;": each program that passed the text on may have escaped it once more; bounded, for each pass reads the whole text
_ENTITY = re.compile(r"&(?:[a-zA-Z]{2,8}|#\d{2,6}|#[xX][0-9a-fA-F]{2,5});")


class NotText(ValueError):
    """The bytes are no text. `reason` is the countable name: "binary" or "encoding"."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason


def decode(data: bytes) -> str:
    """Return `data` as text, without its byte-order mark. Raises NotText for binary data and for text in no known encoding."""
    encoding = detect_encoding(data)
    return data.decode(encoding, errors="replace").removeprefix("\ufeff")


def detect_encoding(data: bytes) -> str:
    """Return the name of the encoding of `data`: "utf-8" unless something speaks against it. Raises NotText as `decode` does."""
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            return encoding
    if data.startswith(_MAGIC):
        raise NotText("binary", "is no text but binary data")
    if (encoding := _utf16_without_mark(data)) is not None:
        return encoding
    n_control = len(data) - len(data.translate(None, _CONTROL_BYTES))
    if n_control > max(1, MAX_CONTROL_SHARE * len(data)):
        raise NotText("binary", "is no text but binary data")
    if _is_utf8(data):
        return "utf-8"
    n_high = len(data) - len(data.translate(None, bytes(range(128, 256))))
    if n_high <= MAX_HIGH_SHARE_1252 * len(data) and not any(byte in data for byte in (b"\x81", b"\x8d", b"\x8f", b"\x90", b"\x9d")):
        return "cp1252"
    best = from_bytes(data[:PROBE_BYTES]).best()
    if best is None:
        raise NotText("encoding", "is in no known encoding. Save it as UTF-8")
    return best.encoding


def tidy(text: str) -> tuple[str, int]:
    """Bring line ends, spaces and invisible characters to one form and repair mojibake; every other code point stays.

    Line and paragraph separators become "\\n", spaces of other widths and tabs become " ", zero-width and control characters go, lone surrogates (which no
    UTF-8 can hold) become U+FFFD. Returns the text and the number of lines in which mojibake was repaired.
    """
    text = _NEWLINES.sub("\n", text)
    for _ in range(MAX_ESCAPES):
        if not _ENTITY.search(text):
            break
        text = html.unescape(text)
    n_repaired = 0
    if not text.isascii():
        if ftfy.badness.is_bad(text):
            lines = text.split("\n")
            # Line by line: one article can hold both sound and broken text, and ftfy would then leave all of it alone.
            repaired = [ftfy.fix_encoding(line) if ftfy.badness.is_bad(line) else line for line in lines]
            n_repaired = sum(a != b for a, b in zip(lines, repaired, strict=True))
            text = "\n".join(repaired)
        text = _SPACES.sub(" ", _SURROGATES.sub("\ufffd", text))
    else:
        text = text.replace("\t", " ")
    return _INVISIBLE.sub("", text), n_repaired


def _is_utf8(data: bytes) -> bool:
    """Valid UTF-8, or valid but for a few broken bytes: then the broken ones are few against the sound multi-byte characters."""
    try:
        data.decode("utf-8")
        return True
    except UnicodeDecodeError:
        text = data.decode("utf-8", errors="replace")
        n_broken = text.count("\ufffd")
        n_sound = sum(1 for char in text if char > "\x7f") - n_broken
        return n_sound > 3 * n_broken


def _utf16_without_mark(data: bytes) -> str | None:
    probe = data[:4096]
    if len(probe) < 8:
        return None
    even, odd = probe[0::2].count(0) / len(probe[0::2]), probe[1::2].count(0) / len(probe[1::2])
    if odd > 0.7 and even < 0.05:
        return "utf-16-le"
    return "utf-16-be" if even > 0.7 and odd < 0.05 else None
