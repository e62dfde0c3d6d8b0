"""The key that a form carries, so that two taps on its button are one wish."""

from wtforms import HiddenField

from app.kernel.request_keys import fresh_request_key, is_request_key


class RequestKeyField(HiddenField):
    """Each page that shows the form gives it a new one."""

    @property
    def key(self) -> str:
        """What the form was sent with; a new one where that is none."""
        return str(self.data) if is_request_key(self.data) else fresh_request_key()

    def _value(self) -> str:
        return fresh_request_key()
