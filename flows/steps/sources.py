"""Which files INPUT names, and what each is called: source, outlet, source key."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

SUFFIXES = (".txt", ".md", ".html", ".htm", ".json", ".jsonl", ".csv", ".parquet")
UNFINISHED = (".tmp", ".part", ".partial", ".filepart", ".crdownload", "~")  # a file that another program is still writing, or its backup of one
# What lies beside the articles in a folder of them, told by its name; given by itself it is read.
_NO_ARTICLE = re.compile(r"(?:readme|licen[cs]e|copying|notice|contributing|changelog|requirements)(?:\.\w+)?", re.IGNORECASE)
_TRACKING = re.compile(r"utm_\w+|fbclid|gclid|dclid|msclkid|mc_[ce]id|igshid|yclid|ocid|cmpid|ref_src|_ga|ito|smid|xtor", re.IGNORECASE)
_DATE_FOLDER = re.compile(r"\d{1,8}(?:[-_.]\d{1,2}){0,2}")


class InputError(ValueError):
    """INPUT as a whole is wrong; the message is one line for the user: what, where, what to do."""


@dataclass(frozen=True, slots=True)
class InputFile:
    """A file to read. `source` tells it from the others of the run, `shown` is the path as the user would type it."""

    path: Path
    source: str
    shown: str
    outlet: str
    source_key: str


@dataclass(frozen=True, slots=True)
class SkippedFile:
    """A file that is not read, and why."""

    source: str
    reason: str
    detail: str


def find_files(inputs: Sequence[Path], suffixes: tuple[str, ...] = SUFFIXES, root: Path | None = None) -> tuple[list[InputFile], list[SkippedFile]]:
    """List the article files of INPUT: files as given, folders recursively and sorted; a file that two arguments reach is listed once.

    Hidden files and folders, and names that end as those of UNFINISHED, are passed over. Raises InputError for a path that does not exist or holds no article
    file. `root`: INPUT is some of the files below this folder, and each is what it is when the folder is INPUT: same source, outlet and source key, skipped for
    the same reasons.
    """
    if root is not None:
        return _find_below(root, inputs, suffixes)
    if not inputs:
        raise InputError("no INPUT given. Name article files or folders of them")
    found: list[tuple[InputFile, Path]] = []
    skipped: list[SkippedFile] = []
    seen: set[str] = set()
    for argument in map(Path, inputs):
        if not os.path.lexists(argument):
            raise InputError(f"no such path: {one_line(argument)}")
        paths = [argument]
        n_articles = 0
        is_folder = argument.is_dir()
        if is_folder:
            paths, unreadable = walk_files(argument)
            for folder, why in unreadable:
                skipped.append(
                    SkippedFile(_posix(folder.relative_to(argument)), "unreadable", f"{one_line(folder)} cannot be read: {why}. Check its permissions.")
                )
        for path in paths:
            file = _describe(path, argument, is_folder)
            if not is_folder and path.suffix.lower() not in suffixes:
                raise InputError(f"{one_line(path)} is no article file. Readable are {' '.join(suffixes)}")
            if is_folder and (reason := _why_skipped(file, suffixes)):
                skipped.append(reason)
                continue
            n_articles += 1
            if (identity := os.path.realpath(path)) not in seen:
                seen.add(identity)
                found.append((file, argument))
        if not n_articles:
            raise InputError(f"{one_line(argument)} holds no article files ({' '.join(s for s in suffixes if s != '.htm')})")
    return _tell_apart([file for file, _ in found]), skipped


def _find_below(root: Path, paths: Sequence[Path], suffixes: tuple[str, ...]) -> tuple[list[InputFile], list[SkippedFile]]:
    found: list[InputFile] = []
    skipped: list[SkippedFile] = []
    for path in sorted(paths, key=_posix):
        file = _describe(path, root, is_folder=True)
        if reason := _why_skipped(file, suffixes):
            skipped.append(reason)
        else:
            found.append(file)
    return found, skipped


def _why_skipped(file: InputFile, suffixes: tuple[str, ...]) -> SkippedFile | None:
    """Say why a file of a folder is not read; None where it is."""
    if file.path.suffix.lower() not in suffixes:
        return SkippedFile(file.source, "unknown format", f"{file.shown} is no article file. Readable are {' '.join(suffixes)}.")
    if _NO_ARTICLE.fullmatch(file.path.name):
        advice = "is by its name about the folder. Give the file itself as INPUT to read it."
        return SkippedFile(file.source, "not an article", f"{file.shown} {advice}")
    return None


def is_regular(path: Path) -> bool:
    """Say whether a path is an ordinary file: reading a pipe or a device could last for ever."""
    return stat.S_ISREG(path.stat().st_mode)


def canonical_url(url: str) -> str:
    """Return a URL without what does not tell documents apart: case of scheme and host, www., default port, tracking parameters, fragment, trailing slash."""
    try:
        parts = urlsplit(url.strip())
        host, port = (parts.hostname or "").rstrip("."), parts.port
    except ValueError:  # a port that is no number, a broken IPv6 address: nothing to canonicalise
        return url.strip()
    scheme = parts.scheme.lower()
    netloc = host if port in (None, {"http": 80, "https": 443}.get(scheme)) else f"{host}:{port}"
    query = urlencode([(k, v) for k, v in parse_qsl(parts.query, keep_blank_values=True) if not _TRACKING.fullmatch(k)])
    return urlunsplit((scheme, netloc, re.sub(r"[/\s]+$", "", parts.path), query, ""))


def url_host(url: str) -> str:
    """Return the URL's host without "www."; empty where the text is no web address."""
    try:
        parts = urlsplit(url.strip())
    except ValueError:
        return ""
    return (parts.hostname or "").removeprefix("www.") if parts.scheme.lower() in ("http", "https") else ""


def names_source(path: str, sources: Collection[str]) -> bool:
    """Say whether a path is one that makes one of these sources, below whichever folder."""
    return path in sources or any(path[i + 1 :] in sources for i, char in enumerate(path) if char == "/")


def one_line(path: Path | str) -> str:
    """Show a path in a message: no line breaks, nothing that UTF-8 cannot hold."""
    return _text(str(path)).replace("\n", "\\n").replace("\r", "\\r")


def walk_files(folder: Path) -> tuple[list[Path], list[tuple[Path, str]]]:
    """Return the files below a folder, sorted, without hidden and unfinished ones; and the folders that cannot be read, each with why."""
    paths: list[Path] = []
    unreadable: list[tuple[Path, str]] = []

    def note(error: OSError) -> None:
        unreadable.append((Path(str(error.filename)), error.strerror or "error"))

    for parent, folders, names in os.walk(folder, onerror=note):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        paths += [Path(parent, name) for name in names if is_finished(name)]
    return sorted(paths, key=lambda path: _posix(path)), unreadable


def is_finished(name: str) -> bool:
    """Say whether a file or folder of this name is looked at: neither hidden nor marked as unfinished."""
    return not name.startswith(".") and not name.lower().endswith(UNFINISHED)


def _describe(path: Path, argument: Path, is_folder: bool) -> InputFile:
    relative = path.relative_to(argument) if is_folder else Path(path.name)
    home = argument.resolve() if is_folder else path.absolute().parent
    source = _posix(relative)
    folders = [part for part in PurePosixPath(source).parts[:-1] if not _DATE_FOLDER.fullmatch(part)]
    # A bare name says too little to be the same document again ("a.txt" in Monday's drop and in Tuesday's): its folder's name goes with it.
    key = source if len(relative.parts) > 1 else _text(f"{home.name}/{relative.name}" if home.name else relative.name)
    return InputFile(path, source, one_line(path), "/".join(folders), key)


def _tell_apart(files: list[InputFile]) -> list[InputFile]:
    """Lengthen sources that two INPUT arguments share by the names of the folders above, until they differ."""
    depth = {file.path: len(PurePosixPath(file.source).parts) for file in files}
    names = {file.path: file.source for file in files}
    while True:
        by_name: dict[str, list[InputFile]] = {}
        for file in files:
            by_name.setdefault(names[file.path], []).append(file)
        clashing = [file for group in by_name.values() if len(group) > 1 for file in group]
        grown = False
        for file in clashing:
            parts = file.path.absolute().parts
            if depth[file.path] < len(parts) - 1:
                depth[file.path] += 1
                names[file.path] = _posix(Path(*parts[-depth[file.path] :]))
                grown = True
        if not grown:
            return [InputFile(f.path, names[f.path], f.shown, f.outlet, f.source_key) for f in files]


def _posix(path: Path) -> str:
    return _text(path.as_posix())


def _text(name: str) -> str:
    """File names that are no UTF-8 reach Python with lone surrogates, which no table can hold."""
    return os.fsencode(name).decode("utf-8", "backslashreplace")
