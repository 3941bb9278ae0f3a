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

    Slack and Mattermost show the field ``text``.
    """

    def __init__(self, url: str) -> None:
        super().__init__()
        self.url = url

    def notify(self, context: Context) -> None:
        """Send the miss in ``context["jobhunt"]``. Raises requests.RequestException."""
        import requests

        miss: dict[str, Any] = context["jobhunt"]  # type: ignore[typeddict-item] # our own key
        text = f"Sweep {miss['run_id']} ({miss['trigger']}) is {miss['status']} past its deadline"
        answer = requests.post(self.url, json={"text": text, **miss}, timeout=_TIMEOUT_SECONDS)
        answer.raise_for_status()


def find_notifier(setting: str) -> BaseNotifier | None:
    """Return the notifier that the setting names; None if the setting is empty.

    A URL names a webhook. Anything else is the import path of a notifier, or of a class, of which
    an instance is returned. A notifier is called with ``{"jobhunt": {"run_id": …, "deadline": …,
    …}}``, which its templates may use.

    Raises:
        SettingError: there is no notifier at this import path.
    """
    from airflow.sdk.module_loading import import_string

    if not setting:
        return None
    if setting.startswith(("http://", "https://")):
        return WebhookNotifier(setting)
    try:
        found = import_string(setting)
    except ImportError as error:
        raise SettingError("JOBHUNT_NOTIFIER", str(error)) from error
    return found() if isinstance(found, type) else found
