import { useQuery } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import { values } from '../api/runs'
import { type Keys } from '../api/types'
import { useDebounced } from '../shell/hooks'
import { Icon } from '../shell/Icon'
import { useT } from '../shell/settings'
import { completionsAt, type Suggestion } from './completion'

/** The input of a filter. It completes keys, operators and values of the search language. */
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

  const place = completionsAt(text.slice(0, caret), keys)
  const begun = useDebounced(place.values?.begun ?? '', 120)
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
