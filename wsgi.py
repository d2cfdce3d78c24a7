"""The WSGI entry point: ``gunicorn wsgi:application``."""

from config import Settings
from portal.app import create_app

application = create_app(Settings.from_env())
