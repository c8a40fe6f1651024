import { type Gate } from '../api/types'

/** The fields of the form of a gate. */
export interface GateFields {
  name: string
  models: string
  kind: 'alias' | 'stage'
  alias: string
  stage: string
  /** the condition */
  require: string
  /** the number of approvals; 0 for none */
  required: number
  /** the approvers, separated by commas or line breaks */
  from: string
  /** how long a request is open, such as 7d */
  expire: string
  /** whether a refused attempt opens a request */
  opens: boolean
  /** whether the run behind the version is frozen */
  freeze: boolean
  description: string
}

/** Returns the fields of a gate, or the defaults of a new one. */
export function fieldsOf(gate?: Gate): GateFields {
  return {
    name: gate?.name ?? '',
    models: gate?.models ?? '*',
    kind: gate?.stage ? 'stage' : 'alias',
    alias: gate?.alias ?? 'champion',
    stage: gate?.stage ?? 'Production',
    require: gate?.require ?? '',
    required: gate?.approvals?.required ?? 0,
    from: (gate?.approvals?.from ?? []).join(', '),
    expire: gate?.approvals?.expire_after ?? '7d',
    opens: gate?.approvals?.open_requests ?? true,
    freeze: gate?.freeze ?? false,
    description: gate?.description ?? '',
  }
}

/** Returns the gate that the fields describe. */
export function gateOf(fields: GateFields): Gate {
  const gate: Gate = { name: fields.name.trim(), models: fields.models.trim() }
  if (fields.kind === 'alias') gate.alias = fields.alias.trim()
  else gate.stage = fields.stage
  if (fields.require.trim()) gate.require = fields.require.trim()
  if (fields.description.trim()) gate.description = fields.description.trim()
  if (fields.freeze) gate.freeze = true
  if (fields.required > 0) {
    gate.approvals = {
      required: fields.required,
      from: fields.from
        .split(/[,\n]/)
        .map((who) => who.trim())
        .filter(Boolean),
      expire_after: fields.expire.trim(),
      open_requests: fields.opens,
    }
  }
  return gate
}
