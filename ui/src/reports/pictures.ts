import { createContext } from 'react'
import type { Exports } from '../charts/Plot'

/** The charts of a report that is shown, by the id of their figure: what the export takes its pictures from. */
export type Pictures = Map<string, Exports>
export const PicturesContext = createContext<Pictures>(new Map())
