"""The source distribution and the wheel, built once for all tests of them."""

from pathlib import Path

import pytest

from tests.packaging.distributions import Distributions, build

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Distributions:
    return build(ROOT, tmp_path_factory.mktemp("built"))


@pytest.fixture(scope="session")
def sdist(built: Distributions) -> Path:
    return built.sdist


@pytest.fixture(scope="session")
def wheel(built: Distributions) -> Path:
    return built.wheel
