import { describe, expect, it } from 'vitest'
import { grantLines } from './grantLines'

describe('grantLines', () => {
  it('begin with administrators and end with the default of the server', () => {
    const lines = grantLines({
      resource: 'experiment/team-a/fraud',
      grants: [
        { to: 'user:ann', level: 'MANAGE', resources: 'experiment/7', own: true },
        { to: 'group:ml', level: 'EDIT', resources: 'experiment/team-a/*', own: false },
        { to: 'role:readers', level: 'READ', resources: 'experiment/*', own: false, members: ['user:bob'] },
      ],
      group_defaults: [{ name: 'guests', default_permission: 'NO_PERMISSIONS' }],
      default_permission: 'READ',
      administrators: ['root'],
    })
    expect(lines.map(({ to, level, reason }) => `${to} ${level} ${reason}`)).toEqual([
      'group:admins MANAGE reasonAdmins',
      'user:ann MANAGE reasonOwn',
      'group:ml EDIT reasonPattern',
      'role:readers READ reasonPattern',
      'group:guests NO_PERMISSIONS reasonGroupDefault',
      'everybody READ reasonDefault',
    ])
    expect(lines[0]!.members).toEqual(['user:root'])
  })
})
