// Wakes the islands of a page: loads one module of WASM, of the same version as this file, then calls each island's export.
// A file of its own, because the content policy allows no inline scripts. Its address names the module and the version:
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

async function wake() {
  if (!document.querySelector("leptos-island")) return;
  const mod = await import(`/pkg/${name}.js?v=${version}`);
  await mod.default({ module_or_path: `/pkg/${name}.wasm?v=${version}` });
  mod.hydrate();
  for (const island of document.querySelectorAll("leptos-island")) {
    // An export is the island's name and a hash of its source. Server and browser halves may come from different compilers,
    // whose hashes differ, so the name alone decides; names are unique in the console.
    const kind = island.dataset.component.replace(/_\d+$/, "");
    const start = Object.keys(mod).find((key) => key.replace(/_\d+$/, "") === kind);
    if (start) mod[start](island);
    else console.error(`no island ${kind} in ${name}`);
  }
  document.documentElement.dataset.awake = "";
}

wake().catch(() => fault("load"));
