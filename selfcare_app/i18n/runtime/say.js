// Says a sentence in a language: the browser's half of speak.py, from the same catalogues and the same table of formats.
// No floating point touches an amount, no locale data of the browser is used except plural rules and time zones.

const MINUS = "\u2212";
const SECONDS = [["days", 86400], ["hours", 3600], ["minutes", 60], ["seconds", 1]];
const OCTETS = [["gigabytes", 2 ** 30, 2], ["megabytes", 2 ** 20, 1], ["kilobytes", 2 ** 10, 0]];
const DAY = 86400000;
const SHORTEST_INTERNATIONAL = 10;

const pad = (value, length) => String(value).padStart(length, "0");

/** "-12.50" from minor units and a scale. */
function exact(minor, scale) {
  const digits = pad(Math.abs(minor), scale + 1);
  const text = scale ? `${digits.slice(0, -scale)}.${digits.slice(-scale)}` : digits;
  return minor < 0 ? `-${text}` : text;
}

function calendar(zone) {
  const parts = new Intl.DateTimeFormat("en-GB", {
    timeZone: zone, year: "numeric", month: "numeric", day: "numeric", hour: "2-digit", minute: "2-digit", hourCycle: "h23",
  });
  return (instant) => {
    const found = Object.fromEntries(parts.formatToParts(instant).map((part) => [part.type, Number(part.value)]));
    return { y: found.year, m: found.month, d: found.day, hour: found.hour, minute: found.minute };
  };
}

const calendars = {};
const local = (zone, instant) => (calendars[zone] ??= calendar(zone))(instant);
const dayNumber = ({ y, m, d }) => Date.UTC(y, m - 1, d) / DAY;

/** A day from "2026-12-01", an instant ("…T…Z"), or the same as a wire value. */
function moment(value, zone) {
  const text = value && typeof value === "object" ? (value.$date ?? value.$datetime) : value;
  if (!text) return null;
  if (!text.includes("T")) {
    const [y, m, d] = text.split("-").map(Number);
    return { y, m, d, hour: 0, minute: 0 };
  }
  return local(zone, new Date(text));
}

function byPattern(pattern, at, table) {
  const weekday = (new Date(Date.UTC(at.y, at.m - 1, at.d)).getUTCDay() + 6) % 7;
  const write = {
    y: () => at.y, yy: () => pad(at.y % 100, 2),
    LLLL: () => table.monthsAlone[at.m - 1], MMMM: () => table.months[at.m - 1], MMM: () => table.monthsShort[at.m - 1],
    MM: () => pad(at.m, 2), M: () => at.m, dd: () => pad(at.d, 2), d: () => at.d,
    EEEE: () => table.days[weekday], E: () => table.daysShort[weekday], HH: () => pad(at.hour, 2), mm: () => pad(at.minute, 2),
  };
  return pattern.replace(/'([^']*)'|([A-Za-z])\2*/g, (run, quoted) => (quoted !== undefined ? quoted : write[run]()));
}

/**
 * texts: {area: {key without area: text or plural forms}}, table: see cldr.py, region: {zone, code, length, display},
 * missing: called with a key that isn't loaded (it may be on its way), now: () => Date.
 */
export function speaker(language, texts, table, region, { missing = () => {}, now = () => new Date() } = {}) {
  const plurals = new Intl.PluralRules(language);
  const sentence = (key) => {
    const dot = key.indexOf(".");
    const found = texts[key.slice(0, dot)]?.[key.slice(dot + 1)];
    if (found === undefined) missing(key);
    return found;
  };
  const fill = (text, args) =>
    text.replace(/\{(\w+)\}/g, (hole, name) => (args && name in args ? t.show(args[name]) : hole));

  const t = (key, args) => {
    const text = sentence(key);
    return text === undefined ? "" : typeof text === "string" ? fill(text, args) : t.plural(key, args?.n ?? 0, args);
  };
  t.language = language;
  t.plural = (key, n, args) => {
    const forms = sentence(key);
    if (forms === undefined) return "";
    return fill(typeof forms === "string" ? forms : (forms[plurals.select(Number(n))] ?? forms.other), { n: Number(n), ...args });
  };
  t.message = (told) => {
    const key = told?.key ?? told?.id;
    if (!key) return "";
    return told.n === undefined || told.n === null ? t(key, told.args) : t.plural(key, told.n, told.args);
  };
  t.show = (value) => {
    if (value === null || value === undefined) return "";
    if (typeof value === "number") return t.number(value);
    if (typeof value !== "object") return String(value);
    const [kind] = Object.keys(value);
    return TYPES[kind] ? TYPES[kind](value[kind]) : t.message(value);
  };
  t.number = (value) => {
    const given = value && typeof value === "object" ? value.$number : value;
    const found = /^(-?)(\d+)(?:\.(\d+))?$/.exec(String(given));
    if (!found) return "";
    const [, sign, whole, part] = found;
    const zero = /^0*$/.test(whole + (part ?? ""));
    const grouped = whole.replace(/\B(?=(\d{3})+(?!\d))/g, table.group);
    return (sign && !zero ? MINUS : "") + grouped + (part ? table.decimal + part : "");
  };
  t.money = (value, sign = false) => {
    const given = Array.isArray(value) ? value : value?.$money;
    if (!given) return "";
    const [minor, scale, currency] = given;
    const name = texts.format[`currency.${currency}`] ?? currency;
    return t("format.money", { amount: (sign && minor > 0 ? "+" : "") + t.number(exact(minor, scale)), currency: name });
  };
  t.date = (value, style = "human") => {
    const at = moment(value, region.zone);
    if (!at) return "";
    if (style !== "human") return byPattern(table.patterns[style], at, table);
    const today = local(region.zone, now());
    const near = { "-1": "yesterday", 0: "today", 1: "tomorrow" }[dayNumber(at) - dayNumber(today)];
    return near ? t(`format.${near}`) : byPattern(table.patterns[at.y === today.y ? "day" : "long"], at, table);
  };
  t.time = (value) => {
    const at = moment(value, region.zone);
    return at ? byPattern(table.patterns.time, at, table) : "";
  };
  t.datetime = (value, style = "human") => {
    const date = t.date(value, style);
    return date && t("format.moment", { date, time: t.time(value) });
  };
  t.duration = (value) => {
    const seconds = value && typeof value === "object" ? value.$duration : value;
    if (seconds === null || seconds === undefined || seconds === "") return "";
    const parts = [];
    let rest = Number(seconds);
    for (const [unit, size] of SECONDS) {
      const count = Math.floor(rest / size);
      rest -= count * size;
      if (count || (unit === "seconds" && !parts.length)) parts.push(t(`format.duration.${unit}`, { n: count }));
      if (parts.length && (parts.length === 2 || !count)) break;
    }
    return parts.join(" ");
  };
  t.dataSize = (value) => {
    const octets = value && typeof value === "object" ? value.$bytes : value;
    if (octets === null || octets === undefined || octets === "") return "";
    for (const [unit, size, digits] of OCTETS) {
      if (octets >= size) {
        const scaled = Math.floor((octets * 10 ** digits * 2 + size) / (2 * size));
        const text = digits ? exact(scaled, digits).replace(/\.?0+$/, "") : String(scaled);
        return t(`format.size.${unit}`, { n: t.number(text) });
      }
    }
    return t("format.size.bytes", { n: t.number(octets) });
  };
  t.msisdn = (value) => {
    const digits = String((value && typeof value === "object" ? value.$msisdn : value) ?? "");
    if (digits.startsWith(region.code) && digits.length === region.code.length + region.length) {
      let next = region.code.length;
      return region.display.replace(/#/g, () => digits[next++]);
    }
    return /^\d+$/.test(digits) && digits.length >= SHORTEST_INTERNATIONAL ? `+${digits}` : digits;
  };
  const TYPES = {
    $money: t.money, $date: t.date, $datetime: t.datetime, $duration: t.duration, $bytes: t.dataSize,
    $number: t.number, $msisdn: t.msisdn, $text: (key) => t(key),
  };
  return t;
}
