import { type ReactNode, useId } from 'react'
import { useT } from '../shell/settings'
import { type ImportForm, takesCredentials } from './importForm'

/** The form that starts an import or a dry run. */
export function ImportFormCard({
  sources,
  form,
  change,
  busy,
  note,
  start,
}: {
  /** what may be imported */
  sources: string[]
  form: ImportForm
  change: (next: Partial<ImportForm>) => void
  /** whether an import is running, so that none can be started */
  busy: boolean
  /** what to do before the form is sent */
  note?: string
  start: (dryRun: boolean) => void
}) {
  const t = useT()
  const id = useId()
  return (
    <form
      className="card"
      aria-label={t('import')}
      onSubmit={(event) => {
        event.preventDefault()
        start(true)
      }}
    >
      <div className="body stack">
        {note && (
          <p className="notice" role="status" style={{ margin: 0 }}>
            {note}
          </p>
        )}
        <div>
          <label className="field">
            {t('importFrom')}
            <input
              className="input mono"
              required
              list={id}
              spellCheck={false}
              autoComplete="off"
              placeholder={sources[0]}
              value={form.source}
              onChange={(event) => change({ source: event.target.value })}
            />
            <datalist id={id}>
              {sources.map((source) => (
                <option key={source} value={source} />
              ))}
            </datalist>
          </label>
          <p className="faint break" style={{ marginTop: 4 }}>
            {t('importSourceHint')} <span className="mono">{sources.join(', ')}</span>
          </p>
        </div>
        {takesCredentials(form.source) && <Credentials form={form} change={change} />}
        <Names form={form} change={change} />
        <div className="row wrap">
          <button className="btn" disabled={busy} title={busy ? t('importBusy') : t('dryRunHint')}>
            {t('dryRun')}
          </button>
          <button
            type="button"
            className="btn primary"
            disabled={busy || !form.source.trim()}
            title={busy ? t('importBusy') : undefined}
            onClick={() => start(false)}
          >
            {t('import')}
          </button>
          <span className="faint">{t('dryRunHint')}</span>
        </div>
      </div>
    </form>
  )
}

interface PartProps {
  form: ImportForm
  change: (next: Partial<ImportForm>) => void
}

function Credentials({ form, change }: PartProps) {
  const t = useT()
  return (
    <div>
      <div className="grid2">
        <label className="field">
          {t('importUser')}
          <input
            className="input"
            autoComplete="off"
            spellCheck={false}
            value={form.username}
            onChange={(event) => change({ username: event.target.value })}
          />
        </label>
        <label className="field">
          {t('importPassword')}
          <input
            className="input"
            type="password"
            autoComplete="new-password"
            value={form.password}
            onChange={(event) => change({ password: event.target.value })}
          />
        </label>
      </div>
      <p className="faint small" style={{ marginTop: 4 }}>
        {t('importCredentialsHint')}
      </p>
    </div>
  )
}

function Names({ form, change }: PartProps) {
  const t = useT()
  const used = Boolean(form.prefix || form.auto || form.rename || form.map)
  return (
    <details open={used || undefined}>
      <summary>{t('importNames')}</summary>
      <div className="stack" style={{ paddingTop: 10 }}>
        <label className="row soft">
          <input type="checkbox" checked={form.auto} onChange={(event) => change({ auto: event.target.checked })} />
          {t('importAuto')}
        </label>
        <Field label={t('importPrefix')}>
          <input
            className="input"
            value={form.prefix}
            placeholder="team-a-"
            onChange={(event) => change({ prefix: event.target.value })}
          />
        </Field>
        <div className="grid2">
          <Field label={t('importRename')}>
            <textarea
              className="input mono"
              rows={3}
              value={form.rename}
              placeholder="iris=iris-2024"
              onChange={(event) => change({ rename: event.target.value })}
            />
          </Field>
          <Field label={t('importMap')}>
            <textarea
              className="input mono"
              rows={3}
              value={form.map}
              placeholder="3=17"
              onChange={(event) => change({ map: event.target.value })}
            />
          </Field>
        </div>
      </div>
    </details>
  )
}

function Field({ label, children }: { label: string; children: ReactNode }) {
  return (
    <label className="field">
      {label}
      {children}
    </label>
  )
}
