import { type Gate } from '../api/types'

/** Returns whether a change of an alias or a stage of a model needs approvals. */
export const isProtected = (gates: Gate[] | undefined, model: string, target: { alias?: string; stage?: string }) =>
  (gates ?? []).some(
    (gate) =>
      gate.approvals &&
      appliesTo(gate, model) &&
      (target.alias !== undefined ? gate.alias === target.alias : gate.stage === target.stage),
  )

/** Returns whether a gate applies to a model. In its pattern, * is any text. */
export function appliesTo(gate: Gate, model: string): boolean {
  const [first = '', ...others] = gate.models.split('*')
  if (others.length === 0) return model === first
  const last = others.pop()!
  if (!model.startsWith(first) || !model.endsWith(last)) return false
  // The earliest match of each part leaves the most room for the next one.
  let at = first.length
  for (const part of others) {
    const found = model.indexOf(part, at)
    if (found < 0) return false
    at = found + part.length
  }
  return at + last.length <= model.length
}
