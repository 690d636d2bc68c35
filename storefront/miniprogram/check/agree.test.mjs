// The shell and the pages inside of it are two programs that are released apart. This is what they must agree on: routes, messages, tickets, and
// what the till keeps of what is typed.

import assert from 'node:assert/strict'
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { parse } from 'smol-toml'
import * as page from '../../shop/script/shell.js'
import { APP, ROOT, module } from './world.mjs'

const read = (path) => readFileSync(join(ROOT, path), 'utf8')
const { function: functions, page: pages } = parse(read('infra/routes.toml'))
const openapi = JSON.parse(read('openapi.json'))
const { ROUTES } = module('lib/api')
const messages = module('lib/messages')
const app = JSON.parse(readFileSync(join(APP, 'app.json'), 'utf8'))
const source = (path) => readFileSync(join(APP, path), 'utf8')

test('given the pages that the shell opens when compared with the list of the shop then they are the same', () => {
  const shop = pages.filter((row) => row.app === 'shop').map((row) => row.path)
  const opened = module('lib/paths').PAGES
  for (const path of opened) assert.ok(shop.includes(path), `${path} is no page of the shop`)
  // A page that the shell does not know cannot be shared, scanned or come back to; whoever adds one decides.
  for (const path of shop) assert.ok(opened.includes(path), `${path} is not in the shell's list: storefront/miniprogram/app/lib/paths.js`)
  // And what a ticket leads through.
  const enter = functions.find((row) => row.path === '/enter/{ticket}' && row.method === 'GET')
  assert.equal(enter.permission, 'public')
})

test('given the routes that the shell calls when compared with the list then each is there, for whom it is called', () => {
  const scripts = readdirSync(APP, { recursive: true }).map(String).filter((path) => path.endsWith('.js')).map(source).join('\n')
  for (const [name, { method, path }] of Object.entries(ROUTES)) {
    const row = functions.find((f) => f.method === method && f.path === path)
    assert.ok(row, `${method} ${path} is no route`)
    const member = scripts.includes(`asMember(ROUTES.${name},`)
    assert.ok(member || scripts.includes(`call(ROUTES.${name},`), `${name} is called by nobody`)
    assert.equal(row.permission, member ? 'member' : 'public', `${method} ${path}`)
  }
  // No call goes around the list.
  assert.equal(scripts.match(/\/api\/v1\//g).length, Object.keys(ROUTES).length)
})

test('given the bodies of those routes when compared with the document then every field that is sent or read is in it', () => {
  const fields = (name) => Object.keys(openapi.components.schemas[name].properties)
  const body = (route) => functions.find((f) => f.method === route.method && f.path === route.path).body
  const answer = (route) => functions.find((f) => f.method === route.method && f.path === route.path).answers
  const has = (name, wanted) => wanted.forEach((field) => assert.ok(fields(name).includes(field), `${name} has no ${field}`))
  // A route that was just added is in the list before it is in the document.
  const known = (name) => name in openapi.components.schemas
  has(body(ROUTES.session), ['code'])
  has(answer(ROUTES.session), ['token', 'expires'])
  // Milliseconds since the epoch.
  assert.match(read('shared/types/src/time.rs'), /#\[serde\(transparent\)\]/)
  has(body(ROUTES.ticket), ['code', 'to'])
  has(answer(ROUTES.ticket), ['path'])
  has(answer(ROUTES.home), ['categories'])
  has('Category', ['key'])
  has(answer(ROUTES.districts), ['districts'])
  has('DistrictView', ['name', 'point'])
  has(body(ROUTES.saveAddress), ['name', 'phone', 'district', 'street', 'point'])
  has(answer(ROUTES.pay), ['time_stamp', 'nonce_str', 'package', 'sign_type', 'pay_sign'])
  if (ROUTES.phone && known(body(ROUTES.phone))) {
    has(body(ROUTES.phone), ['code'])
    has(answer(ROUTES.phone), ['phone'])
  }
  const query = (route) => functions.find((f) => f.path === route.path && f.method === route.method).query
  for (const name of ['q', 'lat', 'lng']) assert.ok(query(ROUTES.districts).includes(name), name)
})

test('given the messages of both sides when compared then each has a page that takes what is sent', () => {
  assert.deepEqual(page.MESSAGES, messages.MESSAGES)
  assert.deepEqual(page.TABS, messages.TABS)
  assert.deepEqual(page.SHARED, messages.SHARED)
  for (const [name, needs] of Object.entries(messages.MESSAGES)) {
    assert.ok(app.pages.includes(`pages/${name}/${name}`), name)
    const takes = new Set([...source(`pages/${name}/${name}.js`).matchAll(/\bquery\.(\w+)/g)].map(([, field]) => field))
    assert.deepEqual([...takes].sort(), [...needs].sort(), `pages/${name}`)
    const url = page.pageOf(name, { [needs[0]]: '/a?b=1' })
    assert.equal(url, `/pages/${name}/${name}?${needs[0]}=${encodeURIComponent('/a?b=1')}`)
  }
  assert.equal(page.pageOf('nonsense', {}), null)
  assert.equal(page.pageOf('toString', {}), null)
  assert.deepEqual(app.tabBar.list.map((tab) => tab.pagePath), messages.TABS.map((name) => `pages/${name}/${name}`))
  // What a person is asked to pay at a stack of one machine is at its sandbox.
  const sandbox = read('infra/local/sandbox/src/lib.rs')
  for (const [, path] of source('lib/sandbox.js').matchAll(/post\('([^']+)'/g)) assert.ok(sandbox.includes(`.route("${path}", post(`), path)
  // What is read of a card is what is posted.
  const web = source('lib/web.js')
  for (const field of messages.SHARED) assert.ok(web.includes(`card.${field}`), field)
})

test('given tickets when both sides and the server are compared then their paths have one length and one form', () => {
  const rule = read('shared/types/src/path.rs')
  const longest = Number(/to\.len\(\) <= (\d+)/.exec(rule)[1])
  assert.equal(longest, Number(/const LONGEST = (\d+)/.exec(source('lib/paths.js'))[1]))
  const session = read('functions/src/routes/members/session.rs')
  assert.match(session, /path: format!\("\/enter\/\{ticket\}"\)/)
  // A ticket lasts longer than a page may take to open.
  assert.ok(Number(/TICKET_MS: i64 = (\d+) \* Timestamp::MINUTE/.exec(session)[1]) >= 1)
  // Who has no (good) ticket is led to the login, from where the page asks the shell for another.
  assert.match(session, /"\/login\?expired=1"/)
})

test('given the entrance codes of stores when compared with what a mini-program code holds then all of them fit', () => {
  const { known } = module('lib/paths')
  assert.match(read('shared/domain/src/stores/edit.rs'), /入口码为 4 到 32 位字母、数字、- 或 _/)
  assert.ok(known(`/e/${'a'.repeat(4)}`) && known(`/e/${'-_aZ09'.repeat(5)}ab`) && !known(`/e/${'a'.repeat(33)}`) && !known('/e/abc'))
})

test('given what the till keeps of what is typed when the shell fills it in then the names are the till\'s', () => {
  const till = read('storefront/shop/src/islands/checkout.rs')
  const form = /struct Form \{([^}]*)\}/.exec(till)[1]
  for (const field of ['way', 'name', 'phone', 'district', 'street', 'point']) assert.match(form, new RegExp(`\\b${field}:`), field)
  assert.ok(till.includes('"ld-form-{member}"'))
  const ways = read('shared/types/src/state.rs') + read('shared/types/src/lib.rs')
  assert.match(ways, /Fulfilment/)
})

test('given the page\'s policy when compared with the script then WeChat\'s bridge is let in where the script is, by its whole address', () => {
  const server = read('storefront/server/src/shop.rs')
  assert.ok(server.includes(page.BRIDGE), 'the policy names the bridge')
  assert.equal(server.split('res.wx.qq.com').length, 2, 'once')
  const frame = read('storefront/shop/src/pages/frame.rs')
  assert.match(frame, /shell\.js/)
  assert.match(frame, /data-shell/)
})

test('given the island that pays when it runs in the shell then it asks the shell by the name that the shell knows', () => {
  const pay = read('storefront/shop/src/islands/pay.rs')
  assert.match(pay, /ask_shell\("pay", order\)/)
  assert.match(read('storefront/shop/src/browser.rs'), /"ldShell"/)
  assert.equal(messages.MESSAGES.pay[0], 'order')
})

test('given the shell\'s files when read then no host is named but in its one file of settings', () => {
  for (const path of readdirSync(APP, { recursive: true }).map(String).filter((name) => /\.(js|json|wxml|wxss)$/.test(name))) {
    if (path !== 'config.js') assert.doesNotMatch(source(path), /https?:\/\/[a-z]/, path)
  }
  const { ENVIRONMENTS } = module('config')
  for (const [name, { origin, sandbox }] of Object.entries(ENVIRONMENTS)) {
    assert.equal(Boolean(sandbox), name === 'develop', `${name}: a sandbox is for the developer's own machine`)
    assert.equal(new URL(origin).origin, origin, name)
    assert.ok(name === 'develop' || (origin.startsWith('https://') && origin.endsWith('.example.com')), origin)
  }
})
