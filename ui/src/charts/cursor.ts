import { createContext, useContext, useSyncExternalStore } from 'react'

/** The x value at the pointer, shared by all charts of a board with the same axis. */
export class Cursor {
  private at: number | null = null
  private readonly listeners = new Set<() => void>()
  readonly get = () => this.at
  readonly listen = (listener: () => void) => {
    this.listeners.add(listener)
    return () => void this.listeners.delete(listener)
  }
  set(at: number | null) {
    this.at = at
    this.listeners.forEach((listener) => listener())
  }
}

export const CursorContext = createContext<Cursor>(new Cursor())
export function useCursor(): [number | null, Cursor] {
  const cursor = useContext(CursorContext)
  return [useSyncExternalStore(cursor.listen, cursor.get), cursor]
}
