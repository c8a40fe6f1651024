import { useRouter } from '@tanstack/react-router'
import { useEffect, useRef, useState } from 'react'
import { Dialog } from '../shell/Dialog'
import { useT } from '../shell/settings'
import { useHits } from './useHits'

/** Finds experiments, runs, models, versions, reports and pages. The arrow keys choose, Enter opens. */
export function SearchDialog({ close }: { close: () => void }) {
  const t = useT()
  const router = useRouter()
  const [text, setText] = useState('')
  const [chosen, setChosen] = useState(0)
  const [entered, setEntered] = useState(false)
  const { hits, current, searching } = useHits(text)
  const list = useRef<HTMLUListElement>(null)
  const at = Math.min(chosen, hits.length - 1)
  useEffect(() => {
    list.current?.querySelector('[aria-selected=true]')?.scrollIntoView({ block: 'nearest' })
  }, [at])

  // Enter may be pressed before the answer is there: it opens what is found then, not what was found for an earlier text.
  const hit = hits[at]
  useEffect(() => {
    if (entered && current && hit) {
      close()
      router.history.push(hit.to)
    }
  }, [entered, current, hit, close, router])
  return (
    <Dialog title={t('searchEverything')} close={close}>
      <input
        className="input"
        role="combobox"
        aria-expanded={hits.length > 0}
        aria-controls="search-hits"
        aria-activedescendant={at >= 0 ? `search-hit-${at}` : undefined}
        aria-label={t('searchEverything')}
        placeholder={t('searchEverythingHint')}
        autoComplete="off"
        spellCheck={false}
        value={text}
        onChange={(event) => {
          setEntered(false)
          setText(event.target.value)
          setChosen(0)
        }}
        onKeyDown={(event) => {
          if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
            event.preventDefault()
            const step = event.key === 'ArrowDown' ? 1 : -1
            if (hits.length > 0) setChosen((at + step + hits.length) % hits.length)
          } else if (event.key === 'Enter' && !event.nativeEvent.isComposing) {
            event.preventDefault()
            setEntered(true)
          }
        }}
      />
      <ul className="hits" id="search-hits" role="listbox" aria-label={t('searchEverything')} ref={list}>
        {hits.map((hit, index) => (
          // The keyboard chooses in the input, as it does in a combobox.
          <li
            key={hit.to}
            id={`search-hit-${index}`}
            role="option"
            aria-selected={index === at}
            onPointerMove={() => setChosen(index)}
            onClick={() => {
              setChosen(index)
              setEntered(true)
            }}
          >
            <span className="kind">{t(hit.kind)}</span>
            <span className="ellipsis">{hit.text}</span>
            {hit.note && <span className="faint ellipsis">{hit.note}</span>}
          </li>
        ))}
      </ul>
      <p className="faint" role="status">
        {searching ? t('searching') : hits.length === 0 ? t('nothingFound') : ''}
      </p>
    </Dialog>
  )
}
