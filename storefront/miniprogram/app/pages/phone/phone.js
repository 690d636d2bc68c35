// 手机号: WeChat's number of this person, asked for by his own tap, for the till's form. The API turns WeChat's code into it; it is kept nowhere
// until an address with it is.

const { ROUTES } = require('../../lib/api')
const { finish } = require('../../lib/leave')
const { handed, known, withParam } = require('../../lib/paths')
const session = require('../../lib/session')

Component({
  data: { busy: false, back: '', title: '', detail: '' },
  methods: {
    /** @param {Record<string, string | undefined>} query */
    onLoad(query) {
      const back = handed(query.back)
      if (known(back)) this.setData({ back })
      else finish(null)
    },

    /** @param {{ detail: { code?: string, errMsg?: string } }} event */
    async onNumber(event) {
      const { code, errMsg } = event.detail
      if (!code) {
        // Who says no fills it in himself; anything else is said.
        if (/deny|cancel/.test(errMsg || '')) finish(null)
        else this.setData({ title: '没有读到手机号', detail: '可以再试一次，或返回手动填写' })
        return
      }
      this.setData({ busy: true, title: '', detail: '' })
      try {
        const { phone } = await session.asMember(ROUTES.phone, { body: { code } })
        finish(`${withParam(this.data.back, 'picked', 'phone')}#phone=${encodeURIComponent(phone)}`)
      } catch (reason) {
        const fault = /** @type {import('../../lib/api').Fault} */ (reason)
        this.setData({ busy: false, title: fault.title, detail: fault.detail })
      }
    },

    onBack() {
      finish(null)
    },
  },
})
