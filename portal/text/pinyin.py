"""Sounds of Chinese text: a toneless pinyin syllable for each character, as a small number.

A Latin letter or a digit is a sound of its own, so that ``5gzx`` can stand for 5G专线. The numbers
are written into the index: a change of the list below changes the index's schema version.

A character of several readings takes the reading of the phrase it stands in (行 in 银行 is hang),
by pypinyin's phrase dictionary and the longest match from the left. pypinyin's own segmentation
does the same for ten times the time, which every title would pay when it is indexed.
"""

import functools
import unicodedata
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass

_LIST = """
0 1 2 3 4 5 6 7 8 9
a ai an ang ao b ba bai ban bang bao bei ben beng bi bian biao bie bin bing bo bu
c ca cai can cang cao ce cen ceng cha chai chan chang chao che chen cheng chi chong chou chu chua
chuai chuan chuang chui chun chuo ci cong cou cu cuan cui cun cuo
d da dai dan dang dao de dei den deng di dia dian diao die ding diu dong dou du duan dui dun duo
e ei en eng er f fa fan fang fei fen feng fo fou fu
g ga gai gan gang gao ge gei gen geng gong gou gu gua guai guan guang gui gun guo
h ha hai han hang hao he hei hen heng hm hong hou hu hua huai huan huang hui hun huo i
j ji jia jian jiang jiao jie jin jing jiong jiu ju juan jue jun
k ka kai kan kang kao ke ken keng kong kou ku kua kuai kuan kuang kui kun kuo
l la lai lan lang lao le lei leng li lia lian liang liao lie lin ling liu lo long lou lu luan lun
luo lv lve m ma mai man mang mao me mei men meng mi mian miao mie min ming miu mo mou mu
n na nai nan nang nao ne nei nen neng ng ni nian niang niao nie nin ning niu nong nou nu nuan nuo
nv nve o ou p pa pai pan pang pao pei pen peng pi pian piao pie pin ping po pou pu
q qi qia qian qiang qiao qie qin qing qiong qiu qu quan que qun
r ran rang rao re ren reng ri rong rou ru rua ruan rui run ruo
s sa sai san sang sao se sen seng sha shai shan shang shao she shei shen sheng shi shou shu shua
shuai shuan shuang shui shun shuo si song sou su suan sui sun suo
t ta tai tan tang tao te teng ti tian tiao tie ting tong tou tu tuan tui tun tuo u v
w wa wai wan wang wei wen weng wo wu
x xi xia xian xiang xiao xie xin xing xiong xiu xu xuan xue xun
y ya yan yang yao ye yi yin ying yo yong you yu yuan yue yun
z za zai zan zang zao ze zei zen zeng zha zhai zhan zhang zhao zhe zhen zheng zhi zhong zhou zhu
zhua zhuai zhuan zhuang zhui zhun zhuo zi zong zou zu zuan zui zun zuo
"""

SOUNDS: tuple[str, ...] = ("", *sorted(_LIST.split()))
"""Every sound by its number; 0 is a character without one. Sorted, so a prefix is a range."""

_NUMBERS = {sound: number for number, sound in enumerate(SOUNDS)}
_PARTIAL = ("ch", "sh", "zh")
_LONGEST_SOUND = 6
_LONGEST_INPUT = 40
_MAX_READINGS = 24


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of typed letters: it fits the sounds from ``low`` up to but without ``high``.

    ``whole`` says that the letters are a complete syllable and not just its beginning.
    """

    letters: str
    low: int
    high: int
    whole: bool


@dataclass(frozen=True, slots=True)
class _Dictionary:
    readings: dict[str, tuple[int, ...]]
    phrases: dict[str, tuple[int, ...]]
    longest: dict[str, int]
    """The longest phrase's length by first character."""


def sounds(folded: str) -> list[int]:
    """The sound of each character of folded text; 0 for one that has none."""
    known = _dictionary()
    found = [known.readings.get(character, (0,))[0] for character in folded]
    position = 0
    while position < len(folded):
        for length in range(known.longest.get(folded[position], 0), 1, -1):
            phrase = known.phrases.get(folded[position : position + length])
            if phrase is not None:
                found[position : position + len(phrase)] = phrase
                position += len(phrase)
                break
        else:
            position += 1
    return found


def readings(character: str) -> tuple[int, ...]:
    """Every sound a character can have, the usual one first; empty where it has none."""
    return _dictionary().readings.get(character, ())


@functools.cache
def homophones(sound: int) -> str:
    """The characters of everyday writing (GB 2312) that can have a sound."""
    return _homophones().get(sound, "")


@functools.lru_cache(maxsize=256)
def split_letters(letters: str) -> tuple[tuple[Piece, ...], ...]:
    """How typed letters can be read as sounds, in the fewest pieces first; at most 24 ways.

    Each piece is a syllable or its beginning: one letter, zh, ch, sh, and at the end whatever
    begins a syllable. So ``xiangmujys``, ``xmjys`` and ``xiangmujiany`` all fit 项目建议书.
    """
    letters = letters[:_LONGEST_INPUT]
    ways: list[list[tuple[Piece, ...]]] = [[] for _ in letters] + [[()]]
    for start in range(len(letters) - 1, -1, -1):
        found = [
            (piece, *rest)
            for piece in _pieces_at(letters, start)
            for rest in ways[start + len(piece.letters)]
        ]
        ways[start] = sorted(found, key=len)[:_MAX_READINGS]
    return tuple(ways[0]) if letters else ()


def _pieces_at(letters: str, start: int) -> Iterator[Piece]:
    for end in range(min(len(letters), start + _LONGEST_SOUND), start, -1):
        text = letters[start:end]
        whole = text in _NUMBERS and (len(text) > 1 or text in "aeo")
        if whole or len(text) == 1 or text in _PARTIAL or end == len(letters):
            low, high = bisect_left(SOUNDS, text), bisect_left(SOUNDS, text + "{")
            if low == high:
                continue
            # Inside the input xian is xian: what goes on to be xiang is another way of reading.
            inside = whole and end < len(letters) and len(text) > 1
            yield Piece(text, low, low + 1 if inside else high, whole)


@functools.cache
def _dictionary() -> _Dictionary:
    from pypinyin.constants import PHRASES_DICT, PINYIN_DICT

    found: dict[str, tuple[int, ...]] = {}
    for code, spelt in PINYIN_DICT.items():
        numbers = dict.fromkeys(_number(reading) for reading in spelt.split(","))
        found[chr(code)] = tuple(number for number in numbers if number) or (0,)
    for letter in "0123456789abcdefghijklmnopqrstuvwxyz":
        found[letter] = (_NUMBERS[letter],)
    phrases: dict[str, tuple[int, ...]] = {}
    longest: dict[str, int] = {}
    for phrase, options in PHRASES_DICT.items():
        reading = tuple(_number(each[0]) for each in options)
        usual = tuple(found.get(character, (0,))[0] for character in phrase)
        if len(reading) == len(phrase) and reading != usual:
            phrases[phrase] = reading
            longest[phrase[0]] = max(longest.get(phrase[0], 0), len(phrase))
    return _Dictionary(found, phrases, longest)


@functools.lru_cache(maxsize=4096)
def _number(marked: str) -> int:
    """The number of a syllable written with its tone mark."""
    plain = unicodedata.normalize("NFD", marked).replace("u\u0308", "v")
    letters = "".join(part for part in plain if part.isascii())
    return _NUMBERS.get(letters.replace("ue", "ve") if letters in ("lue", "nue") else letters, 0)


@functools.cache
def _homophones() -> dict[int, str]:
    found: dict[int, list[str]] = {}
    for character, numbers in _dictionary().readings.items():
        if _is_everyday(character):
            for number in numbers:
                found.setdefault(number, []).append(character)
    return {number: "".join(characters) for number, characters in found.items()}


def _is_everyday(character: str) -> bool:
    try:
        return len(character.encode("gb2312")) == 2
    except UnicodeEncodeError:
        return False
