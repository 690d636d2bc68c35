// Wakes the islands of a page: loads one module of WASM, of the same version as this file, then calls each island's export.
// Before that it makes the frame work. A file of its own, because the content policy allows no inline scripts. Its address names the module and the version:
// /pkg/console-load.js?v=…&m=console-board
const own = new URL(import.meta.url).searchParams;
const [version, name] = [own.get("v"), own.get("m")];

// The page's program has stopped: says so, once, with a way on, and tells the server where. Called from the WASM's panic hook.
function fault(at) {
  if (document.getElementById("fault")) return;
  const box = document.createElement("div");
  box.id = "fault";
  box.setAttribute("role", "alert");
  const words = document.createElement("span");
  words.textContent = "页面出错，重新加载后可以继续；没有提交的内容会保留。";
  const again = document.createElement("button");
  again.type = "button";
  again.className = "primary";
  again.textContent = "重新加载";
  again.addEventListener("click", () => location.reload());
  box.append(words, again);
  document.body.prepend(box);
  fetch("/api/v1/page-faults", {
    method: "POST",
    keepalive: true,
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ page: location.pathname, at, version }),
  }).catch(() => {});
}
globalThis.liandianFault = fault;
addEventListener("error", (e) => {
  if (e.error instanceof WebAssembly.RuntimeError) fault("wasm");
});

// The frame works before the modules have come: the navigation is as this person left it on this device, and folds.
const kept = (key) => { try { return localStorage.getItem(key); } catch { return null; } };
const keep = (key, value) => { try { localStorage.setItem(key, value); } catch { /* a forbidden storage only costs the memory */ } };
const fold = document.getElementById("nav-fold");
if (fold) {
  const show = (folded) => {
    document.documentElement.toggleAttribute("data-folded", folded);
    fold.setAttribute("aria-expanded", String(!folded));
  };
  show(kept("ld-nav") === "folded");
  fold.addEventListener("click", () => {
    const folded = !document.documentElement.hasAttribute("data-folded");
    show(folded);
    keep("ld-nav", folded ? "folded" : "open");
  });
}
for (const group of document.querySelectorAll("#side details")) {
  const key = `ld-nav-${group.dataset.group}`;
  const was = kept(key);
  // The group of this page is open whatever was left.
  if (was && group.dataset.here === undefined) group.open = was === "open";
  group.querySelector("summary").addEventListener("click", () => keep(key, group.open ? "shut" : "open"));
}
const more = document.querySelector(".more-nav");
if (more) {
  addEventListener("keydown", (e) => {
    if (e.key !== "Escape" || !more.open) return;
    more.open = false;
    more.querySelector("summary").focus();
  });
  addEventListener("click", (e) => {
    if (!more.contains(e.target)) more.open = false;
  });
}

// An export is the island's name and a hash of its source. Server and browser halves may come from different compilers,
// whose hashes differ, so the name alone decides; names are unique in the console.
const kindOf = (text) => text.replace(/_\d+$/, "");

async function load(name, islands) {
  const mod = await import(`/pkg/${name}.js?v=${version}`);
  await mod.default({ module_or_path: `/pkg/${name}.wasm?v=${version}` });
  mod.hydrate();
  for (const island of islands) {
    const kind = kindOf(island.dataset.component);
    const start = Object.keys(mod).find((key) => kindOf(key) === kind);
    if (start) mod[start](island);
    else console.error(`no island ${kind} in ${name}`);
  }
}

// The command box stands on every page and is wanted by few of those who open it: its module comes when somebody does.
const islands = [...document.querySelectorAll("leptos-island")];
const commandBoxes = islands.filter((island) => kindOf(island.dataset.component) === "CommandBox");
const find = document.querySelector("button.find");
let [commandBox, ready] = [undefined, false];
const wakeCommandBox = () => (commandBox ??= load("console-find", commandBoxes).then(() => { ready = true; }, () => fault("load")));
async function openCommandBox() {
  await wakeCommandBox();
  // From now on the island itself hears clicks.
  if (ready) find.click();
}
if (find) {
  find.addEventListener("pointerover", wakeCommandBox, { once: true });
  find.addEventListener("focus", wakeCommandBox, { once: true });
  find.addEventListener("click", () => { if (!ready) openCommandBox(); });
  addEventListener("keydown", (e) => {
    const typing = ["INPUT", "SELECT", "TEXTAREA"].includes(document.activeElement?.tagName);
    const slash = e.key === "/" && !typing && !e.ctrlKey && !e.metaKey && !e.altKey;
    if (!slash && !((e.ctrlKey || e.metaKey) && e.key.toLowerCase() === "k")) return;
    e.preventDefault();
    openCommandBox();
  });
}

async function wake() {
  if (islands.length === 0) return;
  await load(name, islands.filter((island) => !commandBoxes.includes(island)));
  document.documentElement.dataset.awake = "";
  // At a keyboard the box is there before anybody types: the page is usable by now, and the line is idle.
  if (find && matchMedia("(pointer: fine)").matches) (globalThis.requestIdleCallback ?? setTimeout)(wakeCommandBox);
}

wake().catch(() => fault("load"));
