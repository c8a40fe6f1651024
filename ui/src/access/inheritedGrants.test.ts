import { describe, expect, it } from 'vitest'
import { inheritedGrants } from './inheritedGrants'

describe('inheritedGrants', () => {
  const policy = {
    roles: [
      { name: 'editors', members: ['group:ml', 'user:bob'], grants: ['EDIT experiment/team-a/*'] },
      { name: 'empty', members: ['user:ann'] },
    ],
    grants: [
      { to: 'user:ann', grants: ['MANAGE experiment/7'] },
      { to: 'group:ml', grants: ['READ report/*'] },
      { to: 'group:other', grants: ['READ gate/*'] },
    ],
    groups: [],
  }
  it('are those of groups and of the roles of both, with the way to them', () => {
    expect(inheritedGrants({ name: 'ann', groups: ['ml'] }, policy)).toEqual([
      { level: 'READ', resources: 'report/*', via: ['group:ml'] },
      { level: 'EDIT', resources: 'experiment/team-a/*', via: ['role:editors', 'group:ml'] },
    ])
    expect(inheritedGrants({ name: 'bob' }, policy)).toEqual([
      { level: 'EDIT', resources: 'experiment/team-a/*', via: ['role:editors'] },
    ])
  })
})
