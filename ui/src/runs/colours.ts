import { useCallback, useMemo, useState } from 'react'
import { remember, remembered } from '../shell/settings'

/**
 * Thirteen colours found by search: each has a contrast of 3 with light and with dark paper, any two are as far from each other as can be,
 * for those who see no red from green too, and those that follow each other the farthest.
 */
export const PALETTE = [
  '#3f6dd7',
  '#e67502',
  '#0e861e',
  '#d16cc9',
  '#7d9b82',
  '#069ce4',
  '#ca4a27',
  '#16748e',
  '#9550bb',
  '#63a017',
  '#c94b87',
  '#707958',
  '#897bb7',
]

/** So many runs before and after a run in a list have other colours than it. */
const NEAR = 6
/** Only the beginning of a list is looked at: what charts show of it. */
const FIRST = 200
/** Colours of so many runs are kept. */
const KEPT = 2000

/** The place in the palette of each run that has been in a list: a run keeps its colour wherever it is seen next. */
const given = new Map<string, number>(remembered<[string, number][]>('hues') ?? [])

function hash(id: string): number {
  let hash = 0
  for (let i = 0; i < id.length; i++) hash = (hash * 31 + id.charCodeAt(i)) | 0
  return Math.abs(hash) % PALETTE.length
}

/** Gives colours to the runs of a list that have none, so that runs which lie next to each other can be told apart. */
export function giveColours(list: { run_id: string }[]) {
  const ids = list.slice(0, FIRST).map((run) => run.run_id)
  let any = false
  for (const [i, id] of ids.entries()) {
    if (given.has(id)) continue
    const taken = new Set<number | undefined>()
    for (let k = Math.max(0, i - NEAR); k <= Math.min(ids.length - 1, i + NEAR); k++) taken.add(given.get(ids[k]!))
    let hue = hash(id)
    while (taken.has(hue)) hue = (hue + 1) % PALETTE.length
    given.set(id, hue)
    any = true
  }
  if (!any) return
  for (const id of given.keys()) {
    if (given.size <= KEPT) break
    given.delete(id)
  }
  remember('hues', [...given])
}

export interface Looks {
  colour: (runId: string) => string
  isHidden: (runId: string) => boolean
  setColour: (runId: string, colour: string | undefined) => void
  toggle: (runId: string) => void
  /** hides or shows many */
  hide: (runIds: string[], on: boolean) => void
}

/** The colour of each run, and which runs charts leave out: kept in this browser. */
export function useLooks(): Looks {
  const [colours, setColours] = useState<Record<string, string>>(() => remembered('colours') ?? {})
  const [hidden, setHidden] = useState<Set<string>>(() => new Set(remembered<string[]>('hidden')))
  const setColour = useCallback((id: string, chosen: string | undefined) => {
    setColours((before) => {
      const others = Object.fromEntries(Object.entries(before).filter(([key]) => key !== id))
      const next = chosen ? { ...others, [id]: chosen } : others
      remember('colours', next)
      return next
    })
  }, [])
  const hide = useCallback((ids: string[], on: boolean) => {
    setHidden((before) => {
      const next = new Set(before)
      for (const id of ids) {
        if (on) next.add(id)
        else next.delete(id)
      }
      remember('hidden', [...next].slice(-2000))
      return next
    })
  }, [])
  return useMemo(
    () => ({
      colour: (id) => colours[id] ?? PALETTE[given.get(id) ?? hash(id)]!,
      isHidden: (id) => hidden.has(id),
      setColour,
      toggle: (id) => hide([id], !hidden.has(id)),
      hide,
    }),
    [colours, hidden, setColour, hide],
  )
}
