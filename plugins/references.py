"""Register our deadline reference with Airflow, which only accepts references that a plugin names.

The reference must not be defined in this file. Airflow loads this file as the module
``references``, not as ``plugins.references``. It would therefore register another class than the
one that ``dags/`` import.
"""

from airflow.plugins_manager import AirflowPlugin

from plugins.usual_runtime import UsualRuntime


class References(AirflowPlugin):
    """The plugin that names our deadline reference."""

    name = "jobhunt_references"
    deadline_references = [UsualRuntime]  # noqa: RUF012 # a list, as in the base class
