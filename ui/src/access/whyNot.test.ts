import { describe, expect, it } from 'vitest'
import type { ResourceRights } from '../api/types'
import { translate, type Key } from '../shell/messages'
import { whyNotText } from './whyNot'

const english = (key: Key, values?: Record<string, string | number>) => translate('en', key, values)
const japanese = (key: Key, values?: Record<string, string | number>) => translate('ja', key, values)
const rights: ResourceRights = {
  resource: 'experiment/7',
  actions: [
    { action: 'read', allowed: true },
    { action: 'create', allowed: false },
    { action: 'update', allowed: false, needs: 'EDIT', on: 'experiment/team-a/fraud' },
    { action: 'manage', allowed: false, needs: 'MANAGE', on: 'server/*' },
  ],
  ask: ['user:root', 'group:leads'],
}

describe('whyNotText', () => {
  it('is undefined for what is allowed', () => expect(whyNotText(rights, 'read', english)).toBeUndefined())
  it('says what is needed and who can give it', () => {
    expect(whyNotText(rights, 'update', english)).toBe('Needs EDIT on experiment team-a/fraud; ask root, group leads.')
    expect(whyNotText(rights, 'update', japanese)).toBe(
      '実験 team-a/fraud に対する EDIT 権限が必要です。権限は root、グループ leads が付与できます。',
    )
  })
  it('names nobody if the server does not', () =>
    expect(whyNotText({ ...rights, ask: undefined }, 'update', english)).toBe('Needs EDIT on experiment team-a/fraud'))
  it('asks for an administrator where only they may', () =>
    expect(whyNotText(rights, 'manage', english)).toMatch(/^Needs membership of the group admins; ask root/))
  it('names no level where a grant denies', () =>
    expect(whyNotText(rights, 'create', english)).toBe('A permission forbids this.'))
})
