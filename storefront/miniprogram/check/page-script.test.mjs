// The pages' side of the shell (storefront/shop/script/shell.js), in a document of its own with WeChat's bridge played.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { JSDOM } from 'jsdom'
import { BRIDGE, fillIn, shell, tabOf } from '../../shop/script/shell.js'

const settled = () => new Promise((done) => setTimeout(done, 5))

const opened = async (path, body = '', { bridge = true, draft, before } = {}) => {
  const dom = new JSDOM(`<!doctype html><html data-shell><head><title>鲜奶 · 连店</title></head><body><main>${body}</main></body></html>`, { url: `https://shop.example.com${path}` })
  const { window: win } = dom
  const asked = []
  const mini = Object.fromEntries(['navigateTo', 'navigateBack', 'switchTab', 'postMessage'].map((name) => [name, (options) => asked.push([name, options?.url ?? options?.data])]))
  if (bridge) win.wx = { miniProgram: mini }
  if (draft) win.sessionStorage.setItem('ld-form-mem_1', JSON.stringify(draft))
  before?.(win)
  shell(win)
  await settled()
  const click = async (selector) => {
    const event = new win.MouseEvent('click', { bubbles: true, cancelable: true })
    win.document.querySelector(selector).dispatchEvent(event)
    await settled()
    return event.defaultPrevented
  }
  return { win, asked, mini, click, went: () => asked.filter(([name]) => name !== 'postMessage') }
}

test('given a page in the shell when it wakes then its card is posted', async () => {
  const { asked } = await opened('/s/sto_1/p/sku_1', '<img src="/p.webp">')
  assert.deepEqual(asked, [['postMessage', { share: { path: '/s/sto_1/p/sku_1', title: '鲜奶', picture: 'https://shop.example.com/p.webp' } }]])
})

test('given an island that asks when it does then the shell\'s page is gone to, and unknown words are the page\'s own matter', async () => {
  const { win, went } = await opened('/s/sto_1/checkout')
  assert.equal(win.ldShell('pay', 'ord_1'), true)
  assert.equal(win.ldShell('nonsense', 'x'), false)
  await settled()
  assert.deepEqual(went(), [['navigateTo', '/pages/pay/pay?order=ord_1']])
})

test('given the till when it wakes in the shell then WeChat\'s addresses, the map and the number can be asked for', async () => {
  const { win, click, went } = await opened('/s/sto_1/checkout?ship_from=loc_1', '<leptos-island><form class="till"></form></leptos-island>')
  const row = win.document.querySelector('.shell')
  assert.equal(row.nextElementSibling.tagName, 'LEPTOS-ISLAND', 'outside of the island')
  for (const name of ['address', 'place', 'phone']) assert.ok(await click(`[data-shell-ask=${name}]`))
  const back = encodeURIComponent('/s/sto_1/checkout?ship_from=loc_1')
  assert.deepEqual(went().map(([, url]) => url), ['address', 'place', 'phone'].map((name) => `/pages/${name}/${name}?back=${back}`))
})

test('given a search field when a page wakes in the shell then a code can be scanned, for its store', async () => {
  const store = await opened('/s/sto_1', '<form class="search"></form>')
  await store.click('[data-shell-ask=scan]')
  assert.deepEqual(store.went(), [['navigateTo', '/pages/scan/scan?store=sto_1']])
  assert.equal(store.win.document.querySelector('[data-shell-ask=place]'), null)
  const stores = await opened('/', '<form class="search"></form>')
  await stores.click('[data-shell-ask=place]')
  assert.deepEqual(stores.went(), [['navigateTo', `/pages/place/place?back=${encodeURIComponent('/')}`]])
})

test('given links when followed then those of other tabs switch and all others stay as they are', async () => {
  assert.equal(tabOf('/s/sto_1', '/s/sto_1/cart'), 'cart')
  assert.equal(tabOf('/s/sto_1/cart', '/s/sto_1/cart'), null)
  assert.equal(tabOf('/s/sto_1', '/orders'), 'mine')
  assert.equal(tabOf('/orders/ord_1', '/orders'), null)
  assert.equal(tabOf('/s/sto_1/cart', '/s/sto_1'), 'home')
  assert.equal(tabOf('/orders/ord_1', '/s/sto_1'), 'home')
  assert.equal(tabOf('/s/sto_1/c/x', '/s/sto_1'), null)
  assert.equal(tabOf('/', '/s/sto_1'), null)
  assert.equal(tabOf('/s/sto_1/p/sku_1', '/s/sto_2/cart'), null, 'another store has no tab here')
  assert.equal(tabOf('/s/sto_1/cart', '/s/sto_2'), null)
  assert.equal(tabOf('/s/sto_1/cart', '/s/sto_1/checkout'), null)
  const { click, went } = await opened('/s/sto_1/p/sku_1', '<a id="cart" href="/s/sto_1/cart">1</a><a id="map" href="https://uri.amap.com/">2</a>')
  assert.equal(await click('#cart'), true)
  assert.equal(await click('#map'), false)
  assert.deepEqual(went(), [['switchTab', '/pages/cart/cart']])
})

test('given a page that is done when it asks to go back then the shell does', async () => {
  const { win, click, went } = await opened('/orders/ord_1', '<a class="back" href="/s/sto_9">1</a><button data-shell-ask="back">2</button>')
  assert.equal(win.ldShell('back'), true)
  assert.equal(await click('button'), true)
  assert.deepEqual(went(), [['navigateBack', undefined], ['navigateBack', undefined]])
})

test('given the login page when it comes up in the shell then the shell logs in, once by itself and then when asked', async () => {
  const login = (at) => opened(`/login?to=${encodeURIComponent('/s/sto_1/checkout')}`, '<a class="btn" href="https://login.example/">1</a>', { before: (win) => at && win.sessionStorage.setItem('ld-shell-login', at) })
  const url = `/pages/login/login?to=${encodeURIComponent('/s/sto_1/checkout')}`
  const first = await login()
  assert.deepEqual(first.went(), [['navigateTo', url]])
  const again = await login(String(Date.now()))
  assert.deepEqual(again.went(), [], 'not round and round')
  assert.equal(await again.click('.btn'), true)
  assert.deepEqual(again.went(), [['navigateTo', url]])
})

test('given what the shell picked when the page comes back then it stands in the form, and the address is clean', async () => {
  const draft = { way: 'pickup', name: '旧', phone: '1', district: '旧区', street: '旧街', point: null, note: '少冰' }
  const kept = ({ win }) => JSON.parse(win.sessionStorage.getItem('ld-form-mem_1'))
  const address = await opened('/s/sto_1/checkout?ship_from=loc_1&picked=address&at=5', '', { draft })
  assert.deepEqual(kept(address), { way: 'delivery', name: '', phone: '', district: '', street: '', point: null, note: '少冰' })
  assert.equal(address.win.location.href, 'https://shop.example.com/s/sto_1/checkout?ship_from=loc_1')
  const told = new URLSearchParams({ lat: '31.24', lng: '121.46', district: '上海市静安区', street: '南京西路 1 号' })
  const place = await opened(`/s/sto_1/checkout?picked=place&at=6#${told}`, '', { draft: { ...draft, way: 'hq_ship' } })
  assert.deepEqual(kept(place), { way: 'hq_ship', name: '旧', phone: '1', district: '上海市静安区', street: '南京西路 1 号', point: { lat: 31.24, lng: 121.46 }, note: '少冰' })
  assert.equal(place.win.location.hash, '')
  const phone = await opened('/s/sto_1/checkout?picked=phone#phone=13800138000', '', { draft })
  assert.deepEqual(kept(phone), { ...draft, phone: '13800138000' })
  const bad = await opened('/s/sto_1/checkout?picked=place#lat=x', '', { draft })
  assert.equal(kept(bad).street, '旧街')
})

test('given drafts that are none when filled in then they are left alone', () => {
  const { window: win } = new JSDOM('', { url: 'https://shop.example.com/' })
  win.sessionStorage.setItem('ld-form-a', '{')
  win.sessionStorage.setItem('ld-form-b', 'null')
  win.sessionStorage.setItem('other', '{"phone":"1"}')
  fillIn(win.sessionStorage, 'phone', new URLSearchParams('phone=13800138000'))
  assert.deepEqual([win.sessionStorage.getItem('ld-form-a'), win.sessionStorage.getItem('ld-form-b'), win.sessionStorage.getItem('other')], ['{', 'null', '{"phone":"1"}'])
})

test('given a bridge that does not come when a page wakes then it is as in any browser, and pays as in any browser', async () => {
  const { win } = await opened('/s/sto_1', '<form class="search"></form>', { bridge: false })
  const script = win.document.querySelector('script')
  assert.equal(script.src, BRIDGE)
  assert.ok(win.document.querySelector('.shell'))
  script.onerror()
  await settled()
  assert.equal(win.document.querySelector('.shell'), null)
  assert.equal(win.document.documentElement.hasAttribute('data-shell'), false)
  assert.equal(win.ldShell, undefined)
})

test('given a bridge that comes late when something was asked then it is asked then', async () => {
  const { win, mini, went } = await opened('/s/sto_1', '', { bridge: false })
  win.ldShell('scan')
  assert.deepEqual(went(), [])
  win.wx = { miniProgram: mini }
  win.document.querySelector('script').onload()
  await settled()
  assert.deepEqual(went(), [['navigateTo', '/pages/scan/scan?store=sto_1']])
})
