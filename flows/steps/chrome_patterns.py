"""What scraper noise looks like, line by line: the wording that web pages, content systems and wire desks share.

Each pattern is tried on one whole line. A line of prose is safe from all but the few in ANYWHERE that speak about the page itself, since the others ask for
a line that is short or does not end as a sentence does.
"""

from __future__ import annotations

import re


def _any(*alternatives: str) -> re.Pattern[str]:
    return re.compile("(?:" + "|".join(alternatives) + ")", re.IGNORECASE)


SENTENCE_END = re.compile(r"[.!?…][\"'”’»)\]*]*$")
FULL_STOP_END = re.compile(r"(?<!\.)\.[\"'”’»)\]*]*$")

# Names that agencies, papers, channels and picture desks end in.
_OUTLET_WORDS = (
    "Press|Presse|Agency|Agentur|News|Newswire|Wire|Wires|Post|Times|Ledger|Courier|Herald|Gazette|Tribune|Monitor|Journal|Digest|Telegraph|Guardian|Observer|Chronicle|Bulletin|Mail|"
    "Examiner|Standard|Dispatch|Despatch|Inquirer|Enquirer|Sentinel|Mirror|Express|Independent|Echo|Argus|Globe|Register|Recorder|Advertiser|Reporter|Wire Service|News Service|"
    "Pictures|Images|Photos|Photo|Photography|Media|Television|TV|Radio|Online|Now|Today|Weekly|Daily"
)
_WIRES = (
    "Reuters|AP|AFP|EPA|EFE|UPI|PA|DPA|dpa|ANSA|TASS|Xinhua|Anadolu|Bloomberg|Getty|Shutterstock|Alamy|iStock|Rex|CNN|BBC|NBC|CBS|ABC|Fox|NPR|Wikimedia Commons|Wikipedia|Flickr|Facebook|Twitter|Instagram|YouTube"
)
_NAME = r"[A-Z][\w.'’-]*"
_OUTLET = rf"(?:(?:{_NAME} ){{0,3}}(?:{_OUTLET_WORDS})|{_WIRES})"
OUTLET_LINE = re.compile(rf"(?:(?:The |the )?(?:{_NAME} |of |the |and |& ){{0,3}}(?:{_OUTLET_WORDS})|Agence France[- ]Presse|(?:{_WIRES})(?: News)?)")

# --- captions ------------------------------------------------------------------------------------------------------------------------------------------------

_PERSON = rf"{_NAME}(?: {_NAME}){{0,3}}"
CAPTION = re.compile(
    rf"(?:.*[a-zà-ÿ\d)\"”’](?:{_OUTLET})(?:/.{{1,40}})?"  # the caption or the photographer glued to an agency: "on TuesdayLena Voigt/Some Post", "Anna KellReuters"
    rf"|.*[a-zà-ÿ\d)\"”’]{_PERSON}\s?/\s?{_PERSON}"  # "at the gateAnna Kell/VPA"
    rf"|{_PERSON}\s?/\s?(?:{_PERSON})"  # a line that is nothing but Photographer/Agency
    rf"|.*[(\[](?:.{{0,40}}/)?(?:AP|Reuters|AFP|EPA|Getty(?: Images)?)(?: Photo)?(?:/.{{2,60}})?[)\]]"
    rf"|.*(?:/|\bvia |\bcourtesy (?:of )?)(?:Getty(?: Images)?|AFP|AP|Reuters|EPA|Shutterstock|Alamy|Flickr|Wikimedia Commons)\)?"
    r"|.*\b(?:Photo|Photograph|Picture|Image|Credit|Illustration)(?: by| credit| courtesy(?: of)?)?: ?[^.:]{2,50})"
)
CREDIT_FIRST = re.compile(rf"{_PERSON}\s?/\s?(?:{_NAME} ){{0,3}}(?:{_OUTLET_WORDS}|{_WIRES})(?=[A-Z]).*")  # "Anna Kell/Some PicturesA burnt-out car on the road."
CAPTION_LABEL = _any(
    r"(?:file )?(?:photo|photograph|picture|image|caption|graphic|illustration|video)s?(?: by| credits?| via| courtesy(?: of)?| caption)?\s*[:/|]",
    r"(?:file photo|photo by|image via|image by|picture by|pictures by|photos? courtesy|image courtesy|pictured\s*:)",
    r"[\[(](?:(?:file )?(?:photo|photograph|picture|image|screengrab|screenshot|video|credit|via|h/t|courtesy)s?\b.*|[\w.& ]{2,24})[\])]$",
    r"(?:via|h/t|hat tip|spotter|credit|credits)\s*:?\s+[@\w][\w./@ ]{1,40}$",
    r"\(?(?:AP|Reuters|AFP) photo\b",
)
GLUED_NAME = re.compile(r"\b([A-Z][a-zà-ÿ]{2,})([A-Z][a-zà-ÿ]{2,})\b")
NAME_PREFIXES = frozenset("Mac Fitz Van Von Des Del Ten San".split())

# --- furniture -----------------------------------------------------------------------------------------------------------------------------------------------

NAV_WORDS = frozenset(
    "home news world politics business sport sports opinion opinions culture life lifestyle science tech technology health travel weather video videos photos podcasts "
    "podcast newsletter newsletters subscribe login log in sign up register donate search menu contact about us local national international region economy markets money "
    "finance entertainment arts education environment climate energy football transfers courts crime horoscope obituaries classifieds celebs celebrities live blog blogs tv "
    "radio jobs property cars shop games puzzles crosswords more latest trending europe asia africa americas middle east asia-pacific uk us defence defense space oceans "
    "islands ferries security justice topics sections archive e-paper epaper account advertise faq society media features analysis comment editorials letters".split()
)
SEPARATOR = re.compile(r"\s(?:>{1,2}|»|›|\||/|::|→|•|·|–|—)\s")
CRUMBS = re.compile(r"\s(?:>{1,2}|»|›|→|::)\s")
READING_TIME = re.compile(r".{0,80}\b\d{1,3}[ -]?min(?:ute)?s?\.? (?:read|to read)\b.{0,20}", re.IGNORECASE)

SHARE = re.compile(
    r"(?:(?:share|tweet|pin|pin it|email|e-mail|mail|print|facebook|twitter|x|whatsapp|linkedin|reddit|telegram|messenger|pinterest|tumblr|flipboard|copy link|link copied|save|like|bookmark|"
    r"(?:share|send|tweet|like|email|print|save|bookmark|recommend) (?:this|it|on|via|by|with)(?: (?:this|article|story|post|page|news|link|facebook|twitter|x|whatsapp|linkedin|reddit|telegram|email|friends|your friends|a friend|on|via|with))*"
    r"|view on instagram|view this post on instagram|[\d.,]+[km]? (?:shares?|comments?|likes?|views?|retweets?)|[\d.,]+[km]?|reddit\d+|shares?|follow)[\s,|•·/:]*)+",
    re.IGNORECASE,
)

ANYWHERE: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("comment form", _any(
        r"leave a (?:reply|comment)\b(?: cancel reply)?", r"(?:post|add|write) a (?:comment|reply)$", r"please enter your (?:comment|name|e-?mail)", r"(?:cancel|post) (?:reply|comment)$",
        r"save my (?:name|e-?mail)\b", r"your e-?mail address will not be published", r"required fields are marked", r"you have entered an incorrect email", r"notify me (?:of|by)\b",
        r"(?:log|sign) in to (?:leave|post|add|comment|reply)\b", r"you must be logged in to", r"(?:name|e-?mail|website|comment)\s*:?\s*\*$", r"(?:view |show |see )?(?:all )?\(?\d*\)?\s*comments?(?: \(\d+\))?$",
        r"join the (?:discussion|conversation)\b", r"sorry,? (?:we are not|comments are|we're not)\b.*comment", r"comments (?:are closed|for this|on this|are now closed)", r"have something to add to this story",
        r"c?comments$", r"have your say\b.{0,60}$", r"what do you think\b.{0,40}comments?\b", r"let us know (?:what you think )?in the comments",
    )),
    ("note on the article", _any(r"(?:note|disclaimer|editor['’]?s? note)\s*:\s*(?=.*\b(?:no (?:specific )?sources?|this (?:article|story|post|content|report) (?:was|is|has been) (?:generated|written|created|translated|produced|published|for|based|intended)|ai|artificial intelligence|information only|informational purposes|views expressed))",
                                 r"this (?:article|story|post) (?:was|has been) (?:automatically )?(?:generated|translated|created|written) (?:by|with|using) (?:an? )?(?:ai|artificial|machine|automat)", r"the views expressed (?:in this|here)")),
    ("related link", _any(
        r"(?:read|see|watch|listen)(?:\s+(?:also|more|next|on|it|here))*\s*[:»>|]", r"(?:also|more) (?:read|on this|from|in|on|like this)\b[^.]{0,60}(?:[:»>|]|$)", r"(?:related|recommended|see also|more|also read|further reading|must read|don['’]t miss|up next|most read|trending(?: now)?|you may (?:also )?like|you might (?:also )?like|in pictures|in pics|photos|poll|quiz)\s*[:»>|]",
        r"(?:(?:see )?(?:all )?related (?:articles?|stories|story|posts?|links?|coverage|content|news|topics|video|roundup)|see all related|recommended (?:for you|stories|articles|reading)|more (?:stories|from|news|on this (?:story|topic))|read more|see more|show more|load more|see also|most (?:read|popular|viewed|shared)|trending(?: now)?|up next|watch next|latest (?:news|stories)|you may (?:also )?like|you might (?:also )?like|editors?['’]? picks|sponsored(?: content| links)?|promoted(?: stories| content)?|around the web|further reading)\b.{0,40}$",
        r"(?:for the full story|to read (?:more|the full)|read the (?:full|whole|rest|original)|click here|tap here|for mobile users|using a mobile device|continue reading|read full|full story)\b", r"(?:https?://|www\.)\S+$", r"[\w-]+\.(?:com|org|net|co\.uk|info)(?:/\S*)?$", r"(?:read|see) more (?:about|at|on|here)\b", r"read more https?://",
    )),
    ("newsletter prompt", _any(
        r"(?:sign up|subscribe|register)\b.{0,90}\b(?:newsletter|email|e-mail|inbox|alerts?|updates|briefing|today|now|free|account|digital|channel|print)\b", r"(?:get|receive) .{0,90}\b(?:in|to|into|straight to|delivered to) your inbox", r"(?:subscribe|sign up|log in|login|sign in|register|donate)(?: now| here| today| or .{3,20}| to .{3,40})?[.!]?$",
        r">*\s*(?:[—–-]+\s*)?(?:>>\s*)?follow (?:us|me|the author|@\w+|.{2,40}) on (?:twitter|facebook|instagram|x|telegram|whatsapp|linkedin|google news|social media)\b", r"(?:like|find|join) us on (?:twitter|facebook|instagram|x|telegram|whatsapp)\b", r"follow @?\w+(?: \w+)?$",
        r"(?:download|get) (?:our|the) (?:free )?(?:\w+ )?app\b", r"enter your e-?mail", r"email address\s*:?$", r"thank(?:s| you) for (?:subscribing|signing up|reading)\b", r"(?:support|help) (?:our|independent|quality) (?:work|journalism|reporting)", r"already a (?:subscriber|member)\b", r"this (?:article|content) is (?:for subscribers|available to subscribers)", r"to continue reading\b", r"turn on (?:desktop )?notifications", r"unsubscribe\b",
    )),
    ("cookie notice", _any(
        r"(?:we|this (?:web)?site|our (?:web)?site|we and our partners) (?:use|uses|store) (?:our own )?cookies", r"by (?:continuing|using|clicking)\b.{0,80}\b(?:cookies|agree|consent|terms|privacy)\b", r"(?:accept|reject|manage|allow)(?: all)? (?:cookies|preferences|and (?:close|continue))\b", r"cookie (?:policy|settings|notice|preferences)\b.{0,30}$", r"privacy (?:policy|settings|preference cent(?:er|re)|notice)\b.{0,60}$", r"(?:this (?:site|website) is|protected by recaptcha)\b.{0,40}\bcookies?\b", r"terms (?:of (?:use|service)|and conditions)\b.{0,40}$",
    )),
    ("copyright", _any(r"(?:©|\(c\)\s|&copy;|copyright\b(?=.{0,6}(?:©|\(c\)|\d{4}))|copyright (?:by|the))", r".{0,80}\ball rights reserved\b.{0,120}$", r"this material may not be published\b", r"(?:this|the) (?:article|content|material) (?:may|must|can) ?not be (?:reproduced|republished)", r"do not (?:reproduce|republish)\b")),
    ("advertisement", _any(r"(?:-+\s*)?(?:advertisement|advertisment|advertising|ad|sponsored|promotion)(?:\s*[-–—:|]\s*(?:continue reading|scroll|story|article).{0,40}|\s*-+)?$", r"(?:story|article) continues (?:below|after)\b", r"continue reading (?:the main story|below)\b", r"google_ad\w*", r"skip (?:ad|advertisement|to (?:main )?content)\b")),
    ("player or script", _any(
        r"scroll (?:down|below) (?:for|to|see)\b.{0,40}$", r"(?:video|poll|image|gallery|comments?|content|page|please wait)?\s*loading\b[\s.…]*(?:watch .{0,80})?$", r"video loading\b.{0,120}$", r"(?:view|launch|open|see) (?:photo )?(?:gallery|slideshow|image|larger image|full ?screen)$", r"please (?:enable|turn on|install|upgrade)\b.{0,40}\b(?:javascript|flash|cookies|browser|player)\b", r"(?:your browser|javascript|media|playback) (?:does not support|is (?:disabled|required|not supported)|not supported|is unsupported)", r"(?:watch|play) (?:this |the )?video(?: (?:again|here|below|above))?$", r"watch (?:again|next|live|now)$",
        r"(?:mbox\w+|brightcove\.\w+|googletag\b.*|window\.\w+.*|document\.\w+.*|function\s*\(.*|var \w+\s*=.*)[({;].*$", r"@media\b.*\{", r"<!--", r"(?:view|show) (?:comments|transcript|caption)s?$", r"(?:image|photo|slide) \d+ of \d+$", r"(?:previous|next)(?: (?:article|post|slide|page|story|image|photo))?$", r"back to top$", r"hide caption$", r"(?:toggle|enlarge|expand|close|play|pause|mute)(?: caption| image| this image)?$", r"(?:listen to (?:this )?(?:article|story))\b.{0,30}$", r"(?:font size|text size|aa)$",
    )),
    ("byline", _any(
        r"[(\[]?(?:additional |with )?(?:reporting|writing|editing|edited|written|compiled|translated)(?: and (?:editing|writing|reporting))? by\b.{2,200}[)\]]?\.?$", r".{3,120}\bcontributed to this (?:report|story|article|piece|post)\b\.?\)?$", r"(?:with )?(?:files|material|reporting|additional reporting) from\b.{2,80}$", r"[(\[]?with (?:the )?(?:associated press|reuters|afp|news wire services|wire services|agencies)\b.{0,40}[)\]]?$", r"(?:sources?|photo sources?)\s*:\s*(?!.*[.!?]$).{2,80}$", r"[—–-]{1,2}\s?(?:with )?(?:reuters|afp|ap|agencies|bloomberg|xinhua|dpa|staff)\b.{0,20}$",
    )),
    ("tags", _any(r"(?:tags?|topics?|filed (?:under|in)|categor(?:y|ies)|keywords?|labels?|posted in|hashtags?)\s*(?::|under|in)\s*.{1,200}$")),
    ("social media embed", _any(r"[—–-]{1,2} .{1,60}\(@\w{1,20}\)\s.{0,40}$", r"a (?:post|photo|video) (?:shared|posted) by\b", r"pic\.twitter\.com/\w+$", r"(?:view|see) (?:this )?(?:post|tweet|more)?\s*on (?:instagram|twitter|facebook)$", r"(?:@\w{1,20}\s*)+$", r"(?:#\w+\s*)+$")),
    ("rule", _any(r"[\s*_=\-–—~•·.#+]{1,}$")),
    ("faq heading", _any(r"(?:faqs?|frequently asked questions|q ?(?:&|and) ?a|questions (?:and|&) answers)\s*:?(?: \(faqs?\))?$")),
)  # fmt: skip
"""Reason → lines that are noise wherever they stand. Matched from the line's start."""

CUTS_TAIL = _any(r"leave a (?:reply|comment)\b", r"(?:post|add|write) a (?:comment|reply)$", r"(?:view |show |see )?(?:all )?\d* ?comments?(?: \(\d+\))?$")
"""Headings of what readers wrote: whatever follows is not the article's."""

HEADS_LIST = _any(
    r"(?:see )?(?:all )?related (?:articles?|stories|posts?|links?|coverage|content|news)\b", r"(?:see all related|recommended(?: for you| stories| articles)?|more (?:stories|on this (?:story|topic))|read more|see also|most (?:read|popular|viewed)|trending(?: now)?|latest (?:news|stories)|you may (?:also )?like|around the web)\s*:?$",
)  # fmt: skip
"""Headings over lists of links: the headlines below them go too, up to the next sentence."""

BYLINE = re.compile(
    rf"(?:[Bb]y|BY|[Pp]osted by|[Ww]ritten by|[Rr]eported by|[Pp]ublished by|[Ww]ords by|[Ss]tory by|[Ff]rom our|[Tt]ext):? (?:our |the |a )?(?:{_NAME}|correspondent|staff|editors?|reporters?)(?:[\s,|&·•–—/]+(?:{_NAME}|and|in|for|of|the|at|on|\d[\d:/.,]*|[ap]m|correspondent|staff|editor|reporter|writer|senior|chief|special)){{0,12}}"
)
"""An author's line; tried at the top and the bottom only."""
