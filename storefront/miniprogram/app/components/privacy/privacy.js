// Asks for consent to the privacy guideline before WeChat hands out anything personal. WeChat says when that is needed, and goes on with the
// call that waits once it is told.

/** @typedef {(answer: { event: string, buttonId?: string }) => void} Resolve */

/**
 * The calls that wait for the same answer, of the page on top: only one can be asked at a time.
 * @type {Resolve[]}
 */
let waiting = []

/** The component of the page on top. */
let top = /** @type {{ ask(): void } | null} */ (null)

// Heard once for the whole program: of several listeners nobody says which one counts.
if (wx.onNeedPrivacyAuthorization) {
  // The typings have no parameter here; WeChat gives one.
  const heard = /** @type {any} */ ((/** @type {Resolve} */ resolve) => {
    waiting.push(resolve)
    if (top) {
      top.ask()
      resolve({ event: 'exposureAuthorization' })
    } else {
      // A page without this component asks for nothing personal.
      waiting = []
      resolve({ event: 'disagree' })
    }
  })
  wx.onNeedPrivacyAuthorization(heard)
}

Component({
  data: { open: false, name: '《用户隐私保护指引》' },
  options: { addGlobalClass: true },

  lifetimes: {
    attached() {
      this.stand()
    },
    detached() {
      if (top !== this) return
      top = null
      this.answer('disagree')
    },
  },
  pageLifetimes: {
    show() {
      this.stand()
    },
  },

  methods: {
    stand() {
      top = this
      wx.getPrivacySetting({
        success: (setting) => {
          if (setting.privacyContractName) this.setData({ name: setting.privacyContractName })
        },
      })
    },

    ask() {
      this.setData({ open: true })
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
