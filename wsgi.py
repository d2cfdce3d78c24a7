"""The WSGI entry point: ``gunicorn wsgi:application``."""

from config import Settings
from portal.app import create_app
from portal.monitor import logs
from portal.services import build_services
from portal.start import refuse_unsafe

_settings = Settings.from_env()
logs.configure(_settings.log_level, _settings.log_format, "web")
_services = build_services(_settings)
# Also where gunicorn is started without `portal serve`.
refuse_unsafe(_services)
# Each worker loads dictionaries and index before it takes its first request.
_services.search.warm()
application = create_app(_settings, _services)
