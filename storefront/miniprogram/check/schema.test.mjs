// The JSON files against WeChat's own schemas, which its uploader checks them with.

import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import jsonschema from 'jsonschema'
import { APP, HERE, require } from './world.mjs'

// The uploader itself is half of npm; its schemas are files of their own. So its package is taken as it is, without what it depends on, and only
// when its bytes are the known ones.
const PACKAGE = 'miniprogram-ci@2.1.42'
const INTEGRITY = 'sha512-H/bq0Wo6kMbwzcOM4jiYSMuQUkND50+zeyY8EkJuY1TQYijkLbFmNK/CFsFJsJgVcvXZ94wn8Do50YSO/Rv6/w=='

const schemas = () => {
  const folder = join(HERE, 'node_modules/.schemas', PACKAGE)
  if (!existsSync(folder)) {
    const fresh = `${folder}.${process.pid}`
    mkdirSync(fresh, { recursive: true })
    const [packed] = JSON.parse(execFileSync('npm', ['pack', PACKAGE, '--json', '--silent', '--pack-destination', fresh], { encoding: 'utf8' }))
    assert.equal(packed.integrity, INTEGRITY)
    execFileSync('tar', ['xzf', join(fresh, packed.filename), '-C', fresh, 'package/dist/schema'])
    try {
      renameSync(fresh, folder)
    } catch {
      rmSync(fresh, { recursive: true })
    }
  }
  return (name) => require(join(folder, `package/dist/schema/dist/${name}.js`))
}
const schema = schemas()
const read = (path) => JSON.parse(readFileSync(path, 'utf8'))

/** What WeChat has against a document. */
const faults = (name, document) => new jsonschema.Validator().validate(document, schema(name)).errors.map((error) => `${name}: ${error.stack}`)

/** Every folder of a page or a component. */
const units = () =>
  ['pages', 'components'].flatMap((kind) => readdirSync(join(APP, kind)).map((name) => ({ kind, name, path: join(APP, kind, name, name) })))

test('given the JSON files when checked by the official schemas then nothing is wrong with them', () => {
  const all = [
    ...faults('app', read(join(APP, 'app.json'))),
    ...faults('projectconfig', read(join(HERE, 'project.config.json'))),
    ...faults('sitemap', read(join(APP, 'sitemap.json'))),
    ...faults('theme', read(join(APP, 'theme.json'))),
    ...units().flatMap(({ path }) => faults('page', read(`${path}.json`))),
  ]
  assert.deepEqual(all, [])
})

test('given a file with a mistake when checked then the schema finds it', () => {
  const app = read(join(APP, 'app.json'))
  assert.notDeepEqual(faults('app', { ...app, requiredPrivateInfos: ['chooseEverything'] }), [])
  assert.notDeepEqual(faults('app', { ...app, pages: 'pages/home/home' }), [])
  assert.notDeepEqual(faults('app', { ...app, tabBar: { list: [{ text: '首页' }] } }), [])
  assert.notDeepEqual(faults('page', { usingComponents: 1 }), [])
})

test('given what the schemas cannot know when looked at then every file that is named is there, and nothing is left over', () => {
  const app = read(join(APP, 'app.json'))
  const pages = units().filter((unit) => unit.kind === 'pages')
  assert.deepEqual([...app.pages].sort(), pages.map(({ name }) => `pages/${name}/${name}`).sort())
  for (const { path, name } of units()) {
    for (const ending of ['js', 'json', 'wxml']) assert.ok(existsSync(`${path}.${ending}`), `${name}.${ending}`)
    for (const component of Object.values(read(`${path}.json`).usingComponents ?? {})) assert.ok(existsSync(join(APP, `${component}.js`)), component)
    const made = readFileSync(`${path}.wxml`, 'utf8')
    for (const tag of Object.keys(read(`${path}.json`).usingComponents ?? {})) assert.ok(made.includes(`<${tag}`), `${name} uses no ${tag}`)
    // What a tap calls exists.
    const script = readFileSync(`${path}.js`, 'utf8') + (made.includes('<web-view') ? readFileSync(join(APP, 'lib/web.js'), 'utf8') : '')
    for (const [, handler] of made.matchAll(/\b(?:bind|catch)\w+="(\w+)"/g)) {
      if (handler !== 'true') assert.match(script, new RegExp(`\\b${handler}\\(`), `${name}: ${handler}`)
    }
  }
  const theme = read(join(APP, 'theme.json'))
  for (const [, word] of readFileSync(join(APP, 'app.json'), 'utf8').matchAll(/"@(\w+)"/g)) {
    for (const look of ['light', 'dark']) assert.ok(theme[look][word], `${look} ${word}`)
  }
  for (const tab of app.tabBar.list) {
    assert.ok(app.pages.includes(tab.pagePath), tab.pagePath)
    for (const icon of [tab.iconPath, tab.selectedIconPath]) {
      assert.ok(statSync(join(APP, icon)).size <= 40 * 1024, `${icon}: WeChat takes 40 KB`)
      assert.equal(readFileSync(join(APP, icon)).subarray(1, 4).toString(), 'PNG', icon)
    }
  }
  for (const rule of read(join(APP, 'sitemap.json')).rules) assert.ok(rule.page === '*' || app.pages.includes(rule.page), rule.page)
})

test('given the whole shell when weighed then it is far from what WeChat takes', () => {
  const weigh = (path) => (statSync(path).isDirectory() ? readdirSync(path).reduce((sum, name) => sum + weigh(join(path, name)), 0) : statSync(path).size)
  assert.ok(weigh(APP) < 200 * 1024, `${weigh(APP)}`)
})
