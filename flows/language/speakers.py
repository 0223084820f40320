"""Sources of reported speech: how definite they are, what kind of speaker they are, and whether two wordings may mean the same one.

The scale follows the practice of newspapers' style books on anonymous sources: the more a reader is told about who speaks, the higher.
"""

from __future__ import annotations

import re

from flows.language.aliases import looks_like_demonym, same_entity
from flows.language.verbs import WORD

NONE, UNNAMED, DESCRIBED, NAMED = 0, 1, 2, 3

# People and papers of whom nothing is told: 26 words.
_UNNAMED_NOUNS = frozenset(
    "source sources reports rumour rumours rumor rumors insider insiders critic critics observer observers speculation leaks some many others people "
    "commentator commentators media accounts users bloggers circles".split()
)
# Wordings that hide a name although they describe its bearer.
_ANONYMOUS = re.compile(
    r"\b(?:anonym\w+|unnamed|unidentified|undisclosed|leaked|not (?:to|be|been|wish\w* to be) (?:be )?(?:named|identified)|wished to be named|"
    r"familiar with|close to|briefed (?:on|about)|knowledge of|knowledgeable|insider\w*|sources?|rumou?rs?|whistle-?blower\w*)\b",
    re.IGNORECASE,
)
# What a clause of saying adds to hide a name: "two officials said on condition of anonymity", "a clerk, who asked not to be named because …".
HIDES_NAME = re.compile(
    r"\b(?:on|under) (?:the )?condition (?:of (?:strict )?anonymity|that (?:\w+ ){1,4}(?:not|n['’]t) (?:print|publish|use|give|name|be named))\b|"
    r"\bwho (?:(?:\w+ ){0,4}?(?:not|n['’]t (?:want|wish)) (?:want |wish )?to|declined to|refused to) be (?:named|identified|quoted by name)\b|"
    r"\bwho (?:was|were|is|are) not (?:authori[sz]ed|allowed|permitted) to (?:speak|talk|comment)\b|"
    r"\bwhose names? (?:is|are|has|have|was|were) (?:being |been )?withheld\b",
    re.IGNORECASE,
)
_ROLES = re.compile(
    r"\b(?:familiar|close to|briefed|knowledge|knowledgeable|officials?|members?|employees?|officers?|workers?|clerks?|pilots?|residents?|diplomats?|aides?|"
    r"ministry|police|leaked)\b",
    re.IGNORECASE,
)
# Nouns of groups and roles. An indefinite or bare plural is a description ("two officials"), not a name.
_INDEFINITE = re.compile(
    r"(?:an?|one|two|three|four|five|six|seven|eight|nine|ten|several|some|many|most|various|numerous|other|another|\d+|few|both)\b",
    re.IGNORECASE,
)
# Nouns of persons: 57. With no article or an indefinite one they describe somebody who has no name in the text, whatever names stand around them
# ("a senior Israeli official", "U.S. diplomats"). A spokesman is none of them: he speaks for a body that is named.
_PERSONS = frozenset(
    "official officer diplomat aide adviser advisor minister lawmaker legislator senator politician soldier commander general guard agent detective resident "
    "worker employee staffer executive manager engineer scientist researcher expert analyst economist doctor nurse teacher student witness passenger survivor "
    "neighbour neighbor relative friend colleague member leader activist campaigner protester volunteer pilot driver fan customer investor banker trader "
    "farmer journalist reporter".split()
)
# "many Republicans", "several senior Democrats": a people or party by its plural.
_SOME_OF_A_GROUP = re.compile(
    r"(?i:two|three|four|five|six|seven|eight|nine|ten|several|some|many|most|various|numerous|other|few|both|\d+)\s+(?:[a-z-]+\s+)*[A-Z][a-z]+s$"
)
_MOUTHPIECE = re.compile(r"\b(?:spokes(?:man|woman|person|people|men|women)|press (?:officer|office|secretary)|lawyer|attorney)\b", re.IGNORECASE)
_SPOKEN_OF_BEFORE = re.compile(
    r"(?:the|these|those|(?:one|two|both|another) of the|a (?:second|third)) (?:\w+ )?sources?\b", re.IGNORECASE
)  # "the other source"
_KNOWN_BODIES = frozenset("police prosecutors authorities investigators detectives".split())
_PRONOUN = re.compile(r"^(?:he|she|it|they|we|i|who|which|both|neither|the (?:former|latter)|those|these|this|that|everyone|nobody|all)$", re.IGNORECASE)

# Speakers by kind, with the words that betray them: some 210 nouns, the actors of news reports. A source under another word of its kind may well be the same
# one ("police" ~ "officers"); "unofficial" kinds are those whose word a report passes on without vouching for it.
_KINDS: dict[str, str] = {
    "police": "police officer officers detective detectives constable force investigator investigators inquiry probe inspectors bureau",
    "government": (
        "government ministry minister ministers office cabinet president presidency premier administration spokesman official officials authorities "
        "authority governor department mayor council state white house kremlin secretary chancellor palace commissioner envoy diplomats embassy foreign"
    ),
    "court": "court judge judges tribunal prosecutor prosecutors prosecution indictment chamber ruling verdict",
    "company": (
        "company firm operator airline maker manufacturer group carrier utility owner owners bank board director executive chief manager management "
        "chairman chairwoman brewery mill developer employer insurer contractor"
    ),
    "military": "army navy military general staff command troops forces commander pentagon intelligence services agency agencies",
    "science": (
        "scientists researchers study paper institute laboratory university professor authors geologists engineers experts expert analyst analysts "
        "economists forecasters office observatory doctors hospital statistics"
    ),
    "campaign": "union unions campaign group opposition party activists campaigners organisers organisation association charity club federation",
    "witness": (
        "witness witnesses resident residents passenger passengers survivor survivors neighbour neighbours neighbor worker workers miners employee "
        "employees crew member members family families relatives mother father brother sister friend friends villagers people locals man woman driver "
        "drivers fan fans clerk clerks pilots customer customers"
    ),
    "document": ("document documents memo invoices recordings letter email emails e-mail e-mails papers file files footage video tapes"),
    "report": "report assessment audit records bulletin register study census filing",
    "media": (
        "newspaper daily paper broadcaster media television tv radio magazine tabloid outlet website blog courier times post journal news gazette "
        "herald tribune cnn reuters bbc afp ap"
    ),
}
_KIND_OF: dict[str, set[str]] = {}
for _kind, _nouns in _KINDS.items():
    for _noun in _nouns.split():
        _KIND_OF.setdefault(_noun, set()).add(_kind)
UNOFFICIAL_KINDS = frozenset({"witness", "document", "campaign", "media"})
_OTHER_OF_SEVERAL = re.compile(r"the other$|another$|the (?:others|second|third)$|one of them$", re.IGNORECASE)  # "the other said"

_TITLE_WORDS = frozenset(
    "mr mrs ms dr sir lord the a an of for and in at from to with by who had has was on his her its their one two three four five six seven eight nine "
    "ten several some first former senior people".split()
)


def strength(source: str) -> int:
    """How definite a source is: 1 unnamed ("sources"), 2 described ("two officials"), 3 named (a person or body that can be asked); 0 for empty."""
    tokens = _tokens(source)
    if not tokens:
        return NONE
    if _PRONOUN.match(source.strip()):
        return NAMED  # the text has named it before
    if is_other_of_several(source):
        return DESCRIBED
    head = _head(source)
    if (
        head in _UNNAMED_NOUNS
        and not _SPOKEN_OF_BEFORE.match(source.strip())
        and not _tells_more(source)
        and not (" of the " in source and has_name(head_phrase(source)))
    ):
        return UNNAMED
    if _SPOKEN_OF_BEFORE.match(source.strip()):
        return DESCRIBED
    if _ANONYMOUS.search(source):
        return DESCRIBED if _tells_more(source) else UNNAMED
    if is_somebody(source):
        return DESCRIBED
    if _MOUTHPIECE.search(source) or has_name(head_phrase(source)):
        return NAMED
    if _INDEFINITE.match(source.strip()):
        return NAMED if re.search(r",\s+[A-Z]\w+ [A-Z]\w+", source) else DESCRIBED
    if re.match(r"(?:the|its|his|her|their|our|this)\b|.*['’]s\b", source.strip(), re.IGNORECASE) or head in _KNOWN_BODIES:
        return NAMED  # a definite phrase points at one that the reader knows
    return DESCRIBED


def is_somebody(source: str) -> bool:
    """Whether a source is a person or persons without a name, with no article or an indefinite one: "a senior Israeli official", "many Republicans"."""
    phrase = head_phrase(source)
    if re.search(r",\s+[A-Z]\w+ [A-Z]\w+", source) or _MOUTHPIECE.search(phrase):
        return False
    if _SOME_OF_A_GROUP.match(phrase):
        return True
    head = re.split(_COMPLEMENT, phrase, maxsplit=1)[0].split()
    if not head or head[-1] in _KNOWN_BODIES or _singular(head[-1]) not in _PERSONS:
        return False  # also where the last word is a name: "Defence official Ann Orr"
    is_plural = head[-1] != _singular(head[-1])
    return bool(_INDEFINITE.match(phrase)) or (
        is_plural and not re.match(r"(?:the|its|his|her|their|our|these|those|this|that)\b|.*['’]s?\s", phrase, re.IGNORECASE)
    )


def is_other_of_several(source: str) -> bool:
    """Whether a source is told only by the others before it: "the other said"."""
    return _OTHER_OF_SEVERAL.match(source.strip()) is not None


def is_anonymous(source: str) -> bool:
    """Whether the wording itself hides who speaks."""
    return bool(_ANONYMOUS.search(source)) or strength(source) == UNNAMED


def kinds(source: str) -> set[str]:
    """The kinds of speaker that the wording betrays, of the head phrase first; empty where it shows none."""
    found = set().union(*(_KIND_OF.get(t, set()) for t in _tokens(head_phrase(source))))
    return found or set().union(*(_KIND_OF.get(t, set()) for t in _tokens(source)))


def may_be_same(a: str, b: str) -> bool | None:
    """Whether two wordings may mean one source: True (they share a name or head noun), None (cannot tell), False (different kinds of speaker)."""
    if any(_PRONOUN.match(x.strip()) or is_other_of_several(x) for x in (a, b)):
        return None
    words_a, words_b = ({_singular(t) for t in _tokens(_PEOPLE_BEFORE_NOUN.sub(_without_people, x))} - _TITLE_WORDS for x in (a, b))
    if words_a & words_b or a == b:
        return True
    if _is_bare_name(a) and _is_bare_name(b):
        return None if same_entity(head_phrase(a), head_phrase(b)) else False
    kinds_a, kinds_b = kinds(a), kinds(b)
    if not kinds_a or not kinds_b:
        return None
    return None if share_a_kind(a, b) else False


def share_a_kind(a: str, b: str) -> bool:
    """Whether two sources are of one kind by their wording. "A report" may be a newspaper's."""
    kinds_a, kinds_b = (found | {"media"} if "report" in (found := kinds(x)) and _head(x) in {"report", "reports"} else found for x in (a, b))
    return bool(kinds_a & kinds_b)


# A people or state before a noun is shared by many speakers: "the Israeli military", "an Israeli politician", "U.S. officials".
_PEOPLE_BEFORE_NOUN = re.compile(r"\b(?:[A-Z]\.[A-Z]\.|[A-Z][\w]+)(?=\s+\w)")


def _without_people(match: re.Match[str]) -> str:
    word = match.group()
    return "" if looks_like_demonym(word) or word.replace(".", "") in {"US", "UK", "EU", "UN"} or word == "Western" else word


def _is_bare_name(source: str) -> bool:
    """Whether a source is nothing but a name, with no role or kind of body in it: "Putin", "the FAA", "Ann Orr, who …"."""
    phrase = head_phrase(source)
    words = [w for w in phrase.split() if w.lower() not in {"the", "of", "al", "de", "van", "von", "bin", "mr", "mrs", "ms", "dr"}]
    return bool(words) and all(w[0].isupper() for w in words) and has_name(re.sub(r"^[Tt]he ", "", phrase)) and not kinds(phrase)


def has_name(phrase: str) -> bool:
    """Whether a capitalised word stands in `phrase` that is not merely its first word."""
    matches = list(WORD.finditer(phrase))
    capitals = [m for m in matches if m.group()[0].isupper()]
    if not capitals:
        return False
    if capitals[0].start() > matches[0].start() or len(capitals) > 1:
        return True
    first = capitals[0].group()
    if first.isupper() and len(first) > 1:
        return True
    return len(matches) == 1 and first.lower() not in _KIND_OF and first.lower() not in _COMMON_OPENERS


_COMMON_OPENERS = _UNNAMED_NOUNS | frozenset(
    "the a an one two three four five six seven eight nine ten several some many most both another other no its his her their our this that these those".split()
)


def _tells_more(source: str) -> bool:
    """Whether something besides "sources" is told: a number, a role, what they are close to."""
    counted = _INDEFINITE.match(source.strip()) and not re.match(r"(?:some|many|several|other)\b", source.strip(), re.IGNORECASE)
    return bool(counted) or bool(_ROLES.search(source))


def head_phrase(source: str) -> str:
    """The part of a source before a comma, a relative clause or a participle: "two former officials of the ministry"."""
    return re.split(r",| who | which | that | whose | where | speaking | interviewed | familiar | with knowledge ", source, maxsplit=1)[0].strip()


_COMPLEMENT = r" (?:of|for|in|from|at|on|to|close|with|inside|within|who) "


def _head(source: str) -> str:
    """The noun that the phrase is about, in small letters: "officials" for "two former officials of the ministry"."""
    phrase = re.split(_COMPLEMENT, head_phrase(source), maxsplit=1)[0]
    tokens = _tokens(phrase)
    return tokens[-1] if tokens else ""


def _tokens(text: str) -> list[str]:
    return [re.sub(r"['’]s?$", "", m.group().lower()) for m in WORD.finditer(text)]


def _singular(word: str) -> str:
    return word[:-1] if word.endswith("s") and len(word) > 3 and not word.endswith("ss") else word
