"""Messages are signed in the manner of Standard Webhooks."""

import base64
import datetime as dt
import hmac

from portal.push.signing import secret_of, signed_headers

AT = dt.datetime(2026, 11, 28, 8, 0, tzinfo=dt.UTC)


def test_the_example_that_receivers_libraries_are_tested_with() -> None:
    at = dt.datetime.fromtimestamp(1614265330, dt.UTC)
    headers = signed_headers(
        ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"],
        "msg_p5jXN8AQM9LWM0D4loKWxJek",
        at,
        b'{"test": 2432232314}',
    )
    assert headers == {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }


def test_two_secrets_sign_while_both_hold() -> None:
    secrets = [secret_of("钥匙" * 16, salt) for salt in ("新", "旧")]
    signatures = signed_headers(secrets, "msg_1", AT, b"{}")["webhook-signature"].split(" ")
    for secret, signature in zip(secrets, signatures, strict=True):
        key = base64.b64decode(secret.removeprefix("whsec_"))
        signed = f"msg_1.{int(AT.timestamp())}.{{}}".encode()
        expected = base64.b64encode(hmac.digest(key, signed, "sha256")).decode()
        assert signature == f"v1,{expected}"


def test_another_key_or_salt_makes_another_secret() -> None:
    made = {secret_of(key * 40, salt) for key in "甲乙" for salt in ("一", "二")}
    assert len(made) == 4
