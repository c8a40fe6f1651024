import { useQuery } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import { values } from '../api/queries'
import type { Keys } from '../api/types'
import { number } from '../shell/format'
import { useT } from '../shell/settings'
import { Icon, useSettled } from '../shell/ui'

interface Suggestion {
  text: string
  note?: string
}
/** What can stand at the caret: everything from {@code from} on is replaced by what is chosen. */
interface Place {
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
const ATTRIBUTES = ['run_name', 'status', 'start_time', 'end_time', 'user_id', 'run_id']
const STATUS = ['RUNNING', 'SCHEDULED', 'FINISHED', 'FAILED', 'KILLED']
const quoted = (key: string) => (/^[\w.]+$/.test(key) ? key : `\`${key}\``)

const kindOf = (word: string) => {
  const kind = word.toLowerCase()
  return kind.startsWith('metric')
    ? 'metrics'
    : kind.startsWith('param')
      ? 'params'
      : kind.startsWith('tag')
        ? 'tags'
        : 'attributes'
}

export function placeAt(before: string, keys: Keys): Place {
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

/** Where the search language is written: it completes keys, operators and values. */
export function FilterBar({
  value,
  experimentIds,
  keys,
  invalid,
  onApply,
}: {
  value: string
  experimentIds: string[]
  keys: Keys
  invalid: boolean
  onApply: (text: string) => void
}) {
  const t = useT()
  const input = useRef<HTMLInputElement>(null)
  const [text, setText] = useState(value)
  const [caret, setCaret] = useState(value.length)
  const [open, setOpen] = useState(false)
  const [chosen, setChosen] = useState(-1)
  useEffect(() => setText(value), [value])

  const place = placeAt(text.slice(0, caret), keys)
  const begun = useSettled(place.values?.begun ?? '', 120)
  const found = useQuery({
    ...values(experimentIds, place.values?.kind ?? 'PARAM', place.values?.key ?? '', begun),
    enabled: open && place.values !== undefined,
  })
  const options = place.values
    ? (found.data ?? []).map((v) => ({ text: `${v.replace(/'/g, "''")}'`, note: undefined }))
    : place.options
  const shown = open && options.length > 0

  const take = (option: Suggestion) => {
    const after = text.slice(caret).replace(/^[\w.`]*'?/, '')
    const next = text.slice(0, place.from) + option.text + after
    setText(next)
    setChosen(-1)
    const at = place.from + option.text.length
    setCaret(at)
    requestAnimationFrame(() => input.current?.setSelectionRange(at, at))
  }
  const apply = (next: string) => {
    setOpen(false)
    setChosen(-1)
    onApply(next.trim())
  }

  return (
    <div className="filter">
      <Icon name="search" size={14} />
      <input
        ref={input}
        className={invalid ? 'input invalid' : 'input'}
        role="combobox"
        aria-expanded={shown}
        aria-controls="filter-options"
        aria-activedescendant={shown && chosen >= 0 ? `filter-option-${chosen}` : undefined}
        aria-label={t('filterRuns')}
        aria-invalid={invalid}
        autoComplete="off"
        spellCheck={false}
        placeholder={t('filterHint')}
        value={text}
        onFocus={() => setOpen(true)}
        onBlur={() => setOpen(false)}
        onSelect={(event) => setCaret(event.currentTarget.selectionStart ?? text.length)}
        onChange={(event) => {
          setText(event.target.value)
          setCaret(event.target.selectionStart ?? event.target.value.length)
          setOpen(true)
          setChosen(-1)
        }}
        onKeyDown={(event) => {
          if (shown && (event.key === 'ArrowDown' || event.key === 'ArrowUp')) {
            event.preventDefault()
            setChosen(
              event.key === 'ArrowDown' ? (chosen + 1) % options.length : chosen <= 0 ? options.length - 1 : chosen - 1,
            )
          } else if (shown && (event.key === 'Tab' || event.key === 'Enter') && chosen >= 0) {
            event.preventDefault()
            take(options[chosen]!)
          } else if (shown && event.key === 'Tab' && text.slice(place.from, caret)) {
            event.preventDefault()
            take(options[0]!)
          } else if (event.key === 'Enter') {
            apply(text)
          } else if (event.key === 'Escape') {
            setOpen(false)
          } else if (event.key === 'ArrowDown') {
            setOpen(true)
          }
        }}
      />
      {text && (
        <button
          className="btn ghost icon small clear"
          title={t('clear')}
          aria-label={t('clear')}
          onClick={() => {
            setText('')
            apply('')
          }}
        >
          <Icon name="close" size={12} />
        </button>
      )}
      {shown && (
        <ul className="suggest" id="filter-options" role="listbox" aria-label={t('filterRuns')}>
          {options.map((option, index) => (
            <li
              key={option.text}
              id={`filter-option-${index}`}
              role="option"
              aria-selected={index === chosen}
              ref={index === chosen ? (element) => element?.scrollIntoView({ block: 'nearest' }) : undefined}
              onPointerDown={(event) => {
                event.preventDefault()
                take(option)
              }}
            >
              {option.text.trim()}
              {option.note && <span className="num">{option.note}</span>}
            </li>
          ))}
        </ul>
      )}
    </div>
  )
}
