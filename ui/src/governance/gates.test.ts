import { describe, expect, it } from 'vitest'
import { appliesTo, isProtected } from './gates'

const gate = (models: string) => ({ name: 'g', models, alias: 'champion' })

describe('appliesTo', () => {
  it.each([
    ['iris', 'iris', true],
    ['iris', 'iris2', false],
    ['iris-*', 'iris-net', true],
    ['iris-*', 'virus', false],
    ['*', '', true],
    ['a*b*c', 'a-b-b-c', true],
    ['a*b*c', 'a-c-b', false],
    ['ab*ba', 'aba', false],
    ['*.x*', 'a.xy', true],
    ['*.x*', 'axy', false],
    ['**', 'any', true],
  ])('%s, %s: %s', (pattern, model, applies) => expect(appliesTo(gate(pattern), model)).toBe(applies))
  it('takes linear time', () => expect(appliesTo(gate(`${'a*'.repeat(500)}b`), 'a'.repeat(20_000))).toBe(false))
})

describe('isProtected', () => {
  const protecting = { ...gate('iris-*'), approvals: { required: 1 } }
  it('needs a gate with approvals for the alias', () => {
    expect(isProtected([protecting], 'iris-a', { alias: 'champion' })).toBe(true)
    expect(isProtected([protecting], 'iris-a', { alias: 'other' })).toBe(false)
    expect(isProtected([protecting], 'other', { alias: 'champion' })).toBe(false)
    expect(isProtected([gate('*')], 'iris-a', { alias: 'champion' })).toBe(false)
    expect(isProtected(undefined, 'iris-a', { alias: 'champion' })).toBe(false)
  })
  it('distinguishes stages from aliases', () => {
    const stage = { name: 's', models: '*', stage: 'Production', approvals: { required: 1 } }
    expect(isProtected([stage], 'm', { stage: 'Production' })).toBe(true)
    expect(isProtected([stage], 'm', { alias: 'Production' })).toBe(false)
  })
})
