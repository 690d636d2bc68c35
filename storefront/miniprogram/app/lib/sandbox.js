// A stack on this machine knows nothing of WeChat's real codes and payments: its sandbox stands in for both, in the developer tool only.

const { config } = require('../config')

/** Who is logged in there: one of the demo chain's customers. */
const OPENID = 'demo-01'

/** Is there one? */
function inUse() {
  return Boolean(config().sandbox)
}

/**
 * @param {string} path
 * @param {object} body
 * @returns {Promise<any>}
 */
function post(path, body) {
  return new Promise((done, failed) => {
    wx.request({
      url: `${config().sandbox}${path}`,
      method: 'POST',
      data: JSON.stringify(body),
      header: { 'content-type': 'application/json' },
      success: ({ statusCode, data }) => (statusCode < 300 ? done(data) : failed({ errMsg: `sandbox:fail ${statusCode}` })),
      fail: failed,
    })
  })
}

/** A code as `wx.login` gives it. */
async function code() {
  return (await post('/sandbox/code', { openid: OPENID })).code
}

/**
 * Asks, and pays or closes, as WeChat's own sheet does.
 * @param {string} prepayId
 */
async function pay(prepayId) {
  const yes = await new Promise((done) => wx.showModal({ title: '支付沙箱', content: '不会真的扣款', success: (answer) => done(answer.confirm) }))
  if (!yes) throw { errMsg: 'sandbox:fail cancel' }
  return post('/sandbox/pay', { prepay_id: prepayId })
}

module.exports = { inUse, code, pay }
