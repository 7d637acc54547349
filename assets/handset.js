// The simulated handset: shows what the gateway delivered, sends SMS and dials USSD through the gateway's own doors.
const page = document.documentElement.dataset;
const $ = (id) => document.getElementById(id);
let number = "", last = 0, dialog = null;

const post = (path, fields) =>
  fetch(path, { method: "POST", headers: { "X-Gateway-Token": page.token }, body: new URLSearchParams(fields) });

function show(text, sender, at, mine) {
  const item = document.createElement("li"), head = document.createElement("small");
  if (mine) item.className = "mine";
  head.textContent = `${sender} · ${new Date(at).toLocaleTimeString(page.lang || "ru", { hour: "2-digit", minute: "2-digit" })}`;
  item.append(head, text);
  $("messages").append(item);
  $("messages").scrollTop = $("messages").scrollHeight;
  $("empty").hidden = true;
}

async function refresh() {
  if (number) {
    const answer = await fetch(`/handset/messages?number=${encodeURIComponent(number)}&after=${last}`).catch(() => null);
    if (answer && answer.ok) for (const m of await answer.json()) { last = m.seq; show(m.text, m.sender, m.at); }
  }
  setTimeout(refresh, 1000);
}

function take(event) {
  event.preventDefault();
  // Letters come to the same handset: an address is looked up as it is.
  const asked = $("number").value.trim();
  number = asked.includes("@") ? asked : asked.replace(/\D/g, "");
  last = 0;
  $("messages").replaceChildren();
  $("empty").hidden = false;
  $("phone").hidden = !number;
  screen("", false);
  history.replaceState(null, "", `?number=${encodeURIComponent(number)}`);
}

async function send(event) {
  event.preventDefault();
  const to = $("to").value.trim(), text = $("text").value;
  const answer = await post("/inbound/sms", { id: crypto.randomUUID(), from: number, to, text });
  show(answer.ok ? text : page.failed, to, Date.now(), true);
  if (answer.ok) $("text").value = "";
}

function screen(text, open) {
  $("screen").textContent = text;
  $("reply").hidden = !open;
  $("dial").hidden = open;
  (open ? $("answer") : $("code")).focus();
  if (!open) dialog = null;
}

// What begins with a star or a hash is a USSD code; any other number is called, and its machine takes keys.
async function talk() {
  const { id, code, inputs } = dialog, turn = inputs.length;
  const asked = /^[*#]/.test(code)
    ? post("/inbound/ussd", { sessionId: id, serviceCode: code, phoneNumber: number, text: inputs.join("*"), turn })
    : post("/inbound/voice", { callId: id, dialled: code, caller: number, digits: inputs.join("#"), turn });
  const answer = await asked.catch(() => null);
  const body = answer && answer.ok ? await answer.text() : `END ${page.failed}`;
  screen(body.slice(4), body.startsWith("CON"));
}

function dial(event) {
  event.preventDefault();
  dialog = { id: crypto.randomUUID(), code: $("code").value.trim(), inputs: [] };
  talk();
}

function reply(event) {
  event.preventDefault();
  dialog.inputs.push($("answer").value);
  $("answer").value = "";
  talk();
}

$("choose").addEventListener("submit", take);
$("sms").addEventListener("submit", send);
$("dial").addEventListener("submit", dial);
$("reply").addEventListener("submit", reply);
$("hang").addEventListener("click", () => screen("", false));
const asked = new URLSearchParams(location.search).get("number");
if (asked) { $("number").value = asked; $("choose").requestSubmit(); }
refresh();
