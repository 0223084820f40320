"""The network: one BERT trunk that classifies NLI, with further heads on the same token vectors.

The trunk is a plain `BertForSequenceClassification` with three labels, so any tool that reads Hugging Face checkpoints can use it. The heads read the trunk's
last layer and live in a file of their own beside it (`heads.safetensors`):

    same_fact   do the two sentences tell the same fact?                             1 logit
    changed     do they, and does what they tell of it differ?                       1 logit
    relation    exclusive, compatible or same, given that they do                    3 logits
    types       which of the nine types of change, given that they do                9 logits, independent
    moved_on    given that they are exclusive: did the world move on in between?     1 logit, directed
    direction   which way each type changed, from premise to hypothesis             26 logits, a softmax within each type, directed
    tokens      which tokens carry the change of each type                           9 logits a token
    vector      mean of one sentence's token vectors, normalised: for neighbours   384 numbers

The pair features are the first token's vector, and the product and absolute difference of the two sentences' means (as InferSent, Conneau et al. 2017).
"""

from __future__ import annotations

import dataclasses

import torch
from torch import Tensor, nn

NLI_LABELS = ("entailment", "neutral", "contradiction")
RELATIONS = ("exclusive", "compatible", "same")
# The same names and order as flows.records.CHANGE_TYPES and DIRECTIONS; a test holds the two together.
CHANGE_TYPES = ("entity", "quantity", "time", "place", "certainty", "status", "negation", "attribution", "label")
DIRECTIONS: dict[str, tuple[str, ...]] = {
    "entity": ("broadened", "narrowed", "replaced"),
    "quantity": ("raised", "lowered", "vaguer", "more precise"),
    "time": ("earlier", "later", "vaguer", "more precise"),
    "place": ("broadened", "narrowed", "replaced"),
    "certainty": ("strengthened", "weakened"),
    "status": ("advanced", "set back"),
    "negation": ("negated", "affirmed"),
    "attribution": ("dropped", "vaguer", "more precise", "replaced"),
    "label": ("harsher", "softer"),
}
DIRECTION_SLICES: dict[str, slice] = {}
for _type, _names in DIRECTIONS.items():
    _start = sum(s.stop - s.start for s in DIRECTION_SLICES.values())
    DIRECTION_SLICES[_type] = slice(_start, _start + len(_names))
ADDED_HEADS = ("changed",)  # came later than the others: a checkpoint to train on from, or to average, may lack them
N_DIRECTIONS = sum(len(names) for names in DIRECTIONS.values())


@dataclasses.dataclass(frozen=True)
class HeadLogits:
    """Logits of the heads for a batch of B pairs of at most T tokens."""

    same_fact: Tensor  # (B,)
    changed: Tensor  # (B,)
    relation: Tensor  # (B, 3)
    types: Tensor  # (B, 9)
    moved_on: Tensor  # (B,)
    direction: Tensor  # (B, 26)
    tokens: Tensor  # (B, T, 9)


class PairHeads(nn.Module):
    """The heads beside NLI. Reads the trunk's last layer; adds about half a million parameters."""

    def __init__(self, hidden_size: int, width: int = 384, dropout: float = 0.1) -> None:
        super().__init__()
        self.joint = nn.Sequential(nn.Linear(3 * hidden_size, width), nn.GELU(), nn.Dropout(dropout))
        self.same_fact = nn.Linear(width, 1)
        self.changed = nn.Linear(width, 1)
        self.relation = nn.Linear(width, len(RELATIONS))
        self.types = nn.Linear(width, len(CHANGE_TYPES))
        self.moved_on = nn.Linear(width, 1)
        self.direction = nn.Linear(width, N_DIRECTIONS)
        self.tokens = nn.Linear(hidden_size, len(CHANGE_TYPES))

    def forward(self, hidden: Tensor, premise_mask: Tensor, hypothesis_mask: Tensor) -> HeadLogits:
        """`hidden` (B, T, H) is the trunk's last layer; the masks (B, T) are 1 on each sentence's own tokens, 0 on special tokens and padding."""
        premise = masked_mean(hidden, premise_mask)  # (B, H)
        hypothesis = masked_mean(hidden, hypothesis_mask)  # (B, H)
        joint = self.joint(torch.cat([hidden[:, 0], premise * hypothesis, (premise - hypothesis).abs()], dim=-1))  # (B, width)
        return HeadLogits(
            same_fact=self.same_fact(joint).squeeze(-1),
            changed=self.changed(joint).squeeze(-1),
            relation=self.relation(joint),
            types=self.types(joint),
            moved_on=self.moved_on(joint).squeeze(-1),
            direction=self.direction(joint),
            tokens=self.tokens(hidden),
        )


def masked_mean(hidden: Tensor, mask: Tensor) -> Tensor:
    """Mean of `hidden` (B, T, H) over the tokens where `mask` (B, T) is 1: (B, H)."""
    weights = mask.to(hidden.dtype).unsqueeze(-1)
    return (hidden * weights).sum(1) / weights.sum(1).clamp(min=1.0)


def sentence_masks(input_ids: Tensor, token_type_ids: Tensor, attention_mask: Tensor, special_ids: tuple[int, ...]) -> tuple[Tensor, Tensor]:
    """Masks (B, T) of the premise's and the hypothesis's own tokens: segment 0 and 1 without special tokens and padding."""
    own = attention_mask.bool()
    for special in special_ids:
        own = own & (input_ids != special)
    return own & (token_type_ids == 0), own & (token_type_ids == 1)
