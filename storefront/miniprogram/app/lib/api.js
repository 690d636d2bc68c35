// Calls to the shop's API. Every route that the shell uses is named here (check/agree.test.mjs compares them with infra/routes.toml).

const { config } = require('../config')

const ROUTES = {
  session: { method: 'POST', path: '/api/v1/session' },
  ticket: { method: 'POST', path: '/api/v1/tickets' },
  home: { method: 'GET', path: '/api/v1/stores/{store}/home' },
  districts: { method: 'GET', path: '/api/v1/districts' },
  saveAddress: { method: 'POST', path: '/api/v1/addresses' },
  phone: { method: 'POST', path: '/api/v1/phone' },
  pay: { method: 'POST', path: '/api/v1/orders/{order}/payment' },
}

/** How long an answer may take. */
const PATIENCE_MS = 15000

/**
 * Why something was not done. `kind`: `network` when nobody answered, `refused` when the API said no, `trouble` when it could not.
 * @typedef {{ kind: 'network' | 'refused' | 'trouble', status: number, code: string, title: string, detail: string }} Fault
 */

/**
 * A refusal in the API's own words, or in ours where it has none.
 * @param {number} status
 * @param {any} body
 * @returns {Fault}
 */
function faultOf(status, body) {
  const said = body && typeof body === 'object' ? body : {}
  const kind = status >= 500 || status === 429 ? 'trouble' : 'refused'
  return { kind, status, code: said.code || '', title: said.title || '暂时无法完成', detail: said.detail || '请稍后再试' }
}

/** @returns {Fault} */
function offline() {
  return { kind: 'network', status: 0, code: '', title: '网络不太顺畅', detail: '请检查网络后再试' }
}

/**
 * Calls a route; rejects with a {@link Fault}.
 * @param {{ method: string, path: string }} route
 * @param {{ params?: Record<string, string>, query?: Record<string, string>, body?: object, token?: string }} [with_]
 * @returns {Promise<any>}
 */
function call(route, with_ = {}) {
  const path = route.path.replace(/\{(\w+)\}/g, (_, name) => encodeURIComponent((with_.params || {})[name] || ''))
  const pairs = Object.entries(with_.query || {}).map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
  const url = `${config().origin}${path}${pairs.length ? `?${pairs.join('&')}` : ''}`
  /** @type {Record<string, string>} */
  const header = { accept: 'application/json' }
  if (with_.body) header['content-type'] = 'application/json'
  if (with_.token) header.authorization = `Bearer ${with_.token}`
  return new Promise((done, failed) => {
    wx.request({
      url,
      method: route.method === 'POST' ? 'POST' : 'GET',
      data: with_.body && JSON.stringify(with_.body),
      header,
      timeout: PATIENCE_MS,
      success: ({ statusCode, data }) => {
        // Problems come as application/problem+json, which not every version reads as JSON.
        let body = data
        if (typeof body === 'string' && body) {
          try {
            body = JSON.parse(body)
          } catch (_) {
            body = ''
          }
        }
        if (statusCode >= 200 && statusCode < 300) done(body)
        else failed(faultOf(statusCode, body))
      },
      fail: () => failed(offline()),
    })
  })
}

module.exports = { ROUTES, call, offline }
