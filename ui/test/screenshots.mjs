// Takes the screenshots of docs/ui, in Chromium at two pixels per CSS pixel:
//   node test/screenshots.mjs FOLDER SERVER GOVERNED_SERVER
// Both servers are empty. The second one has --auth BASIC and the users ann and bob (an administrator) with the password $PASSWORD.
import { chromium } from 'playwright-core'
import { api, seed } from './seed.mjs'

const [folder, base, governed] = process.argv.slice(2)
const password = process.env.PASSWORD
const person = (username) => ({ username, password })

const store = await seed(base, 1000)
const client = api(base)
const { report } = await client.post('kiroku/reports/create', {
  title: 'Which optimizer for the classifier?',
  content: [
    'We trained twelve networks with **adam** and **sgd**, everything else as in the baseline.',
    block({
      show: 'chart',
      experiment: store.training,
      n: 12,
      group: 'p:optimizer',
      card: { id: 'a', type: 'line', metrics: ['val_accuracy'], w: 12 },
    }),
    '## The best five runs',
    block({
      show: 'table',
      experiment: store.training,
      sort: '-m:val_accuracy',
      n: 5,
      columns: ['m:val_accuracy', 'm:val_loss', 'p:optimizer', 'p:learning_rate', 'a:duration'],
    }),
    'With a learning rate of 0.03 the choice of the optimizer does not matter.',
  ].join('\n\n'),
})

const [ann, bob] = ['ann', 'bob'].map((name) => api(governed, person(name)))
const model = 'fraud-detector'
await ann.post('mlflow/registered-models/create', { name: model })
for (let version = 1; version <= 3; version++)
  await ann.post('mlflow/model-versions/create', { name: model, source: 's3://models/fraud' })
await ann.post('mlflow/registered-models/alias', { name: model, alias: 'champion', version: '1' })
await bob.post('kiroku/gates/apply', {
  gates: [
    {
      name: 'four-eyes',
      models: 'fraud-*',
      alias: 'champion',
      approvals: { required: 1, from: ['bob', 'group:leads'] },
    },
  ],
})
const request = { name: model, version: '2', alias: 'champion', comment: '再現率が 0.81 から 0.86 に向上しました。' }
await ann.post('kiroku/approvals/request', request)
await bob.post('kiroku/approvals/comment', { id: 1, comment: '夜間バッチの結果を確認してから承認します。' })

const browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: ['--no-sandbox'] })
await shot('table', `#/experiments/${store.sweep}`, { ready: '.tr .runname' })
await shot(
  'table-ja-dark',
  `#/experiments/${store.sweep}?q=${encodeURIComponent('metrics.accuracy > 0.85')}&sort=-m:accuracy`,
  {
    ready: '.tr .runname',
    theme: 'dark',
    language: 'ja',
  },
)
await shot('charts', `#/experiments/${store.training}?tab=charts`, {
  ready: '.chart canvas',
  act: (page) =>
    page
      .locator('.chart canvas')
      .nth(1)
      .hover({ position: { x: 210, y: 120 } }),
})
await shot(
  'charts-sweep-dark',
  `#/experiments/${store.sweep}?tab=charts&board=${encodeURIComponent(JSON.stringify(board()))}`,
  {
    ready: '.chart canvas',
    theme: 'dark',
  },
)
await shot('metrics-dark', `#/experiments/${store.training}/runs/${store.run}?tab=metrics`, {
  ready: '.spark canvas',
  theme: 'dark',
  act: async (page) => {
    await page.getByRole('button', { name: 'Enlarge: val_loss' }).click()
    await page.getByRole('dialog').getByRole('slider').fill('0.9')
  },
})
await shot('artifacts', `#/experiments/${store.training}/runs/${store.run}?tab=artifacts&path=model/MLmodel`, {
  ready: '.preview .code',
})
const runs = encodeURIComponent(JSON.stringify(store.runs.slice(2, 6)))
await shot('compare', `#/compare?runs=${runs}&experiment="${store.training}"`, { ready: '.compare td' })
await shot('compare-charts-dark', `#/compare?runs=${runs}&experiment="${store.training}"&tab=charts`, {
  ready: '.chart canvas',
  theme: 'dark',
})
await shot('model', `#/models/${store.model}`, { ready: '.timeline' })
await shot('approvals-ja-dark', '#/governance', {
  ready: 'section[aria-label="#1"]',
  theme: 'dark',
  language: 'ja',
  url: governed,
  user: person('bob'),
})
await shot('report', `#/reports/${report.report_id}`, { ready: '.report-block canvas' })
await shot('report-edit-dark', `#/reports/${report.report_id}?edit=true`, {
  ready: '.report-block canvas',
  theme: 'dark',
})
await shot('experiments', '#/experiments', { ready: 'tbody tr' })
await browser.close()

function block(content) {
  return `\`\`\`kiroku\n${JSON.stringify(content)}\n\`\`\``
}

function board() {
  const axes = ['p:learning_rate', 'p:max_depth', 'p:model', 'p:n_estimators', 'm:accuracy']
  return [
    { id: 'parallel', type: 'parallel', axes, colour: 'm:accuracy', w: 12 },
    { id: 'importance', type: 'importance', metric: 'm:accuracy', w: 6 },
    { id: 'scatter', type: 'scatter', x: 'p:learning_rate', y: 'm:accuracy', colour: 'm:log_loss', w: 6, logX: true },
  ]
}

async function shot(name, path, { ready, act, theme = 'light', language = 'en', url = base, user }) {
  const context = await browser.newContext({
    viewport: { width: 1280, height: 760 },
    deviceScaleFactor: 2,
  })
  await context.addInitScript(
    ([theme, language]) => {
      localStorage.setItem('kiroku.theme', JSON.stringify(theme))
      localStorage.setItem('kiroku.language', JSON.stringify(language))
    },
    [theme, language],
  )
  const page = await context.newPage()
  await page.goto(`${url}/${path}`)
  if (user) {
    await page.locator('input[name=username]').fill(user.username)
    await page.locator('input[name=password]').fill(user.password)
    await page.locator('form button').click()
  }
  await page.locator(ready).first().waitFor()
  await page.waitForLoadState('networkidle')
  await act?.(page)
  await page.waitForTimeout(700)
  await page.screenshot({ path: `${folder}/${name}.png` })
  await context.close()
}
