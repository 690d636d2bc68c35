// WeChat in small: a DOM for miniprogram-simulate, and a `wx` that says what it was asked and answers as a test wants.

import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { JSDOM } from 'jsdom'

export const require = createRequire(import.meta.url)
export const HERE = join(dirname(fileURLToPath(import.meta.url)), '..')
export const APP = join(HERE, 'app')
export const ROOT = join(HERE, '../..')
export const ORIGIN = 'https://shop.example.com'

const dom = new JSDOM('<!doctype html><body></body>', { url: ORIGIN, pretendToBeVisual: true })
for (const name of ['window', 'document', 'HTMLElement', 'Element', 'Node', 'Event', 'CustomEvent', 'Text', 'MutationObserver', 'requestAnimationFrame', 'cancelAnimationFrame']) {
  globalThis[name] = name === 'window' ? dom.window : dom.window[name]
}
Object.defineProperty(globalThis, 'navigator', { value: dom.window.navigator, configurable: true })
// The compilers' code asks for it.
dom.window.__webview_engine_version__ = 0.02
const simulate = require('miniprogram-simulate')

const module_ = (name) => require(join(APP, name))

/** Lets everything that waits for nothing but itself come to its end. */
export const settled = async () => {
  for (let i = 0; i < 20; i++) await new Promise((done) => setImmediate(done))
}

/**
 * A fresh start of the program. `routes`: what the API answers, by `METHOD path`: `[status, body]` or a function of the request; `wx`: what WeChat answers,
 * by the name of the call: a value for `success`, an `Error` for `fail`.
 */
export const world = ({ routes = {}, answers = {}, kept = {}, env = 'release', depth = 1 } = {}) => {
  const asked = []
  const gone = []
  const storage = { ...kept }
  let codes = 0
  const answer = (name, usual) => (options = {}) => {
    asked.push([name, options])
    let given = name in answers ? answers[name] : usual
    if (typeof given === 'function') given = given(options)
    if (given instanceof Error) options.fail?.({ errMsg: `${name}:fail ${given.message}` })
    else options.success?.(given ?? {})
    options.complete?.({})
  }
  globalThis.wx = {
    getAccountInfoSync: () => ({ miniProgram: { envVersion: env } }),
    getStorageSync: (key) => storage[key] ?? '',
    setStorage: ({ key, data }) => (storage[key] = data),
    request: (options) => {
      const [, path] = /^https?:\/\/[^/]+(.*)$/.exec(options.url)
      const request = { method: options.method, path, body: options.data && JSON.parse(options.data), header: options.header, url: options.url }
      asked.push(['request', request])
      const found = routes[`${options.method} ${path.split('?')[0]}`]
      const said = typeof found === 'function' ? found(request) : found
      setImmediate(() => (said ? options.success({ statusCode: said[0], data: said[1] }) : options.fail({ errMsg: 'request:fail' })))
    },
    login: answer('login', () => ({ code: `code-${++codes}` })),
    getPrivacySetting: answer('getPrivacySetting', { needAuthorization: false, privacyContractName: '《连店用户隐私保护指引》' }),
    onNeedPrivacyAuthorization: (listener) => (globalThis.wx.needPrivacy = listener),
    openPrivacyContract: answer('openPrivacyContract'),
    requestPayment: answer('requestPayment'),
    requestSubscribeMessage: answer('requestSubscribeMessage'),
    chooseAddress: answer('chooseAddress'),
    chooseLocation: answer('chooseLocation'),
    scanCode: answer('scanCode'),
    showToast: answer('showToast'),
    showModal: answer('showModal', { confirm: true }),
    navigateBack: () => gone.push('back'),
    redirectTo: ({ url }) => gone.push(url),
    switchTab: ({ url }) => gone.push(url),
  }
  globalThis.getCurrentPages = () => Array.from({ length: depth })
  module_('lib/state').forget()
  module_('lib/session').forget()
  return { asked, gone, storage, state: module_('lib/state'), of: (name) => asked.filter(([n]) => n === name).map(([, o]) => o) }
}

/** Renders a page or component as WeChat's own compiler makes it. */
export const render = (path, properties) => {
  const made = simulate.render(simulate.load(join(APP, path), path.split('/').pop(), { rootPath: APP, less: false }), properties)
  const parent = document.createElement('div')
  document.body.append(parent)
  made.attach(parent)
  return made
}

/** A page as it is opened, and everything that follows from that. */
export const opened = async (name, query = {}) => {
  const page = render(`pages/${name}/${name}`)
  page.instance.onLoad?.(query)
  page.instance.onShow?.()
  await settled()
  return page
}

export { module_ as module }
