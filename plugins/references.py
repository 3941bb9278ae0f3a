"""Register our deadline reference with Airflow, which only accepts references that a plugin names.

This is a file of its own because Airflow loads each file of this folder under its bare name, and
the reference must be the same class that ``dags/`` import.
"""

from airflow.plugins_manager import AirflowPlugin

from plugins.usual_runtime import UsualRuntime


class References(AirflowPlugin):
    """The plugin that names our deadline reference."""

    name = "jobhunt_references"
    deadline_references = [UsualRuntime]  # noqa: RUF012 # a list, as in the base class
