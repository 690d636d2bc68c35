// 登录: a page in the web-view needs somebody, and its session is over. A fresh ticket leads back to where it was.

const { finish } = require('../../lib/leave')
const { handed, known } = require('../../lib/paths')
const session = require('../../lib/session')
const state = require('../../lib/state')

Component({
  data: { fault: /** @type {import('../../lib/api').Fault | null} */ (null), to: '/' },
  methods: {
    /** @param {Record<string, string | undefined>} query */
    onLoad(query) {
      const to = handed(query.to)
      this.setData({ to: known(to) ? to : '/' })
      return this.enter()
    },

    async enter() {
      this.setData({ fault: null })
      try {
        const path = await session.ticket(this.data.to)
        state.setEntered(true)
        finish(path)
      } catch (fault) {
        this.setData({ fault: /** @type {import('../../lib/api').Fault} */ (fault) })
      }
    },

    onAgain() {
      return this.enter()
    },
  },
})
