// 选择位置: a place on the map, for the list of stores or for the till.

const { ROUTES, call } = require('../../lib/api')
const { words } = require('../../lib/address')
const { ask, cancelled, finish } = require('../../lib/leave')
const { handed, known, withParam } = require('../../lib/paths')

Component({
  data: { step: 'busy', back: '' },
  methods: {
    /** @param {Record<string, string | undefined>} query */
    onLoad(query) {
      const back = handed(query.back)
      if (!known(back)) {
        finish(null)
        return
      }
      this.setData({ back })
      return this.choose()
    },

    async choose() {
      this.setData({ step: 'busy' })
      let place
      try {
        place = /** @type {any} */ (await ask(wx.chooseLocation))
      } catch (error) {
        if (cancelled(error)) finish(null)
        else this.setData({ step: 'refused' })
        return
      }
      const [lat, lng] = [Number(place.latitude), Number(place.longitude)]
      const back = this.data.back
      if (back.split('?')[0] === '/') {
        finish(`/?lat=${lat}&lng=${lng}`)
        return
      }
      let district = ''
      try {
        const found = await call(ROUTES.districts, { query: { lat: String(lat), lng: String(lng) } })
        district = found.districts.length ? found.districts[0].name : ''
      } catch (_) {
        // The page asks for it then.
      }
      // Behind `#`: where somebody lives is told to the page and to no log.
      const told = { lat: String(lat), lng: String(lng), district, street: words(place, district) }
      const pairs = Object.entries(told).map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
      finish(`${withParam(back, 'picked', 'place')}#${pairs.join('&')}`)
    },

    onAgain() {
      return this.choose()
    },
  },
})
