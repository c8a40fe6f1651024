import { useCallback, useState } from 'react'

/** The open lines of each experiment's table, kept until the pages are left, for those who come back from a run. */
const openLines = new Map<string, Set<string>>()

/** Which runs and groups of an experiment's table are open: their keys, and a function that opens or closes one. */
export function useOpenLines(experimentId: string): [Set<string>, (key: string) => void] {
  const [open, setOpen] = useState<Set<string>>(() => openLines.get(experimentId) ?? new Set())
  const toggle = useCallback(
    (key: string) => {
      setOpen((before) => {
        const next = new Set(before)
        if (!next.delete(key)) next.add(key)
        openLines.set(experimentId, next)
        return next
      })
    },
    [experimentId],
  )
  return [open, toggle]
}
