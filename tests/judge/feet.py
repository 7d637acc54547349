"""Notes how far things on a page jump while data arrives."""

from playwright.sync_api import BrowserContext, Page

ALLOWED = 0.1
"""The browsers' own limit of a good cumulative layout shift."""
_WATCH = """
window.__shifts = [];
new PerformanceObserver((list) => {
  for (const entry of list.getEntries())
    if (!entry.hadRecentInput) window.__shifts.push([entry.value, (entry.sources || []).map((each) => `${each.node?.textContent?.slice(0, 30)} ${Math.round(each.previousRect.y)}→${Math.round(each.currentRect.y)}`).join(" | ")]);
}).observe({ type: "layout-shift", buffered: true });
"""


def watch(context: BrowserContext) -> None:
    """Has every page of the browser note its shifts from the start."""
    context.add_init_script(_WATCH)


def jumps(page: Page) -> list[str]:
    """Whether things have jumped since the page was loaded, and which."""
    seen = page.evaluate("window.__shifts ?? []")
    total = sum(value for value, _ in seen)
    return [f"layout shift {total:.3f}: {seen}"] if total >= ALLOWED else []
