"""Goes through a page with the keyboard alone."""

from playwright.sync_api import Page

_MARK = """
() => {
  const able = [...document.querySelectorAll("a[href], button:not(:disabled), input:not([type=hidden]):not(:disabled), select:not(:disabled), textarea, summary, [tabindex='0']")]
    .filter((node) => node.checkVisibility({ visibilityProperty: true }) && !node.closest("[inert]") && node.tabIndex >= 0);
  const radios = new Set();
  let count = 0;
  for (const node of able) {
    // One stop a group of radio buttons: the chosen one, or the first.
    if (node.type === "radio") {
      const group = [...document.querySelectorAll(`input[type=radio][name="${node.name}"]`)];
      if (node !== (group.find((each) => each.checked) ?? group[0]) || radios.has(node.name)) continue;
      radios.add(node.name);
    }
    node.dataset.stop = String(count++);
  }
  // The next Tab starts where the focus was last: here, at the very top.
  document.body.tabIndex = -1;
  document.body.focus();
  document.body.removeAttribute("tabindex");
  window.scrollTo(0, 0);
  return count;
}
"""
_STOP = """
() => {
  const node = document.activeElement;
  if (!node || node === document.body) return null;
  const name = `${node.nodeName.toLowerCase()} "${(node.getAttribute("aria-label") || node.textContent || node.name || "").trim().slice(0, 40)}"`;
  const holders = [node, node.closest("label"), ...document.querySelectorAll(`label[for="${node.id || "-"}"]`)].filter(Boolean);
  const seen = holders.some((each) => { const style = getComputedStyle(each); return (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2) || style.boxShadow.includes("3px") || style.boxShadow.includes("2px"); });
  const box = node.getBoundingClientRect();
  const middle = [box.left + box.width / 2, box.top + Math.min(box.height, 40) / 2];
  const top = document.elementFromPoint(...middle);
  const hidden = box.width > 1 && box.height > 1 && (!top || !(holders.some((each) => each.contains(top) || top.contains(each))));
  return { stop: node.dataset.stop ?? null, name, seen, hidden, over: hidden && top ? top.nodeName.toLowerCase() + "." + top.className : "" };
}
"""
_MISSED = """
(reached) => [...document.querySelectorAll("[data-stop]")].filter((node) => !reached.includes(node.dataset.stop))
  .map((node) => `${node.nodeName.toLowerCase()} "${(node.getAttribute("aria-label") || node.textContent || node.name || "").trim().slice(0, 40)}"`)
"""
_MORE_THAN_ENOUGH = 12


def unreachable(page: Page) -> list[str]:
    """Everything that Tab doesn't reach, reaches without showing it, or reaches under something else."""
    stops = page.evaluate(_MARK)
    reached, faults = [], []
    for _ in range(stops + _MORE_THAN_ENOUGH):
        page.keyboard.press("Tab")
        found = page.evaluate(_STOP)
        if found is None:
            break
        if found["stop"] is not None and reached[-1:] == [found["stop"]]:
            # Day, month, year and the calendar of a date field are stops of their own inside it.
            continue
        if found["stop"] in reached:
            break
        if found["stop"] is not None:
            reached.append(found["stop"])
        if not found["seen"]:
            faults.append(f"focus not visible: {found['name']}")
        if found["hidden"]:
            faults.append(f"focus behind {found['over']}: {found['name']}")
    missed = page.evaluate(_MISSED, reached)
    page.evaluate("document.querySelectorAll('[data-stop]').forEach((node) => delete node.dataset.stop)")
    return faults + [f"not reached by keyboard: {name}" for name in missed]
