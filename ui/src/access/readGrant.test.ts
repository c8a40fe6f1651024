import { describe, expect, it } from 'vitest'
import { readGrant } from './readGrant'

describe('readGrant', () => {
  it('reads level, resources and who holds the grant', () => {
    expect(readGrant('EDIT experiment/team-a/* of group:ml by role:editors')).toEqual({
      level: 'EDIT',
      resources: 'experiment/team-a/*',
      holders: ['group:ml', 'role:editors'],
    })
    expect(readGrant('MANAGE experiment/7 of user:ann').holders).toEqual(['user:ann'])
  })
  it('reads names that contain the words in between', () =>
    expect(readGrant('READ report/costs of user:x of user:ann').resources).toBe('report/costs of user:x'))
})
