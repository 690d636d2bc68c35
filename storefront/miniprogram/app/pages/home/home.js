// 首页: the store looked at last, or the list of stores. Codes, cards and messages of stores and goods lead here.

const { webPage } = require('../../lib/web')
const state = require('../../lib/state')

Component(
  webPage({
    follows: true,
    first() {
      const store = state.currentStore()
      return store ? `/s/${store}` : '/'
    },
  }),
)
