"""Whether explorers can be used on a small screen: what is moved and what it changes are in sight together."""

from playwright.sync_api import Locator, Page, expect

SCREENS = ((1280, 720), (900, 720))

# Whole, and its picture as large as it was drawn, so that its letters are too.
_IN_SIGHT = """explorer => {
  explorer.scrollIntoView({ block: "start" });
  const picture = explorer.querySelector("img");
  const stretched = Math.hypot(
    picture.naturalWidth - picture.clientWidth, picture.naturalHeight - picture.clientHeight);
  const screen = explorer.closest(".jp-WindowedPanel-outer").getBoundingClientRect();
  const box = explorer.getBoundingClientRect();
  return picture.complete && stretched < 3 && box.height <= screen.height && box.right <= screen.right;
}"""

# Each control, label and button with its box; a label that holds its control counts once, as a whole.
_OVERLAPS = """explorer => {
  const parts = [...explorer.querySelectorAll("label, input, output, button, legend, span, strong, img, p")]
    .filter(part => part.getClientRects().length && !part.parentElement.closest("label"))
    .map(part => [part, part.getBoundingClientRect()]);
  const words = part => part.textContent || part.getAttribute("aria-valuetext") || part.tagName;
  const found = [];
  for (const [one, a] of parts) {
    if (one.scrollWidth > one.clientWidth + 1 && one.clientWidth) found.push(`${words(one)} is cut`);
    for (const [other, b] of parts) {
      const wide = Math.min(a.right, b.right) - Math.max(a.left, b.left);
      const high = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
      if (one !== other && wide > 1 && high > 1) found.push(`${words(one)} lies over ${words(other)}`);
    }
  }
  return found;
}"""

# A saved picture is white in the light theme; what the page shows in the dark one has gone through its filter.
_FILTER = """explorer => {
  const picture = explorer.querySelector("img");
  return [picture.classList.contains("course-follows-theme"), getComputedStyle(picture).filter];
}"""


def assert_usable_on_small_screens(page: Page, explorers: list[Locator]) -> None:
    """Hold each explorer to screens of 1280 and of 900 pixels' width, side bar and all."""
    for width, height in SCREENS:
        page.set_viewport_size({"width": width, "height": height})
        for explorer in explorers:
            explorer.scroll_into_view_if_needed()
            page.wait_for_function(_IN_SIGHT, arg=explorer.element_handle())
            assert explorer.evaluate(_OVERLAPS) == [], explorer.get_attribute("aria-label")


def choose_theme(page: Page, theme: str) -> None:
    """Change JupyterLab's theme to "Light" or "Dark"."""
    page.evaluate(
        "theme => jupyterapp.commands.execute('apputils:change-theme', {theme}).then(() => true)", f"JupyterLab {theme}"
    )
    expect(page.locator("body")).to_have_attribute("data-jp-theme-light", str(theme == "Light").lower())
    expect(page.locator("#jupyterlab-splash")).to_have_count(0)  # it lies over the page while the theme is loaded


def assert_pictures_follow_the_dark_theme(page: Page, explorers: list[Locator]) -> None:
    """Hold each explorer's picture to be dark where the page is, unless it is a medical image."""
    for theme, shown in (("Light", "none"), ("Dark", "invert(1) hue-rotate(180deg)")):
        choose_theme(page, theme)
        for explorer in explorers:
            follows, filtered = explorer.evaluate(_FILTER)
            assert filtered == (shown if follows else "none"), explorer.get_attribute("aria-label")
