"""Words that say how sure a statement is, by the level they put it at (see certainty.py).

From Hyland's hedges and boosters (Metadiscourse, 2005) and the modality classes of FactBank (Saurí and Pustejovsky 2009), cut to what news uses: some 15
patterns of doubt, 13 of possibility, 16 of belief, 3 of hearsay, 3 that vouch, 4 that deny. They are read without regard to case, but for "may", also a month.
"""

from __future__ import annotations

import re

DENIED, UNCLEAR, POSSIBLE, BELIEVED, REPORTED, STATED = range(6)

_BE = r"(?:is|are|was|were|be|been|being|remains?|remained|['’]s)"
_STILL = r"(?:\s+(?:still|yet|also|now|not yet|so far|widely|generally|\w+ly))*"
_NOT = r"(?:not|n['’]t)"
_SETTLED = r"(?:clear|known|certain|settled|decided|established|confirmed)"
_FULLY = r"(?:yet|immediately|entirely|fully|completely|totally|wholly|altogether|quite|exactly|precisely|officially|independently)"
_OPEN = r"(?:unclear|uncertain|unknown|unsettled|undecided|unconfirmed|disputed|doubtful|in doubt|an open question|a mystery)"
_CONFIRMED = r"(?:confirmed?|verif(?:y|ied)|established?|determined?|decided|shown|proven|proved)"
_OFFICIALLY = r"(?:(?:independently|officially|immediately)\s+)?"
_TELL = r"(?:say|tell|confirm|establish|verify)"
_CHARGE = r"(?:claims?|allegations?|accusations?|reports?|suggestions?|charges?|rumou?rs?|talk|notion|idea that)"
_IN_STORE = r"(?:set|certain|sure|bound|poised|likely)"
_PONDERING = r"(?:considering|weighing|examining|investigating|exploring|reviewing|assessing|looking (?:into|at)|discussing|debating|pondering|mulling)"

_CUES: dict[int, tuple[str, ...]] = {
    UNCLEAR: (
        rf"\b(?:it\s+)?{_BE}(?:{_STILL}\s+(?:not\s+(?:{_FULLY}\s+)*{_SETTLED}|{_OPEN})|n['’]t\s+(?:{_FULLY}\s+)*{_SETTLED})\b",
        r"\b(?:unclear|uncertain|unconfirmed|unverified|unproven)\b",
        r"\bno\s+(?:\w+\s+){0,2}?(?:evidence|proof|indications?|signs?|trace)\b(?=\s+(?:that|of|for|has|was|had|which|whether|in|suggest\w*|to)\b|[,.])",
        r"\b(?:no|without)\s+(?:explanation|certainty|confirmation)\b",
        rf"\b(?:has|have|had|could|can|was|were|is|are)\s*{_NOT}\s+(?:yet\s+)?(?:been\s+|be\s+)?{_OFFICIALLY}{_CONFIRMED}\b",
        rf"\b(?:has|have|had|was|were|is|are)\s*{_NOT}\s+(?:yet\s+)?(?:been\s+)?able to {_TELL}\b",
        r"\b(?:ha(?:s|ve|d)|is|are|remains?)\s+(?:yet|still)\s+to\s+(?:be\s+)?(?:establish|confirm|determin|show|decid|prov|verif|make up)\w*",
        r"\b(?:will|would|shall|must|to)\s+(?:decide|determine|establish)(?:\s+[\w']+){0,5}?\s+whether\b",
        rf"\btoo\s+(?:early|soon)\s+to\b|\bremains? to be seen\b|\bunable to {_TELL}\b|\bcannot (?:say|tell|confirm|be sure)\b",
        rf"\b(?:do(?:es)?|did)(?: not|n['’]t) (?:yet )?know\b|\b(?:nobody|no one) (?:knows|can (?:yet )?{_TELL}|is (?:certain|sure))\b",
        r"\bnothing is final\b|\bcannot (?:yet )?explain\b|\bnever (?:been )?explained\b",
        r"\b(?:knows?|knew|aware) of no\b",
        r"(?<!\bno )(?<!\blittle )(?<!\bbeyond )(?<!\bwithout )(?<!\bany )(?<!\ba )\bdoubts?\s+(?:that|whether|about)\b",
        r"\b(?:has|have|had|cast|casts|raised?)\s+doubts?\b|\bdoubts? (?:remains?|persists?|lingers?|over|as to)\b",
        rf"\bfar from {_SETTLED}\b",
        rf"(?:^|[,;]\s)whether\b[^.;]{{3,100}}?\b{_BE}{_STILL}\s+(?:{_OPEN}|open|another (?:question|matter)|being (?:examined|investigated|looked into)|"
        r"under (?:examination|investigation))\b",
        rf"\b(?:neither|{_NOT}) confirm(?:ed|s)? n?or den(?:y|ied|ies)\b|\bwould (?:neither|not) confirm\b",
        r"\b(?:declined|refused) to (?:confirm|say whether|speculate)\b",
    ),
    POSSIBLE: (
        r"(?<!the )(?<!military )\b(?-i:may|might)(?:\s+(?:well|also|still|yet|even|soon|not|never|have))*\b(?!\s+(?:\d|of\b))",
        r"\bcould(?:\s+(?:well|also|still|yet|even|soon|possibly|potentially|have))*\b",
        r"\b(?:possibly|perhaps|maybe|potentially|conceivabl[ey])\b",
        r"(?<!as )(?<!if )(?<!where )(?<!everything )(?<!it )\bpossible\b(?! to)|\b(?:it )?(?:is|was|remains|seems) (?:also |still |quite )?possible that\b",
        rf"\b(?:{_BE}|seems?|seemed){_STILL}\s+possible\b(?! to| that)|\bthere (?:is|was|remains) (?:a|some|every) (?:\w+ )?chance (?:of|that)\b",
        r"\bpotential\b(?=\s+[a-z])(?!\s+(?:for|to|of|in|as|and|or|is|was|has)\b)",
        r"\bpossibility (?:that|of)\b|\b(?:one|a|the) possibility\b",
        rf"\b(?:{_BE}{_STILL}\s+)?{_PONDERING}\s+(?:whether|if|how|the possibility|a|an)\b",
        r"\b(?:examin|investigat|explor|review|consider|ponder|debat|check|wonder)(?:es?|ed|s|ing)? whether\b|\bthe question (?:of )?whether\b",
        rf"\b(?:{_NOT}|never|declined to|refused to|cannot)\s+(?:be\s+)?(?:rul(?:e|ed|ing) out|exclud(?:e|ed))\b|\b(?:ha(?:s|ve|d) )?declined to exclude\b",
        r"\b(?:fears?|feared|worr(?:y|ies|ied)|hopes?|hoped|hoping)\s+(?:that|it|they|the|he|she|up|of|to)\b",
        rf"\b{_BE}{_STILL}\s+feared\s+(?:dead|drowned|lost|missing|trapped|buried|killed|wounded|injured|kidnapped)\b",
        r"\bif all goes well\b|\bprovided that\b",
    ),
    BELIEVED: (
        r"\bsuspect(?:s|ing)?\s+(?:that|the|an?|it|they|he|she|him|her|foul|(?-i:[A-Z])\w+)\b",
        r"\b(?:are|is|was|were|been) suspected (?:of|to|in|that)\b(?! nothing)|\bsuspected (?:that|the|cases?|\w+ cases)\b",
        # Who is called a suspect in a deed is not said to have done it.
        rf"\b(?:{_BE}|as)\s+(?:(?:an?|the|one of the|among the)\s+)?(?:\w+\s+)??suspects?\s+(?:in|of)\b",
        r"\bsuspected\b(?=\s+\w)(?!\s+(?:of|to|in|that|nothing|from|by)\b)|(?:(?<=\ban )|(?<=\bthe )|^)apparent\b(?=\s+\w)",
        r"\bsuspicions? (?:that|has|have|falls?|fell)\b",
        r"\b(?:believ(?:e|es|ed)|thinks?|thought|presume[ds]?|consider(?:s|ed)? (?:it )?(?:likely|probable))\b",
        r"\b(?:took|takes?|taken) (?:(?:him|her|it|them) )?to be (?:an?|the|(?-i:[A-Z])\w+)\b",
        r"\b(?:(?:most|very|highly|more)\s+)?(?:un)?likely\b|\b(?:most\s+)?probabl[ey]\b|\bpresumably\b|\bin all (?:likelihood|probability)\b",
        r"\b(?:expect(?:s|ed)?|forecasts?|predict(?:s|ed)?|projected)\b(?=\s+(?:to|that|the|an?|it|them|him|her|in|on|by|(?-i:[A-Z])))",
        r"\b(?:appears?|appeared|seems?|seemed)\s+(?:not )?(?:to|that|as if|likely)\b|\bapparently\b|\b(?:most )?plausible\b",
        r"\b(?:is|are|was|were|been) assumed\b|\bassum(?:ption|es?|ed) (?:that|it|they|he|she)\b|\binfer(?:s|red)? (?:that|an?|the)\b|\bleans? towards\b",
        r"\bestimates? that\b|\bassess(?:es|ed)? that\b|\bin the (?:assessment|judge?ment|view|opinion) of\b|\breckon(?:s|ed)?\b",
        r"\b(?:allege[ds]?|allegedly|alleging|(?<!, )accus(?:e|es|ed)|purported(?:ly)?|supposed(?:ly)?)\b",
        r"\b(?:suggest(?:s|ed)?|indicat(?:e|es|ed)|hint(?:s|ed)?)\s+(?:that|it|they|at)\b",
        r"\bthere (?:is|are|were) (?:\w+ )?(?:indications?|signs) (?:that|of)\b",
        r"\b(?:evidence|clues?|signs?|tests?|findings?|data|everything|traces?|results?|documents?|records?)(?: \w+){0,3}? point(?:s|ed)? to(?:wards)?\b",
        rf"\b(?:looks?|looked|seems?|seemed|appears?|appeared) {_IN_STORE} to\b|\b(?:is|are|was|were) (?:tipped|poised|on (?:course|track)) to\b",
        r"\bas far as (?:he|she|it|they|i|we|is|anyone) (?:knew|knows?|known)\b",
    ),
    REPORTED: (
        r"\breportedly\b|\b(?:is|are|was|were|ha(?:s|ve|d) been)(?:\s+(?:widely|also|now))?\s+(?:said|reported|rumou?red|understood|claimed)\s+(?:to|that)\b",
        r"\brumou?rs?\s+(?:that|of|has|have)\b|\bit is rumou?red\b|\b(?:rumou?r|word) (?:from [\w ]{1,20})?has it\b",
        r"\bthere (?:are|were|have been) (?:reports|claims)\b",
    ),
    STATED: (
        r"\b(?:confirm(?:s|ed)|(?:been|was|were|is) established|established that|proved|proven|proves|verified|conclusively|officially)\b",
        r"\b(?:certain(?:ly)?|definite(?:ly)?|undoubtedly|clearly)\b",
        r"\b(?:no|beyond|without (?:a )?) ?doubt\b|\btest(?:ed|s)? positive\b|\bconclud(?:es|ed) that\b",
    ),
    DENIED: (
        r"(?<!\bbe )(?<!\bis )(?<!\bare )(?<!\bwas )(?<!\bwere )(?<!\bbeen )(?<!\bbeing )(?<!\bnor )(?<!\bor )\bden(?:y|ies|ied)\b"
        r"(?!\s+(?:entry|access|bail|him|her|them|a visa|permission|asylum))",
        rf"\b(?:reject|dismiss|refut|disput)(?:s|es|ed|e)\s+(?:\w+\s+){{0,3}}?{_CHARGE}\b",
        r"\b(?:untrue|not true|a fabrication|baseless|unfounded)\b",
        r"(?<!\bnot )(?<!n't )(?<!\bbe )\b(?:rules|ruled|ruling) out\b",
    ),
}
PATTERNS: tuple[tuple[int, re.Pattern[str]], ...] = tuple((level, re.compile(pattern, re.IGNORECASE)) for level, group in _CUES.items() for pattern in group)

# A search that found nothing, against mere ignorance.
NO_EVIDENCE = re.compile(r"\b(?:no|knows? of no|knew of no|aware of no)\b", re.IGNORECASE)
# A plan or an expectation: what becomes of it is a matter of status.
PLAN = re.compile(
    rf"\b(?:consider|weigh|mull|ponder|discuss|debat|explor|review|hope|expect|forecast|predict|{_IN_STORE} to|(?:tipped|poised|course|track) to)",
    re.IGNORECASE,
)
# Of a noun: they hedge the sentence only where they stand at its head ("The potential sale of …").
ADJECTIVE = re.compile(r"(?:potential|possible|suspected|apparent)$", re.IGNORECASE)
MAX_WORDS_BEFORE_ADJECTIVE = 3
MODAL = re.compile(r"^(?:may|might|could)\b", re.IGNORECASE)

# "could" is ability after a negation, before verbs of sense and reach, and in clauses of purpose or about those who could.
_SENSE_AND_REACH = (
    "feel|see|seen|hear|heard|read|felt|find|found|afford|speak|swim|walk|reach|cross|enter|leave|escape|move|count|sit|stand|say|tell|come|get|carry|hold|"
    "made out|drawn"
)
ABILITY = re.compile(rf"\s*(?:(?:{_NOT}|hardly|barely|only|no longer|neither)\b|(?:be\s+)?(?:{_SENSE_AND_REACH})\b)")
ABILITY_BEFORE = re.compile(
    r"\b(?:so that|so|who|which|that|where|when|until|before|whoever|as (?:fast|far|soon|much|many|quickly) as (?:\w+ ){1,3}|if (?:\w+ ){1,3})"
    r"\s*(?:\w+\s+){0,2}$|"
    r"\bthat (?:he|she|it|they|we|people|\w+s)\s+$",
    re.IGNORECASE,
)
# "that" and a subject before "could": ability after "so", a superlative or "all" ("so bright that people could see it"), else a thing that is said, feared or
# likely ("said that it could happen") where a verb of saying or one of some 30 such words stands before it.
ABILITY_THAT = re.compile(r"\b(?:so|such|enough|all|everything|anything|nothing|best|most|the \w+est|nobody|no one)\b[^,;]*$", re.IGNORECASE)
COMPLEMENT_NOUN = re.compile(
    r"(?:concerns?|risks?|possibility|chances?|dangers?|hopes?|hoped|hoping|hopeful|worr(?:y|ies|ied)|afraid|confident|possible|likely|signs?|evidence|warnings?|"
    r"threats?|beliefs?|prospects?|speculation|sceptical|skeptical|theory|saying|telling|adding|suggesting|claiming|fearing|"
    r"believing|meaning)$",
    re.IGNORECASE,
)
# "Rents may rise by three percent, the council decided" is leave, not doubt. What gives leave must govern the modal: a body that rules, in the same clause or
# in one added after it, or a rule by which it is so. "The rules may change" and "he may have decided" have the words elsewhere.
_RULES = r"(?:laws?|rules?|regulations?|decrees?|conditions?|licen[cs]es?|permits?|treaty|contract|constitution|terms|rulings?)"
_RULED = r"(?:decided|ruled(?! out)|decreed|ordered|permit(?:s|ted)?|allow(?:s|ed)?)"
_BY_RULE = rf"\b(?:under|by|according to|in line with|on)\s+(?:[\w'’-]+\s+){{0,3}}?{_RULES}\b"
LEAVE_BEFORE = re.compile(rf"\b{_RULED}\b|{_BY_RULE}|\b{_RULES}\s+(?:says?|said|states?|provides?|stipulates?)\b", re.IGNORECASE)
LEAVE_AFTER = re.compile(
    rf"[^;]*?,\s+(?!(?:and|but|although|though|while|since|because|as|if|after|when|before|so|who|which)\b)(?:[\w'’-]+\s+){{1,6}}?{_RULED}\b|"
    rf"[^,;]*,?\s+{_BY_RULE}",
    re.IGNORECASE,
)
LEAVE_ITSELF = re.compile(r"(?:nobody|no one|none) (?:may|might)|may (?:only|no longer)\b(?! (?:be an?|be the|have)\b)", re.IGNORECASE)
# Words that open a clause whose hedges are its own.
SIDE_CLAUSE = re.compile(
    r"(?:(?:and|but|even|not least)\s+)?"
    r"(?:who|which|whose|whom|where|when|although|though|while|whereas|because|since|as|if|in case|unless|until|so|despite|after|before|once|"
    r"whatever|whether or not|including|adding|saying|some of|among)\b",
    re.IGNORECASE,
)
CLAUSE_BOUNDARY = re.compile(r"[,;:](?!\d)\s+|\s+[—–-]\s+|\s+(?=(?:who|which|because|although|though|whereas|unless|but)\s)")
