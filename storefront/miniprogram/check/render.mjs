// Draws the shell's pages as pictures (target/miniprogram): what miniprogram-simulate makes of them, in Chromium, with the bars that WeChat draws.
// A web-view is a frame with its address: what is in it are the shop's pages, which the browser journeys show.

import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { APP, ROOT, opened, render, settled, world } from './world.mjs'

const OUT = join(ROOT, 'target/miniprogram')
const CHROMIUM = process.env.LIANDIAN_CHROMIUM ?? 'chromium'
mkdirSync(OUT, { recursive: true })

const app = JSON.parse(readFileSync(join(APP, 'app.json'), 'utf8'))
const theme = JSON.parse(readFileSync(join(APP, 'theme.json'), 'utf8'))
const read = (name) => readFileSync(join(APP, name), 'utf8')
const styles = [read('app.wxss').replace(/^page\b|(?<=\{\s*)page\b/gm, 'body'), read('components/privacy/privacy.wxss')].join('\n')

/** The drawn page as HTML: WeChat's elements are plain ones, and classes have their own names again. */
const html = (name, page) => {
  const title = JSON.parse(read(`pages/${name}/${name}.json`)).navigationBarTitleText
  const body = page.dom.innerHTML
    .replace(/<(\/?)wx-button/g, '<$1button')
    .replace(/<(\/?)wx-text/g, '<$1span')
    .replace(/<(\/?)wx-view/g, '<$1div')
    .replace(/<wx-web-view[^>]*>(.*?)<\/wx-web-view>/g, () => `<div class="full dim">网页：${page.instance.data.src.replace(/\?at=\d+/, '')}</div>`)
    .replace(/class="([^"]*)"/g, (_, names) => `class="${names.replace(/[\w-]+--/g, '')}"`)
  const tab = app.tabBar.list.findIndex((t) => t.pagePath === `pages/${name}/${name}`)
  const icon = (path) => `data:image/png;base64,${readFileSync(join(APP, path)).toString('base64')}`
  const bar = (look) =>
    tab < 0
      ? ''
      : `<nav style="position:fixed;inset:auto 0 0;display:flex;background:${theme[look].bar};border-top:1px solid #8884">${app.tabBar.list
          .map((t, i) => `<span style="flex:1;text-align:center;font-size:11px;padding:6px;color:${i === tab ? theme[look].tabOn : theme[look].tab}"><img width="26" height="26" alt="" src="${icon(i === tab ? t.selectedIconPath : t.iconPath)}"><br>${t.text}</span>`)
          .join('')}</nav>`
  return (look) => `<!doctype html><html lang="zh-CN"><meta charset="utf-8"><title>${title}</title><style>
    *{margin:0;padding:0}button{border:0}body{font-family:system-ui,'Noto Sans CJK SC',sans-serif}button{width:100%;font-family:inherit}:root{color-scheme:${look}}${styles}
    header{background:${theme[look].bar};text-align:center;padding:14px;font-weight:600}</style>
    <body><header>${title}</header>${body}${bar(look)}</body></html>`
}

const shoot = (file, name, page) => {
  for (const look of ['light', 'dark']) {
    const path = join(OUT, `${file}-${look}.html`)
    // A picture's look is the page's, not this machine's.
    const made = html(name, page)(look)
    writeFileSync(path, look === 'dark' ? made.replaceAll('(prefers-color-scheme: dark)', 'all') : made)
    execFileSync(CHROMIUM, ['--headless', '--no-sandbox', '--disable-gpu', '--hide-scrollbars', '--window-size=390,844', `--screenshot=${path.replace('.html', '.png')}`, `file://${path}`], { stdio: 'ignore' })
  }
  console.log(`${file}: ${OUT}/${file}-light.png`)
}

const ticket = { 'POST /api/v1/tickets': [200, { ticket: 'ab12', path: '/enter/ab12' }] }
const session = { 'POST /api/v1/session': [200, { token: 't', expires: Date.now() + 3_600_000 }] }
const back = { back: encodeURIComponent('/s/sto_1/checkout') }

world({ routes: ticket })
shoot('home', 'home', await opened('home'))
world()
shoot('offline', 'home', await opened('home'))
world({ routes: ticket })
shoot('no-store', 'cart', await opened('cart'))
world({
  routes: { ...session, 'POST /api/v1/orders/ord_1/payment': [200, { time_stamp: '1', nonce_str: 'n', package: 'p', sign_type: 'RSA', pay_sign: 's' }] },
  answers: { requestPayment: new Error('cancel') },
  depth: 2,
})
shoot('pay-cancelled', 'pay', await opened('pay', { order: 'ord_1' }))
world({
  routes: { 'GET /api/v1/districts': [200, { districts: [{ name: '上海市静安区', point: { lat: 31.2, lng: 121.4 } }] }] },
  answers: { chooseAddress: { userName: '王小明', telNumber: '13800138000', provinceName: '上海市', cityName: '上海市', countyName: '静安区', detailInfo: '南京西路 1 号' } },
  depth: 2,
})
shoot('address', 'address', await opened('address', back))
world({ depth: 2 })
shoot('phone', 'phone', await opened('phone', back))
world({ answers: { scanCode: { result: 'hello' } }, depth: 2 })
shoot('scan-unknown', 'scan', await opened('scan', { store: 'sto_1' }))

// The consent, over the page that asks.
world({ depth: 2 })
const phone = await opened('phone', back)
const privacy = render('components/privacy/privacy')
globalThis.wx.needPrivacy(() => {})
await settled()
phone.dom.innerHTML = phone.dom.innerHTML.replace(/<privacy><\/privacy>|<privacy>.*<\/privacy>/s, '') + privacy.dom.innerHTML
shoot('privacy', 'phone', phone)

// What the docs show.
const shown = ['pay-cancelled', 'address', 'privacy', 'scan-unknown'].map((file) => `<img width="240" alt="" src="file://${join(OUT, `${file}-light.png`)}">`)
writeFileSync(join(OUT, 'sheet.html'), `<body style="margin:0;display:flex;gap:12px;padding:12px;background:#d8d8d8">${shown.join('')}</body>`)
execFileSync(CHROMIUM, ['--headless', '--no-sandbox', '--disable-gpu', '--hide-scrollbars', '--allow-file-access-from-files', '--window-size=1020,544', `--screenshot=${join(ROOT, 'docs/images/miniprogram.png')}`, `file://${join(OUT, 'sheet.html')}`], { stdio: 'ignore' })
process.exit(0)
