import { useSettings } from '../shell/settings'

export interface ChartColours {
  ink: string
  soft: string
  line: string
  paper: string
  dark: boolean
}

export const LIGHT: ChartColours = { ink: '#1d2129', soft: '#6d7480', line: '#e9e6df', paper: '#ffffff', dark: false }
const DARK: ChartColours = { ink: '#e7e5e0', soft: '#8d95a2', line: '#2a303a', paper: '#1a1e25', dark: true }
export const useChartColours = () => (useSettings().theme === 'dark' ? DARK : LIGHT)
