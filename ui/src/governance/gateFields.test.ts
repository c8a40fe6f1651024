import { expect, it } from 'vitest'
import { type Gate } from '../api/types'
import { fieldsOf, gateOf } from './gateFields'

it.each<Gate>([
  { name: 'quality', models: 'iris-*', alias: 'champion', require: 'metrics.accuracy >= 0.9' },
  {
    name: 'four-eyes',
    models: '*',
    stage: 'Production',
    description: 'Two people agree.',
    freeze: true,
    approvals: {
      required: 2,
      from: ['alice', 'group:leads', 'role:approvers'],
      expire_after: '3d',
      open_requests: false,
    },
  },
])('keeps the gate $name', (gate) => expect(gateOf(fieldsOf(gate))).toEqual(gate))

it('has no condition and no approvals unless they are given', () =>
  expect(gateOf({ ...fieldsOf(), name: ' a ' })).toEqual({ name: 'a', models: '*', alias: 'champion' }))

it('separates approvers by commas and line breaks', () =>
  expect(gateOf({ ...fieldsOf(), required: 1, from: 'alice,\n bob ,' }).approvals!.from).toEqual(['alice', 'bob']))
