// What the pages of the shell know of each other, for as long as the program runs.

const { known, storeOf } = require('./paths')

const KEPT = 'store'

/** @type {string | null | undefined} */
let store
/** @type {string | null} */
let next = null
let entered = false

/**
 * The store that is looked at; that of the last time when there was none yet.
 * @returns {string | null}
 */
function currentStore() {
  if (store === undefined) {
    const kept = wx.getStorageSync(KEPT)
    store = known(`/s/${kept}`) ? kept : null
  }
  return store || null
}

/**
 * A page is looked at: its store is the one from now on.
 * @param {string} path
 */
function seen(path) {
  const of = storeOf(path)
  if (!of || of === currentStore()) return
  store = of
  wx.setStorage({ key: KEPT, data: of })
}

/**
 * Leaves a path for the web-view that is shown next.
 * @param {string} path
 */
function leave(path) {
  next = path
}

/** The path that was left, once. */
function take() {
  const path = next
  next = null
  return path
}

/** Has a web-view the session's cookie? All web-views share them. */
function isEntered() {
  return entered
}

/** @param {boolean} yes */
function setEntered(yes) {
  entered = yes
}

/** As after a fresh start; for tests. */
function forget() {
  store = undefined
  next = null
  entered = false
}

module.exports = { currentStore, seen, leave, take, isEntered, setEntered, forget }
