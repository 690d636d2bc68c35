// Asks for consent to the privacy guideline before WeChat hands out anything personal. WeChat says when that is needed, and goes on with the
// call that waits once it is told.

/** @typedef {(answer: { event: string, buttonId?: string }) => void} Resolve */

/**
 * The calls that wait for the same answer, of the page on top: only one can be asked at a time.
 * @type {Resolve[]}
 */
let waiting = []

Component({
  data: { open: false, name: '《用户隐私保护指引》' },
  options: { addGlobalClass: true },

  lifetimes: {
    attached() {
      this.listen()
    },
    detached() {
      this.answer('disagree')
    },
  },
  pageLifetimes: {
    // The page on top is the one that asks.
    show() {
      this.listen()
    },
  },

  methods: {
    listen() {
      if (!wx.onNeedPrivacyAuthorization) return
      // The typings have no parameter here; WeChat gives one.
      const ask = /** @type {any} */ ((/** @type {Resolve} */ resolve) => {
        waiting.push(resolve)
        this.setData({ open: true })
        resolve({ event: 'exposureAuthorization' })
      })
      wx.onNeedPrivacyAuthorization(ask)
      wx.getPrivacySetting({
        success: (setting) => {
          if (setting.privacyContractName) this.setData({ name: setting.privacyContractName })
        },
      })
    },

    /** @param {'agree' | 'disagree'} event */
    answer(event) {
      const told = waiting
      waiting = []
      told.forEach((resolve) => resolve(event === 'agree' ? { event, buttonId: 'agree' } : { event }))
    },

    onAgree() {
      this.setData({ open: false })
      this.answer('agree')
    },

    onRefuse() {
      this.setData({ open: false })
      this.answer('disagree')
    },

    onRead() {
      wx.openPrivacyContract({ fail: () => wx.showToast({ title: '暂时无法打开', icon: 'none' }) })
    },
  },
})
