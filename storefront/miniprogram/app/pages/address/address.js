// 收货地址: an entry of WeChat's address book goes to the member's book, in front of the others, where the till takes it from. WeChat's entries
// have no place on the map, and a rider needs the door: it is pointed out once. A parcel goes to the district.

const { ROUTES, call } = require('../../lib/api')
const { fromBook } = require('../../lib/address')
const { ask, cancelled, finish } = require('../../lib/leave')
const { handed, known, withParam } = require('../../lib/paths')
const session = require('../../lib/session')

Component({
  data: {
    step: 'busy',
    back: '',
    parcel: false,
    address: /** @type {ReturnType<typeof fromBook> | null} */ (null),
    /** The middle of the district. */
    middle: /** @type {{ lat: number, lng: number } | null} */ (null),
    title: '',
    detail: '',
  },
  methods: {
    /** @param {Record<string, string | undefined>} query */
    onLoad(query) {
      const back = handed(query.back)
      if (!known(back)) {
        finish(null)
        return
      }
      this.setData({ back, parcel: /[?&]ship_from=/.test(back) })
      return this.choose()
    },

    async choose() {
      this.setData({ step: 'busy' })
      let address
      try {
        address = fromBook(await ask(wx.chooseAddress))
      } catch (error) {
        if (cancelled(error)) finish(null)
        else this.setData({ step: 'refused', title: '没有读到微信地址', detail: '可以返回手动填写收货地址，或在右上角「设置」里允许使用地址后再试' })
        return
      }
      this.setData({ step: 'place', address, title: '', detail: '' })
      try {
        const found = await call(ROUTES.districts, { query: { q: address.district } })
        const [first] = found.districts
        if (first) this.setData({ middle: first.point, 'address.district': first.name })
      } catch (_) {
        // The map opens where the phone is, and the API checks the words.
      }
    },

    async onMap() {
      const { middle } = this.data
      let place
      try {
        place = /** @type {any} */ (await ask(wx.chooseLocation, middle ? { latitude: middle.lat, longitude: middle.lng } : {}))
      } catch (error) {
        if (!cancelled(error)) this.setData({ detail: '没有打开地图，请在右上角「设置」里允许使用位置后再试' })
        return
      }
      await this.keep({ lat: Number(place.latitude), lng: Number(place.longitude) })
    },

    onDistrict() {
      return this.data.middle && this.keep(this.data.middle)
    },

    /** @param {{ lat: number, lng: number }} point */
    async keep(point) {
      this.setData({ step: 'busy' })
      try {
        await session.asMember(ROUTES.saveAddress, { body: { ...this.data.address, point } })
        finish(withParam(this.data.back, 'picked', 'address'))
      } catch (reason) {
        const fault = /** @type {import('../../lib/api').Fault} */ (reason)
        this.setData({ step: 'place', title: fault.title, detail: fault.detail })
      }
    },

    onAgain() {
      return this.choose()
    },

    onBack() {
      finish(null)
    },
  },
})
