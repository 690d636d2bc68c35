// How what people scan, are sent and share becomes a page of the shop, and what does not.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ORIGIN, module } from './world.mjs'

const { entry, known, plain, scanned, shared, storeOf, withParam, within } = module('lib/paths')
const address = module('lib/address')

test('given paths when looked at then only pages of the shop are known', () => {
  const category = encodeURIComponent('茶饮')
  const good = ['/', '/?lat=31.2&lng=121.4', '/e/xh-01', '/s/sto_sh01', `/s/sto_sh01/c/${category}`, '/s/sto_sh01/search?q=%E5%A5%B6', '/s/sto_sh01/p/sku_1', '/s/sto_sh01/cart', '/s/sto_sh01/checkout?transfer_from=loc_1', '/login?to=%2F', '/orders', '/orders/ord_1?from=pay', '/me', '/me/addresses?edit=adr_1', '/legal/privacy?v=1', '/s/sto_1/licences']
  for (const path of good) assert.ok(known(path), path)
  const bad = ['', 's', '//evil.example', '/\\evil.example', '/\t/evil.example', 'https://evil.example', '/console', '/console/hq', '/s/x', '/s/sto_1/../../console', '/enter/abc', '/api/v1/orders', '/orders/1', `/s/sto_1?${'a'.repeat(200)}`, '/s/sto_1?q=奶', undefined, null, 5]
  for (const path of bad) assert.ok(!known(path), String(path))
  assert.ok(known(`/?${'a'.repeat(198)}`) && !known(`/?${'a'.repeat(199)}`), 'a ticket takes 200')
})

test('given an entry when read then a code, a card or a message leads to its page and anything else to none', () => {
  assert.equal(entry({ scene: 'xh-01' }), '/e/xh-01')
  assert.equal(entry({ scene: 'a'.repeat(32) }), `/e/${'a'.repeat(32)}`)
  for (const scene of ['a'.repeat(33), 'abc', 'a/b/c', '%zz', 'a=1&b=2']) assert.equal(entry({ scene }), null, scene)
  assert.equal(entry({ to: encodeURIComponent('/s/sto_1/p/sku_1') }), '/s/sto_1/p/sku_1')
  assert.equal(entry({ to: '/s/sto_1/c/%E8%8C%B6' }), '/s/sto_1/c/%E8%8C%B6', 'not read twice')
  assert.equal(entry({ to: encodeURIComponent('//evil.example'), store: 'sto_1' }), '/s/sto_1')
  assert.equal(entry({ store: 'nonsense' }), null)
  assert.equal(entry({}), null)
})

test('given what is scanned when read then codes, our addresses and barcodes lead on', () => {
  assert.equal(scanned({ path: 'pages/home/home?scene=xh-01' }, ORIGIN, null), '/e/xh-01')
  assert.equal(scanned({ path: `pages/home/home?store=sto_1&to=${encodeURIComponent('/s/sto_1/p/sku_2')}` }, ORIGIN, null), '/s/sto_1/p/sku_2')
  assert.equal(scanned({ result: `${ORIGIN}/e/xh-01` }, ORIGIN, null), '/e/xh-01')
  assert.equal(scanned({ result: ' 6901234567892 ' }, ORIGIN, 'sto_1'), '/s/sto_1/search?q=6901234567892')
  for (const result of ['6901234567892', '1234567', `${ORIGIN}.evil.example/e/xh-01`, 'https://evil.example/e/xh-01', `${ORIGIN}/orders/ord_1`, `${ORIGIN}/login?to=/`, '', 'wxp://pay']) {
    assert.equal(scanned({ result }, ORIGIN, null), null, result)
  }
})

test('given a page when shared then its card leads others to it, or to its store when it is somebody\'s own', () => {
  const to = (path) => encodeURIComponent(path)
  assert.equal(shared('/s/sto_1/p/sku_1?at=17', 'sto_1'), `/pages/home/home?store=sto_1&to=${to('/s/sto_1/p/sku_1')}`)
  for (const own of ['/orders/ord_1', '/s/sto_1/cart', '/s/sto_1/checkout?x=1', '/enter/abcdef', '/login', '/me/addresses', null]) {
    assert.equal(shared(own, 'sto_1'), `/pages/home/home?store=sto_1&to=${to('/s/sto_1')}`, String(own))
  }
  assert.equal(shared('/', null), `/pages/home/home?to=${to('/')}`)
  // What a card says is what an entry reads.
  const query = Object.fromEntries(new URL(shared('/s/sto_1/search?q=%E5%A5%B6', 'sto_1'), ORIGIN).searchParams)
  assert.equal(entry(query), '/s/sto_1/search?q=%E5%A5%B6')
})

test('given addresses of pages when taken apart then the store, the path and the parameters are found', () => {
  assert.equal(storeOf('/s/sto_1/cart'), 'sto_1')
  assert.equal(storeOf('/orders'), null)
  assert.equal(within(`${ORIGIN}/a?b#c`, ORIGIN), '/a?b#c')
  assert.equal(within(ORIGIN, ORIGIN), '/')
  assert.equal(within(`${ORIGIN}?x=1`, ORIGIN), '/?x=1')
  assert.equal(within('https://evil.example/', ORIGIN), null)
  assert.equal(withParam('/a#b', 'x', '1 2'), '/a?x=1%202#b')
  assert.equal(withParam('/a?b=1', 'x', '1'), '/a?b=1&x=1')
  assert.equal(plain('/a?at=1&b=2&picked=x#d'), '/a?b=2')
})

test('given an entry of WeChat\'s address book when read then it is as our API takes it', () => {
  const book = { userName: ' 王小明 ', telNumber: '+86 138-0013-8000', provinceName: '上海市', cityName: '上海市', countyName: '静安区', detailInfo: '南京西路 1 号' }
  assert.deepEqual(address.fromBook(book), { name: '王小明', phone: '13800138000', district: '上海市静安区', street: '南京西路 1 号' })
  assert.equal(address.district({ provinceName: '浙江省', cityName: '杭州市', countyName: '西湖区' }), '浙江省杭州市西湖区')
  assert.equal(address.district({ provinceName: '北京市', cityName: '市辖区', countyName: '朝阳区' }), '北京市朝阳区')
  assert.equal(address.phone('8613800138000'), '13800138000')
  assert.equal(address.words({ name: '某大厦', address: '上海市静安区南京西路 1 号' }, '上海市静安区'), '南京西路 1 号某大厦')
  assert.equal(address.words({ name: '某大厦', address: '静安区南京西路某大厦' }, '上海市静安区'), '南京西路某大厦')
  assert.equal(address.words({ name: '', address: '区公所路 3 号' }, '上海市静安区'), '区公所路 3 号')
})
