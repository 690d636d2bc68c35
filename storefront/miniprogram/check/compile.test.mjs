// Every page and component by WeChat's own compilers, wcc and wcsc.

import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { APP, require } from './world.mjs'

const { wxmlToJs, wxssToJs } = require('miniprogram-compiler')

const found = (ending) => readdirSync(APP, { recursive: true }).map(String).filter((path) => path.endsWith(ending))

test('given all markup when compiled by wcc then every file becomes a function that draws', () => {
  const gwx = new Function(wxmlToJs(APP))()
  const files = found('.wxml')
  assert.ok(files.length >= 13, `${files}`)
  for (const file of files) assert.equal(gwx(file)({}).tag, 'wx-page', file)
})

test('given all styles when compiled by wcsc then every file is there', () => {
  const compiled = wxssToJs(APP)
  // What a component's or a page's style may not say is said by the compiler beside its code.
  assert.doesNotMatch(compiled, /Some selectors are not allowed[^)]*\((components|pages)\//)
  const styles = new Function(compiled)()
  for (const file of found('.wxss')) assert.equal(typeof styles(file), 'function', file)
})

test('given markup or styles that WeChat would refuse when compiled then they are refused here', () => {
  const folder = mkdtempSync(join(tmpdir(), 'shell-'))
  const bad = (name, text, compile) => {
    mkdirSync(folder, { recursive: true })
    writeFileSync(join(folder, name), text)
    assert.throws(() => compile(folder), name)
    rmSync(folder, { recursive: true })
  }
  bad('a.wxml', '<view><text></view>', wxmlToJs)
  bad('a.wxml', '<view>{{a +}}</view>', wxmlToJs)
  bad('a.wxss', '.a { color: red; } }', wxssToJs)
})
