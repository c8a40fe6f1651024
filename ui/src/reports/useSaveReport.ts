import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import { ApiError } from '../api/client'
import { fetchReport, report as reportQuery, updateReport } from '../api/reports'
import { type Report } from '../api/types'
import { errorText } from '../shell/errorText'
import { useT } from '../shell/settings'
import { useToast } from '../shell/toasts'

interface SaveReport {
  save: (base: number) => Promise<void>
  saving: boolean
  /** the version that somebody else has saved in the meantime; null if there is none */
  conflict: Report | null
  endConflict: () => void
}

/**
 * Saves a report as a new version. If somebody else has saved one in the meantime, neither text is lost: the user decides.
 *
 * @param done called after the report was saved
 */
export function useSaveReport(id: string, text: { title: string; content: string }, done: () => void): SaveReport {
  const t = useT()
  const say = useToast()
  const client = useQueryClient()
  const [conflict, setConflict] = useState<Report | null>(null)
  const [saving, setSaving] = useState(false)
  const save = async (base: number) => {
    setSaving(true)
    try {
      const saved = await updateReport(id, text.title, text.content, base)
      client.setQueryData(reportQuery(id).queryKey, saved)
      void client.invalidateQueries({ queryKey: ['report-versions'] })
      void client.invalidateQueries({ queryKey: ['reports'] })
      say(t('saved'))
      done()
    } catch (error) {
      const theirs = error instanceof ApiError && error.status === 409 ? await fetchReport(id).catch(() => null) : null
      if (theirs) setConflict(theirs)
      else say(errorText(error, t), true)
    } finally {
      setSaving(false)
    }
  }
  return { save, saving, conflict, endConflict: () => setConflict(null) }
}

/** Saves with Ctrl-S or ⌘S. */
export function useSaveShortcut(enabled: boolean, save: () => void) {
  const latest = useRef(save)
  latest.current = save
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (!(event.ctrlKey || event.metaKey) || event.key !== 's') return
      event.preventDefault()
      if (enabled) latest.current()
    }
    addEventListener('keydown', press)
    return () => removeEventListener('keydown', press)
  }, [enabled])
}
