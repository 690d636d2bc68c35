// 分类: the first category of the store; its search when that cannot be known.

const { ROUTES, call } = require('../../lib/api')
const { webPage } = require('../../lib/web')
const state = require('../../lib/state')

Component(
  webPage({
    follows: true,
    async first() {
      const store = state.currentStore()
      if (!store) return null
      try {
        const home = await call(ROUTES.home, { params: { store } })
        const [category] = home.categories
        if (category) return `/s/${store}/c/${encodeURIComponent(category.key)}`
      } catch (_) {
        // Its pages say what is the matter.
      }
      return `/s/${store}/search`
    },
  }),
)
