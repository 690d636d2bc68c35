// Where the shop is, by the version of the mini-program that runs. The only file of the shell that names a host.
//
// `origin` is the site of the shop's pages and of its API: a business domain (业务域名) and a request domain (request 合法域名) of the
// mini-program, without a slash at its end.

/**
 * `sandbox`: the partners' sandbox of a stack on this machine, which stands in for WeChat's login and payment.
 * @typedef {{ origin: string, templates: string[], sandbox?: string }} Config
 */

/** @type {Record<'develop' | 'trial' | 'release', Config>} */
const ENVIRONMENTS = {
  // The developer tool against the stack on this machine (`cargo xtask up`). Tick 不校验合法域名 there.
  develop: { origin: 'http://127.0.0.1:7400', templates: [], sandbox: 'http://127.0.0.1:7404' },
  trial: { origin: 'https://trial.shop.example.com', templates: [] },
  // `templates`: at most three ids of subscribe messages that are offered after a payment. None: nobody is asked.
  release: { origin: 'https://shop.example.com', templates: [] },
}

/**
 * The settings of the version that runs.
 * @returns {Config}
 */
function config() {
  const version = wx.getAccountInfoSync().miniProgram.envVersion
  return ENVIRONMENTS[version] || ENVIRONMENTS.release
}

module.exports = { ENVIRONMENTS, config }
