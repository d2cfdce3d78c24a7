"""The forms that people fill in."""

from flask_wtf import FlaskForm
from wtforms import HiddenField, PasswordField, StringField
from wtforms.validators import EqualTo, InputRequired, Length

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


class CodeForm(FlaskForm):  # type: ignore[misc]
    """A code of the authenticator app, or a recovery code."""

    code = StringField(lazy_gettext("验证码"), [InputRequired(), Length(max=64)])
    next = HiddenField()


class ConfirmForm(FlaskForm):  # type: ignore[misc]
    """The password once more; empty from who has none here."""

    password = PasswordField(lazy_gettext("密码"), [Length(max=256)])
    next = HiddenField()


class ForgottenForm(FlaskForm):  # type: ignore[misc]
    """Who has forgotten a password."""

    who = StringField(
        lazy_gettext("登录名或邮箱"),
        [InputRequired(), Length(max=254)],
        filters=[lambda value: "".join(filter(str.isprintable, value or "")).strip()],
    )


class NewPasswordForm(FlaskForm):  # type: ignore[misc]
    """A new password, twice."""

    new = PasswordField(lazy_gettext("新密码"), [InputRequired(), Length(max=1024)])
    again = PasswordField(
        lazy_gettext("再输入一次"),
        [EqualTo("new", message=lazy_gettext("两次输入的新密码不一样，没有改动。"))],
    )
