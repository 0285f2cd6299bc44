"""The source distribution has what is built from, and nothing that was built."""

import sys
import tarfile
from pathlib import Path

from tests.foreign import run

ROOT = Path(__file__).parents[2]
BUILT = ("node_modules", "dist", "__pycache__", "test-results")


def test_it_has_the_package_for_node_but_nothing_that_npm_made(tmp_path: Path) -> None:
    done = run(sys.executable, "-m", "build", "--sdist", "--no-isolation", "--outdir", str(tmp_path), cwd=ROOT)
    assert done.returncode == 0, done.stdout + done.stderr
    (built,) = tmp_path.iterdir()
    with tarfile.open(built) as archive:
        names = [Path(*Path(name).parts[1:]) for name in archive.getnames()]
    sources = {path.relative_to(ROOT) for path in (ROOT / "clients" / "typescript" / "src").glob("*.ts")}
    assert sources <= set(names)
    assert [name for name in names if set(BUILT) & set(name.parts)] == []
