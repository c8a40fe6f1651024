import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useRef, useState } from 'react'
import { useRights } from '../access/useRights'
import { imports as importsQuery, startImport } from '../api/imports'
import type { Import } from '../api/types'
import { Code } from '../shell/Code'
import { useTitle } from '../shell/hooks'
import { Problem, problemOf } from '../shell/Problem'
import { useT } from '../shell/settings'
import { useAction } from '../shell/toasts'
import { ImportCard } from './ImportCard'
import { ImportFormCard } from './ImportFormCard'
import { emptyForm, formOf, requestOf } from './importForm'

/** Imports from MLflow into this server. For administrators. */
export function ImportPage() {
  const t = useT()
  const whyNot = useRights('server/*')('manage')
  useTitle(t('import'))
  return (
    <div className="page">
      <nav className="crumbs" aria-label="breadcrumb">
        <Link to="/experiments">{t('experiments')}</Link>
        <span aria-hidden="true">/</span>
      </nav>
      <div className="head">
        <h1>{t('import')}</h1>
      </div>
      {whyNot === undefined ? <Imports /> : <p className="soft">{whyNot}</p>}
    </div>
  )
}

function Imports() {
  const t = useT()
  const act = useAction()
  const client = useQueryClient()
  const list = useQuery(importsQuery)
  const [form, setForm] = useState(emptyForm)
  const [note, setNote] = useState<string>()
  const top = useRef<HTMLDivElement>(null)
  const changed = () => void client.invalidateQueries({ queryKey: ['imports'] })
  if (problemOf(list)) return <Problem error={list.error} retry={() => void list.refetch()} />
  if (!list.data) return <p className="soft">{t('loading')}</p>
  const { sources, imports: all } = list.data
  const busy = all.some((one) => one.state === 'RUNNING')

  const start = async (from: typeof form, dryRun: boolean) => {
    if (!(await act(() => startImport(requestOf(from, dryRun)), t('importStarted')))) return
    setNote(undefined)
    // A dry run is followed by the import, which needs the password once more.
    setForm(dryRun ? from : { ...from, password: '' })
    changed()
    for (const key of ['experiments', 'origins', 'models']) void client.invalidateQueries({ queryKey: [key] })
  }
  const again = (earlier: Import) => {
    const next = formOf(earlier)
    const typed = form.source.trim() === earlier.source
    const dryRun = earlier.dry_run === true && earlier.state !== 'COMPLETED'
    if (!earlier.signed_in) return void start(next, dryRun)
    if (typed && form.password) return void start({ ...next, username: form.username, password: form.password }, dryRun)
    setForm({ ...next, username: typed ? form.username : '' })
    setNote(t('importPasswordAgain'))
    top.current?.scrollIntoView({ block: 'nearest' })
    top.current?.querySelector<HTMLElement>('input[type=password]')?.focus()
  }
  return (
    <div className="stack" ref={top}>
      <p className="soft" style={{ maxWidth: 760 }}>
        {t('importLead')}
      </p>
      {sources.length === 0 ? (
        <Closed />
      ) : (
        <ImportFormCard
          sources={sources}
          form={form}
          change={(next) => setForm({ ...form, ...next })}
          busy={busy}
          note={note}
          start={(dryRun) => void start(form, dryRun)}
        />
      )}
      {(sources.length > 0 || all.length > 0) && <h2>{t('imports')}</h2>}
      {all.map((one, i) => (
        <ImportCard
          key={`${one.import_id} ${one.state === 'RUNNING'}`}
          of={one}
          again={busy || sources.length === 0 ? undefined : () => again(one)}
          changed={changed}
          initiallyOpen={i === 0}
        />
      ))}
      {sources.length > 0 && all.length === 0 && <p className="empty">{t('noImports')}</p>}
    </div>
  )
}

/** What to do so that imports are allowed. */
function Closed() {
  const t = useT()
  return (
    <section className="card">
      <div className="body stack">
        <p>{t('importClosed')}</p>
        <Code text="kiroku server --import-sources /srv/mlflow,https://mlflow.example.com,postgresql://db-host/mlflow" />
        <p>{t('importByCommand')}</p>
        <Code text={'kiroku import sqlite:///mlflow.db --dry-run\nkiroku import sqlite:///mlflow.db'} />
      </div>
    </section>
  )
}
