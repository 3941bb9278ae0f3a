"""Who hears of a missed deadline, as ``JOBHUNT_NOTIFIER`` says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from airflow.sdk import BaseNotifier

from include.errors import SettingError

if TYPE_CHECKING:
    from airflow.sdk import Context

_TIMEOUT_SECONDS = 10


class WebhookNotifier(BaseNotifier):
    """POSTs the miss as JSON. Its ``text`` is what Slack and Mattermost show."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self.url = url

    def notify(self, context: Context) -> None:
        """Raises requests.RequestException."""
        import requests

        miss: dict[str, Any] = context["jobhunt"]  # type: ignore[typeddict-item] # our own key
        text = f"Sweep {miss['run_id']} ({miss['trigger']}) is {miss['status']} past its deadline"
        answer = requests.post(self.url, json={"text": text, **miss}, timeout=_TIMEOUT_SECONDS)
        answer.raise_for_status()


def find_notifier(setting: str) -> BaseNotifier | None:
    """A webhook for a URL; otherwise the notifier of that import path, or an instance of it where
    it is a class. It is called with ``{"jobhunt": {"run_id": …, "deadline": …, …}}``, which its
    templates may use. None when nobody is to hear.

    Raises:
        SettingError: there is no notifier of that name.
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
