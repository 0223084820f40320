"""Verbs of saying and the other word lists that reported speech is recognised by."""

from __future__ import annotations

import re

MASK = "\ue000"  # stands for each character of a quotation: what is said inside one is not an attribution of the sentence


def any_of(phrases: str) -> str:
    """An alternation of the phrases of a list that is separated by "|" and may run over several lines."""
    return "(?:" + "|".join(p.strip() for p in phrases.replace("\n", " ").split("|")) + ")"


# Verbs of saying, thinking and finding. Classes after Saurí and Pustejovsky's source-introducing predicates (FactBank, 2009): report, knowledge, belief and
# inference; the 67 that news reports use.
_SAYING = """
    say add state report announce confirm deny claim warn insist allege acknowledge admit argue assert maintain note explain reveal disclose suggest indicate
    predict testify write declare concede stress remark observe reply recall complain hint tell contend estimate reckon calculate believe suspect think fear
    assume conclude find show establish determine expect forecast emphasise emphasize confess respond comment object caution repeat attest certify inform
    assess mention relate recount learn charge put
""".split()
_IRREGULAR_FORMS = {
    "say": "said says say", "tell": "told tells tell", "write": "wrote writes write written", "think": "thought thinks think", "find": "found finds find",
    "put": "put puts", "show": "showed shows show shown", "forecast": "forecast forecasts", "state": "stated", "learn": "learned learnt learns",
    "deny": "denied denies deny", "reply": "replied replies reply", "testify": "testified testifies testify", "certify": "certified certifies certify",
    "admit": "admitted admits admit",
}  # fmt: skip


def _finite_forms(verb: str) -> list[str]:
    if verb in _IRREGULAR_FORMS:
        return _IRREGULAR_FORMS[verb].split()
    past = verb + ("d" if verb.endswith("e") else "ed")
    third = verb + ("es" if verb.endswith(("s", "sh", "ch")) else "s")
    return [past, third, verb]


VERB_OF = {form: verb for verb in _SAYING for form in _finite_forms(verb)}
# What tabloids and local papers put for "said" beside a quotation, and nowhere else: 25 verbs of manner.
MANNER_VERBS = frozenset(
    "sobbed cried shouted yelled joked quipped fumed laughed sighed gushed raved moaned roared screamed exclaimed boasted thundered whispered muttered smiled "
    "groaned pleaded tweeted blasted continued".split()
)
# The -s forms that are as often plural nouns: "two reports were published", "new charges that …".
NOUN_FORMS = frozenset(
    "reports claims charges suspects estimates fears states notes remarks comments forecasts shows finds hints objects cautions reveals".split()
)
# What stands before such a noun and is no subject of a verb in -s: numbers, quantifiers, plurals without -s, and some 40 adjectives of reports and charges.
_BEFORE_NOUN = (
    r"(?:\d[\d,.]*|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|dozens of|hundreds of|both|few|many|more|most|other|several|some|such|"
    r"all|various|these|those|police|media|people|witness|eyewitness|new|fresh|recent|earlier|previous|early|initial|first|further|latest|official|"
    r"unofficial|preliminary|unconfirmed|conflicting|false|similar|local|foreign|federal|criminal|civil|formal|serious|main|prime|key|likely|possible|"
    r"potential|best|worst|conservative|rough|independent|separate|additional|alleged)"
)
NO_SINGULAR_SUBJECT = re.compile(rf"(?:^(?i:{_BEFORE_NOUN})|\s{_BEFORE_NOUN})$")  # not the capitals of a name: "Page Six reports that …"
# These take a clause without "that" so often that what follows need not be looked at closely.
TAKES_BARE_CLAUSE = frozenset({"say", "tell"})
# A noun phrase after these is their object, not their subject.
NOT_INVERTED = frozenset(
    "tell find show declare deny suspect believe fear expect establish determine assess mention charge assume disclose indicate forecast put".split()
)
# These report with a bare object too: "pilots reported ash", "police suspect the son".
TAKES_OBJECT = frozenset("report estimate deny suspect allege calculate forecast predict expect find".split())

RECIPIENT = (
    r"(?:reporters|journalists|lawmakers|parliament|shareholders|investors|(?:the |a |this )?(?:[A-Z][\w.]*\s?)+|(?:him|her|them|us|me|it)\b|"
    r"(?:the|a|an|this|state|local|his|her|its|their) [a-z]+(?: (?:conference|agency|paper|television|newspaper|radio|daily|meeting))?)(?:\s+who\b[^,.]*)?"
)
_DAY = r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day(?: (?:morning|afternoon|evening|night))?"
_OCCASION = any_of("statement|interview|briefing|conference|report|letter|post|message|speech|notice|broadcast|email|sermon|hearing|filing|memo")
# "said Monday that": American papers leave out "on". Not "said Monday's vote" or "said Monday was".
_BARE_DAY = rf"(?:late |early )?{_DAY}(?![’'\w]|\s+(?:morning|afternoon|evening|night|is|was|will|would|has|had|could|may|might)\b)"
TIME = (
    rf"(?:(?:late |early |earlier |again )?(?:on|by) {_DAY}|{_BARE_DAY}|on \d{{1,2}} [A-Z]\w+|on [A-Z]\w+ \d{{1,2}}|"
    r"yesterday|today|overnight|earlier|afterwards|later|again|"
    r"(?:this|last|earlier this) (?:week|month|year|morning|evening)|"
    rf"(?:in|at|during) (?:an? |the |her |his |its |their )?(?:[\w-]+ ){{0,3}}{_OCCASION}|to (?:reporters|journalists|parliament|the press))"
)
TRAILING_TIME = re.compile(rf"(?:,?\s+{TIME})+\s*$")
LEADING_TIME = re.compile(rf"(?:\s+{TIME},?)+(?=\s)")

_ADVERBS = any_of(r"has|have|had|also|later|earlier|previously|repeatedly|already|now|then|nonetheless|again|since|still|all|both|once|\w+ly")
ADVERBS_BEFORE_VERB = re.compile(rf"(?:[\s,]+{_ADVERBS})+\s*,?\s*$", re.IGNORECASE)
NEGATED_OR_MODAL = re.compile(
    r"\b(?:not|not yet|n[’']t|never|to|will|would|could|may|might|must|can|should|cannot|be|being|been|is|are|was|were|am|let|neither|(?-i:nor))\s*$",
    re.IGNORECASE,
)
SUBORDINATE = re.compile(
    "^"
    + any_of(
        r"""as|while|although|though|when|after|before|if|because|since|once|until|despite|in|on|at|by|for|from|with|without|during|under|over|among|to|of|\w+ly|
        meanwhile|however|instead|still|yet|but|and|now|then|later|today|yesterday|asked|having|pressed|questioned|responding|addressing|speaking|citing|late|
        early|earlier"""
    )
    + r"\b",
    re.IGNORECASE,
)
TRAILING_CONNECTIVE = re.compile(r",\s*(?:for (?:his|her|its|their) part|however|meanwhile|though|too|in turn|by contrast)\s*,?\s*$", re.IGNORECASE)
LEADING_WORDS = re.compile(rf"^(?:{any_of('as|but|and|yet|so|now|still|then|while|meanwhile|however|although|though|for')}\b,?\s+)+", re.IGNORECASE)
NO_SUBJECT_END = frozenset(
    "the a an this that these of to no and or his her its their by in for with which what whether if some every who whose whom first".split()
)
RELATIVE = re.compile(r"\b(?:who|whom|whose|which|that|where|when)\b")
INSIDE_RELATIVE = re.compile(r"\b(?:that|which|whom|whether|how|why|what|as)\s+[^,]{1,60}$")  # "the ban that the governor | announced"
CLAUSE_OPENER = re.compile(r"(?:^|,\s+)(?:where|while|since|because|although|though|but|and)\s+", re.IGNORECASE)
# Either kind of mark closes a quotation, since editors mix curly and straight ones; one that is never closed runs to the end.
QUOTED = re.compile(r"[“\"][^”\"\n]*(?:[”\"]|$)|«[^»\n]*(?:»|$)")
# British papers quote in single marks, which are also apostrophes: sure only where a sentence opens with one and a stop stands before the other.
SPOKEN_IN_SINGLE_MARKS = re.compile(r"^[‘'][^\n]*?[,.!?][’'](?=\s|$)")

_COUNT = "reckoning|count|account|estimate|estimation|calculations?|tally|figures|admission|assessment"
ACCORDING_TO = re.compile(
    rf"\b(?:according to|as (?:was |were |is |has been )?(?:previously |first )?(?:reported|stated|confirmed|announced|disclosed) by|"
    rf"in the (?:words|view|opinion|eyes|judge?ment|{_COUNT}) of|(?:by|on|at) (?:the|an?) (?:rough |own |latest )?(?:{_COUNT}) of|"
    r"if we go by|emerge[sd]? from)\s+",
    re.IGNORECASE,
)
ACCOUNT_OF = re.compile(
    r"\b(?:by|in|on|from|under)\s+((?:the |its |an? )?[^,;.]{2,60}?)['’]s?\s+(?:own |latest |last |first )?"
    rf"(?:view|words|opinion|judge?ment|telling|version|eyes|{_COUNT})\b",
    re.IGNORECASE,
)
# "had been calculated by the audit office": the proposition cannot be cut out of it.
PASSIVE_BY = re.compile(
    r"\b(?:been|was|were|is|are)\s+(?:\w+ly\s+)?(?:calculated|established|reported|confirmed|disclosed|revealed|announced|alleged|claimed|estimated)\s+"
    r"by\s+([^,;.]+)"
)
# "put the toll at 12"
PUT_AT = re.compile(
    r"\s+[^,;.]{3,70}?\s+(?:at|as high as|between)\s+"
    r"(?:[\d$€£]|about|some|around|more|less|nearly|almost|over|under|half|a\b|\w+(?:\s+\w+)?\s+(?:percent|per cent|million|billion|people))"
)
CITING = re.compile(r",?\s*\b(?:citing|quoting|with reference to)\s+([^,;.]+)")
IMPERSONAL = re.compile(
    r"\b(?:it (?:is|was|has been|had been)(?: widely| also| now| previously)? (?:said|reported|alleged|rumou?red|claimed) that\b|"
    r"reportedly|allegedly|supposedly|purportedly|"
    r"(?:is|are|was|were|ha(?:s|ve|d) been)(?: widely| also| now)? (?:said|reported|alleged|rumou?red|claimed) (?:to|that)\b|"
    r"rumou?r has it|word has it|there (?:are|were|have been) (?:reports|rumou?rs|claims))",
    re.IGNORECASE,
)
SOURCE_END = re.compile(
    rf"\s+(?:{TIME})|,(?!\s+(?:the|an?|its|his|her|who|whose|[A-Z])\b)|[;:—–]|\s-\s|{MASK}|[.!?](?=\s*$)|\s+(?:and|but) (?:that|said|added)\b"
)
SOURCE_START = re.compile(
    r"\s+(?:[A-Z]|(?:the|an?|one|two|three|several|his|her|its|their|police|officials?|[a-z]+s"
    r"|(?!(?:on|in|at|to|by|of|for|from|last|this|that|next|no)\b)[a-z-]+ (?:[a-z]+s|people|police))\b)"
)
THAT = re.compile(
    r"(?:,[^,;]{1,60},|\s+(?:on|in|at|to|during|through|before|after|from|by|late|early|earlier|today|yesterday|again|last|this|the same|its|his|her|their|"
    rf"{_DAY})"
    r"\b[^,;:]{0,70}?)?,?\s+(?:that|how|why)\b\s*,?"
)
# What may follow a verb of saying that comes last: "… said on Monday at the gate."
_TAIL_WORDS = any_of(r"on|in|at|to|by|of|about|during|after|before|from|through|late|early|earlier|later|yesterday|today|again|this|last|overnight|under|\w+ly")
TAIL = re.compile(rf"(?:\s*\b(?:{_TAIL_WORDS}|{_DAY})\b(?:[^,.;:—–]|\.(?=\d))*)?\s*(?=[,.;:—–]|$)")
TOLD = re.compile(rf"\s+(?:{RECIPIENT}|[a-z]+)\s*(?=[,.;]|\s?(?:on|in|at|of|about|after|before|during)\b|$)")
GOES_ON = re.compile(r",\s+(?:adding|citing|which|who|while|and|but|as|although|though|after)\b")
APPOSITION = re.compile(r",\s+(?:who|whose|which|where|an?|the|its|his|her|[A-Z][a-z]+ [A-Z][a-z]+)\b")
