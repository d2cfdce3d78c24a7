"""What must hold before a portal starts, however it is started."""

from urllib.parse import urlsplit

from config import Settings, SettingsError
from portal.demo import has_demo_users
from portal.services import Services

_LOOPBACK = ("localhost", "127.0.0.1", "::1")


def refuse_unsafe(services: Services) -> None:
    """Raise :class:`SettingsError` for a portal that must not serve colleagues.

    That is one without a key or with demo accounts, unless it is a demonstration, and one that
    would send passwords through the network in the clear.
    """
    settings = services.settings
    if not settings.demo and not settings.secret_key:
        raise SettingsError(
            "PORTAL_SECRET_KEY 未设置。正式运行必须设置一个至少 32 个字符的随机密钥；"
            "演示请设置 PORTAL_DEMO=1。"
        )
    if not settings.demo and has_demo_users(services):
        raise SettingsError(
            "数据库中有演示账号，不能作为正式系统启动。请换用新的 PORTAL_DATA_DIR，"
            "或设置 PORTAL_DEMO=1。"
        )
    _refuse_bare_directory(settings)


def _refuse_bare_directory(settings: Settings) -> None:
    parts = urlsplit(settings.ldap_url)
    is_bare = parts.scheme == "ldap" and not settings.ldap_starttls
    if is_bare and parts.hostname not in _LOOPBACK:
        raise SettingsError(
            "PORTAL_LDAP_URL 没有加密，密码会在网络上明文传输。请改用 ldaps://，"
            "或打开 PORTAL_LDAP_STARTTLS。"
        )
    if settings.ldap_url and not settings.ldap_base:
        raise SettingsError("设置了 PORTAL_LDAP_URL，还要设置 PORTAL_LDAP_BASE。")
    if settings.oidc_issuer and not settings.oidc_client_id:
        raise SettingsError("设置了 PORTAL_OIDC_ISSUER，还要设置 PORTAL_OIDC_CLIENT_ID。")
