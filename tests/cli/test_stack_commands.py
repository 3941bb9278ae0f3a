"""Tests of finding the one-machine stack, making tokens for it and printing its addresses."""

import json
from pathlib import Path

import jwt
import pytest

from cli.stack import addresses
from local.home import StackInfo, locked, write_stack
from tests.cli.conftest import Jobhunt
from tests.cli.fake_api import TOKEN, Answer, FakeApi, fake_api

SECRET = "a secret of thirty-two bytes or more"


def stack_at(api: FakeApi) -> StackInfo:
    return StackInfo(
        api_url=api.url,
        page_url="http://127.0.0.1:8000/#token=a.b.c",
        airflow_url="http://127.0.0.1:8080",
        airflow_user="admin",
        airflow_password="airflow-password",
        database_url="postgresql+psycopg://…",
        s3_endpoint="http://127.0.0.1:9000",
        s3_bucket="jobhunt",
        s3_access_key="access",
        s3_secret_key="secret",
        demo_sites_url="http://127.0.0.1:8090",
        user_id="demo",
        token=TOKEN,
        pids={},
    )


def test_commands_find_the_stack_that_runs_in_home(home: Path, jobhunt: Jobhunt) -> None:
    with fake_api() as api, locked(home):
        api.answers("GET /history", Answer(body={"items": [], "next_cursor": None}))
        write_stack(home, stack_at(api))
        ended = jobhunt("history", "--json")

    assert (ended.code, json.loads(ended.out)) == (0, [])


def test_a_stack_that_was_killed_is_no_running_stack(home: Path, jobhunt: Jobhunt) -> None:
    with fake_api() as api:
        with locked(home):
            write_stack(home, stack_at(api))
        ended = jobhunt("history")

        assert ended.code == 4
        assert not api.asked


def test_token_is_for_the_named_user(home: Path, jobhunt: Jobhunt) -> None:
    with locked(home):
        (home / "secrets").mkdir()
    (home / "secrets" / "jwt-secret").write_text(SECRET)

    plain, as_json = jobhunt("token", "--user", "ada"), jobhunt("token", "--json")

    def claims(token: str) -> dict[str, object]:
        return jwt.decode(token, SECRET, algorithms=["HS256"], audience="jobhunt")

    assert claims(plain.out.removesuffix("\n"))["sub"] == "ada"
    assert claims(json.loads(as_json.out)["token"])["sub"] == "demo"


def test_token_makes_no_secret_in_a_directory_with_another_purpose(
    home: Path, jobhunt: Jobhunt
) -> None:
    home.mkdir()
    ended = jobhunt("token")

    assert ended.code == 1
    assert "is not the directory of a stack" in ended.err
    assert list(home.iterdir()) == []


def test_token_needs_a_stack_to_be_for(home: Path, jobhunt: Jobhunt) -> None:
    ended = jobhunt("token")

    assert ended.code == 2
    assert not home.exists()


def test_a_server_s_token_needs_its_secret_and_a_user(
    home: Path, jobhunt: Jobhunt, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JOBHUNT_JWT_SECRET", SECRET)
    assert jobhunt("token").code == 2
    token = jobhunt("token", "--user", "ada").out.strip()
    assert jwt.decode(token, SECRET, algorithms=["HS256"], audience="jobhunt")["sub"] == "ada"
    assert not home.exists()


def test_up_prints_the_addresses_and_no_secret_but_one_link() -> None:
    with fake_api() as api:
        info = stack_at(api)
    text = addresses(info, Path("/somewhere/.jobhunt"))

    assert f"{info.page_url} " in text
    for address in (info.api_url, info.airflow_url, info.s3_endpoint, info.demo_sites_url):
        assert address in text
    assert f"user {info.airflow_user}" in text
    assert "/somewhere/.jobhunt/stack.json" in text
    for secret in (info.airflow_password, info.database_url, info.s3_secret_key, TOKEN):
        assert secret not in text.replace(info.page_url, "")
