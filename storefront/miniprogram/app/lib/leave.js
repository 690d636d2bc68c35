// The way from a page of the shell back to the web-view.

const state = require('./state')

/**
 * Back to the web-view that led here, which shows `path` then; as it was when there is none.
 * @param {string | null} path
 */
function finish(path) {
  if (getCurrentPages().length > 1) {
    if (path) state.leave(path)
    wx.navigateBack()
  } else if (path) {
    wx.redirectTo({ url: `/pages/page/page?to=${encodeURIComponent(path)}` })
  } else {
    wx.switchTab({ url: '/pages/home/home' })
  }
}

/**
 * Did the person close what WeChat asked?
 * @param {any} error what `fail` was given
 */
function cancelled(error) {
  return /cancel/.test((error && error.errMsg) || '')
}

/**
 * A WeChat call as a promise.
 * @template T
 * @param {(options: any) => void} api
 * @param {object} [options]
 * @returns {Promise<T>}
 */
function ask(api, options = {}) {
  return new Promise((success, fail) => api({ ...options, success, fail }))
}

module.exports = { finish, cancelled, ask }
