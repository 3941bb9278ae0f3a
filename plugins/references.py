"""Tells Airflow of our deadline reference: it refuses one that no plugin names.

In a file of its own, because Airflow loads each file of this folder under its bare name, and the
reference must be the class that ``dags/`` import.
"""

from airflow.plugins_manager import AirflowPlugin

from plugins.usual_runtime import UsualRuntime


class References(AirflowPlugin):
    name = "jobhunt_references"
    deadline_references = [UsualRuntime]  # noqa: RUF012 # the base class has it so
