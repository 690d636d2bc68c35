// 购物车: read anew whenever it is shown, for goods are put in and ordered in other tabs as well.

const { webPage } = require('../../lib/web')
const state = require('../../lib/state')

Component(
  webPage({
    follows: true,
    first() {
      const store = state.currentStore()
      return store && `/s/${store}/cart`
    },
    stale: (path) => /^\/s\/[^/]+\/cart$|^\/orders/.test(path.split('?')[0]),
  }),
)
