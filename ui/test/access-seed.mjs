// Fills a server with --auth BASIC with users, groups, roles and grants: node test/access-seed.mjs URL COUNT
// The administrator root with the password $PASSWORD is there.
import { pathToFileURL } from 'node:url'
import { api, pool } from './seed.mjs'

const NAMES = [
  'aiko',
  'ben',
  'chen',
  'dora',
  'emil',
  'fumi',
  'gita',
  'hana',
  'ivan',
  'jun',
  'kenji',
  'lena',
  'mika',
  'noor',
]
const TEAMS = ['vision', 'speech', 'fraud', 'search', 'forecast', 'robotics']

/** Adds a number of users, roles and groups. Returns the ID of an experiment with as many grants. */
export async function seedAccess(base, password, count) {
  const root = api(base, { username: 'root', password })
  const { experiment_id } = await root.post('mlflow/experiments/create', { name: `fraud/scores-${count}` })
  const grant = (to, resources, level) => root.post('kiroku/access/grant', { to, resources, level })
  await pool(count, 8, async (i) => {
    const team = TEAMS[i % TEAMS.length]
    const kind = Math.floor(i / TEAMS.length) % 3
    const service = i % 9 === 8
    const username = service ? `ci-${team}-${i}` : `${NAMES[i % NAMES.length]}${i < NAMES.length ? '' : i}`
    await root.post('kiroku/users/create', { username, service, groups: i % 4 === 3 ? [team, 'reviewers'] : [team] })
    await grant(`user:${username}`, `experiment/${experiment_id}`, ['READ', 'USE', 'EDIT', 'MANAGE', 'DENY'][i % 5])
    await root.post('kiroku/users/tokens/create', {
      username: 'root',
      label: `nightly ${team} ${i}`,
      lifetime_hours: [24, 24 * 6, 24 * 90, undefined][i % 4],
      read_only: i % 3 === 0,
      resources: i % 2 ? [`experiment/${team}/*`, `registered_model/${team}-*`] : [],
    })
    const { role } = await root.call('POST', '3.0/mlflow/roles/create', {
      name: `${team}-${['readers', 'editors', 'owners'][kind]}-${i}`,
      description: ['May look', 'May log runs and add versions', 'May do everything in the team'][kind],
      workspace: 'default',
    })
    await root.call('POST', '3.0/mlflow/roles/assign', { role_id: role.id, group_name: team })
    await root.call('POST', '3.0/mlflow/roles/assign', { role_id: role.id, username })
    await grant(`role:${role.name}`, `experiment/${team}/*`, ['READ', 'EDIT', 'MANAGE'][kind])
    await grant(`role:${role.name}`, `registered_model/${team}-*`, ['READ', 'EDIT', 'MANAGE'][kind])
    if (i >= TEAMS.length) await grant(`group:squad-${i}`, 'report/*', 'READ')
  })
  return experiment_id
}

if (import.meta.url === pathToFileURL(process.argv[1]).href)
  console.log(await seedAccess(process.argv[2], process.env.PASSWORD, Number(process.argv[3])))
