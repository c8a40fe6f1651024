// A person's ways through the pages, in Chromium. KirokuPagesBrowserTest (module browser) starts the servers, fills one, and runs this.
import assert from 'node:assert/strict'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { createServer as createHttpServer } from 'node:http'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import AxeBuilder from '@axe-core/playwright'
import { signIn, startBrowser } from './browser.mjs'
import { api, seed } from './seed.mjs'

const base = process.env.KIROKU_URL
const empty = process.env.KIROKU_EMPTY_URL
const governed = process.env.KIROKU_GOVERNED_URL
const sso = process.env.KIROKU_SSO_URL
const RUNS = Number(process.env.KIROKU_RUNS ?? 700)

let browser, store
const open = (path, options) => browser.open(path, { url: base, ...options })
before(
  async () => {
    const began = Date.now()
    store = await seed(base, RUNS)
    browser = await startBrowser()
    console.log(`seeded ${RUNS} runs in ${Date.now() - began} ms`)
  },
  { timeout: 400_000 },
)
after(() => browser?.close())

const names = (page) => page.locator('.tr:not(.header) .runname').allTextContents()
const url = (page) => decodeURIComponent(page.url())

describe('an empty store', () => {
  it('says what to do, and shows the first run by itself', async () => {
    const page = await open('', { url: empty })
    await page.getByRole('heading', { name: 'No runs recorded yet' }).waitFor()
    assert.ok((await page.locator('pre').first().textContent()).includes(`mlflow.set_tracking_uri("${empty}")`))
    const client = api(empty)
    await client.post('mlflow/runs/create', { experiment_id: '0', run_name: 'the-first', start_time: Date.now() })
    await page.getByRole('link', { name: 'Default' }).click()
    await page.getByRole('link', { name: 'the-first' }).waitFor()
    await page.fine()
  })
})

describe('experiments', () => {
  it('are found, made, renamed, deleted and restored', async () => {
    const page = await open('#/experiments')
    await page.getByRole('link', { name: 'iris-classification' }).waitFor()
    await page.getByRole('searchbox').fill('iris team=vision')
    await page.getByRole('link', { name: 'pytorch-classification' }).waitFor({ state: 'detached' })
    await page.getByRole('searchbox').fill('')
    await page.getByRole('button', { name: 'New experiment' }).click()
    await page.getByLabel('Name').fill('made here')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'No runs in this experiment yet' }).waitFor()
    assert.ok((await page.locator('pre').first().textContent()).includes('set_experiment("made here")'))
    await page.getByRole('navigation', { name: 'Kiroku' }).getByRole('link', { name: 'Experiments' }).click()
    await page.getByRole('button', { name: 'Edit: made here' }).click()
    await page.getByRole('button', { name: 'Delete', exact: true }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click()
    await page.getByRole('link', { name: 'made here' }).waitFor({ state: 'detached' })
    await page.getByRole('button', { name: 'Deleted' }).click()
    await page.getByRole('button', { name: 'Edit: made here' }).click()
    await page.getByRole('button', { name: 'Restore' }).click()
    await page.getByRole('link', { name: 'made here' }).waitFor({ state: 'detached' })
    await page.fine()
  })
})

describe('the table of runs', () => {
  it('holds all runs and only draws those in sight', async () => {
    const page = await open(`#/experiments/${store.sweep}`)
    await page.getByText(`${RUNS.toLocaleString('en-US')} runs`).waitFor()
    await page.locator('.tr .runname').first().waitFor()
    assert.ok((await page.locator('.tr').count()) < 80)
    await page.locator('.runs').evaluate((element) => element.scrollTo(0, element.scrollHeight))
    await page.getByRole('link', { name: 'calm-heron-0', exact: true }).waitFor()
    await page.fine()
  })

  it('loads only what is seen, however far one jumps, and chooses what lies between', async () => {
    const all = await api(base).post('mlflow/runs/search', { experiment_ids: [store.sweep], max_results: RUNS })
    const page = await open(`#/experiments/${store.sweep}`)
    await page.locator('.tr .runname').first().waitFor()
    const asked = []
    page.on('request', (request) => request.url().endsWith('runs/rows') && asked.push(request.postDataJSON()))
    await page.locator('.tr:not(.header) input[type=checkbox]').first().click()
    await page.locator('.runs').evaluate((element) => element.scrollTo(0, element.scrollHeight))
    const last = page.locator(`[aria-rowindex="${RUNS + 1}"]`)
    await last.getByRole('link', { name: all.runs[RUNS - 1].info.run_name, exact: true }).waitFor()
    const skipped = asked.filter((ask) => ask.skip)
    assert.ok(
      skipped.length >= 1 && skipped.every((ask) => ask.skip >= RUNS - 400 && ask.max_results <= 200),
      JSON.stringify(asked),
    )
    assert.ok(
      asked.every((ask) => ask.max_results <= 200),
      'no page in between',
    )
    await last.getByRole('checkbox').click({ modifiers: ['Shift'] })
    await page.getByText(`${RUNS.toLocaleString('en-US')} selected`).waitFor()
    await page.getByRole('button', { name: 'Clear' }).click()
    // Half way: the run that stands there.
    await page.locator('.runs').evaluate((element) => element.scrollTo(0, 350 * 30))
    await page
      .locator('[aria-rowindex="362"]')
      .getByRole('link', { name: all.runs[360].info.run_name, exact: true })
      .waitFor()
    await page.fine()
  })

  it('is where one left it when one comes back from a run', async () => {
    const page = await open(`#/experiments/${store.sweep}`)
    await page.locator('.tr .runname').first().waitFor()
    await page.locator('.runs').evaluate((element) => element.scrollTo(0, 450 * 30))
    const line = page.locator('[aria-rowindex="462"]').getByRole('link')
    await line.waitFor()
    const name = await line.textContent()
    await line.click()
    await page.getByRole('heading', { name, exact: true }).waitFor()
    await page.goBack()
    await page.locator('[aria-rowindex="462"]').getByRole('link', { name, exact: true }).waitFor()
    assert.equal(await page.locator('.runs').evaluate((element) => element.scrollTop), 450 * 30)
    await page.fine()
  })

  it('sorts and filters on the server, and keeps both in the address', async () => {
    const page = await open(`#/experiments/${store.sweep}`)
    await page.locator('.tr .runname').first().waitFor()
    await page.locator('.header').getByRole('button', { name: 'accuracy', exact: true }).click()
    await page.locator('[aria-sort="descending"]').waitFor()
    const filter = page.getByRole('combobox', { name: 'Filter runs' })
    await filter.fill("metrics.accuracy < 0.9 AND params.model = 'rf'")
    await filter.press('Enter')
    await page.waitForFunction((all) => !document.body.innerText.includes(all), `${RUNS.toLocaleString('en-US')} runs`)
    const models = await page.evaluate(() =>
      [...document.querySelectorAll('.tr:not(.header)')].map((row) => row.innerText),
    )
    assert.ok(models.length > 5 && models.every((text) => text.includes('rf')), models[0])
    const expected = await api(base).post('mlflow/runs/search', {
      experiment_ids: [store.sweep],
      filter: "metrics.accuracy < 0.9 AND params.model = 'rf'",
      order_by: ['metrics.accuracy DESC'],
      max_results: 5,
    })
    assert.deepEqual(
      (await names(page)).slice(0, 5),
      expected.runs.map((run) => run.info.run_name),
    )
    await page.reload()
    await page.locator('.tr .runname').first().waitFor()
    assert.deepEqual(
      (await names(page)).slice(0, 5),
      expected.runs.map((run) => run.info.run_name),
    )
    await page.fine()
  })

  it('completes keys and values, and shows an error at its place', async () => {
    const page = await open(`#/experiments/${store.sweep}`, { allowed: ['400'] })
    await page.locator('.tr .runname').first().waitFor()
    const filter = page.getByRole('combobox', { name: 'Filter runs' })
    await filter.click()
    await filter.pressSequentially('params.mod')
    await page.keyboard.press('Tab')
    await page
      .getByRole('option', { name: /^= '/ })
      .or(page.getByRole('option', { name: /^=/ }))
      .first()
      .waitFor()
    await filter.pressSequentially("= '")
    await page.getByRole('option', { name: 'gbc' }).waitFor()
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Enter')
    assert.equal(await filter.inputValue(), "params.model = 'gbc'")
    await filter.fill('metrics.accuracy >> 3')
    await filter.press('Enter')
    const message = await page.getByRole('alert').textContent()
    assert.match(message, /character 18/)
    assert.equal(await filter.getAttribute('aria-invalid'), 'true')
    await page.fine()
  })

  it('shows chosen columns, only what differs, other values than the last, and groups', async () => {
    const page = await open(`#/experiments/${store.training}`)
    await page.locator('.tr .runname').first().waitFor()
    await page.locator('.header').getByText('epochs').waitFor()
    await page.getByRole('button', { name: 'Differences only' }).click()
    await page.locator('.header').getByText('learning_rate').waitFor()
    await page.locator('.header').getByText('epochs').waitFor({ state: 'detached' })
    await page.getByRole('button', { name: 'Differences only' }).click()
    await page.getByTestId('columns').click()
    await page.getByRole('checkbox', { name: 'epochs' }).uncheck()
    await page.keyboard.press('Escape')
    await page.locator('.header').getByText('epochs').waitFor({ state: 'detached' })
    await page.getByRole('button', { name: 'Options: train_loss' }).click()
    await page.getByRole('button', { name: 'max', exact: true }).click()
    await page.waitForFunction(() =>
      [...document.querySelectorAll('.tr:not(.header)')].some((row) => /\b2\.[23]\d+/.test(row.innerText)),
    )
    assert.match(url(page), /"m:train_loss":"max"/)
    const { runs } = await api(base).post('mlflow/runs/search', { experiment_ids: [store.training], max_results: 100 })
    const { summaries } = await api(base).post('kiroku/metrics/summaries', {
      run_ids: runs.map((run) => run.info.run_id),
      metric_keys: ['train_loss'],
    })
    const least = summaries.reduce((a, b) => (b.max < a.max ? b : a))
    await page.getByRole('button', { name: 'Options: train_loss' }).click()
    await page.getByRole('button', { name: 'Sort ascending' }).click()
    await page
      .locator('[aria-rowindex="2"]')
      .getByText(runs.find((run) => run.info.run_id === least.run_id).info.run_name, { exact: true })
      .waitFor()
    await page.getByRole('button', { name: 'Group by' }).click()
    await page.locator('.pop').getByRole('button', { name: 'optimizer', exact: true }).click()
    await page.locator('.tr.group').getByText('±').first().waitFor()
    await page.locator('.tr.group').getByRole('button', { name: 'adam' }).click()
    await page.getByRole('link', { name: 'net-2', exact: true }).waitFor()
    await page.fine()
  })

  it('opens nested runs under their parent', async () => {
    const page = await open(`#/experiments/${store.training}`)
    await page.getByRole('link', { name: 'net-2', exact: true }).waitFor()
    assert.equal(await page.getByRole('link', { name: 'net-1', exact: true }).count(), 0)
    await page.getByRole('button', { name: 'Nested runs: sweep' }).click()
    await page.getByRole('link', { name: 'net-1', exact: true }).waitFor()
    const { runs } = await api(base).post('mlflow/runs/search', { experiment_ids: [store.training], max_results: 100 })
    await page.getByRole('button', { name: 'Nested runs: sweep' }).click()
    await page.getByRole('link', { name: 'net-1', exact: true }).waitFor({ state: 'detached' })
    await page.getByRole('checkbox', { name: 'All' }).click()
    await page.getByRole('button', { name: `Select all ${runs.length}` }).click()
    await page.getByText(`${runs.length} selected`).waitFor()
    const rows = (await downloaded(page, () => page.getByRole('toolbar').getByRole('button', { name: 'CSV' }).click()))
      .trim()
      .split('\r\n')
    assert.deepEqual(
      rows
        .slice(1)
        .map((row) => row.split(',')[0])
        .sort(),
      runs.map((run) => run.info.run_id).sort(),
    )
    await page.fine()
  })

  it('does things to many: tags, deletes, restores', async () => {
    const page = await open(`#/experiments/${store.sweep}?q=${'lynx'}`)
    await page.locator('.tr .runname').first().waitFor()
    const boxes = page.locator('.tr:not(.header) input[type=checkbox]')
    const total = await boxes.count()
    const chosen = (await names(page)).slice(0, 3)
    await boxes.nth(0).click()
    await boxes.nth(2).click({ modifiers: ['Shift'] })
    await page.getByText('3 selected').waitFor()
    await page.getByRole('button', { name: 'Add tag' }).click()
    await page.getByLabel('Key').fill('looked-at')
    await page.getByLabel('Value').fill('yes')
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByText('3 selected').waitFor({ state: 'detached' })
    const tagged = await api(base).post('mlflow/runs/search', {
      experiment_ids: [store.sweep],
      filter: "tags.`looked-at` = 'yes'",
    })
    assert.deepEqual(tagged.runs.map((run) => run.info.run_name).sort(), [...chosen].sort())
    await page.getByRole('checkbox', { name: chosen[0] }).click()
    await page.getByRole('button', { name: 'Delete', exact: true }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click()
    await page.getByRole('link', { name: chosen[0], exact: true }).waitFor({ state: 'detached' })
    assert.ok((await boxes.count()) < total || total > 20)
    await page.fine()
  })

  it('shows how running runs go on', async () => {
    const page = await open(`#/experiments/${store.training}`)
    await page.getByRole('link', { name: 'net-12', exact: true }).waitFor()
    await api(base).post('mlflow/runs/log-metric', {
      run_id: store.runs[11],
      key: 'val_accuracy',
      value: 0.123454321,
      timestamp: Date.now(),
      step: 990,
    })
    await page.locator('.tr').getByText('0.12345', { exact: true }).waitFor()
    await page.fine()
  })
})

describe('charts', () => {
  const ink = (page, index) =>
    page
      .locator('.chart canvas')
      .nth(index)
      .evaluate((canvas) => {
        const data = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data
        let colours = 0
        for (let i = 0; i < data.length; i += 4)
          if (
            data[i + 3] > 100 &&
            Math.max(data[i], data[i + 1], data[i + 2]) - Math.min(data[i], data[i + 1], data[i + 2]) > 60
          )
            colours++
        return colours
      })

  it('draw lines, look closer, and stay in the address', async () => {
    const page = await open(`#/experiments/${store.training}?tab=charts`)
    await page.getByRole('region', { name: 'train_loss' }).waitFor()
    await page.waitForFunction(() => document.querySelectorAll('.chart canvas').length >= 8)
    await page.waitForTimeout(800)
    assert.ok((await ink(page, 2)) > 300)
    const chart = page.getByRole('region', { name: 'train_loss' })
    const asked = page.waitForRequest(
      (request) => request.url().endsWith('metrics/curves') && /"from":\d/.test(request.postData() ?? ''),
    )
    const box = await chart.locator('canvas').last().boundingBox()
    await page.mouse.move(box.x + 120, box.y + 80)
    await page.mouse.down()
    await page.mouse.move(box.x + 220, box.y + 90, { steps: 4 })
    await page.mouse.up()
    await asked
    await page.locator('.tip').waitFor()
    await chart.hover()
    await chart.getByRole('button', { name: /Options/ }).click()
    await page.getByLabel('Log y axis').check()
    await page.waitForFunction(() => decodeURIComponent(location.href).includes('"logY":true'))
    await page.fine()
  })

  it('have their runs beside them, in colours that differ, to hide and to show', async () => {
    const page = await open(`#/experiments/${store.training}?tab=charts`)
    const list = page.getByRole('complementary', { name: 'Runs' })
    await list.getByRole('link', { name: 'net-12', exact: true }).waitFor()
    const colours = await list
      .locator('.swatch')
      .evaluateAll((all) => all.slice(0, 12).map((swatch) => swatch.style.background))
    for (let i = 0; i < colours.length; i++)
      assert.equal(new Set(colours.slice(i, i + 6)).size, colours.slice(i, i + 6).length, colours.join(' '))
    const shown = page.getByText(/^\d+ of \d+ runs$/).first()
    const before = parseInt(await shown.textContent())
    await list.getByRole('button', { name: 'Hide in charts: net-12' }).click()
    await page
      .getByText(new RegExp(`^${before - 1} of`))
      .first()
      .waitFor()
    await list.getByRole('searchbox').fill('net-12')
    await list.getByRole('link', { name: 'net-11', exact: true }).waitFor({ state: 'detached' })
    await list.getByRole('button', { name: 'Show in charts: net-12' }).click()
    await page
      .getByText(new RegExp(`^${before} of`))
      .first()
      .waitFor()
    await list.getByRole('button', { name: 'Colour: net-12' }).click()
    await page.locator('.pop').getByRole('button', { name: '#ca4a27' }).click()
    await page.reload()
    await list.getByRole('link', { name: 'net-12', exact: true }).waitFor()
    assert.equal(
      await list
        .getByRole('button', { name: 'Colour: net-12' })
        .locator('.swatch')
        .evaluate((swatch) => swatch.style.background),
      'rgb(202, 74, 39)',
    )
    await page.fine()
  })

  it('over runs: parallel coordinates keep what is brushed, importance finds what matters', async () => {
    const page = await open(`#/experiments/${store.sweep}?tab=charts`)
    const importance = page.getByRole('region', { name: 'Parameter importance: accuracy' })
    await importance.scrollIntoViewIfNeeded()
    await importance.getByText(/explains alone, over \d+ runs/).waitFor()
    const parallel = page.getByRole('region', { name: 'Parallel coordinates' })
    await parallel.scrollIntoViewIfNeeded()
    await parallel.getByText(/^(\d+) of \1 runs$/).waitFor()
    const box = await parallel.locator('canvas').last().boundingBox()
    await page.mouse.move(box.x + box.width - 60, box.y + 50)
    await page.mouse.down()
    await page.mouse.move(box.x + box.width - 58, box.y + 120, { steps: 4 })
    await page.mouse.up()
    await parallel.getByText(/^(\d+) of \1 runs$/).waitFor({ state: 'detached' })
    await page.fine()
  })

  it('are saved as SVG, PNG and CSV', async () => {
    const page = await open(`#/experiments/${store.training}?tab=charts`)
    const chart = page.getByRole('region', { name: 'val_loss' })
    await chart.locator('canvas').first().waitFor()
    await page.waitForTimeout(800)
    for (const [format, check] of [
      ['SVG', /^<svg[\s\S]*<path/],
      ['PNG', /^.PNG/],
      ['CSV', /^run,step,val_loss\r\nnet-/],
    ]) {
      await chart.hover()
      await chart.getByRole('button', { name: /Options/ }).click()
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('button', { name: format, exact: true }).click(),
      ])
      const chunks = []
      for await (const chunk of await download.createReadStream()) chunks.push(chunk)
      assert.match(Buffer.concat(chunks).toString('latin1').slice(0, 20_000), check)
    }
    await page.fine()
  })
})

describe('the page of a run', () => {
  it('shows what there is, and lets one describe it', async () => {
    const page = await open(`#/experiments/${store.training}/runs/${store.run}`)
    await page.getByRole('heading', { name: 'net-4' }).waitFor()
    await page.getByText('no augmentation').waitFor()
    await page.getByText('s3://data/iris.csv').waitFor()
    await page.getByRole('button', { name: 'Edit' }).click()
    await page
      .getByRole('textbox', { name: 'Description' })
      .fill('# Better\n\n<img src=x onerror=alert(1)> [bad](javascript:alert(1)) **bold**')
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByRole('heading', { name: 'Better' }).waitFor()
    assert.equal(await page.locator('.prose img, .prose a').count(), 0)
    await page.getByRole('tab', { name: /^Metrics/ }).click()
    await page.getByText('n = 1,000').first().waitFor()
    const wide = page.waitForRequest(
      (request) => request.url().endsWith('metrics/curves') && request.postDataJSON().buckets === 1000,
    )
    await page.getByRole('button', { name: 'Enlarge: train_loss' }).click()
    await wide
    const large = page.getByRole('dialog', { name: 'train_loss' })
    await large.getByLabel('Log y axis').check()
    await large.getByLabel('Smoothing').fill('0.9')
    const svg = await downloaded(page, () => large.getByRole('button', { name: 'SVG' }).click())
    assert.equal(svg.match(/<path/g).length, 2, 'the curve, and smoothed')
    await page.keyboard.press('Escape')
    await large.waitFor({ state: 'detached' })
    await page.fine()
  })

  it('tells of what it is a part by name', async () => {
    const page = await open(`#/experiments/${store.training}/runs/${store.runs[0]}`)
    await page.getByRole('link', { name: 'sweep', exact: true }).click()
    await page.getByRole('heading', { name: 'sweep', exact: true }).waitFor()
    await page.getByRole('link', { name: 'net-1', exact: true }).waitFor()
    await page.fine()
  })

  it('shows artifacts, and hostile ones can do nothing', async () => {
    const page = await open(`#/experiments/${store.training}/runs/${store.run}?tab=artifacts`, {
      allowed: ['sandboxed', 'Content Security Policy'],
    })
    await page.getByRole('button', { name: /report.html/ }).click()
    const frame = page.frameLocator('iframe')
    await frame.getByRole('heading', { name: 'Report' }).waitFor()
    assert.equal(
      await frame
        .locator('body')
        .innerText()
        .then((text) => text.includes('All good')),
      true,
    )
    await page.getByRole('button', { name: 'plots' }).click()
    await page.getByRole('button', { name: /confusion_matrix.svg/ }).click()
    await page.waitForFunction(() => document.querySelector('.preview img')?.naturalWidth > 0)
    await page.getByRole('button', { name: /predictions.csv/ }).click()
    await page.getByRole('columnheader', { name: 'predicted' }).waitFor()
    await page.getByRole('button', { name: 'model', exact: true }).click()
    await page.getByRole('button', { name: /MLmodel/ }).click()
    await page.getByText(`runs:/${store.run}/model`).waitFor()
    await page.getByText('sepal_length').waitFor()
    assert.ok(!(await page.title()).includes('hacked'))
    await page.fine()
    for (const path of ['report.html', 'plots/confusion_matrix.svg']) {
      const response = await fetch(`${base}/get-artifact?run_id=${store.run}&path=${path}`)
      assert.match(response.headers.get('content-security-policy'), /^sandbox;/)
      assert.match(response.headers.get('content-disposition'), /^attachment/)
    }
  })
})

describe('what runs have logged as files', () => {
  const cell = (page, text) => page.locator('.preview').getByRole('cell', { name: text, exact: true }).first()

  it('shows tables of Parquet, and the beginning of what is large', async () => {
    const page = await open(`#/experiments/${store.training}/runs/${store.run}?tab=artifacts&path=data/snappy.parquet`)
    await page.getByText('The first 500 of 1,200 rows are shown.').waitFor()
    for (const text of ['versicolor', '2026-11-20 09:00:00', '["a","b"]', '5.1']) await cell(page, text).waitFor()
    await page.getByRole('button', { name: /zstd.parquet/ }).click()
    await cell(page, 'virginica').waitFor()
    await page.getByRole('button', { name: /large.csv/ }).click()
    await page.getByText(/The first 512 kB of 8\d\d kB are shown/).waitFor()
    await cell(page, '7919'.slice(1)).waitFor()
    await page.fine()
  })

  it('shows the images of each step, of one run and of several side by side', async () => {
    const page = await open(`#/experiments/${store.training}/runs/${store.run}`)
    await page.getByRole('tab', { name: 'Images' }).click()
    const attention = page.getByRole('figure', { name: 'attention' })
    await attention.getByRole('img', { name: 'attention, 400' }).waitFor()
    assert.ok(
      await attention.getByRole('img').evaluate(async (image) => {
        await image.decode()
        return image.naturalWidth === 96
      }),
      'the whole picture, not its small copy',
    )
    await attention.getByRole('slider').press('ArrowLeft')
    await attention.getByRole('img', { name: 'attention, 300' }).waitFor()
    await page.getByRole('img', { name: 'plots/confusion_matrix.svg' }).waitFor()
    await page.evaluate(
      (ids) => {
        location.hash = `#/compare?tab=images&runs=${encodeURIComponent(JSON.stringify(ids))}`
      },
      store.runs.slice(2, 6),
    )
    const both = page.getByRole('region', { name: 'attention' })
    await both.getByRole('img', { name: /net-5: .*\+step\+400/ }).waitFor()
    assert.equal(await both.getByRole('img').count(), 2)
    await both.getByRole('slider').press('ArrowLeft')
    await both.getByRole('img', { name: /net-4: .*\+step\+300/ }).waitFor()
    await both.getByRole('img', { name: /net-5: .*\+step\+200/ }).waitFor()
    await page.fine()
  })
})

describe('comparing', () => {
  it('shows differences first, for a handful and for hundreds', async () => {
    const page = await open(
      `#/compare?runs=${encodeURIComponent(JSON.stringify(store.runs.slice(0, 4)))}&experiment=%22${store.training}%22`,
    )
    await page.getByRole('rowheader', { name: 'learning_rate' }).waitFor()
    assert.equal(await page.getByRole('rowheader', { name: 'epochs' }).count(), 0)
    await page.getByLabel(/Show identical values/).check()
    await page.getByRole('rowheader', { name: 'epochs' }).waitFor()
    await page.getByRole('tab', { name: 'Charts' }).click()
    await page.getByRole('region', { name: 'train_loss' }).waitFor()
    assert.deepEqual(await page.getByRole('list', { name: 'Runs' }).getByRole('link').allTextContents(), [
      'net-1',
      'net-2',
      'net-3',
      'net-4',
    ])
    await page.getByRole('tab', { name: 'Images' }).click()
    await page.getByText('plots/confusion_matrix.svg').waitFor()
    const many = await api(base).post('mlflow/runs/search', { experiment_ids: [store.sweep], max_results: 300 })
    await page.evaluate(
      (ids) => {
        location.hash = `#/compare?runs=${encodeURIComponent(JSON.stringify(ids))}`
      },
      many.runs.map((run) => run.info.run_id),
    )
    await page.getByText('300 runs').waitFor()
    await page.fine()
  })
})

/** What a page hands out when {@code act} is done, as text. */
async function downloaded(page, act) {
  const [download] = await Promise.all([page.waitForEvent('download'), act()])
  const chunks = []
  for await (const chunk of await download.createReadStream()) chunks.push(chunk)
  return Buffer.concat(chunks).toString('utf8')
}

/** Opens a file that was exported, on its own and without a network; fails when it wants anything else. */
async function alone(html) {
  const context = await browser.newContext({ offline: true })
  const page = await context.newPage()
  const wanted = []
  page.on('request', (request) => !/^data:|^file:.*report\.html$/.test(request.url()) && wanted.push(request.url()))
  const file = join(mkdtempSync(join(tmpdir(), 'kiroku-')), 'report.html')
  writeFileSync(file, html)
  await page.goto(`file://${file}`)
  await page.waitForFunction(() => [...document.images].every((image) => image.complete))
  return Object.assign(page, {
    fine: async () => {
      assert.deepEqual(wanted, [])
      await context.close()
    },
  })
}

describe('reports', () => {
  it('are written with dialogs, read by their link, exported as one file', async () => {
    const page = await open('#/reports')
    await page.getByRole('heading', { name: 'No reports yet' }).waitFor()
    await page.getByRole('button', { name: 'New report' }).click()
    await page.getByRole('dialog').getByLabel('Title').fill('Week 47')
    await page.keyboard.press('Enter')
    const text = page.getByRole('textbox', { name: 'Text' })
    await text.fill('## What we learnt\n\nCosine schedules **help**; see [the data](https://example.com).')
    await page.getByRole('heading', { name: 'What we learnt' }).waitFor()

    const dialog = page.getByRole('dialog')
    await page.getByRole('button', { name: 'Chart', exact: true }).click()
    await dialog.getByLabel('Experiment').selectOption({ label: 'pytorch-classification' })
    await dialog.getByRole('checkbox', { name: 'train_loss' }).check()
    await dialog.getByLabel('Runs shown').fill('5')
    await dialog.getByRole('figure', { name: 'train_loss' }).locator('canvas').first().waitFor()
    await dialog.getByRole('button', { name: 'Insert' }).click()
    await page.getByRole('button', { name: 'Table of runs' }).click()
    await dialog.getByLabel('Experiment').selectOption({ label: 'iris-classification' })
    await dialog.getByLabel('Sort by').selectOption('-m:accuracy')
    await dialog.getByRole('link').first().waitFor()
    await dialog.getByRole('button', { name: 'Insert' }).click()
    await page.getByRole('button', { name: 'Image', exact: true }).click()
    await dialog.getByLabel('Experiment').selectOption({ label: 'pytorch-classification' })
    await dialog.getByRole('searchbox').fill('net-4')
    await dialog.getByRole('radio', { name: 'net-4' }).check()
    await dialog.getByRole('radio', { name: 'plots/confusion_matrix.svg' }).click()
    await dialog.getByLabel('Caption').fill('Confusion')
    await dialog.getByRole('button', { name: 'Insert' }).click()
    await page.getByRole('region', { name: 'Preview' }).getByRole('img', { name: 'Confusion' }).waitFor()

    // A chart is changed where it is seen.
    await page.getByRole('figure', { name: 'train_loss' }).getByRole('button', { name: 'Edit' }).click()
    await dialog.getByRole('checkbox', { name: 'val_loss' }).check()
    await dialog.getByRole('button', { name: 'Apply' }).click()
    await page.getByRole('figure', { name: 'train_loss, val_loss' }).waitFor()
    await page.keyboard.press('Control+s')
    await page.getByRole('button', { name: 'Export HTML' }).waitFor()

    const { reports } = await api(base).get('kiroku/reports/search?containing=week')
    assert.equal(reports[0].version, 2)
    store.report = reports[0].report_id
    const reader = await open(`#/reports/${reports[0].report_id}`, { language: 'ja', theme: 'dark' })
    await reader.getByRole('figure', { name: 'train_loss, val_loss' }).locator('canvas').first().waitFor()
    const best = await api(base).post('mlflow/runs/search', {
      experiment_ids: [store.sweep],
      order_by: ['metrics.accuracy DESC'],
      max_results: 1,
    })
    await reader.getByRole('link', { name: best.runs[0].info.run_name, exact: true }).waitFor()
    const html = await downloaded(reader, () => reader.getByRole('button', { name: 'HTMLをエクスポート' }).click())
    await reader.fine()

    const file = await alone(html)
    assert.equal(await file.title(), 'Week 47')
    assert.ok((await file.locator('figure svg path').count()) >= 10, 'two lines for each of five runs')
    assert.ok(await file.getByText('net-12').count(), 'the legend')
    assert.ok(await file.getByRole('img', { name: 'Confusion' }).evaluate((image) => image.naturalWidth > 0))
    assert.equal(
      await file.getByRole('link', { name: best.runs[0].info.run_name, exact: true }).getAttribute('href'),
      `${base}/#/experiments/${store.sweep}/runs/${best.runs[0].info.run_id}`,
    )
    await file.fine()
    await page.fine()
  })

  it('get what was seen elsewhere: a chart, a table', async () => {
    const page = await open(
      `#/experiments/${store.training}?tab=charts&q=${encodeURIComponent("params.optimizer = 'adam'")}`,
    )
    const dialog = page.getByRole('dialog', { name: 'Add to report' })
    const chart = page.getByRole('region', { name: 'val_loss' })
    await chart.hover()
    await chart.getByRole('button', { name: /Options/ }).click()
    await page.getByRole('button', { name: 'Add to report' }).click()
    await dialog.getByRole('figure', { name: 'val_loss' }).locator('canvas').first().waitFor()
    await dialog.getByRole('radio', { name: 'New report' }).check()
    await dialog.getByLabel('Title').fill('Gathered')
    await dialog.getByRole('button', { name: 'Add' }).click()
    await dialog.getByText('Added to the end of “Gathered”.').waitFor()
    await dialog.getByRole('button', { name: 'Close' }).click()
    await page.getByRole('button', { name: 'Table', exact: true }).click()
    await page.locator('.tr .runname').first().waitFor()
    await page.getByRole('button', { name: 'Options', exact: true }).click()
    await page.getByRole('button', { name: 'Add to report' }).click()
    await dialog.getByRole('radio', { name: 'Gathered' }).check()
    await dialog.getByRole('button', { name: 'Add' }).click()
    await dialog.getByRole('link', { name: 'Open report' }).click()
    await page.getByRole('figure', { name: 'val_loss' }).locator('canvas').first().waitFor()
    assert.equal(await page.locator('figcaption code').filter({ hasText: "params.optimizer = 'adam'" }).count(), 2)
    await page.getByRole('link', { name: 'net-2', exact: true }).waitFor()
    assert.equal(
      await page.getByRole('link', { name: 'net-3', exact: true }).count(),
      0,
      'only what the filter lets through',
    )
    const { reports } = await api(base).get('kiroku/reports/search?containing=gathered')
    await api(base).post('kiroku/reports/delete', { report_id: reports[0].report_id, expected_version: 2 })
    await page.fine()
  })

  it('lose nothing when two people write, and every version comes back', async () => {
    const client = api(base)
    const { report } = await client.post('kiroku/reports/create', { title: 'Shared', content: 'first' })
    const page = await open(`#/reports/${report.report_id}?edit=true`, { allowed: ['409'] })
    const text = page.getByRole('textbox', { name: 'Text' })
    await text.fill('mine')
    await page.reload()
    await page.getByText('Your unsaved changes have been restored.').waitFor()
    assert.equal(await text.inputValue(), 'mine')
    await client.post('kiroku/reports/update', { report_id: report.report_id, content: 'theirs', expected_version: 1 })
    await page.getByRole('button', { name: 'Save' }).click()
    await page
      .getByRole('dialog', { name: 'The report has changed' })
      .getByRole('button', { name: 'Continue editing' })
      .click()
    assert.equal(await text.inputValue(), 'mine')
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByRole('button', { name: 'Save as the latest version' }).click()
    await page.getByText('Version 3', { exact: false }).first().waitFor()
    await page.getByRole('button', { name: 'History' }).click()
    await page
      .getByRole('complementary', { name: 'History' })
      .getByRole('button', { name: /Version 2/ })
      .click()
    await page.getByText('theirs', { exact: true }).waitFor()
    await page.getByRole('button', { name: 'Restore this version' }).click()
    await page.getByRole('button', { name: /Version 4/ }).waitFor()
    await page.getByRole('button', { name: 'Changes', exact: true }).click()
    const changes = page.getByRole('region', { name: 'Changes', exact: true })
    await changes.getByText('Changes from version 3 to version 4').waitFor()
    assert.deepEqual(await changes.locator('del, ins').allTextContents(), ['- mine', '+ theirs'])
    assert.equal((await client.get(`kiroku/reports/get?report_id=${report.report_id}`)).report.content, 'theirs')
    await page.getByRole('button', { name: 'Options' }).click()
    await page.getByRole('button', { name: 'Delete' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click()
    await page.getByRole('link', { name: 'Week 47' }).waitFor()
    assert.equal(await page.getByRole('link', { name: 'Shared' }).count(), 0)
    await page.fine()
  })

  it('that are hostile do nothing, on the page and in the file', async () => {
    const client = api(base)
    const evil = '<img src=x onerror="document.title=\'hacked\'">'
    const { run } = await client.post('mlflow/runs/create', {
      experiment_id: store.training,
      run_name: evil,
      start_time: 1,
      tags: [{ key: 'evil', value: '</style><script>document.title="hacked"</script>' }],
    })
    await client.post('mlflow/runs/log-metric', {
      run_id: run.info.run_id,
      key: 'train_loss',
      value: 1,
      timestamp: 1,
      step: 0,
    })
    const block = (value) => `\`\`\`kiroku\n${JSON.stringify(value)}\n\`\`\``
    const content = [
      evil,
      '<script>document.title="hacked"</script>',
      '[a](javascript:document.title="hacked") [b](data:text/html,<script>1</script>)',
      '![remote](https://example.com/track.png)',
      '![up](run:x/../../etc/passwd)',
      `![svg](run:${store.run}/plots/confusion_matrix.svg)`,
      `![page](run:${store.run}/report.html)`,
      block({
        show: 'chart',
        experiment: store.training,
        filter: `attributes.run_id = '${run.info.run_id}'`,
        card: { type: 'line', metrics: ['"><script>document.title="hacked"</script>'] },
      }),
      block({
        show: 'chart',
        experiment: store.training,
        filter: `attributes.run_id = '${run.info.run_id}'`,
        card: { type: 'bar', metric: 'm:train_loss' },
      }),
      block({
        show: 'table',
        experiment: store.training,
        filter: `attributes.run_id = '${run.info.run_id}'`,
        columns: ['t:evil'],
      }),
      block({ show: 'chart', experiment: store.training, card: { type: 'line', metrics: { length: 1 } } }),
      '```kiroku\n{"show":\n```',
    ].join('\n\n')
    const { report } = await client.post('kiroku/reports/create', { title: `Hostile ${evil}`, content })
    const page = await open(`#/reports/${report.report_id}`, { allowed: ['404', '400'] })
    await page.getByRole('link', { name: evil }).waitFor()
    assert.equal(await page.getByText('This block cannot be shown').count(), 2)
    assert.equal(
      await page.locator('article a[href^="javascript"], article a[href^="data"], article script').count(),
      0,
    )
    const html = await downloaded(page, () => page.getByRole('button', { name: 'Export HTML' }).click())
    const file = await alone(html)
    const found = await file.evaluate(() =>
      [...document.querySelectorAll('*')].flatMap((e) => [
        e.tagName,
        ...[...e.attributes].map((a) => `${a.name}=${a.value.slice(0, 12)}`),
      ]),
    )
    assert.deepEqual(
      found.filter((it) => /^(SCRIPT|IFRAME|OBJECT|LINK|FORM|on\w+=.*|(href|src)=(?!http|data:image).*)$/i.test(it)),
      [],
    )
    assert.equal(await file.title(), `Hostile ${evil}`)
    await file.fine()
    await client.post('kiroku/reports/delete', { report_id: report.report_id, expected_version: 1 })
    await client.post('mlflow/runs/delete', { run_id: run.info.run_id })
    await page.fine()
  })
})

describe('models', () => {
  it('are found; versions, aliases and stages change; two versions are compared', async () => {
    const page = await open('#/models')
    await page.getByRole('link', { name: 'churn-predictor' }).waitFor()
    await page.getByRole('searchbox').fill('iris')
    await page.getByRole('link', { name: 'churn-predictor' }).waitFor({ state: 'detached' })
    await page.getByRole('link', { name: 'iris-classifier' }).click()
    await page.getByRole('button', { name: 'Set alias: v2' }).waitFor()
    await page.setViewportSize({ width: 800, height: 860 })
    assert.equal(
      await page.locator('main').evaluate((main) => main.scrollWidth <= main.clientWidth),
      true,
      'nothing is wider than a narrow window',
    )
    await page.setViewportSize({ width: 1440, height: 860 })
    await page.getByRole('button', { name: 'Set alias: v2' }).click()
    await page.locator('.pop').getByLabel('Alias').fill('shadow')
    await page.keyboard.press('Enter')
    await page.getByRole('table').getByText('@shadow').waitFor()
    assert.equal(
      (await api(base).get(`mlflow/registered-models/alias?name=${store.model}&alias=shadow`)).model_version.version,
      '2',
    )
    await page.getByRole('button', { name: 'Stage: v2' }).click()
    await page.getByRole('button', { name: 'Staging', exact: true }).click()
    await page.getByRole('button', { name: 'Move to Staging' }).click()
    await page.locator('tr', { hasText: '@shadow' }).getByText('Staging').waitFor()
    await page.getByLabel('Compare versions: v4').check()
    await page.getByLabel('Compare versions: v3').check()
    await page.getByRole('heading', { name: /v4 ↔ v3/ }).waitFor()
    await page.getByRole('table').getByRole('link', { name: 'v3', exact: true }).first().click()
    await page.getByRole('heading', { name: 'Version 3' }).waitFor()
    await page.getByText('models:/iris-classifier@champion').first().waitFor()
    await page.fine()
  })
})

describe('governance', () => {
  it('gates are made, tried and changed; what they refuse is told; the log tells who held what', async () => {
    const page = await open('#/governance?tab=gates', { allowed: ['403', '400'] })
    await page.getByText('No gates yet', { exact: false }).waitFor()
    await page.getByRole('button', { name: 'New gate' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Name').fill('quality')
    await dialog.getByLabel('Models').fill('iris-*')
    await dialog.getByLabel('Condition').fill('metrics.val_loss <')
    await dialog.getByRole('button', { name: 'Preview changes' }).click()
    await dialog
      .getByRole('alert')
      .getByText(/In gate 'quality'/)
      .waitFor()
    await dialog.getByLabel('Condition').fill('metrics.val_loss < 0.0001')
    await dialog.getByRole('button', { name: 'Preview changes' }).click()
    await dialog.getByText('+ require: metrics.val_loss < 0.0001').waitFor()
    await dialog.getByRole('button', { name: 'Apply' }).click()
    await page.getByRole('cell', { name: 'iris-*' }).waitFor()

    await page.evaluate(() => {
      location.hash = '#/models/iris-classifier'
    })
    await page.getByRole('button', { name: 'Set alias: v1' }).click()
    await page.locator('.pop').getByLabel('Alias').fill('champion')
    await page.keyboard.press('Enter')
    await page.getByText(/gate 'quality' requires metrics.val_loss/).waitFor()
    const holders = page.getByRole('region', { name: 'Alias history' })
    await holders.getByText(/v3 since .*, set by anonymous/).waitFor()

    await page.evaluate(() => {
      location.hash = '#/governance?tab=gates'
    })
    await page.getByRole('button', { name: 'Options: quality' }).click()
    await page.getByRole('button', { name: 'Edit', exact: true }).click()
    await dialog.getByText('iris-classifier v4').waitFor()
    await dialog.getByLabel('Condition').fill('metrics.val_loss < 10')
    await dialog.getByRole('button', { name: 'Preview changes' }).click()
    await dialog.getByText('- require: metrics.val_loss < 0.0001').waitFor()
    await dialog.getByRole('button', { name: 'Apply' }).click()
    await page.getByRole('cell', { name: 'metrics.val_loss < 10' }).waitFor()
    await api(base).post('mlflow/registered-models/alias', { name: store.model, alias: 'champion', version: '1' })
    await api(base).post('mlflow/registered-models/alias', { name: store.model, alias: 'champion', version: '3' })
    await page.evaluate(() => {
      location.hash = '#/models/iris-classifier'
    })
    await holders.getByRole('listitem').filter({ hasText: 'v1' }).waitFor()
    assert.equal(
      (await holders
        .locator('div')
        .filter({ hasText: '@champion' })
        .getByRole('listitem')
        .filter({ hasText: 'v3' })
        .count()) > 1,
      true,
    )

    await page.evaluate(() => {
      location.hash = '#/governance?tab=gates'
    })
    await page.getByRole('button', { name: 'Options: quality' }).click()
    await page.getByRole('button', { name: 'Delete', exact: true }).click()
    await dialog.getByRole('button', { name: 'Delete' }).click()
    await page.getByText('No gates yet', { exact: false }).waitFor()
    await page.fine()
  })

  it('the audit log is verified in the browser; webhooks are made and changed', async () => {
    const page = await open('#/governance?tab=audit')
    await page.getByRole('button', { name: 'Verify' }).click()
    const { count, hash } = await api(base).get('kiroku/audit/head')
    await page.getByRole('dialog', { name: 'Audit log intact' }).getByText(`${count}:${hash}`).waitFor()
    await page.getByRole('button', { name: 'Close' }).click()
    // One entry is not what it was: that is found.
    await page.route('**/kiroku/audit/search*', async (route) => {
      const answer = await (await route.fetch()).json()
      answer.entries[2].actor = 'mallory'
      await route.fulfill({ json: answer })
    })
    await page.getByRole('button', { name: 'Verify' }).click()
    await page.getByRole('dialog', { name: 'Audit log changed' }).getByText('#3: changed').waitFor()
    await page.unroute('**/kiroku/audit/search*')
    await page.getByRole('button', { name: 'Close' }).click()

    await page.getByRole('tab', { name: 'Webhooks' }).click()
    await page.getByRole('button', { name: 'New webhook' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Name').fill('chat')
    await dialog.getByLabel('URL').fill('https://1.1.1.1/kiroku')
    await dialog.getByLabel('model_version.created').check()
    await dialog.getByRole('button', { name: 'Save' }).click()
    await page.getByRole('cell', { name: 'approval.requested' }).waitFor()
    await page.getByRole('button', { name: 'Options: chat' }).click()
    await page.getByRole('button', { name: 'Edit', exact: true }).click()
    await dialog.getByLabel('Active').uncheck()
    await dialog.getByRole('button', { name: 'Save' }).click()
    await page.getByRole('cell', { name: 'Disabled', exact: true }).waitFor()
    const { webhooks } = await api(base).get('mlflow/webhooks')
    assert.deepEqual(
      [webhooks[0].status, webhooks[0].events, webhooks[0].other_events],
      ['DISABLED', [{ entity: 'MODEL_VERSION', action: 'CREATED' }], ['approval.requested']],
    )
    await page.getByRole('button', { name: 'Options: chat' }).click()
    await page.getByRole('button', { name: 'Delete', exact: true }).click()
    await dialog.getByRole('button', { name: 'Delete' }).click()
    await page.getByText('No webhooks yet.').waitFor()
    await page.fine()
  })
})

describe('people', () => {
  it('sign in on a page, return to where they wanted to go, and sign out', async () => {
    const page = await open('#/models', { url: governed, allowed: ['401'] })
    await page.getByRole('heading', { name: 'Sign in' }).waitFor()
    const { violations } = await new AxeBuilder({ page }).setLegacyMode().analyze()
    assert.deepEqual(
      violations.map(({ id }) => id),
      [],
    )
    await signIn(page, 'ann', 'wrong')
    await page.getByRole('alert').getByText('not correct').waitFor()
    await signIn(page, 'ann')
    await page.getByText('ann', { exact: true }).waitFor()
    assert.equal(new URL(page.url()).hash, '#/models')
    const [secret] = (await page.context().cookies()).filter(({ name }) => name === 'kiroku_session')
    assert.deepEqual([secret.httpOnly, secret.sameSite, secret.path], [true, 'Lax', '/'])

    const other = await page.context().newPage()
    await other.goto(`${governed}/#/experiments`)
    await page.getByRole('button', { name: 'Sign out' }).click()
    await page.getByRole('heading', { name: 'You have signed out' }).waitFor()
    const replayed = await fetch(`${governed}/api/2.0/kiroku/users/current`, {
      headers: { Cookie: `kiroku_session=${secret.value}` },
    })
    assert.equal(replayed.status, 401)
    // Not by a click: a request of this tab's page may have led to the sign-in page already.
    await other.goto(`${governed}/#/models`)
    await other.getByRole('heading', { name: 'Sign in' }).waitFor()
    await page.getByRole('link', { name: 'Sign in again' }).click()
    await page.getByRole('heading', { name: 'Sign in' }).waitFor()
    await page.fine()
  })

  it('sign in at an OpenID provider, and sign out there, too', async () => {
    const page = await open('#/models', { url: sso, allowed: ['Failed to load resource'] }) // the provider's page has a font from elsewhere
    await page.getByRole('link', { name: 'Sign in with single sign-on' }).click()
    await page.waitForURL((to) => to.href.includes('/realm/authorize'))
    await page.locator('[name=username]').fill('1234')
    await page.locator('[name=claims]').fill('{"preferred_username": "Ann", "groups": ["ml", "platform"]}')
    await page.locator('[type=submit]').click()
    await page.getByText('ann', { exact: true }).waitFor()
    assert.equal(new URL(page.url()).hash, '#/models')
    const me = await page.evaluate(async () => (await fetch('ajax-api/2.0/kiroku/users/current')).json())
    assert.deepEqual(me.user, { id: 0, username: 'ann', is_admin: true, groups: ['admins', 'ml', 'platform'] })
    await page.getByRole('button', { name: 'Sign out' }).click()
    await page.getByRole('link', { name: 'Sign in with single sign-on' }).waitFor()
    assert.equal(new URL(page.url()).pathname, '/sign-in')
    await page.fine()
  })

  it('sign in without scripts, in Japanese and in the dark', async () => {
    const page = await open('#/models', {
      url: governed,
      javaScriptEnabled: false,
      locale: 'ja-JP',
      colorScheme: 'dark',
      allowed: ['401'],
    })
    await page.getByRole('heading', { name: 'サインイン' }).waitFor()
    assert.equal(await page.evaluate(() => getComputedStyle(document.body).backgroundColor), 'rgb(19, 22, 27)')
    await signIn(page, 'ann', 'wrong')
    await page.getByRole('alert').waitFor()
    await signIn(page, 'ann')
    await page.waitForURL(`${governed}/#/models`)
    await page.fine()
  })
})

describe('two people', () => {
  const person = (username) => ({ username, password: process.env.PASSWORD })

  it('one asks and cannot agree alone; the other approves, and the log tells it', async () => {
    const [ann, bob] = ['ann', 'bob'].map((name) => api(governed, person(name)))
    const name = 'fraud-detector'
    await ann.post('mlflow/registered-models/create', { name })
    for (let version = 1; version <= 2; version++)
      await ann.post('mlflow/model-versions/create', { name, source: 's3://models/fraud' })
    await ann.post('mlflow/registered-models/alias', { name, alias: 'champion', version: '1' })
    await bob.post('kiroku/gates/apply', {
      gates: [{ name: 'sign-off', models: '*', alias: 'champion', approvals: { required: 1 } }],
    })

    const hers = await open(`#/models/${name}`, { url: governed, user: 'ann', allowed: ['403'] })
    await hers.getByRole('button', { name: 'Set alias: v2' }).click()
    await hers.locator('.pop').getByLabel('Alias').fill('champion')
    await hers.keyboard.press('Enter')
    const asking = hers.getByRole('dialog', { name: 'Request approval: v2 → @champion' })
    await asking.getByLabel('Comment').fill('better on the hard cases')
    await asking.getByRole('button', { name: 'Request approval' }).click()
    await hers.getByRole('link', { name: '1 approval pending' }).click()
    const request = (page) => page.getByRole('region', { name: '#1' })
    await request(hers).getByText('You have opened this request. Somebody else has to approve it.').waitFor()
    assert.deepEqual(await request(hers).getByRole('button').allTextContents(), ['Comment', 'Withdraw'])
    await assert.rejects(ann.post('kiroku/approvals/approve', { id: 1 }), /403/)

    const his = await open('#/governance', { url: governed, user: 'bob' })
    await his.getByText('bob', { exact: true }).waitFor()
    await request(his).getByText('better on the hard cases').waitFor()
    await request(his).getByRole('button', { name: 'Approve' }).click()
    await his.getByRole('dialog').getByLabel('Comment').fill('agreed, after a look at the errors')
    await his.getByRole('dialog').getByRole('button', { name: 'Approve' }).click()
    await his.getByText('No approvals pending.').waitFor()
    assert.equal(
      (await bob.get(`mlflow/registered-models/alias?name=${name}&alias=champion`)).model_version.version,
      '2',
    )
    await his.getByRole('button', { name: 'All', exact: true }).click()
    await request(his).getByText('agreed, after a look at the errors').waitFor()
    await his.getByRole('tab', { name: 'Audit' }).click()
    const moved = his.getByRole('row').filter({ hasText: 'alias.set' }).filter({ hasText: 'bob' })
    await moved.getByText(/"approval":1/).waitFor()
    await his.evaluate((to) => {
      location.hash = `#/models/${to}`
    }, name)
    await his.getByRole('link', { name: '@champion → v2' }).waitFor()
    await his.getByRole('region', { name: 'Alias history' }).getByText('bob · approval #1').waitFor()

    await hers.reload()
    await hers.getByText('No approvals pending.').waitFor()
    await hers.getByRole('tab', { name: 'Audit' }).click() // is for administrators
    await hers.getByText('Needs membership of the group admins; ask bob.').waitFor()
    await hers.fine()
    await his.fine()
  })
})

/** A connection to the server that can be cut: the server is away then, for those who connect through it. */
async function connection(target) {
  const sockets = new Set()
  const keep = (socket) => {
    sockets.add(socket)
    socket.on('error', () => {}).on('close', () => sockets.delete(socket))
    return socket
  }
  const relay = createServer((near) => {
    const far = keep(connect(Number(new URL(target).port), '127.0.0.1'))
    keep(near).pipe(far).pipe(near)
  })
  const listen = (port) => new Promise((listening) => relay.listen(port, '127.0.0.1', listening))
  await listen(0)
  const { port } = relay.address()
  const cut = async () => {
    const closed = new Promise((resolve) => relay.close(resolve))
    for (const socket of sockets) socket.destroy()
    await closed
  }
  return { url: `http://127.0.0.1:${port}`, cut, restore: () => listen(port) }
}

describe('while the server is away', () => {
  const lost = 'Connection to the server lost. Trying again …'
  const allowed = ['ERR_CONNECTION_REFUSED', 'ERR_CONNECTION_RESET', 'ERR_EMPTY_RESPONSE', 'ERR_SOCKET_NOT_CONNECTED']
  let line
  before(async () => {
    line = await connection(base)
  })
  after(() => line?.cut())

  it('the table and the charts keep what they show, and go on once it is back', async () => {
    for (const [tab, shown] of [
      ['', '.tr:not(.header) .runname'],
      ['?tab=charts', 'canvas[role=img]'],
    ]) {
      const page = await open(`#/experiments/${store.sweep}${tab}`, { url: line.url, allowed })
      await page.locator(shown).first().waitFor()
      await line.cut()
      await page.evaluate(() => window.dispatchEvent(new Event('visibilitychange')))
      await page.getByText(lost).waitFor()
      assert.ok((await page.locator(shown).count()) > 0)
      assert.equal(await page.getByRole('alert').count(), 0)
      await line.restore()
      await page.getByText(lost).waitFor({ state: 'detached' })
      assert.ok((await page.locator(shown).count()) > 0)
      await page.fine()
    }
  })

  it('what one has typed stays, also after a reload', async () => {
    const page = await open(`#/experiments/${store.training}/runs/${store.runs[1]}`, { url: line.url, allowed })
    await page.getByRole('button', { name: 'Edit' }).click()
    const text = page.getByRole('textbox', { name: 'Description' })
    await text.fill('half a thought')
    await line.cut()
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByText('The server cannot be reached.').first().waitFor()
    assert.equal(await text.inputValue(), 'half a thought')
    await line.restore()
    await page.reload()
    await page.getByText('Your unsaved changes have been restored.').waitFor()
    assert.equal(await text.inputValue(), 'half a thought')
    await page.getByRole('button', { name: 'Save' }).click()
    await page.locator('.prose').getByText('half a thought').waitFor()
    await page.reload()
    await page.locator('.prose').getByText('half a thought').waitFor()
    assert.equal(await text.count(), 0, 'no draft is left')
    await page.fine()
  })

  it('a page that cannot be loaded says so, and shows the ways on', async () => {
    const page = await open('#/experiments', { url: line.url, allowed: [...allowed, 'dynamically imported module'] })
    await page.getByRole('link', { name: 'iris-classification' }).waitFor()
    await line.cut()
    await page.getByRole('navigation', { name: 'Kiroku' }).getByRole('link', { name: 'Governance' }).click()
    await page.getByRole('heading', { name: 'This page could not be loaded' }).waitFor()
    await line.restore()
    await page.getByRole('button', { name: 'Reload' }).click()
    await page.getByRole('tab', { name: 'Gates' }).waitFor()
    await page.fine()
  })
})

describe('for everybody', () => {
  const pages = () => [
    ['experiments', '#/experiments', 'iris-classification'],
    ['table', `#/experiments/${store.sweep}`, 'accuracy'],
    ['charts', `#/experiments/${store.training}?tab=charts`, 'train_loss'],
    ['run', `#/experiments/${store.training}/runs/${store.run}`, 'net-4'],
    ['artifacts', `#/experiments/${store.training}/runs/${store.run}?tab=artifacts&path=model/MLmodel`, 'sepal_length'],
    [
      'compare',
      `#/compare?runs=${encodeURIComponent(JSON.stringify(store.runs.slice(0, 3)))}&experiment=%22${store.training}%22`,
      'optimizer',
    ],
    ['models', '#/models', 'iris-classifier'],
    ['model', '#/models/iris-classifier', 'challenger'],
    ['version', '#/models/iris-classifier/versions/3', 'champion'],
    ['images', `#/experiments/${store.training}/runs/${store.run}?tab=images`, 'attention'],
    ['gates', '#/governance?tab=gates', 'gates:'],
    ['audit', '#/governance?tab=audit', 'alias.set'],
    ['webhooks', '#/governance?tab=webhooks', 'URL'],
    ['reports', '#/reports', 'Week 47'],
    ['report', `#/reports/${store.report}?history=true`, 'val_loss'],
    ['writing', `#/reports/${store.report}?edit=true`, 'val_loss'],
  ]
  for (const [theme, language] of [
    ['light', 'en'],
    ['dark', 'ja'],
  ]) {
    it(`axe finds nothing serious (${theme}, ${language})`, async () => {
      const look = async ([name, path, text]) => {
        const page = await open(path, { theme, language })
        await page.getByText(text).first().waitFor()
        await page.waitForTimeout(300)
        // Colours are what a theme changes; all else is the same in both.
        const axe = new AxeBuilder({ page }).setLegacyMode().options({ resultTypes: ['violations'] })
        const found = await (
          theme === 'light'
            ? axe
            : axe.withRules(['color-contrast', 'link-in-text-block', 'html-has-lang', 'valid-lang'])
        ).analyze()
        const bad = found.violations.filter((v) => v.impact === 'serious' || v.impact === 'critical')
        assert.deepEqual(
          bad.map(
            (v) =>
              `${name}: ${v.id} ${v.nodes
                .slice(0, 3)
                .map((n) => n.html.slice(0, 160))
                .join(' | ')}`,
          ),
          [],
        )
        if (language === 'ja') assert.ok((await page.locator('body').innerText()).match(/[ぁ-んァ-ン一-龠]/))
        await page.fine()
      }
      // While one page loads, another is looked at.
      const all = pages()
      await Promise.all(
        [0, 1, 2].map(async (k) => {
          for (let i = k; i < all.length; i += 3) await look(all[i])
        }),
      )
    })
  }
})

describe('search and shortcuts', () => {
  it('finds everything by name with Ctrl-K, and opens it with Enter', async () => {
    const client = api(base)
    await client.post('mlflow/registered-models/create', { name: 'palette-model' })
    for (const source of ['s3://models/a', 's3://models/b'])
      await client.post('mlflow/model-versions/create', { name: 'palette-model', source })
    await client.post('kiroku/reports/create', { title: 'Palette of colours', content: 'x' })
    const page = await open('#/models')
    await page.getByRole('link', { name: 'palette-model' }).waitFor()
    const find = async (text, option) => {
      await page.keyboard.press('Control+k')
      await page.getByRole('combobox', { name: 'Search everything' }).fill(text)
      await page.getByRole('option', { name: option, selected: true }).waitFor()
      await page.keyboard.press('Enter')
      await page.getByRole('dialog').waitFor({ state: 'detached' })
    }
    await find('iris-class', /^Experiment ?iris-classification/)
    await page.getByRole('heading', { name: 'iris-classification' }).waitFor()
    await find('palette-model 2', /^Version ?palette-model v2/)
    await page.getByRole('heading', { name: 'Version 2' }).waitFor()
    await find('PALETTE OF', /^Report ?Palette of colours/)
    await page.getByRole('heading', { name: 'Palette of colours' }).waitFor()
    await find('calm-heron-0', /^Run ?calm-heron-0/)
    await page.getByRole('heading', { name: 'calm-heron-0' }).waitFor()
    await find('gates', /^Page ?Gates/)
    assert.match(url(page), /governance\?tab=gates$/)
    await page.keyboard.press('Control+k')
    await page.getByRole('combobox', { name: 'Search everything' }).fill("nothing o'clock %_")
    await page.getByText('Nothing found.').waitFor()
    const problems = (await new AxeBuilder({ page }).analyze()).violations.filter((v) => v.impact !== 'minor')
    assert.deepEqual(problems, [])
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    await page.fine()
  })

  it('focuses the filter with / and lists the keys with ?', async () => {
    const page = await open(`#/experiments/${store.sweep}`)
    await page.locator('.tr .runname').first().waitFor()
    await page.keyboard.press('/')
    const filter = page.getByRole('combobox', { name: 'Filter runs' })
    assert.ok(await filter.evaluate((input) => input === document.activeElement))
    await page.keyboard.type('?/')
    assert.equal(await filter.inputValue(), '?/', 'in an input the keys are text')
    await page.getByRole('heading').first().click()
    await page.keyboard.press('?')
    await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).getByText('Search everything').waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    await page.fine()
  })
})

describe('imports', () => {
  const source = process.env.KIROKU_IMPORT_SOURCE
  const slow = process.env.KIROKU_SLOW_SOURCE
  const card = (page) => page.getByRole('region', { name: /^Import \d/ }).first()

  it('counts first, imports in the background, and says where an experiment comes from', async () => {
    const page = await open('#/experiments')
    await page.getByRole('link', { name: 'Import', exact: true }).click()
    await page.getByLabel('Import from').fill(source)
    await page.getByRole('button', { name: 'Dry run' }).click()
    await card(page).getByText('Completed').waitFor()
    await card(page).getByText('Conflicts; not imported').waitFor()
    await page.getByText('Names and IDs', { exact: true }).click()
    await page.getByLabel('Merge experiments with the same name').check()
    await page.getByLabel('Prefix of all names').fill('moved-')
    await page.getByRole('button', { name: 'Import', exact: true }).click()
    await card(page).getByText('Dry run').waitFor({ state: 'detached' })
    await card(page).getByRole('row', { name: 'Runs 8' }).waitFor()
    assert.equal(await card(page).getByText('Conflicts').count(), 0)
    await page.reload()
    await card(page).getByText('1 traces').waitFor()
    const problems = (await new AxeBuilder({ page }).analyze()).violations.filter((v) => v.impact !== 'minor')
    assert.deepEqual(problems, [])

    await page.getByRole('navigation', { name: 'breadcrumb' }).getByRole('link', { name: 'Experiments' }).click()
    await page.getByRole('searchbox').fill('moved-')
    await page.getByRole('link', { name: 'moved-vision' }).click()
    const banner = page.getByRole('region', { name: 'Import' })
    await banner.getByText('Imported from MLflow database').waitFor()
    await banner.getByRole('button', { name: 'Details' }).click()
    await banner.getByText('1 traces').waitFor()
    await banner.getByRole('button', { name: 'Hide' }).click()
    await page.reload()
    await page.locator('.tr .runname').first().waitFor()
    assert.equal(await banner.count(), 0)
    await page.fine()
  })

  it('goes on while the page is closed, and can be cancelled', async () => {
    const held = []
    let holds = true
    const server = createHttpServer((request, response) => {
      const answer = () => response.end('{}')
      if (holds && request.url.endsWith('/experiments/search')) held.push(answer)
      else answer()
    }).listen(new URL(slow).port, '127.0.0.1')
    server.unref()
    const page = await open('#/import', { language: 'ja', viewport: { width: 390, height: 800 } })
    await page.getByRole('combobox', { name: 'インポート元' }).fill(slow)
    await page.getByLabel('ユーザー名').fill('ann')
    await page.getByLabel('パスワードまたはトークン').fill('only-in-memory')
    await page.getByRole('button', { name: 'インポート', exact: true }).click()
    await page.getByText('実行中').waitFor()
    assert.equal(await page.getByLabel('パスワードまたはトークン').inputValue(), '')
    await page.reload()
    await page.getByText('インポート元を読み込んでいます…').waitFor()
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), 'nothing is clipped')
    await page.getByRole('button', { name: 'インポートを中止' }).click()
    await page.getByText('処理中のまとまりが終わると停止します…').waitFor()
    holds = false
    for (const answer of held) answer()
    await page.getByText('中止', { exact: true }).waitFor()
    await page.getByRole('button', { name: '続きから再開' }).click()
    await page.getByText('続けるには、パスワードをもう一度入力してください。').waitFor()
    assert.equal(await page.getByRole('combobox', { name: 'インポート元' }).inputValue(), slow)
    server.close()
    server.closeAllConnections()
    await page.fine()
  })

  it('are only for administrators, of sources that are allowed', async () => {
    const closed = await open('#/import', { url: empty })
    await closed.getByText('--import-sources').waitFor()
    await closed.fine()
    const refused = await open('#/import', { allowed: ['400'] })
    await refused.getByLabel('Import from').fill('/etc')
    await refused.getByRole('button', { name: 'Dry run' }).click()
    await refused.getByText('is not among the sources').waitFor()
    await refused.fine()
    const ann = await open('#/import', { url: governed, user: 'ann' })
    await ann.getByText('Needs membership of the group admins').waitFor()
    await ann.getByRole('link', { name: 'Experiments' }).first().click()
    await ann.getByRole('heading', { name: /Experiments|No runs/ }).waitFor()
    assert.equal(await ann.getByRole('link', { name: 'Import', exact: true }).count(), 0)
    await ann.fine()
  })
})
