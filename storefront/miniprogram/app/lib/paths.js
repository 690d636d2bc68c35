// Paths of the shop's pages: which there are, which store they are of, and how what people scan or are sent becomes one.
// Nothing here calls WeChat, so all of it is tested as it is.

// The pages that the shell may open; each is a row of the shop in infra/routes.toml (check/agree.test.mjs).
const PAGES = [
  '/',
  '/e/{code}',
  '/s/{store}',
  '/s/{store}/c/{category}',
  '/s/{store}/search',
  '/s/{store}/p/{sku}',
  '/s/{store}/cart',
  '/s/{store}/cart/bar',
  '/s/{store}/flash',
  '/s/{store}/deals/{campaign}',
  '/s/{store}/coupons',
  '/s/{store}/coupons/{campaign}',
  '/s/{store}/checkout',
  '/coupons',
  '/login',
  '/orders',
  '/orders/{order}',
  '/me',
  '/me/addresses',
  '/me/consents',
  '/me/type',
  '/legal/{kind}',
  '/s/{store}/licences',
]

// Ids are letters, digits, `_` and `-`; a category's key may be any word as a part of a path.
/** @type {Record<string, string>} */
const PARTS = {
  store: 'sto_[A-Za-z0-9_-]{1,60}',
  sku: 'sku_[A-Za-z0-9_-]{1,60}',
  order: 'ord_[A-Za-z0-9_-]{1,60}',
  campaign: 'cmp_[A-Za-z0-9_-]{1,60}',
  code: '[A-Za-z0-9_-]{4,32}',
  kind: '[a-z]{1,20}',
  category: '[^/]{1,90}',
  other: '[^/]{1,90}',
}

const SHAPES = PAGES.map((page) => new RegExp(`^${page.replace(/\{(\w+)\}/g, (_, part) => PARTS[part] || PARTS.other)}$`))

/** The longest path that a ticket may lead to (`shared/types/src/path.rs`). */
const LONGEST = 200

/**
 * A path of this site that the shell may open: no scheme, no host, nothing that a browser reads as one.
 * @param {unknown} path
 * @returns {path is string}
 */
function known(path) {
  if (typeof path !== 'string' || path.length > LONGEST || !/^\/(?![/\\])[\x21-\x7e]*$/.test(path) || path.includes('\\')) return false
  return SHAPES.some((shape) => shape.test(path.split(/[?#]/)[0]))
}

/**
 * The store that a page is of.
 * @param {string} path
 * @returns {string | null}
 */
function storeOf(path) {
  const found = new RegExp(`^/s/(${PARTS.store})(?:[/?#]|$)`).exec(path)
  return found && found[1]
}

/**
 * The path of an address of this site.
 * @param {string} url
 * @param {string} origin
 * @returns {string | null}
 */
function within(url, origin) {
  if (url === origin) return '/'
  const rest = url.startsWith(origin) ? url.slice(origin.length) : ''
  return rest.startsWith('/') ? rest : rest.startsWith('?') || rest.startsWith('#') ? `/${rest}` : null
}

/**
 * A path with one more parameter, before what follows a `#`.
 * @param {string} path
 * @param {string} name
 * @param {string} value
 */
function withParam(path, name, value) {
  const [front, hash] = [path.split('#')[0], path.includes('#') ? path.slice(path.indexOf('#')) : '']
  return `${front}${front.includes('?') ? '&' : '?'}${name}=${encodeURIComponent(value)}${hash}`
}

/**
 * Without the parameters that only the shell and the page told each other.
 * @param {string} path
 */
function plain(path) {
  const [front, query] = path.split('#')[0].split('?')
  const kept = (query || '').split('&').filter((pair) => pair && !/^(at|picked)=/.test(pair))
  return kept.length ? `${front}?${kept.join('&')}` : front
}

/**
 * A path as a parameter of a page: WeChat hands it over as it was written, escaped, or not.
 * @param {string | undefined} text
 */
function handed(text) {
  if (!text || text.startsWith('/')) return text || ''
  try {
    return decodeURIComponent(text)
  } catch (_) {
    return ''
  }
}

/**
 * Where somebody enters who comes by a code (`scene`), a share card or a message (`to`, `store`).
 * @param {Record<string, string | undefined>} query
 * @returns {string | null}
 */
function entry(query) {
  const scene = handed(query.scene)
  if (scene) return known(`/e/${scene}`) ? `/e/${scene}` : null
  const to = handed(query.to)
  if (known(to)) return to
  return known(`/s/${query.store}`) ? `/s/${query.store}` : null
}

/**
 * Where a scanned code leads: a mini-program code of ours, an address of this site, or the barcode of a good of this store.
 * @param {{ result?: string, path?: string, scanType?: string }} scan
 * @param {string} origin
 * @param {string | null} store
 * @returns {string | null}
 */
function scanned(scan, origin, store) {
  if (scan.path) {
    const query = scan.path.split('?')[1] || ''
    return entry(Object.fromEntries(query.split('&').filter(Boolean).map((pair) => [pair.split('=')[0], pair.slice(pair.indexOf('=') + 1)])))
  }
  const text = (scan.result || '').trim()
  const path = within(text, origin)
  // A page that is somebody's own is opened from here, not by what hangs on a wall.
  if (path !== null) return known(path) && !/^\/(login|orders|me)/.test(path) ? path : null
  if (store && /^[0-9]{8,14}$/.test(text)) return `/s/${store}/search?q=${text}`
  return null
}

/**
 * What is shared of a page: goods, a category, a store, or the list of stores; of what is somebody's own only the store.
 * @param {string | null} path
 * @param {string | null} store
 */
function shared(path, store) {
  const open = path && known(path) && !/^\/(login|orders|me|enter)|\/(cart|checkout)([?#]|$)/.test(path) ? plain(path) : null
  const to = open || (store ? `/s/${store}` : '/')
  const of = storeOf(to) || store
  return `/pages/home/home?${of ? `store=${of}&` : ''}to=${encodeURIComponent(to)}`
}

module.exports = { PAGES, known, storeOf, within, withParam, plain, handed, entry, scanned, shared }
