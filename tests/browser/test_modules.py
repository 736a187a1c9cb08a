"""Each test module here says why it needs a browser, because tests in a browser take longer than all others."""

import ast
import re
from pathlib import Path

TESTS = Path(__file__).parent.parent


def test_a_module_that_starts_a_browser_says_why() -> None:
    started = 0
    for path in TESTS.rglob("test_*.py"):
        text = path.read_text(encoding="utf-8")
        if path != Path(__file__) and re.search("playwright|chromium", text, re.IGNORECASE):
            started += 1
            why = re.search(r"^Needs a browser: \S", ast.get_docstring(ast.parse(text)) or "", re.MULTILINE)
            assert why, f"{path}: its docstring has no line `Needs a browser: ...`"
    assert started > 20
