"""Find the notifier to call for a missed deadline (``JOBHUNT_NOTIFIER``)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from airflow.sdk import BaseNotifier

from include.errors import SettingError

if TYPE_CHECKING:
    from airflow.sdk import Context

_TIMEOUT_SECONDS = 10


class WebhookNotifier(BaseNotifier):
    """A notifier that sends the missed deadline as JSON by POST.

    The JSON has a field ``text``, because Slack and Mattermost show this field.
    """

    def __init__(self, url: str) -> None:
        super().__init__()
        self.url = url

    def notify(self, context: Context) -> None:
        """Send the miss in ``context["jobhunt"]``.

        Raises:
            requests.RequestException: the server does not answer, or answers with an error.
        """
        import requests

        # plugins/deadlines.py puts this key into the context. Airflow's type does not declare it.
        miss: dict[str, Any] = context["jobhunt"]  # type: ignore[typeddict-item]
        text = f"Sweep {miss['run_id']} ({miss['trigger']}) is {miss['status']} past its deadline"
        response = requests.post(self.url, json={"text": text, **miss}, timeout=_TIMEOUT_SECONDS)
        response.raise_for_status()


def find_notifier(setting: str) -> BaseNotifier | None:
    """Return the notifier that the setting names; None if the setting is empty.

    A URL names a webhook. Any other text is the import path of a notifier, or of a class of which
    an instance is returned. A notifier is called with
    ``{"jobhunt": {"run_id": …, "deadline": …, …}}``. Its templates may use these values.

    Raises:
        SettingError: there is no notifier at this import path.
    """
    from airflow.sdk.module_loading import import_string

    if not setting:
        return None
    if setting.startswith(("http://", "https://")):
        return WebhookNotifier(setting)
    try:
        notifier = import_string(setting)
    except ImportError as error:
        raise SettingError("JOBHUNT_NOTIFIER", str(error)) from error
    return notifier() if isinstance(notifier, type) else notifier
