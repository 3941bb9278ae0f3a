"""Implement ``jobhunt scaffold-adapter``.

The command generates the first version of an adapter for a new source.
"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from cli import scaffolding
from cli.adapter_prompt import adapter_prompt
from cli.errors import UsageError
from cli.session import AsJson
from cli.terminal import print_json, printable, printable_block, results

_REGISTRY = Path("include/sources/registry.py")
_NO_DESCRIPTION = "No description found: set `page_url` to the posting's document or page."


def scaffold_adapter(
    name: Annotated[str, typer.Argument(help="The source's name, in lower case.")],
    sample: Annotated[
        Path,
        typer.Argument(
            help="A file with a JSON response that lists postings; with --prompt also a page.",
            exists=True,
            dir_okay=False,
        ),
    ],
    root: Annotated[
        Path, typer.Option(help="The directory of the checkout to write to.", file_okay=False)
    ] = Path(),
    prompt: Annotated[
        bool,
        typer.Option(
            "--prompt",
            help="Write no file, but print a prompt with which a code-writing model writes the"
            " adapter.",
        ),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Write a new adapter and its test from a recorded response of the source's API."""
    registry = root / _REGISTRY
    if not registry.exists():
        raise UsageError(f"{root.resolve()} is not a checkout: it has no {_REGISTRY}")
    scaffolding.class_name(name)
    if prompt:
        _print_prompt(name, root, sample, as_json=as_json)
        return
    try:
        response = json.loads(sample.read_bytes())
    except ValueError as error:
        raise UsageError(f"{sample}: not JSON ({error})") from None
    guess = scaffolding.guess(response, _ask)
    text = json.dumps(response, indent=2, ensure_ascii=False) + "\n"
    texts_by_path = {
        root / f"include/sources/{name}.py": scaffolding.adapter_module(name, guess),
        root / f"tests/sources/samples/{name}.json": text,
        root / f"tests/sources/test_{name}.py": scaffolding.adapter_test(name, guess),
    }
    for path in texts_by_path:
        if path.exists():
            raise UsageError(f"{path} already exists")
    texts_by_path[registry] = scaffolding.registered(registry.read_text(), name)
    for path, content in texts_by_path.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
    if as_json:
        print_json({"written": [str(path) for path in texts_by_path], "fields": guess.fields})
        return
    out = results()
    for path in texts_by_path:
        out.print(str(path), markup=False, soft_wrap=True)
    for field, keys in guess.fields.items():
        out.print(Text(f"  {field} ← {printable('.'.join(keys))}"), soft_wrap=True)
    if "description" not in guess.fields:
        out.print(_NO_DESCRIPTION, markup=False, soft_wrap=True)
    next_steps = "Next: set the API's address, add its paging, and follow docs/add-a-source.md."
    out.print(next_steps, markup=False)


def _ask(field: str, keys: Sequence[str]) -> str:
    """Ask the user which key holds the field ``field``, which was not found.

    Raises:
        UsageError: standard input is closed or ends.
    """
    question = f"No {field} is found. Which key holds it ({', '.join(keys)})?"
    try:
        return typer.prompt(printable(question), err=True)
    except typer.Abort:
        raise UsageError(f"no {field} is found among: {', '.join(keys)}") from None


def _print_prompt(name: str, root: Path, sample: Path, *, as_json: bool) -> None:
    """Print the prompt.

    The prompt contains a draft of the adapter if the sample is a list of postings in JSON.
    """
    text = sample.read_text(encoding="utf-8", errors="replace")
    try:
        guess = scaffolding.guess(json.loads(text), _refuse)
    except (ValueError, UsageError):
        guess = None
    try:
        prompt = adapter_prompt(name, root, text, guess)
    except OSError as error:
        raise UsageError(f"{error.filename}: cannot be read") from None
    if as_json:
        print_json({"prompt": prompt})
    else:
        print(printable_block(prompt))


def _refuse(field: str, keys: Sequence[str]) -> str:
    """Raise UsageError instead of asking the user.

    The prompt can be printed without a draft, so no answer is needed.
    """
    raise UsageError(f"no {field} is found among: {', '.join(keys)}")
