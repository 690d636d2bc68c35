// Runs in WeChat's mini-program only: the server names it in pages for browsers that say to be one. What only the shell around the page can do
// (pay, WeChat's addresses, the map, scanning) is asked of it by going to one of its pages; the shell leads back to an address of ours.
// storefront/miniprogram/app/lib/messages.js is the same list on the other side.

/** The shell's pages, each with the parameters that it needs. */
export const MESSAGES = { login: ["to"], pay: ["order"], address: ["back"], place: ["back"], scan: ["store"], phone: ["back"] };

/** Its tabs. */
export const TABS = ["home", "goods", "cart", "mine"];

/** What is posted for the card that is shared. */
export const SHARED = ["path", "title", "picture"];

/** WeChat's bridge. The pages' policy lets this one address in, and only here. */
export const BRIDGE = "https://res.wx.qq.com/open/js/jweixin-1.6.0.js";

/** A session that ended leads to the shell's login by itself, but not again and again. */
const PATIENCE_MS = 30_000;

/** The address of a page of the shell, or null for what it does not know. */
export const pageOf = (name, given) => {
  if (!Object.hasOwn(MESSAGES, name)) return null;
  const pairs = MESSAGES[name].map((need) => `${need}=${encodeURIComponent(given[need] ?? "")}`);
  return `/pages/${name}/${name}?${pairs.join("&")}`;
};

/** The tab that a link leads to from a page, or null when it stays where it is. */
export const tabOf = (from, to) => {
  const [here, there] = [from, to].map((path) => path.split(/[?#]/)[0]);
  if (here === there) return null;
  const store = (path) => /^\/s\/([^/]+)/.exec(path)?.[1];
  // Tabs are of the store that is looked at; another store's pages open where one is.
  if (store(here) && store(there) && store(here) !== store(there)) return null;
  if (/^\/s\/[^/]+\/cart$/.test(there)) return "cart";
  if (there === "/orders" && !here.startsWith("/orders")) return "mine";
  // From a cart or from orders, a store's home is another tab.
  if (/^\/s\/[^/]+$/.test(there) && /^\/orders|\/cart$/.test(here)) return "home";
  return null;
};

/** Puts what the shell picked into what the till keeps of this visit, as if it had been typed. True when it was the till's. */
export const fillIn = (storage, picked, told) => {
  for (const key of Object.keys(storage).filter((name) => name.startsWith("ld-form-"))) {
    let form;
    try {
      form = JSON.parse(storage.getItem(key));
    } catch {
      continue;
    }
    if (!form) continue;
    // What was picked is for goods that are brought.
    if (picked !== "phone" && form.way === "pickup") form.way = "delivery";
    // An address stands first in the book by now, and an empty form takes that.
    if (picked === "address") Object.assign(form, { name: "", phone: "", district: "", street: "", point: null });
    if (picked === "place") {
      const point = { lat: Number(told.get("lat")), lng: Number(told.get("lng")) };
      if (!Number.isFinite(point.lat) || !Number.isFinite(point.lng)) continue;
      Object.assign(form, { point, district: told.get("district") || form.district, street: told.get("street") || form.street });
    }
    if (picked === "phone" && /^1\d{10}$/.test(told.get("phone") ?? "")) form.phone = told.get("phone");
    storage.setItem(key, JSON.stringify(form));
  }
};

/** Takes what the shell left in this page's address, and takes it out of there. */
const arrived = (win) => {
  const { location, history, sessionStorage } = win;
  const query = new URLSearchParams(location.search);
  const picked = query.get("picked");
  if (picked) fillIn(sessionStorage, picked, new URLSearchParams(location.hash.slice(1)));
  if (!picked && !query.has("at")) return;
  query.delete("picked");
  query.delete("at");
  const rest = query.toString();
  history.replaceState(history.state, "", `${location.pathname}${rest ? `?${rest}` : ""}`);
};

/** WeChat's bridge of this page, once it is there. */
const bridgeOf = (win) => {
  let loading;
  return () => {
    loading ??= new Promise((done, failed) => {
      if (win.wx?.miniProgram) return done(win.wx.miniProgram);
      const script = win.document.createElement("script");
      script.src = BRIDGE;
      script.onload = () => (win.wx?.miniProgram ? done(win.wx.miniProgram) : failed(new Error("no mini-program")));
      script.onerror = () => {
        loading = undefined;
        script.remove();
        failed(new Error("no bridge"));
      };
      win.document.head.append(script);
    });
    return loading;
  };
};

/** Wakes the page's side of the shell. */
export const shell = (win) => {
  const { document, location, sessionStorage } = win;
  arrived(win);
  const bridge = bridgeOf(win);
  const here = () => location.pathname + location.search;
  const store = () => /^\/s\/([^/]+)/.exec(location.pathname)?.[1] ?? "";

  /** Without the bridge the page is as in any browser. */
  const lost = () => {
    document.documentElement.removeAttribute("data-shell");
    for (const made of document.querySelectorAll(".chips.shell")) made.remove();
    delete win.ldShell;
  };

  /** Asks the shell for something, or to go back to where this page was opened from; false when it has no such page, and the page goes its own way. */
  const tell = (name, given = {}) => {
    if (name === "back") {
      bridge().then((mini) => mini.navigateBack(), () => win.history.back());
      return true;
    }
    const url = pageOf(name, { to: here(), back: here(), store: store(), ...given });
    if (!url) return false;
    bridge().then((mini) => mini.navigateTo({ url }), () => {
      lost();
      // The order stands, and this address is its page's by now.
      if (name === "pay") location.reload();
    });
    return true;
  };
  // For the islands: `ldShell("pay", "ord_…")`.
  win.ldShell = (name, value) => tell(name, Object.hasOwn(MESSAGES, name) && value ? { [MESSAGES[name][0]]: value } : {});

  const login = () => tell("login", { to: new URLSearchParams(location.search).get("to") ?? "/" });
  const atLogin = location.pathname === "/login";
  if (atLogin && Date.now() - Number(sessionStorage.getItem("ld-shell-login") ?? 0) > PATIENCE_MS) {
    sessionStorage.setItem("ld-shell-login", String(Date.now()));
    login();
  }

  document.addEventListener("click", (event) => {
    if (!document.documentElement.hasAttribute("data-shell")) return;
    const asks = event.target.closest?.("[data-shell-ask]");
    const link = event.target.closest?.("a[href]");
    if (asks && tell(asks.dataset.shellAsk, { ...asks.dataset })) return event.preventDefault();
    if (!link || event.defaultPrevented) return;
    const url = new URL(link.href, location.href);
    // The way to a login in a browser is none here.
    if (atLogin && url.origin !== location.origin) {
      event.preventDefault();
      login();
      return;
    }
    const tab = url.origin === location.origin && tabOf(location.pathname, url.pathname);
    if (!tab) return;
    event.preventDefault();
    bridge().then((mini) => mini.switchTab({ url: `/pages/${tab}/${tab}` }), () => location.assign(url));
  });

  // What the shell can do and a browser cannot: buttons outside of islands, which know nothing of them.
  const button = (ask, label) => {
    const made = document.createElement("button");
    Object.assign(made, { type: "button", className: "chip go", textContent: label });
    made.dataset.shellAsk = ask;
    return made;
  };
  const row = (...buttons) => {
    const made = document.createElement("div");
    made.className = "chips shell";
    made.append(...buttons);
    return made;
  };
  const outside = (element) => element?.closest("leptos-island") ?? element;
  if (/\/checkout$/.test(location.pathname)) {
    outside(document.querySelector("form.till"))?.before(row(button("address", "微信地址"), button("place", "地图选点"), button("phone", "微信手机号")));
  } else {
    const search = outside(document.querySelector("form.search"));
    if (search) (search.closest(".top") ?? search).after(row(button("scan", "扫一扫"), ...(location.pathname === "/" ? [button("place", "地图选点")] : [])));
  }

  const picture = document.querySelector('meta[property="og:image"]')?.content ?? document.querySelector("main img")?.src;
  const title = document.title.replace(/ · [^·]*$/, "");
  bridge().then((mini) => mini.postMessage({ data: { share: { path: location.pathname, title, picture } } }), lost);
};

if (globalThis.document?.documentElement.hasAttribute("data-shell")) shell(window);
