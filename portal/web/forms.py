"""The forms that people fill in."""

from flask_wtf import FlaskForm
from wtforms import HiddenField, PasswordField, StringField
from wtforms.validators import InputRequired, Length

from portal.web.messages import lazy_gettext


class VocabularyForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF carries no types
    """Words to add; whether they make sense is for the vocabulary to say."""

    words = StringField(validators=[Length(max=500)])


class SignInForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF carries no types
    """Login and password; ``next`` is where the person was going."""

    login = StringField(
        lazy_gettext("登录名"),
        [InputRequired(), Length(max=64)],
        filters=[lambda value: "".join(filter(str.isprintable, value or "")).strip()],
    )
    password = PasswordField(lazy_gettext("密码"), [InputRequired(), Length(max=256)])
    next = HiddenField()
