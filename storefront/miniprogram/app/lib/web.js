// What all pages that are a web-view have in common: getting in, going on, falling over and getting up, and being shared.

const { config } = require('../config')
const { entry, known, plain, shared, storeOf, within, withParam } = require('./paths')
const session = require('./session')
const state = require('./state')

/** The largest title and address of a picture that a card takes from a page. */
const CARD = { title: 60, picture: 500 }

/** A tab that was shown no longer ago was switched to by this tap. */
const TAP_MS = 600

/**
 * @typedef {{ kind: string, title: string, detail: string }} Shown
 * @typedef {{
 *   data: { src: string, fault: Shown | null, blank: boolean },
 *   setData(data: Record<string, any>): void,
 *   wanted: string | null, path: string | null, store: string | null, card: any, turn: number, shownAt: number,
 *   first(): string | null | Promise<string | null>,
 *   stale(path: string): boolean,
 *   open(path: string): Promise<void>,
 *   begin(): Promise<void>,
 * }} WebPage
 */

let stamp = 0

/** A number that no address had before: a web-view does not load the address that it was given last. */
function fresh() {
  stamp = Math.max(Date.now(), stamp + 1)
  return String(stamp)
}

/**
 * The definition of a page that is a web-view.
 *
 * `first` says where it stands by itself, null when there is no store yet; `follows`, whether that is another place when another store was chosen
 * meanwhile; `stale`, whether it shall begin anew when it is shown again at this path.
 * @param {{ first: (this: WebPage) => string | null | Promise<string | null>, follows?: boolean, stale?: (path: string) => boolean }} own
 * @returns {any} for `Component`
 */
function webPage(own) {
  return {
    data: { src: '', fault: null, blank: false },
    methods: {
      first: own.first,
      stale: own.stale || (() => false),

      /**
       * @this {WebPage}
       * @param {Record<string, string | undefined>} query
       */
      onLoad(query) {
        this.wanted = entry(query || {})
        this.path = null
        this.store = null
        this.card = null
        this.turn = 0
        this.shownAt = 0
      },

      /** @this {WebPage} */
      onShow() {
        this.shownAt = Date.now()
        const left = state.take()
        if (left) {
          this.open(left)
          return
        }
        const moved = own.follows && this.path !== null && state.currentStore() !== this.store
        if (!this.data.src || this.data.blank || moved || this.stale(this.path || '')) this.begin()
      },

      /**
       * The tab that is shown was tapped again: back to where it begins. (One that was not shown is tapped right before it is.)
       * @this {WebPage}
       */
      onTabItemTap() {
        if (this.shownAt && Date.now() - this.shownAt > TAP_MS) this.begin()
      },

      /** @this {WebPage} */
      async begin() {
        const wanted = this.wanted || (await this.first())
        if (!wanted) {
          this.setData({ blank: true, fault: null, src: '' })
          return
        }
        this.wanted = null
        await this.open(wanted)
      },

      /**
       * Shows a path; the first one of all goes by a ticket, so that who comes from WeChat is logged in.
       * @this {WebPage}
       * @param {string} path
       */
      async open(path) {
        const turn = ++this.turn
        this.store = storeOf(path) || state.currentStore()
        let to = path
        // A ticket leads to a plain path: what follows `#` is for the page alone, and never sent.
        if (!state.isEntered() && known(path)) {
          try {
            to = await session.ticket(path.split('#')[0])
            state.setEntered(true)
          } catch (reason) {
            const fault = /** @type {import('./api').Fault} */ (reason)
            if (turn !== this.turn) return
            if (fault.kind === 'network') {
              this.wanted = path
              this.setData({ fault: { kind: fault.kind, title: fault.title, detail: fault.detail }, blank: false, src: '' })
              return
            }
            // Who cannot be logged in looks around; what needs a login says so.
          }
        }
        // A newer wish came meanwhile.
        if (turn !== this.turn) return
        this.path = path
        this.setData({ src: config().origin + (to === path ? withParam(path, 'at', fresh()) : to), fault: null, blank: false })
      },

      /**
       * @this {WebPage}
       * @param {{ detail: { src: string } }} event
       */
      onLoaded(event) {
        const path = within(event.detail.src, config().origin)
        if (!path) return
        if (/^\/login/.test(path)) state.setEntered(false)
        this.path = plain(path)
        state.seen(this.path)
        this.store = storeOf(this.path) || this.store
        this.card = null
      },

      /** @this {WebPage} */
      onFailed() {
        this.wanted = this.path
        // A ticket that did not arrive may be spent; another one costs little.
        state.setEntered(false)
        this.setData({ fault: { kind: 'network', title: '页面没有打开', detail: '请检查网络后再试' }, src: '' })
      },

      /** @this {WebPage} */
      onRetry() {
        this.begin()
      },

      onChooseStore() {
        wx.switchTab({ url: '/pages/home/home' })
      },

      /**
       * @this {WebPage}
       * @param {{ detail: { data: any[] } }} event
       */
      onMessage(event) {
        // Everything that was posted since the last time comes at once; the newest counts.
        const cards = (event.detail.data || []).map((posted) => posted && posted.share).filter(Boolean)
        this.card = cards.length ? cards[cards.length - 1] : this.card
      },

      /**
       * @this {WebPage}
       * @param {{ webViewUrl?: string }} options
       */
      onShareAppMessage(options) {
        const path = (options.webViewUrl && within(options.webViewUrl, config().origin)) || this.path
        const card = this.card && path && this.card.path === plain(path).split('?')[0] ? this.card : {}
        /** @type {{ title: string, path: string, imageUrl?: string }} */
        const shown = {
          title: typeof card.title === 'string' && card.title ? card.title.slice(0, CARD.title) : '连店：线上下单，到店自提或送到家',
          path: shared(path, state.currentStore()),
        }
        if (typeof card.picture === 'string' && card.picture.startsWith('https://') && card.picture.length <= CARD.picture) {
          shown.imageUrl = card.picture
        }
        return shown
      },
    },
  }
}

module.exports = { webPage }
