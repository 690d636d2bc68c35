// 扫一扫: the code of a store, of a page of the shop, or the barcode of a good.

const { config } = require('../../config')
const { ask, cancelled, finish } = require('../../lib/leave')
const { known, scanned } = require('../../lib/paths')
const state = require('../../lib/state')

Component({
  data: { step: 'busy', store: '' },
  methods: {
    /** @param {Record<string, string | undefined>} query */
    onLoad(query) {
      const store = query.store && known(`/s/${query.store}`) ? query.store : state.currentStore()
      this.setData({ store: store || '' })
      return this.scan()
    },

    async scan() {
      this.setData({ step: 'busy' })
      try {
        const found = /** @type {any} */ (await ask(wx.scanCode, { scanType: ['barCode', 'qrCode', 'wxCode'] }))
        const path = scanned(found, config().origin, this.data.store || null)
        if (path) finish(path)
        else this.setData({ step: 'unknown' })
      } catch (error) {
        if (cancelled(error)) finish(null)
        else this.setData({ step: 'refused' })
      }
    },

    onAgain() {
      return this.scan()
    },
  },
})
