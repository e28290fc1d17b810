"""What is trained on and what is held out.

(system, voice, text language, minutes). A held-out voice or language appears in
no training list; the held-out sentences come from another random stream.
"""

NATURAL = [
    ("flite", "slt", "en", 24), ("flite", "awb", "en", 24), ("flite", "kal16", "en", 10),
    ("festival", "cmu_us_slt_arctic_hts", "en", 14),
    ("festival", "kal_diphone", "en", 4), ("festival", "ked_diphone", "en", 6),
    ("festival", "lp_diphone", "it", 14), ("festival", "msu_ru_nsh_clunits", "ru", 30),
    ("festival", "suo_fi_lj_diphone", "fi", 10), ("festival", "hy_fi_mv_diphone", "fi", 10),
    ("festival", "upc_ca_ona_hts", "ca", 16),
    ("festival", "czech_dita", "cs", 9), ("festival", "czech_krb", "cs", 7),
    ("festival", "czech_machac", "cs", 9),
    ("festival", "hindi_NSK_diphone", "hi", 6), ("festival", "telugu_NSK_diphone", "te", 6),
    ("festival", "marathi_NSK_diphone", "mr", 4),
]

# People: name, folder of recordings, their texts, espeak-ng's voice for them. The first two are Debian's
# (CC-BY-3.0), the others are fetched by build.sh (NOTICE has their licences).
_SOUNDS = "/usr/share/asterisk/sounds/"
_TEXTS = "/usr/share/doc/asterisk-core-sounds-%s/core-sounds-%s.txt.gz"
_LIBRI = "librispeech/sample_data_libriSpeech/audio/"
_AISHELL = "aishell/AISHELL_Sample_data"
PEOPLE = [
    ("carlo", _SOUNDS + "it_IT_m_Carlo", _TEXTS % ("it", "it"), "it"),
    ("ivrvoice", _SOUNDS + "ru_RU_f_IvrvoiceRU", _TEXTS % ("ru", "ru"), "ru"),
    ("kathleen", "kathleen/data", "kathleen/data/*.txt", "en-us"),
    ("nathalie", "nathalie/verified", "nathalie/metadata.csv", "nl"),
    ("flemishguy", "flemishguy/wavs", "flemishguy/metadata.csv", "nl"),
    ("speechocean", "speechocean762/WAVE/*", "speechocean762/train/text", "en-us"),
    ("bdl", "arctic/datasets/arctic/bdl", "arctic_texts/cmuarctic.data", "en-us"),
    ("libri_4088", _LIBRI + "4088/*", _LIBRI + "4088/*/*.trans.txt", "en-us"),
    ("libri_4406", _LIBRI + "4406/*", _LIBRI + "4406/*/*.trans.txt", "en-us"),
    ("libri_5652", _LIBRI + "5652/*", _LIBRI + "5652/*/*.trans.txt", "en-us"),
    ("libri_8226", _LIBRI + "8226/*", _LIBRI + "8226/*/*.trans.txt", "en-us"),
    ("aishell_0150", _AISHELL, _AISHELL + "/BAC009S0150*.txt", "cmn-latn-pinyin"),
]
PEOPLE_HELD_OUT = [
    ("aishell_0252", _AISHELL, _AISHELL + "/BAC009S0252*.txt", "cmn-latn-pinyin"),
    ("kerstin", "kerstin/verified", "kerstin/metadata.csv", "de"),
    ("speechocean", "speechocean762/WAVE/*", "speechocean762/test/text", "en-us"),
]

# espeak-ng voice, text, minutes. German is held out as a language.
ESPEAK = [
    ("cmn-latn-pinyin", "pinyin", 22), ("ja", "kana", 14), ("en-us", "en", 10),
    ("en-gb-scotland", "en", 3), ("en-029", "en", 3), ("es", "es", 10), ("es-419", "es", 4),
    ("fr", "fr", 12), ("it", "it", 5), ("pt", "pt", 5), ("pt-br", "pt_BR", 5), ("nl", "nl", 5),
    ("sv", "sv", 4), ("da", "da", 4), ("nb", "nb", 4), ("pl", "pl", 5), ("cs", "cs", 4),
    ("ru", "ru", 5), ("uk", "uk", 4), ("tr", "tr", 5), ("hu", "hu", 4), ("fi", "fi", 3),
    ("ro", "ro", 4), ("el", "el", 3), ("ca", "ca", 3), ("sr", "sr", 3), ("bg", "bg", 3),
    ("hi", "hi", 3), ("vi", "vi", 6), ("id", "id", 4), ("ko", "ko", 5), ("ta", "ta", 2),
    ("eo", "eo", 3), ("eu", "eu", 2), ("lv", "lv", 2), ("sk", "sk", 3), ("hr", "hr", 3),
]
ESPEAK_VARIANTS = [
    "", "", "f1", "f2", "f3", "m1", "m2", "m3", "m4", "m5", "klatt", "klatt3", "klatt4",
    "Alex", "Alicia", "Andy", "Annie", "Diogo", "Gene", "Henrique", "Jacky", "Lee", "Marco",
    "Michael", "Mike", "Nguyen", "adam", "anika", "antonio", "aunty", "benjamin", "boris",
    "david", "edward", "gustave", "iven", "john", "linda", "marcelo", "miguel", "norbert",
    "pablo", "paul", "quincy", "robert", "sandro", "shelby", "steph", "travis", "victor",
]
HELD_OUT_VARIANTS = ["f4", "m8", "Andrea", "Denis", "belinda", "max"]

# name, system, voice, text, minutes; '*' takes every held-out variant in turn.
HELD_OUT = [
    ("english_rms", "flite", "rms", "en", 5), ("italian_pc", "festival", "pc_diphone", "it", 3),
    ("czech_ph", "festival", "czech_ph", "cs", 2),
    ("german", "espeak", "de+*", "de", 4), ("mandarin", "espeak", "cmn-latn-pinyin+*", "pinyin", 4),
    ("japanese", "espeak", "ja+*", "kana", 3), ("english", "espeak", "en-us+*", "en", 3),
    ("spanish", "espeak", "es+*", "es", 3), ("french", "espeak", "fr+*", "fr", 3),
]
