"""Phonemes to articulation targets.

Every synthesiser's phone is turned into IPA segments (a diphthong or an
affricate into two), and every IPA segment has one row of targets here: where
the visible articulators would go if the segment were held. docs/articulation.md
gives the phonetic reasoning; targets.py blends the rows over time.
"""
import unicodedata
from dataclasses import dataclass

PAUSE = "_"


@dataclass(frozen=True)
class Segment:
    jaw: float = 0.3  # 0 closed, 1 as in [a]
    round: float = 0.0  # rounding and protrusion
    spread: float = 0.2  # corners drawn apart
    close: float = 0.0  # lips pressed together
    labiodental: float = 0.0  # lower lip at the upper teeth
    tongue: float = 0.0  # tongue tip or blade seen behind the teeth
    teeth: float = 0.0  # teeth close together and showing
    upper: float = 0.1  # upper lip raised
    lower: float = 0.2  # lower lip lowered beyond what the jaw does
    jaw_weight: float = 1.0  # dominance over the neighbours' jaw
    shape_weight: float = 1.0  # dominance over their rounding and spreading
    group: str = "ə"  # class of the auxiliary loss


def _vowel(jaw, round_, spread, group):
    return Segment(
        jaw=jaw, round=round_, spread=spread,
        teeth=max(0.0, 0.75 * spread - 0.6 * jaw),
        tongue=0.25 * spread,
        upper=0.3 * jaw + 0.3 * spread,
        lower=0.7 * jaw * (1 - 0.4 * round_) + 0.25 * spread,
        group=group)


def _consonant(jaw, jaw_weight, shape_weight, group, **other):
    return Segment(jaw=jaw, jaw_weight=jaw_weight, shape_weight=shape_weight,
                   group=group, **other)


SEGMENTS = {
    # A pause closes the lips; targets.py gives short ones less weight.
    PAUSE: Segment(jaw=0, round=0, spread=0, close=1, upper=0, lower=0,
                   group=PAUSE),
    # Vowels: jaw follows tongue height, lips follow the rounding column.
    "i": _vowel(.22, 0, 1.0, "i"), "y": _vowel(.22, .90, .1, "y"),
    "ɨ": _vowel(.26, 0, .55, "ɪ"), "ʉ": _vowel(.25, .85, .0, "y"),
    "ɯ": _vowel(.25, .15, .3, "ɯ"), "ɯᵝ": _vowel(.25, .50, .1, "ɯ"), "u": _vowel(.24, 1.0, .0, "u"),
    "ɪ": _vowel(.30, 0, .75, "ɪ"), "ʏ": _vowel(.30, .75, .1, "y"),
    "ʊ": _vowel(.33, .75, .0, "ʊ"),
    "e": _vowel(.40, 0, .75, "e"), "ø": _vowel(.42, .75, .1, "ø"),
    "ɤ": _vowel(.46, 0, .25, "ə"), "o": _vowel(.46, .90, .0, "o"),
    "ɘ": _vowel(.40, 0, .40, "ə"), "ɵ": _vowel(.42, .60, .0, "ø"),
    "ə": _vowel(.38, .05, .20, "ə"), "ɚ": _vowel(.40, .28, .1, "ɝ"),
    "ɝ": _vowel(.42, .30, .1, "ɝ"), "ɜ": _vowel(.50, .10, .15, "ɝ"),
    "ɞ": _vowel(.52, .45, .0, "ø"),
    "ɛ": _vowel(.62, 0, .50, "ɛ"), "œ": _vowel(.60, .60, .1, "ø"),
    "ʌ": _vowel(.68, 0, .10, "ʌ"), "ɔ": _vowel(.66, .65, .0, "ɔ"),
    "æ": _vowel(.85, 0, .45, "æ"), "ɐ": _vowel(.64, 0, .15, "ʌ"),
    "a": _vowel(1.0, 0, .20, "a"), "ɶ": _vowel(.9, .4, .0, "a"),
    "ɑ": _vowel(1.0, .05, .0, "a"), "ɒ": _vowel(.85, .45, .0, "ɔ"),
    # Bilabials: only the lips are commanded; jaw and shape are the vowels'.
    "p": _consonant(.22, .7, .20, "p", close=1, upper=0, lower=0),
    "b": _consonant(.22, .7, .20, "b", close=1, upper=0, lower=0),
    "m": _consonant(.22, .7, .20, "m", close=1, upper=0, lower=0),
    "β": _consonant(.25, .7, .25, "β", close=.5, upper=.05, lower=.05),
    "ɸ": _consonant(.22, .7, .30, "f", close=.45, upper=.05, lower=.05),
    # Labiodentals: the jaw must come up and the upper lip makes room.
    "f": _consonant(.18, 1.2, .50, "f", labiodental=1, teeth=.4, upper=.4,
                    lower=0, spread=.25),
    "v": _consonant(.18, 1.2, .50, "v", labiodental=1, teeth=.4, upper=.4,
                    lower=0, spread=.25),
    "ʋ": _consonant(.22, .9, .45, "v", labiodental=.7, teeth=.3, upper=.3,
                    lower=.05, spread=.25),
    "ɱ": _consonant(.18, 1.0, .40, "v", labiodental=.9, upper=.3, lower=0),
    # Rounded glides.
    "w": _consonant(.22, .8, 1.0, "w", round=1.0, spread=0, close=.12,
                    upper=.05, lower=.05),
    "ɥ": _consonant(.20, .8, 1.0, "w", round=.9, spread=.1, upper=.05,
                    lower=.05),
    "ʍ": _consonant(.22, .8, 1.0, "w", round=1.0, spread=0, upper=.05,
                    lower=.05),
    # Sibilants need the teeth edge to edge: the strongest jaw command.
    "s": _consonant(.10, 1.2, .35, "s", spread=.45, teeth=1, tongue=.2,
                    upper=.25, lower=.45),
    "z": _consonant(.10, 1.2, .35, "z", spread=.45, teeth=1, tongue=.2,
                    upper=.25, lower=.45),
    "ʃ": _consonant(.12, 1.1, .80, "ʃ", round=.55, spread=0, teeth=.9,
                    upper=.45, lower=.50),
    "ʒ": _consonant(.12, 1.1, .80, "ʃ", round=.55, spread=0, teeth=.9,
                    upper=.45, lower=.50),
    "ʂ": _consonant(.14, 1.1, .60, "ʃ", round=.40, spread=.05, teeth=.9,
                    upper=.4, lower=.45),
    "ʐ": _consonant(.16, 1.0, .60, "ʃ", round=.40, spread=.05, teeth=.8,
                    upper=.4, lower=.45),
    "ɕ": _consonant(.12, 1.1, .45, "ɕ", round=.05, spread=.5, teeth=1,
                    upper=.3, lower=.45),
    "ʑ": _consonant(.12, 1.1, .45, "ɕ", round=.05, spread=.5, teeth=1,
                    upper=.3, lower=.45),
    # Tongue tip at the teeth or the ridge.
    "t": _consonant(.18, .8, .25, "t", spread=.3, tongue=.7, teeth=.5,
                    upper=.15, lower=.35),
    "d": _consonant(.20, .7, .25, "d", spread=.3, tongue=.7, teeth=.4,
                    upper=.15, lower=.35),
    "n": _consonant(.24, .6, .20, "n", spread=.3, tongue=.7, teeth=.3,
                    upper=.15, lower=.30),
    "θ": _consonant(.24, .9, .35, "θ", spread=.3, tongue=1, teeth=.4,
                    upper=.2, lower=.35),
    "ð": _consonant(.26, .8, .35, "ð", spread=.3, tongue=1, teeth=.4,
                    upper=.2, lower=.35),
    "l": _consonant(.36, .5, .20, "l", spread=.25, tongue=.9, teeth=.1,
                    upper=.15, lower=.35),
    "ɬ": _consonant(.22, .8, .30, "s", spread=.35, tongue=.8, teeth=.5,
                    upper=.2, lower=.4),
    "ɾ": _consonant(.30, .5, .20, "r", spread=.25, tongue=.6, teeth=.2,
                    upper=.15, lower=.3),
    "r": _consonant(.32, .5, .20, "r", spread=.2, tongue=.6, teeth=.2,
                    upper=.15, lower=.3),
    "ɹ": _consonant(.28, .5, .55, "ɹ", round=.40, spread=.05, tongue=.3,
                    upper=.2, lower=.25),
    "ɭ": _consonant(.38, .4, .20, "l", spread=.2, tongue=.7, lower=.3),
    "ɳ": _consonant(.28, .5, .20, "n", spread=.2, tongue=.5, lower=.3),
    "ʈ": _consonant(.22, .7, .20, "t", spread=.2, tongue=.5, teeth=.3,
                    lower=.3),
    "ɖ": _consonant(.24, .6, .20, "d", spread=.2, tongue=.5, teeth=.3,
                    lower=.3),
    # Palatals pull the corners like [i]; velars and beyond command little.
    "j": _consonant(.24, .5, .45, "j", spread=.85, tongue=.2, teeth=.4,
                    upper=.25, lower=.3),
    "ç": _consonant(.24, .6, .40, "j", spread=.7, teeth=.4, upper=.2,
                    lower=.3),
    "c": _consonant(.22, .6, .35, "k", spread=.6, teeth=.3),
    "ɟ": _consonant(.24, .5, .35, "ɡ", spread=.6, teeth=.3),
    "ɲ": _consonant(.26, .5, .30, "n", spread=.6, tongue=.3),
    "ʎ": _consonant(.30, .4, .30, "l", spread=.6, tongue=.4),
    "k": _consonant(.32, .30, .10, "k"), "ɡ": _consonant(.34, .25, .10, "ɡ"),
    "ŋ": _consonant(.36, .25, .10, "ŋ"), "x": _consonant(.36, .25, .10, "x"),
    "ɣ": _consonant(.38, .20, .10, "x"), "ɰ": _consonant(.34, .2, .15, "x"),
    "q": _consonant(.40, .20, .08, "k"), "χ": _consonant(.42, .2, .08, "x"),
    "ʁ": _consonant(.42, .20, .08, "x"), "ħ": _consonant(.5, .15, .05, "h"),
    "ʕ": _consonant(.5, .15, .05, "h"),
    "h": _consonant(.40, .06, .04, "h"), "ɦ": _consonant(.40, .06, .04, "h"),
    "ʔ": _consonant(.35, .06, .04, "h"),
}

GROUPS = sorted({s.group for s in SEGMENTS.values()})
STOPS = frozenset("pbtdkɡqcɟʈɖʔ")

# --------------------------------------------------------------------------
# Other phone sets. Values are strings of IPA segments.

_US = dict(
    pau="_", brth="_", ssil="_", aa="ɑ", ae="æ", ah="ʌ", ao="ɔ", aw="aʊ",
    ax="ə", axr="ɚ", ay="aɪ", b="b", ch="tʃ", d="d", dh="ð", dx="ɾ", eh="ɛ",
    el="əl", em="əm", en="ən", er="ɝ", ey="eɪ", f="f", g="ɡ", hh="h", hv="h",
    ih="ɪ", iy="i", jh="dʒ", k="k", l="l", m="m", n="n", nx="n", ng="ŋ",
    ow="oʊ", oy="ɔɪ", p="p", r="ɹ", s="s", sh="ʃ", t="t", th="θ", uh="ʊ",
    uw="u", v="v", w="w", y="j", z="z", zh="ʒ")
_US["#"] = _US["h#"] = "_"
_SAMPA = dict(
    a="a", e="e", E="ɛ", i="i", o="o", O="ɔ", u="u", j="j", w="w", p="p",
    b="b", t="t", d="d", k="k", g="ɡ", f="f", v="v", s="s", z="z", S="ʃ",
    Z="ʒ", ts="ts", dz="dz", tS="tʃ", dZ="dʒ", m="m", n="n", J="ɲ", ng="ŋ",
    nf="ɱ", l="l", L="ʎ", r="ɾ", rr="r", ax="ə", pau="_")
_SAMPA["#"] = _SAMPA["_"] = "_"
_FI = dict(_SAMPA, y="y", h="h", N="ŋ", r="r", v="ʋ", T="θ", D="ð")
_FI["@"] = "æ"
_FI["&"] = "æ"
_FI["7"] = "ø"
_FI["##"] = "_"
_RU = dict(
    pau="_", ii="i", yy="ɨ", uu="u", ee="ɛ", oo="o", aa="a", a="ɐ", e="ɛ",
    i="ɪ", y="ɨ", u="ʊ", ae="ə", ay="ə", ur="ʊ", c="ts", ch="tɕ", sh="ʂ",
    sch="ɕ", zh="ʐ", h="x", hh="x", j="j", g="ɡ", gg="ɡ", r="r", rr="r")
for _c in "pbtdkfvszmnl":
    _RU[_c] = _RU[_c * 2] = _c
_IN = dict(
    pau="_", a="ə", aa="a", ih="ɪ", iy="i", uh="ʊ", uw="u", eh="e", ee="e",
    ay="ɛ", oh="o", oo="o", aw="ɔ", f="f", k="k", g="ɡ", ch="tʃ", T="ʈ",
    D="ɖ", N="ɳ", th="t", dh="d", n="n", p="p", b="b", m="m", y="j", r="r",
    l="l", v="ʋ", L="ɭ", R="ɾ", s="s", sh="ʃ", j="dʒ", h="h", ksh="kʃ",
    x="x", kh="k", gh="ɡ", td="t", tth="t", ddh="d", bh="b", zh="ʒ", w="ʋ")
_IN["@"] = "ə"
_CZ = dict(
    a="a", e="ɛ", i="ɪ", o="o", u="u", y="ɪ", b="b", c="ts", d="d", f="f", g="ɡ",
    h="ɦ", ch="x", j="j", k="k", l="l", m="m", n="n", p="p", r="r", s="s", t="t",
    v="v", z="z", dz="dz")
_CZ.update({"i:": "i", "c~": "tʃ", "d~": "ɟ", "dz~": "dʒ", "n*": "ŋ", "n~": "ɲ",
            "r~": "rʒ", "r~*": "rʃ", "s~": "ʃ", "t~": "c", "z~": "ʒ", "_": "ʔ",
            "#": "_"})
SETS = {"cz": _CZ, "us": _US, "it": _SAMPA, "ca": _SAMPA, "fi": _FI, "ru": _RU,
        "in": _IN}

# IPA letters that espeak-ng writes and the table does not list.
_IPA_ALIAS = {"g": "ɡ", "ᵻ": "ɪ", "ɻ": "ɹ", "ʀ": "ʁ", "ɫ": "l", "ʙ": "b",
              "ɺ": "ɾ", "ɽ": "ɾ", "ɴ": "ŋ", "ʝ": "j", "ɓ": "b", "ɗ": "d",
              "ɠ": "ɡ", "ʟ": "l", "ʄ": "ɟ", "ɧ": "x", "ɮ": "l", "ɢ": "ɡ"}


def to_ipa(symbol, phone_set, voice=""):
    """A synthesiser's phone as a list of keys of SEGMENTS."""
    if voice.startswith("espeak:ja") and symbol.startswith("ɯ"):
        return ["ɯᵝ"]  # the lips are compressed, elsewhere [ɯ] leaves them apart
    if phone_set in ("ipa", "aligned"):
        if symbol in ("", "_", ":") or symbol.startswith("("):
            return [PAUSE]
        text = symbol
    else:
        table = SETS[phone_set]
        text = table.get(symbol)
        if text is None:
            text = table.get(symbol.rstrip("1:"))
        if text is None:
            raise KeyError("phone %r of set %s" % (symbol, phone_set))
    out = []
    for letter in text:
        letter = _IPA_ALIAS.get(letter, letter)
        if letter not in SEGMENTS:  # ä, ã: the letter without its mark
            letter = unicodedata.normalize("NFD", letter)[0]
        # A prenasalised or doubled letter is one gesture; marks are skipped.
        if letter in SEGMENTS and (not out or out[-1] != letter):
            out.append(letter)
    return out
