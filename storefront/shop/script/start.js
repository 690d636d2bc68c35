// Loads one module of islands and wakes the islands of this page. A file, not an inline script: the pages' policy allows no inline scripts.
// Its own address names the module and the version: /pkg/start.js?m=shop-browse&v=…
const own = new URL(import.meta.url);
const name = own.searchParams.get("m");
const at = (ending) => new URL(`./${name}.${ending}?v=${own.searchParams.get("v")}`, own);

// What is around a store's pages is moved by a file of its own, which waits for nobody.
if (document.querySelector("[data-frame], [data-of]")) {
  import(new URL(`./frame.js?v=${own.searchParams.get("v")}`, own)).catch(() => {});
}

// What is tapped before the module is there is kept and done when it is.
const early = [];
const keep = (event) => {
  const hit = event.target.closest("[data-add], [data-sub], leptos-island button");
  // The cart at the foot is not the module's.
  if (!hit || hit.closest("[data-bar]")) return;
  event.preventDefault();
  event.stopPropagation();
  early.push(hit);
  hit.setAttribute("aria-busy", "true");
};
addEventListener("click", keep, true);

// A page of the till out of the browser's memory may be long past: an order may stand meanwhile.
if (name !== "shop-browse") addEventListener("pageshow", (event) => event.persisted && location.reload());

try {
  const module = await import(at("js"));
  await module.default({ module_or_path: at("wasm") });
  module.hydrate();

  // An island's id is its name and a hash over its source as the compiler prints it. Pages and modules may come from two compilers that
  // print it differently, so the name alone is enough.
  const byName = new Map(Object.keys(module).map((key) => [key.replace(/_\d+$/, ""), module[key]]));
  for (const island of document.querySelectorAll("leptos-island")) {
    const id = island.dataset.component;
    const wake = module[id] ?? byName.get(id.replace(/_\d+$/, ""));
    if (wake) await wake(island);
    else console.error(`no island ${id} in ${name}`);
  }
} finally {
  removeEventListener("click", keep, true);
}
document.documentElement.dataset.awake = name;
// Islands listen from their first effects on.
await new Promise((done) => setTimeout(done));
for (const hit of early) {
  hit.removeAttribute("aria-busy");
  if (hit.isConnected) hit.click();
}
