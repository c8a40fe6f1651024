import { useCallback, useMemo, useState } from 'react'
import { readStored, writeStored } from '../shell/settings'

/**
 * Thirteen colours, found by a search: each has a contrast of 3 with the light and the dark background; any two are as different as
 * possible, with red-green colour blindness too; neighbours in the list differ the most.
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

/** A run has another colour than this many runs before and after it in a list. */
const NEAR = 6
/** Colours are assigned to the first runs of a list only: charts do not show more. */
const FIRST = 200
/** The number of runs whose colours are stored. */
const KEPT = 2000

/** The palette index of each run that was in a list. It is stored, so that a run has the same colour everywhere. */
const assignedHues = new Map<string, number>(readStored<[string, number][]>('hues') ?? [])

function hash(id: string): number {
  let hash = 0
  for (let i = 0; i < id.length; i++) hash = (hash * 31 + id.charCodeAt(i)) | 0
  return Math.abs(hash) % PALETTE.length
}

/** Assigns colours to the runs of a list that have none, different from those of their neighbours. */
export function assignColours(list: { run_id: string }[]) {
  const ids = list.slice(0, FIRST).map((run) => run.run_id)
  let any = false
  for (const [i, id] of ids.entries()) {
    if (assignedHues.has(id)) continue
    const taken = new Set<number | undefined>()
    for (let k = Math.max(0, i - NEAR); k <= Math.min(ids.length - 1, i + NEAR); k++)
      taken.add(assignedHues.get(ids[k]!))
    let hue = hash(id)
    while (taken.has(hue)) hue = (hue + 1) % PALETTE.length
    assignedHues.set(id, hue)
    any = true
  }
  if (!any) return
  for (const id of assignedHues.keys()) {
    if (assignedHues.size <= KEPT) break
    assignedHues.delete(id)
  }
  writeStored('hues', [...assignedHues])
}

export interface RunAppearance {
  colour: (runId: string) => string
  isHidden: (runId: string) => boolean
  setColour: (runId: string, colour: string | undefined) => void
  toggle: (runId: string) => void
  /** hides or shows several runs */
  hide: (runIds: string[], on: boolean) => void
}

/** The colours of runs, and which runs are hidden in charts. Both are stored in this browser. */
export function useRunAppearance(): RunAppearance {
  const [colours, setColours] = useState<Record<string, string>>(() => readStored('colours') ?? {})
  const [hidden, setHidden] = useState<Set<string>>(() => new Set(readStored<string[]>('hidden')))
  const setColour = useCallback((id: string, chosen: string | undefined) => {
    setColours((before) => {
      const others = Object.fromEntries(Object.entries(before).filter(([key]) => key !== id))
      const next = chosen ? { ...others, [id]: chosen } : others
      writeStored('colours', next)
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
      writeStored('hidden', [...next].slice(-2000))
      return next
    })
  }, [])
  return useMemo(
    () => ({
      colour: (id) => colours[id] ?? PALETTE[assignedHues.get(id) ?? hash(id)]!,
      isHidden: (id) => hidden.has(id),
      setColour,
      toggle: (id) => hide([id], !hidden.has(id)),
      hide,
    }),
    [colours, hidden, setColour, hide],
  )
}
