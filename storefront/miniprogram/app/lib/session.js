// Who is in front of the shell. A web-view gets the session by a single-use ticket in its address; the shell's own calls carry a token, which
// is kept in memory only: the next start logs in anew.

const { ROUTES, call, offline } = require('./api')
const sandbox = require('./sandbox')

/** @type {{ token: string, expires: number } | null} */
let session = null
/** @type {Promise<string> | null} */
let asking = null

/** A code for our API; works once. */
function code() {
  if (sandbox.inUse()) return sandbox.code().catch(() => Promise.reject(offline()))
  return new Promise((done, failed) => {
    wx.login({ success: (answer) => (answer.code ? done(answer.code) : failed(offline())), fail: () => failed(offline()) })
  })
}

/**
 * Does something with a fresh code; once more with another one when WeChat did not know the first (any more).
 * @template T
 * @param {(code: string) => Promise<T>} act
 * @returns {Promise<T>}
 */
async function withCode(act) {
  try {
    return await act(await code())
  } catch (fault) {
    if (/** @type {any} */ (fault).status !== 401) throw fault
    return act(await code())
  }
}

/**
 * The path that logs a web-view in and leads on to `to`.
 * @param {string} to
 * @returns {Promise<string>}
 */
async function ticket(to) {
  const answer = await withCode((js) => call(ROUTES.ticket, { body: { code: js, to } }))
  return answer.path
}

/**
 * A token of the member; two who ask at once get the same.
 * @returns {Promise<string>}
 */
function token() {
  // A minute early: the call that it is for takes a while.
  if (session && session.expires - 60000 > Date.now()) return Promise.resolve(session.token)
  if (!asking) {
    asking = withCode((js) => call(ROUTES.session, { body: { code: js } }))
      .then((answer) => {
        session = { token: answer.token, expires: Number(answer.expires) }
        return answer.token
      })
      .finally(() => {
        asking = null
      })
  }
  return asking
}

/**
 * A call as the member; with a new session when the old one counts no more.
 * @param {{ method: string, path: string }} route
 * @param {{ params?: Record<string, string>, query?: Record<string, string>, body?: object }} [with_]
 * @returns {Promise<any>}
 */
async function asMember(route, with_ = {}) {
  try {
    return await call(route, { ...with_, token: await token() })
  } catch (fault) {
    if (/** @type {any} */ (fault).status !== 401) throw fault
    session = null
    return call(route, { ...with_, token: await token() })
  }
}

/** As after a fresh start; for tests. */
function forget() {
  session = null
  asking = null
}

module.exports = { ticket, token, asMember, forget }
