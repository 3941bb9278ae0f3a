"""Tests of the manifests against the schemas of Kubernetes, which kubernetes-validate contains."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from include.settings import Settings

pytestmark = pytest.mark.integration

FOLDER = Path(__file__).parents[2] / "deploy" / "kubernetes"
VERSIONS = ("1.32", "1.35")
KUSTOMIZATION = yaml.safe_load((FOLDER / "kustomization.yaml").read_text())
SETTINGS = dict(
    line.split("=", 1) for line in (FOLDER / "settings.env").read_text().splitlines() if line
)
VALUES = (FOLDER / "airflow-values.yaml").read_text()


def manifests() -> list[dict[str, Any]]:
    files = (FOLDER / name for name in KUSTOMIZATION["resources"])
    return [document for file in files for document in yaml.safe_load_all(file.read_text())]


def pods() -> Iterator[dict[str, Any]]:
    for manifest in manifests():
        if manifest["kind"] in ("Deployment", "Job"):
            yield manifest["spec"]["template"]["spec"]


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize(
    "manifest", manifests(), ids=lambda m: f"{m['kind']}-{m['metadata']['name']}"
)
def test_a_manifest_matches_the_schema_of_kubernetes(
    manifest: dict[str, Any], version: str
) -> None:
    # This module is imported here: the import takes over a second, and every test process would
    # spend it when it collects the tests.
    import kubernetes_validate

    kubernetes_validate.validate(manifest, version, strict=True)


def test_a_misspelt_field_is_noticed() -> None:
    import kubernetes_validate

    [service] = [manifest for manifest in manifests() if manifest["kind"] == "Service"]
    wrong = {**service, "spec": {**service["spec"], "selectors": {}}}
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(wrong, VERSIONS[-1], strict=True)


def test_pods_run_as_nobody_and_write_only_to_their_scratch_space() -> None:
    specs = list(pods())
    assert len(specs) == 2
    for spec in specs:
        assert spec["securityContext"]["runAsNonRoot"]
        assert not spec["automountServiceAccountToken"]
        for container in spec["containers"]:
            context = container["securityContext"]
            assert context["readOnlyRootFilesystem"]
            assert context["capabilities"] == {"drop": ["ALL"]}
            assert not context["allowPrivilegeEscalation"]
            assert "memory" in container["resources"]["limits"]


def test_settings_are_ours_and_can_be_read(monkeypatch: pytest.MonkeyPatch) -> None:
    setting_names = {f"JOBHUNT_{name.upper()}" for name in Settings.model_fields}
    assert set(SETTINGS) <= setting_names
    for name, value in SETTINGS.items():
        monkeypatch.setenv(name, value)
    assert Settings().s3_bucket == "jobhunt"


def test_the_manifests_and_settings_contain_no_secret() -> None:
    assert [m["kind"] for m in manifests() if m["kind"] == "Secret"] == []
    assert [name for name in SETTINGS if re.search("SECRET|PASSWORD|TOKEN|ACCESS_KEY", name)] == []
    values = yaml.safe_load(VALUES)
    assert not {"fernetKey", "apiSecretKey", "jwtSecret"} & values.keys()
    assert {"fernetKeySecretName", "apiSecretKeySecretName", "jwtSecretName"} <= values.keys()
    assert set(values["data"]) == {"metadataSecretName", "brokerUrlSecretName"}


def test_images_have_one_version() -> None:
    tags = {image["newTag"] for image in KUSTOMIZATION["images"]}
    assert tags == {yaml.safe_load(VALUES)["defaultAirflowTag"]}
