import { createContext } from 'react'
import type { PlotExports } from '../charts/Plot'

/** The rendered charts of a report by the id of their figure, for the HTML export. */
export type Pictures = Map<string, PlotExports>
export const PicturesContext = createContext<Pictures>(new Map())
