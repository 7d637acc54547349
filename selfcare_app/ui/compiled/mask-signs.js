// A number mask in two spellings: typed (`%` any run of digits, `_` any digit) and as cells, one a digit ("" is any).

/** Cells of a typed mask; null when it can't be shown in cells: two or more free runs, or too long. */
export function toCells(typed, length, run = "%", any = "_") {
  const parts = typed.split(run).filter((part, at, all) => part || at === 0 || at === all.length - 1);
  const [head, tail = ""] = parts;
  const free = length - head.length - tail.length;
  if (parts.length > 2 || free < 0) return null;
  return [...(head + any.repeat(free) + tail)].map((sign) => (sign === any ? "" : sign));
}

/** What is sent: a mask that is still too short goes on with any digits, as its cells show. */
export function whole(typed, length, run = "%") {
  return typed && !typed.includes(run) && typed.length < length ? typed + run : typed;
}

/** The shortest typed form of cells: the longest run of free ones is written as one sign; all free is "". */
export function toTyped(cells, run = "%", any = "_") {
  if (cells.every((cell) => !cell)) return "";
  let best = [0, 0];
  for (let at = 0; at < cells.length; at += 1) {
    let end = at;
    while (end < cells.length && !cells[end]) end += 1;
    if (end - at > best[1] - best[0]) best = [at, end];
    at = Math.max(at, end);
  }
  const [from, to] = best[1] - best[0] > 1 ? best : [0, 0];
  const write = (part) => part.map((cell) => cell || any).join("");
  return write(cells.slice(0, from)) + (to > from ? run : "") + write(cells.slice(to));
}

/** What a person may have meant: only digits and the two signs; usual stand-ins are understood. */
export function cleaned(text, run = "%", any = "_") {
  return text.replace(/\*/g, run).replace(/[?xXхХ]/g, any).split("").filter((sign) => /\d/.test(sign) || sign === run || sign === any).join("");
}
