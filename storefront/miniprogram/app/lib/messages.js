// What a page in the web-view may ask of the shell. It asks by going to a page of the shell (storefront/shop/script/shell.js), since what it
// posts arrives only when the person leaves or shares. check/agree.test.mjs compares both lists.

/** The pages that a web-view opens, each with the parameters that it needs. */
const MESSAGES = {
  login: ['to'],
  pay: ['order'],
  address: ['back'],
  place: ['back'],
  scan: ['store'],
  phone: ['back'],
}

/** The tabs that a web-view may switch to. */
const TABS = ['home', 'goods', 'cart', 'mine']

/** What a web-view posts, for the card that is shared. */
const SHARED = ['path', 'title', 'picture']

module.exports = { MESSAGES, TABS, SHARED }
