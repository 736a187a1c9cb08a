"""Make the page's PNG icons from its SVG icons: `python tools/icons.py`. Needs playwright and Chromium. The results are
committed.
"""

from pathlib import Path
from shutil import which

from playwright.sync_api import sync_playwright

ICONS = Path(__file__).resolve().parent.parent / "web" / "public" / "icons"
WANTED = (("parley", 192), ("parley", 512), ("parley-maskable", 512))


def main() -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=which("chromium"), args=["--no-sandbox"])
        for name, size in WANTED:
            page = browser.new_page(viewport={"width": size, "height": size})
            drawing = (ICONS / f"{name}.svg").read_text(encoding="utf-8")
            page.set_content(f"<style>body{{margin:0}} svg{{display:block;width:100vw}}</style>{drawing}")
            page.screenshot(path=ICONS / f"{name}-{size}.png", omit_background=True)
        browser.close()


if __name__ == "__main__":
    main()
