"""Finite verbs without a tagger: enough to tell a clause from a heading, and a subject from a clause.

English marks few verbs, so the test is one of plausibility: auxiliaries and irregular pasts are sure, "-ed" and "-s" forms depend on their neighbours. It errs
towards finding a verb, since a true sentence that is lost costs more than a fragment that is kept.
"""

from __future__ import annotations

import re

WORD = re.compile(r"[^\W_]+(?:[’'.&-][^\W_]+)*[’']?", re.UNICODE)

# All finite forms of the auxiliaries, closed class (Quirk et al. 1985, chapter 3), with contractions.
AUXILIARIES = frozenset(
    "is are was were am has have had do does did will would can could may might must shall should ought isn't aren't wasn't weren't hasn't haven't "
    "hadn't don't doesn't didn't won't wouldn't can't cannot couldn't mustn't shouldn't it's he's she's that's there's they're we're you're i'm they've "
    "we've i've you've they'll we'll he'll she'll it'll i'll i'd he'd she'd they'd we'd".split()
)
# Irregular past tenses whose form is not also a base form, an adjective or a noun in common use: 134, the list of any grammar, cut to what news uses.
IRREGULAR_PASTS = frozenset(
    "said went took came got made gave told knew thought became saw left began kept held wrote stood heard let meant met ran paid sat spoke lay led "
    "grew lost fell sent built understood drew broke spent rose drove bought wore chose ate flew fought caught taught sought brought won sold felt "
    "dealt slept swept wept crept dug hung shot struck stuck swung shook shrank sank sang rang drank swam threw blew hid bit bound found wound ground "
    "bred fed fled bled sped lit slid rode woke froze stole swore tore wove forgot forbade withdrew overcame overtook undertook mistook withheld "
    "foresaw outgrew upheld put set cut hit shut quit burst cost hurt spread split beat bet stung clung flung dreamt leapt burnt learnt spoilt spilt "
    "knelt bent lent arose strove laid shone underwent misled".split()
)
# Past forms that are not the stem with -ed, by their base: 69, enough to tell "sent" and "bought" from "send" and "buy".
BASE_OF_PAST = {
    "sent": "send", "bought": "buy", "sold": "sell", "paid": "pay", "gave": "give", "given": "give", "took": "take", "taken": "take", "built": "build",
    "left": "leave", "met": "meet", "went": "go", "came": "come", "began": "begin", "begun": "begin", "held": "hold", "lent": "lend", "spent": "spend",
    "won": "win", "lost": "lose", "made": "make", "brought": "bring", "chose": "choose", "chosen": "choose", "drew": "draw", "drawn": "draw",
    "withdrew": "withdraw", "withdrawn": "withdraw", "fell": "fall", "fallen": "fall", "flew": "fly", "flown": "fly", "struck": "strike", "told": "tell",
    "wrote": "write", "written": "write", "signed": "sign", "stood": "stand", "ran": "run", "rose": "rise", "risen": "rise", "shot": "shoot",
    "sank": "sink", "sunk": "sink", "spoke": "speak", "spoken": "speak", "froze": "freeze", "frozen": "freeze", "kept": "keep", "heard": "hear",
    "found": "find", "got": "get", "laid": "lay", "led": "lead", "sought": "seek", "shown": "show", "stole": "steal", "stolen": "steal", "fought": "fight",
    "shut": "shut", "cut": "cut", "put": "put", "set": "set", "hit": "hit", "let": "let", "quit": "quit", "caught": "catch",
    "bound": "bind", "understood": "understand",
}  # fmt: skip
# Base forms of 174 verbs common in news, for "-s" forms and plural presents, which could also be nouns.
_BASES = frozenset(
    "accept accuse acknowledge add admit advise affect agree aim allow announce appear apply argue ask assert assume attack base become begin believe "
    "belong blame bring build call carry cause cite claim close come comprise concede conclude confirm consider consist contain contend continue cost "
    "count cover decline demand deny depend describe determine differ disclose employ end estimate examine exist expect face fall fear feel find follow "
    "force get give go grow happen hold hope include increase indicate insist intend involve join keep know lack lead leave lie live look lose maintain "
    "make manage matter mean meet monitor move need note offer open operate oppose owe own pay plan play point predict prepare prevent produce promise "
    "propose provide publish put raise reach recall receive refuse reject rely remain report represent require resemble reveal rise rule run say see "
    "seek seem sell serve set show sit speak stand start state stay stop stress suffer suggest support suspect take tell tend think threaten travel try "
    "turn urge use vary vow wait want warn wear win work write yield".split()
)
_DETERMINERS = frozenset(
    "the a an this these those his her its their our my your some any no every each another both all several many few more most other two three".split()
)
_PREPOSITIONS = frozenset(
    "of in on at by for from with to into onto over under about after before between against during without within through as than near".split()
)
_OPENS_COMPLEMENT = frozenset("that it he she they we i you him them us me to there".split())
_SUBJECT_PRONOUNS = frozenset("he she it they we i".split())
_OBJECTS = frozenset("him them me us it himself herself itself that how".split())
_BARE_ADVERBS = frozenset("then also now still again soon often never always".split())
_S_FORM = re.compile(r"[a-z]{2,}[^\Wsui]s")
_INSIDE_VERB_GROUP = frozenset("not been be being to have already also now going still".split())
_ED_NOUNS = frozenset("need indeed hundred feed seed speed breed greed weed united".split())


def words(text: str) -> list[str]:
    """The words of `text` in small letters, with straight apostrophes."""
    return [m.group().lower().replace("’", "'").rstrip("'") for m in WORD.finditer(text)]


def has_finite_verb(text: str, *, sure: bool = False) -> bool:
    """Whether `text` seems to hold a finite verb; with `sure`, only auxiliaries and irregular pasts count, and "-ed" forms that follow a noun."""
    tokens = words(text)
    return any(_is_finite(tokens, i, sure) for i in range(len(tokens)))


def opens_with_verb(clause: str) -> bool:
    """Whether a finite verb in small letters opens `clause`, so that its subject stands elsewhere: "said it was unclear", and not "it's unclear".

    A base or "-s" form may be a noun ("plans", "reports") and one in "-ed" an adjective ("purported shots were heard"): each is a verb where a determiner, a
    pronoun or the like follows ("says it was unclear"), one in "-ed" also where no further verb does.
    """
    tokens = words(clause)
    if not tokens or not clause[:1].islower() or ("'" in tokens[0] and not tokens[0].endswith("n't")):
        return False
    if not _is_finite(["x", *tokens], 1, False):
        return False
    opens_more = len(tokens) > 1 and (tokens[1] in _DETERMINERS or tokens[1] in _PREPOSITIONS or tokens[1] in _OPENS_COMPLEMENT)
    if tokens[0].endswith("ed") and tokens[0] not in IRREGULAR_PASTS:
        return opens_more or not has_finite_verb("x " + " ".join(tokens[1:]), sure=True)
    return _is_finite(["x", *tokens], 1, True) or (opens_more and tokens[1] not in _PREPOSITIONS)


def has_present_verb(text: str) -> bool:
    """Whether a verb of no list shows by its neighbours: "he then beheads", "an animal violates the act", "Hamas frees 50", ", they flee to it".

    A word in "-s" stands between a subject (a pronoun, a name, a noun with its determiner) and an object, or after an adverb. Looser than
    has_finite_verb, so it is asked only where the choice is between dropping a sentence and keeping it.
    """
    matches = list(WORD.finditer(text))
    tokens = [m.group().lower().replace("’", "'").rstrip("'") for m in matches]
    for i in range(1, len(matches)):
        if tokens[i - 1] in _SUBJECT_PRONOUNS and text[: matches[i - 1].start()].rstrip().endswith(",") and len(tokens) - i >= 2:
            return True
        if not _S_FORM.fullmatch(matches[i].group()) or i + 1 == len(matches):
            continue
        has_adverb = i > 1 and (tokens[i - 1].endswith("ly") or tokens[i - 1] in _BARE_ADVERBS)
        subject = i - 2 if has_adverb else i - 1
        if not text[matches[subject].end() : matches[i].start()].isspace() and not has_adverb:
            continue
        following = matches[i + 1]
        takes_object = tokens[i + 1] in _DETERMINERS or tokens[i + 1] in _OBJECTS or not following.group()[0].islower()
        is_next = re.fullmatch(r"\s+[\"“‘'$€£]?", text[matches[i].end() : following.start()]) is not None
        if (has_adverb or (takes_object and is_next)) and _is_subject(matches, tokens, subject):
            return True
    return False


def _is_subject(matches: list[re.Match[str]], tokens: list[str], i: int) -> bool:
    """Whether a subject may end with word `i`: a pronoun, a name, a noun within three words of its determiner."""
    if tokens[i] in _SUBJECT_PRONOUNS or (matches[i].group()[0].isupper() and tokens[i] not in _PREPOSITIONS | _DETERMINERS):
        return True
    if tokens[i] in _PREPOSITIONS or tokens[i] in _DETERMINERS:
        return False
    for j in range(i - 1, max(-1, i - 4), -1):
        if tokens[j] in _PREPOSITIONS:
            return False
        if tokens[j] in _DETERMINERS:
            return True
    return False


def first_finite_verb(text: str) -> tuple[int, int] | None:
    """Offsets of the first verb group of `text`: "has already agreed", "were sent", "fell"; None where no finite verb is seen."""
    matches = list(WORD.finditer(text))
    tokens = [m.group().lower().replace("’", "'").rstrip("'") for m in matches]
    for i in range(len(tokens)):
        if not _is_finite(tokens, i, False):
            continue
        last = i
        if tokens[i] in AUXILIARIES:
            while last + 1 < len(tokens) and last - i < 5 and text[matches[last].end() : matches[last + 1].start()].isspace():
                last += 1
                if tokens[last] not in AUXILIARIES and tokens[last] not in _INSIDE_VERB_GROUP and not tokens[last].endswith("ly"):
                    break
            while last > i and (tokens[last] in _DETERMINERS or tokens[last] in _PREPOSITIONS):
                last -= 1
        return matches[i].start(), matches[last].end()
    return None


def _is_finite(tokens: list[str], i: int, sure: bool) -> bool:
    word = tokens[i]
    before = tokens[i - 1] if i else ""
    if word in AUXILIARIES:
        return True
    if before in _DETERMINERS or before in {"to", "of"}:
        return False  # "the wounded", "a cut", "to report"
    if word in IRREGULAR_PASTS:
        return i > 0
    if word.endswith("ed") and len(word) > 3 and word not in _ED_NOUNS:
        # A participle opens a heading ("Wounded soldiers return") or follows a preposition; a past tense follows its subject.
        return i > 0 and before not in _PREPOSITIONS
    if sure:
        return False
    if word in _BASES:
        return i > 0 and before not in _PREPOSITIONS and not before.endswith("'s")
    return i > 0 and before not in _PREPOSITIONS and _third_person(word) in _BASES


def _third_person(word: str) -> str:
    if word.endswith("ies"):
        return word[:-3] + "y"
    if word.endswith("es") and word[:-2] in _BASES:
        return word[:-2]
    return word[:-1] if word.endswith("s") else ""
