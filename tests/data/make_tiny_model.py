"""Make tests/data/tiny-nli: a three-label BERT with random weights, small enough for git, for tests that need a model but not a good one.

    python tests/data/make_tiny_model.py

Real files in the real format let tests go through the code that users run, without a mock. The weights are drawn from a fixed seed with a wide spread, so
that different pairs of texts get clearly different probabilities. The scores mean nothing.
"""

from __future__ import annotations

import string
from pathlib import Path

import torch
from tokenizers import Tokenizer
from tokenizers.models import WordPiece
from tokenizers.normalizers import BertNormalizer
from tokenizers.pre_tokenizers import BertPreTokenizer
from tokenizers.processors import TemplateProcessing
from transformers import BertConfig, BertForSequenceClassification, PreTrainedTokenizerFast

TARGET = Path(__file__).parent / "tiny-nli"
SEED = 20231115  # of the seeds tried, one whose model gives each of the three labels to some pairs
LABELS = ("entailment", "neutral", "contradiction")
MAX_TOKENS = 128
SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
ENDINGS = ["s", "ed", "ing", "er", "ers", "ly", "ion", "ment", "al", "est", "ness", "n", "en", "es", "ive", "able"]
WORDS = """
a about accord across after again against ago agree agreed aid air aircraft all ally already also although american an and another any april are area arm army
around arrest as ask at attack august authority away back bank barrier be because been before began behind being believe believed between both bridge bring
british build by call called can carry cause central charge chief child city claim clear close coast collapse come company confirm control could council
country court crane crash crew damage day dead death december decide declare defence defense delivered delivery deny denied department deputy did die
direct do docker does down dozen drone during each early east eight either election eleven end enough europe even event evidence expect fall family far
february fell few fight fighter find fire first five flood for force foreign four friday from full fund further general give given go government group had
half happen has have he head health heavy help her high his hit hold home hospital hour house how hundred if in injure injured inspect intelligence into
investigate iran is island israel it its january july june keep kill killed kilometre know known large last late later launch law lead leader least leave less
level like likely line little local long lose low made main major make man many march may mayor measure meet member metre might mile militant military
million minister missile missing monday month more morning most move much near nearly need neither never new next night nine no none north not november
now number october of off offer office officer official oil old on once one only open operate or order other out over owner parliament part party pay
people percent person plan plant police port possible power prepare president press probably protest provide public quarter quay rain reach reason receive
refuse region reject release reliable remain report reportedly reporter rescue rise risk river road russia russian said same saturday say school sea second
security see send senior september serve set seven several share she ship short shot should show since six small so soldier some soon source south speak
speech spokesman spokeswoman stand start state statement station stay still stop storm strike strong sunday supply support surface suspect syria syrian
system take talk tell ten terrorist test than that the their them then there these they thing third this those though thousand three through thursday
time to today told toll took top total toward town train transfer troop truck try tuesday twelve twenty two under union unit united unclear until up use
used very victim village vote war warn was washington water way we wednesday week weekend well were west what when where whether which while white who
why will win wind with within without witness woman work worker world worth would wound wounded year yesterday yet zone
"""


def make_tokenizer() -> PreTrainedTokenizerFast:
    """Return a lower-casing WordPiece tokenizer; letters and digits are pieces of their own, so that no English word is unknown."""
    letters = string.ascii_lowercase + string.digits
    pieces = [*SPECIAL, *letters, *string.punctuation, *(f"##{c}" for c in letters), *(f"##{e}" for e in ENDINGS if len(e) > 1), *sorted(set(WORDS.split()))]
    vocabulary = {piece: number for number, piece in enumerate(dict.fromkeys(pieces))}
    tokenizer = Tokenizer(WordPiece(vocabulary, unk_token="[UNK]", max_input_chars_per_word=100))
    tokenizer.normalizer = BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = BertPreTokenizer()
    cls, sep = vocabulary["[CLS]"], vocabulary["[SEP]"]
    tokenizer.post_processor = TemplateProcessing(
        single="[CLS]:0 $A:0 [SEP]:0", pair="[CLS]:0 $A:0 [SEP]:0 $B:1 [SEP]:1", special_tokens=[("[CLS]", cls), ("[SEP]", sep)]
    )
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        model_max_length=MAX_TOKENS,
        model_input_names=["input_ids", "token_type_ids", "attention_mask"],
        unk_token="[UNK]",
        sep_token="[SEP]",
        pad_token="[PAD]",
        cls_token="[CLS]",
        mask_token="[MASK]",
    )


def make_model(vocabulary_size: int) -> BertForSequenceClassification:
    """Return the model with weights drawn from SEED."""
    torch.manual_seed(SEED)
    config = BertConfig(
        vocab_size=vocabulary_size,
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=4,
        intermediate_size=64,
        max_position_embeddings=MAX_TOKENS,
        initializer_range=0.4,
        id2label=dict(enumerate(LABELS)),
        label2id={label: number for number, label in enumerate(LABELS)},
    )
    return BertForSequenceClassification(config).eval()


def main() -> None:
    torch.set_num_threads(1)
    tokenizer = make_tokenizer()
    make_model(len(tokenizer)).save_pretrained(TARGET)
    tokenizer.save_pretrained(TARGET)
    (TARGET / "model.safetensors").chmod(0o644)  # written as 0600
    print(f"{TARGET}: {len(tokenizer)} pieces, {sum(f.stat().st_size for f in TARGET.iterdir()):,} bytes")


if __name__ == "__main__":
    main()
