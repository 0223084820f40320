"""The patterns of time expressions: what news writes for days, clock times, months, seasons, "two weeks ago" and "until further notice".

Lexicons are the closed classes of English: weekdays, months, seasons, parts of the day, clock words, and some 60 adverbs and prepositions of time.
"""

from __future__ import annotations

import re

MONTHS = "january february march april may june july august september october november december".split()
WEEKDAYS = "monday tuesday wednesday thursday friday saturday sunday".split()
SEASONS = {"spring": 3, "summer": 6, "autumn": 9, "fall": 9, "winter": 12}  # first month of each, northern
UNIT_DAYS = {
    "minute": 1 / 1440,
    "hour": 1 / 24,
    "day": 1.0,
    "week": 7.0,
    "fortnight": 14.0,
    "month": 30.4,
    "year": 365.25,
    "decade": 3652.5,
    "century": 36525.0,
}
# Part of the day → first and last minute it names. Wide on purpose: "night" starts where evening does.
PARTS = {
    "morning": (300, 720), "afternoon": (720, 1080), "evening": (1020, 1440), "night": (1080, 1740), "dawn": (270, 450), "daybreak": (270, 450),
    "dusk": (1020, 1290), "sunset": (1020, 1290), "sunrise": (270, 450), "lunchtime": (690, 840), "overnight": (1200, 1860),
    "early hours": (0, 360), "small hours": (0, 360),
}  # fmt: skip

# Zone of a clock time → minutes from UTC: one figure, or the several that letters of more than one meaning stand for (ET in winter and summer, IST in India,
# Israel and Ireland). Some 40 abbreviations that news in English uses, with the meaning that they mostly have there.
ZONES: dict[str, tuple[int, ...]] = {
    "GMT": (0,), "UTC": (0,), "WET": (0,), "BST": (60,), "WEST": (60,), "CET": (60,), "WAT": (60,), "CEST": (120,), "CAT": (120,), "SAST": (120,),
    "EET": (120,),
    "EEST": (180,), "EAT": (180,), "MSK": (180,), "TRT": (180,), "IRST": (210,), "GST": (240,), "PKT": (300,), "IST": (330, 120, 60), "ICT": (420,),
    "WIB": (420,), "HKT": (480,), "SGT": (480,), "AWST": (480,), "JST": (540,), "KST": (540,), "ACST": (570,), "AEST": (600,), "AEDT": (660,), "NZST": (720,),
    "NZDT": (780,), "BRT": (-180,), "ART": (-180,), "AST": (-240,), "EST": (-300,), "EDT": (-240,), "ET": (-300, -240), "CST": (-360,), "CDT": (-300,),
    "CT": (-360, -300), "MST": (-420,), "MDT": (-360,), "MT": (-420, -360), "PST": (-480,), "PDT": (-420,), "PT": (-480, -420),
}  # fmt: skip
_ZONE_NAMES = {
    "greenwich mean": "GMT", "british summer": "BST", "central european summer": "CEST", "central european": "CET", "moscow": "MSK", "japan standard": "JST",
    "eastern standard": "EST", "eastern daylight": "EDT", "eastern": "ET", "central standard": "CST", "central daylight": "CDT", "central": "CT",
    "mountain standard": "MST", "mountain daylight": "MDT", "mountain": "MT", "pacific standard": "PST", "pacific daylight": "PDT", "pacific": "PT",
}  # fmt: skip
LOCAL = "local"  # "local time", "Tokyo time"
_ZONE = "|".join(ZONES)
_ZONE_AFTER = re.compile(
    rf"(?:[ ]hours)?[ ]?\(?(?:(?P<code>{_ZONE})\b|(?P<name>(?i:{'|'.join(_ZONE_NAMES)}))[ ][Tt]ime\b|(?:[Ll]ocal|[A-Z][a-z]+)[ ][Tt]ime\b)"
)


def zone_after(text: str, position: int) -> tuple[str, int] | None:
    """Return (zone, end) of the zone that stands after a clock time: a key of ZONES or LOCAL; None without one."""
    m = _ZONE_AFTER.match(text, position)
    if m is None:
        return None
    return m["code"] or (_ZONE_NAMES[m["name"].lower()] if m["name"] else LOCAL), m.end()


HOURS = "one two three four five six seven eight nine ten eleven twelve".split()
_HOUR = "|".join(sorted(HOURS, key=len, reverse=True))
_MONTH = (
    r"(?:January|February|March|April|May|June|July|August|September|October|November|December|(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\.?(?=\s\d))"
)
_WEEKDAY = r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day"
_N = rf"(?:\d+(?:\.\d+)?|an?|{_HOUR}|twenty|thirty|forty|fifty|half[ ]an?|several|a[ ]few|a[ ]couple[ ]of|some|many)"
_UNIT = r"(?:minute|hour|day|week|fortnight|month|year|decade|centurie|century)s?"
_AMPM = r"(?:[ap]\.m\.|[ap]m\b|[ap]\.m\b)"
_PART = r"(?:morning|afternoon|evening|night)"

# The guard in front lets the alternatives be tried at the starts of words only, which makes the search five times as fast.
ATOM = re.compile(
    rf"""(?<![\w.,$€£#])(?:
      (?P<iso>\b\d{{4}}-\d\d-\d\d\b)
    | (?P<numeric>\b\d{{1,2}}[./]\d{{1,2}}[./]\d{{4}}\b)
    | (?P<day_month>\b(?P<dm_day>\d{{1,2}})(?:st|nd|rd|th)?(?:[ ]?[-–][ ]?(?P<dm_last>\d{{1,2}}))?[ ](?:of[ ])?(?P<dm_month>{_MONTH}))(?!\w)
    | (?P<month_day>\b(?P<md_month>{_MONTH})[ ](?P<md_day>\d{{1,2}})(?:st|nd|rd|th)?(?:[ ]?[-–][ ]?(?P<md_last>\d{{1,2}}))?\b(?![:.,]\d|%|[ ](?:percent|per
            |million|billion)))
    | (?P<ago>\b(?:(?:about|around|some|roughly|nearly|almost|more[ ]than|over)[ ])?(?P<ago_n>{_N})[ -](?P<ago_unit>{_UNIT})[ ](?P<ago_dir>ago|earlier
            |later|before|previously))\b
    | (?P<hence>\bin[ ](?P<hence_n>{_N})[ ](?P<hence_unit>{_UNIT})['’]?[ ]time\b)
    | (?P<within>\bwithin[ ](?:the[ ]next[ ])?(?P<within_n>{_N})[ ](?P<within_unit>{_UNIT}))\b
    | (?P<clock_digits>\b(?P<cd_h>[01]?\d|2[0-4])(?:(?P<cd_sep>[:.])(?P<cd_m>[0-5]\d))?[ ]?(?P<cd_ampm>{_AMPM}))
    | (?P<clock_24>(?P<c24_h>[01]?\d|2[0-3])(?P<c24_sep>:)(?P<c24_m>[0-5]\d)(?::\d\d)?)\b
    | (?P<clock_dot>(?<=at[ ])(?P<cdot_h>[01]?\d|2[0-3])\.(?P<cdot_m>[0-5]\d))\b(?!\d|[ ](?:percent|per|million|billion|metres|km))
    | (?P<clock_dot_part>\b(?P<cdp_h>[01]?\d|2[0-3])\.(?P<cdp_m>[0-5]\d)(?=[ ](?:on[ ]{_WEEKDAY}[ ]{_PART}|in[ ]the[ ](?:early[ ]|late[ ])?{_PART}|at[ ]night
            |last[ ]night|this[ ]{_PART})\b))
    | (?P<clock_mil>\b(?P<cm_h>[01]\d|2[0-3])(?P<cm_m>[0-5]\d)(?=[ ](?:{_ZONE}|hours|local)\b))
    | (?P<clock_past>\b(?P<cp_m>half|(?:a[ ])?quarter|five|ten|twenty|twenty[ -]five|\d{{1,2}}(?:[ ]minutes)?
            |{_N}[ ]minutes?(?=[ ](?:past|to|(?:after|before)[ ](?:noon|midnight))\b))[ ](?P<cp_dir>past|to|after|before)[ ](?P<cp_h>{_HOUR}|noon|midnight))\b
    | (?P<clock_oclock>\b(?P<co_h>{_HOUR}|1[0-2]|\d)[ ]?o['’]clock)\b
    | (?P<clock_word>(?:(?<=at[ ])|(?<=after[ ])|(?<=before[ ])|(?<=past[ ])|(?<=until[ ])|(?<=from[ ])|(?<=by[ ])|(?<=since[ ])|(?<=and[ ])|(?<=around[ ])
            |(?<=about[ ])|(?<=to[ ]))
        (?P<cw_h>{_HOUR}|1[0-2]|[1-9])(?=[.,;]?$|[.,;][ ]|[ ](?:on|in[ ]the[ ](?:early|late|morning|afternoon|evening)|at[ ]night|that|this|yesterday|today
                |tomorrow)\b|[ ](?:to|and|till|until)[ ](?:{_HOUR})[ ](?:in|on|at)[ ]))
    | (?P<noon>\b(?:noon|midday|midnight))\b
    | (?P<weekday>\b(?P<wd>{_WEEKDAY})(?:['’]s)?(?:[ ](?P<wd_part>{_PART}))?)\b
    | (?P<day_word>\b(?:the[ ]day[ ]before[ ]yesterday|the[ ]day[ ]after[ ]tomorrow|yesterday|today|tomorrow|tonight|last[ ]night|this[ ](?:morning
            |afternoon|evening))(?:[ ](?P<dw_part>{_PART}))?)\b
    | (?P<before_last>\bthe[ ](?P<bl_unit>week|weekend|month|year)[ ]before[ ]last)\b
    | (?P<relative>\b(?P<rel_dir>this|last|next|the[ ]previous|the[ ]following|the[ ]coming|the[ ]past|the[ ]next|the[ ]same|that|the[ ]current|the
            |later[ ]this|earlier[ ]this)[ ]
        (?P<rel_unit>week|weekend|month|year|spring|summer|autumn|fall|winter|quarter|decade|century|season))\b(?!-|[ ]of[ ](?:{_MONTH})\b)
    | (?P<season>(?P<season_name>spring|summer|autumn|winter))\b
    | (?P<part_of_day>\b(?:in[ ]the|on[ ]the|during[ ]the|the|by|at|that|of[ ]the)[ ](?:early[ ]|late[ ])?(?P<pod>morning|afternoon|evening|night|dawn
            |daybreak|dusk|sunset|sunrise|lunchtime|early[ ]hours|small[ ]hours)|\b(?P<overnight>overnight))\b
    | (?P<decade>\b(?:the[ ])?(?P<dec>(?:1[5-9]|20)\d0)s)\b
    | (?P<month>\b(?:mid-)?(?P<mo>{_MONTH}))(?:['’]s)?\b
    | (?P<part_of_year>\b(?:the[ ])?(?P<py_n>first|second|third|fourth|last|final)[ -](?P<py_part>quarter|half)(?:[ ]of[ ](?P<py_rel>this|last|next|the)[ ]year
            |(?:[ ]of)?[ ](?P<py_year>20\d\d|1[5-9]\d\d))|\b(?P<py_code>[QH][1-4])(?:[ ]of)?[ ](?P<py_code_year>20\d\d))\b
    | (?P<year>(?:\b(?P<yr_edge>mid|early|late)-)?(?P<yr>1[5-9]\d\d|20\d\d)(?:[-–/](?P<yr_last>\d{{4}}|\d\d))?(?P<yr_season>[ ](?:season|campaign|school[ ]year
            |academic[ ]year|financial[ ]year|fiscal[ ]year|tax[ ]year)\b)?)(?![\w%]|,\d|\.\d|-\w)
    | (?P<vague>\b(?:in[ ]the[ ](?:coming|next[ ]few|following|past|last|past[ ]few|last[ ]few)[ ](?P<v_unit>days|weeks|months|years|decades)
            |in[ ]recent[ ](?:days|weeks|months|years)|recently|lately|(?<!too[ ])(?<!as[ ])soon(?![ ](?:as|after)\b)
        |until[ ]further[ ]notice|indefinitely|in[ ]the[ ]near[ ]future|at[ ]some[ ]point|sooner[ ]or[ ]later|some[ ]time[ ](?:ago|soon)
                |for[ ]the[ ]time[ ]being|in[ ]due[ ]course))\b
    )""",
    re.VERBOSE,
)
# Wording that moves a date: "put back from 12 May to 12 June" names no span.
SHIFT = re.compile(r"\b(?:postpon|mov|put back|put off|delay|brought? forward|bring|push|reschedul|shift|defer|set back|extend|slip|chang)", re.IGNORECASE)
RANGE_GAP = re.compile(r" (?:(?P<to>to|until|till|through)|(?P<and>and))(?: the)? ")
GAP = re.compile(r",?[ ](?:(?:on|of|in|at|early|late)[ ])?(?:the[ ])?")
PREFIX = re.compile(
    r"""(?:\b(?:shortly|just|soon|right|well|little|a[ ]little|long|not|no|nearly|almost|only|as)[ ])?
    \b(?P<word>before|after|past|since|until|till|by|from|in|on|at|around|about|towards?|during|within|through|throughout|as[ ]of|later[ ]than|early|late
            |earlier|later|mid|
    as[ ]early[ ]as|as[ ]late[ ]as|the[ ]end[ ]of|the[ ]beginning[ ]of|the[ ]start[ ]of|the[ ]middle[ ]of|the[ ]close[ ]of|end[ ]of|beginning[ ]of
            |start[ ]of|last|next|this|that|the|early[ ]in|late[ ]in|later[ ]in|earlier[ ]in|
    (?:the[ ])?(?:first|second|third|fourth|last|final|opening|closing)[ ](?:week|fortnight|half|days)[ ]of|
    between|a[ ]little[ ]past|a[ ]little[ ]after)[ ](?:the[ ])?$""",
    re.VERBOSE | re.IGNORECASE,
)
# The days of a month that a part of it can be, from the first to the last; "early" and "late" with some slack.
_DAYS_OF_MONTH = (
    (r"first week|opening week", (1, 8)), (r"second week", (7, 15)), (r"third week", (14, 22)), (r"fourth week", (21, 29)),
    (r"(?:last|final|closing) week", (21, 31)), (r"first (?:half|fortnight)", (1, 16)), (r"second half|(?:last|final) fortnight", (14, 31)),
    (r"early|beginning|start|(?:first|opening) days", (1, 13)), (r"mid|middle", (8, 23)), (r"late|end|close|(?:last|final|closing) days", (17, 31)),
)  # fmt: skip


def days_of_month(words: str) -> tuple[int, int]:
    """Return the first and the last day that "the last week of" or "early in" leaves of a month; all of it where the words name no part."""
    return next((days for pattern, days in _DAYS_OF_MONTH if re.search(rf"\b(?:{pattern})\b", words)), (1, 31))


PLACE_LIKE = {"in", "on", "at"}
SEASON_CONTEXT = re.compile(
    r"\b(?:in|since|by|of|early|late|until|till|before|after|mid|during|through|for|from|to|last|next|this|each|every)[ -](?:the )?$", re.IGNORECASE
)
TAIL = re.compile(r"[ ](?:in[ ]the[ ]|at[ ])?(?:early[ ]|late[ ])?(morning|afternoon|evening|night)\b")
NOUN_AFTER_YEAR = re.compile(
    r"[ ](?:people|men|women|children|soldiers|troops|homes|houses|jobs|metres|miles|euros|dollars|pounds|francs|crowns|marks|votes|percent|square|tonnes)\b"
)

# Wording in whose reach a bare weekday or month lies ahead of the article.
FUTURE = re.compile(
    r"\b(?:will|shall|won't|due|is to|are to|to be|be|plan(?:s|ned|ning)?|scheduled|expected|expects?|intends?|hopes?|likely|aims?|set to|would|going to|"
    r"ahead of|coming|upcoming|may|might|could|can|must|threatens?|starting|starts|begins|opens|deadline|promised|pledged)\b",
    re.IGNORECASE,
)
PAST = re.compile(r"\b(?:was|were|had|did|since|last|previous|ago|[a-z]{3,}ed)\b")
