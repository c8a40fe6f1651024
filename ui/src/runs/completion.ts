import { type Keys } from '../api/types'
import { number } from '../shell/format'

export interface Suggestion {
  text: string
  note?: string
}

/** The completions at the caret. The text from `from` on is replaced by the chosen one. */
interface Completions {
  from: number
  options: Suggestion[]
  values?: { kind: 'PARAM' | 'TAG'; key: string; begun: string }
}

const OPERATORS: Record<string, string[]> = {
  metrics: ['>', '<', '>=', '<=', '=', '!='],
  params: ['=', '!=', 'LIKE', 'ILIKE', 'IS NULL', 'IS NOT NULL'],
  tags: ['=', '!=', 'LIKE', 'ILIKE', 'IS NULL', 'IS NOT NULL'],
  attributes: ['=', '!=', 'LIKE', 'ILIKE', '>', '<'],
}

export const ATTRIBUTES = ['run_name', 'status', 'start_time', 'end_time', 'user_id', 'run_id']
const STATUS = ['RUNNING', 'SCHEDULED', 'FINISHED', 'FAILED', 'KILLED']
export const quoted = (key: string) => (/^[\w.]+$/.test(key) ? key : `\`${key}\``)
export const kindOf = (word: string) => {
  const kind = word.toLowerCase()
  return kind.startsWith('metric')
    ? 'metrics'
    : kind.startsWith('param')
      ? 'params'
      : kind.startsWith('tag')
        ? 'tags'
        : 'attributes'
}

export function completionsAt(before: string, keys: Keys): Completions {
  const value =
    /(metrics?|params?|parameters?|tags?|attributes?)\.(?:`([^`]+)`|"([^"]+)"|([\w.]+))\s*(?:=|!=|i?like)\s*'((?:[^']|'')*)$/i.exec(
      before,
    )
  if (value) {
    const kind = kindOf(value[1]!)
    const key = value[2] ?? value[3] ?? value[4] ?? ''
    const begun = value[5]!
    const from = before.length - begun.length
    if (kind === 'attributes')
      return {
        from,
        options:
          key === 'status'
            ? STATUS.filter((s) => s.startsWith(begun.toUpperCase())).map((text) => ({ text: `${text}'` }))
            : [],
      }
    return { from, options: [], values: { kind: kind === 'params' ? 'PARAM' : 'TAG', key, begun } }
  }
  const key = /(metrics?|params?|parameters?|tags?|attributes?)\.[`"]?([^`"\s=<>!]*)$/i.exec(before)
  if (key) {
    const kind = kindOf(key[1]!)
    const begun = key[2]!.toLowerCase()
    const from = before.length - key[0].length + key[1]!.length + 1
    const all: Suggestion[] =
      kind === 'metrics'
        ? keys.metrics.map((m) => ({
            text: m.key,
            note: m.min === undefined ? '' : `${number(m.min)} … ${number(m.max)}`,
          }))
        : kind === 'params'
          ? keys.params.map((text) => ({ text }))
          : kind === 'tags'
            ? keys.tags.map((text) => ({ text }))
            : ATTRIBUTES.map((text) => ({ text }))
    return {
      from,
      options: all
        .filter((o) => o.text.toLowerCase().includes(begun))
        .slice(0, 60)
        .map((o) => ({ ...o, text: `${quoted(o.text)} ` })),
    }
  }
  const operator =
    /(metrics?|params?|parameters?|tags?|attributes?)\.(?:`[^`]+`|"[^"]+"|[\w.]+)\s+([<>=!]*|[a-z ]*)$/i.exec(before)
  if (operator) {
    const kind = kindOf(operator[1]!)
    const begun = operator[2]!.toUpperCase()
    const from = before.length - begun.length
    return {
      from,
      options: OPERATORS[kind]!.filter((o) => o.startsWith(begun)).map((o) => ({
        text: o.startsWith('IS') ? `${o} ` : kind === 'metrics' ? `${o} ` : `${o} '`,
      })),
    }
  }
  const start = /(?:^|\band\s+)(\w*)$/i.exec(before)
  if (start) {
    const begun = start[1]!.toLowerCase()
    const from = before.length - begun.length
    return {
      from,
      options: ['metrics.', 'params.', 'tags.', 'attributes.status ', 'attributes.run_name ', 'attributes.start_time ']
        .filter((o) => o.startsWith(begun) || o.replace('attributes.', '').startsWith(begun))
        .map((text) => ({ text })),
    }
  }
  const next = /(?:\d|'|null)\s+(\w*)$/i.exec(before)
  if (next && 'AND'.startsWith(next[1]!.toUpperCase()))
    return { from: before.length - next[1]!.length, options: [{ text: 'AND ' }] }
  return { from: before.length, options: [] }
}
