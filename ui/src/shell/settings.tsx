import { createContext, useCallback, useContext, useEffect, useMemo, useState, type ReactNode } from 'react'
import { messages, type Key } from './messages'

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

/** What a person keeps in this browser. Storage that is full or forbidden only means that it is forgotten. */
// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- the caller knows what it has stored
export function remembered<T>(key: string): T | undefined {
  try {
    const text = localStorage.getItem(`kiroku.${key}`)
    return text === null ? undefined : (JSON.parse(text) as T)
  } catch {
    return undefined
  }
}

export function remember(key: string, value: unknown) {
  try {
    if (value === undefined) localStorage.removeItem(`kiroku.${key}`)
    else localStorage.setItem(`kiroku.${key}`, JSON.stringify(value))
  } catch {
    /* see above */
  }
}

/** The language and the look: what the person chose, else what the browser says. */
export function SettingsProvider({ children }: { children: ReactNode }) {
  const [language, chooseLanguage] = useState<Language>(
    () => remembered('language') ?? (navigator.language.startsWith('ja') ? 'ja' : 'en'),
  )
  const [theme, chooseTheme] = useState<Theme>(
    () => remembered('theme') ?? (matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light'),
  )

  useEffect(() => {
    document.documentElement.lang = language
  }, [language])
  useEffect(() => {
    document.documentElement.dataset['theme'] = theme
  }, [theme])

  const t = useCallback<Translate>(
    (key, values) => {
      let text: string = messages[key][language === 'ja' ? 1 : 0]
      for (const [name, value] of Object.entries(values ?? {})) text = text.replace(`{${name}}`, String(value))
      return text
    },
    [language],
  )
  const settings = useMemo<Settings>(
    () => ({
      language,
      theme,
      t,
      setLanguage: (next) => {
        remember('language', next)
        chooseLanguage(next)
      },
      setTheme: (next) => {
        remember('theme', next)
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
