import { lazy, Suspense, useEffect, useState } from 'react'
import { Icon } from '../shell/Icon'
import { useT } from '../shell/settings'

const SearchDialog = lazy(() => import('./SearchDialog').then((module) => ({ default: module.SearchDialog })))
const ShortcutsDialog = lazy(() => import('./ShortcutsDialog').then((module) => ({ default: module.ShortcutsDialog })))

/** Returns whether keys that are pressed there are text. */
function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || target.matches('input, textarea, select'))
}

/** Moves the focus to the filter or search box of the page; returns whether it has one. */
function focusFilter(): boolean {
  const box = document.querySelector<HTMLInputElement>('main .filter input, main input[type=search]')
  box?.focus()
  box?.select()
  return box !== null
}

/** The button of the search for everything, and the keyboard shortcuts of all pages. */
export function SearchButton() {
  const t = useT()
  const [open, setOpen] = useState<'search' | 'shortcuts' | null>(null)
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.key.toLowerCase() === 'k' && (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey) {
        // Also within an input, where browsers use the keys for themselves.
        if (document.querySelector('[role=dialog]')) return
        event.preventDefault()
        setOpen('search')
        return
      }
      const plain = !event.ctrlKey && !event.metaKey && !event.altKey
      if (!plain || event.isComposing || isTyping(event.target) || document.querySelector('[role=dialog]')) return
      if (event.key === '/') {
        if (focusFilter()) event.preventDefault()
      } else if (event.key === '?') {
        event.preventDefault()
        setOpen('shortcuts')
      }
    }
    document.addEventListener('keydown', press)
    return () => document.removeEventListener('keydown', press)
  }, [])
  const close = () => setOpen(null)
  return (
    <>
      <button
        className="btn small find"
        aria-label={t('searchEverything')}
        aria-keyshortcuts="Control+K Meta+K"
        title={t('searchEverything')}
        onClick={() => setOpen('search')}
      >
        <Icon name="search" size={13} />
        <span className="find-text" aria-hidden="true">
          {t('search')} <kbd>Ctrl K</kbd>
        </span>
      </button>
      <Suspense fallback={null}>
        {open === 'search' && <SearchDialog close={close} />}
        {open === 'shortcuts' && <ShortcutsDialog close={close} />}
      </Suspense>
    </>
  )
}
