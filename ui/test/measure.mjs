// How quick the pages are with many runs: `node test/measure.mjs http://127.0.0.1:5000 EXPERIMENT_ID [rounds]`. Prints, of an experiment's
// page that is opened anew each time, with nothing in the browser's cache: when the first lines of the table and the first chart are seen,
// how long the last run takes to be there after a jump, and what the browser's main thread was busy with in one go while one scrolls.
import { loadavg } from 'node:os'
import { chromium } from 'playwright-core'

const [base, experiment, rounds = '5'] = process.argv.slice(2)
if (!experiment) {
  console.error('usage: node test/measure.mjs URL EXPERIMENT_ID [rounds]')
  process.exit(2)
}

/** Within the page: notes when the table has a line, when a chart is drawn, and each task over 50 ms; all in ms since the page was asked for. */
function watch() {
  const seen = (window.seen = { tasks: [] })
  const note = (what) => {
    seen[what] ??=
      (requestAnimationFrame(() =>
        setTimeout(() => {
          seen[what] = performance.now()
        }),
      ),
      Infinity)
  }
  new PerformanceObserver((list) => {
    for (const task of list.getEntries()) seen.tasks.push({ at: task.startTime, ms: task.duration })
  }).observe({ type: 'longtask', buffered: true })
  new MutationObserver(() => {
    if (document.querySelector('.tr:not(.header) .runname')) note('table')
  }).observe(document, { childList: true, subtree: true })
  // Nothing is drawn before there is something to show.
  for (const name of ['stroke', 'fillRect']) {
    const draw = CanvasRenderingContext2D.prototype[name]
    CanvasRenderingContext2D.prototype[name] = function (...args) {
      if (this.canvas.closest('.chart')) note('chart')
      return draw.apply(this, args)
    }
  }
}

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox'],
})
const when = (page, what) =>
  page
    .waitForFunction((key) => Number.isFinite(window.seen[key]) && window.seen[key], what)
    .then((found) => found.jsonValue())

async function opened(path) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 860 } })
  const page = await context.newPage()
  await page.addInitScript(watch)
  await page.goto(`${base}/#/experiments/${experiment}${path}`)
  return page
}

async function round() {
  const charts = await opened('?tab=charts')
  const chart = await when(charts, 'chart')
  await charts.context().close()

  const page = await opened('')
  const table = await when(page, 'table')
  await page.waitForLoadState('networkidle')
  const from = await page.evaluate(() => performance.now())
  await page.mouse.move(700, 500)
  for (let i = 0; i < 60; i++) {
    await page.mouse.wheel(0, 900)
    await page.waitForTimeout(16)
  }
  // And by the bar at the side, past all there is.
  const jump = await page.evaluate(async () => {
    const runs = document.querySelector('.runs')
    const rows = Number(runs.getAttribute('aria-rowcount'))
    for (let i = 1; i <= 40; i++) {
      runs.scrollTop = (runs.scrollHeight * i) / 60
      await new Promise(requestAnimationFrame)
    }
    const began = performance.now()
    runs.scrollTop = runs.scrollHeight
    while (!document.querySelector(`[aria-rowindex="${rows}"] .runname`)) await new Promise(requestAnimationFrame)
    return performance.now() - began
  })
  const tasks = (await page.evaluate(() => window.seen.tasks)).filter((task) => task.at > from).map((task) => task.ms)
  await page.context().close()
  return { table, chart, jump, tasks: tasks.length, longest: Math.max(0, ...tasks) }
}

const figures = []
await round() // the server's first
for (let i = 0; i < Number(rounds); i++) figures.push(await round())
await browser.close()
const of = (key) => figures.map((figure) => figure[key]).sort((a, b) => a - b)
const line = (name, key, unit = ' ms') =>
  console.log(
    `${name.padEnd(34)} ${String(Math.round(of(key)[Math.floor(figures.length / 2)])).padStart(6)}${unit}   (${of(key).map(Math.round).join(', ')})`,
  )
console.log(`${rounds} rounds, load ${loadavg()[0].toFixed(1)}`)
line('first table', 'table')
line('first chart', 'chart')
line('jump to the last run', 'jump')
line('tasks over 50 ms while scrolling', 'tasks', '')
line('longest task while scrolling', 'longest')
