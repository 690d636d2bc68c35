// Wakes the islands of a page: loads the WASM of the same version as this file, then calls each island's export.
// A module of its own, because the content policy allows no inline scripts.
const version = new URL(import.meta.url).search;

async function wake() {
  if (!document.querySelector("leptos-island")) return;
  const mod = await import(`/pkg/console.js${version}`);
  await mod.default({ module_or_path: `/pkg/console.wasm${version}` });
  mod.hydrate();
  for (const island of document.querySelectorAll("leptos-island")) {
    // An export is the island's name and a hash of its source. Server and browser halves may come from different compilers,
    // whose hashes differ, so the name alone decides; names are unique in the console.
    const name = island.dataset.component.replace(/_\d+$/, "");
    const start = Object.keys(mod).find((key) => key.replace(/_\d+$/, "") === name);
    if (start) mod[start](island);
    else console.warn(`no island ${name}`);
  }
}

wake();
