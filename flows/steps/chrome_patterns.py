"""What scraper noise looks like, line by line: the wording that web pages, content systems and wire desks share.

Each pattern is tried on one whole line. A sentence is safe from all but those that speak about the page itself, since the others ask for
a line that does not end as a sentence does.
"""

from __future__ import annotations

import re
from dataclasses import dataclass


def _any(*alternatives: str) -> re.Pattern[str]:
    return re.compile("(?:" + "|".join(alternatives) + ")", re.IGNORECASE)


CLOSERS = "\"'”’»)]*"  # what may stand after the mark that ends a sentence
FULL_STOP_END = re.compile(r"(?<!\.)\.[\"'”’»)\]*]*$")

# Names that agencies, papers, channels and picture desks end in.
_OUTLET_WORDS = (
    "Press|Presse|Agency|Agentur|News|Newswire|Wire|Wires|Post|Times|Ledger|Courier|Herald|Gazette|Tribune|Monitor|Journal|Digest|Telegraph|Guardian|"
    "Observer|Chronicle|Bulletin|Mail|Examiner|Standard|Dispatch|Despatch|Inquirer|Enquirer|Sentinel|Mirror|Express|Independent|Echo|Argus|Globe|"
    "Register|Recorder|Advertiser|Reporter|Wire Service|News Service|Pictures|Images|Photos|Photo|Photography|Media|Television|TV|Radio|Online|Now|"
    "Today|Weekly|Daily"
)
_WIRES = (
    "Reuters|AP|AFP|EPA|EFE|UPI|PA|DPA|dpa|ANSA|TASS|Xinhua|Anadolu|Bloomberg|Getty|Shutterstock|Alamy|iStock|Rex|CNN|BBC|NBC|CBS|ABC|Fox|NPR|"
    "Wikimedia Commons|Wikipedia|Flickr|Facebook|Twitter|Instagram|YouTube"
)
_NAME = r"[A-Z][\w.'’-]*"
_OUTLET = rf"(?:(?:{_NAME} ){{0,3}}(?:{_OUTLET_WORDS})|{_WIRES})"
OUTLET_LINE = re.compile(rf"(?:(?:The |the )?(?:{_NAME} |of |the |and |& ){{0,3}}(?:{_OUTLET_WORDS})|Agence France[- ]Presse|(?:{_WIRES})(?: News)?)")

# --- captions ------------------------------------------------------------------------------------------------------------------------------------------------

_PERSON = rf"{_NAME}(?: {_NAME}){{0,3}}"
_PERSON_REST = rf"[\w.'’-]*(?: {_NAME}){{0,3}}"
CAPTION = re.compile(
    rf"(?:.*[a-zà-ÿ\d)\"”’](?:{_OUTLET})(?:/.{{1,40}})?"  # caption or photographer glued to an agency: "on FridayIda Borg/Some Post", "Ida BorgReuters"
    rf"|.*[a-zà-ÿ\d)\"”’][A-Z][a-z.]{_PERSON_REST}\s?/\s?{_PERSON}"  # "at the gateIda Borg/XYZ"
    rf"|{_PERSON}\s?/\s?(?:{_PERSON})"  # a line that is nothing but Photographer/Agency
    rf"|.*[(\[](?:.{{0,40}}/)?(?:AP|Reuters|AFP|EPA|Getty(?: Images)?)(?: Photo)?(?:/.{{2,60}})?[)\]]"
    rf"|.*(?:/|\bvia |\bcourtesy (?:of )?)(?:(?i:Getty(?: Images)?|AFP|Reuters|EPA|Shutterstock|Alamy)|AP|Flickr|Wikimedia Commons)\)?"
    r"|.*\b(?:Photo|Photograph|Picture|Image|Credit|Illustration)(?: by| credit| courtesy(?: of)?)?: ?[^.:]{2,50})"
)
# "Ida Borg/Some PicturesA burnt-out car on the road."
CREDIT_FIRST = re.compile(rf"{_PERSON}\s?/\s?(?:{_NAME} ){{0,3}}(?:{_OUTLET_WORDS}|{_WIRES})(?=[A-Z]).*")
CAPTION_LABEL = _any(
    r"(?:file )?(?:photo|photograph|picture|image|caption|graphic|illustration)s?(?: by| credits?| via| courtesy(?: of)?| caption)?\s*[:/|]",
    r"(?:file photo|photo by|image via|image by|picture by|pictures by|photos? courtesy|image courtesy|pictured\s*:)",
    r"[\[(](?:(?:file )?(?:photo|photograph|picture|image|screengrab|screenshot|video|credit|via|h/t|courtesy)s?\b.*|[\w.& ]{2,24})[\])]$",
    r"(?:via|h/t|hat tip|spotter|credit|credits)\s*:?\s+[@\w][\w./@ ]{1,40}$",
    r"\(?(?:AP|Reuters|AFP) photo\b",
)
GLUED_NAME = re.compile(r"\b([A-Z][a-zà-ÿ]{2,})([A-Z][a-zà-ÿ]{2,})\b")
NAME_PREFIXES = frozenset("Mac Fitz Van Von Des Del Ten San".split())

# --- furniture -----------------------------------------------------------------------------------------------------------------------------------------------

# Scripts and styles: a block or the end of a call is in them, and they open with a call, a function, a selector, a declaration or a comment mark, at the front
# of a line or after the end of a sentence.
CODE_BLOCK = re.compile(r"\{[^{}]*\}|\);|\{$")
CODE_WORD = re.compile(r"\S+")
CODE_MARK = re.compile(r"[(){};=]")
CODE_HEAD = re.compile(r"(?:^|(?<=[.!?”\"’')\]…])\s+)(?=[\w$]+(?:\.[\w$]+)*\(|[(!]*function\b|[.#@][\w-]+[^.!?{}]{0,80}\{|(?:var|let|const) [\w$]+ ?=|//|<!)")

NAV_WORDS = frozenset(
    (
        "home breaking news world politics business sport sports opinion opinions culture life lifestyle science tech technology health travel weather "
        "video videos photos podcasts podcast newsletter newsletters subscribe login log in sign up register donate search menu contact about us local "
        "national international region economy markets money finance entertainment arts education environment climate energy football transfers courts "
        "crime horoscope obituaries classifieds celebs celebrities live blog blogs tv radio jobs property cars shop games puzzles crosswords more latest "
        "trending europe asia africa americas middle east asia-pacific uk defence defense space oceans islands ferries security justice topics sections "
        "archive e-paper epaper account advertise faq society media features analysis comment editorials letters"
    ).split()
)
SEPARATOR = re.compile(r"\s(?:>{1,2}|»|›|\||/|::|→|•|·|–|—)\s")
CRUMBS = re.compile(r"\s(?:>{1,2}|»|›|→|::)\s")
READING_TIME = re.compile(r".{0,80}\b\d{1,3}[ -]?min(?:ute)?s?\.? (?:read|to read)\b.{0,20}", re.IGNORECASE)

# Possessive (++, atomic groups): a line of digits or dots must not be split in every possible way before it is given up.
SHARE = re.compile(
    r"(?>(?:share|tweet|pin|pin it|email|e-mail|mail|print|facebook|twitter|x|whatsapp|linkedin|reddit\d*|telegram|messenger|pinterest|tumblr|flipboard|"
    r"copy link|link copied|save|like|bookmark|shares|follow)\b"
    r"(?: (?:this|it|on|via|by|with|article|story|post|page|news|link|friends|your friends|a friend))*+"
    r"|view (?:this post )?on instagram|[\d.,]++[km]?(?: (?:shares?|comments?|likes?|views?|retweets?)\b)?)(?>[\s,|•·/:]*+(?>(?:share|tweet|pin|email|"
    r"e-mail|mail|print|facebook|twitter|x|whatsapp|linkedin|reddit\d*|"
    r"telegram|messenger|pinterest|tumblr|flipboard|copy link|link copied|save|like|bookmark|shares|follow)\b(?: (?:this|it|on|via|by|with|article|"
    r"story|post|page|news|link))*+|[\d.,]++[km]?(?: (?:shares?|comments?|likes?|views?|retweets?)\b)?))*+[\s.:!]*+",
    re.IGNORECASE,
)
CLOCK = re.compile(r"(?:[01]?\d|2[0-3]):[0-5]\d")  # the time of an entry of a live blog, on a line of its own; else two counts of shares


@dataclass(frozen=True, slots=True)
class Rule:
    """What one kind of noise looks like: `always` is noise even where the line is a full sentence, `open_end` only where it does not end as one."""

    reason: str
    always: re.Pattern[str] | None = None
    open_end: re.Pattern[str] | None = None


ANYWHERE: tuple[Rule, ...] = (
    Rule(
        "comment form",
        _any(
            r"leave a (?:reply|comment)\b(?: cancel reply)?.{0,20}$",
            r"please enter your (?:comment|name|e-?mail)",
            r"save my (?:name|e-?mail)\b",
            r"your e-?mail address will not be published",
            r"required fields are marked",
            r"you have entered an incorrect e-?mail",
            r"notify me (?:of|by) (?:new|follow|e-?mail)",
            r"(?:log|sign) in to (?:leave|post|add|comment|reply)\b",
            r"you must be logged in to",
            r"sorry,? (?:we are not|comments are|we're not)\b.*comment",
            r"comments (?:are|have been) (?:now )?(?:closed|disabled|turned off)",
            r"have something to add to this story",
            r"let us know (?:what you think )?in the comments",
            r"what do you think\b.{0,40}\bcomments?\b.{0,10}$",
            r"join the (?:discussion|conversation)(?: (?:below|in the comments|on \w+))?[.!]?$",
        ),
        _any(
            r"(?:post|add|write) a (?:comment|reply)$",
            r"(?:cancel|post) (?:reply|comment)$",
            r"(?:name|e-?mail|website|comment)\s*:?\s*\*$",
            r"(?:view |show |see )?(?:all )?\(?\d*\)?\s*c?comments?(?: \(\d+\))?$",
            r"comments (?:for|on) this\b",
            r"comments? unavailable$",
            r"have your say\b.{0,60}$",
        ),
    ),
    Rule(
        "note on the article",
        _any(
            r"(?:note|disclaimer|editor['’]?s? note)\s*:\s*(?=.*\b(?:no (?:specific )?sources? (?:were|was|is|are)|this (?:article|story|post|content|"
            r"report) (?:was|is|has been) (?:automatically |partly |originally )?"
            r"(?:generated|written|created|translated|produced|published|for|based|intended)|artificial intelligence|(?:information|"
            r"informational) purposes|views expressed))",
            r"this (?:article|story|post) (?:was|has been) (?:automatically )?(?:generated|translated|created|written) (?:by|with|using) (?:an? )?(?:ai|"
            r"artificial|machine|automat)",
            r"the views expressed (?:in this|here)\b",
        ),
        _any(
            r"(?:corrections?|clarifications?|editor['’]?s? notes?|updates?) (?:appended|(?:is |are )?(?:below|at (?:the )?(?:end|bottom)))\b.{0,30}$",
            r"(?:warning|caution)\s*[:!–—-]\s*(?:(?:contains|extremely|very|disturbing|distressing) ){0,2}(?:graphic|disturbing|distressing|explicit)"
            r"(?: (?:content|images?|video|footage|photos?|material|language)){1,2}(?: below)?$",
        ),
    ),
    Rule(
        "related link",
        _any(
            r"(?:read|see|watch|listen)\s+(?:also|more|next|on)\b(?: (?:about|at|on|here)\b.{0,40})?\s*[:»>|]",
            r"(?:also read|related(?: (?:articles?|stor(?:y|ies)|posts?|links?|coverage|content|news|topics|video|roundup))?|recommended|see also|"
            r"further reading|must read|don['’]t miss|you m(?:ay|ight) (?:also )?like)\s*[:»>|]",
            r"for the full story,? (?:click|see|read|visit)\b",
            r"(?:click|tap) here (?:to|for)\b",
            r"read the (?:full|whole|rest|original|entire)\b.{0,60}\b(?:here|at|on)\b.{0,40}$",
            r"for mobile users\b",
            r"using a mobile device\b",
            r"(?:https?://|www\.)\S+$",
        ),
        _any(
            r"(?:more|most read|trending|up next|in pictures|in pics|photos|gallery|poll|quiz|watch|listen)\s*[:»>|]",
            r"(?:(?:see )?(?:all )?related (?:articles?|stor(?:y|ies)|posts?|links?|coverage|content|news|topics|video)|see all related|"
            r"recommended (?:for you|stories|articles|reading)|more (?:stories|from|news|on this (?:story|topic))|read (?:more|full|also)|"
            r"see more|show more|load more|see also|most (?:read|popular|viewed|shared)|trending now|watch next|latest (?:news|stories)|you m(?:ay|"
            r"ight) (?:also )?like|editors?['’]? picks|sponsored (?:content|links)|promoted (?:stories|content)|"
            r"around the web|further reading|click here|tap here|continue reading|full story|read the (?:full|whole|rest|original|entire))\b.{0,60}$",
            r"[\w-]+\.(?:com|org|net|co\.uk|info)(?:/\S*)?$",
        ),
    ),
    Rule(
        "newsletter prompt",
        _any(
            r"(?:sign up|subscribe|register)\b.{0,90}\b(?:newsletters?|e-?mails?|inbox|alerts|briefing|free account|digital (?:access|edition|"
            r"subscription)|our \w+ channel)\b",
            r"(?:get|receive|have) .{0,90}\b(?:in|to) your inbox\b",
            r"[>—–\s-]*follow (?:us|me|the author|@\w+|(?:\S+ ){1,5}?(?=on))\s?(?:\(@\w+\) )?on (?:twitter|facebook|instagram|telegram|whatsapp|"
            r"linkedin|google news|social media)\b",
            r"(?:like|find|join) us on (?:twitter|facebook|instagram|telegram|whatsapp)\b",
            r"(?:download|get) our (?:free )?(?:\w+ )?app\b",
            r"enter your e-?mail\b",
            r"thank(?:s| you) for (?:subscribing|signing up|reading)\b",
            r"(?:please )?support (?:our|independent|quality) (?:work|journalism|reporting)\b",
            r"already a (?:subscriber|member)\?",
            r"this (?:article|content) is (?:only )?(?:for|available to) (?:our )?subscribers",
            r"to continue reading,? (?:this|please|subscribe|log|sign|register)",
            r"turn on (?:desktop )?notifications\b",
        ),
        _any(
            r"(?:sign up|subscribe|register|log ?in|sign in|donate)(?: now| here| today| or .{3,20}| to .{3,40}| for .{3,60})?$",
            r"follow (?:us|@\w+)\b.{0,60}$",
            r"follow us\s*:",
            r"e-?mail address\s*:?$",
            r"unsubscribe\b.{0,30}$",
        ),
    ),
    Rule(
        "cookie notice",
        _any(
            r"(?:we|this (?:web)?site|our (?:web)?site|we and our partners) (?:uses?|stores?) (?:our own |essential )?cookies\b",
            r"by (?:continuing|using|clicking)\b(?=.{0,80}\byou\b).{0,100}\b(?:cookies|agree|consent|terms|privacy)\b",
        ),
        _any(
            r"(?:accept|reject|manage|allow) (?:all )?(?:cookies|preferences|and (?:close|continue))\b",
            r"cookie (?:policy|settings|notice|preferences)\b.{0,30}$",
            r"privacy (?:policy|settings|preference cent(?:er|re)|notice)\b.{0,60}$",
            r"terms (?:of (?:use|service)|(?:and|&) conditions)\b.{0,40}$",
        ),
    ),
    Rule(
        "copyright",
        _any(
            r"(?:©|\(c\)\s*\d{4}\b|copyright\b(?=.{0,6}(?:©|\(c\)|(?:19|20)\d\d)))",
            r".{0,80}\ball rights reserved\b.{0,160}$",
            r"this material may not be published\b",
            r"(?:this|the) (?:article|content|material) (?:may|must|can) ?not be (?:reproduced|republished)\b",
            r"do not (?:reproduce|republish)\b",
        ),
        _any(r"copyright (?:by |the )?[A-Z].{2,60}$"),
    ),
    Rule(
        "advertisement",
        _any(r"(?:this )?(?:story|article) continues (?:below|after)\b.{0,40}$", r"continue reading (?:the main story|below)\b"),
        _any(
            r"(?:[-–—]+\s*)?(?:advertise?ment|advertising|ad|sponsored|promotion)(?:\s*[-–—:|]\s*(?:continue reading|scroll|story|article).{0,40}|\s*[-–—]+)?$",
            r"skip (?:ad|advertisement|to (?:main )?content)\b.{0,20}$",
        ),
    ),
    Rule(
        "player or script",
        _any(
            r"scroll (?:down|below) (?:for|to|see)\b.{0,40}$",
            r"please (?:enable|turn on|install|upgrade)\b.{0,40}\b(?:javascript|flash|cookies|browser|player)\b",
            r"(?:your browser|javascript|media|playback) (?:does not support|is (?:disabled|required|not supported|unsupported))\b",
            r"(?:google_ad\w*|mbox\w+|brightcove\.\w+|googletag\b.*|window\.\w+.*|document\.\w+.*|function\s*\(.*|var \w+\s*=.*)[({;].*$",
            r"@media\b.*\{",
            r"<!--",
        ),
        _any(
            r"(?:(?:video|poll|image|gallery|comments?|content|page|please wait)[\s,]*)?loading\b[\s.…]*(?:watch .{0,80})?$",
            r"(?:view|launch|open|see) (?:photo )?(?:gallery|slideshow|image|larger image|full ?screen)$",
            r"(?:watch|play) (?:this |the )?video(?: (?:again|here|below|above))?$",
            r"watch (?:again|next|live|now)$",
            r"(?:view|show|hide) (?:comments|transcript|caption)s?$",
            r"(?:image|photo|slide) \d+ of \d+$",
            r"(?:previous|next)(?: (?:article|post|slide|page|story|image|photo))?$",
            r"back to top$",
            r"(?:toggle|enlarge|expand|close|play|pause|mute)(?: caption| image| this image)?$",
            r"listen to (?:this )?(?:article|story)\b.{0,30}$",
            r"(?:font|text) size\b.{0,10}$",
            r"(?:photo|video|image|picture)s?$",
        ),
    ),
    Rule(
        "byline",
        _any(
            r"[(\[](?:additional |with )?(?:reporting|writing|editing|edited|written|compiled|translated)(?: and (?:editing|writing|"
            r"reporting))? by\b.{2,240}[)\]]\.?$",
            r"(?:additional )?(?:reporting|writing|editing) by\b[^.]{2,120};[^.]{2,120}\.?$",
            r".{3,160}\bcontributed (?:reporting )?to this (?:report|story|article|piece|post)\b\.?\)?$",
            r"additional reporting (?:by|from)\b.{2,120}$",
        ),
        _any(
            r"(?:reporting|writing|editing|edited|written|compiled|translated)(?: and (?:editing|writing|reporting))? by\b.{2,120}$",
            r"(?:with )?(?:files|material|reporting|reports) from\b.{2,80}$",
            r"\(?with (?:the )?(?:associated press|reuters|afp|news wire services|wire services|agencies)\b.{0,40}$",
            r"from (?:our )?staff(?: and wire)? reports?$",
            r"(?:photo )?sources?\s*:.{2,80}$",
            r"[—–-]{1,2}\s?(?:with )?(?:reuters|afp|ap|agencies|bloomberg|xinhua|dpa|staff)\b.{0,20}$",
            r"[\w.+-]+@[\w-]+\.[\w.]+(?:\s.{0,50})?$",
        ),
    ),
    Rule(
        "tags",
        None,
        _any(
            r"(?:tags?|topics?|filed (?:under|in)|categor(?:y|ies)|keywords?|posted in|hashtags?)\s*:\s*.{1,200}$", r"(?:filed under|posted in) [A-Z].{1,80}$"
        ),
    ),
    Rule(
        "social media embed",
        _any(
            r"[—–-]{1,2} ?.{1,60}\(@\w{1,20}\)\s.{0,40}$",
            r"a (?:post|photo|video) (?:shared|posted) by .{1,80}(?:\(@|\bon \w{3} \d)",
            r"pic\.twitter\.com/\w+$",
            r"(?:@\w{1,20}\s*)+$",
            r"(?:#\w+\s*)+$",
        ),
    ),
    Rule("rule", _any(r"[\s*_=\-–—~•·.#+]+$")),
    Rule("faq heading", _any(r"(?:faqs?|frequently asked questions|q ?(?:&|and) ?a|questions (?:and|&) answers)\s*:?(?: \(faqs?\))?$")),
)
"""What is noise wherever it stands. Each pattern is matched from the line's start."""

CUTS_TAIL = _any(r"leave a (?:reply|comment)\b.{0,20}$")
"""Heading of the form that ends a page: what little follows it is the page's, not the article's."""

HEADS_COMMENTS = _any(r"[1-9]\d* (?:comments?|responses?|replies|thoughts?)(?: (?:on|to)\b.{0,160})?\s*:?$")
"""Heading over the readers' comments, by their number."""

HEADS_LIST = _any(
    r"(?:(?:see )?(?:all )?related (?:articles?|stories|posts?|links?|coverage|content|news)|see all related|recommended(?: for you| stories|"
    r" articles)?|more (?:stories|on this (?:story|topic))|read more|see also|most (?:read|popular|viewed)|"
    r"trending(?: now)?|latest (?:news|stories)|you m(?:ay|ight) (?:also )?like|around the web)\s*:?$",
)
"""Headings over lists of links: the headlines below them go too, up to the next sentence."""

STANDFIRST = re.compile(
    r"(?:but|and|a|an|the|this|that|these|those|some|many|several|most|all|no|his|her|their|its|our|he|she|it|they|we|there)\b"
    r".*?\b(?:is|are|was|were|has|have|had|will|would|can|could|should|may|might|must|does|did)\b",
    re.IGNORECASE,
)
"""A first line that says something as sentences do, with the small words that headlines leave out: it may serve as a title, but is part of the text."""

BARE_NAME = re.compile(r"[A-Z][a-zà-ÿ'’-]+(?: [A-Z][\w.'’-]*){1,3}")
"""A person's name and nothing else."""

BYLINE = re.compile(
    rf"(?:[Bb]y|BY|[Pp]osted by|[Ww]ritten by|[Rr]eported by|[Pp]ublished by|[Ww]ords by|[Ss]tory by|[Ff]rom our|[Tt]ext):? (?:our |the |a )?(?:{_NAME}|"
    rf"correspondent|staff|editors?|reporters?)(?:[\s,|&·•–—/]+(?:{_NAME}|and|in|for|of|the|at|on|\d[\d:/.,]*|[ap]m|correspondent|staff|editor|reporter|"
    rf"writer|senior|chief|special)){{0,12}}"
)
"""An author's line; tried at the top and the bottom only."""
