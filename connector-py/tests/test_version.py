"""The package says which library it is."""

import re
from importlib import metadata, resources
from pathlib import Path

import lienthong

WORKSPACE = Path(__file__).resolve().parents[2] / "Cargo.toml"


def cargo_version() -> str:
    text = WORKSPACE.read_text(encoding="utf-8")
    section = text.split("[workspace.package]", 1)[1].split("\n[", 1)[0]
    found = re.search(r'^version = "([^"]+)"$', section, re.MULTILINE)
    assert found is not None
    return found.group(1)


def test_version_is_the_one_of_the_rust_library() -> None:
    assert lienthong.__version__ == cargo_version()


def test_installed_package_bears_the_same_version() -> None:
    assert metadata.version("lienthong") == lienthong.__version__


def test_package_carries_its_types() -> None:
    files = resources.files("lienthong")
    assert files.joinpath("py.typed").is_file()
    assert files.joinpath("_native.pyi").is_file()


def test_one_built_module_serves_python_3_9_and_newer() -> None:
    tags = [
        line.removeprefix("Tag: ")
        for line in (metadata.distribution("lienthong").read_text("WHEEL") or "").splitlines()
        if line.startswith("Tag: ")
    ]
    assert tags
    assert all(tag.startswith("cp39-abi3-") for tag in tags)
