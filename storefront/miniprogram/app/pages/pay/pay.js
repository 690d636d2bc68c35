// 支付: an order's payment by WeChat, then back to the order's page, which asks our API whether the money is in: what WeChat tells this page
// counts for nothing.

const { config } = require('../../config')
const { ROUTES } = require('../../lib/api')
const { ask, cancelled, finish } = require('../../lib/leave')
const { known } = require('../../lib/paths')
const sandbox = require('../../lib/sandbox')
const session = require('../../lib/session')
const state = require('../../lib/state')

/** The most ids that one question may have. */
const TEMPLATES = 3

/**
 * The parameters of `wx.requestPayment` in the API's answer.
 * @param {{ time_stamp: string, nonce_str: string, package: string, sign_type: 'RSA', pay_sign: string }} start
 */
function parameters(start) {
  return { timeStamp: start.time_stamp, nonceStr: start.nonce_str, package: start.package, signType: start.sign_type, paySign: start.pay_sign }
}

/** Offers news of the order: WeChat lets a page ask right after a payment. Whatever is answered, the order goes on. */
function offerNews() {
  const tmplIds = config().templates.slice(0, TEMPLATES)
  if (!tmplIds.length) return Promise.resolve()
  return ask(wx.requestSubscribeMessage, { tmplIds }).catch(() => {})
}

Component({
  data: { step: 'busy', title: '', detail: '', order: '', path: '', left: false },
  methods: {
    /** @param {Record<string, string | undefined>} query */
    onLoad(query) {
      const path = `/orders/${query.order}`
      if (!known(path)) {
        finish('/orders')
        return
      }
      this.setData({ order: query.order || '', path })
      return this.pay()
    },

    onUnload() {
      // Gone by the phone's own way back: the page below shows the order, and not the till that it was placed in.
      if (this.data.path && !this.data.left) state.leave(this.data.path)
    },

    /** @param {string} path */
    end(path) {
      this.setData({ left: true })
      finish(path)
    },

    async pay() {
      this.setData({ step: 'busy' })
      let start
      try {
        start = await session.asMember(ROUTES.pay, { params: { order: this.data.order } })
      } catch (reason) {
        const fault = /** @type {import('../../lib/api').Fault} */ (reason)
        // Paid already, closed, or too late: the order's page knows.
        if (fault.code === 'conflict') this.end(`${this.data.path}?from=pay`)
        else this.setData({ step: 'failed', title: fault.title, detail: fault.detail })
        return
      }
      try {
        await (sandbox.inUse() ? sandbox.pay(start.prepay_id) : ask(wx.requestPayment, parameters(start)))
      } catch (error) {
        if (cancelled(error)) this.setData({ step: 'cancelled', title: '还没有付款', detail: '订单为你保留到付款时限，随时可以继续' })
        // It may have been paid all the same.
        else this.end(`${this.data.path}?from=pay`)
        return
      }
      await offerNews()
      this.end(`${this.data.path}?from=pay`)
    },

    onAgain() {
      return this.pay()
    },

    onOrder() {
      this.end(this.data.path)
    },
  },
})
