// Loads one module of islands and wakes the islands of this page. A file, not an inline script: the pages' policy allows no inline scripts.
// Its own address names the module and the version: /pkg/start.js?m=shop-browse&v=…
const own = new URL(import.meta.url);
const name = own.searchParams.get("m");
const at = (ending) => new URL(`./${name}.${ending}?v=${own.searchParams.get("v")}`, own);

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
document.documentElement.dataset.awake = name;
