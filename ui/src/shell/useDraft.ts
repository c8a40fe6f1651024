import { useEffect, useState } from 'react'
import { readStored, writeStored } from './settings'

interface StoredDraft<T, B> {
  value: T
  base: B
}

export interface Draft<T, B> {
  value: T
  /** what the draft is based on */
  base: B
  /** whether the value differs from the saved one */
  changed: boolean
  /** whether the value was restored from an earlier visit; false once this was acknowledged */
  restored: boolean
  setValue: (value: T) => void
  setBase: (base: B) => void
  /** acknowledges that the value was restored */
  acknowledge: () => void
  /** returns to the saved value */
  discard: () => void
  /** removes the draft from the browser, before the form is closed */
  forget: () => void
}

/** Returns whether there is a draft that was not saved. */
export const hasDraft = (key: string) => readStored(`draft.${key}`) !== undefined

/**
 * A value that is being edited. While it differs from the saved one it is kept in this browser, so that it is not lost when the page is left,
 * closed or reloaded.
 *
 * @param key identifies what is edited
 * @param saved the value that the server has
 * @param base what the saved value is based on, such as its version
 */
export function useDraft<T, B>(key: string, saved: T, base: B): Draft<T, B> {
  const storage = `draft.${key}`
  const [kept] = useState(() => readStored<StoredDraft<T, B>>(storage))
  const [draft, setDraft] = useState<StoredDraft<T, B>>(kept ?? { value: saved, base })
  const [restored, setRestored] = useState(kept !== undefined && differ(kept.value, saved))
  const changed = differ(draft.value, saved)
  useEffect(() => writeStored(storage, changed ? draft : undefined), [storage, draft, changed])
  return {
    ...draft,
    changed,
    restored,
    setValue: (value) => setDraft({ ...draft, value }),
    setBase: (base) => setDraft({ ...draft, base }),
    acknowledge: () => setRestored(false),
    discard: () => {
      setDraft({ value: saved, base })
      setRestored(false)
    },
    forget: () => writeStored(storage, undefined),
  }
}

const differ = (a: unknown, b: unknown) => JSON.stringify(a) !== JSON.stringify(b)
