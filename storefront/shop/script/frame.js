// What moves around a store's pages and needs no WASM: the cart at the foot, a list that goes on and its rail, coupons claimed where they stand, a cart that
// comes along to another store. All of it is HTML of the server's; without this file the same are links and pages.
const get = (key) => {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
};
const put = (key, value) => {
  try {
    localStorage.setItem(key, value);
  } catch {
    // A device that keeps nothing has an empty cart.
  }
};
const bar = document.querySelector("[data-bar]");
const store = bar?.dataset.bar;
const cartOf = (store) => {
  try {
    return JSON.parse(get(`ld-cart-${store}`)) ?? [];
  } catch {
    return [];
  }
};
const unticked = () => (get(`ld-off-${store}`) ?? "").split(" ").filter(Boolean);
/** As the islands keep it: on the device, in a cookie of the cart's own pages, and told to the page. */
const cookie = (store, lines) => {
  document.cookie = `ld_cart=${lines.map((l) => `${l.sku}:${l.quantity}`).join(".")}; Path=/s/${store}/cart; Max-Age=2592000; SameSite=Lax`;
};
const keep = (store, lines) => {
  put(`ld-cart-${store}`, JSON.stringify(lines));
  cookie(store, lines);
  dispatchEvent(new Event("ld-cart"));
};

// ---------------------------------------------------------------- the cart at the foot

let asked = 0;
let shown = "";
const said = document.getElementById("bar-said");

function fill(html) {
  const old = bar.querySelector(".fill");
  const [open, at] = [old.querySelector(".half")?.open, old.querySelector(".drawer")?.scrollTop ?? 0];
  const held = old.contains(document.activeElement) ? document.activeElement : null;
  const fresh = document.createElement("div");
  fresh.innerHTML = html || '<div class="fill"></div>';
  const next = fresh.firstElementChild;
  old.replaceWith(next);
  bar.classList.toggle("on", html !== "");
  document.body.classList.toggle("with-bar", html !== "");
  const half = next.querySelector(".half");
  if (half && open) {
    half.open = true;
    next.querySelector(".drawer").scrollTop = at;
  }
  // The keyboard stays at its button; where that is gone, at the cart.
  if (held) {
    const kind = ["add", "sub", "tick"].find((k) => held.dataset[k]);
    const same = kind && next.querySelector(`[data-${kind}="${CSS.escape(held.dataset[kind])}"]`);
    (same || next.querySelector("summary"))?.focus();
  }
  if (said.textContent !== (next.dataset.said ?? "")) said.textContent = next.dataset.said ?? "";
  const counts = Object.fromEntries((next.dataset.counts ?? "").split(" ").filter(Boolean).map((part) => part.split(":")));
  for (const link of document.querySelectorAll(".side [data-cat]")) {
    if (counts[link.dataset.cat]) link.dataset.n = counts[link.dataset.cat];
    else delete link.dataset.n;
  }
  greet(Number(next.dataset.gone ?? 0));
}

async function refresh(again) {
  const lines = cartOf(store);
  const key = JSON.stringify([lines, unticked()]);
  if (key === shown && again !== true) return;
  shown = key;
  const mine = ++asked;
  if (!lines.length) return fill("");
  cookie(store, lines);
  bar.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(`/s/${store}/cart/bar?off=${unticked().join(".")}`);
    const html = answer.ok ? await answer.text() : null;
    if (mine !== asked) return;
    if (html !== null) fill(html);
    // What could not be priced is still in the cart.
    else bar.classList.add("on");
  } catch {
    if (mine === asked) {
      bar.classList.add("on");
      shown = "";
    }
  }
  if (mine === asked) bar.removeAttribute("aria-busy");
}

/** A line more or less of what is in the half screen: pages of every module have it. */
function step(sku, by) {
  const lines = cartOf(store);
  const line = lines.find((l) => l.sku === sku);
  if (!line) return;
  line.quantity = Math.min(999, line.quantity + by);
  keep(store, lines.filter((l) => l.quantity > 0));
}

function tick(sku) {
  const off = unticked();
  put(`ld-off-${store}`, (off.includes(sku) ? off.filter((o) => o !== sku) : [...off, sku]).join(" "));
  dispatchEvent(new Event("ld-cart"));
}

if (bar) {
  bar.addEventListener("click", (event) => {
    const hit = event.target.closest("[data-add], [data-sub], [data-tick], [data-clear], [data-drop]");
    if (!hit) return;
    event.preventDefault();
    event.stopPropagation();
    const { add, sub, tick: ticked, clear, drop } = hit.dataset;
    if (add) step(add, 1);
    else if (sub) step(sub, -1);
    else if (ticked) tick(ticked);
    else if (clear && confirm("清空购物车里的全部商品？")) keep(store, []);
    else if (drop) keep(store, cartOf(store).filter((l) => !drop.split(" ").includes(l.sku)));
  });
  for (const event of ["ld-cart", "storage", "online"]) addEventListener(event, () => refresh(event === "online"));
  // A page out of the browser's memory may be older than the cart.
  addEventListener("pageshow", (event) => event.persisted && refresh(true));
  refresh();
}

// Half screens close by a tap beside them and by Escape, and one at a time.
addEventListener("click", (event) => {
  for (const half of document.querySelectorAll(".half[open]")) if (!half.contains(event.target)) half.open = false;
});
addEventListener("keydown", (event) => {
  const half = event.key === "Escape" && document.querySelector(".half[open]");
  if (!half) return;
  half.open = false;
  half.querySelector("summary").focus();
});

// ---------------------------------------------------------------- a list that goes on

const list = document.querySelector("[data-list]");
const rail = document.querySelector(".side");

if (list && rail) {
  const KEPT = "ld-list";
  const head = () => document.querySelector(".shop-head")?.offsetHeight ?? 0;
  const partOf = (cat) => list.querySelector(`.part[data-cat="${CSS.escape(cat)}"]`);

  // Back from a product: what was there, where it was.
  const back = performance.getEntriesByType("navigation")[0]?.type === "back_forward";
  let had = null;
  try {
    had = back ? JSON.parse(sessionStorage.getItem(KEPT)) : null;
  } catch {
    // Nothing was kept.
  }
  if (had?.at === location.href && Date.now() - had.when < 600_000) {
    list.innerHTML = had.html;
    scrollTo(0, had.y);
    dispatchEvent(new Event("ld-cart"));
  }
  addEventListener("pagehide", () => {
    const html = list.innerHTML;
    try {
      if (html.length < 800_000) sessionStorage.setItem(KEPT, JSON.stringify({ at: location.href, when: Date.now(), y: scrollY, html }));
    } catch {
      // Too much for this device: the list begins anew.
    }
  });

  let busy = false;
  const near = new IntersectionObserver((seen) => seen.some((s) => s.isIntersecting) && more(), { rootMargin: "0px 0px 500px" });
  const watch = () => {
    const foot = list.querySelector(".foot");
    near.disconnect();
    if (foot?.querySelector("a[rel=next]")) near.observe(foot);
  };
  async function more() {
    const link = list.querySelector(".foot a[rel=next]");
    if (!link || busy) return;
    busy = true;
    link.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(link.href);
      if (!answer.ok) return;
      const theirs = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-list]");
      const foot = link.closest(".foot");
      for (const part of theirs.querySelectorAll(".part")) {
        const mine = partOf(part.dataset.cat)?.querySelector("ul.goods");
        if (mine) mine.append(...part.querySelectorAll("ul.goods > li"));
        else foot.before(part);
      }
      // One page has one first heading.
      for (const extra of [...list.querySelectorAll("h1")].slice(1)) {
        const heading = document.createElement("h2");
        heading.className = extra.className;
        heading.textContent = extra.textContent;
        extra.replaceWith(heading);
      }
      foot.replaceWith(theirs.querySelector(".foot"));
      dispatchEvent(new Event("ld-cart"));
      watch();
    } catch {
      // The link is still there.
    } finally {
      link.removeAttribute("aria-busy");
      busy = false;
    }
  }
  watch();

  // The rail says where one is, and leads there when it is here already.
  let waits = false;
  const follow = () => {
    waits = false;
    const line = head() + 60;
    const at = [...list.querySelectorAll(".part")].filter((p) => p.getBoundingClientRect().top <= line).pop();
    if (!at) return;
    for (const link of rail.querySelectorAll("[data-cat]")) {
      const here = link.dataset.cat === at.dataset.cat;
      if (here === link.hasAttribute("aria-current")) continue;
      if (here) {
        link.setAttribute("aria-current", "page");
        rail.scrollTo({ top: link.offsetTop - rail.clientHeight / 2 });
      } else link.removeAttribute("aria-current");
    }
  };
  addEventListener(
    "scroll",
    () => {
      if (waits) return;
      waits = true;
      requestAnimationFrame(follow);
    },
    { passive: true },
  );
  rail.addEventListener("click", (event) => {
    const link = event.target.closest("[data-cat]");
    const part = link && partOf(link.dataset.cat);
    if (!part || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    scrollTo({ top: part.getBoundingClientRect().top + scrollY - head() });
  });
}

// ---------------------------------------------------------------- coupons, claimed where they stand

addEventListener("click", async (event) => {
  const button = event.target.closest?.("[data-claim]");
  if (!button) return;
  event.preventDefault();
  if (button.getAttribute("aria-disabled") === "true") return;
  button.setAttribute("aria-disabled", "true");
  try {
    const body = JSON.stringify({ had: Number(button.dataset.had) });
    const answer = await fetch(`/api/v1/coupons/${button.dataset.claim}/claims`, { method: "POST", headers: { "content-type": "application/json" }, body });
    if (answer.status === 401) {
      location.href = `/login?to=${encodeURIComponent(location.pathname + location.search)}`;
      return;
    }
    const told = await answer.json();
    button.textContent = answer.ok ? "已领取" : "领取";
    toast(answer.ok ? "已放入我的优惠券" : told.detail);
    if (!answer.ok) button.removeAttribute("aria-disabled");
  } catch {
    button.removeAttribute("aria-disabled");
    toast("网络不太顺畅，请稍后再试");
  }
});

function toast(text) {
  const old = document.getElementById("toast");
  const box = old ?? document.createElement("div");
  box.id = "toast";
  box.setAttribute("role", "status");
  if (!old) document.body.append(box);
  // Said only when it is there to be said in.
  setTimeout(() => (box.textContent = text), 50);
  clearTimeout(toast.over);
  toast.over = setTimeout(() => box.remove(), 5_000);
}

// ---------------------------------------------------------------- to another store, with the goods

const CAME = "ld-came";
const of = document.querySelector("[data-of]")?.dataset.of;
if (of)
  addEventListener("click", (event) => {
    const to = event.target.closest?.("a.shop[data-store]")?.dataset.store;
    const goes = cartOf(of);
    if (!to || to === of || !goes.length) return;
    // What the other store's cart has already stays in it; of the same the greater number.
    const there = cartOf(to);
    for (const line of goes) {
      const same = there.find((l) => l.sku === line.sku);
      if (same) same.quantity = Math.max(same.quantity, line.quantity);
      else if (there.length < 40) there.push(line);
    }
    put(`ld-cart-${to}`, JSON.stringify(there));
    cookie(to, there);
    try {
      sessionStorage.setItem(CAME, JSON.stringify({ to, kinds: goes.length }));
    } catch {
      // It is not told then.
    }
  });

/** Once after the change: what came along, and that not all of it is sold here. */
function greet(gone) {
  let came = null;
  try {
    came = JSON.parse(sessionStorage.getItem(CAME));
    sessionStorage.removeItem(CAME);
  } catch {
    // Nobody came from anywhere.
  }
  if (came?.to !== store) return;
  toast(`已带来 ${came.kinds} 种商品${gone ? `，其中 ${gone} 种本店没有，列在失效商品里` : ""}`);
}
