import { createContext, useCallback, useContext, useEffect, useMemo, useState, type ReactNode } from 'react'
import { translate, type Key } from './messages'

type Language = 'en' | 'ja'
type Theme = 'light' | 'dark'
export type Translate = (key: Key, values?: Record<string, string | number>) => string

interface Settings {
  language: Language
  theme: Theme
  t: Translate
  setLanguage: (language: Language) => void
  setTheme: (theme: Theme) => void
}

const Context = createContext<Settings | null>(null)

/** Returns a setting that was stored in this browser; undefined if there is none or storage is not available. */
// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- the caller knows what it has stored
export function readStored<T>(key: string): T | undefined {
  try {
    const text = localStorage.getItem(`kiroku.${key}`)
    return text === null ? undefined : (JSON.parse(text) as T)
  } catch {
    return undefined
  }
}

/** Stores a setting in this browser; undefined removes it. */
export function writeStored(key: string, value: unknown) {
  try {
    if (value === undefined) localStorage.removeItem(`kiroku.${key}`)
    else localStorage.setItem(`kiroku.${key}`, JSON.stringify(value))
  } catch {
    // Storage is full or not available: the setting is lost, the page works.
  }
}

/** Provides the language and the theme: the user's choice, else the preference of the browser. */
export function SettingsProvider({ children }: { children: ReactNode }) {
  const [language, chooseLanguage] = useState<Language>(
    () => readStored('language') ?? (navigator.language.startsWith('ja') ? 'ja' : 'en'),
  )
  const [theme, chooseTheme] = useState<Theme>(
    () => readStored('theme') ?? (matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light'),
  )

  useEffect(() => {
    document.documentElement.lang = language
  }, [language])
  useEffect(() => {
    document.documentElement.dataset['theme'] = theme
  }, [theme])

  const t = useCallback<Translate>((key, values) => translate(language, key, values), [language])
  const settings = useMemo<Settings>(
    () => ({
      language,
      theme,
      t,
      setLanguage: (next) => {
        writeStored('language', next)
        chooseLanguage(next)
      },
      setTheme: (next) => {
        writeStored('theme', next)
        chooseTheme(next)
      },
    }),
    [language, theme, t],
  )
  return <Context.Provider value={settings}>{children}</Context.Provider>
}

export function useSettings(): Settings {
  const settings = useContext(Context)
  if (!settings) throw new Error('outside of SettingsProvider')
  return settings
}

export const useT = () => useSettings().t
