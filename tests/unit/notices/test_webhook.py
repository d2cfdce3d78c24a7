"""Which addresses of chat robots the portal calls."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.notices.webhook import AddressRefused, check_address

PUBLIC = ["203.0.114.7", "2400:3200::1"]
GOOD = [
    "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=693a91f6-7xxx-4bc4-97a0-0ec2sifa5aaa",
    "https://oapi.dingtalk.com/robot/send?access_token=abcdef",
    "https://open.feishu.cn/open-apis/bot/v2/hook/xxxx",
    "https://hooks.example.cn:8443/portal",
    "wecombot://693a91f6",
]


@pytest.mark.parametrize("address", GOOD)
def test_the_robots_that_people_use_are_taken(address: str) -> None:
    assert check_address(f" {address} ", resolve=lambda host, port: PUBLIC) == address


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("", "form"),
        ("群机器人", "form"),
        ("https://", "form"),
        ("https://a b.cn/", "form"),
        ("https://a.cn/" + "x" * 600, "form"),
        ("https://user:secret@hooks.example.cn/", "form"),
        ("https://hooks.example.cn\\@10.0.0.1/", "form"),
        ("https://hooks.example.cn:99999/", "form"),
        ("http://hooks.example.cn/", "scheme"),
        ("json://10.0.0.1/", "scheme"),
        ("file:///etc/passwd", "scheme"),
        ("gopher://10.0.0.1:25/", "scheme"),
        ("hooks.example.cn/robot", "scheme"),
    ],
)
def test_what_is_no_robots_address_is_refused(address: str, reason: str) -> None:
    with pytest.raises(AddressRefused) as refused:
        check_address(address, resolve=lambda host, port: PUBLIC)
    assert refused.value.reason == reason


@pytest.mark.parametrize(
    "found",
    [
        "127.0.0.1",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",  # noqa: S104 - an address that is refused
        "224.0.0.1",
        "::1",
        "fe80::1%eth0",
        "fd00::1",
        "::ffff:127.0.0.1",
        "2002:7f00:1::",
        "64:ff9b::a00:1",
    ],
)
def test_the_private_network_is_out_of_reach(found: str) -> None:
    with pytest.raises(AddressRefused) as refused:
        check_address("https://hooks.example.cn/", resolve=lambda host, port: [*PUBLIC, found])
    assert refused.value.reason == "private"


@pytest.mark.parametrize(
    "address",
    ["https://127.0.0.1/", "https://[::1]/", "https://2130706433/", "https://0x7f.1/"],
)
def test_an_address_in_numbers_is_looked_at_too(address: str) -> None:
    with pytest.raises(AddressRefused):
        check_address(address)


def test_where_the_operator_allows_it_private_addresses_are_taken() -> None:
    address = "https://robot.intranet.example/hook"
    assert check_address(address, allow_private=True, resolve=unknown) == address


def test_a_host_that_nobody_knows_is_refused() -> None:
    with pytest.raises(AddressRefused) as refused:
        check_address("https://no-such-host.example/", resolve=unknown)
    assert refused.value.reason == "unknown"


@given(st.text())
def test_any_text_is_taken_or_refused(text: str) -> None:
    try:
        taken = check_address(text, resolve=lambda host, port: ["10.0.0.1"])
    except AddressRefused:
        return
    assert taken.split(":")[0] in {"wecombot", "dingtalk", "feishu", "lark"}


def unknown(host: str, port: int) -> list[str]:
    raise OSError(host)
