from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.records import CHANGE_TYPES, DIRECTIONS, Change
from flows.report.roles import read_role
from flows.report.text import shown
from flows.report.verdict import MAX_WORDS, change_sentence, verdict
from flows.terminal import one_line


def role(change_type, before, after, earlier, later):
    direction = DIRECTIONS[change_type][0]
    return read_role(Change(change_type, "drift", direction, before, after), earlier, later)


ENTITIES = [
    # recipient
    ("Ravel", "Ravel and Ostrin", "The firm sold the radar to Ravel.", "The firm has agreed to sell a radar to Ravel and Ostrin, it said.", "the recipient"),
    ("Ravel", "Ostrin", "The firm provided Ravel with a radar.", "The radar was given to Ostrin in May.", "the recipient"),
    ("Ravel", "Ostrin", "The army gave Ravel, a small ally, its old tanks.", "The tanks were sold to Ostrin.", "the recipient"),
    ("every widow", "the widows", "The mine has paid 900 crowns to every widow.", "So far the widows have received 900 crowns each.", "the recipient"),
    ("Ravel", "Ostrin", "The lake poses a threat to Ravel.", "The lake poses a threat to Ostrin.", None),
    ("Ravel", "Ostrin", "The firm offers access to Ravel.", "The firm offers access to Ostrin.", None),
    ("Ravel", "Ostrin", "The army sent two boats to Ravel.", "The army sent two boats to Ostrin.", None),  # a place as well as a recipient
    ("attack", "leave", "The king gave the army orders to attack.", "The king gave the army orders to leave.", None),
    # supplier and maker
    ("Ravel", "Ostrin", "The army received the tanks from Ravel.", "The tanks were supplied by Ostrin.", "the supplier"),
    ("Ravel", "Ostrin", "Ravel has agreed to provide the grain.", "Ostrin will supply the grain.", "the supplier"),
    ("Ravel", "Ostrin", "Ravel paid the fine.", "Ostrin paid the fine.", "who or what “paid”"),
    ("Ravel", "Ostrin", "Ravel was given the grain.", "Ostrin gave the grain away.", None),
    ("Ravelian", "Ostrian", "The army fired Ravelian-made rockets.", "The army fired Ostrian-made rockets.", "who or what made it"),
    # who did it, and to whom
    ("rebels", "soldiers", "The village was attacked by rebels on Monday.", "On Monday soldiers attacked the village.", "who or what “attacked”"),
    ("rebels", "soldiers", "The village was attacked by rebels.", "The village was attacked by soldiers.", "by whom or what it “was attacked”"),
    ("rebels", "soldiers", "The rebels were attacked near the village.", "The soldiers attacked the village.", None),
    ("rebels", "soldiers", "The rebels attacked the village.", "The soldiers left the village.", None),
    ("Ravel", "Ostrin", "The dam above Ravel held the water back.", "The dam above Ostrin held the water back.", None),
    ("Ravel", "Ostrin", "Ravel's mayor opened the dam.", "Ostrin's mayor opened the dam.", None),
    ("Ravel", "Ostrin", "Ravel and Velm attacked the dam.", "Ostrin attacked the dam.", None),
    ("a clerk", "two guards", "Police arrested a clerk on Monday.", "On Monday two guards were arrested.", "who or what was “arrested”"),
]  # fmt: skip


@pytest.mark.parametrize(("before", "after", "earlier", "later", "expected"), ENTITIES)
def test_roles_of_people_and_bodies(before, after, earlier, later, expected):
    assert role("entity", before, after, earlier, later) == expected


QUANTITIES = [
    ("12 people", "15 people", "A blast killed 12 people in the market.", "At least 15 people were killed by a blast.", "the number of people killed"),
    ("12 people", "15", "Twelve people, no, 12 people died.", "The toll rose to 15 on Monday.", "the number of dead"),
    ("12 people", "eight", "In all 12 people died.", "The toll of the blast has risen to eight, after a guard died.", "the number of dead"),
    ("11 injured", "Ten people", "Four dead and 11 injured were found.", "Ten people died.", None),
    ("seven boats", "12 boats", "In the bay seven boats are waiting.", "By noon 12 boats were waiting in the bay.", "the number of boats waiting"),
    ("seven boats", "12 boats", "The bay holds seven boats.", "There are 12 boats in the bay.", "the number of boats"),
    ("seven boats", "12 lorries", "The bay holds seven boats.", "There are 12 lorries in the bay.", None),
    ("Eleven people", "Ten people", "Eleven people were there.", "Ten people live here.", None),
    ("seven boats", "four more boats", "The bay holds seven boats.", "Then four more boats came.", None),
    ("31 measles", "52 measles", "The town has 31 measles cases.", "The town has 52 measles cases.", None),
    ("3 million euros", "5 million euros", "The bridge will cost 3 million euros.", "The cost of the bridge was put at 5 million euros.", "the cost"),
    ("3 million euros", "5 million euros", "The price rose by 3 million euros.", "The price is 5 million euros.", None),
    ("80 metres", "90 metres", "The tower is 80 metres high.", "The tower has a height of 90 metres.", "the height"),
    ("40 percent", "45 percent", "The law was backed by 40 percent of voters.", "The law has the support of 45 percent of the voters.", "the share of voters"),
    ("80 km/h", "25 km/h", "The bus went at 80 km/h.", "The bus went 25 km/h too fast.", None),
]  # fmt: skip


@pytest.mark.parametrize(("before", "after", "earlier", "later", "expected"), QUANTITIES)
def test_what_is_counted(before, after, earlier, later, expected):
    assert role("quantity", before, after, earlier, later) == expected


OTHERS = [
    ("time", "on Monday", "on Thursday", "The ferry Anna sank on Monday off the coast.", "The Anna sank on Thursday, the coastguard said.",
     "the time at which “The ferry Anna sank”"),
    ("time", "at 6 a.m.", "at 4 a.m.", "The mast fell at 6 a.m. onto the deck.", "The mast collapsed at 4 a.m. on Friday.",
     "the time at which “The mast fell”"),
    ("time", "at 6 a.m.", "at 4 a.m.", "The mast came down at 6 a.m. onto the deck.", "The mast collapsed at 4 a.m.", "the time at which “The mast came down”"),
    ("time", "at 6 a.m.", "at 4 a.m.", "The mast came up at 6 a.m. from the hold.", "The mast collapsed at 4 a.m.", None),
    ("time", "in May", "in June", "The river reached 12 metres in May.", "The river reached four metres in June.", "the time at which “The river reached …”"),
    ("status", "on Friday", "on Monday", "The port reopened on Friday.", "The port reopened on Monday.", None),
    ("time", "in May", "in June", "The mayor resigned in May.", "The mayor married in June.", None),
    ("time", "three weeks", "ten days", "The school was shut for three weeks.", "The school was shut for ten days.", None),
    ("place", "in Ravel", "at Ostrin", "The plane landed in Ravel at noon.", "The plane landed safely at Ostrin.", "the place where “The plane landed”"),
    ("place", "in Ravel", "at Ostrin", "The plane landed in Ravel at noon.", "The train stopped at Ostrin.", None),
    ("certainty", "believes", "had broken", "She believes that a bolt in the mast broke.", "A bolt in the mast had broken, divers said.",
     "a bolt in the mast"),
    ("certainty", "unclear", "certain", "It is unclear whether the bridge will hold.", "It is certain that the bridge will hold.", "the bridge"),
    ("certainty", "signed", "may sign", "He read the decree that Anna Orr signed.", "Anna Orr may sign it.", None),
    ("status", "is looking into", "has charged", "The prosecutor is looking into it.", "The prosecutor has charged two men.", "The prosecutor"),
    ("status", "plans", "has built", "Its owner plans a tower.", "Its owner has built a tower.", None),  # "its" points at nothing in the verdict
    ("status", "plans", "has built", "He plans a tower.", "He has built a tower.", None),
    ("negation", "has been moved", "has not been moved", "The crown has been moved to Ravel.", "The crown has not been moved, the museum said.", "The crown"),
    ("negation", "was seen", "was not seen", "The crown was seen in Ravel.", "The sceptre was not seen.", None),
    ("attribution", "the mayor", "sources", "The bridge is closed, the mayor said.", "The bridge is closed, sources said.", "The bridge"),
    ("attribution", "the mayor", "", "The bridge is closed, the mayor said.", "The bridge is closed.", "The bridge"),
    ("attribution", "bridge", "sources", "The bridge is closed, the mayor said.", "The bridge is closed, sources said.", None),
    ("label", "militant group", "terrorist organisation", "It goes to Ravel, a small militant group.", "It goes to the terrorist organisation Ravel.", "Ravel"),
    ("label", "cheated", "won", "Ravel cheated in May.", "Ravel won in May.", None),
    ("label", "militant group", "terrorist organisation", "It goes to Ravel, a militant group.", "It goes to Ostrin, a terrorist organisation.", None),
]  # fmt: skip


@pytest.mark.parametrize(("change_type", "before", "after", "earlier", "later", "expected"), OTHERS)
def test_of_what_the_words_tell(change_type, before, after, earlier, later, expected):
    assert role(change_type, before, after, earlier, later) == expected


def test_words_that_stand_twice_in_two_roles_have_none():
    assert role("entity", "Ravel", "Ostrin", "Ravel sold the radar to Ravel.", "The radar was sold to Ostrin.") is None


def test_what_is_no_sentence_has_none():
    assert role("entity", "Ravel", "Ostrin", "They sold a-" + "a-" * 9000 + "a to Ravel.", "The radar was sold to Ostrin.") is None


def test_words_that_are_not_in_the_claim_have_no_role():
    assert role("entity", "Nobody", "Ostrin", "The radar was sold to Ravel.", "The radar was sold to Ostrin.") is None
    assert role("entity", "Rav", "Ostrin", "The radar was sold to Ravel.", "The radar was sold to Ostrin.") is None


def test_the_verdict_names_the_role():
    texts = "The firm fears that it could sell Ravel a radar.", "The firm plans to sell a radar to either Ravel or Ostrin."
    change = Change("entity", "drift", "broadened", "Ravel", "either Ravel or Ostrin")
    assert change_sentence(change, texts=texts) == "The recipient was broadened from “Ravel” to “either Ravel or Ostrin”."
    assert change_sentence(change, texts=texts, order_known=False) == "They differ on the recipient: “Ravel” here, “either Ravel or Ostrin” there."
    assert verdict("drift", [change], order_known=True) == "Who or what is meant was broadened: from “Ravel” to “either Ravel or Ostrin”."


@pytest.mark.parametrize(("change_type", "direction"), [(t, d) for t, directions in DIRECTIONS.items() for d in directions])
def test_every_change_has_a_sentence_with_a_role(change_type, direction, monkeypatch):
    monkeypatch.setattr("flows.report.verdict.read_role", lambda change, earlier, later: "the\nrole {0}")
    for before, after in (("old words", "new words"), ("old words", ""), ("", "new words"), ("", "")):
        for order_known in (True, False):
            sentence = change_sentence(Change(change_type, "drift", direction, before, after), order_known=order_known, texts=("a", "b"))
            assert "the role {0}" in sentence.lower()
            assert (sentence[0].isupper(), sentence[-1]) == (True, ".")
            assert all(f"“{words}”" in sentence for words in (before, after) if words)


PIECES = st.sampled_from(
    ["Ravel", "the army", "sold", "gave", "to", "by", "from", "with", "was", "12 people", "killed", "on Monday", "that", "said", ",", ".", "“", "it",
     "has agreed", "a radar", "<b>", "\x1b[31m", "\u202e", "{}", "\n", "(", "\\", "ß", "3 percent", "of", "who", "-made", "in", "may", "not"]
)  # fmt: skip
TEXTS = st.lists(PIECES, max_size=14).map(" ".join) | st.text(max_size=60)


@given(st.data())
@settings(max_examples=150, deadline=None)
def test_a_verdict_holds_both_texts_and_never_fails(data):
    texts = data.draw(TEXTS), data.draw(TEXTS)
    change_type = data.draw(st.sampled_from(CHANGE_TYPES))
    words = []
    for text in texts:
        start = data.draw(st.integers(0, len(text)))
        words.append(text[start : start + data.draw(st.integers(0, 40))])
    change = Change(change_type, "drift", data.draw(st.sampled_from(DIRECTIONS[change_type])), *words)
    sentence = verdict("drift", [change], order_known=data.draw(st.booleans()), texts=texts)
    for escaped in (shown, one_line):
        line = escaped(sentence)
        assert all(escaped(" ".join(w.split())) in line for w in words if len(" ".join(w.split())) <= MAX_WORDS)
    assert "\n" not in sentence
