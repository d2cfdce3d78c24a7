"""Draw the app's icons anew from favicon.svg: ``python -m tools.icons``."""

from pathlib import Path

from playwright.sync_api import Page, sync_playwright

CHROMIUM = "/usr/bin/chromium"
STATIC = Path(__file__).parents[1] / "portal" / "web" / "static"
# Name, edge in pixels, and the share of the edge that the drawing takes: what a phone cuts to its
# own shape keeps the drawing within the safe circle, on a ground that reaches the edge.
ICONS = (
    ("icon-192", 192, 1.0),
    ("icon-512", 512, 1.0),
    ("maskable-512", 512, 0.72),
    ("apple-touch-180", 180, 1.0),
)
OPAQUE = ("maskable-512", "apple-touch-180")
GROUND = "#0b6e69"


def main() -> None:
    """Write every icon as PNG."""
    drawing = (STATIC / "favicon.svg").read_text(encoding="utf-8")
    (STATIC / "icons").mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page()
        for name, edge, share in ICONS:
            _draw(page, drawing, name, edge, share)
        browser.close()


def _draw(page: Page, drawing: str, name: str, edge: int, share: float) -> None:
    ground = GROUND if name in OPAQUE else "transparent"
    size = round(edge * share)
    page.set_viewport_size({"width": edge, "height": edge})
    page.set_content(
        f"<style>*{{margin:0}}body{{background:{ground};display:grid;place-items:center;"
        f"height:100vh}}svg{{width:{size}px;height:{size}px;display:block}}</style>{drawing}"
    )
    page.screenshot(path=STATIC / "icons" / f"{name}.png", omit_background=True)


if __name__ == "__main__":
    main()
