// MLflow's own pages on top of Kiroku, in Chromium, page by page. MlflowPagesBrowserTest (module browser) starts the server, fills it and runs this.
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { chromium } from 'playwright-core'
import { api } from './seed.mjs'

const base = process.env.KIROKU_URL
const { experiment, runs, model } = JSON.parse(process.env.SEEDED)
const list = (values) => encodeURIComponent(JSON.stringify(values))

let browser
let context // one for all, so that the scripts are compiled and kept once
before(async () => {
  browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox'],
  })
  context = await browser.newContext({ viewport: { width: 1500, height: 900 } })
})
after(() => browser?.close())

/** What its pages do with any server: they ask who is signed in, and take 404 for "nobody"; an empty page of traces shows a film of mlflow.org. */
const usual = (url) => url.endsWith('/users/current') || url.startsWith('https://mlflow.org/docs/')

/** Opens a page; a call that fails, an error of GraphQL, a request to another host or an error of the page fails the test. */
async function open(path, { url = base, where = context } = {}) {
  const page = await where.newPage()
  page.setDefaultTimeout(30_000)
  const problems = []
  const pending = []
  page.on('pageerror', (error) => problems.push(`error of the page: ${error}`))
  page.on('console', (message) => {
    const known =
      usual(message.location().url) ||
      message.text().includes('ResizeObserver') ||
      message.text().includes('mlflow.org/docs/')
    if (message.type() === 'error' && !known) problems.push(`console: ${message.text()}`)
  })
  page.on('response', (response) => {
    if (response.status() >= 400 && !usual(response.url()))
      problems.push(`${response.status()} ${response.request().method()} ${response.url()}`)
    if (response.url().endsWith('/graphql')) {
      pending.push(
        response.json().then(
          (answer) => answer.errors && problems.push(`GraphQL: ${answer.errors}`),
          () => undefined,
        ),
      )
    }
  })
  await page.goto(`${url}/${path}`)
  return Object.assign(page, {
    fine: async (also = () => false) => {
      await page.waitForTimeout(300) // what it asks next may fail too
      await Promise.all(pending)
      assert.deepEqual(
        problems.filter((problem) => !also(problem)),
        [],
      )
      await page.evaluate(() => localStorage.clear()) // its pages remember filters there
      await page.close()
    },
  })
}

const inRun = (tab) => `#/experiments/${experiment}/runs/${runs[0]}${tab}`
const drawn = (page) => page.locator('.js-plotly-plot .scatterlayer path').first()

describe("MLflow's pages", () => {
  const shown = {
    'the list of experiments': ['#/experiments', (page) => page.getByRole('link', { name: 'iris-classification' })],
    'the table of runs': [
      `#/experiments/${experiment}/runs`,
      (page) => page.getByRole('link', { name: 'net-3', exact: true }),
    ],
    'charts of runs': [`#/experiments/${experiment}/runs?compareRunsMode=CHART`, drawn],
    'logged models': [
      `#/experiments/${experiment}/models`,
      (page) => page.getByRole('link', { name: 'net-0' }).first(),
    ],
    'an overview of traces': [
      `#/experiments/${experiment}/overview/usage`,
      (page) => page.getByText('No data available').first(),
    ],
    traces: [`#/experiments/${experiment}/traces`, (page) => page.getByText('Start tracing your LLM application')],
    'a run': [inRun(''), (page) => page.getByText('iris-train').first()],
    'the metrics of a run': [inRun('/model-metrics'), drawn],
    'the system metrics of a run': [inRun('/system-metrics'), drawn],
    'the traces of a run': [inRun('/traces'), (page) => page.getByText('No traces found').first()],
    'a table among the artifacts': [inRun('/artifacts/table.csv'), (page) => page.getByText('width').first()],
    'an image among the artifacts': [
      inRun('/artifacts/square.png'),
      (page) => page.locator('img[src^="blob:"], img[src*="get-artifact"]').first(),
    ],
    'a metric of several runs': [
      `#/metric/loss?runs=${list(runs)}&metric=%22loss%22&experiments=${list([experiment])}&plot_metric_keys=${list(['loss'])}`,
      drawn,
    ],
    'a logged model': [
      `#/experiments/${experiment}/models/${model}`,
      (page) => page.getByRole('link', { name: 'net-0' }).first(),
    ],
    'the files of a logged model': [
      `#/experiments/${experiment}/models/${model}/artifacts`,
      (page) => page.getByText('MLmodel').first(),
    ],
    'registered models': ['#/models', (page) => page.getByRole('link', { name: 'iris', exact: true })],
    'a version': ['#/models/iris/versions/1', (page) => page.getByText('champion').first()],
    'versions compared': [
      `#/compare-model-versions?name=%22iris%22&runs=${encodeURIComponent(JSON.stringify({ 1: runs[0], 2: runs[0] }))}`,
      (page) => page.getByText('Comparing 2 Versions').first(),
    ],
    prompts: ['#/prompts', (page) => page.getByText('Create your first prompt')],
  }
  for (const [name, [path, place]] of Object.entries(shown)) {
    it(`show ${name}`, async () => {
      const page = await open(path)
      await place(page).waitFor()
      await page.fine()
    })
  }

  it('compare runs, with plots', async () => {
    const page = await open(`#/compare-runs?runs=${list(runs)}&experiments=${list([experiment])}`)
    await page.getByText('Comparing 4 Runs').first().waitFor()
    await page.locator('.js-plotly-plot').first().waitFor()
    assert.equal(await page.getByText('WebGL is not supported').count(), 0)
    await page.fine()
  })

  it('show a page among the artifacts, and run nothing in it', async () => {
    const page = await open(inRun('/artifacts/page.html'))
    await page.frameLocator('iframe').getByRole('heading', { name: 'A page' }).waitFor()
    await page.fine((problem) => problem.includes('inline script')) // the browser says that it has kept it from running
  })

  it('filter runs', async () => {
    const page = await open(
      `#/experiments/${experiment}/runs?searchFilter=${encodeURIComponent('metrics.accuracy > 0.95 and params.solver = "lbfgs"')}`,
    )
    await page.getByRole('link', { name: 'net-3', exact: true }).waitFor()
    assert.equal(await page.getByRole('link', { name: 'net-0', exact: true }).count(), 0)
    await page.fine()
  })

  it('add a tag to a registered model', async () => {
    const page = await open('#/models/iris')
    await page.getByText('Tags', { exact: true }).first().click()
    await page.getByPlaceholder('Name').fill('task')
    await page.getByPlaceholder('Value').fill('flowers')
    await page.getByRole('button', { name: 'Add', exact: true }).and(page.locator('[type=submit]')).click()
    await page.getByText('flowers').first().waitFor()
    const { registered_model } = await api(base).get('mlflow/registered-models/get?name=iris')
    assert.deepEqual(registered_model.tags, [{ key: 'task', value: 'flowers' }])
    await page.fine()
  })

  it('set an alias of a version', async () => {
    const page = await open('#/models/iris')
    const version = page.getByRole('row').filter({ hasText: 'Version 2' })
    await version.getByRole('button', { name: 'Add' }).last().click()
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('combobox').fill('shadow')
    await page.keyboard.press('Enter')
    await dialog.getByRole('button', { name: 'Save aliases' }).click()
    await dialog.waitFor({ state: 'hidden' })
    const { model_version } = await api(base).get('mlflow/registered-models/alias?name=iris&alias=shadow')
    assert.equal(model_version.version, '2')
    await page.reload() // its table asks for aliases no sooner, with MLflow's server neither
    await version.getByText('shadow').waitFor()
    await page.fine()
  })

  it('delete a run and restore it', async () => {
    const run = async () => (await api(base).get(`mlflow/runs/get?run_id=${runs[2]}`)).run.info.lifecycle_stage
    const choose = (page) => page.locator('.ag-row', { hasText: 'net-2' }).getByRole('checkbox').first().click()
    const gone = (page) => page.getByRole('link', { name: 'net-2', exact: true }).waitFor({ state: 'hidden' })

    const active = await open(`#/experiments/${experiment}/runs`)
    await choose(active)
    await active.getByRole('button', { name: 'Delete', exact: true }).click()
    await active.getByRole('dialog').getByRole('button', { name: 'Delete selected' }).click()
    await gone(active)
    assert.equal(await run(), 'deleted')
    await active.fine()

    const deleted = await open(`#/experiments/${experiment}/runs?lifecycleFilter=Deleted`)
    await choose(deleted)
    await deleted.getByRole('button', { name: 'Restore', exact: true }).click()
    await deleted.getByRole('dialog').getByRole('button', { name: 'Restore' }).click()
    await gone(deleted)
    assert.equal(await run(), 'active')
    await deleted.fine()
  })

  it('delete an experiment', async () => {
    const page = await open('#/experiments')
    await page.getByRole('row').filter({ hasText: 'abandoned' }).getByRole('checkbox').click()
    await page.getByRole('button', { name: 'Delete', exact: true }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click()
    await page.getByRole('link', { name: 'abandoned' }).waitFor({ state: 'hidden' })
    const answer = await api(base).get('mlflow/experiments/get-by-name?experiment_name=abandoned')
    assert.equal(answer.experiment.lifecycle_stage, 'deleted')
    await page.fine()
  })
})

describe('below a prefix, for people who sign in', () => {
  it("MLflow's pages work as well", async () => {
    const url = process.env.KIROKU_GOVERNED_URL
    const ann = { username: 'ann', password: process.env.PASSWORD }
    const client = api(url, ann)
    const { experiment_id } = await client.post('mlflow/experiments/create', { name: 'signed' })
    const { run } = await client.post('mlflow/runs/create', {
      experiment_id,
      run_name: 'by-ann',
      start_time: Date.now(),
    })
    await client.post('mlflow/runs/log-batch', {
      run_id: run.info.run_id,
      metrics: [0, 1, 2].map((step) => ({ key: 'loss', value: 1 / (step + 1), timestamp: 1, step })),
    })
    const where = await browser.newContext({ viewport: { width: 1500, height: 900 } })
    const page = await open(`#/experiments/${experiment_id}/runs`, { url, where })
    await page.locator('input[name=username]').fill(ann.username)
    await page.locator('input[name=password]').fill(ann.password)
    await page.locator('form button').click()
    await page.getByRole('link', { name: 'by-ann', exact: true }).click()
    await page.getByText('Model metrics').first().click()
    await drawn(page).waitFor()
    await page.getByRole('button', { name: 'ann' }).click()
    await page.getByText('Account', { exact: true }).click()
    await page.getByText('Logged in as').waitFor()
    assert.equal(new URL(page.url()).pathname, '/team/ml/')
    await page.fine()
    assert.equal((await fetch(`${url}/`)).status, 401)
    await where.close()
  })
})

describe("Kiroku's pages", () => {
  it('stand beside them', async () => {
    const page = await open('kiroku')
    await page.getByRole('link', { name: 'iris-classification' }).waitFor()
    assert.equal(new URL(page.url()).pathname, '/kiroku/')
    await page.fine()
  })
})
