"""EUC-TW, which Python has no codec for: CNS 11643 planes 1 and 2, by way of Big5.

Both standards list the same characters in nearly the same order of strokes, so that a few runs
describe the whole correspondence. The runs were worked out from glibc's iconv.
"""

import re

# (first place in the CNS plane, first place in Big5, length), both counted in code order.
_PLANE_1 = (
    (0, 0, 5), (6, 6, 15), (21, 23, 2), (24, 22, 1), (29, 29, 44), (73, 74, 1), (74, 73, 1),
    (75, 75, 22), (98, 98, 1), (100, 100, 27), (127, 128, 1), (128, 127, 1), (129, 129, 19),
    (148, 149, 1), (149, 148, 1), (150, 150, 4), (155, 21, 1), (156, 156, 78), (282, 234, 29),
    (312, 264, 1), (314, 266, 142), (470, 6101, 20), (3290, 471, 1412), (4702, 1884, 424),
    (5126, 1883, 1), (5127, 2308, 1876), (7003, 4571, 1), (7004, 4184, 387), (7391, 4572, 525),
    (7916, 5286, 1), (7917, 5097, 105), (8023, 5203, 83), (8106, 5287, 84), (8190, 5517, 1),
    (8191, 5371, 54), (8245, 5426, 1), (8246, 5425, 1), (8247, 5427, 90), (8337, 5518, 354),
)  # fmt: skip
_PLANE_2 = (
    (0, 6280, 10), (10, 6291, 33), (43, 6372, 1), (44, 6324, 48), (92, 6373, 46), (138, 6586, 1),
    (139, 6419, 167), (306, 6587, 1840), (2146, 9074, 1), (2147, 8428, 108), (2255, 8537, 537),
    (2792, 8427, 1), (2793, 9075, 100), (2893, 8536, 1), (2894, 9175, 399), (3293, 9575, 1637),
    (4930, 11761, 1), (4931, 11212, 146), (5077, 11899, 1), (5078, 11358, 287), (5365, 12508, 1),
    (5366, 11645, 116), (5482, 11762, 137), (5619, 11900, 104), (5723, 12425, 1),
    (5724, 12004, 222), (5946, 12227, 198), (6144, 12426, 82), (6226, 12509, 86),
    (6312, 12226, 1), (6313, 12595, 8), (6321, 12604, 153), (6474, 12758, 56), (6530, 13114, 1),
    (6531, 12814, 113), (6644, 12603, 1), (6645, 12927, 142), (6787, 12757, 1), (6788, 13069, 45),
    (6833, 13115, 71), (6904, 13380, 1), (6905, 13186, 194), (7099, 13381, 490), (7589, 13914, 1),
    (7590, 13871, 43), (7633, 13915, 1), (7634, 13917, 11), (7645, 13916, 1), (7646, 13928, 4),
)  # fmt: skip

_CODE = re.compile(rb"\x8e([\xa1-\xb0])([\xa1-\xfe])([\xa1-\xfe])|([\xa1-\xfe])([\xa1-\xfe])")
_CNS_ROW = 94
_BIG5_ROW = 157
# Trail bytes of Big5 come in two ranges: 0x40-0x7E, then 0xA1-0xFE.
_BIG5_FIRST_TRAILS = 63


def decode_euc_tw(data: bytes) -> str:
    """``data`` as EUC-TW; U+FFFD for what is no character of planes 1 and 2. Never raises."""
    pieces: list[str] = []
    position = 0
    for found in _CODE.finditer(data):
        pieces.append(data[position : found.start()].decode("ascii", errors="replace"))
        plane, row, cell, row_1, cell_1 = found.groups()
        if plane is None:
            pieces.append(_PLANES[1].get(_place(row_1, cell_1), "\ufffd"))
        else:
            by_place = _PLANES.get(plane[0] - 0xA0, {})
            pieces.append(by_place.get(_place(row, cell), "\ufffd"))
        position = found.end()
    pieces.append(data[position:].decode("ascii", errors="replace"))
    return "".join(pieces)


def _place(row: bytes, cell: bytes) -> int:
    return (row[0] - 0xA1) * _CNS_ROW + cell[0] - 0xA1


def _characters(runs: tuple[tuple[int, int, int], ...]) -> dict[int, str]:
    return {
        cns + step: _big5_character(big5 + step)
        for cns, big5, length in runs
        for step in range(length)
    }


def _big5_character(place: int) -> str:
    row, cell = divmod(place, _BIG5_ROW)
    trail = 0x40 + cell if cell < _BIG5_FIRST_TRAILS else 0xA1 + cell - _BIG5_FIRST_TRAILS
    return bytes((0xA1 + row, trail)).decode("cp950", errors="replace")


_PLANES = {1: _characters(_PLANE_1), 2: _characters(_PLANE_2)}
