"""Write anew what the tests hold to the program: the README's generated parts and outputs, and the golden findings. Then review the diff.

python tests/regenerate.py            after a change of the model, the weights, the tables or the command line
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from golden_findings import GOLDEN, as_json, golden_findings
from readme_parts import README, ROOT, regenerate
from seed_run import check_seeds


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        outputs = check_seeds(ROOT / "seeds", Path(folder).resolve() / "outputs")
        GOLDEN.write_text(as_json(golden_findings(outputs)), encoding="utf-8")
        README.write_text(regenerate(README.read_text(encoding="utf-8"), outputs), encoding="utf-8")


if __name__ == "__main__":
    main()
