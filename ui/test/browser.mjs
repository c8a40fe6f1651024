// Chromium for the browser tests.
import assert from 'node:assert/strict'
import { chromium } from 'playwright-core'

/** Starts Chromium. Returns functions that open pages, and that close the browser. */
export async function startBrowser() {
  const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium'
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] })
  return {
    open: (path, options) => open(browser, path, options),
    newContext: (options) => browser.newContext(options),
    close: () => browser.close(),
  }
}

/** Opens a page; what it says on the console as an error, or fails to load, fails the test. */
async function open(browser, path, { url, theme = 'light', language = 'en', allowed = [], user, ...options }) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 860 }, ...options })
  const page = await context.newPage()
  page.setDefaultTimeout(20_000)
  const problems = []
  page.on('pageerror', (error) => problems.push(String(error)))
  page.on(
    'console',
    (message) =>
      message.type() === 'error' &&
      !allowed.some((text) => message.text().includes(text)) &&
      problems.push(message.text()),
  )
  await page.addInitScript(
    ([t, l]) => {
      if (window !== top) return // a sandboxed frame has no storage
      localStorage.setItem('kiroku.theme', JSON.stringify(t))
      localStorage.setItem('kiroku.language', JSON.stringify(l))
    },
    [theme, language],
  )
  await page.goto(`${url}/${path}`)
  if (user) await signIn(page, user)
  return Object.assign(page, {
    fine: async () => {
      assert.deepEqual(problems, [])
      await context.close()
    },
  })
}

/** Fills in the sign-in page, to which a server with accounts has sent the browser. */
export async function signIn(page, user, password = process.env.PASSWORD) {
  await page.locator('input[name=username]').fill(user)
  await page.locator('input[name=password]').fill(password)
  await page.locator('form button').click()
}
