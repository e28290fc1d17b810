"""What the synthesisers say: sentences of gettext catalogues of the language,
word salads that are rich in lip sounds, and random pinyin and kana.
"""
import gettext
import os
import random
import re
import unicodedata

import icu

_LOCALE = "/usr/share/locale"
_DOMAINS = ("coreutils", "glib20", "gtk20", "PackageKit", "Linux-PAM", "apt", "dpkg",
            "shared-mime-info", "iso_3166-1", "iso_639-2", "bash", "tar", "sed", "xkeyboard-config",
            "at-spi2-core", "software-properties", "gdk-pixbuf", "debconf", "adduser")
_WORD = re.compile(r"^[^\W\d_]+(?:['’-][^\W\d_]+)*$")


def _clean(text):
    """A sentence without markup, formats, options or capitals in a row."""
    text = re.sub(r"\s+", " ", text.replace("_", "")).strip()
    if re.search(r"[%<>{}\\/=\[\]|@#*`~$^&+]|--|https?:|\b[A-Z]{2,}\b|\d", text):
        return None
    words = text.strip(" .:;!?…\"").split(" ")
    return text if 2 <= len(words) <= 14 and len(text) < 110 else None


def _entries(locale, english):
    out = set()
    for domain in _DOMAINS:
        path = os.path.join(_LOCALE, locale, "LC_MESSAGES", domain + ".mo")
        if not os.path.exists(path):
            continue
        with open(path, "rb") as f:
            try:
                catalogue = gettext.GNUTranslations(f)._catalog
            except (UnicodeDecodeError, OSError):
                continue
        for key, value in catalogue.items():
            text = key if english else value
            if isinstance(text, str) and key:
                for part in re.split(r"(?<=[.!?;:])\s+|\n\n", text):
                    part = _clean(part)
                    if part:
                        out.add(part)
    return sorted(out)


def sentences(language, count, rng):
    """language: 'en', a locale such as 'de' or 'pt_BR', 'pinyin' or 'kana'."""
    if language == "pinyin":
        return [_pinyin(rng) for _ in range(count)]
    if language == "kana":
        return [_kana(rng) for _ in range(count)]
    english = language == "en"
    found = _entries("de" if english else language, english)
    if not found:
        return []
    words = sorted({w.lower() for s in found for w in s.strip(".:!?").split(" ")
                    if _WORD.match(w) and 1 < len(w) < 13})
    lips = [w for w in words if re.search(r"[pbmfvwоубпмвфπμβφ]", w)]
    out = []
    for _ in range(count):
        if rng.random() < 0.55 or len(lips) < 50:
            out.append(rng.choice(found))
        else:
            salad = [rng.choice(lips if rng.random() < 0.6 else words)
                     for _ in range(rng.randint(4, 9))]
            out.append(" ".join(salad))
    return out


_INITIALS = ("b p m f d t n l g k h j q x zh ch sh r z c s y w").split()
_FINALS = {
    "labial": "a o ai ei ao ou an en ang eng i ie iao ian in ing u".split(),
    "f": "a o ei ou an en ang eng u".split(),
    "plain": "a e ai ei ao ou an en ang eng ong u uo ui uan un".split(),
    "dental": "a e ai ao ou an en ang eng ong i ie iao iu ian ing u uo ui uan un".split(),
    "palatal": "i ia ie iao iu ian in iang ing iong u ue uan un".split(),
    "retroflex": "a e ai ao ou an en ang eng i u uo ui uan un".split(),
    "y": "i a e ao ou an in ang ing ong u ue uan un".split(),
    "w": "u a o ai ei an en ang eng".split(),
}
_KIND = dict(b="labial", p="labial", m="labial", f="f", d="dental", t="dental", n="dental",
             l="dental", g="plain", k="plain", h="plain", j="palatal", q="palatal", x="palatal",
             zh="retroflex", ch="retroflex", sh="retroflex", r="retroflex", z="retroflex",
             c="retroflex", s="retroflex", y="y", w="w")


def _pinyin(rng):
    out = []
    for _ in range(rng.randint(5, 13)):
        first = rng.choice(_INITIALS + ["b", "p", "m", "d", "sh", "zh", "y", "w"])
        out.append(first + rng.choice(_FINALS[_KIND[first]]) + str(rng.choice((1, 2, 3, 4, 4, 5))))
        if rng.random() < 0.06:
            out[-1] += ","
    return " ".join(out) + "."


_HAN_LATIN = icu.Transliterator.createInstance("Han-Latin")
_TONES = {"\u0304": "1", "\u0301": "2", "\u030c": "3", "\u0300": "4"}


def pinyin_of(hanzi):
    """What espeak-ng's cmn-latn-pinyin reads, tones as numbers; each character's most usual reading."""
    out = []
    for syllable in _HAN_LATIN.transliterate(hanzi).split():
        parts = unicodedata.normalize("NFD", syllable)
        tone = next((_TONES[c] for c in parts if c in _TONES), "5")
        letters = unicodedata.normalize("NFC", "".join(c for c in parts if c not in _TONES))
        out.append(letters + tone)
    return " ".join(out)


_KANA = list("あいうえおかきくけこさしすせそたちつてとなにぬねのはひふへほまみむめもやゆよらりるれろわ"
             "がぎぐげござじずぜぞだでどばびぶべぼぱぴぷぺぽん")
_KANA += ["きょ", "しゅ", "しょ", "ちゃ", "じょ", "りゅ", "っと", "っぱ", "おう", "えい", "です", "ます"]


def _kana(rng):
    words = []
    for _ in range(rng.randint(2, 6)):
        word = [rng.choice(_KANA[:44]) if rng.random() < 0.5 else rng.choice(_KANA)
                for _ in range(rng.randint(2, 5))]
        words.append("".join(word).lstrip("ん"))
    return " ".join(words) + "。"


if __name__ == "__main__":
    import sys
    for line in sentences(sys.argv[1], 20, random.Random(1)):
        print(line)
