"""Drop what scraping leaves around an article, find its title, and keep the body as it is.

The text is taken line by line. The top and the bottom of a page hold furniture that looks like nothing in particular (a paper's name, a nav line, a byline), so
some rules hold only there; the middle is touched only where a line says what it is. Questions stay even under a FAQ heading: they are no claims, but the
pronouns of the answers point back to them.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass, field
from itertools import pairwise

from flows.steps import chrome_patterns as patterns
from flows.steps.cut_short import drop_cut_sentence
from flows.steps.stamps import DateLine, Moment, is_time_line, read_date_in, read_date_line, words_beside_dates

HEADER_LINES = 10  # a page's head, before the first sentence, is rarely longer
FOOTER_LINES = 5
MAX_TITLE_WORDS, MAX_TITLE_CHARS = 18, 140
MIN_PROSE_WORDS = 5
MIN_WORDS_BESIDE_DATE = 3  # with fewer, a line with a full date is a stamp of some sort: "NBC News, May 6, 2024"
MAX_FURNITURE_WORDS, MAX_FURNITURE_CHARS = 60, 600  # a paragraph beyond that is nobody's furniture; it also bounds the time a pattern can take
MIN_CODE_MARKS_PER_WORD = 0.2  # scripts and styles of real pages have 0.4 and more, prose with formulas and brackets 0.1 at most
MIN_WRAPPED_LINES = 4  # fewer tell nothing about how a text was wrapped
MIN_WRAPPED_SHARE = 0.9


@dataclass(slots=True)
class Cleaned:
    """An article without chrome. `text` holds no line break within a sentence; `chrome` counts the dropped pieces per reason; `date` is the date line's."""

    text: str
    title: str = ""
    chrome: dict[str, int] = field(default_factory=dict)
    date: Moment | None = None


@dataclass(slots=True)
class _Line:
    text: str
    starts_block: bool  # a blank line stands before it
    dropped: str = ""  # the reason, once it is dropped

    @property
    def n_words(self) -> int:
        return len(self.text.split())

    @property
    def is_long(self) -> bool:
        return len(self.text) > MAX_FURNITURE_CHARS or self.n_words > MAX_FURNITURE_WORDS

    @property
    def is_sentence(self) -> bool:
        return _ends_sentence(self.text)

    @property
    def is_prose(self) -> bool:
        return self.n_words >= MIN_PROSE_WORDS and (self.is_sentence or self.n_words > MAX_TITLE_WORDS)


def clean(text: str, title: str = "") -> Cleaned:
    """Return the article in `text` without its chrome. `title` is the headline from metadata; without one, the headline over the text becomes the title.

    `text` must be tidy (line ends are "\\n"). Kept lines keep their code points; paragraphs are joined by "\\n\\n", lines within one by "\\n".
    """
    text, is_cut = drop_cut_sentence(text)
    lines = _lines(_unwrap(text))
    date = _take_date(lines)
    _cut_code(lines)
    _drop_captions(lines)
    for line in lines:
        if not line.dropped and not line.is_long:
            line.dropped = _reason_anywhere(line)
    _cut_tail(lines)
    furniture_date = _drop_head_furniture(lines)
    date = date or furniture_date
    title = _take_title(lines, title)
    _drop_foot_furniture(lines)
    _drop_repeats(lines)
    chrome: dict[str, int] = {"cut short": 1} if is_cut else {}
    for line in lines:
        if line.dropped and line.dropped != "title":
            chrome[line.dropped] = chrome.get(line.dropped, 0) + 1
    return Cleaned(_join(lines), title, chrome, date)


def _ends_sentence(line: str) -> bool:
    return line.rstrip(patterns.CLOSERS).endswith((".", "!", "?", "…"))


def _unwrap(text: str) -> str:
    """Join lines that were broken at a fixed width, as in wire copy and e-mail.

    Such a text gives itself away: next to no line could have taken the next line's first word without passing the width.
    """
    lines = [line.strip() for line in text.split("\n")]
    pairs = [(a, b) for a, b in pairwise(lines) if a and b]
    width = max((len(line) for line in lines), default=0)
    if len(pairs) < MIN_WRAPPED_LINES or not 30 <= width <= 130:
        return text
    full = [_is_full(a, b, width) for a, b in pairs]
    n_breaks_inside = sum(f and not _ends_sentence(a) for f, (a, _) in zip(full, pairs, strict=True))
    if sum(full) < MIN_WRAPPED_SHARE * len(pairs) and n_breaks_inside < 2 * (len(pairs) - sum(full)):
        return text
    if n_breaks_inside < len(pairs) / 2:  # lines that end as sentences do are lines on purpose
        return text
    joined = [lines[0]]
    for previous, line in pairwise(lines):
        if previous and line and _is_full(previous, line, width):
            joined[-1] += ("" if re.search(r"\w-$", previous) else " ") + line
        else:
            joined.append(line)
    return "\n".join(joined)


def _is_full(line: str, following: str, width: int) -> bool:
    return len(line) + 1 + len(following.split(" ", 1)[0]) > width


def _lines(text: str) -> list[_Line]:
    lines: list[_Line] = []
    after_blank = True
    for raw in text.split("\n"):
        stripped = raw.strip()
        if stripped:
            lines.append(_Line(stripped, after_blank))
        after_blank = not stripped
    return lines


def _join(lines: list[_Line]) -> str:
    parts: list[str] = []
    new_block = False
    for line in lines:
        new_block = new_block or line.starts_block
        if not line.dropped:
            parts += ["\n\n" if new_block else "\n", line.text] if parts else [line.text]
            new_block = False
    return "".join(parts)


def _take_date(lines: list[_Line]) -> Moment | None:
    """Find the date line among the first lines; drop it, or cut it off the front of a line that goes on as text.

    "Published: 6 May 2024" counts below "Last updated: 8 May 2024" as well: a line replaces one above it that is labelled less surely.
    """
    best: DateLine | None = None
    for i, line in enumerate(lines[:HEADER_LINES]):
        found = read_date_line(line.text)
        if found is not None and (best is None or found.rank > best.rank):
            best, line.dropped = found, "date line"
            if found.rest:
                lines.insert(i + 1, _Line(found.rest, starts_block=False))
                break
        elif line.is_prose and line.n_words > 12:
            break
    return best.moment if best else None


def _cut_code(lines: list[_Line]) -> None:
    """Drop scripts and styles, and cut them off the end of a line of text that they were scraped into."""
    for i in range(len(lines) - 1, -1, -1):
        line = lines[i]
        if line.dropped or (start := _code_start(line.text)) is None:
            continue
        code = line
        if start:
            code = _Line(line.text[start:], starts_block=False)
            line.text = line.text[:start].rstrip()
            lines.insert(i + 1, code)
        code.dropped = "player or script"


def _code_start(text: str) -> int | None:
    """Where the code begins that `text` ends in; None where it ends in none. Code is told from prose by its marks per word."""
    last_block = max((m.start() for m in patterns.CODE_BLOCK.finditer(text)), default=-1)
    if last_block < 0:
        return None
    marks, words = ([m.start() for m in pattern.finditer(text)] for pattern in (patterns.CODE_MARK, patterns.CODE_WORD))
    for head in patterns.CODE_HEAD.finditer(text):
        start = head.end()
        if start > last_block:
            break
        if len(marks) - bisect_left(marks, start) >= MIN_CODE_MARKS_PER_WORD * (len(words) - bisect_left(words, start)):
            return start
    return None


def _drop_captions(lines: list[_Line]) -> None:
    whole: str | None = None
    for i, line in enumerate(lines):
        if line.dropped or line.is_long:
            continue
        if _is_caption(line):
            line.dropped = "photo caption"
        elif line.n_words <= 5 and not line.is_sentence and (glued := patterns.GLUED_NAME.search(line.text)):
            # A name run into one that is on no list ("Ida BorgAftenbladet"): a brand written so ("PayPal") would turn up in the article as well.
            whole = whole if whole is not None else "\n".join(other.text for other in lines)
            capitals = all(word[:1].isupper() for word in line.text.split())
            if capitals and glued[1] not in patterns.NAME_PREFIXES and whole.count(glued[0]) == 1 and line.n_words >= 2:
                line.dropped = "photo caption"
        # The caption itself often stands once more above the line that has the credit glued to it.
        if line.dropped and i and not lines[i - 1].dropped and line.text.startswith(lines[i - 1].text):
            lines[i - 1].dropped = "photo caption"


def _is_caption(line: _Line) -> bool:
    if patterns.CREDIT_FIRST.fullmatch(line.text) and line.n_words <= 40:
        return True
    if line.n_words <= 40 and patterns.CAPTION_LABEL.match(line.text):
        return True
    return not line.is_sentence and patterns.CAPTION.fullmatch(line.text) is not None


def _reason_anywhere(line: _Line) -> str:
    if line.n_words <= 12 and patterns.SHARE.fullmatch(line.text) and not patterns.CLOCK.fullmatch(line.text):
        return "share buttons"
    bare = line.text.lstrip("-–—•*>» ")  # as an item of a list
    for rule in patterns.ANYWHERE:
        if rule.always is not None and (rule.always.match(line.text) or rule.always.match(bare)):
            return rule.reason
        if rule.open_end is not None and not line.is_sentence and (rule.open_end.match(line.text) or rule.open_end.match(bare)):
            return rule.reason
    return ""


def _cut_tail(lines: list[_Line]) -> None:
    """Drop what follows the comment form at the end of a page, and the headlines under "Related articles"."""
    prose_before = 0
    in_list = False
    for i, line in enumerate(lines):
        is_form = line.dropped and patterns.CUTS_TAIL.match(line.text)
        if is_form and _prose_chars(lines[i + 1 :]) < prose_before / 2:  # some pages carry the link over the article or in its middle
            _drop_all(lines[i + 1 :], "page footer")
            # The comments so far stand over the form for the next one, under their number.
            first = next((j for j in range(i) if patterns.HEADS_COMMENTS.match(lines[j].text)), i)
            if _prose_chars(lines[first:i]) < _prose_chars(lines[:first]):
                _drop_all(lines[first:i], "reader comment")
            return
        if line.dropped:
            in_list = in_list or patterns.HEADS_LIST.match(line.text) is not None
        elif line.is_prose:
            prose_before, in_list = prose_before + len(line.text), False
        elif in_list:
            line.dropped = "related link"


def _prose_chars(lines: list[_Line]) -> int:
    return sum(len(line.text) for line in lines if line.is_prose and not line.dropped)


def _drop_all(lines: list[_Line], reason: str) -> None:
    for line in lines:
        line.dropped = line.dropped or reason


def _drop_head_furniture(lines: list[_Line]) -> Moment | None:
    """Drop nav lines, breadcrumbs, mastheads and bylines over the first sentence; return the date one of them holds, if any."""
    date: Moment | None = None
    n_seen = 0
    for line in lines:
        if line.dropped:
            continue
        n_seen += 1
        is_cut_short = line.text.endswith(("...", "…"))  # a headline in a nav line, not a sentence
        if n_seen > HEADER_LINES or line.is_long or (line.is_prose and line.n_words > 12 and not is_cut_short):
            break
        line.dropped = _head_reason(line)
        if line.dropped and date is None:
            date = read_date_in(line.text)
    return date


def _head_reason(line: _Line) -> str:
    words = re.findall(r"[\w'’&-]+", line.text)
    if not words:
        return "rule"
    if is_time_line(line.text) or (not line.is_sentence and _is_mostly_date(line.text)):
        return "date line"
    if patterns.READING_TIME.fullmatch(line.text) and line.n_words <= 15:
        return "masthead"
    if line.n_words <= 16 and not patterns.FULL_STOP_END.search(line.text) and patterns.BYLINE.fullmatch(line.text.rstrip(".")):
        return "byline"
    if line.n_words <= 5 and patterns.OUTLET_LINE.fullmatch(line.text):
        return "masthead"
    ends_open = not patterns.FULL_STOP_END.search(line.text)
    if ends_open and (patterns.CRUMBS.search(line.text) or (patterns.SEPARATOR.search(line.text) and _is_masthead(line.text))):
        return "nav line"
    n_nav = 0
    for word in words:
        if word.casefold() not in patterns.NAV_WORDS or not (word[0].isupper() or word.casefold() in ("in", "up")):
            break
        n_nav += 1
    if ends_open and n_nav == len(words):  # "Menu", "Local News"
        return "nav line"
    opens_with_home = words[0].casefold() in ("home", "menu") and n_nav >= 2
    n_anywhere = sum(word[0].isupper() and word.casefold() in patterns.NAV_WORDS for word in words)
    if ends_open and (opens_with_home or n_nav >= 3 or (n_anywhere >= 3 and n_anywhere * 2 >= len(words) and all(w[0].isupper() or w == "in" for w in words))):
        return "nav line"
    return ""


def _is_mostly_date(line: str) -> bool:
    n_words = words_beside_dates(line)
    # "6 May 2024: Dam bursts" is an entry of a chronicle.
    return n_words is not None and n_words < MIN_WORDS_BESIDE_DATE and not re.search(r"\d:\s+\D", line)


def _is_masthead(line: str) -> bool:
    """Short capitalised parts between separators: "City Ledger | Firms & Markets". A headline may hold one dash or bar, so every part is judged."""
    parts = patterns.SEPARATOR.split(line)
    short = all(len(part.split()) <= 4 and all(word[0].isupper() or not word[0].isalpha() or len(word) <= 3 for word in part.split()) for part in parts)
    return short and ("|" in line or len(parts) >= 3)


def _take_title(lines: list[_Line], title: str) -> str:
    """Take the headline off the top of the text: its repeats where the title is known, else the first line that looks like one."""
    n_kept = sum(not line.dropped for line in lines)
    head = [line for line in lines if not line.dropped][:4]
    if not title and len(head) >= 2 and n_kept >= 2 and _looks_like_headline(head[0].text, head[1].text):
        title = head[0].text
        if not patterns.STANDFIRST.match(title):
            head[0].dropped = "title"
            n_kept -= 1
        head = head[1:]
    if title:
        for line in head[:3]:
            if n_kept > 1 and _repeats(line.text, title):
                line.dropped = "repeated headline"
                n_kept -= 1
        for line in head[:3]:  # the author's bare name below the headline
            if n_kept > 1 and not line.dropped and not line.is_prose and patterns.BARE_NAME.fullmatch(line.text):
                line.dropped = "byline"
                n_kept -= 1
    else:  # a trail of breadcrumbs often ends in the headline
        crumbs = [patterns.CRUMBS.split(line.text)[-1].strip() for line in lines if line.dropped == "nav line" and patterns.CRUMBS.search(line.text)]
        title = next((crumb for crumb in crumbs if len(crumb.split()) >= 3), "")
    return title.strip()


def _looks_like_headline(line: str, following: str) -> bool:
    words = line.split()
    if not words or len(words) > MAX_TITLE_WORDS or len(line) > MAX_TITLE_CHARS or line.endswith((",", ";", ":", "-")) or re.match(r"[-*•–—]\s", line):
        return False
    first = re.search(r"\w", line)
    if first is None or first[0].islower() or following[:1].islower():
        return False
    n_beside = words_beside_dates(line)
    if n_beside is not None and n_beside < MIN_WORDS_BESIDE_DATE:
        return False
    if line[0] in '"“' and line.endswith(('"', "”")) and len(words) > 8:
        return False
    if patterns.FULL_STOP_END.search(line):
        long_words = [word for word in words if len(word) > 3 and word[0].isalpha()]
        return len(long_words) >= 5 and all(word[0].isupper() for word in long_words)  # Only Headlines Are Capitalised Like This.
    return True


def _repeats(line: str, title: str) -> bool:
    """Say whether a line is the title again: the same, cut short with dots, or with the paper's name after a bar or dash."""
    a, b = _letters(line), _letters(title)
    if not a or not b:
        return False
    if a == b:
        return True
    short, long = sorted((a, b), key=len)
    cut_short = (a is short and re.search(r"(?:\.\.\.|…)$", line)) or (b is short and re.search(r"(?:\.\.\.|…)$", title))
    named = re.search(r"\s[-–—|]\s", title if b is long else line)
    return long.startswith(short) and len(short) >= 10 and bool(cut_short or named)


def _letters(text: str) -> str:
    return "".join(char for char in text.casefold() if char.isalnum())


def _drop_foot_furniture(lines: list[_Line]) -> None:
    kept = [line for line in lines if not line.dropped]
    for line in reversed(kept[1:][-FOOTER_LINES:]):
        if line.is_long or (line.is_prose and not patterns.BYLINE.fullmatch(line.text)):
            return
        if patterns.BYLINE.fullmatch(line.text):
            line.dropped = "byline"
        elif line.n_words <= 5 and patterns.OUTLET_LINE.fullmatch(line.text):
            line.dropped = "masthead"
        elif is_time_line(line.text):
            line.dropped = "date line"


def _drop_repeats(lines: list[_Line]) -> None:
    """Drop a paragraph that stood in the article before, word for word: a pull quote, or a page scraped twice."""
    seen: set[str] = set()
    for line in lines:
        if not line.dropped and line.n_words >= 8:
            if line.text in seen:
                line.dropped = "repeated paragraph"
            seen.add(line.text)
