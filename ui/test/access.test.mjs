// What an administrator, an owner, a reader and a stranger see and may do, in Chromium. AccessPagesBrowserTest (module browser) starts the
// servers and runs this.
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import AxeBuilder from '@axe-core/playwright'
import { seedAccess } from './access-seed.mjs'
import { startBrowser } from './browser.mjs'
import { api } from './seed.mjs'

const url = process.env.KIROKU_URL
const openServer = process.env.KIROKU_OPEN_URL
const password = process.env.PASSWORD
const client = (username) => api(url, { username, password })
const [root, owner, reader] = ['root', 'owner', 'reader'].map(client)

let browser, experiment, run
before(
  async () => {
    browser = await startBrowser()
    experiment = (await owner.post('mlflow/experiments/create', { name: 'team-a/fraud' })).experiment_id
    const begun = { experiment_id: experiment, run_name: 'first', start_time: Date.now() }
    run = (await owner.post('mlflow/runs/create', begun)).run.info.run_id
    await owner.post('mlflow/runs/set-tag', { run_id: run, key: 'team', value: 'a' })
    await owner.post('mlflow/registered-models/create', { name: 'fraud' })
    await owner.post('mlflow/model-versions/create', { name: 'fraud', source: 's3://models/fraud' })
    await owner.post('mlflow/registered-models/alias', { name: 'fraud', alias: 'champion', version: '1' })
    const grant = (to, resources, level) => root.post('kiroku/access/grant', { to, resources, level })
    await grant('user:owner', `experiment/${experiment}`, 'MANAGE')
    await grant('user:owner', 'registered_model/fraud', 'MANAGE')
    await grant('group:readers', 'experiment/team-a/*', 'READ')
    await grant('user:stranger', 'experiment/*', 'DENY')
    await grant('user:stranger', 'registered_model/*', 'DENY')
  },
  { timeout: 60_000 },
)
after(() => browser?.close())

const open = (path, user, options) => browser.open(path, { url, user, ...options })

/** Asserts that a button cannot be used, and says why in its tooltip and when it is clicked. */
async function refuses(page, button, why) {
  await page.waitForFunction(([e, text]) => e.title.startsWith(text), [await button.elementHandle(), why])
  assert.equal(await button.getAttribute('aria-disabled'), 'true')
  await button.click({ force: true })
  await page.getByRole('status').getByText(why).first().waitFor()
}

describe('a reader', () => {
  it('sees why runs cannot be changed, and whom to ask', async () => {
    const page = await open(`#/experiments/${experiment}/runs/${run}`, 'reader')
    await page.getByRole('heading', { name: 'first' }).waitFor()
    await refuses(
      page,
      page.getByRole('button', { name: 'Add tag' }),
      'Needs EDIT on experiment team-a/fraud; ask owner.',
    )
    assert.equal(await page.getByRole('button', { name: 'Remove: team' }).count(), 0)
    await page.getByRole('button', { name: 'Options' }).click()
    const remove = page.locator('.pop').getByRole('button', { name: 'Delete' })
    await remove.getByText('Needs MANAGE on experiment team-a/fraud; ask owner.').waitFor()
    await remove.click({ force: true })
    assert.equal(await page.getByRole('dialog').count(), 0)
    await page.fine()
  })

  it('cannot delete selected runs, rename the experiment or move aliases', async () => {
    const page = await open(`#/experiments/${experiment}`, 'reader')
    await page.locator('.tr:not(.header) input[type=checkbox]').first().click()
    const bar = page.getByRole('toolbar')
    await refuses(page, bar.getByRole('button', { name: 'Delete' }), 'Needs MANAGE on experiment team-a/fraud')
    await page.evaluate(() => (location.hash = '#/experiments'))
    await page.getByRole('button', { name: 'Edit: team-a/fraud' }).click()
    await page.getByText('Needs EDIT on experiment team-a/fraud; ask owner.').waitFor()
    await page.evaluate(() => (location.hash = '#/models/fraud'))
    await refuses(page, page.getByRole('button', { name: 'Set alias: v1' }), 'Needs EDIT on model fraud; ask owner.')
    assert.equal(await page.getByRole('button', { name: 'Remove: champion' }).count(), 0)
    await page.evaluate(() => (location.hash = '#/governance?tab=gates'))
    const gate = page.getByRole('button', { name: 'New gate' })
    await refuses(page, gate, 'Needs membership of the group admins; ask root.')
    await page.getByRole('tab', { name: 'Webhooks' }).click()
    await page.getByText('Needs membership of the group admins; ask root.').first().waitFor()
    await page.fine()
  })

  it('sees the own rights on the tab, and no pages of administrators', async () => {
    const page = await open(`#/experiments/${experiment}?tab=permissions`, 'reader')
    const rights = page.getByRole('region', { name: 'What you may do' })
    await rights.getByRole('listitem').filter({ hasText: 'Read it' }).getByText('allowed').waitFor()
    await rights.getByRole('listitem').filter({ hasText: 'Change it' }).getByText('Needs EDIT').waitFor()
    assert.equal(await page.getByRole('button', { name: 'Grant' }).count(), 0)
    assert.equal(await page.getByRole('link', { name: 'Access', exact: true }).count(), 0)
    await page.evaluate(() => (location.hash = '#/access'))
    await page.getByText('Needs membership of the group admins').waitFor()
    await page.fine()
  })
})

describe('a stranger', () => {
  it('finds nothing of what is forbidden', async () => {
    const page = await open('#/experiments', 'stranger', { allowed: ['403', '404'] })
    await refuses(page, page.getByRole('button', { name: 'New experiment' }), 'A permission forbids this.')
    await page.evaluate((id) => (location.hash = `#/experiments/${id}?tab=permissions`), experiment)
    await page
      .getByText(/may do|denied|lacks|does not exist|No Experiment|PERMISSION/i)
      .first()
      .waitFor()
    assert.equal(await page.getByRole('button', { name: 'Grant' }).count(), 0)
    await page.context().close()
  })
})

describe('an owner', () => {
  it('sees who may do what and why, and gives and takes permissions', async () => {
    const page = await open(`#/experiments/${experiment}?tab=permissions`, 'owner')
    const line = (text) => page.getByRole('row').filter({ hasText: text })
    await line('group readers').getByText('experiment/team-a/*').waitFor()
    await line('everybody else').getByText('READ').waitFor()
    await line('group admins').getByText('root').waitFor()
    assert.equal(await line('group readers').getByRole('button').count(), 0, 'prefixes are for administrators')
    const form = page.locator('form').filter({ has: page.getByLabel('Kind') })
    await form.getByLabel('Name').fill('reader')
    await form.getByLabel('Level').selectOption('EDIT')
    await form.getByRole('button', { name: 'Grant' }).click()
    await line('reader').getByText('EDIT').waitFor()
    await reader.post('mlflow/runs/set-tag', { run_id: run, key: 'reviewed', value: 'yes' })

    const explain = page.getByRole('region', { name: 'Explain' })
    await explain.getByLabel('User').fill('reader')
    await explain.getByLabel('Action').selectOption('update')
    await explain.getByRole('button', { name: 'Explain' }).click()
    await explain.getByText('reader may change: experiment').waitFor()
    await explain.getByText(`experiment/${experiment}`, { exact: true }).first().waitFor()
    await explain.getByText('group readers').first().waitFor()

    await page.getByRole('button', { name: 'Remove: reader EDIT' }).click()
    await line('reader').filter({ hasText: 'EDIT' }).waitFor({ state: 'detached' })
    await page.fine()
  })

  it('of a model has the tab there, too', async () => {
    const page = await open('#/models/fraud', 'owner')
    await page.getByRole('tab', { name: 'Permissions' }).click()
    await page.getByRole('row').filter({ hasText: 'owner' }).getByText('MANAGE').waitFor()
    await page.getByRole('tab', { name: 'Versions' }).click()
    await page.getByRole('button', { name: 'Set alias: v1' }).waitFor()
    await page.fine()
  })
})

describe('the account', () => {
  it('creates a token that is shown once, works and is revoked', async () => {
    const page = await open('#/account', 'reader')
    await page.getByRole('heading', { name: 'reader' }).waitFor()
    await page.getByText('readers', { exact: true }).waitFor()
    await page.getByRole('button', { name: 'New token' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Purpose').fill('nightly')
    await dialog.getByLabel('Read only').check()
    await dialog.getByLabel('Pattern').fill('team-a/*')
    await dialog.getByLabel('Pattern').press('Enter')
    await dialog.getByText('experiment team-a/*').waitFor()
    await dialog.getByRole('button', { name: 'Create' }).click()
    const secret = await page.getByRole('dialog').getByLabel('Token', { exact: true }).inputValue()
    await page.getByText(`export MLFLOW_TRACKING_TOKEN=${secret}`).waitFor()
    const answer = () =>
      fetch(`${url}/api/2.0/mlflow/experiments/get?experiment_id=${experiment}`, {
        headers: { Authorization: `Bearer ${secret}` },
      })
    assert.equal((await answer()).status, 200)
    await page.getByRole('dialog').getByRole('button', { name: 'Done' }).click()
    const tokens = page.getByRole('region', { name: 'Access tokens' })
    const line = tokens.getByRole('row').filter({ hasText: 'nightly' })
    await line.getByText('in 89 days').or(line.getByText('in 90 days')).waitFor()
    await line.getByText('experiment team-a/*').waitFor()
    assert.ok(!(await page.content()).includes(secret))
    await line.getByRole('button', { name: 'Revoke: nightly' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click()
    await tokens.getByText('No tokens.').waitFor()
    assert.equal((await answer()).status, 401)
    await page.fine()
  })

  it('changes the password, which ends the sessions', async () => {
    const page = await open('#/account', 'stranger', { allowed: ['400', '401'] })
    const form = page.getByRole('region', { name: 'Change password' })
    await form.getByLabel('Current password').fill('wrong password')
    await form.getByLabel('New password', { exact: true }).fill('another password')
    await form.getByLabel('New password again').fill('another passwort')
    await form.getByText('The new passwords differ.').waitFor()
    await form.getByLabel('New password again').fill('another password')
    await form.getByRole('button', { name: 'Change password' }).click()
    await page.getByText('Current password does not match.').waitFor()
    await form.getByLabel('Current password').fill(password)
    await form.getByRole('button', { name: 'Change password' }).click()
    await page.getByRole('heading', { name: 'Sign in' }).waitFor()
    await root.call('PATCH', 'mlflow/users/update-password', { username: 'stranger', password })
    await page.fine()
  })

  it('signs out everywhere', async () => {
    const here = await open('#/account', 'reader', { allowed: ['401'] })
    const there = await open('#/models', 'reader', { allowed: ['401'] })
    await there.getByRole('link', { name: 'fraud' }).waitFor()
    const sessions = here.getByRole('region', { name: 'Sessions' })
    await sessions.getByText('this session').waitFor()
    assert.equal(await sessions.getByText('this session').count(), 1)
    await here.getByRole('button', { name: 'Sign out everywhere' }).click()
    await here.getByRole('dialog').getByRole('button', { name: 'Sign out' }).click()
    await here.getByRole('heading', { name: 'Sign in' }).waitFor()
    await there.reload()
    await there.getByRole('heading', { name: 'Sign in' }).waitFor()
    await here.fine()
    await there.fine()
  })
})

describe('an administrator', () => {
  it('adds a service account with a token, a group, a role and grants, and explains', async () => {
    const page = await open('#/access', 'root')
    const tab = (name) => page.getByRole('tab', { name })
    await page.getByRole('button', { name: 'Add user' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('button', { name: 'Service account' }).click()
    await dialog.getByLabel('Name').fill('robot')
    await dialog.getByLabel('Groups').fill('ml')
    await dialog.getByRole('button', { name: 'Add', exact: true }).click()
    await page.getByRole('heading', { name: 'robot' }).waitFor()
    const grants = page.getByRole('region', { name: 'Grants' })
    await grants.getByLabel('Pattern').fill('team-b/*')
    await grants.getByLabel('Level').selectOption('EDIT')
    await grants.getByRole('button', { name: 'Grant' }).click()
    await grants.getByRole('row').filter({ hasText: 'team-b/*' }).getByText('EDIT').waitFor()
    await grants.getByLabel('Pattern').fill(experiment)
    await grants.getByRole('button', { name: 'Grant' }).click()
    await grants.getByRole('row').filter({ hasText: experiment }).getByText('team-a/fraud').waitFor()
    await page.getByRole('button', { name: 'Disable' }).click()
    await dialog.getByRole('button', { name: 'Disable' }).click()
    await page.getByText('disabled', { exact: true }).waitFor()
    await page.getByRole('button', { name: 'Enable' }).click()
    await page.getByRole('button', { name: 'Disable' }).waitFor()
    assert.equal(await page.getByText('disabled', { exact: true }).count(), 0)
    await grants
      .getByRole('row')
      .filter({ hasText: 'team-a/fraud' })
      .getByRole('button', { name: /^Remove/ })
      .click()
    await grants.getByText('team-a/fraud').waitFor({ state: 'detached' })

    await tab('Roles').click()
    await page.getByRole('button', { name: 'Add role' }).click()
    await dialog.getByLabel('Name').fill('editors')
    await dialog.getByLabel('Description').fill('May log')
    await dialog.getByRole('button', { name: 'Create' }).click()
    const members = page.getByRole('region', { name: 'Members' })
    await members.getByLabel('Kind').selectOption('group')
    await members.getByLabel('Name').fill('ml')
    await members.getByRole('button', { name: 'Add' }).click()
    await members.getByText('group ml').waitFor()
    await grants.getByLabel('Type').selectOption('registered_model')
    await grants.getByLabel('Pattern').fill('*')
    await grants.getByRole('button', { name: 'Grant' }).click()
    await grants.getByRole('row').filter({ hasText: 'READ' }).waitFor()

    await tab('Groups').click()
    await page.getByRole('link', { name: 'ml', exact: true }).click()
    await page.getByRole('region', { name: 'Members' }).getByText('robot').waitFor()
    await page.getByRole('region', { name: 'Roles' }).getByText('editors').waitFor()
    await page.getByRole('combobox', { name: 'Default permission' }).selectOption('NO_PERMISSIONS')
    await page.waitForFunction(() => document.querySelector('select[aria-label="Default permission"]').value)

    await tab('Explain').click()
    await page.getByLabel('User').fill('robot')
    await page.getByLabel('Type').selectOption('experiment')
    await page.getByLabel('Pattern').fill('team-a/fraud')
    await page.getByRole('button', { name: 'Explain' }).click()
    await page.getByText('robot may not change: experiment team-a/fraud').waitFor()
    await page.getByText('by the default permission, as no grant matches').first().waitFor()

    await tab('Users').click()
    await page.getByRole('link', { name: 'robot' }).click()
    await page.getByRole('region', { name: 'By groups and roles' }).getByText('role editors · group ml').waitFor()
    await page.getByRole('button', { name: 'Delete user' }).click()
    await dialog.getByRole('button', { name: 'Delete' }).click()
    await page.getByRole('link', { name: 'reader' }).waitFor()
    await page.getByRole('link', { name: 'robot' }).waitFor({ state: 'detached' }) // the list is read again
    await page.fine()
  })

  it('uses everything with the keyboard alone', async () => {
    const page = await open('#/access', 'root')
    await page.getByRole('button', { name: 'Add user' }).focus()
    await page.keyboard.press('Enter')
    await page.getByRole('dialog').waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    await page.getByRole('link', { name: 'reader' }).focus()
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'reader' }).waitFor()
    await page.getByRole('region', { name: 'Groups' }).getByLabel('Name').focus()
    await page.keyboard.type('leads')
    await page.keyboard.press('Enter')
    await page.getByRole('button', { name: 'Remove: leads' }).focus()
    await page.keyboard.press('Enter')
    await page.getByRole('button', { name: 'Remove: leads' }).waitFor({ state: 'detached' })
    await page.fine()
  })
})

describe('many users, groups, roles and tokens', () => {
  let large
  before(
    async () => {
      large = await seedAccess(url, password, Number(process.env.KIROKU_USERS ?? 250))
    },
    { timeout: 200_000 },
  )

  it('are found in the lists', async () => {
    const page = await open('#/access', 'root')
    await page.getByRole('button', { name: /^Show \d+ more$/ }).waitFor()
    await page.getByRole('searchbox').fill('fraud chen')
    await page.waitForFunction(() => document.querySelectorAll('tbody tr').length < 30)
    await page.getByRole('tab', { name: 'Roles' }).click()
    await page.getByRole('searchbox').fill('vision-owners')
    await page
      .getByRole('link', { name: /vision-owners/ })
      .first()
      .waitFor()
    await page.fine()
  })

  const pages = () => [
    ['users', '#/access', 'aiko'],
    ['user', '#/access?of=dora', 'reviewers'],
    ['groups', '#/access?tab=groups', 'fraud'],
    ['group', '#/access?tab=groups&of=fraud', 'chen'],
    ['roles', '#/access?tab=roles', 'forecast-readers-4'],
    ['role', '#/access?tab=roles&of=vision-readers-0', 'aiko'],
    ['explain', '#/access?tab=explain', /Who may do this|誰が何をできるか/],
    ['permissions', `#/experiments/${large}?tab=permissions`, 'aiko'],
    ['model', '#/models/fraud?tab=permissions', 'owner'],
    ['account', '#/account', 'root'],
  ]
  for (const [theme, language] of [
    ['light', 'en'],
    ['dark', 'ja'],
  ])
    it(`axe finds nothing serious (${theme}, ${language})`, async () => {
      const page = await open('#/account', 'root', { theme, language })
      for (const [name, path, text] of pages()) {
        await page.goto(`${url}/${path}`)
        await page.locator('main').getByText(text).first().waitFor()
        const { violations } = await new AxeBuilder({ page })
          .setLegacyMode()
          .options({ resultTypes: ['violations'] })
          .analyze()
        const bad = violations.filter((v) => v.impact === 'serious' || v.impact === 'critical')
        assert.deepEqual(
          bad.map((v) => `${name}: ${v.id} ${v.nodes[0].html.slice(0, 200)}`),
          [],
        )
      }
      await page.fine()
    })
})

describe('a server without authentication', () => {
  it('shows nothing of all this', async () => {
    const asked = []
    const page = await open('#/experiments', undefined, { url: openServer })
    page.on('request', (request) => request.url().includes('/access/') && asked.push(request.url()))
    const { experiment_id } = await api(openServer).post('mlflow/experiments/create', { name: 'open' })
    await page.evaluate((id) => (location.hash = `#/experiments/${id}`), experiment_id)
    await page.getByRole('heading', { name: 'open' }).waitFor()
    await page.getByRole('button', { name: 'Charts' }).waitFor()
    assert.equal(await page.getByRole('button', { name: 'Permissions' }).count(), 0)
    assert.equal(await page.getByRole('link', { name: 'Access', exact: true }).count(), 0)
    assert.deepEqual(asked, [])
    await page.fine()
  })
})
