"""Loaded wording for one thing: "gunmen" and "terrorists", "a payment" and "a bribe", "died" and "was murdered".

Each scale names one kind of thing, from neutral (0) over loaded (1) to harsh (2). A change is one thing called by words of different levels in two
claims that share the rest. Or one claim adds a word of judgement to what both name ("the so-called pilot"). The lexicon, 29 scales with 401 words and
phrases and 83 words of judgement, was written by hand along the classes of Recasens, Danescu-Niculescu-Mizil and Jurafsky, "Linguistic Models for
Analyzing and Detecting Biased Language" (ACL 2013: one-sided terms, subjective intensifiers), and the words that news agencies' style guides warn of
("terrorist", "illegal immigrant", "thug"). Verbs of saying ("claimed" for "said") are no scale here: of 76 such differences between tellings of one
fact, readers had called 2 a change of label; attribution and certainty read them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from flows.language.alignment import content_words, words
from flows.records import Claim, Observation

# A group of three lines each: neutral, loaded, harsh. Nouns and verbs are never in one group.
_SCALES = """
militants, fighters, gunmen, rebels, insurgents, separatists, combatants, attackers
guerrillas, militiamen, extremists, radicals, armed gang
terrorists, butchers, savages, jihadists

militant group, armed group, organisation, movement, militia
extremist group, radical group, faction
terrorist organisation, terrorist group, terror group, terror organisation, terror gang

protesters, demonstrators, marchers, crowd, supporters, activists, residents, people
agitators, radicals, loyalists, hardliners
rioters, mob, thugs, hooligans, vandals, rabble, horde, fanatics, looters

protest, demonstration, rally, march, gathering, vigil
unrest, disturbance, disorder, confrontation
riot, rampage, uproar, mayhem, siege

government, administration, authorities, cabinet, leadership
rulers, strongmen, clique, establishment
regime, junta, dictatorship, tyranny

president, leader, ruler, premier, head of state
strongman, autocrat
dictator, tyrant, despot

migrants, immigrants, asylum seekers, refugees, newcomers
undocumented migrants, irregular migrants, economic migrants
illegals, illegal immigrants, illegal aliens, invaders

officials, civil servants, staff, employees, judges
bureaucrats, functionaries, apparatchiks
cronies, henchmen, stooges, lackeys, puppets

critics, opponents, opposition, dissidents, sceptics
detractors, naysayers
traitors, enemies, agitators, conspiracy theorists

lobbyist, adviser, aide, consultant, representative, spokesman
operative, fixer, mouthpiece
henchman, stooge, crony, shill

businessman, investor, entrepreneur, owner, executive, financier
magnate, tycoon, mogul
oligarch, profiteer, speculator, vulture, shark

death, killing, shooting, deaths, casualties
bloodshed, slaying
murder, massacre, slaughter, butchery, carnage, execution, assassination, genocide

killed, shot, died, shot dead
slain, gunned down, mown down
murdered, executed, massacred, slaughtered, butchered, assassinated, exterminated

incident, event, accident, occurrence, episode, collision
disaster, tragedy, crisis, scandal
massacre, atrocity, outrage, catastrophe, horror, crime

attack, strike, raid, operation, shelling
assault, onslaught, offensive, bombardment
massacre, atrocity, aggression, carpet bombing, blitz

operation, campaign, intervention, deployment, mission
incursion, offensive
invasion, aggression, occupation, war of conquest

took, removed, carried off, collected
seized, grabbed, pocketed
looted, stole, plundered, ransacked, robbed

money, payment, fee, payments, donation, contribution, grant
handout, perk, sweetener, backhander
bribe, bribes, kickback, kickbacks, hush money, loot, booty

payment, compensation, settlement, subsidy, aid
bailout, handout
hush money, ransom, giveaway

left, resigned, stepped down, departed, quit
was removed, was replaced, bowed out
was ousted, was pushed out, was sacked, was forced out, was fired, fled, was toppled

criticised, questioned, objected to, disagreed with
condemned, denounced, attacked, rebuked
slammed, blasted, savaged, lambasted, vilified, pilloried

mistake, error, oversight, lapse, fault, omission
negligence, carelessness, blunder, failure
fraud, crime, cover-up, sabotage, betrayal, treachery

missing, unaccounted for, lost
misused, diverted, misappropriated
embezzled, stolen, looted, plundered

dispute, disagreement, difference, debate, talks, row
quarrel, feud, clash, standoff, conflict
war, showdown, battle, vendetta

setback, disappointment, problem, shortfall, delay
blow, failure, embarrassment
fiasco, debacle, disaster, humiliation, catastrophe, shambles

plan, proposal, measure, project, deal, agreement, takeover, purchase, acquisition
scheme, ploy, manoeuvre, raid
plot, conspiracy, power grab, land grab, sell-out, swindle, scam

job cuts, layoffs, redundancies, restructuring
axe, cull
bloodbath, massacre, purge, butchery

detained, arrested, held, questioned, taken into custody
rounded up, hauled in, seized, nabbed
abducted, kidnapped, snatched, thrown in jail, disappeared

fire, blaze, storm, flood, wind, quake
raging fire, fierce storm
inferno, firestorm, apocalypse

"""
# Adjectives and the like by which a writer judges; 90 words. "Soft" is no opposite list: praise differs from blame, not from silence.
_JUDGING = frozenset(
    """so-called self-styled self-proclaimed notorious infamous brutal ruthless brazen shameless cowardly cruel savage barbaric vicious callous
    reckless
    outrageous scandalous disgraceful shameful despicable appalling horrific horrifying monstrous heinous evil sinister murderous bloodthirsty fanatical rabid
    radical hardline hostile rogue crooked corrupt greedy bloated botched bungled disastrous catastrophic devastating ruinous pathetic ridiculous
    absurd ludicrous laughable hysterical cynical hypocritical arrogant incompetent hapless clueless useless worthless phoney sham bogus fake illegitimate
    unelected lawless violent feral rampaging sneaky shady dubious murky shabby draconian crippling savage barbarous
    treacherous traitorous subversive furious enraged""".split()
)
_MIN_SHARED = 3
_MIN_OVERLAP = 0.35


@dataclass(frozen=True, slots=True)
class _Loaded:
    scale: int
    level: int
    stems: tuple[str, ...]
    char_start: int
    char_end: int


@lru_cache(maxsize=1)
def _lexicon() -> dict[str, list[tuple[tuple[str, ...], int, int]]]:
    """Return entries by their first stem: (stems of the phrase, scale, level)."""
    entries: dict[str, list[tuple[tuple[str, ...], int, int]]] = {}
    forms = _forms()
    for scale, group in enumerate(_SCALES.strip().split("\n\n")):
        for level, phrases in enumerate(group.splitlines()):
            for phrase in phrases.split(","):
                stems = tuple(w[0] for w in words(phrase.strip()))
                forms.setdefault(stems, set()).add(phrase.split()[-1].lower())
                entries.setdefault(stems[0], []).append((stems, scale, level))
    return entries


@lru_cache(maxsize=1)
def _forms() -> dict[tuple[str, ...], set[str]]:
    """Return the last words as listed, by the stems of their phrase; filled by `_lexicon`."""
    return {}


def _american(word: str) -> str:
    return re.sub(r"is(e|ed|es|ing|ation|ations)$", r"iz\1", word)


def _is_form(surface: str, stems: tuple[str, ...]) -> bool:
    """ "plots" is a form of the noun "plot"; "plotting" is not, though of one stem; verbs, listed in the past, may stand in any form."""
    low = _american(surface.lower())
    return any(
        low.removesuffix("s") == listed.removesuffix("s") or low == listed + "es" or (listed.endswith("ed") and low.endswith(("ed", "ing")))
        for listed in map(_american, _forms()[stems])
    )


@lru_cache(maxsize=5_000)  # a claim is compared with many others, one after the other
def _loaded(text: str) -> tuple[_Loaded, ...]:
    """Return the words and phrases of a text that stand on a scale, the longest reading at each place, in every scale they stand on."""
    found: list[_Loaded] = []
    all_words = words(text)
    for i, (first, start, _) in enumerate(all_words):
        fits = [
            (stems, scale, level)
            for stems, scale, level in _lexicon().get(first, [])
            if tuple(w[0] for w in all_words[i : i + len(stems)]) == stems
            and _is_form(text[slice(*all_words[i + len(stems) - 1][1:])], stems)
            and not _is_name(text, start)
        ]
        longest = max((len(f[0]) for f in fits), default=0)
        found += [_Loaded(scale, level, stems, start, all_words[i + len(stems) - 1][2]) for stems, scale, level in fits if len(stems) == longest]
    return tuple(x for x in found if not any(y.char_start <= x.char_start and x.char_end <= y.char_end and len(y.stems) > len(x.stems) for y in found))


def _is_name(text: str, start: int) -> bool:
    """Words inside a proper name label nothing: "Freedom Movement", "the War Museum"."""
    return text[start].isupper() and re.search(r"[^.!?\s\"“]\s+$", text[:start]) is not None


def compare_labels(earlier: Claim, later: Claim) -> Observation:
    """Say whether one thing is named in harsher or softer words in the later claim. Texts are the two words."""
    absent = Observation("label", "absent")
    loaded_a, loaded_b = _loaded(earlier.text), _loaded(later.text)
    stems_a, stems_b = ({w[0] for w in content_words(c.text)} for c in (earlier, later))
    rest = stems_a & stems_b
    smaller = min(len(stems_a), len(stems_b))
    if len(rest) < _MIN_SHARED or len(rest) / smaller < _MIN_OVERLAP:
        return absent
    best: tuple[tuple[bool, int], Observation] | None = None
    agreed = False
    for x in loaded_a:
        for y in loaded_b:
            if x.scale != y.scale:
                continue
            if x.level == y.level:
                agreed = agreed or x.level > 0
                continue
            # A word that the other claim has too is not what it says instead: both may tell of rebels and of terrorists.
            if set(x.stems) <= stems_b or set(y.stems) <= stems_a:
                continue
            if not _may_be_one(earlier.text, x, later.text, y):
                continue
            near = _neighbours(earlier.text, x) & _neighbours(later.text, y)
            step = abs(x.level - y.level)
            rank = (bool(near), step)
            direction = "harsher" if y.level > x.level else "softer"
            texts = earlier.text[x.char_start : x.char_end], later.text[y.char_start : y.char_end]
            seen = Observation("label", "changed", direction, *texts, 0.75 if step == 2 else 0.45, f"step of {step}: {texts[0]}, {texts[1]}")
            if best is None or rank > best[0]:
                best = (rank, seen)
    judged = None if best else _judged(earlier, later, rest)
    if best or judged:
        return best[1] if best else judged or absent
    return Observation("label", "same", weight=0.9, note="the same loaded word") if agreed else absent


def _may_be_one(text_a: str, x: _Loaded, text_b: str, y: _Loaded) -> bool:
    """Words that stand before a noun say what kind it is: "militant activity" and "terrorist organisation" are not one thing called two names."""
    nouns = []
    for text, loaded in ((text_a, x), (text_b, y)):
        word = next(iter(content_words(text[loaded.char_end : loaded.char_end + 30])), None)
        ends_phrase = text[loaded.char_start : loaded.char_end].endswith(("s", "ed"))
        touches = word is not None and text[loaded.char_end : loaded.char_end + word[1]] == " " and not ends_phrase
        nouns.append(word[0] if word and touches else None)
    return nouns[0] == nouns[1] or None in nouns


def _judged(earlier: Claim, later: Claim, shared: set[str]) -> Observation | None:
    """Return the word of judgement that one claim puts before a noun both have, where the other has none."""
    for claim, other, direction in ((later, earlier, "harsher"), (earlier, later, "softer")):
        if _judgements(other.text):
            continue
        for start, end in _judgements(claim.text):
            noun = next(iter(content_words(claim.text[end : end + 40])), None)
            if noun is None or noun[0] not in shared or claim.text[end : end + noun[1]] != " ":
                continue
            same = next(w for w in content_words(other.text) if w[0] == noun[0])
            texts = other.text[same[1] : same[2]], claim.text[start : end + noun[2]]
            first, second = texts if direction == "harsher" else texts[::-1]
            return Observation("label", "changed", direction, first, second, 0.75, f"judged: {claim.text[start:end]}")
    return None


def _judgements(text: str) -> list[tuple[int, int]]:
    """Return where words of judgement stand; those with a capital may be part of a name."""
    return [m.span() for m in re.finditer(r"\b[a-z]+(?:-[a-z]+)*\b", text) if m.group() in _JUDGING]


def _neighbours(text: str, loaded: _Loaded) -> set[str]:
    """Return the stems of the two content words on either side."""
    around = content_words(text)
    before = [w[0] for w in around if w[2] <= loaded.char_start][-2:]
    after = [w[0] for w in around if w[1] >= loaded.char_end][:2]
    return {*before, *after}
