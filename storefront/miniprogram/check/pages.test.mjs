// The shell's pages as people meet them, drawn by WeChat's own compiler and its component runtime (miniprogram-simulate).

import assert from 'node:assert/strict'
import { afterEach, test } from 'node:test'
import { ORIGIN, opened, render, settled, world } from './world.mjs'

afterEach(() => document.body.replaceChildren())

const TICKET = { 'POST /api/v1/tickets': ({ body }) => [200, { ticket: 'ab12', path: `/enter/ab12`, to: body.to }] }
const SESSION = { 'POST /api/v1/session': [200, { member: 'mem_1', nickname: '微信用户', expires: Date.now() + 3_600_000, token: 'tok-1' }] }
const START = {
  'POST /api/v1/orders/ord_1/payment': [200, { prepay_id: 'wx1', app_id: 'wxapp', time_stamp: '17', nonce_str: 'n', package: 'prepay_id=wx1', sign_type: 'RSA', pay_sign: 's', pay_url: '' }],
}
const loaded = async (page, path) => {
  page.instance.onLoaded({ detail: { src: ORIGIN + path } })
  await settled()
}
const src = (page) => page.instance.data.src
const text = (page) => page.dom.textContent
const tap = async (page, selector) => {
  const found = page.querySelector(selector) ?? page.querySelector('.said')?.querySelector(selector)
  assert.ok(found, `no ${selector} in ${page.dom.innerHTML}`)
  found.dispatchEvent('tap')
  await settled()
}

// ---------------------------------------------------------------- web-views

test('given a first start when the home is opened then a ticket logs the web-view in, and later pages need none', async () => {
  const w = world({ routes: TICKET })
  const home = await opened('home')
  assert.equal(src(home), `${ORIGIN}/enter/ab12`)
  assert.deepEqual(w.of('request').map(({ method, path, body }) => [method, path, body]), [['POST', '/api/v1/tickets', { code: 'code-1', to: '/' }]])
  assert.ok(home.dom.innerHTML.includes('wx-web-view'))
  await loaded(home, '/s/sto_1')
  assert.equal(w.storage.store, 'sto_1')
  const cart = await opened('cart')
  assert.match(src(cart), new RegExp(`^${ORIGIN}/s/sto_1/cart\\?at=\\d+$`))
  assert.equal(w.of('login').length, 1)
})

test('given codes, cards and messages when the shell is entered by them then their page is opened', async () => {
  for (const [page, query, to] of [
    ['home', { scene: 'xh-01' }, '/e/xh-01'],
    ['home', { store: 'sto_1', to: encodeURIComponent('/s/sto_1/p/sku_2') }, '/s/sto_1/p/sku_2'],
    ['page', { to: encodeURIComponent('/orders/ord_1') }, '/orders/ord_1'],
    ['home', { to: encodeURIComponent('//evil.example') }, '/'],
  ]) {
    const w = world({ routes: TICKET })
    await opened(page, query)
    assert.equal(w.of('request')[0].body.to, to)
  }
})

test('given a store of the last time when the tabs are opened then each is of that store', async () => {
  const categories = { 'GET /api/v1/stores/sto_9/home': [200, { categories: [{ key: '茶', name: '茶' }] }] }
  const at = async (name, routes = {}) => {
    const w = world({ routes: { ...TICKET, ...routes }, kept: { store: 'sto_9' } })
    await opened(name)
    return w.of('request').at(-1).body.to
  }
  assert.equal(await at('home'), '/s/sto_9')
  assert.equal(await at('goods', categories), `/s/sto_9/c/${encodeURIComponent('茶')}`)
  assert.equal(await at('goods', { 'GET /api/v1/stores/sto_9/home': [500, {}] }), '/s/sto_9/search')
  assert.equal(await at('cart'), '/s/sto_9/cart')
  assert.equal(await at('mine'), '/orders')
})

test('given no store yet when the cart or the goods are opened then the shell says to choose one', async () => {
  for (const name of ['cart', 'goods']) {
    const w = world({ routes: TICKET })
    const page = await opened(name)
    assert.equal(src(page), '')
    assert.match(text(page), /还没有选择门店/)
    await tap(page, '.go')
    assert.deepEqual(w.gone, ['/pages/home/home'])
  }
})

test('given another store was chosen in one tab when the others are shown then they follow, and otherwise stay where they are', async () => {
  world({ routes: TICKET, kept: { store: 'sto_1' } })
  const home = await opened('home')
  await loaded(home, '/s/sto_1')
  const goods = await opened('goods')
  await loaded(goods, '/s/sto_1/search')
  const before = src(goods)
  goods.instance.onShow()
  await settled()
  assert.equal(src(goods), before)
  await loaded(home, '/s/sto_2/p/sku_1')
  goods.instance.onShow()
  await settled()
  assert.match(src(goods), /\/s\/sto_2\/search/)
  // An order is looked at whatever store one was in since.
  const mine = await opened('mine')
  await loaded(mine, '/orders/ord_1')
  await loaded(home, '/s/sto_3')
  const order = src(mine)
  mine.instance.onShow()
  await settled()
  assert.equal(src(mine), order)
})

test('given a tab that is shown when it is tapped again then it goes back to where it begins; one that is switched to stays', async (t) => {
  world({ routes: TICKET, kept: { store: 'sto_1' } })
  t.mock.timers.enable({ apis: ['Date'], now: 1_800_000_000_000 })
  const home = await opened('home')
  await loaded(home, '/s/sto_1/p/sku_1')
  const before = src(home)
  home.instance.onTabItemTap()
  await settled()
  assert.equal(src(home), before)
  t.mock.timers.tick(5_000)
  home.instance.onTabItemTap()
  await settled()
  assert.match(src(home), /\/s\/sto_1\?at=/)
})

test('given the cart when shown again then it is read anew, but nobody is taken out of his checkout', async () => {
  world({ routes: TICKET, kept: { store: 'sto_1' } })
  const cart = await opened('cart')
  await loaded(cart, '/s/sto_1/cart')
  const first = src(cart)
  cart.instance.onShow()
  await settled()
  assert.notEqual(src(cart), first)
  await loaded(cart, '/s/sto_1/checkout')
  const till = src(cart)
  cart.instance.onShow()
  await settled()
  assert.equal(src(cart), till)
})

test('given no network when the home is opened then the shell says so, and tries again when asked', async () => {
  const answers = { ...TICKET }
  const w = world({ routes: { 'POST /api/v1/tickets': (r) => w.back && answers['POST /api/v1/tickets'](r) } })
  const home = await opened('home', { scene: 'xh-01' })
  assert.match(text(home), /网络不太顺畅/)
  assert.ok(!home.dom.innerHTML.includes('wx-web-view'))
  w.back = true
  await tap(home, '.go')
  assert.equal(src(home), `${ORIGIN}/enter/ab12`)
  assert.equal(w.of('request').at(-1).body.to, '/e/xh-01', 'where he was going')
})

test('given a login that is refused when the home is opened then a second code is tried, and after that one looks around as nobody', async () => {
  const w = world({ routes: { 'POST /api/v1/tickets': [401, { code: 'unauthenticated', title: '登录凭证无效', detail: '' }] } })
  const home = await opened('home')
  assert.equal(w.of('login').length, 2)
  assert.match(src(home), new RegExp(`^${ORIGIN}/\\?at=`))
  const busy = world({ routes: { 'POST /api/v1/tickets': [503, {}] } })
  const again = await opened('home')
  assert.equal(busy.of('login').length, 1)
  assert.match(src(again), /\?at=/)
})

test('given a web-view that fails when it does then the shell offers the same page again, by a fresh ticket', async () => {
  const w = world({ routes: TICKET, kept: { store: 'sto_1' } })
  const home = await opened('home')
  await loaded(home, '/s/sto_1/p/sku_1')
  home.instance.onFailed({ detail: { src: src(home) } })
  await settled()
  assert.match(text(home), /页面没有打开/)
  await tap(home, '.go')
  assert.equal(w.of('request').at(-1).body.to, '/s/sto_1/p/sku_1')
})

test('given a page of the shop when shared then the card has its title, its picture and the store\'s code', async () => {
  world({ routes: TICKET })
  const home = await opened('home')
  await loaded(home, '/s/sto_1/p/sku_1')
  const share = () => home.instance.onShareAppMessage({ from: 'menu', webViewUrl: `${ORIGIN}/s/sto_1/p/sku_1?at=5` })
  assert.match(share().title, /连店/)
  home.instance.onMessage({ detail: { data: [{ share: { path: '/s/sto_1', title: '旧' } }, { share: { path: '/s/sto_1/p/sku_1', title: '鲜奶 250ml', picture: `${ORIGIN}/p.webp` } }] } })
  const card = share()
  assert.deepEqual(card, { title: '鲜奶 250ml', path: `/pages/home/home?store=sto_1&to=${encodeURIComponent('/s/sto_1/p/sku_1')}`, imageUrl: `${ORIGIN}/p.webp` })
  // Another page's words are not on this one's card, nor is what is no picture.
  home.instance.onMessage({ detail: { data: [{ share: { path: '/orders/ord_1', title: '我的订单', picture: 'javascript:1' } }] } })
  assert.match(share().title, /连店/)
  assert.equal(share().imageUrl, undefined)
})

// ---------------------------------------------------------------- login

test('given a page that needs somebody when the shell logs in then it leads back there by a ticket', async () => {
  const w = world({ routes: TICKET, depth: 2 })
  await opened('login', { to: encodeURIComponent('/s/sto_1/checkout') })
  assert.equal(w.of('request')[0].body.to, '/s/sto_1/checkout')
  assert.deepEqual(w.gone, ['back'])
  assert.equal(w.state.take(), '/enter/ab12')
})

test('given a login that fails when it does then it can be tried again', async () => {
  const w = world({ routes: {}, depth: 2 })
  const page = await opened('login', { to: encodeURIComponent('https://evil.example/') })
  assert.match(text(page), /网络不太顺畅/)
  await tap(page, '.go')
  assert.equal(w.of('login').length, 2)
  assert.deepEqual(w.of('request').map((r) => r.body.to), ['/', '/'], 'nowhere else')
})

// ---------------------------------------------------------------- pay

test('given an order when it is paid then WeChat gets the API\'s parameters and the order\'s page is shown, which asks whether it is paid', async () => {
  const w = world({ routes: { ...SESSION, ...START }, depth: 2 })
  await opened('pay', { order: 'ord_1' })
  const [{ success: _, fail: __, ...asked }] = w.of('requestPayment')
  assert.deepEqual(asked, { timeStamp: '17', nonceStr: 'n', package: 'prepay_id=wx1', signType: 'RSA', paySign: 's' })
  assert.equal(w.of('request').at(-1).header.authorization, 'Bearer tok-1')
  assert.equal(w.of('requestSubscribeMessage').length, 0, 'no templates: nobody is asked')
  assert.equal(w.state.take(), '/orders/ord_1?from=pay')
  assert.deepEqual(w.gone, ['back'])
})

test('given templates when an order is paid then news of it are offered, and a no changes nothing', async () => {
  const { ENVIRONMENTS } = (await import('../app/config.js')).default
  const usual = ENVIRONMENTS.release.templates
  ENVIRONMENTS.release.templates = ['a', 'b', 'c', 'd']
  try {
    const w = world({ routes: { ...SESSION, ...START }, answers: { requestSubscribeMessage: new Error('user refused') }, depth: 2 })
    await opened('pay', { order: 'ord_1' })
    assert.deepEqual(w.of('requestSubscribeMessage')[0].tmplIds, ['a', 'b', 'c'])
    assert.equal(w.state.take(), '/orders/ord_1?from=pay')
  } finally {
    ENVIRONMENTS.release.templates = usual
  }
})

test('given a payment that is closed when one comes back then it can go on, or the order be looked at', async () => {
  const w = world({ routes: { ...SESSION, ...START }, answers: { requestPayment: new Error('cancel') }, depth: 2 })
  const page = await opened('pay', { order: 'ord_1' })
  assert.match(text(page), /还没有付款/)
  await tap(page, '.go')
  assert.equal(w.of('requestPayment').length, 2)
  await tap(page, '.plain')
  assert.equal(w.state.take(), '/orders/ord_1')
})

test('given a payment of which WeChat says that it failed when it does then the order\'s page asks: it may be paid', async () => {
  const w = world({ routes: { ...SESSION, ...START }, answers: { requestPayment: new Error('timeout') }, depth: 2 })
  await opened('pay', { order: 'ord_1' })
  assert.equal(w.state.take(), '/orders/ord_1?from=pay')
})

test('given an order that cannot be paid when its payment is started then the reason is said, or its page is shown', async () => {
  const route = (status, body) => ({ ...SESSION, 'POST /api/v1/orders/ord_1/payment': [status, body] })
  const paid = world({ routes: route(409, { code: 'conflict', title: '状态已变化', detail: '' }), depth: 2 })
  await opened('pay', { order: 'ord_1' })
  assert.equal(paid.state.take(), '/orders/ord_1?from=pay')
  world({ routes: route(503, { title: '支付暂不可用', detail: '请稍后再试' }), depth: 2 })
  assert.match(text(await opened('pay', { order: 'ord_1' })), /支付暂不可用/)
  const strange = world({ depth: 2 })
  await opened('pay', { order: '../../x' })
  assert.equal(strange.state.take(), '/orders')
})

test('given a session that ended when an order is paid then one more is made, once', async () => {
  let calls = 0
  const w = world({ routes: { ...SESSION, 'POST /api/v1/orders/ord_1/payment': () => (calls++ ? START['POST /api/v1/orders/ord_1/payment'] : [401, {}]) }, depth: 2 })
  await opened('pay', { order: 'ord_1' })
  assert.equal(w.of('login').length, 2)
  assert.equal(w.state.take(), '/orders/ord_1?from=pay')
})

test('given a pay page that was opened alone when it ends then the order has a page of its own', async () => {
  const w = world({ routes: { ...SESSION, ...START }, depth: 1 })
  await opened('pay', { order: 'ord_1' })
  assert.deepEqual(w.gone, [`/pages/page/page?to=${encodeURIComponent('/orders/ord_1?from=pay')}`])
})

// ---------------------------------------------------------------- address, place, scan, phone

const BOOK = { userName: '王小明', telNumber: '13800138000', provinceName: '上海市', cityName: '上海市', countyName: '静安区', detailInfo: '南京西路 1 号' }
const MIDDLE = { lat: 31.23, lng: 121.45 }
const DISTRICTS = { 'GET /api/v1/districts': [200, { districts: [{ code: '310106', name: '上海市静安区', point: MIDDLE }] }] }

test('given an entry of WeChat\'s book when its door is pointed out then it is kept, and the till takes it from the book', async () => {
  const w = world({
    routes: { ...SESSION, ...DISTRICTS, 'POST /api/v1/addresses': [200, { addresses: [] }] },
    answers: { chooseAddress: BOOK, chooseLocation: { name: '某大厦', address: '上海市静安区南京西路', latitude: '31.24', longitude: '121.46' } },
    depth: 2,
  })
  const page = await opened('address', { back: encodeURIComponent('/s/sto_1/checkout') })
  assert.match(text(page), /王小明.*上海市静安区南京西路 1 号/s)
  await tap(page, '.go')
  assert.deepEqual([w.of('chooseLocation')[0].latitude, w.of('chooseLocation')[0].longitude], [31.23, 121.45])
  const saved = w.of('request').at(-1)
  assert.deepEqual(saved.body, { name: '王小明', phone: '13800138000', district: '上海市静安区', street: '南京西路 1 号', point: { lat: 31.24, lng: 121.46 } })
  assert.equal(w.state.take(), '/s/sto_1/checkout?picked=address')
})

test('given a parcel when an entry is chosen then its district is enough', async () => {
  const w = world({ routes: { ...SESSION, ...DISTRICTS, 'POST /api/v1/addresses': [200, { addresses: [] }] }, answers: { chooseAddress: BOOK }, depth: 2 })
  const page = await opened('address', { back: encodeURIComponent('/s/sto_1/checkout?ship_from=loc_hq') })
  await tap(page, '.go')
  assert.deepEqual(w.of('request').at(-1).body.point, MIDDLE)
  assert.equal(w.of('chooseLocation').length, 0)
})

test('given an address that our API refuses when it is kept then its words are shown and nothing is lost', async () => {
  world({
    routes: { ...SESSION, ...DISTRICTS, 'POST /api/v1/addresses': [400, { code: 'bad_request', title: '请求有误', detail: '位置不在静安区' }] },
    answers: { chooseAddress: BOOK, chooseLocation: { name: '', address: '', latitude: 30, longitude: 120 } },
    depth: 2,
  })
  const page = await opened('address', { back: encodeURIComponent('/s/sto_1/checkout') })
  await tap(page, '.go')
  assert.match(text(page), /位置不在静安区/)
  assert.match(text(page), /王小明/)
})

test('given somebody who closes or refuses when asked then he is back where he was, or reads what to do', async () => {
  for (const [name, api] of [['address', 'chooseAddress'], ['place', 'chooseLocation'], ['scan', 'scanCode']]) {
    const query = name === 'scan' ? { store: 'sto_1' } : { back: encodeURIComponent('/s/sto_1/checkout') }
    const closed = world({ answers: { [api]: new Error('cancel') }, depth: 2 })
    await opened(name, query)
    assert.deepEqual([closed.gone, closed.state.take()], [['back'], null], name)
    const refused = world({ answers: { [api]: new Error('privacy permission is not authorized') }, depth: 2 })
    const page = await opened(name, query)
    assert.match(text(page), /设置/, name)
    await tap(page, '.go')
    assert.equal(refused.of(api).length, 2, name)
  }
})

test('given a place on the map when it is for the till then where somebody lives is behind the hash; for the stores it is a question', async () => {
  const answers = { chooseLocation: { name: '某大厦', address: '上海市静安区南京西路 1 号', latitude: 31.24, longitude: 121.46 } }
  const till = world({ routes: DISTRICTS, answers, depth: 2 })
  await opened('place', { back: encodeURIComponent('/s/sto_1/checkout') })
  const [path, hash] = till.state.take().split('#')
  assert.equal(path, '/s/sto_1/checkout?picked=place')
  assert.deepEqual(Object.fromEntries(new URLSearchParams(hash)), { lat: '31.24', lng: '121.46', district: '上海市静安区', street: '南京西路 1 号某大厦' })
  const stores = world({ routes: DISTRICTS, answers, depth: 2 })
  await opened('place', { back: encodeURIComponent('/?all=1') })
  assert.equal(stores.state.take(), '/?lat=31.24&lng=121.46')
  const foreign = world({ answers, depth: 2 })
  await opened('place', { back: encodeURIComponent('https://evil.example') })
  assert.deepEqual([foreign.gone, foreign.of('chooseLocation').length], [['back'], 0])
})

test('given a code when scanned then its page is shown, and an unknown one can be scanned again', async () => {
  const w = world({ answers: { scanCode: { result: '6901234567892', scanType: 'EAN_13' } }, depth: 2 })
  await opened('scan', { store: 'sto_1' })
  assert.equal(w.state.take(), '/s/sto_1/search?q=6901234567892')
  const lost = world({ answers: { scanCode: { result: 'hello' } }, depth: 2 })
  const page = await opened('scan', { store: '' })
  assert.match(text(page), /没有认出这个码.*选好门店/s)
  await tap(page, '.go')
  assert.equal(lost.of('scanCode').length, 2)
})

test('given a phone number when its owner lets it go then it is told to the page alone, and a no leads back', async () => {
  const w = world({ routes: { ...SESSION, 'POST /api/v1/phone': ({ body }) => [200, { phone: body.code === 'pc-1' ? '13800138000' : '' }] }, depth: 2 })
  const page = await opened('phone', { back: encodeURIComponent('/s/sto_1/checkout') })
  await page.instance.onNumber({ detail: { code: 'pc-1' } })
  assert.equal(w.state.take(), '/s/sto_1/checkout?picked=phone#phone=13800138000')
  const no = world({ depth: 2 })
  const other = await opened('phone', { back: encodeURIComponent('/s/sto_1/checkout') })
  await other.instance.onNumber({ detail: { errMsg: 'getPhoneNumber:fail user deny' } })
  assert.deepEqual([no.gone, no.state.take()], [['back'], null])
  world({ routes: { ...SESSION, 'POST /api/v1/phone': [400, { code: 'bad_request', title: '凭证已过期', detail: '请再试一次' }] }, depth: 2 })
  const late = await opened('phone', { back: encodeURIComponent('/s/sto_1/checkout') })
  await late.instance.onNumber({ detail: { code: 'old' } })
  await settled()
  assert.match(text(late), /凭证已过期/)
})

// ---------------------------------------------------------------- privacy

test('given something personal that WeChat wants consent for when asked then it waits for the answer and goes on with it', async () => {
  for (const [button, told] of [['#agree', { event: 'agree', buttonId: 'agree' }], ['.plain', { event: 'disagree' }]]) {
    const w = world()
    const privacy = render('components/privacy/privacy')
    assert.ok(!privacy.dom.textContent.includes('隐私保护提示'))
    const heard = []
    globalThis.wx.needPrivacy((answer) => heard.push(['first', answer]))
    globalThis.wx.needPrivacy((answer) => heard.push(['second', answer]))
    await settled()
    assert.match(privacy.dom.textContent, /《连店用户隐私保护指引》/)
    await tap(privacy, '.link')
    assert.equal(w.of('openPrivacyContract').length, 1)
    heard.length = 0
    if (button === '#agree') privacy.instance.onAgree()
    else await tap(privacy, button)
    await settled()
    assert.deepEqual(heard, [['first', told], ['second', told]])
    assert.ok(!privacy.dom.textContent.includes('隐私保护提示'))
    privacy.detach()
  }
})

test('given a pay page when it is left by the phone\'s own way back then the page below shows the order', async () => {
  const w = world({ routes: { ...SESSION, ...START }, answers: { requestPayment: new Error('cancel') }, depth: 2 })
  const page = await opened('pay', { order: 'ord_1' })
  page.instance.onUnload()
  assert.equal(w.state.take(), '/orders/ord_1')
  const paid = world({ routes: { ...SESSION, ...START }, depth: 2 })
  const done = await opened('pay', { order: 'ord_1' })
  done.instance.onUnload()
  assert.equal(paid.state.take(), '/orders/ord_1?from=pay', 'the way out that was chosen stands')
})

test('given a stack on this machine when one logs in and pays in the developer tool then its sandbox stands in for WeChat', async () => {
  const sandbox = { 'POST /sandbox/code': [200, { code: 'box-1' }], 'POST /sandbox/pay': [200, {}] }
  const w = world({ routes: { ...SESSION, ...START, ...sandbox }, env: 'develop', depth: 2 })
  await opened('pay', { order: 'ord_1' })
  assert.equal(w.of('login').length, 0)
  assert.deepEqual(w.of('request').map((r) => r.path), ['/sandbox/code', '/api/v1/session', '/api/v1/orders/ord_1/payment', '/sandbox/pay'])
  assert.deepEqual(w.of('request').at(-1).body, { prepay_id: 'wx1' })
  assert.equal(w.state.take(), '/orders/ord_1?from=pay')
  const closed = world({ routes: { ...SESSION, ...START, ...sandbox }, env: 'develop', answers: { showModal: { confirm: false } }, depth: 2 })
  assert.match(text(await opened('pay', { order: 'ord_1' })), /还没有付款/)
  assert.equal(closed.of('requestPayment').length, 0)
})

test('given an environment when the shell runs in it then it calls that one and no other', async () => {
  for (const [env, host] of [['develop', 'http://127.0.0.1:7400/'], ['trial', 'https://trial.shop.example.com/'], ['release', `${ORIGIN}/`], ['unheard-of', `${ORIGIN}/`]]) {
    const w = world({ routes: { ...TICKET, 'POST /sandbox/code': [200, { code: 'box-1' }] }, env })
    await opened('home')
    assert.ok(w.of('request').at(-1).url.startsWith(host), env)
  }
})
