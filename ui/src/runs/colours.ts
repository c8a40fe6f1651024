import { useCallback, useState } from 'react'
import { remember, remembered } from '../shell/settings'

/** Twelve hues that can be told apart on light and on dark paper, by people who see few colours too as far as twelve can be. */
export const PALETTE = ['#3b6fd4', '#d9622b', '#2f9e6e', '#c43d6b', '#8257d6', '#b8860b', '#1f9bb3', '#9c4a2f', '#6f8f1f', '#d056c0', '#5b7186', '#e0474c']

function colourFor(id: string): string {
  let hash = 0
  for (let i = 0; i < id.length; i++) hash = (hash * 31 + id.charCodeAt(i)) | 0
  const index = Math.abs(hash)
  return shade(PALETTE[index % PALETTE.length]!, [0, 0.28, -0.22][Math.floor(index / PALETTE.length) % 3]!)
}

/** Lighter or darker by a part, so that twelve hues serve more runs than twelve. */
function shade(colour: string, by: number): string {
  const parts = [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16))
  return `#${parts.map((part) => Math.round(by > 0 ? part + (255 - part) * by : part * (1 + by)).toString(16).padStart(2, '0')).join('')}`
}

export interface Looks {
  colour: (runId: string) => string
  isHidden: (runId: string) => boolean
  setColour: (runId: string, colour: string | undefined) => void
  toggle: (runId: string) => void
}

/** The colour of each run, and which runs charts leave out: kept in this browser. */
export function useLooks(): Looks {
  const [colours, setColours] = useState<Record<string, string>>(() => remembered('colours') ?? {})
  const [hidden, setHidden] = useState<string[]>(() => remembered('hidden') ?? [])
  const colour = useCallback((id: string) => colours[id] ?? colourFor(id), [colours])
  const isHidden = useCallback((id: string) => hidden.includes(id), [hidden])
  return {
    colour,
    isHidden,
    setColour: (id, chosen) => {
      const next = { ...colours }
      if (chosen) next[id] = chosen
      else delete next[id]
      remember('colours', next)
      setColours(next)
    },
    toggle: (id) => {
      const next = hidden.includes(id) ? hidden.filter((other) => other !== id) : [...hidden, id].slice(-2000)
      remember('hidden', next)
      setHidden(next)
    },
  }
}
