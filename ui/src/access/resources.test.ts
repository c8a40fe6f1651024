import { describe, expect, it } from 'vitest'
import { translate, type Key } from '../shell/messages'
import {
  exactPattern,
  experimentIds,
  holderText,
  resourceText,
  splitGrant,
  splitHolder,
  splitResource,
} from './resources'

const t = (key: Key, values?: Record<string, string | number>) => translate('en', key, values)

describe('texts of grants', () => {
  it('are split at the first slash, space and colon', () => {
    expect(splitResource('experiment/team-a/*')).toEqual({ type: 'experiment', pattern: 'team-a/*' })
    expect(splitGrant('EDIT experiment/a b')).toEqual({ level: 'EDIT', resources: 'experiment/a b' })
    expect(splitHolder('user:a:b')).toEqual({ kind: 'user', name: 'a:b' })
  })
  it('name experiments by ID', () => {
    const all = ['run/7', 'experiment/10', 'experiment/7', 'registered_model/8', 'experiment/team-a/*', 'experiment/*']
    expect(experimentIds(all)).toEqual(['10', '7'])
  })
  it('escape a star at the end of a name', () => {
    expect(exactPattern('iris*')).toBe('iris\\*')
    expect(exactPattern('iris')).toBe('iris')
  })
  it('are shown with the kind of resource and holder', () => {
    expect(resourceText('experiment/team-a/fraud', t)).toBe('experiment team-a/fraud')
    expect(resourceText('registered_model/*', t)).toBe('model *')
    expect(resourceText('scorer/7/x', t)).toBe('scorer 7/x')
    expect(holderText('user:ann', t)).toBe('ann')
    expect(holderText('group:ml', t)).toBe('group ml')
  })
})
